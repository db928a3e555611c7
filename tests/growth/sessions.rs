//! What operations of a session cost as the number of other objects grows: steps and bytes.

use orm::__private::session_steps;
use orm::Savepoint;
use orm::prelude::*;
use tests::Db;
use tests::models::{Address, Item, Keyword, Models, Order, User};

use super::{allocated, alone, in_use, together};

/// How many objects a session walks over while `f` runs.
fn steps(f: impl FnOnce()) -> u64 {
    let before = session_steps();
    f();
    session_steps() - before
}

/// A session with so many loaded users, and them.
fn loaded(db: &Db, count: usize) -> (Session, Vec<Obj<User>>) {
    let session = db.session();
    let users = session.add_all((0..count).map(|at| User::builder().name(format!("user {at}")))).unwrap();
    session.commit().unwrap();
    assert_eq!(session.scalars(select(User)).unwrap().all().unwrap().len(), count);
    (session, users)
}

const TIMES: usize = 20;

type End = fn(Savepoint) -> orm::Result<()>;
type Work = fn(&Session, &Obj<User>);

const ENDS: [(&str, End); 2] = [("release", Savepoint::commit), ("rollback", Savepoint::rollback)];

/// Savepoints with that work in each, over so many clean objects: steps and bytes.
fn savepoints(count: usize, end: End, work: Work) -> (u64, usize) {
    let db = Db::new();
    let (session, users) = loaded(&db, count);
    let run = || {
        for user in users.iter().take(TIMES) {
            let part = session.begin_nested().unwrap();
            work(&session, user);
            end(part).unwrap();
        }
    };
    run(); // what is made once isn't counted
    db.sql();
    let mut bytes = 0;
    let walked = steps(|| bytes = allocated(run));
    (walked, bytes)
}

#[test]
fn a_savepoint_costs_what_is_changed_in_it() {
    let _alone = alone();
    for (name, end) in ENDS {
        let clean: Work = |_, _| ();
        let (few, many) = (savepoints(100, end, clean), savepoints(1600, end, clean));
        assert_eq!(few, many, "{name} of a savepoint in which nothing happens: steps, bytes");
        assert_eq!(few.0, 0, "{name}");
    }
}

#[test]
fn a_savepoint_with_changes_costs_no_more_among_many_objects() {
    let _together = together();
    let works: [(&str, Work); 4] = [
        ("update", |session, user| {
            user.set_fullname(Some("changed".to_owned())).unwrap();
            session.flush().unwrap();
            user.set_fullname(None).unwrap();
        }),
        ("change", |_, user| user.set_fullname(Some("changed".to_owned())).unwrap()),
        ("insert", |session, _| {
            let _held = session.add(Item::builder().name("new")).unwrap();
            session.flush().unwrap();
        }),
        ("add", |session, _| {
            session.add(Item::builder().name("new")).unwrap();
        }),
    ];
    for (end_name, end) in ENDS {
        for (name, work) in works {
            let ((few, _), (many, _)) = (savepoints(100, end, work), savepoints(1600, end, work));
            assert_eq!(few, many, "{name}, {end_name}");
            assert!(few <= 7 * TIMES as u64, "{name}, {end_name}: {few} steps");
        }
    }
}

/// A savepoint within one that goes on: the inner ones pass on what they did, again and again of the same object.
#[test]
fn what_savepoints_pass_on_does_not_pile_up() {
    let _alone = alone();
    let db = Db::new();
    let (session, users) = loaded(&db, 1);
    let outer = session.begin_nested().unwrap();
    let change = |times: usize| {
        for at in 0..times {
            let inner = session.begin_nested().unwrap();
            users[0].set_name(format!("name {at}")).unwrap();
            inner.commit().unwrap();
        }
        db.sql();
    };
    change(2000);
    let before = in_use();
    change(4000);
    let grown = in_use() - before;
    assert!(grown < 4096, "{grown} bytes more for 4,000 changes of one object");
    outer.rollback().unwrap();
    assert_eq!(users[0].name().unwrap(), "user 0");
}

/// Each change loads the expired key first, which flushes the change before it.
#[test]
fn text_keys_changed_one_after_another() {
    let _together = together();
    let walked = |count: usize| {
        let db = Db::new();
        let session = db.session();
        let word = |at: usize| format!("word number {at:06}");
        let words = session.add_all((0..count).map(|at| Keyword::builder().word(word(at)))).unwrap();
        session.commit().unwrap();
        let walked = steps(|| {
            for (at, word) in words.iter().enumerate() {
                word.set_word(format!("changed {at:06}")).unwrap();
            }
            session.commit().unwrap();
        });
        assert_eq!(db.rows("select count(*) from keyword where word like 'changed%'"), format!("{count}\n"));
        walked
    };
    for count in [100, 400, 1600] {
        let walked = walked(count);
        assert!(walked <= 4 * count as u64, "{walked} steps for {count} keys");
    }
}

/// Objects that come and go in a transaction leave nothing behind in it, though it could be rolled back.
#[test]
fn a_long_transaction_keeps_no_dead_objects() {
    let _alone = alone();
    let db = Db::new();
    let session = db.session();
    session.add(Item::builder().name("first")).unwrap();
    let batch = || {
        let held = session.add_all((0..500).map(|_| Item::builder().name("some name"))).unwrap();
        session.flush().unwrap();
        for item in &held {
            item.set_name("changed").unwrap();
        }
        session.flush().unwrap();
        drop(held);
        db.sql();
    };
    (0..4).for_each(|_| batch());
    let before = in_use();
    (0..16).for_each(|_| batch());
    let grown = in_use() - before;
    assert!(grown < 50_000, "{grown} bytes more after 8,000 objects");
    session.rollback().unwrap();
    assert_eq!(db.rows("select count(*) from item"), "0\n");
}

