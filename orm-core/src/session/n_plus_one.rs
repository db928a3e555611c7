//! `NPlusOne`: what is said where a relationship is loaded one by one for objects that were loaded together.

use std::rc::Rc;

use super::Inner;
use super::loaded_alone::TIMES;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::memory::instance::Instance;
use crate::state::memory::peers::PeerList;
use crate::state::read::reach::ReadOptions;

/// What a session does where a relationship is loaded one by one for objects that were loaded together: N + 1
/// statements, where an option of the query would have made it two.
///
/// It counts where a transaction loads the same relationship for ten objects that were loaded by one statement, each by a
/// statement of its own. Objects that were themselves loaded one by one don't count, since no option of a query would load for them
/// together; nor does what a flush or a cascade reads.
///
/// The statements are the same as without it. It is remembered which objects were loaded together, 8 bytes an object, and
/// rows that are lent one by one are read 500 at a time.
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
/// # let filling = Session::new(&engine);
/// # filling.add_all((0..20).map(|number| User::builder().name(number.to_string())))?;
/// # filling.commit()?;
/// use orm::{Code, NPlusOne, SessionConfig};
///
/// let config = SessionConfig::default().n_plus_one(NPlusOne::Error);
/// let session = Session::with_config(&engine, config);
/// let count = |users: Vec<Obj<User>>| users.iter().map(|user| user.addresses().len()).sum::<orm::Result<usize>>();
///
/// let error = count(session.scalars(select(User))?.all()?).unwrap_err();
/// assert_eq!((error.code(), error.attribute()), (Code::NPlusOne, Some("addresses")));
///
/// let query = select(User).options(selectin(User::addresses));
/// assert_eq!(count(session.scalars(query)?.all()?)?, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NPlusOne {
    /// Nothing.
    #[default]
    Off,
    /// It warns by `tracing`, once in its life for each relationship, with the target `orm::load`.
    Warn,
    /// The read that would load for the tenth of the objects is an error of the code `n-plus-one`, and so are those for
    /// further ones. For tests.
    Error,
}

impl Inner {
    /// Counts that a relationship of an object is loaded by a statement of its own, and tells of it where it is too often.
    pub(super) fn note_loaded_alone(
        &self,
        instance: &Rc<Instance>,
        relation: &'static Relation,
        options: ReadOptions,
    ) -> Result<()> {
        let header = instance.header();
        let list = header.peers();
        let is_of_library = options.ignores_raise()
            || options.is_committed()
            || options.is_of_replaced()
            || self.flushing.get();
        if is_of_library || list == PeerList::NONE || header.session() != self.id.get() {
            return Ok(());
        }
        let Some(key) = header.key() else { return Ok(()) };
        let together = || self.identity.peers().keys(list, header.mapper());
        let told = self.loaded_alone.borrow_mut().note((list, relation.id()), key, together);
        match (told, self.config.n_plus_one) {
            (Some(together), NPlusOne::Error) => Err(error(relation, together)),
            (Some(together), _) => {
                self.loaded_alone.borrow_mut().warned(relation.id());
                warn(relation, together);
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }
}

/// How it is loaded for all at once.
fn help(relation: &Relation) -> String {
    let (class, name) = (relation.class(), relation.name());
    format!(
        "load it with the query, by `.options(selectin({class}::{name}))`, or when it is first read, by \
         `batch({class}::{name})`"
    )
}

fn message(together: usize) -> String {
    format!("it is loaded one by one, for {TIMES} of {together} objects that were loaded together")
}

#[cold]
fn error(relation: &Relation, together: usize) -> Error {
    Error::new(Code::NPlusOne, message(together))
        .about(relation.class(), Some(relation.name()))
        .help(help(relation))
}

#[cold]
fn warn(relation: &Relation, together: usize) {
    tracing::warn!(
        target: "orm::load",
        class = relation.class(),
        attribute = relation.name(),
        help = help(relation),
        "{}",
        message(together),
    );
}
