//! Which package a file belongs to, and where a node's file is.

use std::path::{Path, PathBuf};

use super::ProjectFiles;
use crate::config::Settings;
use crate::disk;

/// A folder with these files.
struct Home(tempfile::TempDir);

impl Home {
    fn new(files: &[(&str, &str)]) -> Home {
        let home = Home(tempfile::tempdir().expect("a folder"));
        files.iter().for_each(|(path, text)| home.write(path, text));
        home
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn open(&self, root: &str) -> ProjectFiles {
        let opened = super::open(&self.at(root), &Settings::default(), &|_| None);
        opened.expect("a project")
    }

    /// That a file has this place, and that the place leads to the file `back`.
    #[track_caller]
    fn check(&self, project: &ProjectFiles, file: &str, place: Option<(&str, &str)>, back: &str) {
        let found = project.resource_place_of(&self.at(file));
        let found = found.as_ref().map(|(a, b)| (a.as_str(), b.as_str()));
        assert_eq!(found, place, "{file}");
        if let Some((package, path)) = place {
            let file = project.file_in(package, path).expect("a path");
            assert_eq!(disk::relative(self.0.path(), &file), back);
        }
    }
}

#[test]
fn a_project_reads_files_beside_itself() {
    let home = Home::new(&[(
        "sub/core/dbt_project.yml",
        "name: core\nmodel-paths: [models, ../../sources]\n",
    )]);
    let project = home.open("sub/core");
    let check = |file, place| home.check(&project, file, place, file);
    check("sources/dex.yml", Some(("core", "../../sources/dex.yml")));
    check("sub/core/models/a b.sql", Some(("core", "models/a b.sql")));
    check("sources_2/dex.yml", None);
    check("sub/core_2/models/a.sql", None);
    check("sub/core/scripts/a.sql", None);
    assert!(project.defines_nodes(&home.at("sources/m.sql")));
}

#[test]
fn the_project_itself_can_be_where_models_are() {
    let home = Home::new(&[("p/dbt_project.yml", "name: p\nmodel-paths: ['.']\n")]);
    let project = home.open("p");
    let check = |file, place| home.check(&project, file, place, file);
    check("p/a.sql", Some(("p", "a.sql")));
    check("p/deep/a.sql", Some(("p", "deep/a.sql")));
    check("p/target/compiled/p/a.sql", None);
    check("beside.sql", None);
    assert!(project.defines_nodes(&home.at("p/deep/a.sql")));
}

#[test]
fn a_packages_folder_may_be_called_otherwise() {
    let home = Home::new(&[
        ("p/dbt_project.yml", "name: p\n"),
        ("p/dbt_packages/fsc-evm/dbt_project.yml", "name: fsc_evm\n"),
        ("p/dbt_packages/odd/x.sql", ""),
    ]);
    let project = home.open("p");
    let check = |file, place| home.check(&project, file, place, file);
    let model = "p/dbt_packages/fsc-evm/models/a.sql";
    check(model, Some(("fsc_evm", "models/a.sql")));
    check("p/dbt_packages/fsc-evm/README.sql", None);
    check("p/dbt_packages/odd/x.sql", Some(("odd", "x.sql")));
    // What a manifest names and nobody has installed here.
    let missing = project.file_in("gone", "models/a.sql").expect("a path");
    assert_eq!(missing, home.at("p/dbt_packages/gone/models/a.sql"));
}

#[test]
fn a_local_package_is_edited_where_it_lies() {
    let home = Home::new(&[
        ("p/dbt_project.yml", "name: p\n"),
        ("p/packages.yml", "packages:\n  - local: ../shared\n"),
        (
            "shared/dbt_project.yml",
            "name: common\nmodel-paths: [sql]\n",
        ),
        ("shared/sql/a.sql", ""),
        (
            "p/dbt_packages/shared/dbt_project.yml",
            "name: common\nmodel-paths: [sql]\n",
        ),
        ("p/dbt_packages/shared/sql/a.sql", ""),
        ("p/dbt_packages/shared/sql/only.sql", ""),
    ]);
    let project = home.open("p");
    let place = Some(("common", "sql/a.sql"));
    home.check(&project, "shared/sql/a.sql", place, "shared/sql/a.sql");
    let copy = "p/dbt_packages/shared/sql/a.sql";
    home.check(&project, copy, place, "shared/sql/a.sql");
    let only = "p/dbt_packages/shared/sql/only.sql";
    home.check(&project, only, Some(("common", "sql/only.sql")), only);
    home.check(&project, "shared/models/a.sql", None, "");
}

#[test]
fn a_package_around_its_tests_project_keeps_its_own_files() {
    let home = Home::new(&[
        ("pkg/dbt_project.yml", "name: pkg\n"),
        ("pkg/integration_tests/dbt_project.yml", "name: pkg_tests\n"),
        (
            "pkg/integration_tests/packages.yml",
            "packages: [{local: ../}]\n",
        ),
    ]);
    let project = home.open("pkg/integration_tests");
    let check = |file, place| home.check(&project, file, place, file);
    check("pkg/models/a.sql", Some(("pkg", "models/a.sql")));
    let own = "pkg/integration_tests/models/t.sql";
    check(own, Some(("pkg_tests", "models/t.sql")));
}

#[test]
fn a_node_without_a_path_has_no_file() {
    let home = Home::new(&[("p/dbt_project.yml", "name: p\n")]);
    let project = home.open("p");
    assert_eq!(project.file_in("mesh", ""), None);
    assert_eq!(project.file_in("p", ""), None);
}

#[test]
fn the_target_may_be_anywhere_and_other_machines_roots_count_for_nothing() {
    let home = Home::new(&[("p/dbt_project.yml", "name: p\ntarget-path: ../out/p\n")]);
    let project = home.open("p");
    assert_eq!(
        disk::normal(&project.manifest_path),
        home.at("out/p/manifest.json")
    );
    let env = |name: &str| (name == "DBT_TARGET_PATH").then(|| "/elsewhere/target".to_owned());
    let opened = super::open(&home.at("p"), &Settings::default(), &env).expect("a project");
    assert_eq!(
        opened.manifest_path,
        Path::new("/elsewhere/target/manifest.json")
    );
}

#[cfg(unix)]
#[test]
fn links_lead_to_the_same_files() {
    use std::os::unix::fs::symlink;

    let home = Home::new(&[
        (
            "real/p/dbt_project.yml",
            "name: p\nmodel-paths: [models, ../shared]\n",
        ),
        ("real/p/models/a.sql", ""),
        ("real/shared/s.yml", ""),
        ("elsewhere/pkg/dbt_project.yml", "name: pkg\n"),
        ("elsewhere/pkg/models/b.sql", ""),
    ]);
    symlink(home.at("real/p"), home.at("link")).expect("a link");
    std::fs::create_dir(home.at("real/p/dbt_packages")).expect("a folder");
    symlink(home.at("elsewhere/pkg"), home.at("real/p/dbt_packages/pkg")).expect("a link");
    for root in ["real/p", "link"] {
        let project = home.open(root);
        let model = format!("{root}/models/a.sql");
        let place = Some(("p", "models/a.sql"));
        home.check(&project, "link/models/a.sql", place, &model);
        home.check(&project, "real/p/models/a.sql", place, &model);
        // A new file, on no disk yet.
        let new = Some(("p", "models/new/c.sql"));
        home.check(
            &project,
            "link/models/new/c.sql",
            new,
            &format!("{root}/models/new/c.sql"),
        );
        let linked = format!("{root}/dbt_packages/pkg/models/b.sql");
        let place = Some(("pkg", "models/b.sql"));
        home.check(&project, "elsewhere/pkg/models/b.sql", place, &linked);
        home.check(&project, &linked, place, &linked);
    }
    // Behind a link `..` leads to where the system says.
    let (project, shared) = (home.open("link"), "real/shared/s.yml");
    home.check(&project, shared, Some(("p", "../shared/s.yml")), shared);
}
