//! What the spelling of a field's type suggests. It decides about the documentation and about early messages only:
//! the traits of the type decide what a field is.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, Type};

/// The well-known spellings.
#[derive(Debug)]
pub(crate) enum Shape {
    /// `Many<T>`.
    Many(TokenStream),
    /// `ManySet<T>`.
    ManySet(TokenStream),
    /// `ManyMap<K, T>`: the keys, and the other class.
    ManyMap(TokenStream, TokenStream),
    /// `WriteOnly<T>`.
    WriteOnly(TokenStream),
    /// `Dynamic<T>`.
    Dynamic(TokenStream),
    /// `One<T>`.
    One(TokenStream),
    /// `Option<One<T>>`.
    OptionalOne(TokenStream),
    /// A built-in column type, or `Option` of one.
    Scalar,
    /// Anything else: an alias, or a type of the user's own.
    Other,
}

const SCALARS: &[&str] = &[
    "i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize", "f32", "f64", "bool", "String",
    "Vec",
];
pub(super) const INTEGERS: &[&str] =
    &["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize"];

impl Shape {
    /// The other class, where the spelling shows it.
    pub(super) fn target(&self) -> Option<&TokenStream> {
        match self {
            Shape::Many(target)
            | Shape::ManySet(target)
            | Shape::ManyMap(_, target)
            | Shape::WriteOnly(target)
            | Shape::Dynamic(target)
            | Shape::One(target)
            | Shape::OptionalOne(target) => Some(target),
            Shape::Scalar | Shape::Other => None,
        }
    }
}

/// The spelling of a type.
pub(super) fn shape(ty: &Type) -> Shape {
    if let Some((key, target)) = keyed(ty) {
        return Shape::ManyMap(key.to_token_stream(), target.to_token_stream());
    }
    match generic(ty) {
        Some((name, Some(inner))) => match name.as_str() {
            "Many" => Shape::Many(inner.to_token_stream()),
            "ManySet" => Shape::ManySet(inner.to_token_stream()),
            "WriteOnly" => Shape::WriteOnly(inner.to_token_stream()),
            "Dynamic" => Shape::Dynamic(inner.to_token_stream()),
            "One" => Shape::One(inner.to_token_stream()),
            "Vec" if is_byte(inner) => Shape::Scalar,
            "Option" => match shape(inner) {
                Shape::One(target) => Shape::OptionalOne(target),
                Shape::Scalar => Shape::Scalar,
                Shape::Many(_)
                | Shape::ManySet(_)
                | Shape::ManyMap(..)
                | Shape::WriteOnly(_)
                | Shape::Dynamic(_)
                | Shape::OptionalOne(_)
                | Shape::Other => Shape::Other,
            },
            _ => Shape::Other,
        },
        Some((name, None)) if SCALARS.contains(&name.as_str()) => Shape::Scalar,
        _ => Shape::Other,
    }
}

/// The two arguments of `ManyMap`.
fn keyed(ty: &Type) -> Option<(&Type, &Type)> {
    let path = match ty {
        Type::Group(group) => return keyed(&group.elem),
        Type::Paren(paren) => return keyed(&paren.elem),
        Type::Path(path) if path.qself.is_none() => path,
        _ => return None,
    };
    let last = path.path.segments.last().filter(|last| last.ident == "ManyMap")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let mut arguments = arguments.args.iter();
    match (arguments.next()?, arguments.next()?, arguments.next()) {
        (GenericArgument::Type(key), GenericArgument::Type(target), None) => Some((key, target)),
        _ => None,
    }
}

/// A type without the `Option` around it.
pub(super) fn base(ty: &Type) -> &Type {
    match generic(ty) {
        Some((name, Some(inner))) if name == "Option" => inner,
        _ => ty,
    }
}

/// A type as users write it.
pub(super) fn spelled(ty: &Type) -> String {
    ty.to_token_stream().to_string().replace(' ', "").replace(',', ", ")
}

/// Whether a type is spelled as one that columns hold.
pub(super) fn looks_stored(ty: &Type) -> bool {
    matches!(shape(ty), Shape::Scalar)
}

/// Whether a type is spelled as a collection type of the user's own.
pub(super) fn is_own(ty: &Type) -> bool {
    matches!(generic(ty), Some((name, Some(_))) if name == "ManyAs")
}

/// Whether a type is spelled as an `Option`.
pub(super) fn looks_optional(ty: &Type) -> bool {
    matches!(generic(ty), Some((name, Some(_))) if name == "Option")
}

/// Whether a type is a built-in integer, or `Option` of one.
pub(super) fn looks_integer(ty: &Type) -> bool {
    match generic(ty) {
        Some((name, None)) => INTEGERS.contains(&name.as_str()),
        Some((name, Some(inner))) => name == "Option" && looks_integer(inner),
        None => false,
    }
}

/// The name of a built-in column type, and whether the type is an `Option` of it.
pub(super) fn scalar(ty: &Type) -> Option<(String, bool)> {
    let (name, inner) = generic(ty)?;
    match inner {
        Some(inner) if name == "Option" => {
            scalar(inner).filter(|(_, optional)| !optional).map(|(name, _)| (name, true))
        }
        _ if looks_stored(ty) => Some((name, false)),
        _ => None,
    }
}

fn is_byte(ty: &Type) -> bool {
    matches!(generic(ty), Some((name, None)) if name == "u8")
}

/// The last segment of a path, and its type argument if it has one. A type with several arguments is not looked
/// into.
pub(super) fn generic(ty: &Type) -> Option<(String, Option<&Type>)> {
    let path = match ty {
        Type::Group(group) => return generic(&group.elem),
        Type::Paren(paren) => return generic(&paren.elem),
        Type::Path(path) if path.qself.is_none() => path,
        _ => return None,
    };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::None => Some((last.ident.to_string(), None)),
        PathArguments::AngleBracketed(arguments) if arguments.args.len() == 1 => match arguments.args.first()
        {
            Some(GenericArgument::Type(inner)) => Some((last.ident.to_string(), Some(inner))),
            _ => None,
        },
        _ => None,
    }
}

/// What derived code calls values of its own.
const OWN_VALUES: [&str; 3] = ["self", "value", "source"];

/// The same tokens, all with that place: the compiler shows an error in them there. Names of values stay those of the derived
/// code: where the struct stands in a macro and the place doesn't, the names of both are different ones.
pub(crate) fn at(span: Span, tokens: &TokenStream) -> TokenStream {
    let moved = tokens.clone().into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), at(span, &group.stream()));
            inner.set_span(span);
            TokenTree::Group(inner)
        }
        TokenTree::Ident(mut ident) if OWN_VALUES.iter().any(|own| ident == own) => {
            ident.set_span(ident.span().located_at(span));
            TokenTree::Ident(ident)
        }
        mut other => {
            other.set_span(span);
            other
        }
    });
    moved.collect()
}

/// The place of the first token.
pub(crate) fn start(tokens: &TokenStream) -> Span {
    tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}

/// The tokens with the struct's name for `Self`, since they also stand outside of the struct.
pub(super) fn without_self(tokens: impl ToTokens, this: &Ident) -> TokenStream {
    replace(tokens.to_token_stream(), this)
}

fn replace(tokens: TokenStream, this: &Ident) -> TokenStream {
    let mut out = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident == "Self" => {
                let mut named = this.clone();
                named.set_span(ident.span());
                out.extend(quote!(#named));
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), replace(group.stream(), this));
                inner.set_span(group.span());
                out.extend([TokenTree::Group(inner)]);
            }
            other => out.extend([other]),
        }
    }
    out
}
