//! A large site: what reading it costs, and what the editor feels of it.
//! `cargo bench --bench sites`, with `-- --workbooks 400` for a quick look.
//!
//! The site is the stand-in, in a process of its own. Numbers of requests are asserted;
//! times are printed, since machines differ. Beside them stands a plain loop with
//! Tableau's own client over the same site, where `tests/run.d/tools
//! tableauserverclient` has installed that.
#![allow(clippy::print_stdout, reason = "a benchmark tells what it measured")]

use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;

use sites::project::Project;
use sites::standin::Standin;
use sites::{hover, plain_loop, reading, stored};

/// The parts.
mod sites {
    /// Hovers, while nothing happens and while the site is fetched.
    pub(crate) mod hover;
    /// Tableau's own client, one workbook after the other.
    pub(crate) mod plain_loop;
    /// What a process has used.
    pub(crate) mod process;
    /// The dbt project whose relations the site reads.
    pub(crate) mod project;
    /// Reading the site, first and again.
    pub(crate) mod reading;
    /// The site's process.
    pub(crate) mod standin;
    /// What was read, opened again.
    pub(crate) mod stored;
}

#[allow(
    dead_code,
    unused_imports,
    reason = "the tests use more of the server in memory"
)]
#[path = "../support"]
mod support {
    pub(crate) mod server;
}

/// What a machine far from its site waits for each answer.
const DELAY_MS: u64 = 50;

#[derive(Debug, Parser)]
struct Options {
    /// What `cargo bench` says, and `cargo test` does not.
    #[arg(long, hide = true)]
    bench: bool,
    /// How large the site is
    #[arg(long, default_value_t = 2000)]
    workbooks: usize,
    /// Opens the content in this cache for the project in this folder, and no more
    #[arg(long, hide = true, num_args = 2)]
    open: Option<Vec<PathBuf>>,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if let Some([content, project]) = options.open.as_deref() {
        return stored::open(content, project);
    }
    if !options.bench {
        println!("run it with `cargo bench --bench sites`");
        return Ok(());
    }
    let project = Project::new()?;
    let cache = tempfile::tempdir().context("cannot make a folder for the cache")?;
    let site = Standin::start(options.workbooks, &project.tables(), DELAY_MS);
    let mut site = site.context("cannot start the stand-in site")?;
    println!(
        "{} workbooks, {DELAY_MS} ms an answer, over the relations of {}",
        options.workbooks, project.name
    );
    let (records, seconds) = reading::first(&mut site, options.workbooks)?;
    plain_loop::run(&mut site, options.workbooks, seconds)?;
    let records = reading::again(&mut site, records, options.workbooks)?;
    project.name_site(&site.place.address)?;
    let kept = stored::keep(cache.path(), &project, &records)?;
    stored::measure(&kept, &project, cache.path())?;
    hover::measure(&kept, &project, cache.path(), &site)
}
