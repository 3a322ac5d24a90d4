//! Files of real projects and edge cases: an exposure is added to each, all
//! other bytes stay, or it is refused.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;
use crate::properties::tests::real::{files, shared};

fn check_files(test: &str, path: &str, expected: Expect) {
    let Some(path) = shared(test, path) else {
        return;
    };
    let mut n_edited = 0;
    let mut refused = String::new();
    let new = NewExposure {
        name: ExposureName::new("exposure_lens_test"),
        description: Some("It's \"all\": {{ x }} # 1".to_owned()),
        ..sales()
    };
    for (name, text) in files(&path) {
        // As it is, with the other line end, and without the last one.
        let other = if text.contains('\r') {
            text.replace('\r', "")
        } else {
            text.replace('\n', "\r\n")
        };
        let cut = text.trim_end_matches(['\r', '\n']);
        let variants = [
            (text.as_str(), FUSION),
            (&other, CORE_1_11),
            (cut, CORE_1_9),
        ];
        for (text, engine) in variants {
            match declared(Some(text), &new, &engine) {
                Ok(edited) => {
                    n_edited += 1;
                    assert_habits(&name, text, &edited);
                }
                Err(error) => {
                    let line = format!("{name}: {error}\n");
                    if !refused.contains(&line) {
                        refused.push_str(&line);
                    }
                }
            }
        }
    }
    expected.assert_eq(&format!("{n_edited} edits\n{refused}"));
}

/// What no reviewer should have to say.
fn assert_habits(name: &str, text: &str, edited: &str) {
    if text.contains("\r\n") && text.matches('\n').count() > 1 {
        assert!(
            !edited.replace("\r\n", "").contains('\n'),
            "{name}: mixed line ends"
        );
    }
    let n_blank = |text: &str| text.matches("\n\n\n").count();
    assert!(
        n_blank(edited) <= n_blank(text) + 1,
        "{name}: more blank lines"
    );
}

