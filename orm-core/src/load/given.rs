//! What is bound for the parts of a query, and where those are: by that they are found again when its statement is built.

use std::cell::RefCell;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use crate::declare::ColumnId;
use crate::query::Leaf;
use crate::sql::{Dialect, Op, Place, Tree, is_long_list};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;
use crate::value::Value;

/// What is bound for a part of a query: a value of it, or the values of a list.
pub(super) enum Given<'q> {
    Value(&'q Value),
    List(&'q [Tree<Leaf>]),
    /// A text that is looked for. What is bound of it follows.
    Search(&'q Value, Place),
    /// What the database is given of a text that is looked for.
    Made(Value),
    /// An object whose keys are read when the statement runs.
    Object(&'q Handle),
}

/// Where a value of a query is.
pub(super) fn place_of_value(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// Where a list of values of a query is.
pub(super) fn place_of_list(list: &[Tree<Leaf>]) -> usize {
    list.as_ptr().addr()
}

/// The values of a list whose place is asked for as one, after `IN`.
pub(super) fn list_of<'t>(op: &Op, operands: &'t [Tree<Leaf>]) -> Option<&'t [Tree<Leaf>]> {
    match (op, operands) {
        (Op::In, [_, list @ ..]) if is_long_list(list) => Some(list),
        _ => None,
    }
}

/// The text that is looked for within another one.
pub(super) fn search_of<'t>(
    op: &Op,
    operands: &'t [Tree<Leaf>],
) -> Option<(&'t Tree<Leaf>, &'t Value, Place)> {
    match (op, operands) {
        (Op::Has(place), [of, Tree::Value(text @ Value::Text(_))]) => Some((of, text, *place)),
        _ => None,
    }
}

/// In the place of what is searched.
pub(super) const SEARCHED: usize = usize::MAX - 1;

/// The condition that looks for a text, as the database writes it for that text, about [`SEARCHED`].
pub(super) fn search(dialect: &dyn Dialect, text: &Value, place: Place) -> Option<Tree> {
    match text {
        Value::Text(text) => Some(dialect.has_text(Tree::Param(SEARCHED), place, text)),
        _ => None,
    }
}

/// A key of an object that a statement reads when it runs.
#[derive(Clone, Copy)]
pub(super) struct KeyOf {
    /// The number of the object among what is given.
    pub(super) object: usize,
    pub(super) column: ColumnId,
    /// Whether it was `NULL` when the statement was built, which may decide how that is written.
    pub(super) is_null: bool,
}

/// What is bound beside what a query gives.
#[derive(Clone)]
pub(super) enum OtherValue {
    /// A key of an object, read when the statement runs.
    Key(KeyOf),
    /// A value of a declaration.
    Constant(Value),
}

/// The numbers of parameters, where the values of a statement that is being built are some.
pub(super) struct Numbers {
    /// Those of values and of lists by their places.
    values: HashMap<usize, usize, FxBuildHasher>,
    /// Searches by the places of their texts, with parameters for what is bound.
    searches: HashMap<usize, Tree, FxBuildHasher>,
    objects: HashMap<usize, usize, FxBuildHasher>,
    /// What is found while the statement is built; their numbers follow those of what is given.
    found: RefCell<Vec<OtherValue>>,
    count: usize,
}

impl Numbers {
    pub(super) fn of(given: &[Given<'_>], dialect: &dyn Dialect) -> Self {
        let mut numbers = Numbers {
            values: HashMap::default(),
            searches: HashMap::default(),
            objects: HashMap::default(),
            found: RefCell::default(),
            count: given.len(),
        };
        for (number, given) in given.iter().enumerate() {
            match given {
                Given::Value(value) => _ = numbers.values.insert(place_of_value(value), number),
                Given::List(list) => _ = numbers.values.insert(place_of_list(list), number),
                Given::Search(text, place) => {
                    if let Some(tree) = search(dialect, text, *place) {
                        let mut next = number;
                        let mut value = |_: &Value| {
                            next += 1;
                            Tree::Param(next)
                        };
                        numbers.searches.insert(place_of_value(text), replaced(&tree, &mut value));
                    }
                }
                Given::Made(_) => {}
                Given::Object(object) => _ = numbers.objects.insert(address(object), number),
            }
        }
        numbers
    }

    /// The number of a value or of a list, by its place.
    pub(super) fn at(&self, place: usize) -> Option<usize> {
        self.values.get(&place).copied()
    }

    /// The condition that looks for a text within an expression.
    pub(super) fn search(&self, text: &Value, of: &Tree) -> Option<Tree> {
        self.searches.get(&place_of_value(text)).map(|tree| about(tree, of))
    }

    /// The parameter for a key of an object, which is that now.
    pub(super) fn key(&self, object: &Handle, column: ColumnId, value: &Value) -> Option<Tree> {
        let object = *self.objects.get(&address(object))?;
        self.find(OtherValue::Key(KeyOf { object, column, is_null: value.is_null() }))
    }

    /// The parameter for a value that is the same whenever the statement runs.
    pub(super) fn constant(&self, value: &Value) -> Tree {
        self.find(OtherValue::Constant(value.clone())).unwrap_or_else(|| Tree::Value(value.clone()))
    }

    fn find(&self, found: OtherValue) -> Option<Tree> {
        let mut all = self.found.try_borrow_mut().ok()?;
        all.push(found);
        Some(Tree::Param(self.count + all.len() - 1))
    }

    /// What was found while the statement was built, in the order of the numbers.
    pub(super) fn found(&self) -> SmallVec<[OtherValue; 1]> {
        self.found.try_borrow().map(|found| found.iter().cloned().collect()).unwrap_or_default()
    }
}

/// A condition with something else in the place of each value. What a dialect makes nests little.
fn replaced(tree: &Tree, value: &mut dyn FnMut(&Value) -> Tree) -> Tree {
    match tree {
        Tree::Value(of) => value(of),
        Tree::Node(op, _, operands) => {
            let operands = operands.iter().map(|operand| replaced(operand, value)).collect();
            Tree::node(op.clone(), operands)
        }
        other => other.clone(),
    }
}

/// A condition about [`SEARCHED`], about an expression.
fn about(tree: &Tree, of: &Tree) -> Tree {
    match tree {
        Tree::Param(SEARCHED) => of.clone(),
        Tree::Node(op, _, operands) => {
            Tree::node(op.clone(), operands.iter().map(|operand| about(operand, of)).collect())
        }
        other => other.clone(),
    }
}
