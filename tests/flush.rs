//! Flushing: which statements run, in which order.

use std::cell::RefCell;
use std::rc::Rc;

use expect_test::{Expect, expect};
use orm::IntoObj;
use orm::prelude::*;
use orm::{Code, ObjectState, SessionConfig};
use tests::models::*;
use tests::{Db, code, show};

#[path = "flush/moved_rows.rs"]
mod moved_rows;
#[path = "flush/natural_keys.rs"]
mod natural_keys;

#[path = "flush/circles.rs"]
mod circles;
#[path = "flush/cycles.rs"]
mod cycles;
#[path = "flush/default_expressions.rs"]
mod default_expressions;
#[path = "flush/events.rs"]
mod events;
#[path = "flush/large_heard.rs"]
mod large_heard;
#[path = "flush/linked_keys.rs"]
mod linked_keys;
#[path = "flush/listening.rs"]
mod listening;
#[path = "flush/loaded_heard.rs"]
mod loaded_heard;
#[path = "flush/made.rs"]
mod made;
#[path = "flush/said_of_columns.rs"]
mod said_of_columns;
#[path = "flush/schemas.rs"]
mod schemas;
#[path = "flush/sessions_heard.rs"]
mod sessions_heard;
#[path = "flush/statements_heard.rs"]
mod statements_heard;
#[path = "flush/states_heard.rs"]
mod states_heard;
#[path = "flush/unit_of_work.rs"]
mod unit_of_work;
#[path = "flush/versions.rs"]
mod versions;
#[path = "flush/versions_posted.rs"]
mod versions_posted;
#[path = "flush/versions_server.rs"]
mod versions_server;

/// Flushes, and states what ran.
fn flush(db: &Db, session: &Session, expected: Expect) {
    db.sql();
    session.flush().unwrap();
    expected.assert_eq(&db.sql());
}

/// Runs SQL on the session's own connection.
fn in_transaction(session: &Session, sql: &str) {
    session.connection().unwrap().execute_batch(sql).unwrap();
}

fn user(name: &str) -> UserBuilder {
    User::builder().name(name)
}

fn node(name: &str) -> Obj<Node> {
    Node::builder().name(name).into_obj().unwrap()
}

// ---- inserts ----

#[test]
fn tables_in_the_order_of_their_keys_and_rows_in_the_order_they_came() {
    let db = Db::new();
    let session = db.session();
    // The children first, and the link before either end.
    session.add(Address::builder().email("a1").user(user("ed"))).unwrap();
    session.add(Order::builder().note("o1").items([Item::builder().name("i1")]).user(user("jack"))).unwrap();
    session
        .add(user("mary").addresses([Address::builder().email("a2"), Address::builder().email("a3")]))
        .unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['ed', NULL]
        INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['jack', NULL]
        INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['mary', NULL]
        INSERT INTO "item" ("name") VALUES (?) ['i1']
        INSERT INTO "address" ("email", "user_id") VALUES (?, ?) ['a1', 1]
        INSERT INTO "address" ("email", "user_id") VALUES (?, ?) ['a2', 3]
        INSERT INTO "address" ("email", "user_id") VALUES (?, ?) ['a3', 3]
        INSERT INTO "orders" ("note", "user_id") VALUES (?, ?) ['o1', 2]
        INSERT INTO "order_item" ("item_id", "order_id") VALUES (?, ?) [1, 1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select email, user_id from address"), "'a1'|1\n'a2'|3\n'a3'|3\n");
}

/// As in SQLAlchemy, an object's place is how many new ones there were when it came.
#[test]
fn new_objects_that_leave_give_their_places_to_others() {
    let db = Db::new();
    let session = db.session();
    let items = ["a", "b", "c", "d"].map(|name| session.add(Item::builder().name(name)).unwrap());
    items[..3].iter().for_each(|item| session.expunge(item).unwrap());
    session.add(Item::builder().name("e")).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "item" ("name") VALUES (?) ['e']
        INSERT INTO "item" ("name") VALUES (?) ['d']
    "#]],
    );
}

#[test]
fn generated_keys_are_carried_through_three_levels() {
    let db = Db::new();
    let session = db.session();
    let root = node("root");
    let child = root.children().append(Node::builder().name("child")).unwrap();
    child.children().append(Node::builder().name("grandchild")).unwrap();
    session.add(child.children().get(0).unwrap().unwrap()).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "node" ("name", "parent_id") VALUES (?, ?) ['root', NULL]
        INSERT INTO "node" ("name", "parent_id") VALUES (?, ?) ['child', 1]
        INSERT INTO "node" ("name", "parent_id") VALUES (?, ?) ['grandchild', 2]
    "#]],
    );
    assert_eq!((root.id().unwrap(), child.parent_id().unwrap()), (1, Some(1)));
}

