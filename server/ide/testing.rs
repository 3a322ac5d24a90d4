//! Analyses from fixtures, for this crate's tests.
//!
//! Beside files a fixture may hold `nodes`, `tableau` and `exposures`, in the
//! words of [`lineage::testing`], `disabled` nodes, and a line in `skipped` for each
//! definition of the manifest that could not be read, in `unread` for each such file, in
//! `unread code` and `differing` for each file that is so. Further:
//! ```text
//! #- pending
//! model.shop.a renamed DB.S.b models/a.sql alias
//! model.shop.c disabled models/marts.yml enabled
//! model.shop.d deleted models/d.sql
//! #- named by
//! manifest state/manifest.json
//! #- proposal
//! rule schema dbt_* -> MARTS
//! counts 41 2 5
//! example [PROD].[MARTS].[A] model.shop.a
//! #- no manifest
//! ```
//! What `production=` names in `nodes` is named by the snapshot, or as `named by` says.

use std::sync::Arc;

use dbt::{Becomes, ConfigKey, Pending};
use fixture::Fixture;
use lineage::testing::relation;
use lineage::{
    DisabledNode, Lineage, LineageInput, NamedBy, Proposal, UniqueId, Warehouse, naming,
};

use crate::analysis::{Analysis, File, Options, ProjectFacts};
use crate::doubts::Doubts;

/// The analysis of a fixture, for a project `shop` on Snowflake.
pub(crate) fn analysis(fixture: &Fixture) -> Analysis {
    let text = |name| fixture.file(name);
    let proposal = text("proposal");
    let proposal = (!proposal.is_empty()).then(|| Arc::new(self::proposal(proposal)));
    let lineage = lineage_of(fixture, proposal.as_deref());
    Analysis {
        disabled: text("disabled").lines().map(disabled).collect(),
        pending: text("pending")
            .lines()
            .map(|it| pending(&lineage, it))
            .collect(),
        lineage: Arc::new(lineage),
        proposal,
        project: ProjectFacts {
            name: "shop".to_owned(),
            engine: dbt::Engine::Core {
                major: 1,
                minor: 11,
            },
            model_paths: vec!["models".to_owned()],
            resource_paths: vec!["models".to_owned(), "analyses".to_owned()],
            unread_files: text("unread").lines().map(str::to_owned).collect(),
            unread_code: text("unread code").lines().map(str::to_owned).collect(),
            differing: text("differing").lines().map(str::to_owned).collect(),
            has_manifest: fixture.files().all(|(name, _)| name != "no manifest"),
            n_skipped: text("skipped").lines().count(),
        },
        options: Options::default(),
        doubts: Doubts::default(),
    }
}

fn lineage_of(fixture: &Fixture, proposal: Option<&Proposal>) -> Lineage {
    let (project, warehouse) = (fixture.file("nodes"), Warehouse::from_adapter("snowflake"));
    let nodes = Arc::new(lineage::testing::nodes(project));
    let manifest = fixture.file("named by").trim().strip_prefix("manifest ");
    let mut production = lineage::testing::production_by_rules("snowflake", project);
    if let Some(path) = manifest {
        let named = nodes.iter().filter_map(|(_, node)| {
            let name = production.get(&node.id)?.relation.clone();
            Some((node.id.clone(), name, NamedBy::Manifest(path.into())))
        });
        production = named.collect();
    }
    if let Some(proposal) = proposal {
        production = naming::with_proposal(&production, &nodes, proposal, &warehouse);
    }
    let exposures = fixture.file("exposures").lines();
    Lineage::build(LineageInput {
        warehouse,
        nodes,
        exposures: exposures.filter_map(lineage::testing::exposure).collect(),
        contents: lineage::testing::contents(fixture.file("tableau")).into(),
        production: Arc::new(production),
    })
}

