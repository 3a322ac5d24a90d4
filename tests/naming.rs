//! Production's names on real projects: rules that are right match everything, rules that
//! are wrong mix nothing up, and the right rule is proposed.

use lineage::{NodeKind, naming};

use crate::support::project::shared_data;

mod world;

#[test]
fn the_right_rule_matches_every_table_and_no_table_wrongly() {
    let Some(data) = shared_data("the_right_rule_matches_every_table_and_no_table_wrongly") else {
        return;
    };
    for world in world::all(&data) {
        let score = world.score_of(&world.right);
        let found = (score.n_right, score.n_wrong, score.n_probable);
        assert_eq!(
            found,
            (world.tables.len(), 0, 0),
            "{}: {score:?}",
            world.name
        );
    }
}

#[test]
fn no_wrong_rule_mixes_two_nodes_up() {
    let Some(data) = shared_data("no_wrong_rule_mixes_two_nodes_up") else {
        return;
    };
    for world in world::all(&data) {
        let wrong = world.wrong_rules();
        assert!(wrong.len() > 10, "{}", world.name);
        // Each rule is a lineage of its own: in a debug build a share of them will do.
        let step = wrong.len().div_ceil(12);
        for rules in wrong.iter().step_by(step) {
            let score = world.score_of(rules);
            let shown: Vec<String> = rules.iter().map(ToString::to_string).collect();
            assert_eq!(
                score.n_wrong,
                0,
                "{}: {} {score:?}",
                world.name,
                shown.join("; ")
            );
        }
    }
}

/// How many tables that dbt builds are called otherwise than here.
fn n_moved(world: &world::World) -> usize {
    let moved = world.tables.iter().filter(|(table, nodes)| {
        let nodes = nodes.iter().filter_map(|it| world.nodes.by_id(it));
        let nodes = nodes.map(|it| world.nodes.get(it));
        let mut built = nodes.filter(|it| it.kind != NodeKind::Source);
        let name = table.to_string().to_lowercase();
        built.any(|it| {
            it.relation.as_ref().map(|it| it.to_string().to_lowercase()) != Some(name.clone())
        })
    });
    moved.count()
}

#[test]
fn the_right_rule_is_proposed_and_explains_what_dbt_builds() {
    let Some(data) = shared_data("the_right_rule_is_proposed_and_explains_what_dbt_builds") else {
        return;
    };
    for world in world::all(&data) {
        let lineage = world.lineage(lineage::Production::default());
        let proposal = naming::propose(&lineage).expect("a proposal");
        assert!(
            proposal.n_matched >= n_moved(&world),
            "{}: {proposal:?}",
            world.name
        );
        assert_eq!(proposal.n_ambiguous, 0, "{}", world.name);

        let accepted = world.score_of(&proposal.rules);
        assert_eq!(accepted.n_wrong, 0, "{}: {accepted:?}", world.name);

        let known = lineage::Production::default();
        let proposed = naming::with_proposal(&known, lineage.nodes(), &proposal, &world.warehouse);
        let proposed = world.score(&world.lineage(proposed));
        assert_eq!(proposed.n_wrong, 0, "{}: {proposed:?}", world.name);
        assert!(
            proposed.n_probable >= proposal.n_matched,
            "{}: {proposed:?}",
            world.name
        );
    }
}

#[test]
fn without_a_rule_what_matches_is_marked_and_what_does_not_is_a_near_miss() {
    let Some(data) =
        shared_data("without_a_rule_what_matches_is_marked_and_what_does_not_is_a_near_miss")
    else {
        return;
    };
    for world in world::all(&data) {
        let lineage = world.lineage(lineage::Production::default());
        let score = world.score(&lineage);
        assert_eq!(score.n_wrong, 0, "{}: {score:?}", world.name);
        for (ix, node) in lineage.nodes().iter() {
            let is_zero = !lineage.is_used(ix)
                && lineage.gaps_that_touch(ix).next().is_none()
                && lineage.near_misses(ix).is_empty();
            // Every relation is read, so that no node may be said to be unused.
            let is_read = node.relation.is_some();
            assert!(
                !(is_zero && is_read),
                "{}: {} is a wrong zero",
                world.name,
                node.id
            );
        }
    }
}
