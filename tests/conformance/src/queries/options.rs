//! The options of a query, read: loader strategies along paths, and criteria for a class everywhere.

use orm::{AnyEntity, AnyLoad, AnyRelationship, AnyRow, Code, Error, Expr, Lazy, Select};
use serde_json::Value;

use super::build::Builder;
use super::databases::{list, text};
use super::scope::{Built, Scope};

/// How a relationship is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// When it is read.
    Lazy,
    /// By a join.
    Joined,
    /// By the keys of the parents.
    Selectin,
    /// By the query of the parents.
    Subquery,
    /// When its parent is loaded.
    Immediate,
    /// Never: reading it is an error.
    Raise,
    /// As `Raise`, where it takes a statement.
    RaiseOnSql,
    /// By a join of the query's own.
    Contains,
    /// As the mapping says.
    Default,
}

/// OPTION of the grammar, with all its names resolved.
#[derive(Clone, Debug)]
pub struct LoadOption {
    /// What it starts from.
    pub of: AnyEntity,
    /// The relationship and how it is loaded; none for columns of the entity itself.
    pub path: Option<Path>,
    /// The only columns that are loaded, where that is said.
    pub load_only: Option<Vec<String>>,
    /// The columns that aren't loaded.
    pub defer: Vec<String>,
    /// Options from what it leads to.
    pub options: Vec<LoadOption>,
}

/// A relationship of an option.
#[derive(Clone, Debug)]
pub struct Path {
    /// The relationship, to an alias where one is named; none for all that have no option of their own.
    pub relationship: Option<AnyRelationship>,
    /// How it is loaded.
    pub strategy: Strategy,
    /// Only these are loaded.
    pub and: Option<Expr<bool>>,
    /// By an inner join.
    pub inner: bool,
    /// How often a relationship of a class to itself is followed; -1 until it ends.
    pub depth: Option<i64>,
}

/// Criteria for a class, wherever it stands.
#[derive(Clone, Debug)]
pub struct Criteria {
    /// The class.
    pub class: AnyEntity,
    /// What its rows have to meet.
    pub condition: Expr<bool>,
    /// Whether aliases in the query are meant too.
    pub include_aliases: bool,
}

/// The query with its options.
fn apply(query: Select<AnyRow>, options: &[LoadOption], criteria: &[Criteria]) -> Built<Select<AnyRow>> {
    let options = said(options)?;
    let query = options.into_iter().fold(query, Select::options);
    Ok(criteria
        .iter()
        .fold(query, |query, one| query.with_criteria_of(&one.class, &one.condition, one.include_aliases)))
}

/// Options as the library has them.
fn said(options: &[LoadOption]) -> Built<Vec<AnyLoad>> {
    let mut all = Vec::new();
    for option in options {
        let mut columns = Vec::new();
        let below = option.below();
        let only: Option<Vec<&str>> =
            option.load_only.as_ref().map(|names| names.iter().map(String::as_str).collect());
        if let Some(only) = only {
            columns.push(below.load_only(&only)?);
        }
        let defer: Vec<&str> = option.defer.iter().map(String::as_str).collect();
        if !defer.is_empty() {
            columns.push(below.defer(&defer)?);
        }
        let Some(path) = &option.path else {
            all.extend(columns);
            continue;
        };
        let Some(relationship) = &path.relationship else {
            all.push(option.of.load_all(lazy(path.strategy)?));
            continue;
        };
        let mut load = match path.strategy {
            Strategy::Contains => relationship.contains_eager(),
            Strategy::Default => relationship.default_load(),
            other => relationship.load(lazy(other)?),
        };
        if let Some(and) = &path.and {
            load = load.and(and);
        }
        if path.inner {
            load = load.inner();
        }
        if let Some(depth) = path.depth {
            // SQLAlchemy counts the steps after the first.
            load = load.depth(u16::try_from(depth).map_or(u16::MAX, |depth| depth.saturating_add(1)));
        }
        all.push(load.options(columns).options(said(&option.options)?));
    }
    Ok(all)
}

