//! Names and documentation in generated code.

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

/// How wide documentation is written.
const WIDTH: usize = 100;

/// Documentation of an item: paragraphs, wrapped.
pub fn doc(paragraphs: &[String]) -> TokenStream {
    let lines = lines(paragraphs);
    quote!(#(#[doc = #lines])*)
}

/// Documentation of a module, inside it.
pub fn inner_doc(paragraphs: &[String]) -> TokenStream {
    let lines = lines(paragraphs);
    quote!(#(#![doc = #lines])*)
}

fn lines(paragraphs: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.trim().is_empty()) {
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
    // What continues an item of a list stands under its text.
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

/// A sentence that says on which document something rests, and where it is a guess.
pub fn source(source: &[String; 3], guess: Option<&str>) -> String {
    let [document, section, read] = source;
    let guess = guess.map(|guess| format!(" A guess: {guess}")).unwrap_or_default();
    format!("Source: {document}, \"{section}\", read on {read}.{guess}")
}

/// A name as Rust's `snake_case`; progenitor names fields and arguments the same way.
pub fn snake(name: &str) -> Ident {
    let snake = name.replace('\'', "").replace(|letter: char| !letter.is_alphanumeric(), "-").to_snake_case();
    let starts_well = snake.starts_with(|first: char| first.is_alphabetic());
    ident(&if starts_well { snake } else { format!("x{snake}") })
}

/// A word as Rust's `PascalCase`; none when it cannot be a name.
pub fn pascal(word: &str) -> Option<Ident> {
    let parts = word.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let pascal: String = parts
        .map(|part| {
            let (first, rest) = part.split_at(1);
            let shouted = !rest.chars().any(|c| c.is_ascii_lowercase());
            first.to_ascii_uppercase() + &if shouted { rest.to_ascii_lowercase() } else { rest.to_owned() }
        })
        .collect();
    pascal.starts_with(|c: char| c.is_ascii_uppercase()).then(|| ident(&pascal))
}

/// The name of a static: `CREATE_PAYMENT`.
pub fn shout(name: &str) -> Ident {
    ident(&name.to_ascii_uppercase())
}

/// An identifier; a keyword gets an underscore.
pub fn ident(name: &str) -> Ident {
    syn::parse_str::<Ident>(name).unwrap_or_else(|_| Ident::new(&format!("{name}_"), proc_macro2::Span::call_site()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_rust_names() {
        assert_eq!(snake("bankDisplayNm").to_string(), "bank_display_nm");
        assert_eq!(snake("install_12").to_string(), "install_12");
        assert_eq!(snake("Authorization").to_string(), "authorization");
        assert_eq!(snake("HTMLText[gte]").to_string(), "html_text_gte");
        assert_eq!(snake("3ds").to_string(), "x3ds");
        assert_eq!(pascal("cimb_niaga_va").unwrap().to_string(), "CimbNiagaVa");
        assert_eq!(pascal("generate-qr-code").unwrap().to_string(), "GenerateQrCode");
        assert_eq!(pascal("PENDING").unwrap().to_string(), "Pending");
        assert!(pascal("201").is_none());
        assert_eq!(ident("type").to_string(), "type_");
    }

    #[test]
    fn documentation_is_wrapped_and_linked() {
        let lines = lines(&["See https://example.com/a. ".repeat(9), String::new(), "b".to_owned()]);
        assert!(lines.iter().all(|line| line.len() < 140));
        assert!(lines[0].starts_with(" See <https://example.com/a>. See"));
        assert_eq!(&lines[lines.len() - 2..], ["", " b"]);
    }
}
