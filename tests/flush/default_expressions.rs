//! Defaults that are expressions: the database makes them when a row is inserted.

use expect_test::expect;
use orm::Expr;
use orm::func;
use orm::prelude::*;
use orm::{Code, ObjectState};
use tests::{Db, code, show};

orm::registry!(
    /// These classes.
    Tickets
);

/// The number after the last one.
fn next_number() -> Expr<i64> {
    func::coalesce(select(func::max(Ticket::number)).scalar(), 0) + 1
}

#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Tickets)]
struct Ticket {
    #[column(primary_key)]
    id: i64,
    title: String,
    #[column(default = next_number())]
    number: i64,
    #[column(default = func::lower("NEW"))]
    state: Option<String>,
    #[column(default = "plain")]
    plain: String,
}

/// One whose row is read back.
#[derive(Mapped, Debug)]
#[mapped(registry = Tickets, eager_defaults)]
struct Eager {
    #[column(primary_key)]
    id: i64,
    #[column(default = func::lower("HI"))]
    foo: Option<String>,
    #[column(server_default = "3")]
    bar: i64,
}

/// One whose key is made so.
#[derive(Mapped, Debug)]
#[mapped(registry = Tickets)]
struct Keyed {
    #[column(primary_key, default = func::coalesce(select(func::max(Keyed::id)).scalar(), 100) + 10)]
    id: i64,
    #[column(default = func::upper("x"))]
    note: Option<String>,
    #[column(foreign_key = Keyed::id)]
    parent_id: Option<i64>,
    #[relationship(back_populates = "children", remote_side = Keyed::id)]
    parent: Option<One<Keyed>>,
    #[relationship(back_populates = "parent")]
    children: Many<Keyed>,
    #[relationship(secondary = Mark)]
    marked: Many<Ticket>,
}

/// A link with a column of its own.
#[derive(Table)]
#[mapped(registry = Tickets)]
struct Mark {
    #[column(primary_key, foreign_key = Keyed::id)]
    keyed_id: i64,
    #[column(primary_key, foreign_key = Ticket::id)]
    ticket_id: i64,
    #[column(default = func::lower("LINK"))]
    by: String,
    #[column(default = 7)]
    number: i64,
}

fn tickets() -> Db {
    let db = Db::empty();
    Tickets::create_all(&db.engine).unwrap();
    db.sql();
    db
}

