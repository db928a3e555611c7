//! One row, one object: whoever names a row, a driver, a user or a foreign key, it has one key.

use orm::prelude::*;
use orm::{Code, ObjectState, Result, SessionConfig, SqlType, Value, ValueError, ValueRef};
use tests::models::{Address, User};
use tests::{Db, code};

orm::registry!(
    /// Classes whose keys a database gives back in another form.
    pub Keyed
);

/// Stored as an integer in a column of text, and read from text: `7` comes back as `'7'`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Number(i64);

impl ColumnType for Number {
    const SQL_TYPE: SqlType = SqlType::Text;
    const NAME: &'static str = "Number";

    fn to_value(&self) -> Value {
        Value::Int(self.0)
    }

    fn from_value(value: ValueRef<'_>) -> std::result::Result<Self, ValueError> {
        match value {
            ValueRef::Text(text) => text.parse().map(Number).map_err(|_| ValueError::new("not a number")),
            ValueRef::Int(number) => Ok(Number(number)),
            other => Err(ValueError::mismatch("text", other)),
        }
    }
}

/// As [`Number`], but it reads what the database gives back only.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Strict(i64);

impl ColumnType for Strict {
    const SQL_TYPE: SqlType = SqlType::Text;
    const NAME: &'static str = "Strict";

    fn to_value(&self) -> Value {
        Value::Int(self.0)
    }

    fn from_value(value: ValueRef<'_>) -> std::result::Result<Self, ValueError> {
        match value {
            ValueRef::Text(text) => text.parse().map(Strict).map_err(|_| ValueError::new("not a number")),
            other => Err(ValueError::mismatch("text", other)),
        }
    }
}

/// Stored as text in a column of integers, and read from both: `'7'` comes back as `7`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Digits(String);

impl ColumnType for Digits {
    const SQL_TYPE: SqlType = SqlType::BigInt;
    const NAME: &'static str = "Digits";

    fn to_value(&self) -> Value {
        Value::Text(self.0.clone())
    }

    fn from_value(value: ValueRef<'_>) -> std::result::Result<Self, ValueError> {
        match value {
            ValueRef::Text(text) => Ok(Digits(text.to_owned())),
            ValueRef::Int(number) => Ok(Digits(number.to_string())),
            other => Err(ValueError::mismatch("digits", other)),
        }
    }
}

/// A switch of a room: its key has a truth value.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed)]
pub struct Switch {
    #[column(primary_key)]
    pub room: i64,
    #[column(primary_key)]
    pub on: bool,
    pub note: Option<String>,
    #[relationship(back_populates = "switch")]
    pub lamps: Many<Lamp>,
}

/// A lamp refers to a switch.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed, foreign_key(columns(room, on), references(Switch::room, Switch::on)))]
pub struct Lamp {
    #[column(primary_key)]
    pub id: i64,
    pub room: Option<i64>,
    pub on: Option<bool>,
    #[relationship(back_populates = "lamps")]
    pub switch: Option<One<Switch>>,
}

/// One truth value.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed)]
pub struct Side {
    #[column(primary_key)]
    pub left: bool,
    pub note: Option<String>,
}

/// A key that is stored as an integer and comes back as text.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed)]
pub struct Numbered {
    #[column(primary_key)]
    pub number: Number,
    pub note: Option<String>,
    #[relationship(back_populates = "numbered")]
    pub parts: Many<Part>,
}

/// A part refers to what is numbered.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed)]
pub struct Part {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Numbered::number)]
    pub number: Option<Number>,
    #[relationship(back_populates = "parts")]
    pub numbered: Option<One<Numbered>>,
}

/// Two parts, one of which comes back in another form.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed)]
pub struct Pair {
    #[column(primary_key)]
    pub number: Number,
    #[column(primary_key)]
    pub real: f64,
    pub note: Option<String>,
}

/// A key whose type reads only what comes back.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed)]
pub struct Stern {
    #[column(primary_key)]
    pub number: Strict,
    pub note: Option<String>,
    #[relationship(back_populates = "stern")]
    pub bows: Many<Bow>,
}

