//! Statements of queries that ran before, found by the shapes of the queries: they are neither resolved nor written again.
//!
//! A thread has them for itself, since a query stays on its thread. There is a bound.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use hashbrown::{HashMap, HashTable};
use rustc_hash::{FxBuildHasher, FxHasher};
use smallvec::SmallVec;
use std::hash::Hasher;

use super::LoadPort;
use super::given::{Given, KeyOf, Numbers, OtherValue};
use super::lower::{self, ItemPlan, ONE, column_value};
use super::nested::Nest;
use super::scope::Place;
use super::shape::Shape;
use super::statement::compiled;
use super::whole::{self, RowsAlone, Whole, WholePlan};
use super::within;
use crate::declare::AliasId;
use crate::engine::{Compiled, EngineConnection, EngineId};
use crate::error::Result;
use crate::query::parts::QueryParts;
use crate::sql::{Dialect, Param, SelectStmt, Tree};
use crate::value::{Value, ValueRef};

/// How many there are at most in a thread: when half of them are young, the old ones go.
const MOST: usize = 512;

/// In place of a number: the parameter that is always 1.
const CONSTANT: u32 = u32::MAX;

/// A shape that is longer isn't kept.
const LONGEST: usize = 1 << 14;

/// A statement of a query.
pub(super) struct Cached {
    engine: EngineId,
    shape: Box<[u8]>,
    hash: u64,
    pub(super) statement: Rc<Compiled>,
    /// For each placeholder the number of what is given for it.
    order: SmallVec<[u32; 8]>,
    /// What is bound beside what the query gives, whose numbers it follows.
    found: SmallVec<[OtherValue; 1]>,
    /// The items of a row, as the query that it was built for says without its options.
    items: Rc<[ItemPlan]>,
    rows: RowsAlone,
    /// The sources of that query, and the aliases in it.
    places: Vec<Place>,
    aliases: Vec<AliasId>,
}

#[derive(Default)]
struct Statements {
    young: HashTable<Rc<Cached>>,
    old: HashTable<Rc<Cached>>,
    /// Where shapes are written.
    bytes: Vec<u8>,
}

thread_local! {
    static STATEMENTS: RefCell<Statements> = RefCell::default();
    static BUILT: Cell<u64> = const { Cell::new(0) };
}

/// How many statements of queries this thread has built, for tests of that they aren't built again.
pub fn statements_built() -> u64 {
    BUILT.get()
}

/// A statement of a query is built.
pub(super) fn count_built() {
    BUILT.set(BUILT.get().wrapping_add(1));
}

/// A statement with what is given for its placeholders.
pub(super) struct Ready<'q> {
    pub(super) cached: Rc<Cached>,
    given: SmallVec<[Bound<'q>; 8]>,
    /// The aliases of the query, where an option speaks of what it joins.
    aliases: Vec<AliasId>,
}

enum Bound<'q> {
    Value(ValueRef<'q>),
    Made(Value),
}

/// What the rows of a query are read by: their items, what is loaded with objects, what is nested in plain values.
pub(super) type Reading = (Rc<[ItemPlan]>, Option<Whole>, Option<Nest>);

