//! `FlushRules`: what a flush does otherwise than SQLAlchemy, unless the session is told not to.

/// What a flush does with an object that isn't in the session, though a relationship of one that is leads to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsaved {
    /// It writes nothing and says so: an error of the code `unsaved`. The session stays as it was, and goes on.
    #[default]
    Error,
    /// It writes the rest and warns by `tracing`, as SQLAlchemy does. Neither the object nor the reference to it is
    /// written.
    Warn,
    /// It takes the object into the session, with what that leads to by `save-update`, and writes it.
    Save,
}

/// What a flush does otherwise than SQLAlchemy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlushRules {
    /// Every row that is written is checked by itself: an insert has to make one, a deletion has to take one out.
    pub(crate) checks_rows: bool,
    /// Children that belong to another object by now are left alone when one is deleted that held them.
    pub(crate) asks_children: bool,
    /// Where the database changes foreign keys with a key, all objects of the session follow; otherwise only those that
    /// have loaded what they refer to, by a relationship without a reverse side.
    pub(crate) follows_rows: bool,
    /// What is deleted goes first where it is in the way of a value that only one row may have.
    pub(crate) unique_order: bool,
    /// A new object that takes over a row writes all that it holds, also what it held when a rollback took its own row.
    pub(crate) writes_taken_over: bool,
    /// An object whose insertion was rolled back deletes no row: one with its key is another object's by now.
    pub(crate) deletes_own_rows: bool,
    /// What was to be deleted, but was saved since a parent took it in, isn't deleted by the next flush either.
    pub(crate) keeps_taken_in: bool,
    /// The links of a deleted object are found by the keys that their rows have, also where the flush changes a key.
    pub(crate) finds_links: bool,
    /// What was changed of a collection that isn't loaded counts also where its object is deleted, and the database deals
    /// with the rest.
    pub(crate) counts_queued: bool,
    /// What is merged is compared with the version of its row also where that has to be loaded.
    pub(crate) loads_versions: bool,
    /// A foreign key that is written by an update of its own is written only where the row has another value, and what a
    /// flush that was taken back left of it is no part of a new row.
    pub(crate) posts_changes: bool,
    /// An object that was deleted, and is inserted again since that was rolled back, is persistent.
    pub(crate) revives_inserted: bool,
    /// An object whose place in the identity map another one takes is detached: the row is that one's.
    pub(crate) detaches_displaced: bool,
    /// An object whose insertion is taken back has no key, also where that was changed after it.
    pub(crate) inserted_lose_keys: bool,
    /// What becomes of objects that aren't in the session.
    pub(crate) unsaved: Unsaved,
}

impl FlushRules {
    /// The usual rules.
    pub(crate) const USUAL: FlushRules = FlushRules {
        checks_rows: true,
        asks_children: true,
        follows_rows: true,
        unique_order: true,
        writes_taken_over: true,
        deletes_own_rows: true,
        keeps_taken_in: true,
        finds_links: true,
        counts_queued: true,
        loads_versions: true,
        posts_changes: true,
        revives_inserted: true,
        detaches_displaced: true,
        inserted_lose_keys: true,
        unsaved: Unsaved::Error,
    };

    /// Those of SQLAlchemy.
    pub(crate) const SQLALCHEMY: FlushRules = FlushRules {
        checks_rows: false,
        asks_children: false,
        follows_rows: false,
        unique_order: false,
        writes_taken_over: false,
        deletes_own_rows: false,
        keeps_taken_in: false,
        finds_links: false,
        counts_queued: false,
        loads_versions: false,
        posts_changes: false,
        revives_inserted: false,
        detaches_displaced: false,
        inserted_lose_keys: false,
        unsaved: Unsaved::Warn,
    };
}
