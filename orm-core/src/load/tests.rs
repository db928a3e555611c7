//! Row plans on values: rows that are lists, and a session that runs nothing.

use std::cell::RefCell;
use std::rc::Rc;

use super::fresh::Fresh;
use super::instance::{EntityPlan, Populate};
use super::plan::RowPlan;
use super::port::LoadPort;
use crate::declare::{ColumnDecl, Mapped, ModelDecl, SlotId, TableDecl, generates};
use crate::engine::{EngineConnection, Row};
use crate::error::{Code, Error, Result};
use crate::mapper::{ClassEntry, DefaultRegistry, Mapper, Registration, Relation};
use crate::state::change::assign;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::SessionId;
use crate::state::memory::identity::IdentityMap;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, Columns, OfRow, RowValues, Slot, SlotState, slot_of_row};
use crate::state::read::answer::Read;
use crate::state::read::port::{SessionPort, Targets};
use crate::state::read::reach::ReadOptions;
use crate::state::typed::any::AnyAttrs;
use crate::state::typed::draft::Draft;
use crate::state::typed::entry;
use crate::state::typed::obj::Live;
use crate::state::typed::tracked::Tracked;
use crate::state::typed::value_source::ValueSource;
use crate::value::{Value, ValueRef};

/// A class as the derive would map it: a generated key, a name, an age that may be missing.
struct Cat;

impl Mapped for Cat {
    const CLASS: &'static str = "Cat";
    const TABLE: &'static str = "cat";
    const DECL: ModelDecl = ModelDecl {
        class: "Cat",
        module: "tests",
        table: TableDecl {
            name: "cat",
            columns: &[
                ColumnDecl::of::<i64>("id", "id").primary_key(generates::<i64>()),
                ColumnDecl::of::<String>("name", "name"),
                ColumnDecl::of::<Option<i64>>("age", "age"),
            ],
            foreign_keys: &[],
            uniques: &[],
            indexes: &[],
            checks: &[],
        },
        relations: &[],
    };
}

impl Live for Cat {
    type Attrs = AnyAttrs;

    fn into_handle(self) -> Result<Handle> {
        self.into_draft().finish().map(|cat| crate::state::typed::obj::Obj::handle(&cat).clone())
    }

    fn from_source(_: &ValueSource<'_>) -> Result<Self> {
        Ok(Cat)
    }
}

impl Tracked for Cat {
    type Columns = CatColumns;

    fn class() -> &'static ClassEntry {
        static CLASS: ClassEntry = entry::<Cat, DefaultRegistry>();
        &CLASS
    }

    fn into_draft(self) -> Draft<Self> {
        Draft::new()
    }
}

#[derive(Default)]
struct CatColumns {
    id: Slot<i64>,
    name: Slot<String>,
    age: Slot<Option<i64>>,
}

impl Columns for CatColumns {
    fn of_row(values: RowValues<'_>) -> OfRow<Self> {
        let (id, name) = (slot_of_row(values, 0)?, slot_of_row(values, 1)?);
        Ok(CatColumns { id, name, age: slot_of_row(values, 2)? })
    }

    fn slot(&self, index: usize) -> Option<&dyn AnySlot> {
        match index {
            0 => Some(&self.id),
            1 => Some(&self.name),
            2 => Some(&self.age),
            _ => None,
        }
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn AnySlot> {
        match index {
            0 => Some(&mut self.id),
            1 => Some(&mut self.name),
            2 => Some(&mut self.age),
            _ => None,
        }
    }
}

inventory::submit! { Registration::new(Cat::class) }

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
}

fn row(id: impl Into<Option<i64>>, name: &str, age: impl Into<Option<i64>>) -> Values {
    let int = |value: Option<i64>| value.map_or(Value::Null, Value::Int);
    Values(vec![int(id.into()), Value::Text(name.to_owned()), int(age.into())])
}

/// A session that has an identity map and runs nothing.
#[derive(Default)]
struct Session {
    identity: IdentityMap,
    settled: RefCell<usize>,
}

fn nothing_runs<T>() -> Result<T> {
    Err(Error::new(Code::Internal, "nothing runs here"))
}

impl SessionPort for Session {
    fn load_expired(&self, _: &Rc<Instance>, _: ReadOptions) -> Result<()> {
        nothing_runs()
    }

    fn load_relation(&self, _: &Rc<Instance>, _: &'static Relation, _: ReadOptions) -> Result<Read<Targets>> {
        nothing_runs()
    }

    fn id(&self) -> SessionId {
        SessionId::NONE
    }

    fn identity(&self) -> &IdentityMap {
        &self.identity
    }

    fn contains(&self, _: &Rc<Instance>) -> bool {
        true
    }

    fn save_or_update(&self, _: &Rc<Instance>) -> Result<()> {
        nothing_runs()
    }

    fn expunge(&self, _: &Rc<Instance>) -> Result<()> {
        nothing_runs()
    }

