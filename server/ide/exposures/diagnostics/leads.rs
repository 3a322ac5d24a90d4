//! Where the calls of `depends_on` lead to: to nothing, to what is disabled or private.
//!
//! What is not in the manifest is unknown to us and may be new to dbt, which the message
//! says. Where a definition of the manifest could not be read, nothing is called unknown.

use std::collections::HashMap;

use dbt::{Engine, ExposureEntry, RefCall, RefTarget};
use lineage::{Access, DisabledNode, Node, NodeIx, Nodes};

use super::{Context, error, is_surely_enabled, nearest, replace};
use crate::analysis::Analysis;
use crate::diagnostics::{Diagnostic, Fix, Severity};
use crate::exposure_plan;
use crate::text::plain;

/// How often nearest names are looked for in a file: each look is at every node.
const MAX_SEARCHES: usize = 10;

/// How many of them are offered.
const MAX_NEAREST: usize = 2;

/// What is looked up for many items.
pub(super) struct Lookup<'a> {
    disabled: HashMap<&'a str, Vec<&'a DisabledNode>>,
    n_searches: usize,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(analysis: &'a Analysis) -> Lookup<'a> {
        let mut disabled: HashMap<&str, Vec<&DisabledNode>> = HashMap::new();
        for node in analysis.disabled.iter() {
            disabled.entry(&node.name).or_default().push(node);
        }
        Lookup {
            disabled,
            n_searches: 0,
        }
    }

    /// The disabled node that is meant.
    fn disabled(&self, target: &RefTarget) -> Option<&'a DisabledNode> {
        let named = |name: &String| {
            self.disabled
                .get(name.as_str())
                .into_iter()
                .flatten()
                .copied()
        };
        match target {
            RefTarget::Ref { package, name, .. } => named(name).find(|it| {
                let is_its = package.as_ref().is_none_or(|of| *of == it.package);
                is_its && !is_source(it)
            }),
            RefTarget::Source { source, table } => {
                let id = format!(".{source}.{table}");
                named(table).find(|it| is_source(it) && it.id.as_str().ends_with(&id))
            }
        }
    }

    /// Names like `name`, while there is time to look.
    fn nearest(&mut self, name: &str, all: impl Iterator<Item = String>) -> Vec<String> {
        self.n_searches += 1;
        if self.n_searches > MAX_SEARCHES {
            return Vec::new();
        }
        let all: Vec<String> = all.collect();
        let names = nearest::names(name, all.iter().map(String::as_str), MAX_NEAREST);
        names.into_iter().map(str::to_owned).collect()
    }
}

fn is_source(node: &DisabledNode) -> bool {
    node.id.as_str().starts_with("source.")
}

/// Where a call leads to, if dbt does not take it there.
pub(super) fn of_call(
    context: &Context<'_>,
    entry: &ExposureEntry,
    call: &RefCall,
    lookup: &mut Lookup<'_>,
) -> Option<Diagnostic> {
    let nodes = context.analysis.lineage.nodes();
    let node = call.target.resolve(nodes, context.file.package);
    let mut found = match node {
        Some(node) => private(context, call, nodes.get(node))?,
        None if !context.analysis.project.has_manifest => return None,
        None => match lookup.disabled(&call.target) {
            Some(disabled) => of_disabled(context, call, disabled),
            None => unknown(context, call, lookup)?,
        },
    };
    // A condition decides whether dbt looks at it at all.
    if !is_surely_enabled(entry) && found.severity == Severity::Error {
        found.severity = Severity::Warning;
    }
    Some(found)
}

fn private(context: &Context<'_>, call: &RefCall, node: &Node) -> Option<Diagnostic> {
    let has_group = node.group.is_some();
    let is_refused = match context.engine {
        // What every engine refuses.
        Engine::Unknown => has_group,
        engine => engine.refuses_private(has_group),
    };
    if node.access != Some(Access::Private) || !is_refused {
        return None;
    }
    let message = exposure_plan::refused_private(context.analysis, node);
    Some(error(call.span.clone(), "exposure-ref-private", message))
}

fn severity_of_missing(context: &Context<'_>) -> Severity {
    if context.engine.stops_at_missing_node() {
        Severity::Error
    } else {
        Severity::Warning
    }
}

