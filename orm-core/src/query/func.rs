//! Functions of SQL. Those that are missing are called by [`custom`].
//!
//! A function whose argument may be `NULL` gives an `Option`, and the aggregate functions that have no value for no rows
//! do so too.

use super::expr::Expr;
use super::leaf::Leaf;
use super::named::Subquery;
use super::operand::{Number, SqlExpr, Term, TextType};
use super::window::Func;
pub use super::window_func::{
    Nullable, Of, cume_dist, dense_rank, first_value, lag, lag_by, lag_or, last_value, lead, lead_by,
    lead_or, nth_value, ntile, percent_rank, rank, row_number,
};
use crate::sql::{Name, Op, Tree};
use crate::value::Typed;

/// What a sum of `X` is; `NULL` for no rows.
pub type Sum<X> = Option<<<X as SqlExpr>::Value as Number>::Sum>;

fn call<V>(name: &'static str, args: Vec<Tree<Leaf>>) -> Expr<V, Func> {
    Expr::call(name, args)
}

/// How many rows there are: `count(*)`.
///
/// ```
/// use orm_core::func;
/// let rows = func::count_all().label("rows");
/// ```
pub fn count_all() -> Expr<i64, Func> {
    call("count", vec![Tree::node(Op::Star, Vec::new())])
}

/// In how many rows it isn't `NULL`.
pub fn count(x: impl SqlExpr) -> Expr<i64, Func> {
    call("count", vec![x.sql()])
}

/// The sum of all that isn't `NULL`; `NULL` for no rows. Integers of every width sum up to an `i64`.
pub fn sum<X: SqlExpr<Value: Number>>(x: X) -> Expr<Sum<X>, Func> {
    call("sum", vec![x.sql()])
}

/// The sum of all that isn't `NULL`, as a real number; 0 for no rows.
pub fn total(x: impl SqlExpr<Value: Number>) -> Expr<f64, Func> {
    call("total", vec![x.sql()])
}

/// The average of all that isn't `NULL`; `NULL` for no rows.
pub fn avg(x: impl SqlExpr<Value: Number>) -> Expr<Option<f64>, Func> {
    call("avg", vec![x.sql()])
}

/// The smallest; `NULL` for no rows.
pub fn min<X: SqlExpr>(x: X) -> Expr<Nullable<X>, Func> {
    call("min", vec![x.sql()])
}

/// The largest; `NULL` for no rows.
pub fn max<X: SqlExpr>(x: X) -> Expr<Nullable<X>, Func> {
    call("max", vec![x.sql()])
}

/// The texts of all rows, with another between them; `NULL` for no rows. In which order `order_by` says:
/// `group_concat(x, ", ").order_by(x)`.
pub fn group_concat<X: SqlExpr>(x: X, separator: &str) -> Expr<Option<String>, Func> {
    call("group_concat", vec![x.sql(), separator.sql()])
}

/// The first that isn't `NULL`. It may be `NULL` only where the second may.
pub fn coalesce<X: SqlExpr, T: Term<<X::Value as Typed>::Base>>(x: X, other: T) -> Expr<T::Value, Func> {
    call("coalesce", vec![x.sql(), other.term()])
}

/// `NULL` where both are equal, else the first.
pub fn nullif<X: SqlExpr>(x: X, other: impl Term<<X::Value as Typed>::Base>) -> Expr<Nullable<X>, Func> {
    call("nullif", vec![x.sql(), other.term()])
}

/// In small letters. SQLite knows ASCII ones only.
pub fn lower<X: SqlExpr<Value: TextType>>(x: X) -> Expr<X::Value, Func> {
    call("lower", vec![x.sql()])
}

/// In capital letters. SQLite knows ASCII ones only.
pub fn upper<X: SqlExpr<Value: TextType>>(x: X) -> Expr<X::Value, Func> {
    call("upper", vec![x.sql()])
}

/// Without spaces at its ends.
pub fn trim<X: SqlExpr<Value: TextType>>(x: X) -> Expr<X::Value, Func> {
    call("trim", vec![x.sql()])
}

/// Without spaces at its start.
pub fn ltrim<X: SqlExpr<Value: TextType>>(x: X) -> Expr<X::Value, Func> {
    call("ltrim", vec![x.sql()])
}

/// Without spaces at its end.
pub fn rtrim<X: SqlExpr<Value: TextType>>(x: X) -> Expr<X::Value, Func> {
    call("rtrim", vec![x.sql()])
}

