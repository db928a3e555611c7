//! Which columns of a condition are foreign, and which remote, where the user doesn't mark them.
//!
//! The rules are SQLAlchemy's: marks count before `foreign_keys` and `remote_side`, and these before what the foreign keys
//! of the tables say.

use super::super::condition::{JoinColumn, Side};
use super::super::draft::RelationDraft;
use super::given::{Marked, comparison};
use crate::declare::TableDecl;
use crate::declare::join::is_among;
use crate::error::{Code, Error, Result};
use crate::sql::{Op, Tree};

/// Marks the foreign columns: those of `foreign_keys` beside those that are marked, and where neither says anything, of
/// two columns that are compared the one that references the other, or that belongs to the association table.
pub(super) fn foreign(tree: &mut Tree<Marked>, draft: &RelationDraft) {
    let named = draft.decl.foreign_keys;
    let is_marked = any(tree, &|column| column.foreign);
    if is_marked || !named.is_empty() {
        return each(tree, &mut |column| column.foreign |= is_among(column.name, column.table.name, named));
    }
    let association = draft.secondary();
    let is_link = |column: &Marked| association.is_some_and(|table| column.is_of(table));
    tree.walk_mut(&mut |tree| {
        let Some((left, right)) = two_columns(tree) else { return };
        if association.is_some() {
            if is_link(left) != is_link(right) {
                (left.foreign, right.foreign) = (is_link(left), is_link(right));
            }
        } else if references(left, right) {
            left.foreign = true;
        } else if references(right, left) {
            right.foreign = true;
        }
    });
}

/// Marks the remote columns of the condition from the class: those of the association table, those of `remote_side`, and
/// else those of the target. Where the class leads to itself, the foreign columns are remote: it is a collection's side.
///
/// # Errors
/// `join-condition` where a class that leads to itself doesn't say which side this is. Of a comparison of which nobody can
/// say whose columns it has, it warns.
pub(super) fn remote(
    tree: &mut Tree<Marked>,
    draft: &RelationDraft,
    other: &'static TableDecl,
) -> Result<()> {
    if any(tree, &|column| column.remote) {
        return Ok(());
    }
    if let Some(association) = draft.secondary() {
        each(tree, &mut |column| column.remote = column.is_of(association));
        return Ok(());
    }
    let side = draft.decl.remote_side;
    let is_said = |column: &Marked| is_among(column.name, column.table.name, side);
    if draft.model.table.name != other.name {
        each(tree, &mut |column| {
            column.remote = if side.is_empty() { column.is_of(other) } else { is_said(column) };
        });
        return Ok(());
    }
    if side.is_empty() && !draft.decl.kind.is_many() {
        let message = "a class related to itself has two sides; which one is this?";
        return Err(Error::new(Code::JoinCondition, message)
            .help("`remote_side` with the referenced column makes it the side of the parent"));
    }
    let mut unclear = None;
    tree.walk_mut(&mut |tree| {
        if let Some((left, right)) = two_columns(tree) {
            let is_remote = |column: &Marked| if side.is_empty() { column.foreign } else { is_said(column) };
            left.remote = is_remote(left);
            // A column that is compared with itself is remote on one side only.
            right.remote = is_remote(right) && !right.is(left);
        } else if let Some((_, first, others)) = comparison(tree) {
            let column = std::iter::once(first).chain(others).find_map(first_column);
            unclear = unclear.or(column);
        }
    });
    if let Some(column) = unclear.filter(|_| side.is_empty()) {
        tracing::warn!(
            target: "orm::mapper",
            "`{}.{}`: `{}` could belong to either row of `{}`, and is taken for one of the class itself; mark the columns \
             of the row that the relationship leads to by `remote()`",
            draft.model.class,
            draft.name(),
            column.text(),
            other.name,
        );
    }
    Ok(())
}

/// The condition with the side of each column. `meant` is the side of a column that isn't marked, of a table that is both
/// the class's and the target's.
pub(super) fn sides(
    tree: &Tree<Marked>,
    draft: &RelationDraft,
    other: &TableDecl,
    meant: Side,
) -> Tree<JoinColumn> {
    let association = draft.secondary();
    let me = &draft.model.table;
    let is_self = me.name == other.name;
    let side = |column: &Marked| {
        if association.is_some_and(|table| column.is_of(table)) {
            Side::Association
        } else if column.remote || !column.is_of(me) {
            Side::Remote
        } else if is_self {
            meant
        } else {
            Side::Local
        }
    };
    let Ok(tree) = tree.lower(&mut |column: &Marked| {
        let Marked { place, name, foreign, .. } = *column;
        Ok::<_, std::convert::Infallible>(Tree::Late(JoinColumn { side: side(column), place, name, foreign }))
    });
    tree
}

/// Whether any column of the condition is so.
pub(super) fn any(tree: &Tree<Marked>, is: &dyn Fn(&Marked) -> bool) -> bool {
    let mut found = false;
    tree.walk(&mut |tree| found |= matches!(tree, Tree::Late(column) if is(column)));
    found
}

fn each(tree: &mut Tree<Marked>, change: &mut dyn FnMut(&mut Marked)) {
    tree.walk_mut(&mut |tree| {
        if let Tree::Late(column) = tree {
            change(column);
        }
    });
}

fn first_column(tree: &Tree<Marked>) -> Option<Marked> {
    let mut found = None;
    tree.walk(&mut |tree| {
        if let Tree::Late(column) = tree {
            found = found.or(Some(*column));
        }
    });
    found
}

/// The two columns of a node that has just these.
fn two_columns(tree: &mut Tree<Marked>) -> Option<(&mut Marked, &mut Marked)> {
    match tree {
        // Nothing says that a query compares the columns with each other.
        Tree::Node(Op::Within(_), ..) => None,
        Tree::Node(_, _, operands) => match operands.as_mut_slice() {
            [Tree::Late(left), Tree::Late(right)] => Some((left, right)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a foreign key says that one column references the other.
fn references(from: &Marked, to: &Marked) -> bool {
    from.table.foreign_keys.iter().any(|key| {
        key.table == to.table.name
            && key.columns.iter().zip(key.references).any(|(x, y)| *x == from.name && *y == to.name)
    })
}
