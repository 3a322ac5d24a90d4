//! `usages --format markdown`: what a pull request's files do to dashboards, from the files
//! that Git names. A project as production has it, the same after a change, and a snapshot
//! of the site that dashboards are on.

mod git;
mod hostile;
mod public;
mod real;

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::support::cli::{Said, run, run_with_input};

/// The files of the project when production was built: `orders` is read by two dashboards,
/// `margins` by one, `customers` through `orders` alone; nothing reads `spare`.
const FILES: [(&str, &str); 6] = [
    ("models/customers.sql", "select 1 as id\n"),
    (
        "models/orders.sql",
        "select * from {{ ref('customers') }}\n",
    ),
    ("models/margins.sql", "select 2 as id\n"),
    ("models/spare.sql", "select 3 as id\n"),
    (
        "models/schema.yml",
        "models:\n  - name: orders\n    description: o\n",
    ),
    ("macros/money.sql", "{% macro money() %}1{% endmacro %}\n"),
];

/// A repository with the project in it, and production's manifest beside it.
struct Repository {
    folder: tempfile::TempDir,
    /// Where the project is, from the repository's root.
    project: &'static str,
}

impl Repository {
    fn new() -> Repository {
        Repository::at("")
    }

    fn at(project: &'static str) -> Repository {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join(".git")).expect("a repository");
        let it = Repository { folder, project };
        it.write("dbt_project.yml", "name: shop\n");
        for (path, text) in FILES {
            it.write(path, text);
        }
        it.snapshot(&site());
        it
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(self.project).join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.root().join(self.project).join(path)).expect("a file that is there");
    }

    fn snapshot(&self, site: &Value) {
        let snapshot = json!({
            "project": "shop", "generated_at": "2026-01-10T10:00:00Z",
            "relations": {}, "sites": [site],
        });
        let snapshot = serde_json::from_value(snapshot).expect("a snapshot");
        let bytes = tableau::snapshot::encode(&snapshot).expect("bytes");
        fs::write(self.root().join(self.project).join("team.snapshot"), bytes).expect("write");
        self.write("exposure-lens.yml", "tableau:\n  snapshot: team.snapshot\n");
    }

    /// Production's manifest as the one at hand.
    fn old_manifest(self) -> Repository {
        self.write("target/manifest.json", &manifest("prod", &FILES));
        self
    }

    /// Production's manifest where the settings name it.
    fn production(self) -> Repository {
        self.write("prod/manifest.json", &manifest("prod", &FILES));
        let settings = "tableau: {snapshot: team.snapshot}\ndbt: {production_manifest: prod}\n";
        self.write("exposure-lens.yml", settings);
        self
    }

    /// What `dbt parse` writes in CI, of the files as they are now.
    fn parsed(self, files: &[(&str, &str)]) -> Repository {
        self.write("target/manifest.json", &manifest("ci", files));
        self
    }

    fn ask(&self, args: &[&str]) -> Said {
        let args: Vec<&str> = ["usages", "--format", "markdown"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        of_any_version(run(&self.root().join(self.project), &args))
    }

    #[track_caller]
    fn check(&self, args: &[&str], expect: Expect) {
        let said = self.ask(args);
        expect.assert_eq(&format!("{}({})", said.out, said.code));
    }
}

/// The same without the version: no release makes what is expected here stale.
fn of_any_version(said: Said) -> Said {
    let out = said.out.replace(env!("CARGO_PKG_VERSION"), "X.Y.Z");
    Said { out, ..said }
}

/// The files after a change: `None` takes one out.
fn files_with<'a>(changes: &[(&'a str, Option<&'a str>)]) -> Vec<(&'a str, &'a str)> {
    let mut files: Vec<(&str, &str)> = FILES.to_vec();
    for (path, text) in changes {
        files.retain(|it| it.0 != *path);
        files.extend(text.map(|text| (*path, text)));
    }
    files
}

