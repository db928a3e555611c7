//! `lazy = "raise"` on collections, `"raise_on_sql"` on the scalar.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "user_account", registry = Zoo)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[relationship(back_populates = "user", order_by = Order::id, lazy = "raise")]
    pub orders: Many<Order>,
}

#[derive(Mapped)]
#[mapped(table = "orders", registry = Zoo)]
pub struct Order {
    #[column(primary_key)]
    pub id: i64,
    pub what: Option<String>,
    #[column(foreign_key = User::id)]
    pub user_id: Option<i64>,
    #[relationship(back_populates = "orders", lazy = "raise_on_sql")]
    pub user: Option<One<User>>,
    #[relationship(secondary = OrderItem, order_by = Item::id, lazy = "raise")]
    pub items: Many<Item>,
}

#[derive(Mapped)]
#[mapped(table = "item", registry = Zoo)]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
}

#[derive(Table)]
#[mapped(table = "order_item", registry = Zoo)]
pub struct OrderItem {
    #[column(primary_key, foreign_key = Order::id)]
    pub order_id: i64,
    #[column(primary_key, foreign_key = Item::id)]
    pub item_id: i64,
}
