use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
}

#[derive(Table)]
struct Link {
    #[column(foreign_key = User::id)]
    user_id: i64,
    user: One<User>,
}

fn main() {}
