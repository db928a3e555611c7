//! A second session that is used while a first one flushes: an observer may do that.

use std::cell::RefCell;
use std::sync::Arc;

use orm::engine::{Observer, StatementEvent};
use orm::prelude::*;
use orm::{Code, Result};
use tests::{Db, code};

orm::registry!(
    /// One class.
    pub Within
);

/// A leaf leads to another one, wherever that is.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Within)]
pub struct Leaf {
    #[column(primary_key, generated = false)]
    pub id: i64,
    #[column(foreign_key = Leaf::id)]
    pub up_id: Option<i64>,
    #[relationship(remote_side = Leaf::id, cascade = "none")]
    pub up: Option<One<Leaf>>,
}

type Action = Box<dyn FnOnce()>;

thread_local! {
    /// What is done when the next row is inserted.
    static NEXT: RefCell<Option<Action>> = const { RefCell::new(None) };
}

struct Inserted;

impl Observer for Inserted {
    fn statement(&self, event: &StatementEvent<'_>) {
        if event.sql.starts_with("INSERT")
            && let Some(action) = NEXT.take()
        {
            action();
        }
    }
}

fn database() -> Db {
    let db = Db::empty();
    Within::create_all(&db.engine).unwrap();
    db
}

/// What `act` gives while rows of these objects are written by another session.
fn while_flushed(count: i64, act: impl FnOnce(Vec<Obj<Leaf>>) -> Result<()> + 'static) -> Result<()> {
    let db = database();
    db.engine.observe(Arc::new(Inserted));
    let session = db.session();
    let leaves: Vec<Obj<Leaf>> = (1..=count).map(|id| session.add(Leaf::builder().id(id)).unwrap()).collect();
    let (said, heard) = std::sync::mpsc::channel();
    let given = leaves.clone();
    NEXT.set(Some(Box::new(move || said.send(act(given)).unwrap())));
    session.commit().unwrap();
    // The flush itself is right.
    assert_eq!(session.scalars(select(Leaf)).unwrap().all().unwrap(), leaves);
    leaves[0].set_up_id(None).unwrap();
    session.commit().unwrap();
    heard.try_recv().unwrap()
}

/// A database that has rows of these keys already.
fn other(count: i64) -> (Db, Session) {
    let db = database();
    let session = db.session();
    (1..=count).for_each(|id| _ = session.add(Leaf::builder().id(id)).unwrap());
    session.commit().unwrap();
    session.expunge_all();
    (db, session)
}

#[test]
fn what_it_writes_may_lead_to_what_the_first_one_writes() {
    let done = while_flushed(9, |leaves| {
        let (db, session) = other(9);
        for leaf in &leaves {
            let new = session.add(Leaf::builder().id(10 + leaf.id()?))?;
            new.set_up(leaf)?;
        }
        // What isn't in the session isn't its business: it may say so, but takes it for none of its own.
        match session.commit() {
            Ok(()) => assert_eq!(db.rows("SELECT count(*) FROM leaf WHERE id > 10"), "9\n"),
            Err(error) => {
                assert!(!matches!(error.code(), Code::CircularDependency | Code::Internal), "{error}")
            }
        }
        Ok(())
    });
    done.unwrap();
}

#[test]
fn what_it_deletes_may_lead_to_what_the_first_one_writes() {
    let done = while_flushed(9, |leaves| {
        let (db, session) = other(9);
        for leaf in &leaves {
            let own = session.get_one::<Leaf>(leaf.id()?)?;
            own.set_up(leaf)?;
            session.delete(&own)?;
        }
        session.commit()?;
        assert_eq!(db.rows("SELECT count(*) FROM leaf"), "0\n");
        Ok(())
    });
    done.unwrap();
}

#[test]
fn it_cant_take_what_the_first_one_writes() {
    let done = while_flushed(3, |leaves| {
        let (_db, session) = other(0);
        assert_eq!(code(session.add(&leaves[2])), Code::OtherSession);
        session.commit()
    });
    done.unwrap();
}
