//! Real projects in a developer's form, and every table of theirs under production's name.
//!
//! The test and the benchmark of production names share it: what Tableau reads is known,
//! which node each table is is known, and rules are judged by what they make of that.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use lineage::{
    Connection, Content, Datasource, Identifier, Lineage, LineageInput, NamePattern, NameRule,
    Node, NodeKind, Nodes, Production, Relation, Table, Through, UniqueId, Verdict, Warehouse,
    Workbook, naming,
};

/// A project as a developer has it, and what production calls it.
pub(crate) struct World {
    pub(crate) name: &'static str,
    pub(crate) warehouse: Warehouse,
    class: &'static str,
    pub(crate) nodes: Arc<Nodes>,
    /// Every relation of the project under production's name, and the nodes that it is.
    pub(crate) tables: BTreeMap<Relation, BTreeSet<UniqueId>>,
    /// The rules that say so.
    pub(crate) right: Vec<NameRule>,
}

/// What came of the tables, each counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Score {
    pub(crate) n_right: usize,
    pub(crate) n_wrong: usize,
    pub(crate) n_ambiguous: usize,
    pub(crate) n_unmatched: usize,
    /// Of the right ones, those that are marked as probable.
    pub(crate) n_probable: usize,
}

impl World {
    fn by_rules(&self, rules: &[NameRule]) -> Production {
        naming::by_rules(&self.nodes, rules, &self.warehouse)
    }

    /// One workbook for each of `tables`, and the project.
    pub(crate) fn lineage(&self, production: Production) -> Lineage {
        let workbooks = self.tables.keys().map(|it| self.workbook(it));
        let content = Content {
            name: "tableau".to_owned(),
            workbooks: workbooks.collect(),
            ..Content::default()
        };
        Lineage::build(LineageInput {
            warehouse: self.warehouse.clone(),
            nodes: Arc::clone(&self.nodes),
            exposures: Vec::new(),
            contents: Arc::from([content]),
            production: Arc::new(production),
        })
    }

    /// What the tables lead to.
    pub(crate) fn score(&self, lineage: &Lineage) -> Score {
        let connection = Warehouse::from_connection_class(self.class);
        let mut score = Score::default();
        for (table, nodes) in &self.tables {
            match lineage.find(table, &connection) {
                Verdict::Matched { nodes: found, kind } => {
                    let mut found = found.iter().map(|it| &self.nodes.get(*it).id);
                    let is_right = found.all(|it| nodes.contains(it));
                    score.n_right += usize::from(is_right);
                    score.n_wrong += usize::from(!is_right);
                    score.n_probable += usize::from(is_right && kind.is_probable());
                }
                Verdict::Unmatched {
                    reason: lineage::Reason::Ambiguous,
                    ..
                } => score.n_ambiguous += 1,
                Verdict::Unmatched { .. } => score.n_unmatched += 1,
            }
        }
        score
    }

    /// As [`World::score`], of rules that are accepted.
    pub(crate) fn score_of(&self, rules: &[NameRule]) -> Score {
        let input = LineageInput {
            warehouse: self.warehouse.clone(),
            nodes: Arc::clone(&self.nodes),
            exposures: Vec::new(),
            contents: Arc::from([]),
            production: Arc::new(self.by_rules(rules)),
        };
        self.score(&Lineage::build(input))
    }

    fn workbook(&self, table: &Relation) -> Workbook {
        let parts: Vec<String> = table.parts().map(|it| format!("[{}]", it.text)).collect();
        let connection = Connection {
            name: "c".to_owned(),
            class: self.class.to_owned(),
            dbname: None,
            schema: None,
            server: None,
        };
        let read = Table {
            raw: parts.join("."),
            relation: table.clone(),
            database_stated: true,
            connection: None,
            through: Through::Listed,
        };
        Workbook {
            name: table.name.text.clone(),
            datasources: vec![Datasource {
                name: "d".to_owned(),
                class: "federated".to_owned(),
                connections: vec![connection],
                tables: vec![read],
                ..Datasource::default()
            }],
            ..Workbook::default()
        }
    }

