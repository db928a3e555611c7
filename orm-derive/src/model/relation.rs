//! Relationship fields.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Ident, LitStr, Type};

use super::column::Reference;
use super::ty::{self, Shape};
use crate::attr::{self, Given, RelationOptions};
use crate::ctxt::Ctxt;

/// A field that is a relationship.
#[derive(Debug)]
pub(crate) struct RelationField {
    pub(crate) ident: Ident,
    /// The type, with `Self` spelled out.
    pub(crate) ty: TokenStream,
    /// Where the type begins and ends.
    pub(crate) span: (Span, Span),
    /// The other class, where the spelling shows it.
    pub(crate) target: Option<TokenStream>,
    /// The other class by name.
    pub(crate) named_target: Option<LitStr>,
    pub(crate) shape: Shape,
    pub(crate) back_populates: Option<LitStr>,
    pub(crate) secondary: Option<attr::Reference>,
    pub(crate) secondary_path: Option<TokenStream>,
    pub(crate) foreign_keys: Vec<Reference>,
    pub(crate) remote_side: Vec<Reference>,
    pub(crate) primaryjoin: Option<TokenStream>,
    pub(crate) secondaryjoin: Option<Given<TokenStream>>,
    pub(crate) order_by: Option<Given<Vec<TokenStream>>>,
    pub(crate) cascade: Option<Given<Vec<&'static str>>>,
    pub(crate) lazy: &'static str,
    pub(crate) single_parent: bool,
}

impl RelationField {
    pub(super) fn build(
        ctxt: &Ctxt,
        this: &Ident,
        ident: &Ident,
        ty: &Type,
        shape: Shape,
        options: RelationOptions,
    ) -> Self {
        let columns = |list: &[attr::Reference]| {
            list.iter().filter_map(|reference| Reference::build(ctxt, this, reference)).collect()
        };
        let named = |tokens: TokenStream| ty::without_self(tokens, this);
        let target = match &shape {
            Shape::Many(target)
            | Shape::ManySet(target)
            | Shape::One(target)
            | Shape::OptionalOne(target) => Some(named(target.clone())),
            Shape::Scalar | Shape::Other => None,
        };
        RelationField {
            ident: ident.clone(),
            ty: ty::without_self(ty, this),
            span: ends(ty),
            target,
            named_target: options.target,
            shape,
            back_populates: options.back_populates,
            secondary_path: match &options.secondary {
                Some(attr::Reference::Path(path)) => Some(named(quote!(#path))),
                _ => None,
            },
            secondary: options.secondary,
            foreign_keys: columns(&options.foreign_keys),
            remote_side: columns(&options.remote_side),
            primaryjoin: options.primaryjoin.map(|join| named(quote!(#join))),
            secondaryjoin: options
                .secondaryjoin
                .map(|join| Given { value: ty::without_self(&join.value, this), key: join.key }),
            order_by: options.order_by.map(|terms| Given {
                value: terms.value.iter().map(|term| ty::without_self(term, this)).collect(),
                key: terms.key,
            }),
            cascade: options.cascade,
            lazy: options.lazy.unwrap_or("select"),
            single_parent: options.single_parent,
        }
    }

    /// Whether the other class is named by a string, `AnyClass` in the type.
    pub(crate) fn is_named(&self) -> bool {
        self.named_target.is_some()
    }
}

/// The first and the last token's place; joining spans is not stable.
fn ends(ty: &Type) -> (Span, Span) {
    let tokens = quote!(#ty);
    let last = tokens.into_iter().last().map_or_else(|| ty.span(), |token| token.span());
    (ty.span(), last)
}
