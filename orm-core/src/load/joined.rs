//! Joined loads: a statement with what stands beside its objects, a transformation of one value into another.

use super::lower::criteria;
use super::with::{Joined, With};
use crate::declare::{AliasId, Direction};
use crate::error::{Error, Result};
use crate::mapper::{JoinColumn, Side};
use crate::sql::{
    Alias, ColumnRef, FromItem, Join, JoinKind, OrderTerm, SelectItem, SelectStmt, Source, TableRef, Tree,
};

/// A statement whose rows have what is joined to their objects too, behind the items that they have already. `root` is the
/// name of the objects' table in it. Where each object may get several rows, a limit, an offset, `DISTINCT` or groups are
/// about the objects: the statement becomes a source of another one.
pub(super) fn extend(stmt: SelectStmt, root: &TableRef, with: &With) -> Result<SelectStmt> {
    if with.joined.is_empty() {
        return Ok(stmt);
    }
    let mut names = Names::beside(&stmt);
    let is_nested = nests(&stmt) && with.multiplies_rows();
    let (stmt, root) = if is_nested { nest(stmt, root, &mut names) } else { (stmt, root.clone()) };
    let mut stmt = stmt;
    let Some(at) = stmt.from.iter().position(|item| has(item, &root)) else { return Ok(stmt) };
    let mut build = Build { names, items: Vec::new(), order: Vec::new(), outside: Vec::new() };
    let mut item = stmt.from.remove(at);
    item = build.attach(item, &root, with)?;
    for join in build.outside {
        item.joins.push(join);
    }
    stmt.from.insert(at, item);
    stmt.items.extend(build.items);
    stmt.order_by.extend(build.order);
    Ok(stmt)
}

/// Whether a statement can have what is joined to its objects, whose columns are all that it gives where it has to become a
/// source: set operations, and rows of several items there, can't.
pub(super) fn extends(stmt: &SelectStmt, columns: usize, with: &With) -> bool {
    stmt.compound.is_empty() && (!nests(stmt) || !with.multiplies_rows() || stmt.items.len() == columns)
}

/// Whether the rows of a statement are counted or put together, so that there mustn't be more of them.
fn nests(stmt: &SelectStmt) -> bool {
    stmt.limit.is_some() || stmt.offset.is_some() || stmt.distinct || !stmt.group_by.is_empty()
}

/// Names of sources that a statement doesn't have yet.
struct Names {
    next: u32,
}

impl Names {
    fn beside(stmt: &SelectStmt) -> Self {
        fn highest(item: &FromItem) -> u32 {
            let (Source::Table(name) | Source::Select(_, name) | Source::Func(.., name)) = &item.source;
            let own = if let Alias::Number(number) = name.alias { number } else { 0 };
            item.joins.iter().map(|join| highest(&join.right)).fold(own, u32::max)
        }
        Names { next: stmt.from.iter().map(highest).max().unwrap_or(0) }
    }

    fn name(&mut self, table: &'static str) -> TableRef {
        self.next += 1;
        TableRef::new(table).aliased(Alias::Number(self.next))
    }
}

/// Whether a part of `FROM` has a source of that name.
fn has(item: &FromItem, name: &TableRef) -> bool {
    let (Source::Table(own) | Source::Select(_, own) | Source::Func(.., own)) = &item.source;
    own == name || item.joins.iter().any(|join| has(&join.right, name))
}

/// The statement as the source of another one, with the same items and in the same order.
fn nest(mut stmt: SelectStmt, root: &TableRef, names: &mut Names) -> (SelectStmt, TableRef) {
    names.next += 1;
    let outer = root.aliased(Alias::Number(names.next));
    let mut taken: Vec<String> = Vec::new();
    for item in &mut stmt.items {
        let own = match (&item.label, &item.tree) {
            (Some(label), _) => Some(label.to_string()),
            (None, Tree::Column(column)) => Some(column.name.to_string()),
            _ => None,
        };
        let name = own.filter(|name| !taken.contains(name));
        let name = name.unwrap_or_else(|| {
            let label = format!("item {}", taken.len());
            item.label = Some(label.clone().into());
            label
        });
        taken.push(name);
    }
    let items: Vec<ColumnRef> = taken.iter().map(|name| outer.column(name.clone())).collect();
    let mut order = Vec::new();
    for (number, term) in stmt.order_by.iter().enumerate() {
        let known = stmt.items.iter().position(|item| item.tree == term.tree);
        let column = match known.and_then(|at| items.get(at)) {
            Some(column) => column.clone(),
            None => {
                let label = format!("order {number}");
                stmt.items.push(SelectItem::labelled(term.tree.clone(), label.clone()));
                outer.column(label)
            }
        };
        order.push(OrderTerm { tree: column.into(), ..term.clone() });
    }
    let mut nested = SelectStmt::new().items(items).from(stmt.aliased(outer.clone()));
    nested.order_by = order;
    (nested, outer)
}

