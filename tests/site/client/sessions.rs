//! Signing in, and one session that several share.

use std::sync::Arc;

use expect_test::{Expect, expect};
use secrecy::SecretString;
use tableau::{Client, Credential, SessionStore, SignedIn, SiteError};

use super::{Setup, an_hour_later, n_asked, shown, token};
use crate::support::tableau::fault::Fault;
use crate::support::tableau::site::{ConnectedApp, TOKEN_NAME, Version};
use crate::support::tableau::{Running, Standin, shop};

fn shop_with_app() -> Running {
    let mut site = shop::site();
    site.connected_app = Some(ConnectedApp {
        client_id: "app".to_owned(),
        secret_id: "key".to_owned(),
        secret: "app-s3cret".to_owned(),
    });
    Standin::start(site)
}

fn app(secret: &str, user: &str) -> Credential {
    Credential::ConnectedApp {
        client_id: "app".to_owned(),
        secret_id: "key".to_owned(),
        secret: SecretString::from(secret),
        user: user.to_owned(),
    }
}

fn told(signed_in: Result<SignedIn, SiteError>, running: &Running) -> String {
    match signed_in {
        Ok(it) => format!(
            "{} ({}) on {}, REST {}, {}",
            it.user_name.unwrap_or_default(),
            it.site_role.unwrap_or_default(),
            it.address.to_string().replace(&running.url(), "SITE"),
            it.api_version,
            it.product_version.unwrap_or_default(),
        ),
        Err(error) => shown(&error, &[("SITE", running)]),
    }
}

/// Signs in to the sample's site after some change.
async fn check(change: impl FnOnce(&Running, &mut Setup), expect: Expect) {
    let running = shop_with_app();
    let mut setup = Setup::of(&running);
    change(&running, &mut setup);
    let signed_in = setup.client().sign_in().await;
    expect.assert_eq(&told(signed_in, &running));
}

fn release(running: &Running, rest: &str) {
    running.edit(|site| {
        site.version = Version {
            rest: rest.to_owned(),
            ..Version::modern()
        };
    });
}

#[tokio::test]
async fn a_token_or_an_app_signs_in() {
    check(
        |_, _| {},
        expect!["ann (SiteAdministratorExplorer) on SITE/#/site/acme, REST 3.25, 2025.1.0"],
    )
    .await;
    check(
        |running, setup| {
            let user = running.site().users[0].name.clone();
            setup.credential = app("app-s3cret", &user);
        },
        expect!["ann (SiteAdministratorExplorer) on SITE/#/site/acme, REST 3.25, 2025.1.0"],
    )
    .await;
}

