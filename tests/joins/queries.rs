//! Conditions with queries within: the latest of each, by `EXISTS`, by `IN`. The values are those of SQLAlchemy.

use expect_test::expect;
use orm::prelude::*;
use orm::{Expr, aliased, exists, func};
use tests::{Db, each_way};

use crate::each_operator;

orm::registry!(
    /// These classes.
    pub Desk
);

#[derive(Mapped, Debug)]
#[mapped(registry = Desk)]
pub struct Clerk {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "clerk", order_by = Order::id)]
    pub orders: Many<Order>,
    /// By a value: the last one.
    #[relationship(primaryjoin = Clerk::id.eq(Order::clerk_id).and(Order::id.eq(last())), viewonly)]
    pub last_order: Option<One<Order>>,
    /// By what there is.
    #[relationship(primaryjoin = Clerk::id.eq(Order::clerk_id).and(has_mark("red")), viewonly, order_by = Order::id)]
    pub red_orders: Many<Order>,
    /// By the rows of a query, which compares nothing around it.
    #[relationship(
        primaryjoin = Clerk::id.eq(Order::clerk_id).and(Order::id.in_(select(Mark::order_id))),
        viewonly,
        order_by = Order::id
    )]
    pub marked: Many<Order>,
    /// By the rows of a query that compares something around it.
    #[relationship(
        primaryjoin = Clerk::id.eq(Order::clerk_id).and(Order::id.in_(own_marked())),
        viewonly,
        order_by = Order::id
    )]
    pub own_marked: Many<Order>,
    /// That is written too.
    #[relationship(
        primaryjoin = Clerk::id.eq(Order::clerk_id).and(!has_mark("red")),
        order_by = Order::id,
        overlaps = "orders, clerk"
    )]
    pub other_orders: Many<Order>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Desk)]
pub struct Order {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Clerk::id)]
    pub clerk_id: Option<i64>,
    #[relationship(back_populates = "orders")]
    pub clerk: Option<One<Clerk>>,
    /// The one before, in a class that leads to itself.
    #[relationship(
        primaryjoin = Order::clerk_id
            .eq(Order::clerk_id.foreign().remote())
            .and(Order::id.remote().eq(before())),
        viewonly
    )]
    pub previous: Option<One<Order>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Desk)]
pub struct Mark {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Order::id)]
    pub order_id: i64,
}

/// The last order of the clerk around.
fn last() -> Expr<Option<i64>> {
    let order = aliased(Order);
    select(func::max(order.of(Order::id))).filter(order.of(Order::clerk_id).eq(Clerk::id)).scalar()
}

/// The marked orders of the clerk around.
fn own_marked() -> orm::Select<i64> {
    let order = aliased(Order);
    select(order.of(Order::id))
        .join(Mark.on(Mark::order_id.eq(order.of(Order::id))))
        .filter(order.of(Order::clerk_id).eq(Clerk::id))
}

fn has_mark(name: &str) -> Expr<bool> {
    exists(select(Mark).filter(Mark::order_id.eq(Order::id).and(Mark::name.eq(name))))
}

/// The order of the same clerk before this one.
fn before() -> Expr<Option<i64>> {
    let order = aliased(Order);
    let same = order.of(Order::clerk_id).eq(Order::clerk_id).and(order.of(Order::id).lt(Order::id));
    select(func::max(order.of(Order::id))).filter(same).scalar()
}

fn desk() -> Db {
    let db = Db::empty();
    Desk::create_all(&db.engine).unwrap();
    db.run("INSERT INTO clerk VALUES (1), (2), (3)");
    db.run("INSERT INTO \"order\" VALUES (1, 1), (2, 1), (3, 2), (4, 1), (5, NULL)");
    db.run("INSERT INTO mark VALUES (1, 'red', 1), (2, 'blue', 2), (3, 'red', 5), (4, 'red', 1)");
    db.sql();
    db
}

/// Loads a relationship in each way, asks for it in each way, and compares what is found and which statements ran.
macro_rules! shown {
    ($class:ident.$relation:ident -> $target:ident by $operator:ident, $expected:expr) => {
        let db = desk();
        let told = each_way!($class, $relation, db) + "-- operators\n";
        $expected.assert_eq(&(told + &each_operator!($class, $relation, $target, $operator, db)));
    };
}

