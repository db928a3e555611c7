use orm::prelude::*;

#[derive(Mapped)]
struct Node {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(foreign_key = Node::id)]
    parent_id: Option<i64>,
    #[relationship(remote_side = Node::name)]
    parent: Option<One<Node>>,
}

fn main() {}
