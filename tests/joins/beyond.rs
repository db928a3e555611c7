//! Relationships through an alias, and conditions that name columns that only a query has. The values are those of SQLAlchemy.

use expect_test::expect;
use orm::prelude::*;
use orm::{Label, Subquery, aliased, aliased_as, func, window};
use tests::{Db, each_way};

use crate::each_operator;

orm::registry!(
    /// These classes.
    pub Beyond
);

#[derive(Mapped, Debug)]
#[mapped(registry = Beyond)]
pub struct Buyer {
    #[column(primary_key)]
    pub id: i64,
    pub level: i64,
    /// As in SQLAlchemy's "Row-Limited Relationships with Window Functions".
    #[relationship(
        rows = aliased_as(Sale, &ranked()),
        primaryjoin = Buyer::id.eq(Sale::buyer_id).and(ranked().of(&place()).lt(3)),
        viewonly,
        order_by = Sale::id
    )]
    pub latest: Many<Sale>,
    /// A column of the class is compared with one that only the query has.
    #[relationship(
        rows = aliased_as(Sale, &ranked()),
        primaryjoin = Buyer::id.eq(ranked().of(Sale::buyer_id)).and(Buyer::level.eq(ranked().of(&place()))),
        viewonly
    )]
    pub at_level: Option<One<Sale>>,
    /// The same two as texts, which name the query by its name.
    #[relationship(
        rows = aliased_as(Sale, &ranked()),
        primaryjoin = "and_(Buyer.id == Sale.buyer_id, ranked.place < 3)",
        viewonly,
        order_by = "Sale.id"
    )]
    pub latest_of_text: Many<Sale>,
    #[relationship(
        rows = aliased_as(Sale, &ranked()),
        primaryjoin = "and_(Buyer.id == ranked.buyer_id, Buyer.level == ranked.c.place)",
        viewonly
    )]
    pub at_level_of_text: Option<One<Sale>>,
    /// With a condition in the query, too.
    #[relationship(
        rows = { let ranked = ranked(); select(&aliased_as(Sale, &ranked)).filter(ranked.of(Sale::total).gt(100)) },
        primaryjoin = Buyer::id.eq(Sale::buyer_id).and(ranked().of(&place()).lt(3)),
        order_by = Sale::id,
    )]
    pub written: Many<Sale>,
    /// Through an alias of the association table, by its keys.
    #[relationship(secondary = aliased(Kept), viewonly, order_by = Sale::id)]
    pub kept: Many<Sale>,
    /// The same with conditions, of the alias and of its table.
    #[relationship(
        secondary = aliased(Kept),
        primaryjoin = Buyer::id.eq(aliased(Kept).of(Kept::buyer_id)).and(Kept::part.eq("whole")),
        viewonly,
        order_by = Sale::id
    )]
    pub wholly_kept: Many<Sale>,
    /// To the other buyers of the sales that are kept, through another class than an association table.
    #[relationship(
        secondary = aliased(Sale),
        primaryjoin = Buyer::id.eq(aliased(Sale).of(Sale::keeper_id)),
        secondaryjoin = aliased(Sale).of(Sale::buyer_id).eq(Buyer::id),
        viewonly,
        order_by = Buyer::id
    )]
    pub kept_for: ManySet<Buyer>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Beyond)]
pub struct Sale {
    #[column(primary_key)]
    pub id: i64,
    pub total: i64,
    #[column(foreign_key = Buyer::id)]
    pub buyer_id: Option<i64>,
    #[column(foreign_key = Buyer::id)]
    pub keeper_id: Option<i64>,
    /// The latest of the same buyer.
    #[relationship(
        rows = aliased_as(Sale, &ranked()),
        primaryjoin = Sale::buyer_id.eq(ranked().of(Sale::buyer_id).foreign()).and(ranked().of(&place()).eq(1)),
        viewonly
    )]
    pub latest_too: Many<Sale>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Beyond)]
pub struct Kept {
    #[column(primary_key, foreign_key = Buyer::id)]
    pub buyer_id: i64,
    #[column(primary_key, foreign_key = Sale::id)]
    pub sale_id: i64,
    pub part: String,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Beyond)]
