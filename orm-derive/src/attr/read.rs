//! Reads the entries of attributes, and of the lists in them, into options.

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, Meta, Token};

use super::keys::{self, Place};
use super::shape::Entry;
use super::unknown;
use crate::ctxt::Ctxt;

/// The options of a place: a field for each of its keys. The table of keys makes them. Who reads them takes the struct
/// apart without `..`, so that a key that nobody reads doesn't compile.
pub(crate) trait Options: Default {
    const PLACE: Place;

    /// Reads the value of a key into its field. Returns `None` where the place has no such key.
    fn read(&mut self, entry: Entry<'_>, input: ParseStream<'_>) -> Option<syn::Result<()>>;
}

/// The options of all attributes of a place among `attrs`, and where the first one stands.
pub(crate) fn attributes<O: Options>(ctxt: &Ctxt, attrs: &[Attribute]) -> (O, Option<Span>) {
    let word = O::PLACE.name();
    let mut options = O::default();
    let mut first = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(word)) {
        first = first.or_else(|| attr.path().get_ident().map(Ident::span));
        match &attr.meta {
            Meta::Path(_) => {}
            Meta::List(meta) => {
                let parse = |input: ParseStream<'_>| {
                    list(ctxt, input, &mut options);
                    Ok(())
                };
                if let Err(error) = meta.parse_args_with(parse) {
                    ctxt.push(error);
                }
            }
            Meta::NameValue(meta) => {
                let example = keys::example(O::PLACE);
                ctxt.error(meta, format!("`{word}` takes a list: `#[{word}({example})]`"));
            }
        }
    }
    (options, first)
}

/// Reads `key, key = value, key(...)`. A mistake in one entry doesn't hide those behind it.
pub(super) fn list<O: Options>(ctxt: &Ctxt, input: ParseStream<'_>, options: &mut O) {
    while !input.is_empty() {
        if let Err(error) = entry(ctxt, input, options) {
            ctxt.push(error);
            if skip_entry(input).is_err() {
                break;
            }
        }
        if !input.is_empty() && input.parse::<Token![,]>().is_err() {
            ctxt.error_at(input.span(), "expected `,`");
            if skip_entry(input).is_err() || input.parse::<Option<Token![,]>>().is_err() {
                break;
            }
        }
    }
}

fn entry<O: Options>(ctxt: &Ctxt, input: ParseStream<'_>, options: &mut O) -> syn::Result<()> {
    let name = input.call(Ident::parse_any).map_err(|error| {
        let keys = keys::legal(O::PLACE).join(", ");
        syn::Error::new(error.span(), format!("expected a key of `{}`: {keys}", O::PLACE.text()))
    })?;
    let (key, span) = (&*name.to_string(), name.span());
    options
        .read(Entry { ctxt, key, span }, input)
        .unwrap_or_else(|| Err(syn::Error::new(span, unknown::message(O::PLACE, key))))
}

/// Skips to the comma that ends the current entry, so that the ones behind it are still read.
fn skip_entry(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        TokenTree::parse(input)?;
    }
    Ok(())
}
