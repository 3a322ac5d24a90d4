//! The site that goes with the sample project `tests/fixtures/shop`.
//!
//! | workbook | project | reads | by | dashboards (opened) |
//! |---|---|---|---|---|
//! | Sales Overview | Sales/Dashboards | `fct_orders` | table | Overview (1204), Regional Detail (310), Quarterly Review (story, 12) |
//! | Order Funnel | Sales/Dashboards | `fct_orders`, `dim_products` | published datasource Order Lines, certified | Funnel (88), Drop-off (7) |
//! | Returns Desk | Operations | `fct_returns` | custom SQL that Tableau cannot read | Returns Today (541), Return Reasons (0) |
//! | Customer Health | Sales | `dim_customers_v1` | virtual connection Warehouse | Health (63), Segments (9) |
//! | Vendor Scorecard | Operations | `dim_vendors` | table, written by the flow Clean Vendors from `raw_erp.vendors` | Scorecard (5) |
//! | Scratch | Bob's personal space | `stg_sessions` | columns only | none, one sheet |
//!
//! The published datasource Daily Sales reads `daily_sales`, is used by no workbook, and carries
//! a warning. Sales Overview is the sample's own `tableau/Sales Overview.twb`, published.

use super::datasource::{CustomSql, Datasource, Flow, Table, VirtualConnection};
use super::site::Site;
use super::workbook::Workbook;

const RETURNS: &str = "select r.*, o.region\nfrom \"analytics_marts\".\"fct_returns\" r\n\
                       where r.returned_at >>= current_date - <[Parameters].[Days]>";

/// The site.
pub(crate) fn site() -> Site {
    Site::new("acme")
        .virtual_connection(
            VirtualConnection::new("Warehouse")
                .project("Shared")
                .table("Customers", mart("dim_customers_v1")),
        )
        .flow(Flow::new("Clean Vendors").input(table("raw_erp.vendors")))
        .datasource(order_lines())
        .datasource(
            Datasource::new("Daily Sales")
                .project("Sales")
                .table(mart("daily_sales"))
                .warning("STALE", "Loads are late this week"),
        )
        .workbook(sales_overview())
        .workbook(order_funnel())
        .workbook(returns_desk())
        .workbook(customer_health())
        .workbook(vendor_scorecard())
        .workbook(scratch())
}

fn table(path: &str) -> Table {
    Table::new("duckdb_jdbc", &format!("shop.{path}"))
}

fn mart(name: &str) -> Table {
    table(&format!("analytics_marts.{name}"))
}

fn order_lines() -> Datasource {
    Datasource::new("Order Lines")
        .project("Shared/Certified")
        .table(mart("fct_orders").columns(&["order_id", "amount", "ordered_at"]))
        .table(mart("dim_products").columns(&["product_id", "category"]))
        .certified()
        .extract("2025-06-01T04:00:00Z")
        .tag("gold")
}

fn sales_overview() -> Workbook {
    let orders = mart("fct_orders").columns(&["order_id", "amount", "ordered_at"]);
    Workbook::new("Sales Overview")
        .project("Sales/Dashboards")
        .description("What was sold, by day and by region")
        .datasource(Datasource::new("Orders").table(orders))
        .hidden_sheet("Revenue by Day", &["Orders"])
        .hidden_sheet("Revenue by Region", &["Orders"])
        .sheet("Order List", &["Orders"])
        .dashboard("Overview", &["Revenue by Day", "Revenue by Region"])
        .dashboard("Regional Detail", &["Revenue by Region", "Order List"])
        .story("Quarterly Review", &["Overview", "Order List"])
        .opened("Overview", 1204)
        .opened("Regional Detail", 310)
        .opened("Quarterly Review", 12)
}

fn order_funnel() -> Workbook {
    Workbook::new("Order Funnel")
        .project("Sales/Dashboards")
        .tag("weekly")
        .datasource(Datasource::new("Order Lines").published("Order Lines"))
        .sheet("Steps", &["Order Lines"])
        .hidden_sheet("Losses", &["Order Lines"])
        .dashboard("Funnel", &["Steps"])
        .dashboard("Drop-off", &["Steps", "Losses"])
        .opened("Funnel", 88)
        .opened("Drop-off", 7)
}

fn returns_desk() -> Workbook {
    let sql = CustomSql::new("duckdb_jdbc", "shop", RETURNS);
    Workbook::new("Returns Desk")
        .project("Operations")
        .owner("bob")
        .datasource(
            Datasource::new("Returns")
                .custom_sql(sql)
                .extract("2025-06-02T05:00:00Z"),
        )
        .sheet("Today", &["Returns"])
        .sheet("Reasons", &["Returns"])
        .dashboard("Returns Today", &["Today"])
        .dashboard("Return Reasons", &["Reasons"])
        .opened("Returns Today", 541)
}

fn customer_health() -> Workbook {
    Workbook::new("Customer Health")
        .project("Sales")
        .datasource(Datasource::new("Customers").virtual_table("Warehouse", "Customers"))
        .sheet("Score", &["Customers"])
        .sheet("Mix", &["Customers"])
        .dashboard("Health", &["Score"])
        .dashboard("Segments", &["Mix"])
        .opened("Health", 63)
        .opened("Segments", 9)
}

fn vendor_scorecard() -> Workbook {
    let vendors = Datasource::new("Vendors").table(mart("dim_vendors"));
    Workbook::new("Vendor Scorecard")
        .project("Operations")
        .owner("bob")
        .datasource(vendors.flow("Clean Vendors"))
        .sheet("Scores", &["Vendors"])
        .dashboard("Scorecard", &["Scores"])
        .opened("Scorecard", 5)
}

fn scratch() -> Workbook {
    let sessions = Datasource::new("Sessions").table(table("analytics.stg_sessions"));
    Workbook::new("Scratch")
        .personal()
        .owner("bob")
        .datasource(sessions.only_in_columns())
        .sheet("Try", &["Sessions"])
}
