//! Proxies: for each a constant, its accessors, a method of the builder, and its check.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{quote, quote_spanned};

use super::{beside, relations};
use crate::model::{Model, Proxy, RelationField, Shape, at, plain, start, with_prefix};

/// The proxies with their relationships.
fn proxies(model: &Model) -> impl Iterator<Item = (&Proxy, &RelationField)> {
    let all = model.proxies.iter();
    all.filter_map(|proxy| Some((proxy, model.relations.get(proxy.relation)?)))
}

fn is_one(relation: &RelationField) -> bool {
    matches!(relation.shape, Shape::One(_) | Shape::OptionalOne(_))
}

fn access(proxy: &Proxy) -> TokenStream {
    if proxy.viewonly { quote!(, __p::ViewOnly) } else { TokenStream::new() }
}

fn about(model: &Model, proxy: &Proxy) -> String {
    format!("`{}.{}`", plain(&model.ident), plain(&proxy.ident))
}

/// The type of its constant.
pub(super) fn constant_type(model: &Model, proxy: &Proxy, relation: &RelationField) -> TokenStream {
    let (this, field, ty, access) = (&model.ident, &relation.ty, &proxy.ty, access(proxy));
    at(start(ty), &quote!(__p::Proxy<#this, #field, #ty #access>))
}

/// What its getter gives.
pub(super) fn read(proxy: &Proxy, relation: &RelationField) -> TokenStream {
    let (target, ty, field) = (relations::target(relation), &proxy.ty, &relation.ty);
    let access = access(proxy);
    let result = match &relation.shape {
        _ if relation.is_own => {
            let access = if proxy.viewonly { quote!(__p::ViewOnly) } else { quote!(__p::Writes) };
            quote!(__p::Proxied<#field, #ty, #access>)
        }
        Shape::ManyMap(key, _) => quote!(__p::ProxyMap<#key, #target, #ty #access>),
        Shape::One(_) | Shape::OptionalOne(_) => quote!(__p::Proxied<#field, #ty, __p::Writes>),
        _ => quote!(__p::ProxyCollection<#target, #ty #access>),
    };
    at(start(ty), &result)
}

/// `User::keywords`.
pub(super) fn descriptors(model: &Model) -> TokenStream {
    let this = &model.ident;
    let all = proxies(model).map(|(proxy, relation)| {
        let Proxy { ident, vis, ty, end, .. } = proxy;
        let target = relations::target(relation);
        let (through, name) = (&relation.ident, plain(ident));
        let doc = format!("The proxy {}.", about(model, proxy));
        let create = create(proxy, relation);
        // What is wrong with the attribute is shown at it.
        let end = at(end.span(), &quote!(&<#target>::#end));
        // And what is wrong with the type, at that.
        let new = call(ty, &quote!(__p::Proxy::new), quote!(#name, #this::#through, #end, #create));
        let span = start(ty);
        let (ty, vis) = (constant_type(model, proxy, relation), at(span, &quote!(#vis)));
        let cascading = proxy.cascades.then(|| quote!(.cascading()));
        let on_none = proxy.creates_on_none.then(|| quote!(.creating_on_none()));
        let item = quote_spanned!(span=> #vis const #ident: #ty = #new #cascading #on_none;);
        quote! {
            #[doc = #doc]
            #item
        }
    });
    all.collect()
}

/// What makes an object that leads to a value. What is wrong with what a creator gives is shown at it.
fn create(proxy: &Proxy, relation: &RelationField) -> TokenStream {
    let (target, ty) = (relations::target(relation), &proxy.ty);
    let key = match &relation.shape {
        Shape::ManyMap(key, _) => Some(key.clone()),
        _ => relation.is_keyed().then(|| quote!(_)),
    };
    match (key, &proxy.creator, &proxy.keys) {
        (Some(_), _, _) if proxy.viewonly => quote!(__p::KeyedCreate::Never),
        (Some(key), Some(creator), _) => {
            let made =
                call(creator, &quote!(__p::made_keyed::<#target, _, _, _, _>), quote!(key, value, #creator));
            quote!(__p::by_keyed_creator::<#key, #ty>(|key, value| #made))
        }
        (Some(key), None, Some((columns, _))) => {
            quote!(__p::by_key::<#key, #ty>(|object, key| __p::set_key::<#key, _>(#columns, object, key)))
        }
        (Some(_), None, None) => quote!(__p::KeyedCreate::Never),
        (None, Some(creator), _) => {
            let made = call(creator, &quote!(__p::made::<#target, _, _, _>), quote!(value, #creator));
            quote!(__p::by_creator::<#ty>(|value| #made))
        }
        (None, None, _) => quote!(__p::None),
    }
}

/// A call at the place of something of the user's, whatever is called with.
fn call(place: &TokenStream, function: &TokenStream, arguments: TokenStream) -> TokenStream {
    let function = at(start(place), function);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(start(place));
    quote!(#function #arguments)
}

/// `keywords()` and `set_keywords()`.
pub(super) fn accessors(model: &Model) -> TokenStream {
    let this = &model.ident;
    let all = proxies(model).map(|(proxy, relation)| {
        let Proxy { ident, vis, ty, .. } = proxy;
        let set = with_prefix("set", ident);
        let about = about(model, proxy);
        let (reads, change) = (format!("Reads {about}."), format!("Changes {about}."));
        let track = is_one(relation).then(|| quote!(#[track_caller]));
        let result = read(proxy, relation);
        let call = at(start(ty), &quote!(__p::read_proxy(&self.0, &#this::#ident)));
        let setter = (!proxy.viewonly).then(|| {
            let (given, call) = (given(proxy, relation), setter(proxy, relation, "set"));
            quote! {
                #[doc = #change]
                #vis fn #set(&self, value: #given) -> __p::Result<()> { #call(&self.0, &#this::#ident, value) }
            }
        });
        quote! {
            #[doc = #reads]
            #track
            #vis fn #ident(&self) -> #result { #call }
            #setter
        }
    });
    all.collect()
}

/// What can be given for it.
pub(super) fn given(proxy: &Proxy, relation: &RelationField) -> TokenStream {
    let (field, ty) = (&relation.ty, &proxy.ty);
    let given = match (is_one(relation), proxy.cascades) {
        (false, _) => quote!(impl __p::SetProxy<#field, #ty>),
        (true, false) => quote!(impl __p::ProxyGiven<#ty>),
        (true, true) => quote!(impl __p::ProxyGiven<<#ty as __p::ProxyEnd>::Optional>),
    };
    at(start(ty), &given)
}

/// What sets it, or gives it to an object that is being built.
fn setter(proxy: &Proxy, relation: &RelationField, verb: &str) -> TokenStream {
    let kind = match (is_one(relation), proxy.cascades) {
        (false, _) => "proxy",
        (true, false) => "scalar_proxy",
        (true, true) => "optional_proxy",
    };
    let function = quote::format_ident!("{verb}_{kind}");
    quote!(__p::#function)
}

/// The methods of the builder.
pub(super) fn of_builder(model: &Model) -> TokenStream {
    let (this, builder) = (&model.ident, beside::path(&model.builder));
    let all = proxies(model).filter(|(proxy, _)| !proxy.viewonly).map(|(proxy, relation)| {
        let Proxy { ident, vis, .. } = proxy;
        let (given, call) = (given(proxy, relation), setter(proxy, relation, "give"));
        let doc = format!("Gives `{}`.", plain(ident));
        quote! {
            #[doc = #doc]
            #vis fn #ident(self, value: #given) -> Self { #builder(#call(self.0, &#this::#ident, value)) }
        }
    });
    all.collect()
}

/// The checks, as constants with their names.
pub(super) fn checks(model: &Model) -> TokenStream {
    let this = &model.ident;
    let all = proxies(model).map(|(proxy, relation)| {
        let Proxy { ident, ty, end, creates_on_none, .. } = proxy;
        let (field, name, end) = (&relation.ty, plain(ident), plain(end));
        let makes = if proxy.viewonly || proxy.creator.is_some() {
            quote!(__p::Makes::AsSaid)
        } else {
            let keys = proxy.keys.iter().flat_map(|(_, names)| names);
            quote!(__p::Makes::With(&[#(#keys),*]))
        };
        let check = quote!(__p::check_proxy::<#this, #field, #ty>(#name, #end, #makes, #creates_on_none));
        let check = at(ident.span(), &check);
        quote!(const #ident: () = #check;)
    });
    all.collect()
}
