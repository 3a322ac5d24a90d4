//! What can go wrong with one Tableau file.
//!
//! One error per file; whoever reads many files keeps the others. Messages name
//! what was being done; where the file lies is said by the caller.

/// Why a Tableau file, or a query in it, could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file has no bytes at all.
    #[error("cannot read an empty file")]
    Empty,
    /// The system could not give the bytes.
    #[error("cannot read the file")]
    ReadFile(#[source] Cause),
    /// The bytes are of another format, whatever the name says.
    #[error("cannot read a workbook or datasource: this is {0}")]
    OtherFormat(&'static str),
    /// The zip container is broken.
    #[error("cannot open the zip container")]
    OpenContainer(#[source] Cause),
    /// A zip container without a workbook or datasource.
    #[error("cannot find a .twb or .tds in the zip container")]
    NothingInside,
    /// An entry of the zip container is protected by a password.
    #[error("cannot read {0}: it is encrypted")]
    Encrypted(String),
    /// An entry of the zip container cannot be unpacked.
    #[error("cannot unpack {entry}")]
    Unpack {
        /// Its name in the container.
        entry: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// Something is larger than any real file; see [`crate::Limits`].
    #[error("cannot read it safely: {what} (limit {limit})")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The limit in force.
        limit: u64,
    },
    /// The text is not in the encoding that it claims.
    #[error("cannot decode the text as {0}")]
    Decode(String),
    /// The document declares entities or a document type, which Tableau never writes.
    #[error("cannot read it safely: it has a document type declaration")]
    DocumentType,
    /// The document is not well-formed XML.
    #[error("cannot parse the XML near byte {at}")]
    Xml {
        /// Where, in the decoded text.
        at: u64,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The document stops in the middle, as a half-copied file does.
    #[error("cannot read it whole: the document ends inside <{0}>")]
    Truncated(String),
    /// The document is XML, but nothing of Tableau's.
    #[error("cannot read a workbook or datasource: the document's root is <{0}>")]
    OtherDocument(String),
    /// The query does not parse in any dialect that was tried.
    #[error("cannot parse the query as SQL")]
    ParseQuery(#[source] Cause),
    /// The query parses, but what it reads cannot be told from it.
    #[error("cannot tell what the query reads: {0}")]
    OpaqueQuery(&'static str),
}

/// What a library said, in its own words.
///
/// Libraries repeat their causes both in the text and as sources; this keeps the
/// text alone, so that a chain of causes says each thing once.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cause(String);

impl Cause {
    pub(crate) fn new(said: impl std::fmt::Display) -> Cause {
        let said = said.to_string();
        let brief = said.strip_prefix("sql parser error: ").unwrap_or(&said);
        Cause(brief.to_owned())
    }
}
