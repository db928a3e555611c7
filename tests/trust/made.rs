//! Values that the database makes: keys above all, which nothing else can tell.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, SessionConfig};
use tests::{Db, code};

orm::registry!(
    /// Classes with defaults in the database.
    pub Made
);

/// A token, whose key the database makes.
#[derive(Mapped, Debug, Clone, PartialEq)]
#[mapped(registry = Made, default)]
pub struct Token {
    #[column(primary_key, server_default = "(lower(hex(randomblob(8))))")]
    pub id: String,
    pub name: String,
    #[column(server_default = "7")]
    pub uses: i64,
    #[relationship(back_populates = "token", order_by = Use::id)]
    pub list: Many<Use>,
}

/// A use of a token.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Made)]
pub struct Use {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Token::id)]
    pub token_id: String,
    #[column(server_default = "'new'")]
    pub note: String,
    #[relationship(back_populates = "list")]
    pub token: One<Token>,
}

/// One part of its key is made by the database, the other is given.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Made)]
pub struct Part {
    #[column(primary_key)]
    pub number: i64,
    #[column(primary_key, server_default = "(randomblob(4))")]
    pub bytes: Vec<u8>,
}

/// A stamp, which is read back within the flush.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Made, eager_defaults)]
pub struct Stamp {
    #[column(primary_key)]
    pub id: i64,
    #[column(server_default = "current_timestamp")]
    pub made: String,
    #[column(server_default = "7")]
    pub number: Option<i64>,
    pub name: String,
}

/// An entry of a log, most of which is made by the database.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Made)]
pub struct Entry {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(server_default = "'new'")]
    pub state: String,
    #[column(server_default = "7")]
    pub number: i64,
}

/// It has a key of two values.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Made)]
pub struct Cell {
    #[column(primary_key)]
    pub row: i64,
    #[column(primary_key)]
    pub line: i64,
    #[column(server_default = "7")]
    pub number: i64,
}

/// It has a key that JSON can't tell.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Made)]
pub struct Digest {
    #[column(primary_key)]
    pub id: Vec<u8>,
    #[column(server_default = "7")]
    pub number: i64,
}

fn made() -> Db {
    let db = Db::empty();
    Made::create_all(&db.engine).unwrap();
    db.sql();
    db
}

#[test]
fn a_key_that_a_default_makes_is_read_back() {
    let db = made();
    let session = db.session();
    let built = session.add(Token::builder().name("built").list([Use::builder(), Use::builder()])).unwrap();
    let given = session.add(Token::builder().id("given").name("given")).unwrap();
    let plain =
        session.add(Token { name: "plain".into(), uses: 3, id: String::new(), ..Token::default() }).unwrap();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "token" ("name") VALUES (?) RETURNING "id", "uses" ['built']
        INSERT INTO "token" ("id", "name") VALUES (?, ?) ['given', 'given']
        INSERT INTO "token" ("name", "uses") VALUES (?, ?) RETURNING "id" ['plain', 3]
    "#]]
    .assert_eq(&db.sql().lines().take(3).map(|line| format!("{line}\n")).collect::<String>());
    for token in [&built, &plain] {
        let id = token.id().unwrap();
        assert_eq!(id.len(), 16);
        assert_eq!(session.get::<Token>(id).unwrap().as_ref(), Some(token));
    }
    assert_eq!((given.id().unwrap().as_str(), built.uses().unwrap(), plain.uses().unwrap()), ("given", 7, 3));
    db.sql();
    assert_eq!(built.list().get(1).unwrap().unwrap().token_id().unwrap(), built.id().unwrap());
    assert_eq!(db.statements(), 0);
    session.commit().unwrap();
    assert_eq!(
        db.rows("SELECT count(*) FROM use u JOIN token t ON t.id = u.token_id AND t.name = 'built'"),
        "2\n"
    );
    let mut all = session.scalars(select(Token).order_by(Token::name)).unwrap().all().unwrap();
    assert_eq!(all, [built.clone(), given, plain]);
    // It is an object like every other.
    built.set_name("renamed").unwrap();
    session.delete(all.pop().unwrap()).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name FROM token ORDER BY name"), "'given'\n'renamed'\n");
}

