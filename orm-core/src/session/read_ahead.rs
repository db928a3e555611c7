//! `ReadAhead`: what was loaded for the deletion or the flush that is running, before it was asked for.

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

use crate::mapper::RelationId;

/// The relationships of objects, by their addresses, that were loaded for the deletion or the flush that is running.
pub(super) type ReadAhead = HashSet<(usize, RelationId), FxBuildHasher>;
