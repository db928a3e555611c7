//! A mistake that was found while constants are evaluated, and by which of the user's tokens it is reported.

use super::text::Text;
use crate::error::Code;

/// The user's token by which a mistake of a relationship is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    /// The field's type.
    Type,
    /// The name of the reverse side.
    BackPopulates,
    /// The association table.
    Secondary,
    /// The columns of `foreign_keys`.
    ForeignKeys,
    /// The columns of `remote_side`.
    RemoteSide,
    /// `cascade`.
    Cascade,
    /// `passive_deletes`.
    PassiveDeletes,
    /// `post_update`.
    PostUpdate,
    /// `passive_updates`.
    PassiveUpdates,
    /// `single_parent`.
    SingleParent,
    /// `sync_backref`.
    SyncBackref,
}

/// What is wrong with a relationship.
pub(crate) struct Problem {
    /// Which kind of mistake it is.
    pub(crate) code: Code,
    /// What it is, and behind a line break the mend.
    pub(crate) text: Text,
    /// By which of the user's tokens it is.
    pub(crate) at: At,
}

impl Problem {
    pub(super) const fn new(code: Code, at: At, text: Text) -> Option<Self> {
        Some(Problem { code, text, at })
    }
}

/// A mistake of a relationship.
#[derive(Clone, Copy)]
pub struct Complaint {
    at: At,
    text: Text,
}

impl Complaint {
    pub(super) const fn new(at: At, text: Text) -> Self {
        Complaint { at, text }
    }

    /// Whether it is by that token.
    pub(crate) const fn is_at(&self, at: At) -> bool {
        self.at as u8 == at as u8
    }
}

/// Reports a mistake that is by one of the user's tokens, whose place the call has. For generated code, in constants only.
///
/// # Panics
/// Where there is such a mistake, which is the compile error.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "evaluated by the compiler, whose error it becomes")]
pub const fn report(complaint: Option<Complaint>, at: At) -> Option<Complaint> {
    if let Some(complaint) = &complaint
        && complaint.is_at(at)
    {
        panic!("{}", complaint.text.as_str());
    }
    complaint
}

/// Reports any mistake that isn't reported. For generated code, in constants only.
///
/// # Panics
/// Where there is one, which is the compile error.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "evaluated by the compiler, whose error it becomes")]
pub const fn report_rest(complaint: Option<Complaint>) {
    if let Some(complaint) = &complaint {
        panic!("{}", complaint.text.as_str());
    }
}
