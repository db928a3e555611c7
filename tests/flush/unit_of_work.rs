//! Single cases of SQLAlchemy's tests of the unit of work.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, IntoObj, SessionConfig};
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

/// Its notes are orphans without it.
#[derive(Mapped, Debug)]
#[mapped(registry = Cases)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[relationship(cascade = "all, delete-orphan")]
    notes: Many<Note>,
}

/// It has a value, and leads to something, both of which it can be without.
#[derive(Mapped, Debug)]
#[mapped(registry = Cases)]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: Option<String>,
    #[column(foreign_key = Book::id)]
    book_id: i64,
    #[column(foreign_key = Thing::id)]
    thing_id: Option<i64>,
    #[relationship]
    thing: Option<One<Thing>>,
}

/// The database makes the code by which its holders know it; it isn't its key.
#[derive(Mapped, Debug)]
#[mapped(registry = Cases)]
struct Badge {
    #[column(primary_key)]
    id: i64,
    #[column(unique, server_default = "('b' || abs(random()))")]
    code: String,
    #[relationship(back_populates = "badge", order_by = Holder::id)]
    holders: Many<Holder>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Cases)]
struct Holder {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Badge::code)]
    badge_code: Option<String>,
    #[relationship(back_populates = "holders")]
    badge: Option<One<Badge>>,
}

/// A trigger makes the tag by which its stubs know it, and nobody reads it with the ticket.
#[derive(Mapped, Debug)]
#[mapped(registry = Cases)]
struct Ticket {
    #[column(primary_key)]
    id: i64,
    #[column(unique, server_default, deferred)]
    tag: Option<String>,
    text: Option<String>,
    #[relationship(order_by = Stub::id)]
    stubs: Many<Stub>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Cases)]
struct Stub {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Ticket::tag)]
    ticket_tag: Option<String>,
}

/// Its links have its code, which the database makes.
#[derive(Mapped, Debug)]
#[mapped(registry = Cases)]
struct Club {
    #[column(primary_key)]
    id: i64,
    #[column(unique, server_default = "('c' || abs(random()))")]
    code: String,
    #[relationship(secondary = ClubThing)]
    things: Many<Thing>,
}

#[derive(Table)]
#[mapped(registry = Cases)]
#[allow(dead_code, reason = "rows of it are written by the library")]
struct ClubThing {
    #[column(primary_key, foreign_key = Club::code)]
    club_code: String,
    #[column(primary_key, foreign_key = Thing::id)]
    thing_id: i64,
}

/// Two collections over one foreign key, which a criterion tells apart.
#[derive(Mapped, Debug)]
#[mapped(registry = Cases)]
struct Keeper {
    #[column(primary_key)]
    id: i64,
    #[relationship(
        primaryjoin = Keeper::id.eq(Spot::keeper_id).and(Spot::mail.like("%boston%")),
        overlaps = "york"
    )]
    boston: Many<Spot>,
    #[relationship(
        primaryjoin = Keeper::id.eq(Spot::keeper_id).and(Spot::mail.like("%york%")),
        overlaps = "boston"
    )]
    york: Many<Spot>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Cases)]
struct Spot {
    #[column(primary_key)]
    id: i64,
    mail: String,
    #[column(foreign_key = Keeper::id)]
    keeper_id: Option<i64>,
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

/// `RowswitchM2OTest`: a new object takes over the row of an orphan. What it is said not to have is emptied, whether it was read
/// before or not; so is what it was never given, where SQLAlchemy leaves what the row had.
#[test]
fn a_row_that_an_orphan_leaves_is_emptied() {
    for (is_read, is_set) in [(false, false), (false, true), (true, false), (true, true)] {
        let (db, session) = cases();
        let old = Note::builder().id(1).text("old").thing(Thing::builder().id(1));
        let book = session.add(Book::builder().id(1).notes([old])).unwrap();
        session.commit().unwrap();
        let new = Note::builder().id(1).into_obj().unwrap();
        if is_read {
            assert_eq!((new.text().unwrap(), new.thing().unwrap()), (None, None));
        }
        if is_set {
            new.set_text(None).unwrap();
            new.set_thing(None).unwrap();
        }
        book.set_notes([&new]).unwrap();
        session.commit().unwrap();
        assert_eq!((new.text().unwrap(), new.thing().unwrap()), (None, None));
        assert_eq!(db.rows("SELECT id, text, book_id, thing_id FROM note"), "1|NULL|1|NULL\n");
    }
}

/// `RudimentaryFlushTest.test_many_to_one_delete_childonly_unloaded`: who is deleted loads nobody it leads to.
#[test]
fn what_is_deleted_does_not_load_what_it_leads_to() {
    let (db, session) = cases();
    let book = session.add(Book::builder().id(1)).unwrap();
    let notes = [1, 2].map(|id| Note::builder().id(id).thing(Thing::builder().id(id)));
    let notes = notes.map(|note| book.notes().append(note).unwrap());
    session.commit().unwrap();
    drop(book);
    session.delete_all(&notes).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "id", "text", "book_id", "thing_id" FROM "note" WHERE "id" = ? [1]
        SELECT "id", "text", "book_id", "thing_id" FROM "note" WHERE "id" = ? [2]
        DELETE FROM "note" WHERE "id" = ? [1]
        DELETE FROM "note" WHERE "id" = ? [2]
    "#]],
    );
    assert_eq!(db.rows_in(&session, "SELECT count(*) FROM thing"), "2\n");
}

