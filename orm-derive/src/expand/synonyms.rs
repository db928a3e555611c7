//! Synonyms: for each the constant, the accessors and the method of the builder of its attribute, by another name.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::{access, composites, proxies, relations};
use crate::model::{Model, Named, Synonym, plain, with_prefix};

/// An attribute with what its items are declared by.
struct Attribute<'a> {
    ident: &'a Ident,
    vis: TokenStream,
    /// The type of its constant.
    constant: TokenStream,
    /// What its getter gives.
    read: TokenStream,
    /// What can be given for it, where anything can.
    given: Option<TokenStream>,
}

/// The synonyms with their attributes.
fn synonyms(model: &Model) -> impl Iterator<Item = (&Ident, Attribute<'_>)> {
    let all = model
        .synonyms
        .iter()
        .filter_map(|Synonym { ident, of }| Some((ident, attribute(model, model.named(of)?)?)));
    all.filter(|(_, attribute)| !model.clashes_with(attribute.ident))
}

fn attribute<'a>(model: &'a Model, of: Named<'a>) -> Option<Attribute<'a>> {
    let this = &model.ident;
    Some(match of {
        Named::Column(column) => {
            let ty = &column.ty;
            Attribute {
                ident: &column.ident,
                vis: column.vis.to_token_stream(),
                constant: quote!(__p::Column<#this, #ty>),
                read: quote!(__p::Result<#ty>),
                given: (!column.is_only_read()).then(|| quote!(impl __p::SetColumn<#ty>)),
            }
        }
        Named::Relation(relation) => {
            let (ty, target, number) =
                (&relation.ty, relations::target(relation), relations::number(relation));
            Attribute {
                ident: &relation.ident,
                vis: relation.vis.to_token_stream(),
                constant: quote!(__p::Relationship<#this, #target, #number>),
                read: access::read(relation),
                given: Some(quote!(impl __p::Relate<#ty>)),
            }
        }
        Named::Composite(composite) => {
            let ty = &composite.ty;
            Attribute {
                ident: &composite.ident,
                vis: composite.vis.to_token_stream(),
                constant: composites::constant_type(model, composite),
                read: quote!(__p::Result<#ty>),
                given: (!composite.only_read).then(|| composites::given(composite)),
            }
        }
        Named::Proxy(proxy) => {
            let relation = model.relations.get(proxy.relation)?;
            Attribute {
                ident: &proxy.ident,
                vis: proxy.vis.to_token_stream(),
                constant: proxies::constant_type(model, proxy, relation),
                read: proxies::read(proxy, relation),
                given: (!proxy.viewonly).then(|| proxies::given(proxy, relation)),
            }
        }
    })
}

/// What the declaration says of them, for names that are looked up when the program runs.
pub(super) fn declared(model: &Model) -> Option<TokenStream> {
    let pairs = synonyms(model).map(|(ident, attribute)| {
        let (name, of) = (plain(ident), plain(attribute.ident));
        quote!((#name, #of))
    });
    let pairs: Vec<TokenStream> = pairs.collect();
    (!pairs.is_empty()).then(|| quote!(.synonyms(&[#(#pairs),*])))
}

/// `User::job_status`.
pub(super) fn descriptors(model: &Model) -> TokenStream {
    let this = &model.ident;
    let all = synonyms(model).map(|(ident, Attribute { ident: of, vis, constant, .. })| {
        let doc = format!("Another name of [`Self::{}`].", plain(of));
        quote! {
            #[doc = #doc]
            #vis const #ident: #constant = #this::#of;
        }
    });
    all.collect()
}

/// `job_status()` and `set_job_status()`.
pub(super) fn accessors(model: &Model) -> TokenStream {
    let all = synonyms(model).map(|(ident, Attribute { ident: of, vis, read, given, .. })| {
        let (set, set_of) = (with_prefix("set", ident), with_prefix("set", of));
        let (reads, sets) = (plain(of), plain(&set_of));
        let (reads, sets) = (format!("As [`Self::{reads}`]."), format!("As [`Self::{sets}`]."));
        let setter = given.map(|given| {
            quote! {
                #[doc = #sets]
                #vis fn #set(&self, value: #given) -> __p::Result<()> { self.#set_of(value) }
            }
        });
        quote! {
            #[doc = #reads]
            #[track_caller]
            #vis fn #ident(&self) -> #read { self.#of() }
            #setter
        }
    });
    all.collect()
}

/// The methods of the builder.
pub(super) fn of_builder(model: &Model) -> TokenStream {
    let all = synonyms(model).filter_map(|(ident, Attribute { ident: of, vis, given, .. })| {
        let (given, doc) = (given?, format!("As [`Self::{}`].", plain(of)));
        Some(quote! {
            #[doc = #doc]
            #vis fn #ident(self, value: #given) -> Self { self.#of(value) }
        })
    });
    all.collect()
}
