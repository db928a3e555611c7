//! Columns that stand for an expression: no table has them, and nobody gives them a value.

use proc_macro2::Span;

use crate::ctxt::Ctxt;
use crate::model::{ColumnField, Derive, Model};

pub(super) fn check(ctxt: &Ctxt, model: &Model) {
    for column in &model.columns {
        let Some((given, _)) = &column.expression else { continue };
        let ident = &column.ident;
        if model.derive == Derive::Table {
            let message = "a table without a class has no objects that an expression could be read for";
            ctxt.error_at(given.key, format!("{message}\nhelp: derive `Mapped`"));
        } else if column.primary_key {
            let message = format!("`{ident}` is part of the primary key, which can't be an expression");
            ctxt.error_at(given.key, message);
        } else {
            of_the_table(ctxt, column, given.key);
        }
    }
}

/// What is said of columns of a table, by the keys that say it.
fn of_the_table(ctxt: &Ctxt, column: &ColumnField, expression: Span) {
    let spanned = |is: bool| is.then_some(expression);
    let said: [(&str, Option<Span>); 15] = [
        ("default", column.default.as_ref().map(syn::spanned::Spanned::span)),
        ("server_default", column.server_default.as_ref().map(syn::LitStr::span).or(column.fetched_default)),
        ("onupdate", column.onupdate.as_ref().map(|given| given.key)),
        ("server_onupdate", column.server_onupdate),
        ("computed", column.computed.as_ref().map(|(given, _)| given.key)),
        ("version_id", column.version.as_ref().map(|given| given.key)),
        ("validate", column.validate.as_ref().map(|given| given.key)),
        ("active_history", column.active_history),
        ("foreign_key", column.foreign_key.as_ref().map(crate::attr::Reference::span)),
        ("name", column.named),
        ("unique", spanned(column.unique)),
        ("index", spanned(column.index)),
        ("check", column.check.as_ref().map(syn::LitStr::span)),
        ("sort_order", spanned(column.sort_order.is_some())),
        ("generated", column.db_generated.as_ref().map(|given| given.key)),
    ];
    for (name, at) in said {
        if let Some(at) = at {
            let message =
                format!("`{}` stands for an expression, and is no column of the table", column.ident);
            ctxt.error_at(at, format!("{message}\nhelp: drop `{name}`, or `expression`"));
        }
    }
}