/// How many characters a text has, or bytes a blob. A number is measured as its text.
pub fn length<X: SqlExpr>(x: X) -> Expr<Of<X, i64>, Func> {
    call("length", vec![x.sql()])
}

/// The part of a text from a character on, counted from 1; negative ones are counted from the end.
pub fn substr<X: SqlExpr<Value: TextType>>(x: X, from: impl Term<i64>) -> Expr<X::Value, Func> {
    call("substr", vec![x.sql(), from.term()])
}

/// As [`substr`], so many characters at most.
pub fn substr_len<X: SqlExpr<Value: TextType>>(
    x: X,
    from: impl Term<i64>,
    length: impl Term<i64>,
) -> Expr<X::Value, Func> {
    call("substr", vec![x.sql(), from.term(), length.term()])
}

/// A text in which each occurrence of another is replaced.
pub fn replace<X: SqlExpr<Value: TextType>>(
    x: X,
    from: impl SqlExpr<Value: TextType>,
    to: impl SqlExpr<Value: TextType>,
) -> Expr<X::Value, Func> {
    call("replace", vec![x.sql(), from.sql(), to.sql()])
}

/// Where a text stands in another, counted from 1; 0 where it doesn't.
pub fn instr<X: SqlExpr<Value: TextType>>(
    x: X,
    part: impl SqlExpr<Value: TextType>,
) -> Expr<Of<X, i64>, Func> {
    call("instr", vec![x.sql(), part.sql()])
}

/// Without its sign.
pub fn abs<X: SqlExpr<Value: Number>>(x: X) -> Expr<X::Value, Func> {
    call("abs", vec![x.sql()])
}

/// Rounded to so many digits after the point.
pub fn round<X: SqlExpr<Value: Number>>(x: X, digits: impl Term<i64>) -> Expr<Of<X, f64>, Func> {
    call("round", vec![x.sql(), digits.term()])
}

/// A random integer of 64 bits.
pub fn random() -> Expr<i64, Func> {
    call("random", Vec::new())
}

/// The type that a value is stored as: `null`, `integer`, `real`, `text` or `blob`.
pub fn type_of(x: impl SqlExpr) -> Expr<String, Func> {
    call("typeof", vec![x.sql()])
}

/// The date and the time of now, in UTC, as a text.
pub fn current_timestamp() -> Expr<String, Func> {
    call("datetime", vec!["now".sql()])
}

/// A date of a text or a number of days, changed by modifiers such as `+1 month`: `2026-11-26`.
pub fn date<X: SqlExpr, A: Args>(x: X, modifiers: A) -> Expr<Option<String>, Func> {
    call("date", with(x, modifiers))
}

/// As [`date`], the time of the day.
pub fn time<X: SqlExpr, A: Args>(x: X, modifiers: A) -> Expr<Option<String>, Func> {
    call("time", with(x, modifiers))
}

/// As [`date`], the date and the time.
pub fn datetime<X: SqlExpr, A: Args>(x: X, modifiers: A) -> Expr<Option<String>, Func> {
    call("datetime", with(x, modifiers))
}

/// As [`date`], the number of days since noon in Greenwich on November 24, 4714 B.C.
pub fn julianday<X: SqlExpr, A: Args>(x: X, modifiers: A) -> Expr<Option<f64>, Func> {
    call("julianday", with(x, modifiers))
}

/// As [`date`], the number of seconds since the beginning of 1970.
pub fn unixepoch<X: SqlExpr, A: Args>(x: X, modifiers: A) -> Expr<Option<i64>, Func> {
    call("unixepoch", with(x, modifiers))
}

/// As [`date`], in a form such as `%Y-%m`.
pub fn strftime<X: SqlExpr, A: Args>(form: &str, x: X, modifiers: A) -> Expr<Option<String>, Func> {
    let mut args = vec![form.sql()];
    args.extend(with(x, modifiers));
    call("strftime", args)
}

fn with(x: impl SqlExpr, more: impl Args) -> Vec<Tree<Leaf>> {
    let mut args = vec![x.sql()];
    args.extend(more.args());
    args
}

/// What is at a path of a JSON text, as a value of SQL; `NULL` where nothing is.
pub fn json_extract<V: Typed>(json: impl SqlExpr, path: &str) -> Expr<Option<V::Base>, Func> {
    call("json_extract", vec![json.sql(), path.sql()])
}

