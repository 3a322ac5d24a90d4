//! Where the new entry goes.

use expect_test::expect;

use super::*;

// C27
#[test]
fn empty_and_half_empty_files_are_filled() {
    check_place(
        "",
        expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "\u{feff}",
        expect![[r#"
        <BOM>version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "\n\n",
        expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')


    "#]],
    );
    check_place(
        "# only a comment",
        expect![[r##"
        # only a comment

        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "##]],
    );
    check_place(
        "---\n",
        expect![[r#"
        ---

        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "version: 2",
        expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "version: 2\n\n\n",
        expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')


    "#]],
    );
    check_place(
        "version: 2\r\n",
        expect![[r#"
        version: 2␍
        ␍
        exposures:␍
          - name: sales␍
            label: "Sales"␍
            type: dashboard␍
            owner: {name: "Ana Ruiz"}␍
            depends_on:␍
              - ref('orders')␍
    "#]],
    );
    check_place(
        "exposures:",
        expect![[r#"
        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "exposures:   # none yet\nmodels: []\n",
        expect![[r#"
        exposures:   # none yet
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
        models: []
    "#]],
    );
    check_place(
        "exposures:  \n\n  # - name: old\n  #   type: dashboard\n\nmodels:\n- name: a\n",
        expect![[r#"
            exposures:  

              # - name: old
              #   type: dashboard

            - name: sales
              label: "Sales"
              type: dashboard
              owner: {name: "Ana Ruiz"}
              depends_on:
              - ref('orders')

            models:
            - name: a
        "#]],
    );
    check_place(
        "exposures: []",
        expect![[r#"
        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "exposures: [ ]  # none yet\nmodels: []\n",
        expect![[r#"
        exposures:  # none yet
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
        models: []
    "#]],
    );
    check_place(
        "exposures: null\r\nmodels: []\r\n",
        expect![[r#"
        exposures:␍
          - name: sales␍
            label: "Sales"␍
            type: dashboard␍
            owner: {name: "Ana Ruiz"}␍
            depends_on:␍
              - ref('orders')␍
        models: []␍
    "#]],
    );
    check_place(
        "exposures: [\n]\n",
        expect![[r#"
        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
}

#[test]
fn a_file_of_other_lists_gets_the_key_at_its_end() {
    check_place(
        "version: 2\n\nmodels:\n    -   name: a\n        columns:\n            -   name: x\n\n# the end\n",
        expect![[r#"
            version: 2

            models:
                -   name: a
                    columns:
                        -   name: x

            # the end

            exposures:
                -   name: sales
                    label: "Sales"
                    type: dashboard
                    owner: {name: "Ana Ruiz"}
                    depends_on:
                        - ref('orders')
        "#]],
    );
    check_place(
        "models:\n- name: a\n  description: |+\n    x\n\n\n",
        expect![[r#"
            models:
            - name: a
              description: |+
                x


            exposures:
            - name: sales
              label: "Sales"
              type: dashboard
              owner: {name: "Ana Ruiz"}
              depends_on:
              - ref('orders')
        "#]],
    );
}

// C26
#[test]
fn a_last_line_without_line_end_gets_one() {
    check_place(
        "exposures:\n  - name: a\n    type: dashboard",
        expect![[r#"
            exposures:
              - name: a
                type: dashboard

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n    description: |\n      text",
        expect![[r#"
            exposures:
              - name: a
                description: |
                  text

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n  # - name: b",
        expect![[r#"
        exposures:
          - name: a
          # - name: b

          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
}

#[test]
fn line_ends_and_byte_order_mark_stay() {
    check_place(
        "\u{feff}exposures:\r\n  - name: a\r\n    type: dashboard\r\n",
        expect![[r#"
            <BOM>exposures:␍
              - name: a␍
                type: dashboard␍
            ␍
              - name: sales␍
                label: "Sales"␍
                type: dashboard␍
                owner: {name: "Ana Ruiz"}␍
                depends_on:␍
                  - ref('orders')␍
        "#]],
    );
    check_place(
        "exposures:\r\n  - name: a\r\n  - name: b",
        expect![[r#"
        exposures:␍
          - name: a␍
          - name: b␍
          - name: sales␍
            label: "Sales"␍
            type: dashboard␍
            owner: {name: "Ana Ruiz"}␍
            depends_on:␍
              - ref('orders')␍
    "#]],
    );
}

// C29
#[test]
fn other_keys_may_follow() {
    check_place(
        "exposures:\n  - name: a\n    type: dashboard\n\nmodels:\n  - name: exposures\n    description: 'exposures:'\n",
        expect![[r#"
            exposures:
              - name: a
                type: dashboard

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')

            models:
              - name: exposures
                description: 'exposures:'
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n  - name: b\nmodels: []\n",
        expect![[r#"
            exposures:
              - name: a
              - name: b
              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
            models: []
        "#]],
    );
}

// C25
#[test]
fn comments_stay_with_what_they_are_about() {
    check_place(
        "exposures:\n  - name: a\n    depends_on:\n      - ref('x')\n      # - ref('y')\n    # end of a\n\n  # - name: b\n  #   type: x\n\n# about models\nmodels: []\n",
        expect![[r#"
            exposures:
              - name: a
                depends_on:
                  - ref('x')
                  # - ref('y')
                # end of a

              # - name: b
              #   type: x

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')

            # about models
            models: []
        "#]],
    );
    check_place(
        "exposures:\n- name: a\n# last words\n\nmodels: []\n",
        expect![[r#"
            exposures:
            - name: a
            # last words

            - name: sales
              label: "Sales"
              type: dashboard
              owner: {name: "Ana Ruiz"}
              depends_on:
              - ref('orders')

            models: []
        "#]],
    );
    check_place(
        "exposures:\n- name: a\n# about models\nmodels: []\n",
        expect![[r#"
            exposures:
            - name: a

            - name: sales
              label: "Sales"
              type: dashboard
              owner: {name: "Ana Ruiz"}
              depends_on:
              - ref('orders')
            # about models
            models: []
        "#]],
    );
    check_place(
        "exposures:\n- name: a\n\n# - name: b\n#   type: x\n\n# about models\nmodels: []\n",
        expect![[r#"
            exposures:
            - name: a

            # - name: b
            #   type: x

            - name: sales
              label: "Sales"
              type: dashboard
              owner: {name: "Ana Ruiz"}
              depends_on:
              - ref('orders')

            # about models
            models: []
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n#  - name: b\n#    type: x\n\n# vim: set ts=2:\n",
        expect![[r#"
            exposures:
              - name: a
            #  - name: b
            #    type: x

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')

            # vim: set ts=2:
        "#]],
    );
    check_place(
        "exposures:\n  - name: a # first\n    url: x # last\n\n\n\n# footer\n",
        expect![[r#"
            exposures:
              - name: a # first
                url: x # last

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')



            # footer
        "#]],
    );
}

#[test]
fn block_scalars_at_the_end_keep_their_text() {
    check_place(
        "exposures:\n- name: a\n  description: |+\n    text\nmodels: []\n",
        expect![[r#"
        exposures:
        - name: a
          description: |+
            text
        - name: sales
          label: "Sales"
          type: dashboard
          owner: {name: "Ana Ruiz"}
          depends_on:
          - ref('orders')
        models: []
    "#]],
    );
    check_place(
        "models:\n- name: a\n  description: |+\n    text\n",
        expect![[r#"
        models:
        - name: a
          description: |+
            text
        exposures:
        - name: sales
          label: "Sales"
          type: dashboard
          owner: {name: "Ana Ruiz"}
          depends_on:
          - ref('orders')
    "#]],
    );
    check_place(
        "exposures:\n  - name: a\n    description: >\n      text\n      # not a comment\n\n\nmodels: []\n",
        expect![[r#"
            exposures:
              - name: a
                description: >
                  text
                  # not a comment

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')


            models: []
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n    description: |+\n      text\n\n\n",
        expect![[r#"
            exposures:
              - name: a
                description: |+
                  text


              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n    description: |+\n      text\n\n\nmodels: []\n",
        expect![[r#"
            exposures:
              - name: a
                description: |+
                  text


              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
            models: []
        "#]],
    );
}

#[test]
fn anchors_of_items_are_no_hindrance() {
    check_place(
        "x: &own\n  name: BI\nexposures:\n  - &base\n    name: a\n    owner: *own\n  - <<: *base\n    name: b\n",
        expect![[r#"
            x: &own
              name: BI
            exposures:
              - &base
                name: a
                owner: *own
              - <<: *base
                name: b
              - name: sales
                label: Sales
                type: dashboard
                owner: {name: Ana Ruiz}
                depends_on:
                  - ref('orders')
        "#]],
    );
}

#[test]
fn a_comment_on_the_next_key_stays_with_it_below_comments_of_the_list() {
    check_place(
        "exposures:\n  - name: a\n  # - name: b\n# about models\nmodels: []\n",
        expect![[r#"
            exposures:
              - name: a
              # - name: b

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
            # about models
            models: []
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n\n# - name: b\n#\n#   type: x\n# about models\nmodels: []\n",
        expect![[r#"
            exposures:
              - name: a

            # - name: b
            #
            #   type: x

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
            # about models
            models: []
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n\n# - models of ours\nmodels: []\n",
        expect![[r#"
            exposures:
              - name: a

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')

            # - models of ours
            models: []
        "#]],
    );
    let indented = " exposures:\n - name: a\n # about models\n models: []\n";
    let edited = declared(Some(indented), &small(), &FUSION).unwrap();
    assert!(edited.ends_with("- ref('orders')\n # about models\n models: []\n"));
}

#[test]
fn what_dbt_core_alone_takes_for_a_line_end_or_a_wrong_tab_is_refused() {
    let shown = [
        "version: 2\n? exposures\u{2028}\n:\n  - name: a\n",
        "exposures:\n  - name: a # x\u{85}\n",
        "exposures: ~\n  \t\n",
        "exposures:\n  - name: a\n\n\t# x\nmodels: []\n",
    ]
    .map(|text| declared(Some(text), &small(), &FUSION).unwrap_err());
    expect![[r#"
        line 2 holds a line end that only some programs take for one (U+0085, U+2028 or U+2029); remove it first
        line 2 holds a line end that only some programs take for one (U+0085, U+2028 or U+2029); remove it first
        line 2 starts with a tab, which dbt refuses below what would be written; remove the tab first
        line 4 starts with a tab, which dbt refuses below what would be written; remove the tab first
    "#]].assert_eq(&shown.map(|it| format!("{it}\n")).concat());
    // It is text in quotes; and a tab elsewhere is as it was.
    let text = "x: 'a\u{2028}b' # x\nexposures:\n  - name: a\nmodels: x\n\t\nseeds: []\n";
    assert!(declared(Some(text), &small(), &FUSION).is_ok());
}
