use orm::prelude::*;

#[derive(Mapped)]
struct Node {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = Link)]
    friends: Many<Node>,
}

#[derive(Table)]
struct Link {
    #[column(primary_key, foreign_key = Node::id)]
    left_id: i64,
    #[column(primary_key, foreign_key = Node::id)]
    right_id: i64,
}

fn main() {}
