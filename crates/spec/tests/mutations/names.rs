//! Names that are twice in a place where Rust allows them once.

use std::collections::BTreeSet;
use std::path::Path;

use quote::quote;
use syn::{Fields, FnArg, ImplItem, Item, Pat, Signature};

/// The names of a file that are twice; of one that cannot be parsed, why.
pub fn twice(path: &Path, code: &str) -> Vec<String> {
    let file = match syn::parse_file(code) {
        Ok(file) => file,
        Err(error) => return vec![format!("{}: {error}", path.display())],
    };
    let mut seen = Seen { path: path.display().to_string(), ..Seen::default() };
    file.items.iter().for_each(|item| seen.item(item));
    seen.twice
}

#[derive(Default)]
struct Seen {
    path: String,
    names: BTreeSet<String>,
    twice: Vec<String>,
}

impl Seen {
    fn add(&mut self, name: String) {
        if !self.names.insert(name.clone()) {
            self.twice.push(format!("{}: {name}", self.path));
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Struct(item) => {
                self.add(format!("type {}", item.ident));
                if let Fields::Named(fields) = &item.fields {
                    for field in fields.named.iter().filter_map(|field| field.ident.as_ref()) {
                        self.add(format!("{}.{field}", item.ident));
                    }
                }
            }
            Item::Enum(item) => {
                self.add(format!("type {}", item.ident));
                item.variants.iter().for_each(|variant| self.add(format!("{}::{}", item.ident, variant.ident)));
            }
            Item::Fn(item) => {
                self.add(format!("value {}", item.sig.ident));
                self.arguments(&item.sig);
            }
            Item::Static(item) => self.add(format!("value {}", item.ident)),
            Item::Const(item) => self.add(format!("value {}", item.ident)),
            Item::Impl(block) if block.trait_.is_none() => {
                let ty = &block.self_ty;
                let of = quote!(#ty).to_string();
                for item in &block.items {
                    match item {
                        ImplItem::Fn(method) => {
                            self.add(format!("{of}::{}", method.sig.ident));
                            self.arguments(&method.sig);
                        }
                        ImplItem::Const(item) => self.add(format!("{of}::{}", item.ident)),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn arguments(&mut self, signature: &Signature) {
        let mut names = BTreeSet::new();
        for argument in &signature.inputs {
            if let FnArg::Typed(argument) = argument
                && let Pat::Ident(name) = &*argument.pat
                && !names.insert(name.ident.to_string())
            {
                self.twice.push(format!("{}: {} takes `{}` twice", self.path, signature.ident, name.ident));
            }
        }
    }
}

#[test]
fn names_that_are_twice_are_found() {
    let path = Path::new("a.rs");
    assert_eq!(twice(path, "struct A { a: u8, b: u8 } fn a(b: u8) {} impl A { fn b(&self) {} }"), [""; 0]);
    for code in [
        "struct A; enum A {}",
        "struct A { a: u8, a: u8 }",
        "enum A { B, B }",
        "fn a(b: u8, b: u8) {}",
        "impl A { fn b() {} } impl A { fn b() {} }",
        "struct",
    ] {
        assert_eq!(twice(path, code).len(), 1, "{code}");
    }
}
