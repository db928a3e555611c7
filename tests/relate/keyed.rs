//! Keyed collections: what stands under which key, whatever is done to them, loaded or not, on both sides.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, IntoObj, Lazy, MapCollection, Related, Value, all};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    Maps
);

/// Both ways, a key that is required.
#[derive(Mapped, Default)]
#[mapped(registry = Maps)]
struct Item {
    #[column(primary_key)]
    id: i64,
    #[relationship(key = Note::keyword, back_populates = "item", cascade = "all, delete-orphan")]
    notes: ManyMap<String, Note>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Maps)]
struct Note {
    #[column(primary_key)]
    id: i64,
    keyword: Option<String>,
    text: String,
    #[column(foreign_key = Item::id)]
    item_id: Option<i64>,
    #[relationship(back_populates = "notes")]
    item: Option<One<Item>>,
}

/// One way, keyed by what may be NULL; and a collection that leaves out what has no key.
#[derive(Mapped)]
#[mapped(registry = Maps)]
struct Shelf {
    #[column(primary_key)]
    id: i64,
    #[relationship(key = Jar::size)]
    jars: ManyMap<Option<i64>, Jar>,
    #[relationship(key = Pot::size, ignore_unpopulated_attribute)]
    pots: ManyMap<i64, Pot>,
    #[relationship(key = Tag::name, secondary = ShelfTag)]
    tags: ManyMap<String, Tag>,
}

/// Both ways, and what has no key is left out.
#[derive(Mapped)]
#[mapped(registry = Maps)]
struct Board {
    #[column(primary_key)]
    id: i64,
    #[relationship(key = Pin::name, back_populates = "board", ignore_unpopulated_attribute)]
    pins: ManyMap<String, Pin>,
}

#[derive(Mapped)]
#[mapped(registry = Maps)]
struct Pin {
    #[column(primary_key)]
    id: i64,
    name: Option<String>,
    #[column(foreign_key = Board::id)]
    board_id: Option<i64>,
    #[relationship(back_populates = "pins")]
    board: Option<One<Board>>,
}

#[derive(Mapped)]
#[mapped(registry = Maps)]
struct Jar {
    #[column(primary_key)]
    id: i64,
    size: Option<i64>,
    #[column(foreign_key = Shelf::id)]
    shelf_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(registry = Maps)]
struct Pot {
    #[column(primary_key)]
    id: i64,
    size: Option<i64>,
    #[column(foreign_key = Shelf::id)]
    shelf_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(registry = Maps)]
struct Tag {
    #[column(primary_key)]
    id: i64,
    name: String,
}

#[derive(Table)]
#[mapped(registry = Maps)]
struct ShelfTag {
    #[column(primary_key, foreign_key = Shelf::id)]
    shelf_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
}

fn maps() -> (Db, Session) {
    let db = Db::empty();
    Maps::create_all(&db.engine).unwrap();
    db.sql();
    let session = db.session();
    (db, session)
}

fn note(keyword: &str, text: &str) -> Obj<Note> {
    Note { keyword: Some(keyword.into()), text: text.into(), ..Note::default() }.into_obj().unwrap()
}

/// An item with notes of these keys, committed. The texts are those of the keys, doubled.
fn item(session: &Session, keys: &[&str]) -> Obj<Item> {
    let notes: Vec<_> = keys.iter().map(|key| note(key, &key.repeat(2))).collect();
    let item = session.add(Item::builder().notes(notes)).unwrap();
    session.commit().unwrap();
    item
}

/// The keys and texts.
fn seen(notes: MapCollection<String, Note>) -> String {
    let all = notes.iter().unwrap().map(|(key, note)| format!("{key}:{}", note.text().unwrap()));
    all.collect::<Vec<_>>().join(" ")
}

