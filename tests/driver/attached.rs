//! Databases that each connection of an engine has as schemas.

use orm_core::Code;
use orm_core::engine::Connection;
use orm_sqlite::{Engine, JournalMode, Options};

use super::support::*;

fn count(engine: &Engine, sql: &str) -> i64 {
    int(&engine.connect().unwrap(), sql)
}

/// Every connection has them, also those that are opened later.
#[test]
fn every_connection_has_them() {
    let folder = Scratch::new();
    let main: [fn(Options, &std::path::Path) -> Engine; 2] =
        [|options, path| options.open(path).unwrap(), |options, _| options.in_memory().unwrap()];
    for (at, open) in main.into_iter().enumerate() {
        let attached = folder.file(&format!("it's {at}.db"));
        let options =
            Engine::options().pool_size(1).attach("other", ":memory:").attach("a \"file\"", &attached);
        let engine = open(
            options.attach("Named", format!("file:orm-attached-{at}?mode=memory&cache=shared")),
            &folder.file("main.db"),
        );
        engine
            .execute_batch(
                "CREATE TABLE other.t (a); CREATE TABLE \"a \"\"file\"\"\".t (a); CREATE TABLE named.t (a)",
            )
            .unwrap();
        let three = [engine.connect().unwrap(), engine.connect().unwrap(), engine.connect().unwrap()];
        execute(&three[0], "INSERT INTO other.t VALUES (1)", &[]).unwrap();
        execute(&three[1], "INSERT INTO \"a \"\"file\"\"\".t VALUES (1), (2)", &[]).unwrap();
        execute(&three[2], "INSERT INTO named.t VALUES (1), (2), (3)", &[]).unwrap();
        drop(three);
        let sum = "SELECT (SELECT count(*) FROM other.t) * 100 + (SELECT count(*) FROM named.t) * 10 + (SELECT count(*) FROM \"a \"\"file\"\"\".t)";
        assert_eq!(count(&engine, sum), 132);
        assert_eq!(count(&Engine::open(&attached).unwrap(), "SELECT count(*) FROM t"), 2);
    }
}

/// The memory of an only connection isn't lost with what a session does to that.
#[test]
fn what_an_only_connection_attaches_stays() {
    let folder = Scratch::new();
    let options = || Engine::options().max_connections(1).attach("other", ":memory:");
    for engine in [options().in_memory().unwrap(), options().open(folder.file("main.db")).unwrap()] {
        engine.execute_batch("CREATE TABLE other.t (a); INSERT INTO other.t VALUES (1)").unwrap();
        engine
            .execute_batch(
                "ATTACH ':memory:' AS \"mine\"; CREATE TEMP TABLE u (a); PRAGMA foreign_keys = off",
            )
            .unwrap();
        assert_eq!(count(&engine, "SELECT count(*) FROM other.t"), 1);
        assert_eq!(count(&engine, "SELECT count(*) FROM pragma_database_list WHERE name = 'mine'"), 0);
        assert_eq!(count(&engine, "SELECT foreign_keys FROM pragma_foreign_keys"), 1);
        // One that a session detaches is there again for the next, and empty.
        engine.execute_batch("DETACH other").unwrap();
        assert_eq!(count(&engine, "SELECT count(*) FROM other.sqlite_master"), 0);
    }
}

/// They are opened as the main database is.
#[test]
fn they_have_the_settings_of_the_main_database() {
    let folder = Scratch::new();
    let (main, other) = (folder.file("main.db"), folder.file("other.db"));
    let mode = |engine: &Engine| text(&engine.connect().unwrap(), "PRAGMA other.journal_mode");
    let engine = Engine::options().attach("other", &other).open(&main).unwrap();
    engine.execute_batch("CREATE TABLE other.t (a)").unwrap();
    assert_eq!(mode(&engine), "wal");
    drop(engine);
    let options = Engine::options().journal_mode(JournalMode::Delete);
    assert_eq!(mode(&options.attach("other", &other).open(&main).unwrap()), "delete");
    let reader = Engine::options().read_only(true).attach("other", &other).open(&main).unwrap();
    let refused = reader.execute_batch("INSERT INTO other.t VALUES (1)").unwrap_err();
    assert_eq!(refused.code(), Code::ReadOnly);
    let missing = Engine::options().create(false).attach("other", folder.file("none.db")).open(&main);
    assert_eq!(missing.unwrap_err().code(), Code::Connection);
}

/// A transaction is one in all of them.
#[test]
fn a_transaction_is_one_in_all() {
    let engine = Engine::options().attach("other", ":memory:").in_memory().unwrap();
    engine.execute_batch("CREATE TABLE t (a); CREATE TABLE other.t (a)").unwrap();
    let connection = engine.connect().unwrap();
    connection.begin(orm_core::engine::Access::Write).unwrap();
    execute(&connection, "INSERT INTO main.t VALUES (1)", &[]).unwrap();
    execute(&connection, "INSERT INTO other.t VALUES (1)", &[]).unwrap();
    connection.rollback().unwrap();
    assert_eq!(int(&connection, "SELECT (SELECT count(*) FROM main.t) + (SELECT count(*) FROM other.t)"), 0);
}

#[test]
fn what_cannot_be_attached_is_refused() {
    let open = |options: Options| options.in_memory().map(|_| ()).unwrap_err();
    let options = || Engine::options();
    let told: Vec<String> = [
        open(options().attach("", ":memory:")),
        open(options().attach("Main", ":memory:")),
        open(options().attach("temp", ":memory:")),
        open(options().attach("one", ":memory:").attach("One", ":memory:")),
        open(options().attach("one", "")),
        open(options().attach("one", "/nowhere/at/all.db")),
        open((0..11).fold(options(), |options, at| options.attach(format!("s{at}"), ":memory:"))),
    ]
    .iter()
    .map(|error| format!("{error}\n"))
    .collect();
    expect_test::expect![[r#"
        [connection] a database is attached by no name
        [connection] SQLite calls a database of its own `Main`; help: attach it by another name
        [connection] SQLite calls a database of its own `temp`; help: attach it by another name
        [connection] two databases are attached as `One`
        [connection] an empty path names no database; help: use `Engine::in_memory()`
        [connection] unable to open database: /nowhere/at/all.db
        [database] too many attached databases - max 10
    "#]]
    .assert_eq(&told.concat());
    let readable = Engine::options().read_only(true).attach("one", ":memory:");
    assert_eq!(readable.open("file:x.db").unwrap_err().code(), Code::Connection);
}

/// What isn't attached is named, with the way to attach it.
#[test]
fn a_schema_that_is_not_attached() {
    let engine = Engine::in_memory().unwrap();
    let told: Vec<String> = [
        engine.execute_batch("CREATE TABLE other.t (a)"),
        engine.execute_batch("INSERT INTO other.t VALUES (1)"),
        engine.execute_batch("INSERT INTO t VALUES (1)"),
    ]
    .into_iter()
    .map(|done| format!("{}\n", done.unwrap_err()))
    .collect();
    expect_test::expect![[r#"
        [database] unknown database other (at byte 13); help: the engine attaches the database of a schema: `Engine::options().attach("other", path)`
        [database] no such table: other.t; help: create it in the schema `other`, whose database the engine attaches: `Engine::options().attach("other", path)`
        [database] no such table: t
    "#]].assert_eq(&told.concat());
}
