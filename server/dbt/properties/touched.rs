//! Which entries of a properties file a diff of it touches.
//!
//! An entry that is not there any more is for the caller to notice: here are those of the
//! text as it is now. What is touched is rather too much than too little.

use std::ops::Range;

use super::{Entry, EntryKind, Properties};

/// One place at which a text differs from an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineChange {
    /// The line, from 0, of the text as it is now that the added ones start at.
    pub at: usize,
    /// What is there now.
    pub added: Vec<String>,
    /// What was there.
    pub removed: Vec<String>,
    /// What stands behind the added ones as it did before, as far as that is told.
    pub same: Vec<String>,
}

/// An entry with the lines it takes.
struct Placed<'p> {
    entry: &'p Entry,
    lines: Range<usize>,
    /// How far in its dash stands.
    indent: usize,
    /// Of a source's table: which of the entries its source is.
    source: Option<usize>,
}

/// The entries of `properties`, which `text` says, that `changes` touch; of a source that is
/// touched itself also its tables.
///
/// `None` where that cannot be told: the text is not the one that the changes lead to, or an
/// alias carries what stands in one place to another.
pub fn touched<'p>(
    properties: &'p Properties,
    text: &str,
    changes: &[LineChange],
) -> Option<Vec<&'p Entry>> {
    let lines: Vec<&str> = text.lines().collect();
    let leads_here = |it: &LineChange| {
        let said = it.added.iter().chain(&it.same);
        let there = lines.get(it.at..it.at + it.added.len() + it.same.len());
        there.is_some_and(|there| there.iter().zip(said).all(|(a, b)| is_same(a, b)))
    };
    let is_plain = properties.problems.is_empty() && !properties.has_aliases;
    if !is_plain || !changes.iter().all(leads_here) {
        return None;
    }
    let placed = placed(properties, text);
    let mut is_touched = vec![false; placed.len()];
    for change in changes {
        for n in added(&placed, &lines, change) {
            is_touched[n] = true;
        }
        if let Some(n) = removed(&placed, &lines, change) {
            is_touched[n] = true;
        }
    }
    let is_found = |n: &usize| is_touched[*n] || placed[*n].source.is_some_and(|it| is_touched[it]);
    let found = (0..placed.len()).filter(is_found);
    Some(found.map(|n| placed[n].entry).collect())
}

/// A mark at a text's start is no part of its first line.
fn is_same(a: &str, b: &str) -> bool {
    let bare = |it: &str| it.trim_start_matches('\u{feff}').trim_end().to_owned();
    bare(a) == bare(b)
}

/// The entries in the text's order, so that a table stands behind its source.
fn placed<'p>(properties: &'p Properties, text: &str) -> Vec<Placed<'p>> {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    let line_of = |at: usize| starts.partition_point(|it| *it <= at) - 1;
    let mut source = None;
    let mut placed = Vec::with_capacity(properties.entries.len());
    for (n, entry) in properties.entries.iter().enumerate() {
        if entry.kind == EntryKind::Source {
            source = Some(n);
        }
        let first = line_of(entry.item_start);
        let last = text[..entry.span.end].trim_end().len();
        placed.push(Placed {
            lines: first..line_of(last) + 1,
            indent: entry.item_start - starts[first],
            source: source.filter(|_| is_table(entry)),
            entry,
        });
    }
    placed
}

fn is_table(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::SourceTable { .. })
}

