//! Several ways between two classes, told apart by their conditions; keys that the schema doesn't declare; and rows that need
//! each other.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Collection, IntoObj};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    pub Several
);

#[derive(Mapped, Debug)]
#[mapped(registry = Several)]
pub struct Place {
    #[column(primary_key)]
    pub id: i64,
    pub town: String,
}

/// Two keys to one class.
#[derive(Mapped, Debug)]
#[mapped(registry = Several)]
pub struct Customer {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Place::id)]
    pub billing_id: i64,
    #[column(foreign_key = Place::id)]
    pub shipping_id: Option<i64>,
    #[relationship(primaryjoin = Self::billing_id.eq(Place::id))]
    pub billing: One<Place>,
    #[relationship(primaryjoin = Place::id.eq(Customer::shipping_id))]
    pub shipping: Option<One<Place>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Several)]
pub struct Writer {
    #[column(primary_key)]
    pub id: i64,
    /// A part of the letters, on both sides.
    #[relationship(
        primaryjoin = Writer::id.eq(Letter::writer_id).and(Letter::text.starts_with("Dear")),
        back_populates = "writer",
        order_by = Letter::id
    )]
    pub dear: Many<Letter>,
    /// By a key that the table doesn't declare.
    #[relationship(
        primaryjoin = Writer::id.eq(Letter::reader_id),
        foreign_keys = Letter::reader_id,
        back_populates = "reader",
        order_by = Letter::id
    )]
    pub received: Many<Letter>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Several)]
pub struct Letter {
    #[column(primary_key)]
    pub id: i64,
    pub text: String,
    #[column(foreign_key = Writer::id)]
    pub writer_id: Option<i64>,
    pub reader_id: Option<i64>,
    #[relationship(
        primaryjoin = Writer::id.eq(Letter::writer_id).and(Letter::text.starts_with("Dear")),
        back_populates = "dear"
    )]
    pub writer: Option<One<Writer>>,
    #[relationship(
        primaryjoin = Writer::id.eq(Letter::reader_id),
        foreign_keys = Letter::reader_id,
        back_populates = "received"
    )]
    pub reader: Option<One<Writer>>,
}

/// One of its entries is its favourite one, by a key of two columns, of which one is its own key.
#[derive(Mapped, Debug)]
#[mapped(
    registry = Several,
    foreign_key(columns(id, favorite_id), references(Entry::widget_id, Entry::id), name = "fk_favorite")
)]
pub struct Widget {
    #[column(primary_key, generated)]
    pub id: i64,
    pub favorite_id: Option<i64>,
    #[relationship(primaryjoin = Widget::id.eq(Entry::widget_id), foreign_keys = Entry::widget_id)]
    pub entries: Many<Entry>,
    #[relationship(primaryjoin = Widget::favorite_id.eq(Entry::id), foreign_keys = Widget::favorite_id)]
    pub favorite: Option<One<Entry>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Several, unique(columns(widget_id, id)))]
pub struct Entry {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Widget::id)]
    pub widget_id: i64,
}

