//! The stand-in Tableau site as a program, for editors' tests, benchmarks and other clients.
//!
//! It prints one line of JSON (how to reach it, and a token that signs in) and runs until its
//! standard input ends. Each line of input is a command, answered by a line of JSON:
//! `touch 20` changes so many workbooks, `requests` counts what was asked since the last time,
//! `become FILE` puts the site that a file lays out in the place of the one before.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use serde_json::{Value, json};

use support::tableau::large::{self, Large};
use support::tableau::log::Request;
use support::tableau::site::{Site, TOKEN_NAME, TOKEN_SECRET};
use support::tableau::{Running, Standin, recorded, shop, written};

/// Where the site itself lies.
#[path = ".."]
mod support {
    pub(crate) mod tableau;
}

/// A stand-in Tableau site on loopback.
#[derive(Debug, Parser)]
struct Options {
    /// A site with so many workbooks (6 datasources, 10 sheets, 3 dashboards each)
    #[arg(long, value_name = "N", conflicts_with_all = ["recorded", "scenario"])]
    large: Option<usize>,
    /// What the large site reads: a file with `DATABASE.SCHEMA.TABLE` on each line
    #[arg(long, value_name = "FILE", requires = "large")]
    tables: Option<PathBuf>,
    /// A site made of the recorded answers in this folder
    #[arg(long, value_name = "DIR", conflicts_with = "scenario")]
    recorded: Option<PathBuf>,
    /// A site as this JSON file lays it out (see `written.rs`)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["large", "recorded", "scenario"])]
    written: Option<PathBuf>,
    /// The site of a sample project
    #[arg(long, default_value = "shop", value_parser = ["shop"])]
    scenario: String,
    /// Each answer takes so many milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    delay: u64,
    /// The port; any that is free if left out
    #[arg(long, default_value_t = 0)]
    port: u16,
}

fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let site = site(&options)?;
    let running = Standin::start_on(options.port, vec![site]);
    running.set_delay(Duration::from_millis(options.delay));
    say(&json!({
        "url": running.url(),
        "address": running.address(),
        "site": running.site().content_url,
        "tokenName": TOKEN_NAME,
        "tokenSecret": TOKEN_SECRET,
    }))?;
    for line in std::io::stdin().lock().lines() {
        say(&obey(&running, line?.trim()))?;
    }
    Ok(())
}

fn site(options: &Options) -> std::io::Result<Site> {
    if let Some(file) = &options.written {
        return written::site(file);
    }
    let Some(n_workbooks) = options.large else {
        return Ok(match &options.recorded {
            Some(folder) => recorded::site(folder),
            None => shop::site(),
        });
    };
    let mut large = Large::new(n_workbooks, 6, 10, 3);
    if let Some(file) = &options.tables {
        let text = std::fs::read_to_string(file)?;
        large = large.over(text.lines().map(Into::into).collect());
    }
    Ok(large.site())
}

fn obey(running: &Running, command: &str) -> Value {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        ["touch", n] => {
            let n_workbooks = n.parse().unwrap_or(1);
            let time = "2025-09-01T00:00:00Z";
            running.edit(|site| large::touch(site, n_workbooks, time));
            json!({"touched": n_workbooks})
        }
        ["requests"] => {
            let requests = running.forget_requests();
            let n_bytes: usize = requests.iter().map(|it| it.n_bytes).sum();
            let mut by: BTreeMap<&str, usize> = BTreeMap::new();
            for request in &requests {
                *by.entry(subject(request)).or_default() += 1;
            }
            json!({"requests": requests.len(), "bytes": n_bytes, "by": by})
        }
        ["become", file] => match written::site(file.as_ref()) {
            Ok(new) => {
                running.edit(|site| *site = new);
                json!({"workbooks": running.site().workbooks.len()})
            }
            Err(error) => json!({"error": error.to_string()}),
        },
        _ => json!({"error": "the commands are: touch N, requests, become FILE"}),
    }
}

/// What a request is about: a GraphQL operation, or the first word of a path below a site.
fn subject(request: &Request) -> &str {
    let below = request.path.split_once("/sites/").map(|(_, rest)| rest);
    let list = below.and_then(|it| it.split('/').nth(1));
    let named = request.operation.as_deref().or(list);
    named.unwrap_or(&request.path)
}

fn say(value: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}")?;
    out.flush()
}
