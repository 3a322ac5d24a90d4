//! `man`: the manual pages, one for the program and one for each subcommand.
//!
//! Made from the definition of the command line itself. It is hidden from `--help`, since
//! only whoever packages the program needs it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::{Cli, Outcome};

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A folder to write every page into; without one the program's own page goes to stdout
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    // `help` is a page of its own otherwise.
    let command = Cli::command().disable_help_subcommand(true);
    match &args.output {
        Some(folder) => write_pages(command, folder)?,
        None => {
            let mut page = Vec::new();
            Man::new(command).render(&mut page)?;
            out.write_all(&page)?;
        }
    }
    Ok(Outcome::Fine)
}

fn write_pages(command: Command, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    clap_mangen::generate_to(command, folder)
        .with_context(|| format!("cannot write manual pages into {}", folder.display()))
}
