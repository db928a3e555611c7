//! Attributes that stand for expressions: in every way of loading objects, in conditions and orders, and when objects
//! are written.

use expect_test::{Expect, expect};
use orm::prelude::*;
use orm::{Code, Expr, aliased, defer, func, insert, joined, load_only, selectin, subquery, undefer, update};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Library
);

#[derive(Mapped, Debug, Default, Clone, PartialEq)]
#[mapped(table = "author", registry = Library, index(on = func::lower(Author::name), name = "by_name"))]
struct Author {
    #[column(primary_key)]
    id: i64,
    first: String,
    #[column(expression = Author::first.concat(" ").concat(Author::last))]
    name: String,
    last: String,
    #[column(expression = books_of_author())]
    count: i64,
    #[column(expression = select(func::max(Book::title)).filter(Book::author_id.eq(Author::id)).scalar(), deferred)]
    newest: Option<String>,
    #[relationship(back_populates = "author", order_by = Book::loud, cascade = "all, delete-orphan")]
    books: Many<Book>,
}

/// How many books an author has.
fn books_of_author() -> Expr<i64> {
    select(func::count(Book::id)).filter(Book::author_id.eq(Author::id)).scalar()
}

#[derive(Mapped, Debug, Default, Clone, PartialEq)]
#[mapped(table = "book", registry = Library)]
struct Book {
    #[column(primary_key)]
    id: i64,
    title: String,
    #[column(foreign_key = Author::id)]
    author_id: Option<i64>,
    // Made of another one that stands for an expression.
    #[column(expression = func::upper(Book::title))]
    loud: String,
    #[column(expression = Book::loud.concat("!"))]
    louder: String,
    #[relationship(back_populates = "books")]
    author: Option<One<Author>>,
}

/// Two authors with three books, and the log from then on.
fn library() -> (Db, Session) {
    let db = Db::empty();
    Library::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO author (id, first, last) VALUES (1, 'ann', 'lee'), (2, 'bob', 'may');
         INSERT INTO book (id, title, author_id) VALUES (1, 'one', 1), (2, 'two', 1), (3, 'three', 2)",
    );
    let session = db.session();
    db.sql();
    (db, session)
}

fn check(actual: &str, expected: Expect) {
    expected.assert_eq(actual);
}

#[test]
fn no_table_has_it() {
    let db = Db::empty();
    Library::create_all(&db.engine).unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE ['author']
        SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE ['book']
        CREATE TABLE "author" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "first" TEXT NOT NULL,
            "last" TEXT NOT NULL
        )
        CREATE INDEX "by_name" ON "author" (lower("first" || ' ' || "last"))
        CREATE TABLE "book" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "title" TEXT NOT NULL,
            "author_id" INTEGER,
            FOREIGN KEY ("author_id") REFERENCES "author" ("id")
        )
        CREATE INDEX "ix_book_author_id" ON "book" ("author_id")
    "#]],
    );
}

#[test]
fn a_query_reads_it_with_the_row() {
    let (db, session) = library();
    let authors = session.scalars(select(Author).order_by(Author::id)).unwrap().all().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), NULL FROM "author" ORDER BY "author"."id" [' ']
    "#]],
    );
    let told: Vec<(String, i64)> =
        authors.iter().map(|author| (author.name().unwrap(), author.count().unwrap())).collect();
    assert_eq!(told, [("ann lee".into(), 2), ("bob may".into(), 1)]);
    check(&db.sql(), expect![""]);
    // The deferred one is loaded when it is read.
    assert_eq!(authors[0].newest().unwrap().as_deref(), Some("two"));
    check(
        &db.sql(),
        expect![[r#"
        SELECT (SELECT max("book_1001"."title") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id") FROM "author" WHERE "author"."id" = ? [1]
    "#]],
    );
}

#[test]
fn a_get_and_a_refresh_read_it() {
    let (db, session) = library();
    let ann = session.get_one::<Author>(1).unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" = ? [' ', 1]
    "#]],
    );
    session.refresh(&ann).unwrap();
    session.expire(&ann).unwrap();
    assert_eq!(ann.count().unwrap(), 2);
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" = ? [' ', 1]
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" = ? [' ', 1]
    "#]],
    );
    let insert = "INSERT INTO book (id, title, author_id) VALUES (4, 'four', 1)";
    session.connection().unwrap().execute_batch(insert).unwrap();
    db.sql();
    session.refresh_attributes(&ann, &["count"]).unwrap();
    assert_eq!(ann.count().unwrap(), 3);
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" = ? [' ', 1]
    "#]],
    );
    // What is expired is read with all the rest.
    session.expire_attributes(&ann, &["count", "name"]).unwrap();
    assert_eq!(ann.name().unwrap(), "ann lee");
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" = ? [' ', 1]
    "#]],
    );
}

