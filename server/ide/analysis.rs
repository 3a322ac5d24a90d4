//! The front door: one snapshot of a project and what Tableau has to do with it.
//!
//! An [`Analysis`] is built whole and only read; questions about a file take the
//! file's text along, so that an unsaved buffer is answered as it stands.

use std::ops::Range;
use std::sync::Arc;

use dbt::TextEdit;
use lineage::{
    ContentKind, DisabledNode, Lineage, NodeIx, Proposal, Timestamp, UniqueId, WorkbookIx,
    WorkbookUsage,
};

use crate::actions::{self, Action};
use crate::annotations::{self, Annotation};
use crate::completion::{self, Completions};
use crate::diagnostics::{self, Diagnostic, Fix};
use crate::document_symbols::{self, DocumentSymbol};
use crate::doubts::Doubts;
use crate::explain::{self, Explanation, TableExplanation};
use crate::exposure_plan;
use crate::exposures::{self, Plan, PlanRequest};
use crate::facts::{self, UsageFacts};
use crate::file_change::{FileChange, Texts};
use crate::fit::Fit;
use crate::hover::{self, Hover};
use crate::intent::missing::WrittenMissing;
use crate::intent::{self, Intent};
use crate::listing::{self, Listed};
use crate::missing::{self, Missing};
use crate::navigate::{self, Place};
use crate::neighbourhood::{self, Neighbourhood};
use crate::symbols::{self, Symbol};
use crate::tree::{self, Tree, TreeRequest};

/// A project, its lineage, and how answers are to look.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The project's nodes, Tableau's content, and what ties them together.
    pub lineage: Arc<Lineage>,
    /// Nodes that dbt left out because they are disabled.
    pub disabled: Arc<[DisabledNode]>,
    /// What files that differ from the manifest do to what is deployed.
    pub pending: Arc<[dbt::Pending]>,
    /// Rules that would explain Tableau's tables and that nobody has accepted yet. The
    /// lineage has their matches, marked as such.
    pub proposal: Option<Arc<Proposal>>,
    /// What is known of the project beside its nodes.
    pub project: ProjectFacts,
    /// How answers are to look.
    pub options: Options,
    /// What leaves answers in doubt: empty, until it is asked for.
    pub doubts: Doubts,
}

/// What is known of a dbt project beside its nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectFacts {
    /// The name in `dbt_project.yml`.
    pub name: String,
    /// The engine that wrote the manifest.
    pub engine: dbt::Engine,
    /// Where models live, relative to the project's root: the first is where new files go.
    pub model_paths: Vec<String>,
    /// Where dbt looks for properties files, relative to the project's root.
    pub resource_paths: Vec<String>,
    /// Properties files that could not be read: which exposures they hold is not known.
    pub unread_files: Vec<String>,
    /// Files that say how nodes are built and could not be read: what they say is not known.
    pub unread_code: Vec<String>,
    /// Files that are not as dbt parsed them, by their path from the root, sorted.
    pub differing: Vec<String>,
    /// Whether there is a manifest; without one the nodes are read from the files.
    pub has_manifest: bool,
    /// How many definitions of the manifest could not be read: what they would tie
    /// together is not known.
    pub n_skipped: usize,
}

impl ProjectFacts {
    /// The engine's name in a sentence.
    pub(crate) fn dbt(&self) -> String {
        match self.engine {
            dbt::Engine::Unknown => "dbt".to_owned(),
            engine => engine.to_string(),
        }
    }
}

/// How answers are to look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which lenses are shown.
    pub lens: LensOptions,
    /// How exposures are written.
    pub exposures: ExposureOptions,
}

/// Which lenses are shown (`lens:` in the settings).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LensOptions {
    /// Any lens at all.
    pub enabled: bool,
    /// Lenses in properties files, above `- name:`.
    pub properties: bool,
    /// Lenses on nodes that dashboards reach only through other nodes.
    pub indirect: bool,
    /// Lenses that say there is no dashboard.
    pub zero: bool,
}

impl Default for LensOptions {
    fn default() -> LensOptions {
        LensOptions {
            enabled: true,
            properties: true,
            indirect: true,
            zero: true,
        }
    }
}

/// How exposures are written (`exposures:` in the settings).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExposureOptions {
    /// The file for new exposures, relative to the project's root; `{project}` and
    /// `{workbook}` stand for slugs. `None`: `<first model-path>/exposures/tableau.yml`.
    pub path: Option<String>,
    /// What gets an exposure of its own.
    pub grain: Grain,
    /// Tags that every new exposure gets.
    pub tags: Vec<String>,
    /// The owner where Tableau names none; dbt refuses an exposure without one.
    pub owner: lineage::Owner,
    /// Whether Tableau's e-mail addresses may be written into git.
    pub owner_email: bool,
}

/// What gets an exposure of its own (`exposures.grain`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grain {
    /// A workbook.
    #[default]
    Workbook,
    /// A dashboard or story.
    Dashboard,
}

