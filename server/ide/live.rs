//! Edits, from a file's text to what people see: the real readers of `dbt`, laid over a
//! manifest that says what the files said before.
//!
//! A fixture holds the files as they were; `now PATH` is a buffer with another text, `gone
//! PATH` a file that is gone. Tableau reads three tables of the project.

use std::collections::BTreeMap;
use std::sync::Arc;

use dbt::{FileFacts, Manifest, Names, Observed, Overlay, Package, Project, Said, Scan, Target};
use expect_test::{Expect, expect};
use fixture::Fixture;
use lineage::{Lineage, LineageInput, Node, Nodes, Production, Standing, Warehouse};

use crate::analysis::{Analysis, File, Options, ProjectFacts};
use crate::doubts::Doubts;

type Files = BTreeMap<String, String>;

const SHOP: &str = "\
#- dbt_project.yml
name: shop
models:
  shop:
    marts:
      +schema: marts
#- models/stg_orders.sql
select * from {{ source('crm', 'orders') }}
#- models/marts/fct_orders.sql
select * from {{ ref('stg_orders') }}
#- models/marts/marts.yml
models:
  - name: fct_orders
  - name: dim_vendors
#- models/marts/dim_vendors.sql
select 1
#- models/sources.yml
sources:
  - name: crm
    database: raw
    tables:
      - name: orders
#- snapshots/snaps.sql
{% snapshot snap_a %}{{ config(target_schema='snaps') }} select 1 {% endsnapshot %}
{% snapshot snap_b %}{{ config(target_schema='snaps') }} select 2 {% endsnapshot %}
";

const TABLEAU: &str = "\
workbook Sales file=Sales.twb
datasource D snowflake
[DB].[DEV_MARTS].[FCT_ORDERS]
workbook Snaps file=Snaps.twb
datasource D snowflake
[DB].[SNAPS].[SNAP_B]
";

/// The lenses and warnings of every file, and the warnings of those that are gone; without
/// edits only what `edits` change.
#[track_caller]
fn check(edits: &str, expect: Expect) {
    let fixture = Fixture::parse(&format!("{SHOP}{edits}"));
    let (then, now) = (as_they_were(&fixture), as_they_are(&fixture));
    let analysis = analysis(&then, &now);
    let before = shown(&self::analysis(&then, &then), &then);
    let after = shown(&analysis, &now);
    let changed: Vec<String> = after
        .into_iter()
        .filter(|it| !before.contains(it))
        .collect();
    expect.assert_eq(&changed.join("\n"));
}

fn as_they_were(fixture: &Fixture) -> Files {
    let files = fixture.files().filter(|(name, _)| !name.contains(' '));
    files
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect()
}

fn as_they_are(fixture: &Fixture) -> Files {
    let mut files = as_they_were(fixture);
    for (name, text) in fixture.files() {
        match name.split_once(' ') {
            Some(("now", path)) => _ = files.insert(path.to_owned(), text.to_owned()),
            Some((_, path)) => _ = files.remove(path),
            None => {}
        }
    }
    files
}

fn shown(analysis: &Analysis, files: &Files) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, text) in files {
        let file = File {
            package: "shop",
            path,
            text,
        };
        for it in analysis.annotations(file) {
            lines.push(format!("{path} {:?}: {}", &text[it.range], it.title));
        }
        for it in analysis.pending_of_file(file) {
            lines.push(format!("{path} {:?}! {}", &text[it.range], it.message));
        }
    }
    let lost = analysis.lost().into_iter();
    lines.extend(lost.map(|(_, path, it)| format!("{path} is gone! {}", it.message)));
    lines
}

/// Without a manifest: what the files say alone.
fn of_files(files: &Files) -> Analysis {
    let scan = scanned(files, Observed::default());
    let overlay = Overlay {
        nodes: scan.nodes,
        disabled: scan.disabled,
        ..Overlay::default()
    };
    over(overlay, false)
}

fn analysis(then: &Files, now: &Files) -> Analysis {
    let manifest = manifest(then);
    let scan = scanned(now, Observed::of(&manifest));
    let before = |path: &str| Some(FileFacts::read(path, then.get(path)?));
    over(dbt::overlay(&manifest, scan, &["shop"], &before), true)
}

