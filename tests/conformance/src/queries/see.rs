//! What can be seen of rows and objects without loading anything, as `oracle/queries/judge.py` writes it.

use indexmap::IndexMap;
use orm::mapper::Relation;
use orm::{AnyItem, AnyObj, AnyRow, Kind, Related, Result};
use serde_json::{Map, Value, json};

use crate::database::json as to_json;
use crate::see::{Labels, UNLOADED, as_key, name_of};

/// The name of an object: its class and key.
pub fn label(object: Option<&AnyObj>) -> Value {
    name_of(&Labels::new(), object)
}

/// The cells of a row.
pub fn cells(row: &AnyRow) -> Vec<Value> {
    let cell = |item: &AnyItem| match item {
        AnyItem::Value(value) => to_json(value.as_ref()),
        AnyItem::Object(object) => label(object.as_ref()),
    };
    row.0.iter().map(cell).collect()
}

/// The objects of rows, each once.
pub fn objects(rows: &[AnyRow]) -> Vec<AnyObj> {
    let mut found: Vec<AnyObj> = Vec::new();
    for item in rows.iter().flat_map(|row| &row.0) {
        if let AnyItem::Object(Some(object)) = item
            && !found.contains(object)
        {
            found.push(object.clone());
        }
    }
    found
}

/// What a relationship leads to; the items of a set sorted.
pub fn related(relation: &Relation, related: &Related) -> Value {
    match related {
        Related::NotLoaded => Value::from(UNLOADED),
        Related::One(one) => label(one.as_ref()),
        Related::Many(many) => {
            let mut names: Vec<Value> = many.iter().map(|one| label(Some(one))).collect();
            if relation.kind() == Kind::Set {
                names.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
            }
            Value::Array(names)
        }
        Related::Keyed(items) => {
            Value::Object(items.iter().map(|(key, one)| (as_key(key), label(Some(one)))).collect())
        }
    }
}

/// What is loaded of the relationships of objects and of all that is reached from them, and the names of their loaded
/// columns.
///
/// # Errors
/// None that are expected.
pub fn graph(objects: &[AnyObj]) -> Result<(Value, Value)> {
    let (mut loaded, mut columns): (IndexMap<String, Value>, Map<String, Value>) = Default::default();
    let mut todo: std::collections::VecDeque<AnyObj> = objects.iter().cloned().collect();
    while let Some(object) = todo.pop_front() {
        let name = label(Some(&object)).as_str().unwrap_or_default().to_owned();
        if loaded.contains_key(&name) {
            continue;
        }
        let mapper = object.mapper();
        let mut of = Map::new();
        for relation in mapper.relations() {
            let found = object.peek_related(relation.name())?;
            of.insert(relation.name().to_owned(), related(relation, &found));
            match found {
                Related::NotLoaded => {}
                Related::One(one) => todo.extend(one),
                Related::Many(many) => todo.extend(many),
                Related::Keyed(items) => todo.extend(items.into_iter().map(|(_, one)| one)),
            }
        }
        let nothing = !of.is_empty() && of.values().all(|value| *value == UNLOADED);
        loaded.insert(name.clone(), if nothing { Value::from(UNLOADED) } else { Value::Object(of) });
        let Value::Object(values) = values(&object)? else { continue };
        columns.insert(name, values.keys().map(String::as_str).collect());
    }
    Ok((Value::Object(loaded.into_iter().collect()), Value::Object(columns)))
}

/// The loaded columns of an object.
///
/// # Errors
/// None that are expected.
pub fn values(object: &AnyObj) -> Result<Value> {
    let mut values = Map::new();
    for column in object.mapper().columns() {
        if let Some(value) = object.peek(column.attribute())? {
            values.insert(column.attribute().to_owned(), to_json(value.as_ref()));
        }
    }
    Ok(json!(values))
}
