//! Names in generated code: what a name of the spec is called in Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use heck::{ToPascalCase, ToSnakeCase};
use syn::Ident;

/// Types that generated code uses itself.
pub const TYPES: &[&str] = &["Box", "Into", "None", "Option", "Result", "Self", "Some", "String", "Vec"];

/// Names that the methods of what is sent have already.
pub const SETTERS: &[&str] = &["check_limits", "clone", "new"];

/// Names that the arguments of methods have beside those of parameters.
pub const ARGUMENTS: &[&str] = &["body", "options"];

/// What is put after the name of a type that is sent, for the struct of what it requires.
pub const REQUIRED: &str = "Required";

/// What is put after the name of an operation, for its method that takes optional parameters.
pub const WITH: &str = "_with";

/// What is put after the name of a notification that comes with a proof, for the function that does not check it.
pub const UNVERIFIED: &str = "_unverified";

/// The type of an operation's optional parameters, as progenitor writes it: letters around digits are lower case there.
pub fn options_of(operation: &str) -> Option<String> {
    Some(format!("{}Options", pascal(operation)?).to_pascal_case())
}

/// The public names of `gerbang-core`, which programs have beside those of a client.
pub static CORE_NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let file = syn::parse_file(include_str!("../../core/src/lib.rs")).expect("the core's lib.rs is Rust");
    let mut waiting: Vec<_> = file
        .items
        .into_iter()
        .filter_map(|item| match item {
            syn::Item::Use(item) => Some(item.tree),
            _ => None,
        })
        .collect();
    let mut names = BTreeSet::new();
    while let Some(tree) = waiting.pop() {
        match tree {
            syn::UseTree::Path(path) => waiting.push(*path.tree),
            syn::UseTree::Group(group) => waiting.extend(group.items),
            syn::UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
            syn::UseTree::Rename(rename) => drop(names.insert(rename.rename.to_string())),
            syn::UseTree::Glob(_) => {}
        }
    }
    names
});

/// Names that a client's methods, or the statics of operations, cannot have.
pub const METHODS: &[&str] =
    &["all", "base_url", "builder", "clone", "envelope", "from_env", "new", "with_retry", "with_timeout"];

/// Names that the getters of credentials cannot have.
pub const GETTERS: &[&str] = &["clone", "from_env", "from_variables", "get", "new", "secrets"];

/// Options that each command of the command line has, and `--help`.
pub const OPTIONS: &[&str] = &["allow-http", "base-url", "config", "help", "json", "profile", "timeout", "verbose"];

/// Headers that the client or HTTP itself writes.
pub const HEADERS: &[&str] = &[
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The option of the command line for an argument.
pub fn option(argument: &str) -> String {
    snake(argument).to_string().trim_end_matches('_').replace('_', "-")
}

/// The Rust name of each of some members or arguments: its own, and none that is taken. Of several that would have the same
/// one, that which is written so keeps it, and the others are numbered in their order.
pub fn distinct<'a>(names: impl IntoIterator<Item = &'a str>, taken: &[&str]) -> BTreeMap<&'a str, Ident> {
    let names: BTreeSet<_> = names.into_iter().collect();
    let mut used: BTreeSet<_> = taken.iter().map(|name| (*name).to_owned()).collect();
    let (exact, others): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| snake(name) == name);
    let named = exact.into_iter().chain(others).map(|name| {
        let plain = snake(name).to_string();
        let numbered = (2..).map(|number| format!("{}_{number}", plain.trim_end_matches('_')));
        let mut candidates = std::iter::once(plain.clone()).chain(numbered);
        let free = candidates.find(|candidate| used.insert(candidate.clone())).expect("the numbers have no end");
        (name, ident(&free))
    });
    named.collect()
}

/// Whether a name is one in Rust as it is: no keyword, and only letters, digits and underscores.
pub fn is_ident(name: &str) -> bool {
    // `syn` does not know the keyword of the edition 2024.
    name != "gen" && !name.starts_with("r#") && syn::parse_str::<Ident>(name).is_ok_and(|ident| ident == name)
}

/// A name as Rust's `snake_case`; progenitor names fields the same way.
pub fn snake(name: &str) -> Ident {
    if let Some(sign) = [("+1", "plus1"), ("-1", "minus1")].into_iter().find_map(|(of, is)| (of == name).then_some(is))
    {
        return ident(sign);
    }
    // What may be inside a name of Rust, which is less than all that Unicode takes for letters and digits.
    let is_part =
        |letter: char| letter.is_ascii_alphanumeric() || !letter.is_ascii() && is_ident(&format!("x{letter}"));
    let snake = name.replace('\'', "").replace(|letter: char| !is_part(letter), "-").to_snake_case();
    let starts_well = snake.starts_with(|first: char| is_ident(&first.to_string()));
    ident(&if starts_well { snake } else { format!("x{snake}") })
}

/// Whether a type keeps this name: progenitor writes types in `PascalCase`.
pub fn is_type(name: &str) -> bool {
    name.is_ascii() && is_ident(name) && name.to_pascal_case() == name
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
    let name = if is_ident(name) { name.to_owned() } else { format!("{name}_") };
    Ident::new(&name, proc_macro2::Span::call_site())
}
