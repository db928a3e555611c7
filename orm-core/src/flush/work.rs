//! `Work`: the objects of a flush, what is to be done with each, and which relationships have something to do.

use std::rc::Rc;

use hashbrown::HashMap;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::{FlushCx, dep};
use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Mapper, Mapping, Relation};
use crate::state::history::{History, history};
use crate::state::{Handle, Mark, Node, Passive, address, attr, release};

/// An object of a flush.
pub(crate) struct Item {
    pub(crate) node: Handle,
    /// Its row is deleted, not saved.
    pub(crate) is_delete: bool,
    /// It is only listed, so that it is clean afterwards; nothing is written for it.
    pub(crate) list_only: bool,
    /// The relationships (by place, as bits) that were looked at without loading, and had nothing to tell. They
    /// stay so for the whole flush, as SQLAlchemy's cached histories do.
    unloaded: u64,
}

/// The objects of one class.
pub(super) struct ClassWork {
    pub(super) mapper: &'static Mapper,
    pub(super) items: Vec<u32>,
    /// How many of them are new.
    new: usize,
}

/// A relationship of a class that takes part.
pub(super) struct Dep {
    pub(super) relation: &'static Relation,
    pub(super) mapping: &'static Mapping,
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
    pub(super) deps: Vec<Dep>,
    /// Rows of tables between that the other side has written already.
    pub(super) linked: HashMap<(u32, usize, usize), (), FxBuildHasher>,
    /// What was added to a one-to-many collection, by relationship and object: sorted up to a place, since
    /// only deletions ask for it.
    added: Vec<(u32, usize)>,
    sorted: usize,
    histories: HashMap<(u32, u32), Rc<History>, FxBuildHasher>,
    /// The place of the class that came last.
    last_class: usize,
}

impl Work {
    /// The objects.
    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(super) fn item(&self, at: u32) -> &Item {
        &self.items[at as usize]
    }

    fn place(&self, node: &Rc<dyn Node>) -> Option<usize> {
        (node.core().work.get() as usize).checked_sub(1)
    }

    pub(super) fn find(&self, node: &Rc<dyn Node>) -> Option<u32> {
        Some(node.core().work.get()).filter(|at| *at > 0).map(|at| at - 1)
    }

    /// Whether the flush deletes the object.
    pub(super) fn is_deleted(&self, node: &Rc<dyn Node>) -> bool {
        self.place(node).is_some_and(|at| self.items[at].is_delete)
    }

    /// Makes room for objects.
    pub(crate) fn reserve(&mut self, objects: usize) {
        self.items.reserve(objects);
    }

    /// Registers an object of the session.
    pub(crate) fn register(&mut self, node: Handle, is_delete: bool) -> Result<()> {
        match self.place(&node) {
            Some(at) => {
                self.change(at, is_delete, false, false);
                Ok(())
            }
            None => self.push(node, is_delete, false),
        }
    }

    fn enter(
        &mut self,
        node: &Rc<dyn Node>,
        is_delete: bool,
        list_only: bool,
        cancel_delete: bool,
    ) -> Result<()> {
        match self.place(node) {
            Some(at) => {
                self.change(at, is_delete, list_only, cancel_delete);
                Ok(())
            }
            None => self.push(Handle::to(node), is_delete, list_only),
        }
    }

    fn change(&mut self, at: usize, is_delete: bool, list_only: bool, cancel_delete: bool) {
        if !list_only && (is_delete || cancel_delete) {
            let item = &mut self.items[at];
            item.is_delete = is_delete;
            item.list_only = false;
        }
    }

    fn push(&mut self, node: Handle, is_delete: bool, list_only: bool) -> Result<()> {
        let at = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        let is_new = node.core().has(Mark::NEW);
        let class = self.class(node.core().mapper())?;
        class.items.push(at);
        class.new += usize::from(is_new);
        node.core().work.set(at.saturating_add(1));
        self.items.push(Item { node, is_delete, list_only, unloaded: 0 });
        Ok(())
    }

    /// Registers an object that a relationship leads to; says whether it is in the session.
    pub(super) fn reach(
        &mut self,
        cx: &dyn FlushCx,
        node: &Rc<dyn Node>,
        is_delete: bool,
        cancel_delete: bool,
    ) -> Result<bool> {
        if !cx.contains(node) {
            if !node.core().has(Mark::DELETED) {
                tracing::warn!(target: "orm::flush", object = %node.core().label(), "not in the session: the flush leaves it alone");
            }
            return Ok(false);
        }
        self.enter(node, is_delete, false, cancel_delete)?;
        Ok(true)
    }

    /// Lists an object of the session that the database changes by itself.
    pub(super) fn list(&mut self, cx: &dyn FlushCx, node: &Rc<dyn Node>) -> Result<()> {
        if cx.contains(node) { self.enter(node, false, true, false) } else { Ok(()) }
    }

    /// An object whose row another one takes over is only listed.
    pub(super) fn list_only(&mut self, at: u32) {
        self.items[at as usize].list_only = true;
    }

