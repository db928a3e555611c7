//! Foreign keys, unique constraints, indexes and checks, and how they are named.

use crate::sql::{OrderTerm, Tree, label};

/// A foreign key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: Option<String>,
    /// The columns that reference.
    pub columns: Vec<String>,
    /// The table that they reference.
    pub table: String,
    /// The columns that they reference, one each.
    pub references: Vec<String>,
    /// `ON DELETE`.
    pub on_delete: Option<ReferentialAction>,
    /// `ON UPDATE`.
    pub on_update: Option<ReferentialAction>,
    /// When it is checked.
    pub deferrable: Deferrable,
}

/// What the database does to rows whose parent is deleted or gets another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferentialAction {
    /// Refuses, at the end of the statement or, where deferred, of the transaction.
    NoAction,
    /// Refuses at once.
    Restrict,
    /// Sets the foreign key to `NULL`.
    SetNull,
    /// Sets the foreign key to its default.
    SetDefault,
    /// Deletes or changes the rows too.
    Cascade,
}

/// When a foreign key is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Deferrable {
    /// At the end of each statement.
    #[default]
    No,
    /// At the end of each statement, unless the transaction asks for deferral.
    InitiallyImmediate,
    /// At the end of the transaction.
    InitiallyDeferred,
}

/// A unique constraint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unique {
    /// The constraint's name.
    pub name: Option<String>,
    /// The columns.
    pub columns: Vec<String>,
}

/// An index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    /// The index's name; without one, `ix_` and the names of table and columns.
    pub name: Option<String>,
    /// The columns; where it is over terms, those that stand in them.
    pub columns: Vec<String>,
    /// Whether it is unique.
    pub unique: bool,
    /// The columns and expressions, with their order, where it isn't just over columns.
    pub terms: Vec<OrderTerm>,
    /// The condition of the rows that it has, where it hasn't all.
    pub filter: Option<Tree>,
}

/// A check constraint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// The constraint's name.
    pub name: Option<String>,
    /// The condition, as SQL.
    pub condition: String,
}

impl ForeignKey {
    /// Columns that reference columns of a table.
    #[must_use]
    pub fn new<'a>(
        columns: impl IntoIterator<Item = &'a str>,
        table: &str,
        references: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        ForeignKey {
            columns: owned(columns),
            table: table.to_owned(),
            references: owned(references),
            ..ForeignKey::default()
        }
    }

    /// Gives the constraint a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// What happens when the parent is deleted.
    #[must_use]
    pub fn on_delete(mut self, action: ReferentialAction) -> Self {
        self.on_delete = Some(action);
        self
    }

    /// What happens when the parent gets another key.
    #[must_use]
    pub fn on_update(mut self, action: ReferentialAction) -> Self {
        self.on_update = Some(action);
        self
    }

    /// When it is checked.
    #[must_use]
    pub fn deferrable(mut self, deferrable: Deferrable) -> Self {
        self.deferrable = deferrable;
        self
    }

    /// The name in a table: its own; else `fk_` and the names of table and columns.
    pub fn name_in(&self, table: &str) -> String {
        name_of(self.name.as_deref(), "fk", table, &self.columns)
    }
}

impl Unique {
    /// Over columns.
    #[must_use]
    pub fn new<'a>(columns: impl IntoIterator<Item = &'a str>) -> Self {
        Unique { name: None, columns: owned(columns) }
    }

    /// Gives the constraint a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

impl Index {
    /// Over columns.
    #[must_use]
    pub fn new<'a>(columns: impl IntoIterator<Item = &'a str>) -> Self {
        Index { columns: owned(columns), ..Index::default() }
    }

    /// Gives the index a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Over columns and expressions, with their order.
    ///
    /// ```
    /// use orm_core::sql::schema::Index;
    /// use orm_core::sql::{OrderTerm, TableRef};
    /// let name = TableRef::new("user").column("name");
    /// let index = Index::over([OrderTerm::desc(name.into())]);
    /// assert_eq!((index.name_in("user").as_str(), index.covers_columns()), ("ix_user_name", true));
    /// ```
    #[must_use]
    pub fn over(terms: impl IntoIterator<Item = OrderTerm>) -> Self {
        let terms: Vec<OrderTerm> = terms.into_iter().collect();
        let mut columns: Vec<String> = Vec::new();
        for term in &terms {
            term.tree.walk(&mut |tree| {
                if let Tree::Column(column) = tree
                    && !columns.iter().any(|known| *known == *column.name)
                {
                    columns.push(column.name.to_string());
                }
            });
        }
        Index { columns, terms, ..Index::default() }
    }

    /// Of the rows that meet a condition only.
    #[must_use]
    pub fn filter(mut self, condition: Tree) -> Self {
        self.filter = Some(condition);
        self
    }

    /// Whether it finds all rows by its columns.
    pub fn covers_columns(&self) -> bool {
        self.filter.is_none() && self.terms.iter().all(|term| matches!(term.tree, Tree::Column(_)))
    }

    /// Allows equal values once only.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// The name in a table: its own; else `ix_` and the names of table and columns.
    ///
    /// ```
    /// use orm_core::sql::schema::Index;
    /// assert_eq!(Index::new(["org", "name"]).name_in("user"), "ix_user_org_name");
    /// ```
    pub fn name_in(&self, table: &str) -> String {
        name_of(self.name.as_deref(), "ix", table, &self.columns)
    }
}

impl Check {
    /// A condition, as SQL.
    #[must_use]
    pub fn new(condition: impl Into<String>) -> Self {
        Check { name: None, condition: condition.into() }
    }

    /// Gives the constraint a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

impl ReferentialAction {
    /// The words in SQL.
    pub const fn as_sql(self) -> &'static str {
        match self {
            ReferentialAction::NoAction => "NO ACTION",
            ReferentialAction::Restrict => "RESTRICT",
            ReferentialAction::SetNull => "SET NULL",
            ReferentialAction::SetDefault => "SET DEFAULT",
            ReferentialAction::Cascade => "CASCADE",
        }
    }
}

impl Deferrable {
    /// The words in SQL; none where it isn't deferrable.
    pub const fn as_sql(self) -> Option<&'static str> {
        match self {
            Deferrable::No => None,
            Deferrable::InitiallyImmediate => Some("DEFERRABLE INITIALLY IMMEDIATE"),
            Deferrable::InitiallyDeferred => Some("DEFERRABLE INITIALLY DEFERRED"),
        }
    }
}

fn owned<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

fn name_of(name: Option<&str>, prefix: &str, table: &str, columns: &[String]) -> String {
    match name {
        Some(name) => name.to_owned(),
        None => format!("{prefix}_{}_{}", label(table), columns.join("_")),
    }
}
