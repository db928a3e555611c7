//! Walking, rewriting and taking apart.

use super::{EqualPair, Expr, MarkedColumn};
use crate::sql::{AnsiDialect, ColumnRef, SelectStmt, TableRef, func, render};
use crate::value::Value;

const USER: TableRef = TableRef::new("user");
const ADDRESS: TableRef = TableRef::new("address");

fn marked(column: ColumnRef, foreign: bool, remote: bool) -> MarkedColumn {
    MarkedColumn { column, foreign, remote }
}

fn column(table: TableRef, name: &'static str) -> Expr {
    table.column(name).into()
}

#[test]
fn columns_are_mapped_where_they_mean_the_same() {
    let inner = SelectStmt::new()
        .from(ADDRESS)
        .filter(column(ADDRESS, "user_id").equals(column(USER, "id")))
        .filter(column(ADDRESS, "city").equals(Expr::Param(0)));
    let condition = Expr::exists(inner).and(column(USER, "id").equals(column(ADDRESS, "id").foreign()));
    let mapped = condition
        .map_columns(|column| column.table.aliased(1).column(column.name).into())
        .map_params(|number| Expr::Value(Value::Int(7 + i64::try_from(number).unwrap())));
    assert_eq!(
        render(&mapped, &AnsiDialect).sql,
        concat!(
            r#"EXISTS (SELECT 1 FROM "address" WHERE "address"."user_id" = "user_1"."id" "#,
            r#"AND "address"."city" = ?) AND "user_1"."id" = "address_1"."id""#
        )
    );
}

#[test]
fn the_left_side_of_in_is_outside_of_the_query() {
    let inner = SelectStmt::new().item(USER.column("id")).from(USER);
    let mapped = column(USER, "id").in_select(inner).map_columns(|_| Expr::Param(0));
    assert_eq!(render(&mapped, &AnsiDialect).sql, r#"? IN (SELECT "user"."id" FROM "user")"#);
}

#[test]
fn replaced_nodes_are_not_visited_again() {
    let mut expr = column(USER, "id").is_null();
    expr.rewrite(&mut |node| matches!(node, Expr::Column(_)).then(|| func::lower(node.clone())));
    assert_eq!(render(&expr, &AnsiDialect).sql, r#"lower("user"."id") IS NULL"#);
    let mut select = SelectStmt::new().item(USER.column("id")).from(USER).filter(Expr::Param(3));
    select.rewrite(&mut |node| matches!(node, Expr::Param(3)).then(|| Expr::Param(1)));
    assert_eq!(select.filter, [Expr::Param(1)]);
}

#[test]
fn equal_pairs_with_marks() {
    let (id, user_id) = (USER.column("id"), ADDRESS.column("user_id"));
    let (org, org_id) = (USER.column("org"), ADDRESS.column("org_id"));
    let condition = Expr::from(id)
        .equals(Expr::from(user_id).remote().foreign())
        .and(Expr::And(vec![Expr::from(org_id).foreign().equals(org.into())]).and(Expr::text("x")))
        .and(Expr::from(org).compare(super::CompareOp::Lt, org_id.into()));
    let parts = condition.equal_pairs();
    assert_eq!(
        parts.pairs,
        [
            EqualPair { left: marked(id, false, false), right: marked(user_id, true, true) },
            EqualPair { left: marked(org_id, true, false), right: marked(org, false, false) },
        ]
    );
    assert_eq!(parts.others.len(), 2);
    assert_eq!(parts.others.first(), Some(&&Expr::text("x")));
    assert_eq!(
        Expr::from(id).equals(user_id.into()).foreign().remote().equal_pair(),
        Some(EqualPair { left: marked(id, true, true), right: marked(user_id, true, true) })
    );
    assert_eq!(Expr::from(id).equals(Expr::Param(0)).equal_pair(), None);
}

#[test]
fn marks_reach_into_functions() {
    let (id, user_id) = (USER.column("id"), ADDRESS.column("user_id"));
    let condition = func::lower(Expr::from(id)).foreign().equals(Expr::from(user_id).remote());
    assert_eq!(condition.marked_columns(), [marked(id, true, false), marked(user_id, false, true)]);
    assert_eq!(condition.equal_pair(), None);
}

#[test]
fn all_of_one_is_itself() {
    assert_eq!(Expr::all([Expr::Param(0)]), Expr::Param(0));
    assert_eq!(Expr::all([]), Expr::And(vec![]));
    assert_eq!(Expr::all([Expr::Param(0), Expr::Param(1)]), Expr::And(vec![Expr::Param(0), Expr::Param(1)]));
}

#[test]
fn long_conditions_are_not_deep() {
    let numbers = || (0..10_000).map(Expr::Param);
    let flat = Expr::Or(numbers().collect());
    assert_eq!(numbers().reduce(Expr::or), Some(flat.clone()));
    assert_eq!(numbers().rev().reduce(|after, before| before.or(after)), Some(flat));
    let (a, b) = (Expr::Param(0).and(Expr::Param(1)), Expr::Param(2).and(Expr::Param(3)));
    assert_eq!(a.clone().and(b.clone()), Expr::And((0..4).map(Expr::Param).collect()));
    assert_eq!(a.clone().or(b.clone()), Expr::Or(vec![a, b]));
}
