//! Replacing leaves, walking, and how deep trees nest.

use super::{CompareOp, Depth, MAX_DEPTH, Never, Op, Tree};
use crate::sql::{AnsiDialect, SelectStmt, TableRef, func, render};
use crate::value::Value;

/// A leaf of a layer above, with an expression of a depth in it.
#[derive(Clone, Debug, PartialEq)]
struct Late(&'static str, u16);

impl Depth for Late {
    fn depth(&self) -> u16 {
        self.1
    }
}

fn lower(tree: &Tree<Late>) -> Result<Tree, String> {
    tree.lower(&mut |late: &Late| match late.0 {
        "" => Err("no name".to_owned()),
        name => Ok(TableRef::new("t").column(name).into()),
    })
}

#[test]
fn late_leaves_are_replaced() {
    let tree = Tree::Late(Late("a", 0)).equals(Tree::Param(0)).and(Tree::Late(Late("b", 0)).is_null().not());
    let sql = lower(&tree).map(|tree| render(&tree, &AnsiDialect).sql);
    assert_eq!(sql.as_deref(), Ok(r#""t"."a" = ? AND "t"."b" IS NOT NULL"#));
    let tree = func::call("lower", [tree, Tree::Late(Late("", 0))]);
    assert_eq!(lower(&tree), Err("no name".to_owned()));
}

#[test]
fn a_leaf_counts_as_deep_as_what_it_stands_for() {
    let tree = Tree::Late(Late("a", MAX_DEPTH - 1)).is_null();
    assert_eq!(tree.depth(), MAX_DEPTH);
    assert_eq!(tree.clone().is_null(), Tree::TooDeep);
    // Lowering counts again, so a shallow replacement makes it shallow.
    assert_eq!(lower(&tree).map(|tree| tree.depth()), Ok(1));
}

#[test]
fn walks_see_each_node_before_those_in_it() {
    let tree: Tree = Tree::Param(0).equals(Tree::Param(1)).and(Tree::exists(SelectStmt::new()));
    let mut seen = Vec::new();
    tree.walk(&mut |node| {
        seen.push(match node {
            Tree::Node(op, depth, _) => format!("{op:?} {depth}"),
            Tree::Param(number) => format!("?{number}"),
            other => format!("{:?}", std::mem::discriminant(other) == std::mem::discriminant(&tree)),
        });
    });
    assert_eq!(seen, ["And 31", "Compare(Eq) 1", "?0", "?1", "false"]);
}

#[test]
fn all_of_one_is_itself() {
    let param = Tree::<Never>::Param;
    assert_eq!(Tree::all([param(0)]), param(0));
    assert_eq!(Tree::<Never>::all([]), Tree::node(Op::And, vec![]));
    assert_eq!(Tree::all([param(0), param(1)]), Tree::node(Op::And, vec![param(0), param(1)]));
}

#[test]
fn conjuncts_are_those_of_each_and() {
    let param = Tree::<Never>::Param;
    let inner = Tree::node(Op::And, vec![param(1), Tree::node(Op::And, vec![param(2)])]);
    let tree = Tree::node(Op::And, vec![param(0), inner, param(3).or(param(4))]);
    let or = param(3).or(param(4));
    assert_eq!(tree.conjuncts(), [&param(0), &param(1), &param(2), &or]);
    assert_eq!(or.conjuncts(), [&or]);
}

#[test]
fn null_is_asked_for_by_is() {
    let null = || Tree::<Never>::Value(Value::Null);
    let param = Tree::<Never>::Param;
    assert_eq!(param(0).equals(null()), param(0).is_null());
    assert_eq!(param(0).compare(CompareOp::Ne, null()), param(0).is_null().not());
    assert_eq!(param(0).is_null().not().not(), param(0).is_null());
    // Order is unknown for NULL, and stays as it is asked for.
    let less = Tree::node(Op::Compare(CompareOp::Lt), vec![param(0), null()]);
    assert_eq!(param(0).compare(CompareOp::Lt, null()), less);
}

#[test]
fn long_conditions_are_not_deep() {
    let numbers = || (0..10_000).map(Tree::<Never>::Param);
    let flat = Tree::node(Op::Or, numbers().collect());
    assert_eq!(flat.depth(), 1);
    assert_eq!(numbers().reduce(Tree::or), Some(flat.clone()));
    assert_eq!(numbers().rev().reduce(|after, before| before.or(after)), Some(flat));
    let param = Tree::<Never>::Param;
    let (a, b) = (param(0).and(param(1)), param(2).and(param(3)));
    assert_eq!(a.clone().and(b.clone()), Tree::node(Op::And, (0..4).map(Tree::Param).collect()));
    assert_eq!(a.clone().or(b.clone()), Tree::node(Op::Or, vec![a, b]));
}

#[test]
fn what_nests_too_deep_is_given_up_at_once() {
    let nest = |times: usize| (0..times).fold(Tree::<Never>::Param(0), |tree, _| tree.is_null());
    assert_eq!(nest(usize::from(MAX_DEPTH)).depth(), MAX_DEPTH);
    assert_eq!(nest(usize::from(MAX_DEPTH) + 1), Tree::TooDeep);
    assert_eq!(nest(100_000), Tree::TooDeep);
    // AND and OR in turns don't make one list, and nest.
    let turns = (0..100_000).fold(Tree::<Never>::Param(0), |tree, i| match i % 2 {
        0 => tree.and(Tree::Param(1)),
        _ => tree.or(Tree::Param(2)),
    });
    assert_eq!(turns, Tree::TooDeep);
    let select = |tree: Tree| SelectStmt::new().filter(tree);
    let queries = (0..100_000).fold(Tree::Param(0), |tree, _| Tree::exists(select(tree)));
    assert_eq!(queries, Tree::TooDeep);
    let queries = (0..100_000).fold(Tree::Param(0), |tree, _| Tree::subquery(select(tree)));
    assert_eq!(queries, Tree::TooDeep);
    assert_eq!(Tree::late(Late("a", MAX_DEPTH + 1)), Tree::TooDeep);
}
