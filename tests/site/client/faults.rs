//! One call that meets a fault: how often it is made, and how it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use tableau::{Client, ClientOptions, SiteError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{Setup, n_asked, shown};
use crate::support::tableau::fault::{Fault, Oddity};
use crate::support::tableau::site::MetadataApi;
use crate::support::tableau::{Running, Standin, shop};

/// Asks for the workbooks while this fault is in force.
async fn check(fault: Fault, expect: Expect) {
    check_with(fault, |_| {}, expect).await;
}

async fn check_with(fault: Fault, change: impl FnOnce(&mut ClientOptions), expect: Expect) {
    let running = Standin::start(shop::site());
    running.script(fault.on_path("*/workbooks"));
    let mut setup = Setup::of(&running);
    change(&mut setup.options);
    let answer = setup.client().rest("workbooks", &[]).await;
    let answer = answer.map(|it| it["workbooks"]["workbook"].clone());
    let n_asked = n_asked(&running, "/workbooks");
    expect.assert_eq(&format!(
        "{}\nasked {n_asked} times",
        told(answer, &running)
    ));
}

fn told(answer: Result<Value, SiteError>, running: &Running) -> String {
    match answer {
        Ok(all) => format!("{} items", all.as_array().map_or(0, Vec::len)),
        Err(error) => shown(&error, &[("SITE", running)]),
    }
}

