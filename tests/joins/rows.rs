//! Relationships that lead to the rows of a query: to some rows of a class, to the first few of each object, to an alias with a
//! join inside.

use expect_test::expect;
use orm::prelude::*;
use orm::{QueryAlias, Select, aliased_as, func, window};
use tests::{Db, each_way};

use crate::each_operator;

orm::registry!(
    /// These classes.
    pub Shop
);

#[derive(Mapped, Debug)]
#[mapped(registry = Shop)]
pub struct Buyer {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(back_populates = "buyer", order_by = Sale::id)]
    pub sales: Many<Sale>,
    /// The latest three of each.
    #[relationship(rows = latest(3), viewonly, order_by = Sale::id.desc())]
    pub latest_sales: Many<Sale>,
    /// The latest one.
    #[relationship(rows = latest(1), viewonly)]
    pub last_sale: Option<One<Sale>>,
    /// Those above the average of all.
    #[relationship(rows = large(), viewonly, order_by = Sale::id)]
    pub large_sales: Many<Sale>,
    /// With a condition of its own.
    #[relationship(
        rows = large(),
        primaryjoin = Buyer::id.eq(Sale::buyer_id).and(Sale::total.lt(400)),
        viewonly,
        order_by = Sale::id
    )]
    pub rather_large: Many<Sale>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Shop)]
pub struct Sale {
    #[column(primary_key)]
    pub id: i64,
    #[column(name = "sum")]
    pub total: i64,
    #[column(foreign_key = Buyer::id)]
    pub buyer_id: Option<i64>,
    #[relationship(back_populates = "sales")]
    pub buyer: Option<One<Buyer>>,
    /// A buyer who has sold labels.
    #[relationship(rows = labelled(), viewonly)]
    pub labelled_buyer: Option<One<Buyer>>,
    #[relationship(secondary = SaleLabel, order_by = Label::id)]
    pub labels: Many<Label>,
    /// Through a table, to some rows.
    #[relationship(secondary = SaleLabel, rows = select(Label).filter(Label::name.ne("red")), viewonly, order_by = Label::id)]
    pub other_labels: Many<Label>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Shop)]
pub struct Label {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Label::id)]
    pub parent_id: Option<i64>,
    /// Of a class that leads to itself.
    #[relationship(
        rows = select(Label).filter(Label::name.ne("blue")),
        remote_side = Label::parent_id,
        viewonly,
        order_by = Label::id
    )]
    pub children_but_blue: Many<Label>,
}

#[derive(Table)]
#[mapped(registry = Shop)]
pub struct SaleLabel {
    #[column(primary_key, foreign_key = Sale::id)]
    pub sale_id: i64,
    #[column(primary_key, foreign_key = Label::id)]
    pub label_id: i64,
}

/// So many of the sales of each buyer, the latest first.
fn latest(count: i64) -> Select<Obj<Sale>> {
    let by_buyer = window().partition_by(Sale::buyer_id).order_by(Sale::id.desc());
    let place = func::row_number().over(by_buyer).label("place");
    let ranked = select((Sale, &place)).subquery("ranked");
    let sale = aliased_as(Sale, &ranked);
    select(&sale).filter(ranked.of(&place).le(count))
}

fn large() -> QueryAlias<Sale> {
    let average = select(func::avg(Sale::total)).scalar();
    let large = select(Sale).filter(Sale::total.cast::<f64>().gt(average)).subquery("large");
    aliased_as(Sale, &large)
}

/// Buyers with a join inside: along relationships, which are configured by then.
fn labelled() -> Select<Obj<Buyer>> {
    select(Buyer).join(Buyer::sales).join(Sale::labels).group_by(Buyer::id)
}

