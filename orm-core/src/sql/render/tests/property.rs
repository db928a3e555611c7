//! For random expressions: every value has its placeholder, and no value is in the text.

use proptest::prelude::*;

use crate::sql::{
    Alias, BinaryOp, ColumnRef, CompareOp, Dialect, Never, Op, OrderTerm, Param, SelectStmt, SqlType,
    TableRef, Tree, render,
};
use crate::value::Value;

/// A placeholder that nothing else can be mistaken for.
const MARK: char = '\u{1}';

struct Marking;

impl Dialect for Marking {
    fn name(&self) -> &'static str {
        "marking"
    }

    fn type_name(&self, _: SqlType) -> &'static str {
        "ANY"
    }

    fn write_placeholder(&self, _: usize, out: &mut String) {
        out.push(MARK);
    }
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (1_000_000_000..i64::MAX).prop_map(Value::Int),
        (1e9..1e10).prop_map(Value::Real),
        "[a-z'\"?`$;%_-]{0,6}".prop_map(|text| Value::Text(format!("v'\"?{text}"))),
        proptest::collection::vec(any::<u8>(), 0..4).prop_map(Value::Blob),
    ]
}

fn column() -> impl Strategy<Value = ColumnRef> {
    (prop_oneof![Just("a?"), Just("b\""), Just("c'")], 0u32..3)
        .prop_map(|(name, alias)| TableRef::new("t").aliased(Alias::Number(alias)).column(name))
}

fn list(of: impl Strategy<Value = Tree>) -> impl Strategy<Value = Vec<Tree>> {
    proptest::collection::vec(of, 0..4)
}

fn select(of: impl Strategy<Value = Tree> + Clone + 'static) -> impl Strategy<Value = Box<SelectStmt>> {
    (list(of.clone()), list(of.clone()), list(of.clone()), of).prop_map(|(items, filter, order, extra)| {
        let mut select = SelectStmt::new().items(items).from(TableRef::new("t")).limit(extra.clone());
        select.filter = filter;
        select.order_by = order.into_iter().map(OrderTerm::desc).collect();
        Box::new(select.join(TableRef::new("u"), extra.clone()).group_by(extra.clone()).offset(extra))
    })
}

pub(super) fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        column().prop_map(Tree::Column),
        value().prop_map(Tree::Value),
        (0usize..9).prop_map(Tree::Param),
        Just(Tree::node(Op::Star, vec![])),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let unary = prop::sample::select(vec![Op::Not, Op::IsNull, Op::Foreign, Op::Remote, Op::Distinct]);
        let compare =
            prop::sample::select(vec![CompareOp::Eq, CompareOp::Ne, CompareOp::Lt, CompareOp::Same]);
        let binary = prop::sample::select(vec![BinaryOp::Add, BinaryOp::Mul, BinaryOp::Concat]);
        let escape = prop::option::of(prop::sample::select(vec!['\\', '\'', '!']));
        let two = prop_oneof![
            compare.prop_map(Op::Compare),
            binary.prop_map(Op::Binary),
            escape.prop_map(Op::Like)
        ];
        let many = prop::sample::select(vec![Op::And, Op::Or, Op::Tuple, Op::Func("coalesce".into())]);
        let operands = |count| proptest::collection::vec(inner.clone(), count);
        prop_oneof![
            (unary, operands(1..2)).prop_map(|(op, operands)| Tree::node(op, operands)),
            (two, operands(2..3)).prop_map(|(op, operands)| Tree::node(op, operands)),
            (many, operands(0..4)).prop_map(|(op, operands)| Tree::node(op, operands)),
            operands(3..4).prop_map(|operands| Tree::node(Op::Between, operands)),
            operands(1..5).prop_map(|operands| Tree::node(Op::In, operands)),
            (inner.clone(), select(inner.clone())).prop_map(|(of, select)| of.in_select(*select)),
            select(inner.clone()).prop_map(Tree::Exists),
            select(inner.clone()).prop_map(Tree::Subquery),
        ]
    })
}

/// The values that are bound: all but what empty lists drop.
fn bound(params: &[Param]) -> impl Iterator<Item = &Value> {
    params.iter().filter_map(|param| match param {
        Param::Value(value) => Some(value),
        Param::Given(_) => None,
    })
}

/// Counts the values and parameters of a tree and of the queries in it, and notes lists that are empty.
fn count(tree: &Tree, parameters: &mut usize, lists: &mut bool) {
    tree.walk(&mut |node| match node {
        Tree::Value(_) | Tree::Param(_) => *parameters += 1,
        Tree::Node(Op::In, _, operands) if operands.len() == 1 => *lists = true,
        Tree::Exists(select) | Tree::Subquery(select) => {
            let terms =
                select.items.iter().map(|item| &item.tree).chain(&select.filter).chain(&select.group_by);
            let rest =
                select.order_by.iter().map(|term| &term.tree).chain(&select.limit).chain(&select.offset);
            let joins = select.from.iter().flat_map(|from| &from.joins).map(|join| &join.on);
            terms.chain(rest).chain(joins).for_each(|tree| count(tree, parameters, lists));
        }
        _ => {}
    });
}

proptest! {
    #[test]
    fn values_are_always_bound(tree in tree()) {
        let rendered = render(&tree, &Marking);
        prop_assert_eq!(rendered.sql.matches(MARK).count(), rendered.params.len());
        for value in bound(&rendered.params) {
            match value {
                Value::Text(text) => prop_assert!(!rendered.sql.contains(text.as_str())),
                Value::Int(int) => prop_assert!(!rendered.sql.contains(&int.to_string())),
                _ => {}
            }
        }
        let mut parameters = 0;
        let mut lists = false;
        count(&tree, &mut parameters, &mut lists);
        let written = rendered.params.len();
        prop_assert!(written == parameters || (lists && written < parameters), "{} of {}", written, parameters);
    }

    #[test]
    fn parentheses_are_balanced_and_rendering_is_deterministic(tree in tree()) {
        let rendered = render(&tree, &Marking);
        let mut depth = 0i32;
        for c in rendered.sql.chars() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            prop_assert!(depth >= 0);
        }
        prop_assert_eq!(depth, 0);
        prop_assert_eq!(&rendered, &render(&tree, &Marking));
    }

    #[test]
    fn lowering_without_late_leaves_changes_nothing(tree in tree()) {
        let lowered = tree.lower(&mut |never: &Never| Err(*never));
        prop_assert_eq!(lowered, Ok(tree));
    }
}
