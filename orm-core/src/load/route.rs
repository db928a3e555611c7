//! `Route` and `Strategy`: where in a load an object stands, and what is done there about a relationship of it.

use std::borrow::Cow;
use std::rc::Rc;

use super::kept::{Reached, reached};
use super::noted::{Noted, Overwrites};
use super::options::{Criteria, Options};
use super::way::Way;
use crate::declare::{Direction, Lazy};
use crate::mapper::{Mapper, Relation, RelationId};
use crate::query::Leaf;
use crate::query::option::How;
use crate::sql::Tree;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;

/// What is done about a relationship of an object that is being loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strategy {
    /// Nothing: it is loaded when it is read.
    Later,
    /// It is set to nothing.
    Empty,
    /// It is set to what the session has in memory.
    LookUp,
    /// It is loaded after its objects, as if each were read then.
    Immediate,
    /// It is loaded after its objects.
    SelectIn,
    /// The same before others are, as far as it isn't loaded.
    Subquery,
    /// It is loaded with its object.
    Joined,
    /// It stands in the row of its object, since the query joins it.
    FromQuery,
}

/// Which load an object is a part of.
#[derive(Clone, Copy)]
enum By {
    /// A query, a key, or a list of keys.
    Query,
    /// A relationship that is read.
    Reading(&'static Relation),
    /// A refresh of an object that is there.
    Refresh,
}

/// A route that is made when it is needed: mostly nothing is loaded with an object, and nobody has said anything of it.
pub(super) enum Told {
    /// To the object of a query, or of a key.
    Query(&'static Mapper),
    /// To an object that is loaded anew.
    Refresh(&'static Mapper, Option<Reached>),
    /// To what a relationship leads to that is read.
    Reading(&'static Relation, Option<Reached>),
}

impl Told {
    /// To what a relationship of an object leads to that is read, by the options that the object was loaded by.
    #[inline]
    pub(super) fn reading(instance: &Instance, relation: &'static Relation) -> Self {
        Told::Reading(relation, reached(instance))
    }

    /// To an object that is loaded anew, by the options that it was loaded by.
    pub(super) fn refresh(instance: &Instance) -> Self {
        Told::Refresh(instance.header().mapper(), reached(instance))
    }

    /// Whether anybody has said anything.
    #[inline]
    pub(super) fn is_any(&self) -> bool {
        match self {
            Told::Query(_) => false,
            Told::Refresh(_, reached) | Told::Reading(_, reached) => reached.is_some(),
        }
    }

    pub(super) fn route(self) -> Route {
        match self {
            Told::Query(mapper) => Route::of_query(mapper),
            Told::Refresh(mapper, at) => Route { by: By::Refresh, ..Route::of_query(mapper).reaching(at) },
            Told::Reading(relation, at) => {
                Route::of_query(relation.mapper()).reaching(at).then_reading(relation)
            }
        }
    }
}

/// The way from the object that was asked for to the one that is loaded.
#[derive(Clone)]
pub(super) struct Route {
    way: Way,
    /// The same within the statement.
    here: Way,
    by: By,
    /// What the query says of the objects here.
    options: Option<Rc<Options>>,
    /// The conditions on the rows that are loaded here.
    filter: Criteria,
    /// The objects that were overwritten, where those that are there already are.
    overwritten: Option<Noted>,
    /// Whether a statement on the way isn't put together from the query's.
    is_apart: bool,
    /// What the query says of its own objects, where it means what SQLAlchemy makes of it.
    root: Option<Rc<Options>>,
    /// What SQLAlchemy takes for that here, where a statement is put together from one that is apart: as if the way began there.
    astray: Option<Rc<Options>>,
    /// Whether plain values are loaded, with which only that is loaded which the query says.
    is_plain: bool,
    /// Where the last step is followed until it ends: its relationship, and the objects that it was followed from.
    round: Option<(RelationId, Noted)>,
}

impl Route {
    /// To the object of a query.
    pub(super) fn of_query(mapper: &Mapper) -> Self {
        Route {
            way: Way::from(mapper),
            here: Way::from(mapper),
            by: By::Query,
            options: None,
            filter: Criteria::new(),
            overwritten: None,
            is_apart: false,
            root: None,
            astray: None,
            is_plain: false,
            round: None,
        }
    }

    /// The same to a plain value.
    pub(super) fn of_plain(self) -> Self {
        Route { is_plain: true, ..self }
    }

    /// Whether plain values are loaded.
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// The same, where objects that are there already are overwritten.
    pub(super) fn overwriting(self, overwritten: Option<Noted>) -> Self {
        Route { overwritten, ..self }
    }

    /// The objects that were overwritten, where those that are there already are.
    pub(super) fn overwritten(&self) -> Option<&Noted> {
        self.overwritten.as_ref()
    }

    /// What a statement overwrites, which may do so with what the query has overwritten before.
    pub(super) fn overwrites(
        &self,
        statement: Option<&Noted>,
        mapper: &'static Mapper,
    ) -> Option<Overwrites> {
        let of_query = self.overwritten.as_ref()?;
        let keeps = |relation: &&'static Relation| match self.strategy(relation) {
            // What comes after the rows takes the place of what is there then.
            Strategy::Immediate | Strategy::SelectIn | Strategy::Subquery => true,
            Strategy::Later if !relation.is_many() => {
                let how = self.options.as_ref().and_then(|options| options.how(relation));
                how.is_some_and(|how| how != How::By(relation.lazy()))
            }
            _ => false,
        };
        let keeps = statement.map(|_| mapper.relations().iter().filter(keeps).collect());
        Some(Overwrites { noted: statement.unwrap_or(of_query).clone(), keeps })
    }

    /// The same, where options begin that SQLAlchemy may follow from elsewhere.
    pub(super) fn rooted(self) -> Self {
        let root = self.options.clone().filter(|options| options.is_like_sqlalchemy());
        Route { root, ..self }
    }

    /// The same, with what the query says of the objects here.
    pub(super) fn by(self, options: Option<Rc<Options>>) -> Self {
        Route { options, ..self }
    }

    /// What the query says of the objects here.
    pub(super) fn options(&self) -> Option<&Rc<Options>> {
        self.options.as_ref()
    }

    /// The conditions on the rows that are loaded here, of those that there are.
    pub(super) fn filter(&self) -> &[Rc<Tree<Leaf>>] {
        &self.filter
    }

    /// Whether the query says anything of the objects here.
    pub(super) fn is_told(&self) -> bool {
        self.options.is_some() || !self.filter.is_empty() || self.overwritten.is_some()
    }

    /// The same, where the object was reached on a way, by options.
    fn reaching(self, reached: Option<Reached>) -> Self {
        match reached {
            Some(Reached { options, way }) => Route { options: Some(options), way, ..self },
            None => self,
        }
    }

    /// Where the objects are that are loaded here, as far as the query says anything of them.
    pub(super) fn reached(&self) -> Option<Reached> {
        let options = self.options.clone()?;
        Some(Reached { options, way: self.way.clone() })
    }

    /// On along a relationship, within the statement.
    pub(super) fn joining(&self, relation: &'static Relation) -> Self {
        let mut route = self.clone();
        (route.options, route.filter) = self.beyond(relation);
        route.astray = self.astray.as_ref().and_then(|astray| astray.beyond(relation));
        (route.way, route.here) = (self.way.then(relation), self.here.then(relation));
        route.round = None;
        route
    }

    /// On along a relationship, by a statement of its own.
    pub(super) fn then(&self, relation: &'static Relation) -> Self {
        let (way, here) = (self.way.then(relation), Way::from(relation.target()));
        let (options, filter) = self.beyond(relation);
        let (overwritten, is_apart, is_plain) = (self.overwritten.clone(), self.is_apart, self.is_plain);
        let (by, round) = (By::Query, self.round(relation));
        Route {
            way,
            here,
            by,
            options,
            filter,
            overwritten,
            is_apart,
            root: self.root.clone(),
            astray: None,
            is_plain,
            round,
        }
    }

    /// What a step has to remember that is followed until it ends: it takes that over from the step before where it is the same.
    fn round(&self, relation: &Relation) -> Option<(RelationId, Noted)> {
        self.options.as_ref()?.depth(relation).filter(|depth| *depth == u16::MAX)?;
        let before = self.round.as_ref().filter(|(id, _)| *id == relation.id());
        Some(before.map_or_else(|| (relation.id(), Noted::default()), Clone::clone))
    }

    /// The objects from which the last step wasn't followed yet: where rows lead round a circle, it ends where it began.
    pub(super) fn unvisited<'o>(&self, objects: &'o [Handle]) -> Cow<'o, [Handle]> {
        match &self.round {
            None => Cow::Borrowed(objects),
            Some((_, visited)) => {
                Cow::Owned(objects.iter().filter(|object| visited.insert(object)).cloned().collect())
            }
        }
    }

