use super::*;

fn check(path: &str, one: &str, two: &str, expected: bool) {
    let (a, b) = (FileFacts::read(path, one), FileFacts::read(path, two));
    assert_eq!(a.means_the_same(&b), expected, "{one:?} and {two:?}");
    assert_eq!(b.means_the_same(&a), expected, "{two:?} and {one:?}");
}

#[test]
fn places_and_order_do_not_matter() {
    let sql = "{{ config(alias='a') }} select * from {{ ref('x') }} join {{ ref('y') }}";
    let moved = "-- new\n{{config( alias = \"a\" )}} select 1, {{ ref('y') }}, {{ ref('x') }}";
    check("x.sql", sql, moved, true);
    check("x.sql", sql, &sql.replace("'a'", "'b'"), false);
    check("x.sql", sql, &sql.replace("'y'", "'z'"), false);
    check(
        "x.py",
        "dbt.config(alias='a')",
        "#\ndbt.config(alias=\"a\")",
        true,
    );
    let yaml = "models:\n  - name: a\n  - name: b\n    config: {alias: x}\n";
    check(
        "x.yml",
        yaml,
        "models:\n  - name: b\n    config:\n      alias: x\n  - name: a\n    description: new\n",
        true,
    );
    check(
        "x.yml",
        yaml,
        "models:\n  - name: b\n  - name: a\n    config: {alias: x}\n",
        false,
    );
    check(
        "x.yml",
        "sources: [{name: s, tables: [{name: a}, {name: b}]}]",
        "sources: [{name: s, tables: [{name: b}, {name: a}]}]",
        true,
    );
    check("x.yml", "exposures: []", "version: 2", true);
    check("x.csv", "a\n1", "a\n2", true);
}

#[test]
fn what_cannot_be_read_is_the_same_only_as_itself() {
    check("x.yml", "models: [", "models: [", true);
    check("x.yml", "models: [", "models:  [", false);
    check("x.yml", "models: [", "", false);
}
