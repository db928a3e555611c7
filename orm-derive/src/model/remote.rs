//! The struct of another crate that a class describes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::Derive;
use crate::attr::{self, EntityOptions};
use crate::ctxt::Ctxt;

/// The path of the struct, where `#[mapped(remote = ...)]` names one.
pub(super) fn read(ctxt: &Ctxt, derive: Derive, options: &EntityOptions) -> Option<TokenStream> {
    let given = options.remote.as_ref()?;
    if derive == Derive::Table {
        ctxt.error_at(given.key, "a table without a class has no values\nhelp: derive `Mapped`");
        return None;
    }
    match &given.value {
        attr::Reference::Path(path) => Some(quote!(#path)),
        attr::Reference::Text(text) => match text.parse::<Path>() {
            Ok(path) => Some(quote!(#path)),
            Err(_) => {
                ctxt.error(text, "`remote` takes the path of a struct, `remote = \"other::User\"`");
                None
            }
        },
    }
}
