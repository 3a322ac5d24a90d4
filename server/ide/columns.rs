//! Which workbooks' fields read a column, where the field maps of the files tell.

use lineage::{
    Connection, Datasource, FieldColumn, NodeIx, Table, Usage, Verdict, Warehouse, WorkbookIx,
};

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

impl ColumnReader {
    /// Adds what another datasource of the same workbook reads.
    fn join(&mut self, other: ColumnReader) {
        fn add<T: Ord>(all: &mut Vec<T>, more: Vec<T>) {
            all.extend(more);
            all.sort();
            all.dedup();
        }
        add(&mut self.fields, other.fields);
        add(&mut self.sheets, other.sheets);
        add(&mut self.dashboards, other.dashboards);
    }
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
            .filter(|it| is_on(analysis, usage, datasource, it))
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
        let reader = ColumnReader {
            workbook: usage.workbook,
            fields: titles,
            dashboards: workbook.dashboards_showing(&names),
            sheets,
        };
        match readers
            .last_mut()
            .filter(|it| it.workbook == usage.workbook)
        {
            Some(known) => known.join(reader),
            None => readers.push(reader),
        }
    }
    readers
}

/// Whether a field's table is the node's. A field whose table is not told (custom
/// SQL, a published datasource) counts when the datasource reads only this one node.
fn is_on(analysis: &Analysis, usage: &Usage, datasource: &Datasource, field: &FieldColumn) -> bool {
    let Some(raw) = &field.table else {
        return !analysis.lineage.usages().iter().any(|other| {
            let is_same_place =
                (other.workbook, other.datasource) == (usage.workbook, usage.datasource);
            is_same_place && other.table != usage.table
        });
    };
    let Some(table) = datasource.tables.iter().find(|it| it.raw == *raw) else {
        return false;
    };
    let owners = owners(analysis, datasource, table);
    owners.contains(&usage.node)
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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use fixture::Fixture;

    use crate::testing::analysis;

    /// `workbook: fields` for each workbook with fields on `model.shop.a`'s column `amount`.
    #[track_caller]
    fn check(tableau: &str, expect: Expect) {
        let nodes = "#- nodes\nmodel.shop.a DB.S.a\nmodel.shop.b DB.S.b\n";
        let analysis = analysis(&Fixture::parse(&format!("{nodes}#- tableau\n{tableau}")));
        let node = analysis.node("model.shop.a").expect("the node");
        let lines = super::readers(&analysis, node, "amount")
            .into_iter()
            .map(|it| {
                let name = &analysis.lineage.workbook(it.workbook).name;
                format!("{name}: {}", it.fields.join(", "))
            });
        expect.assert_eq(&lines.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn a_field_counts_for_the_table_that_it_is_mapped_to() {
        check(
            "workbook W\ndatasource D snowflake\n[DB].[S].[A]\n[DB].[S].[B]\n\
             field Amount: AMOUNT on [DB].[S].[A]\nfield Other: AMOUNT on [DB].[S].[B]\n",
            expect!["W: Amount"],
        );
    }

    #[test]
    fn a_field_of_a_query_counts_where_the_query_reads_one_node() {
        check(
            "workbook W\ndatasource D snowflake\nsql db.s.a\nfield Amount: amount\n\
             workbook V\ndatasource D snowflake\nsql db.s.a, db.s.b\nfield Amount: amount\n",
            expect!["W: Amount"],
        );
    }

    #[test]
    fn a_workbook_is_listed_once() {
        check(
            "workbook W\ndatasource D snowflake\n[DB].[S].[A]\nfield Sum: AMOUNT on [DB].[S].[A]\n\
             datasource E snowflake\n[DB].[S].[A]\nfield Amount: AMOUNT on [DB].[S].[A]\n",
            expect!["W: Amount, Sum"],
        );
    }
}
