//! Columns that a flush or the database makes beside what objects set: `onupdate`, triggers, computed columns.

use std::sync::atomic::{AtomicI64, Ordering};

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, SessionConfig, Sync};
use tests::{Db, code};

use super::{flush, in_transaction};

orm::registry!(
    /// Classes with columns that are made.
    pub Made
);

static TICKS: AtomicI64 = AtomicI64::new(100);

thread_local! {
    static TICK: std::cell::Cell<i64> = const { std::cell::Cell::new(0) };
}

/// Counts in each test's own thread.
fn tick() -> i64 {
    TICKS.fetch_add(1, Ordering::Relaxed);
    TICK.set(TICK.get() + 1);
    TICK.get()
}

/// A row that says when and how often it was changed.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Made)]
pub struct Page {
    #[column(primary_key)]
    pub id: i64,
    pub text: Option<String>,
    #[column(default = 0, onupdate = tick())]
    pub changed: i64,
    #[column(default = 0, onupdate = Page::times + 1)]
    pub times: i64,
}

/// A row with values of each kind of trigger.
#[derive(Mapped, Debug, Clone, PartialEq)]
#[mapped(registry = Made)]
pub struct Triggered {
    #[column(primary_key)]
    pub id: i64,
    pub col1: Option<String>,
    #[column(server_default)]
    pub col2: Option<String>,
    #[column(server_onupdate)]
    pub col3: Option<String>,
    #[column(server_default, server_onupdate)]
    pub col4: Option<String>,
}

/// The same, read back at once.
#[derive(Mapped, Debug, Clone, PartialEq)]
#[mapped(registry = Made, eager_defaults)]
pub struct Eager {
    #[column(primary_key)]
    pub id: i64,
    pub col1: Option<String>,
    #[column(server_default)]
    pub col2: Option<String>,
    #[column(server_onupdate)]
    pub col3: Option<String>,
    #[column(server_default = "'text'")]
    pub col4: String,
    #[column(onupdate = func::upper(Eager::col1))]
    pub col5: Option<String>,
}

/// A counted row, of which the database makes something too.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Made, eager_defaults)]
pub struct Counted {
    #[column(primary_key)]
    pub id: i64,
    pub text: Option<String>,
    #[column(version_id)]
    pub version: i64,
    #[column(server_default = "'new'")]
    pub state: String,
}

/// A line of an order, whose total follows.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Made, table = "line")]
pub struct Line {
    #[column(primary_key)]
    pub order_id: i64,
    #[column(primary_key)]
    pub number: i64,
    pub price: i64,
    #[column(computed = "price * 2")]
    pub double: i64,
    #[column(computed = "price + number", stored)]
    pub sum: Option<i64>,
}

/// The same, read back at once.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Made, eager_defaults)]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    pub foo: i64,
    #[column(computed = "foo + 42")]
    pub bar: i64,
}

/// A node that knows its favourite one, by an update of its own.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Made)]
pub struct Dot {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[column(foreign_key = Dot::id)]
    pub next_id: Option<i64>,
    #[column(onupdate = tick())]
    pub changed: Option<i64>,
    #[column(onupdate = func::coalesce(Dot::times, 0) + 1)]
    pub times: Option<i64>,
    #[relationship(post_update, remote_side = Dot::id)]
    pub next: Option<One<Dot>>,
}

fn world() -> (Db, Session) {
    TICK.set(0);
    let db = Db::empty();
    Made::create_all(&db.engine).unwrap();
    for table in ["triggered", "eager"] {
        db.run(&format!(
            "CREATE TRIGGER {table}_ins AFTER INSERT ON {table} BEGIN \
             UPDATE {table} SET col2 = 'ins' WHERE id = NEW.id; END"
        ));
        db.run(&format!(
            "CREATE TRIGGER {table}_up AFTER UPDATE OF col1 ON {table} BEGIN \
             UPDATE {table} SET col3 = coalesce(col3, '') || 'up' WHERE id = OLD.id; END"
        ));
    }
    db.run(
        "CREATE TRIGGER triggered_four AFTER UPDATE OF col1 ON triggered BEGIN \
         UPDATE triggered SET col4 = 'up' WHERE id = OLD.id; END",
    );
    let session = db.session();
    db.sql();
    (db, session)
}