#[test]
fn values_and_defaults() {
    let db = Db::new();
    let session = db.session();
    session.add(Keyword::builder().word("a")).unwrap();
    session.add(Keyword::builder().word("b").weight(1).state("old")).unwrap();
    session.add(Keyword::builder().word("c").weight(2).rank(3)).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "keyword" ("word", "rank", "weight") VALUES (?, ?, ?) ['a', NULL, 7]
        INSERT INTO "keyword" ("word", "rank", "weight", "state") VALUES (?, ?, ?, ?) ['b', NULL, 1, 'old']
        INSERT INTO "keyword" ("word", "rank", "weight") VALUES (?, ?, ?) ['c', 3, 2]
    "#]],
    );
    let a = session.get_one::<Keyword>("a").unwrap();
    assert_eq!((a.weight().unwrap(), a.state().unwrap()), (7, "fresh".to_owned()));
    let loaded = db.sql();
    expect![[r#"
        SELECT "word", "rank", "weight", "state" FROM "keyword" WHERE "word" = ? ['a']
    "#]]
    .assert_eq(&loaded);
}

#[test]
fn given_keys() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(user("ed").id(40)).unwrap();
    let next = session.add(user("next")).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "user_account" ("id", "name", "fullname") VALUES (?, ?, ?) [40, 'ed', NULL]
        INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['next', NULL]
    "#]],
    );
    assert_eq!((ed.id().unwrap(), next.id().unwrap()), (40, 41));
}

/// A class with a default that runs what a test gives it.
mod jobs {
    use std::cell::RefCell;

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Jobs
    );

    #[derive(Mapped)]
    #[mapped(registry = Jobs)]
    pub struct Job {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[column(default = rank())]
        pub rank: i64,
    }

    thread_local! {
        pub static RANK: RefCell<Option<Box<dyn FnOnce() -> i64>>> = RefCell::default();
    }

    fn rank() -> i64 {
        RANK.take().map_or(7, |rank| rank())
    }
}

#[test]
fn defaults_are_filled_in_before_a_class_is_written() {
    use jobs::{Job, Jobs, RANK};

    let db = Rc::new(Db::empty());
    Jobs::create_all(&db.engine).unwrap();
    let session = db.session();
    let old = session.add(Job::builder().name("old").rank(1)).unwrap();
    session.flush().unwrap();
    old.set_rank(2).unwrap();
    session.add(Job::builder().name("given").rank(3)).unwrap();
    session.add(Job::builder().name("first")).unwrap();
    session.add(Job::builder().name("second")).unwrap();
    let before = Rc::new(RefCell::new(None));
    RANK.set(Some(Box::new({
        let (db, before) = (Rc::clone(&db), Rc::clone(&before));
        move || {
            *before.borrow_mut() = Some(db.sql());
            8
        }
    })));
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "job" SET "rank" = ? WHERE "id" = ? [2, 1]
            INSERT INTO "job" ("name", "rank") VALUES (?, ?) ['given', 3]
            INSERT INTO "job" ("name", "rank") VALUES (?, ?) ['first', 8]
            INSERT INTO "job" ("name", "rank") VALUES (?, ?) ['second', 7]
        "#]],
    );
    assert_eq!(before.take().as_deref(), Some(""));
}

