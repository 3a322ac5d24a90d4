//! Of what Tableau shows.

use expect_test::{Expect, expect};

use super::{CORE_1_11, check_for};

const SITE: &str = "\
#- nodes
model.shop.fct_orders DB.MARTS.fct_orders path=models/fct_orders.sql
model.shop.fct_returns DB.MARTS.fct_returns path=models/fct_returns.sql
model.shop.secret DB.MARTS.secret path=models/secret.sql access=private
model.shop.dim_old DB.MARTS.dim_old path=models/dim_old.sql
#- tableau
content site acme host=t.example fetched=2026-01-10T10:00:00Z lists_all
workbook Sales luid=aaaaaaaa-0000-0000-0000-000000000001 site=acme content_url=Sales url=https://t.example/#/site/acme/workbooks/7 owner=\"Ana Ruiz\"
datasource D snowflake
[DB].[MARTS].[FCT_ORDERS]
[DB].[MARTS].[FCT_RETURNS]
workbook Ops luid=aaaaaaaa-0000-0000-0000-000000000002 site=acme content_url=Ops url=https://t.example/#/site/acme/workbooks/8
datasource D snowflake
[DB].[MARTS].[FCT_ORDERS]
[DB].[MARTS].[SECRET]
#- exposures
sales tableau.luid=aaaaaaaa-0000-0000-0000-000000000001 tableau.site=acme path=models/e.yml depends_on=model.shop.fct_orders,model.shop.dim_old
ops tableau.luid=aaaaaaaa-0000-0000-0000-000000000002 tableau.site=acme path=models/e.yml depends_on=model.shop.fct_orders
gone tableau.luid=aaaaaaaa-0000-0000-0000-000000000009 tableau.site=acme path=models/e.yml
unknown url=https://other.example/#/site/beta/workbooks/9 path=models/e.yml
";

#[track_caller]
fn check(yaml: &str, expected: Expect) {
    check_for(CORE_1_11, SITE, yaml, expected);
}

#[test]
fn what_is_missing_is_added_with_one_fix() {
    check(
        "exposures:\n  - name: sales\n    type: dashboard\n    owner: {name: x}\n    depends_on:\n      - ref('fct_orders')\n    # the end\n",
        expect![[r#"
            Information exposure-dependency-missing at "depends_on": `fct_returns` is read in Tableau and missing in `depends_on`
              Add `ref('fct_returns')` to `depends_on` (preferred)
                +      - ref('fct_returns')
        "#]],
    );
    check(
        "exposures:\n  - name: sales\n    type: dashboard\n    owner: {name: x}\n",
        expect![[r#"
            Information exposure-dependency-missing at "sales": `fct_returns` is read in Tableau and missing in `depends_on`
              Add `ref('fct_returns')` to `depends_on` (preferred)
                +    depends_on:
                +      - ref('fct_returns')
        "#]],
    );
}

#[test]
fn what_the_engine_refuses_is_not_added() {
    check(
        "exposures:\n  - name: ops\n    type: dashboard\n    owner: {name: x}\n    depends_on: [ref('fct_orders')]\n",
        expect![[r#"
            Information exposure-dependency-missing at "depends_on": `secret` is read in Tableau and missing in `depends_on`; `secret` has `access: private`, and dbt Core 1.11 refuses an exposure on it
        "#]],
    );
}

#[test]
fn what_is_no_longer_read_is_a_hint() {
    check(
        "exposures:\n  - name: sales\n    type: dashboard\n    owner: {name: x}\n    depends_on:\n      - ref('fct_orders')\n      - ref('dim_old') # was there\n      - ref('fct_returns')\n",
        expect![[r#"
            Hint exposure-dependency-surplus at "ref('dim_old')": nothing in Tableau reads this for the exposure any more
              Remove it from `depends_on`
                -      - ref('dim_old') # was there
        "#]],
    );
}

#[test]
fn what_is_gone_can_be_disabled_or_removed() {
    check(
        "exposures:\n  - name: gone\n    type: dashboard\n    owner: {name: x}\n  # of the other one\n  - name: unknown\n    type: dashboard\n    owner: {name: x}\n",
        expect![[r#"
            Warning exposure-workbook-gone at "gone": the workbook is gone from acme (read 2026-01-10): all that is there is known, and it is not
              Disable `gone`
                +    config:
                +      enabled: false
              Remove `gone`
                -  - name: gone
                -    type: dashboard
                -    owner: {name: x}
        "#]],
    );
    check(
        "exposures:\n  - name: gone\n    type: dashboard\n    owner: {name: x}\n    config: {enabled: false}\n",
        expect![""],
    );
}

#[test]
fn a_placeholder_becomes_the_page_and_an_owner_tableau_s() {
    check(
        "exposures:\n  - name: sales\n    type: dashboard\n    url: https://t.example/#/site/acme/workbooks/TBD # later\n    depends_on: [ref('fct_orders'), ref('fct_returns')]\n",
        expect![[r#"
            Error exposure-key-missing at "sales": `sales` has no `owner`; dbt stops at it
              Set the owner to Ana Ruiz
                +    owner: {name: "Ana Ruiz"}
            Information exposure-url-placeholder at "https://t.example/#/site/acme/workbooks/TBD": this address is a placeholder: it leads nowhere, and nothing is found by it
              Set `url` to the page in Tableau (preferred)
                -    url: https://t.example/#/site/acme/workbooks/TBD # later
                +    url: https://t.example/#/site/acme/workbooks/7 # later
        "#]],
    );
    check(
        "exposures:\n  - name: sales\n    type: dashboard\n    owner: {}\n    depends_on: [ref('fct_orders'), ref('fct_returns')]\n",
        expect![[r#"
            Error exposure-owner-unnamed at "{}": dbt Core 1.11 wants the owner's `name` or `email` and stops here
              Set the owner to Ana Ruiz
                -    owner: {}
                +    owner: {name: "Ana Ruiz"}
        "#]],
    );
}
