//! Association tables that name their ends otherwise than by one whole key: by a unique column, by several columns, by a part
//! of a key, by types of the user's own; a side that is only read; and large collections over tables that are joined.

use expect_test::expect;
use orm::prelude::*;
use orm::{ColumnType, SqlType, Value, ValueError, ValueRef};
use tests::{Db, each_way};

use crate::each_operator;

orm::registry!(
    /// These classes.
    pub Linked
);

/// A text that the database holds with a word before it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marked(pub String);

impl ColumnType for Marked {
    const SQL_TYPE: SqlType = SqlType::Text;
    const NAME: &'static str = "Marked";

    fn to_value(&self) -> Value {
        Value::Text(format!("lala{}", self.0))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        let text = String::from_value(value)?;
        let rest = text.strip_prefix("lala").ok_or_else(|| ValueError::new("it isn't marked"))?;
        Ok(Marked(rest.to_owned()))
    }
}

#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct Film {
    #[column(primary_key)]
    pub col1: Marked,
    #[relationship(secondary = Cast, back_populates = "films")]
    pub actors: Many<Actor>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct Actor {
    #[column(primary_key)]
    pub col1: Marked,
    #[relationship(secondary = Cast, back_populates = "actors")]
    pub films: Many<Film>,
}

#[derive(Table)]
#[mapped(registry = Linked)]
pub struct Cast {
    #[column(foreign_key = Film::col1)]
    pub film: Marked,
    #[column(foreign_key = Actor::col1)]
    pub actor: Marked,
}

/// Links of own types are written, loaded from both sides, and removed.
#[test]
fn keys_of_own_types() {
    let db = Db::empty();
    Linked::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    let marked = |text: &str| Marked(text.to_owned());
    let actor = |key: &str| Actor::builder().col1(marked(key));
    let film = Film::builder().col1(marked("aid")).actors([actor("bid"), actor("cid")]);
    let film = session.add(film).unwrap();
    session.commit().unwrap();
    let second = session.get_one::<Actor>(marked("cid")).unwrap();
    assert_eq!(second.films().iter().unwrap().collect::<Vec<_>>(), std::slice::from_ref(&film));
    film.actors().remove(&second).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "actor" ("col1") VALUES (?) ['lalabid']
        INSERT INTO "actor" ("col1") VALUES (?) ['lalacid']
        INSERT INTO "film" ("col1") VALUES (?) ['lalaaid']
        INSERT INTO "cast" ("actor", "film") VALUES (?, ?) ['lalabid', 'lalaaid']
        INSERT INTO "cast" ("actor", "film") VALUES (?, ?) ['lalacid', 'lalaaid']
        SELECT "col1" FROM "actor" WHERE "col1" = ? ['lalacid']
        SELECT "film"."col1" FROM "film", "cast" WHERE ? = "cast"."actor" AND "film"."col1" = "cast"."film" ['lalacid']
        SELECT "actor"."col1" FROM "actor", "cast" WHERE ? = "cast"."film" AND "actor"."col1" = "cast"."actor" ['lalaaid']
        DELETE FROM "cast" WHERE "actor" = ? AND "film" = ? ['lalacid', 'lalaaid']
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT film, actor FROM \"cast\""), "'lalaaid'|'lalabid'\n");
    for option in tests::ways!(Film::actors) {
        let session = db.session();
        let films = session.scalars(select(Film).options(option.1)).unwrap().all().unwrap();
        let actors: Vec<Marked> =
            films[0].actors().iter().unwrap().map(|actor| actor.col1().unwrap()).collect();
        assert_eq!(actors, [marked("bid")]);
    }
}

/// What is only read of a table between, that the other side writes: it gets no change, and no link is written.
#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct Left {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(secondary = LeftRight, back_populates = "lefts", order_by = Right::id)]
    pub rights: Many<Right>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct Right {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(secondary = LeftRight, back_populates = "rights", viewonly, order_by = Left::id)]
    pub lefts: Many<Left>,
}

