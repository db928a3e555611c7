//! Classes for the unit tests, their objects as rows would make them, and a session that answers what it is told.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use orm_derive::Mapped;

use crate::engine::EngineConnection;
use crate::error::{Code, Error, Result};
use crate::load::LoadPort;
use crate::mapper::{Mapper, Relation};
use crate::state::change::expire;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::SessionId;
use crate::state::memory::identity::IdentityMap;
use crate::state::memory::instance::Instance;
use crate::state::read::answer::Read;
use crate::state::read::port::{self, ChangeRules, SessionPort, Targets};
use crate::state::read::reach::ReadOptions;
use crate::state::{IntoObj, Key, Live, Many, ManySet, Obj, One};

// What derived code names.
pub(crate) use crate::private as __private;
pub(crate) use crate::query::Entity;

crate::registry!(
    /// These classes.
    pub(crate) Zoo
);

/// It has collections of both kinds.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo, crate = crate::testing)]
pub(crate) struct Team {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    #[relationship(back_populates = "team")]
    pub(crate) members: Many<Member>,
    #[relationship(back_populates = "team")]
    pub(crate) things: ManySet<Thing>,
}

/// It has an object on each side of a foreign key.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo, crate = crate::testing)]
pub(crate) struct Member {
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(foreign_key = Team::id)]
    pub(crate) team_id: Option<i64>,
    #[relationship(back_populates = "members")]
    pub(crate) team: Option<One<Team>>,
    #[relationship(back_populates = "member")]
    pub(crate) badge: Option<One<Badge>>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Zoo, crate = crate::testing)]
pub(crate) struct Thing {
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(foreign_key = Team::id)]
    pub(crate) team_id: Option<i64>,
    #[relationship(back_populates = "things")]
    pub(crate) team: Option<One<Team>>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Zoo, crate = crate::testing)]
pub(crate) struct Badge {
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(foreign_key = Member::id)]
    pub(crate) member_id: Option<i64>,
    #[relationship(back_populates = "badge")]
    pub(crate) member: Option<One<Member>>,
}

/// Its key has several values.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo, crate = crate::testing)]
pub(crate) struct Word {
    #[column(primary_key)]
    pub(crate) language: String,
    #[column(primary_key)]
    pub(crate) text: String,
}

/// It is in no relationship.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo, crate = crate::testing)]
pub(crate) struct Cat {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) age: Option<i64>,
}

/// A new object.
pub(crate) fn new<T: Live>(object: impl IntoObj<T>) -> Handle {
    Obj::handle(&object.into_obj().unwrap()).clone()
}

/// A relationship of an object.
pub(crate) fn relation(object: &Handle, name: &str) -> &'static Relation {
    object.header().mapper().relation_named(name).unwrap()
}

/// An object as a row makes it: with a key, and clean. In no session.
pub(crate) fn row<T: Live>(object: impl IntoObj<T>) -> Handle {
    let object = new(object);
    let keys = object.header().mapper().key_slots().iter();
    let values = keys.map(|slot| object.column_value(*slot).unwrap().unwrap()).collect();
    object.header().set_key(Some(Key::new(values)));
    expire::commit(&object).unwrap();
    object
}

/// A session that answers what it is told, once each, and knows nothing else.
pub(crate) struct Told {
    id: Cell<SessionId>,
    identity: Rc<IdentityMap>,
    answers: RefCell<VecDeque<Read<Targets>>>,
    asked: Cell<Option<ReadOptions>>,
    settled: Cell<usize>,
}

impl Told {
    pub(crate) fn new() -> Rc<Self> {
        let told = Rc::new(Told {
            id: Cell::new(SessionId::NONE),
            identity: Rc::default(),
            answers: RefCell::default(),
            asked: Cell::new(None),
            settled: Cell::new(0),
        });
        let port: Rc<dyn SessionPort> = Rc::<Told>::clone(&told);
        told.id.set(port::register(Rc::downgrade(&port), Rc::clone(&told.identity)));
        told
    }

