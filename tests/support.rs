//! What the suites share.

pub(crate) mod cli;
pub(crate) mod project;
pub(crate) mod repository;
pub(crate) mod server;
pub(crate) mod tableau;
