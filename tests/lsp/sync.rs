//! Text synchronisation: order is kept, whatever comes how fast.

use serde_json::json;

use crate::support::project;
use crate::support::server::{Client, Setup, at_place, uri};

const MODEL: &str = "models/marts/fct_orders.sql";

#[test]
fn five_thousand_rapid_changes_keep_their_order() {
    let folder = project::copy("shop");
    let path = folder.path().join(MODEL);
    let letters = (0..5_000_u32).map(|n| char::from_digit(n * n % 36, 36).expect("a digit"));
    let text = letters.collect::<String>();
    // The manifest knows the model by this text, so the hover tells whether the
    // server has exactly it.
    let before = std::fs::read_to_string(&path).expect("the model");
    let manifest = folder.path().join("target/manifest.json");
    let json = std::fs::read_to_string(&manifest).expect("the manifest");
    let json = json.replace(&dbt::checksum(&before), &dbt::checksum(&text));
    std::fs::write(&manifest, json).expect("write the manifest");
    let mut client = Setup::new(folder.path()).start();
    client.open_text(&path, "");
    // Each letter goes to the front: two in the wrong order stay in the wrong order.
    let start = json!({ "line": 0, "character": 0 });
    let range = json!({ "start": start, "end": start });
    for (n, letter) in text.chars().rev().enumerate() {
        let change = json!({ "range": range, "text": letter.to_string() });
        let document = json!({ "uri": uri(&path), "version": n + 2 });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        client.tell("textDocument/didChange", params);
    }
    let has_changed = |client: &mut Client| {
        let (hover, range) = client.hover(&path, (0, 0)).expect("a hover");
        (
            hover.contains("has changed since the manifest"),
            range.end.character,
        )
    };
    assert_eq!(has_changed(&mut client), (false, 5_000));
    client.set_text(&path, &text[1..]);
    assert_eq!(has_changed(&mut client), (true, 4_999));
}

#[test]
fn requests_between_changes_see_the_text_of_their_time() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open_text(&path, "x");
    let mut asked = Vec::new();
    for length in 1..=200 {
        client.set_text(&path, &"x".repeat(length));
        asked.push((
            client.begin("textDocument/hover", at_place(&path, (0, 0))),
            length,
        ));
    }
    // An answer may come from a later text, never from an earlier one.
    for (id, length) in asked {
        let hover = client.answer(id).expect("a hover");
        let end = hover["range"]["end"]["character"]
            .as_u64()
            .expect("a column");
        assert!(end >= length as u64, "{end} after {length}");
    }
}

#[test]
fn changes_of_one_message_build_on_each_other() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open_text(&path, "");
    let insert = |character: u32, text: &str| {
        let place = json!({ "line": 0, "character": character });
        json!({ "range": { "start": place, "end": place }, "text": text })
    };
    let changes = vec![
        insert(0, "ab"),
        insert(1, "😀"),
        insert(4, "c"),
        json!({ "text": "xyz" }),
        insert(3, "!"),
    ];
    client.change(&path, changes, "xyz!");
    let (_, range) = client.hover(&path, (0, 0)).expect("a hover");
    assert_eq!(range.end.character, 4);
}

#[test]
fn a_file_that_is_opened_again_starts_anew() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open_text(&path, "first");
    client.close(&path);
    assert_eq!(client.lenses(&path), []);
    client.open_text(&path, "again, and longer");
    assert_eq!(client.lenses(&path).len(), 1);
    let (_, range) = client.hover(&path, (0, 0)).expect("a hover");
    assert_eq!(range.end.character, 17);
}

#[test]
fn a_change_of_what_is_not_open_is_left_alone() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    let document = json!({ "uri": uri(&path), "version": 2 });
    client.tell(
        "textDocument/didChange",
        json!({ "textDocument": document, "contentChanges": [{ "text": "x" }] }),
    );
    client.tell("textDocument/didClose", json!({ "textDocument": document }));
    assert_eq!(client.lenses(&path), []);
    client.open(&path);
    assert_eq!(client.lenses(&path).len(), 1);
}

#[test]
fn rapid_changes_of_an_exposures_file_end_in_its_last_state() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    let file = folder.path().join("models/exposures/tableau.yml");
    client.open(&path);
    client.open(&file);
    let whole = client.text(&file).to_owned();
    for n in 0..300 {
        // Typed line by line, half of the time no YAML at all.
        let n_lines = n % whole.lines().count();
        let part: Vec<&str> = whole.lines().take(n_lines).collect();
        client.set_text(&file, &part.join("\n"));
    }
    client.set_text(&file, "version: 2\n");
    let without = client.actions(&path, (0, 0)).len();
    client.set_text(&file, &whole);
    assert_eq!(client.actions(&path, (0, 0)).len(), without - 1);
}
