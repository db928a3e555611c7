//! The shape of a query: bytes that are the same only where its statement is, but for the values that are bound.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::given::Given;
use super::lower::{label_of, sources};
use crate::declare::{AliasId, ColumnName, RelationAt};
use crate::query::leaf::{ClassRef, RelationRef};
use crate::query::named::{Kind, Subquery};
use crate::query::option::ClassCriteria;
use crate::query::parts::{ClassRows, Item, JoinTo, QueryParts, Source};
use crate::sql::{Dialect, JoinKind, SetOp};

/// A shape that is being written.
pub(super) struct Shape<'q> {
    pub(super) bytes: Vec<u8>,
    pub(super) given: SmallVec<[Given<'q>; 8]>,
    /// Numbers of aliases and of queries with a name, in the order in which they come.
    aliases: SmallVec<[(AliasId, u32); 4]>,
    more: HashMap<AliasId, u32, FxBuildHasher>,
    /// Queries with a name that were written.
    named: HashMap<AliasId, (), FxBuildHasher>,
    pub(super) dialect: &'q dyn Dialect,
    /// Whether an option speaks of what the query joins, whose names are looked for.
    pub(super) is_of_joins: bool,
}

/// A query has no shape: something in it is known only when its statement is built.
pub(super) struct NoShape;

pub(super) type Written = Result<(), NoShape>;

impl<'q> Shape<'q> {
    /// The shape of a query for a database, written into bytes that are empty.
    pub(super) fn of(
        query: &'q QueryParts,
        dialect: &'q dyn Dialect,
        bytes: Vec<u8>,
    ) -> Result<Self, (NoShape, Vec<u8>)> {
        let mut shape = Shape {
            bytes,
            given: SmallVec::new(),
            aliases: SmallVec::new(),
            more: HashMap::default(),
            named: HashMap::default(),
            dialect,
            is_of_joins: false,
        };
        match shape.query(query).and_then(|()| shape.options(&query.options, 0)) {
            Ok(()) => Ok(shape),
            Err(none) => Err((none, shape.bytes)),
        }
    }

