//! What keeps an empty answer from being a zero.

use std::collections::{BTreeMap, HashMap};

use lineage::{GapCode, NodeIx, Unmatched};

use crate::analysis::Analysis;
use crate::text::{count, plain};

/// A developer's manifest can have one for each of its tables.
const MAX_NEAR_MISSES: usize = 3;

/// Something that is not known and may hide a use of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The kind, as in JSON answers.
    pub code: &'static str,
    /// One line for a person.
    pub message: String,
}

/// Everything that may hide a use of `node`, one line per kind.
pub(crate) fn of_node(analysis: &Analysis, node: NodeIx) -> Vec<Missing> {
    if !analysis.has_content() {
        let message = "no Tableau content was found at all".to_owned();
        return vec![Missing { code: "no_content", message }];
    }
    let mut by_code: BTreeMap<GapCode, Vec<&str>> = BTreeMap::new();
    for gap in analysis.lineage.gaps_that_touch(node) {
        let about = gap.about.as_deref().unwrap_or(&gap.message);
        by_code.entry(gap.code).or_default().push(about);
    }
    let mut all: Vec<Missing> = by_code
        .into_iter()
        .map(|(code, about)| line(code, about))
        .collect();
    all.extend(near_misses(analysis, node));
    all
}

fn line(code: GapCode, mut about: Vec<&str>) -> Missing {
    let n = about.len();
    about.sort_unstable();
    about.dedup();
    let what = match code {
        GapCode::FileUnreadable => format!("{} could not be read", count(n, "file")),
        GapCode::CustomSqlUnreadable => {
            let queries = if n == 1 {
                "custom SQL query"
            } else {
                "custom SQL queries"
            };
            format!("{n} {queries} could not be read")
        }
        GapCode::ExtractOnly => {
            format!(
                "{} only hold an extract, its origin unknown",
                count(n, "datasource")
            )
        }
        GapCode::PublishedDatasourceUnavailable => {
            format!("{} not at hand", count(n, "published datasource"))
        }
        GapCode::VirtualConnection => format!("{} not at hand", count(n, "virtual connection")),
        GapCode::StoredProcedure => {
            format!("{} hide the tables they read", count(n, "stored procedure"))
        }
        GapCode::NameHidden => format!("{} hidden from your token", count(n, "table name")),
        GapCode::Ambiguous => format!("{} fit several relations", count(n, "table")),
    };
    Missing {
        code: code.as_str(),
        message: format!("{what} ({})", names(about)),
    }
}

/// Tables that have the node's name, or that of one built from it, and lie
/// somewhere else: the first few, and how many more.
fn near_misses(analysis: &Analysis, node: NodeIx) -> Vec<Missing> {
    let mut tables: Vec<(&Unmatched, Vec<String>)> = Vec::new();
    let mut place_of: HashMap<*const Unmatched, usize> = HashMap::new();
    for it in analysis.lineage.near_misses(node) {
        let place = *place_of.entry(it.table).or_insert_with(|| {
            tables.push((it.table, Vec::new()));
            tables.len() - 1
        });
        let label = analysis.lineage.nodes().get(it.node).label();
        tables[place].1.push(format!("`{label}`"));
    }
    let missing = |message| Missing {
        code: "name_differs",
        message,
    };
    let mut all: Vec<Missing> = tables
        .iter()
        .take(MAX_NEAR_MISSES)
        .map(|(table, labels)| missing(near_miss(table, labels)))
        .collect();
    if tables.len() > MAX_NEAR_MISSES {
        let n_more = tables.len() - MAX_NEAR_MISSES;
        all.push(missing(format!("{n_more} more tables have such names")));
    }
    all
}

fn near_miss(table: &Unmatched, labels: &[String]) -> String {
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    format!(
        "`{}` in {} has the name of {}, but another schema or database",
        plain(&table.table),
        names(table.workbooks.iter().map(String::as_str).collect()),
        names(labels)
    )
}

/// The first names, and how many more.
fn names(all: Vec<&str>) -> String {
    let shown: Vec<String> = all.iter().take(2).map(|name| plain(name)).collect();
    let rest = all.len() - shown.len();
    let more = if rest > 0 {
        format!(", +{rest}")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}
