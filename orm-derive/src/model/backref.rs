//! The reverse side that a relationship makes on the other class.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Ident, LitStr, Type};

use super::name::Named;
use super::relation::{Backref, Held, RelationField};
use super::ty::Shape;
use crate::attr::{self, BackrefOptions, Given, RelationshipOptions, Setting};
use crate::ctxt::Ctxt;

/// A relationship of `this`, with the reverse side that it makes.
pub(super) fn relationship(
    ctxt: &Ctxt,
    this: &Ident,
    named: Named<'_>,
    ty: &Type,
    shape: Shape,
    mut options: RelationshipOptions,
) -> RelationField {
    let backref = std::mem::take(&mut options.backref);
    let mut relation = RelationField::build(ctxt, this, named, ty, shape, options);
    relation.backref = backref.given().and_then(|given| reverse_side(ctxt, this, &relation, given));
    relation
}

/// Reads what is said of the reverse side of `forth`, a relationship of `this`; nothing where its name is none.
fn reverse_side(
    ctxt: &Ctxt,
    this: &Ident,
    forth: &RelationField,
    given: Given<attr::Backref>,
) -> Option<Box<Backref>> {
    let Given { value: attr::Backref { name, options }, key } = given;
    let name = name?;
    let Some(ident) = field_name(&name) else {
        ctxt.error(&name, "`backref` takes a name that a field of the other class could have");
        return None;
    };
    let BackrefOptions {
        name: _,
        one,
        set,
        write_only,
        dynamic,
        sync_backref,
        lazy,
        join_depth,
        innerjoin,
        viewonly: own_viewonly,
        cascade,
        passive_deletes,
        post_update,
        passive_updates: own_updates,
        order_by,
        foreign_keys,
        remote_side,
        primaryjoin,
        secondaryjoin,
        single_parent,
        active_history,
        load_on_pending,
        omit_join,
        overlaps,
        info,
    } = options;
    let words = [(one, Held::One), (set, Held::Set), (write_only, Held::WriteOnly), (dynamic, Held::Dynamic)];
    let held = words
        .into_iter()
        .filter_map(|(flag, word)| flag.given().filter(|flag| flag.value).map(|flag| (word, flag.key)));
    let held: Vec<(Held, Span)> = held.collect();
    let back = LitStr::new(&super::plain(&forth.ident), forth.ident.span());
    // What is only read from one side is only read from the other, unless that is said.
    let viewonly = match own_viewonly {
        Setting::Absent if forth.viewonly => Setting::Given(Given { value: true, key }),
        own => own,
    };
    // The two sides have one foreign key, which one of them leaves to the database if the other does.
    let passive_updates = match own_updates {
        Setting::Absent if forth.active_updates.is_some() && !viewonly.is_on() => {
            Setting::Given(Given { value: false, key })
        }
        own => own,
    };
    let options = RelationshipOptions {
        back_populates: Setting::Given(Given { value: back, key }),
        sync_backref,
        lazy,
        join_depth,
        innerjoin,
        viewonly,
        cascade,
        passive_deletes,
        // What one side writes by itself the other does too, unless that is said.
        post_update: match post_update {
            Setting::Absent if forth.post_update.is_some() => Setting::Given(Given { value: true, key }),
            own => own,
        },
        passive_updates,
        order_by,
        foreign_keys,
        remote_side,
        primaryjoin,
        secondaryjoin,
        single_parent,
        active_history,
        load_on_pending,
        omit_join,
        overlaps,
        info,
        ..RelationshipOptions::default()
    };
    let ty: Type = syn::parse_quote!(#this);
    let named = Named { ident: &ident, docs: String::new(), vis: forth.vis.clone() };
    let relation = RelationField::build(ctxt, this, named, &ty, Shape::Other, options);
    Some(Box::new(Backref { key, held, relation }))
}

/// The name as a field would be called, where one can have it; a word of the language as a raw identifier.
fn field_name(name: &LitStr) -> Option<Ident> {
    if let Ok(ident) = name.parse::<Ident>() {
        return Some(ident);
    }
    let any = name.parse_with(Ident::parse_any).ok()?;
    let text = any.to_string();
    let is_raw = !matches!(text.as_str(), "self" | "Self" | "super" | "crate" | "_");
    is_raw.then(|| Ident::new_raw(&text, name.span()))
}