#[test]
fn what_runs_in_a_flush_can_not_end_it() {
    use jobs::{Job, Jobs, RANK};

    let db = Db::empty();
    Jobs::create_all(&db.engine).unwrap();
    let session = Rc::new(db.session());
    let added = Rc::new(RefCell::new(None));
    session.add(Job::builder().name("first")).unwrap();
    RANK.set(Some(Box::new({
        let (session, added) = (Rc::clone(&session), Rc::clone(&added));
        move || {
            assert_eq!(code(session.flush()), Code::WrongState);
            assert_eq!(code(session.commit()), Code::WrongState);
            assert_eq!(code(session.rollback()), Code::WrongState);
            assert_eq!(code(session.begin_nested().map(drop)), Code::WrongState);
            *added.borrow_mut() = Some(session.add(Job::builder().name("second")).unwrap());
            9
        }
    })));
    flush(
        &db,
        &session,
        expect![[r#"
            INSERT INTO "job" ("name", "rank") VALUES (?, ?) ['first', 9]
        "#]],
    );
    // What was added waits for the next flush.
    let added = added.take().unwrap();
    assert_eq!(Obj::state(&added), ObjectState::Pending);
    flush(
        &db,
        &session,
        expect![[r#"
            INSERT INTO "job" ("name", "rank") VALUES (?, ?) ['second', 7]
        "#]],
    );
}

/// As where SQLAlchemy inserts several rows by one statement.
#[test]
fn a_failed_insert_takes_back_the_keys_of_the_rows_before_it() {
    let db = Db::new();
    let session = db.session();
    in_transaction(
        &session,
        "create trigger no before insert on item when new.name = 'bad' begin select raise(abort, 'no'); end",
    );
    session.commit().unwrap();
    let (root, good) =
        (session.add(node("root")).unwrap(), session.add(Item::builder().name("good")).unwrap());
    let bad = session.add(Item::builder().name("bad")).unwrap();
    session.flush().unwrap_err();
    session.rollback().unwrap();
    assert_eq!(code(good.id()), Code::Unset);
    session.expunge_all();
    session.add(Item::builder().name("other")).unwrap();
    session.flush().unwrap();
    bad.set_name("better").unwrap();
    session.add_all([&good, &bad]).unwrap();
    session.add(&root).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select id, name from item"), "1|'other'\n2|'good'\n3|'better'\n");
}

#[test]
fn a_key_that_is_missing_is_an_error() {
    let db = Db::new();
    let session = db.session();
    session.add(Keyword::builder().rank(1)).unwrap();
    expect!["[integrity] `Keyword.word`: NOT NULL constraint failed: keyword.word"]
        .assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    session.add(Address::builder().email("nobody's")).unwrap();
    expect!["[integrity] `Address.user_id`: NOT NULL constraint failed: address.user_id"]
        .assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    assert!(!session.is_dirty());
}

// ---- updates ----

#[test]
fn only_changed_columns_are_written() {
    let db = Db::new();
    let session = db.session();
    let (ed, jack) = (session.add(user("ed")).unwrap(), session.add(user("jack")).unwrap());
    session.flush().unwrap();
    jack.set_fullname("Jack J").unwrap();
    ed.set_fullname("Ed Jones").unwrap();
    ed.set_name("edward").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "user_account" SET "name" = ?, "fullname" = ? WHERE "id" = ? ['edward', 'Ed Jones', 1]
        UPDATE "user_account" SET "fullname" = ? WHERE "id" = ? ['Jack J', 2]
    "#]],
    );
}

#[test]
fn no_net_change_writes_nothing() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(user("ed").addresses([Address::builder().email("e")])).unwrap();
    session.flush().unwrap();
    ed.set_name("other").unwrap();
    ed.set_name("ed").unwrap();
    let address = ed.addresses().pop().unwrap();
    ed.addresses().append(&address).unwrap();
    assert!(session.is_dirty());
    flush(&db, &session, expect![""]);
    assert!(!session.is_dirty());
}

#[test]
fn changes_of_a_class_are_written_in_the_order_of_keys() {
    let db = Db::new();
    let session = db.session();
    let users: Vec<_> = (1..=3).map(|n| session.add(user(&n.to_string())).unwrap()).collect();
    session.flush().unwrap();
    for user in users.iter().rev() {
        user.set_name("x").unwrap();
    }
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['x', 1]
        UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['x', 2]
        UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['x', 3]
    "#]],
    );
    session.no_autoflush(|session| users.iter().rev().try_for_each(|user| session.delete(user))).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE "orders"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "orders"."id" ['[1,2,3]']
            SELECT "profile"."id", "profile"."text", "profile"."user_id" FROM "profile" WHERE "profile"."user_id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
            DELETE FROM "user_account" WHERE "id" = ? [1]
            DELETE FROM "user_account" WHERE "id" = ? [2]
            DELETE FROM "user_account" WHERE "id" = ? [3]
        "#]],
    );
}

#[test]
fn a_changed_key_is_carried_to_those_that_refer_to_it() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(user("ed").orders([Order::builder().note("o")])).unwrap();
    session.commit().unwrap();
    let order = ed.orders().get(0).unwrap().unwrap();
    ed.set_id(5).unwrap();
    db.sql();
    // SQLite checks at once: nobody may refer to the old key, and the new one isn't there yet.
    assert_eq!(code(session.flush()), Code::Integrity);
    session.rollback().unwrap();
    ed.orders().clear().unwrap();
    session.flush().unwrap();
    ed.set_id(5).unwrap();
    ed.orders().append(&order).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "user_account" SET "id" = ? WHERE "id" = ? [5, 1]
        UPDATE "orders" SET "user_id" = ? WHERE "id" = ? [5, 1]
    "#]],
    );
    assert_eq!((format!("{ed:?}"), order.user_id().unwrap()), ("User#5".to_owned(), Some(5)));
}

#[test]
fn a_foreign_key_that_is_set_directly_counts_at_the_next_load() {
    let db = Db::new();
    let session = db.session();
    let (ed, jack) = (session.add(user("ed")).unwrap(), session.add(user("jack")).unwrap());
    let order = session.add(Order::builder().user(&ed)).unwrap();
    session.flush().unwrap();
    order.set_user_id(jack.id().unwrap()).unwrap();
    assert_eq!(order.user().unwrap(), Some(ed.clone()));
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "orders" SET "user_id" = ? WHERE "id" = ? [2, 1]
    "#]],
    );
    assert_eq!(order.user().unwrap(), Some(ed), "until it is expired");
    session.commit().unwrap();
    assert_eq!(order.user().unwrap(), Some(jack));
}

// ---- relationships ----

#[test]
fn moving_a_child_writes_its_key_once() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(user("ed").addresses([Address::builder().email("e")])).unwrap();
    let jack = session.add(user("jack")).unwrap();
    session.flush().unwrap();
    let address = ed.addresses().get(0).unwrap().unwrap();
    jack.addresses().append(&address).unwrap();
    assert_eq!(ed.addresses().len().unwrap(), 0);
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "address" SET "user_id" = ? WHERE "id" = ? [2, 1]
    "#]],
    );
}

#[test]
fn orphans_are_deleted() {
    let db = Db::new();
    let session = db.session();
    let ed = session
        .add(user("ed").addresses([Address::builder().email("e"), Address::builder().email("f")]))
        .unwrap();
    session.flush().unwrap();
    let gone = ed.addresses().pop().unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        DELETE FROM "address" WHERE "id" = ? [2]
    "#]],
    );
    assert_eq!(Obj::state(&gone), ObjectState::Deleted);
    // One that was never flushed just leaves.
    let new = ed.addresses().append(Address::builder().email("new")).unwrap();
    ed.addresses().remove(&new).unwrap();
    flush(&db, &session, expect![""]);
    assert_eq!(Obj::state(&new), ObjectState::Transient);
}

