//! The tables of `tests/fixtures/README.md`, row by row: what they say is what comes out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::cli::{json, run};
use crate::support::project::{copy, fixture};

/// The rows of the table below `heading` (the one that starts with `columns`), as cells.
fn table(heading: &str, columns: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(fixture("README.md")).expect("the fixtures' README");
    let (_, below) = text.split_once(heading).expect("the heading");
    let lines = below.lines().skip_while(|line| !line.starts_with(columns));
    let rows = lines.take_while(|line| line.starts_with('|')).skip(2);
    let cells = |line: &str| {
        let inner = line.trim_matches('|');
        inner
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    let rows: Vec<Vec<String>> = rows.map(cells).collect();
    assert!(rows.len() > 4, "{heading}: {rows:?}");
    rows
}

/// The same where an empty first cell stands for the one above it.
fn table_by_file(heading: &str, columns: &str) -> Vec<Vec<String>> {
    let mut rows = table(heading, columns);
    for n in 1..rows.len() {
        if rows[n][0].is_empty() {
            rows[n][0] = rows[n - 1][0].clone();
        }
    }
    rows
}

/// What stands between backticks.
fn code(cell: &str) -> Vec<String> {
    let parts = cell.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

/// What stands between backticks and is a node's `unique_id`.
fn ids(cell: &str) -> Vec<String> {
    let kinds = ["model.", "seed.", "snapshot.", "source."];
    let mut all = code(cell);
    all.retain(|it| kinds.iter().any(|kind| it.starts_with(kind)));
    all
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn find<'a>(all: &'a Value, key: &str, wanted: &str) -> &'a Value {
    let found = list(all).iter().find(|it| it[key] == wanted);
    found.unwrap_or_else(|| panic!("no {key} {wanted}"))
}

fn stem(file: &str) -> &str {
    file.rsplit_once('.').expect("an extension").0
}

/// The nodes that each workbook reads itself.
fn read_by_workbook(answer: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut read: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in list(&answer["nodes"]) {
        let direct = list(&node["workbooks"])
            .iter()
            .filter(|it| it["distance"] == 0);
        for workbook in direct {
            let nodes = read.entry(text(&workbook["name"]).to_owned()).or_default();
            nodes.insert(text(&node["unique_id"]).to_owned());
        }
    }
    read
}

/// A row about what one workbook reads.
struct Row<'a> {
    workbook: &'a str,
    reads: &'a str,
    node: &'a str,
    how: &'a str,
    dashboards: &'a str,
}

impl Row<'_> {
    /// The nodes that the row names as read; none for a table that leads to no node.
    fn nodes(&self) -> Vec<String> {
        match self.node.starts_with("none") {
            true => Vec::new(),
            false => ids(self.node),
        }
    }

    #[track_caller]
    fn check(&self, answer: &Value) {
        if let Some(rest) = self.node.strip_prefix("none: ") {
            return self.check_unmatched(answer, &code(rest)[0], &ids(rest));
        }
        for node in self.nodes() {
            let node = find(&answer["nodes"], "unique_id", &node);
            let workbook = find(&node["workbooks"], "name", self.workbook);
            assert_eq!(workbook["match"], self.how, "{}", self.workbook);
            self.check_dashboards(workbook);
        }
    }

    #[track_caller]
    fn check_dashboards(&self, workbook: &Value) {
        let found: BTreeSet<&str> = list(&workbook["dashboards"])
            .iter()
            .filter(|it| it["distance"] == 0)
            .map(|it| text(&it["name"]))
            .collect();
        if let Some((_, sheet)) = self.dashboards.split_once("one sheet, ") {
            assert_eq!(found, BTreeSet::new());
            assert_eq!(workbook["sheets"], serde_json::json!([sheet]));
            return;
        }
        let (wanted, _) = self
            .dashboards
            .split_once(" (extra")
            .unwrap_or((self.dashboards, ""));
        let wanted = wanted.split(", ").map(|it| it.trim_end_matches(" (story)"));
        assert_eq!(found, wanted.collect(), "{}", self.workbook);
    }

    #[track_caller]
    fn check_unmatched(&self, answer: &Value, reason: &str, candidates: &[String]) {
        let table = code(self.reads).swap_remove(0);
        let is_it = |it: &&Value| {
            it["table"] == table && list(&it["workbooks"]).contains(&Value::from(self.workbook))
        };
        let found = list(&answer["unmatched"]).iter().find(is_it);
        let found =
            found.unwrap_or_else(|| panic!("{table} of {} is not unmatched", self.workbook));
        assert_eq!(found["reason"], reason, "{table}");
        let relation = |id: &String| {
            let node = find(&answer["nodes"], "unique_id", id);
            text(&node["relation"]).to_owned()
        };
        let wanted: BTreeSet<String> = candidates.iter().map(relation).collect();
        if !wanted.is_empty() {
            let found: BTreeSet<String> = list(&found["candidates"])
                .iter()
                .map(|it| text(it).to_owned())
                .collect();
            assert_eq!(found, wanted, "{table}");
        }
    }
}

