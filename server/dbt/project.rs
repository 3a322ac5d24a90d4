//! `dbt_project.yml`: a project's name and where its files lie.
//!
//! Reads what finding files and naming nodes needs. Which `dbt_project.yml` a file belongs
//! to is decided in [`nearest`], where the manifest is written in [`target`], what is
//! configured for nodes in [`configs`].

mod configs;
mod jinja;
mod nearest;
mod packages;
mod target;
#[cfg(test)]
mod tests;

pub use configs::ProjectConfigs;
pub use nearest::{Folders, nearest_project};
pub use packages::PackageList;
pub use target::{TargetPath, TargetPathFrom, target_path};

use std::borrow::Cow;

use serde::de::{MapAccess, SeqAccess};

pub(crate) use self::jinja::render;
use crate::config::{Config, Said};
use crate::error::{Error, Problem};
use crate::loose::{FromValue, Loose, Object, Scalar, skip};
use crate::yaml::Yaml;

/// The environment, passed in: a variable's value by its name.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What a `dbt_project.yml` says about names and paths. Paths have forward
/// slashes, no `./` in front and no slash at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// Its name; empty where the file has none.
    pub name: String,
    /// `model-paths`, or `source-paths` before 1.0.
    pub model_paths: Vec<String>,
    /// `seed-paths`, or `data-paths` before 1.0.
    pub seed_paths: Vec<String>,
    /// `snapshot-paths`.
    pub snapshot_paths: Vec<String>,
    /// `analysis-paths`.
    pub analysis_paths: Vec<String>,
    /// `macro-paths`.
    pub macro_paths: Vec<String>,
    /// `test-paths`.
    pub test_paths: Vec<String>,
    /// `function-paths` (dbt 1.11 and later).
    pub function_paths: Vec<String>,
    /// `packages-install-path`.
    pub packages_install_path: String,
    /// `target-path` as written, Jinja included; [`target_path`] says what it means.
    pub target_path: Option<String>,
    /// `profile`: which of `profiles.yml` is the project's.
    pub profile: Option<String>,
    /// What it configures for nodes.
    pub configs: ProjectConfigs,
    /// `quoting`: of database, schema, identifier.
    pub quoting: [Said<bool>; 3],
    /// What was left out, and why.
    pub problems: Vec<Problem>,
}

impl Project {
    /// Reads the text of a `dbt_project.yml`.
    ///
    /// Repeated keys are legal and the last one counts, as in dbt Core. A path
    /// whose Jinja cannot be rendered here is left out with a problem.
    pub fn parse(text: &str, env: Env<'_>) -> Result<Project, Error> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > MAX_BYTES || is_too_deep(text) {
            return Err(Error::ProjectTooLarge);
        }
        let wire: Loose<WireProject<'_>> =
            serde_yaml::from_str(text).map_err(Error::ProjectNotYaml)?;
        let project = wire.ok().ok_or(Error::ProjectEmpty)?.lower(env);
        Ok(project.configured_by(text, env))
    }

    /// Adds what the file configures for nodes.
    fn configured_by(mut self, text: &str, env: Env<'_>) -> Project {
        match Yaml::parse(text) {
            Ok(yaml) => {
                self.configs = ProjectConfigs::read(&yaml, env);
                self.quoting = configs::quoting(&yaml, env);
            }
            // The one reader of YAML took it, the other did not.
            Err(_) => {
                self.configs = ProjectConfigs::unknown();
                self.quoting = Config::unknown().quoting;
            }
        }
        self
    }

    /// Where properties YAML may live: every folder that dbt reads resources from.
    pub fn resource_paths(&self) -> impl Iterator<Item = &str> {
        let all = [
            &self.model_paths,
            &self.seed_paths,
            &self.snapshot_paths,
            &self.analysis_paths,
            &self.macro_paths,
            &self.test_paths,
            &self.function_paths,
        ];
        all.into_iter().flatten().map(String::as_str)
    }
}

/// The largest known project files have a tenth of this.
const MAX_BYTES: usize = 1 << 20;

/// Deeper nesting than this is not read: the YAML reader's time grows with its square.
const MAX_DEPTH: usize = 256;

/// Whether the text may nest too deeply, by a bound that needs no YAML: brackets
/// that are open at once, and list markers that begin one line. Indentation
/// needs so many bytes that [`MAX_BYTES`] bounds it.
fn is_too_deep(text: &str) -> bool {
    let mut open = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MAX_DEPTH {
            return true;
        }
    }
    let markers = |line: &str| {
        line.split_whitespace()
            .take_while(|it| matches!(*it, "-" | "?"))
            .count()
    };
    text.lines().any(|line| markers(line) > MAX_DEPTH)
}

/// A list of paths; a single one is taken for a list of one.
struct Paths<'a>(Vec<Scalar<'a>>);

impl<'de> FromValue<'de> for Paths<'de> {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        Some(Paths(vec![Scalar(text)]))
    }

    fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        Ok(FromValue::from_seq(seq)?.map(Paths))
    }
}

