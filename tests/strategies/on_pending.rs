//! `load_on_pending` and `enable_relationship_loading`: what the keys of objects without rows lead to.

use expect_test::expect;
use orm::mapper::{NewColumn, NewRelationship, NewTable};
use orm::prelude::*;
use orm::{AnyObj, Code, IntoObj, ObjectState, Related, Value};
use tests::{Db, code, show};

/// A parent and its children, with what the two relationships say.
macro_rules! family {
    ($family:ident: [$($children:tt)*], [$($parent:tt)*]) => {
        mod $family {
            use orm::prelude::*;

            orm::registry!(
                /// These classes.
                pub Family
            );

            #[derive(Mapped, Debug)]
            #[mapped(registry = Family, table = "parent")]
            pub struct Parent {
                #[column(primary_key)]
                pub id: i64,
                #[relationship(back_populates = "parent", $($children)*)]
                pub children: Many<Child>,
            }

            #[derive(Mapped, Debug)]
            #[mapped(registry = Family, table = "child")]
            pub struct Child {
                #[column(primary_key)]
                pub id: i64,
                #[column(foreign_key = Parent::id)]
                pub parent_id: Option<i64>,
                #[relationship(back_populates = "children", $($parent)*)]
                pub parent: Option<One<Parent>>,
            }
        }
    };
}

family!(plain: [], []);
family!(pending: [], [load_on_pending]);
family!(children: [load_on_pending], []);

/// Two parents with rows, the first with a child, all expired; and a session that has them.
macro_rules! filled {
    ($family:ident, $autoflush:expr => $db:ident, $session:ident, $p1:ident, $p2:ident, $c1:ident) => {
        let $db = Db::empty();
        $family::Family::create_all(&$db.engine).unwrap();
        let config = SessionConfig::default().autoflush($autoflush);
        let $session = Session::with_config(&$db.engine, config);
        let $p1 = $session.add($family::Parent::builder()).unwrap();
        let $p2 = $session.add($family::Parent::builder()).unwrap();
        let $c1 = $session.add($family::Child::builder().parent(&$p1)).unwrap();
        $session.flush().unwrap();
        $session.expire_all().unwrap();
        $db.sql();
    };
}

orm::registry!(
    /// A parent that can't be inserted as it is.
    Unfinished
);

#[derive(Mapped, Debug)]
#[mapped(registry = Unfinished)]
struct Named {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(load_on_pending)]
    parts: Many<Part>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Unfinished)]
struct Part {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Named::id)]
    named_id: Option<i64>,
}

/// Where there is no key there is nothing to load, and nothing is flushed for it.
#[test]
fn without_a_key_nothing_is_loaded_or_flushed() {
    let db = Db::empty();
    Unfinished::create_all(&db.engine).unwrap();
    db.sql();
    let session = db.session();
    let one = session.add(Named::builder()).unwrap();
    one.set_parts(Vec::<Obj<Part>>::new()).unwrap();
    let other = session.add(Named::builder()).unwrap();
    assert!(other.parts().is_empty().unwrap());
    assert_eq!(db.sql(), "");
    assert_eq!(Obj::state(&other), ObjectState::Pending);
}

