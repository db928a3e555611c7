//! Versions of rows that the database makes: they are read when rows were written, and rows are found by them.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, SessionConfig, Sync};
use tests::{Db, code};

use super::{flush, in_transaction};

orm::registry!(
    /// Classes whose versions the database makes.
    pub Served
);

/// Triggers count its version.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Served)]
pub struct Doc {
    #[column(primary_key)]
    pub id: i64,
    pub text: Option<String>,
    #[column(version_id = "server", server_default = "1")]
    pub version: i64,
    #[column(foreign_key = Doc::id)]
    pub next_id: Option<i64>,
    #[relationship(remote_side = Doc::id, post_update)]
    pub next: Option<One<Doc>>,
}

/// Its key has two columns, and an update sets its version to an expression.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Served)]
pub struct Cell {
    #[column(primary_key)]
    pub x: i64,
    #[column(primary_key)]
    pub y: i64,
    pub text: Option<String>,
    #[column(version_id = "server", server_default = "1", onupdate = Cell::version + 1)]
    pub version: i64,
}

/// A trigger makes its version, a text, of a new row too, and nothing else does.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Served)]
pub struct Tagged {
    #[column(primary_key)]
    pub name: String,
    pub text: Option<String>,
    #[column(version_id = "server", server_default = "''")]
    pub tag: String,
}

fn served() -> (Db, Session) {
    let db = Db::empty();
    Served::create_all(&db.engine).unwrap();
    db.run(
        "CREATE TRIGGER doc_up AFTER UPDATE OF text, next_id ON doc BEGIN \
         UPDATE doc SET version = OLD.version + 1 WHERE id = OLD.id; END",
    );
    for (when, of) in [("INSERT", ""), ("UPDATE", "OF text")] {
        db.run(&format!(
            "CREATE TRIGGER tagged_{when} AFTER {when} {of} ON tagged BEGIN \
             UPDATE tagged SET tag = NEW.tag || substr('{when}', 1, 1) WHERE name = NEW.name; END"
        ));
    }
    db.sql();
    let session = db.session();
    (db, session)
}

fn docs(session: &Session) -> [Obj<Doc>; 2] {
    let docs = ["a", "b"].map(|text| session.add(Doc::builder().text(text)).unwrap());
    session.flush().unwrap();
    docs
}

#[test]
fn versions_are_read_when_rows_were_written() {
    let (db, session) = served();
    let docs = docs(&session);
    expect![[r#"
        INSERT INTO "doc" ("text", "next_id") VALUES (?, ?) ['a', NULL]
        INSERT INTO "doc" ("text", "next_id") VALUES (?, ?) ['b', NULL]
        SELECT "id", "version" FROM "doc" WHERE "id" IN (?, ?, ?, ?) [1, 2, 2, 2]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!((docs[0].version().unwrap(), docs[1].version().unwrap()), (1, 1));
    docs[1].set_text("B").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "doc" SET "text" = ? WHERE "id" = ? AND "version" = ? ['B', 2, 1]
            SELECT "id", "version" FROM "doc" WHERE "id" = ? [2]
        "#]],
    );
    assert_eq!(docs[1].version().unwrap(), 2);
    docs[1].set_text("C").unwrap();
    docs[0].set_text("A").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "doc" SET "text" = ? WHERE "id" = ? AND "version" = ? ['A', 1, 1]
            UPDATE "doc" SET "text" = ? WHERE "id" = ? AND "version" = ? ['C', 2, 2]
            SELECT "id", "version" FROM "doc" WHERE "id" IN (?, ?, ?, ?) [1, 2, 2, 2]
        "#]],
    );
    session.delete(&docs[1]).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            DELETE FROM "doc" WHERE "id" = ? AND "version" = ? [2, 3]
        "#]],
    );
}

