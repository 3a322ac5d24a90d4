//! The graph around a node, from sources to dashboards: `exposureLens/lineage`.

use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::sites::{Scene, shows_dashboards};
use crate::support::project;
use crate::support::server::{Client, Setup, uri};

const MODEL: &str = "models/marts/fct_orders.sql";
const SOURCES: &str = "models/sources/sources.yml";

fn lineage(client: &mut Client, params: Value) -> Value {
    client
        .call("exposureLens/lineage", params)
        .expect("it is answered")
}

/// Asks about a node of the project in `folder`.
fn of_node(client: &mut Client, folder: &Path, node: &str, expand: &[&str]) -> Value {
    let params = json!({ "project": uri(folder), "node": node, "expand": expand });
    lineage(client, params)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// The headline, what is missing, then what is in the graph, with who reads it.
#[track_caller]
fn check(graph: &Value, expect: Expect) {
    let mut lines = vec![text(&graph["headline"]).to_owned()];
    let missing = list(&graph["missing"]).iter();
    lines.extend(missing.map(|it| format!("? {}", text(it))));
    for it in list(&graph["nodes"]) {
        let mut line = format!("{} {}", text(&it["kind"]), text(&it["label"]));
        line.extend(it["detail"].as_str().map(|it| format!(" ({it})")));
        for (sign, key) in [('<', "moreUpstream"), ('>', "moreDownstream")] {
            let n = it[key].as_u64().expect("a number");
            line.extend((n > 0).then(|| format!(" {sign}{n}")));
        }
        lines.push(line);
        let readers = list(&graph["edges"])
            .iter()
            .filter(|edge| edge["from"] == it["id"]);
        lines.extend(readers.map(|edge| format!("  -> {}", label(graph, &edge["to"]))));
    }
    expect.assert_eq(&(lines.join("\n") + "\n"));
}

fn label<'a>(graph: &'a Value, id: &Value) -> &'a str {
    let mut nodes = list(&graph["nodes"]).iter();
    let found = nodes.find(|it| it["id"] == *id);
    text(&found.expect("an edge of what is there")["label"])
}

fn node<'a>(graph: &'a Value, label: &str) -> &'a Value {
    let mut nodes = list(&graph["nodes"]).iter();
    nodes.find(|it| it["label"] == label).expect("a node")
}

#[test]
fn a_document_is_in_the_middle_of_its_graph() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    let graph = lineage(
        &mut client,
        json!({ "textDocument": { "uri": uri(&path) } }),
    );
    assert_eq!(graph["version"], 1);
    assert_eq!(graph["project"]["uri"], json!(uri(folder.path())));
    assert_eq!(graph["center"], "model.shop.fct_orders");
    assert_eq!(graph["complete"], true);
    check(
        &graph,
        expect![[r#"
        11 dashboards in 7 workbooks · 1 more downstream · 6 workbooks without exposure
        model fct_orders (table)
          -> Order Lines
          -> All Movements
          -> Basket Explorer
          -> Churn
          -> Plan vs Actual
          -> Sales Overview
          -> Weekly Ops
          -> customer_churn
          -> rpt_daily_sales
        model int_orders_enriched (ephemeral)
          -> fct_orders
        model stg_orders (view) >1
          -> int_orders_enriched
        model stg_order_items (view)
          -> int_orders_enriched
        source webshop.orders >1
          -> stg_orders
        source webshop.order_items
          -> stg_order_items
        workbook Sales Overview
          -> Overview
          -> Regional Detail
          -> Quarterly Review
        dashboard Overview
        dashboard Regional Detail
        dashboard Quarterly Review (story)
        workbook Churn (no exposure) <1
          -> Churn Risk
          -> Call List
        dashboard Churn Risk
        dashboard Call List
        workbook Weekly Ops (no exposure) <2
          -> Ops Board
          -> Both
        dashboard Ops Board
        dashboard Both
        workbook All Movements (no exposure) <1
          -> Movements
        dashboard Movements
        workbook Basket Explorer (no exposure) <2
          -> Baskets
        dashboard Baskets
        datasource Order Lines <1
          -> Executive Summary
        workbook Executive Summary (no exposure)
          -> Board Pack
        dashboard Board Pack
        workbook Plan vs Actual (no exposure)
          -> Plan vs Actual
        dashboard Plan vs Actual
        model rpt_daily_sales (table)
          -> Daily Sales Flash
        workbook Daily Sales Flash (no exposure)
          -> Flash
        dashboard Flash
        model customer_churn (table) <1
          -> Churn
    "#]],
    );
    // A node leads to its file, a dashboard to its page.
    let model = node(&graph, "fct_orders");
    assert_eq!(model["location"]["uri"], json!(uri(&path)));
    let source = list(&graph["nodes"])
        .iter()
        .find(|it| it["kind"] == "source");
    let at = &source.expect("a source")["location"];
    assert_eq!(at["uri"], json!(uri(&folder.path().join(SOURCES))));
    assert_ne!(at["range"]["start"]["line"], 0);
    let page = "https://10ax.online.tableau.com/#/site/acme/views/SalesOverview/Overview";
    assert_eq!(node(&graph, "Overview")["url"], page);
    assert_eq!(node(&graph, "Overview")["location"], Value::Null);
}

#[test]
fn a_place_in_a_properties_file_is_about_its_node() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(SOURCES);
    client.open(&path);
    let sources = client.text(&path).to_owned();
    let line = sources.lines().position(|it| it.contains("accounts"));
    let line = line.expect("a source");
    let mut center = |position: Value| {
        let mut params = json!({ "textDocument": { "uri": uri(&path) } });
        params["position"] = position;
        lineage(&mut client, params)["center"].clone()
    };
    let at = json!({ "line": line, "character": 12 });
    assert_eq!(center(at), "source.shop.crm.accounts");
    assert!(center(Value::Null).is_string());
}

