//! Derive macros of `orm`; use the crate `orm`.
