//! Which exposure a workbook or dashboard should have.

use expect_test::{Expect, expect};
use fixture::Fixture;

use dbt::NewExposure;
use lineage::Subject;

use super::{plan, subjects_of};
use crate::analysis::{Analysis, ExposureOptions, Grain, Options};
use crate::exposures::subjects::title_of;
use crate::testing::{SHOP, analysis};

/// Each workbook's or dashboard's plan, or why there is none.
#[track_caller]
fn check(project: &str, expect: Expect) {
    check_with(project, Options::default(), expect);
}

#[track_caller]
fn check_with(project: &str, options: Options, expect: Expect) {
    let mut analysis = analysis(&Fixture::parse(project));
    analysis.options = options;
    expect.assert_eq(&plans(&analysis).join("\n"));
}

fn plans(analysis: &Analysis) -> Vec<String> {
    let workbooks = analysis.lineage.workbooks();
    let subjects = workbooks.flat_map(|(ix, _)| subjects_of(analysis, ix));
    let line = |it: Subject| match plan(analysis, it) {
        Ok(plan) => describe(&plan.exposure),
        Err(reason) => format!("{}: {reason}", title_of(analysis, it)),
    };
    subjects.map(line).collect()
}

fn describe(it: &NewExposure) -> String {
    let refs = it
        .depends_on
        .iter()
        .map(|it| dbt::dependency_call(it, '\''));
    let refs: Vec<String> = refs.collect();
    let meta = it.meta_tableau.iter();
    let meta: Vec<String> = meta.map(|(key, value)| format!("{key}={value}")).collect();
    let url = it.url.as_deref().unwrap_or("-");
    format!(
        "{} {url} [{}] [{}]",
        it.name,
        refs.join(", "),
        meta.join(", ")
    )
}

fn at_path(path: &str) -> Options {
    let exposures = ExposureOptions {
        path: Some(path.to_owned()),
        ..ExposureOptions::default()
    };
    Options {
        exposures,
        ..Options::default()
    }
}

fn by_dashboard() -> Options {
    let exposures = ExposureOptions {
        grain: Grain::Dashboard,
        ..ExposureOptions::default()
    };
    Options {
        exposures,
        ..Options::default()
    }
}