fn over(overlay: Overlay, has_manifest: bool) -> Analysis {
    let lineage = Lineage::build(LineageInput {
        warehouse: Warehouse::from_adapter("snowflake"),
        nodes: Arc::new(Nodes::new("shop", overlay.nodes)),
        exposures: Vec::new(),
        contents: lineage::testing::contents(TABLEAU).into(),
        production: Arc::new(Production::default()),
    });
    Analysis {
        lineage: Arc::new(lineage),
        disabled: overlay.disabled.into(),
        pending: overlay.pending.into(),
        proposal: None,
        project: ProjectFacts {
            name: "shop".to_owned(),
            differing: overlay.differing,
            has_manifest,
            ..ProjectFacts::default()
        },
        options: Options::default(),
        doubts: Doubts::default(),
    }
}

/// What dbt would have made of the files.
fn manifest(files: &Files) -> Manifest {
    let scan = scanned(files, Observed::default());
    let parsed = |node: Node| Node {
        standing: Standing::Parsed,
        ..node
    };
    Manifest {
        configs: scan.configs(),
        nodes: scan.nodes.into_iter().map(parsed).collect(),
        disabled: scan.disabled,
        ..Manifest::default()
    }
}

fn scanned(files: &Files, observed: Observed) -> Scan {
    let project = files
        .get("dbt_project.yml")
        .map_or("name: shop", String::as_str);
    let project = Project::parse(project, &|_| None).expect("a project");
    let others = files.iter().filter(|(path, _)| *path != "dbt_project.yml");
    let facts = others.map(|(path, text)| (path.clone(), Arc::new(FileFacts::read(path, text))));
    let files: Vec<(String, Arc<FileFacts>)> = facts.collect();
    let package = Package {
        project: &project,
        files: &files,
    };
    let target = Target {
        name: "dev".to_owned(),
        adapter: Some("snowflake".to_owned()),
        database: Said::Is("DB".to_owned()),
        schema: Said::Is("DEV".to_owned()),
    };
    let names = Names {
        adapter: target.adapter.clone(),
        target: Some(target),
        observed,
        ..Names::default()
    };
    dbt::scan(&[package], &names)
}