fn several() -> (Db, Session) {
    let db = Db::empty();
    Several::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

fn texts(letters: Collection<Letter>) -> Vec<String> {
    letters.iter().unwrap().map(|letter| letter.text().unwrap()).collect()
}

#[test]
fn each_condition_has_its_own_key() {
    let (db, session) = several();
    let place = |town: &str| Place::builder().town(town);
    let customer = session.add(Customer::builder().billing(place("Rome")).shipping(place("Oslo"))).unwrap();
    session.commit().unwrap();
    let (billing, shipping) = (customer.billing().unwrap(), customer.shipping().unwrap().unwrap());
    assert_eq!((billing.town().unwrap(), shipping.town().unwrap()), ("Rome".to_owned(), "Oslo".to_owned()));
    customer.set_shipping(&billing).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "place" ("town") VALUES (?) ['Rome']
        INSERT INTO "place" ("town") VALUES (?) ['Oslo']
        INSERT INTO "customer" ("billing_id", "shipping_id") VALUES (?, ?) [1, 2]
        SELECT "id", "billing_id", "shipping_id" FROM "customer" WHERE "id" = ? [1]
        SELECT "id", "town" FROM "place" WHERE "id" = ? [1]
        SELECT "id", "town" FROM "place" WHERE "id" = ? [2]
        UPDATE "customer" SET "shipping_id" = ? WHERE "id" = ? [1, 1]
    "#]]
    .assert_eq(&db.sql());
}

/// The condition is for what is read: in memory, and for the key that is written, any letter goes.
#[test]
fn what_the_condition_leaves_out_stays_until_it_is_loaded_again() {
    let (db, session) = several();
    let writer = session.add(Writer::builder()).unwrap();
    writer.dear().append(Letter::builder().text("Dear Bob")).unwrap();
    let letter = Letter::builder().text("Hello").into_obj().unwrap();
    letter.set_writer(&writer).unwrap();
    session.add(&letter).unwrap();
    session.flush().unwrap();
    assert_eq!(texts(writer.dear()), ["Dear Bob", "Hello"]);
    db.sql();
    session.commit().unwrap();
    assert_eq!(texts(writer.dear()), ["Dear Bob"]);
    expect![[r#"
        SELECT "id" FROM "writer" WHERE "id" = ? [1]
        SELECT "letter"."id", "letter"."text", "letter"."writer_id", "letter"."reader_id" FROM "letter" WHERE ? = "letter"."writer_id" AND "letter"."text" LIKE ? ESCAPE '\' ORDER BY "letter"."id" [1, 'Dear%']
    "#]].assert_eq(&db.sql());
    assert_eq!(db.rows("select text, writer_id from letter"), "'Dear Bob'|1\n'Hello'|1\n");
}

#[test]
fn a_key_that_the_schema_does_not_declare() {
    let (db, session) = several();
    let reader = session.add(Writer::builder()).unwrap();
    let letter = session.add(Letter::builder().text("a").reader(&reader)).unwrap();
    assert_eq!(texts(reader.received()), ["a"]);
    session.commit().unwrap();
    assert_eq!(
        (letter.reader().unwrap(), texts(reader.received())),
        (Some(reader.clone()), vec!["a".to_owned()])
    );
    reader.received().clear().unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "writer" DEFAULT VALUES
        INSERT INTO "letter" ("text", "writer_id", "reader_id") VALUES (?, ?, ?) ['a', NULL, 1]
        SELECT "id", "text", "writer_id", "reader_id" FROM "letter" WHERE "id" = ? [1]
        SELECT "id" FROM "writer" WHERE "id" = ? [1]
        SELECT "letter"."id", "letter"."text", "letter"."writer_id", "letter"."reader_id" FROM "letter" WHERE ? = "letter"."reader_id" ORDER BY "letter"."id" [1]
        UPDATE "letter" SET "reader_id" = ? WHERE "id" = ? [NULL, 1]
    "#]].assert_eq(&db.sql());
}

#[test]
fn rows_that_need_each_other_are_written_in_two_flushes() {
    let (db, session) = several();
    let entry = Entry::builder().into_obj().unwrap();
    let widget = session.add(Widget::builder().entries([entry.clone()]).favorite(&entry)).unwrap();
    assert_eq!(code(session.flush()), Code::CircularDependency);
    session.rollback().unwrap();
    widget.set_favorite(None).unwrap();
    session.add(&widget).unwrap();
    session.flush().unwrap();
    widget.set_favorite(&entry).unwrap();
    session.commit().unwrap();
    assert_eq!(widget.favorite().unwrap(), Some(entry.clone()));
    widget.set_favorite(None).unwrap();
    session.flush().unwrap();
    session.delete(&entry).unwrap();
    session.delete(&widget).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "widget" ("favorite_id") VALUES (?) [NULL]
        INSERT INTO "entry" ("widget_id") VALUES (?) [1]
        UPDATE "widget" SET "favorite_id" = ? WHERE "id" = ? [1, 1]
        SELECT "id", "favorite_id" FROM "widget" WHERE "id" = ? [1]
        SELECT "id", "widget_id" FROM "entry" WHERE "id" = ? [1]
        UPDATE "widget" SET "favorite_id" = ? WHERE "id" = ? [NULL, 1]
        SELECT "entry"."id", "entry"."widget_id" FROM "entry" WHERE ? = "entry"."widget_id" [1]
        DELETE FROM "entry" WHERE "id" = ? [1]
        DELETE FROM "widget" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
}
