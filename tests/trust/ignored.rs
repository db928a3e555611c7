//! The database ignores a statement, or does it to another number of rows than one.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, SessionConfig};
use tests::models::*;
use tests::{Db, code, show};

orm::registry!(
    /// Classes over tables that ignore what they don't like.
    pub Deaf
);

/// A name that stands once; a second one is ignored.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "tag", registry = Deaf)]
struct Tag {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(server_default = "'new'")]
    state: String,
    #[relationship(back_populates = "tag")]
    notes: Many<Note>,
}

#[derive(Mapped, Debug, Clone)]
#[mapped(table = "note", registry = Deaf)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Tag::id)]
    tag_id: Option<i64>,
    #[relationship(back_populates = "notes")]
    tag: Option<One<Tag>>,
}

/// A key of two columns, which the user gives.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "place", registry = Deaf)]
struct Place {
    #[column(primary_key)]
    row: i64,
    #[column(primary_key)]
    seat: i64,
    name: Option<String>,
}

/// A text as a key.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "word", registry = Deaf)]
struct Word {
    #[column(primary_key)]
    word: String,
    rank: Option<i64>,
}

/// A list of words, in which one may stand twice.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "list", registry = Deaf)]
struct List {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = ListWord)]
    words: Many<Word>,
}

#[derive(Table, Debug, Clone)]
#[mapped(table = "list_word", registry = Deaf)]
struct ListWord {
    #[column(foreign_key = List::id)]
    list_id: i64,
    #[column(foreign_key = Word::word)]
    word: String,
}

/// A view of the table `below`.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "seen", registry = Deaf)]
struct Seen {
    #[column(primary_key)]
    id: i64,
    name: String,
}

const TABLES: &str = "
    CREATE TABLE tag (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT IGNORE, state TEXT DEFAULT 'new');
    CREATE TABLE note (id INTEGER PRIMARY KEY, tag_id INTEGER REFERENCES tag);
    CREATE TABLE place (row INTEGER, seat INTEGER, name TEXT, PRIMARY KEY (row, seat) ON CONFLICT IGNORE);
    CREATE TABLE word (word TEXT PRIMARY KEY, rank INTEGER);
    CREATE TRIGGER no_word BEFORE INSERT ON word WHEN new.word = 'bad' BEGIN SELECT raise(IGNORE); END;
    CREATE TRIGGER kept BEFORE DELETE ON word WHEN old.word = 'kept' BEGIN SELECT raise(IGNORE); END;
    CREATE TRIGGER same BEFORE UPDATE ON word WHEN new.rank = 13 BEGIN SELECT raise(IGNORE); END;
    CREATE TABLE list (id INTEGER PRIMARY KEY);
    CREATE TABLE list_word (list_id INTEGER, word TEXT);
    CREATE TABLE below (id INTEGER PRIMARY KEY, name TEXT);
    CREATE VIEW seen AS SELECT id, name FROM below;
    CREATE TRIGGER seen_insert INSTEAD OF INSERT ON seen
    BEGIN INSERT INTO below (id, name) VALUES (new.id, new.name); END;
    CREATE TRIGGER seen_delete INSTEAD OF DELETE ON seen BEGIN DELETE FROM below WHERE id = old.id; END;";

fn deaf() -> Db {
    let db = Db::empty();
    db.run(TABLES);
    Deaf::configure().unwrap();
    db
}

fn lenient(db: &Db) -> Session {
    Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true))
}

