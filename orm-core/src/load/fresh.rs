//! `Fresh`: the objects that a load made or refreshed.

use crate::state::memory::handle::Handle;

/// The objects that the rows of a running plan made or refreshed. What is loaded after the rows is loaded for them and
/// for no others: an object that was there before keeps what it holds.
pub(super) struct Fresh(Option<Vec<Handle>>);

impl Fresh {
    /// Keeps them, or nothing where nobody asks for them.
    pub(super) fn new(kept: bool) -> Self {
        Fresh(kept.then(Vec::new))
    }

    /// A row made or refreshed that object.
    #[inline]
    pub(super) fn add(&mut self, object: &Handle) {
        if let Some(objects) = &mut self.0 {
            objects.push(object.clone());
        }
    }

    pub(super) fn objects(&self) -> &[Handle] {
        self.0.as_deref().unwrap_or_default()
    }
}
