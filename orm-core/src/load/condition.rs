//! The conditions and orders that declarations give, with the queries within them.

use std::rc::Rc;

use super::lower::within;
use crate::declare::{AliasId, Asked, AskedOrder, OtherRows};
use crate::error::{Code, Error, Result};
use crate::query::leaf::{Output, Use};
use crate::query::parts::QueryParts;
use crate::query::{Condition, Leaf, OrderBy, columns_around, compared_tables, declared, with_expressions};
use crate::sql::{Depth, Op, OrderTerm, OuterColumn, QueryWithin, Tree};

/// A join condition as a declaration keeps it, or a query within it. For generated code.
///
/// # Errors
/// `join-condition` where it asks for more than columns of the tables themselves and queries, and what a query says.
pub fn join_condition(condition: impl Condition, asked: Asked) -> Result<Tree> {
    join_condition_of(&with_expressions(&condition.condition()), asked)
}

fn join_condition_of(condition: &Tree<Leaf>, asked: Asked) -> Result<Tree> {
    let make = match asked {
        Asked::Query(number) => return query(&[condition], number),
        Asked::Condition(make) => make,
    };
    let around = compared_tables(&[condition]);
    let mut queries = 0;
    declared(condition, &mut |leaf| {
        let Leaf::Query(query, _) = leaf else { return other_column(leaf).map(Ok) };
        let number = queries;
        queries += 1;
        Some(kept(query, leaf.depth(), &around, move || make(Asked::Query(number))))
    })
}

/// The order of a collection as a declaration keeps it, or a query within it, as is asked for. For generated code.
pub fn order_terms<const N: usize>(terms: [OrderBy; N]) -> impl FnOnce(AskedOrder) -> Result<Vec<OrderTerm>> {
    move |asked| {
        let with = |term: OrderTerm<Leaf>| term.with(with_expressions(&term.tree));
        order_of(&terms.map(OrderBy::into_term).map(with), asked)
    }
}

/// # Errors
/// As [`join_condition`].
fn order_of(terms: &[OrderTerm<Leaf>], asked: AskedOrder) -> Result<Vec<OrderTerm>> {
    let trees: Vec<&Tree<Leaf>> = terms.iter().map(|term| &term.tree).collect();
    let make = match asked {
        AskedOrder::Query(number) => return query(&trees, number).map(|tree| vec![OrderTerm::asc(tree)]),
        AskedOrder::Terms(make) => make,
    };
    let around = compared_tables(&trees);
    let mut queries = 0;
    let mut known = |leaf: &Leaf| {
        let Leaf::Query(query, _) = leaf else { return None };
        let number = queries;
        queries += 1;
        let made =
            move || make(AskedOrder::Query(number))?.pop().map(|term| term.tree).ok_or_else(not_the_same);
        Some(kept(query, leaf.depth(), &around, made))
    };
    terms.iter().map(|term| Ok(term.with(declared(&term.tree, &mut known)?))).collect()
}

/// A query as a declaration keeps it, which is made by `make`.
fn kept(
    query: &QueryParts,
    depth: u16,
    around: &[&'static str],
    make: impl Fn() -> Result<Tree> + Send + Sync + 'static,
) -> Result<Tree> {
    let outer = columns_around(query, around)?;
    let columns = outer.iter().map(OuterColumn::tree).collect();
    Ok(Tree::node(Op::Within(QueryWithin::new(outer, depth, make)), columns))
}

/// A column of an alias, or of a query with a name.
fn other_column(leaf: &Leaf) -> Option<Tree> {
    match leaf {
        Leaf::Column(column, alias) if *alias != AliasId::NEW_ROW => {
            let rows = if alias.is_of_query() { OtherRows::Objects } else { OtherRows::Alias };
            Some(rows.column(column.table, column.name))
        }
        Leaf::Output(query, output) => {
            let query = &query.named().name;
            let rows = OtherRows::Query(query.clone());
            Some(match output {
                Output::Column(column, _) => rows.column(column.table, column.name),
                Output::Named(name) => rows.column(query.clone(), name.clone()),
            })
        }
        _ => None,
    }
}

/// The query of that number.
fn query(trees: &[&Tree<Leaf>], number: usize) -> Result<Tree> {
    let mut queries: Vec<(&Rc<QueryParts>, Use)> = Vec::new();
    for tree in trees {
        tree.walk(&mut |tree| {
            if let Tree::Late(Leaf::Query(query, how)) = tree {
                queries.push((query, *how));
            }
        });
    }
    match queries.get(number) {
        Some((query, how)) => within(query, *how, &columns_around(query, &compared_tables(trees))?),
        None => Err(not_the_same()),
    }
}

#[cold]
fn not_the_same() -> Error {
    Error::new(Code::JoinCondition, "a declared condition isn't the same each time")
        .help("make it of the same queries whenever it is called")
}
