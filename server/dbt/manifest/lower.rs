//! From the manifest as written to what lineage needs.
//!
//! Decides what becomes of definitions that cannot be read, of ids that stand
//! twice, and of schema versions this reader was not written for. What a single
//! definition means is with [`WireNode`] and [`WireExposure`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use lineage::{Node, UniqueId};

use super::document::{Definitions, Document};
use super::exposure::WireExposure;
use super::naming::default_quoting;
use super::node::WireNode;
use super::{Engine, Manifest};
use crate::config::Config;
use crate::error::Problem;
use crate::loose::{Loose, WrongType};

/// The schema versions that this reader was written for.
const KNOWN_SCHEMAS: std::ops::RangeInclusive<u32> = 4..=12;

/// So many bad definitions are named in a problem; the others are only counted.
const MAX_NAMED: usize = 3;

/// So much of a bad definition's id is shown.
const MAX_ID_SHOWN: usize = 120;

/// What a definition needs to know of the manifest around it.
pub(super) struct Context<'a> {
    pub(super) engine: Engine,
    /// What the project quotes: database, schema, identifier.
    pub(super) quoting: [bool; 3],
    /// Ids are named once by their node and many times by those that read it.
    ids: HashMap<Cow<'a, str>, UniqueId>,
    /// What configures the names of the nodes so far.
    pub(super) configs: HashMap<UniqueId, Config>,
}

impl<'a> Context<'a> {
    /// The id, sharing its text with all that name it.
    pub(super) fn id(&mut self, id: Cow<'a, str>) -> UniqueId {
        self.ids
            .entry(id)
            .or_insert_with_key(|id| UniqueId::new(id))
            .clone()
    }
}

/// What `document` says, with the problems that this meets.
pub(super) fn lower(document: Document<'_>) -> Manifest {
    let (metadata, quoting) = document.metadata.ok().unwrap_or_default().lower();
    let ctx = Context {
        engine: metadata.engine,
        quoting: quoting.or(default_quoting(metadata.adapter_type.as_deref())),
        ids: HashMap::new(),
        configs: HashMap::new(),
    };
    let manifest = Manifest {
        metadata,
        ..Manifest::default()
    };
    let mut lowering = Lowering {
        ctx,
        manifest,
        named: Vec::new(),
    };
    lowering.note_schema();
    for (section, definitions) in [("nodes", document.nodes), ("sources", document.sources)] {
        let definitions = lowering.open(section, definitions);
        lowering.add_nodes(definitions.nodes);
    }
    let exposures = lowering.open("exposures", document.exposures);
    lowering.add_exposures(exposures.exposures, true);
    let disabled = lowering.open("disabled", document.disabled);
    lowering.add_exposures(disabled.exposures, false);
    lowering.add_disabled(disabled.nodes);
    lowering.finish()
}

struct Lowering<'a> {
    ctx: Context<'a>,
    manifest: Manifest,
    /// The first definitions that could not be read, each with the key that is wrong.
    named: Vec<String>,
}

impl<'a> Lowering<'a> {
    /// A section's definitions; none and a problem where it is not a map.
    fn open(&mut self, section: &str, definitions: Loose<Definitions<'a>>) -> Definitions<'a> {
        if matches!(definitions, Loose::Wrong) {
            self.problem(
                "manifest_section",
                format!("`{section}` of the manifest is not a map"),
            );
        }
        let mut definitions = definitions.ok().unwrap_or_default();
        for key in std::mem::take(&mut definitions.shapeless) {
            self.skip(&key, WrongType("not a map"));
        }
        definitions
    }

    /// Adds a section's nodes; of an id that stands twice the last definition
    /// counts, as for any reader that makes a map of them.
    fn add_nodes(&mut self, definitions: Vec<WireNode<'a>>) {
        let mut places: HashMap<UniqueId, usize> = HashMap::with_capacity(definitions.len());
        for definition in definitions {
            let id = definition.id();
            let node = match definition.kind() {
                Ok(Some(kind)) => definition.lower(kind, &mut self.ctx),
                Ok(None) => continue,
                Err(wrong) => Err(wrong),
            };
            match node {
                Ok(node) => self.add_node(node, &mut places),
                Err(wrong) => self.skip(&id, wrong),
            }
        }
    }

    fn add_node(&mut self, node: Node, places: &mut HashMap<UniqueId, usize>) {
        match places.entry(node.id.clone()) {
            Entry::Occupied(place) => self.manifest.nodes[*place.get()] = node,
            Entry::Vacant(place) => {
                place.insert(self.manifest.nodes.len());
                self.manifest.nodes.push(node);
            }
        }
    }

    fn add_exposures(&mut self, definitions: Vec<WireExposure<'a>>, enabled: bool) {
        for definition in definitions {
            let id = definition.id();
            match definition.lower(enabled, &mut self.ctx) {
                Ok(exposure) => self.manifest.exposures.push(exposure),
                Err(wrong) => self.skip(&id, wrong),
            }
        }
    }

    fn add_disabled(&mut self, definitions: Vec<WireNode<'a>>) {
        for definition in definitions {
            let id = definition.id();
            let node = match definition.kind() {
                Ok(Some(_)) => definition.lower_disabled(&mut self.ctx),
                Ok(None) => continue,
                Err(wrong) => Err(wrong),
            };
            match node {
                Ok(node) => self.manifest.disabled.push(node),
                Err(wrong) => self.skip(&id, wrong),
            }
        }
    }

    fn skip(&mut self, id: &str, WrongType(key): WrongType) {
        self.manifest.n_skipped += 1;
        if self.named.len() < MAX_NAMED {
            let id: String = id.chars().take(MAX_ID_SHOWN).collect();
            self.named.push(format!("{id} ({key})"));
        }
    }

    fn problem(&mut self, code: &'static str, message: String) {
        self.manifest.problems.push(Problem {
            code,
            message,
            span: None,
        });
    }

    fn note_schema(&mut self) {
        match self.manifest.metadata.schema_version {
            Some(version) if !KNOWN_SCHEMAS.contains(&version) => self.problem(
                "manifest_schema",
                format!("the manifest's schema v{version} is not known; parts may be missing"),
            ),
            _ => {}
        }
    }

    fn finish(mut self) -> Manifest {
        self.manifest.configs = std::mem::take(&mut self.ctx.configs);
        let n_skipped = self.manifest.n_skipped;
        if n_skipped > 0 {
            let more = if n_skipped > self.named.len() {
                ", …"
            } else {
                ""
            };
            let named = self.named.join(", ");
            self.problem(
                "manifest_definitions_skipped",
                format!("{n_skipped} definitions of the manifest make no sense: {named}{more}"),
            );
        }
        self.manifest
    }
}
