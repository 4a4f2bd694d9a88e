//! The `gerbang` command.
//!
//! | File | Subject |
//! |---|---|
//! | `cli` | what can be typed, and the help |
//! | `commands` | one module for each command |
//! | `args` | options that several commands share |
//! | `lookup`, `follow` | asking what became of a payment, once or until it is paid or closed |
//! | `settings`, `variables`, `file` | where credentials come from, and which there are |
//! | `provider` | the gateways by name |
//! | `handle` | a payment as one word, to go on with later |
//! | `next` | the command lines to go on with |
//! | `view`, `qr`, `countdown` | payments for people |
//! | `printable` | texts of providers, made safe for a terminal |
//! | `verdict` | what a gateway's answer is worth |
//! | `interrupt` | Ctrl-C and SIGTERM |
//! | `lang` | the language of what people read |
//! | `verbose` | what happens, on the standard error |
//! | `operation` | the operations of each API as commands, from the tables in `generated` |
//! | `output`, `failure` | what is printed, and the exit codes |
//! | `reader` | whether anybody still reads it |

mod args;
mod cli;
mod client;
mod commands;
mod countdown;
mod failure;
mod file;
mod follow;
#[rustfmt::skip]
mod generated;
mod handle;
mod interrupt;
mod lang;
mod lookup;
mod next;
mod operation;
mod output;
mod printable;
mod provider;
mod qr;
mod reader;
mod settings;
mod variables;
mod verbose;
mod verdict;
mod view;

use std::env;
use std::io::Write;
use std::process::ExitCode;

use clap::FromArgMatches;
use clap::error::ErrorKind;
use serde_json::json;

use args::Global;
use cli::{Cli, Command};
use failure::{Exit, Failure};
use output::Output;
use settings::Settings;

/// That of glibc makes threads wait for each other, and that of musl is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    lang::choose(lang::wanted(env::args_os().skip(1), |name| env::var_os(name)));
    let mut command = cli::command();
    let matches = match command.try_get_matches_from_mut(env::args_os()) {
        Ok(matches) => matches,
        Err(error) => return not_understood(&error).into(),
    };
    let output = Output::new(matches.get_flag("json"));
    if let Err(failure) = args::check_places(&command, &matches) {
        output.failure(&failure);
        return failure.exit().into();
    }
    // The daemon has a log of its own.
    let is_daemon = matches.subcommand_name() == Some("serve");
    if !is_daemon {
        verbose::start(matches.get_count("verbose"), output);
    }
    let result = tokio::runtime::Builder::new_multi_thread()
        // To wake a second thread costs more than what a call to the sandbox has it do.
        .worker_threads(if is_daemon { 2 } else { 1 })
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("the program cannot start: {error}")))
        .and_then(|runtime| {
            let result = runtime.block_on(run(&matches, output));
            // What still runs, such as the embedded sandbox or a question to the terminal, is not waited for.
            runtime.shutdown_background();
            result
        });
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output.failure(&failure);
            failure.exit().into()
        }
    }
}

/// Prints why the command line is not understood, or the help that it asks for.
fn not_understood(error: &clap::Error) -> Exit {
    let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
    let words = env::args_os().skip(1).take_while(|word| word != "--");
    if !words.into_iter().any(|word| word == "--json") {
        // Where nobody reads it, nothing is lost.
        let text = lang::answer(error);
        _ = if error.use_stderr() {
            write!(anstream::stderr().lock(), "{text}")
        } else {
            write!(anstream::stdout().lock(), "{text}")
        };
        return exit;
    }
    let output = Output::new(true);
    if exit == Exit::Usage {
        output.failure(&Failure::from_clap(error));
        return exit;
    }
    let name = if error.kind() == ErrorKind::DisplayVersion { "version" } else { "help" };
    let text = error.render().to_string();
    let printed = output.result(&json!({name: text.trim_end()}), String::new);
    printed.map_or(Exit::Failed, |()| exit)
}

async fn run(matches: &clap::ArgMatches, output: Output) -> Result<Exit, Failure> {
    if let Some((provider, matches)) = operation::chosen(matches) {
        let settings = Settings::load(&Global::from_arg_matches(matches).map_err(|error| Failure::from_clap(&error))?)?;
        return operation::run(provider, matches, &settings, output).await;
    }
    let Cli { global, command } = Cli::from_arg_matches(matches).map_err(|error| Failure::from_clap(&error))?;
    let settings = || Settings::load(&global);
    match command {
        Command::Demo(demo) => commands::demo::run(&demo, output).await,
        Command::Sandbox(sandbox) => commands::sandbox::run(&sandbox, output).await,
        #[cfg(feature = "serve")]
        Command::Serve(serve) => commands::serve::run(&serve, output).await,
        Command::Pay(pay) => commands::pay::run(&pay, &global, &settings()?, output).await,
        Command::Watch(watch) => commands::watch::run(&watch, &global, &settings()?, output).await,
        Command::Providers(providers) => commands::providers::run(&providers, output),
        Command::Status(status) => commands::status::run(&status, &settings()?, output).await,
        Command::Cancel(cancel) => commands::cancel::run(&cancel, &global, &settings()?, output).await,
        Command::Webhook(webhook) => commands::webhook::run(&webhook, &global, output).await,
        Command::Qris(qris) => commands::qris::run(&qris, output),
        Command::Config(config) => commands::config::run(&config, &global, output).await,
        Command::Completions(completions) => commands::completions::completions(&completions, cli::command(), output),
        Command::Man(man) => commands::completions::man(&man, cli::command(), output),
    }
}
