//! `SqlType`: the portable column types.

/// The type of a column, which each dialect spells its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SqlType {
    /// 16 bits.
    SmallInt,
    /// 32 bits.
    Integer,
    /// 64 bits.
    BigInt,
    /// Single precision.
    Real,
    /// Double precision.
    Double,
    /// A truth value.
    Boolean,
    /// Text of any length.
    Text,
    /// Bytes.
    Blob,
}
