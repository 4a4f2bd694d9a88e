//! The same server behind TLS: with a certificate that its authority signed, and with those that prove nothing.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::LONGEST;

/// The address that clients ask.
const HOST: &str = "127.0.0.1";

/// The name of what is wrong with a certificate, the certificate, and its key.
type Identity = (&'static str, Certificate, KeyPair);

/// The ports, by the name of what is wrong with the certificate, and the authority that clients may trust.
pub struct Tls {
    pub ports: Vec<(&'static str, u16)>,
    pub authority: String,
}

/// Starts to pass on what comes by TLS.
pub fn serve(plain: SocketAddr) -> io::Result<Tls> {
    let (certificates, authority) = certificates().map_err(io::Error::other)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut ports = Vec::new();
    for (name, certificate, key) in certificates {
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(io::Error::other)?;
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![certificate.der().clone()], key).map_err(io::Error::other)?;
        let listener = runtime.block_on(TcpListener::bind((HOST, 0)))?;
        ports.push((name, listener.local_addr()?.port()));
        runtime.spawn(listen(listener, TlsAcceptor::from(Arc::new(config)), plain));
    }
    // It lasts as long as the process.
    std::mem::forget(runtime);
    Ok(Tls { ports, authority: authority.pem() })
}

async fn listen(listener: TcpListener, acceptor: TlsAcceptor, plain: SocketAddr) {
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(timeout(LONGEST + Duration::from_secs(1), async move {
            let mut client = acceptor.accept(stream).await?;
            let mut server = TcpStream::connect(plain).await?;
            copy_bidirectional(&mut client, &mut server).await
        }));
    }
}

/// A good certificate, three bad ones, and who signed them.
fn certificates() -> Result<(Vec<Identity>, Certificate), rcgen::Error> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // A name of its own: whoever signs a certificate of his own name is taken for self-signed.
    authority.distinguished_name.push(DnType::CommonName, "authority");
    let root = authority.self_signed(&authority_key)?;
    let issuer = Issuer::new(authority, authority_key);

    let of = |host: &str| CertificateParams::new(vec![host.to_owned()]);
    let mut expired = of(HOST)?;
    expired.not_after = date_time_ymd(2020, 1, 1);
    let mut signed = Vec::new();
    for (name, params) in [("tls", of(HOST)?), ("tls-expired", expired), ("tls-other-host", of("pay.example.com")?)] {
        let key = KeyPair::generate()?;
        signed.push((name, params.signed_by(&key, &issuer)?, key));
    }
    let own_key = KeyPair::generate()?;
    signed.push(("tls-self-signed", of(HOST)?.self_signed(&own_key)?, own_key));
    Ok((signed, root))
}