#[test]
fn items_by_their_keys() {
    let (db, session) = maps();
    let item = session.add(Item::builder()).unwrap();
    assert!(item.notes().is_empty().unwrap());
    let a = item.notes().insert(note("a", "1")).unwrap();
    item.notes().extend([note("c", "3"), note("b", "2")]).unwrap();
    assert_eq!(seen(item.notes()), "a:1 c:3 b:2");
    assert_eq!(a.item().unwrap(), Some(item.clone()));
    assert_eq!(item.notes().get("a").unwrap(), Some(a.clone()));
    assert_eq!(item.notes().get(&"a".to_owned()).unwrap(), Some(a.clone()));
    assert_eq!(item.notes().get("d").unwrap(), None);
    assert!(item.notes().contains_key("b").unwrap() && !item.notes().contains_key("d").unwrap());
    assert!(item.notes().contains(&a).unwrap());
    assert_eq!(item.notes().keys().unwrap().collect::<Vec<_>>(), ["a", "c", "b"]);
    assert_eq!(item.notes().values().unwrap().next(), Some(a.clone()));
    session.flush().unwrap();
    assert_eq!(item.notes().remove("c").unwrap().unwrap().text().unwrap(), "3");
    assert_eq!(item.notes().remove("c").unwrap(), None);
    item.notes().remove_item(&a).unwrap();
    assert_eq!(code(item.notes().remove_item(&a)), Code::NotInCollection);
    assert_eq!(a.item().unwrap(), None);
    assert_eq!((seen(item.notes()), item.notes().len().unwrap()), ("b:2".into(), 1));
    session.commit().unwrap();
    assert_eq!(seen(item.notes()), "b:2");
    item.notes().clear().unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "item" DEFAULT VALUES
        INSERT INTO "note" ("keyword", "text", "item_id") VALUES (?, ?, ?) ['a', '1', 1]
        INSERT INTO "note" ("keyword", "text", "item_id") VALUES (?, ?, ?) ['c', '3', 1]
        INSERT INTO "note" ("keyword", "text", "item_id") VALUES (?, ?, ?) ['b', '2', 1]
        DELETE FROM "note" WHERE "id" = ? [1]
        DELETE FROM "note" WHERE "id" = ? [2]
        SELECT "id" FROM "item" WHERE "id" = ? [1]
        SELECT "note"."id", "note"."keyword", "note"."text", "note"."item_id" FROM "note" WHERE ? = "note"."item_id" [1]
        DELETE FROM "note" WHERE "id" = ? [3]
    "#]].assert_eq(&db.sql());
}

/// Who comes under a key that is taken displaces who stands there, in its place; that one is an orphan then.
#[test]
fn two_items_with_one_key() {
    let (db, session) = maps();
    let item = item(&session, &["a", "b"]);
    let old = item.notes().get("a").unwrap().unwrap();
    db.sql();
    item.notes().insert(note("a", "new")).unwrap();
    assert_eq!(seen(item.notes()), "a:new b:bb");
    assert_eq!(old.item().unwrap(), None);
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "note" ("keyword", "text", "item_id") VALUES (?, ?, ?) ['a', 'new', 1]
        DELETE FROM "note" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    // The same again is no change.
    let same = item.notes().get("a").unwrap().unwrap();
    item.notes().insert(&same).unwrap();
    session.flush().unwrap();
    assert_eq!((db.sql(), same.item().unwrap()), (String::new(), Some(item.clone())));
    // From the other side the displaced one keeps its reference in memory, as in SQLAlchemy.
    let other = note("b", "other");
    session.add(&other).unwrap();
    session.no_autoflush(|_| other.set_item(&item)).unwrap();
    assert_eq!(seen(item.notes()), "a:new b:other");
    session.commit().unwrap();
    assert_eq!(
        db.rows("select keyword, text, item_id from note order by id"),
        "'a'|'new'|1\n'b'|'other'|1\n"
    );

    // Where the displaced one goes then, who stands under its key stays.
    let [first, second] = [(); 2].map(|()| Item::builder().into_obj().unwrap());
    let [old, new] = ["old", "new"].map(|text| note("a", text));
    first.notes().insert(&old).unwrap();
    new.set_item(&first).unwrap();
    assert_eq!((old.item().unwrap(), seen(first.notes())), (Some(first.clone()), "a:new".to_owned()));
    second.notes().replace([&old]).unwrap();
    assert_eq!((seen(first.notes()), seen(second.notes())), ("a:new".to_owned(), "a:old".to_owned()));
    assert_eq!(new.item().unwrap(), Some(first));
}

