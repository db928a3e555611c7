//! Loading with what is nested: W4 parents with their children, W9b users with their keywords, W6 with `batch`, and plain
//! values, by each strategy, beside the same work by hand.

#![allow(clippy::disallowed_types, reason = "by hand it is done as anybody would")]

use std::collections::HashMap;

use orm::engine::Connection as _;
use orm::prelude::*;
use orm::sqlite::Engine;
use orm::{OptionOf, Select};

use crate::models::{Keyword, Linked, LinkedUser, User};
use crate::source::Source;
use crate::{CHILDREN, Clock, Outcome, bare, check, objects};

/// Parents with their children, and how the sides of W4 are told to load them.
fn parents(source: &Source) -> usize {
    source.size / 5
}

/// W4 by hand: two statements, whose rows a map puts together.
///
/// # Errors
/// What SQLite says, and rows that aren't there.
pub fn by_two_statements(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let connection = bare::filled(source, parents(source), true)?;
    let found = clock.time(|| -> Outcome<_> {
        let mut found: Vec<(bare::User, Vec<bare::Address>)> =
            bare::all_users(&connection)?.into_iter().map(|user| (user, Vec::new())).collect();
        let places: HashMap<i64, usize> =
            found.iter().enumerate().map(|(at, (user, _))| (user.id, at)).collect();
        let mut select = connection.prepare_cached("SELECT id, user_id, email FROM addresses")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let address = bare::address(row)?;
            let place = address.user_id.and_then(|id| places.get(&id));
            if let Some((_, addresses)) = place.and_then(|at| found.get_mut(*at)) {
                addresses.push(address);
            }
        }
        Ok(found)
    })?;
    checked_by_hand(source, clock, found)
}

/// W4 by hand: an ordered outer join, whose rows follow each other.
///
/// # Errors
/// What SQLite says, and rows that aren't there.
pub fn by_join(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let connection = bare::filled(source, parents(source), true)?;
    let found = clock.time(|| -> Outcome<_> {
        let mut found: Vec<(bare::User, Vec<bare::Address>)> = Vec::new();
        let mut select = connection.prepare_cached(
            "SELECT u.id, u.name, u.fullname, u.age, a.id, a.user_id, a.email
            FROM users u LEFT JOIN addresses a ON a.user_id = u.id ORDER BY u.id, a.id",
        )?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            if found.last().is_none_or(|(user, _)| user.id != id) {
                found.push((bare::user(row)?, Vec::new()));
            }
            if let (Some(id), Some((_, addresses))) = (row.get(4)?, found.last_mut()) {
                addresses.push(bare::Address { id, user_id: row.get(5)?, email: row.get(6)? });
            }
        }
        Ok(found)
    })?;
    checked_by_hand(source, clock, found)
}

fn checked_by_hand(
    source: &Source,
    clock: &mut Clock,
    found: Vec<(bare::User, Vec<bare::Address>)>,
) -> Outcome<usize> {
    check("users", found.len(), parents(source))?;
    let right = |(user, addresses): &(bare::User, Vec<bare::Address>)| {
        addresses.len() == CHILDREN && addresses.iter().all(|one| one.user_id == Some(user.id) && one.id > 0)
    };
    check("addresses", found.iter().all(right), true)?;
    check("email", found[0].1[0].email.as_str(), source.emails[0].as_str())?;
    clock.time(|| drop(found));
    Ok(parents(source) * (CHILDREN + 1))
}

fn objects_by(source: &Source, clock: &mut Clock, option: OptionOf<User>) -> Outcome<usize> {
    let engine = objects::filled(source, parents(source), true)?;
    let (session, users) = clock.time(|| -> Outcome<_> {
        let session = Session::new(&engine);
        let users = session.scalars(select(User).options(option))?.all()?;
        Ok((session, users))
    })?;
    check("users", users.len(), parents(source))?;
    for user in &users {
        let addresses = user.addresses();
        check("addresses", (addresses.is_loaded()?, addresses.len()?), (true, CHILDREN))?;
    }
    clock.time(|| drop((users, session)));
    Ok(parents(source) * (CHILDREN + 1))
}

