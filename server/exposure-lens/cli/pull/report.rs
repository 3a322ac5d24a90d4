//! What `pull` says at the end: of each site what came, what is missing, what to do.

use std::io::Write;

use lineage::{Content, Gap};
use serde::Serialize;

use super::output::Written;
use super::{Answer, Pulled};
use crate::cli::Format;
use crate::config::SiteSetting;
use crate::output::json_v1::{self, Note};
use crate::output::terminal::{BOLD, DIM, GOOD, WARN, styled};
use crate::workspace::Problem;
use crate::workspace::sites::history::{Counts, Failure};
use crate::workspace::sites::{self, SiteState};
use crate::workspace::snapshot::Fetched;

/// Notes of one site that a terminal shows; JSON has all.
const MAX_NOTES: usize = 5;

pub(super) fn write(format: Format, answer: &Answer, out: &mut dyn Write) -> anyhow::Result<()> {
    match format {
        Format::Json => json_v1::write(out, &Json::of(answer))?,
        Format::Text => write_text(answer, out)?,
    }
    Ok(())
}

fn write_text(answer: &Answer, out: &mut dyn Write) -> anyhow::Result<()> {
    for pulled in &answer.sites {
        write_site(answer, pulled, out)?;
    }
    for setting in &answer.not_signed_in {
        let name = ide::plain(&sites::name(&setting.address));
        writeln!(out, "{}", styled(&name, BOLD))?;
        let next = format!(
            "not signed in to: run `exposure-lens login {}`",
            setting.address
        );
        writeln!(out, "  {}", styled(&ide::plain_message(&next), WARN))?;
    }
    if let Some(snapshot) = &answer.snapshot {
        writeln!(out, "{}", styled("team snapshot", BOLD))?;
        write_snapshot(answer, snapshot, out)?;
    }
    match &answer.written {
        Some(Ok(written)) => write_written(written, out)?,
        Some(Err(problem)) => {
            writeln!(
                out,
                "{}",
                styled(&ide::plain_message(&problem.message), WARN)
            )?;
        }
        None => {}
    }
    if answer.sites.is_empty() && answer.not_signed_in.is_empty() && answer.snapshot.is_none() {
        let next = nothing_to_pull(answer);
        writeln!(out, "{}", styled(&next.message, WARN))?;
    }
    Ok(())
}

fn nothing_to_pull(answer: &Answer) -> Problem {
    let next = match &answer.kept.snapshot {
        Some(it) if it.host.is_none() => {
            "the team snapshot is a file, which is read as it is; for more, sign in with \
             `exposure-lens login URL`"
        }
        Some(_) => "the host of the team snapshot was not said yes to, and no site is signed in to",
        None => {
            "sign in with `exposure-lens login URL`, or name a team snapshot with \
             `tableau.snapshot`"
        }
    };
    Problem {
        code: "nothing_to_pull",
        message: format!("there is nothing to fetch: {next}"),
    }
}

fn write_site(answer: &Answer, pulled: &Pulled, out: &mut dyn Write) -> anyhow::Result<()> {
    let name = ide::plain(&sites::name(&pulled.setting.address));
    writeln!(out, "{}", styled(&name, BOLD))?;
    match &pulled.result {
        Ok(refreshed) => {
            let by_another = match refreshed.by_another {
                true => " by another window",
                false => "",
            };
            let line = format!("{}{by_another}", counts(&refreshed.success.counts));
            writeln!(out, "  {line}")?;
            let gaps = gaps(answer, pulled);
            for gap in gaps.iter().take(MAX_NOTES) {
                let message = ide::plain_message(&gap.message);
                writeln!(out, "  {} {message}", styled("not known:", WARN))?;
            }
            if let Some(more) = gaps.len().checked_sub(MAX_NOTES + 1) {
                let more = format!("and {} more: --format json has all", more + 1);
                writeln!(out, "  {}", styled(&more, DIM))?;
            }
        }
        Err(failure) => {
            let said = ide::plain_message(&failure.said());
            writeln!(out, "  {} {said}", styled("failed:", WARN))?;
            let kept = state(answer, pulled).and_then(SiteState::fetched_at);
            if let Some(at) = kept {
                writeln!(
                    out,
                    "  what was fetched {} is kept",
                    ide::ago(answer.now, at)
                )?;
            }
        }
    }
    Ok(())
}

