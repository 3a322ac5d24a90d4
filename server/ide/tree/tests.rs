//! Trees as indented text: `kind label — description`, then `*` where it does not read the
//! node itself, `=exposure`, `+` where an exposure can be written, and the page.

mod bounds;
mod words;

use std::collections::HashSet;

use expect_test::{Expect, expect};
use fixture::Fixture;
use lineage::{NodeIx, Timestamp};

use super::{Tree, TreeAbout, TreeOrder, TreeRequest, TreeRow};
use crate::analysis::{Analysis, Grain};
use crate::testing::{SHOP, analysis};

/// What is asked of a project.
#[derive(Clone, Copy)]
struct Asked<'a> {
    /// Names of nodes; none for the whole project.
    nodes: &'a str,
    order: TreeOrder,
    filter: Option<&'a str>,
    with_tooltips: bool,
    grain: Grain,
}

const NODE: Asked<'_> = Asked {
    nodes: "model.shop.a",
    order: TreeOrder::Name,
    filter: None,
    with_tooltips: false,
    grain: Grain::Workbook,
};

const PROJECT: Asked<'_> = Asked { nodes: "", ..NODE };

#[track_caller]
fn check(project: &str, asked: Asked<'_>, expect: Expect) {
    let mut analysis = analysis(&Fixture::parse(project));
    analysis.options.exposures.grain = asked.grain;
    let tree = tree_of(&analysis, asked);
    assert_own_ids(&tree);
    expect.assert_eq(&text_of(&analysis, &tree, asked.with_tooltips));
}

fn tree_of(analysis: &Analysis, asked: Asked<'_>) -> Tree {
    let ids = asked.nodes.split_whitespace();
    let nodes: Vec<NodeIx> = ids.map(|it| analysis.node(it).expect("a node")).collect();
    let now: Timestamp = "2026-01-01T08:00:00Z".parse().expect("a time");
    analysis.tree(&TreeRequest {
        about: match nodes.is_empty() {
            true => TreeAbout::Project,
            false => TreeAbout::Nodes(&nodes),
        },
        order: asked.order,
        filter: asked.filter,
        now,
    })
}

fn all_rows<'a>(rows: &'a [TreeRow], found: &mut Vec<&'a TreeRow>) {
    for row in rows {
        found.push(row);
        all_rows(&row.children, found);
    }
}

#[track_caller]
fn assert_own_ids(tree: &Tree) {
    let mut rows = Vec::new();
    all_rows(&tree.rows, &mut rows);
    let ids: HashSet<&str> = rows.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "two rows have one id");
}

fn text_of(analysis: &Analysis, tree: &Tree, with_tooltips: bool) -> String {
    let mut text = format!("{}\n", tree.headline);
    for line in &tree.missing {
        text.push_str(&format!("? {line}\n"));
    }
    write(analysis, &tree.rows, 0, with_tooltips, &mut text);
    if tree.n_left_out > 0 {
        text.push_str(&format!("{} left out\n", tree.n_left_out));
    }
    text
}

fn write(
    analysis: &Analysis,
    rows: &[TreeRow],
    depth: usize,
    with_tooltips: bool,
    text: &mut String,
) {
    let indent = "  ".repeat(depth);
    for row in rows {
        let kind = format!("{:?}", row.kind).to_lowercase();
        let mut line = format!("{indent}{kind} {}", row.label);
        let description = row.description.iter().map(|it| format!(" — {it}"));
        line.extend(description);
        line.extend((!row.is_direct).then_some(" *"));
        let exposure = row
            .exposure
            .map(|ix| &analysis.lineage.exposures()[ix].name);
        line.extend(exposure.map(|it| format!(" ={it}")));
        line.extend(row.write.map(|_| " +"));
        line.extend(row.url.iter().map(|it| format!(" {it}")));
        text.push_str(&format!("{line}\n"));
        for it in row.tooltip.iter().filter(|_| with_tooltips) {
            text.push_str(&format!("{indent}  | {it}\n"));
        }
        write(analysis, &row.children, depth + 1, with_tooltips, text);
    }
}

