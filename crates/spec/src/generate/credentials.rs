//! `credentials.rs`: what the merchant must know to use a provider.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::text::{doc, inner_doc};
use crate::model::{Credential, CredentialKind, Model};
use crate::naming::ident;

/// The content of `credentials.rs`.
pub fn file(model: &Model, provider: &str) -> TokenStream {
    let header = inner_doc(&[format!("What {} gives to a merchant.", model.title)]);
    let doc_of_struct = doc_of_struct(model, provider);
    let fields = model.credentials.iter().map(|credential| {
        let (name, ty) = (ident(&credential.name), stored(credential));
        quote!(#name: #ty)
    });
    // A provider may hand out nothing.
    let default = model.credentials.is_empty().then(|| quote!(, Default));
    let table = table(model, provider);
    let new = constructor(model);
    let setters = model.credentials.iter().filter(|credential| credential.optional).map(setter);
    let readers = readers(model, provider);
    let getters = model.credentials.iter().map(getter);
    let by_name = by_name(model);
    let secrets = secrets(model);
    quote! {
        #header
        use ::gerbang_core::{Credential, Error, Secret, Variable, credentials};

        #doc_of_struct
        #[derive(Clone, Debug #default)]
        pub struct Credentials { #(#fields,)* }

        impl Credentials {
            #table
            #new
            #(#setters)*
            #readers
            #(#getters)*
        }

        impl ::gerbang_core::Credentials for Credentials {
            #by_name

            fn secrets(&self) -> Vec<&Secret> {
                #secrets
            }
        }
    }
}

/// The environment variable of a credential.
fn variable(provider: &str, credential: &Credential) -> String {
    format!("GERBANG_{}_{}", provider.to_ascii_uppercase(), credential.name.to_ascii_uppercase())
}

/// What every call needs.
fn required(model: &Model) -> impl Iterator<Item = &Credential> {
    model.credentials.iter().filter(|credential| !credential.optional)
}

fn doc_of_struct(model: &Model, provider: &str) -> TokenStream {
    doc(&[
        format!("What {} gives to a merchant. Debug shows no secret.", model.title),
        format!(
            "```\nuse gerbang_{provider}::{}Credentials;\nlet credentials = Credentials::new({});\n```",
            model.module.as_ref().map(|module| format!("{module}::")).unwrap_or_default(),
            required(model).map(sample).collect::<Vec<_>>().join(", "),
        ),
    ])
}

/// The table of variables.
fn table(model: &Model, provider: &str) -> TokenStream {
    let table = model.credentials.iter().map(|credential| {
        let (name, required) = (variable(provider, credential), !credential.optional);
        let secret = credential.kind == CredentialKind::Secret;
        quote!(Variable { name: #name, required: #required, secret: #secret })
    });
    quote! {
        /// The variables that [`Self::from_variables`] reads.
        pub const VARIABLES: &'static [Variable] = &[#(#table),*];
    }
}

fn constructor(model: &Model) -> TokenStream {
    let arguments = required(model).map(|credential| ident(&credential.name));
    let types = required(model).map(|credential| given(credential.kind));
    let initial = model.credentials.iter().map(|credential| {
        let name = ident(&credential.name);
        match (credential.optional, credential.kind) {
            (true, _) => quote!(#name: None),
            (false, CredentialKind::Number) => quote!(#name),
            (false, _) => quote!(#name: #name.into()),
        }
    });
    let described = required(model).map(|credential| format!("- `{}`: {}", credential.name, credential.description));
    let doc = doc(&["What every call needs:", &described.collect::<Vec<_>>().join("\n")]);
    let many = (required(model).count() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    quote! {
        #doc
        #many
        pub fn new(#(#arguments: #types),*) -> Self {
            Self { #(#initial,)* }
        }
    }
}

fn setter(credential: &Credential) -> TokenStream {
    let (name, argument) = (format_ident!("with_{}", credential.name), ident(&credential.name));
    let given = given(credential.kind);
    let doc = doc(&[&credential.description]);
    quote! {
        #doc
        ///
        /// Only notifications need it: the client does not use it. Hand it to what reads them.
        #[must_use]
        pub fn #name(mut self, #argument: #given) -> Self {
            self.#argument = Some(#argument.into());
            self
        }
    }
}

fn getter(credential: &Credential) -> TokenStream {
    let name = ident(&credential.name);
    let doc = doc(&[&credential.description]);
    let (ty, value) = match (credential.kind, credential.optional) {
        (CredentialKind::Number, _) => (quote!(u64), quote!(self.#name)),
        (CredentialKind::Text, _) => (quote!(&str), quote!(&self.#name)),
        (CredentialKind::Secret, false) => (quote!(&Secret), quote!(&self.#name)),
        (CredentialKind::Secret, true) => (quote!(Option<&Secret>), quote!(self.#name.as_ref())),
    };
    quote!(#doc pub fn #name(&self) -> #ty { #value })
}

/// The functions that read environment variables and the like.
fn readers(model: &Model, provider: &str) -> TokenStream {
    let from_variables = model.credentials.iter().map(|credential| {
        let (name, variable) = (ident(&credential.name), variable(provider, credential));
        match credential.optional {
            true => quote!(#name: credentials::optional(&read, #variable)?),
            false => quote!(#name: credentials::required(&read, #variable)?),
        }
    });
    let variables = model.credentials.iter().map(|credential| {
        let only = if credential.optional { " (optional; for notifications)" } else { "" };
        format!("- `{}`{only}", variable(provider, credential))
    });
    let doc_of_from_env = doc(&["Reads the environment variables:", &variables.collect::<Vec<_>>().join("\n")]);
    let read = if model.credentials.is_empty() { quote!(_) } else { quote!(read) };
    quote! {
        #doc_of_from_env
        ///
        /// # Errors
        ///
        /// [`gerbang_core::Kind::Configuration`] names the variable that is missing or unusable, never its
        /// value.
        pub fn from_env() -> Result<Self, Error> {
            Self::from_variables(credentials::environment)
        }

        /// Reads the same variables from elsewhere, such as a file: `read` gives the value of one, or none.
        ///
        /// # Errors
        ///
        /// As [`Self::from_env`], and what `read` fails with.
        pub fn from_variables(#read: impl Fn(&str) -> Result<Option<String>, Error>) -> Result<Self, Error> {
            Ok(Self { #(#from_variables,)* })
        }
    }
}

/// The function that finds a credential by its name.
fn by_name(model: &Model) -> TokenStream {
    if model.credentials.is_empty() {
        return quote!(
            fn get(&self, _: &str) -> Option<Credential<'_>> {
                None
            }
        );
    }
    let arms = model.credentials.iter().map(|credential| {
        let (text, name) = (&credential.name, ident(&credential.name));
        match (credential.kind, credential.optional) {
            (CredentialKind::Secret, false) => quote!(#text => Some(Credential::Secret(&self.#name))),
            (CredentialKind::Secret, true) => quote!(#text => self.#name.as_ref().map(Credential::Secret)),
            (CredentialKind::Text, _) => quote!(#text => Some(Credential::Text(&self.#name))),
            (CredentialKind::Number, _) => quote!(#text => Some(Credential::Number(self.#name))),
        }
    });
    quote! {
        fn get(&self, name: &str) -> Option<Credential<'_>> {
            match name {
                #(#arms,)*
                _ => None,
            }
        }
    }
}

/// The list of all secrets.
fn secrets(model: &Model) -> TokenStream {
    let secret = |optional| {
        let secrets = model.credentials.iter();
        let secrets = secrets
            .filter(move |credential| credential.kind == CredentialKind::Secret && credential.optional == optional);
        secrets.map(|credential| ident(&credential.name))
    };
    let always = secret(false);
    let sometimes: Vec<_> = secret(true).collect();
    match sometimes.is_empty() {
        true => quote!(vec![#(&self.#always),*]),
        false => quote! {
            let mut secrets = vec![#(&self.#always),*];
            #(secrets.extend(self.#sometimes.as_ref());)*
            secrets
        },
    }
}

fn stored(credential: &Credential) -> TokenStream {
    match (credential.kind, credential.optional) {
        (CredentialKind::Secret, false) => quote!(Secret),
        (CredentialKind::Secret, true) => quote!(Option<Secret>),
        (CredentialKind::Text, _) => quote!(String),
        (CredentialKind::Number, _) => quote!(u64),
    }
}

fn given(kind: CredentialKind) -> TokenStream {
    match kind {
        CredentialKind::Secret => quote!(impl Into<Secret>),
        CredentialKind::Text => quote!(impl Into<String>),
        CredentialKind::Number => quote!(u64),
    }
}

fn sample(credential: &Credential) -> &'static str {
    match credential.kind {
        CredentialKind::Secret => "\"not-a-real-key\"",
        CredentialKind::Text => "\"my-shop\"",
        CredentialKind::Number => "1",
    }
}
