//! Running programs and counting what they take.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use gerbang_spec::specs;
use gerbang_spec::yaml::Document;

/// The workspace of the measured programs.
pub(super) fn directory() -> PathBuf {
    specs::workspace().join("benches")
}

/// Cargo in that workspace, without a network: everything is built from one lock file.
pub(super) fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(directory()).args(arguments).args(["--offline", "--locked"]);
    cargo
}

/// Builds all programs as the default release profile does, with the lines that a profile names.
pub(super) fn build_programs() -> Result<()> {
    let fetched = Command::new("cargo").current_dir(directory()).args(["fetch", "--locked", "--quiet"]).status()?;
    ensure!(fetched.success(), "the dependencies of benches/ cannot be fetched");
    // They switch on features of libraries that the other programs are measured with.
    let others = ["--workspace", "--exclude", "bare-reqwest", "--exclude", "ledger", "--exclude", "serve"];
    for packages in [&others[..], &["--package", "ledger", "--package", "serve"]] {
        let built = cargo(&["build", "--release", "--quiet"]).args(packages).status()?;
        ensure!(built.success(), "the programs of benches/ cannot be built");
    }
    Ok(())
}

/// A built program.
pub(super) fn program(name: &str) -> PathBuf {
    directory().join("target/release").join(name)
}

/// The instructions that a program executes outside of the kernel. The profile stays in `benches/target/profiles`.
pub(super) fn instructions(name: &str, arguments: &[&str]) -> Result<f64> {
    let profiles = directory().join("target/profiles");
    fs::create_dir_all(&profiles)?;
    let profile =
        profiles.join(format!("{name}-{}.callgrind", arguments.first().unwrap_or(&"").replace(['/', ':'], "_")));
    let option = format!("--callgrind-out-file={}", profile.display());
    count("callgrind", &option, "Collected : ", name, arguments)
}

/// The blocks of memory that a program allocates.
pub(super) fn allocations(name: &str, arguments: &[&str]) -> Result<f64> {
    count("dhat", "--dhat-out-file=/dev/null", "bytes in ", name, arguments)
}

/// The number that a tool of valgrind prints first after a word.
fn count(tool: &str, option: &str, word: &str, name: &str, arguments: &[&str]) -> Result<f64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.arg(format!("--tool={tool}")).arg(option).arg(program(name)).args(arguments);
    let output = valgrind.output().context("valgrind cannot be run; install it")?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} failed: {text}");
    let (_, after) = text.split_once(word).with_context(|| format!("{tool} prints no `{word}`: {text}"))?;
    let digits: String = after.chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
    Ok(digits.parse()?)
}

/// What one more call costs: the difference of many and few, so that the start of the program does not count.
pub(super) fn per_call(few: u32, many: u32, cost: impl Fn(&str) -> Result<f64>) -> Result<f64> {
    Ok((cost(&many.to_string())? - cost(&few.to_string())?) / f64::from(many - few))
}

/// The processor time that a command and all that it starts take, in seconds.
pub(super) fn cpu_seconds(command: &mut Command) -> Result<f64> {
    let before = of_children()?;
    let status = command.status()?;
    ensure!(status.success(), "{command:?} failed");
    Ok(of_children()? - before)
}

/// The least processor time of a built program's runs, in seconds, for each list of arguments. The runs take turns.
pub(super) fn least_cpu_seconds<const N: usize>(name: &str, arguments: [&[&str]; N]) -> Result<[f64; N]> {
    let mut least = [f64::INFINITY; N];
    for _ in 0..7 {
        for (least, arguments) in least.iter_mut().zip(arguments) {
            *least = least.min(cpu_seconds(Command::new(program(name)).args(arguments))?);
        }
    }
    Ok(least)
}

/// The processor time of all children that have ended, with their own, in seconds.
fn of_children() -> Result<f64> {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").context("processor time can be read on Linux only")?;
    let (_, after_name) = stat.rsplit_once(')').context("/proc/self/stat")?;
    // proc_pid_stat(5): cutime and cstime are the fields 16 and 17; the third one follows the name.
    let ticks: Vec<f64> = after_name.split_whitespace().skip(13).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS_PER_SECOND)
}

/// The documented reply to the creation of a payment, and its QRIS payload.
pub(super) fn documented() -> Result<(String, String)> {
    let path = specs::workspace().join("specs/pakasir-v1.yaml");
    let Ok(spec) = Document::load(&path, "specs/pakasir-v1.yaml") else {
        bail!("specs/pakasir-v1.yaml cannot be read")
    };
    let reply = "/paths/~1api~1transactioncreate~1{method}/post/responses/200/content/application~1json/example";
    let reply = spec.get(reply).context("the documented reply")?;
    let payload = reply.pointer("/payment/payment_number").and_then(|payload| payload.as_str());
    Ok((reply.to_string(), payload.context("the documented payload")?.to_owned()))
}

/// The provider's server, another process.
pub(super) struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    /// Its base URL.
    pub(super) url: String,
}

impl Server {
    /// Starts it with the documented reply.
    pub(super) fn start() -> Result<Self> {
        let (reply, _) = documented()?;
        let mut command = Command::new(program("server"));
        let mut child = command.arg(reply).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(child.stdout.take().context("the server's output")?);
        let mut url = String::new();
        output.read_line(&mut url)?;
        Ok(Self { child, output, url: url.trim().to_owned() })
    }

    /// Ends it, and says how many connections were made to it.
    pub(super) fn stop(mut self) -> Result<f64> {
        drop(self.child.stdin.take());
        let mut connections = String::new();
        self.output.read_to_string(&mut connections)?;
        ensure!(self.child.wait()?.success(), "the server failed");
        Ok(connections.trim().parse()?)
    }
}
