//! Paths of relationships: which of them a plain value nests.

use std::marker::PhantomData;

use crate::declare::{RelationAt, Relationship};
use crate::error::Result;
use crate::state::typed::named::Named;
use crate::state::typed::obj::{Live, Obj};
use crate::state::typed::value_source::ValueSource;

/// A way along relationships from a class to another: made by [`then`](Relationship::then).
pub struct Path<S, U>(Vec<RelationAt>, PhantomData<fn() -> (S, U)>);

impl<S: Live, T: Live, N> Relationship<S, T, N> {
    /// The way along this relationship and then along the next one.
    pub fn then<U: Live, M>(self, next: Relationship<T, U, M>) -> Path<S, U> {
        Path(vec![self.at(), next.at()], PhantomData)
    }
}

impl<S: Live, T: Live> Path<S, T> {
    /// The same, and then along the next one.
    #[must_use]
    pub fn then<U: Live, M>(mut self, next: Relationship<T, U, M>) -> Path<S, U> {
        self.0.push(next.at());
        Path(self.0, PhantomData)
    }
}

impl<S, U> Clone for Path<S, U> {
    fn clone(&self) -> Self {
        Path(self.0.clone(), PhantomData)
    }
}

impl<S, U> std::fmt::Debug for Path<S, U> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Path").field(&self.0).finish()
    }
}

/// Which relationships a plain value of an `S` nests: a relationship, a path of them, or several: a tuple, an array or a
/// `Vec`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no way along relationships of `{S}`",
    label = "expected a relationship of `{S}`, a path of them, or a tuple of those"
)]
pub trait Paths<S> {
    /// Adds them.
    #[doc(hidden)]
    fn put(self, into: &mut Named);
}

#[diagnostic::do_not_recommend]
impl<S: Live, T: Live, N> Paths<S> for Relationship<S, T, N> {
    fn put(self, into: &mut Named) {
        into.add(&[self.at()]);
    }
}

#[diagnostic::do_not_recommend]
impl<S, U> Paths<S> for Path<S, U> {
    fn put(self, into: &mut Named) {
        into.add(&self.0);
    }
}

#[diagnostic::do_not_recommend]
impl<S, P: Paths<S>> Paths<S> for Vec<P> {
    fn put(self, into: &mut Named) {
        self.into_iter().for_each(|path| path.put(into));
    }
}

#[diagnostic::do_not_recommend]
impl<S, P: Paths<S>, const N: usize> Paths<S> for [P; N] {
    fn put(self, into: &mut Named) {
        self.into_iter().for_each(|path| path.put(into));
    }
}

#[diagnostic::do_not_recommend]
impl<S> Paths<S> for () {
    fn put(self, _: &mut Named) {}
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, $($name: Paths<S>),*> Paths<S> for ($($name,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn put(self, into: &mut Named) {
                let ($($name,)*) = self;
                $($name.put(into);)*
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}

impl<T: Live> Obj<T> {
    /// The plain value of the object with the named relationships nested in it, and nothing else, whatever is loaded: so
    /// that what a web answer holds doesn't depend on what was read before. What isn't loaded is loaded for all objects at
    /// once that a path leads to, and for those that were loaded together with this one where that is remembered (by
    /// `batch`).
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
    /// #     email: String,
    /// #     #[column(foreign_key = User::id)]
    /// #     user_id: i64,
    /// #     #[column(foreign_key = City::id)]
    /// #     city_id: i64,
    /// #     #[relationship(back_populates = "addresses")]
    /// #     user: One<User>,
    /// #     #[relationship]
    /// #     city: One<City>,
    /// # }
    /// # #[derive(Mapped)]
    /// # struct City {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// # let address = Address::builder().email("ed@example.org").city(City::builder().name("Rome"));
    /// # let user = session.add(User::builder().addresses([address]))?;
    /// # session.commit()?;
    /// let value: User = user.to_value_with(User::addresses.then(Address::city))?;
    /// let address = &value.addresses.get().unwrap()[0];
    /// assert_eq!(address.city.get().unwrap().name, "Rome");
    /// assert!(!address.user.is_loaded());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`to_value_nested`](Self::to_value_nested), and as reading the relationships.
    #[track_caller]
    pub fn to_value_with(&self, paths: impl Paths<T>) -> Result<T> {
        let mut named = Named::default();
        paths.put(&mut named);
        ValueSource::make_named(Self::handle(self), &named, T::from_source)
    }
}
