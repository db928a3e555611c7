//! `With`: what is loaded with the objects of a class, or after them, at a place of a load.

use std::rc::Rc;

use super::LoadPort;
use super::fresh::{Fresh, Loading};
use super::instance::EntityPlan;
use super::route::{Route, Strategy};
use super::task::Task;
use crate::declare::Lazy;
use crate::engine::Row;
use crate::error::Result;
use crate::mapper::{Mapper, Relation};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::related;

/// What is loaded with the objects of a class, or after them, at a place of a load.
pub(super) struct With {
    pub(super) route: Route,
    /// What stands in the same row.
    pub(super) joined: Vec<Joined>,
    /// What is loaded when the rows are read.
    posts: Vec<(&'static Relation, Strategy)>,
    /// Its number among the places of the statement.
    place: usize,
    /// Whether only some of what the strategies say is done.
    is_part: bool,
}

/// A relationship whose objects stand in the row of the object that it belongs to.
pub(super) struct Joined {
    pub(super) relation: &'static Relation,
    pub(super) entity: EntityPlan,
    pub(super) with: With,
}

impl With {
    /// What the declared strategies of a class say; none where they say nothing.
    #[inline]
    pub(super) fn of(mapper: &'static Mapper, route: impl FnOnce() -> Route) -> Option<Box<Self>> {
        if !mapper.loads_with() {
            return None;
        }
        With::declared(mapper, route())
    }

    #[cold]
    fn declared(mapper: &'static Mapper, route: Route) -> Option<Box<Self>> {
        let with = With::at(mapper, route);
        (!with.joined.is_empty() || !with.posts.is_empty()).then(|| Box::new(with.numbered()))
    }

    /// Of these relationships, those that stand in the row of their object.
    pub(super) fn named(mapper: &'static Mapper, relations: &[&'static Relation]) -> Option<Box<Self>> {
        let route = Route::of_refresh(mapper);
        let mut with = With { route, joined: Vec::new(), posts: Vec::new(), place: 0, is_part: true };
        let is_joined = |relation: &&&'static Relation| with.route.strategy(relation) == Strategy::Joined;
        let joined: Vec<_> = relations.iter().filter(is_joined).map(|relation| with.join(relation)).collect();
        with.joined = joined;
        (!with.joined.is_empty()).then(|| Box::new(with.numbered()))
    }

    fn at(mapper: &'static Mapper, route: Route) -> Self {
        let mut with = With { route, joined: Vec::new(), posts: Vec::new(), place: 0, is_part: false };
        if mapper.loads_with() {
            for relation in mapper.relations() {
                match with.route.strategy(relation) {
                    Strategy::Later => {}
                    Strategy::Joined => with.joined.push(with.join(relation)),
                    strategy => with.posts.push((relation, strategy)),
                }
            }
        }
        with
    }

    fn join(&self, relation: &'static Relation) -> Joined {
        let target = relation.target();
        let with = With::at(target, self.route.joining(relation));
        Joined { relation, entity: EntityPlan::new(target, 0), with }
    }

    /// Whether no relationship that stands in the row of an object waits to be written, or was set.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn is_all_untouched(&self, object: &Rc<Instance>) -> Result<bool> {
        for joined in &self.joined {
            if !related::is_untouched(object, joined.relation)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The same for an object that is loaded anew: a relationship that waits to be written, or was set, stays as it is,
    /// and nothing is read for it.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn of_untouched(mut self: Box<Self>, object: &Rc<Instance>) -> Result<Box<Self>> {
        let mut left = Vec::with_capacity(self.joined.len());
        for joined in std::mem::take(&mut self.joined) {
            if related::is_untouched(object, joined.relation)? {
                left.push(joined);
            } else {
                self.is_part = true;
            }
        }
        self.joined = left;
        Ok(Box::new(self.numbered()))
    }

    /// What tells the statement from the one that joins all that the strategies say.
    pub(super) fn part(&self) -> impl Iterator<Item = u16> {
        let joined = self.joined.iter().filter(|_| self.is_part);
        joined.map(|joined| u16::try_from(joined.relation.slot().index()).unwrap_or(u16::MAX))
    }

    /// Numbers the places.
    fn numbered(mut self) -> Self {
        fn number(with: &mut With, next: &mut usize) {
            with.place = *next;
            *next += 1;
            with.joined.iter_mut().for_each(|joined| number(&mut joined.with, next));
        }
        number(&mut self, &mut 0);
        self
    }

    /// The same, where the columns of what is joined begin at a place in the row.
    pub(super) fn from_column(mut self: Box<Self>, at: usize) -> Box<Self> {
        fn place(with: &mut With, next: &mut usize) {
            for joined in &mut with.joined {
                joined.entity.offset = *next;
                *next += joined.entity.mapper.columns().len();
                place(&mut joined.with, next);
            }
        }
        place(&mut self, &mut { at });
        self
    }

