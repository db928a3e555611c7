//! Column types: every value comes back as it went, and what can't be stored or read is an error.

use expect_test::expect;
use orm::IntoObj;
use orm::engine::Connection;
use orm::prelude::*;
use orm::{Code, Result, SqlType, Value, ValueError, ValueRef};
use tests::{Db, Report, code, show};

/// An enum stored as text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Status {
    #[default]
    Draft,
    Sent,
}

impl ColumnType for Status {
    const SQL_TYPE: SqlType = SqlType::Text;
    const NAME: &'static str = "Status";

    fn to_value(&self) -> Value {
        Value::Text(format!("{self:?}").to_lowercase())
    }

    fn from_value(value: ValueRef<'_>) -> std::result::Result<Self, ValueError> {
        match value {
            ValueRef::Text("draft") => Ok(Status::Draft),
            ValueRef::Text("sent") => Ok(Status::Sent),
            other => Err(ValueError::new(format!("{other} is not one of: draft, sent"))),
        }
    }
}

/// A number that refuses odd values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Even(i64);

impl ColumnType for Even {
    const SQL_TYPE: SqlType = SqlType::BigInt;
    const NAME: &'static str = "Even";

    fn check(&self) -> std::result::Result<(), ValueError> {
        if self.0 % 2 == 0 { Ok(()) } else { Err(ValueError::new(format!("{} is odd", self.0))) }
    }

    fn to_value(&self) -> Value {
        Value::Int(self.0)
    }

    fn from_value(value: ValueRef<'_>) -> std::result::Result<Self, ValueError> {
        i64::from_value(value).map(Even)
    }
}

orm::registry!(
    /// The classes of this file.
    pub Zoo
);

/// A column of every type, and one of each that may be `NULL`.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Zoo)]
pub struct All {
    #[column(primary_key)]
    pub id: i64,
    pub bool_: bool,
    pub i8_: i8,
    pub i16_: i16,
    pub i32_: i32,
    pub i64_: i64,
    pub u8_: u8,
    pub u16_: u16,
    pub u32_: u32,
    pub u64_: u64,
    pub f32_: f32,
    pub f64_: f64,
    pub string: String,
    pub bytes: Vec<u8>,
    pub status: Status,
    pub even: Even,
    pub o_bool: Option<bool>,
    pub o_i8: Option<i8>,
    pub o_u64: Option<u64>,
    pub o_f64: Option<f64>,
    pub o_string: Option<String>,
    pub o_bytes: Option<Vec<u8>>,
    pub o_status: Option<Status>,
}

/// What a column gets that nobody sets.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Zoo)]
pub struct Defaults {
    #[column(primary_key)]
    pub id: i64,
    #[column(default = 7)]
    pub rust: i64,
    #[column(server_default = "9")]
    pub server: i64,
    #[column(default = 1, server_default = "2")]
    pub both: i64,
    #[column(default = Status::Sent)]
    pub status: Status,
    #[column(default = "text")]
    pub maybe: Option<String>,
    #[column(server_default = "current_timestamp")]
    pub made: String,
    pub nothing: Option<i64>,
}

/// A key of each kind.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Zoo)]
pub struct Keys {
    #[column(primary_key)]
    pub text: String,
    #[column(primary_key)]
    pub bytes: Vec<u8>,
    #[column(primary_key)]
    pub status: Status,
    #[column(primary_key)]
    pub yes: bool,
    pub value: i64,
}

/// A small generated key.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Zoo)]
pub struct Small {
    #[column(primary_key)]
    pub id: u8,
}

fn database() -> Db {
    let db = Db::empty();
    Zoo::create_all(&db.engine).unwrap();
    db
}

fn lowest() -> All {
    All {
        id: i64::MIN,
        bool_: false,
        i8_: i8::MIN,
        i16_: i16::MIN,
        i32_: i32::MIN,
        i64_: i64::MIN,
        f32_: f32::MIN,
        f64_: f64::MIN,
        ..All::default()
    }
}

fn highest() -> All {
    All {
        id: i64::MAX,
        bool_: true,
        i8_: i8::MAX,
        i16_: i16::MAX,
        i32_: i32::MAX,
        i64_: i64::MAX,
        u8_: u8::MAX,
        u16_: u16::MAX,
        u32_: u32::MAX,
        u64_: i64::MAX as u64,
        f32_: f32::MAX,
        f64_: f64::MAX,
        string: "äöü 𝄞 \0 ' \" \\ %_\r\n".into(),
        bytes: (0..=255).collect(),
        status: Status::Sent,
        even: Even(i64::MAX - 1),
        o_bool: Some(true),
        o_i8: Some(-1),
        o_u64: Some(i64::MAX as u64),
        o_f64: Some(f64::MIN_POSITIVE),
        o_string: Some(String::new()),
        o_bytes: Some(Vec::new()),
        o_status: Some(Status::Draft),
    }
}

