//! What is asked of the Metadata API, and what its answers mean.
//!
//! One query a stage, in `queries/`; lines marked there are left out for older servers
//! and where a hidden owner takes its workbook along. Errors come beside partial data
//! and mean quite different things: [`Trouble`] tells them apart.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::client::{MetadataAnswer, MetadataProblem};
use crate::loose;
use crate::records::NoteKind;

/// The fields that every query asks of a table.
const TABLE: &str = include_str!("queries/table.graphql");

/// A question to the Metadata API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Query {
    /// Workbooks with their sheets, dashboards and owners.
    Workbooks,
    /// Embedded datasources with their tables.
    Embedded,
    /// Published datasources with their tables.
    Published,
    /// Custom SQL queries.
    CustomSql,
    /// The tables that columns of embedded datasources belong to.
    EmbeddedColumns,
    /// The tables that columns of published datasources belong to.
    PublishedColumns,
    /// The virtual connections that workbooks read, with their tables.
    WorkbookVirtual,
    /// The virtual connections that published datasources read, with their tables.
    PublishedVirtual,
    /// What stories read.
    Stories,
    /// Tables and the flows that read them.
    FlowTables,
}

/// What is left out of a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Without {
    /// What servers before virtual connections (2022.1) do not know.
    pub(crate) newer: bool,
    /// What more could be spared.
    pub(crate) extra: bool,
    /// The owner, who cannot be null and sometimes is.
    pub(crate) owner: bool,
}

impl Query {
    /// Every query there is.
    #[cfg(test)]
    pub(crate) const ALL: [Query; 10] = [
        Query::Workbooks,
        Query::Embedded,
        Query::Published,
        Query::CustomSql,
        Query::EmbeddedColumns,
        Query::PublishedColumns,
        Query::WorkbookVirtual,
        Query::PublishedVirtual,
        Query::Stories,
        Query::FlowTables,
    ];

    /// Its text.
    pub(crate) fn text(self, without: Without) -> String {
        let source = self.source();
        let fragment = match source.contains("...TableFields") {
            true => TABLE,
            false => "",
        };
        let keeps = |line: &&str| {
            !(without.newer && line.ends_with("# newer")
                || without.extra && line.ends_with("# extra")
                || without.owner && line.ends_with("# owner"))
        };
        let kept = source.lines().chain(fragment.lines()).filter(keeps);
        let bare = kept.map(|line| line.split(" # ").next().unwrap_or(line));
        bare.collect::<Vec<_>>().join("\n")
    }

    fn source(self) -> &'static str {
        match self {
            Query::Workbooks => include_str!("queries/workbooks.graphql"),
            Query::Embedded => include_str!("queries/embedded.graphql"),
            Query::Published => include_str!("queries/published.graphql"),
            Query::CustomSql => include_str!("queries/custom_sql.graphql"),
            Query::EmbeddedColumns => include_str!("queries/embedded_columns.graphql"),
            Query::PublishedColumns => include_str!("queries/published_columns.graphql"),
            Query::WorkbookVirtual => include_str!("queries/workbook_virtual.graphql"),
            Query::PublishedVirtual => include_str!("queries/published_virtual.graphql"),
            Query::Stories => include_str!("queries/stories.graphql"),
            Query::FlowTables => include_str!("queries/flow_tables.graphql"),
        }
    }

    /// Whether older servers do not know what it is about at all.
    pub(crate) fn is_newer(self) -> bool {
        matches!(self, Query::WorkbookVirtual | Query::PublishedVirtual)
    }

    /// The field of the answer that holds the nodes.
    fn connection(self) -> &'static str {
        match self {
            Query::Workbooks | Query::WorkbookVirtual => "workbooksConnection",
            Query::Embedded | Query::EmbeddedColumns => "embeddedDatasourcesConnection",
            Query::Published | Query::PublishedColumns | Query::PublishedVirtual => {
                "publishedDatasourcesConnection"
            }
            Query::CustomSql => "customSQLTablesConnection",
            Query::Stories => "dashboardsConnection",
            Query::FlowTables => "databaseTablesConnection",
        }
    }

    /// What it reads, for people.
    pub(crate) fn things(self) -> &'static str {
        match self {
            Query::Workbooks => "workbooks",
            Query::Embedded => "embedded datasources",
            Query::Published => "published datasources",
            Query::CustomSql => "custom SQL queries",
            Query::EmbeddedColumns | Query::PublishedColumns => "columns of datasources",
            Query::WorkbookVirtual | Query::PublishedVirtual => "virtual connections",
            Query::Stories => "stories",
            Query::FlowTables => "tables of flows",
        }
    }
}

