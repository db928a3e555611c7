//! What deletions have to know is loaded by lists of keys: statements are counted.

use expect_test::expect;
use orm::Code;
use orm::prelude::*;
use tests::Db;

orm::registry!(
    /// These classes.
    pub Shelf
);

/// It goes with its books.
#[derive(Mapped)]
#[mapped(registry = Shelf)]
pub struct Library {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "library", cascade = "all, delete-orphan")]
    pub books: Many<Book>,
}

/// It goes with its pages, its notes lose it, and its links to tags go.
#[derive(Mapped)]
#[mapped(registry = Shelf)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Library::id, index)]
    pub library_id: Option<i64>,
    #[relationship(back_populates = "books")]
    pub library: Option<One<Library>>,
    #[relationship(back_populates = "book", cascade = "all, delete-orphan")]
    pub pages: Many<Page>,
    #[relationship(back_populates = "book")]
    pub notes: Many<Note>,
    #[relationship(secondary = BookTag)]
    pub tags: Many<Tag>,
}

#[derive(Mapped)]
#[mapped(registry = Shelf)]
pub struct Page {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Book::id, index)]
    pub book_id: Option<i64>,
    #[relationship(back_populates = "pages")]
    pub book: Option<One<Book>>,
}

#[derive(Mapped)]
#[mapped(registry = Shelf)]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Book::id, index)]
    pub book_id: Option<i64>,
    #[relationship(back_populates = "notes")]
    pub book: Option<One<Book>>,
}

#[derive(Mapped)]
#[mapped(registry = Shelf)]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Table)]
#[mapped(table = "book_tag", registry = Shelf)]
pub struct BookTag {
    #[column(primary_key, foreign_key = Book::id)]
    pub book_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    pub tag_id: i64,
}

/// A number of libraries with books, each of which has two pages, a note and a tag.
fn filled(libraries: i64, books: i64) -> Db {
    let db = Db::empty();
    Shelf::create_all(&db.engine).unwrap();
    let numbers =
        |n: i64| format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n})");
    db.run(&format!("INSERT INTO library {} SELECT i FROM n", numbers(libraries)));
    let all = libraries * books;
    db.run(&format!("INSERT INTO book {} SELECT i, (i - 1) / {books} + 1 FROM n", numbers(all)));
    db.run(&format!("INSERT INTO page {} SELECT i, (i + 1) / 2 FROM n", numbers(2 * all)));
    db.run(&format!("INSERT INTO note {} SELECT i, i FROM n", numbers(all)));
    db.run(&format!("INSERT INTO tag VALUES (1); INSERT INTO book_tag {} SELECT i, 1 FROM n", numbers(all)));
    db.sql();
    db
}

/// The statements that read, without the columns, and how often each ran.
fn selects(db: &Db) -> String {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for line in db.sql().lines().filter(|line| line.starts_with("SELECT")) {
        let from = line.split_once(" FROM ").map_or(line, |(_, from)| from);
        let text = from.split_once(" [").map_or(from, |(text, _)| text).to_owned();
        match counted.iter_mut().find(|(known, _)| *known == text) {
            Some((_, times)) => *times += 1,
            None => counted.push((text, 1)),
        }
    }
    counted.iter().map(|(text, times)| format!("{times} x {text}\n")).collect()
}

fn rows(db: &Db) -> String {
    let count = |table: &str| db.rows(&format!("SELECT count(*) FROM {table}")).trim().to_owned();
    ["library", "book", "page", "note", "book_tag"].map(count).join(" ")
}

