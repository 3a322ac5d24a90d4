//! Other people's text in a terminal and in JSON, and files made to harm.

use crate::support::cli::{json, run};
use crate::support::project::{copy, copy_folder, fixture};

/// A shop with every hostile workbook beside the good ones.
fn project() -> tempfile::TempDir {
    let project = copy("shop");
    copy_folder(
        &fixture("hostile/workbooks"),
        &project.path().join("tableau"),
    );
    project
}

#[test]
fn bad_files_are_named_and_the_others_answer() {
    let project = project();
    let said = run(project.path(), &["usages", "fct_orders"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("Sales Overview"), "{}", said.out);
    let answer = json(project.path(), &["usages", "dim_vendors"]);
    let problems = answer["problems"].as_array().expect("problems");
    let unreadable = problems
        .iter()
        .filter(|it| it["code"] == "file_unreadable")
        .count();
    assert!(unreadable >= 10, "{problems:#?}");
    assert_eq!(answer["nodes"][0]["complete"], false);
}

#[test]
fn nothing_that_is_printed_moves_a_terminal() {
    let project = project();
    for args in [
        &["usages"][..],
        &["usages", "--all"],
        &["usages", "fct_orders"],
        &["usages", "--format", "json"],
        &["inspect", "tableau"],
        &["inspect", "tableau", "--format", "json"],
        &["explain", "fct_orders"],
        &["doctor"],
        &["doctor", "--format", "json"],
    ] {
        let said = run(project.path(), args);
        for (name, text) in [("stdout", &said.out), ("stderr", &said.err)] {
            let bad = text.chars().find(|&c| c != '\n' && ide::is_hidden(c));
            assert_eq!(
                bad,
                None,
                "{args:?} {name}: {:?}",
                text.find(ide::is_hidden)
            );
        }
        let is_text = !args.contains(&"json");
        let longest = said
            .out
            .lines()
            .map(|line| line.chars().count())
            .max()
            .unwrap_or(0);
        assert!(
            !is_text || longest < 1_500,
            "{args:?}: a line of {longest} characters"
        );
    }
}
