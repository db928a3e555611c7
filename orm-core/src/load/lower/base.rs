//! `Lower`: a statement that is being built, and what an expression is in it.

use std::rc::Rc;

use super::super::given::{Numbers, list_of, place_of_list, place_of_value, search_of};
use super::super::instance::EntityPlan;
use super::super::scope::{OutputColumn, Place, Scopes};
use super::key::parent_key;
use crate::declare::{AliasId, ColumnName};
use crate::error::{Code, Error, Result};
use crate::query::Leaf;
use crate::query::option::ClassCriteria;
use crate::sql::{CommonTable, Name, Op, TableRef, Tree, placeholders};
use crate::value::Value;

/// Where an item of a row is found.
#[derive(Clone)]
pub(in crate::load) enum ItemPlan {
    /// An object; it may be missing where that is said.
    Entity(EntityPlan),
    /// A value, and what it is called in messages.
    Value(usize, Option<Name>),
}

impl ItemPlan {
    /// Whether it is an object.
    pub(in crate::load) fn is_entity(&self) -> bool {
        matches!(self, ItemPlan::Entity(_))
    }
}

/// The parameter that is always 1.
pub(in crate::load) const ONE: usize = usize::MAX;

/// What a statement gives.
pub(super) struct Outputs {
    pub(super) items: Vec<ItemPlan>,
    /// The columns, where they are named: what they are and their names.
    pub(super) columns: Vec<OutputColumn>,
}

/// A common table that a statement has.
pub(super) struct Common {
    pub(super) id: AliasId,
    pub(super) name: Name,
    /// None where SQL of the user's doesn't say them.
    pub(super) parts: Option<Rc<[OutputColumn]>>,
}

/// What is known of the statement of a query.
pub(in crate::load) struct Lowered {
    pub(in crate::load) items: Vec<ItemPlan>,
    /// Its own sources.
    pub(in crate::load) places: Vec<Place>,
}

/// A statement that is being built.
#[derive(Default)]
pub(super) struct Lower {
    pub(super) scopes: Scopes,
    /// The common tables that it has so far.
    pub(super) with: Vec<CommonTable>,
    /// What is known of the common tables by their ids: the names that they go by, and their columns.
    pub(super) common: Vec<Common>,
    /// Conditions on every row of a class.
    pub(super) criteria: Rc<[ClassCriteria]>,
    /// Those that the sources of the query bring that is being built, for its rows.
    pub(super) brought: Vec<Tree>,
    /// Whether the query means what SQLAlchemy makes of it, where that is another thing.
    pub(super) like_sqlalchemy: bool,
    /// The numbers of parameters; none where values are written down.
    pub(super) given: Option<Rc<Numbers>>,
    /// The columns whose expressions are being built, each within that of the one before.
    pub(super) expressing: Vec<ColumnName>,
    /// The expressions that were built, of which source: what is asked for again is the same.
    pub(super) expressed: Vec<(TableRef, ColumnName, Tree)>,
}

impl Lower {
    pub(super) fn tree(&mut self, tree: &Tree<Leaf>) -> Result<Tree> {
        let lowered = match &self.given {
            None => tree.lower(&mut |leaf: &Leaf| self.leaf(leaf))?,
            Some(_) => self.given(tree)?,
        };
        match &lowered {
            Tree::TooDeep => Err(Error::new(Code::Query, "a condition nests too deep for a database")
                .help("join conditions by `and` and `or` in one list, or ask in several queries")),
            Tree::Node(..) => check_written(&lowered).map(|()| lowered),
            _ => Ok(lowered),
        }
    }

    /// What is selected where it makes no difference.
    pub(super) fn one(&self) -> Tree {
        if self.given.is_some() { Tree::Param(ONE) } else { Tree::Value(Value::Int(1)) }
    }

    /// The same, where values are parameters.
    fn given(&mut self, tree: &Tree<Leaf>) -> Result<Tree> {
        let number = |place: usize| self.given.as_ref().and_then(|given| given.at(place));
        match tree {
            Tree::Value(value) => Ok(match number(place_of_value(value)) {
                Some(number) => Tree::Param(number),
                // What a declaration says is the same whenever the statement runs.
                None => match &self.given {
                    Some(given) if !self.expressing.is_empty() => given.constant(value),
                    _ => Tree::Value(value.clone()),
                },
            }),
            Tree::Node(op, _, operands) => {
                if let (Some(list), Some(of)) = (list_of(op, operands), operands.first())
                    && let Some(number) = number(place_of_list(list))
                {
                    return Ok(Tree::node(Op::InList, vec![self.given(of)?, Tree::Param(number)]));
                }
                if let Some((of, text, _)) = search_of(op, operands) {
                    let of = self.given(of)?;
                    if let Some(search) = self.given.as_ref().and_then(|given| given.search(text, &of)) {
                        return Ok(search);
                    }
                }
                let mut lowered = Vec::with_capacity(operands.len());
                for operand in operands {
                    lowered.push(match (op, operand) {
                        // How a text is looked for, the database says when it sees that.
                        (Op::Has(_), Tree::Value(text)) => Tree::Value(text.clone()),
                        _ => self.given(operand)?,
                    });
                }
                Ok(Tree::node(op.clone(), lowered))
            }
            other => other.lower(&mut |leaf: &Leaf| self.leaf(leaf)),
        }
    }

    pub(super) fn trees(&mut self, trees: &[Tree<Leaf>]) -> Result<Vec<Tree>> {
        trees.iter().map(|tree| self.tree(tree)).collect()
    }

    fn leaf(&mut self, leaf: &Leaf) -> Result<Tree> {
        match leaf {
            Leaf::Column(column, alias) => self.column(*column, *alias),
            Leaf::OfAlias(tree, table, alias) => self.of_alias(tree, table, *alias),
            Leaf::Output(query, output) => {
                let named = query.named();
                self.scopes.output(named.id, &named.name, output)
            }
            Leaf::Related { relation, from, to, test } => {
                self.related(relation.resolve()?, (*from, *to), test)
            }
            Leaf::Key(object, column) => parent_key(object, *column).map(Tree::Value),
            Leaf::Query(query, how) => self.inner(query, *how),
            Leaf::Wrong(why) => Err(Error::new(Code::Query, why.to_string())),
        }
    }
}

/// Whether SQL of the user's has as many values as question marks.
fn check_written(tree: &Tree) -> Result<()> {
    let mut wrong = None;
    tree.walk(&mut |tree| {
        if let Tree::Node(Op::Sql(sql), _, operands) = tree
            && placeholders(sql) != operands.len()
        {
            wrong.get_or_insert((sql, operands.len()));
        }
    });
    let Some((sql, given)) = wrong else { return Ok(()) };
    let message = format!("`{sql}` has {} question marks, and {given} values", placeholders(sql));
    Err(Error::new(Code::Query, message).help("give a value for each by `.bind(...)`"))
}
