//! Foreign keys: what the database would do about them has to be something that their columns allow.

use crate::attr::{ReferentialAction, Words};
use crate::ctxt::Ctxt;
use crate::model::{ColumnField, ForeignKey, Model};

/// Looks at the actions of all foreign keys. Of a column whose type isn't spelled as a built-in one, configuration says it.
pub(super) fn check(ctxt: &Ctxt, model: &Model) {
    for key in &model.foreign_keys {
        let actions = [("on_delete", key.actions.on_delete), ("on_update", key.actions.on_update)];
        for (name, action) in actions {
            match action {
                Some(ReferentialAction::SetNull) => {
                    if let Some(column) = columns(model, key).find(|column| column.plain && !column.optional)
                    {
                        let text = format!(
                            "`{name} = \"{}\"`, but `{}` is required\nhelp: make it an `Option`, or write `{name} = \"{}\"`",
                            ReferentialAction::SetNull.text(),
                            column.ident,
                            ReferentialAction::Cascade.text(),
                        );
                        ctxt.error(&column.ident, text);
                    }
                }
                Some(ReferentialAction::SetDefault) => {
                    if let Some(column) = columns(model, key).find(|column| column.server_default.is_none()) {
                        let text = format!(
                            "`{name} = \"{}\"`, but `{}` has no default in the database\nhelp: add `server_default = \"...\"` \
                             to the column",
                            ReferentialAction::SetDefault.text(),
                            column.ident,
                        );
                        ctxt.error(&column.ident, text);
                    }
                }
                Some(
                    ReferentialAction::Cascade | ReferentialAction::Restrict | ReferentialAction::NoAction,
                )
                | None => {}
            }
        }
    }
}

fn columns<'a>(model: &'a Model, key: &'a ForeignKey) -> impl Iterator<Item = &'a ColumnField> {
    let is_part = |column: &&ColumnField| key.columns.iter().any(|(name, _)| *name == column.name);
    model.columns.iter().filter(is_part)
}
