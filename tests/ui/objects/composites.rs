use orm::prelude::*;

#[derive(CompositeType, Clone)]
struct Point {
    x: i64,
    y: i64,
}

#[derive(CompositeType, Clone)]
struct Other {
    x: i64,
    y: i64,
}

#[derive(Mapped)]
#[mapped(composite(start: Point = (x, y)), composite(end: Option<Point> = (x2, y2)), composite(twice: Point = (x, z)))]
struct Segment {
    #[column(primary_key)]
    id: i64,
    x: i64,
    y: i64,
    x2: Option<i64>,
    y2: Option<i64>,
    #[column(computed = "x * 2")]
    z: i64,
}

fn objects(segment: &Obj<Segment>, other: Other) -> orm::Result<()> {
    segment.set_start((1, 2))?;
    segment.set_start(None)?;
    segment.set_end(Some(other))?;
    segment.set_twice(Point { x: 1, y: 2 })?;
    Ok(())
}

fn queries(other: Other) {
    let _ = Segment::start.eq(3);
    let _ = Segment::start.eq(None);
    let _ = Segment::end.lt(other);
    let _ = update(Segment).set(Segment::start, Segment::x);
    let _ = insert(Segment).columns((Segment::id, Segment::start)).rows([(1, 2)]);
}

fn main() {}
