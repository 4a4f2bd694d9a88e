//! A shell in which the blocks of a page are run one after the other.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use gerbang_tests::pages::Page;

use crate::run::{LIMIT, Lines, Ran, directory, end};

/// The blocks of a page that are for a shell.
pub fn blocks(page: &str) -> Vec<String> {
    let blocks = Page::read(page).blocks().into_iter().filter(|block| ["sh", "console"].contains(&&*block.info));
    blocks.map(|block| block.text).collect()
}

/// A port that nothing listens at.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until something that nothing reports has happened.
pub fn wait_until(what: &str, has_happened: impl Fn() -> bool) {
    let began = Instant::now();
    while !has_happened() {
        assert!(began.elapsed() < LIMIT, "it does not happen: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Where a reader types: a directory of its own, `gerbang` in the path, and what she puts in place of what the page says.
pub struct Shell {
    pub directory: PathBuf,
    places: Vec<(String, String)>,
}

impl Shell {
    pub fn new() -> Self {
        Self { directory: directory(), places: Vec::new() }
    }

    /// From now on, one text is put in place of another.
    pub fn put(&mut self, new: impl Into<String>, old: &str) {
        self.places.push((old.to_owned(), new.into()));
    }

    fn command(&self, block: &str) -> Command {
        let block = self.places.iter().fold(block.to_owned(), |block, (old, new)| block.replace(old, new));
        let program = Path::new(env!("CARGO_BIN_EXE_gerbang")).parent().unwrap();
        let path =
            env::join_paths([program.to_owned()].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap())));
        let mut command = Command::new("sh");
        command.args(["-e", "-c", &block]).current_dir(&self.directory).env_clear();
        command.env("PATH", path.unwrap()).env("HOME", &self.directory);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        command
    }

    /// Runs a block to its end.
    pub fn run(&self, block: &str) -> Ran {
        end(self.command(block).spawn().unwrap())
    }

    /// Runs a block to its end, which must be a good one.
    pub fn succeed(&self, block: &str) -> String {
        let ran = self.run(block);
        assert_eq!(ran.code, Some(0), "{block}\n{ran:?}");
        ran.stdout
    }

    /// Runs a block again until it prints what nothing reports.
    pub fn succeed_until(&self, block: &str, is_there: impl Fn(&str) -> bool) {
        wait_until(block, || is_there(&self.succeed(block)));
    }

    /// Starts what a block starts and does not end.
    pub fn start(&self, block: &str) -> Server {
        let mut command = self.command(block);
        let log = fs::File::create(self.directory.join("log")).unwrap();
        let mut child = command.stderr(log).spawn().unwrap();
        Server { lines: Lines::of_stdout(&mut child), child }
    }
}

/// What runs until this is dropped, with all that it has started.
pub struct Server {
    pub lines: Lines,
    child: Child,
}

impl Server {
    /// What stands after a word in the lines that it prints, such as `# token`.
    pub fn said(&self, word: &str) -> String {
        self.lines.find(word).trim_start_matches(word).trim().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}
