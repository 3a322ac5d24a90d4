//! What names that nobody has confirmed, or that only dbt can work out, leave unsaid.

use expect_test::expect;

use super::{all, check};

#[test]
fn a_proposed_match_is_not_written_unseen() {
    check(
        "#- nodes\nmodel.shop.a DEV.dbt_me.a\n#- proposal\nrule schema dbt_* -> MARTS, database dev -> PROD\ncounts 1 0 0\n\
         #- tableau\nworkbook Sales file=Sales.twb\ndatasource D snowflake\n[PROD].[MARTS].[A]\n",
        &all(),
        expect![[r#"
            . refused - <Sales> models/exposures/tableau.yml: `a` is matched by the proposed name rule schema dbt_* → MARTS, database dev → PROD or by name alone: accept the rule with `exposure-lens doctor --fix`, or look at it and write it from the editor
            ? nobody has accepted the proposed name rule schema dbt_* → MARTS, database dev → PROD yet: Tableau may call other nodes otherwise too
            ? 1 workbook reads tables that match by the proposed name rule or by name alone (Sales)"#]],
    );
}

#[test]
fn a_node_whose_name_only_dbt_knows_may_be_read_by_any_workbook() {
    check(
        "#- nodes\nmodel.shop.a DB.S.a\nmodel.shop.b b standing=new reads=unknown\nmodel.shop.c - standing=new\n\
         #- exposures\nsales tableau.file=Sales.twb depends_on=model.shop.a\n\
         #- tableau\nworkbook Sales file=Sales.twb\ndatasource D snowflake\n[DB].[S].[A]\n",
        &all(),
        expect![[r#"
            . unchanged sales <Sales> models/exposures/tableau.yml: `label` is another in Tableau
            ? only dbt can work out what the warehouse calls `b`, `c`"#]],
    );
}

#[test]
fn what_lies_upstream_of_what_is_read_is_no_exposures() {
    check(
        "#- nodes\nmodel.shop.a DB.S.a reads=unknown standing=edited\n\
         #- exposures\nsales tableau.file=Sales.twb depends_on=model.shop.a\n\
         #- tableau\nworkbook Sales file=Sales.twb\ndatasource D snowflake\n[DB].[S].[A]\n",
        &all(),
        expect![
            ". unchanged sales <Sales> models/exposures/tableau.yml: `label` is another in Tableau"
        ],
    );
}