#[tokio::test]
async fn what_cannot_sign_in_says_why_and_what_to_do() {
    check(|_, setup| setup.credential = token(TOKEN_NAME, "wrong"), expect![[r#"
        cannot sign in to http://SITE/#/site/acme: the site refused the credential: Signin Error: Error signing in to Tableau Server
        next: one of three: the token is wrong or has lapsed (15 days without use, or past its end), the site is not spelt as in the browser's address, or the user must sign in by SAML; make a new token under My Account Settings and run `exposure-lens login`"#]]).await;
    check(|_, setup| setup.credential = app("wrong", "ana"), expect![[r#"
        cannot sign in to http://SITE/#/site/acme: the site refused the credential: Signin Error: Error signing in to Tableau Server
        next: check the app's client id, secret id, secret and user, that the app is enabled, that the site is spelt as in the browser's address, and this machine's clock"#]]).await;
    check(
        |_, setup| setup.address = setup.address.replace("/acme", "/other"),
        expect![[r#"
            cannot sign in to http://SITE/#/site/other: the site refused the credential: Signin Error: Error signing in to Tableau Server
            next: one of three: the token is wrong or has lapsed (15 days without use, or past its end), the site is not spelt as in the browser's address, or the user must sign in by SAML; make a new token under My Account Settings and run `exposure-lens login`"#]],
    )
    .await;
    check(
        |running, _| {
            let body = r#"{"error":{"summary":"Not Found","detail":"No site","code":"404000"}}"#;
            running.script(Fault::body(404, "application/json", body).on_path("*/signin"));
        },
        expect![[r#"
            cannot sign in to http://SITE/#/site/acme: the server has no site 'acme'
            next: copy the address of any page from the browser: the site's name follows /site/ and is not always the name that Tableau shows"#]],
    )
    .await;
    check(|running, _| running.script(Fault::html()), expect![[r#"
        cannot ask for the version on SITE: the answer is not Tableau's (a web page)
        next: check that the address is Tableau's and that no login page or proxy answers for it"#]]).await;
    check(
        |running, _| running.script(Fault::body(404, "text/plain", "nothing here")),
        expect![[r#"
            cannot ask for the version on SITE: the answer is not Tableau's (that path is not known)
            next: check that the address is Tableau's and that no login page or proxy answers for it"#]],
    )
    .await;
}

#[tokio::test]
async fn an_old_server_is_told_from_a_wrong_credential() {
    check(|running, _| release(running, "3.5"), expect![[r#"
        cannot sign in to SITE with a personal access token: its REST API is 3.5, 3.6 (Tableau 2019.4) is needed
        next: ask the server's administrator for an update; workbook files can be read until then"#]]).await;
    check(
        |running, setup| {
            release(running, "3.16");
            setup.credential = app("app-s3cret", "ana");
        },
        expect![[r#"
            cannot sign in to SITE with a connected app: its REST API is 3.16, 3.17 (Tableau 2022.3) is needed
            next: ask the server's administrator for an update; workbook files can be read until then"#]],
    )
    .await;
}

#[tokio::test]
async fn the_version_is_asked_for_by_another_path_where_the_first_is_gone() {
    let unknown = r#"{"error":{"summary":"Not Found","detail":"","code":"404003"}}"#;
    check(
        |running, _| {
            let gone = Fault::body(404, "application/json", unknown);
            running.script(gone.on_path("/api/2.4/*"));
        },
        expect!["ann (SiteAdministratorExplorer) on SITE/#/site/acme, REST 3.25, 2025.1.0"],
    )
    .await;
}

#[tokio::test]
async fn a_refused_token_is_tried_once_only() {
    let running = shop_with_app();
    let mut setup = Setup::of(&running);
    setup.credential = token(TOKEN_NAME, "wrong");
    let client = setup.client();
    for _ in 0..3 {
        let answer = client.rest("workbooks", &[]).await;
        assert!(
            matches!(answer, Err(SiteError::BadCredentials { .. })),
            "{answer:?}"
        );
    }
    assert_eq!(n_asked(&running, "/signin"), 1);
    let again = client.sign_in().await;
    assert!(
        matches!(again, Err(SiteError::BadCredentials { .. })),
        "{again:?}"
    );
    assert_eq!(
        n_asked(&running, "/signin"),
        2,
        "a user's own command asks again"
    );
}

/// Calls for workbooks and how many sign-ins they took.
async fn check_calls(fault: Fault, n_calls: usize, expected: &str) {
    let running = shop_with_app();
    running.script(fault);
    let client = Setup::of(&running).client();
    let mut answers = Vec::new();
    for _ in 0..n_calls {
        answers.push(client.rest("workbooks", &[]).await);
    }
    let n_good = answers.iter().filter(|it| it.is_ok()).count();
    let (n_asked, n_signed_in) = (
        n_asked(&running, "/workbooks"),
        n_asked(&running, "/signin"),
    );
    let told = format!("{n_good} good, {n_asked} asked, {n_signed_in} sign-ins");
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_session_that_ends_is_mended() {
    let on = |fault: Fault| fault.on_path("*/workbooks");
    // Refused at random, while the session lives on: asking again is enough.
    check_calls(
        on(Fault::refused().nth(2)),
        3,
        "3 good, 4 asked, 1 sign-ins",
    )
    .await;
    // Ended: the young token is tried once more, then there is one new sign-in.
    check_calls(
        on(Fault::session_ends().nth(2)),
        3,
        "3 good, 5 asked, 2 sign-ins",
    )
    .await;
}

#[tokio::test]
async fn an_old_session_is_replaced_without_waiting() {
    let running = shop_with_app();
    let store = tableau::OwnSession::default();
    let mut setup = Setup::of(&running);
    setup.store = store.clone();
    setup.client().sign_in().await.expect("a session");
    running.forget_requests();
    running.script(Fault::session_ends().once().on_path("*/workbooks"));
    let mut setup = Setup::of(&running);
    (setup.store, setup.clock) = (store, an_hour_later);
    setup
        .client()
        .rest("workbooks", &[])
        .await
        .expect("workbooks");
    assert_eq!(n_asked(&running, "/workbooks"), 2);
    assert_eq!(n_asked(&running, "/signin"), 1);
}

#[tokio::test]
async fn a_token_used_elsewhere_again_and_again_is_called_so() {
    let running = shop_with_app();
    running.script(Fault::session_ends().on_path("*/workbooks"));
    let client = Setup::of(&running).client();
    let error = client
        .rest("workbooks", &[])
        .await
        .expect_err("no session holds");
    expect![[r#"
        cannot keep a session on SITE: it is ended elsewhere as soon as it begins
        next: the token is also used in another place, and each sign-in ends the other's session: give each place (machine, job, tool) a token of its own"#]].assert_eq(&shown(&error, &[("SITE", &running)]));
    assert_eq!(
        n_asked(&running, "/signin"),
        2,
        "one new sign-in for one call"
    );
}

#[tokio::test]
async fn two_places_with_one_token_stop_ending_each_other_s_sessions() {
    let running = shop_with_app();
    let (one, other) = (Setup::of(&running).client(), Setup::of(&running).client());
    let mut errors = Vec::new();
    for _ in 0..10 {
        errors.extend(one.rest("workbooks", &[]).await.err());
        errors.extend(other.rest("workbooks", &[]).await.err());
    }
    assert!(!errors.is_empty(), "the fight is noticed");
    for error in errors {
        assert!(
            matches!(error, SiteError::SessionTakenOver { .. }),
            "{error}"
        );
    }
    assert!(n_asked(&running, "/signin") <= 8, "and it ends");
}

#[tokio::test]
async fn the_metadata_api_s_own_refusal_ends_a_session_too() {
    let running = shop_with_app();
    running.script(Fault::session_ends().once().on_metadata());
    let client = Setup::of(&running).client();
    let query = "query Q { workbooksConnection(first: 1) { nodes { name } } }";
    client
        .metadata(query, serde_json::json!({}))
        .await
        .expect("an answer");
    assert_eq!(n_asked(&running, "/graphql"), 3);
    assert_eq!(n_asked(&running, "/signin"), 2);
}

#[tokio::test]
async fn an_app_that_the_metadata_api_refuses_lacks_the_right() {
    let running = shop_with_app();
    running.script(Fault::refused().on_metadata());
    let mut setup = Setup::of(&running);
    setup.credential = app("app-s3cret", &running.site().users[0].name);
    let query = "query Q { workbooksConnection(first: 1) { nodes { name } } }";
    let answer = setup.client().metadata(query, serde_json::json!({})).await;
    let error = answer.expect_err("refused");
    expect![[r#"
        cannot query the Metadata API of SITE: permission denied: Unauthorized
        next: ask the site's administrator for a role that may query the Metadata API; for a connected app the scope tableau:content:read is needed"#]].assert_eq(&shown(&error, &[("SITE", &running)]));
}

#[tokio::test]
async fn windows_share_a_session_and_a_new_one() {
    let running = shop_with_app();
    let store = tableau::OwnSession::default();
    let window = || {
        let mut setup = Setup::of(&running);
        setup.store = store.clone();
        setup.client()
    };
    let (one, other) = (window(), window());
    one.rest("workbooks", &[]).await.expect("workbooks");
    other.rest("workbooks", &[]).await.expect("workbooks");
    assert_eq!(
        n_asked(&running, "/signin"),
        1,
        "the second takes the first's"
    );
    running.script(Fault::session_ends().once().on_path("*/workbooks"));
    one.rest("workbooks", &[]).await.expect("workbooks");
    other.rest("workbooks", &[]).await.expect("workbooks");
    assert_eq!(
        n_asked(&running, "/signin"),
        2,
        "the second takes the first's new one"
    );
}

#[tokio::test]
async fn another_token_s_session_is_not_used() {
    let running = shop_with_app();
    let store = tableau::OwnSession::default();
    let mut setup = Setup::of(&running);
    setup.store = store.clone();
    setup
        .client()
        .rest("workbooks", &[])
        .await
        .expect("workbooks");
    let mut setup = Setup::of(&running);
    setup.store = store;
    setup.credential = app("app-s3cret", &running.site().users[0].name);
    setup
        .client()
        .rest("workbooks", &[])
        .await
        .expect("workbooks");
    assert_eq!(n_asked(&running, "/signin"), 2);
}

#[tokio::test]
async fn calls_at_once_sign_in_once() {
    let running = shop_with_app();
    let client = Arc::new(Setup::of(&running).client());
    at_once(&client).await;
    assert_eq!(n_asked(&running, "/signin"), 1);
    assert_eq!(n_asked(&running, "/serverInfo"), 1);
    running.script(Fault::session_ends().once().on_path("*/workbooks"));
    at_once(&client).await;
    assert_eq!(n_asked(&running, "/signin"), 2);
}

async fn at_once(client: &Arc<Client>) {
    let calls = (0..6).map(|_| {
        let client = Arc::clone(client);
        tokio::spawn(async move { client.rest("workbooks", &[]).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.expect("no panic").expect("workbooks");
    }
}

#[tokio::test]
async fn signing_out_ends_the_shared_session() {
    let running = shop_with_app();
    let store = tableau::OwnSession::default();
    let window = || {
        let mut setup = Setup::of(&running);
        setup.store = store.clone();
        setup.client()
    };
    window().sign_in().await.expect("a session");
    assert_eq!(running.n_sessions(), 1);
    window().sign_out().await;
    assert_eq!(running.n_sessions(), 0);
    let stored = tokio::task::spawn_blocking(move || store.lock().expect("a lock").read());
    assert!(stored.await.expect("no panic").is_none());
}

#[tokio::test]
async fn who_is_signed_in_is_said_without_a_new_sign_in() {
    let running = shop_with_app();
    let client = Setup::of(&running).client();
    client.rest("workbooks", &[]).await.expect("workbooks");
    let signed_in = client.signed_in().await;
    expect!["ann (SiteAdministratorExplorer) on SITE/#/site/acme, REST 3.25, 2025.1.0"]
        .assert_eq(&told(signed_in, &running));
    assert_eq!(n_asked(&running, "/signin"), 1);
}
