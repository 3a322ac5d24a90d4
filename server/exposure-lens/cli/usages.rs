//! `usages`: which workbooks and dashboards use these nodes, and the other way round.
//!
//! Here it is decided what is asked; how each answer looks is in the files below.

mod detail;
mod json;
pub(super) mod markdown;
mod summary;
mod unused;

use std::io::Write;
use std::path::PathBuf;

use ide::Analysis;
use lineage::{ContentKind, NodeIx, PublishedIx, WorkbookIx, WorkbookUsage};

use super::load::{self, Loaded};
use super::select::{self, Selected};
use super::{Context, Format, Outcome, complain, note};
use crate::output::json_v1;
use crate::workspace::Problem;

/// How many things a summary lists.
const MAX_LISTED: usize = 20;

/// Arguments of `usages`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Nodes (orders, crm.accounts, model.shop.orders), files, folders, workbooks, Tableau links
    #[arg(value_name = "NODE|PATH|WORKBOOK|TABLEAU-URL")]
    words: Vec<String>,
    /// Only what reads a node's own relation
    #[arg(long)]
    direct: bool,
    /// Every node, not only the 20 most used
    #[arg(long)]
    all: bool,
    /// The nodes, of all or of those named, that reach no dashboard and no sheet; refused while content is incomplete
    #[arg(long, conflicts_with_all = ["direct", "all"])]
    unused: bool,
    /// With --format markdown: a diff of Git's, or a list of paths that it writes; - is stdin
    #[arg(long, value_name = "FILE")]
    paths_from: Option<PathBuf>,
    /// With --format markdown: counts alone, no name of Tableau's and none of a table
    #[arg(long)]
    public: bool,
}

/// What the words name.
#[derive(Default)]
struct Asked {
    nodes: Vec<NodeIx>,
    workbooks: Vec<WorkbookIx>,
    datasources: Vec<PublishedIx>,
    /// What is there and leads to neither.
    neither: Vec<Problem>,
    /// Whether one of those cannot be told of.
    is_unknown: bool,
}

pub(super) fn run(context: &Context, args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if args.public || args.paths_from.is_some() {
        complain("error: `--public` and `--paths-from` are for `--format markdown`");
        return Ok(Outcome::WrongUse);
    }
    let loaded = load::load(context)?;
    if let Format::Text = context.format {
        // Unreadable files are part of the answer below: "not known".
        let problems = loaded.problems.iter();
        problems
            .filter(|it| it.code != "file_unreadable")
            .for_each(note);
    }
    let asked = match ask(&loaded, &args.words) {
        Ok(asked) => asked,
        Err(word) => {
            complain(&not_found(&loaded, word));
            return Ok(outcome(&loaded, Outcome::WrongUse));
        }
    };
    if args.unused {
        return unused::run(context, &loaded, args, &asked, out);
    }
    match context.format {
        Format::Json => json_v1::write(out, &json::answer(&loaded, args, &asked))?,
        Format::Text if args.words.is_empty() => summary::write(&loaded, args, out)?,
        Format::Text => {
            asked.neither.iter().for_each(note);
            detail::write(&loaded, args, &asked, out)?;
        }
    }
    let otherwise = match asked.is_unknown {
        true => Outcome::NotKnown,
        false => Outcome::Fine,
    };
    Ok(outcome(&loaded, otherwise))
}

/// Without a manifest or without any content nothing is known.
fn outcome(loaded: &Loaded, otherwise: Outcome) -> Outcome {
    match loaded.is_known() {
        true => otherwise,
        false => Outcome::NotKnown,
    }
}

/// What the words name, or the first that names nothing.
fn ask<'a>(loaded: &Loaded, words: &'a [String]) -> Result<Asked, &'a str> {
    let mut asked = Asked::default();
    for word in words {
        match select::select(loaded, word).ok_or(word.as_str())? {
            Selected::Nodes(found) => asked.nodes.extend(found),
            Selected::Workbooks(found) => asked.workbooks.extend(found),
            Selected::Datasources(found) => asked.datasources.extend(found),
            Selected::Neither(problem, outcome) => {
                asked.neither.push(problem);
                asked.is_unknown |= outcome == Outcome::NotKnown;
            }
        }
    }
    Ok(asked)
}

fn not_found(loaded: &Loaded, word: &str) -> String {
    let hint = match select::is_address(word) {
        true => known_sites(loaded, word),
        false => nearest_name(loaded, word),
    };
    let word = ide::plain(word);
    format!("error: no node, file or workbook `{word}` in this project{hint}")
}

/// Which sites an address could have been of.
fn known_sites(loaded: &Loaded, address: &str) -> String {
    let contents = loaded.analysis.lineage.contents().iter();
    let sites = contents.filter(|it| it.kind != ContentKind::Files);
    let names: Vec<String> = sites
        .map(|it| match &it.host {
            Some(host) if *host != it.name => format!("{} on {host}", it.name),
            _ => it.name.clone(),
        })
        .map(|name| ide::plain(&name))
        .collect();
    match names.as_slice() {
        [] if address.contains("/workbooks/") => {
            "; a site alone knows its workbooks by number: paste the address of a dashboard"
                .to_owned()
        }
        [] => String::new(),
        names => format!("; known: {}", names.join(", ")),
    }
}

fn nearest_name(loaded: &Loaded, word: &str) -> String {
    let lineage = &loaded.analysis.lineage;
    let names = lineage.nodes().iter().map(|(_, node)| node.label());
    let workbooks = lineage.workbooks().map(|(_, it)| it.name.clone());
    let near = names
        .chain(workbooks)
        .map(|name| (strsim::damerau_levenshtein(&name, word), name))
        .min()
        .filter(|(distance, _)| *distance <= 1 + word.chars().count() / 3);
    near.map_or(String::new(), |(_, name)| {
        format!("; did you mean `{}`?", ide::plain(&name))
    })
}

/// The workbooks that use a node; with `--direct` only what reads it itself.
fn usages_of(analysis: &Analysis, args: &Args, node: NodeIx) -> Vec<WorkbookUsage> {
    let mut usages = analysis.lineage.downstream_of(node);
    if args.direct {
        usages.retain(WorkbookUsage::is_direct);
        for usage in &mut usages {
            keep_direct(analysis, node, usage);
        }
    }
    usages
}

/// Takes out what a workbook that reads `node` shows of it only through other nodes.
fn keep_direct(analysis: &Analysis, node: NodeIx, usage: &mut WorkbookUsage) {
    let lineage = &analysis.lineage;
    let workbook = lineage.workbook(usage.workbook);
    let own = lineage.direct_usages(node);
    let datasources: Vec<&lineage::Datasource> = own
        .filter(|it| it.workbook == usage.workbook)
        .map(|it| &workbook.datasources[it.datasource])
        .collect();
    usage.dashboards.retain(|it| it.distance == 0);
    usage.sheets.retain(|&sheet| {
        let sheet = &workbook.sheets[sheet];
        datasources
            .iter()
            .any(|it| sheet.datasources.contains(&it.name))
    });
    usage
        .datasources
        .retain(|name| datasources.iter().any(|it| it.title() == name));
}
