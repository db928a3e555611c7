//! Calls of functions that the user gives: validators and listeners. They may do what calls them again.

use std::cell::Cell;

use crate::error::{Code, Error, Result};

/// How deep such calls may be within each other. Each takes a piece of the stack, and a thread has little of it.
const MOST: u32 = 16;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Calls a function of the user's. Nothing may be borrowed.
///
/// # Errors
/// What it says; `wrong-state` where such functions call each other without end.
pub(crate) fn call<R>(f: impl FnOnce() -> Result<R>) -> Result<R> {
    struct Ended;
    impl Drop for Ended {
        fn drop(&mut self) {
            let _ = DEPTH.try_with(|depth| depth.set(depth.get().saturating_sub(1)));
        }
    }
    let depth = DEPTH.try_with(|depth| {
        depth.set(depth.get().saturating_add(1));
        depth.get()
    });
    let _ended = Ended;
    // A thread that is ending has no count; what it calls ends with it.
    if depth.is_ok_and(|depth| depth > MOST) {
        return Err(endless());
    }
    f()
}

/// The own word of a function of the user's gets the attribute. What the library says within it has its own.
pub(crate) fn refused(error: Error, class: &str, attribute: Option<&str>) -> Error {
    if error.code() == Code::Refused && error.class().is_none() {
        error.about(class, attribute)
    } else {
        error
    }
}

#[cold]
fn endless() -> Error {
    Error::new(Code::WrongState, format!("validators and listeners call each other more than {MOST} deep"))
        .help("let none of them do what it is called for")
}
