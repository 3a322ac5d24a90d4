//! The stand-in site as a process, so that its work is not counted as ours.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::process;

/// A running site.
pub(crate) struct Standin {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// How to reach it, as it said.
    pub(crate) place: Place,
    /// What it reads lies here while it starts.
    _tables: tempfile::NamedTempFile,
}

/// How to reach the site.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Place {
    pub(crate) address: String,
    pub(crate) token_name: String,
    pub(crate) token_secret: String,
}

/// What the site was asked since the last time.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    pub(crate) requests: usize,
    by: BTreeMap<String, usize>,
}

impl Asked {
    /// Pages of how often sheets and dashboards were opened.
    pub(crate) fn usage_pages(&self) -> usize {
        self.by.get("views").copied().unwrap_or_default()
    }

    /// All requests but those.
    pub(crate) fn counted(&self) -> usize {
        self.requests - self.usage_pages()
    }

    /// What was asked for how often: `16 Workbooks, 1 projects`.
    pub(crate) fn stages(&self) -> String {
        let stages = self.by.iter().map(|(stage, n)| format!("{n} {stage}"));
        stages.collect::<Vec<String>>().join(", ")
    }
}

impl Standin {
    /// Builds the site, and starts it with so many workbooks over these tables; none
    /// for those of its own.
    pub(crate) fn start(
        n_workbooks: usize,
        tables: &[String],
        delay: u64,
    ) -> anyhow::Result<Standin> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(tables.join("\n").as_bytes())?;
        let mut command = Command::new(program()?);
        command.args(["--large", &n_workbooks.to_string()]);
        command.args(["--delay", &delay.to_string()]);
        if !tables.is_empty() {
            command.arg("--tables").arg(file.path());
        }
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = pipes.spawn()?;
        let input = process.stdin.take().context("no standard input")?;
        let output = process.stdout.take().context("no standard output")?;
        let mut output = BufReader::new(output);
        let place = line(&mut output)?;
        Ok(Standin {
            process,
            input,
            output,
            place,
            _tables: file,
        })
    }

    /// Seconds of processor time that it has had.
    pub(crate) fn cpu_seconds(&self) -> Option<f64> {
        process::cpu_seconds(self.process.id())
    }

    /// Changes so many workbooks.
    pub(crate) fn touch(&mut self, n_workbooks: usize) -> anyhow::Result<()> {
        self.command::<Value>(&format!("touch {n_workbooks}"))?;
        Ok(())
    }

    /// What it was asked since the last time.
    pub(crate) fn asked(&mut self) -> anyhow::Result<Asked> {
        self.command("requests")
    }

    fn command<T: DeserializeOwned>(&mut self, command: &str) -> anyhow::Result<T> {
        writeln!(self.input, "{command}")?;
        line(&mut self.output)
    }
}

fn line<T: DeserializeOwned>(output: &mut impl BufRead) -> anyhow::Result<T> {
    let mut line = String::new();
    output.read_line(&mut line)?;
    serde_json::from_str(&line).with_context(|| format!("the site said: {line}"))
}

impl Drop for Standin {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The example program, built as this one was: in debug it is far too slow.
fn program() -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let example = ["--example", "tableau-site"];
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--quiet"]).args(example);
    // What cargo told this program of itself would make it build everything anew.
    for (name, _) in std::env::vars_os() {
        let told = ["CARGO_BIN_EXE_", "CARGO_MANIFEST_", "CARGO_PKG_"];
        if told.iter().any(|it| name.to_string_lossy().starts_with(it)) {
            build.env_remove(name);
        }
    }
    let built = build.current_dir(env!("CARGO_MANIFEST_DIR")).status()?;
    ensure!(built.success(), "`cargo build` of the example failed");
    let this = std::env::current_exe()?;
    let release = this.parent().and_then(|it| it.parent());
    let name = format!("tableau-site{}", std::env::consts::EXE_SUFFIX);
    Ok(release
        .context("no target folder")?
        .join("examples")
        .join(name))
}
