//! `JoinCondition`: the condition of a relationship, with the side of each column. Lazy loads, joins, `EXISTS` and
//! flushes are all made of it.

use super::{LinkPair, Pair};
use crate::declare::ColumnId;
use crate::sql::{CompareOp, Depth, Op, QueryWithin, Tree};

/// On which side of a relationship a column of its condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The class that the relationship stands on.
    Local,
    /// The target.
    Remote,
    /// The association table.
    Association,
}

/// A column of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JoinColumn {
    pub(crate) side: Side,
    /// The place of the column: in its class, or in the association table.
    pub(crate) place: usize,
    /// Its name in the database.
    pub(crate) name: &'static str,
    /// Whether the relationship writes it.
    pub(crate) foreign: bool,
}

impl JoinColumn {
    /// The column of the class that it is.
    pub(crate) fn column(self) -> ColumnId {
        ColumnId::at(self.place)
    }
}

/// The place of a column that is none of its class: the query has it that the relationship leads to.
pub(crate) const BEYOND: usize = usize::MAX;

impl Depth for JoinColumn {
    fn depth(&self) -> u16 {
        0
    }
}

/// The condition of a relationship. Whoever joins replaces its columns by those of the sources at hand.
#[derive(Clone, Debug)]
pub(crate) struct JoinCondition {
    /// Between the class and the target or, where there is one, the association table.
    pub(crate) near: Tree<JoinColumn>,
    /// Between the association table and the target.
    pub(crate) far: Option<Tree<JoinColumn>>,
}

/// A condition as it is asked for many objects at once: columns of the class are in a list, and the rest needs none of
/// them.
#[derive(Clone, Debug)]
pub(crate) struct ListKey {
    /// The columns of the class, and of the other side those that are equal to them.
    pub(crate) pairs: Vec<(ColumnId, JoinColumn)>,
    /// What else has to be true.
    pub(crate) rest: Vec<Tree<JoinColumn>>,
}

impl JoinCondition {
    /// The condition as the target sees it, for a relationship that leads back.
    pub(super) fn reversed(&self) -> Self {
        match &self.far {
            Some(far) => JoinCondition { near: exchanged(far), far: Some(exchanged(&self.near)) },
            None => JoinCondition { near: exchanged(&self.near), far: None },
        }
    }

    /// By which columns rows of the other side are found for many rows of the class.
    pub(super) fn list_key(&self) -> Option<ListKey> {
        if self.far_needs_local() {
            return None;
        }
        let mut key = ListKey { pairs: Vec::new(), rest: Vec::new() };
        for term in self.near.conjuncts() {
            match equality(term) {
                // The value by which rows are found is read from the objects.
                Some((a, b)) if a.place == BEYOND || b.place == BEYOND => return None,
                Some((a, b)) if a.side == Side::Local && b.side != Side::Local => {
                    key.pairs.push((a.column(), b))
                }
                Some((a, b)) if b.side == Side::Local && a.side != Side::Local => {
                    key.pairs.push((b.column(), a))
                }
                _ if needs_local(term) => return None,
                _ => key.rest.push(term.clone()),
            }
        }
        (!key.pairs.is_empty()).then_some(key)
    }

    /// The columns of the class that it compares, each once, in their order.
    pub(super) fn local_columns(&self) -> Vec<ColumnId> {
        let mut columns = Vec::new();
        for tree in std::iter::once(&self.near).chain(&self.far) {
            tree.walk(&mut |tree| {
                if let Tree::Late(column) = tree
                    && column.side == Side::Local
                    && !columns.contains(&column.column())
                {
                    columns.push(column.column());
                }
            });
        }
        columns
    }

    /// The columns of the two classes that a flush keeps equal: those that equalities compare of which one is foreign.
    pub(super) fn pairs(&self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        equated(&self.near, &mut |a, b| pairs.extend(pair(a, b)));
        pairs
    }

    /// For a condition that is just the equality of the target's primary key with columns of the class: those
    /// columns, in the order of the key.
    pub(super) fn by_key(&self, key: &[ColumnId]) -> Option<Vec<ColumnId>> {
        let terms = self.near.conjuncts().len();
        let pairs: Vec<Pair> = equalities(&self.near).filter_map(|(a, b)| pair(a, b)).collect();
        if self.far.is_some() || terms != key.len() || pairs.len() != key.len() {
            return None;
        }
        let local = |part: &ColumnId| pairs.iter().find(|pair| pair.remote == *part).map(|pair| pair.local);
        key.iter().map(local).collect()
    }

