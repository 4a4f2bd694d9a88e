//! Runs a sandbox until Ctrl-C.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gerbang::reqwest::Url;
use gerbang_sandbox::{Provider as Gateway, Sandbox as Server};
use serde_json::json;

use super::format::{Format, written};
use super::settings::Settings;
use super::{lines, seeds};
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::lang::tr;
use crate::output::Output;
use crate::variables;

/// Runs a sandbox until Ctrl-C.
///
/// # Errors
///
/// [`Failure`] when it cannot start.
pub async fn run(settings: Settings, output: Output) -> Result<Exit, Failure> {
    let mut interrupt = Interrupt::listen();
    // With `--json` everything is JSON, whatever the environment says.
    let format = if output.json { Format::Json } else { settings.format };
    let begun = Arc::new(AtomicBool::new(false));
    let server = start(&settings, output, begun.clone()).await?;
    let variables = exported(&server);
    // What the program itself has asked is no traffic of the user's.
    begun.store(true, Ordering::Relaxed);
    output.text(&written(format, server.base_url(), &variables))?;
    if !output.json {
        let page = format!("{}/", server.base_url());
        output.note(&json!(null), || tr(&format!("The sandbox is at {page} until Ctrl-C.")));
    }
    if !server.address().ip().to_canonical().is_loopback() {
        let warning = format!(
            "whoever reaches {} can see and change everything in the sandbox, and have it send requests anywhere; let only a \
             network that you trust reach it",
            server.address()
        );
        output.warn(&warning);
    }
    interrupt.pressed().await;
    server.shut_down().await;
    Ok(Exit::Done)
}

/// Starts it, with the payments of its file unless it has any.
async fn start(settings: &Settings, output: Output, begun: Arc<AtomicBool>) -> Result<Server, Failure> {
    let planted = settings.seed.as_deref().map(seeds::read).transpose()?;
    let mut builder = Server::builder().listen(settings.listen).port_per_gateway(settings.ports);
    if let Some(url) = &settings.public_url {
        builder = builder.public_url(url);
    }
    if let Some(file) = &settings.state {
        builder = builder.state_file(file);
    }
    for host in &settings.allow_host {
        builder = builder.allow_host(host);
    }
    for limit in &settings.limits {
        builder = limit.of(builder);
    }
    if let Some(time) = settings.webhook_timeout {
        builder = builder.webhook_timeout(time);
    }
    for (gateway, url) in &settings.webhooks {
        builder = builder.webhook(*gateway, url);
    }
    if !settings.quiet {
        builder = builder.on_traffic(lines::printer(output, begun));
    }
    let server = builder.start().await.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidInput => Failure::usage(format!("the sandbox cannot start: {error}")),
        _ => Failure::failed(format!("the sandbox cannot start: {error}")).advise("choose another --listen or --state"),
    })?;
    if let Some(planted) = planted
        && server.payments().is_empty()
    {
        server.seed(&planted).map_err(|error| Failure::usage(format!("the file of --seed: {error}")))?;
    }
    Ok(server)
}

/// All that the gateways need to ask the sandbox, and what drives it. Any credentials will do.
fn exported(server: &Server) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    for gateway in Gateway::ALL {
        for variable in variables::of(gateway.name()) {
            let value = match Gateway::setting(&variable.name) {
                None if variable.name.ends_with("_BASE_URL") => server.url(gateway),
                value => value.unwrap_or("sandbox").to_owned(),
            };
            variables.insert(variable.name, value);
        }
    }
    variables.insert("GERBANG_SANDBOX".to_owned(), server.base_url().to_owned());
    if let Some(host) = host_in_clear(server.base_url()) {
        variables.insert("GERBANG_ALLOW_HTTP".to_owned(), host);
    }
    variables
}

/// The host of an address that clients do not take over `http:` by themselves.
fn host_in_clear(url: &str) -> Option<String> {
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "http")?;
    let host = url.host_str()?;
    let is_loopback = host == "localhost"
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    (!is_loopback).then(|| host.to_owned())
}
