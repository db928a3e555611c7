//! Merging: the state of an object, wherever it comes from, on the object of the session.

use crate::declare::SlotId;
use std::rc::Rc;

use hashbrown::{HashMap, HashSet};
use rustc_hash::FxBuildHasher;

use super::merge_onto::{As, copy_column, relate, related};
use super::{Inner, Session};
use crate::error::{Code, Error, Result};
use crate::flush::key_of;
use crate::mapper::{Mapper, Relation, RelationId};
use crate::query::{OptionOf, OptionsFor};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::read::answer::Read;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::state::typed::into_obj::IntoObj;
use crate::state::typed::mapped::{Mapped, create};
use crate::state::typed::obj::{Live, Obj};

#[derive(Default)]
struct Merge<'a> {
    /// What each given object became.
    done: HashMap<usize, Handle, FxBuildHasher>,
    /// By which relationship an object was reached, so that merging doesn't follow its reverse side.
    reached: HashSet<(usize, RelationId), FxBuildHasher>,
    /// Objects by their keys, so that two given ones of the same key become one.
    keyed: HashMap<(usize, Key), Handle, FxBuildHasher>,
    /// How objects of a class are loaded, where options say it.
    loads: Option<(&'static Mapper, &'a LoadByKey<'a>)>,
}

impl Merge<'_> {
    /// Whether an object was reached by the reverse side of a relationship.
    fn came_by(&self, given: &Handle, relation: &Relation) -> bool {
        relation.inverse().is_some_and(|inverse| self.reached.contains(&(address(given), inverse.id())))
    }
}

/// Loads the object with a key, if there is one.
type LoadByKey<'a> = dyn Fn(&Key) -> Result<Option<Handle>> + 'a;

impl Session {
    /// Copies the state of an object, and of everything that it leads to by `merge`, onto the objects of this
    /// session with the same keys, which are loaded or made; gives the one of the session. The given object, which may
    /// also be made of a value or a builder, stays as it is.
    ///
    /// # Errors
    /// Whatever loading and setting says, and where a value can't be stored.
    pub fn merge<T: Live>(&self, given: impl IntoObj<T>) -> Result<Obj<T>> {
        let given = given.into_related()?;
        self.inner.autoflush()?;
        let merged = self.no_autoflush(|session| session.inner.merge(&given, &mut Merge::default()))?;
        Ok(Obj::from_handle(merged))
    }

    /// Merges several objects of a class, as [`merge`](Self::merge) does with one: two with the same key become one.
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
    /// # let session = Session::new(&engine);
    /// let wares = session.merge_all([(7, "nail"), (8, "nut")].map(|(id, name)| Ware::builder().id(id).name(name)))?;
    /// assert_eq!(wares[1].name()?, "nut");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`merge`](Self::merge). What was merged before the one that fails stays.
    pub fn merge_all<T: Live, X: IntoObj<T>>(
        &self,
        given: impl IntoIterator<Item = X>,
    ) -> Result<Vec<Obj<T>>> {
        let given = given.into_iter().map(IntoObj::into_related).collect::<Result<Vec<_>>>()?;
        self.inner.autoflush()?;
        let mut merge = Merge::default();
        self.no_autoflush(|session| {
            let one = |one| session.inner.merge(one, &mut merge).map(Obj::from_handle);
            given.iter().map(one).collect()
        })
    }

    /// As [`merge`](Self::merge), where the objects of that class that aren't in the session are loaded with options.
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
    /// #     #[column(foreign_key = User::id)]
    /// #     user_id: i64,
    /// #     #[relationship(back_populates = "addresses")]
    /// #     user: One<User>,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// # session.add(User::builder().name("ed").addresses([Address::builder()]))?;
    /// # session.commit()?;
    /// # session.expunge_all();
    /// let user = session.merge_with(User::builder().id(1).name("edna"), selectin(User::addresses))?;
    /// assert!(user.addresses().is_loaded()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`merge`](Self::merge), and as a query with the options.
    pub fn merge_with<T: Mapped>(
        &self,
        given: impl IntoObj<T>,
        options: impl OptionsFor<T>,
    ) -> Result<Obj<T>> {
        let given = given.into_related()?;
        let merged = self.merge_loading(std::slice::from_ref(&given), OptionOf::<T>::new(options))?;
        merged.into_iter().next().ok_or_else(|| Error::new(Code::Internal, "nothing was merged"))
    }

