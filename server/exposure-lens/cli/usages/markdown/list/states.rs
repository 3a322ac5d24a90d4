//! Lists of paths, alone or each with what became of it: `git diff --name-only`,
//! `--name-status` and `--raw`, `git status --short`, with lines or with NUL.

use super::{Named, Origin, unquoted};

/// The paths of a list; both of a renamed file.
///
/// # Errors
/// What the list is instead.
pub(super) fn paths(text: &str) -> Result<Vec<Named>, String> {
    let has_nul = text.contains('\0');
    let items: Vec<&str> = match has_nul {
        true => text.split('\0').collect(),
        false => text.lines().collect(),
    };
    let items: Vec<&str> = items
        .into_iter()
        .filter(|it| !it.trim().is_empty())
        .collect();
    let paths = if is_short_status(&items, has_nul) {
        of_short_status(&items, has_nul)
    } else if has_nul {
        let has_states = items.first().is_some_and(|it| is_status(it));
        let is_path = |it: &&&str| !(has_states && is_status(it));
        items.iter().filter(is_path).copied().collect()
    } else {
        of_lines(&items)?
    };
    let named = |it: &str| Named::new(unquoted(it), Origin::List);
    Ok(paths.into_iter().map(named).collect())
}

fn of_lines<'t>(items: &[&'t str]) -> Result<Vec<&'t str>, String> {
    let mut paths = Vec::new();
    for line in items {
        match line.split_once('\t') {
            Some((status, rest)) if is_status(status) => paths.extend(rest.split('\t')),
            // Git writes a path with a tab in quotes.
            Some(_) => return Err(refused(line)),
            None if is_statistic(line) || is_long_status(line) => return Err(refused(line)),
            None => paths.push(*line),
        }
    }
    Ok(paths)
}

fn refused(line: &str) -> String {
    format!(
        "this is no list of paths: `{}`; `git diff`, `git diff --name-only` and \
         `git status --short` write one",
        ide::plain(line.trim())
    )
}

/// `M`, `R100`; of `--raw` the last word: `:100644 100644 5716ca5 6a1d2f3 M`.
fn is_status(text: &str) -> bool {
    let last = match text.strip_prefix(':') {
        Some(raw) => raw.rsplit(' ').next().unwrap_or_default(),
        None => text,
    };
    let mut chars = last.chars();
    let is_letter = chars.next().is_some_and(|it| it.is_ascii_uppercase());
    is_letter && chars.all(|it| it.is_ascii_digit())
}

/// `git diff --stat`: ` models/a.sql | 2 +-`. It shortens long paths.
fn is_statistic(line: &str) -> bool {
    let Some((path, count)) = line.rsplit_once(" | ") else {
        return false;
    };
    let count = count.trim();
    let is_count = |c: char| c.is_ascii_digit() || " +-".contains(c);
    path.starts_with(' ') && (count.starts_with("Bin") || count.chars().all(is_count))
}

/// `git status` in words (a tab, then `modified:   models/a.sql`) or with `--porcelain=v2`.
fn is_long_status(line: &str) -> bool {
    let mut words = line.split(' ');
    let kind = words.next().unwrap_or_default();
    let states = words.next().unwrap_or_default();
    let is_state = |c: char| ".MTADRCU".contains(c);
    matches!(kind, "1" | "2" | "u") && states.len() == 2 && states.chars().all(is_state)
        || line.starts_with("On branch ")
}

/// Whether each item starts as in ` M models/a.sql`; with NUL the second path of a rename
/// stands alone.
fn is_short_status(items: &[&str], has_nul: bool) -> bool {
    match has_nul {
        true => items.first().is_some_and(|it| short_status(it).is_some()),
        false => !items.is_empty() && items.iter().all(|it| short_status(it).is_some()),
    }
}

/// What became of a file in the index and in the folder, and its path.
fn short_status(item: &str) -> Option<(&str, &str)> {
    let (states, path) = (item.get(..2)?, item.get(2..)?.strip_prefix(' ')?);
    let is_branch = states == "##";
    let is_state = |c: char| " MTADRCU?!".contains(c);
    let is_one = states.chars().all(is_state) && states != "  " && !path.is_empty();
    (is_branch || is_one).then_some((states, path))
}

fn of_short_status<'t>(items: &[&'t str], has_nul: bool) -> Vec<&'t str> {
    let mut paths = Vec::new();
    for item in items {
        match short_status(item) {
            Some(("##", _)) => {}
            Some((states, path)) if !has_nul && states.contains(['R', 'C']) => {
                paths.extend(path.split(" -> "));
            }
            Some((_, path)) => paths.push(path),
            None => paths.push(item),
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let paths = paths(text).unwrap();
        let paths: Vec<&str> = paths.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(paths, expect);
    }

    #[test]
    fn lists_of_paths_and_of_what_became_of_each_are_read() {
        let both = ["models/a b.sql", "macros/m.sql"];
        check("models/a b.sql\nmacros/m.sql\n", &both);
        check("models/a b.sql\r\nmacros/m.sql", &both);
        check("models/a b.sql\0macros/m.sql\0", &both);
        check("M\tmodels/a b.sql\nD\tmacros/m.sql\n", &both);
        check("R087\tmodels/a b.sql\tmacros/m.sql\n", &both);
        check("R087\0models/a b.sql\0macros/m.sql\0", &both);
        let raw = ":100644 100644 5716ca5 6a1d2f3";
        check(
            &format!("{raw} R087\tmodels/a b.sql\tmacros/m.sql\n"),
            &both,
        );
        check(
            &format!("{raw} M\0models/a b.sql\0{raw} D\0macros/m.sql\0"),
            &both,
        );
        check("", &[]);
        check("\n\n", &[]);
    }

    #[test]
    fn what_git_status_writes_in_short_is_read() {
        let both = ["models/a b.sql", "macros/m.sql"];
        check(" M models/a b.sql\n?? macros/m.sql\n", &both);
        check("## main\nMM models/a b.sql\n D macros/m.sql\n", &both);
        check("R  models/a b.sql -> macros/m.sql\n", &both);
        check("R  models/a b.sql\0macros/m.sql\0", &both);
        check("## main\0A  models/a b.sql\0?? macros/m.sql\0", &both);
        // Names of files that only look like it.
        check(
            "MD notes.md\nmacros/m.sql\n",
            &["MD notes.md", "macros/m.sql"],
        );
    }

    #[test]
    fn what_is_no_list_of_paths_is_refused() {
        for text in [
            " models/a.sql | 2 +-\n 1 file changed, 1 insertion(+)\n",
            " tableau/a.twbx | Bin 0 -> 12 bytes\n",
            "1\t2\tmodels/a.sql\n",
            "1 .M N... 100644 100644 100644 5716ca5 5716ca5 models/a.sql\n",
            "On branch main\nChanges not staged for commit:\n\tmodified:   models/a.sql\n",
        ] {
            let said = paths(text).unwrap_err();
            assert!(said.contains("no list of paths"), "{said}");
        }
    }
}
