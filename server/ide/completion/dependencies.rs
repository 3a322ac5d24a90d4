//! Nodes that an exposure may depend on.
//!
//! Those that its workbook reads in Tableau come first. What is typed stays where it
//! can: with a quote open, a name and what closes the call is all that is put in.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use dbt::{RefTarget, TypedCall, TypedDependency};
use lineage::{Node, NodeIx, NodeKind, WorkbookIx};

use super::context::{Context, title};
use super::offers::{self, Fit, Word};
use super::{Completion, CompletionKind, Completions};
use crate::exposure_plan::target_of;
use crate::text::{count, plain};

/// A title or two tell enough.
const MAX_TITLES: usize = 2;

/// A node that may be written.
struct Offer {
    node: NodeIx,
    target: RefTarget,
    label: String,
    /// The titles of what reads it in Tableau, where the exposure lacks it.
    read_by: Vec<String>,
    fit: Fit,
}

pub(super) fn offers(context: Context<'_>, typed: &TypedDependency) -> Completions {
    let nodes = context.analysis.lineage.nodes();
    let listed = context.exposure.depends_on.iter();
    let listed = listed.filter_map(|it| it.resolve(nodes, context.file.package));
    let listed: HashSet<NodeIx> = listed.collect();
    let read_by = read_by(context);
    let word = Word::new(&typed.word);
    let mut fitting: Vec<Offer> = nodes
        .iter()
        .filter(|(ix, node)| !listed.contains(ix) && is_wanted(node, &typed.call))
        .filter_map(|(ix, node)| {
            let label = label(context, node);
            let fit = fit(&word, &typed.call, node, &label)?;
            Some(Offer {
                node: ix,
                target: target(context, ix, &typed.call)?,
                label,
                read_by: read_by.get(&ix).cloned().unwrap_or_default(),
                fit,
            })
        })
        .collect();
    fitting.sort_by(|a, b| rank(context, a).cmp(&rank(context, b)));
    let quote = call_quote(context.file.text);
    offers::best(fitting, |it| completion(context, typed, quote, &it))
}

/// What the exposure's workbook reads surely, and the titles of what reads it.
fn read_by(context: Context<'_>) -> HashMap<NodeIx, Vec<String>> {
    let mut read_by: HashMap<NodeIx, Vec<String>> = HashMap::new();
    for subject in context.subjects() {
        let reads = context.analysis.lineage.reads(subject).into_iter();
        for read in reads.filter(|it| !it.kind.is_probable()) {
            let titles = read_by.entry(read.node).or_default();
            titles.push(plain(title(context.analysis, subject)));
        }
    }
    read_by
}

fn is_wanted(node: &Node, call: &TypedCall) -> bool {
    let is_source = node.kind == NodeKind::Source;
    match call {
        TypedCall::None => true,
        TypedCall::Ref { package } => {
            !is_source && package.as_ref().is_none_or(|it| node.package == *it)
        }
        TypedCall::Source { source } => {
            is_source && (source.is_none() || node.source_name == *source)
        }
    }
}

/// `orders`, `dim.v2`, `crm.accounts`, `package.orders`
fn label(context: Context<'_>, node: &Node) -> String {
    let is_own = node.package == context.file.package || node.kind == NodeKind::Source;
    if is_own {
        return node.label();
    }
    format!("{}.{}", node.package, node.label())
}

fn fit(word: &Word, call: &TypedCall, node: &Node, label: &str) -> Option<Fit> {
    let name = word.fit(&node.name).or_else(|| word.fit(label));
    let is_source = node.kind == NodeKind::Source;
    let starts_call = match call {
        TypedCall::None => word.starts(if is_source { "source" } else { "ref" }),
        TypedCall::Ref { .. } | TypedCall::Source { .. } => false,
    };
    name.or_else(|| starts_call.then_some(Fit::Letters))
}

/// What is written for a node; `None` where dbt would refuse it.
fn target(context: Context<'_>, ix: NodeIx, call: &TypedCall) -> Option<RefTarget> {
    let target = target_of(context.analysis, ix).ok()?;
    Some(match (target, call) {
        // The package is typed already.
        (
            RefTarget::Ref { name, version, .. },
            TypedCall::Ref {
                package: Some(package),
            },
        ) => RefTarget::Ref {
            package: Some(package.clone()),
            name,
            version,
        },
        (target, _) => target,
    })
}

/// What is lacking first, then what starts as is typed; models before sources, the
/// project's own before other packages'.
fn rank<'o>(context: Context<'_>, offer: &'o Offer) -> impl Ord + use<'o> {
    let node = context.analysis.lineage.nodes().get(offer.node);
    (
        offer.read_by.is_empty(),
        offer.fit,
        node.package != context.file.package,
        node.kind == NodeKind::Source,
        offer.label.as_str(),
        offer.node,
    )
}