// ---- onupdate ----

#[test]
fn an_update_sets_what_is_made_of_it() {
    let (db, session) = world();
    let pages = ["a", "b"].map(|text| session.add(Page::builder().text(text)).unwrap());
    session.flush().unwrap();
    pages[0].set_text("A").unwrap();
    pages[1].set_text("B").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "page" SET "text" = ?, "changed" = ?, "times" = "page"."times" + ? WHERE "page"."id" = ? ['A', 1, 1, 1]
            UPDATE "page" SET "text" = ?, "changed" = ?, "times" = "page"."times" + ? WHERE "page"."id" = ? ['B', 2, 1, 2]
        "#]],
    );
    // The value is known; what the expression came to is loaded when it is read.
    assert_eq!((pages[0].changed().unwrap(), pages[1].changed().unwrap()), (1, 2));
    assert_eq!(db.sql(), "");
    assert_eq!(pages[0].times().unwrap(), 1);
    expect![[r#"
        SELECT "id", "text", "changed", "times" FROM "page" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    // Nothing changed, so nothing is written.
    pages[0].set_text("A").unwrap();
    flush(&db, &session, expect![""]);
}

#[test]
fn what_is_set_is_not_made() {
    let (db, session) = world();
    let page = session.add(Page::builder().text("a").changed(7)).unwrap();
    session.flush().unwrap();
    page.set_changed(50).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "page" SET "changed" = ?, "times" = "page"."times" + ? WHERE "page"."id" = ? [50, 1, 1]
        "#]],
    );
    // Set to what it is already: that is no change, as in SQLAlchemy.
    page.set_changed(50).unwrap();
    page.set_times(9).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "page" SET "changed" = ?, "times" = ? WHERE "id" = ? [1, 9, 1]
        "#]],
    );
    page.set_text("b").unwrap();
    page.set_times(Page::times * 2).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "page" SET "text" = ?, "changed" = ?, "times" = "page"."times" * ? WHERE "page"."id" = ? ['b', 2, 2, 1]
        "#]],
    );
    assert_eq!(page.times().unwrap(), 18);
}

#[test]
fn a_rollback_takes_what_was_made_back() {
    let (_db, session) = world();
    let page = session.add(Page::builder().text("a").changed(7)).unwrap();
    session.commit().unwrap();
    page.set_text("b").unwrap();
    session.flush().unwrap();
    assert_eq!((page.changed().unwrap(), page.times().unwrap()), (1, 1));
    let savepoint = session.begin_nested().unwrap();
    page.set_text("c").unwrap();
    session.flush().unwrap();
    assert_eq!((page.changed().unwrap(), page.times().unwrap()), (2, 2));
    savepoint.rollback().unwrap();
    assert_eq!((page.changed().unwrap(), page.times().unwrap()), (1, 1));
    session.rollback().unwrap();
    assert_eq!((page.changed().unwrap(), page.times().unwrap()), (7, 0));
}

#[test]
fn a_flush_that_fails_leaves_nothing_of_it() {
    let (db, session) = world();
    let pages = ["a", "b"].map(|text| session.add(Page::builder().text(text)).unwrap());
    session.commit().unwrap();
    db.run(
        "CREATE TRIGGER no BEFORE UPDATE ON page WHEN NEW.text = 'bad' BEGIN SELECT raise(ABORT, 'no'); END",
    );
    pages[0].set_text("good").unwrap();
    pages[1].set_text("bad").unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    session.rollback().unwrap();
    for page in &pages {
        assert_eq!((page.changed().unwrap(), page.times().unwrap()), (0, 0));
    }
    pages[0].set_text("good").unwrap();
    session.commit().unwrap();
    assert_eq!((pages[0].changed().unwrap(), pages[0].times().unwrap()), (3, 1));
}

