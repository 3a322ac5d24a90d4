//! What hides the tables that a datasource reads.
//!
//! A datasource whose tables are hidden reads something that is not known: where it
//! matters to a node is decided in [`crate::graph`], and another content may know
//! better ([`crate::merge()`]).

use std::collections::BTreeSet;

use crate::content::{Connection, Datasource, Through};
use crate::knowledge::GapCode;
use crate::matching::Reason;
use crate::warehouse::Warehouse;

/// Tableau's class of a connection to a virtual connection.
const VIRTUAL_CONNECTION: &str = "publishedConnection";

/// What hides tables of a datasource, if anything does: a virtual connection whose
/// tables are not at hand, or an extract whose origin is not known. With the
/// connection's class.
pub(crate) fn hidden_by(datasource: &Datasource) -> Option<(&str, Reason)> {
    let through = |through| datasource.tables.iter().any(|it| it.through == through);
    let virtual_connection = class_among(datasource, &[VIRTUAL_CONNECTION])
        .or_else(|| (!datasource.virtual_connections.is_empty()).then_some(VIRTUAL_CONNECTION));
    if let Some(class) = virtual_connection.filter(|_| !through(Through::VirtualConnection)) {
        return Some((class, Reason::VirtualConnection));
    }
    let extract = class_among(datasource, &["hyper", "dataengine"]);
    if let Some(class) = extract.filter(|_| !through(Through::Flow)) {
        return Some((class, Reason::ExtractOnly));
    }
    let reads_tables = !datasource.tables.is_empty() || !datasource.custom_sql.is_empty();
    let reads_files = datasource.connections.iter().any(is_file);
    let is_known = reads_tables || datasource.published_as.is_some() || reads_files;
    (datasource.extract.is_some() && !is_known).then_some(("hyper", Reason::ExtractOnly))
}

/// The kinds of knowledge that a datasource visibly lacks.
pub(crate) fn lacks(datasource: &Datasource) -> BTreeSet<GapCode> {
    let hidden = match hidden_by(datasource) {
        Some((_, Reason::VirtualConnection)) => Some(GapCode::VirtualConnection),
        Some(_) => Some(GapCode::ExtractOnly),
        None => None,
    };
    let reads = !datasource.tables.is_empty()
        || !datasource.custom_sql.is_empty()
        || !datasource.virtual_connections.is_empty();
    let is_told = reads || datasource.published_as.is_some() || datasource.extract.is_some();
    let reads_files = datasource.connections.iter().any(is_file);
    let is_nameless = datasource.tables.iter().any(|it| it.is_nameless());
    let is_unreadable = datasource.custom_sql.iter().any(|it| !it.readable);
    let lacks = [
        hidden,
        (!is_told && !reads_files).then_some(GapCode::MetadataIncomplete),
        is_nameless.then_some(GapCode::NameHidden),
        is_unreadable.then_some(GapCode::CustomSqlUnreadable),
    ];
    lacks.into_iter().flatten().collect()
}

fn class_among<'a>(datasource: &'a Datasource, classes: &[&str]) -> Option<&'a str> {
    let is = |it: &&Connection| {
        let mut classes = classes.iter();
        classes.any(|class| it.class.eq_ignore_ascii_case(class))
    };
    let found = datasource.connections.iter().find(is);
    found.map(|it| it.class.as_str())
}

fn is_file(connection: &Connection) -> bool {
    connection.warehouse() == Warehouse::NotAWarehouse
}
