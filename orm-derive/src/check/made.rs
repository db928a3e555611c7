//! Columns whose values a flush that updates their rows makes, or the database.

use proc_macro2::Span;

use super::expression;
use crate::ctxt::Ctxt;
use crate::model::{ColumnField, Derive, Model};

pub(super) fn check(ctxt: &Ctxt, model: &Model) {
    expression::check(ctxt, model);
    for column in &model.columns {
        computed(ctxt, column);
        let ident = &column.ident;
        let onupdate = column.onupdate.as_ref().map(|given| ("onupdate", given.key));
        let server_onupdate = column.server_onupdate.map(|key| ("server_onupdate", key));
        let fetched_default = column.fetched_default.map(|key| ("server_default", key));
        for (name, key) in onupdate.into_iter().chain(server_onupdate) {
            let is_foreign =
                model.foreign_keys.iter().any(|key| key.columns.iter().any(|(name, _)| *name == column.name));
            if model.derive == Derive::Table {
                let message = "a table without a class has no objects whose rows could be updated";
                ctxt.error_at(key, format!("{message}\nhelp: derive `Mapped`"));
            } else if column.primary_key {
                let message =
                    format!("`{ident}` is part of the primary key, which stays where the row is updated");
                ctxt.error_at(key, format!("{message}\nhelp: drop `{name}`"));
            } else if is_foreign {
                let message =
                    format!("`{ident}` is a foreign key, which changes with what the row refers to");
                ctxt.error_at(key, format!("{message}\nhelp: drop `{name}`"));
            }
        }
        if let (Some((_, at)), Some(_)) = (onupdate, server_onupdate) {
            let message = format!("an update sets `{ident}` by `onupdate`, or the database does");
            ctxt.error_at(at, format!("{message}\nhelp: drop one of the two"));
        }
        if let (Some((_, at)), true) = (fetched_default, column.primary_key) {
            let message = format!("no trigger can make the primary key `{ident}`: the row couldn't be found");
            ctxt.error_at(
                at,
                format!("{message}\nhelp: write the default as SQL, or let new objects have the key"),
            );
        }
    }
}

/// What is computed is neither given nor made in another way.
fn computed(ctxt: &Ctxt, column: &ColumnField) {
    if column.computed.is_none() {
        return;
    }
    let ident = &column.ident;
    let spans: [(&str, Option<Span>); 7] = [
        ("default", column.default.as_ref().map(syn::spanned::Spanned::span)),
        ("server_default", column.server_default.as_ref().map(syn::LitStr::span).or(column.fetched_default)),
        ("onupdate", column.onupdate.as_ref().map(|given| given.key)),
        ("server_onupdate", column.server_onupdate),
        ("version_id", column.version.as_ref().map(|given| given.key)),
        ("validate", column.validate.as_ref().map(|given| given.key)),
        ("active_history", column.active_history),
    ];
    for (name, at) in spans {
        if let Some(at) = at {
            let message = format!("`{ident}` is computed, so that nothing else makes its value");
            ctxt.error_at(at, format!("{message}\nhelp: drop `{name}`, or `computed`"));
        }
    }
    let Some((given, _)) = &column.computed else { return };
    if column.primary_key {
        ctxt.error_at(given.key, format!("`{ident}` is part of the primary key, which can't be computed"));
    } else if column.foreign_key.is_some() {
        let message =
            format!("`{ident}` is a foreign key, which is written where the row refers to another one");
        ctxt.error_at(given.key, message);
    }
}
