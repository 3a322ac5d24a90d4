use std::fmt::Write;

use expect_test::{Expect, expect};

use crate::graph::Lineage;
use crate::identity::{Presence, SameAs, Subject};
use crate::testing;

const LUID: &str = "2f1e9a30-0000-4000-8000-00000000abcd";
const OTHER: &str = "11111111-1111-1111-1111-111111111111";

fn lineage(tableau: &str, exposures: &str) -> Lineage {
    testing::lineage("snowflake", "", exposures, tableau)
}

/// The exposure of the first workbook of `tableau`.
#[track_caller]
fn check(tableau: &str, exposures: &str, found: Expect) {
    let lineage = lineage(tableau, exposures);
    let (ix, _) = lineage.workbooks().next().expect("a workbook");
    found.assert_eq(&said(lineage.exposure_of(ix)));
}

fn said(same: Option<SameAs<'_>>) -> String {
    same.map_or("-".to_owned(), |it| {
        let off = if it.exposure.enabled {
            ""
        } else {
            ", disabled"
        };
        format!(
            "{} by {:?}{off}",
            it.exposure.id.as_str().trim_start_matches("exposure.shop."),
            it.by
        )
    })
}

/// Everything both ways: what each exposure stands for, and what stands for each
/// workbook and each dashboard.
#[track_caller]
fn check_both(tableau: &str, exposures: &str, found: Expect) {
    let lineage = lineage(tableau, exposures);
    let mut text = String::new();
    for (ix, exposure) in lineage.exposures().iter().enumerate() {
        let subjects = lineage.subjects_of(ix);
        let names: Vec<String> = subjects.iter().map(|&it| name(&lineage, it)).collect();
        writeln!(text, "{} -> {}", exposure.name, names.join(", ")).unwrap();
    }
    for (workbook, it) in lineage.workbooks() {
        writeln!(text, "{}: {}", it.name, said(lineage.exposure_of(workbook))).unwrap();
        for dashboard in 0..it.dashboards.len() {
            let dashboard = Some(dashboard);
            let subject = Subject {
                workbook,
                dashboard,
            };
            let same = lineage.exposure_of_dashboard(subject);
            let covers = same.is_some_and(|it| it.subject.dashboard.is_none());
            let covers = if covers { " (the workbook's)" } else { "" };
            let name = name(&lineage, subject);
            writeln!(text, "{name}: {}{covers}", said(same)).unwrap();
        }
    }
    found.assert_eq(&text);
}

fn name(lineage: &Lineage, subject: Subject) -> String {
    let workbook = lineage.workbook(subject.workbook);
    match subject.dashboard {
        Some(ix) => format!("{}/{}", workbook.name, workbook.dashboards[ix].name),
        None => workbook.name.clone(),
    }
}

// C34
#[test]
fn a_luid_anywhere_in_meta_tells() {
    let check = |exposure: &str, found| {
        check(&format!("workbook Sales luid={LUID}"), exposure, found);
    };
    check(
        &format!("ddi_suite dagster.asset.metadata.id={LUID}"),
        expect!["ddi_suite by Luid"],
    );
    check(
        &format!("a tableau.luid={}", LUID.to_uppercase()),
        expect!["a by Luid"],
    );
    check(
        &format!("a link=https://t.acme.com/x/{LUID}/y"),
        expect!["a by Luid"],
    );
    check(&format!("a id=tableau-{LUID}"), expect!["a by Luid"]);
    check(
        &format!("a package=crm id={LUID}"),
        expect!["exposure.crm.a by Luid"],
    );
    check("a tableau.luid=2f1e9a30", expect!["-"]);
}

#[test]
fn placeholders_match_nothing() {
    let zeros = "00000000-0000-0000-0000-000000000000";
    let tableau = format!(
        "workbook TBD luid={zeros} site=acme content_url=TBD file=TBD
         url=https://t.acme.com/#/site/acme/workbooks/0"
    )
    .replace("\n         ", " ");
    for exposure in [
        "a tableau.luid=TBD",
        "a tableau.luid=",
        &format!("a tableau.luid={zeros}"),
        "a tableau.site=acme tableau.content_url=TBD",
        "a tableau.file=TBD",
        "a url=https://t.acme.com/#/site/acme/workbooks/TBD",
        "a url=https://t.acme.com/#/site/acme/workbooks/xxxx",
        "a url=https://t.acme.com/#/site/acme/workbooks/0",
        "a url=https://t.acme.com/#/site/acme/views/TBD/TBD",
        "a label=TBD",
    ] {
        check(&tableau, exposure, expect!["-"]);
    }
}

