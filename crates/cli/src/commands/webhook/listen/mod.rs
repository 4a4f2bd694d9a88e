//! `gerbang webhook listen`.
//!
//! It keeps nothing: a ledger knows the payments that it created itself, and what comes in here is about those of other programs.

mod endpoint;
mod event;
mod forward;
mod outcome;
mod receiver;
mod server;
mod turns;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use clap::Args;
use gerbang::Seen;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use endpoint::{Endpoint, Wanted};
use forward::Forward;
use receiver::Receiver;
use turns::Turns;

use crate::args::{Global, TestMode, address};
use crate::failure::{Exit, Failure};
use crate::handle::Handle;
use crate::interrupt::Interrupt;
use crate::lang::tr;
use crate::output::{DIM, Output};
use crate::provider::Provider;
use crate::settings::Settings;

/// How many notifications are processed at one time; others are answered 503, so that they are sent again.
const MAX_AT_ONCE: usize = 64;

/// `gerbang webhook listen`.
#[derive(Args, Debug)]
#[command(after_help = "A ping that a dashboard sends as a test is no notification: it is answered 400.\n\n\
    Exit codes: 130 after Ctrl-C. With --once: 0 confirmed, or signed and says paid;\n\
    1 refused, not expected or of the test mode; 3 not paid;\n\
    5 proves nothing, or not paid yet;\n\
    6 the gateway, or the address to forward to, cannot be reached.\n\n\
    Examples:\n  \
    gerbang webhook listen --forward http://127.0.0.1:3000/hooks/{provider}\n  \
    gerbang webhook listen --once --expect kropay:10000:10020::ORDER-1:PG-1")]
pub struct Listen {
    /// The address to listen at, or the port of this machine; 0 is any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0", value_parser = address)]
    listen: SocketAddr,
    /// The gateways, each at /NAME; all whose key is set, or which need none, unless given
    #[arg(short, long, value_name = "NAME", hide_possible_values = true)]
    provider: Vec<Provider>,
    /// Forward what is confirmed, and pass the answer back; {provider} is the place of its name
    #[arg(long, value_name = "URL", value_parser = forward::parse)]
    forward: Option<String>,
    /// Forward also what nobody has confirmed, marked so
    #[arg(long, requires = "forward", conflicts_with_all = ["expect", "ask"])]
    unconfirmed: bool,
    /// End after one notification
    #[arg(long)]
    once: bool,
    /// A payment, as `gerbang pay` printed it: confirm what comes with it, or refuse
    #[arg(long, value_name = "PAYMENT")]
    expect: Vec<Handle>,
    /// Ask the gateway about payments that nobody expects, as --forward does by itself
    #[arg(long)]
    ask: bool,
    #[command(flatten)]
    test_mode: TestMode,
}

/// Receives notifications until Ctrl-C, or the first one.
///
/// # Errors
///
/// [`Failure`] of the settings, or when the address cannot be listened at.
pub async fn run(listen: &Listen, global: &Global, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let mut interrupt = Interrupt::listen();
    // What is forwarded is confirmed, unless it is not wanted so.
    let by_itself = listen.forward.is_some() && !listen.unconfirmed && listen.expect.is_empty();
    let wanted = Wanted { providers: &listen.provider, expected: &listen.expect, ask: listen.ask || by_itself };
    let (endpoints, left_out) = endpoint::endpoints(&wanted, settings)?;
    endpoint::check_one_account(&endpoints, global)?;
    let providers = || endpoints.values().map(|endpoint| endpoint.provider);
    let forward = listen.forward.as_ref().map(|url| Forward::new(url, providers(), settings.timeout)).transpose()?;
    // Those that nobody named are there for whoever needs them.
    for provider in providers().filter(|_| wanted.is_named()) {
        provider.warn(output);
    }
    let failure = |error: io::Error| Failure::failed(format!("{} cannot be listened at: {error}", listen.listen));
    let listener = TcpListener::bind(listen.listen).await.map_err(failure)?;
    let address = listener.local_addr().map_err(failure)?;
    print_addresses(address, &endpoints, &left_out, output)?;

    let (ended, end) = watch::channel(None);
    let expected = listen.expect.iter().map(|handle| listen.test_mode.expected(handle.payment().clone())).collect();
    let receiver = Arc::new(Receiver {
        endpoints,
        expected: Mutex::new(expected),
        ask: wanted.ask,
        test_mode: listen.test_mode,
        global: global.clone(),
        forward,
        seen: Seen::default(),
        turns: Turns::default(),
        at_once: Semaphore::new(MAX_AT_ONCE),
        diagnosing: Arc::new(Semaphore::new(1)),
        ended: listen.once.then_some(ended),
        output,
    });
    let router = Router::new().fallback(receiver::receive).with_state(receiver);
    // What is under way then is answered: the gateway would not know whether it has arrived.
    let ended = async {
        tokio::select! {
            () = first(end.clone()) => {}
            () = interrupt.pressed() => {}
        }
    };
    server::serve(listener, router, ended).await;
    let exit = *end.borrow();
    Ok(exit.unwrap_or(Exit::Interrupted))
}

/// Ends when the first notification has been processed, if it is the only one.
async fn first(mut end: watch::Receiver<Option<Exit>>) {
    if end.wait_for(Option::is_some).await.is_err() {
        // Nothing ends it but Ctrl-C.
        std::future::pending::<()>().await;
    }
}

/// Prints where notifications are received.
fn print_addresses(
    address: SocketAddr,
    endpoints: &BTreeMap<&'static str, Endpoint>,
    left_out: &BTreeMap<&'static str, String>,
    output: Output,
) -> Result<(), Failure> {
    let reachable = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
        _ => address,
    };
    let url = |name: &str| format!("http://{reachable}/{name}");
    let urls: BTreeMap<_, _> = endpoints.keys().map(|name| (*name, url(name))).collect();
    let note = note(address.ip());
    let printed = json!({"listening": address, "urls": urls, "left_out": left_out, "note": note});
    output.needed(&printed, || {
        let mut text = tr(match note {
            Some(_) => "Notifications are received at:",
            None => "Set at the gateway as the address for notifications:",
        });
        for (name, url) in &urls {
            _ = write!(text, "\n  {name:<12}{url}");
        }
        for (name, why) in left_out {
            _ = write!(text, "\n  {DIM}{name:<12}{} {}{DIM:#}", tr("left out:"), tr(why));
        }
        text
    })?;
    if let Some(note) = note.filter(|_| !output.json) {
        output.note(&json!(null), || tr(&note));
    }
    output.hint("Ctrl-C ends.");
    Ok(())
}

/// What to do so that a gateway reaches an address; none where it may reach it as it is.
fn note(ip: IpAddr) -> Option<String> {
    if ip.is_loopback() {
        return Some(format!(
            "No gateway reaches {ip}, an address of this machine: put a tunnel before it and set the tunnel's address with the \
             same path, or ask with `gerbang watch`, which needs no address."
        ));
    }
    ip.is_unspecified().then(|| "Set this machine's public address in the place of 127.0.0.1.".to_owned())
}
