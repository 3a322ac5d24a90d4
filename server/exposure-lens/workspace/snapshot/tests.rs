use expect_test::{Expect, expect};
use serde_json::json;
use tableau::Records;
use tableau::records::{CustomSqlRecord, ItemRecord, PersonRecord, WorkbookRecord};
use tableau::snapshot::Include;

use super::*;
use crate::config::{Origin, Settings};
use crate::workspace::project::{self, LoadedManifest};
use crate::workspace::sites::history::Failure;

/// A site with things that a snapshot leaves out.
fn records() -> Records {
    let owner = PersonRecord {
        name: Some("Ana Ruiz".to_owned()),
        username: Some("ana@example.com".to_owned()),
        email: Some("ana@example.com".to_owned()),
    };
    Records {
        base: "https://bi.example".to_owned(),
        site: "acme".to_owned(),
        catalogue_complete: true,
        workbooks: vec![WorkbookRecord {
            id: "w".to_owned(),
            luid: "l".to_owned(),
            item: ItemRecord {
                name: Some("Sales".to_owned()),
                description: Some("private words".to_owned()),
                owner: Some(owner),
                ..ItemRecord::default()
            },
            ..WorkbookRecord::default()
        }],
        custom_sql: vec![CustomSqlRecord {
            id: "c".to_owned(),
            query: Some("select secret_column from shop.marts.orders".to_owned()),
            ..CustomSqlRecord::default()
        }],
        ..Records::default()
    }
}

/// A project of one model, in a folder of its own.
fn project() -> (tempfile::TempDir, LoadedManifest) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    let manifest = json!({
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "project_name": "shop",
            "adapter_type": "snowflake",
        },
        "nodes": {"model.shop.orders": {
            "unique_id": "model.shop.orders", "resource_type": "model", "package_name": "shop",
            "name": "orders", "original_file_path": "models/orders.sql",
            "database": "shop", "schema": "marts", "alias": "Orders",
            "relation_name": "shop.marts.\"Orders\"",
        }},
        "sources": {}, "exposures": {}, "disabled": {},
    });
    std::fs::write(root.join("dbt_project.yml"), "name: shop\n").expect("write");
    std::fs::create_dir(root.join("target")).expect("make a folder");
    std::fs::write(root.join("target/manifest.json"), manifest.to_string()).expect("write");
    let files = project::open(root, &Settings::default(), &|_| None).expect("a project");
    let manifest = project::read_manifest(&files).expect("a manifest");
    (folder, manifest)
}

fn at(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
}

fn made(include: Include) -> Made {
    let (_folder, manifest) = project();
    make("shop", &manifest, vec![records()], include, at(0)).expect("a snapshot")
}

fn state(setting: &str, origin: Origin, root: &Path, cache: Option<&Path>) -> SnapshotState {
    let mut settings = Settings::default();
    settings.lay_yaml(&format!("tableau: {{snapshot: {setting:?}}}"), &origin);
    let setting = settings.snapshot().expect("a setting that is taken");
    let place = Place {
        root,
        cache,
        public_url: None,
        is_trusted: &|host| host == "trusted.example",
    };
    SnapshotState::read(&setting, place, &mut Memory::default())
}

fn team() -> Origin {
    Origin::Team(PathBuf::from("exposure-lens.yml"))
}

/// What is said of a snapshot at minute 1000.
#[track_caller]
fn check(state: &SnapshotState, expect: Expect) {
    let read = state.snapshot.as_deref();
    let read = read.map_or("nothing".to_owned(), |it| {
        let n_workbooks: usize = it.contents.iter().map(|it| it.workbooks.len()).sum();
        format!("{}: {}", it.project, ide::count(n_workbooks, "workbook"))
    });
    let gap = state.gap(at(1000)).map_or(String::new(), |it| {
        format!("\n{}: {}", it.code.as_str(), it.message)
    });
    expect.assert_eq(&format!("{read}{gap}"));
}

#[test]
fn relations_come_back_as_the_warehouse_stores_them() {
    let snapshot = tableau::snapshot::decode(&made(Include::default()).bytes).expect("ours");
    let read = lowered(&snapshot, None);
    let name = read.production.get(&UniqueId::new("model.shop.orders"));
    let relation = &name.expect("a name").relation;
    assert_eq!(*relation, Relation::stored("SHOP", "MARTS", "Orders"));
    assert_eq!(read.contents[0].kind, ContentKind::Snapshot);
    assert_eq!(read.generated_at, Some(at(0)));
}

