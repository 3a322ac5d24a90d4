//! What Git itself writes of a branch: a whole diff, and each of its lists.

use std::process::Command;

use super::{FILES, Repository};
use crate::cli::given::{Reads, workbook};
use crate::support::cli::{Said, run_with_input};

/// A properties file that describes all models and a source, so that one line of it is not
/// all that it is about.
const SCHEMA: &str = "\
models:
  - name: orders
    description: o
    columns:
      - name: id
  - name: margins
    description: m
  - name: spare
    description: s
sources:
  - name: crm
    schema: raw
    tables:
      - name: leads
      - name: accounts
";

/// A branch of a repository that production was built from.
struct Branch {
    repository: Repository,
}

impl Branch {
    fn new() -> Branch {
        Branch::at("")
    }

    fn at(project: &'static str) -> Branch {
        let repository = Repository::at(project).production();
        repository.write("models/schema.yml", SCHEMA);
        let it = Branch { repository };
        it.git(&["init", "-q", "-b", "main"]);
        it.commit();
        it.git(&["checkout", "-q", "-b", "branch"]);
        it
    }

    /// What Git says.
    #[track_caller]
    fn git(&self, args: &[&str]) -> String {
        let said = Command::new("git")
            .args(["-c", "user.name=ana", "-c", "user.email=ana@acme.example"])
            .args(["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(self.repository.root())
            .output()
            .expect("git");
        assert!(said.status.success(), "{args:?}: {said:?}");
        String::from_utf8(said.stdout).expect("UTF-8")
    }

    fn commit(&self) {
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "-q", "-m", "change"]);
    }

    /// Replaces a text in a file of the project, and commits it.
    #[track_caller]
    fn replace(&self, path: &str, from: &str, to: &str) {
        let place = self
            .repository
            .root()
            .join(self.repository.project)
            .join(path);
        let text = std::fs::read_to_string(place).expect("a file");
        assert!(text.contains(from), "{from}: {text}");
        self.repository.write(path, &text.replacen(from, to, 1));
        self.commit();
    }

    /// The comment on what Git writes with these arguments.
    #[track_caller]
    fn ask(&self, git: &[&str]) -> String {
        let said = self.said(git);
        assert!(matches!(said.code, 0 | 3), "{}", said.err);
        said.out
    }

    fn said(&self, git: &[&str]) -> Said {
        let list = self.git(git);
        let folder = self.repository.root().join(self.repository.project);
        let args = ["usages", "--format", "markdown", "--paths-from", "-"];
        run_with_input(&folder, &args, &[], &list)
    }

    /// The rows of the table, by node and what became of it.
    #[track_caller]
    fn check(&self, git: &[&str], expect: &[&str]) {
        let said = self.ask(git);
        let rows = said.lines().filter(|it| it.starts_with("| `"));
        let rows = rows.map(|it| {
            let mut cells = it.split('|').map(str::trim);
            let cells = [cells.nth(1), cells.next()].map(Option::unwrap_or_default);
            cells.join(" ")
        });
        assert_eq!(rows.collect::<Vec<_>>(), expect, "{said}");
    }
}

const DIFF: &[&str] = &["diff", "main..."];

#[test]
fn a_diff_tells_which_entries_of_a_properties_file_change() {
    let it = Branch::at("transform ü");
    it.replace(
        "models/schema.yml",
        "description: m",
        "description: margins",
    );
    let margins = "`margins` described in `models/schema.yml`";
    it.check(DIFF, &[margins]);
    for options in [
        &["-U0"][..],
        &["--no-prefix"],
        &["--color=always"],
        &["--src-prefix=i/", "--dst-prefix=w/"],
        &["--no-renames", "--stat", "--patch"],
    ] {
        let args: Vec<&str> = DIFF.iter().chain(options).copied().collect();
        it.check(&args, &[margins]);
    }
    let orders = "`orders` described in `models/schema.yml`";
    // What a list of names cannot tell.
    it.check(&["diff", "--name-only", "main..."], &[orders, margins]);
    // A diff that shows no lines is refused, or else is of the whole file: never a zero.
    let words = it.said(&["diff", "--word-diff", "main..."]);
    let is_whole = words.out.contains("| `orders` |");
    assert!(words.code == 2 || is_whole, "{}{}", words.out, words.err);
    let said = it.ask(DIFF);
    let headline = "### Tableau: 1 dashboard in 1 workbook reads what changes here";
    assert!(said.contains(headline), "{said}");
    it.replace("models/schema.yml", "      - name: id\n", "");
    it.check(DIFF, &[orders, margins]);
}

