//! The options of `#[mapped]`.

use proc_macro2::Span;
use syn::{Attribute, Ident, LitStr, Path};

use super::keys::Place;
use super::{Entries, ForeignKeyOptions, Reference};
use crate::ctxt::Ctxt;

/// `#[mapped(...)]`.
#[derive(Debug)]
pub(crate) struct EntityOptions {
    pub(crate) table: Option<LitStr>,
    pub(crate) registry: Option<Path>,
    pub(crate) root: Option<Path>,
    pub(crate) foreign_keys: Vec<CompositeKey>,
    pub(crate) uniques: Vec<FieldList>,
    pub(crate) indexes: Vec<FieldList>,
    pub(crate) checks: Vec<(Option<LitStr>, LitStr)>,
}

/// `foreign_key(columns(...), references(...), ...)`.
#[derive(Debug)]
pub(crate) struct CompositeKey {
    pub(crate) span: Span,
    pub(crate) name: Option<LitStr>,
    pub(crate) columns: Vec<Ident>,
    pub(crate) references: Vec<Reference>,
    pub(crate) actions: ForeignKeyOptions,
}

/// `unique(columns(...), ...)` or `index(columns(...), ...)`.
#[derive(Debug)]
pub(crate) struct FieldList {
    pub(crate) name: Option<LitStr>,
    pub(crate) columns: Vec<Ident>,
    pub(crate) unique: bool,
}

impl EntityOptions {
    pub(crate) fn read(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let (mut entries, _) = Entries::read(ctxt, Place::Mapped, attrs);
        let options = EntityOptions {
            table: entries.text("table").map(|table| table.value),
            registry: entries.path("registry"),
            root: entries.path("crate"),
            foreign_keys: lists(ctxt, &mut entries, "foreign_key", composite_key),
            uniques: lists(ctxt, &mut entries, "unique", field_list),
            indexes: lists(ctxt, &mut entries, "index", field_list),
            checks: lists(ctxt, &mut entries, "check", check),
        };
        entries.finish(ctxt);
        options
    }
}

fn lists<T>(
    ctxt: &Ctxt,
    entries: &mut Entries,
    name: &str,
    read: impl Fn(&Ctxt, Span, &mut Entries) -> Option<T>,
) -> Vec<T> {
    let mut all = Vec::new();
    for (span, mut list) in entries.nested(name) {
        all.extend(read(ctxt, span, &mut list));
        list.finish(ctxt);
    }
    all
}

fn composite_key(ctxt: &Ctxt, span: Span, entries: &mut Entries) -> Option<CompositeKey> {
    let name = entries.text("name").map(|name| name.value);
    let actions = ForeignKeyOptions::take(entries);
    let (columns, references) = (entries.fields("columns"), entries.references("references"));
    let (Some(columns), Some(references)) = (columns, references) else {
        if !entries.failed("columns") && !entries.failed("references") {
            ctxt.error_at(span, "`foreign_key` needs `columns(...)` and `references(...)`");
        }
        return None;
    };
    Some(CompositeKey { span, name, columns, references: references.value, actions })
}

fn field_list(ctxt: &Ctxt, span: Span, entries: &mut Entries) -> Option<FieldList> {
    let name = entries.text("name").map(|name| name.value);
    let unique = entries.flag("unique").is_some_and(|flag| flag.value);
    let columns = entries.fields("columns");
    if columns.is_none() && !entries.failed("columns") {
        ctxt.error_at(span, "the fields are missing: `columns(...)`");
    }
    Some(FieldList { name, columns: columns?, unique })
}

fn check(ctxt: &Ctxt, span: Span, entries: &mut Entries) -> Option<(Option<LitStr>, LitStr)> {
    let name = entries.text("name").map(|name| name.value);
    let sql = entries.text("sql");
    if sql.is_none() && !entries.failed("sql") {
        ctxt.error_at(span, "the condition is missing: `sql = \"...\"`");
    }
    Some((name, sql?.value))
}
