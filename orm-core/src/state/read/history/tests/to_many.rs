//! Histories of collections.

use super::*;

#[test]
fn a_collection_that_is_not_loaded() {
    let told = Told::new();
    let object = team(&told, 1);
    let [one, two] = members(&told);
    for options in [MEMORY, QUEUED, ReadOptions::IDENTITY_MAP] {
        assert_eq!(said(&object, "members", options), "unknown");
    }
    told.answer(Read::Known(Targets::Many(vec![one, two])));
    assert_eq!(said(&object, "members", DATABASE), "=Member#1 =Member#2");
    assert_eq!(said(&object, "members", MEMORY), "=Member#1 =Member#2");
    // One that has no row has nothing to load, and isn't loaded by that.
    let new = new(Team::builder());
    assert_eq!(
        (said(&new, "members", MEMORY), said(&new, "members", DATABASE)),
        ("unknown".into(), String::new())
    );
}

#[test]
fn a_collection_whose_changes_are_queued() {
    let told = Told::new();
    let [one, two, three, four] = members(&told);
    let object = team(&told, 1);
    append(&object, "members", &three);
    append(&object, "members", &four);
    remove(&object, "members", &one);
    assert_eq!(said(&object, "members", QUEUED), "+Member#3 +Member#4 -Member#1");
    assert_eq!(said(&object, "members", MEMORY), "unknown");
    // What is taken back isn't queued any more.
    remove(&object, "members", &four);
    assert_eq!(said(&object, "members", QUEUED), "+Member#3 -Member#1");
    told.answer(Read::Known(Targets::Many(vec![one, two])));
    assert_eq!(said(&object, "members", DATABASE.with_queued()), "+Member#3 =Member#2 -Member#1");
    assert_eq!(said(&object, "members", MEMORY), "+Member#3 =Member#2 -Member#1");
}

#[test]
fn queued_changes_of_an_object_that_lost_its_row() {
    let told = Told::new();
    let [one] = members(&told);
    let object = team(&told, 1);
    append(&object, "members", &one);
    object.header().set_key(None);
    for options in [DATABASE, DATABASE.with_queued()] {
        assert_eq!(said(&object, "members", options), "", "there is nothing to load");
    }
    load_without_queue(&object);
    let lost = history(&object, relation(&object, "members"), QUEUED).map(drop);
    assert_eq!(lost.unwrap_err().code(), Code::WrongState);
    assert_eq!(said(&object, "members", MEMORY), "");
    append(&object, "members", &told.row(Member::builder().id(2)));
    assert_eq!(said(&object, "members", MEMORY), "+Member#2");
    assert!(!is_all_new(&object, relation(&object, "members")).unwrap(), "something is queued too");
}

/// Puts an empty collection in, and leaves what is queued.
fn load_without_queue(object: &Handle) {
    let relation = relation(object, "members");
    let empty = super::super::Loaded::Many(crate::state::memory::items::Collected::empty(relation.kind()));
    related::put(object, relation.slot(), empty).unwrap();
}

#[test]
fn a_list_that_is_changed() {
    let told = Told::new();
    let [one, two, three] = members(&told);
    let object = team(&told, 1);
    load_many(&object, "members", &[&one, &two]);
    assert_eq!(said(&object, "members", MEMORY), "=Member#1 =Member#2");
    append(&object, "members", &three);
    assert_eq!(said(&object, "members", MEMORY), "+Member#3 =Member#1 =Member#2");
    remove(&object, "members", &one);
    assert_eq!(said(&object, "members", MEMORY), "+Member#3 =Member#2 -Member#1");
    // Taken out and put back at the end: it stayed.
    append(&object, "members", &one);
    remove(&object, "members", &three);
    assert_eq!(said(&object, "members", MEMORY), "=Member#2 =Member#1");
    remove(&object, "members", &one);
    remove(&object, "members", &two);
    assert_eq!(said(&object, "members", MEMORY), "-Member#1 -Member#2");
    expire::commit(&object).unwrap();
    assert_eq!(said(&object, "members", MEMORY), "");
}

