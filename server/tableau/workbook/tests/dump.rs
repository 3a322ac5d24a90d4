//! A reading as short lines, so that a test shows all of it.

use std::fmt::Write as _;

use lineage::{Dashboard, Datasource, Extract, Relation, Sheet, Table};

use crate::{FileReading, TableauFile, read_file};

/// Reads `xml` as `Sales.twb` and writes down what was found, or the error with its causes.
pub(super) fn dump(xml: &str) -> String {
    dump_bytes(xml.as_bytes())
}

pub(super) fn dump_bytes(bytes: &[u8]) -> String {
    match read_file(bytes, "tableau/Sales.twb") {
        Ok(reading) => dump_reading(&reading),
        Err(err) => {
            let mut text = format!("error: {err}");
            let mut source = std::error::Error::source(&err);
            while let Some(err) = source {
                write!(text, ": {err}").unwrap();
                source = err.source();
            }
            text + "\n"
        }
    }
}

pub(super) fn dump_reading(reading: &FileReading) -> String {
    let mut text = String::new();
    match &reading.file {
        TableauFile::Workbook(it) => {
            header(&mut text, "workbook", &it.name, &it.site, &it.content_url);
            it.datasources
                .iter()
                .for_each(|it| datasource(&mut text, it));
            it.sheets.iter().for_each(|it| sheet(&mut text, it));
            it.dashboards.iter().for_each(|it| dashboard(&mut text, it));
        }
        TableauFile::Datasource(it) => {
            header(&mut text, "published", &it.name, &it.site, &it.content_url);
            datasource(&mut text, &it.inside);
        }
    }
    for gap in &reading.gaps {
        writeln!(
            text,
            "gap {} [{:?}] {}",
            gap.code.as_str(),
            gap.warehouse,
            gap.message
        )
        .unwrap();
    }
    text
}

fn header(
    text: &mut String,
    kind: &str,
    name: &str,
    site: &Option<String>,
    content_url: &Option<String>,
) {
    write!(text, "{kind} {name}").unwrap();
    if site.is_some() || content_url.is_some() {
        write!(text, " site={site:?} content_url={content_url:?}").unwrap();
    }
    text.push('\n');
}

fn datasource(text: &mut String, it: &Datasource) {
    write!(
        text,
        "datasource {:?} {} ({})",
        it.name,
        it.title(),
        it.class
    )
    .unwrap();
    match it.extract {
        Some(Extract::Enabled) => text.push_str(" extract"),
        Some(Extract::Disabled) => text.push_str(" extract-off"),
        None => {}
    }
    text.push('\n');
    if let Some(it) = &it.published_as {
        let (url, name, site) = (&it.content_url, &it.name, &it.site);
        writeln!(
            text,
            "  published_as url={url:?} name={name:?} site={site:?}"
        )
        .unwrap();
    }
    for it in &it.connections {
        let part = |it: &Option<String>| it.clone().unwrap_or_else(|| "-".to_owned());
        let (database, schema) = (part(&it.dbname), part(&it.schema));
        writeln!(
            text,
            "  connection {:?} {} {database}.{schema}",
            it.name, it.class
        )
        .unwrap();
    }
    for it in &it.tables {
        writeln!(text, "  table {}", table(it)).unwrap();
    }
    for it in &it.custom_sql {
        let state = if it.readable { "" } else { " unreadable" };
        writeln!(text, "  sql {:?}{state}", it.name).unwrap();
        for it in &it.tables {
            writeln!(text, "    {}", table(it)).unwrap();
        }
    }
    for it in &it.fields {
        let caption = it
            .caption
            .as_ref()
            .map_or_else(String::new, |it| format!(" {it:?}"));
        let table = it.table.as_deref().unwrap_or("?");
        writeln!(
            text,
            "  field {}{caption} = {table} {}",
            it.field, it.column
        )
        .unwrap();
    }
}

fn table(it: &Table) -> String {
    let stated = if it.database_stated { " stated" } else { "" };
    let connection = it
        .connection
        .as_ref()
        .map_or_else(String::new, |it| format!(" @{it}"));
    format!(
        "{} -> {}{stated}{connection}",
        it.raw,
        relation(&it.relation)
    )
}

/// Quoted parts in double quotes.
pub(super) fn relation(it: &Relation) -> String {
    let part = |it: &lineage::Identifier| match it.quoted {
        true => format!("\"{}\"", it.text),
        false => it.text.clone(),
    };
    it.parts().map(part).collect::<Vec<_>>().join(".")
}

fn sheet(text: &mut String, it: &Sheet) {
    write!(text, "sheet {}", it.name).unwrap();
    if it.hidden {
        text.push_str(" hidden");
    }
    writeln!(text, " on {}", it.datasources.join(", ")).unwrap();
    if let Some(url) = &it.url {
        writeln!(text, "  {url}").unwrap();
    }
    for (datasource, field) in &it.fields {
        writeln!(text, "  uses {datasource} / {field}").unwrap();
    }
}

fn dashboard(text: &mut String, it: &Dashboard) {
    let kind = if it.story { "story" } else { "dashboard" };
    writeln!(text, "{kind} {}: {}", it.name, it.sheets.join(", ")).unwrap();
    if let Some(url) = &it.url {
        writeln!(text, "  {url}").unwrap();
    }
}
