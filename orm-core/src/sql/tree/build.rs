//! Constructors of expressions.

use super::{BinaryOp, CompareOp, Depth, MAX_DEPTH, Op, Place, QUERY_DEPTH, Tree};
use crate::sql::{ColumnRef, SelectStmt};
use crate::value::Value;

impl<L: Depth> Tree<L> {
    /// SQL written by the user; see [`Tree::Text`].
    pub fn text(sql: impl Into<String>) -> Self {
        Tree::Text(sql.into())
    }

    /// An operator with its operands. What would nest deeper than [`MAX_DEPTH`] becomes [`Tree::TooDeep`].
    #[inline(never)]
    pub fn node(op: Op, operands: Vec<Tree<L>>) -> Self {
        let own = if let Op::Within(query) = &op { query.depth() } else { 1 };
        let depth = operands.iter().map(Tree::depth).max().unwrap_or(0).saturating_add(own);
        if depth > MAX_DEPTH { Tree::TooDeep } else { Tree::Node(op, depth, operands) }
    }

    /// How deep it nests: 0 for a leaf.
    pub fn depth(&self) -> u16 {
        match self {
            Tree::Node(_, depth, _) => *depth,
            Tree::Late(leaf) => leaf.depth(),
            Tree::Exists(select) | Tree::Subquery(select) => select.depth().saturating_add(QUERY_DEPTH),
            Tree::TooDeep => u16::MAX,
            Tree::Column(_)
            | Tree::Value(_)
            | Tree::Param(_)
            | Tree::Text(_)
            | Tree::Label(_)
            | Tree::Ordinal(_) => 0,
        }
    }

