//! Lists in parentheses: fields, or keys with their values.

use std::marker::PhantomData;

use proc_macro2::Group;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, Token};

use super::parse::{Entry, Shape, wrong};
use crate::attr::keys;
use crate::attr::read::{self, Options};
use crate::attr::setting::{Given, Setting};

/// `(field, field)`.
pub(crate) struct Fields;

impl Shape for Fields {
    type Value = Vec<Ident>;
    type Slot = Setting<Vec<Ident>>;

    fn example(key: &str) -> String {
        format!("{key}(field, ...)")
    }

    fn takes(key: &str) -> String {
        format!("fields of this struct, `{}`", Self::example(key))
    }

    fn listed(entry: Entry<'_>, list: Group) -> syn::Result<Vec<Ident>> {
        let fields = Punctuated::<Ident, Token![,]>::parse_terminated
            .parse2(list.stream())
            .map_err(|error| syn::Error::new(error.span(), wrong::<Self>(entry)))?;
        if fields.is_empty() {
            return Err(syn::Error::new(list.span(), format!("`{}` names no field", entry.key)));
        }
        Ok(fields.into_iter().collect())
    }
}

/// `(key = value, ...)`, with the keys of that list. The list may stand several times.
pub(crate) struct Nested<O>(PhantomData<O>);

impl<O: Options> Shape for Nested<O> {
    type Value = O;
    type Slot = Vec<Given<O>>;

    fn example(key: &str) -> String {
        format!("{key}(...)")
    }

    fn takes(key: &str) -> String {
        let keys = keys::legal(O::PLACE).join(", ");
        format!("a list, `{}`, with the keys {keys}", Self::example(key))
    }

    fn listed(entry: Entry<'_>, list: Group) -> syn::Result<O> {
        let mut options = O::default();
        let parse = |input: ParseStream<'_>| {
            read::list(entry.ctxt, input, &mut options);
            Ok(())
        };
        parse.parse2(list.stream())?;
        Ok(options)
    }
}
