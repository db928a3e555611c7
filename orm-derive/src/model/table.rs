//! Keys and constraints of a table, from the attributes of the struct and of its fields.

use proc_macro2::{Span, TokenStream};
use syn::{Ident, LitStr};

use super::column::{self, Reference};
use super::{Model, name};
use crate::attr::{self, CompositeKey, EntityOptions, FieldList, ForeignKeyOptions};
use crate::ctxt::Ctxt;

/// A foreign key: columns in pairs with what they reference.
#[derive(Debug)]
pub(crate) struct ForeignKey {
    pub(crate) name: Option<LitStr>,
    /// The names of this table's columns with their types.
    pub(crate) columns: Vec<(String, TokenStream)>,
    pub(crate) references: Vec<Reference>,
    pub(crate) on_delete: Option<&'static str>,
    pub(crate) on_update: Option<&'static str>,
    pub(crate) deferrable: Option<&'static str>,
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
            let columns = self.columns_of(ctxt, &index);
            self.indexes.push(Index { unique: index.unique, name: index.name, columns });
        }
        self.checks.extend(options.checks.into_iter().map(|(name, sql)| Check { name, sql }));
    }

    fn of_columns(&mut self, ctxt: &Ctxt) {
        for column in &self.columns {
            let options = &column.options;
            if let Some(reference) = options
                .foreign_key
                .as_ref()
                .and_then(|given| Reference::build(ctxt, &self.ident, &given.value))
            {
                let columns = vec![(column.name.clone(), column.ty.clone())];
                self.foreign_keys.push(foreign_key(None, columns, vec![reference], &options.actions));
            }
            // As SQLAlchemy: a column that is both unique and indexed has one unique index.
            let columns = vec![column.name.clone()];
            if options.index {
                self.indexes.push(Index { name: None, columns, unique: options.unique });
            } else if options.unique {
                self.uniques.push(Unique { name: None, columns });
            }
            if let Some(sql) = &options.check {
                self.checks.push(Check { name: None, sql: sql.clone() });
            }
        }
    }

    fn composite(&self, ctxt: &Ctxt, key: &CompositeKey) -> Option<ForeignKey> {
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
        Some(foreign_key(key.name.clone(), columns, references, &key.actions))
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
                Some(column) => names.push((column.name.clone(), column.ty.clone())),
                None => {
                    let fields: Vec<String> =
                        self.columns.iter().map(|column| name::plain(&column.ident)).collect();
                    let near = attr::keys::nearest(&name::plain(field), fields.iter().map(String::as_str));
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

fn foreign_key(
    name: Option<LitStr>,
    columns: Vec<(String, TokenStream)>,
    references: Vec<Reference>,
    options: &ForeignKeyOptions,
) -> ForeignKey {
    ForeignKey {
        name,
        columns,
        references,
        on_delete: options.on_delete.as_ref().map(|word| word.value),
        on_update: options.on_update.as_ref().map(|word| word.value),
        deferrable: options.deferrable.as_ref().map(|word| word.value),
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
