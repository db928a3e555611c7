//! Plain values with what the options of a query nest in them: read from rows as they are, without objects.

use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::instance::EntityPlan;
use super::keys::Keys;
use super::lower::ItemPlan;
use super::tell::tell;
use super::whole::WholePlan;
use super::whose::key_of;
use super::within::{Level, Within, nest};
use crate::declare::Direction;
use crate::engine::{EngineConnection, Row};
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::typed::lists::PlainLists;
use crate::state::typed::mapped::Factory;
use crate::state::typed::obj::PlainValue;
use crate::state::typed::value_source::{SIZE, ValueSource, too_large, with_values};
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
    pub(super) levels: Vec<Level>,
    /// Of each row how many values it has that others have too.
    pub(super) shared: Vec<u32>,
    told: Vec<usize>,
    multiplies: bool,
    repeats: bool,
    /// Whether rows are read one by one, and only what came directly before is known.
    one_by_one: bool,
    /// The rows that there are, by what tells them from others; none for one that wasn't wanted.
    rows: HashMap<Box<[u8]>, Option<u32>, FxBuildHasher>,
    last: (Vec<u8>, Option<u32>),
    key: Vec<u8>,
}

impl Nest {
    /// What a plan nests; none where that is nothing. Rows may repeat a value by themselves unless the query says otherwise.
    pub(super) fn of(plan: &WholePlan, items: &[ItemPlan], is_repeated: bool) -> Option<Self> {
        let is_repeated = is_repeated && plan.repeats;
        let mut roots = Vec::new();
        for (item, (with, plan_of)) in plan.items.iter().zip(items).enumerate() {
            if let (ItemPlan::Entity(entity), Some(Some(with))) = (plan_of, with) {
                let within = Within::of(Some(with.as_ref()), entity.clone(), is_repeated);
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
            repeats: plan.repeats,
            one_by_one: false,
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

    /// Whether several rows may belong to one value.
    pub(super) fn multiplies(&self) -> bool {
        self.multiplies
    }

    /// Whether all rows have to be read before their values are whole.
    pub(super) fn waits(&self) -> bool {
        self.repeats && !self.one_by_one
    }

    /// Rows are read one by one.
    pub(super) fn one_by_one(&mut self) {
        self.one_by_one = true;
    }

    /// Begins with the rows that come.
    fn begin(&mut self) {
        self.levels.clear();
        self.first.clear();
        self.shared.clear();
        // What came is given, and a further row of it adds nothing.
        self.rows.clear();
        self.last.1 = None;
        for (item, within) in self.roots.clone() {
            let level = self.add(within, None, None, 0);
            self.first.push(level);
            if let Some(level) = self.levels.get_mut(level) {
                level.item = item;
            }
        }
    }

    /// Adds a level, and those of what stands in its rows.
    pub(super) fn add(
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
            is_all: false,
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
        if !self.repeats {
            return Ok(None);
        }
        tell(&self.told, row, &mut self.key)?;
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
        if self.repeats {
            self.rows.insert(self.key.as_slice().into(), number);
            self.last = (self.key.clone(), number);
        }
        let Some(number) = number else { return Ok(()) };
        self.shared.push(0);
        for at in &self.first {
            if let Some(level) = self.levels.get_mut(*at) {
                let offset = level.within.entity.offset;
                level.note(number, |id| row.get(offset + id.index()))?;
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

    /// What stands beside the values of a level, if anything does.
    fn joined_of(&self, at: usize) -> Option<(Rc<Within>, SmallVec<[usize; 4]>)> {
        let level = self.levels.get(at).filter(|level| !level.joined.is_empty())?;
        Some((Rc::clone(&level.within), SmallVec::from_slice(&level.joined)))
    }

    /// Reads what stands beside a value.
    fn beside(&mut self, within: &Within, levels: &[usize], value: usize, row: &dyn Row) -> Result<()> {
        for ((relation, inner), at) in within.joined.iter().zip(levels) {
            let EntityPlan { mapper, offset, .. } = inner.entity;
            with_values((row, offset), mapper, |values| match inner.are_there(values) {
                true => self.read((*at, relation), value, values, row),
                false => Ok(()),
            })?;
        }
        Ok(())
    }

    /// Reads a value into the list of another one, and what stands beside it. Given are the values of its columns.
    pub(super) fn read(
        &mut self,
        (at, relation): (usize, &'static Relation),
        around: usize,
        values: &[ValueRef<'_>],
        row: &dyn Row,
    ) -> Result<()> {
        let outer = self.levels.get(at).and_then(|level| self.levels.get(level.around?.0));
        let root = outer.and_then(|outer| outer.roots.get(around)).copied().unwrap_or(0);
        let Some(level) = self.levels.get_mut(at) else { return Ok(()) };
        let mapper = level.within.entity.mapper;
        let key = if level.within.repeats { key_of(mapper, values)?.map(|key| (around, key)) } else { None };
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
                let Some(lists) = &mut level.lists else { return Err(Factory::missing(mapper)) };
                // Those that nothing is nested in need no numbers.
                let is_around = !level.keys.is_empty() || !level.joined.is_empty();
                lists.read(around, &ValueSource::row(values, mapper), is_around)?;
                if is_around {
                    level.note(root, |id| Ok(values.get(id.index()).copied().unwrap_or(ValueRef::Null)))?;
                }
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

    /// Loads what is to be loaded after the rows so far, which may be all that there are of their class, and nests everything
    /// in them.
    ///
    /// # Errors
    /// As [`again`](Self::again), and what the database says.
    pub(super) fn finish(
        &mut self,
        connection: &EngineConnection,
        is_all: bool,
        root: GiveRoot<'_>,
    ) -> Result<()> {
        for at in &self.first {
            if let Some(level) = self.levels.get_mut(*at) {
                level.is_all = is_all;
            }
        }
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
}