    /// As [`merge_all`](Self::merge_all), with options as [`merge_with`](Self::merge_with) has them.
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
    /// #     #[column(foreign_key = User::id)]
    /// #     user_id: i64,
    /// #     #[relationship(back_populates = "addresses")]
    /// #     user: One<User>,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// # session.add_all(["ed", "jo"].map(|name| User::builder().name(name).addresses([Address::builder()])))?;
    /// # session.commit()?;
    /// # session.expunge_all();
    /// let given = [(1, "edna"), (2, "joan")].map(|(id, name)| User::builder().id(id).name(name));
    /// let users = session.merge_all_with(given, selectin(User::addresses))?;
    /// assert!(users[1].addresses().is_loaded()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As `merge_all`, and as a query with the options.
    pub fn merge_all_with<T: Mapped, X: IntoObj<T>>(
        &self,
        given: impl IntoIterator<Item = X>,
        options: impl OptionsFor<T>,
    ) -> Result<Vec<Obj<T>>> {
        let given = given.into_iter().map(IntoObj::into_related).collect::<Result<Vec<_>>>()?;
        self.merge_loading(&given, OptionOf::<T>::new(options))
    }

    /// Merges objects, of which those that aren't in the session are loaded with options.
    fn merge_loading<T: Mapped>(&self, given: &[Handle], options: OptionOf<T>) -> Result<Vec<Obj<T>>> {
        let load = |key: &Key| {
            let loaded = self.load_with(key, options.clone())?;
            Ok(loaded.map(|object: Obj<T>| Obj::handle(&object).clone()))
        };
        let mut merge = Merge { loads: Some((T::class().mapper()?, &load)), ..Merge::default() };
        self.inner.autoflush()?;
        self.no_autoflush(|session| {
            let one = |one| session.inner.merge(one, &mut merge).map(Obj::from_handle);
            given.iter().map(one).collect()
        })
    }
}

/// A place in the walk over what is merged: depth first, without recursion, since a chain may be long.
enum Frame {
    /// The relationships of a given object that are still to be copied, and whether its columns are copied already.
    Relations { given: Handle, merged: Handle, at: usize, columns: bool },
    /// The objects of one of them: those to be merged, and what the others became.
    Objects {
        merged: Handle,
        relation: &'static Relation,
        left: std::vec::IntoIter<Handle>,
        done: Vec<Handle>,
        /// How they are related.
        as_: As,
    },
}

impl Inner {
    fn merge(&self, given: &Handle, merge: &mut Merge<'_>) -> Result<Handle> {
        let mut stack = Vec::new();
        let merged = self.enter(given, merge, &mut stack)?;
        while let Some(frame) = stack.last_mut() {
            match frame {
                Frame::Relations { given, merged, at, columns } => {
                    let (given, merged) = (given.clone(), merged.clone());
                    let relation = given.header().mapper().relations().get(*at);
                    // Columns come behind the relationships that the class declares: where one can't be copied, they stay as
                    // they were. What is added comes behind them: a row that is loaded for them has it loaded too.
                    if !*columns && relation.is_none_or(Relation::is_added) {
                        *columns = true;
                        for column in given.header().mapper().columns() {
                            copy_column(&given, &merged, column.slot())?;
                        }
                    }
                    *at += 1;
                    match relation {
                        None => _ = stack.pop(),
                        Some(relation) => {
                            if !merge.came_by(&given, relation)
                                && let Some((objects, as_)) = related(&given, &merged, relation)?
                            {
                                let (left, done) = (objects.into_iter(), Vec::new());
                                stack.push(Frame::Objects { merged, relation, left, done, as_ });
                            }
                        }
                    }
                }
                Frame::Objects { merged, relation, left, done, as_ } => match left.next() {
                    Some(one) => {
                        merge.reached.insert((address(&one), relation.id()));
                        let at = stack.len() - 1;
                        let became = self.enter(&one, merge, &mut stack)?;
                        if let Some(Frame::Objects { done, .. }) = stack.get_mut(at) {
                            done.push(became);
                        }
                    }
                    None => {
                        relate(merged, relation, done, *as_)?;
                        stack.pop();
                    }
                },
            }
        }
        Ok(merged)
    }

