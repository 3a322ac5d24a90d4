//! How much a tree shows, and what its rows are known by.

use std::collections::HashSet;

use fixture::Fixture;
use lineage::Timestamp;

use super::super::{RowKind, Tree, TreeAbout, TreeOrder, TreeRequest};
use super::{ACME, Asked, NODE, PROJECT, all_rows, assert_own_ids, tree_of};
use crate::analysis::Analysis;
use crate::testing::analysis;

#[test]
fn folders_without_end_cost_nothing() {
    let deep = "f/".repeat(10_000);
    let analysis = analysis(&Fixture::parse(&format!(
        "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\ncontent site acme\n\
         workbook W project={deep}\ndatasource D snowflake\n[DB].[S].[A]\n\
         workbook V project={deep}g\ndatasource D snowflake\n[DB].[S].[A]\n"
    )));
    let tree = tree_of(&analysis, NODE);
    let site = &tree.rows[0];
    assert_eq!(site.children.len(), 1, "{:?}", site.children);
    assert_eq!(site.children[0].children.len(), 2);
}

fn many(n_workbooks: usize) -> Analysis {
    let workbook = |n: usize| {
        let folder = n % 3;
        format!(
            "workbook W{n} luid=w{n} project=F{folder} views={n}\ndatasource D snowflake\n[DB].[S].[A]\n"
        )
    };
    let workbooks: String = (0..n_workbooks).map(workbook).collect();
    let text = format!("#- nodes\nmodel.shop.a DB.S.a\n#- tableau\ncontent site acme\n{workbooks}");
    analysis(&Fixture::parse(&text))
}

fn n_workbooks(tree: &Tree) -> usize {
    let mut rows = Vec::new();
    all_rows(&tree.rows, &mut rows);
    let workbooks = rows.iter().filter(|it| it.kind == RowKind::Workbook);
    workbooks.count()
}

#[test]
fn of_very_many_workbooks_the_least_viewed_are_left_out_and_counted() {
    let analysis = many(2_100);
    for asked in [NODE, PROJECT] {
        for order in [TreeOrder::Name, TreeOrder::Views] {
            let tree = tree_of(&analysis, Asked { order, ..asked });
            assert_eq!((n_workbooks(&tree), tree.n_left_out), (2_000, 100));
            let mut rows = Vec::new();
            all_rows(&tree.rows, &mut rows);
            assert!(rows.iter().any(|it| it.label == "W2099"));
            assert!(rows.iter().all(|it| it.label != "W99"));
        }
    }
    // What stands above them counts all of them.
    let tree = tree_of(&analysis, NODE);
    let site = tree.rows[0].description.as_deref();
    assert_eq!(site, Some("2100 workbooks · 2100 dashboards"));
    let filter = Some("W99");
    let tree = tree_of(&analysis, Asked { filter, ..NODE });
    assert_eq!((n_workbooks(&tree), tree.n_left_out), (11, 0));
}

#[test]
fn the_bound_holds_for_several_nodes_together() {
    let analysis = many(1_500);
    let nodes = [analysis.node("model.shop.a").expect("a node"); 2];
    let tree = analysis.tree(&TreeRequest {
        about: TreeAbout::Nodes(&nodes),
        order: TreeOrder::Name,
        filter: None,
        now: Timestamp::UNIX_EPOCH,
    });
    assert_own_ids(&tree);
    assert_eq!((n_workbooks(&tree), tree.n_left_out), (2_000, 1_000));
}

#[test]
fn a_workbook_of_very_many_dashboards_lists_the_most_viewed() {
    let dashboards = (0..700).map(|n| format!("dashboard D{n}: S\n"));
    let dashboards: String = dashboards.collect();
    let analysis = analysis(&Fixture::parse(&format!(
        "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\nworkbook W\ndatasource D snowflake\n\
         [DB].[S].[A]\nsheet S: D\n{dashboards}facts D699: views=9\n"
    )));
    let tree = tree_of(&analysis, NODE);
    let workbook = &tree.rows[0].children[0];
    assert_eq!(workbook.children.len(), 500);
    let description = workbook.description.as_deref();
    assert_eq!(description, Some("700 dashboards · no exposure"));
    assert!(workbook.children.iter().any(|it| it.label == "D699"));
    let said = "Only the first 500 of 700 are listed".to_owned();
    assert!(workbook.tooltip.contains(&said), "{:?}", workbook.tooltip);
}

#[test]
fn ids_stay_when_other_things_come_and_go() {
    let ids = |project: &str, asked| {
        let analysis = analysis(&Fixture::parse(project));
        let tree = tree_of(&analysis, asked);
        let mut rows = Vec::new();
        all_rows(&tree.rows, &mut rows);
        let own = rows.iter().filter(|it| it.kind != RowKind::Project);
        own.map(|it| (it.id.clone(), it.label.clone()))
            .collect::<HashSet<_>>()
    };
    let before = ids(ACME, NODE);
    let moved = ACME.replace("project=Ops", "project=Ops/New").replace(
        "workbook Sales",
        "workbook Other luid=w0\ndatasource D snowflake\n[DB].[MARTS].[A]\nworkbook Sales",
    );
    assert!(before.is_subset(&ids(&moved, NODE)));
    let order = TreeOrder::Views;
    let by_views = ids(ACME, Asked { order, ..NODE });
    let is_site =
        |(id, _): &&(String, String)| !id.contains("/workbook") && !id.contains("/datasource");
    assert!(by_views.is_subset(&before));
    assert_eq!(
        before
            .difference(&by_views)
            .filter(|it| !is_site(it))
            .count(),
        0
    );
}
