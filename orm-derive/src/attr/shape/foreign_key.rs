//! The foreign key of a column: what it references, alone or with options.

use proc_macro2::Group;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Token};

use super::Reference;
use super::columns::reference;
use super::parse::{Entry, Shape, peel, wrong};
use crate::attr::keys::ColumnForeignKeyOptions;
use crate::attr::read;
use crate::attr::setting::Setting;

/// A column that another one references, and what is said of the foreign key in the same list.
#[derive(Debug)]
pub(crate) struct Referenced {
    pub(crate) column: Reference,
    pub(crate) options: ColumnForeignKeyOptions,
}

/// `= User::id`, `= "user_account.id"`, or `(User::id, name = "fk_address_user")`.
pub(crate) struct ColumnForeignKey;

impl Shape for ColumnForeignKey {
    type Value = Referenced;
    type Slot = Setting<Referenced>;

    fn example(key: &str) -> String {
        format!("{key} = User::id")
    }

    fn takes(key: &str) -> String {
        format!(
            "a typed column or its name, `{key} = User::id` or `{key} = \"user_account.id\"`; with options \
             `{key}(User::id, name = \"...\")`"
        )
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<Referenced> {
        let column = reference::<Self>(entry, expr)?;
        Ok(Referenced { column, options: ColumnForeignKeyOptions::default() })
    }

    fn listed(entry: Entry<'_>, list: Group) -> syn::Result<Referenced> {
        let parse = |input: ParseStream<'_>| {
            // `name = "..."` alone would be read as an expression.
            if input.is_empty() || input.peek2(Token![=]) {
                return Err(syn::Error::new(entry.span, wrong::<Self>(entry)));
            }
            let column = reference::<Self>(entry, peel(input.parse()?))?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
            let mut options = ColumnForeignKeyOptions::default();
            read::list(entry.ctxt, input, &mut options);
            Ok(Referenced { column, options })
        };
        parse.parse2(list.stream())
    }
}