    /// Rules that are wrong, in every way that mixes two nodes up: all schemas one, all
    /// databases one, prefixes of tables dropped, one schema called as another.
    pub(crate) fn wrong_rules(&self) -> Vec<Vec<NameRule>> {
        let built = self.nodes.iter().filter(|(_, it)| is_built(it));
        let mut tables_of: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for relation in built.filter_map(|(_, it)| it.relation.as_ref()) {
            let part =
                |it: &Option<Identifier>| it.as_ref().map_or(String::new(), |it| it.text.clone());
            let place = (part(&relation.database), part(&relation.schema));
            let tables = tables_of.entry(place).or_default();
            tables.insert(relation.name.folded());
        }
        let mut rules = Vec::new();
        for (place, tables) in &tables_of {
            let Some((database, schema)) = self.in_production(place) else {
                continue;
            };
            rules.push(rule([
                ("schema", "*", &schema),
                ("database", "*", &database),
            ]));
            rules.push(rule([("schema", "*", &schema), ("database", "", "")]));
            rules.push(rule([("schema", "", ""), ("database", "*", &database)]));
            let others = tables_of.iter().filter(|(it, _)| *it != place);
            for ((other_database, other), _) in
                others.filter(|(_, it)| it.iter().any(|it| tables.contains(it)))
            {
                let parts = [
                    ("schema", other.as_str(), schema.as_str()),
                    ("database", other_database.as_str(), database.as_str()),
                ];
                rules.push(rule(parts));
                // Before the right ones, it takes what they would name.
                let mut before = vec![rule(parts)[0].clone()];
                before.extend(self.right.iter().cloned());
                rules.push(before);
            }
        }
        for prefix in ["stg_", "base_", "int_", "fct_", "dim_", "rpt_", "prep_"] {
            let mut all = self.right.clone();
            for it in &mut all {
                it.from.name = Some(format!("{prefix}*"));
                it.to.name = Some("*".to_owned());
            }
            all.extend(self.right.iter().cloned());
            rules.push(all);
        }
        rules.sort();
        rules.dedup();
        rules
    }

    /// Database and schema of a place as production calls them.
    fn in_production(&self, (database, schema): &(String, String)) -> Option<(String, String)> {
        let relation = Relation {
            database: Some(Identifier::quoted(database.clone())),
            schema: Some(Identifier::quoted(schema.clone())),
            name: Identifier::quoted("t"),
        };
        let named = |it: &NameRule| it.apply(&relation, &self.warehouse);
        let named = self.right.iter().find_map(named).unwrap_or(relation);
        Some((named.database?.text, named.schema?.text))
    }
}

fn rule<const N: usize>(parts: [(&str, &str, &str); N]) -> Vec<NameRule> {
    let mut rule = NameRule::default();
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    for (part, from, to) in parts {
        let of = |it: &mut NamePattern, text: &str| match part {
            "schema" => it.schema = given(text),
            _ => it.database = given(text),
        };
        of(&mut rule.from, from);
        of(&mut rule.to, to);
    }
    vec![rule]
}

fn is_built(node: &Node) -> bool {
    node.kind != NodeKind::Source
}

/// The projects of the shared data, each in one or more developer's forms.
pub(crate) fn all(data: &Path) -> Vec<World> {
    let mut worlds = vec![edge(data, "edge-v1"), edge(data, "edge-v2")];
    for (name, manifest) in [
        ("teamster", "teamster-kipptaf.json.gz"),
        ("teamster v2", "v2-teamster-kipptaf.json.gz"),
    ] {
        worlds.push(teamster(data, name, manifest));
    }
    worlds.extend(gitlab(data));
    worlds
}

fn read(data: &Path, manifest: &str) -> dbt::Manifest {
    let packed = std::fs::File::open(data.join("dbt/manifests").join(manifest)).expect("manifest");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_end(&mut bytes)
        .expect("gzip");
    dbt::Manifest::parse(&bytes).expect("a manifest")
}