#[test]
fn an_ignored_insert_takes_no_identity() {
    let db = deaf();
    let session = db.session();
    session.add(Tag::builder().name("a")).unwrap();
    session.commit().unwrap();
    // One of several that are written by one statement, and its child.
    let other = session.add(Tag::builder().name("b")).unwrap();
    let twin = session.add(Tag::builder().name("a").notes([Note::builder()])).unwrap();
    expect!["[flush] `Tag`: an insert into `tag` made no row; help: the database ignores the row: by `ON CONFLICT IGNORE`, a trigger with `RAISE(IGNORE)`, or since the table is a view"]
        .assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    assert!(!session.contains(&twin) && !session.contains(&other));
    assert_eq!(twin.id().map_err(|error| error.code()), Err(Code::Unset));
    assert_eq!(db.rows("SELECT id, name FROM tag"), "1|'a'\n");
    assert_eq!(db.rows("SELECT * FROM note"), "");
    // An object that goes alone.
    session.add(Tag::builder().name("a")).unwrap();
    assert_eq!(code(session.commit()), Code::Flush);
    session.rollback().unwrap();
    // Nor where the settings are those of SQLAlchemy, which would take the key of the row before it.
    let session = lenient(&db);
    session.add(Tag::builder().name("a")).unwrap();
    assert_eq!(code(session.commit()), Code::Flush);
}

#[test]
fn an_ignored_insert_whose_key_is_given() {
    let db = deaf();
    let session = db.session();
    session.add(Tag::builder().id(7).name("a")).unwrap();
    session.add(Place::builder().row(1).seat(2).name("mine".to_owned())).unwrap();
    session.commit().unwrap();
    session.close().unwrap();
    for attempt in 0..3 {
        match attempt {
            0 => drop(session.add(Tag::builder().id(8).name("a")).unwrap()),
            1 => drop(session.add(Place::builder().row(1).seat(2).name("yours".to_owned())).unwrap()),
            _ => drop(session.add(Word::builder().word("bad")).unwrap()),
        }
        let other = session.add(Word::builder().word("good")).unwrap();
        assert_eq!(code(session.flush()), Code::Flush, "{attempt}");
        session.rollback().unwrap();
        assert!(!session.contains(&other));
    }
    assert_eq!(db.rows("SELECT * FROM place"), "1|2|'mine'\n");
    assert_eq!(db.rows("SELECT * FROM word"), "");
    // SQLAlchemy goes on.
    let session = lenient(&db);
    session.add(Word::builder().word("bad")).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM word"), "");
}

#[test]
fn a_row_between_others_is_found() {
    let db = deaf();
    let session = db.session();
    for word in ["a", "b", "bad", "c"] {
        session.add(Word::builder().word(word)).unwrap();
    }
    assert_eq!(code(session.commit()), Code::Flush);
    session.rollback().unwrap();
    assert_eq!(db.rows("SELECT * FROM word"), "");
}

#[test]
fn a_view_with_instead_of() {
    let db = deaf();
    let session = db.session();
    session.add(Tag::builder().id(41).name("a")).unwrap();
    session.commit().unwrap();
    session.add(Seen::builder().name("no key")).unwrap();
    assert_eq!(code(session.commit()), Code::Flush);
    session.rollback().unwrap();
    session.add(Seen::builder().id(5).name("given")).unwrap();
    assert_eq!(code(session.commit()), Code::Flush);
    session.rollback().unwrap();
    // What the user knows to be right.
    let session = Session::with_config(&db.engine, SessionConfig::default().check_rows(false));
    session.add(Seen::builder().id(5).name("given")).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM below"), "5|'given'\n");
    // A deletion is right where the row is gone.
    let session = db.session();
    let seen = session.get_one::<Seen>(5).unwrap();
    session.delete(&seen).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM below"), "");
}

#[test]
fn an_ignored_update_is_stale() {
    let db = deaf();
    let session = db.session();
    let a = session.add(Word::builder().word("a")).unwrap();
    session.commit().unwrap();
    a.set_rank(Some(13)).unwrap();
    assert_eq!(code(session.commit()), Code::StaleData);
    session.rollback().unwrap();
    assert_eq!(a.rank().unwrap(), None);
}