fn lazy(strategy: Strategy) -> orm::Result<Lazy> {
    Ok(match strategy {
        Strategy::Lazy => Lazy::Select,
        Strategy::Joined => Lazy::Joined,
        Strategy::Selectin => Lazy::SelectIn,
        Strategy::Subquery => Lazy::Subquery,
        Strategy::Immediate => Lazy::Immediate,
        Strategy::Raise => Lazy::Raise,
        Strategy::RaiseOnSql => Lazy::RaiseOnSql,
        Strategy::Contains | Strategy::Default => {
            return Err(Error::new(Code::Internal, "not in the grammar: a wildcard of that strategy"));
        }
    })
}

impl LoadOption {
    /// What its columns are of.
    fn below(&self) -> AnyEntity {
        match self.path.as_ref().and_then(|path| path.relationship.as_ref()) {
            Some(relationship) => relationship.target().entity(),
            None => self.of.clone(),
        }
    }
}

impl Builder<'_> {
    /// The query with the options and criteria of its description.
    ///
    /// # Errors
    /// Where one is wrong, or can't be said.
    pub(super) fn with_options(
        &mut self,
        query: Select<AnyRow>,
        of: &Value,
        scope: &Scope,
    ) -> Built<Select<AnyRow>> {
        let mut options = Vec::new();
        for option in list(&of["options"]) {
            let from = scope.entity(text(&option["of"]))?;
            options.push(self.option(option, from, scope)?);
        }
        let mut criteria = Vec::new();
        for one in list(&of["criteria"]) {
            criteria.push(Criteria {
                class: self.mapping.by_name(text(&one["entity"]))?.entity(),
                condition: self.cond(&one["where"], &Scope::new(self.mapping))?,
                include_aliases: one["include_aliases"] == true,
            });
        }
        apply(query, &options, &criteria)
    }

    fn option(&mut self, option: &Value, of: AnyEntity, scope: &Scope) -> Built<LoadOption> {
        let (path, below) = match option["rel"].as_str() {
            None => (None, of.clone()),
            Some("*") => {
                let strategy = strategy(option)?;
                let all = Path { relationship: None, strategy, and: None, inner: false, depth: None };
                (Some(all), of.clone())
            }
            Some(name) => {
                let mut relationship = of.relationship(name)?;
                let mut below = relationship.target().entity();
                if let Some(alias) = option["to"].as_str() {
                    below = scope.entity(alias)?;
                    relationship = relationship.to(&below)?;
                }
                let and = option.get("and").map(|and| self.cond(and, scope)).transpose()?;
                let path = Path {
                    relationship: Some(relationship),
                    strategy: strategy(option)?,
                    and,
                    inner: option["inner"] == true,
                    depth: option["depth"].as_i64(),
                };
                (Some(path), below)
            }
        };
        let columns =
            |names: &Value| -> Vec<String> { list(names).iter().map(|name| text(name).to_owned()).collect() };
        let load_only = option.get("load_only").map(columns);
        let defer = columns(&option["defer"]);
        let inner = list(&option["options"]).iter();
        let options = inner.map(|inner| self.option(inner, below.clone(), scope)).collect::<Built<_>>()?;
        Ok(LoadOption { of, path, load_only, defer, options })
    }
}

fn strategy(option: &Value) -> orm::Result<Strategy> {
    Ok(match text(&option["load"]) {
        "lazy" => Strategy::Lazy,
        "joined" => Strategy::Joined,
        "selectin" => Strategy::Selectin,
        "subquery" => Strategy::Subquery,
        "immediate" => Strategy::Immediate,
        "raise" => Strategy::Raise,
        "raise_on_sql" => Strategy::RaiseOnSql,
        "contains" => Strategy::Contains,
        "default" => Strategy::Default,
        other => return Err(Error::new(Code::Internal, format!("not in the grammar: load {other}"))),
    })
}
