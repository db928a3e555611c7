//! The reverse side that a relationship makes: its name, alone or with options.

use proc_macro2::Group;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, LitStr};

use super::parse::{Entry, Shape, filled};
use crate::attr::keys::BackrefOptions;
use crate::attr::read;
use crate::attr::setting::Setting;

/// A reverse side that is made on the other class.
#[derive(Debug)]
pub(crate) struct Backref {
    /// None where what was given for it was wrong, which was reported.
    pub(crate) name: Option<LitStr>,
    pub(crate) options: BackrefOptions,
}

/// `= "user"`, or `(name = "user", lazy = "joined")`.
pub(crate) struct ReverseSide;

impl Shape for ReverseSide {
    type Value = Backref;
    type Slot = Setting<Backref>;

    fn example(key: &str) -> String {
        format!("{key} = \"...\"")
    }

    fn takes(key: &str) -> String {
        format!(
            "the name of the reverse side, `{key} = \"user\"`; with options `{key}(name = \"user\", ...)`"
        )
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<Backref> {
        let name = filled::<Self>(entry, expr)?;
        Ok(Backref { name: Some(name), options: BackrefOptions::default() })
    }

    fn listed(entry: Entry<'_>, list: Group) -> syn::Result<Backref> {
        let mut options = BackrefOptions::default();
        let parse = |input: ParseStream<'_>| {
            read::list(entry.ctxt, input, &mut options);
            Ok(())
        };
        parse.parse2(list.stream())?;
        match std::mem::take(&mut options.name) {
            Setting::Given(name) => Ok(Backref { name: Some(name.value), options }),
            Setting::Wrong => Ok(Backref { name: None, options }),
            Setting::Absent => {
                let example = format!("`{}(name = \"user\", ...)`", entry.key);
                Err(syn::Error::new(
                    entry.span,
                    format!("the name of the reverse side is missing: {example}"),
                ))
            }
        }
    }
}
