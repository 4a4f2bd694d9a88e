//! Places and signatures as values of generated code.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Part, Place, Proof, Signature};

/// A place in a request or notification; the code has `Place` in scope.
pub fn place(place: &Place) -> TokenStream {
    match place {
        Place::Bearer => quote!(Place::Bearer),
        Place::BasicUser => quote!(Place::BasicUser),
        Place::BasicPassword => quote!(Place::BasicPassword),
        Place::Header(name) => quote!(Place::Header(#name)),
        Place::Query(name) => quote!(Place::Query(#name)),
        Place::Path(name) => quote!(Place::Path(#name)),
        Place::Body(name) => quote!(Place::Body(#name)),
    }
}

/// How a signature is made.
pub fn signature(signature: &Signature) -> TokenStream {
    let algorithm = match signature.algorithm.as_str() {
        "sha512" => quote!(Sha512),
        _ => quote!(HmacSha256),
    };
    let digits = if signature.digits == "upper-hex" { quote!(Upper) } else { quote!(Lower) };
    let joined = signature.joined.iter().map(|part| match part {
        Part::Body => quote!(::gerbang_core::signature::Part::Body),
        Part::Member(name) => quote!(::gerbang_core::signature::Part::Member(#name)),
        Part::Credential(name) => quote!(::gerbang_core::signature::Part::Credential(#name)),
    });
    quote! {
        ::gerbang_core::signature::Signature {
            algorithm: ::gerbang_core::signature::Algorithm::#algorithm,
            digits: ::gerbang_core::signature::Digits::#digits,
            joined: &[#(#joined),*],
        }
    }
}

/// What proves a notification.
pub fn proof(proof: &Proof) -> TokenStream {
    let place = place(&proof.place);
    let signature = match &proof.signature {
        Some(made) => {
            let made = signature(made);
            quote!(Some(#made))
        }
        None => quote!(None),
    };
    quote!(NotificationProof { place: #place, signature: #signature })
}
