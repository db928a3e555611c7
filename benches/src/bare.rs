//! The work by hand: rusqlite with cached statements. What comes row by row prepares once; what is asked for
//! one by one takes its statement from the cache each time, as the code of an application would.

use orm::DefaultRegistry;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::models::{Cascading, Linked};
use crate::objects::CreateAll;
use crate::source::Source;
use crate::{CHILDREN, Clock, Outcome, check};

const INSERT_USER: &str = "INSERT INTO users (name, fullname, age) VALUES (?, ?, ?)";
const INSERT_ADDRESS: &str = "INSERT INTO addresses (user_id, email) VALUES (?, ?)";
const ALL_USERS: &str = "SELECT id, name, fullname, age FROM users";

/// A row of a user.
#[derive(Debug)]
pub struct User {
    /// The key.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The full name.
    pub fullname: Option<String>,
    /// The age.
    pub age: Option<i64>,
}

/// A row of an address.
#[derive(Debug)]
pub struct Address {
    /// The key.
    pub id: i64,
    /// The parent's key.
    pub user_id: Option<i64>,
    /// The text.
    pub email: String,
}

pub(crate) fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User { id: row.get(0)?, name: row.get(1)?, fullname: row.get(2)?, age: row.get(3)? })
}

pub(crate) fn address(row: &Row<'_>) -> rusqlite::Result<Address> {
    Ok(Address { id: row.get(0)?, user_id: row.get(1)?, email: row.get(2)? })
}

/// An empty database.
///
/// # Errors
/// What SQLite says.
pub fn empty() -> Outcome<Connection> {
    with_tables(DefaultRegistry::create_all)
}

pub(crate) fn with_tables(create: CreateAll) -> Outcome<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.execute_batch(&crate::objects::schema(create)?)?;
    Ok(connection)
}

/// Puts users in, and five addresses for each where `nested`.
///
/// # Errors
/// What SQLite says.
pub fn fill(connection: &Connection, source: &Source, users: usize, nested: bool) -> Outcome<()> {
    connection.execute_batch("BEGIN")?;
    {
        let mut insert_user = connection.prepare(INSERT_USER)?;
        let mut insert_address = connection.prepare(INSERT_ADDRESS)?;
        for (at, user) in source.users[..users].iter().enumerate() {
            insert_user.execute((&user.name, &user.fullname, user.age))?;
            let id = connection.last_insert_rowid();
            for email in source.emails_of(at).iter().filter(|_| nested) {
                insert_address.execute((id, email))?;
            }
        }
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}

pub(crate) fn filled(source: &Source, users: usize, nested: bool) -> Outcome<Connection> {
    filled_in(DefaultRegistry::create_all, source, users, nested)
}

/// The same in the tables of another registry, which have the same names.
fn filled_in(create: CreateAll, source: &Source, users: usize, nested: bool) -> Outcome<Connection> {
    let connection = with_tables(create)?;
    fill(&connection, source, users, nested)?;
    Ok(connection)
}

fn count(connection: &Connection, table: &str) -> Outcome<usize> {
    Ok(connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0))?
        as usize)
}

fn sum_of_ages(connection: &Connection) -> Outcome<i64> {
    Ok(connection.query_row("SELECT sum(age) FROM users", [], |row| row.get(0))?)
}

/// W1: rows of one table.
///
/// # Errors
/// What SQLite says, and rows that aren't there.
pub fn insert_flat(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let connection = empty()?;
    clock.time(|| -> Outcome<()> {
        connection.execute_batch("BEGIN")?;
        let mut insert = connection.prepare_cached(INSERT_USER)?;
        for user in &source.users {
            insert.execute((&user.name, &user.fullname, user.age))?;
        }
        drop(insert);
        connection.execute_batch("COMMIT")?;
        Ok(())
    })?;
    check("users", count(&connection, "users")?, source.size)?;
    check("ages", sum_of_ages(&connection)?, source.ages(source.size))?;
    Ok(source.size)
}

/// W2: parents with five children each.
///
/// # Errors
/// What SQLite says, and rows that aren't there.
pub fn insert_graph(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let connection = empty()?;
    let parents = source.size / 5;
    clock.time(|| insert_parents(&connection, source, parents))?;
    check("users", count(&connection, "users")?, parents)?;
    check("addresses", count(&connection, "addresses WHERE user_id IS NOT NULL")?, parents * CHILDREN)?;
    Ok(parents * (CHILDREN + 1))
}

