//! Composites in statements that write rows.

use expect_test::expect;
use orm::prelude::*;

use super::models::*;

#[test]
fn set_by_a_statement() {
    let (db, session, graph) = graph();
    let edge = graph.edges().get(1).unwrap().unwrap();
    db.sql();
    let moved = |to: Option<Point>| update(Edge).set(Edge::end, to).filter(Edge::start.eq(point(14, 5)));
    assert_eq!(session.run(moved(Some(point(16, 10)))).unwrap(), 1);
    expect![[r#"
        UPDATE "edge" SET "x2" = ?, "y2" = ? WHERE "edge"."x1" = ? AND "edge"."y1" = ? RETURNING "edge"."id", "edge"."x2", "edge"."y2" [16, 10, 14, 5]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(edge.end().unwrap(), Some(point(16, 10)));
    assert_eq!(session.run(moved(None)).unwrap(), 1);
    assert_eq!(edge.end().unwrap(), None);
    let both = update(Edge)
        .set((Edge::end, Edge::y1), (point(1, 1), 7))
        .set(Edge::x1, Edge::x1 + 1)
        .set(Edge::y2, None);
    assert_eq!(session.run(both.filter(Edge::id.eq(2))).unwrap(), 1);
    session.expire_all().unwrap();
    assert_eq!(
        (edge.x1().unwrap(), edge.y1().unwrap(), edge.x2().unwrap(), edge.y2().unwrap()),
        (15, 7, Some(1), None)
    );
}

#[test]
fn inserted_by_a_statement() {
    let (db, session, _graph) = graph();
    db.sql();
    let rows = insert(Edge)
        .columns((Edge::graph_id, Edge::start, Edge::end))
        .rows([(1, point(1, 2), Some(point(3, 4))), (1, point(5, 6), None)])
        .returning((Edge::id, Edge::start, Edge::end));
    assert_eq!(session.run(rows).unwrap(), [(3, point(1, 2), Some(point(3, 4))), (4, point(5, 6), None)]);
    expect![[r#"
        INSERT INTO "edge" ("graph_id", "x1", "y1", "x2", "y2") VALUES (?, ?, ?, ?, ?) RETURNING "edge"."id", "edge"."x1", "edge"."y1", "edge"."x2", "edge"."y2" [1, 1, 2, 3, 4]
        INSERT INTO "edge" ("graph_id", "x1", "y1", "x2", "y2") VALUES (?, ?, ?, ?, ?) RETURNING "edge"."id", "edge"."x1", "edge"."y1", "edge"."x2", "edge"."y2" [1, 5, 6, NULL, NULL]
    "#]]
    .assert_eq(&db.sql());
    let alone = insert(Edge).columns(Edge::start).rows([point(7, 8), point(9, 9)]);
    assert_eq!(session.run(alone).unwrap(), 2);
    let two = point(2, 2);
    let builders = [Edge::builder().start(point(1, 1)), Edge::builder().start(two).end(point(3, 3))];
    assert_eq!(session.run(insert(Edge).rows(builders)).unwrap(), 2);
    let copied = insert(Edge).columns((Edge::start, Edge::end));
    let copied = copied.from(select((Edge::start, Edge::start)).filter(Edge::id.eq(1)));
    assert_eq!(session.run(copied).unwrap(), 1);
    let one = point(1, 1);
    let one = insert(Edge).set(Edge::start, point(0, 0)).set(Edge::end, one);
    assert_eq!(session.run(one).unwrap(), 1);
    assert_eq!(
        db.rows_in(&session, "SELECT id, graph_id, x1, y1, x2, y2 FROM edge WHERE id > 4 ORDER BY id"),
        "5|NULL|7|8|NULL|NULL\n6|NULL|9|9|NULL|NULL\n7|NULL|1|1|NULL|NULL\n8|NULL|2|2|3|3\n9|NULL|3|4|3|4\n\
         10|NULL|0|0|1|1\n"
    );
}

#[test]
fn rows_by_their_keys() {
    let (db, session, graph) = graph();
    db.sql();
    let rows = update(Edge).columns((Edge::id, Edge::end)).rows([(1, Some(point(8, 8))), (2, None)]);
    assert_eq!(session.run(rows).unwrap(), 2);
    let ends: Vec<_> = graph.edges().iter().unwrap().map(|edge| edge.end().unwrap()).collect();
    assert_eq!(ends, [Some(point(8, 8)), None]);
    let by_composite = update(Versioned).columns((Versioned::version, Versioned::name));
    session
        .run(insert(Versioned).columns((Versioned::version, Versioned::name)).rows([(Version(1, 2), "a")]))
        .unwrap();
    assert_eq!(session.run(by_composite.rows([(Version(1, 2), "b"), (Version(1, 3), "c")])).unwrap(), 1);
    let upsert = insert(Versioned)
        .columns((Versioned::version, Versioned::name))
        .rows([(Version(1, 2), "x"), (Version(2, 2), "y")])
        .on_conflict(Versioned::version)
        .update(Versioned::name);
    db.sql();
    assert_eq!(session.run(upsert).unwrap(), 2);
    expect![[r#"
        INSERT INTO "versioned" ("id", "version_id", "name") VALUES (?, ?, ?) ON CONFLICT ("id", "version_id") DO UPDATE SET "name" = "excluded"."name" [1, 2, 'x']
        INSERT INTO "versioned" ("id", "version_id", "name") VALUES (?, ?, ?) ON CONFLICT ("id", "version_id") DO UPDATE SET "name" = "excluded"."name" [2, 2, 'y']
    "#]]
    .assert_eq(&db.sql());
    let moved = insert(Edge)
        .columns((Edge::id, Edge::start))
        .rows([(1, point(0, 0))])
        .on_conflict(Edge::id)
        .set(Edge::end, point(2, 2))
        .update(Edge::start);
    assert_eq!(session.run(moved).unwrap(), 1);
    assert_eq!(db.rows_in(&session, "SELECT x1, y1, x2, y2 FROM edge WHERE id = 1"), "0|0|2|2\n");
}
