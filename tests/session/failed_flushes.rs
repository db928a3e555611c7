//! What becomes of objects that leave their session between a failed flush and the rollback that ends it. SQLAlchemy was
//! asked for each line.

use std::fmt::Write as _;

use expect_test::expect;
use orm::IntoObj;
use orm::prelude::*;
use orm::{Code, Result, Savepoint};
use tests::models::*;
use tests::{Db, code};

/// What was done to the object before the flush that fails. It gives the object.
type Before = fn(&Session, Obj<Keyword>) -> Result<Obj<Keyword>>;

const BEFORE: [(&str, Before); 9] = [
    ("changed", |session, word| {
        word.set_rank(1)?;
        session.flush()?;
        Ok(word)
    }),
    ("marked", |session, word| {
        session.delete(&word)?;
        Ok(word)
    }),
    ("deleted", delete),
    ("inserted", |session, _| insert(session)),
    ("renamed", rename),
    ("renamed, deleted", |session, word| delete(session, rename(session, word)?)),
    ("deleted, expunged", |session, word| expunged(session, delete(session, word)?)),
    ("inserted, expunged", |session, _| expunged(session, insert(session)?)),
    ("renamed, expunged", |session, word| expunged(session, rename(session, word)?)),
];

/// What is done between: with the session, another one, and the object. It gives a second object for the row.
type Between = fn(&Session, &Session, &Obj<Keyword>) -> Result<Option<Obj<Keyword>>>;

fn delete(session: &Session, word: Obj<Keyword>) -> Result<Obj<Keyword>> {
    session.delete(&word)?;
    session.flush()?;
    Ok(word)
}

fn insert(session: &Session) -> Result<Obj<Keyword>> {
    let new = session.add(Keyword::builder().word("new"))?;
    session.flush()?;
    Ok(new)
}

fn rename(session: &Session, word: Obj<Keyword>) -> Result<Obj<Keyword>> {
    word.set_word("renamed")?;
    session.flush()?;
    Ok(word)
}

fn expunged(session: &Session, word: Obj<Keyword>) -> Result<Obj<Keyword>> {
    session.expunge(&word)?;
    Ok(word)
}

/// Where a savepoint is begun: nowhere, before what is done, or after it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begun {
    None,
    Before,
    After,
}

/// The states of the object after what was done before the flush, the flush, what is done `between`, the rollback of the
/// savepoint where there is one, and that of the session; with its key, and whether it is in the session.
fn states(before: Before, between: Between, savepoint: Begun, is_changed: bool) -> String {
    let db = Db::new();
    let (session, other) = (db.session(), db.session());
    session.add(Keyword::builder().word("a")).unwrap();
    session.commit().unwrap();
    let word = session.get_one::<Keyword>("a").unwrap();
    let begin = |when| (savepoint == when).then(|| session.begin_nested().unwrap());
    let first: Option<Savepoint> = begin(Begun::Before);
    let word = before(&session, word).unwrap();
    let part = first.or_else(|| begin(Begun::After));
    let mut line = Obj::state(&word).to_string();
    for _ in 0..2 {
        session.add(Keyword::builder().word("twice")).unwrap();
    }
    assert_eq!(code(session.flush()), Code::Integrity);
    write!(line, " | {}", Obj::state(&word)).unwrap();
    let done = between(&session, &other, &word);
    match &done {
        Ok(_) => write!(line, " | {}", Obj::state(&word)).unwrap(),
        Err(error) => write!(line, " | refused: {}", error.code().as_str()).unwrap(),
    }
    if is_changed {
        session.add(Keyword::builder().word("late")).unwrap();
    }
    let tell = |line: &mut String| {
        let is_in = if session.contains(&word) { "" } else { ", out" };
        write!(line, " | {word:?} {}{is_in}", Obj::state(&word)).unwrap();
    };
    if let Some(part) = part {
        part.rollback().unwrap();
        tell(&mut line);
    }
    session.rollback().unwrap();
    tell(&mut line);
    assert!(!session.is_dirty() && !session.in_transaction());
    if let Ok(Some(second)) = done {
        let is_in = if session.contains(&second) { "in" } else { "out" };
        write!(line, " | the other is {is_in}").unwrap();
    }
    line
}

