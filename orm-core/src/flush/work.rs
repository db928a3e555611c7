//! `Work`: the objects of a flush, and what is to be done with each.

use std::borrow::Borrow;
use std::rc::Rc;

use hashbrown::{HashMap, HashSet};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::histories::{Histories, Silent};
use super::plan::{ClassPlace, ItemId, RelationPlace, Verb};
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapper, MapperId, Relation};
use crate::state::key::Key;
use crate::state::memory::access::with_changes;
use crate::state::memory::batch::release;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::history::History;
use crate::state::read::reach::ReadOptions;

/// What is done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Its row is inserted or updated, unless it has another role already.
    Saved,
    /// Its row is saved whatever its role was: a parent took it in.
    TakenIn,
    /// It was to be deleted, but a parent took it in: its row is saved.
    Kept,
    /// Its row is deleted.
    Deleted,
    /// Nothing is written for it, unless it has another role already. It is clean afterwards.
    Listed,
    /// It was to be deleted, but a new object has taken its row over: nothing is written for it.
    TakenOver,
}

impl Role {
    /// What is written for an object of that role.
    fn verb(self) -> Option<Verb> {
        match self {
            Role::Saved | Role::TakenIn | Role::Kept => Some(Verb::Save),
            Role::Deleted => Some(Verb::Delete),
            Role::Listed | Role::TakenOver => None,
        }
    }

    /// Whether it replaces the role that an object has already.
    fn replaces(self) -> bool {
        match self {
            Role::TakenIn | Role::Kept | Role::Deleted | Role::TakenOver => true,
            Role::Saved | Role::Listed => false,
        }
    }
}

/// An object of a flush.
pub(crate) struct Item {
    pub(crate) instance: Handle,
    role: Role,
    /// It is new and was never related to anything: no relationship has anything to tell of it.
    pub(super) is_lone: bool,
    silent: Silent,
}

impl Item {
    /// What is written for it.
    #[inline]
    pub(super) fn verb(&self) -> Option<Verb> {
        self.role.verb()
    }

    /// Whether it is deleted by this flush. Its row may live on with another object.
    #[inline]
    pub(crate) fn is_deleted(&self) -> bool {
        matches!(self.role, Role::Deleted | Role::TakenOver)
    }

    /// Whether it was to be deleted, and was saved.
    #[inline]
    pub(crate) fn is_kept(&self) -> bool {
        self.role == Role::Kept
    }
}

impl Borrow<Handle> for Item {
    fn borrow(&self) -> &Handle {
        &self.instance
    }
}

/// The objects of one class.
pub(super) struct ClassWork {
    pub(super) mapper: &'static Mapper,
    pub(super) items: Vec<ItemId>,
    /// Whether rows of it are to be deleted.
    deletes: bool,
    /// The keys that the database has given to new rows, where others are to be deleted.
    given_keys: HashSet<Key, FxBuildHasher>,
}

impl ClassWork {
    fn of(mapper: &'static Mapper) -> Self {
        ClassWork { mapper, items: Vec::new(), deletes: false, given_keys: HashSet::default() }
    }
}

/// A relationship of a class that takes part.
pub(super) struct RelationWork {
    pub(super) relation: &'static Relation,
    /// Whether it has something to write.
    pub(super) active: bool,
}

/// Everything that a flush has to do.
#[derive(Default)]
pub(crate) struct Work {
    items: Vec<Item>,
    classes: IndexMap<MapperId, ClassWork, FxBuildHasher>,
    relations: Vec<RelationWork>,
    histories: Histories,
    /// Objects that got another key which others refer to.
    rekeyed: Vec<ItemId>,
    /// The keys that rows have now which the database changed with those of rows they refer to.
    moved: HashMap<ItemId, Key, FxBuildHasher>,
    /// The class of the object that came last.
    last: usize,
}

