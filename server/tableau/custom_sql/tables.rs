//! The tables that parsed SQL reads, in their scopes.
//!
//! A name is a table only where nothing nearer defines it: a common table
//! expression (visible from where SQL says it is), a temporary table made by an
//! earlier statement, a table function, an array of a table in the same `FROM`.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use lineage::{Case, Identifier, Relation, Warehouse};
use sqlparser::ast::{
    Expr, FunctionArg, Ident, JoinOperator, ObjectName, Query, Select, SetExpr, Statement,
    TableFactor, TableObject, TableWithJoins, Use, Visit, Visitor,
};

use super::functions;
use crate::error::Error;
use crate::table_name::{relation_of, split_legacy};

/// A table as a query names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// As written.
    pub(crate) raw: String,
    /// Taken apart, not completed.
    pub(crate) relation: Relation,
}

/// What a script reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The tables that it names, each once.
    pub(crate) tables: Vec<Reference>,
    /// Why there may be more, where there may.
    pub(crate) opaque: Option<&'static str>,
    /// Whether it goes to another schema than the connection's.
    pub(crate) moved: bool,
}

impl Found {
    /// Nothing, and why.
    pub(crate) fn unknown(why: &'static str) -> Found {
        Found {
            opaque: Some(why),
            ..Found::default()
        }
    }

    fn keep_each_once(&mut self, warehouse: &Warehouse) {
        let mut seen = HashSet::new();
        let stored = |it: &Identifier| it.stored(warehouse.case());
        let key = |it: &Relation| it.parts().map(stored).collect::<Vec<_>>();
        self.tables.retain(|it| seen.insert(key(&it.relation)));
    }
}

/// The tables that the statements read to answer with rows: those of the last
/// query, and of the tables that it reads and that were made on the way.
/// `initial` are the statements that ran before.
pub(super) fn of(
    initial: &[Statement],
    statements: &[Statement],
    warehouse: &Warehouse,
) -> Result<Found, Error> {
    let is_query = |it: &Statement| matches!(it, Statement::Query(_));
    let Some(last) = statements.iter().rposition(is_query) else {
        return Err(Error::OpaqueQuery(why_no_query(statements)));
    };
    let mut reading = Reading::new(warehouse);
    for statement in initial.iter().chain(&statements[..last]) {
        reading.prepare(statement);
    }
    reading.walk(&statements[last]);
    if statements.iter().any(is_call) {
        reading.found.opaque = Some(CALL);
    }
    reading.found.keep_each_once(warehouse);
    Ok(reading.found)
}

fn why_no_query(statements: &[Statement]) -> &'static str {
    match statements {
        [] => "it is empty",
        _ if statements.iter().any(is_call) => CALL,
        _ => "it has no SELECT",
    }
}

const CALL: &str = "it calls a procedure";
const TEMPORARY: &str = "it reads a temporary table that it does not make";
const COMPUTED: &str = "the name of a table is computed";
const FUNCTION: &str = "it reads through a function";

fn is_call(statement: &Statement) -> bool {
    matches!(statement, Statement::Execute { .. } | Statement::Call(_))
}

/// Walks statements and collects what they read.
struct Reading<'w> {
    warehouse: &'w Warehouse,
    found: Found,
    /// The tables that earlier statements made, by key, and what those were made from.
    made: HashMap<String, Found>,
    /// The queries around the place that is looked at, outermost first.
    scopes: Vec<Scope>,
    /// The names that the `FROM`s around that place give to their tables.
    aliases: Vec<HashSet<String>>,
    /// Arrays that stand where tables do, by address in the tree.
    arrays: HashSet<usize>,
}

/// A query's common table expressions.
struct Scope {
    expressions: Vec<Expression>,
    /// How many of them, from the first, can be seen from where the walk is.
    n_visible: usize,
}

struct Expression {
    key: String,
    /// The address of its query, by which the walk knows that it is inside.
    query: usize,
    sees_itself: bool,
}