/// As in SQLAlchemy, a new object that lost its parent while that wasn't in the session leaves with the next flush.
#[test]
fn a_flush_that_only_lets_orphans_go_begins_no_transaction() {
    let db = Db::with_transactions();
    let session = db.session();
    let address = session.add(Address::builder().email("e")).unwrap();
    let ed = user("ed").into_obj().unwrap();
    ed.addresses().append(&address).unwrap();
    ed.addresses().remove(&address).unwrap();
    assert_eq!(Obj::state(&address), ObjectState::Pending);
    flush(&db, &session, expect![""]);
    assert_eq!(Obj::state(&address), ObjectState::Transient);
    assert!(!session.contains(&ed));
}

#[test]
fn children_without_the_cascade_lose_their_key() {
    let db = Db::new();
    let session = db.session();
    let ed =
        session.add(user("ed").orders([Order::builder().note("a"), Order::builder().note("b")])).unwrap();
    session.flush().unwrap();
    let first = ed.orders().get(0).unwrap().unwrap();
    ed.orders().remove(&first).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "orders" SET "user_id" = ? WHERE "id" = ? [NULL, 1]
    "#]],
    );
    session.delete(&ed).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "profile"."id", "profile"."text", "profile"."user_id" FROM "profile" WHERE ? = "profile"."user_id" [1]
        UPDATE "orders" SET "user_id" = ? WHERE "id" = ? [NULL, 2]
        DELETE FROM "user_account" WHERE "id" = ? [1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select note, user_id from orders"), "'a'|NULL\n'b'|NULL\n");
}

#[test]
fn deleting_a_parent_deletes_what_the_cascade_reaches() {
    let db = Db::new();
    let session = db.session();
    let ed = session
        .add(user("ed").addresses([Address::builder().email("e"), Address::builder().email("f")]))
        .unwrap();
    session.commit().unwrap();
    db.sql();
    session.delete(&ed).unwrap();
    session.flush().unwrap();
    expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
        SELECT "profile"."id", "profile"."text", "profile"."user_id" FROM "profile" WHERE ? = "profile"."user_id" [1]
        DELETE FROM "address" WHERE "id" = ? [1]
        DELETE FROM "address" WHERE "id" = ? [2]
        DELETE FROM "user_account" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
}

#[test]
fn a_key_that_is_an_identity_is_not_blanked_out() {
    let db = Db::empty();
    assoc::Zoo::create_all(&db.engine).unwrap();
    let session = db.session();
    let part = assoc::Part::builder().count(2).product(assoc::Product::default());
    let whole = session.add(assoc::Whole::builder().parts([part])).unwrap();
    session.commit().unwrap();
    whole.parts().pop().unwrap();
    expect![[r#"[blanked-key] `Part.whole_id`: Part#1,1 lost its parent, but the foreign key is part of its primary key; help: delete the object, or have `Whole.parts` do it by `cascade = "all, delete-orphan"`"#]].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    assert_eq!(whole.parts().len().unwrap(), 1);
}

mod assoc {
    //! An association object whose key consists of foreign keys, without a cascade that deletes it.

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Zoo
    );

    #[derive(Mapped, Default)]
    #[mapped(registry = Zoo)]
    pub struct Whole {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(back_populates = "whole")]
        pub parts: Many<Part>,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = Zoo)]
    pub struct Part {
        #[column(primary_key, foreign_key = Whole::id)]
        pub whole_id: i64,
        #[column(primary_key, foreign_key = Product::id)]
        pub product_id: i64,
        pub count: i64,
        #[relationship(back_populates = "parts")]
        pub whole: One<Whole>,
        #[relationship]
        pub product: One<Product>,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = Zoo)]
    pub struct Product {
        #[column(primary_key)]
        pub id: i64,
    }
}

#[test]
fn association_objects() {
    let db = Db::empty();
    assoc::Zoo::create_all(&db.engine).unwrap();
    let session = db.session();
    let (one, two) = (assoc::Product::default(), assoc::Product::default());
    let parts = [assoc::Part::builder().count(2).product(one), assoc::Part::builder().count(3).product(two)];
    let whole = session.add(assoc::Whole::builder().parts(parts)).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "product" DEFAULT VALUES
        INSERT INTO "product" DEFAULT VALUES
        INSERT INTO "whole" DEFAULT VALUES
        INSERT INTO "part" ("whole_id", "product_id", "count") VALUES (?, ?, ?) [1, 1, 2]
        INSERT INTO "part" ("whole_id", "product_id", "count") VALUES (?, ?, ?) [1, 2, 3]
    "#]],
    );
    let part = session.get_one::<assoc::Part>((1, 2)).unwrap();
    assert_eq!((part.count().unwrap(), part.whole().unwrap()), (3, whole));
}

