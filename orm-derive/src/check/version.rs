//! The column that tells the versions of a row apart.

use crate::ctxt::Ctxt;
use crate::model::{Derive, Model};

pub(super) fn check(ctxt: &Ctxt, model: &Model) {
    let mut first = None;
    for column in &model.columns {
        let Some(version) = &column.version else { continue };
        let (ident, key) = (&column.ident, version.key);
        let is_foreign =
            model.foreign_keys.iter().any(|key| key.columns.iter().any(|(name, _)| *name == column.name));
        if model.derive == Derive::Table {
            let message = "a table without a class has no objects whose versions could be told apart";
            ctxt.error_at(key, format!("{message}\nhelp: derive `Mapped`"));
        } else if let Some(first) = first {
            let message = format!("`{first}` is the version already, and a row has one");
            ctxt.error_at(key, format!("{message}\nhelp: drop one of the two"));
        } else if column.primary_key {
            let message = format!("`{ident}` is part of the primary key, which stays where the row changes");
            ctxt.error_at(key, format!("{message}\nhelp: add a column for the version"));
        } else if is_foreign {
            let message = format!("`{ident}` is a foreign key, whose values are keys of other rows");
            ctxt.error_at(key, format!("{message}\nhelp: add a column for the version"));
        } else if column.optional {
            let message = format!("the version `{ident}` is never NULL: a row without one is never found");
            ctxt.error(&column.ty, format!("{message}\nhelp: write `{}`", column.base));
        }
        if let (Some(default), true) = (&column.default, column.has_made_version()) {
            let message = format!("the first version of a row is made with it, by `version_id` of `{ident}`");
            ctxt.error(default, format!("{message}\nhelp: drop `default`"));
        }
        if let (Some(default), true) = (&column.default, column.has_server_version()) {
            let message = format!("the database makes every version of a row, by `version_id` of `{ident}`");
            ctxt.error(default, format!("{message}\nhelp: write `server_default` for the first one"));
        }
        if let (Some(onupdate), true) = (&column.onupdate, column.has_made_version()) {
            let message = format!("the next version of a row is made by `version_id` of `{ident}`");
            ctxt.error_at(
                onupdate.key,
                format!("{message}\nhelp: drop `onupdate`, or write `version_id = \"server\"`"),
            );
        }
        if let Some(deferred) = &column.deferred {
            let message = format!("`{ident}` is the version, which every object is loaded with");
            ctxt.error_at(deferred.key, message);
        }
        first = first.or(Some(ident));
    }
}
