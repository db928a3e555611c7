//! Changes of an object, with everything that follows from them.
//!
//! [`assign`] sets columns. A change of a relationship runs through one [`pipeline`], whatever began it; the other
//! files are its steps.

pub(crate) mod assign;
pub(crate) mod attribute_hooks;
pub(crate) mod by_key;
mod carried;
pub(crate) mod cascade;
pub(crate) mod defaults;
pub(crate) mod expire;
mod heard;
pub(crate) mod hooks;
pub(crate) mod initiator;
pub(crate) mod pipeline;
mod reverse;
pub(crate) mod to_many;
mod to_one;
pub(crate) mod validate;
pub(crate) mod withdraw;
pub(crate) mod written;
