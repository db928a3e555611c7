//! The identity map on values: which object stands under which key, and which is given back.

use super::{IdentityKey, IdentityMap, Place, WeakInstance};
use crate::state::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::testing::{Team, Thing, Word, row};

fn team(id: i64) -> Handle {
    row(Team::builder().id(id))
}

fn word(language: &str, text: &str) -> Handle {
    row(Word::builder().language(language).text(text))
}

fn key(object: &Handle) -> Key {
    object.header().key().unwrap()
}

/// The object under the key of another.
fn get(map: &IdentityMap, like: &Handle) -> Option<Handle> {
    map.get(like.header().mapper(), &key(like))
}

/// What stands under the key of an object.
fn find(map: &IdentityMap, like: &Handle) -> Result<Handle, Place> {
    match key(like) {
        Key::Int(id) => map.find(like.header().mapper(), &id),
        Key::Values(values) => map.find(like.header().mapper(), &values),
    }
}

/// The free place for an object.
fn place(map: &IdentityMap, object: &Handle) -> Place {
    match find(map, object) {
        Err(place) => place,
        Ok(found) => panic!("{} stands there", found.header().label()),
    }
}

fn put(map: &IdentityMap, object: &Handle) -> Option<Handle> {
    map.put(object, &key(object))
}

fn get_or_put(map: &IdentityMap, object: &Handle, place: Place) -> Option<Handle> {
    match key(object) {
        Key::Int(id) => map.get_or_put(object, &id, place),
        Key::Values(values) => map.get_or_put(object, &values, place),
    }
}

fn is_mapped(object: &Handle) -> bool {
    object.header().has(Mark::MAPPED)
}

/// Every object, by its label.
fn all(map: &IdentityMap) -> Vec<String> {
    let mut all: Vec<String> = map.all().iter().map(|object| object.header().label()).collect();
    all.sort();
    all
}

#[test]
fn an_entry_takes_three_words() {
    assert_eq!(size_of::<(i64, WeakInstance)>(), 24);
}

#[test]
fn keys_that_follow_each_other_have_places_that_do() {
    for first in [0, 16, -32, 1 << 40] {
        let hashes: Vec<u64> = (first..first + 16).map(|key: i64| key.spread()).collect();
        assert!(hashes.is_sorted_by_key(|hash| hash & 0xffff), "{first}");
        assert!(hashes.iter().all(|hash| (hash & 0xffff) >> 4 == (hashes[0] & 0xffff) >> 4), "{first}");
        // A table compares the upper seven bits before it compares keys.
        let mut upper: Vec<u64> = hashes.iter().map(|hash| hash >> 57).collect();
        upper.sort_unstable();
        upper.dedup();
        assert_eq!(upper.len(), 16, "{first}");
    }
}

#[test]
fn no_pattern_of_keys_crowds_a_group() {
    for stride in (0..48).map(|shift| 1_i64 << shift).chain([3, 10, 1000, 1_000_003, -16]) {
        // Half of the places of a table, which are looked at by sixteen.
        let mut groups = [0; 1024];
        for key in (0..8192).map(|at| at * stride) {
            groups[((key.spread() >> 4) & 1023) as usize] += 1;
        }
        let fullest = groups.into_iter().max();
        assert!(fullest <= Some(32), "{stride}: {fullest:?}");
    }
}

#[test]
fn an_object_is_found_by_class_and_key() {
    let map = IdentityMap::default();
    let (one, two, tag) = (team(1), team(2), row(Thing::builder().id(1)));
    assert!(get(&map, &one).is_none(), "no object of the class came yet");
    for object in [&one, &tag] {
        assert!(get_or_put(&map, object, place(&map, object)).is_none());
        assert!(is_mapped(object));
    }
    assert!(get(&map, &one) == Some(one.clone()) && get(&map, &tag) == Some(tag.clone()));
    assert!(matches!(find(&map, &one), Ok(found) if found == one));
    assert!(get(&map, &two).is_none() && !is_mapped(&two));
    assert_eq!(all(&map), ["Team#1", "Thing#1"]);
}

#[test]
fn a_key_of_several_values_is_compared_as_a_whole() {
    let map = IdentityMap::default();
    let words = [word("en", "a"), word("a", "en"), word("en", "b"), word("", "ena")];
    for word in &words {
        assert!(get_or_put(&map, word, place(&map, word)).is_none());
    }
    for same in &words {
        assert!(get(&map, same) == Some(same.clone()));
    }
    // An equal key finds it, not only the same one.
    let again = word("en", "b");
    assert!(get(&map, &again) == Some(words[2].clone()));
    assert!(get(&map, &word("en", "c")).is_none());
    assert_eq!(all(&map), ["Word#'','ena'", "Word#'a','en'", "Word#'en','a'", "Word#'en','b'"]);
    map.discard(words[2].header());
    assert!(get(&map, &again).is_none() && get(&map, &words[0]).is_some());
}

/// Among so many there are hashes that agree in the part that a table looks at first.
#[test]
fn each_of_many_keys_is_found() {
    let map = IdentityMap::default();
    (500..1500).for_each(|dead| drop(put(&map, &word("en", &dead.to_string()))));
    let teams: Vec<Handle> = (0..500).map(team).collect();
    let words: Vec<Handle> = (0..500).map(|at| word("en", &at.to_string())).collect();
    let all = || teams.iter().chain(&words);
    all().for_each(|object| assert!(put(&map, object).is_none()));
    assert_eq!(map.all().len(), 1000);
    all().for_each(|object| assert!(get(&map, object) == Some(object.clone())));
    let (even, odd): (Vec<_>, Vec<_>) = all().enumerate().partition(|(at, _)| at % 2 == 0);
    even.iter().for_each(|(_, object)| map.discard(object.header()));
    even.iter().for_each(|(_, object)| assert!(get(&map, object).is_none()));
    odd.iter().for_each(|(_, object)| assert!(get(&map, object) == Some((*object).clone())));
}

