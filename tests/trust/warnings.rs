//! Warnings: what isn't an error, but may be a mistake, is said by `tracing`, when it happens and only then.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, IntoObj, NPlusOne, SessionConfig, Unsaved};
use tests::models::*;
use tests::{Db, code, warns, warns_at};

use super::outside::{Card, Kid, Par, Shy, Tag, Toy};

/// Runs `f`, which must give none.
#[track_caller]
fn silent<R>(f: impl FnOnce() -> R) -> R {
    warns(expect![""], f)
}

#[test]
fn several_rows_for_a_relationship_to_one() {
    let db = Db::new();
    db.run(
        "DROP TABLE profile; CREATE TABLE profile (id INTEGER PRIMARY KEY, text TEXT, user_id INTEGER);
         INSERT INTO user_account (id, name) VALUES (1, 'none'), (2, 'one'), (3, 'three');
         INSERT INTO profile (id, user_id) VALUES (1, 2), (2, 3), (3, 3), (4, 3);",
    );
    let session = db.session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    silent(|| {
        assert_eq!(users[0].profile().unwrap(), None);
        assert!(users[1].profile().unwrap().is_some());
    });
    let profile = warns(
        expect![[r#"
        WARN orm::load message=several rows for a relationship to one class="User" attribute="profile" rows=3
    "#]],
        || users[2].profile().unwrap(),
    );
    // It is loaded now.
    silent(|| assert_eq!(users[2].profile().unwrap(), profile));
}

#[test]
fn rows_to_be_deleted_that_are_gone() {
    let db = Db::new();
    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    let words = ["a", "b", "c", "d"].map(|word| Keyword::builder().word(word));
    let words = session.add_all(words).unwrap();
    session.commit().unwrap();
    silent(|| {
        session.delete(&words[0]).unwrap();
        session.commit().unwrap();
    });
    db.run("DELETE FROM keyword WHERE word = 'c'");
    warns(
        expect![[r#"
        WARN orm::flush message=rows to be deleted were gone class="Keyword" expected=3 matched=2
    "#]],
        || {
            session.delete_all(&words[1..]).unwrap();
            session.commit().unwrap();
        },
    );
    assert_eq!(db.rows("SELECT * FROM keyword"), "");
}

#[test]
fn a_row_that_the_database_keeps_from_deletion() {
    let db = Db::new();
    db.run(
        "INSERT INTO item VALUES (1, 'kept');
         CREATE TRIGGER kept BEFORE DELETE ON item BEGIN SELECT raise(IGNORE); END;",
    );
    for (config, expected) in [
        (SessionConfig::default(), None),
        (
            SessionConfig::default().check_rows(false),
            Some(expect![[r#"
            WARN orm::flush message=rows to be deleted were gone class="Item" expected=1 matched=0
        "#]]),
        ),
    ] {
        let session = Session::with_config(&db.engine, config);
        let item = session.get_one::<Item>(1).unwrap();
        session.delete(&item).unwrap();
        match expected {
            // An error says it.
            None => assert_eq!(silent(|| code(session.commit())), Code::Flush),
            Some(expected) => warns(expected, || session.commit().unwrap()),
        }
    }
}

#[test]
fn a_new_object_with_the_key_of_one_that_is_there() {
    let db = Db::new();
    let session = db.session();
    let first = session.add(Item::builder().id(1).name("first")).unwrap();
    silent(|| session.commit().unwrap());
    session.add(Item::builder().id(1).name("second")).unwrap();
    let failed = warns(
        expect![[r#"
        WARN orm::flush message=a new object has the key of one that is in the session new=Item(new) existing=Item#1
    "#]],
        || code(session.commit()),
    );
    assert_eq!(failed, Code::Integrity);
    session.rollback().unwrap();
    // It takes the row of one over that is deleted.
    silent(|| {
        session.delete(&first).unwrap();
        session.add(Item::builder().id(1).name("third")).unwrap();
        session.commit().unwrap();
    });
    assert_eq!(db.rows("SELECT * FROM item"), "1|'third'\n");
    // Where nobody holds the other, there is only the database to say it.
    session.close().unwrap();
    session.add(Item::builder().id(1).name("fourth")).unwrap();
    assert_eq!(silent(|| code(session.commit())), Code::Integrity);
}

#[test]
fn a_rollback_after_a_failed_flush_that_fails_too() {
    let db = Db::new();
    let session = db.session();
    let collide = || {
        session.add(Item::builder().id(1).name("a")).unwrap();
        session.flush().unwrap();
        session.expunge_all();
        session.add(Item::builder().id(1).name("b")).unwrap();
    };
    for is_nested in [false, true] {
        let part = is_nested.then(|| session.begin_nested().unwrap());
        collide();
        assert_eq!(silent(|| code(session.flush())), Code::Integrity);
        part.map_or_else(|| session.rollback(), orm::Savepoint::rollback).unwrap();
    }
    let part = session.begin_nested().unwrap();
    collide();
    // Savepoints are numbered by their connection.
    session.connection().unwrap().execute_batch("DELETE FROM node; RELEASE orm_2").unwrap();
    assert_eq!(
        warns(
            expect![[r#"
        WARN orm::session message=the rollback after a failed flush failed error=[database] no such savepoint: orm_2
    "#]],
            || code(session.flush())
        ),
        Code::Integrity
    );
    assert_eq!(code(part.rollback()), Code::PendingRollback);
    silent(|| session.rollback().unwrap());
    assert_eq!(db.rows("SELECT * FROM item"), "");
}

/// A session that leaves out what isn't in it, and a parent in it.
fn lenient() -> (Db, Session, Obj<Par>) {
    let db = Db::empty();
    Shy::create_all(&db.engine).unwrap();
    let session = Session::with_config(&db.engine, SessionConfig::default().unsaved(Unsaved::Warn));
    let par = session.add(Par::builder().name("one")).unwrap();
    session.commit().unwrap();
    (db, session, par)
}

#[test]
fn a_child_that_is_not_in_the_session() {
    let (db, session, par) = lenient();
    let kid = Kid::builder().into_obj().unwrap();
    kid.set_par(&par).unwrap();
    warns(
        expect![[r#"
        WARN orm::flush message=not in the session: the flush leaves it alone class="Par" attribute="kids" object=Kid(new)
    "#]],
        || session.commit().unwrap(),
    );
    assert_eq!(db.rows("SELECT * FROM kid"), "");
    silent(|| {
        session.add(&kid).unwrap();
        kid.set_par(None).unwrap();
        kid.set_par(&par).unwrap();
        session.commit().unwrap();
    });
    assert_eq!(db.rows("SELECT * FROM kid"), "1|1\n");
}

#[test]
fn a_child_that_left_the_session_and_its_parent() {
    let (db, session, par) = lenient();
    let toys = ["a", "b"].map(|name| par.toys().append(Toy::builder().name(name)).unwrap());
    let card = Card::builder().into_obj().unwrap();
    par.set_card(&card).unwrap();
    session.commit().unwrap();
    assert_eq!(par.toys().len().unwrap(), 2);
    silent(|| {
        par.toys().remove(&toys[0]).unwrap();
        session.flush().unwrap();
    });
    par.toys().remove(&toys[1]).unwrap();
    session.expunge(&toys[1]).unwrap();
    warns(
        expect![[r#"
        WARN orm::flush message=not in the session: the flush leaves it alone class="Par" attribute="toys" object=Toy#2
    "#]],
        || session.commit().unwrap(),
    );
    assert_eq!(db.rows("SELECT name, owner_id FROM toy"), "'b'|1\n");
    par.set_card(None).unwrap();
    session.expunge(&card).unwrap();
    warns(
        expect![[r#"
        WARN orm::flush message=not in the session: the flush leaves it alone class="Par" attribute="card" object=Card#1
    "#]],
        || session.commit().unwrap(),
    );
}

#[test]
fn a_parent_that_is_not_in_the_session() {
    let (db, session, par) = lenient();
    let new = Par::builder().name("new").into_obj().unwrap();
    let kid = session.add(Kid::builder()).unwrap();
    kid.set_par(&new).unwrap();
    warns(
        expect![[r#"
        WARN orm::flush message=not in the session: the reference to it isn't written class="Kid" attribute="par" object=Par(new)
    "#]],
        || session.commit().unwrap(),
    );
    assert_eq!(db.rows("SELECT * FROM kid"), "1|NULL\n");
    // One that is deleted is none.
    session.delete(&par).unwrap();
    session.flush().unwrap();
    kid.set_par(&par).unwrap();
    silent(|| session.commit().unwrap());
    assert_eq!(db.rows("SELECT * FROM kid"), "1|NULL\n");
}

#[test]
fn a_link_to_what_is_not_in_the_session() {
    let (db, session, par) = lenient();
    let gone = session.add(Tag::builder()).unwrap();
    session.flush().unwrap();
    session.delete(&gone).unwrap();
    session.flush().unwrap();
    let tag = Tag::builder().into_obj().unwrap();
    tag.pars().append(&par).unwrap();
    warns(
        expect![[r#"
        WARN orm::flush message=not in the session: the link to it isn't written class="Par" attribute="tags" object=Tag(new)
    "#]],
        || session.commit().unwrap(),
    );
    // One that is deleted is none.
    par.tags().append(&gone).unwrap();
    silent(|| session.commit().unwrap());
    let kept = session.add(Tag::builder()).unwrap();
    par.tags().append(&kept).unwrap();
    silent(|| session.commit().unwrap());
    assert_eq!(db.rows("SELECT count(*) FROM par_tag"), "1\n");
}

/// Where they are errors, they are no warnings.
#[test]
fn what_is_an_error_is_no_warning() {
    let (db, _, _) = lenient();
    let session = db.session();
    let par = session.get_one::<Par>(1).unwrap();
    let kid = Kid::builder().into_obj().unwrap();
    kid.set_par(&par).unwrap();
    let inside = session.add(Kid::builder()).unwrap();
    inside.set_par(Par::builder().name("new").into_obj().unwrap()).unwrap();
    let tag = Tag::builder().into_obj().unwrap();
    tag.pars().append(&par).unwrap();
    assert_eq!(silent(|| code(session.commit())), Code::Unsaved);
}

#[test]
fn what_is_loaded_one_by_one() {
    let db = Db::new();
    let filling = db.session();
    let user = |number: i64| User::builder().name(number.to_string()).profile(Profile::builder().text("t"));
    filling.add_all((0..20).map(user)).unwrap();
    filling.commit().unwrap();
    let all = |session: &Session| session.scalars(select(User)).unwrap().all().unwrap();
    let here = |line: u32| format!("{}:{line},", file!());
    let counted = here(line!() + 1);
    let count = |users: &[Obj<User>]| users.iter().map(|user| user.orders().len().unwrap()).sum::<usize>();
    let session = Session::with_config(&db.engine, SessionConfig::default().n_plus_one(NPlusOne::Warn));
    let users = all(&session);
    silent(|| count(&users[..9]));
    warns_at(
        &counted,
        expect![[r#"
        WARN orm::load message=it is loaded one by one at HERE for 10 of 20 objects that were loaded together class="User" attribute="orders" help="load it with the query, by `.options(selectin(User::orders))`, or when it is first read, by `batch(User::orders)`"
    "#]],
        || count(&users),
    );
    // Once for each relationship.
    session.commit().unwrap();
    silent(|| count(&all(&session)));
    warns_at(
        &here(line!() + 4),
        expect![[r#"
        WARN orm::load message=it is loaded one by one at HERE for 10 of 20 objects that were loaded together class="User" attribute="profile" help="load it with the query, by `.options(selectin(User::profile))`, or when it is first read, by `batch(User::profile)`"
    "#]],
        || users.iter().filter(|user| user.profile().unwrap().is_some()).count(),
    );
    // Nobody asks for it where nothing is said.
    silent(|| count(&all(&db.session())));
}
