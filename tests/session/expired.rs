//! Expired and refreshed: what is lost and what stays, which statements load it again, and who else is reached.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, ObjectState, SessionConfig, immediate, lazy, selectin, subquery};
use tests::models::*;
use tests::{Db, code, filled, show, tree};

fn without_autoflush(db: &Db) -> Session {
    Session::with_config(&db.engine, SessionConfig::default().autoflush(false))
}

fn is_expired<T: orm::Live>(object: &Obj<T>, name: &str) -> bool {
    Obj::any(object).is_expired(name).unwrap()
}

/// Changes are lost, of columns and of relationships, and one statement brings each back when it is read.
#[test]
fn changes_are_lost() {
    let db = filled();
    let session = without_autoflush(&db);
    let ed = session.get_one::<User>(1).unwrap();
    let change = || {
        ed.set_name("foo").unwrap();
        ed.addresses().pop().unwrap();
        ed.addresses().append(Address::builder().email("new")).unwrap();
        assert!(session.is_dirty());
    };
    for again in [Session::expire, |session: &Session, user: &Obj<User>| session.refresh(user)] {
        change();
        let new = ed.addresses().get(1).unwrap().unwrap();
        db.sql();
        again(&session, &ed).unwrap();
        assert!(!session.dirty_objects().contains(&Obj::any(&ed)));
        assert_eq!((ed.name().unwrap().as_str(), ed.addresses().len().unwrap()), ("ed", 2));
        expect![[r#"
            SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
            SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
        "#]]
        .assert_eq(&db.sql());
        assert!(!ed.addresses().contains(&new).unwrap());
        assert_eq!(Obj::state(&new), ObjectState::Transient);
    }
    session.rollback().unwrap();
    // A query that meets the row loads it too.
    session
        .connection()
        .unwrap()
        .execute_batch("UPDATE user_account SET name = 'jack' WHERE id = 1")
        .unwrap();
    session.expire(&ed).unwrap();
    session.scalars(select(User)).unwrap().all().unwrap();
    db.sql();
    assert_eq!((ed.name().unwrap().as_str(), db.statements()), ("jack", 0));
}

/// `get` looks whether the row of an expired object is there, and loads it.
#[test]
fn get_loads_an_expired_object() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    session.expire_all().unwrap();
    db.sql();
    session.get_one::<User>(1).unwrap();
    assert_eq!((db.statements(), is_expired(&ed, "name")), (1, false));
    session.get_one::<User>(1).unwrap();
    assert_eq!(db.statements(), 0);
    // A refresh does so at once.
    session.expire(&ed).unwrap();
    session.refresh(&ed).unwrap();
    db.sql();
    assert_eq!(session.get_one::<User>(1).unwrap().name().unwrap(), "ed");
    assert_eq!(db.statements(), 0);
}

/// An object whose row is found gone is deleted; the rollback of the deletion brings it back.
#[test]
fn a_row_that_is_gone_may_come_back() {
    let db = filled();
    let session = db.session();
    let mary = session.get_one::<User>(3).unwrap();
    session.expire_all().unwrap();
    session.connection().unwrap().execute_batch("DELETE FROM user_account WHERE id = 3").unwrap();
    assert!(session.contains(&mary));
    assert_eq!(session.get::<User>(3).unwrap(), None);
    assert_eq!((session.contains(&mary), Obj::state(&mary)), (false, ObjectState::Deleted));
    assert_eq!(code(mary.name()), Code::ObjectDeleted);
    session.rollback().unwrap();
    assert!(session.contains(&mary));
    assert_eq!(mary.name().unwrap(), "mary");
}

/// What was changed otherwise is written before an expired attribute is loaded.
#[test]
fn reading_what_is_expired_flushes() {
    let db = filled();
    let session = db.session();
    let address = session.get_one::<Address>(1).unwrap();
    let jack = session.get_one::<User>(2).unwrap();
    db.sql();
    for again in [
        |session: &Session, one: &Obj<Address>| session.expire_attributes(one, &["user_id"]),
        |session: &Session, one: &Obj<Address>| session.refresh_attributes(one, &["user_id"]),
    ] {
        address.set_user(&jack).unwrap();
        again(&session, &address).unwrap();
        assert_eq!(address.user_id().unwrap(), 2);
        expect![[r#"
            UPDATE "address" SET "user_id" = ? WHERE "id" = ? [2, 1]
            SELECT "id", "email", "user_id" FROM "address" WHERE "id" = ? [1]
        "#]]
        .assert_eq(&db.sql());
        session.rollback().unwrap();
        address.email().unwrap();
        jack.name().unwrap();
        db.sql();
    }
    // A relationship too.
    let ed = session.get_one::<User>(1).unwrap();
    ed.addresses().get(0).unwrap().unwrap().set_email("zzz").unwrap();
    session.expire_attributes(&ed, &["addresses"]).unwrap();
    db.sql();
    assert_eq!(ed.addresses().get(0).unwrap().unwrap().email().unwrap(), "zzz");
    expect![[r#"
        UPDATE "address" SET "email" = ? WHERE "id" = ? ['zzz', 1]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
    "#]]
    .assert_eq(&db.sql());
}

/// What is set after it was expired counts: nothing is loaded to set it, and nothing that is loaded takes it away.
#[test]
fn what_is_set_on_an_expired_object_stays() {
    let db = filled();
    let session = without_autoflush(&db);
    let ed = session.get_one::<User>(1).unwrap();
    session.expire_attributes(&ed, &["name"]).unwrap();
    db.sql();
    ed.set_name("new").unwrap();
    assert_eq!(db.statements(), 0);
    session.expire(&ed).unwrap();
    ed.set_name("newer").unwrap();
    assert_eq!(ed.fullname().unwrap().as_deref(), Some("Ed Jones"));
    assert_eq!((ed.name().unwrap().as_str(), db.statements()), ("newer", 1));
    session.expire_attributes(&ed, &["fullname", "name"]).unwrap();
    ed.set_name("newest").unwrap();
    session.scalars(select(User)).unwrap().all().unwrap();
    assert_eq!(ed.name().unwrap(), "newest");
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['newest', 1]
    "#]]
    .assert_eq(&db.sql());
    // A collection that is loaded after that, and then changed.
    session.expire_attributes(&ed, &["name", "addresses"]).unwrap();
    let gone = ed.addresses().pop().unwrap();
    ed.name().unwrap();
    assert_eq!((ed.addresses().len().unwrap(), ed.addresses().contains(&gone).unwrap()), (1, false));
}

/// What is loaded again is what the row holds: nothing is written.
#[test]
fn what_is_loaded_again_is_no_change() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    session.expire(&ed).unwrap();
    session
        .connection()
        .unwrap()
        .execute_batch("UPDATE user_account SET name = 'other' WHERE id = 1")
        .unwrap();
    assert_eq!(ed.fullname().unwrap().as_deref(), Some("Ed Jones"));
    db.sql();
    assert_eq!(ed.name().unwrap(), "other");
    session.flush().unwrap();
    assert_eq!(db.statements(), 0);
}

/// Some attributes: the others stay as they are, changed or not.
#[test]
fn some_attributes() {
    let db = filled();
    let session = without_autoflush(&db);
    let ed = session.get_one::<User>(1).unwrap();
    let any = Obj::any(&ed);
    session.expire_attributes(&ed, &["fullname"]).unwrap();
    assert_eq!((any.peek("id").unwrap(), any.peek("fullname").unwrap()), (Some(1.into()), None));
    session.connection().unwrap().execute_batch("UPDATE user_account SET fullname = 'new'").unwrap();
    db.sql();
    assert_eq!((ed.fullname().unwrap().as_deref(), db.statements()), (Some("new"), 1));
    ed.set_name("changed").unwrap();
    session.expire_attributes(&ed, &["fullname"]).unwrap();
    assert_eq!((ed.fullname().unwrap().as_deref(), db.statements()), (Some("new"), 1));
    let history = any.column_history("name").unwrap();
    assert_eq!((history.added, history.deleted), (Some("changed".into()), Some("ed".into())));
    session.flush().unwrap();
    // The key too: it is known by which row the object has.
    session.expire_attributes(&ed, &["id", "name", "fullname"]).unwrap();
    db.sql();
    assert_eq!((ed.fullname().unwrap().as_deref(), ed.id().unwrap()), (Some("new"), 1));
    assert_eq!((ed.name().unwrap().as_str(), db.statements()), ("changed", 1));
    // A relationship is loaded by itself, a column by itself.
    session.expire_attributes(&ed, &["name", "addresses"]).unwrap();
    ed.addresses().len().unwrap();
    assert_eq!((db.statements(), is_expired(&ed, "name")), (1, true));
    session.expire_attributes(&ed, &["addresses"]).unwrap();
    ed.addresses().replace([Address::builder().email("foo")]).unwrap();
    assert_eq!(db.statements(), 1);
    session.flush().unwrap();
    db.sql();
    assert_eq!((ed.addresses().len().unwrap(), db.statements()), (1, 0));
    assert_eq!((ed.name().unwrap().as_str(), db.statements()), ("changed", 1));
    // A query with an option loads both.
    session.expire_attributes(&ed, &["name", "addresses"]).unwrap();
    let query = select(User).filter(User::id.eq(1)).options(joined(User::addresses));
    session.scalars(query).unwrap().all().unwrap();
    assert!(!is_expired(&ed, "name") && ed.addresses().is_loaded().unwrap());
}

/// The cascade reaches what is loaded. A new object that it reaches leaves the session where it can't be without the parent;
/// elsewhere it stays, without one.
#[test]
fn what_the_cascade_reaches() {
    let db = filled();
    let session = without_autoflush(&db);
    let ed = session.get_one::<User>(1).unwrap();
    let profile = ed.profile().unwrap().unwrap();
    for again in [Session::expire, |session: &Session, user: &Obj<User>| session.refresh(user)] {
        let address = ed.addresses().get(0).unwrap().unwrap();
        address.set_email("other").unwrap();
        profile.set_text(Some("other".into())).unwrap();
        let new = ed.addresses().append(Address::builder().email("new")).unwrap();
        let order = ed.orders().append(Order::builder()).unwrap();
        again(&session, &ed).unwrap();
        assert_eq!(address.email().unwrap(), "ed@x");
        assert_eq!(profile.text().unwrap().as_deref(), Some("other"), "it doesn't say the cascade");
        assert_eq!((Obj::state(&new), Obj::state(&order)), (ObjectState::Transient, ObjectState::Pending));
        assert!(!ed.addresses().contains(&new).unwrap() && !ed.orders().contains(&order).unwrap());
        session.expunge(&order).unwrap();
    }
    session.flush().unwrap();
}

/// One that came by its reverse side while the collection wasn't loaded is forgotten with it.
#[test]
fn what_waits_for_a_collection_is_forgotten() {
    let db = filled();
    let session = without_autoflush(&db);
    let ed = session.get_one::<User>(1).unwrap();
    let new = Order::builder().note("new").user(&ed);
    session.add(new).unwrap();
    session.expire_attributes(&ed, &["orders"]).unwrap();
    session
        .connection()
        .unwrap()
        .execute_batch("INSERT INTO orders (note, user_id) VALUES ('theirs', 1)")
        .unwrap();
    assert_eq!(ed.orders().len().unwrap(), 3);
    session.flush().unwrap();
    session.expire_all().unwrap();
    assert_eq!(ed.orders().len().unwrap(), 4);
}

/// What a joined statement loads again for one object takes nothing from another one that was changed.
#[test]
fn what_is_joined_overwrites_nobody() {
    let db = filled();
    let session = without_autoflush(&db);
    let query = select(User).filter(User::id.eq(1)).options(joined(User::orders));
    let ed = session.scalars(query).unwrap().one().unwrap();
    let order = ed.orders().get(0).unwrap().unwrap();
    session.expire(&ed).unwrap();
    order.set_note(Some("foo".into())).unwrap();
    assert!(ed.orders().contains(&order).unwrap());
    assert_eq!(order.note().unwrap().as_deref(), Some("foo"));
    assert_eq!(session.dirty_objects(), [Obj::any(&order)]);
}

/// The options of a query count for each of its objects as far as they are about it.
#[test]
fn options_of_another_object_of_the_row() {
    let db = filled();
    let session = db.session();
    let query = select((User, Order)).join(User::orders).options(joined(User::addresses)).order_by(Order::id);
    let (ed, order) = session.execute(query).unwrap().first().unwrap().unwrap();
    session.expire(&order).unwrap();
    assert_eq!(order.note().unwrap().as_deref(), Some("o1"));
    session.expire(&ed).unwrap();
    ed.name().unwrap();
    assert!(ed.addresses().is_loaded().unwrap());
}

/// A collection alone, with a column, or the whole object: by each strategy, declared by an option or not; whether the
/// object was expired before, as a whole or in part, or not.
#[test]
fn refreshing_relationships() {
    macro_rules! ways {
        ($($option:expr, $joins:literal, $loads_with_object:literal;)*) => {$(
            for before in ["", "all", "some"] {
                for (names, whole) in [(&["addresses"][..], false), (&["name", "addresses"], false), (&[], true)] {
                    let db = filled();
                    let session = db.session();
                    let ed = session.get_with::<User>(1, $option).unwrap().unwrap();
                    match before {
                        "all" => session.expire(&ed).unwrap(),
                        "some" => session.expire_attributes(&ed, &["name", "addresses"]).unwrap(),
                        _ => {}
                    }
                    db.sql();
                    if whole {
                        session.refresh(&ed).unwrap();
                    } else {
                        session.refresh_attributes(&ed, names).unwrap();
                    }
                    let has_addresses = $loads_with_object || !whole;
                    let expected = if has_addresses && !$joins { 2 } else { 1 };
                    let what = format!("{} {before} {names:?}", stringify!($option));
                    assert_eq!((ed.addresses().is_loaded().unwrap(), db.statements()), (has_addresses, expected), "{what}");
                    assert_eq!(Obj::any(&ed).peek("id").unwrap(), Some(1.into()), "{what}");
                    assert_eq!((ed.name().unwrap().as_str(), ed.addresses().len().unwrap()), ("ed", 2), "{what}");
                }
            }
        )*};
    }
    ways! {
        joined(User::addresses), true, true;
        selectin(User::addresses), false, true;
        subquery(User::addresses), false, true;
        immediate(User::addresses), false, true;
        lazy(User::addresses), false, false;
    }
}

/// A key that was set but isn't written yet names no row: what is refreshed in part is asked for by it, so that is an error
/// where nothing may be flushed first. As a whole the object gets its key back.
#[test]
fn a_key_that_is_not_written_yet() {
    let db = filled();
    let session = db.session();
    let mary = session.get_one::<User>(3).unwrap();
    mary.set_id(25).unwrap();
    db.sql();
    session.refresh_attributes(&mary, &["name"]).unwrap();
    expect![[r#"
        UPDATE "user_account" SET "id" = ? WHERE "id" = ? [25, 3]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [25]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!((mary.id().unwrap(), mary.name().unwrap().as_str()), (25, "mary"));
    session.rollback().unwrap();
    let session = without_autoflush(&db);
    let mary = session.get_one::<User>(3).unwrap();
    mary.set_id(25).unwrap();
    mary.set_name("new").unwrap();
    let refreshed = session.refresh_attributes(&mary, &["name"]);
    assert_eq!(refreshed.map(|()| (mary.id().unwrap(), mary.name().unwrap())).unwrap(), (25, "mary".into()));
    assert_eq!(Obj::any(&mary).column_history("id").unwrap().deleted, Some(3.into()));
    session.refresh(&mary).unwrap();
    assert_eq!((mary.id().unwrap(), session.is_dirty()), (3, false));
}

/// What a refresh keeps of the options: strategies further on along a path that is loaded lazily.
#[test]
fn options_stay_through_a_refresh() {
    let db = filled();
    let session = db.session();
    let query = select(User).filter(User::id.eq(1)).options(lazy(User::orders).joined(Order::items));
    let ed = session.scalars(query).unwrap().one().unwrap();
    db.sql();
    session.refresh(&ed).unwrap();
    assert_eq!(db.statements(), 1, "what is lazy isn't loaded");
    ed.orders().len().unwrap();
    assert_eq!(
        (tree(&ed.orders().get(0).unwrap().unwrap()), db.statements()),
        ("Order#1(items: [Item#1, Item#2])".into(), 1)
    );
}

/// A column that was never set is `NULL` in its row; what the database may have made is asked for.
#[test]
fn columns_that_were_not_inserted() {
    let db = Db::new();
    let session = db.session();
    let order = session.add(Order::builder()).unwrap();
    session.flush().unwrap();
    db.sql();
    assert_eq!((order.note().unwrap(), db.statements()), (None, 0));
    session.expire(&order).unwrap();
    assert_eq!((order.note().unwrap(), db.statements()), (None, 1));
    let keyword = session.add(Keyword::builder().word("w")).unwrap();
    session.flush().unwrap();
    db.sql();
    assert_eq!((keyword.state().unwrap().as_str(), db.statements()), ("fresh", 1));
}

/// Who isn't persistent here can't be expired or refreshed; who left expired can't be read.
#[test]
fn objects_outside_and_new_ones() {
    let db = filled();
    let session = db.session();
    let new = session.add(User::builder().id(15)).unwrap();
    assert_eq!(code(session.expire_attributes(&new, &["name"])), Code::WrongState);
    assert_eq!(code(session.refresh_attributes(&new, &["name"])), Code::WrongState);
    session.expunge(&new).unwrap();
    let ed = session.get_one::<User>(1).unwrap();
    session.expire_attributes(&ed, &["name"]).unwrap();
    session.expunge(&ed).unwrap();
    expect!["[detached] `User`: User#1 has no session to load its columns from; help: read them while the session lives, or switch `expire_on_commit` off"]
        .assert_eq(&show(ed.name()));
    assert_eq!(ed.fullname().unwrap().as_deref(), Some("Ed Jones"));
    assert_eq!(code(session.expire_attributes(&ed, &["name"])), Code::WrongState);
    assert_eq!(code(session.refresh(&ed)), Code::WrongState);
}

/// Everything of the session; what only an expired object held is let go of.
#[test]
fn everything_is_expired() {
    let db = filled();
    let session = db.session();
    let query = || select(User).options(joined(User::addresses)).order_by(User::id);
    let users = session.scalars(query()).unwrap().all().unwrap();
    assert_eq!(session.objects().len(), 6);
    session.expire_all().unwrap();
    assert_eq!(session.objects().len(), 3);
    db.sql();
    assert_eq!(session.scalars(query()).unwrap().all().unwrap(), users);
    assert_eq!((session.objects().len(), db.statements()), (6, 1));
    assert!(users.iter().all(|user| user.addresses().is_loaded().unwrap() && !is_expired(user, "name")));
}