#[derive(Table)]
#[mapped(registry = Linked)]
pub struct LeftRight {
    #[column(primary_key, foreign_key = Left::id)]
    pub left_id: i64,
    #[column(primary_key, foreign_key = Right::id)]
    pub right_id: i64,
}

#[test]
fn the_side_that_is_only_read() {
    let db = Db::empty();
    Linked::create_all(&db.engine).unwrap();
    let session = db.session();
    let left = Left::builder().into_obj().unwrap();
    let right = Right::builder().lefts([&left]).into_obj().unwrap();
    let history = Obj::any(&right).history("lefts").unwrap();
    assert!(history.added.is_empty() && history.deleted.is_empty());
    assert!(left.rights().is_empty().unwrap());
    session.add(&left).unwrap();
    db.sql();
    session.commit().unwrap();
    // The other object isn't reached, and no link is written.
    expect![[r#"
        INSERT INTO "left" DEFAULT VALUES
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(session.scalars(select(Right)).unwrap().first().unwrap(), None);
    // What the side that writes has is seen from the other one, when that is loaded.
    session.add(&right).unwrap();
    left.rights().append(&right).unwrap();
    session.commit().unwrap();
    assert_eq!(right.lefts().iter().unwrap().collect::<Vec<_>>(), [left]);
    // A list is asked of the table between alone.
    db.sql();
    let loaded = select(Right).options(selectin(Right::lefts));
    let loaded = db.session().scalars(loaded).unwrap().one().unwrap();
    assert_eq!(loaded.lefts().len().unwrap(), 1);
    expect![[r#"
        SELECT "right"."id" FROM "right"
        SELECT "left"."id" FROM "left", "left_right" WHERE ? = "left_right"."right_id" AND "left"."id" = "left_right"."left_id" ORDER BY "left"."id" [1]
    "#]]
    .assert_eq(&db.sql());
}

/// An end by a unique column that isn't its key.
#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct ByCode {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub code: String,
    #[relationship(secondary = CodeNote, order_by = Note::id)]
    pub notes: Many<Note>,
}

#[derive(Table)]
#[mapped(registry = Linked)]
pub struct CodeNote {
    #[column(foreign_key = ByCode::code)]
    pub a_code: String,
    #[column(foreign_key = Note::id)]
    pub note_id: i64,
}

/// An end with a key of two columns, by both of them, and by one.
#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct Pair {
    #[column(primary_key)]
    pub id: i64,
    #[column(primary_key)]
    pub second: i64,
    #[relationship(
        secondary = PairNote,
        primaryjoin = Pair::id.eq(PairNote::id1.foreign()).and(Pair::second.eq(PairNote::id2.foreign())),
        secondaryjoin = Note::id.eq(PairNote::note_id),
        order_by = Note::id
    )]
    pub notes: Many<Note>,
    #[relationship(
        secondary = PartNote,
        primaryjoin = Pair::id.eq(PartNote::id1.foreign()),
        secondaryjoin = Note::id.eq(PartNote::note_id),
        order_by = Note::id
    )]
    pub shared: Many<Note>,
}

#[derive(Table)]
#[mapped(registry = Linked)]
pub struct PairNote {
    pub id1: i64,
    pub id2: i64,
    #[column(foreign_key = Note::id)]
    pub note_id: i64,
}

#[derive(Table)]
#[mapped(registry = Linked)]
pub struct PartNote {
    pub id1: i64,
    #[column(foreign_key = Note::id)]
    pub note_id: i64,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
}

fn notes() -> Db {
    let db = Db::empty();
    Linked::create_all(&db.engine).unwrap();
    db.run("INSERT INTO note VALUES (1), (2), (3)");
    db.run("INSERT INTO by_code VALUES (1, 'x'), (2, 'y'), (3, 'z')");
    db.run("INSERT INTO code_note VALUES ('x', 1), ('y', 1), ('y', 3)");
    db.run("INSERT INTO pair VALUES (1, 1), (1, 2), (2, 1)");
    db.run("INSERT INTO pair_note VALUES (1, 1, 1), (1, 2, 2), (1, 2, 3), (2, 2, 3)");
    db.run("INSERT INTO part_note VALUES (1, 2), (1, 3), (3, 3)");
    db.sql();
    db
}