#[test]
fn a_new_row_has_what_the_database_makes() {
    let db = tickets();
    let session = db.session();
    let first = session.add(Ticket::builder().title("a")).unwrap();
    let second = session.add(Ticket::builder().title("b").state("given").plain("p")).unwrap();
    let third = session.add(Ticket::builder().title("c").number(9).state(None)).unwrap();
    session.flush().unwrap();
    let of = |ticket: &Obj<Ticket>| (ticket.number().unwrap(), ticket.state().unwrap());
    assert_eq!(of(&first), (1, Some("new".to_owned())));
    assert_eq!(of(&second), (2, Some("given".to_owned())));
    assert_eq!(of(&third), (9, None));
    assert_eq!(first.plain().unwrap(), "plain");
    expect![[r#"
        INSERT INTO "ticket" ("title", "number", "state", "plain") VALUES (?, coalesce((SELECT max("ticket"."number") FROM "ticket"), ?) + ?, lower(?), ?) ['a', 0, 1, 'NEW', 'plain']
        INSERT INTO "ticket" ("title", "number", "state", "plain") VALUES (?, coalesce((SELECT max("ticket"."number") FROM "ticket"), ?) + ?, ?, ?) ['b', 0, 1, 'given', 'p']
        INSERT INTO "ticket" ("title", "number", "state", "plain") VALUES (?, ?, ?, ?) ['c', 9, NULL, 'plain']
        SELECT "ticket"."id", "ticket"."title", "ticket"."number", "ticket"."state", "ticket"."plain" FROM "ticket" WHERE "ticket"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
    "#]].assert_eq(&db.sql());
    session.commit().unwrap();
    assert_eq!(
        db.rows("SELECT number, state, plain FROM ticket"),
        "1|'new'|'plain'\n2|'given'|'p'\n9|NULL|'plain'\n"
    );
}

/// SQLAlchemy reads it back with the insert, and so does a session that is to do as it does.
#[test]
fn it_is_read_back_where_that_is_wanted() {
    let db = tickets();
    let session = db.session();
    let (one, two) = session.add_all((Eager::builder(), Eager::builder().bar(5))).unwrap();
    session.flush().unwrap();
    assert_eq!((one.foo().unwrap().as_deref(), one.bar().unwrap()), (Some("hi"), 3));
    assert_eq!((two.foo().unwrap().as_deref(), two.bar().unwrap()), (Some("hi"), 5));
    expect![[r#"
        INSERT INTO "eager" ("foo") VALUES (lower(?)) RETURNING "eager"."id", "eager"."bar", "eager"."foo" ['HI']
        INSERT INTO "eager" ("foo", "bar") VALUES (lower(?), ?) RETURNING "eager"."id", "eager"."foo" ['HI', 5]
    "#]].assert_eq(&db.sql());
    session.commit().unwrap();
    let session = Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true));
    let ticket = session.add(Ticket::builder().title("a")).unwrap();
    session.flush().unwrap();
    assert_eq!((ticket.number().unwrap(), ticket.state().unwrap().as_deref()), (1, Some("new")));
    expect![[r#"
        INSERT INTO "ticket" ("title", "number", "state", "plain") VALUES (?, coalesce((SELECT max("ticket"."number") FROM "ticket"), ?) + ?, lower(?), ?) RETURNING "ticket"."id", "ticket"."number", "ticket"."state" ['a', 0, 1, 'NEW', 'plain']
    "#]].assert_eq(&db.sql());
}

/// A key that is made so comes back with the insert, and rows that refer to it have it.
#[test]
fn a_key_that_is_made_is_carried_to_others() {
    let db = tickets();
    let session = db.session();
    let child = Keyed::builder().note("child");
    let root =
        session.add(Keyed::builder().children([child]).marked([Ticket::builder().title("t")])).unwrap();
    session.flush().unwrap();
    assert_eq!((root.id().unwrap(), root.note().unwrap().as_deref()), (110, Some("X")));
    expect![[r#"
        INSERT INTO "ticket" ("title", "number", "state", "plain") VALUES (?, coalesce((SELECT max("ticket"."number") FROM "ticket"), ?) + ?, lower(?), ?) ['t', 0, 1, 'NEW', 'plain']
        INSERT INTO "keyed" ("id", "note", "parent_id") VALUES (coalesce((SELECT max("keyed"."id") FROM "keyed"), ?) + ?, upper(?), ?) RETURNING "keyed"."id", "keyed"."note" [100, 10, 'x', NULL]
        INSERT INTO "mark" ("keyed_id", "ticket_id", "by", "number") VALUES (?, ?, lower(?), ?) [110, 1, 'LINK', 7]
        INSERT INTO "keyed" ("id", "note", "parent_id") VALUES (coalesce((SELECT max("keyed"."id") FROM "keyed"), ?) + ?, ?, ?) RETURNING "keyed"."id" [100, 10, 'child', 110]
    "#]].assert_eq(&db.sql());
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, note, parent_id FROM keyed"), "110|'X'|NULL\n120|'child'|110\n");
    assert_eq!(db.rows("SELECT * FROM mark"), "110|1|'link'|7\n");
    assert_eq!(session.get_one::<Keyed>(110).unwrap(), root);
}

/// A row that is taken back, by a rollback or since the flush failed, is given its defaults anew.
#[test]
fn a_row_that_is_taken_back_is_made_anew() {
    let db = tickets();
    let session = db.session();
    let ticket = session.add(Ticket::builder().title("a")).unwrap();
    let keyed = session.add(Keyed::builder()).unwrap();
    session.flush().unwrap();
    assert_eq!(ticket.number().unwrap(), 1);
    session.rollback().unwrap();
    db.run("INSERT INTO ticket (id, title, number, plain) VALUES (50, 'b', 5, '')");
    session.add_all((&ticket, &keyed)).unwrap();
    ticket.set_number(4).unwrap();
    session.commit().unwrap();
    assert_eq!((ticket.number().unwrap(), ticket.state().unwrap().as_deref()), (4, Some("new")));

    // A savepoint, and a flush that fails after the defaults were made.
    let savepoint = session.begin_nested().unwrap();
    let one = session.add(Ticket::builder().title("c")).unwrap();
    let two = session.add(Ticket::builder().id(1).title("twin").number(1)).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    savepoint.rollback().unwrap();
    assert_eq!((Obj::state(&one), Obj::state(&two)), (ObjectState::Transient, ObjectState::Transient));
    assert_eq!(code(one.number()), Code::Detached); // its row was there for a moment
    two.set_id(70).unwrap();
    two.set_state("mine").unwrap();
    session.add_all((&one, &two)).unwrap();
    session.commit().unwrap();
    let of = |ticket: &Obj<Ticket>| (ticket.number().unwrap(), ticket.state().unwrap().unwrap());
    assert_eq!((of(&one), of(&two)), ((6, "new".to_owned()), (1, "mine".to_owned())));
}

/// A new object that takes a row over writes its defaults too.
#[test]
fn a_row_that_is_taken_over() {
    let db = tickets();
    let session = db.session();
    let old = session.add(Ticket::builder().id(1).title("a").number(7).state("old")).unwrap();
    session.commit().unwrap();
    session.delete(&old).unwrap();
    let new = session.add(Ticket::builder().id(1).title("b")).unwrap();
    session.flush().unwrap();
    assert_eq!((new.number().unwrap(), new.state().unwrap().as_deref()), (8, Some("new")));
    db.sql();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, title, number, state FROM ticket"), "1|'b'|8|'new'\n");
}

/// `insert(...)` writes them into its rows, whatever these are made of.
#[test]
fn statements_write_them() {
    let db = tickets();
    let session = db.session();
    session.run(insert(Ticket).columns(Ticket::title).rows(["a", "b"])).unwrap();
    let made = Ticket::builder().title("c");
    session.run(insert(Ticket).rows([made, Ticket::builder().title("d").number(40)])).unwrap();
    session.run(insert(Ticket).columns(Ticket::title).from(select(Ticket::title))).unwrap();
    expect![[r#"
        INSERT INTO "ticket" ("title", "number", "state", "plain") VALUES (?, coalesce((SELECT max("ticket"."number") FROM "ticket"), ?) + ?, lower(?), ?) ['a', 0, 1, 'NEW', 'plain']
        INSERT INTO "ticket" ("title", "number", "state", "plain") VALUES (?, coalesce((SELECT max("ticket"."number") FROM "ticket"), ?) + ?, lower(?), ?) ['b', 0, 1, 'NEW', 'plain']
        INSERT INTO "ticket" ("title", "number", "state", "plain") VALUES (?, coalesce((SELECT max("ticket"."number") FROM "ticket"), ?) + ?, lower(?), ?) ['c', 0, 1, 'NEW', 'plain']
        INSERT INTO "ticket" ("title", "number", "state", "plain") VALUES (?, ?, lower(?), ?) ['d', 40, 'NEW', 'plain']
        INSERT INTO "ticket" ("title", "number", "state", "plain") SELECT "rows"."title", coalesce((SELECT max("ticket"."number") FROM "ticket"), ?) + ?, lower(?), ? FROM (SELECT "ticket"."title" FROM "ticket") AS "rows" WHERE true [0, 1, 'NEW', 'plain']
    "#]].assert_eq(&db.sql());
    session.commit().unwrap();
    expect![[r#"
        'a'|1|'new'|'plain'
        'b'|2|'new'|'plain'
        'c'|3|'new'|'plain'
        'd'|40|'new'|'plain'
        'a'|41|'new'|'plain'
        'b'|41|'new'|'plain'
        'c'|41|'new'|'plain'
        'd'|41|'new'|'plain'
    "#]]
    .assert_eq(&db.rows("SELECT title, number, state, plain FROM ticket"));
}

/// A new row has no columns that an expression could read.
#[test]
fn it_reads_no_column_of_the_row() {
    orm::registry!(
        /// This class.
        Wrong
    );
    #[derive(Mapped, Debug)]
    #[mapped(registry = Wrong)]
    struct Odd {
        #[column(primary_key)]
        id: i64,
        name: String,
        #[column(default = Odd::name)]
        same: String,
    }
    let db = Db::empty();
    Wrong::create_all(&db.engine).unwrap();
    let session = db.session();
    session.add(Odd::builder().name("a")).unwrap();
    expect!["[query] `Odd.same`: `odd` isn't part of the query; help: a new row has no columns to read: take a query's `.scalar()`, or set it after the flush"].assert_eq(&show(session.flush()));
}
