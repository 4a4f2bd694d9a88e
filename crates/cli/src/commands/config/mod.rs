//! `gerbang config`.

mod online;

use clap::{Args, Subcommand};
use comfy_table::{Table, presets};
use serde_json::json;

use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::lang::tr;
use crate::output::{BAD, DIM, Output};
use crate::settings::{self, Origin, Settings};
use crate::variables;

/// `gerbang config`.
#[derive(Args, Debug)]
#[command(after_help = "Example: gerbang config check")]
pub struct Config {
    #[command(subcommand)]
    pub command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show what is set and where, without values
    #[command(after_help = "What counts most: --base-url, the profile that --profile names, the environment,\n\
        then the profile that GERBANG_PROFILE or the file names. The base URL of a\n\
        gateway and its credentials must come from one place, unless --base-url names\n\
        the server.\n\n\
        Exit codes: 2 something is missing; with --online 4 a key is wrong,\n\
        6 a gateway did not answer.\n\n\
        Examples:\n  \
        gerbang config check --profile shop\n  \
        gerbang config check --online")]
    Check(Check),
    /// Show where the configuration file is looked for
    #[command(after_help = "Example: $EDITOR \"$(gerbang config path)\"")]
    Path,
}

/// `gerbang config check`.
#[derive(Args, Debug)]
pub struct Check {
    /// Ask each gateway that is set something that changes nothing, to see whether it takes the key
    #[arg(long)]
    online: bool,
}

/// Shows what is set. No value is shown, not even of what is no secret.
///
/// # Errors
///
/// [`Failure`] when a gateway is set in part: something required is missing; and when its base URL and its credentials come
/// from different places.
pub async fn run(config: &Config, global: &Global, output: Output) -> Result<Exit, Failure> {
    match &config.command {
        // Also where the file is not there, or cannot be understood: then it is needed most.
        ConfigCommand::Path => {
            let none = || Failure::usage("there is no home directory; name a file by --config");
            let path = settings::file(global).ok_or_else(none)?;
            output.result(&json!({"path": path}), || path.display().to_string())?;
            Ok(Exit::Done)
        }
        ConfigCommand::Check(asked) => {
            let settings = Settings::load(global)?;
            let exit = check(&settings, output)?;
            if asked.online { online::run(&settings, output).await } else { Ok(exit) }
        }
    }
}

fn check(settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["GATEWAY", "VARIABLE", "SET BY", ""].map(tr));
    let mut missing = Vec::new();
    let mut mixed = None;
    for section in variables::sections() {
        mixed = mixed.or(settings.check_origins(section).err());
        let variables = variables::of(section);
        let is_used = variables.iter().any(|variable| settings.origin(&variable.name).is_some());
        for variable in variables {
            let origin = settings.origin(&variable.name).map(|origin| match origin {
                Origin::Flag => "flag",
                Origin::Environment => "environment",
                Origin::File => "file",
            });
            let is_missing = is_used && variable.required && origin.is_none();
            if output.json {
                let line = json!({
                    "gateway": section, "gateways": variables::gateways_of(section), "variable": variable.name,
                    "set_by": origin, "required": variable.required, "secret": variable.secret,
                });
                output.result(&line, String::new)?;
            }
            let note = match (is_missing, variable.required) {
                (true, _) => "missing",
                (false, true) => "required",
                (false, false) => "",
            };
            table.add_row([section, &variable.name, &origin.map_or("–".to_owned(), tr), &tr(note)]);
            if is_missing {
                missing.push(variable.name);
            }
        }
    }
    if !output.json {
        print_for_people(&table, settings, output)?;
    }
    warn_of_readers(settings, output);
    match (mixed, missing.as_slice()) {
        (Some(mixed), _) => Err(mixed),
        (None, []) => Ok(Exit::Done),
        (None, names) => Err(Failure::usage(format!("not set: {}", names.join(", ")))),
    }
}

/// Prints which file and profile count, then what is set.
fn print_for_people(table: &Table, settings: &Settings, output: Output) -> Result<(), Failure> {
    let file = match &settings.file {
        Some((path, true)) => path.display().to_string(),
        Some((path, false)) => tr(&format!("{} (not there)", path.display())),
        None => tr("none"),
    };
    let profile = settings.profile.clone().unwrap_or_else(|| tr("none"));
    let order = match settings.profile_is_first {
        true => "flags, then the profile, then the environment",
        false => "flags, then the environment, then the profile",
    };
    for (name, value) in [("file", &file), ("profile", &profile), ("order", &tr(order))] {
        output.text(&format!("{DIM}{:<7}{DIM:#}  {value}", tr(name)))?;
    }
    output.text(&format!("\n{}", table.trim_fmt()))
}

/// Warns where other users of the machine may read the file with the keys.
fn warn_of_readers(settings: &Settings, output: Output) {
    let Some((path, true)) = &settings.file else { return };
    if others_may_read(path) {
        let path = path.display();
        output.note(&json!({"warning": format!("others may read {path}"), "run": format!("chmod 600 {path}")}), || {
            format!("{BAD}{}{BAD:#}; {} chmod 600 {path}", tr(&format!("others may read {path}")), tr("run:"))
        });
    }
}

/// Whether other users of the machine may read a file, where the system knows users.
fn others_may_read(path: &std::path::Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}
