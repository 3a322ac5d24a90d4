//! What the Metadata API walks: objects with values, and edges between them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

/// A field's name in the schema.
pub(crate) type FieldName = Cow<'static, str>;

/// Where an object stands in its [`Graph`].
pub(crate) type Index = usize;

/// One object of the schema.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) kind: Cow<'static, str>,
    pub(crate) id: String,
    pub(crate) values: Map<String, Value>,
    pub(crate) edges: BTreeMap<FieldName, BTreeSet<Index>>,
    /// The token's user may not see its names.
    pub(crate) is_hidden: bool,
}

/// All objects of a site.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) objects: Vec<Object>,
    by_id: HashMap<String, Index>,
    by_kind: BTreeMap<Cow<'static, str>, Vec<Index>>,
}

impl Graph {
    /// The object with this id, made with these values if it is not there.
    pub(crate) fn add(
        &mut self,
        kind: impl Into<Cow<'static, str>>,
        id: &str,
        values: impl FnOnce() -> Value,
    ) -> Index {
        if let Some(index) = self.by_id.get(id) {
            return *index;
        }
        let kind = kind.into();
        let index = self.objects.len();
        let mut values = match values() {
            Value::Object(values) => values,
            _ => Map::new(),
        };
        values.insert("id".to_owned(), Value::String(id.to_owned()));
        self.by_id.insert(id.to_owned(), index);
        self.by_kind.entry(kind.clone()).or_default().push(index);
        self.objects.push(Object {
            kind,
            id: id.to_owned(),
            values,
            edges: BTreeMap::new(),
            is_hidden: false,
        });
        index
    }

    /// Leads from one object to another by this field.
    pub(crate) fn link(&mut self, from: Index, field: impl Into<FieldName>, to: Index) {
        let edges = &mut self.objects[from].edges;
        edges.entry(field.into()).or_default().insert(to);
    }

    /// [`Self::link`] in both directions.
    pub(crate) fn join(&mut self, up: Index, down: &'static str, to: Index, back: &'static str) {
        self.link(up, down, to);
        self.link(to, back, up);
    }

    /// A value that was not known when the object was made.
    pub(crate) fn set(&mut self, index: Index, field: &str, value: &Value) {
        self.objects[index]
            .values
            .insert(field.to_owned(), value.clone());
    }

    pub(crate) fn hide(&mut self, index: Index) {
        self.objects[index].is_hidden = true;
    }

    /// What this field of the object leads to.
    pub(crate) fn linked(&self, from: Index, field: &str) -> Vec<Index> {
        let edges = self.objects[from].edges.get(field);
        edges
            .map(|it| it.iter().copied().collect())
            .unwrap_or_default()
    }

    /// All objects of this type.
    pub(crate) fn of_kind(&self, kind: &str) -> &[Index] {
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The value of a field that is no edge.
    pub(crate) fn value(&self, index: Index, field: &str) -> &Value {
        self.objects[index]
            .values
            .get(field)
            .unwrap_or(&Value::Null)
    }
}
