//! Objects of an association table: with a column of its own, under a key of two references, in the order of that column.

use expect_test::expect;
use orm::prelude::*;
use tests::Db;

orm::registry!(
    /// These classes.
    pub Associations
);

#[derive(Mapped)]
#[mapped(registry = Associations)]
struct Item {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(cascade = "all, delete-orphan", order_by = ItemWord::note)]
    words: Many<ItemWord>,
}

#[derive(Mapped)]
#[mapped(registry = Associations)]
struct ItemWord {
    #[column(primary_key, foreign_key = Item::id)]
    item_id: i64,
    #[column(primary_key, foreign_key = Word::id)]
    word_id: i64,
    note: String,
    #[relationship(lazy = "joined")]
    word: One<Word>,
}

#[derive(Mapped)]
#[mapped(registry = Associations)]
struct Word {
    #[column(primary_key)]
    id: i64,
    name: String,
}

fn link(word: impl orm::IntoRelated<Word>, note: &str) -> Obj<ItemWord> {
    orm::IntoObj::into_obj(ItemWord::builder().word(word).note(note)).unwrap()
}

fn word(name: &str) -> Obj<Word> {
    orm::IntoObj::into_obj(Word::builder().name(name)).unwrap()
}

/// Two items, flushed.
fn items() -> (Db, Session, Obj<Item>, Obj<Item>) {
    let db = Db::empty();
    Associations::create_all(&db.engine).unwrap();
    let session = db.session();
    let one = Item::builder().name("one").words([link(word("blue"), "a blue"), link(word("red"), "b red")]);
    let two = Item::builder().name("two").words([link(word("green"), "c green")]);
    let (one, two) = session.add_all((one, two)).unwrap();
    session.flush().unwrap();
    (db, session, one, two)
}

/// What the items are in the database, each read anew.
fn stored(session: &Session) -> String {
    session.expunge_all();
    let items = session.scalars(select(Item).order_by(Item::id)).unwrap().all().unwrap();
    let words = |item: &Obj<Item>| {
        let word = |link: Obj<ItemWord>| {
            format!(" {} ({})", link.word().unwrap().name().unwrap(), link.note().unwrap())
        };
        item.words().iter().unwrap().map(word).collect::<String>()
    };
    items.iter().map(|item| format!("{}:{}\n", item.name().unwrap(), words(item))).collect()
}

#[test]
fn they_are_written_and_read() {
    let (_, session, ..) = items();
    expect![[r#"
        one: blue (a blue) red (b red)
        two: green (c green)
    "#]]
    .assert_eq(&stored(&session));
}

/// One goes and another one comes that leads to the same word, and so takes its row over.
#[test]
fn one_takes_the_place_of_another() {
    let (db, session, one, _) = items();
    let red = one.words().get(1).unwrap().unwrap().word().unwrap();
    one.words().pop_at(1).unwrap();
    one.words().append(link(&red, "b new red")).unwrap();
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        UPDATE "item_word" SET "note" = ? WHERE "item_id" = ? AND "word_id" = ? ['b new red', 1, 2]
    "#]]
    .assert_eq(&db.sql());
    expect![[r#"
        one: blue (a blue) red (b new red)
        two: green (c green)
    "#]]
    .assert_eq(&stored(&session));
}

#[test]
fn several_come_and_go() {
    let (db, session, one, two) = items();
    let red = one.words().get(1).unwrap().unwrap().word().unwrap();
    one.words().pop_at(0).unwrap();
    one.words().pop_at(0).unwrap();
    let purple = word("purple");
    one.words().append(link(&red, "b new red")).unwrap();
    two.words().append(link(&purple, "d purple of two")).unwrap();
    one.words().append(link(&purple, "d purple of one")).unwrap();
    one.words().append(link(word("yellow"), "e yellow")).unwrap();
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "word" ("name") VALUES (?) ['purple']
        INSERT INTO "word" ("name") VALUES (?) ['yellow']
        UPDATE "item_word" SET "note" = ? WHERE "item_id" = ? AND "word_id" = ? ['b new red', 1, 2]
        INSERT INTO "item_word" ("item_id", "word_id", "note") VALUES (?, ?, ?) [2, 4, 'd purple of two']
        INSERT INTO "item_word" ("item_id", "word_id", "note") VALUES (?, ?, ?) [1, 4, 'd purple of one']
        INSERT INTO "item_word" ("item_id", "word_id", "note") VALUES (?, ?, ?) [1, 5, 'e yellow']
        DELETE FROM "item_word" WHERE "item_id" = ? AND "word_id" = ? [1, 1]
    "#]]
    .assert_eq(&db.sql());
    expect![[r#"
        one: red (b new red) purple (d purple of one) yellow (e yellow)
        two: green (c green) purple (d purple of two)
    "#]]
    .assert_eq(&stored(&session));
}

#[test]
fn they_go_with_their_items() {
    let (db, session, one, two) = items();
    assert_eq!(db.rows_in(&session, "SELECT count(*) FROM item_word"), "3\n");
    session.delete(&one).unwrap();
    session.delete(&two).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM item_word"), "0\n");
    assert_eq!(db.rows("SELECT count(*) FROM word"), "3\n");
}
