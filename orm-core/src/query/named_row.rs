//! `NamedRow`: a row whose items are asked for by their names.

use super::row::{AnyItem, Cells, Names, Row};
use crate::error::{Code, Error, Result};
use crate::sql::Name;
use crate::state::typed::obj::AnyObj;
use crate::value::Typed;

/// A row whose items are asked for by their names, made by [`Rows::mappings`](crate::Rows::mappings): a column has that of
/// its attribute, an object that of its class, what is labelled its label, and what SQL of the user's gives the name that
/// the SQL says. The rows of a result share the names.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedRow {
    names: Names,
    items: Vec<AnyItem>,
}

impl NamedRow {
    /// Reads a row.
    pub(crate) fn read(cells: &mut Cells<'_>) -> Result<Self> {
        let names = cells.names();
        let mut items = Vec::with_capacity(names.len());
        while cells.has_next() {
            items.push(AnyItem::read(cells)?);
        }
        Ok(NamedRow { names, items })
    }

    /// A value, by its name.
    ///
    /// # Errors
    /// `query` where no item has the name, or several have it, or it is an object; `value` where it is of another type.
    pub fn get<V: Typed>(&self, name: &str) -> Result<V> {
        match self.item(name)? {
            AnyItem::Value(value) => V::from_value(value.as_ref()).map_err(|error| {
                let error = Error::new(Code::Value, format!("`{name}`: {error}"));
                match value.is_null() {
                    true => error.help("ask for an `Option`"),
                    false => error,
                }
            }),
            AnyItem::Object(_) => {
                Err(Error::new(Code::Query, format!("`{name}` is an object, and no value"))
                    .help(format!("ask for it by `.object(\"{name}\")`")))
            }
        }
    }

    /// An object, by the name of its class or its label; none where its row is missing, behind an outer join.
    ///
    /// # Errors
    /// `query` where no item has the name, or several have it, or it is a value.
    pub fn object(&self, name: &str) -> Result<Option<AnyObj>> {
        match self.item(name)? {
            AnyItem::Object(object) => Ok(object.clone()),
            AnyItem::Value(_) => Err(Error::new(Code::Query, format!("`{name}` is a value, and no object"))
                .help(format!("ask for it by `.get(\"{name}\")`"))),
        }
    }

    /// An item, by its name.
    ///
    /// # Errors
    /// `query` where no item has the name, or several have it.
    pub fn item(&self, name: &str) -> Result<&AnyItem> {
        let mut found = self.iter().filter(|(known, _)| *known == Some(name));
        match (found.next(), found.next()) {
            (Some((_, item)), None) => Ok(item),
            (None, _) => {
                let names: Vec<String> = self.names().map(|name| format!("`{name}`")).collect();
                Err(Error::new(Code::Query, format!("a row has no item `{name}`"))
                    .help(format!("there are {}", names.join(", "))))
            }
            (Some(_), Some(_)) => {
                let help = "give them names by `.label(\"...\")`";
                Err(Error::new(Code::Query, format!("a row has several items `{name}`")).help(help))
            }
        }
    }

    /// The names, in the order of the items. What has none is left out: label it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().flatten().map(Name::as_str)
    }

    /// The items with their names, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&str>, &AnyItem)> {
        self.names.iter().map(|name| name.as_ref().map(Name::as_str)).zip(&self.items)
    }
}
