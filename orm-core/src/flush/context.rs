//! `Flush`: a flush as its relationships see it: the work, the session, and what they tell each other.

use std::rc::Rc;

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

use super::plan::ItemId;
use super::port::FlushSession;
use super::post::Post;
use super::rules::Unsaved;
use super::unsaved::{self, Lead};
use super::work::{Role, Work};
use crate::error::Result;
use crate::mapper::{Direction, Relation, RelationId};
use crate::state::change::to_many;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::read::history::is_all_new;
use crate::state::read::orphan;
use crate::state::read::reach::ReadOptions;

/// A flush that is running.
pub(super) struct Flush<'f> {
    pub(super) work: &'f mut Work,
    pub(super) cx: FlushSession<'f>,
    /// Rows of association tables that one side has written, so that the other doesn't: the number that both sides
    /// of a link share, and the addresses of its objects as the other side sees them.
    pub(super) linked: HashSet<(RelationId, usize, usize), FxBuildHasher>,
    /// Objects whose one-to-many collections grew, and what was added to such collections: only deletions ask for
    /// it, so it is found out when the first does.
    adding: Vec<(&'static Relation, ItemId)>,
    added: HashSet<(RelationId, usize), FxBuildHasher>,
    /// Objects whose keys were changed with those of objects that they refer to, and to which others refer.
    pub(super) rekeyed: Vec<ItemId>,
    /// Objects that aren't in the session, and must be.
    pub(super) unsaved: Vec<Lead>,
    /// Foreign keys that are written by updates of their own.
    pub(super) post: Post,
}

impl<'f> Flush<'f> {
    pub(super) fn new(work: &'f mut Work, cx: FlushSession<'f>) -> Self {
        Flush {
            work,
            cx,
            linked: HashSet::default(),
            adding: Vec::new(),
            added: HashSet::default(),
            rekeyed: Vec::new(),
            unsaved: Vec::new(),
            post: Post::new(cx.rules()),
        }
    }

    /// Takes an object in that a relationship leads to, if it is in the session.
    pub(super) fn include(
        &mut self,
        relation: &'static Relation,
        instance: &Rc<Instance>,
        role: Role,
    ) -> Result<()> {
        if !self.cx.contains(instance) {
            if role != Role::Listed && !instance.header().has(Mark::DELETED) {
                unsaved::warn(relation, instance);
            }
            return Ok(());
        }
        self.include_member(instance, role)
    }

    /// Takes an object in that came to a relationship of one that is saved.
    pub(super) fn include_added(
        &mut self,
        owner: ItemId,
        relation: &'static Relation,
        instance: &Rc<Instance>,
    ) -> Result<()> {
        if self.cx.contains(instance) {
            return self.include_member(instance, Role::TakenIn);
        }
        self.meets_unsaved(owner, relation, instance)
    }

    /// Notes an object that isn't in the session, or warns of it.
    pub(super) fn meets_unsaved(
        &mut self,
        owner: ItemId,
        relation: &'static Relation,
        object: &Rc<Instance>,
    ) -> Result<()> {
        if object.header().has(Mark::DELETED) {
            return Ok(());
        }
        if self.cx.rules().unsaved != Unsaved::Warn && !orphan::is_given_up(object)? {
            let owner = self.work.item(owner).instance.clone();
            self.unsaved.push(Lead { owner, relation, object: Handle::to(object) });
        } else if relation.direction() == Direction::OneToMany {
            // The other directions warn when they come to it.
            unsaved::warn(relation, object);
        }
        Ok(())
    }

    fn include_member(&mut self, instance: &Rc<Instance>, role: Role) -> Result<()> {
        // Most are known already: then no handle is made.
        match self.work.find(instance) {
            Some(item) => {
                self.work.give(item, role);
                Ok(())
            }
            None => self.work.include(Handle::to(instance), role),
        }
    }

    /// Objects were added to a one-to-many collection.
    pub(super) fn note_adding(&mut self, relation: &'static Relation, item: ItemId) {
        self.adding.push((relation, item));
    }

    /// Whether an object was added to a one-to-many collection.
    pub(super) fn was_added(&mut self, relation: &'static Relation, instance: &Rc<Instance>) -> Result<bool> {
        for (relation, item) in std::mem::take(&mut self.adding) {
            let parent = &self.work.item(item).instance;
            if is_all_new(parent, relation)? {
                for child in to_many::walk(parent, relation) {
                    self.added.insert((relation.id(), address(&child?)));
                }
            } else if let Some(history) = self.work.history(item, relation, ReadOptions::MEMORY)? {
                let added = history.added.iter().flatten();
                self.added.extend(added.map(|child| (relation.id(), address(child))));
            }
        }
        Ok(self.added.contains(&(relation.id(), address(instance))))
    }
}
