//! Names that would do something in a comment, and more of them than a comment takes.

use serde_json::{Value, json};

use super::{Repository, site};

/// What stands in a comment and is no text: each would act where it is rendered.
#[track_caller]
fn is_harmless(comment: &str) {
    // A pipe is written so.
    let comment = &comment.replace("&#124;", " ");
    for hidden in ['\u{202e}', '\u{200b}', '\u{1b}'] {
        assert!(!comment.contains(hidden), "{comment}");
    }
    for active in [
        "@ana", "@acme", "#12", "!34", "<img", "<script", "![", "www.evil",
    ] {
        assert!(!comment.contains(active), "{active}: {comment}");
    }
    let unescaped = comment.replace("\\]", "");
    assert!(!unescaped.contains("](javascript"), "{comment}");
    let tags = [
        "<!-- exposure-lens -->",
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
        "<code>",
        "</code>",
        "<sub>",
        "</sub>",
    ];
    let mut rest = comment.to_owned();
    tags.iter().for_each(|tag| rest = rest.replace(tag, ""));
    // What is left are the addresses of links.
    let opens = rest.matches('<').count();
    assert_eq!(opens, rest.matches("](<https://").count(), "{rest}");
    // A quick action stands at the start of a line.
    assert!(
        !comment.lines().any(|line| line.starts_with('/')),
        "{comment}"
    );
    assert!(comment.starts_with("<!-- exposure-lens -->\n"), "{comment}");
}

const HOSTILE: &str = "@ana #12 !34 <img src=x> `x` | a\n/close\n\u{202e}</details> ![i](javascript:x) \
                       www.evil.example @acme/team <!-- x";

fn hostile_site() -> Value {
    let mut site = site();
    site["projects"][0]["name"] = json!(HOSTILE);
    for n in 0..2 {
        site["workbooks"][n]["name"] = json!(format!("{n} {HOSTILE}"));
        site["workbooks"][n]["owner"]["name"] = json!(HOSTILE);
        site["workbooks"][n]["dashboards"][0]["name"] = json!(HOSTILE);
        site["embedded"][n]["name"] = json!(HOSTILE);
    }
    site
}

#[test]
fn hostile_names_are_only_text() {
    let it = Repository::new().old_manifest();
    it.snapshot(&hostile_site());
    it.write("models/orders.sql", "{{ config(alias='x') }} select 1\n");
    it.remove("models/margins.sql");
    let paths = [
        "models/orders.sql",
        "models/margins.sql",
        "models/<b>@ana.sql",
        "docs/#12 @ana|x.md",
    ];
    let comment = it.ask(&paths).out;
    assert!(comment.contains("\\@&#8203;ana"), "{comment}");
    is_harmless(&comment);
    is_harmless(&it.ask(&[]).out);
    let row = comment
        .lines()
        .find(|line| line.starts_with("| `margins`"))
        .expect("a row");
    assert_eq!(row.matches('|').count(), 6, "{row}");
}

/// A site with many workbooks of long names, each with many dashboards on `ORDERS`.
fn large_site(n_workbooks: usize) -> Value {
    let mut site = site();
    let (workbook, embedded) = (site["workbooks"][0].clone(), site["embedded"][0].clone());
    let many = |n: usize| {
        let mut it = workbook.clone();
        it["id"] = json!(format!("w{n}"));
        it["luid"] = json!(format!("w{n}-luid"));
        it["name"] = json!(format!("{n} {}", "@#!".repeat(40)));
        it["owner"]["name"] = json!("#:".repeat(60));
        it["embeddedDatasources"] = json!([{"id": format!("w{n}-ds")}]);
        it["sheets"][0]["id"] = json!(format!("s{n}"));
        it["sheets"][0]["luid"] = json!(format!("s{n}-luid"));
        for d in 0..2 {
            it["dashboards"][d]["id"] = json!(format!("d{n}-{d}"));
            it["dashboards"][d]["luid"] = json!(format!("d{n}-{d}-luid"));
            it["dashboards"][d]["sheets"] = json!([{"id": format!("s{n}"), "name": "ByDay"}]);
        }
        it
    };
    let reads = |n: usize| {
        let mut it = embedded.clone();
        it["id"] = json!(format!("w{n}-ds"));
        it["downstreamSheets"] = json!([{"id": format!("s{n}")}]);
        it
    };
    site["workbooks"] = (0..n_workbooks).map(many).collect();
    site["embedded"] = (0..n_workbooks).map(reads).collect();
    site
}

#[test]
fn a_comment_is_never_longer_than_a_forge_takes_and_says_what_is_left_out() {
    let it = Repository::new().old_manifest();
    it.snapshot(&large_site(400));
    let many: Vec<String> = (0..3000)
        .map(|n| format!("models/gone/m_{n}.sql"))
        .collect();
    let docs = (0..3000).map(|n| format!("docs/{n}.md"));
    let mut paths: Vec<String> = many.iter().cloned().chain(docs).collect();
    paths.extend(["models/orders.sql", "models/customers.sql"].map(str::to_owned));
    it.write("list.txt", &paths.join("\n"));
    let said = it.ask(&["--paths-from", "list.txt"]);
    assert_eq!(said.code, 3, "{}", said.err);
    let comment = said.out;
    assert!(
        comment.chars().count() < 65_000,
        "{}",
        comment.chars().count()
    );
    is_harmless(&comment);
    assert!(
        comment.contains("800 dashboards in 400 workbooks read"),
        "{comment}"
    );
    assert!(comment.contains("more\n"), "{comment}");
    assert!(comment.contains("3000 other files"), "{comment}");
    assert!(
        comment.trim_end().ends_with("</sub>"),
        "the last line stands: {comment}"
    );
    assert_eq!(
        comment.matches("<details>").count(),
        comment.matches("</details>").count()
    );
    // The same is said again.
    assert_eq!(it.ask(&["--paths-from", "list.txt"]).out, comment);
}
