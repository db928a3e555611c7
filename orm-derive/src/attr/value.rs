//! Parses the value behind a key, in the shape that the table of keys says.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, Token};

use super::keys::{self, Key, Shape};
use super::{Entries, parse_list};
use crate::ctxt::Ctxt;

/// A value.
#[derive(Debug)]
pub(crate) enum Value {
    Flag(bool),
    Text(LitStr),
    Word(&'static str),
    Words(Vec<&'static str>),
    Path(Path),
    Reference(Reference),
    References(Vec<Reference>),
    Exprs(Vec<Expr>),
    Fields(Vec<Ident>),
    Nested(Entries),
}

/// A column or a table, by path or by name.
#[derive(Clone, Debug)]
pub(crate) enum Reference {
    Path(Path),
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

/// Parses what follows a key.
pub(super) fn parse(
    ctxt: &Ctxt,
    key: &'static Key,
    name: &Ident,
    input: ParseStream<'_>,
) -> syn::Result<Value> {
    if input.peek(syn::token::Paren) {
        return parenthesized(ctxt, key, name, input);
    }
    if !input.peek(Token![=]) {
        return match key.shape {
            Shape::Flag => Ok(Value::Flag(true)),
            _ => Err(syn::Error::new(name.span(), wrong(key))),
        };
    }
    let equals: Token![=] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new(equals.span, wrong(key)));
    }
    let expr = input.parse::<Expr>().map_err(|error| {
        let mut wrong = syn::Error::new(error.span(), wrong(key));
        wrong.combine(error);
        wrong
    })?;
    assigned(ctxt, key, peel(expr))
}

fn parenthesized(ctxt: &Ctxt, key: &'static Key, name: &Ident, input: ParseStream<'_>) -> syn::Result<Value> {
    let group: proc_macro2::Group = input.parse()?;
    let tokens = group.stream();
    match key.shape {
        Shape::Nested(place) => {
            let entries = (|input: ParseStream<'_>| Ok(parse_list(ctxt, place, input))).parse2(tokens)?;
            Ok(Value::Nested(entries))
        }
        Shape::Fields => {
            let fields = Punctuated::<Ident, Token![,]>::parse_terminated
                .parse2(tokens)
                .map_err(|error| syn::Error::new(error.span(), wrong(key)))?;
            if fields.is_empty() {
                return Err(syn::Error::new(group.span(), format!("`{}` names no field", key.name)));
            }
            Ok(Value::Fields(fields.into_iter().collect()))
        }
        Shape::List => {
            let exprs = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens)?;
            if exprs.is_empty() {
                return Err(syn::Error::new(group.span(), format!("`{}` names no column", key.name)));
            }
            exprs
                .into_iter()
                .map(|expr| reference(key, peel(expr)))
                .collect::<syn::Result<_>>()
                .map(Value::References)
        }
        _ => Err(syn::Error::new(name.span(), wrong(key))),
    }
}

fn assigned(ctxt: &Ctxt, key: &'static Key, expr: Expr) -> syn::Result<Value> {
    match key.shape {
        Shape::Flag => match &expr {
            Expr::Lit(ExprLit { lit: Lit::Bool(on), .. }) => Ok(Value::Flag(on.value)),
            _ => Err(syn::Error::new_spanned(expr, wrong(key))),
        },
        Shape::Text => text(key, expr).map(Value::Text),
        Shape::Word(words) => {
            let text = text(key, expr)?;
            word(key, words, &text.value().to_lowercase(), text.span()).map(Value::Word)
        }
        Shape::Words(legal) => {
            let text = text(key, expr)?;
            let value = text.value();
            let mut words = Vec::new();
            for part in value.split(',').map(str::trim).filter(|part| !part.is_empty()) {
                match word(key, legal, part, text.span()) {
                    Ok(word) => words.push(word),
                    Err(error) => ctxt.push(error),
                }
            }
            Ok(Value::Words(words))
        }
        Shape::Path => path(key, expr).map(Value::Path),
        Shape::Reference | Shape::Table => reference(key, expr).map(Value::Reference),
        Shape::References => several(expr)
            .into_iter()
            .map(|expr| reference(key, expr))
            .collect::<syn::Result<_>>()
            .map(Value::References),
        Shape::Terms => Ok(Value::Exprs(several(expr))),
        Shape::Expr => Ok(Value::Exprs(vec![expr])),
        Shape::Fields | Shape::List | Shape::Nested(_) => Err(syn::Error::new_spanned(expr, wrong(key))),
    }
}

/// A value wrapped by invisible or needless brackets, by itself.
fn peel(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => peel(*group.expr),
        Expr::Paren(paren) => peel(*paren.expr),
        other => other,
    }
}

