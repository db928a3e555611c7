//! What a condition of the user's own has to have, so that the relationship can be loaded and written.

use super::super::draft::RelationDraft;
use super::given::{Marked, comparison};
use super::marks::any;
use crate::declare::TableDecl;
use crate::error::{Code, Error, Result};
use crate::sql::{CompareOp, Op, Tree};

/// That the condition has a foreign column, and, where the relationship is written, an equality by which its value is
/// known.
pub(super) fn foreign(tree: &Tree<Marked>, draft: &RelationDraft, option: &str) -> Result<()> {
    if !any(tree, &|column| column.foreign) {
        return Err(Error::new(Code::JoinCondition, format!("`{option}` has no foreign column"))
            .help("mark those by `foreign()` that hold a key, or name them in `foreign_keys`"));
    }
    if draft.decl.viewonly {
        return Ok(());
    }
    let mut is_equal = false;
    pairs(tree, &mut |is_equality, left, right| {
        is_equal |= is_equality && (left.foreign || right.foreign);
    });
    if is_equal {
        return Ok(());
    }
    Err(Error::new(
        Code::JoinCondition,
        format!(
            "`{option}` equates no foreign column with another one, so nobody knows what to write into it"
        ),
    )
    .help("compare them by `eq`, or write `viewonly`: then the relationship is only read"))
}

/// That it compares columns of both sides.
pub(super) fn sides(tree: &Tree<Marked>, draft: &RelationDraft, other: &'static TableDecl) -> Result<()> {
    let me = &draft.model.table;
    let misplaced = |column: &Marked| column.remote && column.is_of(me) && me.name != other.name;
    let mut wrong = None;
    tree.walk(&mut |tree| {
        if let Tree::Late(column) = tree
            && misplaced(column)
        {
            wrong = Some(*column);
        }
    });
    if let Some(column) = wrong {
        let message =
            format!("`{}` is said to be remote, but it is a column of the class itself", column.text());
        return Err(Error::new(Code::JoinCondition, message)
            .help("`remote()` and `remote_side` are for a class that leads to itself: remove them"));
    }
    let mut both = false;
    pairs(tree, &mut |_, left, right| both |= left.remote != right.remote);
    if both {
        return Ok(());
    }
    let help = match me.name == other.name {
        true => "mark the columns of the other row by `remote()`",
        false => "compare a foreign key of one with the column of the other that it references",
    };
    let message = "`primaryjoin` compares no column of the class with one of the other side";
    Err(Error::new(Code::JoinCondition, message).help(help))
}

/// That what is foreign in it is written into the association table.
pub(super) fn links(
    tree: &Tree<Marked>,
    draft: &RelationDraft,
    option: &str,
    association: &'static TableDecl,
) -> Result<()> {
    if !any(tree, &|column| column.foreign && !column.is_of(association)) || draft.decl.viewonly {
        return Ok(());
    }
    let message = format!("`{option}` says that a column outside of the association table is foreign");
    Err(Error::new(Code::JoinCondition, message)
        .help(format!("mark the columns of `{}` that hold the keys", association.name)))
}

/// The pairs of columns that are compared: each within the first operand of a comparison with each within the others, and
/// whether it is an equality.
fn pairs(tree: &Tree<Marked>, each: &mut dyn FnMut(bool, Marked, Marked)) {
    tree.walk(&mut |tree| {
        let Some((op, first, others)) = comparison(tree) else { return };
        let is_equality = *op == Op::Compare(CompareOp::Eq);
        first.walk_past_queries(&mut |left| {
            let Tree::Late(left) = left else { return };
            for other in others {
                other.walk_past_queries(&mut |right| {
                    if let Tree::Late(right) = right {
                        each(is_equality, *left, *right);
                    }
                });
            }
        });
    });
}
