//! Conditions by functions and operators of the user's own, which the engine has for every connection.

use expect_test::expect;
use orm::prelude::*;
use orm::{ValueError, func, sqlite};
use tests::{Db, each_way};

use crate::each_operator;

orm::registry!(
    /// These classes.
    pub Sounds
);

#[derive(Mapped, Debug)]
#[mapped(registry = Sounds)]
pub struct Word {
    #[column(primary_key)]
    pub id: i64,
    pub text: String,
    /// By a function of both sides.
    #[relationship(
        primaryjoin = func::custom::<String>("sound", (Word::text,))
            .eq(func::custom::<String>("sound", (Name::text.foreign(),))),
        viewonly,
        order_by = Name::id
    )]
    pub sounds_like: Many<Name>,
    /// By one that compares them.
    #[relationship(
        primaryjoin = func::custom::<bool>("alike", (Word::text, Name::text.foreign())),
        foreign_keys = Name::text,
        viewonly,
        order_by = Name::id
    )]
    pub alike: Many<Name>,
    /// By an operator that calls one.
    #[relationship(
        primaryjoin = Name::text.foreign().op::<bool>("REGEXP", Word::text),
        viewonly,
        order_by = Name::id
    )]
    pub matching: Many<Name>,
    /// As a text.
    #[relationship(
        primaryjoin = "func.sound(Word.text) == func.sound(foreign(Name.text))",
        viewonly,
        order_by = "Name.id"
    )]
    pub sounds_like_by_text: Many<Name>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Sounds)]
pub struct Name {
    #[column(primary_key)]
    pub id: i64,
    pub text: String,
}

/// The consonants.
fn sound(text: &str) -> String {
    text.to_lowercase().chars().filter(|letter| !"aeiou".contains(*letter)).collect()
}

fn sounds() -> Db {
    let options = sqlite::Engine::options()
        .deterministic_function("sound", |text: String| Ok(sound(&text)))
        .function("alike", |one: String, other: String| match other.as_str() {
            "?" => Err(ValueError::new("`?` is like nothing")),
            other => Ok(sound(&one) == sound(other)),
        })
        .function("regexp", |pattern: String, text: String| Ok(text.starts_with(&pattern)));
    let db = Db::over(options.in_memory().unwrap().into(), None);
    Sounds::create_all(&db.engine).unwrap();
    db.run("INSERT INTO word VALUES (1, 'anna'), (2, 'Bob'), (3, 'x')");
    db.run("INSERT INTO name VALUES (1, 'Nina'), (2, 'Babe'), (3, 'Bobby'), (4, 'annal')");
    db.sql();
    db
}

/// Loads a relationship in each way, asks for it in each way, and compares what is found and which statements ran.
macro_rules! shown {
    ($class:ident.$relation:ident -> $target:ident by $operator:ident, $expected:expr) => {
        let db = sounds();
        let told = each_way!($class, $relation, db) + "-- operators\n";
        $expected.assert_eq(&(told + &each_operator!($class, $relation, $target, $operator, db)));
    };
}

