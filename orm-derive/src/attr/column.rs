//! The options of `#[column]`, and of a foreign key wherever it is declared.

use proc_macro2::Span;
use syn::{Attribute, Expr, LitStr};

use super::keys::Place;
use super::{Entries, Given, Reference};
use crate::ctxt::Ctxt;

/// `#[column(...)]`.
#[derive(Debug)]
pub(crate) struct ColumnOptions {
    /// Where the attribute stands, if it does.
    pub(crate) span: Option<Span>,
    pub(crate) name: Option<LitStr>,
    pub(crate) primary_key: bool,
    pub(crate) generated: Option<Given<bool>>,
    pub(crate) foreign_key: Option<Given<Reference>>,
    pub(crate) actions: ForeignKeyOptions,
    pub(crate) unique: bool,
    pub(crate) index: bool,
    pub(crate) check: Option<LitStr>,
    pub(crate) default: Option<Expr>,
    pub(crate) server_default: Option<LitStr>,
}

/// What the database does about a foreign key.
#[derive(Debug)]
pub(crate) struct ForeignKeyOptions {
    pub(crate) on_delete: Option<Given<&'static str>>,
    pub(crate) on_update: Option<Given<&'static str>>,
    pub(crate) deferrable: Option<Given<&'static str>>,
}

impl ForeignKeyOptions {
    pub(super) fn take(entries: &mut Entries) -> Self {
        ForeignKeyOptions {
            on_delete: entries.word("on_delete"),
            on_update: entries.word("on_update"),
            deferrable: entries.word("deferrable"),
        }
    }
}

impl ColumnOptions {
    pub(crate) fn read(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let (mut entries, span) = Entries::read(ctxt, Place::Column, attrs);
        let on = |flag: Option<Given<bool>>| flag.is_some_and(|flag| flag.value);
        let options = ColumnOptions {
            span,
            name: entries.text("name").map(|name| name.value),
            primary_key: on(entries.flag("primary_key")),
            generated: entries.flag("generated"),
            foreign_key: entries.reference("foreign_key"),
            actions: ForeignKeyOptions::take(&mut entries),
            unique: on(entries.flag("unique")),
            index: on(entries.flag("index")),
            check: entries.text("check").map(|check| check.value),
            default: entries.expr("default").map(|default| default.value),
            server_default: entries.text("server_default").map(|default| default.value),
        };
        entries.finish(ctxt);
        options
    }
}
