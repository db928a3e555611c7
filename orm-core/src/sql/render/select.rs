//! `SELECT` and its `FROM`.

use super::{Render, Renderer};
use crate::sql::{FromItem, JoinKind, OrderTerm, SelectItem, SelectStmt, Source, Tree};

impl Render for SelectStmt {
    fn render_into(&self, out: &mut Renderer<'_>) {
        out.push(if self.distinct { "SELECT DISTINCT " } else { "SELECT " });
        if self.items.is_empty() {
            out.push("1");
        }
        out.list(&self.items, Renderer::select_item);
        if !self.from.is_empty() {
            out.push(" FROM ");
            out.list(&self.from, Renderer::source);
        }
        out.conditions(" WHERE ", &self.filter);
        if !self.group_by.is_empty() {
            out.push(" GROUP BY ");
            out.list(&self.group_by, Renderer::tree);
        }
        out.conditions(" HAVING ", &self.having);
        if !self.order_by.is_empty() {
            out.push(" ORDER BY ");
            out.list(&self.order_by, Renderer::order_by);
        }
        out.limit(self.limit.as_ref(), self.offset.as_ref());
    }
}

impl Renderer<'_> {
    fn select_item(&mut self, item: &SelectItem) {
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
        }
        for join in &from.joins {
            self.push(match join.kind {
                JoinKind::Inner => " JOIN ",
                JoinKind::Left => " LEFT JOIN ",
            });
            let nested = !join.right.joins.is_empty();
            self.push(if nested { "(" } else { "" });
            self.source(&join.right);
            self.push(if nested { ") ON " } else { " ON " });
            self.tree_before_word(&join.on);
        }
    }

    fn order_by(&mut self, order: &OrderTerm) {
        if order.descending {
            self.tree_before_word(&order.tree);
            self.push(" DESC");
        } else {
            self.tree(&order.tree);
        }
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
