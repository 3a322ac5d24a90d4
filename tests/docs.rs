//! What the pages promise is there: links, settings, commands and what messages say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use exposure_lens::config::table::KEYS;

use crate::support::cli::run;
use crate::support::project::{fixture, root};

/// Every page for users, relative to the project.
fn pages() -> Vec<(String, String)> {
    let mut paths = vec![
        PathBuf::from("README.md"),
        PathBuf::from("editors/README.md"),
        PathBuf::from("editors/vscode/README.md"),
    ];
    let docs = fs::read_dir(root().join("server/docs")).expect("the docs");
    paths.extend(
        docs.flatten()
            .map(|it| Path::new("server/docs").join(it.file_name())),
    );
    paths.retain(|it| it.extension().is_some_and(|it| it == "md"));
    paths.sort();
    let read = |it: PathBuf| {
        let text = fs::read_to_string(root().join(&it)).expect("a page");
        (it.to_string_lossy().replace('\\', "/"), text)
    };
    paths.into_iter().map(read).collect()
}

/// What stands between two of these marks, each time.
fn quoted<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(mark).skip(1).step_by(2)
}

/// Where the links lead.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split("](").skip(1);
    after.filter_map(|it| it.split_once(')')).map(|it| it.0)
}

/// The text without blocks of code.
fn prose(text: &str) -> String {
    let parts = text.split("```").step_by(2);
    parts.collect()
}

/// A heading's anchor, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading
        .to_lowercase()
        .chars()
        .filter(|it| it.is_alphanumeric() || " -_".contains(*it))
        .collect::<String>();
    kept.replace(' ', "-")
}

fn anchors(path: &Path) -> BTreeSet<String> {
    let text = prose(&fs::read_to_string(path).unwrap_or_default());
    let headings = text.lines().filter(|it| it.starts_with('#'));
    headings
        .map(|it| anchor(it.trim_start_matches('#').trim()))
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut dead = Vec::new();
    for (page, text) in pages() {
        let folder = root().join(&page);
        let folder = folder.parent().expect("a folder");
        for link in links(&prose(&text)) {
            if link.contains("://") {
                continue;
            }
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                root().join(&page)
            } else {
                folder.join(file)
            };
            let is_there = target.exists();
            let has_place = place.is_empty() || anchors(&target).contains(place);
            if !is_there || !has_place {
                dead.push(format!("{page}: {link}"));
            }
        }
    }
    assert_eq!(dead, Vec::<String>::new());
}

#[test]
fn every_setting_that_is_named_is_one() {
    let (mut n_known, mut unknown) = (0, Vec::new());
    for (page, text) in pages() {
        for word in quoted(&prose(&text), "`").filter_map(setting) {
            let below = format!("{word}.");
            let mut keys = KEYS.iter().map(|it| it.name);
            match keys.any(|it| it == word || it.starts_with(&below)) {
                true => n_known += 1,
                false => unknown.push(format!("{page}: {word}")),
            }
        }
    }
    assert!(n_known > 20, "{n_known}");
    assert_eq!(unknown, Vec::<String>::new());
}

/// What looks like a setting: `lens.zero`, `exposureLens.lens.zero`, `lens.zero: false`.
fn setting(word: &str) -> Option<&str> {
    let name = word.trim_start_matches("exposureLens.");
    let name = name.split([':', ' ', '=']).next().unwrap_or(name);
    let (group, key) = name.split_once('.')?;
    let is_file = ["yml", "yaml", "json"].contains(&key);
    let is_plain = name
        .chars()
        .all(|it| it.is_ascii_lowercase() || "._".contains(it));
    let is_group = KEYS
        .iter()
        .any(|it| it.name.split('.').next() == Some(group));
    (is_plain && !is_file && is_group).then_some(name)
}

/// `exposure-lens …` in blocks of code, up to what a shell would make of the rest.
fn commands(text: &str) -> Vec<Vec<String>> {
    let blocks: String = text.split("```").skip(1).step_by(2).collect();
    let after = blocks.lines().flat_map(|line| {
        line.match_indices("exposure-lens ")
            .map(move |(at, it)| &line[at + it.len()..])
    });
    let words = after.map(|it| {
        let it = it
            .split([';', '|', '&', '>', '#', ')', '`'])
            .next()
            .unwrap_or(it);
        it.split_whitespace().map(str::to_owned).collect()
    });
    words.collect()
}

#[test]
fn every_command_and_option_of_the_examples_exists() {
    let folder = fixture("shop");
    let help = |command: &str| run(&folder, &[command, "--help"]);
    let global = run(&folder, &["--help"]).out;
    let (mut n_known, mut unknown) = (0, Vec::new());
    for (page, text) in pages() {
        for words in commands(&text) {
            let Some(command) = words.iter().find(|it| !it.starts_with('-')) else {
                continue;
            };
            if !command.chars().all(|it| it.is_ascii_lowercase())
                || !global.contains(&format!("\n  {command}"))
            {
                // A line of something else: a server's log, a comment.
                continue;
            }
            n_known += 1;
            let known = help(command).out;
            let options = words.iter().filter(|it| it.starts_with("--"));
            for option in options {
                let option = option.split('=').next().unwrap_or(option);
                let option = option.trim_end_matches(|it: char| !it.is_ascii_alphanumeric());
                if !option.is_empty() && !known.contains(option) && !global.contains(option) {
                    unknown.push(format!("{page}: {command} {option}"));
                }
            }
        }
    }
    assert!(n_known > 20, "{n_known}");
    assert_eq!(unknown, Vec::<String>::new());
}

/// What a person reads and looks up: quoted in the first column of the page.
#[test]
fn every_message_that_troubleshooting_quotes_is_one_of_ours() {
    let page = fs::read_to_string(root().join("server/docs/troubleshooting.md")).expect("the page");
    let sources = sources();
    let rows = page.lines().filter_map(|it| it.strip_prefix("| "));
    let seen = rows.filter_map(|it| it.split(" | ").next());
    let messages: Vec<&str> = seen.flat_map(|it| quoted(it, "\"")).collect();
    assert!(messages.len() > 5, "{messages:?}");
    let parts = messages.iter().flat_map(|it| it.split('…')).map(str::trim);
    let unknown: Vec<&str> = parts.filter(|it| !sources.contains(it)).collect();
    assert_eq!(unknown, Vec::<&str>::new());
}

/// The text of every source of ours, a broken string joined and gaps made one space.
fn sources() -> String {
    let folders = ["server", "editors/vscode/src", "editors/nvim/lua"];
    let files = folders
        .iter()
        .flat_map(|it| ignore::Walk::new(root().join(it)));
    let code = files.flatten().filter(|it| {
        let extension = it.path().extension().and_then(|it| it.to_str());
        extension.is_some_and(|it| ["rs", "ts", "lua"].contains(&it))
    });
    let texts: String = code
        .map(|it| {
            fs::read_to_string(it.path())
                .unwrap_or_default()
                .replace("\\\n", " ")
        })
        .collect();
    texts.split_whitespace().collect::<Vec<_>>().join(" ")
}
