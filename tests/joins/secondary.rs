//! Conditions through an association table: criteria on each of the three tables, in either condition.

use expect_test::expect;
use orm::prelude::*;
use tests::{Db, each_way};

use crate::each_operator;

orm::registry!(
    /// These classes.
    pub Secondary
);

#[derive(Mapped, Debug)]
#[mapped(table = "author", registry = Secondary)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    pub lang: String,
    #[relationship(
        secondary = Wrote,
        primaryjoin = Author::id.eq(Wrote::author_id).and(Wrote::part.eq("whole")),
        order_by = Book::id
    )]
    pub near_link: Many<Book>,
    #[relationship(
        secondary = Wrote,
        primaryjoin = Author::id.eq(Wrote::author_id).and(Author::lang.eq("en")),
        viewonly,
        order_by = Book::id
    )]
    pub near_class: Many<Book>,
    #[relationship(
        secondary = Wrote,
        primaryjoin = Author::id.eq(Wrote::author_id).and(Book::lang.eq("en")),
        viewonly,
        order_by = Book::id
    )]
    pub near_target: Many<Book>,
    #[relationship(
        secondary = Wrote,
        primaryjoin = Author::id.eq(Wrote::author_id).and(Author::lang.eq(Wrote::lang)),
        viewonly,
        order_by = Book::id
    )]
    pub near_both: Many<Book>,
    #[relationship(
        secondary = Wrote,
        secondaryjoin = Book::id.eq(Wrote::book_id).and(Wrote::part.eq("whole")),
        order_by = Book::id, overlaps = "near_link")]
    pub far_link: Many<Book>,
    #[relationship(
        secondary = Wrote,
        secondaryjoin = Book::id.eq(Wrote::book_id).and(Book::lang.eq("en")),
        viewonly,
        order_by = Book::id
    )]
    pub far_target: Many<Book>,
    #[relationship(
        secondary = Wrote,
        secondaryjoin = Book::id.eq(Wrote::book_id).and(Book::lang.eq(Author::lang)),
        viewonly,
        order_by = Book::id
    )]
    pub far_class: Many<Book>,
    /// One object through the association.
    #[relationship(
        secondary = Wrote,
        primaryjoin = Author::id.eq(Wrote::author_id).and(Wrote::part.eq("first")),
        viewonly
    )]
    pub first: Option<One<Book>>,
}

#[derive(Mapped, Debug)]
#[mapped(table = "book", registry = Secondary)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub lang: String,
}

#[derive(Table)]
#[mapped(table = "wrote", registry = Secondary)]
pub struct Wrote {
    #[column(primary_key, foreign_key = Author::id)]
    pub author_id: i64,
    #[column(primary_key, foreign_key = Book::id)]
    pub book_id: i64,
    pub part: Option<String>,
    pub lang: Option<String>,
}

fn books() -> Db {
    let db = Db::empty();
    Secondary::create_all(&db.engine).unwrap();
    db.run("INSERT INTO author VALUES (1, 'en'), (2, 'de'), (3, 'en')");
    db.run("INSERT INTO book VALUES (1, 'en'), (2, 'de'), (3, 'en'), (4, 'fr')");
    db.run(
        "INSERT INTO wrote VALUES (1, 1, 'whole', 'en'), (1, 2, 'part', 'de'), (1, 4, 'first', 'en'),
        (2, 2, 'whole', 'de'), (2, 3, 'whole', 'en'), (2, 1, 'first', 'en')",
    );
    db.sql();
    db
}

/// Loads a relationship in each way, asks for it in each way, and compares what is found and which statements ran.
macro_rules! shown {
    ($relation:ident by $operator:ident, $expected:expr) => {
        let db = books();
        let told = each_way!(Author, $relation, db) + "-- operators\n";
        $expected.assert_eq(&(told + &each_operator!(Author, $relation, Book, $operator, db)));
    };
}

