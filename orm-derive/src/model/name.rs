//! Names: snake case, raw identifiers, names made of others.

use heck::ToSnakeCase;
use proc_macro2::Span;
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::{Ident, LitStr, Path, Visibility};

use crate::attr::EntityOptions;
use crate::ctxt::Ctxt;

/// An identifier as text, without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// The text of an identifier as a literal.
pub(crate) fn literal(text: &str) -> LitStr {
    LitStr::new(text, Span::call_site())
}

/// The full name of a struct's table: with its schema before it, and a part with a point of its own in quotes.
pub(super) fn table(ident: &Ident, options: &EntityOptions) -> String {
    let part = |name: &str| match name.contains('.') || name.starts_with('"') {
        true => format!("\"{}\"", name.replace('"', "\"\"")),
        false => name.to_owned(),
    };
    let table = options.table.as_ref().map_or_else(|| plain(ident).to_snake_case(), LitStr::value);
    match &options.schema {
        Some(schema) => format!("{}.{}", part(&schema.value()), part(&table)),
        None if table.contains('.') => part(&table),
        None => table,
    }
}

/// `User` and `Builder` make `UserBuilder`. The span is the derive's, not the struct's.
pub(crate) fn suffixed(ident: &Ident, suffix: &str) -> Ident {
    Ident::new(&format!("{}{suffix}", plain(ident)), Span::call_site())
}

/// `set` and `type` make `set_type`.
pub(crate) fn with_prefix(prefix: &str, ident: &Ident) -> Ident {
    format_ident!("{}_{}", prefix, plain(ident), span = ident.span())
}

/// A number that is made of all tokens, by FNV: the same in each build.
pub(super) fn print(tokens: impl ToTokens) -> u32 {
    let text = tokens.to_token_stream().to_string();
    text.bytes().fold(0x811c_9dc5, |print, byte| (print ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A field as its items are named: those of a field that is seen by fewer than its struct are seen by these too.
pub(super) struct Named<'a> {
    pub(super) ident: &'a Ident,
    /// What the user says of it.
    pub(super) docs: String,
    pub(super) vis: Visibility,
}

/// Who sees the items of a field.
pub(super) fn visibility(class: &Visibility, field: &Visibility) -> Visibility {
    match field {
        Visibility::Public(_) => class.clone(),
        Visibility::Restricted(_) | Visibility::Inherited => field.clone(),
    }
}

/// Where the path of the crate `orm` begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RootFrom {
    /// At the top: of this crate, or of all.
    Top,
    /// In the struct's module, or among the crates.
    Module,
    /// In the module around that.
    Super,
}

impl RootFrom {
    pub(super) fn of(path: &Path) -> RootFrom {
        match path.segments.first() {
            Some(first) if path.leading_colon.is_none() && first.ident == "super" => RootFrom::Super,
            Some(first) if path.leading_colon.is_none() && first.ident != "crate" => RootFrom::Module,
            _ => RootFrom::Top,
        }
    }
}

/// The name of the builder.
pub(super) fn builder(ctxt: &Ctxt, class: &Ident, given: Option<&Path>) -> Ident {
    match given.map(|path| path.get_ident().ok_or(path)) {
        Some(Ok(name)) => name.clone(),
        Some(Err(path)) => {
            ctxt.error(path, "`builder` takes the name of the struct to be, `builder = NewUser`");
            suffixed(class, "Builder")
        }
        None => suffixed(class, "Builder"),
    }
}
