//! Workbooks, dashboards and published datasources by name or by a pasted link: "find
//! the model behind this dashboard".

use lineage::{NodeIx, PageLink, PublishedIx, Upstream, WorkbookIx};

use crate::analysis::Analysis;
use crate::text::plain;

/// Editors ask with an empty query; more than this helps nobody.
const MAX_SYMBOLS: usize = 256;

/// Something of Tableau's that leads to a node's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its title.
    pub name: String,
    /// What it stands in, and the node it leads to.
    pub container: String,
    /// What it is.
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
    /// A published datasource.
    Datasource,
}

pub(crate) fn matching(analysis: &Analysis, query: &str) -> Vec<Symbol> {
    let mut found = match PageLink::parse(query) {
        Some(link) => at_page(analysis, &link),
        None => named(analysis, query),
    };
    found.truncate(MAX_SYMBOLS);
    found
}

/// What is at a pasted address: the dashboard itself where it is known, else its workbook.
fn at_page(analysis: &Analysis, link: &PageLink) -> Vec<Symbol> {
    let at = analysis.lineage.at_page(link);
    let mut all = Vec::new();
    for &ix in &at.workbooks {
        let dashboards: Vec<usize> = at
            .dashboards
            .iter()
            .filter(|(workbook, _)| *workbook == ix)
            .map(|(_, dashboard)| *dashboard)
            .collect();
        all.extend(of_workbook(
            analysis,
            ix,
            dashboards.is_empty(),
            &dashboards,
        ));
    }
    let datasources = at.datasources.iter();
    all.extend(datasources.flat_map(|&ix| of_datasource(analysis, ix)));
    all
}

fn named(analysis: &Analysis, query: &str) -> Vec<Symbol> {
    let query = query.to_lowercase();
    let fits = |name: &str| is_subsequence(&query, &name.to_lowercase());
    let mut all = Vec::new();
    for (ix, workbook) in analysis.lineage.workbooks() {
        let dashboards = workbook.dashboards.iter().enumerate();
        let dashboards = dashboards.filter(|(_, it)| fits(&it.name));
        let dashboards: Vec<usize> = dashboards.map(|(ix, _)| ix).collect();
        let is_named = fits(&workbook.name);
        if is_named || !dashboards.is_empty() {
            all.extend(of_workbook(analysis, ix, is_named, &dashboards));
        }
        if all.len() >= MAX_SYMBOLS {
            return all;
        }
    }
    for (ix, it) in analysis.lineage.all_published() {
        if fits(&it.name) {
            all.extend(of_datasource(analysis, ix));
        }
        if all.len() >= MAX_SYMBOLS {
            return all;
        }
    }
    all
}

/// The workbook itself, if it is wanted, and these of its dashboards, each for every
/// node that the workbook reads.
fn of_workbook(
    analysis: &Analysis,
    ix: WorkbookIx,
    itself: bool,
    dashboards: &[usize],
) -> Vec<Symbol> {
    let workbook = analysis.lineage.workbook(ix);
    let nodes = direct(analysis.lineage.upstream_of(ix));
    let own = (SymbolKind::Workbook, &workbook.name, "Tableau workbook");
    let of_dashboard = |&it: &usize| {
        let name = &workbook.dashboards[it].name;
        (SymbolKind::Dashboard, name, workbook.name.as_str())
    };
    let dashboards = dashboards.iter().map(of_dashboard);
    let wanted = itself.then_some(own).into_iter().chain(dashboards);
    wanted
        .flat_map(|(kind, name, within)| symbols(analysis, kind, name, within, &nodes))
        .collect()
}

fn of_datasource(analysis: &Analysis, ix: PublishedIx) -> Vec<Symbol> {
    let name = &analysis.lineage.published(ix).name;
    let nodes = direct(analysis.lineage.upstream_of_published(ix));
    let within = "Tableau datasource";
    symbols(analysis, SymbolKind::Datasource, name, within, &nodes)
}

fn symbols(
    analysis: &Analysis,
    kind: SymbolKind,
    name: &str,
    within: &str,
    nodes: &[NodeIx],
) -> Vec<Symbol> {
    let symbol = |&node: &NodeIx| {
        let label = analysis.lineage.nodes().get(node).label();
        Symbol {
            name: plain(name),
            container: format!("{} → {label}", plain(within)),
            kind,
            node,
        }
    };
    nodes.iter().map(symbol).collect()
}

fn direct(upstream: Vec<Upstream>) -> Vec<NodeIx> {
    let direct = upstream.into_iter().filter(|it| it.distance == 0);
    direct.map(|it| it.node).collect()
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
        check_in(SHOP, query, expect);
    }

    #[track_caller]
    fn check_in(project: &str, query: &str, expect: Expect) {
        let found = analysis(&Fixture::parse(project)).symbols(query);
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

    #[test]
    fn a_pasted_link_leads_to_what_it_shows() {
        let site = "#- nodes\nmodel.shop.a DB.S.a\nmodel.shop.b DB.S.b\n#- tableau\n\
            content site acme host=acme.example\n\
            workbook Sales luid=w1 site=acme content_url=Sales url=https://acme.example/#/site/acme/workbooks/7\n\
            datasource D snowflake\n[DB].[S].[A]\n\
            facts Overview: url=https://acme.example/#/site/acme/views/Sales/Overview\n\
            published Orders snowflake luid=d1 site=acme url=https://acme.example/#/site/acme/datasources/7\n\
            [DB].[S].[B]\n";
        let at = |rest: &str| format!("https://acme.example/#/site/acme/{rest}");
        check_in(
            site,
            &at("workbooks/7"),
            expect!["Workbook Sales (Tableau workbook → a)"],
        );
        check_in(
            site,
            &at("views/Sales/Overview?:iid=1"),
            expect!["Dashboard Overview (Sales → a)"],
        );
        check_in(
            site,
            &at("datasources/7/askData"),
            expect!["Datasource Orders (Tableau datasource → b)"],
        );
        check_in(site, &at("workbooks/8"), expect![[""]]);
        check_in(
            site,
            "ordrs",
            expect!["Datasource Orders (Tableau datasource → b)"],
        );
    }
}
