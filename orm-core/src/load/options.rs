//! `Options`: what a query says of the loading of the objects at a place, with every name in it resolved.

use std::rc::Rc;

use smallvec::SmallVec;

use super::of_column::{OfColumn, check_group};
use crate::declare::{AliasId, ColumnId, InnerJoin, Lazy};
use crate::error::{Code, Error, Result};
use crate::mapper::{MappedColumn, Mapper, Relation, RelationId};
use crate::query::Leaf;
use crate::query::leaf::{ClassRef, no_relation};
use crate::query::option::{ClassCriteria, ColumnsOption, How, LoadOption, RelationOption, Unloaded, What};
use crate::sql::Tree;

/// How deep options may nest.
pub(super) const DEPTH: usize = 128;

/// What a query says of the loading of the objects at a place.
#[derive(Clone, Default)]
pub(super) struct Options {
    relations: Vec<(RelationId, Choice)>,
    /// The strategy of the relationships that aren't named.
    others: Option<How>,
    columns: Vec<ColumnsOption>,
    /// What becomes of some columns that aren't loaded, whatever else is said of them.
    unloaded: SmallVec<[(ColumnId, Unloaded); 2]>,
    /// Conditions on the rows of a class, wherever it is read by its own name.
    criteria: Rc<[ClassCriteria]>,
    /// What all that a query says has in common.
    query: Rc<OfQuery>,
}

/// What all that a query says has in common. Two of them are the same where they are in one place.
#[derive(Default)]
pub(super) struct OfQuery {
    /// Whether it means what SQLAlchemy makes of it, also where that does more or less than is said.
    pub(super) like_sqlalchemy: bool,
}

/// Conditions that all have to be true. They are shared, so that the values in them stay where they are.
pub(super) type Criteria = SmallVec<[Rc<Tree<Leaf>>; 1]>;

/// What is said of a relationship.
#[derive(Clone)]
pub(super) struct Choice {
    pub(super) how: How,
    pub(super) inner: Option<InnerJoin>,
    /// How many times it is followed, where it leads from a class to itself.
    depth: Option<u16>,
    pub(super) criteria: Criteria,
    /// The alias of the target that the query joins.
    pub(super) to: AliasId,
    /// What is said further.
    then: Rc<Options>,
}

impl Choice {
    /// Adds what is said further of a relationship, beside how it is loaded.
    fn narrow(
        &mut self,
        inner: Option<InnerJoin>,
        depth: Option<u16>,
        criteria: impl IntoIterator<Item = Rc<Tree<Leaf>>>,
    ) {
        self.inner = inner.or(self.inner);
        self.depth = depth.or(self.depth);
        self.criteria.extend(criteria);
    }

    /// Nothing but how it is loaded.
    fn of(how: How) -> Self {
        Choice {
            how,
            inner: None,
            depth: None,
            criteria: SmallVec::new(),
            to: AliasId::NONE,
            then: Rc::default(),
        }
    }
}

impl Options {
    /// What is said of the objects of a class, by options that begin at it.
    ///
    /// # Errors
    /// `query` where an option is of another class, options nest too deep, or a depth is said of a relationship that
    /// doesn't lead to its own class.
    pub(super) fn of(
        list: &[&LoadOption],
        mapper: &'static Mapper,
        (criteria, query): (&Rc<[ClassCriteria]>, &Rc<OfQuery>),
    ) -> Result<Option<Rc<Self>>> {
        if list.is_empty() && criteria.is_empty() {
            return Ok(None);
        }
        Options::at(list, mapper, (criteria, query), 0).map(|options| Some(Rc::new(options)))
    }

