//! What listeners are told of statements about collections that are never loaded, and within savepoints.

use std::cell::{Cell, RefCell};

use expect_test::{Expect, expect};
use orm::prelude::*;
use orm::{Code, ExecutionKind, ObjectState, SessionConfig, SessionEvents};
use tests::{Db, code};

orm::registry!(
    /// Classes whose rows belong to tenants, with large collections.
    Stored
);

/// A key of two columns, and a collection of each kind that isn't loaded.
#[derive(Mapped)]
#[mapped(registry = Stored)]
struct Shelf {
    #[column(primary_key)]
    room: i64,
    #[column(primary_key)]
    number: i64,
    tenant: i64,
    #[relationship(back_populates = "shelf", order_by = Sheet::id)]
    sheets: Dynamic<Sheet>,
    #[relationship(cascade = "all", passive_deletes, order_by = Memo::id)]
    memos: WriteOnly<Memo>,
    #[relationship(secondary = Marked, order_by = Mark::id)]
    marks: Dynamic<Mark>,
}

#[derive(Mapped)]
#[mapped(registry = Stored, foreign_key(columns(room, number), references(Shelf::room, Shelf::number)))]
struct Sheet {
    #[column(primary_key)]
    id: i64,
    tenant: i64,
    room: Option<i64>,
    number: Option<i64>,
    #[relationship(back_populates = "sheets")]
    shelf: Option<One<Shelf>>,
}

#[derive(Mapped)]
#[mapped(
    registry = Stored,
    foreign_key(columns(room, number), references(Shelf::room, Shelf::number), on_delete = "cascade")
)]
struct Memo {
    #[column(primary_key)]
    id: i64,
    tenant: i64,
    room: i64,
    number: i64,
}

#[derive(Mapped)]
#[mapped(registry = Stored)]
struct Mark {
    #[column(primary_key)]
    id: i64,
    tenant: i64,
}

#[derive(Table)]
#[mapped(
    registry = Stored,
    foreign_key(columns(room, number), references(Shelf::room, Shelf::number))
)]
#[allow(dead_code, reason = "rows of it are written by the library")]
struct Marked {
    #[column(primary_key)]
    room: i64,
    #[column(primary_key)]
    number: i64,
    #[column(primary_key, foreign_key = Mark::id)]
    mark_id: i64,
}

/// A shelf of the second tenant, with things of both in each collection.
fn db() -> Db {
    let db = Db::empty();
    Stored::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO shelf VALUES (1, 2, 2); INSERT INTO sheet VALUES (1, 1, 1, 2), (2, 2, 1, 2);
         INSERT INTO memo VALUES (1, 1, 1, 2), (2, 2, 1, 2); INSERT INTO mark VALUES (1, 1), (2, 2);
         INSERT INTO marked VALUES (1, 2, 1), (1, 2, 2);",
    );
    db.sql();
    db
}

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static REFUSES: Cell<bool> = const { Cell::new(false) };
}

/// A session of the second tenant, which notes what it is told.
fn narrowed(db: &Db) -> Session {
    let session = Session::new(&db.engine);
    session.listen(SessionEvents::new().before_execute(|_, execution| {
        LOG.with_borrow_mut(|log| log.push(format!("{:?} {:?}", execution.kind(), execution.class())));
        execution
            .with_criteria_of_aliases(Shelf, Shelf::tenant.eq(2))
            .with_criteria_of_aliases(Sheet, Sheet::tenant.eq(2))
            .with_criteria_of_aliases(Memo, Memo::tenant.eq(2))
            .with_criteria_of_aliases(Mark, Mark::tenant.eq(2));
        if REFUSES.get() {
            return Err(orm::Error::new(Code::Refused, "not today"));
        }
        Ok(())
    }));
    session
}

#[track_caller]
fn told(lines: &[&str]) {
    assert_eq!(LOG.take(), lines);
}

fn ran(db: &Db, expected: Expect) {
    expected.assert_eq(&db.sql());
}