impl<'w> Reading<'w> {
    fn new(warehouse: &'w Warehouse) -> Reading<'w> {
        Reading {
            warehouse,
            found: Found::default(),
            made: HashMap::new(),
            scopes: Vec::new(),
            aliases: Vec::new(),
            arrays: HashSet::new(),
        }
    }

    /// Takes note of what a statement before the last query does for it.
    fn prepare(&mut self, statement: &Statement) {
        self.found.moved |= moves(statement);
        let made = made_by(statement);
        if made.is_empty() {
            return;
        }
        let before = std::mem::take(&mut self.found);
        self.walk(statement);
        let from = std::mem::replace(&mut self.found, before);
        let key = self.key_of(&made);
        let known = match statement {
            // Filling a table that was there before makes nothing new.
            Statement::Insert(_) if !is_transient(made[0]) => self.made.get_mut(&key),
            _ => Some(self.made.entry(key).or_default()),
        };
        if let Some(known) = known {
            known.tables.extend(from.tables);
            known.opaque = known.opaque.or(from.opaque);
            known.keep_each_once(self.warehouse);
        }
    }

    fn walk(&mut self, statement: &Statement) {
        // The walk never breaks off.
        let _: ControlFlow<()> = statement.visit(self);
    }

    fn add_table(&mut self, factor: &TableFactor) {
        match factor {
            _ if self.arrays.contains(&address(factor)) => {}
            TableFactor::Table {
                name, args: None, ..
            } => self.add_name(name),
            TableFactor::Table {
                name,
                args: Some(args),
                ..
            } if self.are_hints(&args.args) => self.add_name(name),
            TableFactor::Table {
                name,
                args: Some(_),
                ..
            }
            | TableFactor::Function { name, .. } => {
                self.add_function(name);
            }
            TableFactor::TableFunction { expr, .. } => match expr {
                Expr::Function(function) => self.add_function(&function.name),
                // Snowflake's `TABLE('db.schema.t')` and `TABLE($name)` name a table.
                Expr::Value(_) | Expr::Identifier(_) => self.found.opaque = Some(COMPUTED),
                // A column that holds rows, and a query, which the walk enters.
                Expr::CompoundIdentifier(_) | Expr::Subquery(_) => {}
                _ => self.found.opaque = Some(FUNCTION),
            },
            _ => {}
        }
    }

    /// Whether what stands in brackets behind a table are SQL Server's hints, as in
    /// `orders (NOLOCK)`, and no arguments.
    fn are_hints(&self, args: &[FunctionArg]) -> bool {
        let is_hint = |it: &FunctionArg| {
            let word = it.to_string().to_ascii_lowercase();
            functions::TABLE_HINTS.contains(&word.as_str())
        };
        *self.warehouse == Warehouse::SqlServer && !args.is_empty() && args.iter().all(is_hint)
    }

    /// The warehouse's own table functions read no table that has a name, save
    /// those that take one; people's functions may read any.
    fn add_function(&mut self, name: &ObjectName) {
        let text = name.to_string().to_ascii_lowercase();
        if functions::computes_name(&text) {
            self.found.opaque = Some(COMPUTED);
        } else if !functions::reads_no_table(&text, self.warehouse) {
            self.found.opaque = Some(FUNCTION);
        }
    }

    fn add_name(&mut self, name: &ObjectName) {
        let parts: Option<Vec<&Ident>> = name.0.iter().map(|it| it.as_ident()).collect();
        let Some(parts) = parts else {
            self.found.opaque = Some(COMPUTED);
            return;
        };
        if self.add_made(&parts) {
            return;
        }
        if self.is_defined_nearer(&parts) {
            let is_temporary = parts.first().is_some_and(|it| is_transient(it));
            if is_temporary && *self.warehouse == Warehouse::SqlServer {
                self.found.opaque = Some(TEMPORARY);
            }
            return;
        }
        let parts = self.identifiers(&parts);
        if let Some(relation) = relation_of(parts) {
            self.found.tables.push(Reference {
                raw: name.to_string(),
                relation,
            });
        }
    }

    /// Adds what a table was made from that an earlier statement made.
    fn add_made(&mut self, parts: &[&Ident]) -> bool {
        let key = self.key_of(parts);
        let Some(made) = self.made.get(&key) else {
            return false;
        };
        self.found.tables.extend(made.tables.iter().cloned());
        self.found.opaque = self.found.opaque.or(made.opaque);
        true
    }

    /// Whether the name means something other than a table of the warehouse.
    fn is_defined_nearer(&self, parts: &[&Ident]) -> bool {
        let [first, rest @ ..] = parts else {
            return true;
        };
        let key = self.key(first);
        if !rest.is_empty() {
            return self.reads_arrays() && self.aliases.iter().any(|it| it.contains(&key));
        }
        let bare = first.quote_style.is_none();
        is_transient(first)
            || first.quote_style == Some('\'')
            || (bare && key.eq_ignore_ascii_case("dual"))
            || self.scopes.iter().any(|it| it.sees(&key))
    }

    /// Whether `FROM t, t.items` unnests an array.
    fn reads_arrays(&self) -> bool {
        matches!(self.warehouse, Warehouse::BigQuery | Warehouse::Redshift)
    }

    fn identifiers(&self, parts: &[&Ident]) -> Vec<Identifier> {
        let identifier = |it: &&Ident| Identifier {
            text: it.value.clone(),
            quoted: it.quote_style.is_some(),
        };
        match parts {
            [path] if self.is_path(path) => {
                let legacy = split_legacy(&path.value);
                let parts =
                    legacy.unwrap_or_else(|| path.value.split('.').map(Into::into).collect());
                parts.into_iter().map(Identifier::quoted).collect()
            }
            _ => parts.iter().map(identifier).collect(),
        }
    }

    /// Whether the one name is a whole path in quotes, as BigQuery allows.
    fn is_path(&self, name: &Ident) -> bool {
        match self.warehouse {
            Warehouse::BigQuery => matches!(name.quote_style, Some('`' | '[')),
            Warehouse::Generic => name.quote_style == Some('`'),
            _ => false,
        }
    }

    fn key(&self, name: &Ident) -> String {
        let quoted = name.quote_style.is_some();
        match self.warehouse.case() {
            Case::FoldUp if !quoted => name.value.to_uppercase(),
            Case::FoldUp | Case::FoldDown if quoted => name.value.clone(),
            // BigQuery compares the names that a query itself makes without regard to case.
            _ => name.value.to_lowercase(),
        }
    }

    fn key_of(&self, parts: &[&Ident]) -> String {
        parts
            .iter()
            .map(|it| self.key(it))
            .collect::<Vec<_>>()
            .join(".")
    }

    fn scope_of(&self, query: &Query) -> Scope {
        let with = query.with.as_ref();
        let expression = |it: &sqlparser::ast::Cte| Expression {
            key: self.key(&it.alias.name),
            query: address(&*it.query),
            sees_itself: with.is_some_and(|it| it.recursive)
                || self.may_omit_recursive()
                    && matches!(*it.query.body, SetExpr::SetOperation { .. }),
        };
        let tables = with.map_or(&[][..], |it| &it.cte_tables);
        Scope {
            expressions: tables.iter().map(expression).collect(),
            n_visible: 0,
        }
    }

    /// Whether a union with itself is recursive without the word `RECURSIVE`.
    fn may_omit_recursive(&self) -> bool {
        use Warehouse::{Oracle, Snowflake, SqlServer};
        matches!(self.warehouse, SqlServer | Oracle | Snowflake)
    }

    /// Moves what the enclosing query's expressions can see as the walk enters or leaves one.
    fn move_scope(&mut self, query: &Query, leaving: bool) {
        let at = address(query);
        let Some(scope) = self.scopes.last_mut() else {
            return;
        };
        if let Some(n) = scope.expressions.iter().position(|it| it.query == at) {
            let sees_itself = scope.expressions[n].sees_itself;
            scope.n_visible = if leaving || sees_itself { n + 1 } else { n };
        }
    }

    fn add_alias(&self, factor: &TableFactor, aliases: &mut HashSet<String>) {
        let alias = match factor {
            TableFactor::Table {
                alias: Some(alias), ..
            }
            | TableFactor::Derived {
                alias: Some(alias), ..
            }
            | TableFactor::UNNEST {
                alias: Some(alias), ..
            } => self.key(&alias.name),
            TableFactor::Table { name, .. } => {
                last_part(name).map_or_else(String::new, |it| self.key(it))
            }
            _ => return,
        };
        aliases.insert(alias);
    }

    fn enter_from(&mut self, from: &[TableWithJoins]) {
        let mut aliases = HashSet::new();
        for item in from {
            self.add_alias(&item.relation, &mut aliases);
            for join in &item.joins {
                self.add_alias(&join.relation, &mut aliases);
                if is_array_join(&join.join_operator) {
                    self.arrays.insert(address(&join.relation));
                }
            }
        }
        self.aliases.push(aliases);
    }
}

impl Scope {
    fn sees(&self, key: &str) -> bool {
        self.expressions[..self.n_visible]
            .iter()
            .any(|it| it.key == key)
    }
}

impl Visitor for Reading<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.move_scope(query, false);
        self.scopes.push(self.scope_of(query));
        if let SetExpr::Table(table) = &*query.body {
            let parts: Vec<Ident> = table
                .schema_name
                .iter()
                .chain(&table.table_name)
                .cloned()
                .collect();
            self.add_name(&ObjectName::from(parts));
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.scopes.pop();
        self.move_scope(query, true);
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        self.enter_from(&select.from);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _select: &Select) -> ControlFlow<()> {
        self.aliases.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        self.add_table(factor);
        ControlFlow::Continue(())
    }
}

