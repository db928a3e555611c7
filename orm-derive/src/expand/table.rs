//! `#[derive(Table)]`: a table without a class.

use proc_macro2::TokenStream;
use quote::quote;

use super::{allow_links, assert, columns, decl, default, entity, private};
use crate::model::{Model, literal, plain};

pub(super) fn expand(model: &Model) -> TokenStream {
    let this = &model.ident;
    let cell = entity::cell(model);
    let registration = quote! {
        __p::inventory::submit! {
            __p::TableRegistration::new(&<#this as __p::TableSource>::TABLE, #cell)
        }
    };
    let mut last = assert::keys(model);
    last.extend(registration);
    items(model, &decl::table(model), &last)
}

/// The typed columns, and the table around its declaration.
pub(super) fn items(model: &Model, decl: &TokenStream, last: &TokenStream) -> TokenStream {
    let this = &model.ident;
    let columns = columns::descriptors(model);
    let fields: Vec<_> = model.columns.iter().map(|column| &column.ident).collect();
    let name = literal(&model.table);
    let default = default::impls(model);
    let allow_links = allow_links(model);
    let doc = format!("Makes the compiler count `{}` and its fields as used.", plain(this));
    let used = (!model.left_out).then(|| {
        quote! {
            #[doc = #doc]
            fn used(row: #this) -> #this {
                #this { #(#fields: row.#fields,)* }
            }
        }
    });
    private(
        model,
        &quote! {
            #allow_links
            impl #this { #(#columns)* }
            #[automatically_derived]
            impl __p::TableSource for #this {
                const NAME: &'static str = #name;
                const TABLE: __p::TableDecl = #decl;
            }
            #used
            #default
            #last
        },
    )
}
