//! `Transaction`: a transaction or savepoint of a session that is begun.

use crate::engine::{Connection, EngineConnection};
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
    pub(super) kind: Kind,
    /// How the database knows of it, once it does.
    pub(super) begun: Option<Begun>,
    /// Why nothing can be done before a rollback. What it did is taken back already.
    pub(super) broken: Option<Broken>,
}

/// How the database knows of a transaction or a savepoint of a session.
#[derive(Clone)]
pub(super) enum Begun {
    /// A transaction.
    Transaction,
    /// A savepoint of this name.
    Savepoint(String),
    /// What was there before the session came to the connection: its innermost savepoint, or the transaction.
    Joined {
        savepoint: Option<String>,
        /// Whether the session commits it. It rolls it back in any case.
        commits: bool,
    },
}

impl Begun {
    /// Commits it, if that is the session's to do.
    pub(super) fn commit(&self, connection: &EngineConnection) -> Result<()> {
        match self {
            Begun::Joined { commits: false, .. } => Ok(()),
            Begun::Transaction | Begun::Joined { savepoint: None, .. } => connection.commit(),
            Begun::Savepoint(name) | Begun::Joined { savepoint: Some(name), .. } => connection.release(name),
        }
    }

    /// The savepoint that it is rolled back to; `None` where all of the transaction is.
    pub(super) fn savepoint(&self) -> Option<&str> {
        match self {
            Begun::Savepoint(name) | Begun::Joined { savepoint: Some(name), .. } => Some(name),
            Begun::Transaction | Begun::Joined { savepoint: None, .. } => None,
        }
    }

    /// Rolls it back.
    pub(super) fn roll_back(&self, connection: &EngineConnection) -> Result<()> {
        match self.savepoint() {
            Some(name) => connection.rollback_to(name),
            None => connection.rollback(),
        }
    }

    /// Whether a session that ends without a word leaves it to its owner.
    pub(super) fn is_left(&self) -> bool {
        matches!(self, Begun::Joined { commits: false, .. })
    }
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
        self.kind == Kind::Savepoint
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
