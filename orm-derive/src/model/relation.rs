//! Relationship fields.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Type, Visibility};

use super::column::Reference;
use super::name::Named;
use super::places::{Places, ends};
use super::ty::{self, Shape};
use crate::attr::{
    self, CascadeWord, Given, InnerJoin, Lazy, OnOr, PassiveDeletes, RelationshipOptions, Setting,
};
use crate::ctxt::Ctxt;

/// The association table of a many-to-many relationship.
#[derive(Debug)]
pub(crate) enum Secondary {
    /// `Link`.
    Typed(TokenStream),
    /// `"link"`, or a join as a text.
    Named(LitStr),
    /// A query.
    Query(TokenStream),
}

/// A column in which a list keeps the places of its items.
#[derive(Debug)]
pub(crate) struct OrderedBy {
    pub(crate) column: TokenStream,
    pub(crate) count_from: Option<Given<TokenStream>>,
    pub(crate) numbering: Option<Given<TokenStream>>,
    pub(crate) on_append: bool,
}

/// What an option is given: typed expressions, or a text in SQLAlchemy's spelling.
#[derive(Debug)]
pub(crate) enum Said<T> {
    Typed(T),
    Text(LitStr),
}

/// What the items of a collection are keyed by.
#[derive(Debug)]
pub(crate) enum KeyOf {
    /// A column, or a tuple of columns.
    Columns(TokenStream),
    /// A function.
    Function(TokenStream),
}

impl KeyOf {
    fn of(key: attr::KeyOf, this: &Ident) -> Self {
        match key {
            attr::KeyOf::Function(function) => KeyOf::Function(ty::without_self(function, this)),
            attr::KeyOf::Columns(columns) => match columns.as_slice() {
                [one] => KeyOf::Columns(ty::without_self(one, this)),
                // What is wrong with the whole is shown where it begins.
                several => {
                    let span = several.first().map_or_else(Span::call_site, |one| ends(one).0);
                    KeyOf::Columns(ty::without_self(quote_spanned!(span=> (#(#several),*)), this))
                }
            },
        }
    }
}

impl OrderedBy {
    /// The first of the options that say more of it.
    fn needed(
        count_from: &Setting<Expr>,
        numbering: &Setting<Expr>,
        reorder_on_append: &Setting<bool>,
    ) -> Option<(&'static str, Span)> {
        let said = [
            ("count_from", count_from.key()),
            ("numbering", numbering.key()),
            ("reorder_on_append", reorder_on_append.key()),
        ];
        said.into_iter().find_map(|(name, key)| key.map(|key| (name, key)))
    }
}

impl Secondary {
    fn of(expr: &Expr, this: &Ident) -> Self {
        match (text(expr), expr) {
            (Some(name), _) => Secondary::Named(name),
            (None, Expr::Path(path)) => Secondary::Typed(ty::without_self(path, this)),
            (None, query) => Secondary::Query(ty::without_self(query, this)),
        }
    }

    /// Whether it is a query: then its links can't be written.
    pub(crate) fn is_query(&self) -> bool {
        match self {
            Secondary::Typed(_) => false,
            Secondary::Named(name) => name.value().contains('('),
            Secondary::Query(_) => true,
        }
    }
}

impl Said<TokenStream> {
    fn of(expr: &Expr, this: &Ident) -> Self {
        match text(expr) {
            Some(text) => Said::Text(text),
            None => Said::Typed(ty::without_self(expr, this)),
        }
    }
}

/// The text, where an expression is one.
fn text(expr: &Expr) -> Option<LitStr> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
        _ => None,
    }
}

/// Whether a text names columns in SQLAlchemy's spelling, and not one by `table.column`.
fn is_spelled(text: &LitStr) -> bool {
    let value = text.value();
    let begins_a_class = value.trim_start().starts_with(char::is_uppercase);
    begins_a_class || value.contains(['[', '(', ',']) || value.matches('.').count() > 1
}

/// The columns of an option, and those in SQLAlchemy's spelling as one text.
fn columns(
    ctxt: &Ctxt,
    this: &Ident,
    list: Setting<Vec<attr::Reference>>,
) -> (Vec<Reference>, Option<String>) {
    let (mut columns, mut texts) = (Vec::new(), Vec::new());
    for reference in list.value().unwrap_or_default() {
        match &reference {
            attr::Reference::Text(text) if is_spelled(text) => texts.push(text.value()),
            other => columns.extend(Reference::build(ctxt, this, other)),
        }
    }
    let text = match texts.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(format!("[{}]", several.join(", "))),
    };
    (columns, text)
}

/// A word that says what the reverse side holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    One,
    Set,
    WriteOnly,
    Dynamic,
}

