//! What is otherwise on purpose, as `docs/sqlalchemy.md` says, or what SQLAlchemy asks or loads otherwise than the query means:
//! told by the shape of a query.

use orm::Lazy;
use orm::mapper::{Direction, Mapping, Relation};
use serde_json::Value;

use super::databases::{list, text};
use super::line::Line;

/// Why a line may come out otherwise than SQLAlchemy's, where its query has such a shape.
pub fn reason(line: &Line, mapping: &Mapping) -> Option<&'static str> {
    let query = line.query();
    let selected = Selected::of(query);
    let steps = steps(query, mapping);
    if query["populate_existing"] == true
        && let Some(why) = steps.iter().find_map(Step::is_overwritten_otherwise)
    {
        return Some(why);
    }
    let is_limited = query.get("limit").is_some() || query.get("offset").is_some();
    if is_limited && let Some(why) = of_limited(query, &steps, by_subquery(&selected, mapping)) {
        return Some(why);
    }
    if let Some(why) = steps.iter().find_map(|step| step.is_otherwise(&selected, &steps)) {
        return Some(why);
    }
    if query["read"].is_string()
        && steps.iter().any(|step| step.is_joined() && selected.classes.contains(&step.target))
    {
        return Some(
            "a row that names an object at two places: SQLAlchemy reads it by what is said of the place that came first",
        );
    }
    let is_same = |(at, step): (usize, &Step<'_>)| {
        let mut others = steps.iter().take(at).filter(|other| other.is_joined());
        step.is_joined() && others.any(|other| other.leads_as(step))
    };
    if steps.iter().enumerate().any(is_same) {
        return Some(
            "a collection that a row has at two places: SQLAlchemy fills it in the order of the inner one",
        );
    }
    let is_narrowed = |step: &Step<'_>| step.loads("subquery") && step.option.get("and").is_some();
    let joins = |step: &Step<'_>| {
        let is_to = |join: &Value| {
            let to = &join["to"];
            to == step.target || query["aliases"][text(to)]["entity"] == step.target
        };
        list(&query["joins"]).iter().any(is_to)
    };
    if steps.iter().filter(|step| is_narrowed(step)).any(|step| asks_of_others(query) || joins(step)) {
        return Some(
            "`subquery` with a condition, of a query that asks of relationships, or joins what it leads to: SQLAlchemy's \
             condition holds there too",
        );
    }
    let loses = |select: &Value| list(&select["where"]).iter().any(|one| loses_its_table(one, false));
    if named_and_itself(query).any(loses) || sets(query).any(|parts| parts.iter().any(loses)) {
        return Some(
            "a query in what is asked of a relationship: SQLAlchemy may have a table of its own there",
        );
    }
    let is_not_among = |part: &Value| part.get("contains").is_some() && part["negate"] == true;
    if !list(&query["criteria"]).is_empty() && holds(query, &is_not_among) {
        return Some(
            "a negated `contains` where the query has conditions on the class: SQLAlchemy looks at the object's row there, \
             and at its key alone elsewhere",
        );
    }
    None
}

/// The classes that a query selects.
struct Selected<'a> {
    classes: Vec<&'a str>,
    /// Those of them that it selects by an alias.
    aliased: Vec<&'a str>,
}

impl<'a> Selected<'a> {
    fn of(query: &'a Value) -> Self {
        let (mut classes, mut aliased) = (Vec::new(), Vec::new());
        for item in list(&query["select"]) {
            let Some(name) = item["entity"].as_str() else { continue };
            let class = class_of(query, name);
            classes.push(class);
            if class != name {
                aliased.push(class);
            }
        }
        Selected { classes, aliased }
    }
}

/// The class of a name.
fn class_of<'a>(query: &'a Value, name: &'a str) -> &'a str {
    let alias = &query["aliases"][name];
    alias.as_str().or_else(|| alias["entity"].as_str()).unwrap_or(name)
}

/// An option of a relationship, and the way to it.
struct Step<'a> {
    option: &'a Value,
    /// The options that lead to it, the nearest last.
    way: Vec<&'a Value>,
    /// The classes that it comes along, its own last.
    classes: Vec<&'a str>,
    target: &'a str,
    /// Whether it leads back along the one before.
    is_back: bool,
    /// The classes to which relationships of its target lead that are declared `immediate`.
    immediate: Vec<&'a str>,
    /// Whether it leads to one object of which there may be several.
    is_of_several: bool,
    /// Whether the objects that it leads to are found by columns which the query leaves out.
    is_by_left_out: bool,
}

