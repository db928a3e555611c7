//! DELETE: rows by their keys, in the order of the keys.

use std::rc::Rc;

use super::row::{about, bind_key, has_key, key_in_database, order};
use crate::engine::{Bind, Connection, Done, RowSource, Shape, StatementKind};
use crate::error::{Code, Error, Result};
use crate::flush::plan::{ItemId, Verb};
use crate::flush::port::FlushSession;
use crate::flush::work::Work;
use crate::mapper::Mapper;
use crate::sql::{DeleteStmt, render_row};
use crate::state::hooks::{Hooks, Place};
use crate::state::key::Key;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;

/// Deletes the rows of objects. That a row is gone already is worth a warning, no error: what was wanted is so.
pub(in crate::flush) fn delete(
    work: &Work,
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    items: &[ItemId],
) -> Result<()> {
    let deleted = || {
        let items = items.iter().map(|item| work.item(*item));
        items.filter(|item| item.verb() == Some(Verb::Delete)).map(|item| &*item.instance)
    };
    let hooks = Hooks::of(mapper)?;
    hooks.fire(Place::BeforeDelete, deleted())?;
    let mut keys: Vec<Key> = Vec::with_capacity(items.len());
    for instance in deleted() {
        let header = instance.header();
        if !header.has_key() && !header.has(Mark::WRITTEN) && !header.has(Mark::GENERATED) {
            return Err(without_row(instance));
        }
        keys.push(key_in_database(instance)?);
    }
    if keys.is_empty() {
        return Ok(());
    }
    keys.sort_by(order);
    let shape = Shape::own(StatementKind::Delete, mapper.id().index());
    let statement = cx.connection().statement(shape, |dialect| {
        Ok(render_row(&DeleteStmt::new(mapper.table_ref()).filter(has_key(mapper, 0)), dialect))
    })?;
    let mut rows = Deletes { mapper, keys: keys.iter(), matched: 0 };
    cx.connection().execute_many(&statement, &mut rows).map_err(|error| about(mapper, error))?;
    let matched = rows.matched;
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

/// The rows to be deleted.
struct Deletes<'k> {
    mapper: &'static Mapper,
    keys: std::slice::Iter<'k, Key>,
    matched: u64,
}

impl RowSource for Deletes<'_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let Some(key) = self.keys.next() else { return Ok(false) };
        bind_key(bind, self.mapper, key).map(|()| true)
    }

    fn done(&mut self, _: usize, done: Done) -> Result<()> {
        self.matched += done.rows;
        Ok(())
    }
}

/// A new object that a cascade of this flush deletes: SQLAlchemy refuses it too, unless it has a key from a flush
/// that was rolled back.
fn without_row(instance: &Rc<Instance>) -> Error {
    Error::new(Code::Flush, format!("{} is to be deleted, but has no row yet", instance.header().label()))
        .about(instance.header().mapper().class(), None)
        .help("expunge it, or take it from the object whose deletion reaches it")
}
