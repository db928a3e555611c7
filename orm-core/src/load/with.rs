//! `With`: what is loaded with the objects of a class, or after them, at a place of a load.

use std::rc::Rc;

use super::LoadPort;
use super::found;
use super::instance::EntityPlan;
use super::kept::Said;
use super::loading::Loading;
use super::route::{Route, Strategy, Told};
use super::scope::Place;
use super::task::{self, Task};
use super::turns::Between;
use crate::engine::Row;
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapper, Relation};
use crate::state::memory::handle::Handle;

/// What is loaded with the objects of a class, or after them, at a place of a load.
pub(super) struct With {
    pub(super) route: Route,
    /// What stands in the same row.
    pub(super) joined: Vec<Joined>,
    /// What is loaded when the rows are read.
    pub(super) posts: Vec<(&'static Relation, Strategy)>,
    /// What the query should have joined, and hasn't.
    missing: Option<&'static Relation>,
    /// Its number among the places of the statement.
    place: usize,
    /// Whether only some of what the strategies say is done.
    pub(super) is_part: bool,
}

/// A relationship whose objects stand in the row of the object that it belongs to.
pub(super) struct Joined {
    pub(super) relation: &'static Relation,
    pub(super) entity: EntityPlan,
    /// Where the query has joined it by itself.
    pub(super) stands: Option<Place>,
    /// Whether objects without it are left out.
    pub(super) inner: bool,
    pub(super) with: With,
}

/// The sources that the query has joined, and whether an outer join leads to the place.
type Around<'p> = (&'p [Place], bool);

impl With {
    /// What the strategies say at the end of a route; none where they say nothing.
    pub(super) fn of(mapper: &'static Mapper, route: &Route) -> Option<Box<Self>> {
        if !mapper.loads_with() && !route.is_told() {
            return None;
        }
        With::at(mapper, route.clone(), (&[], false)).anything()
    }

    /// What they say of the objects of a query, which has joined these sources.
    ///
    /// # Errors
    /// `query` where the query hasn't joined what it says it has.
    pub(super) fn of_query(
        mapper: &'static Mapper,
        route: Route,
        places: &[Place],
    ) -> Result<Option<Box<Self>>> {
        if !mapper.loads_with() && !route.is_told() {
            return Ok(None);
        }
        let with = With::at(mapper, route, (places, false));
        match with.missing() {
            None => Ok(with.anything()),
            Some(relation) => {
                let message = format!(
                    "`contains_eager` is told of `{}`, which the query doesn't join",
                    relation.name()
                );
                Err(Error::new(Code::Query, message).about(relation.class(), Some(relation.name())).help(
                    format!(
                        "add `.join({}::{})`, or take `joined` in place of `contains_eager`",
                        relation.class(),
                        relation.name()
                    ),
                ))
            }
        }
    }

    /// Itself, where there is anything to be done or to be remembered.
    fn anything(self) -> Option<Box<Self>> {
        let is_any = !self.joined.is_empty() || !self.posts.is_empty() || self.route.is_told();
        is_any.then(|| Box::new(self.numbered()))
    }