/// Refers to such a key.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed)]
pub struct Bow {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Stern::number, on_update = "cascade")]
    pub number: Option<Strict>,
    #[relationship(back_populates = "bows")]
    pub stern: Option<One<Stern>>,
}

/// A key that is stored as text and comes back as an integer.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed)]
pub struct Counted {
    #[column(primary_key, generated = false)]
    pub digits: Digits,
    pub note: Option<String>,
}

/// A real number as key.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed)]
pub struct Point {
    #[column(primary_key)]
    pub at: f64,
    pub note: Option<String>,
}

/// A name as key; the tests give it another collation.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed)]
pub struct Named {
    #[column(primary_key)]
    pub name: String,
    pub note: Option<String>,
    #[relationship(back_populates = "named")]
    pub nicknames: Many<Nickname>,
}

/// Refers to a name in whatever case.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Keyed)]
pub struct Nickname {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Named::name)]
    pub name: Option<String>,
    #[relationship(back_populates = "nicknames")]
    pub named: Option<One<Named>>,
}

fn keyed() -> Db {
    let db = Db::empty();
    Keyed::create_all(&db.engine).unwrap();
    db
}

/// What names the row of an object names the object: loading, keys, merging, and all of it again once the object is
/// expired, refreshed, and changed.
macro_rules! one_object {
    ($class:ident, $new:expr, $key:expr, $raw:expr) => {{
        let db = keyed();
        let session = db.session();
        let object = session.add($new).unwrap();
        let mapper = Keyed::mapper(stringify!($class)).unwrap();
        let is_it = |when: &str| {
            let all = session.scalars(select($class)).unwrap().all().unwrap();
            assert_eq!(all, std::slice::from_ref(&object), "{when}: a query");
            assert_eq!(session.get::<$class>($key).unwrap().as_ref(), Some(&object), "{when}: get");
            for raw in $raw {
                let found =
                    session.get_any(mapper, &raw).unwrap().map(|one| Obj::downcast::<$class>(&one).unwrap());
                assert_eq!(found.as_ref(), Some(&object), "{when}: {raw:?}");
            }
            let merged = session.merge($new).unwrap();
            assert_eq!(merged, object, "{when}: merge");
        };
        session.flush().unwrap();
        is_it("flushed");
        session.commit().unwrap();
        is_it("committed");
        session.expire(&object).unwrap();
        is_it("expired");
        session.refresh(&object).unwrap();
        is_it("refreshed");
        object.set_note("changed").unwrap();
        session.commit().unwrap();
        is_it("changed");
        // Loaded, and never saved, by another session.
        let other = db.session();
        let loaded = other.scalars(select($class)).unwrap().one().unwrap();
        assert_eq!(other.get::<$class>($key).unwrap().as_ref(), Some(&loaded));
        db.sql();
        assert_eq!(other.get::<$class>($key).unwrap().as_ref(), Some(&loaded));
        assert_eq!(db.statements(), 0, "it is in the identity map");
        loaded.set_note("again").unwrap();
        other.commit().unwrap();
        other.delete(&loaded).unwrap();
        other.commit().unwrap();
        assert_eq!(other.scalars(select($class)).unwrap().all().unwrap(), []);
    }};
}

#[test]
fn truth_values_in_keys() {
    one_object!(
        Switch,
        Switch::builder().room(1).on(true),
        (1, true),
        [[Value::Int(1), Value::Bool(true)], [Value::Int(1), Value::Int(1)]]
    );
    one_object!(Side, Side::builder().left(false), false, [[Value::Int(0)], [Value::Bool(false)]]);
}

#[test]
fn types_whose_stored_form_comes_back_in_another() {
    one_object!(
        Numbered,
        Numbered::builder().number(Number(7)),
        Number(7),
        [[Value::Int(7)], [Value::Text("7".into())]]
    );
    one_object!(
        Counted,
        Counted::builder().digits(Digits("7".into())),
        Digits("7".into()),
        [[Value::Int(7)], [Value::Text("7".into())]]
    );
    one_object!(
        Pair,
        Pair::builder().number(Number(7)).real(2.0),
        (Number(7), 2.0),
        [[Value::Int(7), Value::Int(2)], [Value::Text("7".into()), Value::Real(2.0)]]
    );
    one_object!(
        Stern,
        Stern::builder().number(Strict(7)),
        Strict(7),
        [[Value::Int(7)], [Value::Text("7".into())]]
    );
}

