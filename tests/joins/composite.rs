//! Relationships through a query: tables that are joined, typed and as a text, and some rows of an association table.

use expect_test::expect;
use orm::prelude::*;
use tests::{Db, each_way};

use crate::each_operator;

orm::registry!(
    /// These classes.
    pub Letters
);

/// As in SQLAlchemy's chapter "Composite Secondary Joins".
#[derive(Mapped, Debug)]
#[mapped(registry = Letters)]
pub struct A {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = B::id)]
    pub b_id: Option<i64>,
    #[relationship(
        secondary = select((B, C)).join(D.on(D::id.eq(B::d_id))).join(C.on(C::d_id.eq(D::id))),
        primaryjoin = A::b_id.eq(B::id).and(A::id.eq(C::a_id)),
        secondaryjoin = D::id.eq(B::d_id),
        viewonly,
        order_by = D::id
    )]
    pub ds: Many<D>,
    /// The same as a text.
    #[relationship(
        secondary = "join(B, D, B.d_id == D.id).join(C, C.d_id == D.id)",
        primaryjoin = "and_(A.b_id == B.id, A.id == C.a_id)",
        secondaryjoin = "D.id == B.d_id",
        viewonly,
        order_by = "D.id"
    )]
    pub ds_of_text: Many<D>,
    /// One of them.
    #[relationship(
        secondary = select((B, C)).join(D.on(D::id.eq(B::d_id))).join(C.on(C::d_id.eq(D::id))),
        primaryjoin = A::b_id.eq(B::id).and(A::id.eq(C::a_id)),
        secondaryjoin = D::id.eq(B::d_id),
        viewonly
    )]
    pub d: Option<One<D>>,
    /// In the order of a table between, and joined by keys alone.
    #[relationship(
        secondary = "c.join(D)",
        secondaryjoin = "C.d_id == foreign(D.id)",
        viewonly,
        order_by = (C::id.desc(), D::id)
    )]
    pub latest_ds: Many<D>,
    /// Columns, of which each is the key to an end.
    #[relationship(secondary = select((C::a_id, C::d_id)).distinct(), viewonly, order_by = D::id)]
    pub plain_ds: ManySet<D>,
    /// Some of the rows of a table.
    #[relationship(secondary = select(C).filter(C::id.gt(1)), viewonly, order_by = D::id)]
    pub later_ds: ManySet<D>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Letters)]
pub struct B {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = D::id)]
    pub d_id: Option<i64>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Letters)]
pub struct C {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = A::id)]
    pub a_id: i64,
    #[column(foreign_key = D::id)]
    pub d_id: i64,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Letters)]
pub struct D {
    #[column(primary_key)]
    pub id: i64,
}

fn letters() -> Db {
    let db = Db::empty();
    Letters::create_all(&db.engine).unwrap();
    db.run("INSERT INTO d VALUES (1), (2), (3)");
    db.run("INSERT INTO b VALUES (1, 1), (2, 2), (3, NULL)");
    db.run("INSERT INTO a VALUES (1, 1), (2, 2), (3, 3), (4, 1)");
    db.run("INSERT INTO c VALUES (1, 1, 1), (2, 1, 3), (3, 2, 2), (4, 4, 2), (5, 1, 2), (6, 2, 2)");
    db.sql();
    db
}

/// Loads a relationship in each way, asks for it in each way, and compares what is found and which statements ran.
macro_rules! shown {
    ($class:ident.$relation:ident -> $target:ident by $operator:ident, $expected:expr) => {
        let db = letters();
        let told = each_way!($class, $relation, db) + "-- operators\n";
        $expected.assert_eq(&(told + &each_operator!($class, $relation, $target, $operator, db)));
    };
}