impl Ready<'_> {
    /// What is given for a placeholder.
    pub(super) fn value(&self, placeholder: usize) -> Option<ValueRef<'_>> {
        let number = *self.cached.order.get(placeholder)?;
        if number == CONSTANT {
            return Some(ValueRef::Int(1));
        }
        match self.given.get(number as usize)? {
            Bound::Value(value) => Some(*value),
            Bound::Made(value) => Some(value.as_ref()),
        }
    }

    /// What the rows are read by.
    ///
    /// # Errors
    /// `query` where the options don't fit.
    pub(super) fn reading(&self, cx: &dyn LoadPort, query: &QueryParts, is_plain: bool) -> Result<Reading> {
        let Cached { rows, items, .. } = &*self.cached;
        let mut items = Rc::clone(items);
        if is_plain && query.options.is_empty() {
            return Ok((items, None, None));
        }
        let places = self.places();
        if !is_plain {
            let whole = Whole::of_rows(cx, *rows, query, (&mut items, &places))?;
            return Ok((items, whole, None));
        }
        let mut own = items.to_vec();
        let plan = WholePlan::of_rows(*rows, query, (&mut own, &places), (true, None))?;
        let nest = Nest::of(&plan, &own, !query.is_whole_table());
        Ok((own.into(), None, nest))
    }

    /// The sources of the query, where an option speaks of what it joins: as they are called in this one.
    fn places(&self) -> Vec<Place> {
        let Cached { places, aliases, .. } = &*self.cached;
        let known: HashMap<AliasId, AliasId, FxBuildHasher> =
            aliases.iter().copied().zip(self.aliases.iter().copied()).collect();
        places
            .iter()
            .map(|place| place.with_alias(|alias| known.get(&alias).copied().unwrap_or(alias)))
            .collect()
    }
}

/// The statement of a query, known or made now; none where it has to be built each time. Keys of objects in it are read now.
///
/// # Errors
/// `query` where it can't be built, and those of reading keys.
pub(super) fn ready<'q>(
    query: &'q QueryParts,
    connection: &'q EngineConnection,
    is_plain: bool,
) -> Result<Option<Ready<'q>>> {
    if !connection.engine().keeps_statements() {
        return Ok(None);
    }
    let bytes = STATEMENTS.with(|all| all.try_borrow_mut().map(|mut all| std::mem::take(&mut all.bytes)));
    let mut bytes = bytes.unwrap_or_default();
    bytes.clear();
    // Plain values have other columns than objects.
    bytes.extend([u8::from(is_plain), u8::from(query.running.like_sqlalchemy)]);
    let dialect = connection.engine().dialect();
    let shape = match Shape::of(query, dialect, bytes) {
        Ok(shape) => shape,
        Err((_, bytes)) => {
            give_back(bytes);
            return Ok(None);
        }
    };
    let found = find_or_make(query, connection, &shape, is_plain);
    let aliases = if shape.is_of_joins { shape.aliases() } else { Vec::new() };
    let Shape { bytes, given, .. } = shape;
    give_back(bytes);
    let Some(cached) = found? else { return Ok(None) };
    let Some(given) = bound(given, &cached.found, dialect)? else { return Ok(None) };
    Ok(Some(Ready { cached, given, aliases }))
}

fn give_back(bytes: Vec<u8>) {
    let _ = STATEMENTS.try_with(|all| {
        if let Ok(mut all) = all.try_borrow_mut()
            && bytes.capacity() <= LONGEST
        {
            all.bytes = bytes;
        }
    });
}

/// What is given, as it is bound; none where a list can't be bound as one, or the statement is another one for a key.
fn bound<'q>(
    given: SmallVec<[Given<'q>; 8]>,
    found: &[OtherValue],
    dialect: &dyn Dialect,
) -> Result<Option<SmallVec<[Bound<'q>; 8]>>> {
    let mut all = SmallVec::with_capacity(given.len() + found.len());
    let mut read: SmallVec<[Value; 1]> = SmallVec::new();
    for found in found {
        let KeyOf { object, column, is_null } = match found {
            OtherValue::Key(key) => key,
            OtherValue::Constant(value) => {
                read.push(value.clone());
                continue;
            }
        };
        let Some(Given::Object(object)) = given.get(*object) else { return Ok(None) };
        let value = column_value(object, *column)?;
        if value.is_null() != *is_null {
            return Ok(None);
        }
        read.push(value);
    }
    for given in given {
        all.push(match given {
            Given::Value(value) => Bound::Value(value.as_ref()),
            Given::Made(value) => Bound::Made(value),
            Given::Search(..) | Given::Object(_) => Bound::Value(ValueRef::Null), // no placeholder is it
            Given::List(list) => {
                let values = list.iter().filter_map(|tree| match tree {
                    Tree::Value(value) => Some(value.as_ref()),
                    _ => None,
                });
                let values: Vec<ValueRef<'_>> = values.collect();
                match dialect.write_key_list(0, &values, &mut String::new()) {
                    Some(list) => Bound::Made(list),
                    None => return Ok(None),
                }
            }
        });
    }
    all.extend(read.into_iter().map(Bound::Made));
    Ok(Some(all))
}