fn special(id: i64, f64_: f64, f32_: f32) -> All {
    All { id, f64_, f32_, ..All::default() }
}

#[test]
fn every_value_comes_back() {
    let db = database();
    let values = [
        lowest(),
        highest(),
        special(1, f64::INFINITY, f32::INFINITY),
        special(2, f64::NEG_INFINITY, f32::NEG_INFINITY),
        special(4, 5e-324, f32::MIN_POSITIVE),
        special(5, 1.0, 3.0),
        special(6, 0.1, 0.1),
        special(7, 9_007_199_254_740_993.0, 16_777_216.0),
    ];
    let session = db.session();
    session.add_all(values.clone()).unwrap();
    session.commit().unwrap();
    drop(session);
    let session = db.session();
    for value in values {
        let found = session.get_one::<All>(value.id).unwrap().to_value().unwrap();
        assert_eq!(found, value);
        assert_eq!(
            (found.f64_.to_bits(), found.f32_.to_bits()),
            (value.f64_.to_bits(), value.f32_.to_bits())
        );
    }
    // Nothing counts as changed when what is there is set again.
    for object in session.scalars(select(All)).unwrap().all().unwrap() {
        object.set_f64_(object.f64_().unwrap()).unwrap();
        object.set_string(object.string().unwrap()).unwrap();
        object.set_bytes(object.bytes().unwrap()).unwrap();
        object.set_status(object.status().unwrap()).unwrap();
    }
    db.sql();
    session.flush().unwrap();
    assert_eq!(db.sql(), "");
}

