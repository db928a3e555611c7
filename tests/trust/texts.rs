//! Parts of texts: whatever stands in them, a NUL among it.

use orm::prelude::*;
use orm::{Expr, Result};
use tests::Db;
use tests::models::*;

const TEXTS: [&str; 26] = [
    "", "-", "-a", "a", "A", "b", "ab", "aB", "ba", "\0", "a\0", "\0a", "a\0b", "A\0B", "b\0a", "a\0\0b",
    "\0\0", "%", "a%b", "_", "a_b", "\\", "é", "É", "é\0É", "ab\0ab",
];

/// The texts of the items for which a condition holds.
fn found(session: &Session, condition: Expr<bool>) -> Result<Vec<String>> {
    session
        .scalars(select(Item).filter(condition).order_by(Item::id))?
        .all()?
        .iter()
        .map(|item| item.name())
        .collect()
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// A condition on a column, and what it says of the column's text and another one.
type Case = (fn(&str) -> Expr<bool>, fn(&str, &str) -> bool);

const CASES: [Case; 3] = [
    (|part| Item::name.starts_with(part), |text, part| lower(text).starts_with(&lower(part))),
    (|part| Item::name.ends_with(part), |text, part| lower(text).ends_with(&lower(part))),
    (|part| Item::name.contains(part), |text, part| lower(text).contains(&lower(part))),
];

#[test]
fn parts_of_texts_are_found_whatever_stands_in_them() {
    let db = Db::new();
    let session = db.session();
    session.add_all(TEXTS.map(|text| Item::builder().name(text))).unwrap();
    session.commit().unwrap();
    for part in TEXTS {
        for (condition, is_right) in CASES {
            let right = |is: bool| -> Vec<String> {
                TEXTS
                    .iter()
                    .filter(|text| is_right(text, part) == is)
                    .map(|text| (*text).to_owned())
                    .collect()
            };
            assert_eq!(found(&session, condition(part)).unwrap(), right(true), "{part:?}");
            assert_eq!(found(&session, condition(part).not()).unwrap(), right(false), "not {part:?}");
            let both = condition(part).and(condition("a").or(condition(part).not()));
            let right: Vec<&str> =
                TEXTS.into_iter().filter(|text| is_right(text, part) && is_right(text, "a")).collect();
            assert_eq!(found(&session, both).unwrap(), right);
        }
    }
}

#[test]
fn long_parts_are_found() {
    let db = Db::new();
    let session = db.session();
    let long = "%".repeat(60_000);
    session.add(Item::builder().name(format!("<{long}>"))).unwrap();
    session.add(Item::builder().name("x".repeat(60_002))).unwrap();
    session.commit().unwrap();
    for condition in [
        Item::name.starts_with(&format!("<{long}")),
        Item::name.contains(&long),
        Item::name.ends_with(&format!("{long}>")),
    ] {
        let found = found(&session, condition).unwrap();
        assert_eq!(found.iter().map(|name| name.len()).collect::<Vec<_>>(), [60_002]);
        assert!(found[0].starts_with("<%"));
    }
}

#[test]
fn a_part_of_nothing_is_neither_there_nor_not() {
    let db = Db::new();
    let session = db.session();
    session.add(User::builder().name("ed")).unwrap();
    session.commit().unwrap();
    for part in ["", "a", "\0"] {
        let conditions =
            [User::fullname.starts_with(part), User::fullname.ends_with(part), User::fullname.contains(part)];
        for condition in conditions {
            for condition in [condition.clone(), condition.not()] {
                assert_eq!(session.scalars(select(User).filter(condition)).unwrap().all().unwrap(), []);
            }
        }
    }
}
