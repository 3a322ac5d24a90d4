//! Sources, as properties files declare them.

use expect_test::expect;

use super::check;

// C19
#[test]
fn a_source_is_named_by_its_entry() {
    check(
        "
#- models/a.yml
sources:
  - name: crm
    database: RAW
    schema: crm_v2
    tables:
      - name: accounts
      - name: users
        identifier: USERS_2024
  - name: web
    tables: [{name: visits}]
  - name: late
    schema: \"{{ var('late') }}\"
    tables: [{name: x}, {name: y, identifier: \"{{ var('y') }}\"}]
",
        expect![[r#"
            source.shop.crm.accounts RAW.crm_v2.accounts
            source.shop.crm.users RAW.crm_v2.USERS_2024
            source.shop.web.visits DB.web.visits
            source.shop.late.x DB.x
            source.shop.late.y -
        "#]],
    );
}

#[test]
fn sources_are_disabled_by_table_source_and_project() {
    check(
        "
#- dbt_project.yml
name: shop
sources: {pkg: {+enabled: false}, shop: {deep: {+enabled: false}}}
#- models/a.yml
sources:
  - name: a
    config: {enabled: false}
    tables: [{name: off}, {name: on, config: {enabled: true}}]
#- models/deep/b.yml
sources:
  - name: b
    tables: [{name: off}]
#- dbt_packages/pkg/models/c.yml
sources:
  - name: c
    config: {enabled: true}
    tables: [{name: off}]
",
        expect![[r#"
            source.shop.a.on DB.a.on
            disabled source.pkg.c.off models/c.yml
            disabled source.shop.a.off models/a.yml
            disabled source.shop.b.off models/deep/b.yml
        "#]],
    );
}

#[test]
fn an_entry_with_overrides_changes_a_packages_source_and_is_none_of_its_own() {
    check(
        "
#- models/a.yml
sources:
  - name: crm
    overrides: pkg
    schema: ours
    tables: [{name: accounts, identifier: ACC}]
#- dbt_packages/pkg/models/b.yml
sources:
  - name: crm
    schema: theirs
    tables: [{name: accounts, identifier: accts}, {name: users}]
",
        expect![[r#"
            source.pkg.crm.accounts DB.ours.ACC
            source.pkg.crm.users DB.ours.users
        "#]],
    );
}
