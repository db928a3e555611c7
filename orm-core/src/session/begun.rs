//! `Transaction`: a transaction or savepoint of a session that is begun.

/// Tells the transactions and savepoints of a session apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TransactionNumber(pub(super) u32);

impl TransactionNumber {
    pub(super) fn next(self) -> Self {
        TransactionNumber(self.0.wrapping_add(1))
    }
}

/// What is begun.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Transaction,
    Savepoint,
}

/// A transaction or a savepoint of a session. What it did to objects stands in its page of the ledger.
pub(super) struct Transaction {
    pub(super) number: TransactionNumber,
    /// The savepoint's name; `None` for the transaction itself.
    pub(super) savepoint: Option<String>,
    /// Whether the database knows of it.
    pub(super) started: bool,
    /// Why nothing can be done before a rollback.
    pub(super) broken: Option<String>,
}

impl Transaction {
    pub(super) fn is_nested(&self) -> bool {
        self.savepoint.is_some()
    }

    /// Which objects its rollback expires.
    pub(super) fn expires(&self) -> Expires {
        if self.is_nested() { Expires::Changed } else { Expires::All }
    }
}

/// Which objects a rollback expires.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expires {
    /// Those that were changed in the savepoint, flushed or not.
    Changed,
    /// Every object: what the transaction has read was read from a state that is gone.
    All,
}
