//! The work with live objects, in sessions.

use orm::engine::{Access, Connection as _, Flow};
use orm::prelude::*;
use orm::sqlite::Engine;
use orm::{Value, ValueRef};

use crate::models::{Address, Cascading, Keyword, Linked, LinkedUser, Owner, User, UserBuilder};
use crate::source::{Source, UserRow};
use crate::{CHILDREN, Clock, Outcome, check};

/// Creates the tables of a registry.
pub type CreateAll = fn(&orm::engine::Engine) -> orm::Result<()>;

/// Told of each engine that a workload makes.
pub type OnOpen = fn(&Engine);

thread_local! {
    static ON_OPEN: std::cell::Cell<Option<OnOpen>> = const { std::cell::Cell::new(None) };
}

/// Has each new engine shown to `f`.
pub fn on_open(f: Option<OnOpen>) {
    ON_OPEN.set(f);
}

/// A database in memory for one session at a time: its page cache is private, as on the other side. An engine
/// that is shared has a shared one, which costs SQLite itself 10 to 20 %.
fn memory() -> Outcome<Engine> {
    Ok(Engine::options().max_connections(1).in_memory()?)
}

/// A database with the tables of a registry.
///
/// # Errors
/// What the library says.
pub fn with_tables(create: CreateAll) -> Outcome<Engine> {
    let engine = memory()?;
    create(&engine)?;
    Ok(engine)
}

/// An empty database.
///
/// # Errors
/// What the library says.
pub fn empty() -> Outcome<Engine> {
    let engine = with_tables(DefaultRegistry::create_all)?;
    if let Some(f) = ON_OPEN.get() {
        f(&engine);
    }
    Ok(engine)
}

/// The statements that make the tables of a registry, so that the other side has the same.
///
/// # Errors
/// What the library says.
pub fn schema(create: CreateAll) -> Outcome<String> {
    let engine = with_tables(create)?;
    let mut sql = String::new();
    engine.connect()?.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")?.query(&mut |row| {
        if let ValueRef::Text(text) = row.get(0)? {
            sql.push_str(text);
            sql.push(';');
        }
        Ok(Flow::Continue(()))
    })?;
    Ok(sql)
}

/// Puts users in, and five addresses for each where `nested`. Not part of the work, so without objects.
///
/// # Errors
/// What the library says.
pub fn fill(engine: &Engine, source: &Source, users: usize, nested: bool) -> Outcome<()> {
    let connection = engine.connect()?;
    connection.begin(Access::Usual)?;
    {
        let mut insert_user =
            connection.prepare("INSERT INTO users (name, fullname, age) VALUES (?, ?, ?)")?;
        let mut insert_address =
            connection.prepare("INSERT INTO addresses (user_id, email) VALUES (?, ?)")?;
        for (at, user) in source.users[..users].iter().enumerate() {
            insert_user.bind(0, ValueRef::Text(&user.name))?;
            insert_user.bind(1, user.fullname.as_deref().map_or(ValueRef::Null, ValueRef::Text))?;
            insert_user.bind(2, user.age.map_or(ValueRef::Null, ValueRef::Int))?;
            let id = insert_user.execute()?.last_id.ok_or("no key")?;
            for email in source.emails_of(at).iter().filter(|_| nested) {
                insert_address.bind(0, ValueRef::Int(id))?;
                insert_address.bind(1, ValueRef::Text(email))?;
                insert_address.execute()?;
            }
        }
    }
    connection.commit()?;
    Ok(())
}

pub(crate) fn filled(source: &Source, users: usize, nested: bool) -> Outcome<Engine> {
    filled_in(DefaultRegistry::create_all, source, users, nested)
}

/// The same in the tables of another registry, which have the same names.
fn filled_in(create: CreateAll, source: &Source, users: usize, nested: bool) -> Outcome<Engine> {
    let engine = with_tables(create)?;
    fill(&engine, source, users, nested)?;
    if let Some(f) = ON_OPEN.get() {
        f(&engine);
    }
    Ok(engine)
}