#[test]
fn a_value_of_a_query() {
    shown!(Clerk.last_order -> Order by has, expect![[r#"
        Clerk#1(last_order: Order#4)
        Clerk#2(last_order: Order#3)
        Clerk#3(last_order: none)
        -- joined
        SELECT "clerk"."id", "order_1"."id", "order_1"."clerk_id" FROM "clerk" LEFT JOIN "order" AS "order_1" ON "clerk"."id" = "order_1"."clerk_id" AND "order_1"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "clerk"."id") ORDER BY "clerk"."id"
        -- selectin
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id", "clerk_1"."id" FROM "clerk" AS "clerk_1" JOIN "order" ON "clerk_1"."id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "clerk_1"."id") WHERE "clerk_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
        -- subquery
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id", "clerk_1"."id" FROM "clerk" AS "clerk_1" JOIN "order" ON "clerk_1"."id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "clerk_1"."id") WHERE "clerk_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
        -- immediate
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id", "clerk_1"."id" FROM "clerk" AS "clerk_1" JOIN "order" ON "clerk_1"."id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "clerk_1"."id") WHERE "clerk_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
        -- batch
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id", "clerk_1"."id" FROM "clerk" AS "clerk_1" JOIN "order" ON "clerk_1"."id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "clerk_1"."id") WHERE "clerk_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
        -- lazy
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = ?) [1, 1]
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = ?) [2, 2]
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = ?) [3, 3]
        -- operators
        [(1, 4), (2, 3)]
        SELECT "clerk"."id", "order"."id" FROM "clerk" JOIN "order" ON "clerk"."id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "clerk"."id") ORDER BY "clerk"."id", "order"."id"
        SELECT "clerk"."id" FROM "clerk" WHERE EXISTS (SELECT ? FROM "order" WHERE "clerk"."id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "clerk"."id")) ORDER BY "clerk"."id" [1]
        SELECT "order"."id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = ?) ORDER BY "order"."id" [1, 1]
    "#]]);
}