    fn at(
        list: &[&LoadOption],
        mapper: &'static Mapper,
        (criteria, query): (&Rc<[ClassCriteria]>, &Rc<OfQuery>),
        depth: usize,
    ) -> Result<Self> {
        if depth > DEPTH {
            return Err(Error::new(Code::Query, format!("options nest deeper than {DEPTH}"))
                .help("use `depth` for a class in itself"));
        }
        let mut options =
            Options { criteria: Rc::clone(criteria), query: Rc::clone(query), ..Options::default() };
        for option in list {
            if let Some(class) = option.class
                && !std::ptr::eq(class.mapper()?, mapper)
            {
                return Err(Error::new(
                    Code::Query,
                    format!("an option of `{}` stands at `{}`", class.name(), mapper.class()),
                )
                .help("give it within `.options(...)` of the relationship that leads to its class"));
            }
            match &option.what {
                What::Relation(relation) => options.add(relation, mapper, depth)?,
                What::AllRelations(how) => options.others = Some(*how),
                What::Columns(columns) => {
                    check_group(columns, mapper)?;
                    options.columns.push(columns.clone());
                }
            }
        }
        Ok(options)
    }

    /// Adds what is said of a relationship; what was said of it before stays where nothing else is said.
    fn add(&mut self, said: &RelationOption, mapper: &'static Mapper, depth: usize) -> Result<()> {
        let relation = mapper
            .relation_at(said.relation.at())
            .ok_or_else(|| no_relation(mapper.class(), said.relation.at()))?;
        if said.depth.is_some() && !relation.is_self_referential() {
            let text = "`depth` is of a relationship that leads to its own class";
            return Err(Error::new(Code::Query, text)
                .about(mapper.class(), Some(relation.name()))
                .help("give what is loaded further within `.options(...)`"));
        }
        if relation.is_large() {
            let text = "an option loads a collection that is never loaded as a whole";
            return Err(Error::new(Code::Query, text)
                .about(mapper.class(), Some(relation.name()))
                .help("select its items: `.select()` of the collection gives a query"));
        }
        let then: Vec<&LoadOption> = said.then.iter().collect();
        let criteria = self.criteria_beyond(said, relation);
        let then = Options::at(&then, relation.target(), (&criteria, &self.query), depth + 1)?;
        match self.relations.iter_mut().find(|(id, _)| *id == relation.id()) {
            Some((_, choice)) => {
                if said.how != How::AsDeclared {
                    choice.how = said.how;
                    choice.to = said.to;
                }
                choice.narrow(said.inner, said.depth, said.criteria.clone());
                choice.then = Rc::new(choice.then.with(&then));
            }
            None => {
                let RelationOption { how, inner, depth, to, .. } = *said;
                let criteria = said.criteria.iter().cloned().collect();
                let choice = Choice { how, inner, depth, criteria, to, then: Rc::new(then) };
                self.relations.push((relation.id(), choice));
            }
        }
        Ok(())
    }

    /// The conditions on the rows of classes beyond a relationship. SQLAlchemy has those of a step that isn't joined hold
    /// for all rows of its class that are read further on.
    fn criteria_beyond(&self, said: &RelationOption, relation: &'static Relation) -> Rc<[ClassCriteria]> {
        let lazy = match said.how {
            How::By(lazy) => lazy,
            How::AsDeclared => relation.lazy(),
            How::FromQuery => return Rc::clone(&self.criteria),
        };
        if !self.query.like_sqlalchemy || said.criteria.is_none() || lazy == Lazy::Joined {
            return Rc::clone(&self.criteria);
        }
        let class = ClassRef::Mapper(relation.target());
        let of_step = said.criteria.iter().map(|condition| ClassCriteria {
            class,
            condition: Rc::clone(condition),
            aliases: false,
        });
        self.criteria.iter().cloned().chain(of_step).collect()
    }