#[test]
fn real_numbers_in_keys() {
    one_object!(
        Point,
        Point::builder().at(-0.0),
        0.0,
        [[Value::Real(0.0)], [Value::Real(-0.0)], [Value::Int(0)]]
    );
    one_object!(Point, Point::builder().at(0.0), -0.0, [[Value::Real(0.0)], [Value::Int(0)]]);
    one_object!(Point, Point::builder().at(3.0), 3.0, [[Value::Real(3.0)], [Value::Int(3)]]);
    one_object!(
        Pair,
        Pair::builder().number(Number(0)).real(-0.0),
        (Number(0), 0.0),
        [[Value::Int(0), Value::Real(-0.0)]]
    );
}

/// Columns of other affinities than the library declares.
#[test]
fn tables_of_another_make() {
    for affinity in ["INTEGER", "REAL", "NUMERIC", "BLOB"] {
        let db = Db::empty();
        db.engine
            .execute_batch(&format!(
                "CREATE TABLE point (at {affinity} NOT NULL PRIMARY KEY, note TEXT) WITHOUT ROWID"
            ))
            .unwrap();
        let session = db.session();
        let point = session.add(Point::builder().at(4.0)).unwrap();
        session.commit().unwrap();
        assert_eq!(
            session.scalars(select(Point)).unwrap().all().unwrap(),
            std::slice::from_ref(&point),
            "{affinity}"
        );
        assert_eq!(session.get::<Point>(4.0).unwrap(), Some(point.clone()), "{affinity}");
        let mapper = Keyed::mapper("Point").unwrap();
        let by_integer = session.get_any(mapper, &[Value::Int(4)]).unwrap();
        assert_eq!(by_integer, Some(Obj::any(&point)), "{affinity}");
        point.set_note("x").unwrap();
        session.commit().unwrap();
        assert_eq!(point.note().unwrap().as_deref(), Some("x"));
    }
}

#[test]
fn keys_of_another_collation() {
    let db = Db::empty();
    db.engine
        .execute_batch(
            "CREATE TABLE named (name TEXT COLLATE NOCASE NOT NULL PRIMARY KEY, note TEXT) WITHOUT ROWID;
             CREATE TABLE nickname (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE REFERENCES named (name));
             INSERT INTO nickname VALUES (1, NULL);",
        )
        .unwrap();
    let session = db.session();
    let ed = session.add(Named::builder().name("Ed")).unwrap();
    session.commit().unwrap();
    assert_eq!(session.get::<Named>("ED").unwrap(), Some(ed.clone()));
    assert_eq!(session.merge(Named::builder().name("eD")).unwrap(), ed);
    assert_eq!(ed.name().unwrap(), "eD");
    session.commit().unwrap();
    assert_eq!(session.scalars(select(Named)).unwrap().all().unwrap(), std::slice::from_ref(&ed));
    let nickname = session.get_one::<Nickname>(1).unwrap();
    nickname.set_name("ed".to_owned()).unwrap();
    session.commit().unwrap();
    assert_eq!(nickname.named().unwrap(), Some(ed.clone()));
    assert_eq!(ed.nicknames().iter().unwrap().collect::<Vec<_>>(), [nickname]);
    ed.set_name("ED").unwrap();
    session.commit().unwrap();
    assert_eq!(session.get::<Named>("ed").unwrap(), Some(ed.clone()));
    assert_eq!(session.scalars(select(Named)).unwrap().all().unwrap(), [ed]);
}

