use orm::prelude::*;

#[derive(Mapped)]
struct Node {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Node::id)]
    parent_id: Option<i64>,
    #[relationship(back_populates = "parent")]
    children: Many<Node>,
    #[relationship(back_populates = "children", remote_side = Node::parent_id)]
    parent: Option<One<Node>>,
}

fn main() {}
