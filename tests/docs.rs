//! What the pages promise is there: links, settings, samples, commands and what messages say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use exposure_lens::config::table::KEYS;

use crate::support::cli::run;
use crate::support::project::{copy, fixture, root};

/// Every page for users, relative to the project.
fn pages() -> Vec<(String, String)> {
    let files = ["README.md", "editors/README.md", "editors/vscode/README.md"];
    read_pages(&files, &["server/docs"])
}

/// Those for whoever changes the project.
fn inner_pages() -> Vec<(String, String)> {
    read_pages(&[], &["server", "server/decisions"])
}

/// These pages, and all that lie in these folders.
fn read_pages(files: &[&str], folders: &[&str]) -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
    for folder in folders {
        let entries = fs::read_dir(root().join(folder)).expect("a folder of pages");
        let within = |it: fs::DirEntry| Path::new(folder).join(it.file_name());
        paths.extend(entries.flatten().map(within));
    }
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
    for (page, text) in pages().into_iter().chain(inner_pages()) {
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

/// The blocks of code in one of these languages, as they stand without the page's indent.
fn blocks<'a>(text: &'a str, languages: &'a [&str]) -> impl Iterator<Item = String> {
    text.split("```").skip(1).step_by(2).filter_map(|block| {
        let (language, code) = block.split_once('\n')?;
        languages.contains(&language).then_some(())?;
        let indent = code.len() - code.trim_start_matches(' ').len();
        let line = |it: &'a str| it.get(indent..).unwrap_or_default();
        Some(code.lines().map(line).collect::<Vec<_>>().join("\n"))
    })
}

#[test]
fn every_sample_can_be_read_and_names_settings_that_are_there() {
    let (mut n_settings, mut wrong) = (0, Vec::new());
    for (page, text) in pages() {
        // JSON is YAML too.
        for code in blocks(&text, &["yaml", "json"]) {
            let Ok(sample) = serde_yaml::from_str::<serde_json::Value>(&code) else {
                wrong.push(format!("{page}: {code}"));
                continue;
            };
            for name in settings_of(&sample) {
                n_settings += 1;
                if !KEYS.iter().any(|it| it.name == name) {
                    wrong.push(format!("{page}: {name}"));
                }
            }
        }
    }
    assert!(n_settings > 8, "{n_settings}");
    assert_eq!(wrong, Vec::<String>::new());
}

/// The settings of a sample of exposure-lens.yml, which has their groups and nothing else.
fn settings_of(sample: &serde_json::Value) -> Vec<String> {
    let Some(groups) = sample.as_object() else {
        return Vec::new();
    };
    let starts = |name: &str, start: &str| name.split('.').next() == Some(start);
    let is_group = |it: &String| KEYS.iter().any(|key| starts(key.name, it));
    if !groups.keys().all(is_group) {
        return Vec::new();
    }
    let below = groups
        .iter()
        .filter_map(|(name, it)| Some((name, it.as_object()?)));
    below
        .flat_map(|(group, keys)| keys.keys().map(move |key| format!("{group}.{key}")))
        .collect()
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

/// Copied from the README into the sample project, one after the other.
#[test]
fn the_commands_of_the_readme_answer() {
    let project = copy("shop");
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let mut said = Vec::new();
    for words in commands(&readme) {
        let args: Vec<&str> = words.iter().map(String::as_str).collect();
        // These ask a site, or for a token.
        if ["login", "pull"].contains(&args[0]) {
            continue;
        }
        let is_elsewhere = args.contains(&"--project-dir");
        let folder = if is_elsewhere { root() } else { project.path() };
        let answer = run(folder, &args);
        assert!(!answer.out.is_empty(), "{args:?}: {}", answer.err);
        said.push((answer.code, words.join(" ")));
    }
    assert!(said.len() > 9, "{said:?}");
    // By then all that was missing has been written.
    said.retain(|(code, _)| *code != 0);
    assert_eq!(said, []);
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