    /// On along a relationship by a statement that is put together from the query's, or else by one of its own.
    pub(super) fn after(&self, relation: &'static Relation, strategy: Strategy) -> Self {
        let mut route = match strategy {
            Strategy::Immediate => self.then_reading(relation),
            _ => self.then(relation),
        };
        if strategy != Strategy::Subquery {
            route.is_apart = true;
            let begins_alike = self.way.is_from(relation.target());
            route.astray = self.root.clone().filter(|_| begins_alike);
        } else if self.is_apart && self.options.as_ref().is_some_and(|options| options.is_like_sqlalchemy()) {
            // SQLAlchemy leaves out of account what is said further, or takes what it finds along another way.
            route.options = self.astray.as_ref().and_then(|astray| astray.beyond(relation));
            route.is_apart = false;
        }
        route
    }

    /// What the query says beyond a relationship.
    fn beyond(&self, relation: &'static Relation) -> (Option<Rc<Options>>, Criteria) {
        match &self.options {
            None => (None, Criteria::new()),
            Some(options) => (options.beyond(relation), options.filter(relation)),
        }
    }

    /// On along a relationship that is read.
    pub(super) fn then_reading(&self, relation: &'static Relation) -> Self {
        Route { by: By::Reading(relation), overwritten: None, ..self.then(relation) }
    }

