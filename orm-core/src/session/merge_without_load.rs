//! Merging what is known to be what the database holds, as a cache has it: nothing is loaded, and nothing counts as changed.

use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::merge::keep_options;
use super::{Inner, Session};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::state::change::hooks::{Place, fire_one};
use crate::state::change::{expire, to_many};
use crate::state::memory::access::is_loaded;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;
use crate::state::typed::mapped::create;
use crate::state::typed::obj::{Live, Obj};

/// What each given object became.
type Became = HashMap<usize, Handle, FxBuildHasher>;

impl Session {
    /// As [`merge`](Self::merge), without asking the database: what the given object holds, and everything that it leads to by
    /// `merge`, counts as what the rows hold. So it serves objects of a cache, of another session that is about to end, or
    /// of a test. What a session's object with the same key was changed to is lost, as with
    /// [`refresh`](Self::refresh); what the given object doesn't know is loaded when it is read.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct Ware {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let cache = Session::new(&engine);
    /// # cache.add(Ware::builder().id(7).name("nail"))?;
    /// # cache.commit()?;
    /// let kept = cache.get_one::<Ware>(7)?;
    /// kept.name()?;
    /// let session = Session::new(&engine);
    /// let (ware, statements) = session.count_statements(|session| session.merge_without_load(&kept));
    /// assert_eq!((ware?.name()?.as_str(), statements), ("nail", 0));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `wrong-state` where the given object, or one that it leads to, has no row or was changed since: nothing is merged
    /// then. `busy`.
    pub fn merge_without_load<T: Live>(&self, given: &Obj<T>) -> Result<Obj<T>> {
        let merged = self.inner.merge_without_load(Obj::handle(given));
        self.inner.tell_done();
        merged.map(Obj::from_handle)
    }
}

impl Inner {
    fn merge_without_load(&self, given: &Handle) -> Result<Handle> {
        let mut all = vec![given.clone()];
        all.extend(self.cascade(given, Cascade::MERGE)?);
        all.iter().try_for_each(check_clean)?;
        let mut became = Became::default();
        for one in &all {
            became.insert(address(one), self.counterpart(one)?);
        }
        for one in &all {
            if let Some(merged) = became.get(&address(one)).filter(|merged| !Rc::ptr_eq(one, merged)) {
                self.copy_all(one, merged, &became)?;
            }
        }
        became.remove(&address(given)).ok_or_else(|| Error::new(Code::Internal, "what is merged has gone"))
    }

    /// The object of the session for a given one, without its state.
    fn counterpart(&self, given: &Handle) -> Result<Handle> {
        let header = given.header();
        let Some(key) = header.key() else { return Err(refuse(given, "has no row")) };
        if let Some(known) = self.identity.get(header.mapper(), &key) {
            return Ok(known);
        }
        let made = create(header.mapper())?;
        made.header().set_key(Some(key));
        self.attach_persistent(&made)?;
        Ok(made)
    }

    fn copy_all(&self, given: &Handle, merged: &Handle, became: &Became) -> Result<()> {
        let (header, mapper) = (merged.header(), merged.header().mapper());
        if header.has(Mark::MODIFIED) || given.header().has(Mark::EXPIRED) {
            self.expire_one(merged)?;
        }
        keep_options(given, merged);
        given.read(|source| {
            merged.write(|columns| {
                for column in mapper.columns() {
                    let Some((slot, of)) = columns.at_mut(column.slot()).zip(source.at(column.slot())) else {
                        continue;
                    };
                    match (of.state(), slot.state()) {
                        (SlotState::Set | SlotState::Null, _) => slot.copy_from(of),
                        (_, SlotState::Set | SlotState::Null) => {}
                        (SlotState::Unset, _) => slot.reset(SlotState::unloaded(column)),
                        (state @ (SlotState::Expired | SlotState::Deferred), _) => slot.reset(state),
                    }
                }
            })
        })??;
        for relation in mapper.relations() {
            if !relation.cascade().has(Cascade::MERGE)
                || relation.is_large()
                || !is_loaded(given, relation.slot())?
            {
                continue;
            }
            let of = |one: &Handle| became.get(&address(one)).cloned();
            if relation.is_many() {
                let items: Vec<Handle> = to_many::in_slot(given, relation)?.iter().filter_map(of).collect();
                related::set_committed_many(merged, relation, &items)?;
            } else {
                let one = related::one(given, relation, ReadOptions::MEMORY)?.object();
                related::set_committed_one(merged, relation, one.as_ref().and_then(of).as_ref())?;
            }
        }
        let is_expired = header.has(Mark::EXPIRED) && given.header().has(Mark::EXPIRED);
        expire::commit(merged)?;
        if is_expired {
            header.mark(Mark::EXPIRED);
        }
        self.release(merged);
        if mapper.is_heard() { fire_one(Place::Loaded, merged) } else { Ok(()) }
    }
}

/// Refuses an object whose state isn't that of a row.
fn check_clean(given: &Handle) -> Result<()> {
    let header = given.header();
    if !header.has_key() {
        return Err(refuse(given, "has no row"));
    }
    if header.has(Mark::MODIFIED) { Err(refuse(given, "was changed since it was loaded")) } else { Ok(()) }
}

#[cold]
fn refuse(given: &Rc<Instance>, why: &str) -> Error {
    let header = given.header();
    Error::new(Code::WrongState, format!("{} {why}, so it isn't what the database holds", header.label()))
        .about(header.mapper().class(), None)
        .help("flush first, or use `merge`, which loads and compares")
}
