//! Row plans on values: rows that are lists, and a session that runs nothing.

use super::fresh::Fresh;
use super::instance::{EntityPlan, Populate};
use super::plan::RowPlan;
use crate::declare::SlotId;
use crate::engine::Row;
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::state::change::assign;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;
use crate::state::read::port::SessionPort;
use crate::state::typed::mapped::Mapped;
use crate::testing::{Cat, Told};
use crate::value::{Value, ValueRef};

/// A row of values.
struct Values(Vec<Value>);

impl Row for Values {
    fn get(&self, index: usize) -> Result<ValueRef<'_>> {
        self.0.get(index).map(Value::as_ref).ok_or_else(|| Error::new(Code::Internal, "no such column"))
    }

    fn values<'r>(&'r self, from: usize, into: &mut [ValueRef<'r>]) -> Result<()> {
        into.iter_mut()
            .enumerate()
            .try_for_each(|(at, place)| self.get(from + at).map(|value| *place = value))
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.0.get(index).map(|_| "column")
    }
}

fn row(id: impl Into<Option<i64>>, name: &str, age: impl Into<Option<i64>>) -> Values {
    let int = |value: Option<i64>| value.map_or(Value::Null, Value::Int);
    Values(vec![int(id.into()), Value::Text(name.to_owned()), int(age.into())])
}

fn wanted(_: &[ValueRef<'_>]) -> Result<bool> {
    Ok(true)
}

fn cat() -> &'static Mapper {
    Cat::class().mapper().expect("the class is mapped")
}

fn objects(offset: usize) -> RowPlan<'static> {
    RowPlan::Object(EntityPlan::new(cat(), offset))
}

/// What the columns of an object hold, and `None` for what isn't set.
fn held(object: &Handle) -> [Option<Value>; 3] {
    [0, 1, 2].map(|place| object.column_value(SlotId::at(place)).expect("nobody reads it"))
}

fn values(row: &Values) -> [Option<Value>; 3] {
    [0, 1, 2].map(|place| row.0.get(place).cloned())
}

#[test]
fn a_row_becomes_a_fresh_object_once() -> Result<()> {
    let session = Told::new();
    let (tom, plan, mut fresh) = (row(7, "tom", 3), objects(0), Fresh::new(true));
    let first = plan.row(&*session, &tom, &mut fresh, wanted)?.expect("the row has a key");
    assert_eq!(held(&first), values(&tom));
    assert_eq!(first.header().key(), Some(Key::Int(7)));
    assert!(session.identity().get(cat(), &Key::Int(7)) == Some(first.clone()));
    assert!(fresh.objects() == [first.clone()]);
    // The object is what it was when it was loaded; it was there, so nothing is loaded for it afterwards.
    let again = plan.row(&*session, &row(7, "cat", None), &mut fresh, wanted)?.expect("the row has a key");
    assert!(again == first);
    assert_eq!(held(&first), values(&tom));
    assert!(fresh.objects() == [first]);
    Ok(())
}

#[test]
fn an_object_stands_where_its_plan_says() -> Result<()> {
    let session = Told::new();
    let mut both = row(1, "tom", 3);
    both.0.extend(row(2, "kit", None).0);
    let mut fresh = Fresh::new(false);
    let tom = objects(0).row(&*session, &both, &mut fresh, wanted)?.expect("the row has a key");
    let kit = objects(3).row(&*session, &both, &mut fresh, wanted)?.expect("the row has a key");
    assert_eq!(held(&tom), values(&row(1, "tom", 3)));
    assert_eq!(held(&kit), values(&row(2, "kit", None)));
    assert!(fresh.objects().is_empty(), "nobody asks for them");
    Ok(())
}

#[test]
fn a_row_without_a_key_is_no_object() -> Result<()> {
    let session = Told::new();
    let mut fresh = Fresh::new(true);
    assert!(objects(0).row(&*session, &row(None, "tom", 3), &mut fresh, wanted)?.is_none());
    assert!(fresh.objects().is_empty());
    assert!(session.identity().all().is_empty());
    Ok(())
}

#[test]
fn a_value_of_another_kind_is_told_with_its_column() {
    let session = Told::new();
    let wrong = Values(vec![Value::Int(1), Value::Int(5), Value::Null]);
    let error = objects(0)
        .row(&*session, &wrong, &mut Fresh::new(true), wanted)
        .err()
        .expect("an integer is no text");
    assert_eq!((error.code(), error.class(), error.attribute()), (Code::Value, Some("Cat"), Some("name")));
    assert!(session.identity().all().is_empty(), "half an object is none");
}

#[test]
fn what_is_expired_is_filled_and_the_rest_stays() -> Result<()> {
    let session = Told::new();
    let (plan, mut fresh) = (objects(0), Fresh::new(true));
    let tom =
        plan.row(&*session, &row(7, "tom", 3), &mut Fresh::new(false), wanted)?.expect("the row has a key");
    tom.write(|columns| columns.at_mut(SlotId::at(1)).map(|slot| slot.reset(SlotState::Expired)))?;
    tom.header().mark(Mark::EXPIRED);
    let again = plan.row(&*session, &row(7, "kit", 9), &mut fresh, wanted)?.expect("the row has a key");
    assert!(again == tom);
    assert_eq!(held(&tom), values(&row(7, "kit", 3)));
    assert!(!tom.header().has(Mark::EXPIRED));
    assert!(fresh.objects().is_empty());
    Ok(())
}

#[test]
fn a_refresh_sets_the_columns_that_it_names() -> Result<()> {
    let session = Told::new();
    let tom = objects(0)
        .row(&*session, &row(7, "tom", 3), &mut Fresh::new(false), wanted)?
        .expect("the row has a key");
    let entity = EntityPlan::new(cat(), 0);
    let refresh = |what: Populate| -> Result<RowPlan<'_>> {
        let columns = entity.wanted(&tom, what)?;
        Ok(RowPlan::Refresh { entity: entity.clone(), object: &tom, what, columns })
    };
    let mut fresh = Fresh::new(true);
    // Nothing is expired.
    refresh(Populate::Expired)?.row(&*session, &row(7, "kit", 9), &mut fresh, wanted)?;
    assert_eq!(held(&tom), values(&row(7, "tom", 3)));
    // What was changed since stays changed, though it was expired before.
    tom.write(|columns| {
        for place in [1, 2] {
            if let Some(slot) = columns.at_mut(SlotId::at(place)) {
                slot.reset(SlotState::Expired);
            }
        }
    })?;
    assign::set_value(&tom, SlotId::at(1), &Value::Text("max".to_owned()))?;
    refresh(Populate::Expired)?.row(&*session, &row(7, "kit", 9), &mut fresh, wanted)?;
    assert_eq!(held(&tom), values(&row(7, "max", 9)));
    assert_eq!(session.settled(), 0, "it has a change");
    refresh(Populate::All)?.row(&*session, &row(7, "kit", 9), &mut fresh, wanted)?;
    assert_eq!(held(&tom), values(&row(7, "kit", 9)));
    assert_eq!(session.settled(), 1);
    assert!(fresh.objects() == [tom.clone(), tom.clone(), tom.clone()]);
    Ok(())
}
