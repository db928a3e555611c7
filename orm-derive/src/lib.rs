//! Derive macros of `orm`; use the crate `orm`.
//!
//! A struct passes through the stages `attr`, `model`, `check` and `expand`. No stage uses a later one. `ctxt`
//! collects the mistakes that they find.

mod attr;
mod check;
mod composite_type;
mod ctxt;
mod expand;
mod from_row;
mod model;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use crate::ctxt::{Ctxt, compile_errors};
use crate::model::{Derive, Model};

#[doc = include_str!("../docs/mapped.md")]
#[proc_macro_derive(Mapped, attributes(mapped, column, relationship))]
pub fn derive_mapped(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(Derive::Mapped, &parse_macro_input!(input as DeriveInput)).into()
}

#[doc = include_str!("../docs/table.md")]
#[proc_macro_derive(Table, attributes(mapped, column, relationship))]
pub fn derive_table(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(Derive::Table, &parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct of the items of a row, in the order of its fields: `session.execute(query)?.into::<Report>()`. A row of
/// one item is that item.
#[proc_macro_derive(FromRow)]
pub fn derive_from_row(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    from_row::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct a type that several columns of a class make up: a column for each field, in their order. See the trait of the
/// same name.
///
/// `#[composite(parts: (i64, i64))]` says other parts: the value is made of their tuple by `TryFrom`, and becomes it by `Into`.
#[proc_macro_derive(CompositeType, attributes(composite))]
pub fn derive_composite_type(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    composite_type::derive(&parse_macro_input!(input as DeriveInput)).into()
}

fn derive(which: Derive, input: &DeriveInput) -> TokenStream {
    let (model, errors) = Ctxt::collect(|ctxt| {
        let mut model = Model::read(ctxt, which, input)?;
        check::check(ctxt, &mut model, &input.attrs);
        Some(model)
    });
    let Some(model) = model else {
        let mut tokens = compile_errors(&errors);
        tokens.extend(expand::stub(which, &input.ident, &input.generics));
        return tokens;
    };
    if errors.is_empty() {
        return expand::expand(&model);
    }
    let mut tokens = compile_errors(&errors);
    tokens.extend(expand::fallback(&model));
    tokens
}
