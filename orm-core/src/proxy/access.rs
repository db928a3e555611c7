//! Whether a proxy is written.

/// A proxy that is read and written: the fourth parameter of [`Proxy`](super::Proxy).
#[derive(Clone, Copy, Debug)]
pub struct Writes;

/// A proxy that is only read (`viewonly`): the fourth parameter of [`Proxy`](super::Proxy).
#[derive(Clone, Copy, Debug)]
pub struct ViewOnly;

/// [`Writes`] or [`ViewOnly`].
pub trait Access: 'static {
    /// Whether it is written.
    const WRITES: bool;
}

impl Access for Writes {
    const WRITES: bool = true;
}

impl Access for ViewOnly {
    const WRITES: bool = false;
}
