//! Taking a table's name apart as Tableau writes it, and completing it from its connection.
//!
//! Tableau brackets each part and doubles a `]` inside; other forms come from
//! BigQuery's two dialects and from the Metadata API. Names inside SQL are
//! [`crate::custom_sql`]'s business; which node a relation is, is decided in
//! `lineage`.

use lineage::{Case, Connection, Identifier, Relation, Warehouse};

/// Takes apart a table name that Tableau lists. Its parts are as the warehouse stores them.
///
/// # Syntax
/// `[DB].[SCHEMA].[T]`, `[schema].[t]`, `[t]` with `]]` for `]`; BigQuery's
/// `[project:dataset.table]` and `` `project.dataset.table` ``; `"a"."b"`; bare `a.b.c`.
/// Of more than three parts the last three count, as in SQL Server's linked servers;
/// BigQuery's `INFORMATION_SCHEMA` views keep their own two parts as one name.
pub fn parse_table_name(raw: &str) -> Option<Relation> {
    let raw = raw.trim();
    let parts = legacy_bigquery(raw).or_else(|| split(raw))?;
    relation_of(parts.into_iter().map(Identifier::quoted).collect())
}

/// A relation of the last three parts; `None` without any, or with an unnamed table.
pub(crate) fn relation_of(mut parts: Vec<Identifier>) -> Option<Relation> {
    join_information_schema(&mut parts);
    let name = parts.pop().filter(|it| !it.text.is_empty())?;
    // An empty part is a default left out, as in SQL Server's `db..table`.
    let schema = parts.pop().filter(|it| !it.text.is_empty());
    let database = parts.pop().filter(|it| !it.text.is_empty());
    Some(Relation {
        database,
        schema,
        name,
    })
}

/// In `project.region.INFORMATION_SCHEMA.JOBS`, dbt's identifier is `INFORMATION_SCHEMA.JOBS`.
fn join_information_schema(parts: &mut Vec<Identifier>) {
    let [.., parent, _] = parts.as_slice() else {
        return;
    };
    if parts.len() < 4 || !parent.text.eq_ignore_ascii_case("INFORMATION_SCHEMA") {
        return;
    }
    if let (Some(name), Some(parent)) = (parts.pop(), parts.pop()) {
        let text = format!("{}.{}", parent.text, name.text);
        parts.push(Identifier {
            text,
            quoted: name.quoted,
        });
    }
}

/// `[project:dataset.table]`, where the project may hold a domain: `[acme.com:shop:marts.orders]`.
fn legacy_bigquery(raw: &str) -> Option<Vec<String>> {
    let inner = raw
        .strip_prefix('[')
        .and_then(|it| it.strip_suffix(']'))
        .unwrap_or(raw);
    split_legacy(inner)
}

/// The parts of BigQuery's legacy `project:dataset.table`.
pub(crate) fn split_legacy(text: &str) -> Option<Vec<String>> {
    let (project, rest) = text.rsplit_once(':')?;
    let (dataset, table) = rest.split_once('.')?;
    let is_word = |it: &str| {
        !it.is_empty()
            && it
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$'))
    };
    let is_project = |it: &str| it.split([':', '.']).all(is_word);
    (is_project(project) && is_word(dataset) && is_word(table))
        .then(|| vec![project.to_owned(), dataset.to_owned(), table.to_owned()])
}

/// Splits at the dots outside quotes. `None` for an open quote or text after a closing one.
fn split(raw: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = raw;
    loop {
        let (part, after) = match rest.chars().next()? {
            '[' => quoted_part(&rest[1..], ']')?,
            quote @ ('"' | '`') => quoted_part(&rest[1..], quote)?,
            _ => bare_part(rest),
        };
        parts.push(part);
        match after.strip_prefix('.') {
            Some(after) => rest = after,
            None if after.is_empty() => break,
            None => return None,
        }
    }
    // BigQuery quotes the whole path as readily as each part of it.
    match parts.as_slice() {
        [path] if raw.starts_with('`') => Some(path.split('.').map(str::to_owned).collect()),
        _ => Some(parts),
    }
}

fn bare_part(rest: &str) -> (String, &str) {
    let (part, after) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
    (part.to_owned(), after)
}

/// The part up to the closing quote, in which a doubled one stands for itself, and what follows.
fn quoted_part(inner: &str, close: char) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut rest = inner;
    loop {
        let (text, after) = rest.split_once(close)?;
        part.push_str(text);
        match after.strip_prefix(close) {
            Some(after) => {
                part.push(close);
                rest = after;
            }
            None => return Some((part, after)),
        }
    }
}

/// What a table's name leaves unsaid and its connection says.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    warehouse: Warehouse,
    dbname: Option<String>,
    schema: Option<String>,
}

impl Place {
    /// Where `connection` leads; nowhere without one.
    pub(crate) fn of(connection: Option<&Connection>) -> Place {
        let text = |it: &Option<String>| it.clone().filter(|it| !it.is_empty());
        Place {
            warehouse: connection.map_or(Warehouse::Generic, Connection::warehouse),
            dbname: connection.and_then(|it| text(&it.dbname)),
            schema: connection.and_then(|it| text(&it.schema)),
        }
    }

