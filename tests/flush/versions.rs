//! Versions of rows: counted up by each update, compared by each update and deletion.

use std::sync::atomic::{AtomicI64, Ordering};

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, SessionConfig, delete, update};
use tests::{Db, code};

use super::flush;

orm::registry!(
    /// Classes with versions.
    pub Versions
);

/// An account, whose version is counted.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Versions)]
pub struct Account {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(version_id)]
    pub version: i64,
    #[column(server_default = "'new'")]
    pub kind: String,
    #[relationship(back_populates = "account", order_by = Entry::id)]
    pub entries: Many<Entry>,
}

/// An entry of an account. Its version stands before its other columns, under another name.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Versions)]
pub struct Entry {
    #[column(version_id, name = "row version")]
    pub version: u8,
    #[column(primary_key)]
    pub id: i64,
    pub text: Option<String>,
    #[column(foreign_key = Account::id)]
    pub account_id: Option<i64>,
    #[relationship(back_populates = "entries")]
    pub account: Option<One<Account>>,
}

/// A note, whose version is made by a function, and whose key is a name.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Versions)]
pub struct Note {
    #[column(primary_key)]
    pub name: String,
    #[column(version_id = next_tag)]
    pub tag: String,
    pub text: Option<String>,
}

/// A book, whose rows have no versions.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Versions)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "book", cascade = "all, delete-orphan", order_by = Leaf::id)]
    pub leaves: Many<Leaf>,
}

/// A leaf goes with its book.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Versions)]
pub struct Leaf {
    #[column(primary_key)]
    pub id: i64,
    #[column(version_id)]
    pub version: i64,
    pub text: Option<String>,
    #[column(foreign_key = Book::id)]
    pub book_id: i64,
    #[relationship(back_populates = "leaves")]
    pub book: One<Book>,
}

/// It counts in tens.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Versions)]
pub struct Tens {
    #[column(primary_key)]
    pub id: i64,
    #[column(version_id = |current: Option<i64>| current.map_or(10, |current| current + 10), server_default = "0")]
    pub version: i64,
    pub text: Option<String>,
}

static TAGS: AtomicI64 = AtomicI64::new(0);

fn next_tag(current: Option<String>) -> String {
    if current.is_none() {
        TAGS.fetch_add(1, Ordering::Relaxed);
    }
    current.map_or_else(|| "v".to_owned(), |current| current + "+")
}

/// A page, whose version is whatever it is set to.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Versions)]
pub struct Page {
    #[column(primary_key)]
    pub left: i64,
    #[column(primary_key)]
    pub right: i64,
    #[column(version_id = "manual", default = 1)]
    pub version: i64,
    pub text: Option<String>,
}

fn versions() -> Db {
    let db = Db::empty();
    Versions::create_all(&db.engine).unwrap();
    db.sql();
    db
}

/// With accounts 1, 2, 3, all of the version 1, and a session that has them.
fn accounts() -> (Db, Session, Vec<Obj<Account>>) {
    let db = versions();
    let session = db.session();
    let accounts = ["a", "b", "c"].map(|name| session.add(Account::builder().name(name)).unwrap());
    session.commit().unwrap();
    let all = session.scalars(select(Account).order_by(Account::id)).unwrap().all().unwrap();
    assert_eq!(all, accounts);
    db.sql();
    (db, session, all)
}

