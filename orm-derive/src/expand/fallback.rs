//! What is derived beside compile errors: enough of the class that code which uses it has no errors of its own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident};

use super::{mapped, table};
use crate::model::{Derive, Model, literal, plain};

/// The items of a struct with mistakes. Its declaration is empty, and it is neither checked nor registered.
pub(crate) fn fallback(model: &Model) -> TokenStream {
    match model.derive {
        Derive::Table => table::items(model, &empty_table(), &TokenStream::new()),
        Derive::Mapped => mapped(model, &empty_table(), &empty_model(), &TokenStream::new()),
    }
}

/// The traits of a type that isn't a struct with named fields.
pub(crate) fn stub(derive: Derive, ident: &Ident, generics: &Generics) -> TokenStream {
    // A generic stub would have to repeat the type's bounds, and its errors would be reported too.
    if !generics.params.is_empty() {
        return TokenStream::new();
    }
    let (table, model) = (empty_table(), empty_model());
    let class = literal(&plain(ident));
    let mapped = (derive == Derive::Mapped).then(|| {
        quote! {
            #[automatically_derived]
            impl __p::Declared for #ident {
                const CLASS: &'static str = #class;
                const MODULE: &'static str = ::core::module_path!();
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
    quote!(__p::ModelDecl::wrong(#table))
}

fn empty_table() -> TokenStream {
    quote!(__p::TableDecl::named(""))
}
