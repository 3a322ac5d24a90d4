//! A user's machine: a project, and folders of its own for settings, cache and sessions.

use std::path::{Path, PathBuf};
use std::process::Child;

use serde_json::Value;

use crate::support::cli::{self, Said};
use crate::support::project::copy;
use crate::support::tableau::Running;
use crate::support::tableau::site::{TOKEN_NAME, TOKEN_SECRET};

/// A machine on which one project is checked out.
pub(crate) struct Machine {
    project: tempfile::TempDir,
    home: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl Machine {
    /// With the sample project, without its workbook files, and nobody signed in.
    pub(crate) fn new() -> Machine {
        let project = copy("shop");
        std::fs::remove_dir_all(project.path().join("tableau")).expect("the sample's workbooks");
        Machine::with(project)
    }

    /// With another project.
    pub(crate) fn with(project: tempfile::TempDir) -> Machine {
        let home = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(home.path().join("run")).expect("make a folder");
        let at = |name: &str| home.path().join(name).display().to_string();
        let env = [
            ("EXPOSURE_LENS_CONFIG_DIR", at("config")),
            ("EXPOSURE_LENS_CACHE_DIR", at("cache")),
            ("EXPOSURE_LENS_KEYRING", "off".to_owned()),
            ("XDG_RUNTIME_DIR", at("run")),
            ("HOME", at("")),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value));
        Machine {
            project,
            home,
            env: env.to_vec(),
        }
    }

    /// With a token for the first site of `running` in the environment.
    pub(crate) fn signed_in(mut self, running: &Running) -> Machine {
        let token = [
            ("TABLEAU_SITE_URL", running.address()),
            ("TABLEAU_PAT_NAME", TOKEN_NAME.to_owned()),
            ("TABLEAU_PAT_SECRET", TOKEN_SECRET.to_owned()),
        ];
        let token = token.map(|(name, value)| (name.to_owned(), value));
        self.env.extend(token);
        self
    }

    /// With this variable in its environment.
    pub(crate) fn with_variable(mut self, name: &str, value: &str) -> Machine {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn project(&self) -> &Path {
        self.project.path()
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.home.path().join("cache")
    }

    /// Writes a file of the repository.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.project().join(name);
        std::fs::write(path, bytes).expect("write a file of the repository");
    }

    /// Writes the user's own settings.
    pub(crate) fn write_config(&self, text: &str) {
        let folder = self.home.path().join("config");
        std::fs::create_dir_all(&folder).expect("make a folder");
        std::fs::write(folder.join("config.yml"), text).expect("write the user's settings");
    }

    pub(crate) fn env(&self) -> Vec<(&str, &str)> {
        let pairs = self.env.iter();
        pairs.map(|(name, value)| (&**name, &**value)).collect()
    }

    /// Runs the program.
    pub(crate) fn run(&self, args: &[&str]) -> Said {
        cli::run_with(self.project(), args, &self.env())
    }

    /// Runs the program with `input` in its pipe.
    pub(crate) fn run_with_input(&self, args: &[&str], input: &str) -> Said {
        cli::run_with_input(self.project(), args, &self.env(), input)
    }

    /// Starts the program, and does not wait for it.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        cli::start_with(self.project(), args, &self.env())
    }

    /// The JSON answer of a run.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
        let said = self.run(&args);
        serde_json::from_str(&said.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err))
    }

    /// Every node with the dashboards that read it directly, offline.
    pub(crate) fn dashboards(&self) -> Vec<String> {
        let answer = self.json(&["usages", "--offline"]);
        let nodes = answer["nodes"].as_array().expect("nodes").iter();
        let lines = nodes.flat_map(|node| {
            let id = text(&node["unique_id"]);
            let workbooks = node["workbooks"].as_array().expect("workbooks").iter();
            let direct = workbooks.filter(|it| it["distance"] == 0);
            direct.flat_map(move |workbook| {
                let name = text(&workbook["name"]);
                let kind = text(&workbook["match"]);
                let id = id.clone();
                let dashboards = workbook["dashboards"]
                    .as_array()
                    .expect("dashboards")
                    .iter();
                let direct = dashboards.filter(|it| it["distance"] == 0);
                direct.map(move |it| format!("{id} -> {name} / {} ({kind})", text(&it["name"])))
            })
        });
        lines.collect()
    }

    /// All files that the program has written, with what is in them.
    pub(crate) fn written(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let walk = ignore::WalkBuilder::new(self.home.path())
            .standard_filters(false)
            .build();
        let files = walk.flatten().map(ignore::DirEntry::into_path);
        files
            .filter(|path| path.is_file())
            .map(|path| {
                let bytes = std::fs::read(&path).expect("read a file of ours");
                (path, bytes)
            })
            .collect()
    }
}

/// A text in JSON.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The codes of problems or notes.
pub(crate) fn codes(notes: &Value) -> Vec<String> {
    let notes = notes.as_array().expect("a list").iter();
    notes.map(|it| text(&it["code"])).collect()
}
