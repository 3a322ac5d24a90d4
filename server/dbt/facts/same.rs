//! What a file says, without where it stands and in which order.

use super::{NodeFacts, PropertyFacts, Says, SnapshotFacts, SourceFacts, TableFacts, VersionFacts};
use crate::config::ConfigFacts;

/// What is said, so that two files that mean the same compare equal. Of two entries of one
/// name dbt knows which came first, so these keep their order.
pub(super) fn meaning(mut says: Says) -> Says {
    match &mut says {
        Says::Sql(code) | Says::Python(code) => {
            forget_spans(&mut code.config);
            code.snapshots.iter_mut().for_each(forget_snapshot);
            code.snapshots.sort_by(|a, b| a.name.cmp(&b.name));
            code.macros.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Says::Properties(properties) => forget_properties(properties),
        Says::Csv | Says::Unreadable(_) | Says::Nothing => {}
    }
    says
}

fn forget_spans(config: &mut ConfigFacts) {
    config.spans.clear();
}

fn forget_snapshot(snapshot: &mut SnapshotFacts) {
    snapshot.name_span = 0..0;
    forget_spans(&mut snapshot.config);
}

fn forget_properties(properties: &mut PropertyFacts) {
    properties.nodes.iter_mut().for_each(forget_node);
    properties.nodes.sort_by(|a, b| a.name.cmp(&b.name));
    properties.sources.iter_mut().for_each(forget_source);
    properties.sources.sort_by(|a, b| a.name.cmp(&b.name));
}

fn forget_node(node: &mut NodeFacts) {
    node.name_span = 0..0;
    forget_spans(&mut node.config);
    node.versions.iter_mut().for_each(forget_version);
    node.versions.sort_by(|a, b| a.v.cmp(&b.v));
}

fn forget_version(version: &mut VersionFacts) {
    version.span = 0..0;
    forget_spans(&mut version.config);
}

fn forget_source(source: &mut SourceFacts) {
    forget_spans(&mut source.config);
    source.tables.iter_mut().for_each(forget_table);
    source.tables.sort_by(|a, b| a.name.cmp(&b.name));
}

fn forget_table(table: &mut TableFacts) {
    table.name_span = 0..0;
    forget_spans(&mut table.config);
}
