//! What columns that stand beside their class, or are made while the program runs, are given that is a function: defaults,
//! versions, validators. They mean what they mean of declared columns.

use expect_test::expect;
use orm::mapper::{LateColumn, NewColumn, NewTable};
use orm::prelude::*;
use orm::{AnyObj, Code, Value, func, insert, update};
use tests::{Db, code, show};

/// A class, and columns beside it.
mod papers {
    use orm::prelude::*;

    orm::registry!(
        /// This class.
        pub Papers
    );

    #[derive(Mapped, Debug, Default)]
    #[mapped(registry = Papers)]
    pub struct Paper {
        #[column(primary_key)]
        pub id: i64,
        pub text: String,
    }
}
use papers::{Paper, Papers};

fn numbered() -> i64 {
    7
}

fn tag(before: Option<String>) -> String {
    before.map_or_else(|| "a".to_owned(), |before| before + "+")
}

fn longer(paper: &Obj<Paper>, value: String) -> Result<String, String> {
    match value.len() < paper.text().map_err(|error| error.to_string())?.len() {
        true => Err("shorter than the text".to_owned()),
        false => Ok(value.to_uppercase()),
    }
}

static NUMBER: LateColumn<Paper, i64> = LateColumn::new("number").default(&numbered);
static STATE: LateColumn<Paper, String> =
    LateColumn::new("state").default(&|| "new").onupdate(&|| func::lower("CHANGED"));
static TITLE: LateColumn<Paper, String> = LateColumn::new("title").default(&|| "none").validate(&longer);
static VERSION: LateColumn<Paper, String> = LateColumn::new("version").version_id_by(&tag);

orm::late!(Papers: NUMBER, STATE, TITLE, VERSION);

