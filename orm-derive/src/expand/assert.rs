//! Obligations that the compiler judges, each at the user's own token: foreign keys and what they reference,
//! relationships and their other side.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::check::identifier;
use crate::model::{Model, Reference, RelationField, literal, plain};

/// All of a class's or a table's.
pub(super) fn checks(model: &Model) -> TokenStream {
    let mut tokens = keys(model);
    for relation in &model.relations {
        tokens.extend(other_side(model, relation));
    }
    tokens
}

/// Types of foreign keys, and of generated primary keys.
pub(super) fn keys(model: &Model) -> TokenStream {
    let root = &model.root;
    let mut tokens = TokenStream::new();
    for key in &model.foreign_keys {
        for ((_, ty), reference) in key.columns.iter().zip(&key.references) {
            if let Reference::Typed(path) = reference {
                let span = first(path);
                tokens.extend(quote_spanned! {span=>
                    const _: () = #root::__private::foreign_key::<#ty, _, _>(#path);
                });
            }
        }
    }
    for column in model.columns.iter().filter(|column| !column.integer) {
        if let Some(generated) = column.generated.as_ref().filter(|generated| generated.value) {
            let (ty, name) =
                (&column.ty, literal(&format!("{}.{}", plain(&model.ident), plain(&column.ident))));
            let span = generated.key;
            tokens.extend(quote_spanned! {span=>
                const _: () = #root::__private::check_generated::<#ty>(#name);
            });
        }
    }
    tokens
}

/// The relationship against the declaration of the other class, at the field's type; and the other side by its
/// type, at the name in `back_populates`.
fn other_side(model: &Model, relation: &RelationField) -> TokenStream {
    if relation.is_named() {
        return TokenStream::new();
    }
    let (root, this, ty) = (&model.root, &model.ident, &relation.ty);
    let (start, end) = relation.span;
    let target = match &relation.target {
        Some(target) => target.clone(),
        None => quote!(<#ty as #root::__private::RelationField>::Target),
    };
    let name = literal(&plain(&relation.ident));
    let arguments = quote! {
        &<#this as #root::__private::Mapped>::DECL, &<#target as #root::__private::Mapped>::DECL, #name
    };
    let call = call(&quote_spanned!(start=> #root::__private::check_relationship), &arguments, end);
    let mut tokens = quote_spanned!(start=> const _: () = #call;);
    if let Some(back) = &relation.back_populates
        && let Some(ident) = identifier(back)
    {
        let span = back.span();
        // A projection has no inherent constants; an alias of it does.
        let reverse = match &relation.target {
            Some(target) => quote_spanned!(span=> #target::#ident),
            None => quote_spanned!(span=> <#target>::#ident),
        };
        tokens.extend(quote_spanned! {span=>
            const _: () = #root::__private::check_reverse::<#this, #target>(#reverse);
        });
    }
    tokens
}

/// A call that reaches from the first token of a type to its last, so that all of it is underlined.
fn call(function: &TokenStream, arguments: &TokenStream, end: Span) -> TokenStream {
    let mut group = proc_macro2::Group::new(proc_macro2::Delimiter::Parenthesis, arguments.clone());
    group.set_span(end);
    quote!(#function #group)
}

fn first(tokens: &TokenStream) -> Span {
    tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}
