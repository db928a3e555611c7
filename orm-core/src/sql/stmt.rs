//! Statements.

/// A SELECT.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SelectStmt {}
