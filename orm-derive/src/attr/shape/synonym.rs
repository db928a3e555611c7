//! Synonyms: further names, each with the attribute that it is another name of.

use proc_macro2::Group;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, Token};

use super::parse::{Entry, Shape, wrong};
use crate::attr::setting::Given;

/// `(job_status = status, ...)`. It may stand several times.
pub(crate) struct Synonyms;

/// A further name of an attribute.
#[derive(Debug)]
pub(crate) struct SynonymOf {
    pub(crate) name: Ident,
    pub(crate) attribute: Ident,
}

impl Parse for SynonymOf {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(SynonymOf { name, attribute: input.parse()? })
    }
}

impl Shape for Synonyms {
    type Value = Vec<SynonymOf>;
    type Slot = Vec<Given<Vec<SynonymOf>>>;

    fn example(key: &str) -> String {
        format!("{key}(name = attribute, ...)")
    }

    fn takes(key: &str) -> String {
        format!("names and what they are other names of, `{}`", Self::example(key))
    }

    fn listed(entry: Entry<'_>, list: Group) -> syn::Result<Vec<SynonymOf>> {
        let synonyms = Punctuated::<SynonymOf, Token![,]>::parse_terminated
            .parse2(list.stream())
            .map_err(|error| syn::Error::new(error.span(), wrong::<Self>(entry)))?;
        if synonyms.is_empty() {
            return Err(syn::Error::new(list.span(), format!("`{}` says no name", entry.key)));
        }
        Ok(synonyms.into_iter().collect())
    }
}