fn then(context: &Context<'_>) -> &'static str {
    match context.engine {
        Engine::Core { .. } => "stops at it",
        Engine::Fusion => "leaves the exposure out",
        Engine::Unknown => "stops at it or leaves the exposure out",
    }
}

fn of_disabled(context: &Context<'_>, call: &RefCall, node: &DisabledNode) -> Diagnostic {
    let place = match node.path.as_str() {
        "" => String::new(),
        path => format!(" ({})", plain(path)),
    };
    let message = format!(
        "`{}` is disabled{place}; {} {}",
        node.name,
        context.dbt(),
        then(context)
    );
    Diagnostic {
        severity: severity_of_missing(context),
        ..error(call.span.clone(), "exposure-ref-disabled", message)
    }
}

fn unknown(context: &Context<'_>, call: &RefCall, lookup: &mut Lookup<'_>) -> Option<Diagnostic> {
    if context.analysis.project.n_skipped > 0 {
        return None;
    }
    let nodes = context.analysis.lineage.nodes();
    let (what, fixes) = match &call.target {
        RefTarget::Ref {
            package,
            name,
            version,
        } => match other_versions(nodes, name, version.as_deref()) {
            Some(versions) => (
                format!("`{}` has no such version, but {versions}", plain(name)),
                vec![latest(context, call, package.as_ref(), name)],
            ),
            None => (
                missing_ref(package.as_deref(), name),
                near_refs(context, call, package.as_deref(), name, lookup),
            ),
        },
        RefTarget::Source { source, table } => {
            let name = plain(&format!("{source}.{table}"));
            let what = format!("the manifest has no source `{name}`");
            (what, near_sources(context, call, source, table, lookup))
        }
    };
    let message = format!(
        "{what}; unless it is new since `dbt parse`, {} {}",
        context.dbt(),
        then(context)
    );
    Some(Diagnostic {
        severity: severity_of_missing(context),
        fixes,
        ..error(call.span.clone(), "exposure-ref-unknown", message)
    })
}

fn missing_ref(package: Option<&str>, name: &str) -> String {
    match package {
        Some(package) => format!(
            "the manifest has no node `{}` of `{}`",
            plain(name),
            plain(package)
        ),
        None => format!("the manifest has no node `{}`", plain(name)),
    }
}

/// The versions that a model of this name has, where it has any.
fn other_versions(nodes: &Nodes, name: &str, version: Option<&str>) -> Option<String> {
    version?;
    let named = nodes.by_name(name).iter().map(|ix| nodes.get(*ix));
    let versions: Vec<&str> = named.filter_map(|it| it.version.as_deref()).collect();
    (!versions.is_empty()).then(|| versions.join(", "))
}

/// The latest version, which a call without one means.
fn latest(context: &Context<'_>, call: &RefCall, package: Option<&String>, name: &str) -> Fix {
    let target = RefTarget::Ref {
        package: package.cloned(),
        name: name.to_owned(),
        version: None,
    };
    let text = dbt::dependency_call(&target, quote_of(context, call));
    replace(format!("Change to `{text}`"), &call.span, text)
}

fn near_refs(
    context: &Context<'_>,
    call: &RefCall,
    package: Option<&str>,
    name: &str,
    lookup: &mut Lookup<'_>,
) -> Vec<Fix> {
    let nodes = context.analysis.lineage.nodes();
    let elsewhere = package.and_then(|_| nodes.find_ref(context.file.package, None, name, None));
    if let Some(elsewhere) = elsewhere {
        return vec![other_package(context, call, nodes.get(elsewhere))];
    }
    let is_its = |it: &Node| it.source_name.is_none() && package.is_none_or(|of| of == it.package);
    let all = nodes.iter().filter(|(_, it)| is_its(it));
    let names = lookup.nearest(name, all.map(|(_, it)| it.name.clone()));
    let fix = |it: String| replace(format!("Change to `{it}`"), &call.name_span, it);
    names.into_iter().map(fix).collect()
}

/// The node of this name that another package has.
fn other_package(context: &Context<'_>, call: &RefCall, node: &Node) -> Fix {
    let root = context.analysis.lineage.nodes().root_package();
    let target = RefTarget::Ref {
        package: (node.package != root).then(|| node.package.clone()),
        name: node.name.clone(),
        version: None,
    };
    let text = dbt::dependency_call(&target, quote_of(context, call));
    replace(format!("Change to `{text}`"), &call.span, text)
}

/// Sources whose two names together are most like the one that stands there.
fn near_sources(
    context: &Context<'_>,
    call: &RefCall,
    source: &str,
    table: &str,
    lookup: &mut Lookup<'_>,
) -> Vec<Fix> {
    let nodes = context.analysis.lineage.nodes();
    let mut sources: HashMap<String, NodeIx> = HashMap::new();
    if lookup.n_searches < MAX_SEARCHES {
        let all = nodes.iter().filter(|(_, it)| it.source_name.is_some());
        sources.extend(all.map(|(ix, it)| (it.label(), ix)));
    }
    let wanted = format!("{source}.{table}");
    let names = lookup.nearest(&wanted, sources.keys().cloned());
    let quote = quote_of(context, call);
    let fix = |name: String| {
        let node = nodes.get(*sources.get(&name)?);
        let target = RefTarget::Source {
            source: node.source_name.clone()?,
            table: node.name.clone(),
        };
        let text = dbt::dependency_call(&target, quote);
        Some(replace(format!("Change to `{name}`"), &call.span, text))
    };
    names.into_iter().filter_map(fix).collect()
}

/// The quotes around the names of a call.
fn quote_of(context: &Context<'_>, call: &RefCall) -> char {
    let before = &context.file.text[..call.name_span.start];
    if before.ends_with('"') { '"' } else { '\'' }
}
