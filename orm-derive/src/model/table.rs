//! Keys and constraints of a table, from the attributes of the struct and of its fields.

use proc_macro2::{Span, TokenStream};
use syn::{Ident, LitStr};

use super::column::{self, Reference};
use super::{Model, name, ty};
use crate::attr::{self, Actions, EntityOptions, FieldList, ForeignKeyList, IndexList};
use crate::ctxt::Ctxt;

/// A foreign key: columns, and the columns that they reference in the same order.
#[derive(Debug)]
pub(crate) struct ForeignKey {
    pub(crate) name: Option<LitStr>,
    /// The names of this table's columns with their types.
    pub(crate) columns: Vec<(String, TokenStream)>,
    pub(crate) references: Vec<Reference>,
    pub(crate) actions: Actions,
    /// Whether it gets an index where nothing else covers it.
    pub(crate) indexed: bool,
}

/// A unique constraint.
#[derive(Debug)]
pub(crate) struct Unique {
    pub(crate) name: Option<LitStr>,
    pub(crate) columns: Vec<String>,
}

/// An index.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) name: Option<LitStr>,
    pub(crate) columns: Vec<String>,
    pub(crate) unique: bool,
    /// Columns and expressions in place of those.
    pub(crate) on: Option<Vec<TokenStream>>,
    /// The condition of its rows.
    pub(crate) filter: Option<TokenStream>,
}

/// A check constraint.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) name: Option<LitStr>,
    pub(crate) sql: LitStr,
}

impl Model {
    pub(super) fn constraints(&mut self, ctxt: &Ctxt, options: EntityOptions) {
        self.of_columns(ctxt);
        for key in options.foreign_keys {
            let composite = self.composite(ctxt, &key);
            self.foreign_keys.extend(composite);
        }
        for unique in options.uniques {
            let columns = self.columns_of(ctxt, &unique);
            self.uniques.push(Unique { name: unique.name, columns });
        }
        for index in options.indexes {
            let IndexList { fields, unique, on, filter } = index;
            let columns = self.columns_of(ctxt, &fields);
            let this = &self.ident;
            let on = on.map(|terms| terms.into_iter().map(|term| ty::without_self(term, this)).collect());
            let filter = filter.map(|filter| ty::without_self(filter, this));
            self.indexes.push(Index { name: fields.name, columns, unique, on, filter });
        }
        self.checks
            .extend(options.checks.into_iter().map(|check| Check { name: check.name, sql: check.sql }));
    }

    fn of_columns(&mut self, ctxt: &Ctxt) {
        for column in &self.columns {
            if let Some(reference) =
                column.foreign_key.as_ref().and_then(|key| Reference::build(ctxt, &self.ident, key))
            {
                let columns = vec![(column.name.clone(), column.ty.clone())];
                let (references, actions) = (vec![reference], column.actions);
                let (name, indexed) = (column.foreign_key_name.clone(), column.foreign_key_index);
                self.foreign_keys.push(ForeignKey { name, columns, references, actions, indexed });
            }
            // A column that is both unique and indexed has one unique index, as in SQLAlchemy.
            let columns = vec![column.name.clone()];
            if column.index {
                let unique = column.unique;
                self.indexes.push(Index { name: None, columns, unique, on: None, filter: None });
            } else if column.unique {
                self.uniques.push(Unique { name: None, columns });
            }
            if let Some(sql) = &column.check {
                self.checks.push(Check { name: None, sql: sql.clone() });
            }
        }
    }

    fn composite(&self, ctxt: &Ctxt, key: &ForeignKeyList) -> Option<ForeignKey> {
        let columns = self.names_of(ctxt, &key.columns);
        let references: Vec<Reference> = key
            .references
            .iter()
            .filter_map(|reference| Reference::build(ctxt, &self.ident, reference))
            .collect();
        if columns.len() != key.columns.len() || references.len() != key.references.len() {
            return None;
        }
        if columns.len() != references.len() {
            ctxt.error_at(
                key.span,
                format!(
                    "the foreign key has {} but references {}\nhelp: name one referenced column for each, in the same order",
                    count(columns.len()),
                    count(references.len())
                ),
            );
            return None;
        }
        let mut owners = key.references.iter().map(|reference| (table_of(reference), reference.span()));
        let first = owners.next();
        if let Some((_, at)) =
            owners.find(|(owner, _)| first.as_ref().is_some_and(|(first, _)| owner != first))
        {
            let at: Span = at;
            ctxt.error_at(
                at,
                "a foreign key references the columns of one table, all by path or all by name",
            );
            return None;
        }
        let ForeignKeyList { actions, indexed, .. } = *key;
        Some(ForeignKey { name: key.name.clone(), columns, references, actions, indexed })
    }

    fn columns_of(&self, ctxt: &Ctxt, list: &FieldList) -> Vec<String> {
        self.names_of(ctxt, &list.columns).into_iter().map(|(name, _)| name).collect()
    }

    fn names_of(&self, ctxt: &Ctxt, fields: &[Ident]) -> Vec<(String, TokenStream)> {
        let mut names: Vec<(String, TokenStream)> = Vec::new();
        for field in fields {
            match self.column(field) {
                Some(column) if names.iter().any(|(name, _)| *name == column.name) => {
                    ctxt.error(field, format!("`{field}` stands twice"));
                }
                Some(column) if column.expression.is_some() => {
                    ctxt.error(
                        field,
                        format!("`{field}` stands for an expression, and is no column of the table"),
                    );
                }
                Some(column) => names.push((column.name.clone(), column.ty.clone())),
                None => {
                    let fields: Vec<String> =
                        self.columns.iter().map(|column| name::plain(&column.ident)).collect();
                    let near = attr::nearest(&name::plain(field), fields.iter().map(String::as_str));
                    let help = near.map_or_else(
                        || format!("the columns are {}", fields.join(", ")),
                        |near| format!("did you mean `{near}`?"),
                    );
                    ctxt.error(field, format!("`{}` has no column `{field}`\nhelp: {help}", self.ident));
                }
            }
        }
        names
    }
}

fn table_of(reference: &attr::Reference) -> String {
    match reference {
        attr::Reference::Path(path) => column::owner(path),
        attr::Reference::Text(text) => {
            let value = text.value();
            format!(
                "{:?}",
                value.rsplit_once('.').map(|(table, _)| table.trim().to_owned()).unwrap_or(value.clone())
            )
        }
    }
}

fn count(n: usize) -> String {
    if n == 1 { "1 column".to_owned() } else { format!("{n} columns") }
}
