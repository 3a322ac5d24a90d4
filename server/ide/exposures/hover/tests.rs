//! Hovers in exposures files.

use expect_test::{Expect, expect};
use fixture::Fixture;

use crate::testing::{analysis, file};

const SITE: &str = "\
#- nodes
model.shop.fct_orders DB.MARTS.fct_orders path=models/fct_orders.sql
model.shop.fct_returns DB.MARTS.fct_returns path=models/fct_returns.sql
model.shop.dim_old DB.MARTS.dim_old path=models/dim_old.sql
#- tableau
content site acme host=t.example fetched=2026-01-10T10:00:00Z lists_all
workbook Sales luid=aaaaaaaa-0000-0000-0000-000000000001 site=acme content_url=Sales url=https://t.example/#/site/acme/workbooks/7 owner=\"Ana *Ruiz*\" project=Finance/Exec views=900+310/7
datasource D sqlproxy -> Orders luid=d1
sheet By day: D
sheet By week: D
dashboard Overview: By day
dashboard Detail: By week
facts Overview: luid=aaaaaaaa-0000-0000-0000-00000000000a views=20 url=https://t.example/#/site/acme/views/Sales/Overview
facts Detail: luid=aaaaaaaa-0000-0000-0000-00000000000b views=880
workbook Ops luid=aaaaaaaa-0000-0000-0000-000000000002 site=acme content_url=Ops url=https://t.example/#/site/acme/workbooks/8 warning=\"<b>stale</b>\"
datasource D snowflake
[DB].[MARTS].[FCT_ORDERS]
sql ?
workbook Old Board luid=aaaaaaaa-0000-0000-0000-000000000003 site=acme content_url=OldBoard
published Orders snowflake luid=d1 certified
[DB].[MARTS].[FCT_ORDERS]
[DB].[MARTS].[FCT_RETURNS]
#- exposures
sales tableau.luid=aaaaaaaa-0000-0000-0000-000000000001 tableau.site=acme path=models/e.yml label=\"[Old](command:x)\" owner=\"Ana *Ruiz*\" url=https://t.example/#/site/acme/workbooks/7 depends_on=model.shop.fct_orders,model.shop.dim_old
ops url=https://t.example/#/site/acme/workbooks/8 path=models/e.yml label=Ops depends_on=model.shop.fct_orders
overview tableau.luid=aaaaaaaa-0000-0000-0000-00000000000a path=models/e.yml label=Overview url=https://t.example/#/site/acme/views/Sales/Overview depends_on=model.shop.fct_orders,model.shop.fct_returns
gone tableau.luid=aaaaaaaa-0000-0000-0000-000000000009 tableau.site=acme path=models/e.yml
board label=\"Old Board\" url=https://t.example/#/site/acme/workbooks/TBD path=models/e.yml
sheet url=https://docs.google.com/spreadsheets/d/1 path=models/e.yml
";

const SALES: &str = "exposures:\n  - name: sales\n    label: \"[Old](command:x)\"\n    url: https://t.example/#/site/acme/workbooks/7\n    type: dashboard\n    owner: {name: Ana *Ruiz*}\n    depends_on:\n      - ref('fct_orders')\n      - ref('dim_old')\n";

/// The hover where `at` starts in an exposures file.
#[track_caller]
fn check(yaml: &str, at: &str, expected: Expect) {
    let fixture = Fixture::parse(&format!("{SITE}#- models/e.yml\n{yaml}"));
    let analysis = analysis(&fixture);
    let file = file(&fixture, "models/e.yml");
    let offset = file.text.find(at).expect("the place");
    let now = "2026-01-10T12:00:00Z".parse().expect("a time");
    let hover = analysis.hover(file, offset, now);
    let shown = hover.map(|it| format!("{}\n{}", &file.text[it.range], it.markdown));
    let shown = shown.unwrap_or_else(|| "none".to_owned());
    assert!(
        !shown.contains("](command") && !shown.contains("<command"),
        "{shown}"
    );
    expected.assert_eq(&shown);
}

