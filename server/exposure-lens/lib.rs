//! The program: disk, time, the language server and the command line.
//!
//! A library beside the binary so that tests can reach it.

pub mod cli;
pub mod config;
pub mod credentials;
pub mod disk;
pub mod logging;
pub mod lsp;
pub mod output;
pub mod refresh;
pub mod session_store;
pub mod trust;
pub mod workspace;