pub struct Node {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Node::id)]
    pub parent_id: Option<i64>,
    /// Through the class itself.
    #[relationship(
        secondary = aliased(Node),
        primaryjoin = Node::id.eq(aliased(Node).of(Node::parent_id)),
        secondaryjoin = aliased(Node).of(Node::id).eq(Node::parent_id),
        viewonly,
        order_by = Node::id
    )]
    pub grandchildren: Many<Node>,
}

fn place() -> Label<i64> {
    func::row_number().over(window().partition_by(Sale::buyer_id).order_by(Sale::id.desc())).label("place")
}

fn ranked() -> Subquery {
    select((Sale, &place())).subquery("ranked")
}

fn beyond() -> Db {
    let db = Db::empty();
    Beyond::create_all(&db.engine).unwrap();
    db.run("INSERT INTO buyer VALUES (1, 2), (2, 1), (3, 1)");
    db.run(
        "INSERT INTO sale VALUES (1, 500, 1, 2), (2, 100, 1, 2), (3, 300, 2, 3), (4, 200, 1, NULL), (5, 50, 1, NULL), (6, 10, NULL, 1)",
    );
    db.run("INSERT INTO kept VALUES (1, 3, 'whole'), (1, 6, 'half'), (2, 1, 'whole')");
    db.run("INSERT INTO node VALUES (1, NULL), (2, 1), (3, 1), (4, 2), (5, 3), (6, 5)");
    db.sql();
    db
}

/// Loads a relationship in each way, asks for it in each way, and compares what is found and which statements ran.
macro_rules! shown {
    ($class:ident.$relation:ident -> $target:ident by $operator:ident, $expected:expr) => {
        let db = beyond();
        let told = each_way!($class, $relation, db) + "-- operators\n";
        $expected.assert_eq(&(told + &each_operator!($class, $relation, $target, $operator, db)));
    };
}

