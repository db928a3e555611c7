//! `AnyRelationship`: a relationship by name in a query, and what is asked of it.

use std::fmt;

use super::by_name::AnyEntity;
use super::expr::Expr;
use super::join::{JoinTarget, On};
use super::leaf::{Leaf, RelationRef, Test};
use super::operand::Condition;
use super::parts::{ClassRows, JoinTo};
use super::relation_op::{parent_of, related, some};
use crate::declare::AliasId;
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapper, Relation, RelationCondition};
use crate::sql::Tree;
use crate::state::typed::obj::{AnyObj, Obj};

/// A relationship in a query, where it is known only when the program runs: made by [`AnyEntity::relationship`]. What is
/// asked of a to-one in place of a collection, or the other way round, is a `query` error when the query runs.
#[derive(Clone)]
pub struct AnyRelationship {
    mapped: &'static Relation,
    from: AliasId,
    to: AliasId,
    rows: Option<ClassRows>,
}

impl Mapper {
    /// A relationship of the class, by the name of its attribute.
    ///
    /// # Errors
    /// `unknown-attribute`.
    pub fn relationship(&'static self, name: &str) -> Result<AnyRelationship> {
        self.entity().relationship(name)
    }
}

impl AnyEntity {
    /// A relationship, by the name of its attribute.
    ///
    /// # Errors
    /// `unknown-attribute`.
    pub fn relationship(&self, name: &str) -> Result<AnyRelationship> {
        match self.mapper().relation_named(name) {
            Some(relation) => {
                Ok(AnyRelationship { mapped: relation, from: self.alias(), to: AliasId::NONE, rows: None })
            }
            None if self.mapper().column_attribute(name).is_some() => {
                Err(Error::new(Code::UnknownAttribute, "it is a column, not a relationship")
                    .about(self.mapper().class(), Some(name))
                    .help("ask for it by `attr(...)`"))
            }
            None => Err(self.mapper().unknown_attribute(name)),
        }
    }
}

impl AnyRelationship {
    pub(super) fn relation(&self) -> RelationRef {
        RelationRef::to(self.mapped)
    }

