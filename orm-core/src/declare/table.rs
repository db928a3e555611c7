//! Tables as they were declared: columns, keys, indexes, constraints.

use super::{
    ColumnCheck, ConditionDecl, Deferrable, ExpressionDecl, MadeDecl, Make, OrderDecl, ReferentialAction,
    VersionDecl, same,
};
use crate::sql::SqlType;
use crate::value::{Value, ValueError, ValueRef};

/// A table, of a class or by itself.
#[derive(Debug)]
pub struct TableDecl {
    /// Its name in the database.
    pub name: &'static str,
    /// Its columns, in the order of the fields.
    pub columns: &'static [ColumnDecl],
    /// Its foreign keys: those of single columns in their order, then those of `#[mapped(foreign_key(...))]`.
    pub foreign_keys: &'static [ForeignKeyDecl],
    /// Unique constraints.
    pub uniques: &'static [UniqueDecl],
    /// Indexes.
    pub indexes: &'static [IndexDecl],
    /// Check constraints.
    pub checks: &'static [CheckDecl],
    /// What the table is beside.
    pub kind: TableKind,
    /// What is said of it for people.
    pub comment: Option<&'static str>,
}

/// What a table of the database is beside its columns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TableKind {
    /// Whether the database holds values to the types of their columns.
    pub strict: bool,
    /// Whether its rows are kept in the order of the primary key, and have no number of their own.
    pub without_rowid: bool,
}

impl TableKind {
    /// As the database makes tables.
    pub const PLAIN: TableKind = TableKind { strict: false, without_rowid: false };
}

/// The stored form of a value that a driver gives.
pub type StoredForm = fn(ValueRef<'_>) -> Result<Value, ValueError>;

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct ColumnDecl {
    /// The attribute: the field's name.
    pub attribute: &'static str,
    /// The name in the database.
    pub name: &'static str,
    /// The type in DDL.
    pub ty: SqlType,
    /// The name of the Rust type, without `Option`: what foreign keys compare.
    pub type_name: &'static str,
    /// Whether it may be `NULL`.
    pub nullable: bool,
    /// Whether it is part of the primary key.
    pub primary_key: bool,
    /// Whether the database generates its value: a single integer primary key that is no foreign key,
    /// unless it says `generated = false`.
    pub db_generated: bool,
    /// What makes the value of a new row whose attribute was never set.
    pub default: Option<Make>,
    /// The default in DDL, as SQL.
    pub server_default: Option<&'static str>,
    /// What makes the value that an update of the row sets it to where it isn't set.
    pub onupdate: Option<Make>,
    /// How the database makes its value.
    pub made: MadeDecl,
    /// The expression that it stands for, where no table has it.
    pub expression: Option<ExpressionDecl>,
    /// Whether what the database makes of it is read back within the flush.
    pub is_eager: bool,
    /// Whether what it held is loaded when it is set.
    pub active_history: bool,
    /// What the user's own code says of it.
    pub info: Option<&'static str>,
    /// What is said of it for people.
    pub comment: Option<&'static str>,
    /// Its place in the table: columns with smaller numbers stand before others.
    pub sort_order: i32,
    /// The stored form of what a driver gives: by it keys are compared.
    pub stored: StoredForm,
    /// Whether an integer that a driver gives is the stored form itself.
    pub is_integer: bool,
    /// How it is loaded when it is read, where it isn't loaded with its object.
    pub deferred: Option<DeferredDecl>,
    /// Who makes its values, where it tells the versions of a row apart.
    pub version: Option<VersionDecl>,
    /// What is asked of a value that the user sets it to.
    pub validator: Option<ColumnCheck>,
}

impl ColumnDecl {
    /// Whether nobody sets it: the database computes it, or it stands for an expression. Usable in constants.
    pub const fn is_only_read(&self) -> bool {
        self.made.computed.is_some() || self.expression.is_some()
    }
}

/// A column that is loaded when it is first read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeferredDecl {
    /// The columns of the same group are loaded with it.
    pub group: Option<&'static str>,
    /// Whether it is an error to read it where it isn't loaded.
    pub raises: bool,
}

/// A foreign key.
#[derive(Clone, Copy, Debug)]
pub struct ForeignKeyDecl {
    /// The constraint's name.
    pub name: Option<&'static str>,
    /// The columns' names in the database.
    pub columns: &'static [&'static str],
    /// The table that they reference.
    pub table: &'static str,
    /// The columns that they reference.
    pub references: &'static [&'static str],
    /// `ON DELETE`.
    pub on_delete: Option<ReferentialAction>,
    /// `ON UPDATE`.
    pub on_update: Option<ReferentialAction>,
    /// When it is checked.
    pub deferrable: Deferrable,
    /// Whether it gets an index, where no key and no other index covers its columns.
    pub indexed: bool,
    /// Whether a database told of it: the table that it references needs no class then.
    pub from_database: bool,
}

/// A unique constraint.
#[derive(Clone, Copy, Debug)]
pub struct UniqueDecl {
    /// The constraint's name.
    pub name: Option<&'static str>,
    /// The columns' names in the database.
    pub columns: &'static [&'static str],
}

impl UniqueDecl {
    /// The constraint with a name, or with one that is made for it.
    pub const fn new(name: Option<&'static str>, columns: &'static [&'static str]) -> Self {
        UniqueDecl { name, columns }
    }
}

/// An index.
#[derive(Clone, Copy, Debug)]
pub struct IndexDecl {
    /// The index's name; without one, `ix_` and the names of table and columns.
    pub name: Option<&'static str>,
    /// The columns' names in the database; none where it is over terms.
    pub columns: &'static [&'static str],
    /// Whether it is unique.
    pub unique: bool,
    /// The columns and expressions that it is over, with their order, where these aren't just columns.
    pub terms: Option<OrderDecl>,
    /// The condition of the rows that it has.
    pub filter: Option<ConditionDecl>,
}

impl IndexDecl {
    /// Over columns.
    pub const fn new(name: Option<&'static str>, columns: &'static [&'static str], unique: bool) -> Self {
        IndexDecl { name, columns, unique, terms: None, filter: None }
    }

    /// Over columns and expressions, with their order.
    #[must_use]
    pub const fn over(mut self, terms: Option<OrderDecl>) -> Self {
        self.terms = terms;
        self
    }

    /// Of the rows that meet a condition.
    #[must_use]
    pub const fn filter(mut self, filter: Option<ConditionDecl>) -> Self {
        self.filter = filter;
        self
    }

    /// The columns of which no two rows have the same values.
    pub fn unique_columns(&self) -> Option<&'static [&'static str]> {
        (self.unique && self.filter.is_none() && self.terms.is_none()).then_some(self.columns)
    }
}

/// A check constraint.
#[derive(Debug)]
pub struct CheckDecl {
    /// The constraint's name.
    pub name: Option<&'static str>,
    /// The condition, as SQL.
    pub condition: &'static str,
}

impl CheckDecl {
    /// The constraint with a name, or with one that is made for it.
    pub const fn new(name: Option<&'static str>, condition: &'static str) -> Self {
        CheckDecl { name, condition }
    }
}

impl TableDecl {
    /// The column of that name in the database. Usable in constants.
    pub const fn column(&self, name: &str) -> Option<&ColumnDecl> {
        let mut i = 0;
        while i < self.columns.len() {
            if same(self.columns[i].name, name) {
                return Some(&self.columns[i]);
            }
            i += 1;
        }
        None
    }
}