/// A manifest of the models among `files`, in the schema of a target.
fn manifest(target: &str, files: &[(&str, &str)]) -> String {
    let mut nodes = serde_json::Map::new();
    for (path, text) in files {
        let Some(name) = path
            .strip_prefix("models/")
            .and_then(|it| it.strip_suffix(".sql"))
        else {
            continue;
        };
        let alias = text
            .split("alias='")
            .nth(1)
            .and_then(|it| it.split('\'').next());
        let schema = match target {
            "prod" => "MARTS".to_owned(),
            target => format!("{target}_MARTS"),
        };
        let reads = text
            .split("ref('")
            .skip(1)
            .filter_map(|it| it.split('\'').next());
        let reads: Vec<String> = reads.map(|it| format!("model.shop.{it}")).collect();
        let id = format!("model.shop.{name}");
        let table = alias.unwrap_or(name);
        let config = match alias {
            Some(alias) => json!({"alias": alias}),
            None => json!({}),
        };
        let patch = files.iter().any(|it| it.0 == "models/schema.yml") && name == "orders";
        let node = json!({
            "unique_id": id, "resource_type": "model", "name": name, "alias": table,
            "package_name": "shop", "database": "PROD", "schema": schema,
            "relation_name": format!("PROD.{schema}.{table}"),
            "path": format!("{name}.sql"), "original_file_path": path,
            "patch_path": patch.then_some("shop://models/schema.yml"),
            "checksum": {"name": "sha256", "checksum": dbt::checksum(text)},
            "config": {"enabled": true, "materialized": "table", "alias": alias},
            "unrendered_config": config, "raw_code": text, "depends_on": {"nodes": reads},
        });
        nodes.insert(id, node);
    }
    json!({
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "dbt_version": "1.11.16", "adapter_type": "snowflake", "project_name": "shop",
            "generated_at": "2026-01-09T06:00:00.000000Z",
        },
        "nodes": nodes, "sources": {}, "exposures": {}, "disabled": {},
    })
    .to_string()
}

fn table(name: &str) -> Value {
    json!({
        "id": name, "name": name, "fullName": format!("[PROD].[MARTS].[{name}]"),
        "connectionType": "snowflake", "database": {"name": "PROD", "connectionType": "snowflake"},
    })
}

/// `Sales` with two dashboards on `ORDERS`, `Ops` with one on `MARGINS`.
fn site() -> Value {
    let dashboard = |id: &str, sheet: &str| {
        json!({
            "id": id, "luid": format!("{id}-luid"), "name": id, "path": format!("x/{id}"),
            "sheets": [{"id": sheet, "name": sheet}],
        })
    };
    let sheet = |id: &str| json!({"id": id, "luid": format!("{id}-luid"), "name": id, "path": format!("x/{id}")});
    let workbook = |id: &str, number: &str, sheets: Value, dashboards: Value| {
        json!({
            "id": id, "luid": format!("{id}-luid"), "name": id, "vizportalUrlId": number,
            "contentUrl": id, "projectLuid": "p1",
            "owner": {"name": "Ana Ruiz", "email": "ana@acme.example"},
            "sheets": sheets, "dashboards": dashboards,
            "embeddedDatasources": [{"id": format!("{id}-ds")}],
        })
    };
    let reads = |id: &str, sheet: &str, name: &str| {
        json!({
            "id": format!("{id}-ds"), "name": format!("{id} data"), "upstreamTables": [table(name)],
            "downstreamSheets": [{"id": sheet}],
        })
    };
    json!({
        "base": "https://acme.example", "site": "acme",
        "fetched_at": "2026-01-10T10:00:00Z", "full_at": "2026-01-10T10:00:00Z",
        "catalogue_complete": true,
        "projects": [{"luid": "p1", "name": "Finance"}],
        "workbooks": [
            workbook("Sales", "7", json!([sheet("ByDay")]),
                     json!([dashboard("Overview", "ByDay"), dashboard("Detail", "ByDay")])),
            workbook("Ops", "8", json!([sheet("Left")]), json!([dashboard("Board", "Left")])),
        ],
        "embedded": [reads("Sales", "ByDay", "ORDERS"), reads("Ops", "Left", "MARGINS")],
        "published": [],
        "usage": {
            "at": "2026-01-10T10:00:00Z", "earlier_at": "2026-01-03T10:00:00Z",
            "views": {
                "Overview-luid": {"total": 900, "earlier": 590},
                "Detail-luid": {"total": 20, "earlier": 20},
                "Board-luid": {"total": 5, "earlier": 4},
            },
        },
    })
}

