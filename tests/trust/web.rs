//! Many threads and processes on one database.

use std::process::Child;
use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::sqlite::Engine;
use orm::{Begin, Code, Result, SessionConfig};
use tests::models::*;
use tests::{Db, code};

use super::process;

/// Reads a number that is in a user's full name, adds one and writes it.
fn add_one(session: &Session) -> Result<i64> {
    let user = session.get_one::<User>(1)?;
    let number = user.fullname()?.and_then(|text| text.parse::<i64>().ok()).unwrap_or(0) + 1;
    user.set_fullname(number.to_string())?;
    Ok(number)
}

fn number(engine: &orm::engine::Engine) -> i64 {
    let read = engine.read(|session| session.get_one::<User>(1)?.fullname());
    read.unwrap().unwrap_or_default().parse().unwrap()
}

/// A file and a database in memory, each with one user.
fn databases() -> [Db; 2] {
    let file = Db::file_with(Engine::options());
    let databases = [file, Db::new()];
    for db in &databases {
        db.engine
            .transaction(|session| session.add(User::builder().name("counter").fullname("0")).map(drop))
            .unwrap();
    }
    databases
}

/// Runs `work` on as many threads, and gives what each gives.
fn on_threads<R: Send>(threads: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    std::thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn through_transactions_nothing_fails_and_nothing_is_lost() {
    for db in databases() {
        let rounds = 25;
        on_threads(16, |thread| {
            for round in 0..rounds {
                if (thread + round) % 3 == 0 {
                    db.engine.transaction(add_one).unwrap();
                } else {
                    db.engine.read(|session| session.scalars(select(User))?.all()).map(drop).unwrap();
                }
            }
        });
        let writes = (0..16).flat_map(|thread| (0..rounds).map(move |round| thread + round));
        assert_eq!(number(&db.engine), writes.filter(|at| at % 3 == 0).count() as i64);
    }
}

/// In any way of use: what isn't `locked` counts.
#[test]
fn whatever_was_committed_is_there() {
    for db in databases() {
        for config in [SessionConfig::default(), SessionConfig::default().begin(Begin::Immediate)] {
            let before = number(&db.engine);
            let committed: i64 = on_threads(8, |_| {
                let mut committed = 0;
                for _ in 0..50 {
                    let session = Session::with_config(&db.engine, config);
                    match add_one(&session).and_then(|_| session.commit()) {
                        Ok(()) => committed += 1,
                        Err(error) => assert_eq!(error.code(), Code::Locked),
                    }
                }
                committed
            })
            .into_iter()
            .sum();
            assert_eq!(number(&db.engine) - before, committed);
            assert!(committed > 0);
        }
    }
}

#[test]
fn a_transaction_takes_the_lock_when_it_begins() {
    for db in databases() {
        let writer = db.session();
        add_one(&writer).unwrap();
        writer.flush().unwrap();
        // Readers don't wait, on the same thread either, and see what is committed.
        assert_eq!(number(&db.engine), 0);
        let reader = db.session();
        assert_eq!(reader.get_one::<User>(1).unwrap().fullname().unwrap().as_deref(), Some("0"));
        writer.commit().unwrap();
        assert_eq!(number(&db.engine), 1);
        // A flush is the first thing that this one does: it can wait for the lock.
        let first = Session::with_config(&db.engine, SessionConfig::default());
        db.sql();
        first.add(User::builder().name("new")).unwrap();
        first.commit().unwrap();
        // This one has read, and somebody has written since.
        reader.get_one::<User>(1).unwrap().set_fullname("7").unwrap();
        assert_eq!(code(reader.commit()), Code::Locked);
        reader.rollback().unwrap();
        assert_eq!(number(&db.engine), 1);
    }
}

#[test]
fn a_flush_that_comes_first_waits_for_the_lock() {
    for db in databases() {
        let (locked, wait) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let engine = &db.engine;
            scope.spawn(move || {
                engine
                    .transaction(|session| {
                        add_one(session)?;
                        session.flush()?;
                        let _ = locked.send(());
                        std::thread::sleep(Duration::from_millis(100));
                        Ok(())
                    })
                    .unwrap();
            });
            wait.recv().unwrap();
            let session = db.session();
            session.add(User::builder().name("new")).unwrap();
            session.commit().unwrap();
            assert_eq!(session.scalars(select(User)).unwrap().all().unwrap().len(), 2);
        });
    }
}

/// Whoever was too slow waits before it tries again, so that many don't keep each other from the lock.
#[test]
fn work_waits_before_it_is_done_again() {
    let db = Db::file_with(Engine::options().busy_timeout(Duration::ZERO));
    let holder = db.session();
    holder.add(User::builder().name("holds the lock")).unwrap();
    holder.flush().unwrap();
    let start = Instant::now();
    let done = db.engine.transaction_with(SessionConfig::default(), 20, |_| Ok::<_, orm::Error>(()));
    assert_eq!(code(done), Code::Locked);
    // Half of 0.1 ms the first time, twice as long each time, and half of 10 ms at last.
    assert!(start.elapsed() >= Duration::from_millis(71), "{:?}", start.elapsed());
}

