//! What is told of objects that are loaded: once for each object, by `load` or by `refresh`, and what listeners may load meanwhile.

use std::cell::RefCell;

use orm::prelude::*;
use orm::{Listeners, joined};
use tests::Db;

orm::registry!(
    /// Classes that are listened to.
    pub Loads
);

thread_local! {
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    /// Whether the listeners read what isn't loaded.
    static READS: RefCell<bool> = const { RefCell::new(false) };
    /// What the listeners set the name to.
    static SETS: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn told() -> Vec<String> {
    TOLD.take()
}

fn tell(line: String) -> orm::Result<()> {
    TOLD.with_borrow_mut(|told| told.push(line));
    Ok(())
}

#[derive(Mapped)]
#[mapped(registry = Loads, listen = Host::listen)]
struct Host {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(deferred)]
    text: Option<String>,
    #[relationship(lazy = "joined", order_by = Guest::id)]
    guests: Many<Guest>,
    #[relationship(secondary = HostTag)]
    tags: Many<Tag>,
}

#[derive(Mapped)]
#[mapped(registry = Loads, listen = Tag::listen)]
struct Tag {
    #[column(primary_key)]
    id: i64,
}

#[derive(Table)]
#[mapped(registry = Loads)]
struct HostTag {
    #[column(primary_key, foreign_key = Host::id)]
    host_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = Loads)]
struct Guest {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Host::id)]
    host_id: Option<i64>,
}

impl Host {
    fn listen(on: &mut Listeners<'_, Host>) {
        on.load(|host| Host::hear(host, "load")).refresh(|host| Host::hear(host, "refresh"));
        on.before_update(|host| tell(format!("before_update {}", host.id()?)));
        on.after_update(|host| tell(format!("after_update {}", host.id()?)));
    }

    fn hear(host: &Obj<Host>, what: &str) -> orm::Result<()> {
        tell(format!("{what} {}", host.id()?))?;
        if READS.with_borrow(|reads| *reads) {
            host.text()?;
        }
        match SETS.with_borrow(Clone::clone) {
            Some(name) => host.set_name(name),
            None => Ok(()),
        }
    }
}

impl Tag {
    fn listen(on: &mut Listeners<'_, Tag>) {
        on.before_update(|_| tell("before_update Tag".to_owned()));
    }
}

/// Two hosts, the first with three guests.
fn loads() -> (Db, Session) {
    let db = Db::empty();
    Loads::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO host VALUES (1, 'a', 'long'), (2, 'b', NULL); INSERT INTO guest VALUES (1, 1), (2, 1), (3, 1)",
    );
    READS.set(false);
    SETS.set(None);
    told();
    let session = db.session();
    (db, session)
}

fn first(session: &Session) -> Obj<Host> {
    session.scalars(select(Host).order_by(Host::id).limit(1)).unwrap().one().unwrap()
}

#[test]
fn an_object_is_told_of_once() {
    let (_, session) = loads();
    let host = first(&session);
    assert_eq!(told(), ["load 1"]);
    // It is there, and nothing of it is missing.
    first(&session);
    assert_eq!(told(), Vec::<String>::new());
    // Several rows of one object.
    let twice = select(Host).union_all(select(Host));
    let twice = session.scalars(twice).unwrap().all().unwrap();
    assert_eq!(twice.len(), 2);
    assert_eq!(told(), ["load 2"]);
    session.commit().unwrap();
    let again = session
        .scalars(select(Host).order_by(Host::id).options(joined(Host::guests)))
        .unwrap()
        .all()
        .unwrap();
    assert_eq!(again.len(), 2);
    assert_eq!(told(), ["refresh 1", "refresh 2"]);
    session.commit().unwrap();
    host.name().unwrap();
    assert_eq!(told(), ["refresh 1"]);
}

#[test]
fn what_was_expired_is_refreshed() {
    let (_, session) = loads();
    let host = first(&session);
    told();
    session.expire(&host).unwrap();
    first(&session);
    assert_eq!(told(), ["refresh 1"]);
    session.expire_attributes(&host, &["name"]).unwrap();
    first(&session);
    assert_eq!(told(), ["refresh 1"], "a part of it");
    session.commit().unwrap();
    first(&session);
    assert_eq!(told(), ["refresh 1"], "by the commit");
    session.scalars(select(Host).filter(Host::id.eq(1)).populate_existing()).unwrap().one().unwrap();
    assert_eq!(told(), ["refresh 1"], "what is overwritten");
    session.refresh(&host).unwrap();
    assert_eq!(told(), ["refresh 1"]);
    // One that is new, and was flushed, isn't loaded.
    let new = session.add(Host::builder().name("new")).unwrap();
    session.flush().unwrap();
    session.scalars(select(Host).filter(Host::id.eq(new.id().unwrap()))).unwrap().one().unwrap();
    assert_eq!(told(), Vec::<String>::new());
}

/// What a listener reads is loaded, and the load that it is told of goes on: its collections are whole.
#[test]
fn listeners_load_within_a_load() {
    let (_, session) = loads();
    READS.set(true);
    let all = session.scalars(select(Host).order_by(Host::id)).unwrap().all().unwrap();
    assert_eq!(all[0].guests().len().unwrap(), 3);
    assert_eq!(all[0].text().unwrap().as_deref(), Some("long"));
    told();
    session.refresh(&all[0]).unwrap();
    assert_eq!(told()[0], "refresh 1");
    assert_eq!(all[0].guests().len().unwrap(), 3);
    session.expire(&all[0]).unwrap();
    let again = session.scalars(select(Host).order_by(Host::id)).unwrap().all().unwrap();
    assert_eq!((again[0].guests().len().unwrap(), again[1].guests().len().unwrap()), (3, 0));
}

/// What a listener sets is a change, and is written; SQLAlchemy takes it for what the row said.
#[test]
fn what_a_listener_sets_is_a_change() {
    let (db, session) = loads();
    SETS.set(Some("set".to_owned()));
    let host = first(&session);
    assert!(session.is_dirty() && Obj::any(&host).is_modified());
    assert_eq!(host.name().unwrap(), "set");
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name FROM host"), "'set'\n'b'\n");
    SETS.set(Some("refreshed".to_owned()));
    host.name().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name FROM host"), "'refreshed'\n'b'\n");
    SETS.set(None);
}

/// What is merged is loaded, where it has a row.
#[test]
fn merging_tells_what_it_loads() {
    let (db, session) = loads();
    let host = first(&session);
    told();
    db.session().merge(&host).unwrap();
    assert_eq!(told(), ["load 1"]);
    db.session().merge(Host::builder().name("new")).unwrap();
    assert_eq!(told(), Vec::<String>::new());
}

/// Only its links change: it is told of all the same, and who is linked isn't.
#[test]
fn an_object_of_which_only_a_collection_changes() {
    let (db, session) = loads();
    let host = first(&session);
    let tag = session.add(Tag::builder()).unwrap();
    session.flush().unwrap();
    told();
    host.tags().append(&tag).unwrap();
    db.sql();
    session.flush().unwrap();
    assert_eq!(told(), ["before_update 1", "after_update 1"]);
    assert!(db.sql().lines().all(|line| !line.starts_with("UPDATE")));
}
