//! SQL functions as expressions.

use super::{Depth, Op, Tree};
use crate::sql::Name;

/// A function by name, such as a database's own. A name that isn't a plain word is quoted.
///
/// ```
/// use orm_core::sql::{AnsiDialect, ColumnRef, Tree, func, render};
/// let words: Tree = func::call("soundex", [ColumnRef::new("person", "name").into()]);
/// assert_eq!(render(&words, &AnsiDialect).sql, r#"soundex("person"."name")"#);
/// ```
pub fn call<L: Depth>(name: impl Into<Name>, args: impl IntoIterator<Item = Tree<L>>) -> Tree<L> {
    Tree::node(Op::Func(name.into()), args.into_iter().collect())
}
