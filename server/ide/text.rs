//! Text from Tableau made harmless, and small words for numbers.
//!
//! Titles, captions and paths are other people's text: they may hold escape
//! codes, bidi overrides, line breaks or ten thousand characters. [`plain`] is
//! for lenses, terminals and messages; Markdown has its own escaping.

use lineage::{Content, ContentKind, RecentViews, Timestamp, ViewCount};

/// Longer titles are cut; nobody reads more in a line.
const MAX_TITLE: usize = 100;

/// Messages hold several titles and a path.
const MAX_MESSAGE: usize = 600;

/// A title as one line of harmless text: control, bidi and invisible characters
/// taken out, white space run together, cut after a hundred characters.
pub fn plain(text: &str) -> String {
    one_line(text, MAX_TITLE)
}

/// The same for a whole message, which may be longer.
pub fn plain_message(text: &str) -> String {
    one_line(text, MAX_MESSAGE)
}

fn one_line(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut n_chars = 0;
    let mut gap = false;
    for c in text.chars().take(max * 20) {
        if c.is_whitespace() {
            gap = !out.is_empty();
        } else if !is_hidden(c) {
            if n_chars >= max {
                out.push('…');
                return out;
            }
            if std::mem::take(&mut gap) {
                out.push(' ');
                n_chars += 1;
            }
            out.push(c);
            n_chars += 1;
        }
    }
    out
}

/// Characters that move, hide or recolour other text: controls, bidi controls,
/// zero-width and tag characters, interlinear annotations.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The address, if it is one that may be opened: `https`, or `http` for a site's
/// own pages. Anything else (`javascript:`, `file:`, `command:`) is not.
pub fn safe_url(url: &str) -> Option<&str> {
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let clean = !url
        .chars()
        .any(|c| c.is_whitespace() || is_hidden(c) || "<>\"\\^`{|}".contains(c));
    // `https://tableau.com@evil.example` leads to evil.example.
    let names_user = host
        .split(['/', '?', '#'])
        .next()
        .is_some_and(|it| it.contains('@'));
    let is_host = host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
    (clean && is_host && !names_user).then_some(url)
}

/// A code of the JSON answers as words: `custom_sql` is "custom SQL".
pub fn words(code: &str) -> String {
    code.replace('_', " ").replace("sql", "SQL")
}

/// `1 workbook`, `3 workbooks`.
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{n} {noun}s")
    }
}

/// How long before `now` something was: `2 h ago`. A clock that goes wrong is no
/// reason to speak of the future.
pub fn ago(now: Timestamp, then: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(then.as_second());
    match seconds {
        ..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

/// How often something is opened: lately, once that is known (`+310 views/7 d`), else
/// ever (`1200 views ever`).
pub fn views(count: ViewCount) -> String {
    let noun = |n| if n == 1 { "view" } else { "views" };
    match count.recent {
        Some(RecentViews { count, days }) => format!("+{count} {}/{days} d", noun(count)),
        None => format!("{} {} ever", count.total, noun(count.total)),
    }
}

/// What stands behind the name of what is known from the team snapshot. One that was not
/// read yet has no other name.
pub fn snapshot_mark(content: &Content) -> &'static str {
    let is_read = content.fetched_at.is_some();
    match content.kind == ContentKind::Snapshot && is_read {
        true => " (team snapshot)",
        false => "",
    }
}

/// `12 dashboards`; where there are none, the sheets: `2 sheets`.
pub fn count_dashboards(n_dashboards: usize, n_sheets: usize) -> String {
    match (n_dashboards, n_sheets) {
        (0, 0) => "no dashboards".to_owned(),
        (0, n_sheets) => count(n_sheets, "sheet"),
        (n_dashboards, _) => count(n_dashboards, "dashboard"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_becomes_one_harmless_line() {
        let check = |text: &str, expect: &str| assert_eq!(plain(text), expect);
        check("Sales & Ops", "Sales & Ops");
        check("  two\r\n lines\t", "two lines");
        check("\u{1b}[31mred\u{1b}[0m\u{7}", "[31mred[0m");
        check("evil\u{202e}gpj.exe\u{2066}", "evilgpj.exe");
        check("Umsätze 📈 売上", "Umsätze 📈 売上");
        assert_eq!(plain(&"x".repeat(10_000)).chars().count(), MAX_TITLE + 1);
        assert_eq!(plain(&"\u{1b}".repeat(10_000)), "");
    }

    #[test]
    fn ages_are_told_in_one_unit() {
        let now: Timestamp = "2026-01-10T12:00:00Z".parse().unwrap();
        let check = |then: &str, expect: &str| assert_eq!(ago(now, then.parse().unwrap()), expect);
        check("2026-01-10T11:59:01Z", "just now");
        check("2026-01-10T11:59:00Z", "1 min ago");
        check("2026-01-10T10:00:00Z", "2 h ago");
        check("2026-01-08T12:00:01Z", "47 h ago");
        check("2026-01-08T12:00:00Z", "2 d ago");
        check("2026-01-10T13:00:00Z", "just now");
    }

    #[test]
    fn views_lately_come_before_views_ever() {
        let count = |total, recent: Option<(u64, u32)>| ViewCount {
            total,
            recent: recent.map(|(count, days)| RecentViews { count, days }),
        };
        assert_eq!(views(count(900, Some((310, 7)))), "+310 views/7 d");
        assert_eq!(views(count(900, Some((1, 1)))), "+1 view/1 d");
        assert_eq!(views(count(900, None)), "900 views ever");
        assert_eq!(views(count(1, None)), "1 view ever");
    }

    #[test]
    fn only_pages_are_opened() {
        let open = |url: &str| safe_url(url).is_some();
        assert!(open(
            "https://10ax.online.tableau.com/#/site/acme/workbooks/1"
        ));
        assert!(open("http://tableau.corp:8000/#/workbooks/2"));
        for url in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "command:x",
            "https://",
            "https://a b",
            "https://10ax.online.tableau.com@evil.example/#/site/acme",
        ] {
            assert!(!open(url), "{url}");
        }
    }
}