#[test]
fn expired_and_refreshed_objects() {
    let (db, session) = world();
    let page = session.add(Page::builder().text("a")).unwrap();
    session.commit().unwrap();
    // Of an expired object only what was set is known.
    page.set_text("b").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            SELECT "id", "text", "changed", "times" FROM "page" WHERE "id" = ? [1]
            UPDATE "page" SET "text" = ?, "changed" = ?, "times" = "page"."times" + ? WHERE "page"."id" = ? ['b', 1, 1, 1]
        "#]],
    );
    in_transaction(&session, "UPDATE page SET changed = 70");
    session.refresh(&page).unwrap();
    assert_eq!((page.changed().unwrap(), page.times().unwrap()), (70, 1));
    session.expire(&page).unwrap();
    assert_eq!(page.changed().unwrap(), 70);
}

#[test]
fn an_expression_of_another_class_is_an_error() {
    orm::registry!(Elsewhere);
    #[derive(Mapped)]
    #[mapped(registry = Elsewhere, table = "other")]
    struct Other {
        #[column(primary_key)]
        id: i64,
        text: String,
        #[column(onupdate = Page::times + 1)]
        wrong: Option<i64>,
    }
    let db = Db::empty();
    Elsewhere::create_all(&db.engine).unwrap();
    let session = db.session();
    let other = session.add(Other::builder().text("a")).unwrap();
    session.flush().unwrap();
    other.set_text("b").unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Query, Some("wrong")));
    session.rollback().unwrap();
    let error = session.run(update(Other).set(Other::text, "b")).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Query, Some("wrong")));
}

#[test]
fn a_value_that_no_database_holds_is_an_error() {
    orm::registry!(Elsewhere);
    fn infinite() -> f64 {
        f64::NAN
    }
    #[derive(Mapped)]
    #[mapped(registry = Elsewhere, table = "other")]
    struct Other {
        #[column(primary_key)]
        id: i64,
        text: String,
        #[column(onupdate = infinite())]
        wrong: Option<f64>,
    }
    let db = Db::empty();
    Elsewhere::create_all(&db.engine).unwrap();
    let session = db.session();
    let other = session.add(Other::builder().text("a")).unwrap();
    session.flush().unwrap();
    other.set_text("b").unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Value, Some("wrong")));
    session.rollback().unwrap();
    let error = session.run(update(Other).set(Other::text, "b")).unwrap_err();
    assert_eq!(error.code(), Code::Value);
}

// ---- statements ----

