//! Queries by names, for what is known only when the program runs: `AnyEntity` is a class or an alias of it. It fills the
//! same data as the typed face.

use std::fmt;

use super::entity_label::EntityLabel;
use super::expr::Expr;
use super::join::{FromSources, JoinTarget, On};
use super::label::Label;
use super::leaf::{ClassRef, Leaf};
use super::named::Subquery;
use super::operand::{Condition, InList};
use super::parts::{ClassRows, Item, JoinTo, QueryParts, Source};
use super::row::AnyRow;
use super::select::{Select, lent_value, value};
use super::selectable::Selectable;
use crate::declare::{AliasId, Column};
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::sql::{Name, Tree};
use crate::state::typed::obj::{AnyClass, AnyObj};
use crate::value::{Typed, Value};

/// A class in a query, or an alias of it, where the class is known only when the program runs: made by
/// [`Mapper::entity`], [`Mapper::aliased`] and [`Mapper::aliased_as`]. It is selected, joined and named in `from` as a
/// class is; its columns are expressions of type [`Value`], all of which may be `NULL`.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # use orm::{AnyItem, Value};
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
/// let user = DefaultRegistry::mapper("User")?.entity();
/// let address = DefaultRegistry::mapper("Address")?.aliased();
/// let query = select(vec![user.clone().into(), address.attr("email")?.into()])
///     .join(user.relationship("addresses")?.to(&address)?)
///     .filter(user.attr("name")?.eq("ed"));
/// for row in session.execute(query)?.all()? {
///     assert!(matches!(row.0.as_slice(), [AnyItem::Object(Some(_)), AnyItem::Value(Value::Text(_))]));
/// }
/// assert!(user.attr("nmae").is_err(), "did you mean `name`?");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AnyEntity {
    mapper: &'static Mapper,
    alias: AliasId,
    rows: Option<ClassRows>,
}

impl Mapper {
    /// The class in a query.
    pub fn entity(&'static self) -> AnyEntity {
        AnyEntity { mapper: self, alias: AliasId::NONE, rows: None }
    }

    /// The class under another name in a query: as [`aliased`](crate::aliased).
    pub fn aliased(&'static self) -> AnyEntity {
        AnyEntity { alias: AliasId::next(), ..self.entity() }
    }

    /// The rows of a query that selects the class, as objects of it: as [`aliased_as`](crate::aliased_as).
    pub fn aliased_as(&'static self, rows: &Subquery) -> AnyEntity {
        self.entity().aliased_as(rows)
    }

    /// A column of the class, by the name of its attribute.
    ///
    /// # Errors
    /// `unknown-attribute`.
    pub fn attr(&'static self, name: &str) -> Result<Expr<Value>> {
        self.entity().attr(name)
    }
}

impl AnyEntity {
    /// The rows of a query that selects it, a class or an alias, as objects of its class.
    pub fn aliased_as(&self, rows: &Subquery) -> AnyEntity {
        let rows = ClassRows { query: rows.clone(), of: self.alias };
        AnyEntity { mapper: self.mapper, alias: AliasId::of_query(), rows: Some(rows) }
    }

    /// Its class.
    pub fn mapper(&self) -> &'static Mapper {
        self.mapper
    }

    /// The same under a name, for rows that are asked by names.
    pub fn label(&self, name: &'static str) -> EntityLabel<&Self> {
        EntityLabel::new(self, Name::new(name))
    }

    /// As `label`, with a name that is made when the program runs.
    pub fn labelled(&self, name: impl Into<String>) -> EntityLabel<&Self> {
        EntityLabel::new(self, Name::made(name.into()))
    }

    pub(super) fn alias(&self) -> AliasId {
        self.alias
    }

    pub(super) fn rows(&self) -> Option<&ClassRows> {
        self.rows.as_ref()
    }

    /// A column, by the name of its attribute.
    ///
    /// # Errors
    /// `unknown-attribute`.
    pub fn attr(&self, name: &str) -> Result<Expr<Value>> {
        match self.mapper.column_attribute(name) {
            Some(column) => Ok(Expr::of(Tree::Late(Leaf::Column(column.column_name(), self.alias)))),
            None if self.mapper.relation_named(name).is_some() => {
                Err(Error::new(Code::UnknownAttribute, "it is a relationship, not a column")
                    .about(self.mapper.class(), Some(name))
                    .help("ask for it by `relationship(...)`"))
            }
            None => Err(self.mapper.unknown_attribute(name)),
        }
    }

    /// A column, by the name of its attribute, where a statement writes it: see [`Mapper::insert`].
    ///
    /// # Errors
    /// `unknown-attribute`.
    pub fn column(&self, name: &str) -> Result<Column<AnyClass, Value>> {
        self.attr(name)?;
        let column = self.mapper.column_attribute(name).ok_or_else(|| self.mapper.unknown_attribute(name))?;
        Ok(Column::at(column.column_name(), column.attribute(), column.slot()).of_alias(self.alias))
    }

    /// The class, to be joined by that condition.
    pub fn on(&self, condition: impl Condition) -> On<Source> {
        On::of(self.into(), condition)
    }
}

