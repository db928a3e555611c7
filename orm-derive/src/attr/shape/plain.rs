//! Flags, texts, paths and expressions.

use syn::{Expr, ExprLit, Lit, LitStr};

use super::parse::{Entry, Shape, filled, members, path, wrong};
use crate::attr::setting::Setting;

/// Nothing, or `= true`, `= false`.
pub(crate) struct Flag;

impl Shape for Flag {
    type Value = bool;
    type Slot = Setting<bool>;

    fn example(key: &str) -> String {
        key.to_owned()
    }

    fn takes(key: &str) -> String {
        format!("`{key}`, `{key} = true` or `{key} = false`")
    }

    fn alone(_: Entry<'_>) -> syn::Result<bool> {
        Ok(true)
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<bool> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Bool(on), .. }) => Ok(on.value),
            other => Err(syn::Error::new_spanned(other, wrong::<Self>(entry))),
        }
    }
}

/// `= "text"`.
pub(crate) struct Text;

impl Shape for Text {
    type Value = LitStr;
    type Slot = Setting<LitStr>;

    fn example(key: &str) -> String {
        format!("{key} = \"...\"")
    }

    fn takes(key: &str) -> String {
        format!("a text, `{}`", Self::example(key))
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<LitStr> {
        filled::<Self>(entry, expr)
    }
}

/// Nothing, or `= "text"`.
pub(crate) struct TextOrNone;

impl Shape for TextOrNone {
    type Value = Option<LitStr>;
    type Slot = Setting<Option<LitStr>>;

    fn example(key: &str) -> String {
        Text::example(key)
    }

    fn takes(key: &str) -> String {
        format!("a text, `{}`, or stands alone", Self::example(key))
    }

    fn alone(_: Entry<'_>) -> syn::Result<Option<LitStr>> {
        Ok(None)
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<Option<LitStr>> {
        filled::<Self>(entry, expr).map(Some)
    }
}

/// `= a::Path`.
pub(crate) struct Path;

impl Shape for Path {
    type Value = syn::Path;
    type Slot = Setting<syn::Path>;

    fn example(key: &str) -> String {
        format!("{key} = path::to::It")
    }

    fn takes(key: &str) -> String {
        format!("a path, `{}`", Self::example(key))
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<syn::Path> {
        path::<Self>(entry, expr)
    }
}

/// `= Address::id`, or `= (Address::id, Address::city.desc())`.
pub(crate) struct Terms;

impl Shape for Terms {
    type Value = Vec<Expr>;
    type Slot = Setting<Vec<Expr>>;

    fn example(key: &str) -> String {
        format!("{key} = Address::id")
    }

    fn takes(key: &str) -> String {
        format!("an expression, `{}`", Self::example(key))
    }

    fn assigned(_: Entry<'_>, expr: Expr) -> syn::Result<Vec<Expr>> {
        Ok(members(expr))
    }
}

/// `= ` any expression.
pub(crate) struct Expression;

impl Shape for Expression {
    type Value = Expr;
    type Slot = Setting<Expr>;

    fn example(key: &str) -> String {
        format!("{key} = <expression>")
    }

    fn takes(key: &str) -> String {
        format!("an expression, `{}`", Self::example(key))
    }

    fn assigned(_: Entry<'_>, expr: Expr) -> syn::Result<Expr> {
        Ok(expr)
    }
}
