//! A worker in Rust: `cargo run --example worker -- http://127.0.0.1:8080 TOKEN`.
//!
//! Posts one job to the service `example`, runs it, and ends.

use std::sync::Arc;
use std::time::Duration;

use oada_jobs::engine::handler::JobError;
use oada_jobs::engine::{Event, Options, Service, Stop};
use oada_jobs::jobs::{self, NewJob, ServiceRoot};
use oada_jobs::oada::{Client, Domain, Transport};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Deserialize)]
struct Email {
    to: String,
}

#[derive(Serialize)]
struct Sent {
    to: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(domain), Some(token)) = (arguments.next(), arguments.next()) else {
        return Err("usage: worker DOMAIN TOKEN".into());
    };
    let client = Client::builder(Arc::new(Domain::parse(&domain)?))
        .token(token.into())
        .transport(Transport::Socket)
        .build()?;
    let root = ServiceRoot::named("example")?;

    let layout = jobs::posting_layout(&client, &root, None).await?;
    let config = serde_json::Map::from_iter([("to".to_owned(), json!("you@example.org"))]);
    let posted = jobs::post(&client, &root, layout, &NewJob::new("email", config)).await?;

    Service::builder(root.name())
        .client(client.clone())
        .options(Options { once: true, ..Options::default() })
        .on("email", Duration::from_secs(10), async |job, context| -> Result<Sent, JobError> {
            let email: Email = job.config_as()?;
            context.log().info(format!("sending to {}", email.to));
            context.progress(0.5, Some("half way"));
            Ok(Sent { to: email.to })
        })
        .observer(|event: &Event| tracing::info!(?event))
        .build()?
        .run(Stop::default())
        .await?;

    let job = jobs::find(&client, &root, &posted.key).await?.job;
    assert_eq!(job.result, Some(json!({"to": "you@example.org"})));
    Ok(())
}
