//! `FlushRules`: what a flush does otherwise than SQLAlchemy, unless the session is told not to.

/// What a flush does otherwise than SQLAlchemy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlushRules {
    /// Every row that is written is checked by itself: an insert has to make one, a deletion has to take one out.
    pub(crate) checks_rows: bool,
}

impl FlushRules {
    /// The usual rules.
    pub(crate) const USUAL: FlushRules = FlushRules { checks_rows: true };

    /// Those of SQLAlchemy.
    pub(crate) const SQLALCHEMY: FlushRules = FlushRules { checks_rows: false };
}
