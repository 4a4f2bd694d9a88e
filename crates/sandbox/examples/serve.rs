//! Runs the sandbox until Ctrl-C.
//!
//! `cargo run -p gerbang-sandbox --example serve [-- --listen ADDRESS] [--webhook PROVIDER=URL]…`

use gerbang_sandbox::{Provider, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Sandbox::builder();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
        builder = match argument.as_str() {
            "--listen" => builder.listen(value.parse()?),
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
    tokio::signal::ctrl_c().await?;
    Ok(())
}
