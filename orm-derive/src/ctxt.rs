//! `Ctxt`: collects every mistake of one struct, so that all are reported in one run.

use std::cell::RefCell;
use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The mistakes found so far. Only [`Ctxt::collect`] makes one, and it returns the mistakes to its caller, so that
/// none is forgotten.
pub(crate) struct Ctxt {
    errors: RefCell<Vec<syn::Error>>,
}

impl Ctxt {
    /// Runs a stage and returns what it made together with the mistakes that it met.
    pub(crate) fn collect<T>(stage: impl FnOnce(&Ctxt) -> T) -> (T, Vec<syn::Error>) {
        let ctxt = Ctxt { errors: RefCell::new(Vec::new()) };
        let made = stage(&ctxt);
        (made, ctxt.errors.into_inner())
    }

    /// A mistake at the given tokens.
    pub(crate) fn error(&self, at: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(at, message));
    }

    /// A mistake at a place.
    pub(crate) fn error_at(&self, at: Span, message: impl Display) {
        self.push(syn::Error::new(at, message));
    }

    /// A mistake that the parser found.
    pub(crate) fn push(&self, error: syn::Error) {
        self.errors.borrow_mut().push(error);
    }
}

/// The mistakes as `compile_error!` calls, each at its own place.
pub(crate) fn compile_errors(errors: &[syn::Error]) -> TokenStream {
    errors.iter().map(syn::Error::to_compile_error).collect()
}
