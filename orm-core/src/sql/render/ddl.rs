//! Parts of DDL: expressions of one table, with values as literals.

use super::{Render, Renderer};
use crate::sql::Dialect;
use crate::value::Value;

/// Renders a part of DDL, about one table: columns go by their names alone, and values stand in it, since nothing is bound.
pub(in crate::sql) fn render_ddl(what: &dyn Render, dialect: &dyn Dialect) -> String {
    let mut out = Renderer { of_one_table: true, writes_values: true, ..Renderer::new(dialect) };
    what.render_into(&mut out);
    out.sql
}

impl Renderer<'_> {
    /// A value as a literal.
    pub(super) fn literal(&mut self, value: &Value) {
        match value {
            Value::Null => self.push("NULL"),
            Value::Bool(truth) => self.dialect.write_bool(*truth, &mut self.sql),
            Value::Int(number) => self.push(&number.to_string()),
            Value::Real(number) => self.push(&format!("{number:?}")),
            Value::Text(text) => {
                self.push("'");
                self.push(&text.replace('\'', "''"));
                self.push("'");
            }
            Value::Blob(bytes) => {
                self.push("X'");
                bytes.iter().for_each(|byte| self.push(&format!("{byte:02X}")));
                self.push("'");
            }
        }
    }
}
