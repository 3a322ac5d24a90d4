mod macros;
mod properties;
mod python;
mod reads;
mod real;
mod real_properties;
mod same;
mod sql;

use std::fmt::Write as _;

use super::*;
use crate::config::{Config, ConfigFacts, Said};
use crate::refs::RefTarget;

fn said<T: std::fmt::Debug>(out: &mut String, indent: &str, key: &str, said: &Said<T>) {
    match said {
        Said::Nothing => {}
        Said::Unknown => writeln!(out, "{indent}{key} ?").unwrap(),
        Said::Is(value) => writeln!(out, "{indent}{key} {value:?}").unwrap(),
    }
}

/// What is said, one key a line, and where: the text of each span.
fn show_config(text: &str, facts: &ConfigFacts, indent: &str) -> String {
    let Config {
        enabled,
        alias,
        schema,
        database,
        materialized,
        access,
        group,
        quoting,
        pointer,
        pointer_alias,
        is_target_schema,
    } = &facts.config;
    let mut out = String::new();
    said(&mut out, indent, "enabled", enabled);
    said(&mut out, indent, "alias", alias);
    let schema_key = if *is_target_schema {
        "target schema"
    } else {
        "schema"
    };
    said(&mut out, indent, schema_key, schema);
    said(&mut out, indent, "database", database);
    said(&mut out, indent, "materialized", materialized);
    said(&mut out, indent, "access", access);
    said(&mut out, indent, "group", group);
    for (part, is_quoted) in ["database", "schema", "identifier"].iter().zip(quoting) {
        said(&mut out, indent, &format!("quoted {part}"), is_quoted);
    }
    said(&mut out, indent, "pointer", pointer);
    said(&mut out, indent, "pointer alias", pointer_alias);
    for (key, span) in &facts.spans {
        let written = &text[span.clone()];
        writeln!(out, "{indent}{key:?} at {written:?}").unwrap();
    }
    out
}

fn show_target(target: &RefTarget) -> String {
    match target {
        RefTarget::Ref {
            package,
            name,
            version,
        } => {
            let package = package.as_ref().map(|it| format!("{it}/"));
            let version = version.as_ref().map(|it| format!(" v{it}"));
            let (package, version) = (package.unwrap_or_default(), version.unwrap_or_default());
            format!("{package}{name}{version}")
        }
        RefTarget::Source { source, table } => format!("{source}.{table}"),
    }
}

fn show_reads(reads: &Reads, indent: &str) -> String {
    let mut parts: Vec<String> = reads.targets.iter().map(show_target).collect();
    parts.extend(reads.has_unknown.then(|| "unknown".to_owned()));
    parts.extend(reads.calls_macros.then(|| "more".to_owned()));
    parts.extend(reads.macros.iter().map(|name| match name {
        MacroName::Plain(name) => format!("by {name}()"),
        MacroName::Dispatched(name) => format!("by any __{name}()"),
        MacroName::Unknown => "by some macro".to_owned(),
    }));
    parts.extend(reads.has_branches.then(|| "in some runs".to_owned()));
    if parts.is_empty() {
        return String::new();
    }
    format!("{indent}reads {}\n", parts.join(", "))
}

fn show_code(text: &str, code: &CodeFacts) -> String {
    let mut out = show_config(text, &code.config, "");
    out += &show_reads(&code.reads, "");
    for snapshot in &code.snapshots {
        assert_eq!(text[snapshot.name_span.clone()], snapshot.name);
        writeln!(out, "snapshot {}", snapshot.name).unwrap();
        out += &show_config(text, &snapshot.config, "  ");
        out += &show_reads(&snapshot.reads, "  ");
    }
    for it in &code.macros {
        writeln!(out, "macro {}", it.name).unwrap();
        out += &show_reads(&it.reads, "  ");
    }
    out
}

fn show_properties(text: &str, properties: &PropertyFacts) -> String {
    let mut out = String::new();
    for node in &properties.nodes {
        show_node(&mut out, text, node);
    }
    for source in &properties.sources {
        show_source(&mut out, text, source);
    }
    if properties.has_unknown {
        out += "and more\n";
    }
    out
}

fn show_node(out: &mut String, text: &str, node: &NodeFacts) {
    assert_eq!(text[node.name_span.clone()], node.name);
    writeln!(out, "{:?} {}", node.kind, node.name).unwrap();
    *out += &show_config(text, &node.config, "  ");
    said(out, "  ", "latest version", &node.latest_version);
    if let Some(relation) = &node.relation {
        writeln!(out, "  defined").unwrap();
        *out += &show_reads(relation, "  ");
    }
    for version in &node.versions {
        let written = &text[version.span.clone()];
        let defined_in = version.defined_in.as_deref().unwrap_or("its own file");
        writeln!(out, "  v{} in {defined_in} at {written:?}", version.v).unwrap();
        *out += &show_config(text, &version.config, "    ");
    }
}

fn show_source(out: &mut String, text: &str, source: &SourceFacts) {
    writeln!(out, "source {}", source.name).unwrap();
    *out += &show_config(text, &source.config, "  ");
    said(out, "  ", "overrides", &source.overrides);
    for table in &source.tables {
        assert_eq!(text[table.name_span.clone()], table.name);
        writeln!(out, "  table {}", table.name).unwrap();
        said(out, "    ", "identifier", &table.identifier);
        *out += &show_config(text, &table.config, "    ");
    }
}

fn show(path: &str, text: &str) -> String {
    match FileFacts::read(path, text).says {
        Says::Sql(code) | Says::Python(code) => show_code(text, &code),
        Says::Csv => "a seed\n".to_owned(),
        Says::Properties(properties) => show_properties(text, &properties),
        Says::Unreadable(reason) => format!("unreadable: {reason}\n"),
        Says::Nothing => "nothing\n".to_owned(),
    }
}

#[test]
fn the_extension_tells_the_kind() {
    let text = "models:\n  - name: a\n";
    let kinds = [
        "models/a.sql",
        "a.SQL",
        "models\\a.py",
        "seeds/a.csv",
        "a.yml",
        "a.yaml",
        "a.md",
        "models.yml/a",
        ".sql",
        "",
    ];
    let shown = kinds.map(|path| {
        let says = FileFacts::read(path, text).says;
        let says = format!("{says:?}");
        let kind = says.split(['(', ' ']).next().unwrap_or_default().to_owned();
        format!("{path:?} {kind}\n")
    });
    expect_test::expect![[r#"
        "models/a.sql" Sql
        "a.SQL" Sql
        "models\\a.py" Python
        "seeds/a.csv" Csv
        "a.yml" Properties
        "a.yaml" Properties
        "a.md" Nothing
        "models.yml/a" Nothing
        ".sql" Sql
        "" Nothing
    "#]]
    .assert_eq(&shown.concat());
}
