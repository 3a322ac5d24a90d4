use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};
use ide::FileChange;

use super::*;
use crate::config::Settings;
use crate::workspace::project;

const PATH: &str = "models/exposures/tableau.yml";

/// A project of these files, as it is opened.
fn project(files: &[(&str, &[u8])]) -> (tempfile::TempDir, ProjectFiles) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let named: (&str, &[u8]) = ("dbt_project.yml", b"name: shop\n");
    for (path, bytes) in [&named].into_iter().chain(files) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
        fs::write(path, bytes).expect("write");
    }
    let opened = project::open(folder.path(), &Settings::default(), &|_| None);
    (folder, opened.expect("a project"))
}

fn change(path: &str, before: Option<&str>, after: &str) -> FileChange {
    FileChange {
        path: path.to_owned(),
        before: before.map(str::to_owned),
        after: after.to_owned(),
        edits: Vec::new(),
    }
}

/// Names and texts of all files below `folder`, but for the project's own.
fn files(folder: &Path) -> String {
    let walk = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .sort_by_file_path(Ord::cmp)
        .build();
    let paths = walk.flatten().map(ignore::DirEntry::into_path);
    let files = paths.filter(|it| it.is_file() && !it.ends_with("dbt_project.yml"));
    let one = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("text");
        format!("{}: {text:?}\n", disk::relative(folder, &path))
    };
    files.map(one).collect()
}

/// What a write says, and the files afterwards.
#[track_caller]
fn check(on_disk: &[(&str, &[u8])], change: &FileChange, expect: Expect) {
    let (folder, project) = project(on_disk);
    let said = match write(&project, change) {
        Ok(()) => "written".to_owned(),
        Err(reason) => reason,
    };
    expect.assert_eq(&format!("{said}\n{}", files(folder.path())));
}

