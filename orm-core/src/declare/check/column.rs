//! Checks of columns: what a foreign key references, and what a database can generate.

use super::Text;
use crate::declare::{Column, ColumnName, ForeignKeyDecl, generates};
use crate::value::{ColumnType, Typed};

/// The column that a foreign key of type `F` references.
#[doc(hidden)]
pub const fn foreign_key<F: References<V>, E, V>(referenced: Column<E, V>) -> ColumnName {
    referenced.column()
}

/// A foreign key of one column, of type `F`, without options.
#[doc(hidden)]
pub const fn foreign_key_of<F: References<V>, E, V>(
    columns: &'static [&'static str],
    referenced: &'static Column<E, V>,
) -> ForeignKeyDecl {
    let ColumnName { table, name, .. } = referenced.name();
    ForeignKeyDecl::new(columns, table, std::slice::from_ref(name))
}

/// The types of a foreign key and of what it references are the same, but for `Option`.
#[diagnostic::on_unimplemented(
    message = "a foreign key of type `{Self}` can't reference a column of type `{V}`",
    label = "this column is a `{V}`",
    note = "give both columns the same type; the foreign key may be an `Option` of it"
)]
#[doc(hidden)]
pub trait References<V> {}

#[diagnostic::do_not_recommend]
impl<V: Typed> References<V> for V {}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> References<V> for Option<V> {}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> References<Option<V>> for V {}

/// A primary key is never `NULL`. For generated code, in constants only.
///
/// # Panics
/// Where its type is an `Option`, which is the compile error.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "evaluated by the compiler, whose error it becomes")]
pub const fn check_key<V: Typed>(name: &str) {
    if V::NULLABLE {
        let text =
            Text::new().s("the primary key `").s(name).s("` is never NULL\nhelp: write `").s(V::NAME).s("`");
        panic!("{}", text.as_str());
    }
}

/// A version is never `NULL`. For generated code, in constants only.
///
/// # Panics
/// Where its type is an `Option`, which is the compile error.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "evaluated by the compiler, whose error it becomes")]
pub const fn check_version<V: Typed>(name: &str) {
    if V::NULLABLE {
        let text =
            Text::new().s("the version `").s(name).s("` is never NULL\nhelp: write `").s(V::NAME).s("`");
        panic!("{}", text.as_str());
    }
}

/// A primary key that says `generated` is an integer. For generated code, in constants only.
///
/// # Panics
/// Where it isn't, which is the compile error.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "evaluated by the compiler, whose error it becomes")]
pub const fn check_generated<V: Typed>(name: &str) {
    if !generates::<V>() {
        let message =
            Text::new().s("`").s(name).s("` is a `").s(V::NAME).s(
                "`, and databases generate integers only\nhelp: remove `generated`, or use an integer type",
            );
        panic!("{}", message.as_str());
    }
}