/// A project whose nodes are called otherwise in production.
fn world(
    name: &'static str,
    class: &'static str,
    nodes: Vec<Node>,
    right: Vec<NameRule>,
    production: impl Fn(&Node, &Relation) -> Relation,
) -> World {
    let warehouse = Warehouse::from_connection_class(class);
    let mut tables: BTreeMap<Relation, BTreeSet<UniqueId>> = BTreeMap::new();
    for node in &nodes {
        if let Some(own) = &node.relation {
            let table = production(node, own);
            tables.entry(table).or_default().insert(node.id.clone());
        }
    }
    World {
        name,
        warehouse,
        class,
        nodes: Arc::new(Nodes::new("shop", nodes)),
        tables,
        right,
    }
}

/// The edge project in its dev target against the names of its prod target.
fn edge(data: &Path, name: &'static str) -> World {
    let prod = read(data, &format!("{name}-prod.json.gz")).nodes;
    let names: HashMap<UniqueId, Option<Relation>> =
        prod.into_iter().map(|it| (it.id, it.relation)).collect();
    let nodes = read(data, &format!("{name}-dev.json.gz")).nodes;
    let right = rule([("schema", "dbt_dev*", "analytics*")]);
    world(name, "duckdb", nodes, right, |node, _| {
        names[&node.id].clone().expect("a relation in prod too")
    })
}

/// BigQuery: production drops `dbt_dev_`, lies in another project, and Tableau shows
/// upper case.
fn teamster(data: &Path, name: &'static str, manifest: &str) -> World {
    let mut right = rule([
        ("schema", "dbt_dev_*", "*"),
        ("database", "my-gcp-project", "kipptaf-prod"),
    ]);
    right.extend(rule([("database", "my-gcp-project", "kipptaf-prod")]));
    world(
        name,
        "bigquery",
        read(data, manifest).nodes,
        right,
        |_, own| {
            let schema = own.schema.as_ref().expect("a schema").text.as_str();
            let schema = schema.strip_prefix("dbt_dev_").unwrap_or(schema);
            let database = own.database.as_ref().expect("a project").text.as_str();
            let database = database.replace("my-gcp-project", "kipptaf-prod");
            let name = own.name.text.to_uppercase();
            Relation::stored(&database, &schema.to_uppercase(), &name)
        },
    )
}

/// Snowflake: the manifest is production's. A developer builds in databases of their own,
/// or in schemas with a prefix.
fn gitlab(data: &Path) -> [World; 2] {
    let nodes = read(data, "gitlab.json.gz").nodes;
    let own: HashMap<UniqueId, Relation> = nodes
        .iter()
        .filter_map(|it| Some((it.id.clone(), it.relation.clone()?)))
        .collect();
    let stored = |node: &Node, _: &Relation| {
        let relation = &own[&node.id];
        let case = Warehouse::Snowflake.case();
        let part =
            |it: &Option<Identifier>| it.as_ref().map_or(String::new(), |it| it.stored(case));
        let (database, schema) = (part(&relation.database), part(&relation.schema));
        Relation::stored(&database, &schema, &relation.name.stored(case))
    };
    let renamed = |change: &dyn Fn(&mut Relation)| {
        let mut nodes = nodes.clone();
        for relation in nodes
            .iter_mut()
            .filter(|it| is_built(it))
            .filter_map(|it| it.relation.as_mut())
        {
            change(relation);
        }
        nodes
    };
    let databases = renamed(&|it| {
        let database = it.database.as_mut().expect("a database");
        database.text = database.text.replace("ANALYTICS_", "ALICE_");
    });
    let schemas = renamed(&|it| {
        let schema = it.schema.as_mut().expect("a schema");
        schema.text = format!("dbt_alice_{}", schema.text);
    });
    [
        world(
            "gitlab, databases",
            "snowflake",
            databases,
            rule([("database", "ALICE_*", "ANALYTICS_*")]),
            stored,
        ),
        world(
            "gitlab, schemas",
            "snowflake",
            schemas,
            rule([("schema", "dbt_alice_*", "*")]),
            stored,
        ),
    ]
}