/// Of new objects only those are noted for a rollback that somebody holds after the flush, be it by another.
#[test]
fn what_nobody_holds_is_not_noted() {
    let _together = together();
    let walked = |held: usize| {
        let db = Db::new();
        let session = db.session();
        let part = session.begin_nested().unwrap();
        let new = |at: usize| {
            let addresses = (0..2).map(|_| Address::builder().email("e"));
            User::builder().name(format!("user {at}")).addresses(addresses)
        };
        let held = session.add_all((0..held).map(new)).unwrap();
        session.add_all((0..100).map(new)).map(drop).unwrap();
        session.flush().unwrap();
        let walked = steps(|| part.rollback().unwrap());
        drop(held);
        walked
    };
    assert_eq!((walked(0), walked(7)), (0, 7 * 3));
}

/// A list whose objects come and go is as long as what is in it, also while one stays.
#[test]
fn a_change_that_waits_does_not_make_others_dear() {
    let _together = together();
    let walked = |times: usize| {
        let db = Db::new();
        let (session, users) = loaded(&db, 2);
        let part = session.begin_nested().unwrap();
        users[0].set_name("waits").unwrap();
        session.no_autoflush(|session| {
            for _ in 0..times {
                users[1].set_name("comes").unwrap();
                session.expire(&users[1]).unwrap();
            }
        });
        steps(|| part.rollback().unwrap())
    };
    let (few, many) = (walked(100), walked(1000));
    assert!(few.max(many) <= 70, "{few} steps after 100 changes, {many} after 1,000");
}

/// Values that the database made are read for many objects at a time, whichever is asked for first.
#[test]
fn what_waits_is_found_at_once() {
    let _together = together();
    let orders: [fn(usize, usize) -> usize; 3] =
        [|at, _| at, |at, count| count - 1 - at, |at, count| at * 7 % count];
    let walked = |count: usize, order: fn(usize, usize) -> usize| {
        let db = Db::new();
        let session = db.session();
        let words = (0..count).map(|at| Keyword::builder().word(format!("word {at}")));
        let words = session.add_all(words).unwrap();
        session.flush().unwrap();
        db.sql();
        let walked = steps(|| {
            for at in 0..count {
                assert_eq!(words[order(at, count)].state().unwrap(), "fresh");
            }
        });
        assert_eq!(db.statements(), count.div_ceil(500));
        walked
    };
    for order in orders {
        for count in [100, 1_600, 6_400] {
            let walked = walked(count, order);
            assert!(walked <= 2 * count as u64, "{walked} steps for {count} objects");
        }
    }
}

/// Objects whose values wait to be read, and are gone before they are, leave nothing behind in a transaction.
#[test]
fn a_long_transaction_keeps_no_dead_objects_that_wait() {
    let _alone = alone();
    let db = Db::new();
    let session = db.session();
    let batch = |at: usize, is_read: bool| {
        let words = (0..600).map(|word| Keyword::builder().word(format!("{at} {word}")));
        let held = session.add_all(words).unwrap();
        session.flush().unwrap();
        if is_read {
            assert_eq!(held[550].state().unwrap(), "fresh");
        }
        drop(held);
        db.sql();
    };
    for is_read in [false, true] {
        let first = if is_read { 1_000 } else { 0 };
        (first..first + 4).for_each(|at| batch(at, is_read));
        let before = in_use();
        (first + 4..first + 20).for_each(|at| batch(at, is_read));
        let grown = in_use().saturating_sub(before);
        assert!(grown < 150_000, "{grown} bytes more after 9,600 objects, read: {is_read}");
    }
}

/// A flush knows how many objects come: the list of them is made at once, and not again and again.
#[test]
fn a_flush_makes_room_once() {
    let _alone = alone();
    let bytes = |count: usize| {
        let engine = orm::sqlite::Engine::in_memory().unwrap().into();
        Models::create_all(&engine).unwrap();
        let session = Session::new(&engine);
        session.add(Item::builder().name("first")).unwrap();
        session.flush().unwrap(); // what is made once isn't counted
        session.add_all((0..count).map(|_| Item::builder().name("some name"))).map(drop).unwrap();
        allocated(|| session.flush().unwrap())
    };
    // Other lists hold a number of four bytes for each object, and double when they are full.
    let (count, few) = (4096, bytes(4096));
    let more = bytes(count + 1).saturating_sub(few);
    assert!(more < 6 * count, "{more} bytes more for one object more than {count}");
}

/// What a new object refers to is found where it stands: of most objects no history is made.
#[test]
fn a_new_reference_needs_no_history() {
    let _alone = alone();
    let bytes = |is_of_user: bool| {
        let engine = orm::sqlite::Engine::in_memory().unwrap().into();
        Models::create_all(&engine).unwrap();
        let session = Session::new(&engine);
        let user = session.add(User::builder().name("ed")).unwrap();
        session.commit().unwrap();
        let orders = (0..1_000).map(|_| {
            let order = session.add(Order::builder().note("some")).unwrap();
            if is_of_user {
                session.no_autoflush(|_| order.set_user(&user)).unwrap();
            }
            order
        });
        let orders: Vec<_> = orders.collect();
        let bytes = allocated(|| session.flush().unwrap());
        drop(orders);
        bytes
    };
    let (without, with) = (bytes(false), bytes(true));
    let more = with.saturating_sub(without);
    assert!(more < 100_000, "{more} bytes more than {without} for 1,000 references");
}
