//! `login` and `logout`: what they say, what they keep, and where a secret goes.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::support::cli::Said;
use crate::support::tableau::datasource::Datasource;
use crate::support::tableau::fault::Fault;
use crate::support::tableau::site::{ConnectedApp, MetadataApi, Site, TOKEN_NAME, TOKEN_SECRET};
use crate::support::tableau::workbook::Workbook;
use crate::support::tableau::{Running, Standin};

/// A user's folders, outside of any project.
struct Home {
    folder: tempfile::TempDir,
    env: Vec<(&'static str, String)>,
}

impl Home {
    fn new() -> Home {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        std::fs::create_dir(at("run")).expect("make a folder");
        std::fs::create_dir(at("here")).expect("make a folder");
        let env = vec![
            ("EXPOSURE_LENS_CONFIG_DIR", at("config")),
            ("EXPOSURE_LENS_CACHE_DIR", at("cache")),
            ("EXPOSURE_LENS_KEYRING", "off".to_owned()),
            ("XDG_RUNTIME_DIR", at("run")),
            ("HOME", at("")),
        ];
        Home { folder, env }
    }

    fn with(mut self, name: &'static str, value: &str) -> Home {
        self.env.push((name, value.to_owned()));
        self
    }

    /// Runs the program with `stdin` in its pipe.
    fn run(&self, args: &[&str], stdin: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exposure-lens"));
        let unset = [
            "TABLEAU_SITE_URL",
            "TABLEAU_PAT_NAME",
            "TABLEAU_PAT_SECRET",
            "EXPOSURE_LENS_LOG",
            "http_proxy",
            "https_proxy",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "all_proxy",
            "NO_PROXY",
            "no_proxy",
        ];
        for name in unset {
            command.env_remove(name);
        }
        let mut child = command
            .args(args)
            .current_dir(self.folder.path().join("here"))
            .envs(self.env.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        // A use that is wrong ends before the pipe is read.
        let _ = pipe.write_all(stdin.as_bytes());
        drop(pipe);
        let output = child.wait_with_output().expect("the program ends");
        Said {
            code: output.status.code().expect("an exit code"),
            out: String::from_utf8(output.stdout).expect("answers are UTF-8"),
            err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        }
    }

    fn login(&self, url: &str) -> Said {
        self.run(&["login", url, "--stdin"], &token(TOKEN_SECRET))
    }

    /// All files that the program has written.
    fn files(&self) -> Vec<PathBuf> {
        let walk = ignore::WalkBuilder::new(self.folder.path())
            .standard_filters(false)
            .build();
        let files = walk.flatten().map(ignore::DirEntry::into_path);
        let mut files: Vec<PathBuf> = files.filter(|it| it.is_file()).collect();
        files.sort();
        files
    }

    /// A text without what differs from run to run.
    fn shown(&self, text: &str, hosts: &[(&str, &Running)]) -> String {
        let mut text = text.replace(&self.folder.path().display().to_string(), "~");
        for (name, running) in hosts {
            text = text.replace(&running.socket().to_string(), name);
        }
        text
    }
}

fn token(secret: &str) -> String {
    format!("{TOKEN_NAME}\n{secret}\n")
}

/// A site with a workbook.
fn acme() -> Site {
    Site::new("acme").workbook(
        Workbook::new("Revenue")
            .datasource(Datasource::new("Orders").table("SHOP.MARTS.FCT_ORDERS"))
            .sheet("By month", &["Orders"])
            .dashboard("Overview", &["By month"]),
    )
}

/// What `login` to a site says, on stdout and then on stderr, and its exit code.
#[track_caller]
fn check(site: Site, stdin: &str, expect: Expect) {
    let (home, running) = (Home::new(), Standin::start(site));
    let said = home.run(&["login", &running.address(), "--stdin"], stdin);
    let text = format!("{}--\n{}exit code {}", said.out, said.err, said.code);
    expect.assert_eq(&home.shown(&text, &[("HOST", &running)]));
}

#[test]
fn a_token_from_a_pipe_is_checked_and_kept() {
    check(
        acme(),
        &token(TOKEN_SECRET),
        expect![[r#"
            site          http://HOST/#/site/acme
            signed in as  ann · SiteAdministratorExplorer
            API           3.25 · Tableau 2025.1.0
            credential    token exposure-lens-test
            kept in       ~/config/credentials.json
                          only you can read it (EXPOSURE_LENS_KEYRING is off)
            content       the Metadata API answers · 1 workbook
            --
            note: a token lapses after 15 days without use, and a sign-in elsewhere with the same token ends the session here: make one for each machine and each tool
            next: `exposure-lens pull` in a dbt project reads the site; editors do so by themselves
            exit code 0"#]],
    );
}

#[test]
fn rights_that_are_missing_are_said() {
    check(
        acme().without_names(),
        &token(TOKEN_SECRET),
        expect![[r#"
            site          http://HOST/#/site/acme
            signed in as  ann · SiteAdministratorExplorer
            API           3.25 · Tableau 2025.1.0
            credential    token exposure-lens-test
            kept in       ~/config/credentials.json
                          only you can read it (EXPOSURE_LENS_KEYRING is off)
            content       the Metadata API answers · 1 workbook
            --
            note: 1 of 1 table names in the first workbooks are hidden from your token: their dashboards cannot be matched
            note: a token lapses after 15 days without use, and a sign-in elsewhere with the same token ends the session here: make one for each machine and each tool
            next: `exposure-lens pull` in a dbt project reads the site; editors do so by themselves
            exit code 0"#]],
    );
    check(
        acme().metadata(MetadataApi::Disabled),
        &token(TOKEN_SECRET),
        expect![[r#"
            site          http://HOST/#/site/acme
            signed in as  ann · SiteAdministratorExplorer
            API           3.25 · Tableau 2025.1.0
            credential    token exposure-lens-test
            kept in       ~/config/credentials.json
                          only you can read it (EXPOSURE_LENS_KEYRING is off)
            content       without the Metadata API: workbooks are downloaded
            --
            note: cannot query the Metadata API of HOST: it is switched off: The Metadata API is not enabled on this server; ask the server's administrator to run `tsm maintenance metadata-services enable`; until then workbooks are downloaded and read instead
            note: a token lapses after 15 days without use, and a sign-in elsewhere with the same token ends the session here: make one for each machine and each tool
            next: `exposure-lens pull` in a dbt project reads the site; editors do so by themselves
            exit code 0"#]],
    );
    let mut site = acme();
    site.tokens[0].user = "bob".to_owned();
    check(
        site,
        &token(TOKEN_SECRET),
        expect![[r#"
            site          http://HOST/#/site/acme
            signed in as  bob · Creator
            API           3.25 · Tableau 2025.1.0
            credential    token exposure-lens-test
            kept in       ~/config/credentials.json
                          only you can read it (EXPOSURE_LENS_KEYRING is off)
            content       the Metadata API answers · 1 workbook
            --
            note: your role on the site is Creator: workbooks and table names that you have no permission for stay hidden; complete lineage needs the role Site Administrator Explorer, or a team snapshot made by one who has it
            note: a token lapses after 15 days without use, and a sign-in elsewhere with the same token ends the session here: make one for each machine and each tool
            next: `exposure-lens pull` in a dbt project reads the site; editors do so by themselves
            exit code 0"#]],
    );
}

#[test]
fn a_connected_app_signs_in_by_json() {
    let mut site = acme();
    site.connected_app = Some(ConnectedApp {
        client_id: "client".to_owned(),
        secret_id: "secret id".to_owned(),
        secret: TOKEN_SECRET.to_owned(),
    });
    let stdin = json!({
        "client_id": "client", "secret_id": "secret id", "secret": TOKEN_SECRET, "user": "ann",
    });
    check(
        site,
        &stdin.to_string(),
        expect![[r#"
            site          http://HOST/#/site/acme
            signed in as  ann · SiteAdministratorExplorer
            API           3.25 · Tableau 2025.1.0
            credential    connected app for ann
            kept in       ~/config/credentials.json
                          only you can read it (EXPOSURE_LENS_KEYRING is off)
            content       the Metadata API answers · 1 workbook
            --
            next: `exposure-lens pull` in a dbt project reads the site; editors do so by themselves
            exit code 0"#]],
    );
}

#[test]
fn a_wrong_credential_is_refused_with_the_next_step_and_kept_nowhere() {
    check(
        acme(),
        &token("wrong"),
        expect![[r#"
            --
            error: cannot sign in to http://HOST/#/site/acme: the site refused the credential: Signin Error: Error signing in to Tableau Server
            next: one of three: the token is wrong or has lapsed (15 days without use, or past its end), the site is not spelt as in the browser's address, or the user must sign in by SAML; make a new token under My Account Settings and run `exposure-lens login`
            exit code 3"#]],
    );
    let (home, running) = (Home::new(), Standin::start(acme()));
    let url = format!("{}/#/site/other", running.url());
    let said = home.login(&url);
    assert_eq!(said.code, 3);
    expect![[r#"
        error: cannot sign in to http://HOST/#/site/other: the site refused the credential: Signin Error: Error signing in to Tableau Server
        next: one of three: the token is wrong or has lapsed (15 days without use, or past its end), the site is not spelt as in the browser's address, or the user must sign in by SAML; make a new token under My Account Settings and run `exposure-lens login`
    "#]].assert_eq(&home.shown(&said.err, &[("HOST", &running)]));
    assert_eq!(home.files(), Vec::<PathBuf>::new());
}

#[test]
fn what_is_no_site_or_no_credential_is_wrong_use() {
    let home = Home::new();
    let mut lines = String::new();
    for (args, stdin) in [
        (&["login", "ftp://bi.corp"][..], ""),
        (&["login", "https://10ax.online.tableau.com", "--stdin"], ""),
        (&["login", "https://bi.corp", "--stdin"], "only a name\n"),
        (
            &["login", "https://bi.corp", "--stdin"],
            "{\"name\": \"x\"}",
        ),
        (&["login", "https://bi.corp"], ""),
        (&["logout", "ftp://bi.corp"], ""),
    ] {
        let said = home.run(args, stdin);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{args:?}");
        write!(lines, "{}", said.err).expect("a string takes it");
    }
    expect![[r#"
        error: cannot use an address of scheme 'ftp': Tableau is reached by https
        error: cannot tell the site: copy the address of any page after you signed in to Tableau
        error: a token has a name and a secret: one of them is missing
        error: stdin holds JSON that is no credential: it takes {name, secret}, or for a connected app {client_id, secret_id, secret, user}
        error: there is no terminal to ask for the token: pass its name and its secret with --stdin, on a line each
        error: cannot use an address of scheme 'ftp': Tableau is reached by https
    "#]].assert_eq(&lines);
    // A secret has no place among the arguments.
    let said = home.run(&["login", "https://bi.corp", TOKEN_NAME, TOKEN_SECRET], "");
    assert_eq!(said.code, 2);
}

#[test]
fn what_lies_on_the_way_is_told_apart() {
    let home = Home::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = nobody.local_addr().expect("an address").port();
    drop(nobody);
    let said = home.login("http://no-such-host.invalid");
    let refused = home.login(&format!("http://127.0.0.1:{port}"));
    let offline = home.run(
        &["login", "https://bi.corp", "--stdin", "--offline"],
        &token("x"),
    );
    let proxy = Standin::start(acme());
    proxy.script(Fault::status(407));
    let behind = Home::new().with("http_proxy", &proxy.url());
    let behind = behind.login("http://tableau.invalid");
    let text = format!("{}{}{}{}", said.err, refused.err, offline.err, behind.err);
    let text = text.replace(&port.to_string(), "PORT");
    expect![[r#"
        note: no-such-host.invalid is reached by http: whoever is on the way can read your token; use https if the server has it
        error: cannot connect to no-such-host.invalid: no host of this name was found
        next: check the address for a slip, and that the network (VPN, proxy) is the right one
        error: cannot connect to 127.0.0.1:PORT: the connection was refused
        next: check host, port and network (VPN, HTTPS_PROXY, NO_PROXY), then try again
        error: cannot ask for the version on bi.corp: offline, as asked
        next: run it without --offline
        note: tableau.invalid is reached by http: whoever is on the way can read your token; use https if the server has it
        error: cannot reach tableau.invalid: the proxy refused: Error: The server cannot answer now
        next: check HTTPS_PROXY, with user and password if the proxy wants them, or put the host into NO_PROXY
    "#]].assert_eq(&text);
    for said in [said, refused, offline, behind] {
        assert_eq!((said.code, said.out.as_str()), (3, ""));
    }
    for request in proxy.requests() {
        assert!(!request.has_credential, "{}", request.path);
    }
}

#[test]
fn a_redirect_to_another_host_is_not_followed_with_a_credential() {
    let (site, evil) = (Standin::start(acme()), Standin::start(acme()));
    let fault = Fault::redirect(&format!("{}/api/3.25/auth/signin", evil.url()));
    site.script(fault.on_path("*/signin"));
    let home = Home::new();
    let said = home.login(&site.address());
    assert_eq!(said.code, 3);
    let hosts = [("SITE", &site), ("EVIL", &evil)];
    expect![[r#"
        error: cannot sign in on SITE: it redirects to http://EVIL, which was not asked for
        next: if http://EVIL is the right place, give that address instead; nothing was sent there
    "#]]
    .assert_eq(&home.shown(&said.err, &hosts));
    assert_eq!(evil.requests().len(), 0);
    assert_eq!(home.files(), Vec::<PathBuf>::new());
}

#[test]
fn programs_get_json_without_a_secret() {
    let (home, running) = (Home::new(), Standin::start(acme()));
    let args = ["login", &running.address(), "--stdin", "--format", "json"];
    let said = home.run(&args, &token(TOKEN_SECRET));
    expect![[r#"
        {"version":1,"site":{"url":"http://HOST/#/site/acme","host":"HOST","name":"acme"},"signed_in":true,"user":{"name":"ann","role":"SiteAdministratorExplorer"},"api_version":"3.25","product_version":"2025.1.0","kept":"file","file":"~/config/credentials.json","metadata_api":true,"workbooks":1,"problems":[{"code":"token_use","message":"a token lapses after 15 days without use, and a sign-in elsewhere with the same token ends the session here: make one for each machine and each tool"}]}
    "#]].assert_eq(&home.shown(&said.out, &[("HOST", &running)]));
    let failed = home.run(&args, &token("wrong"));
    assert_eq!(failed.code, 3);
    let answer: Value = serde_json::from_str(&failed.out).expect("JSON");
    assert_eq!(answer["signed_in"], false);
    assert_eq!(answer["problems"][0]["code"], "sign_in_failed");
}

#[test]
fn a_secret_is_in_one_file_and_in_nothing_that_is_said() {
    let (home, running) = (Home::new(), Standin::start(acme()));
    let mut said = String::new();
    for format in ["text", "json"] {
        for secret in [TOKEN_SECRET, "wr0ngS3cret"] {
            let args = ["login", &running.address(), "--stdin", "--format", format];
            let all = [&args[..], &["--log", "trace,exposure_lens=trace"]].concat();
            let run = home.run(&all, &token(secret));
            write!(said, "{}{}", run.out, run.err).expect("a string takes it");
        }
    }
    assert!(said.contains("signing in"), "it was logged");
    for path in home.files() {
        let name = path.file_name().expect("a name").to_string_lossy();
        let text = String::from_utf8(std::fs::read(&path).expect("read")).expect("UTF-8");
        assert_eq!(
            text.contains(TOKEN_SECRET),
            name == "credentials.json",
            "{name}"
        );
        write!(said, "{}", path.display()).expect("a string takes it");
        if let Some(session) = serde_json::from_str::<Value>(&text).ok()
            && let Some(token) = session["token"].as_str()
        {
            assert!(!said.contains(token), "the session's token was said");
        }
    }
    for secret in [TOKEN_SECRET, "wr0ngS3cret"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_the_users_alone() {
    use std::os::unix::fs::PermissionsExt;

    let (home, running) = (Home::new(), Standin::start(acme()));
    assert_eq!(home.login(&running.address()).code, 0);
    let files = home.files();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let mode = |path: &std::path::Path| {
            std::fs::metadata(path)
                .expect("metadata")
                .permissions()
                .mode()
                & 0o077
        };
        let folder = file.parent().expect("a folder");
        assert_eq!((mode(&file), mode(folder)), (0, 0), "{}", file.display());
    }
}

#[test]
fn the_environments_credential_is_checked_and_kept_nowhere() {
    let running = Standin::start(acme());
    let home = Home::new()
        .with("TABLEAU_SITE_URL", &running.address())
        .with("TABLEAU_PAT_NAME", TOKEN_NAME)
        .with("TABLEAU_PAT_SECRET", TOKEN_SECRET);
    let said = home.run(&["login", &running.address()], "");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("the environment alone"), "{}", said.out);
    assert!(!home.folder.path().join("config").exists());
    // It is not for another site on the same host, where the user would be asked.
    let other = format!("{}/#/site/other", running.url());
    assert_eq!(home.run(&["login", &other], "").code, 2);
}

#[test]
fn logging_out_leaves_nothing_behind() {
    let (home, running) = (Home::new(), Standin::start(acme()));
    assert_eq!(home.login(&running.address()).code, 0);
    assert_eq!(running.n_sessions(), 1);
    let key = format!("http://{}/acme", running.socket());
    let cache = home.folder.path().join("cache");
    let content = exposure_lens::workspace::sites::folder::folder_of(&cache, "sites", &key);
    std::fs::create_dir_all(&content).expect("make a folder");
    std::fs::write(content.join("content"), "what the site holds").expect("write");
    let said = home.run(&["logout", &running.address()], "");
    let text = home.shown(&format!("{}{}", said.out, said.err), &[("HOST", &running)]);
    expect![[r#"
        signed out of http://HOST/#/site/acme: credential, session and content are gone
    "#]]
    .assert_eq(&text);
    assert_eq!(said.code, 0);
    assert_eq!(running.n_sessions(), 0);
    assert_eq!(home.files(), Vec::<PathBuf>::new());
    let again = home.run(&["logout", &running.address(), "--format", "json"], "");
    let answer: Value = serde_json::from_str(&again.out).expect("JSON");
    assert_eq!((again.code, &answer["removed"]), (0, &json!(false)));
}

#[test]
fn logging_out_of_one_site_leaves_the_others() {
    let running = Standin::start_many(vec![acme(), Site::new("other")]);
    let home = Home::new();
    let other = format!("{}/#/site/other", running.url());
    for url in [&running.address(), &other] {
        assert_eq!(home.login(url).code, 0);
    }
    assert_eq!(home.run(&["logout", &running.address()], "").code, 0);
    let kept = std::fs::read_to_string(home.folder.path().join("config/sites.json"));
    let kept = kept.expect("the list of sites");
    assert!(kept.contains("/other") && !kept.contains("/acme"), "{kept}");
}

#[test]
fn logging_out_needs_no_site_that_answers() {
    let (home, running) = (Home::new(), Standin::start(acme()));
    let address = running.address();
    assert_eq!(home.login(&address).code, 0);
    drop(running);
    assert_eq!(home.run(&["logout", &address], "").code, 0);
    assert_eq!(home.files(), Vec::<PathBuf>::new());
}
