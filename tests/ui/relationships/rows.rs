use orm::AnyClass;
use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(target = "Order", rows = select(Order), viewonly)]
    named: Many<AnyClass>,
    #[relationship(rows)]
    nothing: Many<Order>,
}

#[derive(Mapped)]
struct Order {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
}

fn main() {}
