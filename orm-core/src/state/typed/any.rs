//! Objects of any class by names: for tools, and for relationships whose class is named by a string.

use crate::declare::SlotId;
use crate::declare::{Declared, ModelDecl, TableDecl};
use crate::error::{Code, Error, Result};
use crate::mapper::MappedColumn;
use crate::mapper::{Mapper, Relation};
use crate::state::change::validate::check_class;
use crate::state::change::{assign, pipeline, to_many};
use crate::state::key::Key;
use crate::state::memory::access;
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::state::read::changed::{self, ColumnChange};
use crate::state::read::history::History;
use crate::state::read::history::history;
use crate::state::read::lifecycle::ObjectState;
use crate::state::read::reach::ReadOptions;
use crate::state::read::was::{forget_change, mark_modified, modified};
use crate::state::read::{column, related};
use crate::state::typed::collection::Collection;
use crate::state::typed::mapped::create;
use crate::state::typed::nest::Nested;
use crate::state::typed::obj::Attrs;
use crate::state::typed::obj::{AnyClass, AnyObj, Live, Obj};
use crate::state::typed::value_source::ValueSource;
use crate::value::Value;

// No class by itself: an empty declaration, which no check looks into.
impl Declared for AnyClass {
    const CLASS: &'static str = "AnyClass";
    const MODULE: &'static str = "";
    const TABLE: &'static str = "";
    const DECL: ModelDecl = ModelDecl {
        class: "",
        module: "",
        table: TableDecl::named(""),
        relations: &[],
        listen: None,
        confirm_deleted_rows: true,
        synonyms: &[],
        composites: &[],
    };
}

#[diagnostic::do_not_recommend]
impl Live for AnyClass {
    type Attrs = AnyAttrs;
    type Plain = AnyClass;

    fn into_handle(self, _: &mut Nested) -> Result<Handle> {
        match self {}
    }

    fn from_source(_: &ValueSource<'_>) -> Result<Self> {
        Err(Error::new(Code::Value, "a class that is named by a string has no plain value here")
            .help("take the value of the object as its own class: `Obj::downcast`"))
    }
}

/// What a relationship of an object leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Related {
    /// Not loaded.
    NotLoaded,
    /// One object or none.
    One(Option<AnyObj>),
    /// A collection.
    Many(Vec<AnyObj>),
    /// A keyed collection: the keys and the objects, in the order in which the keys came.
    Keyed(Vec<(Key, AnyObj)>),
}

/// The attributes of an object of any class, by names.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct User {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     name: String,
/// #     #[relationship(back_populates = "user")]
/// #     addresses: Many<Address>,
/// # }
/// # #[derive(Mapped)]
/// # struct Address {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     email: String,
/// #     #[column(foreign_key = User::id)]
/// #     user_id: i64,
/// #     #[relationship(back_populates = "addresses")]
/// #     user: One<User>,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # let user = session.add(User::builder().name("ed").addresses([Address::builder().email("ed@example.org")]))?;
/// let any = Obj::any(&user);
/// any.set("name", &orm::Value::Text("Edward".into()))?;
/// for address in any.collection("addresses")?.iter()? {
///     println!("{}", address.get("email")?);
/// }
/// assert_eq!(user.name()?, "Edward");
/// # Ok(())
/// # }
/// ```
pub struct AnyAttrs(Handle);

impl Attrs for AnyAttrs {
    const OF: fn(Handle) -> Self = AnyAttrs;

    fn handle(&self) -> &Handle {
        &self.0
    }
}

impl AnyObj {
    /// A new object of a class, with nothing set.
    ///
    /// # Errors
    /// None that a user causes.
    pub fn create(mapper: &'static Mapper) -> Result<AnyObj> {
        create(mapper).map(Obj::from_handle)
    }
}

