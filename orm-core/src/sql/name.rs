//! `Name`, `TableRef` and `ColumnRef`: how expressions name tables, aliases and columns.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A name in SQL: of a table, an alias, a column or a function. Names of declarations are static; others are made at
/// run time, and shared.
#[derive(Clone)]
pub struct Name(Text);

#[derive(Clone)]
enum Text {
    Static(&'static str),
    Made(Arc<str>),
}

impl Name {
    /// A name that is known when the program is compiled.
    pub const fn new(name: &'static str) -> Self {
        Name(Text::Static(name))
    }

    /// A name that is made at run time.
    ///
    /// ```
    /// use orm_core::sql::Name;
    /// assert_eq!(Name::made(format!("part_{}", 7)), Name::new("part_7"));
    /// ```
    pub fn made(name: impl Into<Arc<str>>) -> Self {
        Name(Text::Made(name.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Static(name) => name,
            Text::Made(name) => name,
        }
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Name::new(name)
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Name::made(name)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Name {}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// By which name a table goes in a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Alias {
    /// By its own.
    #[default]
    None,
    /// By its own with a number: `name_1`, `name_2`, ...
    Number(u32),
    /// By another one.
    Name(Name),
}

/// A table, or one of its aliases, in a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableRef {
    /// The table's full name: `users`, or `archive.users` in a schema. A part that has a point of its own stands in double
    /// quotes: `"users.old"`.
    pub name: Name,
    /// The name that it goes by.
    pub alias: Alias,
}

/// A column of a table or alias.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// The table or alias.
    pub table: TableRef,
    /// The column's name in the database.
    pub name: Name,
}

impl TableRef {
    /// The table itself.
    pub fn new(name: impl Into<Name>) -> Self {
        TableRef { name: name.into(), alias: Alias::None }
    }

    /// The table under another name.
    #[must_use]
    pub fn aliased(&self, alias: Alias) -> Self {
        TableRef { name: self.name.clone(), alias }
    }

    /// A column of it.
    pub fn column(&self, name: impl Into<Name>) -> ColumnRef {
        ColumnRef { table: self.clone(), name: name.into() }
    }
}

impl ColumnRef {
    /// A column of a table by name.
    pub fn new(table: impl Into<Name>, name: impl Into<Name>) -> Self {
        ColumnRef { table: TableRef::new(table), name: name.into() }
    }
}
