//! Texts of the statements that are written again and again, rendered once a thread.

use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use crate::sql::Dialect;

/// Which statement a text is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TextKind {
    /// A row of a class by its primary key.
    Get,
    /// A new row; the columns are those that are left out.
    Insert,
    /// A changed row; the columns are those that are set.
    Update,
    /// A row taken out.
    Delete,
    /// A new row of a table between.
    Link,
    /// A row of a table between taken out.
    Unlink,
}

/// The shape of a statement: what it does, to which class or relationship, with which columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TextKey {
    pub(crate) kind: TextKind,
    pub(crate) id: usize,
    pub(crate) columns: SmallVec<[u16; 8]>,
}

impl TextKey {
    pub(crate) fn new(kind: TextKind, id: usize) -> Self {
        TextKey { kind, id, columns: SmallVec::new() }
    }
}

type Texts = HashMap<(&'static str, TextKey), Rc<str>, FxBuildHasher>;

thread_local! {
    static TEXTS: RefCell<Texts> = RefCell::default();
}

/// The text of a statement; renders it at the first call for a dialect.
pub(crate) fn text(dialect: &dyn Dialect, key: TextKey, render: impl FnOnce() -> String) -> Rc<str> {
    let key = (dialect.name(), key);
    if let Some(text) = TEXTS.with(|texts| texts.borrow().get(&key).cloned()) {
        return text;
    }
    let text: Rc<str> = render().into();
    TEXTS.with(|texts| texts.borrow_mut().insert(key, Rc::clone(&text)));
    text
}
