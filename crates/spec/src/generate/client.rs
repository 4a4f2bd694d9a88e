//! `client.rs`: one method for each operation, with progenitor's signature and a body of our own.

use anyhow::{Context, Result, bail};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Ident, Type, TypeReference};

use super::progenitor_output::{Output, Signature};
use super::rust_type::{argument_of, ends_with};
use super::text::{doc, inner_doc, source, used_names};
use super::types::Shorten;
use crate::model::{Model, Operation, Parameter, Reply, Values};
use crate::naming::{WITH, ident, shout};

/// The content of `client.rs`. Every operation has its method, or this fails.
pub fn file(model: &Model, provider: &str, output: &mut Output) -> Result<TokenStream> {
    let header = inner_doc(&[format!("The client of {}.", model.title)]);
    let methods = methods(model, output)?;
    let transport = match model.session {
        true => quote!(crate::session::Session),
        false => quote!(::gerbang_transport::Transport),
    };
    let doc_of_client = doc(&[&format!("A client of {}.", model.title), &model.description]);
    let constructors = constructors(model, provider);
    let settings = settings();
    // Some API neither sends nor answers anything that has a type.
    let types = methods.iter().any(|method| used_names(method).contains("types")).then(|| quote!(, types));
    Ok(quote! {
        #header
        use ::gerbang_core::Error;
        use ::gerbang_transport::{Builder, Request};
        use super::{Credentials, operations #types};

        #doc_of_client
        ///
        /// It is cheap to clone; the clones share their connections. What every call guarantees is said at
        /// [`gerbang_transport`].
        #[derive(Clone, Debug)]
        pub struct Client { pub(crate) transport: #transport }

        impl Client {
            #constructors
            #settings
            #(#methods)*
        }
    })
}

/// The methods of all operations.
fn methods(model: &Model, output: &mut Output) -> Result<Vec<TokenStream>> {
    let mut methods = Vec::new();
    for operation in &model.operations {
        let signature = output
            .methods
            .remove(&operation.id)
            .with_context(|| format!("progenitor made no method `{}`", operation.id))?;
        methods.push(method(model, operation, signature).with_context(|| format!("the method `{}`", operation.id))?);
    }
    if let Some(name) = output.methods.keys().next() {
        bail!("progenitor made a method `{name}` that the spec does not have");
    }
    Ok(methods)
}

/// What makes a client.
fn constructors(model: &Model, provider: &str) -> TokenStream {
    let client = match model.session {
        true => quote!(Self { transport: crate::session::Session::new(transport) }),
        false => quote!(Self { transport }),
    };
    let base_url = &model.base_url;
    let variable = format!("GERBANG_{}_BASE_URL", provider.to_ascii_uppercase());
    let doc_of_from_env =
        doc(&[format!("A client whose credentials and base URL (`{variable}`, optional) are environment variables.")]);
    quote! {
        /// The provider's own server.
        pub const BASE_URL: &'static str = #base_url;

        /// A client with the default settings.
        ///
        /// # Errors
        ///
        /// [`gerbang_core::Kind::Configuration`] when the HTTP client cannot be made.
        pub fn new(credentials: Credentials) -> Result<Self, Error> {
            Self::builder(credentials).build()
        }

        #doc_of_from_env
        ///
        /// # Errors
        ///
        /// [`gerbang_core::Kind::Configuration`], see [`Credentials::from_env`] and [`Builder::build`].
        pub fn from_env() -> Result<Self, Error> {
            Self::builder(Credentials::from_env()?).base_url_from_env()?.build()
        }

        /// A client with settings of its own.
        pub fn builder(credentials: Credentials) -> Builder<Self> {
            Builder::new(#provider, Self::BASE_URL, credentials, |transport| #client)
        }
    }
}

/// What makes a client with other settings of another.
fn settings() -> TokenStream {
    quote! {
        /// The server that is asked: [`Client::BASE_URL`], or another one that was set.
        #[must_use]
        pub fn base_url(&self) -> &str {
            self.transport.base_url()
        }

        /// The same client with another time for each call, see [`Builder::timeout`]. Both share their
        /// connections.
        #[must_use]
        pub fn with_timeout(&self, timeout: ::std::time::Duration) -> Self {
            Self { transport: self.transport.with_timeout(timeout) }
        }

        /// The same client with other rules for sending again, see [`Builder::retry`]. Both share their
        /// connections.
        #[must_use]
        pub fn with_retry(&self, retry: ::gerbang_core::Retry) -> Self {
            Self { transport: self.transport.with_retry(retry) }
        }
    }
}

fn method(model: &Model, operation: &Operation, signature: Signature) -> Result<TokenStream> {
    let entry = shout(&operation.id);
    let mut arguments = Vec::new();
    let mut names = Vec::new();
    let mut steps = Vec::new();
    let mut checks = Vec::new();
    for (argument, mut ty) in signature.arguments {
        Lifetimes.visit_type_mut(&mut ty);
        Shorten.visit_type_mut(&mut ty);
        names.push(argument.clone());
        if argument == "body" {
            arguments.push(match list_item(&ty) {
                Some(item) => quote!(body: &[#item]),
                None => quote!(body: #ty),
            });
            continue;
        }
        let parameter = operation
            .parameters
            .iter()
            .find(|parameter| parameter.required && argument == parameter.argument)
            .with_context(|| format!("the spec has no parameter `{argument}`"))?;
        let (ty, value) = argument_type(&argument, ty);
        arguments.push(quote!(#argument: #ty));
        checks.extend(parameter_checks(parameter, &argument, &entry));
        steps.push(fill(parameter, &value)?);
    }
    let required = operation.parameters.iter().filter(|parameter| parameter.required).count();
    if names.iter().filter(|name| *name != "body").count() != required {
        bail!("progenitor left out a parameter");
    }
    let checked = |component: Option<&String>, argument: &str| {
        let argument = ident(argument);
        component
            .filter(|component| model.limits.contains_key(*component))
            .map(|_| quote!(#argument.check_limits().map_err(|error| error.with_operation(&operations::#entry))?;))
    };
    checks.extend(checked(operation.options.as_ref(), "options"));
    checks.extend(checked(operation.body.as_ref().and_then(|body| body.component.as_ref()), "body"));
    steps.extend(optional_steps(operation));
    steps.extend(operation.body.as_ref().map(|body| match (body.form, body.schema["type"] == "array") {
        (true, _) => quote!(.form(body)),
        (false, true) => quote!(.json(&body)),
        (false, false) => quote!(.json(body)),
    }));
    let (returns, send) = result(&operation.reply, signature.returns);
    let body = quote! {
        #(#checks)*
        let request = Request::new(&operations::#entry) #(#steps)*;
        #send
    };
    Ok(written(operation, &names, &arguments, &returns, &body))
}

/// The steps that fill in the optional parameters.
fn optional_steps(operation: &Operation) -> impl Iterator<Item = TokenStream> {
    let optional = operation.parameters.iter().filter(|parameter| !parameter.required);
    optional.map(|parameter| {
        let (name, member) = (&parameter.name, ident(&parameter.argument));
        match (parameter.place.as_str(), parameter.values) {
            ("header", _) => quote!(.header_optional(#name, options.#member.as_ref())),
            (_, Values::One) => quote!(.query_optional(#name, options.#member.as_ref())),
            (_, Values::Each) => quote!(.query_each(#name, &options.#member)),
            (_, Values::Joined) => quote!(.query_joined(#name, &options.#member)),
        }
    })
}

/// The method, or the two of an operation with optional parameters: one without them, one with all.
fn written(
    operation: &Operation,
    names: &[Ident],
    arguments: &[TokenStream],
    returns: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let name = ident(&operation.id);
    let documentation = documentation(operation);
    // With `self`, clippy takes seven; a method takes what the document names.
    let many = |count: usize| (count >= 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let many_required = many(arguments.len());
    let signature = quote!(#documentation #many_required pub async fn #name);
    let Some(options) = operation.options.as_deref().map(ident) else {
        return quote!(#signature(&self, #(#arguments),*) -> Result<#returns, Error> { #body });
    };
    let with = format_ident!("{}{WITH}", operation.id);
    let many_with = many(arguments.len() + 1);
    let id = &operation.id;
    let doc_of_with = doc(&[format!("[`{id}`](Self::{id}) with optional parameters.")]);
    let doc_of_errors = doc(&[format!("Those of [`{id}`](Self::{id}).")]);
    quote! {
        #signature(&self, #(#arguments),*) -> Result<#returns, Error> {
            self.#with(#(#names,)* &types::#options::new()).await
        }

        #doc_of_with
        ///
        /// # Errors
        ///
        #doc_of_errors
        #many_with
        pub async fn #with(&self, #(#arguments,)* options: &types::#options) -> Result<#returns, Error> { #body }
    }
}

/// The checks of a required parameter's limits.
fn parameter_checks(parameter: &Parameter, argument: &Ident, entry: &Ident) -> Vec<TokenStream> {
    let checks = parameter.limits.iter().map(|limit| {
        let check = limit.check(quote!(#argument), quote!(#argument));
        quote!(#check.map_err(|error| error.with_operation(&operations::#entry))?;)
    });
    checks.collect()
}

/// What a method returns, and the call that sends its request.
fn result(reply: &Reply, mut returns: Type) -> (TokenStream, TokenStream) {
    match reply {
        Reply::Json(_) => {
            Shorten.visit_type_mut(&mut returns);
            (quote!(#returns), quote!(self.transport.call(request).await))
        }
        Reply::Nothing => {
            (quote!(()), quote!(self.transport.call::<::gerbang_core::wire::Nothing>(request).await.map(drop)))
        }
        Reply::Bytes => (quote!(::bytes::Bytes), quote!(self.transport.download(request).await)),
    }
}

fn fill(parameter: &Parameter, value: &TokenStream) -> Result<TokenStream> {
    let name = &parameter.name;
    Ok(match (parameter.place.as_str(), parameter.rest, parameter.values) {
        ("path", false, Values::One) => quote!(.path(#name, #value)),
        ("path", true, Values::One) => quote!(.path_rest(#name, #value)),
        ("query", false, Values::One) => quote!(.query(#name, #value)),
        ("query", false, Values::Each) => quote!(.query_each(#name, #value)),
        ("query", false, Values::Joined) => quote!(.query_joined(#name, #value)),
        ("header", false, Values::One) => quote!(.header(#name, #value)),
        _ => bail!("the parameter `{name}` cannot be sent"),
    })
}

/// An argument's type as callers want to write it, and how the method uses it.
fn argument_type(name: &Ident, ty: Type) -> (TokenStream, TokenStream) {
    let Type::Reference(TypeReference { elem, .. }) = &ty else { return (quote!(#ty), quote!(#name)) };
    match (argument_of(elem, "Open"), list_item(&ty)) {
        _ if ends_with(elem, "Rupiah") => (quote!(#elem), quote!(#name)),
        (_, Some(item)) => (quote!(&[#item]), quote!(#name)),
        (Some(_), None) => (quote!(impl Into<#elem>), quote!(Into::<#elem>::into(#name))),
        (None, None) => (quote!(#ty), quote!(#name)),
    }
}

/// What a list holds that is taken by reference.
fn list_item(ty: &Type) -> Option<&Type> {
    let Type::Reference(reference) = ty else { return None };
    argument_of(&reference.elem, "Vec")
}

/// `&'a str` as `&str`.
struct Lifetimes;

impl VisitMut for Lifetimes {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        reference.lifetime = None;
        visit_mut::visit_type_reference_mut(self, reference);
    }
}

fn documentation(operation: &Operation) -> TokenStream {
    let resend = match (operation.idempotency.as_str(), &operation.idempotency_key) {
        ("safe", _) => "It changes nothing.".to_owned(),
        ("idempotent", _) => "Sending it again has the effect of sending it once.".to_owned(),
        (_, None) => "It must not be sent again once it may have arrived.".to_owned(),
        (_, Some(header)) => format!(
            "With `{header}`, sending it again has the effect of sending it once, and a call that fails is; without, it must \
             not be sent again once it may have arrived."
        ),
    };
    let lost = operation.lost_reply.iter().map(|how| format!("When the reply is lost: {how}."));
    let mut paragraphs = vec![
        operation.summary.clone(),
        format!("`{} {}`. {resend}", operation.method, operation.path),
        operation.description.clone(),
    ];
    paragraphs.extend(lost);
    let parameters = operation.parameters.iter().filter(|parameter| parameter.required);
    let parameters: Vec<_> =
        parameters.map(|parameter| format!("- `{}`: {}", parameter.argument, parameter.description)).collect();
    paragraphs.push(parameters.join("\n"));
    paragraphs.extend(operation.options.as_ref().map(|options| {
        format!("[`{0}{WITH}`](Self::{0}{WITH}) takes optional parameters too, see [`types::{options}`].", operation.id)
    }));
    paragraphs.push(source(&operation.source, operation.guess.as_deref()));
    let doc = doc(&paragraphs);
    quote! {
        #doc
        ///
        /// # Errors
        ///
        /// See [`gerbang_core::Kind`]; [`Error::delivery`] says whether the call may have taken effect.
    }
}
