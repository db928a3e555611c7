//! `Whose`: finds by its key whose a row is, among the objects that it was read for.

use smallvec::SmallVec;

use super::instance::EntityPlan;
use super::keys::Part;
use super::selectin::Ask;
use crate::declare::ColumnId;
use crate::engine::Row;
use crate::error::Result;
use crate::mapper::Mapper;
use crate::state::key::Key;
use crate::value::{Value, ValueRef};

/// How many rows that belong to nobody are read before it is looked whether they are too many.
const SPARE: usize = 1000;

/// Finds whose the rows of a statement are.
pub(super) struct Whose<'a> {
    ask: &'a Ask,
    part: &'a Part,
    target: &'static Mapper,
    /// Whether objects name the rows by their keys.
    is_own: bool,
    /// The place of the only column of the key, where that is read as it is.
    integer: Option<usize>,
    /// The place of the last row: those of one object mostly come one after another.
    last: Option<usize>,
    /// Whether rows are read that may be nobody's.
    is_whole: bool,
    /// How many rows were somebody's, and nobody's.
    found: (usize, usize),
}

impl<'a> Whose<'a> {
    pub(super) fn new(ask: &'a Ask, part: &'a Part, is_whole: bool) -> Self {
        let target = ask.relation.target();
        let is_own = ask.relation.get_columns().is_some() && !ask.by_parents;
        let integer = match is_own {
            true => target.integer_key().map(ColumnId::index),
            false => ask.integer_place(),
        };
        Whose { ask, part, target, is_own, integer, last: None, is_whole, found: (0, 0) }
    }

    /// Whose a row is, by the place of its key, where that is one integer and is asked for. The values are those of the
    /// target's columns in it.
    #[inline]
    pub(super) fn place(&mut self, row: &dyn Row, values: &[ValueRef<'_>]) -> Result<Option<usize>> {
        let Some(at) = self.integer else { return Ok(None) };
        let value = match values.get(at) {
            Some(value) => *value,
            None => row.get(at)?,
        };
        let ValueRef::Int(key) = value else { return Ok(None) };
        let Some(place) = self.part.place_after(self.last, key) else { return Ok(None) };
        self.last = Some(place);
        self.found.0 += 1;
        Ok(Some(place))
    }

    /// Whose a row is that has no such place: those of all keys that the database takes for that of the row; mostly none.
    #[inline(never)]
    pub(super) fn others(&mut self, row: &dyn Row, values: &[ValueRef<'_>]) -> Result<SmallVec<[usize; 1]>> {
        let key = match self.is_own {
            true => key_of(self.target, values)?,
            false => Some(self.ask.key_of(row, values)?),
        };
        let places = match key {
            None => SmallVec::new(),
            // The database hasn't compared them.
            Some(key) if self.is_whole && is_plain(&key) => self.part.place(&key).into_iter().collect(),
            Some(key) => self.part.find(&key),
        };
        match places.is_empty() {
            true => self.found.1 += 1,
            false => self.found.0 += 1,
        }
        Ok(places)
    }

    /// How many keys there are.
    pub(super) fn keys(&self) -> usize {
        self.part.list.len()
    }

    /// Whether most of all rows so far are nobody's.
    pub(super) fn is_in_vain(&self) -> bool {
        let (found, others) = self.found;
        self.is_whole && others > found.saturating_add(SPARE)
    }

    /// How many rows were somebody's, where all that there are were read.
    pub(super) fn of_all(&self) -> Option<usize> {
        (self.is_whole && !self.is_in_vain()).then_some(self.found.0)
    }
}

/// Whether all of it is integers, or missing.
fn is_plain(key: &Key) -> bool {
    match key {
        Key::Int(_) => true,
        Key::Values(values) => values.iter().all(|value| matches!(value, Value::Int(_) | Value::Null)),
    }
}

/// The key of the values of a class's columns.
pub(super) fn key_of(mapper: &'static Mapper, values: &[ValueRef<'_>]) -> Result<Option<Key>> {
    if let Some(only) = mapper.integer_key()
        && let Some(ValueRef::Int(key)) = values.get(only.index())
    {
        return Ok(Some(Key::Int(*key)));
    }
    EntityPlan::new(mapper, 0).key(values)
}
