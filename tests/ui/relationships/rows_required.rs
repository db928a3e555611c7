use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
struct Order {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(rows = select(User).limit(10), viewonly)]
    first_user: One<User>,
}

fn main() {}
