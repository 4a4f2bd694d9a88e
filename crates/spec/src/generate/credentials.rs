//! `credentials.rs`: what the merchant must know to use a provider.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::text::{doc, inner_doc};
use crate::model::{Credential, CredentialKind, Model};
use crate::naming::ident;

/// The content of `credentials.rs`.
pub fn file(model: &Model, provider: &str) -> TokenStream {
    let header = inner_doc(&[format!("What {} gives to a merchant.", model.title)]);
    let (optional, required): (Vec<_>, Vec<_>) = model.credentials.iter().partition(|credential| credential.optional);
    let variable = |credential: &Credential| {
        format!("GERBANG_{}_{}", provider.to_ascii_uppercase(), credential.name.to_ascii_uppercase())
    };

    let doc_of_struct = doc(&[
        format!("What {} gives to a merchant. Debug shows no secret.", model.title),
        format!(
            "```\nuse gerbang_{provider}::{}Credentials;\nlet credentials = Credentials::new({});\n```",
            model.module.as_ref().map(|module| format!("{module}::")).unwrap_or_default(),
            required.iter().map(|credential| sample(credential)).collect::<Vec<_>>().join(", "),
        ),
    ]);
    let fields = model.credentials.iter().map(|credential| {
        let (name, ty) = (ident(&credential.name), stored(credential));
        quote!(#name: #ty)
    });

    let arguments: Vec<_> = required.iter().map(|credential| ident(&credential.name)).collect();
    let argument_types = required.iter().map(|credential| given(credential.kind));
    let initial = model.credentials.iter().map(|credential| {
        let name = ident(&credential.name);
        match (credential.optional, credential.kind) {
            (true, _) => quote!(#name: None),
            (false, CredentialKind::Number) => quote!(#name),
            (false, _) => quote!(#name: #name.into()),
        }
    });
    let described = required.iter().map(|credential| format!("- `{}`: {}", credential.name, credential.description));
    let doc_of_new = doc(&["What every call needs:".to_owned(), described.collect::<Vec<_>>().join("\n")]);

    let setters = optional.iter().map(|credential| {
        let (name, argument) = (format_ident!("with_{}", credential.name), ident(&credential.name));
        let given = given(credential.kind);
        let doc = doc(&[
            credential.description.clone(),
            "Only notifications need it: the client does not use it. Hand it to what reads them.".to_owned(),
        ]);
        quote! {
            #doc
            #[must_use]
            pub fn #name(mut self, #argument: #given) -> Self {
                self.#argument = Some(#argument.into());
                self
            }
        }
    });
    let getters = model.credentials.iter().map(|credential| {
        let name = ident(&credential.name);
        let doc = doc(std::slice::from_ref(&credential.description));
        let (ty, value) = match (credential.kind, credential.optional) {
            (CredentialKind::Number, _) => (quote!(u64), quote!(self.#name)),
            (CredentialKind::Text, _) => (quote!(&str), quote!(&self.#name)),
            (CredentialKind::Secret, false) => (quote!(&Secret), quote!(&self.#name)),
            (CredentialKind::Secret, true) => (quote!(Option<&Secret>), quote!(self.#name.as_ref())),
        };
        quote!(#doc pub fn #name(&self) -> #ty { #value })
    });

    let from_variables = model.credentials.iter().map(|credential| {
        let (name, variable) = (ident(&credential.name), variable(credential));
        match credential.optional {
            true => quote!(#name: credentials::optional(&read, #variable)?),
            false => quote!(#name: credentials::required(&read, #variable)?),
        }
    });
    let table = model.credentials.iter().map(|credential| {
        let (name, required) = (variable(credential), !credential.optional);
        let secret = credential.kind == CredentialKind::Secret;
        quote!(Variable { name: #name, required: #required, secret: #secret })
    });
    let doc_of_table = doc(&["The variables that [`Self::from_variables`] reads.".to_owned()]);
    let variables = model.credentials.iter().map(|credential| {
        let only = if credential.optional { " (optional; for notifications)" } else { "" };
        format!("- `{}`{only}", variable(credential))
    });
    let doc_of_from_env = doc(&[
        "Reads the environment variables:".to_owned(),
        variables.collect::<Vec<_>>().join("\n"),
        "# Errors".to_owned(),
        "[`gerbang_core::Kind::Configuration`] names the variable that is missing or unusable, never its value."
            .to_owned(),
    ]);

    let doc_of_from_variables = doc(&[
        "Reads the same variables from elsewhere, such as a file: `read` gives the value of one, or none.".to_owned(),
        "# Errors".to_owned(),
        "As [`Self::from_env`], and what `read` fails with.".to_owned(),
    ]);

    let by_name = model.credentials.iter().map(|credential| {
        let (text, name) = (&credential.name, ident(&credential.name));
        match (credential.kind, credential.optional) {
            (CredentialKind::Secret, false) => quote!(#text => Some(Credential::Secret(&self.#name))),
            (CredentialKind::Secret, true) => quote!(#text => self.#name.as_ref().map(Credential::Secret)),
            (CredentialKind::Text, _) => quote!(#text => Some(Credential::Text(&self.#name))),
            (CredentialKind::Number, _) => quote!(#text => Some(Credential::Number(self.#name))),
        }
    });
    let secret = |optional| {
        let secrets = model.credentials.iter();
        let secrets = secrets
            .filter(move |credential| credential.kind == CredentialKind::Secret && credential.optional == optional);
        secrets.map(|credential| ident(&credential.name))
    };
    let always = secret(false);
    let sometimes: Vec<_> = secret(true).collect();
    let secrets = match sometimes.is_empty() {
        true => quote!(vec![#(&self.#always),*]),
        false => quote! {
            let mut secrets = vec![#(&self.#always),*];
            #(secrets.extend(self.#sometimes.as_ref());)*
            secrets
        },
    };

    // A provider may hand out nothing.
    let (default, read, get) = match model.credentials.is_empty() {
        true => (
            quote!(, Default),
            quote!(_),
            quote!(
                fn get(&self, _: &str) -> Option<Credential<'_>> {
                    None
                }
            ),
        ),
        false => {
            let get = quote! {
                fn get(&self, name: &str) -> Option<Credential<'_>> {
                    match name {
                        #(#by_name,)*
                        _ => None,
                    }
                }
            };
            (quote!(), quote!(read), get)
        }
    };
    quote! {
        #header
        use ::gerbang_core::{Credential, Error, Secret, Variable, credentials};

        #doc_of_struct
        #[derive(Clone, Debug #default)]
        pub struct Credentials { #(#fields,)* }

        impl Credentials {
            #doc_of_table
            pub const VARIABLES: &'static [Variable] = &[#(#table),*];

            #doc_of_new
            pub fn new(#(#arguments: #argument_types),*) -> Self {
                Self { #(#initial,)* }
            }
            #(#setters)*
            #doc_of_from_env
            pub fn from_env() -> Result<Self, Error> {
                Self::from_variables(credentials::environment)
            }

            #doc_of_from_variables
            pub fn from_variables(#read: impl Fn(&str) -> Result<Option<String>, Error>) -> Result<Self, Error> {
                Ok(Self { #(#from_variables,)* })
            }
            #(#getters)*
        }

        impl ::gerbang_core::Credentials for Credentials {
            #get

            fn secrets(&self) -> Vec<&Secret> {
                #secrets
            }
        }
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
