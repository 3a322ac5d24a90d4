//! The REST API.

use serde_json::json;

use super::client::{Client, send, sign_in};
use crate::support::tableau::Standin;
use crate::support::tableau::datasource::Datasource;
use crate::support::tableau::site::{ConnectedApp, Site, TOKEN_SECRET};
use crate::support::tableau::workbook::Workbook;

fn site() -> Site {
    Site::new("acme")
        .workbook(
            Workbook::new("Revenue & More")
                .project("Finance/Reports")
                .tag("gold")
                .datasource(Datasource::new("Orders").table("SHOP.MARTS.FCT_ORDERS"))
                .sheet("By month", &["Orders"])
                .hidden_sheet("Legend", &["Orders"])
                .dashboard("Overview", &["By month", "Legend"])
                .story("Quarter", &["Overview"])
                .opened("Overview", 42),
        )
        .workbook(
            Workbook::new("Churn")
                .owner("bob")
                .updated_at("2025-05-01T00:00:00Z"),
        )
        .datasource(
            Datasource::new("Lines")
                .table("SHOP.MARTS.DIM_PRODUCTS")
                .certified(),
        )
}

#[test]
fn signs_in_with_the_right_secret_only() {
    let running = Standin::start(site());
    assert_eq!(sign_in(&running, "acme", TOKEN_SECRET).status, 200);
    assert_eq!(sign_in(&running, "acme", "wrong").error(), "401 401001");
    assert_eq!(
        sign_in(&running, "other", TOKEN_SECRET).error(),
        "401 401001"
    );
}

#[test]
fn a_second_sign_in_ends_the_first_session() {
    let running = Standin::start(site());
    let first = Client::sign_in(&running);
    assert_eq!(first.get("workbooks").status, 200);
    let second = Client::sign_in(&running);
    assert_eq!(first.get("workbooks").error(), "401 401002");
    assert_eq!(
        first.query("{__typename}", ().into())["error"],
        "Unauthorized"
    );
    assert_eq!(second.get("workbooks").status, 200);
    assert_eq!(running.n_sessions(), 1);
}