#[test]
fn a_relationship_reads_it() {
    let (db, session) = library();
    let ann = session.get_one::<Author>(1).unwrap();
    db.sql();
    let loud: Vec<String> = ann.books().iter().unwrap().map(|book| book.louder().unwrap()).collect();
    assert_eq!(loud, ["ONE!", "TWO!"]);
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", "book"."author_id", upper("book"."title"), upper("book"."title") || ? FROM "book" WHERE ? = "book"."author_id" ORDER BY upper("book"."title") ['!', 1]
    "#]],
    );
    session.expunge_all();
    let book = session.get_one::<Book>(3).unwrap();
    assert_eq!(book.author().unwrap().unwrap().count().unwrap(), 1);
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", "book"."author_id", upper("book"."title"), upper("book"."title") || ? FROM "book" WHERE "book"."id" = ? ['!', 3]
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" = ? [' ', 2]
    "#]],
    );
}

#[test]
fn every_strategy_reads_it() {
    for (strategy, expected) in [
        (
            joined(Author::books),
            expect![[r#"
            SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), NULL, "book_1"."id", "book_1"."title", "book_1"."author_id", upper("book_1"."title"), upper("book_1"."title") || ? FROM "author" LEFT JOIN "book" AS "book_1" ON "author"."id" = "book_1"."author_id" ORDER BY "author"."id", upper("book_1"."title") [' ', '!']
        "#]],
        ),
        (
            selectin(Author::books),
            expect![[r#"
            SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), NULL FROM "author" ORDER BY "author"."id" [' ']
            SELECT "book"."id", "book"."title", "book"."author_id", upper("book"."title"), upper("book"."title") || ? FROM "book" WHERE "book"."author_id" IN (SELECT +value FROM json_each(?)) ORDER BY upper("book"."title") ['!', '[1,2]']
        "#]],
        ),
        (
            subquery(Author::books),
            expect![[r#"
            SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), NULL FROM "author" ORDER BY "author"."id" [' ']
            SELECT "book"."id", "book"."title", "book"."author_id", upper("book"."title"), upper("book"."title") || ? FROM "book" WHERE "book"."author_id" IN (SELECT +value FROM json_each(?)) ORDER BY upper("book"."title") ['!', '[1,2]']
        "#]],
        ),
    ] {
        let (db, session) = library();
        let authors =
            session.scalars(select(Author).options(strategy).order_by(Author::id)).unwrap().all().unwrap();
        check(&db.sql(), expected);
        let loud: Vec<String> = authors
            .iter()
            .flat_map(|author| author.books().iter().unwrap().collect::<Vec<_>>())
            .map(|book| book.loud().unwrap())
            .collect();
        assert_eq!((loud.join(" ").as_str(), db.sql().as_str()), ("ONE TWO THREE", ""));
    }
}

#[test]
fn what_is_joined_reads_it_by_its_own_name() {
    let (db, session) = library();
    let query = select(Book).options(joined(Book::author)).filter(Book::id.eq(3));
    let book = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(book.author().unwrap().unwrap().name().unwrap(), "bob may");
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", "book"."author_id", upper("book"."title"), upper("book"."title") || ?, "author_1"."id", "author_1"."first", "author_1"."first" || ? || "author_1"."last", "author_1"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author_1"."id"), NULL FROM "book" LEFT JOIN "author" AS "author_1" ON "author_1"."id" = "book"."author_id" WHERE "book"."id" = ? ['!', ' ', 3]
    "#]],
    );
}

#[test]
fn the_rows_of_a_limited_query_are_ordered_by_it() {
    let (db, session) = library();
    let query = select(Author).options(joined(Author::books)).order_by(Author::count.desc()).limit(1);
    let author = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(author.books().len().unwrap(), 2);
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author_1"."id", "author_1"."first", "author_1"."item 2", "author_1"."last", "author_1"."item 4", "author_1"."item 5", "book_2"."id", "book_2"."title", "book_2"."author_id", upper("book_2"."title"), upper("book_2"."title") || ? FROM (SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last" AS "item 2", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id") AS "item 4", (NULL) AS "item 5" FROM "author" ORDER BY (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id") DESC LIMIT ?) AS "author_1" LEFT JOIN "book" AS "book_2" ON "author_1"."id" = "book_2"."author_id" ORDER BY "author_1"."item 4" DESC, upper("book_2"."title") ['!', ' ', 1]
    "#]],
    );
}

