//! Histories on values: of columns, of relationships to one object, of collections.

mod to_many;

use std::rc::Rc;

use super::{all_pending, history, is_all_new, newly_set, pending};
use crate::declare::SlotId;
use crate::error::Code;
use crate::state::change::{assign, expire, pipeline};
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::handle::Handle;
use crate::state::memory::items::At;
use crate::state::read::answer::Read;
use crate::state::read::column::committed_value;
use crate::state::read::port::Targets;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related::{self, set_committed_many, set_committed_one};
use crate::testing::{Badge, Member, Team, Thing, Told, new, relation, row};
use crate::value::Value;

const MEMORY: ReadOptions = ReadOptions::MEMORY;
const QUEUED: ReadOptions = ReadOptions::MEMORY.with_queued();
const DATABASE: ReadOptions = ReadOptions::DATABASE;

/// The history of a relationship: what came has a `+`, what stayed a `=`, what went a `-`.
fn said(object: &Handle, name: &str, options: ReadOptions) -> String {
    let Some(history) = history(object, relation(object, name), options).unwrap() else {
        return "unknown".to_owned();
    };
    let label = |mark: &str, one: Option<&Handle>| {
        format!("{mark}{}", one.map_or("none".to_owned(), |one| one.header().label()))
    };
    let unchanged = history.unchanged().unwrap();
    let said: Vec<String> = (history.added.iter().map(|one| label("+", one.as_ref())))
        .chain(unchanged.iter().map(|one| label("=", Some(one))))
        .chain(history.deleted.iter().map(|one| label("-", Some(one))))
        .collect();
    assert_eq!(history.is_empty(), said.is_empty());
    said.join(" ")
}

/// What a flush asks of a to-one relationship instead.
fn said_set(object: &Handle, name: &str) -> String {
    match newly_set(object, relation(object, name)).unwrap() {
        Read::Unset => "same".to_owned(),
        Read::Known(one) => format!("set {}", one.map_or("none".to_owned(), |one| one.header().label())),
        Read::Unknown => "ask".to_owned(),
    }
}

fn set(object: &Handle, name: &str, value: Option<&Handle>) {
    pipeline::set(object, relation(object, name), value.map(|value| &**value), None, None).unwrap();
}

fn append(object: &Handle, name: &str, item: &Handle) {
    // As the reverse side does it: what isn't loaded stays so.
    let options = ReadOptions::IDENTITY_MAP;
    pipeline::append(object, relation(object, name), item, At::End, None, options).unwrap();
}

fn remove(object: &Handle, name: &str, item: &Handle) {
    pipeline::remove(object, relation(object, name), item, None, ReadOptions::IDENTITY_MAP).unwrap();
}

fn replace(object: &Handle, name: &str, items: &[&Handle]) {
    let items: Vec<Handle> = items.iter().map(|item| (*item).clone()).collect();
    pipeline::replace(object, relation(object, name), &items, DATABASE).unwrap();
}

fn load_one(object: &Handle, name: &str, one: Option<&Handle>) {
    set_committed_one(object, relation(object, name), one).unwrap();
}

fn load_many(object: &Handle, name: &str, items: &[&Handle]) {
    let items: Vec<Handle> = items.iter().map(|item| (*item).clone()).collect();
    set_committed_many(object, relation(object, name), &items).unwrap();
}

fn team(told: &Told, id: i64) -> Handle {
    told.row(Team::builder().id(id))
}

fn members<const N: usize>(told: &Told) -> [Handle; N] {
    std::array::from_fn(|at| told.row(Member::builder().id(at as i64 + 1)))
}

// ---- columns ----