/// The entries that added lines stand in.
fn added(placed: &[Placed<'_>], lines: &[&str], change: &LineChange) -> Vec<usize> {
    let all = lines.iter().enumerate().skip(change.at);
    let there = all.take(change.added.len());
    there
        .flat_map(|(at, line)| holding(placed, at, indent(line)))
        .collect()
}

/// The entries that have a line for their own: of a source and its table the table, unless
/// the line stands further out.
fn holding(placed: &[Placed<'_>], line: usize, indent: usize) -> Vec<usize> {
    let n_started = placed.partition_point(|it| it.lines.start <= line);
    let Some(last) = n_started.checked_sub(1) else {
        return Vec::new();
    };
    // Several entries may stand on one line; of those above it the last alone may go on.
    let started = placed[..n_started].iter().rev();
    let n_here = started.take_while(|it| it.lines.start == line).count() + 1;
    let holds = |n: &usize| placed[*n].lines.contains(&line);
    let inner = (n_started.saturating_sub(n_here)..n_started).filter(holds);
    let source = match placed[last].entry.kind {
        EntryKind::Source => Some(last),
        _ => placed[last].source,
    };
    let (source, mut found): (Vec<usize>, Vec<usize>) = source
        .filter(holds)
        .into_iter()
        .chain(inner)
        .partition(|n| Some(*n) == source);
    let is_own = |n: &usize| is_table(placed[*n].entry) && placed[*n].indent <= indent;
    if !found.iter().any(is_own) {
        found.extend(source);
    }
    found
}

/// The entry that lines were removed of; none where they were whole entries.
fn removed(placed: &[Placed<'_>], lines: &[&str], change: &LineChange) -> Option<usize> {
    let next = change.at + change.added.len();
    let is_inside = |it: &Placed<'_>| it.lines.start < change.at && next < it.lines.end;
    let n_started = placed.partition_point(|it| it.lines.start < change.at);
    let before = n_started.checked_sub(1)?;
    let of = &placed[before];
    // What looks like a comment may be part of a text, if it stands as far in as the entry.
    let is_comment = |it: &str| it.trim_start().starts_with('#') && indent(it) <= of.indent;
    let is_content = |it: &&String| !it.trim().is_empty() && !is_comment(it);
    let content: Vec<&String> = change.removed.iter().filter(is_content).collect();
    let Some(first) = content.first() else {
        return (!change.removed.is_empty() && is_inside(of)).then_some(before);
    };
    let is_of = |it: &Placed<'_>| {
        let between = lines.get(it.lines.end..change.at).unwrap_or_default();
        is_inside(it) || indent(first) > it.indent && !between.iter().any(|it| is_top_level(it))
    };
    if is_of(of) {
        return Some(before);
    }
    let is_item = |it: &&String| {
        indent(it) > of.indent || indent(it) == of.indent && it.trim_start().starts_with('-')
    };
    let source = of.source.filter(|_| !content.iter().all(is_item))?;
    is_of(&placed[source]).then_some(source)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A key of the file's own: a list ends above it.
fn is_top_level(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with([' ', '\t', '#', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is touched in a file that leads from `old` to `new`, where they differ in one
    /// place.
    #[track_caller]
    fn check(old: &str, new: &str, expect: &str) {
        let (was, is): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        let n_same = was.iter().zip(&is).take_while(|(a, b)| a == b).count();
        let rest = was.len().min(is.len()) - n_same;
        let ends = was.iter().rev().zip(is.iter().rev());
        let n_end = ends.take(rest).take_while(|(a, b)| a == b).count();
        let owned = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect();
        let change = LineChange {
            at: n_same,
            added: owned(&is[n_same..is.len() - n_end]),
            removed: owned(&was[n_same..was.len() - n_end]),
            same: owned(&is[is.len() - n_end..]),
        };
        let properties = Properties::parse(new).unwrap();
        let said = match touched(&properties, new, &[change]) {
            Some(found) => {
                let names: Vec<&str> = found.iter().map(|it| it.name.as_str()).collect();
                names.join(" ")
            }
            None => "cannot be told".to_owned(),
        };
        assert_eq!(said, expect, "{new}");
    }

    const MODELS: &str = "\
version: 2
models:
  - name: a
    description: one
    columns:
      - name: id

  # about b
  - name: b
    description: |
      text

      # no comment
  - name: c
exposures:
  - name: e
    type: dashboard
";

    #[test]
    fn an_entry_is_touched_by_what_is_added_to_it_changed_in_it_or_taken_out_of_it() {
        let with = |from: &str, to: &str| {
            assert!(MODELS.contains(from), "{from}");
            MODELS.replacen(from, to, 1)
        };
        check(MODELS, &with("one", "two"), "a");
        check(MODELS, &with("id\n", "id\n        tests: [unique]\n"), "a");
        check(MODELS, &with("    description: one\n", ""), "a");
        check(MODELS, &with("    columns:\n      - name: id\n", ""), "a");
        check(MODELS, &with("      text\n", "      texts\n"), "b");
        check(MODELS, &with("      # no comment\n", ""), "b");
        check(MODELS, &with("      text\n\n", "      text\n"), "b");
        check(
            MODELS,
            &with("- name: c\n", "- name: c\n  - name: d\n"),
            "d",
        );
        check(MODELS, &with("name: c", "name: d"), "d");
        check(MODELS, &with("about b", "of b"), "");
        check(MODELS, &with("version: 2\n", ""), "");
        check(MODELS, &with("type: dashboard", "type: ml"), "");
        check(MODELS, &with("    type: dashboard\n", ""), "");
        check(MODELS, &with("  - name: c\n", ""), "");
        let end = MODELS.find("exposures").unwrap();
        check(MODELS, &MODELS[..end], "");
    }

    #[test]
    fn an_entry_that_is_gone_touches_no_other() {
        let b = MODELS.find("  # about b").unwrap()..MODELS.find("  - name: c").unwrap();
        let mut without = MODELS.to_owned();
        without.replace_range(b, "");
        check(MODELS, &without, "");
        // What is left of it is the one before's by now.
        let joined = MODELS.replacen("  - name: b\n", "", 1);
        let joined = joined.replacen("    description: one\n", "", 1);
        let old = MODELS.replacen("    description: one\n", "", 1);
        check(&old, &joined, "a");
    }

    const SOURCES: &str = "\
sources:
  - name: crm
    schema: raw
    tables:
      - name: t1
        description: one
      - name: t2
      - name: t3
    description: of all
  - name: erp
    tables: [{name: t4}, {name: t5}]
";

    #[test]
    fn a_source_that_is_touched_itself_touches_its_tables() {
        let with = |from: &str, to: &str| SOURCES.replacen(from, to, 1);
        check(SOURCES, &with("one", "two"), "t1");
        check(SOURCES, &with("raw", "raw2"), "crm t1 t2 t3");
        check(SOURCES, &with("    schema: raw\n", ""), "crm t1 t2 t3");
        check(SOURCES, &with("of all", "of each"), "crm t1 t2 t3");
        check(SOURCES, &with("      - name: t2\n", ""), "");
        check(SOURCES, &with("      - name: t3\n", ""), "");
        check(SOURCES, &with("        description: one\n", ""), "t1");
        let both = "      - name: t3\n    description: of all\n";
        check(SOURCES, &with(both, ""), "crm t1 t2");
        check(SOURCES, &with("{name: t5}", "{name: t6}"), "erp t4 t6");
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        let aliased = "x: &a {materialized: table}\nmodels:\n  - name: a\n    config: *a\n";
        check(aliased, &aliased.replace("table", "view"), "cannot be told");
        let twice = "models:\n  - name: a\nmodels:\n  - name: b\n";
        check(
            twice,
            &twice.replace("name: a", "name: c"),
            "cannot be told",
        );
        let other = LineChange {
            at: 2,
            added: vec!["  - name: x".to_owned()],
            ..LineChange::default()
        };
        // `git diff --word-diff` marks what changes within a line that seems to be the same.
        let marked = LineChange {
            at: 2,
            same: vec!["  - name: [-x-]{+a+}".to_owned()],
            ..LineChange::default()
        };
        let properties = Properties::parse(MODELS).unwrap();
        assert_eq!(touched(&properties, MODELS, &[other]), None);
        assert_eq!(touched(&properties, MODELS, &[marked]), None);
        let beyond = LineChange {
            at: 99,
            ..LineChange::default()
        };
        assert_eq!(touched(&properties, MODELS, &[beyond]), None);
    }

    #[test]
    fn of_very_many_entries_each_change_is_looked_up() {
        let tables: String = (0..20_000)
            .map(|n| format!("      - name: t{n}\n"))
            .collect();
        let text = format!("sources:\n  - name: crm\n    tables:\n{tables}");
        let properties = Properties::parse(&text).unwrap();
        let change = |n: usize| LineChange {
            at: n + 3,
            added: vec![format!("      - name: t{n}")],
            ..LineChange::default()
        };
        let changes: Vec<LineChange> = (0..10_000).map(|n| change(n * 2)).collect();
        let found = touched(&properties, &text, &changes).unwrap();
        assert_eq!(found.len(), 10_000);
        assert!(
            found
                .iter()
                .all(|it| it.name.ends_with(['0', '2', '4', '6', '8']))
        );
    }

    #[test]
    fn line_ends_and_a_mark_make_no_difference() {
        let text = "\u{feff}models:\r\n  - name: a\r\n  - name: b\r\n";
        let properties = Properties::parse(text).unwrap();
        let change = LineChange {
            at: 0,
            added: ["models:", "  - name: a"].map(str::to_owned).to_vec(),
            ..LineChange::default()
        };
        let names: Vec<&str> = touched(&properties, text, &[change])
            .unwrap()
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        assert_eq!(names, ["a"]);
    }
}
