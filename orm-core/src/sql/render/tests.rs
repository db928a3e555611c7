//! The exact text of every node and statement, and that no value ever gets into it.

use super::{Param, Render, render, render_row};
use crate::sql::{
    Alias, AnsiDialect, BinaryOp, ColumnRef, CompareOp, DeleteStmt, Dialect, FromItem, InsertStmt, Op,
    OrderTerm, SelectItem, SelectStmt, SqlType, TableRef, Tree, UpdateStmt, func,
};
use crate::value::Value;

mod property;

/// What differs from the standard, so that each hook is seen to be asked.
struct Odd;

impl Dialect for Odd {
    fn name(&self) -> &'static str {
        "odd"
    }

    fn type_name(&self, ty: SqlType) -> &'static str {
        AnsiDialect.type_name(ty)
    }

    fn write_name(&self, name: &str, out: &mut String) {
        out.push('`');
        out.push_str(&name.replace('`', "``"));
        out.push('`');
    }

    fn write_placeholder(&self, index: usize, out: &mut String) {
        out.push('$');
        out.push_str(&(index + 1).to_string());
    }

    fn write_bool(&self, value: bool, out: &mut String) {
        out.push_str(if value { "1" } else { "0" });
    }

    fn no_limit(&self) -> Option<&'static str> {
        Some("-1")
    }

    fn rows_in_values(&self) -> bool {
        true
    }
}

fn c(name: &'static str) -> Tree {
    ColumnRef::new("t", name).into()
}

fn a() -> Tree {
    c("a")
}

fn b() -> Tree {
    c("b")
}

fn int(v: i64) -> Tree {
    Tree::Value(Value::Int(v))
}

fn star() -> Tree {
    Tree::node(Op::Star, vec![])
}

fn null() -> Tree {
    Tree::Value(Value::Null)
}

#[track_caller]
fn check(what: &dyn Render, sql: &str) {
    // Short names keep the expected texts readable.
    assert_eq!(render(what, &AnsiDialect).sql.replace("\"t\".", ""), sql);
}

#[track_caller]
fn check_odd(what: &dyn Render, sql: &str) {
    assert_eq!(render(what, &Odd).sql.replace("`t`.", ""), sql);
}

fn eq(left: Tree, right: Tree) -> Tree {
    left.equals(right)
}

