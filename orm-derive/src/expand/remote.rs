//! A struct of another crate as the plain value of a class that describes it: `#[mapped(remote = "other::User")]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use crate::model::{Model, plain, start};

/// The struct that is described, unless mistakes keep it from being converted.
fn described(model: &Model) -> Option<&TokenStream> {
    model.remote.as_ref().filter(|_| model.clashes.is_empty() && !model.left_out)
}

/// The type of the plain value of an object, and what `to_value` says of itself.
pub(super) fn plain_value(model: &Model) -> (TokenStream, String) {
    match described(model) {
        Some(remote) => (
            quote!(#remote),
            format!(" A plain value of the columns, as the struct that `{}` describes.", plain(&model.ident)),
        ),
        None => (model.ident.to_token_stream(), " A plain value of the columns.".to_owned()),
    }
}

/// The conversions between the class and the struct that it describes. Each column is a field of that struct, and each of its
/// fields a column: the compiler compares both, and reports what differs at the field here.
pub(super) fn impls(model: &Model) -> TokenStream {
    let Some(remote) = described(model) else { return TokenStream::new() };
    let this = &model.ident;
    let columns = model.columns.iter().map(|column| {
        let ident = &column.ident;
        quote_spanned!(ident.span()=> #ident: value.#ident,)
    });
    let to_remote = columns.clone();
    let relations = model.relations.iter().map(|relation| {
        let ident = &relation.ident;
        quote!(#ident: ::core::default::Default::default(),)
    });
    let span = start(remote);
    let made = quote_spanned!(span=> #remote { #(#to_remote)* });
    quote! {
        impl ::core::convert::From<#remote> for #this {
            fn from(value: #remote) -> Self { #this { #(#columns)* #(#relations)* } }
        }
        impl ::core::convert::From<#this> for #remote {
            fn from(value: #this) -> Self { #made }
        }
        impl __p::PlainOf<#this> for #remote {
            fn read(source: &__p::ValueSource<'_>) -> __p::Result<Self> { __p::described::<#this, Self>(source) }
        }
        #[diagnostic::do_not_recommend]
        impl __p::IntoObj<#this> for #remote {
            const IS_VALUE: bool = true;
            fn into_obj(self) -> __p::Result<__p::Obj<#this>> {
                __p::IntoObj::into_obj(<#this as ::core::convert::From<#remote>>::from(self))
            }
        }
    }
}
