//! The options of a query, read: loader strategies along paths, and criteria for a class everywhere.

use orm::{AnyEntity, AnyRelationship, AnyRow, Code, Error, Expr, Select, Value as Cell};
use serde_json::Value;

use super::build::Builder;
use super::databases::{list, text};
use super::scope::{Built, Scope, Stop};

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
    pub load_only: Option<Vec<Expr<Cell>>>,
    /// The columns that aren't loaded.
    pub defer: Vec<Expr<Cell>>,
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

/// The query with its options: what the library can't say yet is left out.
fn apply(query: Select<AnyRow>, options: &[LoadOption], criteria: &[Criteria]) -> Built<Select<AnyRow>> {
    let why = match (options, criteria) {
        ([], []) => return Ok(query),
        ([], _) => "criteria for a class can't be given by names yet",
        _ => "loader options can't be given by names yet",
    };
    Err(Stop::LeftOut(why.to_owned()))
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
        let columns = |names: &Value| -> orm::Result<Vec<Expr<Cell>>> {
            list(names).iter().map(|name| below.attr(text(name))).collect()
        };
        let load_only = option.get("load_only").map(columns).transpose()?;
        let defer = columns(&option["defer"])?;
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
