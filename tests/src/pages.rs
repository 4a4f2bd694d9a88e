//! The pages of the repository, which are in Markdown, and what they are made of.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A page.
#[derive(Debug)]
pub struct Page {
    /// Its path below the workspace.
    pub name: String,
    /// All of it.
    pub text: String,
}

/// A block of code.
#[derive(Debug)]
pub struct Block {
    /// What stands after the back quotes.
    pub info: String,
    /// Its lines, without what they are indented by.
    pub text: String,
}

/// The directory of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

impl Page {
    /// The page of this path below the workspace.
    pub fn read(name: &str) -> Self {
        let text = fs::read_to_string(workspace().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), text }
    }

    /// All pages of the repository.
    pub fn all() -> Vec<Self> {
        let mut found = Vec::new();
        find(workspace(), &mut found);
        found.sort();
        let below = |path: &Path| path.strip_prefix(workspace()).unwrap().to_str().unwrap().replace('\\', "/");
        found.iter().map(|path| Self::read(&below(path))).collect()
    }

    /// The lines, each with whether it is of a block of code. The lines with the back quotes are.
    fn lines(&self) -> impl Iterator<Item = (bool, &str)> {
        let mut is_code = false;
        self.text.lines().map(move |line| {
            let is_fence = line.trim_start().starts_with("```");
            is_code ^= is_fence;
            (is_code || is_fence, line)
        })
    }

    /// The lines without blocks of code.
    pub fn prose(&self) -> impl Iterator<Item = &str> {
        self.lines().filter(|(is_code, _)| !is_code).map(|(_, line)| line)
    }

    /// The blocks of code.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let (mut is_open, mut indent) = (false, String::new());
        for (_, line) in self.lines().filter(|(is_code, _)| *is_code) {
            match (line.trim_start().strip_prefix("```"), is_open) {
                (Some(info), false) => {
                    indent = line[..line.len() - line.trim_start().len()].to_owned();
                    blocks.push(Block { info: info.to_owned(), text: String::new() });
                }
                (Some(_), true) => {}
                (None, _) => {
                    let block = blocks.last_mut().expect("a block");
                    block.text.push_str(line.strip_prefix(&*indent).unwrap_or(line));
                    block.text.push('\n');
                }
            }
            is_open ^= line.trim_start().starts_with("```");
        }
        blocks
    }

    /// What is between back quotes in the text.
    pub fn quoted(&self) -> Vec<String> {
        let prose = self.prose().collect::<Vec<_>>().join("\n");
        let paragraphs = prose.split("\n\n").flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2));
        paragraphs.map(str::to_owned).collect()
    }

    /// The headings: how deep, and the text.
    pub fn headings(&self) -> Vec<(usize, &str)> {
        let headings = self.prose().filter(|line| line.starts_with('#'));
        headings.filter_map(|line| line.split_once(' ')).map(|(marks, text)| (marks.len(), text)).collect()
    }

    /// Where links lead: those in the text, and those of definitions (`[name]: target`).
    pub fn links(&self) -> Vec<String> {
        let prose = self.prose().collect::<Vec<_>>().join("\n");
        let prose = prose.split("\n\n").map(without_code).collect::<Vec<_>>().join("\n\n");
        let inline = prose.split("](").skip(1).map(|rest| rest.split(')').next().unwrap().to_owned());
        let defined = prose.lines().filter(|line| line.starts_with('['));
        let defined = defined.filter_map(|line| Some(line.split_once("]: ")?.1.trim().to_owned()));
        inline.chain(defined).collect()
    }

    /// The names by which links find the headings, as GitHub makes them.
    pub fn anchors(&self) -> Vec<String> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let anchor = |(_, text): (usize, &str)| {
            let kept = text.chars().filter(|sign| sign.is_alphanumeric() || matches!(sign, ' ' | '-' | '_'));
            let name: String =
                kept.flat_map(char::to_lowercase).map(|sign| if sign == ' ' { '-' } else { sign }).collect();
            let times = seen.entry(name.clone()).or_default();
            *times += 1;
            if *times == 1 { name } else { format!("{name}-{}", *times - 1) }
        };
        self.headings().into_iter().map(anchor).collect()
    }
}

/// A paragraph in which what is between back quotes is left out.
fn without_code(paragraph: &str) -> String {
    paragraph.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The pages below a directory. What is built or fetched is left out, and so are hidden directories.
fn find(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with('.') || ["target", "node_modules"].contains(&name) {
            continue;
        }
        if path.is_dir() {
            find(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}
