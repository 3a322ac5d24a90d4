//! What the suites share.

pub(crate) mod project;
pub(crate) mod server;
