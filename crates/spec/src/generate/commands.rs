//! The operations as commands of the command line: what each takes, and how it is called.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Ident, Type};

use super::progenitor_output::{Output, Signature};
use super::rust_type::{argument_of, ends_with};
use super::text::inner_doc;
use crate::format::{Argument, Format};
use crate::model::{Model, Operation, Parameter, Reply, Values};
use crate::naming::{OPTIONS, WITH, ident, option, shout};
use crate::schema::{component_name, object, texts};

/// The module of one spec: its table of commands, and a function that makes the client and calls it.
pub fn file(model: &Model, provider: &str, output: &Output) -> Result<TokenStream> {
    let header = inner_doc(&[format!("The operations of {} as commands.", model.title)]);
    let provider = ident(provider);
    let module = model.module.as_deref().map(ident).map(|module| quote!(::#module));
    // A login hands out a credential, and the client logs in by itself.
    let offered = model.operations.iter().filter(|operation| !operation.is_login);
    let types = quote!(::gerbang::#provider #module::types);
    let (mut entries, mut arms) = (Vec::new(), Vec::new());
    for operation in offered {
        let signature = output.methods.get(&operation.id).context("an operation has no method")?;
        let why = || format!("the command of `{}`", operation.id);
        entries.push(entry(model, operation).with_context(why)?);
        arms.push(arm(model, operation, signature, &types).with_context(why)?);
    }
    let section = provider.to_string();
    Ok(quote! {
        #header
        use ::gerbang::#provider #module::{Client, Credentials, operations};
        use crate::failure::Failure;
        use crate::operation::{Argument, Given, Kind, OperationCommand, Reply};
        use crate::settings::Settings;

        /// The provider's own server.
        pub const SERVER: &str = Client::BASE_URL;

        /// All commands, in the order of the spec.
        pub static COMMANDS: &[OperationCommand] = &[#(#entries),*];

        /// Calls the operation of this name, as the settings say.
        pub async fn call(settings: &Settings, operation: &str, given: &Given) -> Result<Reply, Failure> {
            let credentials = Credentials::from_variables(|variable| settings.read(variable))?;
            let client = settings.client(#section, Client::builder(credentials))?;
            match operation {
                #(#arms)*
                other => Err(Failure::usage(format!("there is no operation {other}"))),
            }
        }
    })
}

/// The module of all specs, of each its name and the title of its API.
pub fn module(specs: &[(&str, String)]) -> TokenStream {
    let modules = specs.iter().map(|(name, _)| ident(&module_name(name)));
    let apis = specs.iter().map(|(name, title)| {
        let module = ident(&module_name(name));
        quote!(Api {
            name: #name,
            title: #title,
            server: #module::SERVER,
            commands: #module::COMMANDS,
            call: |settings, operation, given| ::std::boxed::Box::pin(#module::call(settings, operation, given)),
        })
    });
    quote! {
        //! One module of commands for each API.
        #(mod #modules;)*
        use crate::operation::Api;

        /// All APIs, by name.
        pub static APIS: &[Api] = &[#(#apis),*];
    }
}

/// The module of a spec: `pakasir_v1`.
pub fn module_name(spec: &str) -> String {
    spec.replace('-', "_")
}

/// A value that a command takes: a member of the body, the body as a whole, or a parameter.
struct CommandArgument<'a> {
    /// Its name among all values that are given.
    name: String,
    /// Its option.
    option: String,
    help: String,
    required: bool,
    schema: &'a Value,
    example: Option<&'a Value>,
}

/// The arguments of an operation: those of parameters in their order, then those of the body. Members of the body have their
/// own names, and the body has `body`. No option is that of another, nor one that every command has: what comes before it
/// says where the value goes, and then a number.
struct Arguments<'a> {
    parameters: Vec<CommandArgument<'a>>,
    body: Vec<CommandArgument<'a>>,
}

impl<'a> Arguments<'a> {
    fn of(model: &'a Model, operation: &'a Operation) -> Self {
        let mut names = BTreeSet::new();
        let mut options: BTreeSet<_> = OPTIONS.iter().map(|option| (*option).to_owned()).collect();
        let mut body = body(model, operation);
        names.extend(body.iter().map(|argument| argument.name.clone()));
        for argument in &mut body {
            let mut free = candidates("body", &argument.name).map(|candidate| option(&candidate));
            argument.option = free.find(|option| options.insert(option.clone())).expect("the numbers have no end");
        }
        let parameters = operation.parameters.iter().map(|parameter| {
            let mut free = candidates(&parameter.place, &parameter.name);
            let is_free = |name: &String| !names.contains(name) && !options.contains(&option(name));
            let name = free.find(is_free).expect("the numbers have no end");
            let option = option(&name);
            names.insert(name.clone());
            options.insert(option.clone());
            let Parameter { description, required, schema, example, .. } = parameter;
            let (help, example) = (description.clone(), example.as_ref());
            CommandArgument { name, option, help, required: *required, schema, example }
        });
        Self { parameters: parameters.collect(), body }
    }
}

/// A name as it is, with the place of its value before it, and with numbers.
fn candidates(place: &str, name: &str) -> impl Iterator<Item = String> {
    let placed = format!("{place}_{name}");
    let numbered = (2..).map({
        let placed = placed.clone();
        move |number| format!("{placed}_{number}")
    });
    [name.to_owned(), placed].into_iter().chain(numbered)
}

/// What the body takes, without options.
fn body<'a>(model: &'a Model, operation: &'a Operation) -> Vec<CommandArgument<'a>> {
    let Some(body) = &operation.body else { return Vec::new() };
    let help = |schema| model.description_of(schema).unwrap_or_default().to_owned();
    let Some(schema) = body.component.as_ref().and_then(|component| model.schemas.get(component)) else {
        let (schema, example) = (&body.schema, body.example.as_ref());
        let (name, option, help) = ("body".to_owned(), String::new(), help(schema));
        return vec![CommandArgument { name, option, help, required: true, schema, example }];
    };
    let required = texts(&schema["required"]);
    let member = |(name, schema): (&'a String, &'a Value)| {
        let (required, help) = (required.contains(&name.as_str()), help(schema));
        let example = body.example.as_ref().and_then(|example| example.get(name));
        CommandArgument { name: name.clone(), option: String::new(), help, required, schema, example }
    };
    object(&schema["properties"]).iter().map(member).collect()
}

fn entry(model: &Model, operation: &Operation) -> Result<TokenStream> {
    let Arguments { parameters, body } = Arguments::of(model, operation);
    let mut arguments = Vec::new();
    for CommandArgument { name, option, help, required, schema, example } in parameters.into_iter().chain(body) {
        let (kind, words) = kind(model, schema).with_context(|| format!("the argument `{name}`"))?;
        let sample = if required { sample(model, schema, example, kind, words) } else { String::new() };
        let kind = ident(kind);
        // A long explanation is in the client's documentation.
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        arguments.push(quote! {
            Argument {
                name: #name, option: #option, help: #help, required: #required, kind: Kind::#kind, words: &[#(#words),*],
                sample: #sample
            }
        });
    }
    let (table, about) = (shout(&operation.id), &operation.summary);
    Ok(quote! {
        OperationCommand { operation: &operations::#table, about: #about, arguments: &[#(#arguments),*] }
    })
}

/// What an argument may be, as it is typed: the spec's example, or what fits its kind where the spec has none.
fn sample(model: &Model, schema: &Value, example: Option<&Value>, kind: &str, words: &[String]) -> String {
    match example.filter(|example| !example.is_null()) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => essential(model, schema, value).to_string(),
        None => match kind {
            "Text" => words.first().map_or("TEXT", String::as_str),
            "Number" => "1",
            "Rupiah" => "10000",
            "Flag" => "true",
            _ => "[]",
        }
        .to_owned(),
    }
}

/// An example without what may be left out: optional members, and all but the first element of a list.
fn essential(model: &Model, schema: &Value, example: &Value) -> Value {
    if let Some(inner) = schema.pointer("/allOf/0") {
        return essential(model, inner, example);
    }
    if let Some(described) = component_name(schema).and_then(|component| model.schemas.get(component)) {
        return essential(model, described, example);
    }
    match example {
        Value::Array(elements) => elements.iter().take(1).map(|it| essential(model, &schema["items"], it)).collect(),
        // One of several forms, or a map.
        Value::Object(_) if schema["properties"].is_null() => example.clone(),
        Value::Object(members) => {
            let required = texts(&schema["required"]);
            let needed = members.iter().filter(|(name, _)| required.contains(&name.as_str()));
            let needed = needed.map(|(name, it)| (name.clone(), essential(model, &schema["properties"][name], it)));
            Value::Object(needed.collect())
        }
        _ => example.clone(),
    }
}

/// How an argument is written, and the words that are known for it.
fn kind<'a>(model: &'a Model, schema: &Value) -> Result<(&'static str, &'a [String])> {
    if let Some(inner) = schema.pointer("/allOf/0") {
        return kind(model, inner);
    }
    if let Some(component) = component_name(schema) {
        return Ok(match model.words.get(component) {
            Some(words) => ("Text", &words.words),
            None => ("Json", &[]),
        });
    }
    let path = schema.pointer("/x-rust-type/path").and_then(Value::as_str);
    let kind = match (Format::of_lowered(schema).map(Format::argument), path, schema["type"].as_str()) {
        (Some(Some(Argument::Rupiah)), ..) => "Rupiah",
        (Some(Some(Argument::Flag)), ..) | (None, None, Some("boolean")) => "Flag",
        (Some(Some(Argument::Text)), ..) | (None, None, Some("string")) => "Text",
        (Some(Some(Argument::Number)), ..) => "Number",
        (None, None | Some("gerbang_core::Json" | "gerbang_core::JsonObject"), Some("array" | "object")) => "Json",
        (_, path, kind) => bail!("{kind:?} with {path:?} cannot be an argument"),
    };
    Ok((kind, &[]))
}

fn arm(model: &Model, operation: &Operation, signature: &Signature, types: &TokenStream) -> Result<TokenStream> {
    let (id, mut method) = (&operation.id, ident(&operation.id));
    let named = Arguments::of(model, operation).parameters;
    let named: Vec<_> = operation.parameters.iter().zip(named.into_iter().map(|argument| argument.name)).collect();
    let mut arguments = Vec::new();
    for (argument, ty) in &signature.arguments {
        if argument == "body" {
            let is_whole = operation.body.as_ref().is_some_and(|body| body.component.is_none());
            arguments.push(if is_whole { value("body", ty, types) } else { quote!(&given.body()?) });
            continue;
        }
        let is_it = |parameter: &Parameter| parameter.required && *argument == parameter.argument;
        let found = named.iter().find(|(parameter, _)| is_it(parameter));
        let (_, name) = found.with_context(|| format!("the spec has no parameter `{argument}`"))?;
        arguments.push(value(name, ty, types));
    }
    let options = operation.options.as_deref().map(|options| {
        method = format_ident!("{id}{WITH}");
        arguments.push(quote!(&options));
        let options = ident(options);
        let given = named.iter().filter(|(parameter, _)| !parameter.required).map(|(parameter, name)| {
            let member = ident(&parameter.argument);
            match parameter.values {
                Values::One => quote!(options.#member = given.optional(#name)?;),
                Values::Each | Values::Joined => quote!(options.#member = given.optional(#name)?.unwrap_or_default();),
            }
        });
        quote!(let mut options = #types::#options::new(); #(#given)*)
    });
    let call = quote!(client.#method(#(#arguments),*).await?);
    let body = match &operation.reply {
        Reply::Json(_) => quote!(Reply::json(&#call)),
        Reply::Nothing => quote!({ #call; Ok(Reply::Nothing) }),
        Reply::Bytes => quote!(Ok(Reply::Bytes(#call))),
    };
    Ok(match options {
        Some(options) => quote!(#id => { #options #body }),
        None => quote!(#id => #body,),
    })
}

/// A required value as the method takes it.
fn value(name: &str, ty: &Type, types: &TokenStream) -> TokenStream {
    let Type::Reference(reference) = ty else { return quote!(given.value(#name)?) };
    match argument_of(&reference.elem, "Open").and_then(last_name) {
        _ if ends_with(&reference.elem, "str") => quote!(&given.value::<String>(#name)?),
        _ if ends_with(&reference.elem, "Vec") => quote!(&given.value::<Vec<_>>(#name)?),
        Some(words) => {
            quote!(given.value::<::gerbang::Open<#types::#words>>(#name)?)
        }
        None if ends_with(&reference.elem, "Rupiah") => quote!(given.value(#name)?),
        None => quote!(&given.value(#name)?),
    }
}

/// The last name of a path.
fn last_name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => Some(&path.path.segments.last()?.ident),
        _ => None,
    }
}
