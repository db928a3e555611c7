//! What the database does about a foreign key, wherever it is declared.

use super::setting::Setting;
use crate::ctxt::Ctxt;

use super::word::{Deferrable, ReferentialAction};

/// What the database does about a foreign key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actions {
    pub(crate) on_delete: Option<ReferentialAction>,
    pub(crate) on_update: Option<ReferentialAction>,
    pub(crate) deferrable: Option<Deferrable>,
}

/// What is said of it at one of two places.
pub(crate) fn at_one<T>(ctxt: &Ctxt, word: &str, beside: Setting<T>, within: Setting<T>) -> Setting<T> {
    match (&beside, within.key()) {
        (Setting::Absent, _) => within,
        (_, Some(at)) => {
            ctxt.error_at(at, format!("`{word}` stands twice"));
            beside
        }
        (_, None) => beside,
    }
}

impl Actions {
    pub(crate) fn new(
        on_delete: Setting<ReferentialAction>,
        on_update: Setting<ReferentialAction>,
        deferrable: Setting<Deferrable>,
    ) -> Self {
        Actions { on_delete: on_delete.value(), on_update: on_update.value(), deferrable: deferrable.value() }
    }
}
