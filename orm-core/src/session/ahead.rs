//! What deletions have to know is loaded for many objects at once, when it is first asked for.

use std::rc::Rc;

use super::Inner;
use super::expire::row_is_gone;
use super::read_ahead::{Batch, is_only};
use crate::declare::Lazy;
use crate::error::Result;
use crate::load;
use crate::mapper::{Direction, Relation};
use crate::state::change::expire;
use crate::state::memory::access::{with_changes, with_slot};
use crate::state::memory::addresses::Addresses;
use crate::state::memory::changes::{Attr, Changes};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::read::answer::Read;
use crate::state::read::parent::Own;
use crate::state::read::reach::ReadOptions;
use crate::state::read::was::is_changed;
use crate::state::read::{column, related};

/// The objects that a walk will come to by the same relationships as to the one where it is.
pub(super) struct Ahead<'a> {
    top: &'a Rc<Instance>,
    /// Those from which other walks start, with `top`; none where it is alone.
    siblings: &'a [Handle],
    /// One list for each step.
    levels: Vec<Vec<Handle>>,
}

impl<'a> Ahead<'a> {
    pub(super) fn new(top: &'a Rc<Instance>, siblings: &'a [Handle]) -> Self {
        Ahead { top, siblings, levels: Vec::new() }
    }

    /// The walk has left what is further down.
    pub(super) fn leave(&mut self, depth: usize) {
        self.levels.truncate(depth + 1);
    }
}

impl Inner {
    /// Loads a relationship that is about to be read of an object, for those too of which the walk will certainly read it.
    /// `step` gives the relationships by which the walk has come. Where something has to be flushed first, the object
    /// is left alone: its own read flushes.
    ///
    /// # Errors
    /// As where it is read: `object-deleted` where the row of the object is gone, and what loading says.
    pub(super) fn read_ahead(
        &self,
        ahead: &mut Ahead<'_>,
        instance: &Rc<Instance>,
        relation: &'static Relation,
        depth: usize,
        step: impl Fn(usize) -> Option<&'static Relation>,
    ) -> Result<()> {
        let options = ReadOptions::DATABASE.ignoring_raise();
        let flushes = self.autoflush.get() && !self.flushing.get() && !self.is_clean();
        if flushes || !self.read_ahead.borrow_mut().tries(instance, relation) {
            return Ok(());
        }
        if relation.get_columns().is_some() {
            related::one(instance, relation, ReadOptions::IDENTITY_MAP.ignoring_raise())?;
        }
        if !is_waiting(instance, relation, options)? {
            return Ok(());
        }
        self.descend(ahead, depth, step)?;
        // One that nobody else knows is read by keys also where it is alone.
        let is_unknown = relation.deletes_children() && self.read_ahead.borrow().is_unknown(instance);
        let least = if is_unknown { 1 } else { 2 };
        let Some(level) = ahead.levels.get(depth).filter(|level| level.len() >= least) else { return Ok(()) };
        let (mut objects, mut refreshed) = self.waiting(relation, level, options)?;
        if knows_key(instance, relation, options)? {
            // The rows of those that are expired wait until it is their turn: one may be gone.
            refreshed.clear();
            objects = known(objects, relation, options)?;
        }
        if objects.len() < least {
            return Ok(());
        }
        load::expired_of(self, &refreshed, options)?;
        if refreshed.iter().any(|one| Rc::ptr_eq(one, instance)) && instance.header().has(Mark::EXPIRED) {
            let mut loaded = refreshed.iter().filter(|one| !one.header().has(Mark::EXPIRED));
            loaded.try_for_each(|one| self.expire_one(one))?;
            return Err(row_is_gone(instance));
        }
        let mut objects = self.read_by_keys(relation, known(objects, relation, options)?, options)?;
        if is_unknown && objects.len() == 1 {
            objects.clear(); // its own read loads it
        }
        load::related(self, relation, &objects, options)?;
        self.read_ahead.borrow_mut().add(Batch { relation, objects, refreshed });
        Ok(())
    }

    /// Reads only the keys of what goes with those of the objects that nobody else knows, and gives the others. So nobody
    /// can ask later for what wasn't read, but by way of the session and before the flush.
    fn read_by_keys(
        &self,
        relation: &'static Relation,
        objects: Vec<Handle>,
        options: ReadOptions,
    ) -> Result<Vec<Handle>> {
        if !relation.deletes_children() || relation.lazy() == Lazy::NoLoad {
            return Ok(objects);
        }
        let is_unknown = |one: &Handle| self.read_ahead.borrow().is_unknown(one);
        let (unknown, mut others): (Vec<Handle>, Vec<Handle>) = objects.into_iter().partition(is_unknown);
        if unknown.is_empty() {
            return Ok(others);
        }
        let Some(found) = load::children_by_keys(self, relation, &unknown, options)? else {
            others.extend(unknown);
            return Ok(others);
        };
        let goes_on = relation.target().relations().iter().any(Relation::deletes_children);
        let mut ahead = self.read_ahead.borrow_mut();
        for (object, children) in found {
            object.header().mark(Mark::READ_BY_KEYS);
            for child in children.iter().filter(|child| is_only(child)) {
                child.header().mark(Mark::READ_BY_KEYS);
                if goes_on {
                    ahead.note_unknown(child);
                }
            }
            ahead.add_children(relation, object, children);
        }
        Ok(others)
    }

