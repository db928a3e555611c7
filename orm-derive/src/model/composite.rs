//! Composites: several columns of a class as one value.

use proc_macro2::{Ident, Span, TokenStream};
use syn::Visibility;

use super::{Derive, Model, plain, ty};
use crate::attr::{CompositeColumns, Given, nearest};
use crate::ctxt::Ctxt;

/// A composite of the class.
#[derive(Debug)]
pub(crate) struct Composite {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// Its type, with `Self` spelled out.
    pub(crate) ty: TokenStream,
    /// The fields that are its columns.
    pub(crate) columns: Vec<Ident>,
    /// The place of their list.
    pub(crate) list: Span,
    /// Whether nobody sets it, since nobody sets a column of it.
    pub(crate) only_read: bool,
}

/// How far a field is seen, as far as its visibility tells.
fn reach(vis: &Visibility) -> u8 {
    match vis {
        Visibility::Inherited => 0,
        Visibility::Restricted(restricted) if restricted.path.is_ident("self") => 0,
        Visibility::Restricted(restricted) if restricted.path.is_ident("crate") => 2,
        Visibility::Restricted(_) => 1,
        Visibility::Public(_) => 3,
    }
}

impl Model {
    /// Reads the composites. One with a mistake isn't there.
    pub(super) fn composites(&mut self, ctxt: &Ctxt, given: Vec<Given<CompositeColumns>>) {
        for Given { value, key } in given {
            if self.derive == Derive::Table {
                let message = "a table without a class has no objects that composites could be of";
                ctxt.error_at(key, format!("{message}\nhelp: derive `Mapped`"));
                return;
            }
            if let Some(composite) = self.composed(ctxt, value) {
                self.composites.push(composite);
            }
        }
    }

    fn composed(&self, ctxt: &Ctxt, given: CompositeColumns) -> Option<Composite> {
        let CompositeColumns { name, ty, columns, list } = given;
        let this = &self.ident;
        let (mut right, mut vis, mut only_read) = (true, self.vis.clone(), false);
        for (at, ident) in columns.iter().enumerate() {
            let is_it = |other: &&Ident| plain(other) == plain(ident);
            let Some(column) = self.column(ident) else {
                right = false;
                if self.has_field(&plain(ident)) {
                    let message =
                        format!("`{this}.{ident}` is a relationship: a composite is made of columns");
                    ctxt.error(ident, message);
                } else if !self.left_out {
                    let names: Vec<String> = self.columns.iter().map(|column| plain(&column.ident)).collect();
                    let near = nearest(&plain(ident), names.iter().map(String::as_str));
                    let help =
                        near.map_or_else(String::new, |near| format!("\nhelp: did you mean `{near}`?"));
                    ctxt.error(ident, format!("`{this}` has no column `{ident}`{help}"));
                }
                continue;
            };
            if columns.iter().take(at).any(|other| is_it(&other)) {
                right = false;
                ctxt.error(ident, format!("`{ident}` stands twice in the composite"));
            }
            only_read |= column.is_only_read();
            // Who doesn't see a column of it doesn't see it.
            if reach(&column.vis) < reach(&vis) {
                vis = column.vis.clone();
            }
        }
        let ty = ty::without_self(&ty, this);
        right.then_some(Composite { ident: name, vis, ty, columns, list, only_read })
    }
}