#[test]
fn inserts_begin_with_the_first_version_whatever_was_set() {
    let db = versions();
    let session = db.session();
    let built = session.add(Account::builder().name("built")).unwrap();
    let set = session.add(Account::builder().name("set").version(7)).unwrap();
    let plain =
        session.add(Account { name: "plain".into(), kind: "old".into(), ..Account::default() }).unwrap();
    assert_eq!(code(built.version()), Code::Unset);
    assert_eq!((set.version().unwrap(), plain.to_value().unwrap().version), (7, 0));
    flush(
        &db,
        &session,
        expect![[r#"
            INSERT INTO "account" ("name", "version") VALUES (?, ?) ['built', 1]
            INSERT INTO "account" ("name", "version") VALUES (?, ?) ['set', 1]
            INSERT INTO "account" ("name", "version", "kind") VALUES (?, ?, ?) ['plain', 1, 'old']
        "#]],
    );
    for account in [&built, &set, &plain] {
        assert_eq!(account.version().unwrap(), 1);
    }
    assert_eq!(db.statements(), 0);
}

#[test]
fn updates_count_up_and_deletions_compare() {
    let (db, session, accounts) = accounts();
    accounts[0].set_name("a2").unwrap();
    accounts[1].set_name("b2").unwrap();
    accounts[2].set_name("c").unwrap(); // what it is
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "account" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['a2', 2, 1, 1]
            UPDATE "account" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['b2', 2, 2, 1]
        "#]],
    );
    let known = |account: &Obj<Account>| account.version().unwrap();
    assert_eq!(accounts.iter().map(known).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(db.statements(), 0);
    accounts[1].set_name("b3").unwrap();
    session.delete(&accounts[0]).unwrap();
    session.delete(&accounts[2]).unwrap();
    db.sql();
    session.flush().unwrap();
    let sql = db.sql();
    let written: Vec<&str> = sql.lines().filter(|line| !line.starts_with("SELECT")).collect();
    assert_eq!(
        written,
        [
            r#"UPDATE "account" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['b3', 3, 2, 2]"#,
            r#"DELETE FROM "account" WHERE "id" = ? AND "version" = ? [1, 2]"#,
            r#"DELETE FROM "account" WHERE "id" = ? AND "version" = ? [3, 1]"#,
        ]
    );
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, name, version FROM account"), "2|'b3'|3\n");
}

/// A version that is set is written as it is, and the row is found by the one that it had.
#[test]
fn a_version_can_be_set() {
    let (db, session, accounts) = accounts();
    accounts[0].set_version(5).unwrap();
    accounts[1].set_version(1).unwrap(); // what it is
    accounts[1].set_name("b2").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "account" SET "version" = ? WHERE "id" = ? AND "version" = ? [5, 1, 1]
            UPDATE "account" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['b2', 2, 2, 1]
        "#]],
    );
    session.commit().unwrap();
    // Expired, the one of the row is loaded when another is set.
    accounts[0].set_version(9).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "account" SET "version" = ? WHERE "id" = ? AND "version" = ? [9, 1, 5]
        "#]],
    );
    accounts[0].set_version(10).unwrap();
    session.delete(&accounts[0]).unwrap();
    session.flush().unwrap();
    assert!(db.sql().ends_with("DELETE FROM \"account\" WHERE \"id\" = ? AND \"version\" = ? [1, 9]\n"));
}

#[test]
fn a_stale_row_is_an_error_with_class_key_and_version() {
    let (db, session, accounts) = accounts();
    session.connection().unwrap().execute_batch("UPDATE account SET version = 4 WHERE id = 2").unwrap();
    for account in &accounts {
        account.set_name("x").unwrap();
    }
    db.sql();
    let error = session.flush().unwrap_err();
    assert_eq!(
        (error.code(), error.class(), error.attribute()),
        (Code::StaleData, Some("Account"), Some("version"))
    );
    expect!["[stale-data] `Account.version`: the update of Account#2 found no row with the version 1; help: somebody else changed or deleted the row: roll back, refresh the object or merge what you have into it, and try again"]
        .assert_eq(error.to_string().lines().next().unwrap());
    // All rows of the group were tried.
    assert_eq!(db.sql().lines().filter(|line| line.starts_with("UPDATE")).count(), 3);
    assert_eq!(code(session.commit()), Code::PendingRollback);
    session.rollback().unwrap();
    assert_eq!(accounts[0].version().unwrap(), 1);
    // The mend.
    session.refresh(&accounts[1]).unwrap();
    accounts[1].set_name("x").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name, version FROM account"), "'a'|1\n'x'|2\n'c'|1\n");
}

#[test]
fn a_stale_deletion_is_an_error() {
    let (db, session, accounts) = accounts();
    session.connection().unwrap().execute_batch("UPDATE account SET version = 4 WHERE id = 3").unwrap();
    session.delete(&accounts[2]).unwrap();
    session.delete(&accounts[0]).unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::StaleData);
    assert!(
        error.to_string().contains("the deletion of Account#3 found no row with the version 1"),
        "{error}"
    );
    session.rollback().unwrap();
    assert_eq!(db.rows("SELECT id FROM account"), "1\n2\n3\n");
    assert_eq!(accounts[0].version().unwrap(), 1);
    // That of a row that is gone too, as SQLAlchemy has it of classes with versions.
    assert_eq!(accounts[1].version().unwrap(), 1);
    session.connection().unwrap().execute_batch("DELETE FROM account WHERE id = 2").unwrap();
    session.delete(&accounts[1]).unwrap();
    assert_eq!(code(session.flush()), Code::StaleData);
}

