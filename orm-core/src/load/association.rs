//! The association table in a statement of its target, where both may be called alike.

use super::joined;
use crate::mapper::Relation;
use crate::sql::{Alias, SelectStmt, TableRef, own_name};

/// The name of the association table beside the target: with a number where a table of another schema is called like that,
/// since the database can't tell their columns apart then.
pub(super) fn association_beside(relation: &Relation, target: &TableRef) -> Option<TableRef> {
    let table = TableRef::new(relation.secondary()?.name);
    let is_alike = own_name(&table.name).eq_ignore_ascii_case(&own_name(&target.name));
    Some(if is_alike && table != *target { table.aliased(Alias::Number(2)) } else { table })
}

/// The statement in the order of the relationship, whose association table goes by that name.
pub(super) fn in_order(stmt: SelectStmt, relation: &Relation, association: Option<&TableRef>) -> SelectStmt {
    let renamed = association.filter(|name| name.alias != Alias::None);
    relation.order_by().iter().fold(stmt, |stmt, term| {
        let mut term = term.clone();
        if let Some(name) = renamed {
            term.tree = joined::rename(&term.tree, &mut |table| match table.name == name.name {
                true => name.clone(),
                false => table.clone(),
            });
        }
        stmt.order_by(term)
    })
}
