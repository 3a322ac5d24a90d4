use expect_test::{Expect, expect};
use serde_yaml::Value as Read;

use super::*;
use crate::dependency_call;

mod append;
mod config;
mod dependencies;
mod disable;
mod join;
mod real;
mod refused;
mod remove;
mod scalar;
mod set;

fn name(name: &str) -> ExposureName {
    ExposureName::new(name)
}

/// `orders`, `pkg.orders`, `orders.v2`, `crm:accounts`
fn target(text: &str) -> RefTarget {
    if let Some((source, table)) = text.split_once(':') {
        return RefTarget::Source {
            source: source.to_owned(),
            table: table.to_owned(),
        };
    }
    let (text, version) = match text.split_once(".v") {
        Some((text, version)) => (text, Some(version.to_owned())),
        None => (text, None),
    };
    let (package, name) = match text.split_once('.') {
        Some((package, name)) => (Some(package.to_owned()), name),
        None => (None, text),
    };
    RefTarget::Ref {
        package,
        name: name.to_owned(),
        version,
    }
}

/// The text after `wanted`, and what must hold of every change.
fn changed(text: &str, wanted: &Change) -> Result<String, Error> {
    let edits = change(Some(text), wanted, &Engine::Fusion)?;
    let mut end = 0;
    for edit in &edits {
        assert!(edit.range.start >= end && edit.range.end >= edit.range.start);
        assert!(!edit.range.is_empty() || !edit.new_text.is_empty());
        end = edit.range.end;
    }
    let edited = TextEdit::apply_all(&edits, text);
    let again = change(Some(&edited), wanted, &Engine::Fusion);
    assert!(
        matches!(&again, Ok(edits) if edits.is_empty()),
        "again: {again:?} in\n{edited}"
    );
    assert_meant(text, &edited, wanted);
    assert_comments(text, &edited, wanted);
    if text.contains("\r\n") && !text.replace("\r\n", "").contains('\n') {
        assert!(!edited.replace("\r\n", "").contains('\n'), "{edited:?}");
    }
    assert_eq!(text.starts_with('\u{feff}'), edited.starts_with('\u{feff}'));
    Ok(edited)
}

/// Comments stay, save those of an entry or an item that goes.
fn assert_comments(text: &str, edited: &str, wanted: &Change) {
    let own_line = |line: &&str| line.trim_start().starts_with('#');
    let comments = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(own_line);
        lines.map(|line| line.trim().to_owned()).collect()
    };
    // What looks like comments within a block scalar goes when that is set anew.
    if matches!(wanted, Change::Remove(_) | Change::Set { .. }) {
        return;
    }
    let mut left = comments(edited);
    for comment in comments(text) {
        let at = left.iter().position(|it| *it == comment);
        left.remove(at.unwrap_or_else(|| panic!("{comment} is gone:\n{text}\n->\n{edited}")));
    }
    if !matches!(wanted, Change::RemoveDependency { .. }) {
        let n_behind = |text: &str| text.matches('#').count();
        assert!(n_behind(edited) >= n_behind(text), "{text}\n->\n{edited}");
    }
}

/// A second parser's opinion: the old data with exactly the change.
fn assert_meant(text: &str, edited: &str, wanted: &Change) {
    // A block scalar on a last line without line end may gain that line end.
    let ended = format!("{text}\n");
    let before = [text, &ended].map(read);
    let Some(after) = read(edited) else {
        assert!(before[0].is_none(), "{edited}");
        return; // Repeated keys, which that parser refuses.
    };
    let [Some(first), Some(second)] = before else {
        // Repeated keys can be gone with an entry, or with lists that were joined.
        assert!(
            matches!(wanted, Change::JoinLists | Change::Remove(_)),
            "{edited}"
        );
        return;
    };
    let after = with_one_quote(after);
    let is_meant = [first, second].into_iter().any(|before| {
        let mut before = with_one_quote(before);
        mean(&mut before, wanted);
        before == after
    });
    assert!(
        is_meant,
        "other data than meant by {wanted:?}:\n{text}\n->\n{edited}"
    );
}

/// As a string from Rust, the library counts a byte order mark as a column.
fn read(text: &str) -> Option<Read> {
    let mut read: Read = serde_yaml::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    read.apply_merge().ok()?;
    Some(read)
}

/// Does to the data what the change means.
fn mean(data: &mut Read, wanted: &Change) {
    let (Change::AddDependencies { exposure, .. }
    | Change::RemoveDependency { exposure, .. }
    | Change::Set { exposure, .. }
    | Change::MoveToConfig { exposure, .. }
    | Change::Disable(exposure)
    | Change::Remove(exposure)) = wanted
    else {
        return;
    };
    let Some(list) = data.get_mut("exposures").and_then(Read::as_sequence_mut) else {
        return;
    };
    let is_it = |item: &Read| item.get("name").and_then(Read::as_str) == Some(exposure.as_str());
    let Some(at) = list.iter().position(is_it) else {
        return;
    };
    if matches!(wanted, Change::Remove(_)) {
        list.remove(at);
        return;
    }
    mean_in(list[at].as_mapping_mut().unwrap(), wanted);
}

