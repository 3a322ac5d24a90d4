use expect_test::{Expect, expect};
use fixture::Fixture;

use super::{Candidate, TableExplanation};
use crate::analysis::Analysis;
use crate::testing::analysis;

/// What is said of `a` and its names.
#[track_caller]
fn check_node(project: &str, expect: Expect) {
    let analysis = analysis(&Fixture::parse(project));
    let node = analysis.node("model.shop.a").expect("a node");
    let said = analysis.explain_node(node);
    let mut lines: Vec<String> = said
        .names
        .iter()
        .map(|it| format!("{} ({})", it.relation, it.said_by))
        .collect();
    lines.extend(said.standing.map(|it| format!("standing: {it}")));
    let matched = said.matched.iter();
    lines.extend(matched.map(|it| format!("{} is it: {}", it.table, it.kind.as_str())));
    for it in &said.near {
        table_lines(&analysis, it, &mut lines);
    }
    expect.assert_eq(&lines.join("\n"));
}

#[track_caller]
fn check_table(project: &str, table: &str, expect: Expect) {
    let analysis = analysis(&Fixture::parse(project));
    let said = analysis.explain_table(&lineage::testing::relation(table));
    let mut lines = Vec::new();
    table_lines(&analysis, &said, &mut lines);
    expect.assert_eq(&lines.join("\n"));
}

fn table_lines(analysis: &Analysis, it: &TableExplanation, lines: &mut Vec<String>) {
    let kind = it.matched.as_ref().map(|(_, kind)| kind.as_str());
    let reason = it.reason.map(lineage::Reason::as_str);
    lines.push(format!(
        "{}: {}",
        it.table,
        kind.or(reason).unwrap_or_default()
    ));
    for owner in &it.owners {
        lines.extend(candidate(analysis, "is", owner));
    }
    for other in &it.candidates {
        lines.extend(candidate(analysis, "compare", other));
    }
}

fn candidate(analysis: &Analysis, word: &str, it: &Candidate) -> Vec<String> {
    let label = analysis.lineage.nodes().get(it.node).label();
    let mut lines = vec![format!("  {word} {label}: {}", it.differs.join("; "))];
    lines.extend(it.names.iter().map(|compared| {
        let (name, by) = (&compared.name.relation, &compared.name.said_by);
        format!("    {name} ({by}): {}", compared.differs.join("; "))
    }));
    lines
}

const DEV: &str = "\
#- nodes
model.shop.a DEV.dbt_me.a
model.shop.b DEV.dbt_me.b
#- proposal
rule schema dbt_* -> MARTS, database dev -> PROD
counts 1 0 0
#- tableau
workbook W
datasource D snowflake
[PROD].[MARTS].[A]
[PROD].[OTHER].[B]
";

#[test]
fn every_name_of_a_node_says_who_says_so() {
    check_node(
        DEV,
        expect![[r#"
        PROD.MARTS.a (proposed rule schema dbt_* → MARTS, database dev → PROD)
        DEV.dbt_me.a (manifest)
        [PROD].[MARTS].[A] is it: proposed"#]],
    );
    check_node(
        "#- nodes\nmodel.shop.a DEV.me.a production=PROD.MARTS.a standing=edited\n#- tableau\nworkbook W\ndatasource D snowflake\n[PROD].[MARTS].[A]\n",
        expect![[r#"
            PROD.MARTS.a (team snapshot)
            DEV.me.a (manifest)
            standing: edited since dbt parsed it
            [PROD].[MARTS].[A] is it: mapped"#]],
    );
    check_node(
        "#- nodes\nmodel.shop.a DEV.me.a production=PROD.MARTS.a\n#- named by\nmanifest state/manifest.json\n",
        expect![[r#"
            PROD.MARTS.a (manifest state/manifest.json)
            DEV.me.a (manifest)"#]],
    );
    check_node(
        "#- nodes\nmodel.shop.a DEV.me.a standing=new\n",
        expect![[r#"
            DEV.me.a (project's files)
            standing: newer than the manifest"#]],
    );
    check_node(
        "#- nodes\nmodel.shop.a - standing=new\n",
        expect!["standing: newer than the manifest"],
    );
}

#[test]
fn a_table_is_compared_under_every_name() {
    check_table(
        DEV,
        "PROD.MARTS.A",
        expect![[r#"
        PROD.MARTS.A: proposed
          is a: 
            PROD.MARTS.a (proposed rule schema dbt_* → MARTS, database dev → PROD): 
            DEV.dbt_me.a (manifest): database: PROD in Tableau, DEV in dbt; schema: MARTS in Tableau, dbt_me in dbt"#]],
    );
    check_table(
        DEV,
        "PROD.OTHER.B",
        expect![[r#"
        PROD.OTHER.B: name
          is b: schema: OTHER in Tableau, MARTS in production
            PROD.MARTS.b (proposed rule schema dbt_* → MARTS, database dev → PROD): schema: OTHER in Tableau, MARTS in production
            DEV.dbt_me.b (manifest): database: PROD in Tableau, DEV in dbt; schema: OTHER in Tableau, dbt_me in dbt"#]],
    );
    check_table(
        DEV,
        "DEV.DBT_ME.A",
        expect![[r#"
            DEV.DBT_ME.A: exact
              is a: 
                PROD.MARTS.a (proposed rule schema dbt_* → MARTS, database dev → PROD): database: DEV in Tableau, PROD in production; schema: DBT_ME in Tableau, MARTS in production
                DEV.dbt_me.a (manifest): "#]],
    );
}

#[test]
fn the_part_that_differs_is_named() {
    let nodes = "#- nodes\nmodel.shop.a DB.S.\"a\"\nmodel.shop.b S.b\n";
    check_table(
        nodes,
        "DB.T.\"a\"",
        expect![[r#"
        DB.T.a: name
          is a: schema: T in Tableau, S in dbt
            DB.S.a (manifest): schema: T in Tableau, S in dbt"#]],
    );
    check_table(
        nodes,
        "DB.S.A",
        expect![[r#"
        DB.S.A: case
          is a: name: A and a differ in case
            DB.S.a (manifest): name: A and a differ in case"#]],
    );
    check_table(
        nodes,
        "DB.S.B",
        expect![[r#"
        DB.S.B: schema
          is b: database: DB in Tableau, none in dbt
            S.b (manifest): database: DB in Tableau, none in dbt"#]],
    );
    check_table(
        nodes,
        "DB.S.nothing_like_it",
        expect!["DB.S.nothing_like_it: no_such_relation"],
    );
}

#[test]
fn a_view_on_the_latest_version_is_a_name_too() {
    check_table(
        "#- nodes\nmodel.shop.dim.v2 DEV.me.dim_v2 latest=2 pointer=DEV.me.dim production=PROD.MARTS.dim_v2\n",
        "PROD.MARTS.DIM",
        expect![[r#"
            PROD.MARTS.DIM: mapped
              is dim.v2: 
                PROD.MARTS.dim_v2 (team snapshot): name: DIM in Tableau, dim_v2 in production
                PROD.MARTS.dim (team snapshot, for the view on the latest version): 
                DEV.me.dim_v2 (manifest): database: PROD in Tableau, DEV in dbt; schema: MARTS in Tableau, me in dbt; name: DIM in Tableau, dim_v2 in dbt
                DEV.me.dim (manifest, for the view on the latest version): database: PROD in Tableau, DEV in dbt; schema: MARTS in Tableau, me in dbt"#]],
    );
}