#[test]
fn links_are_written_once_for_both_sides() {
    let db = Db::new();
    let session = db.session();
    let order =
        session.add(Order::builder().items([Item::builder().name("a"), Item::builder().name("b")])).unwrap();
    let first = order.items().get(0).unwrap().unwrap();
    assert_eq!(first.orders().get(0).unwrap(), Some(order.clone()));
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "item" ("name") VALUES (?) ['a']
        INSERT INTO "item" ("name") VALUES (?) ['b']
        INSERT INTO "orders" ("note", "user_id") VALUES (?, ?) [NULL, NULL]
        INSERT INTO "order_item" ("item_id", "order_id") VALUES (?, ?) [1, 1]
        INSERT INTO "order_item" ("item_id", "order_id") VALUES (?, ?) [2, 1]
    "#]],
    );
    let other = session.add(Order::builder()).unwrap();
    first.orders().append(&other).unwrap();
    order.items().remove(&first).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "orders" ("note", "user_id") VALUES (?, ?) [NULL, NULL]
        DELETE FROM "order_item" WHERE "item_id" = ? AND "order_id" = ? [1, 1]
        INSERT INTO "order_item" ("item_id", "order_id") VALUES (?, ?) [1, 2]
    "#]],
    );
    session.commit().unwrap();
    session.delete(&order).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "id", "note", "user_id" FROM "orders" WHERE "id" = ? [1]
        SELECT "item"."id", "item"."name" FROM "item", "order_item" WHERE ? = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" ORDER BY "item"."id" [1]
        DELETE FROM "order_item" WHERE "order_id" = ? AND "item_id" = ? [1, 2]
        DELETE FROM "orders" WHERE "id" = ? [1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select * from order_item"), "2|1\n");
    assert_eq!(db.rows("select name from item"), "'a'\n'b'\n");
}

#[test]
fn changes_of_an_unloaded_collection_load_nothing() {
    let db = Db::new();
    let session = db.session();
    session.add(user("ed").orders([Order::builder().note("a")])).unwrap();
    session.commit().unwrap();
    let ed = session.get_one::<User>(1).unwrap();
    let order = Order::builder().note("b").user(&ed).into_obj().unwrap();
    session.add(&order).unwrap();
    assert!(!ed.orders().is_loaded().unwrap());
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "orders" ("note", "user_id") VALUES (?, ?) ['b', 1]
    "#]],
    );
    assert!(!ed.orders().is_loaded().unwrap());
    assert_eq!(ed.orders().len().unwrap(), 2);
}

#[test]
fn one_to_one_lets_go_of_the_former() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(user("ed").profile(Profile::builder().text("old"))).unwrap();
    session.flush().unwrap();
    let old = ed.profile().unwrap().unwrap();
    ed.set_profile(Profile::builder().text("new")).unwrap();
    assert_eq!(old.user().unwrap(), None);
    // Updates come before inserts, so that the unique key is free.
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "profile" SET "user_id" = ? WHERE "id" = ? [NULL, 1]
        INSERT INTO "profile" ("text", "user_id") VALUES (?, ?) ['new', 1]
    "#]],
    );
    let old = ed.profile().unwrap().unwrap();
    ed.set_profile(None).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "profile" SET "user_id" = ? WHERE "id" = ? [NULL, 2]
    "#]],
    );
    assert_eq!(old.user_id().unwrap(), None);
}

// ---- rows of one table that depend on each other ----

#[test]
fn a_tree_is_inserted_from_the_root_and_deleted_from_the_leaves() {
    let db = Db::new();
    let session = db.session();
    let (root, a, b, leaf) = (node("root"), node("a"), node("b"), node("leaf"));
    for object in [&leaf, &b, &a, &root] {
        session.add(object).unwrap();
    }
    leaf.set_parent(&b).unwrap();
    root.children().extend([&a, &b]).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "node" ("name", "parent_id") VALUES (?, ?) ['root', NULL]
        INSERT INTO "node" ("name", "parent_id") VALUES (?, ?) ['b', 1]
        INSERT INTO "node" ("name", "parent_id") VALUES (?, ?) ['a', 1]
        INSERT INTO "node" ("name", "parent_id") VALUES (?, ?) ['leaf', 2]
    "#]],
    );
    for object in [&root, &a, &b, &leaf] {
        session.delete(object).unwrap();
    }
    flush(
        &db,
        &session,
        expect![[r#"
            SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."parent_id" IN (SELECT +value FROM json_each(?)) ORDER BY "node"."id" ['[3,4]']
            DELETE FROM "node" WHERE "id" = ? [3]
            DELETE FROM "node" WHERE "id" = ? [4]
            DELETE FROM "node" WHERE "id" = ? [2]
            DELETE FROM "node" WHERE "id" = ? [1]
        "#]],
    );
}

#[test]
fn moving_within_a_tree() {
    let db = Db::new();
    let session = db.session();
    let (root, a, b) = (node("root"), node("a"), node("b"));
    root.children().append(&a).unwrap();
    a.children().append(&b).unwrap();
    session.add(&root).unwrap();
    session.commit().unwrap();
    b.set_parent(&root).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "id", "name", "parent_id" FROM "node" WHERE "id" = ? [1]
        SELECT "id", "name", "parent_id" FROM "node" WHERE "id" = ? [3]
        UPDATE "node" SET "parent_id" = ? WHERE "id" = ? [1, 3]
    "#]],
    );
    // Turned over at once, each row would have to wait for another one: in two flushes it works.
    b.set_parent(None).unwrap();
    root.set_parent(&b).unwrap();
    assert_eq!(code(session.flush()), Code::CircularDependency);
    session.rollback().unwrap();
    b.set_parent(None).unwrap();
    session.flush().unwrap();
    root.set_parent(&b).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name, parent_id from node"), "'root'|3\n'a'|1\n'b'|NULL\n");
}

