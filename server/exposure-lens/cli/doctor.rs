//! `doctor`: what was found of a project, and what to do about the rest.
//!
//! Each site that the user has signed in to is asked who they are and whether its
//! Metadata API answers, unless `--offline` is given; nothing else is contacted. With `--fix`
//! what is proposed is written, and nothing is asked of a site.

mod fix;
mod hosts;
mod json;
mod look;
mod names;
mod rows;
mod sites;
mod text;

use std::io::Write;

use self::hosts::Host;
use self::look::Look;
use super::load::{self, Loaded};
use super::{Context, Format, Outcome};
use crate::output::json_v1;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Write what is proposed into a settings file, after asking
    #[arg(long)]
    fix: bool,
    /// Write it for the team without asking
    #[arg(long, requires = "fix")]
    yes: bool,
}

/// Everything that is told.
struct Findings {
    loaded: Loaded,
    /// What each site of the settings answered, in their order; `None` where it was not asked.
    looks: Vec<Option<Look>>,
    /// Every host that may be contacted, and those that are named and may not.
    hosts: Vec<Host>,
}

pub(super) fn run(context: &Context, args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut loaded = load::load(context)?;
    if args.fix {
        return fix::run(context, &loaded, args.yes, out);
    }
    loaded.problems.extend(loaded.access.unusable_credential());
    let findings = Findings {
        looks: look::at_sites(&loaded)?,
        hosts: hosts::of(&loaded),
        loaded,
    };
    match context.format {
        Format::Json => json_v1::write(out, &json::Answer::of(&findings))?,
        Format::Text => text::write(&findings, out)?,
    }
    Ok(match findings.loaded.manifest {
        Some(_) => Outcome::Fine,
        None => Outcome::NotKnown,
    })
}
