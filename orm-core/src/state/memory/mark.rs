//! `Mark`: what is true of an object, a bit each.

/// Marks of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark(pub(super) u32);

impl Mark {
    /// Changed since it was last loaded or flushed.
    pub(crate) const MODIFIED: Mark = Mark(1);
    /// Expired as a whole.
    pub(crate) const EXPIRED: Mark = Mark(2);
    /// Its row was deleted by a flush.
    pub(crate) const DELETED: Mark = Mark(4);
    /// In its session's list of new objects.
    pub(crate) const NEW: Mark = Mark(8);
    /// In its session's identity map.
    pub(crate) const MAPPED: Mark = Mark(16);
    /// Marked for deletion in its session.
    pub(crate) const TO_DELETE: Mark = Mark(32);
    /// Lost its parent while it had no session.
    pub(crate) const ORPHANED: Mark = Mark(64);
    /// Loaded by its session because it is changed.
    pub(crate) const HELD: Mark = Mark(128);
    /// The collector has come by.
    pub(crate) const VISITED: Mark = Mark(256);
    /// The collector found it reachable.
    pub(crate) const LIVE: Mark = Mark(512);
    /// Waits for the collector.
    pub(crate) const QUEUED: Mark = Mark(1024);
    /// In a list of handles that is being dropped.
    pub(crate) const IN_BATCH: Mark = Mark(16384);
    /// It was found to be reachable without its handles, and nothing was seen to rely on them since: the last one may
    /// go without a look.
    pub(crate) const SURVIVED: Mark = Mark(8192);
    /// A flush has written it once. What is set afterwards is remembered also while it has no row.
    pub(crate) const WRITTEN: Mark = Mark(2048);
    /// To be expired when the closure that reads it ends.
    pub(crate) const OVERDUE: Mark = Mark(4096);
    /// A relationship of it may be loaded, or changed.
    pub(crate) const RELATED: Mark = Mark(32768);
    /// The database generated its key, be it in a flush that failed later.
    pub(crate) const GENERATED: Mark = Mark(65536);
    /// The flush that is ending has inserted its row.
    pub(crate) const INSERTED: Mark = Mark(131_072);
    /// It is being given to another parent than it had.
    pub(crate) const MOVED: Mark = Mark(1_048_576);
    /// The database made values of its new row, which wait to be read. Nothing else of it is expired.
    pub(crate) const UNREAD: Mark = Mark(2_097_152);
    /// A column of it may be set to an expression, which the next flush writes, or may have been before the last.
    pub(crate) const LATE: Mark = Mark(4_194_304);
    /// A deletion that reaches it, or starts with it, has read only keys: of itself, or of what goes with it.
    pub(crate) const READ_BY_KEYS: Mark = Mark(8_388_608);
    /// It has a key of one integer.
    pub(crate) const INT_KEY: Mark = Mark(262_144);
    /// It has another key.
    pub(crate) const OTHER_KEY: Mark = Mark(524_288);
    /// It has a key.
    pub(crate) const ANY_KEY: Mark = Mark(Mark::INT_KEY.0 | Mark::OTHER_KEY.0);
}

#[cfg(test)]
mod tests {
    use super::Mark;

    #[test]
    fn no_mark_is_used_twice() {
        let marks = [
            Mark::MODIFIED,
            Mark::EXPIRED,
            Mark::DELETED,
            Mark::NEW,
            Mark::MAPPED,
            Mark::TO_DELETE,
            Mark::ORPHANED,
            Mark::HELD,
            Mark::VISITED,
            Mark::LIVE,
            Mark::QUEUED,
            Mark::IN_BATCH,
            Mark::SURVIVED,
            Mark::WRITTEN,
            Mark::OVERDUE,
            Mark::RELATED,
            Mark::LATE,
            Mark::GENERATED,
            Mark::INSERTED,
            Mark::MOVED,
            Mark::UNREAD,
            Mark::READ_BY_KEYS,
            Mark::INT_KEY,
            Mark::OTHER_KEY,
        ];
        let all = marks.iter().fold(0, |all, mark| all | mark.0);
        assert_eq!(all.count_ones() as usize, marks.len());
        assert!(all < 1 << 24, "the upper bits hold the slot that links back");
    }
}
