//! `merge_without_load`: what is given counts as what the rows hold.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, IntoObj, ObjectState, SessionConfig, defer, joined};
use tests::models::*;
use tests::{Db, code, filled, show, tree};

/// Ed with his addresses, of a session of its own.
fn ed(db: &Db) -> Obj<User> {
    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    let ed = session.scalars(select(User).filter(User::id.eq(1)).options(joined(User::addresses)));
    let ed = ed.unwrap().one().unwrap();
    for address in ed.addresses() {
        assert_eq!(address.unwrap().user().unwrap(), ed);
    }
    assert_eq!(tree(&ed), "User#1(addresses: [Address#1(user: User#1), Address#2(user: User#1)])");
    drop(session);
    db.sql();
    ed
}

/// Objects come with what they have loaded, both sides of it, and nothing is dirty. Changes after that are written.
#[test]
fn nothing_is_asked_and_nothing_is_dirty() {
    let db = filled();
    let given = ed(&db);
    let session = db.session();
    let ed = session.merge_without_load(&given).unwrap();
    assert_ne!(ed, given);
    assert_eq!(Obj::state(&ed), ObjectState::Persistent);
    assert_eq!(tree(&ed), "User#1(addresses: [Address#1(user: User#1), Address#2(user: User#1)])");
    assert_eq!(ed.name().unwrap(), "ed");
    assert!(!session.is_dirty());
    session.flush().unwrap();
    assert_eq!(db.statements(), 0);
    // No orphan, though nobody saw it come to its parent.
    ed.addresses().get(1).unwrap().unwrap().set_email("new").unwrap();
    session.commit().unwrap();
    expect![[r#"
        UPDATE "address" SET "email" = ? WHERE "id" = ? ['new', 2]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(Obj::state(&given), ObjectState::Detached);
    assert_eq!(tree(&given), "User#1(addresses: [Address#1(user: User#1), Address#2(user: User#1)])");
}

/// From the side with the foreign key, and what leads to nothing.
#[test]
fn references() {
    let db = filled();
    let (other, session) = (db.session(), db.session());
    let order = other.get_one::<Order>(1).unwrap();
    order.user().unwrap();
    let without = other.get_one::<Order>(3).unwrap();
    without.user().unwrap();
    db.sql();
    let merged = session.merge_without_load(&order).unwrap();
    let history = Obj::any(&merged).history("user").unwrap();
    assert_eq!((history.added.len(), history.unchanged.len(), history.deleted.len()), (0, 1, 0));
    assert_eq!(tree(&session.merge_without_load(&without).unwrap()), "Order#3(user: none)");
    assert!(!session.is_dirty());
    assert_eq!(db.statements(), 0);
}

/// What the given object doesn't know is loaded when it is read.
#[test]
fn what_is_not_known_is_loaded() {
    let db = filled();
    let session = db.session();
    let other = db.session();
    let given = other.scalars(select(User).filter(User::id.eq(1)).options(defer(User::fullname)));
    let given = given.unwrap().one().unwrap();
    other.expire_attributes(&given, &["name"]).unwrap();
    db.sql();
    let ed = session.merge_without_load(&given).unwrap();
    assert_eq!(db.statements(), 0);
    assert_eq!(ed.name().unwrap(), "ed");
    assert_eq!(Obj::any(&ed).peek("fullname").unwrap(), None, "it stays deferred");
    assert_eq!(ed.fullname().unwrap().as_deref(), Some("Ed Jones"));
    assert_eq!(ed.orders().len().unwrap(), 2);
    expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
    "#]]
    .assert_eq(&db.sql());
    // One side of a pair alone is merged alone.
    let given = super::stored(&other, "x");
    let address = given.addresses().append(Address::builder().email("e")).unwrap();
    other.commit().unwrap();
    assert_eq!(given.addresses().len().unwrap(), 1);
    other.expire_attributes(&address, &["user"]).unwrap();
    db.sql();
    let merged = session.merge_without_load(&given).unwrap();
    let address = merged.addresses().get(0).unwrap().unwrap();
    assert_eq!(tree(&address), format!("{address:?}"));
    assert_eq!(db.statements(), 0);
    // An expired object is expired.
    other.expire(&given).unwrap();
    session.close().unwrap();
    let merged = session.merge_without_load(&given).unwrap();
    assert!(Obj::any(&merged).is_expired("name").unwrap());
    assert_eq!(merged.name().unwrap(), "x");
}

/// What isn't the state of a row is refused, wherever it stands, before anything is merged.
#[test]
fn new_and_changed_objects_are_refused() {
    let db = filled();
    let session = db.session();
    let new = User::builder().id(7).name("new").into_obj().unwrap();
    expect!["[wrong-state] `User`: User(new) has no row, so it isn't what the database holds; help: flush first, or use `merge`, which loads and compares"].assert_eq(&show(session.merge_without_load(&new)));
    let given = ed(&db);
    given.set_name("edna").unwrap();
    expect!["[wrong-state] `User`: User#1 was changed since it was loaded, so it isn't what the database holds; help: flush first, or use `merge`, which loads and compares"].assert_eq(&show(session.merge_without_load(&given)));
    let given = ed(&db);
    given.addresses().get(1).unwrap().unwrap().set_email("new").unwrap();
    assert_eq!(code(session.merge_without_load(&given)), Code::WrongState);
    let given = ed(&db);
    given.addresses().append(Address::builder().email("new")).unwrap();
    assert_eq!(code(session.merge_without_load(&given)), Code::WrongState);
    assert!(!session.in_transaction());
    // SQLAlchemy takes a changed object of the session itself, and forgets the change.
    let own = session.get_one::<User>(1).unwrap();
    assert_eq!(session.merge_without_load(&own).unwrap(), own);
    own.set_name("edna").unwrap();
    assert_eq!(code(session.merge_without_load(&own)), Code::WrongState);
    assert!(session.is_dirty());
}

/// An object that the session has gets what is given; its changes are lost.
#[test]
fn an_object_of_the_session_is_overwritten() {
    let db = filled();
    let given = ed(&db);
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    ed.set_name("edna").unwrap();
    ed.addresses().clear().unwrap();
    db.sql();
    assert_eq!(session.merge_without_load(&given).unwrap(), ed);
    assert!(!session.is_dirty());
    assert_eq!((ed.name().unwrap().as_str(), ed.addresses().len().unwrap()), ("ed", 2));
    assert_eq!(db.statements(), 0);
}

macro_rules! populated {
    ($($module:ident $lazy:literal [$($viewonly:ident)?];)*) => {$(
        mod $module {
            use orm::prelude::*;

            orm::registry!(
                /// These classes.
                pub Classes
            );

            #[derive(Mapped, Debug)]
            #[mapped(table = "user_account", registry = Classes)]
            pub struct User {
                #[column(primary_key)]
                pub id: i64,
                pub name: String,
                #[relationship(back_populates = "user", lazy = $lazy, order_by = Address::id $(, $viewonly)?)]
                pub addresses: Many<Address>,
            }

            #[derive(Mapped, Debug)]
            #[mapped(table = "address", registry = Classes)]
            pub struct Address {
                #[column(primary_key)]
                pub id: i64,
                pub email: String,
                #[column(foreign_key = User::id)]
                pub user_id: i64,
                #[relationship(back_populates = "addresses", lazy = $lazy $(, $viewonly)?)]
                pub user: One<User>,
            }

            /// What is loaded of the given object is there afterwards: how many statements a merge takes, with an object of
            /// the session or without one, loading or not.
            pub fn statements(one_to_many: bool, is_there: bool, detach: bool, loads: bool) -> usize {
                let db = tests::filled();
                let (other, session) = (db.session(), db.session());
                fn merge<T: Mapped>(
                    (other, session): (&Session, &Session),
                    given: &Obj<T>,
                    (is_there, detach, loads): (bool, bool, bool),
                ) -> (Obj<T>, usize)
                where
                    i64: orm::IntoKey<T::Key>,
                {
                    let there = is_there.then(|| session.get_one::<T>(1).unwrap());
                    if detach {
                        other.expunge(given).unwrap();
                    }
                    let (merged, statements) = session.count_statements(|session| match loads {
                        true => session.merge(given).unwrap(),
                        false => session.merge_without_load(given).unwrap(),
                    });
                    assert!(there.is_none_or(|there| there == merged));
                    (merged, statements)
                }
                let (sessions, how) = ((&other, &session), (is_there, detach, loads));
                if one_to_many {
                    let query = select(User).filter(User::id.eq(1)).options(joined(User::addresses));
                    let given = other.scalars(query).unwrap().one().unwrap();
                    let (user, statements) = merge(sessions, &given, how);
                    db.sql();
                    let emails: Vec<String> =
                        user.addresses().iter().unwrap().map(|one| one.email().unwrap()).collect();
                    assert_eq!((emails, db.statements()), (vec!["ed@x".to_owned(), "ed@y".to_owned()], 0));
                    return statements;
                }
                let query = select(Address).filter(Address::id.eq(1)).options(joined(Address::user));
                let given = other.scalars(query).unwrap().one().unwrap();
                let (address, statements) = merge(sessions, &given, how);
                db.sql();
                assert_eq!((address.user().unwrap().name().unwrap().as_str(), db.statements()), ("ed", 0));
                statements
            }
        }
    )*};
}

populated! {
    select "select" [];
    raise "raise" [];
    raise_on_sql "raise_on_sql" [];
    select_viewonly "select" [viewonly];
    raise_viewonly "raise" [viewonly];
    raise_on_sql_viewonly "raise_on_sql" [viewonly];
}

/// What is loaded of a relationship comes along whatever its strategy is, and where it is `viewonly` too.
#[test]
fn what_is_loaded_comes_along() {
    let kinds = [
        select::statements,
        raise::statements,
        raise_on_sql::statements,
        select_viewonly::statements,
        raise_viewonly::statements,
        raise_on_sql_viewonly::statements,
    ];
    for (at, statements) in kinds.into_iter().enumerate() {
        for bits in 0..16 {
            let [one_to_many, is_there, detach, loads] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
            let expected = if !loads {
                0
            } else if is_there {
                1
            } else {
                2
            };
            let ran = statements(one_to_many, is_there, detach, loads);
            assert_eq!(
                ran, expected,
                "kind {at}, one-to-many {one_to_many}, there {is_there}, detached {detach}"
            );
        }
    }
}