#[test]
fn an_ignored_delete_is_an_error() {
    let db = deaf();
    let session = db.session();
    let gone = session.add(Word::builder().word("gone")).unwrap();
    let kept = session.add(Word::builder().word("kept")).unwrap();
    session.commit().unwrap();
    session.delete(&gone).unwrap();
    session.delete(&kept).unwrap();
    expect!["[flush] `Word`: the row of Word#'kept' is still there after its deletion; help: the database ignores the deletion, as by a trigger with `RAISE(IGNORE)`"].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    assert!(session.contains(&gone) && session.contains(&kept));
    assert_eq!(kept.word().unwrap(), "kept");
    // SQLAlchemy warns, and takes the object for deleted.
    let session = lenient(&db);
    let kept = session.get_one::<Word>("kept").unwrap();
    session.delete(&kept).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM word WHERE word = 'kept'"), "1\n");
}

#[test]
fn a_row_that_is_gone_already_is_no_error() {
    let db = deaf();
    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    let one = session.add(Place::builder().row(1).seat(1)).unwrap();
    let two = session.add(Place::builder().row(1).seat(2)).unwrap();
    session.commit().unwrap();
    db.run("DELETE FROM place WHERE seat = 1");
    session.delete(&one).unwrap();
    session.delete(&two).unwrap();
    session.commit().unwrap();
    assert!(!session.contains(&one) && !session.contains(&two));
    assert_eq!(db.rows("SELECT * FROM place"), "");
}

