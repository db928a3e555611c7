//! What operations on objects take: references, tuples, values of classes that are `Clone`, objects of any class; and the
//! session that an object is in.

use orm::prelude::*;
use orm::{AnyObj, Code, ObjectState, SqlType, Value, ValueError, ValueRef};
use tests::models::*;
use tests::{Db, code};

fn is_in(session: &Session, object: &Obj<impl orm::Live>) -> bool {
    Obj::session(object).as_ref() == Some(session)
}

// ---- to-one relationships ----

#[test]
fn one_that_may_be_missing_is_given_by_reference() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(User::builder().name("ed")).unwrap();
    let order = session.add(Order::builder().user(Some(&ed))).unwrap();
    assert_eq!(order.user().unwrap(), Some(ed.clone()));
    order.set_user(None).unwrap();
    assert_eq!(order.user().unwrap(), None);
    order.set_user(Some(&ed)).unwrap();
    assert_eq!(ed.orders().iter().unwrap().collect::<Vec<_>>(), std::slice::from_ref(&order));
    let other = session.add(Order::builder().user(None)).unwrap();
    other.set_user(&order.user().unwrap()).unwrap();
    assert_eq!(other.user().unwrap(), Some(ed.clone()));
    other.set_user(&None).unwrap();
    assert_eq!(other.user().unwrap(), None);
    other.set_user(&ed).unwrap();
    assert_eq!(other.user().unwrap(), Some(ed.clone()));
    other.set_user(User { name: "jack".into(), ..User::default() }).unwrap();
    assert_eq!(other.user().unwrap().unwrap().name().unwrap(), "jack");
    let value = User { name: "wendy".into(), ..User::default() };
    other.set_user(&value).unwrap();
    assert_eq!(other.user().unwrap().unwrap().name().unwrap(), value.name);
    session.flush().unwrap();
}

#[test]
#[expect(clippy::needless_borrows_for_generic_args, reason = "that references do is what is tested")]
fn columns_take_references() {
    let db = Db::new();
    let session = db.session();
    let (id, name, fullname) = (7, String::from("ed"), Some(String::from("Ed Jones")));
    let ed = session.add(User::builder().id(&id).name(&name).fullname(&fullname)).unwrap();
    ed.set_name(&name).unwrap();
    ed.set_id(&id).unwrap();
    session.commit().unwrap();
    let found = session.get_one::<User>(&id).unwrap();
    assert_eq!((found.name().unwrap(), found.fullname().unwrap()), (name.clone(), fullname));
    found.set_fullname(&name).unwrap();
    assert_eq!(found.fullname().unwrap(), Some(name));
}

// ---- values by reference ----

#[test]
fn a_value_by_reference_is_cloned() {
    let db = Db::new();
    let session = db.session();
    let value = User { name: "ed".into(), ..User::default() };
    let one = session.add(&value).unwrap();
    let two = session.add(&value).unwrap();
    session.flush().unwrap();
    assert_ne!(one, two);
    assert_eq!((one.name().unwrap(), two.name().unwrap()), (value.name.clone(), value.name.clone()));
    // It is a value as one that is given away: what it says of the key of its parent isn't meant.
    let address = Address { email: "ed@example.org".into(), ..Address::default() };
    one.addresses().append(&address).unwrap();
    two.set_addresses([&address, &address]).unwrap();
    session.commit().unwrap();
    assert_eq!((one.addresses().len().unwrap(), two.addresses().len().unwrap()), (1, 2));
    assert_eq!(address.user_id, 0);
}

#[test]
fn merge_takes_what_becomes_an_object() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(User { id: 7, name: "ed".into(), ..User::default() }).unwrap();
    session.commit().unwrap();
    let value = User { id: 7, name: "Edward".into(), ..User::default() };
    assert_eq!(session.merge(&value).unwrap(), ed);
    assert_eq!(ed.name().unwrap(), "Edward");
    assert_eq!(session.merge(User::builder().id(7).name("eddie")).unwrap(), ed);
    assert_eq!(ed.name().unwrap(), "eddie");
    assert_eq!(session.merge(value).unwrap(), ed);
    assert_eq!(ed.name().unwrap(), "Edward");
    assert_eq!(session.merge(&ed).unwrap(), ed);
    assert_eq!(session.merge(ed.clone()).unwrap(), ed);
}

// ---- several at once ----