#[test]
fn what_there_is() {
    shown!(Clerk.red_orders -> Order by any, expect![[r#"
        Clerk#1(red_orders: [Order#1])
        Clerk#2(red_orders: [])
        Clerk#3(red_orders: [])
        -- joined
        SELECT "clerk"."id", "order_1"."id", "order_1"."clerk_id" FROM "clerk" LEFT JOIN "order" AS "order_1" ON "clerk"."id" = "order_1"."clerk_id" AND EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order_1"."id" AND "mark_1001"."name" = ?) ORDER BY "clerk"."id", "order_1"."id" ['red']
        -- selectin
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" ['[1,2,3]', 'red']
        -- subquery
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" ['[1,2,3]', 'red']
        -- immediate
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" ['[1,2,3]', 'red']
        -- batch
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" ['[1,2,3]', 'red']
        -- lazy
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" [1, 'red']
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" [2, 'red']
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" [3, 'red']
        -- operators
        [(1, 1)]
        SELECT "clerk"."id", "order"."id" FROM "clerk" JOIN "order" ON "clerk"."id" = "order"."clerk_id" AND EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "clerk"."id", "order"."id" ['red']
        SELECT "clerk"."id" FROM "clerk" WHERE EXISTS (SELECT ? FROM "order" WHERE "clerk"."id" = "order"."clerk_id" AND EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?)) ORDER BY "clerk"."id" [1, 'red']
        SELECT "order"."id" FROM "order" WHERE ? = "order"."clerk_id" AND EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" [1, 'red']
    "#]]);
}

#[test]
fn the_rows_of_a_query_about_what_is_around() {
    shown!(Clerk.own_marked -> Order by any, expect![[r#"
        Clerk#1(own_marked: [Order#1, Order#2])
        Clerk#2(own_marked: [])
        Clerk#3(own_marked: [])
        -- joined
        SELECT "clerk"."id", "order_1"."id", "order_1"."clerk_id" FROM "clerk" LEFT JOIN "order" AS "order_1" ON "clerk"."id" = "order_1"."clerk_id" AND "order_1"."id" IN (SELECT "order_1001"."id" FROM "order" AS "order_1001" JOIN "mark" AS "mark_1002" ON "mark_1002"."order_id" = "order_1001"."id" WHERE "order_1001"."clerk_id" = "clerk"."id") ORDER BY "clerk"."id", "order_1"."id"
        -- selectin
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id", "clerk_1"."id" FROM "clerk" AS "clerk_1" JOIN "order" ON "clerk_1"."id" = "order"."clerk_id" AND "order"."id" IN (SELECT "order_1001"."id" FROM "order" AS "order_1001" JOIN "mark" AS "mark_1002" ON "mark_1002"."order_id" = "order_1001"."id" WHERE "order_1001"."clerk_id" = "clerk_1"."id") WHERE "clerk_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "order"."id" ['[1,2,3]']
        -- subquery
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id", "clerk_1"."id" FROM "clerk" AS "clerk_1" JOIN "order" ON "clerk_1"."id" = "order"."clerk_id" AND "order"."id" IN (SELECT "order_1001"."id" FROM "order" AS "order_1001" JOIN "mark" AS "mark_1002" ON "mark_1002"."order_id" = "order_1001"."id" WHERE "order_1001"."clerk_id" = "clerk_1"."id") WHERE "clerk_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "order"."id" ['[1,2,3]']
        -- immediate
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id", "clerk_1"."id" FROM "clerk" AS "clerk_1" JOIN "order" ON "clerk_1"."id" = "order"."clerk_id" AND "order"."id" IN (SELECT "order_1001"."id" FROM "order" AS "order_1001" JOIN "mark" AS "mark_1002" ON "mark_1002"."order_id" = "order_1001"."id" WHERE "order_1001"."clerk_id" = "clerk_1"."id") WHERE "clerk_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "order"."id" ['[1,2,3]']
        -- batch
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id", "clerk_1"."id" FROM "clerk" AS "clerk_1" JOIN "order" ON "clerk_1"."id" = "order"."clerk_id" AND "order"."id" IN (SELECT "order_1001"."id" FROM "order" AS "order_1001" JOIN "mark" AS "mark_1002" ON "mark_1002"."order_id" = "order_1001"."id" WHERE "order_1001"."clerk_id" = "clerk_1"."id") WHERE "clerk_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "order"."id" ['[1,2,3]']
        -- lazy
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" IN (SELECT "order_1001"."id" FROM "order" AS "order_1001" JOIN "mark" AS "mark_1002" ON "mark_1002"."order_id" = "order_1001"."id" WHERE "order_1001"."clerk_id" = ?) ORDER BY "order"."id" [1, 1]
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" IN (SELECT "order_1001"."id" FROM "order" AS "order_1001" JOIN "mark" AS "mark_1002" ON "mark_1002"."order_id" = "order_1001"."id" WHERE "order_1001"."clerk_id" = ?) ORDER BY "order"."id" [2, 2]
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" IN (SELECT "order_1001"."id" FROM "order" AS "order_1001" JOIN "mark" AS "mark_1002" ON "mark_1002"."order_id" = "order_1001"."id" WHERE "order_1001"."clerk_id" = ?) ORDER BY "order"."id" [3, 3]
        -- operators
        [(1, 1), (1, 2)]
        SELECT "clerk"."id", "order"."id" FROM "clerk" JOIN "order" ON "clerk"."id" = "order"."clerk_id" AND "order"."id" IN (SELECT "order_1001"."id" FROM "order" AS "order_1001" JOIN "mark" AS "mark_1002" ON "mark_1002"."order_id" = "order_1001"."id" WHERE "order_1001"."clerk_id" = "clerk"."id") ORDER BY "clerk"."id", "order"."id"
        SELECT "clerk"."id" FROM "clerk" WHERE EXISTS (SELECT ? FROM "order" WHERE "clerk"."id" = "order"."clerk_id" AND "order"."id" IN (SELECT "order_1001"."id" FROM "order" AS "order_1001" JOIN "mark" AS "mark_1002" ON "mark_1002"."order_id" = "order_1001"."id" WHERE "order_1001"."clerk_id" = "clerk"."id")) ORDER BY "clerk"."id" [1]
        SELECT "order"."id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" IN (SELECT "order_1001"."id" FROM "order" AS "order_1001" JOIN "mark" AS "mark_1002" ON "mark_1002"."order_id" = "order_1001"."id" WHERE "order_1001"."clerk_id" = ?) ORDER BY "order"."id" [1, 1]
    "#]]);
}

#[test]
fn the_rows_of_a_query() {
    shown!(Clerk.marked -> Order by any, expect![[r#"
        Clerk#1(marked: [Order#1, Order#2])
        Clerk#2(marked: [])
        Clerk#3(marked: [])
        -- joined
        SELECT "clerk"."id", "order_1"."id", "order_1"."clerk_id" FROM "clerk" LEFT JOIN "order" AS "order_1" ON "clerk"."id" = "order_1"."clerk_id" AND "order_1"."id" IN (SELECT "mark_1001"."order_id" FROM "mark" AS "mark_1001") ORDER BY "clerk"."id", "order_1"."id"
        -- selectin
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND "order"."id" IN (SELECT "mark_1001"."order_id" FROM "mark" AS "mark_1001") ORDER BY "order"."id" ['[1,2,3]']
        -- subquery
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND "order"."id" IN (SELECT "mark_1001"."order_id" FROM "mark" AS "mark_1001") ORDER BY "order"."id" ['[1,2,3]']
        -- immediate
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND "order"."id" IN (SELECT "mark_1001"."order_id" FROM "mark" AS "mark_1001") ORDER BY "order"."id" ['[1,2,3]']
        -- batch
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND "order"."id" IN (SELECT "mark_1001"."order_id" FROM "mark" AS "mark_1001") ORDER BY "order"."id" ['[1,2,3]']
        -- lazy
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" IN (SELECT "mark_1001"."order_id" FROM "mark" AS "mark_1001") ORDER BY "order"."id" [1]
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" IN (SELECT "mark_1001"."order_id" FROM "mark" AS "mark_1001") ORDER BY "order"."id" [2]
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" IN (SELECT "mark_1001"."order_id" FROM "mark" AS "mark_1001") ORDER BY "order"."id" [3]
        -- operators
        [(1, 1), (1, 2)]
        SELECT "clerk"."id", "order"."id" FROM "clerk" JOIN "order" ON "clerk"."id" = "order"."clerk_id" AND "order"."id" IN (SELECT "mark_1001"."order_id" FROM "mark" AS "mark_1001") ORDER BY "clerk"."id", "order"."id"
        SELECT "clerk"."id" FROM "clerk" WHERE EXISTS (SELECT ? FROM "order" WHERE "clerk"."id" = "order"."clerk_id" AND "order"."id" IN (SELECT "mark_1001"."order_id" FROM "mark" AS "mark_1001")) ORDER BY "clerk"."id" [1]
        SELECT "order"."id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" IN (SELECT "mark_1001"."order_id" FROM "mark" AS "mark_1001") ORDER BY "order"."id" [1]
    "#]]);
}

#[test]
fn what_there_is_not_and_what_is_written() {
    shown!(Clerk.other_orders -> Order by any, expect![[r#"
        Clerk#1(other_orders: [Order#2, Order#4])
        Clerk#2(other_orders: [Order#3])
        Clerk#3(other_orders: [])
        -- joined
        SELECT "clerk"."id", "order_1"."id", "order_1"."clerk_id" FROM "clerk" LEFT JOIN "order" AS "order_1" ON "clerk"."id" = "order_1"."clerk_id" AND NOT EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order_1"."id" AND "mark_1001"."name" = ?) ORDER BY "clerk"."id", "order_1"."id" ['red']
        -- selectin
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND NOT EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" ['[1,2,3]', 'red']
        -- subquery
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND NOT EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" ['[1,2,3]', 'red']
        -- immediate
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND NOT EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" ['[1,2,3]', 'red']
        -- batch
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE "order"."clerk_id" IN (SELECT +value FROM json_each(?)) AND NOT EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" ['[1,2,3]', 'red']
        -- lazy
        SELECT "clerk"."id" FROM "clerk" ORDER BY "clerk"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND NOT EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" [1, 'red']
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND NOT EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" [2, 'red']
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND NOT EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" [3, 'red']
        -- operators
        [(1, 2), (1, 4), (2, 3)]
        SELECT "clerk"."id", "order"."id" FROM "clerk" JOIN "order" ON "clerk"."id" = "order"."clerk_id" AND NOT EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "clerk"."id", "order"."id" ['red']
        SELECT "clerk"."id" FROM "clerk" WHERE EXISTS (SELECT ? FROM "order" WHERE "clerk"."id" = "order"."clerk_id" AND NOT EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?)) ORDER BY "clerk"."id" [1, 'red']
        SELECT "order"."id" FROM "order" WHERE ? = "order"."clerk_id" AND NOT EXISTS (SELECT "mark_1001"."id", "mark_1001"."name", "mark_1001"."order_id" FROM "mark" AS "mark_1001" WHERE "mark_1001"."order_id" = "order"."id" AND "mark_1001"."name" = ?) ORDER BY "order"."id" [1, 'red']
    "#]]);
    let db = desk();
    let session = db.session();
    let clerk = session.get::<Clerk>(3).unwrap().unwrap();
    let order = session.get::<Order>(5).unwrap().unwrap();
    clerk.other_orders().append(&order).unwrap();
    session.flush().unwrap();
    assert_eq!(order.clerk_id().unwrap(), Some(3));
}

#[test]
fn a_class_that_leads_to_itself() {
    let db = desk();
    let told = each_way!(Order, previous, db);
    expect![[r#"
        Order#1(previous: none)
        Order#2(previous: Order#1(previous: none))
        Order#3(previous: none)
        Order#4(previous: Order#2(previous: Order#1(previous: none)))
        Order#5(previous: none)
        -- joined
        SELECT "order"."id", "order"."clerk_id", "order_1"."id", "order_1"."clerk_id" FROM "order" LEFT JOIN "order" AS "order_1" ON "order"."clerk_id" = "order_1"."clerk_id" AND "order_1"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "order"."clerk_id" AND "order_1001"."id" < "order"."id") ORDER BY "order"."id"
        -- selectin
        SELECT "order"."id", "order"."clerk_id" FROM "order" ORDER BY "order"."id"
        SELECT "order"."id", "order"."clerk_id", "order_1"."id" FROM "order" AS "order_1" JOIN "order" ON "order_1"."clerk_id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "order_1"."clerk_id" AND "order_1001"."id" < "order_1"."id") WHERE "order_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3,4,5]']
        -- subquery
        SELECT "order"."id", "order"."clerk_id" FROM "order" ORDER BY "order"."id"
        SELECT "order"."id", "order"."clerk_id", "order_1"."id" FROM "order" AS "order_1" JOIN "order" ON "order_1"."clerk_id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "order_1"."clerk_id" AND "order_1001"."id" < "order_1"."id") WHERE "order_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3,4,5]']
        -- immediate
        SELECT "order"."id", "order"."clerk_id" FROM "order" ORDER BY "order"."id"
        SELECT "order"."id", "order"."clerk_id", "order_1"."id" FROM "order" AS "order_1" JOIN "order" ON "order_1"."clerk_id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "order_1"."clerk_id" AND "order_1001"."id" < "order_1"."id") WHERE "order_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3,4,5]']
        -- batch
        SELECT "order"."id", "order"."clerk_id" FROM "order" ORDER BY "order"."id"
        SELECT "order"."id", "order"."clerk_id", "order_1"."id" FROM "order" AS "order_1" JOIN "order" ON "order_1"."clerk_id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "order_1"."clerk_id" AND "order_1001"."id" < "order_1"."id") WHERE "order_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3,4,5]']
        -- lazy
        SELECT "order"."id", "order"."clerk_id" FROM "order" ORDER BY "order"."id"
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = ? AND "order_1001"."id" < ?) [1, 1, 1]
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = ? AND "order_1001"."id" < ?) [1, 1, 2]
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = ? AND "order_1001"."id" < ?) [2, 2, 3]
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = ? AND "order_1001"."id" < ?) [1, 1, 4]
        SELECT "order"."id", "order"."clerk_id" FROM "order" WHERE ? = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = ? AND "order_1001"."id" < ?) [NULL, NULL, 5]
    "#]].assert_eq(&told);
}

#[test]
fn aliases_of_a_statement_are_not_those_within() {
    let db = desk();
    let session = db.session();
    let (clerk, order) = (aliased(Clerk), aliased(Order));
    let query = select((clerk.of(Clerk::id), order.of(Order::id)))
        .from(clerk)
        .join(clerk.of(Clerk::last_order).to(order))
        .order_by(clerk.of(Clerk::id));
    assert_eq!(session.execute(query).unwrap().all().unwrap(), [(1, 4), (2, 3)]);
    let third = session.get::<Order>(3).unwrap().unwrap();
    let of_third = select(Clerk::id).filter(Clerk::last_order.is(&third));
    assert_eq!(session.scalars(of_third).unwrap().all().unwrap(), [2]);
    let two = select(Clerk::id)
        .filter(Clerk::last_order.has(Order::clerk.has(Clerk::last_order.has(Order::id.eq(4)))));
    assert_eq!(session.scalars(two).unwrap().all().unwrap(), [1]);
    expect![[r#"
        SELECT "clerk"."id", "order"."id" FROM "clerk" JOIN "order" ON "clerk"."id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "clerk"."id") ORDER BY "clerk"."id"
        SELECT "id", "clerk_id" FROM "order" WHERE "id" = ? [3]
        SELECT "clerk"."id" FROM "clerk" WHERE "clerk"."id" = ? AND ? = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "clerk"."id") [2, 3]
        SELECT "clerk"."id" FROM "clerk" WHERE EXISTS (SELECT ? FROM "order" WHERE "clerk"."id" = "order"."clerk_id" AND "order"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "clerk"."id") AND EXISTS (SELECT ? FROM "clerk" AS "clerk_1" WHERE "clerk_1"."id" = "order"."clerk_id" AND EXISTS (SELECT ? FROM "order" AS "order_2" WHERE "clerk_1"."id" = "order_2"."clerk_id" AND "order_2"."id" = (SELECT max("order_1001"."id") FROM "order" AS "order_1001" WHERE "order_1001"."clerk_id" = "clerk_1"."id") AND "order_2"."id" = ?))) [1, 1, 1, 4]
    "#]].assert_eq(&db.sql());
}

#[test]
fn conditions_print_their_queries() {
    let condition = |name: &str| {
        let relation = Desk::mapper("Clerk").unwrap().relationship(name).unwrap();
        format!("{}", relation.primaryjoin())
    };
    expect![[r#"clerk.id = "order".clerk_id AND "order".id = (SELECT max(order_1001.id) FROM "order" AS order_1001 WHERE order_1001.clerk_id = clerk.id)"#]].assert_eq(&condition("last_order"));
    expect![[r#"clerk.id = "order".clerk_id AND EXISTS (SELECT mark_1001.id, mark_1001.name, mark_1001.order_id FROM mark AS mark_1001 WHERE mark_1001.order_id = "order".id AND mark_1001.name = 'red')"#]].assert_eq(&condition("red_orders"));
}

mod refused {
    use orm::prelude::*;
    use orm::{aliased, exists, func};

    orm::registry!(
        /// These classes.
        pub Wrong
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Wrong)]
    pub struct Shelf {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(back_populates = "shelf")]
        pub books: Many<Book>,
        /// A query goes along a relationship.
        #[relationship(primaryjoin = Shelf::id.eq(Book::shelf_id).and(exists(select(Page).join(Page::book))), viewonly)]
        pub joining: Many<Book>,
        /// A query asks what one leads to.
        #[relationship(
            primaryjoin = Shelf::id.eq(Book::shelf_id).and(exists(select(Page).filter(Page::book.has(())))),
            viewonly
        )]
        pub leading: Many<Book>,
        /// The condition itself does.
        #[relationship(primaryjoin = Shelf::id.eq(Book::shelf_id).and(Book::pages.any(())), viewonly)]
        pub without: Many<Book>,
        /// Of an alias that no query has.
        #[relationship(primaryjoin = Shelf::id.eq(aliased(Book).of(Book::shelf_id)), viewonly)]
        pub aliased: Many<Book>,
        /// A query of a class that isn't there.
        #[relationship(
            primaryjoin = Shelf::id.eq(Book::shelf_id).and(exists(select(Shelf).filter(Page::id.eq(Shelf::id)))),
            viewonly
        )]
        pub elsewhere: Many<Book>,
        /// Nothing but a query compares the columns.
        #[relationship(primaryjoin = exists(select(Page).filter(Page::book_id.eq(Book::id).and(Page::id.eq(Shelf::id)))), viewonly)]
        pub uncompared: Many<Book>,
        /// An order by a query that compares another class than what it leads to.
        #[relationship(order_by = select(func::max(Page::id)).filter(Page::id.lt(Shelf::id)).scalar(), viewonly)]
        pub ordered: Many<Book>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Wrong)]
    pub struct Book {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Shelf::id)]
        pub shelf_id: i64,
        #[relationship(back_populates = "books")]
        pub shelf: One<Shelf>,
        #[relationship(back_populates = "book")]
        pub pages: Many<Page>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Wrong)]
    pub struct Page {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Book::id)]
        pub book_id: i64,
        #[relationship(back_populates = "pages")]
        pub book: One<Book>,
    }
}

