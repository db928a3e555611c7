//! What columns that are made while the program runs, or stand beside their class, say beside their types.

use expect_test::expect;
use orm::mapper::{LateColumn, NewColumn, NewTable};
use orm::{AnyObj, Code, Value, func};
use tests::{Db, code, show};

orm::registry!(
    /// A table without a struct.
    Notes
);

/// A note by names.
fn note() -> AnyObj {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let shelf = NewTable::new("shelf").column(NewColumn::of::<i64>("id").primary_key().not_generated());
        Notes::map_table(shelf.comment("where they stand")).unwrap();
        let shelf = NewColumn::of::<Option<i64>>("shelf_id").foreign_key("shelf.id");
        let shelf = shelf.on_delete(orm::mapper::ReferentialAction::SetNull);
        let table = NewTable::new("note")
            .column(NewColumn::of::<i64>("id").primary_key())
            .column(NewColumn::of::<String>("text").default(|| "empty").info("what it says"))
            .column(NewColumn::of::<i64>("times").default(|| 1).onupdate(|| 2))
            .column(
                NewColumn::of::<String>("state")
                    .default(|| func::lower("NEW"))
                    .onupdate(|| func::lower("OLD")),
            )
            .column(NewColumn::of::<i64>("twice").computed("times * 2", true).comment("of the times"))
            .column(NewColumn::of::<Option<String>>("long").deferred_group("more").active_history())
            .column(NewColumn::of::<Option<String>>("longer").deferred_group("more").sort_order(-1))
            .column(NewColumn::of::<Option<String>>("secret").deferred_raiseload())
            .column(shelf)
            .index(&["text", "state"])
            .check("times < 100");
        Notes::map_table(table).unwrap();
    });
    AnyObj::create(Notes::mapper("note").unwrap()).unwrap()
}

