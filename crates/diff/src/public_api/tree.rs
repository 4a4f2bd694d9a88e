//! The modules of a library and what names in them mean.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use syn::{Item, UseTree, Visibility};

use super::text;

/// Gives the text of a file; none when it cannot be read.
pub type Read<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// The modules of a library; the first is its root.
#[derive(Default)]
pub struct Library {
    /// The modules.
    pub modules: Vec<Module>,
}

/// A module.
#[derive(Default)]
pub struct Module {
    /// What is in it, except modules, `use` declarations and tests.
    pub items: Vec<Item>,
    /// What its `use` declarations bring in.
    pub uses: Vec<Use>,
    /// The modules in it.
    pub children: BTreeMap<String, Child>,
    /// The conditions under which it is there, its parents' left out.
    pub conditions: Vec<String>,
    /// The module around it; the root has none.
    pub parent: Option<usize>,
}

/// A module in another.
#[derive(Debug)]
pub struct Child {
    /// Its number in [`Library::modules`].
    pub module: usize,
    /// Whether it is `pub`.
    pub is_public: bool,
}

/// A name that `use` brings in.
#[derive(Debug)]
pub struct Use {
    /// The name; nothing for all names of a module.
    pub name: Option<String>,
    /// What it names.
    pub path: Vec<String>,
    /// Whether it is `pub`.
    pub is_public: bool,
    /// The conditions under which it is there.
    pub conditions: Vec<String>,
}

/// What a path means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A module.
    Module(usize),
    /// The items of a name in a module.
    Item(usize, String),
    /// Something of another crate.
    Foreign(String),
}

/// How far a name is followed through `use` declarations; sound code needs a few steps.
const MOST_STEPS: usize = 16;

/// Whether this is `gerbang_core::optional_members!`, used or defined.
fn is_optional_members(item: &syn::ItemMacro) -> bool {
    let name = item.ident.as_ref().or_else(|| item.mac.path.segments.last().map(|segment| &segment.ident));
    name.is_some_and(|name| name == "optional_members")
}

/// Whether this is `macro_rules!` for the library's own use.
fn is_private_definition(item: &syn::ItemMacro) -> bool {
    item.ident.is_some() && !item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"))
}

impl Library {
    /// Reads a library from its root file; `read` gives the text of a file that is there. Fails where macros define items, as
    /// those cannot be seen.
    pub fn read(root: &Path, read: Read) -> Result<Self> {
        let mut library = Self::default();
        let directory = root.parent().context("the root file has no directory")?;
        library.add(parse(root, read)?, directory, None, Vec::new(), read)?;
        Ok(library)
    }

    /// Adds a module, whose submodules have their files in a directory.
    fn add(
        &mut self,
        items: Vec<Item>,
        directory: &Path,
        parent: Option<usize>,
        conditions: Vec<String>,
        read: Read,
    ) -> Result<usize> {
        let number = self.modules.len();
        self.modules.push(Module { conditions, parent, ..Module::default() });
        for item in items {
            let attributes = text::attributes(&item);
            let conditions = text::conditions(attributes);
            if conditions.iter().any(|condition| condition == "test" || condition.contains("doctest")) {
                continue;
            }
            match item {
                Item::Mod(item) => {
                    let name = item.ident.to_string();
                    ensure!(!item.attrs.iter().any(|attribute| attribute.path().is_ident("path")), "#[path] of {name}");
                    let below = directory.join(&name);
                    let items = match item.content {
                        Some((_, items)) => items,
                        None => {
                            let beside = directory.join(format!("{name}.rs"));
                            parse(&if read(&beside).is_some() { beside } else { below.join("mod.rs") }, read)?
                        }
                    };
                    let module = self.add(items, &below, Some(number), conditions, read)?;
                    let child = Child { module, is_public: is_public(&item.vis) };
                    self.modules[number].children.insert(name, child);
                }
                Item::Use(item) => {
                    let mut uses = Vec::new();
                    names(&item.tree, &mut Vec::new(), &mut uses);
                    let is_public = is_public(&item.vis);
                    let uses = uses.into_iter().map(|(name, path)| {
                        let conditions = conditions.clone();
                        Use { name, path, is_public, conditions }
                    });
                    self.modules[number].uses.extend(uses);
                }
                // It defines private modules only, and is itself hidden.
                Item::Macro(item) if is_optional_members(&item) => {}
                // What it defines is seen to be missing where it is used.
                Item::Macro(item) if is_private_definition(&item) => {}
                Item::Macro(item) => {
                    let name = item.mac.path.segments.last().map(|segment| segment.ident.to_string());
                    bail!("{}! defines what cannot be seen here", name.unwrap_or_default());
                }
                item => self.modules[number].items.push(item),
            }
        }
        Ok(number)
    }