fn values_by(source: &Source, clock: &mut Clock, option: OptionOf<User>) -> Outcome<usize> {
    let engine = objects::filled(source, parents(source), true)?;
    let users = clock.time(|| -> Outcome<_> {
        let session = Session::new(&engine);
        Ok(session.values(select(User).options(option))?.all()?)
    })?;
    check("users", users.len(), parents(source))?;
    let right = |user: &User| {
        let addresses = user.addresses.get().unwrap_or_default();
        addresses.len() == CHILDREN && addresses.iter().all(|one| one.user_id == Some(user.id))
    };
    check("addresses", users.iter().all(right), true)?;
    clock.time(|| drop(users));
    Ok(parents(source) * (CHILDREN + 1))
}

macro_rules! sides {
    ($($(#[$doc:meta])* $name:ident = $by:ident($option:expr);)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// What the library says, and rows that aren't there.
        pub fn $name(source: &Source, clock: &mut Clock) -> Outcome<usize> {
            $by(source, clock, OptionOf::new($option))
        }
    )*};
}

sides! {
    /// W4 with objects, by `selectin`.
    objects_selectin = objects_by(selectin(User::addresses));
    /// W4 with objects, by `joined`.
    objects_joined = objects_by(joined(User::addresses));
    /// W4 with objects, by `immediate`.
    objects_immediate = objects_by(immediate(User::addresses));
    /// W4 with plain values, by `selectin`.
    values_selectin = values_by(selectin(User::addresses));
    /// W4 with plain values, by `joined`.
    values_joined = values_by(joined(User::addresses));
    /// W9b with objects, by `selectin`.
    linked_objects_selectin = linked_objects_by(selectin(LinkedUser::keywords));
    /// W9b with objects, by `joined`.
    linked_objects_joined = linked_objects_by(joined(LinkedUser::keywords));
    /// W9b with plain values, by `selectin`.
    linked_values_selectin = linked_values_by(selectin(LinkedUser::keywords));
    /// W9b with plain values, by `joined`.
    linked_values_joined = linked_values_by(joined(LinkedUser::keywords));
}

/// W6 with the addresses read one after another, which `batch` loads together.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn batched(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    lazily(source, clock, by_lists().options(batch(User::addresses)))
}

/// The same work by `selectin`: what `batch` is measured by.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn selected(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    lazily(source, clock, by_lists().options(selectin(User::addresses)))
}

/// Users by a query that might leave some out, so that `selectin` asks by lists of keys, as `batch` does: of all users of
/// a table it would read all addresses by one statement.
fn by_lists() -> Select<Obj<User>> {
    select(User).filter(User::id.gt(0))
}

fn lazily(source: &Source, clock: &mut Clock, query: Select<Obj<User>>) -> Outcome<usize> {
    let users = source.size / 10;
    let engine = objects::filled(source, users, true)?;
    let loaded = clock.time(|| -> Outcome<_> {
        let session = Session::new(&engine);
        let users = session.scalars(query)?.all()?;
        for user in &users {
            check("addresses", user.addresses().len()?, CHILDREN)?;
        }
        Ok((session, users))
    })?;
    check("users", loaded.1.len(), users)?;
    clock.time(|| drop(loaded));
    Ok(users * (CHILDREN + 1))
}

/// W3 with plain values.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn flat_values(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let engine = objects::filled(source, source.size, false)?;
    let users = clock.time(|| -> Outcome<_> { Ok(Session::new(&engine).values(select(User))?.all()?) })?;
    check("users", users.len(), source.size)?;
    check("ages", users.iter().filter_map(|user| user.age).sum(), source.ages(source.size))?;
    clock.time(|| drop(users));
    Ok(source.size)
}

/// The rows of W9b, as statements.
fn links(source: &Source) -> String {
    let mut sql = String::from("BEGIN;");
    let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
    for word in &source.keywords {
        sql.push_str(&format!("INSERT INTO keywords (word) VALUES ({});", text(word)));
    }
    for (at, user) in source.users[..parents(source)].iter().enumerate() {
        let fullname = user.fullname.as_deref().map_or("NULL".to_owned(), text);
        let age = user.age.map_or("NULL".to_owned(), |age| age.to_string());
        sql.push_str(&format!(
            "INSERT INTO m2m_users (name, fullname, age) VALUES ({}, {fullname}, {age});",
            text(&user.name)
        ));
        for link in source.links_of(at) {
            sql.push_str(&format!("INSERT INTO user_keywords VALUES ({}, {});", at + 1, link + 1));
        }
    }
    sql.push_str("COMMIT;");
    sql
}