/// The options of a query that name relationships, also those within others.
fn steps<'a>(query: &'a Value, mapping: &'a Mapping) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let mut todo: Vec<(&Value, Vec<&Value>, Vec<&str>)> = Vec::new();
    for option in list(&query["options"]) {
        todo.push((option, Vec::new(), vec![class_of(query, text(&option["of"]))]));
    }
    while let Some((option, way, classes)) = todo.pop() {
        let mapper = classes.last().and_then(|class| mapping.by_name(class).ok());
        let Some(relation) = mapper.and_then(|mapper| mapper.relation_named(text(&option["rel"]))) else {
            continue;
        };
        let target = relation.target().class();
        for next in list(&option["options"]) {
            let way = way.iter().copied().chain([option]).collect();
            todo.push((next, way, classes.iter().copied().chain([target]).collect()));
        }
        let before = way.last().and_then(|before: &&Value| {
            let class = classes.len().checked_sub(2).and_then(|at| classes.get(at))?;
            mapping.by_name(class).ok()?.relation_named(text(&before["rel"]))?.inverse()
        });
        let is_back = before.is_some_and(|before| before.id() == relation.id());
        let is_of_several = relation.direction() == Direction::ManyToOne && relation.get_columns().is_none();
        let is_immediate = |relation: &&Relation| relation.lazy() == Lazy::Immediate;
        let relations = relation.target().relations().iter().filter(is_immediate);
        let immediate = relations.map(|relation| relation.target().class()).collect();
        let is_by_left_out = mapper.is_some_and(|mapper| {
            let mut locals = relation.local_columns().iter();
            relation.get_columns().is_none()
                && !locals.all(|id| mapper.column(*id).is_primary_key())
                && holds(query, &|part| part.get("defer").is_some() || part.get("load_only").is_some())
        });
        steps.push(Step { option, way, classes, target, is_back, immediate, is_of_several, is_by_left_out });
    }
    steps
}

impl Step<'_> {
    fn loads(&self, how: &str) -> bool {
        self.option["load"] == how
    }

    /// Whether it leads to the class that it is of.
    fn is_of_itself(&self) -> bool {
        self.classes.last() == Some(&self.target)
    }

    /// Whether what it leads to stands in the rows of the query.
    fn is_joined(&self) -> bool {
        let mut steps = self.way.iter().chain([&self.option]);
        steps.all(|step| step["load"] == "joined" || step["load"] == "contains")
    }

    /// Whether it is of the same relationship.
    fn leads_as(&self, other: &Step<'_>) -> bool {
        self.classes.last() == other.classes.last() && self.option["rel"] == other.option["rel"]
    }

    /// Whether another one is beyond it.
    fn leads_to(&self, other: &Step<'_>) -> bool {
        other.way.iter().any(|before| std::ptr::eq(*before, self.option))
    }

    /// What of it `populate_existing` does otherwise.
    fn is_overwritten_otherwise(&self) -> Option<&'static str> {
        if !self.way.is_empty() || self.option.get("depth").is_some() {
            return Some(
                "`populate_existing` along two steps: SQLAlchemy keeps or forgets what the first has loaded",
            );
        }
        let is_left = ["lazy", "raise", "raise_on_sql", "immediate"].iter().any(|how| self.loads(how));
        let is_part = ["load_only", "defer"].iter().any(|name| self.option.get(*name).is_some());
        (is_left || is_part)
            .then_some("`populate_existing` of what the query leaves out: SQLAlchemy keeps what was there")
    }

    /// What of it comes out otherwise.
    fn is_otherwise(&self, selected: &Selected<'_>, all: &[Step<'_>]) -> Option<&'static str> {
        if self.is_met_by_subquery(selected) {
            return Some(
                "`subquery` that leads to objects of the query: SQLAlchemy runs it at their first row, and most of \
                 them come by it",
            );
        }
        let is_again = |next: &Step<'_>| self.leads_to(next) && next.option["rel"] == self.option["rel"];
        if self.loads("immediate") && self.is_of_itself() && all.iter().any(is_again) {
            return Some(
                "`immediate` from a class to itself, and the same again: SQLAlchemy loads one object after another, \
                 and what one brings isn't loaded for the next",
            );
        }
        if self.option.get("depth").is_some() && !self.way.is_empty() {
            return Some(
                "a depth beyond another relationship: SQLAlchemy has what is said before it hold after it too",
            );
        }
        if self.is_of_several && self.loads("joined") && !self.way.is_empty() {
            return Some(
                "`joined` of a reference that finds several rows: SQLAlchemy has what leads to it once for each",
            );
        }
        let is_read = |step: &&Value| ["lazy", "immediate", "default"].iter().any(|how| step["load"] == *how);
        let is_said = !self.loads("lazy") && !self.loads("default");
        if self.is_back && is_said && self.way.last().is_some_and(is_read) {
            return Some(
                "an option for the way back beyond what is read: SQLAlchemy has one of its own there",
            );
        }
        if self.loads("immediate") && self.is_by_left_out {
            return Some(
                "`immediate` by columns that the query leaves out: SQLAlchemy loads them before, object by object",
            );
        }
        let is_of_alias = |step: &&Value| step["load"] == "contains" && step.get("to").is_some();
        let says_more =
            ["load_only", "defer", "and", "options"].iter().any(|name| self.option.get(*name).is_some());
        if self.loads("immediate") && says_more && self.way.last().is_some_and(is_of_alias) {
            return Some(
                "`immediate` beyond `contains_eager` of an alias: SQLAlchemy loses what is said with it",
            );
        }
        let is_unnamed = self.loads("contains") && self.option.get("to").is_none();
        if is_unnamed && selected.aliased.contains(&self.target) {
            return Some(
                "`contains_eager` of a class which is also selected by an alias: SQLAlchemy reads the alias",
            );
        }
        None
    }

    /// Whether objects that the query meets elsewhere may come by a subquery before, or be looked for by what it brings.
    fn is_met_by_subquery(&self, selected: &Selected<'_>) -> bool {
        let mut steps = self.way.iter().chain([&self.option]);
        let Some(at) = steps.position(|step| step["load"] == "subquery") else { return false };
        let targets = self.immediate.iter().chain([&self.target]);
        let is_met = |target: &&str| {
            selected.classes.contains(target) || self.classes.iter().take(at + 1).any(|class| class == target)
        };
        targets.into_iter().any(is_met)
    }
}

