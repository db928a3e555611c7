//! Obligations that the compiler judges, each at the user's own token: generated keys, and relationships against
//! their other side.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;

use crate::check::identifier;
use crate::model::{Model, RelationField, at, literal, plain};

/// All of a class's.
pub(super) fn checks(model: &Model) -> TokenStream {
    let mut tokens = keys(model);
    for relation in &model.relations {
        if !relation.is_named() {
            tokens.extend(other_side(model, relation));
            tokens.extend(reverse(model, relation));
        }
    }
    tokens
}

/// Primary keys that say `generated`: integers.
pub(super) fn keys(model: &Model) -> TokenStream {
    let root = &model.root;
    let mut tokens = TokenStream::new();
    for column in model.columns.iter().filter(|column| !column.integer) {
        if let Some(generated) = column.generated.as_ref().filter(|generated| generated.value) {
            let (ty, name) =
                (&column.ty, literal(&format!("{}.{}", plain(&model.ident), plain(&column.ident))));
            tokens.extend(at(
                generated.key,
                &quote!(const _: () = #root::__private::check_generated::<#ty>(#name);),
            ));
        }
    }
    tokens
}

/// The relationship against the declaration of the other class, at the field's type.
fn other_side(model: &Model, relation: &RelationField) -> TokenStream {
    let (root, this) = (&model.root, &model.ident);
    let (start, end) = relation.span;
    let target = target(model, relation);
    let name = literal(&plain(&relation.ident));
    let function = at(start, &quote!(#root::__private::check_relationship));
    let arguments = quote! {
        &<#this as #root::__private::Mapped>::DECL, &<#target as #root::__private::Mapped>::DECL, #name
    };
    // The call reaches from the first token of the type to its last, so that all of it is underlined.
    let mut group = Group::new(Delimiter::Parenthesis, at(start, &arguments));
    group.set_span(end);
    let head = at(start, &quote!(const _: () =));
    let semicolon = at(end, &quote!(;));
    quote!(#head #function #group #semicolon)
}

/// The other side by its type, at the name in `back_populates`: names alone would take a class for another of the
/// same name.
fn reverse(model: &Model, relation: &RelationField) -> Option<TokenStream> {
    let back = relation.back_populates.as_ref()?;
    let ident = identifier(back)?;
    let (root, this, target) = (&model.root, &model.ident, target(model, relation));
    let back_type = quote!(#root::Relationship<#target, #this, _>);
    Some(at(back.span(), &quote!(const _: () = { let _: #back_type = <#target>::#ident; };)))
}

fn target(model: &Model, relation: &RelationField) -> TokenStream {
    let (root, ty) = (&model.root, &relation.ty);
    quote!(<#ty as #root::__private::RelationField>::Target)
}
