//! `QueryParts`: what a query is made of, whatever its rows are.

#![allow(
    unreachable_pub,
    reason = "public traits of the query layer fill a parts, which nothing outside can name"
)]

use std::fmt;
use std::rc::Rc;

use super::leaf::{ClassRef, Leaf, Output, RelationRef};
use super::named::Subquery;
use super::option::{ClassCriteria, LoadOption};
use crate::declare::AliasId;
use crate::sql::{Depth, JoinKind, Name, Op, OrderTerm, QUERY_DEPTH, SetOp, Tree};

/// The parts of a query. Nothing in it is resolved.
#[derive(Clone, Default)]
pub struct QueryParts {
    pub(crate) items: Vec<Item>,
    pub(crate) from: Vec<Source>,
    pub(crate) joins: Vec<Join>,
    pub(crate) filters: Vec<Tree<Leaf>>,
    pub(crate) group_by: Vec<Tree<Leaf>>,
    pub(crate) having: Vec<Tree<Leaf>>,
    pub(crate) order: Vec<OrderTerm<Leaf>>,
    pub(crate) limit: Option<Tree<Leaf>>,
    pub(crate) offset: Option<Tree<Leaf>>,
    pub(crate) distinct: bool,
    /// Sources that are those of the query around this one.
    pub(crate) correlated: Vec<Source>,
    /// The query whose rows come first where several are put together, if it has an order or a limit of its own; what is
    /// above says then only what a row holds.
    pub(crate) first: Option<Rc<QueryParts>>,
    /// Queries whose rows this one's are put together with.
    pub(crate) compound: Vec<(SetOp, Rc<QueryParts>)>,
    /// SQL of the user's that runs in place of all that is above; the items say what its rows become.
    pub(crate) written: Option<Rc<WrittenParts>>,
    /// How what belongs to its objects is loaded.
    pub(crate) options: Vec<LoadOption>,
    /// Conditions on every row of a class.
    pub(crate) criteria: Vec<ClassCriteria>,
    /// What is done other than usual when it runs.
    pub(crate) running: Running,
}

/// What is done other than usual when a query runs.
#[derive(Clone, Copy, Default)]
pub(crate) struct Running {
    /// Whether objects that are there already are overwritten by what the rows hold.
    pub(crate) populate_existing: bool,
    /// Whether what changed stays unwritten.
    pub(crate) no_autoflush: bool,
    /// Whether it means what SQLAlchemy makes of it, where that is another thing.
    pub(crate) like_sqlalchemy: bool,
}

/// A query that the user wrote as SQL.
#[derive(Clone)]
pub struct WrittenParts {
    /// The text, with what stands for its question marks.
    pub(crate) sql: Tree<Leaf>,
    /// What its columns are, where that is said.
    pub(crate) columns: Option<Vec<Output>>,
}

/// A class, an alias of one, or a query: where rows come from.
#[derive(Clone)]
pub enum Source {
    /// The table of a class.
    Class(ClassRef, AliasId),
    /// The table of a column.
    Table(&'static str, AliasId),
    /// A query with a name.
    Query(Subquery),
    /// A query with a name, whose rows are those of a class too.
    Entity(ClassRef, AliasId, ClassRows),
}

/// The rows of a query with a name, as those of a class.
#[derive(Clone, Debug)]
pub struct ClassRows {
    pub(crate) query: Subquery,
    /// The alias whose objects the query selects; none for the class by its own name.
    pub(crate) of: AliasId,
}

/// What a row of a query holds.
#[derive(Clone)]
pub enum Item {
    /// An object: all columns of its class. It is called by its class where it has no name.
    Entity(Source, Option<Name>),
    /// A value, with its name if it has one.
    Value { tree: Tree<Leaf>, name: Option<Name> },
}

/// A join.
#[derive(Clone)]
pub(crate) struct Join {
    pub(crate) kind: JoinKind,
    pub(crate) to: JoinTo,
    /// The condition, or what is to be true besides that of the relationship.
    pub(crate) on: Option<Tree<Leaf>>,
}

/// What is joined.
#[derive(Clone)]
pub enum JoinTo {
    /// What a relationship leads to. The target is a query with a name where one is given.
    Relation { relation: RelationRef, from: AliasId, to: AliasId, rows: Option<ClassRows> },
    /// A source, by a condition that is given.
    Source(Source),
}

impl QueryParts {
    #[inline(never)]
    pub(crate) fn add_item(&mut self, item: Item) {
        self.items.push(item);
    }

    /// Adds a value without a name.
    pub(crate) fn add_value(&mut self, tree: Tree<Leaf>) {
        self.add_item(Item::Value { tree, name: None });
    }

