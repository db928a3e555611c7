//! No path to a panic: whatever the database, the file or a user's own code does, there is an error value, and
//! the session can be rolled back and used again.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use expect_test::expect;
use orm::IntoObj;
use orm::engine::Connection;
use orm::prelude::*;
use orm::sqlite::{Engine, JournalMode};
use orm::{Code, ObjectState, SqlType, Value, ValueError, ValueRef};
use tests::models::*;
use tests::{Db, Report, code, show};

fn user(name: &str) -> UserBuilder {
    User::builder().name(name)
}

/// The session writes and reads again.
#[track_caller]
fn works(session: &Session) {
    session.rollback().unwrap();
    assert!(!session.is_dirty() && !session.in_transaction());
    session.add(Item::builder().name("works")).unwrap();
    session.commit().unwrap();
    let found = session.scalars(select(Item).filter(Item::name.eq("works"))).unwrap().first().unwrap();
    assert_eq!(found.unwrap().name().unwrap(), "works");
    session.rollback().unwrap();
}

// ---- what stands in the file ----

#[test]
fn values_of_the_wrong_type() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(user("ed")).unwrap();
    session.commit().unwrap();
    db.run("insert into user_account values (2, x'00ff', null)");
    db.run("insert into address (id, email, user_id) values (1, 'e', 1)");
    let mut report = Report::default();
    report.outcome("get", session.get::<User>(2));
    report.outcome("all", session.scalars(select(User)).unwrap().all());
    let run = |sql: &str| session.connection().unwrap().execute_batch(sql).unwrap();
    run("update user_account set name = x'01' where id = 1");
    report.outcome("expired", ed.name());
    report.outcome("refresh", session.refresh(&ed));
    report.outcome("with", ed.with(|_| ()));
    report.outcome("to_value", ed.to_value());
    report.outcome("to-one", session.get_one::<Address>(1).unwrap().user());
    expect![[r#"
        get: [value] `User.name`: the column `user_account.name` can't be read: expected text, found bytes
        all: [value] `User.name`: the column `user_account.name` can't be read: expected text, found bytes
        expired: "ed"
        refresh: [value] `User.name`: the column `user_account.name` can't be read: expected text, found bytes
        with: [value] `User.name`: the column `user_account.name` can't be read: expected text, found bytes
        to_value: [value] `User.name`: the column `user_account.name` can't be read: expected text, found bytes
        to-one: [value] `User.name`: the column `user_account.name` can't be read: expected text, found bytes
    "#]].assert_eq(report.text());
    works(&session);
    run("update user_account set name = 'mended'");
    assert_eq!(ed.name().unwrap(), "mended");
    assert_eq!(session.scalars(select(User)).unwrap().all().unwrap().len(), 2);
}

#[test]
fn tables_that_are_not_as_declared() {
    let db = Db::empty();
    db.run("create table user_account (id text, name text, fullname text); insert into user_account values ('x', null, 1)");
    db.run("create table item (id integer primary key, name text)");
    let session = db.session();
    let mut report = Report::default();
    report.outcome("a key of text", session.scalars(select(User)).unwrap().all());
    session.rollback().unwrap();
    db.run("update user_account set id = 3");
    report.outcome("a key that is text of a number", session.scalars(select(User)).unwrap().all());
    report.outcome("no table", session.scalars(select(Node)).unwrap().all());
    session.add(Node::builder()).unwrap();
    report.outcome("no table to write", session.flush());
    session.rollback().unwrap();
    db.run("drop table user_account; create table user_account (id integer, name text); insert into user_account values (1, 'a')");
    report.outcome("no column", session.get::<User>(1));
    session.rollback().unwrap();
    db.run("drop table user_account; create table user_account (id integer, name text, fullname text); insert into user_account values (1, null, 1.5), (1, 'b', null)");
    report.outcome("NULL in a required column", session.get::<User>(1));
    expect![[r#"
        a key of text: [value] `User.id`: the column `user_account.id` can't be read: expected an integer, found text
        a key that is text of a number: [value] `User.id`: the column `user_account.id` can't be read: expected an integer, found text
        no table: [database] no such table: node
        no table to write: [database] no such table: node
        no column: [database] no such column: "fullname" - should this be a string literal in single-quotes? (at byte 21)
        NULL in a required column: [value] `User.name`: the column `user_account.name` can't be read: expected text, found NULL
    "#]].assert_eq(report.text());
    works(&session);
}

#[test]
fn references_to_rows_that_are_not_there() {
    let db = Db::new();
    let session = db.session();
    let connection = db.engine.connect().unwrap();
    connection.execute_batch("pragma foreign_keys = off; insert into address values (1, 'e', 77)").unwrap();
    connection
        .execute_batch("insert into orders values (1, 'o', 77); insert into order_item values (1, 55)")
        .unwrap();
    drop(connection);
    let address = session.get_one::<Address>(1).unwrap();
    expect!["[missing-related] `Address.user`: the required object isn't there; help: set it first"]
        .assert_eq(&show(address.user()));
    let order = session.get_one::<Order>(1).unwrap();
    assert_eq!(order.user().unwrap(), None);
    assert_eq!(order.items().len().unwrap(), 0);
    works(&session);
}

#[test]
fn rows_that_vanish_between_statements() {
    let db = Db::new();
    let session = db.session();
    let (ed, jack) = (session.add(user("ed")).unwrap(), session.add(user("jack")).unwrap());
    let address = ed.addresses().append(Address::builder().email("e")).unwrap();
    session.commit().unwrap();
    db.run("delete from address; delete from user_account");
    let mut report = Report::default();
    report.outcome("column", ed.name());
    report.outcome("to-one", address.user());
    report.outcome("collection", jack.addresses().len());
    report.outcome("refresh", session.refresh(&address));
    report.outcome("set and flush", jack.set_name("new").and_then(|()| session.flush()));
    session.rollback().unwrap();
    report.outcome("delete and flush", session.delete(&jack).and_then(|()| session.flush()));
    expect![[r#"
        column: [object-deleted] `User`: the row of User#1 is gone; help: somebody else deleted it; expunge the object
        to-one: [object-deleted] `Address`: the row of Address#1 is gone; help: somebody else deleted it; expunge the object
        collection: [object-deleted] `User`: the row of User#2 is gone; help: somebody else deleted it; expunge the object
        refresh: [object-deleted] `Address`: the row of Address#1 is gone; help: somebody else deleted it; expunge the object
        set and flush: [object-deleted] `User`: the row of User#2 is gone; help: somebody else deleted it; expunge the object
        delete and flush: [object-deleted] `User`: the row of User#2 is gone; help: somebody else deleted it; expunge the object
    "#]].assert_eq(report.text());
    works(&session);
}

#[test]
fn a_file_that_is_no_database() {
    let path = std::env::temp_dir().join(format!("orm-test-none-{}.db", std::process::id()));
    std::fs::write(&path, "this is no database, but long enough to be looked at as one ".repeat(100))
        .unwrap();
    assert_eq!(code(Engine::open(&path)), Code::Corrupt);
    assert_eq!(code(Engine::open(path.join("below"))), Code::Connection);
    std::fs::remove_file(&path).unwrap();
}

// ---- the file cannot be written ----

#[test]
fn a_locked_file() {
    let db = Db::file();
    let session = db.session();
    let ed = session.add(user("ed")).unwrap();
    session.commit().unwrap();
    let other = db.engine.connect().unwrap();
    other.execute_batch("begin immediate; insert into item values (50, 'other')").unwrap();
    ed.set_name("edna").unwrap();
    session.add(user("jack")).unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!(
        error.to_string(),
        "[locked] database is locked; help: another connection holds the lock: roll back, and try again later"
    );
    // The transaction didn't begin, so nothing of it is lost: it can be tried again.
    assert_eq!(code(session.commit()), Code::Locked);
    other.rollback().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name from user_account"), "'edna'\n'jack'\n");
    // One that has read has begun.
    assert_eq!(ed.name().unwrap(), "edna");
    other.execute_batch("begin immediate; insert into item values (50, 'other')").unwrap();
    ed.set_name("eddy").unwrap();
    assert_eq!(code(session.flush()), Code::Locked);
    assert_eq!(code(session.commit()), Code::PendingRollback);
    session.rollback().unwrap();
    assert_eq!(ed.name().unwrap(), "edna", "readers don't wait");
    session.rollback().unwrap();
    other.rollback().unwrap();
    works(&session);
}

#[test]
fn a_commit_that_meets_a_lock_can_be_repeated() {
    let path = std::env::temp_dir().join(format!("orm-test-commit-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let engine = Engine::options()
        .busy_timeout(std::time::Duration::from_millis(20))
        .journal_mode(JournalMode::Delete)
        .open(&path)
        .unwrap();
    let db = Db::over(engine.into(), Some(path));
    Models::create_all(&db.engine).unwrap();
    let session = db.session();
    let reader = db.session();
    session.add(user("ed")).unwrap();
    session.commit().unwrap();
    let seen = reader.get_one::<User>(1).unwrap();
    let jack = session.add(user("jack")).unwrap();
    session.flush().unwrap();
    assert_eq!(code(session.commit()), Code::Locked);
    assert!(session.in_transaction());
    assert_eq!(Obj::state(&jack), ObjectState::Persistent);
    drop(seen);
    reader.rollback().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name from user_account"), "'ed'\n'jack'\n");
    works(&session);
}

#[test]
fn a_transaction_that_has_read_too_early() {
    let db = Db::file();
    let (one, two) = (db.session(), db.session());
    let mine = one.add(user("ed")).unwrap();
    one.commit().unwrap();
    mine.name().unwrap();
    let theirs = two.get_one::<User>(1).unwrap();
    theirs.set_name("theirs").unwrap();
    two.commit().unwrap();
    mine.set_name("mine").unwrap();
    assert_eq!(code(one.flush()), Code::Locked);
    one.rollback().unwrap();
    assert_eq!(mine.name().unwrap(), "theirs");
    mine.set_name("mine").unwrap();
    one.commit().unwrap();
    works(&one);
    works(&two);
}

#[test]
fn a_file_that_may_only_be_read() {
    let db = Db::file();
    db.session().add(user("ed")).unwrap();
    let session = db.session();
    session.add(user("ed")).unwrap();
    session.commit().unwrap();
    drop(session);
    let engine = Engine::options().read_only(true).open(db.path()).unwrap();
    let session = Session::new(&engine);
    let ed = session.get_one::<User>(1).unwrap();
    ed.set_name("other").unwrap();
    assert_eq!(show(session.commit()), "[read-only] attempt to write a readonly database");
    assert_eq!(code(session.commit()), Code::PendingRollback);
    session.rollback().unwrap();
    assert_eq!(ed.name().unwrap(), "ed");
    assert_eq!(
        code(Models::create_all(&engine).and_then(|()| engine.execute_batch("create table t (a)"))),
        Code::ReadOnly
    );
}

#[test]
fn a_full_disk() {
    for savepoint in [false, true] {
        let db = Db::file();
        let session = db.session();
        let ed = session.add(user("ed")).unwrap();
        session.commit().unwrap();
        session.connection().unwrap().execute_batch("pragma max_page_count = 30").unwrap();
        ed.set_name("edna").unwrap();
        session.flush().unwrap();
        let part = savepoint.then(|| session.begin_nested().unwrap());
        let big: Vec<_> =
            (0..200).map(|n| session.add(user(&n.to_string()).fullname("x".repeat(4000))).unwrap()).collect();
        assert_eq!(show(session.flush()), "[full] database or disk is full");
        assert!(big.iter().all(|user| Obj::state(user) == ObjectState::Transient));
        assert_eq!(code(session.commit()), Code::PendingRollback);
        if let Some(part) = part {
            // SQLite may have rolled everything back: what cannot be done is an error.
            match part.rollback() {
                Ok(()) => assert_eq!(ed.name().unwrap(), "edna"),
                Err(error) => assert_eq!(error.code(), Code::PendingRollback),
            }
        }
        session.rollback().unwrap();
        assert_eq!(ed.name().unwrap(), "ed");
        session.connection().unwrap().execute_batch("pragma max_page_count = 100000").unwrap();
        works(&session);
        session.add_all(&big).unwrap();
        session.commit().unwrap();
        assert_eq!(db.rows("select count(*) from user_account"), "201\n");
    }
}

#[test]
fn a_transaction_that_was_ended_behind_the_session() {
    let mut report = Report::default();
    for sql in ["rollback", "commit"] {
        let db = Db::new();
        let session = db.session();
        let ed = session.add(user("ed")).unwrap();
        session.flush().unwrap();
        let part = session.begin_nested().unwrap();
        session.add(user("jack")).unwrap();
        session.flush().unwrap();
        let ended = session.connection().unwrap().execute_batch(&format!("delete from item; {sql}"));
        assert_eq!(code(ended), Code::PendingRollback);
        report.line(sql);
        report.outcome("  savepoint", part.commit());
        report.outcome("  commit", session.commit());
        let _ = session.rollback();
        assert_eq!(Obj::state(&ed), ObjectState::Transient);
        works(&session);
    }
    expect![[r#"
        rollback
          savepoint: [pending-rollback] the database ended the transaction and its savepoints: it has none any more; help: call `rollback()` of the session first
          commit: [pending-rollback] the database ended the transaction and its savepoints: it has none any more; help: call `rollback()` of the session first
        commit
          savepoint: [pending-rollback] the database ended the transaction and its savepoints: it has none any more; help: call `rollback()` of the session first
          commit: [pending-rollback] the database ended the transaction and its savepoints: it has none any more; help: call `rollback()` of the session first
    "#]]
    .assert_eq(report.text());
}

#[test]
fn a_closed_engine() {
    let db = Db::file();
    let session = db.session();
    let ed = session.add(user("ed")).unwrap();
    session.commit().unwrap();
    let running = db.session();
    running.get_one::<User>(1).unwrap();
    db.engine.close();
    expect!["[connection] the engine is closed"].assert_eq(&show(ed.name()));
    assert_eq!(code(session.get::<User>(2)), Code::Connection);
    session.add(user("jack")).unwrap();
    assert_eq!(code(session.commit()), Code::Connection);
    session.rollback().unwrap();
    session.close().unwrap();
    // A transaction that runs goes on to its end.
    running.add(user("late")).unwrap();
    running.commit().unwrap();
    assert_eq!(code(running.get::<User>(1)), Code::Connection);
    assert_eq!(code(db.engine.connect().map(drop)), Code::Connection);
}

// ---- an object that is being read ----

#[test]
fn everything_inside_a_closure_that_reads_the_object() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(user("ed").addresses([Address::builder().email("e")])).unwrap();
    let jack = session.add(user("jack")).unwrap();
    session.commit().unwrap();
    let address = ed.addresses().get(0).unwrap().unwrap();
    let mut report = Report::default();
    ed.with(|columns| {
        report.outcome("read", ed.name());
        report.outcome("read within", ed.with(|inner| inner.name.known().cloned()));
        report.outcome("set", ed.set_name("x"));
        report.outcome("set another", jack.set_name("x"));
        report.outcome("collection", ed.addresses().len());
        report.outcome("append", ed.addresses().append(Address::builder().email("f")).map(drop));
        report.outcome("remove", ed.addresses().remove(&address));
        report.outcome("expire", session.expire(&ed));
        report.outcome("refresh", session.refresh(&ed));
        report.outcome("query", session.scalars(select(User).order_by(User::id)).unwrap().all());
        report.outcome("to_value", ed.to_value().map(|user| user.name));
        report.outcome("merge", session.merge(&ed));
        report.outcome("delete", session.delete(&ed));
        report.outcome("flush", session.flush());
        report.outcome("expunge", session.expunge(&jack));
        report.line(format_args!("{:?}", columns.name.known()));
    })
    .unwrap();
    expect![[r#"
        read: "ed"
        read within: Some("ed")
        set: [busy] `User`: the object is being read by a closure that is still running; help: let the closure end first; copy out of it what is needed
        set another: ()
        collection: 1
        append: ()
        remove: ()
        expire: [busy] `User`: the object is being read by a closure that is still running; help: let the closure end first; copy out of it what is needed
        refresh: [busy] `User`: the object is being read by a closure that is still running; help: let the closure end first; copy out of it what is needed
        query: [User#1, User#2]
        to_value: "ed"
        merge: User#1
        delete: ()
        flush: ()
        expunge: ()
        Some("ed")
    "#]].assert_eq(report.text());
    works(&session);
    assert_eq!(ed.name().unwrap(), "ed");
    assert_eq!(ed.addresses().len().unwrap(), 1);
    assert_eq!(db.rows("select name from user_account"), "'ed'\n'jack'\n");
}

#[test]
fn ends_of_transactions_inside_a_closure_that_reads() {
    type End = fn(&Session) -> orm::Result<()>;
    let ends: [(&str, End); 4] = [
        ("commit", |s| s.commit()),
        ("rollback", |s| s.rollback()),
        ("savepoint", |s| s.begin_nested()?.rollback()),
        ("close", |s| s.close()),
    ];
    let mut report = Report::default();
    for (name, end) in ends {
        let db = Db::new();
        let session = db.session();
        let ed = session.add(user("ed")).unwrap();
        session.commit().unwrap();
        ed.with(|_| {
            session.add(user("jack")).unwrap();
            report.outcome(name, end(&session));
        })
        .unwrap();
        works(&session);
        session.close().unwrap();
        session.add(&ed).unwrap();
        session.refresh(&ed).unwrap();
        report.line(format_args!(
            "  {} {}",
            db.rows("select count(*) from user_account").trim(),
            ed.name().unwrap()
        ));
        works(&session);
    }
    expect![[r#"
        commit: ()
          2 ed
        rollback: ()
          1 ed
        savepoint: ()
          1 ed
        close: ()
          1 ed
    "#]]
    .assert_eq(report.text());
}

#[test]
fn a_savepoint_dropped_inside_a_closure_that_reads() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(user("ed")).unwrap();
    session.commit().unwrap();
    ed.set_name("outer").unwrap();
    let part = session.begin_nested().unwrap();
    ed.set_name("inner").unwrap();
    session.flush().unwrap();
    ed.with(|_| drop(part)).unwrap();
    assert!(!session.in_nested_transaction());
    session.commit().unwrap();
    assert_eq!(db.rows("select name from user_account"), "'outer'\n");
    assert_eq!(ed.name().unwrap(), "outer");
    works(&session);
}

#[test]
fn handles_dropped_inside_a_closure_that_reads() {
    let parent = user("ed").addresses([Address::builder().email("e")]).into_obj().unwrap();
    let child = parent.addresses().get(0).unwrap().unwrap();
    child.clone().with(|_| drop((parent, child))).unwrap();
    orm::collect();
}

// ---- code of the user's own ----

type Hook = Rc<dyn Fn(&str)>;

thread_local! {
    /// What the user's type does when one of its methods is called.
    static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

fn hook(method: &str) {
    // Taken out meanwhile, so that it isn't called within itself.
    let hook = HOOK.try_with(|hook| hook.take()).ok().flatten();
    if let Some(hook) = hook {
        struct Back(Hook);
        impl Drop for Back {
            fn drop(&mut self) {
                let _ = HOOK.try_with(|hook| hook.replace(Some(Rc::clone(&self.0))));
            }
        }
        let back = Back(hook);
        (back.0)(method);
    }
}

/// Runs `f` while the user's type does something.
fn with_hook<R>(act: impl Fn(&str) + 'static, f: impl FnOnce() -> R) -> R {
    struct Off;
    impl Drop for Off {
        fn drop(&mut self) {
            HOOK.with(|hook| drop(hook.take()));
        }
    }
    HOOK.with(|hook| hook.replace(Some(Rc::new(act))));
    let _off = Off;
    f()
}

/// A column type of the user's own that may do anything.
#[derive(Debug, PartialEq, Default)]
struct Odd(i64);

impl Clone for Odd {
    fn clone(&self) -> Self {
        hook("clone");
        Odd(self.0)
    }
}

impl Drop for Odd {
    fn drop(&mut self) {
        hook("drop");
    }
}

impl ColumnType for Odd {
    const SQL_TYPE: SqlType = SqlType::BigInt;
    const NAME: &'static str = "Odd";

    fn check(&self) -> Result<(), ValueError> {
        hook("check");
        Ok(())
    }

    fn to_value(&self) -> Value {
        hook("to_value");
        Value::Int(self.0)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        hook("from_value");
        i64::from_value(value).map(Odd)
    }
}

fn odd_default() -> Odd {
    hook("default");
    Odd(9)
}

mod odd {
    //! A tree of rows with a column of that type.

    use super::{Odd, odd_default};
    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Zoo
    );

    #[derive(Mapped)]
    #[mapped(registry = Zoo)]
    pub struct Strange {
        #[column(primary_key)]
        pub id: i64,
        pub odd: Odd,
        #[column(default = odd_default())]
        pub other: Odd,
        #[column(foreign_key = Strange::id, index)]
        pub parent_id: Option<i64>,
        #[relationship(back_populates = "parent", order_by = Strange::id, cascade = "all")]
        pub children: Many<Strange>,
        #[relationship(back_populates = "children", remote_side = Strange::id)]
        pub parent: Option<One<Strange>>,
    }

    /// A tree of rows with a key of that type.
    #[derive(Mapped)]
    #[mapped(registry = Zoo)]
    pub struct OddKey {
        #[column(primary_key)]
        pub id: Odd,
        #[column(foreign_key = OddKey::id)]
        pub parent_id: Option<Odd>,
        #[relationship(back_populates = "parent")]
        pub children: Many<OddKey>,
        #[relationship(back_populates = "children", remote_side = OddKey::id)]
        pub parent: Option<One<OddKey>>,
    }
}

use odd::{OddKey, Strange};

/// The session writes and reads again.
#[track_caller]
fn strange_works(session: &Session, after: &str) {
    session.rollback().unwrap();
    assert!(!session.is_dirty(), "{session:?} after {after}");
    let before = session.scalars(select(Strange)).unwrap().all().unwrap().len();
    let parent =
        session.add(Strange::builder().odd(Odd(7)).children([Strange::builder().odd(Odd(8))])).unwrap();
    session.commit().unwrap();
    parent.set_odd(Odd(70)).unwrap();
    session.flush().unwrap();
    session.expire_all().unwrap();
    assert_eq!(parent.odd().unwrap(), Odd(70));
    assert_eq!(parent.children().len().unwrap(), 1);
    session.delete(&parent).unwrap();
    session.commit().unwrap();
    assert_eq!(session.scalars(select(Strange)).unwrap().all().unwrap().len(), before);
    session.rollback().unwrap();
}

/// What is done with the session while a method of the type misbehaves.
type Work = (&'static str, fn(&Session, &Obj<Strange>) -> orm::Result<()>);

const WORK: &[Work] = &[
    ("load", |s, _| s.scalars(select(Strange))?.all().map(drop)),
    ("get another", |s, _| s.get::<Strange>(2).map(drop)),
    ("refresh", |s, o| s.refresh(o)),
    ("expired", |s, o| s.expire(o).and_then(|()| o.parent_id()).map(drop)),
    ("read", |_, o| o.odd().map(drop)),
    ("set", |_, o| o.set_odd(Odd(5))),
    ("set, flush", |s, o| o.set_odd(Odd(6)).and_then(|()| s.flush())),
    ("insert", |s, _| s.add(Strange::builder().odd(Odd(1)))?.set_odd(Odd(2)).and_then(|()| s.flush())),
    ("commit", |s, o| o.set_odd(Odd(16)).and_then(|()| s.commit())),
    ("rollback", |s, o| o.set_odd(Odd(17)).and_then(|()| s.rollback())),
    ("merge", |s, o| s.merge(o).map(drop)),
    ("collection", |_, o| o.children().iter().map(drop)),
    ("replace", |_, o| o.children().replace([Strange::builder().odd(Odd(3))])),
    ("delete", |s, o| s.delete(o).and_then(|()| s.flush())),
    ("to_value", |_, o| o.to_value().map(drop)),
    ("expunge", |s, o| s.expunge(o)),
    ("close", |s, _| s.close()),
];

fn stranger() -> (Db, Session, Obj<Strange>) {
    let db = Db::empty();
    odd::Zoo::create_all(&db.engine).unwrap();
    let (session, object) = strangers(&db);
    (db, session, object)
}

fn strangers(db: &Db) -> (Session, Obj<Strange>) {
    let session = db.session();
    let children = [Strange::builder().odd(Odd(2)), Strange::builder().odd(Odd(3))];
    let object = session.add(Strange::builder().odd(Odd(1)).children(children)).unwrap();
    session.commit().unwrap();
    object.odd().unwrap();
    (session, object)
}

#[test]
fn a_type_that_panics() {
    std::panic::set_hook(Box::new(|_| {}));
    let mut report = Report::default();
    for method in ["from_value", "to_value", "check", "clone", "default", "drop"] {
        let mut met = Vec::new();
        for (name, work) in WORK {
            let (_db, session, object) = stranger();
            let panicked = with_hook(
                move |called| {
                    if called == method && !std::thread::panicking() {
                        panic!("of the user's own");
                    }
                },
                || catch_unwind(AssertUnwindSafe(|| drop(work(&session, &object)))).is_err(),
            );
            if panicked {
                met.push(*name);
            }
            strange_works(&session, &format!("a panic of `{method}` during `{name}`"));
            orm::collect();
        }
        report.line(format_args!("{method}: {}", met.join("; ")));
    }
    let _ = std::panic::take_hook();
    expect![[r#"
        from_value: load; get another; refresh; expired; insert; collection; replace; delete
        to_value: set; set, flush; insert; commit; rollback
        check: set; set, flush; insert; commit; rollback; replace
        clone: read; to_value
        default: insert
        drop: load; get another; refresh; expired; read; set; set, flush; insert; commit; rollback; to_value
    "#]]
    .assert_eq(report.text());
}

/// Both are one object, though neither was there when the first row was read.
#[test]
fn a_type_that_loads_the_row_it_is_read_from() {
    let (_db, session, object) = stranger();
    session.expunge(&object).unwrap();
    drop(object);
    let session = Rc::new(session);
    let (inner, loaded) = (Rc::clone(&session), Rc::new(RefCell::new(None)));
    let place = Rc::clone(&loaded);
    let act = move |called: &str| {
        if called == "from_value" {
            place.replace(inner.get::<Strange>(1).unwrap());
        }
    };
    let found = with_hook(act, || session.get::<Strange>(1)).unwrap().unwrap();
    assert_eq!(loaded.take(), Some(found.clone()));
    assert_eq!((found.odd().unwrap(), found.id().unwrap()), (Odd(1), 1));
    assert_eq!(session.get::<Strange>(1).unwrap(), Some(found));
}

/// Its row is written all the same.
#[test]
fn an_object_that_leaves_the_session_while_it_is_written() {
    for commits in [true, false] {
        let db = Db::empty();
        odd::Zoo::create_all(&db.engine).unwrap();
        let session = Rc::new(db.session());
        let object = session.add(Strange::builder().odd(Odd(1))).unwrap();
        let (inner, leaving) = (Rc::clone(&session), object.clone());
        let act = move |called: &str| {
            if called == "to_value" {
                let _ = inner.expunge(&leaving);
            }
        };
        with_hook(act, || session.flush()).unwrap();
        assert_eq!(Obj::state(&object), ObjectState::Detached);
        assert_eq!(object.odd().unwrap(), Odd(1));
        if commits {
            session.commit().unwrap();
            session.add(&object).unwrap();
            assert_eq!(Obj::state(&object), ObjectState::Persistent);
        } else {
            session.rollback().unwrap();
            assert_eq!(Obj::state(&object), ObjectState::Transient);
            session.add(&object).unwrap();
            session.commit().unwrap();
        }
        object.set_odd(Odd(2)).unwrap();
        session.commit().unwrap();
        assert_eq!(db.rows("select id, odd from strange"), "1|2\n");
    }
}

/// A flush lets go of objects before the others have their places in the identity map: what is loaded between
/// would be a second object for a row.
#[test]
fn a_value_that_loads_when_a_flush_drops_it() {
    let (_db, session, object) = stranger();
    let session = Rc::new(session);
    // Nobody holds these.
    session.add(Strange::builder().odd(Odd(4)).children([Strange::builder().odd(Odd(5))])).unwrap();
    let (inner, refused) = (Rc::clone(&session), Rc::new(Cell::new(0)));
    let count = Rc::clone(&refused);
    let act = move |called: &str| {
        if called == "drop"
            && let Err(error) = inner.get::<Strange>(4)
        {
            assert_eq!(error.code(), Code::WrongState);
            count.set(count.get() + 1);
        }
    };
    with_hook(act, || session.flush()).unwrap();
    assert_eq!(refused.get(), 4, "two columns of two objects");
    session.commit().unwrap();
    assert_eq!(object.odd().unwrap(), Odd(1));
    strange_works(&session, "a load while a flush ends");
}

/// Wherever in a flush a key panics, also while the objects are settled: a rollback makes them transient again, and
/// they can be flushed anew.
#[test]
fn a_key_that_panics_in_a_flush() {
    std::panic::set_hook(Box::new(|_| {}));
    for method in ["to_value", "drop"] {
        let mut flushed = false;
        for at in 0.. {
            let db = Db::empty();
            odd::Zoo::create_all(&db.engine).unwrap();
            let session = db.session();
            let row = |id| OddKey::builder().id(Odd(id)).into_obj().unwrap();
            let objects: Vec<_> = (1..5).map(row).collect();
            objects[0].children().extend(objects[1..3].iter().cloned()).unwrap();
            session.add_all(objects.clone()).unwrap();
            // Nobody holds these.
            session.add(OddKey::builder().id(Odd(5)).children([row(6)])).unwrap();
            let calls = Cell::new(0);
            let act = move |called: &str| {
                if called == method && !std::thread::panicking() {
                    assert!(calls.replace(calls.get() + 1) != at, "of the user's own");
                }
            };
            flushed = with_hook(act, || catch_unwind(AssertUnwindSafe(|| session.flush().unwrap()))).is_ok();
            session.rollback().unwrap();
            for object in &objects {
                assert_eq!(Obj::state(object), ObjectState::Transient, "`{method}`, call {at}");
            }
            session.add_all(objects.clone()).unwrap();
            session.commit().unwrap();
            let rows = "1|NULL\n2|1\n3|1\n4|NULL\n";
            assert_eq!(
                db.rows("select id, parent_id from odd_key order by id"),
                rows,
                "`{method}`, call {at}"
            );
            if flushed {
                break;
            }
        }
        assert!(flushed);
    }
    let _ = std::panic::take_hook();
}

/// Whatever the user's type does with the session or the object in the middle of the work, nothing panics.
#[test]
fn a_type_that_calls_back() {
    let db = Db::empty();
    odd::Zoo::create_all(&db.engine).unwrap();
    let mean_names =
        ["load", "refresh", "set, flush", "rollback", "merge", "replace", "delete", "expunge", "close"];
    for (mean_name, mean) in WORK.iter().filter(|(name, _)| mean_names.contains(name)) {
        for method in ["from_value", "to_value", "check", "clone", "default", "drop"] {
            for (name, work) in WORK {
                db.run("delete from strange");
                let (session, object) = strangers(&db);
                let session = Rc::new(session);
                let (back, its) = (Rc::clone(&session), object.clone());
                let calls = Rc::new(Cell::new(0));
                let counted = Rc::clone(&calls);
                let outcome = with_hook(
                    move |called| {
                        if called == method && counted.get() < 3 {
                            counted.set(counted.get() + 1);
                            let _ = mean(&back, &its);
                        }
                    },
                    || catch_unwind(AssertUnwindSafe(|| drop(work(&session, &object)))),
                );
                let what = format!("`{mean_name}` in `{method}` during `{name}`");
                assert!(outcome.is_ok(), "{what}");
                drop(object);
                strange_works(&session, &what);
                orm::collect();
            }
        }
    }
}

// ---- ends in unusual places ----

#[test]
fn a_session_dropped_while_its_rows_are_read() {
    let db = Db::new();
    let session = db.session();
    session.add_all([user("ed"), user("jack"), user("mary")]).unwrap();
    session.commit().unwrap();
    let users = session.scalars(select(User).order_by(User::id)).unwrap();
    let (mut session, mut kept) = (Some(session), Vec::new());
    users
        .each(|user| {
            drop(session.take());
            kept.push((user.name()?, user.addresses().len()?));
            kept.push((format!("{user:?}"), 0));
            Ok(())
        })
        .unwrap();
    assert_eq!(kept.len(), 6);
    works(&db.session());
}

#[test]
fn an_engine_closed_while_rows_are_read() {
    let db = Db::file();
    let session = db.session();
    session.add_all([user("ed"), user("jack")]).unwrap();
    session.commit().unwrap();
    let mut names = Vec::new();
    let ended = session.scalars(select(User).order_by(User::id)).unwrap().each(|user| {
        db.engine.close();
        names.push(user.name()?);
        user.addresses().len().map(drop)
    });
    ended.unwrap();
    assert_eq!(names, ["ed", "jack"], "what has begun goes on");
    session.rollback().unwrap();
    assert_eq!(code(session.get::<User>(1)), Code::Connection);
}

#[test]
fn sessions_and_objects_that_end_with_their_thread() {
    thread_local! {
        static FIRST: RefCell<Vec<Box<dyn std::any::Any>>> = const { RefCell::new(Vec::new()) };
        static LAST: RefCell<Vec<Box<dyn std::any::Any>>> = const { RefCell::new(Vec::new()) };
    }
    let run = |first: bool| {
        std::thread::spawn(move || {
            if first {
                FIRST.with(|kept| kept.borrow_mut().clear()); // so that it is destroyed after the library's own
            }
            let db = Db::new();
            let session = db.session();
            let family = user("ed").addresses((0..100).map(|n| Address::builder().email(n.to_string())));
            let stored = session.add(family).unwrap();
            session.commit().unwrap();
            stored.addresses().len().unwrap();
            stored.set_name("changed").unwrap();
            let part = session.begin_nested().unwrap();
            let chain = chain(1000);
            let all: Vec<Box<dyn std::any::Any>> =
                vec![Box::new(part), Box::new(session), Box::new(stored), Box::new(chain), Box::new(db)];
            let place = if first { &FIRST } else { &LAST };
            place.with(|kept| kept.borrow_mut().extend(all));
        })
        .join()
        .unwrap();
    };
    run(true);
    run(false);
}

#[test]
fn objects_dropped_in_any_order_with_their_session() {
    for order in 0..6 {
        let db = Db::new();
        let session = db.session();
        let stored = session.add(user("ed").addresses([Address::builder().email("e")])).unwrap();
        session.commit().unwrap();
        let address = stored.addresses().get(0).unwrap().unwrap();
        let part = session.begin_nested().unwrap();
        stored.set_name("x").unwrap();
        let mut all: Vec<Box<dyn std::any::Any>> =
            vec![Box::new(session), Box::new((stored, part)), Box::new(address)];
        all.swap(order % 3, order / 2 % 3);
        for one in all {
            drop(one);
            orm::collect();
        }
        works(&db.session());
    }
}

// ---- depth and width ----

/// Runs `f` on a small stack.
fn on_a_small_stack(f: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 * 1024).spawn(f).unwrap().join().unwrap();
}

const LONG: usize = 100_000;

/// A chain of nodes, each the parent of the next.
fn chain(length: usize) -> Obj<Node> {
    let root = Node::builder().name("0").into_obj().unwrap();
    let mut last = root.clone();
    for _ in 1..length {
        last = last.children().append(Node::default()).unwrap();
    }
    root
}

#[test]
fn a_long_chain_is_built_and_dropped() {
    on_a_small_stack(|| {
        drop(chain(LONG));
        orm::collect();
    });
}

orm::registry!(
    /// A class that knows only what comes after it.
    Following
);

/// One after another, without a reverse side.
#[derive(Mapped)]
#[mapped(registry = Following)]
struct Link {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Link::id)]
    next_id: Option<i64>,
    #[relationship(remote_side = Link::id)]
    next: Option<One<Link>>,
}

#[test]
fn a_long_chain_without_reverse_sides_is_dropped() {
    on_a_small_stack(|| {
        let first = Link::builder().into_obj().unwrap();
        let mut last = first.clone();
        for _ in 0..LONG {
            let next = Link::builder().into_obj().unwrap();
            last.set_next(&next).unwrap();
            last = next;
        }
        drop(last);
        // Let go of in a relationship, and by its last handle.
        let second = first.next().unwrap().unwrap();
        first.set_next(&second.next().unwrap()).unwrap();
        drop((first, second));
        orm::collect();
    });
}

#[test]
fn plain_values_do_not_nest_without_end() {
    let root = chain(LONG);
    expect!["[value] `Node.children`: the plain value would nest deeper than 128 objects; help: take the parts one by one"].assert_eq(&show(root.to_value_nested()));
    assert!(chain(100).to_value_nested().is_ok());
}

#[test]
fn a_long_chain_is_flushed_and_loaded() {
    on_a_small_stack(|| {
        let db = Db::new();
        let session = db.session();
        let length = LONG / 5;
        let root = session.add(chain(length)).unwrap();
        session.flush().unwrap();
        assert_eq!(db.statements(), length);
        session.expunge_all();
        let all = session.scalars(select(Node)).unwrap().all().unwrap();
        assert_eq!(all.len(), length);
        drop((root, all));
        session.rollback().unwrap();
        assert_eq!(db.rows("select count(*) from node"), "0\n");
    });
}

#[test]
fn a_long_chain_is_cascaded() {
    on_a_small_stack(|| {
        let (_db, session, object) = stranger();
        let mut last = object.clone();
        for _ in 0..10_000 {
            last = last.children().append(Strange::builder().odd(Odd(4))).unwrap();
        }
        session.commit().unwrap();
        session.expire(&object).unwrap();
        let merged = session.merge(&object).unwrap();
        assert_eq!(merged, object);
        session.delete(&object).unwrap();
        session.commit().unwrap();
        assert_eq!(session.scalars(select(Strange)).unwrap().all().unwrap().len(), 0);
    });
}

#[test]
fn a_long_chain_is_merged() {
    on_a_small_stack(|| {
        let db = Db::new();
        let session = db.session();
        let given = chain(10_000);
        let merged = session.merge(&given).unwrap();
        assert_ne!(merged, given);
        session.commit().unwrap();
        assert_eq!(db.rows("select count(*) from node"), "10000\n");
    });
}

#[test]
fn a_wide_family() {
    let db = Db::new();
    let session = db.session();
    let addresses = (0..20_000).map(|n| Address::builder().email(n.to_string()));
    let ed = session.add(user("ed").addresses(addresses)).unwrap();
    session.commit().unwrap();
    assert_eq!(ed.addresses().len().unwrap(), 20_000);
    ed.addresses().clear().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from address"), "0\n");
}
