//! Of names.

use dbt::Engine;
use expect_test::expect;

use super::{CORE_1_11, NODES, check, check_for};

const TWO: &str = "exposures:\n  - name: a\n    type: ml\n    owner: {name: x}\n  - name: b\n    type: ml\n    owner: {name: x}\n  - name: \"a\"\n    type: ml\n    owner: {name: x}\n";

// Case 06 of the edge project.
#[test]
fn two_of_one_name_stop_core_and_lose_one_in_fusion() {
    check(
        TWO,
        expect![[r#"
        Error exposure-name-twice at "a": another exposure on line 8 is called `a` too; dbt Core 1.11 stops at two of one name
          Rename to `a_2`
            -  - name: a
            +  - name: a_2
        Error exposure-name-twice at "a": another exposure on line 2 is called `a` too; dbt Core 1.11 stops at two of one name
          Rename to `a_3`
            -  - name: "a"
            +  - name: "a_3"
    "#]],
    );
    check_for(
        Engine::Fusion,
        NODES,
        TWO,
        expect![[r#"
        Warning exposure-name-twice at "a": another exposure on line 8 is called `a` too; dbt Fusion keeps the last one and drops the other without a word
          Rename to `a_2`
            -  - name: a
            +  - name: a_2
        Warning exposure-name-twice at "a": another exposure on line 2 is called `a` too; dbt Fusion keeps the last one and drops the other without a word
          Rename to `a_3`
            -  - name: "a"
            +  - name: "a_3"
    "#]],
    );
    check_for(
        Engine::Unknown,
        NODES,
        TWO,
        expect![[r#"
        Warning exposure-name-twice at "a": another exposure on line 8 is called `a` too; dbt takes one at most
          Rename to `a_2`
            -  - name: a
            +  - name: a_2
        Warning exposure-name-twice at "a": another exposure on line 2 is called `a` too; dbt takes one at most
          Rename to `a_3`
            -  - name: "a"
            +  - name: "a_3"
    "#]],
    );
}

#[test]
fn another_file_of_the_project_may_have_the_name() {
    let one = "exposures:\n  - name: a\n    type: ml\n    owner: {name: x}\n";
    let known = format!(
        "{NODES}#- exposures\na path=models/e.yml\na path=models/other.yml\na_2 path=models/other.yml\n"
    );
    check_for(
        CORE_1_11,
        &known,
        one,
        expect![[r#"
        Error exposure-name-twice at "a": another exposure in models/other.yml is called `a` too; dbt Core 1.11 stops at two of one name
          Rename to `a_3`
            -  - name: a
            +  - name: a_3
    "#]],
    );
}

#[test]
fn disabled_and_hidden_ones_are_no_second() {
    check(
        &TWO.replacen(
            "owner: {name: x}\n",
            "owner: {name: x}\n    config: {enabled: false}\n",
            1,
        ),
        expect![""],
    );
    // It depends on what dbt makes of it.
    check(
        &TWO.replacen(
            "owner: {name: x}\n",
            "owner: {name: x}\n    config: {enabled: \"{{ var('x') }}\"}\n",
            1,
        ),
        expect![""],
    );
    let known = format!("{NODES}#- exposures\nb path=models/other.yml disabled\n");
    check_for(CORE_1_11, &known, &TWO.replace("\"a\"", "c"), expect![""]);
}

// Cases 04 and 05 of the edge project.
#[test]
fn names_that_an_engine_does_not_take_become_slugs() {
    let text = "exposures:\n  - name: My Cool Board\n    type: ml\n    owner: {name: x}\n  - name: a.b\n    type: ml\n    owner: {name: x}\n  - name: with-dash\n    type: ml\n    owner: {name: x}\n  - name: 2024\n    type: ml\n    owner: {name: x}\n  - name: 売上 売上\n    type: ml\n    owner: {name: x}\n";
    check(
        text,
        expect![[r#"
        Information exposure-name-refused at "My Cool Board": dbt Core 1.11 takes this name and says that a later version will not: letters, digits, `_` and `-` are taken; the title can stand in `label`
          Rename to `my_cool_board`
            -  - name: My Cool Board
            +  - name: my_cool_board
        Information exposure-name-refused at "a.b": dbt Core 1.11 takes this name and says that a later version will not: letters, digits, `_` and `-` are taken; the title can stand in `label`
          Rename to `a_b`
            -  - name: a.b
            +  - name: a_b
        Error exposure-name-refused at "2024": `name` is no text without quotes; dbt Core 1.11 stops at it
          Rename to `tableau_2024`
            -  - name: 2024
            +  - name: tableau_2024
        Information exposure-name-refused at "売上 売上": dbt Core 1.11 takes this name and says that a later version will not: letters, digits, `_` and `-` are taken; the title can stand in `label`
    "#]],
    );
    check_for(
        Engine::Fusion,
        NODES,
        text,
        expect![[r#"
        Error exposure-name-refused at "My Cool Board": dbt Fusion refuses this name: letters, digits, `_` and `-` are taken
          Rename to `my_cool_board`
            -  - name: My Cool Board
            +  - name: my_cool_board
        Error exposure-name-refused at "2024": `name` is no text without quotes; dbt Fusion stops at it
          Rename to `tableau_2024`
            -  - name: 2024
            +  - name: tableau_2024
        Error exposure-name-refused at "売上 売上": dbt Fusion refuses this name: letters, digits, `_` and `-` are taken
    "#]],
    );
    check_for(
        Engine::Unknown,
        NODES,
        text,
        expect![[r#"
        Error exposure-name-refused at "2024": `name` is no text without quotes; dbt stops at it
          Rename to `tableau_2024`
            -  - name: 2024
            +  - name: tableau_2024
    "#]],
    );
}
