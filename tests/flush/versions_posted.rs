//! Versions of rows whose foreign keys are written by updates of their own: each update counts the version up, and finds
//! the row by it.

use expect_test::expect;
use orm::Code;
use orm::prelude::*;
use tests::Db;

use super::{flush, in_transaction};

orm::registry!(
    /// Classes with versions that refer to each other.
    pub Posted
);

/// A node points at another one.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Posted)]
pub struct Node {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(version_id)]
    pub version: i64,
    #[column(foreign_key = Node::id)]
    pub next_id: Option<i64>,
    #[relationship(remote_side = Node::id, post_update)]
    pub next: Option<One<Node>>,
}

/// A mark, whose version is whatever it is set to.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Posted)]
pub struct Stamp {
    #[column(primary_key)]
    pub id: i64,
    #[column(version_id = "manual", default = 1)]
    pub version: i64,
    #[column(foreign_key = Stamp::id)]
    pub next_id: Option<i64>,
    #[relationship(remote_side = Stamp::id, post_update)]
    pub next: Option<One<Stamp>>,
}

fn posted() -> (Db, Session) {
    let db = Db::empty();
    Posted::create_all(&db.engine).unwrap();
    db.sql();
    let session = db.session();
    (db, session)
}

/// Two nodes of the version 1, each points at the other.
fn circle(db: &Db, session: &Session) -> [Obj<Node>; 2] {
    let nodes = ["a", "b"].map(|name| session.add(Node::builder().name(name)).unwrap());
    nodes[0].set_next(&nodes[1]).unwrap();
    nodes[1].set_next(&nodes[0]).unwrap();
    session.flush().unwrap();
    db.sql();
    nodes
}

#[test]
fn what_a_flush_inserts_keeps_its_first_version() {
    let (db, session) = posted();
    let node = session.add(Node::builder().name("a")).unwrap();
    node.set_next(&node).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            INSERT INTO "node" ("name", "version", "next_id") VALUES (?, ?, ?) ['a', 1, NULL]
            UPDATE "node" SET "next_id" = ? WHERE "id" = ? AND "version" = ? [1, 1, 1]
        "#]],
    );
    assert_eq!(node.version().unwrap(), 1);
}

#[test]
fn an_update_of_a_key_alone_counts_up() {
    let (db, session) = posted();
    let [a, b] = circle(&db, &session);
    a.set_next(&a).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "node" SET "version" = ?, "next_id" = ? WHERE "id" = ? AND "version" = ? [2, 1, 1, 1]
        "#]],
    );
    assert_eq!((a.version().unwrap(), b.version().unwrap()), (2, 1));
}

/// Two updates of one row count up twice, as in SQLAlchemy.
#[test]
fn the_second_update_of_a_row_finds_it_by_the_version_of_the_first() {
    let (db, session) = posted();
    let [a, b] = circle(&db, &session);
    a.set_name("A").unwrap();
    a.set_next(&a).unwrap();
    b.set_next(None).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "node" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['A', 2, 1, 1]
            UPDATE "node" SET "version" = ?, "next_id" = ? WHERE "id" = ? AND "version" = ? [3, 1, 1, 2]
            UPDATE "node" SET "version" = ?, "next_id" = ? WHERE "id" = ? AND "version" = ? [2, NULL, 2, 1]
        "#]],
    );
    assert_eq!((a.version().unwrap(), b.version().unwrap()), (3, 2));
    session.rollback().unwrap();
    let [a, b] = circle(&db, &session);
    assert_eq!((a.version().unwrap(), b.version().unwrap()), (1, 1));
}

#[test]
fn rows_that_are_deleted_are_found_by_the_version_of_the_update_before() {
    let (db, session) = posted();
    let [a, b] = circle(&db, &session);
    session.commit().unwrap();
    session.delete(&a).unwrap();
    session.delete(&b).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            SELECT "id", "name", "version", "next_id" FROM "node" WHERE "id" = ? [1]
            SELECT "id", "name", "version", "next_id" FROM "node" WHERE "id" = ? [2]
            UPDATE "node" SET "version" = ?, "next_id" = ? WHERE "id" = ? AND "version" = ? [2, NULL, 1, 1]
            UPDATE "node" SET "version" = ?, "next_id" = ? WHERE "id" = ? AND "version" = ? [2, NULL, 2, 1]
            DELETE FROM "node" WHERE "id" = ? AND "version" = ? [1, 2]
            DELETE FROM "node" WHERE "id" = ? AND "version" = ? [2, 2]
        "#]],
    );
}

#[test]
fn a_version_that_is_set_by_hand_is_in_the_row_when_its_key_is_written() {
    let (db, session) = posted();
    let stamp = session.add(Stamp::default()).unwrap();
    session.flush().unwrap();
    db.sql();
    stamp.set_version(5).unwrap();
    stamp.set_next(&stamp).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "stamp" SET "version" = ? WHERE "id" = ? AND "version" = ? [5, 1, 0]
            UPDATE "stamp" SET "next_id" = ? WHERE "id" = ? AND "version" = ? [1, 1, 5]
        "#]],
    );
    session.commit().unwrap();
    session.delete(&stamp).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            SELECT "id", "version", "next_id" FROM "stamp" WHERE "id" = ? [1]
            UPDATE "stamp" SET "next_id" = ? WHERE "id" = ? AND "version" = ? [NULL, 1, 5]
            DELETE FROM "stamp" WHERE "id" = ? AND "version" = ? [1, 5]
        "#]],
    );
}

#[test]
fn a_row_that_has_another_version_is_stale() {
    let (db, session) = posted();
    let [a, b] = circle(&db, &session);
    session.commit().unwrap();
    for node in [&a, &b] {
        node.next_id().unwrap();
    }
    in_transaction(&session, "UPDATE node SET version = 2 WHERE id = 2");
    a.set_next(&a).unwrap();
    b.set_next(&b).unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::StaleData);
    assert!(error.to_string().contains("version 1"), "{error}");
    session.rollback().unwrap();
    assert_eq!((a.version().unwrap(), b.version().unwrap()), (1, 1));
}
