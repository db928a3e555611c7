//! Collections against plain lists: what is in them, in which order, and what their history says, whatever is done to
//! them in whatever order.

use crate::models::{self, Account, Entry, Person};
use orm::IntoObj;
use orm::prelude::*;
use proptest::prelude::{Strategy, any, prop};
use tests::Db;

/// What is done to a collection; numbers name items and places.
#[derive(Clone, Copy, Debug)]
enum Step {
    Append(usize),
    Insert(usize, usize),
    Remove(usize),
    PopAt(usize),
    /// A run of items.
    Replace(usize, usize),
    Clear,
    /// Looks for an item many times, so that an index is made.
    Search(usize),
    Flush,
    /// The collection is loaded again.
    Reload,
    /// Items come and go while it isn't loaded.
    Queue(usize, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<u8>(), any::<usize>(), any::<usize>()).prop_map(|(kind, a, b)| match kind % 32 {
        0..=7 => Step::Append(a),
        8..=12 => Step::Insert(a, b),
        13..=19 => Step::Remove(a),
        20..=22 => Step::PopAt(a),
        23 => Step::Replace(a, b),
        24 if a.is_multiple_of(4) => Step::Clear,
        24..=26 => Step::Search(a),
        27..=28 => Step::Flush,
        29 => Step::Reload,
        _ => Step::Queue(a, b),
    });
    prop::collection::vec(step, 1..60)
}

/// The kind of collection that is played on.
trait Kind {
    type Item: orm::Live;
    const NAME: &'static str;
    const IS_SET: bool;
    fn item() -> Obj<Self::Item>;
    fn owner(session: &Session, items: &[Obj<Self::Item>]) -> (orm::AnyObj, orm::Collection<Self::Item>);

    /// What the database says where it may be something else than the list: one that stood twice and was taken out
    /// once is out of step with its other side.
    fn stored(_: &Session) -> Option<Vec<Obj<Self::Item>>> {
        None
    }
}

struct List;

impl Kind for List {
    type Item = Entry;
    const NAME: &'static str = "entries";
    const IS_SET: bool = false;

    fn item() -> Obj<Entry> {
        Entry::default().into_obj().unwrap()
    }

    fn owner(session: &Session, items: &[Obj<Entry>]) -> (orm::AnyObj, orm::Collection<Entry>) {
        let account = Account::builder().org(1).num(1).entries(items.to_vec());
        let account = session.add(account).unwrap();
        (Obj::any(&account), account.entries())
    }

    fn stored(session: &Session) -> Option<Vec<Obj<Entry>>> {
        let stored = select(Entry).filter(Entry::num.eq(1)).order_by(Entry::id);
        Some(session.scalars(stored).unwrap().all().unwrap())
    }
}

struct Set;

impl Kind for Set {
    type Item = Person;
    const NAME: &'static str = "follows";
    const IS_SET: bool = true;

    fn item() -> Obj<Person> {
        Person::default().into_obj().unwrap()
    }

    fn owner(session: &Session, items: &[Obj<Person>]) -> (orm::AnyObj, orm::Collection<Person>) {
        let person = session.add(Person::builder().follows(items.to_vec())).unwrap();
        (Obj::any(&person), person.follows())
    }
}

/// Plays the steps on a collection and on lists of numbers.
fn play<K: Kind>(size: usize, steps: &[Step]) {
    let db = Db::empty();
    models::Zoo::create_all(&db.engine).unwrap();
    let session = Session::with_config(&db.engine, orm::SessionConfig::default().autoflush(false));
    let items: Vec<Obj<K::Item>> = (0..size * 2 + 2).map(|_| session.add(K::item()).unwrap()).collect();
    session.flush().unwrap();
    let (owner, collection) = K::owner(&session, &items[..size]);
    session.flush().unwrap();
    let number = |one: &Obj<K::Item>| items.iter().position(|item| item == one).unwrap();
    let mut now: Vec<usize> = (0..size).collect();
    let mut was = now.clone();
    let reload = |now: &mut Vec<usize>, was: &mut Vec<usize>| {
        session.flush().unwrap();
        session.expire_attributes(&owner, &[K::NAME]).unwrap();
        now.sort_unstable();
        if let Some(stored) = K::stored(&session) {
            *now = stored.iter().map(number).collect();
        }
        was.clone_from(now);
    };
    for step in steps {
        match *step {
            Step::Append(item) => {
                let item = item % items.len();
                collection.append(&items[item]).unwrap();
                if !K::IS_SET || !now.contains(&item) {
                    now.push(item);
                }
            }
            Step::Insert(place, item) => {
                let (place, item) = (place % (now.len() + 2), item % items.len());
                collection.insert(place, &items[item]).unwrap();
                if !K::IS_SET || !now.contains(&item) {
                    now.insert(place.min(now.len()), item);
                }
            }
            Step::Remove(item) => {
                let item = item % items.len();
                let place = now.iter().position(|other| *other == item);
                assert_eq!(collection.remove(&items[item]).is_ok(), place.is_some());
                place.map(|place| now.remove(place));
            }
            Step::PopAt(place) => {
                let place = place % (now.len() + 1);
                assert_eq!(
                    collection.pop_at(place).ok().as_ref().map(number),
                    (place < now.len()).then(|| now.remove(place))
                );
            }
            Step::Replace(from, length) => {
                let run: Vec<usize> =
                    (0..length % 20).map(|at| (from % items.len() + at) % items.len()).collect();
                collection.replace(run.iter().map(|item| &items[*item])).unwrap();
                now.clear();
                now.extend(run.iter().take(if K::IS_SET { items.len() } else { run.len() }));
            }
            Step::Clear => {
                collection.clear().unwrap();
                now.clear();
            }
            Step::Search(item) => {
                let item = item % items.len();
                for _ in 0..20 {
                    assert_eq!(collection.contains(&items[item]).unwrap(), now.contains(&item));
                }
            }
            Step::Flush => {
                session.flush().unwrap();
                if collection.is_loaded().unwrap() {
                    was.clone_from(&now)
                } else {
                    reload(&mut now, &mut was)
                }
            }
            Step::Reload => reload(&mut now, &mut was),
            Step::Queue(..) if K::IS_SET => {}
            Step::Queue(comes, goes) => {
                reload(&mut now, &mut was);
                // One that is out of step with the list is left alone: setting what it holds already does nothing.
                let is_here = |item: usize| {
                    let account = Obj::any(&items[item]).related("account").unwrap();
                    account == orm::Related::One(Some(owner.clone()))
                };
                let (comes, goes) = (comes % items.len(), goes % items.len());
                if !is_here(comes) && !now.contains(&comes) {
                    Obj::any(&items[comes]).relate("account", Some(&owner)).unwrap();
                    now.push(comes);
                }
                if is_here(goes) && now.contains(&goes) {
                    Obj::any(&items[goes]).relate("account", None).unwrap();
                    now.retain(|item| *item != goes);
                }
            }
        }
        check(&owner, K::NAME, &collection, &now, &was, number);
    }
}

