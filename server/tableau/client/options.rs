//! The bounds that a client keeps, and how it connects.

use std::time::Duration;

/// How a [`super::Client`] connects, and how far it goes.
#[derive(Clone)]
pub struct ClientOptions {
    /// Certificates to trust besides the system's, as PEM.
    pub ca_pem: Option<Vec<u8>>,
    /// Accept any certificate. For a server whose certificate cannot be mended.
    pub insecure: bool,
    /// Contact nothing: every call is [`crate::SiteError::Offline`].
    pub offline: bool,
    /// Bounds on time.
    pub timeouts: Timeouts,
    /// Bytes of one answer.
    pub max_answer: u64,
    /// Requests under way at once.
    pub concurrency: usize,
    /// How often a request is sent again after a fault that may pass.
    pub max_retries: u32,
    /// The wait before the first retry; each further one is twice as long.
    pub retry_pause: Duration,
    /// The longest `Retry-After` that is obeyed; past it the call ends as throttled.
    pub max_retry_after: Duration,
    /// What stands for Tableau Cloud and for a proxy in tests.
    #[cfg(any(test, feature = "testing"))]
    pub testing: Testing,
}

/// Hosts on this machine that stand for others.
#[cfg(any(test, feature = "testing"))]
#[derive(Clone, Debug, Default)]
pub struct Testing {
    /// Scheme, host and port of what stands for `online.tableau.com`.
    pub cloud_entry: Option<String>,
    /// Scheme, host and port of what stand for the hosts below it.
    pub cloud_hosts: Vec<String>,
    /// A proxy, in place of the environment's.
    pub proxy: Option<String>,
}

/// Bounds on time, for each request.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// Without a single byte.
    pub idle: Duration,
    /// From the first byte sent to the last one received.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            connect: Duration::from_secs(15),
            // Metadata queries over large sites stay silent for long.
            idle: Duration::from_secs(90),
            total: Duration::from_secs(300),
        }
    }
}

impl Default for ClientOptions {
    fn default() -> ClientOptions {
        ClientOptions {
            ca_pem: None,
            insecure: false,
            offline: false,
            timeouts: Timeouts::default(),
            max_answer: 64 << 20,
            concurrency: 4,
            max_retries: 2,
            retry_pause: Duration::from_millis(500),
            max_retry_after: Duration::from_secs(60),
            #[cfg(any(test, feature = "testing"))]
            testing: Testing::default(),
        }
    }
}