#[test]
fn it_stands_wherever_a_column_does() {
    let (db, session) = library();
    let names = |query: orm::Select<Obj<Author>>| {
        let authors = session.scalars(query).unwrap().all().unwrap();
        authors.iter().map(|author| author.first().unwrap()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(select(Author).filter(Author::name.eq("bob may"))), "bob");
    assert_eq!(names(select(Author).filter(Author::count.gt(1)).order_by(Author::name)), "ann");
    assert_eq!(names(select(Author).filter(Author::books.any(Book::loud.eq("THREE")))), "bob");
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."first" || ? || "author"."last" = ? [' ', ' ', 'bob may']
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), NULL FROM "author" WHERE (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id") > ? ORDER BY "author"."first" || ? || "author"."last" [' ', 1, ' ']
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), NULL FROM "author" WHERE EXISTS (SELECT ? FROM "book" AS "book_2" WHERE "author"."id" = "book_2"."author_id" AND upper("book_2"."title") = ?) [' ', 1, 'THREE']
    "#]],
    );
    let rows =
        session.execute(select((Author::name, Author::count)).order_by(Author::id)).unwrap().all().unwrap();
    assert_eq!(rows, [("ann lee".to_owned(), 2), ("bob may".to_owned(), 1)]);
    let other = aliased(Author);
    let query = select((Author::name, other.of(Author::name)))
        .join(other.on(other.of(Author::count).lt(Author::count)))
        .order_by(other.of(Author::name));
    let rows = session.execute(query).unwrap().all().unwrap();
    assert_eq!(rows, [("ann lee".to_owned(), "bob may".to_owned())]);
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."first" || ? || "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id") FROM "author" ORDER BY "author"."id" [' ']
        SELECT "author"."first" || ? || "author"."last", "author_1"."first" || ? || "author_1"."last" FROM "author" JOIN "author" AS "author_1" ON (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author_1"."id") < (SELECT count("book_2"."id") FROM "book" AS "book_2" WHERE "book_2"."author_id" = "author"."id") ORDER BY "author_1"."first" || ? || "author_1"."last" [' ', ' ', ' ']
    "#]],
    );
    let query = select((Author::count, func::count_all())).group_by(Author::count).order_by(Author::count);
    assert_eq!(session.execute(query).unwrap().all().unwrap(), [(1, 1), (2, 1)]);
    check(
        &db.sql(),
        expect![[r#"
        SELECT (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), count(*) FROM "author" GROUP BY (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id") ORDER BY (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id")
    "#]],
    );
}

#[test]
fn queries_within_queries_have_it() {
    let (db, session) = library();
    let inner = select(Author).filter(Author::id.gt(0)).subquery("few");
    let few = orm::aliased_as(Author, &inner);
    let query = select(&few).filter(few.of(Author::count).eq(2));
    let ann = session.scalars(query).unwrap().one().unwrap();
    assert_eq!((ann.name().unwrap().as_str(), ann.count().unwrap()), ("ann lee", 2));
    check(
        &db.sql(),
        expect![[r#"
        SELECT "few"."id", "few"."first", "few"."name", "few"."last", "few"."count", NULL FROM (SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last" AS "name", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id") AS "count", (SELECT max("book_1"."title") FROM "book" AS "book_1" WHERE "book_1"."author_id" = "author"."id") AS "newest" FROM "author" WHERE "author"."id" > ?) AS "few" WHERE "few"."count" = ? [' ', 0, 2]
    "#]],
    );
    let both = select(Author).filter(Author::id.eq(1)).union_all(select(Author).filter(Author::id.eq(2)));
    let all = session.scalars(both.order_by(Author::name.desc())).unwrap().all().unwrap();
    assert_eq!(all[0].name().unwrap(), "bob may");
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), (SELECT max("book_1"."title") FROM "book" AS "book_1" WHERE "book_1"."author_id" = "author"."id") FROM "author" WHERE "author"."id" = ? UNION ALL SELECT "author_2"."id", "author_2"."first", "author_2"."first" || ? || "author_2"."last", "author_2"."last", (SELECT count("book_3"."id") FROM "book" AS "book_3" WHERE "book_3"."author_id" = "author_2"."id"), (SELECT max("book_4"."title") FROM "book" AS "book_4" WHERE "book_4"."author_id" = "author_2"."id") FROM "author" AS "author_2" WHERE "author_2"."id" = ? ORDER BY 3 DESC [' ', 1, ' ', 2]
    "#]],
    );
}

