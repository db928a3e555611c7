//! What stands beside the errors: enough of the class that code which uses it is not wrong too.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident};

use super::{mapped, table};
use crate::model::{Derive, Model, literal, plain};

/// For a struct with mistakes: its items with an empty declaration, which no check looks into, and unregistered.
pub(crate) fn fallback(model: &Model) -> TokenStream {
    match model.derive {
        Derive::Table => table::items(model, &empty_table(), &TokenStream::new()),
        Derive::Mapped => mapped(model, &empty_table(), &empty_model(), &TokenStream::new()),
    }
}

/// For what is no struct with named fields.
pub(crate) fn stub(derive: Derive, ident: &Ident, generics: &Generics) -> TokenStream {
    // Bounds of the stub would be mistakes too.
    if !generics.params.is_empty() {
        return TokenStream::new();
    }
    let (table, model) = (empty_table(), empty_model());
    let class = literal(&plain(ident));
    let mapped = (derive == Derive::Mapped).then(|| {
        quote! {
            #[automatically_derived]
            impl __p::Mapped for #ident {
                const CLASS: &'static str = #class;
                const TABLE: &'static str = "";
                const DECL: __p::ModelDecl = #model;
            }
        }
    });
    quote! {
        const _: () = {
            use ::orm::__private as __p;
            #mapped
            #[automatically_derived]
            impl __p::TableSource for #ident {
                const NAME: &'static str = "";
                const TABLE: __p::TableDecl = #table;
            }
        };
    }
}

fn empty_model() -> TokenStream {
    let table = empty_table();
    quote!(__p::ModelDecl { class: "", module: "", table: #table, relations: &[] })
}

fn empty_table() -> TokenStream {
    quote!(__p::TableDecl {
        name: "",
        columns: &[],
        foreign_keys: &[],
        uniques: &[],
        indexes: &[],
        checks: &[]
    })
}
