//! What is known of an object: its columns and relationships, what they were before they were changed, its parents,
//! and what is asked of the session.

pub(crate) mod answer;
pub(crate) mod changed;
pub(crate) mod column;
pub(crate) mod history;
pub(crate) mod keyed;
pub(crate) mod large;
pub(crate) mod lifecycle;
pub(crate) mod orphan;
pub(crate) mod parent;
pub(crate) mod port;
pub(crate) mod positions;
pub(crate) mod raise;
pub(crate) mod reach;
pub(crate) mod related;
pub(crate) mod was;