#[test]
fn a_plan_depends_on_what_the_workbook_reads_itself() {
    check(
        SHOP,
        expect![[r#"
            Sales: exposure `sales` stands for it already
            weekly_ops - [ref('fct_orders'), ref('fct_returns')] [file=tableau/Weekly_Ops.twb]
            leads https://t.example/#/site/acme/workbooks/7 [source('crm', 'accounts')] [site=acme, content_url=Leads]"#]],
    );
}

#[test]
fn versions_packages_and_sources_are_named_as_dbt_needs_them() {
    check(
        "#- nodes\nmodel.shop.dim.v1 DB.S.dim_v1 latest=1\nmodel.shop.dim.v2 DB.S.dim_v2 latest=1\nmodel.pkg.orders DB.PKG.orders\nmodel.shop.orders DB.S.orders\nsource.shop.raw.t DB.S.t\n#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[DIM_V1]\n[DB].[S].[DIM_V2]\n[DB].[PKG].[ORDERS]\n[DB].[S].[ORDERS]\n[DB].[S].[T]\n",
        expect![[
            r#"w - [ref('dim'), ref('dim', v=2), ref('orders'), ref('pkg', 'orders'), source('raw', 't')] []"#
        ]],
    );
}

#[test]
fn a_sites_workbook_is_found_again_by_its_luid_and_leads_to_its_page() {
    let site = "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\ncontent site acme host=acme.example\n";
    let reads = "datasource D snowflake\n[DB].[S].[A]\n";
    check(
        &format!(
            "{site}workbook Sales luid=11111111-1111-1111-1111-111111111111 site=acme content_url=Sales file=Sales.twbx url=https://acme.example/#/site/acme/workbooks/7\n{reads}\
             workbook Ops luid=w2 site= content_url=Ops\n{reads}\
             facts Overview: url=https://acme.example/#/views/Ops/Overview\n"
        ),
        expect![[r#"
            sales https://acme.example/#/site/acme/workbooks/7 [ref('a')] [site=acme, luid=11111111-1111-1111-1111-111111111111, content_url=Sales]
            ops https://acme.example/#/views/Ops/Overview [ref('a')] [luid=w2, content_url=Ops]"#]],
    );
    check(
        &format!(
            "#- exposures\nold tableau.luid=11111111-1111-1111-1111-111111111111\nby_page url=https://acme.example/#/views/Ops/Other\n{site}workbook Renamed luid=11111111-1111-1111-1111-111111111111\n{reads}\
             workbook Ops luid=w2 site= content_url=Ops\n{reads}\
             facts Overview: url=https://acme.example/#/views/Ops/Overview\n"
        ),
        expect![[r#"
            Renamed: exposure `old` stands for it already
            Ops: exposure `by_page` stands for it already"#]],
    );
}

#[test]
fn owners_are_named_and_their_address_stays_out_of_git() {
    let project = "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\ncontent site acme\n\
        workbook W luid=w1 owner=\"Ana Ruiz\" email=ana@acme.example\n\
        datasource D snowflake\n[DB].[S].[A]\n";
    let mut analysis = analysis(&Fixture::parse(project));
    let owner = |analysis: &Analysis| {
        let (ix, _) = analysis.lineage.workbooks().next().expect("a workbook");
        let subject = subjects_of(analysis, ix)[0];
        plan(analysis, subject).expect("a plan").exposure.owner
    };
    assert_eq!(owner(&analysis).name.as_deref(), Some("Ana Ruiz"));
    assert_eq!(owner(&analysis).email, None);
    analysis.options.exposures.owner_email = true;
    let email = owner(&analysis).email;
    assert_eq!(email.as_deref(), Some("ana@acme.example"));
}

#[test]
fn names_are_unique_and_do_not_depend_on_order() {
    let nodes = "#- nodes\nmodel.shop.a DB.S.a\n#- exposures\nplan\n";
    let sales = "workbook Sales file=a/Sales.twb\ndatasource D snowflake\n[DB].[S].[A]\n";
    let other = "workbook Sales file=b/Sales.twb\ndatasource D snowflake\n[DB].[S].[A]\n";
    let rest = "workbook Plan file=Plan.twb\ndatasource D snowflake\n[DB].[S].[A]\nworkbook 🚀 file=r.twb\ndatasource D snowflake\n[DB].[S].[A]\n";
    check(
        &format!("{nodes}#- tableau\n{sales}{other}{rest}"),
        expect![[r#"
            sales_3f9c4c3c - [ref('a')] [file=a/Sales.twb]
            sales_900e8680 - [ref('a')] [file=b/Sales.twb]
            plan_af86e15d - [ref('a')] [file=Plan.twb]
            tableau_fd040cfc - [ref('a')] [file=r.twb]"#]],
    );
    check(
        &format!("{nodes}#- tableau\n{other}{sales}"),
        expect![[r#"
            sales_900e8680 - [ref('a')] [file=b/Sales.twb]
            sales_3f9c4c3c - [ref('a')] [file=a/Sales.twb]"#]],
    );
}

const A: &str = "#- nodes\nmodel.shop.a DB.S.a\nmodel.shop.b DB.S.b\n";
/// The workbook above it reads one model.
const READS: &str = "datasource D snowflake\n[DB].[S].[A]\n";

#[test]
fn a_name_is_unique_over_packages_titles_and_cases_and_keeps_when_others_are_written() {
    let sales = |folder: &str, luid: &str| {
        format!(
            "workbook Sales luid={luid}1111111-1111-1111-1111-111111111111 project={folder}\n{READS}"
        )
    };
    let all = format!(
        "{}{}{}",
        sales("EMEA", "a"),
        sales("APAC", "b"),
        sales("APAC", "c")
    );
    let tableau = format!(
        "#- tableau\ncontent site acme\n{all}workbook SALES EMEA luid=d1111111-1111-1111-1111-111111111111\n{READS}"
    );
    check(
        &format!("{A}{tableau}"),
        expect![[r#"
            sales_a1111111 - [ref('a')] [luid=a1111111-1111-1111-1111-111111111111]
            sales_b1111111 - [ref('a')] [luid=b1111111-1111-1111-1111-111111111111]
            sales_c1111111 - [ref('a')] [luid=c1111111-1111-1111-1111-111111111111]
            sales_emea - [ref('a')] [luid=d1111111-1111-1111-1111-111111111111]"#]],
    );
    // One of them was written: the others keep their names.
    let written =
        "#- exposures\nsales_apac_b1111111 tableau.luid=b1111111-1111-1111-1111-111111111111\n";
    check(
        &format!("{A}{written}{tableau}"),
        expect![[r#"
            sales_a1111111 - [ref('a')] [luid=a1111111-1111-1111-1111-111111111111]
            Sales: exposure `sales_apac_b1111111` stands for it already
            sales_c1111111 - [ref('a')] [luid=c1111111-1111-1111-1111-111111111111]
            sales_emea - [ref('a')] [luid=d1111111-1111-1111-1111-111111111111]"#]],
    );
}

#[test]
fn a_name_that_differs_in_case_alone_is_taken_and_so_is_a_packages() {
    check(
        &format!(
            "{A}#- exposures\nSales url=https://x.example\n#- tableau\nworkbook Sales file=a.twb\n{READS}"
        ),
        expect![[r#"sales_e7fdab42 - [ref('a')] [file=a.twb]"#]],
    );
}

#[test]
fn what_nothing_tells_apart_gets_no_name() {
    check(
        &format!("{A}#- tableau\nworkbook Sales\n{READS}workbook Sales\n{READS}"),
        expect![[r#"
            Sales: no name can be made for it that nothing else has: it is known by its title alone
            Sales: no name can be made for it that nothing else has: it is known by its title alone"#]],
    );
}

const DASHBOARDS: &str = "\
#- tableau
content site acme host=acme.example
workbook Sales luid=11111111-1111-1111-1111-111111111111 site=acme content_url=Sales owner=Ana
datasource A snowflake
[DB].[S].[A]
datasource B snowflake
[DB].[S].[B]
datasource C snowflake
[DB].[S].[C]
sheet By a: A
sheet By b: B
sheet By c: C
dashboard Over view: By a
dashboard Both: By a, By b
dashboard Neither: By c
story Tale: Both
facts Both: luid=22222222-2222-2222-2222-222222222222 url=https://acme.example/#/site/acme/views/Sales/Both
";

#[test]
fn with_grain_dashboard_each_that_reads_a_node_gets_its_own() {
    check_with(
        &format!("{A}{DASHBOARDS}"),
        by_dashboard(),
        expect![[r#"
        sales_over_view - [ref('a')] [site=acme, luid=11111111-1111-1111-1111-111111111111, content_url=Sales, dashboard=Over view]
        sales_both https://acme.example/#/site/acme/views/Sales/Both [ref('a'), ref('b')] [site=acme, luid=11111111-1111-1111-1111-111111111111, content_url=Sales, dashboard=Both, dashboard_luid=22222222-2222-2222-2222-222222222222]
        sales_tale - [ref('a'), ref('b')] [site=acme, luid=11111111-1111-1111-1111-111111111111, content_url=Sales, dashboard=Tale]"#]],
    );
    // The whole workbook has one: its dashboards are covered.
    let whole = "#- exposures\nall tableau.luid=11111111-1111-1111-1111-111111111111\n";
    check_with(
        &format!("{A}{whole}{DASHBOARDS}"),
        by_dashboard(),
        expect![[r#"
            Sales / Over view: exposure `all` stands for it already
            Sales / Both: exposure `all` stands for it already
            Sales / Tale: exposure `all` stands for it already"#]],
    );
    let one = "#- exposures\nboth url=https://acme.example/#/site/acme/views/Sales/Both\n";
    check_with(
        &format!("{A}{one}{DASHBOARDS}"),
        by_dashboard(),
        expect![[r#"
            sales_over_view - [ref('a')] [site=acme, luid=11111111-1111-1111-1111-111111111111, content_url=Sales, dashboard=Over view]
            Sales / Both: exposure `both` stands for it already
            sales_tale - [ref('a'), ref('b')] [site=acme, luid=11111111-1111-1111-1111-111111111111, content_url=Sales, dashboard=Tale]"#]],
    );
    // Only sheets read something: the workbook stands for them.
    let sheets = "#- tableau\nworkbook Sheets file=s.twb\ndatasource A snowflake\n[DB].[S].[A]\nsheet By a: A\n";
    check_with(
        &format!("{A}{sheets}"),
        by_dashboard(),
        expect![[r#"sheets - [ref('a')] [file=s.twb]"#]],
    );
}

#[test]
fn a_path_is_none_that_windows_keeps_for_itself() {
    let workbooks = ["Con", "COM1", "lpt", "Nul!"]
        .map(|title| format!("workbook {title} file={title}.twb project=Aux\n{READS}"));
    let project = format!("{A}#- tableau\n{}", workbooks.concat());
    let mut analysis = analysis(&Fixture::parse(&project));
    analysis.options = at_path("models/{project}/{workbook}.yml");
    let workbooks = analysis.lineage.workbooks();
    let subjects = workbooks.flat_map(|(ix, _)| subjects_of(&analysis, ix));
    let paths = subjects.map(|it| plan(&analysis, it).expect("a plan").path);
    expect![[r#"
        models/tableau_aux/tableau_con.yml
        models/tableau_aux/tableau_com1.yml
        models/tableau_aux/lpt.yml
        models/tableau_aux/tableau_nul.yml"#]]
    .assert_eq(&paths.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_path_lies_inside_the_project_where_dbt_looks() {
    let project = format!(
        "{A}#- tableau\nworkbook Q1 Sales file=a.twb project=Finance/Exec\n{READS}workbook 売上 file=b.twb\n{READS}"
    );
    let analysis = analysis(&Fixture::parse(&project));
    let path = |setting: &str| {
        let mut analysis = analysis.clone();
        analysis.options = at_path(setting);
        let workbooks = analysis.lineage.workbooks();
        let subjects = workbooks.flat_map(|(ix, _)| subjects_of(&analysis, ix));
        let paths = subjects.map(|it| plan(&analysis, it).map_or_else(|why| why, |it| it.path));
        paths.collect::<Vec<_>>().join("\n")
    };
    let check = |setting: &str, expect: Expect| expect.assert_eq(&path(setting));
    check(
        "models/{project}/{workbook}.yml",
        expect![[r#"
        models/exec/q1_sales.yml
        models/tableau/14fcd38c.yml"#]],
    );
    check(
        "analyses/tableau.yaml",
        expect![[r#"
        analyses/tableau.yaml
        analyses/tableau.yaml"#]],
    );
    check(
        "exposures/tableau.yml",
        expect![[r#"
        `exposures.path` (exposures/tableau.yml) lies where dbt looks for no exposures; it looks in models, analyses
        `exposures.path` (exposures/tableau.yml) lies where dbt looks for no exposures; it looks in models, analyses"#]],
    );
    check(
        "modelsx/tableau.yml",
        expect![[r#"
        `exposures.path` (modelsx/tableau.yml) lies where dbt looks for no exposures; it looks in models, analyses
        `exposures.path` (modelsx/tableau.yml) lies where dbt looks for no exposures; it looks in models, analyses"#]],
    );
    check(
        "models/../../tableau.yml",
        expect![[r#"
        `exposures.path` (models/../../tableau.yml) does not stay inside the project
        `exposures.path` (models/../../tableau.yml) does not stay inside the project"#]],
    );
    check(
        "/models/tableau.yml",
        expect![[r#"
        `exposures.path` (/models/tableau.yml) does not stay inside the project
        `exposures.path` (/models/tableau.yml) does not stay inside the project"#]],
    );
    check(
        "models/tableau.json",
        expect![[r#"
        `exposures.path` (models/tableau.json) does not end with .yml or .yaml, which dbt wants
        `exposures.path` (models/tableau.json) does not end with .yml or .yaml, which dbt wants"#]],
    );
    check(
        "models/{folder}.yml",
        expect![[r#"
        `exposures.path` (models/{folder}.yml) may hold {project} and {workbook}, and nothing else in braces
        `exposures.path` (models/{folder}.yml) may hold {project} and {workbook}, and nothing else in braces"#]],
    );
    check(
        "models\\t.yml",
        expect![[r#"
        `exposures.path` (models\t.yml) does not stay inside the project
        `exposures.path` (models\t.yml) does not stay inside the project"#]],
    );
}

#[test]
fn a_ref_means_the_very_node_or_nothing_is_written() {
    let read = |id: &str| {
        format!(
            "#- nodes\n{id}\n#- tableau\nworkbook W file=w.twb\ndatasource D snowflake\n[DB].[P].[X]\n"
        )
    };
    // The other package's node is named with it.
    check(
        &read("model.pkg.x DB.P.x\nmodel.shop.x DB.S.x"),
        expect![[r#"w - [ref('pkg', 'x')] [file=w.twb]"#]],
    );
    // A source of another package, whose name this project has too.
    check(
        &read("source.pkg.raw.x DB.P.x\nsource.shop.raw.x DB.S.x"),
        expect![[
            r#"W: no `ref()` or `source()` means source `raw.x` of package `pkg` alone: another node has the same name"#
        ]],
    );
    check(
        &read("model.shop.x.v2 DB.P.x latest=3\nmodel.shop.x.v3 DB.S.x latest=3"),
        expect![[r#"w - [ref('x', v=2)] [file=w.twb]"#]],
    );
    check(
        &read("seed.shop.x DB.P.x"),
        expect![[r#"w - [ref('x')] [file=w.twb]"#]],
    );
    check(
        &read("model.shop.x DB.P.x access=private"),
        expect![[r#"W: `x` has `access: private`, and dbt Core 1.11 refuses an exposure on it"#]],
    );
}

#[test]
fn an_engine_that_is_not_known_is_called_dbt() {
    let project = "#- nodes\nmodel.shop.x DB.P.x access=private\n#- tableau\nworkbook W file=w.twb\ndatasource D snowflake\n[DB].[P].[X]\n";
    let mut analysis = analysis(&Fixture::parse(project));
    analysis.project.engine = dbt::Engine::Unknown;
    expect![[r#"W: `x` has `access: private`, and dbt refuses an exposure on it"#]]
        .assert_eq(&plans(&analysis).join("\n"));
}

#[test]
fn a_disabled_models_table_is_told() {
    check(
        "#- nodes\nmodel.shop.a DB.S.a\n#- disabled\nmodel.shop.old models/old.sql\n#- tableau\nworkbook W file=w.twb\ndatasource D snowflake\n[DB].[S].[OLD]\n",
        expect![[
            r#"W: it reads no node of this project itself; its table [DB].[S].[OLD] has the name of the disabled model `old`, on which dbt refuses an exposure"#
        ]],
    );
}

#[test]
fn a_name_that_is_an_address_is_written_only_where_addresses_may_be() {
    let written = |name: &str, owner_email| {
        let mut analysis = analysis(&Fixture::parse(&format!(
            "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n#- tableau\n\
             workbook W luid=w1 owner=\"{name}\"\n\
             datasource D snowflake\n[DB].[S].[A]\n"
        )));
        analysis.options.exposures.owner_email = owner_email;
        let (workbook, _) = analysis.lineage.workbooks().next().expect("a workbook");
        let subject = Subject {
            workbook,
            dashboard: None,
        };
        let plan = plan(&analysis, subject).expect("a plan");
        plan.exposure.owner.name.unwrap_or_default()
    };
    assert_eq!(written("ana@acme.example", false), "unknown");
    assert_eq!(written("Ana Ruiz <ana@acme.example>", false), "unknown");
    assert_eq!(written("ana@acme.example", true), "ana@acme.example");
    assert_eq!(written("Ana @ Finance", false), "Ana @ Finance");
}