#[test]
fn an_expression_makes_it_of_an_update() {
    let (db, session) = served();
    let cell = session.add(Cell { x: 1, y: 2, text: None, version: 0 }).unwrap();
    session.flush().unwrap();
    cell.set_text("a").unwrap();
    session.flush().unwrap();
    assert_eq!(cell.version().unwrap(), 2);
    expect![[r#"
        INSERT INTO "cell" ("x", "y", "text") VALUES (?, ?, ?) [1, 2, NULL]
        SELECT "x", "y", "version" FROM "cell" WHERE "x" = ? AND "y" = ? [1, 2]
        UPDATE "cell" SET "text" = ?, "version" = "cell"."version" + ? WHERE "cell"."x" = ? AND "cell"."y" = ? AND "cell"."version" = ? ['a', 1, 1, 2, 1]
        SELECT "x", "y", "version" FROM "cell" WHERE "x" = ? AND "y" = ? [1, 2]
    "#]]
    .assert_eq(&db.sql());
    // The key changes with the version.
    cell.set_y(5).unwrap();
    session.flush().unwrap();
    assert_eq!(
        (cell.version().unwrap(), db.rows_in(&session, "SELECT * FROM cell")),
        (3, "1|5|'a'|3\n".to_owned())
    );
    // An expression of the user's own comes before it, and may be all that is set.
    cell.set_version(Cell::version + 10).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "cell" SET "version" = "cell"."version" + ? WHERE "cell"."x" = ? AND "cell"."y" = ? AND "cell"."version" = ? [10, 1, 5, 3]
            SELECT "x", "y", "version" FROM "cell" WHERE "x" = ? AND "y" = ? [1, 5]
        "#]],
    );
    cell.set_version(Cell::version + 10).unwrap();
    cell.set_text("b").unwrap();
    session.flush().unwrap();
    assert_eq!(cell.version().unwrap(), 23);
}

#[test]
fn a_trigger_makes_it_of_a_new_row() {
    let (db, session) = served();
    let tagged = session.add(Tagged { name: "x".into(), text: None, tag: String::new() }).unwrap();
    session.flush().unwrap();
    assert_eq!(tagged.tag().unwrap(), "I");
    tagged.set_text("a").unwrap();
    session.flush().unwrap();
    assert_eq!(tagged.tag().unwrap(), "IU");
    tagged.set_name("y").unwrap();
    tagged.set_text("b").unwrap();
    session.commit().unwrap();
    assert_eq!(tagged.tag().unwrap(), "IUU");
    session.delete(&tagged).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM tagged"), "0\n");
}

#[test]
fn stale_rows_are_an_error() {
    let (db, session) = served();
    let docs = docs(&session);
    in_transaction(&session, "UPDATE doc SET version = 7 WHERE id = 2");
    docs[0].set_text("A").unwrap();
    docs[1].set_text("B").unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::StaleData, Some("version")));
    session.rollback().unwrap();

    let docs = self::docs(&session);
    session.commit().unwrap();
    let config = SessionConfig::default().expire_on_commit(false);
    let kept = Session::with_config(&db.engine, config);
    let mine = kept.get_one::<Doc>(docs[0].id().unwrap()).unwrap();
    kept.commit().unwrap();
    docs[0].set_text("other").unwrap();
    session.commit().unwrap();
    kept.delete(&mine).unwrap();
    assert_eq!(code(kept.flush()), Code::StaleData);
    kept.rollback().unwrap();
    assert_eq!(mine.version().unwrap(), 2);
    mine.set_text("mine").unwrap();
    kept.commit().unwrap();
    assert_eq!(mine.version().unwrap(), 3);
}

#[test]
fn merging_compares_it() {
    let (_db, session) = served();
    let mut form: Doc = docs(&session)[0].to_value().unwrap();
    session.get_one::<Doc>(1).unwrap().set_text("other").unwrap();
    session.commit().unwrap();
    form.text = Some("form".into());
    assert_eq!(code(session.merge(form.clone())), Code::StaleData);
    form.version = 2;
    let merged = session.merge(form).unwrap();
    session.commit().unwrap();
    assert_eq!((merged.version().unwrap(), merged.text().unwrap().as_deref()), (3, Some("form")));
}

#[test]
fn updates_of_foreign_keys_alone() {
    let (db, session) = served();
    let docs = docs(&session);
    docs[0].set_next(&docs[1]).unwrap();
    docs[1].set_next(&docs[0]).unwrap();
    docs[1].set_text("B").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "doc" SET "text" = ? WHERE "id" = ? AND "version" = ? ['B', 2, 1]
            SELECT "id", "version" FROM "doc" WHERE "id" = ? [2]
            UPDATE "doc" SET "next_id" = ? WHERE "id" = ? AND "version" = ? [2, 1, 1]
            UPDATE "doc" SET "next_id" = ? WHERE "id" = ? AND "version" = ? [1, 2, 2]
            SELECT "id", "version" FROM "doc" WHERE "id" IN (?, ?, ?, ?) [1, 2, 2, 2]
        "#]],
    );
    assert_eq!((docs[0].version().unwrap(), docs[1].version().unwrap()), (2, 3));
    for doc in &docs {
        session.delete(doc).unwrap();
    }
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "doc" SET "next_id" = ? WHERE "id" = ? AND "version" = ? [NULL, 1, 2]
            UPDATE "doc" SET "next_id" = ? WHERE "id" = ? AND "version" = ? [NULL, 2, 3]
            SELECT "id", "version" FROM "doc" WHERE "id" IN (?, ?, ?, ?) [1, 2, 2, 2]
            DELETE FROM "doc" WHERE "id" = ? AND "version" = ? [1, 3]
            DELETE FROM "doc" WHERE "id" = ? AND "version" = ? [2, 4]
        "#]],
    );
    // New rows have theirs before their foreign keys are written.
    let both = ["a", "b"].map(|text| session.add(Doc::builder().text(text)).unwrap());
    both[0].set_next(&both[1]).unwrap();
    both[1].set_next(&both[0]).unwrap();
    session.flush().unwrap();
    assert_eq!((both[0].version().unwrap(), both[1].version().unwrap()), (2, 2));
    in_transaction(&session, "UPDATE doc SET version = 9 WHERE text = 'a'");
    both[0].set_next(None).unwrap();
    assert_eq!(code(session.flush()), Code::StaleData);
}

