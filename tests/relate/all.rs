//! Relationships: both sides in step, for every kind of relationship and of change, loaded or not, with and
//! without a session.

mod added;
mod associations;
mod attribute_listeners;
mod builders;
mod cascades;
mod collections;
mod conditions;
mod keyed;
mod keys_of_items;
mod links;
mod listeners_of_kinds;
mod models;
mod moves;
mod one_way;
mod ordered;
mod own_collections;
mod proxies;
mod proxies_asked;
mod proxies_flushed;
mod proxies_kept;
mod proxies_of_one;
mod proxies_own;
mod proxy_models;
mod references;
mod repeated;
mod shared_keys;
mod validators;

use orm::IntoObj;
use orm::prelude::*;
use orm::{Code, ObjectState, SessionConfig};
use tests::models::*;
use tests::{Db, code, show};

/// How the objects of a test stand before they are changed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stand {
    /// In no session.
    Transient,
    /// In a session, not flushed.
    Pending,
    /// Committed, with nothing loaded.
    Expired,
    /// Committed, with everything loaded.
    Loaded,
}

const STANDS: [Stand; 4] = [Stand::Transient, Stand::Pending, Stand::Expired, Stand::Loaded];

/// A session, or none, with objects that stand so. The result of a change is looked at in memory, and again
/// after it was committed and loaded anew.
struct World {
    db: Db,
    session: Session,
    stand: Stand,
}

impl World {
    fn new(stand: Stand) -> World {
        let db = Db::new();
        models::Zoo::create_all(&db.engine).unwrap();
        let session = db.session();
        World { db, session, stand }
    }

    /// Puts the objects where they should stand.
    fn put<T: orm::Live>(&self, objects: &[&Obj<T>]) {
        if self.stand == Stand::Transient {
            return;
        }
        for object in objects {
            self.session.add(*object).unwrap();
        }
        if self.stand != Stand::Pending {
            self.session.commit().unwrap();
        }
    }

    /// Checks now; then stores, and checks what is loaded.
    fn check<T: orm::Live>(&self, objects: &[&Obj<T>], check: impl Fn(&str)) {
        check("in memory");
        for object in objects {
            self.session.add(*object).unwrap();
        }
        self.session.flush().unwrap();
        check("after the flush");
        self.session.commit().unwrap();
        check("loaded again");
        assert!(!self.session.is_dirty());
        self.db.sql();
    }
}

fn order() -> Obj<Order> {
    Order::builder().into_obj().unwrap()
}

fn item() -> Obj<Item> {
    Item::builder().name("i").into_obj().unwrap()
}

fn user() -> Obj<User> {
    User::builder().name("u").into_obj().unwrap()
}

fn list<T: orm::Live>(collection: &orm::Collection<T>) -> Vec<Obj<T>> {
    collection.iter().unwrap().collect()
}

// ---- one to many, many to one ----

type Family = (Obj<User>, Obj<User>, Obj<Order>, Obj<Order>);

/// Two users; the first has two orders.
fn family(world: &World) -> Family {
    let (ed, jack, one, two) = (user(), user(), order(), order());
    ed.orders().extend([&one, &two]).unwrap();
    world.put(&[&ed, &jack]);
    if world.stand == Stand::Loaded {
        assert_eq!((ed.orders().len().unwrap(), jack.orders().len().unwrap()), (2, 0));
        assert_eq!((one.user().unwrap(), two.user().unwrap()), (Some(ed.clone()), Some(ed.clone())));
    }
    (ed, jack, one, two)
}

/// A change, with the orders of each user and the user of each order afterwards.
type Change = (&'static str, fn(&Family), [&'static [usize]; 2], [Option<usize>; 2]);

