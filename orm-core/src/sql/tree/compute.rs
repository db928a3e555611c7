//! What operators and functions make of values without the database. What databases may make differently of values is left
//! to them: texts with a NUL, numbers as texts, rounding.

use std::cmp::Ordering;

use super::{BinaryOp, Op, Place};
use crate::value::{SqlType, Value};

/// A pattern of more bytes is refused by SQLite.
const LONGEST_PATTERN: usize = 50_000;

/// From here on not every integer is a number with a fraction too.
const EXACT: u64 = 1 << 53;

/// What an operator or a function makes of values; none where only the database can tell.
pub(super) fn computed(op: &Op, values: &[Value]) -> Option<Value> {
    if let (Op::Func(name), [value, other]) = (op, values)
        && name.eq_ignore_ascii_case("nullif")
    {
        if value.is_null() || other.is_null() {
            return Some(value.clone());
        }
        return Some(if order(value, other)?.is_eq() { Value::Null } else { value.clone() });
    }
    let any_null = values.iter().any(Value::is_null);
    match (op, values) {
        // Of anything else nobody knows what it makes of `NULL`.
        (Op::Binary(_) | Op::Neg | Op::BitNot | Op::Like(_) | Op::Has(_) | Op::Cast(_), _) if any_null => {
            Some(Value::Null)
        }
        (Op::Binary(op), [left, right]) => binary(*op, left, right),
        (Op::Neg, [value]) => match number(value)? {
            Number::Int(value) if value != i64::MIN => Some(Value::Int(-value)),
            other => Some(real(-other.real())),
        },
        (Op::BitNot, [value]) => Some(Value::Int(!integer(value)?)),
        (Op::Like(escape), [value, pattern]) => like(text(value)?, text(pattern)?, *escape).map(Value::Bool),
        (Op::Has(place), [value, part]) => {
            let (value, part) = (text(value)?.to_ascii_lowercase(), text(part)?.to_ascii_lowercase());
            Some(Value::Bool(match place {
                Place::Start => value.starts_with(&part),
                Place::Within => value.contains(&part),
                Place::End => value.ends_with(&part),
            }))
        }
        (Op::Cast(ty), [value]) => cast(value, *ty),
        (Op::Func(name), values) => function(&name.to_ascii_lowercase(), values, any_null),
        _ => None,
    }
}

/// How values of one kind stand to each other. Texts compare by their bytes, as databases do where no collation is said.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Blob(left), Value::Blob(right)) => Some(left.cmp(right)),
        _ => match (number(left)?, number(right)?) {
            (Number::Int(left), Number::Int(right)) => Some(left.cmp(&right)),
            (left, right) => left.exact()?.partial_cmp(&right.exact()?),
        },
    }
}

/// A number of either kind.
#[derive(Clone, Copy)]
enum Number {
    Int(i64),
    Real(f64),
}

impl Number {
    #[allow(clippy::cast_precision_loss, reason = "what SQL makes of an integer beside a fraction")]
    fn real(self) -> f64 {
        match self {
            Number::Int(value) => value as f64,
            Number::Real(value) => value,
        }
    }

    /// The same, if nothing of it is lost.
    fn exact(self) -> Option<f64> {
        match self {
            Number::Int(value) if value.unsigned_abs() > EXACT => None,
            _ => Some(self.real()),
        }
    }
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Bool(value) => Some(Number::Int(i64::from(*value))),
        Value::Int(value) => Some(Number::Int(*value)),
        Value::Real(value) => Some(Number::Real(*value)),
        Value::Null | Value::Text(_) | Value::Blob(_) => None,
    }
}

fn integer(value: &Value) -> Option<i64> {
    match number(value)? {
        Number::Int(value) => Some(value),
        Number::Real(_) => None,
    }
}

/// A text without a NUL, behind which databases may not look.
fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) if !text.contains('\0') => Some(text),
        _ => None,
    }
}

/// No database holds what is no number.
fn real(value: f64) -> Value {
    if value.is_nan() { Value::Null } else { Value::Real(value) }
}

fn binary(op: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    let ints = || Some((integer(left)?, integer(right)?));
    match op {
        BinaryOp::Concat => {
            let written = |value: &Value| match value {
                Value::Text(text) => Some(text.clone()),
                other => integer(other).map(|value| value.to_string()),
            };
            Some(Value::Text(written(left)? + &written(right)?))
        }
        BinaryOp::BitAnd => ints().map(|(left, right)| Value::Int(left & right)),
        BinaryOp::BitOr => ints().map(|(left, right)| Value::Int(left | right)),
        BinaryOp::ShiftLeft => ints().map(|(left, bits)| Value::Int(shifted(left, bits))),
        BinaryOp::ShiftRight => ints().map(|(left, bits)| Value::Int(shifted(left, bits.saturating_neg()))),
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => {
            arithmetic(op, number(left)?, number(right)?)
        }
    }
}

