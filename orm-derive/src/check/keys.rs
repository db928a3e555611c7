//! Primary keys, and which of them the database generates.

use crate::ctxt::Ctxt;
use crate::model::{Derive, Model};

pub(super) fn primary_key(ctxt: &Ctxt, model: &Model) {
    if model.derive == Derive::Mapped && model.primary_key().next().is_none() {
        let help = match model.columns.first() {
            Some(first) => format!("add `#[column(primary_key)]` to `{}`, or to several fields", first.ident),
            None => "add a field `#[column(primary_key)] id: i64`".to_owned(),
        };
        ctxt.error(&model.ident, format!("`{}` has no primary key\nhelp: {help}", model.ident));
    }
}

pub(super) fn db_generated(ctxt: &Ctxt, model: &Model) {
    let keys = model.primary_key().count();
    for column in &model.columns {
        let Some(generated) = &column.db_generated else { continue };
        if !column.primary_key {
            ctxt.error_at(
                generated.key,
                format!(
                    "`generated` is about primary keys, and `{}` is none\nhelp: add `primary_key`",
                    column.ident
                ),
            );
        } else if generated.value && keys > 1 {
            ctxt.error_at(
                generated.key,
                format!(
                    "`{}` is one of {keys} primary key columns, and a database generates only a single one",
                    column.ident
                ),
            );
        }
    }
}
