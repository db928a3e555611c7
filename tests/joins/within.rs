//! Queries within conditions: of composite keys, of several queries, of what stands between two classes, and what in them is
//! that of the rows around. The values are those of SQLAlchemy.

use expect_test::expect;
use orm::prelude::*;
use orm::{Expr, aliased, exists, func, tuple_};
use tests::{Db, each_way};

orm::registry!(
    /// These classes.
    pub Trade
);

#[derive(Mapped, Debug)]
#[mapped(registry = Trade)]
pub struct Shop {
    #[column(primary_key)]
    pub id: i64,
    #[column(primary_key)]
    pub country: String,
    #[relationship(back_populates = "shop")]
    pub sales: Many<Sale>,
    /// By a value of both columns of the key.
    #[relationship(primaryjoin = of_shop().and(Sale::id.eq(last())), viewonly)]
    pub last_sale: Option<One<Sale>>,
    /// By rows of two columns.
    #[relationship(
        primaryjoin = of_shop().and(
            tuple_((Sale::shop_country, Sale::amount)).in_(select((Limit::country, Limit::amount)))
        ),
        viewonly,
        order_by = Sale::id
    )]
    pub at_limit: Many<Sale>,
    /// By the rows of two queries, which compare both sides.
    #[relationship(
        primaryjoin = of_shop().and(Sale::id.in_(
            select(Flag::sale_id)
                .filter(Flag::name.eq(Shop::country))
                .union(select(Limit::id).filter(Limit::amount.eq(Sale::amount)))
        )),
        viewonly,
        order_by = Sale::id
    )]
    pub noted: Many<Sale>,
    /// By a column of the class itself, which a query of another table selects.
    #[relationship(
        primaryjoin = of_shop().and(
            Sale::shop_country.in_(select(Shop::country).from(Flag).filter(Flag::sale_id.eq(Sale::id)))
        ),
        viewonly,
        order_by = Sale::id
    )]
    pub selected: Many<Sale>,
    /// By a column of the target, which a query of another table selects: it is that of the row around.
    #[relationship(
        primaryjoin = of_shop().and(
            Sale::id.eq(select(Sale::id).from(Flag).filter(Flag::sale_id.eq(Sale::id)).limit(1).scalar())
        ),
        viewonly,
        order_by = Sale::id
    )]
    pub flagged: Many<Sale>,
    /// The same, said.
    #[relationship(
        primaryjoin = of_shop().and(
            Sale::id.eq(
                select(Sale::id)
                    .from(Flag)
                    .filter(Flag::sale_id.eq(Sale::id))
                    .correlate(Sale)
                    .limit(1)
                    .scalar()
            )
        ),
        viewonly,
        order_by = Sale::id
    )]
    pub flagged_too: Many<Sale>,
    /// What a query selects and names nothing beside is its own: the largest of all sales of the country.
    #[relationship(
        primaryjoin = of_shop().and(
            Sale::amount.eq(select(func::max(Sale::amount)).filter(Sale::shop_country.eq(Shop::country)).scalar())
        ),
        viewonly,
        order_by = Sale::id
    )]
    pub largest: Many<Sale>,
    /// In the order of what a query finds, the most first.
    #[relationship(
        viewonly,
        order_by = (
            select(func::count(Limit::id)).filter(Limit::amount.eq(Sale::amount)).scalar().desc(),
            Sale::id.desc()
        )
    )]
    pub by_limits: Many<Sale>,
    /// A query within a query.
    #[relationship(
        primaryjoin = of_shop().and(exists(select(Flag).filter(
            Flag::sale_id.eq(Sale::id).and(exists(
                select(Limit).filter(Limit::country.eq(Shop::country).and(Limit::id.gt(Flag::id)))
            ))
        ))),
        viewonly,
        order_by = Sale::id
    )]
    pub deep: Many<Sale>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Trade, foreign_key(columns(shop_id, shop_country), references(Shop::id, Shop::country)))]
pub struct Sale {
    #[column(primary_key)]
    pub id: i64,
    pub shop_id: i64,
    pub shop_country: String,
    pub amount: i64,
    #[relationship(back_populates = "sales")]
    pub shop: One<Shop>,
    /// A mark stands within the query, too.
    #[relationship(
        primaryjoin = Sale::amount.eq(Sale::amount.foreign().remote()).and(exists(
            select(Flag).filter(Flag::sale_id.eq(Sale::id.remote()).and(Flag::id.ge(Sale::id)))
        )),
        viewonly,
        order_by = Sale::id
    )]
    pub alike: Many<Sale>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Trade)]
pub struct Limit {
    #[column(primary_key)]
    pub id: i64,
    pub country: String,
    pub amount: i64,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Trade)]
pub struct Flag {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Sale::id)]
    pub sale_id: i64,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Trade)]
