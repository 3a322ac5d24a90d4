//! Offers on their way: compared with what is typed, sorted, bounded.

use dbt::TypedScalar;

use super::{Completion, CompletionKind, Completions};

/// More helps nobody, and every one of them is sent at each letter.
const MAX_OFFERS: usize = 300;

/// How well a name fits what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It starts so.
    Start,
    /// It holds that.
    Part,
    /// It has these letters in this order.
    Letters,
}

/// What is typed of a word.
pub(super) struct Word(String);

impl Word {
    pub(super) fn new(typed: &str) -> Word {
        Word(typed.to_lowercase())
    }

    /// How well `name` fits; `None` where it does not.
    pub(super) fn fit(&self, name: &str) -> Option<Fit> {
        let name = name.to_lowercase();
        if name.starts_with(&self.0) {
            return Some(Fit::Start);
        }
        if name.contains(&self.0) {
            return Some(Fit::Part);
        }
        let mut letters = name.chars();
        let has_all = self.0.chars().all(|c| letters.any(|it| it == c));
        has_all.then_some(Fit::Letters)
    }

    /// Whether `word` starts so.
    pub(super) fn starts(&self, word: &str) -> bool {
        word.starts_with(&self.0)
    }
}

/// The best of `sorted`, as they are to be shown.
pub(super) fn best<T>(sorted: Vec<T>, show: impl Fn(T) -> Completion) -> Completions {
    let is_incomplete = sorted.len() > MAX_OFFERS;
    let best = sorted.into_iter().take(MAX_OFFERS).enumerate();
    let numbered = best.map(|(rank, it)| Completion {
        sort: format!("{rank:04}"),
        ..show(it)
    });
    Completions {
        items: numbered.collect(),
        is_incomplete,
    }
}

/// A value that may stand for what is typed.
pub(super) struct Value {
    /// What is written.
    pub(super) text: String,
    /// What is shown.
    pub(super) label: String,
    pub(super) detail: Option<String>,
    pub(super) documentation: Option<String>,
    pub(super) kind: CompletionKind,
}

impl Value {
    /// A value that is shown as it is written.
    pub(super) fn new(text: &str, kind: CompletionKind) -> Value {
        Value {
            text: text.to_owned(),
            label: crate::text::plain(text),
            detail: None,
            documentation: None,
            kind,
        }
    }

    /// In the quotes that are typed, else in `habit`, else in those that it needs.
    pub(super) fn completion(self, scalar: &TypedScalar, habit: Option<char>) -> Completion {
        let written = self.written(scalar, habit);
        let space = if scalar.needs_space { " " } else { "" };
        let typed_quote = scalar.quote.map(String::from).unwrap_or_default();
        Completion {
            filter: format!("{typed_quote}{}", self.filter()),
            label: self.label,
            detail: self.detail,
            documentation: self.documentation,
            range: scalar.range.clone(),
            insert: format!("{space}{written}"),
            sort: String::new(),
            kind: self.kind,
        }
    }

    fn written(&self, scalar: &TypedScalar, habit: Option<char>) -> String {
        match (self.kind, scalar.quote) {
            // A word of dbt's own: no text, if it is `true`.
            (CompletionKind::Value, None) => self.text.clone(),
            (_, quote) => dbt::tableau_scalar(&self.text, quote.or(habit), scalar.in_flow),
        }
    }

    /// What is typed may be a part of what is shown, or of what is written.
    fn filter(&self) -> String {
        if self.label == self.text {
            return self.label.clone();
        }
        format!("{} {}", self.label, crate::text::plain(&self.text))
    }
}

/// Those of `values`, best first, that fit what is typed, those that start so before
/// the others.
pub(super) fn of_values(
    values: Vec<Value>,
    scalar: &TypedScalar,
    habit: Option<char>,
) -> Completions {
    let word = Word::new(scalar.typed.trim());
    let fitting = values.into_iter().filter_map(|it| {
        let fit = word.fit(&it.label).or_else(|| word.fit(&it.text))?;
        Some((fit, it))
    });
    let mut fitting: Vec<(Fit, Value)> = fitting.collect();
    fitting.sort_by_key(|(fit, _)| *fit);
    best(fitting, |(_, it)| it.completion(scalar, habit))
}
