//! What the new entry says, in the shape and order that the file has.

use lineage::Owner;

use super::NewExposure;
use super::habits::{Habits, Shape};
use super::text::{call_argument, description_without_jinja, scalar, without_jinja};
use crate::manifest::Engine;
use crate::refs::RefTarget;
use crate::yaml::Style;

/// The keys of an exposure that have a place, in the order that a file without
/// exposures gets.
pub(super) const KEYS: [&str; 11] = [
    "name",
    "label",
    "type",
    "maturity",
    "url",
    "description",
    "owner",
    "depends_on",
    "tags",
    "meta",
    "config",
];

/// YAML that is to be written.
#[derive(Debug)]
pub(crate) enum Content {
    Scalar(Scalar),
    List(Vec<Scalar>, Shape),
    Map(Vec<(String, Content)>, Shape),
}

/// A text, and how it is written.
#[derive(Debug)]
pub(crate) struct Scalar {
    pub(crate) value: String,
    pub(crate) source: String,
}

/// The entry for `exposure`.
pub(super) fn content(exposure: &NewExposure, engine: &Engine, habits: &Habits) -> Content {
    let writer = Writer { habits };
    let mut keys: Vec<(String, Content)> = Vec::new();
    let mut add = |key: &str, content: Content| keys.push((key.to_owned(), content));
    add("name", writer.plain(exposure.name.as_str(), "name"));
    add("label", writer.text(&exposure.label, "label"));
    add("type", writer.plain("dashboard", "type"));
    for (key, text) in [
        ("url", &exposure.url),
        ("description", &exposure.description),
    ] {
        if let Some(text) = text {
            add(key, writer.text(text, key));
        }
    }
    add("owner", writer.owner(&exposure.owner));
    add("depends_on", writer.depends_on(&exposure.depends_on));
    let mut config = Vec::new();
    let placed = [
        ("tags", writer.tags(&exposure.tags)),
        ("meta", writer.meta(&exposure.meta_tableau)),
    ];
    for (key, content) in placed {
        let Some(content) = content else { continue };
        if is_at_top(key, engine, habits) {
            add(key, content);
        } else {
            config.push((key.to_owned(), content));
        }
    }
    if !config.is_empty() {
        add("config", Content::Map(config, Shape::Block));
    }
    keys.sort_by_key(|(key, _)| habits.position(key));
    Content::Map(keys, Shape::Block)
}

/// Whether `tags` or `meta` stand beside `config`: where the engine reads them
/// nowhere else, or where it reads both and the file has them there.
fn is_at_top(key: &str, engine: &Engine, habits: &Habits) -> bool {
    match engine {
        _ if !engine.tags_and_meta_under_config() => true,
        Engine::Core { .. } => habits.is_at_top(key),
        Engine::Fusion | Engine::Unknown => false,
    }
}

struct Writer<'h> {
    habits: &'h Habits,
}

impl Writer<'_> {
    /// Our own words and names: without quotes where the file does not quote them.
    fn plain(&self, text: &str, key: &str) -> Content {
        let style = self.habits.style_seen(key).unwrap_or(Style::Plain);
        Content::Scalar(written(text, style, false))
    }

    /// Tableau's words.
    fn text(&self, text: &str, key: &str) -> Content {
        let text = match key {
            "description" => description_without_jinja(text),
            _ => without_jinja(text),
        };
        Content::Scalar(written(&text, self.habits.style(key), false))
    }

    fn owner(&self, owner: &Owner) -> Content {
        let shape = self.habits.owner;
        let in_flow = shape == Shape::Flow;
        let mut keys = Vec::new();
        for (key, text) in [("name", &owner.name), ("email", &owner.email)] {
            let Some(text) = text else { continue };
            let style = self.habits.style(if key == "name" { "owner" } else { key });
            let scalar = written(&without_jinja(text), style, in_flow);
            keys.push((key.to_owned(), Content::Scalar(scalar)));
        }
        Content::Map(keys, shape)
    }

    fn depends_on(&self, targets: &[RefTarget]) -> Content {
        let mut calls: Vec<String> = Vec::new();
        for target in targets {
            let call = dependency_call(target, self.habits.call_quote);
            if !calls.contains(&call) {
                calls.push(call);
            }
        }
        let shape = self.habits.depends_on_shape(&calls);
        let in_flow = shape == Shape::Flow;
        let item = |call: &String| written(call, self.habits.item, in_flow);
        Content::List(calls.iter().map(item).collect(), shape)
    }

    fn tags(&self, tags: &[String]) -> Option<Content> {
        let shape = self.habits.tags;
        let in_flow = shape == Shape::Flow;
        let tag = |tag: &String| written(&without_jinja(tag), Style::Plain, in_flow);
        let tags: Vec<Scalar> = tags.iter().map(tag).collect();
        (!tags.is_empty()).then_some(Content::List(tags, shape))
    }

    fn meta(&self, values: &[(String, String)]) -> Option<Content> {
        let shape = self.habits.meta;
        let in_flow = shape == Shape::Flow;
        let value = |(key, value): &(String, String)| {
            let value = written(&without_jinja(value), Style::Plain, in_flow);
            (key.clone(), Content::Scalar(value))
        };
        let values: Vec<(String, Content)> = values.iter().map(value).collect();
        let tableau = ("tableau".to_owned(), Content::Map(values, shape));
        let is_empty = matches!(&tableau.1, Content::Map(values, _) if values.is_empty());
        (!is_empty).then(|| Content::Map(vec![tableau], Shape::Block))
    }
}

/// A text as it is written in the wanted quotes.
pub(crate) fn written(text: &str, style: Style, in_flow: bool) -> Scalar {
    Scalar {
        value: text.to_owned(),
        source: scalar(text, style, in_flow),
    }
}

/// The call as dbt writes it: `ref('package', 'name', v=2)`, `source('source', 'table')`.
///
/// `quote` surrounds the arguments where they hold none of it.
pub fn dependency_call(target: &RefTarget, quote: char) -> String {
    let text = |text: &str| call_argument(text, quote);
    match target {
        RefTarget::Ref {
            package,
            name,
            version,
        } => {
            let mut arguments: Vec<String> = Vec::new();
            arguments.extend(package.as_deref().map(text));
            arguments.push(text(name));
            arguments.extend(version.as_deref().map(|it| version_argument(it, quote)));
            format!("ref({})", arguments.join(", "))
        }
        RefTarget::Source { source, table } => {
            format!("source({}, {})", text(source), text(table))
        }
    }
}

/// `v=2`; a version that is no number of the usual form is a text.
fn version_argument(version: &str, quote: char) -> String {
    let is_number = version
        .parse::<u32>()
        .is_ok_and(|n| n.to_string() == version);
    if is_number {
        return format!("v={version}");
    }
    format!("v={}", call_argument(version, quote))
}