/// Rows that are gone aren't made up for by a row that is matched twice: each is counted by itself.
#[test]
fn each_row_is_counted_by_itself() {
    let db = Db::empty();
    db.run(
        "CREATE TABLE account (id integer, name text, version integer, kind text);
         INSERT INTO account VALUES (1, 'a', 1, 'new'), (1, 'a', 1, 'new'), (2, 'b', 1, 'new')",
    );
    for config in [SessionConfig::default(), SessionConfig::default().like_sqlalchemy(true)] {
        let session = Session::with_config(&db.engine, config);
        let both = [1, 2].map(|id| session.get_one::<Account>(id).unwrap());
        both.iter().for_each(|account| account.set_name("x").unwrap());
        session.connection().unwrap().execute_batch("UPDATE account SET version = 3 WHERE id = 2").unwrap();
        assert_eq!(code(session.flush()), Code::StaleData);
    }
}

#[test]
fn versions_go_back_with_a_transaction_and_a_savepoint() {
    let (db, session, accounts) = accounts();
    accounts[0].set_name("a2").unwrap();
    session.flush().unwrap();
    let savepoint = session.begin_nested().unwrap();
    accounts[0].set_name("a3").unwrap();
    accounts[1].set_name("b3").unwrap();
    let new = session.add(Account::builder().name("d")).unwrap();
    session.flush().unwrap();
    assert_eq!((accounts[0].version().unwrap(), accounts[1].version().unwrap()), (3, 2));
    savepoint.rollback().unwrap();
    assert_eq!((accounts[0].version().unwrap(), accounts[1].version().unwrap()), (2, 1));
    session.add(&new).unwrap();
    accounts[0].set_name("a4").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "account" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['a4', 3, 1, 2]
            INSERT INTO "account" ("id", "name", "version") VALUES (?, ?, ?) [4, 'd', 1]
        "#]],
    );
    session.rollback().unwrap();
    assert_eq!(accounts[0].version().unwrap(), 1);
    accounts[0].set_name("a5").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name, version FROM account WHERE id = 1"), "'a5'|2\n");
}

/// What a failed flush had written of an object is taken back with the rest of it.
#[test]
fn a_failed_flush_leaves_no_version_behind() {
    let (db, session, accounts) = accounts();
    session.add(Note::builder().name("there")).unwrap();
    session.commit().unwrap();
    assert_eq!(accounts[0].version().unwrap(), 1);
    let savepoint = session.begin_nested().unwrap();
    accounts[0].set_name("a2").unwrap();
    session.add(Note { name: "there".into(), ..Note::default() }).unwrap();
    db.sql();
    assert_eq!(code(session.flush()), Code::Integrity);
    assert!(db.sql().contains("UPDATE \"account\""));
    savepoint.rollback().unwrap();
    assert_eq!((accounts[0].version().unwrap(), accounts[0].name().unwrap().as_str()), (1, "a"));
    accounts[0].set_name("a3").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name, version FROM account WHERE id = 1"), "'a3'|2\n");
}

/// A new object whose row isn't written has no version by that, also where others of its flush were sent before.
#[test]
fn a_failed_insert_gives_no_version() {
    let db = versions();
    let session = db.session();
    session.add(Note::builder().name("there")).unwrap();
    session.commit().unwrap();
    let first = session.add(Note::builder().name("first")).unwrap();
    let second = session.add(Note::builder().name("there").tag("mine")).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    session.rollback().unwrap();
    assert_eq!(code(first.tag()), Code::Unset);
    assert_eq!(second.tag().unwrap(), "mine");
}

#[test]
fn functions_make_versions_of_the_current_one() {
    let db = versions();
    let session = db.session();
    let notes = ["a", "b"].map(|name| session.add(Note::builder().name(name)).unwrap());
    flush(
        &db,
        &session,
        expect![[r#"
            INSERT INTO "note" ("name", "tag", "text") VALUES (?, ?, ?) ['a', 'v', NULL]
            INSERT INTO "note" ("name", "tag", "text") VALUES (?, ?, ?) ['b', 'v', NULL]
        "#]],
    );
    assert!(TAGS.load(Ordering::Relaxed) >= 2);
    notes[1].set_text(Some("t".into())).unwrap();
    notes[0].set_name("c").unwrap(); // the key changes with the version
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "note" SET "name" = ?, "tag" = ? WHERE "name" = ? AND "tag" = ? ['c', 'v+', 'a', 'v']
            UPDATE "note" SET "tag" = ?, "text" = ? WHERE "name" = ? AND "tag" = ? ['v+', 't', 'b', 'v']
        "#]],
    );
    assert_eq!(notes[0].tag().unwrap(), "v+");
    session.delete(&notes[0]).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            DELETE FROM "note" WHERE "name" = ? AND "tag" = ? ['c', 'v+']
        "#]],
    );
}