/// Bits moved up; down where there are less than none.
fn shifted(value: i64, bits: i64) -> i64 {
    let count = u32::try_from(bits.unsigned_abs()).ok().filter(|count| *count < i64::BITS);
    match count {
        Some(count) if bits >= 0 => value << count,
        Some(count) => value >> count,
        None if bits < 0 && value < 0 => -1,
        None => 0,
    }
}

/// Integers stay some, unless they get too large; what is divided by zero is `NULL`.
fn arithmetic(op: BinaryOp, left: Number, right: Number) -> Option<Value> {
    if let (Number::Int(left), Number::Int(right)) = (left, right) {
        let whole = match op {
            BinaryOp::Add => left.checked_add(right),
            BinaryOp::Sub => left.checked_sub(right),
            BinaryOp::Mul => left.checked_mul(right),
            BinaryOp::Div | BinaryOp::Rem if right == 0 => return Some(Value::Null),
            BinaryOp::Div => left.checked_div(right),
            BinaryOp::Rem => Some(left.wrapping_rem(right)),
            _ => return None,
        };
        if let Some(whole) = whole {
            return Some(Value::Int(whole));
        }
    }
    let (left, right) = (left.real(), right.real());
    match op {
        BinaryOp::Add => Some(real(left + right)),
        BinaryOp::Sub => Some(real(left - right)),
        BinaryOp::Mul => Some(real(left * right)),
        BinaryOp::Div if right == 0.0 => Some(Value::Null),
        BinaryOp::Div => Some(real(left / right)),
        _ => None,
    }
}

fn cast(value: &Value, ty: SqlType) -> Option<Value> {
    match (ty, value) {
        (SqlType::SmallInt | SqlType::Integer | SqlType::BigInt, value) => integer(value).map(Value::Int),
        (SqlType::Real | SqlType::Double, value) => number(value)?.exact().map(Value::Real),
        (SqlType::Text, Value::Text(_)) | (SqlType::Blob, Value::Blob(_)) => Some(value.clone()),
        (SqlType::Text, value) => integer(value).map(|value| Value::Text(value.to_string())),
        (SqlType::Boolean | SqlType::Blob, _) => None,
    }
}

/// What a function makes of its arguments. Each of these makes `NULL` of `NULL`.
fn function(name: &str, values: &[Value], any_null: bool) -> Option<Value> {
    let count = |count: usize| i64::try_from(count).ok().map(Value::Int);
    let written = |text: &str| Some(Value::Text(text.to_owned()));
    match (name, values) {
        ("lower" | "upper" | "trim" | "ltrim" | "rtrim" | "length" | "abs", [_])
        | ("instr", [_, _])
        | ("replace", [_, _, _])
        | ("substr", [_, _] | [_, _, _])
            if any_null =>
        {
            Some(Value::Null)
        }
        ("lower", [of]) => Some(Value::Text(text(of)?.to_ascii_lowercase())),
        ("upper", [of]) => Some(Value::Text(text(of)?.to_ascii_uppercase())),
        ("trim", [of]) => written(text(of)?.trim_matches(' ')),
        ("ltrim", [of]) => written(text(of)?.trim_start_matches(' ')),
        ("rtrim", [of]) => written(text(of)?.trim_end_matches(' ')),
        ("length", [Value::Blob(bytes)]) => count(bytes.len()),
        ("length", [of]) => count(text(of)?.chars().count()),
        ("abs", [of]) => match number(of)? {
            Number::Int(value) => value.checked_abs().map(Value::Int),
            Number::Real(value) => Some(real(value.abs())),
        },
        ("instr", [of, part]) => {
            let (of, part) = (text(of)?, text(part)?);
            let before = of.split_once(part).map(|(before, _)| before.chars().count() + 1);
            count(before.unwrap_or_default())
        }
        ("replace", [of, from, to]) => {
            let (of, from, to) = (text(of)?, text(from)?, text(to)?);
            if from.is_empty() { written(of) } else { Some(Value::Text(of.replace(from, to))) }
        }
        ("substr", [of, from]) => substr(text(of)?, integer(from)?, i64::MAX),
        ("substr", [of, from, length]) => substr(text(of)?, integer(from)?, integer(length)?),
        _ => None,
    }
}

