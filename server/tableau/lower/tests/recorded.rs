//! Recorded answers of a real site: what is in them, exactly.

use std::fmt::Write as _;
use std::path::PathBuf;

use expect_test::expect;
use serde_json::{Value, json};

use super::super::lower;
use crate::records::Records;

/// Recorded answers; `None`, said aloud, where they are not there.
#[allow(clippy::print_stderr)]
fn folder(test: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/tableau_responses/datahub");
    if !folder.is_dir() {
        eprintln!("skipped: no shared data");
        return None;
    }
    eprintln!("read shared data: {test}");
    Some(folder)
}

#[allow(clippy::disallowed_methods)]
fn nodes(folder: &std::path::Path, connection: &str) -> Vec<Value> {
    let path = folder.join(format!("{connection}_all.json"));
    let answer: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let nodes = answer["data"][connection]["nodes"].as_array().cloned();
    nodes.unwrap_or_default()
}

/// The pages as one site. They were recorded by queries other than ours: names of
/// views stand in lists of their own, and columns tell whose a query is.
fn records(folder: &std::path::Path) -> Records {
    let views = |connection| nodes(folder, connection);
    let (dashboards, sheets) = (views("dashboardsConnection"), views("sheetsConnection"));
    let mut workbooks = nodes(folder, "workbooksConnection");
    for workbook in &mut workbooks {
        fill(&mut workbook["sheets"], &sheets);
        fill(&mut workbook["dashboards"], &dashboards);
    }
    let mut queries = nodes(folder, "customSQLTablesConnection");
    for query in &mut queries {
        let readers = readers(query);
        let of = |kind: &str| -> Vec<Value> {
            let fitting = readers.iter().filter(|it| it["__typename"] == kind);
            fitting.map(|it| json!({"id": it["id"]})).collect()
        };
        query["downstreamDatasources"] = json!(of("PublishedDatasource"));
        let workbooks = readers.iter().map(|it| json!({"id": it["workbook"]["id"]}));
        query["downstreamWorkbooks"] = json!(workbooks.collect::<Vec<_>>());
    }
    let all = json!({
        "base": "https://10ax.online.tableau.com", "site": "acme",
        "workbooks": workbooks, "custom_sql": queries,
        "embedded": nodes(folder, "embeddedDatasourcesConnection"),
        "published": nodes(folder, "publishedDatasourcesConnection"),
    });
    serde_json::from_value(all).unwrap()
}

fn fill(named: &mut Value, all: &[Value]) {
    for it in named.as_array_mut().into_iter().flatten() {
        let whole = all.iter().find(|whole| whole["id"] == it["id"]);
        *it = whole.cloned().unwrap_or_else(|| it.clone());
    }
}

/// The datasources whose fields refer to the columns of a query, each once.
fn readers(query: &Value) -> Vec<Value> {
    let list = |it: &Value| it.as_array().cloned().unwrap_or_default();
    let columns = list(&query["columns"]);
    let fields = columns
        .iter()
        .flat_map(|it| list(&it["referencedByFields"]));
    let mut found: Vec<Value> = Vec::new();
    for datasource in fields.map(|mut it| it["datasource"].take()) {
        if !found.iter().any(|it| it["id"] == datasource["id"]) {
            found.push(datasource);
        }
    }
    found
}