const CHANGES: &[Change] = &[
    (
        "append",
        |(_, jack, one, _)| drop(jack.orders().append(one).unwrap()),
        [&[1], &[0]],
        [Some(1), Some(0)],
    ),
    (
        "insert",
        |(_, jack, _, two)| drop(jack.orders().insert(0, two).unwrap()),
        [&[0], &[1]],
        [Some(0), Some(1)],
    ),
    ("remove", |(ed, _, one, _)| ed.orders().remove(one).unwrap(), [&[1], &[]], [None, Some(0)]),
    ("pop", |(ed, ..)| drop(ed.orders().pop().unwrap()), [&[0], &[]], [Some(0), None]),
    ("pop_at", |(ed, ..)| drop(ed.orders().pop_at(0).unwrap()), [&[1], &[]], [None, Some(0)]),
    ("clear", |(ed, ..)| ed.orders().clear().unwrap(), [&[], &[]], [None, None]),
    ("replace", |(ed, _, _, two)| ed.orders().replace([two]).unwrap(), [&[1], &[]], [None, Some(0)]),
    (
        "replace elsewhere",
        |(_, jack, one, two)| jack.orders().replace([one, two]).unwrap(),
        [&[], &[0, 1]],
        [Some(1), Some(1)],
    ),
    ("set", |(_, jack, one, _)| one.set_user(jack).unwrap(), [&[1], &[0]], [Some(1), Some(0)]),
    ("set to none", |(_, _, one, _)| one.set_user(None).unwrap(), [&[1], &[]], [None, Some(0)]),
    ("set to the same", |(ed, _, one, _)| one.set_user(ed).unwrap(), [&[0, 1], &[]], [Some(0), Some(0)]),
    (
        "there and back",
        |(ed, jack, one, _)| {
            one.set_user(jack).unwrap();
            one.set_user(ed).unwrap();
            one.set_user(jack).unwrap();
        },
        [&[1], &[0]],
        [Some(1), Some(0)],
    ),
    (
        "set, then remove on the other side",
        |(_, jack, one, _)| {
            one.set_user(jack).unwrap();
            jack.orders().remove(one).unwrap();
        },
        [&[1], &[]],
        [None, Some(0)],
    ),
    (
        "exchange",
        |(ed, jack, one, two)| {
            jack.orders().append(one).unwrap();
            two.set_user(jack).unwrap();
            one.set_user(ed).unwrap();
        },
        [&[0], &[1]],
        [Some(0), Some(1)],
    ),
];

#[test]
fn one_to_many_and_many_to_one() {
    for stand in STANDS {
        for (name, change, orders, users) in CHANGES {
            let world = World::new(stand);
            let family = family(&world);
            change(&family);
            let (ed, jack, one, two) = &family;
            world.check(&[ed, jack], |when| {
                let what = format!("{name}, {stand:?}, {when}");
                for (user, orders) in [ed, jack].into_iter().zip(orders) {
                    let found: Vec<usize> =
                        list(&user.orders()).iter().map(|order| usize::from(order == two)).collect();
                    let mut sorted = found.clone();
                    sorted.sort_unstable();
                    assert_eq!(sorted, *orders, "{what}: {found:?}");
                }
                for (order, user) in [one, two].into_iter().zip(users) {
                    let found = order.user().unwrap();
                    assert_eq!(found.as_ref(), user.map(|at| [ed, jack][at]), "{what}");
                }
            });
        }
    }
}

#[test]
fn new_objects_lead_to_nothing_and_keep_in_step_without_a_database() {
    let (ed, one) = (user(), order());
    assert_eq!((ed.orders().len().unwrap(), one.user().unwrap()), (0, None));
    ed.orders().append(&one).unwrap();
    assert_eq!(one.user().unwrap(), Some(ed.clone()));
    one.set_user(None).unwrap();
    assert_eq!(ed.orders().len().unwrap(), 0);
    one.set_user(&ed).unwrap();
    assert_eq!(list(&ed.orders()), std::slice::from_ref(&one));
    ed.orders().remove(&one).unwrap();
    assert_eq!(one.user().unwrap(), None);
    assert_eq!((Obj::session(&ed), Obj::session(&one)), (None, None));
}