/// A text file of the project, as the editor has it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The package it belongs to.
    pub package: &'a str,
    /// Its path relative to that package's root, with forward slashes.
    pub path: &'a str,
    /// Its text; all offsets are bytes into it.
    pub text: &'a str,
}

impl Analysis {
    /// The lenses of a file, in the file's order.
    pub fn annotations(&self, file: File<'_>) -> Vec<Annotation> {
        annotations::of_file(self, file)
    }

    /// The lens text of one node, whatever the lens settings say; where there is no lens,
    /// since nothing was read, why.
    pub fn headline(&self, node: NodeIx) -> String {
        annotations::headline(self, node)
    }

    /// The same without `Tableau: `, where it is plain that it is about that.
    pub fn words(&self, node: NodeIx) -> String {
        annotations::words(self, node)
    }

    /// What to show at a place in a file, as it is seen at `now`.
    pub fn hover(&self, file: File<'_>, offset: usize, now: Timestamp) -> Option<Hover> {
        hover::at(self, file, offset, now, &[])
    }

    /// The same, with what other projects, each by its name, build and read of the table.
    pub fn hover_with(
        &self,
        file: File<'_>,
        offset: usize,
        now: Timestamp,
        others: &[(&str, &Analysis)],
    ) -> Option<Hover> {
        hover::at(self, file, offset, now, others)
    }

    /// The hover text of one node, as it is seen at `now`.
    pub fn describe(&self, node: NodeIx, now: Timestamp) -> String {
        hover::of_node(self, node, now)
    }