/// A reverse side that a relationship makes.
#[derive(Debug)]
pub(crate) struct Backref {
    /// Where `backref` stands.
    pub(crate) key: Span,
    /// The words that say what it holds, and where they stand. More than one is a mistake.
    pub(crate) held: Vec<(Held, Span)>,
    /// The relationship.
    pub(crate) relation: RelationField,
}

impl Backref {
    /// The word that says what it holds.
    pub(crate) fn held(&self) -> Option<Held> {
        self.held.first().map(|(word, _)| *word)
    }
}

/// A field that is a relationship.
#[derive(Debug)]
pub(crate) struct RelationField {
    pub(crate) ident: Ident,
    /// What the user says of the field.
    pub(crate) docs: String,
    /// Who sees its items.
    pub(crate) vis: Visibility,
    /// The type, with `Self` spelled out.
    pub(crate) ty: TokenStream,
    /// Where the type begins and ends.
    pub(crate) span: (Span, Span),
    /// The other class, where the spelling shows it.
    pub(crate) target: Option<TokenStream>,
    /// The other class by name.
    pub(crate) named_target: Option<LitStr>,
    /// Whether the type is spelled as a collection type of the user's own.
    pub(crate) is_own: bool,
    pub(crate) shape: Shape,
    /// Where its options stand.
    pub(crate) places: Places,
    pub(crate) back_populates: Option<LitStr>,
    /// The reverse side that it makes.
    pub(crate) backref: Option<Box<Backref>>,
    pub(crate) one_way: Option<Span>,
    pub(crate) sync_backref: Option<Given<bool>>,
    pub(crate) secondary: Option<Given<Secondary>>,
    /// The query whose rows it leads to.
    pub(crate) rows: Option<Given<TokenStream>>,
    pub(crate) foreign_keys: Vec<Reference>,
    /// Columns named by a text in SQLAlchemy's spelling.
    pub(crate) foreign_keys_text: Option<String>,
    pub(crate) remote_side: Vec<Reference>,
    pub(crate) remote_side_text: Option<String>,
    pub(crate) primaryjoin: Option<Said<TokenStream>>,
    pub(crate) secondaryjoin: Option<Given<Said<TokenStream>>>,
    pub(crate) order_by: Option<Given<Said<Vec<TokenStream>>>>,
    /// The column in which a list keeps places.
    pub(crate) ordered_by: Option<Given<OrderedBy>>,
    /// What is said of that without one, and where.
    pub(crate) unordered: Option<(&'static str, Span)>,
    /// What it is keyed by.
    pub(crate) key: Setting<KeyOf>,
    /// That an item without a key is left out.
    pub(crate) ignore_unpopulated: Option<Given<bool>>,
    /// What is asked of an object that comes, or goes.
    pub(crate) validate: Option<TokenStream>,
    pub(crate) validate_removes: Option<TokenStream>,
    pub(crate) validate_backrefs: Option<Given<bool>>,
    pub(crate) viewonly: bool,
    pub(crate) cascade: Option<Given<Vec<CascadeWord>>>,
    pub(crate) passive_deletes: Option<Given<OnOr<PassiveDeletes>>>,
    /// Where it is said that the foreign key is written by itself.
    pub(crate) post_update: Option<Span>,
    /// Where it is said that a flush changes foreign keys.
    pub(crate) active_updates: Option<Span>,
    pub(crate) lazy: Lazy,
    /// Where it is said how it is loaded.
    pub(crate) loading: Option<Span>,
    pub(crate) join_depth: Option<TokenStream>,
    pub(crate) innerjoin: Option<OnOr<InnerJoin>>,
    pub(crate) single_parent: bool,
    pub(crate) active_history: Option<Span>,
    /// Where it is said that it is loaded of new objects.
    pub(crate) load_on_pending: Option<Span>,
    pub(crate) omit_join: Option<Given<bool>>,
    pub(crate) overlaps: Option<LitStr>,
    pub(crate) info: Option<LitStr>,
}

impl RelationField {
    #[allow(clippy::too_many_lines, reason = "each option has its lines")]
    pub(super) fn build(
        ctxt: &Ctxt,
        this: &Ident,
        Named { ident, docs, vis }: Named<'_>,
        ty: &Type,
        shape: Shape,
        options: RelationshipOptions,
    ) -> Self {
        let places = Places::of(&options);
        let RelationshipOptions {
            back_populates,
            // It is made of what is built here.
            backref: _,
            one_way,
            sync_backref,
            secondary,
            rows,
            lazy,
            join_depth,
            innerjoin,
            viewonly,
            cascade,
            passive_deletes,
            post_update,
            passive_updates,
            order_by,
            ordered_by,
            count_from,
            numbering,
            reorder_on_append,
            key,
            ignore_unpopulated_attribute,
            foreign_keys,
            remote_side,
            primaryjoin,
            secondaryjoin,
            single_parent,
            active_history,
            load_on_pending,
            omit_join,
            overlaps,
            validate,
            validate_removes,
            validate_backrefs,
            info,
            target: named_target,
        } = options;
        let unordered = OrderedBy::needed(&count_from, &numbering, &reorder_on_append);
        let unordered = unordered.filter(|_| matches!(ordered_by, Setting::Absent));
        let own = |given: Given<Expr>| given.map(|expr| ty::without_self(expr, this));
        let on_append = reorder_on_append.is_on();
        let ordered_by = ordered_by.given().map(|column| {
            column.map(|column| OrderedBy {
                column: ty::without_self(column, this),
                count_from: count_from.given().map(own),
                numbering: numbering.given().map(own),
                on_append,
            })
        });
        let (foreign_keys, foreign_keys_text) = columns(ctxt, this, foreign_keys);
        let (remote_side, remote_side_text) = columns(ctxt, this, remote_side);
        let target = shape.target().map(|target| ty::without_self(target, this));
        let active_updates = passive_updates.given().filter(|given| !given.value).map(|given| given.key);
        RelationField {
            ident: ident.clone(),
            docs,
            ty: ty::without_self(ty, this),
            span: ends(ty),
            target,
            named_target: named_target.value(),
            is_own: ty::is_own(ty),
            shape,
            places,
            back_populates: back_populates.value(),
            backref: None,
            vis,
            one_way: one_way.given().filter(|given| given.value).map(|given| given.key),
            sync_backref: sync_backref.given(),
            secondary: secondary.given().map(|given| given.map(|expr| Secondary::of(&expr, this))),
            rows: rows.given().map(|rows| rows.map(|rows| ty::without_self(&rows, this))),
            foreign_keys,
            foreign_keys_text,
            remote_side,
            remote_side_text,
            primaryjoin: primaryjoin.value().map(|join| Said::of(&join, this)),
            secondaryjoin: secondaryjoin.given().map(|join| join.map(|join| Said::of(&join, this))),
            order_by: order_by.given().map(|terms| {
                terms.map(|terms| match terms.as_slice() {
                    [only] if text(only).is_some() => text(only).map_or(Said::Typed(Vec::new()), Said::Text),
                    terms => Said::Typed(terms.iter().map(|term| ty::without_self(term, this)).collect()),
                })
            }),
            ordered_by,
            unordered,
            key: key.map(|key| KeyOf::of(key, this)),
            ignore_unpopulated: ignore_unpopulated_attribute.given(),
            validate: validate.value().map(|path| ty::without_self(path, this)),
            validate_removes: validate_removes.value().map(|path| ty::without_self(path, this)),
            validate_backrefs: validate_backrefs.given(),
            viewonly: viewonly.is_on(),
            cascade: cascade.given(),
            passive_deletes: passive_deletes.given().filter(|given| given.value != OnOr::Off),
            post_update: post_update.given().filter(|given| given.value).map(|given| given.key),
            active_updates,
            loading: lazy.key().or(join_depth.key()).or(innerjoin.key()),
            lazy: lazy.value().unwrap_or(Lazy::Select),
            join_depth: join_depth.value().map(|depth| ty::without_self(depth, this)),
            innerjoin: innerjoin.value(),
            single_parent: single_parent.is_on(),
            active_history: active_history.given().filter(|given| given.value).map(|given| given.key),
            load_on_pending: load_on_pending.given().filter(|given| given.value).map(|given| given.key),
            omit_join: omit_join.given(),
            overlaps: overlaps.value(),
            info: info.value(),
        }
    }

    /// Whether what it leads to stands under keys, as far as that is seen: a type of the user's own says it by `key`.
    pub(crate) fn is_keyed(&self) -> bool {
        matches!(self.shape, Shape::ManyMap(..)) || self.is_own && self.key.get().is_some()
    }

    /// Whether the other class is named by a string, `AnyClass` in the type.
    pub(crate) fn is_named(&self) -> bool {
        self.named_target.is_some()
    }
}