/// Whether a class that a query selects declares that it loads something by a subquery.
fn by_subquery(selected: &Selected<'_>, mapping: &Mapping) -> bool {
    let mut mappers = selected.classes.iter().filter_map(|class| mapping.by_name(class).ok());
    mappers.any(|mapper| mapper.relations().iter().any(|relation| relation.lazy() == Lazy::Subquery))
}

/// What of a limited query comes out otherwise.
fn of_limited(query: &Value, steps: &[Step<'_>], is_declared: bool) -> Option<&'static str> {
    let is_first = |step: &&Step<'_>| step.way.is_empty();
    let narrows = |step: &Step<'_>| {
        let is_narrow = step.option.get("and").is_some() || !list(&query["criteria"]).is_empty();
        step.option["inner"] == true && is_narrow
    };
    if steps.iter().filter(is_first).any(narrows)
        && (is_declared || steps.iter().any(|step| step.loads("subquery")))
    {
        return Some(
            "`subquery` of a limited query that an inner join narrows: SQLAlchemy's leaves out the join, and is about \
             other objects",
        );
    }
    let is_contained = |step: &Step<'_>| {
        step.loads("joined") && step.way.last().is_some_and(|last| last["load"] == "contains")
    };
    let is_of_itself = |step: &Step<'_>| matches!(step.classes.as_slice(), [.., of, to] if of == to);
    steps.iter().any(|step| is_contained(step) && is_of_itself(step)).then_some(
        "`joined` beyond `contains_eager` from a class to itself, in a limited query: SQLAlchemy joins it to the first \
         of the two",
    )
}

/// Whether a query asks whether rows of others are there, itself or in a query with a name.
fn asks_of_others(query: &Value) -> bool {
    let asks = |part: &Value| list(&part["where"]).iter().any(asks_of_another);
    named_and_itself(query).any(|query| asks(query) || list(&query["parts"]).iter().any(asks))
}

/// The queries with a name, and the query itself.
fn named_and_itself(query: &Value) -> impl Iterator<Item = &Value> {
    list(&query["with"]).iter().map(|named| &named["query"]).chain([query])
}

/// Whether a condition asks whether rows of another class are there.
fn asks_of_another(condition: &Value) -> bool {
    ["any", "has", "exists", "contains"].iter().any(|name| condition.get(*name).is_some())
        || within(condition).any(asks_of_another)
}

/// The parts of the sets in a query, and in the queries with a name.
fn sets(query: &Value) -> impl Iterator<Item = &[Value]> {
    named_and_itself(query).map(|query| list(&query["parts"]))
}

/// The conditions within one.
fn within(condition: &Value) -> impl Iterator<Item = &Value> {
    let inner = ["where", "not"].iter().filter_map(|name| condition.get(*name));
    inner.chain(["and", "or"].iter().flat_map(|name| list(&condition[*name])))
}

/// Whether a part of a query is such a one.
fn holds(part: &Value, is: &dyn Fn(&Value) -> bool) -> bool {
    is(part)
        || match part {
            Value::Array(parts) => parts.iter().any(|part| holds(part, is)),
            Value::Object(parts) => parts.values().any(|part| holds(part, is)),
            _ => false,
        }
}

/// Whether a condition has a query in what is asked of a relationship.
fn loses_its_table(condition: &Value, is_related: bool) -> bool {
    if is_related && holds(condition, &|part| part.get("exists").is_some() || part.get("scalar").is_some()) {
        return true;
    }
    let is_related = is_related || condition["has"].is_string() || condition["any"].is_string();
    within(condition).any(|one| loses_its_table(one, is_related))
}
