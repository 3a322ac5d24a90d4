//! What is kept of Tableau sites.

pub mod folder;
pub mod history;