/// Of a replacement the last one with a key counts; who stays is unchanged, whoever has the same key goes.
#[test]
fn a_replacement() {
    let (db, session) = maps();
    let item = item(&session, &["a", "b", "c"]);
    let (a, c) = (item.notes().get("a").unwrap().unwrap(), item.notes().get("c").unwrap().unwrap());
    db.sql();
    item.notes().replace([note("n", "first"), c.clone(), note("n", "last"), note("a", "other")]).unwrap();
    assert_eq!(seen(item.notes()), "n:last c:cc a:other");
    assert_eq!((a.item().unwrap(), c.item().unwrap()), (None, Some(item.clone())));
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "note" ("keyword", "text", "item_id") VALUES (?, ?, ?) ['n', 'last', 1]
        INSERT INTO "note" ("keyword", "text", "item_id") VALUES (?, ?, ?) ['a', 'other', 1]
        DELETE FROM "note" WHERE "id" = ? [1]
        DELETE FROM "note" WHERE "id" = ? [2]
    "#]]
    .assert_eq(&db.sql());
    item.set_notes([&c]).unwrap();
    assert_eq!(seen(item.notes()), "c:cc");
}

/// An object without a key is refused, or left out where that was said; NULL is a key where the keys' type has it.
#[test]
fn an_item_without_a_key() {
    let (db, session) = maps();
    let item = item(&session, &["a"]);
    let without = Note::builder().text("x").into_obj().unwrap();
    let error = item.notes().insert(&without).unwrap_err();
    expect!["[unset] `Note.keyword`: Note(new) has no key for `Item.notes`; help: set it before the object comes to the collection, or leave such objects out: `ignore_unpopulated_attribute`"].assert_eq(&error.to_string());
    without.set_keyword(None).unwrap();
    assert_eq!(code(without.set_item(&item)), Code::Unset);
    assert_eq!(seen(item.notes()), "a:aa");
    session.rollback().unwrap();

    let (jars, pots) =
        ([Jar::builder().size(None), Jar::builder().size(2)], [Pot::builder(), Pot::builder().size(1)]);
    let shelf = session.add(Shelf::builder().jars(jars).pots(pots)).unwrap();
    session.commit().unwrap();
    assert_eq!(shelf.jars().keys().unwrap().collect::<Vec<_>>(), [None, Some(2)]);
    assert!(shelf.jars().contains_key(&None).unwrap());
    assert_eq!(shelf.pots().keys().unwrap().collect::<Vec<_>>(), [1]);
    // What the database has without a key.
    session.commit().unwrap();
    db.run("update note set keyword = null; update pot set size = null");
    assert_eq!(code(item.notes().len()), Code::Unset);
    assert_eq!(shelf.pots().len().unwrap(), 0);
}

/// From its other side, an object that has no key yet is left out; it comes with its key when it is put in.
#[test]
fn an_item_that_gets_its_key_later() {
    let (db, session) = maps();
    let board = session.add(Board::builder()).unwrap();
    let pin = Pin::builder().board(&board).into_obj().unwrap();
    assert!(board.pins().is_empty().unwrap());
    assert_eq!(pin.board().unwrap(), Some(board.clone()));
    pin.set_name("a".to_owned()).unwrap();
    board.pins().insert(&pin).unwrap();
    assert_eq!(board.pins().iter().unwrap().collect::<Vec<_>>(), [("a".to_owned(), pin.clone())]);
    // Without its key it leaves too.
    pin.set_name(None).unwrap();
    pin.set_board(None).unwrap();
    assert!(board.pins().is_empty().unwrap());
    // A reference alone is written all the same, and the collection has it when it is loaded with a key.
    pin.set_board(&board).unwrap();
    session.commit().unwrap();
    assert!(board.pins().is_empty().unwrap());
    pin.set_name("b".to_owned()).unwrap();
    session.commit().unwrap();
    assert!(board.pins().contains_key("b").unwrap());
    assert_eq!(db.rows("select name, board_id from pin"), "'b'|1\n");
}

