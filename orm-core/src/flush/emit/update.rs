//! UPDATE: only the columns that really changed. A row that isn't matched is stale.

use crate::declare::ColumnId;
use std::borrow::Cow;
use std::rc::Rc;

use smallvec::SmallVec;

use super::changed::{Changed, changed_columns, left_to_defaults};
use super::extra::{Extra, with_extra};
use super::late;
use super::required;
use super::row::{bind_column, bind_key, has_key, key_in_database, stale};
use super::version;
use crate::engine::{Bind, Compiled, Connection, Done, RowSource, Shape, StatementKind};
use crate::error::Result;
use crate::flush::plan::ItemId;
use crate::flush::port::FlushSession;
use crate::flush::rules::FlushRules;
use crate::flush::work::Work;
use crate::mapper::{Mapper, Referrers};
use crate::sql::{Tree, UpdateStmt, render_row};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::value::Value;

/// Stands among the numbers of the columns of a shape before those that get the database's defaults.
const DEFAULTS: u16 = u16::MAX;

/// An object to update.
pub(super) struct Update {
    pub(super) item: ItemId,
    /// The key that the object is known by, or that of the row which a new one takes over.
    pub(super) key: Key,
    /// Whether a new object takes over a row.
    pub(super) takes_over: bool,
    /// The version of the row, where rows of the class have versions.
    pub(super) version: Value,
}

impl Update {
    pub(super) fn of(item: ItemId, key: Key, takes_over: bool) -> Self {
        Update { item, key, takes_over, version: Value::Null }
    }
}

/// A row that was looked at and isn't written yet.
pub(super) struct Ahead<'u> {
    pub(super) instance: &'u Handle,
    key: Cow<'u, Key>,
    /// The version that it has.
    version: &'u Value,
    pub(super) takes_over: bool,
}

/// Updates rows. Gives the objects whose new keys others refer to.
pub(super) fn run(
    work: &Work,
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    updates: &[Update],
) -> Result<Vec<ItemId>> {
    let mut rows = Updates::new(work, mapper, updates, cx.rules());
    while rows.begin()? {
        if rows.write_late(cx)? {
            rows.check()?;
            continue;
        }
        let statement = rows.statement(cx)?;
        let done = cx.connection().execute_many(&statement, &mut rows);
        done.map_err(|error| required::of_children(work, mapper, mapper.about(error)))?;
        rows.check()?;
    }
    Ok(rows.rekeyed)
}

/// The statement that sets columns of a row; `defaults` are those of them that it leaves to the database.
pub(super) fn statement(
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    shape: &[ColumnId],
    defaults: &[ColumnId],
) -> Result<Rc<Compiled>> {
    let mut columns: SmallVec<[u16; 8]> = shape.iter().map(|id| id.number()).collect();
    if !defaults.is_empty() {
        columns.push(DEFAULTS);
        columns.extend(defaults.iter().map(|id| id.number()));
    }
    let key = Shape::Own { kind: StatementKind::Update, of: mapper.id().index(), columns: &columns };
    cx.connection().statement(key, |dialect| {
        let mut given = 0..;
        let value = |id: &ColumnId| match mapper.column(*id).server_default() {
            Some(sql) if defaults.contains(id) => Tree::Text(format!("({sql})")),
            _ => Tree::Param(given.next().unwrap_or_default()),
        };
        let values: Vec<Tree> = shape.iter().map(value).collect();
        let names = shape.iter().map(|id| mapper.column(*id).name().into());
        let update = UpdateStmt { set: names.zip(values).collect(), ..UpdateStmt::new(mapper.table_ref()) };
        let key = shape.len() - defaults.len();
        let is_row = match mapper.version() {
            Some(version) => version::is_row(mapper, version, key),
            None => has_key(mapper, key),
        };
        Ok(render_row(&update.filter(is_row), dialect))
    })
}