fn number(engine: &Engine, sql: &str) -> Outcome<i64> {
    let mut number = Value::Null;
    engine.connect()?.prepare(sql)?.query(&mut |row| {
        number = row.get(0)?.to_value();
        Ok(Flow::Break(()))
    })?;
    match number {
        Value::Int(number) => Ok(number),
        other => Err(format!("{sql} gives {other}").into()),
    }
}

fn count(engine: &Engine, table: &str) -> Outcome<usize> {
    Ok(number(engine, &format!("SELECT count(*) FROM {table}"))? as usize)
}

fn built(user: &UserRow) -> UserBuilder {
    User::builder().name(user.name.as_str()).fullname(user.fullname.clone()).age(user.age)
}

/// W1: rows of one table.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn insert_flat(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let engine = empty()?;
    clock.time(|| -> Outcome<()> {
        let session = Session::new(&engine);
        for user in &source.users {
            session.add(built(user))?;
        }
        session.commit()?;
        Ok(())
    })?;
    check("users", count(&engine, "users")?, source.size)?;
    check("ages", number(&engine, "SELECT sum(age) FROM users")?, source.ages(source.size))?;
    Ok(source.size)
}

/// W2: parents with five children each.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn insert_graph(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let engine = empty()?;
    let parents = source.size / 5;
    clock.time(|| insert_parents(&engine, source, parents))?;
    check("users", count(&engine, "users")?, parents)?;
    check("addresses", count(&engine, "addresses WHERE user_id IS NOT NULL")?, parents * CHILDREN)?;
    Ok(parents * (CHILDREN + 1))
}

/// Parents with their children, in one transaction.
///
/// # Errors
/// What the library says.
pub fn insert_parents(engine: &Engine, source: &Source, parents: usize) -> Outcome<()> {
    let session = Session::new(engine);
    for (at, user) in source.users[..parents].iter().enumerate() {
        let addresses = source.emails_of(at).iter().map(|email| Address::builder().email(email.as_str()));
        session.add(built(user).addresses(addresses))?;
    }
    session.commit()?;
    Ok(())
}

/// W3: every row of a table.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn select_flat(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let engine = filled(source, source.size, false)?;
    let (session, users) = clock.time(|| -> Outcome<_> {
        let session = Session::new(&engine);
        let users = session.scalars(select(User))?.all()?;
        Ok((session, users))
    })?;
    check("users", users.len(), source.size)?;
    let (mut ages, mut texts) = (0, 0);
    for user in &users {
        ages += user.age()?.unwrap_or(0);
        texts += user.name()?.len() + user.fullname()?.map_or(0, |name| name.len());
        check("key", user.id()? > 0, true)?;
    }
    check("ages", ages, source.ages(source.size))?;
    check("texts", texts > users.len(), true)?;
    clock.time(|| drop((users, session)));
    Ok(source.size)
}

/// W5: rows by their keys, a session for each thousand.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn get_by_pk(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let engine = filled(source, source.size, false)?;
    let ages = clock.time(|| -> Outcome<i64> {
        let mut ages = 0;
        for keys in source.shuffled.chunks(1000) {
            let session = Session::new(&engine);
            for key in keys {
                let found = session.get::<User>(*key)?.ok_or("no such user")?;
                ages += found.age()?.unwrap_or(0);
            }
        }
        Ok(ages)
    })?;
    check("ages", ages, source.ages(source.size))?;
    Ok(source.size)
}

/// W6: the children of each of a tenth of the parents.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn lazy(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let parents = source.size / 10;
    let engine = filled(source, parents, true)?;
    let (session, users) = clock.time(|| load_nested(&engine))?;
    check("users", users.len(), parents)?;
    for (at, user) in users.iter().enumerate() {
        let emails: Vec<String> =
            user.addresses().iter()?.map(|address| address.email()).collect::<orm::Result<_>>()?;
        check("emails", emails.as_slice(), source.emails_of(at))?;
    }
    clock.time(|| drop((users, session)));
    Ok(parents * (CHILDREN + 1))
}