#[test]
fn a_unique_column() {
    let db = notes();
    let told = each_way!(ByCode, notes, db) + "-- operators\n";
    expect![[r#"
        ByCode#1(notes: [Note#1])
        ByCode#2(notes: [Note#1, Note#3])
        ByCode#3(notes: [])
        -- joined
        SELECT "by_code"."id", "by_code"."code", "note_2"."id" FROM "by_code" LEFT JOIN ("code_note" AS "code_note_1" JOIN "note" AS "note_2" ON "note_2"."id" = "code_note_1"."note_id") ON "by_code"."code" = "code_note_1"."a_code" ORDER BY "by_code"."id", "note_2"."id"
        -- selectin
        SELECT "by_code"."id", "by_code"."code" FROM "by_code" ORDER BY "by_code"."id"
        SELECT "note"."id", "code_note"."a_code" FROM "note", "code_note" WHERE "code_note"."a_code" IN (SELECT +value FROM json_each(?)) AND "note"."id" = "code_note"."note_id" ORDER BY "note"."id" ['["x","y","z"]']
        -- subquery
        SELECT "by_code"."id", "by_code"."code" FROM "by_code" ORDER BY "by_code"."id"
        SELECT "note"."id", "code_note"."a_code" FROM "note", "code_note" WHERE "code_note"."a_code" IN (SELECT +value FROM json_each(?)) AND "note"."id" = "code_note"."note_id" ORDER BY "note"."id" ['["x","y","z"]']
        -- immediate
        SELECT "by_code"."id", "by_code"."code" FROM "by_code" ORDER BY "by_code"."id"
        SELECT "note"."id", "code_note"."a_code" FROM "note", "code_note" WHERE "code_note"."a_code" IN (SELECT +value FROM json_each(?)) AND "note"."id" = "code_note"."note_id" ORDER BY "note"."id" ['["x","y","z"]']
        -- batch
        SELECT "by_code"."id", "by_code"."code" FROM "by_code" ORDER BY "by_code"."id"
        SELECT "note"."id", "code_note"."a_code" FROM "note", "code_note" WHERE "code_note"."a_code" IN (SELECT +value FROM json_each(?)) AND "note"."id" = "code_note"."note_id" ORDER BY "note"."id" ['["x","y","z"]']
        -- lazy
        SELECT "by_code"."id", "by_code"."code" FROM "by_code" ORDER BY "by_code"."id"
        SELECT "note"."id" FROM "note", "code_note" WHERE ? = "code_note"."a_code" AND "note"."id" = "code_note"."note_id" ORDER BY "note"."id" ['x']
        SELECT "note"."id" FROM "note", "code_note" WHERE ? = "code_note"."a_code" AND "note"."id" = "code_note"."note_id" ORDER BY "note"."id" ['y']
        SELECT "note"."id" FROM "note", "code_note" WHERE ? = "code_note"."a_code" AND "note"."id" = "code_note"."note_id" ORDER BY "note"."id" ['z']
        -- operators
        [(1, 1), (2, 1), (2, 3)]
        SELECT "by_code"."id", "note"."id" FROM "by_code" JOIN ("code_note" JOIN "note" ON "note"."id" = "code_note"."note_id") ON "by_code"."code" = "code_note"."a_code" ORDER BY "by_code"."id", "note"."id"
        SELECT "by_code"."id" FROM "by_code" WHERE EXISTS (SELECT ? FROM "note", "code_note" WHERE "by_code"."code" = "code_note"."a_code" AND "note"."id" = "code_note"."note_id") ORDER BY "by_code"."id" [1]
        SELECT "note"."id" FROM "note" WHERE EXISTS (SELECT ? FROM "code_note" WHERE ? = "code_note"."a_code" AND "note"."id" = "code_note"."note_id") ORDER BY "note"."id" [1, 'x']
    "#]]
    .assert_eq(&(told + &each_operator!(ByCode, notes, Note, any, db)));
    let session = db.session();
    let third = session.get_one::<ByCode>(3).unwrap();
    third.notes().append(session.get_one::<Note>(2).unwrap()).unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "code_note" ("a_code", "note_id") VALUES (?, ?) ['z', 2]
    "#]]
    .assert_eq(&db.sql());
}

/// The objects of a class with two relationships, as each way loads them.
#[test]
fn a_key_of_two_columns_and_a_part_of_it() {
    let db = notes();
    expect![[r#"
        Pair#1,1(notes: [Note#1])
        Pair#1,2(notes: [Note#2, Note#3])
        Pair#2,1(notes: [])
        -- joined
        SELECT "pair"."id", "pair"."second", "note_2"."id" FROM "pair" LEFT JOIN ("pair_note" AS "pair_note_1" JOIN "note" AS "note_2" ON "note_2"."id" = "pair_note_1"."note_id") ON "pair"."id" = "pair_note_1"."id1" AND "pair"."second" = "pair_note_1"."id2" ORDER BY "pair"."id", "note_2"."id"
        -- selectin
        SELECT "pair"."id", "pair"."second" FROM "pair" ORDER BY "pair"."id"
        SELECT "note"."id", "pair_note"."id1", "pair_note"."id2" FROM "note", "pair_note" WHERE ("pair_note"."id1", "pair_note"."id2") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "note"."id" = "pair_note"."note_id" ORDER BY "note"."id" [1, 1, 1, 2, 2, 1, 2, 1]
        -- subquery
        SELECT "pair"."id", "pair"."second" FROM "pair" ORDER BY "pair"."id"
        SELECT "note"."id", "pair_note"."id1", "pair_note"."id2" FROM "note", "pair_note" WHERE ("pair_note"."id1", "pair_note"."id2") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "note"."id" = "pair_note"."note_id" ORDER BY "note"."id" [1, 1, 1, 2, 2, 1, 2, 1]
        -- immediate
        SELECT "pair"."id", "pair"."second" FROM "pair" ORDER BY "pair"."id"
        SELECT "note"."id", "pair_note"."id1", "pair_note"."id2" FROM "note", "pair_note" WHERE ("pair_note"."id1", "pair_note"."id2") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "note"."id" = "pair_note"."note_id" ORDER BY "note"."id" [1, 1, 1, 2, 2, 1, 2, 1]
        -- batch
        SELECT "pair"."id", "pair"."second" FROM "pair" ORDER BY "pair"."id"
        SELECT "note"."id", "pair_note"."id1", "pair_note"."id2" FROM "note", "pair_note" WHERE ("pair_note"."id1", "pair_note"."id2") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "note"."id" = "pair_note"."note_id" ORDER BY "note"."id" [1, 1, 1, 2, 2, 1, 2, 1]
        -- lazy
        SELECT "pair"."id", "pair"."second" FROM "pair" ORDER BY "pair"."id"
        SELECT "note"."id" FROM "note", "pair_note" WHERE ? = "pair_note"."id1" AND ? = "pair_note"."id2" AND "note"."id" = "pair_note"."note_id" ORDER BY "note"."id" [1, 1]
        SELECT "note"."id" FROM "note", "pair_note" WHERE ? = "pair_note"."id1" AND ? = "pair_note"."id2" AND "note"."id" = "pair_note"."note_id" ORDER BY "note"."id" [1, 2]
        SELECT "note"."id" FROM "note", "pair_note" WHERE ? = "pair_note"."id1" AND ? = "pair_note"."id2" AND "note"."id" = "pair_note"."note_id" ORDER BY "note"."id" [2, 1]
    "#]]
    .assert_eq(&each_way!(Pair, notes, db));
    expect![[r#"
        Pair#1,1(shared: [Note#2, Note#3])
        Pair#1,2(shared: [Note#2, Note#3])
        Pair#2,1(shared: [])
        -- joined
        SELECT "pair"."id", "pair"."second", "note_2"."id" FROM "pair" LEFT JOIN ("part_note" AS "part_note_1" JOIN "note" AS "note_2" ON "note_2"."id" = "part_note_1"."note_id") ON "pair"."id" = "part_note_1"."id1" ORDER BY "pair"."id", "note_2"."id"
        -- selectin
        SELECT "pair"."id", "pair"."second" FROM "pair" ORDER BY "pair"."id"
        SELECT "note"."id", "part_note"."id1" FROM "note", "part_note" WHERE "part_note"."id1" IN (SELECT +value FROM json_each(?)) AND "note"."id" = "part_note"."note_id" ORDER BY "note"."id" ['[1,2]']
        -- subquery
        SELECT "pair"."id", "pair"."second" FROM "pair" ORDER BY "pair"."id"
        SELECT "note"."id", "part_note"."id1" FROM "note", "part_note" WHERE "part_note"."id1" IN (SELECT +value FROM json_each(?)) AND "note"."id" = "part_note"."note_id" ORDER BY "note"."id" ['[1,2]']
        -- immediate
        SELECT "pair"."id", "pair"."second" FROM "pair" ORDER BY "pair"."id"
        SELECT "note"."id", "part_note"."id1" FROM "note", "part_note" WHERE "part_note"."id1" IN (SELECT +value FROM json_each(?)) AND "note"."id" = "part_note"."note_id" ORDER BY "note"."id" ['[1,2]']
        -- batch
        SELECT "pair"."id", "pair"."second" FROM "pair" ORDER BY "pair"."id"
        SELECT "note"."id", "part_note"."id1" FROM "note", "part_note" WHERE "part_note"."id1" IN (SELECT +value FROM json_each(?)) AND "note"."id" = "part_note"."note_id" ORDER BY "note"."id" ['[1,2]']
        -- lazy
        SELECT "pair"."id", "pair"."second" FROM "pair" ORDER BY "pair"."id"
        SELECT "note"."id" FROM "note", "part_note" WHERE ? = "part_note"."id1" AND "note"."id" = "part_note"."note_id" ORDER BY "note"."id" [1]
        SELECT "note"."id" FROM "note", "part_note" WHERE ? = "part_note"."id1" AND "note"."id" = "part_note"."note_id" ORDER BY "note"."id" [1]
        SELECT "note"."id" FROM "note", "part_note" WHERE ? = "part_note"."id1" AND "note"."id" = "part_note"."note_id" ORDER BY "note"."id" [2]
    "#]]
    .assert_eq(&each_way!(Pair, shared, db));
    // What is written by a part of the key is seen by all that have it.
    let session = db.session();
    let [first, second] = [(1, 1), (1, 2)].map(|key| session.get_one::<Pair>(key).unwrap());
    db.sql();
    first.notes().clear().unwrap();
    let new = first.shared().append(Note::builder()).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "note"."id" FROM "note", "pair_note" WHERE ? = "pair_note"."id1" AND ? = "pair_note"."id2" AND "note"."id" = "pair_note"."note_id" ORDER BY "note"."id" [1, 1]
        DELETE FROM "pair_note" WHERE "id1" = ? AND "id2" = ? AND "note_id" = ? [1, 1, 1]
        SELECT "note"."id" FROM "note", "part_note" WHERE ? = "part_note"."id1" AND "note"."id" = "part_note"."note_id" ORDER BY "note"."id" [1]
        INSERT INTO "note" DEFAULT VALUES
        INSERT INTO "part_note" ("id1", "note_id") VALUES (?, ?) [1, 4]
    "#]]
    .assert_eq(&db.sql());
    assert!(second.shared().contains(&new).unwrap());
    assert_eq!(second.notes().len().unwrap(), 2);
}

/// Large collections through tables that are joined, and through a class between.
#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct Buyer {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(secondary = "join(purchase_item, Purchase)", viewonly)]
    pub items: Dynamic<Item>,
    #[relationship(secondary = select((PurchaseItem, Purchase)).join(Purchase.on(PurchaseItem::purchase_id.eq(Purchase::id))),
        viewonly)]
    pub all_items: WriteOnly<Item>,
    #[relationship(secondary = "purchase", secondaryjoin = "Purchase.id == Line.purchase_id", viewonly)]
    pub lines: Dynamic<Line>,
    #[relationship(secondary = Purchase, secondaryjoin = Purchase::id.eq(Line::purchase_id), viewonly)]
    pub all_lines: WriteOnly<Line>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct Purchase {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Buyer::id)]
    pub buyer_id: i64,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct PurchaseItem {
    #[column(primary_key, foreign_key = Purchase::id)]
    pub purchase_id: i64,
    #[column(primary_key, foreign_key = Item::id)]
    pub item_id: i64,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Linked)]
pub struct Line {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Purchase::id)]
    pub purchase_id: i64,
}

