//! What the words of a list of changed files lead to.
//!
//! Git names files from the repository's root, wherever it runs, and names files that are
//! not there any more. So a path is looked for from the current folder, from the
//! repository's root and from the project, on the disk and in each manifest.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use ide::Analysis;
use lineage::{Node, NodeIx, UniqueId};

use super::Look;
use super::changes::Compared;
use crate::cli::select;
use crate::disk;
use crate::workspace::exposures::is_yaml;

/// What was asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The nodes, and the file that only describes or configures one where none that
    /// defines it was named.
    pub(super) nodes: BTreeMap<UniqueId, Option<String>>,
    /// Files of the project that define no node.
    pub(super) others: BTreeSet<String>,
    /// Files that dbt leaves out, and did where production's manifest was written.
    pub(super) disabled: BTreeSet<String>,
    /// How many lie outside of the project.
    pub(super) n_outside: usize,
    /// What nothing that is read knows, with the reason.
    pub(super) unknown: BTreeMap<String, Unknown>,
}

/// Why it is not known what a path is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// The file is gone, and no manifest has it.
    Gone,
    /// The file is there, and what it defines is not known.
    NotParsed,
    /// It is disabled, and whether production builds it is not known.
    Disabled,
    /// It is no path of this repository and no name of a node.
    Nothing,
}

/// Where a file is, by its package and its path from that package's root.
type Place = (String, String);

