//! `Row`: what a row of a query becomes, a type for each thing that can be selected.

use super::row_key::RowKey;
use crate::engine::Row as EngineRow;
use crate::error::{Code, Error, Result};
use crate::state::memory::handle::Handle;
use crate::state::typed::obj::{AnyClass, AnyObj, Live, Obj};
use crate::value::{Typed, Value, ValueRef};

/// A row that is being read, item by item.
pub struct Cells<'c> {
    row: &'c dyn EngineRow,
    items: &'c mut dyn Items,
}

/// How the items of a row are found and made objects.
pub(crate) trait Items {
    /// The place of the next item's value.
    fn value(&mut self) -> Result<usize>;

    /// The object that the next item is, where its row isn't missing.
    fn object(&mut self, row: &dyn EngineRow) -> Result<Option<Handle>>;

    /// Whether there is a further item, and whether it is an object.
    fn next(&self) -> Option<bool>;

    /// What the item before is, for messages.
    fn last(&self) -> String;
}

impl<'c> Cells<'c> {
    pub(crate) fn new(row: &'c dyn EngineRow, items: &'c mut dyn Items) -> Self {
        Cells { row, items }
    }

    /// The value of the next item.
    ///
    /// # Errors
    /// `value` where it is of another type.
    fn value<V: Typed>(&mut self) -> Result<V> {
        let place = self.items.value()?;
        let value = self.row.get(place)?;
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

    fn object(&mut self) -> Result<Option<Handle>> {
        self.items.object(self.row)
    }

    #[cold]
    fn missing(&self, class: &'static str) -> Error {
        Error::new(Code::Value, format!("a row has no `{class}`"))
            .about(class, None)
            .help(format!("select `{class}.optional()`, which gives an `Option`"))
    }
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

    /// Whether a row that came before isn't given again: rows that are one object each are those objects.
    #[doc(hidden)]
    const IS_OBJECT: bool = false;

    /// Reads it.
    ///
    /// # Errors
    /// `value`.
    #[doc(hidden)]
    fn read(cells: &mut Cells<'_>) -> Result<Self>;

    /// Tells it from others.
    #[doc(hidden)]
    fn tell(&self, key: &mut RowKey);
}

/// Where options for loading begin in a query of several things: at each class in it.
#[derive(Clone, Copy, Debug)]
pub struct AnyRoot(());

#[diagnostic::do_not_recommend]
impl<V: Typed> Row for V {
    type First = V;
    type Root = AnyRoot;

    #[inline]
    fn read(cells: &mut Cells<'_>) -> Result<V> {
        cells.value()
    }

    fn tell(&self, key: &mut RowKey) {
        self.with_value(|value| key.value(value));
    }
}

#[diagnostic::do_not_recommend]
impl<E: Live> Row for Obj<E> {
    type First = Self;
    type Root = E;
    const IS_OBJECT: bool = true;

    #[inline]
    fn read(cells: &mut Cells<'_>) -> Result<Self> {
        match cells.object()? {
            Some(object) => Ok(Obj::from_handle(object)),
            None => Err(cells.missing(E::CLASS)),
        }
    }

    fn tell(&self, key: &mut RowKey) {
        key.object(Some(Obj::handle(self)));
    }
}

#[diagnostic::do_not_recommend]
impl<E: Live> Row for Option<Obj<E>> {
    type First = Self;
    type Root = E;
    const IS_OBJECT: bool = true;

    fn read(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(cells.object()?.map(Obj::from_handle))
    }

    fn tell(&self, key: &mut RowKey) {
        key.object(self.as_ref().map(Obj::handle));
    }
}

macro_rules! tuples {
    ($($first:ident $($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$first: Row, $($name: Row),*> Row for ($first, $($name,)*) {
            type First = $first::First;
            type Root = AnyRoot;

            #[inline]
            fn read(cells: &mut Cells<'_>) -> Result<Self> {
                Ok(($first::read(cells)?, $($name::read(cells)?,)*))
            }

            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn tell(&self, key: &mut RowKey) {
                let ($first, $($name,)*) = self;
                $first.tell(key);
                $($name.tell(key);)*
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

impl Row for AnyItem {
    type First = AnyItem;
    type Root = AnyClass;

    fn read(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(match cells.items.next() {
            Some(true) => AnyItem::Object(Row::read(cells)?),
            _ => AnyItem::Value(cells.value()?),
        })
    }

    fn tell(&self, key: &mut RowKey) {
        match self {
            AnyItem::Value(value) => key.value(value.as_ref()),
            AnyItem::Object(object) => object.tell(key),
        }
    }
}

impl Row for AnyRow {
    type First = AnyItem;
    type Root = AnyClass;

    fn read(cells: &mut Cells<'_>) -> Result<Self> {
        let mut row = Vec::new();
        while cells.items.next().is_some() {
            row.push(AnyItem::read(cells)?);
        }
        Ok(AnyRow(row))
    }

    fn tell(&self, key: &mut RowKey) {
        self.0.iter().for_each(|item| item.tell(key));
    }
}
