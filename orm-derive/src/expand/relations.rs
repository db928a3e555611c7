//! The typed relationships, and the class's own items.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::columns;
use crate::model::{Model, RelationField, Shape, at, plain, suffixed};

/// `User::name`, `User::addresses`, `User::builder()`.
pub(super) fn impls(model: &Model) -> TokenStream {
    let (vis, this) = (&model.vis, &model.ident);
    let builder = suffixed(this, "Builder");
    let columns = columns::descriptors(model);
    let own = model.relations.iter().enumerate().filter(|(_, relation)| !model.clashes_with(&relation.ident));
    let relations = own.map(|(index, relation)| {
        let (ident, target) = (&relation.ident, target(relation));
        let doc = format!("The relationship `{}.{}`.", plain(this), plain(ident));
        let name = plain(ident);
        let index = Literal::usize_unsuffixed(index);
        let number = number(relation);
        // At the field's type, where whatever is wrong with it is reported.
        let span = relation.span.0;
        let vis = at(span, &quote!(#vis));
        let made = at(span, &quote!(__p::Relationship::new(#name, #index)));
        let item = quote_spanned! {
            span=> #vis const #ident: __p::Relationship<#this, #target, #number> = #made;
        };
        quote! {
            #[doc = #doc]
            #item
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
fn number(relation: &RelationField) -> TokenStream {
    match relation.shape {
        Shape::Many(_) | Shape::ManySet(_) => quote!(__p::ToMany),
        Shape::One(_) | Shape::OptionalOne(_) => quote!(__p::ToOne),
        Shape::Scalar | Shape::Other => projection(relation, "Number"),
    }
}

/// The other class, for signatures.
pub(super) fn target(relation: &RelationField) -> TokenStream {
    match &relation.target {
        Some(target) => target.clone(),
        None => projection(relation, "Target"),
    }
}

/// What the type says by itself, where the spelling doesn't show it.
pub(super) fn projection(relation: &RelationField, name: &str) -> TokenStream {
    let ty = &relation.ty;
    let name = Ident::new(name, relation.span.0);
    quote_spanned!(relation.span.0=> <#ty as __p::RelationType>::#name)
}

/// Short names for the fields' types. Each passes through a trait that fails first where something is wrong with
/// the type, and so gives all that depends on it the same error, which the compiler reports once: that it is no
/// relationship or, where the spelling shows the other class, that there are no objects of that class.
pub(super) fn aliases(model: &Model) -> TokenStream {
    let aliases = model.relations.iter().enumerate().map(|(index, relation)| {
        let (name, ty, span) = (alias(index, relation), &relation.ty, relation.span.0);
        match &relation.target {
            Some(target) => quote_spanned! {
                span=> type #name = <#ty as __p::Beside<__p::Obj<#target>>>::Type;
            },
            None => quote_spanned!(span=> type #name = <#ty as __p::RelationType>::Type;),
        }
    });
    aliases.collect()
}

/// The short name, at the field's type: whatever is wrong with the type is shown there, and once.
pub(super) fn alias(index: usize, relation: &RelationField) -> Ident {
    Ident::new(&format!("__R{index}"), relation.span.0)
}
