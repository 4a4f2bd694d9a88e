//! Copies of the workspace under version control, and the programs that work in them.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Copies a directory without what is built in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap().map(Result::unwrap) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        let is_made = [".git", "artifacts", "corpus", "node_modules", "target"].iter().any(|name| path.ends_with(name));
        match path.is_dir() {
            _ if is_made => {}
            true => copy(&path, &to),
            false => assert!(fs::copy(&path, &to).is_ok(), "{}", path.display()),
        }
    }
}

/// Runs a program: its exit code, and what it said.
pub fn run(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// Runs git as somebody, which must succeed.
pub fn git(directory: &Path, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let (code, said) = run(Command::new("git").current_dir(directory).args(identity).args(arguments));
    assert_eq!(code, Some(0), "git {arguments:?}: {said}");
    said
}

/// Puts a directory under version control as it is.
pub fn commit(directory: &Path) {
    git(directory, &["init", "-q"]);
    git(directory, &["add", "-A"]);
    git(directory, &["commit", "-q", "-m", "Before"]);
}
