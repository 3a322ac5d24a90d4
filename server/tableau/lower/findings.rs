//! What lowering finds to be unknown.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use lineage::{Gap, GapCode, Warehouse};

use crate::records::NoteRecord;

/// Gaps, each once, in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    gaps: Vec<Gap>,
    seen: HashSet<(GapCode, String)>,
    /// The ids of tables without a name, by the class of their connection.
    hidden: BTreeMap<String, BTreeSet<String>>,
}

impl Findings {
    /// Something unknown about `about`, behind a connection of `class`.
    pub(super) fn add(&mut self, code: GapCode, about: &str, class: &str, message: String) {
        if !self.seen.insert((code, message.clone())) {
            return;
        }
        self.gaps.push(Gap {
            code,
            message,
            about: Some(about.to_owned()),
            warehouse: Warehouse::from_connection_class(class),
        });
    }

    /// A table whose name the site hides.
    pub(super) fn add_hidden(&mut self, class: &str, id: &str) {
        let of_class = self.hidden.entry(class.to_owned()).or_default();
        of_class.insert(id.to_owned());
    }

    /// All gaps: what the site said first, then what was found.
    pub(super) fn into_gaps(self, notes: &[NoteRecord]) -> Vec<Gap> {
        let said = notes.iter().filter_map(stated);
        let hidden = self
            .hidden
            .iter()
            .map(|(class, ids)| hidden(class, ids.len()));
        said.chain(hidden).chain(self.gaps).collect()
    }
}

fn stated(note: &NoteRecord) -> Option<Gap> {
    Some(Gap {
        code: note.kind.gap()?,
        message: note.message.clone(),
        about: note.about.clone(),
        warehouse: Warehouse::Generic,
    })
}

fn hidden(class: &str, n: usize) -> Gap {
    let tables = match n {
        1 => "1 table has its name".to_owned(),
        n => format!("{n} tables have names"),
    };
    let behind = match class {
        "" => String::new(),
        class => format!(" ({class})"),
    };
    Gap {
        code: GapCode::NameHidden,
        message: format!("{tables} hidden by permissions{behind}"),
        about: None,
        warehouse: Warehouse::from_connection_class(class),
    }
}