#[test]
fn a_part_of_a_key_is_read_back() {
    let db = made();
    let session = db.session();
    let parts = [1, 2].map(|number| session.add(Part::builder().number(number)).unwrap());
    session.commit().unwrap();
    for part in &parts {
        let key = (part.number().unwrap(), part.bytes().unwrap());
        assert_eq!(key.1.len(), 4);
        assert_eq!(session.get::<Part>(key).unwrap().as_ref(), Some(part));
    }
    assert_eq!(session.scalars(select(Part).order_by(Part::number)).unwrap().all().unwrap(), parts);
}

#[test]
fn other_values_are_read_back_as_sqlalchemy_does() {
    for like_sqlalchemy in [false, true] {
        let db = made();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let token = session.add(Token::builder().id("t").name("t").uses(1)).unwrap();
        let uses = session.add_all([Use::builder().token(&token), Use::builder().token(&token)]).unwrap();
        session.flush().unwrap();
        db.sql();
        assert_eq!(uses.iter().map(|one| one.id().unwrap()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(uses.iter().map(|one| one.note().unwrap()).collect::<Vec<_>>(), ["new", "new"]);
        assert_eq!(db.statements(), usize::from(!like_sqlalchemy));
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT id, token_id, note FROM use"), "1|'t'|'new'\n2|'t'|'new'\n");
    }
}

#[test]
fn a_row_that_fails_leaves_no_key() {
    let db = made();
    db.run(
        "CREATE TRIGGER bad BEFORE INSERT ON token WHEN new.name = 'bad' BEGIN SELECT raise(ABORT, 'bad'); END;
         CREATE TRIGGER none BEFORE INSERT ON token WHEN new.name = 'none' BEGIN SELECT raise(IGNORE); END;",
    );
    for (name, wrong) in [("bad", Code::Integrity), ("none", Code::Flush)] {
        let session = db.session();
        let good = session.add(Token::builder().name("good")).unwrap();
        let bad = session.add(Token::builder().name(name)).unwrap();
        assert_eq!(code(session.flush()), wrong);
        session.rollback().unwrap();
        assert_eq!(db.rows("SELECT * FROM token"), "");
        assert_eq!((code(good.id()), code(bad.id())), (Code::Unset, Code::Unset));
        session.add(&good).unwrap();
        session.commit().unwrap();
        assert_eq!(good.id().unwrap().len(), 16);
        session.delete(&good).unwrap();
        session.commit().unwrap();
    }
}

#[test]
fn eager_defaults_are_read_back_within_the_flush() {
    let db = made();
    let session = db.session();
    let stamps = session.add_all(["a", "b"].map(|name| Stamp::builder().name(name))).unwrap();
    let given = session.add(Stamp::builder().name("c").made("now").number(8)).unwrap();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "stamp" ("name") VALUES (?) RETURNING "id", "made", "number" ['a']
        INSERT INTO "stamp" ("name") VALUES (?) RETURNING "id", "made", "number" ['b']
        INSERT INTO "stamp" ("made", "number", "name") VALUES (?, ?, ?) ['now', 8, 'c']
    "#]]
    .assert_eq(&db.sql());
    let ids: Vec<i64> = stamps.iter().chain([&given]).map(|stamp| stamp.id().unwrap()).collect();
    assert_eq!(ids, [1, 2, 3]);
    assert!(
        stamps.iter().all(|stamp| stamp.made().unwrap().len() == 19 && stamp.number().unwrap() == Some(7))
    );
    assert_eq!((given.made().unwrap().as_str(), given.number().unwrap()), ("now", Some(8)));
    assert_eq!(db.statements(), 0);
    // A generated key that came back so is forgotten by a rollback like every other.
    session.rollback().unwrap();
    session.add_all(&stamps).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, name, number FROM stamp"), "1|'a'|7\n2|'b'|7\n");
}

/// So many entries, which a flush has inserted.
fn entries(db: &Db, session: &Session, count: usize) -> Vec<Obj<Entry>> {
    let entries = session.add_all((0..count).map(|at| Entry::builder().name(format!("{at}")))).unwrap();
    session.flush().unwrap();
    db.sql();
    entries
}

fn run(session: &Session, sql: &str) {
    session.connection().unwrap().execute_batch(sql).unwrap();
}

/// The statement that reads one entry by itself.
const ONE: &str = r#"SELECT "id", "name", "state", "number" FROM "entry" WHERE "id" = ? "#;

/// The one that reads several, up to the list of their keys.
const MANY: &str = concat!(
    r#"SELECT "entry"."id", "entry"."name", "entry"."state", "entry"."number" FROM "entry" "#,
    r#"WHERE "entry"."id" IN "#
);

#[test]
fn what_waits_is_read_together() {
    let db = made();
    let session = db.session();
    for (count, expected) in [
        (1, format!("{ONE}[1]\n")),
        (2, format!("{MANY}(SELECT +value FROM json_each(?)) ['[2,3]']\n")),
        (9, format!("{MANY}(SELECT +value FROM json_each(?)) ['[4,5,6,7,8,9,10,11,12]']\n")),
    ] {
        let entries = entries(&db, &session, count);
        for entry in &entries {
            assert_eq!((entry.state().unwrap().as_str(), entry.number().unwrap()), ("new", 7));
        }
        assert_eq!(db.sql(), expected);
    }
}

#[test]
fn many_are_read_by_few_statements() {
    let orders: [fn(usize, usize) -> usize; 3] =
        [|at, _| at, |at, count| count - 1 - at, |at, count| at * 7 % count];
    for (count, statements) in [(1, 1), (500, 1), (501, 2), (1_200, 3)] {
        for order in orders {
            let db = made();
            let session = db.session();
            let numbers = entries(&db, &session, count);
            let texts = (0..count).map(|at| Token::builder().id(format!("\"{at}\"")).name("token"));
            let texts = session.add_all(texts).unwrap();
            let blobs = (0..count).map(|at| Digest::builder().id(at.to_be_bytes().to_vec()));
            let blobs = session.add_all(blobs).unwrap();
            session.flush().unwrap();
            db.sql();
            for at in (0..count).map(|at| order(at, count)) {
                assert_eq!(numbers[at].number().unwrap(), 7);
                assert_eq!(numbers[at].name().unwrap(), at.to_string());
            }
            assert_eq!(db.statements(), statements, "{count} numbers");
            for at in (0..count).map(|at| order(at, count)) {
                assert_eq!(texts[at].uses().unwrap(), 7);
            }
            assert_eq!(db.statements(), statements, "{count} texts");
            for at in (0..count).map(|at| order(at, count)) {
                assert_eq!(blobs[at].number().unwrap(), 7);
            }
            assert_eq!(db.statements(), statements, "{count} blobs");
        }
    }
}

#[test]
fn several_flushes_are_read_together() {
    let db = made();
    let session = db.session();
    let first = entries(&db, &session, 2);
    let more = entries(&db, &session, 1);
    assert_eq!(first[1].number().unwrap(), 7);
    assert_eq!(db.sql(), format!("{MANY}(SELECT +value FROM json_each(?)) ['[1,2,3]']\n"));
    let last = entries(&db, &session, 1);
    assert_eq!((more[0].number().unwrap(), last[0].number().unwrap()), (7, 7));
    assert_eq!(db.sql(), format!("{ONE}[4]\n"));
    let left = entries(&db, &session, 2);
    session.commit().unwrap();
    db.sql();
    assert_eq!(left[0].number().unwrap(), 7);
    assert_eq!(db.sql(), format!("{ONE}[5]\n"), "a commit expires everything: nothing waits");
}

#[test]
fn what_waits_is_not_kept_alive() {
    let db = made();
    let session = db.session();
    let mut all = entries(&db, &session, 6);
    session.expunge(&all[4]).unwrap();
    let expunged = all.remove(4);
    all.remove(1);
    all.remove(1);
    assert_eq!(all[0].number().unwrap(), 7);
    assert_eq!(db.sql(), format!("{MANY}(SELECT +value FROM json_each(?)) ['[1,4,6]']\n"));
    assert_eq!(code(expunged.number()), Code::Detached);
    for entry in &all {
        assert_eq!(entry.number().unwrap(), 7);
    }
    assert_eq!(db.sql(), "");
    // It comes back, and is read by itself.
    session.add(&expunged).unwrap();
    assert_eq!(expunged.number().unwrap(), 7);
    assert_eq!(db.sql(), format!("{ONE}[5]\n"));
}

#[test]
fn what_was_changed_meanwhile_stays() {
    let db = made();
    let session = db.session();
    let all = entries(&db, &session, 5);
    session
        .no_autoflush(|_| {
            all[1].set_number(1)?;
            all[1].set_name("changed")?;
            all[2].set_state("changed")?;
            all[2].set_number(2)?;
            all[3].set_id(30)?;
            run(&session, "UPDATE entry SET name = 'other'");
            all[0].number()
        })
        .unwrap();
    // Nothing of the third has to be read any more.
    assert_eq!(
        db.sql(),
        format!("UPDATE entry SET name = 'other'\n{MANY}(SELECT +value FROM json_each(?)) ['[1,2,4,5]']\n")
    );
    session.flush().unwrap();
    db.sql();
    let values = all.iter().map(|entry| {
        let (id, name) = (entry.id().unwrap(), entry.name().unwrap());
        format!("{id} {name} {} {}\n", entry.state().unwrap(), entry.number().unwrap())
    });
    expect![[r#"
        1 0 new 7
        2 changed new 1
        3 2 changed 2
        30 3 new 7
        5 4 new 7
    "#]]
    .assert_eq(&values.collect::<String>());
    assert_eq!(db.statements(), 0);
}

#[test]
fn what_was_expired_is_read_by_itself() {
    let db = made();
    let session = db.session();
    let all = entries(&db, &session, 6);
    session.expire(&all[1]).unwrap();
    session.expire_attributes(&all[2], &["name"]).unwrap();
    session.refresh_attributes(&all[3], &["number"]).unwrap();
    session.scalars(select(Entry).filter(Entry::id.eq(5))).unwrap().all().unwrap();
    db.sql();
    assert_eq!(all[0].number().unwrap(), 7);
    assert_eq!(db.sql(), format!("{MANY}(SELECT +value FROM json_each(?)) ['[1,6]']\n"));
    run(&session, "UPDATE entry SET name = 'changed', number = 8");
    let read: Vec<_> = all.iter().map(|entry| (entry.name().unwrap(), entry.number().unwrap())).collect();
    let values: Vec<_> = read.iter().map(|(name, number)| (name.as_str(), *number)).collect();
    assert_eq!(values, [("0", 7), ("changed", 8), ("changed", 8), ("3", 7), ("4", 7), ("5", 7)]);
}

#[test]
fn rows_that_others_deleted_are_found_when_they_are_asked_for() {
    let db = made();
    let session = db.session();
    let all = entries(&db, &session, 5);
    run(&session, "DELETE FROM entry WHERE id IN (1, 3)");
    session.delete(&all[4]).unwrap();
    db.sql();
    assert_eq!(code(all[0].number()), Code::ObjectDeleted);
    // It is looked for by its key alone too, since a list may not tell each value as it is.
    assert_eq!(
        db.sql(),
        format!(
            "DELETE FROM \"entry\" WHERE \"id\" = ? [5]\n{MANY}(SELECT +value FROM json_each(?)) ['[1,2,3,4]']\n{ONE}[1]\n"
        )
    );
    assert_eq!((all[1].number().unwrap(), all[3].number().unwrap()), (7, 7));
    assert_eq!(db.sql(), "");
    for deleted in [0, 2] {
        assert_eq!(code(all[deleted].number()), Code::ObjectDeleted);
        assert_eq!(db.sql(), format!("{ONE}[{}]\n", deleted + 1));
    }
}

#[test]
fn savepoints_take_back_what_waits() {
    let db = made();
    let session = db.session();
    let before = entries(&db, &session, 3);
    let part = session.begin_nested().unwrap();
    let within = entries(&db, &session, 3);
    // A rollback would expire whatever of the others is read here.
    assert_eq!(before[0].number().unwrap(), 7);
    assert_eq!(db.sql(), format!("{ONE}[1]\n"));
    assert_eq!(within[0].number().unwrap(), 7);
    assert_eq!(db.sql(), format!("{MANY}(SELECT +value FROM json_each(?)) ['[4,5,6]']\n"));
    let undone = entries(&db, &session, 2);
    part.rollback().unwrap();
    db.sql();
    assert_eq!(before[1].number().unwrap(), 7);
    assert_eq!(before[2].number().unwrap(), 7);
    assert_eq!(before[0].number().unwrap(), 7);
    assert_eq!(db.sql(), format!("{MANY}(SELECT +value FROM json_each(?)) ['[2,3]']\n{ONE}[1]\n"));
    // They are new again, and wait again when they are inserted again.
    session.add_all(&undone).unwrap();
    let part = session.begin_nested().unwrap();
    let within = entries(&db, &session, 2);
    part.commit().unwrap();
    assert_eq!(within[0].number().unwrap(), 7);
    assert_eq!(db.sql(), format!("{MANY}(SELECT +value FROM json_each(?)) ['[7,8,9,10]']\n"));
    assert_eq!((undone[0].number().unwrap(), undone[1].number().unwrap()), (7, 7));
    let left = entries(&db, &session, 2);
    session.rollback().unwrap();
    session.add_all(&left).unwrap();
    session.flush().unwrap();
    db.sql();
    assert_eq!((left[1].number().unwrap(), left[0].number().unwrap()), (7, 7));
    assert_eq!(db.sql(), format!("{MANY}(SELECT +value FROM json_each(?)) ['[11,12]']\n"));
}

#[test]
fn keys_of_several_columns_are_read_one_by_one() {
    let db = made();
    let session = db.session();
    let cells = session.add_all((0..3).map(|at| Cell::builder().row(at).line(at))).unwrap();
    session.flush().unwrap();
    db.sql();
    assert_eq!(cells.iter().map(|cell| cell.number().unwrap()).sum::<i64>(), 21);
    assert_eq!(db.statements(), 3);
}

#[test]
fn a_read_that_fails_can_be_done_again() {
    let db = made();
    let session = db.session();
    let all = entries(&db, &session, 3);
    run(&session, "ALTER TABLE entry RENAME TO gone");
    assert_eq!(code(all[0].number()), Code::Database);
    run(&session, "ALTER TABLE gone RENAME TO entry");
    assert!(all.iter().all(|entry| entry.number().unwrap() == 7));
    // What can't be read of another one is no mistake of this one.
    let all = entries(&db, &session, 3);
    run(&session, "UPDATE entry SET number = 'seven' WHERE id = 5");
    db.sql();
    assert_eq!((all[0].number().unwrap(), all[2].number().unwrap()), (7, 7));
    assert_eq!(db.statements(), 1);
    assert_eq!(code(all[1].number()), Code::Value);
    assert_eq!(db.sql(), format!("{ONE}[5]\n"));
    run(&session, "UPDATE entry SET number = 8 WHERE id = 5");
    assert_eq!(all[1].number().unwrap(), 8);
}
