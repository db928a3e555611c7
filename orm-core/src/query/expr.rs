//! `Expr`: an expression of a query, with the type of its value.

use std::fmt;
use std::marker::PhantomData;

use super::label::Label;
use super::leaf::Leaf;
use super::operand::{Condition, InList, Number, Operand, SqlExpr, Term, TextType, operands, sql_exprs};
use super::order::{OrderBy, OrderTerms, terms};
use crate::declare::Column;
use crate::sql::{BinaryOp, CompareOp, Name, Op, OrderTerm, Tree, is_operator};
use crate::value::{ColumnType, Typed, Value};

/// An SQL expression whose value is a `V`. Conditions are `Expr<bool>`, whatever they are made of, and combine in any
/// order. `K` tells the value of a function, [`Func`](super::Func), from others: it has `distinct`, `filter` and
/// `over` besides.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct User {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     name: String,
/// #     #[relationship(back_populates = "user")]
/// #     addresses: Many<Address>,
/// # }
/// # #[derive(Mapped)]
/// # struct Address {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     email: String,
/// #     #[column(foreign_key = User::id)]
/// #     user_id: i64,
/// #     #[relationship(back_populates = "addresses")]
/// #     user: One<User>,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # let user = session.add(User::builder().name("ed").addresses([Address::builder().email("ed@example.org")]))?;
/// let named = User::name.eq("ed").or(User::name.starts_with("w"));
/// let reachable = User::addresses.any(Address::email.ends_with("@example.org"));
/// assert_eq!(session.scalars(select(User).filter(named.and(reachable)))?.all()?, [user]);
/// # Ok(())
/// # }
/// ```
pub struct Expr<V, K = ()> {
    tree: Tree<Leaf>,
    #[allow(clippy::type_complexity, reason = "a marker of the two types")]
    types: PhantomData<fn() -> (V, K)>,
}

impl<V, K> Expr<V, K> {
    pub(crate) fn of(tree: Tree<Leaf>) -> Self {
        Expr { tree, types: PhantomData }
    }

    pub(super) fn tree(&self) -> &Tree<Leaf> {
        &self.tree
    }

    pub(crate) fn into_tree(self) -> Tree<Leaf> {
        self.tree
    }

    pub(crate) fn to_tree(&self) -> Tree<Leaf> {
        self.tree.clone()
    }

    /// Marks the columns in it as foreign, for a join condition.
    #[must_use]
    pub fn foreign(self) -> Self {
        Expr::of(self.tree.foreign())
    }

    /// Marks the columns in it as remote, for a join condition.
    #[must_use]
    pub fn remote(self) -> Self {
        Expr::of(self.tree.remote())
    }

    /// In ascending order.
    pub fn asc(self) -> OrderBy {
        OrderBy::asc(self.tree)
    }

    /// In descending order.
    pub fn desc(self) -> OrderBy {
        OrderBy::desc(self.tree)
    }

    /// `IS NULL`.
    pub fn is_null(self) -> Expr<bool> {
        Expr::of(self.tree.is_null())
    }

    /// `IS NOT NULL`.
    pub fn is_not_null(self) -> Expr<bool> {
        Expr::of(self.tree.is_null().not())
    }

    /// The same with a name: see [`Label`].
    pub fn label(self, name: &'static str) -> Label<V> {
        Label::new(name, self.tree)
    }

    /// The same with a name that is made when the program runs.
    pub fn labelled(self, name: impl Into<String>) -> Label<V> {
        Label::new(name.into(), self.tree)
    }

    /// The same, of whatever type its values are: for queries by names.
    pub fn untyped(self) -> Expr<Value> {
        Expr::of(self.tree)
    }

    fn compare(self, op: CompareOp, other: Tree<Leaf>) -> Expr<bool> {
        Expr::of(self.tree.compare(op, other))
    }
}

impl<V: Typed, K> Expr<V, K> {
    /// Equal; `IS NULL` when compared with `None`.
    pub fn eq(self, other: impl Operand<V>) -> Expr<bool> {
        self.compare(CompareOp::Eq, other.operand())
    }

    /// Not equal; `IS NOT NULL` when compared with `None`.
    pub fn ne(self, other: impl Operand<V>) -> Expr<bool> {
        self.compare(CompareOp::Ne, other.operand())
    }

    /// Less.
    pub fn lt(self, other: impl Operand<V>) -> Expr<bool> {
        self.compare(CompareOp::Lt, other.operand())
    }

    /// Less or equal.
    pub fn le(self, other: impl Operand<V>) -> Expr<bool> {
        self.compare(CompareOp::Le, other.operand())
    }

