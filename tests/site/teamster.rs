//! Teamster's real exposures, beside a site that holds their workbooks by LUID.

use std::collections::HashMap;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::machine::{Machine, text};
use crate::support::project::shared_data;
use crate::support::tableau::{Running, Standin, written};

const EXPOSURES: &str = "models/exposures/tableau.yml";

/// The project as it is in the repository, with its real manifest.
fn project(data: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |path: &str| folder.path().join(path);
    std::fs::create_dir_all(at("models/exposures")).expect("a folder");
    std::fs::create_dir_all(at("target")).expect("a folder");
    std::fs::write(at("dbt_project.yml"), "name: kipptaf\n").expect("a project file");
    let files = data.join("dbt/exposure_files/teamster");
    for file in std::fs::read_dir(files).expect("exposure files") {
        let file = file.expect("an exposure file");
        let text = std::fs::read(file.path()).expect("an exposure file");
        std::fs::write(at("models/exposures").join(file.file_name()), text).expect("a copy");
    }
    let manifest = data.join("dbt/manifests/teamster-kipptaf.json.gz");
    let manifest = std::fs::File::open(manifest).expect("the manifest");
    let mut copy = std::fs::File::create(at("target/manifest.json")).expect("a copy");
    std::io::copy(&mut GzDecoder::new(manifest), &mut copy).expect("a copy");
    folder
}

/// What BigQuery calls each model of the project.
fn relations(project: &Path) -> HashMap<String, String> {
    let manifest = std::fs::read(project.join("target/manifest.json")).expect("the manifest");
    let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
    let nodes = manifest["nodes"].as_object().expect("nodes").values();
    let relation = |node: &Value| {
        let name = node["name"].as_str()?.to_owned();
        let relation = node["relation_name"].as_str()?.replace('`', "");
        (node["package_name"] == "kipptaf").then_some((name, relation))
    };
    nodes.filter_map(relation).collect()
}

/// A site with a workbook for each of the exposures: of their LUID, where they name one,
/// and their title. `more` says what a workbook reads beside what its exposure names.
fn site(project: &Path, more: &[(&str, &str)]) -> Running {
    let relations = relations(project);
    let yaml = std::fs::read_to_string(project.join(EXPOSURES)).expect("the exposures");
    let exposures = dbt::Properties::parse(&yaml).expect("YAML").exposures;
    let workbook = |(number, it): (usize, &dbt::ExposureEntry)| {
        let luid = it.meta.iter().find(|(key, _)| key.ends_with(".id"));
        let named = it.depends_on.iter().filter_map(|call| match &call.target {
            dbt::RefTarget::Ref { name, .. } => Some(name.as_str()),
            dbt::RefTarget::Source { .. } => None,
        });
        let more = more.iter().filter(|(name, _)| *name == it.name);
        let named = named.chain(more.map(|(_, model)| *model));
        let tables = named.filter_map(|name| relations.get(name));
        json!({
            "name": it.label, "luid": luid.map(|(_, luid)| luid), "number": number + 1,
            "connection": "bigquery", "tables": tables.collect::<Vec<_>>(),
        })
    };
    let workbooks: Vec<Value> = exposures.iter().enumerate().map(workbook).collect();
    assert_eq!(workbooks.len(), 49);
    let file = project.join("site.json");
    std::fs::write(&file, json!({ "workbooks": workbooks }).to_string()).expect("the site");
    Standin::start(written::site(&file).expect("a site"))
}

/// The exposures that a change of this kind is planned for, sorted.
fn planned(machine: &Machine, action: &str) -> Vec<String> {
    let answer = machine.json(&["exposures"]);
    let changes = answer["changes"].as_array().expect("changes").iter();
    let changes = changes.filter(|it| it["action"] == action);
    let mut names: Vec<String> = changes.map(|it| text(&it["exposure"])).collect();
    names.sort();
    names
}

