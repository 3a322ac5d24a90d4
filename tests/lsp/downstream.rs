//! The tree of what uses a node, a document or a project: `exposureLens/downstream`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::sites::{Scene, shows_dashboards};
use crate::support::project;
use crate::support::repository::{Generated, Repository};
use crate::support::server::{Answer, Client, Setup, offset, uri};

const MODEL: &str = "models/marts/fct_orders.sql";
const SOURCES: &str = "models/sources/sources.yml";

/// The sample project with a client.
struct Shop {
    /// Above its folder, which goes when nobody looks at it any more.
    client: Client,
    folder: tempfile::TempDir,
    open: HashSet<PathBuf>,
}

impl Shop {
    fn start() -> Shop {
        let folder = project::copy("shop");
        let client = Setup::new(folder.path()).start();
        Shop {
            folder,
            client,
            open: HashSet::new(),
        }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Asks about the project, with what `more` says.
    fn of_project(&mut self, more: Value) -> Value {
        let mut params = json!({ "project": uri(self.folder.path()) });
        merge(&mut params, more);
        downstream(&mut self.client, params)
    }

    /// Asks about a document that is opened for it.
    fn of_document(&mut self, path: &str, more: Value) -> Value {
        let path = self.path(path);
        if self.open.insert(path.clone()) {
            self.client.open(&path);
        }
        let mut params = json!({ "textDocument": { "uri": uri(&path) } });
        merge(&mut params, more);
        downstream(&mut self.client, params)
    }
}

fn merge(params: &mut Value, more: Value) {
    for (key, value) in more.as_object().into_iter().flatten() {
        params[key] = value.clone();
    }
}

fn downstream(client: &mut Client, params: Value) -> Value {
    client
        .call("exposureLens/downstream", params)
        .expect("it is answered")
}

/// `subject: headline`, what is missing, then a row a line.
fn text_of(answer: &Value) -> String {
    let subjects = list(&answer["subjects"])
        .iter()
        .map(|it| text(&it["label"]));
    let subjects: Vec<&str> = subjects.collect();
    let mut lines = vec![format!(
        "{}: {}",
        subjects.join(", "),
        text(&answer["headline"])
    )];
    let missing = list(&answer["missing"]).iter();
    lines.extend(missing.map(|it| format!("? {}", text(it))));
    write(&answer["items"], 0, &mut lines);
    lines.join("\n") + "\n"
}

fn write(items: &Value, depth: usize, lines: &mut Vec<String>) {
    for it in list(items) {
        let mut line = "  ".repeat(depth);
        line.push_str(&format!("{} {}", text(&it["kind"]), text(&it["label"])));
        let description = it["description"].as_str();
        line.extend(description.map(|it| format!(" — {it}")));
        let exposure = it["exposure"]["name"].as_str();
        line.extend(exposure.map(|it| format!(" ={it}")));
        line.extend((!it["write"].is_null()).then_some(" +"));
        lines.push(line);
        write(&it["children"], depth + 1, lines);
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[track_caller]
fn check(answer: &Value, expect: Expect) {
    expect.assert_eq(&text_of(answer));
}

/// The first row with a name, wherever it stands.
fn row<'a>(items: &'a Value, label: &str) -> Option<&'a Value> {
    let mut rows = list(items).iter();
    rows.find_map(|it| match it["label"] == label {
        true => Some(it),
        false => row(&it["children"], label),
    })
}

#[test]
fn a_model_has_its_workbooks_and_says_where_it_and_their_exposures_are_written() {
    let mut shop = Shop::start();
    let answer = shop.of_document(MODEL, json!({}));
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["project"]["name"], "shop");
    assert_eq!(answer["project"]["uri"], uri(shop.folder.path()));
    assert_eq!(
        (&answer["complete"], &answer["hasContent"]),
        (&json!(true), &json!(true))
    );
    check(
        &answer,
        expect![[r#"
        fct_orders: 11 dashboards in 7 workbooks · 1 more downstream · 6 workbooks without exposure
        files Workbook files — 8 workbooks · 12 dashboards
          workbook All Movements — 1 dashboard · no exposure +
            dashboard Movements
          workbook Basket Explorer — 1 dashboard · no exposure +
            dashboard Baskets
          workbook Churn — 2 dashboards · no exposure +
            dashboard Call List
            dashboard Churn Risk
          workbook Daily Sales Flash — 1 dashboard · via rpt_daily_sales · no exposure +
            dashboard Flash
          workbook Executive Summary — 1 dashboard · no exposure +
            dashboard Board Pack
          workbook Plan vs Actual — 1 dashboard · no exposure +
            dashboard Plan vs Actual
          workbook Sales Overview — 3 dashboards =sales_overview
            dashboard Overview
            dashboard Quarterly Review — story
            dashboard Regional Detail
          workbook Weekly Ops — 2 dashboards · no exposure +
            dashboard Both
            dashboard Ops Board
    "#]],
    );
    let subject = &answer["subjects"][0];
    assert_eq!(subject["id"], "model.shop.fct_orders");
    assert_eq!(subject["location"]["uri"], uri(&shop.path(MODEL)));

    let sales = row(&answer["items"], "Sales Overview").expect("a row");
    let exposures = shop.path("models/exposures/tableau.yml");
    let location = &sales["exposure"]["location"];
    assert_eq!(location["uri"], uri(&exposures));
    let yaml = std::fs::read_to_string(&exposures).expect("the exposures");
    let at = |end: &str| offset(&yaml, &location["range"][end], "utf-16");
    assert_eq!(&yaml[at("start")..at("end")], "sales_overview");
}

#[test]
fn what_a_row_offers_to_write_is_written() {
    let mut shop = Shop::start();
    let answer = shop.of_document(MODEL, json!({}));
    let write = row(&answer["items"], "Weekly Ops").expect("a row")["write"].clone();
    let applied = Answer::Ok(json!({ "applied": true }));
    shop.client.set_answer("workspace/applyEdit", applied);
    shop.client
        .execute("exposureLens.write", write)
        .expect("it is written");
    let edit = shop.client.expect("workspace/applyEdit", |_| true);
    assert!(edit.to_string().contains("weekly_ops"), "{edit}");
}

#[test]
fn a_place_in_a_file_is_about_one_node() {
    let mut shop = Shop::start();
    let mut subject = |path: &str, at: (u32, u32)| {
        let position = json!({ "position": { "line": at.0, "character": at.1 } });
        let answer = shop.of_document(path, position);
        let subjects = list(&answer["subjects"])
            .iter()
            .map(|it| text(&it["label"]));
        subjects.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(subject(MODEL, (0, 0)), "fct_orders");
    assert_eq!(subject(MODEL, (8, 15)), "int_orders_enriched");
    assert_eq!(subject(MODEL, (9_999, 0)), "fct_orders");
    // In a properties file: the first, what is above, the last.
    assert_eq!(subject(SOURCES, (0, 0)), "webshop.orders");
    let yaml = project::fixture("shop").join(SOURCES);
    let yaml = std::fs::read_to_string(yaml).expect("the sources");
    let mut lines = (0..).zip(yaml.lines());
    let accounts = lines.find(|(_, it)| it.contains("- name: accounts"));
    let line = accounts.expect("such a line").0;
    assert_eq!(subject(SOURCES, (line, 12)), "crm.accounts");
    assert_eq!(subject(SOURCES, (line + 1, 0)), "crm.accounts");
}

#[test]
fn all_that_a_properties_file_describes_has_a_row_each() {
    let mut shop = Shop::start();
    let answer = shop.of_document(SOURCES, json!({ "filter": "tracker" }));
    check(
        &answer,
        expect![[r#"
        webshop.orders, webshop.order_items, webshop.products, webshop.events, crm.accounts, erp.vendors, erp.returns, reference.regions: 20 dashboards in 15 workbooks · 7 of 8 nodes used
        node crm.accounts — 1 dashboard in 1 workbook · 5 more downstream · 1 workbook without exposure
          files Workbook files — 1 workbook · 1 dashboard
            workbook Account Tracker — 1 dashboard · no exposure +
              dashboard Accounts by Region
    "#]],
    );
    let n_located = list(&answer["subjects"])
        .iter()
        .filter(|it| it["location"].is_object());
    assert_eq!(n_located.count(), list(&answer["subjects"]).len());
    let node = &answer["items"][0]["id"];
    assert!(list(&answer["subjects"]).iter().any(|it| it["id"] == *node));
}

#[test]
fn a_document_without_a_node_is_no_whole_project() {
    let mut shop = Shop::start();
    let check = |answer: &Value, expect: Expect| {
        assert_eq!(answer["complete"], false);
        check(answer, expect);
    };
    let macros = shop.of_document("dbt_project.yml", json!({}));
    check(
        &macros,
        expect![[r#"
        : no model, seed, snapshot or source is defined in this file
    "#]],
    );
    let disabled = shop.of_document("models/archive/fct_orders_legacy.sql", json!({}));
    check(
        &disabled,
        expect![[r#"
        : fct_orders_legacy is disabled: dbt does not build it
    "#]],
    );
    let gone = shop.of_project(json!({ "node": "model.shop.gone" }));
    check(
        &gone,
        expect![[r#"
        : the manifest has no such node any more
    "#]],
    );
}

#[test]
fn without_a_project_there_is_no_tree() {
    let mut shop = Shop::start();
    for params in [
        json!({}),
        json!({ "project": uri(Path::new("/nowhere")) }),
        json!({ "textDocument": { "uri": uri(Path::new("/nowhere/a.sql")) } }),
    ] {
        assert_eq!(downstream(&mut shop.client, params), Value::Null);
    }
}

#[test]
fn a_project_is_told_by_name_or_by_views_and_can_be_filtered() {
    let mut shop = Shop::start();
    check(
        &shop.of_project(json!({})),
        expect![[r#"
        : 20 dashboards in 15 workbooks · 14 workbooks without exposure
        files Workbook files — 15 workbooks · 20 dashboards · 1 datasource
          workbook Account Tracker — 1 dashboard · no exposure +
            dashboard Accounts by Region
          workbook All Movements — 1 dashboard · no exposure +
            dashboard Movements
          workbook Basket Explorer — 1 dashboard · no exposure +
            dashboard Baskets
          workbook Café & Crème 🧁 — 1 dashboard · no exposure +
            dashboard Vue d’ensemble <été> & "co" 🧁
          workbook Churn — 2 dashboards · no exposure +
            dashboard Call List
            dashboard Churn Risk
          workbook Customer 360 — 2 dashboards · no exposure +
            dashboard Customer 360
            dashboard Segment Mix
          workbook Daily Sales Flash — 1 dashboard · no exposure +
            dashboard Flash
          workbook Executive Summary — 1 dashboard · no exposure +
            dashboard Board Pack
          workbook Plan vs Actual — 1 dashboard · no exposure +
            dashboard Plan vs Actual
          workbook Price History — 1 sheet · no exposure +
            sheet Prices over Time — sheet
          workbook Refund Audit — 1 dashboard · no exposure
            dashboard Audit
          workbook Sales Overview — 3 dashboards =sales_overview
            dashboard Overview
            dashboard Quarterly Review — story
            dashboard Regional Detail
          workbook Session Quality — 1 dashboard · no exposure +
            dashboard Session Quality
          workbook Stock Levels — 1 dashboard · no exposure +
            dashboard Stock
          workbook Weekly Ops — 3 dashboards · no exposure +
            dashboard Both
            dashboard Ops Board
            dashboard Session Pulse
          datasource Sales Targets — published datasource, no known workbook uses it
    "#]],
    );
    let most_viewed = shop.of_project(json!({ "order": "views" }));
    let kinds: Vec<&str> = list(&most_viewed["items"])
        .iter()
        .map(|it| text(&it["kind"]))
        .collect();
    assert_eq!(kinds.first(), Some(&"workbook"));
    let filtered = shop.of_project(json!({ "order": "views", "filter": "CAFÉ" }));
    check(
        &filtered,
        expect![[r#"
        : 20 dashboards in 15 workbooks · 14 workbooks without exposure
        workbook Café & Crème 🧁 — 1 dashboard · no exposure +
          dashboard Vue d’ensemble <été> & "co" 🧁
    "#]],
    );
    let node = shop.of_project(json!({ "node": "model.shop.stg_returns" }));
    check(
        &node,
        expect![[r#"
        stg_returns: 4 dashboards downstream, none direct
        files Workbook files — 3 workbooks · 4 dashboards
          workbook All Movements — 1 dashboard · via fct_returns · no exposure +
            dashboard Movements
          workbook Refund Audit — 1 dashboard · via fct_refunds · no exposure
            dashboard Audit
          workbook Weekly Ops — 2 dashboards · via fct_returns · no exposure +
            dashboard Both
            dashboard Ops Board
    "#]],
    );
}

#[test]
fn unsaved_edits_count() {
    let mut shop = Shop::start();
    let before = shop.of_document(MODEL, json!({}));
    assert!(row(&before["items"], "Sales Overview").is_some());
    // An exposure that is written in a buffer alone.
    let exposures = shop.path("models/exposures/tableau.yml");
    shop.client.open(&exposures);
    let weekly = "\n  - name: weekly\n    type: dashboard\n    owner: {name: Ana}\n    \
                  config: {meta: {tableau: {file: tableau/Weekly Ops.twb}}}\n";
    let text = shop.client.text(&exposures).to_owned() + weekly;
    shop.client.set_text(
        &exposures,
        &text.replace("# - name: someday\n#   type: dashboard\n", ""),
    );
    let after = shop.of_project(json!({ "node": "model.shop.fct_orders" }));
    let exposure = &row(&after["items"], "Weekly Ops").expect("a row")["exposure"];
    assert_eq!(
        exposure["name"],
        "weekly",
        "{}",
        shop.client.text(&exposures)
    );
    assert_eq!(exposure["location"]["uri"], uri(&exposures));
    // A model that is read by nothing until a buffer says so.
    let vendors = json!({ "node": "model.shop.stg_vendors" });
    assert!(list(&shop.of_project(vendors.clone())["items"]).is_empty());
    let model = shop.path(MODEL);
    let sql = shop.client.text(&model).to_owned() + "\n-- {{ ref('stg_vendors') }}\n";
    shop.client.set_text(&model, &sql.replace("-- {{", "{{"));
    let after = shop.of_project(vendors);
    let sales = row(&after["items"], "Sales Overview").expect("a row");
    assert_eq!(sales["direct"], false);
}

#[test]
fn a_site_has_its_projects_owners_and_views() {
    let scene = Scene::new();
    let mut client = scene.open(scene.setup());
    shows_dashboards(&mut client, &scene.model());
    let params = json!({ "project": uri(scene.folder()) });
    let answer = downstream(&mut client, params);
    check(
        &answer,
        expect![[r#"
        : 10 dashboards in 6 workbooks · 5 workbooks without exposure
        site acme — 6 workbooks · 10 dashboards · 1 datasource
          project Operations — 2 workbooks · 3 dashboards
            workbook Returns Desk — 2 dashboards · 541 views ever · no exposure +
              dashboard Return Reasons — 0 views ever
              dashboard Returns Today — 541 views ever
            workbook Vendor Scorecard — 1 dashboard · 5 views ever · no exposure +
              dashboard Scorecard — 5 views ever
          project Sales — 3 workbooks · 7 dashboards · 1 datasource
            project Dashboards — 2 workbooks · 5 dashboards
              workbook Order Funnel — 2 dashboards · 95 views ever · no exposure +
                dashboard Drop-off — 7 views ever
                dashboard Funnel — 88 views ever
              workbook Sales Overview — 3 dashboards · 1526 views ever =sales_overview
                dashboard Overview — 1204 views ever
                dashboard Quarterly Review — story · 12 views ever
                dashboard Regional Detail — 310 views ever
            workbook Customer Health — 2 dashboards · 72 views ever · no exposure +
              dashboard Health — 63 views ever
              dashboard Segments — 9 views ever
            datasource Daily Sales — published datasource, no known workbook uses it
          workbook Scratch — 1 sheet · 0 views ever · no exposure +
            sheet Try — sheet · 0 views ever
    "#]],
    );
    let sales = row(&answer["items"], "Sales Overview").expect("a row");
    assert!(text(&sales["url"]).starts_with("http"), "{sales}");
    assert!(sales["views"].as_u64() > Some(0), "{sales}");
}

#[test]
fn a_project_that_was_unloaded_is_loaded_for_it() {
    let repository = Repository::new();
    for name in ["p0", "p1"] {
        repository.add(&Generated::new(name, name, 12));
    }
    let setup = Setup::new(repository.root()).options(|it| it.max_memory = 1 << 10);
    let mut client = setup.leave_unread().start();
    client.expect_status(|it| it.quiescent && it.memory.known == 2);
    for name in ["p0", "p1", "p0"] {
        let params = json!({ "project": uri(&repository.at(name)) });
        let answer = downstream(&mut client, params);
        assert!(row(&answer["items"], name).is_some(), "{answer}");
    }
}

#[test]
fn without_content_it_says_so() {
    let folder = project::copy("shop");
    std::fs::remove_dir_all(folder.path().join("tableau")).expect("no workbooks");
    let mut client = Setup::new(folder.path()).leave_unread().start();
    let answer = downstream(&mut client, json!({ "project": uri(folder.path()) }));
    assert_eq!(
        (&answer["complete"], &answer["hasContent"]),
        (&json!(false), &json!(false))
    );
    check(
        &answer,
        expect![[r#"
        : use unknown (no Tableau content was found)
        ? no Tableau content was found at all
    "#]],
    );
}