fn completion(
    context: Context<'_>,
    typed: &TypedDependency,
    quote: char,
    offer: &Offer,
) -> Completion {
    let node = context.analysis.lineage.nodes().get(offer.node);
    let quote = argument_quote(typed, quote);
    let call = dbt::dependency_call(&offer.target, quote);
    let dash = if typed.needs_dash { "- " } else { "" };
    let item = dbt::tableau_scalar(&call, typed.quote, typed.in_flow);
    let (range, insert) = what_is_missing(typed, format!("{dash}{item}"));
    let is_source = node.kind == NodeKind::Source;
    let function = if is_source { "source" } else { "ref" };
    let is_name = typed.call != TypedCall::None;
    let starts_call = !is_name && Word::new(&typed.word).starts(function);
    let has_source = matches!(&typed.call, TypedCall::Source { source } if source.is_some());
    let shown = if starts_call {
        call
    } else if has_source {
        node.name.clone()
    } else {
        offer.label.clone()
    };
    let is_whole = range.start < typed.word_start;
    let before = if is_whole { typed.head.as_str() } else { "" };
    Completion {
        label: plain(&offer.label),
        detail: detail(context, node, offer),
        documentation: None,
        filter: format!("{before}{shown}"),
        range,
        insert,
        sort: String::new(),
        kind: if is_source {
            CompletionKind::Source
        } else {
            CompletionKind::Node
        },
    }
}

/// The part of `item` that is not there yet, and what it replaces: all of what is there,
/// unless that is its start.
fn what_is_missing(typed: &TypedDependency, item: String) -> (Range<usize>, String) {
    let Some(rest) = item.strip_prefix(typed.head.as_str()) else {
        return (typed.item.clone(), item);
    };
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let behind = typed.rest.rfind(is_word).map_or(0, |at| at + 1);
    let closing = typed.rest.get(behind..).unwrap_or_default();
    let closing = if rest.ends_with(closing) { closing } else { "" };
    let end = typed.item.end - closing.len();
    let insert = rest[..rest.len() - closing.len()].to_owned();
    (typed.word_start..end, insert)
}

/// The quote that is typed, else the file's, as long as YAML's own is another one.
fn argument_quote(typed: &TypedDependency, habit: char) -> char {
    let quote = typed.call_quote.unwrap_or(habit);
    match (typed.quote, quote) {
        (Some('"'), '"') => '\'',
        (Some('\''), '\'') => '"',
        _ => quote,
    }
}

/// How the file's other calls are quoted.
fn call_quote(text: &str) -> char {
    let n = |call: &str| text.matches(call).count();
    let double = n("ref(\"") + n("source(\"");
    let single = n("ref('") + n("source('");
    if double > single { '"' } else { '\'' }
}

/// `read by Sales in Tableau, not listed · table · DB.MARTS.fct_orders · 12 dashboards`
fn detail(context: Context<'_>, node: &Node, offer: &Offer) -> Option<String> {
    let mut parts = Vec::new();
    if !offer.read_by.is_empty() {
        let more = offer.read_by.len().saturating_sub(MAX_TITLES);
        let mut titles = offer.read_by[..offer.read_by.len() - more].join(", ");
        if more > 0 {
            titles = format!("{titles}, +{more}");
        }
        parts.push(format!("read by {titles} in Tableau, not listed"));
    }
    let kind = match node.kind {
        NodeKind::Model => node.materialized.as_deref().unwrap_or("model"),
        kind => kind.as_str(),
    };
    parts.push(kind.to_owned());
    parts.extend(node.relation.as_ref().map(ToString::to_string));
    let n_dashboards = n_dashboards(context, offer.node);
    parts.extend((n_dashboards > 0).then(|| count(n_dashboards, "dashboard")));
    Some(crate::text::plain_message(&parts.join(" · ")))
}

/// How many dashboards show what reads the node itself.
fn n_dashboards(context: Context<'_>, node: NodeIx) -> usize {
    let lineage = &context.analysis.lineage;
    let mut dashboards: BTreeSet<(WorkbookIx, usize)> = BTreeSet::new();
    for usage in lineage.direct_usages(node) {
        let workbook = lineage.workbook(usage.workbook);
        let shown = workbook.dashboards_on(&workbook.datasources[usage.datasource]);
        dashboards.extend(shown.into_iter().map(|it| (usage.workbook, it)));
    }
    dashboards.len()
}
