//! How a file writes its exposures, so that one more looks like them.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use super::content::KEYS;
use crate::properties::item_start;
use crate::refs::refs_in_yaml;
use crate::yaml::{Style, Value, Yaml};

/// Longer flow lists become one item a line, whatever the file does.
const MAX_FLOW_WIDTH: usize = 100;
/// Entries are looked at up to here: more would tell no other habit.
const MAX_ENTRIES: usize = 500;

/// These end an entry that shows no other place for them.
const LAST_KEYS: [&str; 3] = ["tags", "meta", "config"];

/// Whether a collection has an item a line, or stands between brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    Block,
    Flow,
}

/// What the file does, and where it shows nothing, what we do.
#[derive(Debug)]
pub(crate) struct Habits {
    pub(crate) eol: &'static str,
    /// The column of an item's dash.
    pub(crate) dash: usize,
    /// From the dash to the item's keys.
    pub(crate) key: usize,
    /// From a key to the keys below it.
    pub(crate) child: usize,
    /// From a key to the dashes below it.
    pub(crate) list: usize,
    /// Blank lines between two items.
    pub(crate) n_blank: usize,
    pub(crate) owner: Shape,
    pub(crate) tags: Shape,
    pub(crate) meta: Shape,
    depends_on: Shape,
    /// `[ a ]` and not `[a]`.
    pub(crate) is_padded: bool,
    /// How an item of `depends_on` is quoted.
    pub(crate) item: Style,
    /// The quotes within a call.
    pub(crate) call_quote: char,
    /// How the values of a key are mostly quoted.
    styles: HashMap<&'static str, Style>,
    /// How Tableau's words are mostly quoted.
    text: Style,
    order: Vec<&'static str>,
    at_top: Vec<&'static str>,
}

impl Habits {
    pub(crate) fn of(text: &str, yaml: &Yaml<'_>) -> Habits {
        let exposures = Entries::read(text, yaml, &["exposures"]);
        // The other lists of the file show how it indents.
        let others = ["models", "sources", "seeds", "snapshots", "semantic_models"];
        let others = Entries::read(text, yaml, &others);
        let seen =
            |of: &dyn Fn(&Entries<'_, '_>) -> Option<usize>| of(&exposures).or_else(|| of(&others));
        let root = yaml
            .root()
            .filter(|root| root.is_mapping())
            .map_or(0, |root| column(text, root.span().start));
        let dash = seen(&|it| most_common(it.dashes())).unwrap_or(root + 2);
        let child = seen(&|it| most_common(it.children()));
        let child = child.unwrap_or(if dash >= 4 { 4 } else { 2 });
        let list = seen(&|it| most_common(it.lists()));
        let styles = styles(&exposures);
        let words = ["label", "description", "owner"];
        let words = words.iter().filter_map(|key| styles.get(key).copied());
        let item = most_common(exposures.dependencies().filter_map(Value::style));
        let item = item.unwrap_or(Style::Plain);
        let calls = most_common(exposures.call_quotes()).or_else(|| call_quote(text));
        Habits {
            eol: line_end(text),
            dash,
            key: seen(&|it| most_common(it.keys())).unwrap_or(2),
            child,
            list: list.unwrap_or(if dash == root { 0 } else { child }),
            n_blank: seen(&|it| most_common(it.gaps())).unwrap_or(1).min(2),
            owner: exposures.shape(&["owner"]).unwrap_or(Shape::Flow),
            tags: exposures
                .shape(&["tags", "config.tags"])
                .unwrap_or(Shape::Flow),
            meta: exposures.meta_shape().unwrap_or(Shape::Flow),
            depends_on: exposures.shape(&["depends_on"]).unwrap_or(Shape::Block),
            is_padded: most_common(exposures.paddings()).unwrap_or(false),
            item,
            call_quote: quote_for(item, calls.unwrap_or('\'')),
            text: most_common(words).unwrap_or(Style::DoubleQuoted),
            styles,
            order: exposures.order(),
            at_top: exposures.at_top(),
        }
    }

    /// How Tableau's words are quoted as the value of `key`.
    pub(crate) fn style(&self, key: &str) -> Style {
        self.style_seen(key).unwrap_or(self.text)
    }

    /// How the file quotes the value of `key`, if it has that key.
    pub(crate) fn style_seen(&self, key: &str) -> Option<Style> {
        self.styles.get(key).copied()
    }

    /// The place of a key among the others.
    pub(crate) fn position(&self, key: &str) -> usize {
        let position = self.order.iter().position(|it| *it == key);
        position.unwrap_or(KEYS.len())
    }

    /// Whether the file has `tags` or `meta` beside `config`.
    pub(crate) fn is_at_top(&self, key: &str) -> bool {
        self.at_top.contains(&key)
    }

    /// The shape of a list of these calls.
    pub(crate) fn depends_on_shape(&self, calls: &[String]) -> Shape {
        let width: usize = calls.iter().map(|call| call.len() + 2).sum();
        if width > MAX_FLOW_WIDTH {
            return Shape::Block;
        }
        self.depends_on
    }
}

