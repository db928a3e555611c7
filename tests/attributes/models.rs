//! Classes with composites.

use orm::prelude::*;
use tests::Db;

orm::registry!(
    /// These classes.
    pub Shapes
);

/// A point of a plane.
#[derive(CompositeType, Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: i64,
    pub y: i64,
}

pub fn point(x: i64, y: i64) -> Point {
    Point { x, y }
}

#[derive(Mapped)]
#[mapped(registry = Shapes)]
pub struct Graph {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(order_by = Edge::id)]
    pub edges: Many<Edge>,
}

#[derive(Mapped, Debug, PartialEq)]
#[mapped(registry = Shapes, composite(start: Point = (x1, y1)), composite(end: Option<Point> = (x2, y2)))]
pub struct Edge {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Graph::id)]
    pub graph_id: Option<i64>,
    pub x1: i64,
    pub y1: i64,
    pub x2: Option<i64>,
    pub y2: Option<i64>,
}

/// A graph, and which of its versions.
#[derive(CompositeType, Clone, Debug, PartialEq)]
pub struct Version(pub i64, pub i64);

#[derive(Mapped)]
#[mapped(registry = Shapes, composite(version: Version = (id, version_id)))]
pub struct Versioned {
    #[column(primary_key)]
    pub id: i64,
    #[column(primary_key)]
    pub version_id: i64,
    pub name: Option<String>,
    #[relationship(back_populates = "versioned")]
    pub notes: Many<Note>,
}

#[derive(Mapped)]
#[mapped(
    registry = Shapes,
    foreign_key(columns(graph, version), references(Versioned::id, Versioned::version_id), on_update = "cascade"),
    composite(about: Option<Version> = (graph, version))
)]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
    pub graph: Option<i64>,
    pub version: Option<i64>,
    #[relationship(back_populates = "notes")]
    pub versioned: Option<One<Versioned>>,
}

/// Of values that may be missing each.
#[derive(CompositeType, Clone, Debug, PartialEq)]
pub struct Four {
    pub a: Option<i64>,
    pub b: Option<i64>,
    pub c: Option<i64>,
    pub d: Option<i64>,
}

#[derive(Mapped)]
#[mapped(registry = Shapes, composite(four: Four = (x1, x2, x3, x4)), composite(some: Option<Four> = (x1, x2, x3, x4)))]
pub struct Defaults {
    #[column(primary_key)]
    pub id: i64,
    #[column(default = 2)]
    pub x1: Option<i64>,
    pub x2: Option<i64>,
    #[column(server_default = "15")]
    pub x3: Option<i64>,
    pub x4: Option<i64>,
}

/// Nests another one, and keeps the columns of both.
#[derive(CompositeType, Clone, Debug, PartialEq)]
#[composite(parts: (String, String, String, String))]
pub struct Outer {
    pub a: String,
    pub b: String,
    pub inner: Inner,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Inner {
    pub c: String,
    pub d: String,
}

impl From<(String, String, String, String)> for Outer {
    fn from((a, b, c, d): (String, String, String, String)) -> Self {
        Outer { a, b, inner: Inner { c, d } }
    }
}

impl From<Outer> for (String, String, String, String) {
    fn from(outer: Outer) -> Self {
        (outer.a, outer.b, outer.inner.c, outer.inner.d)
    }
}

/// Whole numbers from the first to the last, which isn't before that.
#[derive(CompositeType, Clone, Debug, PartialEq)]
#[composite(parts: (i64, i64))]
pub struct Span(pub std::ops::RangeInclusive<i64>);

impl TryFrom<(i64, i64)> for Span {
    type Error = String;

    fn try_from((first, last): (i64, i64)) -> Result<Self, String> {
        if first <= last { Ok(Span(first..=last)) } else { Err(format!("{last} is before {first}")) }
    }
}

impl From<Span> for (i64, i64) {
    fn from(span: Span) -> Self {
        span.0.into_inner()
    }
}

#[derive(Mapped)]
#[mapped(
    registry = Shapes,
    composite(outer: Outer = (a, b, c, d)),
    composite(span: Span = (first, last)),
    composite(only: Single = (a)),
    composite(twice: Span = (first, doubled))
)]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    pub a: String,
    pub b: String,
    pub c: String,
    pub d: String,
    #[column(default = 1)]
    pub first: i64,
    #[column(default = 1)]
    pub last: i64,
    #[column(computed = "first * 2")]
    #[allow(dead_code, reason = "the database makes it, and nobody writes it")]
    pub doubled: i64,
}

/// Of one column.
#[derive(CompositeType, Clone, Debug, PartialEq)]
pub struct Single {
    pub text: String,
}

#[derive(Mapped)]
#[mapped(registry = Shapes, composite(start: Point = (x1, y1)), composite(end: Point = (x2, y2)))]
pub struct Late {
    #[column(primary_key)]
    pub id: i64,
    #[column(deferred, deferred_group = "start")]
    pub x1: i64,
    #[column(deferred, deferred_group = "start")]
    pub y1: i64,
    #[column(deferred)]
    pub x2: i64,
    #[column(deferred)]
    pub y2: i64,
    #[column(deferred_raiseload, default = 0)]
    pub z: i64,
}

/// A database with the tables.
pub fn shapes() -> (Db, Session) {
    let db = Db::empty();
    Shapes::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

/// A graph with two edges, committed.
pub fn graph() -> (Db, Session, Obj<Graph>) {
    let (db, session) = shapes();
    let edges = [
        Edge::builder().start(point(3, 4)).end(point(5, 6)),
        Edge::builder().start(point(14, 5)).end(point(2, 7)),
    ];
    let graph = session.add(Graph::builder().edges(edges)).unwrap();
    session.commit().unwrap();
    db.sql();
    (db, session, graph)
}