/// `2000 workbooks, 20 changed, 1 removed · 15 requests, 1.2 MB, 3.1 s`
fn counts(counts: &Counts) -> String {
    let mut workbooks = vec![ide::count(counts.workbooks, "workbook")];
    workbooks.push(format!("{} changed", counts.changed));
    workbooks.extend((counts.removed > 0).then(|| format!("{} removed", counts.removed)));
    let n_requests = usize::try_from(counts.requests).unwrap_or(usize::MAX);
    let seconds = counts.milliseconds as f64 / 1000.0;
    format!(
        "{} · {}, {}, {seconds:.1} s",
        workbooks.join(", "),
        ide::count(n_requests, "request"),
        size(counts.bytes)
    )
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn write_snapshot(
    answer: &Answer,
    fetched: &Result<Fetched, Failure>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let line = match fetched {
        Ok(Fetched::New(bytes)) => format!("fetched, {}", size(*bytes as u64)),
        Ok(Fetched::Unchanged) => "not changed since it was fetched".to_owned(),
        Err(failure) => {
            let said = ide::plain_message(&failure.said());
            writeln!(out, "  {} {said}", styled("failed:", WARN))?;
            return Ok(());
        }
    };
    let read = answer.kept.snapshot.as_ref();
    let made = read.and_then(|it| it.snapshot.as_ref()?.generated_at);
    let made = made.map_or(String::new(), |at| {
        format!(", made {}", ide::ago(answer.now, at))
    });
    writeln!(out, "  {line}{made}")?;
    Ok(())
}

fn write_written(written: &Written, out: &mut dyn Write) -> anyhow::Result<()> {
    let made = &written.made;
    let file = ide::plain(&crate::disk::forward(&written.file));
    let size = size(made.bytes.len() as u64);
    writeln!(out, "{} {file} ({size})", styled("written:", GOOD))?;
    let holds = [
        ide::count(made.n_workbooks, "workbook"),
        ide::count(made.n_datasources, "published datasource"),
        format!(
            "the relations of {} from {}",
            ide::count(made.n_relations, "node"),
            ide::plain(&written.manifest)
        ),
    ];
    writeln!(out, "  holds {}", holds.join(", "))?;
    let projects = ide::plain(&written.projects.join(", "));
    writeln!(
        out,
        "  of the Tableau projects {projects}: everyone who has the file sees that"
    )?;
    if !written.left_out.is_empty() {
        writeln!(out, "  left out: {}", written.left_out.join(", "))?;
    }
    Ok(())
}

fn state<'a>(answer: &'a Answer, pulled: &Pulled) -> Option<&'a SiteState> {
    let mut states = answer.kept.sites.iter();
    states.find(|it| it.setting.address == pulled.setting.address)
}

/// What is missing from the site's content, most important first.
fn gaps<'a>(answer: &'a Answer, pulled: &Pulled) -> Vec<&'a Gap> {
    let content: Option<&Content> = state(answer, pulled).and_then(|it| it.content.as_deref());
    let mut gaps: Vec<&Gap> = content.into_iter().flat_map(|it| &it.gaps).collect();
    gaps.sort_by_key(|it| (!it.is_about_a_place(), it.code));
    gaps
}

#[derive(Serialize)]
struct Json {
    version: u32,
    sites: Vec<JsonSite>,
    snapshot: Option<JsonSnapshot>,
    written: Option<JsonWritten>,
    problems: Vec<Note>,
}

