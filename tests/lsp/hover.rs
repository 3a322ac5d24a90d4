//! Hovers: on what, and what they say.

use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::json;

use crate::support::project;
use crate::support::server::Setup;

/// Hovers over the first place of `needle` in a file.
fn hover(folder: &Path, file: &str, needle: &str) -> String {
    let mut client = Setup::new(folder).start();
    hover_with(&mut client, &folder.join(file), needle)
}

fn hover_with(client: &mut crate::support::server::Client, path: &Path, needle: &str) -> String {
    client.open(path);
    let text = client.text(path);
    let at = text.find(needle).unwrap_or_else(|| panic!("no {needle:?}"));
    let line = text[..at].matches('\n').count();
    let column = at - text[..at].rfind('\n').map_or(0, |it| it + 1);
    let at = (
        u32::try_from(line).expect("few lines"),
        u32::try_from(column).expect("short lines") + 1,
    );
    let Some((hover, range)) = client.hover(path, at) else {
        return "nothing\n".to_owned();
    };
    let (start, end) = (range.start, range.end);
    format!(
        "[{}:{}-{}:{}]\n{hover}\n",
        start.line + 1,
        start.character + 1,
        end.line + 1,
        end.character + 1
    )
}

fn check(file: &str, needle: &str, expect: Expect) {
    let folder = project::copy("shop");
    expect.assert_eq(&hover(folder.path(), file, needle));
}

