//! `Execution`: a statement of the user's that is about to run, as listeners see it and narrow it.

use std::fmt;

use crate::error::{Code, Error, Result};
use crate::query::change::{ChangeParts, Verb};
use crate::query::option::ClassCriteria;
use crate::query::parts::{Item, QueryParts, Source};
use crate::query::{Condition, Entity, OptionsFor};
use crate::state::typed::mapped::Mapped;

/// What a statement does that is about to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExecutionKind {
    /// It reads rows: a query, or `get`.
    Query,
    /// It writes new rows.
    Insert,
    /// It changes rows.
    Update,
    /// It deletes rows.
    Delete,
}

/// A statement that is about to run, which a listener is told of:
/// [`SessionEvents::before_execute`](crate::SessionEvents::before_execute).
///
/// ```standalone_crate
/// use orm::prelude::*;
/// use orm::SessionEvents;
///
/// #[derive(Mapped)]
/// struct Task {
///     #[column(primary_key)]
///     id: i64,
///     tenant: i64,
/// }
///
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// let session = Session::new(&engine);
/// session.add_all([1, 2].map(|tenant| Task::builder().tenant(tenant)))?;
/// session.commit()?;
/// session.listen(SessionEvents::new().before_execute(|_, execution| {
///     execution.with_criteria(Task, Task::tenant.eq(2));
///     Ok(())
/// }));
/// assert_eq!(session.scalars(select(Task))?.all()?.len(), 1);
/// # Ok(())
/// # }
/// ```
pub struct Execution<'s> {
    kind: ExecutionKind,
    class: Option<&'static str>,
    /// The query, or what a statement that writes rows gives back: both hold criteria.
    parts: &'s mut QueryParts,
}

impl<'s> Execution<'s> {
    pub(super) fn of_query(parts: &'s mut QueryParts) -> Self {
        Execution { kind: ExecutionKind::Query, class: class_of(parts), parts }
    }

    pub(super) fn of_change(change: &'s mut ChangeParts) -> Self {
        let kind = match change.verb {
            Verb::Insert => ExecutionKind::Insert,
            Verb::Update => ExecutionKind::Update,
            Verb::Delete => ExecutionKind::Delete,
        };
        Execution { kind, class: Some(change.class.name()), parts: &mut change.returning }
    }

    /// What it does.
    pub fn kind(&self) -> ExecutionKind {
        self.kind
    }

    /// The class whose rows it writes, or that the first object of a row has; none where a query gives values first.
    pub fn class(&self) -> Option<&'static str> {
        self.class
    }

    /// A condition on every row of a class, as [`Select::with_criteria`](crate::Select::with_criteria) has it: in the statement,
    /// in what is loaded with its objects, and in what is loaded of them later. Where the statement doesn't read the class it
    /// says nothing.
    pub fn with_criteria<E: Mapped>(&mut self, class: Entity<E>, condition: impl Condition) -> &mut Self {
        let _ = class;
        self.parts.add_criteria(ClassCriteria::of(E::class, condition.condition(), false));
        self
    }

    /// As [`with_criteria`](Self::with_criteria), also where the class goes by the name of an alias.
    pub fn with_criteria_of_aliases<E: Mapped>(
        &mut self,
        class: Entity<E>,
        condition: impl Condition,
    ) -> &mut Self {
        let _ = class;
        self.parts.add_criteria(ClassCriteria::of(E::class, condition.condition(), true));
        self
    }

    /// How what belongs to its objects of a class is loaded. They come after those that the query has, and where they speak of
    /// the same are the last word.
    ///
    /// # Errors
    /// `bad-option` where it writes rows.
    pub fn options<E: Mapped>(&mut self, options: impl OptionsFor<E>) -> Result<&mut Self> {
        if self.kind != ExecutionKind::Query {
            let error =
                Error::new(Code::BadOption, "a statement that writes rows is given options of loading");
            let error = self.class.into_iter().fold(error, |error, class| error.about(class, None));
            return Err(error.help("give them where `kind()` is `ExecutionKind::Query`"));
        }
        options.put(&mut self.parts.options);
        Ok(self)
    }
}

/// The class of the first item of a query.
pub(super) fn class_of(query: &QueryParts) -> Option<&'static str> {
    match query.items.first() {
        Some(Item::Entity(Source::Class(class, _) | Source::Entity(class, ..), _)) => Some(class.name()),
        _ => None,
    }
}

impl fmt::Debug for Execution<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution")
            .field("kind", &self.kind)
            .field("class", &self.class)
            .finish_non_exhaustive()
    }
}