/// A default of the database is for rows that others write.
#[test]
fn a_closure_counts_as_it_likes() {
    let db = versions();
    let session = db.session();
    let tens = session.add(Tens::builder()).unwrap();
    session.flush().unwrap();
    tens.set_text(Some("a".into())).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "tens" SET "version" = ?, "text" = ? WHERE "id" = ? AND "version" = ? [20, 'a', 1, 10]
        "#]],
    );
    session.connection().unwrap().execute_batch("INSERT INTO tens (id) VALUES (2)").unwrap();
    let second = session.get_one::<Tens>(2).unwrap();
    second.set_text(Some("b".into())).unwrap();
    session.flush().unwrap();
    assert_eq!((tens.version().unwrap(), second.version().unwrap()), (20, 10));
}

/// What goes with its parent is found by its version too, though only the keys of what isn't loaded are read.
#[test]
fn what_a_deletion_takes_with_it_is_compared() {
    let db = versions();
    let session = db.session();
    let book = session.add(Book::builder().leaves([Leaf::builder(), Leaf::builder().text("b")])).unwrap();
    session.commit().unwrap();
    db.sql();
    session.delete(&book).unwrap();
    session.flush().unwrap();
    let sql = db.sql();
    let deletions: Vec<&str> = sql.lines().filter(|line| !line.starts_with("SELECT")).collect();
    assert_eq!(
        deletions,
        [
            r#"DELETE FROM "leaf" WHERE "id" = ? AND "version" = ? [1, 1]"#,
            r#"DELETE FROM "leaf" WHERE "id" = ? AND "version" = ? [2, 1]"#,
            r#"DELETE FROM "book" WHERE "id" = ? [1]"#,
        ]
    );
    assert_eq!(sql.lines().count() - deletions.len(), 2, "{sql}");
}

#[test]
fn versions_by_hand_are_compared_and_written_as_they_are() {
    let db = versions();
    let session = db.session();
    let page = session.add(Page::builder().left(1).right(2)).unwrap();
    session.flush().unwrap();
    page.set_text(Some("a".into())).unwrap();
    session.flush().unwrap();
    page.set_text(Some("b".into())).unwrap();
    page.set_version(8).unwrap();
    session.flush().unwrap();
    session.delete(&page).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            DELETE FROM "page" WHERE "left" = ? AND "right" = ? AND "version" = ? [1, 2, 8]
        "#]],
    );
}

/// What an object gets of a relationship is a change of it; what it only leads to is none.
#[test]
fn foreign_keys_count_and_collections_dont() {
    let (db, session, accounts) = accounts();
    let entry = session.add(Entry::builder().account(&accounts[0])).unwrap();
    session.flush().unwrap();
    entry.set_account(&accounts[1]).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "entry" SET "row version" = ?, "account_id" = ? WHERE "id" = ? AND "row version" = ? [2, 2, 1, 1]
        "#]],
    );
    session.delete(&accounts[1]).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            SELECT "entry"."row version", "entry"."id", "entry"."text", "entry"."account_id" FROM "entry" WHERE ? = "entry"."account_id" ORDER BY "entry"."id" [2]
            UPDATE "entry" SET "row version" = ?, "account_id" = ? WHERE "id" = ? AND "row version" = ? [3, NULL, 1, 2]
            DELETE FROM "account" WHERE "id" = ? AND "version" = ? [2, 1]
        "#]],
    );
    assert_eq!((entry.version().unwrap(), accounts[0].version().unwrap()), (3, 1));
}

