//! What listeners are told of statements before they run, and what they may add to them.

use std::cell::{Cell, RefCell};

use expect_test::{Expect, expect};
use orm::prelude::*;
use orm::{Code, ExecutionKind, SessionConfig, SessionEvents};
use tests::{Db, code};

orm::registry!(
    /// Classes whose rows belong to tenants.
    Rented
);

#[derive(Mapped)]
#[mapped(registry = Rented)]
struct Folder {
    #[column(primary_key)]
    id: i64,
    name: String,
    tenant: i64,
    #[relationship(back_populates = "folder", order_by = Paper::id)]
    papers: Many<Paper>,
}

#[derive(Mapped)]
#[mapped(registry = Rented)]
struct Paper {
    #[column(primary_key)]
    id: i64,
    tenant: i64,
    #[column(foreign_key = Folder::id)]
    folder_id: Option<i64>,
    #[relationship(back_populates = "papers")]
    folder: Option<One<Folder>>,
}

#[derive(Mapped)]
#[mapped(registry = Rented)]
struct Stamp {
    #[column(primary_key)]
    group: i64,
    #[column(primary_key)]
    number: i64,
    tenant: i64,
    #[column(foreign_key = Folder::id)]
    folder_id: Option<i64>,
    #[relationship]
    folder: Option<One<Folder>>,
}

/// Two folders of each of two tenants; in each folder a paper of both.
fn db() -> Db {
    let db = Db::empty();
    Rented::create_all(&db.engine).unwrap();
    let session = Session::new(&db.engine);
    for (tenant, name) in [(1, "a"), (1, "b"), (2, "c"), (2, "d")] {
        let papers = [1, 2].map(|tenant| Paper::builder().tenant(tenant));
        session.add(Folder::builder().name(name).tenant(tenant).papers(papers)).unwrap();
    }
    session
        .add_all(
            [(1, 1), (1, 2)]
                .map(|(group, tenant)| Stamp::builder().group(group).number(tenant).tenant(tenant)),
        )
        .unwrap();
    session.commit().unwrap();
    db.sql();
    db
}

/// What a session of the second tenant may see.
fn of_second(_: &Session, execution: &mut orm::Execution<'_>) -> orm::Result<()> {
    execution
        .with_criteria(Folder, Folder::tenant.eq(2))
        .with_criteria_of_aliases(Paper, Paper::tenant.eq(2))
        .with_criteria(Stamp, Stamp::tenant.eq(2));
    Ok(())
}

fn narrowed(db: &Db) -> Session {
    let session = Session::new(&db.engine);
    session.listen(SessionEvents::new().before_execute(of_second));
    session
}

fn ran(db: &Db, expected: Expect) {
    expected.assert_eq(&db.sql());
}

