//! A new provider: its spec, its crate, and its place in everything that lists the providers.

mod edit;
mod scaffold;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use anyhow::{Context, Result, bail};

use gerbang_adapt::{Adaptation, Report, adapt, write_yaml};
use gerbang_spec::generate;
use gerbang_spec::model::Model;
use gerbang_spec::problem;
use gerbang_spec::specs::Spec;
use gerbang_spec::validate::validate;
use gerbang_spec::yaml::Document;

use crate::generate::{Scope, write};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The crate's directory and the facade's feature: small letters and digits.
    pub name: String,
    /// An OpenAPI 3.0 or 3.1 document in YAML or JSON. Without one the spec is made up.
    pub from: Option<PathBuf>,
    /// Whether what cannot be adapted may be left out.
    pub skip_unsupported: bool,
    /// The day, as `yyyy-mm-dd`.
    pub today: String,
}

/// What became of it.
#[derive(Debug)]
pub enum Outcome {
    /// The files were written: their paths below the workspace.
    Made {
        /// New and changed files, but for generated ones.
        files: Vec<PathBuf>,
        /// What became of the foreign document.
        report: Option<Report>,
        /// What remains to be written: a file and what belongs there.
        remaining: Vec<(String, &'static str)>,
    },
    /// Nothing was written, as something cannot be adapted and may not be left out.
    Refused(Report),
}

impl Outcome {
    /// New and changed files; none when nothing was written.
    pub fn files(&self) -> &[PathBuf] {
        match self {
            Self::Made { files, .. } => files,
            Self::Refused(_) => &[],
        }
    }
}

/// For people: what was left out, the counts, the files, and what remains to be written.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(report) => {
                write!(f, "{report}")?;
                writeln!(f, "nothing was written; `--skip-unsupported` leaves out what cannot be adapted")
            }
            Self::Made { files, report, remaining } => {
                if let Some(report) = report {
                    write!(f, "{report}")?;
                }
                writeln!(f, "written, beside generated files:")?;
                files.iter().try_for_each(|file| writeln!(f, "  {}", file.display()))?;
                writeln!(f, "to be written by hand:")?;
                remaining.iter().try_for_each(|(file, what)| writeln!(f, "  {file}: {what}"))
            }
        }
    }
}

/// Makes a provider in a workspace.
///
/// # Errors
///
/// When the name is unusable or taken, the document cannot be read or adapted at all, or a file of the workspace is not as
/// expected. Nothing is written then.
pub fn run(workspace: &Path, request: &Request) -> Result<Outcome> {
    // Foreign documents nest and refer to themselves more deeply than the stack of a thread of tests allows.
    std::thread::scope(|scope| {
        let work =
            std::thread::Builder::new().stack_size(512 << 20).spawn_scoped(scope, || make(workspace, request))?;
        work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn make(workspace: &Path, request: &Request) -> Result<Outcome> {
    check_name(workspace, &request.name)?;
    let (text, report) = match &request.from {
        None => (scaffold::made_up_spec(&request.name, &request.today), None),
        Some(path) => {
            let Adaptation { spec, report } = adapted(path, &request.today)?;
            if !report.findings.is_empty() && !request.skip_unsupported {
                return Ok(Outcome::Refused(report));
            }
            (write_yaml::write(&spec), Some(report))
        }
    };
    let spec = Spec { name: request.name.clone(), path: workspace.join(format!("specs/{}.yaml", request.name)) };
    let document = Document::parse(&text, &spec.display_name()).map_err(problem::error)?;
    let problems = validate(&document);
    if !problems.is_empty() {
        return Err(problem::error(problems)).context("the adapted document is not a valid spec");
    }
    let model = Model::read(&document).map_err(problem::error).context("the adapted document cannot be generated")?;
    let mut files = scaffold::files(workspace, &request.name, &document, &model, request.from.is_some())?;
    fs::write(&spec.path, &text).with_context(|| format!("cannot write {}", spec.path.display()))?;
    let generated = generate::files(&spec).inspect_err(|_| drop(fs::remove_file(&spec.path)))?;
    write(&workspace.join("crates"), &generated, Scope::Named)?;
    for (path, content) in &files {
        let path = workspace.join(path);
        fs::create_dir_all(path.parent().context("a file has a directory")?)?;
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    files.insert(Path::new("specs").join(format!("{}.yaml", request.name)), text);
    let files = files.into_keys().collect();
    Ok(Outcome::Made { files, report, remaining: scaffold::remaining(&request.name, request.from.is_some()) })
}

fn adapted(path: &Path, today: &str) -> Result<Adaptation> {
    let document = Document::load(path, &path.display().to_string()).map_err(problem::error)?;
    adapt(&document, today).map_err(|findings| {
        let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })
}

/// A name becomes a crate, a module, a feature, a command and the middle of environment variables.
fn check_name(workspace: &Path, name: &str) -> Result<()> {
    let is_plain = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !is_plain || syn::parse_str::<syn::Ident>(name).is_err() {
        bail!("`{name}` cannot be a crate, a module and a command: use small letters and digits");
    }
    // Features of the facade, packages of the workspace and of its other workspaces, and crates of Rust.
    let taken = [
        "alloc", "benches", "default", "full", "fuzz", "gerbang", "reqwest", "rustls", "schemars", "std", "tests",
        "xtask",
    ];
    let places = [
        format!("specs/{name}.yaml"),
        format!("crates/{name}"),
        format!("crates/cli/src/commands/{name}.rs"),
        format!("crates/cli/src/commands/{name}"),
    ];
    if let Some(place) = places.iter().find(|place| workspace.join(place).exists()) {
        bail!("`{name}` is taken: there is {place}");
    }
    if taken.contains(&name)
        || workspace
            .join("specs")
            .read_dir()?
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with(&format!("{name}-")))
    {
        bail!("`{name}` is taken");
    }
    Ok(())
}

/// New and changed files by path below the workspace.
type Files = BTreeMap<PathBuf, String>;