/// A page of nodes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    /// The nodes that came; `null`s are left out.
    pub(crate) nodes: Vec<Value>,
    /// How many came as `null`.
    pub(crate) n_null: usize,
    /// Where the next page begins.
    pub(crate) next: Option<String>,
    /// Whether there is a next page.
    pub(crate) has_next: bool,
    /// How many there are in all.
    pub(crate) total: Option<u64>,
    /// Whether there was any page in the answer.
    pub(crate) is_there: bool,
    /// What went wrong.
    pub(crate) troubles: Vec<Trouble>,
}

impl Page {
    /// Takes an answer apart.
    pub(crate) fn of(query: Query, mut answer: MetadataAnswer) -> Page {
        let troubles = answer.problems.iter().map(Trouble::of).collect();
        let mut connection = loose::take(&mut answer.data, query.connection());
        let Value::Array(all) = loose::take(&mut connection, "nodes") else {
            return Page {
                troubles,
                ..Page::default()
            };
        };
        let n_all = all.len();
        let nodes: Vec<Value> = all.into_iter().filter(|it| !it.is_null()).collect();
        let info = &connection["pageInfo"];
        Page {
            n_null: n_all - nodes.len(),
            nodes,
            next: info["endCursor"].as_str().map(str::to_owned),
            has_next: info["hasNextPage"].as_bool().unwrap_or_default(),
            total: connection["totalCount"].as_u64(),
            is_there: true,
            troubles,
        }
    }

    /// Whether the site gave up on a part of it.
    pub(crate) fn is_cut(&self) -> bool {
        let limit = |it: &Trouble| matches!(it, Trouble::Limit(_));
        self.troubles.iter().any(limit)
    }

    /// Whether the site does not know a field that was asked for.
    pub(crate) fn is_unknown_field(&self) -> bool {
        !self.is_there
            && self
                .troubles
                .iter()
                .any(|it| matches!(it, Trouble::UnknownField(_)))
    }

    /// Whether something that cannot be null was.
    pub(crate) fn has_nulled(&self) -> bool {
        self.n_null > 0 || self.troubles.contains(&Trouble::Nulled)
    }

    /// Whether such a thing took a dashboard or a table along while what is around it
    /// came: nobody asks for that again.
    pub(crate) fn has_holes(&self) -> bool {
        self.troubles.contains(&Trouble::Nulled) && self.nodes.iter().any(lacks_element)
    }
}

/// Whether a list in it has an element that is null.
fn lacks_element(it: &Value) -> bool {
    match it {
        Value::Array(all) => all.iter().any(|it| it.is_null() || lacks_element(it)),
        Value::Object(fields) => fields.values().any(lacks_element),
        _ => false,
    }
}

/// A node as a record; nodes of an unknown shape are `None`.
pub(crate) fn record<T: DeserializeOwned>(node: Value) -> Option<T> {
    serde_json::from_value(node).ok()
}

/// What an error beside the data means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It was too much at once: ask for less.
    Limit(String),
    /// Too many questions: ask later.
    Rate,
    /// Something that cannot be null was, and took what is around it along.
    Nulled,
    /// The server does not know a field.
    UnknownField(String),
    /// The site wants to be asked with a filter.
    FilterRequired(String),
    /// All there is to know about it is a note.
    Note(NoteKind, String),
}