/// A foreign key that is set leads to its object, and a flush doesn't come before that.
#[test]
fn a_pending_object_leads_where_its_key_says() {
    for autoflush in [true, false] {
        filled!(pending, autoflush => db, session, p1, _p2, _c1);
        p1.id().unwrap();
        db.sql();
        let c3 = session.add(pending::Child::builder().parent_id(Some(1))).unwrap();
        assert_eq!(c3.parent().unwrap().as_ref(), Some(&p1));
        assert_eq!(db.sql(), ""); // it is in the session
        session.expunge(&p1).unwrap();
        let c4 = session.add(pending::Child::builder().parent_id(Some(1))).unwrap();
        assert_eq!(c4.parent().unwrap().unwrap().id().unwrap(), 1);
        expect![[r#"
            SELECT "id" FROM "parent" WHERE "id" = ? [1]
        "#]]
        .assert_eq(&db.sql());
        assert_eq!(Obj::state(&c4), ObjectState::Pending);
        session.flush().unwrap();
        expect![[r#"
            INSERT INTO "child" ("parent_id") VALUES (?) [1]
            INSERT INTO "child" ("parent_id") VALUES (?) [1]
        "#]]
        .assert_eq(&db.sql());
    }
    // Where nothing is said, a key alone leads nowhere.
    filled!(plain, true => db, session, _p1, _p2, _c1);
    let c3 = session.add(plain::Child::builder().parent_id(Some(1))).unwrap();
    assert_eq!(c3.parent().unwrap(), None);
    assert_eq!(db.sql(), "");
}

/// A collection of a pending object is what refers to the key that it was given.
#[test]
fn a_collection_of_a_pending_object() {
    filled!(children, true => db, session, _p1, _p2, c1);
    let twin = session.add(children::Parent::builder().id(1)).unwrap();
    assert_eq!(twin.children().get(0).unwrap().as_ref(), Some(&c1));
    expect![[r#"
        SELECT "child"."id", "child"."parent_id" FROM "child" WHERE ? = "child"."parent_id" [1]
    "#]]
    .assert_eq(&db.sql());
    let keyless = session.add(children::Parent::builder()).unwrap();
    assert!(keyless.children().is_empty().unwrap());
    // What comes to it loads it first, unless it comes by the other side.
    let third = session.add(children::Parent::builder().id(1)).unwrap();
    assert_eq!(db.sql(), "");
    third.children().append(&c1).unwrap();
    assert_eq!(db.statements(), 1);
    let fourth = session.add(children::Parent::builder().id(1)).unwrap();
    let new = session.add(children::Child::builder()).unwrap();
    new.set_parent(Some(&fourth)).unwrap();
    assert_eq!(db.sql(), "");
    assert!(fourth.children().contains(&new).unwrap());
    assert_eq!(fourth.children().len().unwrap(), 2);
}

/// What is set replaces nothing that had to be loaded, and the other side hears of it.
#[test]
fn setting_tells_the_other_side() {
    filled!(pending, false => db, session, p1, _p2, c1);
    assert_eq!(p1.children().get(0).unwrap().as_ref(), Some(&c1));
    db.sql();
    let c3 = session.add(pending::Child::builder().parent_id(Some(1))).unwrap();
    c3.set_parent(Some(&p1)).unwrap();
    assert_eq!(db.sql(), "");
    assert!(p1.children().contains(&c3).unwrap());
    // As often as it is said, it comes once.
    for _ in 0..3 {
        c3.set_parent(Some(&p1)).unwrap();
    }
    assert_eq!(p1.children().len().unwrap(), 2);
    // A collection that isn't loaded hears of it too, whether a flush comes before it is or not.
    for autoflush in [true, false] {
        filled!(pending, autoflush => _db, session, p1, _p2, _c1);
        let c3 = session.add(pending::Child::builder().parent_id(Some(1))).unwrap();
        c3.set_parent(Some(&p1)).unwrap();
        assert!(p1.children().contains(&c3).unwrap());
        filled!(plain, autoflush => _db, session, p1, _p2, _c1);
        let c3 = session.add(plain::Child::builder().parent_id(Some(1))).unwrap();
        c3.set_parent(Some(&p1)).unwrap();
        assert!(p1.children().contains(&c3).unwrap());
    }
}

/// Where a foreign key that is changed leads: to the new object, unless the old one was loaded and nothing made it expire.
#[test]
fn a_persistent_object_leads_where_its_key_says_now() {
    for mode in 0..32 {
        let on = |bit: u32| mode >> bit & 1 == 1;
        let (loads_key, loads_parent, autoflush, flushes, expires) = (on(0), on(1), on(2), on(3), on(4));
        filled!(plain, autoflush => _db, session, p1, p2, c1);
        if loads_key {
            c1.parent_id().unwrap();
        }
        if loads_parent {
            c1.parent().unwrap();
        }
        c1.set_parent_id(Some(p2.id().unwrap())).unwrap();
        if flushes {
            session.flush().unwrap();
        }
        if expires {
            session.expire_attributes(&c1, &["parent"]).unwrap();
        }
        let expected = if loads_parent && !expires { &p1 } else { &p2 };
        assert_eq!(c1.parent().unwrap().as_ref(), Some(expected), "{mode:05b}");
    }
}

/// A pending object, with `load_on_pending` and without, and after its flush.
#[test]
fn a_new_object_by_its_key() {
    for mode in 0..4 {
        let (autoflush, flushes) = (mode & 1 == 1, mode & 2 == 2);
        filled!(pending, autoflush => _db, session, _p1, p2, _c1);
        let new = session.add(pending::Child::builder().parent_id(Some(2))).unwrap();
        if flushes {
            session.flush().unwrap();
        }
        assert_eq!(new.parent().unwrap().as_ref(), Some(&p2));
        filled!(plain, autoflush => _db, session, _p1, p2, _c1);
        let new = session.add(plain::Child::builder().parent_id(Some(2))).unwrap();
        if flushes {
            session.flush().unwrap();
        }
        assert_eq!(new.parent().unwrap().as_ref(), flushes.then_some(&p2));
    }
}

/// A transient object has no session to load by, unless one was told to.
#[test]
fn a_transient_object_by_its_key() {
    for mode in 0..4 {
        let (autoflush, flushes) = (mode & 1 == 1, mode & 2 == 2);
        filled!(pending, autoflush => _db, session, _p1, p2, _c1);
        let alone = pending::Child::builder().parent_id(Some(2)).into_obj().unwrap();
        let guest = pending::Child::builder().into_obj().unwrap();
        session.enable_relationship_loading(&guest).unwrap();
        guest.set_parent_id(Some(2)).unwrap();
        if flushes {
            session.flush().unwrap();
        }
        assert_eq!(alone.parent().unwrap(), None);
        assert_eq!(guest.parent().unwrap().as_ref(), Some(&p2));
        assert_eq!(Obj::state(&guest), ObjectState::Transient);
        assert!(!session.contains(&guest));
        filled!(plain, autoflush => db, session, _p1, p2, _c1);
        let guest = plain::Child::builder().parent_id(Some(2)).into_obj().unwrap();
        session.enable_relationship_loading(&guest).unwrap();
        assert_eq!(guest.parent().unwrap().as_ref(), Some(&p2));
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT count(*) FROM child"), "1\n");
    }
}

/// What an object leads to that isn't in the session is told of by the flush, as is any other.
#[test]
fn what_comes_to_a_guest_is_not_saved_with_it() {
    filled!(plain, true => _db, session, p1, _p2, _c1);
    let guest = plain::Child::builder().into_obj().unwrap();
    session.enable_relationship_loading(&guest).unwrap();
    guest.set_parent_id(Some(1)).unwrap();
    guest.set_parent(Some(&p1)).unwrap();
    assert_eq!(code(p1.children().contains(&guest)), Code::Unsaved);
    // SQLAlchemy warns, and loads the collection without it.
    let config = SessionConfig::default().like_sqlalchemy(true);
    let db = Db::empty();
    plain::Family::create_all(&db.engine).unwrap();
    let session = Session::with_config(&db.engine, config);
    let p1 = session.add(plain::Parent::builder()).unwrap();
    session.commit().unwrap();
    let guest = plain::Child::builder().into_obj().unwrap();
    session.enable_relationship_loading(&guest).unwrap();
    guest.set_parent_id(Some(1)).unwrap();
    guest.set_parent(Some(&p1)).unwrap();
    assert!(!p1.children().contains(&guest).unwrap());
}

/// A guest comes into the session by `add`, leaves it by `expunge`, and is let go of when the session ends.
#[test]
fn guests_come_and_go() {
    filled!(plain, true => db, session, p1, p2, c1);
    let guest = |key| {
        let guest = plain::Child::builder().parent_id(Some(key)).into_obj().unwrap();
        session.enable_relationship_loading(&guest).unwrap();
        guest
    };
    let (one, two, three) = (guest(1), guest(2), guest(2));
    assert_eq!(Obj::session(&one).as_ref(), Some(&session));
    assert_eq!(code(db.session().add(&one)), Code::OtherSession);
    assert_eq!(code(db.session().enable_relationship_loading(&one)), Code::OtherSession);
    session.add(&one).unwrap();
    assert_eq!(Obj::state(&one), ObjectState::Pending);
    // It loads still, and so does one that was pending before.
    assert_eq!(one.parent().unwrap().as_ref(), Some(&p1));
    let pending = session.add(plain::Child::builder().parent_id(Some(2))).unwrap();
    assert_eq!(pending.parent().unwrap(), None);
    session.enable_relationship_loading(&pending).unwrap();
    assert_eq!(pending.parent().unwrap().as_ref(), Some(&p2));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, parent_id FROM child ORDER BY id"), "1|1\n2|1\n3|2\n");
    session.expunge(&two).unwrap();
    assert_eq!(two.parent().unwrap(), None);
    session.enable_relationship_loading(&two).unwrap();
    // One with a row loads anyway where it is in the session, and else is to be added.
    session.enable_relationship_loading(&c1).unwrap();
    session.expunge(&c1).unwrap();
    expect!["[wrong-state] `Child`: Child#1 is detached, and has a row; help: `add` or `merge` it: what it leads to is then loaded"]
        .assert_eq(&show(session.enable_relationship_loading(&c1)));
    // A rollback leaves guests as they are; the end of the session doesn't.
    session.rollback().unwrap();
    assert_eq!(two.parent().unwrap().as_ref(), Some(&p2));
    session.close().unwrap();
    assert_eq!(Obj::session(&three), None);
    assert_eq!(three.parent().unwrap(), None);
    let other = db.session();
    other.add(&three).unwrap();
    other.commit().unwrap();
}

/// Savepoints, and a flush that fails, leave a pending object as it was.
#[test]
fn with_savepoints_and_a_failed_flush() {
    filled!(pending, true => db, session, _p1, p2, _c1);
    let new = session.add(pending::Child::builder().id(1).parent_id(Some(2))).unwrap();
    assert_eq!(new.parent().unwrap().as_ref(), Some(&p2));
    assert_eq!(code(session.flush()), Code::Integrity);
    session.rollback().unwrap();
    assert_eq!(Obj::state(&new), ObjectState::Transient);
    filled!(pending, true => _db2, session, p1, p2, _c1);
    let savepoint = session.begin_nested().unwrap();
    session.add(pending::Parent::builder()).unwrap();
    session.flush().unwrap();
    let new = session.add(pending::Child::builder().parent_id(Some(2))).unwrap();
    assert_eq!(new.parent().unwrap().as_ref(), Some(&p2));
    savepoint.rollback().unwrap();
    assert_eq!(Obj::state(&new), ObjectState::Transient);
    new.set_parent(Some(&p1)).unwrap();
    session.add(&new).unwrap();
    session.commit().unwrap();
    assert_eq!(new.parent_id().unwrap(), Some(1));
    drop(db);
}

orm::registry!(
    /// A rock and its bug.
    Rocks
);

#[derive(Mapped, Debug)]
#[mapped(registry = Rocks)]
struct Rock {
    #[column(primary_key, generated = false)]
    id: i64,
    description: String,
    #[relationship(cascade = "all, delete-orphan", load_on_pending)]
    bug: Option<One<Bug>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Rocks)]
struct Bug {
    #[column(primary_key, generated = false)]
    id: i64,
    #[column(foreign_key = Rock::id)]
    rock_id: Option<i64>,
}

/// What is merged into a pending object replaces nothing.
#[test]
fn merging_into_a_pending_object() {
    for bug in [None, Some(1)] {
        let db = Db::empty();
        Rocks::create_all(&db.engine).unwrap();
        let session = db.session();
        let rock = Rock::builder().id(0).description("moldy").into_obj().unwrap();
        rock.set_bug(bug.map(|id| Bug::builder().id(id).into_obj().unwrap()).as_ref()).unwrap();
        let merged = session.merge(&rock).unwrap();
        assert_ne!(merged, rock);
        assert_eq!(merged.description().unwrap(), "moldy");
        let of = |rock: &Obj<Rock>| rock.bug().unwrap().map(|bug| bug.id().unwrap());
        assert_eq!((of(&merged), of(&rock)), (bug, bug));
        session.commit().unwrap();
        let rows = if bug.is_some() { "1|0\n" } else { "" };
        assert_eq!(db.rows("SELECT * FROM bug"), rows);
    }
}

orm::registry!(
    /// Tables without structs.
    Tables
);

/// A relationship that is added at run time may say it too.
#[test]
fn of_a_relationship_that_is_added() {
    let table = |name: &str| NewTable::new(name).column(NewColumn::of::<i64>("id").primary_key());
    let key = NewColumn::of::<Option<i64>>("owner_id").foreign_key("owner.id");
    let owner = NewRelationship::optional("owner", "owner").load_on_pending();
    Tables::map_table(table("owner")).unwrap();
    Tables::map_table(table("thing").column(key).relationship(owner)).unwrap();
    let db = Db::empty();
    Tables::create_all(&db.engine).unwrap();
    let session = db.session();
    let owner = session.add(AnyObj::create(Tables::mapper("owner").unwrap()).unwrap()).unwrap();
    session.commit().unwrap();
    let thing = session.add(AnyObj::create(Tables::mapper("thing").unwrap()).unwrap()).unwrap();
    thing.set("owner_id", &Value::Int(1)).unwrap();
    assert_eq!(thing.related("owner").unwrap(), Related::One(Some(owner)));
}