/// The items of some lists of a file.
struct Entries<'t, 'y> {
    text: &'t str,
    lists: Vec<Vec<Value<'y>>>,
}

impl<'t, 'y> Entries<'t, 'y> {
    fn read(text: &'t str, yaml: &'y Yaml<'_>, keys: &[&str]) -> Entries<'t, 'y> {
        let root = yaml.root();
        let list = |key: &&str| root.and_then(|root| root.get(key));
        let is_block = |list: &Value<'y>| list.style() == Some(Style::Block);
        let lists = keys.iter().filter_map(list).filter(is_block);
        Entries {
            text,
            lists: lists
                .map(|list| list.items().take(MAX_ENTRIES).collect())
                .collect(),
        }
    }

    fn items(&self) -> impl Iterator<Item = Value<'y>> {
        let items = self.lists.iter().flatten().copied();
        items.filter(|item| item.style() == Some(Style::Block) && item.is_mapping())
    }

    fn dashes(&self) -> impl Iterator<Item = usize> {
        let items = self.lists.iter().flatten();
        items.map(|item| column(self.text, item_start(self.text, *item)))
    }

    fn keys(&self) -> impl Iterator<Item = usize> {
        let distance = |item: Value<'y>| {
            let dash = column(self.text, item_start(self.text, item));
            column(self.text, item.span().start).checked_sub(dash)
        };
        self.items().filter_map(distance).filter(|&it| it >= 2)
    }

    /// From keys to the keys below them.
    fn children(&self) -> impl Iterator<Item = usize> {
        let below = |(key, value): (Value<'y>, Value<'y>)| {
            let is_block = value.is_mapping() && value.style() == Some(Style::Block);
            let key = column(self.text, key.span().start);
            let child = column(self.text, value.span().start);
            child.checked_sub(key).filter(|&it| is_block && it > 0)
        };
        self.pairs().filter_map(below)
    }

    /// From keys to the dashes below them.
    fn lists(&self) -> impl Iterator<Item = usize> {
        let below = |(key, value): (Value<'y>, Value<'y>)| {
            let first = value
                .items()
                .next()
                .filter(|_| value.style() == Some(Style::Block))?;
            let dash = column(self.text, item_start(self.text, first));
            dash.checked_sub(column(self.text, key.span().start))
        };
        self.pairs().filter_map(below)
    }

    /// The keys and values of the items, and of the maps in them.
    fn pairs(&self) -> impl Iterator<Item = (Value<'y>, Value<'y>)> {
        let nested = |pair: (Value<'y>, Value<'y>)| {
            let below = pair.1.pairs().filter(move |_| pair.1.style().is_some());
            std::iter::once(pair).chain(below)
        };
        self.items().flat_map(Value::pairs).flat_map(nested)
    }

    /// Blank lines between items that follow each other.
    fn gaps(&self) -> impl Iterator<Item = usize> {
        let gap = |pair: &[Value<'y>]| {
            let end = pair[0].span().end;
            let start = item_start(self.text, pair[1]).max(end);
            let gap = &self.text[end..start];
            let inner = gap.lines().skip(1).collect::<Vec<_>>();
            let ends_in_line = !gap.ends_with('\n');
            let n = inner.len() - usize::from(ends_in_line && !inner.is_empty());
            inner[..n]
                .iter()
                .filter(|line| line.trim().is_empty())
                .count()
        };
        self.lists
            .iter()
            .flat_map(move |list| list.windows(2).map(gap))
    }

    /// The values of `key` or `key.below` of all items.
    fn values(&self, path: &str) -> impl Iterator<Item = Value<'y>> {
        let (key, below) = match path.split_once('.') {
            Some((key, below)) => (key.to_owned(), Some(below.to_owned())),
            None => (path.to_owned(), None),
        };
        self.items().filter_map(move |item| {
            let (_, value) = item.own_pair(&key)?;
            match &below {
                Some(below) => value.own_pair(below).map(|(_, value)| value),
                None => Some(value),
            }
        })
    }

    fn shape(&self, paths: &[&str]) -> Option<Shape> {
        let values = paths.iter().flat_map(|path| self.values(path));
        most_common(values.filter_map(shape))
    }

    /// The shape of the maps below `meta`.
    fn meta_shape(&self) -> Option<Shape> {
        let metas = ["meta", "config.meta"]
            .into_iter()
            .flat_map(|path| self.values(path));
        let values = metas.flat_map(|meta| meta.pairs().map(|(_, value)| value));
        most_common(values.filter(|value| value.is_mapping()).filter_map(shape))
    }

    fn paddings(&self) -> impl Iterator<Item = bool> {
        let values = self.pairs().map(|(_, value)| value);
        let flow = values.filter(|value| value.style() == Some(Style::Flow));
        flow.filter_map(|value| {
            let Range { start, end } = value.span();
            let inner = &self.text[start + 1..end.max(start + 1)];
            (!inner.trim_start().starts_with([']', '}'])).then(|| inner.starts_with(' '))
        })
    }

    fn dependencies(&self) -> impl Iterator<Item = Value<'y>> {
        let items = self.values("depends_on").flat_map(Value::items);
        items.filter(|item| item.text().is_some())
    }

    fn call_quotes(&self) -> impl Iterator<Item = char> {
        self.dependencies()
            .filter_map(|item| quote_in(item.text()?))
    }

    /// Our keys in the order that the items have, as far as they agree; a key that
    /// they lack stands behind the one that it stands behind by default, or last.
    fn order(&self) -> Vec<&'static str> {
        let mut n_before = [[0_usize; KEYS.len()]; KEYS.len()];
        for item in self.items() {
            let keys = item.pairs().filter_map(|(key, _)| key.text());
            let keys: Vec<usize> = keys
                .filter_map(|key| KEYS.iter().position(|it| *it == key))
                .collect();
            for (at, &key) in keys.iter().enumerate() {
                for &later in &keys[at + 1..] {
                    n_before[key][later] += 1;
                }
            }
        }
        let is_seen = |&key: &usize| {
            n_before.iter().any(|it| it[key] > 0) || n_before[key].iter().any(|&n| n > 0)
        };
        let (mut left, unseen): (Vec<usize>, Vec<usize>) = (0..KEYS.len()).partition(is_seen);
        let mut order: Vec<&'static str> = Vec::new();
        while !left.is_empty() {
            let is_next =
                |&key: &usize| !left.iter().any(|&it| n_before[it][key] > n_before[key][it]);
            let next = left.iter().position(is_next).unwrap_or(0);
            order.push(KEYS[left.remove(next)]);
        }
        for key in unseen {
            let before = key
                .checked_sub(1)
                .filter(|_| !LAST_KEYS.contains(&KEYS[key]));
            let before = before.and_then(|before| order.iter().position(|it| *it == KEYS[before]));
            let at = match before {
                Some(before) => before + 1,
                None if key == 0 => 0,
                None => order.len(),
            };
            order.insert(at, KEYS[key]);
        }
        order
    }

    /// Which of `tags` and `meta` the items have beside `config` rather than in it.
    fn at_top(&self) -> Vec<&'static str> {
        let is_at_top = |key: &&str| {
            let n_at_top = self.values(key).count();
            n_at_top > self.values(&format!("config.{key}")).count()
        };
        ["tags", "meta"].into_iter().filter(is_at_top).collect()
    }
}