/// What is added to a statement.
struct Build {
    names: Names,
    items: Vec<SelectItem>,
    order: Vec<OrderTerm>,
    /// Outer joins, behind all others.
    outside: Vec<Join>,
}

impl Build {
    /// Joins to a source what stands beside the objects of a table in it. What is joined by an inner join goes into the
    /// source, so that an outer join around it keeps its rows.
    fn attach(&mut self, mut item: FromItem, near: &TableRef, with: &With) -> Result<FromItem> {
        for Joined { relation, entity, stands, inner, with } in &with.joined {
            let target = relation.target();
            if let Some(place) = stands {
                let columns = target.columns().iter().map(|column| place.column(column.name()));
                let mut items: Vec<SelectItem> =
                    columns.map(|column| column.map(SelectItem::from)).collect::<Result<_>>()?;
                entity.leave_out(&mut items, &[]);
                self.items.append(&mut items);
                item = self.attach(item, place.name(), with)?;
                continue;
            }
            let association = relation.secondary().map(|table| self.names.name(table.name));
            let far = self.names.name(target.table().name);
            let column = |column: &JoinColumn| {
                let table = match column.side {
                    Side::Local => near,
                    Side::Remote => &far,
                    Side::Association => association.as_ref().unwrap_or(&far),
                };
                Ok::<Tree, Error>(Tree::Column(table.column(column.name)))
            };
            let condition = relation.condition();
            let filter = with.route.filter();
            let filter = filter.map(|filter| criteria(filter, target, AliasId::NONE, &far)).transpose()?;
            let narrowed = |condition: Tree| match &filter {
                Some(filter) => condition.and(filter.clone()),
                None => condition,
            };
            let mut on = condition.near.lower(&mut |leaf| column(leaf))?;
            let mut to = relation.rows().item(&far);
            match (relation.association(), &association, &condition.far) {
                (Some(rows), Some(name), Some(condition)) => {
                    let condition = condition.lower(&mut |leaf| column(leaf))?;
                    to = rows.item(name).join(to, narrowed(condition));
                }
                _ => on = narrowed(on),
            }
            let mut items = entity.select(SelectStmt::new(), &far).items;
            entity.leave_out(&mut items, &[]);
            self.items.append(&mut items);
            if relation.direction() != Direction::ManyToOne || relation.is_many() {
                for term in relation.order_by() {
                    let tree = rename(&term.tree, &mut |table| {
                        let (table, is) =
                            (table.clone(), |name: &str| *table == TableRef::new(name.to_owned()));
                        match &association {
                            _ if is(target.table().name) => far.clone(),
                            Some(association) if is(&association.name) => association.clone(),
                            _ => table,
                        }
                    });
                    self.order.push(OrderTerm { tree, ..term.clone() });
                }
            }
            if *inner {
                item = item.join(to, on);
                item = self.attach(item, &far, with)?;
            } else {
                let place = self.outside.len();
                self.outside.push(Join { kind: JoinKind::Left, right: FromItem::from(far.clone()), on });
                let to = self.attach(to, &far, with)?;
                if let Some(join) = self.outside.get_mut(place) {
                    join.right = to;
                }
            }
        }
        Ok(item)
    }
}

/// The expression with other sources for its columns. Queries in it aren't entered.
fn rename(tree: &Tree, source: &mut dyn FnMut(&TableRef) -> TableRef) -> Tree {
    match tree {
        Tree::Column(column) => Tree::Column(source(&column.table).column(column.name.clone())),
        Tree::Node(op, _, operands) => {
            let mut renamed = Vec::with_capacity(operands.len());
            for operand in operands {
                renamed.push(rename(operand, source));
            }
            Tree::node(op.clone(), renamed)
        }
        other => other.clone(),
    }
}
