//! Visiting and rewriting expressions and statements, from one table of nodes.

use super::{Expr, MarkedColumn};
use crate::sql::{ColumnRef, FromItem, SelectStmt, Source, TableRef};

/// The parts of each node, written once and made into a visit by reference and one by mutable reference.
macro_rules! table_of_nodes {
    ($part:ident, $expr_parts:ident, $select_parts:ident, $from_parts:ident $(, $m:ident)?) => {
        /// What a node holds.
        enum $part<'a> {
            Expr(&'a $($m)? Expr),
            Select(&'a $($m)? SelectStmt),
        }

        fn $expr_parts<'a>(expr: &'a $($m)? Expr, visit: &mut dyn FnMut($part<'a>)) {
            match expr {
                Expr::Column(_) | Expr::Value(_) | Expr::Param(_) | Expr::Star | Expr::Text(_) => {}
                Expr::Not(a) | Expr::IsNull(a) | Expr::Distinct(a) | Expr::Foreign(a) | Expr::Remote(a) => {
                    visit($part::Expr(a));
                }
                Expr::Compare(_, a, b) | Expr::Like(a, b, _) | Expr::Binary(_, a, b) => {
                    visit($part::Expr(a));
                    visit($part::Expr(b));
                }
                Expr::Between(a, low, high) => {
                    visit($part::Expr(a));
                    visit($part::Expr(low));
                    visit($part::Expr(high));
                }
                Expr::And(list) | Expr::Or(list) | Expr::Func(_, list) | Expr::Tuple(list) => {
                    list.into_iter().for_each(|a| visit($part::Expr(a)));
                }
                Expr::InList(a, list) => {
                    visit($part::Expr(a));
                    list.into_iter().for_each(|a| visit($part::Expr(a)));
                }
                Expr::InSelect(a, select) => {
                    visit($part::Expr(a));
                    visit($part::Select(select));
                }
                Expr::Exists(select) | Expr::Subquery(select) => visit($part::Select(select)),
            }
        }

        fn $select_parts<'a>(select: &'a $($m)? SelectStmt, visit: &mut dyn FnMut($part<'a>)) {
            let SelectStmt { items, distinct: _, from, filter, group_by, having, order_by, limit, offset } =
                select;
            items.into_iter().for_each(|item| visit($part::Expr(& $($m)? item.expr)));
            from.into_iter().for_each(|from| $from_parts(from, visit));
            filter.into_iter().for_each(|a| visit($part::Expr(a)));
            group_by.into_iter().for_each(|a| visit($part::Expr(a)));
            having.into_iter().for_each(|a| visit($part::Expr(a)));
            order_by.into_iter().for_each(|order| visit($part::Expr(& $($m)? order.expr)));
            limit.into_iter().for_each(|a| visit($part::Expr(a)));
            offset.into_iter().for_each(|a| visit($part::Expr(a)));
        }

        fn $from_parts<'a>(from: &'a $($m)? FromItem, visit: &mut dyn FnMut($part<'a>)) {
            match & $($m)? from.source {
                Source::Table(_) => {}
                Source::Select(select, _) => visit($part::Select(select)),
            }
            for join in & $($m)? from.joins {
                $from_parts(& $($m)? join.right, visit);
                visit($part::Expr(& $($m)? join.on));
            }
        }
    };
}

table_of_nodes!(Part, expr_parts, select_parts, from_parts);
table_of_nodes!(PartMut, expr_parts_mut, select_parts_mut, from_parts_mut, mut);

impl Expr {
    /// Visits every node: this one, then those in it, from left to right, subqueries included.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        visit(self);
        expr_parts(self, &mut |part| walk_part(part, visit));
    }

    /// Every column in it, from left to right, with the marks that stand around it.
    pub fn marked_columns(&self) -> Vec<MarkedColumn> {
        let mut columns = Vec::new();
        marked(Part::Expr(self), (false, false), &mut columns);
        columns
    }

    /// Replaces each node for which `rewrite` gives another; the rest is kept, and its parts are visited.
    pub fn rewrite(&mut self, rewrite: &mut dyn FnMut(&Expr) -> Option<Expr>) {
        rewrite_part(PartMut::Expr(self), &mut Vec::new(), &mut |node, _| rewrite(node));
    }

    /// Replaces each column: by the same one of an alias, by a parameter, or by whatever is wanted.
    ///
    /// Columns that a subquery takes from its own `FROM` mean something else there, and are kept.
    ///
    /// ```
    /// use orm_core::sql::{AnsiDialect, ColumnRef, Expr, render};
    /// let on = Expr::from(ColumnRef::new("user", "id")).equals(ColumnRef::new("address", "user_id").into());
    /// let lazy = on.map_columns(|column| match column.table.name {
    ///     "user" => Expr::Param(0),
    ///     _ => column.table.aliased(1).column(column.name).into(),
    /// });
    /// assert_eq!(render(&lazy, &AnsiDialect).sql, r#"? = "address_1"."user_id""#);
    /// ```
    #[must_use]
    pub fn map_columns(mut self, mut map: impl FnMut(ColumnRef) -> Expr) -> Expr {
        rewrite_part(PartMut::Expr(&mut self), &mut Vec::new(), &mut |node, inner| match node {
            Expr::Column(column) if !inner.contains(&column.table) => Some(map(*column)),
            _ => None,
        });
        self
    }

    /// Replaces each parameter, as by the value that it has now.
    #[must_use]
    pub fn map_params(mut self, mut map: impl FnMut(usize) -> Expr) -> Expr {
        self.rewrite(&mut |node| match node {
            Expr::Param(number) => Some(map(*number)),
            _ => None,
        });
        self
    }
}