    #[inline(never)]
    pub(crate) fn add_filter(&mut self, condition: Tree<Leaf>) {
        let is_trivial = matches!(&condition, Tree::Node(Op::And, _, none) if none.is_empty());
        if !is_trivial {
            self.filters.push(condition);
        }
    }

    #[inline(never)]
    pub(crate) fn add_join(&mut self, kind: JoinKind, (to, on): (JoinTo, Option<Tree<Leaf>>)) {
        self.joins.push(Join { kind, to, on });
    }

    /// Adds a condition on every row of a class.
    #[inline(never)]
    pub(crate) fn add_criteria(&mut self, criteria: ClassCriteria) {
        if !criteria.is_trivial() {
            self.criteria.push(criteria);
        }
    }

    /// Whether its rows are all those of a class, in whatever order.
    pub(crate) fn is_whole_table(&self) -> bool {
        let QueryParts { from, joins, filters, group_by, having, limit, offset, .. } = self;
        matches!(self.items.as_slice(), [Item::Entity(Source::Class(..), _)])
            && from.is_empty()
            && joins.is_empty()
            && filters.is_empty()
            && group_by.is_empty()
            && having.is_empty()
            && limit.is_none()
            && offset.is_none()
            && self.correlated.is_empty()
            && self.first.is_none()
            && self.compound.is_empty()
            && self.written.is_none()
            && self.criteria.is_empty()
    }

    /// How deep its expressions and the queries within it nest.
    pub(crate) fn depth(&self) -> u16 {
        let items = self.items.iter().map(|item| match item {
            Item::Entity(source, _) => source.depth(),
            Item::Value { tree, .. } => tree.depth(),
        });
        let trees = self.filters.iter().chain(&self.group_by).chain(&self.having);
        let trees =
            trees.chain(self.order.iter().map(|term| &term.tree)).chain(&self.limit).chain(&self.offset);
        let joins = self.joins.iter().map(|join| {
            let to = match &join.to {
                JoinTo::Relation { rows, .. } => rows.as_ref().map_or(0, |rows| rows.query.depth()),
                JoinTo::Source(source) => source.depth(),
            };
            join.on.as_ref().map_or(0, Tree::depth).max(to)
        });
        let parts = self.compound.iter().map(|(_, parts)| parts).chain(&self.first);
        let compound = parts.map(|parts| parts.depth().saturating_add(QUERY_DEPTH));
        let from = self.from.iter().map(Source::depth);
        let written = self.written.iter().map(|written| written.sql.depth());
        let from = from.chain(written);
        let all = items.chain(trees.map(Tree::depth)).chain(joins).chain(compound).chain(from);
        all.max().unwrap_or(0)
    }
}

impl Source {
    /// The class whose rows it brings, if it is one's.
    pub(crate) fn class_ref(&self) -> Option<ClassRef> {
        match self {
            Source::Class(class, _) | Source::Entity(class, ..) => Some(*class),
            Source::Table(..) | Source::Query(_) => None,
        }
    }

    /// The same source, by whatever it is named.
    pub(crate) fn is(&self, other: &Source) -> bool {
        match (self, other) {
            (Source::Query(one), Source::Query(two)) => one.is(two),
            (Source::Query(query), Source::Entity(.., rows))
            | (Source::Entity(.., rows), Source::Query(query)) => query.is(&rows.query),
            _ => match (self.table(), other.table()) {
                (Some(one), Some(two)) => one == two,
                _ => false,
            },
        }
    }

    /// The table's name and the alias; none for a query.
    pub(crate) fn table(&self) -> Option<(&'static str, AliasId)> {
        match self {
            Source::Class(class, alias) | Source::Entity(class, alias, _) => Some((class.table(), *alias)),
            Source::Table(table, alias) => Some((table, *alias)),
            Source::Query(_) => None,
        }
    }

    pub(crate) fn depth(&self) -> u16 {
        match self {
            Source::Class(..) | Source::Table(..) => 0,
            Source::Query(query) | Source::Entity(.., ClassRows { query, .. }) => query.depth(),
        }
    }
}

impl Depth for QueryParts {
    fn depth(&self) -> u16 {
        QueryParts::depth(self)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Class(class, _) | Source::Entity(class, ..) => f.write_str(class.name()),
            Source::Table(table, _) => f.write_str(table),
            Source::Query(query) => query.fmt(f),
        }
    }
}

impl fmt::Debug for QueryParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select")
            .field("items", &self.items)
            .field("filters", &self.filters)
            .field("order", &self.order)
            .field("limit", &self.limit)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::Entity(source, _) => source.fmt(f),
            Item::Value { tree, .. } => tree.fmt(f),
        }
    }
}