#[test]
fn a_query_is_built_once() {
    let (_db, session) = library();
    let query = |least: i64| select(Author).filter(Author::count.ge(least)).order_by(Author::name);
    assert_eq!(session.scalars(query(1)).unwrap().all().unwrap().len(), 2);
    let before = orm::__private::statements_built();
    assert_eq!(session.scalars(query(2)).unwrap().all().unwrap().len(), 1);
    assert_eq!(orm::__private::statements_built(), before);
}

#[test]
fn options_of_columns_say_it_too() {
    let (db, session) = library();
    let query = select(Author).options((undefer(Author::newest), defer(Author::count)));
    let ann = session.scalars(query.filter(Author::id.eq(1))).unwrap().one().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", NULL, (SELECT max("book_1"."title") FROM "book" AS "book_1" WHERE "book_1"."author_id" = "author"."id") FROM "author" WHERE "author"."id" = ? [' ', 1]
    "#]],
    );
    assert_eq!((ann.newest().unwrap().as_deref(), db.statements()), (Some("two"), 0));
    assert_eq!(ann.count().unwrap(), 2);
    check(
        &db.sql(),
        expect![[r#"
        SELECT (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id") FROM "author" WHERE "author"."id" = ? [1]
    "#]],
    );
    session.expunge_all();
    let query = select(Author).options(load_only(Author::name)).order_by(Author::count);
    session.scalars(query).unwrap().all().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", NULL, "author"."first" || ? || "author"."last", NULL, NULL, NULL FROM "author" ORDER BY (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id") [' ']
    "#]],
    );
}

#[test]
fn options_of_what_is_joined_say_it_too() {
    let (db, session) = library();
    let query = select(Book).options(joined(Book::author).options(undefer(Author::newest)));
    let book = session.scalars(query.filter(Book::id.eq(1))).unwrap().one().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", "book"."author_id", upper("book"."title"), upper("book"."title") || ?, "author_1"."id", "author_1"."first", "author_1"."first" || ? || "author_1"."last", "author_1"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author_1"."id"), (SELECT max("book_1001"."title") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author_1"."id") FROM "book" LEFT JOIN "author" AS "author_1" ON "author_1"."id" = "book"."author_id" WHERE "book"."id" = ? ['!', ' ', 1]
    "#]],
    );
    let author = book.author().unwrap().unwrap();
    assert_eq!((author.newest().unwrap().as_deref(), db.statements()), (Some("two"), 0));
}

