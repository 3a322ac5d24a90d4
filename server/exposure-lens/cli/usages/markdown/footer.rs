//! Where an answer comes from and how whole it is. Times are told as they are, since a
//! comment is read later than it is written.

use lineage::{Content, ContentKind, GapCode, Timestamp};

use super::Look;
use super::changes::Compared;
use crate::output::markdown::{code, text};

/// The last line of a comment.
pub(super) fn line(look: Look<'_>, compared: Option<&Compared<'_>>) -> String {
    let contents = look.loaded.analysis.lineage.contents().iter().enumerate();
    let mut facts: Vec<String> = match look.is_public() {
        true => public(look).into_iter().collect(),
        false => contents
            .filter_map(|(ix, it)| content(look, ix, it))
            .collect(),
    };
    facts.extend(compared.map(|it| compared_with(look, it)));
    facts.push(concat!("exposure-lens ", env!("CARGO_PKG_VERSION")).to_owned());
    format!("<sub>{}</sub>\n", facts.join(" · "))
}

fn content(look: Look<'_>, ix: usize, it: &Content) -> Option<String> {
    let is_complete = is_complete(look, ix);
    let whole = if is_complete {
        "complete"
    } else {
        "incomplete"
    };
    if it.kind == ContentKind::Files {
        let is_there = !it.workbooks.is_empty() || !is_complete;
        let files = ide::count(it.workbooks.len(), "workbook file");
        return is_there.then(|| format!("{files}, {whole}"));
    }
    let name = text(&it.name);
    let kind = ide::snapshot_mark(it);
    let host = it.host.as_deref().filter(|host| *host != it.name);
    let host = host.map_or(String::new(), |host| format!(" on {}", text(host)));
    let selected = it.selected.as_deref();
    let selected = selected.map_or(String::new(), |it| format!(", only {}", text(it)));
    let read = match it.fetched_at {
        Some(at) => format!("read {}", at_minute(at)),
        None if it.gaps.is_empty() => return None,
        None => "not read yet".to_owned(),
    };
    Some(format!("{name}{host}{kind}{selected}, {read}, {whole}"))
}

/// How many places were read, and when the oldest was.
fn public(look: Look<'_>) -> Option<String> {
    let contents = look.loaded.analysis.lineage.contents();
    let read = contents.iter().filter_map(|it| it.fetched_at);
    let n_sites = read.clone().count();
    let is_complete = (0..contents.len()).all(|ix| is_complete(look, ix));
    let whole = if is_complete {
        "complete"
    } else {
        "incomplete"
    };
    let n_files: usize = contents
        .iter()
        .filter(|it| it.kind == ContentKind::Files)
        .map(|it| it.workbooks.len())
        .sum();
    let mut facts = Vec::new();
    if let Some(oldest) = read.min() {
        let sites = ide::count(n_sites, "Tableau site");
        facts.push(format!("{sites} read {}", at_minute(oldest)));
    }
    facts.extend((n_files > 0).then(|| ide::count(n_files, "workbook file")));
    (!facts.is_empty()).then(|| format!("{}, {whole}", facts.join(", ")))
}

fn is_complete(look: Look<'_>, ix: usize) -> bool {
    let mut gaps = look.loaded.analysis.lineage.gaps_of(ix);
    gaps.all(|gap| gap.code == GapCode::Ambiguous)
}

/// `2026-01-10 10:00 UTC`
fn at_minute(at: Timestamp) -> String {
    let text = at.to_string();
    let minute = text.get(..16).unwrap_or(&text).replace('T', " ");
    format!("{minute} UTC")
}

/// Which manifest the files are compared with.
fn compared_with(look: Look<'_>, compared: &Compared<'_>) -> String {
    let Some(manifest) = compared.manifest else {
        return "compared with nothing: there is no manifest".to_owned();
    };
    let whose = match compared.is_production {
        true => "production's manifest",
        false => "the manifest",
    };
    // Where production's manifest lies is a path of a build's, which may be told nobody.
    let place = match look.is_public() {
        true => String::new(),
        false => format!(" {}", code(&look.loaded.shown(&manifest.path))),
    };
    let at = manifest.metadata.generated_at.as_deref();
    let at = at
        .and_then(|it| it.parse::<Timestamp>().ok())
        .map(at_minute);
    let at = at.map_or(String::new(), |at| format!(" of {at}"));
    format!("compared with {whose}{place}{at}")
}
