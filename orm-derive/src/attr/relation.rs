//! The options of `#[relationship]`.

use proc_macro2::Span;
use syn::{Attribute, Expr, LitStr};

use super::keys::Place;
use super::{Entries, Given, Reference};
use crate::ctxt::Ctxt;

/// `#[relationship(...)]`.
#[derive(Debug)]
pub(crate) struct RelationOptions {
    /// Where the attribute stands, if it does: that makes the field a relationship.
    pub(crate) span: Option<Span>,
    pub(crate) back_populates: Option<LitStr>,
    pub(crate) secondary: Option<Reference>,
    pub(crate) lazy: Option<&'static str>,
    pub(crate) cascade: Option<Given<Vec<&'static str>>>,
    pub(crate) order_by: Option<Given<Vec<Expr>>>,
    pub(crate) foreign_keys: Vec<Reference>,
    pub(crate) remote_side: Vec<Reference>,
    pub(crate) primaryjoin: Option<Expr>,
    pub(crate) secondaryjoin: Option<Given<Expr>>,
    pub(crate) single_parent: bool,
    pub(crate) target: Option<LitStr>,
}

impl RelationOptions {
    pub(crate) fn read(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let (mut entries, span) = Entries::read(ctxt, Place::Relationship, attrs);
        let columns =
            |given: Option<Given<Vec<Reference>>>| given.map(|given| given.value).unwrap_or_default();
        let options = RelationOptions {
            span,
            back_populates: entries.text("back_populates").map(|name| name.value),
            secondary: entries.reference("secondary").map(|table| table.value),
            lazy: entries.word("lazy").map(|word| word.value),
            cascade: entries.words("cascade"),
            order_by: entries.exprs("order_by"),
            foreign_keys: columns(entries.references("foreign_keys")),
            remote_side: columns(entries.references("remote_side")),
            primaryjoin: entries.expr("primaryjoin").map(|join| join.value),
            secondaryjoin: entries.expr("secondaryjoin"),
            single_parent: entries.flag("single_parent").is_some_and(|flag| flag.value),
            target: entries.text("target").map(|target| target.value),
        };
        entries.finish(ctxt);
        options
    }
}
