//! Rows of which an update sets more than their objects do, or less: the version, what `onupdate` makes, what the database
//! has changed or makes by itself.

use super::changed::Changed;
use super::extra::{Extra, bind_made, expire, expire_unset, leave_computed};
use super::late;
use super::row::bind_column;
use super::update::{Ahead, Update, Updates};
use super::version;
use crate::engine::{Bind, Done};
use crate::error::{Error, Result};
use crate::mapper::Mapper;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::value::Value;

impl<'u> Updates<'u> {
    /// Makes what a row sets beside what its object does, and leaves what it doesn't set. Gives the key of the row where the
    /// database has changed it.
    #[inline(never)]
    pub(super) fn make(&mut self, update: &Update, instance: &Handle) -> Result<Option<&'u Key>> {
        (self.next, self.extra) = (None, Extra::default());
        leave_computed(self.mapper, instance, &mut self.changed)?;
        let work = self.work;
        let moved = work.moved(update.item).filter(|_| !update.takes_over);
        self.note_rekeyed(update.item);
        if let Some(key) = moved {
            take_moved(self.mapper, instance, key, &mut self.changed)?;
        }
        self.next = self.next_version(update)?;
        if !self.changed.is_empty() {
            self.extra = Extra::make(self.mapper, instance, update.takes_over, &mut self.changed)?;
        }
        Ok(moved)
    }

    /// The version that a row gets which is written, unless the object was given another one. A new object that takes over
    /// a row has none of its own.
    fn next_version(&mut self, update: &Update) -> Result<Option<Value>> {
        let Some(version) = self.mapper.version() else { return Ok(None) };
        let Some(next) = version.next.filter(|_| !self.changed.is_empty()) else { return Ok(None) };
        match self.changed.binary_search(&version.id) {
            Ok(_) if !(update.takes_over && self.rules.writes_taken_over) => return Ok(None),
            Ok(_) => {}
            Err(at) => self.changed.insert(at, version.id),
        }
        let instance = &self.work.item(update.item).instance;
        version::after(instance, version, next, Some(&update.version)).map(Some)
    }

    /// Binds the columns of a row of which the flush or the database makes some.
    #[inline(never)]
    pub(super) fn bind_made(&self, bind: &mut Bind<'_>, instance: &Handle) -> Result<()> {
        let mapper = self.mapper;
        let made = self.next.as_ref().and_then(|next| Some((mapper.version()?.id, next)));
        instance.read(|columns| {
            for id in self.changed.iter().filter(|id| !self.defaults.contains(id)) {
                if let Some((_, next)) = made.filter(|(version, _)| version == id) {
                    bind(next.as_ref())?;
                    continue;
                }
                if let Some(value) = self.extra.value(*id) {
                    bind_made(bind, value, mapper.column(*id), mapper)?;
                    continue;
                }
                let place = mapper.slot(*id);
                bind_column(bind, columns.at(place), (mapper, place))?;
            }
            Ok::<(), Error>(())
        })?
    }

    /// A row is written, unless it wasn't found with its version.
    #[inline(never)]
    pub(super) fn end(&mut self, row: Ahead<'u>, done: Done) -> Result<()> {
        if let Some(version) = self.mapper.version() {
            match &self.next {
                _ if done.rows == 0 => {
                    self.stale.get_or_insert(row);
                    return Ok(());
                }
                Some(next) => version::take_over(row.instance, version, next)?,
                None => {}
            }
        }
        self.take_over(&row)
    }

    /// The object has what the update made; what the database made of the row is read when it is asked for.
    fn take_over(&self, row: &Ahead<'_>) -> Result<()> {
        let mapper = self.mapper;
        if mapper.writes().has_more() {
            self.extra.take_over(row.instance, &self.changed)?;
        }
        if !self.defaults.is_empty() {
            expire(row.instance, self.defaults.iter().copied())?;
        }
        if row.takes_over {
            expire_unset(row.instance, &self.changed)?;
            late::leave_defaults(row.instance, &[])?;
        }
        Ok(())
    }
}

/// Takes the columns of a key out which the database has changed already.
fn take_moved(mapper: &Mapper, instance: &Handle, key: &Key, changed: &mut Changed) -> Result<()> {
    instance.read(|columns| {
        changed.retain(|id| {
            let at = mapper.primary_key().iter().position(|of_key| of_key == id);
            let is_there =
                |at| columns.at(mapper.slot(*id)).is_some_and(|slot| slot.is(&key.get(at).to_value()));
            !at.is_some_and(is_there)
        });
    })
}
