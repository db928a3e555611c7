//! The typed relationships, and the class's own items.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::columns;
use crate::model::{Model, RelationField, Shape, at, plain, suffixed};

/// `User::name`, `User::addresses`, `User::builder()`.
pub(super) fn impls(model: &Model) -> TokenStream {
    let (vis, this) = (&model.vis, &model.ident);
    let builder = suffixed(this, "Builder");
    let columns = columns::descriptors(model);
    let own = model.relations.iter().enumerate().filter(|(_, relation)| !model.clashes_with(&relation.ident));
    let relations = own.map(|(index, relation)| {
        let (ident, target, field) = (&relation.ident, target(relation), alias(index, relation));
        let doc = format!("The relationship `{}.{}`.", plain(this), plain(ident));
        let name = plain(ident);
        let index = Literal::usize_unsuffixed(index);
        let number = number(relation, &field);
        quote! {
            #[doc = #doc]
            #vis const #ident: __p::Relationship<#this, #target, #number> = __p::Relationship::new(#name, #index);
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

/// Whether it leads to one or to many, for signatures. Where the spelling doesn't show it, the type says it, at
/// its place in the struct.
fn number(relation: &RelationField, field: &Ident) -> TokenStream {
    match relation.shape {
        Shape::Many(_) | Shape::ManySet(_) => quote!(__p::ToMany),
        Shape::One(_) | Shape::OptionalOne(_) => quote!(__p::ToOne),
        Shape::Scalar | Shape::Other => at(relation.span.0, &quote!(<#field as __p::RelationField>::Number)),
    }
}

/// The other class, for signatures.
fn target(relation: &RelationField) -> TokenStream {
    match &relation.target {
        Some(target) => target.clone(),
        None => {
            let ty = &relation.ty;
            quote!(<#ty as __p::RelationField>::Target)
        }
    }
}

/// Short names for the fields' types, which pass through a trait that says whether they are relationships.
pub(super) fn aliases(model: &Model) -> TokenStream {
    let aliases = model.relations.iter().enumerate().map(|(index, relation)| {
        let (name, ty, span) = (alias(index, relation), &relation.ty, relation.span.0);
        let (before, after) = (at(span, &quote!(<)), at(span, &quote!(as __p::RelationType>::Type)));
        quote!(type #name = #before #ty #after;)
    });
    aliases.collect()
}

/// The short name, at the field's type: whatever is wrong with the type is shown there, and once.
pub(super) fn alias(index: usize, relation: &RelationField) -> Ident {
    Ident::new(&format!("__R{index}"), relation.span.0)
}