#[test]
fn gitlab_s_files_are_extended() {
    check_files(
        "gitlab_s_files_are_extended",
        "exposure_files/gitlab_yml.tar.gz",
        expect![[r#"
            927 edits
        "#]],
    );
}

#[test]
fn teamster_s_files_are_extended() {
    check_files(
        "teamster_s_files_are_extended",
        "exposure_files/teamster",
        expect![[r#"
            15 edits
        "#]],
    );
}

#[test]
fn edge_cases_are_extended_or_refused() {
    check_files(
        "edge_cases_are_extended_or_refused",
        "edge/cases",
        expect![[r#"
            99 edits
            16_label_colon.yml: line 3 is not valid YAML: mapping values are not allowed in this context
            19_multidoc.yml: it holds several YAML documents (`---`), of which dbt takes one; split it first
            20_two_exposures_keys.yml: `exposures:` stands on line 1 and again on line 6; join the lists first
            25_tab.yml: line 3 is not valid YAML: it is indented with a tab; YAML takes spaces only
            26_flow_two_arg_unquoted.yml: line 5 is not valid YAML: invalid trailing content after single-quoted scalar
        "#]],
    );
}

/// The new entry beside the one before it.
#[test]
fn new_entries_look_like_those_around_them() {
    let test = "new_entries_look_like_those_around_them";
    let (Some(teamster), Some(gitlab)) = (
        shared(test, "exposure_files/teamster"),
        shared(test, "exposure_files/gitlab_yml.tar.gz"),
    ) else {
        return;
    };
    let mut shown = String::new();
    for (name, text) in files(&teamster).into_iter().chain(files(&gitlab)) {
        let Ok(properties) = Properties::parse(&text) else {
            continue;
        };
        let Some(last) = properties.exposures.last() else {
            continue;
        };
        let edited = declared(Some(&text), &sales(), &FUSION).unwrap();
        let properties = Properties::parse(&edited).unwrap();
        let new = properties.exposures.last().unwrap();
        let start = edited[..last.span.start].rfind('\n').unwrap();
        writeln!(shown, "== {name}{}", &edited[start..new.span.end]).unwrap();
    }
    expect![[r#"
        == cube.yml
          - name: cube_semantic_layer
            label: Cube Semantic Layer
            type: ml
            owner:
              name: Data Team
            depends_on:
              - ref("bridge_course_section_teachers")
              - ref("bridge_course_section_terms")
              - ref("bridge_student_contacts")
              - ref("bridge_survey_expectations")
              - ref("bridge_survey_questions")
              - ref("dim_assessment_administrations")
              - ref("dim_assessment_comparisons")
              - ref("dim_assessment_goals")
              - ref("dim_assessments")
              - ref("dim_college_enrollments")
              - ref("dim_colleges")
              - ref("dim_course_sections")
              - ref("dim_courses")
              - ref("dim_dates")
              - ref("dim_job_candidates")
              - ref("dim_job_postings")
              - ref("dim_locations")
              - ref("dim_regions")
              - ref("dim_school_calendars")
              - ref("dim_staff")
              - ref("dim_staff_cube_access")
              - ref("dim_staff_reporting_chain")
              - ref("dim_staff_reporting_periods")
              - ref("dim_staff_observation_expectations")
              - ref("dim_staff_observation_goal_types")
              - ref("dim_staff_observation_rubric_measurements")
              - ref("dim_staff_observation_rubrics")
              - ref("dim_staff_observation_types")
              - ref("dim_staff_status")
              - ref("dim_staff_work_assignments")
              - ref("dim_staff_work_history")
              - ref("dim_staffing_positions")
              - ref("bridge_assessment_expectations_enrollment_scoped")
              - ref("bridge_assessment_expectations_student_scoped")
              - ref("dim_student_attendance_intervention_types")
              - ref("dim_student_contact_persons")
              - ref("dim_student_enrollments")
              - ref("dim_student_section_enrollments")
              - ref("dim_student_ell_status")
              - ref("dim_student_iep_status")
              - ref("dim_student_meal_eligibility_status")
              - ref("dim_students")
              - ref("dim_survey_administrations")
              - ref("dim_survey_questions")
              - ref("dim_surveys")
              - ref("dim_terms")
              - ref("dim_work_assignment_jobs")
              - ref("dim_work_assignment_locations")
              - ref("dim_work_assignment_organizational_units")
              - ref("dim_work_assignment_primary")
              - ref("dim_work_assignment_reporting_relationships")
              - ref("dim_work_assignment_status")
              - ref("dim_work_assignment_types")
              - ref("fct_assessment_scores_enrollment_scoped")
              - ref("fct_assessment_scores_student_scoped")
              - ref("fct_behavioral_consequences")
              - ref("fct_behavioral_incidents")
              - ref("fct_family_communications")
              - ref("fct_grades_assignments")
              - ref("fct_grades_category")
              - ref("fct_grades_gpa")
              - ref("fct_grades_term")
              - ref("fct_job_candidate_applications")
              - ref("fct_staff_attrition")
              - ref("fct_staff_benefits_enrollments")
              - ref("fct_staff_membership_enrollments")
              - ref("fct_staff_observation_goals")
              - ref("fct_staff_observation_scores")
              - ref("fct_staff_observations")
              - ref("fct_student_attendance_daily")
              - ref("fct_student_attendance_interventions")
              - ref("fct_student_attendance_streaks")
              - ref("fct_support_tickets")
              - ref("fct_survey_responses")
              - ref("fct_survey_submissions")
              - ref("fct_work_assignment_additional_earnings")
              - ref("fct_work_assignment_compensation")
            config:
              meta:
                dagster:
                  kinds:
                    - semanticmodel
                    - cube

          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            owner:
              name: Ana Ruiz
            depends_on:
              - ref("orders")
              - source("crm", "accounts")
            config:
              tags: [tableau]
              meta:
                tableau:
                  site: acme
                  luid: 2f1e5a70-0000-4000-8000-000000000001
        == dbt.yml
          - name: ad_hoc_reporting_views
            label: Ad Hoc Reporting
            type: analysis
            owner:
              name: Data Team
            depends_on:
              - ref("int_powerschool__attendance_streak")
            config:
              meta:
                dagster:
                  kinds:
                    - dbt
                    - view
          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            owner:
              name: Ana Ruiz
            depends_on:
              - ref("orders")
              - source("crm", "accounts")
            config:
              tags: [tableau]
              meta:
                tableau:
                  site: acme
                  luid: 2f1e5a70-0000-4000-8000-000000000001
        == google-appsheet.yml
          - name: kfwd_career_launch_app
            label: KIPP Forward Career Launch App
            type: application
            owner:
              name: Data Team
            depends_on:
              - ref("rpt_appsheet__kfwd_career_launch_survey")
            config:
              meta:
                dagster:
                  kinds:
                    - google
          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            owner:
              name: Ana Ruiz
            depends_on:
              - ref("orders")
              - source("crm", "accounts")
            config:
              tags: [tableau]
              meta:
                tableau:
                  site: acme
                  luid: 2f1e5a70-0000-4000-8000-000000000001
        == google-sheets.yml
          - name: rpt_gsheets__finalsite__log
            label: Finalsite Log
            type: analysis
            owner:
              name: Data Team
            url: https://docs.google.com/spreadsheets/d/1O0LapZFC1X1JoYs8z3K3iFNeaD5hV2xpV_fdhIYx1Vo
            depends_on:
              - ref("rpt_gsheets__finalsite__log")
            config:
              meta:
                dagster:
                  kinds:
                    - googlesheets
          - name: sales
            label: Sales
            type: dashboard
            owner:
              name: Ana Ruiz
            url: https://t.example.com/#/site/acme/workbooks/1
            depends_on:
              - ref("orders")
              - source("crm", "accounts")
            config:
              tags: [tableau]
              meta:
                tableau:
                  site: acme
                  luid: 2f1e5a70-0000-4000-8000-000000000001
        == tableau.yml
          - name: content_team_dashboard
            label: Content Team Dashboard
            type: dashboard
            owner:
              name: Data Team
            depends_on:
              - ref("rpt_tableau__content_team")
            config:
              meta:
                dagster:
                  kinds:
                    - tableau
                  asset:
                    metadata:
                      id: 7f960a60-8ddd-4b66-92f0-20cad02a34f1
          - name: sales
            label: Sales
            type: dashboard
            owner:
              name: Ana Ruiz
            depends_on:
              - ref("orders")
              - source("crm", "accounts")
            url: https://t.example.com/#/site/acme/workbooks/1
            config:
              tags: [tableau]
              meta:
                tableau:
                  site: acme
                  luid: 2f1e5a70-0000-4000-8000-000000000001
        == ./transform/snowflake-dbt/models/common_mart/exposures.yml
          - name: behavior_structured_event
            type: analysis
            maturity: high
            url: https://lucid.app/lucidchart/5d5c918d-2e6d-47d6-a2e5-db3c4951c531/edit?invitationId=inv_a4c5f29c-930f-4103-a121-320dd8009b5a&page=-3ovyOx0~RdS#
            description: >
              TBA

            depends_on:
              - ref('fct_behavior_structured_event')
              - ref('dim_behavior_event')
              - ref('dim_namespace')
              - ref('dim_project')
              - ref('dim_behavior_operating_system')
              - ref('dim_date')

            owner:
              name: Product Insights
              email: slack channel or email

          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            depends_on:
              - ref('orders')
              - source('crm', 'accounts')
            owner:
              name: Ana Ruiz
            config:
              tags: [tableau]
              meta:
                tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        == ./transform/snowflake-dbt/models/data_science_exposures.yml
          - name: churn_forecasting
            type: ml
            maturity: high
            url: https://gitlab.com/gitlab-data/data-science-projects/churn-forecasting/-/blob/main/prod/training_query.sql
            depends_on:
              - ref('mart_arr_snapshot_model')
              - ref('dim_subscription')
              - ref('dim_billing_account')
              - ref('mart_arr_snapshot_bottom_up')
              - ref('wk_sales_sfdc_opportunity_snapshot_history_xf')
              - ref('mart_crm_attribution_touchpoint')
              - ref('mart_product_usage_paid_user_metrics_monthly')
              - ref('zendesk_tickets_xf')
              - ref('zendesk_satisfaction_ratings_source')
              - ref('customers_db_orders_source')
              - ref('fct_event')
              - ref('map_gitlab_dotcom_xmau_metrics')
            owner:
              name: Klaudia Magda
              email: person2@example.com

          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            depends_on:
              - ref('orders')
              - source('crm', 'accounts')
            owner:
              name: Ana Ruiz
            config:
              tags: [tableau]
              meta:
                tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        == ./transform/snowflake-dbt/models/marts/pumps_sensitive/pump_exposures.yml
          - name: pump_disaster_relief_fund
            type: application
            maturity: low
            description: >
              Send to third party changes to valid employees
    
            depends_on:
              - ref('employee_directory')
      
            owner:
              name: Adrian Perez
              email: gitlab_id@aperez


          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            depends_on:
              - ref('orders')
              - source('crm', 'accounts')
            owner:
              name: Ana Ruiz
            config:
              tags: [tableau]
              meta:
                tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
    "#]].assert_eq(&shown);
}
