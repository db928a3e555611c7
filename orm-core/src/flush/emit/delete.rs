//! DELETE: rows by their keys, in the order of the keys.

use std::rc::Rc;

use super::{about, bind_key, key_in_database, order};
use crate::engine::Connection;
use crate::engine::cache::{TextKey, TextKind, text};
use crate::error::{Code, Error, Result};
use crate::flush::FlushSession;
use crate::flush::plan::{ItemId, Verb};
use crate::flush::work::Work;
use crate::mapper::Mapper;
use crate::sql::text as sql_text;
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
    let sql = text(cx.dialect(), TextKey::new(TextKind::Delete, mapper.id().index()), || {
        let keys: Vec<&str> = mapper.primary_key().iter().map(|id| mapper.column(*id).name()).collect();
        sql_text::delete(mapper.table().name, &keys, cx.dialect())
    });
    let mut statement = cx.connection().prepare(&sql)?;
    let mut matched = 0;
    for key in &keys {
        bind_key(&mut *statement, 0, mapper, key)?;
        matched += statement.execute().map_err(|error| about(mapper, error))?.rows;
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

/// A new object that a cascade of this flush deletes: SQLAlchemy refuses it too, unless it has a key from a flush
/// that was rolled back.
fn without_row(instance: &Rc<Instance>) -> Error {
    Error::new(Code::Flush, format!("{} is to be deleted, but has no row yet", instance.header().label()))
        .about(instance.header().mapper().class(), None)
        .help("expunge it, or take it from the object whose deletion reaches it")
}