/// Every row, and that no workbook reads more than its rows say.
#[track_caller]
fn check_rows(answer: &Value, rows: &[Row<'_>]) {
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        row.check(answer);
        if !row.nodes().is_empty() {
            let nodes = wanted.entry(row.workbook.to_owned()).or_default();
            nodes.extend(row.nodes());
        }
    }
    assert_eq!(read_by_workbook(answer), wanted);
}

#[test]
fn what_each_workbook_of_the_shop_reads() {
    let answer = json(&fixture("shop"), &["usages"]);
    let cells = table_by_file("### Workbook files", "| file | release");
    let is_workbook = |row: &&Vec<String>| row[0].ends_with(".twb") || row[0].ends_with(".twbx");
    let rows: Vec<Row<'_>> = cells
        .iter()
        .filter(is_workbook)
        .map(|row| Row {
            workbook: stem(&row[0]),
            reads: &row[2],
            node: &row[3],
            how: &row[4],
            dashboards: &row[6],
        })
        .collect();
    check_rows(&answer, &rows);
    let with_evidence = cells.iter().filter(is_workbook).zip(&rows);
    for (cells, row) in with_evidence.filter(|(cells, _)| !cells[5].is_empty()) {
        for node in row.nodes() {
            let node = find(&answer["nodes"], "unique_id", &node);
            let workbook = find(&node["workbooks"], "name", row.workbook);
            let evidence = list(&workbook["evidence"]);
            assert!(
                evidence.contains(&Value::from(cells[5].as_str())),
                "{cells:?}"
            );
        }
    }
}

#[test]
fn which_tables_each_file_of_the_shop_names() {
    let cells = table_by_file("### Workbook files", "| file | release");
    for row in cells.iter().filter(|row| row[5] != "custom_sql") {
        let path = format!("tableau/{}", row[0]);
        let answer = json(&fixture("shop"), &["inspect", &path]);
        let sources = list(&answer["files"][0]["datasources"]).iter();
        let tables: Vec<&Value> = sources.flat_map(|it| list(&it["tables"])).collect();
        let named = code(&row[2]).into_iter().filter(|it| it.starts_with('['));
        for raw in named.filter(|_| row[5] != "published_datasource") {
            assert!(tables.iter().any(|it| it["raw"] == raw), "{path}: no {raw}");
        }
    }
}

#[test]
fn what_uses_each_node_of_the_shop() {
    let answer = json(&fixture("shop"), &["usages"]);
    let mut named = BTreeSet::new();
    for row in table("### Nodes: what uses each", "| node | direct") {
        for id in code(&row[0]) {
            let node = find(&answer["nodes"], "unique_id", &id);
            let workbooks = list(&node["workbooks"]);
            let direct: Vec<&Value> = workbooks.iter().filter(|it| it["distance"] == 0).collect();
            let dashboards = |of: &[&Value], is_direct: bool| {
                let all = of.iter().flat_map(|it| list(&it["dashboards"]));
                all.filter(|it| !is_direct || it["distance"] == 0).count()
            };
            let all: Vec<&Value> = workbooks.iter().collect();
            let counts = [
                format!("{}, {}", direct.len(), dashboards(&direct, true)),
                format!("{}, {}", all.len(), dashboards(&all, false)),
            ];
            assert_eq!(counts, [row[1].clone(), row[2].clone()], "{id}");
            if direct.is_empty() {
                let is_zero = row[3].contains("known zero");
                assert!(!is_zero || node["complete"] == true, "{id}");
            } else {
                let names: Vec<&str> = direct.iter().map(|it| text(&it["name"])).collect();
                let listed = row[3].split(" (a sheet").next().expect("a first part");
                let listed = listed.split(", as an alias").next().expect("a first part");
                assert_eq!(names.join(", "), listed, "{id}");
            }
            named.insert(id);
        }
    }
    let nodes = list(&answer["nodes"]).iter();
    assert_eq!(
        named,
        nodes.map(|it| text(&it["unique_id"]).to_owned()).collect()
    );
}