#[test]
fn children_of_parents_that_go() {
    for stand in [Stand::Expired, Stand::Loaded] {
        let world = World::new(stand);
        let (ed, jack, one, two) = family(&world);
        world.session.delete(&ed).unwrap();
        two.set_user(&jack).unwrap();
        world.session.commit().unwrap();
        assert_eq!(Obj::state(&ed), ObjectState::Detached);
        assert_eq!((one.user().unwrap(), two.user().unwrap()), (None, Some(jack)));
    }
}

#[test]
fn errors_of_collections() {
    let (ed, one) = (user(), order());
    assert_eq!(
        show(ed.orders().remove(&one)),
        "[not-in-collection] `User.orders`: Order(new) isn't in the collection"
    );
    assert_eq!(show(ed.orders().pop()), "[index-out-of-range] `User.orders`: the collection is empty");
    assert_eq!(show(ed.orders().pop_at(3)), "[index-out-of-range] `User.orders`: there is no item 3 among 0");
    ed.orders().insert(99, &one).unwrap();
    assert_eq!(ed.orders().get(0).unwrap(), Some(one));
    let address = Address::builder().email("e").into_obj().unwrap();
    assert_eq!(
        show(address.user()),
        "[missing-related] `Address.user`: the required object isn't there; help: set it first"
    );
}

#[test]
fn a_list_holds_an_object_twice_a_set_once() {
    let (ed, one) = (user(), order());
    ed.orders().append(&one).unwrap();
    ed.orders().append(&one).unwrap();
    assert_eq!(ed.orders().len().unwrap(), 2);
    ed.orders().remove(&one).unwrap();
    assert_eq!(one.user().unwrap(), Some(ed.clone()), "it is in the list once more");
    ed.orders().remove(&one).unwrap();
    assert_eq!(one.user().unwrap(), None);

    let person = models::Person::default().into_obj().unwrap();
    let letter = person.received().append(models::Letter::builder()).unwrap();
    person.received().append(&letter).unwrap();
    assert_eq!(person.received().len().unwrap(), 1);
    person.received().replace([&letter, &letter]).unwrap();
    assert_eq!(person.received().len().unwrap(), 1);
    assert_eq!(letter.to().unwrap(), Some(person));
}

/// The one that is left is out of step with its other side, and stays in the list as a second when it comes again.
#[test]
fn an_object_that_stood_twice_comes_again() {
    let (ed, one) = (user(), order());
    ed.orders().append(&one).unwrap();
    ed.orders().append(&one).unwrap();
    ed.orders().pop().unwrap();
    assert_eq!(one.user().unwrap(), None);
    ed.orders().append(&one).unwrap();
    assert_eq!(ed.orders().len().unwrap(), 2);
    ed.orders().remove(&one).unwrap();
    assert_eq!(one.user().unwrap(), Some(ed), "it is in the list once more");
}

/// A refresh leads the to-one side elsewhere, but doesn't touch the list that its object stands in.
#[test]
fn an_object_stands_twice_in_a_list_that_was_out_of_step() {
    let db = Db::new();
    let session = db.session();
    let one = session.add(order()).unwrap();
    session.commit().unwrap();
    let ed = user();
    ed.orders().append(&one).unwrap();
    session.refresh(&one).unwrap();
    assert_eq!(one.user().unwrap(), None);
    ed.orders().append(&one).unwrap();
    ed.orders().remove(&one).unwrap();
    assert_eq!(ed.orders().len().unwrap(), 1);
    assert_eq!(one.user().unwrap(), Some(ed), "it is in the list once more");
}

/// A child is known to have a parent that is gone from memory: only its foreign key tells that it is the same one.
#[test]
fn a_parent_that_went_and_came_again() {
    let world = World::new(Stand::Pending);
    let address = Address::builder().email("e").into_obj().unwrap();
    world.session.add(User::builder().name("ed").addresses([address.clone()])).unwrap();
    world.session.flush().unwrap();
    world.session.expire_attributes(&address, &["user"]).unwrap();
    let ed = world.session.get_one::<User>(1).unwrap();
    ed.addresses().remove(&address).unwrap();
    world.session.flush().unwrap();
    assert_eq!(Obj::state(&address), ObjectState::Deleted);

    let other = Address::builder().email("o").into_obj().unwrap();
    world.session.add(User::builder().name("jack").addresses([other.clone()])).unwrap();
    world.session.flush().unwrap();
    world.session.expire_attributes(&other, &["user"]).unwrap();
    assert_eq!(code(ed.addresses().remove(&other)), Code::NotInCollection);
}