/// How the values of each key are quoted, block scalars aside.
fn styles(exposures: &Entries<'_, '_>) -> HashMap<&'static str, Style> {
    let keys = [
        ("name", "name"),
        ("label", "label"),
        ("type", "type"),
        ("url", "url"),
        ("description", "description"),
        ("owner", "owner.name"),
        ("email", "owner.email"),
    ];
    let mut styles = HashMap::new();
    for (key, path) in keys {
        let texts = exposures
            .values(path)
            .filter(|it| it.filled_text().is_some());
        let seen = texts
            .filter_map(Value::style)
            .filter(|style| *style != Style::Block);
        if let Some(style) = most_common(seen) {
            styles.insert(key, style);
        }
    }
    styles
}

fn shape(value: Value<'_>) -> Option<Shape> {
    match value.style() {
        Some(Style::Flow) if value.items().next().is_some() || value.is_mapping() => {
            Some(Shape::Flow)
        }
        Some(Style::Block) if value.is_sequence() || value.is_mapping() => Some(Shape::Block),
        _ => None,
    }
}

/// The quotes of the calls anywhere in the file.
fn call_quote(text: &str) -> Option<char> {
    most_common(
        refs_in_yaml(text)
            .iter()
            .filter_map(|call| quote_in(&text[call.span.clone()])),
    )
}

pub(crate) fn quote_in(call: &str) -> Option<char> {
    call.chars().find(|c| matches!(c, '"' | '\''))
}

/// The line end that most lines have.
fn line_end(text: &str) -> &'static str {
    let n_lines = text.matches('\n').count();
    if text.matches("\r\n").count() * 2 > n_lines {
        return "\r\n";
    }
    "\n"
}

/// How far into its line a byte stands; a byte order mark counts for nothing.
pub(crate) fn column(text: &str, offset: usize) -> usize {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    text[start..offset].trim_start_matches('\u{feff}').len()
}

/// The quotes within a call that need no escape in an item of that style.
pub(crate) fn quote_for(item: Style, quote: char) -> char {
    match item {
        Style::DoubleQuoted => '\'',
        Style::Plain | Style::SingleQuoted | Style::Block | Style::Flow => quote,
    }
}

/// What stands most often; of equally common ones, what came first.
pub(crate) fn most_common<T: Eq + Hash + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: Vec<(T, usize)> = Vec::new();
    for value in values {
        match counts.iter_mut().find(|(it, _)| *it == value) {
            Some((_, n)) => *n += 1,
            None => counts.push((value, 1)),
        }
    }
    let most = counts.iter().map(|(_, n)| *n).max()?;
    counts
        .into_iter()
        .find(|(_, n)| *n == most)
        .map(|(value, _)| value)
}
