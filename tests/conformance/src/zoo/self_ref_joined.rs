//! A list of neighbours with `lazy = "joined"`, two steps deep.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "node", registry = Zoo)]
pub struct Node {
    #[column(primary_key)]
    pub id: i64,
    pub data: Option<String>,
    #[column(foreign_key = Node::id)]
    pub parent_id: Option<i64>,
    #[relationship(back_populates = "parent", lazy = "joined", join_depth = 2, order_by = Node::id)]
    pub children: Many<Node>,
    #[relationship(back_populates = "children", remote_side = Node::id)]
    pub parent: Option<One<Node>>,
}
