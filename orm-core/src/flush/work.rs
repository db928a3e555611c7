//! `Work`: the objects of a flush, what is to be done with each, and which relationships have something to do.

use std::borrow::Borrow;
use std::rc::Rc;

use hashbrown::{HashMap, HashSet};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::{FlushCx, dep};
use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Mapper, Mapping, Relation};
use crate::state::attr::{self, with_track};
use crate::state::history::{History, history, is_all_new};
use crate::state::{Handle, Mark, Node, Passive, address, release};

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
    /// It is new and was never related to anything: no relationship has anything to tell of it.
    pub(super) is_lone: bool,
}

impl Borrow<Handle> for Item {
    fn borrow(&self) -> &Handle {
        &self.node
    }
}

/// The objects of one class.
pub(super) struct ClassWork {
    pub(super) mapper: &'static Mapper,
    pub(super) items: Vec<u32>,
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
    /// Items whose one-to-many collections grew, and what was added to such collections: only deletions ask for
    /// it, so it is found out when the first does.
    adding: Vec<(&'static Relation, u32)>,
    added: HashSet<(u32, usize), FxBuildHasher>,
    histories: HashMap<(u32, u32), Rc<History>, FxBuildHasher>,
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
    pub(super) fn find(&self, node: &Rc<Node>) -> Option<u32> {
        node.core().work.get().checked_sub(1)
    }

    /// Whether the flush deletes the object.
    pub(super) fn is_deleted(&self, node: &Rc<Node>) -> bool {
        self.find(node).is_some_and(|at| self.item(at).is_delete)
    }

    /// Makes room for objects.
    pub(crate) fn reserve(&mut self, objects: usize) {
        self.items.reserve(objects);
    }

    /// Registers an object of the session.
    pub(crate) fn register(&mut self, node: Handle, is_delete: bool) -> Result<()> {
        match self.find(&node) {
            Some(at) => {
                self.change(at, is_delete, false, false);
                Ok(())
            }
            None => self.push(node, is_delete, false),
        }
    }

    fn enter(
        &mut self,
        node: &Rc<Node>,
        is_delete: bool,
        list_only: bool,
        cancel_delete: bool,
    ) -> Result<()> {
        match self.find(node) {
            Some(at) => {
                self.change(at, is_delete, list_only, cancel_delete);
                Ok(())
            }
            None => self.push(Handle::to(node), is_delete, list_only),
        }
    }

    fn change(&mut self, at: u32, is_delete: bool, list_only: bool, cancel_delete: bool) {
        if !list_only && (is_delete || cancel_delete) {
            let item = &mut self.items[at as usize];
            item.is_delete = is_delete;
            item.list_only = false;
        }
    }

    fn push(&mut self, node: Handle, is_delete: bool, list_only: bool) -> Result<()> {
        let at = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.class(node.core().mapper())?.items.push(at);
        node.core().work.set(at.saturating_add(1));
        let core = node.core();
        let is_lone =
            !core.has_key() && !core.has(Mark::RELATED) && with_track(&node, |track| track.is_none())?;
        self.items.push(Item { node, is_delete, list_only, unloaded: 0, is_lone });
        Ok(())
    }

    /// Registers an object that a relationship leads to; says whether it is in the session.
    pub(super) fn reach(
        &mut self,
        cx: &dyn FlushCx,
        node: &Rc<Node>,
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
    pub(super) fn list(&mut self, cx: &dyn FlushCx, node: &Rc<Node>) -> Result<()> {
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
                    self.classes.insert_full(mapper.uid(), ClassWork { mapper, items: Vec::new() }).0
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

    /// Objects were added to the one-to-many collection of an item.
    pub(super) fn note_adding(&mut self, relation: &'static Relation, item: u32) {
        self.adding.push((relation, item));
    }

    /// Whether an object was added to a one-to-many collection.
    pub(super) fn was_added(&mut self, relation: &'static Relation, node: &Rc<Node>) -> Result<bool> {
        for (relation, item) in std::mem::take(&mut self.adding) {
            if is_all_new(&self.item(item).node, relation)? {
                for child in attr::collection::walk(&self.items[item as usize].node, relation) {
                    self.added.insert((relation.uid(), address(&child?)));
                }
            } else if let Some(history) = self.history(item, relation, Passive::NO_INITIALIZE)? {
                let added = history.added.iter().flatten();
                self.added.extend(added.map(|child| (relation.uid(), address(child))));
            }
        }
        Ok(self.added.contains(&(relation.uid(), address(node))))
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
        let (mut saved, mut deleted, mut lone) = (Vec::new(), Vec::new(), false);
        for item in fresh {
            match self.item(item) {
                Item { list_only: true, .. } => self.deps[at].listed.push(item),
                Item { is_lone: true, .. } => lone = true,
                Item { is_delete: true, .. } => deleted.push(item),
                _ => saved.push(item),
            }
        }
        if saved.is_empty() && deleted.is_empty() && !lone {
            return Ok(false);
        }
        dep::presort(self, cx, relation, &deleted, true)?;
        dep::presort(self, cx, relation, &saved, false)?;
        if !self.deps[at].active
            // First what was changed: for a deletion that loads what it has to know.
            && (self.has_changes(relation, &deleted, true)?
                || self.has_changes(relation, &saved, false)?
                || self.keeps_order(at))
        {
            self.deps[at].active = true;
        }
        Ok(true)
    }

    /// Whether objects of both its classes are written, so that one goes before the other.
    fn keeps_order(&self, at: usize) -> bool {
        let Dep { relation, mapping, .. } = &self.deps[at];
        !relation.is_self_referential() && self.classes.contains_key(&mapping.mapper(relation.target()).uid())
    }

    /// Whether a relationship has anything to write for these objects.
    fn has_changes(&mut self, relation: &'static Relation, items: &[u32], is_delete: bool) -> Result<bool> {
        let passive = match (is_delete, relation.direction()) {
            (false, _) => Passive::NO_INITIALIZE.with(Passive::PENDING),
            (true, Direction::ManyToOne) => Passive::NO_FETCH_RELATED,
            (true, _) => Passive::OFF.with(Passive::PENDING),
        };
        for item in items {
            let node = &self.item(*item).node;
            if is_all_new(node, relation)? && attr::collection::walk(node, relation).next().is_some() {
                return Ok(true);
            }
            if self.history(*item, relation, passive)?.is_some_and(|history| !history.is_empty()) {
                return Ok(true);
            }
            // A to-one that is known to lead to nothing counts, as it does in SQLAlchemy.
            if !relation.is_many() && attr::is_loaded(&self.item(*item).node, relation.index())? {
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
        self.finish();
        release(std::mem::take(&mut self.items));
    }
}