    /// The relationship as it is mapped: its direction, its columns, its reverse side.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # use orm::mapper::Direction;
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
    /// #     #[column(foreign_key = User::id)]
    /// #     user_id: i64,
    /// #     #[relationship(back_populates = "addresses")]
    /// #     user: One<User>,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// let user = DefaultRegistry::mapper("Address")?.relationship("user")?.mapped();
    /// assert_eq!((user.direction(), user.target().class()), (Direction::ManyToOne, "User"));
    /// assert_eq!(user.inverse().map(|reverse| reverse.name()), Some("addresses"));
    /// for pair in user.pairs() {
    ///     let (local, remote) = (user.mapper().column(pair.local), user.target().column(pair.remote));
    ///     assert_eq!((local.name(), remote.name()), ("user_id", "id"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn mapped(&self) -> &'static Relation {
        self.mapped
    }

    /// The condition between the class and the target or, where there is one, the association table.
    pub fn primaryjoin(&self) -> RelationCondition<'static> {
        self.mapped.primaryjoin()
    }

    /// The condition between the association table and the target, where there is one.
    pub fn secondaryjoin(&self) -> Option<RelationCondition<'static>> {
        self.mapped.secondaryjoin()
    }

    /// The aliases that it leads from and to.
    pub(super) fn aliases(&self) -> (AliasId, AliasId) {
        (self.from, self.to)
    }

    /// The class that it leads to.
    pub fn target(&self) -> &'static Mapper {
        self.mapped.target()
    }

    /// Whether it leads to a collection.
    pub fn is_many(&self) -> bool {
        self.mapped.is_many()
    }

    /// The same, with the target under another name.
    ///
    /// # Errors
    /// `wrong-class` where it doesn't lead there.
    pub fn to(&self, target: &AnyEntity) -> Result<Self> {
        if !std::ptr::eq(self.target(), target.mapper()) {
            let message =
                format!("it leads to `{}`, not to `{}`", self.target().class(), target.mapper().class());
            return Err(
                Error::new(Code::WrongClass, message).about(self.mapped.class(), Some(self.mapped.name()))
            );
        }
        Ok(AnyRelationship { to: target.alias(), rows: target.rows().cloned(), ..self.clone() })
    }

    /// The same join with a further condition.
    pub fn and(&self, condition: impl Condition) -> On<Self> {
        On::of(self.clone(), condition)
    }

    /// Whether the collection has an item that meets the condition; `any(())` for any item.
    pub fn any(&self, condition: impl Condition) -> Expr<bool> {
        self.asked(true, "any", Test::Any(some(condition.condition())))
    }

    /// Whether the to-one relationship leads to an object that meets the condition; `has(())` for any object.
    pub fn has(&self, condition: impl Condition) -> Expr<bool> {
        self.asked(false, "has", Test::Any(some(condition.condition())))
    }

    /// Whether the object is in the collection.
    pub fn contains(&self, object: &AnyObj) -> Expr<bool> {
        self.asked(true, "contains", Test::Is(Some(Obj::handle(object).clone())))
    }

    /// Whether the collection has no items.
    pub fn is_empty(&self) -> Expr<bool> {
        self.asked(true, "is_empty", Test::Any(None)).not()
    }

    /// Whether it leads to this object.
    pub fn is(&self, object: &AnyObj) -> Expr<bool> {
        self.asked(false, "is", Test::Is(Some(Obj::handle(object).clone())))
    }

    /// Whether it leads to another object than this one, or to none.
    pub fn is_not(&self, object: &AnyObj) -> Expr<bool> {
        self.asked(false, "is_not", Test::IsNot(Obj::handle(object).clone()))
    }

    /// Whether it leads to nothing.
    pub fn is_none(&self) -> Expr<bool> {
        self.asked(false, "is_none", Test::Is(None))
    }

    /// Whether it leads to something.
    pub fn is_some(&self) -> Expr<bool> {
        self.is_none().not()
    }

    /// Whether a row of the target is one that this relationship of an object leads to: as
    /// [`with_parent`](crate::with_parent).
    pub fn of_parent(&self, object: &AnyObj) -> Expr<bool> {
        parent_of(Obj::handle(object), self.relation(), self.to)
    }

    fn asked(&self, of_many: bool, what: &str, test: Test) -> Expr<bool> {
        if self.is_many() != of_many {
            let name = format!("{}::{}", self.mapped.class(), self.mapped.name());
            let (is, instead) = match self.is_many() {
                true => ("leads to a collection", "`any`, `contains` or `is_empty`"),
                false => ("leads to one object", "`has`, `is` or `is_none`"),
            };
            return Expr::of(Leaf::wrong(format!("`{what}` of `{name}`, which {is}: ask by {instead}")));
        }
        if self.rows.is_some() {
            let message = "what a relationship leads to is asked for in a query with a name: join it";
            return Expr::of(Leaf::wrong(message.to_owned()));
        }
        related(self.relation(), (self.from, self.to), test)
    }
}

impl fmt::Debug for AnyRelationship {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.mapped.class(), self.mapped.name())
    }
}

#[diagnostic::do_not_recommend]
impl JoinTarget for AnyRelationship {
    fn target(self) -> (JoinTo, Option<Tree<Leaf>>) {
        let relation = self.relation();
        let AnyRelationship { from, to, rows, .. } = self;
        (JoinTo::Relation { relation, from, to, rows }, None)
    }
}

#[diagnostic::do_not_recommend]
impl JoinTarget for On<AnyRelationship> {
    fn target(self) -> (JoinTo, Option<Tree<Leaf>>) {
        let (relation, on) = self.into_parts();
        (JoinTarget::target(relation).0, Some(on))
    }
}
