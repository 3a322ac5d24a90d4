//! What the JSON answers of `login` and `logout` have in common.

use serde::Serialize;
use tableau::SiteAddress;

use crate::workspace::Problem;

/// Which site.
#[derive(Serialize)]
pub(super) struct Site {
    url: String,
    host: String,
    /// Its content URL; empty for a server's Default site.
    name: String,
}

impl Site {
    pub(super) fn of(address: &SiteAddress) -> Site {
        Site {
            url: address.to_string(),
            host: address.host().to_owned(),
            name: address.site().to_owned(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct ProblemJson {
    code: &'static str,
    message: String,
}

impl ProblemJson {
    pub(super) fn of(problem: &Problem) -> ProblemJson {
        ProblemJson {
            code: problem.code,
            message: ide::plain_message(&problem.message),
        }
    }
}
