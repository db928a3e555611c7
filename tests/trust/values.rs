//! Values that the database shouldn't hold: in every column type, each is read as what it is or is an error that says
//! which column can't be read; the session goes on.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, ColumnType, SqlType, Value, ValueError, ValueRef};
use tests::{Db, Report};

orm::registry!(
    /// These classes.
    Hostile
);

/// A type of a user's own: text on disk.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    Draft,
    Sent,
}

impl ColumnType for Status {
    const SQL_TYPE: SqlType = SqlType::Text;
    const NAME: &'static str = "Status";

    fn to_value(&self) -> Value {
        Value::from(match self {
            Status::Draft => "draft",
            Status::Sent => "sent",
        })
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Text("draft") => Ok(Status::Draft),
            ValueRef::Text("sent") => Ok(Status::Sent),
            other => Err(ValueError::new(format!("no status: {}", other.kind()))),
        }
    }
}

macro_rules! holders {
    ($($class:ident, $ty:ty;)*) => {
        $(
            #[derive(Mapped)]
            #[mapped(registry = Hostile)]
            struct $class {
                #[column(primary_key)]
                id: i64,
                held: $ty,
                maybe: Option<$ty>,
            }
        )*

        /// Reads a value from both columns of each class, and says what came of it: nothing where it was refused.
        fn read(db: &Db, what: &str, sql: &str) -> Vec<String> {
            let mut read = Vec::new();
            $(
                let table = stringify!($class).to_ascii_lowercase();
                db.run(&format!("DELETE FROM {table}; INSERT INTO {table} VALUES (1, {sql}, {sql})"));
                let session = db.session();
                let found = session.get::<$class>(1).and_then(|object| match object {
                    Some(object) => Ok(Some((object.held()?, object.maybe()?))),
                    None => Ok(None),
                });
                match found {
                    Ok(Some((held, maybe))) => {
                        assert_eq!(Some(&held), maybe.as_ref(), "both columns hold the same");
                        let text = format!("{held:?}");
                        let text = if text.len() > 40 { format!("{} characters", text.len()) } else { text };
                        read.push(format!("{} {text}", stringify!($ty)));
                    }
                    Ok(None) => panic!("the row is there"),
                    Err(error) => {
                        assert_eq!(error.code(), Code::Value, "{what}: {error}");
                        // One of a driver names the column of the statement instead.
                        assert!(error.to_string().contains("held"), "{what}: {error}");
                    }
                }
                // The session goes on, and what it writes is what it reads.
                session.rollback().unwrap();
                db.run(&format!("DELETE FROM {table}"));
                assert!(session.get::<$class>(1).unwrap().is_none());
            )*
            read
        }
    };
}

holders! {
    Truth, bool;
    Tiny, i8;
    Int, i64;
    Large, u64;
    Single, f32;
    Double, f64;
    Text, String;
    Bytes, Vec<u8>;
    Own, Status;
}

/// The tables, without what SQLite would make of the values: each column holds what is given.
fn database() -> Db {
    let db = Db::empty();
    Hostile::create_all(&db.engine).unwrap();
    for table in ["truth", "tiny", "int", "large", "single", "double", "text", "bytes", "own"] {
        db.run(&format!("DROP TABLE {table}; CREATE TABLE {table} (id INTEGER PRIMARY KEY, held, maybe)"));
    }
    db
}