#[test]
fn a_workbook_is_shown_with_what_differs() {
    check(
        SALES,
        "sales",
        expect![[r#"
        sales
        [Sales](<https://t.example/#/site/acme/workbooks/7>) ✓ certified · 2 dashboards · +310 views/7 d  
        Finance/Exec · Ana \*Ruiz\*
        - **Detail** · 880 views ever
        - [Overview](<https://t.example/#/site/acme/views/Sales/Overview>) · 20 views ever

        Differs from Tableau:
        - label: *\[Old\]\(command&#58;x\)* here, *Sales* in Tableau
        - missing in `depends_on`: `fct_returns`
        - in `depends_on` and no longer read: `dim_old`

        acme · 2 h ago · found by its LUID"#]],
    );
}

#[test]
fn the_line_of_the_name_the_label_and_the_url_answer() {
    for at in ["  - name", "- name", "label:", "[Old]", "url:", "https"] {
        let fixture = Fixture::parse(&format!("{SITE}#- models/e.yml\n{SALES}"));
        let analysis = analysis(&fixture);
        let file = file(&fixture, "models/e.yml");
        let offset = file.text.find(at).expect("the place");
        let now = "2026-01-10T12:00:00Z".parse().expect("a time");
        assert!(analysis.hover(file, offset, now).is_some(), "{at}");
    }
    check(SALES, "type:", expect!["none"]);
    check(SALES, "owner:", expect!["none"]);
    check(SALES, "depends_on:", expect!["none"]);
}

#[test]
fn an_item_of_depends_on_answers_for_its_node() {
    check(
        SALES,
        "ref('dim_old')",
        expect![[r#"
        ref('dim_old')
        **No use of `dim_old` found. This is not a zero:**
        - 1 custom SQL query could not be read \(Ops\)

        Next: `exposure-lens explain dim_old`

        acme · 2 h ago · incomplete · `DB.MARTS.dim_old`"#]],
    );
    check(
        "exposures: [{name: ops, depends_on: [ref('dim_old')]}, {name: gone}]\n",
        "ref('dim_old')",
        expect![[r#"
            ref('dim_old')
            **No use of `dim_old` found. This is not a zero:**
            - 1 custom SQL query could not be read \(Ops\)

            Next: `exposure-lens explain dim_old`

            acme · 2 h ago · incomplete · `DB.MARTS.dim_old`"#]],
    );
    check(
        "exposures: [{name: ops, depends_on: [ref('dim_old')]}, {name: gone}]\n",
        "gone",
        expect![[r#"
            gone
            **The workbook is gone from acme (read 2026-01-10).** All that is there is known, and it is not. Quick fixes disable the exposure or take it out.

            acme · 2 h ago"#]],
    );
}

#[test]
fn what_may_be_read_beside_is_said() {
    check(
        "exposures:\n  - name: ops\n    label: Ops\n    url: https://t.example/#/site/acme/workbooks/8\n    depends_on: [ref('fct_orders')]\n",
        "ops",
        expect![[r#"
            ops
            [Ops](<https://t.example/#/site/acme/workbooks/8>) ⚠ &lt;b&gt;stale&lt;\/b&gt; · 1 dashboard
            - **Overview**

            In step with Tableau as far as known.

            Not known:
            - a custom SQL query cannot be read in D

            acme · 2 h ago · found by its page"#]],
    );
}

#[test]
fn a_dashboard_is_shown_by_itself() {
    check(
        "exposures:\n  - name: overview\n    label: Overview\n    url: https://t.example/#/site/acme/views/Sales/Overview\n    depends_on: [ref('fct_orders'), ref('fct_returns')]\n",
        "overview",
        expect![[r#"
            overview
            [Sales \/ Overview](<https://t.example/#/site/acme/views/Sales/Overview>) ✓ certified · 20 views ever  
            Finance/Exec · Ana \*Ruiz\*

            In step with Tableau.

            acme · 2 h ago · found by its LUID"#]],
    );
}

#[test]
fn what_is_gone_or_not_found_says_so() {
    check(
        "exposures:\n  - name: gone\n",
        "gone",
        expect![[r#"
            gone
            **The workbook is gone from acme (read 2026-01-10).** All that is there is known, and it is not. Quick fixes disable the exposure or take it out.

            acme · 2 h ago"#]],
    );
    check(
        "exposures:\n  - name: board\n    label: Old Board\n    url: https://t.example/#/site/acme/workbooks/TBD\n    config: {enabled: false}\n",
        "board",
        expect![[r#"
            board
            **Not found in Tableau:** its address is a placeholder

            Perhaps one that is called Old Board too:
            - **Old Board**

            It is disabled: dbt leaves it out."#]],
    );
}

#[test]
fn others_and_new_ones_say_nothing() {
    check("exposures:\n  - name: sheet\n", "sheet", expect!["none"]);
    check(
        "exposures:\n  - name: just_typed\n",
        "just",
        expect!["none"],
    );
}