/// Looks words up.
pub(super) struct Lookup<'a> {
    look: Look<'a>,
    compared: &'a Compared<'a>,
    /// Where paths may start.
    bases: Vec<PathBuf>,
    /// The repository's root, from which Git names files.
    root: PathBuf,
    /// The nodes of the manifest that is compared with, by where they were.
    was_at: HashMap<(&'a str, &'a str), Vec<&'a Node>>,
    /// The ids that nodes have now, by those that they are deployed under.
    now: HashMap<&'a UniqueId, &'a UniqueId>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(look: Look<'a>, compared: &'a Compared<'a>) -> Lookup<'a> {
        let project = &look.loaded.project.root;
        let root = disk::repository_root(project).to_owned();
        let mut bases: Vec<PathBuf> = std::env::current_dir().into_iter().collect();
        bases.extend([root.clone(), project.clone()]);
        let mut was_at: HashMap<_, Vec<&Node>> = HashMap::new();
        for node in compared.manifest.iter().flat_map(|it| &it.read.nodes) {
            for path in std::iter::once(&node.path).chain(&node.properties_path) {
                let place = (node.package.as_str(), path.as_str());
                was_at.entry(place).or_default().push(node);
            }
        }
        Lookup {
            look,
            compared,
            bases,
            root,
            was_at,
            now: compared
                .renamed
                .iter()
                .map(|(now, was)| (was, now))
                .collect(),
        }
    }

    /// What all `words` lead to.
    ///
    /// # Errors
    /// A word that leads to something else than files and nodes.
    pub(super) fn all(&self, words: &[String]) -> Result<Asked, String> {
        let mut asked = Asked::default();
        for word in words {
            self.one(&unquoted(word), &mut asked)?;
        }
        Ok(asked)
    }

    fn one(&self, word: &str, asked: &mut Asked) -> Result<(), String> {
        if select::is_address(word) && (word.contains("://") || !ends_as_a_file(word)) {
            return Err(not_here(word));
        }
        if let Some(nodes) = self.named(word) {
            asked.nodes.extend(nodes.into_iter().map(|it| (it, None)));
            return Ok(());
        }
        let candidates = self.candidates(word);
        let there = candidates.iter().find(|it| it.exists());
        if there.is_none() && !looks_like_a_path(word) {
            return self.something_else(word, asked);
        }
        match there.or_else(|| self.likeliest(&candidates)) {
            Some(path) => self.at(path, asked),
            // Git names it from the repository's root.
            None => self.at(&select::resolved(&self.root.join(word)), asked),
        }
        Ok(())
    }

    /// By id or by name.
    fn named(&self, word: &str) -> Option<Vec<UniqueId>> {
        if word.contains(['/', '\\']) {
            return None;
        }
        let found: BTreeSet<UniqueId> = self
            .compared
            .analyses()
            .flat_map(|analysis| {
                let nodes = analysis.lineage.nodes();
                let by_id = analysis.node(word).into_iter();
                let all = by_id.chain(nodes.by_name(word).iter().copied());
                all.map(|ix| nodes.get(ix).id.clone())
            })
            .collect();
        (!found.is_empty()).then(|| found.into_iter().collect())
    }

    /// No path and no plain name: a label, a relation, a workbook, or nothing.
    fn something_else(&self, word: &str, asked: &mut Asked) -> Result<(), String> {
        match select::select(self.look.loaded, word) {
            Some(select::Selected::Nodes(found)) => {
                let nodes = self.look.loaded.analysis.lineage.nodes();
                let ids = found.into_iter().map(|ix| nodes.get(ix).id.clone());
                asked.nodes.extend(ids.map(|it| (it, None)));
                Ok(())
            }
            Some(select::Selected::Neither(..)) | None => {
                asked.unknown.insert(word.to_owned(), Unknown::Nothing);
                Ok(())
            }
            Some(_) => Err(not_here(word)),
        }
    }

    fn candidates(&self, word: &str) -> Vec<PathBuf> {
        let mut all = Vec::new();
        for text in [word, &word.replace('\\', "/")] {
            for base in &self.bases {
                let path = select::resolved(&base.join(text));
                if !all.contains(&path) {
                    all.push(path);
                }
            }
        }
        all
    }

    /// Of places where nothing is: the one that a manifest knows, else the one where dbt
    /// would read a file.
    fn likeliest<'c>(&self, candidates: &'c [PathBuf]) -> Option<&'c PathBuf> {
        let is_known = |it: &&PathBuf| !self.nodes_at(it).is_empty();
        let known = candidates.iter().find(is_known);
        known.or_else(|| candidates.iter().find(|it| self.would_define(it)))
    }

    fn at(&self, path: &Path, asked: &mut Asked) {
        let project = &self.look.loaded.project;
        let Some(place) = project.place_of(path) else {
            asked.n_outside += 1;
            return;
        };
        let shown = self.look.loaded.shown(path);
        let nodes = match path.is_dir() {
            true => self.nodes_below(path),
            false => self.nodes_at(path),
        };
        for (id, by) in nodes {
            let known = asked.nodes.entry(id).or_insert_with(|| by.clone());
            if by.is_none() {
                *known = None;
            }
        }
        if self.nodes_at(path).is_empty() && !path.is_dir() {
            self.without_nodes(path, &place, shown, asked);
        }
    }

    fn without_nodes(&self, path: &Path, place: &Place, shown: String, asked: &mut Asked) {
        let would_define = self.would_define(path);
        if self.is_disabled(place) {
            match self.compared.is_production {
                true => _ = asked.disabled.insert(shown),
                false => _ = asked.unknown.insert(shown, Unknown::Disabled),
            }
        } else if would_define && !path.exists() {
            asked.unknown.insert(shown, Unknown::Gone);
        } else if self.look.loaded.project.defines_nodes(path) {
            asked.unknown.insert(shown, Unknown::NotParsed);
        } else {
            asked.others.insert(shown);
        }
    }

    fn is_disabled(&self, (package, path): &Place) -> bool {
        let mut all = self.compared.analyses().flat_map(|it| it.disabled.iter());
        all.any(|it| it.package == *package && it.path == *path)
    }

    /// Whether dbt would read nodes, or what configures them, from a file of this name.
    fn would_define(&self, path: &Path) -> bool {
        let project = &self.look.loaded.project;
        project.defines_nodes(path) || is_yaml(path) && project.resource_place_of(path).is_some()
    }

    /// The nodes that a file defines or describes now, did when the manifest was written, or
    /// takes something deployed away from; with the file where it does not define the node.
    fn nodes_at(&self, path: &Path) -> BTreeMap<UniqueId, Option<String>> {
        let Some((package, path)) = self.look.loaded.project.place_of(path) else {
            return BTreeMap::new();
        };
        let mut found = BTreeMap::new();
        let mut add = |id: &UniqueId, defines: bool| {
            let by = found
                .entry(id.clone())
                .or_insert_with(|| Some(path.clone()));
            if defines {
                *by = None;
            }
        };
        for analysis in self.compared.analyses() {
            let nodes = analysis.lineage.nodes();
            for ix in nodes.in_file(&package, &path) {
                let node = nodes.get(ix);
                add(&node.id, node.path == path);
            }
        }
        let was_here = self.was_at.get(&(package.as_str(), path.as_str()));
        for node in was_here.into_iter().flatten() {
            let now = self.now.get(&node.id).copied().unwrap_or(&node.id);
            add(now, node.path == path);
        }
        for pending in self
            .compared
            .base
            .pending
            .iter()
            .filter(|it| it.path == path)
        {
            if self.is_of(&pending.node, &package) {
                add(&pending.node, false);
            }
        }
        found
    }

    /// Whether a node is of this package: `dbt_project.yml` speaks for all of them.
    fn is_of(&self, id: &UniqueId, package: &str) -> bool {
        let nodes = self.compared.base.lineage.nodes();
        let node = nodes.by_id(id).map(|ix| nodes.get(ix));
        package == nodes.root_package() || node.is_some_and(|it| it.package == package)
    }

    fn nodes_below(&self, folder: &Path) -> BTreeMap<UniqueId, Option<String>> {
        let project = &self.look.loaded.project;
        let below = |analysis: &'a Analysis| {
            let nodes = analysis.lineage.nodes();
            let is_below = move |ix: &NodeIx| {
                let file = project.file_of(nodes.get(*ix));
                file.is_some_and(|it| it.starts_with(folder))
            };
            let found = nodes.indices().filter(is_below);
            found.map(move |ix| (nodes.get(ix).id.clone(), None))
        };
        self.compared.analyses().flat_map(below).collect()
    }
}

