//! Markdown for a comment on GitHub or GitLab, in which other people's text is only text.
//!
//! A comment is read by programs too: `@ana` notifies a person, `#12` and `!12` link what
//! has nothing to do with it, `www.` and an address become links. They look at what is
//! rendered, so that an escape does not stop them; a zero-width space behind the character
//! does, as bots that write comments use it. Whatever a text holds, it stays on its line.

/// Longer addresses are left out: a comment has a limit.
const MAX_URL: usize = 500;

/// What may follow a character that a forge takes for the start of a reference.
const BREAK: &str = "&#8203;";

/// A title as Markdown that shows exactly that text, on one line: no link, no mention, no
/// reference, no HTML, no emphasis, no code.
pub fn text(text: &str) -> String {
    escape(&ide::plain(text))
}

/// The same for a whole message, which may be longer.
pub fn message(text: &str) -> String {
    escape(&ide::plain_message(text))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut chars = text.chars().peekable();
    let mut word = String::new();
    // So far nothing but what may number an item of a list.
    let mut is_start = true;
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        if c == '.' && word.ends_with("www") {
            out.push_str(BREAK);
        }
        push(&mut out, c, is_start);
        is_start &= c.is_ascii_digit();
        let is_forge = word.ends_with("gh") || word.ends_with("gl");
        let is_issue = c == '-' && is_forge && next.is_some_and(char::is_numeric);
        let is_followed = next.is_some_and(|it| !it.is_whitespace());
        if is_issue || is_followed && "@#!$%~&^:".contains(c) {
            out.push_str(BREAK);
        }
        match c.is_ascii_alphanumeric() {
            true => word.push(c.to_ascii_lowercase()),
            false => word.clear(),
        }
    }
    out
}

fn push(out: &mut String, c: char, is_start: bool) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        // A backslash before it means something else in a table.
        '|' => out.push_str("&#124;"),
        '.' | ',' | '/' | '-' | '\'' | '(' | ')' | '?' | ';' | ':' | '+' | '=' if !is_start => {
            out.push(c);
        }
        _ if c.is_ascii_punctuation() => {
            out.push('\\');
            out.push(c);
        }
        _ => out.push(c),
    }
}

/// A name of dbt's or a path as code.
pub fn code(text: &str) -> String {
    let text = ide::plain(text);
    let is_quiet = |c: char| c.is_alphanumeric() || "_./-= ".contains(c);
    match !text.is_empty() && text.chars().all(is_quiet) {
        true => format!("`{text}`"),
        false => format!("<code>{}</code>", escape(&text)),
    }
}

/// A name as code where Markdown is not read: between the tags of HTML.
pub fn html_code(text: &str) -> String {
    let mut out = String::from("<code>");
    for c in ide::plain(text).chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' => out.push_str(&format!("&#{};", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push_str("</code>");
    out
}

/// A title, as a link where it has a page that may be opened.
pub fn title(name: &str, url: Option<&str>) -> String {
    let shown = match text(name) {
        shown if shown.is_empty() => "(no name)".to_owned(),
        shown => shown,
    };
    let url = url.and_then(ide::safe_url);
    match url.filter(|it| it.len() <= MAX_URL) {
        Some(url) => format!("[{shown}](<{}>)", url.replace('&', "&amp;")),
        None => format!("**{shown}**"),
    }
}

/// Lines that together take no more than a number of bytes. What no longer fits is counted.
#[derive(Debug)]
pub struct Lines {
    text: String,
    max: usize,
    /// How many were left out.
    pub n_more: usize,
}

impl Lines {
    /// None yet.
    pub fn new(max: usize) -> Lines {
        Lines {
            text: String::new(),
            max,
            n_more: 0,
        }
    }

    /// Adds a line, or a block of them, whole or not at all. The first that does not fit is
    /// the last that is looked at, so that what is shown is the start of the list.
    pub fn push(&mut self, line: &str) {
        if self.n_more > 0 || self.text.len() + line.len() + 1 > self.max {
            self.n_more += 1;
            return;
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Whether there was nothing to add, which is not the same as that nothing fitted.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.n_more == 0
    }

    /// What fitted, each line with its end.
    pub fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_peoples_text_is_only_text() {
        let check = |from: &str, expect: &str| assert_eq!(text(from), expect);
        check("Sales & Ops (EMEA)", "Sales &amp; Ops (EMEA)");
        check("a|b", "a&#124;b");
        check("[x](https://evil)", r"\[x\](https:&#8203;//evil)");
        check("![i](u)", r"\!&#8203;\[i\](u)");
        check("<img src=x>", "&lt;img src=x&gt;");
        check("a\n# b\r\n- c", r"a \# b - c");
        check("`x` *y* __z__ ~q~", r"\`x\` \*y\* \_\_z\_\_ \~&#8203;q\~");
        check("&#64;ana", r"&amp;&#8203;\#&#8203;64;ana");
        check("evil\u{202e}gpj.exe\u{200b}", "evilgpj.exe");
        check(r"a\|b", r"a\\&#124;b");
        check("- a", r"\- a");
        check("+ a = b", r"\+ a = b");
        check("12. a", r"12\. a");
        check("1) a 1. b", r"1\) a 1. b");
        check("v1. a", "v1. a");
    }

    #[test]
    fn nobody_is_notified_and_nothing_is_linked() {
        let check = |from: &str, expect: &str| assert_eq!(text(from), expect);
        check(
            "@ana and @acme/team",
            r"\@&#8203;ana and \@&#8203;acme/team",
        );
        check("ana@acme.com", r"ana\@&#8203;acme.com");
        check(
            "Bug #12, !34, $5 %6 ~7 ^a",
            r"Bug \#&#8203;12, \!&#8203;34, \$&#8203;5 \%&#8203;6 \~&#8203;7 \^&#8203;a",
        );
        check("GH-12 gh-x agh-1", "GH-&#8203;12 gh-x agh-&#8203;1");
        check("GL-12 [issue:12]", r"GL-&#8203;12 \[issue:&#8203;12\]");
        check("www.evil.com WWW.x", "www&#8203;.evil.com WWW&#8203;.x");
        check("http://a :tada:", r"http:&#8203;//a :&#8203;tada:");
        check("100 % of: all", r"100 \% of: all");
    }

    #[test]
    fn code_holds_whatever_a_name_holds() {
        assert_eq!(code("models/fct_orders.sql"), "`models/fct_orders.sql`");
        assert_eq!(code("a`b|c"), r"<code>a\`b&#124;c</code>");
        assert_eq!(
            html_code("a</code><b>"),
            "<code>a&#60;/code&#62;&#60;b&#62;</code>"
        );
    }

    #[test]
    fn only_pages_become_links() {
        assert_eq!(
            title("A", Some("https://t/#/w?a=1&b")),
            "[A](<https://t/#/w?a=1&amp;b>)"
        );
        assert_eq!(title("A", Some("javascript:x")), "**A**");
        assert_eq!(title("\u{200b}", None), "**(no name)**");
        let long = format!("https://t/{}", "x".repeat(MAX_URL));
        assert_eq!(title("A", Some(&long)), "**A**");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut lines = Lines::new(8);
        for line in ["abc", "defgh", "i"] {
            lines.push(line);
        }
        assert_eq!((lines.text(), lines.n_more), ("abc\n", 2));
        let mut lines = Lines::new(2);
        assert!(lines.is_empty());
        lines.push("abc");
        assert!(lines.text().is_empty() && !lines.is_empty());
    }
}