    fn class(&mut self, mapper: &'static Mapper) -> Result<&mut ClassWork> {
        let is_last = self.classes.get_index(self.last_class).is_some_and(|(uid, _)| *uid == mapper.uid());
        if !is_last {
            self.last_class = match self.classes.get_index_of(&mapper.uid()) {
                Some(at) => at,
                None => {
                    let mapping = mapper.mapping()?;
                    for relation in mapper.relations() {
                        self.deps.push(Dep { relation, mapping, seen: 0, listed: Vec::new(), active: false });
                    }
                    self.classes.insert_full(mapper.uid(), ClassWork { mapper, items: Vec::new(), new: 0 }).0
                }
            };
        }
        match self.classes.get_index_mut(self.last_class) {
            Some((_, class)) => Ok(class),
            None => {
                Err(Error::new(Code::Internal, "a class of the flush is missing").of(mapper.class(), None))
            }
        }
    }

    /// The classes, each with how many of its objects are new.
    pub(crate) fn new_by_class(&self) -> impl Iterator<Item = (&'static Mapper, usize)> {
        self.classes.values().map(|class| (class.mapper, class.new))
    }

    /// An object was added to a one-to-many collection.
    pub(super) fn note_added(&mut self, relation: u32, node: &Rc<dyn Node>) {
        self.added.push((relation, address(node)));
    }

    /// Whether it was.
    pub(super) fn was_added(&mut self, relation: u32, node: &Rc<dyn Node>) -> bool {
        if self.sorted < self.added.len() {
            self.added.sort_unstable();
            self.sorted = self.added.len();
        }
        self.added.binary_search(&(relation, address(node))).is_ok()
    }

    /// Lets every relationship look at the objects of its class, and at those that this brings in, until
    /// nothing new comes.
    pub(super) fn presort(&mut self, cx: &dyn FlushCx) -> Result<()> {
        loop {
            let mut came = false;
            let mut at = 0;
            while at < self.deps.len() {
                came |= self.presort_dep(cx, at)?;
                at += 1;
            }
            if !came {
                return Ok(());
            }
        }
    }

    fn presort_dep(&mut self, cx: &dyn FlushCx, at: usize) -> Result<bool> {
        let dep = &mut self.deps[at];
        let relation = dep.relation;
        let mapper = dep.mapping.mapper(relation.id().mapper);
        let mut fresh = std::mem::take(&mut dep.listed);
        let Some(class) = self.classes.get(&mapper.uid()) else { return Ok(false) };
        fresh.extend_from_slice(&class.items[dep.seen..]);
        self.deps[at].seen = class.items.len();
        let (mut saved, mut deleted) = (Vec::new(), Vec::new());
        for item in fresh {
            match self.item(item) {
                Item { list_only: true, .. } => self.deps[at].listed.push(item),
                Item { is_delete: true, .. } => deleted.push(item),
                _ => saved.push(item),
            }
        }
        if saved.is_empty() && deleted.is_empty() {
            return Ok(false);
        }
        dep::presort(self, cx, relation, &deleted, true)?;
        dep::presort(self, cx, relation, &saved, false)?;
        if !self.deps[at].active
            && (self.has_changes(relation, &deleted, true)? || self.has_changes(relation, &saved, false)?)
        {
            self.deps[at].active = true;
        }
        Ok(true)
    }

    /// Whether a relationship has anything to do for these objects: something to write, or an order to keep.
    fn has_changes(&mut self, relation: &'static Relation, items: &[u32], is_delete: bool) -> Result<bool> {
        let passive = match (is_delete, relation.direction()) {
            (false, _) => Passive::NO_INITIALIZE.with(Passive::PENDING),
            (true, Direction::ManyToOne) => Passive::NO_FETCH_RELATED,
            (true, _) => Passive::OFF.with(Passive::PENDING),
        };
        for item in items {
            if self.history(*item, relation, passive)?.is_some_and(|history| !history.is_empty()) {
                return Ok(true);
            }
            // A to-one that is known to lead to nothing counts, as it does in SQLAlchemy.
            if !relation.is_many() && attr::is_loaded(&self.item(*item).node, relation.index())? {
                return Ok(true);
            }
        }
        let Some(first) = items.first() else { return Ok(false) };
        let mapping = self.item(*first).node.core().mapper().mapping()?;
        Ok(!relation.is_self_referential()
            && self.classes.contains_key(&mapping.mapper(relation.target()).uid()))
    }

    /// The history of a relationship of an item. What was found once stays for the whole flush.
    pub(super) fn history(
        &mut self,
        item: u32,
        relation: &'static Relation,
        passive: Passive,
    ) -> Result<Option<Rc<History>>> {
        let Item { node, unloaded, .. } = &mut self.items[item as usize];
        let key = (item, relation.uid());
        if let Some(found) = self.histories.get(&key) {
            return Ok(Some(Rc::clone(found)));
        }
        let bit = 1_u64.checked_shl(u32::from(relation.id().index)).unwrap_or(0);
        if *unloaded & bit != 0 {
            return Ok(None); // it was empty, or not known
        }
        let quiet = !passive.may(Passive::CALLABLES);
        let found = history(node, relation, passive.with(Passive::COMMITTED).with(Passive::NO_RAISE))?;
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
        let bit = 1_u64.checked_shl(u32::from(relation.id().index)).unwrap_or(0);
        self.items[item as usize].unloaded & bit != 0 || self.histories.contains_key(&(item, relation.uid()))
    }

    /// The flush is over: objects forget their places in it.
    pub(crate) fn finish(&self) {
        for item in &self.items {
            item.node.core().work.set(0);
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.histories.clear();
        release(std::mem::take(&mut self.items).into_iter().map(|item| {
            item.node.core().work.set(0);
            item.node
        }));
    }
}
