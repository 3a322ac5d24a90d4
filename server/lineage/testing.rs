//! Projects and Tableau content as a few lines of text, for tests.
//!
//! A project is one node a line, `-` for no relation:
//! ```text
//! model.shop.stg_orders  ANALYTICS.STAGING.stg_orders
//! model.shop.fct_orders  ANALYTICS.MARTS."Orders" <- model.shop.stg_orders
//! model.shop.dim.v2      ANALYTICS.MARTS.dim_v2 latest=2 pointer=ANALYTICS.MARTS.dim
//! source.shop.crm.users  RAW.CRM.users yml=models/crm.yml
//! model.shop.dev_dim     DEV.ALICE.dim production=ANALYTICS.MARTS.dim
//! model.shop.fresh       ANALYTICS.MARTS.fresh standing=new reads=unknown
//! ```
//! Rules from this environment's names to production's may stand between the nodes,
//! accepted ones or proposed ones:
//! ```text
//! rule schema dbt_* -> *, database dev -> prod
//! proposed schema dbt_* -> *
//! ```
//! Tableau's content has a language of its own: [`contents`].

use std::sync::Arc;

use crate::exposure::{Exposure, ExposureName, Owner};
use crate::graph::{Lineage, LineageInput};
use crate::naming::{self, NamePattern, NameRule, NamedBy, Production, Proposal};
use crate::node::{Access, Node, NodeKind, Nodes, Standing, UniqueId};
use crate::relation::{Identifier, Relation};
use crate::warehouse::Warehouse;

pub use content::{contents, table};

mod content;

/// The lineage of a project whose adapter is `adapter`.
pub fn lineage(adapter: &str, project: &str, exposures: &str, tableau: &str) -> Lineage {
    Lineage::build(LineageInput {
        warehouse: Warehouse::from_adapter(adapter),
        nodes: Arc::new(nodes(project)),
        exposures: exposures.lines().filter_map(exposure).collect(),
        contents: contents(tableau).into(),
        production: Arc::new(production_by_rules(adapter, project)),
    })
}

/// The nodes of a project named `shop`.
pub fn nodes(project: &str) -> Nodes {
    Nodes::new("shop", project.lines().filter_map(node).collect())
}

/// What production calls the nodes of a project, where a node says so.
pub fn production(project: &str) -> Production {
    let of_line = |line: &str| {
        let mut words = words(line.trim()).into_iter();
        let id = UniqueId::new(&words.next()?);
        let name = words.find_map(|it| it.strip_prefix("production=").map(relation))?;
        Some((id, name))
    };
    let named = |(id, name)| (id, name, NamedBy::Snapshot);
    project.lines().filter_map(of_line).map(named).collect()
}

/// What production calls the nodes of a project whose adapter is `adapter`: where a node
/// says so, then where a rule does, then where a proposed one does.
pub fn production_by_rules(adapter: &str, project: &str) -> Production {
    let mut production = production(project);
    let (nodes, warehouse) = (nodes(project), Warehouse::from_adapter(adapter));
    let accepted = rules(project, "rule");
    production.fill_from(&naming::by_rules(&nodes, &accepted, &warehouse));
    let proposal = Proposal {
        rules: rules(project, "proposed"),
        ..Proposal::default()
    };
    naming::with_proposal(&production, &nodes, &proposal, &warehouse)
}

fn rules(project: &str, word: &str) -> Vec<NameRule> {
    let lines = project.lines().filter_map(|it| it.trim().split_once(' '));
    let rules = lines.filter(|(first, _)| *first == word);
    rules.map(|(_, text)| rule(text)).collect()
}

/// `schema dbt_* -> *, database dev -> prod`; a side that is left out says nothing.
pub fn rule(text: &str) -> NameRule {
    let mut rule = NameRule::default();
    for part in text.split(',') {
        let (from, to) = part.split_once("->").unwrap_or((part, ""));
        let (part, from) = from.trim().split_once(' ').unwrap_or((from.trim(), ""));
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        *part_of(&mut rule.from, part) = given(from);
        *part_of(&mut rule.to, part) = given(to);
    }
    rule
}

fn part_of<'a>(pattern: &'a mut NamePattern, part: &str) -> &'a mut Option<String> {
    match part {
        "database" => &mut pattern.database,
        "schema" => &mut pattern.schema,
        "table" => &mut pattern.name,
        _ => panic!("no such part: {part}"),
    }
}

