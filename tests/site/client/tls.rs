//! Certificates: which are trusted, and what is said of the others.

use std::net::SocketAddr;
use std::sync::Arc;

use expect_test::expect;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::Setup;
use crate::support::tableau::{Standin, shop};

/// An authority, and a server's certificate by it for this host.
pub(crate) struct Certified {
    pub(crate) authority_pem: String,
    pub(crate) config: ServerConfig,
}

pub(crate) fn certified(host: &str, authority: &str) -> Certified {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params
        .distinguished_name
        .push(DnType::CommonName, authority);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority_pem = params.self_signed(&key).expect("an authority").pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![host.to_owned()]).expect("parameters");
    let certificate = params.signed_by(&key, &issuer).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
        );
    Certified {
        authority_pem,
        config: config.expect("a configuration"),
    }
}

/// Speaks TLS before a server that does not.
pub(crate) async fn front(server: SocketAddr, config: ServerConfig) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!(
        "https://{}/#/site/acme",
        listener.local_addr().expect("bound")
    );
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut outside = acceptor.accept(stream).await?;
                let mut inside = TcpStream::connect(server).await?;
                copy_bidirectional(&mut outside, &mut inside).await
            });
        }
    });
    address
}

/// Signs in through TLS; the outcome, with the port by name.
async fn sign_in(host: &str, change: impl FnOnce(&mut Setup, String)) -> String {
    let running = Standin::start(shop::site());
    let certified = certified(host, "Acme");
    let address = front(running.socket(), certified.config).await;
    let port = address.split([':', '/']).nth(4).expect("a port").to_owned();
    let mut setup = Setup::at(&address);
    change(&mut setup, certified.authority_pem);
    let signed_in = match setup.try_client() {
        Ok(client) => client.sign_in().await,
        Err(error) => Err(error),
    };
    let sent_secret = running.requests().iter().any(|it| it.has_credential);
    let told = match signed_in {
        Ok(_) => "signed in".to_owned(),
        Err(error) => format!("{error}\n{}", error.hint()),
    };
    format!("{told}\nsecret sent: {sent_secret}").replace(&port, "PORT")
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused_and_named() {
    let unchanged = sign_in("127.0.0.1", |_, _| {}).await;
    let other = certified("127.0.0.1", "Other").authority_pem;
    let told = sign_in("127.0.0.1", |setup, _| {
        setup.options.ca_pem = Some(other.into());
    })
    .await;
    expect![[r#"
        cannot connect to 127.0.0.1:PORT: its certificate is not trusted (its issuer is unknown here)
        if your organisation has its own certificates, name their CA file with tableau.ca_file in your own config.yml; only if that is impossible, list 127.0.0.1:PORT in tableau.insecure there
        secret sent: false"#]].assert_eq(&told);
    assert_eq!(
        unchanged, told,
        "neither the system's authorities nor others"
    );
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let told = sign_in("bi.acme.com", |setup, authority| {
        setup.options.ca_pem = Some(authority.into());
    });
    expect![[r#"
        cannot connect to 127.0.0.1:PORT: its certificate is not trusted (it is for another host)
        if your organisation has its own certificates, name their CA file with tableau.ca_file in your own config.yml; only if that is impossible, list 127.0.0.1:PORT in tableau.insecure there
        secret sent: false"#]].assert_eq(&told.await);
}

#[tokio::test]
async fn an_authority_of_the_user_s_own_is_trusted() {
    let told = sign_in("127.0.0.1", |setup, authority| {
        setup.options.ca_pem = Some(authority.into());
    });
    expect![[r#"
        signed in
        secret sent: true"#]]
    .assert_eq(&told.await);
}

#[tokio::test]
async fn insecure_trusts_anything() {
    let told = sign_in("bi.acme.com", |setup, _| setup.options.insecure = true);
    expect![[r#"
        signed in
        secret sent: true"#]]
    .assert_eq(&told.await);
}

#[tokio::test]
async fn a_ca_file_that_holds_no_certificate_is_refused() {
    for pem in ["", "no certificate", "-----BEGIN CERTIFICATE-----\n????\n"] {
        let mut setup = Setup::at("https://bi.invalid/#/site/acme");
        setup.options.ca_pem = Some(pem.into());
        let error = setup.try_client().expect_err("no certificate");
        assert!(matches!(error, tableau::SiteError::SetUp { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_not_called_a_bad_certificate() {
    let running = Standin::start(shop::site());
    let mut setup = Setup::at(&running.address().replace("http:", "https:"));
    setup.options.insecure = true;
    let error = setup.client().sign_in().await.expect_err("no TLS there");
    let told = error
        .to_string()
        .replace(&running.socket().to_string(), "SITE");
    expect!["cannot reach SITE: the connection failed (what answers there does not speak TLS)"]
        .assert_eq(&told);
}