#[test]
fn new_objects_have_it_when_they_are_written() {
    let (db, session) = library();
    let cid =
        session.add(Author::builder().first("cid").last("ray").books([Book::builder().title("x")])).unwrap();
    assert_eq!(cid.newest().unwrap(), None);
    let error = cid.name().unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Unset, Some("name")));
    assert_eq!(error.mend(), Some("flush the session first"));
    session.flush().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        INSERT INTO "author" ("first", "last") VALUES (?, ?) ['cid', 'ray']
        INSERT INTO "book" ("title", "author_id") VALUES (?, ?) ['x', 3]
    "#]],
    );
    assert_eq!((cid.name().unwrap().as_str(), cid.count().unwrap()), ("cid ray", 1));
    assert_eq!(cid.newest().unwrap().as_deref(), Some("x"));
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" = ? [' ', 3]
        SELECT (SELECT max("book_1001"."title") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id") FROM "author" WHERE "author"."id" = ? [3]
    "#]],
    );
}

#[test]
fn many_new_objects_are_read_together() {
    let (db, session) = library();
    let new = session.add_all((0..3).map(|n| Author::builder().first(n.to_string()).last("new"))).unwrap();
    session.flush().unwrap();
    db.sql();
    let names: Vec<String> = new.iter().map(|author| author.name().unwrap()).collect();
    assert_eq!(names, ["0 new", "1 new", "2 new"]);
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" IN (SELECT +value FROM json_each(?)) [' ', '[3,4,5]']
    "#]],
    );
}

#[test]
fn a_plain_value_says_nothing_of_it() {
    let (db, session) = library();
    let value = Author {
        first: "dan".into(),
        last: "ode".into(),
        name: "nobody".into(),
        count: 9,
        ..Author::default()
    };
    let dan = session.add(value).unwrap();
    session.flush().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        INSERT INTO "author" ("first", "last") VALUES (?, ?) ['dan', 'ode']
    "#]],
    );
    let value = dan.to_value().unwrap();
    assert_eq!((value.name.as_str(), value.count), ("dan ode", 0));
    db.sql();
    let merged = session.merge(Author { first: "don".into(), ..value }).unwrap();
    session.flush().unwrap();
    assert_eq!(merged.name().unwrap(), "don ode");
    check(
        &db.sql(),
        expect![[r#"
        UPDATE "author" SET "first" = ? WHERE "id" = ? ['don', 3]
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" = ? [' ', 3]
    "#]],
    );
}

#[test]
fn plain_values_are_read_with_it() {
    let (db, session) = library();
    let query = select(Author).options(selectin(Author::books)).filter(Author::id.eq(2));
    let plain = session.values(query).unwrap().one().unwrap();
    assert_eq!((plain.name.as_str(), plain.count, plain.newest.as_deref()), ("bob may", 1, Some("three")));
    assert_eq!(plain.books.iter().next().map(|book| book.louder.as_str()), Some("THREE!"));
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), (SELECT max("book_1"."title") FROM "book" AS "book_1" WHERE "book_1"."author_id" = "author"."id") FROM "author" WHERE "author"."id" = ? [' ', 2]
        SELECT "book"."id", "book"."title", "book"."author_id", upper("book"."title"), upper("book"."title") || ? FROM "book" WHERE "book"."author_id" IN (SELECT +value FROM json_each(?)) ORDER BY upper("book"."title") ['!', '[2]']
    "#]],
    );
}

#[test]
fn what_is_written_is_read_again() {
    let (db, session) = library();
    let ann = session.get_one::<Author>(1).unwrap();
    ann.set_last("low").unwrap();
    assert_eq!(ann.name().unwrap(), "ann lee"); // not yet
    session.flush().unwrap();
    db.sql();
    assert_eq!(ann.name().unwrap(), "ann low");
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" = ? [' ', 1]
    "#]],
    );
    // Its collection changed, and with it what is counted.
    ann.books().append(Book::builder().title("new")).unwrap();
    session.flush().unwrap();
    assert_eq!(ann.count().unwrap(), 3);
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", "book"."author_id", upper("book"."title"), upper("book"."title") || ? FROM "book" WHERE ? = "book"."author_id" ORDER BY upper("book"."title") ['!', 1]
        INSERT INTO "book" ("title", "author_id") VALUES (?, ?) ['new', 1]
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" = ? [' ', 1]
    "#]],
    );
    session.rollback().unwrap();
    assert_eq!((ann.name().unwrap().as_str(), ann.count().unwrap()), ("ann lee", 2));
}

