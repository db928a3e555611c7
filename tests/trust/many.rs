//! Many rows that are deleted by one flush: by lists of their keys, of which each row has to be accounted for.

use expect_test::expect;
use orm::SessionConfig;
use orm::prelude::*;
use tests::{Db, show};

orm::registry!(
    /// Classes of which many objects are deleted.
    pub Crowd
);

#[derive(Mapped, Debug, Clone)]
#[mapped(table = "team", registry = Crowd)]
struct Team {
    #[column(primary_key)]
    id: i64,
}

/// Refers to a team that knows nothing of it.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "fan", registry = Crowd)]
struct Fan {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Team::id, index = false)]
    team_id: i64,
    #[relationship]
    team: One<Team>,
}

/// A text as a key.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "word", registry = Crowd)]
struct Word {
    #[column(primary_key)]
    word: String,
}

/// A key of two columns.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "seat", registry = Crowd)]
struct Seat {
    #[column(primary_key)]
    row: i64,
    #[column(primary_key)]
    number: i64,
}

/// A tree, of which a part is deleted from its leaves.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "twig", registry = Crowd)]
struct Twig {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Twig::id)]
    parent_id: Option<i64>,
    #[relationship(back_populates = "twigs", remote_side = Twig::id)]
    parent: Option<One<Twig>>,
    #[relationship(back_populates = "parent", cascade = "all, delete-orphan")]
    twigs: Many<Twig>,
}

const ROWS: &str = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 250)";

/// The tables, with 250 rows in each but those of fans.
fn crowd() -> Db {
    Crowd::configure().unwrap();
    let db = Db::empty();
    db.run(&format!(
        "CREATE TABLE team (id INTEGER PRIMARY KEY);
         CREATE TABLE fan (id INTEGER PRIMARY KEY, team_id INTEGER NOT NULL REFERENCES team);
         CREATE TABLE word (word TEXT PRIMARY KEY);
         CREATE TABLE seat (row INTEGER, number INTEGER, PRIMARY KEY (row, number));
         CREATE TABLE twig (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES twig);
         {ROWS} INSERT INTO team SELECT n FROM number;
         {ROWS} INSERT INTO word SELECT printf('%03d', n) FROM number;
         {ROWS} INSERT INTO seat SELECT 1, n FROM number;
         {ROWS} INSERT INTO twig SELECT n, nullif(n / 2, 0) FROM number;"
    ));
    db
}

/// What ran, how often one after another, and with how many values.
fn statements(db: &Db) -> String {
    let mut all: Vec<(String, usize)> = Vec::new();
    for line in db.sql().lines() {
        let (sql, values) = line.split_once(" [").unwrap_or((line, ""));
        let count = values.split(", ").count();
        let text = format!("{} [{count}]", sql.replace(&", ?".repeat(99), ", ..."));
        match all.last_mut() {
            Some((last, times)) if *last == text => *times += 1,
            _ => all.push((text, 1)),
        }
    }
    all.into_iter().map(|(text, times)| format!("{times} x {text}\n")).collect()
}

fn lenient(db: &Db) -> Session {
    Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true))
}

#[test]
fn a_hundred_rows_are_one_statement_and_what_is_left_goes_one_by_one() {
    let db = crowd();
    let session = db.session();
    let words = session.scalars(select(Word)).unwrap().all().unwrap();
    let seats = session.scalars(select(Seat)).unwrap().all().unwrap();
    session.delete_all(words.iter().take(203)).unwrap();
    session.delete_all(&seats).unwrap();
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        250 x DELETE FROM "seat" WHERE "row" = ? AND "number" = ? [2]
        2 x DELETE FROM "word" WHERE "word" IN (?, ...) [100]
        3 x DELETE FROM "word" WHERE "word" = ? [1]
    "#]]
    .assert_eq(&statements(&db));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*), min(word), (SELECT count(*) FROM seat) FROM word"), "47|'204'|0\n");
    assert!(!session.contains(&words[0]) && !session.contains(&words[202]) && session.contains(&words[203]));
}

#[test]
fn rows_that_are_gone_are_looked_for_by_the_same_list() {
    let db = crowd();
    let session = db.session();
    session.delete_all(session.scalars(select(Word)).unwrap().all().unwrap()).unwrap();
    session
        .connection()
        .unwrap()
        .execute_batch("DELETE FROM word WHERE word IN ('003', '007', '204')")
        .unwrap();
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        2 x DELETE FROM "word" WHERE "word" IN (?, ...) [100]
        1 x SELECT 1 FROM "word" WHERE "word" IN (?, ...) [100]
        50 x DELETE FROM "word" WHERE "word" = ? [1]
        1 x SELECT 1 FROM "word" WHERE "word" = ? [1]
    "#]]
    .assert_eq(&statements(&db));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM word"), "0\n");
}

