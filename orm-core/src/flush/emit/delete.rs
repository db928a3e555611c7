//! DELETE: rows by their keys, in the order of the keys, as many at a time as are worth it.

use std::rc::Rc;
use std::slice::{self, Chunks};

use super::required;
use super::row::{bind_key, has_key, has_key_among, key_in_database, order, stale};
use super::version;
use crate::engine::{Bind, Connection, Done, Fetch, Flow, RowSource, Shape, StatementKind};
use crate::error::{Code, Error, Result};
use crate::flush::plan::{ItemId, Verb};
use crate::flush::port::FlushSession;
use crate::flush::work::Work;
use crate::mapper::Mapper;
use crate::sql::{DeleteStmt, SelectStmt, Tree, render_row};
use crate::state::change::hooks::{Hooks, Place};
use crate::state::key::Key;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::value::ValueRef;

/// How many rows one statement deletes, where so many are left. Fewer are deleted one by one: a list pays from about twenty
/// keys on, and a text for each length would be prepared for little. A list that is bound as one value has to be read too,
/// which costs what it saves.
const TOGETHER: usize = 100;

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
    let given = work.given_keys(mapper);
    let has_row = |instance: &&Rc<Instance>| match given {
        None => true,
        Some(given) => instance.header().with_key(|key| key.is_none_or(|key| !given.contains(key))),
    };
    let mut expired: Vec<(Key, &Rc<Instance>)> = Vec::new();
    for instance in deleted().filter(has_row) {
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
    if let Some(of) = mapper.version() {
        let row = |instance| {
            let version = version::in_database(instance, of)?;
            if !has_row(&instance) {
                return Err(version::stale(instance, of, &version, "the deletion of"));
            }
            let key = key_of_row(work, instance)?;
            Ok(version::Deletion { instance, key, version })
        };
        let mut rows = deleted().map(row).collect::<Result<Vec<_>>>()?;
        rows.sort_by(|a, b| order(&a.key, &b.key));
        version::delete(cx, mapper, of, &rows)?;
        return hooks.fire(Place::AfterDelete, deleted());
    }
    let keys = deleted().filter(has_row).map(|instance| key_of_row(work, instance));
    let mut keys = keys.collect::<Result<Vec<Key>>>()?;
    let expected = if given.is_none() { keys.len() } else { deleted().count() };
    if expected == 0 {
        return Ok(());
    }
    keys.sort_by(order);
    let has_lists =
        mapper.primary_key().len() == 1 && cx.connection().engine().dialect().max_parameters() >= TOGETHER;
    let in_lists = if has_lists { keys.len() - keys.len() % TOGETHER } else { 0 };
    let (lists, others) = keys.split_at(in_lists);
    let mut matched = 0;
    for (keys, together) in [(lists, TOGETHER), (others, 1)] {
        let found = delete_by(cx, mapper, keys.chunks(together), together)?;
        if let Some(key) = found.kept {
            return Err(is_kept(mapper, key, deleted()));
        }
        matched += found.rows;
    }
    if matched != expected as u64 && mapper.decl().confirm_deleted_rows {
        tracing::warn!(
            target: "orm::flush",
            class = mapper.class(),
            expected,
            matched,
            "rows to be deleted were gone"
        );
    }
    hooks.fire(Place::AfterDelete, deleted())
}

/// The key by which the row of an object is found, which the database may have changed with that of another row.
pub(super) fn key_of_row(work: &Work, instance: &Rc<Instance>) -> Result<Key> {
    match work.find(instance).and_then(|item| work.moved(item)) {
        Some(moved) => Ok(moved.clone()),
        None => key_in_database(instance),
    }
}

/// Whether the row of an object was inserted, or was to be, and rolled back.
fn has_lost_row(instance: &Rc<Instance>) -> bool {
    let header = instance.header();
    !header.has_key() && (header.has(Mark::WRITTEN) || header.has(Mark::GENERATED))
}