impl Work {
    /// Takes the objects out: everything is written.
    pub(crate) fn take_items(&mut self) -> Vec<Item> {
        self.histories.clear();
        std::mem::take(&mut self.items)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Makes room for objects.
    pub(crate) fn reserve(&mut self, objects: usize) {
        self.items.reserve(objects);
    }

    #[inline]
    pub(super) fn item(&self, item: ItemId) -> &Item {
        &self.items[item.index()]
    }

    /// The number of an object that takes part. One that a flush of another session is writing has a number of that one:
    /// an observer may use a session of its own.
    #[inline]
    pub(super) fn find(&self, instance: &Rc<Instance>) -> Option<ItemId> {
        let id = ItemId::of_mark(instance.header().work.get())?;
        self.items.get(id.index()).filter(|item| Rc::ptr_eq(&item.instance, instance)).map(|_| id)
    }

    /// Whether the flush deletes the object.
    pub(super) fn is_deleted(&self, instance: &Rc<Instance>) -> bool {
        self.find(instance).is_some_and(|item| self.item(item).is_deleted())
    }

    /// The classes of the objects, in the order in which they came.
    pub(super) fn classes(&self) -> impl ExactSizeIterator<Item = &ClassWork> {
        self.classes.values()
    }

    pub(super) fn class(&self, class: ClassPlace) -> Option<&ClassWork> {
        self.classes.get_index(class.index()).map(|(_, class)| class)
    }

    /// The place of a class of which objects take part.
    pub(super) fn place_of(&self, mapper: &Mapper) -> Option<ClassPlace> {
        self.classes.get_index_of(&mapper.id()).map(ClassPlace::at)
    }

    /// The relationships of the classes.
    pub(super) fn relations(&self) -> &[RelationWork] {
        &self.relations
    }

    pub(super) fn relation(&self, relation: RelationPlace) -> &'static Relation {
        self.relations[relation.index()].relation
    }

    /// The relationship has something to write.
    pub(super) fn activate(&mut self, relation: RelationPlace) {
        self.relations[relation.index()].active = true;
    }

    /// Takes an object of the session in.
    pub(crate) fn include(&mut self, instance: Handle, role: Role) -> Result<()> {
        match self.find(&instance) {
            Some(item) => {
                self.give(item, role);
                Ok(())
            }
            None => self.push(instance, role),
        }
    }

    /// Gives an object that takes part another role, unless what it has comes first.
    pub(super) fn give(&mut self, item: ItemId, role: Role) {
        let item = &mut self.items[item.index()];
        match (item.role, role) {
            (Role::Deleted | Role::Kept, Role::TakenIn) => item.role = Role::Kept,
            (_, role) if role.replaces() => item.role = role,
            _ => {}
        }
        if role == Role::Deleted
            && let Some(class) = self.classes.get_mut(&item.instance.header().mapper().id())
        {
            class.deletes = true;
        }
    }

    fn push(&mut self, instance: Handle, role: Role) -> Result<()> {
        let item = ItemId::at(self.items.len());
        let header = instance.header();
        if header.work.get() != 0 {
            return Err(Error::new(
                Code::WrongState,
                format!("{} is being flushed by another session", header.label()),
            )
            .about(header.mapper().class(), None)
            .help("let that flush end first"));
        }
        let is_lone = !header.has_key()
            && !header.has(Mark::RELATED)
            && with_changes(&instance, |changes| changes.is_none())?;
        let class = self.class_of(header.mapper())?;
        class.items.push(item);
        class.deletes |= role == Role::Deleted;
        header.work.set(item.mark());
        self.items.push(Item { instance, role, is_lone, silent: Silent::default() });
        Ok(())
    }

