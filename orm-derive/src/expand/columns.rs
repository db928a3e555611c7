//! The typed columns, and the struct of slots that stores them.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{about, allow_links, documented, stored};
use crate::model::{ColumnField, Model, literal, plain, suffixed};

/// `struct UserColumns`.
pub(super) fn items(model: &Model) -> TokenStream {
    let (root, vis, ident) = (&model.root, &model.vis, &model.ident);
    let name = suffixed(ident, "Columns");
    let doc = format!("The columns of a live [`{}`].", plain(ident));
    let fields = model.columns.iter().map(|column| {
        let (vis, field, ty) = (&column.vis, &column.ident, &column.ty);
        let doc = documented(&column.docs, &format!("The column `{}`.", column.name));
        quote! {
            #[doc = #doc]
            #vis #field: #root::__private::Slot<#ty>
        }
    });
    let allow_links = allow_links(model);
    quote! {
        #[doc = #doc]
        #allow_links
        #[derive(::core::default::Default)]
        #[allow(non_snake_case, missing_debug_implementations)]
        #[allow(private_interfaces, unreachable_pub)]
        #vis struct #name { #(#fields,)* }
    }
}

/// The trait by which the library reaches the slots of `UserColumns`.
pub(super) fn impls(model: &Model) -> TokenStream {
    let name = suffixed(&model.ident, "Columns");
    let arm = |(index, column): (usize, &ColumnField), reference: TokenStream| {
        let (index, field) = (Literal::usize_unsuffixed(index), &column.ident);
        let value = if column.plain {
            quote!(#reference self.#field)
        } else {
            let ty = stored(column);
            quote!(#reference self.#field as #reference __p::Slot<#ty>)
        };
        let value = about(column, quote!(__p::Some(#value)));
        quote!(#index => #value,)
    };
    let of_row = model.columns.iter().enumerate().map(|(index, column)| {
        let (index, field) = (Literal::usize_unsuffixed(index), &column.ident);
        let slot = if column.plain {
            quote!(__p::slot_of_row(row, #index))
        } else {
            let ty = stored(column);
            about(column, quote!(__p::slot_of_row::<#ty>(row, #index)))
        };
        quote!(#field: #slot,)
    });
    let shared = model.columns.iter().enumerate().map(|column| arm(column, quote!(&)));
    let unique = model.columns.iter().enumerate().map(|column| arm(column, quote!(&mut)));
    quote! {
        #[automatically_derived]
        impl __p::Columns for #name {
            #[inline]
            fn of_row(row: &__p::RowValues<'_>) -> Self { Self { #(#of_row)* } }
            fn slot(&self, index: usize) -> __p::Option<&dyn __p::AnySlot> {
                match index {
                    #(#shared)*
                    _ => __p::None,
                }
            }
            fn slot_mut(&mut self, index: usize) -> __p::Option<&mut dyn __p::AnySlot> {
                match index {
                    #(#unique)*
                    _ => __p::None,
                }
            }
        }
    }
}

/// `User::name` and the like.
pub(super) fn descriptors<'a>(model: &'a Model) -> impl Iterator<Item = TokenStream> + 'a {
    let this = &model.ident;
    model.columns.iter().enumerate().filter(|(_, column)| !model.clashes_with(&column.ident)).map(
        move |(index, column_field)| {
            let ColumnField { ident, docs, vis, ty, name, .. } = column_field;
            let attribute = plain(ident);
            let doc = documented(docs, &format!("The column `{}.{}`.", model.table, name));
            let index = Literal::usize_unsuffixed(index);
            let column = if *name == attribute {
                quote!(__p::column(#name, #index))
            } else {
                let table = literal(&model.table);
                quote!(__p::Column::new(#table, #name, #attribute, #index))
            };
            let expressed = column_field.expression.as_ref().map(|(given, _)| {
                let (ty, expression) = (stored(column_field), &given.value);
                quote!(.expressed(|| __p::expressed::<#ty>(#expression)))
            });
            quote! {
                #[doc = #doc]
                #vis const #ident: __p::Column<#this, #ty> = #column #expressed;
            }
        },
    )
}