/// Compares what is in a collection, and its history, with the lists.
fn check<T: orm::Live>(
    owner: &orm::AnyObj,
    name: &str,
    collection: &orm::Collection<T>,
    now: &[usize],
    was: &[usize],
    number: impl Fn(&Obj<T>) -> usize,
) {
    if !collection.is_loaded().unwrap() {
        return;
    }
    let found: Vec<usize> = collection.iter().unwrap().map(|one| number(&one)).collect();
    assert_eq!(found, now);
    let history = owner.history(name).unwrap();
    let all: Vec<Obj<T>> = collection.iter().unwrap().collect();
    let numbers = |objects: &[orm::AnyObj]| -> Vec<usize> {
        let find = |object: &orm::AnyObj| {
            let known = all.iter().find(|one| Obj::any(one) == *object);
            known.map_or(usize::MAX, &number)
        };
        objects.iter().map(find).collect()
    };
    let both = |one: &&usize| was.contains(one);
    assert_eq!(numbers(&history.added), now.iter().filter(|one| !both(one)).copied().collect::<Vec<_>>());
    assert_eq!(numbers(&history.unchanged), now.iter().filter(both).copied().collect::<Vec<_>>());
    // What went isn't in the collection: its key tells its number.
    let keys: Vec<_> = history.deleted.iter().map(|one| one.key().unwrap()).collect();
    let went = was.iter().filter(|one| !now.contains(one));
    let expected: Vec<_> = went.map(|one| vec![orm::Value::Int(*one as i64 + 1)]).collect();
    assert_eq!(keys, expected);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]

    #[test]
    fn lists_are_as_plain_lists(size in 0usize..40, steps in steps()) {
        play::<List>(size, &steps);
    }

    #[test]
    fn sets_are_as_plain_lists(size in 0usize..40, steps in steps()) {
        play::<Set>(size, &steps);
    }
}

/// Where the association table has equal rows, each object comes once, as SQLAlchemy has it.
#[test]
fn what_is_loaded_is_unique() {
    let db = Db::empty();
    models::Zoo::create_all(&db.engine).unwrap();
    db.run("drop table friendship");
    db.run("create table friendship (one integer, other integer)");
    let session = db.session();
    session.add_all((0..40).map(|_| Person::default())).unwrap();
    session.commit().unwrap();
    db.run(
        "insert into friendship select 1, 2 from person where id < 4;
         insert into friendship select 3, id from person;
         insert into friendship select 3, id from person where id > 20",
    );
    let person = |id| session.get_one::<Person>(id).unwrap();
    let (one, two, three) = (person(1), person(2), person(3));
    assert!(one.follows().iter().unwrap().eq([two.clone()]));
    assert!(two.followers().iter().unwrap().eq([one.clone(), three.clone()]));
    assert_eq!(three.follows().len().unwrap(), 40);
    assert_eq!(person(30).followers().len().unwrap(), 1);
    assert!(!session.is_dirty());
}

/// A set holds an object once, whatever puts it in.
#[test]
fn a_set_never_holds_an_object_twice() {
    let db = Db::empty();
    models::Zoo::create_all(&db.engine).unwrap();
    let session = db.session();
    let person = || session.add(Person::default()).unwrap();
    let (one, two) = (person(), person());
    one.follows().append(&two).unwrap();
    session.commit().unwrap();
    let only_two = |what: &str| assert!(one.follows().iter().unwrap().eq([two.clone()]), "{what}");
    only_two("loaded");
    session.expire_attributes(&one, &["follows"]).unwrap();
    session.no_autoflush(|_| {
        two.followers().append(&one).unwrap();
        two.followers().append(&one).unwrap();
        only_two("queued, though it is there");
    });
    one.follows().replace([&two, &two, &two]).unwrap();
    only_two("replaced");
    session.rollback().unwrap();
    session.refresh(&one).unwrap();
    one.follows().extend([&two, &two]).unwrap();
    only_two("appended after a refresh");
    session.refresh_attributes(&one, &["follows"]).unwrap();
    only_two("refreshed");
    let (many, all) = (person(), (0..40).map(|_| person()).collect::<Vec<_>>());
    many.follows().extend(all.iter().chain(&all)).unwrap();
    many.follows().insert(3, &all[39]).unwrap();
    assert!(many.follows().iter().unwrap().eq(all));
}
