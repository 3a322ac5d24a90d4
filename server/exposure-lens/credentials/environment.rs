//! A credential for machines, from the environment: for one site, and for no other.
//!
//! `TABLEAU_SITE_URL` with `TABLEAU_PAT_NAME` and `TABLEAU_PAT_SECRET`; or, for a connected
//! app, with `TABLEAU_APP_CLIENT_ID`, `TABLEAU_APP_SECRET_ID`, `TABLEAU_APP_SECRET` and
//! `TABLEAU_APP_USER`.

use secrecy::SecretString;
use tableau::{Credential, SiteAddress};

const PAT: [&str; 2] = ["TABLEAU_PAT_NAME", "TABLEAU_PAT_SECRET"];
const APP: [&str; 4] = [
    "TABLEAU_APP_CLIENT_ID",
    "TABLEAU_APP_SECRET_ID",
    "TABLEAU_APP_SECRET",
    "TABLEAU_APP_USER",
];

/// The site and the credential that the environment holds, if any.
///
/// # Errors
/// Which variable is missing, or holds no address.
pub(super) fn read(
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<(SiteAddress, Credential)>, String> {
    let set = |name: &str| env(name).filter(|it| !it.trim().is_empty());
    let is_any_set = |names: &[&str]| names.iter().any(|name| set(name).is_some());
    if !is_any_set(&PAT) && !is_any_set(&APP) {
        return Ok(None);
    }
    let need = |name: &str| set(name).ok_or(format!("{name} is not set"));
    let credential = if is_any_set(&PAT) {
        Credential::Pat {
            name: need(PAT[0])?,
            secret: SecretString::from(need(PAT[1])?),
        }
    } else {
        Credential::ConnectedApp {
            client_id: need(APP[0])?,
            secret_id: need(APP[1])?,
            secret: SecretString::from(need(APP[2])?),
            user: need(APP[3])?,
        }
    };
    let url = need("TABLEAU_SITE_URL")?;
    let address = SiteAddress::parse(&url).map_err(|it| format!("TABLEAU_SITE_URL: {it}"))?;
    Ok(Some((address, credential)))
}
