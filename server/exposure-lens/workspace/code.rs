//! The project's own files that say which nodes there are: which files, and what each says.
//!
//! A file is read again only when its length or time changed; whether that means anything
//! is judged by what it says. An open buffer stands over its file.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dbt::{FileFacts, Says};

use super::content::Stamp;
use super::exposures::{Unseen, YamlPlaces};
use super::parallel;
use super::project::ProjectFiles;
use crate::disk;

/// So many earlier readings of a file are kept, to know what it said when dbt parsed it.
const MAX_EARLIER: usize = 3;

/// The files that dbt reads nodes from.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The files that are there, sorted.
    pub files: Vec<PathBuf>,
    /// What could not be looked through.
    pub unseen: Vec<Unseen>,
}

impl Listing {
    /// Looks for the files of `project`.
    pub fn of(project: &ProjectFiles) -> Listing {
        let (files, unseen) = YamlPlaces::of(project).all_files();
        Listing { files, unseen }
    }
}

/// What the files of a project say.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// Each by its path from the project's root, sorted. Where a buffer is open it counts.
    pub files: Vec<(String, Arc<FileFacts>)>,
    /// What files said before: on the disk below a buffer, and before that.
    earlier: HashMap<String, Vec<Arc<FileFacts>>>,
}

impl Code {
    /// What a file said while its text had this checksum, line ends aside.
    pub fn then(&self, path: &str, checksum: &str) -> Option<&FileFacts> {
        let mut earlier = self.earlier.get(path)?.iter();
        earlier.find(|it| it.is_text_of(checksum)).map(|it| &**it)
    }

    /// Whether both say the same in every file.
    pub fn is_same(&self, other: &Code) -> bool {
        let is_same = |a: &Arc<FileFacts>, b: &Arc<FileFacts>| Arc::ptr_eq(a, b) || a == b;
        self.files.len() == other.files.len()
            && self
                .files
                .iter()
                .zip(&other.files)
                .all(|(a, b)| a.0 == b.0 && is_same(&a.1, &b.1))
    }
}

/// What was read before, so that only what changed is read again.
#[derive(Debug, Default)]
pub struct Memory {
    /// The files that were looked at when they were last looked for.
    listing: Option<Arc<Listing>>,
    known: HashMap<PathBuf, Known>,
    /// Buffers that are open.
    open: HashMap<PathBuf, Arc<FileFacts>>,
}

/// What a file on the disk said.
#[derive(Debug)]
struct Known {
    stamp: Stamp,
    facts: Arc<FileFacts>,
    /// What it said before, the latest last.
    earlier: Vec<Arc<FileFacts>>,
}

impl Memory {
    /// What the files of `listing` say, and the buffers that are open: `open` holds those
    /// of the project, of files that are there and of files that are not yet.
    ///
    /// Follows every key stroke: the disk is looked at only where the files were looked for
    /// anew, and at the files that are or were open.
    pub fn read(
        &mut self,
        project: &ProjectFiles,
        listing: &Arc<Listing>,
        open: &HashMap<PathBuf, String>,
    ) -> Code {
        let is_known = |it: &Arc<Listing>| Arc::ptr_eq(it, listing);
        if self.listing.as_ref().is_some_and(is_known) {
            let is_listed = |it: &&PathBuf| listing.files.binary_search(it).is_ok();
            let edited: HashSet<&PathBuf> = open.keys().chain(self.open.keys()).collect();
            let edited = edited.into_iter().filter(is_listed).cloned();
            self.read_changed(&edited.collect::<Vec<_>>());
        } else {
            let is_listed =
                |path: &PathBuf, _: &mut Known| listing.files.binary_search(path).is_ok();
            self.known.retain(is_listed);
            self.read_changed(&listing.files);
            self.listing = Some(Arc::clone(listing));
        }
        self.read_open(project, open);
        let mut code = Code::default();
        let only_open = self.open.keys().filter(|it| !self.known.contains_key(*it));
        for path in listing.files.iter().chain(only_open) {
            let relative = disk::relative(&project.root, path);
            let known = self.known.get(path);
            let open = self.open.get(path);
            let Some(facts) = open.or(known.map(|it| &it.facts)) else {
                continue;
            };
            code.files.push((relative.clone(), Arc::clone(facts)));
            if let Some(known) = known {
                let mut earlier = known.earlier.clone();
                earlier.extend(open.map(|_| Arc::clone(&known.facts)));
                if !earlier.is_empty() {
                    code.earlier.insert(relative, earlier);
                }
            }
        }
        code.files.sort_by(|a, b| a.0.cmp(&b.0));
        code
    }

