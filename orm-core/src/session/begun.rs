//! `Transaction`: a transaction or savepoint of a session that is begun.

use crate::error::{Code, Error, Result};

/// Tells the transactions and savepoints of a session apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TransactionNumber(pub(super) u64);

impl TransactionNumber {
    pub(super) fn next(self) -> Self {
        // 64 bits are never used up.
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
    /// Why nothing can be done before a rollback. What it did is taken back already.
    pub(super) broken: Option<Broken>,
}

/// Why a transaction or a savepoint was taken back.
pub(super) enum Broken {
    /// A flush failed.
    Flush(String),
    /// The database ended the transaction, and every savepoint with it.
    Ended(String),
}

impl Broken {
    /// The error of who goes on all the same.
    pub(super) fn error(&self) -> Error {
        match self {
            Broken::Flush(why) => Error::new(
                Code::PendingRollback,
                format!("the transaction was rolled back by a failed flush: {why}"),
            )
            .help("call `rollback()` of the session, or of the savepoint, first"),
            Broken::Ended(why) => Error::new(
                Code::PendingRollback,
                format!("the database ended the transaction and its savepoints: {why}"),
            )
            .help("call `rollback()` of the session first"),
        }
    }
}

impl Transaction {
    pub(super) fn is_nested(&self) -> bool {
        self.savepoint.is_some()
    }

    /// The rollback of a savepoint that ended with the transaction around it leaves more undone than it was asked for,
    /// which is an error.
    pub(super) fn savepoint_is_gone(&self) -> Result<()> {
        match &self.broken {
            Some(broken @ Broken::Ended(_)) if self.is_nested() => Err(broken.error()),
            _ => Ok(()),
        }
    }

    /// Which objects its rollback expires.
    pub(super) fn expires(&self) -> Expires {
        if self.is_nested() { Expires::Noted } else { Expires::All }
    }
}

/// Which objects a rollback expires.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expires {
    /// Those that were changed in the savepoint, flushed or not, or read in it.
    Noted,
    /// Every object: what the transaction has read was read from a state that is gone.
    All,
}