/// Parents with their children, in one transaction.
///
/// # Errors
/// What SQLite says.
pub fn insert_parents(connection: &Connection, source: &Source, parents: usize) -> Outcome<()> {
    connection.execute_batch("BEGIN")?;
    let mut insert_user = connection.prepare_cached(INSERT_USER)?;
    let mut insert_address = connection.prepare_cached(INSERT_ADDRESS)?;
    for (at, user) in source.users[..parents].iter().enumerate() {
        insert_user.execute((&user.name, &user.fullname, user.age))?;
        let id = connection.last_insert_rowid();
        for email in source.emails_of(at) {
            insert_address.execute((id, email))?;
        }
    }
    drop((insert_user, insert_address));
    connection.execute_batch("COMMIT")?;
    Ok(())
}

pub(crate) fn all_users(connection: &Connection) -> Outcome<Vec<User>> {
    Ok(connection.prepare_cached(ALL_USERS)?.query_map([], user)?.collect::<rusqlite::Result<_>>()?)
}

/// W3: every row of a table.
///
/// # Errors
/// What SQLite says, and rows that aren't there.
pub fn select_flat(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let connection = filled(source, source.size, false)?;
    let users = clock.time(|| all_users(&connection))?;
    check("users", users.len(), source.size)?;
    check("ages", users.iter().filter_map(|user| user.age).sum(), source.ages(source.size))?;
    let texts: usize =
        users.iter().map(|user| user.name.len() + user.fullname.as_ref().map_or(0, String::len)).sum();
    check("texts", texts > users.len() && users.iter().all(|user| user.id > 0), true)?;
    clock.time(|| drop(users));
    Ok(source.size)
}

/// W5: rows by their keys, a transaction for each thousand.
///
/// # Errors
/// What SQLite says, and rows that aren't there.
pub fn get_by_pk(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let connection = filled(source, source.size, false)?;
    let ages = clock.time(|| -> Outcome<i64> {
        let mut ages = 0;
        for keys in source.shuffled.chunks(1000) {
            connection.execute_batch("BEGIN")?;
            for key in keys {
                let mut select =
                    connection.prepare_cached("SELECT id, name, fullname, age FROM users WHERE id = ?")?;
                let found = select.query_row([key], user).optional()?.ok_or("no such user")?;
                ages += found.age.unwrap_or(0);
            }
            connection.execute_batch("COMMIT")?;
        }
        Ok(ages)
    })?;
    check("ages", ages, source.ages(source.size))?;
    Ok(source.size)
}

/// W6: the children of each of a tenth of the parents.
///
/// # Errors
/// What SQLite says, and rows that aren't there.
pub fn lazy(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let parents = source.size / 10;
    let connection = filled(source, parents, true)?;
    let found = clock.time(|| load_nested(&connection))?;
    check("users", found.len(), parents)?;
    let right = |(user, addresses): &(User, Vec<Address>)| {
        addresses.len() == CHILDREN && addresses.iter().all(|one| one.user_id == Some(user.id) && one.id > 0)
    };
    check("addresses", found.iter().all(right), true)?;
    check("email", found[0].1[0].email.as_str(), source.emails[0].as_str())?;
    clock.time(|| drop(found));
    Ok(parents * (CHILDREN + 1))
}

/// Parents, and the children of each by a statement of its own.
///
/// # Errors
/// What SQLite says.
pub fn load_nested(connection: &Connection) -> Outcome<Vec<(User, Vec<Address>)>> {
    let mut found = Vec::new();
    for user in all_users(connection)? {
        let addresses = connection
            .prepare_cached("SELECT id, user_id, email FROM addresses WHERE user_id = ?")?
            .query_map([user.id], address)?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        found.push((user, addresses));
    }
    Ok(found)
}

/// W7: a column of every row.
///
/// # Errors
/// What SQLite says, and rows that aren't there.
pub fn update_dirty(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let connection = filled(source, source.size, false)?;
    clock.time(|| -> Outcome<()> {
        connection.execute_batch("BEGIN")?;
        let mut users = all_users(&connection)?;
        for user in &mut users {
            user.age = Some(user.age.unwrap_or(0) + 1);
        }
        let mut update = connection.prepare_cached("UPDATE users SET age = ? WHERE id = ?")?;
        for user in &users {
            update.execute((user.age, user.id))?;
        }
        drop(update);
        connection.execute_batch("COMMIT")?;
        Ok(())
    })?;
    check("ages", sum_of_ages(&connection)?, source.ages(source.size) + source.size as i64)?;
    Ok(source.size)
}

