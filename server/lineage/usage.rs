//! What ties a node to a dashboard.

use std::collections::BTreeSet;

use crate::matching::MatchKind;
use crate::node::NodeIx;

/// A workbook's place in its [`crate::Lineage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkbookIx {
    /// Which [`crate::Content`].
    pub content: usize,
    /// Which of its workbooks.
    pub workbook: usize,
}

/// Where it was seen that a workbook reads a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Evidence {
    /// The datasource lists the table.
    Table,
    /// A custom SQL query names it.
    CustomSql,
    /// A published datasource that the workbook uses reads it.
    PublishedDatasource,
    /// A virtual connection lies between.
    VirtualConnection,
    /// A Prep flow lies between.
    Flow,
    /// Only the column of a field shows it.
    Column,
}

impl Evidence {
    /// The word in JSON answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Evidence::Table => "table",
            Evidence::CustomSql => "custom_sql",
            Evidence::PublishedDatasource => "published_datasource",
            Evidence::VirtualConnection => "virtual_connection",
            Evidence::Flow => "flow",
            Evidence::Column => "column",
        }
    }
}

/// One datasource of one workbook reads one node's own relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The node that is read.
    pub node: NodeIx,
    /// The node that answers first for the same relation, when `node` is a source of it:
    /// what dbt builds as this relation, else its first source.
    pub alias_of: Option<NodeIx>,
    /// The workbook that reads it.
    pub workbook: WorkbookIx,
    /// The place of the datasource in the workbook.
    pub datasource: usize,
    /// The table as Tableau writes it.
    pub table: String,
    /// Where that was seen, surest first.
    pub evidence: BTreeSet<Evidence>,
    /// How sure the match is.
    pub kind: MatchKind,
}

/// A dashboard that a node reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DashboardUsage {
    /// Its place in the workbook.
    pub dashboard: usize,
    /// How many dbt nodes lie between (0: it reads the node's own relation).
    pub distance: usize,
}

/// Everything one workbook has to do with one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkbookUsage {
    /// The workbook.
    pub workbook: WorkbookIx,
    /// The dashboards and stories that are reached, each at its nearest: most viewed
    /// first, else in the workbook's order.
    pub dashboards: Vec<DashboardUsage>,
    /// The sheets that are reached, as places in the workbook.
    pub sheets: Vec<usize>,
    /// The nearest distance: 0 when the workbook reads the node's own relation.
    pub distance: usize,
    /// The shortest way, from the node asked for to the node that is read.
    pub via: Vec<NodeIx>,
    /// The names of the datasources that read, sorted.
    pub datasources: Vec<String>,
    /// The surest match on the nearest way.
    pub kind: MatchKind,
    /// Where it was seen.
    pub evidence: BTreeSet<Evidence>,
}

impl WorkbookUsage {
    pub(crate) fn new(usage: &Usage, via: Vec<NodeIx>) -> WorkbookUsage {
        WorkbookUsage {
            workbook: usage.workbook,
            dashboards: Vec::new(),
            sheets: Vec::new(),
            distance: via.len().saturating_sub(1),
            via,
            datasources: Vec::new(),
            kind: usage.kind,
            evidence: BTreeSet::new(),
        }
    }

    /// Takes in how sure `usage` is. Usages come nearest first.
    pub(crate) fn add(&mut self, usage: &Usage, distance: usize) {
        self.evidence.extend(&usage.evidence);
        if distance == self.distance {
            self.kind = self.kind.min(usage.kind);
        }
    }

    /// Sorts the lists, and keeps each dashboard at its nearest, all else once.
    pub(crate) fn tidy(&mut self) {
        self.dashboards.sort_unstable();
        self.dashboards.dedup_by_key(|it| it.dashboard);
        self.sheets.sort_unstable();
        self.sheets.dedup();
        self.datasources.sort_unstable();
        self.datasources.dedup();
    }

    /// Whether the workbook reads the node's own relation.
    pub fn is_direct(&self) -> bool {
        self.distance == 0
    }
}
