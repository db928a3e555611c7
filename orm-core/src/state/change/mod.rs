//! Changes of an object, with everything that follows from them.
//!
//! A change of a relationship runs through one pipeline, whatever began it: the class is checked; cascades reach the
//! session; the reverse side is changed too; the old value is kept; the mark of the parent is set; the slot gets its
//! new content. [`to_one`] and [`to_many`] are that pipeline for one object and for a collection.

pub(crate) mod assign;
pub(crate) mod cascade;
pub(crate) mod defaults;
pub(crate) mod expire;
pub(crate) mod initiator;
pub(crate) mod reverse;
pub(crate) mod to_many;
pub(crate) mod to_one;