#[test]
fn nothing_sets_it() {
    let (db, session) = library();
    let ann = session.get_one::<Author>(1).unwrap();
    let error = Obj::any(&ann).set("name", &orm::Value::Text("x".into())).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::ReadOnly, Some("name")));
    let error = session.run(update(Author).set(Author::name, "x")).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Query, Some("name")));
    session.flush().unwrap();
    db.sql();
    // An update of what it reads is followed by the objects.
    session.run(update(Author).set(Author::last, "x").filter(Author::name.eq("ann lee"))).unwrap();
    assert_eq!(ann.name().unwrap(), "ann x");
    check(
        &db.sql(),
        expect![[r#"
        UPDATE "author" SET "last" = ? WHERE "author"."first" || ? || "author"."last" = ? RETURNING "author"."id", "author"."last" ['x', ' ', 'ann lee']
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book_1001"."id") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = "author"."id"), NULL FROM "author" WHERE "author"."id" = ? [' ', 1]
    "#]],
    );
}

#[test]
fn conditions_on_a_class_reach_it() {
    let (db, session) = library();
    let query = select(Author).with_criteria(Book, Book::title.ne("one")).filter(Author::id.eq(1));
    assert_eq!(session.scalars(query).unwrap().one().unwrap().count().unwrap(), 1);
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."title" <> ?), NULL FROM "author" WHERE "author"."id" = ? [' ', 'one', 1]
    "#]],
    );
}