#[test]
fn a_row_of_a_list_that_the_database_keeps_is_an_error() {
    let db = crowd();
    db.run("CREATE TRIGGER kept BEFORE DELETE ON word WHEN old.word IN ('142', '177') BEGIN SELECT raise(IGNORE); END");
    let session = db.session();
    let words = session.scalars(select(Word)).unwrap().all().unwrap();
    // That one is gone doesn't hide it.
    session.connection().unwrap().execute_batch("DELETE FROM word WHERE word = '101'").unwrap();
    session.delete_all(&words).unwrap();
    expect!["[flush] `Word`: the row of Word#'142' is still there after its deletion; help: the database ignores the deletion, as by a trigger with `RAISE(IGNORE)`"].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    assert!(words.iter().all(|word| session.contains(word)));
    assert_eq!(db.rows("SELECT count(*) FROM word"), "250\n");
    // SQLAlchemy warns, and takes the objects for deleted; the others of the list are.
    let session = lenient(&db);
    session.delete_all(session.scalars(select(Word)).unwrap().all().unwrap()).unwrap();
    db.sql();
    session.commit().unwrap();
    assert!(!db.sql().contains("SELECT"));
    assert_eq!(db.rows("SELECT word FROM word"), "'142'\n'177'\n");
}

#[test]
fn rows_with_the_same_key_are_stale_where_a_list_finds_more() {
    let db = crowd();
    db.run("CREATE TABLE copy AS SELECT word FROM word; DROP TABLE word; ALTER TABLE copy RENAME TO word");
    let session = db.session();
    let words = session.scalars(select(Word)).unwrap().all().unwrap();
    session.commit().unwrap();
    db.run("INSERT INTO word VALUES ('150')");
    session.delete_all(&words).unwrap();
    expect!["[stale-data] `Word`: a deletion of 100 row(s) in `word` matched 101; help: somebody else changed or deleted the row: roll back and load it again"].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM word"), "251\n");
}

#[test]
fn what_others_refer_to_takes_its_whole_list_back() {
    let db = crowd();
    db.run("INSERT INTO fan VALUES (1, 150)");
    let session = db.session();
    session.delete_all(session.scalars(select(Team)).unwrap().all().unwrap()).unwrap();
    let error = session.flush();
    expect![[r#"[integrity] `Team`: FOREIGN KEY constraint failed; help: rows may refer to it by `Fan.team`: delete them first, or give `Team` the reverse side with the cascade `"all, delete-orphan"`, so that they are deleted too"#]].assert_eq(&show(error));
    session.rollback().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM team"), "250\n");
}

#[test]
fn keys_that_the_database_takes_for_the_same_are_one_row() {
    let db = crowd();
    db.run(
        "DROP TABLE word; CREATE TABLE word (word TEXT PRIMARY KEY COLLATE NOCASE);
         INSERT INTO word SELECT printf('w%03d', id) FROM team",
    );
    let session = db.session();
    let words = session.scalars(select(Word)).unwrap().all().unwrap();
    session.commit().unwrap();
    db.run("UPDATE word SET word = upper(word)");
    session.delete_all(words.iter().skip(1)).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT word FROM word"), "'W001'\n");
}

#[test]
fn texts_with_anything_in_them() {
    let db = crowd();
    db.run("DELETE FROM word");
    let session = db.session();
    let odd = ["", "\0", "a\0b", "a", "\"", "\\", "1", "1.0", "\u{2028}", "é😀"];
    session.add_all(odd.iter().map(|text| Word::builder().word(*text))).unwrap();
    let more = (0..95).map(|number| Word::builder().word(format!("a\0{number}")));
    session.add_all(more).unwrap();
    session.commit().unwrap();
    let words = session.scalars(select(Word)).unwrap().all().unwrap();
    for word in &words {
        if word.word().unwrap() != "a" {
            session.delete(word).unwrap();
        }
    }
    db.sql();
    session.commit().unwrap();
    assert_eq!(db.statements(), 5);
    assert_eq!(db.rows("SELECT word FROM word"), "'a'\n");
}

#[test]
fn a_tree_goes_from_its_leaves() {
    let db = crowd();
    let session = db.session();
    let root = session.get_one::<Twig>(1).unwrap();
    session.delete(&root).unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        1 x DELETE FROM "twig" WHERE "id" IN (?, ...) [100]
        150 x DELETE FROM "twig" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&statements(&db));
    assert_eq!(db.rows("SELECT count(*) FROM twig"), "0\n");
}

#[test]
fn without_its_check_a_class_has_the_same_statements() {
    let db = crowd();
    let session = Session::with_config(&db.engine, SessionConfig::default().check_rows(false));
    session.delete_all(session.scalars(select(Team)).unwrap().all().unwrap()).unwrap();
    session.connection().unwrap().execute_batch("DELETE FROM team WHERE id < 9").unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        2 x DELETE FROM "team" WHERE "id" IN (?, ...) [100]
        50 x DELETE FROM "team" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&statements(&db));
    assert_eq!(db.rows("SELECT count(*) FROM team"), "0\n");
}