/// A staging model below a mart, and what a site knows of their workbooks.
const ACME: &str = "\
#- nodes
model.shop.stg DB.STAGING.stg path=models/stg.sql
model.shop.a DB.MARTS.a path=models/a.sql <- model.shop.stg
model.shop.lonely DB.MARTS.lonely path=models/lonely.sql
#- exposures
sales_overview tableau.luid=11111111-1111-1111-1111-111111111111
#- tableau
content site acme host=acme.example fetched=2026-01-01T06:00:00Z
workbook Sales luid=11111111-1111-1111-1111-111111111111 project=Finance/Exec owner=\"Ana Ruiz\" views=900+310/7 url=https://acme.example/#/site/acme/workbooks/1
datasource Orders sqlproxy -> Orders luid=d1
sheet By day: Orders
dashboard Overview: By day
dashboard Detail: By day
story Tale: Overview
facts Overview: luid=v1 views=20 url=https://acme.example/#/site/acme/views/Sales/Overview
facts Detail: luid=v2 views=80
workbook Forecast luid=w2 project=Finance/Exec owner=\"J. Wu\" views=50+9/7
datasource D snowflake
sql db.marts.a
workbook Weekly luid=w3 project=Ops views=1000+44/7
datasource S snowflake
[DB].[STAGING].[STG]
datasource D snowflake
[DB].[MARTS].[A]
sheet Raw: S
sheet Mart: D
dashboard Of raw: Raw
dashboard Of marts: Mart
workbook Loose luid=w4
datasource D snowflake
[DB].[MARTS].[A]
sheet Only a sheet: D
published Orders snowflake luid=d1 certified
[DB].[MARTS].[A]
published Unused snowflake luid=d2 project=Ops owner=Bo warning=\"Stale data\"
[DB].[MARTS].[A]
";