    /// The same, where nothing can stand beside the objects: it is loaded after them.
    pub(super) fn unjoined(mut self: Box<Self>) -> Box<Self> {
        let joined = self.joined.drain(..).map(|joined| (joined.relation, Strategy::SelectIn));
        self.posts.extend(joined);
        self
    }

    /// How many places there are.
    pub(super) fn places(&self) -> usize {
        1 + self.joined.iter().map(|joined| joined.with.places()).sum::<usize>()
    }

    /// Whether several rows may belong to one object.
    pub(super) fn multiplies(&self) -> bool {
        self.joined.iter().any(|joined| joined.relation.is_many() || joined.with.multiplies())
    }

    /// Reads from a row what stands there beside an object.
    pub(super) fn row(
        &self,
        cx: &dyn LoadPort,
        row: &dyn Row,
        parent: &Handle,
        loading: &mut Loading,
    ) -> Result<()> {
        for Joined { relation, entity, with } in &self.joined {
            let child = entity.object(cx, row, loading.fresh(with.place))?;
            let is_set = if relation.is_many() {
                loading.collect(with.place, parent, relation, child.as_ref())?
            } else {
                let is_open = related::is_untouched(parent, relation)?;
                if is_open {
                    related::set_committed_one(parent, relation, child.as_ref())?;
                    if !with.route.loads_known() {
                        loading.set_one(parent, relation);
                    }
                }
                is_open || with.route.loads_known() || loading.has_set(parent, relation)
            };
            if let Some(child) = &child
                && (is_set || with.route.loads_known())
            {
                loading.fresh(with.place).meet(child);
                with.row(cx, row, child, loading)?;
            }
        }
        Ok(())
    }

    /// What is to be loaded for the objects of the rows.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn tasks(&self, loading: &mut Loading, tasks: &mut Vec<Task>) -> Result<()> {
        if !self.posts.is_empty() {
            let (objects, met) = loading.fresh(self.place).take();
            for (relation, strategy) in &self.posts {
                let objects = match (self.route.is_refresh(), self.fills_known(relation)) {
                    (_, true) => untouched(&met, relation)?,
                    (true, _) => untouched(&objects, relation)?,
                    (false, _) => Rc::clone(&objects),
                };
                tasks.push(Task::new(relation, *strategy, &self.route, objects));
            }
        }
        self.joined.iter().try_for_each(|joined| joined.with.tasks(loading, tasks))
    }

    /// Whether a relationship is loaded too of objects that were there before, where it isn't loaded and nothing else
    /// is loaded further of them.
    fn fills_known(&self, relation: &Relation) -> bool {
        relation.lazy() == Lazy::Subquery && !self.route.loads_known()
    }

    /// What is to be loaded for objects that no row is read for, since the session has them.
    pub(super) fn tasks_of_known(&self, objects: &Rc<[Handle]>, tasks: &mut Vec<Task>) {
        for (relation, strategy) in &self.posts {
            tasks.push(Task::new(relation, *strategy, &self.route, Rc::clone(objects)));
        }
    }

    /// Whether nothing stands beside its objects.
    pub(super) fn is_alone(&self) -> bool {
        self.joined.is_empty()
    }

    /// What is kept of each place while rows are read that name objects of a class.
    pub(super) fn fresh_list(&self, cx: &dyn LoadPort, mapper: &Mapper) -> Vec<Fresh> {
        fn add(with: &With, cx: &dyn LoadPort, mapper: &Mapper, list: &mut Vec<Fresh>) {
            let fresh = match (with.posts.is_empty(), with.route.loads_known()) {
                (true, _) => Fresh::new(false),
                (false, true) => Fresh::of_met(),
                (false, false) if with.posts.iter().any(|(relation, _)| with.fills_known(relation)) => {
                    Fresh::of_both()
                }
                (false, false) => Fresh::new(true),
            };
            list.push(fresh.grouped(cx.groups(mapper)));
            with.joined.iter().for_each(|joined| add(&joined.with, cx, joined.entity.mapper, list));
        }
        let mut list = Vec::with_capacity(self.places());
        add(self, cx, mapper, &mut list);
        list
    }
}

/// The objects of which a relationship waits for nothing.
fn untouched(objects: &[Handle], relation: &Relation) -> Result<Rc<[Handle]>> {
    let mut left = Vec::with_capacity(objects.len());
    for object in objects {
        if related::is_untouched(object, relation)? {
            left.push(object.clone());
        }
    }
    Ok(left.into())
}