fn not_here(word: &str) -> String {
    format!(
        "`--format markdown` is about files and nodes; ask for `{}` without it",
        ide::plain(word)
    )
}

fn looks_like_a_path(word: &str) -> bool {
    word.contains(['/', '\\']) || word.starts_with('.') || ends_as_a_file(word)
}

/// Files that are dbt's or that lie beside a project. A node's name has dots too
/// (`crm.accounts`), so that not every ending makes a path.
fn ends_as_a_file(word: &str) -> bool {
    const ENDS: [&str; 28] = [
        "sql", "py", "csv", "yml", "yaml", "md", "txt", "json", "twb", "twbx", "tds", "tdsx",
        "toml", "lock", "cfg", "ini", "in", "sh", "js", "ts", "html", "css", "png", "svg", "rst",
        "ipynb", "tf", "xml",
    ];
    let end = Path::new(word).extension().and_then(|it| it.to_str());
    end.is_some_and(|it| ENDS.contains(&it))
}

/// A path as Git writes it in quotes where it holds more than plain ASCII: `"m\303\274.sql"`.
fn unquoted(word: &str) -> String {
    let inner = word.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let Some(inner) = inner.filter(|it| !it.is_empty()) else {
        return word.to_owned();
    };
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'\\' => bytes.push(escaped(&mut rest)),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| word.to_owned())
}

/// What stands for one byte behind a backslash: three octal digits, or one letter.
fn escaped(rest: &mut std::str::Bytes<'_>) -> u8 {
    let digit = |it: u8| it.wrapping_sub(b'0');
    match rest.next() {
        Some(first @ b'0'..=b'3') => {
            let second = rest.next().map_or(0, digit);
            let third = rest.next().map_or(0, digit);
            let sum = u32::from(digit(first)) * 64 + u32::from(second) * 8 + u32::from(third);
            u8::try_from(sum & 0xff).unwrap_or_default()
        }
        Some(b't') => b'\t',
        Some(b'n') => b'\n',
        Some(other) => other,
        None => b'\\',
    }
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn a_path_that_git_writes_in_quotes_is_read() {
        let check = |word: &str, expect: &str| assert_eq!(unquoted(word), expect);
        check("models/a.sql", "models/a.sql");
        check(r#""models/\303\274ber.sql""#, "models/über.sql");
        check(r#""a\"b\\c\td""#, "a\"b\\c\td");
        check(r#""\377""#, r#""\377""#);
        check(r#""\30""#, r#""\30""#);
        check(r#""a\""#, "a\\");
        check("\"", "\"");
        check("\"\"", "\"\"");
    }
}