/// The members of a tuple or array, or the expression alone.
fn several(expr: Expr) -> Vec<Expr> {
    match expr {
        Expr::Tuple(tuple) => tuple.elems.into_iter().map(peel).collect(),
        Expr::Array(array) => array.elems.into_iter().map(peel).collect(),
        other => vec![other],
    }
}

fn text(key: &Key, expr: Expr) -> syn::Result<LitStr> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            if text.value().trim().is_empty() && !matches!(key.shape, Shape::Words(_)) {
                return Err(syn::Error::new(text.span(), format!("`{}` is empty", key.name)));
            }
            Ok(text)
        }
        other => Err(syn::Error::new_spanned(other, wrong(key))),
    }
}

fn path(key: &Key, expr: Expr) -> syn::Result<Path> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path),
        other => Err(syn::Error::new_spanned(other, wrong(key))),
    }
}

fn reference(key: &Key, expr: Expr) -> syn::Result<Reference> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => text(key, expr).map(Reference::Text),
        other => path(key, other).map(Reference::Path),
    }
}

fn word(key: &Key, words: &'static [&'static str], value: &str, at: Span) -> syn::Result<&'static str> {
    if let Some(word) = words.iter().find(|word| **word == value) {
        return Ok(word);
    }
    let mut message = format!("`{}` has no word \"{value}\"", key.name);
    if key.name == "lazy" && keys::LAZY_LATER.contains(&value) {
        message = format!("`lazy = \"{value}\"` is not supported yet");
    } else if let Some(near) = keys::nearest(value, words.iter().copied()) {
        message.push_str(&format!("\nhelp: did you mean \"{near}\"?"));
    }
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    message.push_str(&format!("\nlegal here: {}", quoted.join(", ")));
    Err(syn::Error::new(at, message))
}

fn wrong(key: &Key) -> String {
    let expected = match key.shape {
        Shape::Flag => format!("`{0}`, `{0} = true` or `{0} = false`", key.name),
        Shape::Text => format!("a text, `{}`", key.shape.example(key.name)),
        Shape::Word(words) => format!("one word, `{} = \"{}\"`", key.name, words.join("\"`, `\"")),
        Shape::Words(_) => format!("words in a text, `{} = \"all, delete-orphan\"`", key.name),
        Shape::Path => format!("a path, `{}`", key.shape.example(key.name)),
        Shape::Reference => {
            format!("a typed column or its name, `{0} = User::id` or `{0} = \"user_account.id\"`", key.name)
        }
        Shape::Table => format!("a table by path or name, `{0} = Link` or `{0} = \"link\"`", key.name),
        Shape::References => {
            format!("typed columns, `{0} = Address::user_id` or `{0} = (Address::x, Address::y)`", key.name)
        }
        Shape::Terms | Shape::Expr => format!("an expression, `{}`", key.shape.example(key.name)),
        Shape::Fields => format!("fields of this struct, `{}`", key.shape.example(key.name)),
        Shape::List => format!("columns of the other table, `{}`", key.shape.example(key.name)),
        Shape::Nested(place) => {
            let keys = keys::legal(place).join(", ");
            format!("a list, `{}`, with the keys {keys}", key.shape.example(key.name))
        }
    };
    format!("`{}` takes {expected}", key.name)
}

/// Skips to the comma that ends the current entry, so that the ones behind it are still read.
pub(super) fn skip_entry(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        proc_macro2::TokenTree::parse(input)?;
    }
    Ok(())
}
