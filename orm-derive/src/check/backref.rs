//! The reverse side that a relationship makes: its name, and what is said of it.

use super::names::HANDLE;
use super::relation;
use crate::ctxt::Ctxt;
use crate::model::{Backref, Held, Model, RelationField, Said, plain};

pub(super) fn check(ctxt: &Ctxt, model: &Model, relation: &RelationField, backref: &Backref) {
    let forth = format!("{}.{}", model.ident, relation.ident);
    if relation.back_populates.is_some() {
        ctxt.error_at(
            backref.key,
            format!(
                "`{forth}` has a reverse side twice, by `back_populates` and by `backref`\nhelp: remove `backref` where the \
                 other class declares it, else `back_populates`"
            ),
        );
    }
    if let Some(key) = relation.one_way {
        ctxt.error_at(
            key,
            format!(
                "the `backref` of `{forth}` leads back, so that it isn't one way\nhelp: remove `one_way`"
            ),
        );
    }
    if let [_, (_, second), ..] = backref.held.as_slice() {
        ctxt.error_at(*second, "`backref` holds one thing: `one`, `set`, `write_only` or `dynamic`");
    }
    let back = &backref.relation;
    let name = plain(&back.ident);
    if HANDLE.contains(&name.as_str()) || name == "builder" {
        let text = format!(
            "`{name}` is an operation of every class or object, and can't be the name of a `backref`\nhelp: give it another \
             name"
        );
        ctxt.error_at(back.ident.span(), text);
    }
    if relation.target.is_none() && relation.named_target.is_none() {
        let why = if relation.is_own {
            format!(
                "and a collection type of your own doesn't show it\nhelp: remove `backref`, declare `{name}` in the other \
                 class, and name it by `back_populates`"
            )
        } else {
            "and this is an alias\nhelp: write `Many<T>`, `ManySet<T>`, `One<T>` or `Option<One<T>>` with the class".to_owned()
        };
        ctxt.error_at(
            relation.span.0,
            format!("`backref` of `{forth}` needs the other class in the field's type, {why}"),
        );
    }
    if let (Some(join), None) = (&back.secondaryjoin, &relation.secondary) {
        ctxt.error_at(
            join.key,
            format!(
                "`backref` of `{forth}` has a `secondaryjoin`, but there is no association table\nhelp: remove it, or add \
                 `secondary = Link` to `{}`",
                relation.ident
            ),
        );
    }
    if let Some(order) = &back.order_by
        && matches!(&order.value, Said::Typed(terms) if terms.is_empty())
    {
        ctxt.error_at(order.key, "`order_by` is empty");
    }
    let loading = back.loading.or(back.load_on_pending);
    if let (Some(Held::WriteOnly | Held::Dynamic), Some(at)) = (backref.held(), loading) {
        let text =
            format!("`{name}` is a collection that is never loaded\nhelp: remove what says how it is loaded");
        ctxt.error_at(at, text);
    }
    relation::written(ctxt, back);
    relation::reverse(ctxt, back);
    relation::omit_join(ctxt, back);
}
