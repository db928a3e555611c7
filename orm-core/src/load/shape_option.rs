//! What a query says of the loading of its objects, in its shape.

use super::options::DEPTH;
use super::shape::{NoShape, Shape, Written};
use crate::declare::SlotId;
use crate::query::option::{ColumnsOption, How, LoadOption, RelationOption, Unloaded, What};

impl<'q> Shape<'q> {
    /// Options that begin at an object, nested so deep.
    pub(super) fn options(&mut self, options: &'q [LoadOption], depth: usize) -> Written {
        if depth > DEPTH {
            return Err(NoShape); // which is a mistake of the query
        }
        self.number(options.len());
        for LoadOption { class, alias, what } in options {
            match class {
                Some(class) => self.class(*class),
                None => self.byte(0),
            }
            self.alias(*alias);
            match what {
                What::Relation(said) => {
                    self.byte(1);
                    self.relation_option(said, depth)?;
                }
                What::AllRelations(how) => {
                    self.byte(2);
                    self.how(*how);
                }
                What::Columns(said) => {
                    self.byte(3);
                    self.columns(said);
                }
            }
        }
        Ok(())
    }

    fn relation_option(&mut self, said: &'q RelationOption, times: usize) -> Written {
        let RelationOption { relation, how, inner, depth, criteria, to, then } = said;
        self.relation(*relation);
        self.how(*how);
        self.byte(inner.map_or(0, |inner| inner as u8 + 1));
        self.number(depth.map_or(0, |depth| usize::from(depth) + 1));
        self.maybe(criteria.as_deref(), Self::tree)?;
        self.alias(*to);
        self.options(then, times + 1)
    }

    fn how(&mut self, how: How) {
        match how {
            How::By(lazy) => {
                self.byte(1);
                self.byte(lazy as u8);
            }
            How::FromQuery => {
                self.byte(2);
                self.is_of_joins = true;
            }
            How::AsDeclared => self.byte(3),
        }
    }

    fn columns(&mut self, said: &'q ColumnsOption) {
        match said {
            ColumnsOption::Only(slots, unloaded) => self.slots(1, slots, Some(*unloaded)),
            ColumnsOption::Defer(slots, unloaded) => self.slots(2, slots, Some(*unloaded)),
            ColumnsOption::Undefer(slots) => self.slots(3, slots, None),
            ColumnsOption::UndeferGroup(name) => {
                self.byte(4);
                self.text(name);
            }
            ColumnsOption::DeferAll(unloaded) => self.slots(5, &[], Some(*unloaded)),
            ColumnsOption::UndeferAll => self.byte(6),
        }
    }

    fn slots(&mut self, kind: u8, slots: &[SlotId], unloaded: Option<Unloaded>) {
        self.byte(kind);
        self.byte(match unloaded {
            None => 0,
            Some(Unloaded::Loads) => 1,
            Some(Unloaded::Raises) => 2,
        });
        self.number(slots.len());
        slots.iter().for_each(|slot| self.number(slot.index()));
    }
}