/// A key that isn't loaded is loaded when its object comes.
#[test]
fn a_key_that_is_not_loaded() {
    let (db, session) = maps();
    let (item, note) = (session.add(Item::builder()).unwrap(), note("a", "1"));
    let (board, pin) = (session.add(Board::builder()).unwrap(), session.add(Pin::builder()).unwrap());
    session.add(&note).unwrap();
    session.commit().unwrap();
    item.notes().len().unwrap();
    board.pins().len().unwrap();
    db.sql();
    session.no_autoflush(|_| note.set_item(&item)).unwrap();
    expect![[r#"
        SELECT "id", "keyword", "text", "item_id" FROM "note" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(seen(item.notes()), "a:1");
    session.no_autoflush(|_| pin.set_board(&board)).unwrap();
    assert!(board.pins().is_empty().unwrap());
}

/// A key that changes isn't followed until the collection is loaded again; the other side finds the item all the same.
#[test]
fn a_key_that_changes() {
    let (_, session) = maps();
    let item = item(&session, &["a", "b", "c"]);
    let [a, b, c] = ["a", "b", "c"].map(|key| item.notes().get(key).unwrap().unwrap());
    a.set_keyword("z".to_owned()).unwrap();
    b.set_keyword("y".to_owned()).unwrap();
    c.set_keyword("a".to_owned()).unwrap();
    assert_eq!(seen(item.notes()), "a:aa b:bb c:cc");
    assert_eq!(item.notes().get("z").unwrap(), None);
    b.set_item(None).unwrap();
    assert_eq!(seen(item.notes()), "a:aa c:cc");
    // Added again it stands under both keys, and goes from one after the other.
    item.notes().insert(&a).unwrap();
    assert_eq!(seen(item.notes()), "a:aa c:cc z:aa");
    item.notes().remove("z").unwrap();
    assert_eq!(seen(item.notes()), "a:aa c:cc");
    item.notes().insert(&a).unwrap();
    session.commit().unwrap();
    assert_eq!(seen(item.notes()), "z:aa a:cc");
}

/// Changes wait for a collection that isn't loaded; what comes then displaces what was loaded under its key.
#[test]
fn a_collection_that_is_not_loaded() {
    let (db, session) = maps();
    let item = item(&session, &["a", "b", "c"]);
    let b = session.scalars(select(Note).filter(Note::keyword.eq("b"))).unwrap().one().unwrap();
    b.item().unwrap();
    let (n, again) = (note("n", "new"), note("a", "again"));
    session.add_all((&n, &again)).unwrap();
    n.set_item(&item).unwrap();
    again.set_item(&item).unwrap();
    b.set_item(None).unwrap();
    assert!(!item.notes().is_loaded().unwrap());
    assert_eq!(session.no_autoflush(|_| seen(item.notes())), "a:again c:cc n:new");
    session.commit().unwrap();
    assert_eq!(seen(item.notes()), "c:cc n:new a:again");
    assert_eq!(db.rows("select count(*) from note"), "3\n");
}

/// However it is loaded.
#[test]
fn every_strategy() {
    let (db, session) = maps();
    item(&session, &["a", "b"]);
    item(&session, &["a"]);
    session.add(Shelf::builder().tags([Tag::builder().name("x"), Tag::builder().name("y")])).unwrap();
    session.commit().unwrap();
    for strategy in [Lazy::Select, Lazy::Joined, Lazy::SelectIn, Lazy::Subquery, Lazy::Immediate, Lazy::Batch]
    {
        let session = db.session();
        let items = select(Item).order_by(Item::id).options(all(strategy));
        let items = session.scalars(items).unwrap().unique().all().unwrap();
        let all_seen: Vec<_> = items.iter().map(|item| seen(item.notes())).collect();
        assert_eq!(all_seen, ["a:aa b:bb", "a:aa"], "{strategy:?}");
        let shelf = session.scalars(select(Shelf).options(all(strategy))).unwrap().unique().one().unwrap();
        assert_eq!(shelf.tags().keys().unwrap().collect::<Vec<_>>(), ["x", "y"], "{strategy:?}");
        shelf.tags().remove("x").unwrap();
        session.flush().unwrap();
        assert_eq!(db.rows_in(&session, "select count(*) from shelf_tag"), "1\n");
        session.rollback().unwrap();
    }
}

/// Of rows with one key the last is there; the others' rows are left alone.
#[test]
fn rows_with_one_key() {
    let (db, session) = maps();
    let item = item(&session, &["a", "b"]);
    db.run("update note set keyword = 'k'");
    assert_eq!(seen(item.notes()), "k:bb");
    session.commit().unwrap();
    assert_eq!(db.rows("select id, item_id from note"), "1|1\n2|1\n");
}

/// Plain values, merged objects, and names.
#[test]
fn values_merged_objects_and_names() {
    let (db, session) = maps();
    let value = |keyword: &str| Note { keyword: Some(keyword.into()), text: "v".into(), ..Note::default() };
    let item =
        session.add(Item { id: 1, notes: ManyMap::new(vec![value("a"), value("b"), value("a")]) }).unwrap();
    assert_eq!(seen(item.notes()), "a:v b:v");
    session.commit().unwrap();
    let plain = item.to_value_nested().unwrap();
    assert!(!plain.notes.is_loaded());
    item.notes().len().unwrap();
    let plain = item.to_value_nested().unwrap();
    let keys: Vec<_> = plain.notes.iter().map(|note| note.keyword.clone().unwrap()).collect();
    assert_eq!(keys, ["a", "b"]);

    let any = Obj::any(&item);
    let Related::Keyed(named) = any.related("notes").unwrap() else { panic!("it is keyed") };
    assert_eq!(named[0].0.values(), [Value::Text("a".into())]);
    any.collection("notes").unwrap().append(Obj::any(&note("c", "named"))).unwrap();
    any.collection("notes").unwrap().remove(&named[0].1).unwrap();
    assert_eq!(seen(item.notes()), "b:v c:named");
    session.commit().unwrap();

    let other = db.session();
    let merged = other.merge(Item::builder().id(1).notes([note("x", "1"), note("y", "2")])).unwrap();
    assert_eq!(seen(merged.notes()), "x:1 y:2");
    other.commit().unwrap();
    assert_eq!(db.rows("select keyword, item_id from note order by keyword"), "'x'|1\n'y'|1\n");
}

/// A rollback takes back who came and who went.
#[test]
fn a_rollback() {
    let (_, session) = maps();
    let item = item(&session, &["a", "b"]);
    let point = session.begin_nested().unwrap();
    item.notes().insert(note("a", "new")).unwrap();
    item.notes().remove("b").unwrap();
    session.flush().unwrap();
    assert_eq!(seen(item.notes()), "a:new");
    point.rollback().unwrap();
    assert_eq!(seen(item.notes()), "a:aa b:bb");
}

/// Many items are found by their keys, also where one stands under several.
#[test]
fn many_items() {
    let (_, session) = maps();
    let shelf = session.add(Shelf::builder().pots((0..200).map(|size| Pot::builder().size(size)))).unwrap();
    let moved = shelf.pots().get(&7).unwrap().unwrap();
    moved.set_size(1000).unwrap();
    shelf.pots().insert(&moved).unwrap();
    for size in (0..200).rev() {
        let pot = shelf.pots().remove(&size).unwrap().unwrap();
        assert_eq!(pot.size().unwrap(), Some(if size == 7 { 1000 } else { size }));
    }
    assert_eq!(shelf.pots().iter().unwrap().collect::<Vec<_>>(), [(1000, moved)]);
}
