//! `Default` of the declared defaults, where `#[mapped(default)]` asks for it.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::stored;
use crate::model::{ColumnField, Model, at, start};

/// `impl Default for User`.
pub(super) fn impls(model: &Model) -> TokenStream {
    let Some(span) = model.default else { return TokenStream::new() };
    let this = &model.ident;
    let columns = model.columns.iter().map(|column| {
        let (ident, value) = (&column.ident, value(column));
        quote!(#ident: #value,)
    });
    let relations = model.relations.iter().map(|relation| {
        let ident = &relation.ident;
        quote!(#ident: ::core::default::Default::default(),)
    });
    // What is wrong was reported, and this never runs then.
    let is_wrong = |column: &ColumnField| {
        let (default, sql) = (&column.default, &column.server_default);
        default.is_none() && sql.is_some() && column.server_value.is_none() && !column.primary_key
    };
    let body = if model.left_out || !model.clashes.is_empty() || model.columns.iter().any(is_wrong) {
        quote!(loop {})
    } else {
        quote!(#this { #(#columns)* #(#relations)* })
    };
    quote_spanned! {span=>
        #[automatically_derived]
        impl ::core::default::Default for #this {
            fn default() -> Self { #body }
        }
    }
}

/// What a new object gets in a column.
fn value(column: &ColumnField) -> TokenStream {
    let ty = stored(column);
    match (&column.default, &column.server_value) {
        (Some(default), _) => quote!(__p::DefaultOf::<#ty>::value(#default)),
        (None, Some(value)) => value.clone(),
        (None, None) => {
            let ty = &column.ty;
            at(start(ty), &quote!(<#ty as ::core::default::Default>::default()))
        }
    }
}
