//! Columns and tables, by path or by name.

use proc_macro2::{Group, Span, TokenStream};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr, Token};

use super::parse::{Entry, Shape, filled, members, path, peel, wrong};
use crate::attr::setting::Setting;

/// A column or a table, by path or by name.
#[derive(Clone, Debug)]
pub(crate) enum Reference {
    Path(syn::Path),
    Text(LitStr),
}

impl Reference {
    pub(crate) fn span(&self) -> Span {
        match self {
            Reference::Path(path) => path.span(),
            Reference::Text(text) => text.span(),
        }
    }
}

impl ToTokens for Reference {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Reference::Path(path) => path.to_tokens(tokens),
            Reference::Text(text) => text.to_tokens(tokens),
        }
    }
}

/// `= Link`, `= "link"`, or a query.
pub(crate) struct TableOrQuery;

impl Shape for TableOrQuery {
    type Value = Expr;
    type Slot = Setting<Expr>;

    fn example(key: &str) -> String {
        format!("{key} = Link")
    }

    fn takes(key: &str) -> String {
        format!("a table by path or name, `{key} = Link` or `{key} = \"link\"`, or a query")
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<Expr> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Str(_), .. })
            | Expr::Path(_)
            | Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Block(_)
            | Expr::Macro(_) => Ok(expr),
            Expr::Group(group) => Self::assigned(entry, *group.expr),
            Expr::Paren(inner) => Self::assigned(entry, *inner.expr),
            other => Err(syn::Error::new_spanned(other, wrong::<Self>(entry))),
        }
    }
}

/// `= "other::User"`, or `= other::User`.
pub(crate) struct StructRef;

impl Shape for StructRef {
    type Value = Reference;
    type Slot = Setting<Reference>;

    fn example(key: &str) -> String {
        format!("{key} = \"other::User\"")
    }

    fn takes(key: &str) -> String {
        format!("the path of a struct, `{key} = \"other::User\"`")
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<Reference> {
        reference::<Self>(entry, expr)
    }
}

/// `= Note::position`.
pub(crate) struct ColumnRef;

impl Shape for ColumnRef {
    type Value = syn::Path;
    type Slot = Setting<syn::Path>;

    fn example(key: &str) -> String {
        format!("{key} = Note::position")
    }

    fn takes(key: &str) -> String {
        format!("a typed column, `{}`", Self::example(key))
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<syn::Path> {
        path::<Self>(entry, expr)
    }
}

/// What the items of a collection are keyed by.
#[derive(Clone, Debug)]
pub(crate) enum KeyOf {
    Columns(Vec<syn::Path>),
    /// A closure, or the path of a function.
    Function(Expr),
}

/// Whether a path is that of a column: of something that belongs to a type.
fn is_column(path: &syn::Path) -> bool {
    let owner = path.segments.iter().rev().nth(1);
    owner.is_some_and(|owner| owner.ident.to_string().starts_with(char::is_uppercase))
}

/// `= Note::keyword`, `= (Note::x, Note::y)`, or `= |note| ...`.
pub(crate) struct KeyRef;

impl Shape for KeyRef {
    type Value = KeyOf;
    type Slot = Setting<KeyOf>;

    fn example(key: &str) -> String {
        format!("{key} = Note::keyword")
    }

    fn takes(key: &str) -> String {
        format!(
            "typed columns or a function, `{}`, `{key} = (Note::x, Note::y)` or `{key} = |note| ...`",
            Self::example(key)
        )
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<KeyOf> {
        match expr {
            Expr::Closure(_) => Ok(KeyOf::Function(expr)),
            Expr::Tuple(tuple) if (2..=5).contains(&tuple.elems.len()) => {
                let paths = tuple.elems.into_iter().map(|expr| path::<Self>(entry, peel(expr)));
                paths.collect::<syn::Result<_>>().map(KeyOf::Columns)
            }
            Expr::Tuple(tuple) => {
                let text = format!("`{}` takes one column alone, or two to five together", entry.key);
                Err(syn::Error::new_spanned(tuple, text))
            }
            other => {
                let one = path::<Self>(entry, other.clone())?;
                Ok(if is_column(&one) { KeyOf::Columns(vec![one]) } else { KeyOf::Function(other) })
            }
        }
    }
}

/// `= User::id`, or `= (User::id, User::org)`.
pub(crate) struct ColumnRefs;

impl Shape for ColumnRefs {
    type Value = Vec<Reference>;
    type Slot = Setting<Vec<Reference>>;

    fn example(key: &str) -> String {
        format!("{key} = Address::user_id")
    }

    fn takes(key: &str) -> String {
        format!("typed columns, `{key} = Address::user_id` or `{key} = (Address::x, Address::y)`")
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<Vec<Reference>> {
        members(expr).into_iter().map(|expr| reference::<Self>(entry, expr)).collect()
    }
}

/// `(User::id, User::org)`, or `("user_account.id", ...)`.
pub(crate) struct ColumnList;

impl Shape for ColumnList {
    type Value = Vec<Reference>;
    type Slot = Setting<Vec<Reference>>;

    fn example(key: &str) -> String {
        format!("{key}(Other::column, ...)")
    }

    fn takes(key: &str) -> String {
        format!("columns of the other table, `{}`", Self::example(key))
    }

    fn listed(entry: Entry<'_>, list: Group) -> syn::Result<Vec<Reference>> {
        let exprs = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.stream())?;
        if exprs.is_empty() {
            return Err(syn::Error::new(list.span(), format!("`{}` names no column", entry.key)));
        }
        exprs.into_iter().map(|expr| reference::<Self>(entry, peel(expr))).collect()
    }
}

/// A column or a table, where the shape takes one.
pub(super) fn reference<S: Shape>(entry: Entry<'_>, expr: Expr) -> syn::Result<Reference> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => filled::<S>(entry, expr).map(Reference::Text),
        other => path::<S>(entry, other).map(Reference::Path),
    }
}
