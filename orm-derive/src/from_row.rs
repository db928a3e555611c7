//! `#[derive(FromRow)]`: a struct of the items of a row.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Member};

/// The impl that makes the struct of a row: the tuple of its fields' types, in their order.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let Data::Struct(data) = &input.data else {
        return mistake(input, "only a struct is made of a row");
    };
    if matches!(data.fields, Fields::Unit) {
        return mistake(input, "a struct that is made of a row has a field for each item");
    }
    let name = &input.ident;
    let (generics, types, conditions) = input.generics.split_for_impl();
    let fields: Vec<_> = data.fields.iter().map(|field| &field.ty).collect();
    let members = data.fields.members().enumerate().map(|(at, member)| {
        let place = Member::from(at);
        quote!(#member: row.#place)
    });
    // A row of one item is that item, and no tuple.
    let (row, value) = match fields.as_slice() {
        [only] => {
            let member = data.fields.members().next();
            (quote!(#only), quote!(#name { #member: row }))
        }
        _ => (quote!((#(#fields,)*)), quote!(#name { #(#members,)* })),
    };
    quote! {
        #[automatically_derived]
        impl #generics ::orm::FromRow for #name #types #conditions {
            type Row = #row;

            fn from_row(row: Self::Row) -> Self {
                #value
            }
        }
    }
}

fn mistake(input: &DeriveInput, message: &str) -> TokenStream {
    syn::Error::new_spanned(&input.ident, message).to_compile_error()
}
