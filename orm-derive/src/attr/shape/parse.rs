//! Parses what follows a key, in the shape that the key's type says.

use proc_macro2::{Group, Span};
use syn::parse::ParseStream;
use syn::{Expr, ExprLit, Lit, LitStr, Token, Type};

use crate::attr::setting::{Given, Slot};
use crate::ctxt::Ctxt;

/// A key whose value is being read.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(in crate::attr) ctxt: &'a Ctxt,
    pub(in crate::attr) key: &'a str,
    pub(in crate::attr) span: Span,
}

/// The shape of a value. Each method reads one way of writing it, and refuses what the shape doesn't override.
pub(crate) trait Shape: Sized {
    /// What is read.
    type Value;
    /// What keeps it: a `Setting`, or a `Vec` where the key may stand several times.
    type Slot: Slot<Self::Value>;

    /// An example, for messages and documentation.
    fn example(key: &str) -> String;

    /// What the key takes, for the message where something else stands there.
    fn takes(key: &str) -> String;

    /// `key`
    fn alone(entry: Entry<'_>) -> syn::Result<Self::Value> {
        Err(syn::Error::new(entry.span, wrong::<Self>(entry)))
    }

    /// Whether it is a type, `key: Type`.
    const IS_TYPE: bool = false;

    /// `key: Type`
    fn typed(entry: Entry<'_>, _ty: Type) -> syn::Result<Self::Value> {
        Err(syn::Error::new(entry.span, wrong::<Self>(entry)))
    }

    /// `key = expr`
    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<Self::Value> {
        Err(syn::Error::new_spanned(expr, wrong::<Self>(entry)))
    }

    /// `key(...)`
    fn listed(entry: Entry<'_>, _list: Group) -> syn::Result<Self::Value> {
        Err(syn::Error::new(entry.span, wrong::<Self>(entry)))
    }
}

/// Reads the value of a key into its slot.
pub(in crate::attr) fn fill<S: Shape>(
    entry: Entry<'_>,
    input: ParseStream<'_>,
    slot: &mut S::Slot,
) -> syn::Result<()> {
    let value = parse::<S>(entry, input).inspect_err(|_| slot.spoil())?;
    if slot.fill(Given { value, key: entry.span }).is_err() {
        entry.ctxt.error_at(entry.span, format!("`{}` stands twice", entry.key));
    }
    Ok(())
}

fn parse<S: Shape>(entry: Entry<'_>, input: ParseStream<'_>) -> syn::Result<S::Value> {
    if input.peek(syn::token::Paren) {
        return S::listed(entry, input.parse()?);
    }
    if S::IS_TYPE && input.peek(Token![:]) {
        input.parse::<Token![:]>()?;
        return S::typed(entry, input.parse()?);
    }
    if !input.peek(Token![=]) {
        return S::alone(entry);
    }
    let equals: Token![=] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new(equals.span, wrong::<S>(entry)));
    }
    let expr = input.parse::<Expr>().map_err(|error| {
        let mut wrong = syn::Error::new(error.span(), wrong::<S>(entry));
        wrong.combine(error);
        wrong
    })?;
    S::assigned(entry, peel(expr))
}

pub(super) fn wrong<S: Shape>(entry: Entry<'_>) -> String {
    format!("`{}` takes {}", entry.key, S::takes(entry.key))
}

/// A value without invisible or needless brackets around it.
pub(super) fn peel(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => peel(*group.expr),
        Expr::Paren(paren) => peel(*paren.expr),
        other => other,
    }
}

/// The members of a tuple or array, or the expression alone.
pub(super) fn members(expr: Expr) -> Vec<Expr> {
    match expr {
        Expr::Tuple(tuple) => tuple.elems.into_iter().map(peel).collect(),
        Expr::Array(array) => array.elems.into_iter().map(peel).collect(),
        other => vec![other],
    }
}

pub(super) fn text<S: Shape>(entry: Entry<'_>, expr: Expr) -> syn::Result<LitStr> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text),
        other => Err(syn::Error::new_spanned(other, wrong::<S>(entry))),
    }
}

/// A text that isn't empty.
pub(super) fn filled<S: Shape>(entry: Entry<'_>, expr: Expr) -> syn::Result<LitStr> {
    let text = text::<S>(entry, expr)?;
    if text.value().trim().is_empty() {
        return Err(syn::Error::new(text.span(), format!("`{}` is empty", entry.key)));
    }
    Ok(text)
}

pub(super) fn path<S: Shape>(entry: Entry<'_>, expr: Expr) -> syn::Result<syn::Path> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path),
        other => Err(syn::Error::new_spanned(other, wrong::<S>(entry))),
    }
}
