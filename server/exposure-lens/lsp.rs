//! The language server: one session over one pair of streams.
//!
//! [`serve`] takes any streams, so that tests run it in memory. What it answers is
//! decided in [`ide`]; here is the protocol, the order of things, and the disk.

mod accepting;
mod capabilities;
mod choosing;
mod commands;
mod defined;
mod document;
mod edits;
pub mod ext;
mod from_proto;
mod handlers;
mod ingress;
mod lifecycle;
mod load;
mod loaders;
mod loading;
mod peer;
mod plain_text;
mod progress;
mod project;
mod publishing;
mod server;
mod session;
mod settings;
mod sites;
mod status;
mod to_proto;
mod unloading;
mod watch;
mod watched;
mod weight;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tower_lsp::LspService;

use self::load::Env;
use self::server::Server;

/// More requests than any client sends at once. Few would do, since no handler
/// waits for the client; but then a client that asks much while a project loads, or for
/// many trees, would have to wait with everything else.
const MAX_CONCURRENT: usize = 4096;
/// What is read ahead of the framework.
const PIPE: usize = 64 << 10;

/// How much memory the loaded projects may take, unless the environment says otherwise.
const MAX_MEMORY_MB: usize = 512;

/// How the server is run.
#[derive(Clone)]
pub struct Options {
    /// A settings file in place of the user's `config.yml`.
    pub user_file: Option<PathBuf>,
    /// The environment.
    pub env: Env,
    /// Whether no host is ever to be contacted.
    pub offline: bool,
    /// How often the disk is looked at.
    pub poll: Duration,
    /// How many bytes of memory the loaded projects may take: `EXPOSURE_LENS_MAX_MEMORY_MB`.
    pub max_memory: usize,
    /// Whether `exposureLens.debug.panic` is known; for tests.
    pub debug: bool,
}

impl Options {
    /// Options as the command line has them.
    pub fn new(
        user_file: Option<PathBuf>,
        env: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Options {
        let stated = env("EXPOSURE_LENS_MAX_MEMORY_MB").and_then(|it| it.trim().parse().ok());
        let megabytes: usize = stated.unwrap_or(MAX_MEMORY_MB);
        Options {
            user_file,
            max_memory: megabytes.saturating_mul(1 << 20),
            env: Arc::new(env),
            offline: false,
            poll: Duration::from_secs(1),
            debug: false,
        }
    }
}

/// Serves one client on stdin and stdout, and returns the process's exit code.
pub fn run_stdio(options: Options) -> u8 {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "cannot start");
            return 1;
        }
    };
    let code = runtime.block_on(serve(tokio::io::stdin(), tokio::io::stdout(), options));
    // A thread may sit in a read of stdin that never returns.
    runtime.shutdown_background();
    code
}

/// Serves one client until it says `exit` or its stream ends. Returns the exit
/// code: 0 when it asked for a shutdown before, else 1.
pub async fn serve(
    input: impl AsyncRead + Unpin + Send + 'static,
    output: impl AsyncWrite,
    options: Options,
) -> u8 {
    let (service, socket) = LspService::build(|client| Server::new(client, options))
        .custom_method(ext::USAGES, Server::usages)
        .custom_method(ext::DOWNSTREAM, Server::downstream)
        .custom_method(ext::LINEAGE, Server::lineage)
        .custom_method(ext::PULL, Server::pull)
        .custom_method("window/workDoneProgress/cancel", Server::cancel_progress)
        .finish();
    let session = Arc::clone(service.inner().session());
    let (passed_on, incoming) = tokio::io::duplex(PIPE);
    let ingress = tokio::spawn(ingress::forward(input, passed_on, session.peer.phase()));
    tower_lsp::Server::new(incoming, output, socket)
        .concurrency_level(MAX_CONCURRENT)
        .serve(service)
        .await;
    // The framework stops when the input has ended, so this does not wait.
    let farewell = ingress.await.unwrap_or_default();
    session.peer.close();
    u8::from(!farewell.shutdown_asked)
}
