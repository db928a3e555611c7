//! `Column`: the typed descriptor of a column. What is made of it stands in the layer of queries.

use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use super::{AliasId, MakeExpression, SlotId};
use crate::sql::ColumnRef;

/// A column of a table by name, as declarations write it.
#[derive(Clone, Copy, Debug)]
pub struct ColumnName {
    /// The table's name.
    pub table: &'static str,
    /// The column's name in the database.
    pub name: &'static str,
    /// Makes the expression that it stands for, where the table has no such column.
    expression: Option<MakeExpression>,
}

/// A name means one thing, so what it stands for needn't be compared.
impl PartialEq for ColumnName {
    fn eq(&self, other: &Self) -> bool {
        (self.table, self.name) == (other.table, other.name)
    }
}

impl Eq for ColumnName {}

impl Hash for ColumnName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.table, self.name).hash(state);
    }
}

impl ColumnName {
    /// A column of a table.
    pub const fn new(table: &'static str, name: &'static str) -> Self {
        ColumnName { table, name, expression: None }
    }

    /// What stands for an expression in the rows of a table that has no such column.
    pub(crate) const fn expressed(self, expression: Option<MakeExpression>) -> Self {
        ColumnName { expression, ..self }
    }

    /// What makes the expression that it stands for, where the table has no such column.
    #[inline]
    pub(crate) const fn expression(self) -> Option<MakeExpression> {
        self.expression
    }

    /// As a statement names it.
    pub fn column_ref(self) -> ColumnRef {
        ColumnRef::new(self.table, self.name)
    }
}

/// A typed column: `User::name` is a `Column<User, String>`.
///
/// Comparing it gives conditions for [`filter`](crate::Select::filter) and join conditions.
pub struct Column<E, V> {
    column: ColumnName,
    attribute: &'static str,
    index: u16,
    alias: AliasId,
    types: PhantomData<fn() -> (E, V)>,
}

impl<E, V> Column<E, V> {
    /// The column at a place among those of its class. For generated code.
    #[doc(hidden)]
    pub const fn new(table: &'static str, name: &'static str, attribute: &'static str, index: u16) -> Self {
        Column {
            column: ColumnName::new(table, name),
            attribute,
            index,
            alias: AliasId::NONE,
            types: PhantomData,
        }
    }

    /// The same where it stands for an expression. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn expressed(self, make: MakeExpression) -> Self {
        Column { column: self.column.expressed(Some(make)), ..self }
    }

    /// A column whose class is known only when the program runs.
    pub(crate) fn at(column: ColumnName, attribute: &'static str, slot: SlotId) -> Self {
        // There are no more slots than numbers of that size.
        let index = u16::try_from(slot.index()).unwrap_or(u16::MAX);
        Column { column, attribute, index, alias: AliasId::NONE, types: PhantomData }
    }

    /// The table and the name in the database.
    pub const fn column(self) -> ColumnName {
        self.column
    }

    /// The same where it stands.
    pub(crate) const fn name(&self) -> &ColumnName {
        &self.column
    }

    /// The attribute's name.
    pub const fn attribute(self) -> &'static str {
        self.attribute
    }

    /// The alias of its class that it belongs to in a query.
    pub const fn alias(self) -> AliasId {
        self.alias
    }

    /// The same column of an alias of its class.
    #[must_use]
    pub const fn of_alias(self, alias: AliasId) -> Self {
        Column { alias, ..self }
    }

    /// Where its value is in an object of its class.
    pub const fn slot(self) -> SlotId {
        SlotId::new(self.index)
    }
}

impl<E, V> Clone for Column<E, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E, V> Copy for Column<E, V> {}

impl<E, V> std::fmt::Debug for Column<E, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Column({}.{})", self.column.table, self.column.name)
    }
}
