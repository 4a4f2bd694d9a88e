//! The lines of a library's public API.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, ItemTrait, TraitItem, Type};

use super::text;
use super::tree::{Library, Target, is_public};

/// Where a program finds an item: a path and the conditions under which it is there.
type Place = (String, BTreeSet<String>);

/// A name in a module, which may be of several items.
type Definition = (usize, String);

/// The lines, in the order of their items' paths; of an item the definition, then methods, then implementations.
pub fn lines(library: &Library, name: &str) -> Vec<String> {
    let mut listing = Listing { library, places: BTreeMap::new(), groups: BTreeMap::new() };
    listing.visit(0, name, &BTreeSet::new(), &mut BTreeSet::new());
    for (definition, places) in listing.places.clone() {
        listing.define(&definition, &places);
    }
    for module in 0..library.modules.len() {
        let conditions = listing.conditions_of(module);
        for item in &library.modules[module].items {
            if let Item::Impl(item) = item {
                listing.implement(module, item, &conditions, name);
            }
        }
    }
    listing.groups.into_values().flat_map(Group::into_lines).collect()
}

struct Listing<'a> {
    library: &'a Library,
    places: BTreeMap<Definition, Vec<Place>>,
    groups: BTreeMap<String, Group>,
}

/// What belongs to one path.
#[derive(Default)]
struct Group {
    definition: Vec<String>,
    methods: BTreeSet<String>,
    implementations: BTreeSet<String>,
}

impl Group {
    fn into_lines(self) -> impl Iterator<Item = String> {
        self.definition.into_iter().chain(self.methods).chain(self.implementations)
    }
}