#[test]
fn criteria_narrow_every_statement() {
    let db = db();
    let session = narrowed(&db);
    let folders = session.scalars(select(Folder).order_by(Folder::id)).unwrap().all().unwrap();
    assert_eq!(folders.len(), 2);
    // What is loaded of the objects later is narrowed as well.
    assert_eq!(folders[0].papers().len().unwrap(), 1);
    assert_eq!(session.execute(select(Folder)).unwrap().count().unwrap(), 2);
    assert!(!session.execute(select(Folder).filter(Folder::tenant.eq(1))).unwrap().exists().unwrap());
    ran(
        &db,
        expect![[r#"
        SELECT "folder"."id", "folder"."name", "folder"."tenant" FROM "folder" WHERE "folder"."tenant" = ? ORDER BY "folder"."id" [2]
        SELECT "paper"."id", "paper"."tenant", "paper"."folder_id" FROM "paper" WHERE ? = "paper"."folder_id" AND "paper"."tenant" = ? ORDER BY "paper"."id" [3, 2]
        SELECT count(*) FROM (SELECT "folder"."id", "folder"."name", "folder"."tenant" FROM "folder" WHERE "folder"."tenant" = ?) AS "rows" [2]
        SELECT EXISTS (SELECT "folder"."id", "folder"."name", "folder"."tenant" FROM "folder" WHERE "folder"."tenant" = ? AND "folder"."tenant" = ?) [1, 2]
    "#]],
    );
    let paper = aliased(Paper);
    let query =
        select((Folder::name, paper.of(Paper::id))).join(Folder::papers.to(paper)).order_by(Folder::id);
    assert_eq!(session.execute(query).unwrap().first().unwrap().unwrap().0, "c");
    ran(
        &db,
        expect![[r#"
        SELECT "folder"."name", "paper"."id" FROM "folder" JOIN "paper" ON "folder"."id" = "paper"."folder_id" AND "paper"."tenant" = ? WHERE "folder"."tenant" = ? ORDER BY "folder"."id" [2, 2]
    "#]],
    );
    // Values, too.
    assert_eq!(session.values(select(Folder)).unwrap().all().unwrap().len(), 2);
    assert_eq!(session.run(update(Folder).set(Folder::name, "e")).unwrap(), 2);
    assert_eq!(session.run(delete(Paper).filter(Paper::folder_id.gt(0))).unwrap(), 4);
    ran(
        &db,
        expect![[r#"
        SELECT "folder"."id", "folder"."name", "folder"."tenant" FROM "folder" WHERE "folder"."tenant" = ? [2]
        UPDATE "folder" SET "name" = ? WHERE "folder"."tenant" = ? RETURNING "folder"."id", "folder"."name" ['e', 2]
        DELETE FROM "paper" WHERE "paper"."folder_id" > ? AND "paper"."tenant" = ? RETURNING "paper"."id" [0, 2]
    "#]],
    );
}

#[test]
fn an_object_by_its_key_is_asked_for_by_a_query() {
    let db = db();
    let session = narrowed(&db);
    assert_eq!(session.get::<Folder>(1).unwrap(), None);
    let folder = session.get_one::<Folder>(3).unwrap();
    ran(
        &db,
        expect![[r#"
        SELECT "folder"."id", "folder"."name", "folder"."tenant" FROM "folder" WHERE "folder"."id" = ? AND "folder"."tenant" = ? [1, 2]
        SELECT "folder"."id", "folder"."name", "folder"."tenant" FROM "folder" WHERE "folder"."id" = ? AND "folder"."tenant" = ? [3, 2]
    "#]],
    );
    // That the session has it is no matter of a statement.
    assert_eq!(session.get::<Folder>(3).unwrap(), Some(folder));
    assert_eq!(session.get::<Stamp>((1, 1)).unwrap(), None);
    assert!(session.get_with::<Stamp>((1, 2), lazy(Stamp::folder)).unwrap().is_some());
    let stamp = Rented::mapper("Stamp").unwrap();
    assert!(session.get_any(stamp, &[1.into(), 2.into()]).unwrap().is_some());
    assert_eq!(session.get_any(stamp, &[1.into(), orm::Value::Null]).unwrap(), None);
    ran(
        &db,
        expect![[r#"
        SELECT "stamp"."group", "stamp"."number", "stamp"."tenant", "stamp"."folder_id" FROM "stamp" WHERE "stamp"."group" = ? AND "stamp"."number" = ? AND "stamp"."tenant" = ? [1, 1, 2]
        SELECT "stamp"."group", "stamp"."number", "stamp"."tenant", "stamp"."folder_id" FROM "stamp" WHERE "stamp"."group" = ? AND "stamp"."number" = ? AND "stamp"."tenant" = ? [1, 2, 2]
        SELECT "stamp"."group", "stamp"."number", "stamp"."tenant", "stamp"."folder_id" FROM "stamp" WHERE "stamp"."group" = ? AND "stamp"."number" = ? AND "stamp"."tenant" = ? [1, 2, 2]
    "#]],
    );
    assert_eq!(code(session.get_one::<Folder>(2)), Code::NoResult);
}

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static REFUSES: Cell<bool> = const { Cell::new(false) };
}

static EVENTS: std::sync::LazyLock<SessionEvents> = std::sync::LazyLock::new(|| {
    SessionEvents::new()
        .before_flush(|_| {
            LOG.with(|log| log.borrow_mut().push("flush".into()));
            Ok(())
        })
        .before_execute(|session, execution| {
            let line = format!("{:?} {:?}", execution.kind(), execution.class());
            LOG.with(|log| log.borrow_mut().push(line));
            // Its own query is told to nobody.
            session.no_autoflush(|session| session.scalars(select(Stamp))?.all())?;
            if REFUSES.get() {
                return Err(orm::Error::new(Code::Refused, "not today"));
            }
            Ok(())
        })
});

fn told() -> Vec<String> {
    LOG.with(RefCell::take)
}

#[test]
fn what_runs_is_told_before_it_is_flushed() {
    let db = db();
    let session = Session::with_config(&db.engine, SessionConfig::default().events(&EVENTS));
    session.listen(SessionEvents::new().before_execute(|_, _| {
        LOG.with(|log| log.borrow_mut().push("its own".into()));
        Ok(())
    }));
    let folder = session.get_one::<Folder>(1).unwrap();
    assert_eq!(told(), ["Query Some(\"Folder\")", "its own"]);
    folder.set_name("x").unwrap();
    assert_eq!(session.scalar(select(Folder::name)).unwrap().unwrap(), "x");
    assert_eq!(told(), ["Query None", "its own", "flush"]);
    let written = select_text("SELECT id, name, tenant FROM folder").entities(Folder);
    assert_eq!(session.scalars(written).unwrap().all().unwrap().len(), 4);
    assert_eq!(told(), ["Query Some(\"Folder\")", "its own"]);
    // What objects load isn't told, nor what the flush runs.
    session.expire(&folder).unwrap();
    assert_eq!((folder.name().unwrap(), folder.papers().len().unwrap()), ("x".to_owned(), 2));
    assert_eq!(told(), [""; 0]);
    session.run(insert(Stamp).set(Stamp::group, 3).set(Stamp::number, 3).set(Stamp::tenant, 3)).unwrap();
    session.run(update(Stamp).filter(Stamp::group.eq(3)).set(Stamp::tenant, 4)).unwrap();
    session.run(delete(Stamp).filter(Stamp::group.eq(3))).unwrap();
    assert_eq!(
        told(),
        [
            "Insert Some(\"Stamp\")",
            "its own",
            "Update Some(\"Stamp\")",
            "its own",
            "Delete Some(\"Stamp\")",
            "its own"
        ]
    );
}

#[test]
fn an_error_refuses_the_statement() {
    let db = db();
    let session = Session::with_config(&db.engine, SessionConfig::default().events(&EVENTS));
    let folder = session.get_one::<Folder>(1).unwrap();
    folder.set_name("x").unwrap();
    db.sql();
    REFUSES.set(true);
    assert_eq!(code(session.scalars(select(Folder)).unwrap().all()), Code::Refused);
    assert_eq!(code(session.get::<Folder>(2)), Code::Refused);
    assert_eq!(code(session.run(delete(Paper))), Code::Refused);
    // Nothing was flushed; the listener has asked for stamps each time.
    ran(
        &db,
        expect![[r#"
        SELECT "stamp"."group", "stamp"."number", "stamp"."tenant", "stamp"."folder_id" FROM "stamp"
        SELECT "stamp"."group", "stamp"."number", "stamp"."tenant", "stamp"."folder_id" FROM "stamp"
        SELECT "stamp"."group", "stamp"."number", "stamp"."tenant", "stamp"."folder_id" FROM "stamp"
    "#]],
    );
    REFUSES.set(false);
    session.commit().unwrap();
    assert_eq!(folder.name().unwrap(), "x");
}

#[test]
fn options_say_what_is_loaded_with_objects() {
    let db = db();
    let session = Session::new(&db.engine);
    session.listen(SessionEvents::new().before_execute(|_, execution| {
        if execution.class() == Some(Folder::CLASS) {
            execution.options::<Folder>(selectin(Folder::papers))?;
        }
        Ok(())
    }));
    let folder = session.scalars(select(Folder).filter(Folder::id.eq(1))).unwrap().one().unwrap();
    assert_eq!(folder.papers().len().unwrap(), 2);
    ran(
        &db,
        expect![[r#"
        SELECT "folder"."id", "folder"."name", "folder"."tenant" FROM "folder" WHERE "folder"."id" = ? [1]
        SELECT "paper"."id", "paper"."tenant", "paper"."folder_id" FROM "paper" WHERE ? = "paper"."folder_id" ORDER BY "paper"."id" [1]
    "#]],
    );
    let error = session.run(update(Folder).set(Folder::tenant, 3)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "[bad-option] `Folder`: a statement that writes rows is given options of loading; help: give them where `kind()` is \
         `ExecutionKind::Query`"
    );
    // The mend.
    let session = Session::new(&db.engine);
    session.listen(SessionEvents::new().before_execute(|_, execution| {
        if execution.kind() == ExecutionKind::Query {
            execution.options::<Folder>(selectin(Folder::papers))?;
        }
        Ok(())
    }));
    assert_eq!(session.run(update(Folder).set(Folder::tenant, 3)).unwrap(), 4);
    assert_eq!(
        format!("{:?}", SessionEvents::new().before_execute(of_second)),
        "SessionEvents { listeners: 1 }"
    );
}
