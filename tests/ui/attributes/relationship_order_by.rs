use orm::prelude::*;

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(order_by = User::id)]
    user: One<User>,
}

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
