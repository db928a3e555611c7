//! The traits of a class: its declaration, its storage, conversion from and to plain values.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{about, beside, decl, relations, remote, stored, turbofish};
use crate::model::{ColumnField, Model, at, literal, plain, suffixed};

/// `const User`, and the traits of a class.
pub(super) fn impls(model: &Model, table_decl: &TokenStream, decl: &TokenStream) -> TokenStream {
    let this = &model.ident;
    let (slots, attrs) = (suffixed(this, "Columns"), beside::path(&suffixed(this, "Attrs")));
    let (class, table) = (literal(&plain(this)), literal(&model.table));
    let entry = entry(model);
    let into_draft = into_draft(model);
    let from_source = from_source(model);
    let field = field(model);
    let (plain_value, _) = remote::plain_value(model);
    let accepts_key = is_hidden(model).then(|| accepts_key(model));
    let key = if accepts_key.is_some() { quote!(__p::KeyOf<#this>) } else { key(model, key_part) };
    quote! {
        impl __p::TableSource for #this {
            const NAME: &'static str = #table;
            const TABLE: __p::TableDecl = #table_decl;
        }
        impl __p::Declared for #this {
            const CLASS: &'static str = #class;
            const MODULE: &'static str = ::core::module_path!();
            const TABLE: &'static str = #table;
            const DECL: __p::ModelDecl = #decl;
        }
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl __p::Live for #this {
            type Attrs = #attrs;
            type Plain = #plain_value;
            fn into_handle(self, nested: &mut __p::Nested) -> __p::Result<__p::Handle> {
                __p::into_handle(self, nested)
            }
            #from_source
            #field
        }
        #[automatically_derived]
        impl __p::Mapped for #this {
            type Key = #key;
            type Columns = #slots;
            #entry
            #into_draft
        }
        #accepts_key
    }
}

/// The class as a value.
pub(super) fn constant(model: &Model) -> TokenStream {
    let (root, vis, this) = (&model.root, &model.vis, &model.ident);
    // Hidden: a link to the struct would be one to this constant as well, and rustdoc would ask which is meant.
    quote! {
        #[doc(hidden)]
        #[allow(non_upper_case_globals, dead_code, unreachable_pub)]
        #vis const #this: #root::Entity<#this> = #root::Entity::new();
    }
}

