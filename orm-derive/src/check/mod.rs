//! The rules that can be checked in one struct, without other classes. Each reports every mistake that it finds.

mod backref;
mod expression;
mod foreign_key;
mod keys;
mod made;
mod names;
mod proxy;
mod relation;
mod sql;
mod version;

use syn::Attribute;

use crate::ctxt::Ctxt;
use crate::model::{Derive, Model};

/// Checks every rule.
pub(crate) fn check(ctxt: &Ctxt, model: &mut Model, attrs: &[Attribute]) {
    keys::derived_twice(ctxt, model, attrs);
    names::sql_names(ctxt, model);
    sql::check(ctxt, model);
    foreign_key::check(ctxt, model);
    keys::primary_key(ctxt, model);
    keys::db_generated(ctxt, model);
    keys::deferred(ctxt, model);
    keys::validated(ctxt, model);
    made::check(ctxt, model);
    version::check(ctxt, model);
    keys::defaults(ctxt, model);
    if model.derive == Derive::Mapped {
        names::reserved(ctxt, model);
        names::setters(ctxt, model);
        proxy::names(ctxt, model);
        for relation in &model.relations {
            relation::check(ctxt, model, relation);
            if let Some(backref) = &relation.backref {
                backref::check(ctxt, model, relation, backref);
            }
        }
    }
}