/// The rows to be updated, in groups: a group are rows that are updated alike, one after another.
pub(super) struct Updates<'u> {
    pub(super) work: &'u Work,
    pub(super) mapper: &'static Mapper,
    updates: std::slice::Iter<'u, Update>,
    /// The columns that the rows of the group set.
    shape: Changed,
    /// Whether rows of the class are made of what their objects set, and nothing else, and none has got another key
    /// meanwhile.
    is_plain: bool,
    /// The row that was looked at last and isn't written yet.
    ahead: Option<Ahead<'u>>,
    /// The columns that it sets.
    pub(super) changed: Changed,
    /// What the flush makes of the row that was looked at last, until the next is: the version that it gets, and what it
    /// sets beside. Plain rows have none of it, and so rows don't carry it.
    pub(super) next: Option<Value>,
    pub(super) extra: Extra,
    /// Those of them that the rows of the group, and the row ahead, leave to the database: it has defaults for them.
    pub(super) defaults: Changed,
    defaults_ahead: Changed,
    /// The row that was written last.
    last: Option<Ahead<'u>>,
    /// The first of the group that wasn't found with its version.
    pub(super) stale: Option<Ahead<'u>>,
    /// How many rows of the group were written, and how many the database found.
    rows: usize,
    matched: u64,
    /// What the session was told.
    pub(super) rules: FlushRules,
    /// Whether a row didn't find one, though each has to.
    is_off: bool,
    /// Whether an object is expired, so that its key may have to be loaded. Where it has a version, that was loaded.
    has_expired: bool,
    /// What refers to the rows of the class, and the objects that it has to follow.
    referrers: Option<&'static Referrers>,
    rekeyed: Vec<ItemId>,
}

impl<'u> Updates<'u> {
    fn new(work: &'u Work, mapper: &'static Mapper, updates: &'u [Update], rules: FlushRules) -> Self {
        let is_expired = |update: &Update| work.item(update.item).instance.header().has(Mark::EXPIRED);
        Updates {
            work,
            mapper,
            updates: updates.iter(),
            shape: Changed::new(),
            is_plain: mapper.version().is_none() && mapper.writes().is_plain() && !work.has_moved(),
            ahead: None,
            changed: Changed::new(),
            next: None,
            extra: Extra::default(),
            defaults: Changed::new(),
            defaults_ahead: Changed::new(),
            last: None,
            stale: None,
            rows: 0,
            matched: 0,
            rules,
            is_off: false,
            has_expired: mapper.version().is_none() && updates.iter().any(is_expired),
            referrers: mapper.referrers(),
            rekeyed: Vec::new(),
        }
    }

    /// Looks at the next object with a change, unless one that was looked at isn't written yet. Says whether there
    /// is one.
    fn look(&mut self) -> Result<bool> {
        if self.ahead.is_some() {
            return Ok(true);
        }
        while let Some(update) = self.updates.next() {
            let instance = &self.work.item(update.item).instance;
            let takes_over = update.takes_over;
            let is_key_known =
                changed_columns(self.mapper, instance, takes_over, self.rules, &mut self.changed)?;
            let mut moved = None;
            if self.is_plain {
                self.note_rekeyed(update.item);
            } else {
                moved = self.make(update, instance)?;
            }
            if self.changed.is_empty() {
                continue;
            }
            self.defaults_ahead.clear();
            if takes_over && self.rules.writes_taken_over {
                self.defaults_ahead.extend(left_to_defaults(self.mapper, instance)?);
            }
            let key = match &update.key {
                _ if moved.is_some() => Cow::Owned(moved.cloned().unwrap_or_else(|| update.key.clone())),
                key if takes_over => Cow::Borrowed(key),
                key @ Key::Int(_) if is_key_known => Cow::Borrowed(key),
                _ => Cow::Owned(key_in_database(instance)?),
            };
            self.ahead = Some(Ahead { instance, key, version: &update.version, takes_over });
            return Ok(true);
        }
        Ok(false)
    }

    /// Notes an object whose key changes that others refer to.
    #[inline]
    pub(super) fn note_rekeyed(&mut self, item: ItemId) {
        if self.referrers.is_some_and(|referrers| referrers.concern(&self.changed)) {
            self.rekeyed.push(item);
        }
    }

