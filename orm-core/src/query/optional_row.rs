//! `OptionalRow`: what of a row may be missing, and is an `Option` there.

use super::row::{Cells, Row, is_item};
use crate::error::Result;
use crate::state::typed::obj::{Live, Obj, PlainOf, PlainValue};
use crate::value::ColumnType;

/// What of a row may be missing, and is an `Option` there: a value, an object, or a composite.
#[diagnostic::on_unimplemented(
    message = "`Option<{Self}>` is no row of a query",
    label = "expected an object, a value, or a tuple of them"
)]
pub trait OptionalRow: Row {
    /// Reads it.
    ///
    /// # Errors
    /// `value`.
    #[doc(hidden)]
    fn read_optional(cells: &mut Cells<'_>) -> Result<Option<Self>>;

    /// Reads it without objects.
    ///
    /// # Errors
    /// `value`.
    #[doc(hidden)]
    fn plain_optional(cells: &mut Cells<'_>) -> Result<Option<Self::Plain>>;

    /// As [`Row::plain_item`].
    #[doc(hidden)]
    fn optional_item<'p>(
        plain: &'p mut Option<Self::Plain>,
        item: &mut usize,
    ) -> Option<&'p mut dyn PlainValue>;
}

#[diagnostic::do_not_recommend]
impl<R: OptionalRow> Row for Option<R> {
    type First = Self;
    type Root = R::Root;
    type Plain = Option<R::Plain>;
    const IS_OBJECT: bool = R::IS_OBJECT;

    #[inline]
    fn read(cells: &mut Cells<'_>) -> Result<Self> {
        R::read_optional(cells)
    }

    #[inline]
    fn plain(cells: &mut Cells<'_>) -> Result<Self::Plain> {
        R::plain_optional(cells)
    }

    fn plain_item<'p>(plain: &'p mut Self::Plain, item: &mut usize) -> Option<&'p mut dyn PlainValue> {
        R::optional_item(plain, item)
    }
}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> OptionalRow for V {
    #[inline]
    fn read_optional(cells: &mut Cells<'_>) -> Result<Option<V>> {
        cells.value()
    }

    #[inline]
    fn plain_optional(cells: &mut Cells<'_>) -> Result<Option<V>> {
        cells.value()
    }

    fn optional_item<'p>(_: &'p mut Option<V>, item: &mut usize) -> Option<&'p mut dyn PlainValue> {
        is_item(item);
        None
    }
}

#[diagnostic::do_not_recommend]
impl<E: Live> OptionalRow for Obj<E> {
    fn read_optional(cells: &mut Cells<'_>) -> Result<Option<Self>> {
        Ok(cells.object()?.map(Obj::from_handle))
    }

    fn plain_optional(cells: &mut Cells<'_>) -> Result<Option<E::Plain>> {
        cells.plain::<E>()
    }

    fn optional_item<'p>(
        plain: &'p mut Option<E::Plain>,
        item: &mut usize,
    ) -> Option<&'p mut dyn PlainValue> {
        if is_item(item) { plain.as_mut().map(PlainOf::fields) } else { None }
    }
}
