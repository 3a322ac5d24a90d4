//! The stand-in Tableau site: a real HTTP server with the REST calls and the Metadata API that
//! we use, on loopback, with content that a test lays out and faults that it scripts.
//!
//! ```ignore
//! let site = Site::new("acme").workbook(
//!     Workbook::new("Revenue")
//!         .datasource(Datasource::new("Orders").table("SHOP.MARTS.FCT_ORDERS"))
//!         .sheet("By month", &["Orders"])
//!         .dashboard("Overview", &["By month"]),
//! );
//! let running = Standin::start(site);
//! running.script(Fault::status(429).retry_after("0").once());
//! client.sign_in(&running.url(), TOKEN_NAME, TOKEN_SECRET);
//! assert_eq!(running.requests().len(), 3);
//! ```
//!
//! It runs on a thread of its own, so that tests need no runtime, and stops when it is dropped.
//! What it knows of Tableau, it knows from documentation and recorded answers.
#![allow(
    dead_code,
    reason = "each program that includes this uses its own part of it"
)]

/// Ids that are the same in every run.
pub(crate) mod luid;

/// What workbooks read.
pub(crate) mod datasource;
/// A site: who is on it, what lies on it, how it behaves.
pub(crate) mod site;
/// Workbooks.
pub(crate) mod workbook;

/// Sites of any size, for benchmarks.
pub(crate) mod large;
/// Sites made of recorded answers.
pub(crate) mod recorded;
/// The site that goes with the sample project.
pub(crate) mod shop;
/// Sites laid out in JSON.
pub(crate) mod written;

/// What goes wrong, where, and how often.
pub(crate) mod fault;
/// What was asked.
pub(crate) mod log;

mod answer;
mod answering;
mod connection;
mod execution;
mod graph;
mod graphql;
mod jwt;
mod lower;
mod lower_source;
mod page;
mod rest;
mod rows;
pub(crate) mod schema;
mod server;
mod session;
mod twb;
mod world;
mod xml;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use fault::Fault;
use log::Request;
use server::Server;
use site::Site;
use world::World;

/// Starts stand-in sites.
pub(crate) struct Standin;

impl Standin {
    /// Starts a server with one site.
    pub(crate) fn start(site: Site) -> Running {
        Self::start_many(vec![site])
    }

    /// Starts a server with several sites.
    pub(crate) fn start_many(sites: Vec<Site>) -> Running {
        Self::start_on(0, sites)
    }

    /// Starts a server on this port.
    pub(crate) fn start_on(port: u16, sites: Vec<Site>) -> Running {
        let world = Arc::new(Mutex::new(World::new(sites)));
        let server = Server::start(Arc::clone(&world), port);
        Running {
            world,
            server: server.expect("loopback has a free port"),
        }
    }
}

/// A server that runs until it is dropped.
pub(crate) struct Running {
    world: Arc<Mutex<World>>,
    server: Server,
}

impl Running {
    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.socket())
    }

    /// The first site's address as a browser shows it: `http://127.0.0.1:PORT/#/site/acme`.
    pub(crate) fn address(&self) -> String {
        let content_url = self.world().sites[0].site.content_url.clone();
        match content_url.as_str() {
            "" => format!("{}/#/home", self.url()),
            name => format!("{}/#/site/{name}", self.url()),
        }
    }

    pub(crate) fn socket(&self) -> SocketAddr {
        self.server.address
    }

    /// All requests since the start, or since [`Self::forget_requests`].
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.world().requests.clone()
    }

    /// The requests since the last call, and forgets them. Not while any is under way.
    pub(crate) fn forget_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.world().requests)
    }

    /// Something will go wrong. Several faults may strike one request.
    pub(crate) fn script(&self, fault: Fault) {
        self.world().script(fault);
    }

    pub(crate) fn clear_script(&self) {
        self.world().clear_script();
    }

    /// Changes the first site.
    pub(crate) fn edit(&self, edit: impl FnOnce(&mut Site)) {
        self.world().sites[0].edit(edit);
    }

    /// Changes the site of this content URL.
    pub(crate) fn edit_site(&self, content_url: &str, edit: impl FnOnce(&mut Site)) {
        let mut world = self.world();
        let mut sites = world.sites.iter_mut();
        let found = sites.find(|it| it.site.content_url == content_url);
        let found = found.unwrap_or_else(|| panic!("no site {content_url}"));
        found.edit(edit);
    }

    /// Reads the first site.
    pub(crate) fn site(&self) -> Site {
        self.world().sites[0].site.clone()
    }

    /// Every answer takes so long.
    pub(crate) fn set_delay(&self, delay: Duration) {
        self.world().delay = delay;
    }

    /// How many sessions are signed in.
    pub(crate) fn n_sessions(&self) -> usize {
        self.world().sessions.n_live()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no holder of the lock panics")
    }
}