    /// Both, where the second says the same again the second counts.
    fn with(&self, other: &Options) -> Options {
        let mut both = self.clone();
        for (id, choice) in &other.relations {
            match both.relations.iter_mut().find(|(known, _)| known == id) {
                Some((_, known)) => {
                    let then = Rc::new(known.then.with(&choice.then));
                    match choice.how {
                        How::AsDeclared => known.narrow(choice.inner, choice.depth, choice.criteria.clone()),
                        _ => *known = choice.clone(),
                    }
                    known.then = then;
                }
                None => both.relations.push((*id, choice.clone())),
            }
        }
        both.others = other.others.or(both.others);
        both.columns.extend(other.columns.iter().cloned());
        both
    }

    /// What is said of a relationship.
    pub(super) fn choice(&self, relation: &Relation) -> Option<&Choice> {
        self.relations.iter().find(|(id, _)| *id == relation.id()).map(|(_, choice)| choice)
    }

    /// How a relationship is loaded; none where it is as declared. What is said of all counts also where the relationship is
    /// named to say what comes after it only.
    pub(super) fn how(&self, relation: &Relation) -> Option<How> {
        let is_how = |how: &How| *how != How::AsDeclared;
        let named = self.choice(relation).map(|choice| choice.how).filter(is_how);
        named.or_else(|| self.others.filter(|how| is_how(how) && !relation.is_large()))
    }

    /// Whether the same query says others.
    pub(super) fn is_of_query_of(&self, others: &Options) -> bool {
        Rc::ptr_eq(&self.query, &others.query)
    }

    /// What tells them from others, as long as either is there: those of one query are alike where they say nothing.
    pub(super) fn identity(self: &Rc<Self>) -> *const () {
        match self.is_empty() {
            true => Rc::as_ptr(&self.query).cast(),
            false => Rc::as_ptr(self).cast(),
        }
    }

    /// How many times a relationship is followed, where that is said.
    pub(super) fn depth(&self, relation: &Relation) -> Option<u16> {
        self.choice(relation)?.depth
    }

    /// Whether the query means what SQLAlchemy makes of it.
    pub(super) fn is_like_sqlalchemy(&self) -> bool {
        self.query.like_sqlalchemy
    }

    /// What is said of the objects that a relationship leads to.
    pub(super) fn beyond(&self, relation: &'static Relation) -> Option<Rc<Options>> {
        // Where it matters as in SQLAlchemy, objects keep the way on which they were reached also where nothing is said of them.
        let rest = || {
            let criteria = Rc::clone(&self.criteria);
            let options = Options { criteria, query: Rc::clone(&self.query), ..Options::default() };
            (!self.criteria.is_empty() || self.is_like_sqlalchemy()).then(|| Rc::new(options))
        };
        let Some(choice) = self.choice(relation) else { return rest() };
        let again = match choice.depth {
            Some(u16::MAX) => choice.clone(),
            Some(times @ 2..) => Choice { depth: Some(times - 1), ..choice.clone() },
            // It ends here, also where it is declared to be loaded with its objects.
            Some(_) if relation.lazy().is_eager() && choice.then.choice(relation).is_none() => {
                Choice::of(How::By(Lazy::Select))
            }
            _ => return if choice.then.is_empty() { rest() } else { Some(Rc::clone(&choice.then)) },
        };
        let mut then = Options::clone(&choice.then);
        then.relations.retain(|(id, _)| *id != relation.id());
        then.relations.push((relation.id(), again));
        Some(Rc::new(then))
    }

    /// The conditions on what a relationship leads to, or on the rows of a class, as the options say them.
    pub(super) fn filter(&self, relation: &'static Relation) -> Criteria {
        let mut all = self.choice(relation).map(|choice| choice.criteria.clone()).unwrap_or_default();
        let target = relation.target();
        let is_of =
            |criteria: &&ClassCriteria| criteria.class.mapper().is_ok_and(|of| std::ptr::eq(of, target));
        all.extend(self.criteria.iter().filter(is_of).map(|criteria| Rc::clone(&criteria.condition)));
        all
    }

    /// Whether conditions on what a relationship leads to are said with its name.
    pub(super) fn narrows(&self, relation: &Relation) -> bool {
        self.choice(relation).is_some_and(|choice| !choice.criteria.is_empty())
    }

