//! The languages of the shops.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A language, and how its shop is started.
#[derive(Clone, Copy)]
pub struct Language {
    /// The name of the directory.
    pub name: &'static str,
    program: &'static str,
    /// The first one is the shop.
    files: &'static [&'static str],
    is_on_ci: bool,
}

pub const PHP: Language = Language { name: "php", program: "php", files: &["shop.php"], is_on_ci: true };
pub const NODE: Language = Language { name: "node", program: "node", files: &["shop.mjs"], is_on_ci: true };
pub const PYTHON: Language = Language { name: "python", program: "python3", files: &["shop.py"], is_on_ci: true };
pub const GO: Language = Language { name: "go", program: "go", files: &["shop.go", "webhook.go"], is_on_ci: false };

pub const ALL: [Language; 4] = [PHP, NODE, PYTHON, GO];

impl Language {
    /// Whether it is on this machine; on CI it must be.
    pub fn is_there(self) -> bool {
        let argument = if self.name == "go" { "version" } else { "--version" };
        let version = Command::new(self.program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let is_there = version.is_ok_and(|status| status.success());
        let must_be = self.is_on_ci && env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(is_there || !must_be, "{} is missing on CI", self.program);
        if !is_there {
            eprintln!("SKIPPED: {} is missing, so that its shop is not tried", self.program);
        }
        is_there
    }

    pub fn files(self) -> Vec<PathBuf> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shops").join(self.name);
        let directory = directory.canonicalize().unwrap();
        self.files.iter().map(|file| directory.join(file)).collect()
    }

    /// The command that starts the shop, as its first lines say. What is compiled goes into a directory.
    pub fn command(self, directory: &Path, port: u16) -> Command {
        let files = self.files();
        let mut command = Command::new(self.program);
        match self.name {
            "php" => {
                let address = format!("127.0.0.1:{port}");
                command.args(["-d", "display_errors=stderr", "-S", &address]).arg(&files[0]);
            }
            "go" => command = Command::new(build(&files, directory)),
            _ => {
                command.arg(&files[0]);
            }
        }
        command
    }
}

/// The program itself, as `go run` would start it in a process that nobody here knows.
fn build(files: &[PathBuf], directory: &Path) -> PathBuf {
    let program = directory.join("shop");
    let mut command = Command::new("go");
    command.args(["build", "-o"]).arg(&program).args(files);
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go");
    let output = command.env("GOCACHE", cache).env("GOFLAGS", "-mod=mod").env("GOTOOLCHAIN", "local").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}
