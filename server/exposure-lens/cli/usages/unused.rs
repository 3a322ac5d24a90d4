//! `usages --unused`: the nodes that reach nothing, told only where that is known.

use std::collections::BTreeSet;
use std::io::Write;

use lineage::NodeIx;

use super::MAX_LISTED;
use crate::cli::load::Loaded;
use crate::cli::{Context, Format, Outcome, complain};
use crate::output::json_v1;
use crate::output::terminal::{Cell, DIM, write_table};

pub(super) fn run(
    context: &Context,
    loaded: &Loaded,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let lineage = &loaded.analysis.lineage;
    if !loaded.is_known() {
        complain("error: cannot tell what is unused without a manifest and Tableau content");
        return Ok(Outcome::NotKnown);
    }
    let nodes = lineage.nodes().indices();
    let unused: Vec<NodeIx> = nodes.filter(|&ix| !lineage.is_used(ix)).collect();
    let unknown: BTreeSet<String> = unused
        .iter()
        .flat_map(|&ix| loaded.analysis.missing(ix))
        .map(|it| it.message)
        .collect();
    if !unknown.is_empty() {
        complain("error: content is incomplete, so that \"unused\" cannot be told:");
        for message in unknown.iter().take(MAX_LISTED) {
            complain(&format!("  {}", ide::plain_message(message)));
        }
        return Ok(Outcome::NotKnown);
    }
    match context.format {
        Format::Json => {
            let mut answer = loaded.json();
            for ix in unused {
                answer.add_usages(&loaded.analysis, ix, &[]);
            }
            answer.nodes.sort_by(|a, b| a.unique_id.cmp(&b.unique_id));
            json_v1::write(out, &answer)?;
        }
        Format::Text => {
            let rows: Vec<Vec<Cell>> = unused.iter().map(|&ix| row(loaded, ix)).collect();
            write_table(out, 0, &rows)?;
        }
    }
    Ok(Outcome::Fine)
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
