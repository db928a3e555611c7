//! The statement that loads a relationship for many objects: rows of the target whose keys are in a list.

use super::association::{association_beside, in_order};
use super::keys::Keys;
use super::lower::with_columns_of;
use super::route::Route;
use crate::declare::{ColumnId, Direction};
use crate::engine::Row;
use crate::error::{Error, Result};
use crate::mapper::{JoinColumn, Mapper, Relation, Side};
use crate::sql::{Alias, ColumnRef, FromItem, Op, SelectStmt, TableRef, Tree};
use crate::state::key::Key;
use crate::state::memory::changes::Attr;
use crate::state::memory::handle::Handle;
use crate::state::read::answer::Read;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::state::read::was::is_changed;
use crate::value::{Value, ValueRef};

/// How a relationship is asked for many objects.
pub(super) struct Ask {
    pub(super) relation: &'static Relation,
    /// Whether by the keys of the objects, and so with their table in the statement.
    pub(super) by_parents: bool,
    /// The columns of the class that make a key, and where their values stand on the other side.
    pub(super) pairs: Vec<(ColumnId, JoinColumn)>,
}

impl Ask {
    /// Without the table of the class, where the condition allows that.
    pub(super) fn of(relation: &'static Relation) -> Self {
        let Some(list) = relation.list_key() else { return Ask::by_parents(relation) };
        let mut pairs = list.pairs.clone();
        if relation.get_columns().is_some() {
            let key = relation.target().primary_key();
            pairs.sort_by_key(|(_, other)| key.iter().position(|id| *id == other.column()));
        }
        Ask { relation, by_parents: false, pairs }
    }

    /// By the keys of the objects.
    pub(super) fn by_parents(relation: &'static Relation) -> Self {
        let mapper = relation.mapper();
        let column = |id: &ColumnId| {
            let name = mapper.column(*id).name();
            (*id, JoinColumn { side: Side::Local, place: id.index(), name, foreign: false })
        };
        Ask { relation, by_parents: true, pairs: mapper.primary_key().iter().map(column).collect() }
    }

    /// Whether the statement of a lazy load asks for one key too.
    pub(super) fn is_lazy(&self) -> bool {
        !self.by_parents && self.relation.local_columns().len() == self.pairs.len()
    }

    /// For each column that the statement of a lazy load is given, where it stands in the key.
    pub(super) fn places_of_locals(&self) -> Vec<usize> {
        let place = |local: &ColumnId| self.pairs.iter().position(|(id, _)| id == local);
        self.relation.local_columns().iter().filter_map(place).collect()
    }

    /// How many columns the rows have, without what is joined.
    pub(super) fn columns(&self) -> usize {
        let target = self.relation.target().columns().len();
        target + self.pairs.iter().filter(|(_, other)| other.side != Side::Remote).count()
    }

    /// The place in a row of the only column of the key, where that is read as it is.
    pub(super) fn integer_place(&self) -> Option<usize> {
        let [(id, other)] = self.pairs.as_slice() else { return None };
        let is_integer = self.relation.mapper().column(*id).decl().is_integer;
        let behind = self.relation.target().columns().len();
        is_integer.then_some(if other.side == Side::Remote { other.place } else { behind })
    }