    /// Whether nothing is said.
    fn is_empty(&self) -> bool {
        self.relations.is_empty()
            && self.others.is_none()
            && self.columns.is_empty()
            && self.unloaded.is_empty()
            && self.criteria.is_empty()
    }

    /// Whether a relationship is left to whoever reads it.
    pub(super) fn leaves(&self, relation: &Relation) -> bool {
        match self.how(relation) {
            Some(How::By(lazy)) => !lazy.is_eager() || lazy == Lazy::NoLoad,
            Some(How::FromQuery | How::AsDeclared) | None => false,
        }
    }

    /// The same, where others say what becomes of some relationships.
    /// Of columns that aren't loaded they say what becomes of them.
    pub(super) fn saying(
        &self,
        (relations, columns): (&[RelationId], &[(ColumnId, Unloaded)]),
        others: &Options,
    ) -> Options {
        let mut options = self.clone();
        for (id, unloaded) in columns {
            options.unloaded.retain(|(known, _)| known != id);
            options.unloaded.push((*id, *unloaded));
        }
        for id in relations {
            let said = others.relations.iter().find(|(known, _)| known == id).map(|(_, said)| said.clone());
            let Some(said) = said.or_else(|| others.others.map(Choice::of)) else { continue };
            match options.relations.iter_mut().find(|(known, _)| known == id) {
                Some((_, choice)) => *choice = said,
                None => options.relations.push((*id, said)),
            }
        }
        options
    }

    /// Whether a relationship is loaded in batches.
    pub(super) fn is_batched(&self) -> bool {
        let batch = How::By(Lazy::Batch);
        self.others == Some(batch) || self.relations.iter().any(|(_, choice)| choice.how == batch)
    }

    /// Whether anything is said of columns.
    pub(super) fn is_of_columns(&self) -> bool {
        !self.columns.is_empty()
    }

    /// What is said of a column.
    pub(super) fn of_column(&self, column: &MappedColumn) -> Option<OfColumn> {
        OfColumn::said(&self.columns, column)
    }

    /// The columns of the class that are loaded when they are read; none where nothing is said of columns.
    pub(super) fn deferred(&self, mapper: &'static Mapper) -> Option<Rc<[ColumnId]>> {
        if self.columns.is_empty() {
            return None;
        }
        let is_deferred = |column: &&MappedColumn| {
            !column.is_primary_key()
                && match self.of_column(column) {
                    Some(said) => matches!(said, OfColumn::Deferred(_)),
                    None => column.deferred().is_some(),
                }
        };
        Some(mapper.columns().iter().filter(is_deferred).map(MappedColumn::id).collect())
    }

    /// Whether a column mustn't be read unless it is loaded, where the options say so or say that it may.
    /// An object that was expired since is told so by what was said of it later only.
    pub(super) fn forbids(&self, column: &MappedColumn, is_expired: bool) -> Option<bool> {
        if let Some((_, unloaded)) = self.unloaded.iter().find(|(id, _)| *id == column.id()) {
            return Some(*unloaded == Unloaded::Raises);
        }
        if is_expired {
            return None;
        }
        match self.of_column(column)? {
            OfColumn::Loaded => None,
            OfColumn::Deferred(unloaded) => Some(unloaded == Unloaded::Raises),
        }
    }
}

/// The options of a query that begin at one of its objects: those of its class, or those of the alias that it is.
pub(super) fn beginning_at<'o>(
    list: &'o [LoadOption],
    mapper: &'static Mapper,
    alias: AliasId,
) -> Vec<&'o LoadOption> {
    let begins = |option: &&LoadOption| match option.class {
        Some(class) => option.alias == alias && class.mapper().is_ok_and(|of| std::ptr::eq(of, mapper)),
        None => true,
    };
    list.iter().filter(begins).collect()
}
