use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(viewonly, cascade = "all, delete-orphan", passive_deletes, post_update)]
    addresses: Many<Address>,
    #[relationship(viewonly, cascade = "merge, expunge")]
    read: Many<Address>,
}

#[derive(Mapped)]
struct Address {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
}

fn main() {}
