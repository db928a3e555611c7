//! `Shape`: what tells one statement of an engine from another.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// What one of the library's own statements does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// Reads a row of a class by its primary key.
    Get,
    /// Reads some columns of a row by its primary key; the columns say which.
    Columns,
    /// Reads what a relationship leads to.
    Lazy,
    /// Reads rows of a class by a list of keys; the columns say how it is written.
    GetMany,
    /// Reads what a relationship leads to from many objects; the columns say how it is written.
    SelectIn,
    /// Writes a new row; the columns are those that are left out.
    Insert,
    /// Writes a changed row; the columns are those that are set.
    Update,
    /// Reads what the database made of rows; the columns say by how many keys.
    ReadBack,
    /// Takes a row out.
    Delete,
    /// Takes rows out that have one of several keys.
    DeleteMany,
    /// Says whether a row is there.
    Look,
    /// Says whether a row is there that has one of several keys.
    LookMany,
    /// Writes a new row of an association table.
    Link,
    /// Takes a row of an association table out.
    Unlink,
    /// Rows of an association table that hold a changed key.
    Relink,
}

/// What tells a statement from others of the same engine. Statements of the same shape have the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape<'a> {
    /// A statement of the library's own: what it does, for which class or relationship, with which columns.
    Own {
        /// What it does.
        kind: StatementKind,
        /// The number of the class or relationship.
        of: usize,
        /// The numbers of the columns that make a difference.
        columns: &'a [u16],
    },
    /// A query, by bytes that are the same only where its text is.
    Query(&'a [u8]),
}

impl Shape<'_> {
    /// A statement of the library's own in which no columns make a difference.
    pub(crate) fn own(kind: StatementKind, of: usize) -> Self {
        Shape::Own { kind, of, columns: &[] }
    }

    #[inline]
    pub(super) fn hash(self) -> u64 {
        let mut hasher = FxHasher::default();
        match self {
            Shape::Own { kind, of, columns } => {
                hasher.write_usize(of << 8 | kind as usize);
                columns.iter().for_each(|column| hasher.write_u16(*column));
            }
            Shape::Query(bytes) => write(&mut hasher, bytes),
        }
        hasher.finish()
    }
}

/// Not inlined, so that looking up one of the library's own statements stays short.
#[inline(never)]
fn write(hasher: &mut FxHasher, bytes: &[u8]) {
    hasher.write(bytes);
}

/// A shape that is kept.
#[derive(Debug)]
pub(super) enum Kept {
    Own { kind: StatementKind, of: usize, columns: Box<[u16]> },
    Query(Box<[u8]>),
}

impl Kept {
    #[inline]
    pub(super) fn is(&self, shape: Shape<'_>) -> bool {
        match (self, shape) {
            (Kept::Own { kind, of, columns }, Shape::Own { kind: k, of: o, columns: c }) => {
                // The lists are short or empty: a loop is cheaper than a call that compares memory.
                *kind == k && *of == o && columns.iter().eq(c)
            }
            (Kept::Query(bytes), Shape::Query(b)) => **bytes == *b,
            _ => false,
        }
    }
}

impl From<Shape<'_>> for Kept {
    fn from(shape: Shape<'_>) -> Self {
        match shape {
            Shape::Own { kind, of, columns } => Kept::Own { kind, of, columns: columns.into() },
            Shape::Query(bytes) => Kept::Query(bytes.into()),
        }
    }
}
