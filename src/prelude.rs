//! What almost every file that works with objects needs: `use orm::prelude::*;`.

pub use crate::{
    AnyClass, ColumnType, DefaultRegistry, IntoObj, Many, ManySet, Mapped, Obj, One, Session, Table, aliased,
    all_of, any_of, case, exists, func, select, text, values, window, with_parent,
};
