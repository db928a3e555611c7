//! Composites in queries: compared, selected, ordered by.

use expect_test::{Expect, expect};
use orm::prelude::*;

use super::models::*;

fn asked(query: orm::Select<Obj<Edge>>, expected: Expect) -> Vec<i64> {
    let (db, session, _graph) = graph();
    let found = session.scalars(query).unwrap().all().unwrap();
    let sql = db.sql();
    expected.assert_eq(sql.split_once(" FROM ").unwrap().1);
    found.iter().map(|edge| edge.id().unwrap()).collect()
}

#[test]
fn compared_with_a_value() {
    let found = asked(
        select(Edge).filter(Edge::start.eq(point(3, 4))),
        expect![[r#"
            "edge" WHERE "edge"."x1" = ? AND "edge"."y1" = ? [3, 4]
        "#]],
    );
    assert_eq!(found, [1]);
    // As SQLAlchemy has it: each column is another one.
    let found = asked(
        select(Edge).filter(Edge::start.ne(point(3, 5))),
        expect![[r#"
            "edge" WHERE "edge"."x1" <> ? AND "edge"."y1" <> ? [3, 5]
        "#]],
    );
    assert_eq!(found, Vec::<i64>::new());
    let found = asked(
        select(Edge).filter(!Edge::start.eq(point(3, 5))).order_by(Edge::id),
        expect![[r#"
            "edge" WHERE NOT ("edge"."x1" = ? AND "edge"."y1" = ?) ORDER BY "edge"."id" [3, 5]
        "#]],
    );
    assert_eq!(found, [1, 2]);
    let found = asked(
        select(Edge).filter(Edge::start.lt(point(4, 5))).filter(Edge::end.ge(point(5, 6))),
        expect![[r#"
            "edge" WHERE "edge"."x1" < ? AND "edge"."y1" < ? AND "edge"."x2" >= ? AND "edge"."y2" >= ? [4, 5, 5, 6]
        "#]],
    );
    assert_eq!(found, [1]);
    let least = point(3, 4);
    let found = asked(
        select(Edge).filter(Edge::start.gt(point(3, 4)).or(Edge::start.le(least))).order_by(Edge::id),
        expect![[r#"
            "edge" WHERE "edge"."x1" > ? AND "edge"."y1" > ? OR "edge"."x1" <= ? AND "edge"."y1" <= ? ORDER BY "edge"."id" [3, 4, 3, 4]
        "#]],
    );
    assert_eq!(found, [1, 2]);
}

#[test]
fn compared_with_none() {
    let found = asked(
        select(Edge).filter(Edge::end.eq(None)),
        expect![[r#"
            "edge" WHERE "edge"."x2" IS NULL AND "edge"."y2" IS NULL
        "#]],
    );
    assert_eq!(found, Vec::<i64>::new());
    let found = asked(
        select(Edge).filter(Edge::end.ne(None)).filter(Edge::start.is_not_null()).order_by(Edge::id),
        expect![[r#"
            "edge" WHERE "edge"."x2" IS NOT NULL AND "edge"."y2" IS NOT NULL AND "edge"."x1" IS NOT NULL AND "edge"."y1" IS NOT NULL ORDER BY "edge"."id"
        "#]],
    );
    assert_eq!(found, [1, 2]);
    asked(
        select(Edge).filter(Edge::start.is_null()).filter(Edge::end.is_not_distinct_from(point(1, 2))),
        expect![[r#"
            "edge" WHERE "edge"."x1" IS NULL AND "edge"."y1" IS NULL AND "edge"."x2" IS NOT DISTINCT FROM ? AND "edge"."y2" IS NOT DISTINCT FROM ? [1, 2]
        "#]],
    );
}

#[test]
fn compared_with_another_one() {
    asked(
        select(Edge).filter(Edge::end.eq(Edge::start)),
        expect![[r#"
            "edge" WHERE "edge"."x2" = "edge"."x1" AND "edge"."y2" = "edge"."y1"
        "#]],
    );
    let other = aliased(Edge);
    let (db, session, graph) = graph();
    graph.edges().append(Edge::builder().start(point(5, 6))).unwrap();
    let follows = select((Edge::id, other.of(Edge::id))).filter(other.of(Edge::start).eq(Edge::end));
    let follows = follows.filter(other.of(Edge::start).ne(point(0, 0))).order_by(other.of(Edge::start));
    assert_eq!(session.execute(follows).unwrap().all().unwrap(), [(1, 3)]);
    let sql = db.sql();
    expect![[r#"
        SELECT "edge"."id", "edge_1"."id" FROM "edge", "edge" AS "edge_1" WHERE "edge_1"."x1" = "edge"."x2" AND "edge_1"."y1" = "edge"."y2" AND "edge_1"."x1" <> ? AND "edge_1"."y1" <> ? ORDER BY "edge_1"."x1", "edge_1"."y1" [0, 0]
    "#]]
    .assert_eq(sql.split_inclusive('\n').next_back().unwrap());
}

#[test]
fn ordered_by() {
    let found = asked(
        select(Edge).order_by((Edge::start, Edge::end.desc())),
        expect![[r#"
            "edge" ORDER BY "edge"."x1", "edge"."y1", "edge"."x2" DESC, "edge"."y2" DESC
        "#]],
    );
    assert_eq!(found, [1, 2]);
    let nulls =
        |terms: Vec<orm::OrderBy>| terms.into_iter().map(orm::OrderBy::nulls_last).collect::<Vec<_>>();
    let found = asked(
        select(Edge).order_by(nulls(Edge::end.asc())),
        expect![[r#"
            "edge" ORDER BY "edge"."x2" NULLS LAST, "edge"."y2" NULLS LAST
        "#]],
    );
    assert_eq!(found, [2, 1]);
}

#[test]
fn selected() {
    let (db, session, graph) = graph();
    db.sql();
    let both = select((Edge::start, Edge::end)).filter(Edge::start.eq(point(3, 4)));
    let rows = session.execute(both.clone()).unwrap().all().unwrap();
    assert_eq!(rows, [(point(3, 4), Some(point(5, 6)))]);
    expect![[r#"
        SELECT "edge"."x1", "edge"."y1", "edge"."x2", "edge"."y2" FROM "edge" WHERE "edge"."x1" = ? AND "edge"."y1" = ? [3, 4]
    "#]]
    .assert_eq(&db.sql());
    let columns = session.execute(select(Edge::start.columns()).order_by(Edge::id)).unwrap().all().unwrap();
    assert_eq!(columns, [(3, 4), (14, 5)]);
    assert_eq!(session.scalars(both.clone()).unwrap().all().unwrap(), [point(3, 4)]);
    assert_eq!(session.values(both).unwrap().all().unwrap(), [(point(3, 4), Some(point(5, 6)))]);
    assert_eq!(session.scalar(select(Edge::end).order_by(Edge::id)).unwrap(), Some(Some(point(5, 6))));

    #[derive(FromRow, Debug, PartialEq)]
    struct Line {
        from: Point,
        edge: i64,
        to: Option<Point>,
    }
    let lines = select((Edge::start, Edge::id, Edge::end)).filter(Edge::id.eq(2));
    let lines: Vec<Line> = session.execute(lines).unwrap().into().all().unwrap();
    assert_eq!(lines, [Line { from: point(14, 5), edge: 2, to: Some(point(2, 7)) }]);

    // Beside objects: behind an outer join an `Option` of what isn't there is `None`.
    session.add(Graph::builder()).unwrap();
    let with_ends = select((Graph, Edge::end)).outer_join(Graph::edges).order_by((Graph::id, Edge::id));
    let rows = session.execute(with_ends).unwrap().all().unwrap();
    assert_eq!((rows.len(), rows[0].0.clone(), rows[2].1), (3, graph.clone(), None));
    let distinct = select(Edge::start).distinct().order_by(Edge::start.desc());
    assert_eq!(session.scalars(distinct).unwrap().all().unwrap(), [point(14, 5), point(3, 4)]);
    let both = select(Edge::start).union_all(select(Edge::start));
    assert_eq!(session.scalars(both).unwrap().all().unwrap().len(), 4);
    let counted = select((Edge::start, func::count(Edge::id))).group_by(Edge::start).order_by(Edge::start);
    assert_eq!(session.execute(counted).unwrap().all().unwrap(), [(point(3, 4), 1), (point(14, 5), 1)]);
}

/// Several values are compared by a tuple of the columns.
#[test]
fn one_of_several() {
    let found = asked(
        select(Edge).filter(tuple_(Edge::start.columns()).in_([(3, 4), (1, 1)])),
        expect![[r#"
            "edge" WHERE ("edge"."x1", "edge"."y1") IN (VALUES (?, ?), (?, ?)) [3, 4, 1, 1]
        "#]],
    );
    assert_eq!(found, [1]);
}

#[test]
fn printed() {
    assert_eq!(format!("{:?}", Edge::start), "Composite(start = x1, y1)");
    assert_eq!(Edge::start.name(), "start");
}
