use orm::prelude::*;

#[derive(CompositeType, Clone)]
struct Point {
    x: i64,
    y: i64,
}

struct Place {
    x: i64,
}

#[derive(CompositeType, Clone)]
struct Nested {
    start: Point,
    width: i64,
}

#[derive(CompositeType, Clone)]
#[composite(parts: (i64, i64))]
struct Made;

#[derive(Mapped)]
#[mapped(
    composite(types: Point = (x, name)),
    composite(too_few: Point = (x)),
    composite(too_many: Point = (x, y, x2)),
    composite(optional: Option<Point> = (x, x2)),
    composite(required: Point = (x, x2))
)]
struct Node {
    #[column(primary_key)]
    id: i64,
    name: String,
    x: i64,
    y: i64,
    x2: Option<i64>,
}

#[derive(Mapped)]
#[mapped(composite(place: Place = (x)))]
struct Other {
    #[column(primary_key)]
    id: i64,
    x: i64,
}

fn main() {}
