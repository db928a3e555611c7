//! `Verb`: what a statement does to rows, read off its text.

/// What a statement does to rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Inserts some: their keys are of meaning.
    Insert,
    /// Updates or deletes some.
    Change,
    /// Something else, or not known.
    Other,
}

impl Verb {
    /// That of a text.
    #[inline]
    pub(crate) fn of(sql: &str) -> Self {
        match sql.as_bytes() {
            // Most texts begin with it.
            word @ [first, ..] if first.is_ascii_alphabetic() && first | 32 != b'w' => Self::named(word),
            _ => Self::search(sql),
        }
    }

    /// The verb that a text begins with. No other words of SQLite begin so.
    #[inline]
    fn named(word: &[u8]) -> Self {
        match word {
            [a, b, c, d, ..] => match &[a | 32, b | 32, c | 32, d | 32] {
                b"inse" | b"repl" => Verb::Insert,
                b"upda" | b"dele" => Verb::Change,
                _ => Verb::Other,
            },
            _ => Verb::Other,
        }
    }

    /// Looks behind spaces, comments and common table expressions, which are in brackets.
    fn search(sql: &str) -> Self {
        let mut rest = sql.as_bytes();
        let (mut depth, mut within_with) = (0_usize, false);
        while let [first, ..] = rest {
            let length = match first {
                b'-' if rest.starts_with(b"--") => until(rest, 2, b"\n"),
                b'/' if rest.starts_with(b"/*") => until(rest, 2, b"*/"),
                b'\'' | b'"' | b'`' => until(rest, 1, &[*first]),
                b'[' => until(rest, 1, b"]"),
                b'(' => {
                    depth += 1;
                    1
                }
                b')' => {
                    depth = depth.saturating_sub(1);
                    1
                }
                _ if is_of_word(*first) => {
                    let length = rest.iter().position(|byte| !is_of_word(*byte)).unwrap_or(rest.len());
                    let word = &rest[..length];
                    if depth == 0 {
                        if !within_with && !word.eq_ignore_ascii_case(b"with") {
                            return Self::named(word);
                        }
                        within_with = true;
                        // Names of common table expressions aside, the first verb is the statement's.
                        if is_verb(word) {
                            return Self::named(word);
                        }
                    }
                    length
                }
                _ => 1,
            };
            rest = &rest[length.min(rest.len())..];
        }
        Verb::Other
    }
}

fn is_verb(word: &[u8]) -> bool {
    const VERBS: [&[u8]; 5] = [b"select", b"insert", b"replace", b"update", b"delete"];
    VERBS.iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// The length of a text up to the end of the first occurrence of another one, searched from a place on.
fn until(text: &[u8], from: usize, end: &[u8]) -> usize {
    let found = text.get(from..).and_then(|rest| rest.windows(end.len()).position(|part| part == end));
    found.map_or(text.len(), |at| from + at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verb_is_found() {
        for (sql, verb) in [
            ("INSERT INTO t VALUES (1)", Verb::Insert),
            ("insert or ignore into t values (1)", Verb::Insert),
            ("REPLACE INTO t VALUES (1)", Verb::Insert),
            ("UPDATE t SET a = 1", Verb::Change),
            ("Delete From t", Verb::Change),
            ("SELECT replace(a, 'b', 'c') FROM t", Verb::Other),
            ("PRAGMA foreign_keys", Verb::Other),
            ("CREATE TABLE insert_log (a)", Verb::Other),
            ("", Verb::Other),
            ("ins", Verb::Other),
            ("\n    INSERT INTO t VALUES (1)", Verb::Insert),
            ("-- insert\nUPDATE t SET a = 1", Verb::Change),
            ("/* delete */ INSERT INTO t VALUES (1)", Verb::Insert),
            ("/* never ends INSERT", Verb::Other),
            ("WITH n AS (SELECT 1) INSERT INTO t SELECT * FROM n", Verb::Insert),
            (
                "with recursive \"insert\" (a) as (values (')'), (1)), m as (select 2) delete from t",
                Verb::Change,
            ),
            ("WITH n AS MATERIALIZED (SELECT 1) SELECT * FROM n", Verb::Other),
            ("WITH [update] AS (SELECT 1) REPLACE INTO t SELECT 1", Verb::Insert),
            ("EXPLAIN INSERT INTO t VALUES (1)", Verb::Other),
        ] {
            assert_eq!(Verb::of(sql), verb, "{sql}");
        }
    }
}
