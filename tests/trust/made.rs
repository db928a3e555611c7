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
    session.delete(&all.pop().unwrap()).unwrap();
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
        assert_eq!(db.statements(), if like_sqlalchemy { 0 } else { 2 });
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
