//! The stand-in Tableau site itself: that it does what we know of Tableau.

/// A client of a few lines.
mod client;
/// The Metadata API: what it answers, and its schema.
mod metadata;
/// The REST API.
mod rest;
