//! `ValueSource`: an object while its plain value is made of it, with what is loaded nested in it; or a row. What the value
//! is made by is given to it: it knows no class.

use std::cell::{Cell, RefCell};

use crate::declare::{Column, ColumnId, LinkSlotId, SlotId};
use crate::engine::Row;
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapper, Relation, RelationId};
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::state::typed::named::Named;
use crate::value::{Typed, ValueError, ValueRef};

/// How deep objects are nested in a plain value at most.
pub(crate) const DEPTH: usize = 128;

/// How much of the stack the walk to them may take. Large structs take much of it where nothing is optimized; a thread has
/// 2 MiB unless it is told otherwise.
const STACK: usize = 1 << 20;

/// How many objects a plain value nests at most. One that is reached by several ways is there several times.
pub(crate) const SIZE: usize = 100_000;

/// What makes the plain value of a class.
type FromSource<T> = fn(&ValueSource<'_>) -> Result<T>;

/// Runs `f` with the values of a row's columns from a place on, as many as a class has.
///
/// # Errors
/// Where the row has fewer, and what `f` says.
#[inline]
pub(crate) fn with_values<R>(
    (row, from): (&dyn Row, usize),
    mapper: &'static Mapper,
    f: impl FnOnce(&[ValueRef<'_>]) -> Result<R>,
) -> Result<R> {
    // In place, and hardly larger than it has to be.
    let mut few = [ValueRef::Null; 8];
    let mut many;
    let count = mapper.columns().len();
    let values = match few.get_mut(..count) {
        Some(values) => values,
        None => {
            many = vec![ValueRef::Null; count];
            many.as_mut_slice()
        }
    };
    row.values(from, values)?;
    f(values)
}

/// An object, or a row, while a plain value is made of it, for generated code.
pub struct ValueSource<'a> {
    of: Of<'a>,
    /// What is gathered of the related objects; nothing where only the object's columns are wanted.
    walk: Option<&'a Walk>,
    reached_by: Option<RelationId>,
    /// The relationships that are gathered, where not all are that are loaded.
    named: Option<&'a Named>,
}

/// What a plain value is made of.
#[derive(Clone, Copy)]
enum Of<'a> {
    /// With what its columns are read by, where they are loaded for the value.
    Object(&'a Handle, ReadOptions),
    /// The values of a row, in the order of the columns of a class.
    Row(&'a [ValueRef<'a>], &'static Mapper),
}

/// The walk from an object to what is nested in its plain value.
#[derive(Default)]
struct Walk {
    /// The objects that are being made.
    path: RefCell<Vec<usize>>,
    /// How many were made.
    made: Cell<usize>,
    /// Where on the stack it began.
    start: usize,
}

impl Walk {
    fn make<T>(&self, source: &ValueSource<'_>, from_source: FromSource<T>) -> Result<T> {
        if let Some(handle) = source.handle() {
            self.path.borrow_mut().push(address(handle));
        }
        self.made.set(self.made.get() + 1);
        let value = from_source(source);
        self.path.borrow_mut().pop();
        value
    }
}

/// A place on the stack, about here.
#[inline(never)]
fn stack_address() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

impl ValueSource<'_> {
    /// Makes the plain value of an object by `from_source`: its columns. No relationship is loaded in it.
    #[track_caller]
    pub(crate) fn make<T>(handle: &Handle, from_source: FromSource<T>) -> Result<T> {
        let of = Of::Object(handle, ReadOptions::of_user());
        from_source(&ValueSource { of, walk: None, reached_by: None, named: None })
    }

    /// Makes the plain value of an object by `from_source`, with what is loaded nested in it.
    ///
    /// # Errors
    /// `value` where that is too much, or nests too deep; and those of `from_source`.
    #[track_caller]
    pub(crate) fn make_nested<T>(handle: &Handle, from_source: FromSource<T>) -> Result<T> {
        let walk = Walk { start: stack_address(), ..Walk::default() };
        let of = Of::Object(handle, ReadOptions::of_user());
        walk.make(&ValueSource { of, walk: Some(&walk), reached_by: None, named: None }, from_source)
    }

    /// The same, with what is named nested in it, which is loaded where it isn't.
    ///
    /// # Errors
    /// As [`make_nested`](Self::make_nested), and as reading a relationship.
    #[track_caller]
    pub(crate) fn make_named<T>(handle: &Handle, named: &Named, from_source: FromSource<T>) -> Result<T> {
        named.load(handle)?;
        let walk = Walk { start: stack_address(), ..Walk::default() };
        let (of, walk_of, named) = (Of::Object(handle, ReadOptions::of_user()), Some(&walk), Some(named));
        walk.make(&ValueSource { of, walk: walk_of, reached_by: None, named }, from_source)
    }

    /// The values of a row, in the order of the columns of a class, while a plain value is made of them. No relationship is
    /// loaded in it.
    #[inline]
    pub(crate) fn row<'a>(values: &'a [ValueRef<'a>], mapper: &'static Mapper) -> ValueSource<'a> {
        ValueSource { of: Of::Row(values, mapper), walk: None, reached_by: None, named: None }
    }

    /// Whether a relationship is gathered.
    pub(crate) fn is_nested(&self, relation: usize) -> bool {
        let is_named = |named: &Named| named.beyond(LinkSlotId::at(relation)).is_some();
        self.walk.is_some() && self.handle().is_some() && self.named.is_none_or(is_named)
    }

    /// The value of a column.
    ///
    /// # Errors
    /// `unset`, and whatever loading expired columns says.
    pub fn column<E, V: Typed>(&self, column: Column<E, V>) -> Result<V> {
        let place = column.slot();
        let (handle, options) = match self.of {
            Of::Object(handle, options) => (handle, options),
            Of::Row(values, mapper) => return column_of_row(values, mapper, place),
        };
        let state = handle.read(|columns| columns.at(place).map(AnySlot::state))?;
        let mapper = handle.header().mapper();
        if state == Some(SlotState::Unset)
            && (mapper.db_generated_key() == Some(ColumnId::at(place.index()))
                || mapper.version().is_some_and(|version| version.slot == place && version.next.is_some()))
            && let Some(unset) = V::unset_key()
        {
            return Ok(unset);
        }
        if state == Some(SlotState::Deferred) {
            column::load_all(handle, options)?; // all of them by one statement
        }
        column::get_or_none(handle, column)
    }

    /// The plain values of loaded objects; `None` for the reverse side, and for objects that are being made already.
    pub(crate) fn nested<T>(
        &self,
        relation: usize,
        objects: &[Handle],
        from_source: FromSource<T>,
    ) -> Result<Option<Vec<T>>> {
        let Of::Object(handle, options) = self.of else { return Ok(None) };
        let relation = access::relation(handle, LinkSlotId::at(relation))?;
        let named = self.named.and_then(|named| named.beyond(relation.slot()));
        // A path that is named has an end, wherever it leads.
        let is_back = || relation.inverse().map(Relation::id) == self.reached_by;
        if named.is_none() && self.reached_by.is_some() && is_back() {
            return Ok(None);
        }
        let Some(walk) = self.walk else { return Ok(None) };
        {
            let path = walk.path.borrow();
            if named.is_none() && objects.iter().any(|object| path.contains(&address(object))) {
                return Ok(None);
            }
            if path.len() >= DEPTH || stack_address().abs_diff(walk.start) > STACK {
                return Err(too_deep(relation, path.len()));
            }
        }
        let reached_by = Some(relation.id());
        let make_one = |handle| {
            if walk.made.get() >= SIZE {
                return Err(too_large(relation));
            }
            let of = Of::Object(handle, options);
            walk.make(&ValueSource { of, walk: Some(walk), reached_by, named }, from_source)
        };
        objects.iter().map(make_one).collect::<Result<_>>().map(Some)
    }

    /// The object, where it is made of one.
    pub(crate) fn handle(&self) -> Option<&Handle> {
        match self.of {
            Of::Object(handle, _) => Some(handle),
            Of::Row(..) => None,
        }
    }
}

