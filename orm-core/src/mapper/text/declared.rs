//! Relationships whose arguments are texts: what these say takes their place in the declaration.

use super::meaning::{Names, columns, condition};
use super::order::order;
use crate::declare::{ColumnName, ConditionDecl, OrderDecl, RelationDecl};
use crate::error::Result;

/// The declaration without texts. It lives as long as the mapping, the life of the program.
///
/// # Errors
/// `join-condition`, `unknown-name`, `ambiguous-name`: with the option, and the place in its text.
pub(in crate::mapper) fn read(
    names: Names<'_>,
    decl: &'static RelationDecl,
) -> Result<&'static RelationDecl> {
    let is_text = |decl: &Option<ConditionDecl>| matches!(decl, Some(ConditionDecl::Text(_)));
    let has_text = is_text(&decl.primaryjoin)
        || is_text(&decl.secondaryjoin)
        || matches!(decl.order_by, Some(OrderDecl::Text(_)))
        || decl.foreign_keys_text.is_some()
        || decl.remote_side_text.is_some();
    if !has_text {
        return Ok(decl);
    }
    let conditions = |option: &str, decl: Option<ConditionDecl>| match decl {
        Some(ConditionDecl::Text(text)) => {
            let tree = condition(names, option, text)?;
            Ok::<_, crate::error::Error>(Some(ConditionDecl::Read(Box::leak(Box::new(tree)))))
        }
        other => Ok(other),
    };
    let order_by = match decl.order_by {
        Some(OrderDecl::Text(text)) => {
            Some(OrderDecl::Read(Box::leak(order(names, "order_by", text)?.into_boxed_slice())))
        }
        other => other,
    };
    let named =
        |option: &str, typed: &'static [ColumnName], text: Option<&str>| -> Result<&'static [ColumnName]> {
            let Some(text) = text else { return Ok(typed) };
            let mut all = typed.to_vec();
            all.extend(columns(names, option, text)?);
            Ok(Box::leak(all.into_boxed_slice()))
        };
    Ok(Box::leak(Box::new(RelationDecl {
        primaryjoin: conditions("primaryjoin", decl.primaryjoin)?,
        secondaryjoin: conditions("secondaryjoin", decl.secondaryjoin)?,
        order_by,
        foreign_keys: named("foreign_keys", decl.foreign_keys, decl.foreign_keys_text)?,
        remote_side: named("remote_side", decl.remote_side, decl.remote_side_text)?,
        foreign_keys_text: None,
        remote_side_text: None,
        ..*decl
    })))
}
