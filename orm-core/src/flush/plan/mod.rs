//! The plan of a flush: its steps in their order. A pure function of values: nothing here knows an object or runs
//! SQL.
//!
//! [`Order::of`] orders classes as wholes by the relationships between them. Where classes stand in a circle (a
//! class that refers to itself, mostly), [`Order::circles`] says whose links have to be known, and
//! [`Order::finish`] takes the steps of the circle apart into steps of single objects. So it is with all classes where a
//! deletion has to go before an insertion: [`Order::apart`] and [`Order::deleting_first`].

mod action;
mod apart;
mod graph;
mod ids;
mod input;
mod known;
mod order;
mod rank;
mod steps;
#[cfg(test)]
mod tests;

pub(crate) use ids::ItemId;
pub(super) use ids::{ClassPlace, RelationPlace, Verb};
pub(super) use input::{
    ClassItems, ClassShape, Conflict, Items, Key, Links, RelationShape, Shape, Target, Wanted,
};
pub(super) use order::Order;
pub(super) use steps::{Plan, Step, Stuck, Task};