    /// The columns of the target that equal columns of the class.
    pub(super) fn equated_remote(&self) -> impl Iterator<Item = ColumnId> + '_ {
        equalities(&self.near).filter_map(|(a, b)| pair(a, b)).map(|pair| pair.remote)
    }

    /// The columns of the class, with those of the association table that hold their values.
    pub(super) fn near_links(&self) -> Vec<LinkPair> {
        links(&self.near, Side::Local)
    }

    /// The columns of the target, with those of the association table that hold their values.
    pub(super) fn far_links(&self) -> Vec<LinkPair> {
        self.far.iter().flat_map(|far| links(far, Side::Remote)).collect()
    }

    /// Whether a column of the association table equals one of the class or of the target.
    pub(crate) fn fixes_link(&self, place: usize) -> bool {
        let is_it = |column: &JoinColumn| column.side == Side::Association && column.place == place;
        let mut terms = std::iter::once(&self.near).chain(&self.far).flat_map(equalities);
        terms.any(|(a, b)| {
            is_it(&a) != is_it(&b) && (a.side != Side::Association || b.side != Side::Association)
        })
    }

    /// The columns that only the query has which the relationship leads to, each once.
    pub(super) fn columns_beyond(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for tree in std::iter::once(&self.near).chain(&self.far) {
            tree.walk(&mut |tree| {
                if let Tree::Late(column) = tree
                    && column.place == BEYOND
                    && !names.contains(&column.name)
                {
                    names.push(column.name);
                }
            });
        }
        names
    }

    /// The queries within it.
    pub(super) fn queries(&self) -> Vec<&QueryWithin> {
        let mut queries = Vec::new();
        for tree in std::iter::once(&self.near).chain(&self.far) {
            tree.walk(&mut |tree| {
                if let Tree::Node(Op::Within(query), ..) = tree {
                    queries.push(query);
                }
            });
        }
        queries
    }

    /// Whether the condition between the association table and the target compares columns of the class too.
    pub(crate) fn far_needs_local(&self) -> bool {
        self.far.as_ref().is_some_and(needs_local)
    }
}

/// The condition with the sides of the class and of the target exchanged.
fn exchanged(tree: &Tree<JoinColumn>) -> Tree<JoinColumn> {
    let mut tree = tree.clone();
    tree.walk_mut(&mut |tree| {
        if let Tree::Late(column) = tree {
            column.side = match column.side {
                Side::Local => Side::Remote,
                Side::Remote => Side::Local,
                Side::Association => Side::Association,
            };
        }
    });
    tree
}

/// The pairs of columns that an equality compares, each of one side with each of the other, of which one is foreign.
fn equated(tree: &Tree<JoinColumn>, each: &mut dyn FnMut(JoinColumn, JoinColumn)) {
    tree.walk(&mut |tree| {
        let Tree::Node(Op::Compare(CompareOp::Eq), _, operands) = tree else { return };
        let [left, right] = operands.as_slice() else { return };
        left.walk_past_queries(&mut |left| {
            let Tree::Late(left) = left else { return };
            right.walk_past_queries(&mut |right| {
                if let Tree::Late(right) = right
                    && (left.foreign || right.foreign)
                {
                    each(*left, *right);
                }
            });
        });
    });
}

fn links(tree: &Tree<JoinColumn>, side: Side) -> Vec<LinkPair> {
    let mut links = Vec::new();
    equated(tree, &mut |a, b| links.extend(link(a, b, side)));
    links
}

/// The terms of a condition that are equalities of two columns.
fn equalities(tree: &Tree<JoinColumn>) -> impl Iterator<Item = (JoinColumn, JoinColumn)> {
    tree.conjuncts().into_iter().filter_map(equality)
}

fn equality(term: &Tree<JoinColumn>) -> Option<(JoinColumn, JoinColumn)> {
    match term {
        Tree::Node(Op::Compare(CompareOp::Eq), _, operands) => match operands.as_slice() {
            [Tree::Late(a), Tree::Late(b)] => Some((*a, *b)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a term compares columns of the class.
fn needs_local(term: &Tree<JoinColumn>) -> bool {
    let mut needs = false;
    term.walk(&mut |tree| needs |= matches!(tree, Tree::Late(column) if column.side == Side::Local));
    needs
}

fn pair(a: JoinColumn, b: JoinColumn) -> Option<Pair> {
    if a.place == BEYOND || b.place == BEYOND {
        return None;
    }
    match (a.side, b.side) {
        (Side::Local, Side::Remote) => Some(Pair { local: a.column(), remote: b.column() }),
        (Side::Remote, Side::Local) => Some(Pair { local: b.column(), remote: a.column() }),
        _ => None,
    }
}

fn link(a: JoinColumn, b: JoinColumn, side: Side) -> Option<LinkPair> {
    if a.place == BEYOND || b.place == BEYOND {
        return None;
    }
    match (a.side, b.side) {
        (Side::Association, other) if other == side => Some(LinkPair { column: b.column(), link: a.place }),
        (other, Side::Association) if other == side => Some(LinkPair { column: a.column(), link: b.place }),
        _ => None,
    }
}