fn shop() -> Db {
    let db = Db::empty();
    Shop::create_all(&db.engine).unwrap();
    db.run("INSERT INTO buyer VALUES (1, 'ann'), (2, 'bob'), (3, 'eve')");
    db.run(
        "INSERT INTO sale VALUES (1, 500, 1), (2, 100, 1), (3, 300, 2), (4, 200, 1), (5, 400, 1), (6, 350, 1),
        (7, 20, NULL)",
    );
    db.run("INSERT INTO label VALUES (1, 'red', NULL), (2, 'blue', 1), (3, 'green', 1)");
    db.run("INSERT INTO sale_label VALUES (1, 1), (1, 2), (4, 3), (7, 1)");
    db.sql();
    db
}

/// Loads a relationship in each way, asks for it in each way, and compares what is found and which statements ran.
macro_rules! shown {
    ($class:ident.$relation:ident -> $target:ident by $operator:ident, $expected:expr) => {
        let db = shop();
        let told = each_way!($class, $relation, db) + "-- operators\n";
        $expected.assert_eq(&(told + &each_operator!($class, $relation, $target, $operator, db)));
    };
}

#[test]
fn the_first_few_of_each() {
    shown!(Buyer.latest_sales -> Sale by any, expect![[r#"
        Buyer#1(latest_sales: [Sale#6, Sale#5, Sale#4])
        Buyer#2(latest_sales: [Sale#3])
        Buyer#3(latest_sales: [])
        -- joined
        SELECT "buyer"."id", "buyer"."name", "sale_1"."id", "sale_1"."sum", "sale_1"."buyer_id" FROM "buyer" LEFT JOIN (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale_1" ON "buyer"."id" = "sale_1"."buyer_id" ORDER BY "buyer"."id", "sale_1"."id" DESC [3]
        -- selectin
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" DESC [3, '[1,2,3]']
        -- subquery
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" DESC [3, '[1,2,3]']
        -- immediate
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" DESC [3, '[1,2,3]']
        -- batch
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" DESC [3, '[1,2,3]']
        -- lazy
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE ? = "sale"."buyer_id" ORDER BY "sale"."id" DESC [3, 1]
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE ? = "sale"."buyer_id" ORDER BY "sale"."id" DESC [3, 2]
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE ? = "sale"."buyer_id" ORDER BY "sale"."id" DESC [3, 3]
        -- operators
        [(1, 4), (1, 5), (1, 6), (2, 3)]
        SELECT "buyer"."id", "sale"."id" FROM "buyer" JOIN (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" ON "buyer"."id" = "sale"."buyer_id" ORDER BY "buyer"."id", "sale"."id" [3]
        SELECT "buyer"."id" FROM "buyer" WHERE EXISTS (SELECT ? FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE "buyer"."id" = "sale"."buyer_id") ORDER BY "buyer"."id" [1, 3]
        SELECT "sale"."id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale_1" WHERE ? = "sale_1"."buyer_id" AND "sale_1"."id" = "sale"."id") ORDER BY "sale"."id" [1, 3, 1]
    "#]]);
}

#[test]
fn the_first_of_each() {
    shown!(Buyer.last_sale -> Sale by has, expect![[r#"
        Buyer#1(last_sale: Sale#6)
        Buyer#2(last_sale: Sale#3)
        Buyer#3(last_sale: none)
        -- joined
        SELECT "buyer"."id", "buyer"."name", "sale_1"."id", "sale_1"."sum", "sale_1"."buyer_id" FROM "buyer" LEFT JOIN (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale_1" ON "buyer"."id" = "sale_1"."buyer_id" ORDER BY "buyer"."id" [1]
        -- selectin
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) [1, '[1,2,3]']
        -- subquery
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) [1, '[1,2,3]']
        -- immediate
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) [1, '[1,2,3]']
        -- batch
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) [1, '[1,2,3]']
        -- lazy
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE ? = "sale"."buyer_id" [1, 1]
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE ? = "sale"."buyer_id" [1, 2]
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE ? = "sale"."buyer_id" [1, 3]
        -- operators
        [(1, 6), (2, 3)]
        SELECT "buyer"."id", "sale"."id" FROM "buyer" JOIN (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" ON "buyer"."id" = "sale"."buyer_id" ORDER BY "buyer"."id", "sale"."id" [1]
        SELECT "buyer"."id" FROM "buyer" WHERE EXISTS (SELECT ? FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale" WHERE "buyer"."id" = "sale"."buyer_id") ORDER BY "buyer"."id" [1, 1]
        SELECT "sale"."id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale_1" WHERE ? = "sale_1"."buyer_id" AND "sale_1"."id" = "sale"."id") ORDER BY "sale"."id" [1, 1, 1]
    "#]]);
}

#[test]
fn an_alias_of_a_query() {
    shown!(Buyer.large_sales -> Sale by any, expect![[r#"
        Buyer#1(large_sales: [Sale#1, Sale#5, Sale#6])
        Buyer#2(large_sales: [Sale#3])
        Buyer#3(large_sales: [])
        -- joined
        SELECT "buyer"."id", "buyer"."name", "sale_1"."id", "sale_1"."sum", "sale_1"."buyer_id" FROM "buyer" LEFT JOIN (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale_1" ON "buyer"."id" = "sale_1"."buyer_id" ORDER BY "buyer"."id", "sale_1"."id"
        -- selectin
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" ['[1,2,3]']
        -- subquery
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" ['[1,2,3]']
        -- immediate
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" ['[1,2,3]']
        -- batch
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" ['[1,2,3]']
        -- lazy
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE ? = "sale"."buyer_id" ORDER BY "sale"."id" [1]
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE ? = "sale"."buyer_id" ORDER BY "sale"."id" [2]
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE ? = "sale"."buyer_id" ORDER BY "sale"."id" [3]
        -- operators
        [(1, 1), (1, 5), (1, 6), (2, 3)]
        SELECT "buyer"."id", "sale"."id" FROM "buyer" JOIN (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" ON "buyer"."id" = "sale"."buyer_id" ORDER BY "buyer"."id", "sale"."id"
        SELECT "buyer"."id" FROM "buyer" WHERE EXISTS (SELECT ? FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE "buyer"."id" = "sale"."buyer_id") ORDER BY "buyer"."id" [1]
        SELECT "sale"."id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale_1" WHERE ? = "sale_1"."buyer_id" AND "sale_1"."id" = "sale"."id") ORDER BY "sale"."id" [1, 1]
    "#]]);
}

#[test]
fn an_alias_with_a_condition() {
    shown!(Buyer.rather_large -> Sale by any, expect![[r#"
        Buyer#1(rather_large: [Sale#6])
        Buyer#2(rather_large: [Sale#3])
        Buyer#3(rather_large: [])
        -- joined
        SELECT "buyer"."id", "buyer"."name", "sale_1"."id", "sale_1"."sum", "sale_1"."buyer_id" FROM "buyer" LEFT JOIN (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale_1" ON "buyer"."id" = "sale_1"."buyer_id" AND "sale_1"."sum" < ? ORDER BY "buyer"."id", "sale_1"."id" [400]
        -- selectin
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."sum" < ? ORDER BY "sale"."id" ['[1,2,3]', 400]
        -- subquery
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."sum" < ? ORDER BY "sale"."id" ['[1,2,3]', 400]
        -- immediate
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."sum" < ? ORDER BY "sale"."id" ['[1,2,3]', 400]
        -- batch
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE "sale"."buyer_id" IN (SELECT +value FROM json_each(?)) AND "sale"."sum" < ? ORDER BY "sale"."id" ['[1,2,3]', 400]
        -- lazy
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id"
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."sum" < ? ORDER BY "sale"."id" [1, 400]
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."sum" < ? ORDER BY "sale"."id" [2, 400]
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE ? = "sale"."buyer_id" AND "sale"."sum" < ? ORDER BY "sale"."id" [3, 400]
        -- operators
        [(1, 6), (2, 3)]
        SELECT "buyer"."id", "sale"."id" FROM "buyer" JOIN (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" ON "buyer"."id" = "sale"."buyer_id" AND "sale"."sum" < ? ORDER BY "buyer"."id", "sale"."id" [400]
        SELECT "buyer"."id" FROM "buyer" WHERE EXISTS (SELECT ? FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale" WHERE "buyer"."id" = "sale"."buyer_id" AND "sale"."sum" < ?) ORDER BY "buyer"."id" [1, 400]
        SELECT "sale"."id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "large"."id", "large"."sum", "large"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE CAST("sale"."sum" AS REAL) > (SELECT avg("sale_1"."sum") FROM "sale" AS "sale_1")) AS "large") AS "sale_1" WHERE ? = "sale_1"."buyer_id" AND "sale_1"."sum" < ? AND "sale_1"."id" = "sale"."id") ORDER BY "sale"."id" [1, 1, 400]
    "#]]);
}

#[test]
fn an_alias_with_a_join_inside() {
    shown!(Sale.labelled_buyer -> Buyer by has, expect![[r#"
        Sale#1(labelled_buyer: Buyer#1)
        Sale#2(labelled_buyer: Buyer#1)
        Sale#3(labelled_buyer: none)
        Sale#4(labelled_buyer: Buyer#1)
        Sale#5(labelled_buyer: Buyer#1)
        Sale#6(labelled_buyer: Buyer#1)
        Sale#7(labelled_buyer: none)
        -- joined
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", "buyer_1"."id", "buyer_1"."name" FROM "sale" LEFT JOIN (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer_1" ON "buyer_1"."id" = "sale"."buyer_id" ORDER BY "sale"."id"
        -- selectin
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" WHERE "buyer"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
        -- subquery
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" WHERE "buyer"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
        -- immediate
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" WHERE "buyer"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
        -- batch
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" WHERE "buyer"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
        -- lazy
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" WHERE "buyer"."id" = ? [1]
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" WHERE "buyer"."id" = ? [1]
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" WHERE "buyer"."id" = ? [2]
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" WHERE "buyer"."id" = ? [1]
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" WHERE "buyer"."id" = ? [1]
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" WHERE "buyer"."id" = ? [1]
        -- operators
        [(1, 1), (2, 1), (4, 1), (5, 1), (6, 1)]
        SELECT "sale"."id", "buyer"."id" FROM "sale" JOIN (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" ON "buyer"."id" = "sale"."buyer_id" ORDER BY "sale"."id", "buyer"."id"
        SELECT "sale"."id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer" WHERE "buyer"."id" = "sale"."buyer_id") ORDER BY "sale"."id" [1]
        SELECT "buyer"."id" FROM "buyer" WHERE EXISTS (SELECT ? FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN "sale" ON "buyer"."id" = "sale"."buyer_id" JOIN ("sale_label" JOIN "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" GROUP BY "buyer"."id") AS "buyer_1" WHERE "buyer_1"."id" = ? AND "buyer_1"."id" = "buyer"."id") ORDER BY "buyer"."id" [1, 1]
    "#]]);
}

#[test]
fn a_query_behind_a_table() {
    shown!(Sale.other_labels -> Label by any, expect![[r#"
        Sale#1(other_labels: [Label#2])
        Sale#2(other_labels: [])
        Sale#3(other_labels: [])
        Sale#4(other_labels: [Label#3])
        Sale#5(other_labels: [])
        Sale#6(other_labels: [])
        Sale#7(other_labels: [])
        -- joined
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", "label_2"."id", "label_2"."name", "label_2"."parent_id" FROM "sale" LEFT JOIN ("sale_label" AS "sale_label_1" JOIN (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label_2" ON "label_2"."id" = "sale_label_1"."label_id") ON "sale"."id" = "sale_label_1"."sale_id" ORDER BY "sale"."id", "label_2"."id" ['red']
        -- selectin
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "label"."id", "label"."name", "label"."parent_id", "sale_label"."sale_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE "sale_label"."sale_id" IN (SELECT +value FROM json_each(?)) AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" ['red', '[1,2,3,4,5,6,7]']
        -- subquery
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "label"."id", "label"."name", "label"."parent_id", "sale_label"."sale_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE "sale_label"."sale_id" IN (SELECT +value FROM json_each(?)) AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" ['red', '[1,2,3,4,5,6,7]']
        -- immediate
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "label"."id", "label"."name", "label"."parent_id", "sale_label"."sale_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE "sale_label"."sale_id" IN (SELECT +value FROM json_each(?)) AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" ['red', '[1,2,3,4,5,6,7]']
        -- batch
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "label"."id", "label"."name", "label"."parent_id", "sale_label"."sale_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE "sale_label"."sale_id" IN (SELECT +value FROM json_each(?)) AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" ['red', '[1,2,3,4,5,6,7]']
        -- lazy
        SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" ORDER BY "sale"."id"
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE ? = "sale_label"."sale_id" AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" ['red', 1]
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE ? = "sale_label"."sale_id" AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" ['red', 2]
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE ? = "sale_label"."sale_id" AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" ['red', 3]
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE ? = "sale_label"."sale_id" AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" ['red', 4]
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE ? = "sale_label"."sale_id" AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" ['red', 5]
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE ? = "sale_label"."sale_id" AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" ['red', 6]
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE ? = "sale_label"."sale_id" AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" ['red', 7]
        -- operators
        [(1, 2), (4, 3)]
        SELECT "sale"."id", "label"."id" FROM "sale" JOIN ("sale_label" JOIN (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label" ON "label"."id" = "sale_label"."label_id") ON "sale"."id" = "sale_label"."sale_id" ORDER BY "sale"."id", "label"."id" ['red']
        SELECT "sale"."id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label", "sale_label" WHERE "sale"."id" = "sale_label"."sale_id" AND "label"."id" = "sale_label"."label_id") ORDER BY "sale"."id" [1, 'red']
        SELECT "label"."id" FROM "label" WHERE EXISTS (SELECT ? FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label_1", "sale_label" WHERE ? = "sale_label"."sale_id" AND "label_1"."id" = "sale_label"."label_id" AND "label_1"."id" = "label"."id") ORDER BY "label"."id" [1, 'red', 1]
    "#]]);
}

#[test]
fn a_class_that_leads_to_itself() {
    let db = shop();
    let mut told = each_way!(Label, children_but_blue, db);
    let session = db.session();
    let child = aliased(Label);
    let pairs = select((Label::id, child.of(Label::id))).join(Label::children_but_blue.to(child));
    let pairs = session.execute(pairs).unwrap().all().unwrap();
    let any = select(Label::id).filter(Label::children_but_blue.any(()));
    let any = session.scalars(any).unwrap().all().unwrap();
    told.push_str(&format!("-- operators\n{pairs:?} {any:?}\n{}", db.sql()));
    expect![[r#"
        Label#1(children_but_blue: [Label#3(children_but_blue: [])])
        Label#2(children_but_blue: [])
        Label#3(children_but_blue: [])
        -- joined
        SELECT "label"."id", "label"."name", "label"."parent_id", "label_1"."id", "label_1"."name", "label_1"."parent_id" FROM "label" LEFT JOIN (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label_1" ON "label"."id" = "label_1"."parent_id" ORDER BY "label"."id", "label_1"."id" ['blue']
        -- selectin
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" ORDER BY "label"."id"
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label" WHERE "label"."parent_id" IN (SELECT +value FROM json_each(?)) ORDER BY "label"."id" ['blue', '[1,2,3]']
        -- subquery
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" ORDER BY "label"."id"
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label" WHERE "label"."parent_id" IN (SELECT +value FROM json_each(?)) ORDER BY "label"."id" ['blue', '[1,2,3]']
        -- immediate
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" ORDER BY "label"."id"
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label" WHERE "label"."parent_id" IN (SELECT +value FROM json_each(?)) ORDER BY "label"."id" ['blue', '[1,2,3]']
        -- batch
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" ORDER BY "label"."id"
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label" WHERE "label"."parent_id" IN (SELECT +value FROM json_each(?)) ORDER BY "label"."id" ['blue', '[1,2,3]']
        -- lazy
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" ORDER BY "label"."id"
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label" WHERE ? = "label"."parent_id" ORDER BY "label"."id" ['blue', 1]
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label" WHERE ? = "label"."parent_id" ORDER BY "label"."id" ['blue', 2]
        SELECT "label"."id", "label"."name", "label"."parent_id" FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label" WHERE ? = "label"."parent_id" ORDER BY "label"."id" ['blue', 3]
        -- operators
        [(1, 3)] [1]
        SELECT "label"."id", "label_1"."id" FROM "label" JOIN (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label_1" ON "label"."id" = "label_1"."parent_id" ['blue']
        SELECT "label"."id" FROM "label" WHERE EXISTS (SELECT ? FROM (SELECT "label"."id", "label"."name", "label"."parent_id" FROM "label" WHERE "label"."name" <> ?) AS "label_1" WHERE "label"."id" = "label_1"."parent_id") [1, 'blue']
    "#]].assert_eq(&told);
}

/// What is only found by a query is found by it again, and what is written goes by the columns of its class.
#[test]
fn the_rows_of_a_query_are_written() {
    let db = shop();
    let session = db.session();
    let bob = session.get::<written::Customer>(2).unwrap().unwrap();
    assert_eq!(bob.large().len().unwrap(), 1);
    let sale = written::Deal::builder().total(50);
    bob.large().append(sale).unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "sale" ("sum", "buyer_id") VALUES (?, ?) [50, 2]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(bob.large().len().unwrap(), 1);
}

/// The same tables again, where the relationship isn't only read.
mod written {
    use orm::prelude::*;

    orm::registry!(pub Written);

    #[derive(Mapped)]
    #[mapped(table = "buyer", registry = Written)]
    pub struct Customer {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[relationship(rows = select(Deal).filter(Deal::total.gt(100)))]
        pub large: Many<Deal>,
    }

    #[derive(Mapped)]
    #[mapped(table = "sale", registry = Written)]
    pub struct Deal {
        #[column(primary_key)]
        pub id: i64,
        #[column(name = "sum")]
        pub total: i64,
        #[column(foreign_key = Customer::id)]
        pub buyer_id: Option<i64>,
    }
}

/// Mistakes in the queries.
mod wrong {
    use orm::prelude::*;
    use orm::raise;

    orm::registry!(pub Wrong);

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct Owner {
        #[column(primary_key)]
        pub id: i64,
        #[relationship]
        pub pets: Many<Pet>,
        #[relationship(rows = select(Pet).join(Owner::itself), viewonly)]
        pub itself: Many<Pet>,
        #[relationship(rows = select(Pet).options(raise(Pet::toys)), viewonly)]
        pub with_options: Many<Pet>,
        #[relationship(rows = select(Pet).populate_existing(), viewonly)]
        pub with_settings: Many<Pet>,
        #[relationship(rows = select(Pet).filter(Owner::id.eq(1)), viewonly)]
        pub lacks_a_class: Many<Pet>,
        #[relationship(secondary = select(Pet).filter(Toy::id.eq(1)), viewonly)]
        pub through: Many<Toy>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct Pet {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Owner::id)]
        pub owner_id: i64,
        #[column(foreign_key = Toy::id)]
        pub toy_id: i64,
        #[relationship(rows = select(Toy).join(Pet::toys).join(Owner::pets), viewonly)]
        pub toys: Option<One<Toy>>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct Toy {
        #[column(primary_key)]
        pub id: i64,
    }
}

#[test]
fn mistakes_are_told() {
    let error = wrong::Wrong::configure().unwrap_err();
    let lines: Vec<String> = error.causes().iter().map(ToString::to_string).collect();
    expect![[r#"
        [bad-option] `Owner.itself`: the query of the relationship goes along itself; help: join its tables by conditions: `.join(Order.on(...))`
        [bad-option] `Owner.with_options`: the query of a relationship has options of loading; help: give it to the queries that load the relationship
        [bad-option] `Owner.with_settings`: the query of a relationship has settings for running it; help: give it to the queries that load the relationship
        [query] `Owner.lacks_a_class`: `Owner` isn't part of the query; help: compare only columns of classes that are selected or joined
        [query] `Owner.through`: `Toy` isn't part of the query; help: add `.join(Pet::toys)`
        [bad-option] `Pet.toys`: the query of the relationship goes along itself; help: join its tables by conditions: `.join(Order.on(...))`
    "#]].assert_eq(&(lines.join("\n") + "\n"));
    // It is no better when it is asked again, nor by what was known of the classes meanwhile.
    assert_eq!(wrong::Wrong::configure().unwrap_err().to_string(), error.to_string());
    assert_eq!(Shop::configure().map_err(|error| error.to_string()), Ok(()));
    let db = Db::empty();
    let query = db.session().scalars(select(wrong::Owner)).map(|_| ());
    assert_eq!(query.unwrap_err().code(), orm::Code::Configuration);
}

/// What such a relationship leads to is loaded further, and stands beside rows that are limited.
#[test]
fn what_is_loaded_further() {
    let db = shop();
    let told = |option: orm::OptionOf<Buyer>, limit: Option<i64>| {
        let session = db.session();
        db.sql();
        let query = select(Buyer).order_by(Buyer::id).options(option);
        let query = match limit {
            Some(rows) => query.limit(rows),
            None => query,
        };
        let buyers = session.scalars(query).unwrap().all().unwrap();
        let ran = db.sql();
        let mut found = String::new();
        for buyer in &buyers {
            for sale in buyer.latest_sales().iter().unwrap() {
                let labels = sale.labels().iter().unwrap().map(|label| label.id().unwrap());
                found.push_str(&format!(
                    "{} {} {:?}; ",
                    buyer.id().unwrap(),
                    sale.id().unwrap(),
                    labels.collect::<Vec<_>>()
                ));
            }
        }
        assert_eq!(db.sql(), "", "all of it is loaded");
        (found, ran)
    };
    let all = "1 6 []; 1 5 []; 1 4 [3]; 2 3 []; ";
    let option = |option| orm::OptionOf::new(option);
    let (found, ran) = told(option(selectin(Buyer::latest_sales).joined(Sale::labels)), None);
    assert_eq!((found.as_str(), ran.lines().count()), (all, 2));
    let (found, ran) = told(option(joined(Buyer::latest_sales).selectin(Sale::labels)), Some(2));
    assert_eq!((found.as_str(), ran.lines().count()), (all, 2));
    let (found, ran) = told(option(joined(Buyer::latest_sales).joined(Sale::labels)), Some(2));
    assert_eq!((found.as_str(), ran.lines().count()), (all, 1));
    let nothing = "1 6 []; 1 5 []; 1 4 []; 2 3 []; ";
    let (found, count) = told(option(selectin(Buyer::latest_sales).noload(Sale::labels)), None);
    assert_eq!((found.as_str(), count.lines().count()), (nothing, 2));
    expect![[r#"
        SELECT "buyer_1"."id", "buyer_1"."name", "sale_2"."id", "sale_2"."sum", "sale_2"."buyer_id", "label_4"."id", "label_4"."name", "label_4"."parent_id" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" ORDER BY "buyer"."id" LIMIT ?) AS "buyer_1" LEFT JOIN (SELECT "ranked"."id", "ranked"."sum", "ranked"."buyer_id" FROM (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id", row_number() OVER (PARTITION BY "sale"."buyer_id" ORDER BY "sale"."id" DESC) AS "place" FROM "sale") AS "ranked" WHERE "ranked"."place" <= ?) AS "sale_2" ON "buyer_1"."id" = "sale_2"."buyer_id" LEFT JOIN ("sale_label" AS "sale_label_3" JOIN "label" AS "label_4" ON "label_4"."id" = "sale_label_3"."label_id") ON "sale_2"."id" = "sale_label_3"."sale_id" ORDER BY "buyer_1"."id", "sale_2"."id" DESC, "label_4"."id" [2, 3]
    "#]].assert_eq(&ran);
    // Their plain values are nested, too.
    let session = db.session();
    let query = select(Buyer).order_by(Buyer::id).options(selectin(Buyer::latest_sales));
    let values = session.values(query).unwrap().all().unwrap();
    let sales: Vec<Vec<i64>> = values
        .iter()
        .map(|buyer| {
            buyer.latest_sales.get().map_or(&[][..], |sales| sales).iter().map(|sale| sale.id).collect()
        })
        .collect();
    assert_eq!(sales, [vec![6, 5, 4], vec![3], vec![]]);
    // A criterion of the query comes to those of the rows.
    let query =
        select(Buyer).order_by(Buyer::id).options(selectin(Buyer::latest_sales).and(Sale::total.gt(300)));
    let buyers = session.scalars(query).unwrap().all().unwrap();
    assert_eq!(buyers[0].latest_sales().len().unwrap(), 2);
}

/// Classes that lead to the rows of queries of each other, each of which is loaded with its objects.
mod circle {
    use orm::prelude::*;

    orm::registry!(pub Circle);

    #[derive(Mapped, Debug)]
    #[mapped(table = "buyer", registry = Circle)]
    pub struct Customer {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[relationship(rows = select(Deal).filter(Deal::total.gt(100)), lazy = "joined", viewonly)]
        pub deals: Many<Deal>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(table = "sale", registry = Circle)]
    pub struct Deal {
        #[column(primary_key)]
        pub id: i64,
        #[column(name = "sum")]
        pub total: i64,
        #[column(foreign_key = Customer::id)]
        pub buyer_id: Option<i64>,
        #[relationship(rows = select(Customer).filter(Customer::name.ne("x")), lazy = "joined", viewonly)]
        pub customer: Option<One<Customer>>,
    }
}

#[test]
fn a_circle_of_queries_ends() {
    let db = shop();
    let session = db.session();
    let customers = session.scalars(select(circle::Customer).limit(1)).unwrap().all().unwrap();
    let deals = customers[0].deals();
    assert_eq!(deals.len().unwrap(), 4);
    assert_eq!(deals.get(0).unwrap().unwrap().customer().unwrap().as_ref(), Some(&customers[0]));
    expect![[r#"
        SELECT "buyer_1"."id", "buyer_1"."name", "sale_2"."id", "sale_2"."sum", "sale_2"."buyer_id" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" LIMIT ?) AS "buyer_1" LEFT JOIN (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE "sale"."sum" > ?) AS "sale_2" ON "buyer_1"."id" = "sale_2"."buyer_id" [1, 100]
        SELECT "buyer"."id", "buyer"."name", "sale_1"."id", "sale_1"."sum", "sale_1"."buyer_id" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE "buyer"."name" <> ?) AS "buyer" LEFT JOIN (SELECT "sale"."id", "sale"."sum", "sale"."buyer_id" FROM "sale" WHERE "sale"."sum" > ?) AS "sale_1" ON "buyer"."id" = "sale_1"."buyer_id" WHERE "buyer"."id" = ? ['x', 100, 1]
    "#]].assert_eq(&db.sql());
}
