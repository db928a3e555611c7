//! Queries with a name, common tables and lists of rows as parts of `FROM`.

use std::rc::Rc;

use super::super::scope::{OutputColumn, Place};
use super::base::{Common, Lower};
use crate::error::{Code, Error, Result};
use crate::mapper::is_table;
use crate::query::named::{Kind, Named, Subquery};
use crate::query::parts::QueryParts;
use crate::sql::{CommonRows, CommonTable, FromItem, Name, SelectStmt, SetOp, Source, TableRef, Tree};

impl Lower {
    /// A query with a name as a part of `FROM`, and its place.
    pub(super) fn named(&mut self, query: &Subquery) -> Result<(FromItem, Place)> {
        let named = query.named();
        let (item, parts) = self.rows(named, named)?;
        let place = Place::query(named.id, item.name().clone(), parts);
        Ok((item, place))
    }

    /// The rows of `of`, by the name of `named`.
    fn rows(&mut self, named: &Named, of: &Named) -> Result<(FromItem, Option<Rc<[OutputColumn]>>)> {
        match &of.kind {
            Kind::Alias(of) => self.rows(named, of.named()),
            Kind::Subquery(query) => {
                let (stmt, parts) = self.part(query)?;
                Ok((stmt.aliased(self.scopes.name_of_query(named.name.clone())), parts))
            }
            Kind::Common(query, step) => {
                let at = match self.common.iter().position(|common| common.id == of.id) {
                    Some(at) => at,
                    None => self.add_common(of, query, step.as_ref())?,
                };
                Ok(self.read_common(named, at))
            }
            Kind::This(_) => match self.common.iter().position(|common| common.id == of.id) {
                Some(at) => Ok(self.read_common(named, at)),
                None => {
                    Err(Error::new(Code::Query, format!("`{}` is read outside of its own query", of.name))
                        .help("use what `recursive` gives"))
                }
            },
            Kind::Values(columns, rows) => {
                let at = match self.common.iter().position(|common| common.id == of.id) {
                    Some(at) => at,
                    None => self.add_values(of, columns, rows)?,
                };
                Ok(self.read_common(named, at))
            }
            Kind::Func(name, args) => {
                let args = self.trees(args)?;
                let alias = self.scopes.name_of_query(named.name.clone());
                let item = FromItem { source: Source::Func(name.clone(), args, alias), joins: Vec::new() };
                Ok((item, None))
            }
        }
    }

    /// A common table where it is read: by its own name, or by another.
    fn read_common(&mut self, named: &Named, at: usize) -> (FromItem, Option<Rc<[OutputColumn]>>) {
        let Some(common) = self.common.get(at) else {
            return (FromItem::from(TableRef::new(named.name.clone())), None);
        };
        let (table, parts) = (common.name.clone(), common.parts.clone());
        let name = self.scopes.name_of_query(named.name.clone());
        let name = match name.alias {
            crate::sql::Alias::None if name.name == table => name,
            crate::sql::Alias::None => TableRef::new(table).aliased(crate::sql::Alias::Name(name.name)),
            alias => TableRef::new(table).aliased(alias),
        };
        (FromItem::from(name), parts)
    }

    fn add_common(
        &mut self,
        of: &Named,
        query: &QueryParts,
        step: Option<&(SetOp, Rc<QueryParts>)>,
    ) -> Result<usize> {
        let (mut stmt, parts) = self.part(query)?;
        let name = self.common_name(&of.name);
        self.common.push(Common { id: of.id, name: name.clone(), parts });
        let at = self.common.len() - 1;
        if let Some((op, step)) = step {
            let (step, columns) = self.part(step)?;
            let columns = columns.map_or(0, |columns| columns.len());
            if stmt.written.is_none() && columns != stmt.items.len() {
                let message =
                    format!("`{}` has {} columns, and its step {columns}", of.name, stmt.items.len());
                return Err(Error::new(Code::Query, message).help("select the same things in both"));
            }
            if stmt.written.is_some()
                || !stmt.compound.is_empty()
                || !stmt.order_by.is_empty()
                || stmt.limit.is_some()
            {
                stmt = whole(stmt);
            }
            stmt.compound.push((*op, step));
        }
        let rows = CommonRows::Select(Box::new(stmt));
        self.with.push(CommonTable { name, columns: Vec::new(), rows, recursive: step.is_some() });
        Ok(at)
    }

    fn add_values(
        &mut self,
        of: &Named,
        columns: &[Name],
        rows: &[Vec<crate::sql::Tree<crate::query::Leaf>>],
    ) -> Result<usize> {
        let around = self.scopes.apart();
        let lowered: Result<Vec<_>> = rows.iter().map(|row| self.trees(row)).collect();
        self.scopes.back(around);
        let rows = match lowered? {
            none if none.is_empty() => {
                let nothing = columns.iter().map(|_| crate::value::Value::Null);
                let stmt = SelectStmt::new().items(nothing).filter(crate::sql::Tree::any([]));
                CommonRows::Select(Box::new(stmt))
            }
            rows => CommonRows::Values(rows),
        };
        let name = self.common_name(&of.name);
        let parts: Rc<[OutputColumn]> =
            columns.iter().map(|name| OutputColumn { is: None, name: name.clone(), mapping: None }).collect();
        self.with.push(CommonTable { name: name.clone(), columns: columns.to_vec(), rows, recursive: false });
        self.common.push(Common { id: of.id, name, parts: Some(parts) });
        Ok(self.common.len() - 1)
    }

    /// A name that no other common table of the statement has, and no table: it would hide that one.
    fn common_name(&self, wanted: &Name) -> Name {
        let is_common = |name: &str| self.common.iter().any(|common| common.name.eq_ignore_ascii_case(name));
        let is_taken = |name: &str| is_common(name) || is_table(name);
        let mut name = wanted.clone();
        let mut number = 1_u32;
        while is_taken(&name) {
            name = Name::made(format!("{wanted}_{number}"));
            number += 1;
        }
        name
    }
}

/// A query with an end of its own as one that more rows can be put to.
fn whole(stmt: SelectStmt) -> SelectStmt {
    let name = TableRef::new("first");
    if stmt.written.is_some() {
        return SelectStmt::new().item(Tree::text("*")).from(stmt.aliased(name));
    }
    let column = |item: &crate::sql::SelectItem| match (&item.label, &item.tree) {
        (Some(label), _) => Some(name.column(label.to_string())),
        (None, crate::sql::Tree::Column(column)) => Some(name.column(column.name.clone())),
        (None, _) => None,
    };
    let columns: Vec<_> = stmt.items.iter().filter_map(column).collect();
    SelectStmt::new().items(columns).from(stmt.aliased(name))
}
