//! `Notes`: what is noted of the objects that a statement makes, at whatever place of its rows.

use super::depths::Depths;
use super::noted::Noted;
use super::turns::Turns;

/// What is noted of the objects that a statement makes or overwrites, at whatever place of its rows.
#[derive(Default)]
pub(super) struct Notes {
    /// Which they are.
    pub(super) made: Option<Noted>,
    /// How deep they stood.
    pub(super) depths: Option<Depths>,
    /// In which order they were made.
    pub(super) turns: Option<Turns>,
}