#[test]
fn a_changed_model_says_who_reads_it_each_dashboard_once() {
    let it = Repository::new().old_manifest();
    it.write(
        "models/orders.sql",
        "select 1 from {{ ref('customers') }}\n",
    );
    it.write("models/customers.sql", "select 9 as id\n");
    it.check(
        &["models/orders.sql", "models/customers.sql"],
        expect![[r#"
            <!-- exposure-lens -->
            ### Tableau: 2 dashboards in 1 workbook read what changes here · +310 views/7 d

            | Node | Change | Dashboards | Of these direct | Most viewed |
            |---|---|--:|--:|---|
            | `customers` | changed | 2 | 0 | [Sales](<https://acme.example/#/site/acme/workbooks/7>) · +310 views/7 d |
            | `orders` | changed | 2 | 2 | [Sales](<https://acme.example/#/site/acme/workbooks/7>) · +310 views/7 d |

            <details><summary><code>customers</code> · 2 dashboards in 1 workbook</summary>

            - [Sales](<https://acme.example/#/site/acme/workbooks/7>) · 2 dashboards (Overview, Detail) · +310 views/7 d  
              acme · Finance · Ana Ruiz · via orders · no exposure

            </details>

            <details><summary><code>orders</code> · 2 dashboards in 1 workbook</summary>

            - [Sales](<https://acme.example/#/site/acme/workbooks/7>) · 2 dashboards (Overview, Detail) · +310 views/7 d  
              acme · Finance · Ana Ruiz · table, exact match · no exposure

            </details>

            <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with the manifest `target/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
            (0)"#]],
    );
}

#[test]
fn a_deleted_model_is_told_by_an_old_manifest() {
    let it = Repository::new().old_manifest();
    it.remove("models/orders.sql");
    it.remove("models/schema.yml");
    it.check(&["models/orders.sql", "models/schema.yml"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: 2 dashboards in 1 workbook read what changes here · +310 views/7 d

        ⚠ **1 table that dashboards read is no longer built**

        - `orders`: 2 dashboards in 1 workbook read PROD.MARTS.orders, which is no longer built after this change: its file is gone. Read by: Sales (Ana Ruiz, +310 views/7 d)

        | Node | Change | Dashboards | Of these direct | Most viewed |
        |---|---|--:|--:|---|
        | `orders` | deleted | 2 | 2 | [Sales](<https://acme.example/#/site/acme/workbooks/7>) · +310 views/7 d |

        <details><summary><code>orders</code> · 2 dashboards in 1 workbook</summary>

        - [Sales](<https://acme.example/#/site/acme/workbooks/7>) · 2 dashboards (Overview, Detail) · +310 views/7 d  
          acme · Finance · Ana Ruiz · table, exact match · no exposure

        </details>

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with the manifest `target/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (0)"#]]);
}

#[test]
fn a_deleted_model_is_told_by_productions_manifest_after_dbt_parsed_the_branch() {
    let files = files_with(&[("models/margins.sql", None)]);
    let it = Repository::new().production().parsed(&files);
    it.remove("models/margins.sql");
    it.check(&["models/margins.sql"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: 1 dashboard in 1 workbook reads what changes here · +1 view/7 d

        ⚠ **1 table that dashboards read is no longer built**

        - `margins`: 1 dashboard in 1 workbook reads PROD.MARTS.margins, which is no longer built after this change: its file is gone. Read by: Ops (Ana Ruiz, +1 view/7 d)

        | Node | Change | Dashboards | Of these direct | Most viewed |
        |---|---|--:|--:|---|
        | `margins` | deleted | 1 | 1 | [Ops](<https://acme.example/#/site/acme/workbooks/8>) · +1 view/7 d |

        <details><summary><code>margins</code> · 1 dashboard in 1 workbook</summary>

        - [Ops](<https://acme.example/#/site/acme/workbooks/8>) · 1 dashboard (Board) · +1 view/7 d  
          acme · Finance · Ana Ruiz · table, exact match · no exposure

        </details>

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with production's manifest `prod/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (0)"#]]);
}

#[test]
fn a_deleted_model_that_nothing_knows_is_unknown_and_no_zero() {
    let files = files_with(&[("models/margins.sql", None)]);
    let it = Repository::new().parsed(&files);
    it.remove("models/margins.sql");
    it.check(&["models/margins.sql"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: whether a dashboard reads what changes here is not known

        **Not known**

        - unknown: `models/margins.sql` is gone, and the manifest at hand does not have it: name production's with `dbt.production_manifest`; Tableau reads <code>\[PROD\].\[MARTS\].\[MARGINS\]</code>, which no node is, in Ops
        - few of Tableau's tables are relations of the project, whose names may be of a developer's target: name a manifest of production with \`dbt.production\_manifest\`, or write a rule for names with \`dbt.map\`

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with the manifest `target/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (3)"#]]);
}

#[test]
fn a_renamed_model_leaves_its_table_and_is_one_change() {
    let text = FILES[1].1;
    let it = Repository::new().old_manifest();
    it.remove("models/orders.sql");
    it.remove("models/schema.yml");
    it.write("models/sales/orders_v2.sql", text);
    it.check(
        &["models/orders.sql", "models/sales/orders_v2.sql"],
        expect![[r#"
            <!-- exposure-lens -->
            ### Tableau: 2 dashboards in 1 workbook read what changes here · +310 views/7 d

            ⚠ **1 table that dashboards read is no longer built**

            - `orders_v2`: 2 dashboards in 1 workbook read PROD.MARTS.orders, which is no longer built after this change: it becomes PROD.MARTS.orders\_v2. Read by: Sales (Ana Ruiz, +310 views/7 d)

            | Node | Change | Dashboards | Of these direct | Most viewed |
            |---|---|--:|--:|---|
            | `orders_v2` | renamed from `orders` | 2 | 2 | [Sales](<https://acme.example/#/site/acme/workbooks/7>) · +310 views/7 d |

            <details><summary><code>orders_v2</code> · 2 dashboards in 1 workbook</summary>

            - [Sales](<https://acme.example/#/site/acme/workbooks/7>) · 2 dashboards (Overview, Detail) · +310 views/7 d  
              acme · Finance · Ana Ruiz · table, exact match · no exposure

            </details>

            <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with the manifest `target/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
            (0)"#]],
    );
}

#[test]
fn a_model_that_is_renamed_and_rewritten_is_one_that_goes_and_one_that_comes() {
    let text = "select 7 as id\n";
    let files = files_with(&[
        ("models/margins.sql", None),
        ("models/profits.sql", Some(text)),
    ]);
    let it = Repository::new().production().parsed(&files);
    it.remove("models/margins.sql");
    it.write("models/profits.sql", text);
    it.check(&["models/margins.sql", "models/profits.sql"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: 1 dashboard in 1 workbook reads what changes here · +1 view/7 d

        ⚠ **1 table that dashboards read is no longer built**

        - `margins`: 1 dashboard in 1 workbook reads PROD.MARTS.margins, which is no longer built after this change: its file is gone. Read by: Ops (Ana Ruiz, +1 view/7 d)

        | Node | Change | Dashboards | Of these direct | Most viewed |
        |---|---|--:|--:|---|
        | `margins` | deleted | 1 | 1 | [Ops](<https://acme.example/#/site/acme/workbooks/8>) · +1 view/7 d |

        No dashboard reads `profits`.

        <details><summary><code>margins</code> · 1 dashboard in 1 workbook</summary>

        - [Ops](<https://acme.example/#/site/acme/workbooks/8>) · 1 dashboard (Board) · +1 view/7 d  
          acme · Finance · Ana Ruiz · table, exact match · no exposure

        </details>

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with production's manifest `prod/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (0)"#]]);
}

#[test]
fn of_a_rename_that_git_names_by_its_new_path_alone_the_lost_one_is_not_hidden() {
    let text = "select 7 as id\n";
    let files = files_with(&[
        ("models/margins.sql", None),
        ("models/profits.sql", Some(text)),
    ]);
    let it = Repository::new().production().parsed(&files);
    it.remove("models/margins.sql");
    it.write("models/profits.sql", text);
    it.check(&["models/profits.sql"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: whether a dashboard reads what changes here is not known

        No dashboard reads `profits`.

        **Not known**

        - whether something new takes the place of `margins`, which dashboards read: gone from the files and not named (`git diff --no-renames` names both paths of a renamed file)

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with production's manifest `prod/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (0)"#]]);
    // Of a file that is only changed it is not said: another branch may have removed one.
    it.write("models/spare.sql", "select 4 as id\n");
    let said = it.ask(&["models/spare.sql"]).out;
    assert!(!said.contains("margins"), "{said}");
}

#[test]
fn another_alias_is_told_though_dbt_parsed_the_branch() {
    let text = "{{ config(alias='margin') }}\nselect 2 as id\n";
    let files = files_with(&[("models/margins.sql", Some(text))]);
    let it = Repository::new().production().parsed(&files);
    it.write("models/margins.sql", text);
    it.check(&["models/margins.sql"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: 1 dashboard in 1 workbook reads what changes here · +1 view/7 d

        ⚠ **1 table that dashboards read is no longer built**

        - `margins`: 1 dashboard in 1 workbook reads PROD.MARTS.margins, which is no longer built after this change: it becomes PROD.MARTS.margin. Read by: Ops (Ana Ruiz, +1 view/7 d)

        | Node | Change | Dashboards | Of these direct | Most viewed |
        |---|---|--:|--:|---|
        | `margins` | changed | 1 | 1 | [Ops](<https://acme.example/#/site/acme/workbooks/8>) · +1 view/7 d |

        <details><summary><code>margins</code> · 1 dashboard in 1 workbook</summary>

        - [Ops](<https://acme.example/#/site/acme/workbooks/8>) · 1 dashboard (Board) · +1 view/7 d  
          acme · Finance · Ana Ruiz · table, exact match · no exposure

        </details>

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with production's manifest `prod/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (0)"#]]);
}

#[test]
fn a_disabled_model_is_told_as_one_that_is_no_longer_built() {
    let text = "{{ config(enabled=false) }}\nselect 2 as id\n";
    let it = Repository::new().production();
    it.write("models/margins.sql", text);
    it.check(&["models/margins.sql"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: 1 dashboard in 1 workbook reads what changes here · +1 view/7 d

        ⚠ **1 table that dashboards read is no longer built**

        - `margins`: 1 dashboard in 1 workbook reads PROD.MARTS.margins, which is no longer built after this change: \`margins\` is disabled. Read by: Ops (Ana Ruiz, +1 view/7 d)

        | Node | Change | Dashboards | Of these direct | Most viewed |
        |---|---|--:|--:|---|
        | `margins` | changed | 1 | 1 | [Ops](<https://acme.example/#/site/acme/workbooks/8>) · +1 view/7 d |

        <details><summary><code>margins</code> · 1 dashboard in 1 workbook</summary>

        - [Ops](<https://acme.example/#/site/acme/workbooks/8>) · 1 dashboard (Board) · +1 view/7 d  
          acme · Finance · Ana Ruiz · table, exact match · no exposure

        </details>

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with production's manifest `prod/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (0)"#]]);
}

#[test]
fn a_properties_file_stands_for_what_it_describes_and_the_project_file_for_what_it_takes_away() {
    let it = Repository::new().old_manifest();
    it.write(
        "models/schema.yml",
        "models:\n  - name: orders\n    description: other\n",
    );
    it.check(&["models/schema.yml"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: 2 dashboards in 1 workbook read what changes here · +310 views/7 d

        | Node | Change | Dashboards | Of these direct | Most viewed |
        |---|---|--:|--:|---|
        | `orders` | described in `models/schema.yml` | 2 | 2 | [Sales](<https://acme.example/#/site/acme/workbooks/7>) · +310 views/7 d |

        <details><summary><code>orders</code> · 2 dashboards in 1 workbook</summary>

        - [Sales](<https://acme.example/#/site/acme/workbooks/7>) · 2 dashboards (Overview, Detail) · +310 views/7 d  
          acme · Finance · Ana Ruiz · table, exact match · no exposure

        </details>

        **Not known**

        - whether 1 node keeps the table that production has: the manifest at hand is of the files as they are; name production's with `dbt.production_manifest`

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with the manifest `target/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (0)"#]]);
    it.write(
        "dbt_project.yml",
        "name: shop\nmodels:\n  shop:\n    +enabled: false\n",
    );
    let said = it.ask(&["dbt_project.yml"]);
    assert!(
        said.out
            .contains("3 tables that dashboards rely on are no longer built"),
        "{}",
        said.out
    );
}

#[test]
fn what_is_no_model_is_counted_and_what_is_not_the_projects_left_out() {
    let it = Repository::at("transform").old_manifest();
    fs::write(it.root().join("README.md"), "").expect("write");
    it.check(
        &[
            "transform/macros/money.sql",
            "transform/README.md",
            "transform/packages.yml",
            "README.md",
            "ci/build.sh",
        ],
        expect![[r#"
            <!-- exposure-lens -->
            ### Tableau: what changes here may change what dashboards read, which is not worked out

            3 other files: their effect on dashboards is not worked out (`README.md`, `macros/money.sql`, `packages.yml`)

            2 files outside of the dbt project `shop` left out

            <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with the manifest `target/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
            (0)"#]],
    );
}

#[test]
fn paths_start_at_the_repository_the_current_folder_or_the_project() {
    let it = Repository::at("transform").old_manifest();
    for (dir, path) in [
        ("transform", "transform/models/margins.sql"),
        ("transform", "models/margins.sql"),
        ("transform/models", "margins.sql"),
        ("transform/models", "transform/models/margins.sql"),
        ("transform", "transform\\models\\margins.sql"),
        ("transform", "\"transform/models/margins.sql\""),
    ] {
        let args = ["usages", "--format", "markdown", path];
        let said = run(&it.root().join(dir), &args);
        assert!(
            said.out.contains("| `margins` | changed | 1 | 1 |"),
            "{dir} {path}: {}",
            said.out
        );
    }
    let args = [
        "usages",
        "--format",
        "markdown",
        "--project-dir",
        "transform",
        "transform/models",
    ];
    let said = run(it.root(), &args);
    assert!(
        said.out.contains("3 dashboards in 2 workbooks"),
        "{}",
        said.out
    );
    it.remove("models/margins.sql");
    let args = [
        "usages",
        "--format",
        "markdown",
        "transform/models/margins.sql",
    ];
    let said = run(&it.root().join("transform/macros"), &args);
    assert!(
        said.out.contains("| `margins` | deleted | 1 | 1 |"),
        "{}",
        said.out
    );
}

#[test]
fn a_list_of_paths_comes_from_a_file_or_from_stdin() {
    let it = Repository::new().old_manifest();
    let args = ["usages", "--format", "markdown", "--paths-from", "-"];
    let ask = |list: &str| of_any_version(run_with_input(it.root(), &args, &[], list)).out;
    let one = ask("models/margins.sql\nmacros/money.sql\n");
    assert!(
        one.contains("1 dashboard in 1 workbook reads what changes here"),
        "{one}"
    );
    assert_eq!(ask("macros/money.sql\0models/margins.sql\0"), one);
    assert_eq!(
        ask("macros/money.sql\r\nmodels/margins.sql\r\nmodels/margins.sql"),
        one
    );
    // What `git diff --name-status` writes; a rename has two paths.
    assert_eq!(ask("M\tmacros/money.sql\nM\tmodels/margins.sql\n"), one);
    assert_eq!(ask("R100\tmodels/margins.sql\tmacros/money.sql\n"), one);
    assert_eq!(ask("M\0macros/money.sql\0D\0models/margins.sql\0"), one);
    it.write("list.txt", "models/margins.sql\nmacros/money.sql\n");
    assert_eq!(it.ask(&["--paths-from", "list.txt"]).out, one);
    // What PowerShell writes: a mark first, in older ones UTF-16.
    let marked = "\u{feff}models/margins.sql\r\nmacros/money.sql\r\n";
    let wide = marked.encode_utf16().flat_map(u16::to_le_bytes);
    for bytes in [marked.as_bytes().to_vec(), wide.collect()] {
        fs::write(it.root().join("list.txt"), bytes).expect("write");
        assert_eq!(it.ask(&["--paths-from", "list.txt"]).out, one);
    }
    // Nothing changed is not the whole project.
    let none = ask("");
    assert!(
        none.contains("no model, seed, snapshot or source changes here"),
        "{none}"
    );
    assert_eq!(it.ask(&["--paths-from", "absent.txt"]).code, 3);
}

#[test]
fn nothing_that_is_read_is_one_line_and_only_a_zero_where_it_is_one() {
    let it = Repository::new().old_manifest();
    it.write("models/spare.sql", "select 4 as id\n");
    it.check(&["models/spare.sql"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: no dashboard reads what changes here

        No dashboard reads `spare`.

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with the manifest `target/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (0)"#]]);
    // A macro may change more than the model that is named.
    let with_macro = it.ask(&["models/spare.sql", "macros/money.sql"]).out;
    let headline = "### Tableau: no dashboard reads the nodes that change here\n";
    assert!(with_macro.contains(headline), "{with_macro}");
    let mut partial = site();
    partial["embedded"][0]["upstreamTables"] = json!([{"id": "hidden"}]);
    it.snapshot(&partial);
    it.check(&["models/spare.sql"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: whether a dashboard reads what changes here is not known

        Whether a dashboard reads `spare` is not known.

        **Not known**

        - 1 table has its name hidden by permissions

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, incomplete · compared with the manifest `target/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (0)"#]]);
}

#[test]
fn with_direct_what_is_read_through_others_is_no_zero() {
    let it = Repository::new().old_manifest();
    it.write("models/customers.sql", "select 9 as id\n");
    it.check(&["models/customers.sql", "--direct"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: dashboards read only what is built from what changes here

        Dashboards read what is built from `customers`, which is left out (`--direct`).

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with the manifest `target/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (0)"#]]);
    let with_one = it.ask(&["models/customers.sql", "models/orders.sql", "--direct"]);
    for part in [
        "2 dashboards in 1 workbook read what changes here",
        "Dashboards read what is built from `customers`",
    ] {
        assert!(with_one.out.contains(part), "{part}: {}", with_one.out);
    }
}

#[test]
fn a_guess_beside_what_is_sure_is_said() {
    let it = Repository::new().old_manifest();
    let mut by_name = site();
    by_name["embedded"][1]["upstreamTables"][0] = json!({
        "id": "x", "name": "CUSTOMERS", "fullName": "[CUSTOMERS]", "connectionType": "snowflake",
    });
    it.snapshot(&by_name);
    it.write("models/customers.sql", "select 9 as id\n");
    it.check(&["models/customers.sql"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: 3 dashboards in 2 workbooks read what changes here · 1 workbook only probably · +311 views/7 d

        | Node | Change | Dashboards | Of these direct | Most viewed |
        |---|---|--:|--:|---|
        | `customers` | changed | 3 (1 workbook only probably) | 1 | [Sales](<https://acme.example/#/site/acme/workbooks/7>) · +310 views/7 d · +1 |

        <details><summary><code>customers</code> · 3 dashboards in 2 workbooks</summary>

        - [Sales](<https://acme.example/#/site/acme/workbooks/7>) · 2 dashboards (Overview, Detail) · +310 views/7 d  
          acme · Finance · Ana Ruiz · via orders · no exposure
        - [Ops](<https://acme.example/#/site/acme/workbooks/8>) · 1 dashboard (Board) · +1 view/7 d  
          acme · Finance · Ana Ruiz · table, name match · no exposure

        </details>

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with the manifest `target/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (0)"#]]);
    let all = it.ask(&[]).out;
    for part in [
        "of `shop` · 1 workbook only probably",
        "workbooks/8>) (by name only)",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
}

#[test]
fn where_only_sheets_read_a_node_they_are_counted() {
    let it = Repository::new().old_manifest();
    let mut bare = site();
    bare["workbooks"][1]["dashboards"] = json!([]);
    it.snapshot(&bare);
    it.write("models/margins.sql", "select 9 as id\n");
    let said = it.ask(&["models/margins.sql"]).out;
    let row = "| `margins` | changed | 1 sheet | 1 |";
    assert!(said.contains(row), "{said}");
    let all = it.ask(&["--public"]).out;
    assert!(all.contains("| `margins` | model | 1 sheet | 0 |"), "{all}");
}

#[test]
fn files_that_are_gone_beside_a_project_are_left_out_and_hide_nothing() {
    let it = Repository::at("transform").old_manifest();
    it.write("models/margins.sql", "select 7 as id\n");
    let others = ["poetry.lock", "setup.cfg", "docs/#/notes.md", "ci/build.sh"];
    let paths = others.into_iter().chain(["transform/models/margins.sql"]);
    let said = it.ask(&paths.collect::<Vec<_>>());
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    for part in ["| `margins` | changed | 1 | 1 |", "4 files outside"] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
}

#[test]
fn without_tableau_content_or_a_manifest_nothing_is_claimed() {
    let it = Repository::new().old_manifest();
    it.write("exposure-lens.yml", "");
    it.check(&["models/orders.sql"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: whether a dashboard reads what changes here is not known

        Whether a dashboard reads `orders` is not known.

        **Not known**

        - no Tableau content found: sign in to a site with \`exposure-lens login URL\` and run \`exposure-lens pull\`, name a team snapshot with \`tableau.snapshot\`, or put .twb, .twbx, .tds or .tdsx files into the repository or name them with \`tableau.files\` (files that Git ignores are left out)
        - no Tableau content was found at all
        - whether 1 node keeps the table that production has: the manifest at hand is of the files as they are; name production's with `dbt.production_manifest`

        <sub>compared with the manifest `target/manifest.json` of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
        (3)"#]]);
    let it = Repository::new();
    it.check(&["models/orders.sql"], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: 2 dashboards in 1 workbook probably read what changes here · +310 views/7 d

        | Node | Change | Dashboards | Of these direct | Most viewed |
        |---|---|--:|--:|---|
        | `orders` | changed | probably 2 | 2 | [Sales](<https://acme.example/#/site/acme/workbooks/7>) (by name only) · +310 views/7 d |

        <details><summary><code>orders</code> · 2 dashboards in 1 workbook</summary>

        - [Sales](<https://acme.example/#/site/acme/workbooks/7>) · 2 dashboards (Overview, Detail) · +310 views/7 d  
          acme · Finance · Ana Ruiz · table, name match · no exposure

        </details>

        **Not known**

        - most of Tableau's tables that have a name of dbt's lie elsewhere: the names here may be of another target
        - no manifest at target/manifest.json, so that the project's files are read: run \`dbt parse\`, or name one with \`dbt.manifest\`
        - only dbt can work out what the warehouse calls \`orders\`

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · compared with nothing: there is no manifest · exposure-lens X.Y.Z</sub>
        (0)"#]]);
}

#[test]
fn without_a_word_the_project_is_summed_up() {
    let it = Repository::new().old_manifest();
    it.check(&[], expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: 3 dashboards in 2 workbooks read 3 of 4 nodes of `shop`

        | Node | Kind | Direct | Downstream | Read by |
        |---|---|--:|--:|---|
        | `orders` | model | 2 | 0 | [Sales](<https://acme.example/#/site/acme/workbooks/7>) |
        | `margins` | model | 1 | 0 | [Ops](<https://acme.example/#/site/acme/workbooks/8>) |
        | `customers` | model | 0 | 2 | [Sales](<https://acme.example/#/site/acme/workbooks/7>) |

        1 node reaches no dashboard and no sheet.

        <sub>acme on acme.example (team snapshot), read 2026-01-10 10:00 UTC, complete · exposure-lens X.Y.Z</sub>
        (0)"#]]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let it = Repository::new().old_manifest();
    let refused = |args: &[&str]| {
        let said = run(it.root(), args);
        assert_eq!(
            (said.code, said.out.as_str()),
            (2, ""),
            "{args:?}: {}",
            said.err
        );
        said.err
    };
    refused(&["usages", "--format", "markdown", "--unused"]);
    refused(&["usages", "--public"]);
    refused(&["usages", "--public", "--format", "json"]);
    refused(&["usages", "--paths-from", "-"]);
    refused(&["doctor", "--offline", "--format", "markdown"]);
    refused(&["exposures", "--format", "markdown"]);
    let err = refused(&["usages", "--format", "markdown", "Sales"]);
    assert!(err.contains("files and nodes"), "{err}");
    refused(&[
        "usages",
        "--format",
        "markdown",
        "https://acme.example/#/site/acme/workbooks/7",
    ]);
}

#[test]
fn nodes_are_taken_by_their_names_too_and_what_is_neither_is_unknown() {
    let it = Repository::new().old_manifest();
    let by_path = it.ask(&["models/margins.sql"]).out;
    for word in [
        "margins",
        "model.shop.margins",
        "shop.margins",
        "PROD.MARTS.margins",
    ] {
        assert_eq!(it.ask(&[word]).out, by_path, "{word}");
    }
    let said = it.ask(&["margin"]);
    assert_eq!(said.code, 3);
    assert!(
        said.out
            .contains("- unknown: `margin` is no file and no node"),
        "{}",
        said.out
    );
}