#[test]
fn near_link() {
    shown!(near_link by any, expect![[r#"
        Author#1(near_link: [Book#1])
        Author#2(near_link: [Book#2, Book#3])
        Author#3(near_link: [])
        -- joined
        SELECT "author"."id", "author"."lang", "book_2"."id", "book_2"."lang" FROM "author" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON "book_2"."id" = "wrote_1"."book_id") ON "author"."id" = "wrote_1"."author_id" AND "wrote_1"."part" = ? ORDER BY "author"."id", "book_2"."id" ['whole']
        -- selectin
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" ['[1,2,3]', 'whole']
        -- subquery
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" ['[1,2,3]', 'whole']
        -- immediate
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" ['[1,2,3]', 'whole']
        -- batch
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" ['[1,2,3]', 'whole']
        -- lazy
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [1, 'whole']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [2, 'whole']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [3, 'whole']
        -- operators
        [(1, 1), (2, 2), (2, 3)]
        SELECT "author"."id", "book"."id" FROM "author" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id") ON "author"."id" = "wrote"."author_id" AND "wrote"."part" = ? ORDER BY "author"."id", "book"."id" ['whole']
        SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "author"."id" = "wrote"."author_id" AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id") ORDER BY "author"."id" [1, 'whole']
        SELECT "book"."id" FROM "book" WHERE EXISTS (SELECT ? FROM "wrote" WHERE ? = "wrote"."author_id" AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id") ORDER BY "book"."id" [1, 1, 'whole']
    "#]]);
}

#[test]
fn near_class() {
    shown!(near_class by any, expect![[r#"
        Author#1(near_class: [Book#1, Book#2, Book#4])
        Author#2(near_class: [])
        Author#3(near_class: [])
        -- joined
        SELECT "author"."id", "author"."lang", "book_2"."id", "book_2"."lang" FROM "author" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON "book_2"."id" = "wrote_1"."book_id") ON "author"."id" = "wrote_1"."author_id" AND "author"."lang" = ? ORDER BY "author"."id", "book_2"."id" ['en']
        -- selectin
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "author_1"."id" FROM "author" AS "author_1" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id") ON "author_1"."id" = "wrote"."author_id" AND "author_1"."lang" = ? WHERE "author_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['en', '[1,2,3]']
        -- subquery
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "author_1"."id" FROM "author" AS "author_1" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id") ON "author_1"."id" = "wrote"."author_id" AND "author_1"."lang" = ? WHERE "author_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['en', '[1,2,3]']
        -- immediate
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "author_1"."id" FROM "author" AS "author_1" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id") ON "author_1"."id" = "wrote"."author_id" AND "author_1"."lang" = ? WHERE "author_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['en', '[1,2,3]']
        -- batch
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "author_1"."id" FROM "author" AS "author_1" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id") ON "author_1"."id" = "wrote"."author_id" AND "author_1"."lang" = ? WHERE "author_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['en', '[1,2,3]']
        -- lazy
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND ? = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [1, 'en', 'en']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND ? = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [2, 'de', 'en']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND ? = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [3, 'en', 'en']
        -- operators
        [(1, 1), (1, 2), (1, 4)]
        SELECT "author"."id", "book"."id" FROM "author" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id") ON "author"."id" = "wrote"."author_id" AND "author"."lang" = ? ORDER BY "author"."id", "book"."id" ['en']
        SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "author"."id" = "wrote"."author_id" AND "author"."lang" = ? AND "book"."id" = "wrote"."book_id") ORDER BY "author"."id" [1, 'en']
        SELECT "book"."id" FROM "book" WHERE EXISTS (SELECT ? FROM "wrote" WHERE ? = "wrote"."author_id" AND ? = ? AND "book"."id" = "wrote"."book_id") ORDER BY "book"."id" [1, 1, 'en', 'en']
    "#]]);
}

#[test]
fn near_target() {
    shown!(near_target by any, expect![[r#"
        Author#1(near_target: [Book#1])
        Author#2(near_target: [Book#1, Book#3])
        Author#3(near_target: [])
        -- joined
        SELECT "author"."id", "author"."lang", "book_2"."id", "book_2"."lang" FROM "author" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON "book_2"."id" = "wrote_1"."book_id") ON "author"."id" = "wrote_1"."author_id" AND "book_2"."lang" = ? ORDER BY "author"."id", "book_2"."id" ['en']
        -- selectin
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."lang" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" ['[1,2,3]', 'en']
        -- subquery
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."lang" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" ['[1,2,3]', 'en']
        -- immediate
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."lang" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" ['[1,2,3]', 'en']
        -- batch
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."lang" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" ['[1,2,3]', 'en']
        -- lazy
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."lang" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [1, 'en']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."lang" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [2, 'en']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."lang" = ? AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [3, 'en']
        -- operators
        [(1, 1), (2, 1), (2, 3)]
        SELECT "author"."id", "book"."id" FROM "author" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id") ON "author"."id" = "wrote"."author_id" AND "book"."lang" = ? ORDER BY "author"."id", "book"."id" ['en']
        SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "author"."id" = "wrote"."author_id" AND "book"."lang" = ? AND "book"."id" = "wrote"."book_id") ORDER BY "author"."id" [1, 'en']
        SELECT "book"."id" FROM "book" WHERE EXISTS (SELECT ? FROM "wrote" WHERE ? = "wrote"."author_id" AND "book"."lang" = ? AND "book"."id" = "wrote"."book_id") ORDER BY "book"."id" [1, 1, 'en']
    "#]]);
}

#[test]
fn near_both() {
    shown!(near_both by any, expect![[r#"
        Author#1(near_both: [Book#1, Book#4])
        Author#2(near_both: [Book#2])
        Author#3(near_both: [])
        -- joined
        SELECT "author"."id", "author"."lang", "book_2"."id", "book_2"."lang" FROM "author" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON "book_2"."id" = "wrote_1"."book_id") ON "author"."id" = "wrote_1"."author_id" AND "author"."lang" = "wrote_1"."lang" ORDER BY "author"."id", "book_2"."id"
        -- selectin
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id", "wrote"."lang" FROM "book", "wrote" WHERE ("wrote"."author_id", "wrote"."lang") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [1, 'en', 2, 'de', 3, 'en', 3, 'en']
        -- subquery
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id", "wrote"."lang" FROM "book", "wrote" WHERE ("wrote"."author_id", "wrote"."lang") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [1, 'en', 2, 'de', 3, 'en', 3, 'en']
        -- immediate
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id", "wrote"."lang" FROM "book", "wrote" WHERE ("wrote"."author_id", "wrote"."lang") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [1, 'en', 2, 'de', 3, 'en', 3, 'en']
        -- batch
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id", "wrote"."lang" FROM "book", "wrote" WHERE ("wrote"."author_id", "wrote"."lang") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [1, 'en', 2, 'de', 3, 'en', 3, 'en']
        -- lazy
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND ? = "wrote"."lang" AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [1, 'en']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND ? = "wrote"."lang" AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [2, 'de']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND ? = "wrote"."lang" AND "book"."id" = "wrote"."book_id" ORDER BY "book"."id" [3, 'en']
        -- operators
        [(1, 1), (1, 4), (2, 2)]
        SELECT "author"."id", "book"."id" FROM "author" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id") ON "author"."id" = "wrote"."author_id" AND "author"."lang" = "wrote"."lang" ORDER BY "author"."id", "book"."id"
        SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "author"."id" = "wrote"."author_id" AND "author"."lang" = "wrote"."lang" AND "book"."id" = "wrote"."book_id") ORDER BY "author"."id" [1]
        SELECT "book"."id" FROM "book" WHERE EXISTS (SELECT ? FROM "wrote" WHERE ? = "wrote"."author_id" AND ? = "wrote"."lang" AND "book"."id" = "wrote"."book_id") ORDER BY "book"."id" [1, 1, 'en']
    "#]]);
}

#[test]
fn far_link() {
    shown!(far_link by any, expect![[r#"
        Author#1(far_link: [Book#1])
        Author#2(far_link: [Book#2, Book#3])
        Author#3(far_link: [])
        -- joined
        SELECT "author"."id", "author"."lang", "book_2"."id", "book_2"."lang" FROM "author" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON "book_2"."id" = "wrote_1"."book_id" AND "wrote_1"."part" = ?) ON "author"."id" = "wrote_1"."author_id" ORDER BY "author"."id", "book_2"."id" ['whole']
        -- selectin
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" AND "wrote"."part" = ? ORDER BY "book"."id" ['[1,2,3]', 'whole']
        -- subquery
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" AND "wrote"."part" = ? ORDER BY "book"."id" ['[1,2,3]', 'whole']
        -- immediate
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" AND "wrote"."part" = ? ORDER BY "book"."id" ['[1,2,3]', 'whole']
        -- batch
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" AND "wrote"."part" = ? ORDER BY "book"."id" ['[1,2,3]', 'whole']
        -- lazy
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "wrote"."part" = ? ORDER BY "book"."id" [1, 'whole']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "wrote"."part" = ? ORDER BY "book"."id" [2, 'whole']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "wrote"."part" = ? ORDER BY "book"."id" [3, 'whole']
        -- operators
        [(1, 1), (2, 2), (2, 3)]
        SELECT "author"."id", "book"."id" FROM "author" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id" AND "wrote"."part" = ?) ON "author"."id" = "wrote"."author_id" ORDER BY "author"."id", "book"."id" ['whole']
        SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "author"."id" = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "wrote"."part" = ?) ORDER BY "author"."id" [1, 'whole']
        SELECT "book"."id" FROM "book" WHERE EXISTS (SELECT ? FROM "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "wrote"."part" = ?) ORDER BY "book"."id" [1, 1, 'whole']
    "#]]);
}

#[test]
fn far_target() {
    shown!(far_target by any, expect![[r#"
        Author#1(far_target: [Book#1])
        Author#2(far_target: [Book#1, Book#3])
        Author#3(far_target: [])
        -- joined
        SELECT "author"."id", "author"."lang", "book_2"."id", "book_2"."lang" FROM "author" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON "book_2"."id" = "wrote_1"."book_id" AND "book_2"."lang" = ?) ON "author"."id" = "wrote_1"."author_id" ORDER BY "author"."id", "book_2"."id" ['en']
        -- selectin
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ? ORDER BY "book"."id" ['[1,2,3]', 'en']
        -- subquery
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ? ORDER BY "book"."id" ['[1,2,3]', 'en']
        -- immediate
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ? ORDER BY "book"."id" ['[1,2,3]', 'en']
        -- batch
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ? ORDER BY "book"."id" ['[1,2,3]', 'en']
        -- lazy
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ? ORDER BY "book"."id" [1, 'en']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ? ORDER BY "book"."id" [2, 'en']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ? ORDER BY "book"."id" [3, 'en']
        -- operators
        [(1, 1), (2, 1), (2, 3)]
        SELECT "author"."id", "book"."id" FROM "author" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id" AND "book"."lang" = ?) ON "author"."id" = "wrote"."author_id" ORDER BY "author"."id", "book"."id" ['en']
        SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "author"."id" = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ?) ORDER BY "author"."id" [1, 'en']
        SELECT "book"."id" FROM "book" WHERE EXISTS (SELECT ? FROM "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ?) ORDER BY "book"."id" [1, 1, 'en']
    "#]]);
}

#[test]
fn far_class() {
    shown!(far_class by any, expect![[r#"
        Author#1(far_class: [Book#1])
        Author#2(far_class: [Book#2])
        Author#3(far_class: [])
        -- joined
        SELECT "author"."id", "author"."lang", "book_2"."id", "book_2"."lang" FROM "author" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON 1) ON "author"."id" = "wrote_1"."author_id" AND "book_2"."id" = "wrote_1"."book_id" AND "book_2"."lang" = "author"."lang" ORDER BY "author"."id", "book_2"."id"
        -- selectin
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "author_1"."id" FROM "author" AS "author_1" JOIN ("wrote" JOIN "book" ON 1) ON "author_1"."id" = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = "author_1"."lang" WHERE "author_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['[1,2,3]']
        -- subquery
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "author_1"."id" FROM "author" AS "author_1" JOIN ("wrote" JOIN "book" ON 1) ON "author_1"."id" = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = "author_1"."lang" WHERE "author_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['[1,2,3]']
        -- immediate
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "author_1"."id" FROM "author" AS "author_1" JOIN ("wrote" JOIN "book" ON 1) ON "author_1"."id" = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = "author_1"."lang" WHERE "author_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['[1,2,3]']
        -- batch
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "author_1"."id" FROM "author" AS "author_1" JOIN ("wrote" JOIN "book" ON 1) ON "author_1"."id" = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = "author_1"."lang" WHERE "author_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['[1,2,3]']
        -- lazy
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ? ORDER BY "book"."id" [1, 'en']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ? ORDER BY "book"."id" [2, 'de']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ? ORDER BY "book"."id" [3, 'en']
        -- operators
        [(1, 1), (2, 2)]
        SELECT "author"."id", "book"."id" FROM "author" JOIN ("wrote" JOIN "book" ON 1) ON "author"."id" = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = "author"."lang" ORDER BY "author"."id", "book"."id"
        SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "author"."id" = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = "author"."lang") ORDER BY "author"."id" [1]
        SELECT "book"."id" FROM "book" WHERE EXISTS (SELECT ? FROM "wrote" WHERE ? = "wrote"."author_id" AND "book"."id" = "wrote"."book_id" AND "book"."lang" = ?) ORDER BY "book"."id" [1, 1, 'en']
    "#]]);
}

#[test]
fn first() {
    shown!(first by has, expect![[r#"
        Author#1(first: Book#4)
        Author#2(first: Book#1)
        Author#3(first: none)
        -- joined
        SELECT "author"."id", "author"."lang", "book_2"."id", "book_2"."lang" FROM "author" LEFT JOIN ("wrote" AS "wrote_1" JOIN "book" AS "book_2" ON "book_2"."id" = "wrote_1"."book_id") ON "author"."id" = "wrote_1"."author_id" AND "wrote_1"."part" = ? ORDER BY "author"."id" ['first']
        -- selectin
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" ['[1,2,3]', 'first']
        -- subquery
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" ['[1,2,3]', 'first']
        -- immediate
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" ['[1,2,3]', 'first']
        -- batch
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang", "wrote"."author_id" FROM "book", "wrote" WHERE "wrote"."author_id" IN (SELECT +value FROM json_each(?)) AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" ['[1,2,3]', 'first']
        -- lazy
        SELECT "author"."id", "author"."lang" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" [1, 'first']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" [2, 'first']
        SELECT "book"."id", "book"."lang" FROM "book", "wrote" WHERE ? = "wrote"."author_id" AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id" [3, 'first']
        -- operators
        [(1, 4), (2, 1)]
        SELECT "author"."id", "book"."id" FROM "author" JOIN ("wrote" JOIN "book" ON "book"."id" = "wrote"."book_id") ON "author"."id" = "wrote"."author_id" AND "wrote"."part" = ? ORDER BY "author"."id", "book"."id" ['first']
        SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT ? FROM "book", "wrote" WHERE "author"."id" = "wrote"."author_id" AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id") ORDER BY "author"."id" [1, 'first']
        SELECT "book"."id" FROM "book" WHERE EXISTS (SELECT ? FROM "wrote" WHERE ? = "wrote"."author_id" AND "wrote"."part" = ? AND "book"."id" = "wrote"."book_id") ORDER BY "book"."id" [1, 1, 'first']
    "#]]);
}