/// W8: every second parent with its children. By hand nothing has to be loaded for it.
///
/// # Errors
/// What SQLite says, and rows that are still there.
pub fn delete_cascade(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let parents = source.size * 2 / 5;
    let connection = filled(source, parents, true)?;
    clock.time(|| -> Outcome<()> {
        connection.execute_batch("BEGIN")?;
        let mut delete_addresses = connection.prepare_cached("DELETE FROM addresses WHERE user_id = ?")?;
        let mut delete_user = connection.prepare_cached("DELETE FROM users WHERE id = ?")?;
        for id in (1..=parents as i64).step_by(2) {
            delete_addresses.execute([id])?;
            delete_user.execute([id])?;
        }
        drop((delete_addresses, delete_user));
        connection.execute_batch("COMMIT")?;
        Ok(())
    })?;
    check_deleted(&connection, parents)
}

/// W8p: every second parent with its children, which the database deletes. By hand nothing has to be loaded for it.
///
/// # Errors
/// What SQLite says, and rows that are still there.
pub fn delete_by_database(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let parents = source.size * 2 / 5;
    let connection = filled_in(Cascading::create_all, source, parents, true)?;
    clock.time(|| delete_users(&connection, (1..=parents as i64).step_by(2)))?;
    check_deleted(&connection, parents)
}

/// W8p, where the parents are loaded by hand too, as a program does that decides by what they hold.
///
/// # Errors
/// What SQLite says, and rows that are still there.
pub fn load_and_delete_by_database(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let parents = source.size * 2 / 5;
    let connection = filled_in(Cascading::create_all, source, parents, true)?;
    clock.time(|| -> Outcome<()> {
        let users = all_users(&connection)?;
        delete_users(&connection, users.iter().step_by(2).map(|user| user.id))
    })?;
    check_deleted(&connection, parents)
}

fn delete_users(connection: &Connection, ids: impl Iterator<Item = i64>) -> Outcome<()> {
    connection.execute_batch("BEGIN")?;
    let mut delete_user = connection.prepare_cached("DELETE FROM users WHERE id = ?")?;
    for id in ids {
        delete_user.execute([id])?;
    }
    drop(delete_user);
    connection.execute_batch("COMMIT")?;
    Ok(())
}

/// Gives how many rows were deleted.
fn check_deleted(connection: &Connection, parents: usize) -> Outcome<usize> {
    check("users", count(connection, "users WHERE id % 2 = 0")?, parents / 2)?;
    check("users", count(connection, "users")?, parents / 2)?;
    check("addresses", count(connection, "addresses")?, parents / 2 * CHILDREN)?;
    Ok(parents / 2 * (CHILDREN + 1))
}

/// W9a: parents, each linked to five of the keywords that are there. By hand the keys of the keywords are
/// known, so that nothing has to be loaded for it.
///
/// # Errors
/// What SQLite says, and rows that aren't there.
pub fn m2m_link(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let connection = with_tables(Linked::create_all)?;
    for word in &source.keywords {
        connection.prepare_cached("INSERT INTO keywords (word) VALUES (?)")?.execute([word])?;
    }
    let parents = source.size / 5;
    clock.time(|| -> Outcome<()> {
        connection.execute_batch("BEGIN")?;
        let mut insert_user =
            connection.prepare_cached("INSERT INTO m2m_users (name, fullname, age) VALUES (?, ?, ?)")?;
        let mut insert_link =
            connection.prepare_cached("INSERT INTO user_keywords (user_id, keyword_id) VALUES (?, ?)")?;
        for (at, user) in source.users[..parents].iter().enumerate() {
            insert_user.execute((&user.name, &user.fullname, user.age))?;
            let id = connection.last_insert_rowid();
            for link in source.links_of(at) {
                insert_link.execute((id, *link as i64 + 1))?;
            }
        }
        drop((insert_user, insert_link));
        connection.execute_batch("COMMIT")?;
        Ok(())
    })?;
    check("users", count(&connection, "m2m_users")?, parents)?;
    check("links", count(&connection, "user_keywords")?, parents * CHILDREN)?;
    let linked: i64 =
        connection.query_row("SELECT sum(user_id * keyword_id) FROM user_keywords", [], |row| row.get(0))?;
    check("linked", linked, source.linked(parents))?;
    Ok(parents * (CHILDREN + 1))
}