    /// What a site knows about a workbook that uses a node.
    pub fn facts(&self, usage: &WorkbookUsage) -> UsageFacts<'_> {
        facts::of_usage(self, usage)
    }

    /// What can be done at a place in a file.
    pub fn actions(&self, file: File<'_>, range: Range<usize>) -> Vec<Action> {
        actions::at(self, file, range)
    }

    /// The node that a place in a file is about: a model's first line, a `- name:`,
    /// a `ref()`.
    pub fn node_at(&self, file: File<'_>, offset: usize) -> Option<NodeIx> {
        crate::locate::at(self, file, offset).map(|found| found.node)
    }

    /// The node that a place in a file is about, else the last one that is defined or
    /// described on its line or above, else the file's first.
    pub fn nearest_node(&self, file: File<'_>, offset: usize) -> Option<NodeIx> {
        crate::locate::nearest(self, file, offset)
    }

    /// The nodes that a file defines or describes, in the file's order.
    pub fn defined_in(&self, file: File<'_>) -> Vec<NodeIx> {
        crate::locate::definitions(self, file)
            .into_iter()
            .map(|it| it.node)
            .collect()
    }

    /// What a user can act on in a file.
    pub fn diagnostics(&self, file: File<'_>) -> Vec<Diagnostic> {
        diagnostics::of_file(self, file)
    }

    /// Those of a file's diagnostics that tell what it does to what is deployed: they
    /// change when another file of the project does.
    pub fn pending_of_file(&self, file: File<'_>) -> Vec<Diagnostic> {
        diagnostics::of_pending(self, file)
    }

    /// The dashboards that lose what a file built that is gone, as the package, the path
    /// that the file had, and a warning for its start. A file that is open is asked about
    /// with its text instead, which says the same.
    pub fn lost(&self) -> Vec<(String, String, Diagnostic)> {
        diagnostics::of_gone_files(self)
    }

    /// The edits that a fix of one of the file's diagnostics makes in it.
    ///
    /// # Errors
    /// The reason, for a person, why the file is left as it is.
    pub fn fix_edits(&self, file: File<'_>, fix: &Fix) -> Result<Vec<TextEdit>, String> {
        diagnostics::fix_edits(self, file, fix)
    }

    /// What can be written at a place of an exposures file.
    pub fn completions(&self, file: File<'_>, offset: usize) -> Completions {
        completion::at(self, file, offset)
    }

    /// Where what stands at a place is defined.
    pub fn definitions(&self, file: File<'_>, offset: usize) -> Vec<Place> {
        navigate::definitions(self, file, offset)
    }

    /// Where what stands at a place is used, its declaration first if that is asked for.
    pub fn references(
        &self,
        file: File<'_>,
        offset: usize,
        include_declaration: bool,
    ) -> Vec<Place> {
        navigate::references(self, file, offset, include_declaration)
    }

    /// The package of the file that a place stands in, and the file's path from that
    /// package's root.
    pub fn file_of_place(&self, place: &Place) -> Option<(&str, &str)> {
        navigate::file_of(self, place)
    }

    /// Where those of `places` that stand in `file` are in its text, in the text's order.
    /// For many places of one file: it is read once.
    pub fn places_in(&self, file: File<'_>, places: &[Place]) -> Vec<Range<usize>> {
        navigate::places_in(self, file, places)
    }

    /// The nodes and exposures that a file defines or describes, each with where its name,
    /// or its first line, is in the text. For many places of one file: it is read once.
    pub fn defined_places(&self, file: File<'_>) -> Vec<(Place, Range<usize>)> {
        navigate::defined_places(self, file)
    }

    /// The outline of a properties file that writes exposures; none of any other file.
    pub fn document_symbols(&self, file: File<'_>) -> Vec<DocumentSymbol> {
        document_symbols::of_file(file)
    }

    /// The dashboards that read `node` or what is built from it, to open one of them: those
    /// that read it itself first, then the most viewed.
    pub fn dashboards(&self, node: NodeIx) -> Vec<Listed> {
        listing::of_node(self, node)
    }

    /// Workbooks and dashboards whose name holds `query`, for "find the model behind this dashboard".
    pub fn symbols(&self, query: &str) -> Vec<Symbol> {
        symbols::matching(self, query)
    }

    /// The graph around a node, from sources to dashboards; bounded, with all neighbours of
    /// what has an id in `expand`.
    pub fn neighbourhood(&self, center: NodeIx, expand: &[String]) -> Neighbourhood {
        neighbourhood::around(self, center, expand)
    }

    /// What uses a node, or anything of the project, as a tree.
    pub fn tree(&self, request: &TreeRequest<'_>) -> Tree {
        tree::tree(self, request)
    }

    /// Why a node has the dashboards it has.
    pub fn explain_node(&self, node: NodeIx) -> Explanation {
        explain::node(self, node)
    }

    /// Why a table of Tableau's matched what it matched.
    pub fn explain_table(&self, table: &lineage::Relation) -> TableExplanation {
        explain::table(self, table)
    }

    /// What was met in Tableau under this name and matched nothing, as it is written there.
    pub fn explain_met(&self, name: &str) -> Vec<TableExplanation> {
        explain::met(self, name)
    }

    /// How well the project's relations and Tableau's tables fit.
    pub fn fit(&self) -> Fit {
        Fit::of(self)
    }

    /// The changes that `intent` means, for the files as they are now.
    ///
    /// # Errors
    /// The reason, for a person, why nothing is changed.
    pub fn carry_out(&self, intent: &Intent, texts: Texts<'_>) -> Result<Vec<FileChange>, String> {
        intent::carry_out(self, intent, texts)
    }

    /// The changes that [`Intent::WriteMissing`] means, with what they leave out.
    ///
    /// # Errors
    /// As [`Analysis::carry_out`].
    pub fn write_missing(&self, texts: Texts<'_>) -> Result<WrittenMissing, String> {
        intent::missing::write(self, texts)
    }

    /// What is missing, stale or other than in Tableau, and the files afterwards.
    pub fn plan_exposures(&self, request: &PlanRequest, texts: Texts<'_>) -> Plan {
        exposures::plan::plan(self, request, texts)
    }

    /// The node with this `unique_id`.
    pub fn node(&self, id: &str) -> Option<NodeIx> {
        self.lineage.nodes().by_id(&UniqueId::new(id))
    }

    /// What may hide a use of `node`: while this is not empty, an empty answer is no zero.
    pub fn missing(&self, node: NodeIx) -> Vec<Missing> {
        missing::of_node(self, node)
    }

    /// What leaves every node in doubt, beside the gaps of the content.
    pub fn missing_everywhere(&self) -> Vec<Missing> {
        missing::of_any_node(self)
    }

    /// What leaves some node in doubt, beside the gaps of the content.
    pub fn missing_somewhere(&self) -> Vec<Missing> {
        missing::beside_gaps(self)
    }

    /// Whether nothing may hide a use of any node: each empty answer is a zero then.
    pub fn is_complete(&self) -> bool {
        missing::of_project(self).is_empty()
    }

    /// The exposure that stands for a workbook, by an identity that is no guess.
    pub fn exposure_of(&self, workbook: WorkbookIx) -> Option<&lineage::Exposure> {
        exposure_plan::declared(self, workbook)
    }

    /// The node that dbt left out as disabled and that this file defines.
    pub fn disabled_in(&self, file: File<'_>) -> Option<&DisabledNode> {
        let nodes = self.lineage.nodes();
        let is_defined = |ix: &NodeIx| nodes.get(*ix).path == file.path;
        if nodes
            .in_file(file.package, file.path)
            .iter()
            .any(is_defined)
        {
            return None;
        }
        self.disabled
            .iter()
            .find(|it| it.package == file.package && it.path == file.path)
    }

    /// Whether there is any Tableau content at all, or a site that could give some.
    pub fn has_content(&self) -> bool {
        let mut contents = self.lineage.contents().iter();
        self.has_answers() || contents.any(|it| it.kind != ContentKind::Files)
    }

    /// Whether anything was read at all. Without it there are no lenses: what keeps a
    /// site from being read is said once, in the status, and not above every model.
    pub fn has_answers(&self) -> bool {
        self.lineage.contents().iter().any(|content| {
            let is_read = match content.kind {
                ContentKind::Files => !content.gaps.is_empty(),
                ContentKind::Site | ContentKind::Snapshot => content.fetched_at.is_some(),
            };
            is_read || !content.workbooks.is_empty() || !content.datasources.is_empty()
        })
    }
}