#[test]
fn what_was_left_out_is_there_when_it_is_asked_for() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    client.expect_quiescent();
    let id = "model.shop.stg_orders";
    let graph = of_node(&mut client, folder.path(), id, &[]);
    let more = |graph: &Value| {
        let nodes = list(&graph["nodes"]).iter();
        let center = nodes.clone().find(|it| it["id"] == id).expect("a node");
        (nodes.count(), center["moreDownstream"].as_u64())
    };
    let (n_before, left_out) = more(&graph);
    let expanded = of_node(&mut client, folder.path(), id, &[id]);
    let (n_after, none) = more(&expanded);
    let left_out = usize::try_from(left_out.expect("a number")).expect("few");
    assert!(n_after >= n_before + left_out);
    assert_eq!(none, Some(0));
}

#[test]
fn what_is_not_there_has_no_graph() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    client.expect_quiescent();
    let nothing = |client: &mut Client, params| assert_eq!(lineage(client, params), Value::Null);
    let project = uri(folder.path());
    nothing(
        &mut client,
        json!({ "project": project, "node": "model.shop.gone" }),
    );
    nothing(&mut client, json!({ "project": project }));
    nothing(
        &mut client,
        json!({ "project": uri(Path::new("/nowhere")), "node": "model.a.b" }),
    );
    nothing(&mut client, json!({}));
    let exposures = folder.path().join("models/exposures/tableau.yml");
    client.open(&exposures);
    nothing(
        &mut client,
        json!({ "textDocument": { "uri": uri(&exposures) } }),
    );
}

#[test]
fn without_content_it_is_no_zero() {
    let folder = project::copy("shop");
    std::fs::remove_dir_all(folder.path().join("tableau")).expect("no workbooks");
    let mut client = Setup::new(folder.path()).leave_unread().start();
    client.expect_quiescent();
    let graph = of_node(&mut client, folder.path(), "model.shop.dim_vendors", &[]);
    assert_eq!(graph["complete"], false);
    check(
        &graph,
        expect![[r#"
            use unknown (no Tableau content was found)
            ? no Tableau content was found at all
            model dim_vendors (table)
            model stg_vendors (view)
              -> dim_vendors
            source erp.vendors
              -> stg_vendors
        "#]],
    );
}

#[test]
fn an_edit_that_is_not_saved_counts() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    let edited = client
        .text(&path)
        .replace("int_orders_enriched", "stg_sessions");
    client.set_text(&path, &edited);
    let graph = lineage(
        &mut client,
        json!({ "textDocument": { "uri": uri(&path) } }),
    );
    let edges = list(&graph["edges"]).iter();
    let into = edges.filter(|it| it["to"] == "model.shop.fct_orders");
    let from: Vec<&str> = into.map(|it| text(&it["from"])).collect();
    assert!(from.contains(&"model.shop.stg_sessions"), "{from:?}");
    assert!(
        !from.contains(&"model.shop.int_orders_enriched"),
        "{from:?}"
    );
}

#[test]
fn a_sites_published_datasources_stand_between() {
    let scene = Scene::new();
    let mut client = scene.open(scene.setup());
    shows_dashboards(&mut client, &scene.model());
    let graph = lineage(
        &mut client,
        json!({ "textDocument": { "uri": uri(&scene.model()) } }),
    );
    check(
        &graph,
        expect![[r#"
        5 dashboards in 2 workbooks · 1 workbook without exposure
        model fct_orders (table) >1
          -> Order Lines
          -> Sales Overview
          -> rpt_daily_sales
        model int_orders_enriched (ephemeral)
          -> fct_orders
        model stg_orders (view) >1
          -> int_orders_enriched
        model stg_order_items (view)
          -> int_orders_enriched
        source webshop.orders >1
          -> stg_orders
        source webshop.order_items
          -> stg_order_items
        workbook Sales Overview (Sales/Dashboards · 1526 views ever)
          -> Overview
          -> Regional Detail
          -> Quarterly Review
        dashboard Overview (1204 views ever)
        dashboard Regional Detail (310 views ever)
        dashboard Quarterly Review (story · 12 views ever)
        datasource Order Lines (Shared/Certified · ✓ certified) <1
          -> Order Funnel
        workbook Order Funnel (Sales/Dashboards · 95 views ever · no exposure)
          -> Funnel
          -> Drop-off
        dashboard Funnel (88 views ever)
        dashboard Drop-off (7 views ever)
        model rpt_daily_sales (table)
          -> Daily Sales
        datasource Daily Sales (Sales)
    "#]],
    );
}