/// Parents, and the children of each by a statement of its own.
///
/// # Errors
/// What the library says.
pub fn load_nested(engine: &Engine) -> Outcome<(Session, Vec<Obj<User>>)> {
    let session = Session::new(engine);
    let users = session.scalars(select(User))?.all()?;
    for user in &users {
        check("addresses", user.addresses().len()?, CHILDREN)?;
    }
    Ok((session, users))
}

/// W7: a column of every row.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn update_dirty(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let engine = filled(source, source.size, false)?;
    clock.time(|| -> Outcome<()> {
        let session = Session::new(&engine);
        let users = session.scalars(select(User))?.all()?;
        for user in &users {
            user.set_age(user.age()?.unwrap_or(0) + 1)?;
        }
        session.commit()?;
        Ok(())
    })?;
    check(
        "ages",
        number(&engine, "SELECT sum(age) FROM users")?,
        source.ages(source.size) + source.size as i64,
    )?;
    Ok(source.size)
}

/// W8: every second parent with its children, which the unit of work loads and deletes.
///
/// # Errors
/// What the library says, and rows that are still there.
pub fn delete_cascade(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let parents = source.size * 2 / 5;
    let engine = filled(source, parents, true)?;
    clock.time(|| -> Outcome<()> {
        let session = Session::new(&engine);
        let users = session.scalars(select(User).order_by(User::id))?.all()?;
        session.delete_all(users.into_iter().step_by(2))?;
        session.commit()?;
        Ok(())
    })?;
    check_deleted(&engine, parents)
}

/// W8p: every second parent with its children, which the database deletes.
///
/// # Errors
/// What the library says, and rows that are still there.
pub fn delete_by_database(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let parents = source.size * 2 / 5;
    let engine = filled_in(Cascading::create_all, source, parents, true)?;
    clock.time(|| -> Outcome<()> {
        let session = Session::new(&engine);
        let owners = session.scalars(select(Owner).order_by(Owner::id))?.all()?;
        session.delete_all(owners.into_iter().step_by(2))?;
        session.commit()?;
        Ok(())
    })?;
    check_deleted(&engine, parents)
}

/// Gives how many rows were deleted.
fn check_deleted(engine: &Engine, parents: usize) -> Outcome<usize> {
    check("users", count(engine, "users WHERE id % 2 = 0")?, parents / 2)?;
    check("users", count(engine, "users")?, parents / 2)?;
    check("addresses", count(engine, "addresses")?, parents / 2 * CHILDREN)?;
    Ok(parents / 2 * (CHILDREN + 1))
}

/// W9a: parents, each linked to five of the keywords that are there. Loading the keywords counts.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn m2m_link(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let engine = with_tables(Linked::create_all)?;
    {
        let connection = engine.connect()?;
        let mut insert = connection.prepare("INSERT INTO keywords (word) VALUES (?)")?;
        for word in &source.keywords {
            insert.bind(0, ValueRef::Text(word))?;
            insert.execute()?;
        }
    }
    if let Some(f) = ON_OPEN.get() {
        f(&engine);
    }
    let parents = source.size / 5;
    clock.time(|| -> Outcome<()> {
        let session = Session::new(&engine);
        let keywords = session.scalars(select(Keyword).order_by(Keyword::id))?.all()?;
        for (at, user) in source.users[..parents].iter().enumerate() {
            let own = source.links_of(at).iter().map(|link| &keywords[*link]);
            session.add(
                LinkedUser::builder()
                    .name(user.name.as_str())
                    .fullname(user.fullname.clone())
                    .age(user.age)
                    .keywords(own),
            )?;
        }
        session.commit()?;
        Ok(())
    })?;
    check("users", count(&engine, "m2m_users")?, parents)?;
    check("links", count(&engine, "user_keywords")?, parents * CHILDREN)?;
    let linked = number(&engine, "SELECT sum(user_id * keyword_id) FROM user_keywords")?;
    check("linked", linked, source.linked(parents))?;
    Ok(parents * (CHILDREN + 1))
}
