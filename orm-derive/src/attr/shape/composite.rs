//! A composite: its name, its type, and the columns that make it up.

use proc_macro2::{Group, Span};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, Token, Type, parenthesized};

use super::parse::{Entry, Shape, wrong};
use crate::attr::setting::{Given, Setting};

/// `(start: Point = (x1, y1))`. It may stand several times.
pub(crate) struct Composed;

/// A composite.
#[derive(Debug)]
pub(crate) struct CompositeColumns {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) columns: Vec<Ident>,
    /// The place of their list.
    pub(crate) list: Span,
}

impl Shape for Composed {
    type Value = CompositeColumns;
    type Slot = Vec<Given<CompositeColumns>>;

    fn example(key: &str) -> String {
        format!("{key}(name: Type = (field, ...))")
    }

    fn takes(key: &str) -> String {
        format!(
            "a name, its type and its columns, `{}`: `{key}(start: Point = (x1, y1))`",
            Self::example(key)
        )
    }

    fn listed(entry: Entry<'_>, list: Group) -> syn::Result<CompositeColumns> {
        let read = |input: ParseStream<'_>| {
            let name = input.parse()?;
            input.parse::<Token![:]>()?;
            let ty = input.parse()?;
            input.parse::<Token![=]>()?;
            let columns;
            let brackets = parenthesized!(columns in input);
            let columns: Vec<Ident> =
                Punctuated::<Ident, Token![,]>::parse_terminated(&columns)?.into_iter().collect();
            Ok(CompositeColumns { name, ty, columns, list: brackets.span.join() })
        };
        let composite: CompositeColumns = read
            .parse2(list.stream())
            .map_err(|error: syn::Error| syn::Error::new(error.span(), wrong::<Self>(entry)))?;
        if composite.columns.is_empty() {
            return Err(syn::Error::new(composite.list, format!("`{}` names no field", entry.key)));
        }
        Ok(composite)
    }
}

/// `parts: (Type, ...)`.
pub(crate) struct Types;

impl Shape for Types {
    type Value = Vec<Type>;
    type Slot = Setting<Vec<Type>>;
    const IS_TYPE: bool = true;

    fn example(key: &str) -> String {
        format!("{key}: (Type, ...)")
    }

    fn takes(key: &str) -> String {
        format!("the types of the columns, `{}`", Self::example(key))
    }

    fn typed(entry: Entry<'_>, ty: Type) -> syn::Result<Vec<Type>> {
        match ty {
            Type::Tuple(tuple) if tuple.elems.is_empty() => {
                Err(syn::Error::new_spanned(tuple, format!("`{}` names no type", entry.key)))
            }
            Type::Tuple(tuple) => Ok(tuple.elems.into_iter().collect()),
            Type::Paren(paren) => Ok(vec![*paren.elem]),
            other => Err(syn::Error::new_spanned(other, wrong::<Self>(entry))),
        }
    }
}