#[test]
fn a_circle_of_new_rows_is_an_error() {
    let db = Db::new();
    let session = db.session();
    let (a, b) = (node("a"), node("b"));
    a.children().append(&b).unwrap();
    b.children().append(&a).unwrap();
    session.add(&a).unwrap();
    expect!["[circular-dependency] `Node`: Node(new) can't be written before rows that need it first; help: give `Node.parent` and `Node.children` `post_update`, or write one of the references in a later flush"].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    assert_eq!((Obj::state(&a), Obj::state(&b)), (ObjectState::Transient, ObjectState::Transient));
    // Mended, it is written.
    a.set_parent(None).unwrap();
    session.add(&a).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name, parent_id from node"), "'a'|NULL\n'b'|1\n");
}

#[test]
fn a_row_that_refers_to_itself() {
    let db = Db::new();
    let session = db.session();
    let own = session.add(node("own")).unwrap();
    session.commit().unwrap();
    own.set_parent(&own).unwrap();
    // As in SQLAlchemy, by the object it is a circle; by the key it can be written.
    assert_eq!(code(session.flush()), Code::CircularDependency);
    session.rollback().unwrap();
    own.set_parent_id(own.id().unwrap()).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "node" SET "parent_id" = ? WHERE "id" = ? [1, 1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(own.parent().unwrap(), Some(own.clone()));
    assert_eq!(own.children().iter().unwrap().next(), Some(own));
}

// ---- row switch, stale data ----

#[test]
fn a_row_that_is_deleted_and_added_again_is_updated() {
    let db = Db::new();
    let session = db.session();
    let old = session.add(Keyword::builder().word("a").rank(1).weight(5)).unwrap();
    session.commit().unwrap();
    session.delete(&old).unwrap();
    let new = session.add(Keyword::builder().word("a").rank(2)).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            SELECT "word", "rank", "weight", "state" FROM "keyword" WHERE "word" = ? ['a']
            UPDATE "keyword" SET "rank" = ?, "weight" = ?, "state" = ('fresh') WHERE "word" = ? [2, 7, 'a']
        "#]],
    );
    assert_eq!(session.get_one::<Keyword>("a").unwrap(), new);
    session.commit().unwrap();
    assert_eq!(Obj::state(&old), ObjectState::Detached);
    assert_eq!(db.rows("select word, rank, weight from keyword"), "'a'|2|7\n");
}

/// SQLAlchemy 2.1.9 deletes the row at the end all the same.
#[test]
fn a_row_that_is_added_again_stays_where_the_class_depends_on_itself() {
    let db = Db::new();
    let session = db.session();
    let old = session.add(node("old")).unwrap();
    session.commit().unwrap();
    session.delete(&old).unwrap();
    session.add(Node::builder().id(1).name("new").parent(node("root"))).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            SELECT "id", "name", "parent_id" FROM "node" WHERE "id" = ? [1]
            SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" ORDER BY "node"."id" [1]
            INSERT INTO "node" ("name", "parent_id") VALUES (?, ?) ['root', NULL]
            UPDATE "node" SET "name" = ?, "parent_id" = ? WHERE "id" = ? ['new', 2, 1]
        "#]],
    );
    let rows = db.rows_in(&session, "select id, name, parent_id from node");
    assert_eq!(rows, "1|'new'|2\n2|'root'|NULL\n");
}

#[test]
fn an_update_of_a_row_that_is_gone_is_stale() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(user("ed")).unwrap();
    session.commit().unwrap();
    ed.name().unwrap();
    ed.set_name("changed").unwrap();
    in_transaction(&session, "delete from user_account");
    expect!["[stale-data] `User`: an update of 1 row(s) in `user_account` matched 0; help: somebody else changed or deleted the row: roll back and load it again"].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    assert_eq!(ed.name().unwrap(), "ed");
}

#[test]
fn a_delete_of_a_row_that_is_gone_is_no_error() {
    let db = Db::new();
    let session = db.session();
    let item = session.add(Item::builder().name("i")).unwrap();
    session.commit().unwrap();
    item.name().unwrap();
    session.delete(&item).unwrap();
    session.commit().unwrap();
    let item = session.add(Item::builder().name("i")).unwrap();
    session.flush().unwrap();
    in_transaction(&session, "delete from item");
    session.delete(&item).unwrap();
    session.commit().unwrap();
    assert_eq!(Obj::state(&item), ObjectState::Detached);
}