/// The value of a column in a row. Columns that are declared have the places of their slots.
#[inline]
fn column_of_row<V: Typed>(values: &[ValueRef<'_>], mapper: &'static Mapper, slot: SlotId) -> Result<V> {
    let Some(value) = values.get(slot.index()) else { return Err(no_column(mapper)) };
    match V::from_value(*value) {
        Ok(value) => Ok(value),
        Err(error) => Err(unreadable(mapper, slot, &error)),
    }
}

#[cold]
fn unreadable(mapper: &'static Mapper, slot: SlotId, error: &ValueError) -> Error {
    let Some(column) = mapper.column_in(slot) else { return no_column(mapper) };
    Error::new(
        Code::Value,
        format!("the column `{}.{}` can't be read: {error}", mapper.table().name, column.name()),
    )
    .about(mapper.class(), Some(column.attribute()))
}

#[cold]
fn no_column(mapper: &'static Mapper) -> Error {
    Error::new(Code::Internal, "a class lacks a column").about(mapper.class(), None)
}

#[cold]
pub(crate) fn too_deep(relation: &Relation, depth: usize) -> Error {
    Error::new(Code::Value, format!("the plain value would nest deeper than {depth} objects"))
        .about(relation.class(), Some(relation.name()))
        .help("take the parts one by one")
}

#[cold]
pub(crate) fn too_large(relation: &Relation) -> Error {
    Error::new(Code::Value, format!("the plain value would nest more than {SIZE} objects"))
        .about(relation.class(), Some(relation.name()))
        .help("what several objects lead to is nested in each of them: take the parts one by one")
}
