//! What `Obj<User>` dereferences to: a getter and a setter per attribute.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::{allow_links, beside, composites, documented, proxies, relations, remote, synonyms, turbofish};
use crate::model::{Model, RelationField, Shape, at, plain, suffixed, with_prefix};

/// `struct UserAttrs`.
pub(super) fn item(model: &Model, root: &TokenStream) -> TokenStream {
    let attrs = suffixed(&model.ident, "Attrs");
    let doc = format!("The attributes of a live [`{0}`](super::{0}).", plain(&model.ident));
    quote! {
        #[doc = #doc]
        pub struct #attrs(pub(super) #root::__private::Handle);
    }
}

/// The methods of `UserAttrs`.
pub(super) fn impls(model: &Model) -> TokenStream {
    let (vis, this) = (&model.vis, &model.ident);
    let attrs = beside::path(&suffixed(this, "Attrs"));
    let slots = suffixed(this, "Columns");
    let columns = model.columns.iter().filter(|column| !model.clashes_with(&column.ident)).map(|column| {
        let (vis, ident, ty) = (&column.vis, &column.ident, &column.ty);
        let set = with_prefix("set", ident);
        let (read, change) = docs(model, ident, &column.docs);
        let typed = turbofish(column, &quote!(_,));
        let column_type = turbofish(column, &TokenStream::new());
        // A key is never left out when its object is loaded.
        let track = (!column.primary_key).then(track);
        let change = (!column.is_only_read()).then(|| {
            quote! {
                #[doc = #change]
                #vis fn #set(&self, value: impl __p::SetColumn<#ty>) -> __p::Result<()> {
                    __p::SetColumn #column_type::set(value, &self.0, #this::#ident)
                }
            }
        });
        quote! {
            #[doc = #read]
            #track
            #vis fn #ident(&self) -> __p::Result<#ty> { __p::get #typed(&self.0, #this::#ident) }
            #change
        }
    });
    let own = model.relations.iter().enumerate().filter(|(_, relation)| !model.clashes_with(&relation.ident));
    let relations = own.map(|(index, relation)| {
        let (vis, ident, ty, result) = (&relation.vis, &relation.ident, &relation.ty, read(relation));
        let call = about(relation, index);
        let set = with_prefix("set", ident);
        let index = Literal::usize_unsuffixed(index);
        let (read, change) = docs(model, ident, &relation.docs);
        let track = reads_at_once(relation).then(track);
        quote! {
            #[doc = #read]
            #track
            #vis fn #ident(&self) -> #result #call
            #[doc = #change]
            #vis fn #set(&self, value: impl __p::Relate<#ty>) -> __p::Result<()> { value.relate(&self.0, #index) }
        }
    });
    let tracks = track();
    let with = (!model.has_field("with")).then(|| {
        quote! {
            /// Reads the columns without copying them.
            #tracks
            #vis fn with<R>(&self, f: impl __p::FnOnce(&#slots) -> R) -> __p::Result<R> {
                __p::with(&self.0, f)
            }
        }
    });
    let to_value = (!model.has_field("to_value")).then(|| {
        let (plain, doc) = remote::plain_value(model);
        quote! {
            #[doc = #doc]
            #tracks
            #vis fn to_value(&self) -> __p::Result<#plain> { __p::to_value::<#this>(&self.0) }
        }
    });
    let (allow_links, implement) = (allow_links(model), relations::implement(model));
    let (proxies, composites, synonyms) =
        (proxies::accessors(model), composites::accessors(model), synonyms::accessors(model));
    quote! {
        impl __p::Attrs for #attrs {
            const OF: fn(__p::Handle) -> Self = #attrs;
            fn handle(&self) -> &__p::Handle { &self.0 }
        }
        #allow_links
        #implement #attrs {
            #(#columns)*
            #(#relations)*
            #proxies
            #composites
            #synonyms
            #with
            #to_value
        }
    }
}

/// Has a getter hear which line calls it: where it loads one by one, that is told.
fn track() -> TokenStream {
    quote!(#[track_caller])
}

/// Whether the getter may load, and not only what it gives.
fn reads_at_once(relation: &RelationField) -> bool {
    matches!(&relation.shape, Shape::One(_) | Shape::OptionalOne(_) | Shape::Scalar | Shape::Other)
}

fn docs(model: &Model, ident: &syn::Ident, docs: &str) -> (String, String) {
    let name = format!("{}.{}", plain(&model.ident), plain(ident));
    (documented(docs, &format!("Reads `{name}`.")), documented(docs, &format!("Changes `{name}`.")))
}

fn about(relation: &RelationField, index: usize) -> TokenStream {
    let field = relations::alias(index, relation);
    let index = Literal::usize_unsuffixed(index);
    at(relation.span.0, &quote!({ __p::read::<#field, _>(&self.0, #index) }))
}

/// What a getter returns. It is written in plain types where the field's spelling shows them, so that documentation
/// stays readable.
pub(super) fn read(relation: &RelationField) -> TokenStream {
    let span = relation.span.0;
    let target = relations::target(relation);
    match &relation.shape {
        Shape::One(_) => quote_spanned!(span=> __p::Result<__p::Obj<#target>>),
        Shape::OptionalOne(_) => quote_spanned!(span=> __p::Result<__p::Option<__p::Obj<#target>>>),
        Shape::Many(_) | Shape::ManySet(_) => quote_spanned!(span=> __p::Collection<#target>),
        Shape::ManyMap(key, _) => quote_spanned!(span=> __p::MapCollection<#key, #target>),
        Shape::WriteOnly(_) => quote_spanned!(span=> __p::WriteOnlyCollection<#target>),
        Shape::Dynamic(_) => quote_spanned!(span=> __p::DynamicCollection<#target>),
        Shape::Scalar | Shape::Other => relations::projection(relation, "Read"),
    }
}