#[test]
fn a_tuple_of_several_classes_is_added() {
    let db = Db::new();
    let session = db.session();
    let item = Item::builder().name("nut").into_obj().unwrap();
    let (ed, added) = session.add_all((User::builder().name("ed"), &item)).unwrap();
    assert_eq!(added, item);
    assert!(is_in(&session, &ed) && is_in(&session, &item));
    let value = Item { name: "bolt".into(), ..Item::default() };
    let (order, again, bolt) = session.add_all((Order::builder().user(&ed), &ed, &value)).unwrap();
    assert_eq!((again, bolt.name().unwrap()), (ed.clone(), value.name));
    assert_eq!(order.user().unwrap(), Some(ed.clone()));
    let list = session.add_all([&order, &order]).unwrap();
    assert_eq!(list, [order.clone(), order]);
    let many: Vec<Obj<User>> = session.add_all((0..3).map(|_| User::builder().name("x"))).unwrap();
    assert_eq!(many.len(), 3);
    session.flush().unwrap();
    // Those before the one that fails stay.
    let (other, fresh) = (db.session(), User::builder().name("fresh").into_obj().unwrap());
    assert_eq!(code(other.add_all((&fresh, &item))), Code::OtherSession);
    assert!(is_in(&other, &fresh));
}

// ---- walking through a collection ----

#[test]
fn a_loop_walks_through_a_collection() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(User::builder().name("ed")).unwrap();
    for email in ["a", "b", "c"] {
        ed.addresses().push(Address::builder().email(email)).unwrap();
    }
    session.commit().unwrap();
    let mut emails = Vec::new();
    for address in ed.addresses() {
        emails.push(address.unwrap().email().unwrap());
    }
    assert_eq!(emails, ["a", "b", "c"]);
    let addresses = ed.addresses();
    // Changing it meanwhile does no harm.
    for address in &addresses {
        addresses.remove(&address.unwrap()).unwrap();
    }
    assert!(addresses.is_empty().unwrap());
    assert_eq!(addresses.into_iter().size_hint(), (0, Some(0)));
    session.rollback().unwrap();
    session.expunge(&ed).unwrap();
    let detached: Vec<_> =
        ed.addresses().into_iter().map(|item| item.map_err(|error| error.code())).collect();
    assert_eq!(detached, [Err(Code::Detached)]);
}

// ---- objects of any class ----

#[test]
fn a_collection_of_any_class_takes_handles_and_builders() {
    #[derive(Debug, Clone, PartialEq)]
    struct Page {
        objects: Vec<AnyObj>,
        values: Many<AnyClass>,
    }
    let db = Db::new();
    let session = db.session();
    let ed = session.add(User::builder().name("ed")).unwrap();
    let any = Obj::any(&ed);
    let addresses = any.collection("addresses").unwrap();
    let address = Address::builder().email("a").into_obj().unwrap();
    let appended: AnyObj = addresses.append(&address).unwrap();
    assert_eq!(appended, Obj::any(&address));
    let built = addresses.push(Address::builder().email("b")).unwrap();
    addresses.append(Obj::any(&Address::builder().email("c").into_obj().unwrap())).unwrap();
    addresses.extend([Address::builder().email("d")]).unwrap();
    addresses.insert(0, Address::builder().email("e").into_obj().unwrap()).unwrap();
    session.commit().unwrap();
    let emails: Vec<String> = ed.addresses().into_iter().map(|item| item.unwrap().email().unwrap()).collect();
    assert_eq!(emails, ["a", "b", "c", "d", "e"]);
    assert_eq!(built.get("email").unwrap(), Value::from("b"));
    assert_eq!(code(addresses.append(&ed)), Code::WrongClass);
    assert_eq!(code(addresses.append(Item::builder().name("nut"))), Code::WrongClass);
    assert_eq!(code(Obj::any(&address).relate("user", Some(&appended))), Code::WrongClass);
    let page = Page { objects: vec![any.clone()], values: Many::new(Vec::new()) };
    assert_eq!(page.clone(), page);
    assert_eq!(format!("{page:?}"), "Page { objects: [User#1], values: [] }");
    assert_eq!(format!("{any:?} {addresses:?}"), "User#1 User#1.addresses");
}

// ---- the session of an object ----

#[test]
fn the_session_of_an_object() {
    let db = Db::new();
    let session = db.session();
    let ed = User::builder().name("ed").into_obj().unwrap();
    assert_eq!(Obj::session(&ed), None);
    session.add(&ed).unwrap();
    assert!(is_in(&session, &ed) && is_in(&session, &Obj::any(&ed)));
    session.commit().unwrap();
    assert!(is_in(&session, &ed));
    assert!(!is_in(&db.session(), &ed));
    session.delete(&ed).unwrap();
    session.flush().unwrap();
    assert!(is_in(&session, &ed));
    session.commit().unwrap();
    assert_eq!((Obj::session(&ed), Obj::state(&ed)), (None, ObjectState::Detached));
    let jack = session.add(User::builder().name("jack")).unwrap();
    session.rollback().unwrap();
    assert_eq!(Obj::session(&jack), None);
    session.add(&jack).unwrap();
    session.expunge(&jack).unwrap();
    assert_eq!(Obj::session(&jack), None);
    session.add(&jack).unwrap();
    session.close().unwrap();
    assert_eq!(Obj::session(&jack), None);
}

