//! `Transaction`: a transaction or savepoint of a session that is begun.

use std::rc::Rc;

use crate::engine::{Connection, Ended, EngineConnection, SetPoint};
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
    /// A savepoint.
    Savepoint(Rc<SetPoint>),
    /// What was there before the session came to the connection: its innermost savepoint, or the transaction.
    Joined {
        savepoint: Option<Rc<SetPoint>>,
        /// Whether the session commits it. It rolls it back in any case.
        commits: bool,
    },
}

impl Begun {
    /// Sets a savepoint.
    pub(super) fn savepoint_on(connection: &EngineConnection) -> Result<Self> {
        connection.set_savepoint().map(Begun::Savepoint)
    }

    /// Commits it, if that is the session's to do.
    pub(super) fn commit(&self, connection: &EngineConnection) -> Result<()> {
        match self {
            Begun::Joined { commits: false, .. } => Ok(()),
            Begun::Transaction | Begun::Joined { savepoint: None, .. } => connection.commit(),
            Begun::Savepoint(point) | Begun::Joined { savepoint: Some(point), .. } => {
                connection.release(point.name())
            }
        }
    }

    /// The savepoint that it is rolled back to; `None` where all of the transaction is.
    #[inline]
    pub(super) fn savepoint(&self) -> Option<&SetPoint> {
        match self {
            Begun::Savepoint(point) | Begun::Joined { savepoint: Some(point), .. } => Some(point),
            Begun::Transaction | Begun::Joined { savepoint: None, .. } => None,
        }
    }

    /// How its savepoint ended, which others who share the connection end with one around it.
    #[inline]
    pub(super) fn ended(&self) -> Option<Ended> {
        self.savepoint().and_then(SetPoint::ended)
    }

    /// Rolls it back.
    pub(super) fn roll_back(&self, connection: &EngineConnection) -> Result<()> {
        match self.savepoint() {
            Some(point) => connection.rollback_to(point.name()),
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
    /// Its savepoint ended with one around it that isn't the session's.
    Overtaken(Ended),
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
            Broken::Overtaken(how) => {
                let how = match how {
                    Ended::Kept => "released with what is around it: what was flushed stays",
                    Ended::TakenBack => "rolled back with what is around it",
                };
                Error::new(
                    Code::PendingRollback,
                    format!("the savepoint of the session was {how}"),
                )
                .help("call `rollback()` of the session first; of sessions that share a connection, end the last one first")
            }
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
            Some(broken @ (Broken::Ended(_) | Broken::Overtaken(Ended::Kept))) if self.is_nested() => {
                Err(broken.error())
            }
            _ => Ok(()),
        }
    }

    /// How its savepoint ended, where others have ended it.
    #[inline]
    pub(super) fn ended(&self) -> Option<Ended> {
        self.begun.as_ref().and_then(Begun::ended)
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
