//! Tableau sites: the client against the stand-in site.

/// A team snapshot that has an address.
mod address;
/// Signing in, calls, and all that may go wrong on the way.
mod client;
/// What goes wrong while a site is read, and where that ends.
mod faults;
/// What is asked of a site, and what comes of it.
mod fetch;
/// What a hostile repository cannot bring about.
mod hostile;
/// `login` and `logout`.
mod login;
/// A user's machine, for the suites here.
pub(crate) mod machine;
/// What a user reads when there is no way to a site, and what to do then.
mod messages;
/// `pull`, and what commands say of what it kept.
mod pull;
/// Where a secret never is.
mod secrets;
/// Who is never asked, and where nothing is written.
mod security;
/// The team snapshot, from one machine to another.
mod snapshot;
/// Real exposures, beside a site that holds their workbooks.
mod teamster;
