//! A whole diff: which files it is of, and of properties files which lines.
//!
//! What a diff tells beyond paths is taken where it is certain; else it is as if the file
//! was named alone.

use std::borrow::Cow;
use std::path::Path;
use std::str::Lines;

use dbt::LineChange;

use super::{Named, Origin, unquoted};
use crate::workspace::exposures::is_yaml;

/// Whether a text is a diff of Git's: below what a commit says there may be one, too.
pub(super) fn is_one(text: &str) -> bool {
    let is_head = |line: &str| head(bare(line).as_ref()).is_some();
    text.contains("diff --") && text.lines().any(is_head)
}

/// The files of a diff, both paths of a renamed one.
pub(super) fn files(text: &str) -> Vec<Named> {
    let text = bare(text);
    let mut lines = text.lines();
    let mut all: Vec<FileDiff> = Vec::new();
    while let Some(line) = lines.next() {
        match (head(line), all.last_mut()) {
            (Some(head), _) => all.push(head),
            (None, Some(file)) => file.read(line, &mut lines),
            (None, None) => {}
        }
    }
    all.into_iter().flat_map(FileDiff::named).collect()
}

/// One file's part of a diff.
#[derive(Default)]
struct FileDiff {
    /// The path that both sides of its first line have.
    path: Option<String>,
    /// The paths of a renamed or copied file, else those of the two sides.
    paths: Vec<String>,
    changes: Vec<LineChange>,
    /// Whether its lines do not tell all: it is new, gone, renamed, merged or no text.
    is_whole: bool,
}

/// The line that starts a file: `diff --git a/x b/x`, of a merge `diff --cc x`.
fn head(line: &str) -> Option<FileDiff> {
    let merged = ["diff --cc ", "diff --combined "];
    if let Some(path) = merged.iter().find_map(|it| line.strip_prefix(it)) {
        return Some(FileDiff {
            path: Some(unquoted(path)),
            is_whole: true,
            ..FileDiff::default()
        });
    }
    let sides = line.strip_prefix("diff --git ")?;
    Some(FileDiff {
        path: path_of_both(sides),
        ..FileDiff::default()
    })
}

/// `a/x b/x`, or `x x` without prefixes: neither is told from a space in a name but by that
/// both are the same.
fn path_of_both(sides: &str) -> Option<String> {
    let middle = sides.len() / 2;
    let (old, new) = (sides.get(..middle)?, sides.get(middle..)?);
    let (old, new) = (unquoted(old), unquoted(new.strip_prefix(' ')?));
    if old == new {
        return Some(old);
    }
    let (_, old) = old.split_once('/')?;
    let (_, new) = new.split_once('/')?;
    (old == new).then(|| new.to_owned())
}

impl FileDiff {
    /// A line above or between the hunks, and a hunk whole.
    fn read(&mut self, line: &str, rest: &mut Lines<'_>) {
        const RENAMED: [&str; 4] = ["rename from ", "rename to ", "copy from ", "copy to "];
        const WHOLE: [&str; 4] = ["new file", "deleted file", "Binary files", "GIT binary"];
        if let Some(start) = line.strip_prefix("@@ ") {
            match Hunk::of(start) {
                Some(hunk) => hunk.read(rest, &mut self.changes),
                None => self.is_whole = true,
            }
        } else if let Some(path) = RENAMED.iter().find_map(|it| line.strip_prefix(it)) {
            self.is_whole = true;
            self.path = None;
            self.paths.push(unquoted(path));
        } else if let Some(path) = line.strip_prefix("--- ").or(line.strip_prefix("+++ ")) {
            self.paths.extend(path_of_side(path));
        } else if WHOLE.iter().any(|it| line.starts_with(it)) {
            self.is_whole = true;
        }
    }

    fn named(self) -> Vec<Named> {
        let lines = |path: &str| {
            let is_told = !self.is_whole && is_yaml(Path::new(path));
            is_told.then(|| self.changes.clone())
        };
        if let Some(path) = self.path {
            let lines = lines(&path);
            return vec![Named {
                lines,
                ..Named::new(path, Origin::Diff)
            }];
        }
        let named = |it: String| Named::new(it, Origin::Diff);
        self.paths.into_iter().map(named).collect()
    }
}

/// `a/x`, of which the prefix goes; a tab stands behind a name with spaces.
fn path_of_side(side: &str) -> Option<String> {
    let path = unquoted(side.trim_end_matches('\t'));
    let prefixes = ["a/", "b/", "c/", "i/", "w/", "o/"];
    let bare = prefixes.iter().find_map(|it| path.strip_prefix(it));
    (path != "/dev/null").then(|| bare.unwrap_or(&path).to_owned())
}

/// The lines that a hunk has still to come, of each side.
struct Hunk {
    n_old: usize,
    n_new: usize,
    /// Where the next line of the new side is, from 0.
    at: usize,
}

impl Hunk {
    /// `-1,2 +3,4 @@ …`
    fn of(start: &str) -> Option<Hunk> {
        let mut words = start.split(' ');
        let mut side = |sign| {
            let range = words.next()?.strip_prefix(sign)?;
            let (first, n) = range.split_once(',').unwrap_or((range, "1"));
            Some((first.parse::<usize>().ok()?, n.parse::<usize>().ok()?))
        };
        let ((_, n_old), (first, n_new)) = (side('-')?, side('+')?);
        // Of a side without lines the one before them is named.
        let at = if n_new == 0 {
            first
        } else {
            first.checked_sub(1)?
        };
        Some(Hunk { n_old, n_new, at })
    }