#[test]
fn a_parent_with_a_thousand_children() {
    let db = filled(1, 1_000);
    let session = db.session();
    let library = session.get_one::<Library>(1).unwrap();
    db.sql();
    session.delete(&library).unwrap();
    session.commit().unwrap();
    expect![[r#"
        1 x "book" WHERE ? = "book"."library_id"
        2 x "page" WHERE "page"."book_id" IN (SELECT +value FROM json_each(?))
        2 x "note" WHERE "note"."book_id" IN (SELECT +value FROM json_each(?))
        2 x "tag", "book_tag" WHERE "book_tag"."book_id" IN (SELECT +value FROM json_each(?)) AND "tag"."id" = "book_tag"."tag_id"
    "#]]
    .assert_eq(&selects(&db));
    assert_eq!(rows(&db), "0 0 0 1000 0");
    assert_eq!(db.rows("SELECT count(*) FROM note WHERE book_id IS NULL").trim(), "1000");
}

#[test]
fn many_parents_of_which_nothing_is_loaded() {
    let db = filled(600, 2);
    let session = db.session();
    let libraries = session.scalars(select(Library)).unwrap().all().unwrap();
    // Expired, so that their rows are loaded too.
    session.commit().unwrap();
    db.sql();
    session.delete_all(&libraries).unwrap();
    session.commit().unwrap();
    expect![[r#"
        2 x "library" WHERE "library"."id" IN (SELECT +value FROM json_each(?))
        2 x "book" WHERE "book"."library_id" IN (SELECT +value FROM json_each(?))
        3 x "page" WHERE "page"."book_id" IN (SELECT +value FROM json_each(?))
        3 x "note" WHERE "note"."book_id" IN (SELECT +value FROM json_each(?))
        3 x "tag", "book_tag" WHERE "book_tag"."book_id" IN (SELECT +value FROM json_each(?)) AND "tag"."id" = "book_tag"."tag_id"
    "#]]
    .assert_eq(&selects(&db));
    assert_eq!(rows(&db), "0 0 0 1200 0");
}

#[test]
fn orphans_go_together() {
    let db = filled(3, 4);
    let session = db.session();
    let libraries = session.scalars(select(Library)).unwrap().all().unwrap();
    for library in &libraries {
        library.books().len().unwrap();
    }
    db.sql();
    for library in &libraries {
        library.books().clear().unwrap();
    }
    session.flush().unwrap();
    expect![[r#"
        1 x "page" WHERE "page"."book_id" IN (SELECT +value FROM json_each(?))
        1 x "note" WHERE "note"."book_id" IN (SELECT +value FROM json_each(?))
        1 x "tag", "book_tag" WHERE "book_tag"."book_id" IN (SELECT +value FROM json_each(?)) AND "tag"."id" = "book_tag"."tag_id"
    "#]]
    .assert_eq(&selects(&db));
    session.commit().unwrap();
    assert_eq!(rows(&db), "3 0 0 12 0");
}

#[test]
fn one_after_another_their_deletion_is_written_together() {
    let db = filled(1, 20);
    let session = db.session();
    let books = session.scalars(select(Book)).unwrap().all().unwrap();
    db.sql();
    session.no_autoflush(|session| books.iter().try_for_each(|book| session.delete(book))).unwrap();
    assert_eq!(db.statements(), 20, "what a deletion reaches is marked at once");
    session.commit().unwrap();
    expect![[r#"
        1 x "note" WHERE "note"."book_id" IN (SELECT +value FROM json_each(?))
        1 x "tag", "book_tag" WHERE "book_tag"."book_id" IN (SELECT +value FROM json_each(?)) AND "tag"."id" = "book_tag"."tag_id"
    "#]]
    .assert_eq(&selects(&db));
    assert_eq!(rows(&db), "1 0 0 20 0");
}

/// A library with four books, two of which are expired, and a book whose row somebody has deleted.
fn with_gone(db: &Db, gone: usize, expired: [usize; 2]) -> (Session, Obj<Library>, Vec<Obj<Book>>) {
    let session = db.session();
    let library = session.get_one::<Library>(1).unwrap();
    let books = library.books().iter().unwrap().collect::<Vec<_>>();
    expired.iter().for_each(|at| session.expire(&books[*at]).unwrap());
    let connection = session.connection().unwrap();
    for (table, column) in [("page", "book_id"), ("note", "book_id"), ("book_tag", "book_id"), ("book", "id")]
    {
        connection.execute(&format!("DELETE FROM {table} WHERE {column} = {}", gone + 1), &[]).unwrap();
    }
    drop(connection);
    (session, library, books)
}

#[test]
fn a_row_that_is_gone_is_found_where_the_walk_comes_to_it() {
    for (gone, expired, statements) in [(1, [1, 2], 2), (1, [0, 1], 3), (0, [0, 1], 1), (2, [1, 2], 4)] {
        let db = filled(1, 4);
        let (session, library, books) = with_gone(&db, gone, expired);
        db.sql();
        let error = session.delete(&library).unwrap_err();
        assert_eq!(error.code(), Code::ObjectDeleted);
        assert_eq!(db.statements(), statements, "book {gone} of {expired:?}: as many as one by one");
        // What was read beyond it is taken back.
        for (at, book) in books.iter().enumerate().filter(|(at, _)| *at != gone) {
            db.sql();
            assert_eq!(book.pages().len().unwrap(), 2);
            let is_expired = expired.contains(&at);
            let reads = if at < gone { 0 } else { 1 + usize::from(is_expired) };
            assert_eq!(db.statements(), reads, "book {at} where {gone} is gone of {expired:?}");
        }
    }
}

#[test]
fn nothing_is_read_for_what_the_session_knows() {
    let db = filled(1, 3);
    let session = db.session();
    let library = session.get_one::<Library>(1).unwrap();
    let books = library.books().iter().unwrap().collect::<Vec<_>>();
    books.iter().for_each(|book| assert_eq!(book.pages().len().unwrap(), 2));
    db.sql();
    session.delete(&library).unwrap();
    assert_eq!(db.statements(), 0);
    // One that waits takes its own statement.
    session.rollback().unwrap();
    let library = session.get_one::<Library>(1).unwrap();
    let books = library.books().iter().unwrap().collect::<Vec<_>>();
    books[1..].iter().for_each(|book| assert_eq!(book.pages().len().unwrap(), 2));
    db.sql();
    session.delete(&library).unwrap();
    expect![[r#"
        1 x "page" WHERE ? = "page"."book_id"
    "#]]
    .assert_eq(&selects(&db));
}

#[test]
fn what_has_to_be_flushed_is_flushed_by_the_first_read() {
    let db = filled(1, 4);
    let session = db.session();
    let library = session.get_one::<Library>(1).unwrap();
    let books = library.books().iter().unwrap().collect::<Vec<_>>();
    let page = session.get_one::<Page>(8).unwrap();
    page.set_book(Some(&books[0])).unwrap();
    db.sql();
    session.delete(&library).unwrap();
    expect![[r#"
        1 x "page" WHERE ? = "page"."book_id"
        1 x "page" WHERE "page"."book_id" IN (SELECT +value FROM json_each(?))
    "#]]
    .assert_eq(&selects(&db));
    session.commit().unwrap();
    assert_eq!(rows(&db), "0 0 0 4 0");
}