/// The data with single quotes in all calls: which ones are written is the file's habit.
fn with_one_quote(mut data: Read) -> Read {
    let items = data.get_mut("exposures").and_then(Read::as_sequence_mut);
    for item in items.into_iter().flatten() {
        let list = item.get_mut("depends_on").and_then(Read::as_sequence_mut);
        for call in list.into_iter().flatten() {
            if let Read::String(text) = call {
                *text = text.replace('"', "'");
            }
        }
    }
    data
}

fn calls(item: &Read) -> Vec<RefTarget> {
    let text = format!("{{{{ {} }}}}", item.as_str().unwrap_or_default());
    let calls = crate::refs_in_sql(&text);
    calls.into_iter().map(|call| call.target).collect()
}

fn list_in<'m>(item: &'m mut serde_yaml::Mapping, key: &str) -> &'m mut Vec<Read> {
    let value = item.entry(key.into()).or_insert(Read::Null);
    if value.is_null() {
        *value = Read::Sequence(Vec::new());
    }
    value.as_sequence_mut().unwrap()
}

fn map_in<'m>(item: &'m mut serde_yaml::Mapping, key: &str) -> &'m mut serde_yaml::Mapping {
    let value = item.entry(key.into()).or_insert(Read::Null);
    if value.is_null() {
        *value = Read::Mapping(serde_yaml::Mapping::new());
    }
    value.as_mapping_mut().unwrap()
}

fn mean_text(item: &mut serde_yaml::Mapping, field: Field, value: &str) {
    let (map, key) = match field.key().split_once('.') {
        Some((parent, key)) => (map_in(item, parent), key),
        None => (item, field.key()),
    };
    let raw = format!("{{% raw %}}{value}{{% endraw %}}");
    let holds_jinja = ["{{", "{%", "{#"].iter().any(|it| value.contains(it));
    let is_ended = value.ends_with('\n') && (key != "description" || value.contains("}}"));
    let text = if holds_jinja || is_ended { &raw } else { value };
    let old = map.get(key).and_then(Read::as_str).map(str::trim_end);
    let is_listed = map.get(key).is_some_and(Read::is_sequence);
    let is_there = [value, raw.as_str()]
        .iter()
        .any(|it| old == Some(it.trim_end()));
    let is_nothing = value.is_empty() && old.is_none();
    if !is_there && !is_listed && !is_nothing {
        map.insert(key.into(), text.into());
    }
}

fn mean_in(item: &mut serde_yaml::Mapping, wanted: &Change) {
    match wanted {
        Change::AddDependencies { targets, .. } => {
            let list = list_in(item, "depends_on");
            for target in targets {
                if !list.iter().any(|it| calls(it).contains(target)) {
                    list.push(dependency_call(target, '\'').into());
                }
            }
        }
        Change::RemoveDependency { target, .. } => {
            if item.contains_key("depends_on") {
                list_in(item, "depends_on").retain(|it| !calls(it).contains(target));
            }
        }
        Change::Set { field, value, .. } => mean_text(item, *field, value),
        Change::Disable(_) => {
            let config = map_in(item, "config");
            // What YAML 1.1 reads in it: that parser is one for 1.2.
            if config.get("enabled").and_then(Read::as_str) != Some("no") {
                config.insert("enabled".into(), false.into());
            }
        }
        Change::MoveToConfig { key, .. } => {
            if let Some(value) = item.remove(key.as_str()) {
                map_in(item, "config").insert(key.as_str().into(), value);
            }
        }
        Change::Declare(_) | Change::Remove(_) | Change::JoinLists => {}
    }
}

/// A text whose line ends, tabs and lines of spaces can be seen.
fn visible(text: &str) -> String {
    let text = text.replace('\r', "␍").replace('\t', "⇥");
    let text = text.replace('\u{feff}', "<BOM>");
    let line = |line: &str| match line.trim_end_matches('\n') {
        blank if blank.trim().is_empty() => line.replace(' ', "·"),
        _ => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

/// The text after the change, or why there is none.
fn shown(text: &str, wanted: &Change) -> String {
    match changed(text, wanted) {
        Ok(edited) if edited == text => "as it was\n".to_owned(),
        Ok(edited) if edited.ends_with('\n') => visible(&edited),
        Ok(edited) => format!("{}⏎\n", visible(&edited)),
        Err(error) => format!("refused: {error}\n"),
    }
}

/// Short cases, one below the other.
fn all(shown: impl IntoIterator<Item = String>, expected: Expect) {
    let shown: Vec<String> = shown.into_iter().collect();
    expected.assert_eq(&shown.join("----\n"));
}
