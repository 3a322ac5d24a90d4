//! Where things stand: definitions, references, symbols, and what may be written there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use ide::Place;
use tower_lsp::ls_types::{
    CompletionList, CompletionParams, DocumentSymbolResponse, GotoDefinitionParams, Location,
    Range, ReferenceParams, SymbolInformation, Uri,
};

use super::super::document::Text;
use super::super::session::{ProjectSnapshot, Snapshot};
use super::super::{edits, to_proto};
use super::merged;
use crate::workspace::exposures::is_yaml;

pub(in super::super) fn completion(at: &Snapshot, params: &CompletionParams) -> CompletionList {
    let offset = at.offset(params.text_document_position.position);
    let ask = |at: &Snapshot| {
        let found = at.ask(|analysis, file| analysis.completions(file, offset))?;
        (!found.items.is_empty()).then_some(found)
    };
    // What can be written is the nearest project's business.
    let found = at.in_each().iter().find_map(ask).unwrap_or_default();
    let (text, can) = (&at.document.text, &at.project.can);
    let items = found.items.into_iter();
    CompletionList {
        is_incomplete: found.is_incomplete,
        items: items
            .map(|it| to_proto::completion(it, text, can))
            .collect(),
    }
}

pub(in super::super) fn definition(at: &Snapshot, params: &GotoDefinitionParams) -> Vec<Location> {
    let offset = at.offset(params.text_document_position_params.position);
    merged::list(at, |at| {
        let places = at.ask(|analysis, file| analysis.definitions(file, offset));
        locations(&at.project, &places.unwrap_or_default())
    })
}

pub(in super::super) fn references(at: &Snapshot, params: &ReferenceParams) -> Vec<Location> {
    let offset = at.offset(params.text_document_position.position);
    let declaration = params.context.include_declaration;
    merged::list(at, |at| {
        let places = at.ask(|analysis, file| analysis.references(file, offset, declaration));
        locations(&at.project, &places.unwrap_or_default())
    })
}

pub(in super::super) fn document_symbols(at: &Snapshot) -> DocumentSymbolResponse {
    let ask = |at: &Snapshot| at.ask(|analysis, file| analysis.document_symbols(file));
    let found = at.in_each().iter().find_map(ask);
    let found = found.unwrap_or_default();
    let (text, can) = (&at.document.text, &at.project.can);
    if can.nested_symbols {
        let symbols = found.into_iter();
        let symbols = symbols.map(|it| to_proto::document_symbol(it, text, can.encoding));
        return DocumentSymbolResponse::Nested(symbols.collect());
    }
    let mut flat = Vec::new();
    for symbol in found {
        to_proto::flat_symbols(symbol, None, &at.document, can.encoding, &mut flat);
    }
    DocumentSymbolResponse::Flat(flat)
}

/// Workbooks and dashboards of all projects, each at the definition of a node
/// that it reads.
pub(in super::super) fn symbols(
    projects: &[ProjectSnapshot],
    query: &str,
) -> Vec<SymbolInformation> {
    let mut all = Vec::new();
    for project in projects {
        let mut places: HashMap<Place, Option<Location>> = HashMap::new();
        for symbol in project.view.analysis.symbols(query) {
            let node = Place::Node(symbol.node);
            let place = places
                .entry(node)
                .or_insert_with(|| locations(project, &[node]).into_iter().next());
            if let Some(place) = place {
                all.push(to_proto::symbol(symbol, place.uri.clone(), place.range));
            }
        }
    }
    all
}

/// Where those of the nodes and exposures `places` are written now whose file is known. Each
/// file is read once.
pub(super) fn located(project: &ProjectSnapshot, places: &[Place]) -> HashMap<Place, Location> {
    let mut found = HashMap::new();
    for ((package, path), places) in by_file(&project.view.analysis, places) {
        let file = FilePlace::of(project, package, path);
        found.extend(file.into_iter().flat_map(|it| it.located(project, &places)));
    }
    found
}

