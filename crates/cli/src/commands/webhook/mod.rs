//! `gerbang webhook`: notifications of the gateways, received, verified and sent.
//!
//! | File | Subject |
//! |---|---|
//! | `listen`, `verify`, `send` | the commands |
//! | `acknowledgement` | what a gateway takes for one |
//! | `reader` | reading a provider's notifications with the webhook key alone |
//! | `render` | printing a notification and how it was verified |
//! | `diagnosis` | why one is refused |
//! | `rewriting`, `json` | what a body may have been before it was serialized again |
//! | `message`, `sample` | headers and body as they are sent, and the documents' samples |
//! | `post` | sending over HTTP |

mod acknowledgement;
mod diagnosis;
mod json;
mod listen;
mod message;
mod post;
mod reader;
mod render;
mod rewriting;
mod sample;
mod send;
mod verify;

use clap::{Args, Subcommand};

use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::provider::Provider;
use crate::settings::Settings;

/// The largest body that is taken, in bytes. It is `MAX_NOTIFICATION` of `gerbang-core`, which `gerbang` does not re-export.
const MAX_BODY: usize = 64 * 1024;

/// `gerbang webhook`.
#[derive(Args, Debug)]
#[command(after_help = "Example: gerbang webhook listen --forward http://127.0.0.1:3000/hooks/{provider}")]
pub struct Webhook {
    #[command(subcommand)]
    pub command: WebhookCommand,
}

#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// Receive notifications, verify and explain them, and forward them
    Listen(listen::Listen),
    /// Verify a saved notification, and say why where it does not hold
    Verify(verify::Verify),
    /// Send a sample notification, signed with the configured key
    Send(send::Send),
}

/// Runs one of the commands.
///
/// # Errors
///
/// [`Failure`] of the command.
pub async fn run(webhook: &Webhook, global: &Global, output: Output) -> Result<Exit, Failure> {
    match &webhook.command {
        WebhookCommand::Listen(listen) => listen::run(listen, global, &Settings::load(global)?, output).await,
        WebhookCommand::Verify(verify) => verify::run(verify, global, &settings(verify.provider, global)?, output),
        WebhookCommand::Send(send) => send::run(send, &settings(send.provider, global)?, output).await,
    }
}

/// The settings for the notifications of a gateway. Where nothing proves them, no key is needed and no file.
fn settings(provider: Provider, global: &Global) -> Result<Settings, Failure> {
    match provider.notifications()?.proof {
        Some(_) => Settings::load(global),
        None => Ok(Settings::without_profile(global)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_reads_bodies_of_this_size() {
        let refused = |size| gerbang::kropay::read_notification(&vec![b' '; size]).unwrap_err().to_string();
        let too_large = format!("more than {MAX_BODY}");
        assert!(refused(MAX_BODY + 1).contains(&too_large) && !refused(MAX_BODY).contains(&too_large));
    }
}
