//! Types that no field can have: by their spelling, so that the compiler doesn't repeat for each trait of the class what is
//! wrong with them.

use syn::{Field, Ident};

use super::ty;
use crate::ctxt::Ctxt;

/// Reports a field whose type is spelled as one that can't leave its thread, and says whether it is.
pub(super) fn stays(ctxt: &Ctxt, this: &Ident, field: &Field) -> bool {
    let Some(ident) = &field.ident else { return false };
    let (open, close) = if ty::looks_optional(&field.ty) { ("Option<", ">") } else { ("", "") };
    let Some((name, Some(inner))) = ty::generic(ty::base(&field.ty)) else { return false };
    let inner = ty::spelled(inner);
    let text = match name.as_str() {
        "Obj" => format!(
            "`{this}.{ident}`: an `Obj` is a live object, and a field says what is stored\nhelp: write `{ident}: \
             {open}One<{inner}>{close}`, with a foreign key to `{inner}`"
        ),
        "Rc" => format!(
            "`{this}.{ident}`: an `Rc` stays on its thread, and values travel between threads\nhelp: write \
             `{open}{inner}{close}`"
        ),
        "Cell" | "RefCell" => format!(
            "`{this}.{ident}`: values travel between threads, and a `{name}` can't\nhelp: write `{open}{inner}{close}`; an \
             object has methods that change it"
        ),
        _ => return false,
    };
    ctxt.error(&field.ty, text);
    true
}

/// Reports an `Option` of an `Option`, and says whether it is one.
pub(super) fn twice_optional(ctxt: &Ctxt, this: &Ident, field: &Field) -> bool {
    let (Some(ident), inner) = (&field.ident, ty::base(&field.ty)) else { return false };
    let is_it = ty::looks_optional(&field.ty) && ty::looks_optional(inner);
    if is_it {
        let inner = ty::spelled(inner);
        let text =
            format!("`{this}.{ident}` holds a value or NULL, and no third thing\nhelp: write `{inner}`");
        ctxt.error(&field.ty, text);
    }
    is_it
}
