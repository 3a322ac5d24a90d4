//! `login`: takes a credential for one site, checks it by signing in, and keeps it.
//!
//! The secret comes from a terminal without echo, from a pipe, or from the environment;
//! never from an argument, which every process on the machine can read. It goes to the
//! site that was named and to no other.

mod input;
mod json;
mod rights;
mod text;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use tableau::{Client, Credential, OwnSession, SessionStore, SignedIn, SiteAddress, SiteError};

use self::input::Input;
use self::rights::Rights;
use super::{Context, Format, Outcome, complain, note, refuse};
use crate::config::Settings;
use crate::credentials::{Credentials, Kept, UNUSED_DAYS};
use crate::output::json_v1;
use crate::session_store::{self, FileSession};
use crate::workspace::sites::Access;
use crate::workspace::{Problem, process_env, project};

/// Arguments of `login`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The address of the site, or of any page of it, as the browser shows it
    #[arg(value_name = "URL")]
    url: String,
    /// Read the token from stdin: its name and its secret on a line each, or JSON
    #[arg(long)]
    stdin: bool,
}

/// What became of it.
struct Answer {
    address: SiteAddress,
    /// The sign-in, or why there is none.
    outcome: Result<Done, SiteError>,
    /// What was to be known before anything was sent.
    warnings: Vec<Problem>,
    /// What is to be known besides.
    notes: Vec<Problem>,
}

impl Answer {
    /// Of a sign-in that worked; keeps its credential.
    fn kept(
        (who, rights): (SignedIn, Rights),
        input: Input,
        warnings: Vec<Problem>,
        credentials: &Credentials,
        settings: &Settings,
    ) -> anyhow::Result<Answer> {
        let mut notes = rights.problems(&who);
        notes.extend(input.is_token().then(one_token_one_place));
        let done = Done::keep(who, rights, input, credentials, settings)?;
        Ok(Answer {
            address: done.who.address.clone(),
            outcome: Ok(done),
            warnings,
            notes,
        })
    }

    fn refused(address: SiteAddress, error: SiteError, warnings: Vec<Problem>) -> Answer {
        Answer {
            address,
            outcome: Err(error),
            warnings,
            notes: Vec::new(),
        }
    }
}

/// A sign-in that worked.
struct Done {
    who: SignedIn,
    credential: Arc<Credential>,
    /// `None` for a credential of the environment, which is there each time.
    kept: Option<Kept>,
    rights: Rights,
    /// Whether the settings at hand lead to the site.
    is_listed: bool,
}

pub(super) fn run(context: &Context, args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let address = match SiteAddress::parse(&args.url) {
        Ok(address) => address,
        Err(error) => return Ok(refuse(&error.to_string())),
    };
    let settings = settings(context);
    let warnings = warnings(&address, &settings);
    if context.format == Format::Text {
        // Before a secret is typed, and sent.
        warnings.iter().for_each(note);
    }
    let credentials = Credentials::open(&process_env);
    let input = match input::read(args.stdin, &address, &credentials)? {
        Ok(input) => input,
        Err(reason) => return Ok(refuse(&reason)),
    };
    let Some(outcome) = sign_in(context, &address, &input.credential, &settings)? else {
        leave_no_session(&address, &credentials);
        complain("cancelled: nothing is kept");
        return Ok(Outcome::NotKnown);
    };
    let answer = match outcome {
        Ok(signed_in) => Answer::kept(signed_in, input, warnings, &credentials, &settings)?,
        Err(error) => {
            leave_no_session(&address, &credentials);
            Answer::refused(address, error, warnings)
        }
    };
    match context.format {
        Format::Json => json_v1::write(out, &json::Answer::of(&answer))?,
        Format::Text => text::write(&answer, out)?,
    }
    Ok(match answer.outcome {
        Ok(_) => Outcome::Fine,
        Err(_) => Outcome::NotKnown,
    })
}

