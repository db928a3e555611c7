//! SQL that users write into an attribute: it stands within a statement, and may not end it.

use crate::ctxt::Ctxt;
use crate::model::Model;

/// Looks at the defaults, computed columns and conditions of a table.
pub(super) fn check(ctxt: &Ctxt, model: &Model) {
    let defaults =
        model.columns.iter().filter_map(|column| Some(("server_default", column.server_default.as_ref()?)));
    let computed =
        model.columns.iter().filter_map(|column| Some(("computed", &column.computed.as_ref()?.0.value)));
    let checks = model.checks.iter().map(|check| ("check", &check.sql));
    for (key, sql) in defaults.chain(computed).chain(checks) {
        if let Some((mistake, mend)) = mistake(&sql.value()) {
            ctxt.error(sql, format!("the SQL of `{key}` {mistake}\nhelp: {mend}"));
        }
    }
}

/// What would end the statement around an expression, or let the rest of it be read as something else, with the mend.
fn mistake(sql: &str) -> Option<(String, String)> {
    let mut open = Vec::new();
    let mut chars = sql.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            // Within a quoted text a doubled quote ends it and begins it again.
            '\'' | '"' | '`' if !chars.by_ref().any(|other| other == char) => {
                return Some((
                    format!("doesn't close {char}"),
                    "write the quote at its end; within it, double it".to_owned(),
                ));
            }
            '(' => open.push(')'),
            '[' => open.push(']'),
            ')' | ']' if open.pop() != Some(char) => {
                return Some((format!("closes `{char}` that isn't open"), "remove it".to_owned()));
            }
            ';' => return Some(("has a `;`".to_owned(), "write one expression".to_owned())),
            '-' if chars.peek() == Some(&'-') => return Some(comment("--")),
            '/' if chars.peek() == Some(&'*') => return Some(comment("/*")),
            _ => {}
        }
    }
    let close = open.pop()?;
    let opened = if close == ')' { '(' } else { '[' };
    Some((format!("doesn't close `{opened}`"), format!("write `{close}` at its end")))
}

fn comment(sign: &str) -> (String, String) {
    (format!("has a comment, `{sign}`"), "write comments in Rust".to_owned())
}

#[cfg(test)]
mod tests {
    use super::mistake;

    fn text(sql: &str) -> String {
        mistake(sql).map_or_else(String::new, |(mistake, _)| mistake)
    }

    #[test]
    fn what_ends_a_statement() {
        for sql in [
            "0",
            "'it''s'",
            "(1 + 2) * 3",
            "'; -- /* ('",
            "CURRENT_TIMESTAMP",
            "coalesce(\"a)\", [b])",
            "3 - -1",
        ] {
            assert_eq!(text(sql), "", "{sql}");
        }
        assert_eq!(text("(1"), "doesn't close `(`");
        assert_eq!(text("1)"), "closes `)` that isn't open");
        assert_eq!(text("(1]"), "closes `]` that isn't open");
        assert_eq!(text("'x"), "doesn't close '");
        assert_eq!(text("\"x''"), "doesn't close \"");
        assert_eq!(text("1; DROP TABLE x"), "has a `;`");
        assert_eq!(text("1 -- x"), "has a comment, `--`");
        assert_eq!(text("1 /* x"), "has a comment, `/*`");
    }
}