/// A JSON text without spaces. One that isn't well-formed is an error of the database.
pub fn json<X: SqlExpr>(x: X) -> Expr<Of<X, String>, Func> {
    call("json", vec![x.sql()])
}

/// Whether a text is well-formed JSON.
pub fn json_valid<X: SqlExpr>(x: X) -> Expr<Of<X, bool>, Func> {
    call("json_valid", vec![x.sql()])
}

/// The kind of what is at a path of a JSON text: `object`, `array`, `text`, ...; `NULL` where nothing is.
pub fn json_type(json: impl SqlExpr, path: &str) -> Expr<Option<String>, Func> {
    call("json_type", vec![json.sql(), path.sql()])
}

/// How many elements the array at a path of a JSON text has; `NULL` where nothing is.
pub fn json_array_length(json: impl SqlExpr, path: &str) -> Expr<Option<i64>, Func> {
    call("json_array_length", vec![json.sql(), path.sql()])
}

/// A JSON array of values.
pub fn json_array(values: impl Args) -> Expr<String, Func> {
    call("json_array", values.args())
}

/// A JSON object of names and values in turn.
pub fn json_object(names_and_values: impl Args) -> Expr<String, Func> {
    call("json_object", names_and_values.args())
}

/// A JSON text in which what is at a path is replaced, or added.
pub fn json_set<X: SqlExpr>(json: X, path: &str, value: impl SqlExpr) -> Expr<Of<X, String>, Func> {
    call("json_set", vec![json.sql(), path.sql(), value.sql()])
}

/// A JSON text without what is at a path.
pub fn json_remove<X: SqlExpr>(json: X, path: &str) -> Expr<Of<X, String>, Func> {
    call("json_remove", vec![json.sql(), path.sql()])
}

/// A JSON array of the values of all rows.
pub fn json_group_array(x: impl SqlExpr) -> Expr<String, Func> {
    call("json_group_array", vec![x.sql()])
}

/// A JSON object of the names and values of all rows.
pub fn json_group_object(name: impl SqlExpr, value: impl SqlExpr) -> Expr<String, Func> {
    call("json_group_object", vec![name.sql(), value.sql()])
}

/// The elements of a JSON array or object as rows, with the columns `key`, `value`, `type`, `atom`, `id`, `parent`,
/// `fullkey` and `path`.
pub fn json_each(json: impl SqlExpr) -> Subquery {
    Subquery::of_func("json_each", vec![json.sql()])
}

/// As [`json_each`], with the elements within the elements.
pub fn json_tree(json: impl SqlExpr) -> Subquery {
    Subquery::of_func("json_tree", vec![json.sql()])
}

/// The integers from one to another as rows, with the column `value`. Not every SQLite has it.
pub fn generate_series(from: impl Term<i64>, to: impl Term<i64>) -> Subquery {
    Subquery::of_func("generate_series", vec![from.term(), to.term()])
}

/// A function of the database or of your own, whose value is a `V`. The name is a word; another is a `query` error.
///
/// ```
/// use orm_core::{Column, Expr, func};
/// fn sound<E>(name: Column<E, String>) -> Expr<String, orm_core::Func> {
///     func::custom::<String>("soundex", (name,))
/// }
/// ```
pub fn custom<V: Typed>(name: impl Into<Name>, args: impl Args) -> Expr<V, Func> {
    let name = name.into();
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Expr::of(Leaf::wrong(format!("`{name}` is no name of a function: write a word")));
    }
    Expr::call(name, args.args())
}

/// The arguments of a function: a tuple, `()` for none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no arguments of a function",
    label = "expected a tuple of columns, expressions or values"
)]
pub trait Args {
    /// The expressions.
    #[doc(hidden)]
    fn args(self) -> Vec<Tree<Leaf>>;
}

macro_rules! args {
    ($($($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: SqlExpr),*> Args for ($($name,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn args(self) -> Vec<Tree<Leaf>> {
                let ($($name,)*) = self;
                vec![$($name.sql()),*]
            }
        }
    )*};
}

args! {
    ;
    A;
    A B;
    A B C;
    A B C D;
    A B C D F;
    A B C D F G;
    A B C D F G H;
    A B C D F G H I;
}

#[diagnostic::do_not_recommend]
impl<X: SqlExpr> Args for Vec<X> {
    fn args(self) -> Vec<Tree<Leaf>> {
        self.into_iter().map(SqlExpr::sql).collect()
    }
}