    /// Which warehouse.
    pub(crate) fn warehouse(&self) -> &Warehouse {
        &self.warehouse
    }

    /// Completes the name of a table that Tableau lists, and tells whether its
    /// database was stated. The connection's schema is only a hint (the one picked
    /// last in a dialogue), so it counts only where the table names none.
    pub(crate) fn complete_listed(&self, relation: Relation) -> (Relation, bool) {
        self.complete(relation, self.schema.as_deref())
    }

    /// Completes a name in SQL as the warehouse would in this connection's session.
    pub(crate) fn complete_sql(&self, relation: Relation) -> (Relation, bool) {
        self.complete(relation, self.schema.as_deref().or(self.default_schema()))
    }

    /// Completes a name in SQL whose session was moved to another schema, so that
    /// the connection says nothing about bare names.
    pub(crate) fn complete_moved(&self, relation: Relation) -> (Relation, bool) {
        let database_stated = relation.database.is_some();
        (
            relation,
            database_stated && self.warehouse.has_database_level(),
        )
    }

    fn complete(&self, mut relation: Relation, schema: Option<&str>) -> (Relation, bool) {
        // Typed into a dialogue, a name folds; what a list offered is stored that way already.
        let folds = self.warehouse.case() == Case::FoldUp;
        let known = |text: Option<&str>| match folds {
            true => text.map(Identifier::unquoted),
            false => text.map(Identifier::quoted),
        };
        let dbname = self.dbname.as_deref();
        let database_stated = relation.database.is_some();
        if self.warehouse == Warehouse::NotAWarehouse {
            return (relation, database_stated);
        }
        if !self.warehouse.has_database_level() {
            // What Tableau calls the database is dbt's schema, the only level there is.
            relation.database = None;
            relation.schema = relation.schema.or(known(dbname.or(schema)));
            return (relation, false);
        }
        relation.schema = relation.schema.or(known(schema));
        relation.database = relation.database.or(known(dbname));
        (relation, database_stated)
    }

    /// Where the warehouse looks first for a bare name.
    fn default_schema(&self) -> Option<&'static str> {
        match self.warehouse {
            Warehouse::Postgres | Warehouse::Redshift => Some("public"),
            Warehouse::SqlServer => Some("dbo"),
            Warehouse::DuckDb => Some("main"),
            Warehouse::Snowflake => Some("PUBLIC"),
            Warehouse::Databricks | Warehouse::Athena => Some("default"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::parse_table_name;

    fn check(raw: &str, expect: Expect) {
        let parts = |it: lineage::Relation| {
            assert!(it.parts().all(|it| it.quoted), "{raw}");
            it.parts()
                .map(|it| it.text.clone())
                .collect::<Vec<_>>()
                .join(" | ")
        };
        expect.assert_eq(&parse_table_name(raw).map_or_else(|| "none".to_owned(), parts));
    }

    #[test]
    fn takes_brackets_apart() {
        check("[DB].[SCHEMA].[T]", expect!["DB | SCHEMA | T"]);
        check("[marts].[orders]", expect!["marts | orders"]);
        check("[orders]", expect!["orders"]);
        check(" [orders] ", expect!["orders"]);
        check("[a]]b].[c.d].[e f]", expect!["a]b | c.d | e f"]);
        check("[]]]", expect!["]"]);
        check("[Orders$]", expect!["Orders$"]);
        check("[srv].[db].[dbo].[t]", expect!["db | dbo | t"]);
        check("[db].[].[t]", expect!["db | t"]);
        check("[Extract].[Extract]", expect!["Extract | Extract"]);
        check("[Sheet: 1.a b]", expect!["Sheet: 1.a b"]);
    }

    #[test]
    fn takes_bigquery_names_apart() {
        check(
            "[project:dataset.table]",
            expect!["project | dataset | table"],
        );
        check(
            "[acme.com:project:dataset.table]",
            expect!["acme.com:project | dataset | table"],
        );
        check(
            "project:dataset.table",
            expect!["project | dataset | table"],
        );
        check(
            "`project-1.dataset.table`",
            expect!["project-1 | dataset | table"],
        );
        check(
            "`project-1`.`dataset`.`table`",
            expect!["project-1 | dataset | table"],
        );
        check(
            "project-1.dataset.table",
            expect!["project-1 | dataset | table"],
        );
        check(
            "[p].[region-us].[INFORMATION_SCHEMA].[JOBS]",
            expect!["p | region-us | INFORMATION_SCHEMA.JOBS"],
        );
    }

    #[test]
    fn takes_other_forms_apart() {
        check("db.schema.table", expect!["db | schema | table"]);
        check("customer", expect!["customer"]);
        check("\"Marts\".\"Or\"\"ders\"", expect![[r#"Marts | Or"ders"#]]);
        check("[a].b.\"c\"", expect!["a | b | c"]);
        check("db..t", expect!["db | t"]);
    }

    #[test]
    fn refuses_what_is_no_name() {
        for raw in [
            "", "  ", "[a", "[a]b", "[a].", "[a]]", "\"a", "[]", "[a].[]", ".",
        ] {
            check(raw, expect!["none"]);
        }
    }
}
