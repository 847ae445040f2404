//! Choosing among recent failures on a terminal.

use jiff::Timestamp;

use super::filters::FilterArgs;
use super::record::error_message;
use super::sweep::{Bodies, Body, More, sweep};
use crate::cli::connect::{App, Store};
use crate::cli::error::Failure;
use crate::jobs::successor;

/// How many failures are offered, to be searched.
const OFFERED: usize = 500;

/// Asks which of the newest failures that were not retried are meant, and returns their ids.
///
/// # Errors
/// When the failures cannot be read, or nobody answers.
pub(super) async fn failures(app: &App, store: &Store, prompt: &str) -> Result<Vec<String>, Failure> {
    let mut filters = FilterArgs::default();
    filters.prefer_failures();
    let filters = filters.read(&app.ui.zone, Timestamp::now())?;
    let (mut ids, mut lines) = (Vec::new(), Vec::new());
    sweep(store, &filters, Bodies::All, |fitting| {
        if let Some(Body::Job(found)) = &fitting.body
            && successor(&found.job).is_none()
        {
            let job = &found.job;
            let ended = job.finished_at().map(|time| app.ui.moment(time)).unwrap_or_default();
            let error = [job.error_type().map(str::to_owned), error_message(job)];
            let error = error.into_iter().flatten().collect::<Vec<_>>().join(": ");
            ids.push(found.id.to_string());
            lines.push(format!("{}  {}  {ended}  {error}", fitting.listed.key, job.job_type));
        }
        Ok(if ids.len() == OFFERED { More::No } else { More::Yes })
    })
    .await?;
    if ids.is_empty() {
        app.ui.note(&format!("there are no failures in {} that were not retried", store.root));
        return Ok(ids);
    }
    let picked = app.ui.pick(prompt, &lines)?;
    Ok(picked.into_iter().filter_map(|index| ids.get(index).cloned()).collect())
}
