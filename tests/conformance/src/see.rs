//! What can be seen of objects without loading anything.

use indexmap::IndexMap;
use orm::Related;
use orm::{AnyObj, Key, Kind, Mapper, Mapping, ObjectState, Result};
use serde_json::{Map, Value, json};

use crate::database::{Database, json as to_json};

/// The objects that have names.
pub type Labels = IndexMap<String, AnyObj>;

/// What stands for a relationship that isn't loaded.
pub const UNLOADED: &str = "~";

/// The label of an object, or its class and key.
pub fn name_of(labels: &Labels, object: Option<&AnyObj>) -> Value {
    let Some(object) = object else { return Value::Null };
    if let Some((label, _)) = labels.iter().find(|(_, known)| *known == object) {
        return Value::from(label.as_str());
    }
    let class = object.mapper().class();
    Value::from(match object.key() {
        None => format!("{class}?"),
        Some(key) => {
            let parts: Vec<String> = key.iter().map(|value| plain(&to_json(value.as_ref()))).collect();
            format!("{class}#{}", parts.join(","))
        }
    })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A key of a collection, as the oracle writes it.
pub(crate) fn as_key(key: &Key) -> String {
    let part = |value: &Value| if value.is_null() { "None".to_owned() } else { plain(value) };
    let parts = key.values();
    parts.iter().map(|value| part(&to_json(value.as_ref()))).collect::<Vec<_>>().join(",")
}

/// What a relationship leads to, by names; those of a set sorted.
pub fn related(labels: &Labels, mapper: &'static Mapper, name: &str, related: &Related) -> Value {
    match related {
        Related::NotLoaded => Value::from(UNLOADED),
        Related::One(one) => name_of(labels, one.as_ref()),
        Related::Many(many) => {
            let mut names: Vec<Value> = many.iter().map(|one| name_of(labels, Some(one))).collect();
            if mapper.relation_named(name).is_some_and(|relation| relation.kind() == Kind::Set) {
                names.sort_by_key(plain);
            }
            Value::Array(names)
        }
        Related::Keyed(items) => {
            let mut items: Vec<(String, Value)> =
                items.iter().map(|(key, one)| (as_key(key), name_of(labels, Some(one)))).collect();
            items.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(items.into_iter().collect())
        }
    }
}

fn state(object: &AnyObj) -> &'static str {
    match object.state() {
        ObjectState::Transient => "transient",
        ObjectState::Pending => "pending",
        ObjectState::Persistent => "persistent",
        ObjectState::Deleted => "deleted",
        ObjectState::Detached => "detached",
    }
}

/// An object, as the oracle shows it.
///
/// # Errors
/// None that are expected.
pub fn object(labels: &Labels, object: &AnyObj) -> Result<Value> {
    let mapper = object.mapper();
    let (mut columns, mut relations) = (Map::new(), Map::new());
    for column in mapper.columns() {
        if let Some(value) = object.peek(column.attribute())? {
            columns.insert(column.attribute().to_owned(), to_json(value.as_ref()));
        }
    }
    for relation in mapper.relations() {
        let found = related(labels, mapper, relation.name(), &object.peek_related(relation.name())?);
        relations.insert(relation.name().to_owned(), found);
    }
    Ok(json!({ "state": state(object), "columns": columns, "relations": relations }))
}

/// Every object with a label, as the oracle shows it.
///
/// # Errors
/// None that are expected.
pub fn objects(labels: &Labels) -> Result<IndexMap<String, Value>> {
    labels.iter().map(|(label, one)| Ok((label.clone(), object(labels, one)?))).collect()
}

/// The rows of every table.
///
/// # Errors
/// What the database says.
pub fn tables(database: &Database, mapping: &Mapping) -> Result<IndexMap<String, Value>> {
    mapping.tables().iter().map(|table| Ok((table.name.to_owned(), database.rows(table)?))).collect()
}
