use orm::prelude::*;

#[derive(Mapped)]
struct Node {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Node::id)]
    parent_id: Option<i64>,
    #[relationship]
    parent: Option<One<Node>>,
}

fn main() {}
