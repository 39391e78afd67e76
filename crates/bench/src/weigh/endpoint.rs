//! The simulated region over TLS on this machine, with a generated certificate.

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

use super::Error;
use scenarios::draining::cluster::DrainedCluster;
use scenarios::hooks;
use scenarios::rehearsal::EPOCH;
use scenarios::stack;

/// Where Linux distributions keep their root certificates. Lambda's runtime has about 140, and
/// reading them is part of the first call.
const BUNDLES: [&str; 2] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// The simulated region over TLS. Dropping this closes it.
#[derive(Debug)]
pub(super) struct Endpoint {
    url: String,
    bundle: PathBuf,
    roots: usize,
    live: Live,
    serving: JoinHandle<io::Result<()>>,
}

impl Endpoint {
    pub(super) async fn open() -> Result<Self, Error> {
        let socket = |error| Error::System("cannot open the endpoint", error);
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(socket)?;
        let url = format!("https://localhost:{}", listener.local_addr().map_err(socket)?.port());
        let (acceptor, root) =
            certified().map_err(|error| Error::Certificate(error.to_string()))?;
        let system = BUNDLES.iter().find_map(|path| fs::read_to_string(path).ok());
        let text = system.unwrap_or_default() + &root;
        let bundle = std::env::temp_dir().join(format!("rehearse-{}.pem", std::process::id()));
        fs::write(&bundle, &text)
            .map_err(|error| Error::System("cannot write the root certificates", error))?;

        let wiring = stack::wiring(&[])?;
        let live = Live::new(Region::new(wiring.clone(), Settings::default(), 1, EPOCH), EPOCH);
        DrainedCluster::short(1).create(&live)?;
        hooks::keep(&live, &wiring).await?;
        let serving = tokio::spawn(http::serve(Tls { listener, acceptor }, live.clone(), wiring));
        let roots = text.matches("BEGIN CERTIFICATE").count();
        Ok(Self { url, bundle, roots, live, serving })
    }

    /// The URL that functions use in place of AWS.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The file of trusted root certificates.
    pub(super) fn bundle(&self) -> &Path {
        &self.bundle
    }

    /// The number of trusted root certificates.
    pub(super) fn roots(&self) -> usize {
        self.roots
    }

    /// The number of calls that the endpoint has answered.
    pub(super) fn calls(&self) -> u64 {
        self.live.observe(|region, _| region.calls().values().sum())
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.serving.abort();
        // An error means that the file does not exist.
        let _ = fs::remove_file(&self.bundle);
    }
}

/// An RSA certificate for localhost, like AWS's, and the root that signed it.
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
            // After a failed handshake, the client may connect again.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
