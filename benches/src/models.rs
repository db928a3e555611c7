//! The classes.

use orm::prelude::*;

/// A parent.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "users")]
pub struct User {
    /// Generated.
    #[column(primary_key)]
    pub id: i64,
    /// Always there.
    pub name: String,
    /// Sometimes there.
    pub fullname: Option<String>,
    /// What the updates change.
    pub age: Option<i64>,
    /// The children.
    #[relationship(back_populates = "user", cascade = "all, delete-orphan")]
    pub addresses: Many<Address>,
}

/// A child.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "addresses")]
pub struct Address {
    /// Generated.
    #[column(primary_key)]
    pub id: i64,
    /// The parent's key.
    #[column(foreign_key = User::id, index)]
    pub user_id: Option<i64>,
    /// Always there.
    pub email: String,
    /// The parent.
    #[relationship(back_populates = "addresses")]
    pub user: Option<One<User>>,
}
