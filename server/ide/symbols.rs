//! Workbooks and dashboards by name: "find the model behind this dashboard".

use lineage::{NodeIx, WorkbookIx};

use crate::analysis::Analysis;
use crate::text::plain;

/// Editors ask with an empty query; more than this helps nobody.
const MAX_SYMBOLS: usize = 256;

/// A workbook or dashboard that leads to a node's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its title.
    pub name: String,
    /// What it stands in: the workbook, and the node it leads to.
    pub container: String,
    /// Workbook or dashboard.
    pub kind: SymbolKind,
    /// The node whose file is opened.
    pub node: NodeIx,
}

/// What a [`Symbol`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    /// A workbook.
    Workbook,
    /// A dashboard or a story.
    Dashboard,
}

pub(crate) fn matching(analysis: &Analysis, query: &str) -> Vec<Symbol> {
    let query = query.to_lowercase();
    let mut all = Vec::new();
    for (ix, workbook) in analysis.lineage.workbooks() {
        let dashboards = workbook.dashboards.iter();
        let named: Vec<(SymbolKind, &String)> =
            std::iter::once((SymbolKind::Workbook, &workbook.name))
                .chain(dashboards.map(|it| (SymbolKind::Dashboard, &it.name)))
                .filter(|(_, name)| is_subsequence(&query, &name.to_lowercase()))
                .collect();
        if named.is_empty() {
            continue;
        }
        let nodes = direct_nodes(analysis, ix);
        for (kind, name) in named {
            all.extend(nodes.iter().map(|&node| Symbol {
                name: plain(name),
                container: container(analysis, kind, &workbook.name, node),
                kind,
                node,
            }));
            if all.len() >= MAX_SYMBOLS {
                return all;
            }
        }
    }
    all
}

fn direct_nodes(analysis: &Analysis, workbook: WorkbookIx) -> Vec<NodeIx> {
    let upstream = analysis.lineage.upstream_of(workbook);
    upstream
        .into_iter()
        .filter(|it| it.distance == 0)
        .map(|it| it.node)
        .collect()
}

fn container(analysis: &Analysis, kind: SymbolKind, workbook: &str, node: NodeIx) -> String {
    let label = analysis.lineage.nodes().get(node).label();
    match kind {
        SymbolKind::Workbook => format!("Tableau workbook → {label}"),
        SymbolKind::Dashboard => format!("{} → {label}", plain(workbook)),
    }
}

/// The protocol's matching rule: the query's characters in order, other ones between.
fn is_subsequence(query: &str, text: &str) -> bool {
    let mut chars = text.chars();
    query.chars().all(|wanted| chars.any(|c| c == wanted))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use fixture::Fixture;

    use crate::testing::{SHOP, analysis};

    #[track_caller]
    fn check(query: &str, expect: Expect) {
        let found = analysis(&Fixture::parse(SHOP)).symbols(query);
        let lines: Vec<String> = found
            .iter()
            .map(|it| format!("{:?} {} ({})", it.kind, it.name, it.container))
            .collect();
        expect.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn workbooks_and_dashboards_lead_to_the_nodes_they_read() {
        check("detail", expect!["Dashboard Detail (Sales → fct_orders)"]);
        check(
            "wkops",
            expect![[r#"
            Workbook Weekly Ops (Tableau workbook → fct_orders)
            Workbook Weekly Ops (Tableau workbook → fct_returns)"#]],
        );
        check("no such", expect![""]);
    }
}