#[test]
fn work_is_done_again_only_where_the_database_was_busy() {
    let db = Db::file_with(Engine::options().busy_timeout(Duration::from_millis(5)));
    db.engine.transaction(|session| session.add(User::builder().name("counter")).map(drop)).unwrap();
    let holder = db.session();
    add_one(&holder).unwrap();
    holder.flush().unwrap();
    let mut runs = 0;
    let work = |_: &Session| {
        runs += 1;
        Ok(())
    };
    assert_eq!(code(db.engine.transaction(work)), Code::Locked);
    assert_eq!(runs, 0, "it never began");
    // The lock goes while it is tried again.
    std::thread::scope(|scope| {
        let engine = &db.engine;
        let waiting = scope.spawn(move || {
            engine.transaction_with(SessionConfig::default(), 1000, |session| add_one(session).map(drop))
        });
        std::thread::sleep(Duration::from_millis(50));
        holder.commit().unwrap();
        waiting.join().unwrap().unwrap();
    });
    assert_eq!(number(&db.engine), 2);
    // An error of its own, of whatever kind, isn't repeated, and takes the work back.
    let mut runs = 0;
    let failed: std::result::Result<(), String> = db
        .engine
        .transaction_with(SessionConfig::default(), 5, |session| {
            runs += 1;
            add_one(session).map_err(|error| Told(error.to_string()))?;
            session.flush().map_err(|error| Told(error.to_string()))?;
            Err(Told("no".to_owned()))
        })
        .map_err(|Told(text)| text);
    assert_eq!((failed, runs), (Err("no".to_owned()), 1));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = db.engine.transaction(|session| -> Result<()> {
            add_one(session)?;
            session.flush()?;
            panic!("in the middle")
        });
    }));
    assert!(panicked.is_err());
    assert_eq!(number(&db.engine), 2);
}

/// An error of a user's own.
struct Told(String);

impl From<orm::Error> for Told {
    fn from(error: orm::Error) -> Self {
        Told(error.to_string())
    }
}

#[test]
fn who_reads_does_not_write() {
    for db in databases() {
        db.sql();
        let written = db.engine.read(|session| {
            let user = session.get_one::<User>(1)?;
            user.set_fullname("7")?;
            session.flush()
        });
        assert_eq!(code(written), Code::ReadOnly);
        assert!(!db.sql().contains("UPDATE"), "it is refused before a statement runs");
        let own = db.engine.read(|session| {
            session.connection()?.execute("UPDATE user_account SET fullname = '7'", &[]).map(drop)
        });
        assert_eq!(code(own), Code::ReadOnly);
        // The connection is lent again, and writes.
        db.engine.transaction(add_one).unwrap();
        assert_eq!(number(&db.engine), 1);
        let session = Session::with_config(&db.engine, SessionConfig::default().read_only(true));
        assert_eq!(session.scalars(select(User)).unwrap().all().unwrap().len(), 1);
        session.rollback().unwrap();
        session.add(User::builder().name("new")).unwrap();
        assert_eq!(code(session.commit()), Code::ReadOnly);
    }
}

// ---- processes ----

/// Runs another process of this binary, which does what `work` names.
fn process(work: &str, db: &Db) -> Child {
    process::start("web::in_another_process", work, db)
}

#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn in_another_process() {
    let Some((work, engine)) = process::work() else { return };
    match work.as_str() {
        "create" => Models::create_all(&engine).unwrap(),
        "add" => {
            for _ in 0..100 {
                engine.transaction(add_one).unwrap();
            }
        }
        other => panic!("nobody does `{other}`"),
    }
}

#[test]
fn four_processes_lose_nothing() {
    let db = Db::file_with(Engine::options());
    db.engine
        .transaction(|session| session.add(User::builder().name("counter").fullname("0")).map(drop))
        .unwrap();
    let children: Vec<Child> = (0..4).map(|_| process("add", &db)).collect();
    let start = Instant::now();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    assert_eq!(number(&db.engine), 400, "after {:?}", start.elapsed());
}

#[test]
fn tables_are_made_by_several_processes_at_once() {
    for _ in 0..5 {
        let db = Db::empty_file(Engine::options());
        let children: Vec<Child> = (0..4).map(|_| process("create", &db)).collect();
        for child in children {
            assert!(child.wait_with_output().unwrap().status.success());
        }
        db.engine
            .transaction(|session| session.add(User::builder().name("counter").fullname("0")).map(drop))
            .unwrap();
    }
}
