//! `Row`: what a row of a query becomes, a type for each thing that can be selected.

use std::rc::Rc;

use super::row_key::RowKey;
use crate::declare::ColumnId;
use crate::engine::Row as EngineRow;
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::sql::Name;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::typed::obj::PlainValue;
use crate::state::typed::obj::{AnyClass, AnyObj, Live, Obj, PlainOf};
use crate::state::typed::value_source::{ValueSource, with_values};
use crate::value::{ColumnType, Typed, Value, ValueRef};

/// A row that is being read, item by item.
pub struct Cells<'c> {
    row: &'c dyn EngineRow,
    items: &'c mut dyn Items,
    /// What tells the row from others, where that is asked for.
    key: Option<&'c mut RowKey>,
}

/// The names of the items of a row, one for each that has one.
pub(crate) type Names = Rc<[Option<Name>]>;

/// How the items of a row are found and made objects.
pub(crate) trait Items {
    /// The place of the next item's value.
    fn value(&mut self) -> Result<usize>;

    /// The object that the next item is, where its row isn't missing.
    fn object(&mut self, row: &dyn EngineRow) -> Result<Option<Handle>>;

    /// The class that the next item is an object of, and its key, where its row isn't missing. It stays the next one.
    fn key(&mut self, row: &dyn EngineRow) -> Result<(&'static Mapper, Option<Key>)>;

    /// The class that the next item is an object of, and the place of its first column.
    fn entity(&mut self) -> Result<(&'static Mapper, usize)>;

    /// Whether there is a further item, and whether it is an object.
    fn next(&self) -> Option<bool>;

    /// The names of the items, one for each: that of a value, if it has one, or of an object's class.
    fn names(&mut self) -> Names;

    /// What the item before is, for messages.
    fn last(&self) -> String;
}

impl<'c> Cells<'c> {
    pub(crate) fn new(row: &'c dyn EngineRow, items: &'c mut dyn Items, key: Option<&'c mut RowKey>) -> Self {
        Cells { row, items, key }
    }

    /// What tells what was read of the row from others; nothing where that isn't asked for.
    pub(crate) fn key(&self) -> &[u8] {
        self.key.as_deref().map_or(&[], RowKey::bytes)
    }

    /// The names of the items.
    pub(super) fn names(&mut self) -> Names {
        self.items.names()
    }

    /// Whether there is a further item.
    pub(super) fn has_next(&self) -> bool {
        self.items.next().is_some()
    }

    /// The value of the next item.
    ///
    /// # Errors
    /// `value` where it is of another type.
    pub(crate) fn value<V: Typed>(&mut self) -> Result<V> {
        let place = self.items.value()?;
        let value = self.row.get(place)?;
        if let Some(key) = &mut self.key {
            key.value(value);
        }
        V::from_value(value).map_err(|error| self.wrong(value, V::NULLABLE, &error.to_string()))
    }

    #[cold]
    fn wrong(&self, value: ValueRef<'_>, nullable: bool, error: &str) -> Error {
        let item = self.items.last();
        let error = Error::new(Code::Value, format!("{item}: {error}"));
        if value.is_null() && !nullable {
            return error.help("ask for it by `.optional()`, which gives an `Option`");
        }
        error
    }

    /// What the item is that was read last, for messages.
    pub(crate) fn last(&self) -> String {
        self.items.last()
    }

    pub(super) fn object(&mut self) -> Result<Option<Handle>> {
        let object = self.items.object(self.row)?;
        if let Some(key) = &mut self.key {
            key.object(object.as_ref());
        }
        Ok(object)
    }

    /// The plain value of the next item, which is an object.
    pub(super) fn plain<E: Live>(&mut self) -> Result<Option<E::Plain>> {
        if let Some(key) = &mut self.key {
            let (mapper, found) = self.items.key(self.row)?;
            key.entity(mapper, found.as_ref());
        }
        let (mapper, place) = self.items.entity()?;
        with_values((self.row, place), mapper, |values| match is_missing(mapper, values) {
            true => Ok(None),
            false => E::Plain::read(&ValueSource::row(values, mapper)).map(Some),
        })
    }

    /// The same where its row can't be missing. A value that is handed on as it is made is copied less often.
    #[inline]
    fn plain_there<E: Live>(&mut self) -> Result<E::Plain> {
        if self.key.is_some() {
            return self.plain::<E>()?.ok_or_else(|| self.missing(E::CLASS));
        }
        let (mapper, place) = self.items.entity()?;
        with_values((self.row, place), mapper, |values| match is_missing(mapper, values) {
            true => Err(self.missing(E::CLASS)),
            false => E::Plain::read(&ValueSource::row(values, mapper)),
        })
    }

    #[cold]
    fn missing(&self, class: &'static str) -> Error {
        Error::new(Code::Value, format!("a row has no `{class}`"))
            .about(class, None)
            .help(format!("select `{class}.optional()`, which gives an `Option`"))
    }
}

/// Whether a row has no object of a class, whose values these would be.
#[inline]
fn is_missing(mapper: &Mapper, values: &[ValueRef<'_>]) -> bool {
    let is_null = |id: &ColumnId| values.get(id.index()).is_none_or(|value| value.is_null());
    mapper.primary_key().iter().any(is_null)
}

/// What a row of a query becomes: an object, a value, an `Option` of one, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row of a query",
    label = "expected an object, a value, or a tuple of them"
)]
pub trait Row: Sized {
    /// The first item.
    type First: Row;
    /// The class that options for loading begin at.
    type Root;
    /// The same with plain values in place of objects.
    type Plain;