    /// Begins the next group; says whether there is one.
    fn begin(&mut self) -> Result<bool> {
        let begins = self.look()?;
        self.shape.clone_from(&self.changed);
        self.defaults.clone_from(&self.defaults_ahead);
        (self.rows, self.matched, self.is_off) = (0, 0, false);
        if begins && self.has_expired {
            self.load_keys()?;
        }
        Ok(begins)
    }

    /// Loads the keys of the group, and that of the row after it, where they aren't known. A row that turns out to be gone
    /// ends the flush before the group is written, as in SQLAlchemy.
    fn load_keys(&self) -> Result<()> {
        let mut changed = Changed::new();
        for update in self.updates.clone() {
            let instance = &self.work.item(update.item).instance;
            changed_columns(self.mapper, instance, update.takes_over, self.rules, &mut changed)?;
            if changed.is_empty() {
                continue;
            }
            if !update.takes_over {
                key_in_database(instance)?;
            }
            with_extra(self.mapper, &mut changed);
            if changed != self.shape {
                break;
            }
        }
        Ok(())
    }

    /// Writes the row ahead by itself, where columns of its object are set to expressions. Says whether it did.
    fn write_late(&mut self, cx: FlushSession<'_>) -> Result<bool> {
        let Some(Ahead { instance, key, version, takes_over }) = &self.ahead else {
            return Ok(false);
        };
        if !late::has_any(instance, *takes_over)? && !self.extra.has_expressions() {
            return Ok(false);
        }
        let versions = (*version, self.next.as_ref());
        let done = late::update(cx, (instance, key), &self.changed, versions, &self.extra);
        let done =
            done.map_err(|error| required::of_children(self.work, self.mapper, self.mapper.about(error)))?;
        self.last = self.ahead.take();
        self.rows = 1;
        self.done(0, done)?;
        Ok(true)
    }

    fn statement(&self, cx: FlushSession<'_>) -> Result<Rc<Compiled>> {
        statement(cx, self.mapper, &self.shape, &self.defaults)
    }

    /// Counts the group's rows together, as SQLAlchemy does: the error says how many are gone.
    fn check(&self) -> Result<()> {
        if let Some((Ahead { instance, version, .. }, of)) = self.stale.as_ref().zip(self.mapper.version()) {
            return Err(version::stale(instance, of, version, "the update of"));
        }
        if self.matched == self.rows as u64 && !self.is_off {
            return Ok(());
        }
        Err(stale(self.mapper, "an update", self.rows, self.matched))
    }
}

impl RowSource for Updates<'_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        if !self.look()? || self.changed != self.shape || self.defaults_ahead != self.defaults {
            return Ok(false);
        }
        if let Some(Ahead { instance, takes_over, .. }) = &self.ahead
            && (self.extra.has_expressions() || late::has_any(instance, *takes_over)?)
        {
            return Ok(false);
        }
        let Some(row) = self.ahead.take() else { return Ok(false) };
        let mapper = self.mapper;
        if self.is_plain && self.defaults.is_empty() {
            row.instance.read(|columns| {
                self.changed.iter().try_for_each(|id| {
                    let place = mapper.slot(*id);
                    bind_column(bind, columns.at(place), (mapper, place))
                })
            })??;
        } else {
            self.bind_made(bind, row.instance)?;
        }
        bind_key(bind, mapper, &row.key)?;
        if mapper.version().is_some() {
            bind(row.version.as_ref())?;
        }
        self.last = Some(row);
        self.rows += 1;
        Ok(true)
    }

    fn done(&mut self, _: usize, done: Done) -> Result<()> {
        self.matched += done.rows;
        self.is_off |= self.rules.checks_rows && done.rows != 1;
        let Some(row) = self.last.take() else { return Ok(()) };
        if self.is_plain && !row.takes_over { Ok(()) } else { self.end(row, done) }
    }
}
