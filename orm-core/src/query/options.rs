//! Options for loading: how what a relationship leads to is loaded by one query, and which columns.

#![allow(unreachable_pub, reason = "the public traits of options give data that nothing outside can name")]

use std::fmt;
use std::marker::PhantomData;

use super::leaf::{ClassRef, Leaf, RelationRef};
use super::operand::Condition;
use super::row::AnyRoot;
use crate::declare::{AliasId, Column, Lazy, LinkSlotId, Relationship, SlotId};
use crate::sql::{Op, Tree};
use crate::state::typed::obj::{AnyClass, Live};
use crate::state::typed::tracked::Tracked;

/// An option for loading, of objects of a class.
#[derive(Clone, Debug)]
pub struct LoadOption {
    /// The class; none for what is said of whichever class stands there.
    pub(crate) class: Option<ClassRef>,
    /// The alias of it that is selected, where it is one.
    pub(crate) alias: AliasId,
    pub(crate) what: What,
}

/// What an option says.
#[derive(Clone, Debug)]
pub enum What {
    /// How a relationship is loaded, and what is said of the objects that it leads to.
    Relation(Box<RelationOption>),
    /// How each relationship is loaded that no other option speaks of.
    AllRelations(How),
    /// Which columns are loaded.
    Columns(ColumnsOption),
}

/// How a relationship is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As its strategy says that is named here.
    By(Lazy),
    /// From columns that the query joins itself.
    FromQuery,
    /// As it is declared.
    AsDeclared,
}

/// An option of a relationship.
#[derive(Clone)]
pub struct RelationOption {
    pub(crate) place: LinkSlotId,
    pub(crate) relation: RelationRef,
    pub(crate) how: How,
    /// Whether a joined load leaves out objects that lead to nothing.
    pub(crate) inner: bool,
    /// How many times a relationship of a class to itself is followed: `None` where that isn't said.
    pub(crate) depth: Option<u16>,
    /// Which of the related objects are loaded.
    pub(crate) criteria: Option<Tree<Leaf>>,
    /// The alias of the target that the query joins.
    pub(crate) to: AliasId,
    pub(crate) then: Vec<LoadOption>,
}

/// Which columns of a class are loaded.
#[derive(Clone, Debug)]
pub enum ColumnsOption {
    /// Only these, and those of the key.
    Only(Vec<SlotId>),
    /// All but these.
    Defer(Vec<SlotId>),
    /// These too.
    Undefer(Vec<SlotId>),
    /// Those of a group too.
    UndeferGroup(&'static str),
    /// None but those of the key.
    DeferAll,
    /// All.
    UndeferAll,
    /// One that is read though it isn't loaded is an error.
    Raise,
}

impl fmt::Debug for RelationOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relation").field("how", &self.how).field("then", &self.then).finish_non_exhaustive()
    }
}

