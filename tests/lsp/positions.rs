//! Positions in every encoding, and paths with everything in them.

use serde_json::json;
use tempfile::TempDir;

use crate::support::project::{self, copy_folder};
use crate::support::server::{Client, Setup, at_place, offset, uri};

const MODEL: &str = "models/marts/fct_orders.sql";
const ENCODINGS: [&str; 3] = ["utf-8", "utf-16", "utf-32"];

fn start(folder: &TempDir, encoding: &str) -> Client {
    let setup =
        Setup::new(folder.path()).capability("/general/positionEncodings", json!([encoding]));
    let client = setup.start();
    assert_eq!(
        client.initialized["capabilities"]["positionEncoding"],
        encoding
    );
    client
}

/// Counts as the specification says, apart from the server's own code.
fn column(text: &str, encoding: &str) -> u32 {
    let n = match encoding {
        "utf-8" => text.len(),
        "utf-16" => text.encode_utf16().count(),
        _ => text.chars().count(),
    };
    u32::try_from(n).expect("short lines")
}

#[test]
fn hovers_stand_where_the_text_is() {
    for encoding in ENCODINGS {
        for end_of_line in ["\n", "\r\n", "\r"] {
            let folder = project::copy("shop");
            let mut client = start(&folder, encoding);
            let path = folder.path().join(MODEL);
            let before = "/* é😀 – */ from ";
            let call = "{{ ref('int_orders_enriched') }}";
            let text = format!("select 1 -- 😀é{end_of_line}{before}{call} -- €{end_of_line}");
            client.open_text(&path, &text);
            let start = column(before, encoding) + 3;
            let end = start + column("ref('int_orders_enriched')", encoding);
            let (_, range) = client
                .hover(&path, (1, start + 1))
                .expect("a hover on the call");
            let found = (
                range.start.line,
                range.start.character,
                range.end.line,
                range.end.character,
            );
            assert_eq!(found, (1, start, 1, end), "{encoding} {end_of_line:?}");
            assert_eq!(client.hover(&path, (1, start - 4)), None);
            // The first line's range ends with its text.
            let (_, range) = client
                .hover(&path, (0, 0))
                .expect("a hover on the first line");
            assert_eq!(range.end.character, column("select 1 -- 😀é", encoding));
        }
    }
}

#[test]
fn changes_are_applied_where_the_text_is() {
    for encoding in ENCODINGS {
        let folder = project::copy("shop");
        let mut client = start(&folder, encoding);
        let path = folder.path().join(MODEL);
        client.open_text(&path, "select 1 -- é😀é\r\nfrom {{ ref('fct_😀') }}\r\n");
        // The 😀 is taken out and another name put in.
        let at = column("from {{ ref('fct_", encoding);
        let end = at + column("😀", encoding);
        let range = json!({ "start": { "line": 1, "character": at }, "end": { "line": 1, "character": end } });
        let after = "select 1 -- é😀é\r\nfrom {{ ref('fct_returns') }}\r\n";
        client.change(
            &path,
            vec![json!({ "range": range, "text": "returns" })],
            after,
        );
        let (hover, _) = client
            .hover(&path, (1, at))
            .expect("a hover on the new name");
        assert!(hover.contains("`fct_returns`"), "{encoding}: {hover}");
    }
}

#[test]
fn lenses_and_edits_agree_on_a_file_with_everything_in_it() {
    for encoding in ENCODINGS {
        let folder = project::copy("shop");
        let mut client = start(&folder, encoding);
        let model = folder.path().join(MODEL);
        let file = folder.path().join("models/exposures/tableau.yml");
        client.open(&model);
        client.open(&file);
        let text = client
            .text(&file)
            .replace("Finance opens", "Finançe 😀 opens")
            .replace('\n', "\r\n");
        let text = format!("# 😀 é\r\n{text}");
        client.set_text(&file, &text);
        let action = client.action(&model, (0, 0), "Write exposure `churn`");
        client.apply(&action.edit.expect("an edit"));
        let properties = dbt::Properties::parse(client.text(&file)).expect("YAML that dbt reads");
        assert!(
            properties.exposures.iter().any(|it| it.name == "churn"),
            "{encoding}"
        );
    }
}

