//! What declarations say of columns and rows that a flush heeds: `active_history`, `confirm_deleted_rows`.

use std::cell::RefCell;

use expect_test::expect;
use orm::prelude::*;
use orm::{IntoObj, Value};
use tests::{Db, Report, warns};

orm::registry!(
    /// These classes.
    Told
);

thread_local! {
    static WAS: RefCell<Vec<Option<String>>> = const { RefCell::new(Vec::new()) };
}

/// What it was called is always known, what it says only where it is loaded.
#[derive(Mapped, Debug)]
#[mapped(registry = Told, listen = hear)]
struct Named {
    #[column(primary_key)]
    id: i64,
    #[column(active_history, info = "what others call it")]
    name: String,
    text: String,
    #[column(active_history, deferred_raiseload)]
    long: Option<String>,
}

fn hear(on: &mut orm::Listeners<'_, Named>) {
    on.set(Named::name, |_, _, was| {
        WAS.with_borrow_mut(|all| all.push(was.cloned()));
        Ok(())
    });
}

#[derive(Mapped, Debug)]
#[mapped(registry = Told, confirm_deleted_rows = false)]
struct Quiet {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Told)]
struct Loud {
    #[column(primary_key)]
    id: i64,
}

fn told() -> Db {
    let db = Db::empty();
    Told::create_all(&db.engine).unwrap();
    db.sql();
    db
}

/// An expired value is loaded when it is set, so that it is known what it was.
#[test]
fn what_a_column_held_is_loaded_when_it_is_set() {
    let db = told();
    let session = db.session();
    let one = session.add(Named::builder().name("jack").text("t").long("l")).unwrap();
    session.commit().unwrap();
    db.sql();
    WAS.take();
    one.set_name("ed").unwrap();
    assert_eq!(WAS.take(), [Some("jack".to_owned())]);
    expect![[r#"
        SELECT "id", "name", "text", NULL FROM "named" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    one.set_name("jack").unwrap(); // as it was: there is nothing to write
    session.commit().unwrap();
    assert_eq!(db.sql(), "");
    one.set_text("t").unwrap(); // it isn't known that it is the same
    session.flush().unwrap();
    expect![[r#"
        SELECT "id", "name", "text", NULL FROM "named" WHERE "id" = ? [1]
        UPDATE "named" SET "text" = ? WHERE "id" = ? ['t', 1]
    "#]]
    .assert_eq(&db.sql());
    // One that is deferred is loaded by itself, also where reading it is an error.
    session.expire_all().unwrap();
    one.id().unwrap();
    db.sql();
    one.set_long("l").unwrap();
    session.flush().unwrap();
    expect![[r#"
        SELECT "named"."long" FROM "named" WHERE "named"."id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    // A new object has held nothing, and loads nothing.
    WAS.take();
    session.add(Named::builder().name("new")).unwrap().set_name("newer").unwrap();
    assert_eq!(WAS.take(), [None, Some("new".to_owned())]);
    assert_eq!(db.sql(), "");
}

/// The histories of columns of which it is always known what they were, as SQLAlchemy gives them.
#[test]
fn the_history_of_a_column_that_knows_what_it_was() {
    let db = told();
    let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
    let one = Named::builder().text("t").into_obj().unwrap();
    let mut report = Report::default();
    let mut step = |what: &str| {
        let shown = |name: &str| {
            let history = Obj::any(&one).column_history(name).unwrap();
            let shown = |value: Option<Value>| value.map_or("-".to_owned(), |value| value.to_string());
            format!("{} {} {}", shown(history.added), shown(history.unchanged), shown(history.deleted))
        };
        report.line(format_args!("{what:24} {} | {}", shown("name"), shown("long")));
    };
    step("new");
    one.set_name("a").unwrap();
    one.set_long(None).unwrap();
    step("set");
    one.set_name("b").unwrap();
    step("set twice");
    session.add(&one).unwrap();
    session.flush().unwrap();
    step("flushed");
    one.set_name("c").unwrap();
    one.set_long("l").unwrap();
    step("changed");
    one.set_name("b").unwrap();
    one.set_long(None).unwrap();
    step("as it was");
    session.commit().unwrap();
    step("expired");
    one.set_name("e").unwrap();
    one.set_long(None).unwrap();
    step("set where expired");
    one.set_name("b").unwrap();
    one.set_long("l").unwrap();
    step("set again");
    session.rollback().unwrap();
    one.name().unwrap();
    step("rolled back");
    expect![[r#"
        new                      - - - | - - -
        set                      'a' - - | NULL - -
        set twice                'b' - - | NULL - -
        flushed                  - 'b' - | - NULL -
        changed                  'c' - 'b' | 'l' - NULL
        as it was                - 'b' - | - NULL -
        expired                  - - - | - - -
        set where expired        'e' - 'b' | - NULL -
        set again                - 'b' - | 'l' - NULL
        rolled back              - 'b' - | - - -
    "#]]
    .assert_eq(report.text());
}

#[test]
fn what_is_said_of_a_column_is_read() {
    let mapper = Told::mapper("Named").unwrap();
    let column = |name| mapper.columns().iter().find(|column| column.attribute() == name).unwrap();
    assert_eq!(column("name").info(), Some("what others call it"));
    assert_eq!(column("text").info(), None);
}

/// Where nobody is to be told, rows that are gone are gone.
#[test]
fn nobody_is_told_of_rows_that_were_gone() {
    let db = told();
    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    let (quiet, loud) = session.add_all((Quiet::builder(), Loud::builder())).unwrap();
    session.commit().unwrap();
    db.run("DELETE FROM quiet; DELETE FROM loud;");
    session.delete(&quiet).unwrap();
    session.delete(&loud).unwrap();
    warns(
        expect![[r#"
        WARN orm::flush message=rows to be deleted were gone class="Loud" expected=1 matched=0
    "#]],
        || session.commit().unwrap(),
    );
}