#[test]
fn texts_and_addresses_are_left_out_unless_asked_for() {
    let text = |include| {
        let snapshot = tableau::snapshot::decode(&made(include).bytes).expect("ours");
        format!("{snapshot:?}")
    };
    let secret = ["ana@example.com", "private words", "secret_column"];
    let plain = text(Include::default());
    for word in secret {
        assert!(!plain.contains(word), "{word}");
    }
    assert!(plain.contains("Ana Ruiz"));
    let all = text(Include {
        emails: true,
        descriptions: true,
        sql: true,
    });
    for word in secret {
        assert!(all.contains(word), "{word}");
    }
}

#[test]
fn a_file_in_the_repository_is_read_and_a_bad_one_says_why() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    let of = |name: &str| state(name, team(), root, None);
    std::fs::write(root.join("team.snapshot"), made(Include::default()).bytes).expect("write");
    check(&of("team.snapshot"), expect!["shop: 1 workbook"]);
    check(
        &of("absent.snapshot"),
        expect![[r#"
        nothing
        snapshot_unavailable: cannot read the team snapshot absent.snapshot: there is no such file"#]],
    );
    std::fs::write(root.join("other"), "hello").expect("write");
    check(
        &of("other"),
        expect![[r#"
        nothing
        snapshot_unavailable: cannot read the team snapshot other: this is not what exposure-lens writes"#]],
    );
    let mut cut = made(Include::default()).bytes;
    cut.truncate(cut.len() / 2);
    std::fs::write(root.join("cut"), cut).expect("write");
    check(
        &of("cut"),
        expect![[r#"
        nothing
        snapshot_unavailable: cannot read the team snapshot cut: it is damaged"#]],
    );
}

#[test]
fn a_file_is_read_again_only_when_it_has_changed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("team.snapshot");
    std::fs::write(&path, made(Include::default()).bytes).expect("write");
    let mut memory = Memory::default();
    let first = memory.read(&path, None).expect("ours").expect("there");
    let again = memory.read(&path, None).expect("ours").expect("there");
    assert!(Arc::ptr_eq(&first, &again));
    std::fs::write(&path, "other").expect("write");
    assert!(memory.read(&path, None).is_err());
}

#[test]
fn an_address_is_read_from_the_cache_and_its_query_is_not_shown() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    let url = "https://trusted.example/team.snapshot?sig=s3cret";
    let of = || state(url, team(), root, Some(root));
    check(
        &of(),
        expect![[r#"
        nothing
        snapshot_unavailable: the team snapshot has not been fetched yet: run `exposure-lens pull`"#]],
    );
    assert!(of().is_due(at(1000), SignedDuration::from_hours(1)));
    let shelf = Shelf::of(root, url);
    assert!(!shelf.content().display().to_string().contains("s3cret"));
    crate::disk::private::write(&shelf.content(), &made(Include::default()).bytes).expect("write");
    check(&of(), expect!["shop: 1 workbook"]);
    assert_eq!(of().place, "https://trusted.example/team.snapshot?…");
    let failing = Validators {
        failure: Some(Failure {
            at: at(995),
            reason: "cannot connect to trusted.example: no host of this name was found".to_owned(),
            hint: "Check the name.".to_owned(),
            needs_user: false,
        }),
        ..Validators::default()
    };
    failing.write(&shelf.validators()).expect("write");
    check(
        &of(),
        expect![[r#"
        shop: 1 workbook
        snapshot_unavailable: the last try to fetch the team snapshot failed 5 min ago: cannot connect to trusted.example: no host of this name was found; Check the name; what is known is from the one made 16 h ago"#]],
    );
}

#[test]
fn a_host_that_only_the_repository_names_is_not_due_before_a_yes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    let state = state("https://evil.example/x", team(), root, Some(root));
    assert!(!state.is_due(at(1000), SignedDuration::from_hours(1)));
    check(
        &state,
        expect![[r#"
            nothing
            snapshot_unavailable: the team snapshot is on evil.example, which only the repository names: if you know evil.example, run `exposure-lens pull` and say yes"#]],
    );
    assert_eq!(
        root.read_dir().expect("list").count(),
        0,
        "nothing is written"
    );
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_repository_is_not_followed() {
    let (inside, outside) = (
        tempfile::tempdir().expect("a temporary folder"),
        tempfile::tempdir().expect("a temporary folder"),
    );
    let target = outside.path().join("team.snapshot");
    std::fs::write(&target, made(Include::default()).bytes).expect("write");
    std::os::unix::fs::symlink(&target, inside.path().join("link")).expect("link");
    let said = state("link", team(), inside.path(), None);
    check(
        &said,
        expect![[r#"
        nothing
        snapshot_unavailable: cannot read the team snapshot link: `tableau.snapshot` is a link out of the repository: link"#]],
    );
}