    fn class_of(&mut self, mapper: &'static Mapper) -> Result<&mut ClassWork> {
        let is_last = self.classes.get_index(self.last).is_some_and(|(id, _)| *id == mapper.id());
        if !is_last {
            self.last = match self.classes.get_index_of(&mapper.id()) {
                Some(at) => at,
                None => {
                    let relations = mapper.relations().iter().filter(|relation| !relation.is_viewonly());
                    self.relations.extend(relations.map(|relation| RelationWork { relation, active: false }));
                    self.classes.insert_full(mapper.id(), ClassWork::of(mapper)).0
                }
            };
        }
        match self.classes.get_index_mut(self.last) {
            Some((_, class)) => Ok(class),
            None => {
                Err(Error::new(Code::Internal, "a class of the flush is missing").about(mapper.class(), None))
            }
        }
    }

    /// Whether rows of a class are to be deleted.
    pub(super) fn deletes(&self, mapper: &Mapper) -> bool {
        self.classes.get(&mapper.id()).is_some_and(|class| class.deletes)
    }

    /// The database has given these keys to new rows.
    pub(super) fn note_given_keys(&mut self, mapper: &Mapper, keys: impl IntoIterator<Item = Key>) {
        if let Some(class) = self.classes.get_mut(&mapper.id()) {
            class.given_keys.extend(keys);
        }
    }

    /// The keys that the database has given to new rows of a class, where others are to be deleted; none where there are none.
    /// An object that has one of them has no row any more: somebody else has deleted it.
    pub(super) fn given_keys(&self, mapper: &Mapper) -> Option<&HashSet<Key, FxBuildHasher>> {
        self.classes.get(&mapper.id()).map(|class| &class.given_keys).filter(|keys| !keys.is_empty())
    }

    /// The history of a relationship of an object. What was found once stays for the whole flush.
    pub(super) fn history(
        &mut self,
        item: ItemId,
        relation: &'static Relation,
        options: ReadOptions,
    ) -> Result<Option<Rc<History>>> {
        let Item { instance, silent, .. } = &mut self.items[item.index()];
        self.histories.get(item, (instance, silent), relation, options)
    }

    /// The history of a relationship of an object, where one was found.
    pub(super) fn known_history(&self, item: ItemId, relation: &'static Relation) -> Option<Rc<History>> {
        self.histories.known(item, relation)
    }

    /// Whether a history was found that stays, or that there is none.
    pub(super) fn has_history(&self, item: ItemId, relation: &'static Relation) -> bool {
        self.histories.has(item, self.item(item).silent, relation)
    }

    /// Objects got other keys, which others refer to.
    pub(super) fn note_rekeyed(&mut self, items: Vec<ItemId>) {
        if self.rekeyed.is_empty() {
            self.rekeyed = items;
        } else {
            self.rekeyed.extend(items);
        }
    }

    /// The objects that got other keys, which others refer to.
    pub(super) fn rekeyed(&self) -> &[ItemId] {
        &self.rekeyed
    }

    /// The database has given the row of an object another key.
    pub(super) fn note_moved(&mut self, item: ItemId, key: Key) {
        self.moved.insert(item, key);
    }

    /// The key of the row of an object, where the database has changed it.
    #[inline]
    pub(super) fn moved(&self, item: ItemId) -> Option<&Key> {
        if self.moved.is_empty() { None } else { self.moved.get(&item) }
    }

    /// Whether the database has changed keys of rows.
    pub(super) fn has_moved(&self) -> bool {
        !self.moved.is_empty()
    }

    /// Forgets what was found of a relationship of an object: its key was changed since.
    pub(super) fn forget_history(&mut self, item: ItemId, relation: &'static Relation) {
        let Item { silent, .. } = &mut self.items[item.index()];
        self.histories.forget(item, silent, relation);
    }

    /// Takes the objects out that got other keys.
    pub(super) fn take_rekeyed(&mut self) -> Vec<ItemId> {
        std::mem::take(&mut self.rekeyed)
    }

    /// The flush is over: objects forget their places in it.
    pub(crate) fn finish(&self) {
        for item in &self.items {
            item.instance.header().work.set(0);
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.histories.clear();
        self.finish();
        release(std::mem::take(&mut self.items));
    }
}