#[test]
fn changing_a_collection_while_walking_through_it() {
    let ed = user();
    ed.orders().extend((0..5).map(|_| order())).unwrap();
    for one in ed.orders().iter().unwrap() {
        ed.orders().remove(&one).unwrap();
        ed.orders().append(order()).unwrap();
    }
    assert_eq!(ed.orders().len().unwrap(), 5);
}

// ---- one to one ----

#[test]
fn one_to_one() {
    for stand in STANDS {
        let world = World::new(stand);
        let (ed, jack) = (user(), user());
        let (one, two) = (Profile::default().into_obj().unwrap(), Profile::default().into_obj().unwrap());
        ed.set_profile(&one).unwrap();
        world.put(&[&ed, &jack]);
        if stand != Stand::Transient {
            world.session.add(&two).unwrap();
            world.session.flush().unwrap();
        }
        if stand == Stand::Loaded {
            assert_eq!((ed.profile().unwrap(), jack.profile().unwrap()), (Some(one.clone()), None));
            assert_eq!(one.user().unwrap(), Some(ed.clone()));
        }
        // A new one takes the place of the old one.
        ed.set_profile(&two).unwrap();
        let check = |ed_has: Option<&Obj<Profile>>, jack_has: Option<&Obj<Profile>>| {
            let owner = |profile: &Obj<Profile>| match (ed_has, jack_has) {
                (Some(has), _) if has == profile => Some(ed.clone()),
                (_, Some(has)) if has == profile => Some(jack.clone()),
                _ => None,
            };
            world.check(&[&ed, &jack], |when| {
                assert_eq!(ed.profile().unwrap().as_ref(), ed_has, "{stand:?} {when}");
                assert_eq!(jack.profile().unwrap().as_ref(), jack_has, "{stand:?} {when}");
                assert_eq!(
                    (one.user().unwrap(), two.user().unwrap()),
                    (owner(&one), owner(&two)),
                    "{stand:?} {when}"
                );
            });
        };
        check(Some(&two), None);
        // From the other side, to another owner.
        two.set_user(&jack).unwrap();
        check(None, Some(&two));
        jack.set_profile(None).unwrap();
        check(None, None);
    }
}

/// Two new children of one parent aren't noticed, as in SQLAlchemy. The database finds them, if it is told to.
#[test]
fn one_to_one_is_what_the_database_says() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(user()).unwrap();
    session.commit().unwrap();
    let [one, two] = ["one", "two"].map(|text| session.add(Profile::builder().text(text).user(&ed)).unwrap());
    assert_eq!((one.user().unwrap(), two.user().unwrap()), (Some(ed.clone()), Some(ed.clone())));
    assert_eq!(code(session.flush()), Code::Integrity);
}

// ---- many to many ----

#[test]
fn many_to_many() {
    for stand in STANDS {
        let world = World::new(stand);
        let (o1, o2) = (order(), order());
        let (i1, i2) = (item(), item());
        o1.items().extend([&i1, &i2]).unwrap();
        world.put(&[&o1, &o2]);
        if stand == Stand::Loaded {
            assert_eq!((o1.items().len().unwrap(), o2.items().len().unwrap()), (2, 0));
            assert_eq!((i1.orders().len().unwrap(), i2.orders().len().unwrap()), (1, 1));
        }
        let check = |first: &[&Obj<Item>], second: &[&Obj<Item>]| {
            world.check(&[&o1, &o2], |when| {
                for (order, items) in [(&o1, first), (&o2, second)] {
                    let found = list(&order.items());
                    assert_eq!(found.len(), items.len(), "{stand:?} {when}");
                    for item in [&i1, &i2] {
                        let is_in = items.contains(&item);
                        assert_eq!(order.items().contains(item).unwrap(), is_in, "{stand:?} {when}");
                        assert_eq!(item.orders().contains(order).unwrap(), is_in, "{stand:?} {when}");
                    }
                }
            });
        };
        i1.orders().append(&o2).unwrap();
        check(&[&i1, &i2], &[&i1]);
        o1.items().remove(&i1).unwrap();
        check(&[&i2], &[&i1]);
        i2.orders().replace([&o2]).unwrap();
        check(&[], &[&i1, &i2]);
        o2.items().clear().unwrap();
        o1.items().append(&i1).unwrap();
        o1.items().remove(&i1).unwrap();
        check(&[], &[]);
        o1.items().replace([&i2, &i1]).unwrap();
        check(&[&i1, &i2], &[]);
        // Deleting an item takes its links along, and nothing else.
        world.session.delete(&i1).unwrap();
        world.session.commit().unwrap();
        assert_eq!(list(&o1.items()), [i2]);
        assert_eq!(world.db.rows("select count(*) from order_item"), "1\n");
    }
}

