//! The declaration as constant data. It reads names and types of other classes, never their declarations.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::{relations, stored};
use crate::attr::{CascadeWord, Deferrable, Lazy, OnOr, PassiveDeletes, ReferentialAction};
use crate::model::{
    ColumnField, ForeignKey, Model, Reference, RelationField, Said, Secondary, at, literal, plain, start,
};

/// `ModelDecl`.
pub(super) fn model(model: &Model) -> TokenStream {
    let this = &model.ident;
    let relations = model.relations.iter().enumerate().map(relation);
    quote! {
        __p::ModelDecl::of::<#this>(&[#(#relations),*])
    }
}

/// `TableDecl`.
pub(super) fn table(model: &Model) -> TokenStream {
    let name = literal(&model.table);
    let columns = model.columns.iter().map(|column| self::column(model, column));
    let foreign_keys = model.foreign_keys.iter().map(foreign_key);
    let uniques = model.uniques.iter().map(|unique| {
        let (name, columns) = (option(unique.name.as_ref()), &unique.columns);
        quote!(__p::UniqueDecl { name: #name, columns: &[#(#columns),*] })
    });
    let indexes = model.indexes.iter().map(|index| {
        let (name, columns, unique) = (option(index.name.as_ref()), &index.columns, index.unique);
        quote!(__p::IndexDecl { name: #name, columns: &[#(#columns),*], unique: #unique })
    });
    let checks = model.checks.iter().map(|check| {
        let (name, sql) = (option(check.name.as_ref()), &check.sql);
        quote!(__p::CheckDecl::new(#name, #sql))
    });
    let columns = list(&quote!(columns), columns);
    let foreign_keys = list(&quote!(foreign_keys), foreign_keys);
    let (uniques, indexes) = (list(&quote!(uniques), uniques), list(&quote!(indexes), indexes));
    let checks = list(&quote!(checks), checks);
    quote! {
        __p::TableDecl { #columns #foreign_keys #uniques #indexes #checks ..__p::TableDecl::named(#name) }
    }
}

/// A list of a declaration; nothing where it is empty.
fn list(field: &TokenStream, items: impl Iterator<Item = TokenStream>) -> TokenStream {
    let items: Vec<TokenStream> = items.collect();
    if items.is_empty() { TokenStream::new() } else { quote!(#field: &[#(#items),*],) }
}

/// Whether the database generates the column's value if its type is an integer.
pub(super) fn may_be_db_generated(model: &Model, column: &ColumnField) -> bool {
    match &column.db_generated {
        Some(generated) => column.primary_key && generated.value,
        None => {
            column.primary_key
                && model.primary_key().count() == 1
                && !model
                    .foreign_keys
                    .iter()
                    .any(|key| key.columns.iter().any(|(name, _)| *name == column.name))
        }
    }
}

fn column(model: &Model, column: &ColumnField) -> TokenStream {
    let (ty, name) = (stored(column), &column.name);
    let attribute = literal(&plain(&column.ident));
    let mut tokens = quote!(__p::ColumnDecl::of::<#ty>(#attribute, #name));
    if column.primary_key {
        tokens.extend(if may_be_db_generated(model, column) {
            quote!(.primary_key(__p::generates::<#ty>()))
        } else {
            quote!(.primary_key(false))
        });
    }
    if let Some(default) = &column.default {
        tokens.extend(quote!(.default_to(|| __p::default_value::<#ty>(#default))));
    }
    if let Some(sql) = &column.server_default {
        tokens.extend(match model.eager_defaults {
            Some(_) => quote!(.eager_default(#sql)),
            None => quote!(.server_default(#sql)),
        });
    }
    if let Some(deferred) = &column.deferred {
        let (group, raises) = (option(deferred.group.as_ref()), deferred.raises);
        tokens.extend(quote!(.deferred(#group, #raises)));
    }
    tokens
}

fn foreign_key(key: &ForeignKey) -> TokenStream {
    let columns = key.columns.iter().map(|(name, _)| name);
    // The call that takes the referenced column's name compares both types too, and has the place of the path.
    let referenced = |path: &TokenStream, ty: &TokenStream| {
        let (function, ty) = (at(start(path), &quote!(__p::foreign_key)), at(start(path), ty));
        quote!(#function::<#ty, _, _>(#path))
    };
    let pairs = || key.columns.iter().map(|(_, ty)| ty).zip(&key.references);
    let table = pairs().next().map(|(ty, reference)| match reference {
        Reference::Typed(path) => {
            let referenced = referenced(path, ty);
            quote!(#referenced.table)
        }
        Reference::Named { table, .. } => quote!(#table),
    });
    let references = pairs().map(|(ty, reference)| match reference {
        Reference::Typed(path) => {
            let referenced = referenced(path, ty);
            quote!(#referenced.name)
        }
        Reference::Named { column, .. } => quote!(#column),
    });
    let name = key.name.as_ref().map(|name| quote!(name: __p::Some(#name),));
    let on_delete = key.actions.on_delete.map(action).map(|action| quote!(on_delete: __p::Some(#action),));
    let on_update = key.actions.on_update.map(action).map(|action| quote!(on_update: __p::Some(#action),));
    let deferrable = key.actions.deferrable.map(deferrable).map(|when| quote!(deferrable: #when,));
    let indexed = (!key.indexed).then(|| quote!(indexed: false,));
    quote! {
        __p::ForeignKeyDecl {
            columns: &[#(#columns),*],
            table: #table,
            references: &[#(#references),*],
            #name #on_delete #on_update #deferrable #indexed
            ..__p::ForeignKeyDecl::PLAIN
        }
    }
}

fn action(action: ReferentialAction) -> TokenStream {
    match action {
        ReferentialAction::Cascade => quote!(__p::ReferentialAction::Cascade),
        ReferentialAction::SetNull => quote!(__p::ReferentialAction::SetNull),
        ReferentialAction::SetDefault => quote!(__p::ReferentialAction::SetDefault),
        ReferentialAction::Restrict => quote!(__p::ReferentialAction::Restrict),
        ReferentialAction::NoAction => quote!(__p::ReferentialAction::NoAction),
    }
}

fn deferrable(when: Deferrable) -> TokenStream {
    match when {
        Deferrable::InitiallyDeferred => quote!(__p::Deferrable::InitiallyDeferred),
        Deferrable::InitiallyImmediate => quote!(__p::Deferrable::InitiallyImmediate),
    }
}

fn relation((index, relation): (usize, &RelationField)) -> TokenStream {
    let name = plain(&relation.ident);
    let field = relations::alias(index, relation);
    let basis = match &relation.named_target {
        Some(target) => quote!(__p::relation_to::<#field>(#name, #target)),
        None => quote!(__p::relation::<#field>(#name)),
    };
    let basis = at(relation.span.0, &basis);
    let options = options(relation);
    if options.is_empty() { basis } else { quote!(__p::RelationDecl { #options ..#basis }) }
}

/// The options that differ from the defaults of a relationship.
fn options(relation: &RelationField) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut option = |field: TokenStream, value: TokenStream| tokens.extend(quote!(#field: #value,));
    let some = |value: TokenStream| quote!(__p::Some(#value));
    if let Some(back) = &relation.back_populates {
        option(quote!(back_populates), some(back.to_token_stream()));
    }
    if relation.one_way.is_some() {
        option(quote!(one_way), quote!(true));
    }
    if let Some(sync) = relation.sync_backref.as_ref().map(|given| given.value) {
        option(quote!(sync_backref), some(quote!(#sync)));
    }
    match &relation.secondary {
        Some(Secondary::Typed(path)) => {
            option(quote!(secondary), quote!(__p::SecondaryDecl::Table(&<#path as __p::TableSource>::TABLE)));
        }
        Some(Secondary::Named(name)) => option(quote!(secondary), quote!(__p::SecondaryDecl::Named(#name))),
        None => {}
    }
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
            option(field, quote!(&[#(#columns),*]));
        }
    }
    let texts = [
        (quote!(foreign_keys_text), &relation.foreign_keys_text),
        (quote!(remote_side_text), &relation.remote_side_text),
    ];
    for (field, text) in texts {
        if let Some(text) = text {
            option(field, some(quote!(#text)));
        }
    }
    let condition = |join: &Said<TokenStream>| match join {
        Said::Typed(join) => quote!(__p::condition(|| __p::join_condition(#join))),
        Said::Text(text) => some(quote!(__p::ConditionDecl::Text(#text))),
    };
    if let Some(join) = &relation.primaryjoin {
        option(quote!(primaryjoin), condition(join));
    }
    if let Some(join) = &relation.secondaryjoin {
        option(quote!(secondaryjoin), condition(&join.value));
    }
    match relation.order_by.as_ref().map(|terms| &terms.value) {
        Some(Said::Typed(terms)) => {
            let terms = quote!(|| __p::order_terms([#(__p::order_term(#terms)),*]));
            option(quote!(order_by), quote!(__p::order(#terms)));
        }
        Some(Said::Text(text)) => option(quote!(order_by), some(quote!(__p::OrderDecl::Text(#text)))),
        None => {}
    }
    if relation.viewonly {
        option(quote!(viewonly), quote!(true));
    }
    match &relation.cascade {
        Some(cascade) => option(quote!(cascade), cascades(&cascade.value)),
        None if relation.viewonly => option(quote!(cascade), cascades(&[CascadeWord::Merge])),
        None => {}
    }
    let passive = match relation.passive_deletes.as_ref().map(|given| given.value) {
        None | Some(OnOr::Off) => None,
        Some(OnOr::On) => Some(quote!(Unloaded)),
        Some(OnOr::Word(PassiveDeletes::All)) => Some(quote!(All)),
    };
    if let Some(passive) = passive {
        option(quote!(passive_deletes), quote!(__p::PassiveDeletes::#passive));
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
        option(quote!(lazy), quote!(__p::Lazy::#lazy));
    }
    if let Some(depth) = &relation.join_depth {
        option(quote!(join_depth), some(quote!(#depth)));
    }
    if relation.innerjoin {
        option(quote!(inner_join), quote!(true));
    }
    if relation.single_parent {
        option(quote!(single_parent), quote!(true));
    }
    if relation.active_history.is_some() {
        option(quote!(active_history), quote!(true));
    }
    if relation.omit_join.is_some() {
        option(quote!(omit_join), quote!(false));
    }
    if let Some(overlaps) = &relation.overlaps {
        let overlaps = overlaps.value();
        let names = overlaps.split(',').map(str::trim).filter(|name| !name.is_empty());
        option(quote!(overlaps), quote!(&[#(#names),*]));
    }
    if let Some(info) = &relation.info {
        option(quote!(info), some(quote!(#info)));
    }
    tokens
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

fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(__p::Some(#value)),
        None => quote!(__p::None),
    }
}
