//! What is otherwise on purpose, as `docs/sqlalchemy.md` says, or what SQLAlchemy asks otherwise than the query means: told
//! by the shape of a query.

use serde_json::Value;

use super::databases::{list, text};
use super::line::Line;

/// Why a line may come out otherwise than SQLAlchemy's, where its query has such a shape.
pub fn reason(line: &Line) -> Option<&'static str> {
    let query = line.query();
    let options = list(&query["options"]);
    if query["populate_existing"] == true && options.iter().any(is_long) {
        return Some(
            "`populate_existing` along two steps: SQLAlchemy overwrites an object in each statement anew",
        );
    }
    let is_default = |option: &Value| option["load"] == "default";
    let is_all = |option: &Value| option["rel"] == "*";
    if options.iter().any(is_default) && options.iter().any(is_all) {
        return Some("`default_load` beside what is said of all: SQLAlchemy has what is said of all stand");
    }
    let is_deep = |option: &Value| option["load"] == "immediate" && option["depth"].as_i64() > Some(0);
    if options.iter().any(is_deep) {
        return Some("a depth of `immediate`: SQLAlchemy goes a step more than it says");
    }
    let is_part = |part: &Value| list(&part["where"]).iter().any(|one| loses_its_table(one, false));
    if sets(query).any(|parts| parts.iter().any(is_part)) {
        return Some(
            "`EXISTS` within `has` in a part of a set: SQLAlchemy has another table of its own there",
        );
    }
    None
}

/// Whether an option has a second step.
fn is_long(option: &Value) -> bool {
    list(&option["options"]).iter().any(|next| !text(&next["rel"]).is_empty())
}

/// The parts of the sets in a query, and in the queries with a name.
fn sets(query: &Value) -> impl Iterator<Item = &[Value]> {
    let named = list(&query["with"]).iter().map(|named| list(&named["query"]["parts"]));
    named.chain([list(&query["parts"])])
}

/// Whether a condition has a query in what is asked of a relationship.
fn loses_its_table(condition: &Value, is_related: bool) -> bool {
    if is_related && condition.get("exists").is_some() {
        return true;
    }
    let is_related = is_related || condition["has"].is_string() || condition["any"].is_string();
    let inner = ["where", "not"].iter().filter_map(|name| condition.get(*name));
    let lists = ["and", "or"].iter().flat_map(|name| list(&condition[*name]));
    inner.chain(lists).any(|one| loses_its_table(one, is_related))
}