// ---- a class with itself ----

#[test]
fn trees() {
    for stand in STANDS {
        let world = World::new(stand);
        let node = || Node::default().into_obj().unwrap();
        let (root, a, b) = (node(), node(), node());
        root.children().append(&a).unwrap();
        a.children().append(&b).unwrap();
        world.put(&[&root]);
        if stand == Stand::Loaded {
            assert_eq!((root.children().len().unwrap(), a.children().len().unwrap()), (1, 1));
        }
        b.set_parent(&root).unwrap();
        world.check(&[&root], |when| {
            assert_eq!(root.children().len().unwrap(), 2, "{stand:?} {when}");
            assert_eq!(a.children().len().unwrap(), 0, "{stand:?} {when}");
            assert_eq!(b.parent().unwrap(), Some(root.clone()), "{stand:?} {when}");
            assert_eq!(root.parent().unwrap(), None, "{stand:?} {when}");
        });
        root.children().replace([&b]).unwrap();
        b.children().append(&a).unwrap();
        world.check(&[&root], |when| {
            assert_eq!(list(&root.children()), std::slice::from_ref(&b), "{stand:?} {when}");
            assert_eq!(list(&b.children()), std::slice::from_ref(&a), "{stand:?} {when}");
            assert_eq!(a.parent().unwrap(), Some(b.clone()), "{stand:?} {when}");
        });
    }
}

#[test]
fn friends() {
    for stand in STANDS {
        let world = World::new(stand);
        let person = || models::Person::default().into_obj().unwrap();
        let (a, b, c) = (person(), person(), person());
        a.follows().extend([&b, &c]).unwrap();
        world.put(&[&a, &b, &c]);
        if stand == Stand::Loaded {
            for one in [&a, &b, &c] {
                one.follows().len().unwrap();
                one.followers().len().unwrap();
            }
        }
        b.follows().append(&a).unwrap();
        b.followers().append(&b).unwrap(); // herself
        a.follows().remove(&c).unwrap();
        world.check(&[&a, &b, &c], |when| {
            let links = [(&a, &b), (&b, &a), (&b, &b)];
            for one in [&a, &b, &c] {
                for other in [&a, &b, &c] {
                    let expected = links.contains(&(one, other));
                    assert_eq!(one.follows().contains(other).unwrap(), expected, "{stand:?} {when}");
                    assert_eq!(other.followers().contains(one).unwrap(), expected, "{stand:?} {when}");
                }
            }
        });
    }
}

// ---- association objects, composite keys, several paths ----