#[test]
fn tables_that_say_more_are_created() {
    note();
    let db = Db::empty();
    Notes::create_all(&db.engine).unwrap();
    expect![[r#"
        SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE ['note']
        SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE ['shelf']
        CREATE TABLE "shelf" (
            "id" INTEGER NOT NULL PRIMARY KEY
        )
        CREATE TABLE "note" (
            "longer" TEXT,
            "id" INTEGER NOT NULL PRIMARY KEY,
            "text" TEXT NOT NULL,
            "times" INTEGER NOT NULL,
            "state" TEXT NOT NULL,
            "twice" INTEGER GENERATED ALWAYS AS (times * 2) STORED NOT NULL,
            "long" TEXT,
            "secret" TEXT,
            "shelf_id" INTEGER,
            CHECK (times < 100),
            FOREIGN KEY ("shelf_id") REFERENCES "shelf" ("id") ON DELETE SET NULL
        )
        CREATE INDEX "ix_note_text_state" ON "note" ("text", "state")
        CREATE INDEX "ix_note_shelf_id" ON "note" ("shelf_id")
    "#]]
    .assert_eq(&db.sql());
    let mapper = Notes::mapper("note").unwrap();
    let column = |name| mapper.columns().iter().find(|column| column.attribute() == name).unwrap();
    assert_eq!(column("text").info(), Some("what it says"));
    assert_eq!(column("twice").comment(), Some("of the times"));
}

#[test]
fn a_flush_writes_what_is_made() {
    let object = note();
    let db = Db::empty();
    Notes::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    session.add(&object).unwrap();
    session.flush().unwrap();
    let of = |name: &str| object.get(name).unwrap();
    assert_eq!((of("text"), of("times")), (Value::from("empty"), Value::from(1)));
    assert_eq!((of("state"), of("twice")), (Value::from("new"), Value::from(2)));
    object.set("text", &Value::from("full")).unwrap();
    session.flush().unwrap();
    assert_eq!((of("times"), of("state"), of("twice")), (Value::from(2), Value::from("old"), Value::from(4)));
    expect![[r#"
        INSERT INTO "note" ("text", "times", "state", "long", "longer", "secret", "shelf_id") VALUES (?, ?, lower(?), ?, ?, ?, ?) ['empty', 1, 'NEW', NULL, NULL, NULL, NULL]
        SELECT "id", "text", "times", "state", "twice", NULL, NULL, NULL, "shelf_id" FROM "note" WHERE "id" = ? [1]
        UPDATE "note" SET "text" = ?, "times" = ?, "state" = lower(?) WHERE "note"."id" = ? ['full', 2, 'OLD', 1]
        SELECT "id", "text", "times", "state", "twice", NULL, NULL, NULL, "shelf_id" FROM "note" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    session.commit().unwrap();
    session.expire_all().unwrap();
    // The deferred ones of a group are loaded together, when one is read or, as it says, set.
    object.get("id").unwrap();
    db.sql();
    object.set("long", &Value::from("l")).unwrap();
    expect![[r#"
        SELECT "note"."long", "note"."longer" FROM "note" WHERE "note"."id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(code(object.get("secret")), Code::RaiseOnLoad);
    object.set("times", &Value::from(100)).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
}

#[test]
fn a_default_of_another_type_is_an_error() {
    orm::registry!(
        /// This table.
        Wrong
    );
    let table = NewTable::new("wrong").column(NewColumn::of::<i64>("id").primary_key());
    Wrong::map_table(table.column(NewColumn::of::<i64>("number").default(|| "many"))).unwrap();
    let db = Db::empty();
    Wrong::create_all(&db.engine).unwrap();
    let session = db.session();
    session.add(AnyObj::create(Wrong::mapper("wrong").unwrap()).unwrap()).unwrap();
    expect!["[value] `wrong.number`: expected an integer, found text"].assert_eq(&show(session.flush()));
    let keyless = NewColumn::of::<i64>("x").on_update(orm::mapper::ReferentialAction::Cascade);
    let table = NewTable::new("keyless").column(NewColumn::of::<i64>("id").primary_key()).column(keyless);
    expect!["[bad-table] `keyless.x`: `on_update` without a foreign key; help: call `foreign_key` before it"]
        .assert_eq(&show(Wrong::map_table(table)));
}

/// A class, and columns beside it.
mod people {
    use orm::prelude::*;

    orm::registry!(
        /// This class.
        pub People
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = People)]
    pub struct Person {
        #[column(primary_key)]
        pub id: i64,
    }
}
use people::{People, Person};

static NUMBER: LateColumn<Person, i64> =
    LateColumn::new("number").server_default("5").unique().comment("its own");
static BOSS: LateColumn<Person, Option<i64>> = LateColumn::new("boss_id")
    .foreign_key(Person::id)
    .on_delete(orm::mapper::ReferentialAction::SetNull)
    .on_update(orm::mapper::ReferentialAction::Cascade)
    .index();
static HALF: LateColumn<Person, f64> = LateColumn::new("half").computed("number / 2.0", false).deferred();

orm::late!(People: NUMBER, BOSS, HALF);

#[test]
fn columns_beside_a_class() {
    let db = Db::empty();
    People::create_all(&db.engine).unwrap();
    expect![[r#"
        SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE ['person']
        CREATE TABLE "person" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "boss_id" INTEGER,
            "half" REAL GENERATED ALWAYS AS (number / 2.0) NOT NULL,
            "number" INTEGER DEFAULT (5) NOT NULL,
            UNIQUE ("number"),
            FOREIGN KEY ("boss_id") REFERENCES "person" ("id") ON DELETE SET NULL ON UPDATE CASCADE
        )
        CREATE INDEX "ix_person_boss_id" ON "person" ("boss_id")
    "#]]
    .assert_eq(&db.sql());
    let session = db.session();
    let person = session.add(Person::builder()).unwrap();
    session.commit().unwrap();
    assert_eq!((NUMBER.get(&person).unwrap(), HALF.get(&person).unwrap()), (5, 2.5));
}
