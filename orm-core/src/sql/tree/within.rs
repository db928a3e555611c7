//! `QueryWithin`: a query within a condition that a declaration gives.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use super::Tree;
use crate::error::{Code, Error, Result};
use crate::sql::{Alias, ColumnRef, Name, TableRef};

/// A query within a condition that a declaration gives. The columns that it compares of the sources around it are the
/// operands of its node, so that whoever replaces columns of the condition replaces these too. They take their places in
/// the statement when that is written.
#[derive(Clone)]
pub struct QueryWithin(Arc<Inner>);

/// A column of a source around a query, with the marks that stand around it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OuterColumn {
    /// Its table.
    pub table: &'static str,
    /// Its name in the database.
    pub name: &'static str,
    /// Whether it is marked as foreign.
    pub foreign: bool,
    /// Whether it is marked as remote.
    pub remote: bool,
}

struct Inner {
    outer: Vec<OuterColumn>,
    depth: u16,
    make: Box<dyn Fn() -> Result<Tree> + Send + Sync>,
    made: OnceLock<Tree>,
}

/// By which name a source around goes in the statement. No alias of a statement has it.
const AROUND: Name = Name::new("\0around");

impl OuterColumn {
    /// The column, in its marks.
    pub(crate) fn tree(&self) -> Tree {
        let column = Tree::Column(TableRef::new(self.table).column(self.name));
        let column = if self.foreign { column.foreign() } else { column };
        if self.remote { column.remote() } else { column }
    }

    fn is(&self, column: &ColumnRef, (foreign, remote): (bool, bool)) -> bool {
        *self.table == *column.table.name
            && *self.name == *column.name
            && (self.foreign, self.remote) == (foreign, remote)
    }
}

impl QueryWithin {
    /// A query with these columns of the sources around it. `make` gives it, as a value or as a condition, when the classes
    /// are configured; sources around go by [`source_around`](Self::source_around) in it.
    pub(crate) fn new(
        outer: Vec<OuterColumn>,
        depth: u16,
        make: impl Fn() -> Result<Tree> + Send + Sync + 'static,
    ) -> Self {
        QueryWithin(Arc::new(Inner { outer, depth, make: Box::new(make), made: OnceLock::new() }))
    }

    /// The name of a source around a query, as its statement has it.
    pub(crate) fn source_around(table: &'static str) -> TableRef {
        TableRef::new(table).aliased(Alias::Name(AROUND))
    }

    /// How many operators the query counts for.
    pub(crate) fn depth(&self) -> u16 {
        self.0.depth
    }

    /// That the statement can be made.
    ///
    /// # Errors
    /// What the query says, and `join-condition` where it asks more of the sources around it than columns.
    pub(crate) fn check(&self) -> Result<()> {
        self.made().map(|_| ())
    }

    fn made(&self) -> Result<&Tree> {
        if let Some(made) = self.0.made.get() {
            return Ok(made);
        }
        let mut made = (self.0.make)()?;
        let mut lacks = false;
        let mut known = |column: &ColumnRef, marks| {
            lacks |= !self.0.outer.iter().any(|outer| outer.is(column, marks));
            None
        };
        replace(&mut made, (false, false), &mut known);
        if lacks {
            let message = "a query within the condition asks more of the classes around it than columns";
            return Err(
                Error::new(Code::JoinCondition, message).help("compare columns in the query's `filter`")
            );
        }
        // Another thread may have been faster, with the same.
        Ok(self.0.made.get_or_init(|| made))
    }

    /// The query about these columns of the sources around it.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub(crate) fn about(&self, operands: &[Tree]) -> Result<Tree> {
        let mut tree = self.made()?.clone();
        let mut operand = |column: &ColumnRef, marks| {
            let at = self.0.outer.iter().position(|outer| outer.is(column, marks))?;
            operands.get(at).cloned()
        };
        replace(&mut tree, (false, false), &mut operand);
        Ok(tree)
    }
}

/// What takes the place of a column of a source around, with marks around it.
type Replacement<'a> = dyn FnMut(&ColumnRef, (bool, bool)) -> Option<Tree> + 'a;

fn replace(tree: &mut Tree, (foreign, remote): (bool, bool), by: &mut Replacement<'_>) {
    match tree {
        Tree::Column(column) if column.table.alias == Alias::Name(AROUND) => {
            if let Some(other) = by(column, (foreign, remote)) {
                *tree = other;
            }
        }
        Tree::Node(op, _, operands) => {
            let marks = op.marks((foreign, remote));
            for operand in operands {
                replace(operand, marks, by);
            }
        }
        Tree::Exists(select) | Tree::Subquery(select) => {
            select.each_tree(&mut |tree| replace(tree, (foreign, remote), by));
        }
        _ => {}
    }
}

/// Whether both are the same one: it is made once.
impl PartialEq for QueryWithin {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for QueryWithin {}

impl Hash for QueryWithin {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

impl fmt::Debug for QueryWithin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("QueryWithin").field(&self.0.outer).finish()
    }
}