    /// Finds the objects at each step down to the one where the walk is.
    fn descend(
        &self,
        ahead: &mut Ahead<'_>,
        depth: usize,
        step: impl Fn(usize) -> Option<&'static Relation>,
    ) -> Result<()> {
        if ahead.levels.is_empty() {
            let mapper = ahead.top.header().mapper();
            let same = ahead.siblings.iter().filter(|one| std::ptr::eq(one.header().mapper(), mapper));
            let top: Vec<Handle> = same.cloned().collect();
            ahead.levels.push(if top.is_empty() { vec![Handle::to(ahead.top)] } else { top });
        }
        while ahead.levels.len() <= depth {
            let (Some(above), Some(relation)) = (ahead.levels.last(), step(ahead.levels.len() - 1)) else {
                return Ok(());
            };
            let (mut seen, mut level) = (Addresses::default(), Vec::new());
            for object in above {
                if let Some(children) = self.read_ahead.borrow().children(object, relation) {
                    level.extend(children.iter().filter(|one| seen.insert(address(one))).cloned());
                    continue;
                }
                let at = level.len();
                with_slot(object, relation.slot(), |slot| {
                    level.extend(slot.targets().filter(|one| seen.insert(address(one))).map(Handle::to));
                })?;
                // The walk leaves out those that are another's by now.
                if self.config.rules.asks_children
                    && relation.direction() == Direction::OneToMany
                    && !self.read_ahead.borrow().waits(object, relation)
                {
                    let mut own = level.split_off(at);
                    keep_own(object, relation, &mut own)?;
                    level.append(&mut own);
                }
            }
            ahead.levels.push(level);
        }
        Ok(())
    }

    /// Those of the objects that wait for a relationship, and which of them have to be loaded first.
    fn waiting(
        &self,
        relation: &'static Relation,
        objects: &[Handle],
        options: ReadOptions,
    ) -> Result<(Vec<Handle>, Vec<Handle>)> {
        let (mut waiting, mut expired) = (Vec::new(), Vec::new());
        for object in objects {
            let header = object.header();
            if header.session() != self.id.get() || !is_waiting(object, relation, options)? {
                continue;
            }
            waiting.push(object.clone());
            if header.has(Mark::EXPIRED) && !knows_key(object, relation, options)? {
                expired.push(object.clone());
            }
        }
        Ok((waiting, expired))
    }

    /// Loads a relationship of objects of which it is about to be read, as far as it isn't loaded and at least two wait
    /// for it.
    ///
    /// # Errors
    /// What loading says.
    pub(super) fn fetch(
        &self,
        relation: &'static Relation,
        objects: &[Handle],
        options: ReadOptions,
    ) -> Result<()> {
        let (objects, expired) = self.waiting(relation, objects, options)?;
        if objects.len() < 2 {
            return Ok(());
        }
        load::expired_of(self, &expired, options)?;
        load::related(self, relation, &known(objects, relation, options)?, options)
    }

    /// Takes back what was loaded for a deletion that failed before it came to it.
    pub(super) fn take_back_ahead(&self) -> Result<()> {
        self.read_ahead.borrow().unmark_children();
        let batches = self.read_ahead.borrow_mut().take_batches();
        for Batch { relation, objects, refreshed } in batches {
            let waits = |one: &&Handle| self.read_ahead.borrow().waits(one, relation);
            for object in objects.iter().filter(waits) {
                expire::attributes(object, &[Attr::Relation(relation.slot())])?;
            }
            refreshed.iter().filter(waits).try_for_each(|object| self.expire_one(object))?;
        }
        Ok(())
    }

    /// The deletion or the flush is over.
    pub(super) fn forget_read_ahead(&self) {
        let batches = self.read_ahead.borrow_mut().clear();
        drop(batches);
    }
}

/// Whether a relationship of an object may be loaded before it is asked for: nothing was changed, and what its key says
/// is known, or nothing at all is.
fn is_waiting(object: &Rc<Instance>, relation: &'static Relation, options: ReadOptions) -> Result<bool> {
    let header = object.header();
    if !header.has(Mark::MAPPED) || !related::is_untouched(object, relation)? {
        return Ok(false);
    }
    if knows_key(object, relation, options)? {
        return Ok(true);
    }
    let is_clean = with_changes(object, |changes| changes.is_none_or(Changes::is_clean))?;
    Ok(header.has(Mark::EXPIRED) && !header.has(Mark::MODIFIED) && is_clean)
}

/// Whether the columns by which a relationship is asked for are in memory.
fn knows_key(object: &Rc<Instance>, relation: &'static Relation, options: ReadOptions) -> Result<bool> {
    for column in relation.get_columns().unwrap_or(relation.local_columns()) {
        let place = object.header().mapper().slot(*column);
        let value = if options.is_committed() {
            column::committed_value(object, place, ReadOptions::MEMORY)?
        } else {
            column::value(object, place, ReadOptions::MEMORY)?
        };
        if !matches!(value, Read::Known(_)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Those of the objects whose rows are there.
fn known(objects: Vec<Handle>, relation: &'static Relation, options: ReadOptions) -> Result<Vec<Handle>> {
    let mut known = Ok(());
    let objects = objects.into_iter().filter(|one| {
        let knows = knows_key(one, relation, options);
        knows.unwrap_or_else(|error| {
            known = Err(error);
            false
        })
    });
    let objects = objects.collect();
    known.map(|()| objects)
}

/// Leaves out the children that belong to another object by now, though the relationship still holds them: those that were
/// given away while it couldn't be told, and written. What was changed here counts as it stands.
pub(super) fn keep_own(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    children: &mut Vec<Handle>,
) -> Result<()> {
    if is_changed(instance, Attr::Relation(relation.slot()))? {
        return Ok(());
    }
    let own = Own::of(instance, relation)?;
    let mut asked = Ok(());
    children.retain(|child| match own.excludes(child) {
        Ok(is_others) => !is_others,
        Err(error) => {
            asked = Err(error);
            true
        }
    });
    asked
}
