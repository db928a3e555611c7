//! What an expression comes to without the database, where the values of its columns are known: what is sure to be the same
//! there. The rest only the database knows.

use std::cmp::Ordering;

use smallvec::SmallVec;

use super::compute::{computed, order};
use super::{CompareOp, Op, Tree};
use crate::error::Result;
use crate::value::Value;

/// What is known of the value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Known {
    /// It is this.
    Value(Value),
    /// It needs a value that isn't loaded.
    Unloaded,
    /// Only the database can tell.
    Beyond,
}

/// Reads what an expression has at its ends: columns, and the leaves of a layer above.
pub(crate) type ReadEnd<'r, L> = &'r mut dyn FnMut(&Tree<L>) -> Result<Known>;

/// What an expression comes to. The depth of a tree is bounded, and so is that of the calls.
///
/// # Errors
/// Those of reading its ends.
pub(crate) fn evaluate<L>(tree: &Tree<L>, end: ReadEnd<'_, L>) -> Result<Known> {
    let (op, operands) = match tree {
        Tree::Value(value) => return Ok(Known::Value(value.clone())),
        Tree::Late(_) | Tree::Column(_) => return end(tree),
        Tree::Node(op, _, operands) => (op, operands.as_slice()),
        Tree::Param(_)
        | Tree::Text(_)
        | Tree::Label(_)
        | Tree::Ordinal(_)
        | Tree::Exists(_)
        | Tree::Subquery(_)
        | Tree::TooDeep => return Ok(Known::Beyond),
    };
    match (op, operands) {
        (Op::And, conditions) => all(conditions, end),
        (Op::Or, conditions) => {
            let each = conditions.iter().map(|condition| evaluate(condition, end));
            fold(Known::of(false), each, |any, one| any.or(one))
        }
        (Op::Not, [condition]) => Ok(evaluate(condition, end)?.not()),
        (Op::IsNull, [of]) => Ok(match evaluate(of, end)? {
            Known::Value(value) => Known::of(value.is_null()),
            other => other,
        }),
        (Op::Compare(op), [left, right]) => compared(*op, (left, right), end),
        (Op::Between, [of, low, high]) => {
            let above = compared(CompareOp::Ge, (of, low), end)?;
            Ok(above.and(compared(CompareOp::Le, (of, high), end)?))
        }
        (Op::In, [of, list @ ..]) => {
            let each = list.iter().map(|item| compared(CompareOp::Eq, (of, item), end));
            fold(Known::of(false), each, |any, one| any.or(one))
        }
        (Op::Case, branches) => case(branches, end),
        (Op::Func(name), operands) if name.eq_ignore_ascii_case("coalesce") => {
            for operand in operands {
                match evaluate(operand, end)? {
                    Known::Value(Value::Null) => {}
                    other => return Ok(other),
                }
            }
            Ok(Known::Value(Value::Null))
        }
        (op, operands) => {
            let mut values: SmallVec<[Value; 2]> = SmallVec::new();
            let mut is_unloaded = false;
            for operand in operands {
                match evaluate(operand, end)? {
                    Known::Value(value) => values.push(value),
                    Known::Unloaded => is_unloaded = true,
                    Known::Beyond => return Ok(Known::Beyond),
                }
            }
            if is_unloaded {
                return Ok(Known::Unloaded);
            }
            Ok(computed(op, &values).map_or(Known::Beyond, Known::Value))
        }
    }
}

/// Whether all conditions are met.
///
/// # Errors
/// Those of reading their ends.
pub(crate) fn all<L>(conditions: &[Tree<L>], end: ReadEnd<'_, L>) -> Result<Known> {
    let each = conditions.iter().map(|condition| evaluate(condition, end));
    fold(Known::of(true), each, |all, one| all.and(one))
}

fn fold(
    first: Known,
    each: impl Iterator<Item = Result<Known>>,
    join: impl Fn(Known, Known) -> Known,
) -> Result<Known> {
    let mut known = first;
    for one in each {
        known = join(known, one?);
    }
    Ok(known)
}

/// The value of the first branch whose condition is met.
fn case<L>(branches: &[Tree<L>], end: ReadEnd<'_, L>) -> Result<Known> {
    for branch in branches.chunks(2) {
        match branch {
            [condition, value] => match evaluate(condition, end)?.truth() {
                Known::Value(Value::Bool(true)) => return evaluate(value, end),
                Known::Value(_) => {}
                unknown => return Ok(unknown),
            },
            [otherwise] => return evaluate(otherwise, end),
            _ => {}
        }
    }
    Ok(Known::Value(Value::Null))
}

fn compared<L>(op: CompareOp, (left, right): (&Tree<L>, &Tree<L>), end: ReadEnd<'_, L>) -> Result<Known> {
    if let (Tree::Node(Op::Tuple, _, lefts), Tree::Node(Op::Tuple, _, rights)) = (left, right) {
        if lefts.len() != rights.len() || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Known::Beyond);
        }
        let each = lefts.iter().zip(rights).map(|pair| compared(CompareOp::Eq, pair, end));
        let same = fold(Known::of(true), each, |all, one| all.and(one))?;
        return Ok(if op == CompareOp::Eq { same } else { same.not() });
    }
    Ok(match (evaluate(left, end)?, evaluate(right, end)?) {
        (Known::Beyond, _) | (_, Known::Beyond) => Known::Beyond,
        (Known::Unloaded, _) | (_, Known::Unloaded) => Known::Unloaded,
        (Known::Value(left), Known::Value(right)) => values_compared(op, &left, &right),
    })
}

fn values_compared(op: CompareOp, left: &Value, right: &Value) -> Known {
    if left.is_null() || right.is_null() {
        let are_same = left.is_null() == right.is_null();
        return match op {
            CompareOp::Same => Known::of(are_same),
            CompareOp::Distinct => Known::of(!are_same),
            _ => Known::Value(Value::Null),
        };
    }
    let holds = |order: Ordering| match op {
        CompareOp::Eq | CompareOp::Same => order.is_eq(),
        CompareOp::Ne | CompareOp::Distinct => order.is_ne(),
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
    };
    order(left, right).map_or(Known::Beyond, |order| Known::of(holds(order)))
}

/// Three-valued logic, in which what isn't loaded may still be anything.
impl Known {
    fn of(truth: bool) -> Self {
        Known::Value(Value::Bool(truth))
    }

    /// The same as a condition: true, false, or `NULL`.
    pub(crate) fn truth(self) -> Self {
        match self {
            Known::Value(Value::Int(value)) => Known::of(value != 0),
            Known::Value(Value::Real(value)) => Known::of(value != 0.0),
            Known::Value(Value::Text(_) | Value::Blob(_)) => Known::Beyond,
            Known::Value(Value::Null | Value::Bool(_)) | Known::Unloaded | Known::Beyond => self,
        }
    }

    fn and(self, other: Known) -> Self {
        match (self.truth(), other.truth()) {
            (Known::Beyond, _) | (_, Known::Beyond) => Known::Beyond,
            (no @ Known::Value(Value::Bool(false)), _) | (_, no @ Known::Value(Value::Bool(false))) => no,
            (Known::Unloaded, _) | (_, Known::Unloaded) => Known::Unloaded,
            (null @ Known::Value(Value::Null), _) | (_, null @ Known::Value(Value::Null)) => null,
            (yes, _) => yes,
        }
    }

    fn not(self) -> Self {
        match self.truth() {
            Known::Value(Value::Bool(truth)) => Known::of(!truth),
            other => other,
        }
    }

    fn or(self, other: Known) -> Self {
        self.not().and(other.not()).not()
    }
}
