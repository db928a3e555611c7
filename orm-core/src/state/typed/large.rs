//! `WriteOnlyCollection` and `DynamicCollection`: large collections as users change them. How they are read stands where
//! queries are built and run.

use std::fmt;

use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::typed::collection::Collection;
use crate::state::typed::into_obj::IntoRelated;
use crate::state::typed::obj::{Live, Obj};

/// A collection of an object that is never loaded: what the accessor of a field of type [`WriteOnly`](crate::WriteOnly)
/// gives.
///
/// It is for collections that are too large to be held. Objects are added and taken out without reading any; its items
/// are selected by a query.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// #[derive(Mapped)]
/// struct Account {
///     #[column(primary_key)]
///     id: i64,
///     #[relationship(cascade = "all, delete-orphan", passive_deletes, order_by = Transfer::id)]
///     transfers: WriteOnly<Transfer>,
/// }
///
/// #[derive(Mapped)]
/// struct Transfer {
///     #[column(primary_key)]
///     id: i64,
///     amount: i64,
///     #[column(foreign_key = Account::id, on_delete = "cascade")]
///     account_id: Option<i64>,
/// }
///
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// let session = Session::new(&engine);
/// let account = session.add(Account::builder().transfers([Transfer::builder().amount(5)]))?;
/// session.commit()?;
///
/// account.transfers().add(Transfer::builder().amount(70))?;
/// let large = account.transfers().select().filter(Transfer::amount.gt(10)).limit(20);
/// assert_eq!(session.scalars(large)?.all()?.len(), 1);
///
/// session.run(account.transfers().delete().filter(Transfer::amount.lt(10)))?;
/// assert_eq!(session.scalars(account.transfers().select())?.count()?, 1);
/// # Ok(())
/// # }
/// ```
pub struct WriteOnlyCollection<T>(Collection<T>);

/// A collection of an object that is a query: what the accessor of a field of type [`Dynamic`](crate::Dynamic) gives.
///
/// Whatever is read of it is asked of the database each time, after the changes of the session are written.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// #[derive(Mapped)]
/// struct User {
///     #[column(primary_key)]
///     id: i64,
///     #[relationship(order_by = Post::id)]
///     posts: Dynamic<Post>,
/// }
///
/// #[derive(Mapped)]
/// struct Post {
///     #[column(primary_key)]
///     id: i64,
///     title: String,
///     #[column(foreign_key = User::id)]
///     user_id: Option<i64>,
/// }
///
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// let session = Session::new(&engine);
/// let user = session.add(User::builder())?;
/// user.posts().append(Post::builder().title("one"))?;
/// user.posts().append(Post::builder().title("two"))?;
/// assert_eq!(user.posts().count()?, 2);
/// assert_eq!(user.posts().filter(Post::title.eq("two")).one()?.id()?, 2);
/// assert_eq!(user.posts().slice(1..3)?.len(), 1);
/// for post in user.posts().iter()? {
///     println!("{}", post.title()?);
/// }
/// # Ok(())
/// # }
/// ```
pub struct DynamicCollection<T>(Collection<T>);

macro_rules! large {
    ($name:ident) => {
        impl<T: Live> $name<T> {
            pub(crate) fn new(owner: Handle, relation: usize) -> Self {
                $name(Collection::new(owner, relation))
            }

            /// The collection by what all kinds have in common.
            pub(crate) fn collection(&self) -> &Collection<T> {
                &self.0
            }

            /// Adds an object. It is written at the next flush.
            ///
            /// # Errors
            /// Where a value can't be stored; `single-parent`, `other-session`.
            pub fn add(&self, item: impl IntoRelated<T>) -> Result<Obj<T>> {
                self.0.append(item)
            }

            /// Adds several objects.
            ///
            /// # Errors
            /// As [`add`](Self::add). Those before the one that fails stay.
            pub fn add_all<X: IntoRelated<T>>(&self, items: impl IntoIterator<Item = X>) -> Result<()> {
                self.0.extend(items)
            }

            /// Takes an object out. It is written at the next flush.
            ///
            /// # Errors
            /// `not-in-collection` where its foreign key is known and leads elsewhere. That another object isn't in it is
            /// found when it is written, or not at all: nothing is read here.
            pub fn remove(&self, item: &Obj<T>) -> Result<()> {
                self.0.remove(item)
            }
        }

        impl<T: Live> Clone for $name<T> {
            fn clone(&self) -> Self {
                $name(self.0.clone())
            }
        }

        impl<T: Live> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

large!(WriteOnlyCollection);
large!(DynamicCollection);

impl<T: Live> DynamicCollection<T> {
    /// As [`add`](Self::add), by the name that collections have for it.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn append(&self, item: impl IntoRelated<T>) -> Result<Obj<T>> {
        self.add(item)
    }

    /// As [`add`](Self::add), by the name that lists have for it.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn push(&self, item: impl IntoRelated<T>) -> Result<Obj<T>> {
        self.add(item)
    }

    /// As [`add_all`](Self::add_all), by the name that collections have for it.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn extend<X: IntoRelated<T>>(&self, items: impl IntoIterator<Item = X>) -> Result<()> {
        self.add_all(items)
    }
}

/// What can be walked through: no collection that is only written.
#[diagnostic::on_unimplemented(
    message = "a `WriteOnly` collection isn't loaded, so it can't be walked through",
    label = "run `.select()` of it by `session.scalars(...)`"
)]
#[doc(hidden)]
pub trait Walked {}

impl<T: Live> WriteOnlyCollection<T> {
    /// There is no such: its items are selected.
    #[doc(hidden)]
    pub fn iter(&self)
    where
        T: Walked,
    {
    }
}
