//! DELETE: rows by their keys, in the order of the keys.

use std::rc::Rc;

use super::required;
use super::row::{bind_key, has_key, key_in_database, order, stale};
use crate::engine::{Bind, Connection, Done, Fetch, Flow, RowSource, Shape, StatementKind};
use crate::error::{Code, Error, Result};
use crate::flush::plan::{ItemId, Verb};
use crate::flush::port::FlushSession;
use crate::flush::work::Work;
use crate::mapper::Mapper;
use crate::sql::{DeleteStmt, SelectStmt, render_row};
use crate::state::hooks::{Hooks, Place};
use crate::state::key::Key;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::value::ValueRef;

/// Deletes the rows of objects. That a row is gone already is worth a warning, no error: what was wanted is so.
pub(in crate::flush) fn delete(
    work: &Work,
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    items: &[ItemId],
) -> Result<()> {
    let own_rows = cx.rules().deletes_own_rows;
    let deleted = || {
        let items = items.iter().map(|item| work.item(*item));
        let items = items.filter(|item| item.verb() == Some(Verb::Delete)).map(|item| &*item.instance);
        items.filter(|instance| !(own_rows && has_lost_row(instance)))
    };
    let hooks = Hooks::of(mapper)?;
    hooks.fire(Place::BeforeDelete, deleted())?;
    let mut expired: Vec<(Key, &Rc<Instance>)> = Vec::new();
    for instance in deleted() {
        let header = instance.header();
        if !header.has_key() && !has_lost_row(instance) {
            return Err(without_row(instance));
        }
        if header.has(Mark::EXPIRED) {
            expired.extend(header.key().map(|key| (key, instance)));
        }
    }
    // Keys that have to be loaded are loaded in their order: the first whose row is gone ends the flush.
    expired.sort_by(|a, b| order(&a.0, &b.0));
    for (_, instance) in expired {
        key_in_database(instance)?;
    }
    let mut keys = deleted().map(key_in_database).collect::<Result<Vec<Key>>>()?;
    if keys.is_empty() {
        return Ok(());
    }
    keys.sort_by(order);
    let shape = Shape::own(StatementKind::Delete, mapper.id().index());
    let statement = cx.connection().statement(shape, |dialect| {
        Ok(render_row(&DeleteStmt::new(mapper.table_ref()).filter(has_key(mapper, 0)), dialect))
    })?;
    let mut rows = Deletes { mapper, keys: keys.iter(), matched: 0, others: Vec::new() };
    let done = cx.connection().execute_many(&statement, &mut rows);
    done.map_err(|error| required::of_referrers(mapper, mapper.about(error)))?;
    let (matched, others) = (rows.matched, rows.others);
    if cx.rules().checks_rows {
        for (number, found) in others {
            match keys.get(number) {
                _ if found > 1 => return Err(stale(mapper, "a deletion", 1, found)),
                Some(key) if is_there(cx, mapper, key)? => return Err(is_kept(mapper, key, deleted())),
                _ => {}
            }
        }
    }
    if matched != keys.len() as u64 {
        tracing::warn!(
            target: "orm::flush",
            class = mapper.class(),
            expected = keys.len(),
            matched,
            "rows to be deleted were gone"
        );
    }
    hooks.fire(Place::AfterDelete, deleted())
}

/// Whether the row of an object was inserted, or was to be, and rolled back.
fn has_lost_row(instance: &Rc<Instance>) -> bool {
    let header = instance.header();
    !header.has_key() && (header.has(Mark::WRITTEN) || header.has(Mark::GENERATED))
}

/// The rows to be deleted.
struct Deletes<'k> {
    mapper: &'static Mapper,
    keys: std::slice::Iter<'k, Key>,
    matched: u64,
    /// The deletions that didn't find one row, by their numbers, and how many they found.
    others: Vec<(usize, u64)>,
}

impl RowSource for Deletes<'_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let Some(key) = self.keys.next() else { return Ok(false) };
        bind_key(bind, self.mapper, key).map(|()| true)
    }

    fn done(&mut self, row: usize, done: Done) -> Result<()> {
        self.matched += done.rows;
        if done.rows != 1 {
            self.others.push((row, done.rows));
        }
        Ok(())
    }
}

/// Whether the row with a key is there.
fn is_there(cx: FlushSession<'_>, mapper: &'static Mapper, key: &Key) -> Result<bool> {
    let shape = Shape::own(StatementKind::Look, mapper.id().index());
    let statement = cx.connection().statement(shape, |dialect| {
        Ok(render_row(&SelectStmt::new().from(mapper.table_ref()).filter(has_key(mapper, 0)), dialect))
    })?;
    let params: Vec<ValueRef<'_>> = (0..mapper.primary_key().len()).map(|at| key.get(at)).collect();
    let mut found = false;
    cx.connection().query(&statement, &params, Fetch::All, &mut |_| {
        found = true;
        Ok(Flow::Break(()))
    })?;
    Ok(found)
}

/// The database ignored the deletion of a row.
fn is_kept<'w>(
    mapper: &'static Mapper,
    key: &Key,
    mut deleted: impl Iterator<Item = &'w Rc<Instance>>,
) -> Error {
    let object = deleted.find(|instance| key_in_database(instance).is_ok_and(|its| its == *key));
    let what = object
        .map_or_else(|| "a row".to_owned(), |instance| format!("the row of {}", instance.header().label()));
    Error::new(Code::Flush, format!("{what} is still there after its deletion"))
        .about(mapper.class(), None)
        .help("the database ignores the deletion, as by a trigger with `RAISE(IGNORE)`")
}

/// A new object that a cascade of this flush deletes: SQLAlchemy refuses it too, unless it has a key from a flush
/// that was rolled back.
fn without_row(instance: &Rc<Instance>) -> Error {
    Error::new(Code::Flush, format!("{} is to be deleted, but has no row yet", instance.header().label()))
        .about(instance.header().mapper().class(), None)
        .help("expunge it, or take it from the object whose deletion reaches it")
}
