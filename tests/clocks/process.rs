//! A shop's process with a clock of its own.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// What processes may take to answer, in milliseconds: far less than an hour, and more than a busy machine needs.
const PATIENCE: i64 = 5 * 60_000;

/// A process that takes one step at a time, see the program `stepwise`. It is killed when this is dropped.
pub struct Process {
    child: Child,
    steps: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// How many seconds its clock is ahead.
    clock: PathBuf,
}

impl Process {
    /// Starts a process whose clock is so many seconds ahead.
    pub fn start(database: &str, sandbox: &str, ahead: i64) -> Self {
        let clock = directory().join(format!("clock_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        fs::write(&clock, written(ahead)).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_stepwise"))
            .args([database, sandbox])
            .env("LD_PRELOAD", shim())
            .env("GERBANG_CLOCK", &clock)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the process can be started");
        let steps = child.stdin.take().expect("its input is a pipe");
        let answers = BufReader::new(child.stdout.take().expect("its output is a pipe")).lines();
        let mut process = Self { child, steps, answers, clock };
        process.check_clock(ahead);
        process
    }

    /// Sets its clock.
    pub fn set_clock(&mut self, ahead: i64) {
        // In place: the process has the file open, and may read it at any time.
        let mut file = OpenOptions::new().write(true).open(&self.clock).unwrap();
        file.write_all(written(ahead).as_bytes()).unwrap();
        self.check_clock(ahead);
    }

    /// What this process answers to a step.
    pub fn step(&mut self, step: &str) -> String {
        writeln!(self.steps, "{step}").expect("the process lives");
        self.answers.next().unwrap_or_else(|| panic!("the process has ended at: {step}")).unwrap()
    }

    /// A clock that is not as it is said to be would make every test pass.
    fn check_clock(&mut self, ahead: i64) {
        let own = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let off = self.step("time").parse::<i64>().unwrap() - i64::try_from(own).unwrap();
        assert!((off - ahead * 1000).abs() < PATIENCE, "the clock is {off} ms ahead, not {ahead} s");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.clock);
    }
}

/// What the file of a clock says, as long for every number.
fn written(ahead: i64) -> String {
    format!("{ahead:<12}")
}

fn directory() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// The library that gives a process a clock of its own; compiled once.
fn shim() -> &'static Path {
    static SHIM: OnceLock<PathBuf> = OnceLock::new();
    SHIM.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("clocks/clock.c");
        let library = directory().join("libclock.so");
        // Another run may have it loaded: it is written beside and takes its place.
        let new = directory().join(format!("libclock_{}.so", std::process::id()));
        let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
        let compiled = Command::new(compiler).args(["-shared", "-fPIC", "-O1", "-o"]).args([&new, &source]).status();
        assert!(compiled.expect("there is a C compiler").success(), "the clock cannot be compiled");
        fs::rename(&new, &library).unwrap();
        library
    })
}