#[derive(Serialize)]
struct JsonSite {
    name: String,
    url: String,
    signed_in: bool,
    counts: Option<Counts>,
    by_another: bool,
    notes: Vec<Note>,
    error: Option<Note>,
}

#[derive(Serialize)]
struct JsonSnapshot {
    changed: bool,
    generated_at: Option<String>,
    error: Option<Note>,
}

#[derive(Serialize)]
struct JsonWritten {
    file: String,
    bytes: usize,
    workbooks: usize,
    datasources: usize,
    relations: usize,
    projects: Vec<String>,
    left_out: Vec<&'static str>,
}

impl Json {
    fn of(answer: &Answer) -> Json {
        let pulled = answer.sites.iter().map(|it| JsonSite::of(answer, it));
        let others = answer.not_signed_in.iter().map(JsonSite::not_signed_in);
        let mut problems: Vec<Note> = Vec::new();
        if let Some(Err(problem)) = &answer.written {
            problems.push(note(problem));
        }
        let mut sites: Vec<JsonSite> = pulled.chain(others).collect();
        sites.sort_by(|a, b| a.url.cmp(&b.url));
        if sites.is_empty() && answer.snapshot.is_none() {
            problems.push(note(&nothing_to_pull(answer)));
        }
        let written = answer.written.as_ref().and_then(|it| it.as_ref().ok());
        Json {
            version: 1,
            sites,
            snapshot: answer.snapshot.as_ref().map(|it| snapshot(answer, it)),
            written: written.map(JsonWritten::of),
            problems,
        }
    }
}

impl JsonSite {
    fn of(answer: &Answer, pulled: &Pulled) -> JsonSite {
        let refreshed = pulled.result.as_ref();
        let mut notes: Vec<Note> = gaps(answer, pulled).into_iter().map(gap_note).collect();
        notes.sort();
        JsonSite {
            name: sites::name(&pulled.setting.address),
            url: pulled.setting.address.to_string(),
            signed_in: true,
            counts: refreshed.ok().map(|it| it.success.counts),
            by_another: refreshed.is_ok_and(|it| it.by_another),
            notes,
            error: refreshed.err().map(|it| failed("refresh_failed", it)),
        }
    }

    fn not_signed_in(setting: &SiteSetting) -> JsonSite {
        JsonSite {
            name: sites::name(&setting.address),
            url: setting.address.to_string(),
            signed_in: false,
            counts: None,
            by_another: false,
            notes: Vec::new(),
            error: None,
        }
    }
}

impl JsonWritten {
    fn of(written: &Written) -> JsonWritten {
        JsonWritten {
            file: crate::disk::forward(&written.file),
            bytes: written.made.bytes.len(),
            workbooks: written.made.n_workbooks,
            datasources: written.made.n_datasources,
            relations: written.made.n_relations,
            projects: written.projects.clone(),
            left_out: written.left_out.clone(),
        }
    }
}

fn snapshot(answer: &Answer, fetched: &Result<Fetched, Failure>) -> JsonSnapshot {
    let read = answer.kept.snapshot.as_ref();
    let made = read.and_then(|it| it.snapshot.as_ref()?.generated_at);
    let fetched = fetched.as_ref();
    JsonSnapshot {
        changed: matches!(fetched, Ok(Fetched::New(_))),
        generated_at: made.map(|it| it.to_string()),
        error: fetched.err().map(|it| failed("snapshot_unavailable", it)),
    }
}

fn note(problem: &Problem) -> Note {
    Note {
        code: problem.code.to_owned(),
        message: ide::plain_message(&problem.message),
    }
}

fn gap_note(gap: &Gap) -> Note {
    Note {
        code: gap.code.as_str().to_owned(),
        message: ide::plain_message(&gap.message),
    }
}

fn failed(code: &str, failure: &Failure) -> Note {
    Note {
        code: code.to_owned(),
        message: ide::plain_message(&failure.said()),
    }
}
