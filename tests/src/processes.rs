//! Processes of one program: started, killed and started again.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::time::sleep;

/// How long a process may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// The addresses at which the processes that live listen.
pub type Addresses = Arc<Mutex<Vec<Option<SocketAddr>>>>;

/// How a process is started: in which place, and which of all it is. Its first line has the address at which it listens on this
/// machine.
pub type Start = Box<dyn Fn(usize, u64) -> Command + Send>;

/// The processes, each in a place of its own.
pub struct Processes {
    start: Start,
    /// What the processes print of failures.
    log: PathBuf,
    living: Vec<Child>,
    addresses: Addresses,
    started: u64,
}

impl Processes {
    /// Starts so many.
    ///
    /// # Panics
    ///
    /// Where the program cannot be started.
    pub fn start(start: Start, log: PathBuf, count: usize) -> Self {
        let addresses = Arc::new(Mutex::new(vec![None; count]));
        let mut processes = Self { start, log, living: Vec::new(), addresses, started: 0 };
        for place in 0..count {
            let process = processes.spawn(place);
            processes.living.push(process);
        }
        processes
    }

    /// The addresses of those that live, which change.
    pub fn addresses(&self) -> Addresses {
        self.addresses.clone()
    }

    fn is_one_ready(&self) -> bool {
        self.addresses.lock().unwrap().iter().any(Option::is_some)
    }

    /// Waits until one of them listens, so that none is killed only while it starts. Starts those again that have ended.
    ///
    /// # Panics
    ///
    /// Where none listens in a minute.
    pub async fn until_one_is_ready(&mut self) {
        let started = Instant::now();
        while !self.is_one_ready() {
            assert!(started.elapsed() < PATIENCE, "no process starts");
            self.revive();
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Kills the process of a place at once and starts another.
    ///
    /// # Panics
    ///
    /// Where the program cannot be started.
    pub fn replace(&mut self, place: usize) {
        self.kill(place);
        self.living[place] = self.spawn(place);
    }

    /// Starts those again that have ended by themselves, as they do where the database is away when they start.
    ///
    /// # Panics
    ///
    /// Where the program cannot be started.
    pub fn revive(&mut self) {
        for place in 0..self.living.len() {
            if self.living[place].try_wait().is_ok_and(|ended| ended.is_some()) {
                self.replace(place);
            }
        }
    }

    /// Kills the process of a place at once, by SIGKILL. [`Processes::revive`] starts another.
    ///
    /// # Panics
    ///
    /// Where a thread has panicked.
    pub fn kill(&mut self, place: usize) {
        self.addresses.lock().unwrap()[place] = None;
        let process = &mut self.living[place];
        // On Unix this is SIGKILL.
        let _ = process.kill();
        let _ = process.wait();
    }

    fn spawn(&mut self, place: usize) -> Child {
        self.started += 1;
        let log: File = OpenOptions::new().create(true).append(true).open(&self.log).expect("the log can be written");
        let mut command = (self.start)(place, self.started);
        command.env("RUST_BACKTRACE", "0").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut process = command.spawn().expect("the program can be started");
        let (output, addresses) = (process.stdout.take().expect("its output is a pipe"), self.addresses.clone());
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(output).read_line(&mut line);
            if read.is_ok()
                && let Some(address) = address(&line)
            {
                addresses.lock().unwrap()[place] = Some(address);
            }
        });
        process
    }
}

/// The address in the first line that a process prints.
fn address(line: &str) -> Option<SocketAddr> {
    let (_, after) = line.split_once("127.0.0.1:")?;
    let port = after.split(|letter: char| !letter.is_ascii_digit()).next()?;
    Some((Ipv4Addr::LOCALHOST, port.parse().ok()?).into())
}

impl fmt::Debug for Processes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Processes")
            .field("living", &self.living)
            .field("started", &self.started)
            .finish_non_exhaustive()
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for place in 0..self.living.len() {
            self.kill(place);
        }
    }
}