    /// Compares versions. SQLAlchemy leaves that where the object of the session is expired, and then takes the given version
    /// for a new one.
    fn check_version(&self, given: &Rc<Instance>, merged: &Rc<Instance>) -> Result<()> {
        let is_known = self.config.rules.loads_versions && merged.header().has_key();
        let options = if is_known { ReadOptions::DATABASE.ignoring_raise() } else { ReadOptions::MEMORY };
        check_version(given, merged, options)
    }

    /// The object of the session for a given one; what it leads to and its columns are copied next.
    fn enter(&self, given: &Handle, merge: &mut Merge<'_>, stack: &mut Vec<Frame>) -> Result<Handle> {
        if let Some(done) = merge.done.get(&address(given)) {
            return Ok(done.clone());
        }
        let mapper = given.header().mapper();
        let key = match given.header().key() {
            Some(key) => Some(key),
            None => {
                if given.header().has(Mark::NEW) && given.header().session() == self.id.get() {
                    warn_of_pending(given);
                }
                // What was expired before the object lost its row can't be loaded: that is an error here.
                for place in mapper.key_slots() {
                    column::value(given, *place, ReadOptions::DATABASE.without_default())?;
                }
                key_of(given)?
            }
        };
        let known = match &key {
            Some(key) => match self.identity.get(mapper, key) {
                Some(known) => Some(known),
                None => match merge.keyed.get(&(mapper.id().index(), key.clone())) {
                    Some(known) => Some(known.clone()),
                    None => match merge.loads.filter(|(class, _)| class.id() == mapper.id()) {
                        Some((_, load)) => load(key)?,
                        None => self.get(mapper, key.clone())?,
                    },
                },
            },
            None => None,
        };
        let merged = match known {
            Some(known) => known,
            None => {
                let made = create(mapper)?;
                self.add_cascading(&made)?;
                made
            }
        };
        merge.done.insert(address(given), merged.clone());
        if let Some(key) = key {
            merge.keyed.insert((mapper.id().index(), key), merged.clone());
        }
        if !Rc::ptr_eq(given, &merged) {
            self.check_version(given, &merged)?;
            keep_options(given, &merged);
            let (given, merged) = (given.clone(), merged.clone());
            stack.push(Frame::Relations { given, merged, at: 0, columns: false });
        }
        Ok(merged)
    }
}

/// Tells that a new object of the session is merged: another one is made of it.
fn warn_of_pending(given: &Rc<Instance>) {
    tracing::warn!(target: "orm::session", given = %given.header().label(), "a new object of the session is merged into it");
}

/// A given object that knows another version than its row has is stale.
fn check_version(given: &Rc<Instance>, merged: &Rc<Instance>, options: ReadOptions) -> Result<()> {
    let Some(version) = given.header().mapper().version() else { return Ok(()) };
    let Some(its) = given.column_value(version.slot)? else { return Ok(()) };
    match column::value(merged, version.slot, options)? {
        Read::Known(known) if known != its => Err(stale(given, version.slot)),
        _ => Ok(()),
    }
}

#[cold]
fn stale(given: &Rc<Instance>, version: SlotId) -> Error {
    let mapper = given.header().mapper();
    Error::new(Code::StaleData, "what is merged has another version than its row")
        .about(mapper.class(), mapper.attribute_in(version))
        .help("somebody else changed the row: load it, and merge what you want of it, or leave the version unset")
}

/// The options that the given object was loaded by are those of the other one too.
pub(super) fn keep_options(given: &Rc<Instance>, merged: &Rc<Instance>) {
    let options = given.header().rare().and_then(|rare| rare.loaded_by());
    match (options, merged.header().rare()) {
        (None, None) => {}
        (options, _) => merged.header().rare_or_new().load_by(options),
    }
}
