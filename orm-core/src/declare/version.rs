//! `VersionDecl`: the column of a class that tells the versions of a row apart, and who makes them.

use super::kept::Kept;
use crate::value::{ColumnType, Typed, Value, ValueError, ValueRef};

/// Makes the version of a row that is about to be written, of the one that it has: a new row has none.
#[derive(Clone, Copy)]
pub enum NextVersion {
    /// A function of the declaration.
    Function(MakeNext),
    /// A function that was made while the program ran or stands in a static, and what calls it.
    Kept(Kept, fn(Kept, Option<ValueRef<'_>>) -> Result<Value, ValueError>),
}

/// A function that makes versions.
type MakeNext = fn(Option<ValueRef<'_>>) -> Result<Value, ValueError>;

impl NextVersion {
    /// Makes it. That may be a user's code.
    ///
    /// # Errors
    /// Where there is no next version, or no database holds it.
    pub fn make(self, current: Option<ValueRef<'_>>) -> Result<Value, ValueError> {
        match self {
            NextVersion::Function(make) => make(current),
            NextVersion::Kept(kept, make) => make(kept, current),
        }
    }
}

impl std::fmt::Debug for NextVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NextVersion")
    }
}

/// Who makes the versions of a row.
#[derive(Clone, Copy, Debug)]
pub enum VersionDecl {
    /// The flush: it counts, or asks a function of the user's.
    Made(NextVersion),
    /// Whoever sets the attribute.
    Manual,
    /// The database, by a trigger or by what an update sets the column to.
    Server,
}

impl VersionDecl {
    /// What makes the next version, where the flush does.
    pub fn next(self) -> Option<NextVersion> {
        match self {
            VersionDecl::Made(next) => Some(next),
            VersionDecl::Manual | VersionDecl::Server => None,
        }
    }
}

/// A type that counts versions: an integer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't count versions",
    label = "expected an integer, such as `i64`",
    note = "for another type write `version_id = path::to::function`, which makes the next version of the current one"
)]
#[doc(hidden)]
pub trait Counts: ColumnType {
    /// The first version of a row.
    const FIRST: Self;

    /// The version after this one; nothing where the type has no more.
    fn after(self) -> Option<Self>;
}

macro_rules! counts {
    ($($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Counts for $ty {
            const FIRST: Self = 1;

            fn after(self) -> Option<Self> {
                self.checked_add(1)
            }
        }
    )*};
}

counts!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

/// The next version of a column that counts. For generated code.
#[doc(hidden)]
///
/// # Errors
/// Where the type has no greater number.
pub fn count<V: Counts>(current: Option<ValueRef<'_>>) -> Result<Value, ValueError> {
    let next = match current {
        None => Some(V::FIRST),
        Some(current) => V::from_value(current)?.after(),
    };
    match next {
        Some(next) => ColumnType::check(&next).map(|()| ColumnType::to_value(&next)),
        None => Err(ValueError::new(format!("a version of the type `{}` can't count further", V::NAME))),
    }
}

/// The next version of a column by a function of the user's. For generated code.
#[doc(hidden)]
///
/// # Errors
/// Where the current version can't be read, or no database holds the next one.
pub fn make_version<V: Typed>(
    current: Option<ValueRef<'_>>,
    make: fn(Option<V>) -> V,
) -> Result<Value, ValueError> {
    version_by(current, make)
}

/// The next version by whatever makes it.
///
/// # Errors
/// As [`make_version`].
pub(crate) fn version_by<V: Typed>(
    current: Option<ValueRef<'_>>,
    make: impl Fn(Option<V>) -> V,
) -> Result<Value, ValueError> {
    let current = current.map(V::from_value).transpose()?;
    let next = make(current);
    next.check().map(|()| next.to_value())
}

#[cfg(test)]
mod tests {
    use super::{count, make_version};
    use crate::value::{Value, ValueRef};

    #[test]
    fn versions_count_from_one_to_the_greatest() {
        assert_eq!(count::<i64>(None).ok(), Some(Value::Int(1)));
        assert_eq!(count::<u16>(Some(ValueRef::Int(41))).ok(), Some(Value::Int(42)));
        assert_eq!(count::<i8>(Some(ValueRef::Int(126))).ok(), Some(Value::Int(127)));
        assert!(count::<i8>(Some(ValueRef::Int(127))).is_err());
        assert!(count::<i64>(Some(ValueRef::Int(i64::MAX))).is_err());
        assert!(count::<u64>(Some(ValueRef::Int(i64::MAX))).is_err());
    }

    #[test]
    fn a_function_gets_what_is_there() {
        let longer = |current: Option<String>| current.unwrap_or_default() + "+";
        assert_eq!(make_version(None, longer).ok(), Some(Value::Text("+".into())));
        assert_eq!(make_version(Some(ValueRef::Text("+")), longer).ok(), Some(Value::Text("++".into())));
    }
}
