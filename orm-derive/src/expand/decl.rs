//! The declaration as constant data. It reads names and types of other classes, never their declarations.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::{relations, stored};
use crate::model::{ColumnField, ForeignKey, Model, Reference, RelationField, at, literal, plain, start};

/// `ModelDecl`.
pub(super) fn model(model: &Model) -> TokenStream {
    let this = &model.ident;
    let relations = model.relations.iter().enumerate().map(relation);
    quote! {
        __p::ModelDecl {
            class: <#this as __p::Mapped>::CLASS,
            module: ::core::module_path!(),
            table: <#this as __p::TableSource>::TABLE,
            relations: &[#(#relations),*],
        }
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
        quote!(__p::CheckDecl { name: #name, condition: #sql })
    });
    quote! {
        __p::TableDecl {
            name: #name,
            columns: &[#(#columns),*],
            foreign_keys: &[#(#foreign_keys),*],
            uniques: &[#(#uniques),*],
            indexes: &[#(#indexes),*],
            checks: &[#(#checks),*],
        }
    }
}

/// Whether the database generates the column's value if its type is an integer.
pub(super) fn may_generate(model: &Model, column: &ColumnField) -> bool {
    match &column.generated {
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
        tokens.extend(if may_generate(model, column) {
            quote!(.primary_key(__p::generates::<#ty>()))
        } else {
            quote!(.primary_key(false))
        });
    }
    if let Some(default) = &column.default {
        tokens.extend(quote!(.default_to(|| __p::default_value::<#ty>(#default))));
    }
    if let Some(sql) = &column.server_default {
        tokens.extend(quote!(.server_default(#sql)));
    }
    tokens
}

fn foreign_key(key: &ForeignKey) -> TokenStream {
    let columns = key.columns.iter().map(|(name, _)| name);
    // The types of both columns are compared where the name is taken, at the path.
    let referenced = |path: &TokenStream, ty: &TokenStream| {
        let (function, ty) = (at(start(path), &quote!(__p::foreign_key)), at(start(path), ty));
        quote!(#function::<#ty, _, _>(#path))
    };
    let pairs = || key.columns.iter().map(|(_, ty)| ty).zip(&key.references);
    let table = pairs().next().map(|(ty, reference)| match reference {
        Reference::Typed(path) => {
            let referenced = referenced(path, ty);
            quote!(#referenced.table.name)
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
    let on_delete = key.on_delete.map(|word| {
        let action = action(word);
        quote!(on_delete: __p::Some(#action),)
    });
    let on_update = key.on_update.map(|word| {
        let action = action(word);
        quote!(on_update: __p::Some(#action),)
    });
    let deferrable = key.deferrable.map(|word| match word {
        "initially deferred" => quote!(deferrable: __p::Deferrable::InitiallyDeferred,),
        _ => quote!(deferrable: __p::Deferrable::InitiallyImmediate,),
    });
    quote! {
        __p::ForeignKeyDecl {
            columns: &[#(#columns),*],
            table: #table,
            references: &[#(#references),*],
            #name #on_delete #on_update #deferrable
            ..__p::ForeignKeyDecl::PLAIN
        }
    }
}

fn action(word: &str) -> TokenStream {
    match word {
        "cascade" => quote!(__p::ReferentialAction::Cascade),
        "set null" => quote!(__p::ReferentialAction::SetNull),
        "set default" => quote!(__p::ReferentialAction::SetDefault),
        "restrict" => quote!(__p::ReferentialAction::Restrict),
        _ => quote!(__p::ReferentialAction::NoAction),
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

/// The options that differ from what a relationship has by itself.
fn options(relation: &RelationField) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut option = |name: &str, value: TokenStream| {
        let name = quote::format_ident!("{}", name);
        tokens.extend(quote!(#name: #value,));
    };
    let some = |value: TokenStream| quote!(__p::Some(#value));
    if let Some(back) = &relation.back_populates {
        option("back_populates", some(back.to_token_stream()));
    }
    match (&relation.secondary_path, &relation.secondary) {
        (Some(path), _) => {
            option("secondary", quote!(__p::SecondaryDecl::Table(&<#path as __p::TableSource>::TABLE)));
        }
        (None, Some(crate::attr::Reference::Text(name))) => {
            option("secondary", quote!(__p::SecondaryDecl::Named(#name)))
        }
        _ => {}
    }
    for (name, columns) in [("foreign_keys", &relation.foreign_keys), ("remote_side", &relation.remote_side)]
    {
        if !columns.is_empty() {
            let columns = columns.iter().map(|column| match column {
                Reference::Typed(path) => {
                    let function = at(start(path), &quote!(__p::Column::column));
                    quote!(#function(#path))
                }
                Reference::Named { table, column, .. } => quote!(__p::ColumnRef::new(#table, #column)),
            });
            option(name, quote!(&[#(#columns),*]));
        }
    }
    if let Some(join) = &relation.primaryjoin {
        option("primaryjoin", some(quote!(|| #join)));
    }
    if let Some(join) = relation.secondaryjoin.as_ref().map(|join| &join.value) {
        option("secondaryjoin", some(quote!(|| #join)));
    }
    if let Some(terms) = relation.order_by.as_ref().map(|terms| &terms.value) {
        option("order_by", some(quote!(|| ::std::vec![#(::core::convert::Into::into(#terms)),*])));
    }
    if let Some(cascade) = &relation.cascade {
        option("cascade", cascades(&cascade.value));
    }
    match relation.lazy {
        "raise" => option("lazy", quote!(__p::Lazy::Raise)),
        "raise_on_sql" => option("lazy", quote!(__p::Lazy::RaiseOnSql)),
        _ => {}
    }
    if relation.single_parent {
        option("single_parent", quote!(true));
    }
    tokens
}

fn cascades(words: &[&str]) -> TokenStream {
    let mut consts = words.iter().map(|word| match *word {
        "save-update" => quote!(__p::Cascade::SAVE_UPDATE),
        "merge" => quote!(__p::Cascade::MERGE),
        "refresh-expire" => quote!(__p::Cascade::REFRESH_EXPIRE),
        "expunge" => quote!(__p::Cascade::EXPUNGE),
        "delete" => quote!(__p::Cascade::DELETE),
        "delete-orphan" => quote!(__p::Cascade::DELETE_ORPHAN),
        "all" => quote!(__p::Cascade::ALL),
        _ => quote!(__p::Cascade::NONE),
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
