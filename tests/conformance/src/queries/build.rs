//! A query of the grammar as a query of the library, by names alone.

use orm::mapper::Mapping;
use orm::{AnyObj, AnyRow, Code, Cte, Error, Expr, Label, OrderBy, Select, Selected, Session, select};
use serde_json::Value;

use super::databases::{list, text};
use super::scope::{Built, Named, Scope, Stop};

/// Builds queries. Objects that they name are got by key from its session, and held.
pub struct Builder<'s> {
    pub(super) session: &'s Session,
    pub(super) mapping: &'static Mapping,
    pub(super) held: Vec<AnyObj>,
}

/// The labels of what a query selects.
type Labels = Vec<(String, Label<orm::Value>)>;

impl<'s> Builder<'s> {
    /// A builder for a session.
    pub fn new(session: &'s Session, mapping: &'static Mapping) -> Self {
        Builder { session, mapping, held: Vec::new() }
    }

    /// The whole query.
    ///
    /// # Errors
    /// Where it is wrong, or can't be said.
    pub fn statement(&mut self, query: &Value) -> Built<Select<AnyRow>> {
        // The names of the query itself, which its options speak of too.
        let scope = self.names(query, &Scope::new(self.mapping))?;
        let built = match query.get("set") {
            Some(_) => self.compound_in(query, &scope)?.0,
            None => self.select_in(query, &scope)?.0,
        };
        let built = match query["populate_existing"].as_bool() {
            Some(true) => built.populate_existing(),
            _ => built,
        };
        self.with_options(built, query, &scope)
    }

    fn any_query(&mut self, query: &Value, scope: &Scope) -> Built<(Select<AnyRow>, Labels)> {
        match query.get("set") {
            Some(_) => self.compound(query, scope),
            None => self.select(query, scope),
        }
    }

    /// The names that a query declares, beside those around it.
    pub(super) fn names(&mut self, query: &Value, around: &Scope) -> Built<Scope> {
        let mut scope = around.clone();
        for with in list(&query["with"]) {
            let table = self.table(with, &scope)?;
            scope.declare(text(&with["name"]), table);
        }
        for (name, what) in query["aliases"].as_object().into_iter().flatten() {
            let entity = match what.as_str() {
                Some(class) => self.mapping.by_name(class)?.aliased(),
                None => {
                    let mapper = self.mapping.by_name(text(&what["entity"]))?;
                    match scope.find(text(&what["of"]))? {
                        Named::Query(rows) => mapper.aliased_as(&rows),
                        Named::Entity(entity) => {
                            let message = format!("{entity:?} is no query");
                            return Err(Error::new(Code::Query, message).into());
                        }
                    }
                }
            };
            scope.declare(name, Named::Entity(entity));
        }
        Ok(scope)
    }

    /// A query with a name.
    fn table(&mut self, with: &Value, scope: &Scope) -> Built<Named> {
        let name = text(&with["name"]).to_owned();
        let query = self.any_query(&with["query"], scope)?.0;
        if with["as"] == "subquery" {
            return Ok(Named::Query(query.subquery(name)));
        }
        let table = query.cte(name.clone());
        if with.get("recursive").is_none() {
            return Ok(Named::Query((*table).clone()));
        }
        let mut left_out = None;
        let step = |this: &orm::Subquery| {
            let mut inside = scope.clone();
            inside.declare(&name, Named::Query(this.clone()));
            match self.select(&with["recursive"], &inside) {
                Ok((step, _)) => Ok(step),
                Err(Stop::Error(error)) => Err(error),
                Err(Stop::LeftOut(why)) => {
                    left_out = Some(why);
                    Err(Error::new(Code::Query, "left out"))
                }
            }
        };
        let stepped: orm::Result<Cte> = match with["all"].as_bool() {
            Some(false) => table.try_recursive_distinct(step),
            _ => table.try_recursive(step),
        };
        match left_out {
            Some(why) => Err(Stop::LeftOut(why)),
            None => Ok(Named::Query((*stepped?).clone())),
        }
    }

    fn compound(&mut self, query: &Value, around: &Scope) -> Built<(Select<AnyRow>, Labels)> {
        let scope = self.names(query, around)?;
        self.compound_in(query, &scope)
    }

    fn compound_in(&mut self, query: &Value, scope: &Scope) -> Built<(Select<AnyRow>, Labels)> {
        let mut parts = list(&query["parts"]).iter();
        let Some(first) = parts.next() else {
            return Err(Error::new(Code::Query, "a set of nothing").into());
        };
        let (mut all, labels) = self.any_query(first, scope)?;
        for part in parts {
            let part = self.any_query(part, scope)?.0;
            all = match text(&query["set"]) {
                "union" => all.union(part),
                "union_all" => all.union_all(part),
                "intersect" => all.intersect(part),
                _ => all.except(part),
            };
        }
        for term in list(&query["order_by"]) {
            let label = label(&labels, text(&term["label"]))?;
            all = all.order_by(directed(term, (label.asc(), label.desc())));
        }
        Ok((ended(all, query), labels))
    }

