use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "user")]
    addresses: Many<Address>,
}

struct Address {
    id: i64,
    user_id: i64,
    user: One<User>,
}

fn main() {}
