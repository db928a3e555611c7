//! Orders that are written as texts.

use super::meaning::{Names, listed, read};
use super::mistake::Mistake;
use super::term::{Kind, Term};
use crate::error::Result;
use crate::sql::{Nulls, Order, OrderTerm};

/// The order that a text says: one term, or several in brackets or between commas.
///
/// # Errors
/// As [`condition`].
pub(in crate::mapper) fn order(names: Names<'_>, option: &str, text: &str) -> Result<Vec<OrderTerm>> {
    read(option, text, |term| listed(term).iter().map(|term| names.order(term)).collect())
}

impl Names<'_> {
    fn order(self, term: &Term) -> Result<OrderTerm, Mistake> {
        if let Kind::Call(callee, args) = &term.kind {
            let said = match (&callee.kind, args.as_slice()) {
                (Kind::Path(path), [of]) if path.len() == 1 => path.first().map(|name| (name, of.clone())),
                (Kind::Path(path), []) if path.len() > 2 => path.split_last().map(|(name, of)| {
                    (name, Term { at: callee.at, depth: 1, kind: Kind::Path(of.to_vec()) })
                }),
                (Kind::Member(of, name), []) => Some((name, Term::clone(of))),
                _ => None,
            };
            let change: Option<fn(Order) -> Order> = match said.as_ref().map(|(name, _)| name.as_str()) {
                Some("desc") => Some(|order| Order { descending: true, ..order }),
                Some("asc") => Some(|order| Order { descending: false, ..order }),
                Some("nulls_first" | "nullsfirst") => {
                    Some(|order| Order { nulls: Some(Nulls::AtStart), ..order })
                }
                Some("nulls_last" | "nullslast") => {
                    Some(|order| Order { nulls: Some(Nulls::AtEnd), ..order })
                }
                _ => None,
            };
            if let (Some((_, of)), Some(change)) = (said, change) {
                let term = self.order(&of)?;
                return Ok(OrderTerm { order: change(term.order), ..term });
            }
        }
        Ok(OrderTerm::asc(self.tree(term)?))
    }
}
