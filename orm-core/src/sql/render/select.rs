//! `SELECT` and its `FROM`.

use super::{Render, Renderer};
use crate::sql::{
    CommonRows, CommonTable, FromItem, JoinKind, Nulls, Order, OrderTerm, SelectItem, SelectStmt, SetOp,
    Source, Tree,
};

impl Render for SelectStmt {
    fn render_into(&self, out: &mut Renderer<'_>) {
        out.common_tables(&self.with);
        if let Some(written) = &self.written {
            return out.tree(written);
        }
        out.select(self);
        for (op, select) in &self.compound {
            out.push(match op {
                SetOp::Union => " UNION ",
                SetOp::UnionAll => " UNION ALL ",
                SetOp::Intersect => " INTERSECT ",
                SetOp::Except => " EXCEPT ",
            });
            out.part(select);
        }
        if !self.order_by.is_empty() {
            out.push(" ORDER BY ");
            out.list(&self.order_by, Renderer::order_by);
        }
        out.limit(self.limit.as_ref(), self.offset.as_ref());
    }
}

impl Renderer<'_> {
    /// A query up to what stands after all that it is put together with.
    fn select(&mut self, select: &SelectStmt) {
        self.push(if select.distinct { "SELECT DISTINCT " } else { "SELECT " });
        if select.items.is_empty() {
            self.push("1");
        }
        self.list(&select.items, Renderer::select_item);
        if !select.from.is_empty() {
            self.push(" FROM ");
            self.list(&select.from, Renderer::source);
        }
        self.conditions(" WHERE ", &select.filter);
        if !select.group_by.is_empty() {
            self.push(" GROUP BY ");
            self.list(&select.group_by, Renderer::tree);
        }
        self.conditions(" HAVING ", &select.having);
    }

    /// A query among those that are put together. One with an order, a limit or parts of its own is written as a
    /// subquery: not every database takes it in parentheses.
    fn part(&mut self, select: &SelectStmt) {
        let is_plain = select.written.is_none()
            && select.with.is_empty()
            && select.compound.is_empty()
            && select.order_by.is_empty()
            && select.limit.is_none()
            && select.offset.is_none();
        if is_plain {
            self.select(select);
        } else {
            self.push("SELECT * FROM ");
            self.subquery(select);
        }
    }

    pub(super) fn common_tables(&mut self, tables: &[CommonTable]) {
        if tables.is_empty() {
            return;
        }
        let recursive = tables.iter().any(|table| table.recursive);
        self.push(if recursive { "WITH RECURSIVE " } else { "WITH " });
        self.list(tables, |out, table| {
            out.full_name(&table.name);
            if !table.columns.is_empty() {
                out.push("(");
                out.list(&table.columns, |out, column| out.name(column));
                out.push(")");
            }
            out.push(" AS (");
            match &table.rows {
                CommonRows::Select(select) => select.render_into(out),
                CommonRows::Values(rows) => {
                    out.push("VALUES ");
                    out.list(rows, |out, row| out.tuple(row));
                }
            }
            out.push(")");
        });
        self.push(" ");
    }

    pub(super) fn select_item(&mut self, item: &SelectItem) {
        match &item.label {
            Some(label) => {
                self.tree_before_word(&item.tree);
                self.push(" AS ");
                self.name(label);
            }
            None => self.tree(&item.tree),
        }
    }

    fn source(&mut self, from: &FromItem) {
        match &from.source {
            Source::Table(table) => self.table(table),
            Source::Select(select, alias) => {
                self.subquery(select);
                self.push(" AS ");
                self.table_name(alias);
            }
            Source::Func(name, args, alias) => {
                self.func(name, args);
                self.push(" AS ");
                self.table_name(alias);
            }
        }
        for join in &from.joins {
            self.push(match join.kind {
                JoinKind::Inner => " JOIN ",
                JoinKind::Left => " LEFT JOIN ",
                JoinKind::Full => " FULL JOIN ",
            });
            let nested = !join.right.joins.is_empty();
            self.push(if nested { "(" } else { "" });
            self.source(&join.right);
            self.push(if nested { ") ON " } else { " ON " });
            self.tree_before_word(&join.on);
        }
    }

    fn order_by(&mut self, term: &OrderTerm) {
        self.ordered(&term.tree, term.order);
    }

    /// A term of an order.
    pub(super) fn ordered(&mut self, tree: &Tree, order: Order) {
        if order == Order::default() {
            return self.tree(tree);
        }
        self.tree_before_word(tree);
        if order.descending {
            self.push(" DESC");
        }
        self.push(match order.nulls {
            Some(Nulls::AtStart) => " NULLS FIRST",
            Some(Nulls::AtEnd) => " NULLS LAST",
            None => "",
        });
    }

    fn limit(&mut self, limit: Option<&Tree>, offset: Option<&Tree>) {
        match (limit, offset, self.dialect.no_limit()) {
            (Some(rows), ..) => {
                self.push(" LIMIT ");
                self.tree(rows);
            }
            (None, Some(_), Some(no_limit)) => {
                self.push(" LIMIT ");
                self.push(no_limit);
            }
            _ => {}
        }
        if let Some(rows) = offset {
            self.push(" OFFSET ");
            self.tree(rows);
        }
    }
}

impl Render for OrderTerm {
    fn render_into(&self, out: &mut Renderer<'_>) {
        out.order_by(self);
    }
}