#[test]
fn none_of_49_real_exposures_is_offered_again() {
    let Some(data) = shared_data("none_of_49_real_exposures_is_offered_again") else {
        return;
    };
    let project = project(&data);
    let running = site(project.path(), &[]);
    let machine = Machine::with(project).signed_in(&running);
    assert_eq!(machine.run(&["pull"]).code, 0);
    assert_eq!(planned(&machine, "create"), Vec::<String>::new());
    assert_eq!(planned(&machine, "add_depends_on"), Vec::<String>::new());
    assert_eq!(planned(&machine, "stale"), Vec::<String>::new());
    assert_eq!(planned(&machine, "unchanged").len(), 49);
    // Four have no LUID: their titles are equal, which is told and never acted on.
    let answer = machine.json(&["exposures"]);
    let changes = answer["changes"].as_array().expect("changes").iter();
    let refused: Vec<&Value> = changes.filter(|it| it["action"] == "refused").collect();
    let is_hint = |it: &&&Value| text(&it["reason"]).contains("label");
    assert_eq!(refused.iter().filter(is_hint).count(), 4, "{refused:#?}");
    assert_eq!(refused.len(), 4, "{refused:#?}");
}

#[test]
fn a_model_that_one_lacks_is_added_and_every_comment_stays_with_its_key() {
    let Some(data) =
        shared_data("a_model_that_one_lacks_is_added_and_every_comment_stays_with_its_key")
    else {
        return;
    };
    let project = project(&data);
    let more = [
        (
            "finance_accounting_tools_resources",
            "rpt_tableau__gpa_goals",
        ),
        ("cumulative_gpa_monitor", "rpt_tableau__crdc_roster"),
    ];
    let running = site(project.path(), &more);
    // Somebody has published the workbook and written down its page, and left the TODO.
    let file = project.path().join(EXPOSURES);
    let before = std::fs::read_to_string(&file).expect("the exposures");
    let todo = before.rfind("http://SAC-RPT-01/#/site/KIPPNJ/workbooks/TBD");
    let todo = todo.expect("the placeholder of cumulative_gpa_monitor");
    let end = todo + before[todo..].find('\n').expect("a line end");
    let names = dbt::Properties::parse(&before).expect("YAML").exposures;
    let number = names
        .iter()
        .position(|it| it.name == "cumulative_gpa_monitor");
    let number = number.expect("it is there") + 1;
    let page = format!("{}/workbooks/{number}", running.address());
    let before = [&before[..todo], &page, &before[end..]].concat();
    std::fs::write(&file, &before).expect("the exposures");

    let machine = Machine::with(project).signed_in(&running);
    assert_eq!(machine.run(&["pull"]).code, 0);
    assert_eq!(planned(&machine, "create"), Vec::<String>::new());
    let lacking = [
        "cumulative_gpa_monitor",
        "finance_accounting_tools_resources",
    ];
    assert_eq!(planned(&machine, "add_depends_on"), lacking);
    let said = machine.run(&["exposures", "--write"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let after = std::fs::read_to_string(&file).expect("the exposures");
    let added: Vec<&str> = after
        .lines()
        .filter(|it| it.contains("gpa_goals\")"))
        .collect();
    assert_eq!(added.len(), 3, "{added:?}");
    let finance = "      - ref(\"rpt_tableau__finance_accounting_people_model\")\n";
    assert!(after.contains(&format!(
        "{finance}      # - ref(\"rpt_tableau__staff_attrition\")\n      - ref(\"rpt_tableau__gpa_goals\")\n    config:\n"
    )) || after.contains(&format!(
        "{finance}      - ref(\"rpt_tableau__gpa_goals\")\n      # - ref(\"rpt_tableau__staff_attrition\")\n    config:\n"
    )), "{after}");
    assert!(after.contains(&format!(
        "      - ref(\"rpt_tableau__gpa_goals\")\n      - ref(\"rpt_tableau__crdc_roster\")\n    # TODO(#4619): update to the published Cumulative GPA Monitor workbook URL\n    url: {page}\n"
    )), "{after}");
    // Nothing but the two lines is new.
    let mut rest = after.lines();
    assert!(before.lines().all(|line| rest.any(|it| it == line)));
    assert_eq!(after.lines().count(), before.lines().count() + 2);
    assert_eq!(planned(&machine, "add_depends_on"), Vec::<String>::new());
}
