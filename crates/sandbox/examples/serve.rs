//! Runs the sandbox until Ctrl-C.
//!
//! `cargo run -p gerbang-sandbox --example serve [-- --listen ADDRESS] [--ports] [--webhook PROVIDER=URL]… [--state FILE]`
//!
//! With `--ports` each gateway has a port of its own: those that follow the port of ADDRESS, or free ones if it is 0.

use gerbang_sandbox::{Provider, Sandbox};

/// With which notifications are signed here; it is no secret.
const WEBHOOK_KEY: &str = "sandbox-webhook-key";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Sandbox::builder().klink_webhook_key(WEBHOOK_KEY).pakasir_webhook_secret(WEBHOOK_KEY);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--ports" {
            builder = builder.port_per_gateway(true);
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
        builder = match argument.as_str() {
            "--listen" => builder.listen(value.parse()?),
            "--state" => builder.state_file(value),
            "--webhook" => {
                let (provider, url) = value.split_once('=').ok_or("--webhook takes PROVIDER=URL")?;
                builder.webhook(provider.parse()?, url)
            }
            _ => return Err(format!("unknown argument {argument}").into()),
        };
    }
    let sandbox = builder.start().await?;
    for provider in Provider::ALL {
        println!("export GERBANG_{}_BASE_URL={}", provider.name().to_uppercase(), sandbox.url(provider));
    }
    println!("export GERBANG_KLINK_WEBHOOK_KEY={WEBHOOK_KEY}");
    println!("export GERBANG_PAKASIR_WEBHOOK_SECRET={WEBHOOK_KEY}");
    tokio::signal::ctrl_c().await?;
    Ok(())
}
