//! What an object remembers of its parent: that it has one, which counts while that is the one that lets go of it.

use orm::prelude::*;
use orm::{Code, IntoObj, ObjectState};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    pub Parents
);

#[derive(Mapped)]
#[mapped(registry = Parents)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(cascade = "all, delete-orphan", order_by = Address::id)]
    addresses: Many<Address>,
}

#[derive(Mapped)]
#[mapped(registry = Parents)]
struct Address {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id, on_update = "cascade")]
    user_id: Option<i64>,
}

/// A user with an address, flushed.
fn parents() -> (Db, Session, Obj<User>, Obj<Address>) {
    let db = Db::empty();
    Parents::create_all(&db.engine).unwrap();
    let session = db.session();
    let address = Address::builder().into_obj().unwrap();
    let user = session.add(User::builder().addresses([&address])).unwrap();
    session.flush().unwrap();
    db.sql();
    (db, session, user, address)
}

/// Whether the address is deleted as an orphan.
fn is_orphan(session: &Session, address: &Obj<Address>) -> bool {
    session.flush().unwrap();
    Obj::state(address) == ObjectState::Deleted
}

#[test]
fn the_parent_itself_lets_go() {
    let (_, session, user, address) = parents();
    assert!(!is_orphan(&session, &address));
    user.addresses().remove(&address).unwrap();
    assert!(is_orphan(&session, &address));
}

/// The object is another one of the same row: the former is known by its key, whether it is still there or not.
#[test]
fn another_object_of_its_row_lets_go() {
    for dropped in [false, true] {
        let (_, session, user, address) = parents();
        // The cascade would take the address along.
        session.expire_attributes(&user, &["addresses"]).unwrap();
        session.expunge(&user).unwrap();
        let held = (!dropped).then_some(user);
        let user = session.scalars(select(User)).unwrap().first().unwrap().unwrap();
        assert_ne!(held.as_ref(), Some(&user));
        user.addresses().remove(&address).unwrap();
        assert!(is_orphan(&session, &address));
    }
}

/// Its key has changed since, and the foreign key with it, by which it is told. SQLAlchemy compares keys of objects, and can't tell.
#[test]
fn another_object_of_a_row_with_another_key_lets_go() {
    let (_, session, user, address) = parents();
    session.expire_attributes(&user, &["addresses"]).unwrap();
    session.expunge(&user).unwrap();
    drop(user);
    let user = session.scalars(select(User)).unwrap().first().unwrap().unwrap();
    user.set_id(user.id().unwrap() + 10).unwrap();
    address.set_user_id(Some(user.id().unwrap())).unwrap();
    session.flush().unwrap();
    user.addresses().remove(&address).unwrap();
    assert!(is_orphan(&session, &address));
}

/// Another user has it by now, and isn't there any more.
#[test]
fn a_former_parent_lets_go() {
    let (_, session, user, address) = parents();
    let other = session.add(User::builder().addresses([&address])).unwrap();
    session.flush().unwrap();
    session.expire_attributes(&other, &["addresses"]).unwrap();
    session.expunge(&other).unwrap();
    drop(other);
    assert_eq!(code(user.addresses().remove(&address)), Code::StaleData);
    assert!(!is_orphan(&session, &address));
}

/// What is expired remembers no parent, and whoever lets go of it is believed.
#[test]
fn an_expired_one_is_let_go_of() {
    let (_, session, user, address) = parents();
    let other = User::builder().addresses([&address]).into_obj().unwrap();
    session.expire(&address).unwrap();
    user.addresses().remove(&address).unwrap();
    drop(other);
    assert!(is_orphan(&session, &address));
}