#[test]
fn lowers_the_recorded_site() {
    let Some(folder) = folder("lowers_the_recorded_site") else {
        return;
    };
    let content = lower(&records(&folder), None);
    let mut lines = String::new();
    for it in &content.workbooks {
        let path = it.project_path.join("/");
        let url = it.url.as_deref().unwrap_or("?");
        let owner = it.owner.name.as_deref().unwrap_or("?");
        let _ = writeln!(lines, "{} [{path}] {owner} {url}", it.name);
        for datasource in &it.datasources {
            let title = datasource.title();
            let n_sheets = it.sheets_on(datasource).count();
            let on: Vec<&str> = it
                .dashboards_on(datasource)
                .into_iter()
                .map(|ix| it.dashboards[ix].name.as_str())
                .collect();
            let _ = writeln!(lines, "  {title} on {n_sheets} sheets, {}", on.join(", "));
            inside(&mut lines, datasource);
        }
        let n_hidden = it.sheets.iter().filter(|it| it.hidden).count();
        let _ = writeln!(lines, "  {} sheets, {n_hidden} hidden", it.sheets.len());
    }
    for it in &content.datasources {
        let _ = writeln!(
            lines,
            "published {} {}",
            it.name,
            it.url.as_deref().unwrap_or("?")
        );
        inside(&mut lines, &it.inside);
    }
    for gap in &content.gaps {
        let _ = writeln!(lines, "{}: {}", gap.code.as_str(), gap.message);
    }
    expect![[r#"
        Deny Pattern WorkBook [DenyProject] jawadqu@gmail.com https://10ax.online.tableau.com/#/site/acme/workbooks/17904
          0 sheets, 0 hidden
        Dvdrental Workbook [default] jawadqu@gmail.com https://10ax.online.tableau.com/#/site/acme/workbooks/15619
          Customer Payment Query on 2 sheets, dvd Rental Dashboard
            dvdrental.public.customer by postgres: dvdrental
            dvdrental.public.payment by postgres: dvdrental
          actor+ (dvdrental) on 0 sheets, 
            dvdrental.public.address by postgres: dvdrental
            dvdrental.public.actor by postgres: dvdrental
          Superstore Datasource on 1 sheets, 
            is Superstore Datasource
          3 sheets, 0 hidden
        Email Performance by Campaign [default] jawadqu@gmail.com https://10ax.online.tableau.com/#/site/acme/workbooks/15995
          Marketo on 4 sheets, Email Performance by Campaign
            activity6 by webdata-direct:marketo-marketo: Marketo
            activity11 by webdata-direct:marketo-marketo: Marketo
            activity10 by webdata-direct:marketo-marketo: Marketo
            activity7 by webdata-direct:marketo-marketo: Marketo
            campaignsTable by webdata-direct:marketo-marketo: Marketo
          4 sheets, 4 hidden
        Executive Dashboard [default] jawadqu@gmail.com https://10ax.online.tableau.com/#/site/acme/workbooks/15605
          Requests on 5 sheets, Executive Dashboard
            task by webdata-direct:servicenowitsm-servicenowitsm: ven01911
            sc_request by webdata-direct:servicenowitsm-servicenowitsm: ven01911
            sc_req_item by webdata-direct:servicenowitsm-servicenowitsm: ven01911
            sc_cat_item by webdata-direct:servicenowitsm-servicenowitsm: ven01911
          Problems on 6 sheets, Executive Dashboard
            task by webdata-direct:servicenowitsm-servicenowitsm: ven01911
            sys_user_group by webdata-direct:servicenowitsm-servicenowitsm: ven01911
            problem by webdata-direct:servicenowitsm-servicenowitsm: ven01911
          Incidents on 16 sheets, Executive Dashboard
            incident by webdata-direct:servicenowitsm-servicenowitsm: ven01911
            task by webdata-direct:servicenowitsm-servicenowitsm: ven01911
            cmdb_ci by webdata-direct:servicenowitsm-servicenowitsm: ven01911
          16 sheets, 13 hidden
        Workbook published ds [default] jawadqu@gmail.com https://10ax.online.tableau.com/#/site/acme/workbooks/17904
          test publish datasource on 1 sheets, 
            is test publish datasource
          1 sheets, 0 hidden
        published Superstore Datasource https://10ax.online.tableau.com/#/site/acme/datasources/136096
            People$ by excel-direct: Sample - Superstore, (new).xls
            Returns$ by excel-direct: Sample - Superstore, (new).xls
            Orders$ by excel-direct: Sample - Superstore, (new).xls
        published test publish datasource https://10ax.online.tableau.com/#/site/acme/datasources/155429
            dvdrental.public.customer by postgres: dvdrental
            dvdrental.public.payment by postgres: dvdrental
            dvdrental.public.staff by postgres: dvdrental
    "#]].assert_eq(&lines);
}

fn inside(lines: &mut String, it: &lineage::Datasource) {
    let published = it.published_as.as_ref().and_then(|it| it.name.clone());
    if let Some(name) = published {
        let _ = writeln!(lines, "    is {name}");
    }
    let queried = it.custom_sql.iter().flat_map(|it| &it.tables);
    for table in it.tables.iter().chain(queried) {
        let connection = table.connection.as_deref().unwrap_or("?");
        let _ = writeln!(lines, "    {} by {connection}", table.relation);
    }
}
