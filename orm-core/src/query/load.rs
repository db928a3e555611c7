//! `Load`: the strategies of relationships along a path, as options of a query.

use std::marker::PhantomData;

use super::leaf::{ClassRef, RelationRef};
use super::operand::Condition;
use super::option::{How, LoadOption, RelationOption, What};
use super::options_for::{OptionsFor, SameClass};
use super::relation_op::IsLoaded;
use crate::declare::{AliasId, InnerJoin, Lazy, Relationship};
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::Live;

/// How relationships are loaded along a path, from `S` to `U`: made by [`selectin`], [`joined`] and their like.
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
/// # session.add(User::builder().name("ed").addresses([Address::builder().email("ed@example.org")]))?;
/// # session.commit()?;
/// let query = select(User).options(selectin(User::addresses).options(load_only(Address::email)));
/// for user in session.scalars(query)?.all()? {
///     assert_eq!(user.addresses().len()?, 1); // runs no statement
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "an option does nothing until a query has it"]
pub struct Load<S, U> {
    steps: Vec<RelationOption>,
    then: Vec<LoadOption>,
    alias: AliasId,
    path: PhantomData<fn() -> (S, U)>,
}

impl<S, U> Load<S, U> {
    fn step<W, N>(mut self, relation: Relationship<U, W, N>, how: How) -> Load<S, W>
    where
        U: Mapped,
        W: Live,
    {
        let then = std::mem::take(&mut self.then);
        let mut steps = self.steps;
        if let Some(last) = steps.last_mut() {
            last.then.extend(then);
        }
        steps.push(step(relation, how));
        Load { steps, then: Vec::new(), alias: self.alias, path: PhantomData }
    }

    fn last(&mut self, change: impl FnOnce(&mut RelationOption)) {
        if let Some(last) = self.steps.last_mut() {
            change(last);
        }
    }

    /// Options for the objects that the last relationship of the path leads to.
    pub fn options(mut self, options: impl OptionsFor<U>) -> Self {
        options.put(&mut self.then);
        self
    }

    /// A joined load leaves out objects that the last relationship leads to nothing from. What hangs on an outer join stays
    /// within it: only what that leads to is left out.
    pub fn inner(mut self) -> Self {
        self.last(|step| step.inner = Some(InnerJoin::Nested));
        self
    }

    /// As [`inner`](Self::inner), but what hangs on an outer join is joined by an outer one too, and leaves out nothing.
    pub fn inner_unnested(mut self) -> Self {
        self.last(|step| step.inner = Some(InnerJoin::Unnested));
        self
    }

    /// A joined load keeps objects that the last relationship leads to nothing from, though it is declared with `innerjoin`.
    pub fn outer(mut self) -> Self {
        self.last(|step| step.inner = Some(InnerJoin::No));
        self
    }

    /// Follows the last relationship so many times, where it leads from a class to itself.
    pub fn depth(mut self, times: u16) -> Self
    where
        S: SameClass<U>,
    {
        self.last(|step| step.depth = Some(times));
        self
    }

    /// Loads only the related objects that meet a condition. The collection then lacks the others, as long as it isn't
    /// expired or refreshed without the option.
    pub fn and(mut self, condition: impl Condition) -> Self {
        let condition = condition.condition();
        self.last(|step| {
            step.add_criteria(condition);
        });
        self
    }

    /// The options of the path, from its beginning.
    pub(super) fn erase(self, class: ClassRef, into: &mut Vec<LoadOption>) {
        let mut then = self.then;
        let mut steps = self.steps;
        while let Some(mut step) = steps.pop() {
            step.then.append(&mut then);
            let class = step.relation.class();
            then = vec![LoadOption {
                class: Some(class),
                alias: AliasId::NONE,
                what: What::Relation(Box::new(step)),
            }];
        }
        if let Some(first) = then.first_mut() {
            first.class = Some(class);
            first.alias = self.alias;
        }
        into.append(&mut then);
    }
}

fn step<S: Mapped, T: Live, N>(relation: Relationship<S, T, N>, how: How) -> RelationOption {
    RelationOption {
        relation: RelationRef::of(relation),
        how,
        inner: None,
        depth: None,
        criteria: None,
        to: relation.to_alias(),
        then: Vec::new(),
    }
}

/// Makes the function that begins a path, and the method that goes on along it. One at a time, so that a message of the
/// compiler shows no more of the others.
macro_rules! strategy {
    ($(#[$doc:meta])* $name:ident $how:expr) => {
        $(#[$doc])*
        pub fn $name<S: Mapped, T: Live, N: IsLoaded>(relation: Relationship<S, T, N>) -> Load<S, T> {
            let alias = relation.from_alias();
            Load { steps: vec![step(relation, $how)], then: Vec::new(), alias, path: PhantomData }
        }

        impl<S, U: Mapped> Load<S, U> {
            $(#[$doc])*
            ///
            /// Here of the objects that the path led to so far.
            pub fn $name<T: Live, N: IsLoaded>(self, relation: Relationship<U, T, N>) -> Load<S, T> {
                self.step(relation, $how)
            }
        }
    };
}

strategy! {
    /// Loads it when it is first read.
    lazy How::By(Lazy::Select)
}

strategy! {
    /// Loads it right after its objects, as if each were read then.
    immediate How::By(Lazy::Immediate)
}

strategy! {
    /// Loads it in the statement of its objects, by an outer join.
    joined How::By(Lazy::Joined)
}

strategy! {
    /// Loads it for all its objects by one further statement for 500 of them.
    selectin How::By(Lazy::SelectIn)
}

strategy! {
    /// Loads it for all its objects by one further statement.
    subquery How::By(Lazy::Subquery)
}

strategy! {
    /// Loads it when it is first read of one object, then for all that were loaded with that.
    batch How::By(Lazy::Batch)
}

strategy! {
    /// Makes it an error to read it where it isn't loaded.
    raise How::By(Lazy::Raise)
}

strategy! {
    /// Makes it an error to read it where that takes a statement.
    raise_on_sql How::By(Lazy::RaiseOnSql)
}

strategy! {
    /// Leaves it empty.
    noload How::By(Lazy::NoLoad)
}

strategy! {
    /// Fills it with what the query joins along it: with fewer objects where the query has conditions on them.
    contains_eager How::FromQuery
}

strategy! {
    /// Loads it as it is said of all relationships, or declared: a step on the way to what is said of its objects.
    default_load How::AsDeclared
}

/// How each relationship is loaded that no other option speaks of.
#[derive(Clone, Copy, Debug)]
#[must_use = "an option does nothing until a query has it"]
pub struct AllRelationships(pub(super) Lazy);

/// The strategy of each relationship that no other option speaks of: `all(Lazy::Raise)`.
///
/// ```
/// let option = orm_core::all(orm_core::Lazy::Raise);
/// ```
pub fn all(strategy: Lazy) -> AllRelationships {
    AllRelationships(strategy)
}
