//! Entries taken out.

use super::*;

fn remove(text: &str) -> String {
    shown(text, &Change::Remove(name("a")))
}

#[test]
fn an_entry_goes_as_if_it_had_never_been_there() {
    let shown = [
        "exposures:\n  - name: b\n\n  - name: a\n    url: u # c\n    # end\n\n  - name: c\n",
        "exposures:\n  - name: b\n  - name: a\n  - name: c\n",
        "exposures:\n  - name: a\n    type: dashboard\n\n  - name: c\n",
        "exposures:\n\n  - name: a\n\n  - name: c\n",
        "exposures:\n  - name: b\n\n  - name: a\n\nmodels: []\n",
        "exposures:\n  - name: b\n\n  - name: a\n",
        "exposures:\n  - name: b\n\n  - name: a",
        "exposures:\n  - name: b\n\n  - name: a\n\n\n",
        "exposures:\n  - name: b\n\n  - name: a\nmodels: []\n",
        "exposures:\r\n  - name: b\r\n\r\n  - name: a\r\n\r\n  - name: c\r\n",
        "exposures:\n- name: b\n- name: a\n  depends_on:\n  - ref('x')\n  # - ref('y')\n# c\n- name: c\n",
        "exposures:\n  -\n    name: a\n  - name: c\n",
        "exposures:\n  - name: b\n  - name: a\n    description: |+\n      text\n\n  - name: c\n",
        "exposures:\n  - {name: a, url: u}\n  - {name: b}\n",
        "exposures: [{name: b}, {name: a}]\n",
    ]
    .map(remove);
    all(
        shown,
        expect![[r#"
        exposures:
          - name: b

          - name: c
        ----
        exposures:
          - name: b
          - name: c
        ----
        exposures:
          - name: c
        ----
        exposures:

          - name: c
        ----
        exposures:
          - name: b

        models: []
        ----
        exposures:
          - name: b
        ----
        exposures:
          - name: b
        ----
        exposures:
          - name: b


        ----
        exposures:
          - name: b

        models: []
        ----
        exposures:␍
          - name: b␍
        ␍
          - name: c␍
        ----
        exposures:
        - name: b
        # c
        - name: c
        ----
        exposures:
          - name: c
        ----
        exposures:
          - name: b
          - name: c
        ----
        exposures:
          - {name: b}
        ----
        exposures: [{name: b}]
    "#]],
    );
}

#[test]
fn comments_go_or_stay_with_what_they_are_about() {
    let shown = [
        "exposures:\n  - name: b\n\n  # about a\n  # and more\n  - name: a\n    # inside\n\n  # about c\n  - name: c\n",
        "exposures:\n  - name: b\n\n  # section\n\n  - name: a\n\n  - name: c\n",
        "exposures:\n  # about a\n  - name: a\n  # about c\n  - name: c\n",
        "exposures:\n  - name: b\n    # about b\n  - name: a\n  # - name: old\n  #   url: u\n",
        "exposures:\n  - name: b\n  # - name: old\n  #   url: u\n  # about a\n  - name: a\n",
        "exposures:\n  - name: b\n  # - name: old\n  #   url: u\n  - name: a\n",
        "exposures:\n  # - name: old\n  - name: a\n# end\nmodels: []\n",
        "exposures: # all\n  # about a\n  - name: a\n",
    ]
    .map(remove);
    all(
        shown,
        expect![[r#"
        exposures:
          - name: b

          # about c
          - name: c
        ----
        exposures:
          - name: b

          # section

          - name: c
        ----
        exposures:
          # about c
          - name: c
        ----
        exposures:
          - name: b
            # about b
          # - name: old
          #   url: u
        ----
        exposures:
          - name: b
          # - name: old
          #   url: u
        ----
        exposures:
          - name: b
          # - name: old
          #   url: u
        ----
        exposures: []
          # - name: old
        # end
        models: []
        ----
        exposures: [] # all
    "#]],
    );
}

#[test]
fn the_last_entry_leaves_an_empty_list() {
    let shown = [
        "version: 2\n\nexposures:\n  - name: a\n    type: dashboard\n",
        "version: 2\nexposures:\n  - name: a\n\nmodels:\n  - name: x\n",
        "exposures:\n\n  - name: a\n\n  # - name: b\n",
        "exposures: [{name: a}]\n",
        "exposures: # c\n- name: a",
    ]
    .map(remove);
    all(
        shown,
        expect![[r#"
        version: 2

        exposures: []
        ----
        version: 2
        exposures: []

        models:
          - name: x
        ----
        exposures: []

          # - name: b
        ----
        exposures: []
        ----
        exposures: [] # c
    "#]],
    );
}

#[test]
fn what_others_need_is_refused() {
    let shown = [
        "exposures:\n  - &a\n    name: a\n  - <<: *a\n    name: b\n",
        "exposures:\n  - name: a\n    meta: &m {x: y}\n  - name: b\n    meta: *m\n",
        "exposures:\n  - name: a\n    meta: &m {x: y}\n    config: {meta: *m}\n  - name: b\n",
        "exposures:\n  - name: a\n    meta: &m {x: y}\n  - name: b\n",
    ]
    .map(remove);
    all(
        shown,
        expect![[r#"
        refused: line 3 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: line 3 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        exposures:
          - name: b
        ----
        exposures:
          - name: b
    "#]],
    );
}

#[test]
fn what_is_gone_stays_gone() {
    let shown = [remove("exposures: []\n"), remove("")];
    all(
        shown,
        expect![[r#"
        as it was
        ----
        as it was
    "#]],
    );
}
