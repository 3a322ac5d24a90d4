//! Files in which no exposure can be changed.

use super::*;

#[test]
fn a_file_or_exposure_that_cannot_be_changed_is_refused() {
    let change = Change::AddDependencies {
        exposure: name("a"),
        targets: vec![target("y")],
    };
    let shown = [
        "",
        "exposures:\n  - name: b\n",
        "# - name: a\nexposures: []\n",
        "exposures:\n  - name: a\n  - name: a\n",
        "exposures:\n  - name: a\nexposures:\n  - name: b\n",
        "exposures:\n  - name: a\nexposures:\n  - name: a\n",
        "exposures:\n  - name: a\n---\nmodels: []\n",
        "exposures:\r  - name: a\r",
        "exposures: &e\n  - name: a\nx: *e\n",
        "x: &e\n  - name: a\nexposures: *e\n",
        "x: &e\n  exposures:\n    - name: a\n<<: *e\n",
        "exposures:\n  - &a\n    name: a\n  - <<: *a\n    name: b\n",
        "{exposures: [{name: a}]}\n",
        "exposures:\n  - name: a\n\turl: x\n",
        "exposures:\n  - name: a\n    depends_on: ref('x')\n",
        "exposures:\n  - name: a\n    depends_on: &d [ref('x')]\n  - name: b\n    depends_on: *d\n",
        "x: &d\n  depends_on: []\nexposures:\n  - <<: *d\n    name: a\n",
    ]
    .map(|text| shown(text, &change));
    all(
        shown,
        expect![[r#"
        refused: it has no exposure `a`
        ----
        refused: it has no exposure `a`
        ----
        refused: it has no exposure `a`
        ----
        refused: it has an exposure `a` on line 2 and again on line 3; rename or remove one of them first
        ----
        refused: the `exposures:` on line 3 hides exposure `a`, which stands below an earlier one; join the lists first
        ----
        refused: it has an exposure `a` on line 2 and again on line 4; rename or remove one of them first
        ----
        refused: it holds several YAML documents (`---`), of which dbt takes one; split it first
        ----
        refused: it has line ends of old Macs (CR alone); save it with LF or CRLF first
        ----
        refused: line 2 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: line 3 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: line 3 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: line 3 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: its top level is not written as one key a line, as dbt expects of `exposures:`
        ----
        refused: line 3 is not valid YAML: it is indented with a tab; YAML takes spaces only
        ----
        refused: `depends_on` on line 3 is not a list; make it one first
        ----
        refused: line 3 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: line 2 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
    "#]],
    );
}

#[test]
fn the_list_that_counts_can_be_changed() {
    let text = "exposures:\n  - name: b\nexposures:\n  - name: a\n";
    all(
        [shown(text, &Change::Disable(name("a")))],
        expect![[r#"
        exposures:
          - name: b
        exposures:
          - name: a
            config:
              enabled: false
    "#]],
    );
}

#[test]
fn a_tab_below_an_edit_is_refused_as_dbt_core_does() {
    let text = "exposures:\n  - name: a\n    label: x\n  \t\n    url: u\n";
    let set = |field| Change::Set {
        exposure: name("a"),
        field,
        value: "No".to_owned(),
    };
    all(
        [
            shown(text, &set(Field::Label)),
            shown(text, &set(Field::Url)),
            shown("exposures:\n  - name: a\u{2028}\n", &set(Field::Label)),
        ],
        expect![[r#"
            refused: line 4 starts with a tab, which dbt refuses below what would be written; remove the tab first
            ----
            exposures:
              - name: a
                label: x
              ⇥
                url: "No"
            ----
            refused: line 2 holds a line end that only some programs take for one (U+0085, U+2028 or U+2029); remove it first
        "#]],
    );
}
