//! What is drawn around a node, as text: what is in the graph, and who reads whom.

use expect_test::{Expect, expect};
use fixture::Fixture;
use lineage::UniqueId;

use super::Neighbourhood;
use crate::analysis::Analysis;
use crate::testing::{SHOP, analysis};

#[track_caller]
fn check(project: &str, node: &str, expect: Expect) {
    check_expanded(project, node, &[], expect);
}

#[track_caller]
fn check_expanded(project: &str, node: &str, expand: &[&str], expect: Expect) {
    let analysis = analysis(&Fixture::parse(project));
    expect.assert_eq(&text(&around(&analysis, node, expand)));
}

fn around(analysis: &Analysis, node: &str, expand: &[&str]) -> Neighbourhood {
    let center = analysis.lineage.nodes().by_id(&UniqueId::new(node));
    let expand: Vec<String> = expand.iter().map(|it| (*it).to_owned()).collect();
    analysis.neighbourhood(center.expect("a node"), &expand)
}

/// A line for each thing, `<2` what it reads and is left out, `>3` what reads it and is;
/// below it what reads it. `?` marks what is only probable.
fn text(graph: &Neighbourhood) -> String {
    let mut text = String::new();
    for (place, it) in graph.neighbours.iter().enumerate() {
        let more = |sign: char, n: usize| match n {
            0 => String::new(),
            n => format!(" {sign}{n}"),
        };
        let probable = if it.is_probable { "?" } else { "" };
        let detail = it.detail.as_ref().map(|it| format!(" ({it})"));
        let url = it.url.as_ref().map(|it| format!(" {it}"));
        text.push_str(&format!(
            "{} {}{probable}{}{}{}{} [{}]\n",
            it.kind.as_str(),
            it.label,
            detail.unwrap_or_default(),
            url.unwrap_or_default(),
            more('<', it.more_upstream),
            more('>', it.more_downstream),
            it.id,
        ));
        let readers = graph.edges.iter().filter(|(from, _)| *from == place);
        for (_, to) in readers {
            text.push_str(&format!("  -> {}\n", graph.neighbours[*to].label));
        }
    }
    text
}