fn node(line: &str) -> Option<Node> {
    let (line, parents) = line.split_once("<-").unwrap_or((line, ""));
    let mut words = words(line.trim()).into_iter();
    let id = words
        .next()
        .filter(|it| !["rule", "proposed"].contains(&it.as_str()))?;
    let relation = words.next().filter(|it| it != "-").map(|it| relation(&it));
    let mut parts = id.split('.');
    let kind = match parts.next()? {
        "seed" => NodeKind::Seed,
        "snapshot" => NodeKind::Snapshot,
        "source" => NodeKind::Source,
        _ => NodeKind::Model,
    };
    let package = parts.next()?.to_owned();
    let source_name = (kind == NodeKind::Source).then(|| parts.next()).flatten();
    let mut node = Node {
        id: UniqueId::new(&id),
        kind,
        name: parts.next()?.to_owned(),
        package,
        source_name: source_name.map(str::to_owned),
        version: parts.next().map(|it| it.trim_start_matches('v').to_owned()),
        latest_version: None,
        path: String::new(),
        properties_path: None,
        relation,
        latest_pointer: None,
        materialized: None,
        access: None,
        group: None,
        depends_on: list(parents).map(UniqueId::new).collect(),
        checksum: None,
        standing: Standing::Parsed,
        reads_unknown: false,
    };
    for word in words {
        let (key, value) = word.split_once('=').expect("key=value");
        match key {
            "latest" => node.latest_version = Some(value.to_owned()),
            "pointer" => node.latest_pointer = Some(self::relation(value)),
            "access" => node.access = (value == "private").then_some(Access::Private),
            "path" => node.path = value.to_owned(),
            "production" => {}
            "materialized" => node.materialized = Some(value.to_owned()),
            "standing" => node.standing = standing(value),
            "reads" => node.reads_unknown = value == "unknown",
            "yml" => node.properties_path = Some(value.to_owned()),
            _ => panic!("no such key: {key}"),
        }
    }
    Some(node)
}

fn standing(word: &str) -> Standing {
    match word {
        "edited" => Standing::Edited,
        "missing" => Standing::Missing,
        "new" => Standing::New,
        _ => Standing::Parsed,
    }
}

/// `name label="A title" url=https://… owner="Ana" depends_on=model.shop.a tableau.luid=… disabled`,
/// with `package=crm` for one of another package.
pub fn exposure(line: &str) -> Option<Exposure> {
    let mut words = words(line.trim()).into_iter();
    let name = words.next()?;
    let mut exposure = Exposure {
        id: UniqueId::new(&format!("exposure.shop.{name}")),
        name: ExposureName::new(name),
        package: "shop".to_owned(),
        label: None,
        url: None,
        description: None,
        owner: Owner::default(),
        path: "models/exposures/tableau.yml".to_owned(),
        meta: Vec::new(),
        depends_on: Vec::new(),
        enabled: true,
    };
    for word in words {
        match word.split_once('=') {
            None => exposure.enabled = word != "disabled",
            Some(("label", label)) => exposure.label = Some(label.replace('"', "")),
            Some(("url", url)) => exposure.url = Some(url.to_owned()),
            Some(("description", text)) => exposure.description = Some(text.replace('"', "")),
            Some(("owner", name)) => exposure.owner.name = Some(name.replace('"', "")),
            Some(("path", path)) => exposure.path = path.to_owned(),
            Some(("package", package)) => {
                let name = exposure.name.as_str();
                exposure.id = UniqueId::new(&format!("exposure.{package}.{name}"));
                exposure.package = package.to_owned();
            }
            Some(("depends_on", ids)) => {
                exposure.depends_on = list(ids).map(UniqueId::new).collect();
            }
            Some((key, value)) => exposure.meta.push((key.to_owned(), value.replace('"', ""))),
        }
    }
    Some(exposure)
}

/// Up to three parts; `[x]`, `"x"` and `` `x` `` are quoted.
pub fn relation(text: &str) -> Relation {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let close = match rest.chars().next() {
            Some('[') => ']',
            Some(quote @ ('"' | '`')) => quote,
            _ => '.',
        };
        if close == '.' {
            let (part, after) = rest.split_once('.').unwrap_or((rest, ""));
            parts.push(Identifier::unquoted(part));
            rest = after;
        } else {
            let (part, after) = rest[1..].split_once(close).expect("a closing quote");
            parts.push(Identifier::quoted(part));
            rest = after.strip_prefix('.').unwrap_or(after);
        }
    }
    let name = parts.pop().expect("a name");
    Relation {
        schema: parts.pop(),
        database: parts.pop(),
        name,
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty())
}

/// Words at blanks that stand outside quotes.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in text.chars() {
        is_quoted ^= matches!(c, '"' | '`');
        match words.last_mut() {
            Some(word) if is_quoted || !c.is_whitespace() => word.push(c),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
