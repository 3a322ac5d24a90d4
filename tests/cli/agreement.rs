//! One truth in all faces: what lens, hover, tree, lineage, list, `usages`, `explain` and the
//! exposures' plan say of a node is the same, for every node of the samples and of real projects.
//!
//! The JSON answer of the program is what each of them is held against.

mod faces;
mod loading;

use std::path::Path;

use serde_json::Value;

use self::faces::{check_node, check_project};
use super::given::{Reads, real_project, workbook};
use crate::support::cli::{json, run};
use crate::support::project::{copy, copy_folder, fixture, shared_data};

/// All faces of the project in `folder`, with all of its nodes, or one of `step` of them.
fn check(folder: &Path, step: usize) {
    let analysis = loading::analysis(folder);
    let answer = json(folder, &["usages"]);
    let nodes = answer["nodes"].as_array().expect("nodes");
    assert_eq!(nodes.len(), analysis.lineage.nodes().len());
    for node in nodes.iter().step_by(step) {
        check_node(&analysis, node);
    }
    check_project(&analysis, nodes);
    check_summaries(folder, &analysis, nodes);
}

/// What the terminal and a comment say of the whole project.
fn check_summaries(folder: &Path, analysis: &ide::Analysis, nodes: &[Value]) {
    let has_workbooks = |it: &&Value| it["workbooks"].as_array().is_some_and(|it| !it.is_empty());
    let unused = || nodes.iter().filter(|it| !has_workbooks(it));
    let n_zeros = unused().filter(|it| it["complete"] == true).count();
    let n_unknown = unused().count() - n_zeros;
    let lines = [
        (n_zeros, "reach", "no dashboard and no sheet"),
        (n_unknown, "ha", "no known use, which is not a zero"),
    ];
    let text = run(folder, &["usages"]).out;
    let comment = run(folder, &["usages", "--format", "markdown"]).out;
    for said in [&text, &comment] {
        for (n, verb, what) in lines {
            let start = format!("{} {verb}", ide::count(n, "node"));
            let is_said = said
                .lines()
                .any(|it| it.starts_with(&start) && it.contains(what));
            assert_eq!(is_said, n > 0, "{start}… {what}: {said}");
        }
    }
    let head = text.lines().nth(1).expect("two lines of facts");
    let is_complete = head.ends_with(" complete");
    assert_eq!(is_complete, analysis.is_complete(), "{head}");
    let is_zero = comment.contains("no dashboard reads one");
    let any_used = nodes.iter().any(|it| has_workbooks(&it));
    assert_eq!(is_zero, !any_used && analysis.is_complete(), "{comment}");
}

#[test]
fn all_faces_say_the_same_of_the_samples() {
    for name in ["shop", "snow"] {
        check(copy(name).path(), 1);
        // What hides what it reads, beside it.
        let folder = copy(name);
        copy_folder(&fixture("gaps"), &folder.path().join("tableau"));
        check(folder.path(), 1);
    }
    for name in ["no_manifest", "odd_nodes", "cut_manifest"] {
        check(copy(&format!("hostile/projects/{name}")).path(), 1);
    }
}

#[test]
fn all_faces_say_the_same_of_real_projects() {
    let Some(data) = shared_data("all_faces_say_the_same_of_real_projects") else {
        return;
    };
    for (manifest, name, class, step) in [
        ("edge-v1-dev", "shop", "duckdb_jdbc", 1),
        ("v2-jaffle_shop_duckdb", "jaffle_shop", "duckdb_jdbc", 1),
        ("teamster-kipptaf", "kipptaf", "bigquery", 40),
    ] {
        let project = real_project(&data, &format!("{manifest}.json.gz"), name);
        read_by_workbooks(project.path(), class);
        check(project.path(), step);
        // What cannot be understood, in a hundred ways: beside a small project, to be quick.
        if step == 1 {
            copy_folder(&data.join("workbooks"), &project.path().join("real"));
            check(project.path(), step);
        }
    }
}

/// Workbooks that read nodes of the project in every way that faces tell apart: alone,
/// several at once, by their names alone, beside what is built from them, under a schema
/// that is not theirs.
fn read_by_workbooks(folder: &Path, class: &str) {
    let analysis = loading::analysis(folder);
    let nodes = analysis.lineage.nodes();
    let table = |ix| {
        let relation: &lineage::Relation = nodes.get(ix).relation.as_ref()?;
        let parts = relation.parts().map(|it| format!("[{}]", it.text));
        Some(parts.collect::<Vec<_>>().join("."))
    };
    let step = nodes.len().div_ceil(120);
    for (n, ix) in nodes.indices().step_by(step).enumerate() {
        let Some(own) = table(ix) else { continue };
        let bare = own.rsplit('.').next().unwrap_or_default().to_owned();
        let built = nodes.children(ix).first().and_then(|it| table(*it));
        let elsewhere = format!("[other].{bare}");
        let beside = built.as_deref().unwrap_or(&own);
        let read: Vec<Vec<&str>> = match n % 5 {
            0 => vec![vec![&own], vec![beside]],
            1 => vec![vec![&own, beside]],
            2 => vec![vec![&bare]],
            3 => vec![vec![&own]],
            _ => vec![vec![&elsewhere]],
        };
        let read: Vec<Vec<Reads<'_>>> = read
            .iter()
            .map(|tables| tables.iter().map(|it| Reads::Table(it)).collect())
            .collect();
        let datasources: Vec<_> = read.iter().map(|it| (class, "", it.as_slice())).collect();
        workbook(folder, &format!("W{n}"), &datasources);
    }
}
