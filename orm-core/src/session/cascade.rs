//! Which objects an operation reaches by a cascade.

use std::rc::Rc;

use super::Inner;
use super::ahead::{Ahead, keep_own};
use crate::declare::{Cascade, PassiveDeletes};
use crate::error::Result;
use crate::mapper::{Direction, Relation};
use crate::state::change::to_many;
use crate::state::memory::access::is_loaded;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::read::history::{came, pending};
use crate::state::read::large::{self, Contents};
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;

/// A place in the walk: the relationships of an object that are still to be followed, or the objects that one
/// of them leads to.
enum Frame {
    Relations(Handle, usize),
    Objects(std::vec::IntoIter<Handle>),
}

impl Inner {
    /// Everything that a cascade reaches from an object, without the object.
    pub(super) fn cascade(&self, instance: &Rc<Instance>, cascade: Cascade) -> Result<Vec<Handle>> {
        self.cascade_of(instance, &[], cascade)
    }

    /// The same. What a deletion has to load on its way is loaded for the `siblings` too, which follow.
    pub(super) fn cascade_of(
        &self,
        instance: &Rc<Instance>,
        siblings: &[Handle],
        cascade: Cascade,
    ) -> Result<Vec<Handle>> {
        let mut reached = Vec::new();
        self.follow((instance, siblings), cascade, false, |one| {
            reached.push(one.clone());
            Ok(())
        })?;
        Ok(reached)
    }

    /// Runs `f` with everything that a cascade reaches from an object, without the object: depth first, in the
    /// order of the relationships, since that is the order in which new rows are inserted. `halt` leaves out what
    /// is in the session already, and what only that leads to. What a deletion has to load on its way is loaded for
    /// the `siblings` too, from which others start.
    pub(super) fn follow(
        &self,
        (instance, siblings): (&Rc<Instance>, &[Handle]),
        cascade: Cascade,
        halt: bool,
        mut f: impl FnMut(&Handle) -> Result<()>,
    ) -> Result<()> {
        // Nothing was ever related to it, and for this cascade nothing is loaded: so it is with most new objects.
        let has_unread = |one: &Rc<Instance>| one.header().has(Mark::READ_BY_KEYS);
        if cascade == Cascade::SAVE_UPDATE && !instance.header().has(Mark::RELATED) && !has_unread(instance) {
            return Ok(());
        }
        let mut seen = Addresses::default();
        let mut ahead = Ahead::new(instance, siblings);
        let mut stack = Vec::with_capacity(4);
        stack.push(Frame::Relations(Handle::to(instance), 0));
        while let Some(frame) = stack.last_mut() {
            match frame {
                Frame::Relations(instance, at) => {
                    let Some(relation) = instance.header().mapper().relations().get(*at) else {
                        if cascade != Cascade::DELETE && has_unread(instance) {
                            instance.header().unmark(Mark::READ_BY_KEYS);
                        }
                        stack.pop();
                        ahead.leave(stack.len() / 2);
                        continue;
                    };
                    *at += 1;
                    if relation.cascade().has(cascade) {
                        if cascade == Cascade::DELETE
                            && relation.passive_deletes() == PassiveDeletes::No
                            && related::is_open(instance, relation)?
                            && !self.read_ahead.borrow().has_children(instance, relation)
                        {
                            self.read_level_ahead(&mut ahead, &stack, relation)?;
                        }
                        let Some(Frame::Relations(instance, _)) = stack.last() else { continue };
                        let only_rows = cascade == Cascade::REFRESH_EXPIRE
                            && !relation.cascade().has(Cascade::DELETE_ORPHAN);
                        if cascade != Cascade::DELETE && has_unread(instance) {
                            read_whole(instance, relation)?;
                        }
                        let mut wanted = |one: &Rc<Instance>| {
                            let halted = halt && self.is_member(one);
                            let rowless = only_rows && !one.header().has_key();
                            !halted && !rowless && seen.insert(address(one))
                        };
                        let by_keys = match cascade {
                            Cascade::DELETE => self.read_ahead.borrow_mut().give_children(instance, relation),
                            _ => None,
                        };
                        if let Some(mut children) = by_keys {
                            children.retain(|one| wanted(one));
                            stack.push(Frame::Objects(children.into_iter()));
                            continue;
                        }
                        // What was loaded only now is its own.
                        let asks = cascade == Cascade::DELETE
                            && !self.read_ahead.borrow_mut().take(instance, relation)
                            && self.config.rules.asks_children;
                        let counts_queued = self.config.rules.counts_queued;
                        let objects = leads_to(instance, relation, (cascade, asks, counts_queued), wanted)?;
                        if !objects.is_empty() {
                            stack.push(Frame::Objects(objects.into_iter()));
                        }
                    }
                }
                Frame::Objects(objects) => match objects.next() {
                    Some(one) => {
                        f(&one)?;
                        // So that most children aren't gone through for nothing.
                        let relations = one.header().mapper().relations();
                        if relations.iter().any(|relation| relation.cascade().has(cascade)) {
                            stack.push(Frame::Relations(one, 0));
                        }
                    }
                    None => {
                        stack.pop();
                        ahead.leave(stack.len() / 2);
                    }
                },
            }
        }
        Ok(())
    }

