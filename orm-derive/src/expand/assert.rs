//! Checks that the compiler makes, each reported at the user's own token: of keys that the database generates, and
//! of relationships against the class that they lead to.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;

use super::relations;
use crate::model::{Model, RelationField, at, literal, plain};

/// All checks of a class.
pub(super) fn checks(model: &Model) -> TokenStream {
    let mut tokens = keys(model);
    for (index, relation) in model.relations.iter().enumerate().filter(|(_, relation)| !relation.is_named()) {
        tokens.extend(declaration(model, index, relation));
    }
    tokens
}

/// A primary key that says `generated` has an integer type.
pub(super) fn keys(model: &Model) -> TokenStream {
    let mut tokens = TokenStream::new();
    for column in model.columns.iter().filter(|column| !column.integer) {
        if let Some(generated) = column.db_generated.as_ref().filter(|generated| generated.value) {
            let (ty, name) =
                (&column.ty, literal(&format!("{}.{}", plain(&model.ident), plain(&column.ident))));
            tokens.extend(at(generated.key, &quote!(const _: () = __p::check_generated::<#ty>(#name);)));
        }
    }
    tokens
}

/// Compares the relationship with the declaration of the other class. A mistake is reported at the field's type.
fn declaration(model: &Model, index: usize, relation: &RelationField) -> TokenStream {
    let this = &model.ident;
    let (start, end) = relation.span;
    let (name, field) = (plain(&relation.ident), relations::alias(index, relation));
    let head = at(start, &quote!(const _: () = __p::check::<#this, #field>));
    // The call's place reaches from the first token of the type to its last, so that the whole type is underlined.
    let mut group = Group::new(Delimiter::Parenthesis, at(start, &quote!(#name)));
    group.set_span(end);
    let semicolon = at(end, &quote!(;));
    quote!(#head #group #semicolon)
}