#[test]
fn statements_give_it_back_and_read_it() {
    let (db, session) = library();
    let new = insert(Author).rows([Author::builder().first("cid").last("ray")]);
    let new = session.run(new.returning(Author)).unwrap();
    assert_eq!((new[0].name().unwrap().as_str(), new[0].count().unwrap()), ("cid ray", 0));
    let changed = update(Author).set(Author::last, "x").filter(Author::id.eq(1));
    assert_eq!(session.run(changed.returning(Author::name)).unwrap(), ["ann x"]);
    session
        .run(insert(Book).columns(Book::title).from(select(Author::name).filter(Author::count.eq(0))))
        .unwrap();
    check(
        &db.sql(),
        expect![[r#"
        INSERT INTO "author" ("first", "last") VALUES (?, ?) RETURNING "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), NULL ['cid', 'ray', ' ']
        UPDATE "author" SET "last" = ? WHERE "author"."id" = ? RETURNING "author"."first" || ? || "author"."last", "author"."id", "author"."last" ['x', 1, ' ']
        INSERT INTO "book" ("title") SELECT "author"."first" || ? || "author"."last" AS "name" FROM "author" WHERE (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id") = ? [' ', 0]
    "#]],
    );
}

#[test]
fn by_name_it_is_a_column() {
    let (db, session) = library();
    let author = Library::mapper("Author").unwrap().entity();
    let query = select(vec![orm::Selected::from(&author)])
        .filter(author.attr("count").unwrap().eq(orm::Value::Int(1)));
    let row = session.execute(query).unwrap().one().unwrap();
    let orm::AnyItem::Object(Some(found)) = &row.0[0] else { panic!("{row:?}") };
    assert_eq!(found.get("name").unwrap(), orm::Value::Text("bob may".into()));
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."first", "author"."first" || ? || "author"."last", "author"."last", (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id"), NULL FROM "author" WHERE (SELECT count("book"."id") FROM "book" WHERE "book"."author_id" = "author"."id") = ? [' ', 1]
    "#]],
    );
}

orm::registry!(
    /// A class whose values stay.
    pub Staying
);

#[derive(Mapped)]
#[mapped(table = "data", registry = Staying)]
struct Data {
    #[column(primary_key)]
    id: i64,
    a: String,
    b: String,
    #[column(expression = Data::a.concat(" ").concat(Data::b), expire_on_flush = false)]
    kept: String,
    #[column(expression = Data::a.concat(Data::b), expire_on_flush = false, deferred)]
    late: String,
    #[column(expression = Data::a.concat(Data::b), deferred)]
    again: String,
}

#[test]
fn what_is_not_to_expire_stays_until_it_is_expired() {
    let db = Db::empty();
    Staying::create_all(&db.engine).unwrap();
    let session = db.session();
    let data = session.add(Data::builder().a("hello").b("there")).unwrap();
    session.flush().unwrap();
    assert_eq!((data.kept().unwrap().as_str(), data.late().unwrap().as_str()), ("hello there", "hellothere"));
    assert_eq!(data.again().unwrap(), "hellothere");
    data.set_b("bye").unwrap();
    session.flush().unwrap();
    db.sql();
    assert_eq!((data.kept().unwrap().as_str(), data.late().unwrap().as_str()), ("hello there", "hellothere"));
    assert_eq!(db.sql(), "");
    // One that is deferred, and isn't to stay, is read by itself.
    assert_eq!(data.again().unwrap(), "hellobye");
    check(
        &db.sql(),
        expect![[r#"
        SELECT "data"."a" || "data"."b" FROM "data" WHERE "data"."id" = ? [1]
    "#]],
    );
    session.expire(&data).unwrap();
    assert_eq!((data.kept().unwrap().as_str(), data.late().unwrap().as_str()), ("hello bye", "hellobye"));
    check(
        &db.sql(),
        expect![[r#"
            SELECT "data"."id", "data"."a", "data"."b", "data"."a" || ? || "data"."b", NULL, NULL FROM "data" WHERE "data"."id" = ? [' ', 1]
            SELECT "data"."a" || "data"."b" FROM "data" WHERE "data"."id" = ? [1]
        "#]],
    );
}

orm::registry!(
    /// Classes with mistakes.
    pub Wrong
);

#[derive(Mapped)]
#[allow(dead_code, reason = "only the database reads them")]
#[mapped(table = "ring", registry = Wrong)]
struct Ring {
    #[column(primary_key)]
    id: i64,
    #[column(expression = Ring::other.concat("x"))]
    one: String,
    #[column(expression = Ring::one.concat("x"))]
    other: String,
}

#[derive(Mapped)]
#[allow(dead_code, reason = "only the database reads them")]
#[mapped(table = "stray", registry = Wrong)]
struct Stray {
    #[column(primary_key)]
    id: i64,
    #[column(expression = Ring::id + 1)]
    next: i64,
}

#[test]
fn an_expression_that_can_not_be_built_is_an_error() {
    let db = Db::empty();
    Wrong::create_all(&db.engine).unwrap();
    let session = db.session();
    let error = session.get::<Ring>(1).unwrap_err();
    assert_eq!((error.code(), error.class(), error.attribute()), (Code::Query, Some("Ring"), Some("one")));
    let error = session.scalars(select(Ring)).unwrap().all().unwrap_err();
    assert!(error.to_string().starts_with("[query] `Ring.one`: its expression needs itself"), "{error}");
    let error = session.scalars(select(Stray)).unwrap().all().unwrap_err();
    check(
        &error.to_string(),
        expect![
            "[query] `Stray.next`: `Ring` isn't part of the query; help: an expression reads columns of its own row: ask for others by a query's `.scalar()`"
        ],
    );
}

orm::registry!(
    /// A class that refers to an expression.
    pub Referring
);

#[derive(Mapped)]
#[allow(dead_code, reason = "it is never configured")]
#[mapped(table = "referred", registry = Referring)]
struct Referred {
    #[column(primary_key)]
    id: i64,
    #[column(expression = Referred::id + 1)]
    next: i64,
    #[column(foreign_key = Referred::next)]
    other: i64,
}

#[test]
fn no_foreign_key_references_it() {
    let error = Referring::create_all(&Db::empty().engine).unwrap_err();
    check(
        &error.to_string(),
        expect![[r#"
        [configuration] the mapping has a mistake
          [bad-table] `Referred.other`: the foreign key references `referred.next`, an expression; help: reference a column of the table"#]],
    );
}
