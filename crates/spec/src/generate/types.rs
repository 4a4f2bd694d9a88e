//! `types.rs`: progenitor's structs, refined, with the open sets of words and the checks of limits.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Fields, Item, ItemStruct, Meta, Type, parse_quote};

use super::choices;
use super::requests::{Member, constructors};
use super::rust_type::{argument_of, ends_with};
use super::text::{doc, inner_doc};
use crate::format::Format;
use crate::model::{Bound, Limit, Model, QUOTED, When, Words};
use crate::naming::{pascal, shout, snake};
use crate::schema::object;

/// The content of `types.rs`.
pub fn file(model: &Model, types: Vec<Item>) -> Result<TokenStream> {
    let header = inner_doc(&[format!("What is sent to {0} and what {0} answers.", model.title)]);
    let mut items: BTreeMap<String, TokenStream> = BTreeMap::new();
    let mut readers = Readers::default();
    for item in types {
        match item {
            Item::Struct(mut item) => {
                let name = item.ident.to_string();
                let refined = refine(model, &mut item, &mut readers).with_context(|| format!("the type `{name}`"))?;
                items.insert(name, refined);
            }
            // Errors of conversions that no type here has.
            Item::Mod(module) if module.ident == "error" => {}
            other => bail!("progenitor made something for which there is no rule: {}", quote!(#other)),
        }
    }
    for (name, words) in &model.words {
        items.insert(name.clone(), word_set(name, words)?);
    }
    for (name, choice) in &model.choices {
        items.insert(name.clone(), choices::choice(model, name, choice)?);
    }
    let items = items.values();
    let readers = readers.declared();
    Ok(quote!(#header #(#items)* #readers))
}

fn refine(model: &Model, item: &mut ItemStruct, readers: &mut Readers) -> Result<TokenStream> {
    let name = item.ident.to_string();
    let schema = model.schemas.get(&name).context("is not a component of the spec")?;
    let description = schema["description"].as_str().context("has no description")?;
    let doc_of_type = doc(&[description]);
    let is_request = model.requests.contains(&name);
    item.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
    item.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
    item.attrs.push(parse_quote!(#[non_exhaustive]));
    let Fields::Named(fields) = &mut item.fields else { bail!("is not a struct with named fields") };
    let properties = object(&schema["properties"]);
    let names = model.fields(&name);
    let mut members = Vec::new();
    let mut is_comparable = true;
    for field in &mut fields.named {
        let name = field.ident.clone().context("has a field without a name")?;
        let wire_name = names.iter().find(|(_, field)| **field == name).map(|(wire_name, _)| *wire_name);
        let property = wire_name.and_then(|wire_name| Some((wire_name, properties.get(wire_name)?)));
        let (wire_name, property) = property.with_context(|| format!("`{name}` is no member of the component"))?;
        if snake(wire_name) != name {
            field.attrs.push(parse_quote!(#[serde(rename = #wire_name)]));
        }
        let description = model.description_of(property);
        let description = description.with_context(|| format!("`{wire_name}` has no description"))?;
        field.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        let lines = doc(&[description]);
        let attributes: syn::ItemStruct = parse_quote!(#lines struct Lines;);
        field.attrs.splice(0..0, attributes.attrs);
        let received = (!is_request).then_some(&mut *readers);
        let is_compared = property["x-compared"] == true;
        field_on_the_wire(field, wire_name, is_compared, received).with_context(|| format!("`{wire_name}`"))?;
        Shorten.visit_type_mut(&mut field.ty);
        is_comparable &= !ends_with(argument_of(&field.ty, "Option").unwrap_or(&field.ty), "Secret");
        Local.visit_type_mut(&mut field.ty);
        let (wire_name, description) = (wire_name.to_owned(), description.to_owned());
        members.push(Member { wire_name, name, ty: field.ty.clone(), description });
    }
    let derived = item.attrs.iter_mut().find(|attribute| attribute.path().is_ident("derive"));
    if is_comparable && let Some(Meta::List(list)) = derived.map(|attribute| &mut attribute.meta) {
        list.tokens.extend(quote!(, PartialEq, Eq));
    }
    let constructors = is_request.then(|| constructors(&item.ident, schema, &members)).transpose()?;
    let limits = model.limits.get(&name).map(|limits| check_limits(&item.ident, limits, &members)).transpose()?;
    Ok(quote!(#doc_of_type #item #constructors #limits))
}

/// The readers of optional members: module, function, and the member's name on the wire.
#[derive(Default)]
struct Readers(BTreeMap<&'static str, BTreeMap<String, String>>);

impl Readers {
    /// The reader of a member, which never fails. It is called as the member's field is; a number makes it differ from that
    /// of a member of another type with another name on the wire.
    fn add(&mut self, module: &'static str, field: &syn::Ident, wire_name: &str) -> String {
        let known = self.0.entry(module).or_default();
        let plain = field.to_string();
        let numbered = (2..).map(|number| format!("{}_{number}", plain.trim_end_matches('_')));
        let mut names = std::iter::once(plain.clone()).chain(numbered);
        let is_free = |name: &String| known.get(name).is_none_or(|other| other == wire_name);
        let name = names.find(is_free).expect("the numbers have no end");
        known.insert(name.clone(), wire_name.to_owned());
        format!("{module}::{name}")
    }

    fn declared(&self) -> Option<TokenStream> {
        let modules = self.0.iter().map(|(module, members)| {
            let module = crate::naming::ident(module);
            let members = members.iter().map(|(field, wire_name)| {
                let field = crate::naming::ident(field);
                quote!(#field #wire_name)
            });
            quote!(#module { #(#members)* })
        });
        (!self.0.is_empty()).then(|| quote!(::gerbang_core::optional_members! { #(#modules)* }))
    }
}

/// Markers of the model become plain types, with attributes that say how the provider writes them, and how what it sends is
/// read: what is required exactly, what is optional whatever it holds.
fn field_on_the_wire(
    field: &mut syn::Field,
    wire_name: &str,
    is_compared: bool,
    received: Option<&mut Readers>,
) -> Result<()> {
    let optional = argument_of(&field.ty, "Option").cloned();
    let may_be_missing = optional.is_some();
    let mut inner = optional.unwrap_or_else(|| field.ty.clone());
    if let Some(readers) = received {
        let name = field.ident.clone().expect("named");
        let reader = match (may_be_missing, Shape::of(&inner)) {
            // Any value can be read.
            (_, Shape::Secret | Shape::Any) => None,
            (true, Shape::Scalar) if is_compared => Some("::gerbang_core::wire::compared".to_owned()),
            (false, Shape::Scalar) if is_compared => None,
            _ if is_compared => bail!("only a scalar that is received can be `x-compared`"),
            (true, Shape::Scalar) => Some(readers.add("optional", &name, wire_name)),
            (true, Shape::Json) => Some(readers.add("optional_json", &name, wire_name)),
            (true, Shape::Object) => Some(readers.add("optional_object", &name, wire_name)),
            (true, Shape::List(is_empty)) => {
                let reader = readers.add("optional_list", &name, wire_name);
                field.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
                if name != wire_name {
                    field.attrs.push(parse_quote!(#[serde(rename = #wire_name)]));
                }
                field.attrs.push(parse_quote!(#[serde(skip_serializing_if = #is_empty)]));
                field.attrs.push(parse_quote!(#[serde(default, deserialize_with = #reader)]));
                field.ty = inner;
                return Ok(());
            }
            (false, Shape::Object) => {
                field.attrs.push(parse_quote!(#[serde(deserialize_with = "::gerbang_core::wire::required_object")]));
                None
            }
            (false, _) => {
                if ["String", "bool", "Identifier"].iter().any(|name| ends_with(&inner, name)) {
                    field.attrs.push(parse_quote!(#[serde(deserialize_with = "::gerbang_core::wire::required")]));
                }
                None
            }
        };
        if let Some(reader) = reader {
            field.attrs.push(parse_quote!(#[serde(default, deserialize_with = #reader)]));
        }
    }
    if let Some(number) = quoted(&inner) {
        let schema = format!("::gerbang_core::wire::Quoted{number}");
        let schema = if may_be_missing { format!("Option<{schema}>") } else { schema };
        field.attrs.push(parse_quote!(#[serde(serialize_with = "::gerbang_core::wire::quoted")]));
        field.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", schemars(with = #schema))]));
        let number = crate::naming::ident(number);
        inner = parse_quote!(::gerbang_core::#number);
    } else if ends_with(&inner, "Secret") {
        field.attrs.push(parse_quote!(#[serde(skip_serializing)]));
    }
    field.ty = if may_be_missing { parse_quote!(Option<#inner>) } else { inner };
    Ok(())
}

/// The type of a number that the provider writes as a text.
fn quoted(ty: &Type) -> Option<&'static str> {
    QUOTED
        .iter()
        .find(|(marker, _)| marker.rsplit("::").next().is_some_and(|name| ends_with(ty, name)))
        .map(|(_, of)| *of)
}

/// How the value of a received member looks.
enum Shape {
    Scalar,
    Object,
    /// JSON that may stand inside a string.
    Json,
    /// A list or a map, and what says that it is empty.
    List(&'static str),
    Secret,
    /// JSON of any kind.
    Any,
}

impl Shape {
    fn of(ty: &Type) -> Self {
        let is = |name| ends_with(ty, name);
        if is("Secret") {
            Self::Secret
        } else if is("Json") {
            Self::Any
        } else if ["Decimal", "QuotedDecimal"].into_iter().any(is) {
            // Its digits are read as they are, which only the reader of objects does.
            Self::Object
        } else if ["String", "bool", "Open", "QuotedRupiah"].into_iter().any(is)
            || Format::ALL.iter().any(|it| is(it.rust_type()))
        {
            Self::Scalar
        } else if is("JsonString") {
            Self::Json
        } else if is("Rows") {
            Self::List("<[_]>::is_empty")
        } else if is("Entries") {
            Self::List("::std::collections::BTreeMap::is_empty")
        } else {
            Self::Object
        }
    }
}

/// `::std::option::Option` as `Option`, and the like.
pub struct Shorten;

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let ["std", "option" | "string" | "vec", _] = names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            path.leading_colon = None;
            path.segments = path.segments.iter().skip(2).cloned().collect();
        } else if names[0] == "gerbang_core" {
            path.leading_colon = Some(Default::default());
        }
        visit_mut::visit_path_mut(self, path);
    }
}

/// `types::Kind` as `Kind`, in the module itself.
struct Local;

impl VisitMut for Local {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.segments.len() == 2 && path.segments[0].ident == "types" {
            path.segments = path.segments.iter().skip(1).cloned().collect();
        }
        visit_mut::visit_path_mut(self, path);
    }
}

fn word_set(name: &str, set: &Words) -> Result<TokenStream> {
    let ident = crate::naming::ident(name);
    let doc_of_set = doc(&[
        &set.description,
        "These are the words that the document names. A reply may hold others: fields are [`gerbang_core::Open`].",
    ]);
    let mut variants = Vec::new();
    for word in &set.words {
        let variant = pascal(word).with_context(|| format!("`{word}` of `{name}` cannot be a Rust name"))?;
        if variants.iter().any(|(other, _)| *other == variant) {
            bail!("two words of `{name}` have the Rust name `{variant}`");
        }
        variants.push((variant, word));
    }
    let declared = variants.iter().map(|(variant, word)| {
        let doc = doc(&[format!("`{word}`")]);
        quote!(#doc #[serde(rename = #word)] #variant)
    });
    let names = variants.iter().map(|(variant, _)| variant);
    let arms = variants.iter().map(|(variant, word)| quote!(Self::#variant => #word));
    Ok(quote! {
        #doc_of_set
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum #ident { #(#declared,)* }
        impl ::gerbang_core::Word for #ident {
            const ALL: &'static [Self] = &[#(Self::#names),*];
            fn as_str(self) -> &'static str {
                match self { #(#arms,)* }
            }
        }
    })
}

/// The constants of the least and greatest amounts of money, and the check of all limits.
fn check_limits(name: &syn::Ident, limits: &[Limit], members: &[Member]) -> Result<TokenStream> {
    let field_of = |name: &str| {
        let member = members.iter().find(|member| member.wire_name == name);
        member.map(|member| &member.name).with_context(|| format!("`{name}` is limited and no member"))
    };
    let constants = limits.iter().filter_map(|limit| amount(limit, members));
    let checks = limits.iter().map(|limit| {
        let field = field_of(&limit.member)?;
        let check = match limit.optional {
            true => {
                let check = limit.check(quote!(*value), quote!(value));
                quote!(if let Some(value) = &self.#field { #check?; })
            }
            false => {
                let check = limit.check(quote!(self.#field), quote!(&self.#field));
                quote!(#check?;)
            }
        };
        let Some(When { member, set, words }) = &limit.when else { return Ok(check) };
        let (member, set) = (field_of(member)?, crate::naming::ident(set));
        let words = words.iter().filter_map(|word| pascal(word));
        Ok(quote!(if [#(#set::#words),*].iter().any(|word| self.#member == *word) { #check }))
    });
    let checks = checks.collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        impl #name {
            #(#constants)*
            /// Checks the limits that the provider states. Each call does so before it sends anything.
            ///
            /// # Errors
            ///
            /// [`gerbang_core::Kind::InvalidRequest`] names the first limit that is broken.
            pub fn check_limits(&self) -> Result<(), ::gerbang_core::Error> {
                #(#checks)*
                Ok(())
            }
        }
    })
}

/// The constant of a limit of an amount of money; none of another limit.
fn amount(limit: &Limit, members: &[Member]) -> Option<TokenStream> {
    let member = members.iter().find(|member| member.wire_name == limit.member && limit.when.is_none())?;
    if !ends_with(argument_of(&member.ty, "Option").unwrap_or(&member.ty), "Rupiah") {
        return None;
    }
    let (adjective, amount) = match limit.bound {
        Bound::AtLeast(least) => ("least", signed(least)),
        Bound::AtMost(most) => ("greatest", signed(most)),
        Bound::Length(..) => return None,
    };
    let constant = shout(&format!("{adjective}_{}", member.name));
    let doc = doc(&[format!("The {adjective} `{}` that the provider states, in rupiah.", limit.member)]);
    Some(quote!(#doc pub const #constant: ::gerbang_core::Rupiah = ::gerbang_core::Rupiah::new(#amount);))
}

impl Limit {
    /// The call that checks the limit of a number or, by reference, of a text.
    pub fn check(&self, value: TokenStream, text: TokenStream) -> TokenStream {
        let member = &self.member;
        match self.bound {
            Bound::AtLeast(least) => {
                let least = signed(least);
                quote!(::gerbang_core::limits::at_least(#member, #value, #least))
            }
            Bound::AtMost(most) => {
                let most = signed(most);
                quote!(::gerbang_core::limits::at_most(#member, #value, #most))
            }
            Bound::Length(least, most) => {
                let least = number(least);
                let most = most.map_or_else(|| quote!(usize::MAX), number);
                quote!(::gerbang_core::limits::length(#member, #text, #least, #most))
            }
        }
    }
}

fn signed(value: i64) -> TokenStream {
    let literal = proc_macro2::Literal::i64_unsuffixed(value);
    quote!(#literal)
}

fn number(value: u64) -> TokenStream {
    let literal = proc_macro2::Literal::u64_unsuffixed(value);
    quote!(#literal)
}
