//! The HTTP server: one thread, one runtime, any number of connections, until it is dropped.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited, channel::Channel};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::answer::Answer;
use super::answering::{self, Asked, Manner, Outcome};
use super::log;
use super::site::TOKEN_SECRET;
use super::world::World;

type Body = BoxBody<Bytes, io::Error>;

/// A client may send this much.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on this port of loopback, or any that is free.
    pub(crate) fn start(world: Arc<Mutex<World>>, port: u16) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("tableau stand-in".to_owned())
            .spawn(move || run(listener, address, world, stopped))?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(
    listener: std::net::TcpListener,
    address: SocketAddr,
    world: Arc<Mutex<World>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime for the stand-in site");
    runtime.block_on(async {
        tokio::select! {
            () = accept(listener, address, world) => (),
            _ = stopped => (),
        }
    });
    // What hangs on purpose is not waited for.
    runtime.shutdown_background();
}

async fn accept(listener: std::net::TcpListener, address: SocketAddr, world: Arc<Mutex<World>>) {
    let listener = TcpListener::from_std(listener).expect("the listener is non-blocking");
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        tokio::spawn(serve(stream, address, Arc::clone(&world)));
    }
}

/// Errors end a connection; that is what some faults are for.
async fn serve(stream: TcpStream, address: SocketAddr, world: Arc<Mutex<World>>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let world = Arc::clone(&world);
        async move {
            let asked = read(request, address).await?;
            let outcome = answering::answer(&world, asked).await;
            send(&world, outcome).await
        }
    });
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn read(request: Request<Incoming>, address: SocketAddr) -> io::Result<Asked> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_BODY).collect().await;
    let body = body.map_err(io::Error::other)?.to_bytes();
    let header = |name: &str| {
        let value = parts.headers.get(name);
        value.and_then(|it| it.to_str().ok()).map(str::to_owned)
    };
    let token = header("x-tableau-auth");
    let text = String::from_utf8_lossy(&body).into_owned();
    let mut headers: Vec<String> = parts.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    let has_secret = text.contains(TOKEN_SECRET) || text.contains("\"jwt\"");
    let mut request = log::Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        has_credential: has_secret || token.is_some() || header("authorization").is_some(),
        headers,
        body: text,
        ..log::Request::default()
    };
    if request.is_metadata() {
        request.read_graphql();
    }
    let host = header("host").unwrap_or_else(|| address.to_string());
    Ok(Asked {
        request,
        body: body.to_vec(),
        token,
        wants_json: header("accept").is_some_and(|it| it.contains("json")),
        base_url: format!("http://{host}"),
    })
}

async fn send(world: &Mutex<World>, outcome: Outcome) -> io::Result<Response<Body>> {
    tokio::time::sleep(outcome.delay).await;
    if matches!(outcome.manner, Manner::Never) {
        std::future::pending::<()>().await;
    }
    let answer = outcome.answer.ok_or(io::ErrorKind::ConnectionAborted)?;
    {
        let mut world = world.lock().expect("no holder of the lock panics");
        let request = &mut world.requests[outcome.number];
        request.status = answer.status;
        request.n_bytes = answer.body.len();
    }
    response(answer, outcome.manner).map_err(io::Error::other)
}

fn response(answer: Answer, manner: Manner) -> Result<Response<Body>, hyper::http::Error> {
    let mut builder = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        builder = builder.header(*name, value);
    }
    let n_bytes = answer.body.len();
    if matches!(manner, Manner::Cut) {
        builder = builder.header(header::CONTENT_LENGTH, n_bytes);
    }
    builder.body(body(answer.body, manner))
}

fn body(bytes: Vec<u8>, manner: Manner) -> Body {
    match manner {
        Manner::Whole | Manner::Never => whole(bytes),
        Manner::CutText => whole(bytes[..bytes.len() / 2].to_vec()),
        _ => {
            let (mut sender, channel) = Channel::new(1);
            tokio::spawn(async move {
                if let Some(error) = write(bytes, manner, &mut sender).await {
                    sender.abort(error);
                }
            });
            channel.boxed()
        }
    }
}

fn whole(bytes: Vec<u8>) -> Body {
    let full = Full::new(Bytes::from(bytes));
    full.map_err(|never: Infallible| match never {}).boxed()
}

type Sender = http_body_util::channel::Sender<Bytes, io::Error>;

/// Writes a body bit by bit; the connection is broken off where it ends in an error.
async fn write(bytes: Vec<u8>, manner: Manner, sender: &mut Sender) -> Option<io::Error> {
    match manner {
        Manner::Drip { n_bytes, pause } => {
            for chunk in bytes.chunks(n_bytes.max(1)) {
                sender.send_data(Bytes::copy_from_slice(chunk)).await.ok()?;
                tokio::time::sleep(pause).await;
            }
            None
        }
        Manner::Oversize { n_bytes } => {
            sender.send_data(Bytes::from(bytes)).await.ok()?;
            let blanks = Bytes::from(vec![b' '; 64 * 1024]);
            for _ in 0..n_bytes.div_ceil(blanks.len()) {
                sender.send_data(blanks.clone()).await.ok()?;
            }
            None
        }
        _ => {
            let half = Bytes::from(bytes[..bytes.len() / 2].to_vec());
            sender.send_data(half).await.ok()?;
            Some(io::ErrorKind::ConnectionAborted.into())
        }
    }
}
