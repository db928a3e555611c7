//! What the session has: its sets of new, changed and deleted objects, and what objects are said to be by hand.

use expect_test::expect;
use orm::prelude::*;
use orm::{AnyObj, Code, IntoObj, ObjectState, SessionConfig};
use tests::models::*;
use tests::{Db, code, filled, show};

fn any<T: orm::Live>(objects: &[&Obj<T>]) -> Vec<AnyObj> {
    objects.iter().map(|one| Obj::any(one)).collect()
}

#[test]
fn sets_of_new_changed_and_deleted_objects() {
    let db = filled();
    let session = db.session();
    let (ed, mary) = (session.get_one::<User>(1).unwrap(), session.get_one::<User>(3).unwrap());
    assert_eq!(
        (session.new_objects(), session.dirty_objects(), session.deleted_objects()),
        (vec![], vec![], vec![])
    );
    let new = session.add_all(["b", "a"].map(|name| User::builder().name(name))).unwrap();
    let gone = session.add(User::builder().name("gone")).unwrap();
    session.expunge(&gone).unwrap();
    assert_eq!(session.new_objects(), any(&[&new[0], &new[1]]));
    // Changed, be it to what it was; one that is to be deleted isn't among them.
    ed.set_name("ed").unwrap();
    assert_eq!(session.dirty_objects(), any(&[&ed]));
    mary.set_name("m").unwrap();
    assert_eq!(session.dirty_objects(), any(&[&ed, &mary]));
    session.delete(&mary).unwrap();
    assert!(session.new_objects().is_empty(), "looking for what goes with it has flushed");
    assert_eq!(session.deleted_objects(), any(&[&mary]));
    ed.set_name("ed").unwrap();
    mary.set_name("x").unwrap();
    assert_eq!(session.dirty_objects(), any(&[&ed]));
    assert_eq!(session.objects().len(), 4);
    session.flush().unwrap();
    assert_eq!(
        (session.new_objects(), session.dirty_objects(), session.deleted_objects()),
        (vec![], vec![], vec![])
    );
    assert_eq!(session.objects().len(), 3);
    // Adding a deleted one again before the flush takes it out.
    session.delete(&new[0]).unwrap();
    assert_eq!(session.deleted_objects(), any(&[&new[0]]));
    session.add(&new[0]).unwrap();
    assert!(session.deleted_objects().is_empty());
    // A rollback empties them.
    session.delete(&ed).unwrap();
    session.add(User::builder().name("c")).unwrap();
    session.rollback().unwrap();
    assert!(session.new_objects().is_empty() && session.deleted_objects().is_empty());
    assert!(session.contains(&ed) && session.contains(&mary));
}

#[test]
fn whether_an_object_is_changed() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let is = |modified: bool, itself: bool| {
        let statements = db.statements();
        assert_eq!(session.is_modified(&ed).unwrap(), modified);
        assert_eq!(session.is_modified_itself(&ed).unwrap(), itself);
        assert_eq!((statements, db.statements()), (statements, 0), "nothing is loaded for it");
    };
    is(false, false);
    ed.set_name("ed").unwrap();
    is(false, false);
    assert!(Obj::any(&ed).is_modified(), "it was set");
    ed.set_name("edna").unwrap();
    is(true, true);
    ed.set_name("ed").unwrap();
    is(false, false);
    session.flush().unwrap();
    ed.addresses().append(Address::builder().email("new")).unwrap();
    is(true, false);
    session.rollback().unwrap();
    is(false, false);
    ed.set_profile(None).unwrap();
    is(true, true);
    // What it was before isn't known.
    session.rollback().unwrap();
    ed.set_name("ed").unwrap();
    is(true, true);
    session.rollback().unwrap();
    // Both sides of a pair, one of which isn't loaded.
    let order = session.get_one::<Order>(3).unwrap();
    order.set_user(&ed).unwrap();
    is(true, false);
    assert!(session.is_modified_itself(&order).unwrap());
    // A new one, in a session or not.
    let new = User::builder().name("new").into_obj().unwrap();
    assert!(session.is_modified(&new).unwrap());
    session.add(&new).unwrap();
    session.commit().unwrap();
    assert!(!session.is_modified(&new).unwrap());
}

