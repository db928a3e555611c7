//! Cascades: what comes into a session, leaves it or is deleted with another object, and what becomes of who lost a parent.

mod moved;
mod orphans;
mod parents;
mod renamed;
mod saved;
mod shown;
mod single_parent;
