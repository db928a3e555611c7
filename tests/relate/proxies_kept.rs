//! Proxies by keys that may be missing, to required references, and through others that are only read.

use orm::Code;
use orm::prelude::*;
use tests::{Db, code};

orm::registry!(
    /// Those of this file.
    Kept
);

#[derive(Mapped)]
#[mapped(
    registry = Kept,
    table = "kept_shelf",
    proxy(words: String = terms.word),
    proxy(owner: One<Owner> = label.owner),
    proxy(owner_name: Option<String> = label.owner_name)
)]
struct Shelf {
    #[column(primary_key)]
    id: i64,
    #[relationship(key = Term::letter, cascade = "all, delete-orphan")]
    terms: ManyMap<String, Term>,
    label: Option<One<Label>>,
}

#[derive(Mapped)]
#[mapped(registry = Kept, table = "kept_term")]
struct Term {
    #[column(primary_key)]
    id: i64,
    letter: Option<String>,
    word: String,
    #[column(foreign_key = Shelf::id)]
    shelf_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = Kept, table = "kept_label", proxy(owner_name: String = owner.name, viewonly))]
struct Label {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Shelf::id)]
    shelf_id: Option<i64>,
    #[column(foreign_key = Owner::id)]
    owner_id: i64,
    owner: One<Owner>,
}

#[derive(Mapped)]
#[mapped(registry = Kept, table = "kept_owner")]
struct Owner {
    #[column(primary_key)]
    id: i64,
    name: String,
}

fn kept() -> (Db, Session) {
    let db = Db::empty();
    Kept::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

#[test]
fn an_object_gets_the_key_of_its_value_though_it_may_have_none() {
    let (db, session) = kept();
    let shelf = session.add(Shelf::builder()).unwrap();
    let term = shelf.words().insert("a", "apple").unwrap();
    assert_eq!(term.letter().unwrap().as_deref(), Some("a"));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT letter, word FROM kept_term"), "'a'|'apple'\n");
}

#[test]
fn a_required_reference_behind_what_may_be_missing() {
    let (db, session) = kept();
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(Owner::builder().name(name)).unwrap());
    let shelf = session.add(Shelf::builder()).unwrap();
    assert_eq!(shelf.owner().unwrap(), None);
    // What leads to it is made, and is kept when it leads to another one.
    shelf.set_owner(&ann).unwrap();
    let label = shelf.label().unwrap().unwrap();
    assert_eq!((label.owner().unwrap(), shelf.owner().unwrap()), (ann.clone(), Some(ann)));
    shelf.set_owner(&bob).unwrap();
    assert_eq!((shelf.label().unwrap(), label.owner().unwrap()), (Some(label.clone()), bob));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT shelf_id, owner_id FROM kept_label"), "1|2\n");
}

#[test]
fn what_is_only_read_is_not_set_by_what_goes_through_it() {
    let (_db, session) = kept();
    let ann = session.add(Owner::builder().name("ann")).unwrap();
    let shelf = session.add(Shelf::builder().owner(&ann)).unwrap();
    assert_eq!(shelf.owner_name().unwrap().as_deref(), Some("ann"));
    assert_eq!(code(shelf.set_owner_name("bob".to_owned())), Code::WrongState);
    assert_eq!(ann.name().unwrap(), "ann");
}
