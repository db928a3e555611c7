//! The items of the class itself: typed columns and relationships, and `builder`.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::{allow_links, beside, columns, composites, documented, proxies, synonyms};
use crate::model::{Model, RelationField, Shape, at, plain};

/// `User::name`, `User::addresses`, `User::builder()`.
pub(super) fn impls(model: &Model) -> TokenStream {
    let (vis, this) = (&model.vis, &model.ident);
    let builder = beside::path(&model.builder);
    let columns = columns::descriptors(model);
    let own = model.relations.iter().enumerate().filter(|(_, relation)| !model.clashes_with(&relation.ident));
    let relations = own.map(|(index, relation)| {
        let (ident, target) = (&relation.ident, target(relation));
        let doc =
            documented(&relation.docs, &format!("The relationship `{}.{}`.", plain(this), plain(ident)));
        let name = plain(ident);
        let index = Literal::usize_unsuffixed(index);
        let number = number(relation);
        // The item has the place of the field's type, so that the compiler reports a wrong type there.
        let span = relation.span.0;
        let vis = &relation.vis;
        let vis = at(span, &quote!(#vis));
        let made = at(span, &quote!(__p::Relationship::new(#name, #index)));
        let item = quote_spanned! {
            span=> #vis const #ident: __p::Relationship<#this, #target, #number> = #made;
        };
        quote! {
            #[doc = #doc]
            #item
        }
    });
    let doc = format!("Begins a new `{}`: each method gives an attribute.", plain(this));
    let (allow_links, implement) = (allow_links(model), implement(model));
    let (proxies, composites, synonyms) =
        (proxies::descriptors(model), composites::descriptors(model), synonyms::descriptors(model));
    quote! {
        #allow_links
        #implement #this {
            #(#columns)*
            #(#relations)*
            #proxies
            #composites
            #synonyms
            #[doc = #doc]
            #vis fn builder() -> #builder {
                #builder(__p::Draft::new::<#this>())
            }
        }
    }
}

/// `impl`, at the place of the struct's name. Of a class that isn't there the compiler says that the item around it
/// might lack a parameter of that name. It then says the same of the items of the impl as of the field, and says it once.
pub(super) fn implement(model: &Model) -> TokenStream {
    at(model.ident.span(), &quote!(impl))
}

/// Whether the relationship leads to one object or to many, for signatures. Where the spelling doesn't show it, it is
/// an associated type of the field's type.
pub(super) fn number(relation: &RelationField) -> TokenStream {
    match relation.shape {
        Shape::Many(_) | Shape::ManySet(_) | Shape::ManyMap(..) => quote!(__p::ToMany),
        Shape::WriteOnly(_) | Shape::Dynamic(_) => quote!(__p::ToLarge),
        Shape::One(_) | Shape::OptionalOne(_) => quote!(__p::ToOne),
        Shape::Scalar | Shape::Other => projection(relation, "Number"),
    }
}

/// The other class, for signatures.
pub(super) fn target(relation: &RelationField) -> TokenStream {
    match &relation.target {
        Some(target) => target.clone(),
        None => projection(relation, "Target"),
    }
}

/// An associated type of the field's type, for what the spelling doesn't show.
pub(super) fn projection(relation: &RelationField, name: &str) -> TokenStream {
    let ty = &relation.ty;
    let name = Ident::new(name, relation.span.0);
    quote_spanned!(relation.span.0=> <#ty as __p::RelationType>::#name)
}

/// Short names for the fields' types. Each type is projected through a trait, which a wrong type doesn't implement.
/// All code uses the short name, so that a wrong type is one error: that it is no relationship or, where the spelling
/// shows the other class, that there are no objects of that class.
pub(super) fn aliases(model: &Model) -> TokenStream {
    let aliases = model.relations.iter().enumerate().map(|(index, relation)| {
        let (ty, span) = (&relation.ty, relation.span.0);
        // The name has the struct's place, as `implement` says.
        let mut name = alias(index, relation);
        name.set_span(model.ident.span());
        match &relation.target {
            Some(target) => {
                // What the getter gives has to be right too, and says the same where it isn't.
                let beside = match &relation.shape {
                    Shape::One(_) | Shape::OptionalOne(_) => quote_spanned!(span=> __p::Obj<#target>),
                    Shape::ManyMap(key, _) => {
                        quote_spanned!(span=> (<#target as __p::Live>::Attrs, <#key as __p::MapKey>::Itself))
                    }
                    _ => quote_spanned!(span=> <#target as __p::Live>::Attrs),
                };
                quote_spanned!(span=> type #name = <#ty as __p::Beside<#beside>>::Type;)
            }
            None => quote_spanned!(span=> type #name = <#ty as __p::RelationType>::Type;),
        }
    });
    aliases.collect()
}

/// The short name of a field's type. It has the place of the type, so that an error in it is shown there.
pub(super) fn alias(index: usize, relation: &RelationField) -> Ident {
    Ident::new(&format!("__R{index}"), relation.span.0)
}