#[test]
fn what_each_workbook_of_snow_reads() {
    let answer = json(&fixture("snow"), &["usages"]);
    let cells = table_by_file("## snow", "| file | reads");
    let rows: Vec<Row<'_>> = cells
        .iter()
        .map(|row| Row {
            workbook: stem(&row[0]),
            reads: &row[1],
            node: &row[2],
            how: &row[3],
            dashboards: &row[4],
        })
        .collect();
    check_rows(&answer, &rows);
}

#[test]
fn what_each_gap_leaves_unknown() {
    for row in table("## gaps", "| file | what is not known") {
        let project = copy("shop");
        let target = project.path().join("tableau").join(&row[0]);
        std::fs::copy(fixture("gaps").join(&row[0]), target).expect("copy");
        let answer = json(project.path(), &["usages", "dim_vendors"]);
        let missing = list(&answer["nodes"][0]["missing"]);
        let codes: Vec<&str> = missing.iter().map(|it| text(&it["code"])).collect();
        assert_eq!(codes, code(&row[2]), "{}", row[0]);
        assert_eq!(answer["content"][0]["complete"], false, "{}", row[0]);
    }
}

#[test]
fn what_comes_out_of_each_hostile_workbook() {
    let answer = json(&fixture("hostile"), &["inspect", "workbooks"]);
    let files = list(&answer["files"]);
    for row in table("## hostile/workbooks", "| file | what it is") {
        let name = row[0].trim_matches('`').split(" …").next().expect("a name");
        let path = format!("workbooks/{name}");
        let file = files.iter().find(|it| text(&it["path"]).starts_with(&path));
        let file = file.unwrap_or_else(|| panic!("no {path}"));
        let is_problem = file["error"].is_string();
        let tables = || {
            list(&file["datasources"])
                .iter()
                .flat_map(|it| list(&it["tables"]))
        };
        match row[2].as_str() {
            it if it.starts_with("a problem, or") => {}
            it if it.starts_with("a problem") => assert!(is_problem, "{path}"),
            it if it.starts_with("datasource Café") => {
                assert_eq!(file["datasources"][0]["caption"], "Café", "{path}");
                assert_eq!(file["dashboards"][0]["name"], "Café board", "{path}");
            }
            it if it.starts_with("reads `fct_orders`") => {
                assert!(tables().any(|it| it["name"] == "fct_orders"), "{path}");
                assert_eq!(file["dashboards"][0]["url"], Value::Null, "{path}");
            }
            it => assert!(
                !is_problem && it.starts_with("shown harmless"),
                "{path}: {it}"
            ),
        }
    }
}

/// What must come out of each broken project, as the code of a problem; empty where
/// the answer is whole.
const PROJECTS: &[(&str, &str)] = &[
    ("no_manifest", "manifest_missing, profile_unknown"),
    ("empty_manifest", "manifest_unreadable, profile_unknown"),
    ("bare_manifest", "manifest_unreadable, profile_unknown"),
    ("wrong_shape", "manifest_unreadable, profile_unknown"),
    ("cut_manifest", "manifest_unreadable, profile_unknown"),
    (
        "other_manifest",
        "manifest_of_another_project, profile_unknown",
    ),
    ("odd_nodes", "manifest_definitions_skipped"),
    ("tabs", ""),
];

#[test]
fn what_comes_out_of_each_broken_project() {
    for row in table("## hostile/projects", "| folder | what is wrong") {
        let folder = copy(&format!("hostile/projects/{}", row[0]));
        let said = run(folder.path(), &["usages", "--format", "json"]);
        let Some((_, code)) = PROJECTS.iter().find(|(name, _)| *name == row[0]) else {
            assert_eq!(row[0], "broken_project", "a row without a test");
            assert_eq!((said.code, said.out.as_str()), (3, ""));
            continue;
        };
        let answer: Value = serde_json::from_str(&said.out).expect("JSON");
        let problems = list(&answer["problems"]);
        let codes: Vec<&str> = problems.iter().map(|it| text(&it["code"])).collect();
        assert_eq!(codes.join(", "), *code, "{}", row[0]);
        let is_known = !list(&answer["nodes"]).is_empty();
        assert_eq!(said.code, if is_known { 0 } else { 3 }, "{}", row[0]);
        if is_known {
            let node = find(&answer["nodes"], "name", "fct_orders");
            let dashboards = &node["workbooks"][0]["dashboards"];
            assert_eq!(dashboards[0]["name"], "Orders board", "{}", row[0]);
        }
    }
}
