//! `Kept`: functions that declarations hold and whose types they don't know.

use std::any::Any;

/// A function that lives as long as the program: a closure that was made while it ran, or stands in a static. Who calls it
/// knows its type.
pub type Kept = &'static (dyn Any + Send + Sync);
