//! What becomes of records: small ones for each rule, and recorded answers of a real site.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::lower;
use crate::records::Records;

mod recorded;

/// A site with these records beside an empty rest.
fn records(parts: Value) -> Records {
    let mut all = json!({
        "base": "https://10ax.online.tableau.com",
        "site": "acme",
        "fetched_at": "2025-06-01T12:00:00Z",
    });
    if let (Some(all), Value::Object(parts)) = (all.as_object_mut(), parts) {
        all.extend(parts);
    }
    serde_json::from_value(all).unwrap()
}

/// A workbook `w` with one datasource `d` on one sheet, and what else the records hold.
fn with_datasource(datasource: Value, rest: Value) -> Records {
    let mut datasource = datasource;
    datasource["id"] = json!("d");
    datasource["name"] = json!("Orders");
    datasource["downstreamSheets"] = json!([{"id": "s"}]);
    let mut parts = json!({
        "workbooks": [{
            "id": "w", "luid": "wl", "name": "Sales",
            "sheets": [{"id": "s", "luid": "sl", "name": "By month", "path": "Sales/Bymonth"}],
            "dashboards": [{"id": "o", "luid": "ol", "name": "Overview", "path": "Sales/Overview",
                "sheets": [{"id": "s"}]}],
            "embeddedDatasources": [{"id": "d", "name": "Orders"}],
        }],
        "embedded": [datasource],
    });
    if let (Some(parts), Value::Object(rest)) = (parts.as_object_mut(), rest) {
        parts.extend(rest);
    }
    records(parts)
}

/// What the one datasource reads, and what is not known.
#[track_caller]
fn check(datasource: Value, rest: Value, expect: Expect) {
    let content = lower(&with_datasource(datasource, rest), None);
    let mut lines = Vec::new();
    for it in &content.workbooks[0].datasources {
        lines.push(format!("{} ({})", it.title(), it.class));
        lines.extend(it.published_as.as_ref().map(|it| {
            let luid = it.luid.as_ref().map_or("?", |it| &it.0);
            format!("  is {} {luid}", it.name.as_deref().unwrap_or("?"))
        }));
        for table in &it.tables {
            let stated = if table.database_stated {
                ""
            } else {
                " completed"
            };
            let connection = table.connection.as_deref().unwrap_or("?");
            let (relation, through) = (&table.relation, table.through);
            lines.push(format!("  {relation}{stated} {through:?} by {connection}"));
        }
        for query in &it.custom_sql {
            let tables: Vec<_> = query
                .tables
                .iter()
                .map(|it| it.relation.to_string())
                .collect();
            let readable = if query.readable { "" } else { " and more" };
            lines.push(format!("  query of {}{readable}", tables.join(", ")));
        }
    }
    for gap in &content.gaps {
        lines.push(format!("{}: {}", gap.code.as_str(), gap.message));
    }
    expect.assert_eq(&lines.join("\n"));
}

fn table(class: &str, database: &str, schema: &str, name: &str, full_name: &str) -> Value {
    json!({"upstreamTables": [{
        "id": "t", "name": name, "fullName": full_name, "schema": schema,
        "connectionType": class, "database": {"name": database},
    }]})
}

