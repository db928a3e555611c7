//! The declaration of a relationship: what its options say.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::relations::target;
use crate::attr::{CascadeWord, InnerJoin, Lazy, OnOr, PassiveDeletes};
use crate::model::{
    Held, KeyOf, OrderedBy, Reference, RelationField, Said, Secondary, Shape, at, plain, start,
};

/// The options that differ from the defaults of a relationship, whose field is of a type.
pub(super) fn options(this: &Ident, relation: &RelationField, ty: &impl ToTokens) -> TokenStream {
    let mut options = Options(TokenStream::new());
    options.sides(relation);
    options.joins(relation);
    options.kept(relation, &ty.to_token_stream());
    options.rest(relation);
    options.checks(this, relation);
    options.0
}

fn some(value: TokenStream) -> TokenStream {
    quote!(__p::Some(#value))
}

/// Calls that set fields of a declaration.
struct Options(TokenStream);

impl Options {
    fn option(&mut self, field: TokenStream, value: TokenStream) {
        self.0.extend(quote!(.#field(#value)));
    }

    /// The reverse side, and the association table.
    fn sides(&mut self, relation: &RelationField) {
        if let Some(back) = &relation.back_populates {
            self.option(quote!(back_populates), some(back.to_token_stream()));
        }
        if let Some(backref) = &relation.backref {
            let (name, held) = (plain(&backref.relation.ident), held(backref.held()));
            self.option(quote!(back_populates), some(quote!(#name)));
            self.option(quote!(backref), some(held));
        }
        if relation.one_way.is_some() {
            self.option(quote!(one_way), quote!(true));
        }
        if let Some(sync) = relation.sync_backref.as_ref().map(|given| given.value) {
            self.option(quote!(sync_backref), some(quote!(#sync)));
        }
        if let Some(rows) = relation.rows.as_ref().map(|given| &given.value) {
            let target = target(relation);
            self.option(quote!(rows), some(quote!(|| __p::rows_of::<#target>(#rows))));
        }
        match relation.secondary.as_ref().map(|given| &given.value) {
            Some(Secondary::Typed(path)) => {
                self.option(
                    quote!(secondary),
                    quote!(__p::SecondaryDecl::Table(&<#path as __p::TableSource>::TABLE)),
                );
            }
            Some(Secondary::Named(name)) => {
                self.option(quote!(secondary), quote!(__p::SecondaryDecl::Named(#name)))
            }
            Some(Secondary::Query(query)) => {
                self.option(quote!(secondary), quote!(__p::SecondaryDecl::Query(|| __p::link_query(#query))))
            }
            None => {}
        }
    }

    /// What joins the two classes, and in which order what is found stands.
    fn joins(&mut self, relation: &RelationField) {
        let lists =
            [(quote!(foreign_keys), &relation.foreign_keys), (quote!(remote_side), &relation.remote_side)];
        for (field, columns) in lists {
            if !columns.is_empty() {
                let columns = columns.iter().map(|column| match column {
                    Reference::Typed(path) => {
                        let function = at(start(path), &quote!(__p::Column::column));
                        quote!(#function(#path))
                    }
                    Reference::Named { table, column } => quote!(__p::ColumnName::new(#table, #column)),
                });
                self.option(field, quote!(&[#(#columns),*]));
            }
        }
        let texts = [
            (quote!(foreign_keys_text), &relation.foreign_keys_text),
            (quote!(remote_side_text), &relation.remote_side_text),
        ];
        for (field, text) in texts {
            if let Some(text) = text {
                self.option(field, some(quote!(#text)));
            }
        }
        let condition = |join: &Said<TokenStream>| match join {
            Said::Typed(join) => quote!(__p::condition(|__asked| __p::join_condition(#join, __asked))),
            Said::Text(text) => some(quote!(__p::ConditionDecl::Text(#text))),
        };
        if let Some(join) = &relation.primaryjoin {
            self.option(quote!(primaryjoin), condition(join));
        }
        if let Some(join) = &relation.secondaryjoin {
            self.option(quote!(secondaryjoin), condition(&join.value));
        }
        match relation.order_by.as_ref().map(|terms| &terms.value) {
            Some(Said::Typed(terms)) => {
                let terms = quote!(|__asked| __p::order_terms([#(__p::order_term(#terms)),*])(__asked));
                self.option(quote!(order_by), quote!(__p::order(#terms)));
            }
            Some(Said::Text(text)) => {
                self.option(quote!(order_by), some(quote!(__p::OrderDecl::Text(#text))))
            }
            None => {}
        }
    }

    /// What of its items a collection is kept by.
    fn kept(&mut self, relation: &RelationField, ty: &TokenStream) {
        if let Some(ordered) = relation.ordered_by.as_ref().map(|given| &given.value) {
            self.ordered_by(relation, ordered, ty);
        }
        if let Some(key) = relation.key.get() {
            self.keyed_by(relation, key, ty);
        }
    }

    /// What the items of a collection are keyed by.
    fn keyed_by(&mut self, relation: &RelationField, key: &KeyOf, ty: &TokenStream) {
        // Where these types are wrong, nothing else is said.
        let map = match (&relation.shape, &relation.target) {
            (Shape::ManyMap(key, _), Some(target)) => {
                quote_spanned!(relation.span.0=> __p::MapOf<<#key as __p::MapKey>::Itself, #target>)
            }
            _ => quote_spanned!(relation.span.0=> <#ty as __p::KeyedField>::Map),
        };
        let map = quote_spanned!(relation.span.0=> __p::map_of::<#map>());
        // What is wrong with the key is shown at the key.
        let given = match key {
            KeyOf::Columns(columns) => {
                quote_spanned!(start(columns)=> __p::key_of(#map, #columns, __item))
            }
            KeyOf::Function(function) => {
                quote_spanned!(start(function)=> __p::key_by(#map, #function, __item))
            }
        };
        let skips = relation.ignore_unpopulated.as_ref().is_some_and(|on| on.value);
        let item = Ident::new("__item", start(&given));
        self.option(quote!(keyed_by), quote!(__p::keyed_by(|#item| #given, #skips)));
    }

    /// The column in which a list keeps places, which is its order too.
    fn ordered_by(&mut self, relation: &RelationField, ordered: &OrderedBy, ty: &TokenStream) {
        let OrderedBy { column, count_from, numbering, on_append } = ordered;
        if relation.order_by.is_none() {
            let terms = quote!(|__asked| __p::order_terms([__p::order_term(#column)])(__asked));
            self.option(quote!(order_by), quote!(__p::order(#terms)));
        }
        // What is wrong with the column's type is shown at the column.
        let counted = at(start(column), &quote!(__p::counted));
        let number = match (count_from, numbering) {
            (_, Some(numbering)) => {
                let numbering = &numbering.value;
                let numbered = at(start(numbering), &quote!(__p::numbered));
                quote!(|__index| #numbered(#column, #numbering, __index))
            }
            (Some(from), None) => {
                let from = &from.value;
                quote!(|__index| #counted(#column, #from, __index))
            }
            (None, None) => quote!(|__index| #counted(#column, 0, __index)),
        };
        let list_of = at(relation.span.0, &quote!(__p::list_of));
        let ordered_by = at(start(column), &quote!(__p::ordered_by));
        self.option(quote!(ordered_by), quote!(#ordered_by(#list_of::<#ty>(), #column, #number, #on_append)));
    }

    /// What is asked before it changes.
    fn checks(&mut self, this: &Ident, relation: &RelationField) {
        let target = target(relation);
        if relation.validate.is_none() && relation.validate_removes.is_none() {
            return;
        }
        let check = |path: &Option<TokenStream>| match path {
            Some(path) => {
                quote!(__p::Some(|owner, item| __p::validate_item::<#this, #target, _>(owner, item, #path)))
            }
            None => quote!(__p::None),
        };
        let (comes, goes) = (check(&relation.validate), check(&relation.validate_removes));
        let of_reverse = relation.validate_backrefs.as_ref().is_none_or(|given| given.value);
        self.option(
            quote!(checks),
            quote!(__p::ItemChecks { comes: #comes, goes: #goes, of_reverse: #of_reverse }),
        );
    }

    /// What follows it, and how it is loaded.
    fn rest(&mut self, relation: &RelationField) {
        if relation.viewonly {
            self.option(quote!(viewonly), quote!(true));
        }
        match &relation.cascade {
            Some(cascade) => self.option(quote!(cascade), cascades(&cascade.value)),
            None if relation.viewonly => self.option(quote!(cascade), cascades(&[CascadeWord::Merge])),
            None => {}
        }
        let passive = match relation.passive_deletes.as_ref().map(|given| given.value) {
            None | Some(OnOr::Off) => None,
            Some(OnOr::On) => Some(quote!(Unloaded)),
            Some(OnOr::Word(PassiveDeletes::All)) => Some(quote!(All)),
        };
        if let Some(passive) = passive {
            self.option(quote!(passive_deletes), quote!(__p::PassiveDeletes::#passive));
        }
        if relation.post_update.is_some() {
            self.option(quote!(post_update), quote!(true));
        }
        if relation.active_updates.is_some() {
            self.option(quote!(passive_updates), quote!(false));
        }
        let lazy = match relation.lazy {
            // The default.
            Lazy::Select => None,
            Lazy::Immediate => Some(quote!(Immediate)),
            Lazy::SelectIn => Some(quote!(SelectIn)),
            Lazy::Subquery => Some(quote!(Subquery)),
            Lazy::Joined => Some(quote!(Joined)),
            Lazy::Batch => Some(quote!(Batch)),
            Lazy::Raise => Some(quote!(Raise)),
            Lazy::RaiseOnSql => Some(quote!(RaiseOnSql)),
            Lazy::NoLoad => Some(quote!(NoLoad)),
        };
        if let Some(lazy) = lazy {
            self.option(quote!(lazy), quote!(__p::Lazy::#lazy));
        }
        if let Some(depth) = &relation.join_depth {
            self.option(quote!(join_depth), some(quote!(#depth)));
        }
        let inner = match relation.innerjoin {
            // The default.
            None | Some(OnOr::Off) => None,
            Some(OnOr::On | OnOr::Word(InnerJoin::Nested)) => Some(quote!(Nested)),
            Some(OnOr::Word(InnerJoin::Unnested)) => Some(quote!(Unnested)),
        };
        if let Some(inner) = inner {
            self.option(quote!(inner_join), quote!(__p::InnerJoin::#inner));
        }
        if relation.single_parent {
            self.option(quote!(single_parent), quote!(true));
        }
        if relation.active_history.is_some() {
            self.option(quote!(active_history), quote!(true));
        }
        if relation.load_on_pending.is_some() {
            self.option(quote!(load_on_pending), quote!(true));
        }
        if relation.omit_join.is_some() {
            self.option(quote!(omit_join), quote!(false));
        }
        if let Some(overlaps) = &relation.overlaps {
            let overlaps = overlaps.value();
            let names = overlaps.split(',').map(str::trim).filter(|name| !name.is_empty());
            self.option(quote!(overlaps), quote!(&[#(#names),*]));
        }
        if let Some(info) = &relation.info {
            self.option(quote!(info), some(quote!(#info)));
        }
    }
}

/// What the reverse side is said to hold.
pub(super) fn held(word: Option<Held>) -> TokenStream {
    match word {
        None => quote!(__p::BackrefDecl::Plain),
        Some(Held::One) => quote!(__p::BackrefDecl::One),
        Some(Held::Set) => quote!(__p::BackrefDecl::Set),
        Some(Held::WriteOnly) => quote!(__p::BackrefDecl::WriteOnly),
        Some(Held::Dynamic) => quote!(__p::BackrefDecl::Dynamic),
    }
}

fn cascades(words: &[CascadeWord]) -> TokenStream {
    let mut consts = words.iter().map(|word| match word {
        CascadeWord::SaveUpdate => quote!(__p::Cascade::SAVE_UPDATE),
        CascadeWord::Merge => quote!(__p::Cascade::MERGE),
        CascadeWord::RefreshExpire => quote!(__p::Cascade::REFRESH_EXPIRE),
        CascadeWord::Expunge => quote!(__p::Cascade::EXPUNGE),
        CascadeWord::Delete => quote!(__p::Cascade::DELETE),
        CascadeWord::DeleteOrphan => quote!(__p::Cascade::DELETE_ORPHAN),
        CascadeWord::All => quote!(__p::Cascade::ALL),
        CascadeWord::None => quote!(__p::Cascade::NONE),
    });
    let first = consts.next().unwrap_or_else(|| quote!(__p::Cascade::NONE));
    quote!(#first #(.and(#consts))*)
}
