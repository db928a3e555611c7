//! The conditions that declarations give, with the queries within them.

use std::rc::Rc;

use super::lower::within;
use crate::declare::{AliasId, Asked, OtherRows};
use crate::error::{Code, Error, Result};
use crate::query::leaf::{Output, Use};
use crate::query::parts::QueryParts;
use crate::query::{Condition, Leaf, columns_around, compared_tables, declared};
use crate::sql::{Depth, Op, OuterColumn, QueryWithin, Tree};

/// A join condition as a declaration keeps it, or a query within it. For generated code.
///
/// # Errors
/// `join-condition` where it asks for more than columns of the tables themselves and queries, and what a query says.
pub fn join_condition(condition: impl Condition, asked: Asked) -> Result<Tree> {
    join_condition_of(&condition.condition(), asked)
}

fn join_condition_of(condition: &Tree<Leaf>, asked: Asked) -> Result<Tree> {
    let make = match asked {
        Asked::Query(number) => return query(condition, number),
        Asked::Condition(make) => make,
    };
    let around = compared_tables(condition);
    let mut queries = 0;
    declared(condition, &mut |leaf| {
        let query = match leaf {
            Leaf::Query(query, _) => query,
            _ => return other_column(leaf).map(Ok),
        };
        let number = queries;
        queries += 1;
        Some(columns_around(query, &around).map(|outer| {
            let columns = outer.iter().map(OuterColumn::tree).collect();
            let make = move || make(Asked::Query(number));
            Tree::node(Op::Within(QueryWithin::new(outer, leaf.depth(), make)), columns)
        }))
    })
}

/// A column of an alias, or of a query with a name.
fn other_column(leaf: &Leaf) -> Option<Tree> {
    match leaf {
        Leaf::Column(column, alias) if *alias != AliasId::NEW_ROW => {
            let rows = if alias.is_of_query() { OtherRows::Query } else { OtherRows::Alias };
            Some(rows.column(column.table, column.name))
        }
        Leaf::Output(_, Output::Column(column, _)) => {
            Some(OtherRows::Query.column(column.table, column.name))
        }
        Leaf::Output(query, Output::Named(name)) => {
            Some(OtherRows::Query.column(query.named().name.clone(), name.clone()))
        }
        _ => None,
    }
}

/// The query of that number.
fn query(condition: &Tree<Leaf>, number: usize) -> Result<Tree> {
    let mut queries: Vec<(&Rc<QueryParts>, Use)> = Vec::new();
    condition.walk(&mut |tree| {
        if let Tree::Late(Leaf::Query(query, how)) = tree {
            queries.push((query, *how));
        }
    });
    match queries.get(number) {
        Some((query, how)) => within(query, *how, &columns_around(query, &compared_tables(condition))?),
        None => Err(Error::new(Code::JoinCondition, "a declared condition isn't the same each time")
            .help("make it of the same queries whenever it is called")),
    }
}
