//! The operations as commands of the command line: what each takes, and how it is called.

use anyhow::{Context, Result, bail};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::Type;

use super::progenitor_output::{Output, Signature};
use super::rust_type::{argument_of, ends_with};
use super::text::inner_doc;
use crate::format::{Argument, Format};
use crate::model::{Model, Operation, Parameter, Reply};
use crate::naming::{WITH, ident, shout, snake};
use crate::schema::{component_name, texts};

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

/// Name, what it is, whether it is required, schema.
type Member<'a> = (String, String, bool, &'a Value);

/// The members of the body.
fn members<'a>(model: &'a Model, operation: &Operation) -> Vec<Member<'a>> {
    let Some(schema) = operation.body.as_ref().and_then(|body| model.schemas.get(&body.component)) else {
        return Vec::new();
    };
    let required = texts(&schema["required"]);
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, schema)| {
            let help = model.description_of(schema).unwrap_or_default().to_owned();
            (name.clone(), help, required.contains(&name.as_str()), schema)
        })
        .collect()
}

/// The name of a parameter among all arguments: a member of the body may have the same.
fn parameter_name(model: &Model, operation: &Operation, parameter: &Parameter) -> String {
    match members(model, operation).iter().any(|(name, ..)| *name == parameter.name) {
        true => format!("{}_{}", parameter.place, parameter.name),
        false => parameter.name.clone(),
    }
}

fn entry(model: &Model, operation: &Operation) -> Result<TokenStream> {
    let parameters = operation.parameters.iter().map(|parameter| {
        let name = parameter_name(model, operation, parameter);
        (name, parameter.description.clone(), parameter.required, &parameter.schema)
    });
    let mut arguments = Vec::new();
    for (name, help, required, schema) in parameters.chain(members(model, operation)) {
        let (kind, words) = kind(model, schema).with_context(|| format!("the argument `{name}`"))?;
        let kind = ident(kind);
        // A long explanation is in the client's documentation.
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        arguments.push(quote! {
            Argument { name: #name, help: #help, required: #required, kind: Kind::#kind, words: &[#(#words),*] }
        });
    }
    let (table, about) = (shout(&operation.id), &operation.summary);
    Ok(quote! {
        OperationCommand { operation: &operations::#table, about: #about, arguments: &[#(#arguments),*] }
    })
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
    let mut arguments = Vec::new();
    for (argument, ty) in &signature.arguments {
        if argument == "body" {
            arguments.push(quote!(&given.body()?));
            continue;
        }
        let parameter = operation.parameters.iter().find(|parameter| snake(&parameter.name) == *argument);
        let parameter = parameter.with_context(|| format!("the spec has no parameter `{argument}`"))?;
        arguments.push(value(&parameter_name(model, operation, parameter), ty, types));
    }
    let options = operation.options.as_deref().map(|options| {
        method = format_ident!("{id}{WITH}");
        arguments.push(quote!(&options));
        let options = ident(options);
        let given = operation.parameters.iter().filter(|parameter| !parameter.required).map(|parameter| {
            let (member, name) = (snake(&parameter.name), parameter_name(model, operation, parameter));
            quote!(options.#member = given.optional(#name)?;)
        });
        quote!(let mut options = #types::#options::new(); #(#given)*)
    });
    let call = quote!(client.#method(#(#arguments),*).await?);
    let body = match &operation.reply {
        Reply::Json(_) => quote!(Reply::json(&#call)),
        Reply::Nothing => quote!({ #call; Ok(Reply::Nothing) }),
        Reply::Media(_) => quote!(Ok(Reply::Bytes(#call))),
    };
    Ok(match options {
        Some(options) => quote!(#id => { #options #body }),
        None => quote!(#id => #body,),
    })
}

/// A required parameter as the method takes it.
fn value(name: &str, ty: &Type, types: &TokenStream) -> TokenStream {
    let Type::Reference(reference) = ty else { return quote!(given.value(#name)?) };
    match argument_of(&reference.elem, "Open") {
        _ if ends_with(&reference.elem, "str") => quote!(&given.value::<String>(#name)?),
        Some(words) => quote!(given.value::<::gerbang::Open<#types::#words>>(#name)?),
        None if ends_with(&reference.elem, "Rupiah") => quote!(given.value(#name)?),
        None => quote!(&given.value(#name)?),
    }
}