#[test]
fn functions_of_both_sides() {
    shown!(Word.sounds_like -> Name by any, expect![[r#"
        Word#1(sounds_like: [Name#1])
        Word#2(sounds_like: [Name#2])
        Word#3(sounds_like: [])
        -- joined
        SELECT "word"."id", "word"."text", "name_1"."id", "name_1"."text" FROM "word" LEFT JOIN "name" AS "name_1" ON sound("word"."text") = sound("name_1"."text") ORDER BY "word"."id", "name_1"."id"
        -- selectin
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON sound("word_1"."text") = sound("name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- subquery
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON sound("word_1"."text") = sound("name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- immediate
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON sound("word_1"."text") = sound("name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- batch
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON sound("word_1"."text") = sound("name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- lazy
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text" FROM "name" WHERE sound(?) = sound("name"."text") ORDER BY "name"."id" ['anna']
        SELECT "name"."id", "name"."text" FROM "name" WHERE sound(?) = sound("name"."text") ORDER BY "name"."id" ['Bob']
        SELECT "name"."id", "name"."text" FROM "name" WHERE sound(?) = sound("name"."text") ORDER BY "name"."id" ['x']
        -- operators
        [(1, 1), (2, 2)]
        SELECT "word"."id", "name"."id" FROM "word" JOIN "name" ON sound("word"."text") = sound("name"."text") ORDER BY "word"."id", "name"."id"
        SELECT "word"."id" FROM "word" WHERE EXISTS (SELECT ? FROM "name" WHERE sound("word"."text") = sound("name"."text")) ORDER BY "word"."id" [1]
        SELECT "name"."id" FROM "name" WHERE sound(?) = sound("name"."text") ORDER BY "name"."id" ['anna']
    "#]]);
}

#[test]
fn a_function_that_compares() {
    shown!(Word.alike -> Name by any, expect![[r#"
        Word#1(alike: [Name#1])
        Word#2(alike: [Name#2])
        Word#3(alike: [])
        -- joined
        SELECT "word"."id", "word"."text", "name_1"."id", "name_1"."text" FROM "word" LEFT JOIN "name" AS "name_1" ON alike("word"."text", "name_1"."text") ORDER BY "word"."id", "name_1"."id"
        -- selectin
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON alike("word_1"."text", "name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- subquery
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON alike("word_1"."text", "name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- immediate
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON alike("word_1"."text", "name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- batch
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON alike("word_1"."text", "name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- lazy
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text" FROM "name" WHERE alike(?, "name"."text") ORDER BY "name"."id" ['anna']
        SELECT "name"."id", "name"."text" FROM "name" WHERE alike(?, "name"."text") ORDER BY "name"."id" ['Bob']
        SELECT "name"."id", "name"."text" FROM "name" WHERE alike(?, "name"."text") ORDER BY "name"."id" ['x']
        -- operators
        [(1, 1), (2, 2)]
        SELECT "word"."id", "name"."id" FROM "word" JOIN "name" ON alike("word"."text", "name"."text") ORDER BY "word"."id", "name"."id"
        SELECT "word"."id" FROM "word" WHERE EXISTS (SELECT ? FROM "name" WHERE alike("word"."text", "name"."text")) ORDER BY "word"."id" [1]
        SELECT "name"."id" FROM "name" WHERE alike(?, "name"."text") ORDER BY "name"."id" ['anna']
    "#]]);
}

#[test]
fn an_operator_that_calls_one() {
    shown!(Word.matching -> Name by any, expect![[r#"
        Word#1(matching: [Name#4])
        Word#2(matching: [Name#3])
        Word#3(matching: [])
        -- joined
        SELECT "word"."id", "word"."text", "name_1"."id", "name_1"."text" FROM "word" LEFT JOIN "name" AS "name_1" ON "name_1"."text" REGEXP "word"."text" ORDER BY "word"."id", "name_1"."id"
        -- selectin
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON "name"."text" REGEXP "word_1"."text" WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- subquery
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON "name"."text" REGEXP "word_1"."text" WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- immediate
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON "name"."text" REGEXP "word_1"."text" WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- batch
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON "name"."text" REGEXP "word_1"."text" WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- lazy
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text" FROM "name" WHERE "name"."text" REGEXP ? ORDER BY "name"."id" ['anna']
        SELECT "name"."id", "name"."text" FROM "name" WHERE "name"."text" REGEXP ? ORDER BY "name"."id" ['Bob']
        SELECT "name"."id", "name"."text" FROM "name" WHERE "name"."text" REGEXP ? ORDER BY "name"."id" ['x']
        -- operators
        [(1, 4), (2, 3)]
        SELECT "word"."id", "name"."id" FROM "word" JOIN "name" ON "name"."text" REGEXP "word"."text" ORDER BY "word"."id", "name"."id"
        SELECT "word"."id" FROM "word" WHERE EXISTS (SELECT ? FROM "name" WHERE "name"."text" REGEXP "word"."text") ORDER BY "word"."id" [1]
        SELECT "name"."id" FROM "name" WHERE "name"."text" REGEXP ? ORDER BY "name"."id" ['anna']
    "#]]);
}

#[test]
fn functions_in_a_text() {
    shown!(Word.sounds_like_by_text -> Name by any, expect![[r#"
        Word#1(sounds_like_by_text: [Name#1])
        Word#2(sounds_like_by_text: [Name#2])
        Word#3(sounds_like_by_text: [])
        -- joined
        SELECT "word"."id", "word"."text", "name_1"."id", "name_1"."text" FROM "word" LEFT JOIN "name" AS "name_1" ON sound("word"."text") = sound("name_1"."text") ORDER BY "word"."id", "name_1"."id"
        -- selectin
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON sound("word_1"."text") = sound("name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- subquery
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON sound("word_1"."text") = sound("name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- immediate
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON sound("word_1"."text") = sound("name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- batch
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text", "word_1"."id" FROM "word" AS "word_1" JOIN "name" ON sound("word_1"."text") = sound("name"."text") WHERE "word_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "name"."id" ['[1,2,3]']
        -- lazy
        SELECT "word"."id", "word"."text" FROM "word" ORDER BY "word"."id"
        SELECT "name"."id", "name"."text" FROM "name" WHERE sound(?) = sound("name"."text") ORDER BY "name"."id" ['anna']
        SELECT "name"."id", "name"."text" FROM "name" WHERE sound(?) = sound("name"."text") ORDER BY "name"."id" ['Bob']
        SELECT "name"."id", "name"."text" FROM "name" WHERE sound(?) = sound("name"."text") ORDER BY "name"."id" ['x']
        -- operators
        [(1, 1), (2, 2)]
        SELECT "word"."id", "name"."id" FROM "word" JOIN "name" ON sound("word"."text") = sound("name"."text") ORDER BY "word"."id", "name"."id"
        SELECT "word"."id" FROM "word" WHERE EXISTS (SELECT ? FROM "name" WHERE sound("word"."text") = sound("name"."text")) ORDER BY "word"."id" [1]
        SELECT "name"."id" FROM "name" WHERE sound(?) = sound("name"."text") ORDER BY "name"."id" ['anna']
    "#]]);
}

#[test]
fn what_a_function_refuses_is_an_error_of_the_load() {
    let db = sounds();
    db.run("INSERT INTO name VALUES (5, '?')");
    let session = db.session();
    let word = session.get_one::<Word>(1).unwrap();
    let error = word.alike().len().unwrap_err();
    expect!["[database] alike: `?` is like nothing"].assert_eq(&error.to_string());
    let bare = Db::empty();
    Sounds::create_all(&bare.engine).unwrap();
    let session = bare.session();
    let word = session.add(Word::builder().text("a")).unwrap();
    session.flush().unwrap();
    session.expire(&word).unwrap();
    expect!["[database] no such function: sound (at byte 63)"]
        .assert_eq(&word.sounds_like().len().unwrap_err().to_string());
}
