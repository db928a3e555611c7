//! `Reader`: the items of a row, one after another.

use std::rc::Rc;

use super::LoadPort;
use super::fresh::Fresh;
use super::lower::{self, ItemPlan};
use super::whole::Whole;
use super::within;
use crate::engine::Row;
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::query::parts::Item;
use crate::query::{Items, Names};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;

/// Finds the items of a row one after another, and makes objects of those that are some.
pub(super) struct Reader<'a> {
    cx: &'a dyn LoadPort,
    items: &'a [ItemPlan],
    at: usize,
    fresh: &'a mut Fresh,
    notes_reads: bool,
    whole: Option<&'a mut Whole>,
    /// What the query selects, and the names of it, which rows share.
    names: Option<(&'a [Item], &'a mut Option<Names>)>,
}

impl<'a> Reader<'a> {
    /// Of rows of which it isn't told what was selected.
    pub(super) fn new(
        cx: &'a dyn LoadPort,
        items: &'a [ItemPlan],
        fresh: &'a mut Fresh,
        whole: Option<&'a mut Whole>,
    ) -> Self {
        Reader { cx, items, at: 0, fresh, notes_reads: cx.notes_reads(), whole, names: None }
    }

    /// Of rows of a query, which share the names of what it selects.
    #[inline]
    pub(super) fn of_query(
        (cx, notes_reads): (&'a dyn LoadPort, bool),
        (items, selected, names): (&'a [ItemPlan], &'a [Item], &'a mut Option<Names>),
        fresh: &'a mut Fresh,
        whole: Option<&'a mut Whole>,
    ) -> Self {
        Reader { cx, items, at: 0, fresh, notes_reads, whole, names: Some((selected, names)) }
    }

    /// Leaves out an item.
    pub(super) fn skip(&mut self) {
        self.at += 1;
    }

    #[inline]
    fn take(&mut self) -> Option<&ItemPlan> {
        let item = self.items.get(self.at);
        self.at += 1;
        item
    }

    #[cold]
    fn none(&self, what: &str) -> Error {
        Error::new(Code::Internal, format!("item {} of a row is no {what}", self.at))
    }
}

impl Items for Reader<'_> {
    #[inline]
    fn value(&mut self) -> Result<usize> {
        match self.take() {
            Some(ItemPlan::Value(place, _)) => Ok(*place),
            _ => Err(self.none("value")),
        }
    }

    #[inline]
    fn object(&mut self, row: &dyn Row) -> Result<Option<Handle>> {
        let items = self.items;
        let Some(ItemPlan::Entity(entity)) = items.get(self.at) else {
            return Err(self.none("object"));
        };
        let at = self.at;
        self.at += 1;
        let object = match &mut self.whole {
            None => entity.object(self.cx, row, self.fresh)?,
            Some(whole) => match whole.fresh(at) {
                Some(fresh) => entity.object(self.cx, row, fresh)?,
                None => entity.object(self.cx, row, self.fresh)?,
            },
        };
        if let Some(object) = &object {
            if self.notes_reads {
                self.cx.note_read(object);
            }
            if let Some(whole) = &mut self.whole {
                whole.row(self.cx, row, (at, object))?;
            }
        }
        Ok(object)
    }

    fn key(&mut self, row: &dyn Row) -> Result<(&'static Mapper, Option<Key>)> {
        match self.items.get(self.at) {
            Some(ItemPlan::Entity(entity)) => {
                Ok((entity.mapper, within::key_of(entity.mapper, entity.offset, row)?))
            }
            _ => Err(self.none("object")),
        }
    }

    #[inline]
    fn entity(&mut self) -> Result<(&'static Mapper, usize)> {
        match self.take() {
            Some(ItemPlan::Entity(entity)) => Ok((entity.mapper, entity.offset)),
            _ => Err(self.none("object")),
        }
    }

    fn names(&mut self) -> Names {
        match &mut self.names {
            Some((selected, kept)) => {
                Rc::clone(kept.get_or_insert_with(|| lower::names(self.items, selected)))
            }
            None => lower::names(self.items, &[]),
        }
    }

    fn next(&self) -> Option<bool> {
        self.items.get(self.at).map(|item| matches!(item, ItemPlan::Entity(_)))
    }

    fn last(&self) -> String {
        let at = self.at.saturating_sub(1);
        match self.items.get(at) {
            Some(ItemPlan::Value(_, Some(name))) => format!("`{name}`"),
            Some(ItemPlan::Entity(entity)) => format!("`{}`", entity.mapper.class()),
            _ => format!("item {} of the row", at + 1),
        }
    }
}
