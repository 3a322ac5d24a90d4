//! Which hosts are contacted, and with what.

use std::io::ErrorKind;

use expect_test::expect;
use serde_json::json;
use tableau::{Client, PublicAnswer, PublicFile, SiteError, Testing};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{Setup, shown};
use crate::support::tableau::fault::Fault;
use crate::support::tableau::{Running, Standin, shop};

/// Every kind of call.
async fn call_all(client: &Client) -> Vec<SiteError> {
    let mut errors = Vec::new();
    errors.extend(client.sign_in().await.err());
    errors.extend(client.signed_in().await.err());
    errors.extend(client.rest("workbooks", &[]).await.err());
    errors.extend(client.rest_pages("views", &[], "views", "view").await.err());
    errors.extend(client.metadata("query Q { a }", json!({})).await.err());
    errors.extend(client.download("workbooks/x/content", &[], 100).await.err());
    errors
}

#[tokio::test]
async fn no_redirect_to_another_host_is_followed() {
    for path in [
        "*/serverInfo",
        "*/signin",
        "*/workbooks",
        "*/graphql",
        "*/content",
    ] {
        let (running, other) = (Standin::start(shop::site()), Standin::start(shop::site()));
        running.script(Fault::redirect(&other.url()).on_path(path));
        let errors = call_all(&Setup::of(&running).client()).await;
        let is_redirect = |it: &SiteError| matches!(it, SiteError::RedirectedElsewhere { .. });
        assert!(errors.iter().any(is_redirect), "{path}: {errors:?}");
        assert!(
            other.requests().is_empty(),
            "{path}: {:?}",
            other.requests()
        );
    }
}

