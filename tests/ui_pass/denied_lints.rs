//! A user may deny whatever lint: generated code is documented, and warns of nothing.
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused, nonstandard_style)]
#![deny(private_interfaces, private_bounds, rust_2018_idioms, let_underscore, future_incompatible)]
#![forbid(unsafe_code)]

use orm::prelude::*;

/// A user.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "user_account", index(columns(name, id)), check(sql = "name <> ''"))]
pub struct User {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    /// The name.
    #[column(unique, index)]
    pub name: String,
    /// The addresses.
    #[relationship(back_populates = "user", cascade = "all, delete-orphan", order_by = Address::id)]
    pub addresses: Many<Address>,
    /// The groups.
    #[relationship(secondary = Membership)]
    groups: ManySet<Group>,
}

/// An address.
#[derive(Mapped, Debug, Clone, Default)]
pub struct Address {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = User::id, on_delete = "cascade")]
    user_id: i64,
    #[relationship(back_populates = "addresses")]
    user: One<User>,
}

// Nothing of it is used: that is no warning either.
#[derive(Mapped, Debug, Clone, Default)]
struct Group {
    #[column(primary_key)]
    id: i64,
    label: Option<String>,
}

#[derive(Table)]
struct Membership {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[column(primary_key, foreign_key = Group::id)]
    group_id: i64,
    #[column(default = 1)]
    rank: i32,
}

fn main() {}