#[test]
fn who_has_a_session_by_an_object_keeps_it() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(User::builder().name("ed")).unwrap();
    let same = Obj::session(&ed).unwrap();
    drop(session);
    assert!(is_in(&same, &ed));
    same.commit().unwrap();
    assert_eq!(ed.name().unwrap(), "ed");
    drop(same);
    assert_eq!((Obj::session(&ed), Obj::state(&ed)), (None, ObjectState::Detached));
}

#[test]
fn a_session_of_a_transaction_ends_with_that() {
    let db = Db::file();
    let mut kept = Vec::new();
    let failed = db.engine.transaction(|session| {
        let ed = session.add(User::builder().name("ed"))?;
        session.flush()?;
        kept.push((Obj::session(&ed).unwrap(), ed));
        session.get_one::<User>(7).map(drop)
    });
    assert_eq!(code(failed), Code::NoResult);
    db.engine
        .transaction(|session| {
            let jack = session.add(User::builder().name("jack"))?;
            kept.push((Obj::session(&jack).unwrap(), jack));
            Ok(())
        })
        .unwrap();
    db.engine
        .read(|session| {
            let jack = session.get_one::<User>(1)?;
            kept.push((Obj::session(&jack).unwrap(), jack));
            Ok(())
        })
        .unwrap();
    for (session, object) in &kept {
        assert!(!session.is_dirty() && !session.contains(object) && Obj::session(object).is_none());
    }
    // None of them holds a lock, and each can be used again.
    kept[0].0.add(User::builder().name("wendy")).unwrap();
    kept[0].0.commit().unwrap();
    assert_eq!(db.session().scalars(select(User)).unwrap().all().unwrap().len(), 2);
}

#[test]
fn an_engine_may_be_made_on_the_way() {
    let session = Session::new(&orm::sqlite::Engine::in_memory().unwrap());
    Models::create_all(session.engine()).unwrap();
    session.add(User::builder().name("ed")).unwrap();
    session.commit().unwrap();
    assert_eq!(session.get_one::<User>(1).unwrap().name().unwrap(), "ed");
}

// ---- keys ----

orm::registry!(
    /// Classes with keys of several kinds.
    Keys
);

/// A key that only this module knows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Code7(String);

impl ColumnType for Code7 {
    const SQL_TYPE: SqlType = SqlType::Text;
    const NAME: &'static str = "Code7";

    fn to_value(&self) -> Value {
        Value::Text(self.0.clone())
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        <String as ColumnType>::from_value(value).map(Code7)
    }
}

#[derive(Mapped)]
#[mapped(registry = Keys)]
pub struct Country {
    #[column(primary_key)]
    code: Code7,
    name: String,
}

#[derive(Mapped)]
#[mapped(registry = Keys)]
struct Town {
    #[column(primary_key, foreign_key = Country::code)]
    country: Code7,
    #[column(primary_key)]
    number: i32,
    #[column(primary_key)]
    part: String,
    name: Option<String>,
}

#[derive(Mapped)]
#[mapped(registry = Keys)]
pub struct Blob {
    #[column(primary_key)]
    digest: Vec<u8>,
    size: i64,
}

#[derive(Mapped)]
#[mapped(registry = Keys)]
struct Made {
    #[column(primary_key)]
    id: i64,
    name: String,
}

#[test]
fn keys_of_every_kind() {
    let session = Session::new(&orm::sqlite::Engine::in_memory().unwrap());
    Keys::create_all(session.engine()).unwrap();
    let code = Code7("de".into());
    let part = String::from("north");
    let (country, town, blob, made) = session
        .add_all((
            Country { code: code.clone(), name: "Germany".into() },
            Town { country: code.clone(), number: 7, part: part.clone(), name: None },
            Blob { digest: vec![1, 2], size: 2 },
            Made { id: 0, name: "made".into() },
        ))
        .unwrap();
    session.commit().unwrap();
    assert_eq!(session.get_one::<Country>(&code).unwrap(), country);
    assert_eq!(session.get_one::<Country>(code.clone()).unwrap(), country);
    assert_eq!(session.get_one::<Town>((&code, 7, "north")).unwrap(), town);
    assert_eq!(session.get_one::<Town>((code.clone(), &7, &part)).unwrap(), town);
    assert_eq!(session.get::<Town>((code, 8, part)).unwrap(), None);
    assert_eq!(session.get_one::<Blob>(vec![1, 2]).unwrap(), blob);
    assert_eq!(session.get_one::<Blob>(&[1_u8, 2][..]).unwrap(), blob);
    assert_eq!(session.get_one::<Made>(1).unwrap(), made);
    let town_class = Keys::mapper("Town").unwrap();
    let by_name = session.get_any(town_class, &["de".into(), 7.into(), "north".into()]).unwrap();
    assert_eq!(by_name, Some(Obj::any(&town)));
    let key: <Made as Mapped>::Key = 1_i64;
    assert_eq!(session.get_one::<Made>(key).unwrap(), made);
}