#[test]
fn what_is_as_dbt_parsed_it_warns_of_nothing() {
    let files = as_they_were(&Fixture::parse(SHOP));
    let shown = shown(&analysis(&files, &files), &files);
    expect![[r#"
        models/marts/dim_vendors.sql "select 1": Tableau: no dashboards in 2 workbook files
        models/marts/fct_orders.sql "select * from {{ ref('stg_orders') }}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
        models/marts/marts.yml "fct_orders": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
        models/marts/marts.yml "dim_vendors": Tableau: no dashboards in 2 workbook files
        models/sources.yml "orders": Tableau: 1 dashboard downstream, none direct
        models/stg_orders.sql "select * from {{ source('crm', 'orders') }}": Tableau: 1 dashboard downstream, none direct
        snapshots/snaps.sql "{% snapshot snap_a %}{{ config(target_schema='snaps') }} select 1 {% endsnapshot %}": Tableau: no dashboards in 2 workbook files
        snapshots/snaps.sql "{% snapshot snap_b %}{{ config(target_schema='snaps') }} select 2 {% endsnapshot %}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure"#]].assert_eq(&shown.join("\n"));
}

#[test]
fn another_name_for_a_mart_in_any_of_its_files() {
    check(
        "#- now models/marts/fct_orders.sql\n{{ config(alias='fct_orders_v2') }}\nselect * from {{ ref('stg_orders') }}\n",
        expect![[r#"
            models/marts/fct_orders.sql "{{ config(alias='fct_orders_v2') }}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            models/marts/fct_orders.sql "alias='fct_orders_v2'"! 1 dashboard in 1 workbook reads DB.DEV_marts.fct_orders, which is no longer built after this change: it becomes DB.DEV_marts.fct_orders_v2. Read by: Sales"#]],
    );
    check(
        "#- now models/marts/marts.yml\nmodels:\n  - name: fct_orders\n    config:\n      alias: fct_orders_v2\n  - name: dim_vendors\n",
        expect![[
            r#"models/marts/marts.yml "alias: fct_orders_v2"! 1 dashboard in 1 workbook reads DB.DEV_marts.fct_orders, which is no longer built after this change: it becomes DB.DEV_marts.fct_orders_v2. Read by: Sales"#
        ]],
    );
    check(
        "#- now dbt_project.yml\nname: shop\nmodels:\n  shop:\n    marts:\n      +schema: other\n",
        expect![[
            r#"dbt_project.yml "name: shop"! 1 dashboard in 1 workbook reads DB.DEV_marts.fct_orders, which may no longer be built after this change: only dbt can work out its schema. Read by: Sales"#
        ]],
    );
    check(
        "#- now models/marts/fct_orders.sql\n{{ config(schema=var('x')) }}\nselect * from {{ ref('stg_orders') }}\n",
        expect![[
            r#"models/marts/fct_orders.sql "{{ config(schema=var('x')) }}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure"#
        ]],
    );
}

#[test]
fn a_mart_that_is_disabled_or_ephemeral() {
    check(
        "#- now models/marts/fct_orders.sql\n{{ config(enabled=false) }}\nselect * from {{ ref('stg_orders') }}\n",
        expect![[r#"
            models/marts/fct_orders.sql "{{ config(enabled=false) }}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            models/marts/fct_orders.sql "enabled=false"! 1 dashboard in 1 workbook reads DB.DEV_marts.fct_orders, which is no longer built after this change: `fct_orders` is disabled. Read by: Sales"#]],
    );
    check(
        "#- now models/marts/fct_orders.sql\n{{ config(materialized='ephemeral') }}\nselect * from {{ ref('stg_orders') }}\n",
        expect![[r#"
            models/marts/fct_orders.sql "{{ config(materialized='ephemeral') }}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            models/marts/fct_orders.sql "materialized='ephemeral'"! 1 dashboard in 1 workbook reads DB.DEV_marts.fct_orders, which is no longer built after this change: `fct_orders` becomes ephemeral. Read by: Sales"#]],
    );
    check(
        "#- now models/stg_orders.sql\n{{ config(enabled=false) }}\nselect * from {{ source('crm', 'orders') }}\n",
        expect![[r#"
            models/stg_orders.sql "{{ config(enabled=false) }}": Tableau: 1 dashboard downstream, none direct
            models/stg_orders.sql "enabled=false"! 1 dashboard in 1 workbook reads what is built from DB.DEV.stg_orders, which is no longer built after this change: `stg_orders` is disabled. Read by: Sales"#]],
    );
    check(
        "#- now models/marts/dim_vendors.sql\n{{ config(enabled=false) }}\nselect 1\n",
        expect![[
            r#"models/marts/dim_vendors.sql "{{ config(enabled=false) }}": Tableau: no dashboards in 2 workbook files"#
        ]],
    );
}

#[test]
fn a_file_that_is_gone_or_moved_or_named_anew() {
    check(
        "#- gone models/marts/fct_orders.sql\n",
        expect![[r#"
            models/marts/marts.yml "fct_orders": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure · fct_orders is gone from the files
            models/marts/fct_orders.sql is gone! 1 dashboard in 1 workbook reads DB.DEV_marts.fct_orders, which is no longer built after this change: its file is gone. Read by: Sales"#]],
    );
    check(
        "#- gone models/marts/fct_orders.sql\n#- now models/fct_orders.sql\nselect * from {{ ref('stg_orders') }}\n",
        expect![[r#"
            models/fct_orders.sql "select * from {{ ref('stg_orders') }}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            models/fct_orders.sql "select * from {{ ref('stg_orders') }}"! 1 dashboard in 1 workbook reads DB.DEV_marts.fct_orders, which is no longer built after this change: it becomes DB.DEV.fct_orders. Read by: Sales"#]],
    );
    check(
        "#- gone models/marts/fct_orders.sql\n#- now models/marts/fct_sales.sql\nselect * from {{ ref('stg_orders') }}\n",
        expect![[r#"
            models/marts/fct_sales.sql "select * from {{ ref('stg_orders') }}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            models/marts/fct_sales.sql "select * from {{ ref('stg_orders') }}"! 1 dashboard in 1 workbook reads DB.DEV_marts.fct_orders, which is no longer built after this change: it becomes DB.DEV_marts.fct_sales. Read by: Sales"#]],
    );
}

#[test]
fn a_ref_that_is_typed_changes_what_lies_upstream_at_once() {
    check(
        "#- now models/marts/fct_orders.sql\nselect * from {{ ref('stg_orders') }} join {{ ref('dim_vendors') }}\n",
        expect![[r#"
            models/marts/dim_vendors.sql "select 1": Tableau: 1 dashboard downstream, none direct
            models/marts/fct_orders.sql "select * from {{ ref('stg_orders') }} join {{ ref('dim_vendors') }}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            models/marts/marts.yml "dim_vendors": Tableau: 1 dashboard downstream, none direct"#]],
    );
    check(
        "#- now models/marts/fct_orders.sql\nselect * from {{ ref(var('which')) }}\n",
        expect![[r#"
            models/marts/dim_vendors.sql "select 1": Tableau: use unknown (data incomplete)
            models/marts/fct_orders.sql "select * from {{ ref(var('which')) }}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            models/marts/marts.yml "dim_vendors": Tableau: use unknown (data incomplete)
            models/sources.yml "orders": Tableau: use unknown (data incomplete)
            models/stg_orders.sql "select * from {{ source('crm', 'orders') }}": Tableau: use unknown (data incomplete)
            snapshots/snaps.sql "{% snapshot snap_a %}{{ config(target_schema='snaps') }} select 1 {% endsnapshot %}": Tableau: use unknown (data incomplete)"#]],
    );
}

#[test]
fn a_new_model_has_its_lens() {
    check(
        "#- now models/marts/new.sql\nselect * from {{ ref('stg_orders') }}\n",
        expect![[
            r#"models/marts/new.sql "select * from {{ ref('stg_orders') }}": Tableau: no dashboards in 2 workbook files · newer than the manifest"#
        ]],
    );
    check(
        "#- now models/new.sql\n{{ config(alias='snap_b', schema=var('x')) }} select 1\n",
        expect![[
            r#"models/new.sql "{{ config(alias='snap_b', schema=var('x')) }} select 1": Tableau: use unknown (data incomplete) · newer than the manifest"#
        ]],
    );
}

#[test]
fn one_snapshot_of_several_in_a_file() {
    check(
        "#- now snapshots/snaps.sql\n{% snapshot snap_a %}{{ config(target_schema='snaps') }} select 1 {% endsnapshot %}\n{% snapshot snap_b %}{{ config(target_schema='old') }} select 2 {% endsnapshot %}\n",
        expect![[r#"
            snapshots/snaps.sql "{% snapshot snap_b %}{{ config(target_schema='old') }} select 2 {% endsnapshot %}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            snapshots/snaps.sql "target_schema='old'"! 1 dashboard in 1 workbook reads DB.snaps.snap_b, which is no longer built after this change: it becomes DB.old.snap_b. Read by: Snaps"#]],
    );
    check(
        "#- now snapshots/snaps.sql\n{% snapshot snap_a %}{{ config(target_schema='snaps') }} select 1 {% endsnapshot %}\n",
        expect![[r#"
            snapshots/snaps.sql "{% snapshot snap_a %}{{ config(target_schema='snaps') }} select 1 {% endsnapshot %}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure · snap_b is gone from the files
            snapshots/snaps.sql "{% snapshot snap_a %}{{ config(target_schema='snaps') }} select 1 {% endsnapshot %}"! 1 dashboard in 1 workbook reads DB.snaps.snap_b, which is no longer built after this change: its definition is gone. Read by: Snaps"#]],
    );
}

#[test]
fn without_a_manifest_the_files_answer() {
    let files = as_they_were(&Fixture::parse(SHOP));
    expect![[r#"
        models/marts/dim_vendors.sql "select 1": Tableau: no dashboards in 2 workbook files
        models/marts/fct_orders.sql "select * from {{ ref('stg_orders') }}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
        models/marts/marts.yml "fct_orders": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
        models/marts/marts.yml "dim_vendors": Tableau: no dashboards in 2 workbook files
        models/sources.yml "orders": Tableau: 1 dashboard downstream, none direct
        models/stg_orders.sql "select * from {{ source('crm', 'orders') }}": Tableau: 1 dashboard downstream, none direct
        snapshots/snaps.sql "{% snapshot snap_a %}{{ config(target_schema='snaps') }} select 1 {% endsnapshot %}": Tableau: no dashboards in 2 workbook files
        snapshots/snaps.sql "{% snapshot snap_b %}{{ config(target_schema='snaps') }} select 2 {% endsnapshot %}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure"#]].assert_eq(&shown(&of_files(&files), &files).join("\n"));
}

#[test]
fn without_a_manifest_what_only_dbt_can_work_out_is_no_zero() {
    let odd = "#- models/odd.sql\n{{ config(schema=var('x')) }} select 1\n\
               #- models/off.sql\n{{ config(enabled=false) }} select 1\n\
               #- models/reads.sql\nselect * from {{ ref(var('x')) }}\n";
    let files = as_they_were(&Fixture::parse(&format!("{SHOP}{odd}")));
    let lines = shown(&of_files(&files), &files);
    let of_odd = lines
        .into_iter()
        .filter(|it| it.starts_with("models/o") || it.starts_with("models/r"));
    expect![[r#"
        models/odd.sql "{{ config(schema=var('x')) }} select 1": Tableau: use unknown (data incomplete)
        models/reads.sql "select * from {{ ref(var('x')) }}": Tableau: no dashboards in 2 workbook files"#]].assert_eq(&of_odd.collect::<Vec<_>>().join("\n"));
}

// C17
#[test]
fn a_model_that_is_off_in_one_file_and_on_in_another() {
    let twins = "#- models/a/fct_twin.sql\n{{ config(enabled=false, schema='snaps', alias='snap_b') }} select 1\n\
                 #- models/b/fct_twin.sql\n{{ config(schema='x') }} select 2\n";
    let files = as_they_were(&Fixture::parse(&format!("{SHOP}{twins}")));
    let analysis = analysis(&files, &files);
    let mut lines = shown(&analysis, &files);
    lines.retain(|it| it.contains("twin"));
    let path = "models/a/fct_twin.sql";
    let file = File {
        package: "shop",
        path,
        text: &files[path],
    };
    let diagnostics = analysis.diagnostics(file).into_iter();
    lines.extend(diagnostics.map(|it| it.message));
    let now = "2026-01-10T12:00:00Z".parse().expect("a time");
    lines.extend(analysis.hover(file, 0, now).map(|it| it.markdown));
    expect![[r#"
        models/b/fct_twin.sql "{{ config(schema='x') }} select 2": Tableau: no dashboards in 2 workbook files
        `fct_twin` is disabled here; the enabled definition is models/b/fct_twin.sql
        `fct_twin` is disabled: dbt does not build it; the enabled definition is `models/b/fct_twin.sql`."#]].assert_eq(&lines.join("\n"));
}

#[test]
fn a_python_model_is_read_as_it_is_typed() {
    check(
        "#- models/marts/fct_orders.sql\nselect 1\n#- models/py.py\ndef model(dbt, session):\n    return dbt.ref('stg_orders')\n\
         #- now models/marts/fct_orders.sql\nselect * from {{ ref('py') }}\n\
         #- now models/py.py\ndef model(dbt, session):\n    dbt.config(alias='py2')\n    return dbt.ref('dim_vendors')\n",
        expect![[r#"
            models/marts/dim_vendors.sql "select 1": Tableau: 1 dashboard downstream, none direct
            models/marts/fct_orders.sql "select * from {{ ref('py') }}": Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            models/marts/marts.yml "dim_vendors": Tableau: 1 dashboard downstream, none direct
            models/py.py "def model(dbt, session):": Tableau: 1 dashboard downstream, none direct"#]],
    );
}

#[test]
fn the_project_file_is_no_properties_file() {
    let text = "name: shop\nmodels:\n  shop:\n    +schema: x\nexposures:\n  shop:\n    +enabled: true\n\
                sources:\n  shop:\n    crm:\n      +enabled: true\n";
    let files = as_they_were(&Fixture::parse(SHOP));
    let analysis = analysis(&files, &files);
    let file = File {
        package: "shop",
        path: "dbt_project.yml",
        text,
    };
    let diagnostics = analysis.diagnostics(file).into_iter();
    let said: Vec<String> = diagnostics.map(|it| it.message).collect();
    expect![[""]].assert_eq(&said.join("\n"));
    assert_eq!(analysis.annotations(file), []);
}
