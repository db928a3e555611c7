//! Checks that the compiler makes, each reported at the user's own token: of keys that the database generates, and
//! of relationships against the class that they lead to.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::quote;

use super::{proxies, relations, stored};
use crate::model::{ColumnField, Model, RelationField, at, literal, plain, start};

/// All checks of a class.
pub(super) fn checks(model: &Model) -> TokenStream {
    let mut tokens = keys(model);
    let mut relations = TokenStream::new();
    for (index, relation) in model.relations.iter().enumerate().filter(|(_, relation)| !relation.is_named()) {
        relations.extend(declaration(model, index, relation));
    }
    relations.extend(proxies::checks(model));
    // Their constants have the names of the fields, which mean other things around them.
    if !relations.is_empty() {
        tokens.extend(quote!(const _: () = { #relations };));
    }
    tokens
}

/// A primary key that says `generated` has an integer type, and neither a key nor a version is an `Option`.
pub(super) fn keys(model: &Model) -> TokenStream {
    let mut tokens = TokenStream::new();
    let name = |column: &ColumnField| literal(&format!("{}.{}", plain(&model.ident), plain(&column.ident)));
    for column in model.columns.iter().filter(|column| !column.integer) {
        if let Some(generated) = column.db_generated.as_ref().filter(|generated| generated.value) {
            let (ty, name) = (&column.ty, name(column));
            tokens.extend(at(generated.key, &quote!(const _: () = __p::check_generated::<#ty>(#name);)));
        }
    }
    for column in model.primary_key().filter(|column| !column.plain) {
        let (ty, name) = (stored(column), name(column));
        tokens.extend(at(start(&column.ty), &quote!(const _: () = __p::check_key::<#ty>(#name);)));
    }
    for column in model.columns.iter().filter(|column| column.version.is_some() && !column.plain) {
        let (ty, name) = (stored(column), name(column));
        tokens.extend(at(start(&column.ty), &quote!(const _: () = __p::check_version::<#ty>(#name);)));
    }
    tokens
}

/// Compares the relationship with the declaration of the other class. A mistake is reported at the option that it is
/// about, and else at the field's type.
fn declaration(model: &Model, index: usize, relation: &RelationField) -> TokenStream {
    let (this, ident) = (&model.ident, &relation.ident);
    let (name, field) = (plain(ident), relations::alias(index, relation));
    let places = &relation.places;
    let options = [
        (places.back_populates, "BackPopulates"),
        (places.secondary, "Secondary"),
        (places.foreign_keys, "ForeignKeys"),
        (places.remote_side, "RemoteSide"),
        (places.cascade, "Cascade"),
        (places.passive_deletes, "PassiveDeletes"),
        (places.post_update, "PostUpdate"),
        (places.passive_updates, "PassiveUpdates"),
        (places.single_parent, "SingleParent"),
        (places.sync_backref, "SyncBackref"),
    ];
    let given: Vec<_> = options.iter().filter_map(|(place, option)| Some(((*place)?, *option))).collect();
    // What names the field's type has the type's place, so that what is wrong with that is told once.
    let first = |function: &str| {
        let function = Ident::new(function, relation.span.0);
        call(relation.span, &quote!(__p::#function::<#this, #field>), quote!(#name))
    };
    // Where nothing is wrong each call costs all the same, so those that most relationships have are few.
    let checked = match given.as_slice() {
        [] => first("check"),
        [(place, "BackPopulates")] => call(*place, &quote!(__p::report_rest), first("check_forward")),
        given => {
            let mut complaint = first("complaint");
            for (place, option) in given {
                let at = Ident::new(option, place.0);
                complaint = call(*place, &quote!(__p::report), quote!(#complaint, __p::At::#at));
            }
            call(relation.span, &quote!(__p::report_rest), complaint)
        }
    };
    quote!(const #ident: () = #checked;)
}

/// A call whose place reaches from one token of the user's to another, so that all between is underlined.
fn call((start, end): (Span, Span), function: &TokenStream, arguments: TokenStream) -> TokenStream {
    let mut group = Group::new(Delimiter::Parenthesis, arguments);
    group.set_span(end);
    let head = at(start, function);
    quote!(#head #group)
}
