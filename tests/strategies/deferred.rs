//! Columns that are declared to be loaded when they are read: which statements run, and what they load.

use expect_test::{Expect, expect};
use orm::prelude::*;
use orm::{Code, Lazy, defer, defer_all, load_only, undefer, undefer_all};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Shelf
);

#[derive(Mapped)]
#[mapped(table = "author", registry = Shelf)]
struct Author {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(deferred)]
    bio: Option<String>,
    #[relationship(back_populates = "author", order_by = Book::id, cascade = "all, delete-orphan")]
    books: Many<Book>,
}

#[derive(Mapped)]
#[mapped(table = "book", registry = Shelf)]
struct Book {
    #[column(primary_key)]
    id: i64,
    title: String,
    #[column(deferred)]
    summary: Option<String>,
    #[column(deferred_group = "scan")]
    cover: Option<String>,
    #[column(deferred_group = "scan")]
    back: Option<String>,
    #[column(deferred_group = "scan", deferred_raiseload)]
    spine: Option<String>,
    #[column(deferred_raiseload)]
    text: Option<String>,
    #[column(deferred, server_default = "'new'")]
    state: String,
    #[column(foreign_key = Author::id, deferred)]
    author_id: Option<i64>,
    #[relationship(back_populates = "books")]
    author: Option<One<Author>>,
}

/// Two books of an author, and the log from then on.
fn shelf() -> (Db, Session) {
    let db = Db::empty();
    Shelf::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO author (id, name, bio) VALUES (1, 'ann', 'long'), (2, 'bob', NULL);
         INSERT INTO book (id, title, summary, cover, back, spine, text, state, author_id)
         VALUES (1, 'one', 's1', 'c1', 'b1', 'p1', 't1', 'old', 1), (2, 'two', 's2', 'c2', 'b2', 'p2', 't2', 'old', 1)",
    );
    let session = db.session();
    db.sql();
    (db, session)
}

fn first(session: &Session, query: orm::Select<Obj<Book>>) -> Obj<Book> {
    session.scalars(query.filter(Book::id.eq(1))).unwrap().one().unwrap()
}

/// What the statements since the last time read.
fn reads(db: &Db) -> String {
    db.sql().lines().map(|line| format!("{}\n", items(line))).collect()
}

/// What a statement reads, without quotes and the name of the table.
fn items(sql: &str) -> String {
    let (_, rest) = sql.split_once("SELECT ").unwrap_or(("", sql));
    let items = rest.split(" FROM ").next().unwrap_or(rest);
    items.replace("\"book\".", "").replace('"', "")
}

/// The columns of an object that are loaded.
fn loaded(object: &Obj<Book>) -> String {
    let any = Obj::any(object);
    let names = ["id", "title", "summary", "cover", "back", "spine", "text", "state", "author_id"];
    let is_known = |name: &&str| any.peek(name).unwrap().is_some();
    names.into_iter().filter(is_known).collect::<Vec<_>>().join(" ")
}

fn check(actual: &str, expected: Expect) {
    expected.assert_eq(actual);
}

