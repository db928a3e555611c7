// An association table: by a table, by a class, and of a class with itself.
use orm::prelude::*;

#[derive(Mapped)]
struct Node {
    #[column(primary_key)]
    id: i64,
    #[relationship(
        back_populates = "left",
        secondary = Edge,
        primaryjoin = Node::id.eq(Edge::left_id),
        secondaryjoin = Node::id.eq(Edge::right_id)
    )]
    right: Many<Node>,
    #[relationship(
        back_populates = "right",
        secondary = Edge,
        primaryjoin = Node::id.eq(Edge::right_id),
        secondaryjoin = Node::id.eq(Edge::left_id)
    )]
    left: Many<Node>,
    #[relationship(secondary = Tagging, back_populates = "nodes", order_by = (Tag::name, Tag::id.desc()))]
    tags: ManySet<Tag>,
    #[relationship(back_populates = "node")]
    taggings: Many<Tagging>,
}

#[derive(Table)]
struct Edge {
    #[column(primary_key, foreign_key = Node::id)]
    left_id: i64,
    #[column(primary_key, foreign_key = Node::id)]
    right_id: i64,
}

#[derive(Mapped)]
struct Tag {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(secondary = Tagging, back_populates = "tags")]
    nodes: Many<Node>,
}

#[derive(Mapped)]
struct Tagging {
    #[column(primary_key, foreign_key = Node::id)]
    node_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
    #[relationship(back_populates = "taggings")]
    node: One<Node>,
    #[relationship]
    tag: One<Tag>,
}

fn main() {}
