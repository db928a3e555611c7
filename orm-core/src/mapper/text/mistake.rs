//! What is wrong with a text, and where.

use crate::error::{Code, Error};
use crate::mapper::resolve::nearest;

/// A mistake at a place of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mapper) struct Mistake {
    /// Where it begins, in bytes.
    pub(in crate::mapper) at: usize,
    /// What it is.
    pub(in crate::mapper) what: String,
    /// What to write.
    pub(in crate::mapper) help: String,
    /// Which kind of mistake it is.
    pub(in crate::mapper) code: Code,
}

impl Mistake {
    /// A mistake of the spelling.
    pub(super) fn new(at: usize, what: impl Into<String>, help: impl Into<String>) -> Self {
        Mistake { at, what: what.into(), help: help.into(), code: Code::JoinCondition }
    }

    /// As an error of the argument `option`, whose text it is: it counts characters from one, and shows what stands there.
    pub(in crate::mapper) fn error(&self, option: &str, text: &str) -> Error {
        let rest = text.get(self.at..).unwrap_or_default();
        let number = text.get(..self.at).map_or(0, |before| before.chars().count()) + 1;
        let mut shown: String = rest.chars().take(SHOWN).collect();
        if rest.chars().nth(SHOWN).is_some() {
            shown.push_str("...");
        }
        let place = match rest.is_empty() {
            true => format!("`{option}` at its end"),
            false => format!("`{option}` at character {number}, `{shown}`"),
        };
        Error::new(self.code, format!("{place}: {}", self.what)).help(self.help.clone())
    }
}

/// A column that a class, a table or a query lacks.
pub(super) fn unknown<'a>(
    at: usize,
    owner: &str,
    column: &str,
    columns: impl IntoIterator<Item = &'a str>,
) -> Mistake {
    let columns: Vec<&str> = columns.into_iter().collect();
    let help = match nearest(column, columns.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", columns.join(", ")),
    };
    Mistake {
        code: Code::UnknownName,
        ..Mistake::new(at, format!("`{owner}` has no column `{column}`"), help)
    }
}

/// An attribute that no table has: it stands for an expression.
pub(super) fn of_no_table(at: usize, owner: &str, column: &str) -> Mistake {
    Mistake::new(at, format!("`{owner}.{column}` stands for an expression"), "name the columns that it reads")
}

/// How many characters of a text are shown from a mistake on.
const SHOWN: usize = 24;