/// It leaves its session alone, keeps what it holds, and gets a row of its own.
#[test]
fn what_is_said_to_have_no_row() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let address = ed.addresses().get(0).unwrap().unwrap();
    session.expire_attributes(&ed, &["id", "fullname"]).unwrap();
    db.sql();
    Obj::make_transient(&ed).unwrap();
    assert_eq!(Obj::state(&ed), ObjectState::Transient);
    assert!(!session.contains(&ed) && session.contains(&address));
    assert_eq!(
        (ed.name().unwrap().as_str(), ed.fullname().unwrap()),
        ("ed", None),
        "what is expired was never set"
    );
    assert_eq!(code(ed.id()), Code::Unset);
    Obj::make_transient(&ed).unwrap();
    session.no_autoflush(|session| session.add(&ed)).unwrap();
    assert_eq!(Obj::state(&ed), ObjectState::Pending);
    session.flush().unwrap();
    // The addresses that it holds belong to the old row, as their rows say.
    expect![[r#"
        INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['ed', NULL]
    "#]]
    .assert_eq(&db.sql());
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, name FROM user_account WHERE name = 'ed'"), "1|'ed'\n4|'ed'\n");
    assert_eq!(ed.id().unwrap(), 4);
    // A detached one.
    session.expunge(&ed).unwrap();
    Obj::make_transient(&ed).unwrap();
    assert_eq!(code(session.delete(&ed)), Code::WrongState);
    // With its key it would be the second one of that row.
    session.add(&ed).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
}

/// An object whose row was deleted may be added again, in the same transaction and after it.
#[test]
fn what_was_deleted_is_made_new() {
    for commits in [false, true] {
        let db = Db::new();
        let session = db.session();
        let user = session.add(User::builder().name("ed")).unwrap();
        session.commit().unwrap();
        user.name().unwrap();
        session.delete(&user).unwrap();
        if commits {
            session.commit().unwrap()
        } else {
            session.flush().unwrap()
        }
        assert_eq!(code(session.add(&user)), Code::WrongState);
        Obj::make_transient(&user).unwrap();
        session.add(&user).unwrap();
        session.flush().unwrap();
        assert_eq!(Obj::state(&user), ObjectState::Persistent);
        session.commit().unwrap();
        assert!(session.contains(&user));
        assert_eq!((user.name().unwrap().as_str(), Obj::state(&user)), ("ed", ObjectState::Persistent));
        assert_eq!(db.rows("SELECT id, name FROM user_account"), "1|'ed'\n");
        // A rollback brings the row back, and not the object: it is another one by now.
        session.delete(&user).unwrap();
        session.flush().unwrap();
        Obj::make_transient(&user).unwrap();
        session.rollback().unwrap();
        assert_eq!(Obj::state(&user), ObjectState::Transient);
        assert_ne!(session.get_one::<User>(1).unwrap(), user);
        // Deleted a second time it counts again.
        session.expunge_all();
        let user = session.get_one::<User>(1).unwrap();
        let part = session.begin_nested().unwrap();
        session.delete(&user).unwrap();
        session.flush().unwrap();
        Obj::make_transient(&user).unwrap();
        session.add(&user).unwrap();
        session.flush().unwrap();
        session.delete(&user).unwrap();
        session.flush().unwrap();
        part.rollback().unwrap();
        assert_eq!(session.scalars(select(User)).unwrap().count().unwrap(), 1);
        session.commit().unwrap();
    }
}

/// What has a key is said to have its row; what wasn't set is loaded from it.
#[test]
fn what_is_said_to_have_a_row() {
    let db = filled();
    let session = db.session();
    let ed = User::builder().id(1).name("edna").into_obj().unwrap();
    Obj::make_transient_to_detached(&ed).unwrap();
    assert_eq!((Obj::state(&ed), Obj::any(&ed).is_modified()), (ObjectState::Detached, false));
    session.add(&ed).unwrap();
    assert!(!session.is_dirty());
    assert_eq!(ed.fullname().unwrap().as_deref(), Some("Ed Jones"));
    assert_eq!((ed.name().unwrap().as_str(), ed.addresses().len().unwrap()), ("edna", 2));
    ed.set_fullname("Edna").unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        UPDATE "user_account" SET "fullname" = ? WHERE "id" = ? ['Edna', 1]
    "#]]
    .assert_eq(&db.sql());
    // One that is in a session, or has a row, isn't transient; one without a key names no row.
    let pending = session.add(User::builder().id(9)).unwrap();
    expect![
        "[wrong-state] `User`: User(new) isn't transient; help: make a new object with the key of the row"
    ]
    .assert_eq(&show(Obj::make_transient_to_detached(&pending)));
    session.expunge(&pending).unwrap();
    session.expunge(&ed).unwrap();
    assert_eq!(code(Obj::make_transient_to_detached(&ed)), Code::WrongState);
    let keyless = User::builder().into_obj().unwrap();
    expect!["[wrong-state] `User`: User(new) has no key, so it names no row; help: make a new object with the key of the row"]
        .assert_eq(&show(Obj::make_transient_to_detached(&keyless)));
    // A row that isn't there is found gone.
    Obj::make_transient_to_detached(&pending).unwrap();
    session.add(&pending).unwrap();
    assert_eq!(code(pending.name()), Code::ObjectDeleted);
}

/// Objects that move from session to session: with what was changed of them, when the first one has let go of them.
#[test]
fn objects_go_from_session_to_session() {
    let db = filled();
    let (one, two) = (db.session(), db.session());
    let ed = one.get_one::<User>(1).unwrap();
    assert_eq!(code(two.add(&ed)), Code::OtherSession);
    assert!(two.objects().is_empty());
    ed.set_name("edna").unwrap();
    one.close().unwrap();
    assert!(Obj::any(&ed).is_modified() && one.dirty_objects().is_empty());
    two.add(&ed).unwrap();
    assert_eq!(two.dirty_objects(), any(&[&ed]));
    two.expire(&ed).unwrap();
    assert!(!two.is_dirty() && !Obj::any(&ed).is_modified());
    ed.set_name("edna").unwrap();
    drop(two);
    // The session is gone, and the change is on the object.
    let three = db.session();
    three.add(&ed).unwrap();
    three.commit().unwrap();
    assert_eq!(db.rows("SELECT name FROM user_account WHERE id = 1"), "'edna'\n");
    // A clean one comes clean, a changed one may be deleted.
    ed.name().unwrap();
    three.expunge(&ed).unwrap();
    let four = db.session();
    four.add(&ed).unwrap();
    assert!(!four.is_dirty());
    four.expunge(&ed).unwrap();
    ed.set_name("x").unwrap();
    three.delete(&ed).unwrap();
    assert_eq!((three.deleted_objects().first(), three.dirty_objects()), (Some(&Obj::any(&ed)), vec![]));
}

/// What left by `expunge` after its row was deleted stays out of the session, whatever becomes of the row.
#[test]
fn a_deleted_object_that_left() {
    let db = Db::new();
    let session = db.session();
    let user = super::stored(&session, "x");
    session.delete(&user).unwrap();
    session.flush().unwrap();
    assert_eq!((session.contains(&user), Obj::session(&user).is_some()), (false, true));
    session.expunge(&user).unwrap();
    session.rollback().unwrap();
    assert_eq!((Obj::state(&user), Obj::session(&user)), (ObjectState::Detached, None));
    assert!(!session.contains(&user));
}

/// What came to a collection of an object that a query flushed goes with the rollback; it keeps what it holds.
#[test]
fn a_rollback_after_an_autoflush() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let new = ed.addresses().append(Address::builder().email("new")).unwrap();
    ed.set_name("edna").unwrap();
    assert_eq!(session.scalars(select(Address)).unwrap().count().unwrap(), 4);
    session.rollback().unwrap();
    assert_eq!((ed.name().unwrap().as_str(), ed.addresses().len().unwrap()), ("ed", 2));
    assert!(!ed.addresses().contains(&new).unwrap());
    assert_eq!((new.email().unwrap().as_str(), Obj::state(&new)), ("new", ObjectState::Transient));
}