    /// The aliases and the queries with a name, in the order in which they come.
    pub(super) fn aliases(&self) -> Vec<AliasId> {
        let mut more: Vec<(u32, AliasId)> =
            self.more.iter().map(|(alias, number)| (*number, *alias)).collect();
        more.sort_unstable_by_key(|(number, _)| *number);
        let few = self.aliases.iter().map(|(alias, _)| *alias);
        few.chain(more.into_iter().map(|(_, alias)| alias)).collect()
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn number(&mut self, number: usize) {
        // Most numbers are small.
        match u8::try_from(number) {
            Ok(small) if small < u8::MAX => self.byte(small),
            _ => {
                self.byte(u8::MAX);
                self.bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A name of a declaration: it stays where it is.
    pub(super) fn name(&mut self, name: &'static str) {
        self.bytes.extend_from_slice(&name.as_ptr().addr().to_le_bytes());
        self.number(name.len());
    }

    /// Aliases are new each time that a query is written down: which one it is in the query counts.
    pub(super) fn alias(&mut self, alias: AliasId) {
        /// Up to so many are looked through.
        const FEW: usize = 4;
        if !alias.is_some() {
            return self.byte(0);
        }
        let known = self.aliases.iter().find(|(known, _)| *known == alias).map(|(_, number)| *number);
        let number = match known.or_else(|| self.more.get(&alias).copied()) {
            Some(number) => number,
            None => {
                let number = u32::try_from(self.aliases.len() + self.more.len()).unwrap_or(u32::MAX);
                if self.aliases.len() < FEW {
                    self.aliases.push((alias, number));
                } else {
                    self.more.insert(alias, number);
                }
                number
            }
        };
        self.byte(if alias.is_of_query() { 2 } else { 1 });
        self.number(number as usize);
    }

    pub(super) fn class(&mut self, class: ClassRef) {
        let (kind, place) = match class {
            ClassRef::Entry(entry) => (1, std::ptr::from_ref(entry()).addr()),
            ClassRef::Mapper(mapper) => (2, std::ptr::from_ref(mapper).addr()),
        };
        self.byte(kind);
        self.bytes.extend_from_slice(&place.to_le_bytes());
    }

    pub(super) fn relation(&mut self, relation: RelationRef) {
        self.class(relation.class());
        match relation.at() {
            RelationAt::Slot(slot) => self.number(slot.index() + 1),
            RelationAt::Named(name) => {
                self.number(0);
                self.name(name);
            }
        }
    }

    pub(super) fn column(&mut self, column: ColumnName, alias: AliasId) {
        self.name(column.table);
        self.name(column.name);
        self.alias(alias);
        // Classes of two registries may give one name to a column and to an expression.
        self.number(column.expression().map_or(0, |make| make as usize));
    }

    pub(super) fn query(&mut self, query: &'q QueryParts) -> Written {
        let QueryParts {
            items,
            from,
            joins,
            filters,
            group_by,
            having,
            order,
            limit,
            offset,
            distinct,
            correlated,
            first,
            compound,
            written,
            options,
            criteria,
            running: _, // what it says of the statement stands before the shape
        } = query;
        let _ = options; // those of a query within say nothing of its rows, and the others are written behind it
        if written.is_some() {
            return Err(NoShape);
        }
        self.number(items.len());
        for item in items {
            match item {
                Item::Entity(source, _) => {
                    self.byte(1);
                    self.source(source)?;
                }
                Item::Value { tree, name } => {
                    self.byte(if name.is_some() { 3 } else { 2 });
                    if let Some(name) = name {
                        self.text(name);
                    }
                    self.tree(tree)?;
                }
            }
        }
        for sources in [from, correlated] {
            self.number(sources.len());
            sources.iter().try_for_each(|source| self.source(source))?;
        }
        self.number(joins.len());
        for join in joins {
            self.byte(match join.kind {
                JoinKind::Inner => 1,
                JoinKind::Left => 2,
                JoinKind::Full => 3,
            });
            match &join.to {
                JoinTo::Relation { relation, from, to, rows } => {
                    self.byte(1);
                    self.relation(*relation);
                    self.alias(*from);
                    self.alias(*to);
                    self.maybe(rows.as_ref(), Self::class_rows)?;
                }
                JoinTo::Source(source) => {
                    self.byte(2);
                    self.source(source)?;
                }
            }
            self.maybe(join.on.as_ref(), Self::tree)?;
        }
        for trees in [filters, group_by, having] {
            self.number(trees.len());
            trees.iter().try_for_each(|tree| self.tree(tree))?;
        }
        self.number(order.len());
        for term in order {
            self.tree(&term.tree)?;
            self.order(term.order);
            // Whether a term is an item, values included, decides how it is written.
            match label_of(query, term) {
                Some(name) => {
                    self.byte(1);
                    self.text(&name);
                }
                None => self.byte(0),
            }
        }
        self.maybe(limit.as_ref(), Self::tree)?;
        self.maybe(offset.as_ref(), Self::tree)?;
        self.byte(u8::from(*distinct));
        if !order.is_empty() && (first.is_some() || !compound.is_empty()) {
            // The place of a term among the items, values included, is all that is written of it.
            let columns = sources(query).map_err(|_| NoShape)?;
            for term in order {
                let place = columns.iter().position(|column| *column == term.tree);
                self.number(place.map_or(0, |place| place + 1));
            }
        }
        self.criteria(criteria)?;
        self.maybe(first.as_deref(), Self::query)?;
        self.number(compound.len());
        for (op, part) in compound {
            self.set(*op);
            self.query(part)?;
        }
        Ok(())
    }

    fn criteria(&mut self, criteria: &'q [ClassCriteria]) -> Written {
        self.number(criteria.len());
        criteria.iter().try_for_each(|said| {
            self.class(said.class);
            self.byte(u8::from(said.aliases));
            self.tree(&said.condition)
        })
    }

    pub(super) fn maybe<T: ?Sized>(
        &mut self,
        what: Option<&'q T>,
        write: fn(&mut Self, &'q T) -> Written,
    ) -> Written {
        self.byte(u8::from(what.is_some()));
        what.map_or(Ok(()), |what| write(self, what))
    }

    fn set(&mut self, op: SetOp) {
        self.byte(match op {
            SetOp::Union => 1,
            SetOp::UnionAll => 2,
            SetOp::Intersect => 3,
            SetOp::Except => 4,
        });
    }

    fn source(&mut self, source: &'q Source) -> Written {
        match source {
            Source::Class(class, alias) => {
                self.byte(1);
                self.class(*class);
                self.alias(*alias);
            }
            Source::Table(table, alias) => {
                self.byte(2);
                self.name(table);
                self.alias(*alias);
            }
            Source::Query(query) => {
                self.byte(3);
                self.subquery(query)?;
            }
            Source::Entity(class, alias, rows) => {
                self.byte(4);
                self.class(*class);
                self.alias(*alias);
                self.class_rows(rows)?;
            }
        }
        Ok(())
    }

    fn class_rows(&mut self, rows: &'q ClassRows) -> Written {
        self.alias(rows.of);
        self.subquery(&rows.query)
    }

    pub(super) fn subquery(&mut self, query: &'q Subquery) -> Written {
        let named = query.named();
        self.alias(named.id);
        let kind = match &named.kind {
            Kind::Subquery(_) => 1,
            Kind::Common(_, None) => 2,
            Kind::Common(_, Some(_)) => 3,
            Kind::This(_) => 4,
            Kind::Values(..) => 5,
            Kind::Func(..) => 6,
            Kind::Alias(_) => 7,
        };
        self.byte(kind);
        self.text(&named.name);
        let is_this = matches!(named.kind, Kind::This(_));
        if is_this || self.named.insert(named.id, ()).is_some() {
            return Ok(()); // it is written above
        }
        match &named.kind {
            Kind::Subquery(parts) | Kind::Common(parts, None) => self.query(parts),
            Kind::Common(parts, Some((op, step))) => {
                self.query(parts)?;
                self.set(*op);
                self.query(step)
            }
            Kind::This(_) => Ok(()),
            Kind::Values(columns, rows) => {
                self.number(columns.len());
                columns.iter().for_each(|name| self.text(name));
                self.number(rows.len());
                for row in rows {
                    self.number(row.len());
                    row.iter().try_for_each(|tree| self.tree(tree))?;
                }
                Ok(())
            }
            Kind::Func(name, args) => {
                self.text(name);
                self.number(args.len());
                args.iter().try_for_each(|tree| self.tree(tree))
            }
            Kind::Alias(of) => self.subquery(of),
        }
    }
}
