//! How much of a file is read at most.
//!
//! Real workbooks stay far below; the bounds only keep a hostile or broken file
//! from taking the process with it.

/// Bounds on what [`crate::read_file_with`] takes in.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Entries in a zip container.
    pub max_entries: usize,
    /// Bytes of the XML document, unpacked.
    pub max_document: u64,
    /// How many times larger an entry may become when it is unpacked, past the first megabytes.
    pub max_ratio: u64,
    /// Elements nested in each other.
    pub max_depth: usize,
    /// Elements in all.
    pub max_elements: usize,
    /// Bytes of one start tag with all its attributes.
    pub max_tag: usize,
    /// Tables and queries in one file.
    pub max_tables: usize,
    /// Bytes of one custom SQL query; longer ones count as unreadable.
    pub max_query: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_entries: 20_000,
            max_document: 128 << 20,
            max_ratio: 200,
            max_depth: 256,
            max_elements: 2_000_000,
            max_tag: 8 << 20,
            max_tables: 20_000,
            max_query: 512 << 10,
        }
    }
}
