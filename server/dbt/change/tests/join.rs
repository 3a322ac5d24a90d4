//! Several `exposures:` keys made one.

use super::*;

fn join(text: &str) -> String {
    shown(text, &Change::JoinLists)
}

#[test]
fn lists_become_one() {
    let shown = [
        "exposures:\n  - name: a\n\nexposures:\n  - name: b\n",
        "exposures:\n  - name: a\n\n# more\nexposures: # of them\n  # about b\n  - name: b\nmodels: []\n",
        "exposures:\n  - name: a\n\nmodels: []\n\nexposures:\n  - name: b\n    url: u\n    type: x\n\n  - name: c\n",
        "exposures:\n  - name: a\n    url: u\n    type: x\n\nmodels: []\n\n# more\nexposures: # c\n  - name: b",
        "\u{feff}exposures:\r\n  - name: a\r\nmodels: []\r\nexposures:\r\n  - name: b\r\n    url: u\r\n",
        "# head\nexposures:\n  - name: a\nmodels: []\nexposures:\n- name: b\n  description: |\n    x\n\n      y\n  url: u\n",
        "exposures:\n  - name: a\nexposures:\n- name: b\n",
        "exposures:\nmodels: []\nexposures:\n  - name: b\n",
        "exposures:\n  - name: a\n\n# top\nexposures: # none\n# end\n",
        "# top\nexposures: [] # none\n\nmodels: []\n\nexposures:\n  - name: a\n",
        "exposures: []\n\nmodels: []\n\nexposures: []\n",
        "exposures:\nmodels: []\nexposures:\n",
        "exposures:\n  - name: a\nx: 1\nexposures:\n  - name: b\ny: 1\nexposures:\n  - name: c\n    # own\n  # - name: old\n# end\n",
    ]
    .map(join);
    all(
        shown,
        expect![[r#"
            exposures:
              - name: a

              - name: b
            ----
            exposures:
              - name: a

            # more
              # of them
              # about b
              - name: b
            models: []
            ----
            models: []

            exposures:
              - name: a

              - name: b
                url: u
                type: x

              - name: c
            ----
            exposures:
              - name: a
                url: u
                type: x

              # more
              # c
              - name: b

            models: []
            ----
            <BOM>models: []␍
            exposures:␍
              - name: a␍
            ␍
              - name: b␍
                url: u␍
            ----
            # head
            models: []
            exposures:
            - name: a

            - name: b
              description: |
                x

                  y
              url: u
            ----
            exposures:
              - name: a

              - name: b
            ----
            models: []
            exposures:
              - name: b
            ----
            exposures:
              - name: a

            # top
            # none
            # end
            ----
            # top
            # none

            models: []

            exposures:
              - name: a
            ----
            models: []

            exposures: []
            ----
            models: []
            exposures: []
            ----
            x: 1
            y: 1
            exposures:
              - name: a

              - name: b

              - name: c
                # own
              # - name: old
            # end
        "#]],
    );
}

#[test]
fn one_list_stays() {
    let shown = [
        join("exposures:\n  - name: a\n"),
        join("models: []\n"),
        join(""),
    ];
    all(
        shown,
        expect![[r#"
        as it was
        ----
        as it was
        ----
        as it was
    "#]],
    );
}

#[test]
fn what_cannot_be_joined_exactly_is_refused() {
    let shown = [
        "exposures:\n  - name: a\nexposures:\n  - name: a\n",
        "exposures: [{name: a}]\nexposures:\n  - name: b\n",
        "exposures: &x\n  - name: a\nexposures: *x\n",
        "exposures:\n  - name: a\n    meta: &m {x: y}\nexposures:\n  - name: b\n    meta: *m\n",
        "exposures: 5\nexposures:\n  - name: b\n",
    ]
    .map(join);
    all(
        shown,
        expect![[r#"
        refused: it has an exposure `a` on line 2 and again on line 4; rename or remove one of them first
        ----
        refused: `exposures:` on line 1 is written between brackets; write one item a line first
        ----
        refused: line 2 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: line 3 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: `exposures:` on line 1 is not a list
    "#]],
    );
}