    fn changed(&self, _: &Rc<Instance>) {}
}

impl LoadPort for Session {
    fn connection(&self, _: ReadOptions) -> Result<Rc<EngineConnection>> {
        nothing_runs()
    }

    fn found_deleted(&self, _: &Rc<Instance>) {}

    fn settled(&self, _: &Rc<Instance>) {
        *self.settled.borrow_mut() += 1;
    }
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
    let session = Session::default();
    let (tom, plan, mut fresh) = (row(7, "tom", 3), objects(0), Fresh::new(true));
    let first = plan.row(&session, &tom, &mut fresh)?.expect("the row has a key");
    assert_eq!(held(&first), values(&tom));
    assert_eq!(first.header().key(), Some(Key::Int(7)));
    assert!(session.identity.get(cat(), &Key::Int(7)) == Some(first.clone()));
    assert!(fresh.objects() == [first.clone()]);
    // The object is what it was when it was loaded; it was there, so nothing is loaded for it afterwards.
    let again = plan.row(&session, &row(7, "cat", None), &mut fresh)?.expect("the row has a key");
    assert!(again == first);
    assert_eq!(held(&first), values(&tom));
    assert!(fresh.objects() == [first]);
    Ok(())
}

#[test]
fn an_object_stands_where_its_plan_says() -> Result<()> {
    let session = Session::default();
    let mut both = row(1, "tom", 3);
    both.0.extend(row(2, "kit", None).0);
    let mut fresh = Fresh::new(false);
    let tom = objects(0).row(&session, &both, &mut fresh)?.expect("the row has a key");
    let kit = objects(3).row(&session, &both, &mut fresh)?.expect("the row has a key");
    assert_eq!(held(&tom), values(&row(1, "tom", 3)));
    assert_eq!(held(&kit), values(&row(2, "kit", None)));
    assert!(fresh.objects().is_empty(), "nobody asks for them");
    Ok(())
}

#[test]
fn a_row_without_a_key_is_no_object() -> Result<()> {
    let session = Session::default();
    let mut fresh = Fresh::new(true);
    assert!(objects(0).row(&session, &row(None, "tom", 3), &mut fresh)?.is_none());
    assert!(fresh.objects().is_empty());
    assert!(session.identity.all().is_empty());
    Ok(())
}

#[test]
fn a_value_of_another_kind_is_told_with_its_column() {
    let session = Session::default();
    let wrong = Values(vec![Value::Int(1), Value::Int(5), Value::Null]);
    let error = objects(0).row(&session, &wrong, &mut Fresh::new(true)).err().expect("an integer is no text");
    assert_eq!((error.code(), error.class(), error.attribute()), (Code::Value, Some("Cat"), Some("name")));
    assert!(session.identity.all().is_empty(), "half an object is none");
}

#[test]
fn what_is_expired_is_filled_and_the_rest_stays() -> Result<()> {
    let session = Session::default();
    let (plan, mut fresh) = (objects(0), Fresh::new(true));
    let tom = plan.row(&session, &row(7, "tom", 3), &mut Fresh::new(false))?.expect("the row has a key");
    tom.write(|columns| columns.at_mut(SlotId::at(1)).map(|slot| slot.reset(SlotState::Expired)))?;
    tom.header().mark(Mark::EXPIRED);
    let again = plan.row(&session, &row(7, "kit", 9), &mut fresh)?.expect("the row has a key");
    assert!(again == tom);
    assert_eq!(held(&tom), values(&row(7, "kit", 3)));
    assert!(!tom.header().has(Mark::EXPIRED));
    assert!(fresh.objects().is_empty());
    Ok(())
}

#[test]
fn a_refresh_sets_the_columns_that_it_names() -> Result<()> {
    let session = Session::default();
    let tom =
        objects(0).row(&session, &row(7, "tom", 3), &mut Fresh::new(false))?.expect("the row has a key");
    let entity = EntityPlan::new(cat(), 0);
    let refresh = |what: Populate| -> Result<RowPlan<'_>> {
        Ok(RowPlan::Refresh { entity, object: &tom, what, columns: entity.wanted(&tom, what)? })
    };
    let mut fresh = Fresh::new(true);
    // Nothing is expired.
    refresh(Populate::Expired)?.row(&session, &row(7, "kit", 9), &mut fresh)?;
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
    refresh(Populate::Expired)?.row(&session, &row(7, "kit", 9), &mut fresh)?;
    assert_eq!(held(&tom), values(&row(7, "max", 9)));
    assert_eq!(*session.settled.borrow(), 0, "it has a change");
    refresh(Populate::All)?.row(&session, &row(7, "kit", 9), &mut fresh)?;
    assert_eq!(held(&tom), values(&row(7, "kit", 9)));
    assert_eq!(*session.settled.borrow(), 1);
    assert!(fresh.objects() == [tom.clone(), tom.clone(), tom.clone()]);
    Ok(())
}