    /// Greater.
    pub fn gt(self, other: impl Operand<V>) -> Expr<bool> {
        self.compare(CompareOp::Gt, other.operand())
    }

    /// Greater or equal.
    pub fn ge(self, other: impl Operand<V>) -> Expr<bool> {
        self.compare(CompareOp::Ge, other.operand())
    }

    /// Different, where `NULL` is different from all that isn't `NULL`.
    pub fn is_distinct_from(self, other: impl Operand<V>) -> Expr<bool> {
        self.compare(CompareOp::Distinct, other.operand())
    }

    /// Equal, or both `NULL`.
    pub fn is_not_distinct_from(self, other: impl Operand<V>) -> Expr<bool> {
        self.compare(CompareOp::Same, other.operand())
    }

    /// One of a list, or of the rows of a query. An empty list matches nothing.
    pub fn in_(self, list: impl InList<V>) -> Expr<bool> {
        Expr::of(self.tree.in_list(list.list()))
    }

    /// None of a list, or of the rows of a query. An empty list matches everything.
    pub fn not_in(self, list: impl InList<V>) -> Expr<bool> {
        Expr::of(self.tree.in_list(list.list()).not())
    }

    /// Between two values, both included.
    pub fn between(self, low: impl Operand<V>, high: impl Operand<V>) -> Expr<bool> {
        Expr::of(self.tree.between(low.operand(), high.operand()))
    }

    /// `CAST`: the value as another type.
    pub fn cast<U: ColumnType>(self) -> Expr<V::Wrap<U>> {
        Expr::of(Tree::node(Op::Cast(U::SQL_TYPE), vec![self.tree]))
    }

    /// The same, for where it may be `NULL`: what is selected through an outer join, say.
    pub fn optional(self) -> Expr<Option<V::Base>> {
        Expr::of(self.tree)
    }

    /// An operator of the database or of your own between this and another, whose value is a `U`: `op::<bool>("GLOB",
    /// "e*")`. It is a word or a sign; another is a `query` error.
    pub fn op<U: Typed>(self, operator: impl Into<Name>, other: impl SqlExpr) -> Expr<U> {
        let operator = operator.into();
        if !is_operator(&operator) {
            return Expr::of(Leaf::wrong(format!("`{operator}` is no operator: write a word or a sign")));
        }
        Expr::of(Tree::node(Op::Infix(operator), vec![self.tree, other.sql()]))
    }
}

impl<V: TextType, K> Expr<V, K> {
    /// Matches a pattern with `%` and `_`. SQLite reads neither the pattern nor the text beyond a NUL.
    pub fn like(self, pattern: impl Operand<String>) -> Expr<bool> {
        Expr::of(Tree::node(Op::Like(None), vec![self.tree, pattern.operand()]))
    }

    /// Doesn't match a pattern with `%` and `_`.
    pub fn not_like(self, pattern: impl Operand<String>) -> Expr<bool> {
        self.like(pattern).not()
    }

    /// Matches a pattern with `%` and `_`, whatever the case of its letters.
    pub fn ilike(self, pattern: impl Operand<String>) -> Expr<bool> {
        let lower = |tree| Tree::node(Op::Func(Name::new("lower")), vec![tree]);
        Expr::of(Tree::node(Op::Like(None), vec![lower(self.tree), lower(pattern.operand())]))
    }

    /// Begins with a text; `%` and `_` in it stand for themselves.
    pub fn starts_with(self, text: &str) -> Expr<bool> {
        Expr::of(self.tree.starts_with(text))
    }

    /// Ends with a text; `%` and `_` in it stand for themselves.
    pub fn ends_with(self, text: &str) -> Expr<bool> {
        Expr::of(self.tree.ends_with(text))
    }

    /// Has a text within; `%` and `_` in it stand for themselves.
    pub fn contains(self, text: &str) -> Expr<bool> {
        Expr::of(self.tree.contains(text))
    }

    /// Both texts, one after the other (`||`).
    pub fn concat<R: SqlExpr<Value: TextType>>(self, other: R) -> Expr<V::Wrap<R::Value>> {
        Expr::of(self.tree.binary(BinaryOp::Concat, other.sql()))
    }

    /// Compared by this collation, such as `NOCASE`.
    #[must_use]
    pub fn collate(self, name: impl Into<Name>) -> Expr<V> {
        Expr::of(Tree::node(Op::Collate(name.into()), vec![self.tree]))
    }
}