#[tokio::test]
async fn a_redirect_says_where_it_leads() {
    let (running, other) = (Standin::start(shop::site()), Standin::start(shop::site()));
    running.script(Fault::redirect(&other.url()));
    let error = Setup::of(&running).client().sign_in().await;
    let names = [("SITE", &running), ("OTHER", &other)];
    expect![[r#"
        cannot ask for the version on SITE: it redirects to http://OTHER, which was not asked for
        next: if http://OTHER is the right place, give that address instead; nothing was sent there"#]].assert_eq(&shown(&error.expect_err("redirected"), &names));
}

#[tokio::test]
async fn a_redirect_on_the_same_host_is_followed_but_not_for_ever() {
    let running = Standin::start(shop::site());
    let client = Setup::of(&running).client();
    running.script(
        Fault::redirect(&running.url())
            .times(2)
            .on_path("*/workbooks"),
    );
    client.rest("workbooks", &[]).await.expect("workbooks");
    running.script(Fault::redirect(&running.url()).on_path("*/workbooks"));
    let error = client.rest("workbooks", &[]).await.expect_err("no end");
    let told = shown(&error, &[("SITE", &running)]);
    expect![[r#"
        cannot read content on SITE: the answer is one redirect after another
        next: try again; a proxy on the way may cut answers"#]]
    .assert_eq(&told);
    assert!(running.requests().len() < 20);
}

/// A site, and an entry that names its host.
fn cloud() -> (Running, Running, Setup) {
    let (entry, pod) = (Standin::start(shop::site()), Standin::start(shop::site()));
    entry.script(Fault::redirect(&pod.url()));
    let mut setup = Setup::of(&entry);
    setup.options.testing = Testing {
        cloud_entry: Some(entry.url()),
        cloud_hosts: vec![pod.url()],
        proxy: None,
    };
    (entry, pod, setup)
}

#[tokio::test]
async fn the_cloud_s_entry_is_asked_without_a_credential_and_the_final_host_told() {
    let (entry, pod, setup) = cloud();
    let client = setup.client();
    let signed_in = client.sign_in().await.expect("a session");
    assert_eq!(signed_in.address.base(), pod.url());
    assert_eq!(signed_in.address.site(), "acme");
    client.rest("workbooks", &[]).await.expect("workbooks");
    let asked = entry.requests();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(
        !asked[0].has_credential && asked[0].body.is_empty(),
        "{asked:?}"
    );
    assert!(pod.requests().iter().any(|it| it.has_credential));
}

#[tokio::test]
async fn the_cloud_s_entry_is_not_believed_about_other_hosts() {
    let (entry, pod, mut setup) = cloud();
    setup.options.testing.cloud_hosts.clear();
    let error = setup
        .client()
        .sign_in()
        .await
        .expect_err("not a Cloud host");
    let names = [("ENTRY", &entry), ("OTHER", &pod)];
    expect![[r#"
        cannot find the site's host on ENTRY: it redirects to http://OTHER, which was not asked for
        next: if http://OTHER is the right place, give that address instead; nothing was sent there"#]].assert_eq(&shown(&error, &names));
    assert!(pod.requests().is_empty());
    assert!(entry.requests().iter().all(|it| !it.has_credential));
}

#[tokio::test]
async fn an_entry_that_names_no_host_gets_no_credential() {
    let (entry, _pod, setup) = cloud();
    entry.clear_script();
    let error = setup.client().sign_in().await.expect_err("no host named");
    expect![[r#"
        cannot find the Tableau Cloud host of site 'acme' through ENTRY
        next: sign in to Tableau in the browser and copy the address from there: it begins with the host that serves the site, such as 10ax.online.tableau.com"#]].assert_eq(&shown(&error, &[("ENTRY", &entry)]));
    assert!(entry.requests().iter().all(|it| !it.has_credential));
}

#[tokio::test]
async fn offline_nothing_is_contacted() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("non-blocking");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    let mut setup = Setup::at(&format!("{base}/#/site/acme"));
    setup.options.offline = true;
    let options = setup.options.clone();
    let client = setup.client();
    let mut errors = call_all(&client).await;
    client.sign_out().await;
    let file = PublicFile {
        url: &format!("{base}/snapshot"),
        etag: None,
        last_modified: None,
        max_bytes: 100,
    };
    errors.extend(file.get(&options).await.err());
    assert_eq!(errors.len(), 7);
    for error in errors {
        assert!(matches!(error, SiteError::Offline { .. }), "{error}");
    }
    let waiting = listener.accept().map_err(|it| it.kind());
    assert_eq!(waiting.map(|_| ()), Err(ErrorKind::WouldBlock));
    assert_eq!(client.counts(), tableau::Counts::default());
}

#[tokio::test]
async fn a_host_that_is_not_there_is_told_from_one_that_refuses() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("bound").port()
    };
    let error = Setup::at(&format!("http://127.0.0.1:{port}/#/site/acme"));
    let error = error.client().sign_in().await.expect_err("nothing listens");
    let told = format!("{error}\n{}", error.hint()).replace(&port.to_string(), "PORT");
    expect![[r#"
        cannot connect to 127.0.0.1:PORT: the connection was refused
        check host, port and network (VPN, HTTPS_PROXY, NO_PROXY), then try again"#]]
    .assert_eq(&told);
    // No name's part may be as long, so that no network is asked for it.
    let error = Setup::at(&format!("http://{}.localhost/#/site/acme", "a".repeat(70)));
    let error = error.client().sign_in().await.expect_err("no such host");
    let told = format!("{error}\n{}", error.hint()).replace(&"a".repeat(70), "HOST");
    expect![[r#"
        cannot connect to HOST.localhost: no host of this name was found
        check the address for a slip, and that the network (VPN, proxy) is the right one"#]]
    .assert_eq(&told);
}

/// Answers whatever is asked with these lines, as often as asked.
async fn proxy(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url
}

#[tokio::test]
async fn a_proxy_that_refuses_is_called_a_proxy() {
    const WANTS_USER: &str = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    const FORBIDS: &str =
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let check = async |address: &str, answer: &'static str, expect: expect_test::Expect| {
        let mut setup = Setup::at(address);
        setup.options.insecure = true;
        setup.options.testing.proxy = Some(proxy(answer).await);
        let error = setup.client().sign_in().await.expect_err("refused");
        expect.assert_eq(&format!("{error}\n{}", error.hint()));
    };
    check("https://bi.invalid/#/site/acme", WANTS_USER, expect![[r#"
        cannot reach bi.invalid: the proxy refused: proxy authorization required
        check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY"#]]).await;
    check("https://bi.invalid/#/site/acme", FORBIDS, expect![[r#"
        cannot reach bi.invalid: the proxy refused: it does not let us through to this host
        check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY"#]]).await;
    check("http://bi.invalid/#/site/acme", WANTS_USER, expect![[r#"
        cannot reach bi.invalid: the proxy refused
        check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY"#]]).await;
}

#[tokio::test]
async fn a_public_file_is_fetched_once_and_then_asked_about() {
    let running = Standin::start(shop::site());
    let options = Setup::of(&running).options;
    let url = format!("{}/snapshot?key=hidden", running.url());
    let file = |etag| PublicFile {
        url: &url,
        etag,
        last_modified: None,
        max_bytes: 1000,
    };
    running.script(Fault::body(200, "application/octet-stream", "bytes").nth(1));
    let answer = file(None).get(&options).await.expect("a file");
    let expected = PublicAnswer::New {
        bytes: b"bytes".to_vec(),
        etag: None,
        last_modified: None,
    };
    assert_eq!(answer, expected);
    running.script(Fault::body(304, "text/plain", "").nth(1));
    let answer = file(Some("\"v1\"")).get(&options).await.expect("an answer");
    assert_eq!(answer, PublicAnswer::Unchanged);
    let asked = running.requests();
    assert!(asked.iter().all(|it| !it.has_credential), "{asked:?}");
    assert!(
        !asked[0].headers.contains(&"if-none-match".to_owned()),
        "{asked:?}"
    );
    assert!(
        asked[1].headers.contains(&"if-none-match".to_owned()),
        "{asked:?}"
    );
    running.script(Fault::body(200, "text/plain", &"x".repeat(2000)));
    let error = file(None).get(&options).await.expect_err("too large");
    assert!(matches!(error, SiteError::TooLarge { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("hidden"));
}

#[tokio::test]
async fn a_public_file_is_not_fetched_from_just_anywhere() {
    let options = Setup::at("http://127.0.0.1").options;
    let check = async |url: &str, expect: expect_test::Expect| {
        let file = PublicFile {
            url,
            etag: None,
            last_modified: None,
            max_bytes: 1000,
        };
        let error = file.get(&options).await.expect_err("refused");
        expect.assert_eq(&error.to_string());
    };
    check(
        "http://files.invalid/snapshot",
        expect![
            "cannot prepare connections to files.invalid: a team snapshot is fetched by https alone"
        ],
    )
    .await;
    check("https://user:secret@files.invalid/snapshot", expect!["cannot prepare connections to files.invalid: the address of the team snapshot holds a user or password"]).await;
    check(
        "file:///etc/passwd",
        expect!["cannot prepare connections to the team snapshot: its address is no URL"],
    )
    .await;
    check(
        "snapshot.bin",
        expect!["cannot prepare connections to the team snapshot: its address is no URL"],
    )
    .await;
}
