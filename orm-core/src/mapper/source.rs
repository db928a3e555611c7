//! `RelationSource`: what the rows at an end of a relationship come from.

use crate::declare::{RowsDecl, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::{FromItem, SelectItem, SelectStmt, TableRef, Tree};

/// What the rows of a target, or of an association, come from. The columns are those of a table either way, so that
/// conditions and rows are read alike.
#[derive(Clone, Debug)]
pub enum RelationSource {
    /// The table.
    Table(&'static TableDecl),
    /// A query, whose items bear the names of the table's columns.
    Select(&'static TableDecl, Box<SelectStmt>),
}

impl RelationSource {
    /// The table, or the rows of a query that stand for its rows.
    ///
    /// # Errors
    /// `bad-option` where the query lacks a column of the table, and what the query says.
    pub(super) fn of(table: &'static TableDecl, rows: Option<RowsDecl>) -> Result<Self> {
        let Some(rows) = rows else { return Ok(RelationSource::Table(table)) };
        let select = rows()?;
        let lacks = |name: &str| !select.items.iter().filter_map(item_name).any(|item| item == name);
        if let Some(column) = table.columns.iter().find(|column| lacks(column.name)) {
            let message = format!("the query has no item `{}` for `{}`", column.name, table.name);
            return Err(Error::new(Code::BadOption, message)
                .help(format!("select each column of `{}` by its name", table.name)));
        }
        Ok(RelationSource::Select(table, Box::new(select)))
    }

    /// The table whose columns the rows have.
    pub fn table(&self) -> &'static TableDecl {
        match self {
            RelationSource::Table(table) | RelationSource::Select(table, _) => table,
        }
    }

    /// Whether the rows are all those of the table.
    pub fn is_table(&self) -> bool {
        matches!(self, RelationSource::Table(_))
    }

    /// The rows as a part of `FROM`, whose columns go by a name.
    pub(crate) fn item(&self, name: &TableRef) -> FromItem {
        match self {
            RelationSource::Table(_) => FromItem::from(name.clone()),
            RelationSource::Select(_, select) => SelectStmt::clone(select).aliased(name.clone()),
        }
    }
}

/// The name that an item has in the rows of its query.
fn item_name(item: &SelectItem) -> Option<&str> {
    match (&item.label, &item.tree) {
        (Some(label), _) => Some(label),
        (None, Tree::Column(column)) => Some(&column.name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::ColumnDecl;
    use crate::sql::{Alias, AnsiDialect, func, render};
    use crate::value::Value;

    const COLUMNS: &[ColumnDecl] =
        &[ColumnDecl::of::<i64>("id", "id"), ColumnDecl::of::<i64>("total", "sum_total")];
    static TABLE: TableDecl = TableDecl {
        name: "order",
        columns: COLUMNS,
        foreign_keys: &[],
        uniques: &[],
        indexes: &[],
        checks: &[],
    };

    fn orders() -> SelectStmt {
        let order = TableRef::new("order");
        let large =
            Tree::from(order.column("sum_total")).compare(crate::sql::CompareOp::Gt, Value::Int(9).into());
        SelectStmt::new().item(order.column("id")).from(order).filter(large)
    }

    fn with_total() -> Result<SelectStmt> {
        let total = func::call("sum", [Tree::from(TableRef::new("order").column("sum_total"))]);
        Ok(orders().item(SelectItem::labelled(total, "sum_total")))
    }

    fn from(source: &RelationSource, alias: Alias) -> String {
        let name = TableRef::new("order").aliased(alias);
        let item = source.item(&name);
        render(&SelectStmt::new().item(name.column("id")).from(item), &AnsiDialect).sql
    }

    #[test]
    fn rows_of_a_table_and_of_a_query_go_by_the_same_names() {
        let table = RelationSource::of(&TABLE, None).unwrap();
        assert_eq!(from(&table, Alias::None), r#"SELECT "order"."id" FROM "order""#);
        assert_eq!(from(&table, Alias::Number(1)), r#"SELECT "order_1"."id" FROM "order" AS "order_1""#);
        assert_eq!((table.is_table(), table.table().name), (true, "order"));
        let select = RelationSource::of(&TABLE, Some(with_total)).unwrap();
        let rows = concat!(
            r#"(SELECT "order"."id", sum("order"."sum_total") AS "sum_total" FROM "order" "#,
            r#"WHERE "order"."sum_total" > ?)"#
        );
        assert_eq!(from(&select, Alias::None), format!(r#"SELECT "order"."id" FROM {rows} AS "order""#));
        assert_eq!(
            from(&select, Alias::Number(2)),
            format!(r#"SELECT "order_2"."id" FROM {rows} AS "order_2""#)
        );
        assert_eq!((select.is_table(), select.table().name), (false, "order"));
    }

    #[test]
    fn a_query_without_a_column_of_the_table_is_refused() {
        let error = RelationSource::of(&TABLE, Some(|| Ok(orders()))).unwrap_err();
        assert_eq!(error.code(), Code::BadOption);
        assert!(error.to_string().contains("no item `sum_total` for `order`"), "{error}");
        let failed =
            RelationSource::of(&TABLE, Some(|| Err(Error::new(Code::Query, "no rows")))).unwrap_err();
        assert_eq!(failed.code(), Code::Query);
    }
}