/// Rows that are updated alike are a group: their keys are known before the first of them is written.
#[test]
fn an_expired_object_whose_row_is_gone_ends_the_flush_before_its_group_is_written() {
    let db = Db::new();
    let session = db.session();
    let users = ["ed", "jack", "mary"].map(|name| session.add(user(name)).unwrap());
    session.commit().unwrap();
    db.run("delete from user_account where name = 'mary'");
    users.iter().for_each(|user| user.set_name("changed").unwrap());
    db.sql();
    expect!["[object-deleted] `User`: the row of User#3 is gone; help: somebody else deleted it; expunge the object"].assert_eq(&show(session.flush()));
    expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [2]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [3]
    "#]]
    .assert_eq(&db.sql());
    session.rollback().unwrap();
    // The first of the next group is looked at before the group is written.
    users[0].set_name("changed").unwrap();
    users[1].set_fullname("Jack".to_owned()).unwrap();
    users[2].set_name("changed").unwrap();
    db.sql();
    assert_eq!(code(session.flush()), Code::ObjectDeleted);
    expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [2]
        UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['changed', 1]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [3]
    "#]]
    .assert_eq(&db.sql());
    session.rollback().unwrap();
}

#[test]
fn the_keys_of_expired_objects_are_loaded_in_their_order_when_they_are_deleted() {
    let db = Db::new();
    let session = db.session();
    let words = ["a", "b", "c"].map(|word| session.add(Keyword::builder().word(word)).unwrap());
    session.commit().unwrap();
    db.run("delete from keyword where word <= 'b'");
    words.iter().rev().for_each(|word| session.delete(word).unwrap());
    db.sql();
    expect!["[object-deleted] `Keyword`: the row of Keyword#'a' is gone; help: somebody else deleted it; expunge the object"].assert_eq(&show(session.flush()));
    expect![[r#"
        SELECT "word", "rank", "weight", "state" FROM "keyword" WHERE "word" = ? ['a']
    "#]]
    .assert_eq(&db.sql());
    session.rollback().unwrap();
}

#[test]
fn new_objects_that_take_over_rows_are_written_before_changed_ones() {
    let db = Db::new();
    let session = db.session();
    let old = ["a", "b"].map(|word| session.add(Keyword::builder().word(word).rank(1)).unwrap());
    session.commit().unwrap();
    old[0].set_rank(2).unwrap();
    session.delete(&old[1]).unwrap();
    session.add(Keyword::builder().word("b").rank(3)).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "word", "rank", "weight", "state" FROM "keyword" WHERE "word" = ? ['b']
        SELECT "word", "rank", "weight", "state" FROM "keyword" WHERE "word" = ? ['a']
        UPDATE "keyword" SET "rank" = ?, "weight" = ?, "state" = ('fresh') WHERE "word" = ? [3, 7, 'b']
        UPDATE "keyword" SET "rank" = ? WHERE "word" = ? [2, 'a']
    "#]],
    );
}

/// A new object that takes over a row holds what the row holds, as if that had been inserted. SQLAlchemy writes what is set
/// alone, and what was set before a rollback not at all.
#[test]
fn a_row_that_is_taken_over_is_as_a_new_one() {
    let db = Db::new();
    let session = db.session();
    let old = Keyword::builder().word("a").rank(1).weight(8).state("old");
    let old = session.add(old).unwrap();
    session.commit().unwrap();
    session.delete(&old).unwrap();
    let new = session.add(Keyword::builder().word("a")).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "word", "rank", "weight", "state" FROM "keyword" WHERE "word" = ? ['a']
        UPDATE "keyword" SET "rank" = ?, "weight" = ?, "state" = ('fresh') WHERE "word" = ? [NULL, 7, 'a']
    "#]],
    );
    assert_eq!((new.rank().unwrap(), new.weight().unwrap()), (None, 7));
    assert_eq!(new.state().unwrap(), "fresh");
    session.commit().unwrap();
    assert_eq!(db.rows("select * from keyword"), "'a'|NULL|7|'fresh'\n");
    // Rows with other defaults are another group.
    session.add_all(["b", "c"].map(|word| Keyword::builder().word(word).state("old"))).unwrap();
    session.commit().unwrap();
    let words = session.scalars(select(Keyword).order_by(Keyword::word)).unwrap().all().unwrap();
    session.delete_all(&words).unwrap();
    session.add(Keyword::builder().word("a").state("new")).unwrap();
    session.add(Keyword::builder().word("b")).unwrap();
    session.add(Keyword::builder().word("c").rank(3).weight(9)).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "keyword" SET "rank" = ?, "weight" = ?, "state" = ? WHERE "word" = ? [NULL, 7, 'new', 'a']
        UPDATE "keyword" SET "rank" = ?, "weight" = ?, "state" = ('fresh') WHERE "word" = ? [NULL, 7, 'b']
        UPDATE "keyword" SET "rank" = ?, "weight" = ?, "state" = ('fresh') WHERE "word" = ? [3, 9, 'c']
    "#]],
    );
    session.commit().unwrap();
    let rows = "'a'|NULL|7|'new'\n'b'|NULL|7|'fresh'\n'c'|3|9|'fresh'\n";
    assert_eq!(db.rows("select * from keyword"), rows);
}

#[test]
fn what_was_set_before_a_rollback_is_written_to_the_row_that_is_taken_over() {
    for (like_sqlalchemy, stored) in [(false, "2|7|'fresh'\n"), (true, "1|8|'old'\n")] {
        let db = Db::new();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let new = session.add(Keyword::builder().word("a").rank(2)).unwrap();
        session.flush().unwrap();
        session.rollback().unwrap();
        assert_eq!(Obj::state(&new), ObjectState::Transient);
        db.run("insert into keyword (word, rank, weight, state) values ('a', 1, 8, 'old')");
        let old = session.get_one::<Keyword>("a").unwrap();
        session.delete(&old).unwrap();
        session.add(&new).unwrap();
        session.commit().unwrap();
        assert_eq!(db.rows("select rank, weight, state from keyword"), stored);
    }
}