    /// What a path in a module means: several things where a module and a function have one name.
    pub fn resolve(&self, module: usize, path: &[String]) -> Vec<Target> {
        self.follow(module, path, MOST_STEPS)
    }

    fn follow(&self, module: usize, path: &[String], steps: usize) -> Vec<Target> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let mut targets = match first.as_str() {
            "crate" => vec![Target::Module(0)],
            "self" => vec![Target::Module(module)],
            "super" => self.around(module),
            name => self.look_up(module, name, steps),
        };
        if targets.is_empty() {
            targets.push(Target::Foreign(first.clone()));
        }
        for name in rest {
            let next = targets.into_iter().flat_map(|target| match target {
                Target::Module(module) if name == "super" => self.around(module),
                Target::Module(module) => self.look_up(module, name, steps),
                Target::Item(..) => Vec::new(),
                Target::Foreign(path) => vec![Target::Foreign(format!("{path}::{name}"))],
            });
            targets = next.collect();
        }
        targets
    }

    fn around(&self, module: usize) -> Vec<Target> {
        self.modules[module].parent.map(Target::Module).into_iter().collect()
    }

    /// What a name in a module means; nothing when the module does not know it.
    fn look_up(&self, module: usize, name: &str, steps: usize) -> Vec<Target> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        let here = &self.modules[module];
        let mut targets = Vec::new();
        targets.extend(here.children.get(name).map(|child| Target::Module(child.module)));
        if here.items.iter().any(|item| text::name(item).is_some_and(|found| found == name)) {
            targets.push(Target::Item(module, name.to_owned()));
        }
        if targets.is_empty() {
            for import in here.uses.iter().filter(|import| import.name.as_deref() == Some(name)) {
                // `use name;` names a crate.
                let is_crate = import.path.len() == 1;
                targets.extend(match is_crate {
                    true => vec![Target::Foreign(name.to_owned())],
                    false => self.follow(module, &import.path, steps),
                });
            }
        }
        if targets.is_empty() {
            for import in here.uses.iter().filter(|import| import.name.is_none()) {
                for target in self.follow(module, &import.path, steps) {
                    if let Target::Module(all) = target {
                        targets.extend(self.look_up(all, name, steps));
                    }
                }
            }
        }
        targets
    }
}

fn parse(file: &Path, read: Read) -> Result<Vec<Item>> {
    let code = read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(syn::parse_file(&code).with_context(|| format!("cannot parse {}", file.display()))?.items)
}

pub fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The names that a `use` declaration brings in, each with its path.
fn names(tree: &UseTree, path: &mut Vec<String>, names_found: &mut Vec<(Option<String>, Vec<String>)>) {
    let here = path.len();
    match tree {
        UseTree::Path(tree) => {
            path.push(tree.ident.to_string());
            names(&tree.tree, path, names_found);
        }
        UseTree::Name(tree) => {
            if tree.ident != "self" {
                path.push(tree.ident.to_string());
            }
            names_found.push((path.last().cloned(), path.clone()));
        }
        UseTree::Rename(tree) => {
            if tree.ident != "self" {
                path.push(tree.ident.to_string());
            }
            names_found.push((Some(tree.rename.to_string()), path.clone()));
        }
        UseTree::Glob(_) => names_found.push((None, path.clone())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| names(tree, path, names_found)),
    }
    path.truncate(here);
}
