//! What is nested in plain values at a place, the values that were read there, and what options may say of them.

use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::found::warn_of_several;
use super::instance::EntityPlan;
use super::keys::Keys;
use super::route::{Route, Strategy};
use super::selectin::Ask;
use super::with::{Joined, With};
use crate::declare::{ColumnId, Lazy};
use crate::engine::Row;
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapper, Relation};
use crate::query::leaf::ClassRef;
use crate::query::option::{ColumnsOption, How, LoadOption, What};
use crate::state::key::Key;
use crate::state::typed::lists::PlainLists;
use crate::state::typed::plain::PlainField;
use crate::value::{Value, ValueRef};

/// What is nested in values at a place.
pub(super) struct Within {
    pub(super) entity: EntityPlan,
    /// What stands in the same row.
    pub(super) joined: Vec<(&'static Relation, Rc<Within>)>,
    /// What is loaded when the rows are read, by which keys.
    pub(super) posts: Vec<(&'static Relation, Strategy, Ask)>,
    pub(super) route: Option<Route>,
    /// Whether rows may repeat a value, as where several collections stand in them.
    pub(super) repeats: bool,
}

/// Values at a place, and what is known of them.
pub(super) struct Level {
    pub(super) within: Rc<Within>,
    /// The values around them, and by which relationship they are nested in those.
    pub(super) around: Option<(usize, &'static Relation)>,
    /// The values in lists, one for each of the values around; none of those that the rows of the query are.
    pub(super) lists: Option<Box<dyn PlainLists>>,
    /// The item of the rows, where they are those.
    pub(super) item: usize,
    /// Of each value the row of the query that it belongs to.
    pub(super) roots: Vec<u32>,
    /// For each relationship that is loaded after the rows the keys of the values.
    pub(super) keys: Vec<Keys>,
    /// The levels of what stands in the same row.
    pub(super) joined: Vec<usize>,
    /// The last value, by what it is nested in and its key.
    pub(super) last: Option<((usize, Key), usize)>,
    pub(super) seen: HashMap<(usize, Key), usize, FxBuildHasher>,
    pub(super) depth: usize,
    /// Whether one row may become several values.
    pub(super) is_shared: bool,
    /// Whether they are made of all rows of their class.
    pub(super) is_all: bool,
}

impl Within {
    /// What is nested in values at a place, which may come again in other rows. Rows repeat a value for each row of what
    /// stands beside it, and with what it is nested in.
    pub(super) fn of(with: Option<&With>, entity: EntityPlan, is_repeated: bool) -> Self {
        let repeats = with.is_some_and(With::repeats);
        Within::at(with, entity, (is_repeated || repeats, is_repeated))
    }

    fn at(with: Option<&With>, entity: EntityPlan, (may_repeat, is_repeated): (bool, bool)) -> Self {
        let Some(with) = with else {
            let repeats = may_repeat && is_repeated;
            return Within { entity, joined: Vec::new(), posts: Vec::new(), route: None, repeats };
        };
        let several = with.joined.iter().filter(|joined| multiplies(joined)).count();
        let joined = with.joined.iter().map(|joined| {
            let others = several - usize::from(multiplies(joined));
            let is_repeated = is_repeated || others > 0 || links_repeat(joined.relation);
            let entity = joined.entity.clone();
            (joined.relation, Rc::new(Within::at(Some(&joined.with), entity, (may_repeat, is_repeated))))
        });
        let repeats = may_repeat && (is_repeated || several > 0);
        let posts = with.posts.iter().map(|(relation, strategy)| (*relation, *strategy, Ask::of(relation)));
        Within {
            entity,
            joined: joined.collect(),
            posts: posts.collect(),
            route: Some(with.route.clone()),
            repeats,
        }
    }

    /// Whether the row has one.
    pub(super) fn is_there(&self, row: &dyn Row) -> Result<bool> {
        for id in self.entity.mapper.primary_key() {
            if row.get(self.entity.offset + id.index())?.is_null() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether these are values of one.
    #[inline]
    pub(super) fn are_there(&self, values: &[ValueRef<'_>]) -> bool {
        let is_null = |id: &ColumnId| values.get(id.index()).is_none_or(|value| value.is_null());
        !self.entity.mapper.primary_key().iter().any(is_null)
    }
}

/// Whether there may be several rows of what stands beside a value. Of what is unique there is one.
fn multiplies(joined: &Joined) -> bool {
    !joined.relation.leads_to_one_row() || joined.with.joined.iter().any(multiplies)
}

/// The key of a row of a class, whose columns begin at a place.
pub(super) fn key_of(mapper: &'static Mapper, offset: usize, row: &dyn Row) -> Result<Option<Key>> {
    if let Some(only) = mapper.integer_key()
        && let ValueRef::Int(key) = row.get(offset + only.index())?
    {
        return Ok(Some(Key::Int(key)));
    }
    let value = |id: ColumnId| row.get(offset + id.index()).unwrap_or(ValueRef::Null);
    let unreadable = |(id, error)| EntityPlan::new(mapper, offset).unreadable(mapper.column(id), &error);
    Key::of_row(mapper, value).map_err(unreadable)
}

impl Level {
    /// A value was read: its keys are noted. The values of its columns are asked for.
    ///
    /// # Errors
    /// Where one can't be read.
    #[inline]
    pub(super) fn note<'r>(
        &mut self,
        root: u32,
        of: impl Fn(ColumnId) -> Result<ValueRef<'r>>,
    ) -> Result<()> {
        let value = self.roots.len();
        self.roots.push(root);
        let mapper = self.within.entity.mapper;
        for ((relation, _, ask), keys) in self.within.posts.iter().zip(&mut self.keys) {
            let key = match ask.pairs.as_slice() {
                [(id, _)] if mapper.column(*id).decl().is_integer => match of(*id)? {
                    ValueRef::Int(key) => Some(Key::Int(key)),
                    ValueRef::Null => None,
                    other => Some(key_named(relation, vec![other.to_value()], ask)),
                },
                pairs => {
                    let mut values: Vec<Value> = Vec::with_capacity(pairs.len());
                    for (id, _) in pairs {
                        let value = of(*id)?;
                        let stored = mapper.column(*id).decl().stored;
                        values.push(if value.is_null() {
                            Value::Null
                        } else {
                            stored(value).unwrap_or_else(|_| value.to_value())
                        });
                    }
                    Some(key_named(relation, values, ask))
                }
            };
            if let Some(key) = key.filter(|key| !key.has_null()) {
                keys.add(key, value);
            }
        }
        Ok(())
    }
}

fn key_named(relation: &'static Relation, values: Vec<Value>, ask: &Ask) -> Key {
    match relation.get_columns() {
        Some(_) if !ask.by_parents => Key::named(relation.target(), values),
        _ => Key::new(values),
    }
}

/// Whether the rows of an association may link the same two rows more than once.
pub(super) fn links_repeat(relation: &'static Relation) -> bool {
    let Some(secondary) = relation.secondary() else { return false };
    if relation.association().is_some_and(|rows| !rows.is_table()) {
        return true;
    }
    let condition = relation.condition();
    let mut key = secondary.columns.iter().enumerate().filter(|(_, column)| column.primary_key).peekable();
    key.peek().is_none() || !key.all(|(place, _)| condition.fixes_link(place))
}

/// That options say nothing that no plain value can have.
///
/// # Errors
/// `query` where they do.
pub(super) fn check(options: &[LoadOption]) -> Result<()> {
    let mut left: Vec<&LoadOption> = options.iter().collect();
    while let Some(option) = left.pop() {
        let class = option.class.map(ClassRef::name).unwrap_or_default();
        match &option.what {
            What::Columns(
                ColumnsOption::Only(..) | ColumnsOption::Defer(..) | ColumnsOption::DeferAll(_),
            ) => {
                let message = "a plain value has all its columns";
                return Err(Error::new(Code::Query, message)
                    .about(class, None)
                    .help("select columns, and make structs of them by `#[derive(FromRow)]`"));
            }
            What::Columns(
                ColumnsOption::Undefer(_) | ColumnsOption::UndeferGroup(_) | ColumnsOption::UndeferAll,
            ) => {}
            What::AllRelations(How::By(Lazy::Batch)) => return Err(not_later(class, None)),
            What::AllRelations(_) => {}
            What::Relation(relation) => {
                if relation.how == How::By(Lazy::Batch) {
                    return Err(not_later(class, Some(relation.relation.name())));
                }
                left.extend(&relation.then);
            }
        }
    }
    Ok(())
}

#[cold]
fn not_later(class: &'static str, relation: Option<&'static str>) -> Error {
    let message = "`batch` loads what is read later, and nothing is loaded later of a plain value";
    let error = Error::new(Code::Query, message);
    let error = if class.is_empty() { error } else { error.about(class, relation) };
    error.help("take `selectin`")
}

/// Gives a list to the field of the value around it.
pub(super) fn nest(
    field: Option<&mut dyn PlainField>,
    lists: &mut dyn PlainLists,
    list: usize,
    relation: &'static Relation,
) -> Result<()> {
    let Some(field) = field else {
        let (message, help) = match relation.is_added() {
            true => (
                "the struct has no field for a relationship that is added to its class",
                "ask for objects: `scalars` or `execute`",
            ),
            false => (
                "the struct that the class describes has no field for a relationship",
                "ask for objects, and take their values by `to_value_nested()`",
            ),
        };
        return Err(Error::new(Code::Query, message)
            .about(relation.class(), Some(relation.name()))
            .help(help));
    };
    if !relation.is_many() && lists.length(list) > 1 {
        warn_of_several(relation, lists.length(list));
    }
    if lists.give(list, field) {
        return Ok(());
    }
    let message = "a relationship to a class that is named by a string has no plain value";
    Err(Error::new(Code::Query, message)
        .about(relation.class(), Some(relation.name()))
        .help("name the class in the field's type, or ask for objects"))
}
