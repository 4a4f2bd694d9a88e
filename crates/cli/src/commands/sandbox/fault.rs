//! `gerbang sandbox fault`: calls to a gateway that go wrong.

use clap::{Args, ValueEnum};
use gerbang::reqwest::Method;
use serde_json::{Value, json};

use super::running::{Named, Place, Running};
use super::settings::gateway;
use crate::failure::{Exit, Failure};
use crate::lang::tr;
use crate::output::Output;
use crate::provider::Provider;

/// `gerbang sandbox fault`.
#[derive(Args, Debug)]
#[command(
    after_help = "Effects: close (the connection, instead of a reply), refuse, reply (another one), truncate (half of\n\
    the reply), delay (of the reply), later (the call is carried out later).\n\n\
    Example: gerbang sandbox fault kropay close --carried-out --operation create_payment"
)]
pub struct Fault {
    /// A gateway, or a payment: then calls to its gateway go wrong
    #[arg(value_name = "GATEWAY|REFERENCE", required_unless_present = "clear")]
    target: Option<String>,
    /// What happens
    #[arg(value_name = "EFFECT", required_unless_present = "clear", hide_possible_values = true)]
    effect: Option<Effect>,
    /// The only operation that goes wrong, such as create_payment
    #[arg(long, value_name = "OPERATION")]
    operation: Option<String>,
    /// How many calls go wrong; 1 unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    times: Option<u32>,
    /// All calls go wrong
    #[arg(long, conflicts_with = "times")]
    always: bool,
    /// close, refuse, reply: the call is carried out all the same
    #[arg(long)]
    carried_out: bool,
    /// delay, later: by how much; 5000 unless given
    #[arg(long, value_name = "N", default_value_t = 5_000, hide_default_value = true)]
    milliseconds: u64,
    /// refuse: what the gateway says
    #[arg(long, value_name = "TEXT", default_value = "refused by the sandbox", hide_default_value = true)]
    message: String,
    /// reply: the status; 500 unless given
    #[arg(long, value_name = "STATUS", default_value_t = 500, hide_default_value = true)]
    status: u16,
    /// reply: the body
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    body: String,
    /// Remove all faults
    #[arg(long, conflicts_with_all = [
        "target", "effect", "operation", "times", "always", "carried_out", "milliseconds", "message", "status", "body",
    ])]
    clear: bool,
    #[command(flatten)]
    place: Place,
}

/// What happens to a call.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Effect {
    Close,
    Refuse,
    Reply,
    Truncate,
    Delay,
    Later,
}

/// Sets a fault, or removes all.
///
/// # Errors
///
/// [`Failure`] when the sandbox does not answer, or refuses it.
pub async fn run(fault: &Fault, output: Output) -> Result<Exit, Failure> {
    let mut running = fault.place.running()?;
    let (Some(target), Some(effect)) = (&fault.target, fault.effect) else {
        let removed = running.change(Method::DELETE, "faults", None).await?;
        output.result(&removed, || tr(&format!("faults removed: {}", removed["removed"])))?;
        return Ok(Exit::Done);
    };
    let wanted = fault.wanted(&mut running, target, effect).await?;
    let added = running.change(Method::POST, "faults", Some(wanted.clone())).await?;
    output.result(&added, || {
        let provider = wanted["provider"].as_str().unwrap_or_default();
        let of_it = |operation: &String| format!("{operation} calls");
        let which = fault.operation.as_ref().map_or_else(|| "calls".to_owned(), of_it);
        let times = match (fault.always, fault.times.unwrap_or(1)) {
            (true, _) => "every time".to_owned(),
            (false, 1) => "once".to_owned(),
            (false, times) => format!("{times} times"),
        };
        tr(&format!("fault {}: {which} to {provider} go wrong {times}", added["number"]))
    })?;
    Ok(Exit::Done)
}

impl Fault {
    /// The fault as the sandbox takes it.
    async fn wanted(&self, running: &mut Running, target: &str, effect: Effect) -> Result<Value, Failure> {
        let provider = match gateway(target) {
            Ok(provider) => provider,
            Err(_) => {
                let named = Named { reference: target.to_owned(), provider: None };
                running.existing(&named).await.map_err(|failure| failure.advise("it is no gateway either"))?.0.provider
            }
        };
        let times = (!self.always).then(|| self.times.unwrap_or(1));
        let mut wanted = json!({"provider": provider, "operation": self.operation_of(target), "times": times});
        let members = match effect {
            Effect::Close => json!({"effect": "close", "carried_out": self.carried_out}),
            Effect::Refuse => {
                json!({"effect": "refuse", "message": self.message, "carried_out": self.carried_out})
            }
            Effect::Reply => json!({
                "effect": "reply", "status": self.status, "content_type": "text/plain", "body": self.body,
                "carried_out": self.carried_out,
            }),
            Effect::Truncate => json!({"effect": "truncate"}),
            Effect::Delay => json!({"effect": "delay", "milliseconds": self.milliseconds}),
            Effect::Later => json!({"effect": "later", "milliseconds": self.milliseconds}),
        };
        if let (Some(wanted), Value::Object(members)) = (wanted.as_object_mut(), members) {
            wanted.extend(members);
        }
        Ok(wanted)
    }

    /// The operation, as the sandbox names it: one of Pakasir's begins with the API, which the gateway's name says, too.
    fn operation_of(&self, target: &str) -> Option<String> {
        let operation = self.operation.as_deref()?;
        let api = Provider::named(target).ok().filter(|provider| provider.section() == "pakasir");
        let version = api.and_then(|provider| provider.name().strip_prefix("pakasir-"));
        Some(match version.filter(|_| !operation.contains('/')) {
            Some(version) => format!("{version}/{operation}"),
            None => operation.to_owned(),
        })
    }
}
