//! What the new entry copies from those around it.

use expect_test::expect;

use super::*;

#[test]
fn indents_are_the_files() {
    check(
        "exposures:\n- name: a\n  owner:\n    name: x\n  depends_on:\n  - ref('a')\n",
        expect![[r#"
            exposures:
            - name: a
              owner:
                name: x
              depends_on:
              - ref('a')

            - name: sales
              label: Sales
              type: dashboard
              url: https://t.example.com/#/site/acme/workbooks/1
              owner:
                name: Ana Ruiz
              depends_on:
              - ref('orders')
              - source('crm', 'accounts')
              config:
                tags: [tableau]
                meta:
                  tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
    check(
        "exposures:\n - name: a\n   owner:\n     name: x\n   depends_on:\n     - ref('a')\n",
        expect![[r#"
            exposures:
             - name: a
               owner:
                 name: x
               depends_on:
                 - ref('a')

             - name: sales
               label: Sales
               type: dashboard
               url: https://t.example.com/#/site/acme/workbooks/1
               owner:
                 name: Ana Ruiz
               depends_on:
                 - ref('orders')
                 - source('crm', 'accounts')
               config:
                 tags: [tableau]
                 meta:
                   tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
    check(
        "exposures:\n    -   name: a\n        owner:\n            name: x\n        depends_on:\n            - ref('a')\n",
        expect![[r#"
            exposures:
                -   name: a
                    owner:
                        name: x
                    depends_on:
                        - ref('a')

                -   name: sales
                    label: Sales
                    type: dashboard
                    url: https://t.example.com/#/site/acme/workbooks/1
                    owner:
                        name: Ana Ruiz
                    depends_on:
                        - ref('orders')
                        - source('crm', 'accounts')
                    config:
                        tags: [tableau]
                        meta:
                            tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
    check(
        "exposures:\n  - name: a\n    config:\n       meta:\n          tableau:\n             luid: x\n    depends_on:\n    - ref('a')\n",
        expect![[r#"
            exposures:
              - name: a
                config:
                   meta:
                      tableau:
                         luid: x
                depends_on:
                - ref('a')

              - name: sales
                label: "Sales"
                type: dashboard
                url: "https://t.example.com/#/site/acme/workbooks/1"
                owner: {name: "Ana Ruiz"}
                config:
                   tags: [tableau]
                   meta:
                      tableau:
                         site: acme
                         luid: 2f1e5a70-0000-4000-8000-000000000001
                depends_on:
                - ref('orders')
                - source('crm', 'accounts')
        "#]],
    );
}

#[test]
fn quotes_and_shapes_are_the_files() {
    check(
        "exposures:\n  - name: 'a'\n    label: 'A'\n    url: https://x\n    owner: { name: 'x' }\n    depends_on: [ ref(\"a\"), \"ref('p', 'b')\" ]\n    config:\n      tags:\n        - x\n",
        expect![[r#"
            exposures:
              - name: 'a'
                label: 'A'
                url: https://x
                owner: { name: 'x' }
                depends_on: [ ref("a"), "ref('p', 'b')" ]
                config:
                  tags:
                    - x

              - name: 'sales'
                label: 'Sales'
                type: dashboard
                url: https://t.example.com/#/site/acme/workbooks/1
                owner: { name: 'Ana Ruiz' }
                depends_on: [ ref("orders"), 'source("crm", "accounts")' ]
                config:
                  tags:
                    - tableau
                  meta:
                    tableau: { site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001 }
        "#]],
    );
    check(
        "exposures:\n  - name: a\n    label: A b\n    owner:\n      name: x y\n    depends_on:\n      - \"ref('a')\"\n",
        expect![[r#"
            exposures:
              - name: a
                label: A b
                owner:
                  name: x y
                depends_on:
                  - "ref('a')"

              - name: sales
                label: Sales
                type: dashboard
                url: https://t.example.com/#/site/acme/workbooks/1
                owner:
                  name: Ana Ruiz
                depends_on:
                  - "ref('orders')"
                  - "source('crm', 'accounts')"
                config:
                  tags: [tableau]
                  meta:
                    tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
    check(
        "models:\n  - name: m\n    columns:\n      - name: c\n        data_tests:\n          - relationships:\n              to: ref(\"x\")\n",
        expect![[r#"
            models:
              - name: m
                columns:
                  - name: c
                    data_tests:
                      - relationships:
                          to: ref("x")

            exposures:
              - name: sales
                label: "Sales"
                type: dashboard
                url: "https://t.example.com/#/site/acme/workbooks/1"
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref("orders")
                  - source("crm", "accounts")
                config:
                  tags: [tableau]
                  meta:
                    tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
}

#[test]
fn blank_lines_between_items_are_the_files() {
    check_place(
        "exposures:\n  - name: a\n  - name: b\n",
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
    "#]],
    );
    check_place(
        "exposures:\n\n  - name: a\n\n\n  - name: b\n\n\n  - name: c\n",
        expect![[r#"
            exposures:

              - name: a


              - name: b


              - name: c


              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
        "#]],
    );
    check_place(
        "models:\n  - name: a\n  - name: b\nexposures:\n  - name: c\n",
        expect![[r#"
            models:
              - name: a
              - name: b
            exposures:
              - name: c
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
fn keys_stand_in_the_files_order() {
    check(
        "exposures:\n  - name: a\n    type: dashboard\n    maturity: high\n    owner: {name: x}\n    depends_on: []\n    url: x\n    label: x\n",
        expect![[r#"
            exposures:
              - name: a
                type: dashboard
                maturity: high
                owner: {name: x}
                depends_on: []
                url: x
                label: x

              - name: sales
                type: dashboard
                owner: {name: Ana Ruiz}
                depends_on:
                  - ref('orders')
                  - source('crm', 'accounts')
                url: https://t.example.com/#/site/acme/workbooks/1
                label: Sales
                config:
                  tags: [tableau]
                  meta:
                    tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
    check(
        "exposures:\n  - type: dashboard\n    name: a\n  - type: dashboard\n    name: b\n",
        expect![[r#"
            exposures:
              - type: dashboard
                name: a
              - type: dashboard
                name: b
              - type: dashboard
                url: "https://t.example.com/#/site/acme/workbooks/1"
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
                  - source('crm', 'accounts')
                name: sales
                label: "Sales"
                config:
                  tags: [tableau]
                  meta:
                    tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
}

#[test]
fn calls_in_double_quotes_have_single_ones_inside() {
    check(
        "exposures:\n  - name: a\n    depends_on:\n      - \"ref('a')\"\n      - \"ref('b')\"\n    description: '{{ ref(\"a\") }} ref(\"b\")'\n  - name: b\n    depends_on:\n      - ref(\"c\")\n      - ref(\"d\")\n      - ref(\"e\")\n      - \"ref('x')\"\n      - \"ref('y')\"\n",
        expect![[r#"
            exposures:
              - name: a
                depends_on:
                  - "ref('a')"
                  - "ref('b')"
                description: '{{ ref("a") }} ref("b")'
              - name: b
                depends_on:
                  - ref("c")
                  - ref("d")
                  - ref("e")
                  - "ref('x')"
                  - "ref('y')"
              - name: sales
                label: 'Sales'
                type: dashboard
                url: 'https://t.example.com/#/site/acme/workbooks/1'
                depends_on:
                  - "ref('orders')"
                  - "source('crm', 'accounts')"
                owner: {name: 'Ana Ruiz'}
                config:
                  tags: [tableau]
                  meta:
                    tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
}