    /// Whether a row that came before isn't given again: rows that are one object each are those objects.
    #[doc(hidden)]
    const IS_OBJECT: bool = false;

    /// Whether its items are known only when the program runs.
    #[doc(hidden)]
    const IS_ANY: bool = false;

    /// Reads it.
    ///
    /// # Errors
    /// `value`.
    #[doc(hidden)]
    fn read(cells: &mut Cells<'_>) -> Result<Self>;

    /// Reads it without objects.
    ///
    /// # Errors
    /// `value`.
    #[doc(hidden)]
    fn plain(cells: &mut Cells<'_>) -> Result<Self::Plain>;

    /// The plain value of an object among the items, by the number of the item, which is counted down.
    #[doc(hidden)]
    fn plain_item<'p>(plain: &'p mut Self::Plain, item: &mut usize) -> Option<&'p mut dyn PlainValue>;
}

/// Whether an item is the one that was asked for. It is counted.
pub(super) fn is_item(item: &mut usize) -> bool {
    let is_it = *item == 0;
    *item = item.wrapping_sub(1);
    is_it
}

/// Where options for loading begin in a query of several things: at each class in it.
#[derive(Clone, Copy, Debug)]
pub struct AnyRoot(());

#[diagnostic::do_not_recommend]
impl<V: ColumnType> Row for V {
    type First = V;
    type Root = AnyRoot;
    type Plain = V;

    #[inline]
    fn read(cells: &mut Cells<'_>) -> Result<V> {
        cells.value()
    }

    #[inline]
    fn plain(cells: &mut Cells<'_>) -> Result<V> {
        cells.value()
    }

    fn plain_item<'p>(_: &'p mut V, item: &mut usize) -> Option<&'p mut dyn PlainValue> {
        is_item(item);
        None
    }
}

#[diagnostic::do_not_recommend]
impl<E: Live> Row for Obj<E> {
    type First = Self;
    type Root = E;
    type Plain = E::Plain;
    const IS_OBJECT: bool = true;

    #[inline]
    fn read(cells: &mut Cells<'_>) -> Result<Self> {
        match cells.object()? {
            Some(object) => Ok(Obj::from_handle(object)),
            None => Err(cells.missing(E::CLASS)),
        }
    }

    fn plain(cells: &mut Cells<'_>) -> Result<E::Plain> {
        cells.plain_there::<E>()
    }

    fn plain_item<'p>(plain: &'p mut E::Plain, item: &mut usize) -> Option<&'p mut dyn PlainValue> {
        if is_item(item) { Some(plain.fields()) } else { None }
    }
}

macro_rules! tuples {
    ($($first:ident $($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$first: Row, $($name: Row),*> Row for ($first, $($name,)*) {
            type First = $first::First;
            type Root = AnyRoot;
            type Plain = ($first::Plain, $($name::Plain,)*);

            #[inline]
            fn read(cells: &mut Cells<'_>) -> Result<Self> {
                Ok(($first::read(cells)?, $($name::read(cells)?,)*))
            }

            #[inline]
            fn plain(cells: &mut Cells<'_>) -> Result<Self::Plain> {
                Ok(($first::plain(cells)?, $($name::plain(cells)?,)*))
            }

            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn plain_item<'p>(
                ($first, $($name,)*): &'p mut Self::Plain,
                item: &mut usize,
            ) -> Option<&'p mut dyn PlainValue> {
                let found = $first::plain_item($first, item);
                $(let found = match found {
                    Some(found) => Some(found),
                    None => $name::plain_item($name, item),
                };)*
                found
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}

/// An item of a row whose types are known only when the program runs.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyItem {
    /// A value.
    Value(Value),
    /// An object; none where its row is missing.
    Object(Option<AnyObj>),
}

/// A row whose items are known only when the program runs.
#[derive(Clone, Debug, PartialEq)]
pub struct AnyRow(pub Vec<AnyItem>);

/// It has no plain value: an object of a class that isn't named has none.
impl Row for AnyItem {
    type First = AnyItem;
    type Root = AnyClass;
    type Plain = AnyItem;
    const IS_ANY: bool = true;

    fn read(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(match cells.items.next() {
            Some(true) => AnyItem::Object(Row::read(cells)?),
            _ => AnyItem::Value(cells.value()?),
        })
    }

    fn plain(cells: &mut Cells<'_>) -> Result<Self> {
        Self::read(cells)
    }

    fn plain_item<'p>(_: &'p mut Self, _: &mut usize) -> Option<&'p mut dyn PlainValue> {
        None
    }
}

impl Row for AnyRow {
    type First = AnyItem;
    type Root = AnyClass;
    type Plain = AnyRow;
    const IS_ANY: bool = true;

    fn read(cells: &mut Cells<'_>) -> Result<Self> {
        let mut row = Vec::new();
        while cells.items.next().is_some() {
            row.push(AnyItem::read(cells)?);
        }
        Ok(AnyRow(row))
    }

    fn plain(cells: &mut Cells<'_>) -> Result<Self> {
        Self::read(cells)
    }

    fn plain_item<'p>(_: &'p mut Self, _: &mut usize) -> Option<&'p mut dyn PlainValue> {
        None
    }
}

/// A struct that is made of a row: made by `#[derive(FromRow)]`, of the items in the order of its fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` isn't made of rows",
    label = "add `#[derive(FromRow)]` to `{Self}`"
)]
pub trait FromRow {
    /// The row: the tuple of the fields' types. Of a single field it is that field's type, as a row of one item is that
    /// item.
    type Row;

    /// Makes it.
    #[doc(hidden)]
    fn from_row(row: Self::Row) -> Self;
}
