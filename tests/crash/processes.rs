//! The shop's processes: started, killed and started again.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// How a process is started.
pub struct Start {
    pub database: String,
    pub sandbox: String,
    pub journal: PathBuf,
    /// What the processes print of failures.
    pub log: PathBuf,
}

/// The addresses at which the processes that live receive notifications.
pub type Addresses = Arc<Mutex<Vec<Option<SocketAddr>>>>;

/// The processes, each in a place of its own.
pub struct Processes {
    start: Start,
    living: Vec<Child>,
    addresses: Addresses,
    started: u64,
}

impl Processes {
    pub fn start(start: Start, count: usize) -> Self {
        let addresses = Arc::new(Mutex::new(vec![None; count]));
        let mut processes = Self { start, living: Vec::new(), addresses, started: 0 };
        for place in 0..count {
            let process = processes.spawn(place);
            processes.living.push(process);
        }
        processes
    }

    pub fn addresses(&self) -> Addresses {
        self.addresses.clone()
    }

    /// Kills the process of a place at once and starts another.
    pub fn replace(&mut self, place: usize) {
        self.kill(place);
        self.living[place] = self.spawn(place);
    }

    /// Starts those again that have ended by themselves, as they do where the database is away when they start.
    pub fn revive(&mut self) {
        for place in 0..self.living.len() {
            if self.living[place].try_wait().is_ok_and(|ended| ended.is_some()) {
                self.replace(place);
            }
        }
    }

    fn kill(&mut self, place: usize) {
        self.addresses.lock().unwrap()[place] = None;
        let process = &mut self.living[place];
        // On Unix this is SIGKILL.
        let _ = process.kill();
        let _ = process.wait();
    }

    fn spawn(&mut self, place: usize) -> Child {
        self.started += 1;
        let log = || -> File { OpenOptions::new().create(true).append(true).open(&self.start.log).unwrap() };
        let mut process = Command::new(env!("CARGO_BIN_EXE_shop"))
            .args([&self.start.database, &self.start.sandbox])
            .arg(&self.start.journal)
            .arg(self.started.to_string())
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log())
            .spawn()
            .expect("the shop can be started");
        let (output, addresses) = (process.stdout.take().expect("its output is a pipe"), self.addresses.clone());
        let id = process.id();
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(output).read_line(&mut line);
            if read.is_ok()
                && let Ok(address) = line.trim().parse()
            {
                addresses.lock().unwrap()[place] = Some(address);
            }
            id
        });
        process
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for place in 0..self.living.len() {
            self.kill(place);
        }
    }
}
