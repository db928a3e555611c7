//! `version_id`: who makes the versions of a row.

use syn::{Expr, ExprLit, Lit};

use super::parse::{Entry, Shape, path, text};
use super::words::word;
use crate::attr::setting::Setting;
use crate::attr::word::{VersionBy, Words};

/// Nothing, `= path::to::function`, `= false`, or one of the words.
pub(crate) struct Version;

/// Who makes the versions of a row.
#[derive(Clone, Debug)]
pub(crate) enum Versions {
    /// Nobody: the column is no version.
    Off,
    /// The library, which counts.
    Counted,
    /// A function of the user's.
    Made(Expr),
    /// Somebody else.
    By(VersionBy),
}

impl Shape for Version {
    type Value = Versions;
    type Slot = Setting<Versions>;

    fn example(key: &str) -> String {
        key.to_owned()
    }

    fn takes(key: &str) -> String {
        let words: String =
            VersionBy::ALL.iter().map(|word| format!(" or `{key} = \"{}\"`", word.text())).collect();
        format!("`{key}`, `{key} = path::to::function`{words}")
    }

    fn alone(_: Entry<'_>) -> syn::Result<Versions> {
        Ok(Versions::Counted)
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<Versions> {
        match &expr {
            Expr::Lit(ExprLit { lit: Lit::Bool(on), .. }) => {
                Ok(if on.value { Versions::Counted } else { Versions::Off })
            }
            Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => {
                let text = text::<Self>(entry, expr)?;
                word(entry, &text.value(), text.span()).map(Versions::By)
            }
            Expr::Closure(_) => Ok(Versions::Made(expr)),
            _ => path::<Self>(entry, expr.clone()).map(|_| Versions::Made(expr)),
        }
    }
}
