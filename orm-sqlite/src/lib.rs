//! SQLite behind the driver traits of `orm`; use the crate `orm`.
