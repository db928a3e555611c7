//! A proxy: its name, the type of what it stands for, the path to that, and what is said of it in the same list.

use proc_macro2::Group;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Token, Type};

use super::parse::{Entry, Shape, wrong};
use crate::attr::keys::ProxyOptions;
use crate::attr::read;
use crate::attr::setting::Given;

/// `(keywords: One<Keyword> = user_keywords.keyword, creator = ...)`. It may stand several times.
pub(crate) struct Proxied;

/// A proxy.
#[derive(Debug)]
pub(crate) struct ProxyPath {
    pub(crate) name: Ident,
    /// The type of the attribute at the end of the path.
    pub(crate) ty: Type,
    pub(crate) relationship: Ident,
    pub(crate) end: Ident,
    pub(crate) options: ProxyOptions,
}

impl Shape for Proxied {
    type Value = ProxyPath;
    type Slot = Vec<Given<ProxyPath>>;

    fn example(key: &str) -> String {
        format!("{key}(name: Type = relationship.attribute)")
    }

    fn takes(key: &str) -> String {
        format!(
            "a name, the type of the attribute and the path to it, `{}`: `{key}(keywords: One<Keyword> = \
             user_keywords.keyword)`",
            Self::example(key)
        )
    }

    fn listed(entry: Entry<'_>, list: Group) -> syn::Result<ProxyPath> {
        let parse = |input: ParseStream<'_>| {
            let (name, ty, relationship, end) =
                path(input).map_err(|error| syn::Error::new(error.span(), wrong::<Self>(entry)))?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
            let mut options = ProxyOptions::default();
            read::list(entry.ctxt, input, &mut options);
            Ok(ProxyPath { name, ty, relationship, end, options })
        };
        parse.parse2(list.stream())
    }
}

fn path(input: ParseStream<'_>) -> syn::Result<(Ident, Type, Ident, Ident)> {
    let name = input.parse()?;
    input.parse::<Token![:]>()?;
    let ty = input.parse()?;
    input.parse::<Token![=]>()?;
    let relationship = input.parse()?;
    input.parse::<Token![.]>()?;
    Ok((name, ty, relationship, input.parse()?))
}