#[test]
fn association_objects() {
    for stand in STANDS {
        let world = World::new(stand);
        let person = models::Person::default().into_obj().unwrap();
        let (one, two) =
            (models::Group::default().into_obj().unwrap(), models::Group::default().into_obj().unwrap());
        let first = models::Membership::builder().since(1).group(&one).into_obj().unwrap();
        let second = models::Membership::builder().since(2).group(&two).into_obj().unwrap();
        person.memberships().extend([&first, &second]).unwrap();
        world.put(&[&person]);
        if stand == Stand::Loaded {
            assert_eq!(person.memberships().len().unwrap(), 2);
            assert_eq!(one.memberships().len().unwrap(), 1);
        }
        person.memberships().remove(&first).unwrap();
        world.session.add(&person).unwrap();
        world.session.commit().unwrap();
        assert_eq!(list(&person.memberships()), std::slice::from_ref(&second), "{stand:?}");
        assert_eq!((second.person().unwrap(), second.group().unwrap()), (person.clone(), two.clone()));
        assert_eq!(world.db.rows("select since from membership"), "2\n", "{stand:?}");
        world.session.delete(&two).unwrap();
        world.session.commit().unwrap();
        assert_eq!(person.memberships().len().unwrap(), 0);
    }
}

#[test]
fn composite_keys() {
    for stand in STANDS {
        let world = World::new(stand);
        let account = |org, num| models::Account::builder().org(org).num(num).into_obj().unwrap();
        let (a, b) = (account(1, 1), account(1, 2));
        let (x, y) =
            (models::Entry::default().into_obj().unwrap(), models::Entry::default().into_obj().unwrap());
        a.entries().extend([&x, &y]).unwrap();
        world.put(&[&a, &b]);
        if stand == Stand::Loaded {
            assert_eq!((a.entries().len().unwrap(), b.entries().len().unwrap()), (2, 0));
        }
        x.set_account(&b).unwrap();
        world.check(&[&a, &b], |when| {
            assert_eq!(list(&a.entries()), std::slice::from_ref(&y), "{stand:?} {when}");
            assert_eq!(list(&b.entries()), std::slice::from_ref(&x), "{stand:?} {when}");
            assert_eq!(x.account().unwrap(), Some(b.clone()), "{stand:?} {when}");
        });
        assert_eq!((x.org().unwrap(), x.num().unwrap()), (Some(1), Some(2)));
        b.entries().clear().unwrap();
        world.session.commit().unwrap();
        assert_eq!((x.org().unwrap(), x.num().unwrap(), x.account().unwrap()), (None, None, None));
        // Half of a key leads to nothing.
        x.set_org(1).unwrap();
        world.session.commit().unwrap();
        assert_eq!(x.account().unwrap(), None);
    }
}

#[test]
fn several_paths() {
    for stand in STANDS {
        let world = World::new(stand);
        let person = || models::Person::default().into_obj().unwrap();
        let (a, b) = (person(), person());
        let letter = models::Letter::builder().from(&a).into_obj().unwrap();
        world.put(&[&a, &b]);
        if stand == Stand::Loaded {
            assert_eq!((a.sent().len().unwrap(), b.received().len().unwrap()), (1, 0));
        }
        letter.set_to(&b).unwrap();
        world.check(&[&a, &b], |when| {
            assert_eq!(list(&a.sent()), std::slice::from_ref(&letter), "{stand:?} {when}");
            assert_eq!(list(&b.received()), std::slice::from_ref(&letter), "{stand:?} {when}");
            assert_eq!((a.received().len().unwrap(), b.sent().len().unwrap()), (0, 0), "{stand:?} {when}");
        });
        letter.set_from(&b).unwrap();
        world.check(&[&a, &b], |when| {
            assert_eq!(
                (letter.from().unwrap(), letter.to().unwrap()),
                (b.clone(), Some(b.clone())),
                "{stand:?} {when}"
            );
            assert_eq!((a.sent().len().unwrap(), b.sent().len().unwrap()), (0, 1), "{stand:?} {when}");
        });
    }
}

// ---- sessions and relationships ----

#[test]
fn objects_of_two_sessions_are_not_mixed() {
    let db = Db::new();
    let (one, two) = (db.session(), db.session());
    let ed = one.add(user()).unwrap();
    one.commit().unwrap();
    let theirs = two.add(order()).unwrap();
    assert_eq!(code(ed.orders().append(&theirs)), Code::OtherSession);
    one.rollback().unwrap();
    two.rollback().unwrap();
    assert_eq!(ed.orders().len().unwrap(), 0);
    let merged = one.merge(&theirs).unwrap();
    ed.orders().append(&merged).unwrap();
    one.commit().unwrap();
    assert_eq!(db.rows("select user_id from orders"), "1\n");
}

