//! Which page of a site an address leads to.

use url::Url;

use super::route::Route;
use super::{AddressError, SiteAddress};

/// No address of a browser is longer.
const MAX_ADDRESS: usize = 8 << 10;

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
        let url = parse_url(text)?;
        let route = Route::of(&url)?;
        Ok(PageAddress {
            page: Page::of(&route.path),
            site: SiteAddress::of_route(url, &route)?,
        })
    }
}

impl Page {
    fn of(path: &[String]) -> Page {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path[..] {
            ["views" | "authoring", workbook, sheet, ..] | ["w", workbook, "v", sheet, ..] => {
                Page::Sheet {
                    workbook: workbook.to_owned(),
                    sheet: sheet.to_owned(),
                }
            }
            ["workbooks", number, ..] if is_number(number) => Page::Workbook {
                number: number.to_owned(),
            },
            ["datasources", number, ..] if is_number(number) => Page::Datasource {
                number: number.to_owned(),
            },
            _ => Page::Other,
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|it| it.is_ascii_digit())
}

/// A URL of a server: with a host, without a user, by `https` unless it says `http`.
fn parse_url(text: &str) -> Result<Url, AddressError> {
    let text = text.trim().trim_matches(['<', '>', '"', '\'', '`']);
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    if text.len() > MAX_ADDRESS {
        return Err(AddressError::NotAnAddress);
    }
    let url = Url::parse(&with_scheme(text)).map_err(|_| AddressError::NotAnAddress)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(AddressError::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::HoldsCredential);
    }
    check_host(&url)?;
    Ok(url)
}

/// `localhost:8000` would parse as a URL of the scheme `localhost`.
fn with_scheme(text: &str) -> String {
    let before_path = text.split(['/', '?', '#']).next().unwrap_or_default();
    match text.split_once("://") {
        Some((scheme, _)) if before_path.strip_suffix(':') == Some(scheme) => text.to_owned(),
        _ => format!("https://{}", text.trim_start_matches('/')),
    }
}

fn check_host(url: &Url) -> Result<(), AddressError> {
    match url.host_str().unwrap_or_default().trim_end_matches('.') {
        "" => Err(AddressError::NotAnAddress),
        "public.tableau.com" => Err(AddressError::TableauPublic),
        "sso.online.tableau.com" | "identity.idp.tableau.com" => Err(AddressError::SignInPage),
        _ => Ok(()),
    }
}
