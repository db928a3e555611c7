//! The structs beside the user's whose names are made of its name: `UserBuilder` and `UserAttrs`.
//!
//! They stand in a module of their own, of which the user's module imports everything. An import of everything gives way
//! to an item of the same name, so that a struct of the user's own may be called as one of these.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{access, build};
use crate::model::{Model, RootFrom, plain};

/// The module with the structs, and their import.
pub(super) fn items(model: &Model) -> TokenStream {
    let (vis, name) = (&model.vis, name(model));
    // What `#[mapped(crate = ...)]` names is named from the user's module, and may be an import of that.
    let root = match (model.root_from, &model.root) {
        (RootFrom::Super, root) => quote!(super::#root),
        (RootFrom::Top | RootFrom::Module, root) => root.clone(),
    };
    let imports = (model.root_from == RootFrom::Module).then(|| {
        quote! {
            #[allow(unused_imports)]
            use super::*;
        }
    });
    let (builder, attrs) = (build::item(model, &root), access::item(model, &root));
    quote! {
        #[allow(non_snake_case, missing_debug_implementations, unreachable_pub)]
        mod #name {
            #imports
            #builder
            #attrs
        }
        #[allow(unused_imports, unreachable_pub)]
        #vis use #name::*;
    }
}

/// The path of one of the structs within that block, which leads to no struct of the user's.
pub(super) fn path(item: &Ident) -> TokenStream {
    quote!(__b::#item)
}

/// The module's short name within the block of the class.
pub(super) fn alias(model: &Model) -> TokenStream {
    let name = name(model);
    quote!(use #name as __b;)
}

/// A name for the module that is no other class's: one that is called the same may be imported with everything around it,
/// and the compiler then asks which is meant.
fn name(model: &Model) -> Ident {
    format_ident!("__{}_{:08x}", plain(&model.ident), model.print)
}
