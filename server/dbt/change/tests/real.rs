//! Files of real projects and edge cases: each kind of change of each exposure keeps
//! all other lines, changes the data by what was meant, and is done once.

#![allow(clippy::print_stderr)] // Refusals are shown.

use std::collections::BTreeMap;
use std::ops::Range;

use super::*;
use crate::Properties;
use crate::properties::tests::real::{files, shared};

/// Every change of one exposure, by what it is called in a failure.
fn changes(exposure: &crate::ExposureEntry) -> Vec<(&'static str, Change)> {
    let exposure_name = || name(&exposure.name);
    let add = |targets: &[&str]| Change::AddDependencies {
        exposure: exposure_name(),
        targets: targets.iter().map(|it| target(it)).collect(),
    };
    let set = |field, value: &str| Change::Set {
        exposure: exposure_name(),
        field,
        value: value.to_owned(),
    };
    let move_ = |key: &str| Change::MoveToConfig {
        exposure: exposure_name(),
        key: key.to_owned(),
    };
    let mut changes = vec![
        ("add", add(&["exposure_lens_a"])),
        (
            "add several",
            add(&["exposure_lens_a", "pkg.b", "c.v2", "crm:d"]),
        ),
        ("label", set(Field::Label, "It's \"all\": {{ x }} # 1")),
        (
            "url",
            set(Field::Url, "https://t.example.com/#/site/acme/workbooks/1"),
        ),
        (
            "description",
            set(Field::Description, "One: line\nand another"),
        ),
        ("owner name", set(Field::OwnerName, "No")),
        ("owner email", set(Field::OwnerEmail, "ana@example.com")),
        ("disable", Change::Disable(exposure_name())),
        ("remove", Change::Remove(exposure_name())),
        ("meta", move_("meta")),
        ("tags", move_("tags")),
    ];
    let calls = exposure.depends_on.iter();
    changes.extend(calls.map(|call| {
        let target = call.target.clone();
        let exposure = exposure_name();
        ("drop", Change::RemoveDependency { exposure, target })
    }));
    changes
}

#[derive(Default)]
struct Counts {
    edited: BTreeMap<&'static str, usize>,
    refused: BTreeMap<String, usize>,
}

fn check_files(test: &str, path: &str, expected: Expect) {
    let Some(path) = shared(test, path) else {
        return;
    };
    let mut counts = Counts::default();
    for (file, text) in files(&path) {
        check_file(&file, &text, &mut counts);
    }
    let mut shown = String::new();
    for (kind, n) in counts.edited {
        shown.push_str(&format!("{n} {kind}\n"));
    }
    for (reason, n) in counts.refused {
        shown.push_str(&format!("{n} refused: {reason}\n"));
    }
    eprintln!("{shown}");
    expected.assert_eq(&shown);
}

fn check_file(file: &str, text: &str, counts: &mut Counts) {
    let properties = match Properties::parse(text) {
        Ok(properties) => properties,
        Err(error) => {
            counts.refuse(format!("{file}: {error}"));
            return;
        }
    };
    counts.check(file, text, "join", &Change::JoinLists);
    let spans: Vec<Range<usize>> = properties
        .exposures
        .iter()
        .map(|it| it.span.clone())
        .collect();
    for (at, exposure) in properties.exposures.iter().enumerate() {
        for (kind, (what, change)) in changes(exposure).iter().enumerate() {
            // Whole files take long to read; each kind of change has its turn in them.
            if (at + kind) % 16 == 0 || spans.len() < 4 {
                counts.check(file, text, what, change);
            }
            let part = part(text, &spans, at);
            counts.check(file, &other_ends(&part, at + kind), what, change);
            counts.check(file, &part, what, change);
        }
    }
}

/// The file with only those exposures that stand around one.
fn part(text: &str, spans: &[Range<usize>], at: usize) -> String {
    let line = |span: &Range<usize>| text[..span.start].rfind('\n').map_or(0, |it| it + 1);
    let head = &text[..line(&spans[0])];
    let start = line(&spans[at.saturating_sub(1)]);
    let end = spans.get(at + 2).map_or(text.len(), line);
    [head, &text[start.max(head.len())..end]].concat()
}

/// With the other line ends and without the last one, in turn.
fn other_ends(text: &str, turn: usize) -> String {
    if turn.is_multiple_of(2) {
        return text.trim_end_matches(['\r', '\n']).to_owned();
    }
    if text.contains('\r') {
        return text.replace('\r', "");
    }
    text.replace('\n', "\r\n")
}

impl Counts {
    fn check(&mut self, file: &str, text: &str, what: &'static str, change: &Change) {
        match changed(text, change) {
            Ok(edited) => {
                *self.edited.entry(what).or_default() += usize::from(edited != text);
                assert_lines(file, text, &edited, change);
            }
            Err(error) => self.refuse(format!("{file}: {error}")),
        }
    }

    /// Counts a reason, whatever the line.
    fn refuse(&mut self, reason: String) {
        let mut words: Vec<&str> = reason.split(' ').collect();
        for at in 1..words.len() {
            let number = words[at].trim_end_matches([':', ';', ',']);
            if words[at - 1] == "line" && number.parse::<usize>().is_ok() {
                words[at] = "…";
            }
        }
        *self.refused.entry(words.join(" ")).or_default() += 1;
    }
}

