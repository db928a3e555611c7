//! Plain values with what the options of a query nest in them: read from rows as they are, without objects.

use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::instance::EntityPlan;
use super::keys::{Keys, Part};
use super::lower::ItemPlan;
use super::route::Strategy;
use super::selectin::Ask;
use super::statement::Statement;
use super::whole::{WholePlan, tell};
use super::with::With;
use super::within::{Level, Within, key_of, links_repeat, nest};
use crate::declare::{ColumnId, Direction};
use crate::engine::{EngineConnection, Fetch, Flow, Row};
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::typed::lists::{PlainLists, PlainValue};
use crate::state::typed::tracked::Factory;
use crate::state::typed::value_source::{DEPTH, SIZE, ValueSource, too_deep, too_large, with_values};
use crate::value::ValueRef;

/// Gives something to a plain value.
pub(super) type Give<'g> = &'g mut dyn FnMut(&mut dyn PlainValue) -> Result<()>;

/// Gives something to the value of a row, by the number of the row and of the item in it, where that is there.
pub(super) type GiveRoot<'g> = &'g mut dyn FnMut((usize, usize), Give<'_>) -> Result<()>;

/// What is nested in the plain values of the rows of a query.
pub(super) struct Nest {
    /// The items that have something nested.
    roots: Vec<(usize, Rc<Within>)>,
    /// Their levels.
    first: Vec<usize>,
    levels: Vec<Level>,
    /// Of each row how many values it has that others have too.
    shared: Vec<u32>,
    told: Vec<usize>,
    multiplies: bool,
    /// The rows that there are, by what tells them from others; none for one that wasn't wanted.
    rows: HashMap<Box<[u8]>, Option<u32>, FxBuildHasher>,
    last: (Vec<u8>, Option<u32>),
    key: Vec<u8>,
}

impl Nest {
    /// What a plan nests; none where that is nothing.
    ///
    /// # Errors
    /// `query` where the options say what no plain value can have.
    pub(super) fn of(plan: &WholePlan, items: &[ItemPlan]) -> Option<Self> {
        let mut roots = Vec::new();
        for (item, (with, plan_of)) in plan.items.iter().zip(items).enumerate() {
            if let (ItemPlan::Entity(entity), Some(Some(with))) = (plan_of, with) {
                let within = Within::of(Some(with.as_ref()), entity.clone(), plan.multiplies);
                roots.push((item, Rc::new(within)));
            }
        }
        if roots.iter().all(|(_, within)| within.joined.is_empty() && within.posts.is_empty()) {
            return None;
        }
        let mut nest = Nest {
            roots,
            first: Vec::new(),
            levels: Vec::new(),
            shared: Vec::new(),
            told: plan.told.clone(),
            multiplies: plan.multiplies,
            rows: HashMap::default(),
            last: (Vec::new(), None),
            key: Vec::new(),
        };
        nest.begin();
        Some(nest)
    }

    /// The classes whose values stand in the rows beside others.
    pub(super) fn standing(&self) -> Vec<EntityPlan> {
        let mut left: Vec<&Rc<Within>> = self.roots.iter().map(|(_, within)| within).collect();
        let mut all = Vec::new();
        while let Some(within) = left.pop() {
            all.extend(within.joined.iter().map(|(_, inner)| inner.entity.clone()));
            left.extend(within.joined.iter().map(|(_, inner)| inner));
        }
        all
    }

    /// Whether all rows have to be read before their values are whole.
    pub(super) fn multiplies(&self) -> bool {
        self.multiplies
    }

    /// Begins with the rows that come.
    fn begin(&mut self) {
        self.levels.clear();
        self.first.clear();
        self.shared.clear();
        for (item, within) in self.roots.clone() {
            let level = self.add(within, None, None, 0);
            self.first.push(level);
            if let Some(level) = self.levels.get_mut(level) {
                level.item = item;
            }
        }
    }

    /// Adds a level, and those of what stands in its rows.
    fn add(
        &mut self,
        within: Rc<Within>,
        around: Option<(usize, &'static Relation)>,
        lists: Option<Box<dyn PlainLists>>,
        count: usize,
    ) -> usize {
        let outer = around.and_then(|(at, _)| self.levels.get(at));
        let depth = outer.map_or(1, |outer| outer.depth + 1);
        let is_shared = around.is_some_and(|(_, relation)| relation.direction() != Direction::OneToMany)
            || outer.is_some_and(|outer| outer.is_shared);
        let keys = within.posts.iter().map(|_| Keys::default()).collect();
        let at = self.levels.len();
        self.levels.push(Level {
            within: Rc::clone(&within),
            around,
            lists,
            item: 0,
            roots: Vec::with_capacity(count),
            keys,
            joined: Vec::new(),
            last: None,
            seen: HashMap::default(),
            depth,
            is_shared,
        });
        for (relation, inner) in &within.joined {
            let lists = Factory::find(relation.target()).map(|factory| factory.lists(0));
            let inner = self.add(Rc::clone(inner), Some((at, relation)), lists, 0);
            if let Some(level) = self.levels.get_mut(at) {
                level.joined.push(inner);
            }
        }
        at
    }

    /// The row that this one belongs to, where others of it came before: its number, or none where it wasn't wanted.
    ///
    /// # Errors
    /// Where the row can't be read.
    pub(super) fn known(&mut self, row: &dyn Row) -> Result<Option<Option<u32>>> {
        if !self.multiplies {
            return Ok(None);
        }
        self.key.clear();
        for at in &self.told {
            tell(row.get(*at)?, &mut self.key);
        }
        if self.key == self.last.0 {
            return Ok(Some(self.last.1));
        }
        let known = self.rows.get(self.key.as_slice()).copied();
        if let Some(known) = known {
            self.last = (self.key.clone(), known);
        }
        Ok(known)
    }

    /// A row became values, or wasn't wanted. What stands in it is read.
    ///
    /// # Errors
    /// As [`again`](Self::again).
    pub(super) fn first(&mut self, number: Option<usize>, row: &dyn Row) -> Result<()> {
        let number = number.map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        if self.multiplies {
            self.rows.insert(self.key.as_slice().into(), number);
            self.last = (self.key.clone(), number);
        }
        let Some(number) = number else { return Ok(()) };
        self.shared.push(0);
        for at in &self.first {
            if let Some(level) = self.levels.get_mut(*at) {
                let EntityPlan { mapper, offset, .. } = level.within.entity;
                with_values((row, offset), mapper, |values| {
                    level.note(values, number);
                    Ok(())
                })?;
            }
        }
        self.again(number, row)
    }

    /// Reads what stands in a row beside values that are there.
    ///
    /// # Errors
    /// `value` where a value can't be read, or they nest too deep, or are too many.
    pub(super) fn again(&mut self, number: u32, row: &dyn Row) -> Result<()> {
        for root in 0..self.first.len() {
            let Some((within, levels)) = self.first.get(root).and_then(|at| self.joined_of(*at)) else {
                continue;
            };
            if within.is_there(row)? {
                self.beside(&within, &levels, number as usize, row)?;
            }
        }
        Ok(())
    }

    fn joined_of(&self, at: usize) -> Option<(Rc<Within>, SmallVec<[usize; 4]>)> {
        let level = self.levels.get(at)?;
        Some((Rc::clone(&level.within), SmallVec::from_slice(&level.joined)))
    }

    /// Reads what stands beside a value.
    fn beside(&mut self, within: &Within, levels: &[usize], value: usize, row: &dyn Row) -> Result<()> {
        for ((relation, inner), at) in within.joined.iter().zip(levels) {
            if inner.is_there(row)? {
                self.read(*at, relation, value, row)?;
            }
        }
        Ok(())
    }

    /// Reads a value into the list of another one, and what stands beside it.
    fn read(&mut self, at: usize, relation: &'static Relation, around: usize, row: &dyn Row) -> Result<()> {
        let outer = self.levels.get(at).and_then(|level| self.levels.get(level.around?.0));
        let root = outer.and_then(|outer| outer.roots.get(around)).copied().unwrap_or(0);
        let Some(level) = self.levels.get_mut(at) else { return Ok(()) };
        let key = if level.within.repeats { level.within.key(row)?.map(|key| (around, key)) } else { None };
        let known = match (&key, &level.last) {
            (Some(key), Some((last, value))) if key == last => Some(*value),
            (Some(key), _) => level.seen.get(key).copied(),
            (None, _) => None,
        };
        let value = match known {
            Some(value) => value,
            None => {
                if level.is_shared {
                    let made = self.shared.get_mut(root as usize);
                    if made.is_some_and(|made| {
                        *made = made.saturating_add(1);
                        *made as usize > SIZE
                    }) {
                        return Err(too_large(relation));
                    }
                }
                let value = level.roots.len();
                let EntityPlan { mapper, offset, .. } = level.within.entity;
                with_values((row, offset), mapper, |values| {
                    let Some(lists) = &mut level.lists else { return Err(Factory::missing(mapper)) };
                    lists.grow(around + 1);
                    lists.read(around, &ValueSource::row(values, mapper))?;
                    level.note(values, root);
                    Ok(())
                })?;
                if let Some(key) = &key {
                    level.seen.insert(key.clone(), value);
                }
                value
            }
        };
        if let Some(key) = key {
            level.last = Some((key, value));
        }
        if level.joined.is_empty() {
            return Ok(());
        }
        match self.joined_of(at) {
            Some((within, levels)) => self.beside(&within, &levels, value, row),
            None => Ok(()),
        }
    }

    /// Loads what is to be loaded after the rows so far, and nests everything in them.
    ///
    /// # Errors
    /// As [`again`](Self::again), and what the database says.
    pub(super) fn finish(&mut self, connection: &EngineConnection, root: GiveRoot<'_>) -> Result<()> {
        let mut at = 0;
        while at < self.levels.len() {
            self.load(connection, at)?;
            at += 1;
        }
        while let Some(mut level) = self.levels.pop() {
            let Some((around, relation)) = level.around else { continue };
            let Some(outer) = self.levels.get_mut(around) else { continue };
            let Some(lists) = &mut level.lists else { return Err(Factory::missing(relation.target())) };
            lists.grow(outer.roots.len());
            for value in 0..outer.roots.len() {
                let mut give = |value_of: &mut dyn PlainValue| {
                    let field = value_of.related(relation.slot().index());
                    nest(field, lists.as_mut(), value, relation)
                };
                match &mut outer.lists {
                    None => root((value, outer.item), &mut give)?,
                    Some(values) => {
                        if let Some(value) = values.value(value) {
                            give(value)?;
                        }
                    }
                }
            }
        }
        self.begin();
        Ok(())
    }

    /// Loads what is loaded after the rows of a level.
    fn load(&mut self, connection: &EngineConnection, at: usize) -> Result<()> {
        let Some(level) = self.levels.get_mut(at) else { return Ok(()) };
        let (within, count) = (Rc::clone(&level.within), level.roots.len());
        let (keys, depth) = (std::mem::take(&mut level.keys), level.depth);
        for ((relation, strategy, ask), keys) in within.posts.iter().zip(keys) {
            let target = relation.target();
            let factory = Factory::find(target).ok_or_else(|| Factory::missing(target))?;
            let lists = Some(factory.lists(count));
            let Some(route) = &within.route else { continue };
            if *strategy == Strategy::Empty || keys.is_empty() {
                let within = Rc::new(Within::of(None, EntityPlan::of_plain(target, 0), false));
                self.add(within, Some((at, relation)), lists, 0);
                continue;
            }
            if depth >= DEPTH {
                return Err(too_deep(relation, DEPTH));
            }
            let route = route.then(relation);
            let with = With::of(target, &route).map(|with| with.from_column(ask.columns()));
            let repeats = with.as_deref().is_some_and(With::multiplies) || links_repeat(relation);
            let inner = Within::of(with.as_deref(), EntityPlan::of_plain(target, 0), repeats);
            let inner = self.add(Rc::new(inner), Some((at, relation)), lists, count);
            for part in keys.parts(ask.pairs.len(), connection) {
                self.ask(connection, (inner, relation), (ask, &part), with.as_deref())?;
            }
        }
        Ok(())
    }

    /// Runs the statement for a part of the keys.
    fn ask(
        &mut self,
        connection: &EngineConnection,
        (level, relation): (usize, &'static Relation),
        (ask, part): (&Ask, &Part),
        with: Option<&With>,
    ) -> Result<()> {
        let target = relation.target();
        let width = ask.pairs.len();
        let written = part.written(width, connection);
        let statement = Statement::SelectIn(relation, ask.by_parents, written.length());
        let given = |at: usize| written.value(part, width, at);
        let is_own = relation.get_columns().is_some() && !ask.by_parents;
        let integer = match is_own {
            true => target.integer_key().map(ColumnId::index),
            false => ask.integer_place(),
        };
        // Rows of one value mostly come one after another.
        let mut last: Option<usize> = None;
        statement.run(
            (Some(&EntityPlan::of_plain(target, 0)), with),
            connection,
            &given,
            Fetch::All,
            &mut |row| {
                let mut read = |place: usize| {
                    let (_, of) = part.list.get(place).ok_or_else(no_part)?;
                    of.iter().try_for_each(|around| self.read(level, relation, *around as usize, row))
                };
                if let Some(at) = integer
                    && let ValueRef::Int(key) = row.get(at)?
                {
                    let place = part.place_after(last, key);
                    if let Some(place) = place {
                        last = Some(place);
                        return read(place).map(Flow::Continue);
                    }
                }
                let key = if is_own { key_of(target, 0, row)? } else { Some(ask.key_of(row)?) };
                for place in key.into_iter().flat_map(|key| part.find(&key)) {
                    read(place)?;
                }
                Ok(Flow::Continue(()))
            },
        )
    }
}

#[cold]
fn no_part() -> Error {
    Error::new(Code::Internal, "a list of keys lacks one")
}
