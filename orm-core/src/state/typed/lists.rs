//! Plain values that are read from rows to be nested in others: lists that wait for what is around them, and the fields
//! that they are given to.

use crate::error::{Code, Error, Result};
use crate::state::typed::obj::{Live, PlainValue};
use crate::state::typed::plain::PlainField;
use crate::state::typed::value_source::ValueSource;

/// Lists of plain values of a class, one for each value that they are to be nested in.
pub(crate) trait PlainLists {
    /// Has so many lists at least.
    fn grow(&mut self, count: usize);

    /// How many values a list has.
    fn length(&self, list: usize) -> usize;

    /// Reads a value into a list, which is made where there are too few. The values have numbers in the order in which they
    /// were read, where they are to be numbered.
    fn read(&mut self, list: usize, source: &ValueSource<'_>, is_numbered: bool) -> Result<()>;

    /// The value of a number.
    fn value(&mut self, number: usize) -> Option<&mut dyn PlainValue>;

    /// Gives a list to the field of the value around it. Says no where that is of another class.
    fn give(&mut self, list: usize, field: &mut dyn PlainField) -> bool;
}

struct Lists<T> {
    lists: Vec<Vec<T>>,
    /// Where the values stand by their numbers: the list, and the place in it.
    places: Vec<(u32, u32)>,
}

/// That many empty lists of values of a class.
pub(crate) fn lists<T: Live>(count: usize) -> Box<dyn PlainLists> {
    let mut lists = Vec::with_capacity(count);
    lists.resize_with(count, Vec::new);
    Box::new(Lists::<T> { lists, places: Vec::new() })
}

impl<T: Live> PlainLists for Lists<T> {
    fn grow(&mut self, count: usize) {
        if self.lists.len() < count {
            self.lists.resize_with(count, Vec::new);
        }
    }

    fn length(&self, list: usize) -> usize {
        self.lists.get(list).map_or(0, Vec::len)
    }

    #[inline]
    fn read(&mut self, list: usize, source: &ValueSource<'_>, is_numbered: bool) -> Result<()> {
        if list >= self.lists.len() {
            self.grow(list + 1);
        }
        let Some(values) = self.lists.get_mut(list) else {
            return Err(Error::new(Code::Internal, "no such list").about(T::CLASS, None));
        };
        if is_numbered {
            let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            self.places.push((number(list), number(values.len())));
        }
        values.push(T::from_source(source)?);
        Ok(())
    }

    fn value(&mut self, number: usize) -> Option<&mut dyn PlainValue> {
        let (list, place) = self.places.get(number)?;
        let value = self.lists.get_mut(*list as usize)?.get_mut(*place as usize)?;
        Some(value)
    }

    fn give(&mut self, list: usize, field: &mut dyn PlainField) -> bool {
        self.lists.get_mut(list).is_some_and(|values| field.nest(values))
    }
}