/// The lines that are gone, and those that are new.
fn difference<'t>(old: &'t str, new: &'t str) -> (Vec<&'t str>, Vec<&'t str>) {
    let [old, new] = [old, new].map(|text| text.lines().collect::<Vec<_>>());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let n_first = old.iter().zip(&new).take_while(same).count();
    let (old, new) = (&old[n_first..], &new[n_first..]);
    let n_last = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(same)
        .count();
    let (old, new) = (&old[..old.len() - n_last], &new[..new.len() - n_last]);
    // Longest common subsequence of the few lines in between.
    let mut best = vec![vec![0; new.len() + 1]; old.len() + 1];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            best[i][j] = match a == b {
                true => best[i + 1][j + 1] + 1,
                false => best[i + 1][j].max(best[i][j + 1]),
            };
        }
    }
    let (mut i, mut j, mut gone, mut added) = (0, 0, Vec::new(), Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && best[i + 1][j] >= best[i][j + 1]) {
            gone.push(old[i]);
            i += 1;
        } else {
            added.push(new[j]);
            j += 1;
        }
    }
    (gone, added)
}

/// Which lines of the old text may be gone, and which may be new.
fn assert_lines(file: &str, text: &str, edited: &str, wanted: &Change) {
    let (gone, added) = difference(text, edited);
    let is_fine = match wanted {
        Change::AddDependencies { targets, .. } => {
            let is_list = |line: &&str| line.contains("depends_on:");
            let n_added = added.len() - gone.len();
            gone.iter().all(is_list) && gone.len() <= 1 && n_added <= targets.len() + 1
        }
        Change::RemoveDependency { .. } => {
            let is_call = |line: &&str| line.contains("ref(") || line.contains("source(");
            let is_list = |line: &&str| line.contains("depends_on:");
            gone.iter().all(|it| is_call(it) || is_list(it)) && added.len() <= 1
        }
        Change::Disable(_) => gone.len() <= 1 && added.len() <= 2,
        Change::Set { field, .. } => {
            let key = field.key().rsplit('.').next().unwrap();
            added.len() <= 2
                && gone
                    .first()
                    .is_none_or(|it| it.contains(key) || it.contains("owner"))
        }
        Change::Remove(_) => added.iter().all(|line| line.contains("exposures:")),
        Change::MoveToConfig { .. } => {
            let mut moved = added.iter().map(|line| line.trim());
            gone.iter().all(|gone| moved.any(|it| it == gone.trim()))
        }
        Change::JoinLists | Change::Declare(_) => true,
    };
    assert!(
        is_fine || gone.is_empty() && added.is_empty(),
        "{file}: {wanted:?} took {gone:#?} away and added {added:#?}:\n{edited}"
    );
}

#[test]
fn gitlab_s_exposures_are_changed() {
    check_files(
        "gitlab_s_exposures_are_changed",
        "exposure_files/gitlab_yml.tar.gz",
        expect![[r#"
            29 add
            28 add several
            28 description
            28 disable
            213 drop
            0 join
            28 label
            0 meta
            28 owner email
            28 owner name
            28 remove
            0 tags
            28 url
        "#]],
    );
}

#[test]
fn teamster_s_exposures_are_changed() {
    check_files(
        "teamster_s_exposures_are_changed",
        "exposure_files/teamster",
        expect![[r#"
            257 add
            254 add several
            254 description
            250 disable
            624 drop
            0 join
            254 label
            0 meta
            254 owner email
            254 owner name
            254 remove
            0 tags
            254 url
        "#]],
    );
}

#[test]
fn exposures_of_edge_cases_are_changed_or_refused() {
    check_files(
        "exposures_of_edge_cases_are_changed_or_refused",
        "edge/cases",
        expect![[r#"
            90 add
            90 add several
            90 description
            90 disable
            81 drop
            1 join
            84 label
            3 meta
            90 owner email
            84 owner name
            93 remove
            3 tags
            90 url
            3 refused: 03a_label_jinja.yml: `label` on line … holds Jinja that someone wrote and an edit would undo; change it by hand
            3 refused: 03b_label_jinja_block.yml: `label` on line … holds Jinja that someone wrote and an edit would undo; change it by hand
            3 refused: 03d_desc_jinja.yml: `description` on line … holds Jinja that someone wrote and an edit would undo; change it by hand
            3 refused: 03e_url_jinja.yml: `url` on line … holds Jinja that someone wrote and an edit would undo; change it by hand
            3 refused: 03f_hash_comment_jinja.yml: `label` on line … holds Jinja that someone wrote and an edit would undo; change it by hand
            66 refused: 06_dup_name.yml: it has an exposure `a` on line … and again on line … rename or remove one of them first
            51 refused: 15_anchor.yml: line … has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
            1 refused: 16_label_colon.yml: line … is not valid YAML: mapping values are not allowed in this context
            34 refused: 19_multidoc.yml: it holds several YAML documents (`---`), of which dbt takes one; split it first
            33 refused: 20_two_exposures_keys.yml: the `exposures:` on line … hides exposure `a`, which stands below an earlier one; join the lists first
            1 refused: 25_tab.yml: line … is not valid YAML: it is indented with a tab; YAML takes spaces only
            1 refused: 26_flow_two_arg_unquoted.yml: line … is not valid YAML: invalid trailing content after single-quoted scalar
        "#]],
    );
}
