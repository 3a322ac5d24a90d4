//! Each way in which there is no way to a site: what is said, and the next step.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use expect_test::{Expect, expect};

use super::client::tls;
use super::machine::Machine;
use crate::support::tableau::fault::Fault;
use crate::support::tableau::site::{MetadataApi, TOKEN_NAME, TOKEN_SECRET};
use crate::support::tableau::{Running, Standin, shop};

/// What `login` and then, with the credential in the environment, `pull` say of a site.
#[track_caller]
fn check(address: &str, secret: &str, proxy: Option<&str>, names: &[(&str, &str)], expect: Expect) {
    let mut machine = Machine::new();
    if let Some(proxy) = proxy {
        machine = machine.with_variable("https_proxy", proxy);
    }
    let token = format!("{TOKEN_NAME}\n{secret}\n");
    let login = machine.run_with_input(&["login", address, "--stdin"], &token);
    let machine = machine
        .with_variable("TABLEAU_SITE_URL", address)
        .with_variable("TABLEAU_PAT_NAME", TOKEN_NAME)
        .with_variable("TABLEAU_PAT_SECRET", secret);
    let pull = machine.run(&["pull"]);
    let mut text = format!("{}login: exit code {}\n", login.err, login.code);
    text += &without_costs(&pull.out);
    text += &format!("pull: exit code {}\n", pull.code);
    for (value, name) in names {
        text = text.replace(value, name);
    }
    expect.assert_eq(&text);
}

