//! What a YAML text is to say after a change: its data as a tree that can be
//! changed, and compared with what the edited text says.
//!
//! Comments, layout and quotes are no data. Keys keep their order and repeated
//! ones stay, so that nothing is lost between the two.

use std::borrow::Cow;

use crate::declare::strict::refuse_tab_below;
use crate::edit::TextEdit;
use crate::error::Error;
use crate::yaml::{Style, Value, Yaml, is_null};

/// A node of the data.
#[derive(Clone, Debug)]
pub(super) struct Data<'y> {
    anchor: Option<&'y str>,
    tag: Option<&'y str>,
    kind: Kind<'y>,
}

#[derive(Clone, Debug)]
enum Kind<'y> {
    Scalar(Cow<'y, str>, Form),
    Sequence(Vec<Data<'y>>),
    Mapping(Vec<(Data<'y>, Data<'y>)>),
    /// The name of an anchor.
    Alias(&'y str),
}

/// What YAML takes a scalar for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// What it says without quotes: a number, a truth value, null or a text.
    Plain,
    /// A text.
    Quoted,
    /// A text of ours, with or without quotes.
    Text,
}

impl<'y> Data<'y> {
    /// The data of a value that was read.
    pub(super) fn of(value: Value<'y>) -> Data<'y> {
        let kind = if let Some(anchor) = value.alias() {
            Kind::Alias(anchor)
        } else if value.is_sequence() {
            Kind::Sequence(value.items().map(Data::of).collect())
        } else if value.is_mapping() {
            let pair = |(key, value): (Value<'y>, Value<'y>)| (Data::of(key), Data::of(value));
            Kind::Mapping(value.pairs().map(pair).collect())
        } else {
            Kind::Scalar(value.text().unwrap_or_default().into(), form(value))
        };
        Data {
            anchor: value.anchor(),
            tag: value.tag(),
            kind,
        }
    }

    /// A text that is to be written.
    pub(super) fn text(text: &str) -> Data<'y> {
        Data::new(Kind::Scalar(text.to_owned().into(), Form::Text))
    }

    /// A word that is to be written without quotes: `false`.
    pub(super) fn word(word: &'y str) -> Data<'y> {
        Data::new(Kind::Scalar(word.into(), Form::Plain))
    }

    /// A list that is to be written.
    pub(super) fn list(items: impl IntoIterator<Item = Data<'y>>) -> Data<'y> {
        Data::new(Kind::Sequence(items.into_iter().collect()))
    }

    /// A map that is to be written.
    pub(super) fn map<'k>(pairs: impl IntoIterator<Item = (&'k str, Data<'y>)>) -> Data<'y> {
        let pairs = pairs.into_iter();
        let pairs = pairs.map(|(key, value)| (Data::text(key), value));
        Data::new(Kind::Mapping(pairs.collect()))
    }

    fn new(kind: Kind<'y>) -> Data<'y> {
        Data {
            anchor: None,
            tag: None,
            kind,
        }
    }

    /// Puts a text in the place of a scalar, whose anchor stays.
    pub(super) fn set_text(&mut self, text: &str) {
        self.kind = Kind::Scalar(text.to_owned().into(), Form::Text);
    }

    /// Puts a word without quotes in the place of a scalar, whose anchor stays.
    pub(super) fn set_word(&mut self, word: &'y str) {
        self.kind = Kind::Scalar(word.into(), Form::Plain);
    }

    /// The node that is reached by these steps: the place of an item in a list; of a
    /// mapping's pairs, keys have even numbers and values odd ones.
    pub(super) fn at(&mut self, path: &[usize]) -> Option<&mut Data<'y>> {
        path.iter().try_fold(self, |data, &step| data.child(step))
    }

    fn child(&mut self, step: usize) -> Option<&mut Data<'y>> {
        match &mut self.kind {
            Kind::Sequence(items) => items.get_mut(step),
            Kind::Mapping(pairs) => {
                let (key, value) = pairs.get_mut(step / 2)?;
                Some(if step.is_multiple_of(2) { key } else { value })
            }
            Kind::Scalar(..) | Kind::Alias(_) => None,
        }
    }

    /// The items of a list; an empty list is made of what is null.
    pub(super) fn items(&mut self) -> Option<&mut Vec<Data<'y>>> {
        if matches!(&self.kind, Kind::Scalar(text, Form::Plain) if is_null(text)) {
            self.kind = Kind::Sequence(Vec::new());
        }
        match &mut self.kind {
            Kind::Sequence(items) => Some(items),
            Kind::Scalar(..) | Kind::Mapping(..) | Kind::Alias(_) => None,
        }
    }

    /// The pairs of a mapping; an empty one is made of what is null.
    pub(super) fn pairs(&mut self) -> Option<&mut Vec<(Data<'y>, Data<'y>)>> {
        if matches!(&self.kind, Kind::Scalar(text, Form::Plain) if is_null(text)) {
            self.kind = Kind::Mapping(Vec::new());
        }
        match &mut self.kind {
            Kind::Mapping(pairs) => Some(pairs),
            Kind::Scalar(..) | Kind::Sequence(_) | Kind::Alias(_) => None,
        }
    }

    /// Whether `value` says this.
    fn is_said_by(&self, value: Value<'_>) -> bool {
        if self.anchor != value.anchor() || self.tag != value.tag() {
            return false;
        }
        match &self.kind {
            Kind::Alias(anchor) => value.alias() == Some(*anchor),
            _ if value.alias().is_some() => false,
            Kind::Scalar(text, Form::Text) => {
                value.filled_text() == Some(text) && value.truth().is_none()
            }
            Kind::Scalar(text, of) => value.text() == Some(text) && form(value) == *of,
            Kind::Sequence(items) => {
                let values = value.items();
                value.is_sequence()
                    && values.len() == items.len()
                    && items
                        .iter()
                        .zip(values)
                        .all(|(it, value)| it.is_said_by(value))
            }
            Kind::Mapping(pairs) => {
                let values = value.pairs();
                let is_same = |(pair, (key, value)): (&(Data<'_>, Data<'_>), _)| {
                    pair.0.is_said_by(key) && pair.1.is_said_by(value)
                };
                value.is_mapping()
                    && value.pairs().count() == pairs.len()
                    && pairs.iter().zip(values).all(is_same)
            }
        }
    }
}

fn form(value: Value<'_>) -> Form {
    if value.style() == Some(Style::Plain) {
        return Form::Plain;
    }
    Form::Quoted
}

/// Reads a text after `edit` that said nothing before, and must say what `meant` makes of
/// nothing.
pub(super) fn verify_new(
    text: &str,
    edit: &TextEdit,
    meant: impl Fn(&mut Data<'_>) -> Option<()>,
) -> Result<(), Error> {
    refuse_tab_below(text, std::slice::from_ref(edit))?;
    let edited = edit.apply(text);
    let after = Yaml::parse(&edited).map_err(|_| Error::EditNotExact)?;
    let mut data = Data::word("");
    let is_meant = meant(&mut data).is_some();
    let is_said = after.root().is_some_and(|root| data.is_said_by(root));
    match is_meant && is_said && after.n_documents == 1 {
        true => Ok(()),
        false => Err(Error::EditNotExact),
    }
}

/// Reads the text after `edits`, which must say what it said before with what
/// `meant` does to it; `meant` gives `None` where it does not find its place.
pub(super) fn verify(
    text: &str,
    yaml: &Yaml<'_>,
    edits: &[TextEdit],
    meant: impl Fn(&mut Data<'_>) -> Option<()>,
) -> Result<(), Error> {
    refuse_tab_below(text, edits)?;
    let edited = TextEdit::apply_all(edits, text);
    let after = Yaml::parse(&edited).map_err(|_| Error::EditNotExact)?;
    let is_exact = |before: &Yaml<'_>| {
        let (Some(before), Some(after)) = (before.root(), after.root()) else {
            return false;
        };
        let mut before = Data::of(before);
        meant(&mut before).is_some() && before.is_said_by(after)
    };
    if after.n_documents == yaml.n_documents && is_exact(yaml) {
        return Ok(());
    }
    // A block scalar on a last line without line end gains that line end.
    let ended = format!("{text}\n");
    let ended = (!text.ends_with('\n')).then(|| Yaml::parse(&ended));
    match ended {
        Some(Ok(before)) if is_exact(&before) => Ok(()),
        _ => Err(Error::EditNotExact),
    }
}
