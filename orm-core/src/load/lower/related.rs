//! What is asked of relationships: the rows that they lead to, and the conditions between sources.

use std::cell::Cell;

use super::super::given::Numbers;
use super::super::scope::Place;
use super::base::Lower;
use super::key::{column_value, warn_of_null};
use crate::declare::{AliasId, ColumnId, Direction};
use crate::error::{Code, Error, Result};
use crate::mapper::{JoinColumn, Mapper, Relation, Side};
use crate::query::Test;
use crate::sql::{CompareOp, FromItem, Op, SelectStmt, TableRef, Tree};
use crate::state::memory::handle::Handle;
use crate::value::Value;

/// The condition of a relationship for given sources: `near` makes the columns of the class.
fn join_condition(
    tree: &Tree<JoinColumn>,
    near: &dyn Fn(JoinColumn) -> Result<Tree>,
    far: &dyn Fn(JoinColumn) -> Result<Tree>,
    association: Option<&TableRef>,
) -> Result<Tree> {
    tree.lower(&mut |column: &JoinColumn| match (column.side, association) {
        (Side::Local, _) => near(*column),
        (Side::Remote, _) => far(*column),
        (Side::Association, Some(table)) => Ok(Tree::Column(table.column(column.name))),
        (Side::Association, None) => {
            Err(Error::new(Code::Internal, "a condition needs an association table that isn't there"))
        }
    })
}

/// The columns of a source.
pub(super) fn of(place: &Place) -> impl Fn(JoinColumn) -> Result<Tree> + '_ {
    |column| place.column(column.name)
}

impl Lower {
    /// Names the sources that a relationship leads through and to, and puts them into the innermost scope.
    pub(super) fn sources(&mut self, relation: &'static Relation, to: AliasId, group: usize) -> Sources {
        let target = relation.target();
        let association = self.association(relation, group);
        let far = Place::class(target, to, self.scopes.name(target.table().name)).in_group(group);
        self.scopes.add(far.clone());
        Sources { far, association }
    }

    /// Names the association table of a relationship, and puts it into the innermost scope.
    pub(super) fn association(&mut self, relation: &'static Relation, group: usize) -> Option<TableRef> {
        relation.secondary().map(|table| {
            let name = self.scopes.name(table.name);
            self.scopes.add(Place::table(table.name, AliasId::NONE, name.clone()).in_group(group));
            name
        })
    }

    /// A condition on what a relationship leads to, from an alias of its class to an alias of the target.
    pub(super) fn related(
        &mut self,
        relation: &'static Relation,
        (from, to): (AliasId, AliasId),
        test: &Test,
    ) -> Result<Tree> {
        match test {
            Test::Any(condition) => {
                let near = self.scopes.source_of(relation, from)?.clone();
                self.exists(relation, to, &of(&near), |lower, _| {
                    condition.as_deref().map(|condition| lower.tree(condition)).transpose()
                })
            }
            Test::Is(object) => self.leads_to(relation, from, object.as_ref()),
            Test::IsNot(object) => self.leads_elsewhere(relation, from, object),
            Test::ParentIs(object) => self.child_of(relation, to, object),
            Test::LinkedTo(object) => self.linked_to(relation, to, object),
        }
    }

    /// Whether there is a row that the relationship leads to from the row whose columns `near` makes, and that meets a
    /// condition.
    fn exists(
        &mut self,
        relation: &'static Relation,
        to: AliasId,
        near: &dyn Fn(JoinColumn) -> Result<Tree>,
        condition: impl FnOnce(&mut Self, &Place) -> Result<Option<Tree>>,
    ) -> Result<Tree> {
        self.scopes.open();
        let sources = self.sources(relation, to, 0);
        let mut stmt = SelectStmt::new().item(self.one()).from(relation.rows().item(sources.far.name())?);
        if let Some(association) = sources.association_item(relation)? {
            stmt = stmt.from(association);
        }
        stmt = stmt.filter(sources.near_condition(relation, near)?);
        if let Some(far) = sources.far_condition(relation, near)? {
            stmt = stmt.filter(far);
        }
        let condition = condition(self, &sources.far);
        let criteria = self.class_criteria(relation.target(), to, sources.far.name());
        self.scopes.close();
        stmt = criteria?.into_iter().fold(stmt, SelectStmt::filter);
        if let Some(condition) = condition? {
            stmt = stmt.filter(condition);
        }
        Ok(Tree::exists(stmt))
    }