/// The rows that deletions matched.
#[derive(Default)]
struct Matched<'k> {
    rows: u64,
    /// The key of a row that is still there.
    kept: Option<&'k Key>,
}

/// Deletes rows by so many keys at a time. A statement finds fewer rows where some are gone, which is right, or kept by
/// the database, which is looked for. It finds more where several have the same key; that isn't seen where as many
/// others of its keys have no row.
fn delete_by<'k>(
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    parts: Chunks<'k, Key>,
    together: usize,
) -> Result<Matched<'k>> {
    if parts.len() == 0 {
        return Ok(Matched::default());
    }
    let kind = if together == 1 { StatementKind::Delete } else { StatementKind::DeleteMany };
    let statement = cx.connection().statement(Shape::own(kind, mapper.id().index()), |dialect| {
        let rows = DeleteStmt::new(mapper.table_ref()).filter(condition(mapper, together));
        Ok(render_row(&rows, dialect))
    })?;
    let mut rows = Deletes { mapper, left: parts.clone(), sent: parts, matched: 0, others: Vec::new() };
    let done = cx.connection().execute_many(&statement, &mut rows);
    done.map_err(|error| required::of_referrers(mapper, mapper.about(error)))?;
    let Deletes { matched, others, .. } = rows;
    if cx.rules().checks_rows {
        for (part, found) in others {
            if found > part.len() as u64 {
                return Err(stale(mapper, "a deletion", part.len(), found));
            }
            if let Some(kept) = row_left(cx, mapper, part)? {
                return Ok(Matched { rows: matched, kept: Some(kept) });
            }
        }
    }
    Ok(Matched { rows: matched, kept: None })
}

/// The condition for the rows with so many keys.
fn condition(mapper: &Mapper, keys: usize) -> Tree {
    if keys == 1 { has_key(mapper, 0) } else { has_key_among(mapper, keys) }
}

/// The rows to be deleted.
struct Deletes<'k> {
    mapper: &'static Mapper,
    /// The keys of the statements that run yet.
    left: Chunks<'k, Key>,
    /// The keys of those that weren't told of yet.
    sent: Chunks<'k, Key>,
    matched: u64,
    /// The keys for which not as many rows were found, and how many were.
    others: Vec<(&'k [Key], u64)>,
}

impl RowSource for Deletes<'_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let Some(keys) = self.left.next() else { return Ok(false) };
        keys.iter().try_for_each(|key| bind_key(bind, self.mapper, key)).map(|()| true)
    }

    fn done(&mut self, _: usize, done: Done) -> Result<()> {
        self.matched += done.rows;
        if let Some(keys) = self.sent.next().filter(|keys| done.rows != keys.len() as u64) {
            self.others.push((keys, done.rows));
        }
        Ok(())
    }
}

/// The first of keys whose row is there. That there is none is asked by one statement.
fn row_left<'k>(cx: FlushSession<'_>, mapper: &'static Mapper, keys: &'k [Key]) -> Result<Option<&'k Key>> {
    if !is_there(cx, mapper, keys)? {
        return Ok(None);
    }
    for key in keys {
        if keys.len() == 1 || is_there(cx, mapper, slice::from_ref(key))? {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Whether there is a row with one of keys, which are as many as are deleted at a time.
fn is_there(cx: FlushSession<'_>, mapper: &'static Mapper, keys: &[Key]) -> Result<bool> {
    let kind = if keys.len() == 1 { StatementKind::Look } else { StatementKind::LookMany };
    let statement = cx.connection().statement(Shape::own(kind, mapper.id().index()), |dialect| {
        let rows = SelectStmt::new().from(mapper.table_ref()).filter(condition(mapper, keys.len()));
        Ok(render_row(&rows, dialect))
    })?;
    let width = mapper.primary_key().len();
    let params = keys.iter().flat_map(|key| (0..width).map(|at| key.get(at)));
    let params: Vec<ValueRef<'_>> = params.collect();
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
