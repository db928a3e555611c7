//! Functions of SQL that are taken over a window: they are exported with the others, in `func`.

use super::expr::Expr;
use super::operand::{SqlExpr, Term};
use super::window::Func;
use crate::value::Typed;

/// What is `NULL` for no rows: the type of `X`'s value, as an `Option`.
pub type Nullable<X> = Option<<<X as SqlExpr>::Value as Typed>::Base>;

/// A `U` that is `NULL` where `X`'s value is.
pub type Of<X, U> = <<X as SqlExpr>::Value as Typed>::Wrap<U>;

/// The number of the row within its window.
pub fn row_number() -> Expr<i64, Func> {
    Expr::call("row_number", Vec::new())
}

/// The rank of the row within its window: equal ones have one, and as many are left out behind them.
pub fn rank() -> Expr<i64, Func> {
    Expr::call("rank", Vec::new())
}

/// The rank of the row within its window, without gaps.
pub fn dense_rank() -> Expr<i64, Func> {
    Expr::call("dense_rank", Vec::new())
}

/// The rank of the row within its window, from 0 to 1.
pub fn percent_rank() -> Expr<f64, Func> {
    Expr::call("percent_rank", Vec::new())
}

/// The part of the rows of its window that aren't behind the row, up to 1.
pub fn cume_dist() -> Expr<f64, Func> {
    Expr::call("cume_dist", Vec::new())
}

/// In which of so many parts of its window, as equal as can be, the row is, counted from 1.
pub fn ntile(parts: impl Term<i64>) -> Expr<i64, Func> {
    Expr::call("ntile", vec![parts.term()])
}

/// The value of the row before; `NULL` for the first.
pub fn lag<X: SqlExpr>(x: X) -> Expr<Nullable<X>, Func> {
    Expr::call("lag", vec![x.sql()])
}

/// The value so many rows before; `NULL` where there is none.
pub fn lag_by<X: SqlExpr>(x: X, rows: impl Term<i64>) -> Expr<Nullable<X>, Func> {
    Expr::call("lag", vec![x.sql(), rows.term()])
}

/// The value so many rows before, or another where there is none. It may be `NULL` only where one of the two may.
pub fn lag_or<X: SqlExpr, T: Term<<X::Value as Typed>::Base>>(
    x: X,
    rows: impl Term<i64>,
    other: T,
) -> Expr<Of<X, T::Value>, Func> {
    Expr::call("lag", vec![x.sql(), rows.term(), other.term()])
}

/// The value of the row after; `NULL` for the last.
pub fn lead<X: SqlExpr>(x: X) -> Expr<Nullable<X>, Func> {
    Expr::call("lead", vec![x.sql()])
}

/// The value so many rows after; `NULL` where there is none.
pub fn lead_by<X: SqlExpr>(x: X, rows: impl Term<i64>) -> Expr<Nullable<X>, Func> {
    Expr::call("lead", vec![x.sql(), rows.term()])
}

/// The value so many rows after, or another where there is none. It may be `NULL` only where one of the two may.
pub fn lead_or<X: SqlExpr, T: Term<<X::Value as Typed>::Base>>(
    x: X,
    rows: impl Term<i64>,
    other: T,
) -> Expr<Of<X, T::Value>, Func> {
    Expr::call("lead", vec![x.sql(), rows.term(), other.term()])
}

/// The value of the first row of the frame.
pub fn first_value<X: SqlExpr>(x: X) -> Expr<Nullable<X>, Func> {
    Expr::call("first_value", vec![x.sql()])
}

/// The value of the last row of the frame.
pub fn last_value<X: SqlExpr>(x: X) -> Expr<Nullable<X>, Func> {
    Expr::call("last_value", vec![x.sql()])
}

/// The value of the row of that number in the frame, counted from 1; `NULL` where there is none.
pub fn nth_value<X: SqlExpr>(x: X, number: impl Term<i64>) -> Expr<Nullable<X>, Func> {
    Expr::call("nth_value", vec![x.sql(), number.term()])
}