pub struct Writer {
    #[column(primary_key)]
    pub id: i64,
    pub lang: String,
    /// By the last row between, of this one and a book.
    #[relationship(
        secondary = Wrote,
        secondaryjoin = Book::id.eq(Wrote::book_id).and(Wrote::id.eq(last_link())),
        viewonly,
        order_by = Book::id
    )]
    pub last_books: Many<Book>,
    /// In the order of what queries find of the rows between and of the books.
    #[relationship(
        secondary = Wrote,
        viewonly,
        order_by = (
            select(func::count(Ban::id)).filter(Ban::book_id.eq(Book::id)).scalar(),
            select(func::max(aliased_wrote().of(Wrote::id))).scalar() - Wrote::id
        )
    )]
    pub by_bans: Many<Book>,
    /// By what a query compares of the target, written too.
    #[relationship(secondary = Wrote, secondaryjoin = Book::id.eq(Wrote::book_id).and(!is_banned()), order_by = Book::id)]
    pub allowed: Many<Book>,
    /// By what it compares of all three.
    #[relationship(
        secondary = Wrote,
        secondaryjoin = Book::id.eq(Wrote::book_id).and(exists(
            select(Ban).filter(Ban::book_id.eq(Book::id).and(Ban::lang.eq(Writer::lang)).and(Ban::id.le(Wrote::id)))
        )),
        viewonly,
        order_by = Book::id
    )]
    pub banned_at_home: Many<Book>,
    /// The same, in the first condition.
    #[relationship(
        secondary = Wrote,
        primaryjoin = Writer::id.eq(Wrote::writer_id).and(exists(
            select(Ban).filter(Ban::book_id.eq(Book::id).and(Ban::lang.eq(Writer::lang)).and(Ban::id.le(Wrote::id)))
        )),
        viewonly,
        order_by = Book::id
    )]
    pub banned_at_home_too: Many<Book>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Trade)]
pub struct Wrote {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Writer::id)]
    pub writer_id: i64,
    #[column(foreign_key = Book::id)]
    pub book_id: i64,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Trade)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Trade)]
pub struct Ban {
    #[column(primary_key)]
    pub id: i64,
    pub lang: String,
    #[column(foreign_key = Book::id)]
    pub book_id: i64,
}

fn aliased_wrote() -> orm::Alias<Wrote> {
    aliased(Wrote)
}

fn last_link() -> Expr<Option<i64>> {
    let wrote = aliased(Wrote);
    select(func::max(wrote.of(Wrote::id))).filter(wrote.of(Wrote::writer_id).eq(Wrote::writer_id)).scalar()
}

fn is_banned() -> Expr<bool> {
    exists(select(Ban).filter(Ban::book_id.eq(Book::id).and(Ban::lang.eq("en"))))
}

fn of_shop() -> Expr<bool> {
    Shop::id.eq(Sale::shop_id).and(Shop::country.eq(Sale::shop_country))
}

fn last() -> Expr<Option<i64>> {
    let sale = aliased(Sale);
    let same = sale.of(Sale::shop_id).eq(Shop::id).and(sale.of(Sale::shop_country).eq(Shop::country));
    select(func::max(sale.of(Sale::id))).filter(same).scalar()
}

fn trade() -> Db {
    let db = Db::empty();
    Trade::create_all(&db.engine).unwrap();
    db.run("INSERT INTO shop VALUES (1, 'at'), (2, 'at'), (3, 'ch')");
    db.run("INSERT INTO sale VALUES (1, 1, 'at', 10), (2, 1, 'at', 20), (3, 2, 'at', 20), (4, 3, 'ch', 30), (5, 3, 'ch', 10)");
    db.run("INSERT INTO \"limit\" VALUES (1, 'at', 20), (2, 'ch', 10), (3, 'at', 10), (4, 'at', 10), (5, 'ch', 10)");
    db.run("INSERT INTO flag VALUES (1, 'at', 1), (2, 'ch', 3), (3, 'ch', 4), (4, 'at', 2)");
    db.run("INSERT INTO writer VALUES (1, 'en'), (2, 'de')");
    db.run("INSERT INTO book VALUES (1), (2), (3)");
    db.run("INSERT INTO wrote VALUES (1, 1, 1), (2, 1, 2), (3, 2, 2), (4, 2, 3)");
    db.run("INSERT INTO ban VALUES (1, 'en', 1), (2, 'de', 3), (3, 'en', 2)");
    db.sql();
    db
}

/// The objects that a relationship leads to, loaded in each way, with the last statement of some; then what a join along it and
/// `any` or `has` find. All of them find the same.
macro_rules! shown {
    ($db:ident, $class:ident.$relation:ident -> $target:ident by $operator:ident, $expected:expr) => {
        let db = $db();
        let told = each_way!($class, $relation, db);
        let (objects, ways) = told.split_once("-- joined\n").unwrap();
        let last = |way: &str| {
            let ran = ways.split("-- ").find(|ran| ran.starts_with(way)).unwrap_or(ways);
            ran.trim_end().lines().last().unwrap_or_default().to_owned()
        };
        let mut shown = [objects.trim_end(), &last("SELECT"), &last("selectin"), &last("lazy")].join("\n");
        let session = db.session();
        let pairs = select(($class::id, $target::id))
            .from($class)
            .join($class::$relation)
            .order_by(($class::id, $target::id));
        let pairs = session.execute(pairs).unwrap().all().unwrap();
        let with = select($class::id).filter($class::$relation.$operator(())).order_by($class::id);
        let with = session.scalars(with).unwrap().all().unwrap();
        let mut joined: Vec<i64> = pairs.iter().map(|pair| pair.0).collect();
        joined.dedup();
        assert_eq!(joined, with);
        shown.push_str(&format!("\n{pairs:?}\n{}", db.sql()));
        $expected.assert_eq(&shown);
    };
}

