//! Single cases of SQLAlchemy's tests of the unit of work.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, SessionConfig};
use tests::{Db, code};

use super::flush;

orm::registry!(
    /// The classes of these cases.
    pub Cases
);

/// Both its columns may be made by an update.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Cases, eager_defaults)]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    pub foo: Option<i64>,
    #[column(server_onupdate)]
    pub bar: Option<i64>,
}

/// A class and columns with letters of other scripts.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Cases, table = "méil")]
pub struct Letters {
    #[column(primary_key, name = "m\u{e9}il")]
    pub id: i64,
    #[column(name = "\u{6e2c}\u{8a66}")]
    pub text: String,
    #[relationship(back_populates = "letters", order_by = Letter::id)]
    pub all: Many<Letter>,
}

/// One of them.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Cases, table = "Unitéble2")]
pub struct Letter {
    #[column(primary_key, name = "\u{6e2c}\u{8a66}_id")]
    pub id: i64,
    #[column(name = "unitable1_\u{6e2c}\u{8a66}", foreign_key = Letters::id)]
    pub letters_id: Option<i64>,
    #[relationship(back_populates = "all")]
    pub letters: Option<One<Letters>>,
}

/// Its key has two parts.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Cases)]
pub struct Part {
    #[column(primary_key)]
    pub one: String,
    #[column(primary_key)]
    pub two: String,
    pub text: Option<String>,
}

fn cases() -> (Db, Session) {
    let db = Db::empty();
    Cases::create_all(&db.engine).unwrap();
    db.sql();
    let session = db.session();
    (db, session)
}

/// `EagerDefaultsTest.test_server_update_defaults_nonpresent`, `test_update_defaults_present`.
#[test]
fn what_an_update_sets_is_not_read_back() {
    let (db, session) = cases();
    let things: Vec<Obj<Thing>> =
        (1..=4).map(|n| session.add(Thing::builder().id(n).foo(n).bar(n + 1)).unwrap()).collect();
    session.flush().unwrap();
    for (at, thing) in things.iter().enumerate() {
        thing.set_foo(at as i64 + 5).unwrap();
    }
    things[1].set_bar(10).unwrap();
    things[3].set_bar(12).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "thing" SET "foo" = ? WHERE "id" = ? [5, 1]
        UPDATE "thing" SET "foo" = ?, "bar" = ? WHERE "id" = ? [6, 10, 2]
        UPDATE "thing" SET "foo" = ? WHERE "id" = ? [7, 3]
        UPDATE "thing" SET "foo" = ?, "bar" = ? WHERE "id" = ? [8, 12, 4]
        SELECT "id", "bar" FROM "thing" WHERE "id" IN (?, ?, ?, ?) [1, 3, 3, 3]
    "#]],
    );
    let bars: Vec<_> = things.iter().map(|thing| thing.bar().unwrap()).collect();
    assert_eq!(bars, [Some(2), Some(10), Some(4), Some(12)]);
    assert_eq!(db.sql(), "");
    // All are set: nothing is left to be read.
    things[0].set_bar(20).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "thing" SET "bar" = ? WHERE "id" = ? [20, 1]
    "#]],
    );
    assert_eq!(things[0].bar().unwrap(), Some(20));
    assert_eq!(db.sql(), "");
}

/// `UnicodeSchemaTest`.
#[test]
fn names_with_letters_of_other_scripts() {
    let (_db, session) = cases();
    let letters = Letters::builder().text("p\u{f6}ster").all([Letter::builder(), Letter::builder()]);
    session.add(letters).unwrap();
    session.commit().unwrap();
    let found =
        session.scalars(select(Letters).filter(Letters::text.eq("p\u{f6}ster"))).unwrap().one().unwrap();
    assert_eq!(found.all().len().unwrap(), 2);
    let first = found.all().iter().unwrap().next().unwrap();
    assert_eq!(first.letters().unwrap(), Some(found));
}

/// `PartialNullPKTest`: here no part of a key is `NULL`, which only a table made elsewhere may hold.
#[test]
fn a_part_of_a_key_that_is_null_names_no_object() {
    let db = Db::empty();
    db.run("CREATE TABLE part (one text, two text, text text); INSERT INTO part VALUES ('1', NULL, NULL)");
    let session = db.session();
    assert_eq!(code(session.scalars(select(Part)).unwrap().all()), Code::Value);
    session.add(Part::builder().one("2").text("b")).unwrap();
    assert_eq!(code(session.flush()), Code::Flush);
}

/// `BasicStaleChecksTest.test_delete_twice`: a row that is gone is what was wanted.
#[test]
fn an_object_is_deleted_twice() {
    for like_sqlalchemy in [false, true] {
        let (db, _) = cases();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let part = session.add(Part { one: "1".into(), two: "2".into(), text: None }).unwrap();
        session.commit().unwrap();
        session.delete(&part).unwrap();
        session.flush().unwrap();
        session.delete(&part).unwrap();
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT count(*) FROM part"), "0\n");
    }
}

/// `BatchInsertsTest`: rows of one shape are written by one statement, those between them by their own.
#[test]
fn rows_of_one_shape_go_together() {
    let (db, session) = cases();
    for id in 1..=5 {
        let thing = Thing::builder().id(id);
        session.add(if id == 3 { thing.foo(func::abs(-3)) } else { thing.foo(id) }).unwrap();
    }
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "thing" ("id", "foo", "bar") VALUES (?, ?, ?) [1, 1, NULL]
        INSERT INTO "thing" ("id", "foo", "bar") VALUES (?, ?, ?) [2, 2, NULL]
        INSERT INTO "thing" ("id", "foo", "bar") VALUES (?, abs(?), ?) [3, -3, NULL]
        INSERT INTO "thing" ("id", "foo", "bar") VALUES (?, ?, ?) [4, 4, NULL]
        INSERT INTO "thing" ("id", "foo", "bar") VALUES (?, ?, ?) [5, 5, NULL]
        SELECT "id", "bar" FROM "thing" WHERE "id" IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) [1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]
    "#]],
    );
    assert_eq!(session.get_one::<Thing>(3).unwrap().foo().unwrap(), Some(3));
}
