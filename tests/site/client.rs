//! The client against the stand-in site: signing in, calls, and what goes wrong on the way.

/// One call that meets a fault.
mod faults;
/// What may be contacted, and with what.
mod hosts;
/// A session and those who share it.
mod sessions;
/// Certificates.
pub(super) mod tls;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use tableau::{Client, ClientOptions, Credential, OwnSession, SiteAddress, SiteError};

use crate::support::tableau::Running;
use crate::support::tableau::site::{TOKEN_NAME, TOKEN_SECRET};

/// The time at which all of it happens.
fn now() -> Timestamp {
    "2026-01-01T12:00:00Z".parse().expect("a time")
}

/// Long after a session that began [`now`] stopped being young.
fn an_hour_later() -> Timestamp {
    "2026-01-01T13:00:00Z".parse().expect("a time")
}

/// All that makes a client, to be changed by a test.
struct Setup {
    address: String,
    credential: Credential,
    store: OwnSession,
    options: ClientOptions,
    clock: fn() -> Timestamp,
}

impl Setup {
    fn of(running: &Running) -> Setup {
        Setup::at(&running.address())
    }

    fn at(address: &str) -> Setup {
        Setup {
            address: address.to_owned(),
            credential: token(TOKEN_NAME, TOKEN_SECRET),
            store: OwnSession::default(),
            options: ClientOptions {
                retry_pause: Duration::from_millis(1),
                ..ClientOptions::default()
            },
            clock: now,
        }
    }

    fn client(self) -> Client {
        self.try_client().expect("a client")
    }

    fn try_client(self) -> Result<Client, SiteError> {
        let address = SiteAddress::parse(&self.address).expect("an address");
        let (credential, store) = (Arc::new(self.credential), Arc::new(self.store));
        Client::new(address, credential, store, self.options, self.clock)
    }
}

fn token(name: &str, secret: &str) -> Credential {
    Credential::Pat {
        name: name.to_owned(),
        secret: SecretString::from(secret),
    }
}

/// An error and its next step, as a user reads them; hosts and ports by name.
fn shown(error: &SiteError, names: &[(&str, &Running)]) -> String {
    let mut text = format!("{error}\nnext: {}", error.hint());
    for (name, running) in names {
        text = text.replace(&running.socket().to_string(), name);
    }
    assert!(!text.contains(TOKEN_SECRET), "{text}");
    text
}

/// How many requests were made for a path that ends like this.
fn n_asked(running: &Running, end: &str) -> usize {
    let requests = running.requests();
    requests.iter().filter(|it| it.path.ends_with(end)).count()
}