/// The key that the object was given is that of the row, and so isn't written to it. (SQLAlchemy looks for the row by the key
/// that the rollback took away, and fails.)
#[test]
fn an_object_of_a_rollback_takes_over_a_row_by_another_key() {
    let db = Db::new();
    db.run("insert into keyword (word, rank, weight, state) values ('b', 1, 8, 'old')");
    let session = Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true));
    let new = session.add(Keyword::builder().word("a").rank(2)).unwrap();
    session.flush().unwrap();
    session.rollback().unwrap();
    let old = session.get_one::<Keyword>("b").unwrap();
    session.delete(&old).unwrap();
    new.set_word("b").unwrap();
    new.set_rank(3).unwrap();
    session.add(&new).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "keyword" SET "rank" = ? WHERE "word" = ? [3, 'b']
    "#]],
    );
}

/// A value that a row can't be without isn't left over from the deleted object.
#[test]
fn a_row_that_is_taken_over_lacks_what_the_new_object_lacks() {
    for (like_sqlalchemy, done) in [(false, Err(Code::Integrity)), (true, Ok(()))] {
        let db = Db::new();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let old = session.add(Item::builder().name("old")).unwrap();
        session.commit().unwrap();
        session.delete(&old).unwrap();
        session.add(Item::builder().id(1)).unwrap();
        assert_eq!(session.commit().map_err(|error| error.code()), done);
        session.rollback().unwrap();
        assert_eq!(db.rows("select id, name from item"), "1|'old'\n");
    }
}

/// In a class of itself, the row that is taken over leads nowhere any more, so what it led to can be deleted.
#[test]
fn a_row_that_is_taken_over_has_no_parent_that_the_new_object_hasnt() {
    let db = Db::new();
    let session = db.session();
    let parent = session.add(Node::builder().id(2).name("parent")).unwrap();
    let child = session.add(Node::builder().id(1).name("child").parent(&parent)).unwrap();
    session.commit().unwrap();
    session.delete(&child).unwrap();
    session.delete(&parent).unwrap();
    let new = session.add(Node::builder().id(1).name("new")).unwrap();
    session.commit().unwrap();
    assert_eq!(new.parent().unwrap(), None);
    assert_eq!(db.rows("select id, name, parent_id from node"), "1|'new'|NULL\n");
}

#[test]
fn a_link_that_is_gone_is_stale() {
    let db = Db::new();
    let session = db.session();
    let order = session.add(Order::builder().items([Item::builder().name("a")])).unwrap();
    session.flush().unwrap();
    in_transaction(&session, "delete from order_item");
    order.items().clear().unwrap();
    expect!["[stale-data] `Item.orders`: a deletion of 1 row(s) in `order_item` matched 0; help: somebody else changed the links, or one stands there twice: roll back and load the collection again"].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
}

// ---- one plan for the same changes ----

#[test]
fn the_same_changes_are_the_same_statements() {
    let run = || {
        let db = Db::new();
        let session = db.session();
        for n in 0..20 {
            let items = (0..n % 4).map(|i| Item::builder().name(format!("{n}-{i}")));
            let order = Order::builder().note(format!("{n}")).items(items);
            session.add(user(&n.to_string()).orders([order]).profile(Profile::builder())).unwrap();
        }
        session.flush().unwrap();
        for user in session.scalars(select(User)).unwrap().all().unwrap() {
            if user.id().unwrap() % 3 == 0 {
                session.delete(&user).unwrap();
            } else {
                user.orders().get(0).unwrap().unwrap().items().clear().unwrap();
            }
        }
        session.commit().unwrap();
        db.sql()
    };
    assert_eq!(run(), run());
}

#[test]
fn what_is_flushed_is_not_flushed_again() {
    let db = Db::new();
    let session = db.session();
    let users: Vec<_> = (0..1000).map(|n| session.add(user(&n.to_string())).unwrap()).collect();
    session.flush().unwrap();
    assert_eq!(db.statements(), 1000);
    assert_eq!(users[999].id().unwrap(), 1000);
    session.flush().unwrap();
    assert_eq!(db.statements(), 0);
}

#[test]
fn several_objects_are_deleted_by_one_flush() {
    let db = Db::new();
    let session = db.session();
    let users = ["ed", "jack"].map(|name| {
        session
            .add(user(name).addresses([Address::builder().email("a"), Address::builder().email("b")]))
            .unwrap()
    });
    session.commit().unwrap();
    db.sql();
    session.delete_all(&users).unwrap();
    let loads = db.sql();
    assert_eq!(loads.lines().filter(|line| line.starts_with("DELETE")).count(), 0, "{loads}");
    let fresh = user("new").into_obj().unwrap();
    assert_eq!(code(session.delete_all([&fresh])), Code::WrongState);
    session.commit().unwrap();
    assert_eq!(db.rows("select (select count(*) from user_account) + (select count(*) from address)"), "0\n");
}