/// A new object that takes over the row of a deleted one goes on with its version.
#[test]
fn a_row_that_is_taken_over_goes_on() {
    let (db, session, accounts) = accounts();
    accounts[0].set_name("a2").unwrap();
    session.commit().unwrap();
    session.delete(&accounts[0]).unwrap();
    let new = session.add(Account { id: 1, name: "new".into(), ..Account::default() }).unwrap();
    db.sql();
    session.flush().unwrap();
    let sql = db.sql();
    assert_eq!(
        sql.lines().last().unwrap(),
        r#"UPDATE "account" SET "name" = ?, "version" = ?, "kind" = ? WHERE "id" = ? AND "version" = ? ['new', 3, '', 1, 2]"#
    );
    assert_eq!(new.version().unwrap(), 3);
    session.commit().unwrap();
    // In SQLAlchemy a version that was set of the new one is written.
    let session = Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true));
    let old = session.get_one::<Account>(1).unwrap();
    session.delete(&old).unwrap();
    let set = session.add(Account { id: 1, name: "set".into(), version: 9, ..Account::default() }).unwrap();
    session.flush().unwrap();
    assert_eq!(set.version().unwrap(), 9);
}

/// A column that is set to an expression is written with the version, by a statement of its own.
#[test]
fn expressions_count_too() {
    let (db, session, accounts) = accounts();
    accounts[0].set_name(orm::func::upper(Account::name)).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "account" SET "name" = upper("account"."name"), "version" = ? WHERE "account"."id" = ? AND "account"."version" = ? [2, 1, 1]
        "#]],
    );
    assert_eq!((accounts[0].version().unwrap(), accounts[0].name().unwrap().as_str()), (2, "A"));
    let new = session.add(Account::builder().name(orm::func::lower("D"))).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            INSERT INTO "account" ("name", "version") VALUES (lower(?), ?) ['D', 1]
        "#]],
    );
    assert_eq!(new.version().unwrap(), 1);
    session.connection().unwrap().execute_batch("UPDATE account SET version = 4 WHERE id = 1").unwrap();
    accounts[0].set_name(orm::func::lower(Account::name)).unwrap();
    assert_eq!(code(session.flush()), Code::StaleData);
    session.rollback().unwrap();
    let refused = accounts[0].set_version(Account::version + 1).unwrap_err();
    assert_eq!((refused.code(), refused.attribute()), (Code::Value, Some("version")));
    assert!(refused.to_string().contains("a version is set to an expression"), "{refused}");
}

#[test]
fn merging_compares_versions() {
    let (db, session, accounts) = accounts();
    accounts[0].set_name("a2").unwrap();
    session.flush().unwrap();
    // Without a version, and with the current one.
    let merged = session.merge(Account::builder().id(1).name("a3")).unwrap();
    assert_eq!(merged, accounts[0]);
    session.flush().unwrap();
    assert_eq!(merged.version().unwrap(), 3);
    session.merge(Account { id: 1, name: "a4".into(), version: 3, ..Account::default() }).unwrap();
    session.commit().unwrap();
    let stale = || Account { id: 1, name: "a5".into(), version: 3, ..Account::default() };
    // The object of the session is expired: its version is loaded.
    let error = session.merge(stale()).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::StaleData, Some("version")));
    session.close().unwrap();
    let session = db.session();
    assert_eq!(code(session.merge(stale())), Code::StaleData);
    // SQLAlchemy doesn't load it, and takes the given one.
    let config = SessionConfig::default().like_sqlalchemy(true);
    let session = Session::with_config(&db.engine, config);
    let held = session.get_one::<Account>(1).unwrap();
    session.expire(&held).unwrap();
    assert_eq!(session.merge(stale()).unwrap(), held);
    session.close().unwrap();
    let session = db.session();
    // One that isn't there is new.
    let new = session.merge(Account { id: 9, name: "z".into(), version: 3, ..Account::default() }).unwrap();
    session.commit().unwrap();
    assert_eq!(new.version().unwrap(), 1);
}

/// Statements write what they say: rows that they change keep their versions, rows that they insert have the first one.
#[test]
fn statements_dont_count() {
    let (db, session, accounts) = accounts();
    session.run(update(Account).set(Account::name, "all")).unwrap();
    session.run(delete(Account).filter(Account::id.eq(3))).unwrap();
    session.run(orm::insert(Account).rows([Account::builder().name("e")])).unwrap();
    accounts[0].set_name("a2").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name, version FROM account"), "'a2'|2\n'all'|1\n'e'|1\n");
}

#[test]
fn a_version_that_cant_count_further_is_an_error() {
    let db = versions();
    let session = db.session();
    db.run("INSERT INTO entry VALUES (254, 1, NULL, NULL)");
    let entry = session.get_one::<Entry>(1).unwrap();
    entry.set_text(Some("a".into())).unwrap();
    session.commit().unwrap();
    assert_eq!(entry.version().unwrap(), 255);
    entry.set_text(Some("b".into())).unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Value, Some("version")));
}

