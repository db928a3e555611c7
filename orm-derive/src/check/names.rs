//! Names: fields with the same column, and fields that methods of every object would hide.

use crate::ctxt::Ctxt;
use crate::model::{ColumnField, Model, plain};

/// Methods of every `Obj<T>`, or of every value. The compiler would find them before the accessor.
pub(super) const HANDLE: &[&str] = &[
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "clone_into",
    "deref",
    "drop",
    "eq",
    "fmt",
    "hash",
    "into",
    "into_obj",
    "ne",
    "to_owned",
    "to_value_nested",
    "to_value_with",
    "try_into",
    "type_id",
];

pub(super) fn sql_names(ctxt: &Ctxt, model: &Model) {
    for (at, column) in model.columns.iter().enumerate() {
        let is_it = |other: &&ColumnField| other.name.to_lowercase() == column.name.to_lowercase();
        let twin = model.columns.iter().take(at).find(is_it);
        if let Some(twin) = twin {
            let mut message =
                format!("`{}` and `{}` are both the column \"{}\"", twin.ident, column.ident, column.name);
            if twin.name != column.name {
                message.push_str(": databases tell no cases apart");
            }
            match column.named {
                Some(span) => ctxt.error_at(span, message),
                None => ctxt.error(&column.ident, message),
            }
        }
    }
}

pub(super) fn reserved(ctxt: &Ctxt, model: &mut Model) {
    let this = plain(&model.ident);
    let columns = model.columns.iter().map(|column| (&column.ident, true));
    let relations = model.relations.iter().map(|relation| (&relation.ident, false));
    let mut clashes = Vec::new();
    for (ident, is_column) in columns.chain(relations) {
        let name = plain(ident);
        let why = if HANDLE.contains(&name.as_str()) {
            format!("`{name}` is an operation of every object, which would hide the accessor")
        } else if name == "builder" {
            clashes.push(name.clone());
            format!("`{this}::builder` makes objects, and can't be the field's name too")
        } else {
            continue;
        };
        let mend = if is_column {
            format!("rename the field and keep the column: `#[column(name = \"{name}\")]`")
        } else {
            "rename the field".to_owned()
        };
        ctxt.error(ident, format!("{why}\nhelp: {mend}"));
    }
    model.clashes.extend(clashes);
}

pub(super) fn setters(ctxt: &Ctxt, model: &mut Model) {
    let mut clashes = Vec::new();
    let columns = model.columns.iter().map(|column| &column.ident);
    for ident in columns.chain(model.relations.iter().map(|relation| &relation.ident)) {
        let name = plain(ident);
        if let Some(other) = name.strip_prefix("set_").filter(|other| model.has_field(other)) {
            ctxt.error(
                ident,
                format!("`{name}` is the method that sets `{other}`\nhelp: rename one of the fields"),
            );
            clashes.push(name);
        }
    }
    model.clashes.extend(clashes);
}