/// `model.shop.x renamed DB.S.y models/x.sql alias`
fn pending(lineage: &Lineage, line: &str) -> Pending {
    let mut words = line.split(' ');
    let mut word = || words.next().expect("id, what becomes of it, path");
    let node = UniqueId::new(word());
    let becomes = match word() {
        "renamed" => Becomes::Renamed(relation(word())),
        "disabled" => Becomes::Disabled,
        "ephemeral" => Becomes::Ephemeral,
        _ => Becomes::Deleted,
    };
    let path = word().to_owned();
    let key = words.next().map(|key| match key {
        "enabled" => ConfigKey::Enabled,
        "alias" => ConfigKey::Alias,
        "schema" => ConfigKey::Schema,
        "database" => ConfigKey::Database,
        _ => ConfigKey::Materialized,
    });
    let ix = lineage.nodes().by_id(&node).expect("a node");
    let deployed = lineage.nodes().get(ix).relation.clone();
    Pending {
        node,
        deployed: deployed.expect("a relation"),
        becomes,
        path,
        key,
    }
}

/// Lines `rule …`, `counts MATCHED AMBIGUOUS UNEXPLAINED`, `example TABLE ID`.
fn proposal(text: &str) -> Proposal {
    let mut proposal = Proposal::default();
    for line in text.lines() {
        let (word, rest) = line.split_once(' ').expect("a word and more");
        match word {
            "rule" => proposal.rules.push(lineage::testing::rule(rest)),
            "counts" => {
                let counts: Vec<usize> = rest.split(' ').filter_map(|it| it.parse().ok()).collect();
                proposal.n_matched = counts[0];
                proposal.n_ambiguous = counts[1];
                proposal.n_unexplained = counts[2];
            }
            _ => {
                let (table, id) = rest.split_once(' ').expect("a table and an id");
                let example = (table.to_owned(), UniqueId::new(id));
                proposal.examples.push(example);
            }
        }
    }
    proposal
}

/// `model.shop.x models/old/x.sql`
fn disabled(line: &str) -> DisabledNode {
    let (id, path) = line.split_once(' ').expect("id and path");
    DisabledNode {
        id: lineage::UniqueId::new(id),
        name: id.rsplit('.').next().unwrap_or_default().to_owned(),
        path: path.to_owned(),
        package: "shop".to_owned(),
    }
}

/// A file of the fixture's project.
pub(crate) fn file<'a>(fixture: &'a Fixture, path: &'a str) -> File<'a> {
    File {
        package: "shop",
        path,
        text: fixture.file(path),
    }
}

/// A project with a bit of everything: two marts on a staging model, a source, and
/// three workbooks.
pub(crate) const SHOP: &str = "\
#- nodes
source.shop.crm.accounts RAW.CRM.ACCOUNTS path=models/sources.yml
model.shop.stg_orders DB.STAGING.stg_orders path=models/stg_orders.sql <- source.shop.crm.accounts
model.shop.fct_orders DB.MARTS.fct_orders path=models/fct_orders.sql yml=models/marts.yml <- model.shop.stg_orders
model.shop.fct_returns DB.MARTS.fct_returns path=models/fct_returns.sql yml=models/marts.yml <- model.shop.stg_orders
model.shop.dim_vendors DB.MARTS.dim_vendors path=models/dim_vendors.sql
#- exposures
sales tableau.file=tableau/Sales.twb
#- tableau
workbook Sales file=tableau/Sales.twb
datasource Orders snowflake
[DB].[MARTS].[FCT_ORDERS]
sheet By day: Orders
sheet By week: Orders
dashboard Overview: By day, By week
dashboard Detail: By day
workbook Weekly Ops file=tableau/Weekly_Ops.twb
datasource Ops snowflake
sql db.marts.fct_orders, db.marts.fct_returns
workbook Leads site=acme content_url=Leads url=https://t.example/#/site/acme/workbooks/7
datasource CRM snowflake
[RAW].[CRM].[ACCOUNTS]
";
