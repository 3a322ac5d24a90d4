//! The command line: what is asked, of which project, and the exit code.
//!
//! One file for each subcommand below. Answers go to stdout, everything else to
//! stderr. Exit codes: 0 fine, 1 findings, 2 wrong use or settings, 3 something
//! needed could not be read or is not known.

mod completions;
mod doctor;
mod explain;
mod exposures;
mod inspect;
mod load;
mod login;
mod logout;
mod man;
mod pull;
mod select;
mod site_json;
mod usages;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, Subcommand, ValueEnum};

use crate::logging;
use crate::lsp;
use crate::output::terminal::{WARN, styled};
use crate::workspace::{Problem, process_env};

/// Where the help lists what every command takes, below its own options.
const GLOBAL: &str = "Options of every command";

/// Which Tableau dashboards read your dbt models.
#[derive(Debug, Parser)]
#[command(name = "exposure-lens", version, max_term_width = 100)]
struct Cli {
    /// The dbt project [default: the nearest dbt_project.yml, from here upwards]
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "DIR")]
    project_dir: Option<PathBuf>,
    /// A settings file to use in place of the user's config.yml
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What to log to stderr: error, warn, info, debug, trace
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "LEVEL", env = "EXPOSURE_LENS_LOG")]
    log: Option<String>,
    /// Contact no host: answer from what is on the disk
    #[arg(long, global = true, help_heading = GLOBAL)]
    offline: bool,
    /// How answers are written
    #[arg(long, global = true, help_heading = GLOBAL, value_enum, default_value_t = Wanted::Text)]
    format: Wanted,
    #[command(subcommand)]
    command: Command,
}

/// How answers are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Wanted {
    /// For people
    Text,
    /// For programs: one object with `"version": 1`
    Json,
    /// For a comment on a pull request; of `usages` alone
    Markdown,
}

/// How answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Which workbooks and dashboards use these nodes; for a workbook or a Tableau link, which nodes feed it
    Usages(usages::Args),
    /// What is inside workbook and datasource files
    Inspect(inspect::Args),
    /// Why a node has the dashboards it has, or why a Tableau table matched nothing
    Explain(explain::Args),
    /// The exposures YAML against Tableau: what is missing or stale, as a plan, a check, a diff or a write
    Exposures(exposures::Args),
    /// Project, manifest, content and settings: what was found, and what to do about the rest
    Doctor(doctor::Args),
    /// Fetch the sites' content now; with --output, write a team snapshot
    Pull(pull::Args),
    /// Sign in to a Tableau site with a personal access token, which is kept for all editors
    Login(login::Args),
    /// Drop the credential for a Tableau site, and what is kept of the site
    Logout(logout::Args),
    /// A script that completes commands and options in your shell
    Completions(completions::Args),
    /// The manual pages, for whoever packages the program
    #[command(hide = true)]
    Man(man::Args),
    /// The language server, on stdin and stdout
    Lsp {
        /// Accepted, since it is the only way it speaks
        #[arg(long)]
        stdio: bool,
    },
}

/// What every subcommand may need.
struct Context {
    project_dir: Option<PathBuf>,
    config: Option<PathBuf>,
    format: Format,
    offline: bool,
}

/// How a subcommand ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Exit code 0.
    Fine,
    /// Exit code 1: a check found something.
    Findings,
    /// Exit code 2: wrong use or settings.
    WrongUse,
    /// Exit code 3: something needed could not be read or is not known.
    NotKnown,
}

impl Outcome {
    fn code(self) -> u8 {
        match self {
            Outcome::Fine => 0,
            Outcome::Findings => 1,
            Outcome::WrongUse => 2,
            Outcome::NotKnown => 3,
        }
    }
}

/// Runs the program with the process's arguments and returns its exit code.
pub fn run() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // Nothing can be said about a closed pipe.
            let _ = error.print();
            return code;
        }
    };
    logging::start(cli.log.as_deref());
    if let Some(file) = missing_settings(&cli) {
        let file = file.to_string_lossy();
        return refuse(&format!("no settings file at {file}")).code();
    }
    if let Some(refused) = refused_format(&cli) {
        return refuse(refused).code();
    }
    let is_comment = cli.format == Wanted::Markdown;
    let context = Context {
        project_dir: cli.project_dir,
        config: cli.config,
        format: match cli.format {
            Wanted::Json => Format::Json,
            Wanted::Text | Wanted::Markdown => Format::Text,
        },
        offline: cli.offline,
    };
    let mut out = anstream::stdout().lock();
    let outcome = match cli.command {
        Command::Usages(args) if is_comment => usages::markdown::run(&context, &args, &mut out),
        Command::Usages(args) => usages::run(&context, &args, &mut out),
        Command::Inspect(args) => inspect::run(&context, &args, &mut out),
        Command::Explain(args) => explain::run(&context, &args, &mut out),
        Command::Exposures(args) => exposures::run(&context, &args, &mut out),
        Command::Doctor(args) => doctor::run(&context, &args, &mut out),
        Command::Pull(args) => pull::run(&context, &args, &mut out),
        Command::Login(args) => login::run(&context, &args, &mut out),
        Command::Logout(args) => logout::run(&context, &args, &mut out),
        Command::Completions(args) => completions::run(&args, &mut out),
        Command::Man(args) => man::run(&args, &mut out),
        Command::Lsp { stdio: _ } => {
            drop(out);
            let mut options = lsp::Options::new(context.config, process_env);
            options.offline = context.offline;
            return lsp::run_stdio(options);
        }
    };
    match outcome.and_then(|it| out.flush().map(|()| it).map_err(anyhow::Error::from)) {
        Ok(outcome) => outcome.code(),
        Err(error) if is_closed_pipe(&error) => 0,
        Err(error) => {
            let error = ide::plain_message(&format!("{error:#}"));
            complain(&format!("error: {error}"));
            Outcome::NotKnown.code()
        }
    }
}

/// The settings file that is named and not there. The language server starts without it.
fn missing_settings(cli: &Cli) -> Option<&Path> {
    let named = cli.config.as_deref()?;
    let is_server = matches!(cli.command, Command::Lsp { .. });
    (!is_server && !named.exists()).then_some(named)
}

/// Markdown is one command's.
fn refused_format(cli: &Cli) -> Option<&'static str> {
    let may = matches!(cli.command, Command::Usages(_) | Command::Lsp { .. });
    let is_refused = cli.format == Wanted::Markdown && !may;
    is_refused.then_some("`--format markdown` is an answer of `usages` alone")
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|it| it.downcast_ref::<io::Error>());
    io.is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe)
}

/// Says why a command cannot be carried out as it was given.
fn refuse(reason: &str) -> Outcome {
    complain(&format!("error: {}", ide::plain_message(reason)));
    Outcome::WrongUse
}

/// Waits for something that the network has to answer. A thread that waits for the keyring or
/// for a slow disk is not waited for.
fn block_on<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(done)
}

/// A problem that takes nothing from the answer.
fn note(problem: &Problem) {
    let message = ide::plain_message(&problem.message);
    complain(&format!("{} {message}", styled("note:", WARN)));
}

/// A line for the user on stderr. A closed stderr is no error.
fn complain(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}