impl<V: Number, K> Expr<V, K> {
    /// The bits that both have (`&`). `&` itself is for conditions.
    #[must_use]
    pub fn bit_and(self, other: impl Operand<V>) -> Expr<V> {
        Expr::of(self.tree.binary(BinaryOp::BitAnd, other.operand()))
    }

    /// The bits that either has (`|`). `|` itself is for conditions.
    #[must_use]
    pub fn bit_or(self, other: impl Operand<V>) -> Expr<V> {
        Expr::of(self.tree.binary(BinaryOp::BitOr, other.operand()))
    }

    /// Its bits turned round (`~`).
    #[must_use]
    pub fn bit_not(self) -> Expr<V> {
        Expr::of(Tree::node(Op::BitNot, vec![self.tree]))
    }

    /// Its bits moved up (`<<`).
    #[must_use]
    pub fn shift_left(self, bits: impl Operand<V>) -> Expr<V> {
        Expr::of(self.tree.binary(BinaryOp::ShiftLeft, bits.operand()))
    }

    /// Its bits moved down (`>>`).
    #[must_use]
    pub fn shift_right(self, bits: impl Operand<V>) -> Expr<V> {
        Expr::of(self.tree.binary(BinaryOp::ShiftRight, bits.operand()))
    }
}

impl<K> Expr<bool, K> {
    /// Both.
    #[must_use]
    pub fn and(self, other: impl Condition) -> Expr<bool> {
        Expr::of(self.tree.and(other.condition()))
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: impl Condition) -> Expr<bool> {
        Expr::of(self.tree.or(other.condition()))
    }

    /// The opposite.
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "the operator is offered too; a method chains better")]
    pub fn not(self) -> Expr<bool> {
        Expr::of(self.tree.not())
    }
}

/// All of the conditions; true where there are none.
///
/// ```
/// # use orm_core::{Condition, Expr, all_of};
/// fn both(one: Expr<bool>, two: Expr<bool>) -> Expr<bool> {
///     all_of([one, two])
/// }
/// ```
pub fn all_of<C: Condition>(conditions: impl IntoIterator<Item = C>) -> Expr<bool> {
    Expr::of(Tree::all(conditions.into_iter().map(Condition::condition)))
}

/// Any of the conditions; false where there are none.
///
/// ```
/// # use orm_core::{Condition, Expr, any_of};
/// fn either(one: Expr<bool>, two: Expr<bool>) -> Expr<bool> {
///     any_of([one, two])
/// }
/// ```
pub fn any_of<C: Condition>(conditions: impl IntoIterator<Item = C>) -> Expr<bool> {
    Expr::of(Tree::any(conditions.into_iter().map(Condition::condition)))
}

impl<V, K> Clone for Expr<V, K> {
    fn clone(&self) -> Self {
        Expr::of(self.tree.clone())
    }
}

impl<V, K> fmt::Debug for Expr<V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tree.fmt(f)
    }
}

impl<E, V> From<Column<E, V>> for Expr<V> {
    fn from(column: Column<E, V>) -> Self {
        column.expr()
    }
}

operands! {
    [V, K] V, Expr<V, K>, Expr::into_tree;
    [V, K] Option<V>, Expr<V, K>, Expr::into_tree;
    [V, K] V, Expr<Option<V>, K>, Expr::into_tree;
    [V, K] V, &Expr<V, K>, Expr::to_tree;
    [V, K] Option<V>, &Expr<V, K>, Expr::to_tree;
    [V, K] V, &Expr<Option<V>, K>, Expr::to_tree;
}

sql_exprs! {
    [K] Expr<V, K>, Expr::into_tree;
    [K] &Expr<V, K>, Expr::to_tree;
}

#[diagnostic::do_not_recommend]
impl<K> Condition for Expr<bool, K> {
    fn condition(self) -> Tree<Leaf> {
        self.into_tree()
    }
}

#[diagnostic::do_not_recommend]
impl<K> Condition for Expr<Option<bool>, K> {
    fn condition(self) -> Tree<Leaf> {
        self.into_tree()
    }
}

/// By names, a column of truth values is known when the program runs.
#[diagnostic::do_not_recommend]
impl<K> Condition for Expr<Value, K> {
    fn condition(self) -> Tree<Leaf> {
        self.into_tree()
    }
}

#[diagnostic::do_not_recommend]
impl<K> Condition for &Expr<bool, K> {
    fn condition(self) -> Tree<Leaf> {
        self.to_tree()
    }
}

terms! {
    [V, K] Expr<V, K>, Expr::into_tree;
    [V, K] &Expr<V, K>, Expr::to_tree;
}
