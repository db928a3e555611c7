//! Obligations that the compiler judges, each at the user's own token: generated keys, and relationships against
//! their other side.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{quote, quote_spanned};

use super::relations;
use crate::check::identifier;
use crate::model::{Model, RelationField, at, literal, plain};

/// All of a class's.
pub(super) fn checks(model: &Model) -> TokenStream {
    let mut tokens = keys(model);
    for (index, relation) in model.relations.iter().enumerate().filter(|(_, relation)| !relation.is_named()) {
        tokens.extend(other_side(model, index, relation));
        tokens.extend(reverse(model, relation));
    }
    tokens
}

/// Primary keys that say `generated`: integers.
pub(super) fn keys(model: &Model) -> TokenStream {
    let mut tokens = TokenStream::new();
    for column in model.columns.iter().filter(|column| !column.integer) {
        if let Some(generated) = column.generated.as_ref().filter(|generated| generated.value) {
            let (ty, name) =
                (&column.ty, literal(&format!("{}.{}", plain(&model.ident), plain(&column.ident))));
            tokens.extend(at(generated.key, &quote!(const _: () = __p::check_generated::<#ty>(#name);)));
        }
    }
    tokens
}

/// The relationship against the declaration of the other class, at the field's type.
fn other_side(model: &Model, index: usize, relation: &RelationField) -> TokenStream {
    let this = &model.ident;
    let (start, end) = relation.span;
    let (name, field) = (plain(&relation.ident), relations::alias(index, relation));
    let head = at(start, &quote!(const _: () = __p::check::<#this, #field>));
    // The call reaches from the first token of the type to its last, so that all of it is underlined.
    let mut group = Group::new(Delimiter::Parenthesis, at(start, &quote!(#name)));
    group.set_span(end);
    let semicolon = at(end, &quote!(;));
    quote!(#head #group #semicolon)
}

/// The other side by its type, at the name in `back_populates`: names alone would take a class for another of the
/// same name.
fn reverse(model: &Model, relation: &RelationField) -> Option<TokenStream> {
    let back = relation.back_populates.as_ref()?;
    let ident = identifier(back)?;
    let this = &model.ident;
    let target = relations::target(relation);
    let span = back.span();
    let pair = quote_spanned!(span=> let _: __p::Relationship<#target, #this, _> = <#target>::#ident;);
    Some(quote_spanned!(span=> const _: () = { #pair };))
}