fn linked(source: &Source) -> Outcome<Engine> {
    let engine = objects::with_tables(Linked::create_all)?;
    engine.connect()?.execute_batch(&links(source))?;
    Ok(engine)
}

/// A keyword by hand.
#[derive(Debug)]
pub struct Word {
    /// The key.
    pub id: i64,
    /// The text.
    pub word: Option<String>,
}

/// W9b by hand: two statements, whose rows a map puts together.
///
/// # Errors
/// What SQLite says, and rows that aren't there.
pub fn links_by_two_statements(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let connection = bare::with_tables(Linked::create_all)?;
    connection.execute_batch(&links(source))?;
    let found = clock.time(|| -> Outcome<_> {
        let mut found: Vec<(bare::User, Vec<Word>)> = connection
            .prepare_cached("SELECT id, name, fullname, age FROM m2m_users")?
            .query_map([], |row| Ok((bare::user(row)?, Vec::new())))?
            .collect::<rusqlite::Result<_>>()?;
        let places: HashMap<i64, usize> =
            found.iter().enumerate().map(|(at, (user, _))| (user.id, at)).collect();
        let mut select = connection.prepare_cached(
            "SELECT l.user_id, k.id, k.word FROM user_keywords l JOIN keywords k ON k.id = l.keyword_id",
        )?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let place = places.get(&row.get(0)?);
            if let Some((_, words)) = place.and_then(|at| found.get_mut(*at)) {
                words.push(Word { id: row.get(1)?, word: row.get(2)? });
            }
        }
        Ok(found)
    })?;
    check("users", found.len(), parents(source))?;
    let right = |(user, words): &(bare::User, Vec<Word>)| {
        user.id > 0 && words.len() == CHILDREN && words.iter().all(|one| one.id > 0 && one.word.is_some())
    };
    check("keywords", found.iter().all(right), true)?;
    clock.time(|| drop(found));
    Ok(parents(source) * (CHILDREN + 1))
}

fn linked_objects_by(source: &Source, clock: &mut Clock, option: OptionOf<LinkedUser>) -> Outcome<usize> {
    let engine = linked(source)?;
    let (session, users) = clock.time(|| -> Outcome<_> {
        let session = Session::new(&engine);
        let users = session.scalars(select(LinkedUser).options(option))?.all()?;
        Ok((session, users))
    })?;
    check("users", users.len(), parents(source))?;
    for user in &users {
        let keywords = user.keywords();
        check("keywords", (keywords.is_loaded()?, keywords.len()?), (true, CHILDREN))?;
    }
    clock.time(|| drop((users, session)));
    Ok(parents(source) * (CHILDREN + 1))
}

fn linked_values_by(source: &Source, clock: &mut Clock, option: OptionOf<LinkedUser>) -> Outcome<usize> {
    let engine = linked(source)?;
    let users = clock.time(|| -> Outcome<_> {
        let session = Session::new(&engine);
        Ok(session.values(select(LinkedUser).options(option))?.all()?)
    })?;
    check("users", users.len(), parents(source))?;
    let is_word = |one: &Keyword| one.id > 0 && one.word.is_some();
    let right = |user: &LinkedUser| {
        let keywords = user.keywords.get().unwrap_or_default();
        keywords.len() == CHILDREN && keywords.iter().all(is_word)
    };
    check("keywords", users.iter().all(right), true)?;
    clock.time(|| drop(users));
    Ok(parents(source) * (CHILDREN + 1))
}

/// W5 by queries that are built each time: what a query costs that ran before.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn queried(source: &Source, clock: &mut Clock) -> Outcome<usize> {
    let engine = objects::filled(source, source.size, false)?;
    let ages = clock.time(|| -> Outcome<i64> {
        let mut ages = 0;
        for keys in source.shuffled.chunks(1000) {
            let session = Session::new(&engine);
            for key in keys {
                let query =
                    select((User::id, User::name, User::fullname, User::age)).filter(User::id.eq(*key));
                let (.., age) = session.execute(query.limit(1))?.first()?.ok_or("no such user")?;
                ages += age.unwrap_or(0);
            }
        }
        Ok(ages)
    })?;
    check("ages", ages, source.ages(source.size))?;
    Ok(source.size)
}
