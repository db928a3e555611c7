//! The condition of a relationship as an expression: what lazy loads, joins and `EXISTS` are made of.

use super::Relation;
use crate::declare::{ColumnId, TableDecl};
use crate::sql::{Expr, TableRef};

/// The columns of the object that the condition is about.
pub(crate) fn local_columns(relation: &Relation) -> impl Iterator<Item = ColumnId> {
    let direct = relation.pairs().iter().map(|pair| pair.local);
    direct.chain(relation.near_pairs().iter().map(|pair| pair.column))
}

/// The condition that joins a class (or an alias of it) to a relationship's target: the association table, where
/// there is one, the conditions of the near side, and those of the far side.
pub(crate) fn join_condition(
    relation: &Relation,
    from: impl Fn(ColumnId) -> Expr,
    to: TableRef,
) -> (Option<TableRef>, Vec<Expr>, Vec<Expr>) {
    let target = relation.target();
    let column = |id: ColumnId| Expr::Column(to.column(target.column(id).name()));
    let Some(table) = relation.secondary() else {
        let is_local_first = relation.direction() == super::Direction::OneToMany;
        let pairs = relation.pairs().iter().map(|pair| match is_local_first {
            true => from(pair.local).equals(column(pair.remote)),
            false => column(pair.remote).equals(from(pair.local)),
        });
        return (None, pairs.collect(), Vec::new());
    };
    let link = |table: &'static TableDecl, index: usize| {
        Expr::Column(TableRef::new(table.name).column(table.columns[index].name))
    };
    let near = relation.near_pairs().iter().map(|pair| from(pair.column).equals(link(table, pair.link)));
    let far = relation.far_pairs().iter().map(|pair| column(pair.column).equals(link(table, pair.link)));
    (Some(TableRef::new(table.name)), near.collect(), far.collect())
}