    /// Loads a relationship of the object where a walk is, and of those to which it will come by the same way. In the
    /// stack each second place is an object.
    fn read_level_ahead(
        &self,
        ahead: &mut Ahead<'_>,
        stack: &[Frame],
        relation: &'static Relation,
    ) -> Result<()> {
        let Some(Frame::Relations(instance, _)) = stack.last() else { return Ok(()) };
        let step = |depth: usize| match stack.get(2 * depth) {
            Some(Frame::Relations(one, next)) => one.header().mapper().relations().get(next.checked_sub(1)?),
            _ => None,
        };
        self.read_ahead(ahead, instance, relation, stack.len() / 2, step)
    }
}

/// Loads a relationship of which a deletion has read only keys: what comes back, or leaves the session, does so with all
/// that the deletion has reached.
fn read_whole(instance: &Rc<Instance>, relation: &'static Relation) -> Result<()> {
    if relation.deletes_children()
        && !instance.header().has(Mark::DELETED)
        && related::is_untouched(instance, relation)?
    {
        related::many(instance, relation, ReadOptions::DATABASE.ignoring_raise().without_autoflush())?;
    }
    Ok(())
}

/// What a relationship leads to.
fn leads_to(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    (cascade, asks_children, counts_queued): (Cascade, bool, bool),
    mut wanted: impl FnMut(&Rc<Instance>) -> bool,
) -> Result<Vec<Handle>> {
    let mut objects = match cascade {
        Cascade::SAVE_UPDATE => return pending(instance, relation, wanted),
        Cascade::DELETE if relation.is_large() && relation.passive_deletes() == PassiveDeletes::No => {
            let Contents { added, mut unchanged, .. } =
                large::contents(instance, relation, ReadOptions::DATABASE.ignoring_raise())?;
            unchanged.extend(added);
            unchanged
        }
        _ if relation.is_large() => return came(instance, relation, wanted),
        // What isn't loaded is the database's: all that is known of it is what came to it.
        Cascade::DELETE
            if relation.passive_deletes() != PassiveDeletes::No && !is_loaded(instance, relation.slot())? =>
        {
            return if counts_queued { came(instance, relation, wanted) } else { Ok(Vec::new()) };
        }
        // Only a deletion has to know what isn't loaded.
        Cascade::DELETE => {
            let asks = asks_children
                && relation.direction() == Direction::OneToMany
                && is_loaded(instance, relation.slot())?;
            let mut all = values(instance, relation, ReadOptions::DATABASE.ignoring_raise())?;
            if asks {
                keep_own(instance, relation, &mut all)?;
            }
            all
        }
        _ => values(instance, relation, ReadOptions::MEMORY)?,
    };
    objects.retain(|one| wanted(one));
    Ok(objects)
}

fn values(instance: &Rc<Instance>, relation: &'static Relation, options: ReadOptions) -> Result<Vec<Handle>> {
    if !relation.is_many() {
        return Ok(related::one(instance, relation, options)?.object().into_iter().collect());
    }
    related::many(instance, relation, options)?;
    to_many::in_slot(instance, relation)
}
