//! `store serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure, While};
use crate::cli::interrupted;
use crate::cli::logging::{self, LogFormat};
use crate::store::{Store, StoreOptions, Tls};

/// Serve the embedded store, to any OADA client, until INT or TERM
///
/// Prints the address on stdout once it can be reached. The token is in the file `token` of the data folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs store serve
  oada-jobs store serve --listen 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem")]
pub(in crate::cli) struct ServeArgs {
    /// Where to listen; port 0 for any that is free
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,

    /// Serves https and wss with this certificate, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// The private key of the certificate
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Serves https and wss with a certificate made up for the occasion, which clients must be told to accept
    #[arg(long, conflicts_with = "tls_cert")]
    tls_self_signed: bool,

    /// Reads the whole data file first, and does not serve one that is damaged
    ///
    /// Without it that is done only if a file of up to 64 MiB does not look as it was left. To check a store without
    /// serving it, use `oada-jobs store check`.
    #[arg(long)]
    verify: bool,

    /// How the log is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

/// Half of the processors: the others are those of the threads that write. With a thread of the runtime for each, these
/// wake each other for work that one of them has done before the other is awake.
pub(in crate::cli) fn runtime_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| processors.get().div_ceil(2))
}

pub(in crate::cli) async fn serve(args: ServeArgs, app: &App) -> Result<Exit, Failure> {
    logging::start(&app.ui, args.log_format);
    let folder = app.settings.data_dir.value.clone();
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(certificates), Some(key)) => {
            Some(Tls::from_files(certificates, key).during("cannot serve with TLS")?)
        }
        _ if args.tls_self_signed => {
            let names = ["localhost".to_owned(), args.listen.ip().to_string()];
            Some(Tls::self_signed(&names).during("cannot serve with TLS")?)
        }
        _ => None,
    };
    let listener = TcpListener::bind(args.listen).await.map_err(|error| {
        let failure = Failure::from(error).context(format_args!("cannot listen on {}", args.listen));
        failure.hint("another process may listen there: choose another with --listen, or any with --listen 127.0.0.1:0")
    })?;
    let address = listener.local_addr().during("cannot listen")?;
    let opened = {
        let folder = folder.clone();
        let options = StoreOptions { verify: args.verify, ..StoreOptions::default() };
        tokio::task::spawn_blocking(move || Store::open(&folder, options)).await
    };
    let store = match opened {
        Ok(store) => store.during(format_args!("cannot serve {}", folder.display()))?,
        Err(panicked) => {
            return Err(Failure::new(Exit::Error, format!("opening the store panicked: {panicked}")));
        }
    };
    let stop = CancellationToken::new();
    let scheme = if tls.is_some() { "https" } else { "http" };
    app.ui.say(&format!("{scheme}://{address}"))?;
    tracing::info!(folder = %folder.display(), token = %folder.join("token").display(), "serving the store");
    let mut serving = tokio::spawn(crate::store::serve(store.clone(), listener, tls, stop.clone()));
    let ended = tokio::select! {
        ended = &mut serving => ended,
        _ = interrupted() => {
            tracing::info!("closing the store");
            stop.cancel();
            tokio::select! {
                ended = &mut serving => ended,
                // A second signal: whoever is still connected is cut off.
                exit = interrupted() => { serving.abort(); return Ok(exit); }
            }
        }
    };
    let closed = tokio::task::spawn_blocking(move || store.close()).await;
    match (ended, closed) {
        (Ok(served), Ok(())) => served.during("cannot serve").map(|()| Exit::Ok),
        _ => Err(Failure::new(Exit::Error, "the store panicked")),
    }
}