#[test]
fn the_surest_sign_decides_then_enabled_comes_first_then_the_first_by_id() {
    check(
        &format!("workbook Sales luid={LUID} url=https://t.acme.com/#/workbooks/12"),
        &format!(
            r#"by_label label="Sales"
               by_url url=https://t.acme.com/#/workbooks/12/views
               off tableau.luid={LUID} disabled
               luid_b tableau.luid={LUID}
               luid_a tableau.luid={LUID}"#
        ),
        expect!["luid_a by Luid"],
    );
    check(
        &format!("workbook Sales luid={LUID}"),
        &format!("off tableau.luid={LUID} disabled"),
        expect!["off by Luid, disabled"],
    );
}

#[test]
fn a_page_is_the_same_however_it_is_written() {
    let check = |url: &str, found| {
        let site = "content site acme host=inner.example
            workbook Sales url=https://t.acme.com:8443/#/site/acme/workbooks/12 site=acme content_url=SalesNew";
        check(site, &format!("a url={url}"), found);
    };
    check(
        "https://t.acme.com:8443/#/site/acme/workbooks/12",
        expect!["a by Url"],
    );
    check(
        "https://T.acme.com:8443/#/site/ACME/workbooks/12/views?x=1",
        expect!["a by Url"],
    );
    check(
        "https://inner.example/#/site/acme/workbooks/12",
        expect!["a by Url"],
    );
    check(
        "https://t.acme.com:8443/#/site/acme/views/SalesNew/Overview?:iid=2",
        expect!["a by Url"],
    );
    check(
        "https://t.acme.com:8443/t/acme/views/SalesNew/Overview",
        expect!["a by Url"],
    );
    check("https://t.acme.com/#/site/acme/workbooks/12", expect!["-"]);
    check(
        "https://t.acme.com:8443/#/site/acme/workbooks/13",
        expect!["-"],
    );
    check(
        "https://t.acme.com:8443/#/site/emea/workbooks/12",
        expect!["-"],
    );
    check("https://t.acme.com:8443/#/workbooks/12", expect!["-"]);
    check(
        "https://online.tableau.com/#/site/acme/workbooks/12",
        expect!["-"],
    );
}

#[test]
fn a_file_that_knows_no_host_is_found_by_site_and_url_name() {
    let check = |exposure: &str, found| {
        let file = "workbook Sales site=acme content_url=SalesNew file=tableau/Sales.twb";
        check(file, exposure, found);
    };
    check(
        "a url=https://t.acme.com/#/site/acme/views/SalesNew/Overview",
        expect!["a by ContentUrl"],
    );
    check(
        "a url=https://t.acme.com/#/site/other/views/SalesNew/Overview",
        expect!["-"],
    );
    check(
        "a tableau.site=acme tableau.content_url=SalesNew",
        expect!["a by ContentUrl"],
    );
    check("a tableau.content_url=SalesNew", expect!["-"]);
    check("a tableau.file=tableau/Sales.twb", expect!["a by File"]);
    check("a tableau.file=./tableau/Sales.twb", expect!["a by File"]);
    check("a tableau.file=Sales.twb", expect!["-"]);
}