#[test]
fn versions_go_back_with_a_transaction_and_a_savepoint() {
    let (_db, session) = served();
    let docs = docs(&session);
    session.commit().unwrap();
    docs[0].set_text("A").unwrap();
    session.flush().unwrap();
    let savepoint = session.begin_nested().unwrap();
    docs[0].set_text("AA").unwrap();
    session.flush().unwrap();
    assert_eq!(docs[0].version().unwrap(), 3);
    savepoint.rollback().unwrap();
    assert_eq!(docs[0].version().unwrap(), 2);
    docs[0].set_text("AB").unwrap();
    session.flush().unwrap();
    assert_eq!(docs[0].version().unwrap(), 3);
    session.rollback().unwrap();
    assert_eq!(docs[0].version().unwrap(), 1);
    docs[0].set_text("C").unwrap();
    session.commit().unwrap();
    assert_eq!(docs[0].version().unwrap(), 2);
}

#[test]
fn a_new_row_that_a_trigger_takes_away_is_an_error() {
    let (db, session) = served();
    db.run("CREATE TRIGGER doc_away AFTER INSERT ON doc BEGIN DELETE FROM doc WHERE id = NEW.id; END");
    session.add(Doc::builder().text("a")).unwrap();
    assert_eq!(code(session.flush()), Code::Flush);
}

#[test]
fn a_row_without_a_version_is_an_error() {
    let db = Db::empty();
    db.run("CREATE TABLE tagged (name text PRIMARY KEY, text text, tag text)");
    let session = db.session();
    session.add(Tagged { name: "x".into(), ..Tagged::default() }).unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Flush, Some("tag")));
}

#[test]
fn a_row_that_is_taken_over_goes_on_with_its_version() {
    let (_db, session) = served();
    let cell = session.add(Cell { x: 1, y: 1, ..Cell::default() }).unwrap();
    session.commit().unwrap();
    session.delete(&cell).unwrap();
    let other = session.add(Cell { x: 1, y: 1, text: Some("b".into()), ..Cell::default() }).unwrap();
    session.commit().unwrap();
    assert_eq!((other.version().unwrap(), other.text().unwrap().as_deref()), (2, Some("b")));
}

#[test]
fn statements_leave_it_to_the_database() {
    let (db, session) = served();
    let docs = docs(&session);
    session.run(update(Doc).set(Doc::text, "x").filter(Doc::id.eq(1))).unwrap();
    assert_eq!(docs[0].version().unwrap(), 2);
    session.run(update(Doc).set(Doc::text, "y").filter(Doc::id.eq(1)).sync(Sync::Evaluate)).unwrap();
    assert_eq!(docs[0].version().unwrap(), 3);
    // By keys, rows are found by their versions too.
    let rows = update(Doc).columns((Doc::id, Doc::version, Doc::text));
    db.sql();
    session.run(rows.rows([(1, 3, "z"), (2, 1, "z")])).unwrap();
    expect![[r#"
        UPDATE "doc" SET "text" = ? WHERE "doc"."id" = ? AND "doc"."version" = ? ['z', 1, 3]
        UPDATE "doc" SET "text" = ? WHERE "doc"."id" = ? AND "doc"."version" = ? ['z', 2, 1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!((docs[0].version().unwrap(), docs[1].version().unwrap()), (4, 2));
    let stale = update(Doc).columns((Doc::id, Doc::version, Doc::text)).rows([(1, 3, "z")]);
    assert_eq!(code(session.run(stale)), Code::StaleData);
    let cell = session.add(Cell { x: 1, y: 1, ..Cell::default() }).unwrap();
    session.flush().unwrap();
    let by_key = Cell { x: 1, y: 1, text: Some("k".into()), version: 1 };
    session.run(update(Cell).rows([by_key])).unwrap();
    assert_eq!(cell.version().unwrap(), 2);
}