    fn leads_to(
        &mut self,
        relation: &'static Relation,
        from: AliasId,
        object: Option<&Handle>,
    ) -> Result<Tree> {
        let near = self.scopes.source_of(relation, from)?.clone();
        // The object of a key may be none of the rows of a query.
        let by_key = relation.direction() == Direction::ManyToOne && relation.rows().is_table();
        let Some(object) = object else {
            // What is only read has no key of its own to look at.
            if !by_key || relation.pairs().is_empty() {
                return Ok(self.exists(relation, AliasId::NONE, &of(&near), |_, _| Ok(None))?.not());
            }
            let mapper = relation.mapper();
            let keys = relation.pairs().iter().map(|pair| near.column(mapper.column(pair.local).name()));
            return Ok(Tree::all(keys.map(|key| key.map(Tree::is_null)).collect::<Result<Vec<_>>>()?));
        };
        check_class(relation.target(), object, relation)?;
        let is_parent = relation.direction() == Direction::OneToMany
            && relation.rows().is_table()
            && (self.criteria.is_empty() || self.like_sqlalchemy);
        if by_key || is_parent {
            let is_lost = Cell::new(false);
            let far = |column: JoinColumn| {
                let value = column_value(object, column.column())?;
                is_lost.set(is_lost.get() || value.is_null());
                if by_key && value.is_null() {
                    warn_of_null(object, column.column());
                }
                Ok(as_given(self.given.as_deref(), object, column.column(), value))
            };
            let condition = join_condition(&relation.condition().near, &of(&near), &far, None)?;
            // An object without a parent is in no collection: false, not `NULL`, so that the opposite is true.
            let is_in_none = is_parent && is_lost.get() && !self.like_sqlalchemy;
            return Ok(if is_in_none { Tree::any(Vec::new()) } else { condition });
        }
        // SQLAlchemy doesn't look at the row of the object here.
        let criteria = self.like_sqlalchemy.then(|| std::mem::take(&mut self.criteria));
        let exists = self.exists(relation, AliasId::NONE, &of(&near), |lower, row| {
            let key = |column| key_value(lower.given.as_deref(), object, column);
            same_row(relation.target(), row, &key).map(Some)
        });
        self.criteria = criteria.unwrap_or_else(|| std::mem::take(&mut self.criteria));
        exists
    }

    /// Whether a row leads to another object than this one, or to none.
    fn leads_elsewhere(
        &mut self,
        relation: &'static Relation,
        from: AliasId,
        object: &Handle,
    ) -> Result<Tree> {
        let by_key = relation.direction() == Direction::ManyToOne && relation.rows().is_table();
        if !by_key || relation.pairs().is_empty() {
            let is = self.leads_to(relation, from, Some(object))?;
            return Ok(is.not().or(self.leads_to(relation, from, None)?));
        }
        let near = self.scopes.source_of(relation, from)?.clone();
        let (mut other, mut none) = (Vec::new(), Vec::new());
        for pair in relation.pairs() {
            let key = near.column(relation.mapper().column(pair.local).name())?;
            none.push(key.clone().is_null());
            if self.like_sqlalchemy {
                let value = key_of(self.given.as_deref(), object, pair.remote)?;
                let differs = Tree::node(Op::Compare(CompareOp::Ne), vec![key.clone(), value]);
                other.push(differs.or(key.is_null()));
            }
        }
        if self.like_sqlalchemy {
            // It leaves out the rows that differ in one column only.
            return Ok(Tree::all(other));
        }
        Ok(self.leads_to(relation, from, Some(object))?.not().or(Tree::any(none)))
    }

    /// The condition that a row is one that the relationship of an object leads to. Links are looked at in a query
    /// of their own, so that several such conditions don't get in each other's way.
    fn child_of(&mut self, relation: &'static Relation, to: AliasId, object: &Handle) -> Result<Tree> {
        let far = self.child(relation, to, object)?;
        let target = relation.target();
        let given = self.given.clone();
        let near = |column: JoinColumn| key_value(given.as_deref(), object, column);
        if !relation.rows().is_table() {
            return self
                .exists(relation, AliasId::NONE, &near, |_, row| same_row(target, row, &of(&far)).map(Some));
        }
        let association = relation.secondary().map(|table| self.scopes.name(table.name));
        let sources = Sources { far, association };
        let condition = sources.near_condition(relation, &near)?;
        let (Some(association), Some(far)) =
            (sources.association_item(relation)?, sources.far_condition(relation, &near)?)
        else {
            return Ok(condition);
        };
        let stmt = SelectStmt::new().item(self.one()).from(association);
        Ok(Tree::exists(stmt.filter(condition).filter(far)))
    }

    /// The source of the rows that the relationship of an object leads to.
    fn child(&self, relation: &'static Relation, to: AliasId, object: &Handle) -> Result<Place> {
        check_class(relation.mapper(), object, relation)?;
        let target = relation.target();
        self.scopes.find(target.table().name, to).cloned().ok_or_else(|| {
            Error::new(Code::Query, format!("`{}` isn't part of the query", target.class()))
                .about(relation.class(), Some(relation.name()))
                .help(format!("select or join `{}`", target.class()))
        })
    }

