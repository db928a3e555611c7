//! Objects by their primary keys.

use super::{Inner, IntoKey, Session};
use crate::error::{Code, Error, Result};
use crate::load::{get, identity};
use crate::mapper::Mapper;
use crate::query::{Entity, OptionsFor, Select, select};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::read::answer::Read;
use crate::state::read::reach::ReadOptions;
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::{AnyObj, Obj};
use crate::value::Value;

impl Session {
    /// The object with that primary key: the one in the session, or loaded by one statement; `None` where there
    /// is no such row.
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
    /// session.flush()?;
    /// assert_eq!(session.get::<User>(1)?, Some(user));
    /// assert_eq!(session.get::<User>(7)?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The key is of the type of the key's column, or a tuple of the parts of a composite one in the order of the
    /// fields; parts may be given by reference, and `&str` for a text. [`get_any`](Self::get_any) takes a key whose
    /// type isn't known.
    ///
    /// # Errors
    /// What the database says.
    pub fn get<T: Mapped>(&self, key: impl IntoKey<T::Key>) -> Result<Option<Obj<T>>> {
        let found = self.inner.get(T::class().mapper()?, key.into_key())?;
        Ok(found.map(Obj::from_handle))
    }

    /// As [`get`](Self::get), where a missing row is an error.
    ///
    /// # Errors
    /// `no-result`, and as [`get`](Self::get).
    pub fn get_one<T: Mapped>(&self, key: impl IntoKey<T::Key>) -> Result<Obj<T>> {
        self.get(key)?
            .ok_or_else(|| Error::new(Code::NoResult, "there is no row with that key").about(T::CLASS, None))
    }

    /// As [`get`](Self::get), with options for what is loaded with the object where it has to be loaded: one that is in the
    /// session already is given as it is.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct User {
    /// #     #[column(primary_key)]
    /// #     id: i64,
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
    /// # session.add(User::builder().addresses([Address::builder()]))?;
    /// # session.commit()?;
    /// # session.expunge_all();
    /// let user = session.get_with::<User>(1, selectin(User::addresses))?;
    /// assert!(user.is_some_and(|user| user.addresses().is_loaded().is_ok_and(|is_loaded| is_loaded)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get), and as a query with the options.
    pub fn get_with<T: Mapped>(
        &self,
        key: impl IntoKey<T::Key>,
        options: impl OptionsFor<T>,
    ) -> Result<Option<Obj<T>>> {
        let mapper = T::class().mapper()?;
        let key = Key::named(mapper, key.into_key().values());
        if let Read::Known(object) = identity(&*self.inner, mapper, &key, ReadOptions::DATABASE)? {
            return Ok(Some(Obj::from_handle(object)));
        }
        self.load_with(&key, options)
    }

    /// Loads the object with that key by a query with options.
    pub(super) fn load_with<T: Mapped>(
        &self,
        key: &Key,
        options: impl OptionsFor<T>,
    ) -> Result<Option<Obj<T>>> {
        let query = of_key(select(Entity::<T>::new()).options(options), T::class().mapper()?, key)?;
        self.scalars(query)?.one_or_none()
    }

    /// As [`get`](Self::get), for a class that isn't named here, with the values of the key's columns in the order of
    /// the fields.
    ///
    /// # Errors
    /// `bad-key` where the key has another length; and as [`get`](Self::get).
    pub fn get_any(&self, mapper: &'static Mapper, key: &[Value]) -> Result<Option<AnyObj>> {
        Ok(self.inner.get(mapper, Key::new(key.to_vec()))?.map(Obj::from_handle))
    }
}

impl Inner {
    pub(super) fn get(&self, mapper: &'static Mapper, key: Key) -> Result<Option<Handle>> {
        match key {
            // The usual case, in its place.
            Key::Int(_) if mapper.integer_key().is_some() => self.find(mapper, &key),
            other => self.get_named(mapper, &other),
        }
    }

    #[inline(never)]
    fn get_named(&self, mapper: &'static Mapper, key: &Key) -> Result<Option<Handle>> {
        let (values, wanted) = (key.values(), mapper.primary_key().len());
        if values.len() != wanted {
            let message = format!("{} value(s) for a key of {wanted} column(s)", values.len());
            return Err(Error::new(Code::BadKey, message)
                .about(mapper.class(), None)
                .help("give the values of the key's columns in the order of the fields"));
        }
        self.find(mapper, &Key::named(mapper, values))
    }

    #[inline]
    fn find(&self, mapper: &'static Mapper, key: &Key) -> Result<Option<Handle>> {
        match identity(self, mapper, key, ReadOptions::DATABASE)? {
            Read::Known(object) => Ok(Some(object)),
            _ if self.hears_executions.get() => self.get_told(mapper, key),
            _ => get(self, mapper, key, ReadOptions::DATABASE),
        }
    }

    /// By a query, which listeners may narrow.
    #[cold]
    fn get_told(&self, mapper: &'static Mapper, key: &Key) -> Result<Option<Handle>> {
        let Some(session) = self.session().filter(|_| !key.has_null()) else { return Ok(None) };
        let query = of_key(select(mapper.entity()), mapper, key)?;
        Ok(session.scalars(query)?.one_or_none()?.map(|object| Obj::handle(&object).clone()))
    }
}

/// A query, narrowed to the row with a key.
fn of_key<R>(query: Select<R>, mapper: &'static Mapper, key: &Key) -> Result<Select<R>> {
    mapper.primary_key().iter().zip(key.values()).try_fold(query, |query, (column, value)| {
        Ok(query.filter(mapper.attr(mapper.column(*column).attribute())?.eq(value)))
    })
}