#[test]
fn large_collections_over_joined_tables() {
    let db = Db::empty();
    Linked::create_all(&db.engine).unwrap();
    db.run("INSERT INTO buyer VALUES (1), (2)");
    db.run("INSERT INTO purchase VALUES (1, 1), (2, 2), (3, 1)");
    db.run("INSERT INTO item VALUES (1), (2), (3)");
    db.run("INSERT INTO purchase_item VALUES (1, 1), (2, 2), (3, 3)");
    db.run("INSERT INTO line VALUES (1, 1), (2, 2), (3, 3)");
    let session = db.session();
    let buyer = session.get_one::<Buyer>(1).unwrap();
    db.sql();
    let ids = |items: Vec<Obj<Item>>| items.iter().map(|item| item.id().unwrap()).collect::<Vec<_>>();
    assert_eq!(ids(buyer.items().order_by(Item::id).all().unwrap()), [1, 3]);
    let all = buyer.all_items().select().order_by(Item::id);
    assert_eq!(ids(session.scalars(all).unwrap().all().unwrap()), [1, 3]);
    let ids = |items: Vec<Obj<Line>>| items.iter().map(|item| item.id().unwrap()).collect::<Vec<_>>();
    assert_eq!(ids(buyer.lines().filter(Line::id.gt(1)).all().unwrap()), [3]);
    assert_eq!(ids(session.scalars(buyer.all_lines().select()).unwrap().all().unwrap()), [1, 3]);
    expect![[r#"
        SELECT "item"."id" FROM "item" WHERE EXISTS (SELECT ? FROM (SELECT "purchase_item"."purchase_id" AS "purchase_item_purchase_id", "purchase_item"."item_id" AS "purchase_item_item_id", "purchase"."id" AS "purchase_id", "purchase"."buyer_id" AS "purchase_buyer_id" FROM "purchase_item" JOIN "purchase" ON "purchase"."id" = "purchase_item"."purchase_id") AS "purchase_item_purchase" WHERE ? = "purchase_item_purchase"."purchase_buyer_id" AND "item"."id" = "purchase_item_purchase"."purchase_item_item_id") ORDER BY "item"."id" [1, 1]
        SELECT "item"."id" FROM "item" WHERE EXISTS (SELECT ? FROM (SELECT "purchase_item"."purchase_id" AS "purchase_item_purchase_id", "purchase_item"."item_id" AS "purchase_item_item_id", "purchase"."id" AS "purchase_id", "purchase"."buyer_id" AS "purchase_buyer_id" FROM "purchase_item" JOIN "purchase" ON "purchase_item"."purchase_id" = "purchase"."id") AS "purchase_item_purchase" WHERE ? = "purchase_item_purchase"."purchase_buyer_id" AND "item"."id" = "purchase_item_purchase"."purchase_item_item_id") ORDER BY "item"."id" [1, 1]
        SELECT "line"."id", "line"."purchase_id" FROM "line", "purchase" WHERE ? = "purchase"."buyer_id" AND "purchase"."id" = "line"."purchase_id" AND "line"."id" > ? [1, 1]
        SELECT "line"."id", "line"."purchase_id" FROM "line", "purchase" WHERE ? = "purchase"."buyer_id" AND "purchase"."id" = "line"."purchase_id" [1]
    "#]]
    .assert_eq(&db.sql());
}