#[test]
fn rows_are_looked_at_only_where_a_deletion_found_none() {
    let db = deaf();
    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    let words: Vec<_> =
        ["a", "b", "c"].iter().map(|word| session.add(Word::builder().word(*word)).unwrap()).collect();
    session.commit().unwrap();
    db.run("DELETE FROM word WHERE word = 'b'");
    db.sql();
    session.delete_all(&words).unwrap();
    session.commit().unwrap();
    expect![[r#"
        DELETE FROM "word" WHERE "word" = ? ['a']
        DELETE FROM "word" WHERE "word" = ? ['b']
        DELETE FROM "word" WHERE "word" = ? ['c']
        SELECT 1 FROM "word" WHERE "word" = ? ['b']
    "#]]
    .assert_eq(&db.sql());
}

/// The tables of orders and items; a link may stand twice.
fn doubled() -> (Db, Session) {
    let db = Db::new();
    db.run(
        "DROP TABLE order_item; CREATE TABLE order_item (order_id INTEGER, item_id INTEGER);
         INSERT INTO orders (id) VALUES (1), (2); INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c');
         INSERT INTO order_item VALUES (1, 1), (1, 2), (1, 2), (1, 3);",
    );
    let session = db.session();
    (db, session)
}

fn links(db: &Db) -> String {
    db.rows("SELECT * FROM order_item").replace('\n', " ")
}

#[test]
fn a_link_that_stands_twice_is_stale() {
    let (db, session) = doubled();
    for attempt in 0..4 {
        let order = session.get_one::<Order>(1).unwrap();
        let item = session.get_one::<Item>(2).unwrap();
        match attempt {
            0 => order.items().remove(&item).unwrap(),
            1 => order.items().clear().unwrap(),
            2 => session.delete(&order).unwrap(),
            _ => session.delete(&item).unwrap(),
        }
        assert_eq!(code(session.commit()), Code::StaleData, "{attempt}");
        session.rollback().unwrap();
        assert_eq!(links(&db), "1|1 1|2 1|2 1|3 ", "{attempt}");
    }
}

#[test]
fn one_link_too_many_does_not_make_up_for_one_that_is_gone() {
    for attempt in 0..3 {
        let (db, session) = doubled();
        let order = session.get_one::<Order>(1).unwrap();
        assert_eq!(order.items().len().unwrap(), 3);
        session.commit().unwrap();
        assert_eq!(order.items().len().unwrap(), 3);
        session.connection().unwrap().execute_batch("DELETE FROM order_item WHERE item_id = 1").unwrap();
        match attempt {
            0 => order.items().clear().unwrap(),
            1 => order.set_items([session.get_one::<Item>(3).unwrap()]).unwrap(),
            _ => session.delete(&order).unwrap(),
        }
        let error = show(session.flush());
        let all = if attempt == 1 { 2 } else { 3 };
        let expected =
            format!("a deletion of {all} row(s) in `order_item` matched {all}, but not one for each; help: ");
        assert!(error.contains(&expected), "{attempt}: {error}");
        session.rollback().unwrap();
        assert_eq!(links(&db), "1|1 1|2 1|2 1|3 ", "{attempt}");
    }
    // SQLAlchemy counts the rows together.
    let (db, _) = doubled();
    let session = lenient(&db);
    let order = session.get_one::<Order>(1).unwrap();
    assert_eq!(order.items().len().unwrap(), 3);
    session.connection().unwrap().execute_batch("DELETE FROM order_item WHERE item_id = 1").unwrap();
    order.items().clear().unwrap();
    session.commit().unwrap();
    assert_eq!(links(&db), "");
}

#[test]
fn an_item_that_was_put_in_twice_goes_with_both_links() {
    let db = deaf();
    let session = db.session();
    let list = session.add(List::builder().words([Word::builder().word("a")])).unwrap();
    let word = list.words().get(0).unwrap().unwrap();
    list.words().append(&word).unwrap();
    session.flush().unwrap();
    assert_eq!(db.rows_in(&session, "SELECT * FROM list_word"), "1|'a'\n1|'a'\n");
    list.words().clear().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM list_word"), "");
}

#[test]
fn an_ignored_link_is_an_error() {
    let db = Db::new();
    db.run(
        "CREATE TRIGGER no_link BEFORE INSERT ON order_item WHEN new.item_id = 2 BEGIN SELECT raise(IGNORE); END;
         INSERT INTO orders (id) VALUES (1); INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b');",
    );
    let session = db.session();
    let order = session.get_one::<Order>(1).unwrap();
    order.items().extend([session.get_one::<Item>(1).unwrap(), session.get_one::<Item>(2).unwrap()]).unwrap();
    expect!["[flush] `Item.orders`: an insert into `order_item` made no row; help: the database ignores the row: by `ON CONFLICT IGNORE`, a trigger with `RAISE(IGNORE)`, or since the table is a view"]
        .assert_eq(&show(session.commit()));
    session.rollback().unwrap();
    assert_eq!(order.items().len().unwrap(), 0);
    assert_eq!(links(&db), "");
    let session = lenient(&db);
    let order = session.get_one::<Order>(1).unwrap();
    order.items().append(session.get_one::<Item>(2).unwrap()).unwrap();
    session.commit().unwrap();
    assert_eq!(links(&db), "");
}

#[test]
fn rows_of_a_key_that_stands_twice_are_stale() {
    let db = Db::empty();
    db.run(
        "CREATE TABLE word (word TEXT, rank INTEGER); INSERT INTO word VALUES ('a', 1), ('a', 2), ('b', 1), ('c', 1)",
    );
    let session = db.session();
    let a = session.get_one::<Word>("a").unwrap();
    session.delete(&a).unwrap();
    expect!["[stale-data] `Word`: a deletion of 1 row(s) in `word` matched 2; help: somebody else changed or deleted the row: roll back and load it again"].assert_eq(&show(session.commit()));
    session.rollback().unwrap();
    let (a, b) = (session.get_one::<Word>("a").unwrap(), session.get_one::<Word>("b").unwrap());
    session.connection().unwrap().execute_batch("DELETE FROM word WHERE word = 'b'").unwrap();
    a.set_rank(Some(9)).unwrap();
    b.set_rank(Some(9)).unwrap();
    expect!["[stale-data] `Word`: an update of 2 row(s) in `word` matched 2, but not one for each; help: somebody else changed or deleted the row: roll back and load it again"]
        .assert_eq(&show(session.commit()));
    session.rollback().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM word WHERE rank < 9"), "4\n");
}
