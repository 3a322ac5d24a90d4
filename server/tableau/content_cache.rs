//! A site's records as bytes, for the cache folder.
//!
//! Where they lie, and how they are written in one step, is the program's business;
//! here is only their format. Records hold nothing secret, so neither does this.

use crate::envelope::{self, EnvelopeError, Kind};
use crate::records::Records;

const KIND: Kind = Kind {
    magic: b"EXLSITE\n",
    version: 1,
};

/// The version whose parser read the queries; another one may read them better.
pub(crate) const PARSED_BY: &str = env!("CARGO_PKG_VERSION");

/// Packs a site's records.
pub fn encode(records: &Records) -> Result<Vec<u8>, EnvelopeError> {
    envelope::seal(KIND, records)
}

/// Unpacks a site's records. Damaged or unknown bytes are an error; the site is then
/// read anew.
pub fn decode(bytes: &[u8]) -> Result<Records, EnvelopeError> {
    let mut records: Records = envelope::open(KIND, bytes)?;
    if records.parsed_by != PARSED_BY {
        forget_parsed(&mut records);
    }
    Ok(records)
}

fn forget_parsed(records: &mut Records) {
    let with_text = records.custom_sql.iter_mut();
    for query in with_text.filter(|it| it.query.is_some()) {
        query.parsed = None;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Whether what a query reads is still known after it was kept by a version.
    #[track_caller]
    fn check(version: &str, text: Option<&str>, is_known: bool) {
        let records: Records = serde_json::from_value(json!({
            "parsed_by": version,
            "custom_sql": [{"id": "q", "query": text, "parsed": {"tables": []}}],
        }))
        .unwrap();
        let read = decode(&encode(&records).unwrap()).unwrap();
        assert_eq!(read.custom_sql[0].parsed.is_some(), is_known);
    }

    #[test]
    fn another_version_reads_queries_anew() {
        check(PARSED_BY, Some("select 1"), true);
        check("0.0.0-other", Some("select 1"), false);
        check("0.0.0-other", None, true);
    }
}