#[test]
fn foreign_keys_find_what_is_in_the_session() {
    let db = keyed();
    let session = db.session();
    let switch = session.add(Switch::builder().room(1).on(true)).unwrap();
    let lamp = session.add(Lamp::builder().room(1).on(true)).unwrap();
    let numbered = session.add(Numbered::builder().number(Number(7))).unwrap();
    let part = session.add(Part::builder().number(Number(7))).unwrap();
    session.flush().unwrap();
    let reads_of = |session: &Session| -> Result<usize> {
        let switch = session.get_one::<Switch>((1, true))?;
        let lamp = session.get_one::<Lamp>(1)?;
        let numbered = session.get_one::<Numbered>(Number(7))?;
        let part = session.get_one::<Part>(1)?;
        db.sql();
        assert_eq!(lamp.switch()?, Some(switch));
        assert_eq!(part.numbered()?, Some(numbered));
        Ok(db.statements())
    };
    assert_eq!(reads_of(&session).unwrap(), 0);
    session.commit().unwrap();
    assert_eq!(reads_of(&session).unwrap(), 0);
    assert_eq!(reads_of(&db.session()).unwrap(), 0);
    // A flush carries such keys.
    let stern = session.add(Stern::builder().number(Strict(7)).bows([Bow::builder()])).unwrap();
    session.commit().unwrap();
    let bow = session.get_one::<Bow>(1).unwrap();
    assert_eq!((bow.number().unwrap(), bow.stern().unwrap()), (Some(Strict(7)), Some(stern.clone())));
    stern.set_number(Strict(8)).unwrap();
    session.commit().unwrap();
    assert_eq!((bow.number().unwrap(), bow.stern().unwrap()), (Some(Strict(8)), Some(stern)));
    let lamp2 = switch.lamps().append(Lamp::builder()).unwrap();
    let part2 = numbered.parts().append(Part::builder()).unwrap();
    session.commit().unwrap();
    assert_eq!((lamp2.on().unwrap(), part2.number().unwrap()), (Some(true), Some(Number(7))));
    assert_eq!(switch.lamps().iter().unwrap().collect::<Vec<_>>(), [lamp, lamp2]);
    assert_eq!(numbered.parts().iter().unwrap().collect::<Vec<_>>(), [part, part2]);
}

#[test]
fn an_object_whose_key_changes_stands_at_its_new_one() {
    let db = keyed();
    let session = db.session();
    let switch = session.add(Switch::builder().room(1).on(true)).unwrap();
    session.commit().unwrap();
    switch.set_on(false).unwrap();
    session.flush().unwrap();
    assert_eq!(session.get::<Switch>((1, false)).unwrap(), Some(switch.clone()));
    assert_eq!(session.get::<Switch>((1, true)).unwrap(), None);
    session.rollback().unwrap();
    assert_eq!(session.get::<Switch>((1, true)).unwrap(), Some(switch.clone()));
    session.delete(&switch).unwrap();
    // Its row is taken over by a new object of the same key.
    let again = session.add(Switch::builder().room(1).on(true).note("again")).unwrap();
    session.commit().unwrap();
    assert_eq!(session.scalars(select(Switch)).unwrap().all().unwrap(), [again]);
}

#[test]
fn a_key_that_its_column_cant_read_is_an_error() {
    let db = keyed();
    db.engine.execute_batch("INSERT INTO switch (room, \"on\") VALUES (1, 2)").unwrap();
    assert_eq!(code(db.session().scalars(select(Switch)).and_then(|rows| rows.all())), Code::Value);
    assert_eq!(db.session().get::<Switch>((1, true)).unwrap(), None);
}

/// SQLite gives the number of a row that is gone to a new one. The object that had it goes, whether or not somebody holds
/// the new one.
#[test]
fn a_new_row_displaces_the_object_of_one_that_is_gone() {
    for is_held in [true, false] {
        let db = Db::new();
        let session = db.session();
        let old = session.add(User::builder().name("old")).unwrap();
        session.commit().unwrap();
        db.run("delete from user_account");
        let new = session.add(User::builder().name("new")).unwrap();
        let held = is_held.then_some(new);
        session.flush().unwrap();
        let found = session.get_one::<User>(1).unwrap();
        assert_ne!(found, old);
        assert!(held.is_none_or(|new| new == found));
        assert_eq!(found.name().unwrap(), "new");
        assert_eq!((Obj::state(&old), session.contains(&old)), (ObjectState::Detached, false));
        // Its changes are written to nobody's row.
        old.set_name("changed").unwrap();
        session.commit().unwrap();
        assert_eq!(db.rows("select id, name from user_account"), "1|'new'\n");
    }
}

