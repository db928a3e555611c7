//! `INSERT`, `UPDATE` and `DELETE`.

use super::{Render, Renderer};
use crate::sql::{DeleteStmt, InsertStmt, Name, NewRows, OnConflict, SelectItem, Tree, UpdateStmt};

impl Render for InsertStmt {
    fn render_into(&self, out: &mut Renderer<'_>) {
        out.common_tables(&self.with);
        out.push("INSERT INTO ");
        out.full_name(&self.table.name);
        if self.columns.is_empty() {
            out.push(" DEFAULT VALUES");
        } else {
            out.push(" (");
            out.list(&self.columns, |out, column| out.name(column));
            match &self.rows {
                NewRows::Row(values) => {
                    out.push(") VALUES (");
                    out.list(values, Renderer::tree);
                    out.push(")");
                }
                NewRows::Query(select) => {
                    out.push(") ");
                    select.render_into(out);
                }
            }
        }
        for conflict in &self.conflicts {
            out.on_conflict(conflict);
        }
        out.returning(&self.returning);
    }
}

impl Render for UpdateStmt {
    fn render_into(&self, out: &mut Renderer<'_>) {
        out.common_tables(&self.with);
        out.push("UPDATE ");
        out.table(&self.table);
        out.push(" SET ");
        out.assignments(&self.set);
        out.conditions(" WHERE ", &self.filter);
        out.returning(&self.returning);
    }
}

impl Render for DeleteStmt {
    fn render_into(&self, out: &mut Renderer<'_>) {
        out.common_tables(&self.with);
        out.push("DELETE FROM ");
        out.table(&self.table);
        out.conditions(" WHERE ", &self.filter);
        out.returning(&self.returning);
    }
}

impl Renderer<'_> {
    fn assignments(&mut self, set: &[(Name, Tree)]) {
        self.list(set, |out, (column, value)| {
            out.name(column);
            out.push(" = ");
            out.tree(value);
        });
    }

    fn on_conflict(&mut self, OnConflict { columns, index_filter, update }: &OnConflict) {
        self.push(" ON CONFLICT ");
        if !columns.is_empty() {
            self.push("(");
            self.list(columns, |out, column| out.name(column));
            self.push(") ");
            self.conditions("WHERE ", index_filter);
            self.push(if index_filter.is_empty() { "" } else { " " });
        }
        match update {
            None => self.push("DO NOTHING"),
            Some(update) => {
                self.push("DO UPDATE SET ");
                self.assignments(&update.set);
                self.conditions(" WHERE ", &update.filter);
            }
        }
    }

    fn returning(&mut self, items: &[SelectItem]) {
        if !items.is_empty() {
            self.push(" RETURNING ");
            // SQLite knows the changed table there by its own name only.
            self.without_schemas = true;
            self.list(items, Renderer::select_item);
            self.without_schemas = false;
        }
    }
}