/// Registers the class when the program is linked, so that nobody has to list it.
pub(super) fn registration(model: &Model) -> TokenStream {
    let this = &model.ident;
    quote! {
        __p::inventory::submit!(__p::Registration::new(<#this as __p::Mapped>::class));
    }
}

/// The cell that holds the registry's classes.
pub(super) fn cell(model: &Model) -> TokenStream {
    let registry = registry(model);
    quote!(<#registry as __p::Registry>::CELL)
}

/// The type of the primary key, made of the types of its columns.
fn key(model: &Model, part: impl Fn(&ColumnField) -> TokenStream) -> TokenStream {
    let parts: Vec<TokenStream> = model.primary_key().map(part).collect();
    match parts.as_slice() {
        // A class without a key is a mistake, which was reported.
        [] => quote!(i64),
        [only] => only.clone(),
        _ => quote!((#(#parts),*)),
    }
}

/// A column's type without `Option`.
fn key_part(column: &ColumnField) -> TokenStream {
    let ty = &column.ty;
    if column.optional { quote!(<#ty as __p::ColumnField>::Key) } else { ty.clone() }
}

/// Whether the key isn't of built-in types. Such a type may be less visible than the struct, and then the compiler
/// refuses it in the struct's traits; or it may be no column type, which is reported elsewhere.
fn is_hidden(model: &Model) -> bool {
    model.primary_key().any(|column| !column.plain)
}

/// What takes a key where its type is hidden.
fn accepts_key(model: &Model) -> TokenStream {
    let (this, key) = (&model.ident, key(model, |column| column.ty.clone()));
    quote! {
        impl<X> __p::AcceptsKey<X> for #this where (): __p::KeyIs<#key, X> {
            fn accept(key: X) -> __p::Key { <() as __p::KeyIs<#key, X>>::accept(key) }
        }
    }
}

fn registry(model: &Model) -> TokenStream {
    match &model.registry {
        Some(path) => quote!(#path),
        None => quote!(__p::Global),
    }
}

fn entry(model: &Model) -> TokenStream {
    let this = &model.ident;
    let registry = registry(model);
    quote! {
        fn class() -> &'static __p::ClassEntry {
            static CLASS: __p::ClassEntry = __p::entry::<#this, #registry>();
            &CLASS
        }
    }
}

fn into_draft(model: &Model) -> TokenStream {
    let this = &model.ident;
    let slots = suffixed(this, "Columns");
    let fields = model.columns.iter().map(|column| {
        let ColumnField { ident, integer, .. } = column;
        let (stored, typed) = (stored(column), turbofish(column, &TokenStream::new()));
        // A key that the database generates counts as not given if it holds 0, `None` or "". For a type that isn't
        // spelled as an integer, the type itself decides whether the database can generate it.
        let given = match (decl::may_be_db_generated(model, column), integer) {
            // So does one that a default of the database makes, and a version that the flush or the database makes.
            _ if column.is_only_read() => quote!(#ident: __p::Slot #typed::only_read(self.#ident)),
            _ if column.primary_key && column.server_default.is_some()
                || column.has_made_version()
                || column.has_server_version() =>
            {
                quote!(#ident: __p::Slot #typed::given_key(self.#ident))
            }
            (true, true) => quote!(#ident: __p::Slot::given_key(self.#ident)),
            (true, false) => quote! {
                #ident: if __p::generates::<#stored>() {
                    __p::Slot #typed::given_key(self.#ident)
                } else {
                    __p::Slot #typed::given(self.#ident)
                }
            },
            (false, _) if column.plain => quote!(#ident: __p::Slot::given(self.#ident)),
            (false, _) => quote!(#ident: __p::Slot::Set(self.#ident)),
        };
        about(column, given)
    });
    let nested = model.relations.iter().enumerate().map(|(index, relation)| {
        let (ident, field) = (&relation.ident, relations::alias(index, relation));
        let index = Literal::usize_unsuffixed(index);
        at(relation.span.0, &quote!(.nest::<#field>(#index, self.#ident)))
    });
    quote! {
        fn into_draft(self) -> __p::ValueDraft<#this> {
            __p::ValueDraft::from_columns(#slots { #(#fields,)* }) #(#nested)*
        }
    }
}

fn from_source(model: &Model) -> TokenStream {
    let this = &model.ident;
    let columns = model.columns.iter().filter(|column| !model.clashes_with(&column.ident)).map(|column| {
        let (ident, typed) = (&column.ident, turbofish(column, &quote!(_,)));
        about(column, quote!(#ident: source.column #typed(#this::#ident)?))
    });
    let relations = model.relations.iter().enumerate().map(|(index, relation)| {
        let (ident, field) = (&relation.ident, relations::alias(index, relation));
        let index = Literal::usize_unsuffixed(index);
        at(relation.span.0, &quote!(#ident: source.related::<#field>(#index)?))
    });
    let fields = columns.chain(relations);
    let value = if model.clashes.is_empty() && !model.left_out {
        quote!(::core::result::Result::Ok(#this { #(#fields,)* }))
    } else {
        // A clash is a compile error, so that this never runs.
        quote!(loop {})
    };
    quote! {
        fn from_source(source: &__p::ValueSource<'_>) -> __p::Result<#this> {
            #value
        }
    }
}

/// The relationship fields of a plain value by their places.
fn field(model: &Model) -> TokenStream {
    if model.relations.is_empty() {
        return TokenStream::new();
    }
    let fields = model.relations.iter().enumerate().map(|(index, relation)| {
        let (ident, field) = (&relation.ident, relations::alias(index, relation));
        let called = at(relation.span.0, &quote!(__p::field::<#field>));
        quote!(#called(&mut self.#ident))
    });
    quote! {
        fn field(&mut self, at: usize) -> __p::Field<'_> { __p::nth(at, [#(#fields,)*]) }
    }
}