/// So many characters from one on, counted from 1, or from the end.
fn substr(text: &str, from: i64, length: i64) -> Option<Value> {
    if length < 0 {
        return None;
    }
    let (mut start, mut length) = (from, length);
    if start < 0 {
        start = start.saturating_add(i64::try_from(text.chars().count()).ok()?);
        if start < 0 {
            length = length.saturating_add(start).max(0);
            start = 0;
        }
    } else if start > 0 {
        start -= 1;
    } else {
        length = length.saturating_sub(1).max(0);
    }
    let (start, length) = (usize::try_from(start).ok()?, usize::try_from(length).ok()?);
    Some(Value::Text(text.chars().skip(start).take(length).collect()))
}

/// A part of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// `%`
    Any,
    /// `_`
    One,
    /// This character, whatever its case.
    Char(char),
}

/// Whether a text matches a pattern of `LIKE`, which tells no cases of ASCII letters apart.
fn like(text: &str, pattern: &str, escape: Option<char>) -> Option<bool> {
    if pattern.len() > LONGEST_PATTERN {
        return None;
    }
    let mut parts = Vec::with_capacity(pattern.len());
    let mut rest = pattern.chars();
    while let Some(next) = rest.next() {
        parts.push(match next {
            escaped if Some(escaped) == escape => Part::Char(rest.next()?),
            '%' => Part::Any,
            '_' => Part::One,
            other => Part::Char(other),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut part) = (0, 0);
    // Where the last `%` stands, and up to where it reached.
    let mut last: Option<(usize, usize)> = None;
    while let Some(found) = text.get(at) {
        match parts.get(part) {
            Some(Part::Any) => {
                last = Some((part, at));
                part += 1;
            }
            Some(Part::One) => (at, part) = (at + 1, part + 1),
            Some(Part::Char(wanted)) if wanted.eq_ignore_ascii_case(found) => (at, part) = (at + 1, part + 1),
            Some(Part::Char(_)) | None => {
                let Some((any, reached)) = last else { return Some(false) };
                last = Some((any, reached + 1));
                (at, part) = (reached + 1, any + 1);
            }
        }
    }
    Some(parts.get(part..).unwrap_or_default().iter().all(|rest| *rest == Part::Any))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn values_of_one_kind_are_ordered() {
        assert_eq!(order(&Value::Int(1), &Value::Int(2)), Some(Ordering::Less));
        assert_eq!(order(&Value::Bool(true), &Value::Int(1)), Some(Ordering::Equal));
        assert_eq!(order(&Value::Int(1), &Value::Real(1.5)), Some(Ordering::Less));
        assert_eq!(order(&Value::Int(i64::MAX), &Value::Real(1.5)), None);
        assert_eq!(order(&of("b"), &of("a")), Some(Ordering::Greater));
        assert_eq!(order(&of("1"), &Value::Int(1)), None);
        assert_eq!(order(&Value::Real(f64::NAN), &Value::Real(1.0)), None);
        assert_eq!(order(&Value::Null, &Value::Null), None);
    }

    #[test]
    fn patterns() {
        let matches = |text, pattern| like(text, pattern, Some('!'));
        for (text, pattern) in
            [("Ed", "e%"), ("", "%"), ("abcabd", "%ab_"), ("a%b", "a!%b"), ("Ä", "_"), ("x", "x%%")]
        {
            assert_eq!(matches(text, pattern), Some(true), "{text} {pattern}");
        }
        for (text, pattern) in [("Ed", "d%"), ("x", ""), ("ab", "a"), ("axb", "a!%b"), ("Ä", "ä"), ("", "_")]
        {
            assert_eq!(matches(text, pattern), Some(false), "{text} {pattern}");
        }
        assert_eq!(matches("a", "a!"), None);
        assert_eq!(like(&"a".repeat(5_000), &"%a".repeat(2_000), None), Some(true));
    }

    #[test]
    fn what_databases_may_see_differently_is_left_to_them() {
        let concat = |value: Value| computed(&Op::Binary(BinaryOp::Concat), &[value, of("x")]);
        assert_eq!(concat(Value::Int(7)), Some(of("7x")));
        assert_eq!(concat(Value::Real(0.1)), None);
        assert_eq!(concat(of("a\0b")), Some(of("a\0bx")));
        assert_eq!(computed(&Op::Func("length".into()), &[of("a\0b")]), None);
        assert_eq!(computed(&Op::Func("round".into()), &[Value::Real(0.5)]), None);
    }
}