    /// A row's object in the session.
    pub(crate) fn row<T: Live>(&self, object: impl IntoObj<T>) -> Handle {
        let object = row(object);
        object.header().set_session(self.id.get());
        object
    }

    /// The next answer.
    pub(crate) fn answer(&self, answer: Read<Targets>) {
        self.answers.borrow_mut().push_back(answer);
    }

    /// How far it was to go when it was last asked for a relationship.
    pub(crate) fn asked(&self) -> Option<ReadOptions> {
        self.asked.get()
    }

    /// How often an object turned out to be what the database holds.
    pub(crate) fn settled(&self) -> usize {
        self.settled.get()
    }

    /// How many answers nobody has asked for.
    pub(crate) fn unasked(&self) -> usize {
        self.answers.borrow().len()
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        port::unregister(self.id.get());
    }
}

impl SessionPort for Told {
    fn change_rules(&self) -> ChangeRules {
        ChangeRules::USUAL
    }

    fn load_deferred(&self, _: &Rc<Instance>, _: &[crate::declare::SlotId], _: ReadOptions) -> Result<()> {
        Ok(())
    }

    fn load_expired(&self, _: &Rc<Instance>, _: ReadOptions) -> Result<()> {
        Ok(())
    }

    fn flush_before_read(&self) -> Result<()> {
        Ok(())
    }

    fn load_relation(
        &self,
        _: &Rc<Instance>,
        _: &'static Relation,
        options: ReadOptions,
    ) -> Result<Read<Targets>> {
        self.asked.set(Some(options));
        // What no statement may load isn't known.
        let answer = options.runs_sql().then(|| self.answers.borrow_mut().pop_front()).flatten();
        Ok(answer.unwrap_or(Read::Unknown))
    }

    fn load_named(&self, _: &'static Relation, _: &[Handle], options: ReadOptions) -> Result<()> {
        self.asked.set(Some(options));
        Ok(())
    }

    fn id(&self) -> SessionId {
        self.id.get()
    }

    fn into_any(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }

    fn identity(&self) -> &IdentityMap {
        &self.identity
    }

    fn contains(&self, instance: &Rc<Instance>) -> bool {
        instance.header().session() == self.id.get()
    }

    fn save_or_update(&self, instance: &Rc<Instance>) -> Result<()> {
        instance.header().set_session(self.id.get());
        Ok(())
    }

    fn expunge(&self, instance: &Rc<Instance>) -> Result<()> {
        instance.header().set_session(SessionId::NONE);
        Ok(())
    }

    fn changed(&self, _: &Rc<Instance>) {}
}

impl LoadPort for Told {
    fn connection(&self, _: ReadOptions) -> Result<Rc<EngineConnection>> {
        Err(Error::new(Code::Internal, "no statement runs here"))
    }

    fn found_deleted(&self, _: &Rc<Instance>) {}

    fn notes_reads(&self) -> bool {
        false
    }

    fn note_read(&self, _: &Rc<Instance>) {}

    fn take_unread(&self, _: &Rc<Instance>) -> Vec<Handle> {
        Vec::new()
    }

    fn asks_like_sqlalchemy(&self) -> bool {
        false
    }

    fn groups(&self, _: &Mapper) -> bool {
        false
    }

    fn loads_in_batches(&self, _: crate::declare::Lazy) -> bool {
        false
    }

    fn loads_alone(&self, _: &Rc<Instance>, _: &'static Relation, _: ReadOptions) -> Result<()> {
        Ok(())
    }

    fn peers(&self, _: &Rc<Instance>) -> Vec<Handle> {
        Vec::new()
    }

    fn while_reading(&self, f: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        f()
    }

    fn settled(&self, _: &Rc<Instance>) {
        self.settled.set(self.settled.get() + 1);
    }
}
