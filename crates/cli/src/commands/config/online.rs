//! `gerbang config check --online`: whether each gateway takes its key.

use std::hash::{BuildHasher, Hasher, RandomState};

use comfy_table::{Table, presets};
use gerbang::operation::Idempotency;
use gerbang::reqwest::Url;
use gerbang::{Kind, Lookup, Payment, PaymentStatus};
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::generated::APIS;
use crate::interrupt::Interrupt;
use crate::lang::tr;
use crate::operation::{Api, Given};
use crate::output::Output;
use crate::printable::printable;
use crate::provider::Provider;
use crate::settings::Settings;
use crate::variables;

/// What a gateway makes of its key.
enum Key {
    Right,
    Wrong(String),
    /// Neither is known, because of this.
    Unknown(String, Exit),
}

/// Asks every gateway whose credentials are set, one after the other.
///
/// # Errors
///
/// [`Failure`] when no gateway has all that it needs, on Ctrl-C, or when it cannot be printed.
pub async fn run(settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["GATEWAY", "SERVER", "KEY", ""].map(tr));
    let mut exit = Exit::Done;
    let gateways: Vec<_> = gateways(settings).collect();
    if gateways.is_empty() {
        return Err(Failure::usage("no gateway has all that it needs; nothing was asked"));
    }
    let mut interrupt = Interrupt::listen();
    for (provider, api) in gateways {
        let asked = async { Ok(ask(provider, api, settings).await) };
        let key = judged(interrupt.unless_pressed(asked, interrupted).await?);
        let (word, why, code) = match key {
            Key::Right => ("right", None, Exit::Done),
            Key::Wrong(why) => ("wrong", Some(why), Exit::Refused),
            Key::Unknown(why, code) => ("unknown", Some(why), code),
        };
        // A wrong key is worse than a gateway that is away.
        if exit == Exit::Done || code == Exit::Refused {
            exit = code;
        }
        let server = server(api, settings)?;
        if output.json {
            let line = json!({"gateway": provider.name(), "server": server, "key": word, "why": why});
            output.result(&line, String::new)?;
        }
        let (server, why) = (server.as_deref().unwrap_or("–"), why.as_deref().unwrap_or_default());
        table.add_row([provider.name(), &printable(server), &tr(word), &printable(why)]);
    }
    if !output.json {
        output.text(&format!("\n{}", table.trim_fmt()))?;
    }
    Ok(exit)
}

fn interrupted() -> Failure {
    Failure::new(Exit::Interrupted, "interrupted; nothing was changed")
}

/// The gateways that have an API of their own and all that they need.
fn gateways(settings: &Settings) -> impl Iterator<Item = (Provider, &'static Api)> {
    let is_set = |provider: &Provider| {
        let mut required = variables::of(provider.section()).into_iter().filter(|variable| variable.required);
        required.all(|variable| settings.origin(&variable.name).is_some())
    };
    let own = |provider: Provider| Some((provider, APIS.iter().find(|api| api.name == provider.name())?));
    Provider::all().filter(is_set).filter_map(own)
}

/// Where the gateway is asked, as it may be shown.
fn server(api: &Api, settings: &Settings) -> Result<Option<String>, Failure> {
    let section = Provider::named(api.name)?.section();
    let named = settings.read(&format!("GERBANG_{}_BASE_URL", section.to_uppercase()))?;
    Ok(shown(&named.filter(|url| !url.trim().is_empty()).unwrap_or_else(|| api.server.to_owned())))
}

/// An address without user, password, query and fragment, which may be secret; none where it is no address of a server.
fn shown(address: &str) -> Option<String> {
    let mut url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let has_user = !url.username().is_empty() || url.password().is_some();
    if !has_user && url.query().is_none() && url.fragment().is_none() {
        return Some(address.to_owned());
    }
    url.set_query(None);
    url.set_fragment(None);
    let is_without = url.set_username("").is_ok() && url.set_password(None).is_ok();
    is_without.then(|| String::from(url))
}

/// Asks something that changes nothing: an operation that needs no values, or what became of a payment that cannot exist.
async fn ask(provider: Provider, api: &'static Api, settings: &Settings) -> Result<(), Failure> {
    let is_free = |command: &&crate::operation::OperationCommand| {
        command.operation.idempotency == Idempotency::Safe && !command.arguments.iter().any(|it| it.required)
    };
    if let Some(command) = api.commands.iter().find(is_free) {
        (api.call)(settings, command.operation.id, &Given::default()).await?;
        return Ok(());
    }
    let gateway = provider.gateway(settings)?;
    let name = format!("GERBANG-CHECK-{:016x}", RandomState::new().build_hasher().finish());
    let mut payment = Payment::new(provider.name(), provider.capabilities().least_amount, PaymentStatus::Pending);
    (payment.reference, payment.id) = (Some(name.clone()), Some(name));
    gateway.payment(Lookup::Payment(&payment)).await?;
    Ok(())
}

fn judged(answer: Result<(), Failure>) -> Key {
    let Err(failure) = answer else { return Key::Right };
    match failure.kind() {
        // It looked for the payment.
        Some(Kind::NotFound | Kind::Gone) => Key::Right,
        Some(Kind::Authentication) => Key::Wrong(failure.to_string()),
        _ => Key::Unknown(failure.to_string(), failure.exit()),
    }
}