/// The project's settings where there is one, else the user's own. How to connect comes
/// from the user's own in both.
fn settings(context: &Context) -> Settings {
    let own = context.config.as_deref();
    let here = std::env::current_dir().unwrap_or_default();
    let folder = match &context.project_dir {
        Some(folder) => here.join(folder),
        None => here,
    };
    match project::root_of(&folder.join("dbt_project.yml")) {
        Some(root) => project::settings(&root, own, &serde_json::Value::Null, &process_env),
        None => project::own_settings(own, &process_env),
    }
}

/// What is to be known before anything is sent.
fn warnings(address: &SiteAddress, settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    if address.is_plain_http() && !address.is_loopback() {
        problems.push(Problem {
            code: "not_encrypted",
            message: format!(
                "{} is reached by http: whoever is on the way can read your token; use https \
                 if the server has it",
                address.host()
            ),
        });
    }
    if settings.is_insecure(address.host()) {
        problems.push(Problem {
            code: "certificate_not_checked",
            message: format!(
                "the certificate of {} is not checked, as `tableau.insecure` says: whoever is \
                 on the way can read your token",
                address.host()
            ),
        });
    }
    problems
}

fn refusal(error: &SiteError) -> Problem {
    Problem {
        code: "sign_in_failed",
        message: format!("{error}; {}", error.hint()),
    }
}

/// A site that was never signed in to leaves no trace of the try.
fn leave_no_session(address: &SiteAddress, credentials: &Credentials) {
    if credentials.has(address) {
        return;
    }
    if let Err(error) = session_store::forget(address, &process_env) {
        tracing::debug!(%error, "the folder of the session was not removed");
    }
}

/// Signs in, and asks what the credential may see; `None` when the user has cancelled it.
fn sign_in(
    context: &Context,
    address: &SiteAddress,
    credential: &Arc<Credential>,
    settings: &Settings,
) -> anyhow::Result<Option<Result<(SignedIn, Rights), SiteError>>> {
    tracing::debug!(site = %address, with = credential.kind(), "signing in");
    let access = Access::new(
        Path::new("."),
        settings,
        std::sync::Arc::new(process_env),
        context.offline,
    );
    let options = access.connection(address.host());
    let options = options.map_err(|it| anyhow::anyhow!("{}; {}", it.reason, it.hint))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the network")?;
    let client = Client::new(
        address.clone(),
        Arc::clone(credential),
        session_store(address, credential),
        options,
        Timestamp::now,
    );
    let signing_in = async {
        let client = client?;
        let who = client.sign_in().await?;
        let rights = Rights::ask(&client).await;
        Ok((who, rights))
    };
    Ok(runtime.block_on(async {
        tokio::select! {
            done = signing_in => Some(done),
            _ = tokio::signal::ctrl_c() => None,
        }
    }))
}

/// Other windows share the session, but for the entry of Tableau Cloud, which only says
/// where the site is.
pub(super) fn session_store(
    address: &SiteAddress,
    credential: &Credential,
) -> Arc<dyn SessionStore> {
    let shared = FileSession::of(address, credential, &process_env);
    match shared.filter(|_| !address.is_cloud_entry()) {
        Some(shared) => Arc::new(shared),
        None => Arc::new(OwnSession::default()),
    }
}

impl Done {
    /// Keeps what signed in, under the address where the site really is.
    fn keep(
        who: SignedIn,
        rights: Rights,
        input: Input,
        credentials: &Credentials,
        settings: &Settings,
    ) -> anyhow::Result<Done> {
        let now = Timestamp::now();
        let kept = match input.is_from_environment {
            true => None,
            false => Some(credentials.put(&who.address, &input.credential, now)?),
        };
        let sites = settings.sites();
        let is_listed = |it: &SiteAddress| credentials.resolve(it) == who.address;
        Ok(Done {
            // Settings that name none mean every site that the user signed in to.
            is_listed: sites.is_empty() || sites.iter().any(|it| is_listed(&it.address)),
            credential: input.credential,
            who,
            kept,
            rights,
        })
    }
}

fn one_token_one_place() -> Problem {
    Problem {
        code: "token_use",
        message: format!(
            "a token lapses after {UNUSED_DAYS} days without use, and a sign-in elsewhere with \
             the same token ends the session here: make one for each machine and each tool"
        ),
    }
}
