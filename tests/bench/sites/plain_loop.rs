//! Tableau's own client over the same site, asking for one workbook after the other.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::json;

use super::standin::Standin;

/// Workbooks that the loop opens; the rest is extrapolated.
const SAMPLE: usize = 100;

/// What the loop measured.
#[derive(Debug, Deserialize)]
struct Measured {
    workbooks: usize,
    sample: usize,
    list_seconds: f64,
    loop_seconds: f64,
}

/// Runs the loop over a sample, and tells what all of the site would take beside the
/// `seconds` that we took.
pub(crate) fn run(site: &mut Standin, n_workbooks: usize, seconds: f64) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join(".tools/tableauserverclient/bin/python");
    if !python.is_file() {
        println!("plain loop: skipped; `tests/run.d/tools tableauserverclient` installs it");
        return Ok(());
    }
    site.asked()?;
    let script = root.join("tests/run.d/tableau_loop.py");
    let mut command = Command::new(python);
    command.arg("-B").arg(script).arg(SAMPLE.to_string());
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let place = json!({
        "address": site.place.address,
        "tokenName": site.place.token_name,
        "tokenSecret": site.place.token_secret,
    });
    let mut input = process.stdin.take().context("no standard input")?;
    writeln!(input, "{place}")?;
    drop(input);
    let output = process.wait_with_output()?;
    ensure!(output.status.success(), "the plain loop failed");
    let measured: Measured = serde_json::from_slice(&output.stdout)?;
    assert_eq!(measured.workbooks, n_workbooks);
    let n_asked = site.asked()?.requests;
    tell(&measured, n_asked, seconds);
    Ok(())
}

fn tell(it: &Measured, n_asked: usize, ours: f64) {
    let times = it.workbooks as f64 / it.sample.max(1) as f64;
    let seconds = it.list_seconds + it.loop_seconds * times;
    // Each workbook of the sample took two: its sheets and its connections.
    let n_requests = n_asked + 2 * (it.workbooks - it.sample);
    println!(
        "plain loop of tableauserverclient: {n_requests} requests, {seconds:.0} s, {:.1} times \
         ours; it learns of no table",
        seconds / ours
    );
    println!(
        "  extrapolated from {n_asked} requests: {:.1} s for the list, {:.1} s for {} workbooks",
        it.list_seconds, it.loop_seconds, it.sample
    );
}
