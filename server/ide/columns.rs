//! Which workbooks' fields read a column, where the field maps of the files tell.

use lineage::{Connection, Datasource, FieldColumn, NodeIx, Table, Verdict, Warehouse, WorkbookIx};

use crate::analysis::Analysis;

/// A workbook with fields on a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ColumnReader {
    pub(crate) workbook: WorkbookIx,
    /// The names people see, sorted.
    pub(crate) fields: Vec<String>,
    /// The sheets that use one of the fields, as places in the workbook.
    pub(crate) sheets: Vec<usize>,
    /// The dashboards and stories that show one of those sheets.
    pub(crate) dashboards: Vec<usize>,
}

/// The workbooks that read `node` directly and have a field on `column`, in the
/// contents' order. Sheets are listed only where they use such a field.
pub(crate) fn readers(analysis: &Analysis, node: NodeIx, column: &str) -> Vec<ColumnReader> {
    let lineage = &analysis.lineage;
    let mut readers: Vec<ColumnReader> = Vec::new();
    for usage in lineage.direct_usages(node) {
        let workbook = lineage.workbook(usage.workbook);
        let datasource = &workbook.datasources[usage.datasource];
        let fields: Vec<&FieldColumn> = datasource
            .fields
            .iter()
            .filter(|it| it.column.eq_ignore_ascii_case(column))
            .filter(|it| is_on(analysis, node, datasource, it))
            .collect();
        if fields.is_empty() {
            continue;
        }
        let uses = |(of, name): &(String, String)| {
            *of == datasource.name && fields.iter().any(|it| it.field == *name)
        };
        let sheets = workbook.sheets.iter().enumerate();
        let sheets: Vec<usize> = sheets
            .filter(|(_, it)| it.fields.iter().any(uses))
            .map(|(ix, _)| ix)
            .collect();
        let names: Vec<&str> = sheets
            .iter()
            .map(|&ix| workbook.sheets[ix].name.as_str())
            .collect();
        let mut titles: Vec<String> = fields
            .iter()
            .map(|it| it.caption.clone().unwrap_or_else(|| it.field.clone()))
            .collect();
        titles.sort();
        titles.dedup();
        readers.push(ColumnReader {
            workbook: usage.workbook,
            fields: titles,
            dashboards: workbook.dashboards_showing(&names),
            sheets,
        });
    }
    readers
}

/// Whether a field's table is the node's. A field whose table is not told counts
/// when the datasource reads only this one node.
fn is_on(analysis: &Analysis, node: NodeIx, datasource: &Datasource, field: &FieldColumn) -> bool {
    let Some(raw) = &field.table else {
        return datasource.tables.len() <= 1;
    };
    let Some(table) = datasource.tables.iter().find(|it| it.raw == *raw) else {
        return false;
    };
    let owners = owners(analysis, datasource, table);
    owners.contains(&node)
}

fn owners(analysis: &Analysis, datasource: &Datasource, table: &Table) -> Vec<NodeIx> {
    let is_its = |it: &&Connection| Some(&it.name) == table.connection.as_ref();
    let class = datasource
        .connections
        .iter()
        .find(is_its)
        .map(Connection::warehouse);
    match analysis
        .lineage
        .find(&table.relation, &class.unwrap_or(Warehouse::Generic))
    {
        Verdict::Matched { nodes, .. } => nodes,
        Verdict::Unmatched { .. } => Vec::new(),
    }
}