impl Listing<'_> {
    /// Finds what a module offers under a path.
    fn visit(
        &mut self,
        module: usize,
        path: &str,
        conditions: &BTreeSet<String>,
        visited: &mut BTreeSet<(usize, String)>,
    ) {
        if !visited.insert((module, path.to_owned())) {
            return;
        }
        let library = self.library;
        let here = &library.modules[module];
        for item in here.items.iter().filter(|item| is_offered(item)) {
            if let Some(name) = text::name(item) {
                let place = (format!("{path}::{name}"), with(conditions, &text::conditions(text::attributes(item))));
                self.add_place((module, name.to_string()), place);
            }
        }
        for (name, child) in here.children.iter().filter(|(_, child)| child.is_public) {
            let conditions = with(conditions, &library.modules[child.module].conditions);
            self.visit_module(child.module, &format!("{path}::{name}"), &conditions, visited);
        }
        for import in here.uses.iter().filter(|import| import.is_public) {
            let conditions = with(conditions, &import.conditions);
            for target in library.resolve(module, &import.path) {
                match (target, &import.name) {
                    (Target::Module(all), None) => {
                        self.visit(all, path, &with(&conditions, &library.modules[all].conditions), visited);
                    }
                    (Target::Module(found), Some(name)) => {
                        let conditions = with(&conditions, &library.modules[found].conditions);
                        self.visit_module(found, &format!("{path}::{name}"), &conditions, visited);
                    }
                    (Target::Item(found, item), Some(name)) => {
                        let conditions = with(&conditions, &Vec::from_iter(self.conditions_of(found)));
                        let items = library.modules[found].items.iter();
                        let own = items.filter(|other| text::name(other).is_some_and(|name| *name == item));
                        let own = own.flat_map(|item| text::conditions(text::attributes(item)));
                        let conditions = with(&conditions, &own.collect::<Vec<_>>());
                        self.add_place((found, item), (format!("{path}::{name}"), conditions));
                    }
                    (Target::Item(_, item), None) => {
                        self.group(path)
                            .definition
                            .push(format!("{}pub use {path}::* = {item}::*", prefix(&conditions)));
                    }
                    (Target::Foreign(foreign), name) => {
                        let name = name.as_deref().unwrap_or("*");
                        let line = format!("{}pub use {path}::{name} = {foreign}", prefix(&conditions));
                        self.group(&format!("{path}::{name}")).definition.push(line);
                    }
                }
            }
        }
    }

    fn visit_module(
        &mut self,
        module: usize,
        path: &str,
        conditions: &BTreeSet<String>,
        visited: &mut BTreeSet<(usize, String)>,
    ) {
        self.group(path).definition.push(format!("{}pub mod {path}", prefix(conditions)));
        self.visit(module, path, conditions, visited);
    }

    fn add_place(&mut self, definition: Definition, place: Place) {
        let places = self.places.entry(definition).or_default();
        if !places.contains(&place) {
            places.push(place);
            // The shortest is the one that programs should use.
            places.sort_by_key(|(path, _)| (path.matches("::").count(), path.clone()));
        }
    }

    fn group(&mut self, path: &str) -> &mut Group {
        self.groups.entry(path.to_owned()).or_default()
    }

    /// The conditions of a module and all around it.
    fn conditions_of(&self, module: usize) -> BTreeSet<String> {
        let around = std::iter::successors(Some(module), |inner| self.library.modules[*inner].parent);
        around.flat_map(|module| self.library.modules[module].conditions.iter().cloned()).collect()
    }

    /// Lists a definition under its first place, and the other places as other names of it.
    fn define(&mut self, (module, name): &Definition, places: &[Place]) {
        let library = self.library;
        let Some(((path, conditions), others)) = places.split_first() else { return };
        for (other, conditions) in others {
            let line = format!("{}pub use {other} = {path}", prefix(conditions));
            self.group(other).definition.push(line);
        }
        let items = library.modules[*module].items.iter();
        for item in items.filter(|item| text::name(item).is_some_and(|found| found == name) && is_offered(item)) {
            let lines = definition(item, path).into_iter().map(|line| prefix(conditions) + &line);
            let lines = lines.collect::<Vec<_>>();
            let derived = text::derives(text::attributes(item)).into_iter().map(|(derived, condition)| {
                let conditions = with(conditions, condition.as_slice());
                format!("{}impl {} for {path}", prefix(&conditions), text::last(&derived))
            });
            let derived = derived.collect::<Vec<_>>();
            let group = self.group(path);
            group.definition.extend(lines);
            group.implementations.extend(derived);
        }
    }

    /// Lists what an `impl` block gives to a type that programs can name.
    fn implement(&mut self, module: usize, item: &ItemImpl, around: &BTreeSet<String>, root: &str) {
        let conditions = with(around, &text::conditions(&item.attrs));
        let generics = text::generics(&item.generics);
        let place = match self.find(module, &item.self_ty) {
            Found::Private => return,
            Found::Foreign => None,
            Found::Public(path, place) => Some((path, place)),
        };
        let written = text::type_of(&item.self_ty);
        let (path, owner, conditions) = match place {
            // The parameters of the type as the block writes them.
            Some((path, place)) => {
                let parameters = written.find('<').map_or("", |start| &written[start..]).to_owned();
                (path.clone(), format!("{path}{parameters}"), with(&conditions, &Vec::from_iter(place)))
            }
            None => (root.to_owned(), written, conditions),
        };
        let Some((_, trait_path, _)) = &item.trait_ else {
            let of = if generics.is_empty() { String::new() } else { format!(" in impl{generics} {owner}") };
            for line in members(item, &path) {
                let line = format!("{}{line}{of}", prefix(&conditions));
                self.group(&path).methods.insert(line);
            }
            return;
        };
        let segments: Vec<_> = trait_path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let is_private = |target: &Target| match target {
            Target::Item(module, name) => !self.places.contains_key(&(*module, name.clone())),
            _ => false,
        };
        if self.library.resolve(module, &segments).iter().any(is_private) {
            return;
        }
        let implemented = text::last(trait_path);
        let line = format!("{}impl{generics} {implemented} for {owner}", prefix(&conditions));
        let types = item.items.iter().filter_map(|item| match item {
            ImplItem::Type(item) => Some(format!("{line} {{ type {} = {} }}", item.ident, text::type_of(&item.ty))),
            _ => None,
        });
        let mut types = types.collect::<Vec<_>>();
        if types.is_empty() {
            types.push(line);
        }
        self.group(&path).implementations.extend(types);
    }

    /// What the type of an `impl` block is to programs.
    fn find(&self, module: usize, ty: &Type) -> Found {
        let Type::Path(ty) = ty else { return Found::Foreign };
        let segments: Vec<_> = ty.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        for target in self.library.resolve(module, &segments) {
            if let Target::Item(module, name) = target {
                return match self.places.get(&(module, name)).and_then(|places| places.first()) {
                    Some((path, conditions)) => Found::Public(path.clone(), conditions.clone()),
                    None => Found::Private,
                };
            }
        }
        Found::Foreign
    }
}

enum Found {
    Public(String, BTreeSet<String>),
    Private,
    Foreign,
}