#[test]
fn statements_set_it_too() {
    let (db, session) = world();
    let pages = ["a", "b"].map(|text| session.add(Page::builder().text(text)).unwrap());
    session.flush().unwrap();
    db.sql();
    session.run(update(Page).set(Page::text, "x").filter(Page::id.eq(1))).unwrap();
    session.run(update(Page).set(Page::text, "y").filter(Page::id.eq(1)).sync(Sync::Evaluate)).unwrap();
    session.run(update(Page).set(Page::changed, 5).filter(Page::id.eq(1)).sync(Sync::Off)).unwrap();
    expect![[r#"
        UPDATE "page" SET "changed" = ?, "times" = "page"."times" + ?, "text" = ? WHERE "page"."id" = ? RETURNING "page"."id", "page"."text", "page"."changed", "page"."times" [1, 1, 'x', 1]
        UPDATE "page" SET "changed" = ?, "times" = "page"."times" + ?, "text" = ? WHERE "page"."id" = ? [2, 1, 'y', 1]
        UPDATE "page" SET "times" = "page"."times" + ?, "changed" = ? WHERE "page"."id" = ? [1, 5, 1]
    "#]]
    .assert_eq(&db.sql());
    // The last one didn't tell.
    assert_eq!((pages[0].changed().unwrap(), pages[0].text().unwrap().as_deref()), (2, Some("y")));
    assert_eq!(pages[0].times().unwrap(), 3);
    session.expire(&pages[0]).unwrap();
    assert_eq!(pages[0].changed().unwrap(), 5);
    session.rollback().unwrap();
}

#[test]
fn rows_by_their_keys_each_have_their_own() {
    let (db, session) = world();
    let pages = ["a", "b"].map(|text| session.add(Page::builder().text(text)).unwrap());
    session.flush().unwrap();
    assert_eq!(pages[0].times().unwrap(), 0);
    db.sql();
    session.run(update(Page).columns((Page::id, Page::text)).rows([(1, "x"), (2, "y")])).unwrap();
    session
        .run(update(Page).rows([Page::builder().id(1).text("z"), Page::builder().id(2).changed(40)]))
        .unwrap();
    expect![[r#"
        UPDATE "page" SET "text" = ?, "changed" = ?, "times" = "page"."times" + ? WHERE "page"."id" = ? ['x', 1, 1, 1]
        UPDATE "page" SET "text" = ?, "changed" = ?, "times" = "page"."times" + ? WHERE "page"."id" = ? ['y', 2, 1, 2]
        UPDATE "page" SET "text" = ?, "changed" = ?, "times" = "page"."times" + ? WHERE "page"."id" = ? ['z', 3, 1, 1]
        UPDATE "page" SET "changed" = ?, "times" = "page"."times" + ? WHERE "page"."id" = ? [40, 1, 2]
    "#]]
    .assert_eq(&db.sql());
    let seen =
        |page: &Obj<Page>| (page.text().unwrap().unwrap(), page.changed().unwrap(), page.times().unwrap());
    assert_eq!(seen(&pages[0]), ("z".to_owned(), 3, 2));
    assert_eq!(seen(&pages[1]), ("y".to_owned(), 40, 2));
}

#[test]
fn rows_by_their_keys_are_told_what_the_statement_sets() {
    let (db, session) = world();
    let pages = ["a", "b"].map(|text| session.add(Page::builder().text(text)).unwrap());
    session.flush().unwrap();
    db.sql();
    let update = update(Page).set(Page::changed, 30).columns((Page::id, Page::text));
    session.run(update.rows([(1, "x"), (2, "y")])).unwrap();
    expect![[r#"
        UPDATE "page" SET "text" = ?, "times" = "page"."times" + ?, "changed" = ? WHERE "page"."id" = ? ['x', 1, 30, 1]
        UPDATE "page" SET "text" = ?, "times" = "page"."times" + ?, "changed" = ? WHERE "page"."id" = ? ['y', 1, 30, 2]
    "#]].assert_eq(&db.sql());
    assert_eq!((pages[1].text().unwrap().as_deref(), pages[1].changed().unwrap()), (Some("y"), 30));
}

#[test]
fn a_row_in_conflict_is_written_as_it_stands() {
    let (db, session) = world();
    session.add(Page::builder().text("a")).unwrap();
    session.flush().unwrap();
    db.sql();
    let again = insert(Page).set(Page::id, 1).set(Page::text, "b").set(Page::changed, 3);
    session.run(again.on_conflict(Page::id).update(Page::text)).unwrap();
    assert!(!db.sql().contains("\"changed\" = "), "as in SQLAlchemy");
}

// ---- triggers ----

#[test]
fn what_triggers_make_is_loaded_when_it_is_read() {
    let (db, session) = world();
    let one = session.add(Triggered::builder()).unwrap();
    session.flush().unwrap();
    assert_eq!(one.col1().unwrap(), None);
    assert_eq!(one.col2().unwrap().as_deref(), Some("ins"));
    assert_eq!((one.col3().unwrap(), one.col4().unwrap()), (None, None));
    expect![[r#"
        INSERT INTO "triggered" ("col1", "col3") VALUES (?, ?) [NULL, NULL]
        SELECT "id", "col1", "col2", "col3", "col4" FROM "triggered" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    one.set_col1("set").unwrap();
    session.flush().unwrap();
    assert_eq!(one.col2().unwrap().as_deref(), Some("ins"));
    assert_eq!(one.col3().unwrap().as_deref(), Some("up"));
    assert_eq!(one.col4().unwrap().as_deref(), Some("up"));
    expect![[r#"
        UPDATE "triggered" SET "col1" = ? WHERE "id" = ? ['set', 1]
        SELECT "id", "col1", "col2", "col3", "col4" FROM "triggered" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    // What is given is written; a trigger may make something else of it afterwards.
    let two = session.add(Triggered::builder().col2("given").col4("given")).unwrap();
    session.flush().unwrap();
    assert_eq!(
        (two.col2().unwrap().as_deref(), two.col4().unwrap().as_deref()),
        (Some("given"), Some("given"))
    );
    two.set_col1("set").unwrap();
    two.set_col4("mine").unwrap();
    session.flush().unwrap();
    assert_eq!((two.col3().unwrap().as_deref(), two.col4().unwrap().as_deref()), (Some("up"), Some("mine")));
}

#[test]
fn statements_have_objects_load_what_triggers_make() {
    let (db, session) = world();
    let one = session.add(Triggered::builder()).unwrap();
    session.flush().unwrap();
    assert_eq!(one.col3().unwrap(), None);
    db.sql();
    session.run(update(Triggered).set(Triggered::col1, "x")).unwrap();
    assert_eq!(one.col3().unwrap().as_deref(), Some("up"));
    session.run(update(Triggered).set(Triggered::col1, "y").sync(Sync::Evaluate)).unwrap();
    assert_eq!(one.col3().unwrap().as_deref(), Some("upup"));
    session.run(update(Triggered).columns((Triggered::id, Triggered::col1)).rows([(1, "z")])).unwrap();
    assert_eq!(one.col3().unwrap().as_deref(), Some("upupup"));
    expect![[r#"
        UPDATE "triggered" SET "col1" = ? RETURNING "triggered"."id", "triggered"."col1" ['x']
        SELECT "id", "col1", "col2", "col3", "col4" FROM "triggered" WHERE "id" = ? [1]
        UPDATE "triggered" SET "col1" = ? ['y']
        SELECT "id", "col1", "col2", "col3", "col4" FROM "triggered" WHERE "id" = ? [1]
        UPDATE "triggered" SET "col1" = ? WHERE "triggered"."id" = ? ['z', 1]
        SELECT "id", "col1", "col2", "col3", "col4" FROM "triggered" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    session.rollback().unwrap();
}

#[test]
fn eager_defaults_read_it_back_within_the_flush() {
    let (db, session) = world();
    let all = ["a", "b", "c"].map(|text| session.add(Eager::builder().col1(text)).unwrap());
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "eager" ("col1", "col3", "col5") VALUES (?, ?, ?) RETURNING "id", "col4" ['a', NULL, NULL]
        INSERT INTO "eager" ("col1", "col3", "col5") VALUES (?, ?, ?) RETURNING "id", "col4" ['b', NULL, NULL]
        INSERT INTO "eager" ("col1", "col3", "col5") VALUES (?, ?, ?) RETURNING "id", "col4" ['c', NULL, NULL]
        SELECT "id", "col2", "col3", "col4", "col5" FROM "eager" WHERE "id" IN (?, ?, ?, ?) [1, 2, 3, 3]
    "#]]
    .assert_eq(&db.sql());
    let seen = |one: &Obj<Eager>| {
        format!("{:?} {:?} {:?}", one.col2().unwrap(), one.col3().unwrap(), one.col5().unwrap())
    };
    assert_eq!(seen(&all[2]), r#"Some("ins") None None"#);
    all[0].set_col1("x").unwrap();
    all[1].set_col1("y").unwrap();
    session.flush().unwrap();
    assert_eq!(seen(&all[0]), r#"Some("ins") Some("up") Some("A")"#);
    assert_eq!(seen(&all[1]), r#"Some("ins") Some("up") Some("B")"#);
    expect![[r#"
        UPDATE "eager" SET "col1" = ?, "col5" = upper("eager"."col1") WHERE "eager"."id" = ? ['x', 1]
        UPDATE "eager" SET "col1" = ?, "col5" = upper("eager"."col1") WHERE "eager"."id" = ? ['y', 2]
        SELECT "id", "col2", "col3", "col4", "col5" FROM "eager" WHERE "id" IN (?, ?, ?, ?) [1, 2, 2, 2]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn an_insert_that_gives_something_back_begins_with_the_first_version() {
    let (db, session) = world();
    let rows = ["a", "b"].map(|text| session.add(Counted::builder().text(text)).unwrap());
    flush(
        &db,
        &session,
        expect![[r#"
            INSERT INTO "counted" ("text", "version") VALUES (?, ?) RETURNING "id", "state" ['a', 1]
            INSERT INTO "counted" ("text", "version") VALUES (?, ?) RETURNING "id", "state" ['b', 1]
        "#]],
    );
    assert_eq!((rows[1].version().unwrap(), rows[1].state().unwrap().as_str()), (1, "new"));
}

#[test]
fn what_a_trigger_made_that_no_field_holds_is_an_error() {
    let (db, session) = world();
    db.run("CREATE TRIGGER eager_odd AFTER INSERT ON eager BEGIN UPDATE eager SET col3 = x'00' WHERE id = NEW.id; END");
    session.add(Eager::builder().col1("a")).unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!((error.code(), error.class(), error.attribute()), (Code::Value, Some("Eager"), Some("col3")));
}

// ---- computed columns ----

#[test]
fn computed_columns_follow_the_others() {
    let (db, session) = world();
    let line = session.add(Line { order_id: 1, number: 2, price: 5, double: 99, sum: Some(99) }).unwrap();
    session.flush().unwrap();
    assert_eq!((line.double().unwrap(), line.sum().unwrap()), (10, Some(7)));
    line.set_price(6).unwrap();
    session.flush().unwrap();
    assert_eq!((line.double().unwrap(), line.sum().unwrap()), (12, Some(8)));
    line.set_number(7).unwrap();
    session.flush().unwrap();
    assert_eq!(line.sum().unwrap(), Some(13));
    expect![[r#"
        INSERT INTO "line" ("order_id", "number", "price") VALUES (?, ?, ?) [1, 2, 5]
        SELECT "order_id", "number", "price", "double", "sum" FROM "line" WHERE "order_id" = ? AND "number" = ? [1, 2]
        UPDATE "line" SET "price" = ? WHERE "order_id" = ? AND "number" = ? [6, 1, 2]
        SELECT "order_id", "number", "price", "double", "sum" FROM "line" WHERE "order_id" = ? AND "number" = ? [1, 2]
        UPDATE "line" SET "number" = ? WHERE "order_id" = ? AND "number" = ? [7, 1, 2]
        SELECT "order_id", "number", "price", "double", "sum" FROM "line" WHERE "order_id" = ? AND "number" = ? [1, 7]
    "#]]
    .assert_eq(&db.sql());
    session.run(update(Line).set(Line::price, 1)).unwrap();
    assert_eq!(line.double().unwrap(), 2);
    session.run(insert(Line).rows([Line { order_id: 2, price: 3, ..Line::default() }])).unwrap();
    session.run(update(Line).rows([Line { order_id: 2, price: 4, ..Line::default() }])).unwrap();
    assert_eq!(session.scalar(select(Line::double).filter(Line::order_id.eq(2))).unwrap(), Some(8));
}

#[test]
fn what_is_given_for_a_computed_column_is_no_change() {
    let (db, session) = world();
    session.add(Line { order_id: 1, number: 2, price: 5, ..Line::default() }).unwrap();
    session.commit().unwrap();
    let line = session.merge(Line { order_id: 1, number: 2, price: 6, double: 99, sum: Some(99) }).unwrap();
    assert_eq!(line.double().unwrap(), 10);
    session.flush().unwrap();
    assert_eq!(line.double().unwrap(), 12);
    Obj::any(&line).set("double", &orm::Value::Int(1)).unwrap();
    flush(&db, &session, expect![""]);
    assert_eq!(line.double().unwrap(), 12);
    Obj::any(&line).set("double", &orm::Value::Int(1)).unwrap();
    line.set_price(7).unwrap();
    session.flush().unwrap();
    assert_eq!(line.double().unwrap(), 14);
}

#[test]
fn computed_columns_are_read_back_where_they_are_eager() {
    let (db, session) = world();
    let things = [5, 10].map(|foo| session.add(Thing::builder().foo(foo)).unwrap());
    session.flush().unwrap();
    assert_eq!((things[0].bar().unwrap(), things[1].bar().unwrap()), (47, 52));
    things[0].set_foo(1).unwrap();
    things[1].set_foo(2).unwrap();
    session.flush().unwrap();
    assert_eq!((things[0].bar().unwrap(), things[1].bar().unwrap()), (43, 44));
    expect![[r#"
        INSERT INTO "thing" ("foo") VALUES (?) RETURNING "id", "bar" [5]
        INSERT INTO "thing" ("foo") VALUES (?) RETURNING "id", "bar" [10]
        UPDATE "thing" SET "foo" = ? WHERE "id" = ? [1, 1]
        UPDATE "thing" SET "foo" = ? WHERE "id" = ? [2, 2]
        SELECT "id", "bar" FROM "thing" WHERE "id" IN (?, ?, ?, ?) [1, 2, 2, 2]
    "#]]
    .assert_eq(&db.sql());
}

// ---- rows that are taken over, and updates of foreign keys alone ----

#[test]
fn an_object_that_takes_over_a_row() {
    for like_sqlalchemy in [false, true] {
        let (db, _) = world();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        session.add(Page::builder().id(1).text("a").changed(5)).unwrap();
        session.add(Triggered::builder().id(1).col2("old")).unwrap();
        session.add(Line { order_id: 1, number: 1, price: 1, ..Line::default() }).unwrap();
        session.flush().unwrap();
        let page = session.get_one::<Page>(1).unwrap();
        let (triggered, line) =
            (session.get_one::<Triggered>(1).unwrap(), session.get_one::<Line>((1, 1)).unwrap());
        session.delete(&page).unwrap();
        session.delete(&triggered).unwrap();
        session.delete(&line).unwrap();
        let page = session.add(Page::builder().id(1).text("b").times(7)).unwrap();
        let triggered = session.add(Triggered::builder().id(1).col1("b")).unwrap();
        let line = session.add(Line { order_id: 1, number: 1, price: 2, ..Line::default() }).unwrap();
        session.flush().unwrap();
        assert_eq!(page.times().unwrap(), 7);
        // A new object has its defaults; in SQLAlchemy it is an update, for which a value is made.
        assert_eq!(page.changed().unwrap(), i64::from(like_sqlalchemy));
        assert_eq!(triggered.col2().unwrap().as_deref(), Some("ins"));
        assert_eq!(triggered.col3().unwrap().as_deref(), Some("up"));
        assert_eq!(line.double().unwrap(), 4);
    }
}

#[test]
fn updates_of_foreign_keys_alone_set_it_too() {
    let (db, session) = world();
    let one = session.add(Dot::builder().name("one")).unwrap();
    let two = session.add(Dot::builder().name("two").changed(50).next(&one)).unwrap();
    one.set_next(&two).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            INSERT INTO "dot" ("name", "next_id", "changed", "times") VALUES (?, ?, ?, ?) ['one', NULL, NULL, NULL]
            INSERT INTO "dot" ("name", "next_id", "changed", "times") VALUES (?, ?, ?, ?) ['two', NULL, 50, NULL]
            UPDATE "dot" SET "next_id" = ?, "changed" = ?, "times" = coalesce("dot"."times", ?) + ? WHERE "dot"."id" = ? [2, 1, 0, 1, 1]
            UPDATE "dot" SET "next_id" = ?, "changed" = ?, "times" = coalesce("dot"."times", ?) + ? WHERE "dot"."id" = ? [1, 50, 0, 1, 2]
        "#]],
    );
    assert_eq!((one.changed().unwrap(), two.changed().unwrap()), (Some(1), Some(50)));
    assert_eq!((one.times().unwrap(), two.times().unwrap()), (Some(1), Some(1)));
    // Within a flush that writes other columns too there are two updates, and each makes a value.
    one.set_name("ONE").unwrap();
    one.set_next(None).unwrap();
    two.set_changed(60).unwrap();
    two.set_next(&two).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "dot" SET "name" = ?, "changed" = ?, "times" = coalesce("dot"."times", ?) + ? WHERE "dot"."id" = ? ['ONE', 2, 0, 1, 1]
            UPDATE "dot" SET "changed" = ?, "times" = coalesce("dot"."times", ?) + ? WHERE "dot"."id" = ? [60, 0, 1, 2]
            UPDATE "dot" SET "next_id" = ?, "changed" = ?, "times" = coalesce("dot"."times", ?) + ? WHERE "dot"."id" = ? [NULL, 3, 0, 1, 1]
            UPDATE "dot" SET "next_id" = ?, "changed" = ?, "times" = coalesce("dot"."times", ?) + ? WHERE "dot"."id" = ? [2, 60, 0, 1, 2]
        "#]],
    );
    assert_eq!((one.changed().unwrap(), one.times().unwrap()), (Some(3), Some(3)));
    assert_eq!((two.changed().unwrap(), two.times().unwrap()), (Some(60), Some(3)));
    session.delete(&two).unwrap();
    session.flush().unwrap();
    session.rollback().unwrap();
    assert!(session.get::<Dot>(1).unwrap().is_none());
}

#[test]
fn each_update_of_a_foreign_key_alone_has_its_own_value() {
    let (_, session) = world();
    let one = session.add(Dot::builder().name("one")).unwrap();
    let more = ["a", "b", "c"].map(|name| session.add(Dot::builder().name(name).next(&one)).unwrap());
    session.flush().unwrap();
    assert_eq!(more.map(|dot| dot.changed().unwrap()), [Some(1), Some(2), Some(3)]);
}

/// The row loses its foreign key by an update before it is deleted, which makes values that nobody asks for: the object keeps
/// what it had. So does one that is deleted without such an update.
#[test]
fn an_update_before_a_deletion_leaves_values_as_they_were() {
    let (db, session) = world();
    let one = session.add(Dot::builder().name("one")).unwrap();
    let two = session.add(Dot::builder().name("two")).unwrap();
    one.set_next(&two).unwrap();
    session.flush().unwrap();
    two.set_name("TWO").unwrap();
    session.flush().unwrap();
    let values = |dot: &Obj<Dot>| (dot.changed().unwrap(), dot.times().unwrap());
    let before = (values(&one), values(&two));
    db.sql();
    session.delete(&one).unwrap();
    session.delete(&two).unwrap();
    session.flush().unwrap();
    expect![[r#"
        UPDATE "dot" SET "next_id" = ?, "changed" = ?, "times" = coalesce("dot"."times", ?) + ? WHERE "dot"."id" = ? [NULL, 3, 0, 1, 1]
        DELETE FROM "dot" WHERE "id" = ? [1]
        DELETE FROM "dot" WHERE "id" = ? [2]
    "#]].assert_eq(&db.sql());
    assert_eq!((values(&one), values(&two)), before);
    assert_eq!(db.sql(), "");
}

#[test]
fn the_tables_say_what_is_computed() {
    let (db, _session) = world();
    expect![[r#"
        CREATE TABLE "line" (
            "order_id" INTEGER NOT NULL,
            "number" INTEGER NOT NULL,
            "price" INTEGER NOT NULL,
            "double" INTEGER GENERATED ALWAYS AS (price * 2) NOT NULL,
            "sum" INTEGER GENERATED ALWAYS AS (price + number) STORED,
            PRIMARY KEY ("order_id", "number")
        )
    "#]]
    .assert_eq(&db.rows("SELECT sql FROM sqlite_master WHERE name = 'line'").replace('\'', ""));
}

mod linked {
    //! Links with columns that the database computes.

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Linked
    );

    #[derive(Mapped)]
    #[mapped(registry = Linked)]
    pub struct Post {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(secondary = PostTag)]
        pub tags: Many<Tag>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Linked)]
    pub struct Tag {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Table)]
    #[mapped(registry = Linked)]
    pub struct PostTag {
        #[column(primary_key, foreign_key = Post::id)]
        pub post_id: i64,
        #[column(primary_key, foreign_key = Tag::id)]
        pub tag_id: i64,
        #[column(computed = "post_id * 10 + tag_id", stored)]
        pub number: i64,
        #[column(computed = "tag_id + 1")]
        pub next: i64,
    }
}

/// A link needs no value of a column that the database computes.
#[test]
fn links_with_computed_columns() {
    use linked::{Linked, Post, Tag};
    let db = Db::empty();
    Linked::create_all(&db.engine).unwrap();
    let session = db.session();
    let post = session.add(Post::builder().id(1).tags([Tag::builder().id(2), Tag::builder().id(3)])).unwrap();
    db.sql();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "post" ("id") VALUES (?) [1]
        INSERT INTO "tag" ("id") VALUES (?) [2]
        INSERT INTO "tag" ("id") VALUES (?) [3]
        INSERT INTO "post_tag" ("post_id", "tag_id") VALUES (?, ?) [1, 2]
        INSERT INTO "post_tag" ("post_id", "tag_id") VALUES (?, ?) [1, 3]
    "#]],
    );
    assert_eq!(db.rows_in(&session, "SELECT * FROM post_tag"), "1|2|12|3\n1|3|13|4\n");
    post.tags().clear().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM post_tag"), "");
}
