//! Objects by their primary keys.

use super::{Inner, Session};
use crate::error::{Code, Error, Result};
use crate::load::{by_key, identity};
use crate::mapper::Mapper;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::read::answer::Read;
use crate::state::read::reach::ReadOptions;
use crate::state::typed::obj::{AnyObj, Obj};
use crate::state::typed::tracked::Tracked;
use crate::value::{Typed, Value};

/// What a primary key is given as: a value, or a tuple of the values of a composite key in the order of the
/// fields.
pub trait IntoKey {
    /// The values.
    fn into_values(self) -> Vec<Value>;

    /// The key, and how many values it has.
    fn into_key(self) -> (Key, usize)
    where
        Self: Sized,
    {
        let values = self.into_values();
        let count = values.len();
        (Key::new(values), count)
    }
}

impl<V: Typed> IntoKey for V {
    fn into_values(self) -> Vec<Value> {
        vec![self.to_value()]
    }

    fn into_key(self) -> (Key, usize) {
        let key = match self.to_value() {
            Value::Int(id) => Key::Int(id), // without a list: the usual case
            other => Key::new(vec![other]),
        };
        (key, 1)
    }
}

impl IntoKey for &str {
    fn into_values(self) -> Vec<Value> {
        vec![Value::Text(self.to_owned())]
    }
}

macro_rules! tuples {
    ($(($($name:ident),+))*) => {$(
        impl<$($name: IntoKey),+> IntoKey for ($($name,)+) {
            #[allow(non_snake_case, reason = "the names of the types serve as those of the values")]
            fn into_values(self) -> Vec<Value> {
                let ($($name,)+) = self;
                let mut values = Vec::new();
                $(values.extend($name.into_values());)+
                values
            }
        }
    )*};
}

tuples! { (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) }

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
    /// # Errors
    /// `bad-key` where the key has another length; and what the database says.
    pub fn get<T: Tracked>(&self, key: impl IntoKey) -> Result<Option<Obj<T>>> {
        let found = self.inner.get(T::class().mapper()?, key.into_key())?;
        Ok(found.map(Obj::from_handle))
    }

    /// As [`get`](Self::get), where a missing row is an error.
    ///
    /// # Errors
    /// `no-result`, and as [`get`](Self::get).
    pub fn get_one<T: Tracked>(&self, key: impl IntoKey) -> Result<Obj<T>> {
        self.get(key)?
            .ok_or_else(|| Error::new(Code::NoResult, "there is no row with that key").about(T::CLASS, None))
    }

    /// As [`get`](Self::get), for a class that isn't named here.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn get_any(&self, mapper: &'static Mapper, key: &[Value]) -> Result<Option<AnyObj>> {
        Ok(self.inner.get(mapper, (Key::new(key.to_vec()), key.len()))?.map(Obj::from_handle))
    }
}

impl Inner {
    pub(super) fn get(&self, mapper: &'static Mapper, (key, count): (Key, usize)) -> Result<Option<Handle>> {
        let wanted = mapper.primary_key().len();
        if count != wanted {
            return Err(Error::new(
                Code::BadKey,
                format!("{} value(s) for a key of {wanted} column(s)", count),
            )
            .about(mapper.class(), None)
            .help("give a tuple of the key's columns in the order of the fields"));
        }

        match key {
            // The usual case, in its place.
            Key::Int(_) if mapper.integer_key().is_some() => self.find(mapper, &key),
            other => self.get_named(mapper, &other),
        }
    }

    #[inline(never)]
    fn get_named(&self, mapper: &'static Mapper, key: &Key) -> Result<Option<Handle>> {
        self.find(mapper, &Key::named(mapper, key.values()))
    }

    #[inline]
    fn find(&self, mapper: &'static Mapper, key: &Key) -> Result<Option<Handle>> {
        match identity(self, mapper, key, ReadOptions::DATABASE)? {
            Read::Known(object) => Ok(Some(object)),
            _ => by_key(self, mapper, key, ReadOptions::DATABASE),
        }
    }
}