impl AnyAttrs {
    /// Its class.
    pub fn mapper(&self) -> &'static Mapper {
        self.0.header().mapper()
    }

    /// Where it stands between memory and the database.
    pub fn state(&self) -> ObjectState {
        ObjectState::of(&self.0)
    }

    /// Whether its row was deleted, and nothing has taken that back: also where it is detached since.
    pub fn was_deleted(&self) -> bool {
        self.0.header().has(Mark::DELETED)
    }

    /// The values of its primary key, once it has a row.
    pub fn key(&self) -> Option<Vec<Value>> {
        self.0.header().with_key(|key| key.map(Key::values))
    }

    /// Whether it was changed since it was loaded or flushed.
    pub fn is_modified(&self) -> bool {
        self.0.header().has(Mark::MODIFIED)
    }

    /// Has the next flush write a column, though it holds what it held: for a value that was changed within, by a type of the
    /// user's own.
    ///
    /// # Errors
    /// `unknown-attribute`; `unset` where nothing is known of the column.
    pub fn flag_modified(&self, name: &str) -> Result<()> {
        let place = self.column(name)?;
        if self.0.column_value(place)?.is_none() {
            return Err(Error::new(Code::Unset, "there is no value to be written")
                .about(self.mapper().class(), Some(name))
                .help("load it first, or set it"));
        }
        forget_change(&self.0, Attr::Column(place))?;
        modified(&self.0, Attr::Column(place), || Ok(Was::NoValue))
    }

    /// Marks the object as changed, though no attribute is: the session has it among its dirty objects, and listeners of a
    /// flush see it.
    pub fn flag_dirty(&self) {
        mark_modified(&self.0);
    }

    /// Sets a column to what its row is known to hold: that is no change, and no listener or validator is asked.
    ///
    /// # Errors
    /// `unknown-attribute`; `value` where the value doesn't fit the column's type.
    pub fn set_committed(&self, name: &str, value: &Value) -> Result<()> {
        let place = self.column(name)?;
        forget_change(&self.0, Attr::Column(place))?;
        assign::load_value(&self.0, place, value)
    }

    /// Sets a relationship to what the rows are known to say: that is no change. A reference takes one object or none.
    ///
    /// # Errors
    /// `unknown-attribute`, `wrong-class`; `bad-option` where a reference is given several objects, or the collection is
    /// never loaded.
    pub fn set_committed_related(&self, name: &str, objects: &[AnyObj]) -> Result<()> {
        let relation = self.relation(name)?;
        if relation.is_large() || !relation.is_many() && objects.len() > 1 {
            return Err(Error::new(Code::BadOption, "it doesn't hold these objects")
                .about(self.mapper().class(), Some(name))
                .help("a reference holds one object, and a large collection none in memory"));
        }
        let handles: Vec<Handle> = objects.iter().map(|one| Obj::handle(one).clone()).collect();
        handles.iter().try_for_each(|one| check_class(relation, one))?;
        if relation.is_many() {
            related::set_committed_many(&self.0, relation, &handles)
        } else {
            related::set_committed_one(&self.0, relation, handles.first())
        }
    }

    fn column(&self, name: &str) -> Result<SlotId> {
        let column = self.mapper().column_attribute(name).map(MappedColumn::slot);
        column.ok_or_else(|| self.mapper().unknown_attribute(name))
    }

    fn relation(&self, name: &str) -> Result<&'static Relation> {
        self.mapper().relation_named(name).ok_or_else(|| self.mapper().unknown_attribute(name))
    }

    /// The value of a column, loaded where it is expired; `NULL` where it was never set.
    ///
    /// # Errors
    /// `unknown-attribute`; `detached`, `object-deleted`, and what the database says.
    #[track_caller]
    pub fn get(&self, name: &str) -> Result<Value> {
        Ok(column::value(&self.0, self.column(name)?, ReadOptions::of_user())?.or_null().unwrap_or_default())
    }

    /// The value of a column, if it is known without loading.
    ///
    /// # Errors
    /// `unknown-attribute`, `busy`.
    pub fn peek(&self, name: &str) -> Result<Option<Value>> {
        self.0.column_value(self.column(name)?)
    }

    /// Whether a column waits to be loaded again.
    ///
    /// # Errors
    /// `unknown-attribute`, `busy`.
    pub fn is_expired(&self, name: &str) -> Result<bool> {
        let index = self.column(name)?;
        Ok(self.0.read(|columns| columns.at(index).map(AnySlot::state))? == Some(SlotState::Expired))
    }

    /// Sets a column.
    ///
    /// # Errors
    /// `unknown-attribute`; `value` where the value doesn't fit the column's type.
    pub fn set(&self, name: &str, value: &Value) -> Result<()> {
        assign::set_by_name(&self.0, self.column(name)?, value)
    }

    /// What a relationship leads to, without loading.
    ///
    /// # Errors
    /// `unknown-attribute`, `busy`.
    pub fn peek_related(&self, name: &str) -> Result<Related> {
        let relation = self.relation(name)?;
        if !access::is_loaded(&self.0, relation.slot())? {
            return Ok(Related::NotLoaded);
        }
        self.related(name)
    }

    /// What a relationship leads to, loaded where it isn't.
    ///
    /// # Errors
    /// `unknown-attribute`; `detached`, `raise-on-load`, and what the database says.
    #[track_caller]
    pub fn related(&self, name: &str) -> Result<Related> {
        let relation = self.relation(name)?;
        if relation.is_many() {
            let items = to_many::items(&self.0, relation)?.into_iter().map(Obj::from_handle);
            if relation.keyed_by().is_some() {
                let keys = to_many::keys(&self.0, relation)?;
                return Ok(Related::Keyed(keys.into_iter().zip(items).collect()));
            }
            return Ok(Related::Many(items.collect()));
        }
        let one = related::one(&self.0, relation, ReadOptions::of_user())?.object();
        Ok(Related::One(one.map(Obj::from_handle)))
    }

    /// Sets a to-one relationship.
    ///
    /// # Errors
    /// `unknown-attribute`, `wrong-class`, `single-parent`, `other-session`.
    pub fn relate(&self, name: &str, value: Option<&AnyObj>) -> Result<()> {
        let relation = self.relation(name)?;
        if relation.is_many() {
            return Err(Error::new(Code::UnknownAttribute, "a collection isn't set to one object")
                .about(self.mapper().class(), Some(name))
                .help("change it by `collection(...)`"));
        }
        pipeline::set(&self.0, relation, value.map(|value| &**Obj::handle(value)), None, None)
    }

    /// A collection, to be read and changed.
    ///
    /// # Errors
    /// `unknown-attribute`.
    pub fn collection(&self, name: &str) -> Result<Collection<AnyClass>> {
        let relation = self.relation(name)?;
        if !relation.is_many() {
            return Err(Error::new(Code::UnknownAttribute, "it isn't a collection")
                .about(self.mapper().class(), Some(name))
                .help("read it by `related(...)` and set it by `relate(...)`"));
        }
        Ok(Collection::new(self.0.clone(), relation.slot().index()))
    }

    /// What a column was set to since the object was clean, what it still holds and what it held before. Nothing is loaded for
    /// it.
    ///
    /// # Errors
    /// `unknown-attribute`, `busy`.
    pub fn column_history(&self, name: &str) -> Result<ColumnHistory> {
        let ColumnChange { added, unchanged, deleted } = changed::of_column(&self.0, self.column(name)?)?;
        Ok(ColumnHistory { added, unchanged, deleted })
    }

    /// What was added to a relationship since the object was clean, what stayed and what was taken away.
    /// Nothing is loaded for it.
    ///
    /// # Errors
    /// `unknown-attribute`, `busy`.
    pub fn history(&self, name: &str) -> Result<AttributeHistory> {
        let found = history(&self.0, self.relation(name)?, ReadOptions::MEMORY.with_queued())?;
        let found = found.unwrap_or_default();
        let unchanged = found.unchanged()?.to_vec();
        let History { added, deleted, .. } = found;
        let objects = |handles: Vec<Handle>| handles.into_iter().map(Obj::from_handle).collect();
        Ok(AttributeHistory {
            added: objects(added.into_iter().flatten().collect()),
            unchanged: objects(unchanged),
            deleted: objects(deleted),
        })
    }
}

/// The change of a column since its object was clean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnHistory {
    /// What it was set to, where that is something else.
    pub added: Option<Value>,
    /// What it held before and holds.
    pub unchanged: Option<Value>,
    /// What it held before, where that is known.
    pub deleted: Option<Value>,
}

/// The changes of a relationship since its object was clean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttributeHistory {
    /// What came.
    pub added: Vec<AnyObj>,
    /// What stayed.
    pub unchanged: Vec<AnyObj>,
    /// What went.
    pub deleted: Vec<AnyObj>,
}
