//! Replacing leaves, and walking over a tree.

use super::{Depth, Op, Tree};

impl<L> Tree<L> {
    /// The same expression with each late leaf replaced by what `leaf` makes of it. The tree stays as it is.
    ///
    /// # Errors
    /// The first that `leaf` gives.
    ///
    /// ```
    /// use orm_core::sql::{AnsiDialect, Depth, Tree, render};
    /// #[derive(Clone)]
    /// struct Later;
    /// impl Depth for Later {
    ///     fn depth(&self) -> u16 {
    ///         0
    ///     }
    /// }
    /// let condition = Tree::Late(Later).equals(Tree::Param(0));
    /// let lowered: Tree = condition.lower(&mut |_: &Later| Ok::<_, ()>(Tree::text("x"))).unwrap();
    /// assert_eq!(render(&lowered, &AnsiDialect).sql, "(x) = ?");
    /// ```
    pub fn lower<M: Depth, E>(&self, leaf: &mut dyn FnMut(&L) -> Result<Tree<M>, E>) -> Result<Tree<M>, E> {
        Ok(match self {
            Tree::Late(late) => leaf(late)?,
            Tree::Column(column) => Tree::Column(column.clone()),
            Tree::Value(value) => Tree::Value(value.clone()),
            Tree::Param(number) => Tree::Param(*number),
            Tree::Text(sql) => Tree::Text(sql.clone()),
            Tree::Label(name) => Tree::Label(name.clone()),
            Tree::Ordinal(place) => Tree::Ordinal(*place),
            Tree::Node(op, _, operands) => {
                // In a loop: iterators of results would take a dozen places on the stack for each level.
                let mut lowered = Vec::with_capacity(operands.len());
                for operand in operands {
                    lowered.push(operand.lower(leaf)?);
                }
                Tree::node(op.clone(), lowered)
            }
            Tree::Exists(select) => Tree::Exists(select.clone()),
            Tree::Subquery(select) => Tree::Subquery(select.clone()),
            Tree::TooDeep => Tree::TooDeep,
        })
    }

    /// Visits every node: this one, then those in it, from left to right. Queries in it aren't entered.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Tree<L>)) {
        visit(self);
        if let Tree::Node(_, _, operands) = self {
            for operand in operands {
                operand.walk(visit);
            }
        }
    }

    /// Visits every node, as [`walk`](Self::walk), but none that stands for a query nor what that compares.
    pub fn walk_past_queries<'a>(&'a self, visit: &mut dyn FnMut(&'a Tree<L>)) {
        match self {
            Tree::Node(Op::Within(_), ..) => {}
            Tree::Node(_, _, operands) => {
                visit(self);
                for operand in operands {
                    operand.walk_past_queries(visit);
                }
            }
            _ => visit(self),
        }
    }

    /// Visits every node, as [`walk`](Self::walk), to change it in its place. What `visit` makes of an operator's operands is
    /// visited next; they must not nest deeper than before.
    pub fn walk_mut(&mut self, visit: &mut dyn FnMut(&mut Tree<L>)) {
        visit(self);
        if let Tree::Node(_, _, operands) = self {
            for operand in operands {
                operand.walk_mut(visit);
            }
        }
    }
}