#[test]
fn lists_workbooks_by_page_filter_and_order() {
    let running = Standin::start(site());
    let client = Client::sign_in(&running);
    let names = |path: &str| -> Vec<String> {
        let answer = client.get(path).json();
        let rows = answer["workbooks"]["workbook"]
            .as_array()
            .expect("rows")
            .clone();
        rows.iter()
            .map(|it| it["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(names("workbooks"), ["Revenue & More", "Churn"]);
    assert_eq!(names("workbooks?pageSize=1&pageNumber=2"), ["Churn"]);
    assert_eq!(
        names("workbooks?sort=name:asc"),
        ["Churn", "Revenue & More"]
    );
    assert_eq!(
        names("workbooks?filter=updatedAt:gt:2025-03-01T00:00:00Z"),
        ["Churn"]
    );
    assert_eq!(
        names("workbooks?filter=tags:in:[gold,silver]"),
        ["Revenue & More"]
    );
    assert_eq!(
        names("workbooks?filter=ownerName:eq:bob,name:eq:Churn"),
        ["Churn"]
    );
    assert_eq!(client.get("workbooks?pageSize=1001").error(), "403 403014");
}

#[test]
fn nests_projects() {
    let running = Standin::start(site());
    let answer = Client::sign_in(&running).get("projects").json();
    let rows = answer["projects"]["project"]
        .as_array()
        .expect("rows")
        .clone();
    let find = |name: &str| {
        rows.iter()
            .find(|it| it["name"] == name)
            .expect("a project")
    };
    assert_eq!(find("Reports")["parentProjectId"], find("Finance")["id"]);
}

#[test]
fn lists_what_is_visible_with_usage() {
    let running = Standin::start(site());
    let answer = Client::sign_in(&running)
        .get("views?includeUsageStatistics=true")
        .json();
    let rows = answer["views"]["view"].as_array().expect("rows").clone();
    let shown: Vec<String> = rows
        .iter()
        .map(|it| {
            format!(
                "{} {} {}",
                it["contentUrl"], it["sheetType"], it["usage"]["totalViewCount"]
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            r#""RevenueMore/sheets/Overview" "dashboard" "42""#,
            r#""RevenueMore/sheets/Quarter" "story" "0""#,
            r#""RevenueMore/sheets/Bymonth" "view" "0""#,
        ]
    );
}

#[test]
fn answers_in_xml_unless_json_is_asked_for() {
    let running = Standin::start(site());
    let answer = send(&running, "GET", "/api/2.4/serverInfo", "", "").expect("an answer");
    assert!(
        answer.body.contains(
            "<serverInfo><productVersion build=\"20251.25.0301.1530\">2025.1.0</productVersion>\
             <restApiVersion>3.25</restApiVersion></serverInfo>"
        ),
        "{}",
        answer.body
    );
    let body = format!(
        "<tsRequest><credentials personalAccessTokenName=\"exposure-lens-test\" \
         personalAccessTokenSecret=\"{TOKEN_SECRET}\"><site contentUrl=\"acme\"/></credentials>\
         </tsRequest>"
    );
    let answer = send(&running, "POST", "/api/3.25/auth/signin", "", &body).expect("an answer");
    assert!(
        answer.body.contains("<credentials ") && answer.body.contains(" token=\""),
        "{}",
        answer.body
    );
}

#[test]
fn the_log_tells_who_sent_a_credential() {
    let running = Standin::start(site());
    send(&running, "GET", "/api/2.4/serverInfo", "", "").expect("an answer");
    Client::sign_in(&running).get("workbooks");
    let sent: Vec<bool> = running
        .requests()
        .iter()
        .map(|it| it.has_credential)
        .collect();
    assert_eq!(sent, [false, true, true]);
}

/// Of client `client-1` for user `bob`, signed with `app secret` by another library.
const JWT: &str = concat!(
    "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAic2VjcmV0LTEifQ.",
    "eyJpc3MiOiAiY2xpZW50LTEiLCAic3ViIjogImJvYiIsICJhdWQiOiAidGFibGVhdSIsICJqdGkiOiAib25lIiwg",
    "ImV4cCI6IDE3NTAwMDAwMDAsICJzY3AiOiBbInRhYmxlYXU6Y29udGVudDpyZWFkIl19.",
    "2CTwqjdP6GqI3SitdlibI4co_K8j7UuUmdhsmFK88Tg",
);

#[test]
fn a_connected_app_signs_in_for_a_user() {
    let running = Standin::start(site());
    let sign_in = |jwt: &str| {
        let body = json!({"credentials": {"jwt": jwt, "site": {"contentUrl": "acme"}}});
        let path = "/api/3.25/auth/signin";
        let accept = "Accept: application/json\r\n";
        send(&running, "POST", path, accept, &body.to_string()).expect("an answer")
    };
    assert_eq!(sign_in(JWT).error(), "401 401001");
    running.edit(|site| {
        site.connected_app = Some(ConnectedApp {
            client_id: "client-1".to_owned(),
            secret_id: "secret-1".to_owned(),
            secret: "app secret".to_owned(),
        });
    });
    let bob = running.site().users[1].luid.clone();
    assert_eq!(
        sign_in(JWT).json()["credentials"]["user"]["id"],
        bob.as_str()
    );
    assert_eq!(sign_in(&JWT[..JWT.len() - 2]).error(), "401 401001");
}

#[test]
fn a_refresh_is_queued_once() {
    let extract = Datasource::new("Extract")
        .table("SHOP.MARTS.X")
        .extract("2025-01-01T00:00:00Z");
    let running = Standin::start(site().datasource(extract));
    let client = Client::sign_in(&running);
    let luid = |nth: usize| running.site().datasources[nth].luid.clone();
    let refresh =
        |nth: usize| client.send("POST", &format!("datasources/{}/refresh", luid(nth)), "{}");
    assert_eq!(refresh(0).status, 400);
    let started = refresh(1);
    assert_eq!(started.status, 202);
    assert_eq!(refresh(1).error(), "409 409093");
    let id = started.json()["job"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let job = client.get(&format!("jobs/{id}")).json()["job"].clone();
    assert_eq!(
        (&job["finishCode"], &job["type"]),
        (&json!(0), &json!("RefreshExtract"))
    );
    assert_eq!(refresh(1).status, 202);
}

#[test]
fn several_sites_share_a_server() {
    let running = Standin::start_many(vec![site(), Site::new("other")]);
    let first = Client::sign_in(&running);
    let answer = sign_in(&running, "other", TOKEN_SECRET).json();
    let other = answer["credentials"]["site"]["id"]
        .as_str()
        .expect("a site");
    assert_eq!(first.get("workbooks").status, 200);
    let path = format!("/api/3.25/sites/{other}/workbooks");
    let headers = format!(
        "Accept: application/json\r\nX-Tableau-Auth: {}\r\n",
        first.token
    );
    let answer = send(&running, "GET", &path, &headers, "").expect("an answer");
    assert_eq!(answer.error(), "404 404000");
}