    /// Whether what the rows name is loaded further also where the object was there before.
    pub(super) fn loads_known(&self) -> bool {
        !matches!(self.by, By::Reading(_))
    }

    /// Whether the object is loaded anew, and keeps what is to become of its relationships.
    pub(super) fn is_refresh(&self) -> bool {
        matches!(self.by, By::Refresh) && self.here.steps() == 0
    }

    /// How many relationships lead here from the objects of the statement.
    pub(super) fn depth(&self) -> u16 {
        self.here.steps()
    }

    /// What is done about a relationship of the object here: the place where a strategy is chosen.
    pub(super) fn strategy(&self, relation: &'static Relation) -> Strategy {
        match self.options.as_ref().and_then(|options| options.how(relation)) {
            None if self.is_plain && !self.is_named(relation) => Strategy::Later,
            // What is said of all relationships is said of the fields of a plain value.
            _ if self.is_plain && relation.is_added() && !self.is_named(relation) => Strategy::Later,
            None => self.by_default(relation.lazy(), relation),
            // What is said of all relationships goes round no circle, as what is declared.
            Some(How::By(lazy)) if !self.is_said(relation) => self.by_default(lazy, relation),
            // What is said is done, also round a circle.
            Some(How::By(lazy)) => match lazy {
                Lazy::Joined => Strategy::Joined,
                Lazy::SelectIn | Lazy::Subquery if matches!(self.by, By::Refresh) => Strategy::Immediate,
                Lazy::SelectIn => Strategy::SelectIn,
                Lazy::Subquery => Strategy::Subquery,
                Lazy::Immediate => Strategy::Immediate,
                Lazy::NoLoad => Strategy::Empty,
                Lazy::Select | Lazy::Raise | Lazy::RaiseOnSql | Lazy::Batch => Strategy::Later,
            },
            Some(How::FromQuery) => Strategy::FromQuery,
            Some(How::AsDeclared) => self.by_default(relation.lazy(), relation),
        }
    }

    /// Whether the query names a relationship, if only to say that it is loaded as it is declared.
    fn is_named(&self, relation: &Relation) -> bool {
        self.options.as_ref().is_some_and(|options| options.choice(relation).is_some())
    }

    /// Whether the query says of a relationship by its name how it is loaded.
    fn is_said(&self, relation: &Relation) -> bool {
        let choice = self.options.as_ref().and_then(|options| options.choice(relation));
        choice.is_some_and(|choice| choice.how != How::AsDeclared)
    }

    /// As [`strategy`](Self::strategy), where the query says nothing of the relationship itself.
    fn by_default(&self, lazy: Lazy, relation: &'static Relation) -> Strategy {
        match lazy {
            Lazy::Select | Lazy::Raise | Lazy::RaiseOnSql | Lazy::Batch => Strategy::Later,
            Lazy::NoLoad => Strategy::Empty,
            _ if self.leads_back(relation) => Strategy::Later,
            Lazy::Joined if self.here.is_round(relation) => Strategy::Later,
            Lazy::Joined => Strategy::Joined,
            Lazy::SelectIn | Lazy::Subquery if !matches!(self.by, By::Refresh) => {
                match self.way.is_round(relation) {
                    true => Strategy::Later,
                    false if lazy == Lazy::Subquery => Strategy::Subquery,
                    false => Strategy::SelectIn,
                }
            }
            // Round a circle it isn't followed where the object's key tells what it leads to.
            _ if relation.get_columns().is_some() && self.way.is_round(relation) => Strategy::LookUp,
            _ => Strategy::Immediate,
        }
    }

    /// Whether a relationship leads back to the object whose relationship is read.
    fn leads_back(&self, relation: &Relation) -> bool {
        let By::Reading(read) = self.by else { return false };
        self.here.steps() == 0
            && relation.lazy().is_eager()
            && read.get_columns().is_none()
            && relation.direction() == Direction::ManyToOne
            && relation.get_columns().is_some()
            && read.inverse().is_some_and(|inverse| inverse.id() == relation.id())
    }

    /// The number of the statements that differ by their routes: which joins they have follows from it.
    pub(super) fn tag(&self) -> u16 {
        match self.by {
            By::Query | By::Refresh => 1,
            By::Reading(_) => 2,
        }
    }
}