/// `DefaultTest.test_used_in_relationship`: what the database makes is read back where a foreign key leads to it.
#[test]
fn a_foreign_key_leads_to_what_the_database_makes() {
    let (db, session) = cases();
    let badge = session.add(Badge::builder().holders([Holder::builder()])).unwrap();
    session.flush().unwrap();
    let first = db.sql();
    assert_eq!(first.lines().next(), Some("INSERT INTO \"badge\" DEFAULT VALUES RETURNING \"id\", \"code\""));
    assert_eq!(first.lines().count(), 2, "{first}");
    let code = badge.code().unwrap();
    assert!(code.starts_with('b') && code.len() > 1, "{code}");
    assert_eq!(badge.holders().get(0).unwrap().unwrap().badge_code().unwrap().as_ref(), Some(&code));
    // A later one, of a badge that is loaded again.
    session.commit().unwrap();
    drop(badge);
    let badge = session.get_one::<Badge>(1).unwrap();
    badge.holders().append(Holder::builder()).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM holder JOIN badge ON code = badge_code"), "2\n");
    assert_eq!(badge.holders().len().unwrap(), 2);
    // Its own value counts where it has one.
    let given = session.add(Badge::builder().code("given")).unwrap();
    let late = session.add(Holder::builder().badge(&given)).unwrap();
    session.flush().unwrap();
    assert_eq!(late.badge_code().unwrap().as_deref(), Some("given"));
    let club = session.add(Club::builder().things([Thing::builder().id(1)])).unwrap();
    session.flush().unwrap();
    let linked = db.rows_in(&session, "SELECT club_code FROM club_thing");
    assert_eq!(linked, format!("'{}'\n", club.code().unwrap()));
    session.rollback().unwrap();
    // What a trigger makes is read by a query, and only of the new row.
    db.run("CREATE TRIGGER t AFTER INSERT ON ticket BEGIN UPDATE ticket SET tag = 't' || NEW.id WHERE id = NEW.id; END");
    let ticket = session.add(Ticket::builder().stubs([Stub::builder(), Stub::builder()])).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "ticket" ("text") VALUES (?) [NULL]
        SELECT "id", "tag" FROM "ticket" WHERE "id" = ? [1]
        INSERT INTO "stub" ("ticket_tag") VALUES (?) ['t1']
        INSERT INTO "stub" ("ticket_tag") VALUES (?) ['t1']
    "#]],
    );
    session.commit().unwrap();
    ticket.set_text("x").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "id", NULL, "text" FROM "ticket" WHERE "id" = ? [1]
        UPDATE "ticket" SET "text" = ? WHERE "id" = ? ['x', 1]
    "#]],
    );
    assert_eq!(db.rows_in(&session, "SELECT ticket_tag FROM stub"), "'t1'\n't1'\n");
    ticket.stubs().append(Stub::builder()).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "stub" ("ticket_tag") VALUES (?) ['t1']
    "#]],
    );
    assert_eq!(db.rows_in(&session, "SELECT count(*) FROM stub WHERE ticket_tag = 't1'"), "3\n");
}

/// `OneToManyTest.test_double_relationship`: both collections write the key, each reads what its criterion finds.
#[test]
fn two_collections_over_one_key() {
    let (db, session) = cases();
    let keeper = session.add(Keeper::builder()).unwrap();
    keeper.boston().append(Spot::builder().mail("foo@boston")).unwrap();
    keeper.york().append(Spot::builder().mail("bar@york")).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "keeper" DEFAULT VALUES
        INSERT INTO "spot" ("mail", "keeper_id") VALUES (?, ?) ['foo@boston', 1]
        INSERT INTO "spot" ("mail", "keeper_id") VALUES (?, ?) ['bar@york', 1]
    "#]],
    );
    session.commit().unwrap();
    let mails = |spots: Vec<Obj<Spot>>| -> Vec<String> { spots.iter().map(|s| s.mail().unwrap()).collect() };
    assert_eq!(mails(keeper.boston().iter().unwrap().collect()), ["foo@boston"]);
    assert_eq!(mails(keeper.york().iter().unwrap().collect()), ["bar@york"]);
    keeper.york().clear().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT mail, keeper_id FROM spot"), "'foo@boston'|1\n'bar@york'|NULL\n");
}
