use expect_test::{Expect, expect};
use fixture::Fixture;

use super::Place;
use crate::analysis::Analysis;
use crate::testing::{SHOP, analysis, file};

const FILES: &str = "\
#- exposures
sales depends_on=model.shop.fct_orders,source.shop.crm.accounts path=models/exp.yml
ops depends_on=model.shop.fct_orders path=models/exp.yml disabled
lost depends_on=model.shop.fct_orders path=models/gone.yml
#- models/stg_orders.sql
select * from {{ source('crm', 'accounts') }}
#- models/fct_orders.sql
select 1 from {{ ref('stg_orders') }} join {{ ref('stg_orders') }}
#- models/fct_returns.sql
select 1 from {{ ref('stg_orders') }}
#- models/marts.yml
models:
  - name: fct_orders
    columns:
      - name: id
#- models/sources.yml
sources:
  - name: crm
    tables:
      - name: accounts
#- models/exp.yml
exposures:
  - name: sales
    depends_on: [ref('fct_orders'), \"source('crm', 'accounts')\"]
  - name: ops
    depends_on:
      - ref(\"fct_orders\")
";

/// The project, with a cursor at the first `at` of a file.
fn at(path: &str, at: &str) -> (Fixture, Analysis, usize) {
    let (before, after) = SHOP.split_once("#- exposures\n").unwrap();
    let (_, tableau) = after.split_once("#- tableau").unwrap();
    let fixture = Fixture::parse(&format!("{before}{FILES}#- tableau{tableau}"));
    let analysis = analysis(&fixture);
    let offset = fixture.file(path).find(at).expect("it stands there");
    (fixture, analysis, offset)
}

/// A line a place: its file, its text, and the line that this stands in.
fn show(fixture: &Fixture, analysis: &Analysis, places: &[Place]) -> String {
    let mut shown = String::new();
    for place in places {
        let (package, path) = analysis.file_of_place(place).expect("a file");
        assert_eq!(package, "shop");
        let ranges = analysis.places_in(file(fixture, path), &[*place]);
        let texts: Vec<&str> = ranges
            .into_iter()
            .map(|it| &fixture.file(path)[it])
            .collect();
        shown += &format!("{path}: {}\n", texts.join(" | "));
    }
    shown
}

#[track_caller]
fn check_definition(path: &str, name: &str, expect: Expect) {
    let (fixture, analysis, offset) = at(path, name);
    let places = analysis.definitions(file(&fixture, path), offset);
    expect.assert_eq(&show(&fixture, &analysis, &places));
}

#[track_caller]
fn check_references(path: &str, name: &str, expect: Expect) {
    let (fixture, analysis, offset) = at(path, name);
    let places = analysis.references(file(&fixture, path), offset, true);
    let without = analysis.references(file(&fixture, path), offset, false);
    assert_eq!(&places[places.len().min(1)..], without);
    expect.assert_eq(&show(&fixture, &analysis, &places));
}

#[test]
fn a_call_leads_to_its_node_and_a_name_to_what_it_names() {
    check_definition(
        "models/fct_orders.sql",
        "stg_orders",
        expect![[r#"
        models/stg_orders.sql: select * from {{ source('crm', 'accounts') }}
    "#]],
    );
    check_definition(
        "models/stg_orders.sql",
        "accounts",
        expect![[r#"
        models/sources.yml: accounts
    "#]],
    );
    check_definition(
        "models/exp.yml",
        "fct_orders",
        expect![[r#"
        models/fct_orders.sql: select 1 from {{ ref('stg_orders') }} join {{ ref('stg_orders') }}
    "#]],
    );
    check_definition(
        "models/exp.yml",
        "accounts",
        expect![[r#"
        models/sources.yml: accounts
    "#]],
    );
    check_definition(
        "models/exp.yml",
        "sales",
        expect![[r#"
        models/exp.yml: sales
    "#]],
    );
    check_definition(
        "models/marts.yml",
        "fct_orders",
        expect![[r#"
        models/fct_orders.sql: select 1 from {{ ref('stg_orders') }} join {{ ref('stg_orders') }}
    "#]],
    );
}

#[test]
fn nothing_is_said_of_other_words() {
    check_definition("models/fct_orders.sql", "select", expect![""]);
    check_definition("models/marts.yml", "id", expect![""]);
    check_definition("models/exp.yml", "depends_on", expect![""]);
    check_references("models/marts.yml", "id", expect![""]);
    check_references("models/exp.yml", "depends_on", expect![""]);
}

#[test]
fn references_are_the_exposures_that_depend_and_the_nodes_that_read() {
    check_references(
        "models/fct_orders.sql",
        "select",
        expect![[r#"
        models/fct_orders.sql: select 1 from {{ ref('stg_orders') }} join {{ ref('stg_orders') }}
        models/exp.yml: ref('fct_orders')
        models/exp.yml: ref("fct_orders")
        models/gone.yml: 
    "#]],
    );
    check_references(
        "models/exp.yml",
        "fct_orders",
        expect![[r#"
        models/fct_orders.sql: select 1 from {{ ref('stg_orders') }} join {{ ref('stg_orders') }}
        models/exp.yml: ref('fct_orders')
        models/exp.yml: ref("fct_orders")
        models/gone.yml: 
    "#]],
    );
    check_references(
        "models/stg_orders.sql",
        "select",
        expect![[r#"
        models/stg_orders.sql: select * from {{ source('crm', 'accounts') }}
        models/fct_orders.sql: ref('stg_orders') | ref('stg_orders')
        models/fct_returns.sql: ref('stg_orders')
    "#]],
    );
    check_references(
        "models/sources.yml",
        "accounts",
        expect![[r#"
        models/sources.yml: accounts
        models/exp.yml: source('crm', 'accounts')
        models/stg_orders.sql: source('crm', 'accounts')
    "#]],
    );
    check_references(
        "models/exp.yml",
        "sales",
        expect![[r#"
        models/exp.yml: sales
    "#]],
    );
}

#[test]
fn many_places_of_a_large_file_are_found_in_one_reading() {
    let n = 2_000;
    let nodes = "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n";
    let known: String = (0..n)
        .map(|n| format!("e{n} depends_on=model.shop.a path=models/exp.yml\n"))
        .collect();
    let entries: String = (0..n)
        .map(|n| format!("  - name: e{n}\n    depends_on: [ref('a')]\n"))
        .collect();
    let text = format!(
        "{nodes}#- exposures\n{known}#- models/exp.yml\nexposures:\n{entries}#- models/a.sql\nselect 1\n"
    );
    let fixture = Fixture::parse(&text);
    let analysis = analysis(&fixture);
    let places = analysis.references(file(&fixture, "models/a.sql"), 0, false);
    let ranges = analysis.places_in(file(&fixture, "models/exp.yml"), &places);
    assert_eq!((places.len(), ranges.len()), (n, n));
}