/// Where places are now, file by file: in the open buffer, else on the disk.
fn locations(project: &ProjectSnapshot, places: &[Place]) -> Vec<Location> {
    let mut all = Vec::new();
    for ((package, path), places) in by_file(&project.view.analysis, places) {
        let place = FilePlace::of(project, package, path);
        all.extend(
            place
                .into_iter()
                .flat_map(|it| it.locations(project, &places)),
        );
    }
    all
}

/// Places by the file that they stand in: its package, and its path there.
fn by_file<'a>(
    analysis: &'a ide::Analysis,
    places: &[Place],
) -> BTreeMap<(&'a str, &'a str), Vec<Place>> {
    let mut files: BTreeMap<(&str, &str), Vec<Place>> = BTreeMap::new();
    for place in places {
        if let Some(file) = analysis.file_of_place(place) {
            files.entry(file).or_default().push(*place);
        }
    }
    files
}

/// A file that places stand in.
struct FilePlace<'a> {
    package: &'a str,
    path: &'a str,
    file: PathBuf,
    uri: Uri,
}

impl<'a> FilePlace<'a> {
    fn of(project: &ProjectSnapshot, package: &'a str, path: &'a str) -> Option<FilePlace<'a>> {
        let file = project.view.files.file_in(package, path)?;
        let open = project.documents.get(&file).map(|it| it.uri.clone());
        let uri = open.or_else(|| to_proto::file_uri(&file))?;
        Some(FilePlace {
            package,
            path,
            file,
            uri,
        })
    }

    fn locations(self, project: &ProjectSnapshot, places: &[Place]) -> Vec<Location> {
        if self.is_start(places) {
            return vec![self.at(Range::default())];
        }
        let Some(text) = self.text(project) else {
            return Vec::new();
        };
        let found = self.ranges(project, &text, places);
        let ranges = found.iter();
        ranges
            .map(|it| self.at(text.range(it, project.can.encoding)))
            .collect()
    }

    /// The first of each: a file may write an exposure twice.
    fn located(self, project: &ProjectSnapshot, places: &[Place]) -> HashMap<Place, Location> {
        if self.is_start(places) {
            let start = |it: &Place| (*it, self.at(Range::default()));
            return places.iter().map(start).collect();
        }
        let Some(text) = self.text(project) else {
            return HashMap::new();
        };
        let whole = text.to_string();
        let find = || project.view.analysis.defined_places(self.as_file(&whole));
        let defined = project.view.defined.of(&self.file, &whole, find);
        let wanted: HashSet<&Place> = places.iter().collect();
        let mut found = HashMap::new();
        for (place, range) in defined.iter().filter(|(it, _)| wanted.contains(it)) {
            let at = || self.at(text.range(range, project.can.encoding));
            found.entry(*place).or_insert_with(at);
        }
        found
    }

    /// A node that is a file stands at its start, which is there without being read.
    fn is_start(&self, places: &[Place]) -> bool {
        let is_node = |it: &Place| matches!(it, Place::Node(_));
        !is_yaml(&self.file) && places.iter().all(is_node)
    }

    /// What the file holds: the open buffer's text, else the disk's.
    fn text(&self, project: &ProjectSnapshot) -> Option<Text> {
        let open = project.documents.get(&self.file);
        let open = open.map(|it| it.text.clone());
        open.or_else(|| edits::text_on_disk(&self.file).ok().flatten())
    }

    fn ranges(
        &self,
        project: &ProjectSnapshot,
        text: &Text,
        places: &[Place],
    ) -> Vec<std::ops::Range<usize>> {
        let text = text.to_string();
        project.view.analysis.places_in(self.as_file(&text), places)
    }

    fn as_file<'t>(&self, text: &'t str) -> ide::File<'t>
    where
        'a: 't,
    {
        ide::File {
            package: self.package,
            path: self.path,
            text,
        }
    }

    fn at(&self, range: Range) -> Location {
        Location {
            uri: self.uri.clone(),
            range,
        }
    }
}
