//! `gerbang webhook verify`.

use clap::Args;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use super::message::{self, read_headers, read_input};
use super::reader::Reader;
use super::{diagnosis, render};
use crate::args::{Global, TestMode};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::provider::Provider;
use crate::settings::Settings;

/// `gerbang webhook verify`.
#[derive(Args, Debug)]
#[command(after_help = "Exit codes: 0 signed and says paid, 1 refused, 3 signed and says not paid,\n\
    5 readable, but it proves nothing: ask the gateway.\n\n\
    Examples:\n  \
    gerbang webhook verify -p klink --headers headers.txt body.json\n  \
    gerbang webhook send -p klink --print |\n    \
    gerbang webhook verify -p klink --headers -")]
pub struct Verify {
    /// The gateway that it is said to come from
    #[arg(short, long, value_name = "NAME", hide_possible_values = true)]
    pub provider: Provider,
    /// A file of lines "Name: value", `-` for the standard input; the body may follow an empty line
    #[arg(long, value_name = "FILE")]
    headers: Option<String>,
    /// Another header; those with secrets belong into a file
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(HeaderName, HeaderValue)>,
    /// The file with the body as it came, `-` for the standard input
    #[arg(value_name = "BODY", required_unless_present = "headers")]
    body: Option<String>,
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    message::header(text.as_bytes()).ok_or_else(|| "a header is \"Name: value\"".into())
}

/// Verifies a saved notification, and says why where it does not hold.
///
/// # Errors
///
/// [`Failure`] when a file cannot be read or the key is not set. A notification that is refused is no failure, but has an
/// exit code of its own.
pub fn run(verify: &Verify, global: &Global, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let provider = verify.provider;
    provider.warn(output);
    let reader = Reader::new(provider, settings)?;
    let (headers, body) = input(verify)?;
    match reader.read(&headers, &body) {
        Ok(notification) => {
            let exit = render::exit(&notification);
            let notes = diagnosis::suspicions(&reader, &body);
            let mut json = render::json(&notification);
            json["exit_code"] = (exit as u8).into();
            json["findings"] = notes.iter().map(diagnosis::Finding::to_json).collect();
            output.result(&json, || {
                let next = render::next(global, &notification, TestMode { test_mode: false })
                    .map(|next| format!("\n  {next}"))
                    .unwrap_or_default();
                format!("{}{}{next}", render::text(&notification), diagnosis::lines(&notes))
            })?;
            Ok(exit)
        }
        Err(error) => {
            let findings = diagnosis::why(&reader, &headers, &body, error.kind());
            let json = json!({
                "provider": provider.name(),
                "refused": error.to_string(),
                "exit_code": Exit::Failed as u8,
                "findings": findings.iter().map(diagnosis::Finding::to_json).collect::<Vec<_>>(),
            });
            output.result(&json, || format!("{}{}", render::refused(provider, &error), diagnosis::lines(&findings)))?;
            Ok(Exit::Failed)
        }
    }
}

fn input(verify: &Verify) -> Result<(HeaderMap, Vec<u8>), Failure> {
    let is_input = |path: &Option<String>| path.as_deref() == Some("-");
    if is_input(&verify.headers) && is_input(&verify.body) {
        return Err(Failure::usage(
            "headers and body cannot both be the standard input; let the body follow an empty line",
        ));
    }
    let (mut headers, following) = match &verify.headers {
        Some(path) => read_headers(&read_input(path)?)?,
        None => (HeaderMap::new(), None),
    };
    for (name, value) in &verify.header {
        headers.append(name, value.clone());
    }
    let body = match (&verify.body, following) {
        (Some(path), _) => read_input(path)?,
        (None, Some(following)) => following,
        (None, None) => {
            return Err(Failure::usage(
                "there is no body: name its file, or let it follow an empty line after the headers",
            ));
        }
    };
    Ok((headers, body))
}
