//! Where the nodes and exposures of a file stand, kept between requests.
//!
//! A tree is asked for at each key of a filter, and says where each exposure is written:
//! to read a list of thousands takes a second. What was found holds for the very text that
//! it was found in, so that an open buffer and a file on the disk are never mixed up.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ide::Place;

/// The places of a file in its text.
pub(super) type Places = Vec<(Place, Range<usize>)>;

/// The last answer about each file.
#[derive(Debug, Default)]
pub(super) struct Defined(Mutex<HashMap<PathBuf, Arc<Answer>>>);

#[derive(Debug)]
struct Answer {
    text: String,
    places: Arc<Places>,
}

impl Defined {
    /// The places of the file at `path` while it holds `text`; found with `find` where they
    /// are not known.
    pub(super) fn of(&self, path: &Path, text: &str, find: impl FnOnce() -> Places) -> Arc<Places> {
        if let Some(known) = self.known(path, text) {
            return known;
        }
        // Nothing is locked meanwhile: two requests may both find it.
        let places = Arc::new(find());
        let answer = Arc::new(Answer {
            text: text.to_owned(),
            places: Arc::clone(&places),
        });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(path.to_owned(), answer);
        places
    }

    fn known(&self, path: &Path, text: &str) -> Option<Arc<Places>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = Arc::clone(all.get(path)?);
        drop(all);
        (answer.text == text).then(|| Arc::clone(&answer.places))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_again_only_where_its_text_is_another() {
        let defined = Defined::default();
        let mut read = Vec::new();
        for (path, text) in [("a", "x"), ("a", "x"), ("b", "x"), ("a", "xy"), ("a", "x")] {
            let places = defined.of(Path::new(path), text, || {
                read.push(format!("{path}:{text}"));
                vec![(Place::Exposure(0), 0..text.len())]
            });
            assert_eq!(*places, [(Place::Exposure(0), 0..text.len())]);
        }
        assert_eq!(read, ["a:x", "b:x", "a:xy", "a:x"]);
    }
}
