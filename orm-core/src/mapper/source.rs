//! `RelationSource`: what the rows at an end of a relationship come from.

use std::cell::RefCell;
use std::sync::OnceLock;

use crate::declare::{ColumnName, LinkQuery, RowsDecl, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::{Alias, FromItem, Name, SelectItem, SelectStmt, TableRef, Tree, full_name, own_name};

/// What the rows of a target, or of an association, come from. The columns are those of a table either way, so that
/// conditions and rows are read alike.
#[derive(Clone, Debug)]
pub enum RelationSource {
    /// The table.
    Table(&'static TableDecl),
    /// A query, whose items bear the names of the table's columns.
    Select(&'static TableDecl, Box<QueryRows>),
    /// An alias of the table of that name, which is only read.
    Alias(&'static TableDecl, &'static str),
}

/// The rows of a query. Its statement is made when the classes are configured, since it may go along their relationships.
#[derive(Clone, Debug)]
pub struct QueryRows {
    make: Make,
    /// Which columns of other tables the columns are, where the query brings several tables together.
    origins: Vec<ColumnName>,
    /// The name by which conditions name its columns, where it has one.
    name: Option<Name>,
    /// Which other columns it is asked for.
    more: Vec<&'static str>,
    statement: OnceLock<SelectStmt>,
}

#[derive(Clone, Copy, Debug)]
enum Make {
    /// Its items bear the names of the columns.
    Named(RowsDecl),
    /// Its items stand in the order of the columns.
    Ordered(fn() -> Box<dyn LinkQuery>),
    /// It was known at once.
    Given,
}

impl RelationSource {
    /// The table, or the rows of a query that stand for its rows.
    pub(super) fn of(table: &'static TableDecl, rows: Option<RowsDecl>) -> Self {
        match rows {
            Some(rows) => RelationSource::Select(table, QueryRows::new(Make::Named(rows), Vec::new())),
            None => RelationSource::Table(table),
        }
    }

    /// The rows of a query whose items are the columns of a table, each of which is one of another table.
    pub(super) fn of_query(
        table: &'static TableDecl,
        origins: Vec<ColumnName>,
        query: fn() -> Box<dyn LinkQuery>,
        name: Option<Name>,
    ) -> Self {
        let rows = QueryRows::new(Make::Ordered(query), origins);
        RelationSource::Select(table, Box::new(QueryRows { name, ..*rows }))
    }

    /// The same of a statement.
    pub(super) fn of_statement(
        table: &'static TableDecl,
        origins: Vec<ColumnName>,
        statement: SelectStmt,
    ) -> Self {
        let rows = QueryRows::new(Make::Given, origins);
        let _ = rows.statement.set(statement); // it is empty
        RelationSource::Select(table, rows)
    }

    /// The table whose columns the rows have.
    pub fn table(&self) -> &'static TableDecl {
        match self {
            RelationSource::Table(table)
            | RelationSource::Select(table, _)
            | RelationSource::Alias(table, _) => table,
        }
    }

    /// Whether the rows are all those of the table.
    pub fn is_table(&self) -> bool {
        matches!(self, RelationSource::Table(_))
    }

    /// The place of the column that is one of another table.
    pub(super) fn place_of(&self, table: &str, name: &str) -> Option<usize> {
        self.origins().iter().position(|origin| origin.table == table && origin.name == name)
    }

    /// The columns of other tables that its columns are.
    pub(super) fn origins(&self) -> &[ColumnName] {
        match self {
            RelationSource::Table(_) | RelationSource::Alias(..) => &[],
            RelationSource::Select(_, rows) => &rows.origins,
        }
    }

    /// The name by which conditions name the columns of a query, where it has one.
    pub(super) fn query_name(&self) -> Option<&Name> {
        match self {
            RelationSource::Table(_) | RelationSource::Alias(..) => None,
            RelationSource::Select(_, rows) => rows.name.as_ref(),
        }
    }

    /// Whether its rows are known before any class is, so that a relationship that writes them is refused.
    pub(super) fn is_read_only(&self) -> bool {
        !self.origins().is_empty() || matches!(self, RelationSource::Alias(..))
    }

    /// Whether it is an alias of that table.
    pub(super) fn is_alias_of(&self, table: &str) -> bool {
        matches!(self, RelationSource::Alias(_, name) if *name == table)
    }

    /// Asks a query for columns that its table lacks.
    pub(super) fn ask(&mut self, names: Vec<&'static str>) {
        if let RelationSource::Select(_, rows) = self {
            rows.more = names;
        }
    }

    /// The rows as a part of `FROM`, whose columns go by a name.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub(crate) fn item(&self, name: &TableRef) -> Result<FromItem> {
        match self {
            RelationSource::Table(_) => Ok(FromItem::from(name.clone())),
            RelationSource::Alias(_, table) if **table == *name.name => Ok(FromItem::from(name.clone())),
            RelationSource::Alias(_, table) => {
                let shown = match &name.alias {
                    Alias::None => name.name.clone(),
                    Alias::Number(number) => {
                        Name::made(full_name(None, &format!("{}_{number}", own_name(&name.name))))
                    }
                    Alias::Name(name) => name.clone(),
                };
                Ok(FromItem::from(TableRef::new(*table).aliased(Alias::Name(shown))))
            }
            RelationSource::Select(table, rows) => {
                rows.statement(table).map(|select| SelectStmt::clone(select).aliased(name.clone()))
            }
        }
    }

    /// That the rows of a query can be read.
    ///
    /// # Errors
    /// `bad-option` where the query lacks a column of the table, or needs itself, and what the query says.
    pub(super) fn check(&self) -> Result<()> {
        match self {
            RelationSource::Table(_) | RelationSource::Alias(..) => Ok(()),
            RelationSource::Select(table, rows) => rows.statement(table).map(|_| ()),
        }
    }
}

thread_local! {
    /// The tables whose rows are being made, by their addresses: what needs itself isn't made again and again.
    static BEING_MADE: RefCell<Vec<*const QueryRows>> = const { RefCell::new(Vec::new()) };
}

/// Notes that rows are being made, as long as it lives.
struct BeingMade;

impl BeingMade {
    fn begin(rows: &QueryRows) -> Option<Self> {
        BEING_MADE.with_borrow_mut(|all| {
            let this = std::ptr::from_ref(rows);
            if all.contains(&this) {
                return None;
            }
            all.push(this);
            Some(BeingMade)
        })
    }
}

impl Drop for BeingMade {
    fn drop(&mut self) {
        BEING_MADE.with_borrow_mut(Vec::pop);
    }
}

impl QueryRows {
    fn new(make: Make, origins: Vec<ColumnName>) -> Box<Self> {
        Box::new(QueryRows { make, origins, name: None, more: Vec::new(), statement: OnceLock::new() })
    }

    /// The statement, whose items bear the names of the table's columns.
    fn statement(&self, table: &TableDecl) -> Result<&SelectStmt> {
        match self.statement.get() {
            Some(statement) => Ok(statement),
            None => self.made(table),
        }
    }

    #[cold]
    fn made(&self, table: &TableDecl) -> Result<&SelectStmt> {
        let Some(_being_made) = BeingMade::begin(self) else {
            return Err(Error::new(Code::BadOption, "the query of the relationship goes along itself")
                .help("join its tables by conditions: `.join(Order.on(...))`"));
        };
        let statement = match self.make {
            Make::Named(rows) => named(rows().statement(&self.more)?, table)?,
            Make::Ordered(query) => ordered(query().statement()?, table)?,
            Make::Given => return Err(Error::new(Code::Internal, "the rows of a query were lost")),
        };
        // Another thread may have been faster, with the same.
        Ok(self.statement.get_or_init(|| statement))
    }
}

/// That the query has each column of the table.
fn named(select: SelectStmt, table: &TableDecl) -> Result<SelectStmt> {
    let lacks = |name: &str| !select.items.iter().filter_map(item_name).any(|item| item == name);
    if let Some(column) = table.columns.iter().find(|column| lacks(column.name)) {
        let message = format!("the query has no item `{}` for `{}`", column.name, table.name);
        return Err(Error::new(Code::BadOption, message)
            .help(format!("select each column of `{}` by its name", table.name)));
    }
    Ok(select)
}

/// The query whose items get the names of the table's columns.
fn ordered(mut select: SelectStmt, table: &TableDecl) -> Result<SelectStmt> {
    if select.items.len() != table.columns.len() {
        let message =
            format!("the query has {} items for {} columns", select.items.len(), table.columns.len());
        return Err(Error::new(Code::BadOption, message).help("select classes and columns of them"));
    }
    for (item, column) in select.items.iter_mut().zip(table.columns) {
        let is_own = matches!(&item.tree, Tree::Column(own) if *own.name == *column.name);
        item.label = (!is_own).then(|| column.name.into());
    }
    Ok(select)
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
    static TABLE: TableDecl = TableDecl { columns: COLUMNS, ..TableDecl::named("order") };

    fn orders() -> SelectStmt {
        let order = TableRef::new("order");
        let large =
            Tree::from(order.column("sum_total")).compare(crate::sql::CompareOp::Gt, Value::Int(9).into());
        SelectStmt::new().item(order.column("id")).from(order).filter(large)
    }

    fn with_total(_: &[&'static str]) -> Result<SelectStmt> {
        let total = func::call("sum", [Tree::from(TableRef::new("order").column("sum_total"))]);
        Ok(orders().item(SelectItem::labelled(total, "sum_total")))
    }

    fn from(source: &RelationSource, alias: Alias) -> String {
        let name = TableRef::new("order").aliased(alias);
        let item = source.item(&name).unwrap();
        render(&SelectStmt::new().item(name.column("id")).from(item), &AnsiDialect).sql
    }

    #[test]
    fn rows_of_a_table_and_of_a_query_go_by_the_same_names() {
        let table = RelationSource::of(&TABLE, None);
        assert_eq!(from(&table, Alias::None), r#"SELECT "order"."id" FROM "order""#);
        assert_eq!(from(&table, Alias::Number(1)), r#"SELECT "order_1"."id" FROM "order" AS "order_1""#);
        assert_eq!((table.is_table(), table.table().name), (true, "order"));
        let select = RelationSource::of(&TABLE, Some(|| Box::new(with_total)));
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
        let error = RelationSource::of(&TABLE, Some(|| Box::new(|_: &[&'static str]| Ok(orders()))))
            .check()
            .unwrap_err();
        assert_eq!(error.code(), Code::BadOption);
        assert!(error.to_string().contains("no item `sum_total` for `order`"), "{error}");
        let failed = RelationSource::of(
            &TABLE,
            Some(|| Box::new(|_: &[&'static str]| Err(Error::new(Code::Query, "no rows")))),
        );
        let failed = failed.check().unwrap_err();
        assert_eq!(failed.code(), Code::Query);
    }
}