/// Keys of several columns, in the order of the fields.
#[test]
fn by_a_key_of_several_columns() {
    use super::merged::{Folder, Letter, Merging};
    let db = Db::empty();
    Merging::create_all(&db.engine).unwrap();
    let session = db.session();
    session.add(Folder::builder().letters([1, 2].map(|number| Letter::builder().number(number)))).unwrap();
    session.commit().unwrap();
    session.expunge_all();
    let letter = session.get_one::<Letter>((1, 2)).unwrap();
    db.sql();
    assert_eq!(session.get::<Letter>((1, 2)).unwrap(), Some(letter));
    assert_eq!(db.statements(), 0);
    assert_eq!(session.get::<Letter>((2, 1)).unwrap(), None);
    assert_eq!(code(session.get_one::<Letter>((2, 1))), Code::NoResult);
    expect![[r#"
        SELECT "folder_id", "number", "sender_id" FROM "letter" WHERE "folder_id" = ? AND "number" = ? [2, 1]
        SELECT "folder_id", "number", "sender_id" FROM "letter" WHERE "folder_id" = ? AND "number" = ? [2, 1]
    "#]]
    .assert_eq(&db.sql());
}

/// Closed, reset, invalidated: nothing is left in any case. Only who says so can't use the session after `close`.
#[test]
fn what_is_left_of_a_session() {
    for is_final in [false, true] {
        for (name, end) in [
            ("close", Session::close as fn(&Session) -> orm::Result<()>),
            ("reset", Session::reset),
            ("invalidate", Session::invalidate),
        ] {
            let db = filled();
            let config = SessionConfig::default().close_resets_only(!is_final);
            let session = Session::with_config(&db.engine, config);
            let ed = session.get_one::<User>(1).unwrap();
            let new = session.add(User::builder().name("new")).unwrap();
            ed.set_name("edna").unwrap();
            session.flush().unwrap();
            let part = session.begin_nested().unwrap();
            let late = session.add(User::builder().name("late")).unwrap();
            end(&session).unwrap();
            assert!(session.objects().is_empty() && !session.in_transaction() && !session.is_dirty());
            let states = [Obj::state(&ed), Obj::state(&new), Obj::state(&late)];
            assert_eq!(
                states,
                [ObjectState::Detached, ObjectState::Detached, ObjectState::Transient],
                "{name}"
            );
            assert_eq!(ed.name().unwrap(), "edna", "what is held stays");
            assert_eq!(code(part.commit()), Code::NoTransaction);
            assert_eq!(db.rows("SELECT count(*) FROM user_account"), "3\n");
            let closed = is_final && name != "reset";
            assert_eq!(session.is_active(), !closed);
            if closed {
                expect!["[no-transaction] the session is closed for good; help: make another one, or end this one by `reset`"]
                    .assert_eq(&show(session.add(&late)));
                for refused in [
                    code(session.get::<User>(1)),
                    code(session.begin()),
                    code(session.commit()),
                    code(session.delete(&ed)),
                    code(session.begin_nested()),
                    code(session.scalars(select(User)).unwrap().all()),
                ] {
                    assert_eq!(refused, Code::NoTransaction);
                }
                session.close().unwrap();
                session.rollback().unwrap();
            } else {
                session.add(&late).unwrap();
                session.commit().unwrap();
                assert_eq!(db.rows("SELECT count(*) FROM user_account"), "4\n");
            }
        }
    }
}

/// Nobody gets the connection of an invalidated session again.
#[test]
fn an_invalidated_connection_is_closed() {
    let db = Db::file_with(orm::sqlite::Engine::options().pool_size(1));
    let session = db.session();
    // A connection counts the rows that it has changed.
    let changes =
        |session: &Session| db.rows_in(session, "SELECT total_changes()").trim().parse::<u32>().unwrap();
    session.add(Item::builder().name("a")).unwrap();
    session.commit().unwrap();
    let before = changes(&session);
    assert!(before > 0, "it has the same connection");
    session.invalidate().unwrap();
    assert_eq!(changes(&session), 0);
    session.add(Item::builder().name("b")).unwrap();
    session.commit().unwrap();
    // A session that has none has nothing to invalidate.
    session.invalidate().unwrap();
    assert_eq!(changes(&session), 1);
}

/// A condition on an object asks for its key when it runs, after the flush; it knows it also where the object has left since,
/// expired or not.
#[test]
fn a_condition_on_an_object_that_comes_and_goes() {
    type Leave = fn(&Session, &Obj<User>) -> orm::Result<()>;
    let ways: [Leave; 4] = [
        |_, _| Ok(()),
        |session, user| session.expunge(user),
        |session, user| session.expire(user).and_then(|()| session.expunge(user)),
        |session, user| session.expire_attributes(user, &["id"]).and_then(|()| session.expunge(user)),
    ];
    for leave in ways {
        let db = Db::new();
        let session = db.session();
        let user = User::builder().name("ed").orders([Order::builder().note("foo")]).into_obj().unwrap();
        let query = select(Order).filter(Order::user.is(&user));
        session.add(&user).unwrap();
        session.flush().unwrap();
        leave(&session, &user).unwrap();
        assert_eq!(session.scalars(query).unwrap().one().unwrap().note().unwrap().as_deref(), Some("foo"));
    }
    // One without a row, whose key was set.
    let db = filled();
    let jack = User::builder().id(2).into_obj().unwrap();
    let query = select(Address).filter(Address::user.is(&jack));
    assert_eq!(db.session().scalars(query).unwrap().one().unwrap().email().unwrap(), "jack@x");
}

/// An object whose row was deleted is told from one that has only left, also when both are detached.
#[test]
fn what_was_deleted_is_told_from_what_has_left() {
    let db = filled();
    let session = db.session();
    let (gone, left) = (session.get_one::<User>(3).unwrap(), session.get_one::<User>(2).unwrap());
    let are = |gone: &Obj<User>| (Obj::state(gone), Obj::was_deleted(gone), Obj::any(gone).was_deleted());
    session.delete(&gone).unwrap();
    assert_eq!(are(&gone), (ObjectState::Persistent, false, false));
    let savepoint = session.begin_nested().unwrap();
    assert_eq!(are(&gone), (ObjectState::Deleted, true, true));
    savepoint.commit().unwrap();
    session.rollback().unwrap();
    assert_eq!(are(&gone), (ObjectState::Persistent, false, false));
    session.delete(&gone).unwrap();
    session.expunge(&left).unwrap();
    session.commit().unwrap();
    assert_eq!(are(&gone), (ObjectState::Detached, true, true));
    assert_eq!(are(&left), (ObjectState::Detached, false, false));
    Obj::make_transient(&gone).unwrap();
    assert_eq!(are(&gone), (ObjectState::Transient, false, false));
}

/// What a rollback makes transient is new when it is added again, also where it was deleted between: it can be deleted, and
/// found by its key. SQLAlchemy takes it for deleted.
#[test]
fn what_was_deleted_and_rolled_back_is_inserted_again() {
    for like_sqlalchemy in [false, true] {
        let db = filled();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let user = session.add(User::builder().name("new")).unwrap();
        session.flush().unwrap();
        session.delete(&user).unwrap();
        session.flush().unwrap();
        session.rollback().unwrap();
        assert_eq!((Obj::state(&user), Obj::was_deleted(&user)), (ObjectState::Transient, true));
        session.add(&user).unwrap();
        session.commit().unwrap();
        let expected = if like_sqlalchemy { ObjectState::Deleted } else { ObjectState::Persistent };
        assert_eq!((Obj::state(&user), Obj::was_deleted(&user)), (expected, like_sqlalchemy));
        if !like_sqlalchemy {
            session.add(&user).unwrap();
            assert_eq!(session.get_one::<User>(user.id().unwrap()).unwrap(), user);
            session.delete(&user).unwrap();
            session.commit().unwrap();
            assert_eq!((Obj::state(&user), Obj::was_deleted(&user)), (ObjectState::Detached, true));
            assert_eq!(session.scalars(select(User)).unwrap().all().unwrap().len(), 3);
        }
    }
}