#[test]
fn places_that_are_not_there_are_answered() {
    let folder = project::copy("shop");
    let mut client = start(&folder, "utf-16");
    let path = folder.path().join(MODEL);
    client.open(&path);
    for at in [(0, 9_999), (9_999, 0), (u32::MAX, u32::MAX)] {
        client
            .call("textDocument/hover", at_place(&path, at))
            .expect("an answer");
        client.actions(&path, at);
    }
    // A range the wrong way round, far outside, and one into the middle of a character.
    let place = |line: u32, character: u32| json!({ "line": line, "character": character });
    let wild = json!({ "start": place(99, 99), "end": place(0, 6) });
    client.change(
        &path,
        vec![json!({ "range": wild, "text": " 😀" })],
        "select 😀",
    );
    let inside = json!({ "start": place(0, 8), "end": place(0, 8) });
    client.change(
        &path,
        vec![json!({ "range": inside, "text": "x" })],
        "select x😀",
    );
    let (_, range) = client.hover(&path, (0, 0)).expect("a hover");
    assert_eq!(range.end.character, column("select x😀", "utf-16"));
}

#[test]
fn paths_may_hold_anything() {
    let home = tempfile::tempdir().expect("a folder");
    let root = home.path().join("my shop #1 [x] é 100% +&;=@");
    copy_folder(&project::fixture("shop"), &root);
    let mut client = Setup::new(&root).start();
    let path = root.join(MODEL);
    client.open(&path);
    assert_eq!(client.lenses(&path).len(), 1);
    let action = client.action(&path, (0, 0), "Write exposure `weekly_ops`");
    let files = client.apply(&action.edit.expect("an edit"));
    assert_eq!(files, [root.join("models/exposures/tableau.yml")]);
    let lens = client.raw_lenses(&path).remove(0);
    client.click(&lens);
    client.expect("window/showMessageRequest", |_| true);
}

#[test]
fn addresses_may_be_written_in_any_way() {
    let home = tempfile::tempdir().expect("a folder");
    let root = home.path().join("shop [x] é");
    copy_folder(&project::fixture("shop"), &root);
    let mut client = Setup::new(&root).start();
    let text = std::fs::read_to_string(root.join(MODEL)).expect("the model");
    let path = root.join(MODEL).display().to_string();
    let encoded = uri(&root.join(MODEL));
    let spellings = [
        encoded.clone(),
        // Helix leaves brackets as they are, others spaces and letters too.
        format!("file://{path}"),
        format!("file://{}", path.replace(' ', "%20")),
        format!("file://localhost{}", encoded.trim_start_matches("file://")),
        encoded.replace("%5B", "%5b").replace("%C3%A9", "%c3%a9"),
    ];
    for spelling in spellings {
        let document = json!({ "uri": spelling, "languageId": "sql", "version": 1, "text": text });
        client.tell("textDocument/didOpen", json!({ "textDocument": document }));
        let params = json!({ "textDocument": { "uri": spelling } });
        let lenses = client
            .call("textDocument/codeLens", params.clone())
            .expect("lenses");
        assert_eq!(lenses.as_array().map(Vec::len), Some(1), "{spelling}");
        client.tell("textDocument/didClose", params);
    }
}

#[test]
fn what_is_no_file_is_left_alone() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    for spelling in [
        "untitled:Untitled-1",
        "git:/w/shop/a.sql?ref=HEAD",
        "vscode-userdata:/x",
        "file:///",
    ] {
        let document =
            json!({ "uri": spelling, "languageId": "sql", "version": 1, "text": "select 1" });
        client.tell("textDocument/didOpen", json!({ "textDocument": document }));
        let params = json!({ "textDocument": { "uri": spelling } });
        let lenses = client
            .call("textDocument/codeLens", params.clone())
            .expect("an answer");
        assert_eq!(lenses, json!([]), "{spelling}");
        let change = json!({ "textDocument": { "uri": spelling, "version": 2 }, "contentChanges": [{ "text": "" }] });
        client.tell("textDocument/didChange", change);
        client.tell("textDocument/didClose", params);
    }
    client.expect_quiescent();
}

#[test]
fn the_reference_counts_as_the_specification_does() {
    let text = "a😀\r\né";
    for (encoding, character) in [("utf-8", 5), ("utf-16", 3), ("utf-32", 2)] {
        assert_eq!(
            offset(
                text,
                &json!({ "line": 0, "character": character }),
                encoding
            ),
            5
        );
        assert_eq!(
            offset(text, &json!({ "line": 1, "character": 0 }), encoding),
            7
        );
    }
}
