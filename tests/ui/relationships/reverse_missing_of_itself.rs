use orm::prelude::*;

#[derive(Mapped)]
struct Node {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Node::id)]
    parent_id: Option<i64>,
    #[column(foreign_key = Node::id)]
    first_id: Option<i64>,
    #[relationship(back_populates = "parent", foreign_keys = Node::parent_id)]
    children: Many<Node>,
}

fn main() {}
