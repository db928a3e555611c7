//! What was given behind a key.

use proc_macro2::Span;

/// A value with the place of its key.
#[derive(Clone, Debug)]
pub(crate) struct Given<T> {
    pub(crate) value: T,
    pub(crate) key: Span,
}

impl<T> Given<T> {
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Given<U> {
        Given { value: f(self.value), key: self.key }
    }
}

/// The value of a key that may stand once.
#[derive(Clone, Debug, Default)]
pub(crate) enum Setting<T> {
    /// The key isn't there.
    #[default]
    Absent,
    /// The value was wrong, which was reported. The key isn't reported as missing too.
    Wrong,
    /// The value was right.
    Given(Given<T>),
}

impl<T> Setting<T> {
    pub(crate) fn given(self) -> Option<Given<T>> {
        match self {
            Setting::Given(given) => Some(given),
            Setting::Absent | Setting::Wrong => None,
        }
    }

    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Setting<U> {
        match self {
            Setting::Absent => Setting::Absent,
            Setting::Wrong => Setting::Wrong,
            Setting::Given(given) => Setting::Given(given.map(f)),
        }
    }

    pub(crate) fn value(self) -> Option<T> {
        self.given().map(|given| given.value)
    }

    pub(crate) fn get(&self) -> Option<&T> {
        match self {
            Setting::Given(given) => Some(&given.value),
            Setting::Absent | Setting::Wrong => None,
        }
    }

    /// Where the key stands, if its value was right.
    pub(crate) fn key(&self) -> Option<Span> {
        match self {
            Setting::Given(given) => Some(given.key),
            Setting::Absent | Setting::Wrong => None,
        }
    }

    pub(crate) fn is_wrong(&self) -> bool {
        matches!(self, Setting::Wrong)
    }
}

impl Setting<bool> {
    /// Whether a flag is set. One with a wrong value counts as set, so that its absence isn't reported too.
    pub(crate) fn is_on(&self) -> bool {
        match self {
            Setting::Absent => false,
            Setting::Wrong => true,
            Setting::Given(given) => given.value,
        }
    }

    /// Whether a flag says `false`.
    pub(crate) fn is_off(&self) -> bool {
        matches!(self, Setting::Given(given) if !given.value)
    }
}

/// Where the parser puts the values of a key.
pub(crate) trait Slot<T>: Default {
    /// Takes a value in. It comes back where the key may stand once and has a value already.
    fn fill(&mut self, given: Given<T>) -> Result<(), Given<T>>;

    /// Notes that the value behind the key was wrong.
    fn spoil(&mut self);
}

impl<T> Slot<T> for Setting<T> {
    fn fill(&mut self, given: Given<T>) -> Result<(), Given<T>> {
        match self {
            Setting::Given(_) => Err(given),
            Setting::Absent | Setting::Wrong => {
                *self = Setting::Given(given);
                Ok(())
            }
        }
    }

    fn spoil(&mut self) {
        match self {
            Setting::Given(_) => {}
            Setting::Absent | Setting::Wrong => *self = Setting::Wrong,
        }
    }
}

/// The key may stand several times.
impl<T> Slot<T> for Vec<Given<T>> {
    fn fill(&mut self, given: Given<T>) -> Result<(), Given<T>> {
        self.push(given);
        Ok(())
    }

    fn spoil(&mut self) {}
}
