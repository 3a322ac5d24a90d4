//! A click on the lens: what is listed, what is opened, what is only said.

use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::project;
use crate::support::server::{Answer, Client, Setup, uri};

/// A client that has clicked the first lens of a file.
fn clicked(folder: &TempDir, file: &str, setup: Setup) -> Client {
    let mut client = setup.start();
    let path = folder.path().join(file);
    client.open(&path);
    let lens = client.raw_lenses(&path).remove(0);
    client.click(&lens);
    client
}

fn check_listed(file: &str, expect: Expect) {
    let folder = project::copy("shop");
    let client = clicked(&folder, file, Setup::new(folder.path()));
    expect.assert_eq(&listed(&client));
}

/// What the user is asked next.
fn listed(client: &Client) -> String {
    let asked = client.expect("window/showMessageRequest", |_| true);
    let titles: Vec<&str> = asked["actions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["title"].as_str())
        .collect();
    format!(
        "{}\n{}\n",
        asked["message"].as_str().expect("a question"),
        titles.join("\n")
    )
}

fn choose(title: &str) -> Answer {
    Answer::Ok(json!({ "title": title }))
}

#[test]
fn dashboards_are_listed_direct_ones_first() {
    check_listed(
        "models/marts/fct_returns.sql",
        expect![[r#"
        fct_returns: 3 dashboards in 2 workbooks · 2 workbooks without exposure
        Ops Board — Weekly Ops
        Both — Weekly Ops
        Movements — All Movements
    "#]],
    );
    check_listed(
        "models/staging/stg_sessions.sql",
        expect![[r#"
        stg_sessions: 1 dashboard in 1 workbook · 2 more downstream · 1 workbook without exposure
        Session Quality — Session Quality
        Session Pulse — Weekly Ops
        Both — Weekly Ops
    "#]],
    );
}

#[test]
fn more_than_ten_come_in_parts() {
    let folder = project::copy("shop");
    let setup = Setup::new(folder.path()).answer("window/showMessageRequest", choose("+3 more"));
    let client = clicked(&folder, "models/marts/fct_orders.sql", setup);
    expect![[r#"
        fct_orders: 11 dashboards in 7 workbooks · 1 more downstream · 6 workbooks without exposure
        Overview — Sales Overview
        Regional Detail — Sales Overview
        Quarterly Review — Sales Overview
        Churn Risk — Churn
        Call List — Churn
        Ops Board — Weekly Ops
        Both — Weekly Ops
        Movements — All Movements
        Baskets — Basket Explorer
        +3 more
    "#]]
    .assert_eq(&listed(&client));
    expect![[r#"
        fct_orders: 11 dashboards in 7 workbooks · 1 more downstream · 6 workbooks without exposure
        Board Pack — Executive Summary
        Plan vs Actual — Plan vs Actual
        Flash — Daily Sales Flash
    "#]]
    .assert_eq(&listed(&client));
}

#[test]
fn a_client_with_a_picker_gets_all_of_them_with_what_tells_them_apart() {
    let folder = project::copy("shop");
    let title = "Overview";
    let setup = Setup::new(folder.path())
        .capability("/experimental/exposureLens/picker", json!(true))
        .answer("window/showMessageRequest", choose(title));
    let client = clicked(&folder, "models/marts/fct_orders.sql", setup);
    let asked = client.expect("window/showMessageRequest", |_| true);
    let actions = asked["actions"].as_array().expect("choices");
    let text = |it: &Value, key: &str| it[key].as_str().expect("a text").to_owned();
    let line = |it: &Value| {
        let texts = ["title", "description", "detail"].map(|key| text(it, key));
        format!("{}\n", texts.join(" | "))
    };
    let lines: String = actions.iter().map(line).collect();
    expect![[r#"
        Overview | Sales Overview | 
        Regional Detail | Sales Overview | 
        Quarterly Review | Sales Overview | 
        Churn Risk | Churn | 
        Call List | Churn | 
        Ops Board | Weekly Ops | 
        Both | Weekly Ops | 
        Movements | All Movements | 
        Baskets | Basket Explorer | 
        Board Pack | Executive Summary | 
        Plan vs Actual | Plan vs Actual | 
        Flash | Daily Sales Flash | through rpt_daily_sales
    "#]]
    .assert_eq(&lines);
    let opened = client.expect("window/showDocument", |_| true);
    let page = "https://10ax.online.tableau.com/#/site/acme/views/SalesOverview/Overview";
    assert_eq!(opened["uri"], page);
}

#[test]
fn the_chosen_one_is_opened() {
    let folder = project::copy("shop");
    let title = "Regional Detail — Sales Overview";
    let setup = Setup::new(folder.path()).answer("window/showMessageRequest", choose(title));
    let client = clicked(&folder, "models/marts/fct_orders.sql", setup);
    listed(&client);
    let opened = client.expect("window/showDocument", |_| true);
    let page = "https://10ax.online.tableau.com/#/site/acme/views/SalesOverview/RegionalDetail";
    assert_eq!(
        opened,
        json!({ "uri": page, "external": true, "takeFocus": true })
    );
}

#[test]
fn a_client_that_opens_no_pages_is_told_the_address() {
    let folder = project::copy("shop");
    let title = "Regional Detail — Sales Overview";
    let page = "https://10ax.online.tableau.com/#/site/acme/views/SalesOverview/RegionalDetail";
    let setup = || Setup::new(folder.path()).answer("window/showMessageRequest", choose(title));
    let cannot = setup().capability("/window/showDocument", Value::Null);
    let client = clicked(&folder, "models/marts/fct_orders.sql", cannot);
    listed(&client);
    assert_eq!(client.expect_message(), format!("{title}: {page}"));
    for refusal in [
        Answer::Ok(json!({ "success": false })),
        Answer::Error("no browser"),
    ] {
        let setup = setup().answer("window/showDocument", refusal);
        let client = clicked(&folder, "models/marts/fct_orders.sql", setup);
        listed(&client);
        client.expect("window/showDocument", |_| true);
        assert_eq!(client.expect_message(), format!("{title}: {page}"));
    }
}

#[test]
fn one_without_a_page_is_named_by_its_file() {
    let folder = project::copy("shop");
    let setup = Setup::new(folder.path()).answer(
        "window/showMessageRequest",
        choose("Ops Board — Weekly Ops"),
    );
    let client = clicked(&folder, "models/marts/fct_returns.sql", setup);
    listed(&client);
    expect!["Ops Board — Weekly Ops: it has no known page; the workbook is tableau/Weekly Ops.twb"]
        .assert_eq(&client.expect_message());
}

#[test]
fn a_single_one_opens_at_once() {
    // Without a page, its file is named; there is nothing to choose.
    let folder = project::copy("shop");
    let client = clicked(
        &folder,
        "models/marts/fct_refunds.sql",
        Setup::new(folder.path()),
    );
    expect![
        "Audit — Refund Audit: it has no known page; the workbook is tableau/Refund Audit.twbx"
    ]
    .assert_eq(&client.expect_message());
    // With one, the page opens.
    for file in std::fs::read_dir(folder.path().join("tableau"))
        .expect("workbooks")
        .flatten()
    {
        let is_kept = ["Executive Summary.twb", "Order Lines.tdsx"]
            .map(Into::into)
            .contains(&file.file_name());
        if !is_kept {
            std::fs::remove_file(file.path()).expect("remove a workbook");
        }
    }
    let client = clicked(
        &folder,
        "models/marts/fct_orders.sql",
        Setup::new(folder.path()),
    );
    let page = "https://10ax.online.tableau.com/#/site/acme/views/ExecutiveSummary/BoardPack";
    assert_eq!(client.expect("window/showDocument", |_| true)["uri"], page);
}

#[test]
fn a_sheet_stands_in_where_there_is_no_dashboard() {
    let folder = project::copy("shop");
    let client = clicked(&folder, "snapshots/products.yml", Setup::new(folder.path()));
    expect!["Prices over Time — Price History: it has no known page; the workbook is tableau/Price History.twb"].assert_eq(&client.expect_message());
}

#[test]
fn a_zero_is_said() {
    let folder = project::copy("shop");
    let client = clicked(
        &folder,
        "models/marts/dim_vendors.sql",
        Setup::new(folder.path()),
    );
    expect!["dim_vendors: no dashboards in 17 workbook files"].assert_eq(&client.expect_message());
}

#[test]
fn a_choice_that_is_never_made_stops_nothing() {
    let folder = project::copy("shop");
    let setup = Setup::new(folder.path()).answer("window/showMessageRequest", Answer::Never);
    let mut client = clicked(&folder, "models/marts/fct_orders.sql", setup);
    listed(&client);
    let path = folder.path().join("models/marts/fct_orders.sql");
    for _ in 0..300 {
        let lens = client.raw_lenses(&path).remove(0);
        client.click(&lens);
    }
    assert_eq!(client.lenses(&path).len(), 1);
    client.wait_until("all were asked", |client| {
        client.seen("window/showMessageRequest").len() == 301
    });
}

#[test]
fn only_pages_of_known_workbooks_are_opened() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    client.expect_quiescent();
    let mut open = |url: &str| {
        let argument = json!({ "project": uri(folder.path()), "url": url });
        client.execute("exposureLens.openDashboard", argument)
    };
    for url in [
        "https://evil.example/",
        "file:///etc/passwd",
        "command:x",
        "javascript:alert(1)",
    ] {
        assert_eq!(open(url).expect_err(url)["code"], -32602);
    }
    let known = "https://10ax.online.tableau.com/#/site/acme/views/SalesOverview/Overview";
    open(known).expect("a page of a known workbook");
    assert_eq!(client.expect("window/showDocument", |_| true)["uri"], known);
}

#[test]
fn wrong_arguments_are_an_error_and_nothing_worse() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    client.expect_quiescent();
    let command = "exposureLens.listDashboards";
    for argument in [
        json!(null),
        json!({}),
        json!([1]),
        json!({ "project": "no uri", "node": 1 }),
    ] {
        assert_eq!(
            client.execute(command, argument).expect_err("wrong")["code"],
            -32602
        );
    }
    assert!(client.execute("exposureLens.nothing", json!(null)).is_err());
    assert!(
        client
            .execute("exposureLens.debug.panic", json!(null))
            .is_err()
    );
    let gone = json!({ "project": uri(folder.path()), "node": "model.shop.gone" });
    client
        .execute(command, gone)
        .expect("it may be gone meanwhile");
    assert!(client.expect_message().contains("no such node"));
    let elsewhere = json!({ "project": uri(Path::new("/nowhere")), "node": "model.shop.gone" });
    client
        .execute(command, elsewhere)
        .expect("it may be closed meanwhile");
    assert!(client.expect_message().contains("not open"));
}

#[test]
fn hostile_titles_are_buttons_of_plain_text() {
    let folder = project::copy("shop");
    let hostile = project::fixture("hostile/workbooks/text.twb");
    std::fs::copy(hostile, folder.path().join("tableau/text.twb")).expect("a copy");
    let client = clicked(
        &folder,
        "models/marts/fct_orders.sql",
        Setup::new(folder.path()),
    );
    let asked = client.expect("window/showMessageRequest", |_| true);
    let actions = asked["actions"].as_array().expect("buttons");
    assert!(actions.len() <= 10);
    for action in actions {
        let title = action["title"].as_str().expect("a title");
        assert!(
            title.chars().count() < 250 && !title.contains(char::is_control),
            "{title:?}"
        );
    }
}

#[test]
fn an_address_that_is_no_page_is_never_opened() {
    let folder = project::copy("shop");
    let hostile = project::fixture("hostile/workbooks/links.twb");
    std::fs::remove_dir_all(folder.path().join("tableau")).expect("no other workbooks");
    std::fs::create_dir(folder.path().join("tableau")).expect("a folder");
    std::fs::copy(hostile, folder.path().join("tableau/links.twb")).expect("a copy");
    let client = clicked(
        &folder,
        "models/marts/fct_orders.sql",
        Setup::new(folder.path()),
    );
    let said = client.expect_message();
    assert!(
        said.contains("links.twb") && !said.contains("javascript"),
        "{said}"
    );
    assert!(client.seen("window/showDocument").is_empty());
}
