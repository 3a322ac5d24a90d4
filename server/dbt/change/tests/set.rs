//! Texts set where they stand, or as new keys.

use super::*;
use crate::change::set::says;

fn set(text: &str, field: Field, value: &str) -> String {
    let change = Change::Set {
        exposure: name("a"),
        field,
        value: value.to_owned(),
    };
    shown(text, &change)
}

#[test]
fn a_text_is_replaced_in_its_quotes() {
    let shown = [
        "exposures:\n  - name: a\n    label: Old # c\n    url: u\n",
        "exposures:\n  - name: a\n    label: 'Old'\n",
        "exposures:\r\n  - name: a\r\n    label: \"Old\"\r\n",
        "exposures:\n  - name: a\n    label:\n    url: u\n",
        "exposures:\n  - name: a\n    label: # none\n    url: u\n",
        "exposures:\n  - name: a\n    label: null # none\n",
        "exposures:\n  - name: a\n    label: |\n      Old\n\n    url: u\n",
        "exposures:\n  - name: a\n    label: >- # c\n      Old\n      text\n",
        "exposures:\n  - name: a\n    label:\n      Old\n      text\n    url: u\n",
        "exposures:\n  - name: a\n    label: >-\n",
        "exposures:\n  - name: a\n    label: >- # c",
        "exposures:\n  - name: a\n    label: | # c\n\n    url: u\n",
        "exposures:\n  - name: a\n    label: &unused Old\n",
        "exposures:\n  - {name: a, label: Old}\n",
        "exposures:\n  - {name: a, label: , url: u}\n",
        "exposures:\n  - \"label\" : Old\n    name: a\n",
    ]
    .map(|text| set(text, Field::Label, "New"));
    all(
        shown,
        expect![[r#"
            exposures:
              - name: a
                label: New # c
                url: u
            ----
            exposures:
              - name: a
                label: 'New'
            ----
            exposures:␍
              - name: a␍
                label: "New"␍
            ----
            exposures:
              - name: a
                label: "New"
                url: u
            ----
            exposures:
              - name: a
                label: "New" # none
                url: u
            ----
            exposures:
              - name: a
                label: "New" # none
            ----
            exposures:
              - name: a
                label: "New"

                url: u
            ----
            exposures:
              - name: a
                label: "New" # c
            ----
            exposures:
              - name: a
                label:
                  New
                url: u
            ----
            exposures:
              - name: a
                label: "New"
            ----
            exposures:
              - name: a
                label: "New" # c⏎
            ----
            exposures:
              - name: a
                label: "New" # c

                url: u
            ----
            exposures:
              - name: a
                label: &unused New
            ----
            exposures:
              - {name: a, label: New}
            ----
            exposures:
              - {name: a, label: "New" , url: u}
            ----
            exposures:
              - "label" : New
                name: a
        "#]],
    );
}

#[test]
fn a_text_that_yaml_or_jinja_would_change_is_protected() {
    let text =
        "exposures:\n  - name: a\n    label: Old\n    description: 'Old'\n    url: http://t/1\n";
    let values = [
        "2024",
        "No",
        "Sales: EMEA",
        "it's",
        "Sales {{ draft }}",
        "100{% x",
        "a\nb\n",
        "売上 🚀",
    ];
    all(
        values.map(|value| set(text, Field::Label, value)),
        expect![[r#"
        exposures:
          - name: a
            label: "2024"
            description: 'Old'
            url: http://t/1
        ----
        exposures:
          - name: a
            label: "No"
            description: 'Old'
            url: http://t/1
        ----
        exposures:
          - name: a
            label: "Sales: EMEA"
            description: 'Old'
            url: http://t/1
        ----
        exposures:
          - name: a
            label: it's
            description: 'Old'
            url: http://t/1
        ----
        exposures:
          - name: a
            label: "{% raw %}Sales {{ draft }}{% endraw %}"
            description: 'Old'
            url: http://t/1
        ----
        exposures:
          - name: a
            label: "{% raw %}100{% x{% endraw %}"
            description: 'Old'
            url: http://t/1
        ----
        exposures:
          - name: a
            label: "{% raw %}a\nb\n{% endraw %}"
            description: 'Old'
            url: http://t/1
        ----
        exposures:
          - name: a
            label: "売上 🚀"
            description: 'Old'
            url: http://t/1
    "#]],
    );
    let shown = [
        set(text, Field::Description, "a }} b\n"),
        set(text, Field::Description, "it's {{ x }}"),
        set(
            text,
            Field::Url,
            "https://t.example.com/#/site/a/workbooks/1",
        ),
        set(text, Field::Url, ""),
    ];
    all(
        shown,
        expect![[r#"
        exposures:
          - name: a
            label: Old
            description: "{% raw %}a }} b\n{% endraw %}"
            url: http://t/1
        ----
        exposures:
          - name: a
            label: Old
            description: "{% raw %}it's {{ x }}{% endraw %}"
            url: http://t/1
        ----
        exposures:
          - name: a
            label: Old
            description: 'Old'
            url: https://t.example.com/#/site/a/workbooks/1
        ----
        exposures:
          - name: a
            label: Old
            description: 'Old'
            url: ""
    "#]],
    );
}

#[test]
fn a_missing_key_stands_where_the_file_has_it() {
    let text = "exposures:\n  - name: b\n    label: B\n    type: dashboard\n    maturity: high\n    owner:\n      name: x\n    url: u\n    description: 'd'\n  - name: a\n    type: dashboard # c\n    # about\n    maturity: high\n    # TODO\n    owner:\n      name: x\n      # more\n    # end\n    meta: {}\n";
    let values = [
        (Field::Label, "A"),
        (Field::Url, "http://a"),
        (Field::Description, "It's"),
    ];
    all(
        values.map(|(field, value)| set(text, field, value)),
        expect![[r#"
        exposures:
          - name: b
            label: B
            type: dashboard
            maturity: high
            owner:
              name: x
            url: u
            description: 'd'
          - name: a
            label: A
            type: dashboard # c
            # about
            maturity: high
            # TODO
            owner:
              name: x
              # more
            # end
            meta: {}
        ----
        exposures:
          - name: b
            label: B
            type: dashboard
            maturity: high
            owner:
              name: x
            url: u
            description: 'd'
          - name: a
            type: dashboard # c
            # about
            maturity: high
            # TODO
            owner:
              name: x
              # more
            url: http://a
            # end
            meta: {}
        ----
        exposures:
          - name: b
            label: B
            type: dashboard
            maturity: high
            owner:
              name: x
            url: u
            description: 'd'
          - name: a
            type: dashboard # c
            # about
            maturity: high
            # TODO
            owner:
              name: x
              # more
            description: "It's"
            # end
            meta: {}
    "#]],
    );
    let shown = [
        set("exposures:\n  - name: a\n", Field::Url, "http://a"),
        set(
            "exposures:\n  - {name: a, type: dashboard, owner: {name: x}}\n",
            Field::Url,
            "http://a,b",
        ),
        set("exposures:\n  - {name: a}\n", Field::Description, ""),
    ];
    all(
        shown,
        expect![[r#"
        exposures:
          - name: a
            url: "http://a"
        ----
        exposures:
          - {name: a, type: dashboard, url: "http://a,b", owner: {name: x}}
        ----
        as it was
    "#]],
    );
}

#[test]
fn an_owner_is_set_below_its_key() {
    let shown = [
        "exposures:\n  - name: a\n    owner:\n      name: Old\n      email: a@b.c\n",
        "exposures:\n  - name: a\n    owner:\n      # who\n      email: a@b.c # c\n    url: u\n",
        "exposures:\n  - name: a\n    owner: {email: a@b.c}\n",
        "exposures:\n  - name: a\n    owner: { email: a@b.c } # c\n",
        "exposures:\n  - name: a\n    owner: {}\n",
        "exposures:\n  - name: a\n    owner:\n    url: u\n",
        "exposures:\n  - name: a\n    owner: ~\n",
        "exposures:\n  - name: a\n    type: dashboard\n  - name: b\n    owner:\n        name: x\n",
        "exposures:\n  - name: a\n    type: dashboard\n",
        "exposures:\n  - {name: a, url: u}\n",
        "exposures:\n  - {name: a, owner: , url: u}\n",
    ]
    .map(|text| set(text, Field::OwnerName, "Ana, Ruiz"));
    all(
        shown,
        expect![[r#"
        exposures:
          - name: a
            owner:
              name: Ana, Ruiz
              email: a@b.c
        ----
        exposures:
          - name: a
            owner:
              name: "Ana, Ruiz"
              # who
              email: a@b.c # c
            url: u
        ----
        exposures:
          - name: a
            owner: {name: "Ana, Ruiz", email: a@b.c}
        ----
        exposures:
          - name: a
            owner: { name: "Ana, Ruiz", email: a@b.c } # c
        ----
        exposures:
          - name: a
            owner: {name: "Ana, Ruiz"}
        ----
        exposures:
          - name: a
            owner: {name: "Ana, Ruiz"}
            url: u
        ----
        exposures:
          - name: a
            owner: {name: "Ana, Ruiz"}
        ----
        exposures:
          - name: a
            type: dashboard
            owner:
                name: Ana, Ruiz
          - name: b
            owner:
                name: x
        ----
        exposures:
          - name: a
            type: dashboard
            owner: {name: "Ana, Ruiz"}
        ----
        exposures:
          - {name: a, url: u, owner: {name: "Ana, Ruiz"}}
        ----
        exposures:
          - {name: a, owner: {name: "Ana, Ruiz"} , url: u}
    "#]],
    );
    let shown = [
        "exposures:\n  - name: a\n    owner:\n      name: Ana\n      # more\n      slack: x\n    url: u\n",
        "exposures:\n  - name: a\n    owner: {name: Ana, slack: x}\n",
        "exposures:\n  - name: a\n    owner:\n      email: [\"x@y.z\", \"a@b.c\"]\n",
    ]
    .map(|text| set(text, Field::OwnerEmail, "a@b.c"));
    all(
        shown,
        expect![[r#"
        exposures:
          - name: a
            owner:
              name: Ana
              email: a@b.c
              # more
              slack: x
            url: u
        ----
        exposures:
          - name: a
            owner: {name: Ana, email: a@b.c, slack: x}
        ----
        as it was
    "#]],
    );
}

#[test]
fn what_is_said_already_stays_as_it_is_written() {
    let shown = [
        "exposures:\n  - name: a\n    label: |\n      New\n",
        "exposures:\n  - name: a\n    label: \"N\\x65w\"\n",
        "exposures:\n  - name: a\n    label: \"{% raw %}New{% endraw %}\"\n",
        "x: &l New\nexposures:\n  - name: a\n    label: *l\n",
        "x: &b\n  label: New\nexposures:\n  - <<: *b\n    name: a\n",
    ]
    .map(|text| set(text, Field::Label, "New"));
    all(
        shown,
        expect![[r#"
        as it was
        ----
        as it was
        ----
        as it was
        ----
        as it was
        ----
        as it was
    "#]],
    );
    let written = "exposures:\n  - name: a\n    label: \"{% raw %}{{ x }}{% endraw %}\"\n";
    let shown = [
        set(written, Field::Label, "{{ x }}"),
        set(written, Field::Label, "{{ y }}"),
        set(written, Field::Label, "y"),
    ];
    all(
        shown,
        expect![[r#"
        as it was
        ----
        exposures:
          - name: a
            label: "{% raw %}{{ y }}{% endraw %}"
        ----
        exposures:
          - name: a
            label: "y"
    "#]],
    );
}

#[test]
fn what_a_person_wrote_with_jinja_is_refused() {
    let shown = [
        (Field::Url, "url: \"{{ var('base') }}/1\""),
        (Field::Description, "description: '{{ doc(\"a\") }}'"),
        (Field::Label, "label: [x]"),
        (Field::Label, "label: {x: y}"),
        (Field::OwnerName, "owner: Ana"),
        (Field::OwnerEmail, "owner: {email: [x]}"),
        (Field::Label, "label: &x Old\n    url: *x"),
        (Field::Label, "url: &x Old\n    label: *x"),
        (Field::Label, "label: !!str Old"),
    ]
    .map(|(field, line)| {
        set(
            &format!("exposures:\n  - name: a\n    {line}\n"),
            field,
            "New",
        )
    });
    all(
        shown,
        expect![[r#"
        refused: `url` on line 3 holds Jinja that someone wrote and an edit would undo; change it by hand
        ----
        refused: `description` on line 3 holds Jinja that someone wrote and an edit would undo; change it by hand
        ----
        refused: `label` on line 3 is a list or a map; change it by hand
        ----
        refused: `label` on line 3 is a list or a map; change it by hand
        ----
        refused: `owner` on line 3 has no keys below it; write it as a map first
        ----
        refused: `owner.email` on line 3 is a list or a map; change it by hand
        ----
        refused: line 3 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: line 4 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: line 3 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
    "#]],
    );
    let shown = [set("exposures:\n  - name: a\n", Field::OwnerName, " ")];
    all(
        shown,
        expect![[r#"
        refused: dbt wants a name or an address of the exposure's owner, and neither is known
    "#]],
    );
}

#[test]
fn a_text_says_what_it_shows() {
    let label = |written: &str, value: &str| says(Field::Label, written, value);
    assert!(label("Sales", "Sales"));
    assert!(label("Sales\n", "Sales"));
    assert!(label("{% raw %}{{ x }}{% endraw %}", "{{ x }}"));
    assert!(label("{{ '{' }}{{ '{' }} endraw", "{{ endraw"));
    assert!(!label("{{ x }}", "{{ x }}"));
    assert!(!label("{% raw %}{{ x }}{% endraw %}", "{{ y }}"));
    assert!(says(Field::Description, "a }} b", "a }} b"));
    assert!(!says(Field::Url, "", "http://a"));
}
