//! `NPlusOne`: what is said where a relationship or a deferred column is loaded one by one for objects that were loaded
//! together.

use std::rc::Rc;

use super::Inner;
use super::loaded_alone::{Alone, TIMES};
use crate::declare::SlotId;
use crate::error::{Code, Error, Result};
use crate::mapper::{MappedColumn, Mapper, Relation};
use crate::state::memory::instance::Instance;
use crate::state::memory::peers::PeerList;
use crate::state::read::reach::ReadOptions;

/// What a session does where a relationship or a deferred column is loaded one by one for objects that were loaded
/// together: N + 1 statements, where an option of the query would have made it two, or one.
///
/// It counts where a transaction loads the same relationship, or the same deferred column or group of them, for ten objects
/// that were loaded by one statement, each by a statement of its own. What is said names the line that read the tenth, and
/// the option. Objects that were themselves loaded one by one don't count, since no option of a query would load for them
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
/// assert!(error.to_string().contains("one by one at "));
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
    /// It warns by `tracing`, once in its life for each relationship and column, with the target `orm::load`.
    Warn,
    /// The read that would load for the tenth of the objects is an error of the code `n-plus-one`, and so are those for
    /// further ones. For tests.
    Error,
}

/// What is told of: what it is of, and how it is loaded for all at once.
struct Told {
    class: &'static str,
    attribute: Option<&'static str>,
    /// The group of columns that is loaded, where it is one.
    group: Option<&'static str>,
    option: String,
}

impl Inner {
    /// Counts that a relationship of an object is loaded by a statement of its own, and tells of it where it is too often.
    pub(super) fn note_loaded_alone(
        &self,
        instance: &Rc<Instance>,
        relation: &'static Relation,
        options: ReadOptions,
    ) -> Result<()> {
        if options.ignores_raise() || options.is_committed() || options.is_of_replaced() {
            return Ok(());
        }
        self.note_alone(instance, Alone::Relation(relation.id()), options, || of_relation(relation))
    }

    /// The same of columns that were left out when the object was loaded.
    pub(super) fn note_columns_alone(
        &self,
        instance: &Rc<Instance>,
        places: &[SlotId],
        options: ReadOptions,
    ) -> Result<()> {
        let Some(first) = places.first().filter(|_| options.asked_at().is_some()) else { return Ok(()) };
        let mapper = instance.header().mapper();
        self.note_alone(instance, Alone::Columns(mapper.id(), *first), options, || of_columns(mapper, places))
    }

    fn note_alone(
        &self,
        instance: &Rc<Instance>,
        what: Alone,
        options: ReadOptions,
        told: impl FnOnce() -> Told,
    ) -> Result<()> {
        let header = instance.header();
        let list = header.peers();
        if self.flushing.get() || list == PeerList::NONE || header.session() != self.id.get() {
            return Ok(());
        }
        let Some(key) = header.key() else { return Ok(()) };
        let together = || self.identity.peers().keys(list, header.mapper());
        let together = self.loaded_alone.borrow_mut().note((list, what), key, together);
        match (together, self.config.n_plus_one) {
            (Some(together), NPlusOne::Error) => Err(told().error(together, options)),
            (Some(together), _) => {
                self.loaded_alone.borrow_mut().warned(what);
                told().warn(together, options);
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }
}

fn of_relation(relation: &Relation) -> Told {
    let (class, name) = (relation.class(), relation.name());
    let option = format!(
        "`.options(selectin({class}::{name}))`, or when it is first read, by `batch({class}::{name})`"
    );
    Told { class, attribute: Some(name), group: None, option }
}

/// How many columns are named in the option that loads them; more are all of the class.
const NAMED: usize = 4;

fn of_columns(mapper: &'static Mapper, places: &[SlotId]) -> Told {
    let class = mapper.class();
    let columns: Vec<&MappedColumn> = places.iter().filter_map(|place| mapper.column_in(*place)).collect();
    let group_of = |column: &MappedColumn| column.deferred().and_then(|deferred| deferred.group);
    let first = columns.first().copied();
    let group = first.and_then(group_of);
    let group = group.filter(|_| columns.iter().all(|column| group_of(column) == group));
    let names: Vec<String> =
        columns.iter().map(|column| format!("{class}::{}", column.attribute())).collect();
    let option = match (group, names.as_slice()) {
        (Some(group), _) => format!("undefer_group(\"{group}\")"),
        (None, [name]) => format!("undefer({name})"),
        (None, names) if names.len() <= NAMED => format!("undefer(({}))", names.join(", ")),
        (None, _) => "undefer_all()".to_owned(),
    };
    Told {
        class,
        attribute: first.map(MappedColumn::attribute),
        group,
        option: format!("`.options({option})`"),
    }
}

impl Told {
    fn help(&self) -> String {
        format!("load it with the query, by {}", self.option)
    }

    fn message(&self, together: usize, options: ReadOptions) -> String {
        let what = self.group.map_or_else(|| "it".to_owned(), |group| format!("its group `{group}`"));
        // What a user reads has a line; what else loads for a user is a collection that is replaced as a whole.
        let at = match (options.asked_at(), self.attribute) {
            (Some(at), _) => format!(" at {}:{}", at.file(), at.line()),
            (None, Some(attribute)) => format!(" by `set_{attribute}`"),
            (None, None) => String::new(),
        };
        format!(
            "{what} is loaded one by one{at}, for {TIMES} of {together} objects that were loaded together"
        )
    }

    #[cold]
    fn error(&self, together: usize, options: ReadOptions) -> Error {
        Error::new(Code::NPlusOne, self.message(together, options))
            .about(self.class, self.attribute)
            .help(self.help())
    }

    #[cold]
    fn warn(&self, together: usize, options: ReadOptions) {
        tracing::warn!(
            target: "orm::load",
            class = self.class,
            attribute = self.attribute,
            help = self.help(),
            "{}",
            self.message(together, options),
        );
    }
}
