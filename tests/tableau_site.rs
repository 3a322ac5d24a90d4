//! The stand-in Tableau site itself: that it does what we know of Tableau.

/// A client of a few lines.
mod client;
/// Faults by script.
mod faults;
/// The Metadata API: what it answers, and its schema.
mod metadata;
/// Sites that are made: recorded, large, for the sample project.
mod ready;
/// The REST API.
mod rest;