/// The key of an object, which may be expired.
fn key_of(word: &Obj<Keyword>) -> String {
    format!("{word:?}").split('\'').nth(1).unwrap_or_default().to_owned()
}

fn table(cases: &[(&str, Before)], between: Between, changed: &[bool]) -> String {
    let mut text = String::new();
    for &(name, before) in cases {
        for (savepoint, begun) in
            [(Begun::None, ""), (Begun::Before, ", in savepoint"), (Begun::After, ", then savepoint")]
        {
            // A savepoint flushes before it begins.
            if name == "marked" && savepoint == Begun::After {
                continue;
            }
            for &is_changed in changed {
                let unchanged = if is_changed { "" } else { ", unchanged" };
                let line = states(before, between, savepoint, is_changed);
                writeln!(text, "{name}{begun}{unchanged}: {line}").unwrap();
            }
        }
    }
    text
}

/// Where nothing was changed since the failed flush the rollback has nothing to take back again.
#[test]
fn one_is_expunged() {
    let expunge: Between = |session, _, word| session.expunge(word).map(|()| None);
    expect![[r#"
        changed: persistent | persistent | detached | Keyword#'a' detached, out
        changed, unchanged: persistent | persistent | detached | Keyword#'a' detached, out
        changed, in savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        changed, in savepoint, unchanged: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        changed, then savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        changed, then savepoint, unchanged: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        marked: persistent | persistent | detached | Keyword#'a' detached, out
        marked, unchanged: persistent | persistent | detached | Keyword#'a' detached, out
        marked, in savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        marked, in savepoint, unchanged: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        deleted: deleted | persistent | detached | Keyword#'a' persistent
        deleted, unchanged: deleted | persistent | detached | Keyword#'a' detached, out
        deleted, in savepoint: deleted | persistent | detached | Keyword#'a' persistent | Keyword#'a' persistent
        deleted, in savepoint, unchanged: deleted | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        deleted, then savepoint: deleted | deleted | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        deleted, then savepoint, unchanged: deleted | deleted | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        inserted: persistent | transient | refused: wrong-state | Keyword(transient) transient, out
        inserted, unchanged: persistent | transient | refused: wrong-state | Keyword(transient) transient, out
        inserted, in savepoint: persistent | transient | refused: wrong-state | Keyword(transient) transient, out | Keyword(transient) transient, out
        inserted, in savepoint, unchanged: persistent | transient | refused: wrong-state | Keyword(transient) transient, out | Keyword(transient) transient, out
        inserted, then savepoint: persistent | persistent | detached | Keyword#'new' detached, out | Keyword(transient) transient, out
        inserted, then savepoint, unchanged: persistent | persistent | detached | Keyword#'new' detached, out | Keyword(transient) transient, out
        renamed: persistent | persistent | detached | Keyword#'a' detached, out
        renamed, unchanged: persistent | persistent | detached | Keyword#'a' detached, out
        renamed, in savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        renamed, in savepoint, unchanged: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        renamed, then savepoint: persistent | persistent | detached | Keyword#'renamed' detached, out | Keyword#'a' detached, out
        renamed, then savepoint, unchanged: persistent | persistent | detached | Keyword#'renamed' detached, out | Keyword#'a' detached, out
        renamed, deleted: deleted | persistent | detached | Keyword#'a' persistent
        renamed, deleted, unchanged: deleted | persistent | detached | Keyword#'a' detached, out
        renamed, deleted, in savepoint: deleted | persistent | detached | Keyword#'a' persistent | Keyword#'a' persistent
        renamed, deleted, in savepoint, unchanged: deleted | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        renamed, deleted, then savepoint: deleted | deleted | detached | Keyword#'renamed' detached, out | Keyword#'a' detached, out
        renamed, deleted, then savepoint, unchanged: deleted | deleted | detached | Keyword#'renamed' detached, out | Keyword#'a' detached, out
        deleted, expunged: detached | detached | refused: wrong-state | Keyword#'a' detached, out
        deleted, expunged, unchanged: detached | detached | refused: wrong-state | Keyword#'a' detached, out
        deleted, expunged, in savepoint: detached | detached | refused: wrong-state | Keyword#'a' detached, out | Keyword#'a' detached, out
        deleted, expunged, in savepoint, unchanged: detached | detached | refused: wrong-state | Keyword#'a' detached, out | Keyword#'a' detached, out
        deleted, expunged, then savepoint: detached | detached | refused: wrong-state | Keyword#'a' detached, out | Keyword#'a' detached, out
        deleted, expunged, then savepoint, unchanged: detached | detached | refused: wrong-state | Keyword#'a' detached, out | Keyword#'a' detached, out
        inserted, expunged: detached | transient | refused: wrong-state | Keyword(transient) transient, out
        inserted, expunged, unchanged: detached | transient | refused: wrong-state | Keyword(transient) transient, out
        inserted, expunged, in savepoint: detached | transient | refused: wrong-state | Keyword(transient) transient, out | Keyword(transient) transient, out
        inserted, expunged, in savepoint, unchanged: detached | transient | refused: wrong-state | Keyword(transient) transient, out | Keyword(transient) transient, out
        inserted, expunged, then savepoint: detached | detached | refused: wrong-state | Keyword#'new' detached, out | Keyword(transient) transient, out
        inserted, expunged, then savepoint, unchanged: detached | detached | refused: wrong-state | Keyword#'new' detached, out | Keyword(transient) transient, out
        renamed, expunged: detached | detached | refused: wrong-state | Keyword#'a' detached, out
        renamed, expunged, unchanged: detached | detached | refused: wrong-state | Keyword#'a' detached, out
        renamed, expunged, in savepoint: detached | detached | refused: wrong-state | Keyword#'a' detached, out | Keyword#'a' detached, out
        renamed, expunged, in savepoint, unchanged: detached | detached | refused: wrong-state | Keyword#'a' detached, out | Keyword#'a' detached, out
        renamed, expunged, then savepoint: detached | detached | refused: wrong-state | Keyword#'renamed' detached, out | Keyword#'a' detached, out
        renamed, expunged, then savepoint, unchanged: detached | detached | refused: wrong-state | Keyword#'renamed' detached, out | Keyword#'a' detached, out
    "#]].assert_eq(&table(&BEFORE, expunge, &[true, false]));
}

/// In SQLAlchemy an object whose deletion was flushed doesn't leave the session by `expunge_all`.
#[test]
fn all_are_expunged() {
    let expunge_all: Between = |session, _, _| {
        session.expunge_all();
        Ok(None)
    };
    expect![[r#"
        changed: persistent | persistent | detached | Keyword#'a' detached, out
        changed, in savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        changed, then savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        marked: persistent | persistent | detached | Keyword#'a' detached, out
        marked, in savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        deleted: deleted | persistent | detached | Keyword#'a' persistent
        deleted, in savepoint: deleted | persistent | detached | Keyword#'a' persistent | Keyword#'a' persistent
        deleted, then savepoint: deleted | deleted | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        inserted: persistent | transient | transient | Keyword(transient) transient, out
        inserted, in savepoint: persistent | transient | transient | Keyword(transient) transient, out | Keyword(transient) transient, out
        inserted, then savepoint: persistent | persistent | detached | Keyword#'new' detached, out | Keyword(transient) transient, out
        renamed: persistent | persistent | detached | Keyword#'a' detached, out
        renamed, in savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out
        renamed, then savepoint: persistent | persistent | detached | Keyword#'renamed' detached, out | Keyword#'a' detached, out
        renamed, deleted: deleted | persistent | detached | Keyword#'a' persistent
        renamed, deleted, in savepoint: deleted | persistent | detached | Keyword#'a' persistent | Keyword#'a' persistent
        renamed, deleted, then savepoint: deleted | deleted | detached | Keyword#'renamed' detached, out | Keyword#'a' detached, out
    "#]].assert_eq(&table(&BEFORE[..6], expunge_all, &[true]));
}

#[test]
fn one_is_expunged_and_added_again() {
    let again: Between = |session, _, word| {
        session.expunge(word)?;
        session.add(word)?;
        Ok(None)
    };
    expect![[r#"
        changed: persistent | persistent | persistent | Keyword#'a' persistent
        changed, in savepoint: persistent | persistent | persistent | Keyword#'a' persistent | Keyword#'a' persistent
        changed, then savepoint: persistent | persistent | persistent | Keyword#'a' persistent | Keyword#'a' persistent
        marked: persistent | persistent | persistent | Keyword#'a' persistent
        marked, in savepoint: persistent | persistent | persistent | Keyword#'a' persistent | Keyword#'a' persistent
        deleted: deleted | persistent | persistent | Keyword#'a' persistent
        deleted, in savepoint: deleted | persistent | persistent | Keyword#'a' persistent | Keyword#'a' persistent
        deleted, then savepoint: deleted | deleted | refused: wrong-state | Keyword#'a' detached, out | Keyword#'a' detached, out
        inserted: persistent | transient | refused: wrong-state | Keyword(transient) transient, out
        inserted, in savepoint: persistent | transient | refused: wrong-state | Keyword(transient) transient, out | Keyword(transient) transient, out
        inserted, then savepoint: persistent | persistent | persistent | Keyword#'new' persistent | Keyword(transient) transient, out
        renamed: persistent | persistent | persistent | Keyword#'a' persistent
        renamed, in savepoint: persistent | persistent | persistent | Keyword#'a' persistent | Keyword#'a' persistent
        renamed, then savepoint: persistent | persistent | persistent | Keyword#'renamed' persistent | Keyword#'a' persistent
        renamed, deleted: deleted | persistent | persistent | Keyword#'a' persistent
        renamed, deleted, in savepoint: deleted | persistent | persistent | Keyword#'a' persistent | Keyword#'a' persistent
        renamed, deleted, then savepoint: deleted | deleted | refused: wrong-state | Keyword#'renamed' detached, out | Keyword#'a' detached, out
    "#]].assert_eq(&table(&BEFORE[..6], again, &[true]));
}

/// SQLAlchemy's rollback fails there, or puts the object of the other session into the identity map of this one.
#[test]
fn one_goes_to_another_session() {
    let elsewhere: Between = |session, other, word| {
        session.expunge(word)?;
        other.add(word)?;
        Ok(None)
    };
    expect![[r#"
        changed: persistent | persistent | persistent | Keyword#'a' persistent, out
        changed, in savepoint: persistent | persistent | persistent | Keyword#'a' persistent, out | Keyword#'a' persistent, out
        changed, then savepoint: persistent | persistent | persistent | Keyword#'a' persistent, out | Keyword#'a' persistent, out
        marked: persistent | persistent | persistent | Keyword#'a' persistent, out
        marked, in savepoint: persistent | persistent | persistent | Keyword#'a' persistent, out | Keyword#'a' persistent, out
        deleted: deleted | persistent | persistent | Keyword#'a' persistent, out
        deleted, in savepoint: deleted | persistent | persistent | Keyword#'a' persistent, out | Keyword#'a' persistent, out
        deleted, then savepoint: deleted | deleted | refused: wrong-state | Keyword#'a' detached, out | Keyword#'a' detached, out
        inserted: persistent | transient | refused: wrong-state | Keyword(transient) transient, out
        inserted, in savepoint: persistent | transient | refused: wrong-state | Keyword(transient) transient, out | Keyword(transient) transient, out
        inserted, then savepoint: persistent | persistent | persistent | Keyword#'new' persistent, out | Keyword#'new' persistent, out
        renamed: persistent | persistent | persistent | Keyword#'a' persistent, out
        renamed, in savepoint: persistent | persistent | persistent | Keyword#'a' persistent, out | Keyword#'a' persistent, out
        renamed, then savepoint: persistent | persistent | persistent | Keyword#'renamed' persistent, out | Keyword#'renamed' persistent, out
        renamed, deleted: deleted | persistent | persistent | Keyword#'a' persistent, out
        renamed, deleted, in savepoint: deleted | persistent | persistent | Keyword#'a' persistent, out | Keyword#'a' persistent, out
        renamed, deleted, then savepoint: deleted | deleted | refused: wrong-state | Keyword#'renamed' detached, out | Keyword#'a' detached, out
    "#]].assert_eq(&table(&BEFORE[..6], elsewhere, &[true]));
}

/// SQLAlchemy's rollback fails where the deletion of the object was taken back.
#[test]
fn one_is_made_transient() {
    let transient: Between = |session, _, word| {
        session.expunge(word)?;
        Obj::make_transient(word)?;
        Ok(None)
    };
    expect![[r#"
        changed: persistent | persistent | transient | Keyword(transient) transient, out
        changed, in savepoint: persistent | persistent | transient | Keyword(transient) transient, out | Keyword(transient) transient, out
        changed, then savepoint: persistent | persistent | transient | Keyword(transient) transient, out | Keyword(transient) transient, out
        marked: persistent | persistent | transient | Keyword(transient) transient, out
        marked, in savepoint: persistent | persistent | transient | Keyword(transient) transient, out | Keyword(transient) transient, out
        deleted: deleted | persistent | transient | Keyword(transient) transient, out
        deleted, in savepoint: deleted | persistent | transient | Keyword(transient) transient, out | Keyword(transient) transient, out
        deleted, then savepoint: deleted | deleted | transient | Keyword(transient) transient, out | Keyword(transient) transient, out
        inserted: persistent | transient | refused: wrong-state | Keyword(transient) transient, out
        inserted, in savepoint: persistent | transient | refused: wrong-state | Keyword(transient) transient, out | Keyword(transient) transient, out
        inserted, then savepoint: persistent | persistent | transient | Keyword(transient) transient, out | Keyword(transient) transient, out
        renamed: persistent | persistent | transient | Keyword#'a' detached, out
        renamed, in savepoint: persistent | persistent | transient | Keyword#'a' detached, out | Keyword#'a' detached, out
        renamed, then savepoint: persistent | persistent | transient | Keyword(transient) transient, out | Keyword#'a' detached, out
        renamed, deleted: deleted | persistent | transient | Keyword#'a' persistent
        renamed, deleted, in savepoint: deleted | persistent | transient | Keyword#'a' persistent | Keyword#'a' persistent
        renamed, deleted, then savepoint: deleted | deleted | transient | Keyword(transient) transient, out | Keyword#'a' detached, out
    "#]].assert_eq(&table(&BEFORE[..6], transient, &[true]));
}

/// In SQLAlchemy the second object loses its place to the first, and both are persistent in the session.
#[test]
fn another_object_stands_for_the_row() {
    let second: Between = |session, _, word| {
        session.expunge(word)?;
        let second = Keyword::builder().word(key_of(word)).into_obj()?;
        Obj::make_transient_to_detached(&second)?;
        session.add(&second)?;
        Ok(Some(second))
    };
    expect![[r#"
        changed: persistent | persistent | detached | Keyword#'a' detached, out | the other is in
        changed, in savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out | the other is in
        changed, then savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out | the other is in
        marked: persistent | persistent | detached | Keyword#'a' detached, out | the other is in
        marked, in savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out | the other is in
        deleted: deleted | persistent | detached | Keyword#'a' detached, out | the other is in
        deleted, in savepoint: deleted | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out | the other is in
        deleted, then savepoint: deleted | deleted | detached | Keyword#'a' detached, out | Keyword#'a' detached, out | the other is in
        inserted: persistent | transient | refused: wrong-state | Keyword(transient) transient, out
        inserted, in savepoint: persistent | transient | refused: wrong-state | Keyword(transient) transient, out | Keyword(transient) transient, out
        inserted, then savepoint: persistent | persistent | detached | Keyword#'new' detached, out | Keyword(transient) transient, out | the other is in
        renamed: persistent | persistent | detached | Keyword#'a' detached, out | the other is in
        renamed, in savepoint: persistent | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out | the other is in
        renamed, then savepoint: persistent | persistent | detached | Keyword#'renamed' detached, out | Keyword#'a' detached, out | the other is in
        renamed, deleted: deleted | persistent | detached | Keyword#'a' detached, out | the other is in
        renamed, deleted, in savepoint: deleted | persistent | detached | Keyword#'a' detached, out | Keyword#'a' detached, out | the other is in
        renamed, deleted, then savepoint: deleted | deleted | detached | Keyword#'renamed' detached, out | Keyword#'a' detached, out | the other is in
    "#]].assert_eq(&table(&BEFORE[..6], second, &[true]));
}

/// A new object whose insertion was taken back, and which is said to have a row, is new again.
#[test]
fn one_is_said_to_have_a_row() {
    let detached: Between = |session, _, word| {
        Obj::make_transient_to_detached(word)?;
        session.add(word)?;
        Ok(None)
    };
    expect![[r#"
        changed: persistent | persistent | refused: wrong-state | Keyword#'a' persistent
        changed, in savepoint: persistent | persistent | refused: wrong-state | Keyword#'a' persistent | Keyword#'a' persistent
        changed, then savepoint: persistent | persistent | refused: wrong-state | Keyword#'a' persistent | Keyword#'a' persistent
        marked: persistent | persistent | refused: wrong-state | Keyword#'a' persistent
        marked, in savepoint: persistent | persistent | refused: wrong-state | Keyword#'a' persistent | Keyword#'a' persistent
        deleted: deleted | persistent | refused: wrong-state | Keyword#'a' persistent
        deleted, in savepoint: deleted | persistent | refused: wrong-state | Keyword#'a' persistent | Keyword#'a' persistent
        deleted, then savepoint: deleted | deleted | refused: wrong-state | Keyword#'a' deleted, out | Keyword#'a' persistent
        inserted: persistent | transient | persistent | Keyword(transient) transient, out
        inserted, in savepoint: persistent | transient | persistent | Keyword(transient) transient, out | Keyword(transient) transient, out
        inserted, then savepoint: persistent | persistent | refused: wrong-state | Keyword#'new' persistent | Keyword(transient) transient, out
        renamed: persistent | persistent | refused: wrong-state | Keyword#'a' persistent
        renamed, in savepoint: persistent | persistent | refused: wrong-state | Keyword#'a' persistent | Keyword#'a' persistent
        renamed, then savepoint: persistent | persistent | refused: wrong-state | Keyword#'renamed' persistent | Keyword#'a' persistent
        renamed, deleted: deleted | persistent | refused: wrong-state | Keyword#'a' persistent
        renamed, deleted, in savepoint: deleted | persistent | refused: wrong-state | Keyword#'a' persistent | Keyword#'a' persistent
        renamed, deleted, then savepoint: deleted | deleted | refused: wrong-state | Keyword#'renamed' deleted, out | Keyword#'a' persistent
    "#]].assert_eq(&table(&BEFORE[..6], detached, &[true]));
}
