//! Where options stand.

use proc_macro2::Span;
use quote::ToTokens;

use crate::attr::{self, CascadeWord, RelationshipOptions, Setting};

/// Where the options of a relationship stand: their values where they have one, and else their keys.
#[derive(Debug)]
pub(crate) struct Places {
    pub(crate) back_populates: Option<(Span, Span)>,
    pub(crate) secondary: Option<(Span, Span)>,
    pub(crate) foreign_keys: Option<(Span, Span)>,
    pub(crate) remote_side: Option<(Span, Span)>,
    pub(crate) cascade: Option<(Span, Span)>,
    pub(crate) passive_deletes: Option<(Span, Span)>,
    pub(crate) post_update: Option<(Span, Span)>,
    pub(crate) passive_updates: Option<(Span, Span)>,
    pub(crate) single_parent: Option<(Span, Span)>,
    pub(crate) sync_backref: Option<(Span, Span)>,
}

impl Places {
    pub(super) fn of(options: &RelationshipOptions) -> Self {
        let one = |span: Option<Span>| span.map(|span| (span, span));
        let columns = |list: &Setting<Vec<attr::Reference>>| {
            let list = list.get()?;
            Some((ends(list.first()?).0, ends(list.last()?).1))
        };
        let orphans = options.cascade.get().is_some_and(|words| words.contains(&CascadeWord::DeleteOrphan));
        Places {
            back_populates: options.back_populates.get().map(ends),
            secondary: options.secondary.get().map(ends),
            foreign_keys: columns(&options.foreign_keys),
            remote_side: columns(&options.remote_side),
            // Of what a cascade says only this depends on the other class.
            cascade: one(options.cascade.key().filter(|_| orphans && !options.single_parent.is_on())),
            passive_deletes: one(options.passive_deletes.key()),
            post_update: one(options.post_update.key().filter(|_| options.post_update.is_on())),
            passive_updates: one(options.passive_updates.key().filter(|_| options.passive_updates.is_off())),
            single_parent: one(options.single_parent.key()),
            sync_backref: one(options.sync_backref.key()),
        }
    }
}

/// The places of the first and the last token. Stable Rust can't join two places into one.
pub(super) fn ends(part: &impl ToTokens) -> (Span, Span) {
    let mut tokens = part.to_token_stream().into_iter().map(|token| token.span());
    let first = tokens.next().unwrap_or_else(Span::call_site);
    (first, tokens.last().unwrap_or(first))
}
