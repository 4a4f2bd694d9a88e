//! What each generated client offers, pinned: signatures for people to read, and a fingerprint of every file.

use std::fs;

use quote::ToTokens;
use syn::{Fields, ImplItem, Item, Visibility};
use xtask::specs::{self, Spec};

#[test]
fn the_public_surface_of_each_client_is_pinned() {
    for spec in specs::find(&specs::workspace().join("specs"), &[]).unwrap() {
        let mut surface = String::new();
        for file in ["client.rs", "credentials.rs", "notifications.rs", "types.rs"] {
            let path = specs::workspace().join("crates").join(spec.provider()).join("src/generated");
            let path = path.join(spec.module().unwrap_or_default()).join(file);
            if let Ok(code) = fs::read_to_string(path) {
                surface.push_str(&format!("// {file}\n\n{}\n", signatures(&code)));
            }
        }
        insta::assert_snapshot!(spec.name.clone(), surface);
    }
}

#[test]
fn the_whole_set_of_generated_files_is_pinned() {
    let specs: Vec<Spec> = specs::find(&specs::workspace().join("specs"), &[]).unwrap();
    let files = xtask::generate::all_files(&specs).unwrap();
    let lines: Vec<_> = files
        .iter()
        .map(|(path, code)| format!("{:016x} {:>5} lines {}", fingerprint(code), code.lines().count(), path.display()))
        .collect();
    insta::assert_snapshot!("files", lines.join("\n"));
}

/// The public items of a file without bodies and documentation.
fn signatures(code: &str) -> String {
    let mut items = Vec::new();
    for item in syn::parse_file(code).unwrap().items {
        match item {
            Item::Struct(item) => items.push(structure(item)),
            Item::Enum(item) => {
                let words = item.variants.iter().map(|variant| {
                    let wire = variant.attrs.iter().find(|attribute| attribute.path().is_ident("serde"));
                    format!("    {} {}", variant.ident, wire.map(|wire| text(&wire.meta)).unwrap_or_default())
                });
                items.push(format!("enum {} {{\n{}\n}}", item.ident, words.collect::<Vec<_>>().join("\n")));
            }
            Item::Fn(item) => items.push(format!("fn {}", text(&item.sig)[3..].trim())),
            Item::Impl(block) if block.trait_.is_none() => {
                let name = text(&block.self_ty);
                for item in block.items {
                    if let ImplItem::Fn(method) = item
                        && matches!(method.vis, Visibility::Public(_))
                    {
                        items.push(format!("impl {name}: {}", text(&method.sig)));
                    }
                }
            }
            _ => {}
        }
    }
    items.join("\n") + "\n"
}

fn structure(item: syn::ItemStruct) -> String {
    let mut lines = Vec::new();
    if item.attrs.iter().any(|attribute| attribute.path().is_ident("non_exhaustive")) {
        lines.push("#[non_exhaustive]".to_owned());
    }
    lines.push(format!("struct {} {{", item.ident));
    if let Fields::Named(fields) = item.fields {
        for field in fields.named {
            if matches!(field.vis, Visibility::Public(_)) {
                lines.push(format!("    {}: {}", field.ident.unwrap(), text(&field.ty)));
            }
        }
    }
    lines.push("}".to_owned());
    lines.join("\n")
}

/// Tokens with the spaces that people write.
fn text(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (loose, tight) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" <", "<"),
        (" >", ">"),
        ("< ", "<"),
        (" ,", ","),
        ("& ", "&"),
        (" :", ":"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(loose, tight);
    }
    text
}

/// FNV-1a: the same on every machine and with every compiler.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
