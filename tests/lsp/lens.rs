//! Lenses: where they stand and what they say.

use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::json;

use crate::support::project;
use crate::support::server::{Setup, uri};

fn check(folder: &Path, file: &str, expect: Expect) {
    // That a name rule is proposed is told elsewhere.
    let mut client = Setup::new(folder).leave_unread().start();
    let path = folder.join(file);
    client.open(&path);
    expect.assert_eq(&client.lens_text(&path));
}

#[test]
fn a_model_has_one_above_its_first_line() {
    let folder = project::copy("shop");
    check(
        folder.path(),
        "models/marts/fct_orders.sql",
        expect![[r#"
        1: Tableau: 11 dashboards in 7 workbooks · 1 more downstream · 6 workbooks without exposure
    "#]],
    );
    check(
        folder.path(),
        "models/marts/dim_vendors.sql",
        expect![[r#"
        1: Tableau: no dashboards in 17 workbook files
    "#]],
    );
    check(
        folder.path(),
        "models/staging/stg_orders.sql",
        expect![[r#"
        1: Tableau: 12 dashboards downstream, none direct
    "#]],
    );
    check(
        folder.path(),
        "models/marts/customer_churn.py",
        expect![[r#"
        1: Tableau: 2 dashboards in 1 workbook · 1 workbook without exposure
    "#]],
    );
    check(
        folder.path(),
        "seeds/regions.csv",
        expect![[r#"
        1: Tableau: 1 dashboard in 1 workbook · 5 more downstream · 1 workbook without exposure
    "#]],
    );
    check(
        folder.path(),
        "snapshots/customers.sql",
        expect![[r#"
        1: Tableau: no dashboards in 17 workbook files
        6: Tableau: no dashboards in 17 workbook files
    "#]],
    );
}

#[test]
fn properties_have_one_above_each_name() {
    let folder = project::copy("shop");
    check(
        folder.path(),
        "models/marts/_marts.yml",
        expect![[r#"
        10: Tableau: 11 dashboards in 7 workbooks · 1 more downstream · 6 workbooks without exposure
        28: Tableau: 3 dashboards in 2 workbooks · 2 workbooks without exposure
        36: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
        42: Tableau: 2 dashboards in 1 workbook · 1 workbook without exposure
        54: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
        55: Tableau: 2 dashboards in 1 workbook · 2 more downstream · 1 workbook without exposure
        62: Tableau: 5 dashboards in 4 workbooks · 4 workbooks without exposure
        70: Tableau: no dashboards in 17 workbook files
        73: Tableau: 2 dashboards in 1 workbook · 1 workbook without exposure
    "#]],
    );
    check(
        folder.path(),
        "models/sources/sources.yml",
        expect![[r#"
        9: Tableau: 12 dashboards downstream, none direct
        15: Tableau: 12 dashboards downstream, none direct
        16: Tableau: 5 dashboards downstream, none direct
        17: Tableau: 3 dashboards downstream, none direct
        24: Tableau: 1 dashboard in 1 workbook · 5 more downstream · 1 workbook without exposure
        34: Tableau: no dashboards in 17 workbook files
        35: Tableau: 4 dashboards downstream, none direct
        41: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
    "#]],
    );
}

#[test]
fn names_in_another_schema_are_only_probable() {
    let folder = project::copy("snow");
    check(
        folder.path(),
        "models/marts/fct_orders.sql",
        expect![[r#"
        1: Tableau: probably 3 dashboards · 1 more downstream · confirm name rule
    "#]],
    );
}

#[test]
fn where_something_is_not_known_there_is_no_zero() {
    let folder = project::copy("shop");
    let gap = "Extract Only.twbx";
    std::fs::copy(
        project::fixture("gaps").join(gap),
        folder.path().join("tableau").join(gap),
    )
    .expect("a copy");
    check(
        folder.path(),
        "models/marts/dim_vendors.sql",
        expect![[r#"
        1: Tableau: use unknown (data incomplete)
    "#]],
    );
}

#[test]
fn files_that_dbt_does_not_read_have_none() {
    let folder = project::copy("shop");
    let outside = folder.path().join("scratch/fct_orders.sql");
    std::fs::create_dir_all(outside.parent().expect("a folder")).expect("make a folder");
    std::fs::write(&outside, "select 1").expect("write a file");
    check(folder.path(), "scratch/fct_orders.sql", expect![[""]]);
    check(folder.path(), "macros/load_raw.sql", expect![[""]]);
    check(
        folder.path(),
        "models/archive/fct_orders_legacy.sql",
        expect![[""]],
    );
}

#[test]
fn it_carries_the_command_that_lists_the_dashboards() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join("models/marts/fct_orders.sql");
    client.open(&path);
    let lens = client.raw_lenses(&path).remove(0);
    let command = lens.command.expect("a lens is resolved");
    assert_eq!(command.command, "exposureLens.listDashboards");
    let argument = json!([{ "project": uri(folder.path()), "node": "model.shop.fct_orders" }]);
    assert_eq!(
        command.arguments.map(serde_json::Value::from),
        Some(argument)
    );
    assert_eq!(
        client.initialized["capabilities"]["codeLensProvider"],
        json!({ "resolveProvider": false })
    );
}

#[test]
fn the_first_answer_waits_for_the_project_to_load() {
    // Clients that cannot be asked to ask again get no second chance.
    let folder = project::copy("shop");
    let setup = Setup::new(folder.path()).capability("/workspace/codeLens", json!(null));
    let mut client = setup.start();
    let path = folder.path().join("models/marts/fct_orders.sql");
    client.open(&path);
    assert_eq!(client.lenses(&path).len(), 1);
    assert!(client.seen("workspace/codeLens/refresh").is_empty());
}

#[test]
fn settings_switch_them_off_one_kind_at_a_time() {
    let folder = project::copy("shop");
    let n_lenses = |lens: serde_json::Value, file: &str| {
        let setup = Setup::new(folder.path()).initialization_options(json!({ "lens": lens }));
        let mut client = setup.start();
        let path = folder.path().join(file);
        client.open(&path);
        client.lenses(&path).len()
    };
    let (mart, staging) = (
        "models/marts/fct_orders.sql",
        "models/staging/stg_orders.sql",
    );
    let (zero, yaml) = ("models/marts/dim_vendors.sql", "models/marts/_marts.yml");
    assert_eq!(
        [mart, staging, zero].map(|file| n_lenses(json!({}), file)),
        [1, 1, 1]
    );
    assert_eq!(
        [mart, staging, zero].map(|file| n_lenses(json!({ "enabled": false }), file)),
        [0, 0, 0]
    );
    assert_eq!(
        [mart, staging, zero].map(|file| n_lenses(json!({ "indirect": false }), file)),
        [1, 0, 1]
    );
    assert_eq!(
        [mart, staging, zero].map(|file| n_lenses(json!({ "zero": false }), file)),
        [1, 1, 0]
    );
    assert_eq!(
        [mart, yaml].map(|file| n_lenses(json!({ "properties": false }), file)),
        [1, 0]
    );
}

#[test]
fn a_title_of_tableaus_cannot_break_out() {
    let folder = project::copy("shop");
    let hostile = project::fixture("hostile/workbooks/text.twb");
    std::fs::copy(hostile, folder.path().join("tableau/text.twb")).expect("a copy");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join("models/marts/fct_orders.sql");
    client.open(&path);
    let lenses = client.lens_text(&path);
    assert!(
        lenses.len() < 200 && !lenses.contains(|c: char| c.is_control() && c != '\n'),
        "{lenses}"
    );
}
