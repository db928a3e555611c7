//! The derived code. It names public items of `orm`, `orm::__private` and the user's own types, and nothing else.
//! The body of a derived function is one call.

mod access;
mod assert;
mod backref;
mod beside;
mod build;
mod columns;
mod composites;
mod decl;
mod default;
mod entity;
mod fallback;
mod proxies;
mod relation_decl;
mod relations;
mod remote;
mod synonyms;
mod table;

pub(crate) use fallback::{fallback, stub};

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{ColumnField, Derive, Model, at, start};

/// The code for a struct without mistakes.
pub(crate) fn expand(model: &Model) -> TokenStream {
    match model.derive {
        Derive::Table => table::expand(model),
        Derive::Mapped => {
            let registration = entity::registration(model);
            let mut last = assert::checks(model);
            last.extend(registration);
            last.extend(backref::registrations(model));
            mapped(model, &decl::table(model), &decl::model(model), &last)
        }
    }
}

/// The items of a class around its declaration.
fn mapped(model: &Model, table: &TokenStream, decl: &TokenStream, last: &TokenStream) -> TokenStream {
    let mut items = entity::constant(model);
    items.extend(columns::items(model));
    items.extend(beside::items(model));
    items.extend(backref::items(model));
    let mut impls = beside::alias(model);
    impls.extend(relations::aliases(model));
    impls.extend(entity::impls(model, table, decl));
    impls.extend(columns::impls(model));
    impls.extend(relations::impls(model));
    impls.extend(access::impls(model));
    impls.extend(build::impls(model));
    impls.extend(default::impls(model));
    impls.extend(backref::impls(model));
    impls.extend(remote::impls(model));
    impls.extend(last.clone());
    items.extend(private(model, &impls));
    items
}

/// A column's type. A type that isn't spelled as a built-in one may be no column type, so it is projected through
/// `ColumnField`: the compiler reports a projection that fails once, and not the code that depends on it.
fn stored(column: &ColumnField) -> TokenStream {
    let ty = &column.ty;
    if column.plain {
        return ty.clone();
    }
    let span = start(ty);
    let (before, after) = (at(span, &quote!(<)), at(span, &quote!(as __p::ColumnField>::Type)));
    quote!(#before #ty #after)
}

/// `::<_, Type>` for a call about a column whose type may be no column type. The call would otherwise infer the type
/// and fail with an error of its own.
fn turbofish(column: &ColumnField, leading: &TokenStream) -> TokenStream {
    if column.plain {
        return TokenStream::new();
    }
    let stored = stored(column);
    quote!(::<#leading #stored>)
}

/// Tokens about a column. Where its type may be no column type, they get the place of the type: the compiler
/// reports equal errors at one place once.
fn about(column: &ColumnField, tokens: TokenStream) -> TokenStream {
    if column.plain { tokens } else { at(start(&column.ty), &tokens) }
}

/// What is said of an item that is made of a field: what the user says of the field, and what the item is.
fn documented(docs: &str, item: &str) -> String {
    if docs.is_empty() { item.to_owned() } else { format!("{docs}\n\n {item}") }
}

/// For items with a user's words: where those link to something from the struct, it may not be found from the item.
fn allow_links(model: &Model) -> TokenStream {
    let columns = model.columns.iter().map(|column| &column.docs);
    let mut docs = columns.chain(model.relations.iter().map(|relation| &relation.docs));
    if docs.any(|docs| docs.contains('[')) {
        quote!(#[allow(rustdoc::broken_intra_doc_links, rustdoc::private_intra_doc_links)])
    } else {
        TokenStream::new()
    }
}

/// A block in which `orm::__private` is called `__p`, and whose names aren't visible outside.
fn private(model: &Model, items: &TokenStream) -> TokenStream {
    let root = &model.root;
    quote! {
        #[allow(non_upper_case_globals, non_snake_case, dead_code)]
        #[allow(private_bounds, private_interfaces, unreachable_pub)]
        const _: () = {
            use #root::__private as __p;
            #items
        };
    }
}
