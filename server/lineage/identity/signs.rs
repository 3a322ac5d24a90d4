//! The signs in an exposure that tell what it stands for.

use crate::exposure::Exposure;
use crate::page::{PageLink, Shown, host_of};

/// What people write where they do not know the real thing yet.
const PLACEHOLDERS: [&str; 12] = [
    "tbd",
    "tba",
    "tbc",
    "todo",
    "fixme",
    "n/a",
    "na",
    "none",
    "null",
    "unknown",
    "placeholder",
    "changeme",
];

/// What an exposure says of itself; placeholders are left out.
#[derive(Debug, Default)]
pub(super) struct Signs<'a> {
    /// Every LUID in its meta, lower case, each once.
    pub(super) luids: Vec<String>,
    /// The one under our own key.
    pub(super) luid: Option<String>,
    /// The page that its address leads to.
    pub(super) page: Option<PageLink>,
    /// The site's URL name, lower case, where our key states it.
    pub(super) site: Option<String>,
    /// The workbook's URL name, and a view's where one follows, both lower case.
    pub(super) content_url: Option<(String, String)>,
    /// The workbook's file.
    pub(super) file: Option<&'a str>,
    /// The dashboard's name.
    pub(super) dashboard: Option<&'a str>,
}

impl<'a> Signs<'a> {
    pub(super) fn of(exposure: &'a Exposure) -> Signs<'a> {
        let in_meta = exposure.meta.iter().flat_map(|(_, value)| luids(value));
        let mut all: Vec<String> = in_meta.collect();
        all.sort_unstable();
        all.dedup();
        Signs {
            luids: all,
            luid: meta(exposure, "tableau.luid").and_then(|it| luids(it).next()),
            page: exposure.url.as_deref().and_then(page),
            site: meta(exposure, "tableau.site").map(str::to_lowercase),
            content_url: meta(exposure, "tableau.content_url").map(url_names),
            file: meta(exposure, "tableau.file").map(|it| it.trim_start_matches("./")),
            dashboard: meta(exposure, "tableau.dashboard"),
        }
    }
}

/// Whether anything in an exposure speaks of Tableau: its address, a key of its meta, or
/// a value that is just that word. A dashboard, or a UUID, may be any tool's.
pub(super) fn speaks_of_tableau(exposure: &Exposure, is_known_host: &dyn Fn(&str) -> bool) -> bool {
    let is_address = exposure.url.as_deref().is_some_and(|url| {
        let is_host = |it: String| is_tableau_host(&it) || is_known_host(&it);
        PageLink::parse(url).is_some() || has_page_of_site(url) || host_of(url).is_some_and(is_host)
    });
    let is_word = |(key, value): &(String, String)| {
        let mut keys = key.split('.');
        value.eq_ignore_ascii_case("tableau")
            || keys.any(|it| it.to_ascii_lowercase().starts_with("tableau"))
    };
    is_address || exposure.meta.iter().any(is_word)
}

/// `tableau` is a word of the host's name: `10ax.online.tableau.com`, `tableau.acme.com`.
fn is_tableau_host(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or_default();
    host.split(['.', '-']).any(|it| it == "tableau")
}

/// `https://bi.corp/#/site/acme/workbooks/TBD` is no page, and Tableau's all the same.
fn has_page_of_site(url: &str) -> bool {
    let steps: Vec<&str> = url.split('/').collect();
    let is_kind = |it: &str| matches!(it, "workbooks" | "views" | "datasources" | "projects");
    let mut all = steps.windows(4);
    let of_default = |it: &[&str]| it[0] == "#" && is_kind(it[1]);
    all.any(|it| it[0] == "#" && it[1] == "site" && is_kind(it[3]))
        || steps.windows(2).any(of_default)
}

/// The value that `meta` has under a dotted key of ours.
fn meta<'a>(exposure: &'a Exposure, key: &str) -> Option<&'a str> {
    let of_key = exposure.meta.iter().filter(|(it, _)| it == key);
    let mut values = of_key.map(|(_, value)| value.trim());
    values.find(|it| !is_placeholder(it))
}

/// The page of an address whose names and numbers are no placeholders.
fn page(url: &str) -> Option<PageLink> {
    PageLink::parse(url).filter(|it| match &it.shows {
        Shown::Workbook(number) | Shown::Datasource(number) => *number > 0,
        Shown::View { workbook, .. } => !is_placeholder(workbook),
    })
}

/// `Sales`, or with a view `Sales/Overview` and `Sales/sheets/Overview`.
fn url_names(content_url: &str) -> (String, String) {
    let content_url = content_url.to_lowercase();
    let (workbook, rest) = content_url.split_once('/').unwrap_or((&content_url, ""));
    let view = rest.rsplit('/').next().unwrap_or_default();
    (workbook.to_owned(), view.to_owned())
}

/// The LUIDs in a text, which may be an address or have a prefix; lower case.
fn luids(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_ascii_hexdigit() && c != '-')
        .map(|word| word.trim_matches('-'))
        .filter(|word| is_luid(word))
        .map(str::to_lowercase)
}

/// Zeros alone are nobody's identity.
fn is_luid(text: &str) -> bool {
    let groups = text.split('-').map(str::len);
    let is_hex = text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    groups.eq([8, 4, 4, 4, 12]) && is_hex && !is_zeros(text)
}

fn is_zeros(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0' | b'-'))
}

/// Whether a text stands where somebody was to fill in the real thing: nothing, `TBD`,
/// `xxxx`, `<luid>`, zeros alone, or an address that ends in such a word.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim().trim_end_matches('/');
    let last = match text.contains("://") {
        true => text.rsplit('/').next().unwrap_or_default(),
        false => text,
    };
    let word = last.trim_matches(|c: char| "<>{}[]()\"'*_ ".contains(c));
    let is_bracketed = last.starts_with('<') && last.ends_with('>');
    let is_crossed_out = word
        .bytes()
        .all(|b| matches!(b, b'x' | b'X' | b'-' | b'?' | b'.'));
    let is_zero_luid = word.len() == 36 && is_zeros(word);
    let is_stated = PLACEHOLDERS.iter().any(|it| word.eq_ignore_ascii_case(it));
    is_bracketed || is_crossed_out || is_zero_luid || is_stated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(texts: &[&str], is: bool) {
        for text in texts {
            assert_eq!(is_placeholder(text), is, "{text}");
        }
    }

    // C34
    #[test]
    fn what_is_yet_to_be_filled_in_is_a_placeholder() {
        check(
            &["", "  ", "TBD", "tbd", "xxxx", "XXXX-xxxx", "???", "..."],
            true,
        );
        check(&["<workbook luid>", "{TODO}", "N/A", "changeme"], true);
        check(&["00000000-0000-0000-0000-000000000000"], true);
        check(
            &[
                "http://SAC-RPT-01/#/site/KIPPNJ/workbooks/TBD",
                "https://t.acme.com/#/site/acme/workbooks/xxxx/",
            ],
            true,
        );
        check(
            &[
                "Sales",
                "TBD Holdings",
                "0",
                "x1",
                "https://t.acme.com/#/workbooks/7",
            ],
            false,
        );
        check(&["11111111-1111-1111-1111-111111111111"], false);
    }
}