/// A rollback gives its place back to an object whose row was deleted; another one that took it since is detached.
#[test]
fn a_rollback_displaces_who_took_the_place() {
    for like_sqlalchemy in [false, true] {
        let db = Db::new();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let given = session.add(User::builder().name("old")).unwrap();
        session.commit().unwrap();
        session.expunge(&given).unwrap();
        given.set_name("changed").unwrap();
        let user = session.get_one::<User>(1).unwrap();
        session.delete(&user).unwrap();
        session.flush().unwrap();
        session.add(&given).unwrap();
        session.rollback().unwrap();
        assert_eq!(session.get_one::<User>(1).unwrap(), user);
        let state = if like_sqlalchemy { ObjectState::Persistent } else { ObjectState::Detached };
        assert_eq!((Obj::state(&given), session.contains(&given)), (state, false));
        session.commit().unwrap();
        assert_eq!(db.rows("select id, name from user_account"), "1|'old'\n");
    }
}

/// The same where the object of the row that is gone is deleted by the flush that inserts the new one: SQLAlchemy deletes the new
/// row.
#[test]
fn a_row_that_is_gone_is_not_deleted_in_a_new_one() {
    for is_held in [true, false] {
        let db = Db::new();
        let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
        let old = session.add(User::builder().name("old")).unwrap();
        session.commit().unwrap();
        db.run("delete from user_account");
        session.delete(&old).unwrap();
        let new = session.add(User::builder().name("new")).unwrap();
        let held = is_held.then_some(new);
        session.commit().unwrap();
        assert_eq!(db.rows("select id, name from user_account"), "1|'new'\n");
        assert_eq!((Obj::state(&old), session.contains(&old)), (ObjectState::Detached, false));
        let found = session.get_one::<User>(1).unwrap();
        assert!(found != old && held.is_none_or(|new| new == found));
    }
}

/// An object whose key was changed after its insertion has none when that is rolled back, so that it is inserted when it is added
/// again.
#[test]
fn a_changed_key_outlives_no_insertion() {
    for like_sqlalchemy in [false, true] {
        let db = keyed();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let switch = session.add(Switch::builder().room(1).on(true)).unwrap();
        session.flush().unwrap();
        switch.set_on(false).unwrap();
        session.flush().unwrap();
        session.rollback().unwrap();
        let state = if like_sqlalchemy { ObjectState::Detached } else { ObjectState::Transient };
        assert_eq!(Obj::state(&switch), state);
        session.add(&switch).unwrap();
        session.commit().unwrap();
        let rows = if like_sqlalchemy { "" } else { "1|0|NULL\n" };
        assert_eq!(db.rows("select * from switch"), rows);
        // And in a savepoint, of one that was there before it.
        let other = session.add(Switch::builder().room(2).on(true)).unwrap();
        session.flush().unwrap();
        let part = session.begin_nested().unwrap();
        other.set_on(false).unwrap();
        session.flush().unwrap();
        part.rollback().unwrap();
        assert_eq!(Obj::state(&other), ObjectState::Persistent);
        assert_eq!(session.get_one::<Switch>((2, true)).unwrap(), other);
        session.rollback().unwrap();
        assert_eq!(Obj::state(&other), ObjectState::Transient);
    }
}

/// The same where the flush has the object of the row that is gone for another reason: it doesn't take its place back from the new
/// one.
#[test]
fn an_object_that_others_refer_to_takes_no_place_back() {
    let db = Db::new();
    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    let old = session.add(User::builder().name("old")).unwrap();
    session.commit().unwrap();
    db.run("delete from user_account");
    let new = session.add(User::builder().name("new")).unwrap();
    let address = session.add(Address::builder().email("a").user(&old)).unwrap();
    session.commit().unwrap();
    assert_eq!((Obj::state(&new), Obj::state(&old)), (ObjectState::Persistent, ObjectState::Detached));
    assert_eq!(session.get_one::<User>(1).unwrap(), new);
    drop(address);
}