    /// The same where a link is a row of the query: that it leads from the object to the row of the target.
    fn linked_to(&mut self, relation: &'static Relation, to: AliasId, object: &Handle) -> Result<Tree> {
        let far = self.child(relation, to, object)?;
        let link = relation.secondary().and_then(|table| self.scopes.find(table.name, AliasId::NONE));
        let Some(association) = link.map(|place| place.name().clone()) else {
            return self.child_of(relation, to, object);
        };
        let sources = Sources { far, association: Some(association) };
        let given = self.given.clone();
        let near = |column: JoinColumn| key_value(given.as_deref(), object, column);
        let condition = sources.near_condition(relation, &near)?;
        Ok(Tree::all(std::iter::once(condition).chain(sources.far_condition(relation, &near)?)))
    }
}

/// The names of the sources that a relationship leads through and to.
pub(super) struct Sources {
    pub(super) far: Place,
    pub(super) association: Option<TableRef>,
}

impl Sources {
    pub(super) fn near_condition(
        &self,
        relation: &Relation,
        near: &dyn Fn(JoinColumn) -> Result<Tree>,
    ) -> Result<Tree> {
        join_condition(&relation.condition().near, near, &of(&self.far), self.association.as_ref())
    }

    /// What is joined for the relationship, and on which condition, with more of it that concerns the target.
    pub(super) fn joined(
        &self,
        relation: &Relation,
        far: FromItem,
        near: &dyn Fn(JoinColumn) -> Result<Tree>,
        more: Option<Tree>,
    ) -> Result<(FromItem, Tree)> {
        let with = |condition: Tree| match more {
            Some(more) => condition.and(more),
            None => condition,
        };
        let on = self.near_condition(relation, near)?;
        Ok(match (self.association_item(relation)?, self.far_condition(relation, near)?) {
            // Within the inner join the class can't be seen.
            (Some(association), Some(condition)) if relation.condition().far_needs_local() => {
                (association.join(far, Tree::all([])), on.and(with(condition)))
            }
            (Some(association), Some(condition)) => (association.join(far, with(condition)), on),
            _ => (far, with(on)),
        })
    }

    /// The association's part of `FROM`.
    pub(super) fn association_item(&self, relation: &Relation) -> Result<Option<FromItem>> {
        let association = relation.association().zip(self.association.as_ref());
        association.map(|(rows, name)| rows.item(name)).transpose()
    }

    /// The condition between the association table and the target.
    pub(super) fn far_condition(
        &self,
        relation: &Relation,
        near: &dyn Fn(JoinColumn) -> Result<Tree>,
    ) -> Result<Option<Tree>> {
        let Some(condition) = &relation.condition().far else { return Ok(None) };
        join_condition(condition, near, &of(&self.far), self.association.as_ref()).map(Some)
    }
}

fn check_class(mapper: &'static Mapper, object: &Handle, relation: &Relation) -> Result<()> {
    if std::ptr::eq(mapper, object.header().mapper()) {
        return Ok(());
    }
    Err(Error::new(Code::WrongClass, format!("{} is no `{}`", object.header().label(), mapper.class()))
        .about(relation.class(), Some(relation.name())))
}

/// That a source's row is that of a key. Equality stays one when a value is `NULL`: nothing is then found.
fn same_row(mapper: &'static Mapper, row: &Place, key: &dyn Fn(JoinColumn) -> Result<Tree>) -> Result<Tree> {
    let mut same = Vec::new();
    for id in mapper.primary_key() {
        let name = mapper.column(*id).name();
        let column = JoinColumn { side: Side::Remote, place: id.index(), name, foreign: false };
        same.push(Tree::node(Op::Compare(CompareOp::Eq), vec![row.column(name)?, key(column)?]));
    }
    Ok(Tree::all(same))
}

/// A key of an object that a condition compares with: as it is now, or a parameter that is it whenever the statement runs.
fn key_value(given: Option<&Numbers>, object: &Handle, column: JoinColumn) -> Result<Tree> {
    key_of(given, object, column.column())
}

fn key_of(given: Option<&Numbers>, object: &Handle, column: ColumnId) -> Result<Tree> {
    column_value(object, column).map(|value| as_given(given, object, column, value))
}

fn as_given(given: Option<&Numbers>, object: &Handle, column: ColumnId, value: Value) -> Tree {
    given.and_then(|given| given.key(object, column, &value)).unwrap_or(Tree::Value(value))
}
