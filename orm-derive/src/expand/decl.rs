//! The declaration as constant data. It reads names and types of other classes, never their declarations.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::{composites, relation_decl, relations, stored, synonyms};
use crate::attr::{Deferrable, ReferentialAction, VersionBy, Versions};
use crate::model::{ColumnField, ForeignKey, Model, Reference, RelationField, at, literal, plain, start};

/// `ModelDecl`.
pub(super) fn model(model: &Model) -> TokenStream {
    let this = &model.ident;
    let relations = model.relations.iter().enumerate().map(|field| relation(this, field));
    let listening = model.listen.as_ref().map(|given| {
        let path = &given.value;
        quote!(.listening(|hooks| __p::listen::<#this>(hooks, #path)))
    });
    let unconfirmed = model.unconfirmed.map(|_| quote!(.unconfirmed()));
    let (synonyms, composites) = (synonyms::declared(model), composites::declared(model));
    quote! {
        __p::ModelDecl::of::<#this>(&[#(#relations),*]) #listening #unconfirmed #synonyms #composites
    }
}

/// `TableDecl`.
pub(super) fn table(model: &Model) -> TokenStream {
    let name = literal(&model.table);
    let columns = model.columns.iter().map(|column| self::column(model, column));
    let foreign_keys = model.foreign_keys.iter().map(foreign_key);
    let uniques = model.uniques.iter().map(|unique| {
        let (name, columns) = (option(unique.name.as_ref()), &unique.columns);
        quote!(__p::UniqueDecl::new(#name, &[#(#columns),*]))
    });
    let indexes = model.indexes.iter().map(|index| {
        let (name, columns, unique) = (option(index.name.as_ref()), &index.columns, index.unique);
        let over = index.on.as_ref().map(|terms| {
            let terms = quote!(|__asked| __p::order_terms([#(__p::order_term(#terms)),*])(__asked));
            quote!(.over(__p::order(#terms)))
        });
        let filter = index
            .filter
            .as_ref()
            .map(|filter| quote!(.filter(__p::condition(|__asked| __p::join_condition(#filter, __asked)))));
        quote!(__p::IndexDecl::new(#name, &[#(#columns),*], #unique) #over #filter)
    });
    let checks = model.checks.iter().map(|check| {
        let (name, sql) = (option(check.name.as_ref()), &check.sql);
        quote!(__p::CheckDecl::new(#name, #sql))
    });
    let foreign_keys = list(&quote!(foreign_keys), foreign_keys);
    let (uniques, indexes) = (list(&quote!(uniques), uniques), list(&quote!(indexes), indexes));
    let checks = list(&quote!(checks), checks);
    let kind = model.kind.0.or(model.kind.1).is_some().then(|| {
        let (strict, without_rowid) = (model.kind.0.is_some(), model.kind.1.is_some());
        quote!(.kind(__p::TableKind { strict: #strict, without_rowid: #without_rowid }))
    });
    let comment = model.comment.as_ref().map(|comment| quote!(.comment(__p::Some(#comment))));
    quote! {
        __p::TableDecl::new(#name, &[#(#columns),*]) #foreign_keys #uniques #indexes #checks #kind #comment
    }
}

/// A list of a declaration; nothing where it is empty.
fn list(field: &TokenStream, items: impl Iterator<Item = TokenStream>) -> TokenStream {
    let items: Vec<TokenStream> = items.collect();
    if items.is_empty() { TokenStream::new() } else { quote!(.#field(&[#(#items),*])) }
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
    if column.fetched_default.is_some() {
        tokens.extend(quote!(.fetched_default()));
    }
    if let Some(onupdate) = column.onupdate.as_ref().map(|given| &given.value) {
        tokens.extend(quote!(.onupdate(|| __p::onupdate::<#ty>(#onupdate))));
    }
    if column.server_onupdate.is_some() {
        tokens.extend(quote!(.server_onupdate()));
    }
    if let Some((sql, stored)) = column.computed.as_ref().map(|(given, stored)| (&given.value, stored)) {
        tokens.extend(quote!(.computed(#sql, #stored)));
    }
    if let Some((_, expires)) = column.expression.as_ref().filter(|_| !model.clashes_with(&column.ident)) {
        let (this, ident) = (&model.ident, &column.ident);
        tokens.extend(quote!(.expressed(#this::#ident.column(), #expires)));
    }
    if model.eager_defaults.is_some() && (column.is_made() || column.default.is_some()) {
        tokens.extend(quote!(.eager()));
    }
    if let Some(version) = &column.version {
        let call = |function: &str, at_type: &TokenStream| {
            let function = Ident::new(function, Span::call_site());
            at(start(at_type), &quote!(__p::#function::<#ty>))
        };
        tokens.extend(match &version.value {
            Versions::Counted => {
                let count = call("count", &column.ty);
                quote!(.version_made(#count))
            }
            Versions::Made(path) => {
                let make = quote!(__p::make_version::<#ty>);
                quote!(.version_made(|current| #make(current, #path)))
            }
            Versions::By(VersionBy::Manual) => quote!(.version_manual()),
            Versions::By(VersionBy::Server) => quote!(.version_by_server()),
            Versions::Off => TokenStream::new(),
        });
    }
    if let Some(path) = column.validate.as_ref().map(|given| &given.value) {
        let this = &model.ident;
        tokens.extend(quote! {
            .validated(|owner, slot| __p::validate_column::<#this, #ty, _>(owner, slot, #path))
        });
    }
    if column.active_history.is_some() {
        tokens.extend(quote!(.active_history()));
    }
    if let Some(info) = &column.info {
        tokens.extend(quote!(.info(#info)));
    }
    if let Some(comment) = &column.comment {
        tokens.extend(quote!(.comment(#comment)));
    }
    if let Some(place) = &column.sort_order {
        tokens.extend(quote!(.sort_order(#place)));
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
    let options = key_options(key);
    if let ([(column, ty)], [Reference::Typed(path)]) = (&*key.columns, &*key.references) {
        let (function, ty) = (at(start(path), &quote!(__p::foreign_key_of)), at(start(path), ty));
        let referenced = quote_spanned!(start(path)=> &#path);
        return quote!(#function::<#ty, _, _>(&[#column], #referenced) #options);
    }
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
    quote!(__p::ForeignKeyDecl::new(&[#(#columns),*], #table, &[#(#references),*]) #options)
}

fn key_options(key: &ForeignKey) -> TokenStream {
    let name = key.name.as_ref().map(|name| quote!(.name(__p::Some(#name))));
    let on_delete = key.actions.on_delete.map(action).map(|action| quote!(.on_delete(__p::Some(#action))));
    let on_update = key.actions.on_update.map(action).map(|action| quote!(.on_update(__p::Some(#action))));
    let deferrable = key.actions.deferrable.map(deferrable).map(|when| quote!(.deferrable(#when)));
    let indexed = (!key.indexed).then(|| quote!(.indexed(false)));
    quote!(#name #on_delete #on_update #deferrable #indexed)
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

fn relation(this: &Ident, (index, relation): (usize, &RelationField)) -> TokenStream {
    let name = plain(&relation.ident);
    let field = relations::alias(index, relation);
    let basis = match &relation.named_target {
        Some(target) => quote!(__p::relation_to::<#field>(#name, #target)),
        None => quote!(__p::relation::<#field>(#name)),
    };
    let basis = at(relation.span.0, &basis);
    let options = relation_decl::options(this, relation, &field);
    quote!(#basis #options)
}

fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(__p::Some(#value)),
        None => quote!(__p::None),
    }
}
