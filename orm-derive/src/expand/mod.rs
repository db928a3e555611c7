//! Tokens. Generated code names nothing outside `orm`'s public items, `orm::__private` and the user's own types;
//! its bodies are one call each.

mod access;
mod assert;
mod build;
mod columns;
mod decl;
mod entity;
mod fallback;
mod relations;
mod table;

pub(crate) use fallback::{fallback, stub};

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{ColumnField, Derive, Model, at, start};

/// What a struct without mistakes becomes.
pub(crate) fn expand(model: &Model) -> TokenStream {
    match model.derive {
        Derive::Table => table::expand(model),
        Derive::Mapped => {
            let registration = entity::registration(model);
            let mut last = assert::checks(model);
            last.extend(registration);
            mapped(model, &decl::table(model), &decl::model(model), &last)
        }
    }
}

/// The items of a class around its declaration.
fn mapped(model: &Model, table: &TokenStream, decl: &TokenStream, last: &TokenStream) -> TokenStream {
    let mut items = entity::constant(model);
    items.extend(columns::items(model));
    items.extend(access::items(model));
    items.extend(build::items(model));
    let mut impls = relations::aliases(model);
    impls.extend(entity::impls(model, table, decl));
    impls.extend(columns::impls(model));
    impls.extend(relations::impls(model));
    impls.extend(access::impls(model));
    impls.extend(build::impls(model));
    impls.extend(last.clone());
    items.extend(private(model, &impls));
    items
}

/// A column's type. One that may be no column type passes through a trait that says so: the compiler reports a
/// failed projection once, and takes what depends on it for good.
fn stored(column: &ColumnField) -> TokenStream {
    let ty = &column.ty;
    if column.plain {
        return ty.clone();
    }
    let span = start(ty);
    let (before, after) = (at(span, &quote!(<)), at(span, &quote!(as __p::ColumnField>::Type)));
    quote!(#before #ty #after)
}

/// `::<_, Type>` for a call that would otherwise find out by itself.
fn turbofish(column: &ColumnField, leading: &TokenStream) -> TokenStream {
    if column.plain {
        return TokenStream::new();
    }
    let stored = stored(column);
    quote!(::<#leading #stored>)
}

/// Tokens about a column whose type may be no column type: at that type, so that what follows from the error
/// looks the same to the compiler, which then reports it once.
fn about(column: &ColumnField, tokens: TokenStream) -> TokenStream {
    if column.plain { tokens } else { at(start(&column.ty), &tokens) }
}

/// A block that sees `orm::__private` as `__p`, and whose names nobody outside sees.
fn private(model: &Model, items: &TokenStream) -> TokenStream {
    let root = &model.root;
    quote! {
        #[allow(non_upper_case_globals, non_snake_case, dead_code)]
        #[allow(private_interfaces, unreachable_pub)]
        const _: () = {
            use #root::__private as __p;
            #items
        };
    }
}