    /// A relationship whose objects should stand in the rows of the query, and don't.
    fn missing(&self) -> Option<&'static Relation> {
        self.missing.or_else(|| self.joined.iter().find_map(|joined| joined.with.missing()))
    }

    /// Of these relationships, those that stand in the row of their object, which is loaded anew.
    pub(super) fn named(route: Route, relations: &[&'static Relation]) -> Option<Box<Self>> {
        let mut with =
            With { route, joined: Vec::new(), posts: Vec::new(), missing: None, place: 0, is_part: true };
        let is_joined = |relation: &&&'static Relation| with.route.strategy(relation) == Strategy::Joined;
        let joined = relations.iter().filter(is_joined);
        with.joined = joined.map(|relation| with.join(relation, None, (&[], false))).collect();
        (!with.joined.is_empty()).then(|| Box::new(with.numbered()))
    }

    fn at(mapper: &'static Mapper, route: Route, around: Around<'_>) -> Self {
        let mut with =
            With { route, joined: Vec::new(), posts: Vec::new(), missing: None, place: 0, is_part: false };
        if mapper.loads_with() || with.route.options().is_some() {
            for relation in mapper.relations() {
                match with.route.strategy(relation) {
                    Strategy::Later => {}
                    Strategy::Joined => with.joined.push(with.join(relation, None, around)),
                    Strategy::FromQuery => match with.place_of(relation, around.0) {
                        Some(place) => with.joined.push(with.join(relation, Some(place.clone()), around)),
                        None => with.missing = Some(relation),
                    },
                    strategy => with.posts.push((relation, strategy)),
                }
            }
        }
        with
    }

    /// Where a query has joined what a relationship leads to.
    fn place_of<'p>(&self, relation: &'static Relation, places: &'p [Place]) -> Option<&'p Place> {
        let choice = self.route.options()?.choice(relation)?;
        places.iter().find(|place| place.is(relation.target().table().name, choice.to))
    }

    fn join(&self, relation: &'static Relation, stands: Option<Place>, around: Around<'_>) -> Joined {
        let (places, is_outer) = around;
        let target = relation.target();
        let chosen = self.route.options().and_then(|options| options.choice(relation)?.inner);
        let inner = chosen.unwrap_or(relation.inner_join()).is_inner(is_outer);
        // How the query itself has joined what stands in it counts for nothing, as in SQLAlchemy.
        let is_outer = is_outer || (stands.is_none() && !inner);
        let with = With::at(target, self.route.joining(relation), (places, is_outer));
        Joined { relation, entity: With::entity(Some(&with), target), stands, inner, with }
    }

    /// How the columns of the objects are read from a row, as far as they are loaded.
    pub(super) fn entity(with: Option<&With>, mapper: &'static Mapper) -> EntityPlan {
        let options = with.and_then(|with| with.route.options());
        if with.is_some_and(|with| with.route.is_plain()) {
            return EntityPlan::of_plain(mapper, 0);
        }
        EntityPlan::new(mapper, 0).deferring(options.and_then(|options| options.deferred(mapper)))
    }

    /// What tells the statement from the one that joins all that the strategies say.
    pub(super) fn part(&self) -> impl Iterator<Item = u16> {
        let joined = self.joined.iter().filter(|_| self.is_part);
        joined.map(|joined| u16::try_from(joined.relation.slot().index()).unwrap_or(u16::MAX))
    }

    /// Numbers the places.
    pub(super) fn numbered(mut self) -> Self {
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

    /// How many columns of a row belong to what stands beside the objects.
    pub(super) fn columns(&self) -> usize {
        let of = |joined: &Joined| joined.entity.mapper.columns().len() + joined.with.columns();
        self.joined.iter().map(of).sum()
    }

    /// The same, where nothing can stand beside the objects: it is loaded after them.
    pub(super) fn unjoined(mut self: Box<Self>) -> Box<Self> {
        let joined = self.joined.drain(..).map(|joined| (joined.relation, Strategy::SelectIn));
        self.posts.extend(joined);
        self
    }

    /// The same, where only what the query joins itself can stand beside the objects.
    pub(super) fn joined_by_query(mut self: Box<Self>) -> Box<Self> {
        fn unjoin(with: &mut With) {
            let (stand, others): (Vec<_>, Vec<_>) =
                std::mem::take(&mut with.joined).into_iter().partition(|joined| joined.stands.is_some());
            with.joined = stand;
            with.posts.extend(others.into_iter().map(|joined| (joined.relation, Strategy::SelectIn)));
            with.joined.iter_mut().for_each(|joined| unjoin(&mut joined.with));
        }
        unjoin(&mut self);
        Box::new(self.numbered())
    }

    /// Runs `f` with each class whose objects stand beside others.
    ///
    /// # Errors
    /// What `f` says.
    pub(super) fn each_joined(&mut self, f: &mut dyn FnMut(&mut EntityPlan) -> Result<()>) -> Result<()> {
        for joined in &mut self.joined {
            f(&mut joined.entity)?;
            joined.with.each_joined(f)?;
        }
        Ok(())
    }

    /// Runs `f` with the class and the route of each place of the statement, of which this one has objects of a class.
    pub(super) fn each_place(&self, mapper: &'static Mapper, f: &mut dyn FnMut(&'static Mapper, &Route)) {
        f(mapper, &self.route);
        self.joined.iter().for_each(|joined| joined.with.each_place(joined.entity.mapper, f));
    }

    /// How many places there are.
    pub(super) fn places(&self) -> usize {
        1 + self.joined.iter().map(|joined| joined.with.places()).sum::<usize>()
    }

    /// Whether several rows may belong to one object.
    pub(super) fn multiplies(&self) -> bool {
        self.joined.iter().any(|joined| joined.relation.is_many() || joined.with.multiplies())
    }

    /// Whether an object may come in several rows: also where what it leads to is one object, and nothing in the database
    /// keeps it at that.
    pub(super) fn repeats(&self) -> bool {
        self.joined.iter().any(|joined| !joined.relation.leads_to_one_row() || joined.with.repeats())
    }

    /// Whether what is joined beside the query leaves out objects.
    pub(super) fn narrows(&self) -> bool {
        self.joined.iter().any(|joined| match joined.stands {
            Some(_) => joined.with.narrows(),
            None => joined.inner,
        })
    }

    /// Whether what is joined beside the query makes several rows of one.
    pub(super) fn multiplies_rows(&self) -> bool {
        let own = |joined: &Joined| joined.stands.is_none() && joined.relation.is_many();
        self.joined.iter().any(|joined| own(joined) || joined.with.multiplies_rows())
    }

    /// Whether rows get columns of what is joined beside the query.
    pub(super) fn adds_columns(&self) -> bool {
        self.joined.iter().any(|joined| joined.stands.is_none() || joined.with.adds_columns())
    }

    /// Reads from a row what stands there beside an object.
    pub(super) fn row(
        &self,
        cx: &dyn LoadPort,
        row: &dyn Row,
        parent: &Handle,
        loading: &mut Loading,
    ) -> Result<()> {
        for Joined { relation, entity, with, .. } in &self.joined {
            loading.begin(with.place);
            let child = entity.object(cx, row, loading.fresh(with.place))?;
            let is_set = if relation.is_many() {
                loading.collect(with.place, parent, relation, child.as_ref())?
            } else {
                found::set_beside((parent, relation), child.as_ref(), loading, with.route.loads_known())?
            };
            if let Some(child) = &child
                && (is_set || with.route.loads_known())
            {
                loading.fresh(with.place).meet(child);
                with.row(cx, row, child, loading)?;
            }
        }
        loading.end(self.place);
        Ok(())
    }

    /// What is to be loaded for the objects of the rows: by subqueries first, as far as it isn't loaded.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn tasks(&self, loading: &mut Loading, tasks: &mut Vec<Task>) -> Result<()> {
        let mut others = Vec::new();
        self.add_tasks(loading, tasks, &mut others)?;
        tasks.append(&mut others);
        Ok(())
    }

    fn add_tasks(&self, loading: &mut Loading, first: &mut Vec<Task>, others: &mut Vec<Task>) -> Result<()> {
        if !self.posts.is_empty() {
            let fresh = loading.fresh(self.place);
            let (made, (objects, met)) = (fresh.made().cloned(), fresh.take());
            let all = loading.all_at(self.place);
            for (relation, strategy) in &self.posts {
                let objects = match (self.route.is_refresh(), self.fills_known(*strategy)) {
                    (_, true) => task::untouched(&met, relation)?,
                    (true, _) => task::untouched(&objects, relation)?,
                    (false, _) => Rc::clone(&objects),
                };
                let task = Task::new(relation, *strategy, &self.route, objects);
                let task = task.of_statement(made.clone(), all, self.between(loading, (relation, *strategy)));
                if *strategy == Strategy::Subquery { first.push(task) } else { others.push(task) }
            }
        }
        self.joined.iter().try_for_each(|joined| joined.with.add_tasks(loading, first, others))
    }

    /// Between which rows SQLAlchemy reads what a relationship leads to. It runs a subquery in its turn among what stands beside
    /// the object.
    fn between(&self, loading: &mut Loading, (relation, strategy): (&'static Relation, Strategy)) -> Between {
        if strategy != Strategy::Subquery {
            return loading.fresh(self.place).between();
        }
        let next = self.joined.iter().find(|joined| joined.relation.slot() > relation.slot());
        match next {
            Some(next) => loading.fresh(next.with.place).before(),
            None => loading.fresh(self.place).after(),
        }
    }

    /// Whether a relationship is loaded too of objects that were there before, where it isn't loaded and nothing else
    /// is loaded further of them.
    pub(super) fn fills_known(&self, strategy: Strategy) -> bool {
        strategy == Strategy::Subquery && !self.route.loads_known()
    }

    /// What is to be loaded for objects that no row is read for, since the session has them.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn tasks_of_known(
        &self,
        objects: &Rc<[Handle]>,
        between: &Between,
        tasks: &mut Vec<Task>,
    ) -> Result<()> {
        for (relation, strategy) in &self.posts {
            let task = Task::new(relation, *strategy, &self.route, Rc::clone(objects));
            tasks.push(task.of_statement(None, None, between.clone()));
        }
        let Some((options, first)) = self.route.options().zip(objects.first()) else { return Ok(()) };
        match Said::of(options, first.header().mapper()) {
            Some(mut said) => objects.iter().try_for_each(|object| said.tell(object)),
            None => Ok(()),
        }
    }

    /// Whether it matters for what is loaded after the rows which objects these make: what is loaded as if it were read is
    /// read by the options of whoever made its object, and what a statement has set at one of its `places` is set anew by what
    /// is loaded after the rows of another one.
    pub(super) fn notes(&self, places: usize) -> bool {
        let overwrites = self.route.overwritten().is_some();
        self.route.is_told() && (self.reads() || overwrites || (places > 1 && self.has_posts()))
    }

    fn reads(&self) -> bool {
        let reads = |(_, strategy): &(_, Strategy)| *strategy == Strategy::Immediate;
        self.posts.iter().any(reads) || self.joined.iter().any(|joined| joined.with.reads())
    }

    /// Whether anything is loaded by a subquery.
    pub(super) fn has_subqueries(&self) -> bool {
        let is_subquery = |(_, strategy): &(_, Strategy)| *strategy == Strategy::Subquery;
        self.posts.iter().any(is_subquery) || self.joined.iter().any(|joined| joined.with.has_subqueries())
    }

    pub(super) fn has_posts(&self) -> bool {
        !self.posts.is_empty() || self.joined.iter().any(|joined| joined.with.has_posts())
    }

    /// Whether nothing stands beside its objects.
    pub(super) fn is_alone(&self) -> bool {
        self.joined.is_empty()
    }
}

impl Told {
    /// What the strategies say at its end; none where they say nothing, and nobody has said anything.
    #[inline]
    pub(super) fn with(self, mapper: &'static Mapper) -> Option<Box<With>> {
        if !mapper.loads_with() && !self.is_any() {
            return None;
        }
        With::of(mapper, &self.route())
    }
}
