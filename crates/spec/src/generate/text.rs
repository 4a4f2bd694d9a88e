//! Documentation in generated code, and the names that code uses.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

/// How wide documentation is written.
const WIDTH: usize = 100;

/// Documentation of an item: paragraphs, wrapped.
pub fn doc(paragraphs: &[impl AsRef<str>]) -> TokenStream {
    let lines = lines(paragraphs);
    quote!(#(#[doc = #lines])*)
}

/// Documentation of a module, inside it.
pub fn inner_doc(paragraphs: &[impl AsRef<str>]) -> TokenStream {
    let lines = lines(paragraphs);
    quote!(#(#![doc = #lines])*)
}

fn lines(paragraphs: &[impl AsRef<str>]) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in paragraphs.iter().map(AsRef::as_ref).filter(|paragraph| !paragraph.trim().is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        // A list or heading is one paragraph with line breaks of its own.
        for line in paragraph.lines() {
            wrap(line, &mut lines);
        }
    }
    lines
}

fn wrap(text: &str, lines: &mut Vec<String>) {
    // What continues an item of a list is written under its text.
    let indent = if text.starts_with("- ") { "  " } else { "" };
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.chars().count() >= WIDTH {
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
        }
        // The space after `///`.
        line.push(' ');
        line.push_str(&linked(word));
    }
    lines.push(line);
}

/// A bare address as a link, which rustdoc asks for.
fn linked(word: &str) -> String {
    let end = word.trim_end_matches(['.', ',', ';', ')', ':']).len();
    match word.starts_with("https://") || word.starts_with("http://") {
        true => format!("<{}>{}", &word[..end], &word[end..]),
        false => word.to_owned(),
    }
}

/// The names in some code, for what it imports.
pub fn used_names(tokens: &TokenStream) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(name) => drop(names.insert(name.to_string())),
            TokenTree::Group(group) => names.extend(used_names(&group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    names
}

/// A sentence that says on which document something rests, and where it is a guess.
pub fn source(source: &[String; 3], guess: Option<&str>) -> String {
    let [document, section, read] = source;
    let guess = guess.map(|guess| format!(" A guess: {guess}")).unwrap_or_default();
    format!("Source: {document}, \"{section}\", read on {read}.{guess}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_is_wrapped_and_linked() {
        let lines = lines(&["See https://example.com/a. ".repeat(9), String::new(), "b".to_owned()]);
        assert!(lines.iter().all(|line| line.len() < 140));
        assert!(lines[0].starts_with(" See <https://example.com/a>. See"));
        assert_eq!(&lines[lines.len() - 2..], ["", " b"]);
    }
}