#[test]
fn tables_that_are_joined() {
    shown!(A.ds -> D by any, expect![[r#"
        A#1(ds: [D#1])
        A#2(ds: [D#2])
        A#3(ds: [])
        A#4(ds: [])
        -- joined
        SELECT "a"."id", "a"."b_id", "d_2"."id" FROM "a" LEFT JOIN ((SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c_1" JOIN "d" AS "d_2" ON "d_2"."id" = "b_c_1"."b_d_id") ON "a"."b_id" = "b_c_1"."b_id" AND "a"."id" = "b_c_1"."c_a_id" ORDER BY "a"."id", "d_2"."id"
        -- selectin
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_c"."b_id", "b_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ("b_c"."b_id", "b_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_c"."b_d_id" ORDER BY "d"."id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- subquery
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_c"."b_id", "b_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ("b_c"."b_id", "b_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_c"."b_d_id" ORDER BY "d"."id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- immediate
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_c"."b_id", "b_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ("b_c"."b_id", "b_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_c"."b_d_id" ORDER BY "d"."id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- batch
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_c"."b_id", "b_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ("b_c"."b_id", "b_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_c"."b_d_id" ORDER BY "d"."id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- lazy
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ? = "b_c"."b_id" AND ? = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id" ORDER BY "d"."id" [1, 1]
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ? = "b_c"."b_id" AND ? = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id" ORDER BY "d"."id" [2, 2]
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ? = "b_c"."b_id" AND ? = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id" ORDER BY "d"."id" [3, 3]
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ? = "b_c"."b_id" AND ? = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id" ORDER BY "d"."id" [1, 4]
        -- operators
        [(1, 1), (2, 2), (2, 2)]
        SELECT "a"."id", "d"."id" FROM "a" JOIN ((SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" JOIN "d" ON "d"."id" = "b_c"."b_d_id") ON "a"."b_id" = "b_c"."b_id" AND "a"."id" = "b_c"."c_a_id" ORDER BY "a"."id", "d"."id"
        SELECT "a"."id" FROM "a" WHERE EXISTS (SELECT ? FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE "a"."b_id" = "b_c"."b_id" AND "a"."id" = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id") ORDER BY "a"."id" [1]
        SELECT "d"."id" FROM "d" WHERE EXISTS (SELECT ? FROM (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ? = "b_c"."b_id" AND ? = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id") ORDER BY "d"."id" [1, 1, 1]
    "#]]);
}

#[test]
fn tables_that_a_text_joins() {
    shown!(A.ds_of_text -> D by any, expect![[r#"
        A#1(ds_of_text: [D#1])
        A#2(ds_of_text: [D#2])
        A#3(ds_of_text: [])
        A#4(ds_of_text: [])
        -- joined
        SELECT "a"."id", "a"."b_id", "d_2"."id" FROM "a" LEFT JOIN ((SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c_1" JOIN "d" AS "d_2" ON "d_2"."id" = "b_d_c_1"."b_d_id") ON "a"."b_id" = "b_d_c_1"."b_id" AND "a"."id" = "b_d_c_1"."c_a_id" ORDER BY "a"."id", "d_2"."id"
        -- selectin
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_d_c"."b_id", "b_d_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c" WHERE ("b_d_c"."b_id", "b_d_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_d_c"."b_d_id" ORDER BY "d"."id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- subquery
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_d_c"."b_id", "b_d_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c" WHERE ("b_d_c"."b_id", "b_d_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_d_c"."b_d_id" ORDER BY "d"."id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- immediate
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_d_c"."b_id", "b_d_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c" WHERE ("b_d_c"."b_id", "b_d_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_d_c"."b_d_id" ORDER BY "d"."id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- batch
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_d_c"."b_id", "b_d_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c" WHERE ("b_d_c"."b_id", "b_d_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_d_c"."b_d_id" ORDER BY "d"."id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- lazy
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c" WHERE ? = "b_d_c"."b_id" AND ? = "b_d_c"."c_a_id" AND "d"."id" = "b_d_c"."b_d_id" ORDER BY "d"."id" [1, 1]
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c" WHERE ? = "b_d_c"."b_id" AND ? = "b_d_c"."c_a_id" AND "d"."id" = "b_d_c"."b_d_id" ORDER BY "d"."id" [2, 2]
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c" WHERE ? = "b_d_c"."b_id" AND ? = "b_d_c"."c_a_id" AND "d"."id" = "b_d_c"."b_d_id" ORDER BY "d"."id" [3, 3]
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c" WHERE ? = "b_d_c"."b_id" AND ? = "b_d_c"."c_a_id" AND "d"."id" = "b_d_c"."b_d_id" ORDER BY "d"."id" [1, 4]
        -- operators
        [(1, 1), (2, 2), (2, 2)]
        SELECT "a"."id", "d"."id" FROM "a" JOIN ((SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c" JOIN "d" ON "d"."id" = "b_d_c"."b_d_id") ON "a"."b_id" = "b_d_c"."b_id" AND "a"."id" = "b_d_c"."c_a_id" ORDER BY "a"."id", "d"."id"
        SELECT "a"."id" FROM "a" WHERE EXISTS (SELECT ? FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c" WHERE "a"."b_id" = "b_d_c"."b_id" AND "a"."id" = "b_d_c"."c_a_id" AND "d"."id" = "b_d_c"."b_d_id") ORDER BY "a"."id" [1]
        SELECT "d"."id" FROM "d" WHERE EXISTS (SELECT ? FROM (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "d"."id" AS "d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "b"."d_id" = "d"."id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_d_c" WHERE ? = "b_d_c"."b_id" AND ? = "b_d_c"."c_a_id" AND "d"."id" = "b_d_c"."b_d_id") ORDER BY "d"."id" [1, 1, 1]
    "#]]);
}

#[test]
fn tables_joined_by_their_keys() {
    shown!(A.latest_ds -> D by any, expect![[r#"
        A#1(latest_ds: [D#2, D#3, D#1])
        A#2(latest_ds: [D#2])
        A#3(latest_ds: [])
        A#4(latest_ds: [D#2])
        -- joined
        SELECT "a"."id", "a"."b_id", "d_2"."id" FROM "a" LEFT JOIN ((SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d_1" JOIN "d" AS "d_2" ON "c_d_1"."c_d_id" = "d_2"."id") ON "a"."id" = "c_d_1"."c_a_id" ORDER BY "a"."id", "c_d_1"."c_id" DESC, "d_2"."id"
        -- selectin
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c_d"."c_a_id" FROM "d", (SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d" WHERE "c_d"."c_a_id" IN (SELECT +value FROM json_each(?)) AND "c_d"."c_d_id" = "d"."id" ORDER BY "c_d"."c_id" DESC, "d"."id" ['[1,2,3,4]']
        -- subquery
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c_d"."c_a_id" FROM "d", (SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d" WHERE "c_d"."c_a_id" IN (SELECT +value FROM json_each(?)) AND "c_d"."c_d_id" = "d"."id" ORDER BY "c_d"."c_id" DESC, "d"."id" ['[1,2,3,4]']
        -- immediate
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c_d"."c_a_id" FROM "d", (SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d" WHERE "c_d"."c_a_id" IN (SELECT +value FROM json_each(?)) AND "c_d"."c_d_id" = "d"."id" ORDER BY "c_d"."c_id" DESC, "d"."id" ['[1,2,3,4]']
        -- batch
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c_d"."c_a_id" FROM "d", (SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d" WHERE "c_d"."c_a_id" IN (SELECT +value FROM json_each(?)) AND "c_d"."c_d_id" = "d"."id" ORDER BY "c_d"."c_id" DESC, "d"."id" ['[1,2,3,4]']
        -- lazy
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id" FROM "d", (SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d" WHERE ? = "c_d"."c_a_id" AND "c_d"."c_d_id" = "d"."id" ORDER BY "c_d"."c_id" DESC, "d"."id" [1]
        SELECT "d"."id" FROM "d", (SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d" WHERE ? = "c_d"."c_a_id" AND "c_d"."c_d_id" = "d"."id" ORDER BY "c_d"."c_id" DESC, "d"."id" [2]
        SELECT "d"."id" FROM "d", (SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d" WHERE ? = "c_d"."c_a_id" AND "c_d"."c_d_id" = "d"."id" ORDER BY "c_d"."c_id" DESC, "d"."id" [3]
        SELECT "d"."id" FROM "d", (SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d" WHERE ? = "c_d"."c_a_id" AND "c_d"."c_d_id" = "d"."id" ORDER BY "c_d"."c_id" DESC, "d"."id" [4]
        -- operators
        [(1, 1), (1, 2), (1, 3), (2, 2), (2, 2), (4, 2)]
        SELECT "a"."id", "d"."id" FROM "a" JOIN ((SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d" JOIN "d" ON "c_d"."c_d_id" = "d"."id") ON "a"."id" = "c_d"."c_a_id" ORDER BY "a"."id", "d"."id"
        SELECT "a"."id" FROM "a" WHERE EXISTS (SELECT ? FROM "d", (SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d" WHERE "a"."id" = "c_d"."c_a_id" AND "c_d"."c_d_id" = "d"."id") ORDER BY "a"."id" [1]
        SELECT "d"."id" FROM "d" WHERE EXISTS (SELECT ? FROM (SELECT "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id", "d"."id" AS "d_id" FROM "c" JOIN "d" ON "d"."id" = "c"."d_id") AS "c_d" WHERE ? = "c_d"."c_a_id" AND "c_d"."c_d_id" = "d"."id") ORDER BY "d"."id" [1, 1]
    "#]]);
}

#[test]
fn columns_of_a_table() {
    shown!(A.plain_ds -> D by any, expect![[r#"
        A#1(plain_ds: [D#1, D#2, D#3])
        A#2(plain_ds: [D#2])
        A#3(plain_ds: [])
        A#4(plain_ds: [D#2])
        -- joined
        SELECT "a"."id", "a"."b_id", "d_2"."id" FROM "a" LEFT JOIN ((SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c_1" JOIN "d" AS "d_2" ON "d_2"."id" = "c_1"."d_id") ON "a"."id" = "c_1"."a_id" ORDER BY "a"."id", "d_2"."id"
        -- selectin
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c"."a_id" FROM "d", (SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c" WHERE "c"."a_id" IN (SELECT +value FROM json_each(?)) AND "d"."id" = "c"."d_id" ORDER BY "d"."id" ['[1,2,3,4]']
        -- subquery
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c"."a_id" FROM "d", (SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c" WHERE "c"."a_id" IN (SELECT +value FROM json_each(?)) AND "d"."id" = "c"."d_id" ORDER BY "d"."id" ['[1,2,3,4]']
        -- immediate
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c"."a_id" FROM "d", (SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c" WHERE "c"."a_id" IN (SELECT +value FROM json_each(?)) AND "d"."id" = "c"."d_id" ORDER BY "d"."id" ['[1,2,3,4]']
        -- batch
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c"."a_id" FROM "d", (SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c" WHERE "c"."a_id" IN (SELECT +value FROM json_each(?)) AND "d"."id" = "c"."d_id" ORDER BY "d"."id" ['[1,2,3,4]']
        -- lazy
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id" FROM "d", (SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c" WHERE ? = "c"."a_id" AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [1]
        SELECT "d"."id" FROM "d", (SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c" WHERE ? = "c"."a_id" AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [2]
        SELECT "d"."id" FROM "d", (SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c" WHERE ? = "c"."a_id" AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [3]
        SELECT "d"."id" FROM "d", (SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c" WHERE ? = "c"."a_id" AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [4]
        -- operators
        [(1, 1), (1, 2), (1, 3), (2, 2), (4, 2)]
        SELECT "a"."id", "d"."id" FROM "a" JOIN ((SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c" JOIN "d" ON "d"."id" = "c"."d_id") ON "a"."id" = "c"."a_id" ORDER BY "a"."id", "d"."id"
        SELECT "a"."id" FROM "a" WHERE EXISTS (SELECT ? FROM "d", (SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c" WHERE "a"."id" = "c"."a_id" AND "d"."id" = "c"."d_id") ORDER BY "a"."id" [1]
        SELECT "d"."id" FROM "d" WHERE EXISTS (SELECT ? FROM (SELECT DISTINCT "c"."a_id", "c"."d_id" FROM "c") AS "c" WHERE ? = "c"."a_id" AND "d"."id" = "c"."d_id") ORDER BY "d"."id" [1, 1]
    "#]]);
}

#[test]
fn some_rows_of_a_table() {
    shown!(A.later_ds -> D by any, expect![[r#"
        A#1(later_ds: [D#2, D#3])
        A#2(later_ds: [D#2])
        A#3(later_ds: [])
        A#4(later_ds: [D#2])
        -- joined
        SELECT "a"."id", "a"."b_id", "d_2"."id" FROM "a" LEFT JOIN ((SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c_1" JOIN "d" AS "d_2" ON "d_2"."id" = "c_1"."d_id") ON "a"."id" = "c_1"."a_id" ORDER BY "a"."id", "d_2"."id" [1]
        -- selectin
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c"."a_id" FROM "d", (SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c" WHERE "c"."a_id" IN (SELECT +value FROM json_each(?)) AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [1, '[1,2,3,4]']
        -- subquery
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c"."a_id" FROM "d", (SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c" WHERE "c"."a_id" IN (SELECT +value FROM json_each(?)) AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [1, '[1,2,3,4]']
        -- immediate
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c"."a_id" FROM "d", (SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c" WHERE "c"."a_id" IN (SELECT +value FROM json_each(?)) AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [1, '[1,2,3,4]']
        -- batch
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "c"."a_id" FROM "d", (SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c" WHERE "c"."a_id" IN (SELECT +value FROM json_each(?)) AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [1, '[1,2,3,4]']
        -- lazy
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id" FROM "d", (SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c" WHERE ? = "c"."a_id" AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [1, 1]
        SELECT "d"."id" FROM "d", (SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c" WHERE ? = "c"."a_id" AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [1, 2]
        SELECT "d"."id" FROM "d", (SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c" WHERE ? = "c"."a_id" AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [1, 3]
        SELECT "d"."id" FROM "d", (SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c" WHERE ? = "c"."a_id" AND "d"."id" = "c"."d_id" ORDER BY "d"."id" [1, 4]
        -- operators
        [(1, 2), (1, 3), (2, 2), (2, 2), (4, 2)]
        SELECT "a"."id", "d"."id" FROM "a" JOIN ((SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c" JOIN "d" ON "d"."id" = "c"."d_id") ON "a"."id" = "c"."a_id" ORDER BY "a"."id", "d"."id" [1]
        SELECT "a"."id" FROM "a" WHERE EXISTS (SELECT ? FROM "d", (SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c" WHERE "a"."id" = "c"."a_id" AND "d"."id" = "c"."d_id") ORDER BY "a"."id" [1, 1]
        SELECT "d"."id" FROM "d" WHERE EXISTS (SELECT ? FROM (SELECT "c"."id", "c"."a_id", "c"."d_id" FROM "c" WHERE "c"."id" > ?) AS "c" WHERE ? = "c"."a_id" AND "d"."id" = "c"."d_id") ORDER BY "d"."id" [1, 1, 1]
    "#]]);
}

#[test]
fn one_object_over_joined_tables() {
    shown!(A.d -> D by has, expect![[r#"
        A#1(d: D#1)
        A#2(d: D#2)
        A#3(d: none)
        A#4(d: none)
        -- joined
        SELECT "a"."id", "a"."b_id", "d_2"."id" FROM "a" LEFT JOIN ((SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c_1" JOIN "d" AS "d_2" ON "d_2"."id" = "b_c_1"."b_d_id") ON "a"."b_id" = "b_c_1"."b_id" AND "a"."id" = "b_c_1"."c_a_id" ORDER BY "a"."id"
        -- selectin
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_c"."b_id", "b_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ("b_c"."b_id", "b_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_c"."b_d_id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- subquery
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_c"."b_id", "b_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ("b_c"."b_id", "b_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_c"."b_d_id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- immediate
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_c"."b_id", "b_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ("b_c"."b_id", "b_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_c"."b_d_id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- batch
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id", "b_c"."b_id", "b_c"."c_a_id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ("b_c"."b_id", "b_c"."c_a_id") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "d"."id" = "b_c"."b_d_id" [1, 1, 1, 4, 2, 2, 3, 3]
        -- lazy
        SELECT "a"."id", "a"."b_id" FROM "a" ORDER BY "a"."id"
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ? = "b_c"."b_id" AND ? = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id" [1, 1]
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ? = "b_c"."b_id" AND ? = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id" [2, 2]
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ? = "b_c"."b_id" AND ? = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id" [3, 3]
        SELECT "d"."id" FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ? = "b_c"."b_id" AND ? = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id" [1, 4]
        -- operators
        [(1, 1), (2, 2), (2, 2)]
        SELECT "a"."id", "d"."id" FROM "a" JOIN ((SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" JOIN "d" ON "d"."id" = "b_c"."b_d_id") ON "a"."b_id" = "b_c"."b_id" AND "a"."id" = "b_c"."c_a_id" ORDER BY "a"."id", "d"."id"
        SELECT "a"."id" FROM "a" WHERE EXISTS (SELECT ? FROM "d", (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE "a"."b_id" = "b_c"."b_id" AND "a"."id" = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id") ORDER BY "a"."id" [1]
        SELECT "d"."id" FROM "d" WHERE EXISTS (SELECT ? FROM (SELECT "b"."id" AS "b_id", "b"."d_id" AS "b_d_id", "c"."id" AS "c_id", "c"."a_id" AS "c_a_id", "c"."d_id" AS "c_d_id" FROM "b" JOIN "d" ON "d"."id" = "b"."d_id" JOIN "c" ON "c"."d_id" = "d"."id") AS "b_c" WHERE ? = "b_c"."b_id" AND ? = "b_c"."c_a_id" AND "d"."id" = "b_c"."b_d_id") ORDER BY "d"."id" [1, 1, 1]
    "#]]);
}

/// Mistakes in what stands between.
mod wrong {
    use orm::prelude::*;

    orm::registry!(pub Wrong);

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct Owner {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(secondary = "join(Pet)", viewonly)]
        pub one_table: Many<Toy>,
        #[relationship(secondary = "merge(Pet, Toy)", viewonly)]
        pub no_join: Many<Toy>,
        #[relationship(secondary = "join(Pet, Toi)", viewonly)]
        pub no_class: Many<Toy>,
        #[relationship(secondary = "join(Owner, Toy)", viewonly)]
        pub no_key: Many<Toy>,
        #[relationship(secondary = "join(Pet, Toy).join(Toy)", viewonly)]
        pub twice: Many<Toy>,
        #[relationship(secondary = "join(Pet, Toy, Pet.i == 1)", viewonly)]
        pub no_column: Many<Toy>,
        #[relationship(secondary = "outerjoin(Pet, 'toy')", viewonly)]
        pub a_text: Many<Toy>,
        #[relationship(secondary = select(Pet::owner_id.label("owner")), viewonly)]
        pub labelled: Many<Toy>,
        #[relationship(secondary = select((Pet::owner_id, Pet)), viewonly)]
        pub selected_twice: Many<Toy>,
        #[relationship(
            secondary = select(Pet::owner_id).join(Toy.on(Toy::pet_id.eq(Pet::id))),
            secondaryjoin = Toy::id.eq(Pet::id.foreign()),
            viewonly
        )]
        pub not_selected: Many<Toy>,
        #[relationship(
            secondary = select((Owner, Pet)).join(Pet.on(Pet::owner_id.eq(Owner::id))),
            primaryjoin = Owner::id.eq(Pet::owner_id),
            secondaryjoin = Toy::pet_id.foreign().eq(House::id),
            viewonly
        )]
        pub not_there: Many<Toy>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct Pet {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Owner::id)]
        pub owner_id: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct Toy {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Pet::id)]
        pub pet_id: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct House {
        #[column(primary_key)]
        pub id: i64,
    }
}

#[test]
fn mistakes_are_told() {
    let error = wrong::Wrong::configure().unwrap_err();
    let lines: Vec<String> = error.causes().iter().map(ToString::to_string).collect();
    expect![[r#"
        [join-condition] `Owner.one_table`: `secondary` at character 1, `join(Pet)`: something else than a join; help: write `join(A, B, A.b_id == B.id).join(C, ...)`
        [join-condition] `Owner.no_join`: `secondary` at character 1, `merge(Pet, Toy)`: something else than a join; help: write `join(A, B, A.b_id == B.id).join(C, ...)`
        [unknown-name] `Owner.no_class`: `secondary` at character 11, `Toi)`: no mapped class is called `Toi`; help: did you mean `Toy`?
        [join-condition] `Owner.no_key`: `secondary` at character 1, `join(Owner, Toy)`: no foreign key joins `toy` with what stands before it; help: give the condition as the last argument
        [bad-option] `Owner.twice`: the query of `secondary` selects `toy.id` twice; help: select it once
        [unknown-name] `Owner.no_column`: `secondary` at character 16, `Pet.i == 1)`: `Pet` has no column `i`; help: did you mean `id`?
        [join-condition] `Owner.a_text`: `secondary` at character 16, `'toy')`: something else than a class or a table; help: name one here
        [bad-option] `Owner.labelled`: the query of `secondary` selects something that isn't a column; help: select the classes, or their columns, that the conditions compare; or give it a label, and the query a name by `subquery`
        [bad-option] `Owner.selected_twice`: the query of `secondary` selects `pet.owner_id` twice; help: select it once
        [join-condition] `Owner.not_selected`: `secondaryjoin` names `pet.id`, which the query of `secondary` doesn't select; help: select it, or its class
        [join-condition] `Owner.not_there`: `secondaryjoin` names a column of `house`, which isn't part of the relationship; help: use columns of `owner` and `toy` and `pet`
    "#]].assert_eq(&(lines.join("\n") + "\n"));
}
