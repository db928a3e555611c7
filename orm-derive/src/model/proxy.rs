//! Proxies: attributes that stand for those of the class at the other end of a relationship.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::Visibility;

use super::relation::{KeyOf, RelationField};
use super::ty::{self, Shape};
use super::{Derive, Model, plain};
use crate::attr::{self, Given, ProxyPath, nearest};
use crate::ctxt::Ctxt;

/// A proxy of the class.
#[derive(Debug)]
pub(crate) struct Proxy {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// The type of the attribute at the end of its path, with `Self` spelled out.
    pub(crate) ty: TokenStream,
    /// Which relationship it goes through, by its place among those of the class.
    pub(crate) relation: usize,
    /// The attribute at the end.
    pub(crate) end: Ident,
    /// What makes an object that leads to a value.
    pub(crate) creator: Option<TokenStream>,
    pub(crate) viewonly: bool,
    pub(crate) cascades: bool,
    pub(crate) creates_on_none: bool,
    /// The key columns of a keyed collection, if it goes through one that has such, and their attributes.
    pub(crate) keys: Option<(TokenStream, Vec<String>)>,
}

impl Model {
    /// Reads the proxies. One with a mistake isn't there.
    pub(super) fn proxies(&mut self, ctxt: &Ctxt, given: Vec<Given<ProxyPath>>) {
        for Given { value, key } in given {
            if self.derive == Derive::Table {
                let message = "a table without a class has no objects that proxies could be of";
                ctxt.error_at(key, format!("{message}\nhelp: derive `Mapped`"));
                return;
            }
            if let Some(proxy) = self.proxy(ctxt, value) {
                self.proxies.push(proxy);
            }
        }
    }

    fn proxy(&self, ctxt: &Ctxt, path: ProxyPath) -> Option<Proxy> {
        let ProxyPath { name, ty, relationship, end, options } = path;
        let (relation, field) = self.way(ctxt, &relationship)?;
        let is_one = matches!(field.shape, Shape::One(_) | Shape::OptionalOne(_));
        let attr::ProxyOptions { creator, viewonly, cascade_scalar_deletes, create_on_none_assignment } =
            options;
        let cascade = cascade_scalar_deletes.given().filter(|given| given.value).map(|given| given.key);
        let on_none = create_on_none_assignment.given().filter(|given| given.value).map(|given| given.key);
        let creator = creator.given();
        let viewonly = viewonly.is_on();
        let mut right = true;
        let mut wrong = |span: Span, message: String| {
            ctxt.error_at(span, message);
            right = false;
        };
        for (key, name) in [(cascade, "cascade_scalar_deletes"), (on_none, "create_on_none_assignment")] {
            let Some(key) = key else { continue };
            if !is_one {
                wrong(
                    key,
                    format!("`{name}` is of proxies through a to-one, and `{relationship}` is a collection"),
                );
            } else if viewonly {
                wrong(key, format!("`{name}` is about what is set, and the proxy is `viewonly`"));
            }
        }
        if let (Some(_), Some(key)) = (cascade, on_none) {
            wrong(
                key,
                "`create_on_none_assignment` and `cascade_scalar_deletes` exclude each other".to_owned(),
            );
        }
        if let Some(creator) = creator.as_ref().filter(|_| viewonly) {
            wrong(creator.key, "`creator` is about what is set, and the proxy is `viewonly`".to_owned());
        }
        let keys = match field.key.get() {
            Some(KeyOf::Columns(columns)) if field.is_keyed() => Some((columns.clone(), attributes(columns))),
            _ => None,
        };
        if field.is_keyed() && keys.is_none() && creator.is_none() && !viewonly {
            let message = format!(
                "`{relationship}` is keyed by a function, so that nothing says how a new object gets a key\nhelp: add \
                 `creator = |key, value| ...`, or `viewonly` where it is only read"
            );
            wrong(name.span(), message);
        }
        right.then(|| Proxy {
            vis: field.vis.clone(),
            ty: ty::without_self(&ty, &self.ident),
            relation,
            end,
            creator: creator.map(|creator| ty::without_self(&creator.value, &self.ident)),
            viewonly,
            cascades: cascade.is_some(),
            creates_on_none: on_none.is_some(),
            keys,
            ident: name,
        })
    }

    /// The relationship that a path begins with.
    fn way(&self, ctxt: &Ctxt, name: &Ident) -> Option<(usize, &RelationField)> {
        let this = &self.ident;
        let mut all = self.relations.iter().enumerate();
        let Some((index, field)) = all.find(|(_, relation)| plain(&relation.ident) == plain(name)) else {
            if self.has_field(&plain(name)) {
                let message = format!("`{this}.{name}` is a column: a proxy goes through a relationship");
                ctxt.error(name, message);
            } else if !self.left_out {
                let names: Vec<String> =
                    self.relations.iter().map(|relation| plain(&relation.ident)).collect();
                let near = nearest(&plain(name), names.iter().map(String::as_str));
                let help = near.map_or_else(String::new, |near| format!("\nhelp: did you mean `{near}`?"));
                ctxt.error(name, format!("`{this}` has no relationship `{name}`{help}"));
            }
            return None;
        };
        let why = match &field.shape {
            _ if field.is_named() => "its class is named by a text: a proxy needs its type",
            Shape::WriteOnly(_) | Shape::Dynamic(_) => {
                "it is never loaded, and a proxy reads the objects that it leads to\nhelp: ask by queries of its class"
            }
            Shape::Other if field.is_own => return Some((index, field)),
            Shape::Scalar | Shape::Other => {
                "its type is an alias: a proxy needs `Many<T>`, `ManySet<T>`, `ManyMap<K, T>`, `ManyAs<C>` or `One<T>` as it is"
            }
            Shape::Many(_)
            | Shape::ManySet(_)
            | Shape::ManyMap(..)
            | Shape::One(_)
            | Shape::OptionalOne(_) => return Some((index, field)),
        };
        ctxt.error(name, format!("no proxy goes through `{this}.{name}`: {why}"));
        None
    }
}

/// The last words of paths in a list.
fn attributes(columns: &TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let mut last: Option<String> = None;
    for token in columns.clone() {
        match token {
            TokenTree::Group(group) => return attributes(&group.stream()),
            TokenTree::Punct(punct) if punct.as_char() == ',' => found.extend(last.take()),
            TokenTree::Ident(ident) => last = Some(plain(&ident)),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found.extend(last);
    found
}
