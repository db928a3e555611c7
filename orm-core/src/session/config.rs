//! `SessionConfig`: what a session can be told.

/// Settings of a session.
///
/// ```
/// use orm_core::SessionConfig;
/// let config = SessionConfig::default().expire_on_commit(false);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SessionConfig {
    pub(super) autoflush: bool,
    pub(super) expire_on_commit: bool,
}

impl Default for SessionConfig {
    /// Autoflush and expire-on-commit are on.
    fn default() -> Self {
        SessionConfig { autoflush: true, expire_on_commit: true }
    }
}

impl SessionConfig {
    /// Whether a query flushes first, so that it sees what was changed.
    #[must_use]
    pub fn autoflush(mut self, on: bool) -> Self {
        self.autoflush = on;
        self
    }

    /// Whether a commit expires every object, so that the next transaction reads what it finds.
    #[must_use]
    pub fn expire_on_commit(mut self, on: bool) -> Self {
        self.expire_on_commit = on;
        self
    }
}