impl Trouble {
    /// Reads a problem.
    pub(crate) fn of(problem: &MetadataProblem) -> Trouble {
        let said = &problem.message;
        match problem.code.as_deref() {
            Some("NODE_LIMIT_EXCEEDED" | "TIME_LIMIT_EXCEEDED") => Trouble::Limit(said.clone()),
            Some("RATE_EXCEEDED") => Trouble::Rate,
            Some("FILTER_REQUIRED") => Trouble::FilterRequired(said.clone()),
            Some("MAX_PAGE_SIZE_EXCEEDED") => Trouble::Note(
                NoteKind::Information,
                "the site gives smaller pages than were asked for".to_owned(),
            ),
            Some(code) => noted(code, problem),
            None => uncoded(said),
        }
    }
}

/// Codes that leave a note, with their effect in words.
fn noted(code: &str, problem: &MetadataProblem) -> Trouble {
    let (kind, effect) = match code {
        "BACKFILL_RUNNING" => (
            NoteKind::MetadataIncomplete,
            "the site is still working out its lineage, so tables and dashboards may be missing",
        ),
        "LINKED_RESULTS_INCOMPLETE" => (
            NoteKind::MetadataIncomplete,
            "the site has not yet tied all its content together, so links may be missing",
        ),
        "INHERITANCE_INCOMPLETE" => (
            NoteKind::MetadataIncomplete,
            "the site has not yet worked out what is inherited, so warnings may be missing",
        ),
        "PERMISSIONS_MODE_SWITCHED" => (
            NoteKind::VisibilityLimited,
            "the site left out what the token's user may not see",
        ),
        "USER_VISIBILITY_IS_LIMITED" => (
            NoteKind::VisibilityLimited,
            "the token's user sees only part of the site",
        ),
        _ if is_null_fault(code) => return Trouble::Nulled,
        _ if is_unknown_field(code) => return Trouble::UnknownField(problem.message.clone()),
        _ => return other(code, problem),
    };
    Trouble::Note(kind, format!("{effect} ({code})"))
}

/// A code that we do not know: with its severity an error is something refused, a
/// warning something incomplete.
fn other(code: &str, problem: &MetadataProblem) -> Trouble {
    let is_warning = problem.severity.as_deref() == Some("WARNING");
    let kind = match is_warning {
        true => NoteKind::MetadataIncomplete,
        false => NoteKind::MetadataUnavailable,
    };
    let verb = if is_warning { "warned" } else { "refused" };
    Trouble::Note(
        kind,
        format!("the site {verb}: {} ({code})", problem.message),
    )
}

fn is_null_fault(text: &str) -> bool {
    ["NullValueInNonNullableField", "DataFetchingException"].contains(&text)
        || text.contains("null for non-nullable")
        || text.contains("non-null")
}

fn is_unknown_field(text: &str) -> bool {
    [
        "FieldUndefined",
        "Validation error",
        "ValidationError",
        "Unknown field",
        "Unknown type",
        "Cannot query field",
        "WrongType",
    ]
    .iter()
    .any(|it| text.contains(it))
}