#[test]
fn a_value_of_a_composite_key() {
    shown!(trade, Shop.last_sale -> Sale by has, expect![[r#"
        Shop#1,'at'(last_sale: Sale#2)
        Shop#2,'at'(last_sale: Sale#3)
        Shop#3,'ch'(last_sale: Sale#5)
        SELECT "shop"."id", "shop"."country", "sale_1"."id", "sale_1"."shop_id", "sale_1"."shop_country", "sale_1"."amount" FROM "shop" LEFT JOIN "sale" AS "sale_1" ON "shop"."id" = "sale_1"."shop_id" AND "shop"."country" = "sale_1"."shop_country" AND "sale_1"."id" = (SELECT max("sale_1001"."id") FROM "sale" AS "sale_1001" WHERE "sale_1001"."shop_id" = "shop"."id" AND "sale_1001"."shop_country" = "shop"."country") ORDER BY "shop"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount", "shop_1"."id", "shop_1"."country" FROM "shop" AS "shop_1" JOIN "sale" ON "shop_1"."id" = "sale"."shop_id" AND "shop_1"."country" = "sale"."shop_country" AND "sale"."id" = (SELECT max("sale_1001"."id") FROM "sale" AS "sale_1001" WHERE "sale_1001"."shop_id" = "shop_1"."id" AND "sale_1001"."shop_country" = "shop_1"."country") WHERE ("shop_1"."id", "shop_1"."country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) [1, 'at', 2, 'at', 3, 'ch', 3, 'ch']
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."shop_id" AND ? = "sale"."shop_country" AND "sale"."id" = (SELECT max("sale_1001"."id") FROM "sale" AS "sale_1001" WHERE "sale_1001"."shop_id" = ? AND "sale_1001"."shop_country" = ?) [3, 'ch', 3, 'ch']
        [(1, 2), (2, 3), (3, 5)]
        SELECT "shop"."id", "sale"."id" FROM "shop" JOIN "sale" ON "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."id" = (SELECT max("sale_1001"."id") FROM "sale" AS "sale_1001" WHERE "sale_1001"."shop_id" = "shop"."id" AND "sale_1001"."shop_country" = "shop"."country") ORDER BY "shop"."id", "sale"."id"
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "sale" WHERE "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."id" = (SELECT max("sale_1001"."id") FROM "sale" AS "sale_1001" WHERE "sale_1001"."shop_id" = "shop"."id" AND "sale_1001"."shop_country" = "shop"."country")) ORDER BY "shop"."id" [1]
    "#]]);
}

#[test]
fn rows_of_two_columns() {
    shown!(trade, Shop.at_limit -> Sale by any, expect![[r#"
        Shop#1,'at'(at_limit: [Sale#1, Sale#2])
        Shop#2,'at'(at_limit: [Sale#3])
        Shop#3,'ch'(at_limit: [Sale#5])
        SELECT "shop"."id", "shop"."country", "sale_1"."id", "sale_1"."shop_id", "sale_1"."shop_country", "sale_1"."amount" FROM "shop" LEFT JOIN "sale" AS "sale_1" ON "shop"."id" = "sale_1"."shop_id" AND "shop"."country" = "sale_1"."shop_country" AND ("sale_1"."shop_country", "sale_1"."amount") IN (SELECT "limit_1001"."country", "limit_1001"."amount" FROM "limit" AS "limit_1001") ORDER BY "shop"."id", "sale_1"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ("sale"."shop_id", "sale"."shop_country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND ("sale"."shop_country", "sale"."amount") IN (SELECT "limit_1001"."country", "limit_1001"."amount" FROM "limit" AS "limit_1001") ORDER BY "sale"."id" [1, 'at', 2, 'at', 3, 'ch', 3, 'ch']
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."shop_id" AND ? = "sale"."shop_country" AND ("sale"."shop_country", "sale"."amount") IN (SELECT "limit_1001"."country", "limit_1001"."amount" FROM "limit" AS "limit_1001") ORDER BY "sale"."id" [3, 'ch']
        [(1, 1), (1, 2), (2, 3), (3, 5)]
        SELECT "shop"."id", "sale"."id" FROM "shop" JOIN "sale" ON "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND ("sale"."shop_country", "sale"."amount") IN (SELECT "limit_1001"."country", "limit_1001"."amount" FROM "limit" AS "limit_1001") ORDER BY "shop"."id", "sale"."id"
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "sale" WHERE "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND ("sale"."shop_country", "sale"."amount") IN (SELECT "limit_1001"."country", "limit_1001"."amount" FROM "limit" AS "limit_1001")) ORDER BY "shop"."id" [1]
    "#]]);
}

#[test]
fn rows_of_two_queries() {
    shown!(trade, Shop.noted -> Sale by any, expect![[r#"
        Shop#1,'at'(noted: [Sale#1, Sale#2])
        Shop#2,'at'(noted: [])
        Shop#3,'ch'(noted: [Sale#4, Sale#5])
        SELECT "shop"."id", "shop"."country", "sale_1"."id", "sale_1"."shop_id", "sale_1"."shop_country", "sale_1"."amount" FROM "shop" LEFT JOIN "sale" AS "sale_1" ON "shop"."id" = "sale_1"."shop_id" AND "shop"."country" = "sale_1"."shop_country" AND "sale_1"."id" IN (SELECT "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."name" = "shop"."country" UNION SELECT "limit_1002"."id" FROM "limit" AS "limit_1002" WHERE "limit_1002"."amount" = "sale_1"."amount") ORDER BY "shop"."id", "sale_1"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount", "shop_1"."id", "shop_1"."country" FROM "shop" AS "shop_1" JOIN "sale" ON "shop_1"."id" = "sale"."shop_id" AND "shop_1"."country" = "sale"."shop_country" AND "sale"."id" IN (SELECT "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."name" = "shop_1"."country" UNION SELECT "limit_1002"."id" FROM "limit" AS "limit_1002" WHERE "limit_1002"."amount" = "sale"."amount") WHERE ("shop_1"."id", "shop_1"."country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "sale"."id" [1, 'at', 2, 'at', 3, 'ch', 3, 'ch']
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."shop_id" AND ? = "sale"."shop_country" AND "sale"."id" IN (SELECT "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."name" = ? UNION SELECT "limit_1002"."id" FROM "limit" AS "limit_1002" WHERE "limit_1002"."amount" = "sale"."amount") ORDER BY "sale"."id" [3, 'ch', 'ch']
        [(1, 1), (1, 2), (3, 4), (3, 5)]
        SELECT "shop"."id", "sale"."id" FROM "shop" JOIN "sale" ON "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."id" IN (SELECT "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."name" = "shop"."country" UNION SELECT "limit_1002"."id" FROM "limit" AS "limit_1002" WHERE "limit_1002"."amount" = "sale"."amount") ORDER BY "shop"."id", "sale"."id"
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "sale" WHERE "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."id" IN (SELECT "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."name" = "shop"."country" UNION SELECT "limit_1002"."id" FROM "limit" AS "limit_1002" WHERE "limit_1002"."amount" = "sale"."amount")) ORDER BY "shop"."id" [1]
    "#]]);
}

#[test]
fn what_is_selected_beside_another_source_is_around() {
    shown!(trade, Shop.selected -> Sale by any, expect![[r#"
        Shop#1,'at'(selected: [Sale#1, Sale#2])
        Shop#2,'at'(selected: [Sale#3])
        Shop#3,'ch'(selected: [Sale#4])
        SELECT "shop"."id", "shop"."country", "sale_1"."id", "sale_1"."shop_id", "sale_1"."shop_country", "sale_1"."amount" FROM "shop" LEFT JOIN "sale" AS "sale_1" ON "shop"."id" = "sale_1"."shop_id" AND "shop"."country" = "sale_1"."shop_country" AND "sale_1"."shop_country" IN (SELECT "shop"."country" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale_1"."id") ORDER BY "shop"."id", "sale_1"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount", "shop_1"."id", "shop_1"."country" FROM "shop" AS "shop_1" JOIN "sale" ON "shop_1"."id" = "sale"."shop_id" AND "shop_1"."country" = "sale"."shop_country" AND "sale"."shop_country" IN (SELECT "shop_1"."country" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id") WHERE ("shop_1"."id", "shop_1"."country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "sale"."id" [1, 'at', 2, 'at', 3, 'ch', 3, 'ch']
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."shop_id" AND ? = "sale"."shop_country" AND "sale"."shop_country" IN (SELECT ? FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id") ORDER BY "sale"."id" [3, 'ch', 'ch']
        [(1, 1), (1, 2), (2, 3), (3, 4)]
        SELECT "shop"."id", "sale"."id" FROM "shop" JOIN "sale" ON "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."shop_country" IN (SELECT "shop"."country" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id") ORDER BY "shop"."id", "sale"."id"
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "sale" WHERE "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."shop_country" IN (SELECT "shop"."country" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id")) ORDER BY "shop"."id" [1]
    "#]]);
    shown!(trade, Shop.flagged -> Sale by any, expect![[r#"
        Shop#1,'at'(flagged: [Sale#1, Sale#2])
        Shop#2,'at'(flagged: [Sale#3])
        Shop#3,'ch'(flagged: [Sale#4])
        SELECT "shop"."id", "shop"."country", "sale_1"."id", "sale_1"."shop_id", "sale_1"."shop_country", "sale_1"."amount" FROM "shop" LEFT JOIN "sale" AS "sale_1" ON "shop"."id" = "sale_1"."shop_id" AND "shop"."country" = "sale_1"."shop_country" AND "sale_1"."id" = (SELECT "sale_1"."id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale_1"."id" LIMIT ?) ORDER BY "shop"."id", "sale_1"."id" [1]
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ("sale"."shop_id", "sale"."shop_country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "sale"."id" = (SELECT "sale"."id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" LIMIT ?) ORDER BY "sale"."id" [1, 'at', 2, 'at', 3, 'ch', 3, 'ch', 1]
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."shop_id" AND ? = "sale"."shop_country" AND "sale"."id" = (SELECT "sale"."id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" LIMIT ?) ORDER BY "sale"."id" [3, 'ch', 1]
        [(1, 1), (1, 2), (2, 3), (3, 4)]
        SELECT "shop"."id", "sale"."id" FROM "shop" JOIN "sale" ON "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."id" = (SELECT "sale"."id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" LIMIT ?) ORDER BY "shop"."id", "sale"."id" [1]
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "sale" WHERE "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."id" = (SELECT "sale"."id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" LIMIT ?)) ORDER BY "shop"."id" [1, 1]
    "#]]);
    shown!(trade, Shop.flagged_too -> Sale by any, expect![[r#"
        Shop#1,'at'(flagged_too: [Sale#1, Sale#2])
        Shop#2,'at'(flagged_too: [Sale#3])
        Shop#3,'ch'(flagged_too: [Sale#4])
        SELECT "shop"."id", "shop"."country", "sale_1"."id", "sale_1"."shop_id", "sale_1"."shop_country", "sale_1"."amount" FROM "shop" LEFT JOIN "sale" AS "sale_1" ON "shop"."id" = "sale_1"."shop_id" AND "shop"."country" = "sale_1"."shop_country" AND "sale_1"."id" = (SELECT "sale_1"."id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale_1"."id" LIMIT ?) ORDER BY "shop"."id", "sale_1"."id" [1]
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ("sale"."shop_id", "sale"."shop_country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "sale"."id" = (SELECT "sale"."id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" LIMIT ?) ORDER BY "sale"."id" [1, 'at', 2, 'at', 3, 'ch', 3, 'ch', 1]
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."shop_id" AND ? = "sale"."shop_country" AND "sale"."id" = (SELECT "sale"."id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" LIMIT ?) ORDER BY "sale"."id" [3, 'ch', 1]
        [(1, 1), (1, 2), (2, 3), (3, 4)]
        SELECT "shop"."id", "sale"."id" FROM "shop" JOIN "sale" ON "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."id" = (SELECT "sale"."id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" LIMIT ?) ORDER BY "shop"."id", "sale"."id" [1]
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "sale" WHERE "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."id" = (SELECT "sale"."id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" LIMIT ?)) ORDER BY "shop"."id" [1, 1]
    "#]]);
}

#[test]
fn what_is_selected_alone_is_the_querys_own() {
    shown!(trade, Shop.largest -> Sale by any, expect![[r#"
        Shop#1,'at'(largest: [Sale#2])
        Shop#2,'at'(largest: [Sale#3])
        Shop#3,'ch'(largest: [Sale#4])
        SELECT "shop"."id", "shop"."country", "sale_1"."id", "sale_1"."shop_id", "sale_1"."shop_country", "sale_1"."amount" FROM "shop" LEFT JOIN "sale" AS "sale_1" ON "shop"."id" = "sale_1"."shop_id" AND "shop"."country" = "sale_1"."shop_country" AND "sale_1"."amount" = (SELECT max("sale_1001"."amount") FROM "sale" AS "sale_1001" WHERE "sale_1001"."shop_country" = "shop"."country") ORDER BY "shop"."id", "sale_1"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount", "shop_1"."id", "shop_1"."country" FROM "shop" AS "shop_1" JOIN "sale" ON "shop_1"."id" = "sale"."shop_id" AND "shop_1"."country" = "sale"."shop_country" AND "sale"."amount" = (SELECT max("sale_1001"."amount") FROM "sale" AS "sale_1001" WHERE "sale_1001"."shop_country" = "shop_1"."country") WHERE ("shop_1"."id", "shop_1"."country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "sale"."id" [1, 'at', 2, 'at', 3, 'ch', 3, 'ch']
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."shop_id" AND ? = "sale"."shop_country" AND "sale"."amount" = (SELECT max("sale_1001"."amount") FROM "sale" AS "sale_1001" WHERE "sale_1001"."shop_country" = ?) ORDER BY "sale"."id" [3, 'ch', 'ch']
        [(1, 2), (2, 3), (3, 4)]
        SELECT "shop"."id", "sale"."id" FROM "shop" JOIN "sale" ON "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."amount" = (SELECT max("sale_1001"."amount") FROM "sale" AS "sale_1001" WHERE "sale_1001"."shop_country" = "shop"."country") ORDER BY "shop"."id", "sale"."id"
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "sale" WHERE "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND "sale"."amount" = (SELECT max("sale_1001"."amount") FROM "sale" AS "sale_1001" WHERE "sale_1001"."shop_country" = "shop"."country")) ORDER BY "shop"."id" [1]
    "#]]);
}

#[test]
fn a_query_within_a_query() {
    shown!(trade, Shop.deep -> Sale by any, expect![[r#"
        Shop#1,'at'(deep: [Sale#1])
        Shop#2,'at'(deep: [Sale#3])
        Shop#3,'ch'(deep: [Sale#4])
        SELECT "shop"."id", "shop"."country", "sale_1"."id", "sale_1"."shop_id", "sale_1"."shop_country", "sale_1"."amount" FROM "shop" LEFT JOIN "sale" AS "sale_1" ON "shop"."id" = "sale_1"."shop_id" AND "shop"."country" = "sale_1"."shop_country" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale_1"."id" AND EXISTS (SELECT "limit_1002"."id", "limit_1002"."country", "limit_1002"."amount" FROM "limit" AS "limit_1002" WHERE "limit_1002"."country" = "shop"."country" AND "limit_1002"."id" > "flag_1001"."id")) ORDER BY "shop"."id", "sale_1"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount", "shop_1"."id", "shop_1"."country" FROM "shop" AS "shop_1" JOIN "sale" ON "shop_1"."id" = "sale"."shop_id" AND "shop_1"."country" = "sale"."shop_country" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND EXISTS (SELECT "limit_1002"."id", "limit_1002"."country", "limit_1002"."amount" FROM "limit" AS "limit_1002" WHERE "limit_1002"."country" = "shop_1"."country" AND "limit_1002"."id" > "flag_1001"."id")) WHERE ("shop_1"."id", "shop_1"."country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "sale"."id" [1, 'at', 2, 'at', 3, 'ch', 3, 'ch']
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."shop_id" AND ? = "sale"."shop_country" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND EXISTS (SELECT "limit_1002"."id", "limit_1002"."country", "limit_1002"."amount" FROM "limit" AS "limit_1002" WHERE "limit_1002"."country" = ? AND "limit_1002"."id" > "flag_1001"."id")) ORDER BY "sale"."id" [3, 'ch', 'ch']
        [(1, 1), (2, 3), (3, 4)]
        SELECT "shop"."id", "sale"."id" FROM "shop" JOIN "sale" ON "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND EXISTS (SELECT "limit_1002"."id", "limit_1002"."country", "limit_1002"."amount" FROM "limit" AS "limit_1002" WHERE "limit_1002"."country" = "shop"."country" AND "limit_1002"."id" > "flag_1001"."id")) ORDER BY "shop"."id", "sale"."id"
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "sale" WHERE "shop"."id" = "sale"."shop_id" AND "shop"."country" = "sale"."shop_country" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND EXISTS (SELECT "limit_1002"."id", "limit_1002"."country", "limit_1002"."amount" FROM "limit" AS "limit_1002" WHERE "limit_1002"."country" = "shop"."country" AND "limit_1002"."id" > "flag_1001"."id"))) ORDER BY "shop"."id" [1]
    "#]]);
}

#[test]
fn orders_by_queries() {
    let db = trade();
    expect![[r#"
        Shop#1,'at'(by_limits: [Sale#1, Sale#2])
        Shop#2,'at'(by_limits: [Sale#3])
        Shop#3,'ch'(by_limits: [Sale#5, Sale#4])
        -- joined
        SELECT "shop"."id", "shop"."country", "sale_1"."id", "sale_1"."shop_id", "sale_1"."shop_country", "sale_1"."amount" FROM "shop" LEFT JOIN "sale" AS "sale_1" ON "shop"."id" = "sale_1"."shop_id" AND "shop"."country" = "sale_1"."shop_country" ORDER BY "shop"."id", (SELECT count("limit_1001"."id") FROM "limit" AS "limit_1001" WHERE "limit_1001"."amount" = "sale_1"."amount") DESC, "sale_1"."id" DESC
        -- selectin
        SELECT "shop"."id", "shop"."country" FROM "shop" ORDER BY "shop"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ("sale"."shop_id", "sale"."shop_country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY (SELECT count("limit_1001"."id") FROM "limit" AS "limit_1001" WHERE "limit_1001"."amount" = "sale"."amount") DESC, "sale"."id" DESC [1, 'at', 2, 'at', 3, 'ch', 3, 'ch']
        -- subquery
        SELECT "shop"."id", "shop"."country" FROM "shop" ORDER BY "shop"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ("sale"."shop_id", "sale"."shop_country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY (SELECT count("limit_1001"."id") FROM "limit" AS "limit_1001" WHERE "limit_1001"."amount" = "sale"."amount") DESC, "sale"."id" DESC [1, 'at', 2, 'at', 3, 'ch', 3, 'ch']
        -- immediate
        SELECT "shop"."id", "shop"."country" FROM "shop" ORDER BY "shop"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ("sale"."shop_id", "sale"."shop_country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY (SELECT count("limit_1001"."id") FROM "limit" AS "limit_1001" WHERE "limit_1001"."amount" = "sale"."amount") DESC, "sale"."id" DESC [1, 'at', 2, 'at', 3, 'ch', 3, 'ch']
        -- batch
        SELECT "shop"."id", "shop"."country" FROM "shop" ORDER BY "shop"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ("sale"."shop_id", "sale"."shop_country") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY (SELECT count("limit_1001"."id") FROM "limit" AS "limit_1001" WHERE "limit_1001"."amount" = "sale"."amount") DESC, "sale"."id" DESC [1, 'at', 2, 'at', 3, 'ch', 3, 'ch']
        -- lazy
        SELECT "shop"."id", "shop"."country" FROM "shop" ORDER BY "shop"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."shop_id" AND ? = "sale"."shop_country" ORDER BY (SELECT count("limit_1001"."id") FROM "limit" AS "limit_1001" WHERE "limit_1001"."amount" = "sale"."amount") DESC, "sale"."id" DESC [1, 'at']
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."shop_id" AND ? = "sale"."shop_country" ORDER BY (SELECT count("limit_1001"."id") FROM "limit" AS "limit_1001" WHERE "limit_1001"."amount" = "sale"."amount") DESC, "sale"."id" DESC [2, 'at']
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."shop_id" AND ? = "sale"."shop_country" ORDER BY (SELECT count("limit_1001"."id") FROM "limit" AS "limit_1001" WHERE "limit_1001"."amount" = "sale"."amount") DESC, "sale"."id" DESC [3, 'ch']
    "#]].assert_eq(&each_way!(Shop, by_limits, db));
    expect![[r#"
        Writer#1(by_bans: [Book#2, Book#1])
        Writer#2(by_bans: [Book#3, Book#2])
        -- joined
        SELECT "writer"."id", "writer"."lang", "book_2"."id" FROM "writer" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON "book_2"."id" = "wrote_1"."book_id") ON "writer"."id" = "wrote_1"."writer_id" ORDER BY "writer"."id", (SELECT count("ban_1001"."id") FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book_2"."id"), (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001") - "wrote_1"."id"
        -- selectin
        SELECT "writer"."id", "writer"."lang" FROM "writer" ORDER BY "writer"."id"
        SELECT "book"."id", "wrote"."writer_id" FROM "book", "wrote" WHERE "wrote"."writer_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" ORDER BY (SELECT count("ban_1001"."id") FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id"), (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001") - "wrote"."id" ['[1,2]']
        -- subquery
        SELECT "writer"."id", "writer"."lang" FROM "writer" ORDER BY "writer"."id"
        SELECT "book"."id", "wrote"."writer_id" FROM "book", "wrote" WHERE "wrote"."writer_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" ORDER BY (SELECT count("ban_1001"."id") FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id"), (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001") - "wrote"."id" ['[1,2]']
        -- immediate
        SELECT "writer"."id", "writer"."lang" FROM "writer" ORDER BY "writer"."id"
        SELECT "book"."id", "wrote"."writer_id" FROM "book", "wrote" WHERE "wrote"."writer_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" ORDER BY (SELECT count("ban_1001"."id") FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id"), (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001") - "wrote"."id" ['[1,2]']
        -- batch
        SELECT "writer"."id", "writer"."lang" FROM "writer" ORDER BY "writer"."id"
        SELECT "book"."id", "wrote"."writer_id" FROM "book", "wrote" WHERE "wrote"."writer_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" ORDER BY (SELECT count("ban_1001"."id") FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id"), (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001") - "wrote"."id" ['[1,2]']
        -- lazy
        SELECT "writer"."id", "writer"."lang" FROM "writer" ORDER BY "writer"."id"
        SELECT "book"."id" FROM "book", "wrote" WHERE ? = "wrote"."writer_id" AND "book"."id" = "wrote"."book_id" ORDER BY (SELECT count("ban_1001"."id") FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id"), (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001") - "wrote"."id" [1]
        SELECT "book"."id" FROM "book", "wrote" WHERE ? = "wrote"."writer_id" AND "book"."id" = "wrote"."book_id" ORDER BY (SELECT count("ban_1001"."id") FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id"), (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001") - "wrote"."id" [2]
    "#]].assert_eq(&each_way!(Writer, by_bans, db));
}

#[test]
fn marks_within_a_query() {
    let db = trade();
    let told = each_way!(Sale, alike, db);
    expect![[r#"
        Sale#1(alike: [Sale#1])
        Sale#2(alike: [Sale#2, Sale#3(alike: [Sale#2])])
        Sale#3(alike: [Sale#2(alike: [Sale#2, Sale#3])])
        Sale#4(alike: [])
        Sale#5(alike: [])
        -- joined
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount", "sale_1"."id", "sale_1"."shop_id", "sale_1"."shop_country", "sale_1"."amount" FROM "sale" LEFT JOIN "sale" AS "sale_1" ON "sale"."amount" = "sale_1"."amount" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale_1"."id" AND "flag_1001"."id" >= "sale"."id") ORDER BY "sale"."id", "sale_1"."id"
        -- selectin
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" ORDER BY "sale"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount", "sale_1"."id" FROM "sale" AS "sale_1" JOIN "sale" ON "sale_1"."amount" = "sale"."amount" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND "flag_1001"."id" >= "sale_1"."id") WHERE "sale_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" ['[1,2,3,4,5]']
        -- subquery
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" ORDER BY "sale"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount", "sale_1"."id" FROM "sale" AS "sale_1" JOIN "sale" ON "sale_1"."amount" = "sale"."amount" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND "flag_1001"."id" >= "sale_1"."id") WHERE "sale_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" ['[1,2,3,4,5]']
        -- immediate
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" ORDER BY "sale"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount", "sale_1"."id" FROM "sale" AS "sale_1" JOIN "sale" ON "sale_1"."amount" = "sale"."amount" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND "flag_1001"."id" >= "sale_1"."id") WHERE "sale_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" ['[1,2,3,4,5]']
        -- batch
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" ORDER BY "sale"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount", "sale_1"."id" FROM "sale" AS "sale_1" JOIN "sale" ON "sale_1"."amount" = "sale"."amount" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND "flag_1001"."id" >= "sale_1"."id") WHERE "sale_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "sale"."id" ['[1,2,3,4,5]']
        -- lazy
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" ORDER BY "sale"."id"
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."amount" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND "flag_1001"."id" >= ?) ORDER BY "sale"."id" [10, 1]
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."amount" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND "flag_1001"."id" >= ?) ORDER BY "sale"."id" [20, 2]
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."amount" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND "flag_1001"."id" >= ?) ORDER BY "sale"."id" [20, 3]
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."amount" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND "flag_1001"."id" >= ?) ORDER BY "sale"."id" [30, 4]
        SELECT "sale"."id", "sale"."shop_id", "sale"."shop_country", "sale"."amount" FROM "sale" WHERE ? = "sale"."amount" AND EXISTS (SELECT "flag_1001"."id", "flag_1001"."name", "flag_1001"."sale_id" FROM "flag" AS "flag_1001" WHERE "flag_1001"."sale_id" = "sale"."id" AND "flag_1001"."id" >= ?) ORDER BY "sale"."id" [10, 5]
    "#]].assert_eq(&told);
}

#[test]
fn a_query_between_the_association_table_and_the_target() {
    shown!(trade, Writer.last_books -> Book by any, expect![[r#"
        Writer#1(last_books: [Book#2])
        Writer#2(last_books: [Book#3])
        SELECT "writer"."id", "writer"."lang", "book_2"."id" FROM "writer" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON "book_2"."id" = "wrote_1"."book_id" AND "wrote_1"."id" = (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001" WHERE "wrote_1001"."writer_id" = "wrote_1"."writer_id")) ON "writer"."id" = "wrote_1"."writer_id" ORDER BY "writer"."id", "book_2"."id"
        SELECT "book"."id", "wrote"."writer_id" FROM "book", "wrote" WHERE "wrote"."writer_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" AND "wrote"."id" = (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001" WHERE "wrote_1001"."writer_id" = "wrote"."writer_id") ORDER BY "book"."id" ['[1,2]']
        SELECT "book"."id" FROM "book", "wrote" WHERE ? = "wrote"."writer_id" AND "book"."id" = "wrote"."book_id" AND "wrote"."id" = (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001" WHERE "wrote_1001"."writer_id" = "wrote"."writer_id") ORDER BY "book"."id" [2]
        [(1, 2), (2, 3)]
        SELECT "writer"."id", "book"."id" FROM "writer" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id" AND "wrote"."id" = (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001" WHERE "wrote_1001"."writer_id" = "wrote"."writer_id")) ON "writer"."id" = "wrote"."writer_id" ORDER BY "writer"."id", "book"."id"
        SELECT "writer"."id" FROM "writer" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "writer"."id" = "wrote"."writer_id" AND "book"."id" = "wrote"."book_id" AND "wrote"."id" = (SELECT max("wrote_1001"."id") FROM "wrote" AS "wrote_1001" WHERE "wrote_1001"."writer_id" = "wrote"."writer_id")) ORDER BY "writer"."id" [1]
    "#]]);
    shown!(trade, Writer.allowed -> Book by any, expect![[r#"
        Writer#1(allowed: [])
        Writer#2(allowed: [Book#3])
        SELECT "writer"."id", "writer"."lang", "book_2"."id" FROM "writer" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON "book_2"."id" = "wrote_1"."book_id" AND NOT EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book_2"."id" AND "ban_1001"."lang" = ?)) ON "writer"."id" = "wrote_1"."writer_id" ORDER BY "writer"."id", "book_2"."id" ['en']
        SELECT "book"."id", "wrote"."writer_id" FROM "book", "wrote" WHERE "wrote"."writer_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" AND NOT EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = ?) ORDER BY "book"."id" ['[1,2]', 'en']
        SELECT "book"."id" FROM "book", "wrote" WHERE ? = "wrote"."writer_id" AND "book"."id" = "wrote"."book_id" AND NOT EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = ?) ORDER BY "book"."id" [2, 'en']
        [(2, 3)]
        SELECT "writer"."id", "book"."id" FROM "writer" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id" AND NOT EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = ?)) ON "writer"."id" = "wrote"."writer_id" ORDER BY "writer"."id", "book"."id" ['en']
        SELECT "writer"."id" FROM "writer" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "writer"."id" = "wrote"."writer_id" AND "book"."id" = "wrote"."book_id" AND NOT EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = ?)) ORDER BY "writer"."id" [1, 'en']
    "#]]);
    shown!(trade, Writer.banned_at_home -> Book by any, expect![[r#"
        Writer#1(banned_at_home: [Book#1])
        Writer#2(banned_at_home: [Book#3])
        SELECT "writer"."id", "writer"."lang", "book_2"."id" FROM "writer" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON 1) ON "writer"."id" = "wrote_1"."writer_id" AND "book_2"."id" = "wrote_1"."book_id" AND EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book_2"."id" AND "ban_1001"."lang" = "writer"."lang" AND "ban_1001"."id" <= "wrote_1"."id") ORDER BY "writer"."id", "book_2"."id"
        SELECT "book"."id", "writer_1"."id" FROM "writer" AS "writer_1" JOIN ("wrote" JOIN "book" ON 1) ON "writer_1"."id" = "wrote"."writer_id" AND "book"."id" = "wrote"."book_id" AND EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = "writer_1"."lang" AND "ban_1001"."id" <= "wrote"."id") WHERE "writer_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['[1,2]']
        SELECT "book"."id" FROM "book", "wrote" WHERE ? = "wrote"."writer_id" AND "book"."id" = "wrote"."book_id" AND EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = ? AND "ban_1001"."id" <= "wrote"."id") ORDER BY "book"."id" [2, 'de']
        [(1, 1), (2, 3)]
        SELECT "writer"."id", "book"."id" FROM "writer" JOIN ("wrote" JOIN "book" ON 1) ON "writer"."id" = "wrote"."writer_id" AND "book"."id" = "wrote"."book_id" AND EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = "writer"."lang" AND "ban_1001"."id" <= "wrote"."id") ORDER BY "writer"."id", "book"."id"
        SELECT "writer"."id" FROM "writer" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "writer"."id" = "wrote"."writer_id" AND "book"."id" = "wrote"."book_id" AND EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = "writer"."lang" AND "ban_1001"."id" <= "wrote"."id")) ORDER BY "writer"."id" [1]
    "#]]);
    shown!(trade, Writer.banned_at_home_too -> Book by any, expect![[r#"
        Writer#1(banned_at_home_too: [Book#1])
        Writer#2(banned_at_home_too: [Book#3])
        SELECT "writer"."id", "writer"."lang", "book_2"."id" FROM "writer" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON "book_2"."id" = "wrote_1"."book_id") ON "writer"."id" = "wrote_1"."writer_id" AND EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book_2"."id" AND "ban_1001"."lang" = "writer"."lang" AND "ban_1001"."id" <= "wrote_1"."id") ORDER BY "writer"."id", "book_2"."id"
        SELECT "book"."id", "writer_1"."id" FROM "writer" AS "writer_1" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id") ON "writer_1"."id" = "wrote"."writer_id" AND EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = "writer_1"."lang" AND "ban_1001"."id" <= "wrote"."id") WHERE "writer_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['[1,2]']
        SELECT "book"."id" FROM "book", "wrote" WHERE ? = "wrote"."writer_id" AND EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = ? AND "ban_1001"."id" <= "wrote"."id") AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [2, 'de']
        [(1, 1), (2, 3)]
        SELECT "writer"."id", "book"."id" FROM "writer" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id") ON "writer"."id" = "wrote"."writer_id" AND EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = "writer"."lang" AND "ban_1001"."id" <= "wrote"."id") ORDER BY "writer"."id", "book"."id"
        SELECT "writer"."id" FROM "writer" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "writer"."id" = "wrote"."writer_id" AND EXISTS (SELECT "ban_1001"."id", "ban_1001"."lang", "ban_1001"."book_id" FROM "ban" AS "ban_1001" WHERE "ban_1001"."book_id" = "book"."id" AND "ban_1001"."lang" = "writer"."lang" AND "ban_1001"."id" <= "wrote"."id") AND "book"."id" = "wrote"."book_id") ORDER BY "writer"."id" [1]
    "#]]);
}

#[test]
fn a_relationship_with_a_query_in_its_second_condition_is_written() {
    let db = trade();
    let session = db.session();
    let writer = session.get::<Writer>(2).unwrap().unwrap();
    let book = session.get::<Book>(1).unwrap().unwrap();
    assert_eq!(writer.allowed().len().unwrap(), 1);
    writer.allowed().append(&book).unwrap();
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "wrote" ("writer_id", "book_id") VALUES (?, ?) [2, 1]
    "#]]
    .assert_eq(&db.sql());
}