#[test]
fn types_in_the_database() {
    let db = database();
    let text = db.rows("select group_concat(name || ' ' || type || iif(\"notnull\", ' not null', ''), ', ') from pragma_table_info('all')");
    expect![[r#"
        'id INTEGER not null, bool_ BOOLEAN not null, i8_ INTEGER not null, i16_ INTEGER not null, i32_ INTEGER not null, i64_ INTEGER not null, u8_ INTEGER not null, u16_ INTEGER not null, u32_ INTEGER not null, u64_ INTEGER not null, f32_ REAL not null, f64_ REAL not null, string TEXT not null, bytes BLOB not null, status TEXT not null, even INTEGER not null, o_bool BOOLEAN, o_i8 INTEGER, o_u64 INTEGER, o_f64 REAL, o_string TEXT, o_bytes BLOB, o_status TEXT'
    "#]].assert_eq(&text);
    let session = db.session();
    session.add(All { id: 1, ..highest() }).unwrap();
    session.commit().unwrap();
    let text = db.rows("select typeof(bool_), typeof(i8_), typeof(f32_), typeof(f64_), typeof(string), typeof(bytes), typeof(status), typeof(even), typeof(o_f64) from \"all\"");
    expect![[r#"
        'integer'|'integer'|'real'|'real'|'text'|'blob'|'text'|'integer'|'real'
    "#]]
    .assert_eq(&text);
}

#[test]
fn values_that_no_database_holds() {
    let db = database();
    let session = db.session();
    let object = session.add(All { id: 1, ..All::default() }).unwrap();
    session.commit().unwrap();
    let mut report = Report::default();
    report.outcome("u64", object.set_u64_(u64::MAX));
    report.outcome("optional u64", object.set_o_u64(1u64 << 63));
    report.outcome("a type's own check", object.set_even(Even(3)));
    report.outcome("builder", All::builder().u64_(u64::MAX).into_obj());
    report.outcome("plain value", session.add(All { u64_: u64::MAX, ..All::default() }));
    report.outcome("in a query", session.scalars(select(All).filter(All::u64_.eq(u64::MAX))).unwrap().all());
    report.outcome("by name", Obj::any(&object).set("u8_", &Value::Int(256)));
    report.outcome("by name, of another kind", Obj::any(&object).set("u8_", &Value::Text("1".into())));
    report.outcome("by name, NULL", Obj::any(&object).set("u8_", &Value::Null));
    expect![[r#"
        u64: [value] `All.u64_`: 18446744073709551615 is larger than the largest integer that a database stores, 9223372036854775807
        optional u64: [value] `All.o_u64`: 9223372036854775808 is larger than the largest integer that a database stores, 9223372036854775807
        a type's own check: [value] `All.even`: 3 is odd
        builder: [value] `All.u64_`: 18446744073709551615 is larger than the largest integer that a database stores, 9223372036854775807
        plain value: [value] `All.u64_`: 18446744073709551615 is larger than the largest integer that a database stores, 9223372036854775807
        in a query: []
        by name: [value] `All.u8_`: 256 is out of the range of `u8`
        by name, of another kind: [value] `All.u8_`: expected an integer, found text
        by name, NULL: [value] `All.u8_`: expected an integer, found NULL
    "#]].assert_eq(report.text());
    assert_eq!((object.u64_().unwrap(), object.even().unwrap()), (0, Even(0)), "the old values stay");
    assert!(!session.is_dirty());
    session.commit().unwrap();
}

#[test]
fn comparisons_with_values_that_no_database_holds() {
    let db = database();
    let session = db.session();
    session.add_all([All { id: 1, ..highest() }, All { id: 2, ..lowest() }]).unwrap();
    session.commit().unwrap();
    let ids = |condition: orm::Expr<bool>| -> Vec<i64> {
        let found = session.scalars(select(All).filter(condition).order_by(All::id)).unwrap().all().unwrap();
        found.iter().map(|all| all.id().unwrap()).collect()
    };
    for too_large in [u64::MAX, 1 << 63] {
        assert_eq!(ids(All::u64_.eq(too_large)), []);
        assert_eq!(ids(All::u64_.ne(too_large)), [1, 2]);
        assert_eq!(ids(All::u64_.lt(too_large)), [1, 2]);
        assert_eq!(ids(All::u64_.ge(too_large)), []);
        assert_eq!(ids(All::o_u64.eq(too_large)), [], "it is not taken for NULL");
        assert_eq!(ids(All::u64_.in_([too_large, i64::MAX as u64])), [1]);
        assert_eq!(ids(All::u64_.in_([too_large; 9])), []);
        assert_eq!(ids(All::u64_.in_([too_large; 9].into_iter().chain([i64::MAX as u64]))), [1]);
    }
}

#[test]
fn lists_of_any_length() {
    let db = database();
    let session = db.session();
    session.add_all([All { id: 1, ..highest() }, All { id: 2, ..lowest() }]).unwrap();
    session.commit().unwrap();
    let ids = |condition: orm::Expr<bool>| -> orm::Result<Vec<i64>> {
        let found = session.scalars(select(All).filter(condition).order_by(All::id))?.all()?;
        found.iter().map(|all| all.id()).collect()
    };
    assert_eq!(ids(All::id.in_(2..100_000)).unwrap(), [2]);
    assert_eq!(ids(All::id.not_in(2..100_000)).unwrap(), [1]);
    assert_eq!(ids(All::o_string.in_((0..100_000).map(|n| n.to_string()))).unwrap(), []);
    // Bytes can't be told in a list of texts: each is bound, and there is a limit.
    let bytes = |count: u32| (0..count).map(|n| n.to_be_bytes().to_vec());
    assert_eq!(ids(All::bytes.not_in(bytes(32_766))).unwrap(), [1, 2]);
    let error = ids(All::bytes.not_in(bytes(32_767))).unwrap_err();
    expect![[r#"
        [query] 32767 values for a statement that can bind 32766; help: ask in several queries, with a part of the values each
    "#]]
    .assert_eq(&format!("{error}\n"));
    assert_eq!(ids(All::id.eq(1)).unwrap(), [1], "the session goes on");
}

/// SQLite keeps whole reals as integers, which have no negative zero.
#[test]
fn negative_zero() {
    let db = database();
    let session = db.session();
    let object = session.add(special(1, -0.0, -0.0)).unwrap();
    session.commit().unwrap();
    assert_eq!((object.f64_().unwrap(), object.f32_().unwrap()), (0.0, 0.0));
}

#[test]
fn not_a_number() {
    let db = database();
    let session = db.session();
    // SQLite would keep it as NULL, in silence.
    let mut report = Report::default();
    session.add(All { id: 1, f64_: f64::NAN, ..All::default() }).unwrap();
    report.outcome("required", session.flush());
    session.rollback().unwrap();
    let object = session.add(All { id: 1, o_f64: Some(f64::NAN), ..All::default() });
    report.outcome("optional", object.and_then(|object| session.commit().and_then(|()| object.o_f64())));
    expect![[r#"
        required: [value] `All.f64_`: parameter 12 is NaN, which SQLite can't store
        optional: [value] `All.o_f64`: parameter 20 is NaN, which SQLite can't store
    "#]]
    .assert_eq(report.text());
}

#[test]
fn values_out_of_range_in_the_file() {
    let db = database();
    let session = db.session();
    let object = session.add(All { id: 1, ..All::default() }).unwrap();
    session.commit().unwrap();
    let mut report = Report::default();
    for (column, value) in [
        ("bool_", "2"),
        ("bool_", "'yes'"),
        ("i8_", "128"),
        ("i16_", "-32769"),
        ("i32_", "2147483648"),
        ("i64_", "9.5"),
        ("u8_", "-1"),
        ("u16_", "65536"),
        ("u32_", "4294967296"),
        ("u64_", "-1"),
        ("f32_", "1e39"),
        ("f64_", "'text'"),
        ("string", "x'ff'"),
        ("bytes", "'text'"),
        ("status", "'lost'"),
        ("even", "'text'"),
        ("o_bool", "7"),
        ("o_i8", "1000"),
        ("o_status", "''"),
    ] {
        db.run(&format!("update \"all\" set {column} = {value}"));
        report.outcome(column, session.refresh(&object));
        session.rollback().unwrap();
        assert_eq!(code(session.get::<All>(1).and_then(|found| found.unwrap().to_value())), Code::Value);
        session.rollback().unwrap();
        db.run(&format!(
            "update \"all\" set {column} = {}",
            if column.starts_with("o_") { "null" } else { "0" }
        ));
        if column == "string" || column == "status" {
            db.run("update \"all\" set string = '', status = 'draft'");
        }
        if column == "bytes" {
            db.run("update \"all\" set bytes = x''");
        }
    }
    expect![[r#"
        bool_: [value] `All.bool_`: the column `all.bool_` can't be read: 2 is neither 0 nor 1
        bool_: [value] `All.bool_`: the column `all.bool_` can't be read: expected a truth value, found text
        i8_: [value] `All.i8_`: the column `all.i8_` can't be read: 128 is out of the range of `i8`
        i16_: [value] `All.i16_`: the column `all.i16_` can't be read: -32769 is out of the range of `i16`
        i32_: [value] `All.i32_`: the column `all.i32_` can't be read: 2147483648 is out of the range of `i32`
        i64_: [value] `All.i64_`: the column `all.i64_` can't be read: expected an integer, found a real number
        u8_: [value] `All.u8_`: the column `all.u8_` can't be read: -1 is out of the range of `u8`
        u16_: [value] `All.u16_`: the column `all.u16_` can't be read: 65536 is out of the range of `u16`
        u32_: [value] `All.u32_`: the column `all.u32_` can't be read: 4294967296 is out of the range of `u32`
        u64_: [value] `All.u64_`: the column `all.u64_` can't be read: -1 is out of the range of `u64`
        f32_: [value] `All.f32_`: the column `all.f32_` can't be read: 1e39 is out of the range of `f32`
        f64_: [value] `All.f64_`: the column `all.f64_` can't be read: expected a real number, found text
        string: [value] `All.string`: the column `all.string` can't be read: expected text, found bytes
        bytes: [value] `All.bytes`: the column `all.bytes` can't be read: expected bytes, found text
        status: [value] `All.status`: the column `all.status` can't be read: 'lost' is not one of: draft, sent
        even: [value] `All.even`: the column `all.even` can't be read: expected an integer, found text
        o_bool: [value] `All.o_bool`: the column `all.o_bool` can't be read: 7 is neither 0 nor 1
        o_i8: [value] `All.o_i8`: the column `all.o_i8` can't be read: 1000 is out of the range of `i8`
        o_status: [value] `All.o_status`: the column `all.o_status` can't be read: '' is not one of: draft, sent
    "#]].assert_eq(report.text());
    session.refresh(&object).unwrap();
}

#[test]
fn text_that_is_not_utf8() {
    let db = database();
    let session = db.session();
    session.add(All { id: 1, ..All::default() }).unwrap();
    session.commit().unwrap();
    db.run("update \"all\" set string = cast(x'fffe' as text)");
    expect!["[value] the text in column 13 (`string`) isn't UTF-8"].assert_eq(&show(session.get::<All>(1)));
    session.rollback().unwrap();
    assert_eq!(code(session.scalars(select(All)).unwrap().all()), Code::Value);
}

#[test]
fn null_in_a_required_column() {
    let db = Db::empty();
    db.run(
        "create table small (id integer primary key); create table keys (text, bytes, status, yes, value)",
    );
    db.run("insert into keys values ('a', x'', 'sent', 1, null), (null, x'', 'sent', 1, 1)");
    let session = db.session();
    expect!["[value] `Keys.value`: the column `keys.value` can't be read: expected an integer, found NULL"]
        .assert_eq(&show(session.scalars(select(Keys)).unwrap().all()));
    session.rollback().unwrap();
    db.run("update keys set value = 1");
    expect!["[value] `Keys`: a row has no `Keys`; help: select `Keys.optional()`, which gives an `Option`"]
        .assert_eq(&show(session.scalars(select(Keys)).unwrap().all()));
    let all = session.scalars(select(Keys.optional())).unwrap().all().unwrap();
    let found: Vec<bool> = all.iter().map(Option::is_some).collect();
    assert_eq!(found, [true, false], "a row whose key is NULL is no object");
}

#[test]
fn defaults_on_either_side() {
    let db = database();
    let session = db.session();
    let object = session.add(Defaults::builder()).unwrap();
    assert_eq!(code(object.rust()), Code::Unset);
    assert_eq!(object.nothing().unwrap(), None);
    session.flush().unwrap();
    assert_eq!((object.rust().unwrap(), object.both().unwrap()), (7, 1));
    assert_eq!((object.status().unwrap(), object.maybe().unwrap()), (Status::Sent, Some("text".into())));
    db.sql();
    assert_eq!((object.server().unwrap(), object.made().unwrap().len()), (9, 19));
    expect![[r#"
        SELECT "id", "rust", "server", "both", "status", "maybe", "made", "nothing" FROM "defaults" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    // What is given counts, also where it is NULL.
    let given = Defaults::builder().rust(1).server(2).both(3).status(Status::Draft).maybe(None).made("now");
    session.add(given.nothing(4)).unwrap();
    session.commit().unwrap();
    assert_eq!(
        db.rows("select rust, server, \"both\", status, maybe, made, \"nothing\" from defaults where id = 2"),
        "1|2|3|'draft'|NULL|'now'|4\n"
    );
    // A plain struct gives every column.
    session.add(Defaults { made: "then".into(), ..Defaults::default() }).unwrap();
    session.commit().unwrap();
    assert_eq!(
        db.rows("select rust, server, status, maybe from defaults where id = 3"),
        "0|0|'draft'|NULL\n"
    );
}

#[test]
fn keys_of_every_kind() {
    let db = database();
    let session = db.session();
    let key = || ("ä'", vec![0u8, 255], Status::Sent, true);
    let (text, bytes, status, yes) = key();
    session.add(Keys { text: text.into(), bytes, status, yes, value: 1 }).unwrap();
    session.commit().unwrap();
    let found = session.get_one::<Keys>(key()).unwrap();
    assert_eq!(session.scalars(select(Keys)).unwrap().one().unwrap(), found);
    assert_eq!(session.get::<Keys>(("ä'", vec![0u8, 255], Status::Sent, false)).unwrap(), None);
    found.set_value(2).unwrap();
    found.set_yes(false).unwrap();
    session.commit().unwrap();
    assert_eq!(session.get_one::<Keys>(("ä'", vec![0u8, 255], Status::Sent, false)).unwrap(), found);
    session.delete(&found).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from keys"), "0\n");
}

#[test]
fn a_generated_key_that_does_not_fit() {
    let db = database();
    let session = db.session();
    db.run("insert into small values (255)");
    session.add(Small::default()).unwrap();
    expect!["[value] `Small.id`: the generated key doesn't fit its column: 256 is out of the range of `u8`; help: make the column an `i64`"].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    assert_eq!(db.rows("select count(*) from small"), "1\n");
}

#[test]
fn plain_values_and_objects() -> Result<()> {
    let value = highest();
    let object = value.clone().into_obj()?;
    assert_eq!(object.to_value()?, value);
    let empty = All::builder().into_obj()?;
    expect!["[unset] `All.bool_`: the column was never set; help: set it first"]
        .assert_eq(&show(empty.to_value()));
    assert_eq!(empty.o_bytes()?, None);
    assert_eq!(code(empty.bytes()), Code::Unset);
    Ok(())
}

#[test]
fn statements_by_hand() {
    let db = database();
    let connection = db.engine.connect().unwrap();
    let mut statement = connection.prepare("select ?, ?, ?, ?, ?, ?").unwrap();
    let values = [
        Value::Null,
        Value::Bool(true),
        Value::Int(i64::MIN),
        Value::Real(0.5),
        Value::Text("t".into()),
        Value::Blob(vec![1]),
    ];
    for (at, value) in values.iter().enumerate() {
        statement.bind(at, value.as_ref()).unwrap();
    }
    let mut seen = Vec::new();
    statement
        .query(&mut |row| {
            for at in 0..6 {
                seen.push(row.get(at)?.to_value());
            }
            assert!(row.get(6).is_err());
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
    assert_eq!(seen[1], Value::Int(1));
    assert_eq!(seen[2..], values[2..]);
    assert!(statement.bind(6, ValueRef::Null).is_err());
}
