use expect_test::{Expect, expect};
use fixture::Fixture;

use crate::testing::{SHOP, analysis, file};

/// `line: title` for each lens of each file.
#[track_caller]
fn check(files: &str, expect: Expect) {
    check_in(SHOP, files, expect);
}

#[track_caller]
fn check_in(project: &str, files: &str, expect: Expect) {
    let fixture = Fixture::parse(&format!("{project}{files}"));
    let analysis = analysis(&fixture);
    let mut lines = Vec::new();
    for (path, text) in fixture.files().filter(|(path, _)| path.contains('/')) {
        for it in analysis.annotations(file(&fixture, path)) {
            lines.push(format!("{}: {}", &text[it.range], it.title));
        }
    }
    expect.assert_eq(&lines.join("\n"));
}

#[test]
fn a_mart_counts_what_reads_it() {
    check(
        "#- models/fct_orders.sql\nselect 1\n",
        expect!["select 1: Tableau: 3 dashboards in 2 workbooks · 1 workbook without exposure"],
    );
}

#[test]
fn a_staging_model_says_that_nothing_reads_it_directly() {
    check(
        "#- models/stg_orders.sql\nselect 1\n",
        expect!["select 1: Tableau: 3 dashboards downstream, none direct"],
    );
}

#[test]
fn a_known_zero_names_what_was_searched() {
    check(
        "#- models/dim_vendors.sql\nselect 1\n",
        expect!["select 1: Tableau: no dashboards in 3 workbook files"],
    );
}

#[test]
fn an_empty_answer_is_unknown_while_a_query_could_not_be_read() {
    check_in(
        "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n#- tableau\nworkbook W\ndatasource D snowflake\nsql ?\n",
        "#- models/a.sql\nselect 1\n",
        expect!["select 1: Tableau: use unknown (data incomplete)"],
    );
}

#[test]
fn a_match_by_name_alone_is_only_probable() {
    check_in(
        "#- nodes\nmodel.shop.a DEV.dbt_me.a path=models/a.sql\n#- tableau\nworkbook W\ndatasource D snowflake\n[PROD].[MARTS].[A]\n",
        "#- models/a.sql\nselect 1\n",
        expect!["select 1: Tableau: probably 1 dashboard in 1 workbook · matched by name only"],
    );
}

#[test]
fn what_is_built_from_a_probable_match_is_probable_too() {
    check_in(
        "#- nodes\nmodel.shop.b DEV.dbt_me.b path=models/b.sql\nmodel.shop.a DEV.dbt_me.a <- model.shop.b\n#- tableau\nworkbook W\ndatasource D snowflake\n[PROD].[MARTS].[A]\n",
        "#- models/b.sql\nselect 1\n",
        expect!["select 1: Tableau: probably 1 dashboard downstream, none direct"],
    );
}

#[test]
fn a_zero_says_where_it_was_looked_for() {
    let site = |facts: &str, more: &str| {
        format!(
            "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n#- tableau\n{more}content site acme {facts}\nworkbook W luid=w1\n"
        )
    };
    let sql = "#- models/a.sql\nselect 1\n";
    check_in(
        &site("", ""),
        sql,
        expect!["select 1: Tableau: no dashboards"],
    );
    check_in(
        &site("", "workbook V\n"),
        sql,
        expect!["select 1: Tableau: no dashboards"],
    );
    check_in(
        &site("selected=Finance/**", ""),
        sql,
        expect!["select 1: Tableau: no dashboards in the selected projects"],
    );
}

#[test]
fn without_any_content_there_is_no_lens() {
    check_in(
        "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n",
        "#- models/a.sql\nselect 1\n",
        expect![""],
    );
}