#[test]
fn names_are_quoted() {
    let table = TableRef::new("or\"der").aliased(Alias::Number(2));
    let select = SelectStmt::new().item(table.column("se\"lect")).from(table);
    check(&select, r#"SELECT "or""der_2"."se""lect" FROM "or""der" AS "or""der_2""#);
    check_odd(&select, r#"SELECT `or"der_2`.`se"lect` FROM `or"der` AS `or"der_2`"#);
    check(&a(), r#""a""#);
    assert_eq!(render(&a(), &AnsiDialect).sql, r#""t"."a""#);
}

#[test]
fn values_are_bound() {
    let text = Tree::Value(Value::Text("'; DROP TABLE t; --".into()));
    let expr = Tree::all([eq(a(), text), eq(b(), Tree::Param(3)), a().between(int(1), Tree::Param(0))]);
    let rendered = render(&expr, &Odd);
    assert_eq!(rendered.sql, "`t`.`a` = $1 AND `t`.`b` = $2 AND `t`.`a` BETWEEN $3 AND $4");
    assert_eq!(
        rendered.params,
        [
            Param::Value(Value::Text("'; DROP TABLE t; --".into())),
            Param::Given(3),
            Param::Value(Value::Int(1)),
            Param::Given(0),
        ]
    );
    check(&Tree::Value(Value::Bool(true)), "?");
    check(&null(), "?");
}

#[test]
fn comparisons() {
    for (op, sql) in [
        (CompareOp::Eq, r#""a" = ?"#),
        (CompareOp::Ne, r#""a" <> ?"#),
        (CompareOp::Lt, r#""a" < ?"#),
        (CompareOp::Le, r#""a" <= ?"#),
        (CompareOp::Gt, r#""a" > ?"#),
        (CompareOp::Ge, r#""a" >= ?"#),
        (CompareOp::Same, r#""a" IS NOT DISTINCT FROM ?"#),
        (CompareOp::Distinct, r#""a" IS DISTINCT FROM ?"#),
    ] {
        check(&a().compare(op, int(1)), sql);
    }
    check(&eq(a(), null()), r#""a" IS NULL"#);
    check(&a().compare(CompareOp::Ne, null()), r#""a" IS NOT NULL"#);
    check(&a().compare(CompareOp::Same, null()), r#""a" IS NULL"#);
    check(&a().compare(CompareOp::Distinct, null()), r#""a" IS NOT NULL"#);
    check(&a().compare(CompareOp::Lt, null()), r#""a" < ?"#);
    check(&eq(eq(a(), b()), eq(b(), a())), r#"("a" = "b") = ("b" = "a")"#);
    check(&a().equals(b().foreign()).remote(), r#""a" = "b""#);
}

#[test]
fn and_or_not() {
    let (x, y) = (|| eq(a(), int(1)), || eq(b(), int(2)));
    let not = |tree| Tree::node(Op::Not, vec![tree]);
    check(&x().and(y()).and(x()), r#""a" = ? AND "b" = ? AND "a" = ?"#);
    check(&x().and(y()).or(x()), r#""a" = ? AND "b" = ? OR "a" = ?"#);
    check(&x().or(y()).and(x()), r#"("a" = ? OR "b" = ?) AND "a" = ?"#);
    check(&x().and(x().and(y())), r#""a" = ? AND "a" = ? AND "b" = ?"#);
    check(&Tree::all([]), "TRUE");
    check(&Tree::any([]), "FALSE");
    check_odd(&x().and(Tree::any([])), "`a` = $1 AND 0");
    check(&Tree::node(Op::Or, vec![Tree::node(Op::And, vec![x()])]).and(y()), r#""a" = ? AND "b" = ?"#);
    check(&x().or(y()).not(), r#"NOT ("a" = ? OR "b" = ?)"#);
    check(&x().or(y()).not().and(x()), r#"NOT ("a" = ? OR "b" = ?) AND "a" = ?"#);
    check(&not(not(a())), r#"NOT (NOT "a")"#);
    check(&a().not(), r#"NOT "a""#);
    check(&eq(a().not(), b()), r#"(NOT "a") = "b""#);
    check(&x().not(), r#""a" <> ?"#);
    check(&not(Tree::node(Op::And, vec![x().foreign()])), r#""a" <> ?"#);
    check(&a().compare(CompareOp::Lt, int(1)).not(), r#""a" >= ?"#);
    check(&a().compare(CompareOp::Same, null()).not(), r#""a" IS NOT NULL"#);
    check(&Tree::all([]).not(), "NOT TRUE");
    check(&not(not(a().is_null())), r#"NOT ("a" IS NOT NULL)"#);
    check(&eq(not(not(eq(a(), b()))), b()), r#"(NOT ("a" <> "b")) = "b""#);
}

#[test]
fn predicates() {
    check(&a().is_null(), r#""a" IS NULL"#);
    check(&a().is_null().not(), r#""a" IS NOT NULL"#);
    check(&eq(a(), b()).is_null(), r#"("a" = "b") IS NULL"#);
    check(&a().in_list(vec![int(1), null()]), r#""a" IN (?, ?)"#);
    check(&a().in_list(vec![int(1)]).not(), r#""a" NOT IN (?)"#);
    check(&a().in_list(vec![]), "FALSE");
    check(&a().in_list(vec![]).not(), "TRUE");
    check(&a().in_list(vec![]).not().not(), "FALSE");
    check(&a().between(int(1), int(2)), r#""a" BETWEEN ? AND ?"#);
    check(&a().between(int(1), eq(a(), b()).and(b())).not(), r#""a" NOT BETWEEN ? AND ("a" = "b" AND "b")"#);
    check(&a().like("x%"), r#""a" LIKE ?"#);
    check(&a().contains("50%").not(), r#""a" NOT LIKE ? ESCAPE '\'"#);
    assert_eq!(
        render(&a().contains("5_0%\\"), &AnsiDialect).params,
        [Param::Value(Value::Text(r"%5\_0\%\\%".into()))]
    );
    let quote = Tree::node(Op::Like(Some('\'')), vec![a(), int(1)]);
    check(&quote, r#""a" LIKE ? ESCAPE ''''"#);
    let pair = Tree::node(Op::Tuple, vec![a(), b()]);
    let rows = vec![Tree::node(Op::Tuple, vec![int(1), int(2)]), Tree::node(Op::Tuple, vec![int(3), int(4)])];
    check(&pair.clone().in_list(rows.clone()), r#"("a", "b") IN ((?, ?), (?, ?))"#);
    check_odd(&pair.in_list(rows).not(), "(`a`, `b`) NOT IN (VALUES ($1, $2), ($3, $4))");
}

#[test]
fn arithmetic() {
    let bin = |op, l: Tree, r: Tree| l.binary(op, r);
    let (add, sub, mul, div, cat) =
        (BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::Div, BinaryOp::Concat);
    check(&bin(add, a(), bin(mul, a(), b())), r#""a" + "a" * "b""#);
    check(&bin(mul, bin(add, a(), b()), b()), r#"("a" + "b") * "b""#);
    check(&bin(sub, bin(sub, a(), b()), a()), r#""a" - "b" - "a""#);
    check(&bin(sub, a(), bin(sub, b(), a())), r#""a" - ("b" - "a")"#);
    check(&bin(div, a(), bin(div, b(), a())), r#""a" / ("b" / "a")"#);
    check(&bin(div, bin(mul, a(), b()), a()), r#""a" * "b" / "a""#);
    check(&bin(cat, bin(cat, a(), b()), a()), r#""a" || "b" || "a""#);
    check(&bin(cat, a(), bin(cat, a(), b())), r#""a" || ("a" || "b")"#);
    check(&bin(cat, bin(add, a(), b()), a()), r#"("a" + "b") || "a""#);
    check(&bin(mul, bin(cat, a(), b()), a()), r#"("a" || "b") * "a""#);
    check(&eq(bin(add, a(), int(1)), bin(cat, a(), b())), r#""a" + ? = "a" || "b""#);
    check(&bin(add, eq(a(), b()), int(1)), r#"("a" = "b") + ?"#);
}

#[test]
fn functions_and_text() {
    check(&func::call("count", [star()]), "count(*)");
    check(&func::call("count", [Tree::node(Op::Distinct, vec![a()])]), r#"count(DISTINCT "a")"#);
    check(&func::call("coalesce", [a(), b().or(a()), int(0)]), r#"coalesce("a", "b" OR "a", ?)"#);
    check(&func::call("lower", [func::call("upper", [a()])]), r#"lower(upper("a"))"#);
    check(&func::call("now", []), "now()");
    check(&func::call("x; --", []), r#""x; --"()"#);
    check(&Tree::text("a or b"), "a or b");
    check(&Tree::text("a or b").and(a()), r#"(a or b) AND "a""#);
    check(&Tree::text("a or b").not(), "NOT (a or b)");
}

#[test]
fn subqueries() {
    let inner = || SelectStmt::new().from(TableRef::new("u")).filter(eq(a(), c("u")));
    check(&Tree::exists(inner()), r#"EXISTS (SELECT 1 FROM "u" WHERE "a" = "u")"#);
    check(&Tree::exists(inner()).not().and(a()), r#"NOT EXISTS (SELECT 1 FROM "u" WHERE "a" = "u") AND "a""#);
    check(&a().in_select(inner()).not(), r#""a" NOT IN (SELECT 1 FROM "u" WHERE "a" = "u")"#);
    check(&eq(a(), Tree::Subquery(Box::new(inner()))), r#""a" = (SELECT 1 FROM "u" WHERE "a" = "u")"#);
}

#[test]
fn selects() {
    let (t, u) = (TableRef::new("t"), TableRef::new("u").aliased(Alias::Number(1)));
    check(&SelectStmt::new(), "SELECT 1");
    let mut select = SelectStmt::new()
        .items([a(), b().or(a())])
        .item(SelectItem::labelled(Tree::text("x, y"), "z"))
        .distinct()
        .from(t.clone());
    check(&select, r#"SELECT DISTINCT "a", "b" OR "a", (x, y) AS "z" FROM "t""#);
    select.items = vec![a().into()];
    select.distinct = false;
    let full = select
        .clone()
        .join(u.clone(), eq(a(), u.column("a").into()))
        .left_join(
            FromItem::from(t.clone().aliased(Alias::Number(1)))
                .join(u.clone().aliased(Alias::Number(2)), Tree::text("x")),
            Tree::all([]),
        )
        .from(TableRef::new("v"))
        .filter(a().or(b()))
        .filter(b())
        .group_by(a())
        .having(func::call("count", [star()]).compare(CompareOp::Gt, int(1)))
        .order_by(OrderTerm::asc(a()))
        .order_by(OrderTerm::desc(b()))
        .limit(int(5))
        .offset(Tree::Param(0));
    check(
        &full,
        concat!(
            r#"SELECT "a" FROM "t" JOIN "u" AS "u_1" ON "a" = "u_1"."a" "#,
            r#"LEFT JOIN ("t" AS "t_1" JOIN "u" AS "u_2" ON (x)) ON TRUE, "v" "#,
            r#"WHERE ("a" OR "b") AND "b" GROUP BY "a" HAVING count(*) > ? "#,
            r#"ORDER BY "a", "b" DESC LIMIT ? OFFSET ?"#
        ),
    );
    check(&select.clone().offset(int(1)), r#"SELECT "a" FROM "t" OFFSET ?"#);
    check_odd(&select.clone().offset(int(1)), "SELECT `a` FROM `t` LIMIT -1 OFFSET $1");
    check_odd(&select.clone().limit(int(1)), "SELECT `a` FROM `t` LIMIT $1");
    check(&select.clone().filter(Tree::text("x OR y")), r#"SELECT "a" FROM "t" WHERE x OR y"#);
    let order = OrderTerm::asc(Tree::text("a DESC"));
    check(&select.clone().order_by(order), r#"SELECT "a" FROM "t" ORDER BY a DESC"#);
    let wrapped =
        SelectStmt::new().from(select.limit(int(1)).aliased(TableRef::new("anon").aliased(Alias::Number(1))));
    check(&wrapped, r#"SELECT 1 FROM (SELECT "a" FROM "t" LIMIT ?) AS "anon_1""#);
    check(
        &SelectStmt::new().from(FromItem::from(t.clone()).left_join(
            SelectStmt::new().item(a()).from(u.clone()).aliased(u.clone()).join(
                SelectStmt::new().item(b()).from(t.clone()).filter(eq(b(), int(3))).aliased(t.clone()),
                eq(u.column("a").into(), t.column("b").into()),
            ),
            a(),
        )),
        concat!(
            r#"SELECT 1 FROM "t" LEFT JOIN ((SELECT "a" FROM "u" AS "u_1") AS "u_1" "#,
            r#"JOIN (SELECT "b" FROM "t" WHERE "b" = ?) AS "t" ON "u_1"."a" = "b") ON "a""#
        ),
    );
    check(&SelectStmt::new().join(t, a()), r#"SELECT 1 FROM "t" WHERE "a""#);
}

#[test]
fn changes() {
    let t = TableRef::new("t");
    check(&InsertStmt::new(t.clone()), r#"INSERT INTO "t" DEFAULT VALUES"#);
    let insert = InsertStmt::new(t.clone()).set("a", Tree::Param(0)).set("b", Value::Int(1));
    check(&insert, r#"INSERT INTO "t" ("a", "b") VALUES (?, ?)"#);
    let update = UpdateStmt::new(t.clone()).set("a", a().binary(BinaryOp::Add, int(1))).set("b", a().or(b()));
    check(
        &update.clone().filter(eq(a(), int(1))).filter(b()),
        r#"UPDATE "t" SET "a" = "a" + ?, "b" = "a" OR "b" WHERE "a" = ? AND "b""#,
    );
    check(&update, r#"UPDATE "t" SET "a" = "a" + ?, "b" = "a" OR "b""#);
    check(&DeleteStmt::new(t.clone().aliased(Alias::Number(1))), r#"DELETE FROM "t" AS "t_1""#);
    check(&DeleteStmt::new(t.clone()).filter(eq(a(), int(1))), r#"DELETE FROM "t" WHERE "a" = ?"#);
}

#[test]
fn statements_on_a_row_name_columns_alone() {
    let (t, odd) = (TableRef::new("t"), |what: &dyn Render| render_row(what, &Odd));
    let insert = odd(&InsertStmt::new(t.clone()).set("a", Tree::Param(0)).set("b", Tree::Param(1)));
    assert_eq!(insert.sql, "INSERT INTO `t` (`a`, `b`) VALUES ($1, $2)");
    assert_eq!(insert.params, [Param::Given(0), Param::Given(1)]);
    let update = UpdateStmt::new(t.clone()).set("a", Tree::Param(0)).filter(eq(a(), Tree::Param(1)));
    assert_eq!(odd(&update).sql, "UPDATE `t` SET `a` = $1 WHERE `a` = $2");
    let both = || Tree::all([eq(a(), Tree::Param(0)), eq(b(), Tree::Param(1))]);
    let delete = DeleteStmt::new(t.clone()).filter(both());
    assert_eq!(odd(&delete).sql, "DELETE FROM `t` WHERE `a` = $1 AND `b` = $2");
    let select = SelectStmt::new().items([a(), b()]).from(t).filter(both());
    assert_eq!(odd(&select).sql, "SELECT `a`, `b` FROM `t` WHERE `a` = $1 AND `b` = $2");
}

#[test]
fn the_last_value_of_a_long_list_is_repeated() {
    let list = |count: i64| render(&a().in_list((1..=count).map(int)), &AnsiDialect);
    let marks = |count: usize| format!(r#""t"."a" IN ({})"#, vec!["?"; count].join(", "));
    assert_eq!(list(8).sql, marks(8), "a short list stays as it is");
    let padded = list(9);
    assert_eq!(padded.sql, marks(16));
    let expected = (1..=9).chain(std::iter::repeat_n(9, 7)).map(|value| Param::Value(Value::Int(value)));
    assert_eq!(padded.params, expected.collect::<Vec<_>>());
    assert_eq!((list(16).sql, list(17).sql), (marks(16), marks(64)));
    assert_eq!(list(20_000).sql, marks(20_000), "no length that is worth repeating");
}

#[test]
fn a_list_with_an_expression_in_it_stays_as_it_is() {
    let list = (1..=9).map(int).chain([a()]);
    check(&a().in_list(list), r#""a" IN (?, ?, ?, ?, ?, ?, ?, ?, ?, "a")"#);
}
