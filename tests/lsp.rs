//! The language server, in memory: protocol, order, answers.
//!
//! One file for each thing that a user or a client relies on. Expected values come
//! from the tables in `tests/fixtures/README.md`.

mod accepting;
mod actions;
mod changed;
mod commands;
mod diagnostics;
mod downstream;
mod exposures;
mod hover;
mod lens;
mod lineage;
mod live;
mod many_projects;
mod no_lenses;
mod positions;
mod projects;
mod robustness;
mod sites;
mod status;
mod symbols;
mod sync;
mod write_missing;
