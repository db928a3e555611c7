//! `#[derive(CompositeType)]`: a struct that is kept in several columns.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Fields, Member, Type};

use crate::attr::{self, CompositeTypeOptions};
use crate::ctxt::{Ctxt, compile_errors};
use crate::model::{at, start};

/// How many parts a value has at most, and a key.
const PARTS: usize = 12;
const KEY_PARTS: usize = 8;

/// The impls of a struct: its conversion to its parts and back, and what it is in the rows of queries and as a key.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let (impls, errors) = Ctxt::collect(|ctxt| read(ctxt, input));
    let mut tokens = compile_errors(&errors);
    tokens.extend(impls.filter(|_| errors.is_empty()));
    tokens
}

fn read(ctxt: &Ctxt, input: &DeriveInput) -> Option<TokenStream> {
    let (CompositeTypeOptions { parts }, _) = attr::attributes(ctxt, &input.attrs);
    if !input.generics.params.is_empty() {
        let message = "`CompositeType` can't be derived for a generic type\nhelp: columns have one type each";
        ctxt.error(&input.generics, message);
        return None;
    }
    match parts.value() {
        Some(types) => {
            let types: Vec<&Type> = types.iter().collect();
            check(ctxt, input.ident.span(), &types)?;
            Some(impls(input, &types, &converted(input)))
        }
        None => of_fields(ctxt, input),
    }
}

fn check(ctxt: &Ctxt, at: Span, types: &[&Type]) -> Option<()> {
    let says = match types.len() {
        0 => "a composite type has a field for each column".to_owned(),
        1..=PARTS => return Some(()),
        count => format!("a composite type has up to {PARTS} columns, and this one {count}"),
    };
    ctxt.error_at(at, says);
    None
}

fn of_fields(ctxt: &Ctxt, input: &DeriveInput) -> Option<TokenStream> {
    let fields = match &input.data {
        Data::Struct(data) if !matches!(data.fields, Fields::Unit) => &data.fields,
        Data::Struct(_) => {
            ctxt.error(&input.ident, "a composite type has a field for each column");
            return None;
        }
        Data::Enum(_) | Data::Union(_) => {
            let message =
                "a composite type is a struct, or says its parts: `#[composite(parts: (Type, ...))]`";
            ctxt.error(&input.ident, message);
            return None;
        }
    };
    let types: Vec<&Type> = fields.iter().map(|field| &field.ty).collect();
    check(ctxt, input.ident.span(), &types)?;
    let members: Vec<Member> = fields.members().collect();
    let places = (0..members.len()).map(Member::from);
    let conversion = quote! {
        fn into_parts(self) -> Self::Parts { (#(self.#members,)*) }
        fn from_parts(parts: Self::Parts) -> ::core::result::Result<Self, __p::ValueError> {
            __p::Ok(Self { #(#members: parts.#places,)* })
        }
    };
    Some(impls(input, &types, &conversion))
}

/// By `Into` and `TryFrom`, of a type that says its parts.
fn converted(input: &DeriveInput) -> TokenStream {
    let span = input.ident.span();
    let into = at(span, &quote!(__p::parts_of(self)));
    let from = at(span, &quote!(__p::made_of_parts(parts)));
    quote! {
        fn into_parts(self) -> Self::Parts { #into }
        fn from_parts(parts: Self::Parts) -> ::core::result::Result<Self, __p::ValueError> { #from }
    }
}

fn impls(input: &DeriveInput, types: &[&Type], conversion: &TokenStream) -> TokenStream {
    let name = &input.ident;
    let mut parts = Group::new(Delimiter::Parenthesis, quote!(#(#types,)*));
    parts.set_span(name.span());
    // What is wrong with a type is shown at it.
    let keys = types.iter().map(|ty| {
        let ty = quote!(#ty);
        at(start(&ty), &quote!(<#ty as __p::ColumnField>::Key))
    });
    let key = matches!(types.len(), 2..=KEY_PARTS).then(|| {
        quote! {
            impl __p::IntoKey<(#(#keys,)*)> for #name {
                fn into_values(self) -> __p::Vec<__p::Value> { __p::key_values(self) }
            }
        }
    });
    quote! {
        const _: () = {
            use ::orm::__private as __p;
            #[automatically_derived]
            impl __p::CompositeType for #name {
                type Parts = #parts;
                #conversion
            }
            #[automatically_derived]
            impl __p::Row for #name {
                type First = Self;
                type Root = __p::AnyRoot;
                type Plain = Self;
                fn read(cells: &mut __p::Cells<'_>) -> __p::Result<Self> { __p::read_composite(cells) }
                fn plain(cells: &mut __p::Cells<'_>) -> __p::Result<Self> { __p::read_composite(cells) }
                fn plain_item<'p>(
                    _: &'p mut Self,
                    item: &mut usize,
                ) -> __p::Option<&'p mut dyn __p::PlainValue> {
                    __p::plain_items::<Self>(item)
                }
            }
            #[automatically_derived]
            impl __p::OptionalRow for #name {
                fn read_optional(cells: &mut __p::Cells<'_>) -> __p::Result<__p::Option<Self>> {
                    __p::read_optional_composite(cells)
                }
                fn plain_optional(cells: &mut __p::Cells<'_>) -> __p::Result<__p::Option<Self>> {
                    __p::read_optional_composite(cells)
                }
                fn optional_item<'p>(
                    _: &'p mut __p::Option<Self>,
                    item: &mut usize,
                ) -> __p::Option<&'p mut dyn __p::PlainValue> {
                    __p::plain_items::<Self>(item)
                }
            }
            #key
        };
    }
}