#[test]
fn properties_have_a_lens_at_each_name() {
    check(
        "#- models/marts.yml\nmodels:\n  - name: fct_orders\n    columns:\n      - name: id\n  - name: unheard_of\n#- models/sources.yml\nsources:\n  - name: crm\n    tables:\n      - name: accounts\n",
        expect![[r#"
            fct_orders: Tableau: 3 dashboards in 2 workbooks · 1 workbook without exposure
            accounts: Tableau: 1 dashboard in 1 workbook · 3 more downstream · 1 workbook without exposure"#]],
    );
}

#[test]
fn a_file_that_defines_no_node_has_no_lens() {
    check(
        "#- models/unheard_of.sql\nselect 1\n#- scripts/x.py\nprint()\n",
        expect![""],
    );
}

#[test]
fn each_snapshot_of_a_file_has_its_own_lens() {
    check_in(
        "#- nodes\nsnapshot.shop.snap_a DB.S.snap_a path=snapshots/s.sql\nsnapshot.shop.snap_b DB.S.snap_b path=snapshots/s.sql\n#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[SNAP_B]\n",
        "#- snapshots/s.sql\n{% snapshot snap_a %} select 1 {% endsnapshot %}\n\n{% snapshot snap_b %} select 2 {% endsnapshot %}\n",
        expect![[r#"
            {% snapshot snap_a %} select 1 {% endsnapshot %}: Tableau: no dashboards in 1 workbook file
            {% snapshot snap_b %} select 2 {% endsnapshot %}: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure"#]],
    );
}

/// Dev's names; the rule that production's are made by is proposed.
const DEV: &str = "\
#- nodes
model.shop.stg DEV.dbt_me.stg path=models/stg.sql
model.shop.a DEV.dbt_me.a path=models/a.sql <- model.shop.stg
model.shop.b DEV.dbt_me.b path=models/b.sql
#- proposal
rule schema dbt_* -> MARTS, database dev -> PROD
counts 1 0 0
#- tableau
workbook W
datasource D snowflake
[PROD].[MARTS].[A]
";

#[test]
fn a_proposed_rule_is_to_be_confirmed() {
    check_in(
        DEV,
        "#- models/a.sql\nselect 1\n#- models/stg.sql\nselect 2\n#- models/b.sql\nselect 3\n",
        expect![[r#"
            select 1: Tableau: probably 1 dashboard · confirm name rule
            select 2: Tableau: probably 1 dashboard downstream, none direct · confirm name rule
            select 3: Tableau: use unknown (data incomplete)"#]],
    );
    check_in(
        &format!("{DEV}workbook V\ndatasource D snowflake\n[PROD].[MARTS].[STG]\n"),
        "#- models/stg.sql\nselect 2\n",
        expect!["select 2: Tableau: probably 1 dashboard · 1 more downstream · confirm name rule"],
    );
    check_in(
        &format!("{DEV}workbook V\ndatasource D snowflake\n[DEV].[DBT_ME].[A]\n"),
        "#- models/a.sql\nselect 1\n#- models/stg.sql\nselect 2\n",
        expect![[r#"
            select 1: Tableau: 2 dashboards in 2 workbooks · 1 by an unconfirmed name rule · 2 workbooks without exposure
            select 2: Tableau: 2 dashboards downstream, none direct"#]],
    );
}

#[test]
fn an_accepted_rule_is_no_guess() {
    let accepted = DEV
        .replace("#- proposal\nrule ", "rule ")
        .replace("counts 1 0 0\n", "");
    check_in(
        &accepted,
        "#- models/a.sql\nselect 1\n#- models/stg.sql\nselect 2\n#- models/b.sql\nselect 3\n",
        expect![[r#"
            select 1: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            select 2: Tableau: 1 dashboard downstream, none direct
            select 3: Tableau: no dashboards in 1 workbook file"#]],
    );
}

#[test]
fn a_node_that_only_files_know_is_marked_beside_a_manifest() {
    let project = "#- nodes\nmodel.shop.old DB.S.old path=models/old.sql <- model.shop.new\n\
                   model.shop.new DB.S.new path=models/new.sql standing=new\n\
                   model.shop.used DB.S.used path=models/used.sql standing=new\n\
                   model.shop.none DB.S.none path=models/none.sql standing=new\n\
                   #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[OLD]\n[DB].[S].[USED]\n";
    let files = "#- models/new.sql\nselect 1\n#- models/used.sql\nselect 2\n#- models/none.sql\nselect 3\n#- models/old.sql\nselect 4\n";
    check_in(
        project,
        files,
        expect![[r#"
        select 1: Tableau: 1 dashboard downstream, none direct · newer than the manifest
        select 2: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure · newer than the manifest
        select 3: Tableau: no dashboards in 1 workbook file · newer than the manifest
        select 4: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure"#]],
    );
    check_in(
        &format!("{project}#- no manifest\n"),
        files,
        expect![[r#"
        select 1: Tableau: 1 dashboard downstream, none direct
        select 2: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
        select 3: Tableau: no dashboards in 1 workbook file
        select 4: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure"#]],
    );
}

#[test]
fn a_node_whose_schema_or_name_is_not_known_has_no_zero() {
    check_in(
        "#- nodes\nmodel.shop.up DB.S.up path=models/up.sql\n\
         model.shop.a a path=models/a.sql standing=new <- model.shop.up\n\
         model.shop.b - path=models/b.sql standing=new\n\
         model.shop.c S.c path=models/c.sql standing=new\n\
         model.shop.eph - path=models/eph.sql materialized=ephemeral standing=new\n\
         model.shop.parsed - path=models/parsed.sql\n\
         #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[C]\n",
        "#- models/up.sql\nselect 1\n#- models/a.sql\nselect 2\n#- models/b.sql\nselect 3\n\
         #- models/c.sql\nselect 4\n#- models/eph.sql\nselect 5\n#- models/parsed.sql\nselect 6\n",
        expect![[r#"
            select 1: Tableau: use unknown (data incomplete)
            select 2: Tableau: use unknown (data incomplete) · newer than the manifest
            select 3: Tableau: use unknown (data incomplete) · newer than the manifest
            select 4: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure · newer than the manifest
            select 5: Tableau: no dashboards in 1 workbook file · newer than the manifest
            select 6: Tableau: no dashboards in 1 workbook file"#]],
    );
}

#[test]
fn a_node_whose_file_is_gone_still_answers_where_it_is_described() {
    let gone = SHOP.replace(
        "path=models/fct_orders.sql",
        "standing=missing path=models/fct_orders.sql",
    );
    check_in(
        &gone,
        "#- models/marts.yml\nmodels:\n  - name: fct_orders\n",
        expect![
            "fct_orders: Tableau: 3 dashboards in 2 workbooks · 1 workbook without exposure · fct_orders is gone from the files"
        ],
    );
}

// C16
#[test]
fn each_version_has_its_own_lens() {
    check_in(
        "#- nodes\nmodel.shop.dim.v1 DB.S.dim path=models/dim_v1.sql yml=models/m.yml latest=1\n\
         model.shop.dim.v2 DB.S.dim_next path=models/dim_v2.sql yml=models/m.yml latest=1\n\
         #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[DIM_NEXT]\n",
        "#- models/dim_v1.sql\nselect 1\n#- models/dim_v2.sql\nselect 2\n\
         #- models/m.yml\nmodels:\n  - name: dim\n    versions:\n      - v: 1\n      - v: 2\n",
        expect![[r#"
            select 1: Tableau: no dashboards in 1 workbook file
            select 2: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            v: 1: Tableau: no dashboards in 1 workbook file
            v: 2: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure"#]],
    );
}

// C17
#[test]
fn the_disabled_twin_of_a_model_has_no_lens() {
    check(
        "#- disabled\nmodel.shop.fct_orders models/old/fct_orders.sql\n#- models/old/fct_orders.sql\nselect 1\n",
        expect![[""]],
    );
}

// C20, C21
#[test]
fn python_models_and_chains_of_ephemeral_ones_answer() {
    check_in(
        "#- nodes\nmodel.shop.e1 - path=models/e1.sql materialized=ephemeral standing=edited\n\
         model.shop.e2 - path=models/e2.sql materialized=ephemeral standing=new <- model.shop.e1\n\
         model.shop.py DB.S.py path=models/py.py <- model.shop.e2\n\
         #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[PY]\n",
        "#- models/e1.sql\nselect 1\n#- models/e2.sql\nselect 2\n#- models/py.py\ndef model(dbt, session):\n    pass\n",
        expect![[r#"
            select 1: Tableau: 1 dashboard downstream, none direct
            select 2: Tableau: 1 dashboard downstream, none direct · newer than the manifest
            def model(dbt, session):: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure"#]],
    );
}

#[test]
fn a_seed_has_its_lens_at_its_head() {
    check_in(
        "#- nodes\nseed.shop.regions DB.S.regions path=seeds/regions.csv\n\
         #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[REGIONS]\n",
        "#- seeds/regions.csv\nid,name\n1,x\n",
        expect!["id,name: Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure"],
    );
}
