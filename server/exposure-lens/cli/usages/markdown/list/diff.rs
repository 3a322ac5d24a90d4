//! A whole diff: which files it is of, and of properties files which lines.
//!
//! What a diff tells beyond paths is taken where it is certain; else it is as if the file
//! was named alone.

use std::borrow::Cow;
use std::path::Path;

use anstream::adapter::strip_str;
use dbt::LineChange;
use diffy::patch_set::{FileOperation, FilePatch, ParseOptions, PatchSet};
use diffy::{Hunk, Line};

use super::{Named, Origin};
use crate::workspace::exposures::is_yaml;

/// What Git puts before a path: for the two sides, for the commit, index, files and objects.
const PREFIXES: [&str; 6] = ["a/", "b/", "c/", "i/", "w/", "o/"];

/// Whether a [`bare`] text is a diff of Git's: below what a commit says there may be one, too.
pub(super) fn is_one(text: &str) -> bool {
    text.lines().any(|it| it.starts_with("diff --"))
}

/// The files of a [`bare`] diff, both paths of a renamed one.
///
/// # Errors
/// Why it cannot be read to its end: what is left out would look as if nothing read it.
pub(super) fn files(text: &str) -> Result<Vec<Named>, String> {
    if text.lines().any(is_of_merge) {
        return Err(refused("it has more than two sides, as of a merge"));
    }
    let files = PatchSet::parse(text, ParseOptions::gitdiff());
    let files: Vec<FilePatch<'_, str>> = files
        .collect::<Result<_, _>>()
        .map_err(|why| refused(&why.to_string()))?;
    let has_prefixes = has_prefixes(&files);
    let named = files.iter().flat_map(|it| named(it, has_prefixes));
    Ok(named.collect())
}

fn is_of_merge(line: &str) -> bool {
    line.starts_with("diff --cc ") || line.starts_with("diff --combined ")
}

fn refused(why: &str) -> String {
    format!(
        "this diff cannot be read: {}; `git diff` between two commits without more options, or \
         `git diff --name-status -z`, writes what can",
        ide::plain(why)
    )
}

/// Without the colours that `color.ui = always` writes into pipes, and with the line ends
/// that Git writes: PowerShell makes others of them.
pub(super) fn bare(text: &str) -> Cow<'_, str> {
    let mut bare = Cow::Borrowed(text);
    if bare.contains('\u{1b}') {
        bare = Cow::Owned(strip_str(&bare).to_string());
    }
    let is_crlf = |it: &str| it.lines().count() > 0 && it.split_inclusive('\n').all(ends_crlf);
    if is_crlf(&bare) {
        bare = Cow::Owned(bare.replace("\r\n", "\n"));
    }
    bare
}

fn ends_crlf(line: &str) -> bool {
    line.ends_with("\r\n") || !line.ends_with('\n')
}

