//! `usages --unused`: the nodes that reach nothing, told only where that is known.
//!
//! Files alone never prove it, since a site may hold workbooks that nobody saved here.
//! They are answered all the same, as the lens answers, and with that said.

use std::collections::BTreeSet;
use std::io::Write;

use lineage::NodeIx;

use super::{Args, Asked, MAX_LISTED};
use crate::cli::load::Loaded;
use crate::cli::{Context, Format, Outcome, complain};
use crate::output::json_v1;
use crate::output::terminal::{Cell, DIM, write_table};

pub(super) fn run(
    context: &Context,
    loaded: &Loaded,
    args: &Args,
    asked: &Asked,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    // The files alone do not show everything that dbt works out.
    if loaded.manifest.is_none() || !loaded.is_known() {
        complain("error: cannot tell what is unused without a manifest and Tableau content");
        complain_all(reasons(loaded, loaded.analysis.lineage.nodes().indices()));
        return Ok(Outcome::NotKnown);
    }
    let lineage = &loaded.analysis.lineage;
    let unused = wanted(loaded, args, asked).filter(|&ix| !lineage.is_used(ix));
    let unused: Vec<NodeIx> = unused.collect();
    let unknown = reasons(loaded, unused.iter().copied());
    if !unknown.is_empty() {
        complain("error: content is incomplete, so that \"unused\" cannot be told:");
        complain_all(unknown);
        return Ok(Outcome::NotKnown);
    }
    let problems = asked.neither.iter().cloned();
    let problems = problems
        .chain(loaded.files_only())
        .chain(loaded.projects_selected());
    match context.format {
        Format::Json => {
            let mut answer = loaded.json();
            problems.for_each(|it| answer.add_problem(&it));
            for ix in unused {
                answer.add_usages(&loaded.analysis, ix, &[]);
            }
            answer.nodes.sort_by(|a, b| a.unique_id.cmp(&b.unique_id));
            json_v1::write(out, &answer)?;
        }
        Format::Text => {
            problems.for_each(|it| super::note(&it));
            let rows: Vec<Vec<Cell>> = unused.iter().map(|&ix| row(loaded, ix)).collect();
            write_table(out, 0, &rows)?;
        }
    }
    Ok(match asked.is_unknown {
        true => Outcome::NotKnown,
        false => Outcome::Fine,
    })
}

/// The nodes that are asked about, each once: all of them where none is named.
fn wanted(loaded: &Loaded, args: &Args, asked: &Asked) -> impl Iterator<Item = NodeIx> + use<> {
    let named: BTreeSet<NodeIx> = asked.nodes.iter().copied().collect();
    let all = args.words.is_empty();
    let nodes = loaded.analysis.lineage.nodes().indices();
    nodes.filter(move |ix| all || named.contains(ix))
}

/// What may hide a use of one of `nodes`.
fn reasons(loaded: &Loaded, nodes: impl Iterator<Item = NodeIx>) -> BTreeSet<String> {
    let missing = nodes.flat_map(|ix| loaded.analysis.missing(ix));
    missing.map(|it| it.message).collect()
}

fn complain_all(messages: BTreeSet<String>) {
    for message in messages.iter().take(MAX_LISTED) {
        complain(&format!("  {}", ide::plain_message(message)));
    }
}

fn row(loaded: &Loaded, ix: NodeIx) -> Vec<Cell> {
    let node = loaded.analysis.lineage.nodes().get(ix);
    let mut cells = vec![
        Cell::new(&node.label()),
        Cell::new(node.kind.as_str()).style(DIM),
        Cell::new(&node.path).style(DIM),
    ];
    let datasources = loaded.analysis.lineage.unused_datasources(ix);
    if let Some(first) = datasources.first() {
        cells.push(Cell::new(&format!("read by datasource {}", first.name)).style(DIM));
    }
    cells
}
