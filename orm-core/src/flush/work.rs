//! `Work`: the objects of a flush, what is to be done with each, and which relationships have something to do.

use crate::mapper::RelationId;
use crate::state::read::history::history;
use std::borrow::Borrow;
use std::rc::Rc;

use hashbrown::{HashMap, HashSet};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::{FlushPort, dependency};
use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Mapper, Relation};
use crate::state::change::to_many;
use crate::state::memory::access;
use crate::state::memory::access::with_changes;
use crate::state::memory::batch::release;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::read::history::{History, is_all_new};
use crate::state::read::reach::ReadOptions;

/// An object of a flush.
pub(crate) struct Item {
    pub(crate) instance: Handle,
    /// Its row is deleted, not saved.
    pub(crate) is_delete: bool,
    /// It is only listed, so that it is clean afterwards; nothing is written for it.
    pub(crate) list_only: bool,
    /// The relationships (by place, as bits) that were looked at without loading, and had nothing to tell. They
    /// stay so for the whole flush, as SQLAlchemy's cached histories do.
    unloaded: u64,
    /// It is new and was never related to anything: no relationship has anything to tell of it.
    pub(super) is_lone: bool,
}

impl Borrow<Handle> for Item {
    fn borrow(&self) -> &Handle {
        &self.instance
    }
}

/// The objects of one class.
pub(super) struct ClassWork {
    pub(super) mapper: &'static Mapper,
    pub(super) items: Vec<u32>,
}

/// A relationship of a class that takes part.
pub(super) struct RelationWork {
    pub(super) relation: &'static Relation,
    /// How many items of the class it has seen.
    seen: usize,
    /// Those that were only listed when it came by.
    listed: Vec<u32>,
    /// Whether it has something to write.
    pub(super) active: bool,
}

type ByNumber<V> = IndexMap<usize, V, FxBuildHasher>;

