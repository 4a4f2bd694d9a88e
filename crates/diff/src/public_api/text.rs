//! Items, types and conditions as one line of text.

use proc_macro2::Span;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, ExprLit, FnArg, Generics, Ident, Item, Lit, Meta, MetaNameValue, Pat, PatType, Path, Signature,
    Token, Type, parse_quote,
};

/// The attributes of an item.
pub fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The name of an item that has one and that paths can name.
pub fn name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

/// What is in the `#[cfg(…)]` attributes.
pub fn conditions(attributes: &[Attribute]) -> Vec<String> {
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    lists.filter_map(|attribute| attribute.meta.require_list().ok()).map(|list| tight(&list.tokens)).collect()
}

/// What is derived, each with the conditions of its `#[cfg_attr(…)]`.
pub fn derives(attributes: &[Attribute]) -> Vec<(Path, Option<String>)> {
    let mut derives = Vec::new();
    for attribute in attributes {
        let (metas, condition) = match attribute.path().is_ident("cfg_attr") {
            false => (vec![attribute.meta.clone()], None),
            true => {
                let parts = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
                let mut parts = parts.into_iter().flatten();
                let condition = parts.next().map(|condition| tight(&condition));
                (parts.collect(), condition)
            }
        };
        for meta in metas.iter().filter(|meta| meta.path().is_ident("derive")) {
            let list = meta
                .require_list()
                .and_then(|list| list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated));
            derives.extend(list.into_iter().flatten().map(|path| (path, condition.clone())));
        }
    }
    derives
}

/// The word for a field or a variant in JSON, where one is written.
pub fn word(attributes: &[Attribute]) -> Option<String> {
    let mut word = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let metas = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        for meta in metas.iter().flatten().filter(|meta| meta.path().is_ident("rename")) {
            if let Meta::NameValue(MetaNameValue { value: Expr::Lit(ExprLit { lit: Lit::Str(name), .. }), .. }) = meta {
                word = Some(name.value());
            }
        }
    }
    word
}

/// `fn name(argument: Type) -> Type`.
pub fn signature(signature: &Signature) -> String {
    let mut signature = signature.clone();
    for argument in &mut signature.inputs {
        // Whether the body changes an argument is its own matter.
        match argument {
            FnArg::Receiver(receiver) if receiver.reference.is_none() => receiver.mutability = None,
            FnArg::Typed(PatType { pat, .. }) => {
                if let Pat::Ident(ident) = pat.as_mut() {
                    ident.mutability = None;
                }
            }
            FnArg::Receiver(_) => {}
        }
    }
    one_line(parse_quote!(#signature {})).trim_end_matches("{}").trim_end().trim_end_matches(',').to_owned()
}

/// A type.
pub fn type_of(ty: &Type) -> String {
    let line = one_line(parse_quote!(type X = #ty;));
    line.trim_start_matches("type X = ").trim_end_matches(';').to_owned()
}

/// `<T: Bound>`, with the `where` clause after it; nothing without parameters.
pub fn generics(generics: &Generics) -> String {
    let ident = Ident::new("X", Span::call_site());
    let (params, clause) = (&generics.params, &generics.where_clause);
    if params.is_empty() && clause.is_none() {
        return String::new();
    }
    let line = one_line(parse_quote!(struct #ident<#params> #clause {}));
    line.trim_start_matches("struct X").trim_end_matches("{}").trim_end().trim_end_matches(',').to_owned()
}

/// The last part of a path with its parameters: `From<Error>`.
pub fn last(path: &Path) -> String {
    let Some(last) = path.segments.last() else { return String::new() };
    type_of(&parse_quote!(#last))
}

/// Bounds of a trait, as written.
pub fn bounds(bounds: &Punctuated<syn::TypeParamBound, Token![+]>) -> String {
    if bounds.is_empty() {
        return String::new();
    }
    let line = one_line(parse_quote!(trait X: #bounds {}));
    line.trim_start_matches("trait X").trim_end_matches("{}").trim_end().to_owned()
}

/// The item as the formatter writes it, in one line.
fn one_line(item: Item) -> String {
    let code = prettyplease::unparse(&syn::File { shebang: None, attrs: Vec::new(), items: vec![item] });
    let line = code.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace("( ", "(").replace(", )", ")").replace("< ", "<").replace(", >", ">")
}

/// Tokens of a condition, with the spaces that people write.
fn tight(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(" (", "(").replace("( ", "(").replace(" )", ")").replace(" ,", ",")
}
