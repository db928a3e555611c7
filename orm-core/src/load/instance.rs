//! A row to an object: the one in the identity map, or a new one.

use crate::declare::ColumnId;
use crate::mapper::MappedColumn;
use std::rc::Rc;

use smallvec::{SmallVec, smallvec};

use super::LoadPort;
use super::fresh::Fresh;
use super::left::Left;
use crate::engine::Row;
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapper, Relation};
use crate::sql::{SelectItem, Tree};
use crate::state::change::expire;
use crate::state::change::hooks::{Place, fire_one};
use crate::state::key::Key;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::Attr;
use crate::state::memory::handle::Handle;
use crate::state::memory::identity::IdentityKey;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{SlotState, Unreadable};
use crate::state::typed::mapped::{Factory, create};
use crate::value::{ValueError, ValueRef};

/// The values of a class's columns in a row, in their order.
pub(crate) type Values<'r> = SmallVec<[ValueRef<'r>; 16]>;

/// Where the columns of a class stand in a row.
#[derive(Clone)]
pub(crate) struct EntityPlan {
    pub(crate) mapper: &'static Mapper,
    pub(crate) offset: usize,
    factory: Option<&'static Factory>,
    /// The columns that are loaded when they are read, where they are others than the class says.
    deferred: Option<Rc<[ColumnId]>>,
}

/// What of an object a row sets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Populate {
    /// What isn't loaded.
    Missing,
    /// The columns that are expired, and weren't changed since.
    Expired,
    /// Everything.
    All,
}

impl EntityPlan {
    pub(crate) fn new(mapper: &'static Mapper, offset: usize) -> Self {
        EntityPlan { mapper, offset, factory: Factory::find(mapper), deferred: None }
    }

    /// That of plain values, which have all their columns.
    pub(super) fn of_plain(mapper: &'static Mapper, offset: usize) -> Self {
        let plan = EntityPlan::new(mapper, offset);
        if mapper.deferred().is_empty() { plan } else { plan.deferring(Some(Rc::default())) }
    }

    /// The same, where these columns are loaded when they are read; those that the class says for none.
    pub(super) fn deferring(self, deferred: Option<Rc<[ColumnId]>>) -> Self {
        EntityPlan { deferred, ..self }
    }

    /// The same, where these columns are loaded though their class says that they are loaded when they are read.
    pub(super) fn with_all(self, columns: &[ColumnId]) -> Self {
        let rest = self.deferred().iter().copied().filter(|id| !columns.contains(id));
        let rest: Rc<[ColumnId]> = rest.collect();
        if rest.len() == self.deferred().len() { self } else { self.deferring(Some(rest)) }
    }

    /// Has these columns too loaded when they are read.
    pub(super) fn leave_out_too(&mut self, columns: &[ColumnId]) {
        let others = columns.iter().filter(|id| !self.deferred().contains(id));
        self.deferred = Some(self.deferred().iter().chain(others).copied().collect());
    }

    /// The columns that are loaded when they are read.
    #[inline]
    pub(super) fn deferred(&self) -> &[ColumnId] {
        self.deferred.as_deref().unwrap_or_else(|| self.mapper.deferred())
    }

    /// Whether other columns are loaded than the class says.
    pub(super) fn is_told(&self) -> bool {
        self.deferred.is_some()
    }

    /// Puts `NULL` in the places of the columns that are loaded when they are read, but for these, among the items that
    /// begin with the class's columns.
    pub(super) fn leave_out(&self, items: &mut [SelectItem], but: &[usize]) {
        for id in self.deferred() {
            if let Some(item) = items.get_mut(id.index()).filter(|_| !but.contains(&id.index())) {
                *item = SelectItem::from(Tree::text("NULL"));
            }
        }
    }

