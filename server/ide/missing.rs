//! What keeps an empty answer from being a zero.

mod project;

use std::collections::{BTreeMap, HashMap};

use lineage::{Gap, GapCode, NodeIx, Standing, Unmatched};

use crate::analysis::Analysis;
use crate::doubts::Doubts;
use crate::text::{plain, plain_message};

pub(crate) use project::{beside_gaps, of_project};

/// A developer's manifest can have one for each of its tables.
const MAX_NEAR_MISSES: usize = 3;

/// Something that is not known and may hide a use of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The kind, as in JSON answers.
    pub code: &'static str,
    /// One line for a person.
    pub message: String,
}

/// Everything that may hide a use of `node`, one line per kind.
pub(crate) fn of_node(analysis: &Analysis, node: NodeIx) -> Vec<Missing> {
    if !analysis.has_content() {
        let message = "no Tableau content was found at all".to_owned();
        let nothing = Missing {
            code: "no_content",
            message,
        };
        let why = gaps(analysis.lineage.gaps_that_touch(node)).into_iter();
        return std::iter::once(nothing).chain(why).collect();
    }
    let doubts = Doubts::of(analysis);
    let mut all = doubts.everywhere.clone();
    let is_new = analysis.lineage.nodes().get(node).standing == Standing::New;
    let is_said = all.iter().any(|it| it.code == "code_unread");
    all.extend(doubts.unread_code.clone().filter(|_| is_new && !is_said));
    all.extend(of_names(analysis, node));
    all.extend(gaps(analysis.lineage.gaps_that_touch(node)));
    all.extend(near_misses(analysis, node));
    all
}

/// Those about whole places in their own words; the rest counted by kind.
pub(crate) fn gaps<'a>(gaps: impl Iterator<Item = &'a Gap>) -> Vec<Missing> {
    let mut all: Vec<Missing> = Vec::new();
    let mut by_code: BTreeMap<GapCode, Vec<&str>> = BTreeMap::new();
    for gap in gaps {
        match &gap.about {
            Some(about) => by_code.entry(gap.code).or_default().push(about),
            None => all.push(Missing {
                code: gap.code.as_str(),
                message: plain_message(&gap.message),
            }),
        }
    }
    all.dedup();
    all.extend(by_code.into_iter().map(|(code, about)| line(code, about)));
    all
}

/// What leaves every node in doubt.
pub(crate) fn of_any_node(analysis: &Analysis) -> Vec<Missing> {
    Doubts::of(analysis).everywhere.clone()
}

/// The nodes whose names are not known, all in one.
pub(crate) fn nameless(analysis: &Analysis) -> Option<Missing> {
    let nameless = Doubts::of(analysis).nameless.iter();
    let ends = nameless.filter(|(node, end)| node == end);
    let mut ends: Vec<NodeIx> = ends.map(|(node, _)| *node).collect();
    ends.sort_unstable();
    let label = |ix: &NodeIx| format!("`{}`", analysis.lineage.nodes().get(*ix).label());
    let labels: Vec<String> = ends.iter().map(label).collect();
    (!labels.is_empty()).then(|| relation_unknown(labels.iter().map(String::as_str).collect()))
}

fn relation_unknown(labels: Vec<&str>) -> Missing {
    let labels = names(labels);
    let message = format!("only dbt can work out what the warehouse calls {labels}");
    Missing {
        code: "relation_unknown",
        message,
    }
}

/// What is not known of the names of `node` or of what is built from it.
fn of_names(analysis: &Analysis, node: NodeIx) -> Option<Missing> {
    let nameless = Doubts::of(analysis).nameless.get(&node)?;
    let label = format!("`{}`", analysis.lineage.nodes().get(*nameless).label());
    Some(relation_unknown(vec![&label]))
}

fn line(code: GapCode, mut about: Vec<&str>) -> Missing {
    let n = about.len();
    about.sort_unstable();
    about.dedup();
    let has_folder = about.iter().any(|it| it.ends_with('/'));
    let (one, many) = match code {
        GapCode::FileUnreadable if has_folder => (
            "folder could not be looked into",
            "files and folders could not be looked into",
        ),
        _ => words_for(code),
    };
    let what = if n == 1 { one } else { many };
    Missing {
        code: code.as_str(),
        message: format!("{n} {what} ({})", names(about)),
    }
}

