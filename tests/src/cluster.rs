//! A PostgreSQL server of the test's own, which can be restarted.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running server; it is stopped and removed when this is dropped.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    /// Its data and its log.
    directory: PathBuf,
    port: u16,
    /// As whom it runs, where the test runs as root, as whom PostgreSQL refuses to run.
    user: Option<(u32, u32)>,
}

impl Cluster {
    /// Starts a server. None, with a note, where PostgreSQL's programs are not installed.
    ///
    /// # Panics
    ///
    /// Where they are missing on CI, or fail.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(!env::var("CI").is_ok_and(|ci| ci == "true"), "PostgreSQL's programs are missing on CI");
            eprintln!("SKIPPED: PostgreSQL's programs are missing");
            return None;
        };
        let directory = env::temp_dir().join(format!("gerbang_cluster_{}", std::process::id()));
        fs::create_dir(&directory).expect("the temporary directory can be written");
        let user = (printed("id", &["-u"]).as_deref() == Some("0")).then(unprivileged);
        if let Some((user, group)) = user {
            chown(&directory, Some(user), Some(group)).expect("root may give its files away");
        }
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port is free");
        let cluster = Self { programs, directory, port: free.port(), user };
        let data = cluster.data();
        cluster.run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        // The machine does not crash: what the server has written is there when it is started again.
        let options = format!("-p {} -h 127.0.0.1 -c unix_socket_directories= -c fsync=off", cluster.port);
        let log = cluster.directory.join("log").display().to_string();
        cluster.run("pg_ctl", &["-D", &data, "-l", &log, "-w", "-o", &options, "start"]);
        Some(cluster)
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Restarts the server: all connections break; with a crash nothing is written down before.
    ///
    /// # Panics
    ///
    /// Where PostgreSQL's programs fail.
    pub fn restart(&self, with_a_crash: bool) {
        let mode = if with_a_crash { "immediate" } else { "fast" };
        let log = self.directory.join("log").display().to_string();
        self.run("pg_ctl", &["-D", &self.data(), "-l", &log, "-w", "-m", mode, "restart"]);
    }

    fn data(&self) -> String {
        self.directory.join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        // A server would keep a pipe open.
        command.args(arguments).current_dir(&self.directory).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        let status = command.status().expect("PostgreSQL's programs can be run");
        assert!(status.success(), "{program} {arguments:?}: {status}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Where `initdb` is: as Debian's packages have it, or as `pg_config` says.
fn programs() -> Option<PathBuf> {
    let installed = printed("sh", &["-c", "ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1"]);
    let configured = printed("pg_config", &["--bindir"]);
    [installed, configured].into_iter().flatten().map(PathBuf::from).find(|path| path.join("initdb").exists())
}

fn unprivileged() -> (u32, u32) {
    let number = |option, name| printed("id", &[option, name]).and_then(|number| number.parse().ok());
    let user = |name| Some((number("-u", name)?, number("-g", name)?));
    user("postgres").or_else(|| user("nobody")).expect("there is a user beside root")
}

/// What a program printed; none where it is missing, failed or printed nothing.
fn printed(program: impl AsRef<Path>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program.as_ref()).args(arguments).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
