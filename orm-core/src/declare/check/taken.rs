//! What a relationship takes from its reverse side: the association table where it names none, and what joins the classes
//! where its own foreign keys don't say that.

use super::super::join::{Join, join};
use super::super::{ModelDecl, RelationDecl, SecondaryDecl, TableDecl};
use super::association::associated;

/// The relationship with what it takes from its reverse side; nothing where it takes nothing.
pub(crate) const fn taken(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    reverse: &RelationDecl,
) -> Option<RelationDecl> {
    let takes_table = matches!(relation.secondary, SecondaryDecl::None)
        && !matches!(reverse.secondary, SecondaryDecl::None)
        && relation.primaryjoin.is_none()
        && matches!(join(me, other, relation), Join::Missing);
    let may_take_joins = !says(relation) && says(reverse);
    // Mostly it ends here. A copy has many fields, which the compiler copies one by one.
    if !takes_table {
        return if may_take_joins && !joins_alone(me, other, relation) {
            Some(all_of(reverse, relation))
        } else {
            None
        };
    }
    let with_table = RelationDecl { secondary: reverse.secondary, ..*relation };
    if may_take_joins && !joins_alone(me, other, &with_table) {
        return Some(all_of(reverse, relation));
    }
    Some(with_table)
}

/// The reverse side of a relationship, with all that it doesn't say itself taken from there.
pub(crate) const fn all_of(relation: &RelationDecl, reverse: &RelationDecl) -> RelationDecl {
    let has_table = !matches!(relation.secondary, SecondaryDecl::None);
    let says = says(reverse);
    // Through an association table, what is near to one side is far from the other.
    let (near, far) = if has_table {
        (relation.secondaryjoin, relation.primaryjoin)
    } else {
        (relation.primaryjoin, relation.secondaryjoin)
    };
    RelationDecl {
        secondary: relation.secondary,
        primaryjoin: if reverse.primaryjoin.is_some() { reverse.primaryjoin } else { near },
        secondaryjoin: if reverse.secondaryjoin.is_some() { reverse.secondaryjoin } else { far },
        foreign_keys: if says { reverse.foreign_keys } else { relation.foreign_keys },
        foreign_keys_text: if says { reverse.foreign_keys_text } else { relation.foreign_keys_text },
        ..*reverse
    }
}

/// Whether a relationship says itself what joins its classes.
pub(crate) const fn says(relation: &RelationDecl) -> bool {
    relation.primaryjoin.is_some()
        || relation.secondaryjoin.is_some()
        || !relation.foreign_keys.is_empty()
        || relation.foreign_keys_text.is_some()
}

/// Whether foreign keys join the classes of a relationship that says nothing itself. Of a table by name the compiler
/// doesn't know them.
const fn joins_alone(me: &ModelDecl, other: &ModelDecl, relation: &RelationDecl) -> bool {
    match join(me, other, relation) {
        Join::ToOne(_) | Join::ToMany(_) => true,
        Join::Association => match table(relation) {
            Some(table) => associated(me, other, relation, table).is_none(),
            None => false,
        },
        Join::Unknown | Join::Missing | Join::Several | Join::WhichSide(_) | Join::BadRemoteSide(_) => false,
    }
}

/// The association table, where the declaration has it.
pub(super) const fn table(relation: &RelationDecl) -> Option<&'static TableDecl> {
    match relation.secondary {
        SecondaryDecl::Table(table) | SecondaryDecl::Rows(table, _) if !table.name.is_empty() => Some(table),
        SecondaryDecl::Table(_)
        | SecondaryDecl::Rows(..)
        | SecondaryDecl::Query(_)
        | SecondaryDecl::Named(_)
        | SecondaryDecl::None => None,
    }
}
