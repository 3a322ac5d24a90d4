//! The answer of `login` for programs, which editors are too. It holds no secret.

use serde::Serialize;

use super::super::site_json::{ProblemJson, Site};
use crate::credentials::Kept;

#[derive(Serialize)]
pub(super) struct Answer {
    version: u32,
    site: Site,
    signed_in: bool,
    user: Option<User>,
    api_version: Option<String>,
    product_version: Option<String>,
    /// `keyring`, `file`, `environment`.
    kept: Option<&'static str>,
    file: Option<String>,
    metadata_api: Option<bool>,
    workbooks: Option<u64>,
    problems: Vec<ProblemJson>,
}

#[derive(Serialize)]
struct User {
    name: Option<String>,
    role: Option<String>,
}

impl Answer {
    pub(super) fn of(answer: &super::Answer) -> Answer {
        let done = answer.outcome.as_ref().ok();
        let (kept, file) = match done.map(|it| &it.kept) {
            None => (None, None),
            Some(None) => (Some("environment"), None),
            Some(Some(Kept::Keyring)) => (Some("keyring"), None),
            Some(Some(Kept::File { path, .. })) => (Some("file"), Some(path.display().to_string())),
        };
        let refused = answer.outcome.as_ref().err().map(super::refusal);
        let problems = refused.iter().chain(&answer.warnings).chain(&answer.notes);
        Answer {
            version: 1,
            site: Site::of(&answer.address),
            signed_in: done.is_some(),
            user: done.map(|it| User {
                name: it.who.user_name.clone(),
                role: it.who.site_role.clone(),
            }),
            api_version: done.map(|it| it.who.api_version.clone()),
            product_version: done.and_then(|it| it.who.product_version.clone()),
            kept,
            file,
            metadata_api: done.and_then(|it| it.rights.has_metadata()),
            workbooks: done.and_then(|it| it.rights.n_workbooks()),
            problems: problems.map(ProblemJson::of).collect(),
        }
    }
}