impl fmt::Debug for ClassRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

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
        U: Tracked,
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

    /// A joined load leaves out objects that the last relationship leads to nothing from.
    pub fn inner(mut self) -> Self {
        self.last(|step| step.inner = true);
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
            step.criteria = Some(match step.criteria.take() {
                Some(before) => before.and(condition),
                None => condition,
            });
        });
        self
    }

    /// The options of the path, from its beginning.
    fn erase(self, class: ClassRef, into: &mut Vec<LoadOption>) {
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

fn step<S: Tracked, T: Live, N>(relation: Relationship<S, T, N>, how: How) -> RelationOption {
    RelationOption {
        place: relation.slot(),
        relation: RelationRef::of(relation),
        how,
        inner: false,
        depth: None,
        criteria: None,
        to: relation.to_alias(),
        then: Vec::new(),
    }
}

macro_rules! strategies {
    ($($(#[$doc:meta])* $name:ident $how:expr;)*) => {
        $(
            $(#[$doc])*
            pub fn $name<S: Tracked, T: Live, N>(relation: Relationship<S, T, N>) -> Load<S, T> {
                let alias = relation.from_alias();
                Load { steps: vec![step(relation, $how)], then: Vec::new(), alias, path: PhantomData }
            }
        )*

        impl<S, U: Tracked> Load<S, U> {
            $(
                $(#[$doc])*
                ///
                /// Here of the objects that the path led to so far.
                pub fn $name<T: Live, N>(self, relation: Relationship<U, T, N>) -> Load<S, T> {
                    self.step(relation, $how)
                }
            )*
        }
    };
}

strategies! {
    /// Loads it when it is first read.
    lazy How::By(Lazy::Select);
    /// Loads it right after its objects, as if each were read then.
    immediate How::By(Lazy::Immediate);
    /// Loads it in the statement of its objects, by an outer join.
    joined How::By(Lazy::Joined);
    /// Loads it for all its objects by one further statement for 500 of them.
    selectin How::By(Lazy::SelectIn);
    /// Loads it for all its objects by one further statement.
    subquery How::By(Lazy::Subquery);
    /// Loads it when it is first read of one object, then for all that were loaded with that.
    batch How::By(Lazy::Batch);
    /// Makes it an error to read it where it isn't loaded.
    raise How::By(Lazy::Raise);
    /// Makes it an error to read it where that takes a statement.
    raise_on_sql How::By(Lazy::RaiseOnSql);
    /// Leaves it empty.
    noload How::By(Lazy::NoLoad);
    /// Fills it with what the query joins along it: with fewer objects where the query has conditions on them.
    contains_eager How::FromQuery;
    /// Loads it as it is declared: a step on the way to what is said of its objects.
    default_load How::AsDeclared;
}

/// How each relationship is loaded that no other option speaks of.
#[derive(Clone, Copy, Debug)]
#[must_use = "an option does nothing until a query has it"]
pub struct AllRelationships(Lazy);

/// The strategy of each relationship that no other option speaks of: `all(Lazy::Raise)`.
///
/// ```
/// let option = orm_core::all(orm_core::Lazy::Raise);
/// ```
pub fn all(strategy: Lazy) -> AllRelationships {
    AllRelationships(strategy)
}

/// Which columns of a class are loaded: made by [`load_only`], [`defer`] and their like.
#[must_use = "an option does nothing until a query has it"]
pub struct ColumnsOf<E> {
    options: Vec<ColumnsOption>,
    alias: AliasId,
    class: PhantomData<fn() -> E>,
}

impl<E> ColumnsOf<E> {
    /// Makes it an error to read a column that isn't loaded for this reason.
    pub fn raise(mut self) -> Self {
        self.options.push(ColumnsOption::Raise);
        self
    }
}

fn columns<E>(columns: impl ColumnList<E>, option: fn(Vec<SlotId>) -> ColumnsOption) -> ColumnsOf<E> {
    let (slots, alias) = columns.slots();
    ColumnsOf { options: vec![option(slots)], alias, class: PhantomData }
}

/// Loads only these columns and those of the key; the others are loaded when they are read.
pub fn load_only<E>(list: impl ColumnList<E>) -> ColumnsOf<E> {
    columns(list, ColumnsOption::Only)
}

/// Loads these columns when they are read.
pub fn defer<E>(list: impl ColumnList<E>) -> ColumnsOf<E> {
    columns(list, ColumnsOption::Defer)
}

/// Loads these columns, though their class says that they are loaded when they are read.
pub fn undefer<E>(list: impl ColumnList<E>) -> ColumnsOf<E> {
    columns(list, ColumnsOption::Undefer)
}

/// Loads the deferred columns of a group.
pub fn undefer_group<E>(group: &'static str) -> ColumnsOf<E> {
    ColumnsOf { options: vec![ColumnsOption::UndeferGroup(group)], alias: AliasId::NONE, class: PhantomData }
}

/// Loads all columns but those of the key when they are read.
pub fn defer_all<E>() -> ColumnsOf<E> {
    ColumnsOf { options: vec![ColumnsOption::DeferAll], alias: AliasId::NONE, class: PhantomData }
}

/// Loads all columns, also those that their class defers.
pub fn undefer_all<E>() -> ColumnsOf<E> {
    ColumnsOf { options: vec![ColumnsOption::UndeferAll], alias: AliasId::NONE, class: PhantomData }
}

/// Columns of one class: a column, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no columns of one class",
    label = "expected a column, or a tuple of columns of the same class"
)]
pub trait ColumnList<E> {
    /// Their places, and the alias that they are of.
    #[doc(hidden)]
    fn slots(self) -> (Vec<SlotId>, AliasId);
}

#[diagnostic::do_not_recommend]
impl<E, V> ColumnList<E> for Column<E, V> {
    fn slots(self) -> (Vec<SlotId>, AliasId) {
        (vec![self.slot()], self.alias())
    }
}

macro_rules! column_lists {
    ($($($name:ident $value:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<E, $($value),*> ColumnList<E> for ($(Column<E, $value>,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn slots(self) -> (Vec<SlotId>, AliasId) {
                let ($($name,)*) = self;
                let mut alias = AliasId::NONE;
                $(if $name.alias().is_some() {
                    alias = $name.alias();
                })*
                (vec![$($name.slot()),*], alias)
            }
        }
    )*};
}

column_lists! {
    A V;
    A V B W;
    A V B W C X;
    A V B W C X D Y;
    A V B W C X D Y F Z;
    A V B W C X D Y F Z G U;
    A V B W C X D Y F Z G U H T;
    A V B W C X D Y F Z G U H T I S;
}

/// A class that is the same as another.
#[diagnostic::on_unimplemented(
    message = "`depth` repeats a relationship of a class to itself",
    label = "this one leads from `{Self}` to `{U}`"
)]
pub trait SameClass<U> {}

#[diagnostic::do_not_recommend]
impl<U> SameClass<U> for U {}

/// Options for objects of class `E`: an option, a tuple or a list of them, or none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no option for `{E}`",
    label = "expected an option that begins at `{E}`, or a tuple or a list of them"
)]
pub trait OptionsFor<E> {
    /// Adds them.
    #[doc(hidden)]
    fn put(self, into: &mut Vec<LoadOption>);
}

macro_rules! options {
    ($($root:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Tracked, U> OptionsFor<$root> for Load<S, U> {
            fn put(self, into: &mut Vec<LoadOption>) {
                self.erase(ClassRef::Entry(S::class), into);
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S: Tracked> OptionsFor<$root> for ColumnsOf<S> {
            fn put(self, into: &mut Vec<LoadOption>) {
                let option = |what| LoadOption {
                    class: Some(ClassRef::Entry(S::class)),
                    alias: self.alias,
                    what: What::Columns(what),
                };
                into.extend(self.options.into_iter().map(option));
            }
        }
    )*};
}

options!(S, AnyRoot, AnyClass);

#[diagnostic::do_not_recommend]
impl<E> OptionsFor<E> for AllRelationships {
    fn put(self, into: &mut Vec<LoadOption>) {
        let what = What::AllRelations(How::By(self.0));
        into.push(LoadOption { class: None, alias: AliasId::NONE, what });
    }
}

/// Options of a class whose kinds are forgotten: what lists that are made when the program runs hold.
#[derive(Debug)]
pub struct OptionOf<E>(Vec<LoadOption>, PhantomData<fn() -> E>);

impl<E> OptionOf<E> {
    /// Of an option, or several.
    pub fn new(options: impl OptionsFor<E>) -> Self {
        let mut all = Vec::new();
        options.put(&mut all);
        OptionOf(all, PhantomData)
    }
}

impl<E> Clone for OptionOf<E> {
    fn clone(&self) -> Self {
        OptionOf(self.0.clone(), PhantomData)
    }
}

#[diagnostic::do_not_recommend]
impl<E> OptionsFor<E> for OptionOf<E> {
    fn put(mut self, into: &mut Vec<LoadOption>) {
        into.append(&mut self.0);
    }
}

#[diagnostic::do_not_recommend]
impl<E, O: OptionsFor<E>> OptionsFor<E> for Vec<O> {
    fn put(self, into: &mut Vec<LoadOption>) {
        self.into_iter().for_each(|option| option.put(into));
    }
}

#[diagnostic::do_not_recommend]
impl<E, O: OptionsFor<E>> OptionsFor<E> for Option<O> {
    fn put(self, into: &mut Vec<LoadOption>) {
        self.into_iter().for_each(|option| option.put(into));
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<E, $($name: OptionsFor<E>),*> OptionsFor<E> for ($($name,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn put(self, into: &mut Vec<LoadOption>) {
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
    A B C D F;
    A B C D F G;
    A B C D F G H;
    A B C D F G H I;
}

/// A condition on every row of a class, wherever a query or what it loads reads it: made by [`with_criteria`].
#[derive(Clone, Debug)]
pub(crate) struct ClassCriteria {
    pub(crate) class: ClassRef,
    pub(crate) condition: Tree<Leaf>,
    /// Whether it is met by aliases of the class too.
    pub(crate) aliases: bool,
}

impl ClassCriteria {
    /// Whether it says something.
    pub(crate) fn is_trivial(&self) -> bool {
        matches!(&self.condition, Tree::Node(Op::And, _, none) if none.is_empty())
    }
}
