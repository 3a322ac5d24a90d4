use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;
use crate::content::Datasource;
use crate::testing;

/// What is left, a content in a paragraph, with its gaps last.
#[track_caller]
fn check(tableau: &str, answer: Expect) {
    let merged = merge(testing::contents(tableau));
    let mut text = String::new();
    for content in merged.iter().filter(|it| !is_empty(it)) {
        writeln!(text, "{}:", content.name).unwrap();
        for it in &content.workbooks {
            let marks = marks(it.luid.as_ref(), it.file.as_ref());
            writeln!(text, "  {}{marks}", it.name).unwrap();
            it.datasources
                .iter()
                .for_each(|it| write_reads(&mut text, it));
            for it in &it.dashboards {
                writeln!(text, "    ={}: {}", it.name, it.sheets.join(", ")).unwrap();
            }
        }
        for it in &content.datasources {
            let marks = marks(it.luid.as_ref(), it.file.as_ref());
            writeln!(text, "  published {}{marks}", it.name).unwrap();
            write_reads(&mut text, &it.inside);
        }
        for it in &content.gaps {
            let about = it.about.as_deref().unwrap_or("all");
            writeln!(text, "  gap {} about {about}", it.code.as_str()).unwrap();
        }
    }
    answer.assert_eq(&text);
    let again = format!("{:?}", merge(merged.clone()));
    assert_eq!(
        again,
        format!("{merged:?}"),
        "merging again changes nothing"
    );
}

fn is_empty(it: &Content) -> bool {
    it.workbooks.is_empty() && it.datasources.is_empty() && it.gaps.is_empty()
}

fn marks(luid: Option<&Luid>, file: Option<&String>) -> String {
    let luid = luid.map_or(String::new(), |it| format!(" {it}"));
    let file = file.map_or(String::new(), |it| format!(" in {it}"));
    luid + &file
}

fn write_reads(text: &mut String, it: &Datasource) {
    let listed = it.tables.iter().map(|it| it.raw.clone());
    let queries = it.custom_sql.iter().map(|it| match it.readable {
        true => "a query".to_owned(),
        false => "an unreadable query".to_owned(),
    });
    let published = it.published_as.iter().map(|it| match &it.luid {
        Some(luid) => format!("published {luid}"),
        None => "published".to_owned(),
    });
    let reads: Vec<String> = listed.chain(queries).chain(published).collect();
    writeln!(text, "    {}: {}", it.title(), reads.join(", ")).unwrap();
}

/// A local file of the site's workbook Sales, and that workbook as the site knows it.
fn sales(local: &str, on_site: &str) -> String {
    format!(
        "workbook Sales_local file=Sales.twbx site=acme content_url=Sales
         datasource Orders snowflake
         {local}
         content site acme host=acme.example
         workbook Sales luid=w1 site=acme content_url=Sales
         datasource Orders snowflake {on_site}"
    )
}

