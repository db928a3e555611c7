//! Composites whose columns aren't loaded with their objects.

use expect_test::expect;
use orm::Code;
use orm::prelude::*;
use tests::code;

use super::models::*;

#[test]
fn options_of_columns() {
    let (db, session, _graph) = graph();
    session.expunge_all();
    let load = |query: orm::Select<Obj<Edge>>| {
        session.expunge_all();
        db.sql();
        let edge = session.scalars(query.filter(Edge::id.eq(1))).unwrap().one().unwrap();
        assert!(edge.start().is_ok() && edge.end().is_ok());
        db.sql()
    };
    let edge = || select(Edge);
    expect![[r#"
        SELECT "edge"."id", "edge"."graph_id", NULL, NULL, "edge"."x2", "edge"."y2" FROM "edge" WHERE "edge"."id" = ? [1]
        SELECT "edge"."x1", "edge"."y1" FROM "edge" WHERE "edge"."id" = ? [1]
    "#]]
    .assert_eq(&load(edge().options(defer(Edge::start))));
    expect![[r#"
        SELECT "edge"."id", "edge"."graph_id", NULL, NULL, NULL, NULL FROM "edge" WHERE "edge"."id" = ? [1]
        SELECT "edge"."x1", "edge"."y1" FROM "edge" WHERE "edge"."id" = ? [1]
        SELECT "edge"."x2", "edge"."y2" FROM "edge" WHERE "edge"."id" = ? [1]
    "#]]
    .assert_eq(&load(edge().options(defer((Edge::start, Edge::x2, Edge::y2)))));
    expect![[r#"
        SELECT "edge"."id", NULL, "edge"."x1", "edge"."y1", "edge"."x2", "edge"."y2" FROM "edge" WHERE "edge"."id" = ? [1]
    "#]]
    .assert_eq(&load(edge().options(load_only((Edge::start, Edge::end)))));
    expect![[r#"
        SELECT "edge"."id", NULL, "edge"."x1", "edge"."y1", NULL, "edge"."y2" FROM "edge" WHERE "edge"."id" = ? [1]
        SELECT "edge"."x2" FROM "edge" WHERE "edge"."id" = ? [1]
    "#]]
    .assert_eq(&load(edge().options(load_only((Edge::start, Edge::y2)))));
    session.expunge_all();
    let raising = edge().options(defer(Edge::end).raise()).filter(Edge::id.eq(1));
    let edge = session.scalars(raising).unwrap().one().unwrap();
    assert_eq!(code(edge.end()), Code::RaiseOnLoad);
    session.expunge_all();
    let other = aliased(Edge);
    let query =
        select(other).options(other.of(defer(other.of(Edge::start)))).filter(other.of(Edge::id).eq(1));
    db.sql();
    session.scalars(query).unwrap().one().unwrap();
    expect![[r#"
        SELECT "edge"."id", "edge"."graph_id", NULL, NULL, "edge"."x2", "edge"."y2" FROM "edge" WHERE "edge"."id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
}

/// What is read together is loaded by one statement, with the groups that it is of.
#[test]
fn deferred_columns() {
    let (db, session) = shapes();
    session.add(Late::builder().start(point(1, 2)).end(point(3, 4))).unwrap();
    session.commit().unwrap();
    let load = |query: orm::Select<Obj<Late>>| {
        session.expunge_all();
        db.sql();
        let late = session.scalars(query).unwrap().one().unwrap();
        assert_eq!((late.start().unwrap(), late.end().unwrap()), (point(1, 2), point(3, 4)));
        db.sql()
    };
    expect![[r#"
        SELECT "late"."id", NULL, NULL, NULL, NULL, NULL FROM "late"
        SELECT "late"."x1", "late"."y1" FROM "late" WHERE "late"."id" = ? [1]
        SELECT "late"."x2", "late"."y2" FROM "late" WHERE "late"."id" = ? [1]
    "#]]
    .assert_eq(&load(select(Late)));
    expect![[r#"
        SELECT "late"."id", "late"."x1", "late"."y1", "late"."x2", "late"."y2", NULL FROM "late"
    "#]]
    .assert_eq(&load(select(Late).options((undefer(Late::start), undefer(Late::end)))));
    expect![[r#"
        SELECT "late"."id", "late"."x1", "late"."y1", NULL, NULL, NULL FROM "late"
        SELECT "late"."x2", "late"."y2" FROM "late" WHERE "late"."id" = ? [1]
    "#]]
    .assert_eq(&load(select(Late).options(orm::undefer_group("start"))));
}