/// The lines of a definition and what is in it.
fn definition(item: &Item, path: &str) -> Vec<String> {
    let marks = marks(text::attributes(item));
    match item {
        Item::Const(item) => vec![format!("{marks}pub const {path}: {}", text::type_of(&item.ty))],
        Item::Static(item) => vec![format!("{marks}pub static {path}: {}", text::type_of(&item.ty))],
        Item::Type(item) => {
            vec![format!("{marks}pub type {path}{} = {}", text::generics(&item.generics), text::type_of(&item.ty))]
        }
        Item::Fn(item) => vec![format!("{marks}pub {}", function(&item.sig, path))],
        Item::Struct(item) => {
            let generics = text::generics(&item.generics);
            let mut lines = vec![format!("{marks}pub struct {path}{generics}{}", shape(&item.fields))];
            if let Fields::Named(fields) = &item.fields {
                for field in fields.named.iter().filter(|field| is_public(&field.vis)) {
                    let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                    let field_type = text::type_of(&field.ty);
                    lines.push(format!("pub {path}::{name}: {field_type}{}", word(&field.attrs)));
                }
            }
            lines
        }
        Item::Enum(item) => {
            let mut lines = vec![format!("{marks}pub enum {path}{}", text::generics(&item.generics))];
            for variant in &item.variants {
                let marks = self::marks(&variant.attrs);
                let fields = variant.fields.iter().map(|field| match &field.ident {
                    Some(name) => format!("{name}: {}", text::type_of(&field.ty)),
                    None => text::type_of(&field.ty),
                });
                let fields = fields.collect::<Vec<_>>().join(", ");
                let fields = match &variant.fields {
                    Fields::Named(_) => format!(" {{ {fields} }}"),
                    Fields::Unnamed(_) => format!("({fields})"),
                    Fields::Unit => String::new(),
                };
                lines.push(format!("{marks}pub {path}::{}{fields}{}", variant.ident, word(&variant.attrs)));
            }
            lines
        }
        Item::Trait(item) => of_trait(item, path, &marks),
        _ => Vec::new(),
    }
}

/// How a struct can be made and taken apart: private fields forbid both.
fn shape(fields: &Fields) -> String {
    match fields {
        Fields::Named(fields) if fields.named.iter().all(|field| is_public(&field.vis)) => String::new(),
        Fields::Named(_) => " { .. }".to_owned(),
        Fields::Unit => ";".to_owned(),
        Fields::Unnamed(fields) => {
            let fields = fields.unnamed.iter().map(|field| match is_public(&field.vis) {
                true => format!("pub {}", text::type_of(&field.ty)),
                false => "_".to_owned(),
            });
            format!("({})", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A trait; what an implementation may leave out ends in `{ .. }`.
fn of_trait(item: &ItemTrait, path: &str, marks: &str) -> Vec<String> {
    let generics = text::generics(&item.generics);
    let mut lines = vec![format!("{marks}pub trait {path}{generics}{}", text::bounds(&item.supertraits))];
    for item in &item.items {
        let (line, is_provided) = match item {
            TraitItem::Fn(item) => {
                (function(&item.sig, &format!("{path}::{}", item.sig.ident)), item.default.is_some())
            }
            TraitItem::Const(item) => {
                (format!("const {path}::{}: {}", item.ident, text::type_of(&item.ty)), item.default.is_some())
            }
            TraitItem::Type(item) => {
                (format!("type {path}::{}{}", item.ident, text::bounds(&item.bounds)), item.default.is_some())
            }
            _ => continue,
        };
        lines.push(format!("pub {line}{}", if is_provided { " { .. }" } else { "" }));
    }
    lines
}

/// The public functions and constants of an `impl` block without a trait.
fn members(item: &ItemImpl, path: &str) -> Vec<String> {
    let member = |item: &ImplItem| match item {
        ImplItem::Fn(item) if is_public(&item.vis) => {
            let conditions = prefix(&text::conditions(&item.attrs).into_iter().collect());
            let function = function(&item.sig, &format!("{path}::{}", item.sig.ident));
            Some(format!("{conditions}{}pub {function}", marks(&item.attrs)))
        }
        ImplItem::Const(item) if is_public(&item.vis) => {
            Some(format!("pub const {path}::{}: {}", item.ident, text::type_of(&item.ty)))
        }
        _ => None,
    };
    item.items.iter().filter_map(member).collect()
}

/// A signature that names the function by its path.
fn function(signature: &syn::Signature, path: &str) -> String {
    text::signature(signature).replacen(&format!("fn {}", signature.ident), &format!("fn {path}"), 1)
}

/// The attributes that say what programs may do with an item.
fn marks(attributes: &[Attribute]) -> String {
    let names = ["non_exhaustive", "deprecated"];
    let found = names.iter().filter(|name| attributes.iter().any(|attribute| attribute.path().is_ident(**name)));
    found.map(|name| format!("#[{name}] ")).collect()
}

fn word(attributes: &[Attribute]) -> String {
    text::word(attributes).map(|word| format!(" = {word:?}")).unwrap_or_default()
}

fn is_offered(item: &Item) -> bool {
    match item {
        Item::Const(item) => is_public(&item.vis),
        Item::Enum(item) => is_public(&item.vis),
        Item::Fn(item) => is_public(&item.vis),
        Item::Static(item) => is_public(&item.vis),
        Item::Struct(item) => is_public(&item.vis),
        Item::Trait(item) => is_public(&item.vis),
        Item::Type(item) => is_public(&item.vis),
        Item::Union(item) => is_public(&item.vis),
        _ => false,
    }
}

fn with(conditions: &BTreeSet<String>, more: &[String]) -> BTreeSet<String> {
    conditions.iter().chain(more).cloned().collect()
}

fn prefix(conditions: &BTreeSet<String>) -> String {
    conditions.iter().map(|condition| format!("#[cfg({condition})] ")).collect()
}