#[test]
fn a_collection_that_is_replaced() {
    let told = Told::new();
    let [one, two, three] = members(&told);
    let object = team(&told, 1);
    load_many(&object, "members", &[&one, &two]);
    replace(&object, "members", &[&three, &two]);
    assert_eq!(said(&object, "members", MEMORY), "+Member#3 =Member#2 -Member#1");
    replace(&object, "members", &[&three]);
    assert_eq!(said(&object, "members", MEMORY), "+Member#3 -Member#1 -Member#2");
    // Set back.
    replace(&object, "members", &[&two, &one]);
    assert_eq!(said(&object, "members", MEMORY), "=Member#2 =Member#1");
    replace(&object, "members", &[]);
    assert_eq!(said(&object, "members", MEMORY), "-Member#1 -Member#2");
    let other = team(&told, 2);
    load_many(&other, "members", &[&one]);
    append(&other, "members", &three);
    replace(&other, "members", &[&two]);
    assert_eq!(said(&other, "members", MEMORY), "+Member#2 -Member#1", "the third was never there");
    pipeline::clear(&other, relation(&other, "members")).unwrap();
    assert_eq!(said(&other, "members", MEMORY), "-Member#1");
}

#[test]
fn a_collection_that_led_to_nothing() {
    let told = Told::new();
    let [one, two] = members(&told);
    let object = team(&told, 1);
    let all_new = |object: &Handle| is_all_new(object, relation(object, "members")).unwrap();
    assert!(!all_new(&object), "it isn't loaded");
    load_many(&object, "members", &[]);
    assert!(!all_new(&object), "it isn't changed");
    append(&object, "members", &one);
    append(&object, "members", &two);
    assert!(all_new(&object));
    assert_eq!(said(&object, "members", MEMORY), "+Member#1 +Member#2");
    remove(&object, "members", &one);
    assert_eq!(said(&object, "members", MEMORY), "+Member#2");
    remove(&object, "members", &two);
    assert_eq!(said(&object, "members", MEMORY), "");
    let fresh = new(Team::builder());
    replace(&fresh, "members", &[&two]);
    assert!(all_new(&fresh));
    assert_eq!(said(&fresh, "members", MEMORY), "+Member#2");
    expire::commit(&fresh).unwrap();
    assert!(!all_new(&fresh));
    assert_eq!(said(&fresh, "members", MEMORY), "=Member#2");
    let member = new(Member::builder());
    set(&member, "team", Some(&object));
    assert!(!is_all_new(&member, relation(&member, "team")).unwrap(), "it is no collection");
}

/// An object that stands in a list twice came or went when the first came, or the last went.
#[test]
fn a_list_that_holds_an_object_twice() {
    let told = Told::new();
    let [one, two] = members(&told);
    let object = team(&told, 1);
    load_many(&object, "members", &[&one]);
    append(&object, "members", &one);
    append(&object, "members", &two);
    append(&object, "members", &two);
    assert_eq!(said(&object, "members", MEMORY), "+Member#2 +Member#2 =Member#1 =Member#1");
    remove(&object, "members", &one);
    remove(&object, "members", &two);
    assert_eq!(said(&object, "members", MEMORY), "+Member#2 =Member#1");
}

#[test]
fn a_set_that_is_changed() {
    let told = Told::new();
    let [one, two, three] = [1, 2, 3].map(|id| told.row(Thing::builder().id(id)));
    let object = team(&told, 1);
    load_many(&object, "things", &[&one, &two]);
    append(&object, "things", &one);
    assert_eq!(said(&object, "things", MEMORY), "=Thing#1 =Thing#2", "it was in it");
    append(&object, "things", &three);
    remove(&object, "things", &two);
    assert_eq!(said(&object, "things", MEMORY), "+Thing#3 =Thing#1 -Thing#2");
    append(&object, "things", &two);
    remove(&object, "things", &three);
    assert_eq!(said(&object, "things", MEMORY), "=Thing#1 =Thing#2");
}

// ---- everything that a relationship leads to or led to ----