/// Each read of such a collection is a query, of which is told.
#[test]
fn dynamic_collections() {
    let db = db();
    let session = narrowed(&db);
    let shelf = session.get_one::<Shelf>((1, 2)).unwrap();
    told(&[r#"Query Some("Shelf")"#]);
    db.sql();
    let ids = |sheets: Vec<Obj<Sheet>>| -> Vec<i64> { sheets.iter().map(|s| s.id().unwrap()).collect() };
    assert_eq!(ids(shelf.sheets().all().unwrap()), [2]);
    assert_eq!(shelf.sheets().count().unwrap(), 1);
    assert_eq!(shelf.sheets().get(0).unwrap().unwrap().id().unwrap(), 2);
    assert_eq!(shelf.sheets().filter(Sheet::tenant.eq(1)).first().unwrap(), None);
    assert!(!shelf.sheets().is_empty().unwrap());
    assert_eq!(shelf.marks().all().unwrap().len(), 1);
    told(&[
        r#"Query Some("Sheet")"#,
        r#"Query Some("Sheet")"#,
        r#"Query Some("Sheet")"#,
        r#"Query Some("Sheet")"#,
        r#"Query Some("Sheet")"#,
        r#"Query Some("Mark")"#,
    ]);
    ran(
        &db,
        expect![[r#"
        SELECT "sheet"."id", "sheet"."tenant", "sheet"."room", "sheet"."number" FROM "sheet" WHERE ? = "sheet"."room" AND ? = "sheet"."number" AND "sheet"."tenant" = ? ORDER BY "sheet"."id" [1, 2, 2]
        SELECT count(*) FROM (SELECT "sheet"."id", "sheet"."tenant", "sheet"."room", "sheet"."number" FROM "sheet" WHERE ? = "sheet"."room" AND ? = "sheet"."number" AND "sheet"."tenant" = ?) AS "rows" [1, 2, 2]
        SELECT "sheet"."id", "sheet"."tenant", "sheet"."room", "sheet"."number" FROM "sheet" WHERE ? = "sheet"."room" AND ? = "sheet"."number" AND "sheet"."tenant" = ? ORDER BY "sheet"."id" LIMIT ? [1, 2, 2, 1]
        SELECT "sheet"."id", "sheet"."tenant", "sheet"."room", "sheet"."number" FROM "sheet" WHERE ? = "sheet"."room" AND ? = "sheet"."number" AND "sheet"."tenant" = ? AND "sheet"."tenant" = ? ORDER BY "sheet"."id" LIMIT ? [1, 2, 1, 2, 1]
        SELECT EXISTS (SELECT "sheet"."id", "sheet"."tenant", "sheet"."room", "sheet"."number" FROM "sheet" WHERE ? = "sheet"."room" AND ? = "sheet"."number" AND "sheet"."tenant" = ?) [1, 2, 2]
        SELECT "mark"."id", "mark"."tenant" FROM "mark", "marked" WHERE ? = "marked"."room" AND ? = "marked"."number" AND "mark"."id" = "marked"."mark_id" AND "mark"."tenant" = ? ORDER BY "mark"."id" [1, 2, 2]
    "#]],
    );
    // What is changed is flushed before, without a word.
    let old = shelf.sheets().one().unwrap();
    LOG.take();
    db.sql();
    let new = shelf.sheets().add(Sheet::builder().tenant(2)).unwrap();
    shelf.sheets().remove(&old).unwrap();
    assert_eq!(ids(shelf.sheets().all().unwrap()), [new.id().unwrap()]);
    told(&[r#"Query Some("Sheet")"#]);
    ran(
        &db,
        expect![[r#"
        UPDATE "sheet" SET "room" = ?, "number" = ? WHERE "id" = ? [NULL, NULL, 2]
        INSERT INTO "sheet" ("tenant", "room", "number") VALUES (?, ?, ?) [2, 1, 2]
        SELECT "sheet"."id", "sheet"."tenant", "sheet"."room", "sheet"."number" FROM "sheet" WHERE ? = "sheet"."room" AND ? = "sheet"."number" AND "sheet"."tenant" = ? ORDER BY "sheet"."id" [1, 2, 2]
    "#]],
    );
    REFUSES.set(true);
    assert_eq!(code(shelf.sheets().all()), Code::Refused);
    assert_eq!(code(shelf.sheets().count()), Code::Refused);
    REFUSES.set(false);
    LOG.take();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, room, number FROM sheet ORDER BY id"), "1|1|2\n2|NULL|NULL\n3|1|2\n");
}

/// What a deletion has to know it finds by itself, without a word; the conditions that its object was loaded by hold for that
/// too, so that rows of others stay, and the database refuses, as it does with SQLAlchemy.
#[test]
fn what_a_deletion_has_to_know() {
    let db = db();
    let session = narrowed(&db);
    let shelf = session.get_one::<Shelf>((1, 2)).unwrap();
    LOG.take();
    db.sql();
    session.delete(&shelf).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    told(&[]);
    ran(
        &db,
        expect![[r#"
        SELECT "sheet"."id", "sheet"."tenant", "sheet"."room", "sheet"."number" FROM "sheet" WHERE ? = "sheet"."room" AND ? = "sheet"."number" AND "sheet"."tenant" = ? ORDER BY "sheet"."id" [1, 2, 2]
        SELECT "mark"."id", "mark"."tenant" FROM "mark", "marked" WHERE ? = "marked"."room" AND ? = "marked"."number" AND "mark"."id" = "marked"."mark_id" AND "mark"."tenant" = ? ORDER BY "mark"."id" [1, 2, 2]
        DELETE FROM "marked" WHERE "room" = ? AND "number" = ? AND "mark_id" = ? [1, 2, 2]
        UPDATE "sheet" SET "room" = ?, "number" = ? WHERE "id" = ? [NULL, NULL, 2]
        DELETE FROM "shelf" WHERE "room" = ? AND "number" = ? [1, 2]
    "#]],
    );
    session.rollback().unwrap();
    // Where the object is loaded by nobody's conditions, all of it goes.
    drop(shelf);
    let session = Session::new(&db.engine);
    session.delete(session.get_one::<Shelf>((1, 2)).unwrap()).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, room FROM sheet ORDER BY id"), "1|NULL\n2|NULL\n");
    let left = "SELECT (SELECT count(*) FROM memo), (SELECT count(*) FROM marked)";
    assert_eq!(db.rows(left), "0|0\n");
}

/// Their statements are the session's.
#[test]
fn write_only_collections() {
    let db = db();
    let session = narrowed(&db);
    let shelf = session.get_one::<Shelf>((1, 2)).unwrap();
    LOG.take();
    db.sql();
    assert_eq!(session.scalars(shelf.memos().select()).unwrap().all().unwrap().len(), 1);
    assert_eq!(session.run(shelf.memos().update().set(Memo::tenant, Memo::tenant + 0)).unwrap(), 1);
    assert_eq!(session.run(shelf.memos().delete()).unwrap(), 1);
    assert_eq!(session.run(shelf.memos().insert().rows([Memo::builder().tenant(3)])).unwrap(), 1);
    told(&[
        r#"Query Some("Memo")"#,
        r#"Update Some("Memo")"#,
        r#"Delete Some("Memo")"#,
        r#"Insert Some("Memo")"#,
    ]);
    ran(
        &db,
        expect![[r#"
        SELECT "memo"."id", "memo"."tenant", "memo"."room", "memo"."number" FROM "memo" WHERE ? = "memo"."room" AND ? = "memo"."number" AND "memo"."tenant" = ? ORDER BY "memo"."id" [1, 2, 2]
        UPDATE "memo" SET "tenant" = "memo"."tenant" + ? WHERE ? = "memo"."room" AND ? = "memo"."number" AND "memo"."tenant" = ? [0, 1, 2, 2]
        DELETE FROM "memo" WHERE ? = "memo"."room" AND ? = "memo"."number" AND "memo"."tenant" = ? [1, 2, 2]
        INSERT INTO "memo" ("tenant", "room", "number") VALUES (?, ?, ?) [3, 1, 2]
    "#]],
    );
    // What comes and goes is written by the flush.
    shelf.memos().add(Memo::builder().tenant(2)).unwrap();
    session.commit().unwrap();
    told(&[]);
    assert_eq!(db.rows("SELECT tenant FROM memo ORDER BY id"), "1\n3\n2\n");
}

/// A savepoint changes nothing of what is told; a statement that is refused in it leaves it as it is.
#[test]
fn savepoints() {
    let db = db();
    let session = narrowed(&db);
    let sheet = session.get_one::<Sheet>(2).unwrap();
    LOG.take();
    let part = session.begin_nested().unwrap();
    assert_eq!(session.scalars(select(Sheet)).unwrap().all().unwrap().len(), 1);
    assert_eq!(session.run(update(Sheet).set(Sheet::tenant, 4)).unwrap(), 1);
    told(&[r#"Query Some("Sheet")"#, r#"Update Some("Sheet")"#]);
    part.rollback().unwrap();
    // It is loaded again, which is the object's own matter.
    assert_eq!(sheet.tenant().unwrap(), 2);
    told(&[]);
    let part = session.begin_nested().unwrap();
    let mark = session.add(Mark::builder().tenant(2)).unwrap();
    REFUSES.set(true);
    assert_eq!(code(session.scalars(select(Sheet)).unwrap().all()), Code::Refused);
    assert_eq!(code(session.run(delete(Sheet))), Code::Refused);
    REFUSES.set(false);
    // Nothing was flushed, and all of it can go on.
    assert_eq!(Obj::state(&mark), ObjectState::Pending);
    part.commit().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, tenant FROM mark ORDER BY id"), "1|1\n2|2\n3|2\n");
    // Of a session whose flush has failed too: it is told before the statement finds that out.
    LOG.take();
    let part = session.begin_nested().unwrap();
    session.add(Mark::builder().id(3).tenant(2)).unwrap();
    assert_eq!(code(session.scalars(select(Sheet)).unwrap().all()), Code::Integrity);
    assert_eq!(code(session.scalars(select(Sheet)).unwrap().all()), Code::PendingRollback);
    told(&[r#"Query Some("Sheet")"#, r#"Query Some("Sheet")"#]);
    part.rollback().unwrap();
    assert_eq!(session.scalars(select(Sheet)).unwrap().count().unwrap(), 1);
    told(&[r#"Query Some("Sheet")"#]);
    // A session that begins nothing by itself.
    let session = Session::with_config(&db.engine, SessionConfig::default().autobegin(false));
    session.listen(SessionEvents::new().before_execute(|_, _| {
        LOG.with_borrow_mut(|log| log.push("told".into()));
        Ok(())
    }));
    assert_eq!(code(session.scalars(select(Sheet)).unwrap().all()), Code::NoTransaction);
    LOG.take();
    session.begin().unwrap();
    assert_eq!(session.scalars(select(Sheet)).unwrap().all().unwrap().len(), 2);
    told(&["told"]);
}

/// Nothing runs yet when it is told, so that a listener may end the transaction: the statement begins the next one.
#[test]
fn a_listener_ends_what_came_before() {
    let db = db();
    let session = Session::new(&db.engine);
    session.listen(SessionEvents::new().before_execute(|session, execution| match execution.kind() {
        ExecutionKind::Query => session.commit(),
        ExecutionKind::Delete => session.rollback(),
        _ => {
            let part = session.begin_nested()?;
            session.add(Mark::builder().id(9).tenant(9))?;
            part.commit()
        }
    }));
    session.add(Mark::builder().tenant(5)).unwrap();
    assert_eq!(session.scalars(select(Mark)).unwrap().count().unwrap(), 3);
    assert_eq!(db.rows("SELECT tenant FROM mark WHERE id = 3"), "5\n");
    session.add(Mark::builder().tenant(6)).unwrap();
    assert_eq!(session.run(delete(Mark).filter(Mark::id.gt(2))).unwrap(), 1);
    assert_eq!(session.run(update(Mark).filter(Mark::id.eq(9)).set(Mark::tenant, 8)).unwrap(), 1);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, tenant FROM mark ORDER BY id"), "1|1\n2|2\n9|8\n");
}