#[test]
fn who_comes_second_gets_the_first() {
    let map = IdentityMap::default();
    // The first object of a class takes a slower way.
    let others = [team(9), word("en", "z")];
    others.iter().for_each(|other| assert!(put(&map, other).is_none()));
    for (first, second) in [(team(1), team(1)), (word("en", "a"), word("en", "a"))] {
        let early = place(&map, &second);
        assert!(get_or_put(&map, &first, place(&map, &first)).is_none());
        // The place was free when it was looked at.
        assert!(get_or_put(&map, &second, early) == Some(first.clone()));
        assert!(!is_mapped(&second) && get(&map, &second) == Some(first.clone()));
        assert_eq!(map.all().iter().filter(|known| key(known) == key(&first)).count(), 1);
    }
}

/// Whatever came or went since a place was found, it is looked at again.
#[test]
fn a_place_is_free_as_long_as_nothing_comes() {
    let map = IdentityMap::default();
    let (one, other) = (team(1), team(1));
    let early = place(&map, &one);
    assert!(put(&map, &other).is_none());
    assert!(get_or_put(&map, &one, early) == Some(other.clone()));
    map.discard(other.header());
    let late = place(&map, &one);
    let two = team(2);
    assert!(get_or_put(&map, &two, place(&map, &two)).is_none());
    assert!(get_or_put(&map, &one, late).is_none());
    assert!(get(&map, &other) == Some(one.clone()));
    assert_eq!(all(&map), ["Team#1", "Team#2"]);
}

#[test]
fn who_is_put_takes_the_place() {
    let map = IdentityMap::default();
    let pairs = [(team(1), team(1)), (word("en", "a"), word("en", "a"))];
    for (first, second) in &pairs {
        assert!(put(&map, first).is_none());
        assert!(put(&map, first).is_none(), "it stands there itself");
        assert!(is_mapped(first));
        assert!(put(&map, second) == Some(first.clone()));
        assert!(get(&map, first) == Some(second.clone()));
        assert_eq!((is_mapped(first), is_mapped(second)), (false, true));
    }
    assert_eq!(all(&map), ["Team#1", "Word#'en','a'"]);
}

#[test]
fn only_what_stands_there_is_taken_out() {
    let map = IdentityMap::default();
    let (first, second) = (team(1), team(1));
    put(&map, &first);
    put(&map, &second);
    map.discard(first.header());
    assert!(get(&map, &first) == Some(second.clone()), "the first isn't there any more");
    first.header().mark(Mark::MAPPED);
    map.discard(first.header());
    assert!(!is_mapped(&first) && get(&map, &first) == Some(second.clone()), "another one stands there");
    map.discard(second.header());
    assert!(!is_mapped(&second) && get(&map, &second).is_none());
    // The key can be used again while those that had it are alive.
    assert!(get_or_put(&map, &first, place(&map, &first)).is_none());
    assert!(get(&map, &second) == Some(first.clone()));
}

/// Objects in no session tell nobody that they go, so that the map still knows of them.
#[test]
fn the_place_of_a_dead_object_is_used_again() {
    let map = IdentityMap::default();
    let new: [fn() -> Handle; 2] = [|| team(1), || word("en", "a")];
    for new in new {
        let next = new();
        let free = place(&map, &next);
        put(&map, &new());
        assert!(get(&map, &next).is_none());
        assert_eq!(all(&map), [""; 0]);
        // By the place that was free before the dead one came.
        assert!(get_or_put(&map, &next, free).is_none() && is_mapped(&next));
        map.discard(next.header());
        put(&map, &new());
        // By the place where it stands.
        assert!(get_or_put(&map, &next, place(&map, &next)).is_none());
        assert!(get(&map, &next) == Some(next.clone()));
        map.discard(next.header());
        put(&map, &new());
        assert!(put(&map, &next).is_none());
        assert_eq!(all(&map), [next.header().label()]);
        map.discard(next.header());
        assert!(place(&map, &next).free_at.is_some(), "one entry stood there, not several");
    }
}

#[test]
fn a_dead_entry_goes_with_whoever_has_its_key() {
    let map = IdentityMap::default();
    put(&map, &team(1));
    let live = team(1);
    live.header().mark(Mark::MAPPED);
    map.discard(live.header());
    // Nothing stands there, not even what is dead.
    assert!(place(&map, &live).free_at.is_some());
}

#[test]
fn the_map_keeps_nothing_alive() {
    let map = IdentityMap::default();
    let (one, gone) = (team(1), team(2));
    put(&map, &one);
    put(&map, &gone);
    let weak = std::rc::Rc::downgrade(&gone);
    drop(gone);
    assert!(weak.upgrade().is_none());
    assert_eq!(all(&map), ["Team#1"]);
}

#[test]
fn an_emptied_map_holds_nothing() {
    let map = IdentityMap::default();
    let (one, word) = (team(1), word("en", "a"));
    put(&map, &one);
    put(&map, &word);
    map.clear();
    assert!(get(&map, &one).is_none() && get(&map, &word).is_none());
    assert_eq!(all(&map), [""; 0]);
    assert!(get_or_put(&map, &one, place(&map, &one)).is_none());
    assert_eq!(all(&map), ["Team#1"]);
}
