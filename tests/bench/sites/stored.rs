//! What was read of the site, opened again: by a new process, beside the manifest.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, ensure};
use exposure_lens::workspace::code::{self, Listing};
use exposure_lens::workspace::current;
use exposure_lens::workspace::exposures::Collected;
use exposure_lens::workspace::sites::history::{History, Success};
use exposure_lens::workspace::sites::{self, Access, Memory};
use exposure_lens::workspace::{self, Ingredients, Known};
use jiff::{SignedDuration, Timestamp};
use tableau::{Records, content_cache};

use super::process::peak;
use super::project::{self, Project};
use super::reading::megabytes;

/// Keeps records where the program looks for them. They say that the last full read was
/// long ago, so that the next fetch is one. Returns the file of the content.
pub(crate) fn keep(cache: &Path, project: &Project, records: &Records) -> anyhow::Result<PathBuf> {
    let paths = looked_at(cache, project)?;
    let named = |name: &str| paths.iter().find(|it| it.ends_with(name)).cloned();
    let content = named("content").context("the program looks for no content")?;
    let history = named("history.json").context("the program looks for no history")?;
    std::fs::create_dir_all(content.parent().context("a file lies in a folder")?)?;
    let now = Timestamp::now();
    let records = Records {
        full_at: Some(now.checked_sub(SignedDuration::from_hours(24 * 30))?),
        ..records.clone()
    };
    std::fs::write(&content, content_cache::encode(&records)?)?;
    let success = Success {
        at: now,
        ended: now,
        ..Success::default()
    };
    let success = History {
        success: Some(success),
        failure: None,
    };
    success.write(&history)?;
    Ok(content)
}

/// The files in the cache that the program looks at for the project.
fn looked_at(cache: &Path, project: &Project) -> anyhow::Result<Vec<PathBuf>> {
    let (_, settings, _) = project::open(project.folder())?;
    let cache = cache.display().to_string();
    let env = move |name: &str| match name {
        "EXPOSURE_LENS_CACHE_DIR" | "EXPOSURE_LENS_CONFIG_DIR" => Some(cache.clone()),
        "EXPOSURE_LENS_KEYRING" => Some("off".to_owned()),
        _ => None,
    };
    let access = Access::new(project.folder(), &settings, Arc::new(env), true);
    Ok(sites::read(&access, &mut Memory::default()).paths)
}

/// Opens the content in a process of its own, whose memory is then this work's alone;
/// and asks the program itself.
pub(crate) fn measure(content: &Path, project: &Project, cache: &Path) -> anyhow::Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--open").args([content, project.folder()]);
    ensure!(command.status()?.success(), "the content cannot be opened");
    let mut usages = Command::new(env!("CARGO_BIN_EXE_exposure-lens"));
    usages
        .args(["usages", "--offline"])
        .current_dir(project.folder())
        .env("EXPOSURE_LENS_CACHE_DIR", cache)
        .env("EXPOSURE_LENS_CONFIG_DIR", cache.join("none"))
        .env("EXPOSURE_LENS_KEYRING", "off");
    let began = Instant::now();
    let said = usages.output()?;
    let seconds = began.elapsed().as_secs_f64();
    ensure!(
        said.status.success(),
        "`usages` failed: {}",
        String::from_utf8_lossy(&said.stderr)
    );
    println!("`usages --offline`, the whole program: {seconds:.2} s");
    Ok(())
}

/// Opens the content beside the project in `folder`, and tells what that took.
pub(crate) fn open(content: &Path, folder: &Path) -> anyhow::Result<()> {
    let mut clock = Clock::start();
    let (project, settings, manifest) = project::open(folder)?;
    clock.told("manifest");
    let bytes = std::fs::read(content).context("cannot read the content")?;
    let records = content_cache::decode(&bytes)?;
    let n_bytes = bytes.len() as u64;
    drop(bytes);
    clock.told("decode");
    let content = tableau::lower(&records, None);
    drop(records);
    clock.told("lower");
    let known = Known {
        contents: lineage::merge(vec![content]).into(),
        production: Arc::default(),
    };
    clock.told("merge");
    let listing = Arc::new(Listing::of(&project));
    let code = code::Memory::default().read(&project, &listing, &HashMap::new());
    let mut memory = current::Memory::default();
    let read = Some(&manifest);
    let current = current::read(&project, read, &listing, &code, &mut memory, &|_| None);
    clock.told("files");
    let analysis = workspace::analyse(Ingredients {
        project: &project,
        manifest: Some(&manifest),
        current: &current,
        exposures: Collected::default(),
        known: &known,
        production: None,
        settings: &settings,
    });
    clock.told("lineage");
    println!(
        "stored content of {:.1} MB, {} nodes, {} usages: {}",
        megabytes(n_bytes),
        manifest.read.nodes.len(),
        analysis.lineage.usages().len(),
        clock.line()
    );
    Ok(())
}

/// Times of parts, and how much memory they took at most up to their end.
struct Clock {
    began: Instant,
    last: Instant,
    parts: Vec<String>,
}

impl Clock {
    fn start() -> Clock {
        let began = Instant::now();
        Clock {
            began,
            last: began,
            parts: Vec::new(),
        }
    }

    fn told(&mut self, part: &str) {
        let seconds = self.last.elapsed().as_secs_f64();
        let peak = peak().map_or(String::new(), |it| format!(" (peak {it} MB)"));
        self.parts.push(format!("{part} {seconds:.2} s{peak}"));
        self.last = Instant::now();
    }

    fn line(&self) -> String {
        let seconds = self.began.elapsed().as_secs_f64();
        format!("{seconds:.2} s: {}", self.parts.join(", "))
    }
}