#[test]
fn an_entry_that_a_diff_takes_out_or_gives_another_alias_is_not_hidden() {
    let it = Branch::new();
    it.replace(
        "models/schema.yml",
        "  - name: orders\n    description: o\n    columns:\n      - name: id\n",
        "",
    );
    it.check(DIFF, &["`orders` described in `models/schema.yml`"]);
    let it = Branch::new();
    it.replace(
        "models/schema.yml",
        "description: m\n",
        "description: m\n    config: {alias: m}\n",
    );
    let said = it.ask(DIFF);
    for part in [
        "**1 table that dashboards read is no longer built**",
        "it becomes PROD.MARTS.m.",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_diff_names_both_paths_of_a_renamed_file_and_a_moved_one_is_no_other() {
    let it = Branch::new();
    it.git(&["mv", "models/margins.sql", "models/profits.sql"]);
    it.commit();
    it.check(DIFF, &["`profits` renamed from `margins`"]);
    let it = Branch::new();
    std::fs::create_dir(it.repository.root().join("models/core")).expect("a folder");
    it.git(&["mv", "models/margins.sql", "models/core/margins.sql"]);
    it.commit();
    let moved = "`margins` moved from `models/margins.sql`, else unchanged";
    it.check(DIFF, &[moved]);
    it.replace("models/core/margins.sql", "2", "3");
    it.check(DIFF, &["`margins` changed"]);
}

#[test]
fn what_a_branch_that_is_behind_lacks_is_not_its_change() {
    // Production has a model that dashboards read and that the branch never had.
    let it = Branch::new();
    it.git(&["rm", "-q", "models/margins.sql"]);
    it.commit();
    it.git(&["branch", "-f", "main"]);
    it.repository.write("models/new.sql", "select 9 as id\n");
    it.commit();
    let doubt = "takes the place of `margins`";
    let said = it.ask(DIFF);
    assert!(!said.contains(doubt), "{said}");
    let said = it.ask(&["diff", "--name-only", "main..."]);
    assert!(said.contains(doubt), "{said}");
}

#[test]
fn every_list_of_gits_is_read_or_refused() {
    let it = Branch::at("transform ü");
    let project = it.repository.project;
    it.repository
        .write("models/margins.sql", "select 7 as id\n");
    it.repository.remove("models/spare.sql");
    it.repository.write("models/a new.sql", "select 1\n");
    let margins = ["`margins` changed"];
    it.check(&["status", "--short"], &margins);
    it.check(&["status", "--porcelain", "--branch", "-z"], &margins);
    it.commit();
    for options in [
        &["--name-only"][..],
        &["--name-only", "-z"],
        &["--name-status"],
        &["--name-status", "-z"],
        &["--raw"],
        &["--raw", "-z"],
    ] {
        let args: Vec<&str> = DIFF.iter().chain(options).copied().collect();
        it.check(&args, &margins);
    }
    let folder = it.repository.root().join(project);
    let args = ["usages", "--format", "markdown", "--paths-from", "-"];
    for options in ["--stat", "--numstat"] {
        let list = it.git(&["diff", options, "main..."]);
        let said = run_with_input(&folder, &args, &[], &list);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{options}");
        assert!(said.err.contains("no list of paths"), "{}", said.err);
    }
}

#[test]
fn a_path_of_a_list_is_a_path_whatever_it_is_called() {
    let it = Branch::new();
    // There is a node of the first name and a workbook of the second.
    for name in ["orders", "Sales", "LICENSE"] {
        it.repository.write(name, "text\n");
    }
    it.commit();
    it.git(&["branch", "-f", "main"]);
    it.git(&["rm", "-q", "Sales", "LICENSE"]);
    it.repository.write("orders", "other\n");
    it.commit();
    for args in [DIFF, &["diff", "--name-only", "main..."]] {
        let said = it.ask(args);
        assert!(said.contains("3 other files"), "{said}");
        assert!(!said.contains("Not known"), "{said}");
    }
}

#[test]
fn a_model_that_dbt_is_told_to_leave_out_is_one_that_is_no_longer_built() {
    for (path, text) in [
        (".dbtignore", "models/margins.sql\n"),
        (
            "dbt_project.yml",
            "name: shop\nmodel-paths: [models/marts]\n",
        ),
    ] {
        let it = Branch::new();
        it.repository.write(path, text);
        it.commit();
        let said = it.ask(DIFF);
        for part in [
            "no longer built**",
            "PROD.MARTS.margins, which is no longer built after this change: dbt no longer reads its file",
            "| `margins` | no longer read by dbt | 1 | 1 |",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}

#[test]
fn what_may_change_any_model_is_not_said_to_change_none() {
    let it = Branch::new();
    it.replace("macros/money.sql", "1", "2");
    let said = it.ask(DIFF);
    assert!(
        said.contains("may change what dashboards read, which is not worked out"),
        "{said}"
    );
    let it = Branch::new();
    it.repository.write("README.md", "text\n");
    it.commit();
    let said = it.ask(DIFF);
    assert!(
        said.contains("no model, seed, snapshot or source changes here"),
        "{said}"
    );
}

#[test]
fn a_merge_of_main_adds_nothing_to_what_the_branch_changes() {
    let it = Branch::new();
    it.replace(
        "models/schema.yml",
        "description: m",
        "description: margins",
    );
    it.git(&["checkout", "-q", "main"]);
    it.replace("models/orders.sql", FILES[1].1, "select 8 as id\n");
    it.git(&["checkout", "-q", "branch"]);
    it.git(&["merge", "-q", "--no-edit", "main"]);
    it.check(DIFF, &["`margins` described in `models/schema.yml`"]);
}

#[test]
fn where_files_alone_were_looked_at_the_first_line_says_so() {
    let it = Branch::new();
    it.repository
        .write("exposure-lens.yml", "dbt: {production_manifest: prod}\n");
    let reads = [Reads::Table("[MARTS].[ORDERS]")];
    workbook(
        it.repository.root(),
        "W",
        &[("snowflake", "dbname='PROD'", &reads)],
    );
    it.commit();
    it.git(&["branch", "-f", "main"]);
    it.replace("models/spare.sql", "3", "4");
    let said = it.ask(DIFF);
    let headline = "### Tableau: no dashboard in 1 workbook file reads what changes here\n";
    assert!(said.contains(headline), "{said}");
}
