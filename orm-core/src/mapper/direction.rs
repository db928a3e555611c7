//! Direction: on which side of a relationship the foreign key stands.

use super::Direction;
use super::join::ForeignPair;
use super::scope::RelationDraft;
use crate::declare::TableDecl;
use crate::error::{Code, Error, Result};
use crate::sql::ColumnRef;

/// The direction of a relationship without a table between.
pub(super) fn of(
    relation: &RelationDraft,
    pairs: &[ForeignPair],
    class: &TableDecl,
    target: &TableDecl,
) -> Result<Direction> {
    if class.name == target.name {
        return of_self(relation, pairs);
    }
    let on = |table: &TableDecl| pairs.iter().all(|pair| pair.foreign.table.name == table.name);
    if on(target) {
        Ok(Direction::OneToMany)
    } else if on(class) {
        Ok(Direction::ManyToOne)
    } else {
        Err(Error::new(Code::JoinCondition, "foreign columns stand on both sides of the join")
            .help("mark those of one side by `foreign(...)`"))
    }
}

/// Within one table the remote side decides: the foreign columns (one-to-many, what a collection means
/// without `remote_side`) or the columns that they reference (many-to-one).
fn of_self(relation: &RelationDraft, pairs: &[ForeignPair]) -> Result<Direction> {
    let marked: Vec<ColumnRef> = pairs.iter().filter_map(|pair| pair.remote).collect();
    let remote = if marked.is_empty() { relation.decl.remote_side } else { &marked };
    let all = |side: fn(&ForeignPair) -> ColumnRef| pairs.iter().all(|pair| remote.contains(&side(pair)));
    if remote.is_empty() {
        if relation.is_many() {
            return Ok(Direction::OneToMany);
        }
        return Err(Error::new(
            Code::JoinCondition,
            "a class related to itself has two sides; which one is this?",
        )
        .help("`remote_side` with the referenced column makes it the side of the parent"));
    }
    if all(|pair| pair.referenced) {
        Ok(Direction::ManyToOne)
    } else if all(|pair| pair.foreign) {
        Ok(Direction::OneToMany)
    } else {
        Err(Error::new(
            Code::JoinCondition,
            "`remote_side` names neither the foreign columns nor the referenced ones",
        )
        .help("name every column of one side of the join"))
    }
}
