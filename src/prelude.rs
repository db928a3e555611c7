//! What almost every file that works with objects needs: `use orm::prelude::*;`.

pub use crate::{
    AnyClass, ColumnType, DefaultRegistry, IntoObj, Many, ManySet, Mapped, Obj, One, Session, Table, select,
    with_parent,
};