#[test]
fn values_nest_what_they_belong_to() {
    let db = Db::new();
    let session = db.session();
    let named = |name: &str| User { name: name.into(), ..User::default() };
    // Required and optional, both with a reverse side that is kept.
    let address = Address { email: "e".into(), user: One::new(named("required")), ..Address::default() };
    let order = Order { note: Some("n".into()), user: Some(named("optional").into()), ..Order::default() };
    let alone = Order { note: Some("alone".into()), user: None, ..Order::default() };
    let (address, order, alone) =
        (session.add(address).unwrap(), session.add(order).unwrap(), session.add(alone).unwrap());
    session.commit().unwrap();
    assert_eq!(address.user().unwrap().name().unwrap(), "required");
    assert_eq!(address.user().unwrap().addresses().len().unwrap(), 1);
    let user = order.user().unwrap().unwrap();
    assert_eq!((user.name().unwrap(), user.orders().len().unwrap()), ("optional".to_owned(), 1));
    assert_eq!(alone.user().unwrap(), None);
    assert_eq!(db.rows("select count(*) from user_account"), "2\n");
}

#[test]
fn a_set_nests_values_too() {
    let db = Db::empty();
    models::Zoo::create_all(&db.engine).unwrap();
    let session = db.session();
    let follows = ManySet::new(vec![models::Person::default(), models::Person::default()]);
    let person = session.add(models::Person { follows, ..models::Person::default() }).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select one, other from friendship"), "1|2\n1|3\n");
    assert_eq!(person.follows().len().unwrap(), 2);
    let value = person.to_value_nested().unwrap();
    assert_eq!(value.follows.iter().map(|person| person.id).collect::<Vec<_>>(), [2, 3]);
    assert!(!value.sent.is_loaded());
}

/// SQLAlchemy's list lets go of an object before it finds out that it isn't in it.
#[test]
fn a_list_lets_go_of_what_is_not_in_it() {
    for like_sqlalchemy in [false, true] {
        let db = Db::new();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let ed = session.add(User::builder().name("ed")).unwrap();
        session.commit().unwrap();
        assert_eq!(ed.addresses().len().unwrap(), 0);
        session.no_autoflush(|session| {
            let address = session.add(Address::builder().email("e")).unwrap();
            assert_eq!(code(ed.addresses().remove(&address)), Code::NotInCollection);
            assert_eq!(
                !session.contains(&address),
                like_sqlalchemy,
                "a new object that lost its parent leaves"
            );
        });
    }
}

/// Over an association table neither side changes, in a savepoint either, and the flush deletes no link.
#[test]
fn a_link_that_is_not_there_is_not_taken_out() {
    let db = Db::new();
    let session = db.session();
    let (one, other) = session.add_all((Order::builder(), Order::builder())).unwrap();
    let thing = session.add(Item::builder().name("nail")).unwrap();
    other.items().append(&thing).unwrap();
    session.commit().unwrap();
    let savepoint = session.begin_nested().unwrap();
    assert_eq!(code(one.items().remove(&thing)), Code::NotInCollection);
    assert!(!session.is_dirty());
    savepoint.commit().unwrap();
    session.commit().unwrap();
    assert_eq!(list(&thing.orders()), [other]);
}

