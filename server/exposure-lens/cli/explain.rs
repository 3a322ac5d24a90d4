//! `explain`: why a node has the dashboards it has, or why a table matched nothing.

mod json;
mod text;

use std::io::Write;

use ide::{Explanation, TableExplanation};

use super::load::{self, Loaded};
use super::select::{self, Selected};
use super::{Context, Format, Outcome, complain, refuse};
use crate::output::json_v1;

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A node (orders, crm.accounts) or a table as Tableau writes it ([DB].[SCHEMA].[T], db.schema.t)
    #[arg(value_name = "NODE|TABLE")]
    subject: String,
}

/// What there is to say.
struct Answer {
    nodes: Vec<Explanation>,
    tables: Vec<TableExplanation>,
}

pub(super) fn run(context: &Context, args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let loaded = load::load(context)?;
    if loaded.manifest.is_none() && loaded.analysis.lineage.nodes().is_empty() {
        for problem in &loaded.problems {
            complain(&format!("error: {}", ide::plain_message(&problem.message)));
        }
        return Ok(Outcome::NotKnown);
    }
    let Some(answer) = answer(&loaded, &args.subject) else {
        let subject = &args.subject;
        return Ok(refuse(&format!("no node and no table name: {subject}")));
    };
    match context.format {
        Format::Json => json_v1::write(out, &json::Answer::of(&loaded, &answer))?,
        Format::Text => text::write(&loaded, &answer, out)?,
    }
    Ok(match loaded.is_known() {
        true => Outcome::Fine,
        false => Outcome::NotKnown,
    })
}

fn answer(loaded: &Loaded, subject: &str) -> Option<Answer> {
    let analysis = &loaded.analysis;
    let in_brackets = subject.contains('[');
    if !in_brackets && let Some(Selected::Nodes(nodes)) = select::select(loaded, subject) {
        let nodes = nodes.iter().map(|&node| analysis.explain_node(node));
        return Some(Answer {
            nodes: nodes.collect(),
            tables: Vec::new(),
        });
    }
    let met = analysis.explain_met(subject);
    let parsed = tableau::parse_table_name(subject).map(|it| analysis.explain_table(&it));
    // What the name alone says counts only where it was met on no connection, or leads to a node.
    let parsed = parsed.filter(|it| met.is_empty() || it.matched.is_some());
    let tables: Vec<TableExplanation> = parsed.into_iter().chain(met).collect();
    (!tables.is_empty()).then_some(Answer {
        nodes: Vec::new(),
        tables,
    })
}
