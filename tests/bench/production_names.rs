//! How right production's names are on real projects: precision and recall by project and
//! rule, and how long a proposal takes. `cargo bench --bench production_names`.
//!
//! A precision below 1.0 of any rule is a bug, and so is a recall below 1.0 of the right one.

#![allow(clippy::print_stdout)]

use std::path::Path;
use std::time::Instant;

use lineage::{NameRule, Production, naming};

use world::{Score, World};

#[path = "../naming/world.rs"]
mod world;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = root.parent().map(|it| it.join("shared/data"));
    let Some(data) = data.filter(|it| it.is_dir()) else {
        println!("skipped: no shared data");
        return;
    };
    println!(
        "{:<20} {:<9} {:>9} {:>9}  tables",
        "project", "rule", "precision", "recall"
    );
    for world in world::all(&data) {
        judge(&world);
    }
}

fn judge(world: &World) {
    let right = world.score_of(&world.right);
    print(world, "none", world.score_of(&[]));
    print(world, "right", right);
    assert!(
        recall(right) >= 1.0,
        "the right rule of {}: {right:?}",
        world.name
    );
    propose(world);
    let (mut worst, mut n_refused) = (Score::default(), 0);
    let wrong = world.wrong_rules();
    for rules in &wrong {
        let score = world.score_of(rules);
        n_refused += usize::from(score.n_ambiguous > 0);
        if score.n_wrong >= worst.n_wrong {
            worst = score;
        }
        let shown: Vec<String> = rules.iter().map(NameRule::to_string).collect();
        assert!(
            precision(score) >= 1.0,
            "{}: {}",
            world.name,
            shown.join("; ")
        );
    }
    print(world, "wrong", worst);
    println!(
        "{:20} {} wrong rules, {n_refused} with ambiguous tables",
        "",
        wrong.len()
    );
}

/// What is proposed from nothing, and what comes of it.
fn propose(world: &World) {
    let lineage = world.lineage(Production::default());
    let start = Instant::now();
    let proposal = naming::propose(&lineage).unwrap_or_default();
    let elapsed = start.elapsed();
    let known = Production::default();
    let named = naming::with_proposal(&known, lineage.nodes(), &proposal, &world.warehouse);
    print(world, "proposed", world.score(&world.lineage(named)));
    print(world, "accepted", world.score_of(&proposal.rules));
    for rule in &proposal.rules {
        println!("{:20} {rule}", "");
    }
    println!(
        "{:20} {} matched, {} ambiguous, {} unexplained, {} ms",
        "",
        proposal.n_matched,
        proposal.n_ambiguous,
        proposal.n_unexplained,
        elapsed.as_millis(),
    );
}

fn print(world: &World, rule: &str, score: Score) {
    println!(
        "{:<20} {rule:<9} {:>9.4} {:>9.4}  {} right, {} wrong, {} ambiguous, {} unmatched",
        world.name,
        precision(score),
        recall(score),
        score.n_right,
        score.n_wrong,
        score.n_ambiguous,
        score.n_unmatched,
    );
    assert!(
        precision(score) >= 1.0,
        "{rule} of {}: {score:?}",
        world.name
    );
}

/// Of the tables that matched, those that matched the right node.
fn precision(score: Score) -> f64 {
    ratio(score.n_right, score.n_right + score.n_wrong)
}

/// Of all tables, those that matched the right node.
fn recall(score: Score) -> f64 {
    let all = score.n_right + score.n_wrong + score.n_ambiguous + score.n_unmatched;
    ratio(score.n_right, all)
}

/// A part of a whole; of nothing all.
#[allow(clippy::cast_precision_loss)]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}