/// Without `· 15 requests, 1.2 MB, 3.1 s`.
fn without_costs(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once(" · ") {
        Some((start, cost)) if cost.contains(" requests, ") => format!("{start}\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

fn check_site(running: &Running, address: &str, secret: &str, expect: Expect) {
    let host = running.socket().to_string();
    check(address, secret, None, &[(&host, "HOST")], expect);
}

#[test]
fn a_credential_that_is_refused() {
    let running = Standin::start(shop::site());
    check_site(
        &running,
        &running.address(),
        "wrong",
        expect![[r#"
            error: cannot sign in to http://HOST/#/site/acme: the site refused the credential: Signin Error: Error signing in to Tableau Server
            next: one of three: the token is wrong or has lapsed (15 days without use, or past its end), the site is not spelt as in the browser's address, or the user must sign in by SAML; make a new token under My Account Settings and run `exposure-lens login`
            login: exit code 3
            acme on HOST
              failed: cannot sign in to http://HOST/#/site/acme: the site refused the credential: Signin Error: Error signing in to Tableau Server; one of three: the token is wrong or has lapsed (15 days without use, or past its end), the site is not spelt as in the browser's address, or the user must sign in by SAML; make a new token under My Account Settings and run `exposure-lens login`
            pull: exit code 3
        "#]],
    );
    let other = format!("{}/#/site/other", running.url());
    check_site(
        &running,
        &other,
        TOKEN_SECRET,
        expect![[r#"
            error: cannot sign in to http://HOST/#/site/other: the site refused the credential: Signin Error: Error signing in to Tableau Server
            next: one of three: the token is wrong or has lapsed (15 days without use, or past its end), the site is not spelt as in the browser's address, or the user must sign in by SAML; make a new token under My Account Settings and run `exposure-lens login`
            login: exit code 3
            other on HOST
              failed: cannot sign in to http://HOST/#/site/other: the site refused the credential: Signin Error: Error signing in to Tableau Server; one of three: the token is wrong or has lapsed (15 days without use, or past its end), the site is not spelt as in the browser's address, or the user must sign in by SAML; make a new token under My Account Settings and run `exposure-lens login`
            pull: exit code 3
        "#]],
    );
}

#[test]
fn a_session_that_is_ended_elsewhere_again_and_again() {
    let running = Standin::start(shop::site());
    running.script(Fault::session_ends().on_metadata());
    check_site(
        &running,
        &running.address(),
        TOKEN_SECRET,
        expect![[r#"
            note: cannot keep a session on HOST: it is ended elsewhere as soon as it begins; the token is also used in another place, and each sign-in ends the other's session: give each place (machine, job, tool) a token of its own
            note: a token lapses after 15 days without use, and a sign-in elsewhere with the same token ends the session here: make one for each machine and each tool
            next: `exposure-lens pull` in a dbt project reads the site; editors do so by themselves
            login: exit code 0
            acme on HOST
              failed: cannot keep a session on HOST: it is ended elsewhere as soon as it begins; the token is also used in another place, and each sign-in ends the other's session: give each place (machine, job, tool) a token of its own
            pull: exit code 3
        "#]],
    );
}

#[test]
fn no_right_to_the_metadata_api_and_no_metadata_api() {
    let running = Standin::start(shop::site());
    running.script(Fault::error("ACCESS_DENIED"));
    check_site(
        &running,
        &running.address(),
        TOKEN_SECRET,
        expect![[r#"
            note: cannot query the Metadata API of HOST: permission denied: access denied (told by the stand-in site); ask the site's administrator for a role that may query the Metadata API; for a connected app the scope tableau:content:read is needed
            note: a token lapses after 15 days without use, and a sign-in elsewhere with the same token ends the session here: make one for each machine and each tool
            next: `exposure-lens pull` in a dbt project reads the site; editors do so by themselves
            login: exit code 0
            acme on HOST
              failed: cannot query the Metadata API of HOST: permission denied: access denied (told by the stand-in site); ask the site's administrator for a role that may query the Metadata API; for a connected app the scope tableau:content:read is needed
            pull: exit code 3
        "#]],
    );
    let running = Standin::start(shop::site().metadata(MetadataApi::Disabled));
    check_site(
        &running,
        &running.address(),
        TOKEN_SECRET,
        expect![[r#"
            note: cannot query the Metadata API of HOST: it is switched off: The Metadata API is not enabled on this server; ask the server's administrator to run `tsm maintenance metadata-services enable`; until then workbooks are downloaded and read instead
            note: a token lapses after 15 days without use, and a sign-in elsewhere with the same token ends the session here: make one for each machine and each tool
            next: `exposure-lens pull` in a dbt project reads the site; editors do so by themselves
            login: exit code 0
            acme on HOST
              6 workbooks, 6 changed
              not known: what the site's Prep flows read is not known: the Metadata API is off
              not known: `Customers` in Customer Health reads the virtual connection `Warehouse`, whose tables are not at hand
            pull: exit code 0
        "#]],
    );
}

#[test]
fn a_certificate_that_is_not_trusted() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let running = Standin::start(shop::site());
    let certified = tls::certified("127.0.0.1", "Acme");
    let address = runtime.block_on(tls::front(running.socket(), certified.config));
    let host = address.split('/').nth(2).expect("a host").to_owned();
    check(
        &address,
        TOKEN_SECRET,
        None,
        &[(&host, "HOST")],
        expect![[r#"
            error: cannot connect to HOST: its certificate is not trusted (its issuer is unknown here)
            next: if your organisation has its own certificates, name their CA file with tableau.ca_file in your own config.yml; only if that is impossible, list HOST in tableau.insecure there
            login: exit code 3
            acme on HOST
              failed: cannot connect to HOST: its certificate is not trusted (its issuer is unknown here); if your organisation has its own certificates, name their CA file with tableau.ca_file in your own config.yml; only if that is impossible, list HOST in tableau.insecure there
            pull: exit code 3
        "#]],
    );
    assert_eq!(running.requests().len(), 0);
}

#[test]
fn a_host_that_is_not_there() {
    let address = "https://no-such-host.invalid/#/site/acme";
    check(
        address,
        TOKEN_SECRET,
        None,
        &[],
        expect![[r#"
            error: cannot connect to no-such-host.invalid: no host of this name was found
            next: check the address for a slip, and that the network (VPN, proxy) is the right one
            login: exit code 3
            acme on no-such-host.invalid
              failed: cannot connect to no-such-host.invalid: no host of this name was found; check the address for a slip, and that the network (VPN, proxy) is the right one
            pull: exit code 3
        "#]],
    );
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let host = nobody.local_addr().expect("an address").to_string();
    drop(nobody);
    let address = format!("https://{host}/#/site/acme");
    check(
        &address,
        TOKEN_SECRET,
        None,
        &[(&host, "HOST")],
        expect![[r#"
            error: cannot connect to HOST: the connection was refused
            next: check host, port and network (VPN, HTTPS_PROXY, NO_PROXY), then try again
            login: exit code 3
            acme on HOST
              failed: cannot connect to HOST: the connection was refused; check host, port and network (VPN, HTTPS_PROXY, NO_PROXY), then try again
            pull: exit code 3
        "#]],
    );
}

/// A proxy that lets nobody through, or a web server that has nothing. It ends with the test's process.
fn refusing(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
            let _head: Vec<_> = lines
                .map_while(Result::ok)
                .take_while(|it| !it.is_empty())
                .collect();
            let answer =
                format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            // Who goes away misses it.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}")
}

#[test]
fn a_proxy_that_refuses() {
    let address = "https://bi.invalid/#/site/acme";
    for (status, expect) in [
        (
            "407 Proxy Authentication Required",
            expect![[r#"
                error: cannot reach bi.invalid: the proxy refused: proxy authorization required
                next: check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY
                login: exit code 3
                acme on bi.invalid
                  failed: cannot reach bi.invalid: the proxy refused: proxy authorization required; check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY
                pull: exit code 3
            "#]],
        ),
        (
            "403 Forbidden",
            expect![[r#"
                error: cannot reach bi.invalid: the proxy refused: it does not let us through to this host
                next: check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY
                login: exit code 3
                acme on bi.invalid
                  failed: cannot reach bi.invalid: the proxy refused: it does not let us through to this host; check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY
                pull: exit code 3
            "#]],
        ),
        (
            "502 Bad Gateway",
            expect![[r#"
                error: cannot reach bi.invalid: the proxy refused: it does not let us through to this host
                next: check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY
                login: exit code 3
                acme on bi.invalid
                  failed: cannot reach bi.invalid: the proxy refused: it does not let us through to this host; check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY
                pull: exit code 3
            "#]],
        ),
    ] {
        check(address, TOKEN_SECRET, Some(&refusing(status)), &[], expect);
    }
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let proxy = nobody.local_addr().expect("an address").to_string();
    drop(nobody);
    let url = format!("http://{proxy}");
    check(
        address,
        TOKEN_SECRET,
        Some(&url),
        &[(&proxy, "PROXY")],
        expect![[r#"
            error: cannot reach bi.invalid: the proxy refused: it cannot be reached itself
            next: check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY
            login: exit code 3
            acme on bi.invalid
              failed: cannot reach bi.invalid: the proxy refused: it cannot be reached itself; check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY
            pull: exit code 3
        "#]],
    );
}

#[test]
fn what_answers_is_no_tableau() {
    let running = Standin::start(shop::site());
    running.script(Fault::html());
    check_site(
        &running,
        &running.address(),
        TOKEN_SECRET,
        expect![[r#"
            error: cannot ask for the version on HOST: the answer is not Tableau's (a web page)
            next: check that the address is Tableau's and that no login page or proxy answers for it
            login: exit code 3
            acme on HOST
              failed: cannot ask for the version on HOST: the answer is not Tableau's (a web page); check that the address is Tableau's and that no login page or proxy answers for it
            pull: exit code 3
        "#]],
    );
}

#[test]
fn a_team_snapshot_that_is_not_where_the_settings_say() {
    for (status, expect) in [
        (
            "404 Not Found",
            expect![[r#"
            team snapshot
              failed: cannot fetch the team snapshot on HOST: refused (status 404); check the address in `tableau.snapshot`: the file may not be there, or open only to those who sign in
        "#]],
        ),
        (
            "403 Forbidden",
            expect![[r#"
            team snapshot
              failed: cannot fetch the team snapshot on HOST: refused (status 403); check the address in `tableau.snapshot`: the file may not be there, or open only to those who sign in
        "#]],
        ),
        (
            "200 OK\r\nContent-Type: text/html; charset=utf-8",
            expect![[r#"
                team snapshot
                  failed: cannot fetch the team snapshot on HOST: a web page came in its place; check the address in `tableau.snapshot`: the file may not be there, or open only to those who sign in
            "#]],
        ),
    ] {
        let url = refusing(status);
        let machine = Machine::new();
        machine.write_config(&format!("tableau: {{snapshot: '{url}/team.snapshot'}}"));
        let pull = machine.run(&["pull"]);
        assert_eq!(pull.code, 3);
        let host = url.trim_start_matches("http://");
        expect.assert_eq(&pull.out.replace(host, "HOST"));
    }
}
