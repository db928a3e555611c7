use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(rows = select(User), viewonly)]
    others: Many<Order>,
    #[relationship(rows = select((Order, Order::id)), viewonly)]
    pairs: Many<Order>,
    #[relationship(rows = Order::id, viewonly)]
    column: Many<Order>,
}

#[derive(Mapped)]
struct Order {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
}

fn main() {}