/// What is said of one, and of several.
fn words_for(code: GapCode) -> (&'static str, &'static str) {
    match code {
        GapCode::FileUnreadable => ("file could not be read", "files could not be read"),
        GapCode::CustomSqlUnreadable => (
            "custom SQL query could not be read",
            "custom SQL queries could not be read",
        ),
        GapCode::ExtractOnly => (
            "datasource only holds an extract, its origin unknown",
            "datasources only hold an extract, its origin unknown",
        ),
        GapCode::PublishedDatasourceUnavailable => (
            "published datasource is not at hand",
            "published datasources are not at hand",
        ),
        GapCode::VirtualConnection => (
            "virtual connection is not at hand",
            "virtual connections are not at hand",
        ),
        GapCode::StoredProcedure => (
            "stored procedure hides the tables it reads",
            "stored procedures hide the tables they read",
        ),
        GapCode::NameHidden => (
            "table name is hidden from your token",
            "table names are hidden from your token",
        ),
        GapCode::Ambiguous => (
            "table fits several relations",
            "tables fit several relations",
        ),
        GapCode::MetadataIncomplete => (
            "workbook or datasource does not list what it reads",
            "workbooks or datasources do not list what they read",
        ),
        // Mostly about whole sites, and then in their own words.
        GapCode::NotSignedIn
        | GapCode::SiteUnavailable
        | GapCode::RefreshFailed
        | GapCode::Truncated
        | GapCode::VisibilityLimited
        | GapCode::MetadataUnavailable
        | GapCode::SnapshotUnavailable => (
            "workbook or datasource is known only in part",
            "workbooks or datasources are known only in part",
        ),
    }
}

/// Tables that have the node's name, or that of one built from it, and lie
/// somewhere else: the first few, and how many more.
fn near_misses(analysis: &Analysis, node: NodeIx) -> Vec<Missing> {
    let mut tables: Vec<(&Unmatched, Vec<String>)> = Vec::new();
    let mut place_of: HashMap<*const Unmatched, usize> = HashMap::new();
    for it in analysis.lineage.near_misses(node) {
        let place = *place_of.entry(it.table).or_insert_with(|| {
            tables.push((it.table, Vec::new()));
            tables.len() - 1
        });
        let label = analysis.lineage.nodes().get(it.node).label();
        tables[place].1.push(format!("`{label}`"));
    }
    let missing = |message| Missing {
        code: "name_differs",
        message,
    };
    let mut all: Vec<Missing> = tables
        .iter()
        .take(MAX_NEAR_MISSES)
        .map(|(table, labels)| missing(near_miss(table, labels)))
        .collect();
    if tables.len() > MAX_NEAR_MISSES {
        let n_more = tables.len() - MAX_NEAR_MISSES;
        all.push(missing(format!("{n_more} more tables have such names")));
    }
    all
}

fn near_miss(table: &Unmatched, labels: &[String]) -> String {
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    format!(
        "`{}` in {} has the name of {}, but another schema or database",
        plain(&table.table),
        names(table.workbooks.iter().map(String::as_str).collect()),
        names(labels)
    )
}

