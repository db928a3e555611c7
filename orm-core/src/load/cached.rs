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
use super::given::Given;
use super::lower::{self, ItemPlan, ONE};
use super::shape::Shape;
use super::statement::compiled;
use crate::engine::{Compiled, EngineConnection, EngineId};
use crate::error::Result;
use crate::query::parts::QueryParts;
use crate::sql::{Dialect, Param, Tree};
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
    pub(super) items: Rc<[ItemPlan]>,
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
}

enum Bound<'q> {
    Value(ValueRef<'q>),
    List(Value),
}

impl Ready<'_> {
    /// What is given for a placeholder.
    pub(super) fn value(&self, placeholder: usize) -> Option<ValueRef<'_>> {
        let number = *self.cached.order.get(placeholder)?;
        if number == CONSTANT {
            return Some(ValueRef::Int(1));
        }
        match self.given.get(number as usize)? {
            Bound::Value(value) => Some(*value),
            Bound::List(list) => Some(list.as_ref()),
        }
    }
}

/// The statement of a query whose items are read as they are, known or made now; none where it has to be built each time.
///
/// # Errors
/// `query` where it can't be built.
pub(super) fn ready<'q>(
    cx: &dyn LoadPort,
    query: &'q QueryParts,
    connection: &EngineConnection,
    is_plain: bool,
) -> Result<Option<Ready<'q>>> {
    if !connection.engine().keeps_statements() {
        return Ok(None);
    }
    let bytes = STATEMENTS.with(|all| all.try_borrow_mut().map(|mut all| std::mem::take(&mut all.bytes)));
    let mut bytes = bytes.unwrap_or_default();
    bytes.clear();
    let shape = match Shape::of(query, bytes) {
        Ok(shape) => shape,
        Err((_, bytes)) => {
            give_back(bytes);
            return Ok(None);
        }
    };
    let Shape { bytes, given, .. } = shape;
    let found = find_or_make(query, connection, &bytes, &given);
    give_back(bytes);
    let Some(cached) = found? else { return Ok(None) };
    let is_whole = |item: &ItemPlan| match item {
        // Objects leave out columns that their class defers, and plain values have them.
        ItemPlan::Entity(entity) if !entity.mapper.deferred().is_empty() => false,
        ItemPlan::Entity(entity) => is_plain || !(entity.mapper.loads_with() || cx.groups(entity.mapper)),
        ItemPlan::Value(..) => true,
    };
    if !cached.items.iter().all(is_whole) {
        return Ok(None);
    }
    let Some(given) = bound(&given, connection.engine().dialect()) else { return Ok(None) };
    Ok(Some(Ready { cached, given }))
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

/// What is given, as it is bound; none where a list can't be bound as one.
fn bound<'q>(given: &[Given<'q>], dialect: &dyn Dialect) -> Option<SmallVec<[Bound<'q>; 8]>> {
    let mut all = SmallVec::with_capacity(given.len());
    for given in given {
        all.push(match given {
            Given::Value(value) => Bound::Value(value.as_ref()),
            Given::List(list) => {
                let values = list.iter().filter_map(|tree| match tree {
                    Tree::Value(value) => Some(value.as_ref()),
                    _ => None,
                });
                let values: Vec<ValueRef<'_>> = values.collect();
                Bound::List(dialect.write_key_list(0, &values, &mut String::new())?)
            }
        });
    }
    Some(all)
}

fn find_or_make(
    query: &QueryParts,
    connection: &EngineConnection,
    shape: &[u8],
    given: &[Given<'_>],
) -> Result<Option<Rc<Cached>>> {
    let engine = connection.engine().id();
    let mut hasher = FxHasher::default();
    hasher.write(shape);
    let hash = hasher.finish();
    let is = |cached: &Rc<Cached>| cached.hash == hash && cached.engine == engine && *cached.shape == *shape;
    let known = STATEMENTS.with(|all| all.try_borrow_mut().ok().and_then(|mut all| all.find(hash, &is)));
    if known.is_some() {
        return Ok(known);
    }
    if shape.len() > LONGEST {
        return Ok(None);
    }
    // Without the list of the thread: configuring a class may run code of a user's.
    let places: HashMap<usize, usize, FxBuildHasher> =
        given.iter().enumerate().map(|(number, given)| (given.place(), number)).collect();
    count_built();
    let (stmt, lowered) = lower::parametric(query, places)?;
    let (statement, params) = compiled(&stmt, connection)?;
    let number = |param: &Param| match param {
        Param::Given(ONE) => Some(CONSTANT),
        Param::Given(number) => u32::try_from(*number).ok(),
        Param::Value(_) => None, // it would be the same for all
    };
    let Some(order) = params.iter().map(number).collect() else { return Ok(None) };
    let items = lowered.items.into();
    let cached = Rc::new(Cached { engine, shape: shape.into(), hash, statement, order, items });
    STATEMENTS.with(|all| {
        if let Ok(mut all) = all.try_borrow_mut() {
            all.put(Rc::clone(&cached));
        }
    });
    Ok(Some(cached))
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