#[test]
fn plain_values_are_compared_with_what_they_nest() {
    let named = |name: &str| User { name: name.into(), ..User::default() };
    let order = |user: Option<User>| Order { user: user.map(One::new), ..Order::default() };
    assert_eq!(order(Some(named("a"))), order(Some(named("a"))));
    assert_ne!(order(Some(named("a"))), order(Some(named("b"))));
    assert_ne!(order(Some(named("a"))), order(None));
    let held = One::new(named("a"));
    assert_eq!((held.get().map(|user| user.name.as_str()), held.is_loaded()), (Some("a"), true));
    assert_eq!((One::<User>::default().get(), One::<User>::default().is_loaded()), (None, false));
    let address = |email: &str| Address { email: email.into(), ..Address::default() };
    let with = |emails: &[&str]| User {
        addresses: emails.iter().map(|email| address(email)).collect::<Vec<_>>().into(),
        ..User::default()
    };
    assert_eq!(with(&["a", "b"]), with(&["a", "b"]));
    assert_ne!(with(&["a", "b"]), with(&["b", "a"]));
    assert_ne!(with(&[]), User::default(), "an empty collection is one");
    let sets = [vec![1], vec![1], vec![2]].map(ManySet::new);
    assert!(sets[0] == sets[1] && sets[0] != sets[2] && sets[0] != ManySet::default());
    assert!(sets[0].is_loaded() && !ManySet::<i64>::default().is_loaded());
    assert!(with(&[]).addresses.is_loaded() && !User::default().addresses.is_loaded());
}

#[test]
fn plain_values_show_what_they_nest() {
    let order = Order {
        id: 1,
        items: vec![Item { id: 2, name: "pen".into(), ..Item::default() }].into(),
        ..Order::default()
    };
    let shown = "Order { id: 1, note: None, user_id: None, user: None, items: [Item { id: 2, name: \"pen\", orders: (not loaded) }] }";
    assert_eq!(format!("{order:?}"), shown);
}

#[test]
fn a_relationship_says_what_it_is() {
    let user = Models::mapper("User").unwrap();
    let [addresses, profile] = ["addresses", "profile"].map(|name| user.relation_named(name).unwrap());
    assert_eq!((addresses.is_many(), profile.is_many()), (true, false));
    assert_eq!((addresses.target().class(), profile.target().class()), ("Address", "Profile"));
    assert_eq!(addresses.inverse().map(|back| (back.name(), back.is_many())), Some(("user", false)));
    let items = Models::mapper("Order").unwrap().relation_named("items").unwrap();
    assert_eq!((items.is_many(), items.secondary().map(|table| table.name)), (true, Some("order_item")));
}

#[test]
fn plain_values_have_the_hash_of_what_they_nest() {
    use std::hash::{DefaultHasher, Hash, Hasher};
    fn hash(value: &impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        hasher.finish()
    }
    let [one, same, other] = [1, 1, 2].map(One::new);
    assert_eq!(hash(&one), hash(&same));
    assert_ne!(hash(&one), hash(&other));
    assert_ne!(hash(&one), hash(&One::<i32>::default()));
    let [list, same, other] = [[1, 2], [1, 2], [2, 1]].map(|items| Many::new(items.to_vec()));
    assert_eq!(hash(&list), hash(&same));
    assert_ne!(hash(&list), hash(&other));
    assert_ne!(hash(&Many::<i32>::new(Vec::new())), hash(&Many::<i32>::default()));
}

#[test]
fn nested_builders_values_and_objects_are_the_same() {
    let db = Db::new();
    let session = db.session();
    let address = |email: &str| Address { email: email.into(), ..Address::default() };
    let by_value =
        User { name: "a".into(), addresses: vec![address("e"), address("f")].into(), ..User::default() };
    let by_builder = User::builder().name("a").addresses([address("e"), address("f")]);
    let by_object = user();
    by_object.set_name("a").unwrap();
    by_object.set_addresses([address("e").into_obj().unwrap(), address("f").into_obj().unwrap()]).unwrap();
    let all =
        [session.add(by_value).unwrap(), session.add(by_builder).unwrap(), session.add(&by_object).unwrap()];
    session.commit().unwrap();
    for user in &all {
        let value = user.to_value().unwrap();
        assert!(!value.addresses.is_loaded());
        user.addresses().len().unwrap();
        let mut value = user.to_value_nested().unwrap();
        let emails: Vec<String> = value.addresses.iter().map(|address| address.email.clone()).collect();
        assert_eq!((value.name.as_str(), emails), ("a", vec!["e".to_owned(), "f".to_owned()]));
        assert!(!value.addresses.get_mut().unwrap()[0].user.is_loaded(), "the way back is cut");
    }
}
