//! Calls added to `depends_on`, and taken out of it.

use super::*;

/// Adds to, or takes from, the exposure `a`.
fn add(text: &str, targets: &[&str]) -> String {
    let change = Change::AddDependencies {
        exposure: name("a"),
        targets: targets.iter().map(|it| target(it)).collect(),
    };
    shown(text, &change)
}

fn remove(text: &str, of: &str) -> String {
    let change = Change::RemoveDependency {
        exposure: name("a"),
        target: target(of),
    };
    shown(text, &change)
}

#[test]
fn a_block_list_gets_one_more_line() {
    let shown = [
        "exposures:\n  - name: a\n    depends_on:\n      - ref('x')\n    url: u\n",
        "exposures:\n  - name: a\n    depends_on:\n      - ref(\"x\") # why\n    # TODO\n    url: u\n",
        "exposures:\n  - name: a\n    depends_on:\n    - ref('x')\n    # TODO\n    url: u\n",
        "exposures:\n  - name: a\n    depends_on:\n    - ref('x')\n    # - ref('y')\n    url: u\n",
        "exposures:\n- name: a\n  depends_on:\n  - ref('x')\n# note\n- name: b\n",
        "exposures:\n  - name: a\n    depends_on:\n      - ref('x')\n      # - ref('y')\n    config: {}\n",
        "exposures:\n  - name: a\n    depends_on:\n      - ref('x')\n\n      # - ref('y')\n\n  # - name: b\n",
        "exposures:\n  - name: a\n    depends_on:\n      -   \"ref('x')\"",
        "exposures:\r\n  - name: a\r\n    depends_on:\r\n      - 'ref(\"x\")'  \r\n",
        "\u{feff}exposures:\n - name: a\n   depends_on:\n     - ref('x')\n\n - name: b\n",
        "exposures:\n  - name: a\n    depends_on:\n      - >-\n        ref('x')\n    url: u\n",
        "exposures:\n  - name: a\n    depends_on:\n      - |+\n        ref('x')\n\n    url: u\n",
        "exposures:\n  - name: a\n    depends_on:\n      -\n        ref('x')\n    url: u\n",
    ]
    .map(|text| add(text, &["y", "crm:accounts"]));
    all(
        shown,
        expect![[r#"
        exposures:
          - name: a
            depends_on:
              - ref('x')
              - ref('y')
              - source('crm', 'accounts')
            url: u
        ----
        exposures:
          - name: a
            depends_on:
              - ref("x") # why
              - ref("y")
              - source("crm", "accounts")
            # TODO
            url: u
        ----
        exposures:
          - name: a
            depends_on:
            - ref('x')
            - ref('y')
            - source('crm', 'accounts')
            # TODO
            url: u
        ----
        exposures:
          - name: a
            depends_on:
            - ref('x')
            # - ref('y')
            - ref('y')
            - source('crm', 'accounts')
            url: u
        ----
        exposures:
        - name: a
          depends_on:
          - ref('x')
          - ref('y')
          - source('crm', 'accounts')
        # note
        - name: b
        ----
        exposures:
          - name: a
            depends_on:
              - ref('x')
              # - ref('y')
              - ref('y')
              - source('crm', 'accounts')
            config: {}
        ----
        exposures:
          - name: a
            depends_on:
              - ref('x')

              # - ref('y')
              - ref('y')
              - source('crm', 'accounts')

          # - name: b
        ----
        exposures:
          - name: a
            depends_on:
              -   "ref('x')"
              -   "ref('y')"
              -   "source('crm', 'accounts')"
        ----
        exposures:␍
          - name: a␍
            depends_on:␍
              - 'ref("x")'  ␍
              - 'ref("y")'␍
              - 'source("crm", "accounts")'␍
        ----
        <BOM>exposures:
         - name: a
           depends_on:
             - ref('x')
             - ref('y')
             - source('crm', 'accounts')

         - name: b
        ----
        exposures:
          - name: a
            depends_on:
              - >-
                ref('x')
              - ref('y')
              - source('crm', 'accounts')
            url: u
        ----
        exposures:
          - name: a
            depends_on:
              - |+
                ref('x')

              - ref('y')
              - source('crm', 'accounts')
            url: u
        ----
        exposures:
          - name: a
            depends_on:
              -
                ref('x')
              - ref('y')
              - source('crm', 'accounts')
            url: u
    "#]],
    );
}

#[test]
fn a_flow_list_stays_one() {
    let shown = [
        "exposures:\n  - name: a\n    depends_on: [ref('x')] # why\n",
        "exposures:\n  - name: a\n    depends_on: [ ref(\"x\") ]\n",
        "exposures:\n  - name: a\n    depends_on: ['ref(\"x\")', ]\n",
        "exposures:\n  - name: a\n    depends_on: [\n      ref('x')\n    ]\n",
        "exposures:\n  - name: a\n    depends_on: [\n      ref('x'), # why\n    ]\n",
        "exposures:\n  - name: a\n    depends_on: [\n      ref('x') # why\n    ]\n",
        "exposures:\n  - name: a\n    depends_on:\n      [\n        ref('x'),\n        ref('z')]\n",
        "exposures:\r\n  - name: a\r\n    depends_on: [ref('x'),\r\n      ref('z')\r\n    ]\r\n",
        "exposures:\n  - {name: a, depends_on: [ref('x')]}\n",
        "exposures: [{name: a, depends_on: []}]\n",
        "exposures: [{name: a}]\n",
        "exposures:\n  - { name: a, depends_on: , url: x }\n",
    ]
    .map(|text| add(text, &["y", "pkg.y", "y.v2"]));
    all(
        shown,
        expect![[r#"
        exposures:
          - name: a
            depends_on: [ref('x'), ref('y'), "ref('pkg', 'y')", "ref('y', v=2)"] # why
        ----
        exposures:
          - name: a
            depends_on: [ ref("x"), ref("y"), 'ref("pkg", "y")', 'ref("y", v=2)' ]
        ----
        exposures:
          - name: a
            depends_on: ['ref("x")', 'ref("y")', 'ref("pkg", "y")', 'ref("y", v=2)', ]
        ----
        exposures:
          - name: a
            depends_on: [
              ref('x'),
              ref('y'),
              "ref('pkg', 'y')",
              "ref('y', v=2)"
            ]
        ----
        exposures:
          - name: a
            depends_on: [
              ref('x'), # why
              ref('y'),
              "ref('pkg', 'y')",
              "ref('y', v=2)",
            ]
        ----
        exposures:
          - name: a
            depends_on: [
              ref('x'), # why
              ref('y'),
              "ref('pkg', 'y')",
              "ref('y', v=2)"
            ]
        ----
        exposures:
          - name: a
            depends_on:
              [
                ref('x'),
                ref('z'),
                ref('y'),
                "ref('pkg', 'y')",
                "ref('y', v=2)"]
        ----
        exposures:␍
          - name: a␍
            depends_on: [ref('x'),␍
              ref('z'),␍
              ref('y'),␍
              "ref('pkg', 'y')",␍
              "ref('y', v=2)"␍
            ]␍
        ----
        exposures:
          - {name: a, depends_on: [ref('x'), ref('y'), "ref('pkg', 'y')", "ref('y', v=2)"]}
        ----
        exposures: [{name: a, depends_on: [ref('y'), "ref('pkg', 'y')", "ref('y', v=2)"]}]
        ----
        exposures: [{name: a, depends_on: [ref('y'), "ref('pkg', 'y')", "ref('y', v=2)"]}]
        ----
        exposures:
          - { name: a, depends_on: [ref('y'), "ref('pkg', 'y')", "ref('y', v=2)"] , url: x }
    "#]],
    );
}

#[test]
fn what_is_missing_or_empty_is_filled() {
    let shown = [
        "exposures:\n  - name: a\n    depends_on:\n    url: u\n",
        "exposures:\n  - name: a\n    depends_on: # none yet\n      # - ref('x')\n    # TODO\n    url: u\n",
        "exposures:\n  - name: a\n    depends_on: null # none\n",
        "exposures:\n  - name: a\n    depends_on: ~",
        "exposures:\n  - name: a\n    depends_on: []\n    url: u\n",
        "exposures:\n  - name: a\n    depends_on: [\n      # none\n    ]\n",
        "exposures:\n  - name: a\n    depends_on: []\n  - name: b\n    depends_on: [ref(\"x\")]\n",
        "exposures:\n  - name: a\n    type: dashboard\n    url: u\n",
        "exposures:\n  - name: a\n    # about the owner\n    owner:\n      name: x\n      # more\n    # TODO\n    config:\n      tags: [x]\n\n  - name: b\n",
        "exposures:\n- name: a\n  type: dashboard\n- name: b\n  depends_on:\n  - ref(\"x\")\n  type: dashboard\n",
        "exposures:\n  - name: a\n    description: |\n      some\n      text\n",
        "exposures:\n  - name: a",
    ]
    .map(|text| add(text, &["y"]));
    all(
        shown,
        expect![[r#"
        exposures:
          - name: a
            depends_on:
              - ref('y')
            url: u
        ----
        exposures:
          - name: a
            depends_on: # none yet
              # - ref('x')
              - ref('y')
            # TODO
            url: u
        ----
        exposures:
          - name: a
            depends_on: # none
              - ref('y')
        ----
        exposures:
          - name: a
            depends_on:
              - ref('y')
        ----
        exposures:
          - name: a
            depends_on:
              - ref('y')
            url: u
        ----
        exposures:
          - name: a
            depends_on: [ref('y')
              # none
            ]
        ----
        exposures:
          - name: a
            depends_on: [ref("y")]
          - name: b
            depends_on: [ref("x")]
        ----
        exposures:
          - name: a
            type: dashboard
            url: u
            depends_on:
              - ref('y')
        ----
        exposures:
          - name: a
            # about the owner
            owner:
              name: x
              # more
            depends_on:
              - ref('y')
            # TODO
            config:
              tags: [x]

          - name: b
        ----
        exposures:
        - name: a
          depends_on:
          - ref("y")
          type: dashboard
        - name: b
          depends_on:
          - ref("x")
          type: dashboard
        ----
        exposures:
          - name: a
            description: |
              some
              text
            depends_on:
              - ref('y')
        ----
        exposures:
          - name: a
            depends_on:
              - ref('y')
    "#]],
    );
}

#[test]
fn what_is_there_is_not_added_again() {
    let text = "exposures:\n  - name: a\n    depends_on:\n      - ref(\"x\")\n      - ref('y'), source('crm', 'accounts')\n      - \"{{ ref('z', v=2) }}\"\n";
    let shown = [
        add(text, &["x", "y", "crm:accounts", "z.v2", "x"]),
        add(text, &["z", "z", "root.x"]),
    ];
    all(
        shown,
        expect![[r#"
        as it was
        ----
        exposures:
          - name: a
            depends_on:
              - ref("x")
              - ref('y'), source('crm', 'accounts')
              - "{{ ref('z', v=2) }}"
              - ref('z')
              - ref('root', 'x')
    "#]],
    );
}

#[test]
fn an_item_goes_with_its_line() {
    let shown = [
        "exposures:\n  - name: a\n    depends_on:\n      - ref('x')\n      # about it\n      - ref(\"y\") # gone\n      - ref('z')\n",
        "exposures:\n  - name: a\n    depends_on:\n      - ref('y')\n    url: u\n",
        "exposures:\n  - name: a\n    depends_on: # why\n    - ref('y')\n    # - ref('z')\n    url: u\n",
        "exposures:\r\n  - name: a\r\n    depends_on:\r\n      - ref('x')\r\n      - ref('y')",
        "exposures:\n  - name: a\n    depends_on:\n      - ref('y')\n      - ref('x')\n      - \"{{ ref('y') }}\"\n",
        "exposures:\n  - name: a\n    depends_on:\n      - >-\n        ref('y')\n      -\n        ref('x')\n",
    ]
    .map(|text| remove(text, "y"));
    all(
        shown,
        expect![[r#"
        exposures:
          - name: a
            depends_on:
              - ref('x')
              # about it
              - ref('z')
        ----
        exposures:
          - name: a
            depends_on: []
            url: u
        ----
        exposures:
          - name: a
            depends_on: [] # why
            # - ref('z')
            url: u
        ----
        exposures:␍
          - name: a␍
            depends_on:␍
              - ref('x')␍
        ----
        exposures:
          - name: a
            depends_on:
              - ref('x')
        ----
        exposures:
          - name: a
            depends_on:
              -
                ref('x')
    "#]],
    );
}

#[test]
fn an_item_goes_with_its_comma() {
    let shown = [
        "exposures:\n  - name: a\n    depends_on: [ref('y')]\n",
        "exposures:\n  - name: a\n    depends_on: [ ref('y') ] # why\n",
        "exposures:\n  - name: a\n    depends_on: [ref('y'), ref('x')]\n",
        "exposures:\n  - name: a\n    depends_on: [ref('x'), ref('y')]\n",
        "exposures:\n  - name: a\n    depends_on: [ref('x'), ref('y'), ref('z')]\n",
        "exposures:\n  - name: a\n    depends_on: [ref('y'), ref('x'), ref('y')]\n",
        "exposures:\n  - name: a\n    depends_on: [ref('x'), ref('y'), ref('y')]\n",
        "exposures:\n  - name: a\n    depends_on: [\n      ref('x'),\n      ref('y')\n    ]\n",
        "exposures:\n  - name: a\n    depends_on: [\n      ref('y'), # gone\n      ref('x'), # kept\n    ]\n",
        "exposures:\n  - name: a\n    depends_on: [\n      ref('x'),\n      ref('y')]\n",
        "exposures:\n  - name: a\n    depends_on: [\n      # kept\n      ref('y')\n    ]\n",
        "exposures: [{name: a, depends_on: [ref('y'),]}]\n",
    ]
    .map(|text| remove(text, "y"));
    all(
        shown,
        expect![[r#"
        exposures:
          - name: a
            depends_on: []
        ----
        exposures:
          - name: a
            depends_on: [] # why
        ----
        exposures:
          - name: a
            depends_on: [ref('x')]
        ----
        exposures:
          - name: a
            depends_on: [ref('x')]
        ----
        exposures:
          - name: a
            depends_on: [ref('x'), ref('z')]
        ----
        exposures:
          - name: a
            depends_on: [ref('x')]
        ----
        exposures:
          - name: a
            depends_on: [ref('x')]
        ----
        exposures:
          - name: a
            depends_on: [
              ref('x')
            ]
        ----
        exposures:
          - name: a
            depends_on: [
              ref('x'), # kept
            ]
        ----
        exposures:
          - name: a
            depends_on: [
              ref('x')]
        ----
        exposures:
          - name: a
            depends_on: [
              # kept
            ]
        ----
        exposures: [{name: a, depends_on: []}]
    "#]],
    );
}

#[test]
fn what_is_not_there_is_not_taken() {
    let shown = [
        remove(
            "exposures:\n  - name: a\n    depends_on:\n      - ref('y')\n",
            "pkg.y",
        ),
        remove("exposures:\n  - name: a\n", "y"),
    ];
    all(
        shown,
        expect![[r#"
        as it was
        ----
        as it was
    "#]],
    );
}

#[test]
fn an_item_with_more_than_the_call_is_refused() {
    let item = |item: &str| format!("exposures:\n  - name: a\n    depends_on:\n      - {item}\n");
    let shown = [
        remove(&item("ref('y'), ref('x')"), "y"),
        remove(&item("ref('y'), metric('x')"), "y"),
        remove(&item("\"{{ ref('y') if target.name == 'prod' }}\""), "y"),
        remove(&item("ref('y'),"), "y"),
    ];
    all(
        shown,
        expect![[r#"
        refused: the item of `depends_on` on line 4 holds more than this call; change it by hand
        ----
        refused: the item of `depends_on` on line 4 holds more than this call; change it by hand
        ----
        refused: the item of `depends_on` on line 4 holds more than this call; change it by hand
        ----
        exposures:
          - name: a
            depends_on: []
    "#]],
    );
}
