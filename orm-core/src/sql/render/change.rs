//! `INSERT`, `UPDATE` and `DELETE`.

use super::{Render, Renderer};
use crate::sql::{DeleteStmt, InsertStmt, Name, Tree, UpdateStmt};

impl Render for InsertStmt {
    fn render_into(&self, out: &mut Renderer<'_>) {
        out.push("INSERT INTO ");
        out.name(&self.table.name);
        if self.set.is_empty() {
            out.push(" DEFAULT VALUES");
        } else {
            out.push(" (");
            out.list(&self.set, |out, (column, _)| out.name(column));
            out.push(") VALUES (");
            out.list(&self.set, |out, (_, value)| out.tree(value));
            out.push(")");
        }
        if !self.returning.is_empty() {
            out.push(" RETURNING ");
            out.list(&self.returning, |out, column| out.name(column));
        }
    }
}

impl Render for UpdateStmt {
    fn render_into(&self, out: &mut Renderer<'_>) {
        out.push("UPDATE ");
        out.table(&self.table);
        out.push(" SET ");
        out.list(&self.set, |out, (column, value): &(Name, Tree)| {
            out.name(column);
            out.push(" = ");
            out.tree(value);
        });
        out.conditions(" WHERE ", &self.filter);
    }
}

impl Render for DeleteStmt {
    fn render_into(&self, out: &mut Renderer<'_>) {
        out.push("DELETE FROM ");
        out.table(&self.table);
        out.conditions(" WHERE ", &self.filter);
    }
}
