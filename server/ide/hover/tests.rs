use expect_test::{Expect, expect};
use fixture::Fixture;

use crate::testing::{SHOP, analysis, file};

/// The hover at `$0`.
#[track_caller]
fn check(file_with_cursor: &str, expect: Expect) {
    check_in(SHOP, file_with_cursor, expect);
}

#[track_caller]
fn check_in(project: &str, file_with_cursor: &str, expect: Expect) {
    let fixture = Fixture::parse(&format!("{project}{file_with_cursor}"));
    let analysis = analysis(&fixture);
    let (path, offset) = fixture.cursor();
    let hover = analysis.hover(file(&fixture, path), offset);
    expect.assert_eq(&hover.map_or("none".to_owned(), |it| it.markdown));
}

#[test]
fn a_mart_lists_its_workbooks() {
    check(
        "#- models/fct_orders.sql\nsel$0ect 1\n",
        expect![[r#"
        **3 dashboards, 2 workbooks** use `fct_orders`
        - **Sales** · 2 dashboards · table · `sales`
        - **Weekly Ops** · 1 dashboard · custom SQL · **no exposure**

        3 workbook files · complete · exact match `DB.MARTS.fct_orders`"#]],
    );
}

#[test]
fn a_staging_model_shows_the_ways_down() {
    check(
        "#- models/stg_orders.sql\nselect $01\n",
        expect![[r#"
        **No direct use; 3 dashboards, 2 workbooks downstream.**
        - `fct_orders` → 2 workbooks, 3 dashboards: **Sales**, +1

        3 workbook files · complete · `DB.STAGING.stg_orders`"#]],
    );
}

#[test]
fn a_ref_and_a_source_answer_for_their_node_anywhere() {
    check(
        "#- models/x.sql\nselect *\nfrom {{ ref('fct_re$0turns') }}\n",
        expect![[r#"
        **1 dashboard, 1 workbook** uses `fct_returns`
        - **Weekly Ops** · 1 dashboard · custom SQL · **no exposure**

        3 workbook files · complete · exact match `DB.MARTS.fct_returns`"#]],
    );
    check(
        "#- models/x.py\ndef model(dbt, session):\n    return dbt.source('crm', 'acc$0ounts')\n",
        expect![[r#"
        **1 dashboard, 1 workbook** uses `crm.accounts`
        - [Leads](<https://t.example/#/site/acme/workbooks/7>) · 1 dashboard · table · **no exposure**

        Further downstream:
        - `stg_orders → fct_orders` → 2 workbooks, 3 dashboards: **Sales**, +1

        3 workbook files · complete · exact match `RAW.CRM.ACCOUNTS`"#]],
    );
    check(
        "#- models/e.yml\nexposures:\n  - name: x\n    depends_on: [ref('dim_ven$0dors')]\n",
        expect![[r#"
        **No dashboard** uses `dim_vendors` or anything built from it.

        3 workbook files · complete · `DB.MARTS.dim_vendors`"#]],
    );
}

#[test]
fn elsewhere_there_is_nothing_to_say() {
    check(
        "#- models/fct_orders.sql\nselect 1\nfrom $0x\n",
        expect!["none"],
    );
    check(
        "#- models/marts.yml\nmodels:\n  - name: fct_orders\n    description: a $0text\n",
        expect!["none"],
    );
}

#[test]
fn nothing_found_while_knowledge_is_incomplete_is_no_zero() {
    check_in(
        "#- nodes\nmodel.shop.dim_vendor DB.S.dim_vendor path=models/a.sql\n#- tableau\nworkbook Vendor Spend\ndatasource D snowflake\nsql ?\n",
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **No use of `dim_vendor` found. This is not a zero:**
            - 1 custom SQL query could not be read \(Vendor Spend\)

            Next: `exposure-lens explain dim_vendor`

            1 workbook file · incomplete · `DB.S.dim_vendor`"#]],
    );
}

#[test]
fn the_nearest_table_is_named_where_nothing_is_found() {
    check_in(
        "#- nodes\nmodel.shop.dim_vendor DB.S.dim_vendor path=models/a.sql\n#- tableau\nworkbook Vendor Spend\ndatasource D snowflake\n[DB].[S].[DIM_VENDORS]\nsql ?\n",
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **No use of `dim_vendor` found. This is not a zero:**
            - none of Tableau\'s tables is one that dbt builds here&#58; the manifest may be of another target
            - 1 custom SQL query could not be read \(Vendor Spend\)

            Nearest: `[DB].[S].[DIM_VENDORS]` in Vendor Spend; the name differs  
            Next: `exposure-lens explain dim_vendor`

            1 workbook file · incomplete · `DB.S.dim_vendor`"#]],
    );
}

#[test]
fn a_disabled_twin_names_the_enabled_file() {
    check_in(
        &format!("{SHOP}#- disabled\nmodel.shop.fct_orders models/old/fct_orders.sql\n"),
        "#- models/old/fct_orders.sql\n$0select 1\n",
        expect![
            "`fct_orders` is disabled: dbt does not build it; the enabled definition is `models/fct_orders.sql`."
        ],
    );
}

#[test]
fn a_disabled_exposure_is_called_so() {
    check_in(
        "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n#- exposures\nwall tableau.file=w.twb disabled\n#- tableau\nworkbook W file=w.twb\ndatasource D snowflake\n[DB].[S].[A]\n",
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **1 dashboard, 1 workbook** uses `a`
            - **W** · 1 dashboard · table · `wall` (disabled)

            1 workbook file · complete · exact match `DB.S.a`"#]],
    );
}

#[test]
fn text_from_tableau_is_shown_as_text() {
    check_in(
        "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n#- tableau\nworkbook [x](command:evil) <b>&\u{202e} url=javascript:alert(1)\ndatasource D snowflake\n[DB].[S].[A]\n",
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **1 dashboard, 1 workbook** uses `a`
            - **\[x\]\(command&#58;evil\) &lt;b&gt;&amp;** · 1 dashboard · table · **no exposure**

            1 workbook file · complete · exact match `DB.S.a`"#]],
    );
}
