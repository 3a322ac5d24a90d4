//! `meta` and `tags` moved under `config`.

use super::*;

fn moves(text: &str, key: &str) -> String {
    let change = Change::MoveToConfig {
        exposure: name("a"),
        key: key.to_owned(),
    };
    shown(text, &change)
}

#[test]
fn a_key_moves_with_its_lines() {
    let shown = [
        "exposures:\n  - name: a\n    # about\n    meta:\n      # who\n      x:\n        - y # c\n\n        # - z\n    # TODO\n    url: u\n",
        "exposures:\n  - name: a\n    meta: {x: y}\n    config:\n      # c\n      enabled: true\n    url: u\n",
        "exposures:\n  - name: a\n    config:\n        tags:\n        - x\n    meta:\n        text: |\n          a\n\n            b\n    url: u\n",
        "exposures:\r\n- name: a\r\n  config: {}\r\n  meta:\r\n    x: y",
        "exposures:\n  - name: a\n    config: # none\n    meta:\n      x: y\n",
        "exposures:\n  - name: a\n    config: {tags: [x]}\n    meta: {x: y}\n",
        "exposures:\n  - name: a\n    config: ~\n    meta: {x: \"a\n\n      b\"}\n",
        "exposures:\n  - name: a\n    meta:\n    url: u\n",
    ]
    .map(|text| moves(text, "meta"));
    all(
        shown,
        expect![[r#"
        exposures:
          - name: a
            config:
              # about
              meta:
                # who
                x:
                  - y # c

                  # - z
            # TODO
            url: u
        ----
        exposures:
          - name: a
            config:
              # c
              enabled: true
              meta: {x: y}
            url: u
        ----
        exposures:
          - name: a
            config:
                tags:
                - x
                meta:
                    text: |
                      a

                        b
            url: u
        ----
        exposures:␍
        - name: a␍
          config:␍
            meta:␍
              x: y␍
        ----
        exposures:
          - name: a
            config: # none
              meta:
                x: y
        ----
        exposures:
          - name: a
            config: {tags: [x], meta: {x: y}}
        ----
        exposures:
          - name: a
            config:
              meta: {x: "a

                b"}
        ----
        exposures:
          - name: a
            config:
              meta:
            url: u
    "#]],
    );
    let shown = [
        moves(
            "exposures:\n  - name: a\n    tags:\n    - x\n    # - y\n    meta: {x: y}\n",
            "tags",
        ),
        moves(
            "exposures:\n  - name: a\n    tags: x\n    config: {meta: {x: y}}\n",
            "tags",
        ),
    ];
    all(
        shown,
        expect![[r#"
        exposures:
          - name: a
            config:
              tags:
              - x
              # - y
            meta: {x: y}
        ----
        exposures:
          - name: a
            config: {meta: {x: y}, tags: x}
    "#]],
    );
}

#[test]
fn what_is_moved_stays() {
    let shown = [moves(
        "exposures:\n  - name: a\n    config:\n      meta: {x: y}\n",
        "meta",
    )];
    all(
        shown,
        expect![[r#"
        as it was
    "#]],
    );
}

#[test]
fn what_cannot_be_moved_exactly_is_refused() {
    let shown = [
        "exposures:\n  - name: a\n    meta: {x: y}\n    config:\n      meta: {z: y}\n",
        "exposures:\n  - name: a\n    meta: {x: y}\n    meta: {z: y}\n",
        "exposures:\n  - name: a\n    meta: &m {x: y}\n    url: u\n",
        "exposures:\n  - {name: a, meta: {x: y}}\n",
        "exposures:\n  - meta: {x: y}\n    name: a\n",
        "exposures:\n  - name: a\n    config: {tags: [x]}\n    meta:\n      x: y\n",
        "exposures:\n  - name: a\n    config: [x]\n    meta:\n      x: y\n",
        "exposures:\n  - name: a\n    meta: {x: \"a\n    b\"}\n    config:\n      x: y\n",
    ]
    .map(|text| moves(text, "meta"));
    all(
        shown,
        expect![[r#"
        refused: `config` has `meta` on line 5 already; join the two by hand
        ----
        refused: `meta` stands on line 3 and again on line 4; join them first
        ----
        refused: line 3 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: what stands on line 2 is written between braces; write one key a line first
        ----
        refused: it is written in a way that this cannot be changed without changing something else; edit it by hand
        ----
        refused: what stands on line 3 is written between braces; write one key a line first
        ----
        refused: `config` on line 3 has no keys below it; write it as a map first
        ----
        exposures:
          - name: a
            config:
              x: y
              meta: {x: "a
              b"}
    "#]],
    );
}
