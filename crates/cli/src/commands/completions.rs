//! `gerbang completions` and `gerbang man`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::lang;
use crate::output::Output;

/// `gerbang completions`.
#[derive(Args, Debug)]
#[command(after_help = "Example: gerbang completions bash > /etc/bash_completion.d/gerbang")]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// `gerbang man`.
#[derive(Args, Debug)]
#[command(after_help = "Example: gerbang man ~/.local/share/man/man1")]
pub struct Pages {
    /// The directory, which must exist
    directory: PathBuf,
}

/// Prints completions of a command line for a shell.
///
/// # Errors
///
/// [`Failure`] when they cannot be written.
pub fn completions(completions: &Completions, mut command: Command, output: Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut command, "gerbang", &mut script);
    if output.json {
        let json = json!({"shell": completions.shell.to_string(), "script": String::from_utf8_lossy(&script)});
        output.result(&json, String::new)?;
    } else {
        output.bytes(&script)?;
    }
    Ok(Exit::Done)
}

/// Writes one man page for each command of a command line.
///
/// # Errors
///
/// [`Failure`] when a file cannot be written.
pub fn man(pages: &Pages, command: Command, output: Output) -> Result<Exit, Failure> {
    let directory = &pages.directory;
    write_pages(command, directory)
        .map_err(|error| Failure::failed(format!("{} cannot be written: {error}", directory.display())))?;
    if output.json {
        output.result(&json!({"directory": directory}), String::new)?;
    }
    output.hint(&format!("written to {}", directory.display()));
    Ok(Exit::Done)
}

/// Writes the pages of a command and of all its subcommands.
fn write_pages(command: Command, directory: &Path) -> io::Result<()> {
    let mut command = command.disable_help_subcommand(true);
    // So that each subcommand has its whole name.
    command.build();
    let mut commands = vec![command];
    while let Some(command) = commands.pop() {
        commands.extend(command.get_subcommands().cloned());
        let page = Man::new(command);
        let mut drawn = Vec::new();
        page.render(&mut drawn)?;
        fs::write(directory.join(page.get_filename()), lang::page(&String::from_utf8_lossy(&drawn)))?;
    }
    Ok(())
}
