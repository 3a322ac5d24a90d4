//! What a site has and this way of reading it cannot follow.
//!
//! A dashboard may read a table through a Prep flow or a virtual connection. Where
//! neither the Metadata API nor a file tells of them, REST tells at least whether the
//! site has any: if not, nothing is missing.

use super::reader::{Reader, is_heavy};
use crate::loose;
use crate::records::NoteKind;
use crate::site_error::SiteError;

/// What is not followed, and why.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unseen {
    pub(super) flows: bool,
    pub(super) virtual_connections: bool,
    pub(super) why: &'static str,
}

/// Says what is not followed, unless the site has none of it.
pub(super) async fn note(reader: &Reader<'_>, unseen: Unseen) -> Result<(), SiteError> {
    let all = [
        (unseen.flows, "flows", "Prep flows"),
        (
            unseen.virtual_connections,
            "virtualconnections",
            "virtual connections",
        ),
    ];
    for (_, path, things) in all.into_iter().filter(|(is_unseen, ..)| *is_unseen) {
        let why = unseen.why;
        let message = match has_any(reader, path).await? {
            Some(false) => continue,
            Some(true) => format!("what the site's {things} read is not known: {why}"),
            None => format!("what {things} read, if the site has any, is not known: {why}"),
        };
        reader.note(NoteKind::MetadataUnavailable, message, None);
    }
    Ok(())
}

/// Whether REST lists any; `None` where it does not tell. A server that does not know the
/// list is older than such things.
async fn has_any(reader: &Reader<'_>, path: &str) -> Result<Option<bool>, SiteError> {
    match reader.client.rest(path, &[("pageSize", "1")]).await {
        Ok(answer) => {
            let total = answer.get("pagination").map(|it| &it["totalAvailable"]);
            Ok(total.and_then(loose::number).map(|it| it > 0))
        }
        Err(SiteError::Refused { status: 404, .. }) => Ok(Some(false)),
        Err(error) if is_heavy(&error) || matches!(error, SiteError::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
