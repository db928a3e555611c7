//! Primary keys, and which of them the database generates.

use syn::punctuated::Punctuated;
use syn::{Attribute, Token};

use crate::ctxt::Ctxt;
use crate::model::{Derive, Model, plain};

pub(super) fn primary_key(ctxt: &Ctxt, model: &Model) {
    if model.derive == Derive::Mapped && model.primary_key().next().is_none() {
        let help = match model.columns.first() {
            Some(first) => format!("add `#[column(primary_key)]` to `{}`, or to several fields", first.ident),
            None => "add a field `#[column(primary_key)] id: i64`".to_owned(),
        };
        ctxt.error(&model.ident, format!("`{}` has no primary key\nhelp: {help}", model.ident));
    }
    for column in model.primary_key().filter(|column| column.optional) {
        let (ident, ty) = (&column.ident, &column.base);
        ctxt.error(
            &column.ty,
            format!("the primary key `{ident}` is never NULL\nhelp: write `{ty}`; what isn't given is left to the database"),
        );
    }
}

pub(super) fn db_generated(ctxt: &Ctxt, model: &Model) {
    let keys = model.primary_key().count();
    if let (Some(at), 1) = (model.kind.1, keys) {
        let is_foreign = |name: &str| {
            model.foreign_keys.iter().any(|key| key.columns.iter().any(|(column, _)| column == name))
        };
        for column in model.primary_key().filter(|column| column.integer) {
            let is_generated = match &column.db_generated {
                Some(generated) => generated.value,
                None => model.derive == Derive::Mapped && !is_foreign(&column.name),
            };
            if is_generated {
                let message = format!("`{}` can't be generated `without_rowid`", column.ident);
                ctxt.error_at(
                    at,
                    format!(
                        "{message}\nhelp: write `generated = false` at it, and let new objects have the key"
                    ),
                );
            }
        }
    }
    for column in &model.columns {
        let Some(generated) = &column.db_generated else { continue };
        // Of what stands for an expression it is said elsewhere.
        if column.expression.is_some() {
            continue;
        }
        if !column.primary_key {
            ctxt.error_at(
                generated.key,
                format!(
                    "`generated` is about primary keys, and `{}` is none\nhelp: add `primary_key`",
                    column.ident
                ),
            );
        } else if generated.value && keys > 1 {
            ctxt.error_at(
                generated.key,
                format!(
                    "`{}` is one of {keys} primary key columns, and a database generates only a single one",
                    column.ident
                ),
            );
        }
    }
}

/// Columns that are loaded when they are read.
pub(super) fn deferred(ctxt: &Ctxt, model: &Model) {
    for column in &model.columns {
        let Some(deferred) = &column.deferred else { continue };
        let ident = &column.ident;
        if model.derive == Derive::Table {
            let message = "a table without a class has no objects that this could be loaded into";
            ctxt.error_at(deferred.key, format!("{message}\nhelp: derive `Mapped`"));
        } else if column.primary_key {
            let message = format!("`{ident}` is part of the primary key, which every object is loaded with");
            ctxt.error_at(deferred.key, message);
        }
    }
}

/// What is called with objects.
pub(super) fn validated(ctxt: &Ctxt, model: &Model) {
    if model.derive == Derive::Table {
        if let Some(listen) = &model.listen {
            let message = "a table without a class has no objects that could be listened to";
            ctxt.error_at(listen.key, format!("{message}\nhelp: derive `Mapped`"));
        }
        if let Some(at) = model.unconfirmed {
            let message = "a table without a class has no objects whose rows could be deleted";
            ctxt.error_at(at, format!("{message}\nhelp: derive `Mapped`"));
        }
        for at in model.columns.iter().filter_map(|column| column.active_history) {
            let message = "a table without a class has no objects whose columns could be set";
            ctxt.error_at(at, format!("{message}\nhelp: derive `Mapped`"));
        }
        for validate in model.columns.iter().filter_map(|column| column.validate.as_ref()) {
            let message = "a table without a class has no objects whose columns could be set";
            ctxt.error_at(validate.key, format!("{message}\nhelp: derive `Mapped`"));
        }
    }
}

/// A derived `Default` can't tell what only the database knows. A key that it makes isn't set before.
pub(super) fn defaults(ctxt: &Ctxt, model: &Model) {
    if let (Derive::Table, Some(at)) = (model.derive, model.eager_defaults) {
        ctxt.error_at(
            at,
            "a table without a class has no objects to read defaults into\nhelp: derive `Mapped`",
        );
    }
    if model.default.is_none() {
        return;
    }
    for column in model.columns.iter().filter(|column| !column.primary_key) {
        if let (None, Some(sql), None) = (&column.default, &column.server_default, &column.server_value) {
            let this = plain(&model.ident);
            ctxt.error(
                sql,
                format!(
                    "`{this}::default()` can't tell what the database makes of this\nhelp: add `default = ...`, which \
                     `{this}::default()` and new objects get, or leave `default` out of `#[mapped]`"
                ),
            );
        }
        if let (None, Some(at)) = (&column.default, column.fetched_default) {
            let this = plain(&model.ident);
            let message =
                format!("`{this}::default()` can't tell what a trigger makes of `{}`", column.ident);
            ctxt.error_at(
                at,
                format!(
                    "{message}\nhelp: add `default = ...`, which `{this}::default()` and new objects get, or leave \
                     `default` out of `#[mapped]`"
                ),
            );
        }
    }
}

/// `#[derive(Default)]` where `#[mapped(default)]` makes the same, as far as it is seen: the compiler shows a derive the
/// attributes that stand behind it.
pub(super) fn derived_twice(ctxt: &Ctxt, model: &mut Model, attrs: &[Attribute]) {
    let Some(default) = model.default else { return };
    let is_default = |path: &syn::Path| path.segments.last().is_some_and(|last| last.ident == "Default");
    let derives = attrs.iter().filter(|attr| attr.path().is_ident("derive"));
    let all = Punctuated::<syn::Path, Token![,]>::parse_terminated;
    if derives.filter_map(|attr| attr.parse_args_with(all).ok()).flatten().any(|path| is_default(&path)) {
        ctxt.error_at(
            default,
            "`Default` is derived too, with other values\nhelp: drop `Default` from `#[derive(...)]`, or `default` here",
        );
        model.default = None;
    }
}
