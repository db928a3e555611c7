//! The builder, and its conversion into an object.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{allow_links, beside, composites, documented, proxies, relations, synonyms, turbofish};
use crate::model::{ColumnField, Model, at, plain};

/// `struct UserBuilder`.
pub(super) fn item(model: &Model, root: &TokenStream) -> TokenStream {
    let builder = &model.builder;
    let doc = format!("A new [`{0}`](super::{0}) in the making.", plain(&model.ident));
    quote! {
        #[doc = #doc]
        #[must_use]
        pub struct #builder(pub(super) #root::__private::Draft);
    }
}

/// The methods of `UserBuilder`, and its conversion into an object.
pub(super) fn impls(model: &Model) -> TokenStream {
    let this = &model.ident;
    let builder = beside::path(&model.builder);
    let given = |column: &&ColumnField| !column.is_only_read() && !model.clashes_with(&column.ident);
    let columns = model.columns.iter().filter(given).map(|column| {
        let (vis, ident, ty) = (&column.vis, &column.ident, &column.ty);
        let doc = documented(&column.docs, &format!("Gives `{}`.", plain(ident)));
        let typed = turbofish(column, &TokenStream::new());
        quote! {
            #[doc = #doc]
            #vis fn #ident(self, value: impl __p::SetColumn<#ty>) -> Self {
                #builder(__p::SetColumn #typed::give(value, self.0, #this::#ident))
            }
        }
    });
    let own = model.relations.iter().enumerate().filter(|(_, relation)| !model.clashes_with(&relation.ident));
    let relations = own.map(|(index, relation)| {
        let (vis, ident, ty) = (&relation.vis, &relation.ident, &relation.ty);
        let field = relations::alias(index, relation);
        let index = Literal::usize_unsuffixed(index);
        let call = at(relation.span.0, &quote!(self.0.relate::<#field>(#index, value)));
        let doc = documented(&relation.docs, &format!("Gives `{}`.", plain(ident)));
        quote! {
            #[doc = #doc]
            #vis fn #ident(self, value: impl __p::Relate<#ty>) -> Self { #builder(#call) }
        }
    });
    let of_builder = conversions(model, &quote!(#builder), &quote!(self.0.finish::<#this>()));
    let (allow_links, implement) = (allow_links(model), relations::implement(model));
    let (proxies, composites, synonyms) =
        (proxies::of_builder(model), composites::of_builder(model), synonyms::of_builder(model));
    quote! {
        #allow_links
        #implement #builder {
            #(#columns)*
            #(#relations)*
            #proxies
            #composites
            #synonyms
        }
        #of_builder
    }
}

fn conversions(model: &Model, from: &TokenStream, finish: &TokenStream) -> TokenStream {
    let this = &model.ident;
    quote! {
        #[diagnostic::do_not_recommend]
        impl __p::IntoObj<#this> for #from {
            fn into_obj(self) -> __p::Result<__p::Obj<#this>> { #finish }
        }
        #[diagnostic::do_not_recommend]
        impl __p::IntoRelated<__p::AnyClass> for #from {
            fn related(self) -> __p::Result<__p::Handle> { self.0.finish_any() }
        }
        #[diagnostic::do_not_recommend]
        impl __p::Relate<__p::Option<__p::One<#this>>> for #from {
            fn relate(self, owner: &__p::Handle, relation: usize) -> __p::Result<()> {
                __p::relate_optional(self, owner, relation)
            }
        }
    }
}
