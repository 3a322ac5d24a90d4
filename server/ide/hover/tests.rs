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
    let now = "2026-01-10T12:00:00Z".parse().expect("a time");
    let hover = analysis.hover(file(&fixture, path), offset, now);
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
fn what_a_workbook_shows_only_of_what_is_built_from_the_node_is_told_apart() {
    let both = "datasource Raw snowflake\n[DB].[STAGING].[STG_ORDERS]\ndatasource Marts snowflake\n\
                [DB].[MARTS].[FCT_RETURNS]\nsheet Of raw: Raw\nsheet Of marts: Marts\n\
                dashboard Marts: Of marts\n";
    check_in(
        &format!(
            "{SHOP}workbook Both file=tableau/Both.twb\n{both}dashboard Raw: Of raw\n\
             workbook Later file=tableau/Later.twb\n{both}"
        ),
        "#- models/stg_orders.sql\nselect $01\n",
        expect![[r#"
            **1 dashboard, 2 workbooks** use `stg_orders`
            - **Both** · 2 dashboards, 1 further downstream · table · **no exposure**
            - **Later** · 1 dashboard further downstream · table · **no exposure**

            Further downstream:
            - `fct_orders` → 2 workbooks, 3 dashboards: **Sales**, +1

            5 workbook files · complete · exact match `DB.STAGING.stg_orders`"#]],
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

/// A site's workbook on `fct_orders`, and what else it holds.
fn site(project: &str, tableau: &str) -> String {
    format!(
        "#- nodes\nmodel.shop.fct_orders DB.MARTS.fct_orders path=models/a.sql {project}\n\
         #- exposures\nsales_overview tableau.luid=11111111-1111-1111-1111-111111111111\n\
         #- tableau\ncontent site acme host=acme.example fetched=2026-01-10T10:00:00Z\n{tableau}\n"
    )
}

const SALES: &str = "\
workbook Sales Overview luid=11111111-1111-1111-1111-111111111111 project=Finance/Exec owner=\"Ana Ruiz\" views=900+310/7 url=https://acme.example/#/site/acme/workbooks/7
datasource Orders sqlproxy -> Orders luid=d1
workbook Weekly Ops luid=w2 project=Ops owner=\"J. Wu\" views=500+44/7 extract=2026-01-08T09:00:00Z
datasource Ops snowflake extract
[DB].[MARTS].[FCT_ORDERS]
workbook Churn luid=w3 views=20
datasource Q snowflake
sql db.marts.fct_orders
facts Overview: url=https://acme.example/#/site/acme/views/Churn/Overview
published Orders snowflake luid=d1 certified
[DB].[MARTS].[FCT_ORDERS]
published Pulse snowflake luid=d2 certified owner=\"Bo Li\" project=Finance url=https://acme.example/#/site/acme/datasources/3
[DB].[MARTS].[FCT_ORDERS]
";

#[test]
fn a_site_tells_who_has_it_how_often_it_is_opened_and_who_vouches_for_it() {
    check_in(
        &site("", SALES),
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **3 dashboards, 3 workbooks** use `fct_orders`
            - [Sales Overview](<https://acme.example/#/site/acme/workbooks/7>) ✓ certified · 1 dashboard · +310 views/7 d  
              Finance/Exec · Ana Ruiz · via *Orders* datasource · `sales_overview`
            - **Weekly Ops** · 1 dashboard · +44 views/7 d  
              Ops · J\. Wu · data of 2 d ago · table · **no exposure**
            - [Churn](<https://acme.example/#/site/acme/views/Churn/Overview>) · 1 dashboard · 20 views ever · custom SQL · **no exposure**

            Also read by 1 published datasource that no known workbook uses:
            - [Pulse](<https://acme.example/#/site/acme/datasources/3>) ✓ certified · Finance · Bo Li

            acme · 2 h ago · complete · exact match `DB.MARTS.fct_orders`"#]],
    );
}

#[test]
fn a_warning_weighs_more_than_a_certificate() {
    check_in(
        &site(
            "",
            "workbook W luid=w1\ndatasource D sqlproxy -> Orders luid=d1\npublished Orders snowflake luid=d1 certified warning=\"Stale data: *not* since Monday\"\n[DB].[MARTS].[FCT_ORDERS]",
        ),
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **1 dashboard, 1 workbook** uses `fct_orders`
            - **W** ⚠ Stale data&#58; \*not\* since Monday · 1 dashboard · via *Orders* datasource · **no exposure**

            acme · 2 h ago · complete · exact match `DB.MARTS.fct_orders`"#]],
    );
}

#[test]
fn what_is_read_beside_a_certified_datasource_is_not_certified() {
    check_in(
        &site(
            "",
            "workbook W luid=w1\ndatasource D sqlproxy -> Orders luid=d1\ndatasource E snowflake\n[DB].[MARTS].[FCT_ORDERS]\npublished Orders snowflake luid=d1 certified\n[DB].[MARTS].[FCT_ORDERS]",
        ),
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **1 dashboard, 1 workbook** uses `fct_orders`
            - **W** · 1 dashboard · via *Orders* datasource · **no exposure**

            acme · 2 h ago · complete · exact match `DB.MARTS.fct_orders`"#]],
    );
}

#[test]
fn what_lies_between_is_named() {
    check_in(
        &site(
            "",
            "workbook W luid=w1\ndatasource D publishedConnection\nvc Shared [x](y)\n[DB].[MARTS].[FCT_ORDERS] through vc\nworkbook V luid=w2\ndatasource D snowflake\nflow Nightly\n[DB].[MARTS].[FCT_ORDERS] through flow\nworkbook U luid=w3\ndatasource D snowflake\n[DB].[MARTS].[FCT_ORDERS] through column",
        ),
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **3 dashboards, 3 workbooks** use `fct_orders`
            - **U** · 1 dashboard · column · **no exposure**
            - **V** · 1 dashboard · via *Nightly* flow · **no exposure**
            - **W** · 1 dashboard · via *Shared \[x\]\(y\)* virtual connection · **no exposure**

            acme · 2 h ago · complete · exact match `DB.MARTS.fct_orders`"#]],
    );
}

#[test]
fn more_than_five_workbooks_are_counted() {
    let one = |n: usize| {
        format!(
            "workbook W{n} luid=w{n} views={n}\ndatasource D snowflake\n[DB].[MARTS].[FCT_ORDERS]\n"
        )
    };
    check_in(
        &site("", &(1..=7).map(one).collect::<String>()),
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **7 dashboards, 7 workbooks** use `fct_orders`
            - **W7** · 1 dashboard · 7 views ever · table · **no exposure**
            - **W6** · 1 dashboard · 6 views ever · table · **no exposure**
            - **W5** · 1 dashboard · 5 views ever · table · **no exposure**
            - **W4** · 1 dashboard · 4 views ever · table · **no exposure**
            - **W3** · 1 dashboard · 3 views ever · table · **no exposure**
            - +2 more

            acme · 2 h ago · complete · exact match `DB.MARTS.fct_orders`"#]],
    );
}

#[test]
fn a_match_by_productions_name_says_so() {
    check_in(
        &site(
            "production=PROD.MARTS.fct_orders",
            "workbook W luid=w1\ndatasource D snowflake\n[PROD].[MARTS].[FCT_ORDERS]",
        ),
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **1 dashboard, 1 workbook** uses `fct_orders`
            - **W** · 1 dashboard · table · **no exposure**

            acme · 2 h ago · complete · mapped: production relation `PROD.MARTS.fct_orders` (team snapshot)"#]],
    );
}

#[test]
fn a_site_that_was_read_in_part_is_no_zero() {
    check_in(
        &site(
            "",
            "workbook W luid=w1\ngap refresh_failed acme could not be read again: the token has expired",
        ),
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **No use of `fct_orders` found. This is not a zero:**
            - acme could not be read again&#58; the token has expired

            Next: `exposure-lens explain fct_orders`

            acme · 2 h ago · incomplete · `DB.MARTS.fct_orders`"#]],
    );
}

#[test]
fn a_zero_of_selected_projects_says_so() {
    let selected =
        site("", "workbook W luid=w1").replace("fetched=", "selected=Finance/** fetched=");
    check_in(
        &selected,
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
        **No dashboard** in the selected projects uses `fct_orders` or anything built from it.

        acme · 2 h ago · complete · `DB.MARTS.fct_orders`"#]],
    );
}

#[test]
fn where_no_site_was_ever_read_there_is_nothing_to_say() {
    check_in(
        "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n#- tableau\ncontent site acme\ngap not_signed_in not signed in to acme\n",
        "#- models/a.sql\n$0select 1\n",
        expect!["none"],
    );
}

#[test]
fn a_snapshot_that_was_not_read_is_named_once() {
    check_in(
        "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n#- tableau\nworkbook W file=W.twb\n\
         datasource D snowflake\n[DB].[S].[A]\ncontent snapshot team snapshot\n\
         gap snapshot_unavailable the team snapshot has not been fetched yet\n",
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **1 dashboard, 1 workbook** uses `a`
            - **W** · 1 dashboard · table · **no exposure**

            Not known:
            - the team snapshot has not been fetched yet

            1 workbook file · team snapshot · not read yet · incomplete · exact match `DB.S.a`"#]],
    );
}

#[test]
fn a_file_of_a_published_workbook_is_marked() {
    check_in(
        &site(
            "",
            "workbook W luid=w1 file=tableau/W.twbx\ndatasource D snowflake\n[DB].[MARTS].[FCT_ORDERS]",
        ),
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **1 dashboard, 1 workbook** uses `fct_orders`
            - **W** · 1 dashboard  
              `tableau/W.twbx` · table · **no exposure**

            acme · 2 h ago · complete · exact match `DB.MARTS.fct_orders`"#]],
    );
}

/// Dev's names, and a table of production's by the rule that is proposed.
fn dev(proposal: &str) -> String {
    format!(
        "#- nodes\nmodel.shop.stg DEV.dbt_me.stg path=models/stg.sql\n\
         model.shop.a DEV.dbt_me.a path=models/a.sql <- model.shop.stg\n\
         model.shop.b DEV.dbt_me.b path=models/b.sql\n\
         #- proposal\nrule schema dbt_* -> MARTS, database dev -> PROD\n{proposal}\n\
         #- tableau\nworkbook W\ndatasource D snowflake\n[PROD].[MARTS].[A]\n"
    )
}

#[test]
fn a_proposed_match_shows_both_names_the_rule_with_its_counts_and_the_ways_out() {
    let project = dev("counts 41 2 5\nexample [PROD].[MARTS].[A] model.shop.a");
    check_in(
        &project,
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **1 dashboard, 1 workbook** probably use `a`
            - **W** · 1 dashboard · by the proposed name rule · table · **no exposure**

            **Not confirmed:** `DEV.dbt_me.a` here is taken for `PROD.MARTS.a` in Tableau, by a name rule that was worked out and that nobody has accepted. It matches 41 tables (such as `[PROD].[MARTS].[A]` for `a`), leaves 2 ambiguous, 5 unmatched:
            - `schema dbt_* → MARTS, database dev → PROD`

            Ways out: accept the rule for the team or for you (an action here, or `exposure-lens doctor --fix`), write another one into `dbt.map`, or name production's manifest with `dbt.production_manifest`.

            1 workbook file · incomplete · proposed: production relation `PROD.MARTS.a` (proposed rule `schema dbt_* → MARTS, database dev → PROD`)"#]],
    );
    check_in(
        &project,
        "#- models/stg.sql\n$0select 1\n",
        expect![[r#"
            **No direct use; probably 1 dashboard, 1 workbook downstream.**
            - `a` → 1 workbook, 1 dashboard: **W**

            **Not confirmed:** `DEV.dbt_me.a` here is taken for `PROD.MARTS.a` in Tableau, by a name rule that was worked out and that nobody has accepted. It matches 41 tables (such as `[PROD].[MARTS].[A]` for `a`), leaves 2 ambiguous, 5 unmatched:
            - `schema dbt_* → MARTS, database dev → PROD`

            Ways out: accept the rule for the team or for you (an action here, or `exposure-lens doctor --fix`), write another one into `dbt.map`, or name production's manifest with `dbt.production_manifest`.

            1 workbook file · incomplete · `DEV.dbt_me.stg`"#]],
    );
    check_in(
        &project,
        "#- models/b.sql\n$0select 1\n",
        expect![[r#"
            **No use of `b` found. This is not a zero:**
            - nobody has accepted the proposed name rule schema dbt\_\* → MARTS\, database dev → PROD yet&#58; Tableau may call other nodes otherwise too

            Next: `exposure-lens explain b`

            1 workbook file · incomplete · `DEV.dbt_me.b`"#]],
    );
    let several =
        dev("rule schema raw -> RAW\nrule schema x -> X\nrule schema y -> Y\ncounts 1 0 0");
    check_in(
        &several,
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **1 dashboard, 1 workbook** probably use `a`
            - **W** · 1 dashboard · by the proposed name rule · table · **no exposure**

            **Not confirmed:** `DEV.dbt_me.a` here is taken for `PROD.MARTS.a` in Tableau, by a name rule that was worked out and that nobody has accepted. It matches 1 table:
            - `schema dbt_* → MARTS, database dev → PROD`
            - `schema raw → RAW`
            - `schema x → X`
            - +1 more

            Ways out: accept the rule for the team or for you (an action here, or `exposure-lens doctor --fix`), write another one into `dbt.map`, or name production's manifest with `dbt.production_manifest`.

            1 workbook file · incomplete · proposed: production relation `PROD.MARTS.a` (proposed rule `schema dbt_* → MARTS, database dev → PROD`)"#]],
    );
}

#[test]
fn the_footer_says_who_names_production() {
    let site = |more: &str| {
        site(
            "production=PROD.MARTS.fct_orders",
            &format!(
                "workbook W luid=w1\ndatasource D snowflake\n[PROD].[MARTS].[FCT_ORDERS]\n{more}"
            ),
        )
    };
    check_in(
        &site("#- named by\nmanifest state/manifest.json"),
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **1 dashboard, 1 workbook** uses `fct_orders`
            - **W** · 1 dashboard · table · **no exposure**

            acme · 2 h ago · complete · mapped: production relation `PROD.MARTS.fct_orders` (manifest `state/manifest.json`)"#]],
    );
    check_in(
        &site("").replace(
            "production=PROD.MARTS.fct_orders",
            "\nrule schema marts -> MARTS, database db -> PROD",
        ),
        "#- models/a.sql\n$0select 1\n",
        expect![[r#"
            **1 dashboard, 1 workbook** uses `fct_orders`
            - **W** · 1 dashboard · table · **no exposure**

            acme · 2 h ago · complete · mapped: production relation `PROD.MARTS.fct_orders` (rule `schema marts → MARTS, database db → PROD`)"#]],
    );
}

/// One node whose standing is not that of the manifest.
fn one(words: &str, more: &str) -> String {
    format!(
        "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql yml=models/a.yml {words}\n{more}\n\
         #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[A]\n"
    )
}

#[test]
fn the_footer_says_how_a_node_stands_to_the_manifest() {
    let sql = "#- models/a.sql\n$0select 1\n";
    check_in(
        &one("standing=edited", ""),
        sql,
        expect![[r#"
        **1 dashboard, 1 workbook** uses `a`
        - **W** · 1 dashboard · table · **no exposure**

        1 workbook file · complete · exact match `DB.S.a` · edited since dbt parsed it"#]],
    );
    check_in(
        &one("standing=new", ""),
        sql,
        expect![[r#"
        **1 dashboard, 1 workbook** uses `a`
        - **W** · 1 dashboard · table · **no exposure**

        1 workbook file · complete · exact match `DB.S.a` · newer than the manifest"#]],
    );
    check_in(
        &one("standing=missing", ""),
        "#- models/a.yml\nmodels:\n  - name: $0a\n",
        expect![[r#"
            **1 dashboard, 1 workbook** uses `a`
            - **W** · 1 dashboard · table · **no exposure**

            1 workbook file · complete · exact match `DB.S.a` · in the manifest, but its file is gone"#]],
    );
    check_in(
        &one("standing=new", "#- no manifest"),
        sql,
        expect![[r#"
            **1 dashboard, 1 workbook** uses `a`
            - **W** · 1 dashboard · table · **no exposure**

            1 workbook file · complete · exact match `DB.S.a` · read from the project's files, no manifest"#]],
    );
}

#[test]
fn what_will_become_of_the_deployed_relation_is_said() {
    let pending = |it: &str| one("standing=edited", &format!("#- pending\nmodel.shop.a {it}"));
    let sql = "#- models/a.sql\n$0select 1\n";
    check_in(
        &pending("renamed DB.S.b models/a.sql alias"),
        sql,
        expect![[r#"
            **1 dashboard, 1 workbook** uses `a`
            - **W** · 1 dashboard · table · **no exposure**

            Once `models/a.sql` is deployed, `DB.S.a` is no longer built: it becomes `DB.S.b`.

            1 workbook file · complete · exact match `DB.S.a` · edited since dbt parsed it"#]],
    );
    check_in(
        &pending("disabled dbt_project.yml enabled"),
        sql,
        expect![[r#"
            **1 dashboard, 1 workbook** uses `a`
            - **W** · 1 dashboard · table · **no exposure**

            Once `dbt_project.yml` is deployed, `DB.S.a` is no longer built: `a` is disabled.

            1 workbook file · complete · exact match `DB.S.a` · edited since dbt parsed it"#]],
    );
}

// C16
#[test]
fn a_version_says_whether_it_is_the_latest() {
    let project = "#- nodes\nmodel.shop.dim.v1 DB.S.dim path=models/dim_v1.sql latest=1\n\
                   model.shop.dim.v2 DB.S.dim_next path=models/dim_v2.sql latest=1\n\
                   #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[DIM_NEXT]\n";
    check_in(
        project,
        "#- models/dim_v1.sql\n$0select 1\n",
        expect![[r#"
        **No dashboard** uses `dim.v1` or anything built from it.

        1 workbook file · complete · `DB.S.dim` · version 1, the latest"#]],
    );
    check_in(
        project,
        "#- models/dim_v2.sql\n$0select 1\n",
        expect![[r#"
        **1 dashboard, 1 workbook** uses `dim.v2`
        - **W** · 1 dashboard · table · **no exposure**

        1 workbook file · complete · exact match `DB.S.dim_next` · version 2, the latest is 1"#]],
    );
}

// C20
#[test]
fn an_ephemeral_model_has_no_table() {
    check_in(
        "#- nodes\nmodel.shop.e - path=models/e.sql materialized=ephemeral standing=new\n\
         model.shop.a DB.S.a <- model.shop.e\n#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[A]\n",
        "#- models/e.sql\n$0select 1\n",
        expect![[r#"
            **No direct use; 1 dashboard, 1 workbook downstream.** It is ephemeral: it has no table of its own.
            - `a` → 1 workbook, 1 dashboard: **W**

            1 workbook file · complete · newer than the manifest"#]],
    );
}

#[test]
fn a_name_that_only_dbt_can_work_out_is_not_called_ephemeral() {
    check_in(
        "#- nodes\nmodel.shop.e - path=models/e.sql standing=new\n\
         model.shop.a DB.S.a <- model.shop.e\n#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[A]\n",
        "#- models/e.sql\n$0select 1\n",
        expect![[r#"
            **No direct use; 1 dashboard, 1 workbook downstream.**
            - `a` → 1 workbook, 1 dashboard: **W**

            Not known:
            - only dbt can work out what the warehouse calls \`e\`

            1 workbook file · incomplete · newer than the manifest"#]],
    );
}

#[test]
fn other_projects_are_told_of_where_they_have_the_table_too() {
    let tableau = "#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[A]\n";
    let other = "#- nodes\nsource.finance.shop.a DB.S.a path=s.yml\n";
    let other = analysis(&Fixture::parse(&format!("{other}{tableau}")));
    let own = format!(
        "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n{tableau}#- models/a.sql\nselect 1\n"
    );
    let own = Fixture::parse(&own);
    let now = "2026-01-10T12:00:00Z".parse().expect("a time");
    let file = file(&own, "models/a.sql");
    let hover = analysis(&own).hover_with(file, 0, now, &[("finance", &other)]);
    expect![[r#"
        **1 dashboard, 1 workbook** uses `a`
        - **W** · 1 dashboard · table · **no exposure**

        A source of project `finance` too (`shop.a`): 1 dashboard there, the same as here.

        1 workbook file · complete · exact match `DB.S.a`"#]]
    .assert_eq(&hover.expect("a hover").markdown);
}