/// Everything that a flush has to do.
#[derive(Default)]
pub(crate) struct Work {
    pub(super) items: Vec<Item>,
    pub(super) classes: ByNumber<ClassWork>,
    pub(super) relations: Vec<RelationWork>,
    /// Rows of tables between that the other side has written already.
    pub(super) linked: HashMap<(RelationId, usize, usize), (), FxBuildHasher>,
    /// Items whose one-to-many collections grew, and what was added to such collections: only deletions ask for
    /// it, so it is found out when the first does.
    adding: Vec<(&'static Relation, u32)>,
    added: HashSet<(RelationId, usize), FxBuildHasher>,
    histories: HashMap<(u32, RelationId), Rc<History>, FxBuildHasher>,
    /// The place of the class that came last.
    last_class: usize,
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

    pub(super) fn item(&self, at: u32) -> &Item {
        &self.items[at as usize]
    }

    /// The place of an object among the items.
    pub(super) fn find(&self, instance: &Rc<Instance>) -> Option<u32> {
        instance.header().work.get().checked_sub(1)
    }

    /// Whether the flush deletes the object.
    pub(super) fn is_deleted(&self, instance: &Rc<Instance>) -> bool {
        self.find(instance).is_some_and(|at| self.item(at).is_delete)
    }

    /// Makes room for objects.
    pub(crate) fn reserve(&mut self, objects: usize) {
        self.items.reserve(objects);
    }

    /// Registers an object of the session.
    pub(crate) fn register(&mut self, instance: Handle, is_delete: bool) -> Result<()> {
        match self.find(&instance) {
            Some(at) => {
                self.change(at, is_delete, false, false);
                Ok(())
            }
            None => self.push(instance, is_delete, false),
        }
    }

    fn enter(
        &mut self,
        instance: &Rc<Instance>,
        is_delete: bool,
        list_only: bool,
        cancel_delete: bool,
    ) -> Result<()> {
        match self.find(instance) {
            Some(at) => {
                self.change(at, is_delete, list_only, cancel_delete);
                Ok(())
            }
            None => self.push(Handle::to(instance), is_delete, list_only),
        }
    }

    fn change(&mut self, at: u32, is_delete: bool, list_only: bool, cancel_delete: bool) {
        if !list_only && (is_delete || cancel_delete) {
            let item = &mut self.items[at as usize];
            item.is_delete = is_delete;
            item.list_only = false;
        }
    }

    fn push(&mut self, instance: Handle, is_delete: bool, list_only: bool) -> Result<()> {
        let at = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.class(instance.header().mapper())?.items.push(at);
        instance.header().work.set(at.saturating_add(1));
        let header = instance.header();
        let is_lone = !header.has_key()
            && !header.has(Mark::RELATED)
            && with_changes(&instance, |changes| changes.is_none())?;
        self.items.push(Item { instance, is_delete, list_only, unloaded: 0, is_lone });
        Ok(())
    }

    /// Registers an object that a relationship leads to; says whether it is in the session.
    pub(super) fn reach(
        &mut self,
        cx: &dyn FlushPort,
        instance: &Rc<Instance>,
        is_delete: bool,
        cancel_delete: bool,
    ) -> Result<bool> {
        if !cx.contains(instance) {
            if !instance.header().has(Mark::DELETED) {
                tracing::warn!(target: "orm::flush", object = %instance.header().label(), "not in the session: the flush leaves it alone");
            }
            return Ok(false);
        }
        self.enter(instance, is_delete, false, cancel_delete)?;
        Ok(true)
    }

    /// Lists an object of the session that the database changes by itself.
    pub(super) fn list(&mut self, cx: &dyn FlushPort, instance: &Rc<Instance>) -> Result<()> {
        if cx.contains(instance) { self.enter(instance, false, true, false) } else { Ok(()) }
    }

    /// An object whose row another one takes over is only listed.
    pub(super) fn list_only(&mut self, at: u32) {
        self.items[at as usize].list_only = true;
    }

    fn class(&mut self, mapper: &'static Mapper) -> Result<&mut ClassWork> {
        let is_last =
            self.classes.get_index(self.last_class).is_some_and(|(uid, _)| *uid == mapper.id().index());
        if !is_last {
            self.last_class = match self.classes.get_index_of(&mapper.id().index()) {
                Some(at) => at,
                None => {
                    for relation in mapper.relations() {
                        self.relations.push(RelationWork {
                            relation,
                            seen: 0,
                            listed: Vec::new(),
                            active: false,
                        });
                    }
                    self.classes.insert_full(mapper.id().index(), ClassWork { mapper, items: Vec::new() }).0
                }
            };
        }
        match self.classes.get_index_mut(self.last_class) {
            Some((_, class)) => Ok(class),
            None => {
                Err(Error::new(Code::Internal, "a class of the flush is missing").about(mapper.class(), None))
            }
        }
    }

    /// Objects were added to the one-to-many collection of an item.
    pub(super) fn note_adding(&mut self, relation: &'static Relation, item: u32) {
        self.adding.push((relation, item));
    }

    /// Whether an object was added to a one-to-many collection.
    pub(super) fn was_added(&mut self, relation: &'static Relation, instance: &Rc<Instance>) -> Result<bool> {
        for (relation, item) in std::mem::take(&mut self.adding) {
            if is_all_new(&self.item(item).instance, relation)? {
                for child in to_many::walk(&self.items[item as usize].instance, relation) {
                    self.added.insert((relation.id(), address(&child?)));
                }
            } else if let Some(history) = self.history(item, relation, ReadOptions::MEMORY)? {
                let added = history.added.iter().flatten();
                self.added.extend(added.map(|child| (relation.id(), address(child))));
            }
        }
        Ok(self.added.contains(&(relation.id(), address(instance))))
    }

    /// Lets every relationship look at the objects of its class, and at those that this brings in, until
    /// nothing new comes.
    pub(super) fn presort(&mut self, cx: &dyn FlushPort) -> Result<()> {
        loop {
            let mut came = false;
            let mut at = 0;
            while at < self.relations.len() {
                came |= self.presort_relation(cx, at)?;
                at += 1;
            }
            if !came {
                return Ok(());
            }
        }
    }

    fn presort_relation(&mut self, cx: &dyn FlushPort, at: usize) -> Result<bool> {
        let dep = &mut self.relations[at];
        let relation = dep.relation;
        let mapper = relation.mapper();
        let mut fresh = std::mem::take(&mut dep.listed);
        let Some(class) = self.classes.get(&mapper.id().index()) else { return Ok(false) };
        fresh.extend_from_slice(&class.items[dep.seen..]);
        self.relations[at].seen = class.items.len();
        let (mut saved, mut deleted, mut lone) = (Vec::new(), Vec::new(), false);
        for item in fresh {
            match self.item(item) {
                Item { list_only: true, .. } => self.relations[at].listed.push(item),
                Item { is_lone: true, .. } => lone = true,
                Item { is_delete: true, .. } => deleted.push(item),
                _ => saved.push(item),
            }
        }
        if saved.is_empty() && deleted.is_empty() && !lone {
            return Ok(false);
        }
        dependency::presort(self, cx, relation, &deleted, true)?;
        dependency::presort(self, cx, relation, &saved, false)?;
        if !self.relations[at].active
            // First what was changed: for a deletion that loads what it has to know.
            && (self.has_changes(relation, &deleted, true)?
                || self.has_changes(relation, &saved, false)?
                || self.keeps_order(at))
        {
            self.relations[at].active = true;
        }
        Ok(true)
    }

    /// Whether objects of both its classes are written, so that one goes before the other.
    fn keeps_order(&self, at: usize) -> bool {
        let RelationWork { relation, .. } = &self.relations[at];
        !relation.is_self_referential() && self.classes.contains_key(&relation.target().id().index())
    }

    /// Whether a relationship has anything to write for these objects.
    fn has_changes(&mut self, relation: &'static Relation, items: &[u32], is_delete: bool) -> Result<bool> {
        let options = match (is_delete, relation.direction()) {
            (false, _) => ReadOptions::MEMORY.with_queued(),
            (true, Direction::ManyToOne) => ReadOptions::OWN_ROW,
            (true, _) => ReadOptions::DATABASE.with_queued(),
        };
        for item in items {
            let instance = &self.item(*item).instance;
            if is_all_new(instance, relation)? && to_many::walk(instance, relation).next().is_some() {
                return Ok(true);
            }
            if self.history(*item, relation, options)?.is_some_and(|history| !history.is_empty()) {
                return Ok(true);
            }
            // A to-one that is known to lead to nothing counts, as it does in SQLAlchemy.
            if !relation.is_many() && access::is_loaded(&self.item(*item).instance, relation.slot())? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The history of a relationship of an item. What was found once stays for the whole flush.
    pub(super) fn history(
        &mut self,
        item: u32,
        relation: &'static Relation,
        options: ReadOptions,
    ) -> Result<Option<Rc<History>>> {
        let Item { instance, unloaded, .. } = &mut self.items[item as usize];
        let key = (item, relation.id());
        if let Some(found) = self.histories.get(&key) {
            return Ok(Some(Rc::clone(found)));
        }
        let bit = 1_u64.checked_shl(u32::try_from(relation.slot().index()).unwrap_or(64)).unwrap_or(0);
        if *unloaded & bit != 0 {
            return Ok(None); // it was empty, or not known
        }
        let quiet = !options.asks_session();
        let found = history(instance, relation, options.committed().ignoring_raise())?;
        let found = match found {
            Some(found) if !quiet || !found.is_empty() => Rc::new(found),
            _ if quiet => {
                // Noted by a bit, since most objects of a flush are like this.
                *unloaded |= bit;
                return Ok(None);
            }
            _ => Rc::default(),
        };
        self.histories.insert(key, Rc::clone(&found));
        Ok(Some(found))
    }

    /// Whether a history was found that stays, or that there is none.
    pub(super) fn has_history(&self, item: u32, relation: &'static Relation) -> bool {
        let bit = 1_u64.checked_shl(u32::try_from(relation.slot().index()).unwrap_or(64)).unwrap_or(0);
        self.items[item as usize].unloaded & bit != 0 || self.histories.contains_key(&(item, relation.id()))
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
