//! `gerbang sandbox`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use gerbang_sandbox::{Provider as Gateway, Sandbox as Server};
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::klink_sandbox::{WEBHOOK_KEY, klink_client, klink_product};
use crate::output::Output;
use crate::variables;

/// `gerbang sandbox`.
#[derive(Args, Debug)]
#[command(
    after_help = "Paste the lines that it prints into another shell; the other commands ask the sandbox there.\n\n\
    Example: gerbang sandbox --listen 127.0.0.1:8080 --state sandbox.json"
)]
pub struct Sandbox {
    /// Where to listen; 127.0.0.1 and a free port unless given. Who reaches it can change everything in it
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Keep the payments in this file over restarts
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Where a gateway's notifications go, such as kropay=http://127.0.0.1:3000/paid; several times for several
    #[arg(long, value_name = "GATEWAY=URL", value_parser = webhook)]
    webhook: Vec<(Gateway, String)>,
    /// Give each gateway a port of its own: those that follow the port to listen at, or free ones
    #[arg(long)]
    ports: bool,
}

/// Runs a sandbox until Ctrl-C.
///
/// # Errors
///
/// [`Failure`] when it cannot start.
pub async fn run(sandbox: &Sandbox, output: Output) -> Result<Exit, Failure> {
    let mut interrupt = Interrupt::listen();
    let mut builder = Server::builder()
        .klink_webhook_key(WEBHOOK_KEY)
        .pakasir_webhook_secret(WEBHOOK_KEY)
        .port_per_gateway(sandbox.ports);
    if let Some(address) = sandbox.listen {
        builder = builder.listen(address);
    }
    if let Some(file) = &sandbox.state {
        builder = builder.state_file(file);
    }
    for (gateway, url) in &sandbox.webhook {
        builder = builder.webhook(*gateway, url);
    }
    let server = builder.start().await.map_err(|error| {
        Failure::failed(format!("the sandbox cannot start: {error}")).advise("choose another --listen or --state")
    })?;
    let variables = exported(&server).await?;
    output.result(&json!({"page": server.base_url(), "variables": variables}), || {
        let lines: Vec<_> = variables.iter().map(|(name, value)| format!("export {name}={value}")).collect();
        lines.join("\n")
    })?;
    if !output.json {
        output.note(&json!(null), || format!("The sandbox is at {}/ until Ctrl-C.", server.base_url()));
    }
    interrupt.pressed().await;
    Ok(Exit::Done)
}

/// All that the gateways need to ask the sandbox. Any credentials will do.
async fn exported(server: &Server) -> Result<BTreeMap<String, String>, Failure> {
    let (bank, product) = klink_product(&klink_client(server)?).await?;
    let mut variables = BTreeMap::new();
    for gateway in Gateway::ALL {
        for variable in variables::of(gateway.name()) {
            let key = variable.name.splitn(3, '_').last().unwrap_or_default();
            let value = match key {
                "BASE_URL" => server.url(gateway),
                "WEBHOOK_KEY" | "WEBHOOK_SECRET" => WEBHOOK_KEY.to_owned(),
                "PROJECT_ID" | "STORE_ID" => "1".to_owned(),
                "BANK_CODE" => bank.clone(),
                "PRODUCT_CODE" => product.clone(),
                _ => "sandbox".to_owned(),
            };
            variables.insert(variable.name, value);
        }
    }
    Ok(variables)
}

/// `kropay=http://…`.
fn webhook(text: &str) -> Result<(Gateway, String), String> {
    let (name, url) = text.split_once('=').ok_or("it is GATEWAY=URL")?;
    let names = || format!("the gateways are {}", Gateway::ALL.map(Gateway::name).join(", "));
    let gateway = name.parse().map_err(|_| names())?;
    match url.starts_with("http://") {
        true => Ok((gateway, url.to_owned())),
        false => Err("the address must begin with http://".into()),
    }
}
