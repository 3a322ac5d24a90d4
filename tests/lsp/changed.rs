//! `exposureLens/changed`: said when answers to our own requests may be others now.

use serde_json::{Value, json};

use crate::support::project;
use crate::support::server::Setup;

const MODEL: &str = "models/marts/fct_orders.sql";
const CHANGED: &str = "exposureLens/changed";

fn wants(setup: Setup) -> Setup {
    setup.capability("/experimental/exposureLens/changed", json!(true))
}

#[test]
fn it_is_said_when_a_project_is_there_and_when_it_is_another() {
    let folder = project::copy("shop");
    // Not bound to lenses: a tree is there without them.
    let setup = Setup::new(folder.path()).capability("/workspace/codeLens", json!(null));
    let mut client = wants(setup).start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    client.expect(CHANGED, |_| true);
    let before = client.lens_text(&path);
    std::fs::remove_file(folder.path().join("tableau/Churn.twbx")).expect("remove a workbook");
    client.wait_until("the lens has changed", |client| {
        client.lens_text(&path) != before
    });
    client.expect(CHANGED, |_| true);
}

#[test]
fn it_is_said_to_those_alone_who_want_it() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    client.open(&folder.path().join(MODEL));
    client.expect("workspace/codeLens/refresh", |_| true);
    client.expect_quiescent();
    assert_eq!(client.seen(CHANGED), [] as [Value; 0]);
}