fn find_or_make(
    query: &QueryParts,
    connection: &EngineConnection,
    shape: &Shape<'_>,
    is_plain: bool,
) -> Result<Option<Rc<Cached>>> {
    let engine = connection.engine().id();
    let mut hasher = FxHasher::default();
    hasher.write(&shape.bytes);
    let hash = hasher.finish();
    let is =
        |cached: &Rc<Cached>| cached.hash == hash && cached.engine == engine && *cached.shape == *shape.bytes;
    let known = STATEMENTS.with(|all| all.try_borrow_mut().ok().and_then(|mut all| all.find(hash, &is)));
    if known.is_some() {
        return Ok(known);
    }
    if shape.bytes.len() > LONGEST {
        return Ok(None);
    }
    // Without the list of the thread: configuring a class may run code of a user's.
    count_built();
    let numbers = Rc::new(Numbers::of(&shape.given, connection.engine().dialect()));
    let (stmt, mut lowered) = lower::parametric(query, &numbers)?;
    let (rows, items) = (RowsAlone::of(&stmt), lowered.items.as_slice().into());
    let stmt = with_joined(stmt, query, &mut lowered, is_plain, &numbers)?;
    let (statement, params) = compiled(&stmt, connection)?;
    let number = |param: &Param| match param {
        Param::Given(ONE) => Some(CONSTANT),
        Param::Given(number) => u32::try_from(*number).ok(),
        Param::Value(_) => None, // it would be the same for all
    };
    let Some(order) = params.iter().map(number).collect() else { return Ok(None) };
    let cached = Rc::new(Cached {
        engine,
        shape: shape.bytes.as_slice().into(),
        hash,
        statement,
        order,
        found: numbers.found(),
        items,
        rows,
        places: if shape.is_of_joins { lowered.places } else { Vec::new() },
        aliases: if shape.is_of_joins { shape.aliases() } else { Vec::new() },
    });
    STATEMENTS.with(|all| {
        if let Ok(mut all) = all.try_borrow_mut() {
            all.put(Rc::clone(&cached));
        }
    });
    Ok(Some(cached))
}

/// The statement of a query whose values are parameters, with what is joined to its objects, or to its plain values.
///
/// # Errors
/// `query` where options don't fit.
fn with_joined(
    mut stmt: SelectStmt,
    query: &QueryParts,
    lowered: &mut lower::Lowered,
    is_plain: bool,
    numbers: &Rc<Numbers>,
) -> Result<SelectStmt> {
    if is_plain && query.options.is_empty() {
        return Ok(stmt);
    }
    let is_any = |item: &ItemPlan| match item {
        ItemPlan::Entity(entity) => entity.mapper.loads_with(),
        ItemPlan::Value(..) => false,
    };
    if is_plain {
        within::check(&query.options)?;
    } else if query.options.is_empty() && query.criteria.is_empty() && !lowered.items.iter().any(is_any) {
        whole::leave_out_deferred(&lowered.items, &mut stmt);
        return Ok(stmt);
    }
    WholePlan::of(stmt, query, lowered, (is_plain, None), Some(numbers)).map(|(stmt, _)| stmt)
}

impl Statements {
    fn find(&mut self, hash: u64, is: &dyn Fn(&Rc<Cached>) -> bool) -> Option<Rc<Cached>> {
        if let Some(found) = self.young.find(hash, is) {
            return Some(Rc::clone(found));
        }
        let (found, _) = self.old.find_entry(hash, is).ok()?.remove();
        self.put(Rc::clone(&found));
        Some(found)
    }

    fn put(&mut self, cached: Rc<Cached>) {
        if self.young.len() >= MOST / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert_unique(cached.hash, cached, |cached| cached.hash);
    }
}
