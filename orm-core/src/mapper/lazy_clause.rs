//! The condition of a relationship as an expression: what lazy loads, joins and `EXISTS` are made of.

use super::{Direction, Mapper, Relation};
use crate::declare::TableDecl;
use crate::sql::{Expr, TableRef};

/// The columns of the object that the condition is about.
pub(crate) fn local_columns(relation: &Relation) -> impl Iterator<Item = usize> {
    let local = relation.direction() == Direction::ManyToOne;
    relation.pairs().iter().map(move |(from, to)| if local { *to } else { *from })
}

/// The condition that joins a class (or an alias of it) to a relationship's target, with the tables that it
/// needs beside the target.
pub(crate) fn join_condition(
    relation: &Relation,
    target: &Mapper,
    from: impl Fn(usize) -> Expr,
    to: TableRef,
) -> (Option<TableRef>, Vec<Expr>) {
    let column = |index: usize| Expr::Column(to.column(target.columns()[index].name));
    let between = |table: &'static TableDecl, index: usize| {
        Expr::Column(TableRef::new(table.name).column(table.columns[index].name))
    };
    match (relation.direction(), relation.secondary()) {
        (Direction::OneToMany, _) => {
            (None, relation.pairs().iter().map(|(near, far)| from(*near).equals(column(*far))).collect())
        }
        (Direction::ManyToMany, Some(table)) => {
            let mut all: Vec<Expr> = relation
                .pairs()
                .iter()
                .map(|(near, link)| from(*near).equals(between(table, *link)))
                .collect();
            all.extend(
                relation
                    .secondary_pairs()
                    .iter()
                    .map(|(far, link)| column(*far).equals(between(table, *link))),
            );
            (Some(TableRef::new(table.name)), all)
        }
        _ => (None, relation.pairs().iter().map(|(far, near)| column(*far).equals(from(*near))).collect()),
    }
}