impl From<&AnyEntity> for Source {
    fn from(entity: &AnyEntity) -> Self {
        let class = ClassRef::Mapper(entity.mapper);
        match &entity.rows {
            None => Source::Class(class, entity.alias),
            Some(rows) => Source::Entity(class, entity.alias, rows.clone()),
        }
    }
}

impl fmt::Debug for AnyEntity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyEntity").field(&self.mapper.class()).field(&self.alias.is_some()).finish()
    }
}

/// Its objects: a row without one is an error, as for a class that is named by its type.
#[diagnostic::do_not_recommend]
impl Selectable for &AnyEntity {
    type Row = AnyObj;

    fn add(self, parts: &mut QueryParts) {
        parts.add_item(Item::Entity(self.into(), None));
    }
}

#[diagnostic::do_not_recommend]
impl Selectable for AnyEntity {
    type Row = AnyObj;

    fn add(self, parts: &mut QueryParts) {
        (&self).add(parts);
    }
}

#[diagnostic::do_not_recommend]
impl FromSources for &AnyEntity {
    fn sources(self, into: &mut Vec<Source>) {
        into.push(self.into());
    }
}

/// By the only foreign key that joins it with what is part of the query already.
#[diagnostic::do_not_recommend]
impl JoinTarget for &AnyEntity {
    fn target(self) -> (JoinTo, Option<Tree<Leaf>>) {
        (JoinTo::Source(self.into()), None)
    }
}

/// What a query by names selects: a class or an alias, an expression, or a label. `select` takes a list of them, and a
/// row becomes an [`AnyRow`]. A row of an outer join that has no object is one without it.
#[derive(Clone, Debug)]
pub struct Selected(Item);

impl From<AnyEntity> for Selected {
    fn from(entity: AnyEntity) -> Self {
        (&entity).into()
    }
}

impl From<&AnyEntity> for Selected {
    fn from(entity: &AnyEntity) -> Self {
        Selected(Item::Entity(entity.into(), None))
    }
}

impl From<EntityLabel<&AnyEntity>> for Selected {
    fn from(label: EntityLabel<&AnyEntity>) -> Self {
        let (entity, name) = label.into_parts();
        Selected(Item::Entity(entity.into(), Some(name)))
    }
}

impl<V: Typed, K> From<Expr<V, K>> for Selected {
    fn from(value: Expr<V, K>) -> Self {
        Selected(Item::Value { tree: value.into_tree(), name: None })
    }
}

impl<V: Typed> From<&Label<V>> for Selected {
    fn from(label: &Label<V>) -> Self {
        Selected(Item::Value { tree: label.to_tree(), name: Some(label.name().clone()) })
    }
}

#[diagnostic::do_not_recommend]
impl Selectable for Vec<Selected> {
    type Row = AnyRow;

    fn add(self, parts: &mut QueryParts) {
        parts.items.extend(self.into_iter().map(|selected| selected.0));
    }
}

#[diagnostic::do_not_recommend]
impl InList<Value> for Select<AnyRow> {
    fn list(self) -> Vec<Tree<Leaf>> {
        vec![value(self)]
    }
}

#[diagnostic::do_not_recommend]
impl InList<Value> for &Select<AnyRow> {
    fn list(self) -> Vec<Tree<Leaf>> {
        vec![lent_value(self)]
    }
}
