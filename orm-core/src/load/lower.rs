//! A query to a statement: every leaf of its expressions is resolved in the scope where it stands. Keys of objects are
//! read now.

use super::instance::EntityPlan;
use super::scope::Scopes;
use crate::declare::Direction;
use crate::error::{Code, Error, Result};
use crate::mapper::{JoinColumn, Mapper, Relation, Side};
use crate::query::{JoinKind, Leaf, RelationRef, Select, Test};
use crate::sql::{CompareOp, FromItem, Op, OrderTerm, SelectStmt, TableRef, Tree};
use crate::state::memory::handle::Handle;
use crate::state::read::answer::Read;
use crate::state::read::column;
use crate::state::read::lifecycle::ObjectState;
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

/// The statement of a query.
pub(super) fn statement<T>(query: &Select<T>, mapper: &'static Mapper) -> Result<SelectStmt> {
    let mut lower = Lower::default();
    lower.scopes.open();
    let table = lower.scopes.name(mapper.table().name);
    lower.scopes.add_class(mapper, table.clone());
    let mut from = FromItem::from(table.clone());
    for join in &query.joins {
        from = lower.join(from, join.kind, join.relation)?;
    }
    let mut stmt = EntityPlan::new(mapper, 0).select(SelectStmt::new(), &table).from(from);
    for condition in &query.filters {
        stmt = stmt.filter(lower.tree(condition)?);
    }
    for term in &query.order {
        stmt = stmt.order_by(OrderTerm { tree: lower.tree(&term.tree)?, descending: term.descending });
    }
    let count = |rows: u64| Tree::Value(Value::Int(i64::try_from(rows).unwrap_or(i64::MAX)));
    if let Some(limit) = query.limit {
        stmt = stmt.limit(count(limit));
    }
    if let Some(offset) = query.offset {
        stmt = stmt.offset(count(offset));
    }
    Ok(if query.distinct { stmt.distinct() } else { stmt })
}

/// The condition of a relationship for given sources: `near` makes the columns of the class.
pub(super) fn join_condition(
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
fn of(table: &TableRef) -> impl Fn(JoinColumn) -> Result<Tree> + '_ {
    |column| Ok(Tree::Column(table.column(column.name)))
}

#[derive(Default)]
struct Lower {
    scopes: Scopes,
}

impl Lower {
    fn tree(&mut self, tree: &Tree<Leaf>) -> Result<Tree> {
        let lowered = tree.lower(&mut |leaf: &Leaf| match leaf {
            Leaf::Column(column) => self.scopes.column(*column),
            Leaf::Related(relation, test) => self.related(relation.resolve()?, test),
        })?;
        match lowered {
            Tree::TooDeep => Err(Error::new(Code::Query, "a condition nests too deep for a database")
                .help("join conditions by `and` and `or` in one list, or ask in several queries")),
            other => Ok(other),
        }
    }

    fn join(&mut self, from: FromItem, kind: JoinKind, relation: RelationRef) -> Result<FromItem> {
        let relation = relation.resolve()?;
        let target = relation.target();
        let Some(near) = self.scopes.class(relation.mapper()).cloned() else {
            return Err(Error::new(Code::Query, format!("`{}` isn't part of the query", relation.class()))
                .about(relation.class(), Some(relation.name()))
                .help("join along a relationship of a class that is selected or joined before"));
        };
        if self.scopes.class(target).is_some() {
            return Err(Error::new(
                Code::Query,
                format!("`{}` is part of the query already", target.class()),
            )
            .about(relation.class(), Some(relation.name()))
            .help("ask by `any` or `has` instead"));
        }
        let sources = self.sources(relation);
        let join = |from: FromItem, to: FromItem, on: Tree| match kind {
            JoinKind::Inner => from.join(to, on),
            JoinKind::Left => from.left_join(to, on),
        };
        let near = sources.near_condition(relation, &of(&near))?;
        let far = relation.rows().item(&sources.far);
        Ok(match (sources.association_item(relation), sources.far_condition(relation)?) {
            (Some(association), Some(on)) => join(from, association.join(far, on), near),
            _ => join(from, far, near),
        })
    }

    /// Names the sources that a relationship leads through and to, and puts them into the innermost scope.
    fn sources(&mut self, relation: &'static Relation) -> Sources {
        let target = relation.target();
        let association = relation.secondary().map(|table| {
            let name = self.scopes.name(table.name);
            self.scopes.add_table(table.name, name.clone());
            name
        });
        let far = self.scopes.name(target.table().name);
        self.scopes.add_class(target, far.clone());
        Sources { far, association }
    }

    fn related(&mut self, relation: &'static Relation, test: &Test) -> Result<Tree> {
        match test {
            Test::Any(condition) => {
                let near = self.scopes.source_of(relation)?;
                self.exists(relation, &of(&near), |lower, _| {
                    condition.as_deref().map(|condition| lower.tree(condition)).transpose()
                })
            }
            Test::Is(object) => self.leads_to(relation, object.as_ref()),
            Test::ParentIs(object) => self.child_of(relation, object),
        }
    }