#[test]
fn the_full_name_counts_before_the_schema() {
    let check = |class, database, schema, name, full_name, expect: Expect| {
        check(
            table(class, database, schema, name, full_name),
            json!({}),
            expect,
        );
    };
    check(
        "postgres",
        "dvdrental",
        "public",
        "address",
        "[public].[address]",
        expect![[r#"
            Orders (federated)
              dvdrental.public.address completed Listed by postgres: dvdrental"#]],
    );
    check(
        "postgres",
        "dvdrental",
        "public1",
        "actor",
        "[public].[actor]",
        expect![[r#"
            Orders (federated)
              dvdrental.public.actor completed Listed by postgres: dvdrental"#]],
    );
    check(
        "postgres",
        "dvdrental",
        "",
        "customer",
        "customer",
        expect![[r#"
            Orders (federated)
              dvdrental.customer completed Listed by postgres: dvdrental"#]],
    );
    check(
        "postgres",
        "dvdrental",
        "sales",
        "customer",
        "",
        expect![[r#"
            Orders (federated)
              dvdrental.sales.customer completed Listed by postgres: dvdrental"#]],
    );
    check(
        "snowflake",
        "OTHER",
        "X",
        "T",
        "[DB].[SCHEMA].[T]",
        expect![[r#"
            Orders (federated)
              DB.SCHEMA.T Listed by snowflake: OTHER"#]],
    );
    check(
        "excel-direct",
        "Sample - Superstore.xls",
        "",
        "Orders",
        "[Orders$]",
        expect![[r#"
            Orders (federated)
              Orders$ completed Listed by excel-direct: Sample - Superstore.xls"#]],
    );
    check(
        "webdata-direct:x",
        "ven01911",
        "",
        "task",
        "[task]",
        expect![[r#"
            Orders (federated)
              task completed Listed by webdata-direct:x: ven01911"#]],
    );
}

#[test]
fn what_tableau_calls_a_database_is_not_always_one() {
    let check = |class, database, full_name, expect: Expect| {
        check(
            table(class, database, "", "t", full_name),
            json!({}),
            expect,
        );
    };
    check(
        "bigquery",
        "My Project 42084",
        "[sales].[t]",
        expect![[r#"
        Orders (federated)
          sales.t completed Listed by bigquery: My Project 42084"#]],
    );
    check(
        "bigquery",
        "My Project 42084",
        "[demo-1].[sales].[t]",
        expect![[r#"
            Orders (federated)
              demo-1.sales.t Listed by bigquery: My Project 42084"#]],
    );
    check(
        "mysql",
        "shop",
        "[t]",
        expect![[r#"
        Orders (federated)
          shop.t completed Listed by mysql: shop"#]],
    );
    check(
        "teradata",
        "shop",
        "[t]",
        expect![[r#"
        Orders (federated)
          shop.t completed Listed by teradata: shop"#]],
    );
    check(
        "clickhouse_jdbc",
        "shop",
        "[t]",
        expect![[r#"
        Orders (federated)
          shop.t completed Listed by clickhouse_jdbc: shop"#]],
    );
    check(
        "athena",
        "shop",
        "[t]",
        expect![[r#"
        Orders (federated)
          shop.t completed Listed by athena: shop"#]],
    );
    check(
        "athena",
        "AwsDataCatalog",
        "[shop].[t]",
        expect![[r#"
        Orders (federated)
          shop.t completed Listed by athena: AwsDataCatalog"#]],
    );
}

#[test]
fn hidden_names_are_counted() {
    let hidden = json!({"upstreamTables": [
        {"id": "1", "name": null, "fullName": null, "connectionType": "snowflake", "database": null},
        {"id": "2", "name": null, "connectionType": "snowflake", "database": {"name": null}},
        null,
    ]});
    check(
        hidden,
        json!({}),
        expect![[r#"
        Orders (federated)
           completed Listed by snowflake
        name_hidden: 2 tables have names hidden by permissions (snowflake)"#]],
    );
}

#[test]
fn a_query_belongs_to_the_datasource_on_its_sheets() {
    let rest = |query: &str| {
        json!({"custom_sql": [{
            "id": "q", "name": "Custom SQL Query", "query": query,
            "connectionType": "snowflake", "database": {"name": "SHOP"},
            "tables": [{"id": "t", "name": "orders", "fullName": "orders", "connectionType": "snowflake"}],
            "downstreamWorkbooks": [{"id": "w", "luid": "wl"}],
            "downstreamSheets": [{"id": "s"}],
        }]})
    };
    let seen = table("snowflake", "SHOP", "", "orders", "orders");
    check(
        seen.clone(),
        rest("select * from marts.orders where a &lt; 3"),
        expect![[r#"
            Orders (federated)
              query of SHOP.marts.orders"#]],
    );
    check(
        seen.clone(),
        rest("select * from marts.orders where a << 3"),
        expect![[r#"
            Orders (federated)
              query of SHOP.marts.orders"#]],
    );
    check(
        seen.clone(),
        rest("gibberish ((("),
        expect![[r#"
        Orders (federated)
          SHOP.orders completed Listed by snowflake: SHOP
          query of orders and more
        custom_sql_unreadable: custom SQL `Custom SQL Query` of `Orders` in Sales could not be read: it does not parse"#]],
    );
    check(
        seen,
        rest(""),
        expect![[r#"
        Orders (federated)
          SHOP.orders completed Listed by snowflake: SHOP
          query of orders and more
        custom_sql_unreadable: custom SQL `Custom SQL Query` of `Orders` in Sales could not be read: its text is hidden"#]],
    );
}

#[test]
fn a_query_of_no_datasource_stands_alone() {
    let rest = json!({"custom_sql": [{
        "id": "q", "query": "select * from marts.orders", "connectionType": "snowflake",
        "downstreamWorkbooks": [{"luid": "wl"}], "downstreamSheets": [{"id": "elsewhere"}],
    }]});
    let parent = json!({"parentPublishedDatasources": [{"id": "p", "luid": "pl", "name": "P"}]});
    check(
        parent,
        rest,
        expect![[r#"
        Orders (sqlproxy)
          is P pl
        (name hidden) (federated)
          query of marts.orders"#]],
    );
}

#[test]
fn published_datasources_are_known_by_luid() {
    let published = |luid: &str, project: &str| {
        json!({"id": format!("{luid}id"), "luid": luid, "name": "Customers", "projectLuid": project,
            "upstreamTables": [{"id": "t", "fullName": "[a].[b]", "connectionType": "postgres"}]})
    };
    let two = json!({"published": [published("one", "p1"), published("two", "p2")]});
    let by_id = json!({"parentPublishedDatasources": [{"id": "twoid", "luid": null, "name": null}],
        "upstreamTables": [{"id": "t", "fullName": "[a].[b]", "connectionType": "postgres"}]});
    check(
        by_id,
        two.clone(),
        expect![[r#"
        Orders (sqlproxy)
          is Customers two"#]],
    );
    let proxy = json!({"connections": [{"kind": "sqlproxy", "datasource_name": "Customers"}]});
    check(
        proxy.clone(),
        two,
        expect![[r#"
        Orders (sqlproxy)
          is Customers ?"#]],
    );
    check(
        proxy,
        json!({"published": [published("one", "p1")]}),
        expect![[r#"
            Orders (sqlproxy)
              is Customers one"#]],
    );
}

#[test]
fn what_is_not_known_is_said() {
    check(
        json!({}),
        json!({}),
        expect![[r#"
        Orders (federated)
        metadata_incomplete: `Orders` in Sales lists nothing that it reads, so that what lies behind it is not known"#]],
    );
    check(
        json!({"hasExtracts": true}),
        json!({}),
        expect![[r#"
        Orders (federated)
        extract_only: `Orders` in Sales holds only an extract; what it was made from is not known"#]],
    );
    check(
        json!({"connections": [{"kind": "excel-direct"}]}),
        json!({}),
        expect!["Orders (federated)"],
    );
    check(
        json!({}),
        json!({"embedded": []}),
        expect!["truncated: what `Orders` in Sales read did not come"],
    );
}

#[test]
fn notes_are_gaps_where_something_is_missing() {
    let notes = json!({"notes": [
        {"kind": "information", "message": "fine"},
        {"kind": "visibility_limited", "message": "part of it"},
        {"kind": "truncated", "message": "given up", "about": "Sales"},
    ]});
    check(
        table("postgres", "db", "", "t", "[a].[t]"),
        notes,
        expect![[r#"
            Orders (federated)
              db.a.t completed Listed by postgres: db
            visibility_limited: part of it
            truncated: given up"#]],
    );
}

#[test]
fn addresses_are_made_of_what_the_site_tells() {
    let records = |site: &str| {
        let mut records = with_datasource(json!({}), json!({}));
        records.site = site.to_owned();
        let workbook = &mut records.workbooks[0];
        workbook.sheets[0].path = Some("Sales 1/By (month)#".to_owned());
        workbook.item.webpage_url =
            Some("https://10ax.online.tableau.com/#/site/acme/workbooks/265605/views".to_owned());
        records
    };
    let pages = |site: &str, public_url: Option<&str>| {
        let content = lower(&records(site), public_url);
        let workbook = &content.workbooks[0];
        let urls = [
            &workbook.url,
            &workbook.sheets[0].url,
            &workbook.dashboards[0].url,
        ];
        urls.map(|it| it.clone().unwrap_or_default()).join("\n")
    };
    expect![[r#"
        https://10ax.online.tableau.com/#/site/acme/workbooks/265605
        https://10ax.online.tableau.com/#/site/acme/views/Sales%201/By%20%28month%29%23
        https://10ax.online.tableau.com/#/site/acme/views/Sales/Overview"#]]
    .assert_eq(&pages("acme", None));
    expect![[r#"
        https://bi.example.com/#/workbooks/265605
        https://bi.example.com/#/views/Sales%201/By%20%28month%29%23
        https://bi.example.com/#/views/Sales/Overview"#]]
    .assert_eq(&pages("", Some("https://bi.example.com/")));
}

#[test]
fn the_number_of_a_workbook_is_found_where_it_stands() {
    let url = |field: &str, value: &str| {
        let mut record = json!({"id": "w", "luid": "wl", "name": "Sales"});
        record[field] = json!(value);
        let content = lower(&records(json!({"workbooks": [record]})), None);
        content.workbooks[0].url.clone()
    };
    let page = "https://10ax.online.tableau.com/#/site/acme/workbooks/7";
    assert_eq!(url("vizportalUrlId", "7").as_deref(), Some(page));
    assert_eq!(url("uri", "sites/4989/workbooks/7").as_deref(), Some(page));
    assert_eq!(
        url("webpageUrl", "http://s/#/workbooks/7/views").as_deref(),
        Some(page)
    );
    assert_eq!(url("uri", "sites/4989/workbooks/x"), None);
}

#[test]
fn views_are_counted_and_their_growth() {
    let usage = json!({"usage": {
        "at": "2025-06-01T12:00:00Z", "earlier_at": "2025-05-25T18:00:00Z",
        "views": {"ol": {"total": 40, "earlier": 9}, "sl": {"total": 2}},
    }});
    let content = lower(&with_datasource(json!({}), usage), None);
    let workbook = &content.workbooks[0];
    let count = |it: Option<lineage::ViewCount>| {
        let it = it.unwrap();
        let recent = it
            .recent
            .map(|it| format!(", {} in {} days", it.count, it.days));
        format!("{}{}", it.total, recent.unwrap_or_default())
    };
    assert_eq!(count(workbook.dashboards[0].views), "40, 31 in 7 days");
    assert_eq!(count(workbook.sheets[0].views), "2");
    assert_eq!(count(workbook.views), "42, 31 in 7 days");
}

#[test]
fn a_story_shows_the_sheets_on_what_it_reads() {
    let mut records = with_datasource(table("postgres", "db", "", "t", "[a].[t]"), json!({}));
    let workbook = &mut records.workbooks[0];
    workbook.dashboards[0] = serde_json::from_value(json!({
        "id": "o", "name": "Story", "story": true,
        "reads": {"upstreamTables": [{"id": "t"}], "upstreamDatasources": []},
    }))
    .unwrap();
    let content = lower(&records, None);
    let story = &content.workbooks[0].dashboards[0];
    assert!(story.story);
    assert_eq!(story.sheets, ["By month"]);
}

#[test]
fn hidden_sheets_have_no_page_and_still_tie_dashboards() {
    let mut records = with_datasource(table("postgres", "db", "", "t", "[a].[t]"), json!({}));
    let sheet = &mut records.workbooks[0].sheets[0];
    (sheet.luid, sheet.path, sheet.name) = (None, None, None);
    let content = lower(&records, None);
    let workbook = &content.workbooks[0];
    assert!(workbook.sheets[0].hidden);
    assert_eq!(workbook.sheets[0].url, None);
    assert_eq!(workbook.dashboards_on(&workbook.datasources[0]), [0]);
}

#[test]
fn every_workbook_is_listed_where_nothing_was_cut_left_out_or_hidden() {
    let check = |parts: Value, lists_all: bool| {
        let mut all = json!({"catalogue_complete": true, "sees_all": true});
        if let (Some(all), Value::Object(parts)) = (all.as_object_mut(), &parts) {
            all.extend(parts.clone());
        }
        assert_eq!(lower(&records(all), None).lists_all, lists_all, "{parts}");
    };
    let note = |kind: &str| json!({"notes": [{"kind": kind, "message": "x"}]});
    check(json!({}), true);
    check(json!({"catalogue_complete": false}), false);
    check(json!({"sees_all": false}), false);
    check(json!({"projects_wanted": ["Finance/**"]}), false);
    check(json!({"projects_excluded": ["Drafts"]}), false);
    check(note("visibility_limited"), false);
    check(note("catalogue_incomplete"), false);
    check(note("information"), true);
    assert!(!lower(&records(json!({"catalogue_complete": true})), None).lists_all);
}

#[test]
fn no_records_are_no_content() {
    let content = lower(&Records::default(), None);
    assert!(content.workbooks.is_empty() && content.gaps.is_empty());
}

#[test]
fn a_published_datasource_keeps_the_tables_of_all_that_it_reads() {
    let table = |id: &str| json!({"id": id, "fullName": format!("[DB].[S].[{id}]"), "connectionType": "snowflake"});
    let content = lower(
        &records(json!({"published": [
            {"id": "c", "luid": "cl", "name": "Combined",
                "upstreamDatasources": [{"id": "a", "luid": "al"}, {"id": "b", "luid": "bl"}],
                "upstreamTables": [table("T_A"), table("T_B")]},
            {"id": "a", "luid": "al", "name": "A", "upstreamTables": [table("T_A")]},
            {"id": "b", "luid": "bl", "name": "B", "upstreamTables": [table("T_B")]},
        ]})),
        None,
    );
    let combined = content.datasources.iter().find(|it| it.name == "Combined");
    let inside = &combined.unwrap().inside;
    let tables: Vec<&str> = inside.tables.iter().map(|it| it.raw.as_str()).collect();
    assert!(inside.published_as.is_some());
    assert_eq!(tables, ["[DB].[S].[T_B]"]);
}