    /// A `SELECT`, with the labels of what it selects.
    pub(super) fn select(&mut self, query: &Value, around: &Scope) -> Built<(Select<AnyRow>, Labels)> {
        let scope = self.names(query, around)?;
        self.select_in(query, &scope)
    }

    /// A `SELECT` whose names are declared.
    fn select_in(&mut self, query: &Value, scope: &Scope) -> Built<(Select<AnyRow>, Labels)> {
        let (mut items, mut labels): (Vec<Selected>, Labels) = Default::default();
        for item in list(&query["select"]) {
            if let Some(name) = item["entity"].as_str() {
                items.push(scope.entity(name)?.into());
                continue;
            }
            let value = self.expr(&item["expr"], scope)?;
            match item["label"].as_str() {
                Some(name) => {
                    let label = value.labelled(name);
                    items.push((&label).into());
                    labels.push((name.to_owned(), label));
                }
                None => items.push(value.into()),
            }
        }
        let mut built = select(items);
        built = match scope.find(text(&query["from"]))? {
            Named::Entity(entity) => built.from(&entity),
            Named::Query(rows) => built.from(&rows),
        };
        for join in list(&query["joins"]) {
            built = self.join(built, join, scope)?;
        }
        for condition in list(&query["where"]) {
            built = built.filter(self.cond(condition, scope)?);
        }
        for term in list(&query["group_by"]) {
            built = built.group_by(self.expr(term, scope)?);
        }
        for condition in list(&query["having"]) {
            built = built.having(self.cond(condition, scope)?);
        }
        for term in list(&query["order_by"]) {
            let by = match term["label"].as_str() {
                Some(name) => {
                    let label = label(&labels, name)?;
                    (label.asc(), label.desc())
                }
                None => ends(self.expr(&term["expr"], scope)?),
            };
            built = built.order_by(directed(term, by));
        }
        if query["distinct"] == true {
            built = built.distinct();
        }
        Ok((ended(built, query), labels))
    }

    fn join(&mut self, built: Select<AnyRow>, join: &Value, scope: &Scope) -> Built<Select<AnyRow>> {
        let is_outer = join["outer"] == true;
        let conditions = list(&join["on"]);
        let on = match conditions {
            [] => None,
            all => Some(self.all(all, scope)?),
        };
        if let Some(path) = join["rel"].as_str() {
            let mut relationship = scope.relationship(path)?;
            if let Some(to) = join["to"].as_str() {
                let target = scope.entity(to)?;
                relationship = relationship.to(&target)?;
            }
            let target = relationship.and(on);
            return Ok(if is_outer { built.outer_join(target) } else { built.join(target) });
        }
        let target = match (scope.find(text(&join["entity"]))?, on) {
            (Named::Entity(entity), Some(on)) => entity.on(on),
            (Named::Query(rows), Some(on)) => rows.on(on),
            (Named::Entity(entity), None) if is_outer => return Ok(built.outer_join(&entity)),
            (Named::Entity(entity), None) => return Ok(built.join(&entity)),
            (Named::Query(_), None) => {
                return Err(Stop::LeftOut(
                    "a query is joined without a condition: no such join compiles".into(),
                ));
            }
        };
        Ok(if is_outer { built.outer_join(target) } else { built.join(target) })
    }

    /// All of the conditions.
    pub(super) fn all(&mut self, conditions: &[Value], scope: &Scope) -> Built<Expr<bool>> {
        let all: Vec<Expr<bool>> =
            conditions.iter().map(|condition| self.cond(condition, scope)).collect::<Built<_>>()?;
        Ok(orm::all_of(all))
    }
}

fn label<'l>(labels: &'l Labels, name: &str) -> Built<&'l Label<orm::Value>> {
    let found = labels.iter().find(|(label, _)| label == name);
    Ok(found.map(|(_, label)| label).ok_or_else(|| Error::new(Code::Query, format!("no label `{name}`")))?)
}

/// An expression in ascending and in descending order.
pub(super) fn ends(by: Expr<orm::Value>) -> (OrderBy, OrderBy) {
    (by.clone().asc(), by.desc())
}

/// A term of an order, as its description says.
pub(super) fn directed(term: &Value, (asc, desc): (OrderBy, OrderBy)) -> OrderBy {
    let by = if term["dir"] == "desc" { desc } else { asc };
    match term["nulls"].as_str() {
        Some("first") => by.nulls_first(),
        Some(_) => by.nulls_last(),
        None => by,
    }
}

fn ended(mut built: Select<AnyRow>, query: &Value) -> Select<AnyRow> {
    if let Some(rows) = query["limit"].as_i64() {
        built = built.limit(rows);
    }
    if let Some(rows) = query["offset"].as_i64() {
        built = built.offset(rows);
    }
    built
}