/// The file as written, as far as it is read.
#[derive(Default)]
struct WireProject<'a> {
    name: Loose<Scalar<'a>>,
    model_paths: Loose<Paths<'a>>,
    source_paths: Loose<Paths<'a>>,
    seed_paths: Loose<Paths<'a>>,
    data_paths: Loose<Paths<'a>>,
    snapshot_paths: Loose<Paths<'a>>,
    analysis_paths: Loose<Paths<'a>>,
    macro_paths: Loose<Paths<'a>>,
    test_paths: Loose<Paths<'a>>,
    function_paths: Loose<Paths<'a>>,
    packages_install_path: Loose<Scalar<'a>>,
    modules_path: Loose<Scalar<'a>>,
    target_path: Loose<Scalar<'a>>,
    profile: Loose<Scalar<'a>>,
}

impl<'de> Object<'de> for WireProject<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => self.name = map.next_value()?,
            "model-paths" => self.model_paths = map.next_value()?,
            "source-paths" => self.source_paths = map.next_value()?,
            "seed-paths" => self.seed_paths = map.next_value()?,
            "data-paths" => self.data_paths = map.next_value()?,
            "snapshot-paths" => self.snapshot_paths = map.next_value()?,
            "analysis-paths" => self.analysis_paths = map.next_value()?,
            "macro-paths" => self.macro_paths = map.next_value()?,
            "test-paths" => self.test_paths = map.next_value()?,
            "function-paths" => self.function_paths = map.next_value()?,
            "packages-install-path" => self.packages_install_path = map.next_value()?,
            "modules-path" => self.modules_path = map.next_value()?,
            "target-path" => self.target_path = map.next_value()?,
            "profile" => self.profile = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

impl WireProject<'_> {
    fn lower(self, env: Env<'_>) -> Project {
        let mut reading = Reading {
            env,
            problems: Vec::new(),
        };
        let name = reading.text("name", self.name, Loose::Absent, "");
        if name.is_empty() {
            reading.problem(
                "project_without_name",
                "dbt_project.yml has no `name`".to_owned(),
            );
        }
        Project {
            name,
            model_paths: reading.paths(
                "model-paths",
                self.model_paths,
                self.source_paths,
                "models",
            ),
            seed_paths: reading.paths("seed-paths", self.seed_paths, self.data_paths, "seeds"),
            snapshot_paths: reading.own_paths("snapshot-paths", self.snapshot_paths, "snapshots"),
            analysis_paths: reading.own_paths("analysis-paths", self.analysis_paths, "analyses"),
            macro_paths: reading.own_paths("macro-paths", self.macro_paths, "macros"),
            test_paths: reading.own_paths("test-paths", self.test_paths, "tests"),
            function_paths: reading.own_paths("function-paths", self.function_paths, "functions"),
            packages_install_path: tidy(&reading.text(
                "packages-install-path",
                self.packages_install_path,
                self.modules_path,
                "dbt_packages",
            )),
            target_path: reading
                .known("target-path", self.target_path)
                .map(|text| text.0.into_owned()),
            profile: Some(reading.text("profile", self.profile, Loose::Absent, ""))
                .filter(|it| !it.is_empty()),
            configs: ProjectConfigs::default(),
            quoting: Default::default(),
            problems: reading.problems,
        }
    }
}

/// Settings on their way from the file, with the problems met.
struct Reading<'e> {
    env: Env<'e>,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    /// A list of paths under its key, else under the key of dbt before 1.0, else the default.
    fn paths(
        &mut self,
        key: &str,
        written: Loose<Paths<'_>>,
        old: Loose<Paths<'_>>,
        default: &str,
    ) -> Vec<String> {
        match self.known(key, written).or(old.ok()) {
            Some(Paths(paths)) => paths
                .iter()
                .filter_map(|path| self.rendered(key, &path.0))
                .map(|p| tidy(&p))
                .collect(),
            None => vec![default.to_owned()],
        }
    }

    fn own_paths(&mut self, key: &str, written: Loose<Paths<'_>>, default: &str) -> Vec<String> {
        self.paths(key, written, Loose::Absent, default)
    }

    fn text(
        &mut self,
        key: &str,
        written: Loose<Scalar<'_>>,
        old: Loose<Scalar<'_>>,
        default: &str,
    ) -> String {
        let written = self.known(key, written).or(old.ok());
        let rendered = written.and_then(|text| self.rendered(key, &text.0));
        rendered
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| default.to_owned())
    }

    fn rendered(&mut self, key: &str, text: &str) -> Option<String> {
        match render(text, self.env) {
            Ok(rendered) => Some(rendered),
            Err(why) => {
                self.problem(
                    "project_jinja",
                    format!("`{key}` of dbt_project.yml cannot be rendered: {why}"),
                );
                None
            }
        }
    }

    fn known<T>(&mut self, key: &str, value: Loose<T>) -> Option<T> {
        if matches!(value, Loose::Wrong) {
            self.problem(
                "project_setting",
                format!("`{key}` of dbt_project.yml is of the wrong type and is not used"),
            );
        }
        value.ok()
    }

    fn problem(&mut self, code: &'static str, message: String) {
        self.problems.push(Problem {
            code,
            message,
            span: None,
        });
    }
}

/// A path with forward slashes, no `./` in front and no slash at the end.
fn tidy(path: &str) -> String {
    let path = path.trim().replace('\\', "/");
    let mut rest = path.as_str();
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter.trim_start_matches('/');
    }
    match rest.trim_end_matches('/') {
        "" if rest.is_empty() => ".".to_owned(),
        "" => "/".to_owned(),
        rest => rest.to_owned(),
    }
}