#[test]
fn sources_models_workbooks_and_dashboards_stand_in_a_row() {
    check(
        SHOP,
        "model.shop.fct_orders",
        expect![[r#"
        model fct_orders [model.shop.fct_orders]
          -> Sales
          -> Weekly Ops
        model stg_orders >1 [model.shop.stg_orders]
          -> fct_orders
        source crm.accounts >1 [source.shop.crm.accounts]
          -> stg_orders
        workbook Sales [files/workbook@tableau%2FSales.twb]
          -> Overview
          -> Detail
        dashboard Overview [files/workbook@tableau%2FSales.twb/dashboard/Overview]
        dashboard Detail [files/workbook@tableau%2FSales.twb/dashboard/Detail]
        workbook Weekly Ops (no exposure) <1 [files/workbook@tableau%2FWeekly_Ops.twb]
          -> Overview
        dashboard Overview [files/workbook@tableau%2FWeekly_Ops.twb/dashboard/Overview]
    "#]],
    );
    check(
        SHOP,
        "model.shop.stg_orders",
        expect![[r#"
        model stg_orders [model.shop.stg_orders]
          -> fct_orders
          -> fct_returns
        source crm.accounts >1 [source.shop.crm.accounts]
          -> stg_orders
        model fct_orders [model.shop.fct_orders]
          -> Sales
          -> Weekly Ops
        workbook Sales [files/workbook@tableau%2FSales.twb]
          -> Overview
          -> Detail
        dashboard Overview [files/workbook@tableau%2FSales.twb/dashboard/Overview]
        dashboard Detail [files/workbook@tableau%2FSales.twb/dashboard/Detail]
        workbook Weekly Ops (no exposure) [files/workbook@tableau%2FWeekly_Ops.twb]
          -> Overview
        dashboard Overview [files/workbook@tableau%2FWeekly_Ops.twb/dashboard/Overview]
        model fct_returns [model.shop.fct_returns]
          -> Weekly Ops
    "#]],
    );
    check(
        SHOP,
        "source.shop.crm.accounts",
        expect![[r#"
        source crm.accounts [source.shop.crm.accounts]
          -> Leads
          -> stg_orders
        workbook Leads (no exposure) https://t.example/#/site/acme/workbooks/7 [files/workbook/Leads]
          -> Overview
        dashboard Overview [files/workbook/Leads/dashboard/Overview]
        model stg_orders [model.shop.stg_orders]
          -> fct_orders
          -> fct_returns
        model fct_orders [model.shop.fct_orders]
          -> Sales
          -> Weekly Ops
        workbook Sales [files/workbook@tableau%2FSales.twb]
          -> Overview
          -> Detail
        dashboard Overview [files/workbook@tableau%2FSales.twb/dashboard/Overview]
        dashboard Detail [files/workbook@tableau%2FSales.twb/dashboard/Detail]
        workbook Weekly Ops (no exposure) [files/workbook@tableau%2FWeekly_Ops.twb]
          -> Overview
        dashboard Overview [files/workbook@tableau%2FWeekly_Ops.twb/dashboard/Overview]
        model fct_returns [model.shop.fct_returns]
          -> Weekly Ops
    "#]],
    );
    check(
        SHOP,
        "model.shop.dim_vendors",
        expect![[r#"
        model dim_vendors [model.shop.dim_vendors]
    "#]],
    );
}

#[test]
fn what_leads_nowhere_is_counted_and_drawn_when_it_is_asked_for() {
    let project = "#- nodes
source.shop.raw.a RAW.S.a
model.shop.stg DB.S.stg <- source.shop.raw.a
model.shop.used DB.S.used <- model.shop.stg
model.shop.dead DB.S.dead <- model.shop.stg
model.shop.deader DB.S.deader <- model.shop.dead
model.shop.beside DB.S.beside <- source.shop.raw.a
#- tableau
workbook W file=w.twb
datasource D snowflake
[DB].[S].[USED]
";
    check(
        project,
        "model.shop.stg",
        expect![[r#"
        model stg >1 [model.shop.stg]
          -> used
        source raw.a >1 [source.shop.raw.a]
          -> stg
        model used [model.shop.used]
          -> W
        workbook W (no exposure) [files/workbook@w.twb]
          -> Overview
        dashboard Overview [files/workbook@w.twb/dashboard/Overview]
    "#]],
    );
    let expand = ["model.shop.dead", "model.shop.stg"];
    check_expanded(
        project,
        "model.shop.stg",
        &expand,
        expect![[r#"
        model stg [model.shop.stg]
          -> used
          -> dead
        source raw.a >1 [source.shop.raw.a]
          -> stg
        model used [model.shop.used]
          -> W
        workbook W (no exposure) [files/workbook@w.twb]
          -> Overview
        dashboard Overview [files/workbook@w.twb/dashboard/Overview]
        model dead [model.shop.dead]
          -> deader
        model deader [model.shop.deader]
    "#]],
    );
    check_expanded(
        project,
        "model.shop.stg",
        &["source.shop.raw.a", "nothing"],
        expect![[r#"
            model stg >1 [model.shop.stg]
              -> used
            source raw.a [source.shop.raw.a]
              -> stg
              -> beside
            model used [model.shop.used]
              -> W
            workbook W (no exposure) [files/workbook@w.twb]
              -> Overview
            dashboard Overview [files/workbook@w.twb/dashboard/Overview]
            model beside [model.shop.beside]
        "#]],
    );
}

#[test]
fn published_datasources_stand_between() {
    let project = "#- nodes
model.shop.a DB.S.a
model.shop.b DB.S.b
#- tableau
content site acme host=acme.example fetched=2026-01-01T06:00:00Z
workbook Near luid=w1 site=acme views=5 project=Finance/Exec
datasource Orders sqlproxy -> Orders luid=d1
workbook Far luid=w2 site=acme views=50+7/7
datasource Outer sqlproxy -> Outer luid=d2
workbook Own luid=w3 site=acme
datasource Orders sqlproxy -> Orders luid=d1
datasource D snowflake
[DB].[S].[A]
published Orders snowflake luid=d1 certified
[DB].[S].[A]
published Outer sqlproxy -> Orders luid=d2
[DB].[S].[B]
published Unused snowflake luid=d3
[DB].[S].[A]
published Guess snowflake luid=d4
[A]
";
    check(
        project,
        "model.shop.a",
        expect![[r#"
        model a [model.shop.a]
          -> Orders
          -> Unused
          -> Guess
          -> Own
        datasource Orders (✓ certified) [site:acme.example/acme/datasource:d1]
          -> Outer
          -> Near
          -> Own
        datasource Outer <1 [site:acme.example/acme/datasource:d2]
          -> Far
        workbook Far (+7 views/7 d · no exposure) [site:acme.example/acme/workbook:w2]
          -> Overview
        dashboard Overview [site:acme.example/acme/workbook:w2/dashboard/Overview]
        workbook Near (Finance/Exec · 5 views ever · no exposure) [site:acme.example/acme/workbook:w1]
          -> Overview
        dashboard Overview [site:acme.example/acme/workbook:w1/dashboard/Overview]
        workbook Own (no exposure) [site:acme.example/acme/workbook:w3]
          -> Overview
        dashboard Overview [site:acme.example/acme/workbook:w3/dashboard/Overview]
        datasource Unused [site:acme.example/acme/datasource:d3]
        datasource Guess? [site:acme.example/acme/datasource:d4]
    "#]],
    );
    check(
        project,
        "model.shop.b",
        expect![[r#"
        model b [model.shop.b]
          -> Outer
        datasource Outer <1 [site:acme.example/acme/datasource:d2]
          -> Far
        workbook Far (+7 views/7 d · no exposure) [site:acme.example/acme/workbook:w2]
          -> Overview
        dashboard Overview [site:acme.example/acme/workbook:w2/dashboard/Overview]
    "#]],
    );
}

#[test]
fn another_way_is_drawn_too() {
    check(
        "#- nodes
model.shop.a DB.S.a
model.shop.b DB.S.b <- model.shop.a
model.shop.c DB.S.c <- model.shop.a
model.shop.d DB.S.d <- model.shop.b, model.shop.c, model.shop.a
#- tableau
workbook W file=w.twb
datasource D snowflake
[DB].[S].[D]
",
        "model.shop.a",
        expect![[r#"
            model a [model.shop.a]
              -> b
              -> c
              -> d
            model d [model.shop.d]
              -> W
            workbook W (no exposure) [files/workbook@w.twb]
              -> Overview
            dashboard Overview [files/workbook@w.twb/dashboard/Overview]
            model b [model.shop.b]
              -> d
            model c [model.shop.c]
              -> d
        "#]],
    );
}

#[test]
fn a_guess_is_marked() {
    check(
        "#- nodes
model.shop.a DB.S.a
model.shop.b DB.S.b <- model.shop.a
#- tableau
workbook Name file=name.twb
datasource D snowflake
[A]
workbook Sure file=sure.twb
datasource D snowflake
[DB].[S].[B]
",
        "model.shop.a",
        expect![[r#"
            model a [model.shop.a]
              -> Name
              -> b
            workbook Name? (matched by name only · no exposure) [files/workbook@name.twb]
              -> Overview
            dashboard Overview? [files/workbook@name.twb/dashboard/Overview]
            model b [model.shop.b]
              -> Sure
            workbook Sure (no exposure) [files/workbook@sure.twb]
              -> Overview
            dashboard Overview [files/workbook@sure.twb/dashboard/Overview]
        "#]],
    );
}

#[test]
fn a_source_of_what_dbt_builds_is_built_from_it() {
    let project = "#- nodes
model.shop.a DB.S.a
source.shop.own.a DB.S.a
model.shop.b DB.S.b <- source.shop.own.a
#- tableau
workbook A file=a.twb
datasource D snowflake
[DB].[S].[A]
workbook B file=b.twb
datasource D snowflake
[DB].[S].[B]
";
    check(
        project,
        "model.shop.a",
        expect![[r#"
        model a [model.shop.a]
          -> A
          -> own.a
        workbook A (no exposure) [files/workbook@a.twb]
          -> Overview
        dashboard Overview [files/workbook@a.twb/dashboard/Overview]
        source own.a [source.shop.own.a]
          -> b
        model b [model.shop.b]
          -> B
        workbook B (no exposure) [files/workbook@b.twb]
          -> Overview
        dashboard Overview [files/workbook@b.twb/dashboard/Overview]
    "#]],
    );
    check(
        project,
        "source.shop.own.a",
        expect![[r#"
        source own.a [source.shop.own.a]
          -> A
          -> b
        model a [model.shop.a]
          -> A
          -> own.a
        workbook A (no exposure) [files/workbook@a.twb]
          -> Overview
        dashboard Overview [files/workbook@a.twb/dashboard/Overview]
        model b [model.shop.b]
          -> B
        workbook B (no exposure) [files/workbook@b.twb]
          -> Overview
        dashboard Overview [files/workbook@b.twb/dashboard/Overview]
    "#]],
    );
}

#[test]
fn only_pages_that_may_be_opened_are_given() {
    check(
        "#- nodes
model.shop.a DB.S.a
#- tableau
workbook W file=w.twb url=javascript:alert(1)
datasource D snowflake
[DB].[S].[A]
sheet S: D
dashboard One: S
dashboard Two: S
facts One: url=https://acme.example/#/site/acme/views/W/One views=3
facts Two: url=file:///etc/passwd
",
        "model.shop.a",
        expect![[r#"
            model a [model.shop.a]
              -> W
            workbook W (no exposure) https://acme.example/#/site/acme/views/W/One [files/workbook@w.twb]
              -> One
              -> Two
            dashboard One (3 views ever) https://acme.example/#/site/acme/views/W/One [files/workbook@w.twb/dashboard/One]
            dashboard Two [files/workbook@w.twb/dashboard/Two]
        "#]],
    );
}

#[test]
fn texts_are_plain_and_sheets_are_counted_where_there_is_no_dashboard() {
    check(
        "#- nodes
model.shop.a DB.S.a
#- tableau
workbook Ev\u{1b}[31mil\u{202e}\u{0} file=w.twb owner=Ana project=Fin\u{7}ance/Exec
datasource D snowflake
[DB].[S].[A]
sheet One: D
sheet Two: D
",
        "model.shop.a",
        expect![[r#"
            model a [model.shop.a]
              -> Ev[31mil
            workbook Ev[31mil (Finance/Exec · 2 sheets · no exposure) [files/workbook@w.twb]
        "#]],
    );
}

#[test]
fn a_cycle_ends() {
    check(
        "#- nodes
model.shop.a DB.S.a <- model.shop.c, model.shop.a
model.shop.b DB.S.b <- model.shop.a
model.shop.c DB.S.c <- model.shop.b
#- tableau
workbook W file=w.twb
datasource D snowflake
[DB].[S].[C]
",
        "model.shop.a",
        expect![[r#"
            model a [model.shop.a]
              -> b
            model c [model.shop.c]
              -> W
              -> a
            model b [model.shop.b]
              -> c
            workbook W (no exposure) [files/workbook@w.twb]
              -> Overview
            dashboard Overview [files/workbook@w.twb/dashboard/Overview]
        "#]],
    );
}

#[test]
fn more_than_three_steps_upstream_are_left_out() {
    check(
        "#- nodes
source.shop.raw.a RAW.S.a
model.shop.m1 DB.S.m1 <- source.shop.raw.a
model.shop.m2 DB.S.m2 <- model.shop.m1
model.shop.m3 DB.S.m3 <- model.shop.m2
model.shop.m4 DB.S.m4 <- model.shop.m3
#- tableau
workbook W file=w.twb
",
        "model.shop.m4",
        expect![[r#"
            model m4 [model.shop.m4]
            model m3 [model.shop.m3]
              -> m4
            model m2 [model.shop.m2]
              -> m3
            model m1 <1 [model.shop.m1]
              -> m2
        "#]],
    );
}

/// How many of each kind, and what is left out at the node in the middle.
fn counted(graph: &Neighbourhood) -> String {
    let of_kind = |kind: &str| {
        let all = graph.neighbours.iter();
        all.filter(|it| it.kind.as_str() == kind).count()
    };
    let kinds = ["source", "model", "datasource", "workbook", "dashboard"];
    let kinds: Vec<String> = kinds
        .into_iter()
        .map(|it| format!("{} {it}", of_kind(it)))
        .collect();
    let center = &graph.neighbours[0];
    format!(
        "{}; {} edges; <{} >{}",
        kinds.join(", "),
        graph.edges.len(),
        center.more_upstream,
        center.more_downstream
    )
}

#[test]
fn ten_thousand_of_anything_are_bounded_and_counted() {
    let sources: String = (0..10_000)
        .map(|n| format!("source.shop.raw.s{n} RAW.S.s{n}\n"))
        .collect();
    let reads = (0..10_000).map(|n| format!("source.shop.raw.s{n}"));
    let reads = reads.collect::<Vec<_>>().join(", ");
    let readers: String = (0..10_000)
        .map(|n| format!("model.shop.r{n} DB.S.r{n} <- model.shop.hub\n"))
        .collect();
    let workbooks: String = (0..10_000)
        .map(|n| {
            format!(
                "workbook W{n} file=w{n}.twb views={n}\ndatasource D snowflake\n[DB].[S].[HUB]\n"
            )
        })
        .collect();
    let project = format!(
        "#- nodes\n{sources}model.shop.hub DB.S.hub <- {reads}\n{readers}#- tableau\n{workbooks}"
    );
    let analysis = analysis(&Fixture::parse(&project));
    let graph = around(&analysis, "model.shop.hub", &[]);
    expect!["12 source, 1 model, 0 datasource, 12 workbook, 12 dashboard; 36 edges; <9988 >19988"]
        .assert_eq(&counted(&graph));
    // The most viewed ones.
    assert!(graph.neighbours.iter().any(|it| it.label == "W9999"));
    let all: Vec<String> = graph.neighbours.iter().map(|it| it.id.clone()).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let expanded = around(&analysis, "model.shop.hub", &all);
    expect![
        "112 source, 1 model, 0 datasource, 212 workbook, 12 dashboard; 336 edges; <9888 >19788"
    ]
    .assert_eq(&counted(&expanded));
    assert_eq!(around(&analysis, "model.shop.hub", &all), expanded);
}

#[test]
fn many_workbooks_keep_no_model_out() {
    let workbooks = (0..30)
        .map(|n| format!("workbook W{n} file=w{n}.twb\ndatasource D snowflake\n[DB].[S].[HUB]\n"));
    let workbooks: String = workbooks.collect();
    let project = format!(
        "#- nodes\nmodel.shop.hub DB.S.hub\nmodel.shop.mart DB.S.mart <- model.shop.hub\n\
         #- tableau\n{workbooks}workbook Far file=far.twb\ndatasource D snowflake\n[DB].[S].[MART]\n"
    );
    let analysis = analysis(&Fixture::parse(&project));
    let graph = around(&analysis, "model.shop.hub", &[]);
    expect!["0 source, 2 model, 0 datasource, 13 workbook, 13 dashboard; 27 edges; <0 >18"]
        .assert_eq(&counted(&graph));
    assert!(graph.neighbours.iter().any(|it| it.label == "Far"));
}

#[test]
fn a_deep_and_wide_project_is_bounded() {
    let mut nodes = String::from("model.shop.m0_0 DB.S.m0_0\n");
    for level in 1..30 {
        let above = 0..if level == 1 { 1 } else { 30 };
        let above = above.map(|n| format!("model.shop.m{}_{n}", level - 1));
        let above = above.collect::<Vec<_>>().join(", ");
        for n in 0..30 {
            nodes.push_str(&format!(
                "model.shop.m{level}_{n} DB.S.m{level}_{n} <- {above}\n"
            ));
        }
    }
    let project = format!(
        "#- nodes\n{nodes}#- tableau\nworkbook W file=w.twb\ndatasource D snowflake\n[DB].[S].[M29_7]\n"
    );
    let analysis = analysis(&Fixture::parse(&project));
    let graph = around(&analysis, "model.shop.m0_0", &[]);
    expect!["0 source, 148 model, 0 datasource, 1 workbook, 1 dashboard; 2848 edges; <0 >18"]
        .assert_eq(&counted(&graph));
    // The way to the workbook comes before all others.
    assert!(graph.neighbours.iter().any(|it| it.label == "W"));
    let graph = around(&analysis, "model.shop.m29_7", &[]);
    expect!["0 source, 37 model, 0 datasource, 1 workbook, 1 dashboard; 302 edges; <18 >0"]
        .assert_eq(&counted(&graph));
}

#[test]
fn a_box_says_how_its_node_stands_to_the_manifest_where_there_is_one() {
    let shop = "#- nodes\nmodel.shop.old DB.S.old standing=missing\n\
                model.shop.new DB.S.new standing=new <- model.shop.old\n";
    check(
        shop,
        "model.shop.new",
        expect![[r#"
            model new (newer than the manifest) [model.shop.new]
            model old (gone from the files) [model.shop.old]
              -> new
        "#]],
    );
    let files_alone = shop.replace("missing", "new") + "#- no manifest\n";
    check(
        &files_alone,
        "model.shop.new",
        expect![[r#"
            model new [model.shop.new]
            model old [model.shop.old]
              -> new
        "#]],
    );
}
