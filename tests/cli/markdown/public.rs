//! `--public`: counts, and no word that only Tableau or the warehouse knows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Repository, expect, files_with, site};

/// Every text of the site's content that is no number and no word of ours.
fn texts(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => _ = into.insert(text.clone()),
        Value::Array(all) => all.iter().for_each(|it| texts(it, into)),
        Value::Object(all) => all.values().for_each(|it| texts(it, into)),
        _ => {}
    }
}

/// That nothing of the site is in what was said, on either stream.
#[track_caller]
fn leaks_nothing(it: &Repository, args: &[&str]) -> String {
    let mut all = BTreeSet::new();
    texts(&site(), &mut all);
    // The time of the answer is told, to the minute.
    all.retain(|it| !it.starts_with("2026-"));
    all.extend(["MARTS", "PROD", "acme", "team.snapshot", "prod/"].map(str::to_owned));
    assert!(all.len() > 25, "{all:?}");
    let args: Vec<&str> = args.iter().copied().chain(["--public"]).collect();
    let said = it.ask(&args);
    for text in all {
        let has = |out: &str| out.contains(&text);
        // Numbers of the site's are numbers of ours too.
        let is_number = text.parse::<u32>().is_ok();
        assert!(is_number || !has(&said.out), "{text}: {}", said.out);
        assert!(is_number || !has(&said.err), "{text}: {}", said.err);
    }
    said.out
}

#[test]
fn nothing_of_tableau_leaks() {
    let files = files_with(&[("models/margins.sql", None)]);
    let it = Repository::new().production().parsed(&files);
    it.remove("models/margins.sql");
    it.write("models/customers.sql", "select 9 as id\n");
    let paths = [
        "models/margins.sql",
        "models/customers.sql",
        "models/orders.sql",
        "models/spare.sql",
        "models/gone.sql",
        "README.md",
    ];
    let out = leaks_nothing(&it, &paths);
    expect![[r#"
        <!-- exposure-lens -->
        ### Tableau: at least 3 dashboards in 2 workbooks read what changes here · +311 views/7 d

        ⚠ **1 table that dashboards read is no longer built**

        - `margins`: 1 dashboard in 1 workbook reads a table that is no longer built: its definition is gone

        | Node | Change | Dashboards | Of these direct |
        |---|---|--:|--:|
        | `customers` | changed | 2 | 0 |
        | `orders` | changed | 2 | 2 |
        | `margins` | deleted | 1 | 1 |

        No dashboard reads `spare`.

        **Not known**

        - unknown: `models/gone.sql` is gone, and neither production's manifest nor the one at hand has it

        1 other file: its effect on dashboards is not worked out (`README.md`)

        <sub>1 Tableau site read 2026-01-10 10:00 UTC, complete · compared with production's manifest of 2026-01-09 06:00 UTC · exposure-lens X.Y.Z</sub>
    "#]].assert_eq(&out);
    leaks_nothing(&it, &[]);
}

#[test]
fn nothing_leaks_where_something_is_missing() {
    let it = Repository::new();
    it.write("target/manifest.json", "{");
    leaks_nothing(&it, &["models/orders.sql"]);
    let mut hidden = site();
    hidden["embedded"][0]["upstreamTables"] = serde_json::json!([{"id": "hidden"}]);
    hidden.as_object_mut().expect("an object").remove("usage");
    let it = Repository::new().old_manifest();
    it.snapshot(&hidden);
    let out = leaks_nothing(&it, &["models/orders.sql"]);
    assert!(out.contains("is not known"), "{out}");
    leaks_nothing(&it, &[]);
    // A deleted model that nothing knows, of which Tableau reads a table.
    let files = files_with(&[("models/margins.sql", None)]);
    let it = Repository::new().parsed(&files);
    it.remove("models/margins.sql");
    let out = leaks_nothing(&it, &["models/margins.sql"]);
    assert!(out.contains("Tableau reads a table of that name"), "{out}");
}
