//! A step at work: it runs commands and keeps what they say.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::packages::Packages;

/// How a step that did not fail ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds; a few words on what was found, or none.
    Passed(String),
    /// It could not be run, and why.
    Skipped(String),
}

/// A step at work.
#[derive(Debug)]
pub struct Job {
    /// The workspace's packages.
    pub packages: Packages,
    workspace: PathBuf,
    name: &'static str,
    variables: Vec<(&'static str, String)>,
}

impl Job {
    /// Starts a step with an empty log.
    pub fn start(workspace: &Path, packages: Packages, name: &'static str) -> Result<Self> {
        let job = Self { packages, workspace: workspace.to_owned(), name, variables: Vec::new() };
        fs::create_dir_all(job.scratch())?;
        File::create(job.log_path())?;
        Ok(job)
    }

    /// The workspace.
    pub fn workspace(&self) -> &Path {
        &self.workspace
    }

    /// A directory for what this step makes, kept between runs.
    pub fn scratch(&self) -> PathBuf {
        self.packages.target_directory.join("ci").join(self.name)
    }

    /// Sets an environment variable for the commands to come.
    pub fn set(&mut self, variable: &'static str, value: impl Into<String>) {
        self.variables.push((variable, value.into()));
    }

    /// Has the commands to come build in a directory of the step's own: what they build fits nobody else, and would be
    /// built again and again in a shared one. Returns the directory.
    pub fn build_apart(&mut self) -> PathBuf {
        let directory = self.scratch().join("target");
        self.set("CARGO_TARGET_DIR", directory.display().to_string());
        directory
    }

    /// Runs commands in the workspace, one after the other; the words of a command stand between spaces. Fails with the
    /// first that fails.
    pub fn run(&self, commands: &[&str]) -> Result<()> {
        commands.iter().try_for_each(|command| self.run_in(&self.workspace, command).map(drop))
    }

    /// Runs lists of commands at the same time, those of a list one after the other, also after one that failed. What a list
    /// says stands together in the log. Fails with the first that fails.
    pub fn run_beside(&self, lists: &[Vec<String>]) -> Result<()> {
        let paths: Vec<_> = (0..lists.len()).map(|number| self.scratch().join(format!("log-{number}"))).collect();
        let run_all = |commands: &[String], path: &Path| {
            let log = File::create(path)?;
            let run = |command: &String| self.execute(&self.workspace, command, log.try_clone()?);
            let results: Vec<_> = commands.iter().map(run).collect();
            results.into_iter().collect::<Result<()>>()
        };
        let results: Vec<_> = thread::scope(|scope| {
            let started: Vec<_> =
                lists.iter().zip(&paths).map(|(commands, path)| scope.spawn(move || run_all(commands, path))).collect();
            started.into_iter().map(|list| list.join().expect("it does not panic")).collect()
        });
        for path in paths {
            io::copy(&mut File::open(path)?, &mut self.open_log()?)?;
        }
        results.into_iter().collect()
    }

    /// Runs a command in a directory and returns what it said. Fails when the command does.
    pub fn run_in(&self, directory: &Path, command: &str) -> Result<String> {
        let start = self.log_bytes()?.len();
        self.execute(directory, command, self.open_log()?)?;
        let bytes = self.log_bytes()?;
        Ok(String::from_utf8_lossy(bytes.get(start..).unwrap_or_default()).into_owned())
    }

    /// Runs a command whose words go to a log.
    fn execute(&self, directory: &Path, command: &str, mut log: File) -> Result<()> {
        writeln!(log, "$ {command}")?;
        let mut words = command.split(' ');
        let mut process = Command::new(words.next().unwrap_or_default());
        process.args(words).current_dir(directory).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        // What cargo passes to the program it runs is not meant for the cargo that the program runs.
        for (variable, _) in env::vars_os() {
            if variable
                .to_str()
                .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
            {
                process.env_remove(variable);
            }
        }
        // The log is read, by this program too.
        process.env("CARGO_TERM_COLOR", "never").env("TERM", "dumb");
        process.envs(self.variables.iter().map(|(variable, value)| (variable, value)));
        let status = process.status().with_context(|| format!("cannot run {command}"))?;
        if !status.success() {
            bail!("{command}: {status}");
        }
        Ok(())
    }

    /// Whether a program can be run: it is asked for its version.
    pub fn has(&self, program: &str) -> bool {
        let mut words = program.split(' ');
        let mut process = Command::new(words.next().unwrap_or_default());
        process.args(words).arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        process.status().is_ok_and(|status| status.success())
    }

    /// All that the step's commands have said.
    pub fn read_log(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.log_bytes()?).into_owned())
    }

    fn log_bytes(&self) -> Result<Vec<u8>> {
        fs::read(self.log_path()).context("cannot read the step's log")
    }

    fn open_log(&self) -> Result<File> {
        File::options().append(true).open(self.log_path()).context("cannot write the step's log")
    }

    fn log_path(&self) -> PathBuf {
        self.scratch().join("log")
    }
}