    /// Whether there is a row that the relationship leads to from the row whose columns `near` makes, and that meets a
    /// condition.
    fn exists(
        &mut self,
        relation: &'static Relation,
        near: &dyn Fn(JoinColumn) -> Result<Tree>,
        condition: impl FnOnce(&mut Self, &TableRef) -> Result<Option<Tree>>,
    ) -> Result<Tree> {
        self.scopes.open();
        let sources = self.sources(relation);
        let mut stmt = SelectStmt::new().item(Value::Int(1)).from(relation.rows().item(&sources.far));
        if let Some(association) = sources.association_item(relation) {
            stmt = stmt.from(association);
        }
        stmt = stmt.filter(sources.near_condition(relation, near)?);
        if let Some(far) = sources.far_condition(relation)? {
            stmt = stmt.filter(far);
        }
        let condition = condition(self, &sources.far);
        self.scopes.close();
        if let Some(condition) = condition? {
            stmt = stmt.filter(condition);
        }
        Ok(Tree::exists(stmt))
    }

    fn leads_to(&mut self, relation: &'static Relation, object: Option<&Handle>) -> Result<Tree> {
        let near = self.scopes.source_of(relation)?;
        // The object of a key may be none of the rows of a query.
        let by_key = relation.direction() == Direction::ManyToOne && relation.rows().is_table();
        let Some(object) = object else {
            if !by_key {
                return Ok(self.exists(relation, &of(&near), |_, _| Ok(None))?.not());
            }
            let mapper = relation.mapper();
            let keys = relation.pairs().iter().map(|pair| near.column(mapper.column(pair.local).name()));
            return Ok(Tree::all(keys.map(|column| Tree::from(column).is_null())));
        };
        check_class(relation.target(), object, relation)?;
        if by_key {
            let far = |column: JoinColumn| key_value(object, column).map(Tree::Value);
            return join_condition(&relation.condition().near, &of(&near), &far, None);
        }
        self.exists(relation, &of(&near), |_, row| {
            let key = |column| key_value(object, column).map(Tree::Value);
            same_row(relation.target(), row, &key).map(Some)
        })
    }

    /// The condition that a row is one that the relationship of an object leads to. Links are looked at in a query
    /// of their own, so that several such conditions don't get in each other's way.
    fn child_of(&mut self, relation: &'static Relation, object: &Handle) -> Result<Tree> {
        check_class(relation.mapper(), object, relation)?;
        let target = relation.target();
        let far = self.scopes.class(target).cloned().ok_or_else(|| {
            Error::new(Code::Query, format!("`{}` isn't part of the query", target.class()))
                .about(relation.class(), Some(relation.name()))
                .help(format!("select or join `{}`", target.class()))
        })?;
        let near = |column: JoinColumn| key_value(object, column).map(Tree::Value);
        if !relation.rows().is_table() {
            return self.exists(relation, &near, |_, row| same_row(target, row, &of(&far)).map(Some));
        }
        let association = relation.secondary().map(|table| self.scopes.name(table.name));
        let sources = Sources { far, association };
        let condition = sources.near_condition(relation, &near)?;
        let (Some(association), Some(far)) =
            (sources.association_item(relation), sources.far_condition(relation)?)
        else {
            return Ok(condition);
        };
        let stmt = SelectStmt::new().item(Value::Int(1)).from(association);
        Ok(Tree::exists(stmt.filter(condition).filter(far)))
    }
}

/// The names of the sources that a relationship leads through and to.
struct Sources {
    far: TableRef,
    association: Option<TableRef>,
}

impl Sources {
    fn near_condition(&self, relation: &Relation, near: &dyn Fn(JoinColumn) -> Result<Tree>) -> Result<Tree> {
        join_condition(&relation.condition().near, near, &of(&self.far), self.association.as_ref())
    }

    /// The association's part of `FROM`.
    fn association_item(&self, relation: &Relation) -> Option<FromItem> {
        Some(relation.association()?.item(self.association.as_ref()?))
    }

    /// The condition between the association table and the target.
    fn far_condition(&self, relation: &Relation) -> Result<Option<Tree>> {
        let Some(condition) = &relation.condition().far else { return Ok(None) };
        let far = of(&self.far);
        join_condition(condition, &far, &far, self.association.as_ref()).map(Some)
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
fn same_row(
    mapper: &'static Mapper,
    row: &TableRef,
    key: &dyn Fn(JoinColumn) -> Result<Tree>,
) -> Result<Tree> {
    let mut same = Vec::new();
    for id in mapper.primary_key() {
        let name = mapper.column(*id).name();
        let column = JoinColumn { side: Side::Remote, place: id.index(), name, foreign: false };
        same.push(Tree::node(Op::Compare(CompareOp::Eq), vec![Tree::from(row.column(name)), key(column)?]));
    }
    Ok(Tree::all(same))
}

/// A key of an object that a condition compares with: as it is now.
fn key_value(object: &Handle, column: JoinColumn) -> Result<Value> {
    let header = object.header();
    let mapped = header.mapper().column(column.column());
    let is_persistent = ObjectState::of(object) == ObjectState::Persistent;
    let options = match is_persistent {
        true => ReadOptions::DATABASE,
        false => ReadOptions::IDENTITY_MAP.without_default(),
    };
    match column::value(object, mapped.slot(), options)? {
        Read::Known(value) => Ok(value),
        Read::Unset if is_persistent => Ok(Value::Null),
        Read::Unknown if let Some(value) = column::last_known(object, mapped.slot())? => Ok(value),
        _ => Err(Error::new(Code::Unset, format!("the key of {} isn't known", header.label()))
            .about(header.mapper().class(), Some(mapped.attribute()))
            .help("add the object to the session first")),
    }
}
