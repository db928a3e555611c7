//! The direction of a condition of the user's own.

use super::super::Direction;
use super::super::draft::RelationDraft;
use super::given::Marked;
use crate::declare::TableDecl;
use crate::error::{Code, Error, Result};
use crate::sql::Tree;

/// The direction: from the side whose columns are foreign.
pub(super) fn direction(
    tree: &Tree<Marked>,
    draft: &RelationDraft,
    other: &'static TableDecl,
) -> Result<Direction> {
    let me = &draft.model.table;
    let mut columns: Vec<Marked> = Vec::new();
    tree.walk(&mut |tree| {
        if let Tree::Late(column) = tree {
            columns.push(*column);
        }
    });
    let foreign = || columns.iter().filter(|column| column.foreign);
    let (mine, theirs) =
        (foreign().any(|column| column.is_of(me)), foreign().any(|column| column.is_of(other)));
    match (mine, theirs) {
        (true, false) => return Ok(Direction::ManyToOne),
        (false, true) => return Ok(Direction::OneToMany),
        (false, false) => {
            return Err(Error::new(Code::JoinCondition, "the condition has no foreign columns")
                .help("mark those by `foreign()` that hold a key, or name them in `foreign_keys`"));
        }
        (true, true) => {}
    }
    // A column that is compared with itself stands on both sides, and says nothing.
    let on = |column: &Marked, remote: bool| {
        columns.iter().any(|other| other.remote == remote && other.is(column))
    };
    let says = |column: &&Marked| !(on(column, true) && on(column, false));
    let (mut near, mut far): (Vec<&Marked>, Vec<&Marked>) = foreign().partition(|column| !column.remote);
    if !near.is_empty() && !far.is_empty() {
        near.retain(says);
        far.retain(says);
    }
    match (near.is_empty(), far.is_empty()) {
        (true, false) => Ok(Direction::OneToMany),
        (false, true) => Ok(Direction::ManyToOne),
        _ if me.name != other.name => {
            Err(Error::new(Code::JoinCondition, "foreign columns stand on both sides of the join")
                .help("mark those of one side by `foreign()`"))
        }
        _ => Err(Error::new(
            Code::JoinCondition,
            "`remote_side` names neither the foreign columns nor the referenced ones",
        )
        .help("name every column of one side of the join")),
    }
}