    /// The key of a row: what the object that it belongs to has. Given are the values of the target's columns too.
    pub(super) fn key_of(&self, row: &dyn Row, target: &[ValueRef<'_>]) -> Result<Key> {
        let mapper = self.relation.mapper();
        let mut behind = self.relation.target().columns().len();
        let mut values = Vec::with_capacity(self.pairs.len());
        for (id, other) in &self.pairs {
            let value = match other.side {
                Side::Remote => target.get(other.place).copied().unwrap_or(ValueRef::Null),
                Side::Local | Side::Association => {
                    behind += 1;
                    row.get(behind - 1)?
                }
            };
            values.push((mapper.column(*id).decl().stored)(value).unwrap_or_else(|_| value.to_value()));
        }
        Ok(Key::new(values))
    }

    /// Whether a statement without keys may stand for those that ask for all objects of the class. What it reads besides are
    /// rows that belong to nobody. They have to be seen, so that it can end where they are too many: an order or a
    /// condition would have the database go through all of them. Of what objects name by a key there may be any number
    /// that none of them names. And it isn't the database that compares keys then: they are integers.
    pub(super) fn may_be_whole(&self, route: &Route) -> bool {
        let relation = self.relation;
        if self.by_parents || relation.direction() == Direction::ManyToOne {
            return false;
        }
        let is_hidden = !relation.order_by().is_empty()
            || !route.filter().is_empty()
            || relation.list_key().is_some_and(|list| !list.rest.is_empty());
        let fits = |(id, other): &(ColumnId, JoinColumn)| {
            let other = match other.side {
                Side::Local => None,
                Side::Remote => Some(relation.target().column(other.column()).decl()),
                Side::Association => relation.secondary().and_then(|table| table.columns.get(other.place)),
            };
            relation.mapper().column(*id).decl().is_integer
                && other.is_some_and(|other| other.is_integer && !(is_hidden && other.nullable))
        };
        self.pairs.iter().all(fits)
    }

    /// The statement, with so many keys, or a list that is bound as one for 0 of them; for all rows where none is given.
    pub(super) fn statement(&self, keys: Option<usize>) -> Result<SelectStmt> {
        let relation = self.relation;
        let target = relation.target();
        let table = target.table_ref();
        let names = Names {
            parent: relation.mapper().table_ref().aliased(Alias::Number(1)),
            table: &table,
            association: association_beside(relation, &table),
        };
        let mut stmt = with_columns_of(target, SelectStmt::new(), &table, None)?;
        let columns: Vec<ColumnRef> = self.pairs.iter().map(|(_, other)| names.column(*other)).collect();
        for (column, (_, other)) in columns.iter().zip(&self.pairs) {
            if other.side != Side::Remote {
                stmt = stmt.item(column.clone());
            }
        }
        let condition = relation.condition();
        let item = relation.rows().item(&table)?;
        let association = relation.association().zip(names.association.as_ref());
        let association = association.map(|(rows, name)| rows.item(name)).transpose()?;
        if self.by_parents {
            let near = names.tree(&condition.near)?;
            let (to, on) = match (association, &condition.far) {
                // Within the inner join the class can't be seen.
                (Some(association), Some(far)) if condition.far_needs_local() => {
                    (association.join(item, Tree::all([])), near.and(names.tree(far)?))
                }
                (Some(association), Some(far)) => (association.join(item, names.tree(far)?), near),
                _ => (item, near),
            };
            stmt = stmt.from(FromItem::from(names.parent.clone()).join(to, on));
        } else {
            stmt = stmt.from(item);
            stmt = association.into_iter().fold(stmt, SelectStmt::from);
        }
        if let Some(keys) = keys {
            stmt = stmt.filter(in_keys(columns, keys));
        }
        if !self.by_parents {
            let rest = relation.list_key().map(|list| list.rest.as_slice()).unwrap_or_default();
            for term in rest.iter().chain(&condition.far) {
                stmt = stmt.filter(names.tree(term)?);
            }
        }
        Ok(in_order(stmt, relation, names.association.as_ref()))
    }

    /// The rows of some objects have to tell what they lead to: so they tell it of all in one statement, but of those whose keys
    /// aren't in their rows yet. Gives the keys of these.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn left_of_rows(&self, keys: Keys, objects: &[Handle], others: &mut Keys) -> Result<Keys> {
        let mapper = self.relation.mapper();
        let mut left = Keys::default();
        for (key, places) in keys.into_list() {
            for at in places.iter().map(|at| *at as usize) {
                let Some(object) = objects.get(at) else { continue };
                let mut is_in_row = true;
                for (id, _) in &self.pairs {
                    is_in_row &= !is_changed(object, Attr::Column(mapper.slot(*id)))?;
                }
                match object.header().key().filter(|_| is_in_row) {
                    Some(own) => others.add(own, at),
                    None => left.add(key.clone(), at),
                }
            }
        }
        Ok(left)
    }

    /// The key by which it is asked for an object, as far as that is in memory.
    pub(super) fn key(&self, object: &Handle, options: ReadOptions) -> Result<Option<Key>> {
        if self.by_parents {
            return Ok(object.header().key());
        }
        let mapper = self.relation.mapper();
        let mut values: Vec<Value> = Vec::with_capacity(self.pairs.len());
        for (id, _) in &self.pairs {
            match known(object, (mapper, *id), options)? {
                Some(value) => values.push(value),
                None => return Ok(None),
            }
        }
        Ok(Some(match self.relation.get_columns() {
            Some(_) => Key::named(self.relation.target(), values),
            None => Key::new(values),
        }))
    }
}

/// The names of the sources.
struct Names<'a> {
    parent: TableRef,
    table: &'a TableRef,
    association: Option<TableRef>,
}

impl Names<'_> {
    fn column(&self, column: JoinColumn) -> ColumnRef {
        match column.side {
            Side::Local => self.parent.column(column.name),
            Side::Remote => self.table.column(column.name),
            Side::Association => self.association.as_ref().unwrap_or(self.table).column(column.name),
        }
    }

    fn tree(&self, tree: &Tree<JoinColumn>) -> Result<Tree> {
        tree.lower(&mut |column: &JoinColumn| Ok::<Tree, Error>(Tree::Column(self.column(*column))))
    }
}

/// Whether columns have one of so many keys, or of a list that is bound as one for 0 of them.
pub(super) fn in_keys(columns: Vec<ColumnRef>, keys: usize) -> Tree {
    let width = columns.len();
    let mut columns: Vec<Tree> = columns.into_iter().map(Tree::from).collect();
    if keys == 0 {
        columns.push(Tree::Param(0));
        return Tree::node(Op::InList, columns);
    }
    if width == 1 {
        columns.extend((0..keys).map(Tree::Param));
        return Tree::node(Op::In, columns);
    }
    let row =
        |key: usize| Tree::node(Op::Tuple, (0..width).map(|at| Tree::Param(key * width + at)).collect());
    Tree::node(Op::Tuple, columns).in_list((0..keys).map(row))
}

/// What a column of an object holds, as far as that is in memory.
fn known(
    object: &Handle,
    (mapper, id): (&'static Mapper, ColumnId),
    options: ReadOptions,
) -> Result<Option<Value>> {
    let place = mapper.slot(id);
    let memory = ReadOptions::MEMORY;
    let value = if options.is_committed() {
        column::committed_value(object, place, memory)?
    } else {
        column::value(object, place, memory)?
    };
    if let Read::Known(value) = value {
        return Ok(Some(value));
    }
    // Expired, but the object's key says it.
    let part = mapper.primary_key().iter().position(|key| *key == id);
    let key = part.and_then(|part| Some(object.header().key()?.get(part).to_value()));
    Ok(key.filter(|_| matches!(value, Read::Unknown)))
}
