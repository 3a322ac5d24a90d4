//! A text as a YAML scalar that dbt gives back as it was.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::yaml::{Style, needs_quotes};

/// A text that comes back from Jinja as it is: dbt renders every value of an
/// exposure, which also takes a last line end away.
pub(crate) fn without_jinja(text: &str) -> Cow<'_, str> {
    if holds_jinja(text) || text.ends_with('\n') {
        return Cow::Owned(raw(text));
    }
    Cow::Borrowed(text)
}

/// The same for a description, which dbt renders only where it looks like Jinja.
pub(crate) fn description_without_jinja(text: &str) -> Cow<'_, str> {
    let ends_block = ["}}", "%}", "#}"].iter().any(|it| text.contains(it));
    if holds_jinja(text) || (ends_block && text.ends_with('\n')) {
        return Cow::Owned(raw(text));
    }
    Cow::Borrowed(text)
}

/// Whether Jinja would take a part of the text for its own.
pub(crate) fn holds_jinja(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|it| text.contains(it))
}

fn raw(text: &str) -> String {
    if !text.contains("endraw") {
        return format!("{{% raw %}}{text}{{% endraw %}}");
    }
    // The text might end the raw text itself, so Jinja prints each brace.
    let (text, end) = match text.strip_suffix('\n') {
        Some(text) => (text, r"{{ '\n' }}"),
        None => (text, ""),
    };
    format!("{}{end}", text.replace('{', "{{ '{' }}"))
}

/// What dbt shows of a text in an exposure: Jinja that keeps Tableau's braces from being
/// taken for Jinja is undone. `None` where there is Jinja that a person wrote.
pub fn shown(text: &str) -> Option<Cow<'_, str>> {
    if holds_jinja(text) {
        return unraw(text.trim_end_matches('\n')).map(Cow::Owned);
    }
    Some(Cow::Borrowed(text))
}

/// The text that Jinja gives back for one that was made harmless; `None` where there
/// is Jinja that a person wrote, or none at all.
pub(crate) fn unraw(text: &str) -> Option<String> {
    let inner = text.strip_prefix("{% raw %}");
    let inner = inner.and_then(|it| it.strip_suffix("{% endraw %}"));
    let shown = inner.map_or_else(
        || text.replace("{{ '{' }}", "{").replace(r"{{ '\n' }}", "\n"),
        str::to_owned,
    );
    (holds_jinja(text) && raw(&shown) == text).then_some(shown)
}

/// A text in the wanted quotes, or in those that it needs.
pub(crate) fn scalar(text: &str, wanted: Style, in_flow: bool) -> String {
    let is_plain_enough = is_uuid(text) || !needs_quotes(text, in_flow);
    if wanted == Style::Plain && is_plain_enough {
        return text.to_owned();
    }
    // As a person would: double quotes where single ones would need doubling, and
    // single ones around double ones where the file has no quotes.
    let wants_single = match wanted {
        Style::Plain => text.contains('"'),
        _ => wanted == Style::SingleQuoted,
    };
    if wants_single && !text.contains('\'') && !text.chars().any(needs_escape) {
        return format!("'{text}'");
    }
    double_quoted(text)
}

/// The text of a `ref()` or `source()` argument.
pub(crate) fn call_argument(text: &str, quote: char) -> String {
    let other = if quote == '"' { '\'' } else { '"' };
    let quote = if text.contains(quote) { other } else { quote };
    let mut out = String::from(quote);
    for c in text.chars() {
        if c == '\\' || c == quote {
            out.push('\\');
        }
        out.push(c);
    }
    out.push(quote);
    out
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if needs_escape(c) => escape(c, &mut out),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

fn escape(c: char, out: &mut String) {
    let code = u32::from(c);
    let written = match code {
        0..=0xff => write!(out, "\\x{code:02X}"),
        0x100..=0xffff => write!(out, "\\u{code:04X}"),
        _ => write!(out, "\\U{code:08X}"),
    };
    written.expect("writing to a string cannot fail");
}

/// What YAML takes for a line end or not at all, and what would hide in review:
/// marks that change the direction of text.
fn needs_escape(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether it is a LUID: some start with a digit, and none is a number or a date.
fn is_uuid(text: &str) -> bool {
    let groups = text.split('-').map(str::len);
    groups.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}
