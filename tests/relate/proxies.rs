//! Proxies through collections: what is read and what is written, in memory and in the database.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, ProxyCollection};
use tests::{Db, code, show};

use super::proxy_models::*;

pub(super) fn proxies() -> (Db, Session) {
    let db = Db::empty();
    Proxies::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

fn names<W>(proxy: &ProxyCollection<Child, String, W>) -> Vec<String> {
    proxy.iter().unwrap().collect()
}

fn marks(parent: &Obj<Parent>) -> Vec<String> {
    parent.marks().iter().unwrap().collect()
}

/// Each operation on a list, on an object without a session, on one in a session, and on one that is loaded.
#[test]
fn a_list_of_values() {
    for stands in 0..3 {
        let (_db, session) = proxies();
        let parent = Parent::builder().into_obj().unwrap();
        if stands > 0 {
            session.add(&parent).unwrap();
        }
        if stands == 2 {
            session.commit().unwrap();
        }
        let list = parent.names();
        assert!(list.is_empty().unwrap());
        let first = list.append("a").unwrap();
        assert_eq!(first.name().unwrap(), "a");
        assert_eq!(first.parent().unwrap(), parent);
        let owned = "b".to_owned();
        list.push(&owned).unwrap();
        list.extend(["c", "d"]).unwrap();
        list.insert(1, "e").unwrap();
        list.insert(9, "f").unwrap();
        assert_eq!(names(&list), ["a", "e", "b", "c", "d", "f"]);
        assert_eq!((list.len().unwrap(), parent.children().len().unwrap()), (6, 6));
        assert_eq!((list.get(1).unwrap().as_deref(), list.get(6).unwrap()), (Some("e"), None));
        assert!(list.contains("d").unwrap() && !list.contains("z").unwrap());
        assert_eq!((list.position("d").unwrap(), list.position("z").unwrap()), (Some(4), None));
        // The object stays, and has another name.
        list.set(0, "A").unwrap();
        assert_eq!(first.name().unwrap(), "A");
        list.remove("e").unwrap();
        assert_eq!(list.pop().unwrap(), "f");
        assert_eq!(list.pop_at(0).unwrap(), "A");
        assert_eq!(names(&list), ["b", "c", "d"]);
        assert_eq!(
            list.items().iter().unwrap().map(|child| child.name().unwrap()).collect::<Vec<_>>(),
            names(&list)
        );
        assert_eq!((&list).into_iter().size_hint(), (3, Some(3)));
        let walked: Vec<String> = (&list).into_iter().map(Result::unwrap).collect();
        assert_eq!(walked, names(&parent.shown()));
        assert_eq!(code(list.remove("z")), Code::NotInCollection);
        assert_eq!(code(list.set(3, "z")), Code::IndexOutOfRange);
        assert_eq!(code(list.pop_at(3)), Code::IndexOutOfRange);
        list.clear().unwrap();
        assert_eq!(code(list.pop()), Code::IndexOutOfRange);
        assert_eq!(names(&list), Vec::<String>::new());
        session.add(&parent).unwrap();
        parent.set_names(["x", "y"]).unwrap();
        session.commit().unwrap();
        session.expire_all().unwrap();
        assert_eq!(names(&list), ["x", "y"]);
        assert_eq!(
            format!("{list:?} {:?}", Parent::names),
            "Parent#1.children.name Proxy(names = children.name)"
        );
    }
}

/// What is changed is written as the changes of the list are.
#[test]
fn a_list_is_written() {
    let (db, session) = proxies();
    let parent = session.add(Parent::builder().names(["a", "b"])).unwrap();
    session.commit().unwrap();
    parent.names().append("c").unwrap();
    parent.names().remove("a").unwrap();
    parent.names().set(0, "B").unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "parent" DEFAULT VALUES
        INSERT INTO "proxied_child" ("name", "parent_id") VALUES (?, ?) ['a', 1]
        INSERT INTO "proxied_child" ("name", "parent_id") VALUES (?, ?) ['b', 1]
        SELECT "id" FROM "parent" WHERE "id" = ? [1]
        SELECT "proxied_child"."id", "proxied_child"."name", "proxied_child"."parent_id" FROM "proxied_child" WHERE ? = "proxied_child"."parent_id" ORDER BY "proxied_child"."id" [1]
        UPDATE "proxied_child" SET "name" = ? WHERE "id" = ? ['B', 2]
        INSERT INTO "proxied_child" ("name", "parent_id") VALUES (?, ?) ['c', 1]
        DELETE FROM "proxied_child" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    assert_eq!(db.rows("select name, parent_id from proxied_child order by id"), "'B'|1\n'c'|1\n");
    // Without a session nothing is read.
    session.expunge(&parent).unwrap();
    db.sql();
    assert_eq!(code(parent.names().len()), Code::Detached);
}

/// Items of equal values stay, each for one value; those that no value is left for go.
#[test]
fn a_list_is_replaced() {
    let (db, session) = proxies();
    let parent = session.add(Parent::builder().names(["a", "b", "b", "c"])).unwrap();
    session.commit().unwrap();
    let before: Vec<Obj<Child>> = parent.children().iter().unwrap().collect();
    db.sql();
    parent.names().replace(["d", "b", "a", "a"]).unwrap();
    let after: Vec<Obj<Child>> = parent.children().iter().unwrap().collect();
    assert_eq!((&after[1], &after[2]), (&before[1], &before[0]));
    assert_eq!(names(&parent.names()), ["d", "b", "a", "a"]);
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "proxied_child" ("name", "parent_id") VALUES (?, ?) ['d', 1]
        INSERT INTO "proxied_child" ("name", "parent_id") VALUES (?, ?) ['a', 1]
        DELETE FROM "proxied_child" WHERE "id" = ? [3]
        DELETE FROM "proxied_child" WHERE "id" = ? [4]
    "#]]
    .assert_eq(&db.sql());
}

/// A set has each value once, whatever brings it.
#[test]
fn a_set_of_values() {
    let (db, session) = proxies();
    let parent = session.add(Parent::builder().marks(["a", "b", "a"])).unwrap();
    assert_eq!(marks(&parent), ["a", "b"]);
    session.commit().unwrap();
    let set = parent.marks();
    let a = set.append("a").unwrap();
    assert_eq!((a.id().unwrap(), set.len().unwrap()), (1, 2));
    assert_eq!(set.insert(0, "b").unwrap().id().unwrap(), 2);
    set.extend(["b", "c", "c"]).unwrap();
    assert_eq!(marks(&parent), ["a", "b", "c"]);
    set.remove("b").unwrap();
    assert_eq!(code(set.remove("b")), Code::NotInCollection);
    assert_eq!(set.pop().unwrap(), "c");
    session.commit().unwrap();
    db.sql();
    // What stays isn't touched.
    parent.set_marks(["d", "a", "d"]).unwrap();
    assert_eq!(marks(&parent), ["d", "a"]);
    assert_eq!(parent.tags().get(1).unwrap(), Some(a));
    session.commit().unwrap();
    expect![[r#"
        SELECT "id" FROM "parent" WHERE "id" = ? [1]
        SELECT "proxied_tag"."id", "proxied_tag"."name", "proxied_tag"."parent_id" FROM "proxied_tag" WHERE ? = "proxied_tag"."parent_id" ORDER BY "proxied_tag"."id" [1]
        INSERT INTO "proxied_tag" ("name", "parent_id") VALUES (?, ?) ['d', 1]
    "#]].assert_eq(&db.sql());
    set.clear().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from proxied_tag"), "0\n");
}

/// A keyed collection keeps its keys; under a key that is there the value changes, and the object stays.
#[test]
fn values_under_keys() {
    let (db, session) = proxies();
    let parent = session.add(Parent::builder().texts([("a", "1"), ("b", "2")])).unwrap();
    let texts = parent.texts();
    assert_eq!(parent.notes().get("b").unwrap().unwrap().keyword().unwrap(), "b");
    session.commit().unwrap();
    assert_eq!(texts.get("a").unwrap().as_deref(), Some("1"));
    assert!(texts.contains_key("b").unwrap() && !texts.contains_key("c").unwrap());
    assert_eq!(texts.get("c").unwrap(), None);
    let b = parent.notes().get("b").unwrap().unwrap();
    assert_eq!(texts.insert("b", "3").unwrap(), b);
    texts.insert("c", "4").unwrap();
    assert_eq!(texts.get_or_insert("c", "5").unwrap(), "4");
    assert_eq!(texts.get_or_insert("d", "5").unwrap(), "5");
    let owned = |pairs: [(&str, &str); 4]| pairs.map(|(key, text)| (key.to_owned(), text.to_owned()));
    let pairs: Vec<(String, String)> = texts.iter().unwrap().collect();
    assert_eq!(pairs, owned([("a", "1"), ("b", "3"), ("c", "4"), ("d", "5")]));
    assert_eq!(texts.keys().unwrap().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    assert_eq!(texts.values().unwrap().collect::<Vec<_>>(), ["1", "3", "4", "5"]);
    assert_eq!((texts.remove("a").unwrap().as_deref(), texts.remove("a").unwrap()), (Some("1"), None));
    session.commit().unwrap();
    db.sql();
    // What has its key stays, with another text; the rest goes.
    texts.replace([("b", "3"), ("c", "C"), ("e", "6")]).unwrap();
    texts.extend([("f", "7")]).unwrap();
    assert_eq!(texts.items().get("b").unwrap(), Some(b));
    session.commit().unwrap();
    expect![[r#"
        SELECT "id" FROM "parent" WHERE "id" = ? [1]
        SELECT "proxied_note"."id", "proxied_note"."keyword", "proxied_note"."text", "proxied_note"."parent_id" FROM "proxied_note" WHERE ? = "proxied_note"."parent_id" ORDER BY "proxied_note"."id" [1]
        UPDATE "proxied_note" SET "text" = ? WHERE "id" = ? ['C', 3]
        INSERT INTO "proxied_note" ("keyword", "text", "parent_id") VALUES (?, ?, ?) ['e', '6', 1]
        INSERT INTO "proxied_note" ("keyword", "text", "parent_id") VALUES (?, ?, ?) ['f', '7', 1]
        DELETE FROM "proxied_note" WHERE "id" = ? [4]
    "#]].assert_eq(&db.sql());
    parent.set_texts([("z", "9")]).unwrap();
    assert_eq!((texts.len().unwrap(), texts.is_empty().unwrap()), (1, false));
    texts.clear().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from proxied_note"), "0\n");
    assert_eq!(format!("{texts:?}"), "Parent#1.notes.text");
}

/// A creator gets the key, and has to keep to it.
#[test]
fn a_creator_of_keyed_objects() {
    let (db, session) = proxies();
    let parent = session.add(Parent::builder().places([((1, 2), 3)])).unwrap();
    parent.places().insert((4, 5), 6).unwrap();
    session.commit().unwrap();
    assert_eq!(parent.places().get(&(4, 5)).unwrap(), Some(6));
    assert_eq!(db.rows("select x, y, number from proxied_spot"), "1|2|3\n4|5|6\n");
    expect!["[bad-key] `Parent.spots`: what was made for the key 7,8 has the key 0,0; help: let the `creator` of the proxy give the object the key that it is called with"].assert_eq(&show(parent.places().insert((7, 8), -1)));
    assert_eq!(parent.places().len().unwrap(), 2);
}

/// Objects as values: reverse sides and cascades are those of the collection that it goes through.
#[test]
fn objects_through_an_association() {
    let (db, session) = proxies();
    let red = session.add(Keyword::builder().keyword("red")).unwrap();
    let ed = session.add(User::builder().name("ed").keywords([&red])).unwrap();
    let blue = Keyword::builder().keyword("blue").into_obj().unwrap();
    let link = ed.keywords().append(&blue).unwrap();
    assert_eq!((link.user().unwrap(), link.keyword().unwrap()), (Some(ed.clone()), Some(blue.clone())));
    // It came into the session by the cascades on the way.
    assert_eq!(Obj::state(&blue), orm::ObjectState::Pending);
    assert_eq!(blue.user_keyword().unwrap(), Some(link));
    session.commit().unwrap();
    let found: Vec<_> = ed.keywords().iter().unwrap().collect();
    assert_eq!(found, [Some(red.clone()), Some(blue.clone())]);
    assert!(ed.keywords().contains(&red).unwrap() && !ed.keywords().contains(None).unwrap());
    assert!(ed.keywords().contains(red.clone()).unwrap());
    ed.keywords().remove(&red).unwrap();
    assert_eq!(ed.keywords().pop().unwrap(), Some(blue));
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "keywords" ("keyword", "singular_id") VALUES (?, ?) ['red', NULL]
        INSERT INTO "keywords" ("keyword", "singular_id") VALUES (?, ?) ['blue', NULL]
        INSERT INTO "users" ("name", "singular_id") VALUES (?, ?) ['ed', NULL]
        INSERT INTO "userkeywords" ("user_id", "keyword_id", "value") VALUES (?, ?, ?) [1, 1, NULL]
        INSERT INTO "userkeywords" ("user_id", "keyword_id", "value") VALUES (?, ?, ?) [1, 2, NULL]
        SELECT "id", "name", "singular_id" FROM "users" WHERE "id" = ? [1]
        SELECT "userkeywords"."id", "userkeywords"."user_id", "userkeywords"."keyword_id", "userkeywords"."value" FROM "userkeywords" WHERE ? = "userkeywords"."user_id" ORDER BY "userkeywords"."id" [1]
        SELECT "id", "keyword", "singular_id" FROM "keywords" WHERE "id" = ? [1]
        SELECT "id", "keyword", "singular_id" FROM "keywords" WHERE "id" = ? [2]
        DELETE FROM "userkeywords" WHERE "id" = ? [1]
        DELETE FROM "userkeywords" WHERE "id" = ? [2]
    "#]].assert_eq(&db.sql());
}

/// A proxy asks for nothing by itself: what a query loads with its objects is what it reads.
#[test]
fn loaded_by_strategies() {
    let (db, session) = proxies();
    let keyword = |text: &str| Keyword::builder().keyword(text).into_obj().unwrap();
    for name in ["ed", "jo"] {
        session.add(User::builder().name(name).keywords([&keyword("red"), &keyword("blue")])).unwrap();
    }
    session.commit().unwrap();
    session.expunge_all();
    db.sql();
    let read = |users: Vec<Obj<User>>| {
        for user in users {
            let keywords: Vec<_> =
                user.keywords().iter().unwrap().map(|one| one.unwrap().keyword().unwrap()).collect();
            assert_eq!(keywords, ["red", "blue"]);
        }
    };
    let path = selectin(User::user_keywords).joined(UserKeyword::keyword);
    read(session.scalars(select(User).options(path)).unwrap().all().unwrap());
    expect![[r#"
        SELECT "users"."id", "users"."name", "users"."singular_id" FROM "users"
        SELECT "userkeywords"."id", "userkeywords"."user_id", "userkeywords"."keyword_id", "userkeywords"."value", "keywords_1"."id", "keywords_1"."keyword", "keywords_1"."singular_id" FROM "userkeywords" LEFT JOIN "keywords" AS "keywords_1" ON "keywords_1"."id" = "userkeywords"."keyword_id" WHERE "userkeywords"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "userkeywords"."id" ['[1,2]']
    "#]].assert_eq(&db.sql());
    session.expunge_all();
    let ed = session.scalars(select(User).filter(User::name.eq("ed"))).unwrap().one().unwrap();
    db.sql();
    assert!(!ed.keywords().is_loaded().unwrap());
    assert_eq!(ed.keywords().len().unwrap(), 2);
    expect![[r#"
        SELECT "userkeywords"."id", "userkeywords"."user_id", "userkeywords"."keyword_id", "userkeywords"."value" FROM "userkeywords" WHERE ? = "userkeywords"."user_id" ORDER BY "userkeywords"."id" [1]
    "#]].assert_eq(&db.sql());
    assert_eq!(ed.keywords().get(1).unwrap().unwrap().unwrap().keyword().unwrap(), "blue");
    expect![[r#"
        SELECT "id", "keyword", "singular_id" FROM "keywords" WHERE "id" = ? [2]
    "#]]
    .assert_eq(&db.sql());
}

/// An object outlives the handle of what it is of.
#[test]
fn a_proxy_keeps_its_object() {
    let (_db, session) = proxies();
    let list = session.add(Parent::builder().names(["a"])).unwrap().names();
    session.commit().unwrap();
    session.expire_all().unwrap();
    assert_eq!(names(&list), ["a"]);
    assert_eq!(names(&list.clone()), ["a"]);
}

/// What a rollback takes back is taken back of what a proxy shows.
#[test]
fn taken_back() {
    let (db, session) = proxies();
    let parent = session.add(Parent::builder().names(["a"])).unwrap();
    session.commit().unwrap();
    let savepoint = session.begin_nested().unwrap();
    parent.set_names(["b", "a"]).unwrap();
    session.flush().unwrap();
    savepoint.rollback().unwrap();
    assert_eq!(names(&parent.names()), ["a"]);
    session.commit().unwrap();
    // A flush that fails leaves what was changed to be taken back.
    db.run("create unique index one_name on proxied_child (name)");
    parent.names().append("a").unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    session.rollback().unwrap();
    assert_eq!(names(&parent.names()), ["a"]);
}

/// What is added to a list needn't know what the others lead to.
#[test]
fn a_list_grows_without_reading_its_values() {
    let (db, session) = proxies();
    let keywords = ["red", "blue"].map(|keyword| session.add(Keyword::builder().keyword(keyword)).unwrap());
    let ed = session.add(User::builder().name("ed").keywords([&keywords[0]])).unwrap();
    session.commit().unwrap();
    session.expunge_all();
    drop((ed, keywords));
    let ed = session.get_one::<User>(1).unwrap();
    let blue = session.get_one::<Keyword>(2).unwrap();
    assert_eq!(ed.user_keywords().len().unwrap(), 1);
    assert_eq!(blue.user_keyword().unwrap(), None);
    db.sql();
    ed.keywords().extend([&blue]).unwrap();
    assert_eq!(db.sql(), "");
    assert_eq!(ed.keywords().len().unwrap(), 2);
}
