//! Functions of the user's own, which statements call by their names.

use std::fmt;
use std::sync::Arc;

use orm_core::{Result, Typed, Value, ValueError, ValueRef};
use rusqlite::Connection as Raw;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Value as RawValue, ValueRef as RawRef};

use crate::error::refusal;

/// A function that SQLite can call: of up to six values, which gives a value or an error. Each may be of any type that a column
/// may have.
///
/// Where `NULL` is given for an argument that is no `Option`, the result is `NULL`, as with most functions of SQL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be called by SQLite",
    label = "expected a function of up to six values, `|text: String| Ok(text.len() as i64)`"
)]
pub trait SqlFunction<A>: Send + Sync + 'static {
    /// How many arguments it has.
    #[doc(hidden)]
    const ARGS: u8;

    /// Calls it.
    #[doc(hidden)]
    fn call(&self, args: &[ValueRef<'_>]) -> Result<Value, ValueError>;
}

macro_rules! functions {
    ($($count:literal: $($arg:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<F, R, $($arg),*> SqlFunction<($($arg,)*)> for F
        where
            F: Fn($($arg),*) -> Result<R, ValueError> + Send + Sync + 'static,
            R: Typed,
            $($arg: Typed,)*
        {
            const ARGS: u8 = $count;

            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn call(&self, args: &[ValueRef<'_>]) -> Result<Value, ValueError> {
                let [$($arg),*] = args else {
                    return Err(ValueError::new(concat!("it takes ", $count, " arguments")));
                };
                $(
                    if !<$arg as Typed>::NULLABLE && matches!($arg, ValueRef::Null) {
                        return Ok(Value::Null);
                    }
                    let $arg = <$arg as Typed>::from_value(*$arg)?;
                )*
                let result = self($($arg),*)?;
                result.check()?;
                Ok(result.to_value())
            }
        }
    )*};
}

functions! {
    0: ;
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E G;
}

/// What a function is called with, and what it gives.
type Call = dyn Fn(&[ValueRef<'_>]) -> Result<Value, ValueError> + Send + Sync;

/// A function for every connection.
#[derive(Clone)]
pub(crate) struct Function {
    name: String,
    args: u8,
    deterministic: bool,
    call: Arc<Call>,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, self.args)
    }
}

impl Function {
    pub(crate) fn new<A, F: SqlFunction<A>>(name: String, deterministic: bool, function: F) -> Self {
        let call = Arc::new(move |args: &[ValueRef<'_>]| function.call(args));
        Function { name, args: F::ARGS, deterministic, call }
    }

    /// Whether calls can't tell them apart.
    pub(crate) fn is(&self, other: &Function) -> bool {
        self.args == other.args && self.name.eq_ignore_ascii_case(&other.name)
    }

    /// Gives it to a connection.
    pub(crate) fn add_to(&self, raw: &Raw) -> Result<()> {
        let mut flags = FunctionFlags::SQLITE_UTF8;
        flags.set(FunctionFlags::SQLITE_DETERMINISTIC, self.deterministic);
        let call = Arc::clone(&self.call);
        let name = self.name.clone();
        raw.create_scalar_function(self.name.as_str(), self.args.into(), flags, move |context| {
            let mut args = Vec::with_capacity(context.len());
            for at in 0..context.len() {
                args.push(argument(context.get_raw(at))?);
            }
            call(&args).map(result).map_err(|error| failed(format!("{name}: {error}")))
        })
        .map_err(|error| refusal(error, None))
    }
}

#[cold]
fn failed(message: String) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(message.into())
}

fn argument(value: RawRef<'_>) -> rusqlite::Result<ValueRef<'_>> {
    Ok(match value {
        RawRef::Null => ValueRef::Null,
        RawRef::Integer(number) => ValueRef::Int(number),
        RawRef::Real(number) => ValueRef::Real(number),
        RawRef::Text(bytes) => {
            ValueRef::Text(std::str::from_utf8(bytes).map_err(|error| failed(error.to_string()))?)
        }
        RawRef::Blob(bytes) => ValueRef::Blob(bytes),
    })
}

fn result(value: Value) -> RawValue {
    match value {
        Value::Null => RawValue::Null,
        Value::Bool(value) => RawValue::Integer(value.into()),
        Value::Int(number) => RawValue::Integer(number),
        Value::Real(number) => RawValue::Real(number),
        Value::Text(text) => RawValue::Text(text),
        Value::Blob(bytes) => RawValue::Blob(bytes),
    }
}