#[test]
fn a_node_leads_over_the_site_and_its_projects_to_workbooks_and_dashboards() {
    check(
        ACME,
        NODE,
        expect![[r#"
            5 dashboards in 4 workbooks · 3 workbooks without exposure
            site acme — 4 workbooks · 5 dashboards · 1 datasource
              project Finance / Exec — 2 workbooks · 4 dashboards
                workbook Forecast — 1 dashboard · +9 views/7 d · no exposure +
                  dashboard Overview
                workbook Sales — 3 dashboards · +310 views/7 d =sales_overview https://acme.example/#/site/acme/workbooks/1
                  dashboard Detail — 80 views ever
                  dashboard Overview — 20 views ever https://acme.example/#/site/acme/views/Sales/Overview
                  dashboard Tale — story
              project Ops — 1 workbook · 1 dashboard · 1 datasource
                workbook Weekly — 1 dashboard · +44 views/7 d · no exposure +
                  dashboard Of marts
                datasource Unused — published datasource, no known workbook uses it
              workbook Loose — 1 sheet · no exposure +
                sheet Only a sheet — sheet
        "#]],
    );
}

#[test]
fn what_stands_behind_a_row_is_told_in_words() {
    let asked = Asked {
        with_tooltips: true,
        ..NODE
    };
    check(
        ACME,
        asked,
        expect![[r#"
            5 dashboards in 4 workbooks · 3 workbooks without exposure
            site acme — 4 workbooks · 5 dashboards · 1 datasource
              | Site on acme.example
              | Read 2 h ago
              project Finance / Exec — 2 workbooks · 4 dashboards
                workbook Forecast — 1 dashboard · +9 views/7 d · no exposure +
                  | Project: Finance / Exec
                  | Owner: J. Wu
                  | Reads a: exact match · custom SQL
                  | No exposure
                  dashboard Overview
                workbook Sales — 3 dashboards · +310 views/7 d =sales_overview https://acme.example/#/site/acme/workbooks/1
                  | Project: Finance / Exec
                  | Owner: Ana Ruiz
                  | Certified
                  | Reads a: exact match · via Orders datasource
                  | Exposure: sales_overview
                  dashboard Detail — 80 views ever
                  dashboard Overview — 20 views ever https://acme.example/#/site/acme/views/Sales/Overview
                  dashboard Tale — story
              project Ops — 1 workbook · 1 dashboard · 1 datasource
                workbook Weekly — 1 dashboard · +44 views/7 d · no exposure +
                  | Project: Ops
                  | Reads a: exact match · table
                  | No exposure
                  dashboard Of marts
                datasource Unused — published datasource, no known workbook uses it
                  | Project: Ops
                  | Owner: Bo
                  | Warning: Stale data
              workbook Loose — 1 sheet · no exposure +
                | Reads a: exact match · table
                | No exposure
                sheet Only a sheet — sheet
        "#]],
    );
}

#[test]
fn what_reads_only_what_is_built_from_a_node_says_through_which() {
    let asked = Asked {
        nodes: "model.shop.stg",
        with_tooltips: true,
        ..NODE
    };
    check(
        ACME,
        asked,
        expect![[r#"
            1 dashboard in 1 workbook · 5 more downstream · 1 workbook without exposure
            site acme — 4 workbooks · 6 dashboards
              | Site on acme.example
              | Read 2 h ago
              project Finance / Exec — 2 workbooks · 4 dashboards *
                workbook Forecast — 1 dashboard · +9 views/7 d · via a · no exposure * +
                  | Project: Finance / Exec
                  | Owner: J. Wu
                  | Reads a: exact match · custom SQL
                  | Indirectly: stg → a
                  | No exposure
                  dashboard Overview *
                    | Reads what is built from stg, not stg itself
                workbook Sales — 3 dashboards · +310 views/7 d · via a * =sales_overview https://acme.example/#/site/acme/workbooks/1
                  | Project: Finance / Exec
                  | Owner: Ana Ruiz
                  | Certified
                  | Reads a: exact match · via Orders datasource
                  | Indirectly: stg → a
                  | Exposure: sales_overview
                  dashboard Detail — 80 views ever *
                    | Reads what is built from stg, not stg itself
                  dashboard Overview — 20 views ever * https://acme.example/#/site/acme/views/Sales/Overview
                    | Reads what is built from stg, not stg itself
                  dashboard Tale — story *
                    | Reads what is built from stg, not stg itself
              project Ops — 1 workbook · 2 dashboards
                workbook Weekly — 2 dashboards, 1 further downstream · +44 views/7 d · no exposure +
                  | Project: Ops
                  | Reads stg: exact match · table
                  | No exposure
                  dashboard Of marts — further downstream *
                    | Reads what is built from stg, not stg itself
                  dashboard Of raw
              workbook Loose — 1 sheet · via a · no exposure * +
                | Reads a: exact match · table
                | Indirectly: stg → a
                | No exposure
                sheet Only a sheet — sheet *
        "#]],
    );
}

#[test]
fn a_node_that_nothing_reads_has_an_empty_tree() {
    let asked = Asked {
        nodes: "model.shop.lonely",
        ..NODE
    };
    check(
        ACME,
        asked,
        expect![[r#"
        no dashboards
    "#]],
    );
}

#[test]
fn a_project_is_all_that_reads_anything_of_it() {
    check(
        ACME,
        PROJECT,
        expect![[r#"
            6 dashboards in 4 workbooks · 3 workbooks without exposure
            site acme — 4 workbooks · 6 dashboards · 1 datasource
              project Finance / Exec — 2 workbooks · 4 dashboards
                workbook Forecast — 1 dashboard · +9 views/7 d · no exposure +
                  dashboard Overview
                workbook Sales — 3 dashboards · +310 views/7 d =sales_overview https://acme.example/#/site/acme/workbooks/1
                  dashboard Detail — 80 views ever
                  dashboard Overview — 20 views ever https://acme.example/#/site/acme/views/Sales/Overview
                  dashboard Tale — story
              project Ops — 1 workbook · 2 dashboards · 1 datasource
                workbook Weekly — 2 dashboards · +44 views/7 d · no exposure +
                  dashboard Of marts
                  dashboard Of raw
                datasource Unused — published datasource, no known workbook uses it
              workbook Loose — 1 sheet · no exposure +
                sheet Only a sheet — sheet
        "#]],
    );
    check(
        SHOP,
        PROJECT,
        expect![[r#"
            4 dashboards in 3 workbooks · 2 workbooks without exposure
            files Workbook files — 3 workbooks · 4 dashboards
              workbook Leads — 1 dashboard · no exposure + https://t.example/#/site/acme/workbooks/7
                dashboard Overview
              workbook Sales — 2 dashboards =sales
                dashboard Detail
                dashboard Overview
              workbook Weekly Ops — 1 dashboard · no exposure +
                dashboard Overview
        "#]],
    );
}

#[test]
fn by_views_workbooks_stand_alone_and_unknown_views_come_last() {
    let order = TreeOrder::Views;
    check(
        ACME,
        Asked { order, ..PROJECT },
        expect![[r#"
            6 dashboards in 4 workbooks · 3 workbooks without exposure
            workbook Sales — 3 dashboards · +310 views/7 d · Finance / Exec =sales_overview https://acme.example/#/site/acme/workbooks/1
              dashboard Detail — 80 views ever
              dashboard Overview — 20 views ever https://acme.example/#/site/acme/views/Sales/Overview
              dashboard Tale — story
            workbook Weekly — 2 dashboards · +44 views/7 d · Ops · no exposure +
              dashboard Of raw
              dashboard Of marts
            workbook Forecast — 1 dashboard · +9 views/7 d · Finance / Exec · no exposure +
              dashboard Overview
            workbook Loose — 1 sheet · no exposure +
              sheet Only a sheet — sheet
            datasource Unused — published datasource, no known workbook uses it
        "#]],
    );
}

#[test]
fn a_projects_workbook_tells_what_it_reads() {
    let nodes = (1..=12).map(|n| format!("model.shop.m{n} DB.S.m{n}\n"));
    let tables = (1..=12).map(|n| format!("[DB].[S].[M{n}]\n"));
    let (nodes, tables): (String, String) = (nodes.collect(), tables.collect());
    let asked = Asked {
        with_tooltips: true,
        ..PROJECT
    };
    check(
        &format!("#- nodes\n{nodes}#- tableau\nworkbook W\ndatasource D snowflake\n{tables}"),
        asked,
        expect![[r#"
            1 dashboard in 1 workbook · 1 workbook without exposure
            files Workbook files — 1 workbook · 1 dashboard
              workbook W — 1 dashboard · no exposure +
                | Reads m1: exact match · table
                | Reads m10: exact match · table
                | Reads m11: exact match · table
                | Reads m12: exact match · table
                | Reads m2: exact match · table
                | Reads m3: exact match · table
                | Reads m4: exact match · table
                | Reads m5: exact match · table
                | Reads m6: exact match · table
                | Reads m7: exact match · table
                | Reads 2 more
                | No exposure
                dashboard Overview
        "#]],
    );
}

#[test]
fn several_nodes_have_a_row_each() {
    let asked = Asked {
        nodes: "model.shop.a model.shop.lonely model.shop.stg",
        ..NODE
    };
    check(
        ACME,
        asked,
        expect![[r#"
            6 dashboards in 4 workbooks · 2 of 3 nodes used
            node a — 5 dashboards in 4 workbooks · 3 workbooks without exposure
              site acme — 4 workbooks · 5 dashboards · 1 datasource
                project Finance / Exec — 2 workbooks · 4 dashboards
                  workbook Forecast — 1 dashboard · +9 views/7 d · no exposure +
                    dashboard Overview
                  workbook Sales — 3 dashboards · +310 views/7 d =sales_overview https://acme.example/#/site/acme/workbooks/1
                    dashboard Detail — 80 views ever
                    dashboard Overview — 20 views ever https://acme.example/#/site/acme/views/Sales/Overview
                    dashboard Tale — story
                project Ops — 1 workbook · 1 dashboard · 1 datasource
                  workbook Weekly — 1 dashboard · +44 views/7 d · no exposure +
                    dashboard Of marts
                  datasource Unused — published datasource, no known workbook uses it
                workbook Loose — 1 sheet · no exposure +
                  sheet Only a sheet — sheet
            node lonely — no dashboards *
            node stg — 1 dashboard in 1 workbook · 5 more downstream · 1 workbook without exposure
              site acme — 4 workbooks · 6 dashboards
                project Finance / Exec — 2 workbooks · 4 dashboards *
                  workbook Forecast — 1 dashboard · +9 views/7 d · via a · no exposure * +
                    dashboard Overview *
                  workbook Sales — 3 dashboards · +310 views/7 d · via a * =sales_overview https://acme.example/#/site/acme/workbooks/1
                    dashboard Detail — 80 views ever *
                    dashboard Overview — 20 views ever * https://acme.example/#/site/acme/views/Sales/Overview
                    dashboard Tale — story *
                project Ops — 1 workbook · 2 dashboards
                  workbook Weekly — 2 dashboards, 1 further downstream · +44 views/7 d · no exposure +
                    dashboard Of marts — further downstream *
                    dashboard Of raw
                workbook Loose — 1 sheet · via a · no exposure * +
                  sheet Only a sheet — sheet *
        "#]],
    );
    let filter = Some("forecast");
    check(
        ACME,
        Asked { filter, ..asked },
        expect![[r#"
            6 dashboards in 4 workbooks · 2 of 3 nodes used
            node a — 5 dashboards in 4 workbooks · 3 workbooks without exposure
              site acme — 1 workbook · 1 dashboard
                project Finance / Exec — 1 workbook · 1 dashboard
                  workbook Forecast — 1 dashboard · +9 views/7 d · no exposure +
                    dashboard Overview
            node stg — 1 dashboard in 1 workbook · 5 more downstream · 1 workbook without exposure *
              site acme — 1 workbook · 1 dashboard *
                project Finance / Exec — 1 workbook · 1 dashboard *
                  workbook Forecast — 1 dashboard · +9 views/7 d · via a · no exposure * +
                    dashboard Overview *
        "#]],
    );
}

#[test]
fn a_filter_keeps_what_fits_and_what_it_stands_in() {
    let check = |filter, expect| {
        let filter = Some(filter);
        check(ACME, Asked { filter, ..NODE }, expect);
    };
    // A dashboard's name, a workbook's, an owner's, a project's.
    check(
        "DETAIL",
        expect![[r#"
            5 dashboards in 4 workbooks · 3 workbooks without exposure
            site acme — 1 workbook · 3 dashboards
              project Finance / Exec — 1 workbook · 3 dashboards
                workbook Sales — 3 dashboards · +310 views/7 d =sales_overview https://acme.example/#/site/acme/workbooks/1
                  dashboard Detail — 80 views ever
        "#]],
    );
    check(
        "loose",
        expect![[r#"
            5 dashboards in 4 workbooks · 3 workbooks without exposure
            site acme — 1 workbook
              workbook Loose — 1 sheet · no exposure +
                sheet Only a sheet — sheet
        "#]],
    );
    check(
        "ana",
        expect![[r#"
            5 dashboards in 4 workbooks · 3 workbooks without exposure
            site acme — 1 workbook · 3 dashboards
              project Finance / Exec — 1 workbook · 3 dashboards
                workbook Sales — 3 dashboards · +310 views/7 d =sales_overview https://acme.example/#/site/acme/workbooks/1
                  dashboard Detail — 80 views ever
                  dashboard Overview — 20 views ever https://acme.example/#/site/acme/views/Sales/Overview
                  dashboard Tale — story
        "#]],
    );
    check(
        "finance/ex",
        expect![[r#"
            5 dashboards in 4 workbooks · 3 workbooks without exposure
            site acme — 2 workbooks · 4 dashboards
              project Finance / Exec — 2 workbooks · 4 dashboards
                workbook Forecast — 1 dashboard · +9 views/7 d · no exposure +
                  dashboard Overview
                workbook Sales — 3 dashboards · +310 views/7 d =sales_overview https://acme.example/#/site/acme/workbooks/1
                  dashboard Detail — 80 views ever
                  dashboard Overview — 20 views ever https://acme.example/#/site/acme/views/Sales/Overview
                  dashboard Tale — story
        "#]],
    );
    check(
        " ops ",
        expect![[r#"
            5 dashboards in 4 workbooks · 3 workbooks without exposure
            site acme — 1 workbook · 1 dashboard · 1 datasource
              project Ops — 1 workbook · 1 dashboard · 1 datasource
                workbook Weekly — 1 dashboard · +44 views/7 d · no exposure +
                  dashboard Of marts
                datasource Unused — published datasource, no known workbook uses it
        "#]],
    );
    check(
        "no such thing",
        expect![[r#"
            5 dashboards in 4 workbooks · 3 workbooks without exposure
        "#]],
    );
}

#[test]
fn folders_that_lead_to_one_only_are_one_row() {
    check(
        "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\ncontent site acme\n\
         workbook W1 luid=1 project=A/B/C\ndatasource D snowflake\n[DB].[S].[A]\n\
         workbook W2 luid=2 project=A/B/D/E\ndatasource D snowflake\n[DB].[S].[A]\n\
         workbook W3 luid=3 project=a\ndatasource D snowflake\n[DB].[S].[A]\n",
        NODE,
        expect![[r#"
            3 dashboards in 3 workbooks · 3 workbooks without exposure
            site acme — 3 workbooks · 3 dashboards
              project A / B — 2 workbooks · 2 dashboards
                project C — 1 workbook · 1 dashboard
                  workbook W1 — 1 dashboard · no exposure +
                    dashboard Overview
                project D / E — 1 workbook · 1 dashboard
                  workbook W2 — 1 dashboard · no exposure +
                    dashboard Overview
              project a — 1 workbook · 1 dashboard
                workbook W3 — 1 dashboard · no exposure +
                  dashboard Overview
        "#]],
    );
}

#[test]
fn sites_stand_side_by_side_and_files_last() {
    let content = |place: &str, luid: &str| {
        format!("{place}\nworkbook Sales luid={luid}\ndatasource D snowflake\n[DB].[S].[A]\n")
    };
    let asked = Asked {
        with_tooltips: true,
        ..NODE
    };
    check(
        &format!(
            "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\n\
             workbook Draft file=tableau/Draft.twb\ndatasource D snowflake\n[DB].[S].[A]\n{}{}{}{}",
            content("content site emea host=tableau.corp", "1"),
            content(
                "content site acme host=tableau.corp fetched=2026-01-01T06:00:00Z selected=Finance/**",
                "2"
            ),
            content("content snapshot acme host=10ax.example", "3"),
            content("content snapshot emea host=tableau.corp", "4"),
        ),
        asked,
        expect![[r#"
            5 dashboards in 5 workbooks · 5 workbooks without exposure
            site acme — 10ax.example · 1 workbook · 1 dashboard
              | Site on 10ax.example
              | From the team snapshot
              workbook Sales — 1 dashboard · no exposure +
                | Reads a: exact match · table
                | No exposure
                dashboard Overview
            site acme — tableau.corp · 1 workbook · 1 dashboard
              | Site on tableau.corp
              | Read 2 h ago
              | Only the projects Finance/**
              workbook Sales — 1 dashboard · no exposure +
                | Reads a: exact match · table
                | No exposure
                dashboard Overview
            site emea — 2 workbooks · 2 dashboards
              | Site on tableau.corp
              workbook Sales — 1 dashboard · no exposure +
                | Reads a: exact match · table
                | No exposure
                dashboard Overview
              workbook Sales — 1 dashboard · no exposure +
                | Reads a: exact match · table
                | No exposure
                dashboard Overview
            files Workbook files — 1 workbook · 1 dashboard
              workbook Draft — 1 dashboard · no exposure +
                | Reads a: exact match · table
                | No exposure
                | File: tableau/Draft.twb
                dashboard Overview
        "#]],
    );
}