#[test]
fn of_copies_of_one_published_workbook_the_file_decides() {
    const COPIES: &str = "workbook Sales file=a.twb site=acme content_url=Sales\n\
        workbook Copy file=b.twb site=acme content_url=Sales\n\
        workbook Other file=c.twb";
    let key = "tableau.site=acme tableau.content_url=Sales";
    check_both(
        COPIES,
        &format!("e {key} tableau.file=b.twb"),
        expect![[r#"
            e -> Copy
            Sales: -
            Sales/Overview: -
            Copy: e by File
            Copy/Overview: e by File (the workbook's)
            Other: -
            Other/Overview: -
        "#]],
    );
    check_both(
        COPIES,
        &format!("e {key}"),
        expect![[r#"
        e -> Sales, Copy
        Sales: e by ContentUrl
        Sales/Overview: e by ContentUrl (the workbook's)
        Copy: e by ContentUrl
        Copy/Overview: e by ContentUrl (the workbook's)
        Other: -
        Other/Overview: -
    "#]],
    );
    // Neither a file that is gone nor one of another workbook decides.
    check_both(
        COPIES,
        &format!("e {key} tableau.file=gone.twb"),
        expect![[r#"
            e -> Sales, Copy
            Sales: e by ContentUrl
            Sales/Overview: e by ContentUrl (the workbook's)
            Copy: e by ContentUrl
            Copy/Overview: e by ContentUrl (the workbook's)
            Other: -
            Other/Overview: -
        "#]],
    );
    check_both(
        COPIES,
        &format!("e {key} tableau.file=c.twb"),
        expect![[r#"
            e -> Sales, Copy, Other
            Sales: e by ContentUrl
            Sales/Overview: e by ContentUrl (the workbook's)
            Copy: e by ContentUrl
            Copy/Overview: e by ContentUrl (the workbook's)
            Other: e by File
            Other/Overview: e by File (the workbook's)
        "#]],
    );
}

#[test]
fn the_default_site_has_no_name() {
    check(
        "workbook Sales site= content_url=Sales",
        "a tableau.content_url=Sales",
        expect!["a by ContentUrl"],
    );
}

#[test]
fn of_two_sites_of_one_name_the_address_decides() {
    let two = "content site acme host=a.example
        workbook A site=acme content_url=Sales luid=a
        content site acme host=b.example
        workbook B site=acme content_url=Sales luid=b";
    let key = "tableau.site=acme tableau.content_url=Sales";
    check_both(
        two,
        &format!("on_b url=https://b.example/#/site/acme/workbooks/TBD2 {key}"),
        expect![[r#"
            on_b -> A, B
            A: on_b by ContentUrl
            A/Overview: on_b by ContentUrl (the workbook's)
            B: on_b by ContentUrl
            B/Overview: on_b by ContentUrl (the workbook's)
        "#]],
    );
    check_both(
        two,
        &format!("on_b url=https://b.example/#/site/acme/workbooks/7 {key}"),
        expect![[r#"
            on_b -> B
            A: -
            A/Overview: -
            B: on_b by ContentUrl
            B/Overview: on_b by ContentUrl (the workbook's)
        "#]],
    );
    check_both(
        two,
        &format!("moved url=https://old.example/#/site/acme/workbooks/7 {key}"),
        expect![[r#"
            moved -> A, B
            A: moved by ContentUrl
            A/Overview: moved by ContentUrl (the workbook's)
            B: moved by ContentUrl
            B/Overview: moved by ContentUrl (the workbook's)
        "#]],
    );
}

#[test]
fn an_equal_label_is_only_a_hint_and_none_where_the_luid_says_otherwise() {
    check("workbook Sales", "a label=\"Sales\"", expect!["a by Label"]);
    check("workbook Sales", "a label=\"Sales EMEA\"", expect!["-"]);
    let exposure = format!("a label=\"Sales\" tableau.luid={OTHER}");
    check(
        &format!("workbook Sales luid={LUID}"),
        &exposure,
        expect!["-"],
    );
    check("workbook Sales", &exposure, expect!["a by Label"]);
    check(
        "workbook Sales",
        "a label=\"Sales\" disabled\nb label=\"Sales\"",
        expect!["b by Label"],
    );
}

const SITE: &str = "content site acme host=t.acme.com
    workbook Sales luid=2f1e9a30-0000-4000-8000-00000000abcd site=acme content_url=Sales url=https://t.acme.com/#/site/acme/workbooks/12
    datasource Orders snowflake
    sheet By day: Orders
    dashboard Overview: By day
    dashboard Detail: By day
    facts By day: luid=aaaaaaaa-0000-4000-8000-000000000001
    facts Overview: luid=bbbbbbbb-0000-4000-8000-000000000001 url=https://t.acme.com/#/site/acme/views/Sales/Overview
    facts Detail: luid=bbbbbbbb-0000-4000-8000-000000000002 url=https://t.acme.com/#/site/acme/views/Sales/Detail_1
    workbook Costs luid=11111111-1111-1111-1111-111111111111 site=acme content_url=Costs url=https://t.acme.com/#/site/acme/workbooks/13";

#[test]
fn a_dashboard_has_its_own_exposure_or_its_workbooks() {
    check_both(
        SITE,
        "by_luid ids.view=bbbbbbbb-0000-4000-8000-000000000001
         by_page url=https://t.acme.com/t/acme/views/Sales/Detail_1
         all     tableau.site=acme tableau.content_url=Sales",
        expect![[r#"
            by_luid -> Sales/Overview
            by_page -> Sales/Detail
            all -> Sales
            Sales: all by ContentUrl
            Sales/Overview: by_luid by Luid
            Sales/Detail: by_page by Url
            Costs: -
            Costs/Overview: -
        "#]],
    );
    check_both(
        SITE,
        "one url=https://t.acme.com/#/site/acme/views/Sales/Overview",
        expect![[r#"
            one -> Sales/Overview
            Sales: one by Url
            Sales/Overview: one by Url
            Sales/Detail: -
            Costs: -
            Costs/Overview: -
        "#]],
    );
    check_both(
        SITE,
        "all url=https://t.acme.com/#/site/acme/workbooks/12 disabled",
        expect![[r#"
            all -> Sales
            Sales: all by Url, disabled
            Sales/Overview: all by Url, disabled (the workbook's)
            Sales/Detail: all by Url, disabled (the workbook's)
            Costs: -
            Costs/Overview: -
        "#]],
    );
}

#[test]
fn our_key_names_a_dashboard() {
    let one = |key: &str, found| check_both(SITE, &format!("it {key}"), found);
    let found = || {
        expect![[r#"
            it -> Sales/Detail
            Sales: it by Luid
            Sales/Overview: -
            Sales/Detail: it by Luid
            Costs: -
            Costs/Overview: -
        "#]]
    };
    one(
        &format!("tableau.luid={LUID} tableau.dashboard=Detail"),
        found(),
    );
    one(
        "tableau.luid=bbbbbbbb-0000-4000-8000-000000000002 tableau.dashboard=Old",
        found(),
    );
    // Its title changed since, and its page did not.
    one(
        &format!(
            "tableau.luid={LUID} tableau.dashboard=Old \
             url=https://t.acme.com/#/site/acme/views/Sales/Detail_1"
        ),
        found(),
    );
    one(
        "tableau.site=acme tableau.content_url=Sales/sheets/Detail_1",
        expect![[r#"
            it -> Sales/Detail
            Sales: it by ContentUrl
            Sales/Overview: -
            Sales/Detail: it by ContentUrl
            Costs: -
            Costs/Overview: -
        "#]],
    );
}

#[test]
fn the_surest_sign_tells_whether_all_of_a_workbook_is_meant() {
    check_both(
        SITE,
        &format!("it tableau.luid={LUID} url=https://t.acme.com/#/site/acme/views/Sales/Overview"),
        expect![[r#"
            it -> Sales
            Sales: it by Luid
            Sales/Overview: it by Luid (the workbook's)
            Sales/Detail: it by Luid (the workbook's)
            Costs: -
            Costs/Overview: -
        "#]],
    );
}

#[test]
fn an_address_beside_our_key_of_a_workbook_makes_no_part_of_it() {
    // As written for a workbook that has no page of its own.
    let page = "url=https://t.acme.com/#/site/acme/views/Sales/Overview";
    let key = "tableau.site=acme tableau.content_url=Sales";
    let check = |exposure: &str, found: Expect| {
        let lineage = lineage(SITE, &format!("it {exposure}"));
        let subjects = lineage.subjects_of(0);
        let names: Vec<String> = subjects.iter().map(|&it| name(&lineage, it)).collect();
        found.assert_eq(&names.join(", "));
    };
    check(&format!("{page} {key}"), expect!["Sales"]);
    check(
        &format!("{page} {key} tableau.dashboard=Overview"),
        expect!["Sales/Overview"],
    );
    check(&format!("{page} {key}/Overview"), expect!["Sales/Overview"]);
    check(page, expect!["Sales/Overview"]);
}

#[test]
fn a_url_name_that_another_workbook_has_now_counts_less_than_the_luid() {
    let renamed = SITE.replacen("content_url=Sales", "content_url=SalesOld", 1);
    let renamed = renamed.replacen("content_url=Costs", "content_url=Sales", 1);
    check_both(
        &renamed,
        &format!("it tableau.luid={LUID} tableau.site=acme tableau.content_url=Sales"),
        expect![[r#"
            it -> Sales
            Sales: it by Luid
            Sales/Overview: it by Luid (the workbook's)
            Sales/Detail: it by Luid (the workbook's)
            Costs: -
            Costs/Overview: -
        "#]],
    );
    // Republished: the old LUID is nobody's, and the URL name is what is left.
    let old = "99999999-0000-4000-8000-000000000009";
    check_both(
        SITE,
        &format!("it tableau.luid={old} tableau.site=acme tableau.content_url=Sales"),
        expect![[r#"
            it -> Sales
            Sales: it by ContentUrl
            Sales/Overview: it by ContentUrl (the workbook's)
            Sales/Detail: it by ContentUrl (the workbook's)
            Costs: -
            Costs/Overview: -
        "#]],
    );
}

#[test]
fn a_sheet_or_an_unknown_view_is_its_workbooks() {
    let at = "url=https://t.acme.com/#/site/acme/views/Sales";
    for exposure in [
        "it x=aaaaaaaa-0000-4000-8000-000000000001",
        &format!("it {at}/ByDay"),
        &format!("it {at}"),
    ] {
        let lineage = lineage(SITE, exposure);
        let subjects = lineage.subjects_of(0);
        let names: Vec<String> = subjects.iter().map(|&it| name(&lineage, it)).collect();
        assert_eq!(names, ["Sales"], "{exposure}");
    }
}

#[test]
fn one_exposure_may_stand_for_several() {
    check_both(
        SITE,
        &format!("both first={LUID} second={OTHER}"),
        expect![[r#"
            both -> Sales, Costs
            Sales: both by Luid
            Sales/Overview: both by Luid (the workbook's)
            Sales/Detail: both by Luid (the workbook's)
            Costs: both by Luid
            Costs/Overview: both by Luid (the workbook's)
        "#]],
    );
}

/// Whether what one exposure stands for is there; `{}` is what else the site tells.
#[track_caller]
fn check_presence(tableau: &str, exposure: &str, expect: Expect) {
    let lineage = lineage(tableau, exposure);
    let said = match lineage.presence_of(0) {
        Presence::Here => "here".to_owned(),
        Presence::Gone { content } => format!("gone, says {}", lineage.contents()[content].name),
        Presence::Unknown(reason) => format!("unknown: {reason}"),
        Presence::Elsewhere => "elsewhere".to_owned(),
    };
    expect.assert_eq(&said);
}

/// The site of [`SITE`], its list complete, with more lines.
fn whole(more: &str) -> String {
    let stated = "content site acme lists_all fetched=2026-01-01T06:00:00Z host=t.acme.com";
    let site = SITE.replacen("content site acme host=t.acme.com", stated, 1);
    let costs = "facts Overview: luid=cccccccc-0000-4000-8000-000000000001";
    format!("{site}\n{costs}\n{more}")
}

const LOST: &str = "a url=https://t.acme.com/#/site/acme/workbooks/11";

#[test]
fn what_is_known_is_here() {
    check_presence(SITE, &format!("a id={LUID}"), expect!["here"]);
    check_presence(
        "workbook S file=S.twb",
        "a tableau.file=S.twb",
        expect!["here"],
    );
    check_presence(
        &whole(""),
        &format!("a tableau.luid={LUID} tableau.dashboard=Detail"),
        expect!["here"],
    );
}

#[test]
fn what_a_whole_list_of_its_site_lacks_is_gone() {
    let check = |exposure: &str, expect| check_presence(&whole(""), exposure, expect);
    check(LOST, expect!["gone, says acme"]);
    check(
        "a url=https://t.acme.com/#/site/acme/views/Old/Overview disabled",
        expect!["gone, says acme"],
    );
    let luid = "99999999-0000-4000-8000-000000000009";
    check(
        &format!("a tableau.site=acme tableau.luid={luid}"),
        expect!["gone, says acme"],
    );
    check(
        "a tableau.site=acme tableau.content_url=Old",
        expect!["gone, says acme"],
    );
    check(
        &format!("a tableau.luid={LUID} tableau.dashboard=Old"),
        expect!["gone, says acme"],
    );
}

#[test]
fn what_speaks_of_no_tableau_is_elsewhere() {
    let check = |exposure: &str, expect| check_presence(&whole(""), exposure, expect);
    check("a label=\"Sales and so on\"", expect!["elsewhere"]);
    check(
        "a url=https://docs.google.com/spreadsheets/d/1_WX id=99999999-0000-4000-8000-000000000009",
        expect!["elsewhere"],
    );
    check(
        "a id=99999999-0000-4000-8000-000000000009",
        expect!["elsewhere"],
    );
    check("a dagster.kinds=cube", expect!["elsewhere"]);
    check(
        "a url=https://t.acme.com/#/site/acme/datasources/7",
        expect!["elsewhere"],
    );
}

#[test]
fn what_no_site_can_be_told_of_is_unknown() {
    let check = |exposure: &str, expect| check_presence(&whole(""), exposure, expect);
    let luid = "99999999-0000-4000-8000-000000000009";
    check(
        &format!("a dagster.kinds=tableau dagster.asset.metadata.id={luid}"),
        expect!["unknown: no site can be told from it"],
    );
    check(
        &format!("a tableau.luid={luid}"),
        expect!["unknown: no site can be told from it"],
    );
    check(
        "a url=http://SAC-RPT-01/#/site/KIPPNJ/workbooks/TBD",
        expect!["unknown: its address is a placeholder"],
    );
    check(
        "a url=https://t.acme.com/#/site/acme/explore",
        expect!["unknown: no site can be told from it"],
    );
    check(
        "a url=https://t.acme.com/#/site/emea/workbooks/7",
        expect!["unknown: emea on t.acme.com was not read"],
    );
    check(
        "a url=https://eu.online.tableau.com/#/workbooks/7",
        expect!["unknown: the Default site on eu.online.tableau.com was not read"],
    );
    check(
        "a tableau.site=emea tableau.content_url=X",
        expect!["unknown: it is not known which site emea is, or it was not read"],
    );
    check(
        "a tableau.site=acme",
        expect!["unknown: nothing in it tells which workbook it is"],
    );
    // Its workbook may be newer than what was read.
    check(
        "a url=https://t.acme.com/#/site/acme/workbooks/14",
        expect!["unknown: it may have been published after acme on t.acme.com was read"],
    );
}

#[test]
fn two_sites_of_one_name_are_not_told_apart_by_it() {
    let other = "content site acme lists_all fetched=2026-01-01T06:00:00Z host=b.example";
    check_presence(
        &whole(other),
        "a tableau.site=acme tableau.content_url=Old",
        expect!["unknown: it is not known which site acme is, or it was not read"],
    );
}

#[test]
fn a_list_that_is_not_whole_shows_nothing_to_be_gone() {
    let check = |content: &str, more: &str, expect| {
        let first = "content site acme lists_all fetched=2026-01-01T06:00:00Z";
        let tableau = whole(more).replacen(first, &format!("content site acme {content}"), 1);
        check_presence(&tableau, LOST, expect);
    };
    let fetched = "fetched=2026-01-01T06:00:00Z";
    check(
        fetched,
        "",
        expect!["unknown: the token's user may not see every workbook of acme on t.acme.com"],
    );
    check(
        "lists_all",
        "",
        expect!["unknown: acme on t.acme.com was not read"],
    );
    check(
        &format!("{fetched} selected=Finance/**"),
        "",
        expect!["unknown: only the projects Finance/** of acme on t.acme.com were read"],
    );
    let all = format!("lists_all {fetched}");
    for (gap, expect) in [
        (
            "not_signed_in",
            expect!["unknown: acme on t.acme.com is not signed in to"],
        ),
        (
            "refresh_failed",
            expect!["unknown: what is known of acme on t.acme.com is old"],
        ),
        (
            "site_unavailable",
            expect!["unknown: acme on t.acme.com was not read"],
        ),
        (
            "truncated",
            expect!["unknown: acme on t.acme.com was not read to its end"],
        ),
        (
            "visibility_limited",
            expect!["unknown: the token's user sees only part of acme on t.acme.com"],
        ),
        (
            "metadata_incomplete",
            expect!["unknown: acme on t.acme.com is still working out its lineage"],
        ),
        (
            "metadata_unavailable",
            expect!["unknown: acme on t.acme.com was not read to its end"],
        ),
        (
            "snapshot_unavailable",
            expect!["unknown: the team snapshot is old"],
        ),
        // About one thing, and not about the list.
        ("truncated about=Sales", expect!["gone, says acme"]),
    ] {
        check(&all, &format!("gap {gap} something"), expect);
    }
}

#[test]
fn files_show_nothing_to_be_gone() {
    let file = "workbook Sales file=Sales.twb site=acme content_url=Sales";
    check_presence(
        file,
        "a url=https://t.acme.com/#/site/acme/workbooks/7",
        expect!["unknown: acme on t.acme.com was not read"],
    );
    check_presence(
        file,
        "a tableau.file=Old.twb",
        expect!["unknown: no site can be told from it"],
    );
    check_presence(
        file,
        "a tableau.file=Sales.twb tableau.dashboard=Old",
        expect!["unknown: its workbook is known from a file alone, which may be old"],
    );
}

#[test]
fn only_signs_that_every_workbook_has_show_one_to_be_gone() {
    let luid = "99999999-0000-4000-8000-000000000009";
    let by_luid = format!("a tableau.site=acme tableau.luid={luid}");
    let no_views = "workbook Secret luid=dddddddd-0000-4000-8000-000000000001";
    let unknown = || expect!["unknown: nothing in it tells which workbook it is"];
    check_presence(&whole("workbook Odd"), &by_luid, unknown());
    check_presence(&whole("workbook Odd"), LOST, unknown());
    check_presence(
        &whole(no_views),
        "a url=https://t.acme.com/#/site/acme/views/Old/Overview",
        unknown(),
    );
    let datasource = format!("published Orders snowflake luid={luid}");
    check_presence(&whole(&datasource), &by_luid, expect!["elsewhere"]);
    // A workbook's, which names what that reads too.
    check_presence(
        &whole(&datasource),
        &format!("{LOST} source.id={luid}"),
        expect!["unknown: it names a published datasource, and no workbook"],
    );
}

#[test]
fn of_two_contents_of_a_site_the_one_that_was_read_last_tells() {
    let snapshot = |fetched: &str, all: &str| {
        whole(&format!(
            "content snapshot acme {all} fetched={fetched} host=t.acme.com"
        ))
    };
    let gone = || expect!["gone, says acme"];
    check_presence(&snapshot("2025-12-01T06:00:00Z", ""), LOST, gone());
    check_presence(
        &snapshot("2026-02-01T06:00:00Z", "lists_all"),
        "a url=https://t.acme.com/#/site/acme/views/Old/X",
        gone(),
    );
    check_presence(
        &snapshot("2026-02-01T06:00:00Z", ""),
        LOST,
        expect!["unknown: the token's user may not see every workbook of acme on t.acme.com"],
    );
}

#[test]
fn a_dashboard_is_gone_only_where_all_of_its_workbooks_are_known() {
    let old = format!("a tableau.luid={LUID} tableau.dashboard=Old");
    for code in [
        "truncated",
        "metadata_incomplete",
        "file_unreadable",
        "metadata_unavailable",
    ] {
        check_presence(
            &whole(&format!("gap {code} about=Sales something")),
            &old,
            expect!["unknown: not all dashboards of Sales may be known"],
        );
    }
    check_presence(
        &whole("gap name_hidden about=Sales a name"),
        &old,
        expect!["gone, says acme"],
    );
    let partly = whole("").replacen(" lists_all", "", 1);
    check_presence(
        &partly,
        &old,
        expect!["unknown: the token's user may not see every workbook of acme on t.acme.com"],
    );
}