#[test]
fn the_first_line_of_a_model_tells_who_uses_it() {
    check(
        "models/marts/fct_orders.sql",
        "select",
        expect![[r#"
        [1:1-1:7]
        **11 dashboards, 7 workbooks** use `fct_orders`
        - [Sales Overview](<https://10ax.online.tableau.com/#/site/acme/views/SalesOverview/Overview>) · 3 dashboards · table · `sales_overview`
        - **Churn** · 2 dashboards · custom SQL · **no exposure**
        - **Weekly Ops** · 2 dashboards · table · **no exposure**
        - **All Movements** · 1 dashboard · table · **no exposure**
        - **Basket Explorer** · 1 dashboard · table · **no exposure**
        - +2 more

        Further downstream:
        - `rpt_daily_sales` → 1 workbook, 1 dashboard: **Daily Sales Flash**

        17 workbook files · complete · exact match `shop.analytics_marts.fct_orders`
    "#]],
    );
    check(
        "models/marts/dim_vendors.sql",
        "select",
        expect![[r#"
        [1:1-1:60]
        **No dashboard** uses `dim_vendors` or anything built from it.

        17 workbook files · complete · `shop.analytics_marts.dim_vendors`
    "#]],
    );
}

#[test]
fn other_lines_of_a_model_tell_nothing() {
    check(
        "models/marts/fct_orders.sql",
        "customer_id",
        expect![["nothing\n"]],
    );
}

#[test]
fn a_name_in_properties_tells_the_same() {
    check(
        "models/marts/_marts.yml",
        "fct_returns",
        expect![[r#"
        [28:11-28:22]
        **3 dashboards, 2 workbooks** use `fct_returns`
        - **Weekly Ops** · 2 dashboards · table · **no exposure**
        - **All Movements** · 1 dashboard · table · **no exposure**

        17 workbook files · complete · exact match `shop.analytics_marts.fct_returns`
    "#]],
    );
    check(
        "models/sources/sources.yml",
        "accounts",
        expect![[r#"
        [24:15-24:23]
        **1 dashboard, 1 workbook** uses `crm.accounts`
        - **Account Tracker** · 1 dashboard · table · **no exposure**

        Further downstream:
        - `stg_customers → dim_customers.v2 → customer_churn` → 1 workbook, 2 dashboards: **Churn**
        - `stg_customers → dim_customers.v2` → 1 workbook, 2 dashboards: **Customer 360**
        - `stg_customers → dim_customers.v1` → 1 workbook, 1 dashboard: **Basket Explorer**

        17 workbook files · complete · schema match `shop.raw_crm.tbl_accounts_v3`
    "#]],
    );
    check(
        "seeds/_seeds.yml",
        "regions",
        expect![[r#"
        [4:11-4:18]
        **1 dashboard, 1 workbook** uses `regions`
        - **Café &amp; Crème 🧁** · 1 dashboard · table · **no exposure**

        Further downstream:
        - `stg_customers → dim_customers.v2 → customer_churn` → 1 workbook, 2 dashboards: **Churn**
        - `stg_customers → dim_customers.v2` → 1 workbook, 2 dashboards: **Customer 360**
        - `stg_customers → dim_customers.v1` → 1 workbook, 1 dashboard: **Basket Explorer**

        17 workbook files · complete · exact match `shop.analytics.regions`
    "#]],
    );
    check(
        "snapshots/products.yml",
        "products_snapshot",
        expect![[r#"
        [4:11-4:28]
        **1 sheet, 1 workbook** uses `products_snapshot`
        - **Price History** · 1 sheet · table · **no exposure**

        17 workbook files · complete · schema match `shop.analytics_snapshots.products_snapshot`
    "#]],
    );
}

#[test]
fn a_column_tells_whose_fields_read_it() {
    check(
        "models/marts/_marts.yml",
        "revenue",
        expect![[r#"
        [25:15-25:22]
        **5 workbooks** with fields on `fct_orders.revenue`
        - **Basket Explorer** · 1 dashboard · Revenue
        - **Executive Summary** · 1 dashboard · Revenue
        - **Plan vs Actual** · 1 dashboard · Revenue
        - **Sales Overview** · 3 dashboards · Revenue
        - **Weekly Ops** · 2 dashboards · Revenue
    "#]],
    );
    check(
        "models/marts/_marts.yml",
        "churn_score",
        expect![[r#"
        [76:15-76:26]
        **1 workbook** with fields on `customer_churn.churn_score`
        - **Churn** · 2 dashboards · Churn score
    "#]],
    );
}

#[test]
fn a_ref_or_source_tells_of_what_it_names() {
    check(
        "models/marts/fct_orders.sql",
        "int_orders_enriched",
        expect![[r#"
            [9:9-9:35]
            **No direct use; 12 dashboards, 8 workbooks downstream.** It is ephemeral: it has no table of its own.
            - `fct_orders` → 7 workbooks, 11 dashboards: **Sales Overview**, +6
            - `fct_orders → rpt_daily_sales` → 1 workbook, 1 dashboard: **Daily Sales Flash**

            17 workbook files · complete
        "#]],
    );
    check(
        "models/staging/stg_orders.sql",
        "webshop",
        expect![[r#"
        [7:9-7:36]
        **No direct use; 12 dashboards, 8 workbooks downstream.**
        - `stg_orders → int_orders_enriched → fct_orders` → 5 workbooks, 8 dashboards: **Sales Overview**, +4
        - `stg_orders → fct_returns` → 2 workbooks, 3 dashboards: **Weekly Ops**, +1
        - `stg_orders → int_orders_enriched → fct_orders → rpt_daily_sales` → 1 workbook, 1 dashboard: **Daily Sales Flash**

        17 workbook files · complete · `shop.raw_webshop.orders`
    "#]],
    );
    check(
        "models/exposures/tableau.yml",
        "dim_products",
        expect![[r#"
        [30:9-30:28]
        **5 dashboards, 4 workbooks** use `dim_products`
        - **Churn** · 2 dashboards · custom SQL · **no exposure**
        - **Basket Explorer** · 1 dashboard · table · **no exposure**
        - [Executive Summary](<https://10ax.online.tableau.com/#/site/acme/views/ExecutiveSummary/BoardPack>) · 1 dashboard · via *Order Lines* datasource · **no exposure**
        - **Stock Levels** · 1 dashboard · table · **no exposure**

        17 workbook files · complete · exact match `shop.analytics_marts.dim_products`
    "#]],
    );
}

#[test]
fn a_disabled_model_says_so() {
    check(
        "models/archive/stg_sessions.sql",
        "The first cut",
        expect![[r#"
        [1:1-1:82]
        `stg_sessions` is disabled: dbt does not build it; the enabled definition is `models/staging/stg_sessions.sql`.
    "#]],
    );
}

#[test]
fn what_has_changed_since_the_manifest_is_judged_by_content() {
    let folder = project::copy("shop");
    let path = folder.path().join("models/marts/fct_orders.sql");
    let mut client = Setup::new(folder.path()).start();
    let changed = "has changed since the manifest";
    assert!(!hover_with(&mut client, &path, "select").contains(changed));
    let text = client
        .text(&path)
        .replace("quantity,", "quantity, 1 as one,");
    client.set_text(&path, &text);
    let (hover, _) = client.hover(&path, (0, 0)).expect("a hover");
    assert!(hover.contains(changed), "{hover}");
}

#[test]
fn a_client_without_markdown_gets_plain_text() {
    let folder = project::copy("shop");
    let setup = Setup::new(folder.path())
        .capability("/textDocument/hover/contentFormat", json!(["plaintext"]));
    let mut client = setup.start();
    let path = folder.path().join("models/marts/fct_orders.sql");
    expect![[r#"
        [1:1-1:7]
        11 dashboards, 7 workbooks use fct_orders
        - Sales Overview (https://10ax.online.tableau.com/#/site/acme/views/SalesOverview/Overview) · 3 dashboards · table · sales_overview
        - Churn · 2 dashboards · custom SQL · no exposure
        - Weekly Ops · 2 dashboards · table · no exposure
        - All Movements · 1 dashboard · table · no exposure
        - Basket Explorer · 1 dashboard · table · no exposure
        - +2 more

        Further downstream:
        - rpt_daily_sales → 1 workbook, 1 dashboard: Daily Sales Flash

        17 workbook files · complete · exact match shop.analytics_marts.fct_orders
    "#]].assert_eq(&hover_with(&mut client, &path, "select"));
}

#[test]
fn titles_of_tableaus_are_shown_as_text() {
    let folder = project::copy("shop");
    let hostile = project::fixture("hostile/workbooks/text.twb");
    std::fs::copy(hostile, folder.path().join("tableau/text.twb")).expect("a copy");
    let shown = hover(folder.path(), "models/marts/fct_orders.sql", "select");
    assert!(!shown.contains("](javascript"), "{shown}");
    assert!(!shown.contains("](command"), "{shown}");
    assert!(
        !shown.contains("<img") && !shown.contains("<script"),
        "{shown}"
    );
    assert!(
        !shown.contains(|c: char| c.is_control() && c != '\n'),
        "{shown}"
    );
}
