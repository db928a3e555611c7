//! How relationships are loaded: by their declared strategies, and for many objects at once; which statements run, and how
//! many.

mod batch;
mod cascade;
mod chain;
mod joined;
mod selectin;
