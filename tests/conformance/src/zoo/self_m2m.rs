//! Many to many from a class to itself.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Table)]
#[mapped(table = "node_to_node", registry = Zoo)]
pub struct NodeToNode {
    #[column(primary_key, foreign_key = Node::id)]
    pub left_node_id: i64,
    #[column(primary_key, foreign_key = Node::id)]
    pub right_node_id: i64,
}

#[derive(Mapped)]
#[mapped(table = "node", registry = Zoo)]
pub struct Node {
    #[column(primary_key)]
    pub id: i64,
    pub label: Option<String>,
    #[relationship(
        secondary = NodeToNode,
        back_populates = "left_nodes",
        order_by = Node::id,
        primaryjoin = Node::id.eq(NodeToNode::left_node_id),
        secondaryjoin = Node::id.eq(NodeToNode::right_node_id)
    )]
    pub right_nodes: Many<Node>,
    #[relationship(
        secondary = NodeToNode,
        back_populates = "right_nodes",
        order_by = Node::id,
        primaryjoin = Node::id.eq(NodeToNode::right_node_id),
        secondaryjoin = Node::id.eq(NodeToNode::left_node_id)
    )]
    pub left_nodes: Many<Node>,
}
