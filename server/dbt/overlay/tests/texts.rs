//! Which texts changed, and what they read by then.

use expect_test::expect;

use super::{check, check_knowing};

#[test]
fn a_ref_that_was_added_is_read_and_one_that_was_removed_is_not() {
    check(
        "
#- models/a.sql
select 1 as a
#- models/b.sql
select 1 as b
#- models/c.sql
select * from {{ ref('a') }}
#- now models/c.sql
select * from {{ ref('b') }}
",
        expect![[r#"
            edited model.shop.c DB.DEV.c <- model.shop.b
            differing: models/c.sql
        "#]],
    );
}

#[test]
fn a_new_model_is_read_and_reads() {
    check(
        "
#- models/a.sql
select 1
#- models/b.sql
select * from {{ ref('a') }}
#- now models/new.sql
select * from {{ ref('a') }}
#- now models/b.sql
select * from {{ ref('new') }}
",
        expect![[r#"
            edited model.shop.b DB.DEV.b <- model.shop.new
            new model.shop.new DB.DEV.new <- model.shop.a
            differing: models/b.sql, models/new.sql
        "#]],
    );
}

#[test]
fn a_new_model_may_read_a_package_that_is_in_the_manifest_alone() {
    check(
        "
#- models/a.sql
select 1
#- dbt_packages/pkg/models/theirs.sql
select 1
#- now models/new.sql
select * from {{ ref('theirs') }}
",
        expect![[r#"
            new model.shop.new DB.DEV.new <- model.pkg.theirs
            differing: models/new.sql
        "#]],
    );
}

#[test]
fn white_space_around_a_text_and_line_ends_are_no_change() {
    check(
        "
#- models/a.sql
select 1
from x
#- models/b.sql
select 2\r\nfrom y\r
#- now models/a.sql

select 1\r\nfrom x\r\n\r
#- now models/b.sql
select 2
from y
",
        expect![""],
    );
}

#[test]
fn another_text_that_reads_the_same_is_edited() {
    check(
        "
#- models/a.sql
select 1
#- models/b.sql
select * from {{ ref('a') }}
#- now models/b.sql
select x from {{ ref('a') }} -- another comment
",
        expect![[r#"
            edited model.shop.b DB.DEV.b <- model.shop.a
            differing: models/b.sql
        "#]],
    );
}

#[test]
fn a_name_that_only_dbt_knows_keeps_what_the_manifest_has_and_is_marked() {
    check(
        "
#- models/a.sql
select 1
#- models/b.sql
select * from {{ ref('a') }}
#- now models/b.sql
select * from {{ ref(var('which')) }}
",
        expect![[r#"
            edited model.shop.b DB.DEV.b reads=unknown <- model.shop.a
            differing: models/b.sql
        "#]],
    );
}

#[test]
fn a_snapshot_in_yaml_is_judged_by_its_entry() {
    check(
        "
#- models/a.sql
select 1 as a
#- models/b.sql
select 1 as b
#- snapshots/s.yml
snapshots:
  - name: s
    relation: ref('a')
  - name: t
    relation: ref('a')
#- now snapshots/s.yml
snapshots:
  - name: s
    description: of a
    relation: ref('a')
  - name: t
    relation: ref('b')
",
        expect![[r#"
            edited snapshot.shop.t DB.DEV.t yml=snapshots/s.yml <- model.shop.b
            differing: snapshots/s.yml
        "#]],
    );
}

#[test]
fn what_is_at_hand_of_the_text_then_tells_nothing_where_it_is_not_what_dbt_parsed() {
    check_knowing(
        "
#- models/a.sql
select 1
#- models/b.sql
select * from {{ ref('a') }}
#- now models/b.sql
select 1
",
        expect![[r#"
            edited model.shop.b DB.DEV.b
            differing: models/b.sql
        "#]],
    );
}
