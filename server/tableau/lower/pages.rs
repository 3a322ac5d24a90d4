//! The addresses of a site's pages.

use crate::records::{ItemRecord, ViewRecord};
use crate::workbook::encoded;

/// Makes the addresses of one site's pages.
pub(super) struct Pages<'r> {
    base: &'r str,
    site: &'r str,
}

impl<'r> Pages<'r> {
    pub(super) fn new(base: &'r str, site: &'r str) -> Pages<'r> {
        let base = base.trim_end_matches('/');
        Pages { base, site }
    }

    /// A workbook's page.
    pub(super) fn workbook(&self, it: &ItemRecord) -> Option<String> {
        number(it).map(|it| self.page(&format!("workbooks/{it}")))
    }

    /// A published datasource's page.
    pub(super) fn datasource(&self, it: &ItemRecord) -> Option<String> {
        number(it).map(|it| self.page(&format!("datasources/{it}")))
    }

    /// The page of a sheet, dashboard or story; hidden ones have none.
    pub(super) fn view(&self, it: &ViewRecord) -> Option<String> {
        let (workbook, view) = it.path.as_deref()?.split_once('/')?;
        let page = format!("views/{}/{}", encoded(workbook), encoded(view));
        Some(self.page(&page))
    }

    fn page(&self, rest: &str) -> String {
        match self.site {
            "" => format!("{}/#/{rest}", self.base),
            site => format!("{}/#/site/{}/{rest}", self.base, encoded(site)),
        }
    }
}

/// The number in an address, which is not the LUID: as the Metadata API says it, else
/// the last of `sites/1/workbooks/265605`, else the one in the page's own address.
fn number(it: &ItemRecord) -> Option<&str> {
    let stated = it.vizportal_url_id.as_deref();
    let in_uri = || it.uri.as_deref()?.rsplit('/').next();
    let in_page = || {
        let (_, page) = it.webpage_url.as_deref()?.split_once("/#/")?;
        page.split('/').rfind(|part| is_number(part))
    };
    let candidates = [stated, in_uri(), in_page()];
    candidates.into_iter().flatten().find(|it| is_number(it))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}
