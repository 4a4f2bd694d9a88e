//! The specs of the workspace and the crates they become.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};

/// A spec file and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// The file's stem: `kropay`, `pakasir-v1`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
}

impl Spec {
    /// The provider, which is the crate's directory: `pakasir`.
    pub fn provider(&self) -> &str {
        self.name.split_once('-').map_or(&self.name, |(provider, _)| provider)
    }

    /// The module of the crate, where a provider has several APIs: `v1`.
    pub fn module(&self) -> Option<&str> {
        self.name.split_once('-').map(|(_, module)| module)
    }

    /// How messages name the file.
    pub fn display_name(&self) -> String {
        format!("specs/{}.yaml", self.name)
    }
}

/// The workspace's directory: the one that the current directory is in, else the one that this was built in.
pub fn workspace() -> &'static Path {
    static WORKSPACE: LazyLock<PathBuf> = LazyLock::new(|| {
        let here = env::current_dir().unwrap_or_default();
        let around = here.ancestors().find(|directory| directory.join("xtask/Cargo.toml").is_file());
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
        around.or(built_in).expect("this crate is in the workspace").to_owned()
    });
    &WORKSPACE
}

/// The other files that may be in the directory of specs.
const KNOWN_FILES: [&str; 5] =
    ["README.md", "check-with-others.sh", "docs.toml", "schemathesis_hooks.py", "test-with-schemathesis.sh"];

/// The directory beside the specs that says what they rest on.
const FACTS: &str = "facts";

/// The specs in a directory, by name; only those of the given providers unless none is given.
/// A name may be a provider (`pakasir`) or one spec (`pakasir-v1`). Anything else in the directory is refused, as it is
/// probably meant to be a spec.
pub fn find(directory: &Path, only: &[String]) -> Result<Vec<Spec>> {
    let (mut specs, mut unknown_files) = (Vec::new(), Vec::new());
    for entry in directory.read_dir().with_context(|| format!("cannot read {}", directory.display()))? {
        let path = entry?.path();
        if path.ends_with(FACTS) && path.is_dir() {
            continue;
        }
        let is_file = path.is_file();
        if is_file && path.file_name().is_some_and(|name| KNOWN_FILES.iter().any(|known| name == *known)) {
            continue;
        }
        if is_file && path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.file_stem().and_then(|stem| stem.to_str()).context("a spec's name is not UTF-8")?;
            specs.push(Spec { name: name.to_owned(), path: path.clone() });
        } else {
            unknown_files.push(path.file_name().unwrap_or_default().display().to_string());
        }
    }
    if !unknown_files.is_empty() {
        unknown_files.sort();
        bail!(
            "{}: `{}` is no spec, as those are called `<crate>.yaml` or `<crate>-<module>.yaml`; rename or remove it (beside \
             specs there may be {FACTS}, {})",
            directory.display(),
            unknown_files.join("`, `"),
            KNOWN_FILES.join(", ")
        );
    }
    specs.sort_by(|a, b| a.name.cmp(&b.name));
    for wanted in only {
        if !specs.iter().any(|spec| spec.name == *wanted || spec.provider() == wanted) {
            let known: Vec<_> = specs.iter().map(|spec| spec.name.as_str()).collect();
            bail!("there is no spec named `{wanted}`; there are {}", known.join(", "));
        }
    }
    specs.retain(|spec| only.is_empty() || only.iter().any(|wanted| spec.name == *wanted || spec.provider() == wanted));
    Ok(specs)
}