#[test]
fn the_first_few_of_each_by_the_condition() {
    shown!(Buyer.latest -> Sale by any, expect![[r#"
        Buyer#1(latest: [Sale#4, Sale#5])
        Buyer#2(latest: [Sale#3])
        Buyer#3(latest: [])
        -- joined
        SELECT "buyer"."id", "buyer"."level", "sale_1"."id", "sale_1"."total", "sale_1"."buyer_id", "sale_1"."keeper_id" FROM "buyer" LEFT JOIN (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale_1" ON "buyer"."id" = "sale_1"."buyer_id" AND "sale_1"."place" < ? ORDER BY "buyer"."id", "sale_1"."id" [3]
        -- selectin
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" < ? ORDER BY "sale"."id" ['[1,2,3]', 3]
        -- subquery
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" < ? ORDER BY "sale"."id" ['[1,2,3]', 3]
        -- immediate
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" < ? ORDER BY "sale"."id" ['[1,2,3]', 3]
        -- batch
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" < ? ORDER BY "sale"."id" ['[1,2,3]', 3]
        -- lazy
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."place" < ? ORDER BY "sale"."id" [1, 3]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."place" < ? ORDER BY "sale"."id" [2, 3]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."place" < ? ORDER BY "sale"."id" [3, 3]
        -- operators
        [(1, 4), (1, 5), (2, 3)]
        SELECT "buyer"."id", "sale"."id" FROM "buyer" JOIN (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" ON "buyer"."id" = "sale"."buyer_id" AND "sale"."place" < ? ORDER BY "buyer"."id", "sale"."id" [3]
        SELECT "buyer"."id" FROM "buyer" WHERE EXISTS (SELECT ? FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE "buyer"."id" = "sale"."buyer_id" AND "sale"."place" < ?) ORDER BY "buyer"."id" [1, 3]
        SELECT "sale"."id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale_1" WHERE ? = "sale_1"."buyer_id" AND "sale_1"."place" < ? AND "sale_1"."id" = "sale"."id") ORDER BY "sale"."id" [1, 1, 3]
    "#]]);
}

#[test]
fn texts_name_columns_that_only_the_query_has() {
    let db = beyond();
    let typed = each_way!(Buyer, latest, db) + &each_operator!(Buyer, latest, Sale, any, db);
    let text = each_way!(Buyer, latest_of_text, db) + &each_operator!(Buyer, latest_of_text, Sale, any, db);
    assert_eq!(typed.replace("(latest:", "(latest_of_text:"), text);
    let typed = each_way!(Buyer, at_level, db) + &each_operator!(Buyer, at_level, Sale, has, db);
    let text =
        each_way!(Buyer, at_level_of_text, db) + &each_operator!(Buyer, at_level_of_text, Sale, has, db);
    assert_eq!(typed.replace("(at_level:", "(at_level_of_text:"), text);
}

#[test]
fn a_column_of_the_class_and_one_of_the_query() {
    shown!(Buyer.at_level -> Sale by has, expect![[r#"
        Buyer#1(at_level: Sale#4)
        Buyer#2(at_level: Sale#3)
        Buyer#3(at_level: none)
        -- joined
        SELECT "buyer"."id", "buyer"."level", "sale_1"."id", "sale_1"."total", "sale_1"."buyer_id", "sale_1"."keeper_id" FROM "buyer" LEFT JOIN (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale_1" ON "buyer"."id" = "sale_1"."buyer_id" AND "buyer"."level" = "sale_1"."place" ORDER BY "buyer"."id"
        -- selectin
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "buyer_1"."id" FROM "buyer" AS "buyer_1" JOIN (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" ON "buyer_1"."id" = "sale"."buyer_id" AND "buyer_1"."level" = "sale"."place" WHERE "buyer_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
        -- subquery
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "buyer_1"."id" FROM "buyer" AS "buyer_1" JOIN (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" ON "buyer_1"."id" = "sale"."buyer_id" AND "buyer_1"."level" = "sale"."place" WHERE "buyer_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
        -- immediate
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "buyer_1"."id" FROM "buyer" AS "buyer_1" JOIN (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" ON "buyer_1"."id" = "sale"."buyer_id" AND "buyer_1"."level" = "sale"."place" WHERE "buyer_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
        -- batch
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "buyer_1"."id" FROM "buyer" AS "buyer_1" JOIN (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" ON "buyer_1"."id" = "sale"."buyer_id" AND "buyer_1"."level" = "sale"."place" WHERE "buyer_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
        -- lazy
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE ? = "sale"."buyer_id" AND ? = "sale"."place" [1, 2]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE ? = "sale"."buyer_id" AND ? = "sale"."place" [2, 1]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE ? = "sale"."buyer_id" AND ? = "sale"."place" [3, 1]
        -- operators
        [(1, 4), (2, 3)]
        SELECT "buyer"."id", "sale"."id" FROM "buyer" JOIN (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" ON "buyer"."id" = "sale"."buyer_id" AND "buyer"."level" = "sale"."place" ORDER BY "buyer"."id", "sale"."id"
        SELECT "buyer"."id" FROM "buyer" WHERE EXISTS (SELECT ? FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE "buyer"."id" = "sale"."buyer_id" AND "buyer"."level" = "sale"."place") ORDER BY "buyer"."id" [1]
        SELECT "sale"."id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale_1" WHERE ? = "sale_1"."buyer_id" AND ? = "sale_1"."place" AND "sale_1"."id" = "sale"."id") ORDER BY "sale"."id" [1, 1, 2]
    "#]]);
}

#[test]
fn conditions_of_both() {
    shown!(Buyer.written -> Sale by any, expect![[r#"
        Buyer#1(written: [Sale#4])
        Buyer#2(written: [Sale#3])
        Buyer#3(written: [])
        -- joined
        SELECT "buyer"."id", "buyer"."level", "sale_1"."id", "sale_1"."total", "sale_1"."buyer_id", "sale_1"."keeper_id" FROM "buyer" LEFT JOIN (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."total" > ?) AS "sale_1" ON "buyer"."id" = "sale_1"."buyer_id" AND "sale_1"."place" < ? ORDER BY "buyer"."id", "sale_1"."id" [100, 3]
        -- selectin
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."total" > ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" < ? ORDER BY "sale"."id" [100, '[1,2,3]', 3]
        -- subquery
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."total" > ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" < ? ORDER BY "sale"."id" [100, '[1,2,3]', 3]
        -- immediate
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."total" > ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" < ? ORDER BY "sale"."id" [100, '[1,2,3]', 3]
        -- batch
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."total" > ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" < ? ORDER BY "sale"."id" [100, '[1,2,3]', 3]
        -- lazy
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."total" > ?) AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."place" < ? ORDER BY "sale"."id" [100, 1, 3]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."total" > ?) AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."place" < ? ORDER BY "sale"."id" [100, 2, 3]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."total" > ?) AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."place" < ? ORDER BY "sale"."id" [100, 3, 3]
        -- operators
        [(1, 4), (2, 3)]
        SELECT "buyer"."id", "sale"."id" FROM "buyer" JOIN (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."total" > ?) AS "sale" ON "buyer"."id" = "sale"."buyer_id" AND "sale"."place" < ? ORDER BY "buyer"."id", "sale"."id" [100, 3]
        SELECT "buyer"."id" FROM "buyer" WHERE EXISTS (SELECT ? FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."total" > ?) AS "sale" WHERE "buyer"."id" = "sale"."buyer_id" AND "sale"."place" < ?) ORDER BY "buyer"."id" [1, 100, 3]
        SELECT "sale"."id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."total" > ?) AS "sale_1" WHERE ? = "sale_1"."buyer_id" AND "sale_1"."place" < ? AND "sale_1"."id" = "sale"."id") ORDER BY "sale"."id" [1, 100, 1, 3]
    "#]]);
    let db = beyond();
    let session = db.session();
    let (buyer, sale) = (session.get::<Buyer>(3).unwrap().unwrap(), session.get::<Sale>(6).unwrap().unwrap());
    buyer.written().append(&sale).unwrap();
    session.flush().unwrap();
    assert_eq!(sale.buyer_id().unwrap(), Some(3));
}

#[test]
fn rows_of_a_query_in_a_class_that_leads_to_itself() {
    let db = beyond();
    expect![[r#"
        Sale#1(latest_too: [Sale#5(latest_too: [Sale#5])])
        Sale#2(latest_too: [Sale#5(latest_too: [Sale#5])])
        Sale#3(latest_too: [Sale#3])
        Sale#4(latest_too: [Sale#5(latest_too: [Sale#5])])
        Sale#5(latest_too: [Sale#5])
        Sale#6(latest_too: [])
        -- joined
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "sale_1"."id", "sale_1"."total", "sale_1"."buyer_id", "sale_1"."keeper_id" FROM "sale" LEFT JOIN (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale_1" ON "sale"."buyer_id" = "sale_1"."buyer_id" AND "sale_1"."place" = ? ORDER BY "sale"."id" [1]
        -- selectin
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" = ? ['[1,2]', 1]
        -- subquery
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" = ? ['[1,2]', 1]
        -- immediate
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" = ? ['[1,2]', 1]
        -- batch
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."place" = ? ['[1,2]', 1]
        -- lazy
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."place" = ? [1, 1]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."place" = ? [1, 1]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."place" = ? [2, 1]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."place" = ? [1, 1]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM (SELECT "ranked"."id", "ranked"."total", "ranked"."buyer_id", "ranked"."keeper_id", "ranked"."place" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked") AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."place" = ? [1, 1]
    "#]].assert_eq(&each_way!(Sale, latest_too, db));
}

#[test]
fn an_alias_between() {
    shown!(Buyer.kept -> Sale by any, expect![[r#"
        Buyer#1(kept: [Sale#3, Sale#6])
        Buyer#2(kept: [Sale#1])
        Buyer#3(kept: [])
        -- joined
        SELECT "buyer"."id", "buyer"."level", "sale_2"."id", "sale_2"."total", "sale_2"."buyer_id", "sale_2"."keeper_id" FROM "buyer" LEFT JOIN ("kept" AS "kept_1" JOIN "sale" AS "sale_2" ON "sale_2"."id" = "kept_1"."sale_id") ON "buyer"."id" = "kept_1"."buyer_id" ORDER BY "buyer"."id", "sale_2"."id"
        -- selectin
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "kept"."buyer_id" FROM "sale", "kept" WHERE "kept"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" ['[1,2,3]']
        -- subquery
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "kept"."buyer_id" FROM "sale", "kept" WHERE "kept"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" ['[1,2,3]']
        -- immediate
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "kept"."buyer_id" FROM "sale", "kept" WHERE "kept"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" ['[1,2,3]']
        -- batch
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "kept"."buyer_id" FROM "sale", "kept" WHERE "kept"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" ['[1,2,3]']
        -- lazy
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM "sale", "kept" WHERE ? = "kept"."buyer_id" AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" [1]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM "sale", "kept" WHERE ? = "kept"."buyer_id" AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" [2]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM "sale", "kept" WHERE ? = "kept"."buyer_id" AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" [3]
        -- operators
        [(1, 3), (1, 6), (2, 1)]
        SELECT "buyer"."id", "sale"."id" FROM "buyer" JOIN ("kept" JOIN "sale" ON "sale"."id" = "kept"."sale_id") ON "buyer"."id" = "kept"."buyer_id" ORDER BY "buyer"."id", "sale"."id"
        SELECT "buyer"."id" FROM "buyer" WHERE EXISTS (SELECT ? FROM "sale", "kept" WHERE "buyer"."id" = "kept"."buyer_id" AND "sale"."id" = "kept"."sale_id") ORDER BY "buyer"."id" [1]
        SELECT "sale"."id" FROM "sale" WHERE EXISTS (SELECT ? FROM "kept" WHERE ? = "kept"."buyer_id" AND "sale"."id" = "kept"."sale_id") ORDER BY "sale"."id" [1, 1]
    "#]]);
    shown!(Buyer.wholly_kept -> Sale by any, expect![[r#"
        Buyer#1(wholly_kept: [Sale#3])
        Buyer#2(wholly_kept: [Sale#1])
        Buyer#3(wholly_kept: [])
        -- joined
        SELECT "buyer"."id", "buyer"."level", "sale_2"."id", "sale_2"."total", "sale_2"."buyer_id", "sale_2"."keeper_id" FROM "buyer" LEFT JOIN ("kept" AS "kept_1" JOIN "sale" AS "sale_2" ON "sale_2"."id" = "kept_1"."sale_id") ON "buyer"."id" = "kept_1"."buyer_id" AND "kept_1"."part" = ? ORDER BY "buyer"."id", "sale_2"."id" ['whole']
        -- selectin
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "kept"."buyer_id" FROM "sale", "kept" WHERE "kept"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "kept"."part" = ? AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" ['[1,2,3]', 'whole']
        -- subquery
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "kept"."buyer_id" FROM "sale", "kept" WHERE "kept"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "kept"."part" = ? AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" ['[1,2,3]', 'whole']
        -- immediate
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "kept"."buyer_id" FROM "sale", "kept" WHERE "kept"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "kept"."part" = ? AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" ['[1,2,3]', 'whole']
        -- batch
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id", "kept"."buyer_id" FROM "sale", "kept" WHERE "kept"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "kept"."part" = ? AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" ['[1,2,3]', 'whole']
        -- lazy
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM "sale", "kept" WHERE ? = "kept"."buyer_id" AND "kept"."part" = ? AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" [1, 'whole']
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM "sale", "kept" WHERE ? = "kept"."buyer_id" AND "kept"."part" = ? AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" [2, 'whole']
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id", "sale"."keeper_id" FROM "sale", "kept" WHERE ? = "kept"."buyer_id" AND "kept"."part" = ? AND "sale"."id" = "kept"."sale_id" ORDER BY "sale"."id" [3, 'whole']
        -- operators
        [(1, 3), (2, 1)]
        SELECT "buyer"."id", "sale"."id" FROM "buyer" JOIN ("kept" JOIN "sale" ON "sale"."id" = "kept"."sale_id") ON "buyer"."id" = "kept"."buyer_id" AND "kept"."part" = ? ORDER BY "buyer"."id", "sale"."id" ['whole']
        SELECT "buyer"."id" FROM "buyer" WHERE EXISTS (SELECT ? FROM "sale", "kept" WHERE "buyer"."id" = "kept"."buyer_id" AND "kept"."part" = ? AND "sale"."id" = "kept"."sale_id") ORDER BY "buyer"."id" [1, 'whole']
        SELECT "sale"."id" FROM "sale" WHERE EXISTS (SELECT ? FROM "kept" WHERE ? = "kept"."buyer_id" AND "kept"."part" = ? AND "sale"."id" = "kept"."sale_id") ORDER BY "sale"."id" [1, 1, 'whole']
    "#]]);
}

#[test]
fn an_alias_of_another_class_between_a_class_and_itself() {
    let db = beyond();
    expect![[r#"
        Buyer#1(kept_for: [])
        Buyer#2(kept_for: [Buyer#1(kept_for: [])])
        Buyer#3(kept_for: [Buyer#2(kept_for: [Buyer#1(kept_for: [])])])
        -- joined
        SELECT "buyer"."id", "buyer"."level", "buyer_2"."id", "buyer_2"."level" FROM "buyer" LEFT JOIN ("sale" AS "sale_1" JOIN "buyer" AS "buyer_2" ON "sale_1"."buyer_id" = "buyer_2"."id") ON "buyer"."id" = "sale_1"."keeper_id" ORDER BY "buyer"."id", "buyer_2"."id"
        -- selectin
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "buyer"."id", "buyer"."level", "sale"."keeper_id" FROM "buyer", "sale" WHERE "sale"."keeper_id" IN (SELECT +value FROM json_each(?)) AND "sale"."buyer_id" = "buyer"."id" ORDER BY "buyer"."id" ['[1,2,3]']
        -- subquery
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "buyer"."id", "buyer"."level", "sale"."keeper_id" FROM "buyer", "sale" WHERE "sale"."keeper_id" IN (SELECT +value FROM json_each(?)) AND "sale"."buyer_id" = "buyer"."id" ORDER BY "buyer"."id" ['[1,2,3]']
        -- immediate
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "buyer"."id", "buyer"."level", "sale"."keeper_id" FROM "buyer", "sale" WHERE "sale"."keeper_id" IN (SELECT +value FROM json_each(?)) AND "sale"."buyer_id" = "buyer"."id" ORDER BY "buyer"."id" ['[1,2,3]']
        -- batch
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "buyer"."id", "buyer"."level", "sale"."keeper_id" FROM "buyer", "sale" WHERE "sale"."keeper_id" IN (SELECT +value FROM json_each(?)) AND "sale"."buyer_id" = "buyer"."id" ORDER BY "buyer"."id" ['[1,2,3]']
        -- lazy
        SELECT "buyer"."id", "buyer"."level" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "buyer"."id", "buyer"."level" FROM "buyer", "sale" WHERE ? = "sale"."keeper_id" AND "sale"."buyer_id" = "buyer"."id" ORDER BY "buyer"."id" [1]
        SELECT "buyer"."id", "buyer"."level" FROM "buyer", "sale" WHERE ? = "sale"."keeper_id" AND "sale"."buyer_id" = "buyer"."id" ORDER BY "buyer"."id" [2]
        SELECT "buyer"."id", "buyer"."level" FROM "buyer", "sale" WHERE ? = "sale"."keeper_id" AND "sale"."buyer_id" = "buyer"."id" ORDER BY "buyer"."id" [3]
    "#]].assert_eq(&each_way!(Buyer, kept_for, db));
}

#[test]
fn an_alias_of_the_class_itself() {
    let db = beyond();
    let told = each_way!(Node, grandchildren, db);
    db.sql();
    let grandchild = aliased(Node);
    let session = db.session();
    let pairs = select((Node::id, grandchild.of(Node::id)))
        .from(Node)
        .join(Node::grandchildren.to(grandchild))
        .order_by((Node::id, grandchild.of(Node::id)));
    assert_eq!(session.execute(pairs).unwrap().all().unwrap(), [(1, 4), (1, 5), (3, 6)]);
    let with = select(Node::id).filter(Node::grandchildren.any(())).order_by(Node::id);
    assert_eq!(session.scalars(with).unwrap().all().unwrap(), [1, 3]);
    let first = session.get::<Node>(1).unwrap().unwrap();
    let of_first = select(Node::id).filter(with_parent(&first, Node::grandchildren)).order_by(Node::id);
    assert_eq!(session.scalars(of_first).unwrap().all().unwrap(), [4, 5]);
    expect![[r#"
        Node#1(grandchildren: [Node#4(grandchildren: []), Node#5(grandchildren: [])])
        Node#2(grandchildren: [])
        Node#3(grandchildren: [Node#6(grandchildren: [])])
        Node#4(grandchildren: [])
        Node#5(grandchildren: [])
        Node#6(grandchildren: [])
        -- joined
        SELECT "node"."id", "node"."parent_id", "node_2"."id", "node_2"."parent_id" FROM "node" LEFT JOIN ("node" AS "node_links_1" JOIN "node" AS "node_2" ON "node_links_1"."id" = "node_2"."parent_id") ON "node"."id" = "node_links_1"."parent_id" ORDER BY "node"."id", "node_2"."id"
        -- selectin
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "node_links"."parent_id" FROM "node", "node" AS "node_links" WHERE "node_links"."parent_id" IN (SELECT +value FROM json_each(?)) AND "node_links"."id" = "node"."parent_id" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- subquery
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "node_links"."parent_id" FROM "node", "node" AS "node_links" WHERE "node_links"."parent_id" IN (SELECT +value FROM json_each(?)) AND "node_links"."id" = "node"."parent_id" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- immediate
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "node_links"."parent_id" FROM "node", "node" AS "node_links" WHERE "node_links"."parent_id" IN (SELECT +value FROM json_each(?)) AND "node_links"."id" = "node"."parent_id" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- batch
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "node_links"."parent_id" FROM "node", "node" AS "node_links" WHERE "node_links"."parent_id" IN (SELECT +value FROM json_each(?)) AND "node_links"."id" = "node"."parent_id" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- lazy
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id" FROM "node", "node" AS "node_links" WHERE ? = "node_links"."parent_id" AND "node_links"."id" = "node"."parent_id" ORDER BY "node"."id" [1]
        SELECT "node"."id", "node"."parent_id" FROM "node", "node" AS "node_links" WHERE ? = "node_links"."parent_id" AND "node_links"."id" = "node"."parent_id" ORDER BY "node"."id" [2]
        SELECT "node"."id", "node"."parent_id" FROM "node", "node" AS "node_links" WHERE ? = "node_links"."parent_id" AND "node_links"."id" = "node"."parent_id" ORDER BY "node"."id" [3]
        SELECT "node"."id", "node"."parent_id" FROM "node", "node" AS "node_links" WHERE ? = "node_links"."parent_id" AND "node_links"."id" = "node"."parent_id" ORDER BY "node"."id" [4]
        SELECT "node"."id", "node"."parent_id" FROM "node", "node" AS "node_links" WHERE ? = "node_links"."parent_id" AND "node_links"."id" = "node"."parent_id" ORDER BY "node"."id" [5]
        SELECT "node"."id", "node"."parent_id" FROM "node", "node" AS "node_links" WHERE ? = "node_links"."parent_id" AND "node_links"."id" = "node"."parent_id" ORDER BY "node"."id" [6]
        -- operators
        SELECT "node"."id", "node_1"."id" FROM "node" JOIN ("node" AS "node_links" JOIN "node" AS "node_1" ON "node_links"."id" = "node_1"."parent_id") ON "node"."id" = "node_links"."parent_id" ORDER BY "node"."id", "node_1"."id"
        SELECT "node"."id" FROM "node" WHERE EXISTS (SELECT ? FROM "node" AS "node_1", "node" AS "node_links" WHERE "node"."id" = "node_links"."parent_id" AND "node_links"."id" = "node_1"."parent_id") ORDER BY "node"."id" [1]
        SELECT "id", "parent_id" FROM "node" WHERE "id" = ? [1]
        SELECT "node"."id" FROM "node" WHERE EXISTS (SELECT ? FROM "node" AS "node_links" WHERE ? = "node_links"."parent_id" AND "node_links"."id" = "node"."parent_id") ORDER BY "node"."id" [1, 1]
    "#]].assert_eq(&(told + "-- operators\n" + &db.sql()));
}

#[test]
fn conditions_print_what_only_a_query_has() {
    let condition = |class: &str, name: &str| {
        let relation = Beyond::mapper(class).unwrap().relationship(name).unwrap();
        format!("{}", relation.primaryjoin())
    };
    expect!["buyer.id = sale.buyer_id AND sale.place < 3"].assert_eq(&condition("Buyer", "latest"));
    expect!["node.id = node_links.parent_id"].assert_eq(&condition("Node", "grandchildren"));
}

mod refused {
    use orm::aliased;
    use orm::prelude::*;

    use super::{place, ranked};

    orm::registry!(
        /// These classes.
        pub Wrong
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Wrong)]
    pub struct Buyer {
        #[column(primary_key)]
        pub id: i64,
        /// The rows are those of the class.
        #[relationship(primaryjoin = Buyer::id.eq(Sale::buyer_id).and(ranked().of(&place()).lt(3)), viewonly)]
        pub without: Many<Sale>,
        /// The alias isn't that of `secondary`.
        #[relationship(
            secondary = aliased(Kept),
            primaryjoin = Buyer::id.eq(aliased(Sale).of(Sale::buyer_id)),
            viewonly
        )]
        pub other_alias: Many<Sale>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Wrong)]
    pub struct Sale {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Buyer::id)]
        pub buyer_id: Option<i64>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Wrong)]
    pub struct Kept {
        #[column(primary_key, foreign_key = Buyer::id)]
        pub buyer_id: i64,
        #[column(primary_key, foreign_key = Sale::id)]
        pub sale_id: i64,
    }
}

#[test]
fn what_no_query_has_is_an_error() {
    let error = refused::Wrong::configure().unwrap_err();
    expect![[r#"
        [configuration] the mapping has 2 mistakes
          [join-condition] `Buyer.without`: a condition names `ranked.place` of a query that the relationship doesn't lead to; help: lead to its rows: `rows = aliased_as(Order, &query)`
          [join-condition] `Buyer.other_alias`: a condition asks for an alias, which a declaration can't; help: compare columns of the classes only, or ask by a query; an alias may be the `secondary`"#]].assert_eq(&error.to_string());
}

/// What only the statement of the query shows.
mod lacking {
    use orm::aliased_as;
    use orm::prelude::*;

    use super::{place, ranked};

    orm::registry!(
        /// These classes.
        pub Lacking
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Lacking)]
    pub struct Buyer {
        #[column(primary_key)]
        pub id: i64,
        /// They are those of a query that has no named one within.
        #[relationship(
            rows = select(Sale).filter(Sale::id.gt(1)),
            primaryjoin = Buyer::id.eq(Sale::buyer_id).and(ranked().of(&place()).lt(3)),
            viewonly
        )]
        pub unnamed: Many<Sale>,
        /// The query lacks the column.
        #[relationship(
            rows = aliased_as(Sale, &select(Sale).subquery("ranked")),
            primaryjoin = Buyer::id.eq(Sale::buyer_id).and(ranked().of(&place()).lt(3)),
            viewonly
        )]
        pub lacking: Many<Sale>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Lacking)]
    pub struct Sale {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Buyer::id)]
        pub buyer_id: Option<i64>,
    }
}

#[test]
fn what_the_query_lacks_is_an_error() {
    let error = lacking::Lacking::configure().unwrap_err();
    expect![[r#"
        [configuration] the mapping has 2 mistakes
          [join-condition] `Buyer.unnamed`: the condition names `place`, which the rows of the relationship lack; help: lead to the rows of the query that selects it: `rows = aliased_as(Order, &query)`
          [query] `Buyer.lacking`: the query `ranked` has no column `place`; help: select it there; it has `id`, `buyer_id`"#]].assert_eq(&error.to_string());
}
