//! Column fields.

use proc_macro2::{Span, TokenStream};
use syn::{Expr, Ident, LitStr, Path, Type};

use super::{name, ty};
use crate::attr::{self, ColumnOptions, Given};
use crate::ctxt::Ctxt;

/// A field that is a column.
#[derive(Debug)]
pub(crate) struct ColumnField {
    pub(crate) ident: Ident,
    /// The type, with `Self` spelled out.
    pub(crate) ty: TokenStream,
    /// Whether the type is spelled as a built-in one.
    pub(crate) plain: bool,
    /// Whether the type is spelled as a built-in integer.
    pub(crate) integer: bool,
    /// The name in the database.
    pub(crate) name: String,
    /// Where a name was given by the attribute.
    pub(crate) named: Option<Span>,
    pub(crate) primary_key: bool,
    pub(crate) generated: Option<Given<bool>>,
    pub(crate) default: Option<TokenStream>,
    pub(crate) server_default: Option<LitStr>,
    /// The options that end up as constraints of the table.
    pub(crate) options: ColumnOptions,
}

/// A column of another table.
#[derive(Clone, Debug)]
pub(crate) enum Reference {
    /// `User::id`.
    Typed(TokenStream),
    /// `"user_account.id"`.
    Named { table: String, column: String },
}

impl Reference {
    /// Reads a path or `"table.column"`.
    pub(super) fn build(ctxt: &Ctxt, this: &Ident, reference: &attr::Reference) -> Option<Reference> {
        match reference {
            attr::Reference::Path(path) => {
                if path.segments.len() < 2 {
                    ctxt.error(path, "expected a typed column such as `User::id`");
                    return None;
                }
                Some(Reference::Typed(ty::without_self(path, this)))
            }
            attr::Reference::Text(text) => {
                let value = text.value();
                let parts = value.rsplit_once('.').map(|(table, column)| (table.trim(), column.trim()));
                match parts {
                    Some((table, column)) if !table.is_empty() && !column.is_empty() => {
                        Some(Reference::Named { table: table.to_owned(), column: column.to_owned() })
                    }
                    _ => {
                        ctxt.error(text, "expected \"table.column\"");
                        None
                    }
                }
            }
        }
    }
}

impl ColumnField {
    pub(super) fn build(
        ctxt: &Ctxt,
        this: &Ident,
        ident: &Ident,
        ty: &Type,
        mut options: ColumnOptions,
    ) -> Self {
        if let (None, Some(option)) = (
            &options.foreign_key,
            [&options.actions.on_delete, &options.actions.on_update, &options.actions.deferrable]
                .into_iter()
                .flatten()
                .next(),
        ) {
            ctxt.error_at(option.key, format!("`{ident}` has no `foreign_key` that this could be about"));
        }
        let default = options.default.take().map(|expr: Expr| ty::without_self(expr, this));
        ColumnField {
            ident: ident.clone(),
            ty: ty::without_self(ty, this),
            plain: ty::looks_stored(ty),
            integer: ty::looks_integer(ty),
            name: options.name.as_ref().map_or_else(|| name::plain(ident), LitStr::value),
            named: options.name.as_ref().map(LitStr::span),
            primary_key: options.primary_key,
            generated: options.generated.clone(),
            default,
            server_default: options.server_default.clone(),
            options,
        }
    }
}

/// The path of the class that a typed column belongs to, as text.
pub(super) fn owner(path: &Path) -> String {
    let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    segments.get(..segments.len().saturating_sub(1)).unwrap_or_default().join("::")
}