impl SelectStmt {
    /// Visits every expression in it, from left to right, subqueries included.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        select_parts(self, &mut |part| walk_part(part, visit));
    }

    /// Replaces each node for which `rewrite` gives another, as [`Expr::rewrite`] does.
    pub fn rewrite(&mut self, rewrite: &mut dyn FnMut(&Expr) -> Option<Expr>) {
        rewrite_part(PartMut::Select(self), &mut Vec::new(), &mut |node, _| rewrite(node));
    }

    /// The tables and aliases of its `FROM`, those of subqueries left out.
    pub fn tables(&self) -> Vec<TableRef> {
        let mut tables = Vec::new();
        self.from.iter().for_each(|from| from.tables(&mut tables));
        tables
    }
}

fn walk_part<'a>(part: Part<'a>, visit: &mut dyn FnMut(&'a Expr)) {
    match part {
        Part::Expr(expr) => expr.walk(visit),
        Part::Select(select) => select.walk(visit),
    }
}

fn marked(part: Part<'_>, (foreign, remote): (bool, bool), columns: &mut Vec<MarkedColumn>) {
    match part {
        Part::Expr(Expr::Column(column)) => columns.push(MarkedColumn { column: *column, foreign, remote }),
        Part::Expr(Expr::Foreign(inner)) => marked(Part::Expr(inner), (true, remote), columns),
        Part::Expr(Expr::Remote(inner)) => marked(Part::Expr(inner), (foreign, true), columns),
        Part::Expr(other) => expr_parts(other, &mut |part| marked(part, (foreign, remote), columns)),
        Part::Select(select) => select_parts(select, &mut |part| marked(part, (foreign, remote), columns)),
    }
}

/// `inner`: the tables of the subqueries around the node.
type Rewrite<'r> = dyn FnMut(&Expr, &[TableRef]) -> Option<Expr> + 'r;

fn rewrite_part(part: PartMut<'_>, inner: &mut Vec<TableRef>, rewrite: &mut Rewrite<'_>) {
    match part {
        PartMut::Expr(expr) => match rewrite(expr, inner) {
            Some(other) => *expr = other,
            None => expr_parts_mut(expr, &mut |part| rewrite_part(part, inner, rewrite)),
        },
        PartMut::Select(select) => {
            let outer = inner.len();
            inner.extend(select.tables());
            select_parts_mut(select, &mut |part| rewrite_part(part, inner, rewrite));
            inner.truncate(outer);
        }
    }
}
