//! `logout`: drops the credential for one site, its session and its cached content.
//!
//! What can be removed is removed, also where something else cannot: nothing of a site
//! stays behind without a word.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;
use tableau::{Client, Credential, SiteAddress};

use super::site_json::{ProblemJson, Site};
use super::{Context, Format, Outcome, login, note, refuse};
use crate::credentials::{Credentials, Place};
use crate::output::json_v1;
use crate::session_store;
use crate::workspace::sites::{self, Access};
use crate::workspace::{Problem, process_env, project};

/// The user waits for a courtesy to the site.
const PATIENCE: Duration = Duration::from_secs(5);

/// Arguments of `logout`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The address of the site, or of any page of it, as the browser shows it
    #[arg(value_name = "URL")]
    url: String,
}

#[derive(Serialize)]
struct Answer {
    version: u32,
    site: Site,
    /// Whether there was a credential.
    removed: bool,
    problems: Vec<ProblemJson>,
}

pub(super) fn run(context: &Context, args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let credentials = Credentials::open(&process_env);
    let address = match SiteAddress::parse(&args.url) {
        Ok(address) => credentials.resolve(&address),
        Err(error) => return Ok(refuse(&error.to_string())),
    };
    let settings = project::own_settings(context.config.as_deref(), &process_env);
    let access = Access::new(
        Path::new("."),
        &settings,
        std::sync::Arc::new(process_env),
        context.offline,
    );
    let mut problems = Vec::new();
    sign_out(&access, &credentials, &address, &mut problems);
    let removed = credentials.remove(&address).unwrap_or_else(|error| {
        problems.push(left_behind(&error));
        false
    });
    let session = session_store::forget(&address, &process_env)
        .context("cannot remove the session")
        .err();
    let content = sites::forget(&access, &address)
        .context("cannot remove the cached content")
        .err();
    problems.extend(session.iter().chain(&content).map(left_behind));
    let is_left = problems.iter().any(|it| it.code == "left_behind");
    write(context.format, &address, removed, &problems, out)?;
    Ok(match is_left {
        true => Outcome::NotKnown,
        false => Outcome::Fine,
    })
}

fn left_behind(error: &anyhow::Error) -> Problem {
    Problem {
        code: "left_behind",
        message: format!("{error:#}"),
    }
}

/// Ends the session that windows share. An attempt: the site may not be reachable, and the
/// session ends by itself.
fn sign_out(
    access: &Access,
    credentials: &Credentials,
    address: &SiteAddress,
    problems: &mut Vec<Problem>,
) {
    let found = match credentials.get(address) {
        Ok(found) => found,
        Err(error) => {
            tracing::debug!(%error, "no credential to sign out with");
            return;
        }
    };
    let Some(found) = found else {
        return;
    };
    if found.place == Place::Environment {
        problems.push(Problem {
            code: "credential_in_environment",
            message: "the environment still holds a credential for this site: unset \
                      TABLEAU_PAT_SECRET or TABLEAU_APP_SECRET to be signed out"
                .to_owned(),
        });
    }
    if let Err(error) = end_session(access, address, found.credential) {
        tracing::debug!(%error, "not signed out at the site");
    }
}

fn end_session(
    access: &Access,
    address: &SiteAddress,
    credential: Arc<Credential>,
) -> anyhow::Result<()> {
    let options = access.connection(address.host());
    let mut options = options.map_err(|it| anyhow::anyhow!(it.reason))?;
    options.max_retries = 0;
    options.timeouts.connect = PATIENCE;
    options.timeouts.total = PATIENCE;
    let store = login::session_store(address, &credential);
    let client = Client::new(address.clone(), credential, store, options, Timestamp::now)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(client.sign_out());
    Ok(())
}

fn write(
    format: Format,
    address: &SiteAddress,
    removed: bool,
    problems: &[Problem],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    if format == Format::Json {
        let answer = Answer {
            version: 1,
            site: Site::of(address),
            removed,
            problems: problems.iter().map(ProblemJson::of).collect(),
        };
        json_v1::write(out, &answer)?;
        return Ok(());
    }
    let address = ide::plain(&address.to_string());
    match removed {
        true => writeln!(
            out,
            "signed out of {address}: credential, session and content are gone"
        )?,
        false => writeln!(out, "there was no credential for {address}")?,
    }
    problems.iter().for_each(note);
    Ok(())
}
