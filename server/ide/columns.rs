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
    let mut readers: Vec<ColumnReader> = Vec::new();
    for usage in analysis.lineage.direct_usages(node) {
        let Some(reader) = reader(analysis, usage, column) else {
            continue;
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

/// What one datasource reads of the column.
fn reader(analysis: &Analysis, usage: &Usage, column: &str) -> Option<ColumnReader> {
    let workbook = analysis.lineage.workbook(usage.workbook);
    let datasource = &workbook.datasources[usage.datasource];
    let behind = Behind::of(analysis, usage);
    let fields = datasource.fields.iter();
    let fields: Vec<&FieldColumn> = fields
        .filter(|it| behind.is_on(analysis, usage, it, column))
        .collect();
    if fields.is_empty() {
        return None;
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
    let title = |it: &&FieldColumn| it.caption.clone().unwrap_or_else(|| it.field.clone());
    let mut titles: Vec<String> = fields.iter().map(title).collect();
    titles.sort();
    titles.dedup();
    Some(ColumnReader {
        workbook: usage.workbook,
        fields: titles,
        dashboards: workbook.dashboards_showing(&names),
        sheets,
    })
}

/// Where the fields of a datasource come from.
struct Behind<'a> {
    /// The datasource itself, and the published ones that it stands for.
    chain: Vec<&'a Datasource>,
    /// Whether this is the only table that is read, so that every field is on it.
    is_alone: bool,
}

impl<'a> Behind<'a> {
    fn of(analysis: &'a Analysis, usage: &Usage) -> Behind<'a> {
        let lineage = &analysis.lineage;
        let own = &lineage.workbook(usage.workbook).datasources[usage.datasource];
        let published = lineage.published_behind(usage.workbook, usage.datasource);
        let published = published.into_iter().map(|it| &it.inside);
        let place = |it: &Usage| (it.workbook, it.datasource);
        let mut others = lineage.usages().iter();
        Behind {
            chain: std::iter::once(own).chain(published).collect(),
            is_alone: !others.any(|it| place(it) == place(usage) && it.table != usage.table),
        }
    }

    /// Whether a field reads this column of the node. What a published datasource
    /// gives is a field of its own, named as the column of the one that uses it.
    fn is_on(&self, analysis: &Analysis, usage: &Usage, field: &FieldColumn, column: &str) -> bool {
        let (mut datasource, mut field) = (self.chain[0], field);
        for inside in &self.chain[1..] {
            let mut fields = inside.fields.iter();
            let Some(origin) = fields.find(|it| it.field == field.column) else {
                break;
            };
            (datasource, field) = (inside, origin);
        }
        if !field.column.eq_ignore_ascii_case(column) {
            return false;
        }
        let tables = &mut datasource.tables.iter();
        match &field.table {
            // A query does not tell which of its tables a column is of: it may be any.
            None => self.is_alone || !datasource.custom_sql.is_empty(),
            Some(raw) => tables
                .find(|it| it.raw == *raw)
                .is_some_and(|it| owners(analysis, datasource, it).contains(&usage.node)),
        }
    }
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
    fn a_field_of_a_query_counts_for_each_node_that_the_query_reads() {
        check(
            "workbook W\ndatasource D snowflake\nsql db.s.a\nfield Amount: amount\n\
             workbook V\ndatasource D snowflake\nsql db.s.a, db.s.b\nfield Amount: amount\n",
            expect![[r#"
                W: Amount
                V: Amount"#]],
        );
    }

    #[test]
    fn a_field_of_a_published_datasource_counts_for_the_table_that_it_is_mapped_to_there() {
        check(
            "workbook W\ndatasource D sqlproxy -> P\nfield Amount: sum\nfield Other: other\n\
             published P snowflake\n[DB].[S].[A]\n[DB].[S].[B]\n\
             field sum: AMOUNT on [DB].[S].[A]\nfield other: AMOUNT on [DB].[S].[B]\n",
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
