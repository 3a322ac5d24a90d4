//! Tableau sites: the client against the stand-in site.

/// Signing in, calls, and all that may go wrong on the way.
mod client;
/// `login` and `logout`.
mod login;
