//! Conditions that foreign keys say.

use super::super::Direction;
use super::super::condition::{JoinColumn, Side};
use super::super::draft::RelationDraft;
use super::super::resolve::nearest;
use crate::declare::join::{foreign_keys, is_among};
use crate::declare::{ForeignKeyDecl, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::Tree;

/// The condition of a foreign key between the two classes. Where `foreign_keys` names a part of it, only that part is
/// written by the relationship; the whole key joins.
pub(super) fn between(
    draft: &RelationDraft,
    key: &ForeignKeyDecl,
    me: &TableDecl,
    other: &TableDecl,
) -> Result<Tree<JoinColumn>> {
    let is_to_one = draft.direction == Direction::ManyToOne;
    let (from, to) = if is_to_one { (me, other) } else { (other, me) };
    let (foreign_side, side) =
        if is_to_one { (Side::Local, Side::Remote) } else { (Side::Remote, Side::Local) };
    let only = draft.decl.foreign_keys;
    let mut terms = Vec::new();
    for (name, reference) in key.columns.iter().zip(key.references) {
        let foreign = only.is_empty() || is_among(name, from.name, only);
        let (foreign, referenced) =
            (column(from, name, foreign_side, foreign)?, column(to, reference, side, false)?);
        // The side that is given when it is loaded lazily stands where it reads best.
        terms.push(referenced.equals(foreign));
    }
    Ok(Tree::all(terms))
}

/// The condition between an association table and one of the two classes.
pub(super) fn through(
    draft: &RelationDraft,
    association: &TableDecl,
    table: &TableDecl,
    side: Side,
) -> Result<Tree<JoinColumn>> {
    let Some(key) = foreign_keys(association, table.name, draft.decl.foreign_keys).first else {
        return Err(Error::new(Code::Internal, "the association table has no key to the class"));
    };
    let mut terms = Vec::new();
    for (name, reference) in key.columns.iter().zip(key.references) {
        let link = column(association, name, Side::Association, true)?;
        terms.push(column(table, reference, side, false)?.equals(link));
    }
    Ok(Tree::all(terms))
}

/// The place of a column in its table.
pub(super) fn place(table: &TableDecl, name: &str) -> Result<usize> {
    table.columns.iter().position(|column| column.name == name).ok_or_else(|| {
        let error = Error::new(Code::UnknownName, format!("`{}` has no column `{name}`", table.name));
        match nearest(name, table.columns.iter().map(|column| column.name)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("a column that stands in a constant is added by `orm::late!`"),
        }
    })
}

fn column(table: &TableDecl, name: &'static str, side: Side, foreign: bool) -> Result<Tree<JoinColumn>> {
    Ok(Tree::Late(JoinColumn { side, place: place(table, name)?, name, foreign }))
}
