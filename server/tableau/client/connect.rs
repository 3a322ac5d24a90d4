//! How connections are made: whom to trust, which proxy, how long to wait.
//!
//! Proxies come from the environment and the system, certificates from the system's
//! store. No redirect is followed here; [`super::wire`] decides about each.

use reqwest::{Certificate, ClientBuilder, redirect, retry};

use super::ClientOptions;
use crate::address::SiteAddress;
use crate::site_error::{Said, SiteError};

const USER_AGENT: &str = concat!("exposure-lens/", env!("CARGO_PKG_VERSION"));

pub(super) fn connector(
    address: &SiteAddress,
    options: &ClientOptions,
) -> Result<reqwest::Client, SiteError> {
    let fail = |reason: Said| SiteError::SetUp {
        host: address.host().to_owned(),
        reason,
    };
    use_ring();
    let builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .referer(false)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .https_only(!address.is_plain_http())
        .connect_timeout(options.timeouts.connect)
        .read_timeout(options.timeouts.idle)
        .timeout(options.timeouts.total);
    let builder = with_proxy(builder, address, options).map_err(|it| fail(cause(it)))?;
    let builder = with_trust(builder, address, options).map_err(fail)?;
    builder.build().map_err(|it| fail(cause(it)))
}

/// Another part of the program may have chosen before us; then its choice stays.
fn use_ring() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// This machine is never asked for through a proxy, as browsers have it.
fn with_proxy(
    builder: ClientBuilder,
    address: &SiteAddress,
    options: &ClientOptions,
) -> reqwest::Result<ClientBuilder> {
    #[cfg(any(test, feature = "testing"))]
    if let Some(proxy) = &options.testing.proxy {
        return Ok(builder.no_proxy().proxy(reqwest::Proxy::all(proxy)?));
    }
    let _ = options;
    Ok(if address.is_loopback() {
        builder.no_proxy()
    } else {
        builder
    })
}

fn with_trust(
    builder: ClientBuilder,
    address: &SiteAddress,
    options: &ClientOptions,
) -> Result<ClientBuilder, Said> {
    if address.is_plain_http() {
        // Nothing to trust; a machine without certificates can still reach it.
        return Ok(builder.tls_certs_only([]));
    }
    if options.insecure {
        return Ok(builder.tls_danger_accept_invalid_certs(true));
    }
    match &options.ca_pem {
        Some(pem) => Ok(builder.tls_certs_merge(authorities(pem)?)),
        None => Ok(builder),
    }
}

fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, Said> {
    match Certificate::from_pem_bundle(pem) {
        Ok(certificates) if certificates.is_empty() => {
            Err(Said::new("the CA file holds no certificate in PEM form"))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(Said::new(&format!(
            "the CA file is unreadable: {}",
            cause(error)
        ))),
    }
}

/// The innermost reason, which names no URL.
fn cause(error: reqwest::Error) -> Said {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    Said::new(&innermost.to_string())
}
