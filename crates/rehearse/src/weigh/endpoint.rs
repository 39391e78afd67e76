//! AWS over TLS on this machine: the region, behind a certificate of our own.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::serve::Listener;
use rcgen::{
    BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PKCS_RSA_SHA256, RsaKeySize,
};
use region::http;
use region::live::Live;
use region::region::{Region, Settings};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;

use super::Trouble;
use crate::scene::Scene;
use crate::stack::{self, ADAPTER};
use crate::virtually::EPOCH;

/// Where Linux distributions keep their root certificates. Lambda's runtime has some
/// 140, and reading them is a part of the first call.
const BUNDLES: [&str; 2] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// The region over TLS, until this is dropped.
#[derive(Debug)]
pub(super) struct Endpoint {
    url: String,
    bundle: PathBuf,
    roots: usize,
    live: Live,
    serving: JoinHandle<io::Result<()>>,
}

impl Endpoint {
    pub(super) async fn open() -> Result<Self, Trouble> {
        let socket = |error| Trouble::System("cannot open the endpoint", error);
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(socket)?;
        let url = format!("https://localhost:{}", listener.local_addr().map_err(socket)?.port());
        let (acceptor, root) =
            certified().map_err(|error| Trouble::Certificate(error.to_string()))?;
        let system = BUNDLES.iter().find_map(|path| fs::read_to_string(path).ok());
        let text = system.unwrap_or_default() + &root;
        let bundle = std::env::temp_dir().join(format!("rehearse-{}.pem", std::process::id()));
        fs::write(&bundle, &text)
            .map_err(|error| Trouble::System("cannot write the root certificates", error))?;

        let wiring = stack::wiring(&ADAPTER)?;
        let live = Live::new(Region::new(wiring.clone(), Settings::default(), 1, EPOCH), EPOCH);
        Scene::short(1)
            .set(&live)
            .map_err(|error| Trouble::System("cannot set the scene", io::Error::other(error)))?;
        let serving = tokio::spawn(http::serve(Tls { listener, acceptor }, live.clone(), wiring));
        let roots = text.matches("BEGIN CERTIFICATE").count();
        Ok(Self { url, bundle, roots, live, serving })
    }

    /// What a function takes for AWS.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The file of root certificates to trust.
    pub(super) fn bundle(&self) -> &Path {
        &self.bundle
    }

    /// How many these are.
    pub(super) fn roots(&self) -> usize {
        self.roots
    }

    /// Calls answered so far.
    pub(super) fn calls(&self) -> u64 {
        self.live.observe(|region, _| region.calls().values().sum())
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.serving.abort();
        // A file that is gone is what is wanted.
        let _ = fs::remove_file(&self.bundle);
    }
}

/// A certificate for localhost, RSA as AWS's are, and the root that signed it.
fn certified() -> Result<(TlsAcceptor, String), Box<dyn std::error::Error>> {
    let key = || KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048);
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = key()?;
    let root = authority.self_signed(&authority_key)?.pem();
    let issuer = Issuer::new(authority, authority_key);
    let server_key = key()?;
    let server =
        CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&server_key, &issuer)?;
    let secret = PrivateKeyDer::try_from(server_key.serialize_der())?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![server.der().clone()], secret)?;
    Ok((TlsAcceptor::from(Arc::new(config)), root))
}

/// A listener whose connections are TLS.
struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            // Whoever breaks the handshake off comes again or does not.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