    fn read_changed(&mut self, paths: &[PathBuf]) {
        let changed: Vec<(&PathBuf, Stamp)> = paths
            .iter()
            .map(|path| (path, Stamp::of(path)))
            .filter(|(path, stamp)| self.known.get(*path).is_none_or(|it| it.stamp != *stamp))
            .collect();
        let read = parallel::map(&changed, |(path, _)| read(path));
        for ((path, stamp), facts) in changed.into_iter().zip(read) {
            self.take(path, stamp, facts);
        }
    }

    fn take(&mut self, path: &Path, stamp: Stamp, facts: FileFacts) {
        let Some(known) = self.known.get_mut(path) else {
            let known = Known {
                stamp,
                facts: Arc::new(facts),
                earlier: Vec::new(),
            };
            self.known.insert(path.to_owned(), known);
            return;
        };
        known.stamp = stamp;
        if *known.facts != facts {
            let before = std::mem::replace(&mut known.facts, Arc::new(facts));
            known.earlier.push(before);
            let n_old = known.earlier.len().saturating_sub(MAX_EARLIER);
            known.earlier.drain(..n_old);
        }
    }

    /// A buffer that says what it said keeps its facts: an edit of a comment is none.
    fn read_open(&mut self, project: &ProjectFiles, open: &HashMap<PathBuf, String>) {
        let places = YamlPlaces::of(project);
        self.open
            .retain(|path, _| open.contains_key(path) && places.reads(path));
        for (path, text) in open.iter().filter(|(path, _)| places.reads(path)) {
            let facts = FileFacts::read(&disk::forward(path), text);
            let saved = self.known.get(path).map(|it| &it.facts);
            let is_saved =
                |it: &FileFacts| saved.is_some_and(|saved| saved.checksum == it.checksum);
            let before = self.open.get(path);
            let is_same = before.is_some_and(|before| {
                before.means_the_same(&facts) && is_saved(before) == is_saved(&facts)
            });
            if !is_same {
                let facts = match saved.filter(|saved| ***saved == facts) {
                    Some(saved) => Arc::clone(saved),
                    None => Arc::new(facts),
                };
                self.open.insert(path.clone(), facts);
            }
        }
    }
}

/// A file that cannot be read is there all the same.
fn read(path: &Path) -> FileFacts {
    match disk::read_text(path) {
        Ok(text) => FileFacts::read(&disk::forward(path), &text),
        Err(error) => FileFacts {
            checksum: String::new(),
            other_line_ends: Vec::new(),
            says: Says::Unreadable(error.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;
    use crate::workspace::project;

    #[test]
    fn a_key_stroke_looks_at_the_files_that_are_edited_and_a_new_listing_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| std::fs::write(at(name), text).expect("a file");
        write("dbt_project.yml", "name: shop\n");
        std::fs::create_dir(at("models")).expect("a folder");
        write("models/a.sql", "select 1");
        write("models/b.sql", "select 1");
        let project = project::open(folder.path(), &Settings::default(), &|_| None);
        let project = project.expect("a project");
        let mut memory = Memory::default();
        let checksums = |code: Code| -> Vec<String> {
            let files = code.files.into_iter();
            files.map(|(_, facts)| facts.checksum.clone()).collect()
        };
        let (old, new) = (
            dbt::checksum("select 1"),
            dbt::checksum("select 1 as longer"),
        );

        let listing = Arc::new(Listing::of(&project));
        let none = HashMap::new();
        let open = HashMap::from([(at("models/a.sql"), "select 1".to_owned())]);
        let read = memory.read(&project, &listing, &open);
        assert_eq!(checksums(read), [old.clone(), old.clone()]);
        write("models/a.sql", "select 1 as longer");
        write("models/b.sql", "select 1 as longer");
        // The buffer is closed: its file counts again, as it is now.
        let read = memory.read(&project, &listing, &none);
        assert_eq!(checksums(read), [new.clone(), old]);
        let listing = Arc::new(Listing::of(&project));
        let read = memory.read(&project, &listing, &none);
        assert_eq!(checksums(read), [new.clone(), new]);
    }
}
