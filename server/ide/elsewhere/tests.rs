use expect_test::{Expect, expect};
use fixture::Fixture;

use super::lines;
use crate::testing::analysis;

/// Workbooks on both projects' tables.
const TABLEAU: &str = "\
#- tableau
workbook Orders
datasource D snowflake
[DB].[MARTS].[ORDERS]
workbook Money
datasource D snowflake
[DB].[FINANCE].[REVENUE]
";

const CORE: &str = "#- nodes\nmodel.core.orders DB.MARTS.orders path=models/orders.sql\n";

const FINANCE: &str = "\
#- nodes
source.finance.core.orders DB.MARTS.orders path=models/sources.yml
model.finance.revenue DB.FINANCE.revenue path=models/revenue.sql <- source.finance.core.orders
";

/// What is said of the first node of `own` beside `other`.
#[track_caller]
fn check(own: &str, other: (&str, &str), expect: Expect) {
    let read = |nodes: &str| analysis(&Fixture::parse(&format!("{nodes}{TABLEAU}")));
    let (own, name, other) = (read(own), other.0, read(other.1));
    let node = own.lineage.nodes().indices().next().expect("a node");
    expect.assert_eq(&lines(&own, node, &[(name, &other)]).join("\n"));
}

#[test]
fn a_source_that_another_project_builds_says_so() {
    check(
        FINANCE,
        ("core", CORE),
        expect!["Built by `orders` of project `core`."],
    );
    check(
        FINANCE,
        ("core", &CORE.replace("MARTS", "STAGING")),
        expect![[""]],
    );
}

#[test]
fn a_model_that_another_project_reads_tells_of_the_dashboards_there() {
    check(
        CORE,
        ("finance", FINANCE),
        expect![
            "A source of project `finance` too (`core.orders`): 1 dashboard there, the same as here, and 1 more on what is built from it."
        ],
    );
    check(
        CORE,
        (
            "finance",
            "#- nodes\nsource.finance.core.orders DB.MARTS.ORDERS path=s.yml\n",
        ),
        expect![
            "A source of project `finance` too (`core.orders`): 1 dashboard there, the same as here."
        ],
    );
    check(
        &CORE.replace("MARTS", "RAW"),
        (
            "finance",
            "#- nodes\nsource.finance.core.orders DB.RAW.ORDERS path=s.yml\n",
        ),
        expect!["A source of project `finance` too (`core.orders`): no dashboards known there."],
    );
}

#[test]
fn two_projects_that_build_one_table_are_not_each_others_source() {
    check(CORE, ("twin", CORE), expect![[""]]);
}

#[test]
fn a_developers_names_are_compared_by_what_production_calls_them() {
    check(
        &CORE.replace(
            "DB.MARTS.orders",
            "DEV.me.orders production=DB.MARTS.orders",
        ),
        ("finance", FINANCE),
        expect![
            "A source of project `finance` too (`core.orders`): 1 dashboard there, the same as here, and 1 more on what is built from it."
        ],
    );
    check(
        FINANCE,
        (
            "core",
            &CORE.replace(
                "DB.MARTS.orders",
                "DEV.me.orders production=DB.MARTS.orders",
            ),
        ),
        expect!["Built by `orders` of project `core`."],
    );
}

#[test]
fn a_model_that_a_manifest_only_names_is_built_in_its_own_project() {
    check(
        "#- nodes\nmodel.core.orders DB.MARTS.orders\n",
        ("core", CORE),
        expect!["Built by `orders` of project `core`."],
    );
}
