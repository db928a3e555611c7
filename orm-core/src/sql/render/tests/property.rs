//! For random expressions: every value has its placeholder, and no value is in the text.

use proptest::prelude::*;

use crate::sql::{
    BinaryOp, ColumnRef, CompareOp, Dialect, Expr, OrderBy, Param, SelectStmt, SqlType, TableRef, func,
    render,
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
        .prop_map(|(name, alias)| TableRef::new("t").aliased(alias).column(name))
}

fn list(of: impl Strategy<Value = Expr>) -> impl Strategy<Value = Vec<Expr>> {
    proptest::collection::vec(of, 0..4)
}

fn select(of: impl Strategy<Value = Expr> + Clone + 'static) -> impl Strategy<Value = Box<SelectStmt>> {
    (list(of.clone()), list(of.clone()), list(of.clone()), of).prop_map(|(items, filter, order, extra)| {
        let mut select = SelectStmt::new().items(items).from(TableRef::new("t")).limit(extra.clone());
        select.filter = filter;
        select.order_by = order.into_iter().map(OrderBy::desc).collect();
        Box::new(select.join(TableRef::new("u"), extra.clone()).group_by(extra.clone()).offset(extra))
    })
}

pub(super) fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        column().prop_map(Expr::Column),
        value().prop_map(Expr::Value),
        (0usize..9).prop_map(Expr::Param),
        Just(Expr::Star),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        let compare =
            prop::sample::select(vec![CompareOp::Eq, CompareOp::Ne, CompareOp::Lt, CompareOp::Same]);
        let binary = prop::sample::select(vec![BinaryOp::Add, BinaryOp::Mul, BinaryOp::Concat]);
        let escape = prop::option::of(prop::sample::select(vec!['\\', '\'', '!']));
        prop_oneof![
            (compare, one(), one()).prop_map(|(op, a, b)| Expr::Compare(op, a, b)),
            (binary, one(), one()).prop_map(|(op, a, b)| Expr::Binary(op, a, b)),
            list(inner.clone()).prop_map(Expr::And),
            list(inner.clone()).prop_map(Expr::Or),
            list(inner.clone()).prop_map(Expr::Tuple),
            list(inner.clone()).prop_map(func::coalesce),
            one().prop_map(Expr::Not),
            one().prop_map(Expr::IsNull),
            one().prop_map(Expr::Foreign),
            one().prop_map(Expr::Remote),
            one().prop_map(Expr::Distinct),
            (one(), list(inner.clone())).prop_map(|(a, list)| Expr::InList(a, list)),
            (one(), one(), one()).prop_map(|(a, b, c)| Expr::Between(a, b, c)),
            (one(), one(), escape).prop_map(|(a, b, escape)| Expr::Like(a, b, escape)),
            (one(), select(inner.clone())).prop_map(|(a, select)| Expr::InSelect(a, select)),
            select(inner.clone()).prop_map(Expr::Exists),
            select(inner.clone()).prop_map(Expr::Subquery),
        ]
    })
}

/// The values that are bound: all but the `NULL`s that are written `IS NULL`, and what empty lists drop.
fn bound(params: &[Param]) -> impl Iterator<Item = &Value> {
    params.iter().filter_map(|param| match param {
        Param::Value(value) => Some(value),
        Param::Given(_) => None,
    })
}

proptest! {
    #[test]
    fn values_are_always_bound(expr in expr()) {
        let rendered = render(&expr, &Marking);
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
        expr.walk(&mut |node| match node {
            Expr::Value(Value::Null) => {}
            Expr::Value(_) | Expr::Param(_) => parameters += 1,
            Expr::InList(_, list) if list.is_empty() => lists = true,
            _ => {}
        });
        let written = rendered.params.iter().filter(|param| **param != Param::Value(Value::Null)).count();
        prop_assert!(written == parameters || (lists && written < parameters), "{} of {}", written, parameters);
    }

    #[test]
    fn parentheses_are_balanced_and_rendering_is_deterministic(expr in expr()) {
        let rendered = render(&expr, &Marking);
        let mut depth = 0i32;
        for c in rendered.sql.chars() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            prop_assert!(depth >= 0);
        }
        prop_assert_eq!(depth, 0);
        prop_assert_eq!(&rendered, &render(&expr, &Marking));
    }

    #[test]
    fn mapping_onto_itself_changes_nothing(expr in expr()) {
        prop_assert_eq!(&expr.clone().map_columns(Expr::Column).map_params(Expr::Param), &expr);
        let mut walked = 0;
        expr.walk(&mut |node| walked += usize::from(matches!(node, Expr::Column(_))));
        prop_assert_eq!(walked, expr.marked_columns().len());
    }
}
