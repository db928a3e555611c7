use orm::prelude::*;

#[derive(CompositeType, Clone)]
struct Point {
    x: i64,
    y: i64,
}

#[derive(Mapped)]
#[mapped(
    composite,
    composite = "start",
    composite(start = (x, y)),
    composite(none: Point = ()),
    composite(start: Point = (x, z)),
    composite(start: Point = (x, x)),
    composite(start: Point = (x, nodes)),
    composite(y: Point = (x, y)),
    composite(end: Point = (x, y)),
    composite(end: Point = (y, x)),
    composite(clone: Point = (x, y)),
    composite(set_x: Point = (x, y))
)]
struct Node {
    #[column(primary_key)]
    id: i64,
    x: i64,
    y: i64,
    #[column(foreign_key = Node::id)]
    node_id: Option<i64>,
    #[relationship(remote_side = Node::id)]
    nodes: Option<One<Node>>,
}

#[derive(Table)]
#[mapped(composite(start: Point = (x, y)))]
struct Link {
    #[column(primary_key)]
    x: i64,
    #[column(primary_key)]
    y: i64,
}

#[derive(CompositeType, Clone)]
#[composite(parts = (i64))]
struct Parts(i64);

#[derive(CompositeType, Clone)]
#[composite(part(i64))]
struct Part(i64);

#[derive(CompositeType, Clone)]
#[composite(parts: ())]
struct NoParts(i64);

#[derive(CompositeType, Clone)]
struct Nothing;

#[derive(CompositeType, Clone)]
enum Either {
    This(i64),
}

#[derive(CompositeType, Clone)]
struct Of<T>(T);

#[derive(CompositeType, Clone)]
struct Long(i8, i8, i8, i8, i8, i8, i8, i8, i8, i8, i8, i8, i8);

fn main() {}
