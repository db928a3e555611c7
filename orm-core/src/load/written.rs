//! The rows of SQL of the user's, arranged as those of a statement of the library's own: which column is found where.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::instance::EntityPlan;
use super::lower::{ItemPlan, source_named};
use super::scope::Place;
use super::whole::Whole;
use crate::declare::ColumnId;
use crate::engine::Row;
use crate::error::{Code, Error, Result};
use crate::query::leaf::Output;
use crate::sql::{Name, SelectItem, Tree};
use crate::value::ValueRef;

/// Where the items of a statement stand in the rows of SQL.
pub(super) struct Layout {
    /// The names of the columns.
    names: Vec<String>,
    /// Of each item the column; none where it isn't there.
    places: Vec<Option<usize>>,
}

/// The columns of SQL, as they are looked for.
struct Columns<'a> {
    names: &'a [String],
    by_name: HashMap<String, SmallVec<[usize; 1]>, FxBuildHasher>,
    /// What they are, where the query says it.
    said: Option<&'a [Output]>,
    places: &'a [Place],
    /// How many of the sources have a column of a name.
    shared: HashMap<&'a str, usize, FxBuildHasher>,
}

impl Layout {
    /// Looks for the items of a statement among the columns of SQL, of which the query may say what they are.
    ///
    /// # Errors
    /// `query` where one isn't found, unless it can be loaded later, or is found twice.
    pub(super) fn of(
        items: &[SelectItem],
        names: Vec<String>,
        said: Option<&[Output]>,
        places: &[Place],
    ) -> Result<Self> {
        if let Some(said) = said.filter(|said| said.len() != names.len()) {
            let message =
                format!("the SQL gives {}, and `columns` names {}", columns(names.len()), said.len());
            return Err(Error::new(Code::Query, message).help("name each column of the SQL, in their order"));
        }
        let ordinals = items.iter().filter(|item| matches!(item.tree, Tree::Ordinal(_))).count();
        if ordinals > 0 && ordinals != names.len() {
            let message =
                format!("the SQL gives {}, and a row holds {}", columns(names.len()), values(ordinals));
            return Err(Error::new(Code::Query, message)
                .help("name as many types in `rows::<(...)>()` as the SQL has columns"));
        }
        let mut by_name: HashMap<String, SmallVec<[usize; 1]>, FxBuildHasher> = HashMap::default();
        for (at, name) in names.iter().enumerate() {
            by_name.entry(name.to_ascii_lowercase()).or_default().push(at);
        }
        let mut shared: HashMap<&str, usize, FxBuildHasher> = HashMap::default();
        for item in items {
            if let Tree::Column(column) = &item.tree {
                *shared.entry(column.name.as_str()).or_default() += 1;
            }
        }
        let found = Columns { names: &names, by_name, said, places, shared };
        let places = items.iter().map(|item| found.place(&item.tree)).collect::<Result<_>>()?;
        drop(found);
        Ok(Layout { names, places })
    }

    /// The columns as items, where a row holds each of them.
    pub(super) fn all(names: &[String]) -> (Vec<SelectItem>, Vec<ItemPlan>) {
        let plan = |(at, name): (usize, &String)| ItemPlan::Value(at, Some(Name::made(name.as_str())));
        let items = (1..=names.len()).map(|place| SelectItem::from(Tree::Ordinal(place))).collect();
        (items, names.iter().enumerate().map(plan).collect())
    }

    /// Has what isn't there loaded when it is read. Plain values have all of their columns.
    ///
    /// # Errors
    /// `query` where a key isn't there, or a column of a plain value.
    pub(super) fn leave_out(
        &self,
        items: &mut [ItemPlan],
        whole: Option<&mut Whole>,
        plain: bool,
    ) -> Result<()> {
        let mut of = |entity: &mut EntityPlan| self.leave_out_of(entity, plain);
        for item in items {
            match item {
                ItemPlan::Entity(entity) => of(entity)?,
                ItemPlan::Value(place, name) if matches!(self.places.get(*place), Some(None)) => {
                    let name = name.as_deref().unwrap_or("?");
                    return Err(missing(name, &self.names));
                }
                ItemPlan::Value(..) => {}
            }
        }
        whole.map_or(Ok(()), |whole| whole.each_standing(&mut of))
    }

    /// As [`leave_out`](Self::leave_out), of a class.
    ///
    /// # Errors
    /// As that.
    pub(super) fn leave_out_of(&self, entity: &mut EntityPlan, plain: bool) -> Result<()> {
        let mapper = entity.mapper;
        let is_missing = |id: &ColumnId| matches!(self.places.get(entity.offset + id.index()), Some(None));
        let missing: Vec<ColumnId> =
            mapper.columns().iter().map(|column| column.id()).filter(is_missing).collect();
        let needed = missing.iter().find(|id| plain || mapper.primary_key().contains(id));
        if let Some(id) = needed {
            let column = mapper.column(*id);
            let message = format!("the SQL gives no column `{}`", column.name());
            let help = match plain {
                true => "a plain value has all its columns: select it, or take `rows`",
                false => "objects are known by their keys: select it",
            };
            return Err(Error::new(Code::Query, message)
                .about(mapper.class(), Some(column.attribute()))
                .help(format!("{help}; the SQL gives {}", list(&self.names))));
        }
        if !missing.is_empty() {
            entity.leave_out_too(&missing);
        }
        Ok(())
    }