#[test]
fn a_group_is_loaded_by_one_statement() {
    let (db, session) = shelf();
    let book = first(&session, select(Book));
    check(
        &db.sql(),
        expect![[r#"
            SELECT "book"."id", "book"."title", NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "book" WHERE "book"."id" = ? [1]
        "#]],
    );
    assert_eq!((book.title().unwrap(), book.summary().unwrap()), ("one".into(), Some("s1".into())));
    check(
        &db.sql(),
        expect![[r#"
            SELECT "book"."summary" FROM "book" WHERE "book"."id" = ? [1]
        "#]],
    );
    assert_eq!(book.back().unwrap().as_deref(), Some("b1"));
    assert_eq!(book.cover().unwrap().as_deref(), Some("c1"));
    // One of the group that may not be loaded alone comes with the others.
    assert_eq!(book.spine().unwrap().as_deref(), Some("p1"));
    check(
        &db.sql(),
        expect![[r#"
            SELECT "book"."cover", "book"."back", "book"."spine" FROM "book" WHERE "book"."id" = ? [1]
        "#]],
    );
}

#[test]
fn what_may_not_be_loaded_by_reading_it() {
    let (db, session) = shelf();
    let book = first(&session, select(Book));
    let code = |result: orm::Result<Option<String>>| result.map_err(|error| error.code());
    assert_eq!(code(book.text()), Err(Code::RaiseOnLoad));
    assert_eq!(code(book.spine()), Err(Code::RaiseOnLoad));
    let error = book.text().unwrap_err().to_string();
    check(
        &error,
        expect![
            "[raise-on-load] `Book.text`: it isn't loaded, and says `deferred_raiseload`; help: load it with `refresh_attributes` first"
        ],
    );
    db.sql();
    session.refresh_attributes(&book, &["text"]).unwrap();
    check(
        &reads(&db),
        expect![[r#"
            id, title, NULL, NULL, NULL, NULL, text, NULL, NULL
        "#]],
    );
    assert_eq!(book.text().unwrap().as_deref(), Some("t1"));
    // An option takes it back, or says it of others.
    session.expunge_all();
    let book = first(&session, select(Book).options((defer(Book::text), defer(Book::title).raise())));
    assert_eq!(book.text().unwrap().as_deref(), Some("t1"));
    let error = book.title().unwrap_err().to_string();
    check(
        &error,
        expect![
            "[raise-on-load] `Book.title`: it isn't loaded, and the query that loaded its object says `raise`; help: load it with `refresh_attributes` first"
        ],
    );
    // It is written without being read.
    book.set_title("uno").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT title FROM book WHERE id = 1"), "'uno'\n");
    // Where the object is expired the declaration counts again, until it is refreshed.
    session.expunge_all();
    let book = first(&session, select(Book).options((defer(Book::text), defer(Book::state).raise())));
    session.expire(&book).unwrap();
    assert_eq!((book.title().unwrap(), book.state().unwrap()), ("uno".into(), "old".into()));
    assert_eq!(code(book.text()), Err(Code::RaiseOnLoad));
    session.refresh(&book).unwrap();
    assert_eq!(book.state().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    assert_eq!(code(book.text()), Ok(Some("t1".into())));
    session.expunge_all();
    let book = first(&session, select(Book).options(defer(Book::title).raise()));
    session.expire_attributes(&book, &["title"]).unwrap();
    assert_eq!(book.title().unwrap(), "uno", "what is expired is loaded");
    session.expire_attributes(&book, &["text"]).unwrap();
    assert_eq!(code(book.text()), Err(Code::RaiseOnLoad));
    // What an option says of a column that is declared so, ends when the column is expired by itself, and nothing else does.
    session.expunge_all();
    let said = (defer(Book::summary).raise(), defer(Book::text), defer(Book::state).raise());
    let book = first(&session, select(Book).options(said));
    assert_eq!(code(book.summary()), Err(Code::RaiseOnLoad));
    session.expire_attributes(&book, &["summary", "text"]).unwrap();
    db.sql();
    assert_eq!(code(book.summary()), Ok(Some("s1".into())));
    assert_eq!(reads(&db), "summary\n");
    assert_eq!(code(book.text()), Err(Code::RaiseOnLoad), "by its declaration");
    assert_eq!(book.state().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    session.refresh(&book).unwrap();
    session.expire(&book).unwrap();
    assert_eq!(book.state().unwrap(), "old");
    // What is said of one column isn't said of another.
    session.expunge_all();
    let book = first(&session, select(Book).options((defer(Book::title).raise(), defer(Book::state))));
    assert_eq!(book.state().unwrap(), "old");
    assert_eq!(book.title().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
}

#[test]
fn options_of_columns() {
    let (db, session) = shelf();
    let check = |query: orm::Select<Obj<Book>>, expected: Expect| {
        session.expunge_all();
        db.sql();
        let loaded = loaded(&first(&session, query));
        expected.assert_eq(&format!("{}{loaded}", reads(&db)));
    };
    let book = || select(Book);
    check(
        book().options(undefer(Book::summary)),
        expect![[r#"
        id, title, summary, NULL, NULL, NULL, NULL, NULL, NULL
        id title summary"#]],
    );
    check(
        book().options(undefer_group("scan")),
        expect![[r#"
        id, title, NULL, cover, back, spine, NULL, NULL, NULL
        id title cover back spine"#]],
    );
    check(
        book().options((undefer_group("scan"), defer(Book::cover))),
        expect![[r#"
        id, title, NULL, NULL, back, spine, NULL, NULL, NULL
        id title back spine"#]],
    );
    check(
        book().options(undefer_all()),
        expect![[r#"
        id, title, summary, cover, back, spine, text, state, author_id
        id title summary cover back spine text state author_id"#]],
    );
    // What is said of a column by its name counts more than what is said of all, and that more than the declaration.
    check(
        book().options((undefer(Book::text), defer_all())),
        expect![[r#"
        id, NULL, NULL, NULL, NULL, NULL, text, NULL, NULL
        id text"#]],
    );
    check(
        book().options((defer(Book::state), undefer_all())),
        expect![[r#"
        id, title, summary, cover, back, spine, text, NULL, author_id
        id title summary cover back spine text author_id"#]],
    );
    check(
        book().options(load_only((Book::summary, Book::text))),
        expect![[r#"
        id, NULL, summary, NULL, NULL, NULL, text, NULL, NULL
        id summary text"#]],
    );
    check(
        book().options((load_only(Book::title), load_only(Book::cover), undefer(Book::back))),
        expect![[r#"
        id, title, NULL, cover, back, NULL, NULL, NULL, NULL
        id title cover back"#]],
    );
    check(
        book().options((load_only(Book::title), undefer_group("scan"))),
        expect![[r#"
        id, title, NULL, cover, back, spine, NULL, NULL, NULL
        id title cover back spine"#]],
    );
    check(
        book().options((undefer_group("scan"), defer_all())),
        expect![[r#"
        id, NULL, NULL, cover, back, spine, NULL, NULL, NULL
        id cover back spine"#]],
    );
    check(
        book().options((defer(Book::title), undefer(Book::title))),
        expect![[r#"
        id, title, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        id title"#]],
    );
    let any = Shelf::mapper("Book").unwrap().entity();
    check(
        book().options(any.undefer(&["summary"]).unwrap()),
        expect![[r#"
        id, title, summary, NULL, NULL, NULL, NULL, NULL, NULL
        id title summary"#]],
    );
    check(
        book().options((any.defer_all(), any.undefer_group("scan"))),
        expect![[r#"
        id, NULL, NULL, cover, back, spine, NULL, NULL, NULL
        id cover back spine"#]],
    );
    check(
        book().options(any.undefer_all()),
        expect![[r#"
        id, title, summary, cover, back, spine, text, state, author_id
        id title summary cover back spine text state author_id"#]],
    );
    let unknown = session.scalars(book().options(undefer_group("scans"))).unwrap().all();
    self::check(
        &unknown.unwrap_err().to_string(),
        expect!["[query] `Book`: no column of `Book` is in a group `scans`; help: it has `scan`"],
    );
    let none = session.scalars(select(Author).options(undefer_group("scan"))).unwrap().all();
    self::check(
        &none.unwrap_err().to_string(),
        expect![[
            r#"[query] `Author`: no column of `Author` is in a group `scan`; help: say `#[column(deferred_group = "scan")]` of columns"#
        ]],
    );
}

#[test]
fn options_of_an_alias_and_on_paths() {
    let (db, session) = shelf();
    let other = aliased(Book);
    let query = select(other).filter(other.of(Book::id).eq(1)).options(other.of(undefer_group("scan")));
    let book = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(loaded(&book), "id title cover back spine");
    session.expunge_all();
    db.sql();
    let options = joined(Author::books).options((undefer_group("scan"), defer(Book::title).raise()));
    let query = select(Author).filter(Author::id.eq(1)).options((undefer(Author::bio), options));
    let ann = session.scalars(query).unwrap().one().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "author"."id", "author"."name", "author"."bio", "book_1"."id", NULL, NULL, "book_1"."cover", "book_1"."back", "book_1"."spine", NULL, NULL, NULL FROM "author" LEFT JOIN "book" AS "book_1" ON "author"."id" = "book_1"."author_id" WHERE "author"."id" = ? ORDER BY "book_1"."id" [1]
    "#]],
    );
    assert_eq!(loaded(&ann.books().get(0).unwrap().unwrap()), "id cover back spine");
    session.expunge_all();
    let query = select(Author).options(selectin(Author::books).options(undefer(Book::state)));
    let ann = session.scalars(query.order_by(Author::id)).unwrap().all().unwrap().remove(0);
    // The foreign key says whose rows they are, and so is read.
    check(
        &db.sql(),
        expect![[r#"
            SELECT "author"."id", "author"."name", NULL FROM "author" ORDER BY "author"."id"
            SELECT "book"."id", "book"."title", NULL, NULL, NULL, NULL, NULL, "book"."state", "book"."author_id" FROM "book" WHERE "book"."author_id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['[1,2]']
        "#]],
    );
    assert_eq!(loaded(&ann.books().get(1).unwrap().unwrap()), "id title state");
    assert_eq!(db.statements(), 0);
}

#[test]
fn all_ways_to_an_object() {
    let (db, session) = shelf();
    let book = session.get::<Book>(1).unwrap().unwrap();
    assert_eq!(loaded(&book), "id title");
    check(
        &db.sql(),
        expect![[r#"
        SELECT "id", "title", NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "book" WHERE "id" = ? [1]
    "#]],
    );
    session.expunge_all();
    // A deferred foreign key is loaded to follow it.
    let book = session.get::<Book>(1).unwrap().unwrap();
    db.sql();
    assert_eq!(book.author().unwrap().unwrap().name().unwrap(), "ann");
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."author_id" FROM "book" WHERE "book"."id" = ? [1]
        SELECT "id", "name", NULL FROM "author" WHERE "id" = ? [1]
    "#]],
    );
    let ann = session.get::<Author>(1).unwrap().unwrap();
    let books: Vec<Obj<Book>> = ann.books().iter().unwrap().collect();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "book" WHERE ? = "book"."author_id" ORDER BY "book"."id" [1]
    "#]],
    );
    assert_eq!(loaded(&books[1]), "id title");
    assert_eq!(db.statements(), 0);
    // For many objects, whose foreign keys aren't known: their own rows tell.
    session.expunge_all();
    let query = select(Book).order_by(Book::id).options(selectin(Book::author));
    let books = session.scalars(query).unwrap().all().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "book" ORDER BY "book"."id"
        SELECT "author"."id", "author"."name", NULL, "book_1"."id" FROM "book" AS "book_1" JOIN "author" ON "author"."id" = "book_1"."author_id" WHERE "book_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
    "#]],
    );
    assert_eq!(books[0].author().unwrap(), books[1].author().unwrap());
    assert_eq!(db.statements(), 0);
    session.expunge_all();
    let query = select(Book).order_by(Book::id).options(joined(Book::author));
    let books = session.scalars(query).unwrap().all().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", NULL, NULL, NULL, NULL, NULL, NULL, NULL, "author_1"."id", "author_1"."name", NULL FROM "book" LEFT JOIN "author" AS "author_1" ON "author_1"."id" = "book"."author_id" ORDER BY "book"."id"
    "#]],
    );
    assert_eq!(books[0].author().unwrap().unwrap().name().unwrap(), "ann");
    // Where queries are put together their rows are compared whole.
    session.expunge_all();
    let both = select(Book).union(select(Book)).order_by(Book::id);
    let books = session.scalars(both).unwrap().all().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", "book"."summary", "book"."cover", "book"."back", "book"."spine", "book"."text", "book"."state", "book"."author_id" FROM "book" UNION SELECT "book_1"."id", "book_1"."title", "book_1"."summary", "book_1"."cover", "book_1"."back", "book_1"."spine", "book_1"."text", "book_1"."state", "book_1"."author_id" FROM "book" AS "book_1" ORDER BY 1
    "#]],
    );
    assert_eq!((books.len(), loaded(&books[0])), (2, "id title".into()));
}

#[test]
fn expired_and_refreshed() {
    let (db, session) = shelf();
    let book = first(&session, select(Book).options((undefer(Book::summary), defer(Book::title))));
    assert_eq!(loaded(&book), "id summary");
    session.expire(&book).unwrap();
    db.sql();
    // What an option left out is loaded with the rest, what is declared so when it is read.
    assert_eq!(book.id().unwrap(), 1);
    assert_eq!(
        (reads(&db).as_str(), loaded(&book).as_str()),
        ("id, title, NULL, NULL, NULL, NULL, NULL, NULL, NULL\n", "id title")
    );
    assert_eq!(book.summary().unwrap().as_deref(), Some("s1"));
    assert_eq!(reads(&db), "summary\n");
    // A refresh goes by the options.
    book.state().unwrap();
    db.sql();
    session.refresh(&book).unwrap();
    assert_eq!(
        (reads(&db).as_str(), loaded(&book).as_str()),
        ("id, NULL, summary, NULL, NULL, NULL, NULL, NULL, NULL\n", "id summary")
    );
    assert_eq!(book.title().unwrap(), "one");
    assert_eq!(reads(&db), "title\n");
    session.expire_attributes(&book, &["cover", "title"]).unwrap();
    assert_eq!(book.title().unwrap(), "one");
    assert_eq!(
        (reads(&db).as_str(), loaded(&book).as_str()),
        ("id, title, NULL, NULL, NULL, NULL, NULL, NULL, NULL\n", "id title summary")
    );
    session.refresh_attributes(&book, &["title", "cover"]).unwrap();
    assert_eq!(
        (reads(&db).as_str(), loaded(&book).as_str()),
        ("id, title, NULL, cover, NULL, NULL, NULL, NULL, NULL\n", "id title summary cover")
    );
    // After a commit only what isn't deferred comes back by itself.
    session.commit().unwrap();
    book.title().unwrap();
    assert_eq!(loaded(&book), "id title");
    db.run("DELETE FROM book WHERE id = 1");
    session.commit().unwrap();
    book.title().unwrap_err();
    assert_eq!(book.summary().map_err(|error| error.code()), Err(Code::ObjectDeleted));
}

/// A column that is expired by itself is loaded as it is declared; what was said of relationships stays.
#[test]
fn one_column_is_expired() {
    let (_db, session) = shelf();
    let options = (raise(Book::author), defer((Book::title, Book::state)).raise());
    let book = first(&session, select(Book).options(options));
    assert_eq!(book.title().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    session.expire_attributes(&book, &["title"]).unwrap();
    assert_eq!(book.title().unwrap(), "one");
    assert_eq!(book.state().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    assert_eq!(book.author().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    // Where all of it is expired, nothing that was said of columns counts any more.
    session.expire(&book).unwrap();
    assert_eq!(book.state().unwrap(), "old");
    assert_eq!(book.author().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
}

#[test]
fn objects_that_are_there() {
    let (db, session) = shelf();
    let book = first(&session, select(Book));
    first(&session, select(Book).options(undefer(Book::summary)));
    assert_eq!(loaded(&book), "id title summary");
    // Options of columns that aren't loaded count until the object is expired.
    first(&session, select(Book).options((defer(Book::cover).raise(), defer(Book::text))));
    let code = |result: orm::Result<Option<String>>| result.map_err(|error| error.code());
    assert_eq!(code(book.cover()), Err(Code::RaiseOnLoad));
    assert_eq!(code(book.text()), Ok(Some("t1".into())));
    session.expire(&book).unwrap();
    assert_eq!(code(book.cover()), Ok(Some("c1".into())));
    assert_eq!(code(book.text()), Err(Code::RaiseOnLoad));
    // What is said of a relationship later changes nothing of that, before the object is expired and after.
    session.expunge_all();
    let book = first(&session, select(Book).options(defer(Book::cover).raise()));
    first(&session, select(Book).options(raise(Book::author)));
    assert_eq!(code(book.cover()), Err(Code::RaiseOnLoad));
    assert_eq!(book.author().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    session.expire(&book).unwrap();
    book.title().unwrap();
    first(&session, select(Book).options(raise(Book::author)));
    assert_eq!(code(book.cover()), Ok(Some("c1".into())));
    assert_eq!(book.author().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    // Made anew they hold what the query loads, and keep its options.
    book.set_title("mine").unwrap();
    let query = select(Book).options(undefer(Book::text)).populate_existing();
    session.no_autoflush(|session| first(session, query));
    assert_eq!((loaded(&book).as_str(), book.title().unwrap().as_str()), ("id title text", "one"));
    session.refresh(&book).unwrap();
    assert_eq!(loaded(&book), "id title text");
    session.no_autoflush(|session| first(session, select(Book).populate_existing()));
    assert_eq!(loaded(&book), "id title");
    db.sql();
    let author = joined(Book::author).options(undefer(Author::bio));
    let ann = session.get::<Author>(1).unwrap().unwrap();
    assert_eq!(Obj::any(&ann).peek("bio").unwrap(), None);
    first(&session, select(Book).options(author));
    assert_eq!(Obj::any(&ann).peek("bio").unwrap(), Some("long".into()));
}

#[test]
fn written_without_being_read() {
    let (db, session) = shelf();
    let book = first(&session, select(Book));
    book.set_title("uno").unwrap();
    book.set_cover(Some("new".to_owned())).unwrap();
    // The others of the group are loaded, and the one that was set stays.
    assert_eq!(book.back().unwrap().as_deref(), Some("b1"));
    assert_eq!(book.cover().unwrap().as_deref(), Some("new"));
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "book" WHERE "book"."id" = ? [1]
        UPDATE "book" SET "title" = ?, "cover" = ? WHERE "id" = ? ['uno', 'new', 1]
        SELECT "book"."back", "book"."spine" FROM "book" WHERE "book"."id" = ? [1]
    "#]],
    );
    session.commit().unwrap();
    check(&db.sql(), expect![""]);
    book.set_title("eins").unwrap();
    session.commit().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "id", "title", NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "book" WHERE "id" = ? [1]
        UPDATE "book" SET "title" = ? WHERE "id" = ? ['eins', 1]
    "#]],
    );
    // So is one that is emptied.
    book.set_cover(None).unwrap();
    session.commit().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "id", "title", NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "book" WHERE "id" = ? [1]
        UPDATE "book" SET "cover" = ? WHERE "id" = ? [NULL, 1]
    "#]],
    );
    // Its foreign key follows the relationship, though it was never loaded.
    let bob = session.get::<Author>(2).unwrap().unwrap();
    session.expunge(&book).unwrap();
    let book = first(&session, select(Book));
    db.sql();
    book.set_author(&bob).unwrap();
    session.commit().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        UPDATE "book" SET "author_id" = ? WHERE "id" = ? [2, 1]
    "#]],
    );
    // One that is set to an expression is read when the flush has written it.
    book.set_summary(Book::title.concat("!")).unwrap();
    assert_eq!((book.title().unwrap(), book.summary().unwrap()), ("eins".into(), Some("eins!".into())));
    // One that is set to what it was isn't written.
    book.title().unwrap();
    assert_eq!(book.back().unwrap().as_deref(), Some("b1"));
    book.set_back("b1".to_owned()).unwrap();
    db.sql();
    session.flush().unwrap();
    check(&db.sql(), expect![""]);
    // A deletion loads what it has to know.
    let ann = session.get::<Author>(1).unwrap().unwrap();
    db.sql();
    session.delete(&ann).unwrap();
    session.commit().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "book" WHERE ? = "book"."author_id" ORDER BY "book"."id" [1]
        SELECT "book"."author_id" FROM "book" WHERE "book"."id" = ? [2]
        DELETE FROM "book" WHERE "id" = ? [2]
        DELETE FROM "author" WHERE "id" = ? [1]
    "#]],
    );
    assert_eq!(db.rows("SELECT id, author_id FROM book"), "1|2\n");
}

#[test]
fn new_objects() {
    let (db, session) = shelf();
    let book = session.add(Book::builder().title("three").cover("c3".to_owned())).unwrap();
    session.flush().unwrap();
    db.sql();
    assert_eq!(book.cover().unwrap().as_deref(), Some("c3"));
    assert_eq!(book.summary().unwrap(), None);
    assert_eq!(db.statements(), 0);
    // What the database made of it waits until it is read itself.
    assert_eq!((book.title().unwrap(), book.state().unwrap()), ("three".into(), "new".into()));
    assert_eq!(reads(&db), "state\n");
    session.commit().unwrap();
    db.sql();
    assert_eq!((book.title().unwrap().as_str(), loaded(&book).as_str()), ("three", "id title"));
}

#[test]
fn plain_values() {
    let (db, session) = shelf();
    let values = session.values(select(Book).order_by(Book::id)).unwrap().all().unwrap();
    check(
        &db.sql(),
        expect![[r#"
        SELECT "book"."id", "book"."title", "book"."summary", "book"."cover", "book"."back", "book"."spine", "book"."text", "book"."state", "book"."author_id" FROM "book" ORDER BY "book"."id"
    "#]],
    );
    assert_eq!(values[0].text.as_deref(), Some("t1"));
    // All that isn't loaded comes by one statement.
    let book = first(
        &session,
        select(Book).options((defer(Book::title), undefer(Book::text), undefer_group("scan"))),
    );
    db.sql();
    let value = book.to_value().unwrap();
    assert_eq!(reads(&db), "title, summary, state, author_id\n");
    assert_eq!((value.summary.as_deref(), value.author_id), (Some("s1"), Some(1)));
    // One that mustn't be loaded so is an error here too.
    session.expunge_all();
    let book = first(&session, select(Book));
    assert_eq!(book.to_value().map(|_| ()).map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    session.refresh_attributes(&book, &["text", "spine"]).unwrap();
    assert_eq!(book.to_value().unwrap().spine.as_deref(), Some("p1"));
}

#[test]
fn merged() {
    let (db, session) = shelf();
    let other = db.session();
    let given = first(&other, select(Book).options(undefer(Book::summary)));
    given.set_summary(Some("mine".to_owned())).unwrap();
    db.sql();
    let book = session.merge(&given).unwrap();
    // What the given one doesn't know stays as it is.
    assert_eq!(loaded(&book), "id title summary");
    assert_eq!(reads(&db), "id, title, NULL, NULL, NULL, NULL, NULL, NULL, NULL\n");
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT summary, cover FROM book WHERE id = 1"), "'mine'|'c1'\n");
    // Without a look at the database, what is deferred stays so, and what is expired is loaded alone.
    let (other, third) = (db.session(), db.session());
    let given = first(&other, select(Book));
    other.expire_attributes(&given, &["title"]).unwrap();
    db.sql();
    let book = third.merge_without_load(&given).unwrap();
    assert_eq!((loaded(&book).as_str(), db.statements()), ("id", 0));
    assert_eq!(book.title().unwrap(), "one");
    assert_eq!(loaded(&book), "id title");
    assert_eq!(reads(&db), "id, title, NULL, NULL, NULL, NULL, NULL, NULL, NULL\n");
    assert_eq!(book.summary().unwrap().as_deref(), Some("mine"));
}

#[test]
fn rolled_back_and_detached() {
    let (db, session) = shelf();
    let book = first(&session, select(Book));
    book.set_summary(Some("mine".to_owned())).unwrap();
    session.flush().unwrap();
    session.rollback().unwrap();
    assert_eq!(book.title().unwrap(), "one");
    assert_eq!(loaded(&book), "id title");
    assert_eq!(book.summary().unwrap().as_deref(), Some("s1"));
    let savepoint = session.begin_nested().unwrap();
    assert_eq!(book.cover().unwrap().as_deref(), Some("c1"));
    book.set_back(None).unwrap();
    session.flush().unwrap();
    savepoint.rollback().unwrap();
    assert_eq!(book.back().unwrap().as_deref(), Some("b1"));
    session.expunge(&book).unwrap();
    assert_eq!(book.state().map_err(|error| error.code()), Err(Code::Detached));
    drop(db);
}

#[test]
fn strategies_of_all_relationships_leave_columns_as_they_are() {
    let (db, session) = shelf();
    let book = first(&session, select(Book).options(orm::all(Lazy::Raise)));
    db.sql();
    assert_eq!(book.summary().unwrap().as_deref(), Some("s1"));
    assert_eq!(reads(&db), "summary\n");
}

/// A plain value has all its columns, nested ones too; a query that ran before for objects leaves them out all the same.
#[test]
fn plain_values_have_deferred_columns() {
    let (db, session) = shelf();
    let authors = || select(Author).order_by(Author::id);
    for _ in 0..2 {
        session.scalars(authors()).unwrap().all().unwrap();
        let values = session.values(authors()).unwrap().all().unwrap();
        assert!(values[0].bio.is_some());
    }
    expect![[r#"
        SELECT "author"."id", "author"."name", NULL FROM "author" ORDER BY "author"."id"
        SELECT "author"."id", "author"."name", "author"."bio" FROM "author" ORDER BY "author"."id"
        SELECT "author"."id", "author"."name", NULL FROM "author" ORDER BY "author"."id"
        SELECT "author"."id", "author"."name", "author"."bio" FROM "author" ORDER BY "author"."id"
    "#]]
    .assert_eq(&db.sql());
    for options in [orm::selectin(Author::books), orm::joined(Author::books), orm::subquery(Author::books)] {
        let value = session.values(authors().options(options)).unwrap().first().unwrap().unwrap();
        let book = value.books.iter().next().unwrap();
        assert_eq!((book.state.as_str(), book.author_id), ("old", Some(1)));
    }
    expect![[r#"
        SELECT "author"."id", "author"."name", "author"."bio" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."title", "book"."summary", "book"."cover", "book"."back", "book"."spine", "book"."text", "book"."state", "book"."author_id" FROM "book" WHERE "book"."author_id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['[1,2]']
        SELECT "author"."id", "author"."name", "author"."bio", "book_1"."id", "book_1"."title", "book_1"."summary", "book_1"."cover", "book_1"."back", "book_1"."spine", "book_1"."text", "book_1"."state", "book_1"."author_id" FROM "author" LEFT JOIN "book" AS "book_1" ON "author"."id" = "book_1"."author_id" ORDER BY "author"."id", "book_1"."id"
        SELECT "author"."id", "author"."name", "author"."bio" FROM "author" ORDER BY "author"."id"
        SELECT "book"."id", "book"."title", "book"."summary", "book"."cover", "book"."back", "book"."spine", "book"."text", "book"."state", "book"."author_id" FROM "book" WHERE "book"."author_id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id" ['[1,2]']
    "#]].assert_eq(&db.sql());
    let object = session.get_one::<Author>(1).unwrap();
    assert!(object.to_value_with(()).unwrap().bio.is_some());
    // Of an object a column that raises stays unread.
    let error = object.to_value_with(Author::books).map(|_| ()).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::RaiseOnLoad, Some("spine")));
}

/// Two relationships to one class.
#[derive(Mapped)]
#[mapped(table = "task", registry = Shelf)]
struct Task {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Worker::id)]
    manager_id: Option<i64>,
    #[column(foreign_key = Worker::id)]
    maker_id: Option<i64>,
    #[relationship(foreign_keys = Task::manager_id)]
    manager: Option<One<Worker>>,
    #[relationship(foreign_keys = Task::maker_id)]
    maker: Option<One<Worker>>,
}

#[derive(Mapped)]
#[mapped(table = "worker", registry = Shelf)]
struct Worker {
    #[column(primary_key)]
    id: i64,
    name: String,
    phone: String,
    #[column(foreign_key = Worker::id)]
    head_id: Option<i64>,
    #[relationship(remote_side = Worker::id)]
    head: Option<One<Worker>>,
}

fn workers() -> (Db, Session) {
    let (db, session) = shelf();
    db.run(
        "INSERT INTO worker VALUES (1, 'a', 'p1', NULL), (2, 'b', 'p2', 1), (3, 'c', 'p3', 1);
         INSERT INTO task VALUES (1, 3, 2), (2, 1, 1)",
    );
    db.sql();
    (db, session)
}

/// An object that two relationships lead to has the columns that either wants, whichever is said first, and whether its
/// objects were there before.
#[test]
fn columns_that_either_of_two_ways_wants() {
    let (db, session) = workers();
    let _all = (
        session.scalars(select(Task)).unwrap().all().unwrap(),
        session.scalars(select(Worker)).unwrap().all().unwrap(),
    );
    let narrow = || joined(Task::manager).options(load_only(Worker::name));
    let wide = || joined(Task::maker).options(load_only((Worker::name, Worker::phone)));
    let told = |query: orm::Select<Obj<Task>>| {
        session.expire_all().unwrap();
        db.sql();
        let tasks = session.scalars(query.order_by(Task::id)).unwrap().all().unwrap();
        let mut told = db.sql();
        for task in &tasks {
            for one in ["manager", "maker"] {
                let related = match Obj::any(task).peek_related(one).unwrap() {
                    orm::Related::One(Some(one)) => one,
                    other => panic!("{other:?}"),
                };
                told.push_str(&format!("{one} {related:?}: {:?}\n", related.peek("phone").unwrap()));
            }
        }
        assert_eq!(db.statements(), 0);
        told
    };
    let first = told(select(Task).options((narrow(), wide())));
    expect![[r#"
        SELECT "task"."id", "task"."manager_id", "task"."maker_id", "worker_1"."id", "worker_1"."name", NULL, NULL, "worker_2"."id", "worker_2"."name", "worker_2"."phone", NULL FROM "task" LEFT JOIN "worker" AS "worker_1" ON "worker_1"."id" = "task"."manager_id" LEFT JOIN "worker" AS "worker_2" ON "worker_2"."id" = "task"."maker_id" ORDER BY "task"."id"
        manager Worker#3: None
        maker Worker#2: Some(Text("p2"))
        manager Worker#1: Some(Text("p1"))
        maker Worker#1: Some(Text("p1"))
    "#]].assert_eq(&first);
    let other = told(select(Task).options((wide(), narrow())));
    expect![[r#"
        SELECT "task"."id", "task"."manager_id", "task"."maker_id", "worker_1"."id", "worker_1"."name", NULL, NULL, "worker_2"."id", "worker_2"."name", "worker_2"."phone", NULL FROM "task" LEFT JOIN "worker" AS "worker_1" ON "worker_1"."id" = "task"."manager_id" LEFT JOIN "worker" AS "worker_2" ON "worker_2"."id" = "task"."maker_id" ORDER BY "task"."id"
        manager Worker#3: None
        maker Worker#2: Some(Text("p2"))
        manager Worker#1: Some(Text("p1"))
        maker Worker#1: Some(Text("p1"))
    "#]].assert_eq(&other);
}

/// A parent that comes before its own row without a column has it when that row comes.
#[test]
fn columns_of_an_object_whose_own_row_comes_later() {
    let (db, session) = workers();
    let narrow = joined(Worker::head).options(load_only((Worker::id, Worker::head_id)));
    let all =
        session.scalars(select(Worker).options(narrow).order_by(Worker::id.desc())).unwrap().all().unwrap();
    expect![[r#"
        SELECT "worker"."id", "worker"."name", "worker"."phone", "worker"."head_id", "worker_1"."id", NULL, NULL, "worker_1"."head_id" FROM "worker" LEFT JOIN "worker" AS "worker_1" ON "worker_1"."id" = "worker"."head_id" ORDER BY "worker"."id" DESC
    "#]].assert_eq(&db.sql());
    assert_eq!(all.iter().map(|one| one.name().unwrap()).collect::<Vec<_>>(), ["c", "b", "a"]);
    assert_eq!(db.statements(), 0);
}

/// Queries that are put together read the columns that are left out, so that what is outside may load them.
#[test]
fn queries_that_are_put_together() {
    let (db, session) = shelf();
    let of = |id: i64| select(Author).filter(Author::id.eq(id));
    let told = |query: orm::Select<Obj<Author>>| {
        session.expunge_all();
        db.sql();
        let authors = session.scalars(query.clone().order_by(Author::id)).unwrap().all().unwrap();
        let bios = authors.iter().map(|author| Obj::any(author).peek("bio").unwrap());
        let bios = bios.collect::<Vec<_>>();
        let sql = db.sql();
        assert_eq!(session.scalars(query).unwrap().count().unwrap(), bios.len());
        format!("{bios:?}\n{sql}")
    };
    expect![[r#"
        [None, None]
        SELECT "author"."id", "author"."name", "author"."bio" FROM "author" WHERE "author"."id" = ? UNION SELECT "author_1"."id", "author_1"."name", "author_1"."bio" FROM "author" AS "author_1" WHERE "author_1"."id" = ? ORDER BY 1 [1, 2]
    "#]].assert_eq(&told(of(1).union(of(2))));
    expect![[r#"
        [Some(Text("long")), Some(Null)]
        SELECT "author"."id", "author"."name", "author"."bio" FROM "author" WHERE "author"."id" = ? UNION SELECT "author_1"."id", "author_1"."name", "author_1"."bio" FROM "author" AS "author_1" WHERE "author_1"."id" = ? ORDER BY 1 [1, 2]
    "#]].assert_eq(&told(of(1).union(of(2)).options(undefer(Author::bio))));
    let nested = of(1).union(of(2)).union(of(2)).options(undefer(Author::bio));
    expect![[r#"
        [Some(Text("long")), Some(Null)]
        SELECT "author"."id", "author"."name", "author"."bio" FROM "author" WHERE "author"."id" = ? UNION SELECT "author_1"."id", "author_1"."name", "author_1"."bio" FROM "author" AS "author_1" WHERE "author_1"."id" = ? UNION SELECT "author_2"."id", "author_2"."name", "author_2"."bio" FROM "author" AS "author_2" WHERE "author_2"."id" = ? ORDER BY 1 [1, 2, 2]
    "#]].assert_eq(&told(nested));
}
