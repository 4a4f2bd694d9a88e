//! Whoever cannot prove to be the provider gets nothing.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gerbang_core::operation::{CredentialUse, Operation, Place};
use gerbang_core::{Credential, Credentials, Delivery, Error, Kind, Secret};
use gerbang_transport::{Builder, Network, Request};
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

static CREATE: Operation = Operation {
    provider: "test",
    id: "create",
    method: "POST",
    credentials: &[CredentialUse { credential: "key", place: Place::Bearer }],
    ..Operation::BASE
};

const KEY: &str = "CANARY-not-a-real-key";
/// The address that the client asks.
const HOST: &str = "127.0.0.1";

struct Key(Secret);

impl Credentials for Key {
    fn get(&self, name: &str) -> Option<Credential<'_>> {
        (name == "key").then_some(Credential::Secret(&self.0))
    }

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.0]
    }
}

/// Somebody who signs certificates.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // A name of its own: whoever signs a certificate of his own name is taken for self-signed.
        params.distinguished_name.push(DnType::CommonName, "authority");
        Self { certificate: params.self_signed(&key).unwrap(), issuer: Issuer::new(params, key) }
    }

    fn sign(&self, params: &CertificateParams) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }
}

fn params(host: &str) -> CertificateParams {
    CertificateParams::new(vec![host.to_owned()]).unwrap()
}

/// What the server does with a connection.
enum Side {
    /// It speaks TLS with this certificate.
    Tls(Box<(Certificate, KeyPair)>),
    /// It answers the handshake in plain HTTP.
    Plain,
    /// It hangs up during the handshake.
    HangsUp,
}

/// A server on this machine that answers every request with success.
struct Server {
    url: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl Server {
    async fn start(side: Side) -> Self {
        let listener = TcpListener::bind((HOST, 0)).await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let (connections, requests) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (connected, requested) = (connections.clone(), requests.clone());
        let acceptor = match &side {
            Side::Tls(identity) => Some(acceptor(identity)),
            Side::Plain | Side::HangsUp => None,
        };
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                connected.fetch_add(1, Ordering::SeqCst);
                match &acceptor {
                    Some(acceptor) => {
                        let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                        if matches!(stream.read_u8().await, Ok(b'P')) {
                            requested.fetch_add(1, Ordering::SeqCst);
                            let reply = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
                            let _ = stream.write_all(reply).await;
                            let _ = stream.shutdown().await;
                        }
                    }
                    None if matches!(side, Side::Plain) => {
                        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
                        // Until the client hangs up: data that was not read would reset the connection.
                        while stream.read(&mut [0; 1024]).await.is_ok_and(|count| count > 0) {}
                    }
                    None => drop(stream.read_u8().await),
                }
            }
        });
        Self { url, connections, requests }
    }

    /// Sends the key to a server of whose provider's certificates this authority is the only signer.
    async fn call(&self, trusted: &Authority) -> Result<Value, Error> {
        let network = Network::new().root_certificates(trusted.certificate.pem());
        let builder = Builder::new("test", &self.url, Key(KEY.into()), |transport| transport).network(network);
        builder.build().unwrap().call(Request::new(&CREATE)).await
    }
}

fn acceptor((certificate, key): &(Certificate, KeyPair)) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate.der().clone()], key).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

#[tokio::test]
async fn a_good_certificate_is_accepted() {
    let authority = Authority::new();
    let server = Server::start(Side::Tls(authority.sign(&params(HOST)).into())).await;
    server.call(&authority).await.unwrap();
    assert_eq!(server.requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn invalid_certificate_is_refused_before_sending() {
    let authority = Authority::new();
    let (mut expired, mut early) = (params(HOST), params(HOST));
    expired.not_after = date_time_ymd(2020, 1, 1);
    early.not_before = date_time_ymd(2090, 1, 1);
    let own_key = KeyPair::generate().unwrap();
    for (name, identity) in [
        ("expired", authority.sign(&expired)),
        ("not valid yet", authority.sign(&early)),
        ("of another host", authority.sign(&params("pay.example.com"))),
        ("of an unknown signer", Authority::new().sign(&params(HOST))),
        ("self-signed", (params(HOST).self_signed(&own_key).unwrap(), own_key)),
    ] {
        let server = Server::start(Side::Tls(identity.into())).await;
        assert_refused(name, server.call(&authority).await.unwrap_err());
        assert_eq!(server.requests.load(Ordering::SeqCst), 0, "{name}: a request came through");
        assert_eq!(server.connections.load(Ordering::SeqCst), 1, "{name}: it was tried again");
    }
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_refused() {
    let server = Server::start(Side::Plain).await;
    assert_refused("plain", server.call(&Authority::new()).await.unwrap_err());
}

#[track_caller]
fn assert_refused(name: &str, error: Error) {
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (Kind::Tls, Delivery::NotSent, 1),
        "{name}: {error}"
    );
    let mut said = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(source) = cause {
        said.push_str(&format!("{source} {source:?}"));
        cause = source.source();
    }
    assert!(!said.contains("CANARY") && !said.contains("https://"), "{name}: {said}");
    println!("{name}: {error}");
}

#[tokio::test]
async fn a_network_that_breaks_during_the_handshake_may_pass() {
    let server = Server::start(Side::HangsUp).await;
    let error = server.call(&Authority::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Connect, Delivery::NotSent, 3), "{error}");
    assert_eq!(server.connections.load(Ordering::SeqCst), 3);
}
