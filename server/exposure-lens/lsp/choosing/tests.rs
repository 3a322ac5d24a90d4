//! Titles and pages of a list.

use super::*;

fn choices(all: &[(&str, &str)]) -> Vec<Listed> {
    let choice = |&(name, workbook): &(&str, &str)| Listed {
        name: name.to_owned(),
        workbook: workbook.to_owned(),
        detail: String::new(),
        url: None,
        file: None,
    };
    all.iter().map(choice).collect()
}

#[test]
fn no_two_choices_have_one_title() {
    let unique = unlike(["A", "A", "B", "A", "A (2)"].map(str::to_owned).into_iter());
    assert_eq!(unique, ["A", "A (2)", "B", "A (3)", "A (2) (2)"]);
}

#[test]
fn a_picker_shows_the_name_alone_where_that_tells_it_apart() {
    let check = |all: &[(&str, &str)], picker, expect: &[&str]| {
        assert_eq!(titles(&choices(all), picker), expect);
    };
    let all = [("Overview", "Sales"), ("Churn", "Ops"), ("Overview", "Ops")];
    check(&all, true, &["Overview — Sales", "Churn", "Overview — Ops"]);
    check(
        &all,
        false,
        &["Overview — Sales", "Churn — Ops", "Overview — Ops"],
    );
    let twice = [("A", "W"), ("A", "W"), ("A — W", "X")];
    check(&twice, true, &["A — W", "A — W (2)", "A — W (3)"]);
}

#[test]
fn no_more_are_asked_for_at_once_than_fit() {
    let all = ["x"; 12];
    assert_eq!(page(&all[..10], 10), (&all[..10], None));
    assert_eq!(
        page(&all[..11], 10),
        (&all[..9], Some("+2 more".to_owned()))
    );
    assert_eq!(page(&all, 10), (&all[..9], Some("+3 more".to_owned())));
    assert_eq!(page(&all, 500), (&all[..], None));
}