    /// The values of the class's columns in a row.
    pub(crate) fn values<'r>(&self, row: &'r dyn Row) -> Result<Values<'r>> {
        let mut values: Values<'r> = smallvec![ValueRef::Null; self.mapper.columns().len()];
        row.values(self.offset, &mut values)?;
        Ok(values)
    }

    /// The key in a row; `None` where it is `NULL`, as in an outer join.
    pub(super) fn key(&self, values: &[ValueRef<'_>]) -> Result<Option<Key>> {
        let value = |id: ColumnId| values.get(id.index()).copied().unwrap_or(ValueRef::Null);
        let key = Key::of_row(self.mapper, value);
        key.map_err(|(id, error)| self.unreadable(self.mapper.column(id), &error))
    }

    /// The object of a row. It is fresh where the row made it.
    #[inline(always)]
    pub(super) fn object(
        &self,
        cx: &dyn LoadPort,
        row: &dyn Row,
        fresh: &mut Fresh,
    ) -> Result<Option<Handle>> {
        self.object_if(cx, row, fresh, |_| Ok(true))
    }

    /// The same, if anybody wants an object of these values.
    #[inline(always)]
    pub(super) fn object_if(
        &self,
        cx: &dyn LoadPort,
        row: &dyn Row,
        fresh: &mut Fresh,
        wants: impl FnOnce(&[ValueRef<'_>]) -> Result<bool>,
    ) -> Result<Option<Handle>> {
        // In place, and hardly larger than it has to be: each row pays for a place that is made ready.
        match self.mapper.columns().len() {
            0..=8 => self.object_in((cx, row), &mut [ValueRef::Null; 8], fresh, wants),
            9..=24 => self.object_in((cx, row), &mut [ValueRef::Null; 24], fresh, wants),
            many => self.object_in((cx, row), vec![ValueRef::Null; many].as_mut_slice(), fresh, wants),
        }
    }

    /// The object of a row, whose values are put into the first of these places.
    #[inline(always)]
    fn object_in<'r>(
        &self,
        (cx, row): (&dyn LoadPort, &'r dyn Row),
        places: &mut [ValueRef<'r>],
        fresh: &mut Fresh,
        wants: impl FnOnce(&[ValueRef<'_>]) -> Result<bool>,
    ) -> Result<Option<Handle>> {
        let values = places.get_mut(..self.mapper.columns().len()).ok_or_else(|| self.no_room())?;
        row.values(self.offset, values)?;
        if !wants(values)? {
            return Ok(None);
        }
        // What most keys are comes first, so that nothing of the others stands in its way.
        if let Some(only) = self.mapper.integer_key()
            && let Some(ValueRef::Int(key)) = values.get(only.index())
        {
            return self.object_of(cx, values, *key, fresh).map(Some);
        }
        self.object_of_other(cx, values, fresh)
    }

    /// The object of these values, whose key is no single integer, or missing.
    #[inline(never)]
    fn object_of_other(
        &self,
        cx: &dyn LoadPort,
        values: &[ValueRef<'_>],
        fresh: &mut Fresh,
    ) -> Result<Option<Handle>> {
        match self.key(values)? {
            Some(Key::Int(key)) => self.object_of(cx, values, key, fresh).map(Some),
            Some(Key::Values(key)) => self.object_of(cx, values, key, fresh).map(Some),
            None => Ok(None),
        }
    }

    /// The object of these values, with that key.
    #[inline]
    fn object_of<K: IdentityKey>(
        &self,
        cx: &dyn LoadPort,
        values: &[ValueRef<'_>],
        key: K,
        fresh: &mut Fresh,
    ) -> Result<Handle> {
        let identity = cx.identity();
        let place = match identity.find(self.mapper, &key) {
            Ok(known) => {
                if fresh.overwrites(&known) {
                    self.overwrite(cx, &known, values, fresh.keeps())?;
                    fresh.add_overwritten(&known);
                } else {
                    self.fill_missing(cx, &known, values)?;
                    fresh.find(&known)?;
                }
                return Ok(known);
            }
            Err(place) => place,
        };
        let factory = self.factory.ok_or_else(|| Factory::missing(self.mapper))?;
        let object = match self.deferred() {
            [] => factory.of_row(self.mapper, values).map_err(|wrong| self.wrong_row(&wrong))?,
            deferred => self.part_of_row(deferred, values)?,
        };
        // A column type of the user's own may have loaded the same row meanwhile.
        if let Some(known) = identity.get_or_put(&object, &key, place) {
            self.fill_missing(cx, &known, values)?;
            return Ok(known);
        }
        let header = object.header();
        header.set_session(cx.id());
        header.give_key(key.into());
        fresh.add(&object);
        if self.mapper.is_heard() {
            cx.while_reading(&mut || fire_one(Place::Loaded, &object))?;
        }
        Ok(object)
    }

    /// The object of a row, of which some columns aren't loaded.
    #[cold]
    fn part_of_row(&self, deferred: &[ColumnId], values: &[ValueRef<'_>]) -> Result<Handle> {
        let object = create(self.mapper)?;
        object.write(|columns| {
            for column in self.mapper.columns() {
                let Some(slot) = columns.at_mut(column.slot()) else { continue };
                if deferred.contains(&column.id()) {
                    slot.reset(SlotState::Deferred);
                } else {
                    let value = values.get(column.id().index()).copied().unwrap_or(ValueRef::Null);
                    slot.load(value).map_err(|error| self.unreadable(column, &error))?;
                }
            }
            Ok::<(), Error>(())
        })??;
        Ok(object)
    }

    /// Gives an object that is there already what its row holds, whatever it held. Some relationships may stay, and the
    /// columns with them that aren't in the row.
    #[cold]
    fn overwrite(
        &self,
        cx: &dyn LoadPort,
        object: &Rc<Instance>,
        values: &[ValueRef<'_>],
        keeps: Option<&[&'static Relation]>,
    ) -> Result<()> {
        let columns = self.wanted(object, Populate::All)?;
        let is_left = |id: &&ColumnId| !self.mapper.deferred().contains(id);
        let left = keeps.map(|relations| Left::of(object, self.deferred().iter().filter(is_left), relations));
        let left = left.transpose()?;
        expire::all(object)?;
        self.fill(cx, object, values, Populate::All, &columns)?;
        left.map_or(Ok(()), |left| left.give_back(object))
    }

    /// Sets what isn't loaded of an object that is there already.
    fn fill_missing(&self, cx: &dyn LoadPort, object: &Rc<Instance>, values: &[ValueRef<'_>]) -> Result<()> {
        let wanted = self.wanted(object, Populate::Missing)?;
        self.fill(cx, object, values, Populate::Missing, &wanted)
    }

    /// Sets these columns of an object that is there already.
    pub(crate) fn fill(
        &self,
        cx: &dyn LoadPort,
        object: &Rc<Instance>,
        values: &[ValueRef<'_>],
        what: Populate,
        wanted: &[ColumnId],
    ) -> Result<()> {
        if wanted.is_empty() {
            return Ok(());
        }
        // Read before anything is borrowed for writing: a user's type may run code of its own.
        object.write(|columns| {
            for id in wanted {
                let column = self.mapper.column(*id);
                let value = values.get(id.index()).copied().unwrap_or(ValueRef::Null);
                if let Some(slot) = columns.at_mut(column.slot()) {
                    slot.load(value).map_err(|error| self.unreadable(column, &error))?;
                }
            }
            for id in self.deferred().iter().filter(|_| what == Populate::All) {
                if let Some(slot) = columns.at_mut(self.mapper.slot(*id)) {
                    slot.reset(SlotState::Deferred);
                }
            }
            Ok::<(), Error>(())
        })??;
        if what == Populate::All {
            expire::commit(object)?;
            cx.settled(object);
        } else {
            object.header().unmark(Mark::EXPIRED);
            object.header().unmark(Mark::UNREAD);
        }
        if self.mapper.is_heard() {
            cx.while_reading(&mut || fire_one(Place::Refreshed, object))?;
        }
        Ok(())
    }

    /// Which columns of an object that is there already a row sets.
    pub(crate) fn wanted(&self, object: &Rc<Instance>, what: Populate) -> Result<Vec<ColumnId>> {
        let columns = self.mapper.columns();
        if what == Populate::All {
            let is_given = |id: &ColumnId| !self.deferred().contains(id);
            return Ok(columns.iter().map(MappedColumn::id).filter(is_given).collect());
        }
        let missing: Vec<&MappedColumn> = object.read(|slots| {
            let is_missing = |column: &&MappedColumn| {
                let state = slots.at(column.slot()).map_or(SlotState::Set, |slot| slot.state());
                match state {
                    SlotState::Expired => true,
                    SlotState::Unset | SlotState::Deferred => what == Populate::Missing,
                    SlotState::Null | SlotState::Set => false,
                }
            };
            let is_given = |column: &&MappedColumn| !self.deferred().contains(&column.id());
            columns.iter().filter(is_missing).filter(is_given).collect()
        })?;
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        with_changes(object, |changes| {
            let is_unchanged = |column: &&MappedColumn| {
                changes.is_none_or(|changes| changes.was(Attr::Column(column.slot())).is_none())
            };
            missing.into_iter().filter(is_unchanged).map(MappedColumn::id).collect()
        })
    }

    #[cold]
    fn no_room(&self) -> Error {
        Error::new(Code::Internal, "there is no room for the values of a row")
            .about(self.mapper.class(), None)
    }

    #[cold]
    fn wrong_row(&self, Unreadable { place, error }: &Unreadable) -> Error {
        match self.mapper.columns().get(*place) {
            Some(column) => self.unreadable(column, error),
            None => Error::new(Code::Value, error.to_string()).about(self.mapper.class(), None),
        }
    }

    pub(super) fn unreadable(&self, column: &MappedColumn, error: &ValueError) -> Error {
        Error::new(
            Code::Value,
            format!("the column `{}.{}` can't be read: {error}", self.mapper.table().name, column.name()),
        )
        .about(self.mapper.class(), Some(column.attribute()))
        .caused_by(error.clone())
    }
}
