//! The stock models: one class or table for each kind of relationship that most tests need.

use orm::prelude::*;

orm::registry!(
    /// The stock models.
    pub Models
);

/// A user: with addresses that can't be without one, orders that can, and one profile.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(table = "user_account", registry = Models)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub fullname: Option<String>,
    #[relationship(back_populates = "user", cascade = "all, delete-orphan", order_by = Address::id)]
    pub addresses: Many<Address>,
    #[relationship(back_populates = "user", order_by = Order::id)]
    pub orders: Many<Order>,
    #[relationship(back_populates = "user")]
    pub profile: Option<One<Profile>>,
}

/// An address belongs to a user and goes with it.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(table = "address", registry = Models)]
pub struct Address {
    #[column(primary_key)]
    pub id: i64,
    pub email: String,
    #[column(foreign_key = User::id, index)]
    pub user_id: i64,
    #[relationship(back_populates = "addresses")]
    pub user: One<User>,
}

/// An order outlives its user; its items are linked by a table.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(table = "orders", registry = Models)]
pub struct Order {
    #[column(primary_key)]
    pub id: i64,
    pub note: Option<String>,
    #[column(foreign_key = User::id, index)]
    pub user_id: Option<i64>,
    #[relationship(back_populates = "orders")]
    pub user: Option<One<User>>,
    #[relationship(secondary = OrderItem, back_populates = "orders", order_by = Item::id)]
    pub items: Many<Item>,
}

/// Which items an order has.
#[derive(Table, Debug, Clone)]
#[mapped(table = "order_item", registry = Models)]
pub struct OrderItem {
    #[column(primary_key, foreign_key = Order::id)]
    pub order_id: i64,
    #[column(primary_key, foreign_key = Item::id)]
    pub item_id: i64,
}

/// An item of orders.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(table = "item", registry = Models)]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(secondary = OrderItem, back_populates = "items", order_by = Order::id)]
    pub orders: Many<Order>,
}

/// The profile of at most one user.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(table = "profile", registry = Models)]
pub struct Profile {
    #[column(primary_key)]
    pub id: i64,
    pub text: Option<String>,
    #[column(foreign_key = User::id, unique)]
    pub user_id: Option<i64>,
    #[relationship(back_populates = "profile")]
    pub user: Option<One<User>>,
}

/// A tree.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(table = "node", registry = Models)]
pub struct Node {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[column(foreign_key = Node::id, index)]
    pub parent_id: Option<i64>,
    #[relationship(back_populates = "parent", order_by = Node::id)]
    pub children: Many<Node>,
    #[relationship(back_populates = "children", remote_side = Node::id)]
    pub parent: Option<One<Node>>,
}

/// A row with a key that the user gives.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(table = "keyword", registry = Models)]
pub struct Keyword {
    #[column(primary_key)]
    pub word: String,
    pub rank: Option<i64>,
    #[column(default = 7)]
    pub weight: i64,
    #[column(server_default = "'fresh'")]
    pub state: String,
}
