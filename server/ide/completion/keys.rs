//! Keys that an exposure does not have yet.

use dbt::{EXPOSURE_KEYS, Slot, Taken};

use super::context::Context;
use super::offers::{self, Word};
use super::{Completion, CompletionKind, Completions};

/// What of `meta` and `tags` may stand beside `config`.
const MOVED: [&str; 2] = ["tags", "meta"];

/// What dbt wants of every exposure.
const REQUIRED: [&str; 3] = ["name", "type", "owner"];

pub(super) fn offers(context: Context<'_>, under: Option<&str>, slot: &Slot) -> Completions {
    let Slot::Key {
        range,
        typed,
        has_colon,
        ..
    } = slot
    else {
        return Completions::default();
    };
    let word = Word::new(typed);
    let keys = keys(context, under).into_iter();
    let mut fitting: Vec<_> = keys.filter_map(|it| Some((word.fit(it)?, it))).collect();
    fitting.sort_by_key(|(fit, _)| *fit);
    offers::best(fitting, |(_, key)| Completion {
        label: key.to_owned(),
        detail: (under.is_none() && REQUIRED.contains(&key)).then(|| "dbt requires it".to_owned()),
        documentation: None,
        range: range.clone(),
        insert: if *has_colon {
            key.to_owned()
        } else {
            format!("{key}:{}", space_behind(key))
        },
        filter: key.to_owned(),
        sort: String::new(),
        kind: CompletionKind::Key,
    })
}

/// The keys that are not there and that the engine takes.
fn keys(context: Context<'_>, under: Option<&str>) -> Vec<&'static str> {
    let engine = &context.analysis.project.engine;
    let is_new = |key: &&str| {
        let written = under.map_or_else(|| (*key).to_owned(), |it| format!("{it}.{key}"));
        !context.exposure.keys.contains(&written)
    };
    let all: Vec<&'static str> = match under {
        None => {
            let moved = MOVED.into_iter();
            let taken = moved.filter(|it| {
                !engine.tags_and_meta_under_config() && engine.takes_key(it) == Taken::Yes
            });
            EXPOSURE_KEYS.into_iter().chain(taken).collect()
        }
        Some("owner") => vec!["name", "email"],
        Some("config") => {
            let keys = ["enabled", "tags", "meta"].into_iter();
            keys.filter(|it| engine.takes_config_key(it) == Taken::Yes)
                .collect()
        }
        Some(_) => Vec::new(),
    };
    all.into_iter().filter(is_new).collect()
}

/// A list or a mapping goes on on the next line.
fn space_behind(key: &str) -> &'static str {
    match key {
        "owner" | "depends_on" | "config" | "meta" | "tags" => "",
        _ => " ",
    }
}
