//! Which page of a site an address leads to.

use super::{AddressError, SiteAddress};

/// A page of a site, as pasted from a browser.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PageAddress {
    /// The site.
    pub site: SiteAddress,
    /// The page on it.
    pub page: Page,
}

/// What a page shows. Numbers are those of URLs, which are no LUIDs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Page {
    /// A workbook, by its number.
    Workbook {
        /// The number in the URL (`vizportalUrlId`).
        number: String,
    },
    /// A sheet, dashboard or story of a workbook.
    Sheet {
        /// The workbook's content URL.
        workbook: String,
        /// The sheet's URL name.
        sheet: String,
    },
    /// A published datasource, by its number.
    Datasource {
        /// The number in the URL (`vizportalUrlId`).
        number: String,
    },
    /// Any other page of the site.
    Other,
}

impl PageAddress {
    /// Reads an address as copied from a browser.
    pub fn parse(text: &str) -> Result<PageAddress, AddressError> {
        let site = SiteAddress::parse(text)?;
        Ok(PageAddress {
            site,
            page: Page::Other,
        })
    }
}
