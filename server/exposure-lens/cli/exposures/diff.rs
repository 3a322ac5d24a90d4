//! The changes as a unified diff that `git apply` and `patch -p1` take from the project's
//! folder.
//!
//! What goes to a file or a pipe is exact, control characters of the files included. On
//! a terminal those are shown as escapes, since the text may be Tableau's.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use anstyle::Style;
use ide::FileChange;
use similar::TextDiff;

use crate::output::terminal::{BAD, BOLD, DIM, GOOD, styled};

/// Writes the diff of all files; to `out` where that is a terminal.
pub(super) fn write(files: &[FileChange], out: &mut dyn Write) -> io::Result<()> {
    let diff: String = files.iter().map(of).collect();
    if !io::stdout().is_terminal() {
        // `out` would take escape sequences out, which are in the files all the same.
        let mut raw = io::stdout().lock();
        raw.write_all(diff.as_bytes())?;
        return raw.flush();
    }
    let mut lines = diff.split_inclusive('\n');
    lines.try_for_each(|line| writeln!(out, "{}", shown(line)))
}

/// The diff of one file; empty where nothing differs.
pub(super) fn of(change: &FileChange) -> String {
    let old = lines(change.before.as_deref().unwrap_or_default());
    let new = lines(&change.after);
    let diff = TextDiff::from_slices(&old, &new);
    let mut out = String::new();
    for hunk in diff.unified_diff().iter_hunks() {
        if out.is_empty() {
            out = heading(change);
        }
        // Writing to a text does not fail.
        let _ = writeln!(out, "{}", hunk.header());
        for line in hunk.iter_changes() {
            let _ = write!(out, "{}{}", line.tag(), line.value());
            if !line.value().ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    out
}

/// Lines as Git counts them: a carriage return alone ends none.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Without a line for Git alone: with one, paths would be the repository's and not the
/// project's.
fn heading(change: &FileChange) -> String {
    let old = match &change.before {
        Some(_) => name("a", &change.path),
        None => "/dev/null".to_owned(),
    };
    format!("--- {old}\n+++ {}\n", name("b", &change.path))
}

/// A path as Git writes it: quoted where a sign in it would end it, and ended by a tab
/// where a blank would.
fn name(side: &str, path: &str) -> String {
    let name = format!("{side}/{path}");
    let is_plain = |c: char| !c.is_control() && !matches!(c, '"' | '\\');
    if name.chars().all(is_plain) {
        let end = if name.contains(' ') { "\t" } else { "" };
        return name + end;
    }
    let quoted = name.bytes().map(|byte| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\{byte:03o}"),
    });
    format!("\"{}\"", quoted.collect::<String>())
}

/// A line of the diff for a terminal.
fn shown(line: &str) -> String {
    let line = line.trim_end_matches(['\r', '\n']);
    let style = match line.get(..1) {
        _ if line.starts_with("--- ") || line.starts_with("+++ ") => BOLD,
        Some("+") => GOOD,
        Some("-") => BAD,
        Some("@" | "\\") => DIM,
        _ => Style::new(),
    };
    styled(&harmless(line), style)
}

fn harmless(line: &str) -> String {
    let one = |c: char| match c {
        '\t' => "\t".to_owned(),
        c if ide::is_hidden(c) => c.escape_unicode().to_string(),
        c => c.to_string(),
    };
    line.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(path: &str, before: Option<&str>, after: &str, expect: Expect) {
        let diff = of(&FileChange {
            path: path.to_owned(),
            before: before.map(str::to_owned),
            after: after.to_owned(),
            edits: Vec::new(),
        });
        expect.assert_eq(&diff.replace('\r', "␍"));
    }

    #[test]
    fn a_new_file_comes_from_nowhere() {
        check(
            "models/x.yml",
            None,
            "a\nb",
            expect![[r#"
            --- /dev/null
            +++ b/models/x.yml
            @@ -0,0 +1,2 @@
            +a
            +b
            \ No newline at end of file
        "#]],
        );
    }

    #[test]
    fn lines_end_as_they_do_in_the_file() {
        check(
            "x.yml",
            Some("a\r\nb\rc"),
            "a\r\nb\rc\r\nd",
            expect![[r#"
                --- a/x.yml
                +++ b/x.yml
                @@ -1,2 +1,3 @@
                 a␍
                -b␍c
                \ No newline at end of file
                +b␍c␍
                +d
                \ No newline at end of file
            "#]],
        );
        check(
            "x.yml",
            Some("a\r"),
            "b\r",
            expect![[r#"
            --- a/x.yml
            +++ b/x.yml
            @@ -1 +1 @@
            -a␍
            \ No newline at end of file
            +b␍
            \ No newline at end of file
        "#]],
        );
        check("x.yml", Some("same\n"), "same\n", expect![[r#""#]]);
    }

    #[test]
    fn odd_paths_are_written_as_git_writes_them() {
        check(
            "my models/é.yml",
            Some(""),
            "a\n",
            expect![[r#"
            --- a/my models/é.yml	
            +++ b/my models/é.yml	
            @@ -0,0 +1 @@
            +a
        "#]],
        );
        check(
            "a\"b\té.yml",
            Some(""),
            "a\n",
            expect![[r#"
            --- "a/a\"b\011\303\251.yml"
            +++ "b/a\"b\011\303\251.yml"
            @@ -0,0 +1 @@
            +a
        "#]],
        );
    }

    #[test]
    fn a_terminal_is_shown_escapes_and_moved_by_none() {
        let line = shown("+\u{1b}[31m label\u{202e}\té\r\n");
        let plain = anstream::adapter::strip_str(&line).to_string();
        assert_eq!(plain, "+\\u{1b}[31m label\\u{202e}\té");
    }
}
