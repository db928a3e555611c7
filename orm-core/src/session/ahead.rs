//! What deletions have to know is loaded for many objects at once, before it is asked of each.

use std::rc::Rc;

use super::Inner;
use crate::declare::Cascade;
use crate::error::Result;
use crate::load;
use crate::mapper::{Mapper, Relation};
use crate::state::memory::access::with_slot;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related::is_open;

impl Inner {
    /// Loads what the `delete` cascades of objects lead to, one level after the other.
    ///
    /// # Errors
    /// `object-deleted` where the row of one that has to be known is gone, and what loading says.
    pub(super) fn fetch_for_deletion(&self, objects: &[Handle]) -> Result<()> {
        let mut seen = Addresses::default();
        let mut level: Vec<Handle> =
            objects.iter().filter(|one| seen.insert(address(one))).cloned().collect();
        while !level.is_empty() {
            let mut next = Vec::new();
            for class in by_class(level) {
                for relation in class.relations.iter().filter(|one| one.cascade().has(Cascade::DELETE)) {
                    self.fetch(relation, &class.objects, ReadOptions::DATABASE.ignoring_raise())?;
                    if !cascades_on(relation.target()) {
                        continue;
                    }
                    for object in &class.objects {
                        with_slot(object, relation.slot(), |slot| {
                            let new = slot.targets().filter(|one| seen.insert(address(one)));
                            next.extend(new.map(Handle::to));
                        })?;
                    }
                }
            }
            level = next;
        }
        Ok(())
    }

    /// Loads a relationship of objects with rows of which it isn't loaded.
    ///
    /// # Errors
    /// As [`fetch_for_deletion`](Self::fetch_for_deletion).
    pub(super) fn fetch(
        &self,
        relation: &'static Relation,
        objects: &[Handle],
        options: ReadOptions,
    ) -> Result<()> {
        let mut open = Vec::new();
        for object in objects {
            if object.header().has(Mark::MAPPED) && is_open(object, relation)? {
                open.push(object.clone());
            }
        }
        if open.is_empty() {
            return Ok(());
        }
        self.fetch_rows(&open, options)?;
        load::related(self, relation, &open, options)?;
        self.read_ahead.borrow_mut().extend(open.iter().map(|one| (address(one), relation.id())));
        Ok(())
    }

    /// Loads the rows of expired objects.
    fn fetch_rows(&self, objects: &[Handle], options: ReadOptions) -> Result<()> {
        load::expired_of(self, objects, options)?;
        for object in objects {
            if object.header().has(Mark::EXPIRED) {
                load::expired(self, object, options)?;
            }
        }
        Ok(())
    }

    /// Whether a relationship of an object was loaded for the deletion or the flush that is running.
    pub(super) fn was_read_ahead(&self, instance: &Rc<Instance>, relation: &Relation) -> bool {
        self.read_ahead.borrow().contains(&(address(instance), relation.id()))
    }

    /// The deletion or the flush is over.
    pub(super) fn forget_read_ahead(&self) {
        self.read_ahead.borrow_mut().clear();
    }
}

/// Objects of a class.
struct OfClass {
    relations: &'static [Relation],
    objects: Vec<Handle>,
}

/// Objects by their classes, as far as these have `delete` cascades.
fn by_class(objects: Vec<Handle>) -> Vec<OfClass> {
    let mut classes: Vec<OfClass> = Vec::new();
    for object in objects {
        let mapper = object.header().mapper();
        if !cascades_on(mapper) {
            continue;
        }
        let relations = mapper.relations();
        match classes.iter_mut().find(|class| std::ptr::eq(class.relations, relations)) {
            Some(class) => class.objects.push(object),
            None => classes.push(OfClass { relations, objects: vec![object] }),
        }
    }
    classes
}

fn cascades_on(mapper: &Mapper) -> bool {
    mapper.relations().iter().any(|relation| relation.cascade().has(Cascade::DELETE))
}
