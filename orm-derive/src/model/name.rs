//! Names: snake case, raw identifiers, names made of others.

use heck::ToSnakeCase;
use proc_macro2::Span;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::{Ident, LitStr};

/// An identifier as text, without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// The text of an identifier as a literal.
pub(crate) fn literal(text: &str) -> LitStr {
    LitStr::new(text, Span::call_site())
}

/// The default name of a struct's table.
pub(super) fn snake(ident: &Ident) -> String {
    plain(ident).to_snake_case()
}

/// `User` and `Builder` make `UserBuilder`. The span is the derive's, not the struct's.
pub(crate) fn suffixed(ident: &Ident, suffix: &str) -> Ident {
    Ident::new(&format!("{}{suffix}", plain(ident)), Span::call_site())
}

/// `set` and `type` make `set_type`.
pub(crate) fn with_prefix(prefix: &str, ident: &Ident) -> Ident {
    format_ident!("{}_{}", prefix, plain(ident), span = ident.span())
}