/// The name of the table that a `SELECT … INTO` makes; empty where there is none.
fn into(query: &Query) -> Vec<&Ident> {
    let mut body = &*query.body;
    // In a union, it stands in the first query.
    while let SetExpr::SetOperation { left, .. } = body {
        body = left;
    }
    let SetExpr::Select(select) = body else {
        return Vec::new();
    };
    match select.into.as_ref().map_or(&[][..], |it| &it.targets) {
        [Expr::Identifier(name)] => vec![name],
        [Expr::CompoundIdentifier(parts)] => parts.iter().collect(),
        _ => Vec::new(),
    }
}

/// The name of the table that a statement makes or fills; empty where it does neither.
fn made_by(statement: &Statement) -> Vec<&Ident> {
    let name = match statement {
        Statement::CreateTable(table) => &table.name,
        Statement::CreateView(view) => &view.name,
        Statement::Insert(insert) => match &insert.table {
            TableObject::TableName(name) => name,
            _ => return Vec::new(),
        },
        Statement::Query(query) => return into(query),
        _ => return Vec::new(),
    };
    name.0.iter().filter_map(|it| it.as_ident()).collect()
}

/// Temporary tables, table variables and staged files.
fn is_transient(name: &Ident) -> bool {
    name.value.starts_with(['#', '@'])
}

/// Whether a statement changes where bare names are looked for.
fn moves(statement: &Statement) -> bool {
    match statement {
        Statement::Use(Use::Warehouse(_) | Use::Role(_) | Use::SecondaryRoles(_)) => false,
        Statement::Use(_) => true,
        Statement::Set(_) | Statement::AlterSession { .. } => {
            let text = statement.to_string().to_ascii_lowercase();
            ["search_path", "current_schema"]
                .iter()
                .any(|it| text.contains(it))
        }
        _ => false,
    }
}

fn last_part(name: &ObjectName) -> Option<&Ident> {
    name.0.last().and_then(|it| it.as_ident())
}

fn is_array_join(operator: &JoinOperator) -> bool {
    matches!(
        operator,
        JoinOperator::ArrayJoin | JoinOperator::LeftArrayJoin | JoinOperator::InnerArrayJoin
    )
}

/// Where a part of the tree lies, as its identity during a walk.
fn address<T>(it: &T) -> usize {
    std::ptr::from_ref(it).addr()
}