#[test]
fn a_local_file_of_a_published_workbook_is_shown_once_and_marked() {
    check(
        &sales("[DB].[S].[OLD]", "\n[DB].[S].[ORDERS]"),
        expect![[r#"
        acme:
          Sales w1 in Sales.twbx
            Orders: [DB].[S].[ORDERS]
            =Overview: Orders sheet
    "#]],
    );
}

#[test]
fn what_only_the_file_knows_is_kept() {
    let gaps = "extract\ngap extract_only about=Sales x";
    check(
        &sales("[DB].[S].[ORDERS]", gaps),
        expect![[r#"
            acme:
              Sales w1 in Sales.twbx
                Orders: [DB].[S].[ORDERS]
                =Overview: Orders sheet
        "#]],
    );
    check(
        &sales("sql db.s.orders", gaps),
        expect![[r#"
            acme:
              Sales w1 in Sales.twbx
                Orders: a query
                =Overview: Orders sheet
        "#]],
    );
    check(
        &sales("sql db.s.orders", "\nsql ?"),
        expect![[r#"
        acme:
          Sales w1 in Sales.twbx
            Orders: a query
            =Overview: Orders sheet
    "#]],
    );
    check(
        &sales(
            "[DB].[S].[ORDERS]\ndatasource Hidden snowflake\n[DB].[S].[SECRET]",
            "\n[DB].[S].[ORDERS]",
        ),
        expect![[r#"
            acme:
              Sales w1 in Sales.twbx
                Orders: [DB].[S].[ORDERS]
                Hidden: [DB].[S].[SECRET]
                =Overview: Orders sheet, Hidden sheet
        "#]],
    );
}

#[test]
fn what_a_site_does_not_tell_of_a_workbook_the_file_does() {
    check(
        &sales(
            "[DB].[S].[ORDERS]",
            "\ngap metadata_incomplete about=Sales x",
        ),
        expect![[r#"
            acme:
              Sales w1 in Sales.twbx
                Orders: [DB].[S].[ORDERS]
                =Overview: Orders sheet
        "#]],
    );
    let untold = "\n[DB].[S].[ORDERS]\nworkbook New luid=w2 site=acme content_url=New\ngap metadata_incomplete about=New x";
    check(
        &format!(
            "workbook New file=New.twb site=acme content_url=New\ndatasource D snowflake\n[DB].[S].[D]\n{}",
            sales("[DB].[S].[ORDERS]", untold)
        ),
        expect![[r#"
            acme:
              Sales w1 in Sales.twbx
                Orders: [DB].[S].[ORDERS]
                =Overview: Orders sheet
              New w2 in New.twb
                D: [DB].[S].[D]
                =Overview: D sheet
        "#]],
    );
    check(
        &sales("", "\ngap metadata_incomplete about=Sales x"),
        expect![[r#"
            acme:
              Sales w1 in Sales.twbx
                Orders: 
                =Overview: Orders sheet
              gap metadata_incomplete about Sales
        "#]],
    );
}

#[test]
fn what_only_the_site_knows_is_no_gap_of_the_file() {
    check(
        &sales(
            "gap virtual_connection about=Sales_local x\ngap stored_procedure about=Sales_local x",
            "\nvc Shared\n[DB].[S].[ORDERS] through vc",
        ),
        expect![[r#"
            acme:
              Sales w1 in Sales.twbx
                Orders: [DB].[S].[ORDERS]
                =Overview: Orders sheet
              gap stored_procedure about Sales
        "#]],
    );
    check(
        &sales("sql ?", "\n[DB].[S].[ORDERS]"),
        expect![[r#"
        acme:
          Sales w1 in Sales.twbx
            Orders: [DB].[S].[ORDERS]
            =Overview: Orders sheet
    "#]],
    );
}

#[test]
fn a_gap_stays_while_both_do_not_know_or_another_has_the_name() {
    check(
        &sales("sql ?", "\nsql ?"),
        expect![[r#"
        acme:
          Sales w1 in Sales.twbx
            Orders: an unreadable query
            =Overview: Orders sheet
          gap custom_sql_unreadable about Sales
    "#]],
    );
    let namesake = "extract\ngap extract_only about=Sales x\nworkbook Sales luid=w2";
    check(
        &sales("[DB].[S].[ORDERS]", namesake),
        expect![[r#"
        acme:
          Sales w1 in Sales.twbx
            Orders: [DB].[S].[ORDERS]
            =Overview: Orders sheet
          Sales w2
            =Overview: 
          gap extract_only about Sales
    "#]],
    );
}

#[test]
fn titles_decide_nothing_and_neither_does_another_host_or_site() {
    let site = |file: &str, site: &str| {
        format!(
            "workbook Sales file=Sales.twb {file}\ncontent site acme host=acme.example\nworkbook Sales luid=w1 {site}"
        )
    };
    check(
        &site("", "site=acme content_url=Sales"),
        expect![[r#"
        tableau:
          Sales in Sales.twb
            =Overview: 
        acme:
          Sales w1
            =Overview: 
    "#]],
    );
    check(
        &site("site=emea content_url=Sales", "site=acme content_url=Sales"),
        expect![[r#"
            tableau:
              Sales in Sales.twb
                =Overview: 
            acme:
              Sales w1
                =Overview: 
        "#]],
    );
    check(
        &site("site=ACME content_url=sales", "site=acme content_url=Sales"),
        expect![[r#"
            acme:
              Sales w1 in Sales.twb
                =Overview: 
        "#]],
    );
    let paged = "site= content_url=Sales url=https://other.example/#/views/Sales/Overview";
    check(
        &site(paged, "site= content_url=Sales"),
        expect![[r#"
        tableau:
          Sales in Sales.twb
            =Overview: 
        acme:
          Sales w1
            =Overview: 
    "#]],
    );
    let paged = "site= content_url=Sales url=https://acme.example/#/views/Sales/Overview";
    check(
        &site(paged, "site= content_url=Sales"),
        expect![[r#"
        acme:
          Sales w1 in Sales.twb
            =Overview: 
    "#]],
    );
}

#[test]
fn a_file_that_may_be_of_two_sites_is_of_neither() {
    check(
        "workbook Sales file=Sales.twb site= content_url=Sales
         content site one host=one.example
         workbook Sales luid=w1 site= content_url=Sales
         content site two host=two.example
         workbook Sales luid=w2 site= content_url=Sales",
        expect![[r#"
            tableau:
              Sales in Sales.twb
                =Overview: 
            one:
              Sales w1
                =Overview: 
            two:
              Sales w2
                =Overview: 
        "#]],
    );
}

#[test]
fn a_workbook_of_a_snapshot_and_a_site_is_shown_once_as_it_was_last_read() {
    let both = |snapshot: &str, site: &str| {
        format!(
            "content snapshot team host=acme.example fetched={snapshot}
             workbook Sales luid=w1
             datasource Orders snowflake
             [DB].[S].[SNAPSHOT]
             workbook Only luid=w2
             content site acme host=acme.example {site}
             workbook Sales luid=W1
             datasource Orders snowflake
             [DB].[S].[SITE]"
        )
    };
    let (early, late) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    check(
        &both(early, &format!("fetched={late}")),
        expect![[r#"
        team:
          Only w2
            =Overview: 
        acme:
          Sales W1
            Orders: [DB].[S].[SITE]
            =Overview: Orders sheet
    "#]],
    );
    check(
        &both(late, &format!("fetched={early}")),
        expect![[r#"
        team:
          Sales w1
            Orders: [DB].[S].[SNAPSHOT]
            =Overview: Orders sheet
          Only w2
            =Overview: 
    "#]],
    );
    check(
        &both(late, &format!("fetched={late}")),
        expect![[r#"
        team:
          Only w2
            =Overview: 
        acme:
          Sales W1
            Orders: [DB].[S].[SITE]
            =Overview: Orders sheet
    "#]],
    );
    check(
        &both(early, ""),
        expect![[r#"
        team:
          Sales w1
            Orders: [DB].[S].[SNAPSHOT]
            =Overview: Orders sheet
          Only w2
            =Overview: 
    "#]],
    );
}

#[test]
fn a_wider_token_tells_what_a_narrower_one_hides() {
    check(
        "content site acme host=acme.example fetched=2026-02-01T00:00:00Z
         gap name_hidden about=Sales x
         workbook Sales luid=w1
         datasource Orders snowflake
         []
         content snapshot team host=acme.example fetched=2026-01-01T00:00:00Z
         workbook Sales luid=w1
         datasource Orders snowflake
         [DB].[S].[ORDERS]",
        expect![[r#"
            acme:
              Sales w1
                Orders: [DB].[S].[ORDERS]
                =Overview: Orders sheet
        "#]],
    );
}

#[test]
fn one_luid_on_two_hosts_is_two_workbooks() {
    check(
        "content site prod host=prod.example
         workbook Sales luid=w1
         content site test host=test.example
         workbook Sales luid=w1",
        expect![[r#"
            prod:
              Sales w1
                =Overview: 
            test:
              Sales w1
                =Overview: 
        "#]],
    );
}

#[test]
fn a_datasource_file_is_the_published_one() {
    check(
        "published Orders_local snowflake file=Orders.tds site=acme content_url=orders
         [DB].[S].[ORDERS]
         gap stored_procedure about=Orders_local x
         content site acme
         published Orders snowflake extract luid=d1 site=acme content_url=orders certified
         gap extract_only about=Orders x",
        expect![[r#"
            acme:
              published Orders d1 in Orders.tds
                Orders: [DB].[S].[ORDERS]
              gap stored_procedure about Orders
        "#]],
    );
}

#[test]
fn a_snapshot_serves_who_is_not_signed_in() {
    let team = |selected: &str| {
        format!(
            "content site acme host=acme.example
             gap not_signed_in x
             content snapshot acme host=acme.example fetched=2026-01-01T00:00:00Z {selected}
             workbook Sales luid=w1"
        )
    };
    check(
        &team(""),
        expect![[r#"
            acme:
              Sales w1
                =Overview: 
        "#]],
    );
    check(
        &team("selected=Finance/**"),
        expect![[r#"
            acme:
              Sales w1
                =Overview: 
        "#]],
    );
    let read = team("selected=Finance/**").replace(
        "content site acme host=acme.example",
        "content site acme host=acme.example fetched=2025-12-01T00:00:00Z",
    );
    check(
        &read,
        expect![[r#"
        acme:
          gap not_signed_in about all
        acme:
          Sales w1
            =Overview: 
    "#]],
    );
    check(
        &format!("{}\ngap truncated x", team("")),
        expect![[r#"
            acme:
              gap not_signed_in about all
            acme:
              Sales w1
                =Overview: 
              gap truncated about all
        "#]],
    );
}

#[test]
fn each_content_says_for_itself_whether_it_lists_all() {
    let two = "content site acme host=acme.example fetched=2025-12-01T00:00:00Z
        workbook Sales luid=w1
        content snapshot acme lists_all host=acme.example fetched=2026-01-01T00:00:00Z
        workbook Sales luid=w1";
    let merged = merge(testing::contents(two));
    let lists_all: Vec<bool> = merged.iter().map(|it| it.lists_all).collect();
    assert_eq!(lists_all, [false, false, true]);
}

#[test]
fn hidden_sheets_of_an_added_datasource_reach_their_dashboards() {
    check(
        "workbook Sales file=Sales.twbx site=acme content_url=Sales
         datasource Secret snowflake
         [DB].[S].[SECRET]
         datasource Orders snowflake
         [DB].[S].[ORDERS]
         sheet By day: Secret
         sheet Stale: Orders
         dashboard Overview: By day, Stale
         dashboard Draft: By day
         story Tale: Overview
         content site acme
         workbook Sales luid=w1 site=acme content_url=Sales
         datasource Orders snowflake
         [DB].[S].[ORDERS]
         sheet By week: Orders
         dashboard Overview: By week
         dashboard Tale:",
        expect![[r#"
            acme:
              Sales w1 in Sales.twbx
                Orders: [DB].[S].[ORDERS]
                Secret: [DB].[S].[SECRET]
                =Overview: By week, By day
                =Tale: Overview
        "#]],
    );
}