    /// All of them; one is left as it is.
    pub fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut all: Vec<Self> = conditions.into_iter().collect();
        match (all.len(), all.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                all.extend(last);
                Tree::node(Op::And, all)
            }
        }
    }

    /// Any of them; one is left as it is.
    pub fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut any: Vec<Self> = conditions.into_iter().collect();
        match (any.len(), any.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                any.extend(last);
                Tree::node(Op::Or, any)
            }
        }
    }

    /// What is resolved when a statement is built.
    pub fn late(leaf: L) -> Self {
        Tree::Late(leaf).bounded()
    }

    /// `EXISTS (...)`.
    pub fn exists(select: SelectStmt) -> Self {
        Tree::Exists(Box::new(select)).bounded()
    }

    /// The value or the rows of a query.
    pub fn subquery(select: SelectStmt) -> Self {
        Tree::Subquery(Box::new(select)).bounded()
    }

    fn bounded(self) -> Self {
        if self.depth() > MAX_DEPTH { Tree::TooDeep } else { self }
    }

    /// A comparison; with `NULL`, equality becomes `IS NULL` and inequality `IS NOT NULL`.
    #[must_use]
    pub fn compare(self, op: CompareOp, other: Self) -> Self {
        match (op, &other) {
            (CompareOp::Eq | CompareOp::Same, Tree::Value(Value::Null)) => self.is_null(),
            (CompareOp::Ne | CompareOp::Distinct, Tree::Value(Value::Null)) => self.is_null().not(),
            _ => Tree::node(Op::Compare(op), vec![self, other]),
        }
    }

    /// Equal.
    #[must_use]
    pub fn equals(self, other: Self) -> Self {
        self.compare(CompareOp::Eq, other)
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Tree::flat(Op::And, self, other)
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Tree::flat(Op::Or, self, other)
    }

    /// One list of both, so that a long condition is long and not deep.
    #[inline(never)]
    fn flat(op: Op, left: Self, right: Self) -> Self {
        let depth = left.depth().max(right.depth());
        let operands = match (left, right) {
            (Tree::Node(l, _, mut left), Tree::Node(r, _, mut right)) if l == op && r == op => {
                if left.len() < right.len() {
                    right.splice(0..0, left);
                    right
                } else {
                    left.append(&mut right);
                    left
                }
            }
            // The operands aren't looked at again: a list grows in constant time.
            (Tree::Node(l, was, mut left), right) if l == op => {
                if depth == u16::MAX || right.depth() >= MAX_DEPTH {
                    return Tree::TooDeep;
                }
                let depth = was.max(right.depth() + 1);
                left.push(right);
                return Tree::Node(op, depth, left);
            }
            (left, Tree::Node(r, was, mut right)) if r == op => {
                if depth == u16::MAX || left.depth() >= MAX_DEPTH {
                    return Tree::TooDeep;
                }
                let depth = was.max(left.depth() + 1);
                right.insert(0, left);
                return Tree::Node(op, depth, right);
            }
            (left, right) => vec![left, right],
        };
        Tree::node(op, operands)
    }

    /// The opposite.
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "the operator is offered too; a method chains better")]
    pub fn not(self) -> Self {
        match self {
            Tree::Node(Op::Not, _, mut inner) if inner.len() == 1 => inner.pop().unwrap_or(Tree::TooDeep),
            other => Tree::node(Op::Not, vec![other]),
        }
    }

    /// `IS NULL`.
    #[must_use]
    pub fn is_null(self) -> Self {
        Tree::node(Op::IsNull, vec![self])
    }

    /// Marks the columns in it as foreign, for a join condition.
    #[must_use]
    pub fn foreign(self) -> Self {
        Tree::node(Op::Foreign, vec![self])
    }

    /// Marks the columns in it as remote, for a join condition.
    #[must_use]
    pub fn remote(self) -> Self {
        Tree::node(Op::Remote, vec![self])
    }

    /// Arithmetic or concatenation.
    #[must_use]
    pub fn binary(self, op: BinaryOp, other: Self) -> Self {
        Tree::node(Op::Binary(op), vec![self, other])
    }

    /// One of the rows of a query.
    #[must_use]
    pub fn in_select(self, select: SelectStmt) -> Self {
        Tree::node(Op::In, vec![self, Tree::subquery(select)])
    }

    /// One of a list; never where that is empty.
    #[must_use]
    pub fn in_list(self, list: impl IntoIterator<Item = Self>) -> Self {
        Tree::node(Op::In, std::iter::once(self).chain(list).collect())
    }

    /// Between two values, both included.
    #[must_use]
    pub fn between(self, low: Self, high: Self) -> Self {
        Tree::node(Op::Between, vec![self, low, high])
    }

    /// Matches a pattern with `%` and `_`.
    #[must_use]
    pub fn like(self, pattern: &str) -> Self {
        Tree::node(Op::Like(None), vec![self, Tree::Value(Value::Text(pattern.to_owned()))])
    }

    /// Begins with a text.
    #[must_use]
    pub fn starts_with(self, text: &str) -> Self {
        self.has(Place::Start, text)
    }

    /// Ends with a text.
    #[must_use]
    pub fn ends_with(self, text: &str) -> Self {
        self.has(Place::End, text)
    }

    /// Has a text within.
    #[must_use]
    pub fn contains(self, text: &str) -> Self {
        self.has(Place::Within, text)
    }

    fn has(self, place: Place, text: &str) -> Self {
        Tree::node(Op::Has(place), vec![self, Tree::Value(Value::Text(text.to_owned()))])
    }

    /// The same by a pattern, in which `%` and `_` of the text are escaped.
    #[must_use]
    pub fn has_by_like(self, place: Place, text: &str) -> Self {
        let text = escape(text);
        let pattern = match place {
            Place::Start => format!("{text}%"),
            Place::Within => format!("%{text}%"),
            Place::End => format!("%{text}"),
        };
        Tree::node(Op::Like(Some('\\')), vec![self, Tree::Value(Value::Text(pattern))])
    }

    /// The terms that all have to be true: those of an AND, of an AND in it, and so on; else the condition
    /// itself.
    pub fn conjuncts(&self) -> Vec<&Self> {
        let mut terms = Vec::new();
        let mut rest = vec![self];
        while let Some(tree) = rest.pop() {
            match tree {
                Tree::Node(Op::And, _, all) => rest.extend(all.iter().rev()),
                other => terms.push(other),
            }
        }
        terms
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

impl<L> From<ColumnRef> for Tree<L> {
    fn from(column: ColumnRef) -> Self {
        Tree::Column(column)
    }
}

impl<L> From<Value> for Tree<L> {
    fn from(value: Value) -> Self {
        Tree::Value(value)
    }
}

impl<L: Depth> std::ops::Not for Tree<L> {
    type Output = Self;

    fn not(self) -> Self {
        Tree::not(self)
    }
}
