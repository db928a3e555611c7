//! Rendering: from statements to SQL text and its parameters. The same statement gives the same text.

mod change;
mod clause;
mod ddl;
mod names;
mod select;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use clause::is_long_list;
pub use clause::placeholders;
pub(super) use ddl::render_ddl;

use super::{Dialect, Tree};
use crate::value::Value;

/// A statement as text.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// The SQL, with a placeholder for each parameter.
    pub sql: String,
    /// The parameters, in the order of their placeholders.
    pub params: Vec<Param>,
}

/// What a placeholder stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    /// A value of the statement.
    Value(Value),
    /// A value that is given when the statement runs: [`Tree::Param`](super::Tree::Param) of that number.
    Given(usize),
}

/// What can be rendered: statements, and expressions by themselves, as for messages.
pub trait Render {
    /// Writes it.
    fn render_into(&self, out: &mut Renderer<'_>);
}

/// Renders for a dialect.
///
/// ```
/// use orm_core::Value;
/// use orm_core::sql::{AnsiDialect, ColumnRef, Param, Tree, render};
/// let condition: Tree = Tree::from(ColumnRef::new("user", "name")).equals(Value::Text("ed".into()).into());
/// let rendered = render(&condition, &AnsiDialect);
/// assert_eq!(rendered.sql, r#""user"."name" = ?"#);
/// assert_eq!(rendered.params, [Param::Value(Value::Text("ed".into()))]);
/// ```
pub fn render(what: &dyn Render, dialect: &dyn Dialect) -> Rendered {
    let mut out = Renderer::new(dialect);
    what.render_into(&mut out);
    Rendered { sql: out.sql, params: out.params }
}

/// Renders a statement on the row of one table, which may have no queries in it: columns go by their names alone.
///
/// ```
/// use orm_core::sql::{AnsiDialect, DeleteStmt, TableRef, Tree, render_row};
/// let user = TableRef::new("user");
/// let is_row = Tree::from(user.column("id")).equals(Tree::Param(0));
/// let delete = DeleteStmt::new(user).filter(is_row);
/// assert_eq!(render_row(&delete, &AnsiDialect).sql, r#"DELETE FROM "user" WHERE "id" = ?"#);
/// ```
pub fn render_row(what: &dyn Render, dialect: &dyn Dialect) -> Rendered {
    let mut out = Renderer { of_one_table: true, ..Renderer::new(dialect) };
    what.render_into(&mut out);
    Rendered { sql: out.sql, params: out.params }
}

/// The text that is being made.
pub struct Renderer<'d> {
    sql: String,
    params: Vec<Param>,
    dialect: &'d dyn Dialect,
    /// Where names of aliases are put together, so that no column allocates.
    alias: String,
    /// Whether columns are written without their table.
    of_one_table: bool,
    /// Whether values are written as literals.
    writes_values: bool,
    /// Whether columns go by the names of their tables without schemas.
    without_schemas: bool,
}

impl<'d> Renderer<'d> {
    fn new(dialect: &'d dyn Dialect) -> Self {
        Renderer {
            sql: String::with_capacity(128),
            params: Vec::new(),
            dialect,
            alias: String::new(),
            of_one_table: false,
            writes_values: false,
            without_schemas: false,
        }
    }

    fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    fn name(&mut self, name: &str) {
        self.dialect.write_name(name, &mut self.sql);
    }

    fn param(&mut self, param: Param) {
        if let (Param::Value(value), true) = (&param, self.writes_values) {
            return self.literal(value);
        }
        self.dialect.write_placeholder(self.params.len(), &mut self.sql);
        self.params.push(param);
    }

    /// Items with commas between them.
    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            write(self, item);
        }
    }

    /// `WHERE` or `HAVING` and its conditions; nothing where there are none.
    fn conditions(&mut self, word: &str, conditions: &[Tree]) {
        if !conditions.is_empty() {
            self.push(word);
            self.all(conditions);
        }
    }
}