    /// The columns that tell one row from another: of objects their keys.
    pub(super) fn told(&self, items: &[ItemPlan]) -> Vec<usize> {
        let mut told = Vec::new();
        let mut add = |item: usize| told.extend(self.places.get(item).copied().flatten());
        for item in items {
            match item {
                ItemPlan::Entity(entity) => {
                    let key = entity.mapper.primary_key().iter();
                    key.for_each(|id| add(entity.offset + id.index()));
                }
                ItemPlan::Value(place, _) => add(*place),
            }
        }
        told
    }

    /// A row with the items in their places.
    pub(super) fn arrange<'r>(&'r self, row: &'r dyn Row) -> Arranged<'r> {
        Arranged { row, places: &self.places }
    }
}

impl Columns<'_> {
    fn place(&self, item: &Tree) -> Result<Option<usize>> {
        match item {
            Tree::Ordinal(place) => Ok(Some(place.saturating_sub(1))),
            Tree::Label(name) => {
                let place = match self.said {
                    Some(said) => said.iter().position(|one| matches!(one, Output::Named(of) if of == name)),
                    None => self.only(name, name)?,
                };
                place.map(Some).ok_or_else(|| missing(name, self.names))
            }
            Tree::Column(column) => {
                let Some((table, alias)) = source_named(self.places, &column.table) else { return Ok(None) };
                if let Some(said) = self.said {
                    let is = |one: &Output| {
                        matches!(one, Output::Column(of, other)
                            if of.table == table && *of.name == *column.name && *other == alias)
                    };
                    return Ok(said.iter().position(is));
                }
                let long = match &column.table.alias {
                    crate::sql::Alias::Number(number) => format!("{table}_{number}_{}", column.name),
                    _ => format!("{table}_{}", column.name),
                };
                if let Some(place) = self.only(&long, &long)? {
                    return Ok(Some(place));
                }
                let place = self.only(&column.name, &long)?;
                if place.is_some() && self.shared.get(column.name.as_str()).is_some_and(|times| *times > 1) {
                    return Err(self.ambiguous(&column.name, &long));
                }
                Ok(place)
            }
            _ => Ok(None), // what isn't loaded
        }
    }

    /// The only column of a name.
    fn only(&self, name: &str, long: &str) -> Result<Option<usize>> {
        match self.by_name.get(name.to_ascii_lowercase().as_str()).map(SmallVec::as_slice) {
            None => Ok(None),
            Some([only]) => Ok(Some(*only)),
            Some(_) => Err(self.ambiguous(name, long)),
        }
    }

    #[cold]
    fn ambiguous(&self, name: &str, long: &str) -> Error {
        let message = format!("the column `{name}` of the SQL may be one or another");
        Error::new(Code::Query, message).help(format!(
            "name it `{long}` in the SQL, or say what each column is by `.columns((...))`; the SQL gives {}",
            list(self.names)
        ))
    }
}

#[cold]
fn missing(name: &str, names: &[String]) -> Error {
    Error::new(Code::Query, format!("the SQL gives no column `{name}`"))
        .help(format!("name it so in the SQL; it gives {}", list(names)))
}

/// The names of a row's columns.
pub(super) fn names(row: &dyn Row) -> Vec<String> {
    (0..).map_while(|at| row.name(at)).map(str::to_owned).collect()
}

/// A row whose columns stand where the items of a statement do. What isn't there is `NULL`.
pub(super) struct Arranged<'r> {
    row: &'r dyn Row,
    places: &'r [Option<usize>],
}

impl Row for Arranged<'_> {
    fn get(&self, index: usize) -> Result<ValueRef<'_>> {
        match self.places.get(index) {
            Some(Some(place)) => self.row.get(*place),
            Some(None) => Ok(ValueRef::Null),
            None => Err(Error::new(Code::Internal, format!("a row has no item {index}"))),
        }
    }

    fn values<'r>(&'r self, from: usize, into: &mut [ValueRef<'r>]) -> Result<()> {
        for (at, value) in into.iter_mut().enumerate() {
            *value = self.get(from + at)?;
        }
        Ok(())
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.places.get(index).copied().flatten().and_then(|place| self.row.name(place))
    }
}

fn columns(count: usize) -> String {
    if count == 1 { "1 column".to_owned() } else { format!("{count} columns") }
}

fn values(count: usize) -> String {
    if count == 1 { "1 value".to_owned() } else { format!("{count} values") }
}

fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => format!("`{}`", names.join("`, `")),
    }
}