/// Whether the paths stand behind `a/` and `b/` or the like: a file whose two sides have the
/// same name has no such thing.
fn has_prefixes(files: &[FilePatch<'_, str>]) -> bool {
    let mut modified = files.iter().filter_map(|it| match it.operation() {
        FileOperation::Modify { original, modified } => Some(original != modified),
        _ => None,
    });
    modified.next().unwrap_or(true)
}

fn named(file: &FilePatch<'_, str>, has_prefixes: bool) -> Vec<Named> {
    let named = |path: &str| Named::new(path, Origin::Diff);
    let of_side = |path: &str| named(if has_prefixes { unprefixed(path) } else { path });
    match file.operation() {
        FileOperation::Modify { original, modified } => match of_both(original, modified) {
            Some(path) => vec![Named {
                lines: changes(file).filter(|_| is_yaml(Path::new(path))),
                ..named(path)
            }],
            None => vec![named(original), named(modified)],
        },
        FileOperation::Create(path) | FileOperation::Delete(path) => vec![of_side(path)],
        FileOperation::Rename { from, to } | FileOperation::Copy { from, to } => {
            vec![named(from), named(to)]
        }
    }
}

/// The path that both sides have, each behind a prefix or none.
fn of_both<'p>(original: &'p str, modified: &'p str) -> Option<&'p str> {
    if original == modified {
        return Some(original);
    }
    let (_, original) = original.split_once('/')?;
    let (_, modified) = modified.split_once('/')?;
    (original == modified).then_some(modified)
}

fn unprefixed(path: &str) -> &str {
    let bare = PREFIXES.iter().find_map(|it| path.strip_prefix(it));
    bare.unwrap_or(path)
}

/// Where a file differs; `None` of what is no text.
fn changes(file: &FilePatch<'_, str>) -> Option<Vec<LineChange>> {
    let hunks = file.patch().as_text()?.hunks().iter();
    Some(hunks.flat_map(of_hunk).collect())
}

/// Each run of lines that differ, with those that follow and do not.
fn of_hunk(hunk: &Hunk<'_, str>) -> Vec<LineChange> {
    let range = hunk.new_range();
    // Of a side without lines the one before them is named.
    let mut at = range.start().saturating_sub(usize::from(!range.is_empty()));
    let starts_at = |at| LineChange {
        at,
        ..LineChange::default()
    };
    let mut changes = vec![starts_at(at)];
    for line in hunk.lines() {
        let is_same = matches!(line, Line::Context(_));
        if !is_same && changes.last().is_some_and(|it| !it.same.is_empty()) {
            changes.push(starts_at(at));
        }
        at += usize::from(!matches!(line, Line::Delete(_)));
        if let Some(change) = changes.last_mut() {
            take(change, line);
        }
    }
    changes
}

fn take(change: &mut LineChange, line: &Line<'_, str>) {
    let (list, text) = match line {
        Line::Insert(text) => (&mut change.added, text),
        Line::Delete(text) => (&mut change.removed, text),
        Line::Context(text) => (&mut change.same, text),
    };
    list.push(text.trim_end_matches(['\n', '\r']).to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each path, and of a properties file at which lines what changes; or why not.
    #[track_caller]
    fn check(diff: &str, expect: &[&str]) {
        let bare = bare(diff);
        assert!(is_one(&bare), "{diff}");
        let shown = |it: Named| match it.lines {
            None => it.text,
            Some(lines) => {
                let told = lines
                    .iter()
                    .filter(|it| it.added.len() + it.removed.len() > 0);
                let told = told.map(|it| format!("{} +{:?} -{:?}", it.at, it.added, it.removed));
                format!("{}: {}", it.text, told.collect::<Vec<_>>().join(", "))
            }
        };
        let said: Vec<String> = match files(&bare) {
            Ok(files) => files.into_iter().map(shown).collect(),
            Err(why) => vec![why],
        };
        assert_eq!(said, expect, "{diff}");
    }

    const SIDES: &str = "--- a/m.yml\n+++ b/m.yml\n";

    #[test]
    fn changed_lines_are_told_of_properties_files() {
        let hunk = "@@ -1,4 +1,4 @@ models:\n a\n-b\n+c\n d\n-e\n+f\n";
        let yaml = format!("diff --git a/m.yml b/m.yml\n{SIDES}{hunk}");
        check(&yaml, &[r#"m.yml: 1 +["c"] -["b"], 3 +["f"] -["e"]"#]);
        check(
            &yaml.replace('\n', "\r\n"),
            &[r#"m.yml: 1 +["c"] -["b"], 3 +["f"] -["e"]"#],
        );
        check(&yaml.replace(".yml", ".sql"), &["m.sql"]);
        let sides = "--- m.yml\n+++ m.yml\n";
        let two = "@@ -3,2 +2,0 @@\n-a\n-b\n@@ -9,0 +8 @@\n+c\n";
        check(
            &format!("diff --git m.yml m.yml\n{sides}{two}"),
            &[r#"m.yml: 2 +[] -["a", "b"], 7 +["c"] -[]"#],
        );
        // What a file holds is no head of another.
        let inner = "@@ -1 +1 @@\n--- a/x\n+diff --git a/y b/y\n\\ No newline at end of file\n";
        check(
            &format!("diff --git a/m.yml b/m.yml\n{SIDES}{inner}"),
            &[r#"m.yml: 0 +["diff --git a/y b/y"] -["-- a/x"]"#],
        );
    }

    #[test]
    fn what_lines_do_not_tell_is_the_whole_file() {
        let of = |head: &str, old: &str, new: &str, hunk: &str| {
            format!("diff --git a/m.yml b/m.yml\n{head}\n--- {old}\n+++ {new}\n{hunk}\n")
        };
        let new = of(
            "new file mode 100644",
            "/dev/null",
            "b/m.yml",
            "@@ -0,0 +1 @@\n+b",
        );
        check(&new, &["m.yml"]);
        let gone = of(
            "deleted file mode 100644",
            "a/m.yml",
            "/dev/null",
            "@@ -1 +0,0 @@\n-b",
        );
        check(&gone, &["m.yml"]);
        let renamed = "diff --git a/m.yml b/o p.yml\nsimilarity index 90%\nrename from m.yml\n\
                       rename to o p.yml\n--- a/m.yml\n+++ b/o p.yml\n@@ -1 +1 @@\n-a\n+b\n";
        check(renamed, &["m.yml", "o p.yml"]);
        let moved = "diff --git a/m.yml b/n.yml\nsimilarity index 100%\nrename from m.yml\n\
                     rename to n.yml\n";
        check(moved, &["m.yml", "n.yml"]);
        let binary = "diff --git a/w.twbx b/w.twbx\nindex 1..2 100644\n\
                      Binary files a/w.twbx and b/w.twbx differ\n";
        check(binary, &["w.twbx"]);
        let mode = "diff --git a/m.yml b/m.yml\nold mode 100644\nnew mode 100755\n";
        check(&format!("{mode}{moved}"), &["m.yml: ", "m.yml", "n.yml"]);
    }

    #[test]
    fn what_cannot_be_read_to_its_end_is_refused() {
        let said = |text: &str| files(text).unwrap_err();
        let merge = "diff --cc m.yml\n--- a/m.yml\n+++ b/m.yml\n@@@ -1,1 -1,1 +1,2 @@@\n  a\n++b\n";
        assert!(said(merge).contains("as of a merge"));
        let short = format!("diff --git a/m.yml b/m.yml\n{SIDES}@@ -1,4 +1,4 @@\n a\n-b\n");
        assert!(said(&short).contains("cannot be read"));
        // `git diff --word-diff`
        let marked = format!("diff --git a/m.yml b/m.yml\n{SIDES}@@ -1 +1 @@\n[-a-]{{+b+}}\n");
        assert!(said(&marked).contains("--name-status"));
    }

    #[test]
    fn paths_are_read_with_spaces_quotes_prefixes_and_colours() {
        let paths = |old: &str, new: &str, expect: &[&str]| {
            let sides = format!("diff --git {old} {new}\nindex 1..2\n--- {old}\n+++ {new}\n");
            check(
                &format!("commit 5716ca5\n\n{sides}@@ -1 +1 @@\n-a\n+b\n"),
                expect,
            );
        };
        paths("a/a b/c.sql", "b/a b/c.sql", &["a b/c.sql"]);
        paths(r#""a/\303\274.sql""#, r#""b/\303\274.sql""#, &["ü.sql"]);
        paths("i/x/y.sql", "w/x/y.sql", &["x/y.sql"]);
        paths("a/y.sql", "a/y.sql", &["a/y.sql"]);
        paths("old/y.sql", "newer/y.sql", &["y.sql"]);
        paths("y.sql", "b/y.sql", &["y.sql", "b/y.sql"]);
        let coloured = "\u{1b}[1mdiff --git a/y.sql b/y.sql\u{1b}[m\n\u{1b}[1m--- a/y.sql\u{1b}[m\n\
             \u{1b}[1m+++ b/y.sql\u{1b}[m\n\u{1b}[36m@@ -1 +1 @@\u{1b}[m\n\u{1b}[31m-a\u{1b}[m\n\
             \u{1b}[32m+\u{1b}[m\u{1b}[32mb\u{1b}[m\n";
        check(coloured, &["y.sql"]);
        assert!(!is_one("models/a.sql\nmodels/diff.sql\n"));
    }

    #[test]
    fn a_new_file_has_the_prefix_that_the_others_have() {
        let new = "diff --git P/b/n.sql P/b/n.sql\nnew file mode 100644\nindex 0..1\n";
        let changed = "diff --git a/m.sql b/m.sql\n--- a/m.sql\n+++ b/m.sql\n@@ -1 +1 @@\n-a\n+b\n";
        let with = new.replacen("P/", "a/", 1).replacen("P/", "b/", 1);
        check(&with, &["b/n.sql"]);
        check(&format!("{changed}{with}"), &["m.sql", "b/n.sql"]);
        let without = changed.replace("a/m", "m").replace("b/m", "m");
        let new = new.replace("P/", "");
        check(&format!("{without}{new}"), &["m.sql", "b/n.sql"]);
    }
}