/// What a column was before it was first changed, and what it is in the database.
fn column_was(object: &Handle, place: SlotId) -> (String, Option<Value>) {
    let was =
        with_changes(object, |changes| match changes.and_then(|changes| changes.was(Attr::Column(place))) {
            None => "unchanged".to_owned(),
            Some(Was::Value(value)) => format!("was {value}"),
            Some(Was::NoValue) => "had no value".to_owned(),
            Some(_) => "another kind".to_owned(),
        });
    (was.unwrap(), committed_value(object, place, MEMORY).unwrap().or_null())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn a_column_remembers_what_it_was_first() {
    let object = row(Team::builder().id(1).name("a"));
    let name = Team::name.slot();
    let said = |text: &str, value: Value| (text.to_owned(), Some(value));
    assert_eq!(column_was(&object, name), said("unchanged", text("a")));
    for new in ["b", "c", "a"] {
        assign::set(&object, Team::name, new.to_owned()).unwrap();
        assert_eq!(column_was(&object, name), said("was 'a'", text("a")));
        assert_eq!(object.column_value(name).unwrap(), Some(text(new)));
    }
    assert_eq!(column_was(&object, Team::id.slot()), said("unchanged", Value::Int(1)));
    expire::commit(&object).unwrap();
    assert_eq!(column_was(&object, name), said("unchanged", text("a")));
}

#[test]
fn a_column_without_a_value_remembers_that() {
    let object = row(Member::builder().id(1));
    let place = Member::team_id.slot();
    assert_eq!(column_was(&object, place), ("unchanged".to_owned(), Some(Value::Null)));
    assign::set(&object, Member::team_id, Some(7)).unwrap();
    assert_eq!(column_was(&object, place), ("had no value".to_owned(), Some(Value::Null)));
    assign::clear(&object, place).unwrap();
    assert_eq!(column_was(&object, place), ("had no value".to_owned(), Some(Value::Null)));
    // An expired one has none either, and isn't loaded for it.
    expire::all(&object).unwrap();
    assert_eq!(column_was(&object, place), ("unchanged".to_owned(), None));
    assign::set(&object, Member::team_id, Some(8)).unwrap();
    assert_eq!(column_was(&object, place), ("had no value".to_owned(), Some(Value::Null)));
}

#[test]
fn a_column_of_a_new_object_remembers_nothing() {
    let object = new(Team::builder().name("a"));
    assign::set(&object, Team::name, "b".to_owned()).unwrap();
    assert_eq!(column_was(&object, Team::name.slot()), ("unchanged".to_owned(), Some(text("b"))));
}

// ---- relationships to one object ----

#[test]
fn to_one_that_is_not_loaded() {
    let told = Told::new();
    let object = told.row(Member::builder().id(1));
    assert_eq!(said(&object, "team", MEMORY), "unknown");
    assert_eq!(said_set(&object, "team"), "same");
    told.answer(Read::Known(Targets::One(Some(team(&told, 1)))));
    assert_eq!(said(&object, "team", DATABASE), "=Team#1");
    assert_eq!(said(&object, "team", MEMORY), "=Team#1", "it is loaded now");
    let other = told.row(Member::builder().id(2));
    told.answer(Read::Known(Targets::One(None)));
    assert_eq!(said(&other, "team", DATABASE), "");
    // One that has no row has nothing to load.
    let new = new(Member::builder());
    assert_eq!((said(&new, "team", MEMORY), said(&new, "team", DATABASE)), ("unknown".into(), String::new()));
    assert_eq!(said_set(&new, "team"), "same");
}

#[test]
fn to_one_that_is_set() {
    let told = Told::new();
    let (one, two) = (team(&told, 1), team(&told, 2));
    let loaded = |id: i64, from: Option<&Handle>| {
        let object = told.row(Member::builder().id(id));
        load_one(&object, "team", from);
        object
    };
    let object = loaded(1, Some(&one));
    assert_eq!((said(&object, "team", MEMORY), said_set(&object, "team")), ("=Team#1".into(), "same".into()));
    set(&object, "team", Some(&two));
    assert_eq!(said(&object, "team", MEMORY), "+Team#2 -Team#1");
    assert_eq!(said_set(&object, "team"), "set Team#2");
    set(&object, "team", None);
    assert_eq!(said(&object, "team", MEMORY), "+none -Team#1");
    assert_eq!(said_set(&object, "team"), "set none");
    // Set and set back: nothing happened.
    set(&object, "team", Some(&one));
    assert_eq!((said(&object, "team", MEMORY), said_set(&object, "team")), ("=Team#1".into(), "same".into()));
    set(&object, "team", Some(&two));
    expire::commit(&object).unwrap();
    assert_eq!((said(&object, "team", MEMORY), said_set(&object, "team")), ("=Team#2".into(), "same".into()));
    let object = loaded(2, None);
    assert_eq!((said(&object, "team", MEMORY), said_set(&object, "team")), (String::new(), "same".into()));
    set(&object, "team", Some(&one));
    assert_eq!(said(&object, "team", MEMORY), "+Team#1");
    set(&object, "team", None);
    assert_eq!((said(&object, "team", MEMORY), said_set(&object, "team")), (String::new(), "same".into()));
}

/// What it led to isn't loaded for it, so that nothing went.
#[test]
fn to_one_that_is_set_before_it_is_loaded() {
    let told = Told::new();
    let (one, two) = (team(&told, 1), team(&told, 2));
    let object = told.row(Member::builder().id(1).team_id(1));
    set(&object, "team", Some(&two));
    told.answer(Read::Known(Targets::One(Some(one))));
    assert_eq!(said(&object, "team", DATABASE), "+Team#2");
    assert_eq!(said_set(&object, "team"), "set Team#2");
    set(&object, "team", None);
    assert_eq!(
        (said(&object, "team", DATABASE), said_set(&object, "team")),
        ("+none".into(), "set none".into())
    );
    assert_eq!(told.unasked(), 1, "nobody asked");
}

/// Without a foreign key of its own the object can't tell what it led to: a flush asks.
#[test]
fn to_one_without_a_key_that_is_set_before_it_is_loaded() {
    let told = Told::new();
    let [one, two] = [1, 2].map(|id| told.row(Badge::builder().id(id)));
    let object = told.row(Member::builder().id(1));
    set(&object, "badge", Some(&two));
    assert_eq!(said_set(&object, "badge"), "ask");
    told.answer(Read::Known(Targets::One(Some(one))));
    assert_eq!(said(&object, "badge", MEMORY), "+Badge#2 -Badge#1");
    let asked = DATABASE.without_autoflush().committed().ignoring_raise().of_replaced();
    assert_eq!(told.asked(), Some(asked));
    // It led to this one all the time.
    told.answer(Read::Known(Targets::One(Some(two.clone()))));
    assert_eq!(said(&object, "badge", MEMORY), "=Badge#2");
    told.answer(Read::Known(Targets::One(None)));
    assert_eq!(said(&object, "badge", MEMORY), "+Badge#2");
    told.answer(Read::Unknown);
    assert_eq!(said(&object, "badge", MEMORY), "+Badge#2");
    set(&object, "badge", None);
    assert_eq!(said_set(&object, "badge"), "ask");
    told.answer(Read::Known(Targets::One(None)));
    assert_eq!(said(&object, "badge", MEMORY), "");
    told.answer(Read::Unknown);
    assert_eq!(said(&object, "badge", MEMORY), "+none", "it may have led to something");
    assert_eq!(told.unasked(), 0);
}

#[test]
fn to_one_of_a_new_object() {
    let one = new(Team::builder());
    let object = new(Member::builder());
    set(&object, "team", None);
    assert_eq!(
        (said(&object, "team", MEMORY), said_set(&object, "team")),
        ("+none".into(), "set none".into())
    );
    set(&object, "team", Some(&one));
    assert_eq!(said(&object, "team", MEMORY), "+Team(new)");
    assert_eq!(said_set(&object, "team"), "set Team(new)");
}

/// The object lost its value by expiring after it was set: what was there stays gone.
#[test]
fn to_one_that_was_taken_away() {
    let told = Told::new();
    let (one, two) = (team(&told, 1), team(&told, 2));
    let object = told.row(Member::builder().id(1));
    load_one(&object, "team", Some(&one));
    set(&object, "team", Some(&two));
    related::put(&object, relation(&object, "team").slot(), super::Loaded::No).unwrap();
    told.answer(Read::Known(Targets::One(Some(two))));
    assert_eq!(said(&object, "team", DATABASE.without_default()), "-Team#1");
    assert_eq!(said_set(&object, "team"), "ask");
    assert_eq!(told.unasked(), 1, "it isn't loaded again");
    let object = told.row(Member::builder().id(2));
    load_one(&object, "team", None);
    set(&object, "team", Some(&one));
    related::put(&object, relation(&object, "team").slot(), super::Loaded::No).unwrap();
    assert_eq!(said(&object, "team", DATABASE.without_default()), "+none");
}

// ---- collections ----

fn labels(objects: &[Handle]) -> Vec<String> {
    objects.iter().map(|one| one.header().label()).collect()
}

#[test]
fn what_came_and_stayed_and_went_is_pending() {
    let told = Told::new();
    let [one, two, three] = members(&told);
    let object = team(&told, 1);
    let all = |object: &Handle, name: &str| labels(&all_pending(object, relation(object, name)).unwrap());
    assert_eq!(all(&object, "members"), [""; 0], "it isn't loaded");
    load_many(&object, "members", &[&one, &two]);
    assert_eq!(all(&object, "members"), ["Member#1", "Member#2"]);
    append(&object, "members", &three);
    remove(&object, "members", &one);
    assert_eq!(all(&object, "members"), ["Member#3", "Member#2", "Member#1"]);
    let but_two = |one: &Rc<_>| !Rc::ptr_eq(one, &two);
    let wanted = pending(&object, relation(&object, "members"), but_two).unwrap();
    assert_eq!(labels(&wanted), ["Member#3", "Member#1"]);
    expire::commit(&object).unwrap();
    let wanted = pending(&object, relation(&object, "members"), but_two).unwrap();
    assert_eq!(labels(&wanted), ["Member#3"]);
}

#[test]
fn what_a_to_one_leads_to_and_led_to_is_pending() {
    let told = Told::new();
    let (one, two) = (team(&told, 1), team(&told, 2));
    let object = told.row(Member::builder().id(1));
    let all = |object: &Handle| labels(&all_pending(object, relation(object, "team")).unwrap());
    let wanted = |object: &Handle| labels(&pending(object, relation(object, "team"), |_| true).unwrap());
    assert_eq!((all(&object), wanted(&object)), (Vec::new(), Vec::new()));
    load_one(&object, "team", Some(&one));
    assert_eq!((all(&object), wanted(&object)), (vec!["Team#1".to_owned()], vec!["Team#1".to_owned()]));
    set(&object, "team", Some(&two));
    assert_eq!(all(&object), ["Team#2", "Team#1"]);
    assert_eq!(wanted(&object), ["Team#2", "Team#1"]);
    set(&object, "team", None);
    assert_eq!(all(&object), ["Team#1"]);
    set(&object, "team", Some(&one));
    assert_eq!(all(&object), ["Team#1"], "set back: once");
}
