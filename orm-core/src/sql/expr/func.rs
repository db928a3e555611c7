//! SQL functions as expressions.

use super::Expr;

/// A function by name, such as a database's own. A name that isn't a plain word is quoted.
///
/// ```
/// use orm_core::sql::{AnsiDialect, ColumnRef, func, render};
/// let words = func::call("soundex", [ColumnRef::new("person", "name").into()]);
/// assert_eq!(render(&words, &AnsiDialect).sql, r#"soundex("person"."name")"#);
/// ```
pub fn call(name: &'static str, args: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Func(name, args.into_iter().collect())
}

/// How many rows: `count(*)`.
pub fn count_star() -> Expr {
    call("count", [Expr::Star])
}

/// How many values that aren't `NULL`.
pub fn count(of: impl Into<Expr>) -> Expr {
    call("count", [of.into()])
}

/// How many different values that aren't `NULL`.
pub fn count_distinct(of: impl Into<Expr>) -> Expr {
    call("count", [Expr::Distinct(Box::new(of.into()))])
}

/// The sum; `NULL` where there are no values.
pub fn sum(of: impl Into<Expr>) -> Expr {
    call("sum", [of.into()])
}

/// The mean; `NULL` where there are no values.
pub fn avg(of: impl Into<Expr>) -> Expr {
    call("avg", [of.into()])
}

/// The smallest value.
pub fn min(of: impl Into<Expr>) -> Expr {
    call("min", [of.into()])
}

/// The largest value.
pub fn max(of: impl Into<Expr>) -> Expr {
    call("max", [of.into()])
}

/// The first that isn't `NULL`.
pub fn coalesce(of: impl IntoIterator<Item = Expr>) -> Expr {
    call("coalesce", of)
}

/// The text in lower case.
pub fn lower(of: impl Into<Expr>) -> Expr {
    call("lower", [of.into()])
}

/// The text in upper case.
pub fn upper(of: impl Into<Expr>) -> Expr {
    call("upper", [of.into()])
}

/// How many characters a text has.
pub fn length(of: impl Into<Expr>) -> Expr {
    call("length", [of.into()])
}
