//! A datasource that is published on its own.

use lineage::{GapCode, Luid, PublishedDatasource};

use super::datasource::{self, Reading};
use super::findings::Findings;
use super::index::Index;
use super::{people, time};
use crate::records::{DatasourceRecord, Way};

/// Lowers a published datasource.
pub(super) fn lower(
    index: &Index<'_>,
    record: &DatasourceRecord,
    findings: &mut Findings,
) -> PublishedDatasource {
    let item = &record.item;
    let about = item.name.as_deref().unwrap_or("a published datasource");
    if item.unknown && index.records.way == Way::Metadata {
        let message =
            format!("what the published {about} reads is not known: the site did not tell");
        findings.add(GapCode::MetadataIncomplete, about, "", message);
    }
    let parent = record.parents().next();
    let reading = Reading {
        record,
        about,
        queries: index.queries_of_published(record),
        virtual_connections: record.upstream_virtual_connections.iter().collect(),
        published_as: parent.map(|it| datasource::reference(index, it)),
    };
    let inside = datasource::lower(index, &reading, findings);
    PublishedDatasource {
        name: item.name.clone().unwrap_or_default(),
        luid: Some(record.luid.clone())
            .filter(|it| !it.is_empty())
            .map(Luid),
        site: Some(index.records.site.clone()),
        content_url: item.content_url.clone(),
        url: index.pages.datasource(item),
        file: None,
        project_path: index
            .project_path(item.project_luid.as_deref(), item.project_name.as_deref()),
        owner: people::owner(item.owner.as_ref()),
        certified: record.is_certified,
        warnings: people::warnings(&record.data_quality_warnings),
        extract_refreshed: time(&record.extract_last_update_time)
            .or_else(|| time(&record.extract_last_refresh_time)),
        inside,
    }
}