/// The first names, and how many more.
pub(crate) fn names(all: Vec<&str>) -> String {
    let shown: Vec<String> = all.iter().take(2).map(|name| plain(name)).collect();
    let rest = all.len() - shown.len();
    let more = if rest > 0 {
        format!(", +{rest}")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use fixture::Fixture;

    use crate::testing::{SHOP, analysis};

    /// What is missing for `model.shop.a`, or else for `dim_vendors`.
    #[track_caller]
    fn check(project: &str, expect: Expect) {
        let analysis = analysis(&Fixture::parse(project));
        let node = analysis
            .node("model.shop.a")
            .or_else(|| analysis.node("model.shop.dim_vendors"))
            .expect("a node");
        let missing = analysis.missing(node);
        let lines: Vec<String> = missing
            .iter()
            .map(|it| format!("{}: {}", it.code, it.message))
            .collect();
        expect.assert_eq(&lines.join("\n"));
    }

    const ONE: &str = "#- nodes\nmodel.shop.a DB.S.a\nsource.shop.raw.t DB.RAW.t\n#- tableau\n";

    #[test]
    fn a_zero_is_one_where_something_of_dbts_is_read_and_all_of_it_is_understood() {
        check(SHOP, expect![""]);
        check(&format!("{ONE}workbook W\n"), expect![""]);
    }

    #[test]
    fn without_a_workbook_there_is_no_zero() {
        check(
            ONE,
            expect!["no_content: no Tableau content was found at all"],
        );
        check(
            &format!("{ONE}published P snowflake\n[DB].[S].[A]\n"),
            expect!["no_workbooks: no workbook was found, only datasources"],
        );
    }

    #[test]
    fn a_definition_that_makes_no_sense_may_have_tied_a_node_to_a_dashboard() {
        check(
            &format!("{SHOP}#- skipped\nx\n"),
            expect!["manifest_definitions_skipped: 1 definition of the manifest could not be read"],
        );
        check(
            &format!("{SHOP}#- skipped\nx\ny\n"),
            expect![
                "manifest_definitions_skipped: 2 definitions of the manifest could not be read"
            ],
        );
    }

    #[test]
    fn where_nothing_that_dbt_builds_is_read_the_manifest_may_be_anothers() {
        let own = "workbook W\ndatasource D snowflake\n";
        check(
            &format!("{ONE}{own}[PROD].[MARTS].[ORDERS]\n[DB].[RAW].[T]\n"),
            expect![
                "nothing_matches: none of Tableau's tables is one that dbt builds here: the manifest may be of another target"
            ],
        );
        // A table of another system says nothing about this project.
        check(&format!("{ONE}{own}[DB].[RAW].[T]\n"), expect![[r#""#]]);
        check(
            &format!("{ONE}workbook W\ndatasource D postgres\n[MARTS].[ORDERS]\n"),
            expect![[r#""#]],
        );
        // One that has the name of what dbt builds may be that, built by another target.
        check(
            &format!("{ONE}workbook W\ndatasource D postgres\n[MARTS].[A]\n"),
            expect![
                "nothing_matches: Tableau reads tables with dbt's names on another kind of warehouse than the manifest's: it may be of another target"
            ],
        );
    }

    #[test]
    fn what_is_not_known_of_a_whole_site_is_said_in_its_own_words() {
        check(
            &format!(
                "{ONE}workbook W\ncontent site acme\ngap not_signed_in not signed in to acme\n\
                 gap name_hidden 12 tables have names hidden by permissions\n\
                 gap metadata_incomplete about=Sales x\ngap metadata_incomplete about=Ops y\n\
                 gap truncated the catalogue was cut\ngap truncated the catalogue was cut\n"
            ),
            expect![[r#"
                not_signed_in: not signed in to acme
                name_hidden: 12 tables have names hidden by permissions
                truncated: the catalogue was cut
                metadata_incomplete: 2 workbooks or datasources do not list what they read (Ops, Sales)"#]],
        );
    }

    #[test]
    fn what_is_not_known_is_counted_by_kind() {
        let query = |name: &str| format!("workbook {name}\ndatasource D snowflake\nsql ?\n");
        check(
            &format!("{ONE}{}", query("W")),
            expect!["custom_sql_unreadable: 1 custom SQL query could not be read (W)"],
        );
        let three = ["W1", "W2", "W3"].map(query).concat();
        check(
            &format!("{ONE}{three}"),
            expect!["custom_sql_unreadable: 3 custom SQL queries could not be read (W1, W2, +1)"],
        );
    }

    /// Of two nodes of dev's the second is read, by its name in production.
    const DEV: &str = "\
#- nodes
model.shop.a DEV.dbt_me.a
model.shop.b DEV.dbt_me.b
#- proposal
rule schema dbt_* -> MARTS, database dev -> PROD
counts 1 0 0
#- tableau
workbook W
datasource D snowflake
[PROD].[MARTS].[B]
";

    #[test]
    fn while_nobody_has_accepted_the_rule_there_is_no_zero() {
        check(
            DEV,
            expect![
                "names_unconfirmed: nobody has accepted the proposed name rule schema dbt_* → MARTS, database dev → PROD yet: Tableau may call other nodes otherwise too"
            ],
        );
        let accepted = DEV
            .replace("#- proposal\n", "")
            .replace("counts 1 0 0\n", "");
        check(&accepted, expect![[""]]);
    }

    #[test]
    fn where_most_names_lie_elsewhere_the_names_are_doubted() {
        let nodes = "#- nodes\nmodel.shop.a DEV.me.a\nmodel.shop.used DEV.me.used\n\
                     model.shop.b DEV.me.b\nmodel.shop.c DEV.me.c\nmodel.shop.d DEV.me.d\nmodel.shop.e DEV.me.e\n";
        let tableau = "#- tableau\nworkbook W\ndatasource D snowflake\n[DEV].[ME].[USED]\n";
        let elsewhere = "[P].[M].[B]\n[P].[M].[C]\n[P].[M].[D]\n[P].[M].[E]\n";
        check(
            &format!("{nodes}{tableau}{elsewhere}"),
            expect![
                "names_unconfirmed: most of Tableau's tables that have a name of dbt's lie elsewhere: the names here may be of another target"
            ],
        );
        // What dbt has no name for is no sign of another target.
        let others = "[P].[M].[V]\n[P].[M].[X]\n[P].[M].[Y]\n[P].[M].[Z]\n";
        check(&format!("{nodes}{tableau}{others}"), expect![[""]]);
        // Somebody says what production is called: that is known then.
        let named = nodes.replace("me.used", "me.used production=PROD.X.USED");
        check(&format!("{named}{tableau}{elsewhere}"), expect![[""]]);
        let same = nodes.replace("me.used", "me.used production=DEV.me.used");
        check(&format!("{same}{tableau}{elsewhere}"), expect![[""]]);
    }

    #[test]
    fn a_rule_by_which_no_table_is_found_confirms_nothing() {
        let project = |to: &str| {
            format!(
                "#- nodes\nmodel.shop.a DEV.me.a\nmodel.shop.b DEV.me_b.b\nmodel.shop.c DEV.me.c\n\
                 rule schema me_b -> {to}\n\
                 #- tableau\nworkbook W\ndatasource D snowflake\n[DEV].[M].[B]\n[DEV].[M].[C]\n"
            )
        };
        check(
            &project("X"),
            expect![[
                r#"names_unconfirmed: most of Tableau's tables that have a name of dbt's lie elsewhere: the names here may be of another target"#
            ]],
        );
        check(&project("M"), expect![[""]]);
    }

    #[test]
    fn a_name_that_only_dbt_can_work_out_may_hide_any_edge_to_what_is_read() {
        let project = |reads: &str| {
            format!(
                "#- nodes\nmodel.shop.a DB.S.a\nmodel.shop.used DB.S.used {reads}\n\
                 model.shop.leaf DB.S.leaf reads=unknown\n\
                 #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[USED]\n"
            )
        };
        check(
            &project("reads=unknown standing=edited"),
            expect!["refs_unread: `used` reads nodes whose names only dbt can work out"],
        );
        // What no dashboard reaches hides none.
        check(&project(""), expect![[""]]);
    }

    #[test]
    fn files_that_could_not_be_read_are_named() {
        let unread = |paths: &str| format!("{SHOP}#- unread code\n{paths}\n");
        check(
            &unread("models/x.sql"),
            expect!["code_unread: 1 file of the project could not be read (models/x.sql)"],
        );
        check(
            &format!("{}#- no manifest\n", unread("models/x.yml")),
            expect!["code_unread: 1 file of the project could not be read (models/x.yml)"],
        );
        // The manifest says what it needs to of these.
        check(&unread("models/x.yml"), expect![[""]]);
        check(&unread("models/fct_orders.sql"), expect![[""]]);
        let new =
            unread("models/x.yml").replace("dim_vendors path", "dim_vendors standing=new path");
        check(
            &new,
            expect!["code_unread: 1 file of the project could not be read (models/x.yml)"],
        );
    }

    #[test]
    fn without_a_manifest_what_is_not_known_of_names_is_said_and_no_more() {
        let project = |relation: &str| {
            format!(
                "#- nodes\nmodel.shop.a DB.S.a standing=new\nmodel.shop.b {relation} standing=new <- model.shop.a\n\
                 model.shop.used DB.S.used standing=new\n#- no manifest\n\
                 #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[USED]\n"
            )
        };
        check(&project("DB.S.b"), expect![[""]]);
        check(&project("S.b"), expect![[""]]);
        check(
            &project("b"),
            expect!["relation_unknown: only dbt can work out what the warehouse calls `b`"],
        );
        check(
            &project("-"),
            expect!["relation_unknown: only dbt can work out what the warehouse calls `b`"],
        );
        check(&project("- materialized=ephemeral"), expect![[""]]);
    }

    #[test]
    fn what_reads_a_source_is_built_from_what_builds_it() {
        check(
            "#- nodes\nmodel.shop.a DB.S.a\nsource.shop.own.a DB.S.a\n\
             model.shop.below below standing=new <- source.shop.own.a\n\
             model.shop.used DB.S.used\n#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[USED]\n",
            expect!["relation_unknown: only dbt can work out what the warehouse calls `below`"],
        );
    }
}
