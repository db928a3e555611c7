//! `AttributeHooks`: what a class has called before attributes of its objects change.
//!
//! They are asked where validators are: where a change begins, for all that it brings about, before any of it is made.

use std::rc::Rc;

use crate::declare::{LinkSlotId, SlotId};
use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::slot::AnySlot;
use crate::state::read::answer::Read;

/// What is called with an object and a slot with the value that a column of it is set to.
pub(crate) type ColumnHook = Box<dyn Fn(&Rc<Instance>, &dyn AnySlot) -> Result<()> + Send + Sync>;

/// What is called with an object, with what a relationship of it is set to, and with what that led to.
pub(crate) type LinkHook =
    Box<dyn Fn(&Rc<Instance>, Option<&Rc<Instance>>, &Read<Option<Handle>>) -> Result<()> + Send + Sync>;

/// What is called with an object and an item that comes to a collection of it, or leaves it.
pub(crate) type ItemHook = Box<dyn Fn(&Rc<Instance>, &Rc<Instance>) -> Result<()> + Send + Sync>;

/// What is called with an object and the items that a collection of it is to hold.
pub(crate) type ItemsHook = Box<dyn Fn(&Rc<Instance>, &[Handle]) -> Result<()> + Send + Sync>;

/// Hooks by the place of their attribute, in the order in which they are called.
struct BySlot<H>(Vec<Vec<H>>);

impl<H> Default for BySlot<H> {
    fn default() -> Self {
        BySlot(Vec::new())
    }
}

impl<H> BySlot<H> {
    fn add(&mut self, at: usize, hook: H) {
        if self.0.len() <= at {
            self.0.resize_with(at + 1, Vec::new);
        }
        if let Some(hooks) = self.0.get_mut(at) {
            hooks.push(hook);
        }
    }

    fn at(&self, at: usize) -> &[H] {
        self.0.get(at).map_or(&[], Vec::as_slice)
    }
}

/// What a class has called before attributes of its objects change.
#[derive(Default)]
pub(crate) struct AttributeHooks {
    columns: BySlot<ColumnHook>,
    links: BySlot<LinkHook>,
    comes: BySlot<ItemHook>,
    goes: BySlot<ItemHook>,
    replaces: BySlot<ItemsHook>,
}

impl AttributeHooks {
    pub(crate) fn on_column(&mut self, slot: SlotId, hook: ColumnHook) {
        self.columns.add(slot.index(), hook);
    }

    pub(crate) fn on_link(&mut self, slot: LinkSlotId, hook: LinkHook) {
        self.links.add(slot.index(), hook);
    }

    pub(crate) fn on_append(&mut self, slot: LinkSlotId, hook: ItemHook) {
        self.comes.add(slot.index(), hook);
    }

    pub(crate) fn on_remove(&mut self, slot: LinkSlotId, hook: ItemHook) {
        self.goes.add(slot.index(), hook);
    }

    pub(crate) fn on_replace(&mut self, slot: LinkSlotId, hook: ItemsHook) {
        self.replaces.add(slot.index(), hook);
    }

    /// What is called before a column is set.
    pub(crate) fn columns(&self, slot: SlotId) -> &[ColumnHook] {
        self.columns.at(slot.index())
    }

    /// What is called before a relationship to one object is set.
    pub(crate) fn links(&self, slot: LinkSlotId) -> &[LinkHook] {
        self.links.at(slot.index())
    }

    /// What is called before an item comes.
    pub(crate) fn comes(&self, slot: LinkSlotId) -> &[ItemHook] {
        self.comes.at(slot.index())
    }

    /// What is called before an item goes.
    pub(crate) fn goes(&self, slot: LinkSlotId) -> &[ItemHook] {
        self.goes.at(slot.index())
    }

    /// What is called before a collection is replaced.
    pub(crate) fn replaces(&self, slot: LinkSlotId) -> &[ItemsHook] {
        self.replaces.at(slot.index())
    }

    /// Whether anything is called before a relationship changes.
    pub(crate) fn are_any(&self, slot: LinkSlotId) -> bool {
        !(self.links(slot).is_empty()
            && self.comes(slot).is_empty()
            && self.goes(slot).is_empty()
            && self.replaces(slot).is_empty())
    }
}
