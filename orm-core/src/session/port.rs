//! The session as objects, loaders and flushes see it.

use std::any::Any;
use std::rc::Rc;

use super::Inner;
use super::execute::Reading;
use super::expire::row_is_gone;
use super::n_plus_one::NPlusOne;
use crate::declare::{Cascade, Lazy, SlotId};
use crate::engine::EngineConnection;
use crate::error::{Code, Result};
use crate::flush::FlushPort;
use crate::load::{self, LoadPort};
use crate::mapper::{Mapper, Relation};
use crate::sql::Tree;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::SessionId;
use crate::state::memory::identity::IdentityMap;
use crate::state::memory::instance::Instance;
use crate::state::memory::late::Late;
use crate::state::memory::mark::Mark;
use crate::state::memory::peers::PeerList;
use crate::state::read::answer::Read;
use crate::state::read::port::{ChangeRules, SessionPort, Targets};
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;

impl SessionPort for Inner {
    fn load_expired(&self, instance: &Rc<Instance>, options: ReadOptions) -> Result<()> {
        load::expired(self, instance, options)
    }

    fn load_deferred(&self, instance: &Rc<Instance>, places: &[SlotId], options: ReadOptions) -> Result<()> {
        let is_left_out = instance.header().has(Mark::READ_BY_KEYS);
        let options = if is_left_out { options.without_autoflush() } else { options };
        if self.config.n_plus_one != NPlusOne::Off {
            self.note_columns_alone(instance, places, options)?;
        }
        load::deferred(self, instance, places, options)
    }

    fn flush_before_read(&self) -> Result<()> {
        self.autoflush()
    }

    fn load_relation(
        &self,
        instance: &Rc<Instance>,
        relation: &'static Relation,
        options: ReadOptions,
    ) -> Result<Read<Targets>> {
        let mut options = options;
        if related::is_read_by_keys(instance, relation)? {
            // What a flush would delete is there as long as there is none.
            if instance.header().has(Mark::DELETED) {
                return Err(row_is_gone(instance));
            }
            options = options.without_autoflush();
        }
        let has_row = instance.header().has_key();
        if !has_row {
            options = options.without_autoflush(); // which would give it one
        }
        let found = load::relation(self, instance, relation, options)?;
        if has_row && self.notes_reads() {
            self.note_read(instance);
        }
        Ok(found)
    }

    fn load_named(
        &self,
        relation: &'static Relation,
        objects: &[Handle],
        options: ReadOptions,
    ) -> Result<()> {
        load::named(self, relation, objects, options)
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
        self.is_member(instance)
    }

    fn save_or_update(&self, instance: &Rc<Instance>) -> Result<()> {
        self.add_cascading(instance)
    }

    fn expunge(&self, instance: &Rc<Instance>) -> Result<()> {
        self.expunge_cascading(instance)
    }

    fn change_rules(&self) -> ChangeRules {
        self.config.changes
    }

    fn changed(&self, instance: &Rc<Instance>) {
        self.hold(instance);
        // What refuses to begin by itself writes it with the next transaction.
        let _ = self.autobegin();
    }
}

impl LoadPort for Inner {
    fn connection(&self, options: ReadOptions) -> Result<Rc<EngineConnection>> {
        if options.autoflush() {
            self.autoflush()?;
        }
        self.check_settling()?;
        self.connect()
    }

    fn found_deleted(&self, instance: &Rc<Instance>) {
        self.mark_deleted(instance);
    }

    fn notes_reads(&self) -> bool {
        self.config.expires_reads && self.ledger.borrow().wrote_in_savepoint()
    }

    fn note_read(&self, instance: &Rc<Instance>) {
        self.ledger.borrow_mut().note_to_expire(instance);
    }

    fn take_unread(&self, instance: &Rc<Instance>) -> Vec<Handle> {
        let is_unread = |one: &Rc<Instance>| {
            let header = one.header();
            header.has(Mark::UNREAD) && header.has(Mark::MAPPED) && header.session() == self.id.get()
        };
        // A flush may still change rows beside those that it knows of.
        if self.flushing.get() || !is_unread(instance) {
            return Vec::new();
        }
        let notes_reads = self.notes_reads();
        let group = self.ledger.borrow_mut().take_unread(instance, notes_reads);
        let alive = group.iter().filter_map(|one| Some(Handle::new(one.upgrade()?)));
        alive.filter(|one| is_unread(one)).collect()
    }

    #[inline]
    fn asks_like_sqlalchemy(&self) -> bool {
        self.config.asks_like_sqlalchemy
    }

    fn groups(&self, mapper: &Mapper) -> bool {
        self.config.batch || self.config.n_plus_one != NPlusOne::Off || mapper.loads_in_batches()
    }

    fn loads_in_batches(&self, lazy: Lazy) -> bool {
        match lazy {
            Lazy::Batch => true,
            Lazy::Select => self.config.batch,
            _ => false,
        }
    }

    #[inline]
    fn loads_alone(
        &self,
        instance: &Rc<Instance>,
        relation: &'static Relation,
        options: ReadOptions,
    ) -> Result<()> {
        match self.config.n_plus_one {
            NPlusOne::Off => Ok(()),
            _ => self.note_loaded_alone(instance, relation, options),
        }
    }

    fn peers(&self, instance: &Rc<Instance>) -> Vec<Handle> {
        let (header, id) = (instance.header(), self.id.get());
        let list = header.peers();
        // A flush may still change rows beside those that it knows of.
        if list == PeerList::NONE || self.flushing.get() || header.session() != id {
            return Vec::new();
        }
        let mapper = header.mapper();
        // It may be remembered only to tell who is loaded alone.
        if self.config.n_plus_one != NPlusOne::Off
            && !(self.config.batch || mapper.loads_in_batches() || load::is_told_batch(instance))
        {
            return Vec::new();
        }
        let is_other = |one: &Handle| one.header().peers() == list && !Rc::ptr_eq(one, instance);
        let keys = self.identity.peers().keys(list, mapper);
        let others = keys.iter().filter_map(|key| self.identity.get(mapper, key)).filter(is_other);
        std::iter::once(Handle::to(instance)).chain(others).collect()
    }

    fn while_reading(&self, f: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        let _reading = Reading::begin(&self.cursors);
        f()
    }

    fn settled(&self, instance: &Rc<Instance>) {
        self.release(instance);
    }
}

impl FlushPort for Inner {
    fn was_deleted(&self, instance: &Rc<Instance>) -> Result<bool> {
        if !instance.header().has(Mark::EXPIRED) {
            return Ok(false);
        }
        match load::expired(self, instance, ReadOptions::DATABASE) {
            Ok(()) => Ok(false),
            Err(error) if error.code() == Code::ObjectDeleted => {
                self.mark_deleted(instance);
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    fn expression(&self, mapper: &'static Mapper, late: &Late, is_new: bool) -> Result<Tree> {
        load::expression(mapper, late, is_new)
    }

    fn reads_defaults_back(&self) -> bool {
        self.config.reads_defaults_back
    }

    fn fetch(&self, relation: &'static Relation, objects: &[Handle], options: ReadOptions) -> Result<()> {
        Inner::fetch(self, relation, objects, options)
    }

    fn cascade_delete(&self, instance: &Rc<Instance>, siblings: &[Handle]) -> Result<Vec<Handle>> {
        self.cascade_of(instance, siblings, Cascade::DELETE)
    }
}
