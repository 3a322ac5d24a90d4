//! Markdown for hovers, safe against Tableau's text.

use crate::text::{plain, plain_message, safe_url};

/// Tableau's text as Markdown that shows exactly that text: no link, no image,
/// no HTML, no emphasis, no code, one line.
pub(crate) fn escape(text: &str) -> String {
    escape_line(&plain(text))
}

/// The same for a whole message, which may be longer.
pub(crate) fn escape_message(text: &str) -> String {
    escape_line(&plain_message(text))
}

fn escape_line(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A host name or an address would be made a link by itself.
            ':' | '@' => out.push_str(&format!("&#{};", u32::from(c))),
            _ if c.is_ascii_punctuation() => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    // Renderers that know "www." link it without a scheme.
    out.replace("www\\.", "www&#46;")
}

/// A name of ours or of dbt's as code. Backticks cannot stand in it.
pub(crate) fn code(text: &str) -> String {
    format!("`{}`", plain(text).replace('`', "'"))
}

/// A title, as a link where it has a page that may be opened.
pub(crate) fn title(text: &str, url: Option<&str>) -> String {
    let shown = escape(text);
    match url.and_then(safe_url) {
        Some(url) => format!("[{shown}](<{url}>)"),
        None => format!("**{shown}**"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_tableau_is_only_text() {
        let check = |text: &str, expect: &str| assert_eq!(escape(text), expect);
        check("Sales & Ops", "Sales &amp; Ops");
        check("[x](https://evil)", r"\[x\]\(https&#58;\/\/evil\)");
        check("![i](http://t/p.png)", r"\!\[i\]\(http&#58;\/\/t\/p\.png\)");
        check("<img src=x>", r"&lt;img src\=x&gt;");
        check("a\n# b", r"a \# b");
        check("www.evil.com", r"www&#46;evil\.com");
    }

    #[test]
    fn only_pages_become_links() {
        assert_eq!(
            title("A", Some("https://t/#/workbooks/1")),
            "[A](<https://t/#/workbooks/1>)"
        );
        assert_eq!(title("A", Some("command:rm")), "**A**");
        assert_eq!(code("a`b"), "`a'b`");
    }
}
