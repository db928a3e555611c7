//! Composites of objects: what is read and set, and what the flush writes of it.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, IntoObj};
use tests::{code, show};

use super::models::*;

#[test]
fn round_trip() {
    let (db, session, _graph) = graph();
    let edges = Graph::edges;
    let graph = session.scalars(select(Graph).options(joined(edges))).unwrap().one().unwrap();
    let ends: Vec<_> =
        graph.edges().iter().unwrap().map(|edge| (edge.start().unwrap(), edge.end().unwrap())).collect();
    assert_eq!(ends, [(point(3, 4), Some(point(5, 6))), (point(14, 5), Some(point(2, 7)))]);
    assert_eq!(db.statements(), 1);
    let edge = session.get_one::<Edge>(1).unwrap();
    assert_eq!((edge.x1().unwrap(), edge.y1().unwrap(), edge.x2().unwrap()), (3, 4, Some(5)));
    assert_eq!(
        edge.to_value().unwrap(),
        Edge { id: 1, graph_id: Some(1), x1: 3, y1: 4, x2: Some(5), y2: Some(6) }
    );
}

/// Only the columns that differ are written.
#[test]
fn changes_are_those_of_its_columns() {
    let (db, session, graph) = graph();
    let edge = graph.edges().get(1).unwrap().unwrap();
    db.sql();
    edge.set_end(point(18, 7)).unwrap();
    let same = point(14, 5);
    edge.set_start(same).unwrap();
    session.commit().unwrap();
    expect![[r#"
        UPDATE "edge" SET "x2" = ? WHERE "id" = ? [18, 2]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(edge.end().unwrap(), Some(point(18, 7)));
    edge.set_x2(3).unwrap();
    assert_eq!(edge.end().unwrap(), Some(point(3, 7)));
    session.rollback().unwrap();
    assert_eq!(edge.end().unwrap(), Some(point(18, 7)));
    let before = edge.clone();
    edge.set_end(None).unwrap();
    session.flush().unwrap();
    db.sql();
    session.expire(&edge).unwrap();
    assert_eq!((before.end().unwrap(), before.start().unwrap()), (None, point(14, 5)));
    expect![[r#"
        SELECT "id", "graph_id", "x1", "y1", "x2", "y2" FROM "edge" WHERE "id" = ? [2]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn before_it_is_set() {
    let (_db, session) = shapes();
    let edge = Edge::builder().into_obj().unwrap();
    assert_eq!(edge.end().unwrap(), None);
    assert_eq!(code(edge.start()), Code::Unset);
    edge.set_x1(4).unwrap();
    assert_eq!(show(edge.start()), "[unset] `Edge.y1`: the column was never set; help: set it first");
    edge.set_y1(5).unwrap();
    assert_eq!(edge.start().unwrap(), point(4, 5));
    session.add(&edge).unwrap();
    session.commit().unwrap();
    assert_eq!((edge.start().unwrap(), edge.end().unwrap()), (point(4, 5), None));
}

/// An `Option` is `None` where all columns are `NULL`. Where some are, it is neither there nor missing.
#[test]
fn none_is_all_null() {
    let (db, session, _graph) = graph();
    let edge = session.get_one::<Edge>(1).unwrap();
    edge.set_end(None).unwrap();
    session.commit().unwrap();
    assert_eq!(edge.end().unwrap(), None);
    db.run("UPDATE edge SET y2 = 7 WHERE id = 1");
    session.commit().unwrap();
    expect!["[value] `Edge.end`: its part 1 is NULL, and others aren't: it is neither there nor `None`; help: set it, or the columns that make it up"]
    .assert_eq(&show(edge.end()));
    let error = session.scalars(select(Edge::end).filter(Edge::id.eq(1))).unwrap().one();
    assert_eq!(code(error), Code::Value);
    edge.set_end(point(1, 2)).unwrap();
    session.commit().unwrap();
    assert_eq!(edge.end().unwrap(), Some(point(1, 2)));
    session.commit().unwrap();
    db.run("UPDATE edge SET x2 = NULL WHERE id = 1");
    edge.set_end(None).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT x2, y2 FROM edge WHERE id = 1"), "NULL|NULL\n");
}

/// Where parts may be missing each, a value of nothing is a value, unless an `Option` is asked for.
#[test]
fn parts_that_may_be_missing() {
    let (db, session) = shapes();
    let four = |a, b, c, d| Four { a, b, c, d };
    let first = session.add(Defaults::builder().four(four(None, Some(5), None, None))).unwrap();
    let second = session.add(Defaults::builder()).unwrap();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "defaults" ("x1", "x2", "x3", "x4") VALUES (?, ?, ?, ?) [NULL, 5, NULL, NULL]
        INSERT INTO "defaults" ("x1", "x2", "x4") VALUES (?, ?, ?) [2, NULL, NULL]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(first.four().unwrap(), four(None, Some(5), None, None));
    assert_eq!(second.four().unwrap(), four(Some(2), None, Some(15), None));
    let third = session.add(Defaults::builder().some(None)).unwrap();
    session.commit().unwrap();
    assert_eq!(third.some().unwrap(), None);
    assert_eq!(third.four().unwrap(), four(None, None, None, None));
    third.set_x4(9).unwrap();
    assert_eq!(third.some().unwrap(), Some(four(None, None, None, Some(9))));
    let some = session.scalars(select(Defaults::some).order_by(Defaults::id)).unwrap().all().unwrap();
    assert_eq!(some[0], Some(four(None, Some(5), None, None)));
}

#[test]
fn as_the_primary_key() {
    let (db, session) = shapes();
    let graph = session.add(Versioned::builder().version(Version(1, 1))).unwrap();
    session.commit().unwrap();
    db.sql();
    assert_eq!(session.get::<Versioned>((1, 1)).unwrap(), Some(graph.clone()));
    assert_eq!(session.get::<Versioned>(Version(1, 1)).unwrap(), Some(graph.clone()));
    assert_eq!(session.get::<Versioned>(Version(1, 2)).unwrap(), None);
    let note = session.add(Note::builder().about(Version(1, 1))).unwrap();
    session.commit().unwrap();
    assert_eq!(note.versioned().unwrap(), Some(graph.clone()));

    // What refers to it follows.
    db.sql();
    graph.set_version(Version(2, 1)).unwrap();
    session.commit().unwrap();
    assert_eq!(note.about().unwrap(), Some(Version(2, 1)));
    assert_eq!(session.get_one::<Versioned>(Version(2, 1)).unwrap(), graph);
    let found = session.scalars(select(Versioned).filter(Versioned::version.eq(Version(2, 1)))).unwrap();
    assert_eq!(found.one().unwrap(), graph);
}

#[test]
fn refused_values() {
    let (db, session) = shapes();
    let inner = Inner { c: "c".to_owned(), d: "d".to_owned() };
    let outer = Outer { a: "a".to_owned(), b: "b".to_owned(), inner };
    let thing = session.add(Thing::builder().outer(&outer).span(Span(2..=5))).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "thing" ("a", "b", "c", "d", "first", "last") VALUES (?, ?, ?, ?, ?, ?) ['a', 'b', 'c', 'd', 2, 5]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!((thing.outer().unwrap(), thing.span().unwrap()), (outer.clone(), Span(2..=5)));
    assert_eq!(thing.only().unwrap(), Single { text: "a".to_owned() });
    // It has a column that the database computes, so that it is only read.
    assert_eq!(thing.twice().unwrap(), Span(2..=4));
    let found =
        select(Thing).filter(Thing::outer.eq(&outer)).filter(Thing::only.ne(Single { text: "x".into() }));
    assert_eq!(session.scalars(found).unwrap().one().unwrap(), thing);
    thing.set_last(1).unwrap();
    expect!["[value] `Thing.span`: 1 is before 2; help: set it, or the columns that make it up"]
        .assert_eq(&show(thing.span()));
    session.flush().unwrap();
    let spans = session.scalars(select(Thing::span)).unwrap().one();
    expect!["[value] the columns up to `last` make up no value: 1 is before 2"].assert_eq(&show(spans));
}

/// Validators and listeners are of columns. What comes behind one that refuses isn't set.
#[test]
fn its_columns_are_asked() {
    let db = tests::Db::empty();
    Asked::create_all(&db.engine).unwrap();
    let session = db.session();
    let place = session.add(Place::builder().at(point(1, 2))).unwrap();
    assert_eq!(place.at().unwrap(), point(1, 2));
    assert_eq!(place.moved().unwrap(), 1);
    place.set_at(point(300, 7)).unwrap();
    assert_eq!((place.at().unwrap(), place.moved().unwrap()), (point(100, 7), 2));
    assert_eq!(code(place.set_at(point(5, -1))), Code::Refused);
    assert_eq!(place.at().unwrap(), point(5, 7));
    assert_eq!(code(session.add(Place::builder().at(point(5, -1)))), Code::Refused);
}

orm::registry!(
    /// A class whose columns are asked.
    Asked
);

#[derive(Mapped)]
#[mapped(registry = Asked, composite(at: Point = (x, y)), listen = Place::listen)]
struct Place {
    #[column(primary_key)]
    id: i64,
    #[column(validate = at_most_100)]
    x: i64,
    #[column(validate = not_negative)]
    y: i64,
    #[column(default = 0)]
    moved: i64,
}

fn at_most_100(value: i64) -> Result<i64, String> {
    Ok(value.min(100))
}

fn not_negative(value: i64) -> Result<i64, String> {
    if value < 0 { Err("below the plane".to_owned()) } else { Ok(value) }
}

impl Place {
    fn listen(on: &mut orm::Listeners<'_, Place>) {
        on.set(Place::y, |place, _, before| {
            let moves = if before.is_some() { place.moved()? } else { 0 };
            place.set_moved(moves + 1)
        });
    }
}
