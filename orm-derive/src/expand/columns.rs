//! The typed columns, and the struct of slots that stores them.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{ColumnField, Model, literal, plain, suffixed};

/// `struct UserColumns`.
pub(super) fn items(model: &Model) -> TokenStream {
    let (root, vis, ident) = (&model.root, &model.vis, &model.ident);
    let name = suffixed(ident, "Columns");
    let doc = format!("The columns of a live [`{}`].", plain(ident));
    let fields = model.columns.iter().map(|column| {
        let (field, ty) = (&column.ident, &column.ty);
        let doc = format!("The column `{}`.", column.name);
        quote! {
            #[doc = #doc]
            #vis #field: #root::__private::Slot<#ty>
        }
    });
    quote! {
        #[doc = #doc]
        #[allow(non_snake_case, missing_debug_implementations, private_interfaces, unreachable_pub)]
        #vis struct #name { #(#fields,)* }
    }
}

/// `UserColumns` in the library's eyes.
pub(super) fn impls(model: &Model) -> TokenStream {
    let name = suffixed(&model.ident, "Columns");
    let fields: Vec<_> = model.columns.iter().map(|column| &column.ident).collect();
    let index = 0..fields.len();
    let index_mut = 0..fields.len();
    quote! {
        #[automatically_derived]
        impl ::core::default::Default for #name {
            fn default() -> Self {
                #name { #(#fields: ::core::default::Default::default(),)* }
            }
        }
        #[automatically_derived]
        impl __p::Columns for #name {
            fn slot(&self, index: usize) -> ::core::option::Option<&dyn __p::AnySlot> {
                ::core::option::Option::Some(match index {
                    #(#index => &self.#fields,)*
                    _ => return ::core::option::Option::None,
                })
            }
            fn slot_mut(&mut self, index: usize) -> ::core::option::Option<&mut dyn __p::AnySlot> {
                ::core::option::Option::Some(match index {
                    #(#index_mut => &mut self.#fields,)*
                    _ => return ::core::option::Option::None,
                })
            }
        }
    }
}

/// `User::name` and the like.
pub(super) fn descriptors<'a>(model: &'a Model) -> impl Iterator<Item = TokenStream> + 'a {
    let (root, vis, this) = (&model.root, &model.vis, &model.ident);
    model.columns.iter().enumerate().filter(|(_, column)| !model.clashes_with(&column.ident)).map(
        move |(index, column)| {
            let ColumnField { ident, ty, name, .. } = column;
            let attribute = plain(ident);
            let doc = format!("The column `{}.{}`.", model.table, name);
            let (table, name, attribute) = (literal(&model.table), literal(name), literal(&attribute));
            let index = proc_macro2::Literal::usize_unsuffixed(index);
            quote! {
                #[doc = #doc]
                #vis const #ident: #root::Column<#this, #ty> = __p::Column::new(#table, #name, #attribute, #index);
            }
        },
    )
}