#[tokio::test]
async fn a_fault_that_passes_is_outlasted() {
    let six = || {
        expect![[r#"
        6 items
        asked 3 times"#]]
    };
    check(Fault::status(429).times(2), six()).await;
    check(Fault::status(429).retry_after("0").times(2), six()).await;
    check(Fault::status(408).times(2), six()).await;
    check(Fault::status(500).times(2), six()).await;
    check(Fault::status(502).times(2), six()).await;
    check(Fault::status(503).retry_after("soon").times(2), six()).await;
    check(Fault::status(504).times(2), six()).await;
    check(Fault::empty_body().times(2), six()).await;
    check(Fault::html().times(2), six()).await;
    check(Fault::cut().times(2), six()).await;
    check(Fault::cut_text().times(2), six()).await;
    check(Fault::close().times(2), six()).await;
}

#[tokio::test]
async fn a_fault_that_stays_says_what_it_is() {
    check(
        Fault::status(429),
        expect![[r#"
        cannot read content on SITE: the site asks to wait
        next: wait some minutes, then fetch again
        asked 3 times"#]],
    )
    .await;
    check(Fault::status(500), expect![[r#"
        cannot read content on SITE: the server failed (status 500, code 500000: Error: The server cannot answer now)
        next: try again later; if it stays so, tell the administrator
        asked 3 times"#]]).await;
    check(Fault::status(504), expect![[r#"
        cannot read content on SITE: the server failed (status 504, code 504000: Error: The server cannot answer now)
        next: try again later; if it stays so, tell the administrator
        asked 3 times"#]]).await;
    check(
        Fault::empty_body(),
        expect![[r#"
        cannot read content on SITE: the answer is empty
        next: try again; a proxy on the way may cut answers
        asked 3 times"#]],
    )
    .await;
    check(
        Fault::html(),
        expect![[r#"
        cannot read content on SITE: the answer is not Tableau's (a web page)
        next: check that the address is Tableau's and that no login page or proxy answers for it
        asked 3 times"#]],
    )
    .await;
    check(
        Fault::cut(),
        expect![[r#"
        cannot read content on SITE: the answer is cut off
        next: try again; a proxy on the way may cut answers
        asked 3 times"#]],
    )
    .await;
    check(
        Fault::cut_text(),
        expect![[r#"
        cannot read content on SITE: the answer is cut off
        next: try again; a proxy on the way may cut answers
        asked 3 times"#]],
    )
    .await;
    check(
        Fault::close(),
        expect![[r#"
        cannot reach SITE: the connection failed (connection closed before message completed)
        next: check host, port and network (VPN, HTTPS_PROXY, NO_PROXY), then try again
        asked 3 times"#]],
    )
    .await;
    check(
        Fault::body(200, "application/json", "[1]"),
        expect![[r#"
        cannot read content on SITE: the answer is no JSON object
        next: try again; a proxy on the way may cut answers
        asked 3 times"#]],
    )
    .await;
    check(
        Fault::body(502, "text/html", "<html>gateway</html>"),
        expect![[r#"
        cannot read content on SITE: the server failed (status 502)
        next: try again later; if it stays so, tell the administrator
        asked 3 times"#]],
    )
    .await;
}

#[tokio::test]
async fn a_refusal_is_not_asked_again() {
    check(Fault::status(403), expect![[r#"
        cannot read content on SITE: refused (status 403, code 403000: Error: The server cannot answer now)
        next: check that the signed-in user may see the site's content
        asked 1 times"#]]).await;
    check(Fault::status(404), expect![[r#"
        cannot read content on SITE: refused (status 404, code 404000: Error: The server cannot answer now)
        next: check that the signed-in user may see the site's content
        asked 1 times"#]]).await;
    check(
        Fault::body(403, "text/html", "<html>Blocked</html>"),
        expect![[r#"
        cannot read content on SITE: the answer is not Tableau's (a web page)
        next: check that the address is Tableau's and that no login page or proxy answers for it
        asked 1 times"#]],
    )
    .await;
    check(
        Fault::body(400, "text/plain", "bad request"),
        expect![[r#"
        cannot read content on SITE: refused (status 400: bad request)
        next: check that the signed-in user may see the site's content
        asked 1 times"#]],
    )
    .await;
}

#[tokio::test]
async fn a_site_that_asks_for_a_long_pause_is_left_alone() {
    check(
        Fault::status(429).retry_after("3600"),
        expect![[r#"
        cannot read content on SITE: the site asks to wait 3600 s
        next: wait some minutes, then fetch again
        asked 1 times"#]],
    )
    .await;
    let in_a_day = "Fri, 02 Jan 2026 12:00:00 GMT";
    check(
        Fault::status(503).retry_after(in_a_day),
        expect![[r#"
        cannot read content on SITE: the site asks to wait 86400 s
        next: wait some minutes, then fetch again
        asked 1 times"#]],
    )
    .await;
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    let brief = |options: &mut ClientOptions| {
        options.timeouts.total = Duration::from_millis(300);
    };
    let idle = |options: &mut ClientOptions| {
        options.timeouts.idle = Duration::from_millis(300);
    };
    let drip = Fault::drip(1, Duration::from_millis(20));
    check_with(
        drip,
        brief,
        expect![[r#"
        cannot read content on SITE: no answer in time
        next: try again; if it stays so, check network and proxy
        asked 1 times"#]],
    )
    .await;
    check_with(
        Fault::hang(),
        brief,
        expect![[r#"
        cannot read content on SITE: no answer in time
        next: try again; if it stays so, check network and proxy
        asked 1 times"#]],
    )
    .await;
    check_with(
        Fault::hang(),
        idle,
        expect![[r#"
        cannot read content on SITE: no answer in time
        next: try again; if it stays so, check network and proxy
        asked 1 times"#]],
    )
    .await;
}

#[tokio::test]
async fn an_answer_past_the_bound_is_not_taken_in() {
    let running = Standin::start(shop::site());
    running.script(Fault::oversize(64 << 20).on_path("*/workbooks"));
    let mut setup = Setup::of(&running);
    setup.options.max_answer = 1 << 20;
    let client = setup.client();
    let answer = client.rest("workbooks", &[]).await;
    expect![[r#"
        cannot read content on SITE: the answer is larger than 1048576 bytes
        next: select less with `projects` of the site in the settings, or report it as a defect"#]]
    .assert_eq(&told(answer, &running));
    assert!(client.counts().bytes < 2 << 20, "{:?}", client.counts());
    assert_eq!(n_asked(&running, "/workbooks"), 1);
}

#[tokio::test]
async fn a_file_past_its_own_bound_is_not_taken_in() {
    let running = Standin::start(shop::site());
    let client = Setup::of(&running).client();
    let workbooks = client
        .rest_pages("workbooks", &[], "workbooks", "workbook")
        .await;
    let id = workbooks.expect("workbooks").items[0]["id"].clone();
    let path = format!("workbooks/{}/content", id.as_str().expect("an id"));
    let file = client
        .download(&path, &[("includeExtract", "false")], 1 << 20)
        .await;
    assert!(!file.expect("a file").is_empty());
    let file = client.download(&path, &[], 10).await;
    let error = file.expect_err("ten bytes are too few");
    expect![[r#"
        cannot download on SITE: the answer is larger than 10 bytes
        next: select less with `projects` of the site in the settings, or report it as a defect"#]]
    .assert_eq(&shown(&error, &[("SITE", &running)]));
}

#[tokio::test]
async fn pages_are_read_to_the_end_whatever_they_look_like() {
    let check = async |faults: &[Fault], size: &str, expected: usize| {
        let running = Standin::start(shop::site());
        for fault in faults {
            running.script(fault.clone());
        }
        let client = Setup::of(&running).client();
        let query = [("pageSize", size)];
        let all = client
            .rest_pages("workbooks", &query, "workbooks", "workbook")
            .await;
        let all = all.expect("workbooks");
        assert_eq!((all.items.len(), all.n_missing), (6, 0), "{faults:?}");
        assert_eq!(n_asked(&running, "/workbooks"), expected, "{faults:?}");
    };
    check(&[], "1000", 1).await;
    check(&[], "4", 2).await;
    check(&[], "6", 1).await;
    check(&[Fault::oddity(Oddity::Strings)], "4", 2).await;
    check(&[Fault::oddity(Oddity::SingleObject)], "5", 2).await;
    check(&[Fault::status(500).once().on_path("*/workbooks")], "4", 3).await;
}

#[tokio::test]
async fn an_empty_collection_has_no_items() {
    for oddity in [Oddity::EmptyObject, Oddity::SingleObject, Oddity::Strings] {
        let mut site = shop::site();
        site.workbooks.clear();
        let running = Standin::start(site);
        running.script(Fault::oddity(oddity));
        let client = Setup::of(&running).client();
        let all = client
            .rest_pages("workbooks", &[], "workbooks", "workbook")
            .await;
        assert_eq!(all.expect("no workbooks"), tableau::Listed::default());
    }
}

#[tokio::test]
async fn a_list_that_came_short_says_how_much_is_missing() {
    let running = Standin::start(shop::site());
    let page = json!({
        "pagination": {"pageNumber": "1", "pageSize": "1000", "totalAvailable": "3"},
        "workbooks": {"workbook": [{"id": "a"}, {"id": "b"}, {"id": "a"}]},
    });
    let page = Fault::body(200, "application/json", &page.to_string());
    running.script(page.on_path("*/workbooks"));
    let client = Setup::of(&running).client();
    let all = client
        .rest_pages("workbooks", &[], "workbooks", "workbook")
        .await;
    let all = all.expect("workbooks");
    assert_eq!((all.items.len(), all.n_missing), (2, 1));
    assert_eq!(n_asked(&running, "/workbooks"), 2, "it is read once more");
}

/// Asks the Metadata API for the names of workbooks.
async fn ask_metadata(client: &Client) -> Result<String, SiteError> {
    let query = "query Names { workbooksConnection(first: 10) { nodes { name } } }";
    let answer = client.metadata(query, json!({})).await?;
    let nodes = &answer.data["workbooksConnection"]["nodes"];
    let codes: Vec<_> = answer.problems.iter().map(|it| it.code.clone()).collect();
    Ok(format!(
        "{} workbooks {codes:?}",
        nodes.as_array().map_or(0, Vec::len)
    ))
}

async fn check_metadata(fault: Option<Fault>, api: MetadataApi, expect: Expect) {
    let mut site = shop::site();
    site.metadata = api;
    let running = Standin::start(site);
    if let Some(fault) = fault {
        running.script(fault.on_metadata());
    }
    let told = match ask_metadata(&Setup::of(&running).client()).await {
        Ok(told) => told,
        Err(error) => shown(&error, &[("SITE", &running)]),
    };
    expect.assert_eq(&format!(
        "{told}\nasked {} times",
        n_asked(&running, "/graphql")
    ));
}

#[tokio::test]
async fn metadata_comes_whole_or_with_what_is_wrong_with_it() {
    let on = MetadataApi::On;
    check_metadata(
        None,
        on,
        expect![[r#"
        6 workbooks []
        asked 1 times"#]],
    )
    .await;
    check_metadata(
        Some(Fault::node_limit(3)),
        on,
        expect![[r#"
        3 workbooks [Some("NODE_LIMIT_EXCEEDED")]
        asked 1 times"#]],
    )
    .await;
    check_metadata(
        Some(Fault::warning("BACKFILL_RUNNING")),
        on,
        expect![[r#"
        6 workbooks [Some("BACKFILL_RUNNING")]
        asked 1 times"#]],
    )
    .await;
    check_metadata(
        Some(Fault::timeout()),
        on,
        expect![[r#"
        0 workbooks [None]
        asked 1 times"#]],
    )
    .await;
    check_metadata(
        Some(Fault::status(502).times(2)),
        on,
        expect![[r#"
        6 workbooks []
        asked 3 times"#]],
    )
    .await;
    check_metadata(
        Some(Fault::error("RATE_EXCEEDED").times(2)),
        on,
        expect![[r#"
        6 workbooks []
        asked 3 times"#]],
    )
    .await;
    check_metadata(
        Some(Fault::error("RATE_EXCEEDED")),
        on,
        expect![[r#"
        cannot query the Metadata API on SITE: the site asks to wait
        next: wait some minutes, then fetch again
        asked 3 times"#]],
    )
    .await;
    check_metadata(
        Some(Fault::body(200, "application/json", "{}")),
        on,
        expect![[r#"
        cannot query the Metadata API on SITE: the answer is without data
        next: try again; a proxy on the way may cut answers
        asked 1 times"#]],
    )
    .await;
}

#[tokio::test]
async fn a_metadata_api_that_is_off_or_closed_is_told_from_one_that_fails() {
    let on = MetadataApi::On;
    check_metadata(None, MetadataApi::Disabled, expect![[r#"
        cannot query the Metadata API of SITE: it is switched off: The Metadata API is not enabled on this server
        next: ask the server's administrator to run `tsm maintenance metadata-services enable`; until then workbooks are downloaded and read instead
        asked 1 times"#]]).await;
    check_metadata(None, MetadataApi::Missing, expect![[r#"
        cannot query the Metadata API of SITE: it is switched off
        next: ask the server's administrator to run `tsm maintenance metadata-services enable`; until then workbooks are downloaded and read instead
        asked 1 times"#]]).await;
    check_metadata(Some(Fault::error("SITE_DISABLED")), on, expect![[r#"
        cannot query the Metadata API of SITE: it is switched off: site disabled (told by the stand-in site)
        next: ask the server's administrator to run `tsm maintenance metadata-services enable`; until then workbooks are downloaded and read instead
        asked 1 times"#]]).await;
    check_metadata(Some(Fault::error("ACCESS_DENIED")), on, expect![[r#"
        cannot query the Metadata API of SITE: permission denied: access denied (told by the stand-in site)
        next: ask the site's administrator for a role that may query the Metadata API; for a connected app the scope tableau:content:read is needed
        asked 1 times"#]]).await;
    check_metadata(Some(Fault::status(403)), on, expect![[r#"
        cannot query the Metadata API of SITE: permission denied: Error: The server cannot answer now
        next: ask the site's administrator for a role that may query the Metadata API; for a connected app the scope tableau:content:read is needed
        asked 1 times"#]]).await;
    check_metadata(Some(Fault::status(500)), on, expect![[r#"
        cannot query the Metadata API on SITE: the server failed (status 500, code 500000: Error: The server cannot answer now)
        next: try again later; if it stays so, tell the administrator
        asked 3 times"#]]).await;
}

#[tokio::test]
async fn no_more_calls_run_at_once_than_allowed() {
    let (address, most) = busy_server().await;
    let mut setup = Setup::at(&address);
    setup.options.concurrency = 2;
    let client = Arc::new(setup.client());
    let calls = (0..8).map(|_| {
        let client = Arc::clone(&client);
        tokio::spawn(async move { client.rest("workbooks", &[]).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.expect("no panic").expect("an answer");
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
    assert_eq!(client.counts().requests, 8 + 2);
}

/// Counts how many requests are in its hands at once, and answers each after a while.
async fn busy_server() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!(
        "http://{}/#/site/acme",
        listener.local_addr().expect("bound")
    );
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (now, most) = (Arc::clone(&now), Arc::clone(&seen));
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let n_read = stream.read(&mut request).await.unwrap_or(0);
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(30)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                let body = busy_answer(&String::from_utf8_lossy(&request[..n_read]));
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n", body.len());
                let answer = format!("{head}connection: close\r\n\r\n{body}");
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    (address, most)
}

fn busy_answer(request: &str) -> String {
    let answer = if request.contains("serverInfo") {
        json!({"serverInfo": {"restApiVersion": "3.24"}})
    } else if request.contains("signin") {
        json!({"credentials": {"token": "t", "site": {"id": "s"}, "user": {"id": "u"}}})
    } else {
        json!({})
    };
    answer.to_string()
}
