//! The options of `#[mapped]`, and the keys that its lists require.

use proc_macro2::Span;
use syn::{Attribute, Expr, Ident, LitStr, Path};

use super::actions::Actions;
use super::keys::{CheckOptions, ForeignKeyOptions, IndexOptions, MappedOptions, UniqueOptions};
use super::read;
use super::setting::{Given, Setting};
use super::shape::{CompositeColumns, ProxyPath, Reference, SynonymOf};
use crate::ctxt::Ctxt;

/// `#[mapped(...)]`.
#[derive(Debug)]
pub(crate) struct EntityOptions {
    pub(crate) table: Option<LitStr>,
    pub(crate) schema: Option<LitStr>,
    pub(crate) registry: Option<Path>,
    /// The struct of another crate that the class describes.
    pub(crate) remote: Option<Given<Reference>>,
    pub(crate) builder: Option<Path>,
    pub(crate) root: Option<Path>,
    /// Where `default` asks for `Default`, if it does.
    pub(crate) default: Option<Span>,
    /// Where `eager_defaults` stands, if it is on.
    pub(crate) eager_defaults: Option<Span>,
    /// Where `confirm_deleted_rows` stands, if it is off.
    pub(crate) unconfirmed: Option<Span>,
    pub(crate) listen: Option<Given<Path>>,
    pub(crate) foreign_keys: Vec<ForeignKeyList>,
    pub(crate) uniques: Vec<FieldList>,
    /// `strict` and `without_rowid`.
    pub(crate) kind: (Option<Span>, Option<Span>),
    pub(crate) comment: Option<LitStr>,
    pub(crate) indexes: Vec<IndexList>,
    pub(crate) checks: Vec<CheckList>,
    pub(crate) proxies: Vec<Given<ProxyPath>>,
    pub(crate) composites: Vec<Given<CompositeColumns>>,
    pub(crate) synonyms: Vec<Given<Vec<SynonymOf>>>,
}

/// `foreign_key(columns(...), references(...), ...)`.
#[derive(Debug)]
pub(crate) struct ForeignKeyList {
    pub(crate) span: Span,
    pub(crate) name: Option<LitStr>,
    pub(crate) columns: Vec<Ident>,
    pub(crate) references: Vec<Reference>,
    pub(crate) actions: Actions,
    /// Whether it gets an index where nothing else covers it.
    pub(crate) indexed: bool,
}

/// `unique(columns(...), ...)` or `index(columns(...), ...)`.
#[derive(Debug)]
pub(crate) struct FieldList {
    pub(crate) name: Option<LitStr>,
    pub(crate) columns: Vec<Ident>,
}

/// `index(columns(...), ...)` or `index(on = ..., ...)`.
#[derive(Debug)]
pub(crate) struct IndexList {
    pub(crate) fields: FieldList,
    pub(crate) unique: bool,
    /// Columns and expressions in place of fields.
    pub(crate) on: Option<Vec<Expr>>,
    /// The condition of its rows.
    pub(crate) filter: Option<Expr>,
}

/// `check(sql = "...", ...)`.
#[derive(Debug)]
pub(crate) struct CheckList {
    pub(crate) name: Option<LitStr>,
    pub(crate) sql: LitStr,
}

impl EntityOptions {
    pub(crate) fn read(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let (options, _) = read::attributes(ctxt, attrs);
        let MappedOptions {
            table,
            schema,
            registry,
            remote,
            builder,
            root,
            foreign_key,
            strict,
            without_rowid,
            comment,
            default,
            eager_defaults,
            confirm_deleted_rows,
            listen,
            unique,
            index,
            check,
            proxy,
            composite,
            synonym,
        } = options;
        EntityOptions {
            table: table.value(),
            schema: schema.value(),
            registry: registry.value(),
            remote: remote.given(),
            builder: builder.value(),
            root: root.value(),
            default: on(default),
            eager_defaults: on(eager_defaults),
            unconfirmed: confirm_deleted_rows.key().filter(|_| confirm_deleted_rows.is_off()),
            listen: listen.given(),
            kind: (on(strict), on(without_rowid)),
            comment: comment.value(),
            foreign_keys: complete(ctxt, foreign_key, foreign_key_list),
            uniques: complete(ctxt, unique, unique_list),
            indexes: complete(ctxt, index, index_list),
            checks: complete(ctxt, check, check_list),
            proxies: proxy,
            composites: composite,
            synonyms: synonym,
        }
    }
}

/// Where a flag stands that is on.
fn on(flag: Setting<bool>) -> Option<Span> {
    flag.given().filter(|flag| flag.value).map(|flag| flag.key)
}

/// The lists that have every key that they require.
fn complete<O, T>(ctxt: &Ctxt, lists: Vec<Given<O>>, read: impl Fn(&Ctxt, Span, O) -> Option<T>) -> Vec<T> {
    lists.into_iter().filter_map(|list| read(ctxt, list.key, list.value)).collect()
}

fn foreign_key_list(ctxt: &Ctxt, span: Span, options: ForeignKeyOptions) -> Option<ForeignKeyList> {
    let ForeignKeyOptions { columns, references, on_delete, on_update, deferrable, name, index } = options;
    let wrong = columns.is_wrong() || references.is_wrong();
    let (Some(columns), Some(references)) = (columns.value(), references.value()) else {
        if !wrong {
            ctxt.error_at(span, "`foreign_key` needs `columns(...)` and `references(...)`");
        }
        return None;
    };
    let actions = Actions::new(on_delete, on_update, deferrable);
    let indexed = index.value().unwrap_or(true);
    Some(ForeignKeyList { span, name: name.value(), columns, references, actions, indexed })
}

fn unique_list(ctxt: &Ctxt, span: Span, options: UniqueOptions) -> Option<FieldList> {
    let UniqueOptions { columns, name } = options;
    let columns = required(ctxt, span, columns, "the fields are missing: `columns(...)`")?;
    Some(FieldList { name: name.value(), columns })
}

fn index_list(ctxt: &Ctxt, span: Span, options: IndexOptions) -> Option<IndexList> {
    let IndexOptions { columns, on, filter, name, unique } = options;
    if let (Some(_), Some(at)) = (columns.key(), on.key()) {
        ctxt.error_at(at, "an index is over `columns(...)`, or `on` terms\nhelp: drop one of the two");
        return None;
    }
    let on = match on {
        Setting::Absent => None,
        Setting::Wrong => return None,
        Setting::Given(on) => Some(on.value),
    };
    let columns = match &on {
        Some(_) => Vec::new(),
        None => required(ctxt, span, columns, "the fields are missing: `columns(...)`")?,
    };
    let fields = FieldList { name: name.value(), columns };
    Some(IndexList { fields, unique: unique.is_on(), on, filter: filter.value() })
}

fn check_list(ctxt: &Ctxt, span: Span, options: CheckOptions) -> Option<CheckList> {
    let CheckOptions { sql, name } = options;
    let sql = required(ctxt, span, sql, "the condition is missing: `sql = \"...\"`")?;
    Some(CheckList { name: name.value(), sql })
}

/// The value of a key that a list requires.
fn required<T>(ctxt: &Ctxt, span: Span, setting: Setting<T>, missing: &str) -> Option<T> {
    match setting {
        Setting::Given(given) => Some(given.value),
        Setting::Wrong => None,
        Setting::Absent => {
            ctxt.error_at(span, missing);
            None
        }
    }
}
