//! Our own Markdown as plain text, for clients that show none.
//!
//! Not a Markdown reader: it knows what [`ide`] writes (bold, emphasis, code,
//! links in angle brackets, escapes, five entities) and nothing else.

/// `markdown` without its marks; a link's address stands behind its text.
pub(super) fn of_markdown(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(c) = rest.chars().next() {
        rest = match c {
            '\\' => escape(&rest[1..], &mut out),
            '`' => code(&rest[1..], &mut out),
            '&' => entity(rest, &mut out),
            ']' => link(&rest[1..], &mut out),
            '*' | '_' | '[' => &rest[1..],
            _ => {
                out.push(c);
                &rest[c.len_utf8()..]
            }
        };
    }
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    lines.join("\n")
}

fn escape<'a>(rest: &'a str, out: &mut String) -> &'a str {
    match rest.chars().next().filter(char::is_ascii_punctuation) {
        Some(c) => {
            out.push(c);
            &rest[1..]
        }
        None => {
            out.push('\\');
            rest
        }
    }
}

fn code<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let (code, rest) = rest.split_once('`').unwrap_or((rest, ""));
    out.push_str(code);
    rest
}

fn link<'a>(rest: &'a str, out: &mut String) -> &'a str {
    match rest.strip_prefix("(<").and_then(|it| it.split_once(">)")) {
        Some((address, rest)) => {
            out.push_str(" (");
            out.push_str(address);
            out.push(')');
            rest
        }
        None => rest,
    }
}

fn entity<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let known = [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&#58;", ':'),
        ("&#64;", '@'),
        ("&#46;", '.'),
    ];
    match known.iter().find(|(entity, _)| rest.starts_with(entity)) {
        Some((entity, c)) => {
            out.push(*c);
            &rest[entity.len()..]
        }
        None => {
            out.push('&');
            &rest[1..]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_text_stays() {
        let check = |markdown: &str, expect: &str| assert_eq!(of_markdown(markdown), expect);
        check(
            "**2 dashboards** use `fct_orders`",
            "2 dashboards use fct_orders",
        );
        check(
            "- [Sales](<https://t/#/w/1>) · *Orders*  \n  Ops",
            "- Sales (https://t/#/w/1) · Orders\n  Ops",
        );
        check(
            r"\[x\]\(https&#58;\/\/evil\) &amp; a\_b",
            "[x](https://evil) & a_b",
        );
        check("_This file has changed._", "This file has changed.");
        check("`a*b_c[d]`", "a*b_c[d]");
        check("a ] b & c \\", "a  b & c \\");
    }
}