    fn read(mut self, lines: &mut Lines<'_>, changes: &mut Vec<LineChange>) {
        let mut change = LineChange {
            at: self.at,
            ..LineChange::default()
        };
        while self.n_old > 0 || self.n_new > 0 {
            let Some(line) = lines.next() else {
                break;
            };
            let (sign, text) = match line.chars().next() {
                Some(sign @ ('+' | '-' | ' ' | '\\')) => (sign, &line[1..]),
                // An empty line that lost its space on the way.
                _ => (' ', line),
            };
            if sign == '\\' {
                continue;
            }
            if sign != ' ' && !change.same.is_empty() {
                let next = LineChange {
                    at: self.at,
                    ..LineChange::default()
                };
                changes.push(std::mem::replace(&mut change, next));
            }
            self.take(sign, text.to_owned(), &mut change);
        }
        changes.push(change);
    }

    /// Adds a line to what it changes or leaves.
    fn take(&mut self, sign: char, text: String, change: &mut LineChange) {
        if sign != '+' {
            self.n_old = self.n_old.saturating_sub(1);
        }
        if sign != '-' {
            self.n_new = self.n_new.saturating_sub(1);
            self.at += 1;
        }
        match sign {
            '+' => change.added.push(text),
            '-' => change.removed.push(text),
            _ => change.same.push(text),
        }
    }
}

/// Without the colours that `color.ui = always` writes into pipes.
fn bare(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        let is_part = |c: char| c.is_ascii_digit() || c == ';';
        rest = behind.trim_start_matches(is_part);
        rest = rest.strip_prefix(['m', 'K']).unwrap_or(rest);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each path, and of a properties file at which lines what changes.
    #[track_caller]
    fn check(diff: &str, expect: &[&str]) {
        assert!(is_one(diff), "{diff}");
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
        let said: Vec<String> = files(diff).into_iter().map(shown).collect();
        assert_eq!(said, expect, "{diff}");
    }

    #[test]
    fn changed_lines_are_told_of_properties_files() {
        let hunk = "@@ -1,4 +1,4 @@ models:\n a\n-b\n+c\n d\n-e\n+f\n";
        let yaml = format!("diff --git a/m.yml b/m.yml\n--- a/m.yml\n+++ b/m.yml\n{hunk}");
        check(&yaml, &[r#"m.yml: 1 +["c"] -["b"], 3 +["f"] -["e"]"#]);
        check(
            &yaml.replace('\n', "\r\n"),
            &[r#"m.yml: 1 +["c"] -["b"], 3 +["f"] -["e"]"#],
        );
        check(&yaml.replace(".yml", ".sql"), &["m.sql"]);
        let bare = "diff --git m.yml m.yml\n@@ -3,2 +2,0 @@\n-a\n-b\n@@ -9,0 +8 @@\n+c\n";
        check(bare, &[r#"m.yml: 2 +[] -["a", "b"], 7 +["c"] -[]"#]);
        // What a file holds is no head of another.
        let inner = "diff --git a/m.yml b/m.yml\n@@ -1 +1 @@\n--- a/x\n+diff --git a/y b/y\n\
                     \\ No newline at end of file\n";
        check(inner, &[r#"m.yml: 0 +["diff --git a/y b/y"] -["-- a/x"]"#]);
    }

    #[test]
    fn what_lines_do_not_tell_is_the_whole_file() {
        let of = |head: &str| format!("diff --git a/m.yml b/m.yml\n{head}@@ -1 +1 @@\n-a\n+b\n");
        check(&of("new file mode 100644\n"), &["m.yml"]);
        check(&of("deleted file mode 100644\n"), &["m.yml"]);
        let renamed = "similarity index 90%\nrename from m.yml\nrename to o p.yml\n";
        check(&of(renamed), &["m.yml", "o p.yml"]);
        check(
            "diff --cc m.yml\n@@@ -1,1 -1,1 +1,2 @@@\n  a\n++b\n",
            &["m.yml"],
        );
        let binary = "diff --git a/w.twbx b/w.twbx\nBinary files a/w.twbx and b/w.twbx differ\n";
        check(binary, &["w.twbx"]);
    }

    #[test]
    fn paths_are_read_with_spaces_quotes_prefixes_and_colours() {
        let paths = |head: &str, expect: &str| {
            check(
                &format!("commit 5716ca5\n\n{head}\nindex 1..2\n@@ -1 +1 @@\n-a\n+b\n"),
                &[expect],
            );
        };
        paths("diff --git a/a b/c.sql b/a b/c.sql", "a b/c.sql");
        paths(r#"diff --git "a/\303\274.sql" "b/\303\274.sql""#, "ü.sql");
        paths("diff --git i/x/y.sql w/x/y.sql", "x/y.sql");
        paths("diff --git a/y.sql a/y.sql", "a/y.sql");
        paths("\u{1b}[1mdiff --git a/y.sql b/y.sql\u{1b}[m", "y.sql");
        let odd = "diff --git old/y.sql newer/y.sql\n--- old/y.sql\n+++ newer/y.sql";
        check(odd, &["old/y.sql", "newer/y.sql"]);
        assert!(!is_one("models/a.sql\nmodels/diff.sql\n"));
    }
}
