//! `Gathered`: what the rows of a statement lead to, for each key that it is asked for.

use smallvec::SmallVec;

use super::loading::Loading;
use super::plan::EachRow;
use super::whose::Whose;
use crate::engine::{Flow, Row};
use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::value::ValueRef;

/// How long most collections are at most: for so many items the list that they are loaded into doesn't grow.
pub(super) const SHORT: usize = 8;

/// What the rows of a statement lead to, for each key that it is asked for.
pub(super) struct Gathered<'a> {
    whose: Whose<'a>,
    /// What was found, as its rows came, and for the key at which place.
    objects: Vec<Handle>,
    places: Vec<usize>,
    /// Whether the places came in their order.
    is_sorted: bool,
    /// For the key at which place the row is that is being read, where that is one.
    row: Option<usize>,
    /// For which keys it is else.
    others: SmallVec<[usize; 1]>,
    /// Whether no condition leaves out any of them.
    is_all: bool,
}

/// A list of objects for each of several keys.
pub(super) struct Lists {
    objects: Vec<Handle>,
    /// Where each list ends.
    ends: Vec<usize>,
}

impl<'a> Gathered<'a> {
    pub(super) fn new(whose: Whose<'a>, is_all: bool) -> Self {
        let (objects, places, others) = (Vec::new(), Vec::new(), SmallVec::new());
        Gathered { whose, objects, places, is_sorted: true, row: None, others, is_all }
    }

    /// What was found; none where most rows are nobody's, so that not all were read.
    pub(super) fn lists(self) -> Option<Lists> {
        if self.whose.is_in_vain() {
            return None;
        }
        let Gathered { whose, mut objects, mut places, .. } = self;
        if !self.is_sorted {
            let mut all: Vec<(usize, Handle)> = places.into_iter().zip(objects).collect();
            all.sort_by_key(|(place, _)| *place);
            all.dedup(); // a row's object again
            (places, objects) = all.into_iter().unzip();
        }
        let mut ends = Vec::with_capacity(whose.keys());
        let mut at = 0;
        for place in 0..whose.keys() {
            at += places.iter().skip(at).take_while(|of| **of == place).count();
            ends.push(at);
        }
        Some(Lists { objects, ends })
    }

    /// Adds what a row has for a key, which may be that of the row before again.
    #[inline]
    fn put(&mut self, place: usize, object: Handle) {
        if let Some(last) = self.places.last() {
            if *last == place && self.objects.last() == Some(&object) {
                return;
            }
            self.is_sorted &= *last <= place;
        }
        self.places.push(place);
        self.objects.push(object);
    }
}

impl Lists {
    /// The list for one key.
    pub(super) fn of_one(objects: Vec<Handle>) -> Self {
        Lists { ends: vec![objects.len()], objects }
    }

    /// The lists in the order of the keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[Handle]> {
        let mut from = 0;
        self.ends.iter().map(move |end| {
            let list = self.objects.get(from..*end).unwrap_or_default();
            from = *end;
            list
        })
    }
}

impl EachRow for Gathered<'_> {
    #[inline]
    fn wants(&mut self, row: &dyn Row, values: &[ValueRef<'_>]) -> Result<bool> {
        self.row = self.whose.place(row, values)?;
        if self.row.is_none() {
            self.others = self.whose.others(row, values)?;
            return Ok(!self.others.is_empty());
        }
        Ok(true)
    }

    fn without(&mut self) -> Flow {
        if self.whose.is_in_vain() { Flow::Break(()) } else { Flow::Continue(()) }
    }

    #[inline]
    fn object(&mut self, _: &dyn Row, object: Handle, _: Option<&mut Loading>) -> Result<Flow> {
        match self.row {
            Some(place) => self.put(place, object),
            None => {
                std::mem::take(&mut self.others).into_iter().for_each(|place| self.put(place, object.clone()))
            }
        }
        Ok(Flow::Continue(()))
    }

    fn of_all(&self) -> Option<usize> {
        self.whose.of_all().filter(|_| self.is_all)
    }
}

/// Adds what a row has, which may be that of the row before again.
#[inline]
pub(super) fn put(found: &mut Vec<Handle>, object: Handle) {
    if found.is_empty() {
        found.reserve(SHORT);
    }
    if found.last() != Some(&object) {
        found.push(object);
    }
}