#[test]
fn a_file_is_made_with_its_folders() {
    check(
        &[],
        &change(PATH, None, "exposures: []\n"),
        expect![[r#"
            written
            models/exposures/tableau.yml: "exposures: []\n"
        "#]],
    );
}

#[test]
fn a_file_is_replaced_byte_for_byte() {
    check(
        &[(PATH, "\u{feff}a: 1\r\n".as_bytes())],
        &change(PATH, Some("\u{feff}a: 1\r\n"), "\u{feff}a: 1\r\nb: é"),
        expect![[r#"
            written
            models/exposures/tableau.yml: "\u{feff}a: 1\r\nb: é"
        "#]],
    );
}

#[test]
fn a_file_that_changed_meanwhile_is_left() {
    check(
        &[(PATH, b"mine")],
        &change(PATH, Some("yours"), "ours"),
        expect![[r#"
            models/exposures/tableau.yml is left as it is: it has changed since it was read; try again
            models/exposures/tableau.yml: "mine"
        "#]],
    );
    check(
        &[(PATH, b"mine")],
        &change(PATH, None, "ours"),
        expect![[r#"
            models/exposures/tableau.yml is left as it is: it has changed since it was read; try again
            models/exposures/tableau.yml: "mine"
        "#]],
    );
    check(
        &[],
        &change(PATH, Some("yours"), "ours"),
        expect![[r#"
        models/exposures/tableau.yml is left as it is: it has changed since it was read; try again
    "#]],
    );
}

#[test]
fn only_what_dbt_reads_is_written_and_nothing_of_its_own() {
    let ignore: &[(&str, &[u8])] = &[(".dbtignore", b"models/drafts/\n")];
    for path in [
        "target/x.yml",
        "dbt_packages/models/x.yml",
        "models/.hidden.yml",
        "models/x.txt",
        "docs/x.yml",
        "models/drafts/x.yml",
        "../models/x.yml",
        "/models/x.yml",
        "",
    ] {
        let (folder, project) = project(ignore);
        let before = files(folder.path());
        assert!(read(&project, path).is_err(), "{path}");
        assert!(
            write(&project, &change(path, None, "ours")).is_err(),
            "{path}"
        );
        assert_eq!(files(folder.path()), before);
    }
    let (_folder, project) = project(ignore);
    assert_eq!(read(&project, "models/new.yaml"), Ok(None));
    assert_eq!(read(&project, "analyses/deep/new.yml"), Ok(None));
}

#[test]
fn what_is_no_text_is_not_read_for_a_change() {
    let (_folder, project) = project(&[(PATH, b"label: Caf\xe9\n")]);
    expect!["it is not UTF-8; save it in that encoding first"]
        .assert_eq(&read(&project, PATH).expect_err("latin1"));
    let (_folder, project) = self::project(&[("models/x.yml/y.yml", b"")]);
    expect!["it is a folder"].assert_eq(&read(&project, "models/x.yml").expect_err("a folder"));
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("metadata").permissions().mode() & 0o777
    }

    #[test]
    fn permissions_stay_as_they_are() {
        let (folder, project) = project(&[(PATH, b"old")]);
        let path = folder.path().join(PATH);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("chmod");
        assert_eq!(write(&project, &change(PATH, Some("old"), "new")), Ok(()));
        assert_eq!(mode(&path), 0o640);
        // A new file is as any other program would make it.
        let beside = folder.path().join("models/beside.yml");
        fs::write(&beside, "").expect("write");
        assert_eq!(
            write(&project, &change("models/new.yml", None, "new")),
            Ok(())
        );
        assert_eq!(mode(&folder.path().join("models/new.yml")), mode(&beside));
    }

    #[test]
    fn a_read_only_file_is_left() {
        let (folder, project) = project(&[(PATH, b"old")]);
        let path = folder.path().join(PATH);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("chmod");
        let said = write(&project, &change(PATH, Some("old"), "new"));
        expect!["models/exposures/tableau.yml is left as it is: it is read-only; allow writing to it first"].assert_eq(&said.expect_err("it is read-only"));
        expect![[r#"
            models/exposures/tableau.yml: "old"
        "#]]
        .assert_eq(&files(folder.path()));
    }

    #[test]
    fn links_inside_the_repository_are_followed_and_stay() {
        let (folder, project) = project(&[("shared/real.yml", b"old")]);
        fs::create_dir(folder.path().join("models")).expect("make a folder");
        let link = folder.path().join("models/link.yml");
        symlink("../shared/real.yml", &link).expect("link");
        let change = change("models/link.yml", Some("old"), "new");
        assert_eq!(
            read(&project, "models/link.yml"),
            Ok(Some("old".to_owned()))
        );
        assert_eq!(write(&project, &change), Ok(()));
        assert!(link.is_symlink());
        expect![[r#"
            models/link.yml: "new"
            shared/real.yml: "new"
        "#]]
        .assert_eq(&files(folder.path()));
    }

    #[test]
    fn links_out_of_the_repository_are_refused() {
        let elsewhere = tempfile::tempdir().expect("a temporary folder");
        fs::write(elsewhere.path().join("x.yml"), "theirs").expect("write");
        let (folder, project) = project(&[("models/m.sql", b"")]);
        let at = |name: &str| folder.path().join("models").join(name);
        symlink(elsewhere.path().join("x.yml"), at("file.yml")).expect("link");
        symlink(elsewhere.path(), at("folder")).expect("link");
        symlink(elsewhere.path().join("none.yml"), at("nothing.yml")).expect("link");
        symlink(folder.path().join("target"), at("built")).expect("link");
        fs::create_dir(folder.path().join("target")).expect("make a folder");
        for path in [
            "file.yml",
            "folder/x.yml",
            "folder/new.yml",
            "nothing.yml",
            "built/x.yml",
        ] {
            let path = format!("models/{path}");
            assert!(read(&project, &path).is_err(), "{path}");
            assert!(
                write(&project, &change(&path, Some("theirs"), "ours")).is_err(),
                "{path}"
            );
            assert!(
                write(&project, &change(&path, None, "ours")).is_err(),
                "{path}"
            );
        }
        assert_eq!(files(elsewhere.path()), "x.yml: \"theirs\"\n");
    }
}