#[test]
fn each_hostile_value_is_read_as_it_is_or_refused() {
    let db = database();
    let mut report = Report::default();
    let values = [
        ("text", "'abc'"),
        ("12abc", "'12abc'"),
        ("a number as text", "'12'"),
        ("empty text", "''"),
        ("a status", "'draft'"),
        ("blob", "x'00ff'"),
        ("empty blob", "x''"),
        ("1.5", "1.5"),
        ("2.0", "2.0"),
        ("1e300", "1e300"),
        ("infinity", "9e999"),
        ("minus infinity", "-9e999"),
        ("0", "0"),
        ("1", "1"),
        ("2", "2"),
        ("300", "300"),
        ("-1", "-1"),
        ("the smallest integer", "-9223372036854775808"),
        ("the largest integer", "9223372036854775807"),
        ("no UTF-8", "CAST(x'61ff62' AS TEXT)"),
        ("NUL within", "CAST(x'610062' AS TEXT)"),
        ("10 MB of text", "CAST(zeroblob(10000000) AS TEXT)"),
        ("10 MB of bytes", "zeroblob(10000000)"),
    ];
    for (what, sql) in values {
        report.line(format!("{what}: {}", read(&db, what, sql).join(", ")));
    }
    expect![[r#"
        text: String "abc"
        12abc: String "12abc"
        a number as text: String "12"
        empty text: String ""
        a status: String "draft", Status Draft
        blob: Vec<u8> [0, 255]
        empty blob: Vec<u8> []
        1.5: f32 1.5, f64 1.5
        2.0: f32 2.0, f64 2.0
        1e300: f64 1e300
        infinity: f32 inf, f64 inf
        minus infinity: f32 -inf, f64 -inf
        0: bool false, i8 0, i64 0, u64 0, f32 0.0, f64 0.0
        1: bool true, i8 1, i64 1, u64 1, f32 1.0, f64 1.0
        2: i8 2, i64 2, u64 2, f32 2.0, f64 2.0
        300: i64 300, u64 300, f32 300.0, f64 300.0
        -1: i8 -1, i64 -1, f32 -1.0, f64 -1.0
        the smallest integer: i64 -9223372036854775808, f32 -9.223372e18, f64 -9.223372036854776e18
        the largest integer: i64 9223372036854775807, u64 9223372036854775807
        no UTF-8: 
        NUL within: String "a\0b"
        10 MB of text: String 20000002 characters
        10 MB of bytes: Vec<u8> 30000000 characters
    "#]]
    .assert_eq(report.text());
}

#[test]
fn a_null_in_a_required_column_is_refused_and_none_elsewhere() {
    let db = database();
    db.run("INSERT INTO int VALUES (1, 5, NULL), (2, NULL, 5)");
    let session = db.session();
    assert_eq!(session.get_one::<Int>(1).unwrap().maybe().unwrap(), None);
    let error = session.get_one::<Int>(2).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Value, Some("held")));
    // NaN can't be stored: SQLite would make it NULL.
    let double = session.add(Double::builder().held(f64::NAN)).unwrap();
    assert_eq!(session.flush().unwrap_err().code(), Code::Value);
    session.rollback().unwrap();
    assert!(!session.contains(&double));
}

/// What is stored comes back, also at the ends of each type.
#[test]
fn what_is_written_is_what_is_read() {
    let db = Db::empty();
    Hostile::create_all(&db.engine).unwrap();
    let texts = ["", "\0", "a\0b", "é\u{2028}😀", "'\"\\%_", &"x".repeat(10_000_000)];
    for text in texts {
        let session = db.session();
        let kept = session.add(Text::builder().held(text)).unwrap();
        session.commit().unwrap();
        assert!(kept.held().unwrap() == text);
        let found = session.scalars(select(Text).filter(Text::held.eq(text))).unwrap().all().unwrap();
        assert!(found == [kept]);
    }
    for real in [0.0, -1.5, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY] {
        let session = db.session();
        let kept = session.add(Double::builder().held(real).maybe(real)).unwrap();
        session.commit().unwrap();
        assert_eq!((kept.held().unwrap(), kept.maybe().unwrap()), (real, Some(real)));
    }
    let session = db.session();
    let too_large = session.add(Large::builder().held(u64::MAX));
    assert_eq!(too_large.map(drop).unwrap_err().code(), Code::Value);
    let bytes = session.add(Bytes::builder().held(Vec::new()).maybe(vec![0; 10_000_000])).unwrap();
    session.commit().unwrap();
    assert_eq!((bytes.held().unwrap().len(), bytes.maybe().unwrap().map(|b| b.len())), (0, Some(10_000_000)));
}
