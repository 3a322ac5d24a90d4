//! Which workbooks are asked for, by name and by Tableau project.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};
use lineage::{Workbook, WorkbookIx};

use super::Args;
use crate::cli::load::Loaded;
use crate::cli::select::{self, Selected};

/// How many names are offered where one is not known.
const MAX_OFFERED: usize = 3;

type Candidate<'a> = (WorkbookIx, &'a Workbook);

/// The workbooks that `args` name; `None` for all there are.
///
/// # Errors
/// What names nothing, or several things, for a person.
pub(super) fn workbooks(
    loaded: &Loaded,
    args: &Args,
) -> Result<Option<BTreeSet<WorkbookIx>>, String> {
    if args.workbook.is_empty() && args.project.is_empty() {
        return Ok(None);
    }
    let candidates = in_projects(loaded, &args.project)?;
    if args.workbook.is_empty() {
        return Ok(Some(candidates.iter().map(|(ix, _)| *ix).collect()));
    }
    let mut chosen = BTreeSet::new();
    for name in &args.workbook {
        chosen.extend(named(loaded, &candidates, name)?);
    }
    Ok(Some(chosen))
}

/// The workbooks in Tableau projects of one of these paths; all where none is given. A
/// path that fits nothing is a mistake, and not an order for nothing.
fn in_projects<'a>(loaded: &'a Loaded, globs: &[String]) -> Result<Vec<Candidate<'a>>, String> {
    let all: Vec<Candidate<'_>> = loaded.analysis.lineage.workbooks().collect();
    if globs.is_empty() {
        return Ok(all);
    }
    let matchers: Result<Vec<GlobMatcher>, String> = globs.iter().map(|it| matcher(it)).collect();
    let matchers = matchers?;
    for (glob, matcher) in globs.iter().zip(&matchers) {
        if !all.iter().any(|(_, it)| lies_in(it, matcher)) {
            let paths = all.iter().map(|(_, it)| it.project_path.join("/"));
            let hint = did_you_mean(glob, paths.filter(|it| !it.is_empty()));
            let glob = ide::plain(glob);
            return Err(format!("no workbook in a Tableau project `{glob}`{hint}"));
        }
    }
    let is_in = |it: &Workbook| matchers.iter().any(|matcher| lies_in(it, matcher));
    Ok(all.into_iter().filter(|(_, it)| is_in(it)).collect())
}

/// As `tableau.sites` and `pull` take them: a pattern that is no glob means itself.
fn matcher(glob: &str) -> Result<GlobMatcher, String> {
    let build = |glob: &str| {
        let mut builder = GlobBuilder::new(glob);
        builder.literal_separator(true).case_insensitive(true);
        builder.backslash_escape(true).build()
    };
    let built = build(glob).or_else(|_| build(&globset::escape(glob)));
    let built = built.map_err(|error| format!("`{}` is no glob: {error}", ide::plain(glob)));
    Ok(built?.compile_matcher())
}

/// `Finance/**` means the project `Finance` as well. A workbook file lies in none.
fn lies_in(workbook: &Workbook, matcher: &GlobMatcher) -> bool {
    let path = workbook.project_path.join("/");
    !path.is_empty() && (matcher.is_match(&path) || matcher.is_match(format!("{path}/")))
}

/// What one name means: an address, else a title, else a LUID, a file, a title in
/// another case. The first reading that fits counts.
fn named(
    loaded: &Loaded,
    candidates: &[Candidate<'_>],
    name: &str,
) -> Result<Vec<WorkbookIx>, String> {
    let shown = ide::plain(name);
    if select::is_address(name) {
        let found = at_address(loaded, candidates, name);
        return found.ok_or_else(|| format!("no workbook at `{shown}`"));
    }
    let lower = name.to_lowercase();
    let readings: [&dyn Fn(&Workbook) -> bool; 4] = [
        &|it| it.name == name,
        &|it| it.luid.as_ref().is_some_and(|it| it.0 == name),
        &|it| it.file.as_deref() == Some(name),
        &|it| it.name.to_lowercase() == lower,
    ];
    for reading in readings {
        let found: Vec<Candidate<'_>> = candidates
            .iter()
            .copied()
            .filter(|(_, it)| reading(it))
            .collect();
        match found.as_slice() {
            [] => {}
            [(ix, _)] => return Ok(vec![*ix]),
            several => return Err(ambiguous(&shown, several)),
        }
    }
    let names = candidates.iter().map(|(_, it)| it.name.clone());
    Err(format!(
        "no workbook `{shown}`{}",
        did_you_mean(name, names)
    ))
}

fn at_address(
    loaded: &Loaded,
    candidates: &[Candidate<'_>],
    address: &str,
) -> Option<Vec<WorkbookIx>> {
    let Some(Selected::Workbooks(mut found)) = select::select(loaded, address) else {
        return None;
    };
    found.retain(|ix| candidates.iter().any(|(it, _)| it == ix));
    (!found.is_empty()).then_some(found)
}

fn ambiguous(shown: &str, several: &[Candidate<'_>]) -> String {
    let one = |(_, it): &Candidate<'_>| {
        let luid = it.luid.as_ref().map(|it| it.0.as_str());
        let place = it.project_path.join("/");
        let known = luid.or(it.file.as_deref()).unwrap_or(&it.name);
        match place.is_empty() {
            true => ide::plain(known),
            false => format!("{} ({})", ide::plain(known), ide::plain(&place)),
        }
    };
    let all: Vec<String> = several.iter().map(one).collect();
    format!(
        "{} workbooks are called `{shown}`: name one by its LUID, file or link: {}",
        all.len(),
        all.join(", ")
    )
}

/// A question after the nearest names, or nothing where none is near.
fn did_you_mean(name: &str, known: impl Iterator<Item = String>) -> String {
    let name = name.to_lowercase();
    let limit = 1 + name.chars().count() / 3;
    let distance = |it: &String| strsim::damerau_levenshtein(&it.to_lowercase(), &name);
    let near: BTreeSet<(usize, String)> = known
        .map(|it| (distance(&it), it))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    let near = near.iter().take(MAX_OFFERED);
    let near: Vec<String> = near
        .map(|(_, it)| format!("`{}`", ide::plain(it)))
        .collect();
    match near.is_empty() {
        true => String::new(),
        false => format!("; did you mean {}?", near.join(" or ")),
    }
}
