//! `AnyLoad`: an option for loading by names.

use std::rc::Rc;

use super::any_relationship::AnyRelationship;
use super::by_name::AnyEntity;
use super::leaf::ClassRef;
use super::operand::Condition;
use super::option::{ClassCriteria, ColumnsOption, How, LoadOption, RelationOption, Unloaded, What};
use super::options_for::OptionsFor;
use super::select::Select;
use crate::declare::{InnerJoin, Lazy, SlotId};
use crate::error::Result;

/// An option for loading where classes are known only when the program runs: made by [`AnyRelationship::load`] and
/// [`AnyEntity::load_only`], among others. An option that begins at nothing that the query selects, or a `depth` where the
/// relationship leads to another class, is a `query` error when the query runs.
#[derive(Clone, Debug)]
#[must_use = "an option does nothing until a query has it"]
pub struct AnyLoad(LoadOption);

impl AnyRelationship {
    /// Loads it by this strategy.
    pub fn load(&self, strategy: Lazy) -> AnyLoad {
        self.option(How::By(strategy))
    }

    /// Fills it with what the query joins along it.
    pub fn contains_eager(&self) -> AnyLoad {
        self.option(How::FromQuery)
    }

    /// Loads it as it is said of all relationships, or declared: a step on the way to what is said of its objects.
    pub fn default_load(&self) -> AnyLoad {
        self.option(How::AsDeclared)
    }

    fn option(&self, how: How) -> AnyLoad {
        let relation = self.relation();
        let (from, to) = self.aliases();
        let option =
            RelationOption { relation, how, inner: None, depth: None, criteria: None, to, then: Vec::new() };
        let class = Some(relation.class());
        AnyLoad(LoadOption { class, alias: from, what: What::Relation(Box::new(option)) })
    }
}

impl AnyLoad {
    fn relation(mut self, change: impl FnOnce(&mut RelationOption)) -> Self {
        if let What::Relation(option) = &mut self.0.what {
            change(option);
        }
        self
    }

    /// A joined load leaves out objects that the relationship leads to nothing from. What hangs on an outer join stays within
    /// it: only what that leads to is left out.
    pub fn inner(self) -> Self {
        self.relation(|option| option.inner = Some(InnerJoin::Nested))
    }

    /// As [`inner`](Self::inner), but what hangs on an outer join is joined by an outer one too, and leaves out nothing.
    pub fn inner_unnested(self) -> Self {
        self.relation(|option| option.inner = Some(InnerJoin::Unnested))
    }

    /// A joined load keeps objects that the relationship leads to nothing from, though it is declared with `innerjoin`.
    pub fn outer(self) -> Self {
        self.relation(|option| option.inner = Some(InnerJoin::No))
    }

    /// Follows a relationship of a class to itself so many times; `u16::MAX` times until it ends.
    pub fn depth(self, times: u16) -> Self {
        self.relation(|option| option.depth = Some(times))
    }

    /// Loads only the related objects that meet a condition.
    pub fn and(self, condition: impl Condition) -> Self {
        let condition = condition.condition();
        self.relation(|option| {
            option.add_criteria(condition);
        })
    }

    /// Options for the objects that the relationship leads to.
    pub fn options(self, options: impl IntoIterator<Item = AnyLoad>) -> Self {
        self.relation(|option| option.then.extend(options.into_iter().map(|one| one.0)))
    }
}

impl AnyEntity {
    /// The strategy of each relationship of it that no other option speaks of.
    pub fn load_all(&self, strategy: Lazy) -> AnyLoad {
        self.of(What::AllRelations(How::By(strategy)))
    }

    /// Loads only these columns and those of the key.
    ///
    /// # Errors
    /// `unknown-attribute`.
    pub fn load_only(&self, names: &[&str]) -> Result<AnyLoad> {
        Ok(self.of(What::Columns(ColumnsOption::Only(self.slots(names)?, Unloaded::Loads))))
    }

    /// Loads these columns when they are read.
    ///
    /// # Errors
    /// `unknown-attribute`.
    pub fn defer(&self, names: &[&str]) -> Result<AnyLoad> {
        Ok(self.of(What::Columns(ColumnsOption::Defer(self.slots(names)?, Unloaded::Loads))))
    }

    /// Makes it an error to read one of these columns, which aren't loaded.
    ///
    /// # Errors
    /// `unknown-attribute`.
    pub fn defer_raise(&self, names: &[&str]) -> Result<AnyLoad> {
        Ok(self.of(What::Columns(ColumnsOption::Defer(self.slots(names)?, Unloaded::Raises))))
    }

    /// Loads these columns, though their class says that they are loaded when they are read.
    ///
    /// # Errors
    /// `unknown-attribute`.
    pub fn undefer(&self, names: &[&str]) -> Result<AnyLoad> {
        Ok(self.of(What::Columns(ColumnsOption::Undefer(self.slots(names)?))))
    }

    /// Loads the columns of a group, though their class says that they are loaded when they are read.
    pub fn undefer_group(&self, name: &str) -> AnyLoad {
        self.of(What::Columns(ColumnsOption::UndeferGroup(name.to_owned())))
    }

    /// Loads all columns but those of the key when they are read.
    pub fn defer_all(&self) -> AnyLoad {
        self.of(What::Columns(ColumnsOption::DeferAll(Unloaded::Loads)))
    }

    /// Loads all columns, also those that their class defers.
    pub fn undefer_all(&self) -> AnyLoad {
        self.of(What::Columns(ColumnsOption::UndeferAll))
    }

    fn of(&self, what: What) -> AnyLoad {
        AnyLoad(LoadOption { class: Some(ClassRef::Mapper(self.mapper())), alias: self.alias(), what })
    }

    fn slots(&self, names: &[&str]) -> Result<Vec<SlotId>> {
        let mapper = self.mapper();
        let slot = |name: &&str| {
            mapper
                .column_attribute(name)
                .map(|column| column.slot())
                .ok_or_else(|| mapper.unknown_attribute(name))
        };
        names.iter().map(slot).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<E> OptionsFor<E> for AnyLoad {
    fn put(self, into: &mut Vec<LoadOption>) {
        into.push(self.0);
    }
}

impl<R> Select<R> {
    /// A condition on every row of a class that is known only when the program runs: as
    /// [`with_criteria`](Self::with_criteria), or of its aliases too.
    pub fn with_criteria_of(self, class: &AnyEntity, condition: impl Condition, aliases: bool) -> Self {
        let class = ClassRef::Mapper(class.mapper());
        self.with_class_criteria(ClassCriteria { class, condition: Rc::new(condition.condition()), aliases })
    }
}
