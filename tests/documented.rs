//! Classes whose documentation is looked at: what is said of a field is said of what is made of it, and links lead on.
//!
//! A link to a class is one: [User], [`Address`], [`select`].

use orm::prelude::*;

orm::registry!(
    /// They are in no other registry.
    pub Documented
);

/// A [User], who has [`Address`]es: see [`User::addresses`] and [`UserBuilder`].
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "documented_user", registry = Documented)]
pub struct User {
    /// Made by the database.
    #[column(primary_key)]
    pub id: i64,
    /// What the user is called, as [`Self::addresses`] doesn't say.
    ///
    /// It is never empty.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(tests::documented::User::name.attribute(), "name");
    /// ```
    pub name: String,
    /// Where letters to the [User] go.
    #[relationship(back_populates = "user")]
    pub addresses: Many<Address>,
    pub undocumented: Option<String>,
}

/// Of a [`User`].
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "documented_address", registry = Documented)]
pub struct Address {
    /// Made by the database.
    #[column(primary_key)]
    pub id: i64,
    /// The key of the [`user`](Self::user).
    #[column(foreign_key = User::id)]
    pub user_id: i64,
    /// Who lives here.
    #[relationship(back_populates = "addresses")]
    pub user: One<User>,
}

/// A table whose columns are documented too.
#[derive(Table, Debug, Clone)]
#[mapped(table = "documented_link", registry = Documented)]
pub struct Link {
    /// One of the two.
    #[column(foreign_key = User::id)]
    pub user_id: i64,
}
