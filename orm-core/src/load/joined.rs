//! Joined loads: a statement with what stands beside its objects, a transformation of one value into another.

use std::rc::Rc;

use super::given::Numbers;
use super::lower::{column_at, criteria, with_columns_of};
use super::scope::Place;
use super::with::{Joined, With};
use crate::declare::{AliasId, Direction};
use crate::error::{Error, Result};
use crate::mapper::{JoinColumn, Side};
use crate::sql::{
    Alias, ColumnRef, FromItem, Join, JoinKind, OrderTerm, SelectItem, SelectStmt, Source, TableRef, Tree,
};

/// An object of a row.
pub(super) type Object<'a> = (TableRef, Option<&'a Place>, &'a With);

/// A statement whose rows have what is joined to their objects too, behind the items that they have already: for each
/// object of a row, the name of its table in the statement, its source where that is known, and what is loaded with it. A
/// limit and an offset, where an object may get several rows, and `DISTINCT` and groups are about the rows as they were: the
/// statement becomes a source of another one. Where the values of its query are parameters, those of options are too.
pub(super) fn extend(
    mut stmt: SelectStmt,
    objects: &[Object<'_>],
    numbers: Option<&Rc<Numbers>>,
) -> Result<SelectStmt> {
    let mut objects = objects.iter().filter(|(.., with)| !with.joined.is_empty()).peekable();
    let Some((first, ..)) = objects.peek() else { return Ok(stmt) };
    let mut build = Build {
        names: Names::beside(&stmt),
        items: Vec::new(),
        order: Vec::new(),
        outside: Vec::new(),
        inside: None,
        is_written: stmt.written.is_some(),
        numbers,
    };
    let nests = (is_limited(&stmt) && objects.clone().any(|(.., with)| with.multiplies_rows()))
        || (is_put_together(&stmt) && objects.clone().any(|(.., with)| with.adds_columns()));
    if nests {
        let mut inside = Inside::new(stmt, first, &mut build.names);
        stmt = inside.around();
        build.inside = Some(inside);
    }
    for (root, place, with) in objects {
        let outer = build.inside.as_ref().map_or(root, |inside| &inside.name);
        let Some(at) = stmt.from.iter().position(|item| has(item, outer)) else { continue };
        let mut item = stmt.from.remove(at);
        item = build.attach(
            item,
            Near { table: root, place: *place, is_inside: build.inside.is_some() },
            with,
        )?;
        item.joins.append(&mut build.outside);
        stmt.from.insert(at, item);
    }
    if let (Some(inside), Some(item)) = (build.inside, stmt.from.first_mut()) {
        item.source = inside.source();
    }
    stmt.items.extend(build.items);
    stmt.order_by.extend(build.order);
    Ok(stmt)
}

/// Whether a statement can have what is joined to its objects: set operations can't.
pub(super) fn extends(stmt: &SelectStmt) -> bool {
    stmt.compound.is_empty()
}

/// Whether the rows of a statement are counted, so that there mustn't be more of them.
fn is_limited(stmt: &SelectStmt) -> bool {
    stmt.limit.is_some() || stmt.offset.is_some()
}

/// Whether rows of a statement are put together by what they hold, so that they mustn't hold more.
fn is_put_together(stmt: &SelectStmt) -> bool {
    stmt.distinct || !stmt.group_by.is_empty()
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

/// A statement that becomes the source of another one.
struct Inside {
    stmt: SelectStmt,
    /// Its name in the other.
    name: TableRef,
    /// The names of its items.
    items: Vec<String>,
}

impl Inside {
    /// Gives each item a name.
    fn new(mut stmt: SelectStmt, root: &TableRef, names: &mut Names) -> Self {
        names.next += 1;
        let name = root.aliased(Alias::Number(names.next));
        let mut items: Vec<String> = Vec::with_capacity(stmt.items.len());
        let mut renamed: Vec<(std::borrow::Cow<'static, str>, String)> = Vec::new();
        for item in &mut stmt.items {
            let said = match (&item.label, &item.tree) {
                (Some(label), _) => Some(label.to_string()),
                (None, Tree::Column(column)) => Some(column.name.to_string()),
                _ => None,
            };
            let name = said.filter(|name| !items.contains(name)).unwrap_or_else(|| {
                let label = format!("item {}", items.len());
                let before = item.label.replace(label.clone().into());
                renamed.extend(before.map(|before| (before, label.clone())));
                label
            });
            items.push(name);
        }
        for term in &mut stmt.order_by {
            if let Tree::Label(said) = &mut term.tree
                && let Some((_, label)) = renamed.iter().find(|(before, _)| **before == **said)
            {
                *said = label.clone().into();
            }
        }
        Inside { stmt, name, items }
    }

    /// What it has for an expression; an item more, where it has none.
    fn item(&mut self, tree: &Tree, label: impl FnOnce(usize) -> String) -> ColumnRef {
        let known = match tree {
            Tree::Label(label) => self.items.iter().position(|name| **label == **name),
            tree => self.stmt.items.iter().position(|item| item.tree == *tree),
        };
        if let Some(name) = known.and_then(|at| self.items.get(at)) {
            return self.name.column(name.clone());
        }
        let name = label(self.items.len());
        self.stmt.items.push(SelectItem::labelled(tree.clone(), name.clone()));
        self.items.push(name.clone());
        self.name.column(name)
    }

    /// The statement around it, with the same items and in the same order.
    fn around(&mut self) -> SelectStmt {
        let items: Vec<ColumnRef> = self.items.iter().map(|name| self.name.column(name.clone())).collect();
        let mut order = Vec::with_capacity(self.stmt.order_by.len());
        for (number, term) in self.stmt.order_by.clone().into_iter().enumerate() {
            let column = self.item(&term.tree, |_| format!("order {number}"));
            order.push(OrderTerm { tree: column.into(), ..term });
        }
        let mut stmt = SelectStmt::new().items(items).from(FromItem::from(self.name.clone()));
        stmt.order_by = order;
        stmt
    }

    fn source(self) -> Source {
        Source::Select(Box::new(self.stmt), self.name)
    }
}

/// The table of the objects to which something is joined.
#[derive(Clone, Copy)]
struct Near<'a> {
    table: &'a TableRef,
    /// The source that they come from: its columns may go by other names than those of the class.
    place: Option<&'a Place>,
    /// Whether it stands in the statement that became a source.
    is_inside: bool,
}

/// What is added to a statement.
struct Build<'n> {
    names: Names,
    items: Vec<SelectItem>,
    order: Vec<OrderTerm>,
    /// Outer joins, behind all others.
    outside: Vec<Join>,
    /// The statement that became a source.
    inside: Option<Inside>,
    /// Whether the statement is SQL of the user's.
    is_written: bool,
    /// The numbers of parameters, where values are some.
    numbers: Option<&'n Rc<Numbers>>,
}

impl Build<'_> {
    /// A column of a source, as it is called beside what is joined.
    ///
    /// # Errors
    /// `query` where the source is a query that lacks it.
    fn column(&mut self, near: Near<'_>, name: &'static str) -> Result<Tree> {
        let column = match near.place {
            Some(place) => place.column(name)?,
            None => Tree::Column(near.table.column(name)),
        };
        Ok(match self.inside.as_mut().filter(|_| near.is_inside) {
            Some(inside) => inside.item(&column, |number| format!("item {number}")).into(),
            None => column,
        })
    }

    /// Joins to a source what stands beside the objects of a table in it. What is joined by an inner join goes into the
    /// source, so that an outer join around it keeps its rows.
    fn attach(&mut self, mut item: FromItem, near: Near<'_>, with: &With) -> Result<FromItem> {
        for Joined { relation, entity, stands, inner, with } in &with.joined {
            let target = relation.target();
            if let Some(place) = stands {
                let mut items = Vec::with_capacity(target.columns().len());
                for column in target.columns() {
                    // SQL of the user's gives it by its name.
                    let tree = match self.is_written {
                        true => place.column(column.name())?,
                        false => column_at(target, column, place, self.numbers)?,
                    };
                    items.push(SelectItem::from(match &mut self.inside {
                        Some(inside) => inside.item(&tree, |number| format!("item {number}")).into(),
                        None => tree,
                    }));
                }
                entity.leave_out(&mut items, &[]);
                self.items.append(&mut items);
                let near = Near { table: place.name(), place: Some(place), is_inside: self.inside.is_some() };
                item = self.attach(item, near, with)?;
                continue;
            }
            let association = relation.secondary().map(|table| self.names.name(table.name));
            let far = self.names.name(target.table().name);
            let filter = criteria(with.route.filter(), target, (AliasId::NONE, &far), self.numbers)?;
            let mut column = |column: &JoinColumn| {
                Ok::<Tree, Error>(match column.side {
                    Side::Local => self.column(near, column.name)?,
                    Side::Remote => far.column(column.name).into(),
                    Side::Association => association.as_ref().unwrap_or(&far).column(column.name).into(),
                })
            };
            let condition = relation.condition();
            let narrowed = |condition: Tree| match &filter {
                Some(filter) => condition.and(filter.clone()),
                None => condition,
            };
            let mut on = condition.near.lower(&mut |leaf| column(leaf))?;
            let mut to = relation.rows().item(&far)?;
            match (relation.association(), &association, &condition.far) {
                (Some(rows), Some(name), Some(condition)) => {
                    let far = narrowed(condition.lower(&mut |leaf| column(leaf))?);
                    // Within the inner join the class can't be seen.
                    let (inside, outside) = match relation.condition().far_needs_local() {
                        true => (Tree::all([]), on.and(far)),
                        false => (far, on),
                    };
                    (to, on) = (rows.item(name)?.join(to, inside), outside);
                }
                _ => on = narrowed(on),
            }
            let mut items = with_columns_of(target, SelectStmt::new(), &far, self.numbers)?.items;
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
            let outside = Near { table: &far, place: None, is_inside: false };
            if *inner {
                item = item.join(to, on);
                item = self.attach(item, outside, with)?;
            } else {
                let place = self.outside.len();
                self.outside.push(Join { kind: JoinKind::Left, right: FromItem::from(far.clone()), on });
                let to = self.attach(to, outside, with)?;
                if let Some(join) = self.outside.get_mut(place) {
                    join.right = to;
                }
            }
        }
        Ok(item)
    }
}

/// The expression with other sources for its columns. Queries in it aren't entered.
pub(super) fn rename(tree: &Tree, source: &mut dyn FnMut(&TableRef) -> TableRef) -> Tree {
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