#[test]
fn what_cant_be_known_before_classes_are_configured_is_an_error() {
    let error = refused::Wrong::configure().unwrap_err();
    expect![[r#"
        [configuration] the mapping has 7 mistakes
          [join-condition] `Shelf.joining`: a query within a declared condition joins along a relationship; help: join its tables by conditions, `.join(Order.on(...))`, and compare columns; or lead to its rows by `rows = ...`
          [join-condition] `Shelf.leading`: a query within a declared condition asks what a relationship leads to; help: join its tables by conditions, `.join(Order.on(...))`, and compare columns; or lead to its rows by `rows = ...`
          [join-condition] `Shelf.without`: a condition asks what a relationship leads to, which a declaration can't; help: ask by a query: `exists(select(...).filter(...))`
          [join-condition] `Shelf.aliased`: a condition asks for an alias, which a declaration can't; help: compare columns of the classes only, or ask by a query; an alias may be the `secondary`
          [join-condition] `Shelf.elsewhere`: `primaryjoin` names a column of `page`, which isn't part of the relationship; help: use columns of `shelf` and `book`
          [join-condition] `Shelf.uncompared`: `primaryjoin` compares no column of the class with one of the other side; help: compare a foreign key of one with the column of the other that it references
          [bad-option] `Shelf.ordered`: `order_by` names `shelf.id`, which is no column of what it leads to; help: order by columns of `Book`"#]].assert_eq(&error.to_string());
}

/// What the mends of these errors say.
mod mended {
    use orm::prelude::*;
    use orm::{Select, exists};

    orm::registry!(
        /// These classes.
        pub Right
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Right)]
    pub struct Shelf {
        #[column(primary_key)]
        pub id: i64,
        /// Tables that are joined by conditions.
        #[relationship(
            primaryjoin = Shelf::id.eq(Book::shelf_id).and(exists(
                select(Page).join(Note.on(Note::page_id.eq(Page::id))).filter(Page::book_id.eq(Book::id)),
            )),
            viewonly,
            order_by = Book::id
        )]
        pub noted: Many<Book>,
        /// The rows of a query that goes along relationships.
        #[relationship(rows = noted(), viewonly, order_by = Book::id)]
        pub noted_rows: Many<Book>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Right)]
    pub struct Book {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Shelf::id)]
        pub shelf_id: i64,
        #[relationship]
        pub pages: Many<Page>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Right)]
    pub struct Page {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Book::id)]
        pub book_id: i64,
        #[relationship]
        pub notes: Many<Note>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Right)]
    pub struct Note {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Page::id)]
        pub page_id: i64,
    }

    fn noted() -> Select<Obj<Book>> {
        select(Book).filter(Book::pages.any(Page::notes.any(())))
    }
}

#[test]
fn mends_of_what_is_refused_work() {
    use mended::{Right, Shelf};
    let db = Db::empty();
    Right::create_all(&db.engine).unwrap();
    db.run("INSERT INTO shelf VALUES (1), (2)");
    db.run("INSERT INTO book VALUES (1, 1), (2, 1), (3, 2)");
    db.run("INSERT INTO page VALUES (1, 1), (2, 2), (3, 2), (4, 3)");
    db.run("INSERT INTO note VALUES (1, 3), (2, 3)");
    db.sql();
    let (by_joins, by_rows) = (each_way!(Shelf, noted, db), each_way!(Shelf, noted_rows, db));
    let found = |told: &str| told.lines().take(2).map(|line| line.replace("_rows", "")).collect::<Vec<_>>();
    assert_eq!(found(&by_joins), ["Shelf#1(noted: [Book#2])", "Shelf#2(noted: [])"]);
    assert_eq!(found(&by_rows), found(&by_joins));
}
