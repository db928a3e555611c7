//! Composites: for each a constant, its accessors, and a method of the builder.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::beside;
use crate::model::{Composite, Model, at, plain, start, with_prefix};

/// The composites whose columns have constants.
fn composites(model: &Model) -> impl Iterator<Item = &Composite> {
    let has_clash = |composite: &Composite| composite.columns.iter().any(|name| model.clashes_with(name));
    model.composites.iter().filter(move |composite| !has_clash(composite))
}

/// Its type, projected through a trait: a type that is no composite one is told of once, and not where code depends on it.
fn checked(composite: &Composite) -> TokenStream {
    let ty = &composite.ty;
    let span = start(ty);
    let (before, after) = (at(span, &quote!(<)), at(span, &quote!(as __p::CompositeValue>::Itself)));
    quote!(#before #ty #after)
}

/// The type of its constant.
pub(super) fn constant_type(model: &Model, composite: &Composite) -> TokenStream {
    let (this, ty) = (&model.ident, &composite.ty);
    at(start(ty), &quote!(__p::Composite<#this, #ty>))
}

/// What can be given for it.
pub(super) fn given(composite: &Composite) -> TokenStream {
    let ty = &composite.ty;
    at(start(ty), &quote!(impl __p::CompositeGiven<#ty>))
}

/// A call about it, at the place of its type.
fn call(composite: &Composite, function: &str, arguments: &TokenStream) -> TokenStream {
    let (function, ty) = (format_ident!("{function}"), checked(composite));
    at(start(&composite.ty), &quote!(__p::#function::<_, #ty>(#arguments)))
}

/// `Segment::start`. Another column than the type wants is shown at that, another number of them at their list.
pub(super) fn descriptors(model: &Model) -> TokenStream {
    let this = &model.ident;
    let all = composites(model).map(|composite| {
        let Composite { ident, vis, columns, ty, .. } = composite;
        let name = plain(ident);
        let doc = format!("The composite `{}.{name}`.", plain(this));
        let columns = columns.iter().map(|column| {
            let this = at(column.span(), &quote!(#this));
            quote_spanned!(column.span()=> #this::#column,)
        });
        let mut list = Group::new(Delimiter::Parenthesis, columns.collect());
        list.set_span(composite.list);
        let constant = constant_type(model, composite);
        // With its types, so that they are known where the list is looked at.
        let checked = checked(composite);
        let new = at(start(ty), &quote!(__p::composite::<#this, #checked>));
        let vis = at(start(ty), &quote!(#vis));
        let item = quote_spanned!(start(ty)=> #vis const #ident: #constant = #new(#name, #list););
        quote! {
            #[doc = #doc]
            #item
        }
    });
    all.collect()
}

/// What the declaration says of them, for names that are looked up when the program runs.
pub(super) fn declared(model: &Model) -> Option<TokenStream> {
    let all = composites(model).map(|composite| {
        let (name, columns) = (plain(&composite.ident), composite.columns.iter().map(plain));
        quote!((#name, &[#(#columns),*]))
    });
    let all: Vec<TokenStream> = all.collect();
    (!all.is_empty()).then(|| quote!(.composites(&[#(#all),*])))
}

/// `start()` and `set_start()`.
pub(super) fn accessors(model: &Model) -> TokenStream {
    let this = &model.ident;
    let all = composites(model).map(|composite| {
        let Composite { ident, vis, ty, .. } = composite;
        let (set, given) = (with_prefix("set", ident), given(composite));
        let get = call(composite, "get_composite", &quote!(&self.0, #this::#ident));
        let change_it = call(composite, "set_composite", &quote!(&self.0, #this::#ident, value));
        let about = format!("`{}.{}`", plain(this), plain(ident));
        let (read, change) = (format!("Reads {about}."), format!("Changes {about}."));
        let setter = (!composite.only_read).then(|| {
            quote! {
                #[doc = #change]
                #vis fn #set(&self, value: #given) -> __p::Result<()> { #change_it }
            }
        });
        quote! {
            #[doc = #read]
            #[track_caller]
            #vis fn #ident(&self) -> __p::Result<#ty> { #get }
            #setter
        }
    });
    all.collect()
}

/// The methods of the builder.
pub(super) fn of_builder(model: &Model) -> TokenStream {
    let (this, builder) = (&model.ident, beside::path(&model.builder));
    let all = composites(model).filter(|composite| !composite.only_read).map(|composite| {
        let Composite { ident, vis, .. } = composite;
        let (given, doc) = (given(composite), format!("Gives `{}`.", plain(ident)));
        let give = call(composite, "give_composite", &quote!(self.0, #this::#ident, value));
        quote! {
            #[doc = #doc]
            #vis fn #ident(self, value: #given) -> Self { #builder(#give) }
        }
    });
    all.collect()
}