#[test]
fn an_expired_version_is_loaded_before_its_row_is_written() {
    let (db, session, accounts) = accounts();
    session.commit().unwrap();
    accounts[0].set_name("a2").unwrap();
    session.delete(&accounts[1]).unwrap();
    db.sql();
    session.flush().unwrap();
    let sql = db.sql();
    assert!(sql.ends_with(
        "UPDATE \"account\" SET \"name\" = ?, \"version\" = ? WHERE \"id\" = ? AND \"version\" = ? ['a2', 2, 1, 1]\n\
         DELETE FROM \"account\" WHERE \"id\" = ? AND \"version\" = ? [2, 1]\n"
    ), "{sql}");
}

/// As SQLAlchemy's update by primary key: each row gives its version, which is counted up.
#[test]
fn rows_by_their_keys_are_found_by_their_versions() {
    let (db, session, accounts) = accounts();
    let by = || update(Account).columns((Account::id, Account::version, Account::name));
    db.sql();
    assert_eq!(session.run(by().rows([(1, 1, "x"), (2, 1, "y")])).unwrap(), 2);
    expect![[r#"
        UPDATE "account" SET "name" = ?, "version" = ? WHERE "account"."id" = ? AND "account"."version" = ? ['x', 2, 1, 1]
        UPDATE "account" SET "name" = ?, "version" = ? WHERE "account"."id" = ? AND "account"."version" = ? ['y', 2, 2, 1]
    "#]].assert_eq(&db.sql());
    assert_eq!((accounts[0].version().unwrap(), accounts[0].name().unwrap().as_str()), (2, "x"));
    accounts[0].set_name("z").unwrap();
    session.flush().unwrap();
    assert_eq!(accounts[0].version().unwrap(), 3);
    // One that is stale among others that aren't.
    let savepoint = session.begin_nested().unwrap();
    let error = session.run(by().rows([(2, 2, "a"), (1, 1, "b")])).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::StaleData, Some("version")));
    savepoint.rollback().unwrap();
    // Without the version no row is meant.
    let without = update(Account).columns((Account::id, Account::name)).rows([(1, "b")]);
    let error = session.run(without).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Query, Some("version")));
    let without = update(Account).rows([Account::builder().id(1).name("b")]);
    assert_eq!(code(session.run(without)), Code::Query);
    let given = update(Account).rows([Account::builder().id(1).version(3).name("b")]);
    assert_eq!(session.run(given.returning(Account::version)).unwrap(), [4]);
    assert_eq!(accounts[0].version().unwrap(), 4);
    // Which rows are meant is said by conditions too; then some may not be found.
    let some = by().rows([(1, 4, "c"), (2, 1, "c")]).filter(Account::name.ne("q"));
    assert_eq!(session.run(some).unwrap(), 1);
    let last = update(Account).columns((Account::id, Account::version, Account::name));
    let error = session.run(last.rows([(1, i64::MAX, "c")])).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Value, Some("version")));
    // A version that a function makes.
    session.add(Note::builder().name("n")).unwrap();
    session.flush().unwrap();
    let notes = update(Note).columns((Note::name, Note::tag, Note::text));
    let tag = session.scalar(select(Note::tag)).unwrap().unwrap();
    assert_eq!(session.run(notes.rows([("n", tag.as_str(), "t")])).unwrap(), 1);
    assert_ne!(session.scalar(select(Note::tag)).unwrap().unwrap(), tag);
}

/// An object whose row is gone is stale, also where the flush that is to delete it inserts a row that gets its number and begins
/// with its version: that one isn't deleted.
#[test]
fn a_deletion_takes_no_new_row_of_the_same_version() {
    let db = Db::empty();
    Versions::create_all(&db.engine).unwrap();
    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    let old = session.add(Entry::builder().text("old")).unwrap();
    session.commit().unwrap();
    db.run("DELETE FROM entry");
    session.delete(&old).unwrap();
    let _new = session.add(Entry::builder().text("new")).unwrap();
    let error = session.commit().unwrap_err();
    assert_eq!(error.code(), Code::StaleData);
    expect!["[stale-data] `Entry.version`: the deletion of Entry#1 found no row with the version 1; help: somebody else changed or deleted the row: roll back, refresh the object or merge what you have into it, and try again"].assert_eq(&error.to_string());
    session.rollback().unwrap();
    assert_eq!(db.rows("SELECT * FROM entry"), "");
}
