//! Conditions tested on objects, without the database: for what three-valued logic and comparisons of like values can say.

use std::cmp::Ordering;

use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::sql::{CompareOp, Op, Tree};
use crate::state::memory::handle::Handle;
use crate::value::Value;

/// What a condition is for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    /// It compares with `NULL`, so that the row isn't meant.
    Null,
    /// It needs a column that isn't loaded.
    Unloaded,
}

/// What an expression is for an object.
enum Known {
    Value(Value),
    Unloaded,
}

impl Truth {
    fn of(truth: bool) -> Self {
        if truth { Truth::True } else { Truth::False }
    }

    fn and(self, other: Truth) -> Self {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::Unloaded, _) | (_, Truth::Unloaded) => Truth::Unloaded,
            (Truth::Null, _) | (_, Truth::Null) => Truth::Null,
            (Truth::True, Truth::True) => Truth::True,
        }
    }

    fn not(self) -> Self {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            other => other,
        }
    }

    fn or(self, other: Truth) -> Self {
        self.not().and(other.not()).not()
    }
}

/// Whether an object meets all conditions.
///
/// # Errors
/// `query` where a condition is more than comparisons of the class's columns with values.
pub(super) fn meets(object: &Handle, conditions: &[Tree]) -> Result<Truth> {
    let mut each = conditions.iter().map(|condition| truth(object, condition));
    each.try_fold(Truth::True, |all, one| Ok(all.and(one?)))
}

/// The depth of a tree is bounded, and so is that of the calls.
fn truth(object: &Handle, condition: &Tree) -> Result<Truth> {
    let mapper = object.header().mapper();
    let Tree::Node(op, _, operands) = condition else {
        return Ok(match value(object, condition)? {
            Known::Unloaded => Truth::Unloaded,
            Known::Value(Value::Null) => Truth::Null,
            Known::Value(Value::Bool(value)) => Truth::of(value),
            Known::Value(Value::Int(value)) => Truth::of(value != 0),
            Known::Value(_) => return Err(beyond(mapper)),
        });
    };
    match (op, operands.as_slice()) {
        (Op::And, conditions) => meets(object, conditions),
        (Op::Or, conditions) => {
            let mut each = conditions.iter().map(|condition| truth(object, condition));
            each.try_fold(Truth::False, |any, one| Ok(any.or(one?)))
        }
        (Op::Not, [condition]) => Ok(truth(object, condition)?.not()),
        (Op::IsNull, [of]) => Ok(match value(object, of)? {
            Known::Unloaded => Truth::Unloaded,
            Known::Value(value) => Truth::of(value.is_null()),
        }),
        (Op::Compare(op), [left, right]) => compared(object, *op, (left, right)),
        (Op::Between, [of, low, high]) => {
            let above = compared(object, CompareOp::Ge, (of, low))?;
            Ok(above.and(compared(object, CompareOp::Le, (of, high))?))
        }
        (Op::In, [of, list @ ..]) => {
            let mut each = list.iter().map(|item| compared(object, CompareOp::Eq, (of, item)));
            each.try_fold(Truth::False, |any, one| Ok(any.or(one?)))
        }
        _ => Err(beyond(mapper)),
    }
}

fn compared(object: &Handle, op: CompareOp, (left, right): (&Tree, &Tree)) -> Result<Truth> {
    let (Known::Value(left), Known::Value(right)) = (value(object, left)?, value(object, right)?) else {
        return Ok(Truth::Unloaded);
    };
    if let CompareOp::Same | CompareOp::Distinct = op
        && (left.is_null() || right.is_null())
    {
        return Ok(Truth::of((left.is_null() == right.is_null()) == (op == CompareOp::Same)));
    }
    if left.is_null() || right.is_null() {
        return Ok(Truth::Null);
    }
    let order = order(&left, &right).ok_or_else(|| beyond(object.header().mapper()))?;
    Ok(Truth::of(match op {
        CompareOp::Eq | CompareOp::Same => order.is_eq(),
        CompareOp::Ne | CompareOp::Distinct => order.is_ne(),
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
    }))
}

/// How values of one kind stand to each other, as every database says. Texts compare by their bytes, as databases do where
/// no collation is said.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Int(right)) => Some(i64::from(*left).cmp(right)),
        (Value::Int(left), Value::Bool(right)) => Some(left.cmp(&i64::from(*right))),
        (Value::Real(left), Value::Real(right)) => left.partial_cmp(right),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Blob(left), Value::Blob(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

fn value(object: &Handle, tree: &Tree) -> Result<Known> {
    let mapper = object.header().mapper();
    match tree {
        Tree::Value(value) => Ok(Known::Value(value.clone())),
        Tree::Column(column) if column.table == mapper.table_ref() => {
            let Some(column) = mapper.column_named(&column.name) else { return Err(beyond(mapper)) };
            Ok(object.column_value(column.slot())?.map_or(Known::Unloaded, Known::Value))
        }
        _ => Err(beyond(mapper)),
    }
}

#[cold]
fn beyond(mapper: &Mapper) -> Error {
    Error::new(
        Code::Query,
        "only the database can test the condition of a statement whose objects follow by `Evaluate`",
    )
    .about(mapper.class(), None)
    .help("take `Sync::Auto`, or compare columns of the class with values of their own type")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_kind_are_ordered() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(order(&Value::Int(1), &Value::Int(2)), Some(Ordering::Less));
        assert_eq!(order(&Value::Bool(true), &Value::Int(1)), Some(Ordering::Equal));
        assert_eq!(order(&text("b"), &text("a")), Some(Ordering::Greater));
        assert_eq!(order(&text("1"), &Value::Int(1)), None);
        assert_eq!(order(&Value::Real(f64::NAN), &Value::Real(1.0)), None);
        assert_eq!(order(&Value::Null, &Value::Null), None);
    }
}
