//! The typed relationships, and the class's own items.

use proc_macro2::TokenStream;
use quote::quote;

use super::columns;
use crate::model::{Model, RelationField, literal, plain, suffixed};

/// `User::name`, `User::addresses`, `User::builder()`.
pub(super) fn impls(model: &Model) -> TokenStream {
    let (vis, this) = (&model.vis, &model.ident);
    let builder = suffixed(this, "Builder");
    let columns = columns::descriptors(model);
    let own = model.relations.iter().enumerate().filter(|(_, relation)| !model.clashes_with(&relation.ident));
    let relations = own.map(|(index, relation)| {
        let (ident, ty, target) = (&relation.ident, &relation.ty, target(relation));
        let doc = format!("The relationship `{}.{}`.", plain(this), plain(ident));
        let name = literal(&plain(ident));
        let index = proc_macro2::Literal::usize_unsuffixed(index);
        quote! {
            #[doc = #doc]
            #vis const #ident: __p::Relationship<#this, #target> =
                __p::Relationship::new(#name, #index, <#ty as __p::RelationField>::KIND);
        }
    });
    let doc = format!("Begins a new `{}`: each method gives an attribute.", plain(this));
    quote! {
        impl #this {
            #(#columns)*
            #(#relations)*
            #[doc = #doc]
            #vis fn builder() -> #builder {
                #builder(__p::Draft::new())
            }
        }
    }
}

/// The other class.
pub(super) fn target(relation: &RelationField) -> TokenStream {
    match &relation.target {
        Some(target) => target.clone(),
        None => {
            let ty = &relation.ty;
            quote!(<#ty as __p::RelationField>::Target)
        }
    }
}