#[test]
fn columns_beside_a_class_have_functions() {
    let db = Db::empty();
    Papers::create_all(&db.engine).unwrap();
    let session = db.session();
    let paper = session.add(Paper::builder().text("abc")).unwrap();
    db.sql();
    expect!["[refused] `Paper.title`: shorter than the text"].assert_eq(&show(TITLE.set(&paper, "x".into())));
    session.flush().unwrap();
    TITLE.set(&paper, "long".into()).unwrap();
    session.flush().unwrap();
    assert_eq!(
        (TITLE.get(&paper).unwrap().as_str(), STATE.get(&paper).unwrap().as_str()),
        ("LONG", "changed")
    );
    assert_eq!(VERSION.get(&paper).unwrap(), "a+");
    expect![[r#"
        INSERT INTO "paper" ("text", "number", "state", "title", "version") VALUES (?, ?, ?, ?, ?) ['abc', 7, 'new', 'none', 'a']
        UPDATE "paper" SET "state" = lower(?), "title" = ?, "version" = ? WHERE "paper"."id" = ? AND "paper"."version" = ? ['CHANGED', 'LONG', 'a+', 1, 'a']
        SELECT "id", "text", "number", "state", "title", "version" FROM "paper" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    // Somebody else changes the row.
    let other = db.session();
    session.commit().unwrap();
    let theirs = other.scalars(select(Paper)).unwrap().one().unwrap();
    paper.text().unwrap();
    other.commit().unwrap();
    theirs.set_text("abcd").unwrap();
    other.commit().unwrap();
    paper.set_text("mine").unwrap();
    db.sql();
    expect!["[locked] database is locked; help: another connection has written since this transaction first read: roll back and repeat it"]
        .assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    assert_eq!(VERSION.get(&paper).unwrap(), "a++");
}

#[test]
fn statements_know_them() {
    let db = Db::empty();
    Papers::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    session.run(insert(Paper).rows([Paper { id: 7, text: "t".into() }])).unwrap();
    session.run(update(Paper).set(Paper::text, "u").filter(NUMBER.column().unwrap().gt(0))).unwrap();
    let sql = db.sql();
    assert!(sql.contains(r#""state" = lower(?)"#) && sql.contains("'new', 'none', 'a']"), "{sql}");
}

#[test]
fn a_savepoint_takes_back_what_they_made() {
    let db = Db::empty();
    Papers::create_all(&db.engine).unwrap();
    let session = db.session();
    let paper = session.add(Paper::builder().text("abc")).unwrap();
    session.flush().unwrap();
    let savepoint = session.begin_nested().unwrap();
    paper.set_text("other").unwrap();
    session.flush().unwrap();
    assert_eq!(
        (VERSION.get(&paper).unwrap().as_str(), STATE.get(&paper).unwrap().as_str()),
        ("a+", "changed")
    );
    savepoint.rollback().unwrap();
    assert_eq!((VERSION.get(&paper).unwrap().as_str(), STATE.get(&paper).unwrap().as_str()), ("a", "new"));
}

orm::registry!(
    /// Tables by names.
    Tables
);

#[test]
fn columns_by_names_have_versions_and_validators() {
    let table = NewTable::new("sheet")
        .column(NewColumn::of::<i64>("id").primary_key())
        .column(NewColumn::of::<Option<String>>("text").validate(
            |text: Option<String>| match text.as_deref() {
                Some("") => Err("empty"),
                _ => Ok(text),
            },
        ))
        .column(NewColumn::version_id::<u8>("version"));
    Tables::map_table(table).unwrap();
    let signed = NewTable::new("signed")
        .column(NewColumn::of::<i64>("id").primary_key())
        .column(NewColumn::of::<i64>("seen").version_id_manual())
        .column(NewColumn::of::<i64>("by").validate(|signed: &AnyObj, by: i64| {
            if signed.get("seen").is_ok_and(|seen| seen == Value::from(9)) {
                Err("it is closed")
            } else {
                Ok(by + 1)
            }
        }));
    Tables::map_table(signed).unwrap();
    let db = Db::empty();
    Tables::create_all(&db.engine).unwrap();
    let session = db.session();
    let sheet = session.add(AnyObj::create(Tables::mapper("sheet").unwrap()).unwrap()).unwrap();
    let signed = session.add(AnyObj::create(Tables::mapper("signed").unwrap()).unwrap()).unwrap();
    expect!["[refused] `sheet.text`: empty"].assert_eq(&show(sheet.set("text", &Value::from(""))));
    sheet.set("text", &Value::Null).unwrap();
    signed.set("by", &Value::from(3)).unwrap();
    signed.set("seen", &Value::from(9)).unwrap();
    expect!["[refused] `signed.by`: it is closed"].assert_eq(&show(signed.set("by", &Value::from(5))));
    session.flush().unwrap();
    db.sql();
    sheet.set("text", &Value::from("b")).unwrap();
    signed.set("seen", &Value::from(10)).unwrap();
    session.flush().unwrap();
    assert_eq!((sheet.get("version").unwrap(), signed.get("by").unwrap()), (Value::from(2), Value::from(4)));
    expect![[r#"
        UPDATE "sheet" SET "text" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['b', 2, 1, 1]
        UPDATE "signed" SET "seen" = ? WHERE "id" = ? AND "seen" = ? [10, 1, 9]
    "#]]
    .assert_eq(&db.sql());
}

/// Nothing that a column says is ignored.
#[test]
fn what_a_column_cannot_be() {
    orm::registry!(
        /// No table comes into it.
        Refused
    );
    let id = || NewColumn::of::<i64>("id").primary_key();
    let number = || NewColumn::of::<i64>("number");
    let wrong = [
        NewColumn::version_id::<i64>("number").default(|| 1),
        NewColumn::version_id_by("number", |before: Option<i64>| before.unwrap_or_default()).onupdate(|| 1),
        NewColumn::of::<Option<i64>>("number").version_id_manual(),
        NewColumn::version_id::<i64>("number").deferred(),
        NewColumn::version_id::<i64>("number").foreign_key("x.id"),
        number().version_id_by_server().default(|| 1),
        number().computed("id", false).default(|| 1),
        number().computed("id", true).foreign_key("x.id"),
        number().foreign_key("x.id").onupdate(|| 1),
        number().onupdate(|| 1).server_onupdate(),
        number().eager(),
        number().not_generated(),
        number().validate(|text: String| Ok::<_, &str>(text)),
    ];
    let said: Vec<String> = wrong
        .into_iter()
        .map(|column| show(Refused::map_table(NewTable::new("t").column(id()).column(column))))
        .collect();
    expect![[r#"
        [bad-table] `t.number`: who makes the versions of a row is said twice: by `version_id`, and by `default`; help: drop `default`
        [bad-table] `t.number`: who makes the versions of a row is said twice: by `version_id`, and by `onupdate`; help: drop `onupdate`
        [bad-table] `t.number`: the version is never NULL: a row without one is never found; help: give it a type without `Option`
        [bad-table] `t.number`: it is the version, which every object is loaded with; help: drop `deferred`
        [bad-table] `t.number`: it is the version, which changes with its row, and a key by `foreign_key`; help: add a column for the version
        [bad-table] `t.number`: who makes the versions of a row is said twice: by `version_id`, and by `default`; help: drop `default`
        [bad-table] `t.number`: it is computed, so that nothing else makes its value; help: drop `default`, or `computed`
        [bad-table] `t.number`: it is computed, so that nothing else makes its value; help: drop `foreign_key`, or `computed`
        [bad-table] `t.number`: a key doesn't change because its row is updated; help: drop `onupdate`, or `foreign_key`
        [bad-table] `t.number`: an update sets it by `onupdate`, or the database does; help: drop `onupdate`, or `server_onupdate`
        [bad-table] `t.number`: `eager` is about what the database makes of a column, and it makes nothing of this one; help: drop `eager`
        [bad-table] `t.number`: `not_generated` is about primary keys; help: drop it
        [bad-table] `t.number`: its validator takes values of the type `String`, and it holds others; help: let the validator take the column's own type
    "#]]
    .assert_eq(&(said.join("\n") + "\n"));
    let two = NewTable::new("t").column(id()).column(NewColumn::version_id::<i64>("a"));
    let two = two.column(number().version_id_manual());
    expect![
        "[bad-table] `t.number`: `a` is the version already, and a row has one; help: drop one of the two"
    ]
    .assert_eq(&show(Refused::map_table(two)));
}

mod mistaken {
    use orm::mapper::{LateColumn, ReferentialAction};
    use orm::prelude::*;

    orm::registry!(
        /// Its columns are wrong.
        pub Mistaken
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Mistaken)]
    pub struct Slip {
        #[column(primary_key)]
        pub id: i64,
        #[column(version_id)]
        pub version: i64,
    }

    pub static KEYLESS: LateColumn<Slip, i64> =
        LateColumn::new("keyless").on_delete(ReferentialAction::Cascade);
    pub static SECOND: LateColumn<Slip, i64> = LateColumn::new("second").version_id();
    pub static MADE_TWICE: LateColumn<Slip, i64> =
        LateColumn::new("made_twice").computed("id", false).onupdate(&|| 1);

    orm::late!(Mistaken: KEYLESS, SECOND, MADE_TWICE);
}

#[test]
fn what_a_column_beside_a_class_cannot_be() {
    expect![[r#"
        [configuration] the mapping has 3 mistakes
          [bad-table] `Slip.keyless`: `on_delete` or `on_update` without a foreign key; help: call `foreign_key` or `foreign_key_named` too
          [bad-table] `Slip.made_twice`: it is computed, so that nothing else makes its value; help: drop `onupdate`, or `computed`
          [bad-table] `Slip.second`: `version` is the version already, and a row has one; help: drop one of the two"#]].assert_eq(&show(mistaken::Mistaken::configure()));
    assert_eq!(code(mistaken::Mistaken::configure()), Code::Configuration);
}