fn uncoded(said: &str) -> Trouble {
    if is_unknown_field(said) {
        Trouble::UnknownField(said.to_owned())
    } else if is_null_fault(said) {
        Trouble::Nulled
    } else {
        // Time limits come without a code, and so do faults that a smaller question avoids.
        Trouble::Limit(said.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an error with this code, severity and message means.
    #[track_caller]
    fn check(code: &str, severity: &str, message: &str, meaning: &str) {
        let stated = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let problem = MetadataProblem {
            code: stated(code),
            severity: stated(severity),
            message: message.to_owned(),
            path: Vec::new(),
        };
        let shown = match Trouble::of(&problem) {
            Trouble::Note(kind, text) => format!("{kind:?}: {text}"),
            other => format!("{other:?}"),
        };
        assert!(shown.starts_with(meaning), "{shown}");
    }

    #[test]
    fn tells_limits_from_refusals_and_from_notes() {
        check("NODE_LIMIT_EXCEEDED", "WARNING", "20000", "Limit");
        check("TIME_LIMIT_EXCEEDED", "WARNING", "", "Limit");
        check(
            "",
            "",
            "Execution canceled because timeout of 30000 millis was reached",
            "Limit",
        );
        check(
            "",
            "",
            "Reached time limit of PT5S for query execution.",
            "Limit",
        );
        check("", "", "Unexpected error occurred", "Limit");
        check(
            "",
            "",
            "Internal Server Error(s) while executing query",
            "Limit",
        );
        check("RATE_EXCEEDED", "ERROR", "", "Rate");
        check("FILTER_REQUIRED", "ERROR", "", "FilterRequired");
        check(
            "",
            "",
            "Cannot return null for non-nullable type: 'TableauUser'",
            "Nulled",
        );
        check("NullValueInNonNullableField", "", "", "Nulled");
        check(
            "",
            "",
            "Validation error of type FieldUndefined: Field 'projectLuid' in type 'Workbook'",
            "UnknownField",
        );
        check(
            "",
            "",
            "Unknown field \"projectLuid\" on type \"Workbook\".",
            "UnknownField",
        );
        check(
            "BACKFILL_RUNNING",
            "WARNING",
            "",
            "MetadataIncomplete: the site is still",
        );
        check(
            "LINKED_RESULTS_INCOMPLETE",
            "WARNING",
            "",
            "MetadataIncomplete",
        );
        check(
            "INHERITANCE_INCOMPLETE",
            "WARNING",
            "",
            "MetadataIncomplete",
        );
        check(
            "PERMISSIONS_MODE_SWITCHED",
            "WARNING",
            "",
            "VisibilityLimited",
        );
        check(
            "USER_VISIBILITY_IS_LIMITED",
            "WARNING",
            "",
            "VisibilityLimited",
        );
        check("MAX_PAGE_SIZE_EXCEEDED", "WARNING", "", "Information");
        check(
            "ACCESS_DENIED",
            "ERROR",
            "no",
            "MetadataUnavailable: the site refused: no",
        );
        check(
            "SOMETHING_NEW",
            "WARNING",
            "x",
            "MetadataIncomplete: the site warned: x",
        );
    }

    #[test]
    fn leaves_marked_lines_out() {
        let whole = Query::Workbooks.text(Without::default());
        assert!(whole.contains("owner {") && whole.contains("upstreamVirtualConnections"));
        assert!(!whole.contains('#'));
        let without = Without {
            newer: true,
            extra: true,
            owner: true,
        };
        let reduced = Query::Workbooks.text(without);
        assert!(!reduced.contains("owner {") && !reduced.contains("upstreamVirtualConnections"));
    }

    #[test]
    fn opens_as_many_braces_as_it_closes() {
        for query in Query::ALL {
            for without in [false, true] {
                let text = query.text(Without {
                    newer: without,
                    extra: without,
                    owner: without,
                });
                let count = |c| text.matches(c).count();
                assert_eq!(count('{'), count('}'), "{query:?}");
                assert!(text.contains(query.connection()), "{query:?}");
            }
        }
    }

    #[test]
    fn a_null_that_took_an_element_along_is_a_hole() {
        let check = |nodes: Value, said: &str, expected: bool| {
            let data = serde_json::json!({"workbooksConnection": {"nodes": nodes}});
            let problem = MetadataProblem {
                message: said.to_owned(),
                ..MetadataProblem::default()
            };
            let problems = match said {
                "" => Vec::new(),
                _ => vec![problem],
            };
            let page = Page::of(Query::Workbooks, MetadataAnswer { data, problems });
            assert_eq!(page.has_holes(), expected, "{:?}", page.nodes);
        };
        let with_hole = serde_json::json!([{"id": "w", "dashboards": [null, {"id": "d"}]}]);
        let nulled = "Cannot return null for non-nullable type: 'ID'";
        check(with_hole.clone(), nulled, true);
        // Such lists may hold nulls without any fault.
        check(with_hole, "", false);
        check(
            serde_json::json!([{"id": "w", "name": null}]),
            nulled,
            false,
        );
        check(serde_json::json!([null, {"id": "w"}]), nulled, false);
    }
}
